-- What a reader should know before trusting a figure: findings, and the state of the books.
-- A finding never changes a figure and never hides one; it names what is missing or odd.

CREATE FUNCTION chipbook.create_report_quality_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW data_quality WITH (security_invoker) AS
    -- The readings are gone through once for all findings, not once for each.
    WITH reading AS (
        SELECT m.pool_id, m.period_month, m.currency, m.readings, m.installed_ms, m.disordered, m.unpriced_readings, m.unestimated_readings
        FROM pool_month_reading m),
    metered_day AS (
        SELECT d.pool_id, d.month AS period_month, d.reading_day, sum(d.installed_ms) AS installed_ms, sum(d.used_ms) AS used_ms
        FROM usage_day_known d
        WHERE d.month < (SELECT date_trunc('month', (c.effective_date + 1)::timestamp)::date FROM clock c)
        GROUP BY d.pool_id, d.month, d.reading_day)
    SELECT f.finding, f.severity, f.subject, f.subject_id, f.period_month, f.row_count, f.detail
    FROM (
        -- An asset in service that no policy of the primary basis depreciates costs nothing in the views.
        SELECT 'missing_policy' AS finding, 'error' AS severity, 'asset' AS subject, b.asset_id AS subject_id,
               NULL::date AS period_month, 1::bigint AS row_count,
               format('in service since %s without a policy for %s', iso_date(s.since), b.basis) AS detail
        FROM asset_basis b
        CROSS JOIN clock c
        CROSS JOIN LATERAL (SELECT least(b.available_for_use_on, min(e.happened_on)) AS since
                            FROM asset_event_known e
                            WHERE e.asset_id = b.asset_id AND e.kind = 'placed_in_service' AND (e.basis IS NULL OR e.basis = b.basis)) s
        WHERE b.basis = c.primary_basis AND b.policy IS NULL AND NOT b.never_depreciated AND s.since <= c.effective_date
        UNION ALL
        -- Shares change only where a share begins; there they are added up.
        SELECT 'asset_share_over_one', 'error', 'asset', s.asset_id, NULL, 1,
               format('shares in pools add up to %s on %s', s.total_share, iso_date(s.valid_from))
        FROM (SELECT DISTINCT ON (e.asset_id) e.asset_id, e.valid_from, sum(o.share) AS total_share
              FROM (SELECT DISTINCT p.asset_id, p.valid_from FROM pool_asset_known p) e
              JOIN pool_asset_known o ON o.asset_id = e.asset_id AND o.valid_from <= e.valid_from AND o.valid_to > e.valid_from
              GROUP BY e.asset_id, e.valid_from HAVING sum(o.share) > 1
              ORDER BY e.asset_id, e.valid_from) s
        UNION ALL
        SELECT 'chips_in_no_pool', 'warning', 'asset', a.asset_id, NULL, 1,
               format('%s chips in service are in no pool: their cost is in no pool''s spend', a.chips)
        FROM asset_chips a CROSS JOIN clock c
        WHERE a.chips IS NOT NULL AND a.from_day <= c.effective_date AND a.to_day > c.effective_date
          AND NOT EXISTS (SELECT FROM pool_asset_known p WHERE p.asset_id = a.asset_id)
        UNION ALL
        SELECT 'chip_models_mixed_in_pool', 'warning', 'pool', p.pool_id, NULL, count(DISTINCT a.chip_model_id),
               format('assets of models %s', string_agg(DISTINCT a.chip_model_id, ', '))
        FROM pool_asset_known p JOIN asset_known a ON a.asset_id = p.asset_id
        WHERE a.component = 'chip' GROUP BY p.pool_id HAVING count(DISTINCT a.chip_model_id) > 1
        UNION ALL
        SELECT 'reading_in_the_future', 'warning', 'pool', m.pool_id, m.month, count(*),
               format('readings up to %s', to_char(max(m.ends_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'))
        FROM meter_reading_known m
        WHERE m.ends_at > (SELECT least(c.as_of, now()) FROM clock c)
          -- Readings of months that are over lie in other partitions.
          AND m.month >= (SELECT date_trunc('month', least(c.as_of, now()) AT TIME ZONE c.time_zone)::date FROM clock c)
        GROUP BY m.pool_id, m.month
        UNION ALL
        -- Chip-time: what the readings claim against what is in service.
        SELECT CASE WHEN t.installed_ms > t.capacity_ms AND t.capacity_ms = 0 THEN 'reading_without_chips_in_service'
                    WHEN t.installed_ms > t.capacity_ms THEN 'installed_over_capacity'
                    WHEN t.readings = 0 THEN 'no_readings' ELSE 'unmetered_time' END,
               CASE WHEN t.installed_ms > t.capacity_ms THEN 'error' ELSE 'warning' END,
               'pool', t.pool_id, t.period_month, t.readings,
               concat(format('%s chip-hours metered of %s in service', round(t.installed_ms / 3600000, 3), round(t.capacity_ms / 3600000, 3)),
                      CASE WHEN t.readings > 0 AND t.days < t.days_of_month THEN format('; days of %s without a reading: %s', t.days_of_month, t.days_of_month - t.days) END)
        FROM (SELECT coalesce(k.pool_id, r.pool_id) AS pool_id, coalesce(k.period_month, r.period_month) AS period_month,
                     coalesce(k.capacity_ms, 0) AS capacity_ms, coalesce(r.installed_ms, 0) AS installed_ms,
                     coalesce(r.readings, 0)::bigint AS readings, d.days,
                     (coalesce(k.period_month, r.period_month) + interval '1 month')::date - coalesce(k.period_month, r.period_month) AS days_of_month
              FROM pool_month_capacity k
              FULL JOIN (SELECT m.pool_id, m.period_month, sum(m.installed_ms) AS installed_ms, sum(m.readings) AS readings
                         FROM reading m GROUP BY m.pool_id, m.period_month) r
                ON r.pool_id = k.pool_id AND r.period_month = k.period_month
              LEFT JOIN (SELECT m.pool_id, m.period_month, count(*) AS days FROM metered_day m GROUP BY m.pool_id, m.period_month) d
                ON d.pool_id = r.pool_id AND d.period_month = r.period_month) t
        WHERE t.installed_ms <> t.capacity_ms
        UNION ALL
        -- A month that adds up may have days that do not.
        SELECT CASE WHEN t.capacity_ms = 0 THEN 'reading_before_or_after_service' ELSE 'day_over_capacity' END, 'error', 'pool', t.pool_id, t.period_month, count(*),
               CASE WHEN t.capacity_ms = 0 THEN format('days with readings, but without chips in service: %s, the first %s', count(*), iso_date(min(t.reading_day)))
                    ELSE format('days with more chip-hours metered than are in service: %s, the first %s (%s of %s)', count(*), iso_date(min(t.reading_day)),
                                round((array_agg(t.installed_ms ORDER BY t.reading_day))[1] / 3600000, 3), round((array_agg(t.capacity_ms ORDER BY t.reading_day))[1] / 3600000, 3)) END
        FROM (SELECT m.pool_id, m.period_month, m.reading_day, m.installed_ms,
                     coalesce((SELECT sum(p.chips) FROM pool_chips p WHERE p.pool_id = m.pool_id AND p.from_day <= m.reading_day AND p.to_day > m.reading_day), 0)
                     * (SELECT extract(epoch FROM (m.reading_day + 1)::timestamp AT TIME ZONE c.time_zone - m.reading_day::timestamp AT TIME ZONE c.time_zone) * 1000 FROM clock c) AS capacity_ms
              FROM metered_day m) t
        WHERE t.installed_ms > t.capacity_ms
        GROUP BY t.pool_id, t.period_month, t.capacity_ms = 0
        UNION ALL
        SELECT 'use_over_capacity', 'error', 'pool', m.pool_id, m.period_month, count(*),
               format('days with more chip-hours used than installed: %s, the first %s; cost is split as far as installed reaches', count(*), iso_date(min(m.reading_day)))
        FROM metered_day m WHERE m.used_ms > m.installed_ms GROUP BY m.pool_id, m.period_month
        UNION ALL
        SELECT 'reading_out_of_order', 'warning', 'pool', m.pool_id, m.period_month, sum(m.disordered)::bigint,
               'readings where not installed >= available >= allocated >= used; cost is split as far as they make sense'
        FROM reading m GROUP BY m.pool_id, m.period_month HAVING sum(m.disordered) > 0
        UNION ALL
        SELECT 'energy_without_price', 'error', 'pool', m.pool_id, m.period_month, m.unpriced_readings::bigint,
               'energy whose tariff, PUE or server power factor is missing: its cost is in no figure'
        FROM reading m WHERE m.unpriced_readings > 0
        UNION ALL
        SELECT 'energy_unknown', 'warning', 'pool', m.pool_id, m.period_month, m.unestimated_readings::bigint,
               'readings without energy; tdp_watts, server_power_factor, average_load, PUE or tariff is missing to estimate it'
        FROM reading m JOIN pool_known p ON p.pool_id = m.pool_id
        WHERE m.unestimated_readings > 0 AND p.ownership <> 'rented'
        UNION ALL
        SELECT 'rate_without_power', 'error', 'pool', k.pool_id, k.period_month, count(*),
               format('rates a kilowatt-month, but the power of the pool''s chip model is not known: %s', string_agg(k.contract_id, ', ' ORDER BY k.contract_id))
        FROM contract_month k WHERE k.cost IS NULL AND k.currency IS NOT NULL GROUP BY k.pool_id, k.period_month
        UNION ALL
        SELECT f.finding, f.severity, f.subject, f.subject_id, f.period_month, f.row_count, f.detail
        FROM rental_finding f
        UNION ALL
        SELECT 'training_run_without_cost', 'warning', 'training_run', t.run_id, NULL, 1,
               format('not known: %s', concat_ws(', ', CASE WHEN t.hardware_cost IS NULL THEN 'hardware (economic policy, day in service)' END,
                                                 CASE WHEN t.energy_cost IS NULL THEN 'energy (power of the chip model, PUE, tariff in the asset''s currency)' END,
                                                 CASE WHEN t.base_cost IS NULL THEN 'the model it starts from' END))
        FROM training_run_cost t WHERE t.total_cost IS NULL
        UNION ALL
        SELECT 'training_run_before_asset', 'info', 'training_run', t.run_id, NULL, 1,
               format('began on %s, before %s was available for use', iso_date(t.started_on), t.asset_id)
        FROM training_run_cost t WHERE t.before_asset
        UNION ALL
        SELECT 'fx_rate_missing', 'error', 'currency', k.currency, k.period_month, count(*),
               format('no average rate to %s: what these pools cost is unknown in it', min(c.reporting_currency::text))
        FROM (SELECT n.period_month, n.pool_id, n.currency FROM pool_month_charge n
              WHERE n.currency <> (SELECT c.reporting_currency::text FROM clock c)
              UNION SELECT n.period_month, n.pool_id, n.currency FROM contract_month n
              UNION SELECT n.period_month, n.pool_id, n.currency FROM reading n) k
        CROSS JOIN clock c
        WHERE k.currency <> c.reporting_currency::text
          AND NOT EXISTS (SELECT FROM month_fx_rate x WHERE x.period_month = k.period_month AND x.from_currency = k.currency)
        GROUP BY k.currency, k.period_month
        UNION ALL
        SELECT 'no_date_of_service', 'info', 'asset', a.asset_id, NULL, 1,
               format('under construction since %s: in no month of depreciation_forecast', iso_date(a.acquired_on))
        FROM asset_known a CROSS JOIN clock c
        WHERE a.available_for_use_on IS NULL AND a.component <> 'land' AND a.acquired_on <= c.effective_date
          AND (a.retired_on IS NULL OR a.retired_on > c.effective_date)
          AND NOT EXISTS (SELECT FROM asset_event_known e WHERE e.asset_id = a.asset_id AND e.kind IN ('placed_in_service', 'disposal'))
        UNION ALL
        SELECT 'retirement_obligation_overdue', 'warning', 'retirement_obligation', r.obligation_id, NULL, 1,
               format('was to be settled on %s, and accretes no more', iso_date(r.settles_on))
        FROM retirement_obligation_known r CROSS JOIN clock c
        WHERE r.settles_on <= c.effective_date AND r.settled_on IS NULL
        UNION ALL
        -- What the register cannot be translated without.
        SELECT 'register_rate_missing', 'warning', 'currency', k.currency, k.period_month, k.assets,
               format('no %s rate to %s: the register is unknown in it', concat_ws(' and no ', k.average, k.closing), k.reporting_currency)
        FROM (SELECT n.currency, n.period_month, n.assets, n.reporting_currency,
                     CASE WHEN NOT EXISTS (SELECT FROM month_fx_rate x WHERE x.period_month = n.period_month AND x.from_currency = n.currency) THEN 'average' END AS average,
                     CASE WHEN NOT EXISTS (SELECT FROM month_closing_rate x WHERE x.period_month = n.period_month AND x.from_currency = n.currency) THEN 'closing' END AS closing
              FROM (SELECT a.measured_in::text AS currency, m.period_month, count(DISTINCT a.asset_id) AS assets, min(c.reporting_currency::text) AS reporting_currency
                    FROM asset_measure a
                    CROSS JOIN clock c
                    -- The months that the register has of it.
                    JOIN month_calendar m ON m.next_month > greatest(a.acquired_on, a.cutover_on) AND (a.held_until IS NULL OR m.period_month <= a.held_until)
                                         AND (NOT a.is_transferred OR a.from_day < m.next_month AND a.to_day >= m.period_month)
                    WHERE a.is_functional AND a.measured_in <> c.reporting_currency
                    GROUP BY 1, 2) n) k
        WHERE k.average IS NOT NULL OR k.closing IS NOT NULL
        UNION ALL
        -- Events that count for less than they say, or for nothing.
        SELECT 'asset_event_cut', 'error', 'asset', b.asset_id, date_trunc('month', p.happened_on::timestamp)::date, count(*),
               string_agg(format('%s on %s under %s: %s', p.kind, iso_date(p.happened_on), b.basis, p.problem), '; ' ORDER BY p.happened_on, b.basis, p.kind, p.problem)
        FROM asset_basis b
        CROSS JOIN LATERAL asset_event_problems(b.computable_cost, b.held_from, b.in_service, b.policy, b.events, b.fiscal_year_start::integer) p
        GROUP BY b.asset_id, date_trunc('month', p.happened_on::timestamp)::date
        UNION ALL
        SELECT 'asset_event_left_out', 'error', 'asset', e.asset_id, m.period_month, count(DISTINCT e.event_id),
               string_agg(DISTINCT format('%s %s on %s: %s', e.kind, e.event_id, iso_date(e.happened_on), e.left_out), '; ')
        FROM (SELECT n.asset_id, n.event_id, n.kind, n.happened_on, n.left_out
              FROM asset_basis_event n WHERE n.left_out IS NOT NULL AND n.event_id IS NOT NULL
              UNION ALL
              SELECT n.asset_id, n.event_id, n.kind, n.happened_on, format('no asset has a policy under %s', n.basis)
              FROM (SELECT v.asset_id, v.event_id, v.kind, v.happened_on, v.basis FROM asset_event_known v
                    UNION ALL
                    SELECT r.asset_id, r.obligation_id, 'retirement_obligation', r.recognised_on, r.basis FROM retirement_obligation_known r) n
              WHERE n.basis IS NOT NULL AND n.basis NOT IN (SELECT u.basis FROM basis_used u)) e
        CROSS JOIN LATERAL (SELECT CASE WHEN e.happened_on BETWEEN date '0001-01-01' AND date '9999-12-31'
                                        THEN date_trunc('month', e.happened_on::timestamp)::date END AS period_month) m
        GROUP BY e.asset_id, m.period_month
        UNION ALL
        SELECT 'asset_not_computable', 'error', 'asset', b.asset_id, NULL, count(*),
               'with its events beyond 2.5e18, more than 10,000 events, or in service before the year 1: its depreciation is unknown'
        FROM asset_basis b WHERE b.computable_cost IS NULL
        GROUP BY b.asset_id
        UNION ALL
        -- The cost goes, the chips stay.
        SELECT 'event_without_chips', 'warning', 'asset', a.asset_id, NULL, count(*),
               'an amount placed in service or disposed of without chips: chips in service are what they were'
        FROM asset_event_known e JOIN asset_known a ON a.asset_id = e.asset_id
        WHERE a.component = 'chip' AND e.kind IN ('placed_in_service', 'disposal') AND e.amount IS NOT NULL
        GROUP BY a.asset_id
        UNION ALL
        SELECT e.finding, e.severity, e.subject, e.subject_id, e.period_month, e.row_count, e.detail
        FROM exposure_finding e
        UNION ALL
        SELECT n.finding, n.severity, n.subject, n.subject_id, n.period_month, n.row_count, n.detail
        FROM network_finding n
        UNION ALL
        SELECT t.finding, t.severity, t.subject, t.subject_id, t.period_month, t.row_count, t.detail
        FROM stress_finding t
        UNION ALL
        SELECT o.finding, o.severity, o.subject, o.subject_id, o.period_month, o.row_count, o.detail
        FROM obligation_finding o
        UNION ALL
        SELECT k.finding, k.severity, k.subject, k.subject_id, k.period_month, k.row_count, k.detail
        FROM commitment_finding k
        UNION ALL
        SELECT p.finding, p.severity, p.subject, p.subject_id, p.period_month, p.row_count, p.detail
        FROM price_finding p
        UNION ALL
        SELECT p.finding, p.severity, p.subject, p.subject_id, p.period_month, p.row_count, p.detail
        FROM plan_finding p
        UNION ALL
        SELECT y.finding, y.severity, y.subject, y.subject_id, y.period_month, y.row_count, y.detail
        FROM currency_finding y
    ) f;
    COMMENT ON VIEW data_quality IS 'Findings about the facts as known at chipbook.as_of: what is missing, contradictory or odd, never corrected in silence. Key: (finding, subject, subject_id, period_month). severity: error = a figure is wrong or incomplete; warning = it may be; info = something is not known. row_count is additive.';

    CREATE VIEW data_status WITH (security_invoker) AS
    SELECT l.ledger_name, l.schema_version, l.reporting_currency::text AS reporting_currency, l.time_zone,
           l.basis AS primary_basis, c.as_of, c.effective_date, l.last_recorded_at,
           d.published_loads, d.unpublished_loads, d.published_facts,
           q.error_findings, q.warning_findings, q.info_findings,
           o.load_id AS last_load_id, o.description AS last_load, o.recorded_at AS last_load_at, p.fiscal_period AS last_closed_period
    FROM ledger l
    CROSS JOIN clock c
    LEFT JOIN LATERAL (SELECT n.load_id, n.description, n.recorded_at FROM load n
                       WHERE n.recorded_at > '-infinity' AND n.recorded_at <= (SELECT k.as_of FROM clock k) ORDER BY n.recorded_at DESC LIMIT 1) o ON true
    LEFT JOIN LATERAL (SELECT fiscal_period_name(n.fiscal_year, n.period_number) AS fiscal_period FROM period_known n
                       WHERE n.basis = l.basis AND n.kind = 'regular' AND n.state = 'closed' ORDER BY n.ends_on DESC LIMIT 1) p ON true
    CROSS JOIN (SELECT count(*) FILTER (WHERE n.recorded_at <= (SELECT k.as_of FROM clock k)) AS published_loads,
                       count(*) FILTER (WHERE n.recorded_at IS NULL) AS unpublished_loads,
                       coalesce(sum(n.fact_count) FILTER (WHERE n.recorded_at <= (SELECT k.as_of FROM clock k)), 0)::bigint AS published_facts
                FROM load n) d
    -- Joined from outside, so that who does not ask for findings does not wait for them.
    LEFT JOIN (SELECT count(*) FILTER (WHERE f.severity = 'error') AS error_findings,
                       count(*) FILTER (WHERE f.severity = 'warning') AS warning_findings,
                       count(*) FILTER (WHERE f.severity = 'info') AS info_findings
                FROM data_quality f) q ON true
    WHERE l.ledger_id = 1;
    COMMENT ON VIEW data_status IS 'The state of the books, one row: what moment they are asked about, when the last fact was recorded, and how many findings data_quality has. An answer as of a time up to last_recorded_at never changes; last_recorded_at and unpublished_loads are those of the ledger now, whatever chipbook.as_of says. last_load: the last that was published; last_closed_period: under the primary basis, of any entity.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_quality_views() IS 'Internal: part of create_ledger. The views data_quality and data_status.';
