-- Rates by a named policy, the books of an entity in another currency, and monetary items: the
-- worked numbers of IAS 21, and laws over random rates.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();
SELECT setseed(0.21);

-- ---------------------------------------------------------------------------
-- A rate on a day
-- ---------------------------------------------------------------------------
SELECT create_ledger('f', 'EUR');
INSERT INTO f.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('f', 'rates', 't') AS load \gset
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate, rate_source) VALUES
    ('USD', 'EUR', 'closing', '2026-01-30', 0.80, 'ledger'), ('USD', 'EUR', 'closing', '2026-01-30', 0.81, 'ECB'), ('USD', 'EUR', 'spot', '2026-01-30', 0.82, 'ledger'),
    ('EUR', 'JPY', 'closing', '2026-01-29', 160, 'ledger'), ('EUR', 'GBP', 'closing', '2026-01-28', 0.875, 'ledger'),
    ('USD', 'EUR', 'budget', '2026-01-01', 0.9, 'ledger');
SELECT publish_load('f', :load);

SELECT results_eq($$SELECT original, converted, rate, rate_date, source, path FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30')$$,
    $$VALUES ('100 USD'::monetary, '80 EUR'::monetary, 0.80, date '2026-01-30', 'ledger', 'USD>EUR')$$, 'the rate of the day, with all it was made of');
SELECT results_eq($$SELECT original, converted, rate, rate_date, source, path FROM exchange_at('f', '100 USD', 'EUR', '2026-01-31')$$,
    $$VALUES ('100 USD'::monetary, NULL::monetary, NULL::numeric, NULL::date, NULL, NULL)$$, 'without one: NULL, never 1');
SELECT results_eq($$SELECT n, x.converted, x.rate_date FROM unnest('{0,1,2,30}'::integer[]) n, exchange_at('f', '100 USD', 'EUR', '2026-02-01', policy => 'last_before', max_age => n) x$$,
    $$VALUES (0, NULL::monetary, NULL::date), (1, NULL, NULL), (2, '80 EUR', '2026-01-30'), (30, '80 EUR', '2026-01-30')$$, 'the last before, not older than asked');
SELECT results_eq($$SELECT t, x.converted FROM unnest('{spot,closing,average,historical,budget}'::text[]) t, exchange_at('f', '100 USD', 'EUR', '2026-01-30', rate_type => t) x$$,
    $$VALUES ('spot', '82 EUR'::monetary), ('closing', '80 EUR'), ('average', NULL), ('historical', NULL), ('budget', NULL)$$, 'of the type asked for');
SELECT results_eq($$SELECT converted, source FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30', rate_source => 'ECB')$$, $$VALUES ('81 EUR'::monetary, 'ECB')$$, 'of the source asked for');
SELECT is((SELECT converted FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30', rate_source => 'SNB')), NULL, 'and of no other');
SELECT is((SELECT converted FROM exchange_at('f', '100 EUR', 'USD', '2026-01-30')), NULL, 'the other way round is no rate');
SELECT results_eq($$SELECT converted, rate, path FROM exchange_at('f', '100 EUR', 'USD', '2026-01-30', or_inverse => true)$$, $$VALUES ('125 USD'::monetary, 1.25, 'EUR<USD')$$, 'unless asked');
SELECT is((SELECT converted FROM exchange_at('f', '100 USD', 'JPY', '2026-01-30', policy => 'last_before', max_age => 5, or_inverse => true)), NULL, 'nor is one made of two');
SELECT results_eq($$SELECT converted, rate, rate_date, path FROM exchange_at('f', '100 USD', 'JPY', '2026-01-30', policy => 'last_before', max_age => 5, through => 'EUR')$$,
    $$VALUES ('12800 JPY'::monetary, 128.00, date '2026-01-29', 'USD>EUR>JPY')$$, 'unless asked, dated by the older one');
SELECT results_eq($$SELECT converted, rate, path FROM exchange_at('f', '100 GBP', 'JPY', '2026-01-30', policy => 'last_before', max_age => 5, through => 'EUR', or_inverse => true)$$,
    $$VALUES ('18285.714285714285714 JPY'::monetary, 182.857142857142857142857142857143, 'GBP<EUR>JPY')$$, 'both, rounded once');
SELECT results_eq($$SELECT converted, rate, rate_date, path FROM exchange_at('f', '100 USD', 'USD', '2026-01-31')$$, $$VALUES ('100 USD'::monetary, 1::numeric, date '2026-01-31', 'USD')$$, 'into itself at 1');
SELECT results_eq($$SELECT original, converted FROM exchange_at('f', NULL, 'EUR', '2026-01-30')$$, $$VALUES (NULL::monetary, NULL::monetary)$$, 'nothing of nothing');
SELECT throws_ok(format($$SELECT exchange_at('f', '1 USD', 'EUR', '2026-01-30', %s)$$, a), '22023', NULL, 'refused: ' || a)
FROM unnest(ARRAY['rate_type => ''mid''', 'policy => ''nearest''', 'policy => ''last_before''', 'max_age => 3', 'policy => ''last_before'', max_age => -1', 'through => ''EUR''', 'through => ''USD''']) a;
SELECT throws_ok($$SELECT exchange_at('none', '1 USD', 'EUR', '2026-01-30')$$, '3F000', NULL, 'of a ledger that is');
SELECT throws_ok($$SELECT exchange_at('f', '2.5e18 EUR', 'JPY', '2026-01-29')$$, '22003', NULL, 'what does not fit is said');
SET LOCAL chipbook.as_of = '2000-01-01';
SELECT is((SELECT converted FROM exchange_at('f', '100 USD', 'EUR', '2026-01-30')), NULL, 'as known then');
RESET chipbook.as_of;
SELECT results_eq($$SELECT rate FROM f_report.exchange_rate WHERE from_currency = 'USD' AND rate_type = 'closing' ORDER BY rate_source$$, $$VALUES (0.81::numeric(38,15)), (0.80)$$, 'rates are published');

-- Exact, whatever the rates: as numeric says with digits to spare.
SELECT is(count(*), 0::bigint, 'm x n / d is rounded once, half away from zero')
FROM (SELECT monetary(round((random() - 0.5)::numeric * 10::numeric ^ (i % 16), 15), 'USD') AS m, round((0.01 + random() * 100)::numeric, i % 12 + 2) AS n,
             round((0.01 + random() * 100)::numeric, i % 7 + 2) AS d FROM generate_series(1, 5000) i) c
WHERE amount(exchanged(m, n, d, 'EUR')) IS DISTINCT FROM round(amount(m) * n * (1 + 1e-60 - 1e-60) / d, 15)
  AND abs(amount(exchanged(m, n, d, 'EUR')) * d - amount(m) * n) > 0.5e-15 * d;
SELECT results_eq($$SELECT exchanged('0.000000000000001 USD', 1, 2, 'EUR'), exchanged('-0.000000000000001 USD', 1, 2, 'EUR'), exchanged('0.000000000000001 USD', 1, 2.0001, 'EUR')$$,
    $$VALUES ('0.000000000000001 EUR'::monetary, '-0.000000000000001 EUR'::monetary, '0 EUR'::monetary)$$, 'a half away from zero');

-- ---------------------------------------------------------------------------
-- Translation of an entity: 1,000 at 1.25 = 800; 100 at 1.20 = 83.33; 900 at 1.00 = 900; 183.33
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.post(of_ledger text, on_day date, debit text, credit text, m monetary, of_entity text DEFAULT 'us') RETURNS void LANGUAGE sql AS $$
    SELECT approve_entry(of_ledger, post_entry(of_ledger, of_entity, 'ifrs', ARRAY[posting_line(debit, m), posting_line(credit, - m)], 'test', posting_date => on_day, prepared_by => 'someone'), 'another')
$$;
SELECT open_load('f', 'books', 't') AS load \gset
INSERT INTO f.entity (entity_id, name, functional_currency) VALUES ('us', 'counts in dollars', 'USD'), ('nowhere', 'counts in pounds', 'GBP');
INSERT INTO f.account (account_id, name, kind) VALUES ('0100', 'chips', 'asset'), ('0190', 'accumulated', 'asset'), ('2000', 'capital', 'equity'), ('6100', 'depreciation', 'expense'), ('4000', 'income', 'income'), ('3000', 'payables', 'liability');
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('USD', 'EUR', 'historical', '2026-09-30', 1 / 1.25), ('USD', 'EUR', 'average', '2026-09-30', 0.79), ('USD', 'EUR', 'closing', '2026-09-30', 1 / 1.25),
    ('USD', 'EUR', 'average', '2026-10-31', 1 / 1.20), ('USD', 'EUR', 'closing', '2026-10-15', 0.7), ('USD', 'EUR', 'closing', '2026-10-31', 1.00);
SELECT publish_load('f', :load);
SELECT pg_temp.post('f', '2026-09-30', '0100', '2000', '1000 USD');
SELECT pg_temp.post('f', '2026-10-31', '6100', '0190', '100 USD');
SELECT pg_temp.post('f', '2026-10-31', '6100', '0190', '1 GBP', 'nowhere');
SELECT results_eq($$SELECT functional_net_assets, round(net_assets_opening, 2), round(result, 2), round(exchange_difference, 2), round(net_assets_closing, 2), round(cumulative_adjustment, 2)
                    FROM f_report.translation_adjustment WHERE entity_id = 'us' ORDER BY fiscal_year, period_number$$,
    $$VALUES (1000.0, 0.00, 0.00, 0.00, 800.00, 0.00), (900, 800.00, -83.33, 183.33, 900.00, 183.33)$$,
    '1,000 at 1.25 = 800; 100 at 1.20 = 83.33; 900 at 1.00 = 900; exchange difference in equity 183.33');
SELECT results_eq($$SELECT line, account_id, functional_balance, round(translated_balance, 2) FROM f_report.entity_translation WHERE entity_id = 'us' AND period_number = 10 ORDER BY line, account_id$$,
    $$VALUES ('account', '0100', 1000.0, 1000.00), ('account', '0190', -100, -100.00), ('account', '2000', -1000, -800.00), ('account', '6100', 100, 83.33), ('exchange_difference', NULL, 0, -183.33)$$,
    'account by account');
SELECT is_empty($$SELECT entity_id, period_number FROM f_report.entity_translation WHERE entity_id = 'us' GROUP BY 1, 2 HAVING sum(functional_balance) <> 0 OR sum(translated_balance) <> 0$$, 'balances add up to nothing in both currencies');
SELECT results_eq($$SELECT line, account_id, functional_balance, translated_balance FROM f_report.entity_translation WHERE entity_id = 'nowhere' ORDER BY line, account_id$$,
    $$VALUES ('account', '0190', -1.0, NULL::numeric), ('account', '6100', 1, NULL), ('exchange_difference', NULL, 0, NULL)$$, 'without rates nothing is known');
SELECT results_eq($$SELECT finding, subject_id, period_month FROM f_report.data_quality WHERE finding LIKE '%rate_missing'$$,
    $$VALUES ('translation_rate_missing', 'nowhere', date '2026-10-01')$$, 'which is a finding');

-- Random books: net assets roll forward to the last digit, whatever the rates, over years.
SELECT open_load('f', 'random', 't') AS load \gset
INSERT INTO f.entity (entity_id, name, functional_currency) VALUES ('random', 'random', 'SEK');
INSERT INTO f.fx_rate (from_currency, to_currency, rate_type, rate_date, rate)
SELECT 'SEK', 'EUR', k.rate_type, (m + interval '1 month')::date - 1, round((0.05 + random() * 0.1)::numeric, 6)
FROM generate_series(timestamp '2024-11-01', '2026-09-01', '1 month') m, unnest('{closing,average,historical}'::text[]) k (rate_type);
SELECT publish_load('f', :load);
SELECT count(pg_temp.post('f', (m + interval '1 month')::date - 1, (ARRAY['0100', '6100', '2000'])[1 + floor(random() * 3)::integer], (ARRAY['0190', '3000', '4000'])[1 + floor(random() * 3)::integer],
                          monetary(round((random() * 1e6)::numeric, 2), 'SEK'), 'random'))
FROM generate_series(timestamp '2024-11-01', '2026-09-01', '1 month') m, generate_series(1, 2);
SELECT is_empty($$SELECT * FROM f_report.translation_adjustment WHERE entity_id = 'random'
                  AND (net_assets_opening + result + equity_movement + exchange_difference = net_assets_closing) IS NOT TRUE$$, 'net assets roll forward');
SELECT is_empty($$SELECT fiscal_year, period_number FROM f_report.entity_translation WHERE entity_id = 'random' GROUP BY 1, 2
                  HAVING sum(functional_balance) <> 0 OR sum(translated_balance) IS DISTINCT FROM 0$$, 'and balances add up to nothing');
SELECT isnt_empty($$SELECT * FROM f_report.entity_translation WHERE entity_id = 'random' AND line = 'result_of_earlier_years' AND translated_balance <> 0$$, 'with results of earlier years');

SELECT * FROM finish();
ROLLBACK;
