-- Months in which a cost of a pool begins, ends or changes: such a month is cut into intervals of
-- days, each cost goes to the intervals it is of, and each interval's cost is split by what the
-- chips did in it. Only the split follows: what a month cost stays what it is. Months in which
-- nothing changes are split by their chip-time as a whole, and nothing here is asked of them.

CREATE FUNCTION chipbook.create_ledger_interval_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW pool_month_change WITH (security_invoker) AS
        SELECT DISTINCT d.pool_id, d.change_day - (extract(day FROM d.change_day)::integer - 1) AS period_month, d.change_day
        FROM (
            SELECT p.pool_id, v.change_day
            FROM asset_chips a
            JOIN pool_asset_known p ON p.asset_id = a.asset_id AND p.valid_from < a.to_day AND p.valid_to > a.from_day
            CROSS JOIN LATERAL (VALUES (greatest(a.from_day, p.valid_from)), (least(a.to_day, p.valid_to))) v (change_day)
            UNION ALL
            SELECT r.pool_id, v.change_day FROM rental_rate r CROSS JOIN LATERAL (VALUES (r.from_day), (r.to_day)) v (change_day)
            UNION ALL
            SELECT n.pool_id, n.change_day FROM lease_change() n WHERE EXISTS (SELECT FROM lease_known x WHERE x.pool_id IS NOT NULL)
            UNION ALL
            SELECT r.pool_id, v.change_day FROM cost_rate_known r CROSS JOIN LATERAL (VALUES (r.valid_from), (r.valid_to)) v (change_day)
            UNION ALL
            SELECT p.pool_id, e.change_day
            FROM (SELECT n.asset_id, n.happened_on AS change_day FROM asset_event_known n WHERE n.kind <> 'transfer'
                  UNION ALL
                  SELECT r.asset_id, r.recognised_on FROM retirement_obligation_known r) e
            JOIN pool_asset_known p ON p.asset_id = e.asset_id AND p.valid_from < e.change_day AND p.valid_to > e.change_day
            UNION ALL
            SELECT p.pool_id, v.change_day
            FROM energy_tariff_known t
            JOIN pool_known p ON p.site_id = t.site_id
            CROSS JOIN LATERAL (VALUES (t.valid_from), (t.valid_to)) v (change_day)) d
        WHERE d.change_day > date '0001-01-01' AND d.change_day <= (SELECT c.effective_date FROM clock c)
          AND extract(day FROM d.change_day) <> 1;
    COMMENT ON VIEW pool_month_change IS 'The days inside a month, its first left out, on which something that a pool costs begins, ends or changes: assets in service or in the pool, their shares and events, rentals, periods of leases, cost rates and tariffs. Key: (pool_id, change_day).';

    CREATE VIEW usage_day_energy WITH (security_invoker) AS
        SELECT d.pool_id, d.month AS period_month, d.reading_day, d.tenant_id, e.currency,
               round(sum(e.price * coalesce(d.joules, d.installed_ms)) FILTER (WHERE NOT d.idle_is_metered) / 3600000, 20) AS by_time,
               round(sum(e.price * (d.joules - d.idle_joules)) FILTER (WHERE d.idle_is_metered) / 3600000, 20) AS busy,
               round(sum(e.price * d.idle_joules) FILTER (WHERE d.idle_is_metered) / 3600000, 20) AS idle
        FROM usage_day_known d
        JOIN pool_tariff t ON t.pool_id = d.pool_id AND d.reading_day >= t.from_day AND d.reading_day < t.to_day
        -- As pool_month_reading has it.
        CROSS JOIN LATERAL (SELECT t.price * CASE WHEN d.energy_basis IS NULL THEN t.average_watts * t.server_power_factor * t.pue * 0.001
                                                  WHEN d.energy_basis = 'chip' THEN t.server_power_factor * t.pue
                                                  WHEN d.energy_basis = 'server' THEN t.pue
                                                  WHEN d.energy_basis = 'facility' THEN 1 END AS price,
                                   t.currency::text AS currency) e
        WHERE e.price IS NOT NULL
        GROUP BY d.pool_id, d.month, d.reading_day, d.tenant_id, e.currency;
    COMMENT ON VIEW usage_day_energy IS 'What energy of readings costs by pool, day, tenant and currency, not rounded to what is posted: a weight. by_time: of readings that do not say what idle chips drew; busy and idle of those that do. Key: (pool_id, reading_day, tenant_id, currency). Additive within a currency.';

    CREATE VIEW pool_interval WITH (security_invoker) AS
        SELECT d.pool_id, d.period_month, d.from_day,
               lead(d.from_day, 1, (d.period_month + interval '1 month')::date) OVER (PARTITION BY d.pool_id, d.period_month ORDER BY d.from_day) AS to_day
        FROM (SELECT DISTINCT c.pool_id, c.period_month, v.from_day
              FROM pool_month_change c CROSS JOIN LATERAL (VALUES (c.period_month), (c.change_day)) v (from_day)) d;
    COMMENT ON VIEW pool_interval IS 'The intervals [from_day, to_day) that a month falls into, of the pools that have a pool_month_change in it. Key: (pool_id, from_day).';

    -- A function for each month that has changes, and not a view over all of them: it is planned
    -- when it comes to be called, and most ledgers and questions never call it.

    CREATE FUNCTION pool_interval_part(of_month date, by_rate boolean)
    RETURNS TABLE (pool_id text, basis text, currency text, from_day date, kind text, credit numeric, parts numeric[])
    STABLE STRICT PARALLEL SAFE COST 10000 LANGUAGE sql
    BEGIN ATOMIC
        WITH month AS MATERIALIZED (
            SELECT (of_month + interval '1 month')::date AS next_month, (of_month + interval '1 month')::date - of_month AS days, c.time_zone FROM clock c),
        piece AS MATERIALIZED (
            SELECT d.pool_id, d.from_day, lead(d.from_day, 1, d.next_month) OVER (PARTITION BY d.pool_id ORDER BY d.from_day) AS to_day
            FROM (SELECT n.pool_id, n.from_day, m.next_month FROM pool_interval n CROSS JOIN month m WHERE n.period_month = of_month
                  UNION
                  SELECT p.pool_id, f.from_day, m.next_month FROM pool_known p CROSS JOIN fx_period f CROSS JOIN month m
                  WHERE by_rate AND f.period_month = of_month AND f.periods > 1) d),
        -- What is rented on demand is there while it is metered, and costs nothing else.
        demand AS MATERIALIZED (
            SELECT s.pool_id, s.from_day, o.rental_id, o.valid_from, sum(o.chip_ms) AS chip_ms, sum(o.chip_days) AS chip_days
            FROM piece s
            CROSS JOIN LATERAL on_demand_days(s.pool_id, of_month) o
            WHERE s.pool_id = ANY (ARRAY(SELECT r.pool_id FROM rented_capacity_known r WHERE r.pricing = 'on_demand'))
              AND o.metered_on >= s.from_day AND o.metered_on < s.to_day
            GROUP BY s.pool_id, s.from_day, o.rental_id, o.valid_from),
        chips AS MATERIALIZED (
            SELECT c.pool_id, c.from_day, sum(c.chip_days) AS chip_days, sum(c.chip_seconds) AS chip_seconds
            FROM (SELECT s.pool_id, s.from_day, p.chips * (o.to_day - o.from_day) AS chip_days,
                         p.chips * (extract(epoch FROM o.to_day::timestamp AT TIME ZONE m.time_zone)
                                    - extract(epoch FROM o.from_day::timestamp AT TIME ZONE m.time_zone)) AS chip_seconds
                  FROM piece s
                  CROSS JOIN month m
                  JOIN pool_chips p ON p.pool_id = s.pool_id AND p.from_day < s.to_day AND p.to_day > s.from_day AND NOT p.on_demand
                  CROSS JOIN LATERAL (SELECT greatest(p.from_day, s.from_day) AS from_day, least(p.to_day, s.to_day) AS to_day) o
                  UNION ALL
                  SELECT t.pool_id, t.from_day, t.chip_days, t.chip_ms * 0.001 FROM demand t) c
            GROUP BY c.pool_id, c.from_day),
        span AS MATERIALIZED (
            SELECT n.pool_id, n.from_day, n.to_day, n.to_day - n.from_day AS days, coalesce(r.u, 0) AS u, coalesce(r.l, 0) AS l, coalesce(r.v, 0) AS v,
                   coalesce(r.i, 0) AS i, greatest(coalesce(h.chip_seconds * 1000, 0) - coalesce(r.i, 0), 0) AS x
            FROM piece n
            LEFT JOIN chips h ON h.pool_id = n.pool_id AND h.from_day = n.from_day
            LEFT JOIN (SELECT t.pool_id, t.from_day, sum(d.ordered_used_ms) AS u, sum(d.ordered_allocated_ms) AS l, sum(d.ordered_available_ms) AS v, sum(d.installed_ms) AS i
                       FROM piece t JOIN usage_day_known d ON d.month = of_month AND d.pool_id = t.pool_id AND d.reading_day >= t.from_day AND d.reading_day < t.to_day
                       GROUP BY t.pool_id, t.from_day) r ON r.pool_id = n.pool_id AND r.from_day = n.from_day),
        stay AS MATERIALIZED (
            SELECT s.pool_id, p.asset_id, s.from_day, s.to_day,
                   sum(p.share * (least(s.to_day, a.to_day, p.valid_to) - greatest(s.from_day, a.from_day, p.valid_from))) AS share_days
            FROM span s
            JOIN pool_asset_known p ON p.pool_id = s.pool_id AND p.valid_from < s.to_day AND p.valid_to > s.from_day
            JOIN asset_chips a ON a.asset_id = p.asset_id AND a.from_day < s.to_day AND a.to_day > s.from_day
            WHERE greatest(a.from_day, p.valid_from) < least(a.to_day, p.valid_to)
            GROUP BY s.pool_id, p.asset_id, s.from_day, s.to_day),
        -- As pool_month_charge has it, of these assets alone.
        charge AS MATERIALIZED (
            SELECT p.pool_id, a.asset_id, a.basis, a.currency::text AS currency, a.component, a.method IS NOT DISTINCT FROM 'units_of_production' AS all_productive,
                   amount(a.charge)::numeric(60,20) * p.share_days / p.days AS charge
            FROM asset_month a
            JOIN (SELECT n.asset_id, n.pool_id, n.share_days, greatest(max(n.service_days) OVER w, sum(n.share_days) OVER w) AS days
                  FROM asset_month_pool n
                  WHERE n.period_month = of_month AND n.asset_id = ANY (ARRAY(SELECT t.asset_id FROM stay t))
                  WINDOW w AS (PARTITION BY n.asset_id)) p ON p.asset_id = a.asset_id
            WHERE a.period_month = of_month AND a.asset_id = ANY (ARRAY(SELECT t.asset_id FROM stay t)) AND amount(a.charge) <> 0
              AND p.pool_id IN (SELECT s.pool_id FROM span s)),
        -- What changes inside the month is charged by what it comes to between the changes; else by the days.
        moved AS MATERIALIZED (
            SELECT t.pool_id, t.asset_id, b.basis, t.from_day, amount(v.charge) * t.share_days / (t.to_day - t.from_day) AS weight
            FROM stay t
            JOIN asset_basis b ON b.asset_id = t.asset_id
            CROSS JOIN LATERAL asset_movement(b.computable_cost, b.held_from, b.in_service, b.policy, b.events, t.from_day, t.to_day, b.fiscal_year_start::integer) v
            WHERE t.asset_id = ANY (ARRAY(SELECT e.asset_id FROM asset_event_known e CROSS JOIN month m
                                          WHERE e.happened_on > of_month AND e.happened_on < m.next_month AND e.kind <> 'transfer'
                                          UNION ALL
                                          SELECT r.asset_id FROM retirement_obligation_known r CROSS JOIN month m
                                          WHERE r.recognised_on > of_month AND r.recognised_on < m.next_month))
              AND b.asset_id = ANY (ARRAY(SELECT t.asset_id FROM stay t))),
        charged AS MATERIALIZED (
            SELECT w.pool_id, w.basis, w.currency, w.from_day,
                   sum(w.cost) FILTER (WHERE NOT w.all_productive) AS cost,
                   sum(w.cost) FILTER (WHERE w.component IN ('chip', 'server')) AS hardware
            FROM (SELECT c.pool_id, c.basis, c.currency, c.component, c.all_productive, t.from_day,
                         c.charge * CASE WHEN x.is_moved THEN m.weight ELSE t.share_days END
                         / nullif(CASE WHEN x.is_moved THEN sum(m.weight) OVER asset ELSE sum(t.share_days) OVER asset END, 0) AS cost
                  FROM charge c
                  JOIN stay t ON t.pool_id = c.pool_id AND t.asset_id = c.asset_id
                  LEFT JOIN (SELECT v.*, min(v.weight * sign(n.charge)) OVER part AS least_weight, sum(v.weight * sign(n.charge)) OVER part AS all_weight
                             FROM moved v JOIN charge n ON n.pool_id = v.pool_id AND n.asset_id = v.asset_id AND n.basis = v.basis
                             WINDOW part AS (PARTITION BY v.pool_id, v.asset_id, v.basis)) m
                         ON m.pool_id = t.pool_id AND m.asset_id = t.asset_id AND m.basis = c.basis AND m.from_day = t.from_day
                  CROSS JOIN LATERAL (SELECT coalesce(m.least_weight >= 0 AND m.all_weight > 0, false) AS is_moved) x
                  WINDOW asset AS (PARTITION BY c.pool_id, c.asset_id, c.basis)) w
            GROUP BY w.pool_id, w.basis, w.currency, w.from_day),
        rate AS MATERIALIZED (
            SELECT s.pool_id, s.from_day, s.days AS span_days, r.component, r.unit, r.price, r.factor, least(s.to_day, r.valid_to) - greatest(s.from_day, r.valid_from) AS days
            FROM span s JOIN cost_rate_known r ON r.pool_id = s.pool_id AND r.valid_from < s.to_day AND r.valid_to > s.from_day),
        contract AS (
            SELECT s.pool_id, NULL::text AS basis, currency(r.rate)::text AS currency, s.from_day,
                   amount(r.rate)::numeric(60,20)
                   * CASE r.pricing WHEN 'on_demand' THEN d.chip_ms
                                    ELSE r.chips * 1000.0 * (extract(epoch FROM least(s.to_day, r.to_day)::timestamp AT TIME ZONE m.time_zone)
                                                           - extract(epoch FROM greatest(s.from_day, r.from_day)::timestamp AT TIME ZONE m.time_zone)) END / 3600000 AS cost
            FROM span s
            CROSS JOIN month m
            JOIN rental_rate r ON r.pool_id = s.pool_id AND r.from_day < s.to_day AND r.to_day > s.from_day AND r.rate IS NOT NULL
            LEFT JOIN demand d ON d.pool_id = s.pool_id AND d.from_day = s.from_day AND d.rental_id = r.rental_id AND d.valid_from = r.valid_from
            UNION ALL
            SELECT s.pool_id, n.basis, n.currency, s.from_day,
                   (n.amortisation + n.interest)::numeric(60,20) * (least(s.to_day, n.period_to) - greatest(s.from_day, n.period_from)) / (n.period_to - n.period_from)
            FROM span s
            JOIN lease_cost_period() n ON n.pool_id = s.pool_id AND n.period_from < s.to_day AND n.period_to > s.from_day
            WHERE EXISTS (SELECT FROM lease_known x JOIN span y ON y.pool_id = x.pool_id)
            UNION ALL
            -- Rates begin and end with an interval, so its chips are theirs.
            SELECT r.pool_id, NULL, currency(r.price)::text, r.from_day,
                   amount(r.price)::numeric(60,20)
                   * CASE r.unit WHEN 'month' THEN r.days::numeric WHEN 'chip_hour' THEN coalesce(h.chip_seconds, 0)
                                 WHEN 'kw_month' THEN coalesce(h.chip_days, 0) * k.tdp_watts * k.server_power_factor END
                   / CASE r.unit WHEN 'month' THEN m.days WHEN 'chip_hour' THEN 3600 ELSE 1000 * m.days END
            FROM rate r
            CROSS JOIN month m
            LEFT JOIN chips h ON h.pool_id = r.pool_id AND h.from_day = r.from_day
            LEFT JOIN pool_known p ON p.pool_id = r.pool_id
            LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id
            WHERE r.price IS NOT NULL),
        -- A factor of depreciation follows the depreciation of the days it holds on.
        factor AS (
            SELECT g.pool_id, g.basis, g.currency, g.from_day,
                   CASE WHEN g.least_weight >= 0 AND g.signed_weight > 0
                        THEN g.hardware * g.factor_days * g.weight * 1.00000000000000000000 / (m.days * g.all_weight)
                        ELSE g.hardware * g.days * 1.00000000000000000000 / m.days END AS cost
            FROM (SELECT f.pool_id, t.basis, t.currency, f.from_day, f.days, t.hardware, w.weight,
                         sum(f.days) OVER part AS factor_days,
                         min(w.weight * sign(t.hardware)) OVER part AS least_weight, sum(w.weight * sign(t.hardware)) OVER part AS signed_weight,
                         sum(w.weight) OVER part AS all_weight
                  FROM (SELECT s.pool_id, s.from_day, s.days AS span_days, c.component, coalesce(sum(r.factor * r.days), 0) AS days
                        FROM span s
                        JOIN (SELECT DISTINCT n.pool_id, n.component FROM rate n WHERE n.factor IS NOT NULL) c ON c.pool_id = s.pool_id
                        LEFT JOIN rate r ON r.pool_id = s.pool_id AND r.from_day = s.from_day AND r.component = c.component AND r.factor IS NOT NULL
                        GROUP BY s.pool_id, s.from_day, s.days, c.component) f
                  JOIN (SELECT h.pool_id, h.basis, h.currency, sum(h.hardware) AS hardware FROM charged h GROUP BY h.pool_id, h.basis, h.currency) t ON t.pool_id = f.pool_id
                  LEFT JOIN charged h ON h.pool_id = t.pool_id AND h.basis = t.basis AND h.currency = t.currency AND h.from_day = f.from_day
                  CROSS JOIN LATERAL (SELECT coalesce(h.hardware, 0) * f.days / f.span_days AS weight) w
                  WINDOW part AS (PARTITION BY f.pool_id, t.basis, t.currency, f.component)) g
            CROSS JOIN month m),
        interval_cost AS MATERIALIZED (
            SELECT k.pool_id, k.basis, k.currency, k.from_day, k.cost,
                   coalesce(sum(k.cost) FILTER (WHERE k.cost > 0) OVER part, 0) AS debits, coalesce(sum(k.cost) FILTER (WHERE k.cost < 0) OVER part, 0) AS credits
            FROM (SELECT x.pool_id, x.basis, x.currency, x.from_day, round(sum(x.cost), 20) AS cost
                  FROM (SELECT c.pool_id, c.basis, c.currency, c.from_day, c.cost FROM charged c
                        UNION ALL
                        SELECT f.pool_id, f.basis, f.currency, f.from_day, f.cost FROM factor f
                        UNION ALL
                        SELECT c.pool_id, b.basis, c.currency, c.from_day, c.cost FROM contract c JOIN basis_used b ON c.basis IS NULL OR c.basis = b.basis) x
                  GROUP BY x.pool_id, x.basis, x.currency, x.from_day) k
            WINDOW part AS (PARTITION BY k.pool_id, k.basis, k.currency))
        -- Where costs and credits meet, each goes its own way.
        SELECT c.pool_id, c.basis, c.currency, c.from_day, CASE WHEN c.cost < 0 AND c.debits > 0 THEN 'credit' ELSE 'cost' END,
               CASE WHEN c.debits > 0 THEN round(c.credits, 15) ELSE 0 END,
               interval_parts(abs(c.cost), ARRAY[s.u, s.l - s.u, s.v - s.l, s.i - s.v, s.x])
        FROM interval_cost c
        JOIN span s ON s.pool_id = c.pool_id AND s.from_day = c.from_day
        WHERE c.cost <> 0
        UNION ALL
        SELECT k.pool_id, b.basis, k.currency, k.from_day, k.kind || CASE WHEN k.energy < 0 AND k.debits > 0 THEN '_credit' ELSE '' END,
               CASE WHEN k.debits > 0 THEN round(k.credits, 15) ELSE 0 END,
               CASE k.kind WHEN 'time' THEN interval_parts(abs(k.energy), ARRAY[s.u, s.l - s.u, s.v - s.l, s.i - s.v, 0])
                           WHEN 'busy' THEN ARRAY[abs(k.energy)]
                           ELSE interval_parts(abs(k.energy), ARRAY[CASE WHEN s.u = s.i THEN 1 ELSE s.l - s.u END, s.v - s.l, s.i - s.v]) END
        -- Who draws power may be paid for it: prices of both signs go each their own way, as costs and credits do.
        FROM (SELECT e.pool_id, e.from_day, e.currency, v.kind, v.energy,
                     coalesce(sum(v.energy) FILTER (WHERE v.energy > 0) OVER part, 0) AS debits, coalesce(sum(v.energy) FILTER (WHERE v.energy < 0) OVER part, 0) AS credits
              FROM (SELECT t.pool_id, t.from_day, d.currency, sum(d.by_time) AS by_time, sum(d.idle) AS idle, sum(d.busy) AS busy
                    FROM span t JOIN usage_day_energy d ON d.period_month = of_month AND d.pool_id = t.pool_id AND d.reading_day >= t.from_day AND d.reading_day < t.to_day
                    GROUP BY t.pool_id, t.from_day, d.currency) e
              -- What is all productive needs weights to be converted by, and no others.
              CROSS JOIN LATERAL (VALUES ('time', e.by_time), ('idle', e.idle), ('busy', CASE WHEN by_rate THEN e.busy END)) v (kind, energy)
              WHERE v.energy <> 0
              WINDOW part AS (PARTITION BY e.pool_id, e.currency, v.kind)) k
        JOIN span s ON s.pool_id = k.pool_id AND s.from_day = k.from_day
        CROSS JOIN basis_used b
        UNION ALL
        SELECT s.pool_id, b.basis, NULL, s.from_day, 'use', 0, ARRAY[s.u] FROM span s CROSS JOIN basis_used b WHERE by_rate AND s.u > 0;
    END;
    COMMENT ON FUNCTION pool_interval_part(date, boolean) IS 'What pools cost in the intervals of a month, kind by kind, by what the chips did in them: used, allocated idle, unallocated, unavailable, and metered by nobody. To 20 decimals, not to what is posted: a weight. cost: all but energy and what is charged by use; depreciation by days in service in the pool (of an asset that an event changes inside the month by what it is charged between the events), rent by time (on demand by what was metered), each period of a lease by its days, rates by days or chip-time, factors of depreciation by the depreciation of their days. Where other intervals cost, one that brings money in is of kind credit, and credit says what these come to in all. time: energy by time; idle: what idle chips drew (allocated idle, unallocated, unavailable); time_credit and idle_credit the same of intervals that are paid for drawing power, where others pay. by_rate: months are cut where exchange rates change (fx_period), too, and what is all productive has rows: busy and busy_credit, energy that busy chips drew, and use (currency NULL: any), chip-milliseconds used. Key: (pool_id, basis, currency, from_day, kind).';

    CREATE VIEW pool_month_weight WITH (security_invoker) AS
        SELECT w.pool_id, w.basis, w.period_month, w.currency,
               max(w.parts) FILTER (WHERE w.kind = 'cost') AS chip_weights, min(w.credit) FILTER (WHERE w.kind = 'credit') AS credit, max(w.parts) FILTER (WHERE w.kind = 'credit') AS credit_weights,
               max(w.parts) FILTER (WHERE w.kind = 'time') AS time_weights,
               min(w.credit) FILTER (WHERE w.kind = 'time_credit') AS time_credit, max(w.parts) FILTER (WHERE w.kind = 'time_credit') AS time_credit_weights,
               max(w.parts) FILTER (WHERE w.kind = 'idle') AS idle_weights,
               min(w.credit) FILTER (WHERE w.kind = 'idle_credit') AS idle_credit, max(w.parts) FILTER (WHERE w.kind = 'idle_credit') AS idle_credit_weights
        FROM (SELECT p.pool_id, p.basis, m.period_month, p.currency, p.kind, min(p.credit) AS credit,
                     ARRAY[sum(p.parts[1]), sum(p.parts[2]), sum(p.parts[3])] || CASE WHEN p.kind NOT IN ('idle', 'idle_credit') THEN ARRAY[sum(p.parts[4]), sum(p.parts[5])] END AS parts
              FROM (SELECT DISTINCT c.period_month FROM pool_month_change c
                    WHERE c.period_month < (SELECT date_trunc('month', (l.effective_date + 1)::timestamp)::date FROM clock l)) m
              CROSS JOIN LATERAL pool_interval_part(m.period_month, false) p
              GROUP BY p.pool_id, p.basis, m.period_month, p.currency, p.kind) w
        GROUP BY w.pool_id, w.basis, w.period_month, w.currency;
    COMMENT ON VIEW pool_month_weight IS 'By what the costs of pools are split in complete months in which these change: pool_interval_part, added up over the intervals; NULL where there is no such cost. credit (split by weights of its own): what intervals that bring money in come to, where others cost; time_credit and idle_credit likewise of energy. Key: (pool_id, basis, period_month, currency).';

    CREATE FUNCTION pool_rate_weight(of_month date)
    RETURNS TABLE (pool_id text, basis text, currency text, credit numeric, cost numeric[], of_credit numeric[],
                   time_credit numeric, energy_by_time numeric[], of_time_credit numeric[], idle_credit numeric, idle_energy numeric[], of_idle_credit numeric[],
                   busy_credit numeric, busy_energy numeric[], of_busy_credit numeric[], by_use numeric[])
    STABLE STRICT PARALLEL SAFE COST 10000 LANGUAGE sql
    BEGIN ATOMIC
        WITH rate AS MATERIALIZED (
            SELECT f.from_currency, f.from_day, f.to_day FROM fx_period f WHERE f.period_month = of_month AND f.periods > 1),
        part AS MATERIALIZED (
            SELECT p.pool_id, p.basis, p.currency, p.from_day, p.kind, p.credit, (SELECT sum(n.part) FROM unnest(p.parts) n (part)) AS weight
            FROM pool_interval_part(of_month, true) p)
        SELECT w.pool_id, w.basis, w.from_currency, coalesce(min(w.credit) FILTER (WHERE w.kind = 'credit'), 0), max(w.weights) FILTER (WHERE w.kind = 'cost'), max(w.weights) FILTER (WHERE w.kind = 'credit'),
               coalesce(min(w.credit) FILTER (WHERE w.kind = 'time_credit'), 0), max(w.weights) FILTER (WHERE w.kind = 'time'), max(w.weights) FILTER (WHERE w.kind = 'time_credit'),
               coalesce(min(w.credit) FILTER (WHERE w.kind = 'idle_credit'), 0), max(w.weights) FILTER (WHERE w.kind = 'idle'), max(w.weights) FILTER (WHERE w.kind = 'idle_credit'),
               coalesce(min(w.credit) FILTER (WHERE w.kind = 'busy_credit'), 0), max(w.weights) FILTER (WHERE w.kind = 'busy'), max(w.weights) FILTER (WHERE w.kind = 'busy_credit'), max(w.weights) FILTER (WHERE w.kind = 'use')
        FROM (SELECT d.pool_id, d.basis, d.from_currency, d.kind, min(d.credit) AS credit, array_agg(d.weight ORDER BY d.from_day) AS weights
              FROM (SELECT p.pool_id, p.basis, r.from_currency, r.from_day, p.kind, min(p.credit) AS credit,
                           coalesce(sum(p.weight) FILTER (WHERE p.from_day >= r.from_day AND p.from_day < r.to_day), 0) AS weight
                    FROM part p JOIN rate r ON r.from_currency = coalesce(p.currency, r.from_currency)
                    GROUP BY p.pool_id, p.basis, r.from_currency, r.from_day, p.kind) d
              GROUP BY d.pool_id, d.basis, d.from_currency, d.kind) w
        GROUP BY w.pool_id, w.basis, w.from_currency;
    END;
    COMMENT ON FUNCTION pool_rate_weight(date) IS 'By what costs of pools go to the days of each rate, in a month that has several average rates of a currency: for each of fx_period, in order, what pool_interval_part adds up to; NULL where there is no such cost. cost and of_credit: all but energy and what is charged by use (credit: what of_credit splits); energy by time, that idle and busy chips drew, each with what is credited of it; by_use. Key: (pool_id, basis, currency).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_interval_views() IS 'Internal: part of create_ledger. The intervals of months in which costs change.';

-- An amount by weights, which all zero leave it in the last part: 20 decimals, to be added up and split by.
CREATE FUNCTION chipbook.interval_parts(total numeric, weights numeric[]) RETURNS numeric[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT pg_catalog.array_agg(CASE WHEN s.whole OPERATOR(pg_catalog.>) 0
                                         THEN pg_catalog.round(total OPERATOR(pg_catalog.*) 1.00000000000000000000 OPERATOR(pg_catalog.*) w.weight OPERATOR(pg_catalog./) s.whole, 20)
                                         WHEN w.n OPERATOR(pg_catalog.=) pg_catalog.cardinality(weights) THEN total ELSE 0 END ORDER BY w.n)
        FROM pg_catalog.unnest(weights) WITH ORDINALITY w (weight, n)
        CROSS JOIN (SELECT pg_catalog.sum(a.weight) AS whole FROM pg_catalog.unnest(weights) a (weight)) s);
COMMENT ON FUNCTION chipbook.interval_parts(numeric, numeric[]) IS 'Internal: an amount in proportion to weights, to 20 decimals; the last part takes all when every weight is zero. Not exact in its sum: weights of a split that is.';

-- An amount whose parts are worth different rates. Its parts add up to it exactly.
CREATE FUNCTION chipbook.converted(total numeric, currency chipbook.currency, weights numeric[], days numeric[], rates numeric[]) RETURNS numeric
STABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT CASE WHEN total = 0 THEN 0 ELSE
               (SELECT sum(chipbook.amount(p.part) * rates[p.n])
                FROM unnest(chipbook.split_amount(total, currency, CASE WHEN 0 < ANY (weights) THEN weights ELSE days END)) WITH ORDINALITY p (part, n)) END;
END;
COMMENT ON FUNCTION chipbook.converted(numeric, chipbook.currency, numeric[], numeric[], numeric[]) IS 'Internal: an amount in another currency, split by weights into parts that add up to it exactly (by days where no weight is above zero, or weights is NULL), each at its rate.';
