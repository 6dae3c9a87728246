-- Spend in another currency than the ledger reports in: converted at the month's average
-- rate where there is one, and at the rate of its days where there are several; unknown and
-- found where there is none, never taken as 1.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

SELECT create_ledger('books', 'USD');
INSERT INTO books.source (source_id, kind, reference, confidence) VALUES ('t', 'contract', 'test', 'high');
SELECT open_load('books', 'two pools', 't') AS load \gset
INSERT INTO books.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES
    ('A', 'in Europe', 'chip', 10, '120000 EUR', '2025-01-01', '2025-01-01'),
    ('B', 'in America', 'chip', 10, '120000 USD', '2025-01-01', '2025-01-01');
INSERT INTO books.asset_policy (asset_id, basis, policy)
SELECT asset_id, 'ifrs', amortisation_policy(method => 'straight_line', life => '5 years', convention => 'full_month') FROM books.asset;
INSERT INTO books.pool (pool_id, name) VALUES ('A', 'A'), ('B', 'B');
INSERT INTO books.pool_asset (pool_id, asset_id) VALUES ('A', 'A'), ('B', 'B');
INSERT INTO books.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('EUR', 'USD', 'average', '2025-01-31', 1.25),
    ('EUR', 'USD', 'average', '2025-01-15', 1.5),   -- of the days up to the 15th
    ('EUR', 'USD', 'closing', '2025-02-28', 1.75),  -- not an average
    ('USD', 'EUR', 'average', '2025-02-28', 0.5);   -- the other way round is another rate
SELECT publish_load('books', :load, recorded_at => '2025-04-01');
SET LOCAL chipbook.as_of = '2025-04-02';

SELECT results_eq(
    $$SELECT period_month, pool_id, total_cost, fx_rate, total_cost_reporting FROM books_report.utilisation_weighted_spend
      WHERE period_month < '2025-03-01' ORDER BY 1, 2$$,
    -- 2,000 x 15 / 31 x 1.5 + 2,000 x 16 / 31 x 1.25; on average (15 x 1.5 + 16 x 1.25) / 31.
    $$VALUES ('2025-01-01'::date, 'A', 2000::numeric(38,15), 1.370967741935484::numeric(38,15), 2741.935483870967742::numeric(38,15)),
             ('2025-01-01', 'B', 2000, 1, 2000),
             ('2025-02-01', 'A', 2000, NULL, NULL),
             ('2025-02-01', 'B', 2000, 1, 2000)$$,
    'each day at the average rate it is in, or unknown');
SELECT results_eq(
    $$SELECT finding, severity, subject_id, period_month, row_count FROM books_report.data_quality
      WHERE finding = 'fx_rate_missing' ORDER BY period_month$$,
    $$VALUES ('fx_rate_missing', 'error', 'EUR', '2025-02-01'::date, 1::bigint), ('fx_rate_missing', 'error', 'EUR', '2025-03-01', 1)$$,
    'a missing rate is a finding');
SELECT results_eq(
    $$SELECT period_month, currency, total_cost, fx_rate FROM books_report.chip_hour_cost_reporting
      WHERE period_month < '2025-03-01' ORDER BY 1, 2$$,
    $$VALUES ('2025-01-01'::date, 'EUR', 2741.935483870967742, 1.370967741935484), ('2025-01-01', 'USD', 2000, 1),
             ('2025-02-01', 'EUR', NULL::numeric, NULL::numeric), ('2025-02-01', 'USD', 2000, 1)$$,
    'and so is the cost of a chip-hour, at the average of the month');
SELECT is_empty('SELECT * FROM books_report.ledger_check WHERE NOT ok', 'everything adds up');


-- ---------------------------------------------------------------------------
-- Rates that change inside a month, in New York. March has 743 hours: its first nine days
-- 215, as the clocks are put forward on the 9th. April has 30 days of 24 hours.
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('z', 'USD', time_zone => 'America/New_York');
INSERT INTO z.source (source_id, kind, reference, confidence) VALUES ('t', 'contract', 'test', 'high');
SELECT open_load('z', 'pools', 't') AS load \gset
SELECT add_reading_partitions('z', '2025-03-01', '2025-05-01');
INSERT INTO z.site (site_id, name, pue) VALUES ('S', 'site', 1);
INSERT INTO z.energy_tariff (site_id, price_per_kwh, valid_from) VALUES ('S', '1 EUR', '2025-01-01');
INSERT INTO z.pool (pool_id, name, ownership, site_id) VALUES
    ('rent', 'all the time', 'rented', NULL), ('late', 'at the end of April', 'rented', NULL), ('credit', 'a credit', 'rented', NULL), ('energy', 'energy', 'owned', 'S'),
    ('use', 'charged by use', 'owned', NULL), ('dollar', 'in the reporting currency', 'rented', NULL), ('pound', 'without a rate', 'rented', NULL);
INSERT INTO z.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES
    ('r1', 'rent', 1, '1 EUR', '2025-03-01', 'infinity'), ('r2', 'late', 1, '1 EUR', '2025-04-21', 'infinity'), ('r3', 'credit', 1, '1 EUR', '2025-04-01', 'infinity'),
    ('r4', 'credit', 1, '-3 EUR', '2025-04-01', '2025-04-06'), ('r5', 'dollar', 1, '1 USD', '2025-04-01', 'infinity'), ('r6', 'pound', 1, '1 GBP', '2025-04-01', 'infinity');
-- 300 a month, in no pool; and 10 a chip-hour used, of 100 hours on 5 April and 50 on the 20th (in the year 2025 nothing else).
INSERT INTO z.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES
    ('N', 'in no pool', 'chip', 1, '18000 EUR', '2025-04-01', '2025-04-01'), ('U', 'by use', 'chip', 10, '6000 EUR', '2025-04-01', '2025-04-01');
INSERT INTO z.asset_policy (asset_id, basis, policy) VALUES
    ('N', 'ifrs', amortisation_policy(method => 'straight_line', life => '5 years', convention => 'full_month')),
    ('U', 'ifrs', amortisation_policy(method => 'units_of_production', total_use => 600));
INSERT INTO z.pool_asset (pool_id, asset_id) VALUES ('use', 'U');
-- 100 kWh on 5 April, and nobody says what was idle's; on the 20th 50, of which idle chips drew 20.
INSERT INTO z.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, idle_joules, use_basis, energy_basis)
SELECT r.pool_id, r.day AT TIME ZONE 'America/New_York', (r.day + interval '1 day') AT TIME ZONE 'America/New_York', '2025-04-01',
       r.hours * 3600000, r.hours * 3600000, r.hours * 3600000, r.used * 3600000, r.kwh * 3600000, r.idle_kwh * 3600000, 'sm_active', CASE WHEN r.kwh IS NOT NULL THEN 'facility' END
FROM (VALUES ('energy', timestamp '2025-04-05', 48, 12, 100, NULL::integer), ('energy', '2025-04-20', 48, 12, 50, 20),
             ('use', '2025-04-05', 240, 100, NULL, NULL), ('use', '2025-04-20', 240, 50, NULL, NULL)) r (pool_id, day, hours, used, kwh, idle_kwh);
INSERT INTO z.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('EUR', 'USD', 'average', '2025-03-09', 2), ('EUR', 'USD', 'average', '2025-03-31', 1),
    ('EUR', 'USD', 'average', '2025-04-30', 1);
SELECT publish_load('z', :load, recorded_at => '2025-06-02');
SELECT open_load('z', 'the first days of April were worth more; May was even', 't') AS load \gset
INSERT INTO z.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('EUR', 'USD', 'average', '2025-04-10', 2),
    ('EUR', 'USD', 'average', '2025-05-07', 1.1), ('EUR', 'USD', 'average', '2025-05-20', 1.1);
SELECT publish_load('z', :load, recorded_at => '2025-06-03');
SET LOCAL chipbook.as_of = '2025-06-04';

SELECT results_eq($$SELECT period_month, from_day, to_day, trim_scale(rate) FROM z.fx_period ORDER BY 2$$,
    $$VALUES ('2025-03-01'::date, '2025-03-01'::date, '2025-03-10'::date, 2::numeric), ('2025-03-01', '2025-03-10', '2025-04-01', 1),
             ('2025-04-01', '2025-04-01', '2025-04-11', 2), ('2025-04-01', '2025-04-11', '2025-05-01', 1),
             ('2025-05-01', '2025-05-01', '2025-05-08', 1.1), ('2025-05-01', '2025-05-08', '2025-06-01', 1.1)$$,
    'a rate is of the days up to its date, the last of the days after it, too');
CREATE TEMP TABLE april AS
SELECT s.period_month, s.pool_id, s.currency, s.total_cost, s.productive_cost, s.idle_cost, s.unmetered_cost, s.fx_rate, s.total_cost_reporting
FROM z_report.utilisation_weighted_spend s WHERE s.period_month < '2025-06-01';
SELECT results_eq($$SELECT period_month, pool_id, trim_scale(total_cost), trim_scale(total_cost_reporting) FROM april
                    WHERE period_month < '2025-05-01' AND currency <> 'GBP' ORDER BY 1, 2 NULLS LAST$$,
    $$VALUES -- 215 hours at 2 and 528 at 1
             ('2025-03-01'::date, 'rent', 743::numeric, 958::numeric),
             -- (-240 + 120) at 2 and 480 at 1
             ('2025-04-01', 'credit', 360, 240),
             ('2025-04-01', 'dollar', 720, 720),
             -- 100 at 2 and 50 at 1
             ('2025-04-01', 'energy', 150, 250),
             -- ten days, all of them at 1
             ('2025-04-01', 'late', 240, 240),
             -- 240 hours at 2 and 480 at 1
             ('2025-04-01', 'rent', 720, 960),
             -- 1,000 at 2 and 500 at 1
             ('2025-04-01', 'use', 1500, 2500),
             -- 100 at 2 and 200 at 1
             ('2025-04-01', NULL, 300, 400)$$,
    'what is of a day is worth what the currency was on it');
SELECT is_empty($$SELECT * FROM april WHERE period_month = '2025-05-01' AND currency = 'EUR'
                  AND total_cost_reporting IS DISTINCT FROM total_cost * 1.1$$, 'two rates that are one change nothing');
SELECT ok(count(*) > 3, 'and there were such') FROM april WHERE period_month = '2025-05-01' AND currency = 'EUR';
SELECT is_empty($$SELECT * FROM april WHERE currency = 'GBP' AND num_nonnulls(fx_rate, total_cost_reporting) > 0$$, 'without a rate nothing is known');
SET LOCAL chipbook.as_of = '2025-06-02T12:00:00Z';
SELECT is_empty($$SELECT * FROM z_report.utilisation_weighted_spend s WHERE s.period_month = '2025-04-01' AND s.currency = 'EUR'
                  AND s.total_cost_reporting IS DISTINCT FROM s.total_cost$$, 'before the second rate was recorded April had one');
SELECT results_eq($$SELECT s.pool_id, s.total_cost, s.productive_cost, s.idle_cost, s.unmetered_cost FROM z_report.utilisation_weighted_spend s
                    WHERE s.period_month = '2025-04-01' ORDER BY 1, 2$$,
    $$SELECT pool_id, total_cost, productive_cost, idle_cost, unmetered_cost FROM april WHERE period_month = '2025-04-01' ORDER BY 1, 2$$,
    'a rate moves nothing in the currency of the cost');
SET LOCAL chipbook.as_of = '2025-06-04';
SELECT is_empty('SELECT * FROM z_report.ledger_check WHERE NOT ok', 'everything adds up');

-- ---------------------------------------------------------------------------
-- What tenants bear, in the reporting currency: 2,000 EUR in March 2025, at 1.25 for the first 10 days and 1.5 for the
-- other 21: (10 x 1.25 + 21 x 1.5) / 31 = 44 / 31. Three quarters to one tenant, of which a third is idle; the rest allocated to nobody.
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('al', 'USD');
INSERT INTO al.source (source_id, kind, reference, confidence) VALUES ('t', 'contract', 'test', 'high');
SELECT open_load('al', 'pools', 't') AS load \gset
SELECT add_reading_partitions('al', '2025-03-01', '2025-05-01');
INSERT INTO al.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES
    ('E', 'in Europe', 'chip', 10, '120000 EUR', '2025-03-01', '2025-03-01'), ('G', 'in Britain', 'chip', 10, '120000 GBP', '2025-03-01', '2025-03-01'), ('U', 'in America', 'chip', 10, '120000 USD', '2025-03-01', '2025-03-01');
INSERT INTO al.asset_policy (asset_id, basis, policy) SELECT asset_id, 'ifrs', 'straight_line(life=5 years, convention=full_month)' FROM al.asset;
INSERT INTO al.pool (pool_id, name) SELECT asset_id, name FROM al.asset;
INSERT INTO al.pool_asset (pool_id, asset_id) SELECT asset_id, asset_id FROM al.asset;
INSERT INTO al.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT p, t, '2025-03-01 00:00Z', '2025-04-01 00:00Z', '2025-03-01', n * 3600000, n * 3600000, a * 3600000, u * 3600000, 'sm_active'
FROM unnest('{E,G,U}'::text[]) p, (VALUES ('search', 5580::bigint, 5580::bigint, 3720::bigint), (NULL, 1860, 0, 0)) v (t, n, a, u);
INSERT INTO al.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'average', '2025-03-10', 1.25), ('EUR', 'USD', 'average', '2025-03-31', 1.5), ('GBP', 'USD', 'closing', '2025-03-31', 9);
SELECT publish_load('al', :load, recorded_at => '2025-04-02');
SELECT cmp_ok(refresh_allocation('al'), '>', 0::bigint, 'allocated');
SELECT results_eq($$SELECT pool_id, tenant_id, currency, reporting_currency, round(fx_rate, 12), total_cost, productive_cost, allocated_idle_cost, unallocated_cost FROM al_report.allocated_spend_reporting
                    WHERE period_month = '2025-03-01' AND (total_cost <> 0 OR total_cost IS NULL) ORDER BY 1, 2$$,
    $$VALUES ('E', 'search', 'EUR', 'USD', round(44 / 31.0, 12), round(1500 * 44 / 31.0, 15), round(1000 * 44 / 31.0, 15), round(500 * 44 / 31.0, 15), 0::numeric), ('E', NULL, 'EUR', 'USD', round(44 / 31.0, 12), round(500 * 44 / 31.0, 15), 0, 0, round(500 * 44 / 31.0, 15)),
             ('G', 'search', 'GBP', 'USD', NULL, NULL, NULL, NULL, 0), ('G', NULL, 'GBP', 'USD', NULL, NULL, 0, 0, NULL),
             ('U', 'search', 'USD', 'USD', 1, 1500, 1000, 500, 0), ('U', NULL, 'USD', 'USD', 1, 500, 0, 0, 500)$$,
    'each part at the average of the days; nothing is nothing at any rate, and what has none is unknown, not at 1 and not at a closing rate');
SELECT results_eq($$SELECT s.pool_id, s.line, s.tenant_id, s.total_cost FROM al_report.allocated_spend_reporting s WHERE s.currency = 'USD' AND s.period_month = '2025-03-01' ORDER BY 1, 2, 3$$,
    $$SELECT s.pool_id, s.line, s.tenant_id, s.total_cost FROM al_report.allocated_spend s WHERE s.currency = 'USD' AND s.period_month = '2025-03-01' ORDER BY 1, 2, 3$$, 'in the reporting currency it is what it was');
SELECT cmp_ok(abs((SELECT sum(total_cost) FROM al_report.allocated_spend_reporting WHERE currency = 'EUR' AND period_month = '2025-03-01') - 2000 * 44 / 31.0), '<=', 2e-15, 'the parts come to what the pool costs, but for the rounding of each');
SELECT is_empty($$SELECT entity_id, period_month, pool_id, currency, line, tenant_id FROM al_report.allocated_spend_reporting GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1$$, 'its key');

SELECT * FROM finish();
ROLLBACK;
