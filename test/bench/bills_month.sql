-- What services cost by month over many charges: the same SQL over the ledger's charges, as known, and over plain tables
-- without history, and the published sums. Charges are inserted as publication leaves them; a year of hourly rows of five
-- providers, 150 services and 20 sub-accounts, in two currencies, about 40 columns filled, in the order of their hours.

SET client_min_messages = warning;
SELECT create_ledger('bills') \g /dev/null
INSERT INTO bills.source (source_id, kind, reference, confidence) VALUES ('bench', 'synthetic', 'made for the benchmark', 'low');
INSERT INTO bills.load (description, source_id, recorded_at, imported, fact_count) VALUES ('bills', 'bench', '2027-01-01 00:00Z', true, :charges) RETURNING load_id AS bill \gset
INSERT INTO bills.charge (recorded_at, load_id, delivery_id, line_no, billing_period_start, billing_period_end, charge_period_start, charge_period_end, row_hash,
    billed_cost, effective_cost, list_cost, contracted_cost, consumed_quantity, contracted_unit_price, list_unit_price, pricing_quantity, billing_currency, charge_category, charge_class,
    service_provider_name, provider_name, publisher_name, invoice_issuer_name, service_category, service_name, billing_account_id, billing_account_name, charge_description, charge_frequency,
    commitment_discount_id, commitment_discount_category, commitment_discount_status, consumed_unit, invoice_id, pricing_category, pricing_currency, pricing_unit, region_id, region_name,
    resource_id, resource_type, sku_id, sku_meter, sku_price_id, sub_account_id, sub_account_name, tags, source_id)
SELECT '2027-01-01 00:00Z', :bill, 1, i, m.starts, m.starts + interval '1 month', h.at, h.at + interval '1 hour', sha256(int8send(i)),
       n.cost, CASE WHEN n.committed THEN round(n.cost * 0.61, 12) ELSE n.cost END, n.cost * 1.25, n.cost, 1 + i % 24, 0.0125, 0.015625, 1 + i % 24,
       CASE WHEN n.provider = 3 THEN 'EUR' ELSE 'USD' END, CASE WHEN i % 97 = 0 THEN 'Tax' ELSE 'Usage' END, CASE WHEN i % 1009 = 0 THEN 'Correction' END,
       n.name, n.name, n.name, n.name, (ARRAY['Compute', 'Storage', 'Networking', 'Databases', 'AI and Machine Learning'])[1 + n.service % 5],
       'Service ' || n.provider || '-' || n.service, 'account-' || n.provider, 'Account', 'On-demand hours of a service', 'Usage-Based',
       CASE WHEN n.committed THEN 'plan-' || n.provider END, CASE WHEN n.committed THEN 'Spend' END, CASE WHEN n.committed THEN 'Used' END, 'Hours',
       concat('INV-', n.provider, '-', to_char(m.starts, 'YYYYMM')), CASE WHEN n.committed THEN 'Committed' ELSE 'Standard' END, CASE WHEN n.provider = 3 THEN 'EUR' ELSE 'USD' END, 'Hours',
       'region-' || n.provider, 'Region', 'arn:resource/' || n.hash % 5000, 'Instance', 'SKU' || n.service, 'Box usage', 'SKU' || n.service || '.JRTCKXETXF',
       'sub-' || n.hash / 7 % 20, 'Sub-account', jsonb_build_object('team', 'team-' || n.hash / 11 % 40, 'env', (ARRAY['prod', 'test'])[1 + n.hash % 2]), 'bench'
FROM generate_series(1::bigint, :charges) i
CROSS JOIN LATERAL (SELECT '2026-01-01 00:00Z'::timestamptz + (i * 8760 / (:charges + 1)) * interval '1 hour' AS at) h
CROSS JOIN LATERAL (SELECT date_trunc('month', h.at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS starts) m
CROSS JOIN LATERAL (SELECT pg_catalog.hashint8(i) & 2147483647 AS hash) x
CROSS JOIN LATERAL (SELECT x.hash, x.hash % 5 AS provider, (ARRAY['Amazon Web Services', 'Microsoft', 'Google Cloud', 'Oracle', 'CoreWeave'])[1 + x.hash % 5] AS name, x.hash / 5 % 30 AS service,
                           x.hash / 150 % 5 = 0 AS committed, ((x.hash % 100003) * 0.000731 + 0.000001)::numeric AS cost) n;
-- A table with numeric columns and no history: the columns of FOCUS as its files have them; the same in the order of charge;
-- and none but those that are asked for.
SELECT set_config('bench.focus', string_agg(focus_snake(column_name), ', '), false) FROM focus_columns() WHERE dataset = 'CostAndUsage' \g /dev/null
SELECT set_config('bench.ours', string_agg(a.attname, ', ' ORDER BY a.attnum), false) FROM pg_attribute a
JOIN focus_columns() f ON focus_snake(f.column_name) = a.attname AND f.dataset = 'CostAndUsage' WHERE a.attrelid = 'bills.charge'::regclass AND a.attnum > 0 \g /dev/null
DO $$ BEGIN
    EXECUTE format('CREATE UNLOGGED TABLE plain_focus AS SELECT %s FROM bills.charge', current_setting('bench.focus'));
    EXECUTE format('CREATE UNLOGGED TABLE plain_ours AS SELECT %s FROM bills.charge', current_setting('bench.ours'));
END $$;
CREATE UNLOGGED TABLE plain_narrow AS SELECT charge_period_start, billed_cost, effective_cost, billing_currency, service_provider_name, service_name FROM bills.charge;
CREATE FUNCTION pg_temp.once(of_name text, work text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz := clock_timestamp();
BEGIN
    EXECUTE work;
    INSERT INTO bench_query (name, query) VALUES (of_name, work);
    INSERT INTO bench_time SELECT of_name, n, 1000 * extract(epoch FROM clock_timestamp() - started) FROM generate_series(1, current_setting('bench.runs')::integer) n;
END
$$;
SELECT set_config('bench.runs', :'runs', false) \g /dev/null
SET search_path = bills, chipbook, public;
SELECT pg_temp.once('all charges added up by publication', format('SELECT charge_month_change(''2027-01-01 00:00Z'', %s, true, false)', :bill)) \g /dev/null
VACUUM (FREEZE, ANALYZE) charge, charge_month;
-- One late bill of a month, a thousandth of all.
INSERT INTO load (description, source_id, recorded_at, imported, fact_count) VALUES ('late', 'bench', '2027-01-02 00:00Z', true, :charges / 1000) RETURNING load_id AS late \gset
SELECT set_config('bench.columns', string_agg(quote_ident(attname), ', '), false) FROM pg_attribute WHERE attrelid = 'charge'::regclass AND attnum > 0 AND attname NOT IN ('fact_id', 'load_id', 'recorded_at') \g /dev/null
SELECT format('INSERT INTO charge (load_id, recorded_at, %1$s) SELECT %2$s, ''2027-01-02 00:00Z'', %1$s FROM charge WHERE load_id = %3$s LIMIT %4$s', current_setting('bench.columns'), :late, :bill, :charges / 1000) \gexec
SELECT pg_temp.once('a late bill added up by publication', format('SELECT charge_month_change(''2027-01-02 00:00Z'', %s, true, false)', :late)) \g /dev/null
-- And withdrawn.
UPDATE charge SET superseded_at = '2027-01-03 00:00Z' WHERE load_id = :late;
SELECT pg_temp.once('a late bill taken off by its withdrawal', format('SELECT charge_month_change(''2027-01-03 00:00Z'', %s, false, true)', :late)) \g /dev/null
UPDATE ledger SET last_recorded_at = '2026-11-01 00:00Z';
-- As in books where nothing is that old: what is in the future of the clock is not known yet.
SET chipbook.as_of = '2027-02-01';
ALTER DATABASE :DBNAME SET chipbook.as_of = '2027-02-01';
VACUUM (FREEZE, ANALYZE) charge, charge_month, plain_focus, plain_ours, plain_narrow;
SET search_path = chipbook, public;
\set by '1, 2, 3, 4'
\set sums 'service_provider_name, service_name, billing_currency, sum(billed_cost) AS billed, sum(effective_cost) AS effective'
\set month 'date_trunc(''month'', charge_period_start AT TIME ZONE ''UTC'')::date AS charge_month'

-- The same rows, or the times mean nothing.
SELECT format('SELECT %s, %s FROM bills.charge_known GROUP BY %s', :'month', :'sums', :'by') AS ours,
       format('SELECT charge_month, %s FROM bills_report.cost_by_service_month GROUP BY %s', :'sums', :'by') AS summary,
       format('SELECT charge_month, %s FROM bills_report.cost_and_usage_month GROUP BY %s', :'sums', :'by') AS both,
       format('SELECT %s, %s FROM bills_report.cost_and_usage GROUP BY %s', :'month', :'sums', :'by') AS published,
       format('SELECT %s, %s FROM plain_focus GROUP BY %s', :'month', :'sums', :'by') AS focus,
       format('SELECT %s, %s FROM plain_ours GROUP BY %s', :'month', :'sums', :'by') AS same,
       format('SELECT %s, %s FROM plain_narrow GROUP BY %s', :'month', :'sums', :'by') AS narrow \gset
SELECT 1 / (count(*) = 0)::integer FROM ((:ours EXCEPT :summary) UNION ALL (:summary EXCEPT :ours) UNION ALL (:ours EXCEPT :focus) UNION ALL (:ours EXCEPT :both)) d \g /dev/null
SELECT 1 / (count(*) > 100)::integer FROM (:ours) d \g /dev/null

INSERT INTO bench_query (name, query, workers) VALUES
('bills: charges as known', :'ours', 0), ('bills: plain table, FOCUS columns in their order', :'focus', 0), ('bills: plain table, FOCUS columns in ours', :'same', 0),
('bills: plain table, the columns asked for', :'narrow', 0), ('bills: cost_by_service_month', :'summary', 0), ('bills: cost_and_usage_month', :'both', 0), ('bills: cost_and_usage', :'published', 0),
('bills: charges as known, two workers', :'ours', 2), ('bills: plain table, FOCUS columns in their order, two workers', :'focus', 2), ('bills: cost_and_usage, two workers', :'published', 2);
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('cost by provider and service, charges as known : plain table', 'bills: charges as known', 'bills: plain table, FOCUS columns in their order', 1),
('the same : plain table with its columns in our order', 'bills: charges as known', 'bills: plain table, FOCUS columns in ours', NULL),
('the same : plain table of the columns asked for', 'bills: charges as known', 'bills: plain table, the columns asked for', NULL),
('the first, two workers', 'bills: charges as known, two workers', 'bills: plain table, FOCUS columns in their order, two workers', NULL),
('cost_and_usage : plain table', 'bills: cost_and_usage', 'bills: plain table, FOCUS columns in their order', NULL),
('cost_by_service_month : plain table', 'bills: cost_by_service_month', 'bills: plain table, FOCUS columns in their order', 0.02),
('cost_by_service_month : plain table of the columns asked for', 'bills: cost_by_service_month', 'bills: plain table, the columns asked for', 0.02),
('cost_and_usage_month, owned chips too : plain table', 'bills: cost_and_usage_month', 'bills: plain table, FOCUS columns in their order', 0.02);
\pset footer off
\echo
SELECT (SELECT count(*) FROM bills.charge) AS charges, (SELECT count(*) FROM bills.charge_month WHERE superseded_at = 'infinity') AS "rows of charge_month",
       pg_size_pretty(pg_total_relation_size('bills.charge')) AS "charges on disk", pg_size_pretty(pg_total_relation_size('plain_focus')) AS "plain table",
       pg_size_pretty(pg_total_relation_size('plain_narrow')) AS "columns asked for", pg_size_pretty(pg_total_relation_size('bills.charge_month')) AS "months";
