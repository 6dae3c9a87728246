-- Commitments: intervals, make-up rights, amortisation, FOCUS's distribution over consumption, provisions, postings of the
-- close and invoices. Worked numbers: FOCUS specification 1.2, appendix Commitment Discounts (purchase scenarios 1 to 3, usage
-- scenarios 1 to 4, flexibility) and SaaS examples (simple agreements A1 to C; spend agreements A1, A2, B1, B2; virtual currency
-- A, B, C); IAS 37.66 and HGB section
-- 249(1) for the onerous one.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET client_min_messages = warning;
SELECT no_plan();
SELECT setseed(0.5);

-- ---------------------------------------------------------------------------
-- Intervals
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT s, f, n FROM generate_series(date '2024-01-29', '2024-02-02', '1 day') d, LATERAL (SELECT d::date) x (s), unnest('{hour,day,week,month,quarter,half_year,year}'::text[]) f, generate_series(0, 40) n
    WHERE fulfilment_interval_number(s, f, fulfilment_interval_start(s, f, n)) <> n
       OR fulfilment_interval_number(s, f, fulfilment_interval_start(s, f, n + 1) - interval '1 microsecond') <> n$$, 'an interval begins at its start and ends before the next, also from the 31st');
SELECT is(fulfilment_interval_number('2025-01-01', 'term', '2030-01-01Z'), 0::bigint, 'a term is one interval');
SELECT is(fulfilment_interval_number('2025-01-01', 'month', '2024-12-31Z'), -1::bigint, 'before it is negative');

-- Distribution adds up, and is exact.
SELECT is_empty($$
    SELECT a, e, m FROM (SELECT round((random() * 100)::numeric, (random() * 6)::integer) AS a, ARRAY(SELECT round((random() * 50)::numeric, (random() * 9)::integer) FROM generate_series(1, (n % 7)) WHERE n > 0) AS e,
                                (ARRAY['waterfall', 'proportional'])[1 + n % 2] AS m FROM generate_series(0, 300) n) r, LATERAL (SELECT distribute_commitment(a, e, m) AS d) x
    WHERE (SELECT sum(v) FROM unnest(d) v) <> a OR cardinality(d) <> cardinality(e) + 1 OR EXISTS (SELECT FROM unnest(d) v WHERE v < 0)
       OR EXISTS (SELECT FROM unnest(e, d[1:cardinality(e)]) u (can, got) WHERE got > can) OR d[cardinality(d)] <> greatest(a - coalesce((SELECT sum(v) FROM unnest(e) v), 0), 0)$$,
    'what is distributed and what is left are the commitment, nobody has more than it can take');
SELECT is(distribute_commitment(10, '{8,8}', 'waterfall'), '{8,2,0}', 'waterfall: the first takes what it can');
SELECT is(distribute_commitment(10, '{8,8}', 'proportional'), '{5,5,0}', 'proportional: each takes its share');
SELECT is(distribute_commitment(1, '{1,1,1}', 'proportional'), '{0.333333333333333,0.333333333333334,0.333333333333333,0}', 'to the last digit');
SELECT throws_ok($$SELECT distribute_commitment(1, '{1}', 'fair')$$, '22023');
SELECT throws_ok($$SELECT distribute_commitment(-1, '{1}', 'waterfall')$$, '22023');
SELECT throws_ok($$SELECT distribute_commitment(1, '{NaN}', 'waterfall')$$, '22023');

-- The run against the function that states the same without following rights.
SELECT is_empty($$
    SELECT c, t, make_up FROM (SELECT ARRAY(SELECT round((random() * 20)::numeric, 2) FROM generate_series(1, 1 + n % 13)) AS c, ARRAY(SELECT round((random() * 30)::numeric, 2) FROM generate_series(1, 1 + n % 13)) AS t,
                                      nullif(n % 5, 4) AS make_up FROM generate_series(1, 200) n) r
    WHERE (SELECT array_agg(x.shortfall ORDER BY x.interval_number) || array_agg(x.made_up ORDER BY x.interval_number) FROM commitment_run(c, t, cardinality(c), make_up, false) x)
          IS DISTINCT FROM (SELECT array_agg(y.shortfall ORDER BY y.period) || array_agg(y.made_up ORDER BY y.period) FROM take_or_pay_shortfall(c, t, '1 USD', make_up) y)
       OR (SELECT sum(x.right_open) FROM commitment_run(c, t, cardinality(c), make_up, false) x) IS DISTINCT FROM (SELECT y.make_up_balance FROM take_or_pay_shortfall(c, t, '1 USD', make_up) y ORDER BY y.period DESC LIMIT 1)
       OR EXISTS (SELECT FROM commitment_run(c, t, cardinality(c), make_up, true) x WHERE x.shortfall <> x.right_used + x.right_lapsed + x.right_open OR x.right_open <> 0)
       OR (SELECT sum(x.right_used - x.made_up) FROM commitment_run(c, t, cardinality(c), make_up, true) x) <> 0
       OR EXISTS (SELECT FROM commitment_run(c, t, cardinality(c), make_up, true) x WHERE t[x.interval_number] <> x.used + x.made_up + x.excess)$$,
    'a run of intervals is that of take_or_pay_shortfall, and each right ends used or lapsed');

-- ---------------------------------------------------------------------------
-- A ledger of commitments
-- ---------------------------------------------------------------------------
SELECT create_ledger('c_books');
SET search_path = c_books_report, c_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('t', 'contract', 'contracts', 'high');
SELECT open_load('c_books', 'contracts', 't') AS load \gset
INSERT INTO party (party_id, name, kind) VALUES ('cloud', 'Cloud', 'company'), ('neo', 'Neocloud', 'company');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, amount, true_up, distribution) VALUES
    -- FOCUS: a spend commitment of 1.00 an hour for 2023, paid all (8,760), none or half upfront.
    ('all', 'savings_plan', 'cloud', 'USD', '2023-01-01', '2024-01-01', 'hour', 'continuous', 'all_upfront', '1 USD', 'none', 'waterfall'),
    ('no', 'savings_plan', 'cloud', 'USD', '2023-01-01', '2024-01-01', 'hour', 'continuous', 'no_upfront', '1 USD', 'none', 'waterfall'),
    -- FOCUS SaaS spend agreement: 1,200 for a year from April 2025, trued up at the end; and 60 a month besides.
    ('A1', 'minimum_spend', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'discontinuous', 'no_upfront', '1200 USD', 'term', 'waterfall'),
    ('A2', 'minimum_spend', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'month', 'continuous', 'no_upfront', '60 USD', 'interval', 'waterfall'),
    -- 12,000 for a year, prepaid.
    ('year', 'prepaid_capacity', 'cloud', 'USD', '2025-01-01', '2026-01-01', 'month', 'discontinuous', 'all_upfront', '1000 USD', 'none', 'proportional');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, upfront_amount, amount)
VALUES ('half', 'savings_plan', 'cloud', 'USD', '2023-01-01', '2024-01-01', 'hour', 'continuous', 'partial_upfront', '4380 USD', '1 USD');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, unit, quantity, price, on_demand_price, make_up_intervals, distribution) VALUES
    -- FOCUS flexibility: 1 or 4 normalised hours an hour at 0.50.
    ('flex1', 'reserved', 'cloud', 'USD', '2023-01-01', '2023-01-02', 'hour', 'continuous', 'no_upfront', 'Normalized Hour', 1, '0.50 USD', '1 USD', 0, 'waterfall'),
    ('flex4', 'reserved', 'cloud', 'USD', '2023-01-01', '2023-01-02', 'hour', 'continuous', 'no_upfront', 'Normalized Hour', 4, '0.50 USD', '1 USD', 0, 'waterfall'),
    -- 100 a year at 5, two years; and a contract of chip-hours by the month with two months to make up.
    ('onerous', 'take_or_pay', 'neo', 'USD', '2025-01-01', '2027-01-01', 'year', 'continuous', 'no_upfront', 'units', 100, '5 USD', NULL, 0, 'waterfall'),
    ('hours', 'neocloud_capacity', 'neo', 'USD', '2025-01-01', '2025-07-01', 'month', 'continuous', 'no_upfront', 'Chip-Hours', 1000, '2 USD', '2.5 USD', 2, 'waterfall'),
    -- FOCUS without flexibility: an hour of a large machine at 1.50, used in one hour and not in the next; virtual currency B: tokens at 1.
    ('plain', 'reserved', 'cloud', 'USD', '2023-01-01', '2023-01-02', 'hour', 'continuous', 'no_upfront', 'Hour', 1, '1.50 USD', '3 USD', 0, 'waterfall'),
    ('tokens-b', 'prepaid_capacity', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'discontinuous', 'all_upfront', 'Token', 100000, '1 USD', NULL, 0, 'proportional'),
    ('tpm', 'provisioned_throughput', 'cloud', 'USD', '2025-01-31', '2025-05-16', 'month', 'continuous', 'all_upfront', 'PTU', 3, '33.33 USD', '50 USD', 0, 'proportional'),
    -- FOCUS virtual currency: 100,000 tokens at 2.
    ('tokens', 'prepaid_capacity', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'discontinuous', 'all_upfront', 'Token', 100000, '2 USD', NULL, 0, 'waterfall');
-- FOCUS SaaS spend agreements B1 and B2, 1,200 paid upfront; virtual currency C, tokens beyond and of the second period; simple
-- agreements A1 (a service), A2 and A3 (500 licences, and 10 more in June), B (500 in arrears).
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, amount, recognition) VALUES
    ('B1', 'minimum_spend', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'discontinuous', 'all_upfront', '1200 USD', 'draw'), ('B2', 'minimum_spend', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'month', 'continuous', 'no_upfront', '60 USD', 'time'),
    ('simple-a1', 'prepaid_capacity', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'continuous', 'all_upfront', '10000 USD', 'time');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, unit, quantity, price) VALUES
    ('overage-c', 'prepaid_capacity', 'cloud', 'USD', '2025-04-01', '2025-10-01', 'term', 'discontinuous', 'no_upfront', 'Token', 1500, '2 USD'), ('tokens-c', 'prepaid_capacity', 'cloud', 'USD', '2025-10-01', '2026-04-01', 'term', 'discontinuous', 'all_upfront', 'Token', 25000, '2 USD'),
    ('simple-a2', 'prepaid_capacity', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'continuous', 'all_upfront', 'Count', 500, '100 USD'), ('simple-a3', 'prepaid_capacity', 'cloud', 'USD', '2025-06-01', '2026-04-01', 'term', 'continuous', 'all_upfront', 'Count', 10, '100 USD'),
    ('simple-b', 'prepaid_capacity', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'continuous', 'no_upfront', 'Count', 500, '100 USD');
INSERT INTO commitment_expectation (commitment_id, expected_on, quantity) VALUES ('onerous', '2025-01-01', 70);
INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, amount) VALUES
    ('my-resource-id', 'all', '2023-01-01 00:00Z', '1 USD'), ('my-resource-id', 'no', '2023-01-01 00:00Z', '0.75 USD'), ('my-resource-id', 'half', '2023-01-01 00:00Z', '1.50 USD'),
    ('april', 'A1', '2025-04-01Z', '48 USD'), ('may', 'A1', '2025-05-01Z', '120 USD'), ('june', 'A1', '2025-06-01Z', '60 USD'),
    ('april', 'B1', '2025-04-01Z', '48 USD'), ('may', 'B1', '2025-05-01Z', '120 USD'), ('june', 'B1', '2025-06-01Z', '60 USD'), ('april', 'B2', '2025-04-01Z', '48 USD'), ('may', 'B2', '2025-05-01Z', '120 USD'), ('june', 'B2', '2025-06-01Z', '60 USD'),
    ('april', 'A2', '2025-04-01Z', '48 USD'), ('may', 'A2', '2025-05-01Z', '120 USD'), ('june', 'A2', '2025-06-01Z', '60 USD');
INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, quantity) VALUES
    ('my-large-vm-id', 'flex1', '2023-01-01Z', 3), ('my-medium-vm-1', 'flex4', '2023-01-01Z', 2), ('my-medium-vm-2', 'flex4', '2023-01-01Z', 2),
    ('my-large-vm-id', 'plain', '2023-01-01 00:59Z', 1), ('q', 'tokens-b', '2025-04-01Z', 245), ('z', 'tokens-b', '2025-04-01Z', 10), ('workflow', 'tokens-b', '2025-04-01Z', 240),
    ('q', 'tokens', '2025-04-01Z', 245), ('z', 'tokens', '2025-04-01Z', 10), ('workflow', 'tokens', '2025-04-01Z', 360),
    ('jan', 'hours', '2025-01-01Z', 700), ('feb', 'hours', '2025-02-28 23:59Z', 900), ('mar', 'hours', '2025-03-01Z', 1200), ('apr-1', 'hours', '2025-04-03Z', 1000), ('apr-2', 'hours', '2025-04-05Z', 300), ('jun', 'hours', '2025-06-01Z', 400);
SELECT publish_load('c_books', :load, recorded_at => '2026-05-01 12:00Z') \g /dev/null
SET chipbook.as_of = '2026-05-01 13:00Z';

-- Purchases and usage of the specification's scenarios.
SELECT results_eq($$SELECT commitment_id, committed, state FROM commitment_status WHERE commitment_id IN ('all', 'no', 'half') ORDER BY 1$$,
    $$VALUES ('all', 8760.00::numeric(38,15), 'ended'), ('half', 8760, 'ended'), ('no', 8760, 'ended')$$, 'purchase scenarios: 8,760 whichever way it is paid');
SELECT results_eq($$SELECT commitment_id, status, distributed_quantity, distributed_cost FROM commitment_distribution WHERE commitment_id IN ('all', 'no', 'half') AND interval_number = 1 ORDER BY 1, 2 DESC$$,
    $$VALUES ('all', 'Used', 1.00::numeric(38,15), 1.00::numeric(38,15)), ('half', 'Used', 1, 1), ('no', 'Used', 0.75, 0.75), ('no', 'Unused', 0.25, 0.25)$$, 'usage scenarios 1, 3 and 4: used 1.00; 0.75 and 0.25; 1.00');
SELECT is((SELECT uncovered_quantity FROM commitment_distribution WHERE commitment_id = 'half' AND line_id IS NOT NULL), 0.50, 'scenario 4: 0.50 beyond it is charged as ever');
SELECT results_eq($$SELECT status, distributed_quantity, distributed_cost FROM commitment_distribution WHERE commitment_id = 'all' AND interval_number = 2$$, $$VALUES ('Unused', 1.00::numeric(38,15), 1.00::numeric(38,15))$$, 'scenario 2: unused 1.00');
SELECT results_eq($$SELECT line_id, distributed_quantity, distributed_cost, round(distributed_quantity / 3, 3) FROM commitment_distribution WHERE commitment_id = 'flex1' AND interval_number = 1$$,
    $$VALUES ('entered my-large-vm-id', 1.00::numeric(38,15), 0.50::numeric(38,15), 0.333)$$, 'flexibility: a third of the large machine, for 0.50');
SELECT results_eq($$SELECT distributed_quantity, distributed_cost FROM commitment_distribution WHERE commitment_id = 'flex4' AND interval_number = 1 AND line_id IS NOT NULL$$, $$VALUES (2.00::numeric(38,15), 1.00::numeric(38,15)), (2.00, 1.00)$$, 'flexibility: two medium machines, 1.00 each');
SELECT results_eq($$SELECT line_id, distributed_cost FROM commitment_distribution WHERE commitment_id = 'tokens' AND status = 'Used' ORDER BY 1$$, $$VALUES ('entered q', 490.00::numeric(38,15)), ('entered workflow', 720), ('entered z', 20)$$, 'virtual currency A: 490.00, 20.00, 720.00');
SELECT results_eq($$SELECT interval_number, status, distributed_cost FROM commitment_distribution WHERE commitment_id = 'plain' AND interval_number < 3 ORDER BY 1$$, $$VALUES (1::bigint, 'Used', 1.50::numeric(38,15)), (2, 'Unused', 1.50)$$, '100 % and 0 % utilisation without flexibility: used 1.50, unused 1.50');
SELECT results_eq($$SELECT line_id, distributed_cost FROM commitment_distribution WHERE commitment_id = 'tokens-b' AND status = 'Used' ORDER BY 1$$, $$VALUES ('entered q', 245.00::numeric(38,15)), ('entered workflow', 240), ('entered z', 10)$$, 'virtual currency B, with the workflow at a better rate: 245.00, 10.00, 240.00');
SELECT is((SELECT committed FROM commitment_status WHERE commitment_id = 'tokens'), 200000.00, 'of 200,000.00 bought');
SELECT is((SELECT true_up_amount FROM commitment_true_up WHERE commitment_id = 'A1'), 972.0, 'spend agreement A1: end of contract unused fee 972');
SELECT results_eq($$SELECT due_on, true_up_amount FROM commitment_true_up WHERE commitment_id = 'A2' AND due_on < '2026-04-01' ORDER BY 1$$,
    $$SELECT (date '2025-05-01' + n * interval '1 month')::date, CASE n WHEN 0 THEN 12 WHEN 1 THEN 0 WHEN 2 THEN 0 ELSE 60 END::numeric(38,15) FROM generate_series(0, 10) n$$, 'A2: monthly unused fees 12, none, none, then 60');
SELECT is((SELECT sum(true_up_amount) FILTER (WHERE due_on < '2026-04-01') + 228 + 480 FROM commitment_true_up WHERE commitment_id = 'A2'), 1200.0, 'which with usage of 228 and the 480 at the end of contract is 1,200');

SELECT results_eq($$SELECT coalesce(line_id, ''), status, distributed_cost FROM commitment_distribution WHERE commitment_id = 'B1' ORDER BY status DESC, distributed_cost$$,
    $$VALUES ('entered april', 'Used', 48::numeric(38,15)), ('entered june', 'Used', 60), ('entered may', 'Used', 120), ('', 'Unused', 972)$$, 'spend agreement B1: effective cost 48, 120, 60 and an end of contract unused fee of 972');
SELECT results_eq($$SELECT period_month, prepaid_added, drawn_expense, lapsed_expense, prepaid_closing FROM commitment_prepayment WHERE commitment_id = 'B1' AND (drawn_expense <> 0 OR lapsed_expense <> 0) ORDER BY 1$$,
    $$VALUES (date '2025-04-01', 1200::numeric(38,15), 48::numeric(38,15), 0::numeric(38,15), 1152::numeric(38,15)), ('2025-05-01', 0, 120, 0, 1032), ('2025-06-01', 0, 60, 0, 972), ('2026-03-01', 0, 0, 972, 0)$$, 'which is how the prepaid 1,200 is expensed');
SELECT results_eq($$SELECT interval_from::date, distributed_cost FROM commitment_distribution WHERE commitment_id = 'B2' AND status = 'Unused' AND interval_number < 12 ORDER BY 1$$,
    $$VALUES (date '2025-04-01', 12::numeric(38,15)), ('2025-07-01', 60), ('2025-08-01', 60), ('2025-09-01', 60), ('2025-10-01', 60), ('2025-11-01', 60), ('2025-12-01', 60), ('2026-01-01', 60), ('2026-02-01', 60)$$, 'B2: monthly unused fees 12, none, none, 60 for each of eight months');
SELECT is((SELECT distributed_cost FROM commitment_distribution WHERE commitment_id = 'B1' AND status = 'Unused') - (SELECT sum(distributed_cost) FROM commitment_distribution WHERE commitment_id = 'B2' AND status = 'Unused' AND interval_number < 12), 480.0, 'and 480 at the end of the contract');
SELECT results_eq($$SELECT commitment_id, committed FROM commitment_status WHERE commitment_id ~ '^simple|-c$' ORDER BY commitment_id COLLATE "C"$$,
    $$VALUES ('overage-c', 3000::numeric(38,15)), ('simple-a1', 10000), ('simple-a2', 50000), ('simple-a3', 1000), ('simple-b', 50000), ('tokens-c', 50000)$$, 'virtual currency C: 3,000.00 and 50,000.00; simple agreements: 10,000.00, 50,000.00, 1,000.00, 50,000.00');
SELECT results_eq($$SELECT period_month, expense, prepaid_closing FROM commitment_amortisation WHERE commitment_id = 'simple-a1' AND period_month IN ('2025-04-01', '2025-06-01', '2026-03-01') ORDER BY 1$$,
    $$VALUES (date '2025-04-01', 833.33::numeric(38,15), 9166.67::numeric(38,15)), ('2025-06-01', 833.33, 7500), ('2026-03-01', 833.33, 0)$$, 'A1 for the accountant: 10,000 over twelve months');
SELECT results_eq($$SELECT period_month, prepaid_added, prepaid_expense, recurring_expense FROM commitment_amortisation WHERE commitment_id IN ('simple-a3', 'simple-b') AND period_month IN ('2025-06-01') ORDER BY 2$$,
    $$VALUES (date '2025-06-01', 0::numeric(38,15), 0::numeric(38,15), 4166.67::numeric(38,15)), ('2025-06-01', 1000, 100, 0)$$, 'A3: ten licences for the ten months left; B: in arrears, nothing is prepaid');
-- ---------------------------------------------------------------------------
-- Properties of every commitment
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT k.commitment_id FROM commitment_status k LEFT JOIN (SELECT commitment_id, sum(distributed_cost) AS cost FROM commitment_distribution GROUP BY 1) d USING (commitment_id)
                  WHERE k.ends_on <= '2026-05-01' AND d.cost IS DISTINCT FROM k.committed$$, 'used + unused = purchase, of every commitment that has ended');
SELECT is_empty($$SELECT commitment_id, interval_number FROM commitment_utilisation u LEFT JOIN (SELECT commitment_id, interval_number, sum(distributed_cost) AS cost, sum(distributed_quantity) FILTER (WHERE status <> 'Made up') AS quantity
                  FROM commitment_distribution GROUP BY 1, 2) d USING (commitment_id, interval_number) WHERE u.is_over AND (d.cost <> u.committed_amount OR d.quantity <> u.committed_quantity OR u.used_amount + u.unused_amount <> u.committed_amount)$$,
    'and of every interval');
SELECT is_empty($$SELECT commitment_id FROM commitment_status WHERE used + lapsed + remaining <> committed OR remaining < make_up_open OR state = 'ended' AND remaining <> 0$$, 'committed = used + lapsed + remaining; nothing remains at the end');
SELECT is_empty($$SELECT k.commitment_id FROM commitment_term k JOIN (SELECT commitment_id, sum(expense) AS expense, sum(prepaid_expense) AS prepaid FROM commitment_amortisation GROUP BY 1) a USING (commitment_id)
                  WHERE a.expense <> round(k.total_amount, 2) OR a.prepaid <> round(k.upfront, 2)$$, 'months of amortisation are the commitment, to the cent');
SELECT is_empty($$SELECT commitment_id, period_month FROM (SELECT a.*, lag(prepaid_closing, 1, 0.0) OVER (PARTITION BY commitment_id ORDER BY period_month) AS before FROM commitment_amortisation a) a
                  WHERE prepaid_opening <> before OR prepaid_closing <> prepaid_opening + prepaid_added - prepaid_expense$$, 'and balances roll forward');
SELECT is_empty($$SELECT commitment_id FROM commitment_amortisation a WHERE prepaid_closing <> 0 AND period_month = (SELECT max(period_month) FROM commitment_amortisation b WHERE b.commitment_id = a.commitment_id)$$, 'to nothing');
SELECT is_empty($$SELECT commitment_id, interval_number FROM commitment_make_up WHERE arisen_quantity <> used_quantity + lapsed_quantity + open_quantity$$, 'rights to make up are used, lapse or stay open');
SELECT results_eq($$SELECT period_month, expense, prepaid_closing FROM commitment_amortisation WHERE commitment_id = 'year' ORDER BY 1$$, $$SELECT make_date(2025, n, 1), 1000::numeric(38,15), (12000 - 1000 * n)::numeric(38,15) FROM generate_series(1, 12) n$$, '12,000 for a year is 1,000 a month');
SELECT results_eq($$SELECT period_month, expense FROM commitment_amortisation WHERE commitment_id = 'tpm' ORDER BY 1$$, $$SELECT period_month, expense FROM commitment_amortisation WHERE commitment_id = 'tpm' ORDER BY 1$$, 'a term from the 31st');
SELECT is((SELECT count(*) FROM commitment_utilisation WHERE commitment_id = 'tpm'), 4::bigint, 'its last interval is cut short');
SELECT results_eq($$SELECT interval_number, used_quantity, made_up_quantity, excess_quantity, shortfall_amount FROM commitment_utilisation WHERE commitment_id = 'hours' ORDER BY 1$$,
    $$VALUES (1::bigint, 700::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 600::numeric(38,15)), (2, 900, 0, 0, 200), (3, 1000, 200, 0, 0), (4, 1000, 100, 200, 0), (5, 0, 0, 0, 2000), (6, 400, 0, 0, 1200)$$,
    'what is taken beyond the minimum makes up the oldest shortfall first; January''s 100 left lapse after March, February''s are used in April');
SELECT results_eq($$SELECT interval_number, arisen_quantity, used_quantity, lapsed_quantity, expires_on FROM commitment_make_up WHERE commitment_id = 'hours' ORDER BY 1$$,
    $$VALUES (1::bigint, 300::numeric(38,15), 200::numeric(38,15), 100::numeric(38,15), date '2025-04-01'), (2, 100, 100, 0, '2025-05-01'), (5, 1000, 0, 1000, '2025-07-01'), (6, 600, 0, 600, '2025-07-01')$$, 'each right with its expiry');
SELECT results_eq($$SELECT break_even_utilisation, round(utilisation, 6), used, saved FROM commitment_status WHERE commitment_id = 'hours'$$, $$VALUES (0.8::numeric(38,15), 0.716667, 8600::numeric(38,15), (4300 * 2.5 - 12000)::numeric(38,15))$$,
    'break-even at 80 %, used at 71.7 %: it cost 1,250 more than on demand');

-- As it stood in the middle: remaining, burn rate, projected shortfall.
RESET chipbook.as_of;
SELECT open_load('c_books', 'begun', 't') AS load \gset
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, amount, true_up) VALUES
    ('pool', 'minimum_spend', 'cloud', 'USD', '2026-05-01', '2027-05-01', 'term', 'discontinuous', '1200 USD', 'term'), ('later', 'minimum_spend', 'cloud', 'USD', '2026-12-01', '2027-12-01', 'month', 'continuous', '5 USD', 'interval'),
    ('lose', 'take_or_pay', 'cloud', 'USD', '2026-05-01', '2027-05-01', 'month', 'continuous', '100 USD', 'interval');
INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, amount) SELECT format('%s of %s', n, k), k, make_timestamptz(2026, 4 + n, 2, 0, 0, 0, 'UTC'), '80 USD' FROM generate_series(1, 3) n, unnest('{pool,lose}'::text[]) k;
INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, amount) VALUES ('early', 'lose', '2026-04-30 23:59Z', '1 USD'), ('euro', 'lose', '2026-05-05Z', '1 EUR');
SELECT publish_load('c_books', :load, recorded_at => '2026-07-31 12:00Z') \g /dev/null
SET chipbook.as_of = '2026-07-31 13:00Z';
SELECT results_eq($$SELECT commitment_id, remaining, lapsed, burn_rate, projected_shortfall, ends_on FROM commitment_status WHERE projected_shortfall > 0 AND state = 'running' AND commitment_id <> 'onerous' ORDER BY 1$$,
    $$VALUES ('lose', (1200 - 240 - 60)::numeric(38,15), 60::numeric(38,15), 80::numeric(38,15), 240::numeric(38,15), date '2027-05-01'), ('pool', 960, 0, 80, 240, '2027-05-01')$$,
    'at 80 a month 240 of 1,200 will be left: of a pool, and of 100 a month, of which 60 lapsed already');
SELECT results_eq($$SELECT state, used, remaining, burn_rate, projected_shortfall FROM commitment_status WHERE commitment_id = 'later'$$, $$VALUES ('to_come', 0::numeric(38,15), 60::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15))$$, 'what has not begun burns at no rate, and nothing is projected');
SELECT is((SELECT detail FROM data_quality WHERE finding = 'commitment_draw_left_out'), 'outside its term: 1; in another currency: 1', 'what counts for nothing is found');
SET chipbook.as_of = '2026-05-01 13:00Z';
SELECT is((SELECT count(*) FROM commitment_status WHERE commitment_id = 'pool'), 0::bigint, 'which was not known before');

-- ---------------------------------------------------------------------------
-- Onerous: minimum 100, expected 70, price 5, two years, no other use
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT basis, added, provision_closing FROM onerous_commitment WHERE commitment_id = 'onerous' AND period_month = '2025-01-01' ORDER BY basis$$,
    $$VALUES ('de_tax', 0::numeric(38,15), 0::numeric(38,15)), ('economic', 0, 0), ('hgb', 300, 287.5), ('ifrs', 300, 287.5), ('us_gaap', 0, 0), ('us_tax', 0, 0)$$, 'provision 300 undiscounted under IFRS and HGB, 0 under US GAAP');
CREATE TEMPORARY VIEW not_rolled AS SELECT commitment_id, basis, period_month FROM (SELECT o.*, lag(provision_closing, 1, 0.0) OVER (PARTITION BY commitment_id, basis ORDER BY period_month) AS before FROM onerous_commitment o) o
                  WHERE provision_opening <> before OR provision_closing <> provision_opening + added - reversed - used;
SELECT is_empty('SELECT * FROM not_rolled', 'it rolls forward');
RESET chipbook.as_of;
SELECT open_load('c_books', 'a new view', 't') AS load \gset
INSERT INTO commitment_expectation (commitment_id, expected_on, quantity, alternative_price) VALUES ('onerous', '2026-01-01', 90, NULL), ('onerous', '2026-07-01', 60, '2 USD'), ('A2', '2025-10-15', 1000, NULL);
SELECT publish_load('c_books', :load, recorded_at => '2026-11-01 12:00Z') \g /dev/null
SET chipbook.as_of = '2026-11-01 13:00Z';
SELECT results_eq($$SELECT period_month, provision_opening, added, reversed, used, provision_closing FROM onerous_commitment WHERE commitment_id = 'onerous' AND basis = 'ifrs' AND period_month IN ('2026-01-01', '2026-07-01', '2026-10-01') ORDER BY 1$$,
    $$VALUES (date '2026-01-01', 150::numeric(38,15), 0::numeric(38,15), 100::numeric(38,15), 4.17::numeric(38,15), 45.83::numeric(38,15)), ('2026-07-01', 25, 35, 0, 10, 50), ('2026-10-01', 30, 0, 0, 10, 20)$$,
    'expecting more reverses, expecting less at a price elsewhere adds');
SELECT is_empty('SELECT * FROM not_rolled', 'it still rolls forward');
RESET chipbook.as_of;
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('c_books') WHERE severity = 'error'$$, 'the ledger verifies');

-- What a table of commitments does not take.
SELECT open_load('c_books', 'mistakes', 't') AS load \gset
CREATE FUNCTION pg_temp.wrong(columns text, vals text) RETURNS text LANGUAGE sql
RETURN format($f$INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, %s) VALUES ('w', 'reserved', 'cloud', 'USD', '2025-01-01', '2026-01-01', 'continuous', %s)$f$, columns, vals);
SELECT throws_ok(pg_temp.wrong(c, v), '23514', NULL, c || ' ' || v) FROM (VALUES ('amount', 'NULL'), ('amount', $$'0 USD'$$), ('amount', $$'5 EUR'$$), ('amount, unit', $$'5 USD', 'h'$$), ('unit, quantity', $$'h', 5$$), ('unit, quantity, price', $$'h', 0, '1 USD'$$),
    ('amount, payment_model', $$'5 USD', 'partial_upfront'$$), ('amount, upfront_amount', $$'5 USD', '1 USD'$$), ('amount, upfront_tax', $$'5 USD', '1 USD'$$), ('amount, fulfilment_interval, make_up_intervals', $$'5 USD', 'hour', 1$$),
    ('amount, fulfilment_interval', $$'5 USD', 'decade'$$), ('amount, make_up_intervals', $$'5 USD', -1$$)) m (c, v);
SELECT discard_load('c_books', :load) \g /dev/null

-- ---------------------------------------------------------------------------
-- What the close posts
-- ---------------------------------------------------------------------------
SELECT create_ledger('c_close', 'EUR');
SET search_path = c_close_report, c_close, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('t', 'contract', 'contracts', 'high');
CREATE FUNCTION pg_temp.publish(statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    load bigint := chipbook.open_load('c_close', 'load', 't', prepared_by => 'alice');
BEGIN
    EXECUTE statement;
    PERFORM chipbook.approve_load('c_close', load);
    PERFORM chipbook.publish_load('c_close', load);
END
$$;
SELECT pg_temp.publish($f$
    INSERT INTO party (party_id, name, kind) VALUES ('cloud', 'Cloud', 'company');
    INSERT INTO cost_centre (cost_centre_id, name) VALUES ('research', 'Research'), ('product', 'Product');
    INSERT INTO account (account_id, name, kind) VALUES ('1400', 'prepaid expenses', 'asset'), ('1570', 'recoverable VAT', 'asset'), ('3300', 'payables', 'liability'), ('3070', 'provisions', 'liability'), ('6200', 'cloud', 'expense'), ('6290', 'onerous contracts', 'expense');
    INSERT INTO posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('p', 'prepayment', '1400', '3300'), ('t', 'recoverable_tax', '1570', '3300'), ('e', 'prepaid_expense', '6200', '1400'),
        ('o', 'onerous_provision', '6290', '3070'), ('u', 'onerous_provision_use', '3070', '6200');
    INSERT INTO commitment (commitment_id, kind, provider_id, cost_centre_id, currency, starts_on, ends_on, model, payment_model, amount, upfront_tax) VALUES
        ('prepaid', 'prepaid_capacity', 'cloud', 'research', 'EUR', '2025-02-01', '2026-02-01', 'discontinuous', 'all_upfront', '1000 EUR', '2280 EUR'),
        ('before', 'prepaid_capacity', 'cloud', 'research', 'EUR', '2024-07-01', '2025-07-01', 'discontinuous', 'all_upfront', '10 EUR', NULL);
    INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, unit, quantity, price) VALUES ('onerous', 'take_or_pay', 'cloud', 'EUR', '2025-03-01', '2027-03-01', 'year', 'continuous', 'units', 100, '5 EUR');
    INSERT INTO commitment_expectation (commitment_id, expected_on, quantity) VALUES ('onerous', '2025-03-01', 70)$f$);
CREATE FUNCTION pg_temp.shut(VARIADIC months integer[]) RETURNS bigint[] LANGUAGE sql RETURN (SELECT array_agg(close_period('c_close', 'main', 'ifrs', 2025, m) ORDER BY place) FROM unnest(months) WITH ORDINALITY u (m, place));
CREATE FUNCTION pg_temp.by_period(account text, of_basis text DEFAULT 'ifrs') RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(n.total::text, ', ' ORDER BY n.period_number) FROM (SELECT j.period_number, trim_scale(sum(amount(l.amount))) AS total FROM c_close.journal_entry j JOIN c_close.journal_line l USING (entry_id)
                                                                              WHERE l.account_id = account AND j.basis = of_basis GROUP BY 1) n);
SELECT is(pg_temp.shut(1, 2, 3), '{1,1,2}', 'prepayments, and a provision from March on');
SELECT is(pg_temp.by_period('1400'), '-10, 10990, -1010', 'prepaid 12,000 in February, less 1,000 a month; what was prepaid before the books began was there already');
SELECT is(pg_temp.by_period('6200'), '10, 1010, 997.5', 'expense 1,000 a month, less what the provision bears');
SELECT is(pg_temp.by_period('1570'), '2280', 'recoverable tax is an asset');
SELECT is(pg_temp.by_period('3300'), '-14280', 'owed 14,280');
SELECT is(pg_temp.by_period('3070'), '-287.5', 'provision 300, of which a month is used');
SELECT is(pg_temp.by_period('6290'), '300');
SELECT results_eq($$SELECT DISTINCT cost_centre_id, party_id FROM c_close.journal_line WHERE account_id = '1400'$$, $$VALUES ('research', 'cloud')$$);
SELECT is(close_period('c_close', 'main', b, 2025, 3), e) FROM (VALUES (1, 'us_gaap', 1::bigint), (2, 'hgb', 2)) v (n, b, e) ORDER BY n;
SELECT is(pg_temp.by_period('6290', 'us_gaap'), NULL, 'US GAAP: no provision');
SELECT is(pg_temp.by_period('6290', 'hgb'), '300', 'HGB: 300');
-- Known late: another price, and another cost centre.
SELECT pg_temp.publish($f$INSERT INTO commitment (commitment_id, kind, provider_id, cost_centre_id, currency, starts_on, ends_on, model, payment_model, amount, upfront_tax)
    VALUES ('prepaid', 'prepaid_capacity', 'cloud', 'product', 'EUR', '2025-02-01', '2026-02-01', 'discontinuous', 'all_upfront', '1100 EUR', '2508 EUR')$f$);
SELECT is(pg_temp.shut(4), '{4}', 'April: its own, and corrections of February and March');
SELECT is(pg_temp.by_period('1400'), '-10, 10990, -1010, -110', 'prepaid 1,200 more, less 100 for each of two months, 1,100 and 10 for April');
SELECT is(pg_temp.by_period('1570'), '2280, 228');
SELECT results_eq($$SELECT cost_centre_id, sum(amount) FROM c_close.journal_line JOIN c_close.journal_entry USING (entry_id) WHERE basis = 'ifrs' AND account_id = '6200' AND cost_centre_id IS NOT NULL GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('product', monetary '3300 EUR'), ('research', monetary '40 EUR')$$, 'all of it with the cost centre it now has');
SELECT is((SELECT string_agg(DISTINCT format('%s of %s', reason, relates_to_period), ', ') FROM c_close.journal_entry WHERE kind = 'correction'), 'late_fact of 2, late_fact of 3', 'each relates to its period');
SELECT reopen_period('c_close', 'main', 'ifrs', 2025, m, 'why', 'alice') FROM unnest('{4,3}'::integer[]) m;
SELECT is(pg_temp.shut(3, 4, 5), '{0,0,2}', 'reopened and closed again, nothing is posted twice');
SELECT is(pg_temp.by_period('1400'), '-10, 10990, -1010, -110, -1110');
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('c_close') WHERE severity = 'error'$$, 'and the ledger verifies');
SELECT pg_temp.publish($f$INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, payment_model, amount) VALUES ('usd', 'prepaid_capacity', 'cloud', 'USD', '2025-06-15', '2025-09-15', 'discontinuous', 'all_upfront', '100 USD')$f$);
SELECT pg_temp.shut(6, 7, 8, 9) \g /dev/null
SELECT is((SELECT sum(l.amount) FROM c_close.journal_line l JOIN c_close.journal_entry j USING (entry_id) WHERE account_id = '6200' AND currency(l.amount) = 'USD'), monetary '300 USD', 'in another currency, over a term inside months');

-- Expensed as it is drawn: 900 for two months and a half, 100 and 300 drawn, 50 known late, the rest lapses; and half of another paid upfront.
SELECT pg_temp.publish($f$
    INSERT INTO party (party_id, name, kind) VALUES ('tokens', 'Tokens', 'company'), ('half', 'Half', 'company'), ('up', 'Up', 'company');
    INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, payment_model, amount) VALUES ('old', 'reserved', 'up', 'EUR', '2025-10-01', '2026-10-01', 'continuous', 'all_upfront', '100 EUR');
    INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, amount, recognition) VALUES ('pool', 'prepaid_capacity', 'tokens', 'EUR', '2025-10-01', '2025-12-16', 'term', 'discontinuous', 'all_upfront', '900 EUR', 'draw');
    INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, upfront_amount, unit, quantity, price, make_up_intervals, recognition)
    VALUES ('half', 'prepaid_capacity', 'half', 'EUR', '2025-10-10', '2025-12-10', 'month', 'continuous', 'partial_upfront', '100 EUR', 'Tokens', 30, '5 EUR', 1, 'draw');
    INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, amount) VALUES ('oct', 'pool', '2025-10-31 23:59Z', '100 EUR'), ('nov', 'pool', '2025-11-01Z', '300 EUR');
    INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, quantity) VALUES ('oct', 'half', '2025-10-20Z', 10), ('nov', 'half', '2025-11-12Z', 36)$f$);
CREATE FUNCTION pg_temp.of_party(account text, party text) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(n.total::text, ', ' ORDER BY n.period_number) FROM (SELECT j.period_number, trim_scale(sum(amount(l.amount))) AS total FROM c_close.journal_entry j JOIN c_close.journal_line l USING (entry_id)
                                                                              WHERE l.account_id = account AND l.party_id = party AND j.basis = 'ifrs' GROUP BY 1) n);
SELECT pg_temp.shut(10, 11) \g /dev/null
SELECT is(pg_temp.of_party('6200', 'tokens'), '100, 300', 'a prepaid balance is expensed as it is drawn');
SELECT is(pg_temp.of_party('1400', 'tokens'), '800, -300', 'and falls by as much');
SELECT pg_temp.publish($f$INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, amount) VALUES ('late', 'pool', '2025-10-15Z', '50 EUR'), ('after', 'pool', '2025-12-16Z', '7 EUR');
    -- Cancelled against a refund of what is left, and a larger one bought.
    INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, payment_model, amount) VALUES
        ('old', 'reserved', 'up', 'EUR', '2025-10-01', '2025-12-01', 'continuous', 'all_upfront', '100 EUR'), ('new', 'reserved', 'up', 'EUR', '2025-12-01', '2026-12-01', 'continuous', 'all_upfront', '200 EUR')$f$);
SELECT pg_temp.shut(12) \g /dev/null
SELECT is(pg_temp.of_party('6200', 'tokens'), '100, 300, 500', 'in December 50 of October, and 450 that lapse');
SELECT is(pg_temp.of_party('1400', 'tokens'), '800, -300, -500', 'nothing is left');
SELECT results_eq($$SELECT relates_to_period, sum(l.amount) FROM c_close.journal_entry j JOIN c_close.journal_line l USING (entry_id) WHERE party_id = 'tokens' AND account_id = '6200' AND period_number = 12 GROUP BY 1 ORDER BY 1$$,
    $$VALUES (10::smallint, monetary '50 EUR'), (NULL, monetary '450 EUR')$$, 'each in its period');
-- 300 for two months, 100 of it upfront: 10 of 30 drawn in October; 20 to make up; in November 36: 30 and 6 made up; 14 lapse.
SELECT results_eq($$SELECT period_month, prepaid_opening, prepaid_added, drawn_expense, lapsed_expense, prepaid_closing FROM commitment_prepayment WHERE commitment_id = 'half' ORDER BY 1$$,
    $$VALUES (date '2025-10-01', 0::numeric(38,15), 100::numeric(38,15), 16.67::numeric(38,15), 0::numeric(38,15), 83.33::numeric(38,15)), ('2025-11-01', 83.33, 0, 60, 0, 23.33), ('2025-12-01', 23.33, 0, 0, 23.33, 0)$$, 'in proportion to what remains of the whole');
SELECT is(pg_temp.of_party('6200', 'half'), '16.67, 60, 23.33', 'and so it is posted');
SELECT results_eq($$SELECT period_month, drawn_expense, lapsed_expense, prepaid_closing FROM commitment_prepayment WHERE commitment_id = 'pool' ORDER BY 1$$,
    $$VALUES (date '2025-10-01', 150::numeric(38,15), 0::numeric(38,15), 750::numeric(38,15)), ('2025-11-01', 300, 0, 450), ('2025-12-01', 0, 450, 0)$$, 'what lapses is said apart');
SELECT is_empty($$SELECT FROM commitment_amortisation WHERE commitment_id IN ('pool', 'half')$$, 'none of it is by straight line');
SELECT is(ARRAY[pg_temp.of_party('1400', 'up'), pg_temp.of_party('6200', 'up'), pg_temp.of_party('3300', 'up')], '{"1100, -100, 1200","100, 100, 200","-1200, -1400"}', 'upgraded after two months: 1,000 come back, 2,400 are paid, and 100 a month become 200');
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('c_close') WHERE severity = 'error'$$, 'the ledger still verifies');

-- ---------------------------------------------------------------------------
-- Bills
-- ---------------------------------------------------------------------------
SELECT create_ledger('c_bill');
SET search_path = c_bill_report, c_bill, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('t', 'bill', 'bills', 'high');
SELECT open_load('c_bill', 'bills', 't') AS load \gset
-- The specification's usage scenarios: an hour of 1.00 bought; used, unused, partly used, and exceeded.
INSERT INTO charge (billing_currency, billing_period_start, charge_period_start, charge_category, service_name, provider_name, invoice_issuer_name, invoice_id, pricing_category, billed_cost, effective_cost, list_cost,
                    commitment_discount_id, commitment_discount_quantity, commitment_discount_status, commitment_discount_unit)
SELECT 'USD', '2023-01-01Z', '2023-01-01Z', c, 'Compute', 'Aws', 'Aws', 'I-1', p, b, e, l, id, q, s, CASE WHEN id IS NOT NULL THEN 'USD' END
FROM (VALUES ('Purchase', 'Standard', 1.00, 0.00, 1.00, 's1', 1.00, NULL), ('Usage', 'Committed', 0.00, 1.00, 1.50, 's1', 1.00, 'Used'),
             ('Purchase', 'Standard', 1.00, 0.00, 1.00, 's2', 1.00, NULL), ('Usage', 'Committed', 0.00, 1.00, NULL, 's2', 1.00, 'Unused'),
             ('Purchase', 'Standard', 1.00, 0.00, 1.00, 's3', 1.00, NULL), ('Usage', 'Committed', 0.00, 0.75, 1.00, 's3', 0.75, 'Used'), ('Usage', 'Committed', 0.00, 0.25, NULL, 's3', 0.25, 'Unused'),
             ('Purchase', 'Standard', 1.00, 0.00, 1.00, 's4', 1.00, NULL), ('Usage', 'Committed', 0.00, 1.00, 1.50, 's4', 1.00, 'Used'), ('Usage', 'Standard', 0.50, 0.50, 0.50, NULL, NULL, NULL)) v (c, p, b, e, l, id, q, s);
-- Three days of hours at random, as a provider would deliver them.
INSERT INTO charge (billing_currency, charge_period_start, charge_category, billed_cost, effective_cost, commitment_discount_id, commitment_discount_quantity, commitment_discount_status, commitment_discount_unit)
SELECT 'USD', x.h, v.c, v.b, v.e, 'random', v.e, v.s, 'USD'
FROM (SELECT h, round(random()::numeric * 0.7, 12) AS u FROM generate_series(timestamptz '2023-03-01Z', '2023-03-03 23:00Z', '1 hour') h) x,
     LATERAL (VALUES ('Purchase', 0.7, 0, NULL), ('Usage', 0, x.u, 'Used'), ('Usage', 0, 0.7 - x.u, 'Unused')) v (c, b, e, s);
INSERT INTO charge (billing_currency, charge_period_start, charge_category, effective_cost, contract_applied) VALUES
    ('USD', '2023-01-05Z', 'Usage', 0.05068608755410, '{"Elements": [{"ContractId": "c", "ContractCommitmentId": "ratecard", "ContractCommitmentAppliedCost": 0.05068608755410}, {"ContractId": "c", "ContractCommitmentId": "minimum", "ContractCommitmentAppliedCost": 0.05}]}'),
    ('USD', '2023-01-06Z', 'Usage', 1, '{"Elements": "none"}'), ('USD', '2023-01-06Z', 'Usage', 1, '[]');
INSERT INTO invoice_detail (invoice_issuer_name, invoice_id, invoice_detail_id, billing_currency, billed_cost, charge_category) VALUES
    ('Aws', 'I-1', '1', 'USD', 4.50, 'Usage'), ('Aws', 'I-2', '1', 'USD', 950, 'Usage'), ('Aws', 'I-3', '1', 'USD', 100, 'Usage'), ('Aws', 'I-3', '2', 'USD', 19, 'Tax'), ('Aws', 'I-4', '1', 'USD', 7, 'Usage'), ('Aws', 'I-5', '1', 'USD', 10, 'Usage'), ('Aws', 'I-6', '1', 'USD', 10, 'Usage');
INSERT INTO charge (billing_currency, charge_period_start, charge_category, invoice_issuer_name, invoice_id, billed_cost) VALUES
    ('USD', '2023-01-05Z', 'Usage', 'Aws', 'I-2', 950), ('USD', '2023-01-05Z', 'Usage', 'Aws', 'I-3', 100), ('USD', '2023-01-05Z', 'Usage', 'Aws', 'I-5', 10.004), ('USD', '2023-01-05Z', 'Usage', 'Aws', 'I-6', 12), ('USD', '2023-01-05Z', 'Usage', 'Aws', 'I-7', 5);
-- FOCUS simple agreement C: no commitment, 505, 650 and 635 seats at 20.00.
INSERT INTO charge (billing_currency, billing_period_start, charge_period_start, charge_category, service_name, invoice_issuer_name, sku_id, sku_price_id, pricing_category, pricing_quantity, list_unit_price, contracted_unit_price, billed_cost, effective_cost, list_cost, contracted_cost)
SELECT 'USD', m, m, 'Usage', 'ACMECORP Licenses', 'ACMECORP', 'ACL-123', 'ACL-123-2010', 'Standard', q, 20.00, 20.00, c, c, c, c FROM (VALUES (timestamptz '2025-04-01Z', 505, 10100.00), ('2025-05-01Z', 650, 13000.00), ('2025-06-01Z', 635, 12700.00)) v (m, q, c);
-- A correction takes back what was used; hours are no money, and machine hours no chip-hours.
INSERT INTO charge (billing_currency, charge_period_start, charge_category, charge_class, billed_cost, effective_cost, commitment_discount_id, commitment_discount_quantity, commitment_discount_status, commitment_discount_unit) VALUES
    ('USD', '2023-05-01 03:00Z', 'Usage', NULL, 0, 6, 'corrected', 6, 'Used', 'USD'), ('USD', '2023-05-02Z', 'Usage', NULL, 0, 5, 'corrected', 5, 'Used', 'USD'), ('USD', '2023-05-01 03:00Z', 'Usage', 'Correction', 0, -4, 'corrected', -4, 'Used', 'USD'),
    ('USD', '2023-05-03Z', 'Usage', NULL, 0, NULL, 'corrected', 3, 'Used', 'Hours'), ('USD', '2023-05-03Z', 'Usage', NULL, 0, NULL, 'in_units', 3, 'Used', 'Machine-Hours'), ('USD', '2023-05-03Z', 'Usage', NULL, 0, NULL, 'in_units', 2, 'Used', 'chip-hours');
INSERT INTO party (party_id, name, kind) VALUES ('neo', 'Neo', 'company');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, amount, unit, quantity, price) VALUES
    ('corrected', 'savings_plan', 'neo', 'USD', '2023-05-01', '2023-06-01', 'continuous', '10 USD', NULL, NULL, NULL), ('in_units', 'reserved', 'neo', 'USD', '2023-05-01', '2023-06-01', 'continuous', NULL, 'Chip-Hours', 10, '1 USD');
INSERT INTO contract_commitment (contract_commitment_id, contract_commitment_cost, billing_currency, contract_commitment_model, contract_commitment_period_start, contract_commitment_period_end) VALUES
    ('ratecard', 1, 'USD', 'Discontinuous', '2023-01-01Z', '2024-01-01Z'), ('minimum', 11, 'USD', 'Discontinuous', '2023-01-01Z', '2024-01-01Z'), ('unstated', NULL, NULL, NULL, '2023-01-01 08:00Z', '2123-01-01 08:00Z');
INSERT INTO party (party_id, name, kind) VALUES ('aws', 'Aws', 'company');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, amount)
VALUES ('random', 'savings_plan', 'aws', 'USD', '2023-03-01', '2023-03-04', 'hour', 'continuous', '0.7 USD'), ('minimum', 'minimum_spend', 'aws', 'USD', '2023-01-01', '2024-01-01', 'term', 'discontinuous', '10 USD');
INSERT INTO account (account_id, name, kind) VALUES ('6200', 'cloud', 'expense'), ('1570', 'recoverable VAT', 'asset'), ('3300', 'payables', 'liability');
SELECT publish_load('c_bill', :load) \g /dev/null
SELECT results_eq($$SELECT billed_cost, effective_cost, list_unit_price * pricing_quantity, contracted_cost FROM charge_known WHERE sku_price_id = 'ACL-123-2010' ORDER BY charge_period_start$$,
    $$VALUES (10100.00, 10100.00, 10100.00, 10100.00), (13000.00, 13000.00, 13000.00, 13000.00), (12700.00, 12700.00, 12700.00, 12700.00)$$, 'simple agreement C: seats by the month, 10,100.00, 13,000.00, 12,700.00');
SELECT results_eq($$SELECT commitment_id, billed, used, unused, difference FROM commitment_purchase WHERE commitment_id LIKE 's_' ORDER BY 1$$,
    $$VALUES ('s1', 1.00::numeric(38,15), 1.00::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15)), ('s2', 1, 0, 1, 0), ('s3', 1, 0.75, 0.25, 0), ('s4', 1, 1, 0, 0)$$, 'the scenarios as delivered: used + unused = purchase');
SELECT is((SELECT sum(billed_cost) - sum(effective_cost) FROM charge_known WHERE invoice_id = 'I-1'), 0.0, 'effective = billed over the life');
SELECT results_eq($$SELECT billed, used + unused, difference, has_ended FROM commitment_purchase WHERE commitment_id = 'random'$$, $$VALUES (50.4::numeric(38,15), 50.4::numeric(38,15), 0::numeric(38,15), true)$$, 'of any hours');
SELECT is_empty($$SELECT u.interval_number FROM commitment_utilisation u JOIN charge_known c ON c.commitment_discount_id = u.commitment_id AND c.charge_period_start = u.interval_from AND c.commitment_discount_status = 'Unused'
                  WHERE u.unused_amount <> c.effective_cost$$, 'what the terms leave unused is what is delivered as unused');
SELECT is((SELECT sum(distributed_cost) FROM commitment_distribution WHERE commitment_id = 'random'), 50.4, 'distributed it is the purchase');
SELECT results_eq($$SELECT commitment_id, derived_from, applied_cost FROM commitment_drawdown WHERE derived_from = 'contract_applied' ORDER BY 1$$, $$VALUES ('minimum', 'contract_applied', 0.05::numeric(38,15)), ('ratecard', 'contract_applied', 0.05068608755410)$$, 'a charge draws on two commitments at once');
SELECT is((SELECT remaining FROM commitment_status WHERE commitment_id = 'minimum'), 0.0, 'of a term that is over nothing remains');
SELECT is((SELECT lapsed FROM commitment_status WHERE commitment_id = 'minimum'), 9.95, 'what was not used lapsed');
SELECT results_eq($$SELECT commitment_id, committed, used, lapsed, remaining, state FROM commitment_status WHERE terms = 'delivered' ORDER BY 1$$,
    $$VALUES ('ratecard', 1::numeric(38,15), 0.05068608755410::numeric(38,15), 0.94931391244590::numeric(38,15), 0::numeric(38,15), 'ended'), ('unstated', NULL, NULL, NULL, NULL, 'running')$$, 'where no terms are entered those that are delivered stand');
SELECT results_eq($$SELECT subject_id, detail FROM data_quality WHERE finding = 'commitment_unlike_delivered'$$, $$VALUES ('minimum', 'its terms add up to 10 USD, its provider delivers 11 USD')$$, 'and those that differ are found');
SELECT results_eq($$SELECT covered_list_cost, on_demand_list_cost, coverage, unused_cost FROM commitment_coverage WHERE service_name = 'Compute'$$, $$VALUES (4::numeric(38,15), 0.5::numeric(38,15), 0.888888888888889::numeric(38,15), 1.25::numeric(38,15))$$, 'coverage at list prices');
SELECT results_eq($$SELECT used_list_cost, utilisation, round(break_even_utilisation, 6), saved FROM commitment_month WHERE commitment_id = 's3'$$, $$VALUES (1.00::numeric(38,15), 0.75::numeric(38,15), 0.75, 0::numeric(38,15))$$, 'used to the point where it costs what list prices would');
SELECT results_eq($$SELECT DISTINCT subject_id FROM data_quality WHERE finding = 'commitment_without_terms' ORDER BY 1$$, $$VALUES ('ratecard'), ('s1'), ('s3'), ('s4')$$, 'charges whose commitment has no terms are found');
SELECT results_eq($$SELECT status, eligible_quantity, distributed_quantity, uncovered_quantity, distributed_cost FROM commitment_distribution WHERE commitment_id = 'corrected' ORDER BY status DESC, eligible_quantity DESC$$,
    $$VALUES ('Used', 6::numeric(38,15), 6::numeric(38,15), 0::numeric(38,15), 6::numeric(38,15)), ('Used', 1, 1, 0, 1), ('Unused', NULL, 3, NULL, 3)$$, 'what a correction took back is not uncovered');
SELECT results_eq($$SELECT finding, subject_id, detail FROM data_quality WHERE subject_id IN ('corrected', 'in_units') ORDER BY 1$$,
    $$VALUES ('commitment_draw_in_other_unit', 'in_units', 'counted as Chip-Hours, delivered as Machine-Hours'), ('commitment_draw_left_out', 'corrected', 'without a quantity in its unit: 1')$$, 'hours are not counted as dollars, and other hours are said to be');
CREATE FUNCTION pg_temp.post(invoice text, billed text, decided boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    entry bigint := chipbook.post_entry('c_bill', 'main', 'ifrs', ARRAY[chipbook.posting_line('6200', billed::chipbook.monetary), chipbook.posting_line('3300', - billed::chipbook.monetary)], 'cloud', '2023-01-31', reference => invoice, prepared_by => 'alice');
BEGIN
    IF decided THEN
        PERFORM chipbook.approve_entry('c_bill', entry, 'bob');
    END IF;
END
$$;
SELECT pg_temp.post('I-1', '4.50 USD', true), pg_temp.post('I-2', '900 USD', true), pg_temp.post('I-7', '5 USD', false) \g /dev/null
SELECT results_eq($$SELECT invoice_id, billed, charged, posted, difference, reason FROM invoice_reconciliation WHERE invoice_id LIKE 'I-_' ORDER BY 1$$,
    $$VALUES ('I-1', 4.50::numeric(38,15), 4.50::numeric(38,15), 4.50::numeric(38,15), 0::numeric(38,15), NULL), ('I-2', 950, 950, 900, -50, 'posting_differs'), ('I-3', 119, 100, NULL, -19, 'tax_not_in_charges'),
             ('I-4', 7, NULL, NULL, -7, 'no_charges'), ('I-5', 10, 10.004, NULL, 0.004, 'rounding'), ('I-6', 10, 12, NULL, 2, 'charges_differ'), ('I-7', NULL, 5, NULL, 5, 'no_invoice')$$, 'invoice, charges and journal, and why they differ');

-- Invoices of which one thing is wrong, each.
SELECT open_load('c_bill', 'more bills', 't') AS load \gset
INSERT INTO account (account_id, name, kind) VALUES ('1200', 'bank', 'asset'), ('2660', 'exchange gains', 'income');
INSERT INTO invoice_detail (invoice_issuer_name, invoice_id, invoice_detail_id, billing_currency, billed_cost, charge_category, invoice_issue_status, payment_currency, payment_currency_billed_cost) VALUES
    ('Gcp', 'many', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'tax-off', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'tax-off', '2', 'USD', 19.004, 'Tax', 'Issued', NULL, NULL),
    ('Gcp', 'tax-in', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'credit-off', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'credit-off', '2', 'USD', -30, 'Credit', 'Issued', NULL, NULL),
    ('Gcp', 'credit-in', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'euro', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'part', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL),
    ('Gcp', 'paid', '1', 'USD', 100, 'Usage', 'Issued', 'EUR', 90), ('Gcp', 'paid-wrong', '1', 'USD', 100, 'Usage', 'Issued', 'EUR', 90), ('Gcp', 'elsewhere', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL),
    ('Gcp', 'void', '1', 'USD', 100, 'Usage', 'Voided', NULL, NULL), ('Gcp', 'void-charged', '1', 'USD', 100, 'Usage', 'Voided', NULL, NULL), ('Gcp', 'open', '1', 'USD', 100, 'Usage', 'Open', NULL, NULL),
    ('Gcp', 'net', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'net', '2', 'USD', 19, 'Tax', 'Issued', NULL, NULL), ('Gcp', 'yen', '1', 'JPY', 1000, 'Usage', 'Issued', NULL, NULL), ('Gcp', 'note', '1', 'USD', 100, 'Usage', 'Issued', NULL, NULL);
INSERT INTO charge (billing_currency, charge_period_start, charge_category, invoice_issuer_name, invoice_id, billed_cost)
SELECT cu, timestamptz '2023-01-05Z', ca, 'Gcp', i, b FROM (VALUES ('tax-off', 'USD', 'Usage', 100), ('tax-in', 'USD', 'Usage', 100), ('tax-in', 'USD', 'Tax', 19), ('credit-off', 'USD', 'Usage', 100), ('credit-in', 'USD', 'Usage', 100), ('credit-in', 'USD', 'Credit', -30),
    ('euro', 'EUR', 'Usage', 92), ('part', 'USD', 'Usage', 100), ('paid', 'USD', 'Usage', 100), ('paid-wrong', 'USD', 'Usage', 100), ('elsewhere', 'USD', 'Usage', 100), ('void-charged', 'USD', 'Usage', 100), ('open', 'USD', 'Usage', 100),
    ('net', 'USD', 'Usage', 100), ('net', 'USD', 'Tax', 19), ('yen', 'JPY', 'Usage', 1000.4), ('lost', 'USD', 'Usage', 100), ('note', 'USD', 'Usage', 100)) v (i, cu, ca, b)
UNION ALL SELECT 'USD', '2023-01-05Z', 'Usage', 'Gcp', 'many', 0.11 FROM generate_series(1, 1000) UNION ALL SELECT 'USD', '2023-01-05Z', 'Usage', 'Nobody', 'unstated', 100;
SELECT publish_load('c_bill', :load) \g /dev/null
CREATE FUNCTION pg_temp.post_lines(invoice text, VARIADIC lines posting_line[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chipbook.approve_entry('c_bill', chipbook.post_entry('c_bill', 'main', 'ifrs', lines, 'cloud', '2023-01-31', reference => invoice, prepared_by => 'alice'), 'bob');
END
$$;
SELECT pg_temp.post('part', '100 USD', true), pg_temp.post('paid', '90 EUR', true), pg_temp.post('paid-wrong', '91 EUR', true), pg_temp.post('elsewhere', '100 CHF', true), pg_temp.post('net', '100 USD', true), pg_temp.post('unstated', '100 USD', true),
       pg_temp.post('note', '100 USD', true), pg_temp.post('note', '-10 USD', true) \g /dev/null
SELECT pg_temp.post_lines('part', posting_line('3300', '40 USD'), posting_line('1200', '-38 USD'), posting_line('2660', '-2 USD')) \g /dev/null
SELECT results_eq($$SELECT invoice_id, difference, reason FROM invoice_reconciliation WHERE invoice_issuer_name IN ('Gcp', 'Nobody') ORDER BY invoice_id COLLATE "C", currency$$,
    $$VALUES ('credit-in', -30::numeric(38,15), 'credit_not_in_invoice'), ('credit-off', 30, 'credit_not_in_charges'), ('elsewhere', -100, 'posted_in_other_currency'), ('euro', 92, 'no_invoice'), ('euro', -100, 'charges_in_other_currency'),
             ('lost', 100, 'no_invoice'), ('many', 10, 'charges_differ'), ('net', -19, 'tax_not_posted'), ('note', -10, 'posting_differs'), ('open', -100, 'not_issued'), ('paid', 0, NULL), ('paid-wrong', NULL, 'posted_in_payment_currency_differs'), ('part', 0, NULL),
             ('tax-in', 19, 'tax_not_in_invoice'), ('tax-off', -19.004, 'tax_not_in_charges'), ('unstated', 0, NULL), ('void', 0, NULL), ('void-charged', 100, 'voided'), ('yen', 0.4, 'rounding')$$, 'each with its reason');
SELECT results_eq($$SELECT posted, paid, outstanding FROM invoice_reconciliation WHERE invoice_id = 'part'$$, $$VALUES (100::numeric(38,15), 40::numeric(38,15), 60::numeric(38,15))$$, 'a payment in part is no difference, though part of it is a gain of exchange');
SELECT results_eq($$SELECT invoice_id, posted, payment_currency, payment_billed, payment_posted FROM invoice_reconciliation WHERE invoice_id LIKE 'paid%' ORDER BY 1$$,
    $$VALUES ('paid', NULL::numeric(38,15), 'EUR', 90::numeric(38,15), 90::numeric(38,15)), ('paid-wrong', NULL, 'EUR', 90, 91)$$, 'an invoice in one currency, payable in another');

-- Tax: two thirds recoverable of one issuer, all of it in euro, none of others.
SELECT open_load('c_bill', 'tax', 't') AS load \gset
INSERT INTO tax_recovery (tax_recovery_id, invoice_issuer_name, billing_currency, share, valid_from, valid_to) VALUES ('gcp', 'Gcp', NULL, 0.6, '2023-01-01', '2024-01-01'), ('euro', NULL, 'EUR', 1, '-infinity', 'infinity'), ('other source', 'Gcp', 'USD', 0.5, '2024-01-01', 'infinity');
INSERT INTO charge (billing_currency, charge_period_start, charge_category, invoice_issuer_name, invoice_id, service_provider_name, billed_cost, effective_cost) VALUES
    ('USD', '2024-02-29 23:59Z', 'Tax', 'Gcp', 'leap', 'Gcp', 10, 10), ('EUR', '2024-02-01Z', 'Tax', 'Gcp', 'leap', 'Gcp', 10, 10), ('EUR', '2024-02-01Z', 'Usage', 'Gcp', 'leap', 'Gcp', 50, 50), ('CHF', '2024-02-01Z', 'Tax', 'Aws', 'leap', 'Aws', 10, 10), ('USD', '2024-02-29 23:59Z', 'Tax', 'Gcp', 'leap', 'Gcp', -1, -1);
SELECT publish_load('c_bill', :load) \g /dev/null
SELECT results_eq($$SELECT invoice_issuer_name, invoice_id, currency, tax, recoverable_tax, tax_cost FROM invoice_tax WHERE tax <> 0 ORDER BY invoice_issuer_name COLLATE "C", invoice_id COLLATE "C", currency$$,
    $$VALUES ('Aws', 'leap', 'CHF', 10::numeric(38,15), 0::numeric(38,15), 10::numeric(38,15)), ('Gcp', 'leap', 'EUR', 10, 10, 0), ('Gcp', 'leap', 'USD', 9, 4.5, 4.5), ('Gcp', 'net', 'USD', 19, 11.4, 7.6), ('Gcp', 'tax-in', 'USD', 19, 11.4, 7.6)$$, 'recoverable tax by the rule that says most, on its day');
SELECT results_eq($$SELECT currency, sum(cost) FROM charge_cost WHERE on_day BETWEEN '2024-02-01' AND '2024-02-29' GROUP BY 1 ORDER BY 1$$, $$VALUES ('CHF', 10.0), ('EUR', 50.0), ('USD', 4.5)$$, 'and what is recoverable is no cost');

-- Coverage: of what a commitment could have covered.
SELECT open_load('c_bill', 'scopes', 't') AS load \gset
INSERT INTO charge (billing_currency, charge_period_start, charge_category, service_provider_name, service_name, region_id, sku_id, pricing_category, effective_cost, list_cost, commitment_discount_id, commitment_discount_status, commitment_program_eligibility_details)
SELECT 'USD', timestamptz '2023-08-01Z', 'Usage', p, s, r, k, pc, e, l, id, st, d::jsonb FROM (VALUES
    ('A', 'Compute', 'eu', 'gpu', 'Committed', 6, 10, 'cov', 'Used', NULL), ('A', 'Compute', 'eu', 'gpu', 'Committed', 1, NULL, 'cov', 'Unused', NULL), ('A', 'Compute', 'eu', 'gpu', 'Standard', 9, 10, NULL, NULL, NULL), ('A', 'Compute', 'us', 'gpu', 'Standard', 20, 20, NULL, NULL, NULL),
    ('A', 'Compute', 'eu', 'cpu', 'Standard', 40, 40, NULL, NULL, NULL), ('A', 'Compute', 'eu', 'gpu', 'Dynamic', 3, 9, NULL, NULL, NULL),
    ('B', 'Compute', 'eu', 'gpu', 'Standard', 10, 10, NULL, NULL, '{"Elements": [{"ProgramType": "Savings Plan"}]}'), ('B', 'Compute', 'eu', 'gpu', 'Standard', 7, 7, NULL, NULL, NULL), ('B', 'Compute', 'eu', 'gpu', 'Standard', 5, 5, NULL, NULL, '{"Elements": []}'), ('B', 'Compute', 'eu', 'gpu', 'Committed', 6, 10, 'b', 'Used', NULL),
    ('C', 'Compute', 'eu', 'gpu', 'Standard', 8, 8, NULL, NULL, NULL)) v (p, s, r, k, pc, e, l, id, st, d);
INSERT INTO party (party_id, name, kind) VALUES ('a', 'A', 'company');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, amount) VALUES ('cov', 'savings_plan', 'a', 'USD', '2023-08-01', '2023-09-01', 'continuous', '7 USD');
INSERT INTO commitment_scope (commitment_id, scope_id, provider_name, service_name, region_id, sku_id) VALUES ('cov', '1', 'A', 'Compute', 'eu', 'gpu'), ('cov', '2', 'A', 'Databases', NULL, NULL);
SELECT publish_load('c_bill', :load) \g /dev/null
SELECT results_eq($$SELECT provider_name, covered_cost, on_demand_cost, unused_cost, spot_cost, not_eligible_cost, not_eligible_list_cost, coverage FROM commitment_coverage WHERE period_month = '2023-08-01' ORDER BY 1$$,
    $$VALUES ('A', 6::numeric(38,15), 9::numeric(38,15), 1::numeric(38,15), 3::numeric(38,15), 60::numeric(38,15), 60::numeric(38,15), 0.5::numeric(38,15)), ('B', 6, 10, 0, 0, 12, 12, 0.5), ('C', 0, 8, 0, 0, 0, 0, 0)$$,
    'by the scopes that are entered, by what the provider says, or all of it');
SELECT is_empty($$SELECT k.currency FROM (SELECT billing_currency AS currency, coalesce(sum(effective_cost), 0) AS cost FROM charge_known WHERE charge_category = 'Usage' GROUP BY 1) k
                  LEFT JOIN (SELECT currency, sum(covered_cost + on_demand_cost + unused_cost + spot_cost + not_eligible_cost) AS cost FROM commitment_coverage GROUP BY 1) c USING (currency) WHERE c.cost IS DISTINCT FROM k.cost$$, 'all usage is somewhere, once');
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('c_bill') WHERE severity = 'error'$$, 'the ledger of bills verifies');

SELECT * FROM finish();
ROLLBACK;
