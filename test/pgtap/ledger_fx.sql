-- Spend in another currency than the ledger reports in: converted at the month's average
-- rate where there is one; unknown and found where there is none, never taken as 1.
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
    ('EUR', 'USD', 'average', '2025-01-15', 1.5),   -- an earlier estimate of the same month
    ('EUR', 'USD', 'closing', '2025-02-28', 1.75),  -- not an average
    ('USD', 'EUR', 'average', '2025-02-28', 0.5);   -- the other way round is another rate
SELECT publish_load('books', :load, recorded_at => '2025-04-01');
SET LOCAL chipbook.as_of = '2025-04-02';

SELECT results_eq(
    $$SELECT period_month, pool_id, total_cost, fx_rate, total_cost_reporting FROM books_report.utilisation_weighted_spend
      WHERE period_month < '2025-03-01' ORDER BY 1, 2$$,
    $$VALUES ('2025-01-01'::date, 'A', 2000::numeric(38,15), 1.25::numeric(38,15), 2500::numeric(38,15)),
             ('2025-01-01', 'B', 2000, 1, 2000),
             ('2025-02-01', 'A', 2000, NULL, NULL),
             ('2025-02-01', 'B', 2000, 1, 2000)$$,
    'the last average rate dated in the month, or unknown');
SELECT results_eq(
    $$SELECT finding, severity, subject_id, period_month, row_count FROM books_report.data_quality
      WHERE finding = 'fx_rate_missing' ORDER BY period_month$$,
    $$VALUES ('fx_rate_missing', 'error', 'EUR', '2025-02-01'::date, 1::bigint), ('fx_rate_missing', 'error', 'EUR', '2025-03-01', 1)$$,
    'a missing rate is a finding');
SELECT is_empty('SELECT * FROM books_report.ledger_check WHERE NOT ok', 'everything adds up');

SELECT * FROM finish();
ROLLBACK;
