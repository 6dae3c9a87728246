-- Shares through rounds, notes, SAFEs and warrants, what stakes stand at, who funded whom, capital
-- expenditure and the concentration of owners. Worked examples are from press reports and filings of
-- 2025 where a source is named, and made for the purpose where none is.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET client_min_messages = warning;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Functions
-- ---------------------------------------------------------------------------
-- Google's 14 % of March 2025 (New York Times 2025-03-11 on a court filing), 13 bn at 183 (Breakingviews 2025-12-12), 30 bn at 380.
SELECT is(round(dilute(0.14, 13, 183) * 100, 7), 13.0054645, 'Google after Series F');
SELECT is(round(dilute(dilute(0.14, 13, 183), 30, 380) * 100, 7), 11.9787173, 'and after Series G');
-- What the others keep is what a round leaves of the value before it: 58 of 61.5 (Series E), 170 of 183, 350 of 380.
SELECT results_eq($$SELECT round(dilute(1, n, p) * p, 10) FROM (VALUES (3.5, 61.5), (13, 183), (30, 380)) v (n, p)$$, $$VALUES (58.0000000000), (170.0000000000), (350.0000000000)$$, 'values before Series E, F and G');
-- Amazon's holding stood at 39 when the whole was valued at 183: a stake of at most that part.
SELECT is(round(exact_quotient(39, 183) * 100, 2), 21.31, 'what a carrying value implies of a share');
SELECT is(round(diluted_share(0.14, ARRAY[13/183.0, 30/380.0]) * 100, 7), 11.9787173, 'in one call');
SELECT is(diluted_share(0.14, ARRAY[0.1, 0.2], ARRAY[0.05, -0.02], 0.15), 0.15 * 0.8 - 0.02, 'what is added stops at the cap, before the next step');
SELECT is(diluted_share(0.01, ARRAY[0.1], ARRAY[-0.5]), 0::numeric, 'nobody sells more than he has');
SELECT is(diluted_share(0.14, ARRAY[0.1, NULL]), NULL, 'NULL in, NULL out');
SELECT is(diluted_share(0.5, '{}'), 0.5, 'no step changes nothing');
SELECT throws_ok($$SELECT dilute(1.1, 1, 2)$$, '22023', NULL, 'a share above 1');
SELECT throws_ok($$SELECT dilute(0.1, 3, 2)$$, '22023', NULL, 'more new money than the value after it');
SELECT throws_ok($$SELECT dilute(0.1, 1, 0)$$, '22023', NULL, 'a value of 0');
SELECT throws_ok($$SELECT diluted_share(0.1, ARRAY[1.5])$$, '22023', NULL, 'a dilution above 1');
SELECT throws_ok($$SELECT diluted_share(0.1, ARRAY[0.5], ARRAY[0.1, 0.1])$$, '22023', NULL, 'one of each');

-- 1,000,000 at 8 % simple for 18 months; cap 10 m over 8 m shares = 1.25, below 2.00 less 20 % = 1.60.
SELECT results_eq($$SELECT amount, price, trim_scale(shares) FROM note_conversion(1000000, 0.08, 1.5, 10000000 / 8000000.0, 0.2, 2)$$,
    $$VALUES (1120000::numeric, 1.25, 896000::numeric)$$, 'a note converts at its cap');
SELECT results_eq($$SELECT trim_scale(price), trim_scale(shares) FROM note_conversion(1000000, 0.08, 1.5, NULL, 0.2, 2)$$, $$VALUES (1.6::numeric, 700000::numeric)$$, 'or at its discount');
SELECT is(trim_scale(price), 2::numeric, 'or at the round''s price') FROM note_conversion(1000000, 0.08, 1.5, NULL, NULL, 2);
SELECT is(price, NULL, 'which must be known') FROM note_conversion(1000000, 0.08, 1.5, NULL, 0.2, NULL);
SELECT throws_ok($$SELECT note_conversion(-1, 0.08, 1.5, 1.25, 0.2, 2)$$, '22023', NULL, 'a principal below 0');
SELECT throws_ok($$SELECT note_conversion(1, 0.08, 1.5, 1.25, 1, 2)$$, '22023', NULL, 'a discount of all');

-- Two post-money SAFEs: 0.5 m at 5 m is 10 %, 1.5 m at 10 m is 15 %; 9 m shares are the other 75 % of 12 m.
SELECT results_eq($$SELECT place, trim_scale(share), trim_scale(shares), trim_scale(capitalisation) FROM safe_conversion(9000000, ARRAY[500000, 1500000], ARRAY[5000000, 10000000])$$,
    $$VALUES (1::bigint, 0.1::numeric, 1200000::numeric, 12000000::numeric), (2, 0.15, 1800000, 12000000)$$, 'post-money SAFEs');
SELECT throws_ok($$SELECT safe_conversion(9000000, ARRAY[5, 5], ARRAY[10, 10])$$, '22023', NULL, 'which cannot take everything');
SELECT throws_ok($$SELECT safe_conversion(9000000, ARRAY[5], ARRAY[10, 10])$$, '22023', NULL, 'and have a cap each');

-- AMD's warrant for OpenAI: 160 m shares at 0.01, at 226.71 and at 600 a share (press of 2025-10-06).
SELECT is(warrant_intrinsic(160e6, 0.01, 226.71) / 1e9, 36.272, '36.272 bn at 226.71') ;
SELECT is(warrant_intrinsic(160e6, 0.01, 600) / 1e9, 95.9984, '95.9984 bn at 600');
SELECT is(warrant_intrinsic(160e6, 600, 226.71), 0::numeric, 'nothing out of the money');
SELECT is(round(treasury_stock_shares(160e6, 0.01, 226.71), 1), 159992942.5, 'net shares by the treasury-stock method');
SELECT is(treasury_stock_shares(160e6, 600, 226.71), 0::numeric, 'none out of the money');
SELECT is_empty($$SELECT s FROM generate_series(1, 500, 7) s WHERE abs(treasury_stock_shares(1000, 100, s) * s - warrant_intrinsic(1000, 100, s)) > 1e-20$$, 'net shares are worth the intrinsic value');
SELECT throws_ok($$SELECT warrant_intrinsic(-1, 0, 0)$$, '22023', NULL, 'a quantity below 0');

-- 32.5 % of net assets of 10, 27 % after 40 of new money: 3.25 becomes 13.5.
SELECT is(deemed_disposal_gain(0.325, 0.27, 10, 40), 10.25, 'a lower share can be a gain');
SELECT is(deemed_disposal_gain(0.325, dilute(0.325, 10, 110), 100, 10), dilute(0.325, 10, 110) * 110 - 32.5, 'none when the money is put in at book value') ;
-- Microsoft's share of OpenAI's loss in the third quarter of 2025: 4.1 before tax, 3.1 after (tradingview.com, analyst).
SELECT results_eq($$SELECT round(implied_investee_result(r, s), 3) FROM (VALUES (4.1, 0.27), (4.1, 0.325), (3.1, 0.27)) v (r, s)$$, $$VALUES (15.185), (12.615), (11.481)$$, 'three readings of one quarter');
SELECT throws_ok($$SELECT implied_investee_result(4.1, 0)$$, '22023', NULL, 'no share implies nothing');

-- The equity method: 1000 at 27 %, losses of 200 and 5000.
SELECT results_eq($$SELECT trim_scale(carrying_amount), liability, trim_scale(unrecognised_losses) FROM equity_method_rollforward(1000, ARRAY[0.27, 0.27], ARRAY[-200, -5000])$$,
    $$VALUES (946::numeric, 0::numeric, 0::numeric), (0, 0, 404)$$, '946, then 0 with 404 unrecognised');
SELECT results_eq($$SELECT trim_scale(carrying_amount), trim_scale(liability), trim_scale(unrecognised_losses) FROM equity_method_rollforward(1000, ARRAY[0.27, 0.27], ARRAY[-200, -5000], unfunded_commitments => ARRAY[100, 100])$$,
    $$VALUES (946::numeric, 0::numeric, 0::numeric), (0, 100, 304)$$, 'with 100 still to be funded: a liability of 100, 304 unrecognised');
SELECT results_eq($$SELECT trim_scale(recognised), trim_scale(carrying_amount), trim_scale(unrecognised_losses) FROM equity_method_rollforward(1000, ARRAY[0.27, 0.27, 0.27, 0.27], ARRAY[-200, -5000, 1000, 1000])$$,
    $$VALUES (-54::numeric, 946::numeric, 0::numeric), (-946, 0, 404), (0, 0, 134), (136, 136, 0)$$, 'later profits first use up what is unrecognised');
SELECT results_eq($$SELECT trim_scale(carrying_amount), trim_scale(excess_dividend) FROM equity_method_rollforward(100, ARRAY[0.5, 0.5], ARRAY[40, 0], dividends => ARRAY[20, 400], other_comprehensive_incomes => ARRAY[-10, 0], impairments => ARRAY[5, 0], contributions => ARRAY[10, 0])$$,
    $$VALUES (110::numeric, 0::numeric), (0, 90)$$, 'contributions, other comprehensive income, dividends and impairment; a dividend above the amount is income');
SELECT results_eq($$SELECT carrying_amount, unrecognised_losses FROM equity_method_rollforward(100, ARRAY[0.5, 0.5], ARRAY[NULL, 40])$$, $$VALUES (NULL::numeric, NULL::numeric), (NULL, NULL)$$, 'after what is not known nothing is');
SELECT is_empty($$SELECT FROM equity_method_rollforward(100, '{}', '{}')$$, 'no period, no row');
SELECT throws_ok($$SELECT equity_method_rollforward(100, ARRAY[0.5], ARRAY[1, 2])$$, '22023', NULL, 'arrays of one length');
SELECT throws_ok($$SELECT equity_method_rollforward(100, ARRAY[1.5], ARRAY[1])$$, '22023', NULL, 'shares up to 1');
SELECT throws_ok($$SELECT equity_method_rollforward(100, ARRAY[0.5], ARRAY[1], ARRAY[-1])$$, '22023', NULL, 'no dividend below 0');

-- Properties, over 300 made-up histories.
SELECT setseed(0.27);
CREATE TEMPORARY TABLE history AS
SELECT n, (random() * 1000)::integer::numeric AS opening, array_agg(round(random()::numeric, 3)) AS shares, array_agg((random() * 4000 - 2200)::integer::numeric) AS results,
       array_agg((random() * 200)::integer::numeric) AS dividends, array_agg((random() * 100)::integer::numeric) AS oci, array_agg(round((random() * 50)::numeric)) AS contributions,
       array_agg(CASE WHEN n % 2 = 0 THEN 300::numeric ELSE 0 END) AS commitments
FROM generate_series(1, 300) n, generate_series(1, 12) p GROUP BY n;
SELECT is_empty($$SELECT n, r FROM history h, equity_method_rollforward(opening, shares, results, dividends, oci, NULL, contributions, commitments) r
    WHERE carrying_amount < 0 OR liability < 0 OR unrecognised_losses < 0 OR liability > 300 * (1 - n % 2) OR (carrying_amount > 0 AND liability > 0)$$, 'amounts are not below 0, liabilities not above the commitment');
SELECT is_empty($$SELECT n FROM history h, equity_method_rollforward(opening, shares, results, dividends, oci, NULL, contributions, commitments) r
    GROUP BY n, opening, contributions, shares, dividends
    HAVING opening + (SELECT sum(c) FROM unnest(contributions) c) + sum(share_of_result) - (SELECT sum(s * d) FROM unnest(shares, dividends) x (s, d)) + sum(excess_dividend)
        <> (array_agg(carrying_amount - liability - unrecognised_losses ORDER BY period))[12]$$, 'nothing gets lost: what went in is the amount less liability and unrecognised losses');
SELECT is_empty($$SELECT h.n FROM history h,
        LATERAL (SELECT * FROM equity_method_rollforward(opening, shares, results, dividends, oci, NULL, contributions, commitments) WHERE period = 12) r,
        LATERAL (SELECT array_agg(x * 1000) AS results FROM unnest(h.results) x) a, LATERAL (SELECT array_agg(x * 1000) AS dividends FROM unnest(h.dividends) x) b,
        LATERAL (SELECT array_agg(x * 1000) AS oci FROM unnest(h.oci) x) c, LATERAL (SELECT array_agg(x * 1000) AS contributions FROM unnest(h.contributions) x) d,
        LATERAL (SELECT array_agg(x * 1000) AS commitments FROM unnest(h.commitments) x) e,
        LATERAL (SELECT * FROM equity_method_rollforward(opening * 1000, shares, a.results, b.dividends, c.oci, NULL, d.contributions, e.commitments) WHERE period = 12) t
    WHERE t.carrying_amount <> r.carrying_amount * 1000 OR t.unrecognised_losses <> r.unrecognised_losses * 1000 OR t.liability <> r.liability * 1000$$, 'a thousand times everything is a thousand times the result');
SELECT is_empty($$SELECT n FROM (SELECT n, period, share_of_result, recognised, lag(unrecognised_losses) OVER (PARTITION BY n ORDER BY period) AS before, unrecognised_losses
        FROM history h, equity_method_rollforward(opening, shares, results, dividends, oci, NULL, contributions, commitments) r) x
    WHERE share_of_result > 0 AND before > 0 AND (recognised > 0 AND unrecognised_losses > 0 OR recognised + before - unrecognised_losses <> share_of_result)$$, 'no profit is recognised while losses are unrecognised');
SELECT is_empty($$SELECT k FROM generate_series(0, 100) k, generate_series(1, 50, 7) m WHERE abs(dilute(k / 100.0, m, 50) + dilute(1 - k / 100.0, m, 50) + m / 50.0 - 1) > 1e-15$$, 'after a round the old owners and the new make up the whole');

SELECT is_empty($$SELECT n FROM (SELECT n, array_agg(s) AS parts, array_agg(s) FILTER (WHERE s < 0.9) AS dilutions
        FROM (SELECT n, random()::numeric AS s FROM generate_series(1, 100) n, generate_series(1, 8)) x GROUP BY n) h,
        LATERAL (SELECT sum(diluted_share(p / (SELECT sum(q) FROM unnest(parts) q), dilutions)) AS whole FROM unnest(parts) p) t,
        LATERAL (SELECT exp(sum(ln(1 - d))) AS kept FROM unnest(dilutions) d) k
    WHERE whole > 1 OR abs(whole - kept) > 1e-12$$, 'owners who hold the whole hold what the rounds leave, and never more than the whole');

-- ---------------------------------------------------------------------------
-- The ledger
-- ---------------------------------------------------------------------------
SELECT create_ledger('stake_books', basis => 'us_gaap');
SET search_path = stake_books_report, stake_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, published_on, confidence) VALUES
    ('court', 'press report', 'New York Times on a court filing', '2025-03-11', 'high'), ('made up', 'worked example', 'made for this test', NULL, 'high');
CREATE FUNCTION pg_temp.bn(billions numeric) RETURNS monetary IMMUTABLE LANGUAGE sql AS $$SELECT chipbook.monetary(billions * 1e9, 'USD')$$;
CREATE FUNCTION pg_temp.usd(units numeric) RETURNS monetary IMMUTABLE LANGUAGE sql AS $$SELECT chipbook.monetary(units, 'USD')$$;

SELECT open_load('stake_books', 'what is known', 'made up') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{GOOG,GCP,ANTH,AMZN,MSFT,OAI,NVDA,SPAC,SAFE,LAB,INV,VC,FUND,META,ORCL}'::text[]) p;
INSERT INTO relation (party_id, parent_id, kind) VALUES ('GCP', 'GOOG', 'segment');
INSERT INTO valuation (valuation_id, party_id, valued_on, kind, currency, value_low, value_point, value_high, new_money, legal_status) VALUES
    ('E', 'ANTH', '2025-03-03', 'post_money', 'USD', pg_temp.bn(61.5), pg_temp.bn(61.5), pg_temp.bn(61.5), pg_temp.bn(3.5), 'closed'),
    ('F', 'ANTH', '2025-09-02', 'post_money', 'USD', pg_temp.bn(183), pg_temp.bn(183), pg_temp.bn(183), pg_temp.bn(13), 'closed'),
    ('talked', 'ANTH', '2025-11-05', 'talked', 'USD', pg_temp.bn(350), NULL, NULL, NULL, 'early_talks'),
    ('G', 'ANTH', '2026-02-12', 'post_money', 'USD', pg_temp.bn(380), pg_temp.bn(380), pg_temp.bn(380), pg_temp.bn(30), 'closed'),
    ('rumoured', 'ANTH', '2026-03-12', 'post_money', 'USD', pg_temp.bn(900), pg_temp.bn(900), pg_temp.bn(900), pg_temp.bn(300), 'rumour'),
    ('early', 'LAB', '2025-01-10', 'talked', 'USD', pg_temp.bn(350), NULL, NULL, NULL, 'early_talks'),
    ('A', 'LAB', '2025-02-01', 'post_money', 'USD', pg_temp.usd(100), pg_temp.usd(100), pg_temp.usd(100), pg_temp.usd(20), 'closed'),
    ('B', 'LAB', '2025-03-01', 'post_money', 'USD', pg_temp.usd(400), NULL, pg_temp.usd(500), pg_temp.usd(100), 'closed'),
    ('C', 'LAB', '2025-06-01', 'post_money', 'USD', pg_temp.usd(900), pg_temp.usd(900), pg_temp.usd(900), NULL, 'closed');
INSERT INTO stake (stake_id, owner_id, owned_id, as_at, share_low, share, share_high, qualifier, basis, max_share, source_id, legal_status) VALUES
    ('goog', 'GOOG', 'ANTH', '2025-03-11', NULL, 0.14, NULL, 'exactly', 'not_stated', 0.15, 'court', 'closed'),
    ('goog later', 'GOOG', 'ANTH', '2025-10-01', NULL, 0.14, NULL, 'exactly', 'not_stated', NULL, 'court', 'closed'),
    ('goog about', 'GOOG', 'ANTH', '2025-10-02', NULL, 0.14, NULL, 'about', 'not_stated', NULL, 'court', 'closed'),
    ('goog diluted', 'GOOG', 'ANTH', '2025-03-11', NULL, 0.12, NULL, 'exactly', 'fully_diluted', NULL, 'court', 'closed'),
    ('cloud', 'GCP', 'ANTH', '2025-03-11', NULL, 0.01, NULL, 'exactly', 'fully_diluted', NULL, 'court', 'closed'),
    ('dream', 'NVDA', 'ANTH', '2025-03-11', NULL, 0.5, NULL, 'exactly', 'not_stated', NULL, 'court', 'rumour'),
    ('inv', 'INV', 'LAB', '2025-01-01', NULL, 0.14, NULL, 'exactly', 'as_converted', 0.15, NULL, 'closed'),
    ('vc', 'VC', 'LAB', '2025-01-01', 0.4, NULL, 0.6, 'exactly', 'as_converted', NULL, NULL, 'closed'),
    ('fund', 'FUND', 'LAB', '2025-01-01', NULL, 0.26, NULL, 'exactly', 'as_converted', NULL, NULL, 'closed'),
    ('up to', 'META', 'LAB', '2025-01-01', NULL, NULL, 0.1, 'up_to', 'as_converted', NULL, NULL, 'closed'),
    ('msft old', 'MSFT', 'OAI', '2025-10-27', NULL, 0.325, NULL, 'about', 'as_converted', NULL, NULL, 'closed'),
    ('msft', 'MSFT', 'OAI', '2025-10-28', NULL, 0.27, NULL, 'about', 'as_converted', NULL, NULL, 'closed');
-- INV buys 10 of the 20 in round A, which would take it above its cap; then VC converts notes into a tenth of the lab; FUND sells.
INSERT INTO stake_event (event_id, owner_id, owned_id, kind, happened_on, valuation_id, currency, amount, share) VALUES
    ('pro rata', 'INV', 'LAB', 'purchase', '2025-02-01', 'A', 'USD', pg_temp.usd(10), NULL),
    ('note', 'VC', 'LAB', 'conversion', '2025-02-15', NULL, NULL, NULL, 0.1),
    ('sold', 'FUND', 'LAB', 'sale', '2025-02-20', NULL, NULL, NULL, 0.01);
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence) VALUES
    ('e', 'equity', 'INV', 'LAB', 'equity', 'draw', '2025-01-01', '2025-01-01', 'USD', pg_temp.usd(1000), 'exactly', 'closed', 'filing'),
    ('f', 'funded', 'VC', 'LAB', 'equity', 'draw', '2025-01-01', '2025-01-01', 'USD', pg_temp.usd(1000), 'exactly', 'closed', 'filing'),
    ('fc', 'funded', 'VC', 'LAB', 'equity', 'commit', '2025-01-01', '2025-01-01', 'USD', pg_temp.usd(1100), 'exactly', 'signed', 'filing'),
    ('n1', 'note', 'AMZN', 'ANTH', 'convertible note', 'draw', '2023-09-25', '2023-12-31', 'USD', pg_temp.bn(1.25), 'exactly', 'closed', 'filing'),
    ('n2', 'note', 'AMZN', 'ANTH', 'convertible note', 'draw', '2024-01-01', '2024-03-31', 'USD', pg_temp.bn(2.75), 'exactly', 'closed', 'filing'),
    ('g', 'goog', 'GCP', 'ANTH', 'equity', 'draw', '2024-06-30', '2024-06-30', 'USD', pg_temp.bn(1), 'exactly', 'closed', 'filing'),
    ('q', 'quoted', 'NVDA', 'SPAC', 'common stock', 'draw', '2025-01-01', '2025-01-01', 'USD', pg_temp.usd(1000), 'exactly', 'closed', 'filing'),
    ('m', 'msft', 'MSFT', 'OAI', 'equity', 'draw', '2019-07-01', '2025-06-30', 'USD', pg_temp.bn(11.6), 'exactly', 'closed', 'filing'),
    ('x', 'vague', 'META', 'LAB', 'equity', 'draw', '2025-01-01', '2025-01-01', 'USD', NULL, 'unknown', 'closed', 'filing');
INSERT INTO holding_accounting (holding_id, basis, method, valid_from, valid_to, currency, opening_amount, share) VALUES
    ('equity', 'us_gaap', 'equity_method', '2025-01-01', 'infinity', 'USD', NULL, 0.27), ('equity', 'ifrs', 'equity_method', '2025-01-01', 'infinity', 'USD', NULL, NULL),
    ('funded', 'us_gaap', 'equity_method', '2025-01-01', 'infinity', 'USD', NULL, 0.27),
    ('note', 'us_gaap', 'available_for_sale', '2023-09-25', '2025-03-31', 'USD', NULL, NULL), ('note', 'us_gaap', 'measurement_alternative', '2025-03-31', 'infinity', 'USD', NULL, NULL),
    ('note', 'ifrs', 'fair_value', '2023-09-25', 'infinity', 'USD', NULL, NULL),
    ('quoted', 'us_gaap', 'fair_value', '2025-01-01', 'infinity', 'USD', NULL, NULL), ('quoted', 'ifrs', 'amortised_cost', '2025-01-01', '2025-10-01', 'USD', NULL, NULL),
    ('msft', 'us_gaap', 'equity_method', '2019-07-01', 'infinity', 'USD', NULL, NULL), ('vague', 'us_gaap', 'measurement_alternative', '2025-01-01', 'infinity', 'USD', NULL, NULL);
INSERT INTO holding_measurement (measurement_id, holding_id, basis, kind, happened_from, happened_to, currency, amount, gain, price, quantity, is_after_tax) VALUES
    -- Amazon's gains of the first and third quarter of 2025 (GeekWire of May 2025; Breakingviews 2025-12-12); the fair values are made up to match.
    ('marked', 'note', NULL, 'fair_value', '2024-12-31', '2024-12-31', 'USD', pg_temp.bn(6), NULL, NULL, NULL, false),
    ('converted', 'note', 'us_gaap', 'conversion', '2025-01-01', '2025-03-31', 'USD', pg_temp.bn(7.3), NULL, NULL, NULL, false),
    ('Series F', 'note', 'us_gaap', 'observable_price', '2025-07-01', '2025-09-30', 'USD', pg_temp.bn(9.5), NULL, NULL, NULL, false),
    ('written down', 'note', 'us_gaap', 'impairment', '2025-12-31', '2025-12-31', 'USD', pg_temp.bn(100), NULL, NULL, NULL, false),
    ('quote', 'quoted', NULL, 'fair_value', '2025-03-31', '2025-03-31', 'USD', NULL, NULL, pg_temp.usd(87.2), 10, false),
    ('fall', 'quoted', NULL, 'fair_value', '2025-06-30', '2025-06-30', 'USD', NULL, NULL, pg_temp.usd(187.2), 10, false),
    ('loss', 'msft', NULL, 'reported_result', '2025-07-01', '2025-09-30', 'USD', pg_temp.bn(-4.1), NULL, NULL, NULL, false),
    ('after tax', 'msft', NULL, 'reported_result', '2025-07-01', '2025-09-30', 'USD', pg_temp.bn(-3.1), NULL, NULL, NULL, true);
INSERT INTO party_figure (figure_id, party_id, measure, basis, period_from, period_to, currency, amount_low, amount, amount_high, qualifier, modality) VALUES
    ('h1', 'LAB', 'net_income', NULL, '2025-01-01', '2025-06-30', 'USD', NULL, pg_temp.usd(-200), NULL, 'exactly', 'actual'),
    ('q1', 'LAB', 'net_income', NULL, '2025-01-01', '2025-03-31', 'USD', NULL, pg_temp.usd(-80), NULL, 'exactly', 'actual'),
    ('h2', 'LAB', 'net_income', NULL, '2025-07-01', '2025-12-31', 'USD', NULL, pg_temp.usd(-5000), NULL, 'exactly', 'actual'),
    ('h3', 'LAB', 'net_income', NULL, '2026-01-01', '2026-06-30', 'USD', NULL, pg_temp.usd(2000), NULL, 'exactly', 'actual'),
    ('hope', 'LAB', 'net_income', NULL, '2026-07-01', '2026-12-31', 'USD', NULL, pg_temp.usd(2000), NULL, 'exactly', 'forecast'),
    ('raised 24', 'ANTH', 'funds_raised', NULL, '2021-01-01', '2024-12-31', 'USD', NULL, pg_temp.bn(10), NULL, 'exactly', 'actual'),
    ('raised of it', 'ANTH', 'funds_raised', NULL, '2023-03-01', '2024-02-29', 'USD', NULL, pg_temp.bn(7.3), NULL, 'exactly', 'actual'),
    ('raised 25', 'ANTH', 'funds_raised', NULL, '2025-01-01', '2025-12-31', 'USD', pg_temp.bn(16.5), NULL, NULL, 'more_than', 'actual'),
    ('m24', 'META', 'capital_expenditure', NULL, '2024-01-01', '2024-12-31', 'USD', NULL, pg_temp.bn(40), NULL, 'exactly', 'actual'),
    ('m25', 'META', 'capital_expenditure', 'us_gaap', '2025-01-01', '2025-12-31', 'USD', NULL, pg_temp.bn(60), NULL, 'exactly', 'actual'),
    ('m25 ifrs', 'META', 'capital_expenditure', 'ifrs', '2025-01-01', '2025-12-31', 'USD', NULL, pg_temp.bn(65), NULL, 'exactly', 'actual'),
    ('m25 r', 'META', 'revenue', NULL, '2025-01-01', '2025-12-31', 'USD', NULL, pg_temp.bn(200), NULL, 'exactly', 'actual'),
    ('m25 o', 'META', 'operating_cash_flow', NULL, '2025-01-01', '2025-12-31', 'USD', NULL, pg_temp.bn(120), NULL, 'exactly', 'actual'),
    ('m26', 'META', 'capital_expenditure', NULL, '2026-01-01', '2026-12-31', 'USD', pg_temp.bn(100), NULL, pg_temp.bn(120), 'exactly', 'forecast'),
    ('o25', 'ORCL', 'capital_expenditure', NULL, '2025-01-01', '2025-12-31', 'USD', NULL, pg_temp.bn(20), NULL, 'exactly', 'actual'),
    ('n25', 'NVDA', 'capital_expenditure', NULL, '2025-01-01', '2025-12-31', 'USD', pg_temp.bn(1), NULL, NULL, 'more_than', 'actual');
SELECT is_empty(format('SELECT * FROM check_load(%L, %s)', 'stake_books', :load), 'nothing stands in the way');
SELECT ok(publish_load('stake_books', :load, recorded_at => '2025-11-05 12:00Z') > 60, 'all is published');

-- Shares through rounds
SET chipbook.as_of = '2025-09-30';
SELECT is_empty($$SELECT FROM ownership_over_time$$, 'nothing was recorded yet');
SET chipbook.as_of = '2026-05-05';
SELECT results_eq($$SELECT as_at, until, round(share * 100, 7), rounds FROM ownership_over_time WHERE owner_id = 'GOOG' AND owned_id = 'ANTH' AND basis = 'fully_diluted' ORDER BY as_at$$,
    $$VALUES (date '2025-03-11', date '2025-09-02', 12.0000000, 0::bigint), ('2025-09-02', '2026-02-12', round(12 * (1 - 13/183.0), 7), 1), ('2026-02-12', '2026-05-05', round(12 * (1 - 13/183.0) * (1 - 30/380.0), 7), 2), ('2026-05-05', NULL, round(12 * (1 - 13/183.0) * (1 - 30/380.0), 7), 2)$$,
    'a share through Series F and G, but not through a rumoured round');
SELECT results_eq($$SELECT round(share * 100, 7) FROM ownership_over_time WHERE owner_id = 'GOOG' AND owned_id = 'ANTH' AND basis = 'not_stated' AND as_at = '2025-09-02'$$,
    $$VALUES (13.0054645)$$, '13.0054645 % after Series F');
SELECT results_eq($$SELECT round(computed * 100, 7), conflicting, max_share, computed_from FROM stake_statement WHERE stake_id = 'goog later'$$,
    $$VALUES (13.0054645, true, NULL::numeric, date '2025-03-11')$$, 'a later 14 % contradicts it');
SELECT is(conflicting, false, 'about 14 % does not') FROM stake_statement WHERE stake_id = 'goog about';
SELECT is(max_share, 0.15::numeric, 'a cap stays in force') FROM ownership_over_time WHERE owner_id = 'GOOG' AND basis = 'not_stated' AND until IS NULL;
SELECT is_empty($$SELECT FROM ownership_over_time WHERE owner_id = 'NVDA'$$, 'a rumour is no share');
SELECT results_eq($$SELECT implied_value_low, implied_value, implied_value_high, round(stated_share_value_low) FROM stake_value WHERE stake_value.owner_id = 'GOOG' AND valuation_id = 'talked' AND basis = 'not_stated'$$,
    $$VALUES (49e9::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15), 49e9::numeric)$$, '14 % of more than 350 bn is 49 bn at least');
SELECT results_eq($$SELECT share, owners FROM ownership_group WHERE owner_group_id = 'GOOG' AND owned_id = 'ANTH' AND basis = 'fully_diluted'$$,
    $$VALUES (round(0.13 * (1 - 13/183.0) * (1 - 30/380.0), 15)::numeric(38,15), 2::bigint)$$, 'a segment''s share is its group''s');

-- The lab: 14 % x 0.8 + 10 bought of 100 = 21.2 %, capped at 15 %; then a conversion of a tenth.
SELECT results_eq($$SELECT as_at, share_low, share, share_high FROM ownership_over_time WHERE owner_id = 'INV' AND owned_id = 'LAB' AND as_at < '2025-06-02' ORDER BY as_at$$,
    $$VALUES (date '2025-01-01', 0.14::numeric(38,15), 0.14::numeric(38,15), 0.14::numeric(38,15)), ('2025-02-01', 0.15, 0.15, 0.15), ('2025-02-15', 0.135, 0.135, 0.135),
             ('2025-03-01', 0.10125, NULL, 0.108), ('2025-06-01', 0, NULL, 0.108)$$, 'pro rata, cap, conversion; a range of values, and a round of unknown size');
SELECT results_eq($$SELECT share_low, share, share_high FROM ownership_over_time WHERE owner_id = 'VC' AND owned_id = 'LAB' AND as_at = '2025-02-15'$$,
    $$VALUES (0.388::numeric(38,15), NULL::numeric(38,15), 0.532::numeric(38,15))$$, 'a range stays one');
SELECT results_eq($$SELECT share FROM ownership_over_time WHERE owner_id = 'FUND' AND owned_id = 'LAB' AND as_at = '2025-02-20'$$, $$VALUES (round(0.26 * 0.8 * 0.9 - 0.01, 15)::numeric(38,15))$$, 'a sale');
SELECT is(unknown_changes, 2::bigint, 'what is not known is counted') FROM ownership_over_time WHERE owner_id = 'INV' AND until IS NULL;
SELECT is_empty($$SELECT d.as_at FROM (SELECT DISTINCT owned_id, basis, as_at FROM ownership_over_time) d JOIN ownership_over_time o ON o.owned_id = d.owned_id AND o.basis = d.basis AND o.as_at <= d.as_at AND (o.until IS NULL OR o.until > d.as_at)
    GROUP BY d.owned_id, d.basis, d.as_at HAVING sum(o.share_low) > 1$$, 'at least, no party belongs to its owners more than whole');
SELECT is_empty($$SELECT FROM ownership_over_time WHERE NOT (share_low >= 0 AND share_low <= share_high AND share_high <= 1 AND (share IS NULL OR share BETWEEN share_low AND share_high) AND share_high <= coalesce(max_share, 1))$$, 'bounds hold');

-- Holdings in the books: each E07 figure again, through the facts. The quarter inside the half-year is not counted twice.
SET chipbook.as_of = '2026-12-31';
SELECT results_eq($$SELECT as_at, carrying_amount, liability, unrecognised_losses, profit_or_loss FROM carrying_value WHERE holding_id = 'equity' AND basis = 'us_gaap' ORDER BY as_at$$,
    $$VALUES (date '2025-01-01', 1000::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15)), ('2025-06-30', 946, 0, 0, -54), ('2025-12-31', 0, 0, 404, -946), ('2026-06-30', 136, 0, 0, 136)$$,
    'the equity method over four half-years; a forecast changes nothing');
SELECT results_eq($$SELECT carrying_amount, liability, unrecognised_losses FROM carrying_value WHERE holding_id = 'funded' AND as_at = '2025-12-31'$$,
    $$VALUES (0::numeric(38,15), 100::numeric(38,15), 304::numeric(38,15))$$, 'with 100 of the commitment unfunded');
SELECT results_eq($$SELECT carrying_amount_low, carrying_amount, carrying_amount_high FROM carrying_value WHERE holding_id = 'equity' AND basis = 'ifrs' AND as_at = '2025-06-30'$$,
    $$VALUES (978.4::numeric(38,15), NULL::numeric(38,15), 1000::numeric(38,15))$$, 'a share that is a range gives a range: the losses of up to 10.8 %');
SELECT results_eq($$SELECT as_at, method, carrying_amount, accumulated_oci, profit_or_loss, other_comprehensive_income FROM carrying_value WHERE holding_id = 'note' AND basis = 'us_gaap' ORDER BY as_at$$,
    $$VALUES (date '2023-09-25', 'available_for_sale', NULL::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15)), ('2023-12-31', 'available_for_sale', 1.25e9, 0, 0, 0), ('2024-01-01', 'available_for_sale', NULL, 0, 0, 0), ('2024-03-31', 'available_for_sale', 4e9, 0, 0, 0),
             ('2024-12-31', 'available_for_sale', 6e9, 2e9, 0, 2e9), ('2025-03-31', 'measurement_alternative', 7.3e9, 0, 3.3e9, -2e9),
             ('2025-09-30', 'measurement_alternative', 16.8e9, 0, 9.5e9, 0), ('2025-12-31', 'measurement_alternative', 0, 0, -16.8e9, 0)$$,
    'a note at fair value, its conversion (3.3 bn to profit), an observable price (9.5 bn), and no amount below 0');
SELECT results_eq($$SELECT as_at, carrying_amount, profit_or_loss FROM carrying_value WHERE holding_id = 'note' AND basis = 'ifrs' AND as_at >= '2024-12-31' ORDER BY as_at$$,
    $$VALUES (date '2024-12-31', 6e9::numeric(38,15), 2e9::numeric(38,15))$$, 'the same note at fair value through profit or loss');
SELECT results_eq($$SELECT as_at, carrying_amount, profit_or_loss, measured_on FROM carrying_value WHERE holding_id = 'quoted' AND basis = 'us_gaap' ORDER BY as_at$$,
    $$VALUES (date '2025-01-01', 1000::numeric(38,15), 0::numeric(38,15), NULL::date), ('2025-03-31', 872, -128, '2025-03-31'), ('2025-06-30', 1872, 1000, '2025-06-30')$$, 'price x quantity');
SELECT results_eq($$SELECT max(as_at), max(until), max(carrying_amount) FROM carrying_value WHERE holding_id = 'quoted' AND basis = 'ifrs'$$, $$VALUES (date '2025-06-30', date '2025-10-01', 1000::numeric(38,15))$$, 'amortised cost ignores prices, and ends with its row');
SELECT results_eq($$SELECT carrying_amount_low, carrying_amount, carrying_amount_high, unknown_count FROM carrying_value WHERE holding_id = 'vague'$$,
    $$VALUES (0::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15), 1::bigint)$$, 'an unknown amount is not 0');
SELECT results_eq($$SELECT results_missing, carrying_amount, profit_or_loss FROM carrying_value WHERE holding_id = 'msft' AND as_at = '2025-09-30'$$, $$VALUES (true, NULL::numeric(38,15), -4.1e9::numeric(38,15))$$,
    'losses since 2019 are not known, so neither is the amount');
SELECT is_empty($$SELECT FROM carrying_value WHERE carrying_amount < 0 OR carrying_amount_low < 0 OR carrying_amount_high < carrying_amount OR carrying_amount < carrying_amount_low$$, 'no amount is below 0, bounds hold');
SELECT results_eq($$SELECT stake_id, is_after_tax, round(implied_result / 1e9, 3) FROM implied_result WHERE investee_id = 'OAI' ORDER BY is_after_tax, stake_id$$,
    $$VALUES ('msft', false, -15.185), ('msft old', false, -12.615), ('msft', true, -11.481), ('msft old', true, -9.538)$$, 'readings of one number');

-- Funders
SELECT results_eq($$SELECT drawn, raised, share, share_of_known, known_rank FROM funding_share WHERE investee_id = 'ANTH' AND investor_id = 'AMZN' AND as_at = '2024-12-31'$$,
    $$VALUES (4e9::numeric(38,15), 10e9::numeric(38,15), 0.4::numeric(38,15), 0.8::numeric(38,15), 1::bigint)$$, 'Amazon''s share of all money raised; the 7.3 bn are in the 10');
SELECT results_eq($$SELECT investor_id, share_low, share, share_high FROM funding_share WHERE investee_id = 'ANTH' AND as_at = '2025-12-31' ORDER BY 1$$,
    $$VALUES ('AMZN', 0::numeric(38,15), NULL::numeric(38,15), round(4/26.5, 15)::numeric(38,15)), ('GOOG', 0, NULL, round(1/26.5, 15)::numeric(38,15))$$, 'more than 16.5 bn raised: at most so much; a segment stands under its group');
SELECT results_eq($$SELECT raised, share FROM funding_share WHERE investee_id = 'ANTH' AND investor_id = 'AMZN' AND as_at = '2024-02-29'$$, $$VALUES (7.3e9::numeric(38,15), NULL::numeric(38,15))$$, 'before the longer period ended the shorter one counts');

-- Capital expenditure
SELECT results_eq($$SELECT capex, capex_to_revenue, capex_to_operating_cash_flow, growth, share_of_known, known_rank, parties, unknown_count FROM capex_ratio WHERE party_id = 'META' AND period_from = '2025-01-01'$$,
    $$VALUES (60e9::numeric(38,15), 0.3::numeric(38,15), 0.5::numeric(38,15), 0.5::numeric(38,15), 0.75::numeric(38,15), 1::bigint, 3::bigint, 1::bigint)$$, 'ratios, growth, share and rank');
SELECT results_eq($$SELECT modality, capex_low, capex, capex_high FROM capex_ratio WHERE period_from = '2026-01-01'$$, $$VALUES ('forecast', 100e9::numeric(38,15), NULL::numeric(38,15), 120e9::numeric(38,15))$$, 'a forecast is one, and a range');

-- Concentration of owners: a ledger in which two labs are worth 60 and 40.
RESET chipbook.as_of;
SELECT create_ledger('owner_books');
SET search_path = owner_books_report, owner_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('made up', 'worked example', 'made for this test', 'high');
SELECT open_load('owner_books', 'labs', 'made up') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{A,B,X,Y,C}'::text[]) p;
INSERT INTO valuation (valuation_id, party_id, valued_on, kind, currency, value_low, value_point, value_high, legal_status) VALUES
    ('old', 'A', '2024-01-01', 'market', 'USD', '7 USD', '7 USD', '7 USD', 'closed'), ('a', 'A', '2025-01-01', 'market', 'USD', '60 USD', '60 USD', '60 USD', 'closed'),
    ('b', 'B', '2025-01-01', 'market', 'USD', '40 USD', '40 USD', '40 USD', 'closed'), ('c', 'C', '2025-01-01', 'market', 'USD', '1 USD', NULL, NULL, 'closed');
SELECT publish_load('owner_books', :load, recorded_at => '2025-06-01') \g /dev/null
SET chipbook.as_of = '2025-06-30';
SELECT results_eq($$SELECT owners, hhi, top_owner_id, top_share, unknown_count FROM owner_concentration$$, $$VALUES (2::bigint, 5200::numeric(38,15), 'A', 0.6::numeric(38,15), 1::bigint)$$, 'two labs of 60 and 40');
SELECT results_eq($$SELECT owner_id, other_id, hhi_delta, hhi_after FROM owner_concentration_deal$$, $$VALUES ('A', 'B', 4800::numeric(38,15), 10000::numeric(38,15))$$, 'a merger adds 2 x 0.6 x 0.4');
RESET chipbook.as_of;
SELECT open_load('owner_books', 'owners', 'made up') AS load \gset
INSERT INTO relation (party_id, parent_id, kind) VALUES ('Y', 'X', 'segment');
INSERT INTO stake (stake_id, owner_id, owned_id, as_at, share) VALUES ('xa', 'X', 'A', '2025-07-01', 0.5), ('yb', 'Y', 'B', '2025-07-01', 0.5);
SELECT publish_load('owner_books', :load, recorded_at => '2025-07-02') \g /dev/null
SET chipbook.as_of = '2025-07-31';
SELECT results_eq($$SELECT owners, hhi, top_owner_id, total FROM owner_concentration$$, $$VALUES (3::bigint, 3800::numeric(38,15), 'X', 100::numeric(38,15))$$, 'a group owns half of each: 50, 30 and 20');
SELECT results_eq($$SELECT hhi_delta, hhi_after FROM owner_concentration_deal WHERE owner_id = 'A' AND other_id = 'B'$$, $$VALUES (1200::numeric(38,15), 5000::numeric(38,15))$$, 'merging 30 and 20 adds 1200');
SELECT is_empty($$SELECT FROM owner_concentration_deal d, owner_concentration c WHERE d.hhi_after <> c.hhi + d.hhi_delta OR d.hhi_after > 10000$$, 'deltas add up');
RESET chipbook.as_of;

-- What is refused
SET search_path = stake_books_report, stake_books, chipbook, public, pg_catalog;
SELECT open_load('stake_books', 'refused', 'made up') AS load \gset
SELECT throws_ok($$INSERT INTO stake (stake_id, owner_id, owned_id, as_at, share) VALUES ('x', 'INV', 'LAB', '2025-01-01', 1.1)$$, '23514', NULL, 'a share above 1');
SELECT throws_ok($$INSERT INTO stake (stake_id, owner_id, owned_id, as_at) VALUES ('x', 'INV', 'LAB', '2025-01-01')$$, '23514', NULL, 'no share that is not said to be unknown');
SELECT throws_ok($$INSERT INTO stake (stake_id, owner_id, owned_id, as_at, share) VALUES ('x', 'LAB', 'LAB', '2025-01-01', 0.1)$$, '23514', NULL, 'an owner of itself');
SELECT throws_ok($$INSERT INTO stake_event (event_id, owner_id, owned_id, kind, happened_on, currency, amount) VALUES ('x', 'INV', 'LAB', 'purchase', '2025-01-01', 'USD', '1 USD')$$, '23514', NULL, 'an amount outside a round');
SELECT throws_ok($$INSERT INTO holding_accounting (holding_id, basis, method, valid_from, currency, opening_amount) VALUES ('equity', 'us_gaap', 'fair_value', '2025-01-01', 'USD', '1 EUR')$$, '23514', NULL, 'an opening amount in another currency');
SELECT throws_ok($$INSERT INTO holding_measurement (measurement_id, holding_id, kind, happened_from, happened_to, currency, amount, price, quantity) VALUES ('x', 'equity', 'fair_value', '2025-01-01', '2025-01-01', 'USD', '1 USD', '1 USD', 1)$$, '23514', NULL, 'an amount and a price');
INSERT INTO holding_accounting (holding_id, basis, method, valid_from, currency) VALUES ('nothing', 'us_gaap', 'fair_value', '2025-01-01', 'USD'), ('equity', 'us_gaap', 'fair_value', '2025-02-01', 'USD');
SELECT set_eq(format('SELECT fact, problem FROM check_load(%L, %s)', 'stake_books', :load),
    $$VALUES ('nothing', 'holding_event "nothing" is not known (named by rows: 1)'), ('equity, us_gaap', 'periods overlap on 2025-02-01')$$, 'accounting for a holding that is not there, and for one twice');

SELECT * FROM finish();
ROLLBACK;
