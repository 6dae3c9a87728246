-- Cost per chip-hour by component: cost rates, estimated energy, depreciation by component and by use,
-- cost of capital, PFLOP-hours; and what training runs cost.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Pool P of accounting.md section 1 with everything it may cost beside depreciation: October 2025
-- ---------------------------------------------------------------------------
SELECT create_ledger('p');
INSERT INTO p.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('p', 'pool P', 't') AS first_load \gset
INSERT INTO p.party (party_id, name, kind) VALUES ('US', 'Us', 'company');
INSERT INTO p.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load, peak_flops)
VALUES ('H100', 'H100', 700, 10.2 / 8 / 0.7, 0.75, 989e12), ('DARK', 'of unknown power', NULL, NULL, NULL, NULL);
INSERT INTO p.site (site_id, name, pue) VALUES ('S', 'Site', 1.10), ('BARE', 'Site of unknown PUE', NULL);
INSERT INTO p.energy_tariff (site_id, price_per_kwh) VALUES ('S', '0.08 USD'), ('BARE', '0.08 USD');
INSERT INTO p.asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'chips', 'chip', 'H100', 1000, 'S', '20000000 USD', '2025-01-01', '2025-01-01'),
    ('servers', 'servers', 'server', NULL, NULL, 'S', '10000000 USD', '2025-01-01', '2025-01-01'),
    ('network', 'network', 'network', NULL, NULL, 'S', '5000000 USD', '2025-01-01', '2025-01-01'),
    ('building', 'building share', 'building', NULL, NULL, 'S', '6000000 USD', '2025-01-01', '2025-01-01'),
    ('dark', 'chips of unknown power', 'chip', 'DARK', 10, 'BARE', '3600 USD', '2025-10-16', '2025-10-16');
INSERT INTO p.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', amortisation_policy(method => 'straight_line', life => make_interval(years => y), convention => 'full_month')
FROM (VALUES ('chips', 5), ('servers', 5), ('network', 6), ('building', 20), ('dark', 3)) v (a, y);
-- Another basis with another charge: what is a factor of depreciation is of that basis's.
INSERT INTO p.asset_policy (asset_id, basis, policy)
SELECT a, 'us_gaap', amortisation_policy(method => 'straight_line', life => '10 years', convention => 'full_month')
FROM unnest(ARRAY['chips', 'servers', 'network', 'building', 'dark']) a;
INSERT INTO p.pool (pool_id, name, provider_id, site_id, chip_model_id, ownership) VALUES
    ('P', 'pool P', 'US', 'S', 'H100', 'owned'), ('D', 'dark', 'US', 'BARE', 'DARK', 'owned'), ('R', 'rented', 'US', 'S', 'H100', 'rented');
INSERT INTO p.pool_asset (pool_id, asset_id) SELECT CASE asset_id WHEN 'dark' THEN 'D' ELSE 'P' END, asset_id FROM p.asset;
INSERT INTO p.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'R', 1, '2 USD', '2025-10-01', '2025-11-01');
INSERT INTO p.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from, valid_to) VALUES
    ('hall', 'P', 'facility', 'kw_month', '150 USD', NULL, '2025-01-01', 'infinity'),
    ('land', 'P', 'facility', 'month', '3100 EUR', NULL, '2025-10-11', '2025-10-21'),
    ('fabric', 'P', 'interconnect', 'depreciation', NULL, 0.19 / 0.81, '2025-01-01', 'infinity'),
    ('staff', 'P', 'operations', 'chip_hour', '0.05 USD', NULL, '2025-01-01', '2025-10-16'),
    ('staff', 'P', 'operations', 'chip_hour', '0.06 USD', NULL, '2025-10-16', 'infinity'),
    -- Ten chips from the 16th; their hall is paid for from the first of September on.
    ('dark staff', 'D', 'operations', 'chip_hour', '1 USD', NULL, '2025-01-01', 'infinity'),
    ('dark hall', 'D', 'facility', 'month', '60 USD', NULL, '2025-09-01', 'infinity'),
    ('dark power', 'D', 'facility', 'kw_month', '150 USD', NULL, '2025-09-01', 'infinity');
SELECT add_reading_partitions('p', '2025-10-01');
INSERT INTO p.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis, model_flops)
SELECT 'P', d, d + interval '1 day', '2025-10-01', n, n * 95 / 100, n * 80 / 100, n * 60 / 100, 'sm_active', 2.5e22
FROM generate_series(timestamptz '2025-10-01 00:00+00', '2025-10-31 00:00+00', '1 day') d,
     LATERAL (SELECT chip_time(1000, tstzrange(d, d + interval '1 day')) AS n) c;
INSERT INTO p.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT x, '2025-10-16 00:00+00', '2025-10-16 01:00+00', '2025-10-01', 3600000, 3600000, 3600000, 3600000, 'sm_active' FROM (VALUES ('D'), ('R')) v (x);
SELECT publish_load('p', recorded_at => '2025-11-10', load_id => :first_load);
SET chipbook.as_of = '2025-11-15';

-- 1,275 kW at 150; 10 of 31 days at 3,100; 0.19/0.81 of 500,000.00; 15 days at 0.05 and 16 at 0.06;
-- 744,000 h x 0.525 kW x 1.8214 x 1.10 x 0.08.
CREATE TEMP TABLE october AS SELECT * FROM p_report.utilisation_weighted_spend WHERE pool_id = 'P' AND period_month = '2025-10-01';
SELECT results_eq($$SELECT currency, depreciation, round(facility_cost, 9), round(interconnect_cost, 9), operations_cost, round(energy, 9), round(energy_kwh, 9), energy_source, energy_split
                    FROM october ORDER BY currency DESC$$,
    $$VALUES ('USD', 594444.44, 191250.0, round(500000 * 0.19 / 0.81, 9), 41040.0, 62607.6, 782595.0, 'estimated', 'by_time'),
             ('EUR', 0.0, 1000.0, 0.0, 0.0, 0.0, 0.0, 'none', 'none')$$,
    'each rate by its unit and days, in its currency; energy from the chips installed');
SELECT results_eq($$SELECT chip_depreciation, server_depreciation, network_depreciation, building_depreciation, other_depreciation FROM october WHERE currency = 'USD'$$,
    $$VALUES (333333.33, 166666.67, 69444.44, 25000.00, 0.00)$$, 'depreciation by component: section 1');
SELECT is_empty($$SELECT * FROM p_report.utilisation_weighted_spend_all_bases
                  WHERE depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost <> total_cost
                     OR productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost <> total_cost
                     OR chip_depreciation + server_depreciation + network_depreciation + building_depreciation + other_depreciation <> depreciation$$,
    'components, parts and what depreciation is made of all add up');
SELECT results_eq($$SELECT productive_cost = round(0.6 * total_cost, 15), round(unavailable_cost - 0.05 * total_cost, 12), unmetered_cost FROM october WHERE currency = 'EUR'$$,
    $$VALUES (true, 0.0, 0.0)$$, 'rates follow chip-time like depreciation');
SELECT results_eq($$SELECT round(u.interconnect_cost, 9) FROM p_report.utilisation_weighted_spend_all_bases u
                    WHERE u.pool_id = 'P' AND u.period_month = '2025-10-01' AND u.basis = 'us_gaap' AND u.currency = 'USD'$$,
    $$VALUES (round(250000 * 0.19 / 0.81, 9))$$, 'a factor of depreciation is of each basis''s own');
SELECT results_eq($$SELECT round(interconnect_with_network, 9), round(facility_with_building, 9),
                           chip_depreciation + server_depreciation + other_depreciation + rent + lease_cost + energy + facility_with_building
                               + interconnect_with_network + operations_cost = total_cost,
                           depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost = total_cost
                    FROM p_report.chip_hour_cost WHERE period_month = '2025-10-01' AND chip_model_id = 'H100' AND ownership = 'owned' AND currency = 'USD'$$,
    $$VALUES (69444.44 + round(500000 * 0.19 / 0.81, 9), 25000.0 + 191250, true, true)$$, 'chip_hour_cost: two ways to the same total');
SELECT results_eq($$SELECT round(cost_per_installed_chip_hour * 744000 - total_cost, 6), round(cost_per_used_chip_hour * 446400 - total_cost, 6) FROM p_report.chip_hour_cost
                    WHERE period_month = '2025-10-01' AND chip_model_id = 'H100' AND ownership = 'owned' AND currency = 'USD'$$,
    $$VALUES (0.0, 0.0)$$, 'over installed and used hours');
-- 31 days of 2.5e22 FLOP: 215,277.78 PFLOP-hours of 446,400 x 0.989.
SELECT results_eq($$SELECT round(effective_pflop_hours, 9), peak_pflop_hours, round(mfu, 9), round(cost_per_effective_pflop_hour, 9)
                    FROM p_report.chip_hour_cost WHERE period_month = '2025-10-01' AND chip_model_id = 'H100' AND ownership = 'owned' AND currency = 'USD'$$,
    $$SELECT round(31 * 2.5e22 / 3.6e18, 9), 446400 * 0.989, round(31 * 2.5e22 / 3.6e18 / (446400 * 0.989), 9), round(total_cost / (31 * 2.5e22 / 3.6e18), 9) FROM october WHERE currency = 'USD'$$,
    'PFLOP-hours, MFU and the cost of an effective PFLOP-hour');
SELECT results_eq($$SELECT effective_pflop_hours, mfu, cost_per_effective_pflop_hour FROM p_report.chip_hour_cost
                    WHERE period_month = '2025-10-01' AND chip_model_id = 'DARK'$$,
    $$VALUES (NULL::numeric, NULL::numeric, NULL::numeric)$$, 'unknown where readings do not say');

-- The dark pool: 16 days of ten chips, a hall paid before there were any, and power nobody knows.
SELECT results_eq($$SELECT period_month, operations_cost, facility_cost, unmetered_cost = total_cost, energy_source FROM p_report.utilisation_weighted_spend
                    WHERE pool_id = 'D' AND period_month >= '2025-09-01' ORDER BY 1$$,
    $$VALUES (date '2025-09-01', 0.0, 60.0, true, 'none'), ('2025-10-01', 16 * 24 * 10.0, 60.0, false, 'none')$$,
    'a chip-hour rate costs from the day chips are in service, a monthly one from its own day');
SELECT results_eq($$SELECT rent, energy, energy_source FROM p_report.utilisation_weighted_spend WHERE pool_id = 'R' AND period_month = '2025-10-01'$$,
    $$VALUES (1488.0, 0.0, 'none')$$, 'energy of a rented pool is never estimated');
SELECT results_eq($$SELECT finding, severity, subject_id, period_month, row_count FROM p_report.data_quality
                    WHERE finding IN ('energy_unknown', 'rate_without_power') ORDER BY 1, 4$$,
    $$VALUES ('energy_unknown', 'warning', 'D', date '2025-10-01', 1::bigint), ('rate_without_power', 'error', 'D', '2025-09-01', 1), ('rate_without_power', 'error', 'D', '2025-10-01', 1)$$,
    'what cannot be computed is found, of owned pools only');
SELECT is_empty('SELECT * FROM p_report.ledger_check WHERE NOT ok', 'everything adds up');
SELECT set_has('SELECT DISTINCT check_name FROM p_report.ledger_check',
    $$VALUES ('facility_in_pools'), ('interconnect_in_pools'), ('operations_in_pools'), ('energy_in_pools'), ('chip_charges_in_pools')$$, 'and each component was looked at');
SELECT results_eq($$SELECT period_month, currency, fx_rate IS NULL FROM p_report.utilisation_weighted_spend WHERE pool_id = 'P' AND currency = 'EUR'$$,
    $$VALUES (date '2025-10-01', 'EUR', true)$$, 'a rate in another currency stands on a row of its own, in its months only');
SELECT isnt_empty($$SELECT * FROM p_report.data_quality WHERE finding = 'fx_rate_missing' AND subject_id = 'EUR'$$, 'and asks for a rate of exchange');

-- Each check fails when what it checks is changed behind its back.
CREATE FUNCTION pg_temp.tamper(view_name text, what text, instead text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    honest text := pg_get_viewdef(view_name::regclass);
    forged text := regexp_replace(honest, what, instead);
BEGIN
    IF forged = honest THEN
        RETURN format('%s does not contain %s', view_name, what);
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_invoker) AS %s', view_name, forged);
    RETURN (SELECT string_agg(DISTINCT check_name, ', ' ORDER BY check_name) FROM p_report.ledger_check WHERE NOT ok);
END
$$;
SAVEPOINT honest;
SELECT is(pg_temp.tamper('p.contract_month', 'r\.factor \* \(r\.days\)::numeric', 'r.factor * (r.days + 1)::numeric'), 'interconnect_in_pools', 'a factor for a day too many is found');
ROLLBACK TO honest;
SELECT is(pg_temp.tamper('p.cost_rate_month', '\(p\.chips \* ', '(2 * p.chips * '), 'facility_in_pools', 'critical power counted twice is found');
ROLLBACK TO honest;
SELECT is(pg_temp.tamper('p.pool_tariff', 'k\.tdp_watts \* ', '2 * k.tdp_watts * '), 'energy_in_pools', 'energy estimated twice is found');
ROLLBACK TO honest;
SELECT is(pg_temp.tamper('p_report.utilisation_weighted_spend_all_bases', 'publishable\(s\.chip_depreciation\)', 'publishable(s.server_depreciation)'),
          'chip_charges_in_pools, interconnect_in_pools', 'depreciation shown under another component is found');
ROLLBACK TO honest;

-- ---------------------------------------------------------------------------
-- An H100 at 525 W: 1.0519 kWh an hour, however it is known (accounting.md section 2); never twice
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('e', 'EUR', 1, 'Europe/Berlin');
INSERT INTO e.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('e', 'energy', 't') AS first_load \gset
INSERT INTO e.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('H100', 'H100', 700, 10.2 / 8 / 0.7, 0.75);
INSERT INTO e.site (site_id, name, pue) VALUES ('S', 'Site', 1.10);
INSERT INTO e.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES
    ('S', '0.10 EUR', '-infinity', '2025-10-16'), ('S', '0.20 EUR', '2025-10-16', '2025-10-18');
INSERT INTO e.pool (pool_id, name, site_id, chip_model_id, ownership)
SELECT x, x, 'S', 'H100', CASE WHEN x = 'leased' THEN 'leased' ELSE 'owned' END
FROM unnest(ARRAY['chip', 'server', 'facility', 'estimated', 'in_rent', 'mixed', 'leased', 'no tariff']) x;
SELECT add_reading_partitions('e', '2025-10-01');
INSERT INTO e.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, energy_basis, use_basis)
SELECT p, t, t + interval '1 hour', '2025-10-01', 3600000, 3600000, 3600000, 1800000, j, b, 'sm_active'
FROM (VALUES ('chip', '2025-10-15 22:00+02'::timestamptz, 525 * 3600::bigint, 'chip'), ('server', '2025-10-15 22:00+02', 95625 * 36, 'server'),
             ('facility', '2025-10-15 22:00+02', 1051875 * 36 / 10, 'facility'), ('estimated', '2025-10-15 22:00+02', NULL, NULL),
             ('in_rent', '2025-10-15 22:00+02', 1000, 'in_rent'), ('leased', '2025-10-16 00:00+02', NULL, NULL),
             -- An hour measured, an hour not, on either side of a change of tariff at local midnight.
             ('mixed', '2025-10-15 23:00+02', 525 * 3600, 'chip'), ('mixed', '2025-10-16 00:00+02', NULL, NULL),
             ('no tariff', '2025-10-18 00:00+02', NULL, NULL)) v (p, t, j, b);
SELECT publish_load('e', recorded_at => '2025-11-10', load_id => :first_load);
SET chipbook.as_of = '2025-11-15';
SELECT results_eq($$SELECT pool_id, round(energy_kwh, 4), round(energy, 12), energy_source, energy_split FROM e_report.utilisation_weighted_spend ORDER BY 1$$,
    $$VALUES ('chip', 1.0519, 0.1051875, 'measured', 'by_time'), ('estimated', 1.0519, 0.1051875, 'estimated', 'by_time'),
             ('facility', 1.0519, 0.1051875, 'measured', 'by_time'), ('in_rent', 0.0, 0.0, 'in_rent', 'none'),
             ('leased', 1.0519, 0.210375, 'estimated', 'by_time'), ('mixed', 2.1038, 0.3155625, 'mixed', 'by_time'),
             ('no tariff', 0.0, 0.0, 'none', 'none'), ('server', 1.0519, 0.1051875, 'measured', 'by_time')$$,
    '1.0519 kWh measured at chip, server or facility, or estimated; priced by the tariff at the start');
SELECT results_eq($$SELECT productive_cost, allocated_idle_cost, unmetered_cost FROM e_report.utilisation_weighted_spend WHERE pool_id = 'estimated'$$,
    $$VALUES (round(0.1051875 / 2, 15), round(0.1051875 / 2, 15), 0.0)$$, 'an estimate is split by time');
SELECT results_eq($$SELECT subject_id FROM e_report.data_quality WHERE finding = 'energy_unknown'$$, $$VALUES ('no tariff')$$, 'no tariff, no estimate: a finding');
SELECT is_empty('SELECT * FROM e_report.ledger_check WHERE NOT ok', 'and it adds up');

-- ---------------------------------------------------------------------------
-- Cost of capital: 30,000 at 10 % over five years (accounting.md section 5)
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('k');
INSERT INTO k.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('k', 'capital', 't') AS first_load \gset
INSERT INTO k.entity (entity_id, name, functional_currency) VALUES ('OTHER', 'without a rate', 'USD');
INSERT INTO k.entity_rate (entity_id, kind, rate, valid_from, valid_to) VALUES
    ('main', 'cost_of_capital', 0.10, '2024-01-01', '2025-01-01'), ('main', 'cost_of_capital', 0.20, '2025-01-01', 'infinity'),
    ('main', 'income_tax', 0.30, '2024-01-01', 'infinity');
INSERT INTO k.pool (pool_id, entity_id, name, ownership) VALUES
    ('whole', 'main', 'whole', 'owned'), ('half', 'main', 'half', 'owned'), ('leased', 'main', 'leased', 'leased'),
    ('other', 'OTHER', 'other', 'owned'), ('unknown', 'main', 'no policy', 'owned'), ('late', 'main', 'from the 16th', 'owned');
INSERT INTO k.asset (asset_id, entity_id, name, component, chips, cost, acquired_on, available_for_use_on)
SELECT p, 'main', p, 'chip', 1, '30000 USD', d, d FROM (VALUES ('whole', date '2024-01-01'), ('shared', '2024-01-01'), ('leased', '2024-01-01'),
    ('other', '2024-01-01'), ('unknown', '2024-01-01'), ('late', '2024-06-16')) v (p, d);
INSERT INTO k.asset_policy (asset_id, basis, policy)
SELECT asset_id, 'ifrs', amortisation_policy 'straight_line(life=5 years, convention=full_month)' FROM k.asset WHERE asset_id <> 'unknown'
UNION ALL SELECT asset_id, 'economic', 'annuity(life=5 years, rate=0.1, convention=full_month)' FROM k.asset;
INSERT INTO k.pool_asset (pool_id, asset_id, share)
SELECT CASE asset_id WHEN 'shared' THEN 'half' ELSE asset_id END, asset_id, CASE asset_id WHEN 'shared' THEN 0.5 ELSE 1 END FROM k.asset;
SELECT publish_load('k', recorded_at => '2025-02-05', load_id => :first_load);
SET chipbook.as_of = '2025-02-15';
SELECT results_eq($$SELECT basis, sum(depreciation), sum(cost_of_capital), sum(economic_cost), count(cost_of_capital) FROM k_report.utilisation_weighted_spend_all_bases
                    WHERE pool_id = 'whole' AND period_month < '2025-01-01' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('economic', 4913.92, NULL, NULL, 0::bigint), ('ifrs', 6000.00, 2700.0, 8700.0, 12)$$,
    '6,000 + 2,700 by straight line; an annuity''s payment has its interest in it: never 10,613.92');
SELECT results_eq($$SELECT round(4913.92 + 3000.00, 2)$$, $$VALUES (7913.92)$$, 'the annuity: principal and interest');
SELECT results_eq($$SELECT cost_of_capital FROM k_report.utilisation_weighted_spend WHERE pool_id = 'whole' AND period_month = '2025-01-01'$$,
    $$VALUES (round(0.20 * (24000 + 23500) / 2 / 12, 15))$$, 'the rate in force on the first of the month');
SELECT results_eq($$SELECT sum(cost_of_capital) FROM k_report.utilisation_weighted_spend WHERE pool_id = 'half' AND period_month < '2025-01-01'$$,
    $$VALUES (1350.0)$$, 'by share');
SELECT results_eq($$SELECT cost_of_capital FROM k_report.utilisation_weighted_spend WHERE pool_id = 'late' AND period_month = '2024-06-01'$$,
    $$VALUES (round(0.10 * (30000 + 29500) / 2 * 15 / 30 / 12, 15))$$, 'by days');
SELECT results_eq($$SELECT pool_id, count(*), count(cost_of_capital), count(economic_cost) FROM k_report.utilisation_weighted_spend
                    WHERE pool_id IN ('leased', 'other', 'unknown') OR pool_id IS NULL GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('leased', 13::bigint, 0::bigint, 0::bigint), ('other', 13, 0, 0), ('unknown', 13, 0, 0), (NULL, 13, 0, 0)$$,
    'unknown for leased pools, without a rate, without a policy, and for what is in no pool');
SELECT results_eq($$SELECT entity_id, ownership, count(cost_of_capital) FROM k_report.chip_hour_cost GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$VALUES ('OTHER', 'owned', 0::bigint), ('main', 'leased', 0), ('main', 'owned', 0)$$, 'a sum over pools is unknown when one of them is');
SELECT is_empty('SELECT * FROM k_report.ledger_check WHERE NOT ok', 'capital is in no total');

-- ---------------------------------------------------------------------------
-- Units of production: the charge follows use and is all productive (accounting.md section 3)
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('u');
INSERT INTO u.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('u', 'use', 't') AS first_load \gset
INSERT INTO u.pool (pool_id, name) VALUES ('P', 'P');
INSERT INTO u.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'chips', 'chip', 1, '10000 USD', '2025-10-01', '2025-10-01'), ('server', 'server', 'server', NULL, '3600 USD', '2025-10-01', '2025-10-01');
INSERT INTO u.asset_policy (asset_id, basis, policy) VALUES
    ('chips', 'ifrs', 'units_of_production(total_use=10000)'), ('server', 'ifrs', 'straight_line(life=3 years, convention=full_month)'),
    ('chips', 'us_gaap', 'straight_line(life=5 years, convention=full_month)'), ('server', 'us_gaap', 'straight_line(life=3 years, convention=full_month)');
INSERT INTO u.pool_asset (pool_id, asset_id) SELECT 'P', asset_id FROM u.asset;
SELECT add_reading_partitions('u', '2025-10-01');
INSERT INTO u.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'P', '2025-10-01 00:00+00', '2025-11-01 00:00+00', '2025-10-01', n, n, n * 8 / 10, n / 2, 'sm_active' FROM (VALUES (744 * 3600000::bigint)) v (n);
SELECT publish_load('u', recorded_at => '2025-11-05', load_id => :first_load);
SET chipbook.as_of = '2025-11-15';
SELECT results_eq($$SELECT basis, chip_depreciation, server_depreciation, productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, unmetered_cost
                    FROM u_report.utilisation_weighted_spend_all_bases ORDER BY 1$$,
    $$VALUES ('ifrs', 372.00, 100.00, 372 + 50.0, 30.0, 20.0, 0.0, 0.0), ('us_gaap', 166.67, 100.00, 266.67 / 2, round(266.67 * 0.3, 15), round(266.67 * 0.2, 15), 0.0, 0.0)$$,
    '372 used hours at 1 are productive; what else it cost, and other bases, follow chip-time');
SELECT is_empty('SELECT * FROM u_report.ledger_check WHERE NOT ok', 'and it adds up');

-- ---------------------------------------------------------------------------
-- Training runs: rows of Epoch AI's table (training-cost-trends, Apache-2.0; Cottier et al. 2024, arXiv
-- 2405.21015). The whole table is recomputed in test/t/020_epoch.pl.
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('t', basis => 'economic');
INSERT INTO t.source (source_id, kind, reference, confidence) VALUES ('epoch', 'dataset', 'Epoch AI, training-cost-trends', 'high');
SELECT open_load('t', 'runs', 'epoch') AS first_load \gset
INSERT INTO t.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load, peak_flops) VALUES
    ('H100', 'NVIDIA H100 SXM5', 700, 1.8214285714285714, 0.75, 989.5e12), ('A100', 'NVIDIA A100 SXM4 40 GB', 400, 2.03125, 0.75, 312e12),
    ('A100 80', 'NVIDIA A100 SXM4 80 GB', 400, 2.03125, 0.75, 312e12), ('TPU3', 'Google TPU v3', 450, 1.47, 0.43, NULL);
INSERT INTO t.site (site_id, name, pue) VALUES ('hyperscaler', 'hyperscaler', 1.10), ('other', 'other', 1.25);
INSERT INTO t.energy_tariff (site_id, price_per_kwh, valid_from, valid_to)
SELECT s, p, make_date(y, 1, 1), make_date(y + 1, 1, 1)
FROM (VALUES (2018, '0.0692 USD'::monetary), (2022, '0.0832 USD'), (2023, '0.0806 USD')) v (y, p), (VALUES ('hyperscaler'), ('other')) w (s);
INSERT INTO t.asset (asset_id, name, component, chip_model_id, chips, cost, acquired_on, available_for_use_on) VALUES
    ('H100', 'H100', 'chip', 'H100', 8, '355919.04 USD', '2022-12-19', '2022-12-19'),  -- eight at 44,489.88
    ('A100', 'A100', 'chip', 'A100', 1, '24875 USD', '2020-08-12', '2020-08-12'),
    ('A100 80', 'A100', 'chip', 'A100 80', 1, '24875 USD', '2021-02-14', '2021-02-14'),
    ('TPU3', 'TPU v3', 'chip', 'TPU3', 1, '8652.64 USD', '2018-05-18', '2018-05-18'),
    ('booked', 'straight line', 'chip', 'H100', 1, '43830 USD', '2023-01-01', '2023-01-01'),
    ('euro', 'bought in euro', 'chip', 'H100', 1, '24875 EUR', '2023-01-01', '2023-01-01'),
    ('nowhere', 'no policy', 'chip', 'H100', 1, '24875 USD', '2023-01-01', '2023-01-01');
INSERT INTO t.asset_policy (asset_id, basis, policy)
SELECT asset_id, 'economic', CASE asset_id WHEN 'booked' THEN 'straight_line(life=5 years)' ELSE 'exponential(rate=0.14)' END::amortisation_policy
FROM t.asset WHERE asset_id <> 'nowhere';
INSERT INTO t.pool (pool_id, name, site_id) VALUES ('hyperscaler', 'hyperscaler', 'hyperscaler'), ('other', 'other', 'other'), ('bare', 'bare', NULL);
INSERT INTO t.cost_rate (cost_rate_id, pool_id, component, unit, factor, valid_from, valid_to) VALUES
    ('h', 'hyperscaler', 'interconnect', 'depreciation', 0.19 / 0.81, '2010-01-01', 'infinity'),
    ('o', 'other', 'interconnect', 'depreciation', 0.19 / 0.81, '2010-01-01', 'infinity'),
    ('not this', 'other', 'operations', 'depreciation', 7, '2010-01-01', 'infinity');
INSERT INTO t.training_run (run_id, name, asset_id, pool_id, base_run_id, started_on, priced_on, chip_hours, model_flops) VALUES
    ('Inflection-2', 'Inflection-2', 'H100', 'other', NULL, '2023-08-20', '2023-11-22', 7497284.949256637, 1.001e25),
    ('Falcon-180B', 'Falcon-180B', 'A100', 'other', NULL, '2023-01-09', '2023-09-06', 17694720, 3.76e24),
    ('OPT-175B', 'OPT-175B', 'A100 80', 'hyperscaler', NULL, '2022-01-28', '2022-05-02', 812544, 4.3e23),
    ('BlenderBot 3', 'BlenderBot 3', 'A100', 'hyperscaler', 'OPT-175B', '2022-05-08', '2022-08-10', 1020892.6875593541, NULL),
    ('BigGAN', 'BigGAN-deep 512x512', 'TPU3', 'hyperscaler', NULL, '2018-07-28', '2018-09-28', 12288, 1.8e21),
    -- and what the table has not
    ('early', 'before the release', 'TPU3', 'hyperscaler', NULL, '2018-02-07', NULL, 1000, NULL),
    ('booked early', 'before it was bought', 'booked', 'other', NULL, '2022-12-31', NULL, 1000, NULL),
    ('booked', 'straight line', 'booked', 'other', NULL, '2023-07-01', NULL, 1000, NULL),
    ('no pool', 'no pool', 'A100', NULL, NULL, '2023-01-09', NULL, 1000, NULL),
    ('no tariff', 'no tariff', 'A100', 'other', NULL, '2021-01-09', NULL, 1000, NULL),
    ('euro', 'tariff in dollars', 'euro', 'other', NULL, '2023-01-09', NULL, 1000, NULL),
    ('nowhere', 'no policy', 'nowhere', 'other', NULL, '2023-01-09', NULL, 1000, NULL),
    ('on euro', 'base in euro', 'A100', 'other', 'euro', '2023-01-09', NULL, 1000, NULL),
    ('third', 'a fine-tune of a fine-tune', 'A100', 'other', 'BlenderBot 3', '2023-01-09', NULL, 1000, NULL),
    ('egg', 'egg', 'A100', 'other', 'hen', '2023-01-09', NULL, 1000, NULL), ('hen', 'hen', 'A100', 'other', 'egg', '2023-01-09', NULL, 1000, NULL),
    ('chick', 'of the egg', 'A100', 'other', 'egg', '2023-01-09', NULL, 1000, NULL);
SELECT publish_load('t', :first_load);
SELECT ok(abs(c.hardware_cost / v.hardware - 1) < 1e-9 AND abs(c.interconnect_cost / v.interconnect - 1) < 1e-9
          AND abs(c.energy_cost / v.energy - 1) < 1e-9 AND abs(c.total_cost / v.total - 1) < 1e-9 AND abs(c.energy_kwh / v.kwh - 1) < 1e-9,
          'Epoch AI: ' || v.run_id)
FROM (VALUES
    ('Inflection-2', 6030296.675441302 + 3859389.8722824324, 2319803.0173672955, 722304.8323222109, 12931794.39741324, 8961598.415908324),
    ('Falcon-180B', 4484744.823372896 + 2959931.5834261104, 1746282.1201133472, 1086359.04, 10277317.566912353, 13478400.0),
    ('OPT-175B', 329348.77832160686 + 217370.19369226048, 128242.72183041333, 45315.57888, 720277.2727242807, 544658.4),
    ('BlenderBot 3', 650837.4813695806 + 429552.73770392314, 253424.8662024268, 102250.76406518518, 1436065.849341116, 684317.1296296297),
    ('BigGAN', 2239.3089238116254 + 1433.1577112394398, 861.4427909379041, 266.0592033792, 4799.968629368169, 3844.7861760000005)
    ) v (run_id, hardware, interconnect, energy, total, kwh)
LEFT JOIN t_report.training_run_cost c USING (run_id);
SELECT is_empty($$SELECT * FROM t_report.training_run_cost WHERE abs(hardware_cost + interconnect_cost + energy_cost - total_cost) > 1e-12
                     OR abs(own_cost + base_cost - total_cost) > 1e-12$$, 'the parts add up, both ways');
SELECT results_eq($$SELECT b.base_cost = o.total_cost, round(b.own_cost + o.own_cost - b.total_cost, 12), o.base_cost FROM t_report.training_run_cost b, t_report.training_run_cost o
                    WHERE b.run_id = 'BlenderBot 3' AND o.run_id = 'OPT-175B'$$, $$VALUES (true, 0.0, 0.0)$$, 'a fine-tune has its base model''s whole cost in it');
SELECT results_eq($$SELECT round(t.base_cost - b.total_cost, 9) FROM t_report.training_run_cost t, t_report.training_run_cost b
                    WHERE t.run_id = 'third' AND b.run_id = 'BlenderBot 3'$$, $$VALUES (0.0)$$, 'and of what that fine-tuned, once');
SELECT results_eq($$SELECT round(effective_pflop_hours, 6), round(mfu, 6), round(cost_per_effective_pflop_hour * effective_pflop_hours - own_cost, 6)
                    FROM t_report.training_run_cost WHERE run_id = 'Inflection-2'$$,
    $$VALUES (round(1.001e25 / 3.6e18, 6), round(1.001e25 / (7497284.949256637 * 3600 * 989.5e12), 6), 0.0)$$, 'effective PFLOP-hours and MFU of a run');
SELECT results_eq($$SELECT run_id, hardware_cost IS NULL, energy_cost IS NULL, base_cost IS NULL, total_cost IS NULL FROM t_report.training_run_cost
                    WHERE total_cost IS NULL ORDER BY run_id COLLATE "C"$$,
    $$VALUES ('booked early', true, false, false, true), ('chick', true, true, true, true), ('egg', true, true, true, true), ('euro', false, true, false, true),
             ('hen', true, true, true, true), ('no pool', false, true, false, true), ('no tariff', false, true, false, true), ('nowhere', true, false, false, true),
             ('on euro', true, true, true, true)$$, 'what is missing is not known, never 0; runs that are each other''s base are no whole');
-- 100 days before its date the chip is worth 8,652.64 x 10^(0.14 x 100 / 365.25); five years of a straight line, 43,830 / 43,824 h.
SELECT results_eq($$SELECT run_id, before_asset, round(hardware_cost, 6) FROM t_report.training_run_cost WHERE run_id IN ('early', 'booked', 'Inflection-2') ORDER BY run_id COLLATE "C"$$,
    $$VALUES ('Inflection-2', false, round(6030296.675441302 + 3859389.8722824324, 6)), ('booked', false, round(1000 * 43830 / (1826 * 24.0), 6)),
             ('early', true, round((1000 * 8652.64 * power(10, 0.14 * 100 / 365.25) * 0.14 * ln(10.0) / 8766)::numeric, 6))$$,
    'before its date an exponential asset was worth more than its price; that is said');
SELECT results_eq($$SELECT finding, count(*) FROM t_report.data_quality WHERE subject = 'training_run' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('training_run_before_asset', 2::bigint), ('training_run_without_cost', 9)$$, 'and found');
SELECT is_empty('SELECT run_id FROM t_report.training_run_cost GROUP BY 1 HAVING count(*) > 1', 'a row for each run');

SELECT * FROM finish();
ROLLBACK;
