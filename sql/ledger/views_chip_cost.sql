-- What a chip-hour costs, and what a run of many of them cost.

CREATE FUNCTION chipbook.create_report_chip_cost_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW chip_hour_cost_all_bases WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.provider_id, s.chip_model_id, s.site_id, s.ownership, s.currency,
               'actual'::text AS scenario,
               publishable(s.depreciation)::numeric(38,15) AS depreciation,
               publishable(s.rent)::numeric(38,15) AS rent,
               publishable(s.lease)::numeric(38,15) AS lease_cost,
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
                     sum(u.depreciation) AS depreciation, sum(u.rent) AS rent, sum(u.lease_cost) AS lease, sum(u.energy) AS energy,
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
    COMMENT ON VIEW chip_hour_cost_all_bases IS 'What a chip-hour cost in each complete month, by provider, chip model and site, under every basis. Key: (entity_id, basis, period_month, provider_id, chip_model_id, site_id, ownership, currency). Costs are in currency and additive within one currency and basis: depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost = total_cost = chip_depreciation + server_depreciation + other_depreciation + rent + lease_cost + energy + facility_with_building + interconnect_with_network + operations_cost, exactly. cost_of_capital stands beside. Chip-hours and PFLOP-hours are repeated on the row of each currency and basis; costs per hour, not additive, are total_cost (or economic_cost) over counts of hours, NULL when there are none. Cost of assets in no pool is not here: see utilisation_weighted_spend with pool_id NULL.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.lease_cost IS 'What leases put in profit or loss under the basis: see utilisation_weighted_spend. What it does not measure as a lease is in rent.';
    COMMENT ON COLUMN chip_hour_cost_all_bases.ownership IS 'What the pools are said to be (pool.ownership): owned, rented or leased.';
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
    COMMENT ON VIEW chip_hour_cost IS 'What a chip-hour cost in each complete month, by provider, chip model and site, under the ledger''s primary basis. Key: (entity_id, period_month, provider_id, chip_model_id, site_id, ownership, currency). Costs are in currency and additive within one currency: depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost = total_cost = chip_depreciation + server_depreciation + other_depreciation + rent + lease_cost + energy + facility_with_building + interconnect_with_network + operations_cost, exactly. cost_of_capital stands beside. Chip-hours and PFLOP-hours are repeated on the row of each currency; costs per hour, not additive, are total_cost (or economic_cost) over counts of hours, NULL when there are none. Cost of assets in no pool is not here: see utilisation_weighted_spend with pool_id NULL.';

    -- What a run cost, by its chip-hours. The figures are economic: no basis posts them.

    CREATE VIEW training_run_cost WITH (security_invoker) AS
        WITH RECURSIVE run AS (
            SELECT r.run_id, r.name, r.party_id, coalesce(p.entity_id, a.entity_id) AS entity_id, r.asset_id, r.pool_id,
                   p.site_id, k.chip_model_id, r.base_run_id, r.started_on, r.priced_on, r.chip_hours, r.model_flops, k.peak_flops,
                   currency(a.cost)::text AS currency, y.early_years > 0 AS before_asset,
                   r.chip_hours * h.rate AS hardware, r.chip_hours * h.rate * coalesce(i.factor, 0) AS interconnect,
                   e.energy_kwh, e.energy_kwh * e.price AS energy, r.chip_hours * h.rate * (1 + coalesce(i.factor, 0)) + e.energy_kwh * e.price AS cost,
                   greatest(r.recorded_at, a.recorded_at, o.recorded_at, p.recorded_at, k.recorded_at, s.recorded_at, t.recorded_at, i.recorded_at) AS last_recorded_at
            FROM (SELECT n.run_id, n.name, n.party_id, n.asset_id, n.pool_id, n.base_run_id, n.started_on,
                         coalesce(n.priced_on, n.started_on) AS priced_on, n.chip_hours * 1.00000000000000000000 AS chip_hours, n.model_flops, n.recorded_at
                  FROM training_run_known n) r
            CROSS JOIN clock c
            LEFT JOIN asset_known a ON a.asset_id = r.asset_id
            LEFT JOIN asset_policy_known o ON o.asset_id = r.asset_id AND o.basis = 'economic'
            LEFT JOIN pool_known p ON p.pool_id = r.pool_id
            LEFT JOIN chip_model_known k ON k.chip_model_id = coalesce(a.chip_model_id, p.chip_model_id)
            LEFT JOIN site_known s ON s.site_id = p.site_id
            LEFT JOIN energy_tariff_known t ON t.site_id = p.site_id AND r.priced_on >= t.valid_from AND r.priced_on < t.valid_to
            LEFT JOIN (SELECT f.pool_id, n.run_id, sum(f.factor) AS factor, max(f.recorded_at) AS recorded_at
                       FROM training_run_known n
                       JOIN cost_rate_known f ON f.pool_id = n.pool_id AND f.component = 'interconnect' AND f.unit = 'depreciation'
                                             AND n.started_on >= f.valid_from AND n.started_on < f.valid_to
                       GROUP BY f.pool_id, n.run_id) i ON i.run_id = r.run_id
            CROSS JOIN LATERAL (SELECT (a.available_for_use_on - r.started_on) / 365.25 AS early_years) y
            -- Before its date an asset was worth more than its price, if its value falls exponentially.
            CROSS JOIN LATERAL (
                SELECT CASE WHEN NOT (a.available_for_use_on BETWEEN date '0001-01-01' AND date '9999-12-31' AND amount(a.cost) <= 2.5e18) THEN NULL
                            WHEN y.early_years <= 0
                            THEN amount(chip_hour_rate(a.cost, o.policy, a.available_for_use_on, r.started_on, a.chips, c.fiscal_year_start::integer))
                            WHEN method(o.policy) = 'exponential' AND rate(o.policy) * y.early_years < 20
                            THEN amount(chip_hour_rate(a.cost, o.policy, a.available_for_use_on, a.available_for_use_on, a.chips, c.fiscal_year_start::integer))
                                 * power(10::numeric, (rate(o.policy) * y.early_years)::numeric(40,20)) END AS rate) h
            CROSS JOIN LATERAL (
                SELECT r.chip_hours * k.tdp_watts * k.server_power_factor * k.average_load * s.pue * 0.001 AS energy_kwh,
                       CASE WHEN currency(t.price_per_kwh) = currency(a.cost) THEN amount(t.price_per_kwh) END AS price) e),
        base AS (
            SELECT r.run_id, r.base_run_id FROM run r WHERE r.base_run_id IS NOT NULL
            UNION
            SELECT b.run_id, r.base_run_id FROM base b JOIN run r ON r.run_id = b.base_run_id WHERE r.base_run_id IS NOT NULL)
        SELECT r.run_id, r.name, r.party_id, r.entity_id, r.asset_id, r.pool_id, r.site_id, r.chip_model_id, r.base_run_id,
               r.started_on, r.priced_on, r.currency, 'actual'::text AS scenario, coalesce(r.before_asset, false) AS before_asset,
               publishable(r.chip_hours)::numeric(38,15) AS chip_hours,
               publishable(r.energy_kwh)::numeric(38,15) AS energy_kwh,
               publishable(r.hardware + b.hardware)::numeric(38,15) AS hardware_cost,
               publishable(r.interconnect + b.interconnect)::numeric(38,15) AS interconnect_cost,
               publishable(r.energy + b.energy)::numeric(38,15) AS energy_cost,
               publishable(r.cost)::numeric(38,15) AS own_cost,
               publishable(b.cost)::numeric(38,15) AS base_cost,
               publishable(r.cost + b.cost)::numeric(38,15) AS total_cost,
               publishable(r.model_flops / 3600000000000000000.00000000000000000000)::numeric(38,15) AS effective_pflop_hours,
               publishable(r.chip_hours * r.peak_flops / 1000000000000000.00000000000000000000)::numeric(38,15) AS peak_pflop_hours,
               publishable(r.model_flops * 1.00000000000000000000 / (r.chip_hours * r.peak_flops * 3600.00000000000000000000))::numeric(38,15) AS mfu,
               publishable(r.cost * 3600000000000000000.00000000000000000000 / r.model_flops)::numeric(38,15) AS cost_per_effective_pflop_hour,
               greatest(r.last_recorded_at, b.last_recorded_at) AS last_recorded_at
        FROM run r
        CROSS JOIN LATERAL (
            -- What is not known of a base model, or is in another currency, is not known of the whole;
            -- runs that are each other's base are no whole.
            SELECT CASE WHEN count(*) = count(m.hardware) AND bool_and(NOT m.circular) IS NOT FALSE THEN coalesce(sum(m.hardware), 0) END AS hardware,
                   CASE WHEN count(*) = count(m.interconnect) AND bool_and(NOT m.circular) IS NOT FALSE THEN coalesce(sum(m.interconnect), 0) END AS interconnect,
                   CASE WHEN count(*) = count(m.energy) AND bool_and(NOT m.circular) IS NOT FALSE THEN coalesce(sum(m.energy), 0) END AS energy,
                   CASE WHEN count(*) = count(m.cost) AND bool_and(NOT m.circular) IS NOT FALSE THEN coalesce(sum(m.cost), 0) END AS cost,
                   max(m.last_recorded_at) AS last_recorded_at
            FROM (SELECT n.hardware, n.interconnect, n.energy, n.cost, n.last_recorded_at,
                         EXISTS (SELECT FROM base x WHERE x.run_id = l.base_run_id AND x.base_run_id = l.base_run_id) AS circular
                  FROM base l LEFT JOIN run n ON n.run_id = l.base_run_id AND n.currency = r.currency
                  WHERE l.run_id = r.run_id) m) b;
    COMMENT ON VIEW training_run_cost IS 'What each training run cost, after Epoch AI (Cottier et al. 2024, arXiv 2405.21015). Key: (run_id). Costs are in currency: hardware_cost + interconnect_cost + energy_cost = total_cost = own_cost + base_cost, up to the last of 15 decimals; total_cost of a run and of its base are not additive, own_cost is. NULL where something is missing (a finding). Economic figures beside the books: no part of total_cost in utilisation_weighted_spend.';
    COMMENT ON COLUMN training_run_cost.hardware_cost IS 'chip_hours x chip_hour_rate() of the asset under its economic policy on started_on (its cost over its chips), with the base models''.';
    COMMENT ON COLUMN training_run_cost.before_asset IS 'The run began before its asset was available for use: under an exponential policy the value is carried back above the cost, under any other hardware is not known (NULL).';
    COMMENT ON COLUMN training_run_cost.interconnect_cost IS 'Hardware x the factors of the pool''s cost rates of interconnect (unit depreciation) in force on started_on, 0 without one, with the base models''.';
    COMMENT ON COLUMN training_run_cost.energy_cost IS 'energy_kwh x the tariff of the pool''s site on priced_on, with the base models''; NULL when something of it is missing or the tariff is in another currency than the asset.';
    COMMENT ON COLUMN training_run_cost.energy_kwh IS 'Of the run itself: chip_hours x tdp_watts x server_power_factor x average_load x PUE / 1000.';
    COMMENT ON COLUMN training_run_cost.base_cost IS 'The whole cost of the models the run fine-tunes, each once; 0 for a run that starts from none, NULL for runs that are each other''s base.';
    COMMENT ON COLUMN training_run_cost.peak_pflop_hours IS 'chip_hours x chip_model.peak_flops / 1e15.';
    COMMENT ON COLUMN training_run_cost.mfu IS 'Model FLOP utilisation: model_flops over what chip_hours could have computed at peak_flops.';
    COMMENT ON COLUMN training_run_cost.cost_per_effective_pflop_hour IS 'own_cost / effective_pflop_hours: of what the run itself cost and computed.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_chip_cost_views() IS 'Internal: part of create_ledger. The views chip_hour_cost, with _all_bases, and training_run_cost.';
