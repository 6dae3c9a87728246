-- Tenants: each sees its own rows of every view, computed from everybody's, and nothing else of the ledger.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
\ir ../bi/world.sql
SELECT no_plan();

CREATE ROLE tenancy_a;
CREATE ROLE tenancy_b;
CREATE ROLE tenancy_cust;
CREATE ROLE tenancy_none;
CREATE ROLE tenancy_reader;
CREATE ROLE tenancy_member IN ROLE tenancy_a, tenancy_b;
CREATE ROLE tenancy_guest NOINHERIT IN ROLE tenancy_a;
SELECT grant_tenant('books', 'tenancy_a', 'a'), grant_tenant('books', 'tenancy_b', tenant_id => 'b'), grant_tenant('books', 'tenancy_cust', party_id => 'CUST');
SELECT grant_tenant('books', 'tenancy_none', 'nobody''s'), grant_ledger('books', 'reader', 'tenancy_reader');

-- ---------------------------------------------------------------------------
-- The list
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('tenant_id', 'party_id')
    WHERE c.relnamespace = 'books_report'::regnamespace AND c.relname NOT IN (SELECT view_name FROM ledger_tenant_views())
      -- The books of an entity that is a party.
      AND c.relname <> 'dim_entity'$$, 'every published view with a tenant or party is theirs, or not for a reason');
SELECT is_empty($$SELECT v.view_name FROM ledger_tenant_views() v WHERE to_regclass('books_report.' || v.view_name) IS NULL OR (v.rows_of = 'none') <> (v.reason IS NOT NULL)$$);
SELECT set_eq($$SELECT relname FROM pg_class WHERE relnamespace = 'books_tenant'::regnamespace AND relkind = 'v'$$, $$SELECT view_name FROM ledger_tenant_views() WHERE rows_of <> 'none'$$);
SELECT is_empty($$SELECT r.relname, r.columns, t.columns FROM
    (SELECT c.relname, c.relnamespace, string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) AS columns FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 GROUP BY 1, 2) r
    JOIN (SELECT c.relname, c.relnamespace, string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) AS columns FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 GROUP BY 1, 2) t
      ON t.relname = r.relname AND t.relnamespace = 'books_tenant'::regnamespace
    WHERE r.relnamespace = 'books_report'::regnamespace AND r.columns <> t.columns$$, 'their columns are those of the published views');

-- ---------------------------------------------------------------------------
-- What the owner sees of each tenant, as published, beside what the tenant sees
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE seen (role_name text, view_name text, what text, row_count bigint, content text);
GRANT INSERT, SELECT ON seen TO PUBLIC;
CREATE FUNCTION pg_temp.look(role_name text, of_view text, what text, relation text, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO seen SELECT %L, %L, %L, count(*), string_agg(t::text, E''\n'' ORDER BY t::text COLLATE "C") FROM %s t WHERE %s', role_name, of_view, what, relation, condition);
END
$$;
SET chipbook.as_of = 'published';
SELECT count(pg_temp.look(r.role_name, v.view_name, 'owner', 'books_report.' || v.view_name,
    CASE WHEN v.rows_of = 'all' THEN 'true' WHEN r.tenant IS NOT NULL THEN format('tenant_id = ANY (%L)', r.tenant)
         WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = ('books_report.' || v.view_name)::regclass AND a.attname = 'party_id') THEN format('party_id = %L', r.party) ELSE 'false' END))
FROM ledger_tenant_views() v, (VALUES ('tenancy_a', '{a}'::text[], NULL), ('tenancy_b', '{b}', NULL), ('tenancy_cust', NULL, 'CUST'), ('tenancy_none', '{nobody''s}', NULL), ('tenancy_member', '{a,b}', NULL)) r (role_name, tenant, party)
WHERE v.rows_of <> 'none';
RESET chipbook.as_of;
SET ROLE tenancy_a;
SELECT count(pg_temp.look(current_user, view_name, 'tenant', 'books_tenant.' || view_name, 'true')) FROM chipbook.ledger_tenant_views() WHERE rows_of <> 'none';
SET ROLE tenancy_b;
SELECT count(pg_temp.look(current_user, view_name, 'tenant', 'books_tenant.' || view_name, 'true')) FROM chipbook.ledger_tenant_views() WHERE rows_of <> 'none';
SET ROLE tenancy_cust;
SELECT count(pg_temp.look(current_user, view_name, 'tenant', 'books_tenant.' || view_name, 'true')) FROM chipbook.ledger_tenant_views() WHERE rows_of <> 'none';
SET ROLE tenancy_none;
SELECT count(pg_temp.look(current_user, view_name, 'tenant', 'books_tenant.' || view_name, 'true')) FROM chipbook.ledger_tenant_views() WHERE rows_of <> 'none';
SET ROLE tenancy_member;
SELECT count(pg_temp.look(current_user, view_name, 'tenant', 'books_tenant.' || view_name, 'true')) FROM chipbook.ledger_tenant_views() WHERE rows_of <> 'none';
RESET ROLE;
SELECT is_empty($$SELECT o.role_name, o.view_name, o.row_count, t.row_count FROM seen o JOIN seen t ON t.role_name = o.role_name AND t.view_name = o.view_name AND t.what = 'tenant'
    WHERE o.what = 'owner' AND (o.row_count <> t.row_count OR o.content <> t.content)$$, 'each tenant sees what the owner sees of it, to the last digit');
SELECT is((SELECT count(*) FROM seen WHERE what = 'tenant'), 5 * (SELECT count(*) FROM ledger_tenant_views() WHERE rows_of <> 'none'), 'in every view');
SELECT is_empty($$SELECT view_name FROM seen s JOIN ledger_tenant_views() v USING (view_name) WHERE s.role_name = 'tenancy_a' AND s.what = 'tenant' AND s.row_count = 0$$, 'and there is something to see in each of them');
SELECT is_empty($$SELECT view_name FROM seen s JOIN ledger_tenant_views() v USING (view_name) WHERE s.role_name = 'tenancy_none' AND s.what = 'tenant' AND v.rows_of = 'tenant' AND s.row_count > 0$$, 'who has no rows sees none');
SELECT isnt((SELECT content FROM seen WHERE role_name = 'tenancy_a' AND view_name = 'allocated_spend' AND what = 'tenant'), (SELECT content FROM seen WHERE role_name = 'tenancy_b' AND view_name = 'allocated_spend' AND what = 'tenant'));

SET ROLE tenancy_a;
SELECT results_eq($$SELECT tenant_id, line, total_cost, allocated_idle_cost FROM books_tenant.allocated_spend WHERE basis = 'ifrs' AND period_month = '2026-10-01'$$,
    $$VALUES ('a', 'tenant', 237777.78::numeric(38,15), 23777.778::numeric(38,15))$$, 'its 40 % of the pool, not 100 %, though it sees nobody else');
SELECT results_eq($$SELECT tenant_id, round(sum(total_cost), 9) FROM books_tenant.spend_by_day GROUP BY 1$$, $$VALUES ('a', 237777.78)$$, 'as days too');
SELECT results_eq($$SELECT model_id, cost FROM books_tenant.token_cost$$, $$VALUES ('m', 6.0::numeric(38,15))$$, 'its tokens');
SELECT results_eq($$SELECT fiscal_period, is_closed FROM books_tenant.dim_date WHERE date_day = '2026-10-31'$$, $$VALUES ('FY26-P10', true)$$);

-- ---------------------------------------------------------------------------
-- And nothing else
-- ---------------------------------------------------------------------------
SELECT throws_ok(format('SELECT FROM %s', c.oid::regclass), '42501', NULL, format('no %s', c.oid::regclass))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'books_report' AND c.relkind = 'v' AND c.relname ~ '^(allocated_spend|general_ledger|data_status|dim_party)$';
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('books', 'books_report') AND c.relkind IN ('r', 'p', 'v', 'm')
    AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))$$, 'no right on any table or published view');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'books' AND p.prosecdef AND p.proname <> 'tenant_rows' AND has_function_privilege(p.oid, 'EXECUTE')$$, 'nor on what runs as the owner');
SELECT is_empty($$SELECT tablename, attname FROM pg_stats WHERE schemaname IN ('books', 'books_report')$$, 'nor do statistics tell');
SELECT throws_ok($$SELECT * FROM books.tenant_rows('general_ledger') t (x text)$$, '42501', NULL, 'the function itself is out of reach');
SELECT throws_ok(format('SELECT %s(%L, %L, %L)', f, 'books', 'tenancy_a', 'b'), '42501', NULL, f || ': it gives itself nothing') FROM unnest('{grant_tenant,revoke_tenant}'::text[]) f;
-- A function of its own in a condition is shown its own rows alone.
RESET ROLE;
CREATE TABLE public.leaked (tenant text, cost numeric);
GRANT INSERT, SELECT ON public.leaked TO tenancy_a;
GRANT CREATE ON SCHEMA public TO tenancy_a;
SET ROLE tenancy_a;
CREATE FUNCTION public.leak(text, numeric) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN INSERT INTO public.leaked VALUES ($1, $2); RETURN true; END $$;
SELECT lives_ok($$SELECT * FROM books_tenant.allocated_spend WHERE public.leak(tenant_id, total_cost)$$);
SELECT is_empty($$SELECT * FROM public.leaked WHERE tenant IS DISTINCT FROM 'a'$$, 'nothing leaks into functions');
SELECT isnt_empty($$SELECT * FROM public.leaked$$);
-- Even through the function, called as if it were granted.
RESET ROLE;
GRANT USAGE ON SCHEMA books TO tenancy_a;
SET ROLE tenancy_a;
SELECT throws_ok(format('SELECT * FROM books.tenant_rows(%L) t (x text)', v), '42501', NULL, format('not "%s"', v)) FROM unnest('{general_ledger,party,"allocated_spend; SELECT 1",dim_party}'::text[]) v;
SELECT throws_ok($$SELECT * FROM books.tenant_rows(NULL) t (x text)$$, '42501');
SELECT results_eq($$SELECT DISTINCT tenant_id FROM books.tenant_rows('token_spend') t (period_month date, service_provider_name text, model_id text, tenant_id text, meter text, currency text, tokens numeric(38,15),
    cost numeric(38,15), cost_per_million_tokens numeric(38,15), usages bigint, requests bigint, last_recorded_at timestamptz)$$, $$VALUES ('a')$$, 'it asks who calls');
RESET ROLE;
REVOKE USAGE ON SCHEMA books FROM tenancy_a;

-- ---------------------------------------------------------------------------
-- Roles
-- ---------------------------------------------------------------------------
SET ROLE tenancy_guest;
SELECT throws_ok('SELECT * FROM books_tenant.job_cost', '42501', NULL, 'a member that does not inherit has to become the tenant''s');
RESET ROLE;
SELECT throws_ok($$SELECT grant_tenant('books', 'tenancy_reader', 'a')$$, '55000', NULL, 'who reads all is no tenant');
SELECT throws_ok($$SELECT grant_ledger('books', 'reader', 'tenancy_a')$$, '55000', NULL, 'nor the other way round');
SELECT throws_ok(format('SELECT grant_tenant(%L, %L, %L, %L)', 'books', 'tenancy_a', t, p), '22023', NULL, 'one of tenant and party') FROM (VALUES ('a', 'CUST'), (NULL, NULL), ('', NULL)) v (t, p);
SELECT throws_ok($$SELECT grant_tenant('books', 'public', 'a')$$, '22023');
SELECT throws_ok($$SELECT grant_tenant('books', 'tenancy_ghost', 'a')$$, '42704');
SELECT lives_ok($$SELECT grant_tenant('books', 'tenancy_a', 'a')$$, 'again');
SELECT is((SELECT count(*) FROM books.tenant_role WHERE role_name = 'tenancy_a'), 1::bigint, 'is no second time');
SELECT lives_ok($$SELECT grant_tenant('books', 'tenancy_a', 'c')$$, 'several tenants');
SELECT lives_ok($$SELECT revoke_tenant('books', 'tenancy_a', 'a')$$);
SET ROLE tenancy_a;
SELECT is_empty('SELECT * FROM books_tenant.allocated_spend', 'what was revoked is gone at once');
SELECT isnt_empty('SELECT * FROM books_tenant.dim_date', 'the rest stays');
RESET ROLE;
SELECT revoke_tenant('books', 'tenancy_a');
SET ROLE tenancy_a;
SELECT throws_ok('SELECT * FROM books_tenant.allocated_spend', '42501', NULL, 'with the last go the rights');
RESET ROLE;
SELECT results_eq($$SELECT tenant_id, revoked_by = session_user FROM books.tenant_role WHERE role_name = 'tenancy_a' ORDER BY 1$$, $$VALUES ('a', true), ('c', true)$$, 'who saw what, and until when, is kept');
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('books') WHERE finding LIKE '%right%' OR finding LIKE '%guard%'$$, 'no right is too wide');

-- ---------------------------------------------------------------------------
-- As of
-- ---------------------------------------------------------------------------
SELECT open_load('books', 'more tokens', 't') AS load \gset
INSERT INTO books.token_usage (usage_id, meter, service_provider_name, model_id, tenant_id, starts_at, ends_at, tokens) VALUES ('u9', 'input', 'A cloud', 'm', 'b', '2026-10-13 10:00Z', '2026-10-13 11:00Z', 1000000);
SELECT publish_load('books', :load);
SET ROLE tenancy_b;
SELECT is((SELECT sum(cost) FROM books_tenant.token_cost), 15.0, 'a tenant sees the last version');
SET chipbook.as_of = 'now';
SELECT is((SELECT sum(cost) FROM books_tenant.token_cost), 18.0, 'or what is known now, when it says so');
SELECT is(current_setting('chipbook.as_of'), 'now', 'and the session keeps its setting');
SET chipbook.as_of = '2026-10-01';
SELECT is((SELECT sum(cost) FROM books_tenant.token_cost), NULL, 'or another day');
RESET chipbook.as_of;
SELECT is((SELECT sum(cost) FROM books_tenant.token_cost), 15.0, 'and is back at the version');
RESET ROLE;

GRANT SELECT ON ALL TABLES IN SCHEMA books TO tenancy_b;
SELECT results_eq($$SELECT subject FROM verify_ledger('books') WHERE finding = 'rights_too_wide'$$, $$VALUES ('tenancy_b')$$, 'who grants a tenant more by hand is told');
SELECT lives_ok($$SELECT drop_ledger('books', 'books')$$);
SELECT hasnt_schema('books_tenant', 'the tenants'' views go with the ledger');

SELECT * FROM finish();
ROLLBACK;
