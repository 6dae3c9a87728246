-- What a chip-hour costs.

CREATE FUNCTION chipbook.create_report_chip_cost_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
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
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_chip_cost_views() IS 'Internal: part of create_ledger. The view chip_hour_cost, with _all_bases.';
