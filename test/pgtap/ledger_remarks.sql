-- What BI tools show beside a view and a column: each says what it is, in what unit, and whether it adds up.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT create_ledger('rem');

CREATE TEMPORARY TABLE shown AS
SELECT n.nspname::text AS schema_name, c.relname::text COLLATE "default" AS view_name, a.attname::text COLLATE "default" AS column_name, format_type(a.atttypid, a.atttypmod) AS type, col_description(c.oid, a.attnum) AS remark, obj_description(c.oid, 'pg_class') AS of_view, c.oid
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE n.nspname IN ('rem_report', 'rem_tenant') AND c.relkind IN ('v', 'm', 'r', 'p', 'f');
SELECT cmp_ok((SELECT count(*) FROM shown), '>', 4000::bigint, 'some thousand columns');
SELECT is_empty('SELECT DISTINCT schema_name, view_name FROM shown WHERE coalesce(of_view, $$$$) = $$$$', 'every view has a remark');
SELECT is_empty('SELECT schema_name, view_name, column_name FROM shown WHERE coalesce(remark, $$$$) = $$$$', 'and every column of it');
SELECT is_empty('SELECT schema_name, view_name, column_name, remark FROM shown WHERE length(remark) < length(column_name) AND remark !~ $$ $$', 'which says more than its name');
SELECT is_empty($$SELECT view_name, column_name, type FROM shown WHERE type NOT IN ('numeric(38,15)', 'text', 'date', 'timestamp with time zone', 'bigint', 'boolean')$$, 'numeric(38,15), text, date, timestamptz, bigint, boolean and nothing else');
SELECT is_empty($$SELECT view_name, column_name FROM shown WHERE column_name !~ '^[a-z][a-z0-9_]*$' OR length(column_name) > 63
    OR column_name IN (SELECT word FROM pg_get_keywords() WHERE catcode = 'R')$$, 'names need no quotes');
-- The same figure of two tables that hold it in different currencies says which.
SELECT is_empty($$SELECT view_name, column_name, remark FROM shown s WHERE type = 'numeric(38,15)' AND column_name ~ '_reporting$' AND remark !~ 'reporting'$$);
SELECT is_empty($$SELECT t.view_name, t.column_name FROM shown t JOIN shown r ON r.schema_name = 'rem_report' AND r.view_name = t.view_name AND r.column_name = t.column_name AND r.remark <> t.remark WHERE t.schema_name = 'rem_tenant'$$,
    'tenants read the same');
SELECT is(column_remark('v', 'idle_cost', 'numeric(38,15)', '{currency,basis,idle_cost}', 'Idle'), 'Idle. In currency. Adds up within one currency, basis.', 'a flow');
SELECT is(column_remark('v', 'book_value_closing', 'numeric(38,15)', '{currency,basis}', NULL), 'Book value at the end of the period. In currency. A state: adds up within one currency, basis, never over time.', 'a state');
SELECT is(column_remark('v', 'cost_per_chip_hour', 'numeric(38,15)', '{currency}', NULL), 'Cost per chip hour. In currency for one. Does not add up: divide sums.', 'a price');
SELECT is(column_remark('v', 'top_share', 'numeric(38,15)', '{currency}', NULL), 'Top share. Does not add up.', 'a ratio');
SELECT is(column_remark('v', 'used_chip_hours', 'numeric(38,15)', '{}', NULL), 'Used chip hours. In chip-hours. Adds up.', 'hours');
SELECT is(column_remark('v', 'amount_low', 'numeric(38,15)', '{unit}', NULL), 'Lower bound of amount. In unit.', 'what has a unit of its own');
SELECT is_empty('SELECT column_name FROM column_words() GROUP BY 1 HAVING count(*) > 1', 'a name has one meaning');
SELECT is_empty($$SELECT w.column_name FROM column_words() w WHERE NOT EXISTS (SELECT FROM shown s WHERE s.column_name = w.column_name)$$, 'and is used');
SELECT is_empty($$SELECT column_name, remark FROM shown WHERE type = 'numeric(38,15)' AND column_name ~ '_(rate|ratio)$' AND view_name <> 'commitment_status' AND remark ~ 'Adds up'$$, 'no ratio adds up');
SELECT is(describe_columns('rem'), 0, 'nothing is left to describe');

SELECT * FROM finish();
ROLLBACK;
