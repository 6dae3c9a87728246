-- What a chip-hour costs.

CREATE FUNCTION chipbook.create_report_chip_cost_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW chip_hour_cost_all_bases WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.provider_id, s.chip_model_id, s.site_id, s.ownership, s.currency,
               'actual'::text AS scenario,
               publishable(s.depreciation)::numeric(38,15) AS depreciation,
               publishable(s.rent)::numeric(38,15) AS rent,
               publishable(s.energy)::numeric(38,15) AS energy,
               publishable(s.facility)::numeric(38,15) AS facility_cost,
               publishable(s.interconnect)::numeric(38,15) AS interconnect_cost,
               publishable(s.operations)::numeric(38,15) AS operations_cost,
               publishable(s.total_cost)::numeric(38,15) AS total_cost,
               publishable(s.chip_depreciation)::numeric(38,15) AS chip_depreciation,
               publishable(s.server_depreciation)::numeric(38,15) AS server_depreciation,
               publishable(s.network_depreciation)::numeric(38,15) AS network_depreciation,
               publishable(s.building_depreciation)::numeric(38,15) AS building_depreciation,
               publishable(s.other_depreciation)::numeric(38,15) AS other_depreciation,
               publishable(s.interconnect + s.network_depreciation)::numeric(38,15) AS interconnect_with_network,
               publishable(s.facility + s.building_depreciation)::numeric(38,15) AS facility_with_building,
               publishable(s.cost_of_capital)::numeric(38,15) AS cost_of_capital,
               publishable(s.total_cost + s.cost_of_capital)::numeric(38,15) AS economic_cost,
               publishable(s.capacity_hours)::numeric(38,15) AS capacity_chip_hours,
               publishable(s.installed_hours)::numeric(38,15) AS installed_chip_hours,
               publishable(s.available_hours)::numeric(38,15) AS available_chip_hours,
               publishable(s.allocated_hours)::numeric(38,15) AS allocated_chip_hours,
               publishable(s.used_hours)::numeric(38,15) AS used_chip_hours,
               publishable(s.energy_kwh)::numeric(38,15) AS energy_kwh,
               publishable(s.total_cost / nullif(s.installed_hours, 0))::numeric(38,15) AS cost_per_installed_chip_hour,
               publishable(s.total_cost / nullif(s.available_hours, 0))::numeric(38,15) AS cost_per_available_chip_hour,
               publishable(s.total_cost / nullif(s.allocated_hours, 0))::numeric(38,15) AS cost_per_allocated_chip_hour,
               publishable(s.total_cost / nullif(s.used_hours, 0))::numeric(38,15) AS cost_per_used_chip_hour,
               publishable((s.total_cost + s.cost_of_capital) / nullif(s.installed_hours, 0))::numeric(38,15) AS economic_cost_per_installed_chip_hour,
               publishable((s.total_cost + s.cost_of_capital) / nullif(s.used_hours, 0))::numeric(38,15) AS economic_cost_per_used_chip_hour,
               publishable(s.pflop_hours)::numeric(38,15) AS effective_pflop_hours,
               publishable(p.pflop_hours)::numeric(38,15) AS peak_pflop_hours,
               publishable(s.pflop_hours::numeric(60,20) / nullif(p.pflop_hours, 0))::numeric(38,15) AS mfu,
               publishable(s.total_cost / nullif(s.pflop_hours, 0))::numeric(38,15) AS cost_per_effective_pflop_hour,
               s.pools, s.unpriced_readings, s.unknown_charges, greatest(s.last_recorded_at, k.recorded_at) AS last_recorded_at
        FROM (SELECT u.entity_id, u.basis, u.period_month, u.provider_id, u.chip_model_id, u.site_id, u.ownership, u.currency,
                     sum(u.depreciation) AS depreciation, sum(u.rent) AS rent, sum(u.energy) AS energy,
                     sum(u.facility_cost) AS facility, sum(u.interconnect_cost) AS interconnect, sum(u.operations_cost) AS operations,
                     sum(u.total_cost) AS total_cost,
                     sum(u.chip_depreciation) AS chip_depreciation, sum(u.server_depreciation) AS server_depreciation,
                     sum(u.network_depreciation) AS network_depreciation, sum(u.building_depreciation) AS building_depreciation,
                     sum(u.other_depreciation) AS other_depreciation,
                     -- Known where it is known of every pool.
                     CASE WHEN count(u.cost_of_capital) = count(*) THEN sum(u.cost_of_capital) END AS cost_of_capital,
                     CASE WHEN bool_and(u.effective_pflop_hours IS NOT NULL OR u.readings = 0) THEN sum(u.effective_pflop_hours) END AS pflop_hours,
                     sum(u.capacity_chip_hours) AS capacity_hours, sum(u.installed_chip_hours) AS installed_hours,
                     sum(u.available_chip_hours) AS available_hours, sum(u.allocated_chip_hours) AS allocated_hours,
                     sum(u.used_chip_hours) AS used_hours, sum(u.energy_kwh) AS energy_kwh, count(*) AS pools,
                     sum(u.unpriced_readings)::bigint AS unpriced_readings, sum(u.unknown_charges)::bigint AS unknown_charges,
                     max(u.last_recorded_at) AS last_recorded_at
              FROM utilisation_weighted_spend_all_bases u
              WHERE u.pool_id IS NOT NULL
              GROUP BY u.entity_id, u.basis, u.period_month, u.provider_id, u.chip_model_id, u.site_id, u.ownership, u.currency) s
        LEFT JOIN chip_model_known k ON k.chip_model_id = s.chip_model_id
        CROSS JOIN LATERAL (SELECT s.used_hours * k.peak_flops / 1000000000000000.00000000000000000000 AS pflop_hours) p;
    COMMENT ON VIEW chip_hour_cost_all_bases IS 'What a chip-hour cost in each complete month, by provider, chip model and site, under every basis. Key: (entity_id, basis, period_month, provider_id, chip_model_id, site_id, ownership, currency). Costs are in currency and additive within one currency and basis: depreciation + rent + energy + facility_cost + interconnect_cost + operations_cost = total_cost = chip_depreciation + server_depreciation + other_depreciation + rent + energy + facility_with_building + interconnect_with_network + operations_cost, exactly. cost_of_capital stands beside. Chip-hours and PFLOP-hours are repeated on the row of each currency and basis; costs per hour, not additive, are total_cost (or economic_cost) over counts of hours, NULL when there are none. Cost of assets in no pool is not here: see utilisation_weighted_spend with pool_id NULL.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.pools IS 'Pools that the row adds up.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.chip_depreciation IS 'Of which: chip_depreciation + server_depreciation + network_depreciation + building_depreciation + other_depreciation = depreciation, exactly.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.interconnect_with_network IS 'The interconnect however it is paid for: network_depreciation + interconnect_cost. In place of these two it adds up to total_cost, never beside them.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.facility_with_building IS 'The facility however it is paid for: building_depreciation (buildings and power) + facility_cost. In place of these two it adds up to total_cost, never beside them.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.cost_of_capital IS 'Of the pools that the row adds up, NULL unless known of each: see utilisation_weighted_spend. Not in total_cost.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.economic_cost IS 'total_cost + cost_of_capital; NULL where that is NULL.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.effective_pflop_hours IS 'FLOP of the models that ran, without recomputation, / 3.6e18; NULL unless every reading of the month states them.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.peak_pflop_hours IS 'used_chip_hours x chip_model.peak_flops / 1e15: what the used hours could have computed.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.mfu IS 'Model FLOP utilisation: effective_pflop_hours / peak_pflop_hours, over used hours (use_basis says what used is).';
    COMMENT ON COLUMN chip_hour_cost_all_bases.cost_per_effective_pflop_hour IS 'total_cost / effective_pflop_hours: all cost, idle and unmetered too, over what was computed.';

    CREATE VIEW chip_hour_cost WITH (security_invoker) AS
        SELECT * FROM chip_hour_cost_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW chip_hour_cost IS 'What a chip-hour cost in each complete month, by provider, chip model and site, under the ledger''s primary basis. Key: (entity_id, period_month, provider_id, chip_model_id, site_id, ownership, currency). Costs are in currency and additive within one currency: depreciation + rent + energy + facility_cost + interconnect_cost + operations_cost = total_cost = chip_depreciation + server_depreciation + other_depreciation + rent + energy + facility_with_building + interconnect_with_network + operations_cost, exactly. cost_of_capital stands beside. Chip-hours and PFLOP-hours are repeated on the row of each currency; costs per hour, not additive, are total_cost (or economic_cost) over counts of hours, NULL when there are none. Cost of assets in no pool is not here: see utilisation_weighted_spend with pool_id NULL.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_chip_cost_views() IS 'Internal: part of create_ledger. The view chip_hour_cost, with _all_bases.';
