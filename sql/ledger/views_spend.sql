-- What the spend bought: the cost of each pool and month, and its split by what the chips did.
-- Cost comes first: what no reading covers is unmetered, and nothing is lost.

CREATE FUNCTION chipbook.create_ledger_spend_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
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
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_spend_views() IS 'Internal: part of create_ledger. The view utilisation_weighted_spend, with _all_bases.';
