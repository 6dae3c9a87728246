-- What remains of contracts, by year, on both sides; what is reported of it, and whether it adds up.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET LOCAL jit = off;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- The functions
-- ---------------------------------------------------------------------------
SELECT is(elapsed_years('2025-11-03', '2032-11-03'), 7::numeric, 'seven years are seven');
SELECT is(round(elapsed_years('2025-11-03', '2026-01-01') * 365, 30), 59::numeric, '59 days of the first year');
SELECT is(elapsed_months('2017-07-01', '2018-01-01'), 6::numeric, 'six months');
SELECT is_empty($$
    SELECT d, n FROM generate_series(date '2023-12-28', date '2024-03-02', interval '13 days') d, generate_series(0, 800) n
    WHERE elapsed_years(d::date, d::date + n) >= elapsed_years(d::date, d::date + n + 1) OR elapsed_months(d::date, d::date + n) > elapsed_months(d::date, d::date + n + 1)$$,
    'time goes forward, leap days included');
SELECT is_empty($$
    SELECT a, l, f FROM generate_series(date '2023-12-25', date '2025-01-05', interval '1 day') a, (VALUES ('years_ahead'), ('fiscal_years')) l (l), generate_series(1, 12) f,
        LATERAL (SELECT count(*) FILTER (WHERE b.gap <> 0) AS gaps, min(b.bucket_from) AS first_day, count(*) FILTER (WHERE b.bucket_to IS NULL) AS open
                 FROM (SELECT o.*, o.bucket_from - lag(o.bucket_to) OVER (ORDER BY o.bucket_number) AS gap FROM obligation_buckets(a::date, l, f) o WHERE o.bucket_from IS NOT NULL) b) c
    WHERE c.gaps > 0 OR c.first_day <> a::date + 1 OR c.open <> 1$$, 'the columns of both layouts follow each other from the next day on, half open, and the last has no end');
SELECT is((SELECT string_agg(bucket, ' ' ORDER BY bucket_number) FROM obligation_buckets('2025-09-30', 'fiscal_years')), 'FY2025 FY2026 FY2027 FY2028 FY2029 thereafter no_term',
          'inside a year its rest and four more, as Amazon has it at 2025-09-30');
SELECT is((SELECT string_agg(bucket, ' ' ORDER BY bucket_number) FROM obligation_buckets('2025-12-31', 'fiscal_years')), 'FY2026 FY2027 FY2028 FY2029 FY2030 thereafter no_term', 'at its end five whole ones');
SELECT is_empty($$SELECT * FROM obligation_buckets('2025-12-31', 'weeks')$$, 'another layout has no columns');

-- OpenAI and AWS: 38 bn over seven years from 2025-11-03 (accounting rules and E18 of this project's formulas).
SELECT is(round(consumed_amount(38, '2025-11-03', '2032-11-03', '2026-01-01'), 6), 0.877495, 'consumed by the end of 2025-12-31');
SELECT is_empty($$
    SELECT s, amount, days FROM (VALUES ('days'), ('months')) s (s), (VALUES (38), (0.01), (1e17), (0)) a (amount), generate_series(1, 900, 97) days
    WHERE (SELECT sum(c.piece) FROM (SELECT consumed_amount(amount, '2024-02-29', '2024-02-29'::date + days, '2024-02-20'::date + n + 1, s) - consumed_amount(amount, '2024-02-29', '2024-02-29'::date + days, '2024-02-20'::date + n, s) AS piece
                                      FROM generate_series(0, days + 20) n) c) <> amount$$, 'day by day it adds up to the amount, exactly');

-- E08b, from Amazon's 10-Q for 2025-09-30: unconditional purchase obligations, in USD m.
SELECT results_eq($$
    SELECT bucket, amount_low, amount, amount_high, open_amount
    FROM rebucket('2025-09-30', '{2025-10-01,2026-01-01,2027-01-01,2028-01-01,2029-01-01,2030-01-01}', '{2026-01-01,2027-01-01,2028-01-01,2029-01-01,2030-01-01,NULL}', '{5897,14864,8697,6288,5722,31465}')$$,
    $$VALUES ('<1y', 17045::numeric, 17045::numeric, 17045::numeric, 0::numeric), ('1-3y', 17129, 17129, 17129, 0), ('3-5y', 7294, NULL, 38759, 31465), ('>5y', 0, NULL, 31465, 31465), ('no_term', 0, 0, 0, 0)$$,
    'an open column gives bounds to those it may lie in');
SELECT is((SELECT sum(amount_low) + max(open_amount) FROM rebucket('2025-09-30', '{2025-10-01,2030-01-01,NULL}', '{2026-01-01,NULL,NULL}', '{7,11,13}')), 31::numeric, 'and nothing is lost');
SELECT is((SELECT amount FROM rebucket('2025-09-30', '{2030-10-01}', '{NULL}', '{5}') WHERE bucket = '>5y'), 5::numeric, 'an open column inside another is known');
SELECT is((SELECT string_agg(amount::text, ' ' ORDER BY bucket_number) FROM rebucket('2025-09-30', '{2025-10-01,2026-01-01,2027-01-01,2028-01-01,2029-01-01,2030-01-01}',
    '{2026-01-01,2027-01-01,2028-01-01,2029-01-01,2030-01-01,NULL}', '{5897,14864,8697,6288,5722,31465}', 'fiscal_years')),
    '5897 14864 8697 6288 5722 31465 0', 'in its own columns it is what it was');

-- E08d: at least 100 a year, 80, 120 and 70 are taken, at 5.
SELECT results_eq($$SELECT shortfall_payment, paid FROM take_or_pay_shortfall('{100}', '{80,120,70}', '5 USD')$$,
    $$VALUES ('100 USD'::monetary, '500 USD'::monetary), ('0 USD', '600 USD'), ('150 USD', '500 USD')$$, 'what is not taken is paid for');
SELECT results_eq($$SELECT paid, made_up, make_up_balance FROM take_or_pay_shortfall('{100}', '{80,120,70}', '5 USD', 1)$$,
    $$VALUES ('500 USD'::monetary, 0::numeric, 20::numeric), ('500 USD', 20, 0), ('500 USD', 0, 30)$$, 'and may be made up: year 2 costs 500, not 600');
SELECT results_eq($$SELECT made_up, expired, make_up_balance FROM take_or_pay_shortfall('{100,100,100,50}', '{80,100,130,90}', '5 USD', 2)$$,
    $$VALUES (0::numeric, 0::numeric, 20::numeric), (0, 0, 20), (20, 0, 0), (0, 0, 0)$$, 'while the right lasts');
SELECT results_eq($$SELECT made_up, expired, make_up_balance FROM take_or_pay_shortfall('{100}', '{80,100,130}', '5 USD', 1)$$,
    $$VALUES (0::numeric, 0::numeric, 20::numeric), (0, 20, 0), (0, 0, 0)$$, 'and no longer');
SELECT is_empty($$
    SELECT m FROM generate_series(0, 4) m, LATERAL (SELECT sum(t.shortfall) AS short, sum(t.made_up) AS made, sum(t.expired) AS gone, (array_agg(t.make_up_balance ORDER BY t.period DESC))[1] AS left_over,
        sum(amount(t.paid)) AS paid, sum(greatest(t.minimum_quantity, t.taken_quantity)) AS most FROM take_or_pay_shortfall('{100}', '{80,120,70,130,90,100,140,60}', '1 USD', m) t) s
    WHERE s.short <> s.made + s.gone + s.left_over OR s.paid <> s.most - s.made$$, 'a right is made up, lapses or is left');
SELECT throws_ok($$SELECT * FROM take_or_pay_shortfall('{100,1}', '{1,2,3}', '5 USD')$$, '22023', NULL, 'as many minimums as periods, or one');
SELECT throws_ok($$SELECT * FROM take_or_pay_shortfall('{100}', '{1,-2}', '5 USD')$$, '22023', NULL, 'nothing negative is taken');
SELECT throws_ok($$SELECT * FROM take_or_pay_shortfall('{100}', '{1}', '5 USD', -1)$$, '22023', NULL, 'nor for less than no time');

-- ---------------------------------------------------------------------------
-- A ledger
-- ---------------------------------------------------------------------------
SELECT create_ledger('obl_books', basis => 'us_gaap');
SET search_path = obl_books_report, obl_books, chipbook, public, pg_catalog;
CREATE FUNCTION pg_temp.bn(billions numeric) RETURNS monetary IMMUTABLE LANGUAGE sql AS $$SELECT chipbook.monetary(billions * 1e9, 'USD')$$;
CREATE FUNCTION pg_temp.usd_m(millions numeric) RETURNS monetary IMMUTABLE LANGUAGE sql AS $$SELECT chipbook.monetary(millions * 1e6, 'USD')$$;

INSERT INTO source (source_id, kind, reference, published_on, confidence) VALUES
    ('press', 'press', 'a press report', '2025-11-03', 'medium'),
    ('standard', 'standard', 'IFRS 15, Example 42', NULL, 'high'),
    ('amzn_q3', 'filing', 'Amazon 10-Q, https://www.sec.gov/Archives/edgar/data/1018724/000101872425000123/R11.htm', '2025-10-31', 'high'),
    ('amzn_2023', 'filing', 'Amazon 10-Q, https://www.sec.gov/Archives/edgar/data/1018724/000101872423000018/R11.htm', '2023-10-27', 'high'),
    ('amzn_q1', 'filing', 'Amazon 10-Q, https://www.sec.gov/Archives/edgar/data/1018724/000101872425000036/R11.htm', '2025-05-02', 'high'),
    ('nvda', 'filing', 'Nvidia 10-Q of 2024-04-28, https://capedgeqa.com/filing/1045810/0001045810-24-000124/NVDA-10Q-2025Q1/file/89/data', '2024-05-29', 'high');
SELECT open_load('obl_books', 'facts', 'press') AS load \gset
INSERT INTO party (party_id, name, kind) VALUES ('AMZN', 'Amazon', 'company'), ('AWS', 'AWS', 'segment'), ('OAI', 'OpenAI', 'company'), ('OAIF', 'OpenAI Foundation', 'foundation'), ('MSFT', 'Microsoft', 'company'),
    ('ORCL', 'Oracle', 'company'), ('NVDA', 'Nvidia', 'company'), ('CRWV', 'CoreWeave', 'company'), ('ANTH', 'Anthropic', 'company'), ('S', 'a supplier', 'company'), ('B', 'customer B', 'company'), ('C', 'customer C', 'company'),
    ('SG', 'Stargate', 'programme');
INSERT INTO relation (party_id, parent_id, kind, valid_from) VALUES ('AWS', 'AMZN', 'segment', '-infinity'), ('OAI', 'OAIF', 'control', '2025-10-28');
INSERT INTO fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'closing', '2025-12-31', 1.25);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount_low, amount, amount_high, signed_on, starts_on, ends_on, legal_status, delivery_stage, evidence, parent_deal_id, tier) VALUES
    ('aws-oai', 'AWS', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(38), NULL, '2025-11-02', '2025-11-03', '2032-11-03', 'signed', 'usable', 'press', NULL, 'prime'),
    ('orcl-oai', 'ORCL', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(300), NULL, '2025-09-10', '2027-01-01', '2032-01-01', 'signed', 'none', 'press', NULL, 'prime'),
    ('msft-oai', 'MSFT', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(250), NULL, '2025-10-28', '2025-10-28', NULL, 'signed', 'none', 'press', NULL, 'prime'),
    ('crwv-oai', 'CRWV', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(22.4), NULL, '2025-09-25', '2025-03-10', NULL, 'signed', 'usable', 'press', NULL, 'prime'),
    ('aws-anth', 'AWS', 'ANTH', 'cloud', 'USD', NULL, NULL, NULL, '2023-09-25', '2023-09-25', NULL, 'signed', 'usable', 'press', NULL, 'prime'),
    ('range', 'MSFT', 'ANTH', 'cloud', 'USD', pg_temp.bn(10), NULL, pg_temp.bn(20), '2025-11-18', '2025-12-01', '2027-12-01', 'signed', 'none', 'press', NULL, 'prime'),
    ('more', 'ORCL', 'ANTH', 'cloud', 'USD', pg_temp.bn(1), pg_temp.bn(1), NULL, '2025-11-18', '2026-01-01', '2027-01-01', 'signed', 'none', 'press', NULL, 'prime'),
    ('euro', 'S', 'ANTH', 'power', 'EUR', NULL, '8 EUR', NULL, '2025-11-18', '2026-01-01', '2034-01-01', 'signed', 'none', 'press', NULL, 'prime'),
    ('talks', 'NVDA', 'OAI', 'chips', 'USD', NULL, pg_temp.bn(7), NULL, '2025-09-22', '2026-07-01', '2027-07-01', 'letter_of_intent', 'none', 'press', NULL, 'prime'),
    ('within', 'AWS', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(3), NULL, '2025-11-02', '2025-11-03', '2026-11-03', 'signed', 'usable', 'press', 'aws-oai', 'prime'),
    ('inside', 'AWS', 'AMZN', 'cloud', 'USD', NULL, pg_temp.bn(5), NULL, '2025-01-01', '2025-01-01', '2030-01-01', 'signed', 'usable', 'press', NULL, 'prime'),
    ('programme', 'SG', 'OAI', 'programme', 'USD', NULL, pg_temp.bn(500), NULL, '2025-01-21', '2025-01-21', '2029-01-21', 'signed', 'none', 'press', NULL, 'programme'),
    ('ifrs15-b', 'S', 'B', 'other', 'USD', NULL, '9600 USD', NULL, '2017-07-01', '2017-07-01', '2019-07-01', 'signed', 'usable', 'contract', NULL, 'prime'),
    ('ifrs15-c', 'S', 'C', 'other', 'USD', NULL, '3150 USD', NULL, '2017-07-01', '2017-07-01', '2019-07-01', 'signed', 'usable', 'contract', NULL, 'prime'),
    ('minimums', 'S', 'OAI', 'capacity', 'USD', NULL, '100 USD', NULL, '2025-06-01', '2025-06-01', '2030-06-01', 'signed', 'none', 'contract', NULL, 'prime');
-- IFRS 15, Example 42: at the end of 2017, 18 of 24 months remain; B pays 400 a month, C 100 a month and an estimated 750 in all.
INSERT INTO deal_minimum (deal_id, valid_from, valid_to, currency, amount, spread, source_id) VALUES
    ('ifrs15-b', '2017-07-01', '2019-07-01', 'USD', '9600 USD', 'months', 'standard'), ('ifrs15-c', '2017-07-01', '2019-07-01', 'USD', '3150 USD', 'months', 'standard');
INSERT INTO deal_minimum (deal_id, is_unconditional, valid_from, valid_to, currency, amount_low, amount, amount_high, cancellable_from) VALUES
    ('minimums', true, '2025-06-01', '2027-06-01', 'USD', NULL, '40 USD', NULL, NULL),
    ('minimums', true, '2027-06-01', '2030-06-01', 'USD', NULL, '30 USD', NULL, '2028-06-01'),
    ('minimums', false, '2026-01-01', '2027-01-01', 'USD', '5 USD', NULL, '10 USD', NULL);
-- Amazon's tables, in USD m: every cell, and the totals it prints.
CREATE TEMP TABLE amazon (as_at date, source_id text, line text, q numeric, y1 numeric, y2 numeric, y3 numeric, y4 numeric, later numeric, total numeric);
INSERT INTO amazon VALUES
    ('2025-09-30', 'amzn_q3', 'Long-term debt principal and interest', 1914, 4518, 10548, 3688, 4388, 57813, 82869),
    ('2025-09-30', 'amzn_q3', 'Operating lease liabilities', 4347, 13414, 12434, 11312, 10207, 51311, 103025),
    ('2025-09-30', 'amzn_q3', 'Finance lease liabilities, including interest', 458, 1665, 1524, 1521, 1187, 7697, 14052),
    ('2025-09-30', 'amzn_q3', 'Financing obligations, including interest', 91, 532, 540, 548, 557, 6556, 8824),
    ('2025-09-30', 'amzn_q3', 'Leases not yet commenced', 996, 4856, 5868, 5089, 4995, 53217, 75021),
    ('2025-09-30', 'amzn_q3', 'Unconditional purchase obligations', 5897, 14864, 8697, 6288, 5722, 31465, 72933),
    ('2025-09-30', 'amzn_q3', 'Other commitments', 1259, 2292, 1330, 1079, 1005, 12313, 19278),
    ('2025-09-30', 'amzn_q3', 'Total commitments', 14962, 42141, 40941, 29525, 28061, 220372, 376002),
    ('2025-03-31', 'amzn_q1', 'Long-term debt principal and interest', 6630, 4501, 10446, 3686, 4387, 57817, 87467),
    ('2025-03-31', 'amzn_q1', 'Operating lease liabilities', 10058, 11817, 10808, 9815, 9070, 46025, 97593),
    ('2025-03-31', 'amzn_q1', 'Finance lease liabilities, including interest', 1183, 1468, 1301, 1137, 1028, 6135, 12252),
    ('2025-03-31', 'amzn_q1', 'Financing obligations, including interest', 345, 519, 527, 536, 544, 6440, 8911),
    ('2025-03-31', 'amzn_q1', 'Leases not yet commenced', 2116, 4017, 5142, 4591, 4628, 46707, 67201),
    ('2025-03-31', 'amzn_q1', 'Unconditional purchase obligations', 8091, 9943, 7476, 5919, 5635, 28304, 65368),
    ('2025-03-31', 'amzn_q1', 'Other commitments', 2477, 1678, 1066, 950, 830, 11523, 18524),
    ('2025-03-31', 'amzn_q1', 'Total commitments', 30900, 33943, 36766, 26634, 26122, 202951, 357316),
    ('2023-09-30', 'amzn_2023', 'Long-term debt principal and interest', 810, 10637, 7326, 5015, 10399, 63814, 98001),
    ('2023-09-30', 'amzn_2023', 'Operating lease liabilities', 3245, 9977, 9390, 8678, 7879, 49645, 88814),
    ('2023-09-30', 'amzn_2023', 'Finance lease liabilities, including interest', 871, 2178, 1428, 1349, 1088, 7660, 14574),
    ('2023-09-30', 'amzn_2023', 'Financing obligations, including interest', 118, 468, 461, 468, 476, 6765, 8756),
    ('2023-09-30', 'amzn_2023', 'Leases not yet commenced', 284, 1963, 1750, 1888, 1956, 18069, 25910),
    ('2023-09-30', 'amzn_2023', 'Unconditional purchase obligations', 2171, 7940, 6626, 5109, 3803, 6221, 31870),
    ('2023-09-30', 'amzn_2023', 'Other commitments', 1415, 2549, 1448, 1282, 980, 8808, 16482),
    ('2023-09-30', 'amzn_2023', 'Total commitments', 8914, 35712, 28429, 23789, 26581, 160982, 284407);
INSERT INTO obligation_disclosure (disclosure_id, party_id, kind, as_at, line, is_total_line, bucket, is_total_bucket, bucket_from, bucket_to, currency, amount, source_id)
SELECT concat_ws(', ', 'AMZN', a.as_at, a.line, b.bucket), 'AMZN', 'commitments', a.as_at, a.line, a.line = 'Total commitments', b.bucket, b.bucket = 'Total', b.bucket_from, b.bucket_to, 'USD', pg_temp.usd_m(b.amount), a.source_id
FROM amazon a CROSS JOIN LATERAL (SELECT extract(year FROM a.as_at)::integer AS y) n CROSS JOIN LATERAL (
    VALUES (n.y::text, a.q, a.as_at + 1, make_date(n.y + 1, 1, 1)), ((n.y + 1)::text, a.y1, make_date(n.y + 1, 1, 1), make_date(n.y + 2, 1, 1)), ((n.y + 2)::text, a.y2, make_date(n.y + 2, 1, 1), make_date(n.y + 3, 1, 1)),
    ((n.y + 3)::text, a.y3, make_date(n.y + 3, 1, 1), make_date(n.y + 4, 1, 1)), ((n.y + 4)::text, a.y4, make_date(n.y + 4, 1, 1), make_date(n.y + 5, 1, 1)), ('Thereafter', a.later, make_date(n.y + 5, 1, 1), NULL),
    ('Total', a.total, NULL, NULL)) b (bucket, amount, bucket_from, bucket_to);
-- Nvidia's, in USD m: fiscal years that end in January.
INSERT INTO obligation_disclosure (disclosure_id, party_id, kind, as_at, line, bucket, is_total_bucket, bucket_from, bucket_to, currency, amount, source_id)
SELECT concat('NVDA ', b.bucket), 'NVDA', 'commitments', '2024-04-28', 'Other purchase obligations', b.bucket, b.bucket = 'Total', b.bucket_from, b.bucket_to, 'USD', pg_temp.usd_m(b.amount), 'nvda'
FROM (VALUES ('FY2025 excluding Q1', 19306, date '2024-04-29', date '2025-01-27'), ('FY2026', 3438, '2025-01-27', '2026-01-26'), ('FY2027', 2573, '2026-01-26', '2027-02-01'), ('FY2028', 2222, '2027-02-01', '2028-01-31'),
    ('FY2029', 1585, '2028-01-31', '2029-01-29'), ('FY2030 and thereafter', 249, '2029-01-29', NULL), ('Total', 29373, NULL, NULL)) b (bucket, amount, bucket_from, bucket_to);
-- Remaining performance obligations as reported: Oracle 455 at 2025-08-31, Microsoft 625 at 2025-12-31, 45 % of it OpenAI.
INSERT INTO obligation_disclosure (disclosure_id, party_id, kind, as_at, line, counterparty_id, currency, amount, share, known_on) VALUES
    ('orcl', 'ORCL', 'remaining_performance_obligation', '2025-08-31', 'RPO', NULL, 'USD', pg_temp.bn(455), NULL, '2025-09-10'),
    ('msft', 'MSFT', 'remaining_performance_obligation', '2025-12-31', 'commercial RPO', NULL, 'USD', pg_temp.bn(625), NULL, '2026-01-28'),
    ('msft-oai', 'MSFT', 'remaining_performance_obligation', '2025-12-31', 'commercial RPO', 'OAIF', 'USD', NULL, 0.45, '2026-01-28');
SELECT publish_load('obl_books', :load, recorded_at => '2026-02-01T08:00:00Z');
SET chipbook.as_of = '2026-02-02';

-- ---------------------------------------------------------------------------
-- Purchase obligations
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT bucket, round(amount / 1e9, 6) FROM purchase_obligations WHERE deal_id = 'aws-oai' AND as_at = '2025-12-31' ORDER BY bucket_number$$,
    $$VALUES ('<1y', 5.428571), ('1-3y', 10.857143), ('3-5y', 10.857143), ('>5y', 9.979648)$$, 'OpenAI and AWS as of the end of 2025-12-31');
SELECT results_eq($$SELECT schedule, round(contract_value / 1e9, 6), round(consumed / 1e9, 6), round(remaining / 1e9, 6), round(remaining_years - 6, 6) FROM contract_remaining WHERE deal_id = 'aws-oai' AND as_at = '2025-12-31'$$,
    $$VALUES ('straight_line_assumed', 38.000000, 0.877495, 37.122505, round(307 / 366.0, 6))$$, 'consumed 59 days of the first contract year; the straight line is labelled');
SET chipbook.as_of = '2026-02-02';
SELECT results_eq($$SELECT b.bucket, round((consumed_amount(38, '2025-11-03', '2032-11-03', coalesce(b.bucket_to, '2032-11-03')) - consumed_amount(38, '2025-11-03', '2032-11-03', b.bucket_from)), 6)
    FROM obligation_buckets('2025-11-02', 'years_ahead') b WHERE b.bucket <> 'no_term'$$,
    $$VALUES ('<1y', 5.428571), ('1-3y', 10.857143), ('3-5y', 10.857143), ('>5y', 10.857143)$$, 'and at signing');
SELECT results_eq($$SELECT bucket, amount / 1e9, amount_low / 1e9, amount_high / 1e9 FROM purchase_obligations WHERE deal_id IN ('msft-oai', 'crwv-oai') AND as_at = '2025-12-31' ORDER BY deal_id DESC$$,
    $$VALUES ('no_term', 250.0, 250.0, 250.0), ('no_term', NULL, 0.0, 22.4)$$, 'no term is a column of its own; once delivery has begun an unknown part is used up');
SELECT results_eq($$SELECT bucket, round(sum(amount_low) / 1e9, 6), round(sum(amount_high) / 1e9, 6), sum(unknown_count) FROM purchase_obligations
    WHERE buyer_id = 'OAI' AND as_at = '2025-12-31' AND currency = 'USD' AND supplier_id <> 'S' GROUP BY bucket, bucket_number ORDER BY bucket_number$$,
    $$VALUES ('<1y', 5.428571, 5.428571, 0::numeric), ('1-3y', 130.857143, 130.857143, 0), ('3-5y', 130.857143, 130.857143, 0), ('>5y', 69.979648, 69.979648, 0), ('no_term', 250.000000, 272.400000, 0)$$,
    'OpenAI''s obligations by year');
SELECT is((SELECT sum(amount) FROM purchase_obligations WHERE deal_id = 'orcl-oai' AND as_at = '2025-12-31'), 300e9, 'what has not begun remains whole');
SELECT results_eq($$SELECT bucket, amount_low / 1e9, amount, amount_high / 1e9 FROM purchase_obligations WHERE deal_id = 'range' AND as_at = '2025-11-30' ORDER BY bucket_number$$,
    $$VALUES ('<1y', 5.0, NULL::numeric, 10.0), ('1-3y', 5.0, NULL, 10.0)$$, 'a range stays one, column by column');
SELECT results_eq($$SELECT unknown_count, unbounded_count, amount_low, amount_high FROM purchase_obligations WHERE deal_id IN ('aws-anth', 'more') AND as_at = '2025-12-31' ORDER BY deal_id$$,
    $$VALUES (1::bigint, 0::bigint, NULL::numeric, NULL::numeric), (0, 1, 1000000000, NULL)$$, 'unknown amounts are NULL and counted, and so is what nothing bounds');
SELECT results_eq($$SELECT sum(amount), sum(reporting_amount), min(reporting_currency) FROM purchase_obligations WHERE deal_id = 'euro' AND as_at = '2025-12-31'$$, $$VALUES (8::numeric, 10::numeric, 'USD')$$, 'in the reporting currency at the closing rate');
SELECT is((SELECT count(reporting_amount) FROM purchase_obligations WHERE deal_id = 'euro' AND as_at = '2025-11-30'), 0::bigint, 'never at 1 without one');
SELECT is((SELECT count(*) FROM purchase_obligations WHERE deal_id IN ('talks', 'within', 'programme')), 0::bigint, 'what does not bind, is inside another or is a programme is not added');
SELECT results_eq($$SELECT DISTINCT legal_status, layout FROM contract_obligations WHERE deal_id = 'talks' AND as_at = '2025-12-31' AND grouping_level = 'party' ORDER BY 2$$,
    $$VALUES ('letter_of_intent', 'fiscal_years'), ('letter_of_intent', 'years_ahead')$$, 'it stands under its status, in both layouts');
SELECT results_eq($$SELECT DISTINCT buyer_id, supplier_id FROM purchase_obligations_group WHERE deal_id = 'aws-oai' AND as_at = '2025-12-31'$$, $$VALUES ('OAIF', 'AMZN')$$, 'between groups');
SELECT results_eq($$SELECT (SELECT count(*) FROM purchase_obligations WHERE deal_id = 'inside' AND as_at = '2025-12-31'), (SELECT count(*) FROM purchase_obligations_group WHERE deal_id = 'inside')$$, $$VALUES (3::bigint, 0::bigint)$$,
    'what happens inside a group is left out of the group');
SELECT results_eq($$SELECT conditionality, bucket, amount_low, amount, amount_high FROM purchase_obligations WHERE deal_id = 'minimums' AND as_at = '2025-05-31' ORDER BY 1, bucket_number$$,
    $$SELECT * FROM (VALUES ('x', 'x', 0::numeric, 0::numeric, 0::numeric)) v WHERE false$$, 'before it exists there is nothing');
SET chipbook.as_of = '2026-06-30';
SELECT results_eq($$SELECT conditionality, bucket, amount_low, amount, amount_high FROM purchase_obligations WHERE deal_id = 'minimums' AND as_at = '2026-05-31' ORDER BY conditionality, bucket_number$$,
    $$VALUES ('cancellable', '1-3y', 10::numeric, 10::numeric, 10::numeric), ('cancellable', '3-5y', 10, 10, 10),
             ('conditional', '<1y', 5 - round(5 * 151 / 365.0, 15), NULL, 10 - round(10 * 151 / 365.0, 15)), ('unconditional', '<1y', 20, 20, 20), ('unconditional', '1-3y', 10, 10, 10)$$,
    'stated minimums by year: what is unconditional, what is not, and what falls due after it may be ended');
SET chipbook.as_of = '2026-02-02';
SELECT is((SELECT detail FROM obl_books.obligation_finding WHERE subject_id = 'aws-oai'), NULL, 'no finding where there is nothing to find');

-- IFRS 15, Example 42: 4,800 in 2018 and 2,400 in 2019; 1,575 and 787.50 (788 printed). Fiscal years are calendar years.
SELECT results_eq($$SELECT deal_id, bucket, amount FROM contract_obligations WHERE deal_id LIKE 'ifrs15-%' AND as_at = '2017-12-31' AND layout = 'fiscal_years' AND grouping_level = 'party' ORDER BY 1, 2$$,
    $$VALUES ('ifrs15-b', 'FY2018', 4800.0), ('ifrs15-b', 'FY2019', 2400.0), ('ifrs15-c', 'FY2018', 1575.0), ('ifrs15-c', 'FY2019', 787.5)$$, 'IFRS 15, Example 42');
SELECT is((SELECT string_agg(concat_ws(' ', customer_id, trim_scale(amount)), ', ' ORDER BY customer_id) FROM (SELECT customer_id, sum(amount) AS amount FROM remaining_performance_obligations WHERE supplier_id = 'S' AND as_at = '2017-12-31' GROUP BY 1) s),
    'B 7200, C 2362.5', 'the supplier''s side');

-- Properties, at every date.
SELECT is_empty($$
    SELECT r.deal_id, r.as_at FROM contract_remaining r
    WHERE r.contract_value <> r.consumed + r.remaining OR r.contract_value_high <> r.consumed_high + r.remaining_high AND r.schedule <> 'no_term' OR (r.contract_value IS NOT NULL AND r.consumed IS NOT NULL AND r.remaining IS NULL)$$,
    'remaining + consumed = contract value');
SELECT is_empty($$
    SELECT r.deal_id, r.as_at, y.layout FROM contract_remaining r CROSS JOIN (VALUES ('years_ahead'), ('fiscal_years')) y (layout)
    LEFT JOIN (SELECT o.deal_id, o.as_at, o.layout, sum(o.amount_low) AS low, CASE WHEN count(*) = count(o.amount) THEN sum(o.amount) END AS amount, CASE WHEN count(*) = count(o.amount_high) THEN sum(o.amount_high) END AS high
               FROM contract_obligations o WHERE o.grouping_level = 'party' GROUP BY 1, 2, 3) o ON o.deal_id = r.deal_id AND o.as_at = r.as_at AND o.layout = y.layout
    WHERE r.remaining > 0 AND (r.remaining = o.amount) IS NOT TRUE OR r.remaining_low > 0 AND (r.remaining_low = o.low) IS NOT TRUE OR r.remaining_high > 0 AND (r.remaining_high = o.high) IS NOT TRUE
       OR (r.remaining IS NULL) <> (o.amount IS NULL) AND o.deal_id IS NOT NULL$$, 'the columns of each layout add up to what remains');
SELECT isnt_empty($$SELECT * FROM contract_obligations$$, 'of which there is something');
SELECT is_empty($$SELECT * FROM contract_obligations WHERE (amount < amount_low) OR (amount > amount_high) OR (amount_low > amount_high) OR bucket <> 'no_term' AND bucket_from IS NULL OR bucket_from <= as_at$$, 'low <= amount <= high');
SELECT is_empty($$
    (SELECT deal_id, as_at, bucket, schedule, conditionality, amount_low, amount, amount_high FROM purchase_obligations EXCEPT SELECT deal_id, as_at, bucket, schedule, conditionality, amount_low, amount, amount_high FROM remaining_performance_obligations)
    UNION ALL (SELECT deal_id, as_at, bucket, schedule, conditionality, amount_low, amount, amount_high FROM remaining_performance_obligations EXCEPT SELECT deal_id, as_at, bucket, schedule, conditionality, amount_low, amount, amount_high FROM purchase_obligations)$$,
    'the supplier''s side is the customer''s, amount for amount');
SELECT is_empty(format($$SELECT 1 FROM %I GROUP BY %s HAVING count(*) > 1$$, c.relname, substring(obj_description(c.oid) FROM '[Kk]ey: \(([a-z_, ]+)\)')), c.relname || ': its key is one')
FROM pg_class c WHERE c.relnamespace = 'obl_books_report'::regnamespace
    AND c.relname IN ('contract_obligations', 'purchase_obligations', 'purchase_obligations_group', 'remaining_performance_obligations', 'remaining_performance_obligations_group', 'contract_remaining', 'provider_backlog',
                      'backlog_tie_out', 'backlog_by_customer', 'disclosure_tie_out', 'disclosure_rebucketed');

-- ---------------------------------------------------------------------------
-- What is reported
-- ---------------------------------------------------------------------------
SELECT is((SELECT count(*) FROM disclosure_tie_out WHERE party_id IN ('AMZN', 'NVDA') AND ties IS NOT TRUE), 0::bigint, 'every row and column of Amazon''s and Nvidia''s tables ties');
SELECT results_eq($$SELECT party_id, as_at, added_up / 1e6, stated / 1e6, cells FROM disclosure_tie_out WHERE subject IN ('Total commitments', 'Other purchase obligations') AND axis = 'line' ORDER BY added_up DESC$$,
    $$VALUES ('AMZN', date '2025-09-30', 376002.0, 376002.0, 6::bigint), ('AMZN', '2025-03-31', 357316.0, 357316.0, 6), ('AMZN', '2023-09-30', 284407.0, 284407.0, 6), ('NVDA', '2024-04-28', 29373.0, 29373.0, 6)$$, 'the totals');
SELECT results_eq($$SELECT as_at, count(*), sum(cells)::bigint FROM disclosure_tie_out WHERE party_id = 'AMZN' GROUP BY as_at ORDER BY as_at$$,
    $$VALUES (date '2023-09-30', 15::bigint, 97::bigint), ('2025-03-31', 15, 97), ('2025-09-30', 15, 97)$$, 'of each table 8 rows of 6 cells and 7 columns of 7 lines');
SELECT results_eq($$SELECT bucket, amount_low / 1e6, amount / 1e6, amount_high / 1e6 FROM disclosure_rebucketed
    WHERE party_id = 'AMZN' AND as_at = '2025-09-30' AND line = 'Unconditional purchase obligations' AND layout = 'years_ahead' AND bucket <> 'no_term' ORDER BY bucket_number$$,
    $$VALUES ('<1y', 17045.0, 17045.0, 17045.0), ('1-3y', 17129.0, 17129.0, 17129.0), ('3-5y', 7294.0, NULL, 38759.0), ('>5y', 0.0, NULL, 31465.0)$$, 'and in the other layout');
SELECT is_empty($$
    SELECT d.party_id, d.as_at, d.line, d.layout FROM disclosure_rebucketed d GROUP BY d.party_id, d.as_at, d.line, d.layout, d.kind, d.currency
    HAVING sum(d.amount_low) + max(d.open_amount) <> (SELECT t.added_up FROM disclosure_tie_out t WHERE t.party_id = d.party_id AND t.as_at = d.as_at AND t.axis = 'line' AND t.subject = d.line)$$, 'which loses nothing');
SELECT results_eq($$SELECT reported_amount / 1e9, reported_share FROM backlog_by_customer WHERE party_id = 'MSFT' AND customer_id = 'OAIF'$$, $$VALUES (281.25, 0.45)$$, '45 % of 625 is 281.25');
SELECT results_eq($$SELECT customer_id, round(share_high, 4), reported_total / 1e9, deals_as_at FROM backlog_by_customer WHERE party_id = 'ORCL'$$, $$VALUES ('OAI', 0.6593, 455.0, date '2025-09-30')$$, 'OpenAI is at most 300 / 455 of Oracle''s');
SELECT results_eq($$SELECT party_id, reported / 1e9, from_deals_low / 1e9, difference / 1e9 FROM backlog_tie_out WHERE party_id = 'ORCL'$$, $$VALUES ('ORCL', 455.0, 300.0, 155.0)$$, 'what no deal explains');
SELECT results_eq($$SELECT provider_id, round(weighted_remaining_years, 6), customers, top_customer_id FROM provider_backlog WHERE provider_id IN ('AMZN', 'AWS') AND as_at = '2025-12-31' AND currency = 'USD' AND grouping_level = 'group'$$,
    $$VALUES ('AMZN', round(6 + 307 / 366.0, 6), 2::bigint, 'OAIF')$$, 'how long a provider''s backlog runs, weighted by what is known of it');
SELECT results_eq($$SELECT finding, subject_id FROM obl_books.obligation_finding ORDER BY 1, 2$$, $$SELECT '' , '' WHERE false$$, 'nothing is wrong with these facts');

-- Facts that are odd are findings.
RESET chipbook.as_of;
SELECT open_load('obl_books', 'odd', 'press') AS odd \gset
INSERT INTO deal_minimum (deal_id, valid_from, valid_to, currency, amount) VALUES ('aws-oai', '2025-11-03', '2026-11-03', 'USD', '7 USD');
INSERT INTO deal_classification (deal_id, basis, classification) VALUES ('orcl-oai', 'ifrs', 'embedded_lease'), ('euro', 'us_gaap', 'operating_lease');
INSERT INTO obligation_disclosure (disclosure_id, party_id, kind, as_at, line, bucket, is_total_bucket, currency, amount) VALUES
    ('o1', 'CRWV', 'backlog', '2025-09-30', 'backlog', 'next year', false, 'USD', '7 USD'), ('o2', 'CRWV', 'backlog', '2025-09-30', 'backlog', 'later', false, 'USD', '8 USD'), ('o3', 'CRWV', 'backlog', '2025-09-30', 'backlog', 'total', true, 'USD', '16 USD');
SELECT publish_load('obl_books', :odd);
SELECT results_eq($$SELECT finding, subject_id FROM data_quality WHERE finding IN (SELECT finding FROM obl_books.obligation_finding) ORDER BY 1, 2$$,
    $$VALUES ('disclosure_does_not_add_up', 'CRWV'), ('embedded_lease_without_lease', 'orcl-oai'), ('lease_not_measured', 'euro'), ('minimums_differ_from_value', 'aws-oai')$$, 'findings');
SELECT throws_ok($$
    SELECT open_load('obl_books', 'twice', 'press');
    INSERT INTO deal_minimum (deal_id, valid_from, valid_to, currency, amount) VALUES ('orcl-oai', '2027-01-01', '2028-01-01', 'USD', '7 USD'), ('orcl-oai', '2027-06-01', '2028-06-01', 'USD', '7 USD');
    SELECT publish_load('obl_books', currval('obl_books.load_load_id_seq'))$$, '23000', NULL, 'two minimums of one time would count twice');

SELECT * FROM finish();
ROLLBACK;
