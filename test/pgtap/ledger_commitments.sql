-- Commitments: intervals, make-up rights, amortisation, FOCUS's distribution over consumption, provisions, postings of the
-- close and invoices. Worked numbers: FOCUS specification 1.2, appendix Commitment Discounts (purchase scenarios 1 to 3, usage
-- scenarios 1 to 4, flexibility) and SaaS examples (spend agreements A1, A2, B2; virtual currency A); IAS 37.66 and HGB section
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
    WHERE (SELECT array_agg(ROW(x.shortfall, x.made_up)::text ORDER BY x.interval_number) FROM commitment_run(c, t, cardinality(c), make_up, false) x)
          IS DISTINCT FROM (SELECT array_agg(ROW(y.shortfall, y.made_up)::text ORDER BY y.period) FROM take_or_pay_shortfall(c, t, '1 USD', make_up) y)
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
    ('tpm', 'provisioned_throughput', 'cloud', 'USD', '2025-01-31', '2025-05-16', 'month', 'continuous', 'all_upfront', 'PTU', 3, '33.33 USD', '50 USD', 0, 'proportional'),
    -- FOCUS virtual currency: 100,000 tokens at 2.
    ('tokens', 'prepaid_capacity', 'cloud', 'USD', '2025-04-01', '2026-04-01', 'term', 'discontinuous', 'all_upfront', 'Token', 100000, '2 USD', NULL, 0, 'waterfall');
INSERT INTO commitment_expectation (commitment_id, expected_on, quantity) VALUES ('onerous', '2025-01-01', 70);
INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, amount) VALUES
    ('my-resource-id', 'all', '2023-01-01 00:00Z', '1 USD'), ('my-resource-id', 'no', '2023-01-01 00:00Z', '0.75 USD'), ('my-resource-id', 'half', '2023-01-01 00:00Z', '1.50 USD'),
    ('april', 'A1', '2025-04-01Z', '48 USD'), ('may', 'A1', '2025-05-01Z', '120 USD'), ('june', 'A1', '2025-06-01Z', '60 USD'),
    ('april', 'A2', '2025-04-01Z', '48 USD'), ('may', 'A2', '2025-05-01Z', '120 USD'), ('june', 'A2', '2025-06-01Z', '60 USD');
INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, quantity) VALUES
    ('my-large-vm-id', 'flex1', '2023-01-01Z', 3), ('my-medium-vm-1', 'flex4', '2023-01-01Z', 2), ('my-medium-vm-2', 'flex4', '2023-01-01Z', 2),
    ('q', 'tokens', '2025-04-01Z', 245), ('z', 'tokens', '2025-04-01Z', 10), ('workflow', 'tokens', '2025-04-01Z', 360),
    ('jan', 'hours', '2025-01-01Z', 700), ('feb', 'hours', '2025-02-28 23:59Z', 900), ('mar', 'hours', '2025-03-01Z', 1200), ('apr-1', 'hours', '2025-04-03Z', 1000), ('apr-2', 'hours', '2025-04-05Z', 300), ('jun', 'hours', '2025-06-01Z', 400);
SELECT publish_load('c_books', :load, recorded_at => '2026-05-01 12:00Z') \g /dev/null
SET chipbook.as_of = '2026-05-01 13:00Z';

-- Purchases and usage of the specification's scenarios.
SELECT results_eq($$SELECT commitment_id, committed, state FROM commitment_status WHERE commitment_id IN ('all', 'no', 'half') ORDER BY 1$$,
    $$VALUES ('all', 8760.00::numeric(38,15), 'ended'), ('half', 8760, 'ended'), ('no', 8760, 'ended')$$, 'purchase scenarios: 8,760 whichever way it is paid');
SELECT results_eq($$SELECT commitment_id, commitment_status, distributed_quantity, distributed_cost FROM commitment_distribution WHERE commitment_id IN ('all', 'no', 'half') AND interval_number = 1 ORDER BY 1, 2 DESC$$,
    $$VALUES ('all', 'Used', 1.00::numeric(38,15), 1.00::numeric(38,15)), ('half', 'Used', 1, 1), ('no', 'Used', 0.75, 0.75), ('no', 'Unused', 0.25, 0.25)$$, 'usage scenarios 1, 3 and 4: used 1.00; 0.75 and 0.25; 1.00');
SELECT is((SELECT uncovered_quantity FROM commitment_distribution WHERE commitment_id = 'half' AND line_id IS NOT NULL), 0.50, 'scenario 4: 0.50 beyond it is charged as ever');
SELECT results_eq($$SELECT commitment_status, distributed_quantity, distributed_cost FROM commitment_distribution WHERE commitment_id = 'all' AND interval_number = 2$$, $$VALUES ('Unused', 1.00::numeric(38,15), 1.00::numeric(38,15))$$, 'scenario 2: unused 1.00');
SELECT results_eq($$SELECT line_id, distributed_quantity, distributed_cost, round(distributed_quantity / 3, 3) FROM commitment_distribution WHERE commitment_id = 'flex1' AND interval_number = 1$$,
    $$VALUES ('my-large-vm-id', 1.00::numeric(38,15), 0.50::numeric(38,15), 0.333)$$, 'flexibility: a third of the large machine, for 0.50');
SELECT results_eq($$SELECT distributed_quantity, distributed_cost FROM commitment_distribution WHERE commitment_id = 'flex4' AND interval_number = 1 AND line_id IS NOT NULL$$, $$VALUES (2.00::numeric(38,15), 1.00::numeric(38,15)), (2.00, 1.00)$$, 'flexibility: two medium machines, 1.00 each');
SELECT results_eq($$SELECT line_id, distributed_cost FROM commitment_distribution WHERE commitment_id = 'tokens' AND commitment_status = 'Used' ORDER BY 1$$, $$VALUES ('q', 490.00::numeric(38,15)), ('workflow', 720), ('z', 20)$$, 'virtual currency A: 490.00, 20.00, 720.00');
SELECT is((SELECT committed FROM commitment_status WHERE commitment_id = 'tokens'), 200000.00, 'of 200,000.00 bought');
SELECT is((SELECT true_up_amount FROM commitment_true_up WHERE commitment_id = 'A1'), 972, 'spend agreement A1: end of contract unused fee 972');
SELECT results_eq($$SELECT due_on, true_up_amount FROM commitment_true_up WHERE commitment_id = 'A2' AND due_on < '2026-04-01' ORDER BY 1$$,
    $$SELECT (date '2025-05-01' + n * interval '1 month')::date, CASE n WHEN 0 THEN 12 WHEN 1 THEN 0 WHEN 2 THEN 0 ELSE 60 END::numeric(38,15) FROM generate_series(0, 10) n$$, 'A2: monthly unused fees 12, none, none, then 60');
SELECT is((SELECT sum(true_up_amount) FILTER (WHERE due_on < '2026-04-01') + 228 + 480 FROM commitment_true_up WHERE commitment_id = 'A2'), 1200, 'which with usage of 228 and the 480 at the end of contract is 1,200');

-- ---------------------------------------------------------------------------
-- Properties of every commitment
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT k.commitment_id FROM commitment_status k LEFT JOIN (SELECT commitment_id, sum(distributed_cost) AS cost FROM commitment_distribution GROUP BY 1) d USING (commitment_id)
                  WHERE k.ends_on <= '2026-05-01' AND d.cost IS DISTINCT FROM k.committed$$, 'used + unused = purchase, of every commitment that has ended');
SELECT is_empty($$SELECT commitment_id, interval_number FROM commitment_utilisation u LEFT JOIN (SELECT commitment_id, interval_number, sum(distributed_cost) AS cost, sum(distributed_quantity) FILTER (WHERE commitment_status <> 'Made up') AS quantity
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
SET chipbook.as_of = '2026-05-01 13:00Z';
SELECT open_load('c_books', 'again', 't') AS load \gset
RESET chipbook.as_of;
