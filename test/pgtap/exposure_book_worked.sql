-- exposure_book, exposure at default, expected loss and newsvendor against figures that were published, each
-- beside its source, and the cases at the edges.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- A book of amounts in USD, of A, B, C ...
CREATE FUNCTION pg_temp.book(VARIADIC amounts numeric[]) RETURNS exposure_book LANGUAGE sql AS $$
    SELECT exposure_agg(chr(64 + i::integer), monetary(a, 'USD')) FROM unnest(amounts) WITH ORDINALITY u (a, i)
$$;

-- ---------------------------------------------------------------------------
-- Gross, net and what netting leaves
-- ---------------------------------------------------------------------------
-- BCBS 279, The standardised approach for measuring counterparty credit risk exposures, annex 4a, example 1:
-- three transactions of one netting set, market values 30, -20 and 50; add-on 347.
CREATE TEMP TABLE basel AS SELECT exposure_agg('A', 'netting set 1', monetary(v, 'USD')) AS b FROM unnest('{30,-20,50}'::numeric[]) v;
SELECT is(gross(b), '80 USD'::monetary, 'BCBS 279 example 1: gross') FROM basel;
SELECT is(gross_absolute(b), '100 USD'::monetary, 'gross without signs') FROM basel;
SELECT is(net(b), '60 USD'::monetary, 'net') FROM basel;
SELECT is(current_exposure(b), '60 USD'::monetary, 'current exposure: replacement cost 60') FROM basel;
SELECT is(net_gross_ratio(b), 0.75, 'NGR') FROM basel;
SELECT is(1.4 * (current_exposure(b) + '347 USD'::monetary), '569.8 USD'::monetary, 'EAD 569.8; published 569, its add-on being rounded') FROM basel;
-- The same trades with three netting sets: nothing is set off.
CREATE TEMP TABLE apart AS SELECT exposure_agg('A', 'netting set ' || i, monetary(v, 'USD')) AS b FROM unnest('{30,-20,50}'::numeric[]) WITH ORDINALITY u (v, i);
SELECT is(current_exposure(b), '80 USD'::monetary, 'without a netting agreement nothing is set off') FROM apart;
SELECT is(net_gross_ratio(b), 1.0, 'and the ratio is 1') FROM apart;
SELECT is(net(b), '60 USD'::monetary, 'net is the plain sum') FROM apart;
SELECT is(net_gross_ratio(exposure_agg('A', '-5 USD'::monetary)), NULL, 'no ratio without a positive amount');

-- Amazon in Anthropic: 8.0 billion committed, drawn 1.25 + 2.75 + 1.3 + 1.3 as of 2025-09-30 (Amazon's 10-Q).
CREATE TEMP TABLE tranche AS SELECT unnest('{1.25e9,2.75e9,1.3e9,1.3e9}'::numeric[]) AS paid;
CREATE TEMP TABLE commitment AS SELECT sum(monetary(paid, 'USD')) AS drawn, monetary(8e9, 'USD') - sum(monetary(paid, 'USD')) AS undrawn FROM tranche;
SELECT is(drawn, '6600000000 USD'::monetary, 'drawn 6.6') FROM commitment;
SELECT is(undrawn, '1400000000 USD'::monetary, 'undrawn 1.4') FROM commitment;
SELECT is(drawn / '8e9 USD'::monetary, 0.825, 'utilisation') FROM commitment;
SELECT is(ead(drawn, undrawn, 0.4), '7160000000 USD'::monetary, 'CRE20: 40 % of other commitments, EAD 7.16') FROM commitment;
SELECT is(ead(drawn, undrawn, 0.1), '6740000000 USD'::monetary, '10 % of what can be cancelled, EAD 6.74') FROM commitment;
SELECT is(ead(drawn, undrawn, 1), '8000000000 USD'::monetary, '100 %: all of it') FROM commitment;
SELECT is(ead(drawn, undrawn, NULL), NULL, 'a factor that nobody chose: not known') FROM commitment;
SELECT throws_ok($$SELECT ead('6.6 USD', '1.4 USD', 40)$$, '22023', NULL, '40 is no fraction');
SELECT throws_ok($$SELECT ead('6.6 USD', '1.4 USD', 'NaN')$$, '22023', NULL, 'NaN is none');
SELECT throws_ok($$SELECT ead('6.6 USD', '1.4 EUR', 0.4)$$, '22000', NULL, 'two currencies');
SELECT throws_ok($$SELECT ead('6.6 USD', '-1 USD', 0.4)$$, '22023', NULL, 'drawn beyond the commitment');
SELECT is(expected_loss(ead(drawn, undrawn, 0.4), 0.01, 0.45), '32220000 USD'::monetary, 'EL = 7.16 x 1 % x 45 % = 0.03222') FROM commitment;
SELECT throws_ok($$SELECT expected_loss('7.16 USD', 1.01, 0.45)$$, '22023', NULL, 'a probability above 1');

-- Basel II annex 5, illustrative IRB risk weights: corporate, LGD 45 %, maturity 2.5 years, turnover above 50 million.
SELECT cmp_ok(abs(100 * irb_risk_weight(pd, 0.45, 2.5) - published), '<', 0.01::float8, format('Basel II annex 5: PD %s, risk weight %s %%', pd, published))
FROM (VALUES (0.0003, 14.44), (0.0005, 19.65), (0.001, 29.65), (0.0025, 49.47), (0.004, 62.72), (0.005, 69.61), (0.0075, 82.78), (0.01, 92.32),
             (0.013, 100.95), (0.015, 105.59), (0.02, 114.86), (0.025, 122.16), (0.03, 128.44), (0.04, 139.58), (0.05, 149.86), (0.06, 159.61),
             (0.1, 193.09), (0.15, 221.53), (0.2, 238.23)) v (pd, published);
SELECT results_eq($$SELECT round((100 * irb_risk_weight(pd, 0.45, 2.5))::numeric, 3) FROM (VALUES (0.02), (0.05)) v (pd)$$, $$VALUES (114.854), (149.854)$$, 'exactly 114.854 and 149.854, where the annex has been rounded twice');
SELECT is(irb_risk_weight(0, 0.45, 2.5), 0::float8, 'no default: nothing at risk');
SELECT is(irb_risk_weight(1, 0.45, 2.5), 0::float8, 'defaulted: all is expected');
SELECT throws_ok($$SELECT irb_risk_weight(1e-12, 0.45, 2.5)$$, '22023', NULL, 'too small for the formula');
SELECT throws_ok($$SELECT irb_risk_weight(0.01, 0.45, 0.5)$$, '22023', NULL, 'less than a year');
SELECT throws_ok($$SELECT irb_risk_weight('NaN', 0.45, 2.5)$$, '22023', NULL, 'not a number');

-- ---------------------------------------------------------------------------
-- Concentration
-- ---------------------------------------------------------------------------
-- US Department of Justice, Herfindahl-Hirschman index: firms of 30, 30, 20 and 20 per cent have 2,600.
SELECT is(hhi(pg_temp.book(30, 30, 20, 20)), 0.26, 'DoJ: HHI');
SELECT is(hhi_points(pg_temp.book(30, 30, 20, 20)), 2600::numeric, 'DoJ: 2,600 points');
SELECT is(effective_number(pg_temp.book(30, 30, 20, 20)), 3.846153846153846, 'effective number');
SELECT is(hhi_normalised(pg_temp.book(30, 30, 20, 20)), 0.013333333333333, 'normalised');
SELECT is(gini(pg_temp.book(30, 30, 20, 20)), 0.1, 'Gini');
SELECT is(gini_unbiased(pg_temp.book(30, 30, 20, 20)), 0.133333333333333, 'Gini of a sample');
SELECT is(round((entropy(pg_temp.book(30, 30, 20, 20)) / ln(2))::numeric, 9), 1.970950594, 'entropy in bits');
SELECT is(concentration_ratio(pg_temp.book(30, 30, 20, 20), k), cr, 'CR' || k) FROM (VALUES (1, 0.3), (2, 0.6), (3, 0.8), (4, 1.0), (5, 1.0)) v (k, cr);
-- E05e: merging firms of 30 and 20 per cent raises the index by 2 x 30 x 20.
SELECT is(merger_delta(pg_temp.book(30, 30, 20, 20), 'B', 'C'), 1200::numeric, 'the delta of a merger');
SELECT is(hhi_points(pg_temp.book(30, 50, 20)) - hhi_points(pg_temp.book(30, 30, 20, 20)), merger_delta(pg_temp.book(30, 30, 20, 20), 'B', 'C'), 'is what the index grows by');
-- R package DescTools, the example of Gini(): 0.4620911 as a population, 0.5134346 unbiased.
CREATE TEMP TABLE desctools AS SELECT pg_temp.book(541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261) AS b;
SELECT is(round(gini(b), 7), 0.4620911, 'DescTools: Gini(x, unbiased = FALSE)') FROM desctools;
SELECT is(round(gini_unbiased(b), 7), 0.5134346, 'DescTools: Gini(x)') FROM desctools;
SELECT is(round(effective_number(b), 9), 5.432384361, 'its effective number') FROM desctools;
-- Cover and Thomas, Elements of Information Theory, section 2.1: (1/2, 1/4, 1/8, 1/8) has 7/4 bits.
CREATE TEMP TABLE cover AS SELECT pg_temp.book(4, 2, 1, 1) AS b;
SELECT is(round((entropy(b) / ln(2))::numeric, 12), 1.75, 'Cover and Thomas: 7/4 bits') FROM cover;
SELECT is(round(exp(entropy(b))::numeric, 9), 3.363585661, 'Hill number of order 1') FROM cover;
SELECT is(effective_number(b), 2.909090909090909, 'Hill number of order 2') FROM cover;
-- OpenAI's clouds as of 2025-11-05, USD billion: Oracle 300, Microsoft 250, AWS 38, CoreWeave 22.4.
CREATE TEMP TABLE clouds AS
SELECT exposure_agg(c, monetary(a * 1000000000, 'USD')) AS b FROM (VALUES ('Oracle', 300), ('Microsoft', 250), ('AWS', 38), ('CoreWeave', 22.4)) v (c, a);
SELECT is(round(hhi_points(b), 4), 4145.2138, 'OpenAI''s clouds: 4145') FROM clouds;
SELECT is(round(effective_number(b), 9), 2.412420775, 'as if there were 2.4') FROM clouds;
SELECT is(round(concentration_ratio(b, 2), 9), 0.901048493, 'two have 90 %') FROM clouds;
SELECT is(round(exp(entropy(b))::numeric, 9), 2.742455395, 'Hill number of order 1') FROM clouds;
SELECT is(round(gini(b), 12), 0.427916120577, 'Gini') FROM clouds;
SELECT is(round(share(b, 'AWS'), 12), 0.062254259502, 'AWS has 6 %') FROM clouds;
SELECT results_eq($$SELECT rank, counterparty, exposure, round(share, 6) FROM clouds, top(b, 2)$$,
    $$VALUES (1, 'Oracle', '300e9 USD'::monetary, 0.491481), (2, 'Microsoft', '250e9 USD'::monetary, 0.409567)$$, 'the two');
-- With Cerebras's 10.
SELECT is(round(hhi_points(b + exposure_agg), 2), 4015.26, 'with Cerebras 4015') FROM clouds, (SELECT exposure_agg('Cerebras', '10e9 USD'::monetary)) c;
SELECT is(round(effective_number(b + exposure_agg), 4), 2.4905, 'and 2.49') FROM clouds, (SELECT exposure_agg('Cerebras', '10e9 USD'::monetary)) c;

-- One counterparty
CREATE TEMP TABLE single AS SELECT pg_temp.book(7.5) AS b;
SELECT results_eq($$SELECT hhi(b), hhi_points(b), hhi_normalised(b), effective_number(b), entropy(b)::text, gini(b), gini_unbiased(b), share(b, 'A'), concentration_ratio(b, 1) FROM single$$,
    $$VALUES (1.0, 10000.0, NULL::numeric, 1.0, '0', 0.0, NULL::numeric, 1.0, 1.0)$$, 'a single counterparty: HHI 1, normalised NULL, Gini 0, entropy 0');
-- Nothing
SELECT is((SELECT count(*) FROM unnest(ARRAY[hhi(b), hhi_points(b), hhi_normalised(b), effective_number(b), entropy(b)::numeric, gini(b), gini_unbiased(b), share(b, 'A'),
    concentration_ratio(b, 1), merger_delta(b, 'A', 'B'), net_gross_ratio(b)]) f WHERE f IS NOT NULL), 0::bigint, 'all zero: NULL, not a division by zero') FROM pg_temp.book(0, 0) b;
SELECT results_eq($$SELECT counterparty, exposure, share FROM pg_temp.book(0, 0) b, top(b, 5)$$, $$VALUES ('A', '0 USD'::monetary, NULL::numeric), ('B', '0 USD', NULL)$$, 'they are listed');
-- Who owes nothing net counts as zero, also in the number of counterparties.
SELECT is(hhi(pg_temp.book(30, 10, -50)), hhi(pg_temp.book(30, 10, 0)), 'a negative net is an exposure of zero');
SELECT is(gini(pg_temp.book(30, 10, -50)), gini(pg_temp.book(30, 10, 0)), 'in Gini too');
SELECT isnt(hhi_normalised(pg_temp.book(30, 10, -50)), hhi_normalised(pg_temp.book(30, 10)), 'and it is one of the counterparties');
SELECT is(current_exposure(pg_temp.book(30, 10, -50)), '40 USD'::monetary, 'not set off against the others');
SELECT is(net(pg_temp.book(30, 10, -50)), '-10 USD'::monetary, 'but for the plain sum');
-- A counterparty's kinds are one exposure, netted apart.
CREATE TEMP TABLE kinds AS
SELECT exposure_agg(c, k, monetary(a, 'USD')) AS b FROM (VALUES ('A', 'x', 10), ('A', 'y', -4), ('A', NULL, 2), ('B', 'x', 12), ('B', 'x', -4)) v (c, k, a);
SELECT is(share(b, 'A'), 0.6, '10 and 2 of 20; the -4 of y takes nothing off') FROM kinds;
SELECT is(parties(b), 2::bigint, 'two counterparties') FROM kinds;
SELECT is(only_kind(b, 'x')::text, 'USD "A":"x"=10/1 "B":"x"=12-4/2', 'the lines of a kind') FROM kinds;
SELECT is(only_kind(b, '')::text, 'USD "A"=2/1', 'those without one') FROM kinds;
SELECT is(only_counterparty(b, 'B')::text, 'USD "B":"x"=12-4/2', 'those of a counterparty') FROM kinds;
SELECT is(only_counterparty(b, 'C'), NULL, 'none') FROM kinds;
SELECT is(share(b, 'C'), NULL, 'no share of who is not there') FROM kinds;
SELECT results_eq($$SELECT counterparty, kind, gross, negative, gross_absolute, net, current_exposure, share, entries, unknowns FROM kinds, exposures(b)$$,
    $$VALUES ('A', NULL, '2 USD'::monetary, '0 USD'::monetary, '2 USD'::monetary, '2 USD'::monetary, '2 USD'::monetary, 0.1, 1::bigint, 0::bigint),
             ('A', 'x', '10 USD', '0 USD', '10 USD', '10 USD', '10 USD', 0.5, 1, 0),
             ('A', 'y', '0 USD', '-4 USD', '4 USD', '-4 USD', '0 USD', 0.0, 1, 0),
             ('B', 'x', '12 USD', '-4 USD', '16 USD', '8 USD', '8 USD', 0.4, 2, 0)$$, 'the lines as rows');

-- ---------------------------------------------------------------------------
-- What is not known
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE unknown AS
SELECT exposure_agg(c, a::monetary) AS b FROM (VALUES ('A', '10 USD'), ('A', NULL), ('B', NULL), ('C', '30 USD'), (NULL, NULL)) v (c, a);
SELECT is(b::text, 'USD "A"=10/1?1 "B"=0/0?1 "C"=30/1', 'unknown amounts are counted, a row of nothing is passed over') FROM unknown;
SELECT results_eq($$SELECT gross(b), parties(b), entries(b), unknowns(b) FROM unknown$$, $$VALUES ('40 USD'::monetary, 3::bigint, 2::bigint, 2::bigint)$$, 'and stand beside the sum');
SELECT is(share(b, 'B'), NULL, 'the share of a counterparty nothing is known of: not 0') FROM unknown;
SELECT is(hhi(b), 0.625, 'nor is it counted') FROM unknown;
SELECT results_eq($$SELECT net, current_exposure, share FROM unknown, exposures(b) WHERE counterparty = 'B'$$, $$VALUES (NULL::monetary, NULL::monetary, NULL::numeric)$$, 'nor a line of zeros');
SELECT results_eq($$SELECT exposure_agg('A', NULL::monetary)::text, gross(exposure_agg('A', NULL::monetary)), currency(exposure_agg('A', NULL::monetary))$$,
    $$VALUES ('none "A"=0/0?1', NULL::monetary, NULL::currency)$$, 'without an amount there is no currency, and no zero in it');
SELECT is((exposure_agg('A', NULL::monetary) + exposure_agg('A', '5 EUR'::monetary))::text, 'EUR "A"=5/1?1', 'until one comes');
SELECT is(exposure_agg(c, a), NULL, 'no rows: NULL') FROM (SELECT NULL::text, NULL::monetary WHERE false) v (c, a);
SELECT is(exposure_agg(NULL, NULL::monetary), NULL, 'nor of rows that say nothing');
SELECT throws_ok($$SELECT exposure_agg(NULL, '5 USD'::monetary)$$, '22004', NULL, 'an amount without a counterparty is not lost in silence');
SELECT throws_ok($$SELECT exposure_agg('', '5 USD'::monetary)$$, '22023', NULL, 'an empty name');
SELECT throws_ok($$SELECT exposure_agg('A', '', '5 USD'::monetary)$$, '22023', NULL, 'an empty kind');
SELECT throws_ok($$SELECT exposure_agg('A', v) FROM unnest('{5 USD,5 EUR}'::monetary[]) v$$, '22000', NULL, 'two currencies');
SELECT throws_ok($$SELECT exposure_agg('A', '5 USD'::monetary) + exposure_agg('A', '5 EUR'::monetary)$$, '22000', NULL, 'two books of them');
SELECT throws_ok($$SELECT rollup(b) FROM unnest('{"USD \"A\"=1/1","EUR \"A\"=1/1"}'::exposure_book[]) b$$, '22000', NULL, 'rolled up');
SELECT throws_ok($$SELECT * FROM top('USD "A"=1/1', -1)$$, '22023', NULL, 'top of less than none');
SELECT throws_ok($$SELECT concentration_ratio('USD "A"=1/1', 0)$$, '22023', NULL, 'the concentration of none');
SELECT throws_ok($$SELECT merger_delta('USD "A"=1/1', 'A', 'A')$$, '22023', NULL, 'a merger with itself');

-- Amounts whose sum monetary cannot hold: the ratios are there all the same.
CREATE TEMP TABLE huge AS SELECT exposure_agg(chr(64 + i % 4 + 1), '2596148429267413814.265248164610047 USD'::monetary) AS b FROM generate_series(1, 400) i;
SELECT throws_ok($$SELECT gross(b) FROM huge$$, '22003', NULL, 'a sum out of range says so');
SELECT is(hhi(b), 0.25, 'a ratio is not out of range') FROM huge;
SELECT is(b::text::exposure_book, b, 'nor its text') FROM huge;

-- ---------------------------------------------------------------------------
-- Too much or too little
-- ---------------------------------------------------------------------------
-- Wikipedia, Newsvendor model: price 7, cost 5; the answers are 59, 39 and 45 in whole units.
SELECT is(critical_ratio('2 USD'::monetary, '5 USD'::monetary), 0.285714285714286, 'the critical ratio (7 - 5) / 7');
SELECT is(round(critical_ratio(2, 5)::numeric, 12), 0.285714285714, 'of plain numbers');
SELECT is(round(newsvendor_quantity_uniform(2, 5, 50, 80)::numeric, 3), 58.571, 'demand from 50 to 80: 58.571, published 59');
SELECT is(round(newsvendor_quantity(2, 5, 50, 20)::numeric, 3), 38.681, 'demand normal, 50 and 20: 38.681, published 39');
SELECT is(round(newsvendor_quantity_lognormal(2, 5, 50, 0.2)::numeric, 3), 44.649, 'demand lognormal, 50 and 0.2: 44.649, published 45');
-- Too little costs nine times too much: demand normal, 100 and 30.
SELECT is(round(newsvendor_quantity(9, 1, 100, 30)::numeric, 9), 138.446546966, 'build 138');
SELECT is(round(newsvendor_cost(9, 1, 100, 30, newsvendor_quantity(9, 1, 100, 30))::numeric, 7), 52.6494996, 'which costs 52.65');
SELECT is(round(newsvendor_cost(9, 1, 100, 30, 100)::numeric, 7), 119.6826841, 'building the mean costs 119.68');
SELECT is(round(implied_fear_ratio(newsvendor_quantity(9, 1, 100, 30), 100, 30)::numeric, 9), 9.000000000, 'who builds 138 fears the one nine times as much');
SELECT is(implied_fear_ratio(100, 100, 30), 1::float8, 'who builds the mean fears both alike');
-- No other quantity costs less.
SELECT is(count(*), 0::bigint, 'no quantity costs less')
FROM generate_series(1, 20) u, generate_series(0, 200, 5) q
WHERE newsvendor_cost(u, 3, 100, 30, q) < newsvendor_cost(u, 3, 100, 30, newsvendor_quantity(u, 3, 100, 30));
-- There and back, far into both tails.
SELECT is(count(*), 0::bigint, 'the fear ratio undoes the quantity, from 1e-12 to 1e12')
FROM generate_series(-12, 12) e WHERE abs(implied_fear_ratio(newsvendor_quantity(10.0 ^ e, 1, 0, 1), 0, 1) / 10.0 ^ e - 1) > 1e-11;
SELECT throws_ok($$SELECT newsvendor_quantity(0, 1, 100, 30)$$, '22023', NULL, 'a cost of nothing');
SELECT throws_ok($$SELECT newsvendor_quantity(1, 1, 100, -1)$$, '22023', NULL, 'a negative deviation');
SELECT throws_ok($$SELECT newsvendor_quantity(1, 1, 'Infinity', 1)$$, '22023', NULL, 'an infinite mean');
SELECT throws_ok($$SELECT critical_ratio('1 USD'::monetary, '1 EUR'::monetary)$$, '22000', NULL, 'two currencies');
SELECT throws_ok($$SELECT implied_fear_ratio(1e6, 0, 1)$$, '22003', NULL, 'more fear than there are numbers');
SELECT throws_ok($$SELECT implied_fear_ratio(-1e6, 0, 1)$$, '22003', NULL, 'or less');

SELECT * FROM finish();
ROLLBACK;
