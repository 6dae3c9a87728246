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
RESET search_path;
SET search_path = chipbook, public, pg_catalog;

SELECT * FROM finish();
ROLLBACK;
