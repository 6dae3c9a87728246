-- What pools of chips have, draw and are charged, month by month: capacity, rent and
-- depreciation from assets and rentals, chip-time and energy from the days of readings.
-- Everything between the facts and the split is either grouped or windowed by period_month
-- and pool_id, so that a condition on these reaches the index of usage_day.

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

-- A date inside a text: its own output follows the session's DateStyle, JSON's does not.
CREATE FUNCTION chipbook.iso_date(of_day date) RETURNS text STABLE PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.to_jsonb(of_day) OPERATOR(pg_catalog.#>>) '{}'::text[];
COMMENT ON FUNCTION chipbook.iso_date(date) IS 'Internal: a date as ISO 8601 text, whatever DateStyle says. NULL for NULL.';

CREATE FUNCTION chipbook.create_ledger_usage_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Depreciation of each asset, spread over the pools it serves and the rest of its time.

    CREATE VIEW pool_month_charge WITH (security_invoker) AS
        WITH shared AS (
            SELECT p.asset_id, p.period_month, sum(p.share_days) AS pooled_days, max(p.service_days) AS service_days,
                   array_agg(p.pool_id ORDER BY p.pool_id) AS pool_ids,
                   array_agg(p.share_days ORDER BY p.pool_id) AS share_days,
                   max(p.last_recorded_at) AS last_recorded_at
            FROM asset_month_pool p GROUP BY p.asset_id, p.period_month)
        SELECT a.asset_id, a.basis, a.period_month, part.pool_id, a.entity_id, a.component, a.currency::text AS currency,
               amount(part.charge) AS charge, (a.charge IS NULL)::integer AS unknown_charges,
               a.method = 'units_of_production' AS all_productive,
               -- An annuity's payment has its interest in it. What came or went in the month was worth
               -- that for the days it was there, which are in weight.
               CASE WHEN part.pool_id IS NOT NULL AND a.method IS DISTINCT FROM 'annuity'
                    THEN (CASE WHEN amount(a.book_value_opening) = 0 THEN amount(a.additions) + amount(a.brought_forward) ELSE amount(a.book_value_opening) END
                          + CASE WHEN amount(a.book_value_closing) = 0 THEN amount(a.derecognised) ELSE amount(a.book_value_closing) END)
                         / 2 * part.weight / (a.next_month - a.period_month) END AS average_book_value,
               greatest(a.last_recorded_at, s.last_recorded_at) AS last_recorded_at
        FROM asset_month a
        LEFT JOIN shared s ON s.asset_id = a.asset_id AND s.period_month = a.period_month
        CROSS JOIN LATERAL (SELECT
            -- Days in service that no pool has; an asset in no pool has no other part.
            CASE WHEN s.asset_id IS NULL THEN 1
                 ELSE greatest(s.service_days - s.pooled_days, 0) END AS other_days) o
        CROSS JOIN LATERAL unnest(s.pool_ids || NULL::text, s.share_days || o.other_days,
                                  split_amount(amount(a.charge), a.currency, s.share_days || o.other_days))
                           part (pool_id, weight, charge)
        WHERE part.pool_id IS NOT NULL
           OR part.weight > 0 AND amount(a.charge) IS DISTINCT FROM 0;
    COMMENT ON VIEW pool_month_charge IS 'The charge of each asset, basis and month by the pool it served, in proportion to share x days; pool_id NULL is the part that served none. The parts add up to the charge exactly. unknown_charges is 1 where the asset has no policy under the basis. all_productive: charged by use (units of production). Key: (asset_id, basis, period_month, pool_id).';
    COMMENT ON COLUMN pool_month_charge.average_book_value IS 'What capital was bound for the pool: (opening + closing book value) / 2, of what came or went what it came or went at, x share x days in the pool / days of the month. NULL where it is not known, for annuities and for what is in no pool.';

    -- Readings: one pass over them, by pool, month and what prices their energy.

    CREATE VIEW pool_tariff WITH (security_invoker) AS
        SELECT p.pool_id,
               -- The years 1 to 9999: a date may lie where no timestamp can.
               t.valid_from AS from_day,
               -- A tariff ends where the next begins, at the latest: no reading is priced twice.
               least(t.valid_to, lead(t.valid_from) OVER (PARTITION BY p.pool_id ORDER BY t.valid_from)) AS to_day,
               currency(t.price_per_kwh) AS currency, amount(t.price_per_kwh)::numeric(60,20) AS price,
               k.server_power_factor, s.pue,
               -- A rental's energy is the landlord's until a reading says what it drew.
               CASE WHEN p.ownership <> 'rented' THEN k.tdp_watts * k.average_load END AS average_watts,
               greatest(t.recorded_at, s.recorded_at, k.recorded_at) AS last_recorded_at
        FROM pool_known p
        JOIN energy_tariff_known t ON t.site_id = p.site_id
        LEFT JOIN site_known s ON s.site_id = p.site_id
        LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id;
    COMMENT ON VIEW pool_tariff IS 'What a kilowatt-hour costs a pool in [from_day, to_day), by the tariffs of its site, and the factors that make facility energy of what is metered (NULL: not known). Key: (pool_id, from_day).';
    COMMENT ON COLUMN pool_tariff.average_watts IS 'What an installed chip draws on average, tdp_watts x average_load, for readings without energy; NULL where it is not known and for rented pools.';

    CREATE VIEW reading_group WITH (security_invoker) AS
        SELECT r.pool_id, r.month AS period_month, r.energy_basis, t.from_day AS tariff_from,
               sum(r.readings) AS readings, sum(r.disordered) AS disordered,
               min(r.use_basis) AS first_use_basis, max(r.use_basis) AS last_use_basis,
               sum(r.installed_ms) AS installed_ms, sum(r.available_ms) AS available_ms,
               sum(r.allocated_ms) AS allocated_ms, sum(r.used_ms) AS used_ms,
               -- The ordered counts u <= l <= v <= installed, for money only.
               sum(r.ordered_used_ms) AS u, sum(r.ordered_allocated_ms) AS l, sum(r.ordered_available_ms) AS v,
               sum(CASE WHEN r.idle_is_metered THEN r.readings ELSE 0 END) AS measured_readings,
               sum(r.joules) AS joules,
               sum(r.joules) FILTER (WHERE r.idle_is_metered) AS measured_joules,
               sum(r.idle_joules) AS idle_joules,
               sum(r.kept_ms) AS kept_ms, sum(r.kept_readings) AS kept_readings,
               sum(r.tokens) AS tokens, sum(r.token_readings) AS token_readings,
               sum(r.model_flops) AS model_flops, sum(r.flops_readings) AS flops_readings,
               max(r.recorded_at) AS last_recorded_at
        FROM usage_day_known r
        LEFT JOIN pool_tariff t ON t.pool_id = r.pool_id AND r.reading_day >= t.from_day AND r.reading_day < t.to_day
        WHERE r.month < (SELECT date_trunc('month', (c.effective_date + 1)::timestamp)::date FROM clock c)
        GROUP BY r.pool_id, r.month, r.energy_basis, t.from_day;
    COMMENT ON VIEW reading_group IS 'Readings of complete months added up by pool, month, where their energy was measured and the tariff that holds on their day (a reading over several days is divided). u, l and v are used, allocated and available chip-milliseconds put in order reading by reading, as far as installed reaches. Key: (pool_id, period_month, energy_basis, tariff_from). Additive.';

    CREATE VIEW reading_day WITH (security_invoker) AS
        SELECT r.pool_id, r.month AS period_month, r.reading_day AS reading_date, r.energy_basis, sum(r.installed_ms) AS installed_ms, sum(r.joules) AS joules
        FROM usage_day_known r
        WHERE r.month < (SELECT date_trunc('month', (c.effective_date + 1)::timestamp)::date FROM clock c)
        GROUP BY 1, 2, 3, 4;
    COMMENT ON VIEW reading_day IS 'Readings of complete months added up by local day, for ledger_check: another path than reading_group''s. Key: (pool_id, period_month, reading_date, energy_basis). Additive.';

    CREATE VIEW pool_month_reading WITH (security_invoker) AS
        SELECT g.pool_id, g.period_month, e.currency,
               sum(g.readings) AS readings, sum(g.disordered) AS disordered,
               min(g.first_use_basis) AS first_use_basis, max(g.last_use_basis) AS last_use_basis,
               sum(g.installed_ms) AS installed_ms, sum(g.available_ms) AS available_ms,
               sum(g.allocated_ms) AS allocated_ms, sum(g.used_ms) AS used_ms,
               sum(g.u) AS u, sum(g.l) AS l, sum(g.v) AS v,
               sum(g.measured_readings) FILTER (WHERE e.currency IS NOT NULL) AS measured_readings,
               sum(g.readings - g.measured_readings) FILTER (WHERE e.currency IS NOT NULL) AS by_time_readings,
               sum(g.readings) FILTER (WHERE e.currency IS NOT NULL AND g.energy_basis IS NOT NULL) AS energy_readings,
               sum(g.readings) FILTER (WHERE e.currency IS NOT NULL AND g.energy_basis IS NULL) AS estimated_readings,
               sum(g.readings) FILTER (WHERE g.energy_basis = 'in_rent') AS in_rent_readings,
               sum(g.readings) FILTER (WHERE e.currency IS NULL AND g.energy_basis <> 'in_rent') AS unpriced_readings,
               sum(g.readings) FILTER (WHERE e.currency IS NULL AND g.energy_basis IS NULL) AS unestimated_readings,
               sum(g.kept_ms) AS kept_ms, sum(g.kept_readings) AS kept_readings, sum(g.tokens) AS tokens, sum(g.token_readings) AS token_readings,
               sum(g.model_flops) AS model_flops, sum(g.flops_readings) AS flops_readings,
               sum(e.factor * e.metered) / 3600000.00000000000000000000 AS energy_kwh,
               round(sum(e.factor * e.price * e.metered) / 3600000, 15) AS energy,
               round(sum(e.factor * e.price * g.measured_joules) / 3600000, 15) AS measured_energy,
               round(sum(e.factor * e.price * g.idle_joules) / 3600000, 15) AS idle_energy,
               greatest(max(g.last_recorded_at), max(t.last_recorded_at)) AS last_recorded_at
        FROM reading_group g
        LEFT JOIN pool_tariff t ON t.pool_id = g.pool_id AND t.from_day = g.tariff_from
        -- A reading has energy or it has not: what is estimated is never added to what was measured.
        -- An estimate's watts for a millisecond are a thousandth of a joule.
        LEFT JOIN LATERAL (SELECT CASE WHEN g.energy_basis IS NULL THEN t.average_watts * t.server_power_factor * t.pue * 0.001
                                       WHEN g.energy_basis = 'chip' THEN t.server_power_factor * t.pue
                                       WHEN g.energy_basis = 'server' THEN t.pue
                                       WHEN g.energy_basis = 'facility' THEN 1 END AS factor,
                                  coalesce(g.joules, g.installed_ms) AS metered, t.price, t.currency::text AS currency) e ON e.factor * e.price IS NOT NULL
        GROUP BY g.pool_id, g.period_month, e.currency;
    COMMENT ON VIEW pool_month_reading IS 'Chip-milliseconds and energy of each pool and month by the currency the energy is priced in; where none was measured it is estimated from the chips installed (tdp_watts x average_load x server_power_factor x PUE). currency NULL: readings with energy in the rent, with energy that has no price because a tariff, PUE or server power factor is missing (unpriced_readings), or without energy and without what an estimate needs (unestimated_readings). Key: (pool_id, period_month, currency). Additive; energy within a currency.';
    COMMENT ON COLUMN pool_month_reading.measured_energy IS 'The part of energy from readings that say how much idle chips drew (idle_energy); the rest is split by time.';

    -- An average is of days that are over: it is dated on the last of them.
    CREATE VIEW fx_period WITH (security_invoker) AS
        SELECT r.period_month, r.from_currency::text AS from_currency, r.reporting_currency::text AS reporting_currency,
               coalesce(lag(r.rate_date) OVER months_rates + 1, r.period_month) AS from_day,
               CASE WHEN lead(r.rate_date) OVER months_rates IS NULL THEN (r.period_month + interval '1 month')::date ELSE r.rate_date + 1 END AS to_day,
               r.rate, count(*) OVER (PARTITION BY r.period_month, r.from_currency) AS periods, r.last_recorded_at
        FROM (SELECT date_trunc('month', least(greatest(f.rate_date, date '0001-01-01'), c.effective_date)::timestamp)::date AS period_month,
                     f.from_currency, c.reporting_currency, f.rate_date, f.rate, f.recorded_at AS last_recorded_at
              FROM fx_rate_known f
              JOIN clock c ON c.reporting_currency = f.to_currency
              WHERE f.rate_type = 'average' AND f.rate_source = 'ledger' AND f.rate_date >= date '0001-01-01'
                AND f.rate_date < date_trunc('month', (c.effective_date + 1)::timestamp)::date) r
        WINDOW months_rates AS (PARTITION BY r.period_month, r.from_currency ORDER BY r.rate_date);
    COMMENT ON VIEW fx_period IS 'What one unit of a currency is in the ledger''s reporting currency, on average of the days [from_day, to_day) of a complete month. A rate of type average is of the days up to its date: those since the one before it in the month, or since the first; the last one is of the days that follow it, too. One rate in a month is that of the month, whatever its day. No row for the reporting currency itself. Key: (period_month, from_currency, from_day).';
    COMMENT ON COLUMN fx_period.periods IS 'How many rows the month has of this currency.';

    CREATE VIEW month_fx_rate WITH (security_invoker) AS
        SELECT f.period_month, f.from_currency, min(f.reporting_currency) AS reporting_currency,
               CASE WHEN count(*) = 1 THEN min(f.rate)
                    ELSE sum(f.rate * (f.to_day - f.from_day)) * 1.00000000000000000000 / sum(f.to_day - f.from_day) END AS rate,
               count(*) AS periods, array_agg(f.rate ORDER BY f.from_day) AS rates, array_agg((f.to_day - f.from_day)::numeric ORDER BY f.from_day) AS days,
               max(f.last_recorded_at) AS last_recorded_at
        FROM fx_period f
        GROUP BY f.period_month, f.from_currency;
    COMMENT ON VIEW month_fx_rate IS 'What one unit of a currency is in the ledger''s reporting currency, on average of a month: the rates of fx_period, weighted by their days. No row for the reporting currency itself. Key: (period_month, from_currency).';
    COMMENT ON COLUMN month_fx_rate.rates IS 'The rates it is made of, in order; days: how many days each is of.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_usage_views() IS 'Internal: part of create_ledger. Charges and readings of pools by month.';
