-- Commitments of random worlds: every kind of term, interval, payment and right, drawn on by charges and by hand, with
-- corrections, on leap days, in more than one load. Nothing is expected but what must hold of all of them.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET client_min_messages = warning;
SELECT no_plan();
SELECT setseed(0.25);

SELECT create_ledger('w_books');
SET search_path = w_books_report, w_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('t', 'contract', 'contracts', 'high');
CREATE FUNCTION pg_temp.one_of(VARIADIC words text[]) RETURNS text VOLATILE LANGUAGE sql RETURN words[1 + floor(random() * cardinality(words))::integer];
CREATE FUNCTION pg_temp.some(upto numeric, places integer) RETURNS numeric VOLATILE LANGUAGE sql RETURN round((random() * upto::double precision)::numeric, places);
SELECT open_load('w_books', 'a world', 't') AS load \gset
INSERT INTO party (party_id, name, kind) VALUES ('cloud', 'Cloud', 'company');
INSERT INTO commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, amount, upfront_amount, unit, quantity, price, on_demand_price, make_up_intervals, true_up, distribution, recognition)
SELECT format('c%s', n), pg_temp.one_of('reserved', 'savings_plan', 'take_or_pay', 'minimum_spend', 'prepaid_capacity', 'provisioned_throughput', 'neocloud_capacity'), 'cloud', currency::currency, s, s + CASE f WHEN 'hour' THEN 1 + days % 9 ELSE days END, f,
       pg_temp.one_of('continuous', 'discontinuous'), m, CASE WHEN n % 2 = 0 THEN monetary(a, currency::currency) END, CASE WHEN m = 'partial_upfront' THEN monetary(round(a * 3.3, 2), currency::currency) END,
       CASE WHEN n % 2 = 1 THEN 'Chip-Hours' END, CASE WHEN n % 2 = 1 THEN a END, CASE WHEN n % 2 = 1 THEN monetary(pg_temp.some(4, 6), currency::currency) END, monetary(3, currency::currency),
       CASE WHEN f = 'hour' THEN 0 ELSE nullif(floor(random() * 5)::integer, 4) END, pg_temp.one_of('none', 'interval', 'term'), pg_temp.one_of('waterfall', 'proportional'),
       CASE WHEN f = 'hour' OR m = 'no_upfront' THEN 'time' ELSE pg_temp.one_of('time', 'draw') END
FROM (SELECT n, pg_temp.one_of('USD', 'EUR', 'JPY', 'KWD') AS currency, date '2023-11-25' + floor(random() * 120)::integer AS s, pg_temp.one_of('hour', 'day', 'week', 'month', 'month', 'quarter', 'half_year', 'year', 'term') AS f,
             pg_temp.one_of('no_upfront', 'partial_upfront', 'all_upfront') AS m, 0.01 + pg_temp.some(100, 4) AS a, 1 + floor(random() * 400)::integer AS days FROM generate_series(1, 90) n) w;
CREATE FUNCTION pg_temp.draw(of_draws integer) RETURNS void LANGUAGE sql BEGIN ATOMIC
    INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, amount, quantity)
    SELECT format('%s %s', of_draws, n), c.commitment_id, c.starts_on::timestamp AT TIME ZONE 'UTC' + random() * 1.02 * ((c.ends_on - c.starts_on) * interval '1 day'),
           CASE WHEN n % 2 = 0 THEN monetary(pg_temp.some(60, 5), c.currency) END, CASE WHEN n % 2 = 1 THEN pg_temp.some(60, 3) END
    FROM generate_series(1, of_draws) n JOIN LATERAL (SELECT k.* FROM commitment k WHERE k.commitment_id = format('c%s', 1 + (n * 7919) % 90)) c ON true;
    -- Charges, one in four a correction of it; some in another currency or unit.
    INSERT INTO charge (billing_currency, charge_period_start, charge_category, charge_class, commitment_discount_id, commitment_discount_status, effective_cost, billed_cost, commitment_discount_quantity, commitment_discount_unit)
    SELECT CASE WHEN n % 19 = 0 THEN 'CHF' ELSE c.currency::text END, c.starts_on::timestamp AT TIME ZONE 'UTC' + random() * ((c.ends_on - c.starts_on) * interval '1 day'), 'Usage', CASE WHEN n % 4 = 0 THEN 'Correction' END, c.commitment_id, 'Used',
           CASE WHEN n % 4 = 0 THEN -1 ELSE 1 END * pg_temp.some(40, 9), 0, CASE WHEN c.unit IS NOT NULL THEN CASE WHEN n % 4 = 0 THEN -1 ELSE 1 END * pg_temp.some(40, 9) END, c.unit
    FROM generate_series(1, of_draws) n JOIN LATERAL (SELECT k.* FROM commitment k WHERE k.commitment_id = format('c%s', 1 + (n * 104729) % 90)) c ON true;
END;
SELECT pg_temp.draw(500);
SELECT publish_load('w_books', :load, recorded_at => '2024-03-01 12:00Z') \g /dev/null
SELECT open_load('w_books', 'more', 't') AS load \gset
SELECT pg_temp.draw(400);
SELECT publish_load('w_books', :load, recorded_at => '2024-06-01 12:00Z') \g /dev/null
SELECT cmp_ok((SELECT count(DISTINCT (fulfilment_interval, payment_model, recognition)) FROM commitment_known), '>', 20::bigint, 'a world of many kinds');

CREATE TEMPORARY TABLE answer (at timestamptz, commitment_id text, committed numeric, used numeric, lapsed numeric, remaining numeric, burn_rate numeric, utilisation numeric);
-- What must hold, as known and on the day of the setting.
CREATE FUNCTION pg_temp.broken() RETURNS TABLE (rule text, commitment_id text, detail text) LANGUAGE sql BEGIN ATOMIC
    WITH status AS MATERIALIZED (SELECT s.* FROM commitment_status s WHERE s.terms = 'entered'),
    utilisation AS MATERIALIZED (SELECT u.* FROM commitment_utilisation u),
    spread AS MATERIALIZED (SELECT d.* FROM commitment_distribution d)
    SELECT 'committed = used + lapsed + remaining', s.commitment_id, concat_ws(' ', s.committed, s.used, s.lapsed, s.remaining) FROM status s
    WHERE s.used + s.lapsed + s.remaining <> s.committed OR least(s.used, s.lapsed, s.remaining) < 0 OR s.remaining < s.make_up_open OR s.state = 'ended' AND s.remaining <> 0
    UNION ALL
    -- Rights in money are rounded one by one.
    SELECT 'status is its intervals', s.commitment_id, concat_ws(' ', s.used_quantity, u.used, s.committed_until_now, u.over, s.utilisation, s.lapsed, u.lapsed)
    FROM status s JOIN (SELECT u.commitment_id, sum(u.used_quantity + u.made_up_quantity) AS used, sum(u.committed_quantity) FILTER (WHERE u.is_over) AS over, sum(u.used_quantity + u.made_up_quantity) FILTER (WHERE u.is_over) AS used_over,
                               sum(u.unused_amount) FILTER (WHERE u.is_over) AS lapsed, bool_and(k.make_up_intervals = 0) AS is_simple
                        FROM utilisation u JOIN commitment_known k ON k.commitment_id = u.commitment_id GROUP BY u.commitment_id) u ON u.commitment_id = s.commitment_id
    WHERE s.used_quantity <> u.used OR s.committed_until_now <> coalesce(u.over, 0) OR s.used_until_now <> coalesce(u.used_over, 0) OR u.is_simple AND s.lapsed <> coalesce(u.lapsed, 0)
    UNION ALL
    SELECT 'used + unused = committed', u.commitment_id, u.interval_number::text FROM utilisation u
    WHERE u.used_quantity + u.unused_quantity <> u.committed_quantity OR u.used_amount + u.unused_amount <> u.committed_amount OR u.used_quantity < 0 OR u.unused_quantity < 0 OR u.excess_quantity < 0 OR u.interval_from >= u.interval_to
    UNION ALL
    SELECT 'intervals follow each other', u.commitment_id, u.interval_number::text
    FROM (SELECT n.*, lag(n.interval_to) OVER (PARTITION BY n.commitment_id ORDER BY n.interval_number) AS before FROM utilisation n) u WHERE u.before <> u.interval_from
    UNION ALL
    SELECT 'what is distributed is the interval', u.commitment_id, concat_ws(' ', u.interval_number, d.cost, u.committed_amount)
    FROM utilisation u LEFT JOIN (SELECT n.commitment_id, n.interval_number, sum(n.distributed_cost) AS cost, coalesce(sum(n.distributed_quantity) FILTER (WHERE n.status <> 'Made up'), 0) AS quantity,
                                    coalesce(sum(n.distributed_quantity) FILTER (WHERE n.status = 'Made up'), 0) AS made_up, coalesce(sum(n.eligible_quantity) FILTER (WHERE n.status = 'Used'), 0) AS eligible
                             FROM spread n GROUP BY n.commitment_id, n.interval_number) d ON d.commitment_id = u.commitment_id AND d.interval_number = u.interval_number
    WHERE u.is_over AND (d.cost IS DISTINCT FROM u.committed_amount OR d.quantity IS DISTINCT FROM u.committed_quantity)
       OR coalesce(d.made_up, 0) <> u.made_up_quantity OR coalesce(d.eligible, 0) <> u.used_quantity + u.made_up_quantity + u.excess_quantity
    UNION ALL
    SELECT 'nobody takes more than it can', d.commitment_id, d.line_id FROM spread d WHERE d.uncovered_quantity < 0 OR d.distributed_quantity < 0 OR d.distributed_cost < 0
    UNION ALL
    SELECT 'a right is used, lapses or is open', m.commitment_id, m.interval_number::text FROM commitment_make_up m
    WHERE m.arisen_quantity <> m.used_quantity + m.lapsed_quantity + m.open_quantity OR least(m.used_quantity, m.lapsed_quantity, m.open_quantity) < 0 OR m.lapsed_quantity > 0 AND m.expires_on > (SELECT c.effective_date + 1 FROM commitment_clock c)
    UNION ALL
    SELECT 'rights used are what was made up', u.commitment_id, NULL FROM (SELECT n.commitment_id, sum(n.made_up_quantity) AS made_up FROM utilisation n GROUP BY 1) u
    LEFT JOIN (SELECT n.commitment_id, sum(n.used_quantity) AS used FROM commitment_make_up n GROUP BY 1) m ON m.commitment_id = u.commitment_id WHERE u.made_up <> coalesce(m.used, 0)
    UNION ALL
    SELECT 'a true-up and what was used are the purchase', t.commitment_id, concat_ws(' ', t.paid, s.committed)
    FROM (SELECT n.commitment_id, sum(n.true_up_amount) AS paid, bool_and(n.true_up = 'interval') AS by_interval FROM commitment_true_up n GROUP BY 1) t
    JOIN status s ON s.commitment_id = t.commitment_id AND s.state = 'ended'
    JOIN (SELECT n.commitment_id, sum(n.used_amount) AS used FROM utilisation n GROUP BY 1) u ON u.commitment_id = t.commitment_id
    WHERE abs(t.paid - CASE WHEN t.by_interval THEN s.committed - u.used ELSE s.committed - s.used END) > 0.0000000001
    UNION ALL
    SELECT 'amortisation is the purchase', k.commitment_id, concat_ws(' ', a.expense, k.total_amount)
    FROM commitment_term k JOIN (SELECT n.commitment_id, sum(n.expense) AS expense, sum(n.prepaid_expense) AS prepaid, sum(n.prepaid_added) AS added FROM commitment_amortisation n GROUP BY 1) a ON a.commitment_id = k.commitment_id
    WHERE abs(a.expense - k.total_amount) > power(10, - k.decimals) OR a.prepaid <> round(k.upfront, k.decimals) OR a.added <> a.prepaid
    UNION ALL
    SELECT 'a prepayment rolls forward', p.commitment_id, concat_ws(' ', p.period_month, p.prepaid_opening, p.before)
    FROM (SELECT n.*, lag(n.prepaid_closing, 1, 0.0) OVER (PARTITION BY n.commitment_id ORDER BY n.period_month) AS before FROM commitment_prepayment n) p
    WHERE p.prepaid_opening <> p.before OR p.prepaid_closing <> p.prepaid_opening + p.prepaid_added - p.drawn_expense - p.lapsed_expense OR p.prepaid_closing < 0 OR p.lapsed_expense < 0
    UNION ALL
    SELECT 'a prepayment is expensed by the end', p.commitment_id, concat_ws(' ', p.expense, k.upfront)
    FROM (SELECT n.commitment_id, sum(n.drawn_expense + n.lapsed_expense) AS expense, sum(n.prepaid_added) AS added FROM commitment_prepayment n GROUP BY 1) p JOIN commitment_term k ON k.commitment_id = p.commitment_id
    WHERE p.added <> round(k.upfront, k.decimals) OR k.ends_on <= (SELECT c.effective_date FROM commitment_clock c) AND p.expense <> p.added;
END;

SET chipbook.as_of = '2024-03-01 13:00Z';
SELECT is_empty('SELECT * FROM pg_temp.broken()', 'as first known');
INSERT INTO answer SELECT '2024-03-01 00:00Z', commitment_id, committed, used, lapsed, remaining, burn_rate, utilisation FROM commitment_status;
SET chipbook.as_of = '2024-06-01 13:00Z';
SELECT is_empty('SELECT * FROM pg_temp.broken()', 'as known later');
INSERT INTO answer SELECT '2024-06-01 00:00Z', commitment_id, committed, used, lapsed, remaining, burn_rate, utilisation FROM commitment_status;
SELECT isnt_empty($$SELECT FROM answer a JOIN answer b USING (commitment_id) WHERE a.at < b.at AND a.used <> b.used$$, 'which is not the same');
RESET chipbook.as_of;
SELECT is_empty('SELECT * FROM pg_temp.broken()', 'and when all is over');
SELECT is((SELECT count(*) FROM commitment_status WHERE state <> 'ended'), 0::bigint);
SELECT isnt_empty($$SELECT FROM commitment_prepayment WHERE lapsed_expense > 0 AND drawn_expense > 0$$);
SELECT isnt_empty($$SELECT FROM commitment_line WHERE quantity < 0$$);
-- What was known then is answered again, in whatever time zone.
SET TimeZone = 'Pacific/Kiritimati';
SET chipbook.as_of = '2024-03-01 13:00Z';
SELECT is_empty($$SELECT commitment_id, committed, used, lapsed, remaining, burn_rate, utilisation FROM commitment_status EXCEPT SELECT commitment_id, committed, used, lapsed, remaining, burn_rate, utilisation FROM answer WHERE at = '2024-03-01 00:00Z'$$, 'the first answer again');
SELECT is((SELECT count(*) FROM commitment_status), 90::bigint);
SET TimeZone = 'America/Adak';
SET chipbook.as_of = '2024-06-01 13:00Z';
SELECT is_empty($$SELECT commitment_id, committed, used, lapsed, remaining, burn_rate, utilisation FROM commitment_status EXCEPT SELECT commitment_id, committed, used, lapsed, remaining, burn_rate, utilisation FROM answer WHERE at = '2024-06-01 00:00Z'$$, 'and the second');
RESET chipbook.as_of;
RESET TimeZone;
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('w_books') WHERE severity = 'error'$$, 'the ledger verifies');

SELECT * FROM finish();
ROLLBACK;
