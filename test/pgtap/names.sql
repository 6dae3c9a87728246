-- chipbook first in the path takes nothing away: no name of core's is shadowed, core calls
-- give what they gave, and everything the extension makes says what it is.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- Everything that belongs to the extension.
CREATE TEMPORARY TABLE member AS
SELECT d.classid, d.objid, pg_catalog.pg_describe_object(d.classid, d.objid, 0) AS description
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON d.refobjid = e.oid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'chipbook';

-- ---------------------------------------------------------------------------
-- Names
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT DISTINCT p.proname FROM pg_catalog.pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
    WHERE p.proname IN (SELECT proname FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace)
      AND p.proname NOT IN ('sum', 'avg', 'min', 'max', 'round')$$, 'no function shares a name with core, but for sum, avg, min, max and round');
SELECT is_empty($$
    SELECT t.typname FROM pg_catalog.pg_type t JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
    WHERE t.typname IN (SELECT typname FROM pg_catalog.pg_type WHERE typnamespace = 'pg_catalog'::regnamespace)$$, 'nor does a type');
SELECT is_empty($$
    SELECT o.oid::regoperator FROM pg_catalog.pg_operator o JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
    WHERE EXISTS (SELECT FROM pg_catalog.pg_operator c WHERE c.oprnamespace = 'pg_catalog'::regnamespace AND c.oprname = o.oprname
                  AND c.oprleft = o.oprleft AND c.oprright = o.oprright)$$, 'and no operator takes the operands of one of core''s');
SELECT is_empty($$
    SELECT p.oid::regprocedure, parameter FROM pg_catalog.pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid,
        unnest(p.proargnames) parameter
    WHERE parameter IN (SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode = 'R')$$, 'no parameter or column of a function is a reserved word');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
    WHERE p.proname IN (SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode IN ('R', 'T', 'C'))$$, 'no function''s name needs quotes');

-- ---------------------------------------------------------------------------
-- Core calls: the same answer with chipbook first as without it
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE core_call (call text PRIMARY KEY);
INSERT INTO core_call VALUES
    ($$format('%s', 1)$$), ($$format('%s-%s', 'a', 2.5)$$), ($$round(1.5)$$), ($$round('1.5')$$), ($$round('2.5')$$), ($$round(2.5)$$), ($$round(2.5::float8)$$),
    ($$round(1.45, 1)$$), ($$round('1.45', 1)$$), ($$round(7)$$), ($$round(7::bigint)$$), ($$round(NULL)$$), ($$round(-1.5::real)$$),
    ($$(SELECT sum(i) FROM generate_series(1, 4) i)$$), ($$(SELECT sum(i::bigint) FROM generate_series(1, 4) i)$$), ($$(SELECT sum(i::numeric) FROM generate_series(1, 4) i)$$),
    ($$(SELECT sum(i::float8) FROM generate_series(1, 4) i)$$), ($$(SELECT sum(i::text::interval) FROM generate_series(1, 4) i)$$), ($$(SELECT sum(i::int::money) FROM generate_series(1, 4) i)$$),
    ($$(SELECT avg(i) FROM generate_series(1, 4) i)$$), ($$(SELECT avg(i::numeric) FROM generate_series(1, 4) i)$$), ($$(SELECT avg(i::smallint) FROM generate_series(1, 4) i)$$),
    ($$(SELECT min(i) FROM generate_series(1, 4) i)$$), ($$(SELECT max(i::numeric) FROM generate_series(1, 4) i)$$), ($$(SELECT min(t) FROM unnest('{b,a}'::text[]) t)$$),
    ($$(SELECT max(t::varchar) FROM unnest('{b,a}'::text[]) t)$$), ($$(SELECT max('a') FROM generate_series(1, 2))$$), ($$(SELECT min('2026-01-01'::date + i) FROM generate_series(1, 2) i)$$),
    ($$(SELECT max(now()) > '2000-01-01' FROM generate_series(1, 2))$$), ($$(SELECT sum(i) OVER (ORDER BY i) FROM generate_series(1, 1) i)$$), ($$(SELECT count(*) FROM generate_series(1, 3))$$),
    ($$upper('Ab')$$), ($$lower('Ab')$$), ($$left('abc', 2)$$), ($$right('abc', 2)$$), ($$abs(-1.5)$$), ($$abs('-3')$$), ($$sign(-2)$$), ($$trunc(1.79, 1)$$), ($$ceil(1.2)$$), ($$floor('1.7')$$),
    ($$mod(7, 4)$$), ($$power(2, 3)$$), ($$date_trunc('month', '2026-03-15'::timestamp)$$), ($$'2026-03-31'::date + 1$$), ($$'2026-03-31'::date - '2026-03-01'::date$$),
    ($$(now()::date + 1) - now()::date$$), ($$'2026-01-31'::date + '1 month'::interval$$), ($$extract(year from '2026-03-31'::date)$$), ($$age('2026-01-01'::timestamp, '2025-01-01')$$),
    ($$'2'::int * 3$$), ($$2 * '3'$$), ($$'2' + 3$$), ($$- '2'::int$$), ($$7 / 2$$), ($$7 / 2.0$$), ($$1.5 * 2::float8$$), ($$'6.5' / 2.5$$), ($$'1 hour'::interval * 2$$), ($$2 * '1 hour'::interval$$),
    ($$'1.5'::money + '2'$$), ($$'1.50'::money / 2$$), ($$1 = '1'$$), ($$'a' < 'b'$$), ($$'b' = 'b'$$), ($$1 < 1.5$$), ($$greatest(1, 2.5)$$), ($$least('b', 'a')$$), ($$coalesce(NULL, 1)$$), ($$nullif(1, 1)$$),
    ($$concat('a', 1)$$), ($$'a' || 1$$), ($$1 || 'a'$$), ($$ARRAY[1, 2] || 3$$), ($$3 = ANY ('{1,2,3}')$$), ($$(1, 'a') = (1, 'a')$$), ($$jsonb_build_object('a', 1)$$), ($$to_char(1234.5, '9G999D9')$$),
    ($$CASE WHEN true THEN 1 ELSE 2.5 END$$), ($$(SELECT string_agg(i::text, ',') FROM generate_series(1, 3) i)$$), ($$1 BETWEEN 0 AND 2$$), ($$'1' IN (1, 2)$$), ($$length('abc')$$), ($$substr('abc', 2)$$),
    ($$width_bucket(5.35, 0.024, 10.06, 5)$$), ($$(SELECT stddev(i) FROM generate_series(1, 4) i)$$), ($$(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i) FROM generate_series(1, 4) i)$$);
-- The value and its type, or the SQLSTATE: a call that core refuses must stay refused alike.
CREATE FUNCTION pg_temp.outcome(path text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM pg_catalog.set_config('search_path', path, true);
    BEGIN
        EXECUTE 'SELECT (' || call || ')::text || '' '' || pg_typeof(' || call || ')::text' INTO answer;
    EXCEPTION WHEN others THEN
        answer := SQLSTATE;
    END;
    PERFORM pg_catalog.set_config('search_path', 'chipbook, public, pg_catalog', true);
    RETURN answer;
END
$$;
SELECT cmp_ok(count(*), '>=', 40::bigint, 'forty core calls at least') FROM core_call;
SELECT is(pg_temp.outcome('chipbook, pg_catalog', call), pg_temp.outcome('pg_catalog', call), call) FROM core_call;
SELECT is_empty($$SELECT call FROM core_call WHERE pg_temp.outcome('pg_catalog', call) ~ '^[0-9A-Z]{5}$'$$, 'all of them work in core');
-- Parameters whose type is left to the server, as drivers send them.
PREPARE untyped_round AS SELECT round($1), round($2, 1);
SELECT results_eq($$EXECUTE untyped_round('2.5', '1.45')$$, $$VALUES (2::float8, 1.5::numeric)$$, 'round of an untyped parameter is core''s');

-- The names chipbook does share lead to it with its own types.
SELECT is(pg_typeof(round('1.5 USD'::monetary))::text, 'monetary', 'round of money is money');
SELECT is(currency('USD'), 'USD'::currency, 'currency(''USD'') makes a currency');
SELECT is(currency('5 USD'::monetary), 'USD'::currency, 'currency(m) reads one');
SELECT is(monetary('5 USD'), monetary(5, 'USD'), 'monetary(''5 USD'') makes an amount');

-- ---------------------------------------------------------------------------
-- What each object says of itself
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT description FROM member m
    WHERE m.classid NOT IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
      -- Made along with a type or a table, not by a command of their own.
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE m.classid = 'pg_type'::regclass AND t.oid = m.objid AND (t.typelem <> 0 AND t.typlen = -1 OR t.typrelid <> 0 AND t.typtype = 'c'
                      AND (SELECT relkind FROM pg_catalog.pg_class WHERE oid = t.typrelid) <> 'c'))
      AND pg_catalog.obj_description(m.objid, (SELECT relname FROM pg_catalog.pg_class WHERE oid = m.classid)) IS NULL
    ORDER BY 1$$, 'every object has a comment');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
    WHERE p.prokind = 'a' AND p.proparallel <> 's'$$, 'every aggregate is parallel safe');
SELECT is_empty($$
    SELECT a.aggfnoid FROM pg_catalog.pg_aggregate a JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = a.aggfnoid
    WHERE a.aggkind = 'n' AND (a.aggcombinefn = 0 OR a.aggtranstype IN (SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'p'))$$,
    'and has a combine function and a state of a type that can be shipped');
SELECT is_empty($$
    SELECT o.oid::regoperator FROM pg_catalog.pg_operator o JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
    WHERE o.oprcom = 0 AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '+', '*') AND o.oprleft <> 0$$, 'operators that commute say so');
SELECT is_empty($$
    SELECT o.oid::regoperator FROM pg_catalog.pg_operator o JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
    WHERE o.oprresult = 'boolean'::regtype AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=') AND (o.oprnegate = 0 OR o.oprrest = 0 OR o.oprjoin = 0)$$,
    'comparisons name their negators and estimators');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_catalog.pg_operator o JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
        JOIN pg_catalog.pg_proc p ON p.oid = o.oprcode
    WHERE o.oprresult = 'boolean'::regtype AND o.oprleft IN ('currency'::regtype, 'monetary'::regtype) AND NOT p.proleakproof$$,
    'comparisons of currencies and money are leakproof');
SELECT is_empty($$
    SELECT c.castsource::regtype, c.casttarget::regtype FROM pg_catalog.pg_cast c JOIN member m ON m.classid = 'pg_cast'::regclass AND m.objid = c.oid
    WHERE c.castsource = 'monetary'::regtype AND c.castcontext <> 'e'$$, 'no cast drops a currency unasked');

SELECT * FROM finish();
ROLLBACK;
