-- The network of a ledger at its edges: plans that contain each other, ownership that closes on itself, losses that
-- cannot be followed, decisions of two kinds, amounts with one bound only.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = 'German';
SET client_min_messages = warning;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Plans of what to spend: each once.
-- ---------------------------------------------------------------------------
SELECT create_ledger('plan_books');
SET search_path = plan_books_report, plan_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('test', 'test', 'test', 'high');
SELECT open_load('plan_books', 'plans', 'test') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{CLOUD,LAB,SUB,CROSS,RANGE,LOOSE,HALF,MAYBE,TOP,LOW,L1,L2}'::text[]) p;
INSERT INTO relation (party_id, parent_id, kind) VALUES ('SUB', 'LAB', 'segment'), ('LOW', 'TOP', 'control'), ('L1', 'L2', 'control'), ('L2', 'L1', 'control');
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, legal_status, evidence, parent_deal_id)
SELECT d, 'CLOUD', p, 'cloud', 'USD', monetary(n, 'USD'), '2025-01-01', 'signed', 'press', c
FROM (SELECT p, p, 300, NULL FROM unnest('{LAB,CROSS,RANGE,LOOSE,HALF,MAYBE,TOP,L1}'::text[]) p UNION ALL VALUES ('part', 'LAB', 100, 'LAB')) v (d, p, n, c);
INSERT INTO party_figure (figure_id, party_id, measure, period_from, period_to, currency, amount, amount_high, qualifier, modality)
SELECT p || n, p, 'planned_compute_spend', f::date, t::date, 'USD', monetary(a, 'USD'), monetary(h, 'USD'), q, m FROM (VALUES
    -- Eight years; two of them; the same eight again, said by another; and what a segment plans of it.
    ('LAB', 1, '2026-01-01', '2033-12-31', 1000, NULL::numeric, 'exactly', 'forecast'), ('LAB', 2, '2026-01-01', '2027-12-31', 200, NULL, 'exactly', 'forecast'),
    ('LAB', 3, '2026-01-01', '2033-12-31', 1000, NULL, 'about', 'actual'), ('SUB', 4, '2026-01-01', '2033-12-31', 150, NULL, 'exactly', 'forecast'), ('SUB', 5, '2028-01-01', '2028-12-31', 50, NULL, 'exactly', 'forecast'),
    -- Periods that cross.
    ('CROSS', 1, '2026-01-01', '2028-12-31', 400, NULL, 'exactly', 'forecast'), ('CROSS', 2, '2028-01-01', '2030-12-31', 500, NULL, 'exactly', 'forecast'),
    -- One after the other, and one that is over.
    ('LOOSE', 1, '2026-01-01', '2027-12-31', 400, NULL, 'exactly', 'forecast'), ('LOOSE', 2, '2028-01-01', '2030-12-31', 500, NULL, 'exactly', 'forecast'), ('LOOSE', 3, '2024-01-01', '2024-12-31', 70, NULL, 'exactly', 'actual'),
    -- Two say different things of one period; up to, and more than.
    ('RANGE', 1, '2026-01-01', '2030-12-31', 500, NULL, 'exactly', 'forecast'), ('RANGE', 2, '2026-01-01', '2030-12-31', 600, NULL, 'exactly', 'forecast'),
    ('HALF', 1, '2026-01-01', '2028-12-31', NULL, 500, 'up_to', 'forecast'), ('HALF', 2, '2029-01-01', '2030-12-31', 600, NULL, 'more_than', 'forecast'),
    -- Could be.
    ('MAYBE', 1, '2026-01-01', '2030-12-31', 600, NULL, 'exactly', 'forecast'), ('MAYBE', 2, '2026-01-01', '2033-12-31', 5000, NULL, 'exactly', 'conditional'),
    -- A controlled party's plan reaches beyond its parent's; and two that control each other.
    ('TOP', 1, '2026-01-01', '2028-12-31', 600, NULL, 'exactly', 'forecast'), ('LOW', 2, '2026-01-01', '2030-12-31', 250, NULL, 'exactly', 'forecast'),
    ('L1', 1, '2026-01-01', '2028-12-31', 10, NULL, 'exactly', 'forecast'), ('L2', 1, '2026-01-01', '2028-12-31', 20, NULL, 'exactly', 'forecast')) v (p, n, f, t, a, h, q, m);
SELECT publish_load('plan_books', :load, recorded_at => '2025-11-30 12:00Z') \g /dev/null
SET chipbook.as_of = '2025-12-01';
SELECT results_eq($$SELECT commitment_left, deal_count FROM provider_lock_in WHERE lab_id = 'LAB'$$, $$VALUES (300::numeric(38,15), 1::bigint)$$, 'a deal inside another is left to be bought once');
SELECT set_eq($$SELECT lab_id, planned_spend_low, planned_spend, planned_spend_high, lock_in_index FROM provider_lock_in WHERE lab_id IN ('LAB', 'LOOSE')$$,
    $$VALUES ('LAB', 1000::numeric(38,15), 1000::numeric(38,15), 1000::numeric(38,15), 0.3::numeric(38,15)), ('LOOSE', 900, 900, 900, round(300 / 900.0, 15))$$, 'a plan inside a longer one, or a group''s, is a part of it; plans that follow each other add up');
SELECT set_eq($$SELECT lab_id, planned_spend_low, planned_spend, planned_spend_high, lock_in_index FROM provider_lock_in WHERE lab_id IN ('CROSS', 'RANGE', 'HALF', 'TOP')$$,
    $$VALUES ('CROSS', 500::numeric(38,15), NULL::numeric(38,15), 900::numeric(38,15), NULL::numeric(38,15)), ('RANGE', 500, NULL, 600, NULL), ('HALF', 600, NULL, NULL, NULL), ('TOP', 600, NULL, 850, NULL)$$,
    'plans that cross or differ are a range');
SELECT is((SELECT planned_spend FROM provider_lock_in WHERE lab_id = 'MAYBE'), 600::numeric(38,15), 'what could be is no plan');
SELECT results_eq($$SELECT lab_id, planned_spend_low, planned_spend, planned_spend_high FROM provider_lock_in WHERE lab_id = 'L1'$$, $$VALUES ('L1', 20::numeric(38,15), NULL::numeric(38,15), 30::numeric(38,15))$$, 'of two that control each other neither contains the other');
SELECT set_eq($$SELECT subject_id, row_count, detail FROM data_quality WHERE finding = 'spend_plans_overlap'$$,
    $$VALUES ('CROSS', 2::bigint, 'plans of compute spend overlap, and neither contains the other: CROSS from 2026-01-01 to 2028-12-31, CROSS from 2028-01-01 to 2030-12-31; what is planned is a range'),
    ('TOP', 2, 'plans of compute spend overlap, and neither contains the other: TOP from 2026-01-01 to 2028-12-31, LOW from 2026-01-01 to 2030-12-31; what is planned is a range'),
    ('L1', 2, 'plans of compute spend overlap, and neither contains the other: L1 from 2026-01-01 to 2028-12-31, L2 from 2026-01-01 to 2028-12-31; what is planned is a range')$$, 'and crossing plans a finding');
SET chipbook.as_of = '2029-06-30';
SELECT set_eq($$SELECT lab_id, planned_spend FROM provider_lock_in WHERE lab_id IN ('CROSS', 'LOOSE', 'TOP')$$, $$VALUES ('CROSS', 500::numeric(38,15)), ('LOOSE', 500), ('TOP', 250)$$, 'a plan that is over is none');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Ownership that closes on itself takes only itself out of the look-through.
-- ---------------------------------------------------------------------------
SELECT create_ledger('own_books');
SET search_path = own_books_report, own_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('test', 'test', 'test', 'high');
SELECT open_load('own_books', 'owners', 'test') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{C1,C2,C3,UNDER,SELF,X,Z,TOP,MID,DOWN,L1,L2,N1,N2,FREE,VENDOR}'::text[]) p;
INSERT INTO relation (party_id, parent_id, kind, share) VALUES
    -- A circle of three, what it owns wholly, what it owns of a party with an owner outside, and a party that owns itself.
    ('C2', 'C1', 'sponsor', 1), ('C3', 'C2', 'sponsor', 1), ('C1', 'C3', 'sponsor', 0.6), ('C1', 'C2', 'sponsor', 0.4), ('UNDER', 'C1', 'sponsor', 1),
    ('X', 'C1', 'sponsor', 0.5), ('X', 'Z', 'sponsor', 0.3), ('DOWN', 'X', 'sponsor', 0.5),
    -- A chain and an open loop.
    ('MID', 'TOP', 'sponsor', 0.8), ('DOWN', 'MID', 'sponsor', 0.5), ('L1', 'L2', 'sponsor', 0.5), ('L2', 'L1', 'sponsor', 0.5);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, legal_status, evidence)
SELECT p, 'VENDOR', p, 'cloud', 'USD', '100 USD', '2025-01-01', 'signed', 'press' FROM unnest('{C2,UNDER,X,DOWN}'::text[]) p;
SELECT publish_load('own_books', :load, recorded_at => '2025-06-30 12:00Z') \g /dev/null
SELECT set_eq($$SELECT owner_id, owned_id, round(share, 12) FROM ownership_look_through$$,
    $$VALUES ('Z', 'X', 0.3), ('Z', 'DOWN', 0.15), ('X', 'DOWN', 0.5), ('TOP', 'MID', 0.8), ('TOP', 'DOWN', 0.4), ('MID', 'DOWN', 0.5), ('L1', 'L2', 0.5), ('L2', 'L1', 0.5)$$,
    'what nobody outside has a part of is left out, and nothing else');
SELECT set_eq($$SELECT subject_id, row_count, detail FROM data_quality WHERE finding = 'ownership_unresolved'$$,
    $$SELECT p, n, format('%s of it is held by %s, in a circle of owners that leaves nobody outside: left out of the look-through', s, o) FROM (VALUES
    ('C1', 2::bigint, '1', 'C2, C3'), ('C2', 1, '1', 'C1'), ('C3', 1, '1', 'C2'), ('UNDER', 1, '1', 'C1'), ('X', 1, '0.5', 'C1')) v (p, n, s, o)$$, 'each share that is left out is in a finding');
SELECT set_eq($$SELECT owner_id, through_id, round(committed, 9) FROM investment_look_through WHERE counterparty_id = 'VENDOR'$$,
    $$VALUES ('Z', 'X', 30.0), ('Z', 'DOWN', 15.0), ('X', 'DOWN', 50.0), ('TOP', 'DOWN', 40.0), ('MID', 'DOWN', 50.0)$$, 'and so of what is at stake');
-- The same shares without the circle are the same.
SELECT set_eq($$SELECT l.owner, l.owned, l.share FROM look_through_if_open((SELECT graph FROM ownership_graph)) l$$,
    $$SELECT l.owner, l.owned, l.share FROM look_through((SELECT funding_agg(e.payer, e.payee, e.weight) FROM ownership_graph, edges(graph) e WHERE e.payer NOT LIKE 'C%')) l$$, 'the circle bears on nobody else');
-- At random: closed circles beside an open graph, which stays as it is alone.
SELECT setseed(0.42);
CREATE FUNCTION pg_temp.closed_at_random(parties integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE open funding_graph; both_graphs funding_graph; differ bigint;
BEGIN
    SELECT funding_agg('o' || (random() * parties)::integer, 'o' || n, round((random() / 3)::numeric, 6)) INTO open FROM generate_series(0, parties) n, generate_series(1, 2);
    SELECT rollup(g) INTO both_graphs FROM (VALUES (open),
        -- Each of a closed circle has one owner of it, whole; some of them a part of the open parties.
        ((SELECT funding_agg('c' || n, 'c' || (n + 1) % parties, 1) FROM generate_series(0, parties - 1) n)),
        ((SELECT funding_agg('c' || n, 'o' || n, 0.2) FROM generate_series(0, parties - 1, 3) n))) v (g);
    SELECT count(*) INTO differ FROM (SELECT l.owner, l.owned, l.share FROM look_through(open) l) a
    FULL JOIN (SELECT l.owner, l.owned, l.share FROM look_through_if_open(both_graphs) l) b USING (owner, owned) WHERE abs(a.share - b.share) < 1e-12 IS NOT TRUE;
    RETURN differ;
END
$$;
SELECT is((SELECT sum(pg_temp.closed_at_random(3 + n % 8)) FROM generate_series(1, 100) n), 0::numeric, 'a hundred open graphs beside closed circles are as they are alone');
-- Loops of which too little is left outside: only those tied to them go.
SELECT set_eq($$SELECT l.owner, l.owned, l.share FROM (SELECT funding_agg(o, d, s) AS g FROM (VALUES ('A', 'B', 0.5), ('R', 'R', 1), ('R', 'S', 0.2), ('N', 'S', 0.5)) v (o, d, s)) x, look_through_if_open(x.g) l$$,
    $$VALUES ('A', 'B', 0.5::float8), ('N', 'S', 0.5)$$, 'a party that owns itself whole');
SELECT set_eq($$SELECT l.owner, l.owned, l.share FROM (SELECT rollup(g) AS g FROM (SELECT funding_agg('r' || n, 'r' || (n + 1) % 100001, 0.5) FROM generate_series(0, 100000) n
                  UNION ALL SELECT funding_agg(o, d, 0.5) FROM (VALUES ('A', 'B'), ('B', 'D'), ('r7', 'E')) v (o, d)) v (g)) x, look_through_if_open(x.g) l$$,
    $$VALUES ('A', 'B', 0.5::float8), ('B', 'D', 0.5), ('A', 'D', 0.25)$$, 'and a loop of more parties than are solved, with what hangs on it');
SELECT is_empty($$SELECT FROM look_through_if_open(NULL)$$, 'nothing owned');

-- ---------------------------------------------------------------------------
-- A failure that cannot be followed everywhere.
-- ---------------------------------------------------------------------------
SELECT create_ledger('fail_books');
SET search_path = fail_books_report, fail_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('test', 'test', 'test', 'high');
SELECT open_load('fail_books', 'exposures', 'test') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{F,F1,A,B,C,D}'::text[]) p;
INSERT INTO relation (party_id, parent_id, kind) VALUES ('F1', 'F', 'segment');
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, amount_low, qualifier, legal_status, evidence)
SELECT h, h, i, f, 'loan', 'draw', '2025-01-01', '2025-01-01', c::currency, monetary(a, c::currency), monetary(l, c::currency), q, 'closed', 'contract'
FROM (VALUES ('a-usd', 'A', 'F1', 'USD', 50, NULL::numeric, 'exactly'), ('a-eur', 'A', 'F1', 'EUR', 7, NULL, 'exactly'), ('b-usd', 'B', 'F1', 'USD', 10, NULL, 'exactly'), ('b-jpy', 'B', 'F', 'JPY', 900, NULL, 'exactly'),
             ('c-more', 'C', 'F', 'USD', NULL, 30, 'more_than'), ('c-none', 'C', 'F', 'GBP', NULL, NULL, 'unknown'), ('d-zero', 'D', 'F', 'CHF', 0, NULL, 'exactly'), ('d-vast', 'D', 'F', 'SEK', 2.5e18, NULL, 'exactly'),
             ('d-more', 'D', 'F1', 'SEK', 2.5e18, NULL, 'exactly')) v (h, i, f, c, a, l, q);
INSERT INTO party_figure (figure_id, party_id, measure, period_from, period_to, currency, amount)
SELECT p || c, p, 'net_assets', d, d, c::currency, monetary(n, c::currency) FROM (VALUES ('A', 'USD', 100, date '2025-06-30'), ('B', 'USD', -1, '2025-06-30'), ('C', 'USD', 60, '2025-06-30'), ('C', 'GBP', 60, '2025-06-30'), ('D', 'SEK', 5, '2025-06-30'),
    ('A', 'EUR', 7, '2030-06-30')) v (p, c, n, d);
SELECT publish_load('fail_books', :load, recorded_at => '2025-10-31 12:00Z') \g /dev/null
SELECT is_empty($$SELECT FROM data_quality WHERE finding LIKE 'contagion%'$$, 'no failure, nothing to follow');
SELECT open_load('fail_books', 'failure', 'test') AS load \gset
INSERT INTO stress_scenario (scenario_id, name) VALUES ('f', 'F fails');
INSERT INTO stress_shock (scenario_id, party_id, fails, loss_given_default) VALUES ('f', 'F', true, 1);
SELECT publish_load('fail_books', :load, recorded_at => '2025-11-30 12:00Z') \g /dev/null
SET chipbook.as_of = '2025-12-01';
SELECT set_eq($$SELECT currency, party_id, stress FROM stress_contagion$$, $$VALUES ('USD', 'F', 1::numeric(38,15)), ('USD', 'F1', 1), ('USD', 'A', 0.5), ('USD', 'C', 0)$$, 'a failure takes its group along, and is followed where equity is known');
SELECT set_eq($$SELECT finding, severity, subject, subject_id, row_count, detail FROM data_quality WHERE finding LIKE 'contagion%'$$, $$VALUES
    ('contagion_without_equity', 'warning', 'party', 'A', 1::bigint, 'its exposures in EUR are not in stress_contagion: no net assets above 0 are known of it in this currency'),
    ('contagion_without_equity', 'warning', 'party', 'B', 2, 'its exposures in JPY, USD are not in stress_contagion: no net assets above 0 are known of it in these currencies'),
    ('contagion_exposure_unknown', 'info', 'holding', 'c-more', 1, 'not in stress_contagion: what C has at stake with F is not one known amount'),
    ('contagion_exposure_unknown', 'info', 'holding', 'c-none', 1, 'not in stress_contagion: what C has at stake with F is not one known amount'),
    ('contagion_out_of_range', 'error', 'currency', 'SEK', 2, 'exposures at default add up to more than a graph holds: no contagion is shown')$$, 'all else is a finding');
SELECT is_empty($$SELECT e.investor_id, e.counterparty_id, e.currency FROM exposure_at_default e WHERE (e.ead_high = 0) IS NOT TRUE
      AND NOT EXISTS (SELECT FROM stress_contagion s WHERE s.currency = e.currency AND s.party_id = e.investor_id AND e.ead IS NOT NULL)
      AND NOT EXISTS (SELECT FROM data_quality q WHERE q.finding = 'contagion_without_equity' AND q.subject_id = e.investor_id AND q.detail LIKE '% ' || e.currency || '%')
      AND NOT EXISTS (SELECT FROM data_quality q WHERE q.finding = 'contagion_exposure_unknown' AND q.detail LIKE '% ' || e.investor_id || ' has at stake with %' || e.counterparty_id || '%')
      AND NOT EXISTS (SELECT FROM data_quality q WHERE q.finding = 'contagion_out_of_range' AND q.subject_id = e.currency)$$, 'no exposure is left out without one');
RESET chipbook.as_of;
RESET search_path;
SET search_path = chipbook, public, pg_catalog;

-- ---------------------------------------------------------------------------
-- A decision with states of demand and of a rival is two.
-- ---------------------------------------------------------------------------
SELECT create_ledger('two_books');
SET search_path = two_books_report, two_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('test', 'test', 'test', 'high');
SELECT open_load('two_books', 'payoffs', 'test') AS load \gset
INSERT INTO build_payoff (decision_id, action, state, state_kind, payoff, probability) SELECT d, a, s, k, monetary(n, 'USD'), p FROM (VALUES
    ('mixed', 'build', 'low', 'demand', -20, 0.5), ('mixed', 'build', 'high', 'demand', 100, 0.5), ('mixed', 'wait', 'low', 'demand', 0, 0.5), ('mixed', 'wait', 'high', 'demand', 60, 0.5),
    ('mixed', 'build', 'build', 'rival', 1, NULL), ('mixed', 'build', 'wait', 'rival', 5, NULL), ('mixed', 'wait', 'build', 'rival', 0, NULL), ('mixed', 'wait', 'wait', 'rival', 3, NULL),
    -- One name for a state of each kind.
    ('named', 'build', 'build', 'rival', 1, NULL), ('named', 'build', 'build', 'demand', 1000, NULL), ('named', 'wait', 'build', 'demand', 900, NULL), ('named', 'wait', 'build', 'rival', 0, NULL)) v (d, a, s, k, n, p);
SELECT publish_load('two_books', :load) \g /dev/null
SELECT set_eq($$SELECT decision_id, state_kind, action, worst_payoff, best_payoff, expected_payoff, max_regret, is_minimax_regret, is_maximin, is_maximax, states FROM overbuild_regret$$, $$VALUES
    ('mixed', 'demand', 'build', -20::numeric(38,15), 100::numeric(38,15), 40::numeric(38,15), 20::numeric(38,15), true, false, true, 2::bigint), ('mixed', 'demand', 'wait', 0, 60, 30, 40, false, true, false, 2),
    ('mixed', 'rival', 'build', 1, 5, NULL, 0, true, true, true, 2), ('mixed', 'rival', 'wait', 0, 3, NULL, 2, false, false, false, 2),
    ('named', 'rival', 'build', 1, 1, NULL, 0, true, true, true, 1), ('named', 'rival', 'wait', 0, 0, NULL, 1, false, false, false, 1),
    ('named', 'demand', 'build', 1000, 1000, NULL, 0, true, true, true, 1), ('named', 'demand', 'wait', 900, 900, NULL, 100, false, false, false, 1)$$, 'regret is taken over states of one kind');
SELECT set_eq($$SELECT action, state_kind, state, regret FROM regret_matrix WHERE decision_id = 'named'$$, $$VALUES ('build', 'rival', 'build', 0::numeric(38,15)), ('wait', 'rival', 'build', 1), ('build', 'demand', 'build', 0), ('wait', 'demand', 'build', 100)$$, 'also where they have one name');
SELECT set_eq($$SELECT action, rival_action, is_nash, is_dominant FROM arms_race WHERE decision_id = 'mixed'$$, $$VALUES ('build', 'build', true, true), ('build', 'wait', false, true), ('wait', 'build', false, false), ('wait', 'wait', false, false)$$, 'what dominates against a rival does so whatever demand is');
SELECT set_eq($$SELECT finding, subject, subject_id, row_count FROM data_quality WHERE finding = 'decision_states_mixed'$$, $$VALUES ('decision_states_mixed', 'decision', 'mixed', 8::bigint), ('decision_states_mixed', 'decision', 'named', 4)$$, 'and a finding');
SELECT throws_ok($$INSERT INTO build_payoff (decision_id, action, state, state_kind, payoff) VALUES ('x', 'a', 's', 'both', '1 USD')$$, '23514', NULL, 'a row is of one kind');

-- ---------------------------------------------------------------------------
-- Amounts with one bound: the least, the most, and what is not known.
-- ---------------------------------------------------------------------------
SELECT create_ledger('up_books');
SET search_path = up_books_report, up_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('test', 'test', 'test', 'high');
SELECT open_load('up_books', 'amounts', 'test') AS load \gset
INSERT INTO party (party_id, name, kind) SELECT p, p, 'company' FROM unnest(('{BUYER,UPTO,HIGH,LOW,EXACT,NONE,GUESS,MANY,HELDup_to,HELDnearly,HELDmore_than,HELDabout,FLOWup_to,FLOWnearly,FLOWmore_than,FLOWabout,FLOWsilent}'::text[])) p;
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount_low, amount, amount_high, signed_on, legal_status, evidence)
SELECT d, s, 'BUYER', 'cloud', 'USD', monetary(l, 'USD'), monetary(a, 'USD'), monetary(h, 'USD'), '2025-01-01', 'signed', 'press'
FROM (VALUES ('upto', 'UPTO', 0::numeric, NULL::numeric, 10::numeric), ('high', 'HIGH', NULL, NULL, 10), ('low', 'LOW', 10, NULL, NULL), ('exact', 'EXACT', NULL, 10, NULL), ('none', 'NONE', NULL, NULL, NULL), ('guess', 'GUESS', NULL, 7, 10),
             ('many1', 'MANY', NULL, NULL, 10), ('many2', 'MANY', NULL, 5, NULL), ('many3', 'MANY', NULL, NULL, NULL)) v (d, s, l, a, h);
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence)
SELECT q, q, 'BUYER', 'HELD' || q, 'equity', 'commit', '2025-01-01', '2025-01-01', 'USD', '10 USD', q, 'signed', 'press' FROM unnest('{up_to,nearly,more_than,about}'::text[]) q;
INSERT INTO money_flow (flow_id, payer_id, payee_id, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence)
SELECT q, 'BUYER', 'FLOW' || q, 'cloud', '2025-01-01', '2025-01-01', 'USD', '10 USD', q, 'paid', 'press' FROM unnest('{up_to,nearly,more_than,about}'::text[]) q;
INSERT INTO money_flow (flow_id, payer_id, payee_id, kind, happened_from, happened_to, currency, qualifier, legal_status, evidence) VALUES ('silent', 'BUYER', 'FLOWsilent', 'cloud', '2025-01-01', '2025-01-01', 'USD', 'unknown', 'paid', 'press');
SELECT publish_load('up_books', :load) \g /dev/null
SELECT set_eq($$SELECT payee_id, bound, amount, unknowns FROM flow_edge WHERE grouping_level = 'party' AND scope IN ('binding', 'paid')$$, $$VALUES
    ('UPTO', 'least', 0::numeric, 0::bigint), ('UPTO', 'most', 10, 0), ('HIGH', 'least', NULL, 1), ('HIGH', 'most', 10, 0), ('LOW', 'least', 10, 0), ('LOW', 'most', 10, 1), ('EXACT', 'least', 10, 0), ('EXACT', 'most', 10, 0),
    ('NONE', 'least', NULL, 1), ('NONE', 'most', NULL, 1), ('GUESS', 'least', NULL, 1), ('GUESS', 'most', 10, 0), ('MANY', 'least', 5, 2), ('MANY', 'most', 15, 1),
    ('HELDup_to', 'least', 0, 0), ('HELDup_to', 'most', 10, 0), ('HELDnearly', 'least', NULL, 1), ('HELDnearly', 'most', 10, 0), ('HELDmore_than', 'least', 10, 0), ('HELDmore_than', 'most', 10, 1), ('HELDabout', 'least', 10, 0), ('HELDabout', 'most', 10, 0),
    ('FLOWup_to', 'least', 0, 0), ('FLOWup_to', 'most', 10, 0), ('FLOWnearly', 'least', NULL, 1), ('FLOWnearly', 'most', 10, 0), ('FLOWmore_than', 'least', 10, 0), ('FLOWmore_than', 'most', 10, 1), ('FLOWabout', 'least', 10, 0), ('FLOWabout', 'most', 10, 0),
    ('FLOWsilent', 'least', NULL, 1), ('FLOWsilent', 'most', NULL, 1)$$, 'up to 10 is 0 at least, a lone upper bound leaves it unknown, and each unknown is counted on its side');
SELECT set_eq($$SELECT scope, bound, total, unknown_count FROM circular_total WHERE grouping_level = 'party'$$, $$VALUES ('stated', 'least', 45::numeric(38,15), 6::bigint), ('stated', 'most', 105, 4), ('binding', 'least', 45, 6), ('binding', 'most', 105, 4), ('paid', 'least', 20, 2), ('paid', 'most', 40, 2)$$,
    'and in the totals');
SELECT set_eq($$SELECT counterparty_id, committed_low, committed, committed_high, unknown_count FROM investment_exposure WHERE investor_id = 'BUYER' AND exposure_class = 'purchase_obligation' AND counterparty_id <> 'MANY' AND as_at = (SELECT effective_date FROM clock)$$, $$VALUES
    ('UPTO', 0::numeric(38,15), NULL::numeric(38,15), 10::numeric(38,15), 0::bigint), ('HIGH', NULL, NULL, 10, 0), ('LOW', 10, NULL, NULL, 0), ('EXACT', 10, 10, 10, 0), ('NONE', NULL, NULL, NULL, 1), ('GUESS', NULL, 7, 10, 0)$$, 'as in the exposure');
RESET search_path;
SET search_path = chipbook, public, pg_catalog;

SELECT * FROM finish();
ROLLBACK;
