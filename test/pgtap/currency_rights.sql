-- Who may do what with prices, plans and currencies: a reader reads all that is published and nothing else, a
-- loader brings facts and rewrites none, an outsider does neither.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('f', 'EUR');
INSERT INTO f.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('f', 'rates', 't') AS load \gset
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('USD', 'EUR', 'closing', '2026-01-31', 0.8), ('USD', 'EUR', 'spot', '2026-01-05', 0.9);
INSERT INTO f.monetary_item (item_id, kind, amount, recognised_on) VALUES ('i', 'payable', '100 USD', '2026-01-05');
SELECT publish_load('f', :load);
CREATE ROLE chipbook_test_reader;
CREATE ROLE chipbook_test_loader;
CREATE ROLE chipbook_test_outsider;
SELECT grant_ledger('f', 'reader', 'chipbook_test_reader');
SELECT grant_ledger('f', 'loader', 'chipbook_test_loader');
GRANT USAGE ON SCHEMA public TO chipbook_test_reader, chipbook_test_loader, chipbook_test_outsider;
CREATE TEMPORARY TABLE published AS SELECT unnest('{exchange_rate,allocated_spend_reporting,chip_hour_cost_reporting,monetary_item_value,lease_liability_value,entity_translation,translation_adjustment,
    fixed_asset_register_reporting,price_list,credit_price_list,priced_charge,priced_charge_tier,priced_token_usage,token_spend,token_cost,spend_by_cost_centre,cost_centre_check,spend_vs_plan,spend_vs_plan_all_scenarios,
    spend_vs_plan_reporting,cost_forecast}'::text[]) AS view_name;
UPDATE published SET view_name = regexp_replace(view_name, '\s', '', 'g');
CREATE TEMPORARY TABLE facts AS SELECT unnest('{monetary_item,monetary_settlement,sku_price,credit_price,token_usage,cost_centre_rule,plan_line,fx_rate}'::text[]) AS table_name;
GRANT SELECT ON published, facts TO PUBLIC;

SET ROLE chipbook_test_reader;
SELECT lives_ok(format('SELECT * FROM f_report.%I', view_name), 'a reader reads ' || view_name) FROM published;
SELECT is((SELECT converted FROM exchange_at('f', '100 USD', 'EUR', '2026-01-31')), '80 EUR'::monetary, 'and asks for an amount at a rate that is published');
SELECT results_eq($$SELECT item_id, value FROM f_report.monetary_item_value WHERE period_month = '2026-01-01'$$, $$VALUES ('i', 80.0)$$, 'with its figures');
SELECT throws_ok(format('SELECT * FROM f.%I', table_name), '42501', NULL, 'but not from ' || table_name) FROM facts;
SELECT throws_ok($$SELECT open_load('f', 'x', 't')$$, '42501', NULL, 'brings nothing');
SELECT throws_ok($$SELECT close_period('f', 'main', 'ifrs', 2026, 1)$$, '42501', NULL, 'closes nothing');
SELECT throws_ok($$SELECT * FROM f.foreign_item_at('{2026-01-01}', '{2026-02-01}')$$, '42501', NULL, 'and calls no function of the ledger by name');

SET ROLE chipbook_test_loader;
SELECT open_load('f', 'by a loader', 't') AS load \gset
SELECT lives_ok($$INSERT INTO f.monetary_settlement (settlement_id, item_id, amount, settled_on, settled_rate) VALUES ('s', 'i', '10 USD', '2026-01-10', 0.5)$$, 'a loader brings facts');
SELECT lives_ok($$INSERT INTO f.credit_price (service_provider_name, credit, currency, price, valid_from) VALUES ('c', 'c', 'USD', 1, '2026-01-01')$$);
SELECT publish_load('f', :load);
SELECT throws_ok(format('UPDATE f.%I SET note = NULL', table_name), '42501', NULL, 'but rewrites no ' || table_name) FROM facts WHERE table_name NOT IN ('monetary_item', 'monetary_settlement', 'fx_rate', 'token_usage');
SELECT throws_ok(format('DELETE FROM f.%I', table_name), '42501', NULL, 'deletes no ' || table_name) FROM facts;
SELECT throws_ok(format('UPDATE f.%I SET recorded_at = now()', table_name), '42501', NULL, 'and moves none in recorded time: ' || table_name) FROM facts;
SELECT throws_ok($$INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate, source_id, recorded_at) VALUES ('JPY', 'EUR', 'closing', '2026-01-31', 1, 't', '2020-01-01')$$, '42501', NULL, 'inserts no rate as published');
SELECT throws_ok($$SELECT close_period('f', 'main', 'ifrs', 2026, 1)$$, '42501', NULL, 'and closes nothing');
SELECT throws_ok($$SELECT f.close_monetary_items(NULL, NULL); SELECT f.period_close('main', 'ifrs', 2026, 1)$$, NULL, NULL, 'whatever he calls');

SET ROLE chipbook_test_outsider;
SELECT throws_ok(format('SELECT * FROM f_report.%I', view_name), '42501', NULL, 'an outsider does not read ' || view_name) FROM published;
SELECT throws_ok(format('INSERT INTO f.%I DEFAULT VALUES', table_name), '42501', NULL, 'nor bring ' || table_name) FROM facts;
SELECT throws_ok($$SELECT * FROM exchange_at('f', '100 USD', 'EUR', '2026-01-31')$$, '42501', NULL, 'nor learn a rate');
SELECT is(exchange('100 USD', 0.8, 'EUR'), '80 EUR'::monetary, 'he may reckon');
RESET ROLE;
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('f'::regnamespace, 'f_report'::regnamespace) AND p.prosecdef AND has_function_privilege('chipbook_test_outsider', p.oid, 'EXECUTE')$$, 'what runs as the owner is nobody''s to call');

SELECT * FROM finish();
ROLLBACK;
