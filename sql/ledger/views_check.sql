-- The proof that the figures add up: each computed a second time, on another path.

CREATE FUNCTION chipbook.create_report_check_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
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
COMMENT ON FUNCTION chipbook.create_report_check_views() IS 'Internal: part of create_ledger. The view ledger_check.';
