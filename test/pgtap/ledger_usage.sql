-- Pools, the split of their spend, chip-hour costs and ledger_check.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';      -- no figure may depend on the session's zone
SET DateStyle = 'SQL, DMY';
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Pool P: accounting.md section 1
-- ---------------------------------------------------------------------------
SELECT create_ledger('p');
INSERT INTO p.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('p', 'pool P', 't') AS first_load \gset
INSERT INTO p.party (party_id, name, kind) VALUES ('US', 'Us', 'company');
INSERT INTO p.chip_model (chip_model_id, name, server_power_factor) VALUES ('H100', 'H100', 10.2 / 8 / 0.7);
INSERT INTO p.site (site_id, name, pue) VALUES ('S', 'Site', 1.10);
INSERT INTO p.cost_centre (cost_centre_id, name) VALUES ('CC', 'Research');
INSERT INTO p.asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'chips', 'chip', 'H100', 1000, 'S', '20000000 USD', '2025-01-01', '2025-01-01'),
    ('servers', 'servers', 'server', NULL, NULL, 'S', '10000000 USD', '2025-01-01', '2025-01-01'),
    ('network', 'network', 'network', NULL, NULL, 'S', '5000000 USD', '2025-01-01', '2025-01-01'),
    ('building', 'building share', 'building', NULL, NULL, 'S', '6000000 USD', '2025-01-01', '2025-01-01');
INSERT INTO p.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', amortisation_policy(method => 'straight_line', life => make_interval(years => y), convention => 'full_month')
FROM (VALUES ('chips', 5), ('servers', 5), ('network', 6), ('building', 20)) v (a, y);
INSERT INTO p.pool (pool_id, name, provider_id, site_id, chip_model_id, cost_centre_id) VALUES ('P', 'pool P', 'US', 'S', 'H100', 'CC');
INSERT INTO p.pool_asset (pool_id, asset_id) SELECT 'P', asset_id FROM p.asset;
SELECT add_reading_partitions('p', '2025-01-01', '2025-12-01');
INSERT INTO p.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'P', d, d + interval '1 day', '2025-10-01', n, n * 95 / 100, n * 80 / 100, n * 60 / 100, 'sm_active'
FROM generate_series(timestamptz '2025-10-01 00:00+00', '2025-10-31 00:00+00', '1 day') d,
     LATERAL (SELECT 1000 * 86400000::bigint AS n) c;
SELECT publish_load('p', recorded_at => '2025-11-10', load_id => :first_load);
SET chipbook.as_of = '2025-11-15';

PREPARE october AS SELECT * FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01' AND pool_id = 'P';
SELECT results_eq($$SELECT component, charge, state FROM p_report.chip_book_value WHERE period_month = '2025-10-01' ORDER BY cost DESC$$,
    $$VALUES ('chip', 333333.33::numeric(38,15), 'in_service'), ('server', 166666.67, 'in_service'),
             ('building', 25000.00, 'in_service'), ('network', 69444.44, 'in_service')$$,
    'October''s charges of the four components');
SELECT results_eq($$SELECT depreciation, rent, energy, total_cost, productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, unmetered_cost
                    FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01'$$,
    $$VALUES (594444.44::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 594444.44::numeric(38,15),
              356666.664::numeric(38,15), 118888.888::numeric(38,15), 89166.666::numeric(38,15), 29722.222::numeric(38,15), 0::numeric(38,15))$$,
    'October of pool P, split');
SELECT results_eq($$SELECT installed_chip_hours, available_chip_hours, allocated_chip_hours, used_chip_hours, capacity_chip_hours
                    FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01'$$,
    $$VALUES (744000::numeric(38,15), 706800::numeric(38,15), 595200::numeric(38,15), 446400::numeric(38,15), 744000::numeric(38,15))$$,
    'its chip-hours');
SELECT results_eq($$SELECT round(cost_per_installed_chip_hour, 5), round(cost_per_used_chip_hour, 5), utilisation, allocation_rate, spend_utilisation, use_basis, energy_split, readings
                    FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01'$$,
    $$VALUES (0.79898, 1.33164, 0.6::numeric(38,15), 0.8::numeric(38,15), 0.6::numeric(38,15), 'sm_active', 'none', 31::bigint)$$,
    'cost per hour, utilisation both ways');
SELECT is_empty('SELECT * FROM p_report.ledger_check WHERE NOT ok', 'everything adds up');
SELECT * FROM finish();
ROLLBACK;
