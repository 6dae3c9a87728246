-- The dimensions: their keys are one, facts find them, and the days are all there.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
\ir ../bi/world.sql
SELECT no_plan();

SELECT is_empty(format('SELECT %1$s FROM books_report.%2$s GROUP BY %1$s HAVING count(*) > 1 OR bool_or(%1$s IS NULL)', key, name), name || ': its key is one')
FROM (VALUES ('dim_date', 'date_day'), ('dim_entity', 'entity_id'), ('dim_account', 'account_id'), ('dim_cost_centre', 'cost_centre_id'), ('dim_pool', 'pool_id'), ('dim_party', 'party_id'),
             ('dim_provider', 'provider_id'), ('dim_chip_model', 'chip_model_id'), ('dim_site', 'site_id'), ('dim_currency', 'currency')) v (name, key);
-- Every fact finds its dimension, under the name its column has there.
SELECT is_empty(format('SELECT f.%1$s FROM books_report.%2$s f LEFT JOIN books_report.%3$s d ON d.%4$s = f.%1$s WHERE f.%1$s IS NOT NULL AND d.%4$s IS NULL', fact_key, fact, dim, key), format('%s.%s is in %s', fact, fact_key, dim))
FROM (VALUES ('utilisation_weighted_spend', 'pool_id', 'dim_pool', 'pool_id'), ('utilisation_weighted_spend', 'entity_id', 'dim_entity', 'entity_id'), ('utilisation_weighted_spend', 'site_id', 'dim_site', 'site_id'),
             ('utilisation_weighted_spend', 'chip_model_id', 'dim_chip_model', 'chip_model_id'), ('utilisation_weighted_spend', 'provider_id', 'dim_provider', 'provider_id'),
             ('utilisation_weighted_spend', 'currency', 'dim_currency', 'currency'), ('utilisation_weighted_spend', 'period_month', 'dim_date', 'date_day'), ('spend_vs_plan', 'cost_centre_id', 'dim_cost_centre', 'cost_centre_id'),
             ('general_ledger', 'account_id', 'dim_account', 'account_id'), ('general_ledger', 'posting_date', 'dim_date', 'date_day'), ('spend_by_day', 'reading_day', 'dim_date', 'date_day'),
             ('commitment_status', 'provider_id', 'dim_provider', 'provider_id'), ('purchase_obligations', 'buyer_id', 'dim_party', 'party_id'), ('purchase_obligations', 'supplier_id', 'dim_provider', 'provider_id'),
             ('investment_exposure_group', 'counterparty_id', 'dim_party', 'party_id'), ('chip_book_value', 'period_month', 'dim_date', 'date_day')) v (fact, fact_key, dim, key);
SELECT results_eq($$SELECT sum(u.total_cost) FROM books_report.utilisation_weighted_spend u JOIN books_report.dim_date d ON d.date_day = u.period_month LEFT JOIN books_report.dim_pool USING (pool_id)$$,
    $$SELECT sum(total_cost) FROM books_report.utilisation_weighted_spend$$, 'a star multiplies nothing');

SELECT results_eq($$SELECT count(*), min(date_day), max(date_day) - min(date_day) + 1 = count(*) FROM books_report.dim_date$$,
    $$SELECT (make_date(extract(year FROM d.effective_date + 3653)::integer + 1, 1, 1) - date '2025-01-01')::bigint, date '2025-01-01', true FROM books_report.data_status d$$,
    'every day from the year of the first fact on, to the end of the tenth year to come');
SELECT results_eq($$SELECT period_month, month_end, quarter, year, calendar_year, calendar_quarter, calendar_month, day_of_month, day_of_week, iso_year, iso_week, is_weekend, is_month_start, is_month_end, fiscal_year, period_number, fiscal_period,
        fiscal_period_start, fiscal_period_end, is_closed FROM books_report.dim_date WHERE date_day = '2028-02-29'$$,
    $$VALUES (date '2028-02-01', date '2028-02-29', date '2028-01-01', date '2028-01-01', 2028::bigint, 1::bigint, 2::bigint, 29::bigint, 2::bigint, 2028::bigint, 9::bigint, false, false, true, 2028::bigint, 2::bigint, 'FY28-P02',
        date '2028-02-01', date '2028-02-29', false)$$, 'a leap day');
SELECT results_eq($$SELECT fiscal_period, count(*), bool_and(is_closed) FROM books_report.dim_date WHERE date_day BETWEEN '2026-08-01' AND '2026-11-30' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('FY26-P08', 31::bigint, false), ('FY26-P09', 30, true), ('FY26-P10', 31, true), ('FY26-P11', 30, false)$$, 'what was closed is');
SELECT results_eq($$SELECT last_load, last_closed_period FROM books_report.data_status$$, $$VALUES ('found', 'FY26-P10')$$, 'the last load, and the last period');
SELECT results_eq($$SELECT invoice_issuer_name, billing_month, billing_currency, billed_cost, row_count, billing_period_status, is_closed FROM books_report.issuer_period_status$$,
    $$VALUES ('A cloud', date '2026-10-01', 'USD', 1040.3::numeric(38,15), 3::bigint, NULL, true)$$, 'how far an issuer''s bills are');
SELECT open_load('books', 'periods', 't') AS load \gset
INSERT INTO books.billing_period (invoice_issuer_name, billing_period_start, billing_period_end, billing_period_status) VALUES ('A cloud', '2026-10-01 00:00Z', '2026-11-01 00:00Z', 'Closed');
SELECT publish_load('books', :load);
SELECT results_eq($$SELECT billing_period_status, count(*) FROM books_report.issuer_period_status GROUP BY 1$$, $$VALUES ('Closed', 1::bigint)$$, 'as it says itself');

-- What becomes known later changes no answer as of before.
SELECT to_char(last_recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS before FROM books.ledger \gset
SET chipbook.as_of = :'before';
CREATE TEMPORARY TABLE days_before AS SELECT * FROM books_report.dim_date;
RESET chipbook.as_of;
SELECT add_reading_partitions('books', '2019-05-01');
SELECT open_load('books', 'old readings', 't') AS load \gset
INSERT INTO books.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis) VALUES ('P', '2019-05-01 00:00Z', '2019-05-02 00:00Z', '2019-05-01', 1000, 0, 0, 0, 'sm_active');
SELECT publish_load('books', :load);
SELECT is((SELECT min(date_day) FROM books_report.dim_date), date '2019-01-01', 'readings of an earlier year bring its days');
SET chipbook.as_of = :'before';
SELECT set_eq('SELECT * FROM books_report.dim_date', 'SELECT * FROM days_before', 'and none as of before');
RESET chipbook.as_of;

-- Years of 52 weeks, a fiscal year that begins in July, and an empty ledger.
SELECT create_ledger('july', fiscal_year_start => 7);
SELECT cmp_ok((SELECT count(*) FROM july_report.dim_date), '>', 3653::bigint, 'an empty ledger has days too');
INSERT INTO july.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('july', 'weeks', 't') AS load \gset
INSERT INTO july.asset (asset_id, name, component, cost, acquired_on) VALUES ('a', 'a', 'other', '1 USD', '2025-01-01');
SELECT add_fiscal_year('july', 'ledger', 2028, '2027-06-27', 'weeks_52_53', 52, '4-4-5');
SELECT publish_load('july', :load);
SELECT results_eq($$SELECT fiscal_period, fiscal_year FROM july_report.dim_date WHERE date_day IN ('2026-06-30', '2026-07-01') ORDER BY date_day$$, $$VALUES ('FY26-P12', 2026::bigint), ('FY27-P01', 2027)$$, 'from July on');
SELECT results_eq($$SELECT fiscal_period, count(*), min(date_day) FROM july_report.dim_date WHERE fiscal_year = 2028 AND period_number <= 3 GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('FY28-P01', 28::bigint, date '2027-06-27'), ('FY28-P02', 28, '2027-07-25'), ('FY28-P03', 35, '2027-08-22')$$, 'of four and five weeks');
SELECT results_eq($$SELECT max(date_day) - min(date_day) + 1 = count(*), count(*) = count(DISTINCT date_day) FROM july_report.dim_date$$, 'VALUES (true, true)', 'without a gap or a day twice, though calendars meet');
SELECT is((SELECT fiscal_period FROM july_report.dim_date WHERE date_day = '2028-06-25'), NULL, 'a day that is in no period has none');
SELECT results_eq($$SELECT minor_unit, is_current, is_reporting FROM july_report.dim_currency WHERE currency IN ('BHD', 'DEM', 'USD') ORDER BY currency$$, 'VALUES (3::bigint, true, false), (2, false, false), (2, true, true)', 'currencies');

SELECT * FROM finish();
ROLLBACK;
