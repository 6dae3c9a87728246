-- Circles of money, ownership seen through, customers, lock-in, limits, stress and regret: on small ledgers
-- of their own. Figures: the twelve flows published by autumn 2025 (four circles of 40, 13, 10 and 5; largest
-- circulation 156), Basel's large exposures (LEX10, LEX20), Savage's regret, the newsvendor.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('net_books');
SET search_path = net_books_report, net_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, published_on, confidence) VALUES ('press', 'press report', 'newspapers', '2025-11-03', 'medium');
CREATE FUNCTION pg_temp.bn(billions numeric) RETURNS monetary IMMUTABLE LANGUAGE sql AS $$SELECT chipbook.monetary(billions * 1e9, 'USD')$$;

SELECT open_load('net_books', 'the twelve flows', 'press') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{NVDA,OAI,ORCL,MSFT,ANTH,AMZN,AWS,CRWV,AMD,GOOG,SPV,FUND,OUT,BANK,B1,B2,B3,B4,B5}'::text[]) p;
INSERT INTO relation (party_id, parent_id, kind, share) VALUES ('AWS', 'AMZN', 'segment', NULL), ('OAI', 'MSFT', 'sponsor', 0.27), ('AMD', 'OAI', 'sponsor', 160.0 / 1780), ('SPV', 'FUND', 'sponsor', 0.8), ('SPV', 'META', 'sponsor', 0.2);
INSERT INTO party (party_id, name, kind) VALUES ('META', 'Meta', 'company');
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, amount_high, qualifier, legal_status, evidence)
SELECT a || b, a || b, a, b, 'equity', 'commit', '2025-09-01', '2025-09-01', 'USD', CASE WHEN q = 'exactly' THEN pg_temp.bn(n) END, CASE WHEN q = 'up_to' THEN pg_temp.bn(n) END, q, s, 'press'
FROM (VALUES ('NVDA', 'OAI', 100, 'exactly', 'letter_of_intent'), ('MSFT', 'OAI', 13, 'exactly', 'signed'), ('NVDA', 'ANTH', 10, 'up_to', 'announced'),
             ('MSFT', 'ANTH', 5, 'up_to', 'announced'), ('AMZN', 'ANTH', 8, 'exactly', 'signed')) v (a, b, n, q, s);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount, amount_low, amount_high, signed_on, starts_on, ends_on, legal_status, evidence)
SELECT b || a, b, a, k, 'USD', CASE WHEN k <> 'guarantee' THEN pg_temp.bn(n) END, CASE WHEN k = 'guarantee' THEN pg_temp.bn(0) END, CASE WHEN k = 'guarantee' THEN pg_temp.bn(n) END, '2025-09-10', f, t, s, 'press'
FROM (VALUES ('OAI', 'ORCL', 300, 'cloud', 'signed', date '2027-01-01', date '2032-01-01'), ('ORCL', 'NVDA', 40, 'chips', 'announced', '2025-05-01', '2026-07-01'), ('OAI', 'MSFT', 250, 'cloud', 'signed', NULL, NULL),
             ('ANTH', 'MSFT', 30, 'cloud', 'signed', NULL, NULL), ('OAI', 'AWS', 38, 'cloud', 'signed', '2025-11-03', '2032-11-03'), ('OAI', 'CRWV', 22.4, 'cloud', 'signed', NULL, NULL),
             ('NVDA', 'CRWV', 6.3, 'guarantee', 'signed', NULL, NULL), ('ANTH', 'AWS', NULL, 'cloud', 'signed', NULL, NULL)) v (a, b, n, k, s, f, t);
INSERT INTO money_flow (flow_id, payer_id, payee_id, kind, happened_from, happened_to, currency, amount, legal_status, evidence) VALUES
    ('funding', 'MSFT', 'OAI', 'equity', '2019-07-01', '2025-09-30', 'USD', pg_temp.bn(11.6), 'paid', 'press'),
    ('azure', 'OAI', 'MSFT', 'cloud', '2024-01-01', '2025-09-30', 'USD', pg_temp.bn(12.4333), 'paid', 'leak'),
    ('later', 'OAI', 'MSFT', 'cloud', '2026-01-01', '2026-12-31', 'USD', pg_temp.bn(99), 'paid', 'leak'),
    ('talk', 'OAI', 'MSFT', 'cloud', '2024-01-01', '2025-09-30', 'USD', pg_temp.bn(99), 'announced', 'leak');
INSERT INTO party_link (party_id, other_id, kind, valid_from, valid_to) VALUES ('ANTH', 'OAI', 'competitor', '-infinity', 'infinity'), ('OAI', 'MSFT', 'exclusive_provider', '2019-07-22', '2025-01-21'),
    ('OAI', 'MSFT', 'right_of_first_refusal', '2025-01-21', '2025-10-28'), ('OAI', 'MSFT', 'primary_provider', '-infinity', 'infinity');
INSERT INTO party_figure (figure_id, party_id, counterparty_id, measure, period_from, period_to, currency, amount, share) VALUES
    ('plan', 'OAI', NULL, 'planned_compute_spend', '2026-01-01', '2032-12-31', 'USD', pg_temp.bn(600), NULL), ('crwv', 'CRWV', 'MSFT', 'revenue', '2025-01-01', '2025-06-30', 'USD', NULL, 0.67);
SELECT publish_load('net_books', :load, recorded_at => '2025-11-30 12:00Z') \g /dev/null
SET chipbook.as_of = '2025-11-30';

-- Circles
SELECT results_eq($$SELECT parties, amount, weakest_legal_status, is_complete FROM circular_flow WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most' ORDER BY amount DESC$$,
    $$VALUES ('NVDA > OAI > ORCL', 40e9::numeric(38,15), 'letter_of_intent', true), ('MSFT > OAI', 13e9, 'signed', true), ('ANTH > MSFT > OAI > ORCL > NVDA', 10e9, 'announced', true), ('ANTH > MSFT', 5e9, 'announced', true)$$,
    'four circles, each no firmer than its weakest part');
SELECT results_eq($$SELECT circulation_edge_sum, components, parties_in_circles, unknown_count FROM circular_total WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most'$$,
    $$VALUES (156e9::numeric(38,15), 1::bigint, 5::bigint, 1::bigint)$$, 'the largest circulation is 156');
SELECT set_eq($$SELECT party_id, circulating FROM circular_party WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most' AND circulating > 0$$,
    $$VALUES ('OAI', 53e9::numeric(38,15)), ('NVDA', 40e9), ('ORCL', 40e9), ('MSFT', 18e9), ('ANTH', 5e9)$$, 'through OpenAI 53, Nvidia and Oracle 40, Microsoft 18, Anthropic 5');
SELECT is_empty($$SELECT FROM circular_edge WHERE amount <> circulating + outside OR circulating < 0 OR outside < 0$$, 'what does not circulate is outside money');
SELECT is((SELECT sum(circulating) FROM circular_edge WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most'), 156e9, 'and the flows add up to the total');
SELECT is_empty($$SELECT scope, bound, party FROM (SELECT grouping_level, scope, bound, payer_id AS party, circulating FROM circular_edge UNION ALL SELECT grouping_level, scope, bound, payee_id, -circulating FROM circular_edge) f GROUP BY grouping_level, scope, bound, party HAVING sum(circulating) <> 0$$,
    'what circulates comes in as it goes out');
SELECT results_eq($$SELECT parties, amount FROM circular_flow WHERE grouping_level = 'party' AND scope = 'binding' AND bound = 'most'$$, $$VALUES ('MSFT > OAI', 13e9::numeric(38,15))$$, 'one circle binds');
SELECT is((SELECT circulation_edge_sum FROM circular_total WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'least'), 146e9, 'of what is up to something, the least is nothing');
SELECT results_eq($$SELECT paid, received, round_trip, round(share_of_received, 6), share_of_paid FROM round_trip_flow WHERE grouping_level = 'party' AND scope = 'paid' AND bound = 'most' AND party_id = 'MSFT'$$,
    $$VALUES (11.6e9::numeric(38,15), 12.4333e9::numeric(38,15), 11.6e9::numeric(38,15), 0.932978, 1::numeric(38,15))$$, 'Microsoft funded 93.3 % of what OpenAI paid it, and all of it came back; what is to come is not paid');
SELECT is((SELECT count(*) FROM circular_edge WHERE grouping_level = 'group' AND 'AWS' IN (payer_id, payee_id)), 0::bigint, 'in groups AWS is Amazon');
SELECT set_has($$SELECT parties, amount FROM circular_flow WHERE grouping_level = 'group' AND scope = 'stated' AND bound = 'most'$$, $$VALUES ('AMZN > ANTH > MSFT > OAI', 8e9::numeric(38,15))$$, 'which closes another circle');
SELECT is((SELECT circulation_edge_sum FROM circular_total WHERE grouping_level = 'group' AND scope = 'stated' AND bound = 'most'), 172e9, 'and more circulates');

-- Ownership
SELECT results_eq($$SELECT round(direct_share, 7), round(share, 7) FROM ownership_look_through WHERE owner_id = 'MSFT' ORDER BY owned_id$$,
    $$VALUES (NULL::numeric, 0.0242697), (0.27, 0.27)$$, 'Microsoft holds 2.43 % of AMD through OpenAI, were all warrants to vest');
SELECT is((SELECT share FROM ownership_look_through WHERE owner_id = 'META' AND owned_id = 'SPV'), 0.2::numeric(38,15), 'Meta a fifth of its campus');
SELECT set_eq($$SELECT through_id, counterparty_id, exposure_class, committed FROM investment_look_through WHERE owner_id = 'MSFT' AND counterparty_id = 'ORCL'$$,
    $$VALUES ('OAI', 'ORCL', 'purchase_obligation', 81e9::numeric(38,15))$$, '27 % of OpenAI''s obligations to Oracle');

-- Customers
SELECT results_eq($$SELECT customers, total, hhi, effective_number, top_customer_id, unknown_count FROM customer_concentration WHERE supplier_id = 'MSFT' AND as_at = '2025-11-30'$$,
    $$VALUES (2::bigint, 280e9::numeric(38,15), round(10000 * (250.0 * 250 + 900) / (280 * 280), 15)::numeric(38,15), round(78400 / 63400.0, 15)::numeric(38,15), 'OAI', 0::bigint)$$, 'Microsoft''s customers');
SELECT results_eq($$SELECT supplier_id, customer_id, rival_id, amount, rival_amount FROM customer_overlap ORDER BY 1$$,
    $$VALUES ('AMZN', 'ANTH', 'OAI', NULL::numeric(38,15), 38e9::numeric(38,15)), ('AWS', 'ANTH', 'OAI', NULL, 38e9), ('MSFT', 'ANTH', 'OAI', 30e9, 250e9)$$, 'AWS serves Anthropic and its main rival');
SELECT results_eq($$SELECT provider_id, round(commitment_left / 1e9, 6), round(lock_in_index, 4), is_exclusive, has_first_refusal, is_declared_primary, is_largest FROM provider_lock_in WHERE lab_id = 'OAI' ORDER BY commitment_left DESC$$,
    $$VALUES ('ORCL', 300.000000, 0.5000, false, false, false, true), ('MSFT', 250.000000, 0.4167, false, false, true, false), ('AMZN', round(38 - 38.0 / 7 * 28 / 365, 6), 0.0626, false, false, false, false), ('CRWV', 22.400000, 0.0373, false, false, false, false)$$,
    'what is left of commitments over what is planned: 28 days of AWS''s first year are gone');
SELECT is((SELECT detail FROM data_quality WHERE finding = 'primary_provider_not_largest'), 'MSFT is declared its main provider, but most is contracted with ORCL', 'a declared main provider that is not is a finding');
RESET chipbook.as_of;

-- A stake, carried through rounds, stands before the share of a relation.
SELECT open_load('net_books', 'a stake', 'press') AS load \gset
INSERT INTO stake (stake_id, owner_id, owned_id, as_at, share) VALUES ('m', 'MSFT', 'OAI', '2025-10-28', 0.25);
INSERT INTO valuation (valuation_id, party_id, valued_on, kind, currency, value_point, value_low, value_high, new_money, legal_status) VALUES
    ('r', 'OAI', '2025-12-01', 'post_money', 'USD', pg_temp.bn(500), pg_temp.bn(500), pg_temp.bn(500), pg_temp.bn(100), 'closed');
SELECT publish_load('net_books', :load) \g /dev/null
SELECT results_eq($$SELECT owned_id, round(direct_share, 7), round(share, 7) FROM ownership_look_through WHERE owner_id = 'MSFT' ORDER BY 1$$,
    $$VALUES ('AMD', NULL::numeric, round(0.2 * 160 / 1780, 7)), ('OAI', 0.2, 0.2)$$, 'a quarter, diluted by a round of a fifth');
SET chipbook.as_of = '2025-11-30';
SELECT is((SELECT direct_share FROM ownership_look_through WHERE owner_id = 'MSFT' AND owned_id = 'OAI'), 0.27::numeric(38,15), 'which was not known before');
RESET chipbook.as_of;

-- A circle of ownership that nobody outside has a part of is a finding, no error; as is more than all.
SELECT open_load('net_books', 'odd', 'press') AS load \gset
INSERT INTO relation (party_id, parent_id, kind, share) VALUES ('B1', 'B2', 'sponsor', 1), ('B2', 'B1', 'sponsor', 1), ('B3', 'B4', 'sponsor', 0.7), ('B3', 'B5', 'sponsor', 0.7);
SELECT publish_load('net_books', :load) \g /dev/null
SELECT is_empty($$SELECT FROM ownership_look_through WHERE 'B1' IN (owner_id, owned_id) OR 'B2' IN (owner_id, owned_id)$$, 'unresolved ownership has no rows');
SELECT results_eq($$SELECT owned_id, round(direct_share, 7), round(share, 7) FROM ownership_look_through WHERE owner_id = 'MSFT' ORDER BY 1$$,
    $$VALUES ('AMD', NULL::numeric, round(0.2 * 160 / 1780, 7)), ('OAI', 0.2, 0.2)$$, 'all others stand');
SELECT set_eq($$SELECT finding, subject_id FROM data_quality WHERE finding LIKE 'ownership%'$$, $$VALUES ('ownership_above_one', 'B3'), ('ownership_unresolved', 'B1'), ('ownership_unresolved', 'B2')$$, 'and findings');

-- ---------------------------------------------------------------------------
-- Limits: capital 100, exposures of 9, 7, 11, 6 and 12.
-- ---------------------------------------------------------------------------
SELECT create_ledger('lim_books');
SET search_path = lim_books_report, lim_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('test', 'test', 'test', 'high');
SELECT open_load('lim_books', 'limits', 'test') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{BANK,MSFT,CRWV,ORCL,OAI,AMZN}'::text[]) p;
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, legal_status, evidence)
SELECT p, p, 'BANK', p, 'loan', 'draw', '2025-01-01', '2025-01-01', 'USD', monetary(n, 'USD'), 'closed', 'contract' FROM (VALUES ('MSFT', 9), ('CRWV', 7), ('ORCL', 11), ('OAI', 6), ('AMZN', 12)) v (p, n);
INSERT INTO counterparty_limit (limit_id, holder_id, capital) VALUES ('LEX', 'BANK', '100 USD');
SELECT publish_load('lim_books', :load) \g /dev/null
SELECT set_eq($$SELECT parties, share_of_capital, state FROM counterparty_limits$$,
    $$VALUES ('MSFT', 0.09::numeric(38,15), 'within'), ('CRWV', 0.07, 'within'), ('ORCL', 0.11, 'reportable'), ('OAI', 0.06, 'within'), ('AMZN', 0.12, 'reportable')$$, 'one by one, two are reported');
SELECT open_load('lim_books', 'revenue', 'test') AS load \gset
INSERT INTO party_figure (figure_id, party_id, counterparty_id, measure, period_from, period_to, currency, share) VALUES ('c', 'CRWV', 'MSFT', 'revenue', '2025-01-01', '2025-12-31', 'USD', 0.67);
SELECT publish_load('lim_books', :load) \g /dev/null
SELECT results_eq($$SELECT parties, exposure, state FROM counterparty_limits WHERE party_count > 1$$, $$VALUES ('CRWV, MSFT', 16::numeric(38,15), 'reportable')$$, 'CoreWeave earns 67 % from Microsoft: one group of 16');
SELECT open_load('lim_books', 'dependence', 'test') AS load \gset
INSERT INTO party_link (party_id, other_id, kind) VALUES ('ORCL', 'OAI', 'economic_dependence'), ('CRWV', 'OAI', 'economic_dependence');
SELECT publish_load('lim_books', :load) \g /dev/null
SELECT results_eq($$SELECT parties, exposure, state FROM counterparty_limits WHERE party_count > 1$$, $$VALUES ('CRWV, MSFT, OAI, ORCL', 33::numeric(38,15), 'breach')$$, 'with OpenAI as the source of repayment, 33 and a breach');
SELECT is((SELECT sum(exposure) FROM counterparty_limits), 45::numeric, 'grouping loses nothing');

-- Exposure at default: 6.6 drawn of 8, 40 % of the rest: 7.16; and the loss of it.
SELECT open_load('lim_books', 'commitment', 'test') AS load \gset
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, legal_status, evidence, credit_conversion_factor) VALUES
    ('c1', 'H', 'AMZN', 'OAI', 'note', 'commit', '2025-01-01', '2025-01-01', 'EUR', '8 EUR', 'signed', 'contract', 0.4), ('c2', 'H', 'AMZN', 'OAI', 'note', 'draw', '2025-01-01', '2025-01-01', 'EUR', '6.6 EUR', 'closed', 'contract', NULL),
    ('n1', 'N', 'AMZN', 'MSFT', 'note', 'commit', '2025-01-01', '2025-01-01', 'EUR', '8 EUR', 'signed', 'contract', NULL), ('n2', 'N', 'AMZN', 'MSFT', 'note', 'draw', '2025-01-01', '2025-01-01', 'EUR', '6.6 EUR', 'closed', 'contract', NULL);
INSERT INTO stress_scenario (scenario_id, name, family, probability) VALUES ('calm', 'Calm', 'year', 0.6), ('fall', 'Fall', 'year', 0.3), ('crash', 'Crash', 'year', 0.1), ('pd', 'A year', NULL, NULL), ('fails', 'OpenAI fails', NULL, NULL);
INSERT INTO stress_shock (scenario_id, party_id, haircut, probability_of_default, loss_given_default, fails) VALUES ('calm', 'OAI', 0, NULL, NULL, false), ('fall', 'OAI', 0.25, NULL, NULL, false), ('crash', 'OAI', 0.9, NULL, NULL, false),
    ('pd', 'OAI', NULL, 0.01, 0.45, false), ('fails', 'OAI', NULL, NULL, 1, true);
INSERT INTO party_figure (figure_id, party_id, measure, period_from, period_to, currency, amount) VALUES ('e', 'AMZN', 'net_assets', '2025-06-30', '2025-06-30', 'EUR', '14.32 EUR'), ('f', 'AMZN', 'net_assets', '2024-06-30', '2024-06-30', 'EUR', '1 EUR');
SELECT publish_load('lim_books', :load) \g /dev/null
SELECT set_eq($$SELECT counterparty_id, ead_low, ead, ead_high FROM exposure_at_default WHERE investor_id = 'AMZN'$$,
    $$VALUES ('OAI', 7.16::numeric(38,15), 7.16::numeric(38,15), 7.16::numeric(38,15)), ('MSFT', 6.6, NULL, 8)$$, 'with a conversion factor, and between none and all without');
SELECT set_eq($$SELECT scenario_id, loss FROM stress_loss WHERE investor_id = 'AMZN'$$, $$VALUES ('calm', 0::numeric(38,15)), ('fall', 1.79), ('crash', 6.444), ('pd', 0.03222), ('fails', 7.16)$$, 'haircuts, expected loss 0.03222, failure');
SELECT results_eq($$SELECT expected_loss, expected_loss / 7.16 FROM stress_expected WHERE investor_id = 'AMZN'$$, $$VALUES (1.1814::numeric(38,15), 0.165)$$, '16.5 % over the family');
SELECT results_eq($$SELECT party_id, stress, additional_loss FROM stress_contagion WHERE scenario_id = 'fails' AND party_id = 'AMZN'$$, $$VALUES ('AMZN', 0.5::numeric(38,15), 7.16::numeric(38,15))$$, 'half of the investor''s equity goes with it');

-- Regret: small 60/60/60, medium 30/100/100, large -20/70/160.
SELECT open_load('lim_books', 'payoffs', 'test') AS load \gset
INSERT INTO build_payoff (decision_id, action, state, payoff) SELECT 'size', a, s, monetary(n, 'USD')
FROM (VALUES ('small', 'low', 60), ('small', 'mid', 60), ('small', 'high', 60), ('medium', 'low', 30), ('medium', 'mid', 100), ('medium', 'high', 100), ('large', 'low', -20), ('large', 'mid', 70), ('large', 'high', 160)) v (a, s, n);
INSERT INTO build_payoff (decision_id, action, state, state_kind, payoff) SELECT 'race', a, s, 'rival', monetary(n, 'USD') FROM (VALUES ('build', 'wait', 5), ('wait', 'wait', 3), ('build', 'build', 1), ('wait', 'build', 0)) v (a, s, n);
INSERT INTO build_payoff (decision_id, action, state, payoff, probability) SELECT 'odds', a, s, monetary(n, 'USD'), p FROM (VALUES ('a', 'x', 10, 0.5), ('a', 'y', 0, 0.5), ('b', 'x', 4, 0.5), ('b', 'y', 5, 0.6)) v (a, s, n, p);
INSERT INTO demand_estimate (estimate_id, party_id, unit, at_date, mean, standard_deviation, underage, overage, planned, supply) VALUES ('d', 'OAI', 'gigawatts', '2026-12-31', 100, 30, '9 USD', '1 USD', 130, 80);
SELECT publish_load('lim_books', :load) \g /dev/null
SELECT set_eq($$SELECT action, worst_payoff, max_regret, is_minimax_regret, is_maximin, is_maximax FROM overbuild_regret WHERE decision_id = 'size'$$,
    $$VALUES ('small', 60::numeric(38,15), 100::numeric(38,15), false, true, false), ('medium', 30, 60, true, false, false), ('large', -20, 80, false, false, true)$$, 'medium is regretted least');
SELECT set_eq($$SELECT action, expected_payoff FROM overbuild_regret WHERE decision_id = 'odds'$$, $$VALUES ('a', 5::numeric(38,15)), ('b', NULL)$$, 'odds that do not add up expect nothing');
SELECT set_eq($$SELECT action, rival_action, is_nash, is_dominant, price_of_fear FROM arms_race$$,
    $$VALUES ('build', 'build', true, true, 2::numeric(38,15)), ('build', 'wait', false, true, NULL), ('wait', 'build', false, false, NULL), ('wait', 'wait', false, false, 0)$$, 'both build, and each has two less than if neither did');
SELECT results_eq($$SELECT critical_ratio, round(best_quantity, 6), round(cost_of_best, 6), round(cost_of_mean, 6), round(implied_fear_ratio, 4), shortage FROM overbuild_quantity$$,
    $$VALUES (0.9::numeric(38,15), 138.446547, 52.649500, 119.682684, 5.3030, 20::numeric(38,15))$$, 'fear of too little, nine to one, builds 38 % above the mean');
SELECT throws_ok($$INSERT INTO stress_shock (scenario_id, party_id, fails) VALUES ('x', 'OAI', true)$$, '23514', NULL, 'a failure states what is lost');
SELECT throws_ok($$INSERT INTO counterparty_limit (limit_id, holder_id, capital) VALUES ('x', 'BANK', '0 USD')$$, '23514', NULL, 'capital is above zero');

-- ---------------------------------------------------------------------------
-- Odd facts: no view fails, nothing is lost, nothing is compared across currencies.
-- ---------------------------------------------------------------------------
SELECT create_ledger('odd_books');
SET search_path = odd_books_report, odd_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('test', 'test', 'test', 'high');
SELECT open_load('odd_books', 'odd', 'test') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{A,A1,B,C,D,E,F,G}'::text[]) p;
INSERT INTO party (party_id, name, kind, founded_from, founded_to) VALUES ('LATE', 'Late', 'company', '5874897-01-01', '5874897-12-31'), ('SOON', 'Soon', 'company', '2300-01-01', '2300-12-31');
INSERT INTO relation (party_id, parent_id, kind, share) VALUES ('B', 'C', 'sponsor', 0.8), ('B', 'D', 'sponsor', 0.7), ('A1', 'A', 'control', NULL);
INSERT INTO money_flow (flow_id, payer_id, payee_id, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence)
SELECT i::text, p, q, 'other', '2020-01-01', '2020-01-01', c::currency, monetary(n, c::currency), k, 'paid', 'press'
FROM (VALUES (1, 'A', 'B', 'USD', 2.5e18, 'exactly'), (2, 'A', 'B', 'USD', 2.5e18, 'exactly'), (3, 'B', 'A', 'USD', 0, 'exactly'),
             (4, 'A', 'B', 'EUR', 10, 'up_to'), (5, 'B', 'A', 'EUR', 10, 'more_than'), (6, 'B', 'A', 'EUR', 5, 'nearly')) v (i, p, q, c, n, k);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, legal_status, evidence) VALUES
    ('yen', 'F', 'B', 'cloud', 'JPY', '1000 JPY', '2020-01-01', 'signed', 'press'), ('usd', 'D', 'B', 'cloud', 'USD', '800 USD', '2020-01-01', 'signed', 'press'),
    ('more', 'G', 'C', 'cloud', 'USD', '800 USD', '2020-01-01', 'signed', 'press');
INSERT INTO party_link (party_id, other_id, kind) VALUES ('B', 'D', 'primary_provider'), ('C', 'D', 'primary_provider'), ('C', 'E', 'primary_provider');
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, amount_low, qualifier, legal_status, evidence) VALUES
    ('o1', 'one', 'A', 'B', 'loan', 'draw', '2020-01-01', '2020-01-01', 'USD', '5 USD', NULL, 'exactly', 'paid', 'press'), ('o2', 'one', 'A', 'B', 'loan', 'draw', '2020-01-01', '2020-01-01', 'EUR', '7 EUR', NULL, 'exactly', 'paid', 'press'),
    ('o3', 'one', 'E', 'B', 'loan', 'draw', '2020-01-01', '2020-01-01', 'USD', '7 USD', NULL, 'exactly', 'paid', 'press'),
    ('h1', 'half', 'A', 'E', 'loan', 'commit', '2020-01-01', '2020-01-01', 'USD', '50 USD', NULL, 'exactly', 'signed', 'press'), ('h2', 'half', 'A', 'E', 'loan', 'draw', '2020-01-01', '2020-01-01', 'USD', NULL, '30 USD', 'more_than', 'paid', 'press'),
    ('i1', 'inside', 'A', 'A1', 'loan', 'draw', '2020-01-01', '2020-01-01', 'USD', '60 USD', NULL, 'exactly', 'paid', 'press'), ('i2', 'back', 'A1', 'A', 'loan', 'draw', '2020-01-01', '2020-01-01', 'USD', '60 USD', NULL, 'exactly', 'paid', 'press');
INSERT INTO counterparty_limit (limit_id, holder_id, capital, report_from, breach_above) VALUES ('l', 'A', '100 USD', 1e25, 1e25);
INSERT INTO stress_scenario (scenario_id, name) VALUES ('f', 'F');
INSERT INTO stress_shock (scenario_id, party_id, fails, loss_given_default) VALUES ('f', 'B', true, 1);
INSERT INTO party_figure (figure_id, party_id, measure, period_from, period_to, currency, amount) VALUES ('e1', 'A', 'net_assets', '2020-06-30', '2020-06-30', 'USD', '10 USD'), ('e2', 'E', 'net_assets', '2020-06-30', '2020-06-30', 'USD', '14 USD'),
    ('e3', 'A', 'net_assets', '2021-06-30', '2021-06-30', 'USD', '-3 USD');
INSERT INTO build_payoff (decision_id, action, state, payoff) VALUES ('d', 'a', 'x', '5 USD'), ('d', 'a', 'y', '1 USD'), ('d', 'b', 'x', '4 USD');
INSERT INTO demand_estimate (estimate_id, party_id, unit, at_date, mean, standard_deviation, underage, overage, planned) VALUES
    ('tiny', 'A', 'u', '2025-01-01', 1e-400, 1, '1 USD', '1 USD', 1), ('vast', 'A', 'u', '2025-01-01', 1e400, 1, '1 USD', '1 USD', 1), ('sure', 'A', 'u', '2025-01-01', 100, 1e-300, '1 USD', '1 USD', 200),
    ('wide', 'A', 'u', '2025-01-01', 0, 1e308, '0.000000000000001 USD', '2500000000000000000 USD', 1e308);
INSERT INTO site (site_id, name, announced_capex, construction_started_on, first_live_on) VALUES ('never', 'Never', '5 USD', '-infinity', 'infinity');
INSERT INTO capacity (capacity_id, site_id, metric, stage, at_date, quantity, qualifier) VALUES ('f', 'never', 'chips', 'forecast', 'infinity', 10, 'exactly'), ('s', 'never', 'chips', 'in_service', '-infinity', 20, 'exactly');
SELECT publish_load('odd_books', :load) \g /dev/null
CREATE FUNCTION pg_temp.failing_views(of_ledger text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v record;
BEGIN
    FOR v IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = (of_ledger || '_report')::regnamespace
               AND c.relname ~ '^(circular|round_trip|ownership|investment_look|customer|provider_lock|exposure_|counterparty|stress|overbuild|regret|arms|stated|public_st|status|capacity|campus|party)' LOOP
        BEGIN
            EXECUTE format('CREATE TEMPORARY TABLE taken AS SELECT * FROM %s', v.name);
            DROP TABLE taken;
        EXCEPTION WHEN OTHERS THEN
            RETURN NEXT v.name || ': ' || SQLERRM;
        END;
    END LOOP;
END
$$;
SELECT is_empty($$SELECT pg_temp.failing_views('odd_books')$$, 'no view fails on facts that were accepted');
SELECT set_eq($$SELECT currency FROM circular_total$$, $$VALUES ('EUR'), ('JPY'), ('USD')$$, 'other currencies are shown');
SELECT is_empty($$SELECT FROM circular_total WHERE currency = 'USD' AND scope = 'paid'$$, 'what adds up to more than a graph holds is left out');
SELECT set_eq($$SELECT finding, subject_id, detail FROM data_quality WHERE finding ~ '^(ownership|primary|flows)'$$, $$VALUES ('ownership_above_one', 'B', 'its owners hold 1.5 of it together: left out of the look-through'),
    ('primary_provider_not_largest', 'C', 'D, E is declared its main provider, but most is contracted with G'), ('flows_out_of_range', 'USD', 'the flows add up to more than a graph holds: no circles are shown')$$, 'and a finding; yen are not dollars, and no circle owns itself');
SELECT set_eq($$SELECT payer_id, bound, amount FROM circular_edge WHERE currency = 'EUR' AND scope = 'paid' AND grouping_level = 'party'$$,
    $$VALUES ('A', 'most', 10::numeric(38,15)), ('B', 'least', 10), ('B', 'most', 15)$$, 'up to 10 is 0 at least; more than 10 and nearly 5 are 10 at least');
SELECT set_eq($$SELECT subject_id, amount_low, amount, amount_high FROM exposure_evidence WHERE fact_kind = 'money_flow' AND currency = 'EUR'$$,
    $$VALUES ('4', 0::numeric(38,15), NULL::numeric(38,15), 10::numeric(38,15)), ('5', 10, NULL, NULL), ('6', NULL, NULL, 5)$$, 'as in the evidence');
SELECT set_eq($$SELECT investor_id, currency, loss FROM stress_loss$$, $$VALUES ('A', 'USD', 5::numeric(38,15)), ('A', 'EUR', 7), ('E', 'USD', 7)$$, 'a holding of several parties and currencies loses each of them');
SELECT results_eq($$SELECT ead_low, ead, ead_high FROM exposure_at_default WHERE counterparty_id = 'E'$$, $$VALUES (30::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15))$$, 'what is drawn at least counts, whatever is undrawn');
SELECT set_eq($$SELECT parties, share_of_capital FROM counterparty_limits$$, $$VALUES ('B', 0.05::numeric(38,15)), ('E', 0.3)$$, 'what stays inside a group is no exposure of it');
SELECT set_eq($$SELECT party_id, stress FROM stress_contagion WHERE currency = 'USD'$$, $$VALUES ('B', 1::numeric(38,15)), ('E', 0.5)$$, 'no older equity of who has none left');
SELECT set_eq($$SELECT action, max_regret, is_minimax_regret, is_maximin FROM overbuild_regret$$, $$VALUES ('a', 0::numeric(38,15), true, true), ('b', NULL, false, false)$$, 'an action is not better for saying less');
SELECT set_eq($$SELECT party_id, founded, age_years_least FROM party_profile WHERE founded IS NOT NULL$$, $$VALUES ('LATE', '5874897-01-01 to 5874897-12-31', NULL::bigint), ('SOON', '2300', NULL)$$, 'who is to be founded has no age');

CREATE FUNCTION pg_temp.broken_keys(of_ledger text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v record; broken bigint;
BEGIN
    FOR v IN SELECT c.oid::regclass AS name, substring(obj_description(c.oid, 'pg_class') FROM 'Key: \(([a-z_, ]+)\)') AS key_columns FROM pg_class c
             WHERE c.relkind = 'v' AND c.relnamespace = (of_ledger || '_report')::regnamespace
               AND c.relname ~ '^(circular|round_trip|ownership|investment_look|customer|provider_lock|exposure_at|counterparty|stress|overbuild|regret|arms|data_quality)' LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT FROM %s GROUP BY %s HAVING count(*) > 1) d', v.name, v.key_columns) INTO broken;
        IF broken > 0 THEN RETURN NEXT v.name; END IF;
    END LOOP;
END
$$;
SELECT is_empty($$SELECT pg_temp.broken_keys('net_books') UNION ALL SELECT pg_temp.broken_keys('lim_books') UNION ALL SELECT pg_temp.broken_keys('odd_books')$$, 'keys are keys');
SELECT is_empty($$SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relkind = 'v' AND c.relnamespace = 'lim_books_report'::regnamespace AND format_type(a.atttypid, a.atttypmod) NOT IN ('numeric(38,15)', 'text', 'date', 'timestamp with time zone', 'bigint', 'boolean')$$, 'plain column types only');
SELECT * FROM finish();
ROLLBACK;
