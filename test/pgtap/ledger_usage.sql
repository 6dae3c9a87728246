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
     LATERAL (SELECT chip_time(1000, tstzrange(d, d + interval '1 day')) AS n) c;
SELECT publish_load('p', recorded_at => '2025-11-10', load_id => :first_load);
SET chipbook.as_of = '2025-11-15';

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
SELECT results_eq($$SELECT check_name, count(*) FROM p_report.ledger_check WHERE period_month = '2025-10-01' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('book_value_carries_over', 1::bigint), ('building_charges_in_pools', 1), ('charges_in_pools', 1), ('chip_charges_in_pools', 1), ('chip_time_in_pools', 1),
             ('cost_carries_over', 1), ('network_charges_in_pools', 1), ('register_adds_up', 1), ('register_book_value', 1), ('register_charge', 1),
             ('register_transfers', 1), ('server_charges_in_pools', 1), ('split_adds_up', 1)$$, 'and was looked at');
SELECT results_eq($$SELECT total_cost, round(cost_per_installed_chip_hour, 5), installed_chip_hours, available_chip_hours, allocated_chip_hours, used_chip_hours,
                           round(cost_per_available_chip_hour * 706800, 2), round(cost_per_allocated_chip_hour * 595200, 2), round(cost_per_used_chip_hour * 446400, 2)
                    FROM p_report.chip_hour_cost WHERE period_month = '2025-10-01' AND provider_id = 'US' AND chip_model_id = 'H100' AND site_id = 'S'$$,
    $$VALUES (594444.44, 0.79898, 744000.0, 706800.0, 595200.0, 446400.0, 594444.44, 594444.44, 594444.44)$$,
    'chip_hour_cost: one cost over four counts of hours');
-- The same figures from the aggregate.
SELECT results_eq($$SELECT amount(productive_cost(s)), amount(allocated_idle_cost(s)), amount(unallocated_cost(s)), amount(unavailable_cost(s)),
                           amount(idle_cost(s)), utilisation(s), allocation_rate(s), spend_utilisation(s),
                           amount(cost_per_installed_hour(s)), amount(cost_per_used_hour(s)), used_hours(s)
                    FROM (SELECT spend_agg('594444.44 USD', r.i, r.a, r.l, r.u) AS s
                          FROM (SELECT sum(installed_chip_ms)::bigint AS i, sum(available_chip_ms)::bigint AS a,
                                       sum(allocated_chip_ms)::bigint AS l, sum(used_chip_ms)::bigint AS u FROM p.meter_reading_known) r) x$$,
    $$SELECT productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, idle_cost, utilisation, allocation_rate, spend_utilisation,
             cost_per_installed_chip_hour, cost_per_used_chip_hour, used_chip_hours
      FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01'$$,
    'spend_agg and the view give the same figures');

-- A whole year (2025, with readings in October only): 7,133,333.33 over 8,760 hours of 1,000 chips.
SET chipbook.as_of = '2026-01-05';
SELECT results_eq($$SELECT sum(depreciation), sum(capacity_chip_hours), round(sum(depreciation) / sum(capacity_chip_hours), 4)
                    FROM p_report.utilisation_weighted_spend$$,
    $$VALUES (7133333.33, 8760000.0, 0.8143)$$, 'a whole year per installed hour');
SELECT results_eq($$SELECT DISTINCT unmetered_cost = total_cost, use_basis, utilisation IS NULL, cost_per_used_chip_hour IS NULL, readings
                    FROM p_report.utilisation_weighted_spend WHERE period_month <> '2025-10-01'$$,
    $$VALUES (true, 'none', true, true, 0::bigint)$$, 'months without readings are unmetered');

-- 31 October goes missing: its cost is unmetered, never lost.
RESET chipbook.as_of;
SAVEPOINT missing;
SET LOCAL session_replication_role = replica;
DELETE FROM p.usage_day WHERE reading_day = '2025-10-31';
SET LOCAL session_replication_role = origin;
SET chipbook.as_of = '2025-11-15';
SELECT results_eq($$SELECT round(unmetered_cost, 2), total_cost, productive_cost + idle_cost + unmetered_cost, capacity_chip_hours - installed_chip_hours
                    FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01'$$,
    $$VALUES (19175.63, 594444.44, 594444.44, 24000.0)$$, 'a missing day is unmetered');
SELECT results_eq($$SELECT round(amount(productive_cost(s)), 13), round(amount(unavailable_cost(s)), 13), round(amount(unmetered_cost(s)), 13),
                           spend_utilisation(s), amount(cost_per_used_hour(s))
                    FROM (SELECT spend_agg(part, i, a, l, u) AS s
                          FROM (VALUES (1, 720000 * 3600000::bigint, 684000 * 3600000::bigint, 576000 * 3600000::bigint, 432000 * 3600000::bigint),
                                       (2, 0, 0, 0, 0)) v (n, i, a, l, u)
                          JOIN unnest(allocate('594444.44 USD', '{720000,24000}')) WITH ORDINALITY p (part, n) USING (n)) x$$,
    $$SELECT round(productive_cost, 13), round(unavailable_cost, 13), round(unmetered_cost, 13), spend_utilisation, cost_per_used_chip_hour
      FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01'$$, 'as spend_agg has it');
SELECT is_empty('SELECT * FROM p_report.ledger_check WHERE NOT ok', 'and all still adds up');
ROLLBACK TO missing;

-- ---------------------------------------------------------------------------
-- Tampering: each check fails when what it checks is changed behind its back
-- ---------------------------------------------------------------------------
SET chipbook.as_of = '2025-11-15';
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
SELECT is(pg_temp.tamper('p_report.utilisation_weighted_spend_all_bases', 'publishable\(s\.unavailable\)', 'publishable(s.unavailable - 0.000000000000001)'),
          'split_adds_up', 'a part one unit short is found');
ROLLBACK TO honest;
SELECT is(pg_temp.tamper('p_report.utilisation_weighted_spend_all_bases', 'publishable\(s\.depreciation\)', 'publishable(s.depreciation + 1)'),
          'charges_in_pools, split_adds_up', 'depreciation that no asset was charged is found');
ROLLBACK TO honest;
SELECT is(pg_temp.tamper('p_report.chip_book_value_all_bases', 'amount\((a\.)?charge\)', '(amount(charge) + 1)'),
          'building_charges_in_pools, charges_in_pools, charges_of_asset, chip_charges_in_pools, network_charges_in_pools, register_charge, server_charges_in_pools',
          'charges that do not add up to the loss of value are found');
ROLLBACK TO honest;
SELECT is(pg_temp.tamper('p.reading_group', 'p\.usage_day_known r', '(SELECT m.* FROM p.usage_day_known m, generate_series(1, 4)) r'),
          'chip_time_in_pools', 'readings joined four times (0.2036 an hour) are found');
ROLLBACK TO honest;
SELECT is(pg_temp.tamper('p.pool_month_charge', 'WHERE ', 'WHERE a.asset_id = ''chips'' AND '),
          'building_charges_in_pools, charges_in_pools, network_charges_in_pools, server_charges_in_pools', 'components left out (0.4566 an hour) are found');
ROLLBACK TO honest;

-- ---------------------------------------------------------------------------
-- Names of the session's own, and the plan
-- ---------------------------------------------------------------------------
SAVEPOINT named;
CREATE TEMP TABLE party (party_id text);
CREATE TEMP TABLE asset (asset_id text);
CREATE TEMP TABLE meter_reading (pool_id text);
CREATE TEMP TABLE clock (as_of timestamptz);
SET search_path = pg_temp, chipbook, public, pg_catalog;
SELECT results_eq($$SELECT total_cost, used_chip_hours FROM p_report.utilisation_weighted_spend WHERE period_month = '2025-10-01'$$,
    $$VALUES (594444.44, 446400.0)$$, 'temporary tables of the same names capture no view');
SELECT lives_ok($$SELECT create_ledger('q')$$, 'a ledger can be made beside them');
SELECT is_empty($$SELECT * FROM q_report.utilisation_weighted_spend$$, 'whose views read its own tables');
ROLLBACK TO named;

CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END
$$;
SELECT set_eq($$SELECT DISTINCT substring(l FROM 'meter_reading_\d+_\d+') FROM pg_temp.plan_of(
        'SELECT * FROM p.meter_reading_known WHERE month = ''2025-10-01''') l WHERE l ~ 'Scan on meter_reading'$$,
    $$VALUES ('meter_reading_2025_10')$$, 'a month reads its own partition only');
SELECT set_eq($$SELECT DISTINCT substring(l FROM 'meter_reading_\d+_\d+') FROM pg_temp.plan_of(
        'SELECT * FROM p.reading_day_part WHERE month BETWEEN ''2025-09-01'' AND ''2025-10-31''') l WHERE l ~ 'Scan on meter_reading'$$,
    $$VALUES ('meter_reading_2025_09'), ('meter_reading_2025_10')$$, 'a range of months reads theirs, by the day too');
SET enable_seqscan = off;
CREATE FUNCTION pg_temp.days_read(query text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT DISTINCT substring(l FROM 'Scan (?:on meter_reading|using usage_day_of_pool|on usage_day)|AND [(]month (?:=|>=|<=) ')
    FROM pg_temp.plan_of(query) l WHERE l ~ 'Scan (on meter_reading|using usage_day_of_pool|on usage_day)|Index Cond: [(]+month < .* AND [(]month (=|>=) '$$;
SELECT set_eq($$SELECT pg_temp.days_read('SELECT * FROM p_report.utilisation_weighted_spend WHERE period_month = ''2025-10-01''')$$,
    $$VALUES ('Scan using usage_day_of_pool'), ('AND (month = ')$$, 'what is published of a month reads the days of that month, and no reading');
SELECT set_eq($$SELECT pg_temp.days_read('SELECT * FROM p_report.chip_hour_cost WHERE period_month BETWEEN ''2025-09-01'' AND ''2025-10-31''')$$,
    $$VALUES ('Scan using usage_day_of_pool'), ('AND (month >= ')$$, 'and of a range of months theirs');
RESET enable_seqscan;

-- ---------------------------------------------------------------------------
-- A ledger in Berlin: shares, moves, rent, energy, two currencies, odd readings
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SET DateStyle = 'ISO, YMD';
SELECT create_ledger('b', 'EUR', 1, 'Europe/Berlin', 'hgb');
INSERT INTO b.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('b', 'Berlin', 't') AS first_load \gset
INSERT INTO b.party (party_id, name, kind) VALUES ('US', 'Us', 'company'), ('CLOUD', 'Cloud', 'company');
INSERT INTO b.chip_model (chip_model_id, name, server_power_factor) VALUES ('H100', 'H100', 10.2 / 8 / 0.7), ('NEW', 'New', NULL);
INSERT INTO b.site (site_id, name, pue) VALUES ('S', 'Site', 1.10), ('T', 'Late tariff', 1.2), ('U', 'Plain', 1);
INSERT INTO b.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES
    ('S', '0.10 EUR', '-infinity', '2025-10-16'), ('S', '0.20 EUR', '2025-10-16', 'infinity'),
    ('T', '0.30 EUR', '2025-10-02', 'infinity'), ('U', '1 USD', '-infinity', 'infinity');
INSERT INTO b.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('USD', 'EUR', 'average', '2025-10-15', 0.5), ('USD', 'EUR', 'average', '2025-10-31', 0.8), ('USD', 'EUR', 'closing', '2025-09-30', 0.9);
INSERT INTO b.pool (pool_id, name, provider_id, site_id, chip_model_id, ownership) VALUES
    ('X', 'half', 'US', 'S', 'H100', 'owned'), ('Y', 'three tenths', 'US', 'S', 'H100', 'owned'),
    ('R', 'rented', 'CLOUD', NULL, 'H100', 'rented'), ('E', 'energy', 'US', 'U', 'H100', 'owned'),
    ('D', 'disorder', 'US', NULL, 'H100', 'owned'), ('N', 'no price', 'US', 'T', 'NEW', 'owned'),
    ('Z', 'nothing installed', 'US', NULL, 'H100', 'owned'), ('F', 'no cost', 'US', NULL, 'H100', 'owned');
INSERT INTO b.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on) VALUES
    ('shared', 'in two pools', 'chip', 10, '12000.01 USD', '2025-01-01', '2025-01-01', NULL),
    ('moved', 'from X to Y', 'chip', 10, '12000 EUR', '2025-01-01', '2025-01-01', NULL),
    ('spare', 'in no pool', 'chip', 10, '2400 EUR', '2025-01-01', '2025-01-01', NULL),
    ('e1', '100 in a month', 'chip', 1, '100 USD', '2025-10-01', '2025-10-01', NULL),
    ('d1', '100 in a month', 'chip', 1, '100 EUR', '2025-10-01', '2025-10-01', NULL),
    ('n1', 'no policy', 'chip', 1, '100 EUR', '2025-10-01', '2025-10-01', NULL),
    ('z1', '31 in a month', 'chip', 1, '31 EUR', '2025-10-01', '2025-10-01', NULL),
    ('gone', 'retired in October', 'chip', 10, '3650 EUR', '2025-01-01', '2025-01-01', '2025-10-11');
INSERT INTO b.asset_policy (asset_id, basis, policy)
SELECT a, 'hgb', amortisation_policy(method => 'straight_line', life => l, convention => c)
FROM (VALUES ('shared', interval '1 year', 'full_month'), ('moved', '1 year', 'full_month'), ('spare', '2 years', 'full_month'),
             ('e1', '1 month', 'full_month'), ('d1', '1 month', 'full_month'), ('z1', '1 month', 'full_month'), ('gone', '1 year', 'actual_days')) v (a, l, c);
INSERT INTO b.asset_policy (asset_id, basis, policy)
VALUES ('shared', 'us_gaap', amortisation_policy(method => 'straight_line', life => '2 years', convention => 'full_month'));
INSERT INTO b.pool_asset (pool_id, asset_id, share, valid_from, valid_to) VALUES
    ('X', 'shared', 0.5, '-infinity', 'infinity'), ('Y', 'shared', 0.3, '-infinity', 'infinity'),
    ('X', 'moved', 1, '-infinity', '2025-10-16'), ('Y', 'moved', 1, '2025-10-16', 'infinity'),
    ('E', 'e1', 1, '-infinity', 'infinity'), ('D', 'd1', 1, '-infinity', 'infinity'), ('N', 'n1', 1, '-infinity', 'infinity'),
    ('Z', 'z1', 1, '-infinity', 'infinity'), ('D', 'gone', 1, '2025-01-01', '2025-10-01'), ('Y', 'gone', 1, '2025-10-01', 'infinity');
INSERT INTO b.rented_capacity (rental_id, pool_id, supplier_id, chips, rate, valid_from, valid_to)
VALUES ('r', 'R', 'CLOUD', 2, '1.5 USD', '2025-01-01', '2025-11-11');
SELECT add_reading_partitions('b', '2025-01-01', '2025-12-01');
INSERT INTO b.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, idle_joules, energy_basis, use_basis) VALUES
    -- X: an hour of one H100 at 525 W, measured in four ways, on either side of a change of tariff at local midnight.
    ('X', '2025-10-15 22:00+02', '2025-10-15 23:00+02', '2025-10-01', 3600000, 3600000, 3600000, 1800000, 525 * 3600, NULL, 'chip', 'sm_active'),
    ('X', '2025-10-15 23:00+02', '2025-10-16 00:00+02', '2025-10-01', 3600000, 3600000, 3600000, 1800000, 95625 * 36, NULL, 'server', 'sm_active'),
    ('X', '2025-10-16 00:00+02', '2025-10-16 01:00+02', '2025-10-01', 3600000, 3600000, 3600000, 1800000, 1051875 * 36 / 10, NULL, 'facility', 'gpu_util'),
    ('X', '2025-10-16 01:00+02', '2025-10-16 02:00+02', '2025-10-01', 3600000, 3600000, 3600000, 1800000, 1000000000, NULL, 'in_rent', 'sm_active'),
    -- E: capacity 100 at 50 % used, energy 20 of which idle chips drew 5 (accounting.md section 3).
    ('E', '2025-10-01 00:00+02', '2025-11-01 00:00+01', '2025-10-01', 745 * 3600000::bigint, 745 * 3600000::bigint, 745 * 3600000::bigint, 745 * 1800000::bigint, 72000000, 18000000, 'facility', 'sm_active'),
    -- D: available 90, allocated 60, used 70 of 100.
    ('D', '2025-10-01 00:00+02', '2025-11-01 00:00+01', '2025-10-01', 745 * 3600000::bigint, 745 * 3240000::bigint, 745 * 2160000::bigint, 745 * 2520000::bigint, NULL, NULL, NULL, 'sm_active'),
    -- N: no tariff yet; then a chip's energy without a server power factor.
    ('N', '2025-10-01 00:00+02', '2025-10-01 01:00+02', '2025-10-01', 3600000, 3600000, 3600000, 3600000, 1000, NULL, 'server', 'sm_active'),
    ('N', '2025-10-02 01:00+02', '2025-10-02 02:00+02', '2025-10-01', 3600000, 3600000, 3600000, 3600000, 1000, NULL, 'chip', 'sm_active'),
    ('Z', '2025-10-01 00:00+02', '2025-10-01 01:00+02', '2025-10-01', 0, 0, 0, 0, NULL, NULL, NULL, 'sm_active'),
    ('F', '2025-10-01 00:00+02', '2025-10-01 01:00+02', '2025-10-01', 3600000, 3600000, 3600000, 3600000, NULL, NULL, NULL, 'goodput'),
    -- R: three chips metered where two are rented.
    ('R', '2025-09-01 00:00+02', '2025-10-01 00:00+02', '2025-09-01', 3 * 720 * 3600000::bigint, 3 * 720 * 3600000::bigint, 3 * 720 * 3600000::bigint, 720 * 3600000::bigint, NULL, NULL, NULL, 'sm_active');
SELECT publish_load('b', :first_load, recorded_at => '2025-11-20 00:00+00');
SET chipbook.as_of = '2025-12-05';

SELECT is_empty('SELECT * FROM b_report.ledger_check WHERE NOT ok', 'everything adds up in Berlin');
SELECT set_eq('SELECT DISTINCT check_name FROM b_report.ledger_check',
    $$VALUES ('split_adds_up'), ('charges_in_pools'), ('chip_charges_in_pools'), ('charges_of_asset'), ('rent_in_pools'), ('energy_in_pools'), ('chip_time_in_pools'),
             ('register_adds_up'), ('register_book_value'), ('register_charge'), ('register_disposal_gain'), ('register_transfers'), ('cost_carries_over'), ('book_value_carries_over')$$,
    'every check had something to look at');
SELECT is_empty($$SELECT * FROM b_report.utilisation_weighted_spend_all_bases
                  WHERE num_nulls(depreciation, rent, energy, total_cost, productive_cost, idle_cost, allocated_idle_cost, unallocated_cost, unavailable_cost,
                                  unmetered_cost, metered_cost, capacity_chip_hours, installed_chip_hours, available_chip_hours, allocated_chip_hours,
                                  used_chip_hours, energy_kwh, readings, disordered_readings, unpriced_readings, unknown_charges, last_recorded_at, entity_id) > 0
                     OR total_cost <> productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost
                     OR total_cost <> depreciation + rent + lease_cost + energy$$, 'no NULL where something is added; every row adds up');

-- 1,000.00 USD in May: half, three tenths, and the rest in no pool.
SELECT results_eq($$SELECT pool_id, depreciation FROM b_report.utilisation_weighted_spend
                    WHERE period_month = '2025-05-01' AND currency = 'USD' AND rent = 0 ORDER BY 1$$,
    $$VALUES ('X', 500.0), ('Y', 300.0), (NULL, 200.0)$$, 'shares below one leave a rest');
SELECT results_eq($$SELECT sum(depreciation) FROM b_report.utilisation_weighted_spend WHERE currency = 'USD' AND pool_id IS DISTINCT FROM 'E'$$,
    $$SELECT sum(charge) FROM b_report.chip_book_value WHERE asset_id = 'shared'$$, 'which is never lost');
SELECT results_eq($$SELECT basis, sum(depreciation) FROM b_report.utilisation_weighted_spend_all_bases
                    WHERE period_month = '2025-05-01' AND currency = 'USD' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('hgb', 1000.00), ('us_gaap', 500.00)$$, 'another basis, another charge');
-- 'moved' left X for Y on 16 October: 15 and 16 of 31 days; 'gone' was charged 10 days at 10 EUR.
SELECT results_eq($$SELECT pool_id, round(depreciation, 6), capacity_chip_hours FROM b_report.utilisation_weighted_spend
                    WHERE period_month = '2025-10-01' AND currency = 'EUR' AND pool_id IN ('X', 'Y') ORDER BY 1$$,
    $$VALUES ('X', round(1000 * 15 / 31.0, 6), 3600.0 + 3725),
             ('Y', round(1000 * 16 / 31.0 + 100, 6), 3850.0 + 2235 + 2400)$$, 'an asset that moves is shared by days, its chips by hours');
SELECT results_eq($$SELECT sum(depreciation) FROM b_report.utilisation_weighted_spend WHERE period_month = '2025-10-01' AND pool_id IN ('X', 'Y') AND currency = 'EUR'$$,
    $$VALUES (1100.00)$$, 'and exactly');
SELECT results_eq($$SELECT unmetered_cost, total_cost, ownership, use_basis FROM b_report.utilisation_weighted_spend
                    WHERE period_month = '2025-06-01' AND currency = 'EUR' AND pool_id IS NULL$$,
    $$VALUES (100.0, 100.0, 'owned', 'none')$$, 'an asset in no pool is a row of its own, unmetered');

-- Months have the hours they have: 743 in March, 745 in October, and ten days of November.
SELECT results_eq($$SELECT period_month, capacity_chip_hours, rent FROM b_report.utilisation_weighted_spend
                    WHERE pool_id = 'R' AND period_month IN ('2025-02-01', '2025-03-01', '2025-10-01', '2025-11-01') ORDER BY 1$$,
    $$VALUES (date '2025-02-01', 1344.0, 2016.0), ('2025-03-01', 1486, 2229), ('2025-10-01', 1490, 2235), ('2025-11-01', 480, 720)$$,
    'rent by the hours of Berlin''s months');
SELECT results_eq($$SELECT total_cost, productive_cost, allocated_idle_cost, unmetered_cost, capacity_chip_hours, installed_chip_hours, ownership
                    FROM b_report.utilisation_weighted_spend WHERE pool_id = 'R' AND period_month = '2025-09-01'$$,
    $$VALUES (2160.0, 720.0, 1440.0, 0.0, 1440.0, 2160.0, 'rented')$$,
    'more metered than rented: nothing unmetered, both counts shown');

-- Energy: accounting.md section 2; 1.0519 kWh however it is measured; priced by local days.
SELECT results_eq($$SELECT currency, round(energy_kwh / 3, 4), round(energy, 12), energy_split, use_basis FROM b_report.utilisation_weighted_spend
                    WHERE pool_id = 'X' AND period_month = '2025-10-01' ORDER BY 1$$,
    $$VALUES ('EUR', 1.0519, 1.051875 * 0.4, 'by_time', 'mixed'), ('USD', 0.0, 0.0, 'none', 'mixed')$$,
    'chip, server and facility energy agree; energy in the rent is not added');
SELECT results_eq($$SELECT total_cost, energy, productive_cost, idle_cost, unmetered_cost, energy_split FROM b_report.utilisation_weighted_spend
                    WHERE pool_id = 'E' AND period_month = '2025-10-01'$$,
    $$VALUES (120.0, 20.0, 65.0, 55.0, 0.0, 'measured')$$,
    'energy follows what drew it: 65 and 55, not 60 and 60');
SELECT results_eq($$SELECT productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, disordered_readings, used_chip_hours, allocated_chip_hours
                    FROM b_report.utilisation_weighted_spend WHERE pool_id = 'D' AND period_month = '2025-10-01' AND currency = 'EUR'$$,
    $$VALUES (70.0, 0.0, 20.0, 10.0, 1::bigint, 521.5, 447.0)$$,
    'a disordered reading is split as far as it makes sense, kept as it is and counted');
SELECT results_eq($$SELECT depreciation, energy, unpriced_readings, unknown_charges, energy_split FROM b_report.utilisation_weighted_spend
                    WHERE pool_id = 'N' AND period_month = '2025-10-01'$$,
    $$VALUES (0.0, 0.0, 2::bigint, 1::bigint, 'none')$$, 'what has no tariff, factor or policy is counted');
SELECT results_eq($$SELECT total_cost, unmetered_cost, utilisation IS NULL, spend_utilisation IS NULL, use_basis FROM b_report.utilisation_weighted_spend
                    WHERE pool_id = 'Z' AND period_month = '2025-10-01'$$,
    $$VALUES (31.0, 31.0, true, true, 'sm_active')$$, 'nothing installed: all unmetered');
SELECT results_eq($$SELECT currency, total_cost, used_chip_hours, utilisation, cost_per_used_chip_hour FROM b_report.utilisation_weighted_spend
                    WHERE pool_id = 'F' AND period_month = '2025-10-01'$$,
    $$VALUES ('EUR', 0.0, 1.0, 1.0, 0.0)$$, 'use without cost is shown, in the entity''s currency');
SELECT results_eq($$SELECT currency, used_chip_hours FROM b_report.utilisation_weighted_spend WHERE pool_id = 'X' AND period_month = '2025-10-01' ORDER BY 1$$,
    $$VALUES ('EUR', 2.0), ('USD', 2.0)$$, 'two currencies stand in two rows, each with all the hours');

SELECT results_eq($$SELECT period_month, currency, reporting_currency, fx_rate, total_cost, total_cost_reporting FROM b_report.utilisation_weighted_spend
                    WHERE pool_id IN ('R', 'Z') AND period_month >= '2025-09-01' AND period_month <= '2025-10-31' ORDER BY 1, 2$$,
    $$VALUES (date '2025-09-01', 'USD', 'EUR', NULL, 2160.0, NULL), ('2025-10-01', 'EUR', 'EUR', 1.0, 31.0, 31.0), ('2025-10-01', 'USD', 'EUR', round((15 * 0.5 + 16 * 0.8) / 31, 15), 2235.0, 1464.0)$$,
    'in the reporting currency at the average rates of the days (360 hours at 0.5, then 385 at 0.8, of 3 USD each); where there is none it is not known');

-- accounting.md section 10, question 3, as typed
SET search_path = b_report, chipbook, public, pg_catalog;
SELECT lives_ok($$select ownership, chip_model_id, sum(total_cost)/nullif(sum(used_chip_hours),0) from utilisation_weighted_spend where currency = 'USD' and use_basis = 'sm_active' group by 1, 2$$,
    'question 3 runs as typed');
SELECT results_eq($$select ownership, chip_model_id, round(sum(total_cost)/nullif(sum(used_chip_hours),0), 9) from utilisation_weighted_spend where currency = 'USD' and use_basis = 'sm_active' group by 1, 2 order by 1$$,
    $$VALUES ('owned', 'H100', round(120 / 372.5, 9)), ('rented', 'H100', 3.0)$$, 'and answers');
SET search_path = chipbook, public, pg_catalog;

-- The key each view's comment states is unique.
CREATE FUNCTION pg_temp.duplicates() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v record;
    found_one bigint;
BEGIN
    FOR v IN SELECT c.oid::regclass AS name, substring(obj_description(c.oid, 'pg_class') FROM '[Kk]ey: \(([a-z_, ]+)\)') AS key_columns,
                    c.relname ~ '^(chip_book_value|chip_hour_cost|utilisation_weighted_spend|ledger_check)' AS must_state
             FROM pg_class c WHERE c.relnamespace IN ('b_report'::regnamespace, 'b'::regnamespace, 'p_report'::regnamespace, 'p'::regnamespace)
               AND c.relkind = 'v' AND c.relname <> 'clock' AND c.relname NOT LIKE '%\_known' LOOP
        IF v.key_columns IS NULL AND v.must_state THEN
            RETURN NEXT format('%s states no key', v.name);
        ELSIF v.key_columns IS NOT NULL THEN
            EXECUTE format('SELECT count(*) FROM (SELECT FROM %s GROUP BY %s HAVING count(*) > 1) d', v.name, v.key_columns) INTO found_one;
            IF found_one > 0 THEN
                RETURN NEXT format('%s: %s keys (%s) are not unique', v.name, found_one, v.key_columns);
            END IF;
        END IF;
    END LOOP;
END
$$;
SELECT is_empty('SELECT pg_temp.duplicates()', 'these views state a key, and every stated key is unique');

-- What is corrected later is not known earlier.
RESET chipbook.as_of;
SELECT open_load('b', 'the invoice came', 't') AS later \gset
INSERT INTO b.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on)
VALUES ('spare', 'in no pool', 'chip', 10, '4800 EUR', '2025-01-01', '2025-01-01');
SELECT publish_load('b', :later, recorded_at => '2025-12-10 00:00+00');
SET chipbook.as_of = '2025-12-05';
SELECT results_eq($$SELECT total_cost FROM b_report.utilisation_weighted_spend WHERE pool_id IS NULL AND currency = 'EUR' AND period_month = '2025-06-01'$$,
    $$VALUES (100.0)$$, 'before the correction, as it was known');
SET chipbook.as_of = '2025-12-20';
SELECT results_eq($$SELECT total_cost, last_recorded_at FROM b_report.utilisation_weighted_spend WHERE pool_id IS NULL AND currency = 'EUR' AND period_month = '2025-06-01'$$,
    $$VALUES (200.0, timestamptz '2025-12-10 00:00+00')$$, 'after it, corrected');
SET chipbook.as_of = '2025-10-31';
SELECT is_empty('SELECT * FROM b_report.utilisation_weighted_spend', 'before anything was recorded there is nothing');


-- ---------------------------------------------------------------------------
-- Absurd facts: every view answers
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('x', 'USD', 1, 'America/New_York');
INSERT INTO x.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('x', 'absurd', 't') AS first_load \gset
INSERT INTO x.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load, peak_flops) VALUES ('M', 'M', 1e30, 1e30, 1e-30, 1e-30);
INSERT INTO x.site (site_id, name, pue) VALUES ('S', 'S', 1e30), ('BARE', 'no PUE', NULL);
INSERT INTO x.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES
    ('S', '2500000000000000000 USD', '-infinity', '2025-09-01'), ('S', '-0.05 ZZZ', '2025-09-01', '5000000-01-01'),
    ('S', '1 USD', '5000000-01-01', 'infinity'), ('BARE', '1 USD', '4700-01-01 BC', 'infinity');
INSERT INTO x.pool (pool_id, name, site_id, chip_model_id) VALUES ('A', 'A', 'S', 'M'), ('B', 'B', 'BARE', 'M'), ('E', 'empty', NULL, NULL);
INSERT INTO x.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on) VALUES
    ('big1', 'big', 'chip', 9000000000000000000, '2500000000000000000 USD', '2025-01-01', '2025-01-01', NULL),
    ('big2', 'big', 'server', NULL, '2500000000000000000 USD', '2025-01-01', '2025-01-01', NULL),
    ('big3', 'big', 'server', NULL, '2500000000000000000 USD', '2025-01-01', '2025-01-01', '5000000-01-01'),
    ('tiny', 'tiny', 'chip', 1, '0.000000000000001 USD', '2025-01-01', '2025-01-01', NULL),
    ('free', 'free', 'chip', 1, '0 EUR', '2025-01-01', '2025-01-01', NULL),
    ('never', 'never', 'chip', 1, '5 EUR', '2025-01-01', '5000000-01-01', NULL);
INSERT INTO x.asset_policy (asset_id, basis, policy)
SELECT asset_id, 'ifrs', amortisation_policy(method => 'straight_line', life => '1 month', convention => 'full_month') FROM x.asset;
INSERT INTO x.pool_asset (pool_id, asset_id, share) VALUES
    ('A', 'big1', 1), ('B', 'big1', 1), ('A', 'big2', 1), ('A', 'big3', 1), ('A', 'tiny', 1e-100), ('B', 'free', 1), ('B', 'never', 1);
INSERT INTO x.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to)
VALUES ('r', 'B', 9000000000000000000, '2500000000000000000 USD', '2025-08-01', 'infinity'), ('n', 'B', 1, '-1 USD', '4700-01-01 BC', '4699-01-01 BC');
INSERT INTO x.entity_rate (entity_id, kind, rate) VALUES ('main', 'cost_of_capital', 1);
INSERT INTO x.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from, valid_to) VALUES
    ('month', 'A', 'facility', 'month', '2500000000000000000 USD', NULL, '1925-01-01', 'infinity'),
    ('hour', 'A', 'facility', 'chip_hour', '2500000000000000000 USD', NULL, '2025-08-31', '2025-09-02'),
    ('power', 'A', 'operations', 'kw_month', '2500000000000000000 ZZZ', NULL, '2025-01-01', '5000000-01-01'),
    ('factor', 'A', 'interconnect', 'depreciation', NULL, 1e30, '2025-01-01', 'infinity'),
    ('later', 'B', 'interconnect', 'depreciation', NULL, 1, '5000000-01-01', 'infinity');
INSERT INTO x.asset_policy (asset_id, basis, policy)
SELECT asset_id, 'economic', 'exponential(rate=900)'::amortisation_policy FROM x.asset;
INSERT INTO x.training_run (run_id, name, asset_id, pool_id, base_run_id, started_on, priced_on, chip_hours, model_flops)
SELECT 'run ' || i, 'run', a, 'A', 'run ' || b, d, p, h, f
FROM (VALUES (1, 'big1', 2, date '2025-01-01', date '5000001-01-01', 1e30, 1e-30), (2, 'big1', 3, '4700-01-01 BC', NULL, 1e-30, 1e30),
             (3, 'tiny', NULL, '2025-01-02', '2025-08-01', 1e200, 1e200), (4, 'never', NULL, '2025-01-01', NULL, 1, 1),
             (5, 'free', 1, '5000000-01-01', NULL, 1, NULL)) v (i, a, b, d, p, h, f);
SELECT add_reading_partitions('x', '2025-08-01', '2025-09-01');
INSERT INTO x.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, idle_joules, energy_basis, use_basis, model_flops)
SELECT p, m + h * interval '1 hour', m + h * interval '1 hour' + interval '1 hour', (m AT TIME ZONE 'America/New_York')::date,
       9e18, 0, 9e18, 9e18, CASE WHEN h < 3 THEN 9e18 END, CASE WHEN h = 1 THEN 9e18 END, CASE h WHEN 2 THEN 'chip' WHEN 3 THEN NULL ELSE 'facility' END, 'sm_active', 1e300
FROM (VALUES ('A'), ('B'), ('E')) v (p), (VALUES ('2025-08-01 00:00-04'::timestamptz), ('2025-09-01 00:00-04')) w (m), generate_series(0, 3) h;
SELECT publish_load('x', :first_load, recorded_at => '2025-11-20 00:00+00');
SET chipbook.as_of = '2025-12-05';
SELECT lives_ok(format('SELECT * FROM x_report.%I', c.relname), c.relname || ' answers')
FROM pg_class c WHERE c.relnamespace = 'x_report'::regnamespace AND c.relkind = 'v' ORDER BY c.relname;
SELECT set_eq($$SELECT DISTINCT period_month, pool_id, currency FROM x_report.utilisation_weighted_spend WHERE productive_cost IS NULL$$,
              $$SELECT DISTINCT period_month, pool_id, currency FROM x_report.ledger_check WHERE check_name = 'split_adds_up' AND NOT ok$$,
              'what no amount of money can hold is not split, and found');
SELECT isnt_empty($$SELECT * FROM x_report.utilisation_weighted_spend WHERE productive_cost IS NULL$$, 'there is such a thing');

-- ---------------------------------------------------------------------------
-- A random ledger: whatever the facts, everything adds up
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT setseed(0.594444);
SELECT create_ledger('r', 'USD', 1, 'Europe/Berlin');
INSERT INTO r.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('r', 'random', 't') AS first_load \gset
INSERT INTO r.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('M0', 'M0', 700, 1.8214, 0.75), ('M1', 'M1', 300, NULL, 0.43);
INSERT INTO r.entity_rate (entity_id, kind, rate, valid_from) VALUES ('main', 'cost_of_capital', 0.09, '2025-03-15');
INSERT INTO r.site (site_id, name, pue) SELECT 'S' || i, 'S', 1 + random()::numeric FROM generate_series(0, 4) i;
INSERT INTO r.energy_tariff (site_id, price_per_kwh, valid_from, valid_to)
SELECT 'S' || i, monetary(random()::numeric, (ARRAY['USD', 'EUR'])[1 + m % 2]::currency), date '2025-01-01' + m * 40, date '2025-01-01' + m * 40 + 38
FROM generate_series(0, 3) i, generate_series(0, 8) m;
INSERT INTO r.pool (pool_id, name, site_id, chip_model_id) SELECT 'P' || i, 'P', 'S' || i % 5, 'M' || (i % 3) / 2 FROM generate_series(0, 19) i;
INSERT INTO r.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on)
SELECT 'A' || i, 'A', CASE WHEN i % 3 = 0 THEN 'server' ELSE 'chip' END, CASE WHEN i % 3 > 0 THEN 1 + (random() * 50)::bigint END,
       monetary((random() * 10 ^ (random() * 9))::numeric, (ARRAY['USD', 'EUR', 'JPY', 'BHD', 'ZZZ'])[1 + (i * 7) % 5]::currency),
       d, d + (random() * 60)::integer, CASE WHEN i % 4 = 0 THEN d + 60 + (random() * 200)::integer END
FROM generate_series(1, 300) i, LATERAL (SELECT date '2024-11-01' + (random() * 250 + i * 0)::integer AS d) x;
INSERT INTO r.asset_policy (asset_id, basis, policy)
SELECT asset_id, b, CASE (random() * 4)::integer
    WHEN 0 THEN amortisation_policy(method => 'straight_line', life => '36 months', salvage => 0.1, convention => 'full_month')
    WHEN 1 THEN amortisation_policy(method => 'straight_line', life => '100 days')
    WHEN 2 THEN amortisation_policy(method => 'declining_balance', life => '5 years', factor => 2, switch_to_straight_line => true)
    ELSE amortisation_policy(method => 'exponential', rate => 0.14) END
FROM r.asset, (VALUES ('ifrs'), ('us_gaap')) v (b) WHERE random() < 0.95;
INSERT INTO r.pool_asset (pool_id, asset_id, share, valid_from, valid_to)
SELECT 'P' || (random() * 19)::integer, 'A' || i, 0.01 + round((random() * 0.4)::numeric, 5), date '2024-12-01' + k * 100, date '2024-12-01' + k * 100 + (random() * 99 + 1)::integer
FROM generate_series(1, 300) i, generate_series(0, 3) k WHERE random() < 0.8;
INSERT INTO r.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to)
SELECT 'R' || i, 'P' || i, 1 + (random() * 9)::bigint, monetary((random() * 5)::numeric, 'USD'), d, d + 1 + (random() * 300)::integer
FROM generate_series(0, 9) i, LATERAL (SELECT date '2025-01-01' + (random() * 100 + i * 0)::integer AS d) x;
INSERT INTO r.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from, valid_to)
SELECT 'C' || i, 'P' || i % 20, (ARRAY['facility', 'interconnect', 'operations'])[1 + i % 3], u,
       CASE WHEN u <> 'depreciation' THEN monetary((random() * 10 ^ (random() * 4 - 2))::numeric, (ARRAY['USD', 'EUR'])[1 + i % 2]::currency) END,
       CASE WHEN u = 'depreciation' THEN random()::numeric END, d, CASE WHEN i % 5 > 0 THEN d + 1 + (random() * 200)::integer ELSE 'infinity' END
FROM generate_series(0, 79) i, LATERAL (SELECT (ARRAY['month', 'chip_hour', 'kw_month', 'depreciation'])[1 + (i / 20) % 4] AS u, date '2024-11-20' + (random() * 300 + i * 0)::integer AS d) x;
SELECT add_reading_partitions('r', '2025-01-01', '2025-12-01');
INSERT INTO r.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, idle_joules, energy_basis, use_basis)
SELECT 'P' || p, t, t + interval '6 hours', date_trunc('month', t AT TIME ZONE 'Europe/Berlin'), (n * random())::bigint, (n * random())::bigint, (n * random())::bigint, (n * random())::bigint,
       CASE WHEN e < 4 THEN j END, CASE WHEN e < 2 THEN (j * random())::bigint END, CASE WHEN e < 4 THEN (ARRAY['chip', 'server', 'facility', 'in_rent'])[1 + (random() * 3)::integer] END,
       (ARRAY['sm_active', 'goodput'])[1 + p % 2]
FROM generate_series(0, 19) p, generate_series(timestamp '2025-01-01', '2025-11-30 18:00', '6 hours') l,
     LATERAL (SELECT l AT TIME ZONE 'Europe/Berlin' AS t, 6 * 3600000::float8 * 40 AS n, (random() * 1e9 + p * 0)::bigint AS j, (random() * 5)::integer AS e) x
WHERE random() < 0.4 AND (l AT TIME ZONE 'Europe/Berlin') + interval '6 hours' <= (date_trunc('month', l) + interval '1 month') AT TIME ZONE 'Europe/Berlin';
-- Around a change of clocks two readings overlap or touch by an hour: keep those that do not.
DELETE FROM r.meter_reading m USING r.meter_reading e
WHERE e.pool_id = m.pool_id AND e.starts_at < m.starts_at AND e.ends_at > m.starts_at;
SELECT publish_load('r', :first_load, recorded_at => '2025-12-01 00:00+00');
SET chipbook.as_of = '2025-12-05';
SELECT cmp_ok((SELECT count(*) FROM r_report.utilisation_weighted_spend_all_bases WHERE readings > 0 AND energy > 0 AND depreciation > 0), '>', 300::bigint,
              'a random ledger has pools and months of every kind');
SELECT is_empty('SELECT * FROM r_report.ledger_check WHERE NOT ok', 'and adds up in every one of them');
SELECT results_eq($$SELECT count(*) > 10 FROM r_report.ledger_check WHERE expected <> 0 AND check_name ~ '^(facility|interconnect|operations)_in' GROUP BY check_name$$,
                  $$VALUES (true), (true), (true)$$, 'cost rates of every kind are among it');
SELECT set_has($$SELECT DISTINCT energy_source FROM r_report.utilisation_weighted_spend$$, $$VALUES ('none'), ('mixed')$$, 'energy is measured, estimated and in the rent');
SELECT is_empty($$SELECT * FROM r_report.utilisation_weighted_spend_all_bases
                  WHERE depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost <> total_cost
                     OR chip_depreciation + server_depreciation + network_depreciation + building_depreciation + other_depreciation <> depreciation
                     OR pool_id IS NOT NULL AND period_month >= '2025-04-01' AND unknown_charges = 0 AND cost_of_capital IS NULL
                     OR cost_of_capital IS NOT NULL AND (pool_id IS NULL OR period_month < '2025-04-01' OR unknown_charges > 0)
                     OR cost_of_capital < 0 OR economic_cost <> total_cost + cost_of_capital$$, 'components add up; capital is known where it can be');
SELECT is_empty($$SELECT * FROM r_report.utilisation_weighted_spend_all_bases
                  WHERE total_cost <> productive_cost + idle_cost + unmetered_cost OR least(productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, unmetered_cost) < 0
                     OR spend_utilisation NOT BETWEEN 0 AND 1$$, 'with no part below zero');
SELECT results_eq($$SELECT basis, currency, sum(total_cost) FROM r_report.utilisation_weighted_spend_all_bases WHERE pool_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2$$,
                  $$SELECT basis, currency, sum(total_cost) FROM r_report.chip_hour_cost_all_bases GROUP BY 1, 2 ORDER BY 1, 2$$, 'chip_hour_cost holds the same cost');
SELECT results_eq($$SELECT DISTINCT disordered_readings(s) > 0 AND readings(s) = u.readings AND disordered_readings(s) = u.disordered_readings
                           AND used_hours(s) = u.used_chip_hours AND installed_hours(s) = u.installed_chip_hours AND utilisation(s) = u.utilisation
                    FROM (SELECT pool_id, month, spend_agg('0 USD', installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms) AS s
                          FROM r.meter_reading_known GROUP BY 1, 2) a
                    JOIN r_report.utilisation_weighted_spend u ON u.pool_id = a.pool_id AND u.period_month = a.month$$,
                  'VALUES (true)', 'readings, hours and utilisation are those of spend_agg');

-- The load that a reading goes to, asked by expressions that live as long as the transaction.
CREATE FUNCTION pg_temp.loads_of_two() RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    found bigint[] := '{}';
    asked bigint;
BEGIN
    FOR i IN 1 .. 2 LOOP
        PERFORM open_load('p', 'load ' || i, 't');
        asked := chipbook.current_load('p.load_load_id_seq');
        found := found || (asked - currval('p.load_load_id_seq'));
    END LOOP;
    RETURN found;
END
$$;
RESET chipbook.as_of;
SELECT is(pg_temp.loads_of_two(), '{0,0}', 'the load opened last, also where the same expression asked for another before');

SELECT * FROM finish();
ROLLBACK;
