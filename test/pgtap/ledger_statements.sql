-- Statements word for word, the history of statuses, probabilities by status, the ladder from paper to use,
-- forecasts and what campuses cost: on a small ledger of its own, with figures published in autumn 2025.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('said_books');
SET search_path = said_books_report, said_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, published_on, confidence, is_anonymous, interested_party_id) VALUES
    ('press', 'press report', 'Business Insider, after people who know of the talks', '2025-11-05', 'medium', true, NULL),
    ('paper', 'press report', 'a newspaper', '2025-11-03', 'medium', false, NULL),
    ('aws', 'company statement', 'AWS on Project Rainier', '2025-10-29', 'high', false, 'AMZN'),
    ('filing', 'filing', 'Form 10-Q', '2025-10-31', 'high', false, NULL),
    ('rumour', 'blog', 'a blog', '2025-10-01', 'low', false, NULL);
CREATE FUNCTION pg_temp.bn(billions numeric) RETURNS monetary IMMUTABLE LANGUAGE sql
    AS $$SELECT chipbook.monetary(billions * 1e9, 'USD')$$;

SELECT open_load('said_books', 'known in November 2025', 'paper') AS load \gset
INSERT INTO party (party_id, name, kind, founded_from, founded_to) VALUES
    ('AMZN', 'Amazon', 'company', '1994-07-05', '1994-07-05'), ('ANTH', 'Anthropic', 'company', '2021-01-01', '2021-12-31'), ('OAI', 'OpenAI', 'company', '2015-12-01', '2015-12-31'),
    ('GOOG', 'Alphabet', 'company', NULL, NULL), ('X', 'X', 'company', '2020-03-04', '2020-05-06');
INSERT INTO site (site_id, name, place, region, country, owner_id, tenant_id, announced_capex, capex_scope, construction_started_on, first_live_on, recovery_rate) VALUES
    ('rainier', 'Project Rainier', 'New Carlisle', 'Indiana', 'US', 'AMZN', 'ANTH', pg_temp.bn(11), '{unknown}', '2024-09-01', '2025-10-29', 0.4),
    ('arkansas', 'West Memphis', 'West Memphis', 'Arkansas', 'US', 'GOOG', NULL, pg_temp.bn(4), '{unknown}', NULL, NULL, 0.4),
    ('later', 'Later', NULL, 'Indiana', 'US', 'AMZN', NULL, pg_temp.bn(1), NULL, '2026-01-01', NULL, NULL);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount_low, amount, amount_high, signed_on, legal_status, evidence, probability) VALUES
    ('tpu', 'GOOG', 'ANTH', 'cloud', 'USD', pg_temp.bn(20), NULL, pg_temp.bn(99), '2025-10-23', 'signed', 'press', NULL),
    ('talks', 'GOOG', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(10), NULL, '2025-10-23', 'early_talks', 'press', 0.5),
    ('other', 'AMZN', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(38), NULL, '2025-11-03', 'signed', 'press', 0.5);
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence, source_id) VALUES
    ('c', 'H', 'AMZN', 'ANTH', 'note', 'commit', '2023-09-25', '2023-09-25', 'USD', pg_temp.bn(8), 'exactly', 'signed', 'filing', 'filing'),
    ('d', 'H', 'AMZN', 'ANTH', 'note', 'draw', '2023-09-25', '2025-09-30', 'USD', pg_temp.bn(6.6), 'exactly', 'paid', 'filing', 'filing'),
    ('t', 'T', 'GOOG', 'ANTH', 'unknown', 'commit', '2025-11-05', '2025-11-05', 'USD', NULL, 'unknown', 'early_talks', 'press', 'press'),
    ('l', 'L', 'GOOG', 'ANTH', 'equity', 'commit', '2025-01-01', '2025-01-01', 'USD', pg_temp.bn(1), 'exactly', 'signed', 'leak', 'filing');
INSERT INTO valuation (valuation_id, party_id, valued_on, kind, currency, value_low, value_point, value_high, legal_status, source_id) VALUES
    ('f', 'ANTH', '2025-09-02', 'post_money', 'USD', pg_temp.bn(183), pg_temp.bn(183), pg_temp.bn(183), 'closed', 'filing'),
    ('t', 'ANTH', '2025-11-05', 'talked', 'USD', pg_temp.bn(350), NULL, NULL, 'early_talks', 'press');
INSERT INTO capacity (capacity_id, deal_id, site_id, metric, stage, at_date, quantity, qualifier, source_id) VALUES
    ('tpu', 'tpu', NULL, 'chips', 'contracted', '2026-12-31', 1000000, 'up_to', 'paper'),
    ('now press', NULL, 'rainier', 'chips', 'in_service', '2025-10-29', 500000, 'more_than', 'press'),
    ('now aws', NULL, 'rainier', 'chips', 'in_service', '2025-10-29', 500000, 'nearly', 'aws'),
    ('year end', NULL, 'rainier', 'chips', 'forecast', '2025-12-31', 1000000, 'about', 'aws'),
    ('power', NULL, 'rainier', 'gigawatts', 'planned', NULL, 2.2, 'exactly', 'paper'),
    ('built', NULL, 'rainier', 'buildings', 'in_service', '2025-10-29', 7, 'exactly', 'paper'),
    ('to build', NULL, 'rainier', 'buildings', 'planned', NULL, 30, 'exactly', 'paper'),
    ('dark', NULL, 'arkansas', 'chips', 'delivered', '2025-10-29', 1000, 'exactly', 'paper'),
    ('lit', NULL, 'arkansas', 'chips', 'energised', '2025-10-29', 400, 'exactly', 'paper'),
    ('busy', NULL, 'arkansas', 'chips', 'loaded', '2025-10-29', 300, 'at_least', 'paper');
INSERT INTO site_capex (site_id, stage, at_date, currency, amount) VALUES
    ('rainier', 'spent', '2025-06-30', 'USD', pg_temp.bn(2)), ('rainier', 'spent', '2025-09-30', 'USD', pg_temp.bn(3)), ('rainier', 'funded', '2025-09-30', 'USD', pg_temp.bn(8)),
    ('rainier', 'spent', '2026-09-30', 'USD', pg_temp.bn(9));
INSERT INTO status_event (subject, subject_id, aspect, status, happened_from, happened_to) VALUES
    ('deal', 'other', 'legal_status', 'early_talks', '2025-06-01', '2025-06-30'), ('deal', 'other', 'legal_status', 'announced', '2025-11-01', '2025-11-01'),
    ('deal', 'other', 'legal_status', 'signed', '2025-11-03', '2025-11-03'), ('deal', 'other', 'delivery_stage', 'usable', '2026-12-31', '2026-12-31'),
    ('site', 'arkansas', 'phase', 'ground_breaking', '2025-10-02', '2025-10-02');
INSERT INTO status_probability (legal_status, probability) VALUES ('signed', 0.95), ('early_talks', 0.25);
INSERT INTO statement (statement_id, subject, subject_id, predicate, about_from, about_to, words, language, speaker, speaker_role, speaker_party_id, is_interested, is_anonymous, modality, qualifier, amount_low, amount, amount_high, unit, source_id)
SELECT v.id, v.subject, v.subject_id, v.predicate, v.day, v.day, v.words, v.language, v.speaker, v.role, v.party, v.interested, v.anonymous, p.modality, p.qualifier, p.amount_low, p.amount, p.amount_high, p.unit, v.source
FROM (VALUES
    ('line 1', 'party', 'ANTH', 'valuation', date '2025-11-05', 'über 350 Milliarden US-Dollar', 'de', NULL, NULL, NULL, false, true, 'press'),
    ('line 7', 'party', 'ANTH', 'valuation', '2025-11-05', 'mehr als 350 Milliarden US-Dollar', 'de', NULL, NULL, NULL, false, false, 'paper'),
    ('press chips', 'site', 'rainier', 'chips_in_service', '2025-10-29', 'derzeit über 500.000 Chips', 'de', NULL, NULL, NULL, false, false, 'paper'),
    ('aws chips', 'site', 'rainier', 'chips_in_service', '2025-10-29', 'nearly half a million chips', 'en', 'Matt Garman', 'CEO of AWS', 'AMZN', true, false, 'aws'),
    ('may grow', 'site', 'rainier', 'chips_in_service', '2025-10-29', 'könnte 2 Millionen Chips', 'de', NULL, NULL, NULL, false, false, 'paper')) v
         (id, subject, subject_id, predicate, day, words, language, speaker, role, party, interested, anonymous, source),
     parse_amount(v.words, v.language) p;
INSERT INTO statement (statement_id, subject, subject_id, predicate, words, language) VALUES
    ('line 8', 'deal', 'tpu', 'announcement', E'Dies Die potenzielle Vereinbarung  \twurde nur wenige Wochen, nachdem', 'de');
SELECT is(publish_load('said_books', :load, recorded_at => '2025-11-30 12:00Z'), 44::bigint, 'all is published');

SET chipbook.as_of = '2025-11-30';
-- Statements
SELECT results_eq($$SELECT citations, sources, source_ids, amount_low, amount_high, is_confirmed, all_anonymous FROM stated_fact WHERE predicate = 'valuation'$$,
    $$VALUES (2::bigint, 2::bigint, 'paper, press', 350e9::numeric(38,15), NULL::numeric(38,15), true, false)$$, 'two sentences that say the same are one fact with two citations');
SELECT is(words, E'Dies Die potenzielle Vereinbarung  \twurde nur wenige Wochen, nachdem', 'a quotation is kept byte for byte') FROM public_statement WHERE statement_id = 'line 8';
SELECT set_eq($$SELECT statement_id, conflicting, is_interested FROM public_statement WHERE subject_id = 'rainier'$$,
    $$VALUES ('press chips', true, false), ('aws chips', true, true), ('may grow', false, false)$$, 'contradictions stand side by side; what could be contradicts nothing');
SELECT is((SELECT count(*) FROM stated_fact WHERE is_confirmed AND modality <> 'actual'), 0::bigint, 'what could be is not confirmed');
SELECT is(is_anonymous, true, 'who has no name can be filtered') FROM public_statement WHERE statement_id = 'line 1';
SELECT is((SELECT source_reference FROM public_statement WHERE statement_id = 'aws chips'), 'AWS on Project Rainier', 'with the source');

-- Confirmed or not: the talked-of 350 billion and the talks go, Amazon's 8 stay.
SELECT set_eq($$SELECT fact_kind, subject_id FROM exposure_evidence WHERE is_confirmed$$,
    $$VALUES ('deal', 'tpu'), ('deal', 'other'), ('holding_event', 'c'), ('holding_event', 'd'), ('valuation', 'f')$$, 'what binds and is vouched for');
SELECT is((SELECT sum(amount) FROM exposure_evidence WHERE is_confirmed AND party_id = 'AMZN' AND legal_status = 'signed'), 8e9, 'Amazon''s 8 bn are confirmed');
SELECT results_eq($$SELECT amount_low, amount, amount_high FROM exposure_evidence WHERE subject_id = 't' AND fact_kind = 'valuation'$$, $$VALUES (350e9::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15))$$, 'a bound is a bound');

-- Status
SELECT results_eq($$SELECT status, days_least, days_most, is_current FROM status_history WHERE subject_id = 'other' ORDER BY happened_from$$,
    $$VALUES ('early_talks', 124::bigint, 153::bigint, false), ('announced', 2, 2, false), ('signed', 27, 27, true)$$, 'the time in each status, as ranges; what is to come is not there');
SET chipbook.as_of = '2027-01-01';
SELECT is((SELECT count(*) FROM status_history WHERE aspect = 'delivery_stage' AND is_current), 1::bigint, 'until it has come');
SET chipbook.as_of = '2025-11-30';

-- Probabilities: one's own first, then the table's; none stays none.
SELECT results_eq($$SELECT counterparty_id, expected_low, expected, expected_high FROM investment_exposure WHERE exposure_class = 'purchase_obligation' AND as_at = '2025-11-30' ORDER BY 1, 4$$,
    $$VALUES ('AMZN', 19e9::numeric(38,15), 19e9::numeric(38,15), 19e9::numeric(38,15)), ('GOOG', 5e9, 5e9, 5e9), ('GOOG', 19e9, NULL, 94.05e9)$$, 'expected = probability x amount, bounds too');
SELECT is((SELECT expected FROM investment_exposure WHERE investor_id = 'AMZN' AND exposure_class = 'funded_asset' AND as_at = '2025-11-30'), 6.6e9 + 0.95 * 1.4e9, 'drawn + p x undrawn');
SELECT is((SELECT count(*) FROM data_quality WHERE finding = 'probability_missing'), 0::bigint, 'none is missing');

-- Ladder
SELECT results_eq($$SELECT paper, contracted, delivered, energised, loaded, usable, real_ratio FROM capacity_ladder WHERE deal_id = 'tpu'$$,
    $$VALUES (1e6::numeric(38,15), 1e6::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15))$$, 'a million on paper, none until one is stated');
SELECT results_eq($$SELECT paper, delivered, energised, loaded, usable, real_ratio FROM capacity_ladder WHERE site_id = 'arkansas'$$,
    $$VALUES (1000::numeric(38,15), 1000::numeric(38,15), 400::numeric(38,15), 300::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15))$$, 'delivered, energised and loaded are not usable');
SELECT is_empty($$SELECT FROM capacity_ladder WHERE NOT (paper >= contracted AND contracted >= delivered AND delivered >= energised AND energised >= loaded AND loaded >= usable AND usable >= 0)$$, 'no rung is above a lower one');
SELECT results_eq($$SELECT usable, conflicting FROM capacity_ladder WHERE site_id = 'rainier' AND metric = 'chips'$$, $$VALUES (500000::numeric(38,15), true)$$, 'a contradiction is marked');

-- Ramp: 500,000 on 2025-10-29, a million at the end of the year: 7,936.507937 a day, 753,968.25 on 2025-11-30.
SELECT results_eq($$SELECT round(ramp_per_day, 6), round(ramp_quantity, 2), state, issued_on, slippage_days FROM capacity_forecast$$,
    $$VALUES (7936.507937, 753968.25, 'open', date '2025-10-29', NULL::bigint)$$, 'half way on a straight ramp');
SET chipbook.as_of = '2026-01-10';
SELECT results_eq($$SELECT state, slippage_days, ramp_quantity FROM capacity_forecast$$, $$VALUES ('overdue', 10::bigint, 1e6::numeric(38,15))$$, 'ten days late, at least');
RESET chipbook.as_of;
SELECT open_load('said_books', 'known later', 'aws') AS load \gset
INSERT INTO capacity (capacity_id, site_id, metric, stage, at_date, quantity, qualifier) VALUES ('reached', 'rainier', 'chips', 'in_service', '2026-02-01', 1100000, 'exactly');
SELECT publish_load('said_books', :load, recorded_at => '2026-03-01 12:00Z') \g /dev/null
SET chipbook.as_of = '2026-03-31';
SELECT results_eq($$SELECT state, reached_on, slippage_days FROM capacity_forecast$$, $$VALUES ('reached', date '2026-02-01', 32::bigint)$$, 'reached, 32 days late');
SET chipbook.as_of = '2026-01-10';
SELECT results_eq($$SELECT state, slippage_days FROM capacity_forecast$$, $$VALUES ('overdue', 10::bigint)$$, 'which was not known before');
SET chipbook.as_of = '2025-11-30';
SELECT is(ramp_quantity('2025-01-01', 0, '2025-01-11', 100, '2025-01-06', 's_curve'), 50::numeric, 'an S is half way at half time') ;
SELECT is_empty($$SELECT d FROM generate_series(0, 100) d, (VALUES ('linear'), ('s_curve'), ('step')) s (shape)
    WHERE ramp_quantity('2025-01-01', 7, '2025-04-11', 1007, date '2025-01-01' + d, shape) > ramp_quantity('2025-01-01', 7, '2025-04-11', 1007, date '2025-01-02' + d, shape)
       OR ramp_quantity('2025-01-01', 7, '2025-04-11', 1007, date '2025-01-01' + d, shape) + ramp_quantity('2025-01-01', 7, '2025-04-11', 1007, date '2025-04-11' - d, shape) <> 1014 AND shape <> 'step'$$,
    'ramps never fall, and are the same from both ends');
SELECT throws_ok($$SELECT ramp_quantity('2025-01-02', 0, '2025-01-01', 1, '2025-01-01')$$, '22023', NULL, 'a ramp has its dates in order');
SELECT throws_ok($$SELECT ramp_quantity('2025-01-01', 0, '2025-01-02', 1, '2025-01-01', 'wild')$$, '22023', NULL, 'and a shape');
SELECT is(ramp_quantity(NULL, 0, '2025-01-01', 1, '2025-01-01'), NULL, 'NULL for NULL');

-- Campuses: 11 bn over 500,000 and a million chips and 2.2 GW: 22,000 and 11,000 a chip, 5 a watt.
SELECT results_eq($$SELECT capex_per_chip_in_service, capex_per_chip_forecast, capex_per_watt_planned, phase, build_days, spent, remaining_to_spend, funded, round(assumed_in_service), round(assumed_construction), value_at_risk, is_single_tenant
        FROM campus_capex WHERE site_id = 'rainier'$$,
    $$VALUES (22000::numeric(38,15), 11000::numeric(38,15), 5::numeric(38,15), 'live', 423::bigint, 3e9::numeric(38,15), 8e9::numeric(38,15), 8e9::numeric(38,15), 2566666667::numeric, 8433333333::numeric, 6.6e9::numeric(38,15), true)$$,
    'three unit costs, what is spent, live and at risk');
SELECT set_eq($$SELECT site_id, phase, value_at_risk FROM campus_capex WHERE site_id <> 'rainier'$$, $$VALUES ('arkansas', 'ground_breaking', NULL::numeric(38,15)), ('later', 'planned', NULL)$$, 'what is not built, and several tenants');
SELECT set_eq($$SELECT region, sites, announced_capex, share FROM campus_capex_region$$, $$VALUES ('Indiana', 2::bigint, 12e9::numeric(38,15), 0.75::numeric(38,15)), ('Arkansas', 1, 4e9, 0.25)$$, 'by region');

-- Parties
SELECT set_eq($$SELECT party_id, founded, age_years_least, age_years_most FROM party_profile$$,
    $$VALUES ('AMZN', '1994-07-05', 31::bigint, 31::bigint), ('ANTH', '2021', 3, 4), ('OAI', '2015-12', 9, 9), ('GOOG', NULL, NULL, NULL), ('X', '2020-03-04 to 2020-05-06', 5, 5)$$, 'a year is a year');
SELECT results_eq($$SELECT is_investor, is_provider, is_chip_vendor, is_site_owner, is_customer FROM party_profile WHERE party_id = 'AMZN'$$, $$VALUES (true, true, false, true, false)$$, 'a party has several roles');
RESET chipbook.as_of;

-- Odd facts
SELECT open_load('said_books', 'odd', 'paper') AS load \gset
INSERT INTO party_link (party_id, other_id, kind, valid_to) VALUES ('ANTH', 'OAI', 'origin', '2020-01-01');
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, signed_on, legal_status, evidence) VALUES ('backstop', 'X', 'GOOG', 'guarantee', 'USD', '2025-10-23', 'signed', 'press');
INSERT INTO statement (statement_id, subject, subject_id, predicate, words, qualifier, amount_low, amount, amount_high, unit) VALUES
    ('point', 'market', 'm', 'size', 'five', 'exactly', NULL, 5, NULL, 'USD'), ('range', 'market', 'm', 'size', 'five', 'exactly', 5, 5, 5, 'USD'), ('loose', 'market', 'm', 'size', 'at least something', 'at_least', NULL, NULL, NULL, 'USD'),
    ('six', 'market', 'n', 'size', 'six', 'exactly', NULL, 6, NULL, 'USD'), ('seven', 'market', 'n', 'size', 'seven', 'at_least', NULL, 7, NULL, 'USD');
INSERT INTO status_event (subject, subject_id, aspect, status, happened_from, happened_to) VALUES
    ('deal', 'tpu', 'evidence', 'press', '2025-11-01', '2025-11-01'), ('deal', 'tpu', 'evidence', 'filing', '2025-11-20', '2999-12-31'), ('site', 'rainier', 'phase', 'closed', '2026-02-01', '2026-02-01');
INSERT INTO capacity (capacity_id, deal_id, site_id, metric, stage, at_date, quantity, qualifier) VALUES
    ('one', 'tpu', 'arkansas', 'buildings', 'forecast', '2025-12-01', 5, 'exactly'), ('two', 'other', 'arkansas', 'buildings', 'in_service', '2025-11-15', 5, 'exactly');
SELECT publish_load('said_books', :load, recorded_at => '2026-04-01 12:00Z') \g /dev/null
SET chipbook.as_of = '2026-04-10';
SELECT set_eq($$SELECT statement_id FROM public_statement WHERE subject = 'market' AND conflicting$$, $$VALUES ('six'), ('seven')$$, 'a point is a bound, and no number contradicts nothing');
SELECT is((SELECT is_guarantor FROM party_profile WHERE party_id = 'GOOG'), true, 'the customer of a guarantee is who gives it');
SELECT is((SELECT count(*) FROM party_profile WHERE is_guarantor), 1::bigint, 'and nobody else');
SELECT is((SELECT origins FROM party_profile WHERE party_id = 'ANTH'), NULL, 'an origin that is over');
SELECT results_eq($$SELECT status, days_least, days_most FROM status_history WHERE aspect = 'evidence' ORDER BY happened_from$$, $$VALUES ('press', 19::bigint, 160::bigint), ('filing', 0, 141)$$, 'no status lasts longer than until today');
SELECT is((SELECT phase FROM campus_capex WHERE site_id = 'rainier'), 'closed', 'a campus that is closed is not live');
SELECT results_eq($$SELECT state, reached_on FROM capacity_forecast WHERE capacity_id = 'one'$$, $$VALUES ('overdue', NULL::date)$$, 'another deal does not reach a deal''s forecast');
RESET chipbook.as_of;

-- What is refused
SELECT open_load('said_books', 'bad', 'paper') \g /dev/null
SELECT throws_ok($$INSERT INTO status_event (subject, subject_id, aspect, status, happened_from, happened_to) VALUES ('deal', 'd', 'delivery_stage', 'signed', '2025-01-01', '2025-01-01')$$, '23514', NULL, 'a status is of its aspect');
SELECT throws_ok($$INSERT INTO statement (statement_id, subject, subject_id, predicate, words, speaker, is_anonymous) VALUES ('s', 'party', 'p', 'p', 'w', 'Somebody', true)$$, '23514', NULL, 'who has no name has none');
SELECT throws_ok($$INSERT INTO statement (statement_id, subject, subject_id, predicate, words, amount) VALUES ('s', 'party', 'p', 'p', 'w', 1)$$, '23514', NULL, 'an amount has a unit');
SELECT throws_ok($$INSERT INTO party (party_id, name, kind, founded_from) VALUES ('p', 'p', 'company', '2021-01-01')$$, '23514', NULL, 'a foundation has both days');
SELECT throws_ok($$INSERT INTO status_probability (legal_status, probability) VALUES ('signed', 1.1)$$, '23514', NULL, 'a probability is at most 1');

SELECT is_empty($$SELECT c.relname, x FROM pg_class c, query_to_xml(format('SELECT 1 FROM said_books_report.%I GROUP BY %s HAVING count(*) > 1 LIMIT 1', c.relname,
        substring(obj_description(c.oid, 'pg_class') FROM '[Kk]ey: \(([a-z_, ]+)\)')), false, false, '') x
    WHERE c.relnamespace = 'said_books_report'::regnamespace AND c.relkind = 'v' AND c.relname IN ('public_statement', 'stated_fact', 'status_history', 'exposure_evidence', 'capacity_ladder',
        'capacity_forecast', 'campus_capex', 'campus_capex_region', 'party_profile') AND x::text LIKE '%<row%'$$, 'keys are keys');
SELECT * FROM finish();
ROLLBACK;
