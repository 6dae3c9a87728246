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

SELECT * FROM finish();
ROLLBACK;
