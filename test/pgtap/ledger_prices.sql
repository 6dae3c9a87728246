-- Prices with dates, tiers and blocks; bills that carry quantities alone, and tokens by meter, priced
-- from them: split over tiers without loss, priced anew when a price was wrong, and never 0 for not known.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SELECT no_plan();
SELECT setseed(0.5);

-- ---------------------------------------------------------------------------
-- Units and tiers by themselves
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT u, unit_factor(u), unit_thing(u) FROM unnest('{Hours,1000 Requests,10K,100 Hours,1M Tokens,1/Hour,GB-Hours,1 GB-Month,0.5 Hrs,Months,GPU-Hour,1K}'::text[]) WITH ORDINALITY x (u, i) ORDER BY i$$,
    $$VALUES ('Hours', 1::numeric, 'hour'), ('1000 Requests', 1000, 'request'), ('10K', 10000, ''), ('100 Hours', 100, 'hour'), ('1M Tokens', 1000000, 'token'), ('1/Hour', 1, 'hour'),
             ('GB-Hours', 1, 'gb-hour'), ('1 GB-Month', 1, 'gb-month'), ('0.5 Hrs', 0.5, 'hour'), ('Months', 1, 'month'), ('GPU-Hour', 1, 'gpu-hour'), ('1K', 1000, '')$$, 'units as bills write them are a number of something');
-- docs.aws.amazon.com, S3 Standard in us-east-1: 0.023 a GB-month for the first 50 TB (51,200 GB), 0.022 for the next 450 TB, 0.021 beyond.
SELECT is(tiered_cost(600 * 1024, '{0.023,0.022,0.021}', '{0,51200,512000}'), 51200 * 0.023 + 460800 * 0.022 + 102400 * 0.021, 'S3''s three tiers');
SELECT is(tiered_cost(600 * 1024, '{0.023,0.022,0.021}', '{0,51200,512000}', 'volume'), 614400 * 0.021, 'by volume all of it is at the last');
SELECT is(tiered_cost(51200, '{0.023,0.022}', '{0,51200}', 'volume'), 51200 * 0.023, 'a bound lies in the tier below it');
SELECT is(tiered_cost(2001, '{0.4}', block => 1000, whole_blocks => true), 1.2, 'a block that is begun is paid for');
SELECT is(tiered_cost(2001, '{0.4}', block => 1000), 0.8004, 'or by its part');
SELECT is(tiered_cost(2000.0000000000000000000000001, '{0.4}', block => 1000, whole_blocks => true), 1.2, 'however small it is');
SELECT is(tiered_cost(-1500, '{0.4}', block => 1000, whole_blocks => true), -0.8, 'what is given back, as it was charged');
SELECT is(tiered_cost(NULL, '{1}'), NULL, 'nothing known costs nothing known');
SELECT throws_ok(format('SELECT tiered_cost(1, %L, %L, %L, %s)', p, a, t, b), '22023', NULL, concat_ws(' ', p, a, t, b, 'is refused'))
FROM (VALUES ('{1}', '{1}', 'graduated', '1'), ('{1,2}', '{0}', 'graduated', '1'), ('{1,2}', '{0,0}', 'graduated', '1'), ('{-1}', '{0}', 'graduated', '1'), ('{NaN}', '{0}', 'graduated', '1'),
             ('{1,2}', '{0,NaN}', 'graduated', '1'), ('{1,NULL}', '{0,5}', 'graduated', '1'), ('{}', '{}', 'graduated', '1'), ('{1}', '{0}', 'stepped', '1'), ('{1}', '{0}', 'graduated', '0')) v (p, a, t, b);
-- Every unit by itself, one by one, at the price of the tier it lies in.
SELECT is_empty($$
    SELECT q, prices, above, block FROM (
        SELECT (random() * 70)::integer AS q, 1 + (random() * 6)::integer AS block, ARRAY[round((random() * 9)::numeric, 3), round((random() * 9)::numeric, 3), round((random() * 9)::numeric, 3)] AS prices,
               ARRAY[0, 1 + (random() * 3)::integer, 5 + (random() * 6)::integer] AS above FROM generate_series(1, 500)) r
    CROSS JOIN LATERAL (SELECT (q + block - 1) / block AS blocks) b
    WHERE tiered_cost(q, prices, above, block => block, whole_blocks => true) <>
              coalesce((SELECT sum(prices[(SELECT count(*) FROM unnest(above) a WHERE a < n)]) FROM generate_series(1, blocks) n), 0)
       OR tiered_cost(q, prices, above, 'volume', block, true) <> blocks * prices[greatest((SELECT count(*) FROM unnest(above) a WHERE a < blocks), 1)]$$,
    'tiers come to what their units come to one by one');
SELECT is_empty($$
    SELECT cuts FROM (SELECT array_agg(round((random() * 1000 - 200)::numeric, 6)) AS steps, 1 + (random() * 300)::integer AS block FROM generate_series(1, 4000) i GROUP BY i / 20) r
    CROSS JOIN LATERAL (SELECT array_agg(c ORDER BY i) AS cuts FROM (SELECT i, sum(s) OVER (ORDER BY i) AS c FROM unnest(steps) WITH ORDINALITY u (s, i)) x) y
    WHERE (SELECT sum(t.cost) FROM generate_subscripts(cuts, 1) i, tier_parts(CASE WHEN i = 1 THEN 0 ELSE cuts[i - 1] END, cuts[i], '{0.7,0.333333333333333333,0.1}', '{0,2,7.5}', block) t)
          <> tiered_cost(cuts[cardinality(cuts)], '{0.7,0.333333333333333333,0.1}', '{0,2,7.5}', block => block)
       OR (SELECT sum(t.quantity) FROM generate_subscripts(cuts, 1) i, tier_parts(CASE WHEN i = 1 THEN 0 ELSE cuts[i - 1] END, cuts[i], '{0.7,0.333333333333333333,0.1}', '{0,2,7.5}', block) t)
          <> cuts[cardinality(cuts)]$$, 'parts add up to the whole exactly, whatever the blocks, back and forth');

-- ---------------------------------------------------------------------------
-- A bill without costs
-- ---------------------------------------------------------------------------
SELECT create_ledger('p');
INSERT INTO p.source (source_id, kind, reference, published_on, confidence) VALUES ('t', 'test', 'test', NULL, 'high'), ('contract', 'contract', 'order form 7', '2026-01-01', 'high'),
    ('list', 'price list', 'published prices', '2026-01-01', 'medium');
SELECT open_load('p', 'prices', 'contract') AS prices \gset
INSERT INTO p.sku_price (sku_price_id, service_provider_name, kind, sku_id, sku_meter, region_id, billing_account_id, pricing_unit, block_rounding, currency, unit_prices, tier_above, tiering, valid_from, valid_to, source_id) VALUES
    ('h100', 'CoreWeave', 'contract', 'hgx-h100', NULL, NULL, NULL, 'GPU-Hours', 'none', 'USD', '{2.50,2.00}', '{0,1000}', 'graduated', '2026-01-01', '2026-10-16', 'contract'),
    -- From the 16th on dearer; the count of the month goes on.
    ('h100', 'CoreWeave', 'contract', 'hgx-h100', NULL, NULL, NULL, 'GPU-Hours', 'none', 'USD', '{3,2.25}', '{0,1000}', 'graduated', '2026-10-16', 'infinity', 'contract'),
    ('h100 list', 'CoreWeave', 'list', 'hgx-h100', NULL, NULL, NULL, 'GPU-Hours', 'none', 'USD', '{6.155}', '{0}', 'graduated', '2026-01-01', 'infinity', 'list'),
    ('api', 'CoreWeave', 'list', 'object-api', 'requests', NULL, NULL, '1000 Requests', 'per_period', 'USD', '{0.005}', '{0}', 'graduated', '2026-01-01', 'infinity', 'list'),
    ('api each', 'CoreWeave', 'list', 'object-api', 'reads', NULL, NULL, '1000 Requests', 'per_charge', 'USD', '{0.005}', '{0}', 'graduated', '2026-01-01', 'infinity', 'list'),
    ('storage', 'CoreWeave', 'contract', 'storage', NULL, NULL, NULL, 'GB-Months', 'none', 'USD', '{0.07,0.05}', '{0,100}', 'volume', '2026-01-01', 'infinity', 'contract'),
    ('egress', 'CoreWeave', 'contract', 'egress', NULL, NULL, NULL, 'GB', 'none', 'USD', '{0}', '{0}', 'graduated', '2026-01-01', 'infinity', 'contract'),
    ('twin a', 'CoreWeave', 'contract', 'twin', NULL, NULL, NULL, 'Hours', 'none', 'USD', '{1}', '{0}', 'graduated', '2026-01-01', 'infinity', 'contract'),
    ('twin b', 'CoreWeave', 'contract', 'twin', NULL, NULL, NULL, 'Hours', 'none', 'USD', '{2}', '{0}', 'graduated', '2026-01-01', 'infinity', 'contract'),
    ('east', 'CoreWeave', 'contract', 'cpu', NULL, 'us-east', NULL, 'Hours', 'none', 'USD', '{0.10}', '{0}', 'graduated', '2026-01-01', 'infinity', 'contract'),
    ('anywhere', 'CoreWeave', 'contract', 'cpu', NULL, NULL, NULL, 'Hours', 'none', 'USD', '{0.12}', '{0}', 'graduated', '2026-01-01', 'infinity', 'contract'),
    ('account', 'CoreWeave', 'contract', 'cpu', NULL, NULL, 'A2', 'Hours', 'none', 'USD', '{0.09}', '{0}', 'graduated', '2026-01-01', 'infinity', 'contract'),
    ('euro', 'CoreWeave', 'contract', 'cpu', NULL, 'us-east', NULL, 'Hours', 'none', 'EUR', '{0.08}', '{0}', 'graduated', '2026-01-01', 'infinity', 'contract');
SELECT publish_load('p', :prices);
CREATE FUNCTION pg_temp.bill(sku text, quantity numeric, unit text, at timestamptz, meter text DEFAULT NULL, region text DEFAULT NULL, account text DEFAULT 'A1', currency text DEFAULT 'USD', price text DEFAULT NULL, cost numeric DEFAULT NULL)
RETURNS void VOLATILE LANGUAGE sql AS $$
    INSERT INTO p.charge (service_provider_name, invoice_issuer_name, charge_category, sku_id, sku_meter, sku_price_id, region_id, billing_account_id, billing_currency, consumed_quantity, consumed_unit,
                          charge_period_start, charge_period_end, billing_period_start, billing_period_end, billed_cost, effective_cost)
    VALUES ('CoreWeave', 'CoreWeave', 'Usage', sku, meter, price, region, account, currency, quantity, unit, at, at + interval '1 hour',
            date_trunc('month', at, 'UTC'), date_trunc('month', at, 'UTC') + interval '1 month', cost, cost) $$;
SELECT open_load('p', 'usage', 't') AS usage \gset
SELECT pg_temp.bill('hgx-h100', 600, 'GPU-Hours', '2026-10-02 00:00Z'), pg_temp.bill('hgx-h100', 500, 'GPU-Hours', '2026-10-03 00:00Z'), pg_temp.bill('hgx-h100', 100, 'GPU-Hours', '2026-10-16 00:00Z'),
       pg_temp.bill('hgx-h100', -100, 'GPU-Hours', '2026-10-17 00:00Z'), pg_temp.bill('hgx-h100', 100, 'gpu-hour', '2026-11-01 00:00Z');
SELECT pg_temp.bill('object-api', 600, 'Requests', '2026-10-02 00:00Z', 'requests'), pg_temp.bill('object-api', 600, 'Requests', '2026-10-02 01:00Z', 'requests'), pg_temp.bill('object-api', 1.2, '1K Requests', '2026-10-02 02:00Z', 'requests'),
       pg_temp.bill('object-api', 600, 'Requests', '2026-10-02 00:00Z', 'reads'), pg_temp.bill('object-api', 600, 'Requests', '2026-10-02 01:00Z', 'reads');
SELECT pg_temp.bill('storage', 60, 'GB-Months', '2026-10-01 00:00Z'), pg_temp.bill('storage', 60, 'GB-Months', '2026-10-02 00:00Z'), pg_temp.bill('storage', 100, 'GB-Months', '2026-11-02 00:00Z');
SELECT pg_temp.bill('egress', 7, 'GB', '2026-10-01 00:00Z'), pg_temp.bill('unheard of', 7, 'Hours', '2026-10-01 00:00Z'), pg_temp.bill('twin', 7, 'Hours', '2026-10-01 00:00Z'), pg_temp.bill('cpu', 7, 'Days', '2026-10-01 00:00Z'),
       pg_temp.bill('cpu', 7, NULL, '2026-10-01 01:00Z'), pg_temp.bill('hgx-h100', 7, 'GPU-Hours', '2025-10-01 00:00Z'), pg_temp.bill('twin', 7, 'Hours', '2026-10-02 00:00Z', price => 'twin b');
SELECT pg_temp.bill('cpu', 10, 'Hours', '2026-10-05 00:00Z'), pg_temp.bill('cpu', 10, 'Hours', '2026-10-05 01:00Z', region => 'us-east'), pg_temp.bill('cpu', 10, 'Hours', '2026-10-05 02:00Z', account => 'A2'),
       pg_temp.bill('cpu', 10, 'Hours', '2026-10-05 03:00Z', region => 'us-east', currency => 'EUR'), pg_temp.bill('cpu', 10, 'Hours', '2026-10-05 04:00Z', cost => 3);
SELECT publish_load('p', :usage);

SELECT results_eq($$SELECT quantity::float8, cost::float8, tiers, unit_price::float8, sku_price_id, price_valid_from, price_source_id, price_kind FROM p_report.priced_charge WHERE sku_id = 'hgx-h100' AND finding IS NULL ORDER BY charge_period_start$$,
    $$VALUES (600::float8, 1500::float8, 1::bigint, 2.5::float8, 'h100', date '2026-01-01', 'contract', 'contract'), (500, 400 * 2.5 + 100 * 2, 2, NULL, 'h100', '2026-01-01', 'contract', 'contract'),
             (100, 225, 1, 2.25, 'h100', '2026-10-16', 'contract', 'contract'), (-100, -225, 1, 2.25, 'h100', '2026-10-16', 'contract', 'contract'),
             (100, 300, 1, 3, 'h100', '2026-10-16', 'contract', 'contract')$$,
    'a month''s hours are counted on over its charges, tiers and a new price; the next begins anew; the contract goes before the list');
SELECT results_eq($$SELECT t.tier_number, t.quantity::float8, t.unit_price::float8, t.cost::float8 FROM p_report.priced_charge_tier t JOIN p_report.priced_charge c USING (charge_id) WHERE c.sku_id = 'hgx-h100' AND c.quantity = 500 ORDER BY 1$$,
    $$VALUES (1::bigint, 400::float8, 2.5::float8, 1000::float8), (2, 100, 2, 200)$$, 'a charge over two tiers is a row of each');
SELECT results_eq($$SELECT sku_meter, priced_quantity::float8, cost::float8, unit FROM p_report.priced_charge WHERE sku_id = 'object-api' ORDER BY sku_meter DESC, charge_period_start$$,
    $$VALUES ('requests', 1::float8, 0.005::float8, 'request'), ('requests', 1, 0.005, 'request'), ('requests', 1, 0.005, 'request'), ('reads', 1, 0.005, 'request'), ('reads', 1, 0.005, 'request')$$,
    '2,400 requests are three thousands of the month; or each charge is rounded up');
SELECT results_eq($$SELECT quantity::float8, unit_price::float8, cost::float8 FROM p_report.priced_charge WHERE sku_id = 'storage' ORDER BY charge_period_start$$,
    $$VALUES (60::float8, 0.05::float8, 3::float8), (60, 0.05, 3), (100, 0.07, 7)$$, 'by volume, the month''s 120 are all at the second price, and 100 at the first');
SELECT results_eq($$SELECT cost::float8, sku_price_id, currency FROM p_report.priced_charge WHERE sku_id = 'cpu' AND finding IS NULL ORDER BY charge_period_start$$,
    $$VALUES (1.2::float8, 'anywhere', 'USD'), (1, 'east', 'USD'), (0.9, 'account', 'USD'), (0.8, 'euro', 'EUR')$$, 'the price that says more about the usage holds, in the bill''s currency; what has a cost keeps it');
SELECT results_eq($$SELECT sku_id, cost, finding FROM p_report.priced_charge WHERE cost IS NULL ORDER BY 1, charge_period_start$$,
    $$VALUES ('cpu', NULL::numeric, 'usage_unit_unlike_price'), ('cpu', NULL, 'usage_unit_unlike_price'), ('hgx-h100', NULL, 'usage_without_price'), ('twin', NULL, 'usage_price_ambiguous'), ('unheard of', NULL, 'usage_without_price')$$,
    'what cannot be priced has no cost, and a reason');
SELECT results_eq($$SELECT cost::float8, finding FROM p_report.priced_charge WHERE sku_id = 'egress'$$, $$VALUES (0::float8, NULL)$$, 'a price of nothing is a price');
SELECT results_eq($$SELECT cost::float8 FROM p_report.priced_charge WHERE sku_id = 'twin' AND sku_price_id = 'twin b'$$, $$VALUES (14::float8)$$, 'a price that the bill names settles it');
SELECT results_eq($$SELECT finding, subject_id, period_month, row_count FROM p_report.data_quality WHERE finding LIKE 'usage%' ORDER BY 1, 3$$,
    $$VALUES ('usage_price_ambiguous', 'CoreWeave', date '2026-10-01', 1::bigint), ('usage_unit_unlike_price', 'CoreWeave', '2026-10-01', 2), ('usage_without_price', 'CoreWeave', '2025-10-01', 1), ('usage_without_price', 'CoreWeave', '2026-10-01', 1)$$,
    'and is a finding');
SELECT results_eq($$SELECT tier_number, tier_above::float8, tier_to::float8, unit_price::float8, block_size::float8 FROM p_report.price_list WHERE sku_price_id = 'h100' AND valid_from = '2026-10-16' ORDER BY 1$$,
    $$VALUES (1::bigint, 0::float8, 1000::float8, 3::float8, 1::float8), (2, 1000, NULL, 2.25, 1)$$, 'the price list shows tiers as FOCUS does');

-- A wrong price: the row is replaced, and everything is priced anew.
SELECT to_char(last_recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS before FROM p.ledger \gset
SELECT open_load('p', 'the contract says 2.40', 'contract') AS again \gset
INSERT INTO p.sku_price (sku_price_id, service_provider_name, sku_id, pricing_unit, currency, unit_prices, tier_above, valid_from, valid_to)
VALUES ('h100', 'CoreWeave', 'hgx-h100', 'GPU-Hours', 'USD', '{2.40,2.00}', '{0,1000}', '2026-01-01', '2026-10-16');
SELECT is(publish_load('p', :again)::text <> '', true, 'a wrong price is replaced');
SELECT is((SELECT sum(cost)::float8 FROM p_report.priced_charge WHERE sku_id = 'hgx-h100' AND period_month = '2026-10-01'), (1000 * 2.4 + 100 * 2)::float8, 'the usage costs what it should have cost');
SELECT set_config('chipbook.as_of', :'before', true) IS NOT NULL AS as_of \gset
SELECT is((SELECT sum(cost)::float8 FROM p_report.priced_charge WHERE sku_id = 'hgx-h100' AND period_month = '2026-10-01'), (1000 * 2.5 + 100 * 2)::float8, 'as of then it costs what it was taken for');
RESET chipbook.as_of;
SELECT throws_ok($$UPDATE p.sku_price SET unit_prices = '{1}', tier_above = '{0}' WHERE sku_price_id = 'h100' AND valid_from = '2026-10-16'$$, '55000', NULL, 'prices are not rewritten');
SELECT open_load('p', 'overlapping', 'contract') AS again \gset
INSERT INTO p.sku_price (sku_price_id, service_provider_name, sku_id, pricing_unit, currency, unit_prices, valid_from) VALUES ('h100', 'CoreWeave', 'hgx-h100', 'GPU-Hours', 'USD', '{1}', '2026-11-01');
SELECT throws_ok(format($$SELECT publish_load('p', %s)$$, :again), NULL, NULL, 'two prices of one name at a time are refused');
SELECT discard_load('p', :again);
SELECT is(canonical_line('{1.50,NULL,2e-20}'::numeric[]), E'{1.50,NULL,0.00000000000000000002}\n', 'prices are sealed digit by digit');
SELECT throws_ok(format($$INSERT INTO p.sku_price (sku_price_id, service_provider_name, pricing_unit, currency, unit_prices, tier_above, valid_from, load_id) VALUES ('x', 'x', 'Hours', 'USD', %L, %L, '2026-01-01', 1)$$, p, a), '23514', NULL, p || a || ' is no price')
FROM (VALUES ('{1,2}', '{0}'), ('{1}', '{5}'), ('{1,NaN}', '{0,1}'), ('{-1}', '{0}'), ('{{1}}', '{0}')) v (p, a);
SELECT throws_ok(format($$INSERT INTO p.sku_price (sku_price_id, service_provider_name, pricing_unit, currency, unit_prices, valid_from, load_id) VALUES ('x', 'x', %L, 'USD', '{1}', '2026-01-01', 1)$$, u), '23514', NULL, u || ' is no unit')
FROM unnest('{0 Hours,0,0.00 Hours,"1,000 Requests"," "}'::text[]) u;

-- ---------------------------------------------------------------------------
-- Random bills: each unit by itself, in the order of the charges, at the price of its day
-- ---------------------------------------------------------------------------
SELECT create_ledger('q');
INSERT INTO q.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('q', 'random', 't') AS random \gset
INSERT INTO q.sku_price (sku_price_id, service_provider_name, sku_id, pricing_unit, block_rounding, currency, unit_prices, tier_above, tiering, tier_period, valid_from, valid_to)
SELECT 'price ' || i, 'X', 'sku ' || i, 'Hours', 'none', 'USD', ARRAY[round((random() * 3)::numeric, 4), round((random() * 3)::numeric, 4), round((random() * 3)::numeric, 4)], ARRAY[0, 5 + (random() * 20)::integer, 30 + (random() * 30)::integer],
       CASE WHEN i % 3 = 0 THEN 'volume' ELSE 'graduated' END, CASE WHEN i % 4 = 0 THEN 'contract' ELSE 'billing_period' END, v.valid_from, v.valid_to
FROM generate_series(1, 24) i, (VALUES (date '2026-01-01', date '2026-02-10'), (date '2026-02-10', date 'infinity')) v (valid_from, valid_to);
INSERT INTO q.charge (service_provider_name, sku_id, consumed_quantity, consumed_unit, charge_period_start, billing_period_start)
SELECT 'X', 'sku ' || (1 + i % 24), (random() * 12)::integer, 'Hours', s, date_trunc('month', s, 'UTC')
FROM generate_series(1, 600) i, LATERAL (SELECT timestamptz '2026-01-01 00:00Z' + (i * 0 + random() * 88) * interval '1 day' AS s) x;
SELECT publish_load('q', :random);
CREATE TEMPORARY TABLE unit_by_unit AS
WITH counted AS (
    SELECT c.fact_id AS charge_id, p.unit_prices, p.tier_above, p.tiering, c.consumed_quantity AS q,
           sum(c.consumed_quantity) OVER (PARTITION BY c.sku_id, CASE WHEN p.tier_period = 'billing_period' THEN c.billing_period_start END ORDER BY c.charge_period_start, c.fact_id) AS upto,
           sum(c.consumed_quantity) OVER (PARTITION BY c.sku_id, CASE WHEN p.tier_period = 'billing_period' THEN c.billing_period_start END) AS total
    FROM q.charge c JOIN q.sku_price p ON p.sku_id = c.sku_id AND (c.charge_period_start AT TIME ZONE 'UTC')::date >= p.valid_from AND (c.charge_period_start AT TIME ZONE 'UTC')::date < p.valid_to)
SELECT k.charge_id, coalesce(sum(k.unit_prices[(SELECT count(*) FROM unnest(k.tier_above) a WHERE a < CASE k.tiering WHEN 'volume' THEN k.total ELSE n END)]) FILTER (WHERE n IS NOT NULL), 0) AS cost
FROM counted k LEFT JOIN LATERAL generate_series((k.upto - k.q + 1)::integer, k.upto::integer) n ON true GROUP BY k.charge_id;
SELECT is((SELECT count(*) FROM unit_by_unit), 600::bigint, 'six hundred charges');
SELECT is_empty($$SELECT u.charge_id, u.cost, p.cost FROM unit_by_unit u FULL JOIN q_report.priced_charge p ON p.charge_id = u.charge_id WHERE (u.cost = p.cost) IS NOT TRUE$$, 'cost what their units cost one by one');
SELECT is_empty($$SELECT charge_id FROM q_report.priced_charge p LEFT JOIN (SELECT charge_id, sum(quantity) AS quantity, sum(cost) AS cost, count(*) AS tiers FROM q_report.priced_charge_tier GROUP BY 1) t USING (charge_id)
                  WHERE (coalesce(t.cost, 0) = p.cost AND coalesce(t.quantity, 0) = p.quantity AND coalesce(t.tiers, 0) = p.tiers) IS NOT TRUE$$, 'and their tiers add up to them, one by one');

-- ---------------------------------------------------------------------------
-- Tokens
-- ---------------------------------------------------------------------------
-- Prices of Claude Sonnet 4 (docs.anthropic.com, pricing): 3 USD a million tokens in, 15 out, 0.30 read from the cache, 3.75 written to it, 6 for an hour.
SELECT open_load('p', 'tokens', 't') AS tokens \gset
INSERT INTO p.sku_price (sku_price_id, service_provider_name, kind, sku_id, sku_meter, pricing_unit, currency, unit_prices, valid_from)
SELECT 'sonnet ' || m, 'Anthropic', 'list', 'claude-sonnet-4', m, '1M Tokens', 'USD', ARRAY[c], '2026-01-01'
FROM (VALUES ('input', 3), ('output', 15), ('reasoning', 15), ('cache_read', 0.30), ('cache_write', 3.75), ('cache_write_long', 6)) v (m, c);
INSERT INTO p.token_usage (usage_id, meter, service_provider_name, model_id, tenant_id, starts_at, ends_at, tokens, requests)
SELECT u, m, 'Anthropic', model, tenant, '2026-10-31 23:30Z', '2026-10-31 23:45Z', n, CASE m WHEN 'input' THEN 1 END
FROM (VALUES ('a', 'claude-sonnet-4', 'search', 'input', 1200), ('a', 'claude-sonnet-4', 'search', 'cache_read', 100000), ('a', 'claude-sonnet-4', 'search', 'cache_write', 2000), ('a', 'claude-sonnet-4', 'search', 'output', 800),
             ('a', 'claude-sonnet-4', 'search', 'reasoning', 3000), ('b', 'claude-sonnet-4', 'search', 'input', 1), ('c', 'claude-sonnet-4', NULL, 'cache_write_long', 10), ('d', 'unpriced', 'search', 'input', 500),
             ('e', 'half', 'search', 'input', 500), ('e', 'half', 'search', 'output', 500)) v (u, model, tenant, m, n);
INSERT INTO p.sku_price (sku_price_id, service_provider_name, sku_id, sku_meter, pricing_unit, currency, unit_prices, valid_from) VALUES ('half in', 'Anthropic', 'half', 'input', '1M Tokens', 'USD', '{1}', '2026-01-01');
SELECT publish_load('p', :tokens);
SELECT results_eq($$SELECT meter, tokens::bigint, cost, cost_per_million_tokens::float8 FROM p_report.token_spend WHERE model_id = 'claude-sonnet-4' AND tenant_id = 'search' ORDER BY 1$$,
    $$VALUES ('cache_read', 100000::bigint, 0.03::numeric(38,15), 0.3::float8), ('cache_write', 2000, 0.0075, 3.75), ('input', 1201, 0.003603, 3), ('output', 800, 0.012, 15), ('reasoning', 3000, 0.045, 15)$$, 'each meter at its own price');
SELECT results_eq($$SELECT period_month, tokens::bigint, input_tokens::bigint, output_tokens::bigint, cache_read_tokens::bigint, cache_write_tokens::bigint, reasoning_tokens::bigint, cost, cost_per_million_tokens, unpriced_tokens::bigint
                    FROM p_report.token_cost WHERE model_id = 'claude-sonnet-4' AND tenant_id = 'search'$$,
    $$VALUES (date '2026-10-01', 107001::bigint, 1201::bigint, 800::bigint, 100000::bigint, 2000::bigint, 3000::bigint, 0.098103::numeric(38,15), round(0.098103 * 1000000.000000000000000 / 107001, 15)::numeric(38,15), 0::bigint)$$,
    'all meters together, by month in UTC');
SELECT is((SELECT round(0.098103 / ((107001 * 3 + 0) / 1e6), 2)), 0.31, 'a gateway that took cached tokens at the full rate would have had three times as much');
SELECT results_eq($$SELECT model_id, currency, tokens::bigint, cost::float8, unpriced_tokens::bigint, cost_per_million_tokens FROM p_report.token_cost WHERE model_id IN ('unpriced', 'half') ORDER BY 1, 2$$,
    $$VALUES ('half', 'USD', 500::bigint, 0.0005::float8, 500::bigint, NULL::numeric), ('half', NULL, 500, NULL, 500, NULL), ('unpriced', NULL, 500, NULL, 500, NULL)$$, 'tokens without a price have no cost, and what is half known no cost per million');
SELECT results_eq($$SELECT subject_id, row_count FROM p_report.data_quality WHERE finding = 'usage_without_price' AND subject_id = 'Anthropic'$$, $$VALUES ('Anthropic', 2::bigint)$$, 'and are a finding');
SELECT is((SELECT sum(cost) FROM p_report.priced_token_usage), (SELECT sum(cost) FROM p_report.token_spend), 'nothing is lost on the way up');
SELECT is((SELECT count(*) FROM p_report.priced_charge WHERE service_provider_name = 'Anthropic'), 0::bigint, 'tokens are no charges');

-- The price of a bill over a term, and contracts that a charge says it falls under.
SELECT open_load('p', 'contracts', 'contract') AS contracts \gset
INSERT INTO p.sku_price (sku_price_id, service_provider_name, contract_id, sku_id, pricing_unit, currency, unit_prices, tier_above, tier_period, valid_from) VALUES
    ('k1', 'Neb', 'K1', 'gpu', 'Hours', 'USD', '{2,1}', '{0,150}', 'contract', '2026-01-01'), ('k2', 'Neb', 'K2', 'gpu', 'Hours', 'USD', '{5}', '{0}', 'billing_period', '2026-01-01');
INSERT INTO p.charge (service_provider_name, sku_id, consumed_quantity, consumed_unit, charge_period_start, contract_applied)
SELECT 'Neb', 'gpu', 100, 'Hours', m, format('{"Elements": [{"ContractId": "%s"}]}', k)::jsonb FROM (VALUES ('2026-03-01 00:00Z'::timestamptz, 'K1'), ('2026-04-01 00:00Z', 'K1'), ('2026-05-01 00:00Z', 'K2'), ('2026-06-01 00:00Z', 'K3')) v (m, k);
SELECT publish_load('p', :contracts);
SELECT results_eq($$SELECT period_month, cost::float8, contract_id, finding FROM p_report.priced_charge WHERE service_provider_name = 'Neb' ORDER BY 1$$,
    $$VALUES (date '2026-03-01', 200::float8, 'K1', NULL), ('2026-04-01', 150, 'K1', NULL), ('2026-05-01', 500, 'K2', NULL), ('2026-06-01', NULL, NULL, 'usage_without_price')$$,
    'a charge that names its contract is priced by it; the tiers of a contract count over its whole time');

-- ---------------------------------------------------------------------------
-- Prices in credits: 10 credits an hour (8 above 100 hours), a credit 0.05 USD, and 0.06 from the 16th on. Of 90 + 30 + 10 hours
-- 90 x 10 + 10 x 10 + 20 x 8 credits at 0.05, and 10 x 8 at 0.06.
-- ---------------------------------------------------------------------------
SELECT open_load('p', 'credits', 'contract') AS credits \gset
INSERT INTO p.sku_price (sku_price_id, service_provider_name, sku_id, pricing_unit, currency, pricing_credit, unit_prices, tier_above, valid_from) VALUES
    ('credits', 'Lambda', 'gpu', 'Hours', 'USD', 'credits', '{10,8}', '{0,100}', '2026-01-01'), ('tokens', 'Lambda', 'cpu', 'Hours', 'USD', 'tokens', '{10}', '{0}', '2026-01-01');
INSERT INTO p.credit_price (service_provider_name, credit, currency, price, valid_from, valid_to) VALUES
    ('Lambda', 'credits', 'USD', 0.05, '2026-09-01', '2026-09-16'), ('Lambda', 'credits', 'USD', 0.06, '2026-09-16', '2026-10-01'), ('Lambda', 'credits', 'EUR', 7, '2026-01-01', 'infinity'), ('Other', 'tokens', 'USD', 7, '2026-01-01', 'infinity');
INSERT INTO p.charge (service_provider_name, sku_id, consumed_quantity, consumed_unit, charge_period_start, billing_period_start)
SELECT 'Lambda', s, q, 'Hours', d, date_trunc('month', d, 'UTC') FROM (VALUES ('gpu', 90, timestamptz '2026-09-02 00:00Z'), ('gpu', 30, '2026-09-15 23:59Z'), ('gpu', 10, '2026-09-16 00:00Z'), ('gpu', 10, '2026-10-01 00:00Z'), ('cpu', 10, '2026-09-02 00:00Z')) v (s, q, d);
SELECT publish_load('p', :credits);
SELECT results_eq($$SELECT sku_id, quantity::float8, cost::float8, currency, pricing_credit, credit_price::float8, unit_price::float8, price_valid_from, finding FROM p_report.priced_charge WHERE service_provider_name = 'Lambda' ORDER BY sku_id DESC, charge_period_start$$,
    $$VALUES ('gpu', 90::float8, 45::float8, 'USD', 'credits', 0.05::float8, 0.5::float8, date '2026-01-01', NULL), ('gpu', 30, 0.05 * (10 * 10 + 20 * 8), 'USD', 'credits', 0.05, NULL, '2026-01-01', NULL), ('gpu', 10, 0.06 * 80, 'USD', 'credits', 0.06, 0.48, '2026-01-01', NULL),
             ('gpu', 10, NULL, NULL, NULL, NULL, NULL, NULL, 'usage_without_price'), ('cpu', 10, NULL, NULL, NULL, NULL, NULL, NULL, 'usage_without_price')$$,
    'credits are money at what they cost on the day, the count of the tiers goes on; a credit without a price is no price, never 1');
SELECT results_eq($$SELECT credit, currency, price::float8 FROM p_report.credit_price_list WHERE valid_from = '2026-09-16'$$, $$VALUES ('credits', 'USD', 0.06::float8)$$, 'prices of credits are published');
SELECT results_eq($$SELECT tier_number, unit_price::float8, pricing_credit FROM p_report.price_list WHERE sku_price_id = 'credits' ORDER BY 1$$, $$VALUES (1::bigint, 10::float8, 'credits'), (2, 8, 'credits')$$, 'the price list says that it is in credits');
SELECT throws_ok($$INSERT INTO p.credit_price (service_provider_name, credit, currency, price, valid_from, load_id) VALUES ('x', 'x', 'USD', 'NaN', '2026-01-01', 1)$$, '23514', NULL, 'no number is no price');

SELECT * FROM finish();
ROLLBACK;
