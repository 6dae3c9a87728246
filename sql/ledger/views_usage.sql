-- What pools of chips cost and how much of it did useful work. The chain, each link a view:
-- assets, rentals and readings -> cost and chip-time by pool and month -> the split.
-- Everything between the facts and the split is either grouped or windowed by period_month
-- and pool_id, so that a condition on these reaches the partitions of meter_reading.

-- allocate() for views, which must not fail whatever the facts say: weights that are all
-- zero leave the whole amount in the last part, and what monetary cannot hold is NULL.
CREATE FUNCTION chipbook.split_amount(total numeric, code chipbook.currency, weights numeric[])
RETURNS chipbook.monetary[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN total IS NULL OR pg_catalog.abs(total) OPERATOR(pg_catalog.>=) 2.5e18 THEN NULL
            WHEN 0 OPERATOR(pg_catalog.<) ANY (weights) THEN chipbook.allocate(chipbook.monetary(total, code), weights)
            ELSE pg_catalog.array_fill(chipbook.monetary(0::numeric, code), ARRAY[pg_catalog.cardinality(weights) OPERATOR(pg_catalog.-) 1])
                 OPERATOR(pg_catalog.||) chipbook.monetary(total, code) END;
COMMENT ON FUNCTION chipbook.split_amount(numeric, chipbook.currency, numeric[]) IS 'Internal: allocate() that raises nothing for the views. The last part takes all when every weight is zero; NULL when total is NULL or beyond 2.5e18.';

CREATE FUNCTION chipbook.publishable(figure numeric) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN pg_catalog.abs(figure) OPERATOR(pg_catalog.<) 9e22 THEN figure END;
COMMENT ON FUNCTION chipbook.publishable(numeric) IS 'Internal: the figure, or NULL when a published column, numeric(38,15), cannot hold it.';

CREATE FUNCTION chipbook.create_ledger_usage_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Chips in service, and the days an asset serves each pool.

    CREATE VIEW asset_month_pool WITH (security_invoker) AS
        SELECT p.pool_id, a.asset_id, m.period_month,
               sum(p.share * (d.to_day - d.from_day)) AS share_days,
               sum(p.share * a.chips * 1000
                   * (extract(epoch FROM d.to_day::timestamp AT TIME ZONE c.time_zone)
                      - extract(epoch FROM d.from_day::timestamp AT TIME ZONE c.time_zone))) AS chip_ms,
               max(greatest(p.recorded_at, a.recorded_at)) AS last_recorded_at
        FROM asset_known a
        JOIN pool_asset_known p ON p.asset_id = a.asset_id
        JOIN month_calendar m ON m.next_month > greatest(a.available_for_use_on, p.valid_from)
                             AND m.period_month < least(a.retired_on, p.valid_to)
        CROSS JOIN LATERAL (SELECT greatest(m.period_month, a.available_for_use_on, p.valid_from) AS from_day,
                                   least(m.next_month, a.retired_on, p.valid_to) AS to_day) d
        CROSS JOIN clock c
        WHERE a.available_for_use_on IS NOT NULL AND d.from_day < d.to_day
        GROUP BY p.pool_id, a.asset_id, m.period_month;
    COMMENT ON VIEW asset_month_pool IS 'How much of each asset in service served each pool in each month: share x days, and for chips share x chips x milliseconds (NULL for other components). Key: (pool_id, asset_id, period_month). Additive.';

    CREATE VIEW rental_month WITH (security_invoker) AS
        SELECT r.rental_id, r.valid_from, r.pool_id, m.period_month, currency(r.rate)::text AS currency, t.chip_ms,
               round(amount(r.rate)::numeric(60,20) * t.chip_ms / 3600000, 15) AS rent,
               r.recorded_at AS last_recorded_at
        FROM rented_capacity_known r
        JOIN month_calendar m ON m.next_month > r.valid_from AND m.period_month < r.valid_to
        CROSS JOIN clock c
        CROSS JOIN LATERAL (SELECT r.chips::numeric * 1000
            * (extract(epoch FROM least(m.next_month, r.valid_to)::timestamp AT TIME ZONE c.time_zone)
               - extract(epoch FROM greatest(m.period_month, r.valid_from)::timestamp AT TIME ZONE c.time_zone)) AS chip_ms) t;
    COMMENT ON VIEW rental_month IS 'Chip-milliseconds rented, and the rent for them in currency: rate x chips x hours, used or not. Key: (rental_id, valid_from, period_month). Additive within a currency.';

    CREATE VIEW pool_month_capacity WITH (security_invoker) AS
        SELECT s.pool_id, s.period_month, sum(s.chip_ms) AS capacity_ms
        FROM (SELECT a.pool_id, a.period_month, a.chip_ms FROM asset_month_pool a WHERE a.chip_ms IS NOT NULL
              UNION ALL
              SELECT r.pool_id, r.period_month, r.chip_ms FROM rental_month r) s
        GROUP BY s.pool_id, s.period_month;
    COMMENT ON VIEW pool_month_capacity IS 'Chip-milliseconds in service, owned and rented, whether metered or not. Key: (pool_id, period_month). Additive.';

    -- Depreciation of each asset, spread over the pools it serves and the rest of its time.

    CREATE VIEW pool_month_charge WITH (security_invoker) AS
        WITH shared AS (
            SELECT p.asset_id, p.period_month, sum(p.share_days) AS pooled_days,
                   array_agg(p.pool_id ORDER BY p.pool_id) AS pool_ids,
                   array_agg(p.share_days ORDER BY p.pool_id) AS share_days,
                   max(p.last_recorded_at) AS last_recorded_at
            FROM asset_month_pool p GROUP BY p.asset_id, p.period_month)
        SELECT a.asset_id, a.basis, a.period_month, part.pool_id, a.entity_id, a.currency::text AS currency,
               amount(part.charge) AS charge, (a.closing IS NULL)::integer AS unknown_charges,
               greatest(a.last_recorded_at, s.last_recorded_at) AS last_recorded_at
        FROM asset_month a
        LEFT JOIN shared s ON s.asset_id = a.asset_id AND s.period_month = a.period_month
        CROSS JOIN LATERAL (SELECT
            -- Days in service that no pool has; an asset in no pool has no other part.
            CASE WHEN s.asset_id IS NULL THEN 1
                 ELSE greatest(least(a.next_month, a.retired_on) - greatest(a.period_month, a.available_for_use_on)
                               - s.pooled_days, 0) END AS other_days) o
        CROSS JOIN LATERAL unnest(s.pool_ids || NULL::text, s.share_days || o.other_days,
                                  split_amount(amount(a.closing - a.opening), a.currency, s.share_days || o.other_days))
                           part (pool_id, weight, charge)
        WHERE part.pool_id IS NOT NULL
           OR part.weight > 0 AND amount(a.closing - a.opening) IS DISTINCT FROM 0;
    COMMENT ON VIEW pool_month_charge IS 'The charge of each asset, basis and month by the pool it served, in proportion to share x days; pool_id NULL is the part that served none. The parts add up to the charge exactly. unknown_charges is 1 where the asset has no policy under the basis. Key: (asset_id, basis, period_month, pool_id).';

    -- Readings: one pass over them, by pool, month and what prices their energy.

    CREATE VIEW pool_tariff WITH (security_invoker) AS
        SELECT p.pool_id,
               -- The years 1 to 9999: a date may lie where no timestamp can.
               least(greatest(t.valid_from, date '0001-01-01'), date '9999-12-31')::timestamp AT TIME ZONE c.time_zone AS from_at,
               -- A tariff ends where the next begins, at the latest: no reading is priced twice.
               least(t.valid_to, lead(t.valid_from) OVER (PARTITION BY p.pool_id ORDER BY t.valid_from), date '9999-12-31')::timestamp
                   AT TIME ZONE c.time_zone AS to_at,
               currency(t.price_per_kwh) AS currency, amount(t.price_per_kwh)::numeric(60,20) AS price,
               k.server_power_factor, s.pue,
               greatest(t.recorded_at, s.recorded_at, k.recorded_at) AS last_recorded_at
        FROM pool_known p
        JOIN energy_tariff_known t ON t.site_id = p.site_id
        LEFT JOIN site_known s ON s.site_id = p.site_id
        LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id
        CROSS JOIN clock c;
    COMMENT ON VIEW pool_tariff IS 'What a kilowatt-hour costs a pool in [from_at, to_at), by the tariffs of its site, and the factors that make facility energy of what is metered (NULL: not known). Key: (pool_id, from_at).';

    CREATE VIEW reading_group WITH (security_invoker) AS
        SELECT r.pool_id, r.month AS period_month, r.energy_basis, t.from_at AS tariff_from,
               count(*) AS readings,
               count(*) FILTER (WHERE NOT (r.installed_chip_ms >= r.available_chip_ms
                   AND r.available_chip_ms >= r.allocated_chip_ms AND r.allocated_chip_ms >= r.used_chip_ms)) AS disordered,
               min(r.use_basis) AS first_use_basis, max(r.use_basis) AS last_use_basis,
               sum(r.installed_chip_ms) AS installed_ms, sum(r.available_chip_ms) AS available_ms,
               sum(r.allocated_chip_ms) AS allocated_ms, sum(r.used_chip_ms) AS used_ms,
               -- The ordered counts u <= l <= v <= installed, for money only.
               sum(least(r.used_chip_ms, r.installed_chip_ms)) AS u,
               sum(least(greatest(r.allocated_chip_ms, r.used_chip_ms), r.installed_chip_ms)) AS l,
               sum(least(greatest(r.available_chip_ms, r.allocated_chip_ms, r.used_chip_ms), r.installed_chip_ms)) AS v,
               count(r.idle_joules) AS measured_readings,
               sum(r.joules) AS joules,
               sum(r.joules) FILTER (WHERE r.idle_joules IS NOT NULL) AS measured_joules,
               sum(r.idle_joules) AS idle_joules,
               max(r.recorded_at) AS last_recorded_at
        FROM meter_reading_known r
        LEFT JOIN pool_tariff t ON t.pool_id = r.pool_id AND r.starts_at >= t.from_at AND r.starts_at < t.to_at
        WHERE r.month < (SELECT date_trunc('month', (c.effective_date + 1)::timestamp)::date FROM clock c)
        GROUP BY r.pool_id, r.month, r.energy_basis, t.from_at;
    COMMENT ON VIEW reading_group IS 'Readings of complete months added up by pool, month, where their energy was measured and the tariff that holds at their start. u, l and v are used, allocated and available chip-milliseconds put in order reading by reading, as far as installed reaches. Key: (pool_id, period_month, energy_basis, tariff_from). Additive.';

    CREATE VIEW reading_day WITH (security_invoker) AS
        SELECT r.pool_id, r.month AS period_month, (r.starts_at AT TIME ZONE (SELECT c.time_zone FROM clock c))::date AS reading_date,
               r.energy_basis, sum(r.installed_chip_ms) AS installed_ms, sum(r.joules) AS joules
        FROM meter_reading_known r
        WHERE r.month < (SELECT date_trunc('month', (c.effective_date + 1)::timestamp)::date FROM clock c)
        GROUP BY 1, 2, 3, 4;
    COMMENT ON VIEW reading_day IS 'Readings of complete months added up by the local day they start on, for ledger_check: another path than reading_group''s. Key: (pool_id, period_month, reading_date, energy_basis). Additive.';

    CREATE VIEW pool_month_reading WITH (security_invoker) AS
        SELECT g.pool_id, g.period_month, e.currency,
               sum(g.readings) AS readings, sum(g.disordered) AS disordered,
               min(g.first_use_basis) AS first_use_basis, max(g.last_use_basis) AS last_use_basis,
               sum(g.installed_ms) AS installed_ms, sum(g.available_ms) AS available_ms,
               sum(g.allocated_ms) AS allocated_ms, sum(g.used_ms) AS used_ms,
               sum(g.u) AS u, sum(g.l) AS l, sum(g.v) AS v,
               sum(g.measured_readings) FILTER (WHERE e.currency IS NOT NULL) AS measured_readings,
               sum(g.readings - g.measured_readings) FILTER (WHERE e.currency IS NOT NULL) AS by_time_readings,
               sum(g.readings) FILTER (WHERE e.currency IS NULL AND g.energy_basis <> 'in_rent') AS unpriced_readings,
               sum(e.factor * g.joules) / 3600000.00000000000000000000 AS energy_kwh,
               round(sum(e.factor * e.price * g.joules) / 3600000, 15) AS energy,
               round(sum(e.factor * e.price * g.measured_joules) / 3600000, 15) AS measured_energy,
               round(sum(e.factor * e.price * g.idle_joules) / 3600000, 15) AS idle_energy,
               greatest(max(g.last_recorded_at), max(t.last_recorded_at)) AS last_recorded_at
        FROM reading_group g
        LEFT JOIN pool_tariff t ON t.pool_id = g.pool_id AND t.from_at = g.tariff_from
        LEFT JOIN LATERAL (SELECT CASE g.energy_basis WHEN 'chip' THEN t.server_power_factor * t.pue
                                                      WHEN 'server' THEN t.pue
                                                      WHEN 'facility' THEN 1 END AS factor,
                                  t.price, t.currency::text AS currency) e ON e.factor * e.price IS NOT NULL
        GROUP BY g.pool_id, g.period_month, e.currency;
    COMMENT ON VIEW pool_month_reading IS 'Chip-milliseconds and energy of each pool and month by the currency the energy is priced in; currency NULL: readings without energy, with energy in the rent, or whose energy has no price because a tariff, PUE or server power factor is missing (counted in unpriced_readings). Key: (pool_id, period_month, currency). Additive; energy within a currency.';
    COMMENT ON COLUMN pool_month_reading.measured_energy IS 'The part of energy from readings that say how much idle chips drew (idle_energy); the rest is split by time.';

    CREATE VIEW month_fx_rate WITH (security_invoker) AS
        SELECT m.period_month, c.reporting_currency::text AS from_currency, c.reporting_currency::text AS reporting_currency,
               1::numeric AS rate, NULL::timestamptz AS last_recorded_at
        FROM month_calendar m CROSS JOIN clock c
        UNION ALL
        (SELECT DISTINCT ON (m.period_month, f.from_currency)
                m.period_month, f.from_currency::text, c.reporting_currency::text, f.rate, f.recorded_at
         FROM month_calendar m
         JOIN fx_rate_known f ON f.rate_type = 'average' AND f.rate_date >= m.period_month AND f.rate_date < m.next_month
         JOIN clock c ON c.reporting_currency = f.to_currency
         ORDER BY m.period_month, f.from_currency, f.rate_date DESC);
    COMMENT ON VIEW month_fx_rate IS 'What one unit of a currency is in the ledger''s reporting currency, on average of a month: the last rate of type average dated in it, as known. Key: (period_month, from_currency).';

    -- All cost and chip-time of a pool and month, then one row for each currency.

    CREATE VIEW pool_month_cost WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.pool_id, s.currency,
               sum(s.depreciation) AS depreciation, sum(s.rent) AS rent, sum(s.unknown_charges) AS unknown_charges,
               sum(s.energy) AS energy, sum(s.measured_energy) AS measured_energy, sum(s.idle_energy) AS idle_energy,
               sum(s.energy_kwh) AS energy_kwh, sum(s.measured_readings) AS measured_readings,
               sum(s.by_time_readings) AS by_time_readings, sum(s.unpriced_readings) AS unpriced_readings,
               sum(s.readings) AS readings, sum(s.disordered) AS disordered,
               min(s.first_use_basis) AS first_use_basis, max(s.last_use_basis) AS last_use_basis,
               sum(s.installed_ms) AS installed_ms, sum(s.available_ms) AS available_ms,
               sum(s.allocated_ms) AS allocated_ms, sum(s.used_ms) AS used_ms,
               sum(s.u) AS u, sum(s.l) AS l, sum(s.v) AS v, max(s.last_recorded_at) AS last_recorded_at
        FROM (
            SELECT coalesce(p.entity_id, d.entity_id) AS entity_id, d.basis, d.period_month, d.pool_id, d.currency,
                   d.charge AS depreciation, NULL::numeric AS rent, d.unknown_charges,
                   NULL::numeric AS energy, NULL::numeric AS measured_energy, NULL::numeric AS idle_energy,
                   NULL::numeric AS energy_kwh, NULL::numeric AS measured_readings, NULL::numeric AS by_time_readings,
                   NULL::numeric AS unpriced_readings, NULL::numeric AS readings, NULL::numeric AS disordered,
                   NULL::text AS first_use_basis, NULL::text AS last_use_basis,
                   NULL::numeric AS installed_ms, NULL::numeric AS available_ms,
                   NULL::numeric AS allocated_ms, NULL::numeric AS used_ms,
                   NULL::numeric AS u, NULL::numeric AS l, NULL::numeric AS v, d.last_recorded_at
            FROM pool_month_charge d
            LEFT JOIN pool_known p ON p.pool_id = d.pool_id
            UNION ALL
            SELECT p.entity_id, b.basis, r.period_month, r.pool_id, r.currency,
                   NULL, r.rent, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.last_recorded_at
            FROM rental_month r
            CROSS JOIN basis_used b
            LEFT JOIN pool_known p ON p.pool_id = r.pool_id
            UNION ALL
            SELECT p.entity_id, b.basis, m.period_month, m.pool_id, m.currency,
                   NULL, NULL, NULL, m.energy, m.measured_energy, m.idle_energy,
                   m.energy_kwh, m.measured_readings, m.by_time_readings, m.unpriced_readings, m.readings, m.disordered,
                   m.first_use_basis, m.last_use_basis, m.installed_ms, m.available_ms, m.allocated_ms, m.used_ms,
                   m.u, m.l, m.v, m.last_recorded_at
            FROM pool_month_reading m
            CROSS JOIN basis_used b
            LEFT JOIN pool_known p ON p.pool_id = m.pool_id) s
        GROUP BY s.entity_id, s.basis, s.period_month, s.pool_id, s.currency;
    COMMENT ON VIEW pool_month_cost IS 'Cost and chip-time before the split: depreciation, rent and energy of each pool and month by currency, under each basis. pool_id NULL: assets'' time in no pool. currency NULL: readings without priced energy. The entity is the pool''s. Key: (entity_id, basis, period_month, pool_id, currency). Cost is additive within a currency.';

    CREATE VIEW pool_month_split WITH (security_invoker) AS
        SELECT w.entity_id, w.basis, w.period_month, w.pool_id, w.currency, w.depreciation, w.rent, w.energy,
               w.unknown_charges, w.energy_kwh, w.measured_readings, w.by_time_readings, w.unpriced_readings,
               w.readings, w.disordered, w.first_use_basis, w.last_use_basis,
               w.installed_ms, w.available_ms, w.allocated_ms, w.used_ms, w.capacity_ms, w.last_recorded_at,
               amount(x.by_chips[1]) + w.measured_energy - w.idle_energy + amount(x.by_time[1]) AS productive,
               amount(x.by_chips[2]) + amount(x.by_idle[1]) + amount(x.by_time[2]) AS allocated_idle,
               amount(x.by_chips[3]) + amount(x.by_idle[2]) + amount(x.by_time[3]) AS unallocated,
               amount(x.by_chips[4]) + amount(x.by_idle[3]) + amount(x.by_time[4]) AS unavailable,
               amount(x.by_chips[5]) + amount(x.by_time[5]) AS unmetered
        FROM (SELECT q.*, coalesce(c.capacity_ms, 0) AS capacity_ms
              FROM (
                -- Chip-time is the pool's, whatever the currency: each currency's row carries all of it.
                SELECT k.entity_id, k.basis, k.period_month, k.pool_id,
                       coalesce(k.currency, e.functional_currency::text, l.reporting_currency::text) AS currency,
                       coalesce(k.depreciation, 0) AS depreciation, coalesce(k.rent, 0) AS rent, coalesce(k.energy, 0) AS energy,
                       coalesce(k.measured_energy, 0) AS measured_energy, coalesce(k.idle_energy, 0) AS idle_energy,
                       coalesce(k.energy_kwh, 0) AS energy_kwh, coalesce(k.unknown_charges, 0) AS unknown_charges,
                       coalesce(k.measured_readings, 0) AS measured_readings, coalesce(k.by_time_readings, 0) AS by_time_readings,
                       coalesce(sum(k.unpriced_readings) OVER pool_month, 0) AS unpriced_readings,
                       coalesce(sum(k.readings) OVER pool_month, 0) AS readings,
                       coalesce(sum(k.disordered) OVER pool_month, 0) AS disordered,
                       min(k.first_use_basis) OVER pool_month AS first_use_basis,
                       max(k.last_use_basis) OVER pool_month AS last_use_basis,
                       coalesce(sum(k.installed_ms) OVER pool_month, 0) AS installed_ms,
                       coalesce(sum(k.available_ms) OVER pool_month, 0) AS available_ms,
                       coalesce(sum(k.allocated_ms) OVER pool_month, 0) AS allocated_ms,
                       coalesce(sum(k.used_ms) OVER pool_month, 0) AS used_ms,
                       coalesce(sum(k.u) OVER pool_month, 0) AS u, coalesce(sum(k.l) OVER pool_month, 0) AS l,
                       coalesce(sum(k.v) OVER pool_month, 0) AS v,
                       max(k.last_recorded_at) OVER pool_month AS last_recorded_at,
                       k.currency IS NULL AND count(k.currency) OVER pool_month > 0 AS shown_elsewhere
                FROM pool_month_cost k
                LEFT JOIN entity_known e ON e.entity_id = k.entity_id
                CROSS JOIN clock l
                WINDOW pool_month AS (PARTITION BY k.entity_id, k.basis, k.period_month, k.pool_id)) q
              LEFT JOIN pool_month_capacity c ON c.pool_id = q.pool_id AND c.period_month = q.period_month
              WHERE NOT q.shown_elsewhere) w
        -- OFFSET 0 keeps the planner from writing each split out once for each of its parts.
        CROSS JOIN LATERAL (
            SELECT split_amount(w.depreciation + w.rent, w.currency::currency,
                       ARRAY[w.u, w.l - w.u, w.v - w.l, w.installed_ms - w.v, greatest(w.capacity_ms - w.installed_ms, 0)]) AS by_chips,
                   split_amount(w.energy - w.measured_energy, w.currency::currency,
                       ARRAY[w.u, w.l - w.u, w.v - w.l, w.installed_ms - w.v, 0]) AS by_time,
                   -- Idle draw of chips that were never idle is borne as allocated idle.
                   split_amount(w.idle_energy, w.currency::currency,
                       ARRAY[CASE WHEN w.u = w.installed_ms THEN 1 ELSE w.l - w.u END, w.v - w.l, w.installed_ms - w.v]) AS by_idle
            OFFSET 0) x;
    COMMENT ON VIEW pool_month_split IS 'Cost of each pool and month by what it bought: productive, allocated idle, unallocated, unavailable and unmetered, which add up to depreciation + rent + energy exactly. Depreciation and rent follow chip-time, unmetered capacity included; energy follows what drew it. Chip-time is repeated on each currency''s row. Key: (entity_id, basis, period_month, pool_id, currency). Cost is additive within a currency.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_usage_views() IS 'Internal: part of create_ledger. Capacity, charges, readings and cost of pools by month, and the split.';

CREATE FUNCTION chipbook.create_report_usage_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW utilisation_weighted_spend_all_bases WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.pool_id, s.currency,
               p.cost_centre_id, p.provider_id, p.site_id, p.chip_model_id,
               coalesce(p.ownership, 'owned') AS ownership, 'actual'::text AS scenario,
               CASE WHEN s.readings = 0 THEN 'none' WHEN s.first_use_basis = s.last_use_basis THEN s.first_use_basis
                    ELSE 'mixed' END AS use_basis,
               CASE WHEN s.measured_readings > 0 AND s.by_time_readings > 0 THEN 'mixed'
                    WHEN s.measured_readings > 0 THEN 'measured'
                    WHEN s.by_time_readings > 0 THEN 'by_time' ELSE 'none' END AS energy_split,
               publishable(s.depreciation)::numeric(38,15) AS depreciation,
               publishable(s.rent)::numeric(38,15) AS rent,
               publishable(s.energy)::numeric(38,15) AS energy,
               publishable(s.depreciation + s.rent + s.energy)::numeric(38,15) AS total_cost,
               publishable(s.productive)::numeric(38,15) AS productive_cost,
               publishable(s.allocated_idle + s.unallocated + s.unavailable)::numeric(38,15) AS idle_cost,
               publishable(s.allocated_idle)::numeric(38,15) AS allocated_idle_cost,
               publishable(s.unallocated)::numeric(38,15) AS unallocated_cost,
               publishable(s.unavailable)::numeric(38,15) AS unavailable_cost,
               publishable(s.unmetered)::numeric(38,15) AS unmetered_cost,
               publishable(s.depreciation + s.rent + s.energy - s.unmetered)::numeric(38,15) AS metered_cost,
               publishable(s.capacity_ms / 3600000.000000000000000)::numeric(38,15) AS capacity_chip_hours,
               publishable(s.installed_ms / 3600000.000000000000000)::numeric(38,15) AS installed_chip_hours,
               publishable(s.available_ms / 3600000.000000000000000)::numeric(38,15) AS available_chip_hours,
               publishable(s.allocated_ms / 3600000.000000000000000)::numeric(38,15) AS allocated_chip_hours,
               publishable(s.used_ms / 3600000.000000000000000)::numeric(38,15) AS used_chip_hours,
               publishable(s.energy_kwh)::numeric(38,15) AS energy_kwh,
               publishable(s.used_ms::numeric(60,20) / nullif(s.installed_ms, 0))::numeric(38,15) AS utilisation,
               publishable(s.allocated_ms::numeric(60,20) / nullif(s.installed_ms, 0))::numeric(38,15) AS allocation_rate,
               publishable(s.productive::numeric(60,20) / nullif(s.depreciation + s.rent + s.energy - s.unmetered, 0))::numeric(38,15) AS spend_utilisation,
               publishable((s.depreciation + s.rent + s.energy) * 3600000.000000000000000 / nullif(s.installed_ms, 0))::numeric(38,15) AS cost_per_installed_chip_hour,
               publishable((s.depreciation + s.rent + s.energy) * 3600000.000000000000000 / nullif(s.used_ms, 0))::numeric(38,15) AS cost_per_used_chip_hour,
               s.readings::bigint AS readings, s.disordered::bigint AS disordered_readings,
               s.unpriced_readings::bigint AS unpriced_readings, s.unknown_charges::bigint AS unknown_charges,
               c.reporting_currency::text AS reporting_currency, publishable(r.rate)::numeric(38,15) AS fx_rate,
               publishable((s.depreciation + s.rent + s.energy) * r.rate)::numeric(38,15) AS total_cost_reporting,
               greatest(s.last_recorded_at, x.last_recorded_at) AS last_recorded_at
        FROM pool_month_split s
        CROSS JOIN clock c
        LEFT JOIN pool_known p ON p.pool_id = s.pool_id
        LEFT JOIN month_fx_rate x ON x.period_month = s.period_month AND x.from_currency = s.currency
        -- Also in a month that has readings alone, which the calendar of cost does not know.
        CROSS JOIN LATERAL (SELECT CASE WHEN s.currency = c.reporting_currency::text THEN 1 ELSE x.rate END AS rate) r;
    COMMENT ON VIEW utilisation_weighted_spend_all_bases IS 'What each pool cost in each complete month and how much of it did useful work, under every basis. Key: (entity_id, basis, period_month, pool_id, currency). Costs are in currency and additive within one currency and basis; depreciation + rent + energy = total_cost = productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost, exactly. Chip-hours and readings are repeated on the row of each currency and basis: add them within one only. Ratios are not additive; their numerators and denominators are columns. pool_id NULL: owned assets'' time in no pool, all of it unmetered.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.fx_rate IS 'Average rate of the month from currency to reporting_currency (1 where they are the same); NULL when the ledger has none: a finding, never 1.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.total_cost_reporting IS 'total_cost x fx_rate, in reporting_currency, not rounded to its minor unit; NULL when the rate is missing. Additive over all rows of a basis.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.use_basis IS 'What used means in the readings: one word, mixed, or none without readings.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.energy_split IS 'How the energy was split: measured (readings say what idle chips drew), by_time, mixed, or none without priced energy.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.idle_cost IS 'allocated_idle_cost + unallocated_cost + unavailable_cost; unmetered_cost stands beside it.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.unmetered_cost IS 'Depreciation and rent of chips in service that no reading covers.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.metered_cost IS 'total_cost - unmetered_cost: the denominator of spend_utilisation.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.capacity_chip_hours IS 'Chips in service x hours of the month, owned and rented, metered or not. Less than installed_chip_hours when readings claim more chips than the ledger has.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.utilisation IS 'Weighted by capacity: used_chip_hours / installed_chip_hours; NULL when nothing was installed.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.allocation_rate IS 'allocated_chip_hours / installed_chip_hours; NULL when nothing was installed.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.spend_utilisation IS 'Weighted by cost: productive_cost / metered_cost; NULL when nothing metered cost anything.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.cost_per_installed_chip_hour IS 'total_cost / installed_chip_hours.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.cost_per_used_chip_hour IS 'total_cost / used_chip_hours.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.energy_kwh IS 'Energy at the facility''s meter that is priced in this currency. Additive over all rows of a basis.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.unpriced_readings IS 'Readings with energy whose cost is not known: tariff, PUE or server power factor is missing.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.unknown_charges IS 'Assets whose depreciation is not known: no policy under this basis. depreciation is without them.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.disordered_readings IS 'Readings where not installed >= available >= allocated >= used: split as far as they make sense, counted here.';

    CREATE VIEW utilisation_weighted_spend WITH (security_invoker) AS
        SELECT * FROM utilisation_weighted_spend_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW utilisation_weighted_spend IS 'What each pool cost in each complete month and how much of it did useful work, under the ledger''s primary basis. Key: (entity_id, period_month, pool_id, currency). Costs are in currency and additive within one currency; depreciation + rent + energy = total_cost = productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost, exactly. Chip-hours and readings are repeated on the row of each currency: add them within one only. Ratios are not additive; their numerators and denominators are columns. pool_id NULL: owned assets'' time in no pool, all of it unmetered.';

    CREATE VIEW chip_hour_cost_all_bases WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.provider_id, s.chip_model_id, s.site_id, s.ownership, s.currency,
               'actual'::text AS scenario,
               publishable(s.depreciation)::numeric(38,15) AS depreciation,
               publishable(s.rent)::numeric(38,15) AS rent,
               publishable(s.energy)::numeric(38,15) AS energy,
               publishable(s.total_cost)::numeric(38,15) AS total_cost,
               publishable(s.capacity_hours)::numeric(38,15) AS capacity_chip_hours,
               publishable(s.installed_hours)::numeric(38,15) AS installed_chip_hours,
               publishable(s.available_hours)::numeric(38,15) AS available_chip_hours,
               publishable(s.allocated_hours)::numeric(38,15) AS allocated_chip_hours,
               publishable(s.used_hours)::numeric(38,15) AS used_chip_hours,
               publishable(s.total_cost / nullif(s.installed_hours, 0))::numeric(38,15) AS cost_per_installed_chip_hour,
               publishable(s.total_cost / nullif(s.available_hours, 0))::numeric(38,15) AS cost_per_available_chip_hour,
               publishable(s.total_cost / nullif(s.allocated_hours, 0))::numeric(38,15) AS cost_per_allocated_chip_hour,
               publishable(s.total_cost / nullif(s.used_hours, 0))::numeric(38,15) AS cost_per_used_chip_hour,
               s.pools, s.unpriced_readings, s.unknown_charges, s.last_recorded_at
        FROM (SELECT u.entity_id, u.basis, u.period_month, u.provider_id, u.chip_model_id, u.site_id, u.ownership, u.currency,
                     sum(u.depreciation) AS depreciation, sum(u.rent) AS rent, sum(u.energy) AS energy,
                     sum(u.total_cost) AS total_cost,
                     sum(u.capacity_chip_hours) AS capacity_hours, sum(u.installed_chip_hours) AS installed_hours,
                     sum(u.available_chip_hours) AS available_hours, sum(u.allocated_chip_hours) AS allocated_hours,
                     sum(u.used_chip_hours) AS used_hours, count(*) AS pools,
                     sum(u.unpriced_readings)::bigint AS unpriced_readings, sum(u.unknown_charges)::bigint AS unknown_charges,
                     max(u.last_recorded_at) AS last_recorded_at
              FROM utilisation_weighted_spend_all_bases u
              WHERE u.pool_id IS NOT NULL
              GROUP BY u.entity_id, u.basis, u.period_month, u.provider_id, u.chip_model_id, u.site_id, u.ownership, u.currency) s;
    COMMENT ON VIEW chip_hour_cost_all_bases IS 'What a chip-hour cost in each complete month, by provider, chip model and site, under every basis. Key: (entity_id, basis, period_month, provider_id, chip_model_id, site_id, ownership, currency). Costs are in currency and additive within one currency and basis; chip-hours are repeated on the row of each currency and basis; costs per hour are total_cost over each of four counts of chip-hours, not additive, NULL when there are none. Cost of assets in no pool is not here: see utilisation_weighted_spend with pool_id NULL.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.pools IS 'Pools that the row adds up.';

    CREATE VIEW chip_hour_cost WITH (security_invoker) AS
        SELECT * FROM chip_hour_cost_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW chip_hour_cost IS 'What a chip-hour cost in each complete month, by provider, chip model and site, under the ledger''s primary basis. Key: (entity_id, period_month, provider_id, chip_model_id, site_id, ownership, currency). Costs are in currency and additive within one currency; chip-hours are repeated on the row of each currency; costs per hour are total_cost over each of four counts of chip-hours, not additive, NULL when there are none. Cost of assets in no pool is not here: see utilisation_weighted_spend with pool_id NULL.';

    CREATE VIEW ledger_check WITH (security_invoker) AS
        -- Twice used, once gone through.
        WITH by_day AS (SELECT * FROM reading_day)
        SELECT c.check_name, c.entity_id, c.basis, c.period_month, c.pool_id, c.asset_id, c.currency,
               publishable(sum(c.expected))::numeric(38,15) AS expected,
               publishable(sum(c.found))::numeric(38,15) AS found,
               publishable(sum(c.found) - sum(c.expected))::numeric(38,15) AS difference,
               coalesce(sum(c.found) = sum(c.expected), false) AS ok
        FROM (
            -- What the published spend says.
            SELECT x.check_name, x.entity_id, u.basis, u.period_month, x.pool_id, NULL::text AS asset_id, x.currency,
                   0::numeric AS expected, x.found
            FROM (SELECT s.*, row_number() OVER (PARTITION BY s.basis, s.period_month, s.pool_id ORDER BY s.currency) AS row_of_pool
                  FROM utilisation_weighted_spend_all_bases s) u
            CROSS JOIN LATERAL (VALUES
                ('split_adds_up', u.entity_id, u.pool_id, u.currency,
                 u.productive_cost + u.allocated_idle_cost + u.unallocated_cost + u.unavailable_cost + u.unmetered_cost),
                ('charges_in_pools', NULL, NULL, u.currency, u.depreciation),
                ('rent_in_pools', NULL, NULL, u.currency, u.rent),
                ('energy_in_pools', NULL, u.pool_id, u.currency, u.energy),
                ('chip_time_in_pools', NULL, u.pool_id, NULL, CASE WHEN u.row_of_pool = 1 THEN u.installed_chip_hours ELSE 0 END))
                x (check_name, entity_id, pool_id, currency, found)
            WHERE x.found IS DISTINCT FROM 0
            UNION ALL
            -- What it must say: cost before the split,
            SELECT 'split_adds_up', k.entity_id, k.basis, k.period_month, k.pool_id, NULL, k.currency,
                   coalesce(k.depreciation, 0) + coalesce(k.rent, 0) + coalesce(k.energy, 0), 0
            FROM pool_month_cost k WHERE k.currency IS NOT NULL
            UNION ALL
            -- the charge of every asset, whichever pool it is in, or none,
            SELECT 'charges_in_pools', NULL, v.basis, v.period_month, NULL, NULL, v.currency, coalesce(v.charge, 0), 0
            FROM chip_book_value_all_bases v
            UNION ALL
            -- rent from the contracts,
            SELECT 'rent_in_pools', NULL, b.basis, r.period_month, NULL, NULL, r.currency, r.rent, 0
            FROM rental_month r CROSS JOIN basis_used b
            UNION ALL
            -- energy day by day at the tariff of the day,
            SELECT 'energy_in_pools', NULL, b.basis, e.period_month, e.pool_id, NULL, e.currency, e.energy, 0
            FROM (SELECT d.period_month, d.pool_id, currency(t.price_per_kwh)::text AS currency,
                         round(sum(d.joules * amount(t.price_per_kwh)::numeric(60,20)
                                   * CASE d.energy_basis WHEN 'chip' THEN k.server_power_factor * s.pue
                                                         WHEN 'server' THEN s.pue WHEN 'facility' THEN 1 END) / 3600000, 15) AS energy
                  FROM by_day d
                  JOIN pool_known p ON p.pool_id = d.pool_id
                  JOIN energy_tariff_known t ON t.site_id = p.site_id AND d.reading_date >= t.valid_from AND d.reading_date < t.valid_to
                  LEFT JOIN site_known s ON s.site_id = p.site_id
                  LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id
                  GROUP BY 1, 2, 3) e
            CROSS JOIN basis_used b WHERE e.energy <> 0
            UNION ALL
            -- and the chip-time of the readings: a join that repeats them shows here.
            SELECT 'chip_time_in_pools', NULL, b.basis, d.period_month, d.pool_id, NULL, NULL,
                   (sum(d.installed_ms) / 3600000.000000000000000)::numeric(60,15), 0
            FROM by_day d CROSS JOIN basis_used b
            GROUP BY b.basis, d.period_month, d.pool_id
            UNION ALL
            -- Charges of an asset add up to what has left its book value.
            SELECT 'charges_of_asset', v.entity_id, v.basis, NULL, NULL, v.asset_id, v.currency, 0, coalesce(v.charge, 0)
            FROM chip_book_value_all_bases v
            UNION ALL
            SELECT 'charges_of_asset', v.entity_id, v.basis, NULL, NULL, v.asset_id, v.currency,
                   coalesce(v.cost - v.book_value - v.derecognised, 0), 0
            FROM (SELECT DISTINCT ON (b.asset_id, b.basis) b.* FROM chip_book_value_all_bases b
                  ORDER BY b.asset_id, b.basis, b.period_month DESC) v) c
        GROUP BY c.check_name, c.entity_id, c.basis, c.period_month, c.pool_id, c.asset_id, c.currency;
    COMMENT ON VIEW ledger_check IS 'Proof that the figures add up, exactly: one row for each check and what it is about, expected and found computed on different paths. Key: (check_name, entity_id, basis, period_month, pool_id, asset_id, currency), NULL where a check has no such part. Amounts in currency, or chip-hours where currency is NULL. SELECT * FROM ledger_check WHERE NOT ok finds nothing.';
    COMMENT ON COLUMN ledger_check.check_name IS 'split_adds_up: the five parts of a pool and month are its depreciation + rent + energy. charges_in_pools: depreciation of pools, and of no pool, is that of the assets. charges_of_asset: an asset''s charges are its cost less what is left. rent_in_pools and energy_in_pools: both are in the spend once, recomputed from contracts and from readings by day. chip_time_in_pools: installed chip-hours are those of the readings.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_usage_views() IS 'Internal: part of create_ledger. The views utilisation_weighted_spend and chip_hour_cost, each with _all_bases, and ledger_check.';
