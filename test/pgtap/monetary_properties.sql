-- monetary: laws that hold for 10,000 random cases each, and the SQLSTATE of every error.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.4217);

-- Amounts of any size with up to fifteen decimals: 1 in 10 zero or round.
CREATE FUNCTION pg_temp.any_amount(digits integer) RETURNS numeric LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN random() < 0.1 THEN floor(random() * 3)::numeric - 1
        ELSE round((random() * 2 - 1)::numeric * 10::numeric ^ floor(random() * (digits + 14) - 14)::integer + (random()::numeric - 0.5) * 1e-9,
                   floor(random() * 16)::integer) END
$$;
CREATE TABLE public.law_case AS
SELECT i, code, i % 500 AS bucket,
       monetary(pg_temp.any_amount(17), code) AS a, monetary(pg_temp.any_amount(17), code) AS b, monetary(pg_temp.any_amount(17), code) AS c,
       monetary(pg_temp.any_amount(9), code) AS s,
       pg_temp.any_amount(8) AS x,
       round(pg_temp.any_amount(5) * 1e-10 + pg_temp.any_amount(5), 30) AS fine,
       (random() * 65535 - 32768)::smallint AS i2, (random() * 2e9 - 1e9)::integer AS i4, (random() * 2e9 - 1e9)::bigint AS i8,
       (random() * 2 - 1) * 10 ^ floor(random() * 12 - 6) AS f
FROM (SELECT i, (ARRAY['USD', 'EUR', 'JPY', 'BHD', 'CLF', 'XAU', 'QQQ'])[1 + floor(random() * 7)::integer]::currency AS code
      FROM generate_series(1, 10000) i) s;
ANALYZE law_case;
SELECT is(count(*), 10000::bigint, '10,000 random cases') FROM law_case;

-- ---------------------------------------------------------------------------
-- Text and binary
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'text round-trips') FROM law_case WHERE a::text::monetary IS DISTINCT FROM a OR monetary_cmp(a::text::monetary, a) <> 0;
SELECT is(count(*), 0::bigint, 'text is the amount with at least the minor unit''s decimals, and no zero more')
FROM law_case
WHERE a::text <> CASE WHEN scale(trim_scale(amount(a))) <= coalesce(minor_unit(code), 2)
                      THEN round(amount(a), coalesce(minor_unit(code), 2)) ELSE trim_scale(amount(a)) END || ' ' || code;
SELECT is(count(*), 0::bigint, 'an amount in any decimal notation reads as numeric does')
FROM (SELECT pg_temp.any_amount(10) * 1e-6 + pg_temp.any_amount(3) * 1e-20 AS n, floor(random() * 20 - 10)::integer AS e FROM generate_series(1, 10000)) r
WHERE (format('%se%s', n, e) || ' USD')::monetary <> monetary(n * 10::numeric ^ e, 'USD')
   OR amount((format('%s USD', n))::monetary) <> n::numeric(38, 15);
SELECT is(count(*), 0::bigint, 'the binary form is amount * 65536 + currency, in network order')
FROM law_case
WHERE octet_length(monetary_send(a)) <> 16
   OR (amount(a) * 1e15 + CASE WHEN amount(a) < 0 THEN 2::numeric ^ 112 ELSE 0 END)
      <> (SELECT sum(get_byte(monetary_send(a), k) * 256::numeric ^ (13 - k)) FROM generate_series(0, 13) k)
   OR substr(monetary_send(a), 15) <> currency_send(code);
CREATE TEMPORARY TABLE text_before AS SELECT md5(string_agg(a::text || s::text || (a * 0.5::float8)::text, ',' ORDER BY i)) AS digest FROM law_case;
SET LOCAL datestyle = 'German'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL extra_float_digits = -15; SET LOCAL timezone = 'Asia/Kolkata';
SELECT is(md5(string_agg(a::text || s::text || (a * 0.5::float8)::text, ',' ORDER BY i)), (SELECT digest FROM text_before), 'no setting changes text or arithmetic') FROM law_case;
RESET datestyle; RESET intervalstyle; RESET extra_float_digits; RESET timezone;
SELECT is(pg_column_size(a), 16, 'sixteen bytes') FROM law_case LIMIT 1;

-- ---------------------------------------------------------------------------
-- Arithmetic, and numeric's answers to the last digit
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'addition is associative and commutative')
FROM law_case WHERE (a + b) + c <> a + (b + c) OR a + b <> b + a;
SELECT is(count(*), 0::bigint, 'subtraction undoes addition; a - b = a + -b')
FROM law_case WHERE (a + b) - b <> a OR a - b <> a + (- b) OR - (- a) <> a OR amount(a - a) <> 0;
SELECT is(count(*), 0::bigint, '+ - and unary minus agree with numeric')
FROM law_case WHERE amount(a + b) <> amount(a) + amount(b) OR amount(a - b) <> amount(a) - amount(b) OR amount(- a) <> - amount(a);
SELECT is(count(*), 0::bigint, 'times an integer agrees with numeric, and commutes')
FROM law_case
WHERE amount(s * i2) <> amount(s) * i2 OR amount(s * i4) <> amount(s) * i4 OR amount(s * i8) <> amount(s) * i8
   OR i2 * s <> s * i2 OR i4 * s <> s * i4 OR i8 * s <> s * i8;
SELECT is(count(*), 0::bigint, 'times a numeric agrees with numeric, rounded half away from zero at 1e-15')
FROM law_case
WHERE amount(s * x) <> round(amount(s) * x, 15) OR amount(s * fine) <> round(amount(s) * fine, 15) OR x * s <> s * x OR fine * s <> s * fine;
SELECT is(count(*), 0::bigint, 'times a float is times its shortest decimal form')
FROM law_case WHERE s * f <> s * f::text::numeric OR f * s <> s * f;
-- q is m / d rounded half away from zero: no more than half a unit off, and beyond m when exactly half.
CREATE FUNCTION pg_temp.is_quotient(q numeric, m numeric, d numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT abs(q * d - m) * 2 < abs(d) * 1e-15 OR (abs(q * d - m) * 2 = abs(d) * 1e-15 AND abs(q * d) > abs(m))
$$;
SELECT is(count(*), 0::bigint, 'by an integer, rounded half away from zero at 1e-15')
FROM law_case
WHERE (i2 <> 0 AND NOT pg_temp.is_quotient(amount(a / i2), amount(a), i2)) OR (i4 <> 0 AND NOT pg_temp.is_quotient(amount(a / i4), amount(a), i4))
   OR (i8 <> 0 AND NOT pg_temp.is_quotient(amount(a / i8), amount(a), i8));
SELECT is(count(*), 0::bigint, 'by a numeric likewise, ties included')
FROM law_case
WHERE (abs(x) > 1e-6 AND NOT pg_temp.is_quotient(amount(s / x), amount(s), x))
   OR (abs(fine) > 1e-6 AND NOT pg_temp.is_quotient(amount(s / fine), amount(s), fine))
   OR NOT pg_temp.is_quotient(amount(a / 2.0), amount(a), 2) OR NOT pg_temp.is_quotient(amount(a / -2.0), amount(a), -2);
SELECT is(count(*), 0::bigint, 'by a float likewise') FROM law_case WHERE abs(f) > 1e-6 AND s / f <> s / f::text::numeric;
SELECT is(count(*), 0::bigint, 'a ratio is numeric''s')
FROM law_case WHERE amount(b) <> 0 AND (a / b <> amount(a) / amount(b) OR scale(a / b) <> scale(amount(a) / amount(b)));

-- ---------------------------------------------------------------------------
-- Order
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'order is by currency, then amount')
FROM law_case p JOIN law_case q ON q.i = 10001 - p.i
WHERE (p.a < q.a) <> ((p.code, amount(p.a)) < (q.code, amount(q.a))) OR (p.a = q.a) <> ((p.code, amount(p.a)) = (q.code, amount(q.a)))
   OR (p.a <= q.a) = (p.a > q.a) OR (p.a >= q.a) = (p.a < q.a) OR (p.a = q.a) = (p.a <> q.a) OR sign(monetary_cmp(p.a, q.a)) <> - sign(monetary_cmp(q.a, p.a));
SELECT is(count(*), 0::bigint, 'sorting agrees')
FROM (SELECT row_number() OVER (ORDER BY a, i) AS by_value, row_number() OVER (ORDER BY code, amount(a), i) AS by_parts FROM law_case) r
WHERE by_value <> by_parts;
SELECT is(count(*), 0::bigint, 'equal values hash alike, however written; seed 0 is the plain hash')
FROM law_case
WHERE monetary_hash(a) <> monetary_hash(((amount(a) * 10)::text || 'e-1 ' || code)::monetary)
   OR (monetary_hash_extended(a, 0) & 4294967295) <> (monetary_hash(a)::bigint & 4294967295);
SELECT ok(count(DISTINCT monetary_hash_extended(a, 7)) = count(DISTINCT a), 'different values hash apart') FROM law_case;

-- ---------------------------------------------------------------------------
-- Aggregates
-- ---------------------------------------------------------------------------
CREATE TABLE public.law_row AS
SELECT i, i / 7 AS grp, monetary(pg_temp.any_amount(15), 'USD') AS m FROM generate_series(7, 70006) i;
UPDATE law_row SET m = NULL WHERE i % 11 = 0;
ANALYZE law_row;
SELECT is(count(*), 10000::bigint, 'sum, min and max of 10,000 groups agree with numeric')
FROM (SELECT FROM law_row GROUP BY grp
      HAVING amount(sum(m)) IS NOT DISTINCT FROM sum(amount(m)) AND amount(min(m)) IS NOT DISTINCT FROM min(amount(m))
         AND amount(max(m)) IS NOT DISTINCT FROM max(amount(m))) s;
SELECT is(count(*), 10000::bigint, 'avg of 10,000 groups agrees with numeric to the last digit')
FROM (SELECT FROM law_row GROUP BY grp HAVING count(m) = 0 OR pg_temp.is_quotient(amount(avg(m)), sum(amount(m)), count(m))) s;
SELECT is(count(*), 0::bigint, 'moving sums and means agree with sums from scratch')
FROM (SELECT sum(m) OVER w AS moving_sum, avg(m) OVER w AS moving_avg, sum(amount(m)) OVER w AS numeric_sum, count(m) OVER w AS n
      FROM law_row WINDOW w AS (PARTITION BY i % 7 ORDER BY i ROWS BETWEEN 5 PRECEDING AND 3 FOLLOWING)) s
WHERE amount(moving_sum) IS DISTINCT FROM numeric_sum OR (n > 0 AND NOT pg_temp.is_quotient(amount(moving_avg), numeric_sum, n));
SELECT is(count(*), 0::bigint, 'states merged in any order give the whole')
FROM (SELECT grp,
             monetary_sum_final(monetary_sum_state_combine(one.st, other.st)) AS one_way,
             monetary_sum_final(monetary_sum_state_combine(other.st, one.st)::text::monetary_sum_state) AS other_way
      FROM (SELECT grp, format('(%s,0,%s,%s,%s)', count(m), floor(coalesce(sum(amount(m)), 0) * 1e15 / 2::numeric ^ 64),
                               mod(mod(coalesce(sum(amount(m)), 0) * 1e15, 2::numeric ^ 64) + 2::numeric ^ 64, 2::numeric ^ 64)::numeric(20, 0),
                               CASE WHEN count(m) > 0 THEN 'USD' END)::monetary_sum_state AS st FROM law_row WHERE i % 2 = 0 GROUP BY grp) one
      JOIN (SELECT grp, format('(%s,0,%s,%s,%s)', count(m), floor(coalesce(sum(amount(m)), 0) * 1e15 / 2::numeric ^ 64),
                               mod(mod(coalesce(sum(amount(m)), 0) * 1e15, 2::numeric ^ 64) + 2::numeric ^ 64, 2::numeric ^ 64)::numeric(20, 0),
                               CASE WHEN count(m) > 0 THEN 'USD' END)::monetary_sum_state AS st FROM law_row WHERE i % 2 = 1 GROUP BY grp) other
      USING (grp)) merged
JOIN (SELECT grp, sum(m) AS whole FROM law_row GROUP BY grp) w USING (grp)
WHERE one_way IS DISTINCT FROM whole OR other_way IS DISTINCT FROM whole;

-- In parallel and partition by partition: the plan is asserted, the answer is the serial one.
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        plan := plan || line || E'\n';
    END LOOP;
    RETURN plan;
END
$$;
PREPARE whole AS SELECT sum(m), avg(m), min(m), max(m) FROM law_row;
CREATE TEMPORARY TABLE serial_answer AS SELECT sum(m), avg(m), min(m), max(m) FROM law_row;
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL max_parallel_workers_per_gather = 2;
SELECT matches(pg_temp.plan_of('SELECT sum(m), avg(m), min(m), max(m) FROM law_row'), 'Partial Aggregate', 'the aggregates run in parallel');
SELECT results_eq('whole', 'SELECT * FROM serial_answer', 'in parallel as serially');
SET LOCAL parallel_leader_participation = off;
SELECT results_eq('whole', 'SELECT * FROM serial_answer', 'also by workers alone');
RESET parallel_leader_participation;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TABLE public.law_part (LIKE law_row) PARTITION BY HASH (i);
CREATE TABLE public.law_part_0 PARTITION OF law_part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.law_part_1 PARTITION OF law_part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO law_part SELECT * FROM law_row;
ANALYZE law_part;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT matches(pg_temp.plan_of('SELECT sum(m), avg(m), min(m), max(m) FROM law_part'), 'Partial Aggregate', 'the aggregates run partition by partition');
SELECT results_eq('SELECT sum(m), avg(m), min(m), max(m) FROM law_part', 'SELECT * FROM serial_answer', 'partition by partition as serially');

-- ---------------------------------------------------------------------------
-- Rounding and allocation
-- ---------------------------------------------------------------------------
SELECT is(count(*), 0::bigint, 'round agrees with numeric')
FROM law_case
WHERE amount(round(s, i % 34 - 18)) <> round(amount(s), i % 34 - 18)
   OR minor_unit(code) IS NOT NULL AND amount(round(s)) <> round(amount(s), minor_unit(code));

CREATE TEMPORARY TABLE split AS
SELECT i, s AS m, (i % 34) - 18 AS decimals,
       (SELECT array_agg(CASE WHEN random() < 0.2 THEN 0 ELSE round((random() * 10 ^ (random() * 6 - 2))::numeric, (k + i) % 5) END) || 1::numeric
        FROM generate_series(1, 1 + i % 6) k) AS weights
FROM law_case;
SELECT is(count(*), 0::bigint, 'the parts add up, one for each weight')
FROM split
WHERE cardinality(allocate(m, weights, decimals)) <> cardinality(weights)
   OR (SELECT sum(part) FROM unnest(allocate(m, weights, decimals)) part) <> m
   OR (SELECT sum(part) FROM unnest(allocate(m, weights)) part) <> m;
-- The method of largest remainders once more, in numeric.
CREATE FUNCTION pg_temp.allocate_numeric(total numeric, weights numeric[], decimals integer) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS $$
    WITH part AS (
        SELECT i, div(abs(total) * w, sum(w) OVER () * 10::numeric ^ (- decimals)) * 10::numeric ^ (- decimals) AS floored,
               mod(abs(total) * w, sum(w) OVER () * 10::numeric ^ (- decimals)) AS remainder
        FROM unnest(weights) WITH ORDINALITY u(w, i)
    ), ranked AS (
        SELECT i, floored, abs(total) - sum(floored) OVER () AS rest, row_number() OVER (ORDER BY remainder DESC, i) - 1 AS place FROM part
    )
    SELECT array_agg(sign(total) * (floored + greatest(0, least(10::numeric ^ (- decimals), rest - place * 10::numeric ^ (- decimals)))) ORDER BY i)
    FROM ranked
$$;
SELECT is(count(*), 0::bigint, 'each part is that of the largest remainders in numeric')
FROM split
WHERE pg_temp.allocate_numeric(amount(m), weights, decimals) <> (SELECT array_agg(amount(part)) FROM unnest(allocate(m, weights, decimals)) part)
   OR pg_temp.allocate_numeric(amount(m), weights, 15) <> (SELECT array_agg(amount(part)) FROM unnest(allocate(m, weights)) part);
SELECT is(count(*), 0::bigint, 'weights too large for integers give the same parts')
FROM split
WHERE allocate(m, weights, decimals) <> allocate(m, (SELECT array_agg(w * 1e60) FROM unnest(weights) w), decimals)
   OR allocate(m, weights, decimals) <> allocate(m, (SELECT array_agg(w * 1e-60) FROM unnest(weights) w), decimals);
SELECT is(count(*), 0::bigint, 'a negative amount is the mirror; a part without weight gets nothing')
FROM split
WHERE (SELECT array_agg(- part) FROM unnest(allocate(- m, weights, decimals)) part) <> allocate(m, weights, decimals)
   OR EXISTS (SELECT FROM unnest(weights, allocate(m, weights, decimals)) u(w, part) WHERE w = 0 AND amount(part) <> 0);

-- The waterfall: capacities that are now and then more, now less than what there is.
CREATE TEMPORARY TABLE fall AS
SELECT m, ARRAY(SELECT monetary(trunc(abs(amount(m)) * w / CASE WHEN i % 3 = 0 THEN 3 ELSE 1000 END, 15), currency(m)) FROM unnest(weights) WITH ORDINALITY u(w, k) WHERE k <= i % 6) AS capacities
FROM split WHERE abs(amount(m)) < 1e15;
SELECT is(count(*), 0::bigint, 'a waterfall adds up, with one part more than capacities')
FROM fall
WHERE cardinality(allocate_waterfall(m, capacities)) <> cardinality(capacities) + 1
   OR (SELECT sum(part) FROM unnest(allocate_waterfall(m, capacities)) part) <> m;
SELECT is(count(*), 0::bigint, 'each part is what is left before it, as far as the capacity goes')
FROM fall
WHERE allocate_waterfall(m, capacities) <> ARRAY(
    SELECT monetary(sign(amount(m)) * greatest(least(c.capacity, abs(amount(m)) - c.before), 0), currency(m))
    FROM (SELECT n.place, coalesce(amount(n.capacity), abs(amount(m))) AS capacity, coalesce(sum(amount(n.capacity)) OVER (ORDER BY n.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
          FROM unnest(capacities || NULL::monetary) WITH ORDINALITY n (capacity, place)) c ORDER BY c.place);
SELECT cmp_ok(count(*) FILTER (WHERE rest = 0), '>', 10::bigint, 'some were filled short') FROM (SELECT amount((allocate_waterfall(m, capacities))[cardinality(capacities) + 1]) AS rest FROM fall) r;
SELECT cmp_ok(count(*) FILTER (WHERE rest <> 0), '>', 10::bigint, 'and some ran over') FROM (SELECT amount((allocate_waterfall(m, capacities))[cardinality(capacities) + 1]) AS rest FROM fall) r;

-- ---------------------------------------------------------------------------
-- Every error has its SQLSTATE
-- ---------------------------------------------------------------------------
SELECT throws_ok('SELECT ' || expression, state, NULL, expression || ' is ' || state)
FROM (VALUES
    ('22P02', $$'1'::monetary$$), ('22P02', $$'NaN USD'::monetary$$), ('22P02', $$'1 usd'::monetary$$), ('22P02', $$'(1,0,0,0,)'::monetary_sum_state$$),
    ('22003', $$'1e19 USD'::monetary$$), ('22003', $$monetary('NaN', 'USD')$$), ('22003', $$monetary('Infinity', 'USD')$$), ('22003', $$monetary(1e30, 'USD')$$),
    ('22003', $$'2e18 USD'::monetary + '2e18 USD'$$), ('22003', $$'-2e18 USD'::monetary - '2e18 USD'$$), ('22003', $$'2e18 USD'::monetary * 2$$),
    ('22003', $$'2e18 USD'::monetary * 1e300$$), ('22003', $$'2e18 USD'::monetary / 1e-300$$), ('22003', $$'1 USD'::monetary * 'NaN'::float8$$),
    ('22003', $$'1 USD'::monetary / 'Infinity'::numeric$$), ('22003', $$- '-2596148429267413814.265248164610048 USD'::monetary$$),
    ('22003', $$(SELECT sum(m) FROM unnest('{2e18 USD,2e18 USD}'::monetary[]) m)$$), ('22003', $$round('2.55e18 USD'::monetary, -17)$$),
    ('22003', $$monetary_accum('(9223372036854775807,0,0,0,USD)', '1 USD')$$),
    ('22012', $$'1 USD'::monetary / 0$$), ('22012', $$'1 USD'::monetary / 0.0$$), ('22012', $$'1 USD'::monetary / 0::float8$$), ('22012', $$'1 USD'::monetary / '0 USD'::monetary$$),
    ('22000', $$'1 USD'::monetary + '1 EUR'$$), ('22000', $$'1 USD'::monetary - '1 EUR'$$), ('22000', $$'1 USD'::monetary / '1 EUR'::monetary$$),
    ('22000', $$(SELECT sum(m) FROM unnest('{1 USD,1 EUR}'::monetary[]) m)$$), ('22000', $$(SELECT avg(m) FROM unnest('{1 USD,1 EUR}'::monetary[]) m)$$),
    ('22000', $$(SELECT min(m) FROM unnest('{1 USD,1 EUR}'::monetary[]) m)$$), ('22000', $$(SELECT max(m) FROM unnest('{1 USD,1 EUR}'::monetary[]) m)$$),
    ('22000', $$monetary_sum_state_combine('(1,0,0,0,USD)', '(1,0,0,0,EUR)')$$), ('22000', $$monetary_accum_inv('(1,0,0,0,USD)', '1 EUR')$$),
    ('22023', $$monetary_accum_inv('(0,0,0,0,)', '1 EUR')$$), ('22023', $$round('1 XAU'::monetary)$$), ('22023', $$round('1 USD'::monetary, 16)$$),
    ('22023', $$allocate('1 USD', '{0,0}')$$), ('22023', $$allocate('1 USD', '{}')$$), ('22023', $$allocate('1 USD', '{{1},{2}}')$$),
    ('22023', $$allocate('1 USD', '{1,-1}')$$), ('22023', $$allocate('1 USD', '{NaN}')$$), ('22023', $$allocate('1 USD', '{1}', -19)$$),
    ('22004', $$allocate('1 USD', '{1,NULL}')$$), ('22004', $$allocate_waterfall('1 USD', '{NULL}')$$), ('22000', $$allocate_waterfall('1 USD', '{1 EUR}')$$),
    ('22023', $$allocate_waterfall('1 USD', '{-1 USD}')$$), ('22023', $$allocate_waterfall('1 USD', '{{1 USD},{1 USD}}')$$)) v(state, expression);

CREATE FUNCTION pg_temp.input_is_valid(input text, type_name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE valid boolean;
BEGIN
    EXECUTE 'SELECT pg_input_is_valid($1, $2)' INTO valid USING input, type_name;
    RETURN valid;
END
$$;
SELECT CASE WHEN current_setting('server_version_num')::integer >= 160000
    THEN is(pg_temp.input_is_valid(input, type_name), false, format('the error of %L is soft', input))
    ELSE skip('soft input errors exist from PostgreSQL 16 on', 1) END
FROM (VALUES ('12,30 USD', 'monetary'), ('1e19 USD', 'monetary'), ('(1)', 'monetary_sum_state')) v(input, type_name);

-- ---------------------------------------------------------------------------
-- Other currencies
-- ---------------------------------------------------------------------------
CREATE TABLE public.rate_case AS
SELECT i, code, s, a, (ARRAY['SEK', 'GBP', 'INR'])[1 + i % 3]::currency AS other,
       -- From few digits, as they are published, to more than 128 bits hold; large, small, whole.
       CASE i % 5 WHEN 0 THEN round((0.5 + random())::numeric, 4) WHEN 1 THEN 1 / round((1 + random() * 200)::numeric, 6)
                  WHEN 2 THEN ceil(random() * 20000)::numeric WHEN 3 THEN round(random()::numeric * 1e-9 + 1e-30, 40) + 1e-55
                  ELSE (0.1 + random())::numeric * 1e-20 + 1 + i / 7::numeric * 1e-3 END AS rate
FROM law_case;
SELECT is(count(*), 0::bigint, 'exchange is numeric''s exact product, rounded once at 1e-15, in the other currency')
FROM rate_case WHERE amount(exchange(s, rate, other)) IS DISTINCT FROM round(amount(s) * rate, 15) OR currency(exchange(s, rate, other)) <> other;
SELECT is(count(*), 0::bigint, 'and so is a product')
FROM rate_case WHERE amount(s * rate) <> round(amount(s) * rate, 15) OR s * (- rate) <> - (s * rate) OR rate * s <> s * rate;
SELECT is(count(*), 0::bigint, 'at 1 an amount is what it was') FROM rate_case WHERE amount(exchange(a, 1.000, other)) <> amount(a) OR exchange(a, 1, code) <> a;
SELECT throws_ok($$SELECT exchange('1 USD', 0, 'EUR')$$, '22023', NULL, 'no rate of zero');
SELECT throws_ok($$SELECT exchange('1 USD', 1.2, 'USD')$$, '22023', NULL, 'nor one into the same currency');
SELECT throws_ok($$SELECT exchange('2e18 USD', 1.5, 'EUR')$$, '22003', NULL, 'nor more than an amount can be');
SELECT results_eq('SELECT unnest(sum_by_currency(a)) FROM law_case', 'SELECT sum(a) FROM law_case GROUP BY code ORDER BY code', 'sum_by_currency is sum by currency, in the order of currencies');
-- All the currencies that there can be, merged at once: an array for each one more would take gigabytes.
CREATE TEMPORARY TABLE all_states AS SELECT array_agg(format('(1,0,0,%s,%s%s%s)', i, chr(65 + i / 676), chr(65 + i / 26 % 26), chr(65 + i % 26))::monetary_sum_state ORDER BY i) AS states FROM generate_series(0, 17575) i;
SELECT is(monetary_sums_combine('{}', states)::text, states::text, 'states of all currencies are merged into none') FROM all_states;
SELECT is(monetary_sums_combine(states, '{}')::text, states::text, 'none into them') FROM all_states;
SELECT is(monetary_sums_combine(states[1:9000] || states[9002:9003], states[5:6] || states[9001:9001] || states[17576:17576])::text,
          (states[1:4] || '{"(2,0,0,8,AAE)","(2,0,0,10,AAF)"}'::monetary_sum_state[] || states[7:9003] || states[17576:17576])::text, 'and some of each') FROM all_states;
SELECT is((SELECT sum_by_currency(d.total) FROM (SELECT unnest(sum_by_currency(a)) AS total FROM law_case GROUP BY bucket) d), (SELECT sum_by_currency(a) FROM law_case), 'sums of sums are the sums');
SELECT is((SELECT sum_by_currency(a ORDER BY i) FROM law_case), (SELECT sum_by_currency(a ORDER BY i DESC) FROM law_case), 'whatever the order of rows');
SELECT is(count(*), 0::bigint, 'a moving frame has what its rows add up to')
FROM (SELECT i, sum_by_currency(a) OVER (ORDER BY i ROWS BETWEEN 6 PRECEDING AND 2 PRECEDING) AS moved FROM law_case WHERE i <= 1000) w
WHERE w.moved IS DISTINCT FROM (SELECT sum_by_currency(n.a) FROM law_case n WHERE n.i BETWEEN w.i - 6 AND w.i - 2);
ALTER TABLE law_case SET (parallel_workers = 2);
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL max_parallel_workers_per_gather = 2;
SELECT ok(pg_temp.plan_of('SELECT sum_by_currency(exchange(a, 1, code)) FROM law_case') ~ 'Partial Aggregate.*\n.*Parallel Seq Scan', 'sum_by_currency and exchange run in parallel');
SELECT is((SELECT sum_by_currency(a) FROM law_case), (SELECT array_agg(t ORDER BY t) FROM (SELECT sum(a) AS t FROM law_case GROUP BY code) n), 'with the same sums');

SELECT * FROM finish();
ROLLBACK;
