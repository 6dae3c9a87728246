-- verify_ledger recomputes what refreshes stored: nothing to say of what was kept, and what is changed behind the
-- guards' back is found, of what is held, and of what was held before if that is asked for.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'America/St_Johns';
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('s');
-- Few months until now: each moment of each is computed again, for every change.
SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '2 months')::date AS month \gset
INSERT INTO s.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('s', 'a pool', 't') AS load \gset
INSERT INTO s.pool (pool_id, name, ownership) VALUES ('C', 'cloud', 'rented'), ('D', 'another', 'rented');
INSERT INTO s.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r', 'C', 3, '1.01 USD', :'month'), ('d', 'D', 1, '2 USD', date :'month' + 10);
SELECT publish_load('s', :load);
SELECT add_reading_partitions('s', :'month');
SELECT open_load('s', 'readings', 't') AS readings \gset
INSERT INTO s.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'C', n, t, t + interval '1 day', :'month', 86400000, 86400000, 80000000, 70000000 + i, 'sm_active'
FROM generate_series(:'month'::timestamp AT TIME ZONE 'UTC', (date :'month' + 26)::timestamp AT TIME ZONE 'UTC', '1 day') WITH ORDINALITY d (t, i), unnest('{a,b}'::text[]) n;
SELECT publish_load('s', :readings);
SELECT isnt(refresh_usage('s'), 0::bigint, 'stored');
SELECT open_load('s', 'late', 't') AS late \gset
INSERT INTO s.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('C', 'c', (date :'month' + 3)::timestamp AT TIME ZONE 'UTC', (date :'month' + 4)::timestamp AT TIME ZONE 'UTC', :'month', 86400000, 86400000, 86400000, 86400000, 'sm_active');
SELECT publish_load('s', :late);
SELECT isnt(refresh_usage('s'), 0::bigint, 'and after a late reading');
SELECT open_load('s', 'a rule', 't') AS rule \gset
INSERT INTO s.allocation_rule (rule_id, method, idle) VALUES ('all', 'proportional', 'share_evenly');
SELECT publish_load('s', :rule);
SELECT isnt(refresh_allocation('s'), 0::bigint, 'allocated otherwise');

CREATE FUNCTION pg_temp.found_after(all_history boolean, VARIADIC changes text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    change text;
    found text;
BEGIN
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', true);
        FOREACH change IN ARRAY changes LOOP EXECUTE change; END LOOP;
        PERFORM set_config('session_replication_role', 'origin', true);
        SELECT string_agg(DISTINCT v.finding, ' ' ORDER BY v.finding) INTO found FROM s.verify_spend(all_history) v;
        RAISE EXCEPTION USING ERRCODE = 'ZZZZZ', MESSAGE = coalesce(found, 'nothing');
    EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
        RETURN SQLERRM;
    END;
END
$$;
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('s') WHERE finding <> 'owner_can_log_in'$$, 'nothing is found');
SELECT is_empty($$SELECT finding, subject, detail FROM verify_ledger('s', all_history => true) WHERE finding <> 'owner_can_log_in'$$, 'nor of what was before');
SET search_path = s, chipbook, public, pg_catalog;
SELECT is(pg_temp.found_after(false, 'UPDATE spend_day SET summary = summary + summary WHERE ctid = (SELECT max(ctid) FROM spend_day WHERE superseded_at = ''infinity'')'), 'spend_day_differs', 'a day''s cost');
SELECT is(pg_temp.found_after(true, 'UPDATE spend_day SET summary = summary + summary WHERE superseded_at < ''infinity'''), 'spend_day_differs', 'what it was before');
SELECT is(pg_temp.found_after(false, 'UPDATE spend_day SET summary = summary + summary WHERE superseded_at < ''infinity'''), 'nothing', 'which is not asked by default');
SELECT is(pg_temp.found_after(false, 'DELETE FROM spend_day WHERE ctid = (SELECT max(ctid) FROM spend_day WHERE superseded_at = ''infinity'')'), 'spend_day_differs', 'a day that is gone');
SELECT is(pg_temp.found_after(false, 'INSERT INTO spend_day SELECT * FROM spend_day WHERE superseded_at = ''infinity'' LIMIT 1'), 'spend_day_differs', 'one twice');
SELECT is(pg_temp.found_after(false, 'UPDATE spend_day SET tenant_id = ''x'' WHERE tenant_id = ''b'' AND extract(day FROM reading_day) = 7 AND superseded_at = ''infinity'''), 'spend_day_differs', 'another''s');
SELECT is(pg_temp.found_after(false, 'UPDATE spend_day SET superseded_at = now() + interval ''1 day'' WHERE ctid = (SELECT max(ctid) FROM spend_day WHERE superseded_at = ''infinity'')'), 'spend_day_differs', 'withdrawn by hand');
SELECT is(pg_temp.found_after(false, 'UPDATE allocated_cost SET total_cost = total_cost + 1 WHERE tenant_id = ''a'' AND superseded_at = ''infinity'''), 'allocated_cost_differs', 'what a tenant bears');
SELECT is(pg_temp.found_after(true, 'UPDATE allocated_cost SET total_cost = total_cost + 1 WHERE tenant_id = ''a'' AND superseded_at < ''infinity'''), 'allocated_cost_differs', 'or bore');
SELECT is(pg_temp.found_after(false, 'UPDATE allocated_cost SET total_cost = total_cost + 1 WHERE tenant_id = ''a'' AND superseded_at < ''infinity'''), 'nothing', 'which is not asked by default');
SELECT is(pg_temp.found_after(false, 'UPDATE allocated_cost SET tenant_id = ''x'' WHERE tenant_id = ''a'' AND superseded_at = ''infinity'''), 'allocated_cost_differs', 'who bears it');
SELECT is(pg_temp.found_after(false, 'DELETE FROM allocated_cost WHERE ctid = (SELECT max(ctid) FROM allocated_cost WHERE superseded_at = ''infinity'')'), 'allocated_cost_differs', 'a line that is gone');
SELECT is(current_setting('chipbook.as_of', true), '', 'the session asks as it asked before');

SELECT * FROM finish();
ROLLBACK;
