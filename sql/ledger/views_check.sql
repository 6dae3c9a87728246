-- The proof that the figures add up: each computed a second time, on another path.

CREATE FUNCTION chipbook.create_report_check_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW ledger_check WITH (security_invoker) AS
        -- Used more than once, gone through once.
        WITH by_day AS (SELECT * FROM reading_day),
        book AS (SELECT * FROM chip_book_value_all_bases),
        register AS (SELECT * FROM fixed_asset_register),
        -- Chips that rates are paid for; those on demand day by day, as far as they were metered.
        chips AS (
            SELECT p.pool_id, p.from_day, p.to_day, p.chips, NULL::numeric AS chip_seconds FROM pool_chips p WHERE NOT p.on_demand
            UNION ALL
            SELECT r.pool_id, o.metered_on, o.metered_on + 1, o.chip_days, o.chip_ms / 1000
            FROM (SELECT DISTINCT n.pool_id FROM rented_capacity_known n JOIN cost_rate_known f ON f.pool_id = n.pool_id
                  WHERE n.pricing = 'on_demand' AND f.unit IN ('chip_hour', 'kw_month')) r
            CROSS JOIN month_calendar m
            CROSS JOIN LATERAL on_demand_days(r.pool_id, m.period_month) o),
        -- Cost rates day by day, with the chips of the day.
        rate AS (
            SELECT r.cost_rate_id, r.valid_from, r.pool_id, r.component, r.unit, currency(r.price)::text AS currency,
                   amount(r.price)::numeric(60,20) AS price, r.factor, m.period_month, m.days_of_month,
                   count(*) AS days, coalesce(sum(p.chips), 0) AS chip_days,
                   coalesce(sum(coalesce(p.chip_seconds, p.chips * extract(epoch FROM (t.day_start + interval '1 day') AT TIME ZONE c.time_zone - t.day_start AT TIME ZONE c.time_zone))), 0) AS chip_seconds
            FROM cost_rate_known r
            CROSS JOIN clock c
            CROSS JOIN LATERAL calendar_months(least(r.valid_from, c.effective_date), c.effective_date) n (month_start)
            CROSS JOIN LATERAL (SELECT n.month_start::date AS period_month, (n.month_start + interval '1 month')::date - n.month_start::date AS days_of_month) m
            CROSS JOIN LATERAL generate_series(n.month_start, n.month_start + interval '1 month - 1 day', interval '1 day') t (day_start)
            LEFT JOIN chips p ON p.pool_id = r.pool_id AND r.unit IN ('chip_hour', 'kw_month')
                                  AND t.day_start::date >= p.from_day AND t.day_start::date < p.to_day
            WHERE t.day_start::date >= r.valid_from AND t.day_start::date < r.valid_to
            GROUP BY r.cost_rate_id, r.valid_from, r.pool_id, r.component, r.unit, r.price, r.factor, m.period_month, m.days_of_month)
        SELECT c.check_name, c.entity_id, c.basis, c.period_month, c.pool_id, c.asset_id, c.currency,
               publishable(sum(c.expected))::numeric(38,15) AS expected,
               publishable(sum(c.found))::numeric(38,15) AS found,
               publishable(sum(c.found) - sum(c.expected))::numeric(38,15) AS difference,
               coalesce(sum(c.found) = sum(c.expected), false) AS ok
        FROM (
            -- What the published spend says: its parts are its components, and rates that are a
            -- factor of depreciation are that.
            SELECT x.check_name, x.entity_id, u.basis, u.period_month, x.pool_id, NULL::text AS asset_id, x.currency,
                   x.expected, x.found
            FROM (SELECT s.*, row_number() OVER (PARTITION BY s.basis, s.period_month, s.pool_id ORDER BY s.currency) AS row_of_pool
                  FROM utilisation_weighted_spend_all_bases s) u
            LEFT JOIN (SELECT r.pool_id, r.period_month, r.days_of_month,
                              sum(r.factor * r.days) FILTER (WHERE r.component = 'facility') AS facility_days,
                              sum(r.factor * r.days) FILTER (WHERE r.component = 'interconnect') AS interconnect_days,
                              sum(r.factor * r.days) FILTER (WHERE r.component = 'operations') AS operations_days
                       FROM rate r WHERE r.unit = 'depreciation'
                       GROUP BY r.pool_id, r.period_month, r.days_of_month) d ON d.pool_id = u.pool_id AND d.period_month = u.period_month
            CROSS JOIN LATERAL (
                SELECT coalesce(round(h.hardware * d.facility_days / d.days_of_month, 15), 0) AS facility,
                       coalesce(round(h.hardware * d.interconnect_days / d.days_of_month, 15), 0) AS interconnect,
                       coalesce(round(h.hardware * d.operations_days / d.days_of_month, 15), 0) AS operations
                FROM (SELECT u.chip_depreciation + u.server_depreciation AS hardware) h) f
            CROSS JOIN LATERAL (VALUES
                ('split_adds_up', u.entity_id, u.pool_id, u.currency,
                 u.depreciation + u.rent + u.lease_cost + u.energy + u.facility_cost + u.interconnect_cost + u.operations_cost,
                 u.productive_cost + u.allocated_idle_cost + u.unallocated_cost + u.unavailable_cost + u.unmetered_cost),
                ('charges_in_pools', NULL, NULL, u.currency, 0, u.depreciation),
                ('chip_charges_in_pools', NULL, NULL, u.currency, 0, u.chip_depreciation),
                ('server_charges_in_pools', NULL, NULL, u.currency, 0, u.server_depreciation),
                ('network_charges_in_pools', NULL, NULL, u.currency, 0, u.network_depreciation),
                ('building_charges_in_pools', NULL, NULL, u.currency, 0, u.building_depreciation),
                ('other_charges_in_pools', NULL, NULL, u.currency, 0, u.other_depreciation),
                ('rent_in_pools', NULL, NULL, u.currency, 0, u.rent),
                ('lease_in_pools', NULL, u.pool_id, u.currency, 0, u.lease_cost),
                ('facility_in_pools', NULL, u.pool_id, u.currency, f.facility, u.facility_cost),
                ('interconnect_in_pools', NULL, u.pool_id, u.currency, f.interconnect, u.interconnect_cost),
                ('operations_in_pools', NULL, u.pool_id, u.currency, f.operations, u.operations_cost),
                ('energy_in_pools', NULL, u.pool_id, u.currency, 0, u.energy),
                ('chip_time_in_pools', NULL, u.pool_id, NULL, 0, CASE WHEN u.row_of_pool = 1 THEN u.installed_chip_hours ELSE 0 END))
                x (check_name, entity_id, pool_id, currency, expected, found)
            WHERE x.expected IS DISTINCT FROM 0 OR x.found IS DISTINCT FROM 0
            UNION ALL
            -- What it must say: the charge of every asset, whichever pool it is in, or none, in all and by component,
            SELECT x.check_name, x.entity_id, v.basis, x.period_month, NULL, x.asset_id, v.currency, x.expected, x.found
            FROM book v
            CROSS JOIN LATERAL (VALUES
                ('charges_in_pools', NULL, v.period_month, NULL, coalesce(v.charge, 0), 0),
                (CASE v.component WHEN 'power' THEN 'building' WHEN 'land' THEN 'other' ELSE v.component END || '_charges_in_pools',
                 NULL, v.period_month, NULL, coalesce(v.charge, 0), 0))
                x (check_name, entity_id, period_month, asset_id, expected, found)
            UNION ALL
            -- rent from the contracts,
            SELECT 'rent_in_pools', NULL, b.basis, r.period_month, NULL, NULL, r.currency, r.rent, 0
            FROM rental_month r CROSS JOIN basis_used b WHERE r.currency IS NOT NULL
            UNION ALL
            -- leases from their periods, day by day,
            SELECT n.component || '_in_pools', NULL, n.basis, m.period_month, CASE n.component WHEN 'lease' THEN n.pool_id END, NULL, n.currency,
                   round(n.amortisation * (d.place + 1) / w.days, 15) - round(n.amortisation * d.place / w.days, 15)
                   + round(n.interest * (d.place + 1) / w.days, 15) - round(n.interest * d.place / w.days, 15), 0
            FROM lease_cost_period() n
            JOIN basis_used b ON b.basis = n.basis
            CROSS JOIN clock c
            CROSS JOIN LATERAL (SELECT n.period_to - n.period_from AS days) w
            CROSS JOIN LATERAL generate_series(0, least(n.period_to, c.effective_date + 1) - n.period_from - 1) d (place)
            CROSS JOIN LATERAL (SELECT date_trunc('month', (n.period_from + d.place)::timestamp)::date AS period_month) m
            WHERE EXISTS (SELECT FROM lease_known x WHERE x.pool_id IS NOT NULL)
              AND m.period_month < date_trunc('month', (c.effective_date + 1)::timestamp)::date
            UNION ALL
            -- what cost rates with a price come to, day by day,
            SELECT r.component || '_in_pools', NULL, b.basis, r.period_month, r.pool_id, NULL, r.currency,
                   coalesce(round(CASE r.unit WHEN 'month' THEN r.price * r.days / r.days_of_month
                                              WHEN 'chip_hour' THEN r.price * r.chip_seconds / 3600
                                              ELSE r.price * (r.chip_days * k.tdp_watts * k.server_power_factor) / (1000 * r.days_of_month) END, 15), 0), 0
            FROM rate r
            CROSS JOIN basis_used b
            LEFT JOIN pool_known p ON p.pool_id = r.pool_id
            LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id
            WHERE r.unit <> 'depreciation'
            UNION ALL
            -- energy day by day at the tariff of the day, estimated where none was measured,
            SELECT 'energy_in_pools', NULL, b.basis, e.period_month, e.pool_id, NULL, e.currency, e.energy, 0
            FROM (SELECT d.period_month, d.pool_id, currency(t.price_per_kwh)::text AS currency,
                         round(sum(amount(t.price_per_kwh)::numeric(60,20)
                                   * CASE WHEN d.energy_basis = 'chip' THEN d.joules * k.server_power_factor * s.pue
                                          WHEN d.energy_basis = 'server' THEN d.joules * s.pue WHEN d.energy_basis = 'facility' THEN d.joules
                                          WHEN d.energy_basis IS NULL AND p.ownership <> 'rented'
                                          THEN d.installed_ms * k.tdp_watts * k.average_load * k.server_power_factor * s.pue * 0.001 END) / 3600000, 15) AS energy
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
            SELECT 'charges_of_asset', v.entity_id, v.basis, NULL, NULL, v.asset_id, v.currency,
                   CASE WHEN v.known THEN v.came - v.went - v.book_value ELSE 0 END, CASE WHEN v.known THEN v.charge ELSE 0 END
            FROM (SELECT b.asset_id, b.basis, b.currency,
                         (array_agg(b.entity_id ORDER BY b.period_month DESC))[1] AS entity_id,
                         (array_agg(b.book_value ORDER BY b.period_month DESC))[1] AS book_value,
                         sum(b.additions + b.brought_forward) AS came, sum(b.impairment - b.reversal + b.derecognised) AS went,
                         sum(b.charge) AS charge, count(*) = count(b.book_value) AND count(*) = count(b.derecognised) AS known
                  FROM book b GROUP BY b.asset_id, b.basis, b.currency) v
            UNION ALL
            -- The register: its rows in themselves,
            SELECT 'register_adds_up', r.entity_id, r.basis, r.period_month, NULL, NULL, r.currency, 0,
                   abs(coalesce(r.cost_opening + r.cost_brought_forward + r.additions + r.transfers - r.disposals + r.fx - r.cost_closing, 0))
                   + abs(coalesce(r.accumulated_opening + r.accumulated_brought_forward + r.charge + r.accumulated_transfers
                                  - r.accumulated_disposals + r.accumulated_fx - r.accumulated_closing, 0))
                   + abs(coalesce(r.impairment_opening + r.impairment_brought_forward + r.impairment - r.reversal + r.impairment_transfers
                                  - r.impairment_disposals + r.impairment_fx - r.impairment_closing, 0))
            FROM register r
            UNION ALL
            -- what it ends a month with and begins the next with,
            SELECT x.check_name, r.entity_id, r.basis, x.period_month, NULL, NULL, r.currency, x.expected, x.found
            FROM (SELECT n.*, count(n.book_value_opening + n.book_value) OVER w = count(*) OVER w AS known
                  FROM register n WINDOW w AS (PARTITION BY n.entity_id, n.basis, n.asset_class, n.currency)) r
            CROSS JOIN LATERAL (VALUES
                ('cost_carries_over', (r.period_month + interval '1 month')::date, r.cost_closing, 0),
                ('cost_carries_over', r.period_month, 0, r.cost_opening),
                ('book_value_carries_over', (r.period_month + interval '1 month')::date, r.book_value, 0),
                ('book_value_carries_over', r.period_month, 0, r.book_value_opening)) x (check_name, period_month, expected, found)
            WHERE r.known AND x.period_month <= (SELECT max(m.period_month) FROM month_calendar m)
            UNION ALL
            -- what moves between classes and entities,
            SELECT 'register_transfers', NULL, r.basis, r.period_month, NULL, NULL, r.currency, 0,
                   CASE WHEN count(*) = count(r.transfers) THEN abs(sum(r.transfers)) ELSE 0 END
                   + CASE WHEN count(*) = count(r.accumulated_transfers) THEN abs(sum(r.accumulated_transfers)) ELSE 0 END
                   + CASE WHEN count(*) = count(r.impairment_transfers) THEN abs(sum(r.impairment_transfers)) ELSE 0 END
            FROM register r GROUP BY r.basis, r.period_month, r.currency
            UNION ALL
            -- and its assets one by one.
            SELECT 'register_book_value', r.entity_id, r.basis, r.period_month, NULL, NULL, r.currency, 0,
                   CASE WHEN count(*) = count(r.book_value) THEN sum(r.book_value) ELSE 0 END
            FROM register r GROUP BY r.entity_id, r.basis, r.period_month, r.currency
            UNION ALL
            SELECT 'register_book_value', b.entity_id, b.basis, b.period_month, NULL, NULL, b.currency,
                   CASE WHEN count(*) = count(b.book_value) THEN sum(b.book_value) ELSE 0 END, 0
            FROM book b GROUP BY b.entity_id, b.basis, b.period_month, b.currency
            UNION ALL
            SELECT 'register_charge', NULL, r.basis, r.period_month, NULL, NULL, r.currency, 0,
                   CASE WHEN count(*) = count(r.charge) THEN sum(r.charge) ELSE 0 END
            FROM register r GROUP BY r.basis, r.period_month, r.currency
            UNION ALL
            SELECT 'register_charge', NULL, b.basis, b.period_month, NULL, NULL, b.currency,
                   CASE WHEN count(*) = count(b.charge) THEN sum(b.charge) ELSE 0 END, 0
            FROM book b GROUP BY b.basis, b.period_month, b.currency
            UNION ALL
            -- What disposals brought, and what was gained by them.
            SELECT x.check_name, NULL, basis, period_month, NULL, NULL, currency, x.expected, x.found
            FROM (SELECT n.basis, n.period_month, n.currency, sum(n.proceeds) AS proceeds, sum(n.disposal_gain) AS gain,
                         count(*) = count(n.proceeds) AND count(*) = count(n.disposal_gain) AS known
                  FROM register n GROUP BY n.basis, n.period_month, n.currency) r
            FULL JOIN (SELECT n.basis, n.period_month, n.currency, sum(n.proceeds) AS proceeds, sum(n.disposal_gain) AS gain, sum(n.derecognised) AS derecognised,
                              count(*) = count(n.proceeds) AND count(*) = count(n.disposal_gain) AND count(*) = count(n.derecognised) AS known
                       FROM book n GROUP BY n.basis, n.period_month, n.currency) b USING (basis, period_month, currency)
            CROSS JOIN LATERAL (VALUES
                ('register_disposal_gain', coalesce(b.proceeds - b.derecognised, 0), coalesce(r.gain, 0)),
                ('register_proceeds', coalesce(b.gain + b.derecognised, 0), coalesce(r.proceeds, 0))) x (check_name, expected, found)
            WHERE r.known IS NOT FALSE AND b.known IS NOT FALSE AND (x.expected <> 0 OR x.found <> 0)) c
        GROUP BY c.check_name, c.entity_id, c.basis, c.period_month, c.pool_id, c.asset_id, c.currency;
    COMMENT ON VIEW ledger_check IS 'Proof that the figures add up, exactly: one row for each check and what it is about, expected and found computed on different paths. Key: (check_name, entity_id, basis, period_month, pool_id, asset_id, currency), NULL where a check has no such part. Amounts in currency, or chip-hours where currency is NULL. SELECT * FROM ledger_check WHERE NOT ok finds nothing.';
    COMMENT ON COLUMN ledger_check.check_name IS 'split_adds_up: the five parts of a pool and month are its depreciation + rent + leases + energy + facility + interconnect + operations. charges_in_pools: depreciation of pools, and of no pool, is that of the assets; chip_charges_in_pools, server_, network_, building_ (with power) and other_ (with land): so is that of each component. charges_of_asset: an asset''s charges are what was added to it less what is left and what was written off or left the books otherwise. register_adds_up: opening and movements of each row of the register are its closing. cost_carries_over and book_value_carries_over: the register''s months open with what the one before closed with. register_transfers: transfers cancel out. register_book_value, register_charge, register_proceeds and register_disposal_gain: the register is the sum of its assets (chip_book_value), and the gain of a disposal is its proceeds less the book value that left. rent_in_pools, lease_in_pools and energy_in_pools: each is in the spend once, recomputed from contracts, from leases by day and from readings by day. facility_in_pools, interconnect_in_pools, operations_in_pools: so are cost rates, recomputed day by day. chip_time_in_pools: installed chip-hours are those of the readings.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_check_views() IS 'Internal: part of create_ledger. The view ledger_check.';
