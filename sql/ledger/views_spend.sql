-- What the spend bought: the cost of each pool and month, and its split by what the chips did.
-- Cost comes first: what no reading covers is unmetered, and nothing is lost.

CREATE FUNCTION chipbook.create_ledger_spend_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- What contracts cost: rent, and the rates of facility, interconnect and operations.

    CREATE VIEW pool_chips WITH (security_invoker) AS
        SELECT p.pool_id, greatest(c.from_day, p.valid_from) AS from_day, least(c.to_day, p.valid_to) AS to_day, p.share * c.chips AS chips, false AS on_demand
        FROM asset_chips c
        JOIN pool_asset_known p ON p.asset_id = c.asset_id AND p.valid_from < c.to_day AND p.valid_to > c.from_day
        WHERE c.chips IS NOT NULL
        UNION ALL
        SELECT r.pool_id, r.valid_from, r.valid_to, r.chips, r.pricing = 'on_demand' FROM rented_capacity_known r
        UNION ALL
        SELECT n.pool_id, n.from_day, n.to_day, n.chips, false FROM lease_chips() n WHERE EXISTS (SELECT FROM lease_known x WHERE x.chips IS NOT NULL);
    COMMENT ON VIEW pool_chips IS 'Chips that may be in service in a pool in [from_day, to_day), owned (by share), rented and leased. on_demand: the most that the contract gives, whatever was used: a bound of what can be metered. Capacity, which cost is spread over and rates are paid for, has these only while they are metered (on_demand_days). No key: several rows hold on a day, and add up.';

    PERFORM chipbook.create_ledger_interval_views();

    -- A rate has months of its own: a hall may be paid for before its first chip is bought.
    CREATE VIEW cost_rate_month WITH (security_invoker) AS
        SELECT r.cost_rate_id, r.valid_from, r.pool_id, r.component, r.unit, r.price, r.factor,
               m.period_month, d.days, m.days_of_month,
               coalesce(sum(p.chips * (o.to_day - o.from_day)), 0) + coalesce(e.chip_days, 0) AS chip_days,
               coalesce(sum(p.chips * (extract(epoch FROM o.to_day::timestamp AT TIME ZONE c.time_zone)
                                       - extract(epoch FROM o.from_day::timestamp AT TIME ZONE c.time_zone))), 0) + coalesce(e.chip_ms, 0) * 0.001 AS chip_seconds,
               greatest(r.recorded_at, e.last_recorded_at) AS last_recorded_at
        FROM cost_rate_known r
        CROSS JOIN clock c
        -- One calendar for all rates: a question about one month does not count the months of each.
        CROSS JOIN LATERAL calendar_months(least((SELECT min(n.valid_from) FROM cost_rate_known n), c.effective_date), c.effective_date) t (month_start)
        CROSS JOIN LATERAL (SELECT t.month_start::date AS period_month, (t.month_start + interval '1 month')::date AS next_month,
                                   (t.month_start + interval '1 month')::date - t.month_start::date AS days_of_month) m
        CROSS JOIN LATERAL (SELECT greatest(m.period_month, r.valid_from) AS from_day, least(m.next_month, r.valid_to) AS to_day,
                                   least(m.next_month, r.valid_to) - greatest(m.period_month, r.valid_from) AS days) d
        LEFT JOIN pool_chips p ON p.pool_id = r.pool_id AND p.from_day < d.to_day AND p.to_day > d.from_day
                              AND r.unit IN ('chip_hour', 'kw_month') AND NOT p.on_demand
        CROSS JOIN LATERAL (SELECT greatest(p.from_day, d.from_day) AS from_day, least(p.to_day, d.to_day) AS to_day) o
        -- What is rented on demand is in service while it is metered.
        CROSS JOIN LATERAL (SELECT sum(n.chip_days) AS chip_days, sum(n.chip_ms) AS chip_ms, max(n.last_recorded_at) AS last_recorded_at
                            FROM on_demand_days(CASE WHEN r.unit IN ('chip_hour', 'kw_month')
                                                      AND r.pool_id = ANY (ARRAY(SELECT t.pool_id FROM rented_capacity_known t WHERE t.pricing = 'on_demand'))
                                                     THEN r.pool_id END, m.period_month) n
                            WHERE n.metered_on >= d.from_day AND n.metered_on < d.to_day) e
        WHERE m.next_month > r.valid_from AND m.period_month < r.valid_to
        GROUP BY r.cost_rate_id, r.valid_from, r.pool_id, r.component, r.unit, r.price, r.factor, r.recorded_at,
                 m.period_month, d.days, m.days_of_month, e.chip_days, e.chip_ms, e.last_recorded_at;
    COMMENT ON VIEW cost_rate_month IS 'Each cost rate in each complete month: the days it holds of days_of_month, and where it is a chip-hour''s or a kilowatt-month''s the chips in service in them, x days and x seconds (rented on demand: while metered). Key: (cost_rate_id, valid_from, period_month).';

    CREATE VIEW contract_month WITH (security_invoker) AS
        SELECT r.rental_id AS contract_id, r.valid_from, r.pool_id, r.period_month, 'rent'::text AS component, r.currency,
               r.rent AS cost, NULL::numeric AS factor_days, r.last_recorded_at, NULL::text AS basis
        FROM rental_month r WHERE r.currency IS NOT NULL
        UNION ALL
        SELECT r.cost_rate_id, r.valid_from, r.pool_id, r.period_month, r.component, currency(r.price)::text,
               round(amount(r.price)::numeric(60,20)
                     * CASE r.unit WHEN 'month' THEN r.days::numeric
                                   WHEN 'chip_hour' THEN r.chip_seconds
                                   WHEN 'kw_month' THEN r.chip_days * k.tdp_watts * k.server_power_factor END
                     / CASE r.unit WHEN 'month' THEN r.days_of_month WHEN 'chip_hour' THEN 3600 ELSE 1000 * r.days_of_month END, 15),
               r.factor * r.days,
               greatest(r.last_recorded_at, k.recorded_at), NULL
        FROM cost_rate_month r
        LEFT JOIN pool_known p ON p.pool_id = r.pool_id
        LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id AND r.unit = 'kw_month'
        UNION ALL
        SELECT n.lease_id, n.commences_on, n.pool_id, n.period_month, n.component, n.currency, n.amortisation + n.interest, NULL, n.last_recorded_at, n.basis
        FROM lease_cost_month() n WHERE EXISTS (SELECT FROM lease_known x WHERE x.pool_id IS NOT NULL);
    COMMENT ON VIEW contract_month IS 'What contracts cost a pool in a month: rent, leases (what a lease puts in profit or loss under the basis; rent where it measures none), and facility, interconnect and operations at a price a month (by days), a chip-hour in service, or a kilowatt of critical power (chips in service x tdp_watts x server_power_factor / 1000) and month; or, with currency and cost NULL, as a factor of the depreciation of chips and servers, x days. Cost NULL with a currency: the power of the pool''s chip model is not known. Rent whose rate is not known is not here: see rental_month. basis NULL: under every basis. Key: (component, contract_id, valid_from, period_month, currency, basis). Additive within a currency, of one basis.';

    -- All cost and chip-time of a pool and month, then one row for each currency.

    CREATE VIEW pool_month_cost WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.pool_id, s.currency,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'chip'), 0) AS chip_depreciation,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'server'), 0) AS server_depreciation,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'network'), 0) AS network_depreciation,
               coalesce(sum(s.cost) FILTER (WHERE s.component IN ('building', 'power')), 0) AS building_depreciation,
               coalesce(sum(s.cost) FILTER (WHERE s.component IN ('land', 'other')), 0) AS other_depreciation,
               coalesce(sum(s.cost) FILTER (WHERE s.all_productive), 0) AS productive_depreciation,
               coalesce(sum(s.average_book_value), 0) AS average_book_value,
               count(*) FILTER (WHERE s.unknown_charges IS NOT NULL AND s.average_book_value IS NULL) AS unknown_capital,
               coalesce(sum(s.unknown_charges), 0) AS unknown_charges,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'rent'), 0) AS rent,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'lease'), 0) AS lease,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'facility'), 0) AS facility,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'interconnect'), 0) AS interconnect,
               coalesce(sum(s.cost) FILTER (WHERE s.component = 'operations'), 0) AS operations,
               coalesce(sum(s.factor_days) FILTER (WHERE s.component = 'facility'), 0) AS facility_days,
               coalesce(sum(s.factor_days) FILTER (WHERE s.component = 'interconnect'), 0) AS interconnect_days,
               coalesce(sum(s.factor_days) FILTER (WHERE s.component = 'operations'), 0) AS operations_days,
               coalesce(sum(s.energy), 0) AS energy, coalesce(sum(s.measured_energy), 0) AS measured_energy,
               coalesce(sum(s.idle_energy), 0) AS idle_energy, coalesce(sum(s.energy_kwh), 0) AS energy_kwh,
               coalesce(sum(s.measured_readings), 0) AS measured_readings, coalesce(sum(s.by_time_readings), 0) AS by_time_readings,
               coalesce(sum(s.energy_readings), 0) AS energy_readings, coalesce(sum(s.estimated_readings), 0) AS estimated_readings,
               sum(s.in_rent_readings) AS in_rent_readings, sum(s.unpriced_readings) AS unpriced_readings,
               sum(s.readings) AS readings, sum(s.disordered) AS disordered,
               min(s.first_use_basis) AS first_use_basis, max(s.last_use_basis) AS last_use_basis,
               sum(s.installed_ms) AS installed_ms, sum(s.available_ms) AS available_ms,
               sum(s.allocated_ms) AS allocated_ms, sum(s.used_ms) AS used_ms,
               sum(s.u) AS u, sum(s.l) AS l, sum(s.v) AS v,
               sum(s.model_flops) AS model_flops, sum(s.flops_readings) AS flops_readings,
               max(s.last_recorded_at) AS last_recorded_at,
               max(s.chip_weights) AS chip_weights, max(s.credit) AS credit, max(s.credit_weights) AS credit_weights,
               max(s.time_weights) AS time_weights, max(s.time_credit) AS time_credit, max(s.time_credit_weights) AS time_credit_weights,
               max(s.idle_weights) AS idle_weights, max(s.idle_credit) AS idle_credit, max(s.idle_credit_weights) AS idle_credit_weights
        FROM (
            SELECT coalesce(p.entity_id, d.entity_id) AS entity_id, d.basis, d.period_month, d.pool_id, d.currency,
                   d.component, d.charge AS cost, d.all_productive, d.average_book_value, d.unknown_charges, NULL::numeric AS factor_days,
                   NULL::numeric AS energy, NULL::numeric AS measured_energy, NULL::numeric AS idle_energy,
                   NULL::numeric AS energy_kwh, NULL::numeric AS measured_readings, NULL::numeric AS by_time_readings,
                   NULL::numeric AS energy_readings, NULL::numeric AS estimated_readings, NULL::numeric AS in_rent_readings,
                   NULL::numeric AS unpriced_readings, NULL::numeric AS readings, NULL::numeric AS disordered,
                   NULL::text AS first_use_basis, NULL::text AS last_use_basis,
                   NULL::numeric AS installed_ms, NULL::numeric AS available_ms,
                   NULL::numeric AS allocated_ms, NULL::numeric AS used_ms,
                   NULL::numeric AS u, NULL::numeric AS l, NULL::numeric AS v,
                   NULL::numeric AS model_flops, NULL::numeric AS flops_readings, d.last_recorded_at,
                   NULL::numeric[] AS chip_weights, NULL::numeric AS credit, NULL::numeric[] AS credit_weights,
                   NULL::numeric[] AS time_weights, NULL::numeric AS time_credit, NULL::numeric[] AS time_credit_weights,
                   NULL::numeric[] AS idle_weights, NULL::numeric AS idle_credit, NULL::numeric[] AS idle_credit_weights
            FROM pool_month_charge d
            LEFT JOIN pool_known p ON p.pool_id = d.pool_id
            UNION ALL
            SELECT p.entity_id, b.basis, r.period_month, r.pool_id, r.currency, r.component, r.cost, NULL, NULL, NULL, r.factor_days,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.last_recorded_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM contract_month r
            JOIN basis_used b ON r.basis IS NULL OR r.basis = b.basis
            LEFT JOIN pool_known p ON p.pool_id = r.pool_id
            UNION ALL
            SELECT p.entity_id, b.basis, m.period_month, m.pool_id, m.currency, NULL, NULL, NULL, NULL, NULL, NULL,
                   m.energy, m.measured_energy, m.idle_energy, m.energy_kwh, m.measured_readings, m.by_time_readings,
                   m.energy_readings, m.estimated_readings, m.in_rent_readings, m.unpriced_readings, m.readings, m.disordered,
                   m.first_use_basis, m.last_use_basis, m.installed_ms, m.available_ms, m.allocated_ms, m.used_ms,
                   m.u, m.l, m.v, m.model_flops, m.flops_readings, m.last_recorded_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM pool_month_reading m
            CROSS JOIN basis_used b
            LEFT JOIN pool_known p ON p.pool_id = m.pool_id
            UNION ALL
            SELECT p.entity_id, w.basis, w.period_month, w.pool_id, w.currency, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   w.chip_weights, w.credit, w.credit_weights, w.time_weights, w.time_credit, w.time_credit_weights, w.idle_weights, w.idle_credit, w.idle_credit_weights
            FROM pool_month_weight w
            LEFT JOIN pool_known p ON p.pool_id = w.pool_id) s
        GROUP BY s.entity_id, s.basis, s.period_month, s.pool_id, s.currency;
    COMMENT ON VIEW pool_month_cost IS 'Cost and chip-time before the split: depreciation by component, rent, leases, facility, interconnect, operations and energy of each pool and month by currency, under each basis. pool_id NULL: assets'' time in no pool. currency NULL: readings without priced energy, and factors of depreciation (x days of the month) that are still to be applied. The entity is the pool''s. Key: (entity_id, basis, period_month, pool_id, currency). Cost is additive within a currency.';
    COMMENT ON COLUMN pool_month_cost.chip_weights IS 'Where costs change inside the month, what they are split by (see pool_month_weight; the same of the next eight); else NULL: the month''s chip-time.';
    COMMENT ON COLUMN pool_month_cost.productive_depreciation IS 'The part of depreciation that is charged by use (units of production).';
    COMMENT ON COLUMN pool_month_cost.unknown_capital IS 'Assets whose average book value is not known or, under an annuity, already bears interest.';

    CREATE VIEW pool_month_split WITH (security_invoker) AS
        SELECT w.entity_id, w.basis, w.period_month, w.pool_id, w.currency,
               w.chip_depreciation, w.server_depreciation, w.network_depreciation, w.building_depreciation, w.other_depreciation,
               w.depreciation, w.rent, w.lease, w.facility, w.interconnect, w.operations, w.energy, w.by_chip_time + w.productive_depreciation + w.energy AS total,
               w.average_book_value, w.unknown_capital, w.unknown_charges, w.energy_kwh, w.measured_readings, w.by_time_readings,
               w.energy_readings, w.estimated_readings, w.in_rent_readings, w.unpriced_readings,
               w.readings, w.disordered, w.first_use_basis, w.last_use_basis,
               w.installed_ms, w.available_ms, w.allocated_ms, w.used_ms, w.capacity_ms, w.model_flops, w.flops_readings, w.last_recorded_at,
               amount(x.by_chips[1]) + amount(x.by_credit[1]) + w.productive_depreciation + w.measured_energy - w.idle_energy + amount(x.by_time[1]) + amount(x.by_time_credit[1]) AS productive,
               amount(x.by_chips[2]) + amount(x.by_credit[2]) + amount(x.by_idle[1]) + amount(x.by_idle_credit[1]) + amount(x.by_time[2]) + amount(x.by_time_credit[2]) AS allocated_idle,
               amount(x.by_chips[3]) + amount(x.by_credit[3]) + amount(x.by_idle[2]) + amount(x.by_idle_credit[2]) + amount(x.by_time[3]) + amount(x.by_time_credit[3]) AS unallocated,
               amount(x.by_chips[4]) + amount(x.by_credit[4]) + amount(x.by_idle[3]) + amount(x.by_idle_credit[3]) + amount(x.by_time[4]) + amount(x.by_time_credit[4]) AS unavailable,
               amount(x.by_chips[5]) + amount(x.by_credit[5]) + amount(x.by_time[5]) + amount(x.by_time_credit[5]) AS unmetered,
               w.productive_depreciation, w.measured_energy - w.idle_energy AS busy_energy, x.by_chips, x.by_credit, x.by_time, x.by_time_credit, x.by_idle, x.by_idle_credit
        FROM (SELECT q.*, f.depreciation, f.facility, f.interconnect, f.operations, coalesce(c.capacity_ms, 0) AS capacity_ms,
                     f.depreciation - q.productive_depreciation + q.rent + q.lease + f.facility + f.interconnect + f.operations AS by_chip_time
              FROM (
                -- Chip-time is the pool's, whatever the currency: each currency's row carries all of it.
                SELECT k.entity_id, k.basis, k.period_month, k.pool_id,
                       coalesce(k.currency, e.functional_currency::text, l.reporting_currency::text) AS currency,
                       k.chip_depreciation, k.server_depreciation, k.network_depreciation, k.building_depreciation, k.other_depreciation,
                       k.productive_depreciation, k.average_book_value, k.unknown_capital, k.unknown_charges,
                       k.rent, k.lease, k.facility AS facility_at_price, k.interconnect AS interconnect_at_price, k.operations AS operations_at_price,
                       sum(k.facility_days) OVER pool_month AS facility_days, sum(k.interconnect_days) OVER pool_month AS interconnect_days,
                       sum(k.operations_days) OVER pool_month AS operations_days, k.energy, k.measured_energy, k.idle_energy, k.energy_kwh,
                       k.chip_weights, coalesce(k.credit, 0) AS credit, k.credit_weights,
                       k.time_weights, coalesce(k.time_credit, 0) AS time_credit, k.time_credit_weights,
                       k.idle_weights, coalesce(k.idle_credit, 0) AS idle_credit, k.idle_credit_weights,
                       k.measured_readings, k.by_time_readings, k.energy_readings, k.estimated_readings,
                       coalesce(sum(k.in_rent_readings) OVER pool_month, 0) AS in_rent_readings,
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
                       sum(k.model_flops) OVER pool_month AS model_flops, sum(k.flops_readings) OVER pool_month AS flops_readings,
                       max(k.last_recorded_at) OVER pool_month AS last_recorded_at,
                       k.currency IS NULL AND count(k.currency) OVER pool_month > 0 AS shown_elsewhere
                FROM pool_month_cost k
                LEFT JOIN entity_known e ON e.entity_id = k.entity_id
                CROSS JOIN clock l
                WINDOW pool_month AS (PARTITION BY k.entity_id, k.basis, k.period_month, k.pool_id)) q
              CROSS JOIN LATERAL (
                SELECT h.hardware + q.network_depreciation + q.building_depreciation + q.other_depreciation AS depreciation,
                       q.facility_at_price + round(h.hardware * q.facility_days / h.days_of_month, 15) AS facility,
                       q.interconnect_at_price + round(h.hardware * q.interconnect_days / h.days_of_month, 15) AS interconnect,
                       q.operations_at_price + round(h.hardware * q.operations_days / h.days_of_month, 15) AS operations
                FROM (SELECT q.chip_depreciation + q.server_depreciation AS hardware,
                             (q.period_month + interval '1 month')::date - q.period_month AS days_of_month) h) f
              LEFT JOIN pool_month_capacity c ON c.pool_id = q.pool_id AND c.period_month = q.period_month
              WHERE NOT q.shown_elsewhere) w
        -- OFFSET 0 keeps the planner from writing each split out once for each of its parts.
        CROSS JOIN LATERAL (
            SELECT split_amount(w.by_chip_time - w.credit, w.currency::currency,
                       coalesce(w.chip_weights,
                                ARRAY[w.u, w.l - w.u, w.v - w.l, w.installed_ms - w.v, greatest(w.capacity_ms - w.installed_ms, 0)])) AS by_chips,
                   CASE WHEN w.credit = 0 THEN array_fill(monetary(0::numeric, w.currency::currency), ARRAY[5])
                        ELSE split_amount(w.credit, w.currency::currency, w.credit_weights) END AS by_credit,
                   split_amount(w.energy - w.measured_energy - w.time_credit, w.currency::currency,
                       coalesce(w.time_weights, ARRAY[w.u, w.l - w.u, w.v - w.l, w.installed_ms - w.v, 0])) AS by_time,
                   CASE WHEN w.time_credit = 0 THEN array_fill(monetary(0::numeric, w.currency::currency), ARRAY[5])
                        ELSE split_amount(w.time_credit, w.currency::currency, w.time_credit_weights) END AS by_time_credit,
                   -- Idle draw of chips that were never idle is borne as allocated idle.
                   split_amount(w.idle_energy - w.idle_credit, w.currency::currency,
                       coalesce(w.idle_weights, ARRAY[CASE WHEN w.u = w.installed_ms THEN 1 ELSE w.l - w.u END, w.v - w.l, w.installed_ms - w.v])) AS by_idle,
                   CASE WHEN w.idle_credit = 0 THEN array_fill(monetary(0::numeric, w.currency::currency), ARRAY[3])
                        ELSE split_amount(w.idle_credit, w.currency::currency, w.idle_credit_weights) END AS by_idle_credit
            OFFSET 0) x;
    COMMENT ON VIEW pool_month_split IS 'Cost of each pool and month by what it bought: productive, allocated idle, unallocated, unavailable and unmetered, which add up to total = depreciation + rent + lease + facility + interconnect + operations + energy exactly. All but energy follows chip-time, unmetered capacity included, and where costs change inside the month the chip-time of each of its intervals (pool_interval_part); depreciation by units of production is all productive; energy follows what drew it, at the price of its interval, also where prices above and below zero meet in a month. Chip-time is repeated on each currency''s row. Key: (entity_id, basis, period_month, pool_id, currency). Cost is additive within a currency.';
    COMMENT ON COLUMN pool_month_split.by_chips IS 'What the parts are made of: what follows chip-time (used, allocated idle, unallocated, unavailable, unmetered), by_credit the same of what brings money in; by_time energy by time, by_idle what idle chips drew (allocated idle, unallocated, unavailable), by_time_credit and by_idle_credit the same of intervals that are paid for drawing power, where others pay; and productive_depreciation and busy_energy, all productive.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_spend_views() IS 'Internal: part of create_ledger. Cost and chip-time of pools by month, and the split.';

CREATE FUNCTION chipbook.create_report_spend_views() RETURNS void LANGUAGE plpgsql AS $ddl$
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
               CASE WHEN (s.energy_readings > 0)::integer + (s.estimated_readings > 0)::integer + (s.in_rent_readings > 0)::integer > 1 THEN 'mixed'
                    WHEN s.energy_readings > 0 THEN 'measured' WHEN s.estimated_readings > 0 THEN 'estimated'
                    WHEN s.in_rent_readings > 0 THEN 'in_rent' ELSE 'none' END AS energy_source,
               publishable(s.depreciation)::numeric(38,15) AS depreciation,
               publishable(s.rent)::numeric(38,15) AS rent,
               publishable(s.lease)::numeric(38,15) AS lease_cost,
               publishable(s.energy)::numeric(38,15) AS energy,
               publishable(s.facility)::numeric(38,15) AS facility_cost,
               publishable(s.interconnect)::numeric(38,15) AS interconnect_cost,
               publishable(s.operations)::numeric(38,15) AS operations_cost,
               publishable(s.total)::numeric(38,15) AS total_cost,
               publishable(s.productive)::numeric(38,15) AS productive_cost,
               publishable(s.allocated_idle + s.unallocated + s.unavailable)::numeric(38,15) AS idle_cost,
               publishable(s.allocated_idle)::numeric(38,15) AS allocated_idle_cost,
               publishable(s.unallocated)::numeric(38,15) AS unallocated_cost,
               publishable(s.unavailable)::numeric(38,15) AS unavailable_cost,
               publishable(s.unmetered)::numeric(38,15) AS unmetered_cost,
               publishable(s.total - s.unmetered)::numeric(38,15) AS metered_cost,
               publishable(s.chip_depreciation)::numeric(38,15) AS chip_depreciation,
               publishable(s.server_depreciation)::numeric(38,15) AS server_depreciation,
               publishable(s.network_depreciation)::numeric(38,15) AS network_depreciation,
               publishable(s.building_depreciation)::numeric(38,15) AS building_depreciation,
               publishable(s.other_depreciation)::numeric(38,15) AS other_depreciation,
               publishable(o.cost_of_capital)::numeric(38,15) AS cost_of_capital,
               publishable(s.total + o.cost_of_capital)::numeric(38,15) AS economic_cost,
               publishable(s.capacity_ms / 3600000.000000000000000)::numeric(38,15) AS capacity_chip_hours,
               publishable(s.installed_ms / 3600000.000000000000000)::numeric(38,15) AS installed_chip_hours,
               publishable(s.available_ms / 3600000.000000000000000)::numeric(38,15) AS available_chip_hours,
               publishable(s.allocated_ms / 3600000.000000000000000)::numeric(38,15) AS allocated_chip_hours,
               publishable(s.used_ms / 3600000.000000000000000)::numeric(38,15) AS used_chip_hours,
               publishable(s.energy_kwh)::numeric(38,15) AS energy_kwh,
               publishable(CASE WHEN s.flops_readings = s.readings THEN s.model_flops / 3600000000000000000.000000000000000 END)::numeric(38,15) AS effective_pflop_hours,
               publishable(s.used_ms::numeric(60,20) / nullif(s.installed_ms, 0))::numeric(38,15) AS utilisation,
               publishable(s.allocated_ms::numeric(60,20) / nullif(s.installed_ms, 0))::numeric(38,15) AS allocation_rate,
               publishable(s.productive::numeric(60,20) / nullif(s.total - s.unmetered, 0))::numeric(38,15) AS spend_utilisation,
               publishable(s.total * 3600000.000000000000000 / nullif(s.installed_ms, 0))::numeric(38,15) AS cost_per_installed_chip_hour,
               publishable(s.total * 3600000.000000000000000 / nullif(s.used_ms, 0))::numeric(38,15) AS cost_per_used_chip_hour,
               s.readings::bigint AS readings, s.disordered::bigint AS disordered_readings,
               s.unpriced_readings::bigint AS unpriced_readings, s.unknown_charges::bigint AS unknown_charges,
               c.reporting_currency::text AS reporting_currency, publishable(r.rate)::numeric(38,15) AS fx_rate,
               publishable(v.total)::numeric(38,15) AS total_cost_reporting,
               greatest(s.last_recorded_at, x.last_recorded_at, h.recorded_at) AS last_recorded_at
        FROM pool_month_split s
        CROSS JOIN clock c
        LEFT JOIN pool_known p ON p.pool_id = s.pool_id
        LEFT JOIN entity_rate_known h ON h.entity_id = s.entity_id AND h.kind = 'cost_of_capital' AND p.ownership = 'owned'
                                     AND s.period_month >= h.valid_from AND s.period_month < h.valid_to
        CROSS JOIN LATERAL (SELECT CASE WHEN s.unknown_capital = 0 THEN round(h.rate * s.average_book_value / 12, 15) END AS cost_of_capital) o
        LEFT JOIN month_fx_rate x ON x.period_month = s.period_month AND x.from_currency = s.currency
        -- Also in a month that has readings alone, which the calendar of cost does not know.
        CROSS JOIN LATERAL (SELECT CASE WHEN s.currency = c.reporting_currency::text THEN 1 ELSE x.rate END AS rate) r
        LEFT JOIN (SELECT m.period_month, p.* FROM (SELECT DISTINCT f.period_month FROM fx_period f WHERE f.periods > 1) m
                   CROSS JOIN LATERAL pool_rate_weight(m.period_month) p) w
            ON w.pool_id = s.pool_id AND w.basis = s.basis AND w.period_month = s.period_month AND w.currency = s.currency
        CROSS JOIN LATERAL (
            SELECT CASE WHEN s.currency <> c.reporting_currency::text AND x.periods > 1
                        THEN chipbook.converted(t.by_chips - coalesce(w.credit, 0), s.currency::currency, w.cost, x.days, x.rates)
                             + chipbook.converted(coalesce(w.credit, 0), s.currency::currency, w.of_credit, x.days, x.rates)
                             + chipbook.converted(t.by_time - coalesce(w.time_credit, 0), s.currency::currency, w.energy_by_time, x.days, x.rates)
                             + chipbook.converted(coalesce(w.time_credit, 0), s.currency::currency, w.of_time_credit, x.days, x.rates)
                             + chipbook.converted(t.by_idle - coalesce(w.idle_credit, 0), s.currency::currency, w.idle_energy, x.days, x.rates)
                             + chipbook.converted(coalesce(w.idle_credit, 0), s.currency::currency, w.of_idle_credit, x.days, x.rates)
                             + chipbook.converted(s.busy_energy - coalesce(w.busy_credit, 0), s.currency::currency, w.busy_energy, x.days, x.rates)
                             + chipbook.converted(coalesce(w.busy_credit, 0), s.currency::currency, w.of_busy_credit, x.days, x.rates)
                             + chipbook.converted(s.productive_depreciation, s.currency::currency, w.by_use, x.days, x.rates)
                        ELSE s.total * r.rate END AS total
            FROM (SELECT s.total - s.productive_depreciation - s.busy_energy - i.by_time - i.by_idle AS by_chips, i.by_time, i.by_idle
                  FROM (SELECT (SELECT sum(amount(o)) FROM unnest(s.by_time || s.by_time_credit) o) AS by_time, (SELECT sum(amount(o)) FROM unnest(s.by_idle || s.by_idle_credit) o) AS by_idle) i) t) v;
    COMMENT ON VIEW utilisation_weighted_spend_all_bases IS 'What each pool cost in each complete month and how much of it did useful work, under every basis. Key: (entity_id, basis, period_month, pool_id, currency). Costs are in currency and additive within one currency and basis; depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost = total_cost = productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost, exactly. Chip-hours and readings are repeated on the row of each currency and basis: add them within one only. Ratios are not additive; their numerators and denominators are columns. pool_id NULL: owned assets'' time in no pool, all of it unmetered (charges by units of production excepted).';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.fx_rate IS 'Average rate of the month from currency to reporting_currency (1 where they are the same; of several average rates dated in the month, each of the days up to its date, the average by days); NULL when the ledger has none: a finding, never 1.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.total_cost_reporting IS 'total_cost in reporting_currency, not rounded to its minor unit: total_cost x fx_rate, or where the month has several average rates, what its days cost, each at the rate of its days (what is in no pool: by days); NULL when the rate is missing. Additive over all rows of a basis.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.use_basis IS 'What used means in the readings: one word, mixed, or none without readings.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.energy_split IS 'How the energy was split: measured (readings say what idle chips drew), by_time, mixed, or none without priced energy.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.energy_source IS 'Where the energy is from: measured (readings with joules), estimated (readings without: chips installed x tdp_watts x average_load x server_power_factor x PUE), in_rent (the rent has it: no cost here), mixed (more than one of these), or none. One reading is measured or estimated, never both.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.lease_cost IS 'What leases of the pool put in profit or loss: amortisation of the right of use and interest (ifrs, finance leases of us_gaap), or the one even cost of an operating lease; gains on modifications are not in it. What the basis does not measure as a lease is in rent. See leased_capacity_cost.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.ownership IS 'What the pool is said to be (pool.ownership): owned, rented or leased. Where chips of several kinds serve one pool, depreciation, rent and lease_cost tell them apart.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.facility_cost IS 'By cost rates of component facility (colocation, buildings not owned); beside it stands building_depreciation. interconnect_cost and operations_cost likewise.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.chip_depreciation IS 'Of which: chip_depreciation + server_depreciation + network_depreciation + building_depreciation + other_depreciation = depreciation, exactly.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.building_depreciation IS 'Of which: buildings and power.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.other_depreciation IS 'Of which: land and other components.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.cost_of_capital IS 'The entity''s rate cost_of_capital in force on the first of the month x the average book value of the pool''s assets (opening and closing, by share and days) / 12. Never posted and not in total_cost. NULL: no rate, a pool not owned, no pool, an asset without a policy, or an annuity, whose payment has the interest in it. Additive where known.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.economic_cost IS 'total_cost + cost_of_capital; NULL where that is NULL.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.effective_pflop_hours IS 'FLOP of the models that ran / 3.6e18; NULL unless every reading of the month states them. Repeated on the row of each currency and basis, like chip-hours.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.idle_cost IS 'allocated_idle_cost + unallocated_cost + unavailable_cost; unmetered_cost stands beside it.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.unmetered_cost IS 'Cost of chips in service that no reading covers: all but energy.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.metered_cost IS 'total_cost - unmetered_cost: the denominator of spend_utilisation.';
    COMMENT ON COLUMN utilisation_weighted_spend_all_bases.capacity_chip_hours IS 'Chips in service x hours of the month, owned, rented and leased, metered or not. Less than installed_chip_hours when readings claim more chips than the ledger has.';
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
    COMMENT ON VIEW utilisation_weighted_spend IS 'What each pool cost in each complete month and how much of it did useful work, under the ledger''s primary basis. Key: (entity_id, period_month, pool_id, currency). Costs are in currency and additive within one currency; depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost = total_cost = productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost, exactly. Chip-hours and readings are repeated on the row of each currency: add them within one only. Ratios are not additive; their numerators and denominators are columns. pool_id NULL: owned assets'' time in no pool, all of it unmetered (charges by units of production excepted).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_spend_views() IS 'Internal: part of create_ledger. The view utilisation_weighted_spend, with _all_bases.';
