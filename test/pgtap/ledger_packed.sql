-- Packed readings: once a month is closed its readings stand in one value a day, and nothing else
-- changes: not a reading, not an answer, not a seal; late ones, restated and withdrawn, find them.
\set ON_ERROR_STOP on
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION chipbook;
SET search_path = chipbook, public;
SET TimeZone = 'America/New_York';
SELECT no_plan();
SELECT setseed(0.7);

SELECT create_ledger('k', 'USD', 1, 'Europe/Berlin');
INSERT INTO k.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'made here', 'high');
SELECT open_load('k', 'pools', 't') AS pools \gset
INSERT INTO k.pool (pool_id, name, ownership) SELECT 'P' || i, 'pool', 'rented' FROM generate_series(1, 3) i;
INSERT INTO k.rented_capacity (rental_id, pool_id, chips, rate, valid_from) SELECT 'r' || i, 'P' || i, 10, '1.23 USD', '2025-01-01' FROM generate_series(1, 3) i;
INSERT INTO k.account (account_id, name, kind) VALUES ('7', 'cloud', 'expense'), ('4', 'accrued', 'liability');
INSERT INTO k.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('r', 'rent_accrual', '7', '4');
SELECT publish_load('k', :pools) \g /dev/null
SELECT add_reading_partitions('k', '2025-01-01', '2025-02-01') \g /dev/null

CREATE TEMP TABLE moment (at_time timestamptz, readings text, spend text);
-- Every reading as known at a time, and what is published then.
CREATE FUNCTION pg_temp.readings_at(at_time timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM set_config('chipbook.as_of', to_char(at_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), true);
    -- All but when it was to be superseded.
    SELECT concat(count(*), ' ', md5(string_agg((to_jsonb(r) - 'superseded_at')::text, E'\n' ORDER BY (to_jsonb(r) - 'superseded_at')::text COLLATE "C"))) INTO answer FROM k.meter_reading_known r;
    PERFORM set_config('chipbook.as_of', '', true);
    RETURN answer;
END
$$;
CREATE FUNCTION pg_temp.spend_at(at_time timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM set_config('chipbook.as_of', to_char(at_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), true);
    SELECT concat(count(*), ' ', md5(string_agg(r::text, E'\n' ORDER BY r::text COLLATE "C"))) INTO answer FROM k_report.utilisation_weighted_spend r WHERE readings > 0;
    PERFORM set_config('chipbook.as_of', '', true);
    RETURN answer;
END
$$;
CREATE FUNCTION pg_temp.live(steps integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    load bigint;
BEGIN
    FOR i IN 1..steps LOOP
        SELECT l.load_id INTO load FROM k.load l WHERE l.recorded_at > '-infinity' AND l.retracted_at IS NULL AND l.description = 'random' AND random() < 0.2 ORDER BY random() LIMIT 1;
        IF FOUND THEN
            PERFORM retract_load('k', load, 'at random');
        ELSE
            load := open_load('k', 'random', 't');
            INSERT INTO k.meter_reading (pool_id, meter_id, tenant_id, job_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms,
                                         joules, idle_joules, energy_basis, tokens, model_flops, billing_ms, use_basis, source_id)
            SELECT 'P' || (1 + floor(random() * 3))::integer, CASE WHEN random() < 0.5 THEN 'm' END, CASE WHEN random() < 0.7 THEN 't' || floor(random() * 2)::integer END,
                   CASE WHEN random() < 0.5 THEN 'j' END, s, e, date_trunc('month', s AT TIME ZONE 'Europe/Berlin'), floor(random() * 1e9), floor(random() * 1e9), floor(random() * 1e9), u,
                   CASE WHEN random() < 0.5 THEN floor(u * random()) END,
                   j, CASE WHEN random() < 0.5 THEN floor(j * random()) END, CASE WHEN j IS NOT NULL THEN 'chip' END, CASE WHEN random() < 0.5 THEN floor(random() * 1e12) END,
                   CASE WHEN random() < 0.5 THEN round((random() * 1e20)::numeric, 3) WHEN random() < 0.5 THEN 1.500 END, CASE WHEN random() < 0.5 THEN 9223372036854775807 END,
                   (ARRAY['sm_active', 'goodput'])[1 + floor(random() * 2)::integer], CASE WHEN random() < 0.3 THEN 't' END
            FROM (SELECT s, s + make_interval(secs => 1 + floor(random() * 86400 * 2)) AS e, floor(random() * 1e9) AS u, CASE WHEN random() < 0.6 THEN floor(random() * 1e12) END AS j
                  FROM (SELECT timestamptz '2025-01-01 00:00+01' + make_interval(secs => floor(random() * 86400 * 40)) AS s FROM generate_series(1, 12) WHERE random() < 2) n) x
            WHERE date_trunc('month', s AT TIME ZONE 'Europe/Berlin') = date_trunc('month', (e - interval '1 microsecond') AT TIME ZONE 'Europe/Berlin');
            DELETE FROM k.meter_reading m USING k.meter_reading o
            WHERE m.load_id = load AND o.load_id = load
              AND (m.pool_id, coalesce(m.meter_id, ''), coalesce(m.tenant_id, ''), coalesce(m.job_id, '')) = (o.pool_id, coalesce(o.meter_id, ''), coalesce(o.tenant_id, ''), coalesce(o.job_id, ''))
              AND tstzrange(m.starts_at, m.ends_at) && tstzrange(o.starts_at, o.ends_at) AND (m.starts_at, m.ctid) > (o.starts_at, o.ctid);
            PERFORM publish_load('k', load, replace_readings => true);
        END IF;
        INSERT INTO moment SELECT l.last_recorded_at, pg_temp.readings_at(l.last_recorded_at), pg_temp.spend_at(l.last_recorded_at) FROM k.ledger l;
    END LOOP;
END
$$;
CREATE FUNCTION pg_temp.changed_answers() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT m.at_time::text FROM moment m WHERE (m.readings, m.spend) <> (pg_temp.readings_at(m.at_time), pg_temp.spend_at(m.at_time))$$;
CREATE FUNCTION pg_temp.faults() RETURNS SETOF text LANGUAGE sql AS $$SELECT concat_ws(' ', finding, subject, detail) FROM verify_ledger('k') WHERE severity = 'error'$$;

SELECT pg_temp.live(25);
SELECT throws_ok($$SELECT pack_month('k', '2025-01-15')$$, '55000', 'readings of 2025-01 cannot be packed: the period is not closed under ifrs (entities: main)', 'what is open is not packed');
SELECT throws_ok($$SELECT pack_month('k', NULL)$$, '22004');
SELECT throws_ok($$SELECT pack_month('nowhere', '2025-01-01')$$, '3F000');
SELECT is(pack_month('k', '2024-12-01'), 0::bigint, 'nor what is not there');

-- The close packs.
SELECT count(*) AS stored FROM k.meter_reading_stored WHERE month = '2025-01-01' \gset
SELECT isnt(close_period('k', 'main', 'ifrs', 2025, 1), NULL, 'January is closed');
SELECT is((SELECT count(*) FROM k.meter_reading WHERE month = '2025-01-01'), 0::bigint, 'and its readings are packed');
SELECT is((SELECT sum(readings(readings)) FROM k.packed_reading), :stored::numeric, 'all of them');
SELECT is((SELECT count(*) FROM k.meter_reading_stored WHERE month = '2025-01-01'), :stored::bigint, 'where they can be read');
SELECT is_empty($$SELECT pg_temp.changed_answers()$$, 'no answer of any time has changed, no reading is another');
SELECT is_empty($$SELECT pg_temp.faults()$$, 'and every seal fits');
SELECT is((SELECT count(*) FROM pg_inherits WHERE inhparent = 'k.meter_reading'::regclass), 5::bigint, 'January has room for late readings still, and the months to come have theirs');

-- What comes late, and what is taken back.
SELECT pg_temp.live(15);
SELECT cmp_ok((SELECT count(*) FROM k.meter_reading WHERE month = '2025-01-01'), '>', 0::bigint, 'late readings are rows again, as are those they touch');
SELECT cmp_ok((SELECT count(*) FROM k.packed_reading WHERE superseded_at < 'infinity'), '>', 0::bigint, 'what was withdrawn is withdrawn where it is packed');
SELECT is_empty($$SELECT pg_temp.changed_answers()$$, 'earlier answers stay');
SELECT is_empty($$SELECT pg_temp.faults()$$, 'and every seal fits');
SELECT cmp_ok(pack_month('k', '2025-01-01'), '>', 0::bigint, 'they are packed in their turn');
SELECT is(pack_month('k', '2025-01-01'), 0::bigint, 'once');
SELECT is_empty($$SELECT pg_temp.changed_answers()$$, 'earlier answers stay');
SELECT is_empty($$SELECT pg_temp.faults()$$, 'and every seal fits');
SELECT results_eq($$SELECT month, sum(installed_chip_ms)::numeric, sum(used_chip_ms), sum(joules), sum(kept_chip_ms), sum(tokens), sum(model_flops) FROM k.meter_reading_known GROUP BY 1 ORDER BY 1$$,
    $$SELECT month, sum(installed_ms), sum(used_ms), sum(joules), (SELECT sum(kept_chip_ms) FROM k.meter_reading_known r WHERE r.month = d.month), sum(tokens), sum(model_flops) FROM k.usage_day_known d GROUP BY 1 ORDER BY 1$$,
    'days and readings say the same');

-- The rate form reads them packed or not: the same summary.
SELECT is((SELECT spend_packed_agg(p.readings, '1.23 USD') FROM k.packed_reading p WHERE p.superseded_at = 'infinity'),
          (SELECT spend_rate_agg('1.23 USD', r.installed_chip_ms, r.available_chip_ms, r.allocated_chip_ms, r.used_chip_ms) FROM k.meter_reading_known r WHERE r.month = '2025-01-01'),
          'spend_packed_agg of the packed is spend_rate_agg of the rows');

-- Which loads are refused: those of which a reading overlaps a held one, packed or not, of whichever month, and no
-- others, as comparing each with each says. Many begin or end where a held one does, or a millisecond beside it.
CREATE TEMP TABLE trial (readings bigint, months bigint, overlapped bigint, packed bigint, refused boolean, replaced bigint);
CREATE FUNCTION pg_temp.try_loads(trials integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    load bigint;
    t trial;
    held_before bigint := (SELECT count(*) FROM k.meter_reading_known);
BEGIN
    FOR i IN 1..trials LOOP
        BEGIN
            load := open_load('k', 'trial', 't');
            INSERT INTO k.meter_reading (pool_id, meter_id, tenant_id, job_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
            SELECT n.pool_id, n.meter_id, n.tenant_id, n.job_id, n.s, n.e, date_trunc('month', n.s AT TIME ZONE 'Europe/Berlin'), 1, 1, 1, 1, 'sm_active'
            FROM (SELECT h.pool_id, h.meter_id, h.tenant_id, h.job_id, b.s,
                         b.s + CASE floor(random() * 3) WHEN 0 THEN interval '1 millisecond' WHEN 1 THEN interval '1 hour' ELSE make_interval(secs => 1 + floor(random() * 86400 * 2)) END AS e
                  FROM (SELECT * FROM k.meter_reading_known ORDER BY random() LIMIT 1 + floor(random() * 2)) h
                  CROSS JOIN LATERAL (SELECT CASE floor(random() * 4) WHEN 0 THEN h.ends_at WHEN 1 THEN h.ends_at - interval '1 millisecond' WHEN 2 THEN h.starts_at - interval '1 hour'
                                             ELSE h.starts_at - interval '1 millisecond' END AS s) b
                  UNION ALL
                  SELECT 'P1', 'alone', NULL, NULL, s, s + interval '1 hour' FROM unnest('{2025-01-31 23:00+01,2025-02-01 00:00+01}'::timestamptz[]) s WHERE random() < 0.3) n
            WHERE date_trunc('month', n.s AT TIME ZONE 'Europe/Berlin') = date_trunc('month', (n.e - interval '1 microsecond') AT TIME ZONE 'Europe/Berlin')
              AND n.s BETWEEN '2025-01-01 00:00+01' AND '2025-02-27 00:00+01';
            DELETE FROM k.meter_reading m USING k.meter_reading o
            WHERE m.load_id = load AND o.load_id = load
              AND (m.pool_id, coalesce(m.meter_id, ''), coalesce(m.tenant_id, ''), coalesce(m.job_id, '')) = (o.pool_id, coalesce(o.meter_id, ''), coalesce(o.tenant_id, ''), coalesce(o.job_id, ''))
              AND tstzrange(m.starts_at, m.ends_at) && tstzrange(o.starts_at, o.ends_at) AND (m.starts_at, m.ctid) > (o.starts_at, o.ctid);
            SELECT count(*), count(DISTINCT month) INTO t.readings, t.months FROM k.meter_reading WHERE load_id = load;
            SELECT count(DISTINCT h), count(DISTINCT h) FILTER (WHERE NOT EXISTS (SELECT FROM k.meter_reading r WHERE r.load_id = h.load_id AND r.pool_id = h.pool_id AND r.starts_at = h.starts_at))
            INTO t.overlapped, t.packed
            FROM k.meter_reading_known h JOIN k.meter_reading n ON n.load_id = load
                AND (n.pool_id, coalesce(n.meter_id, ''), coalesce(n.tenant_id, ''), coalesce(n.job_id, '')) = (h.pool_id, coalesce(h.meter_id, ''), coalesce(h.tenant_id, ''), coalesce(h.job_id, ''))
                AND n.starts_at < h.ends_at AND h.starts_at < n.ends_at;
            t.refused := false;
            BEGIN
                PERFORM publish_load('k', load);
            EXCEPTION WHEN exclusion_violation THEN
                t.refused := true;
                PERFORM publish_load('k', load, replace_readings => true);
            END;
            t.replaced := held_before + t.readings - (SELECT count(*) FROM k.meter_reading_known);
            RAISE EXCEPTION USING ERRCODE = 'ZZZZZ';
        EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
            INSERT INTO trial SELECT t.*;
        END;
    END LOOP;
END
$$;
SELECT pg_temp.try_loads(40);
SELECT is_empty($$SELECT * FROM trial WHERE refused <> (overlapped > 0)$$, 'a load is refused where one of its readings overlaps a held one');
SELECT is_empty($$SELECT * FROM trial WHERE replaced <> overlapped$$, 'and replaces just those it overlaps');
SELECT ok(count(*) FILTER (WHERE NOT refused AND readings > 0) > 5 AND count(*) FILTER (WHERE refused) > 5 AND count(*) FILTER (WHERE packed > 0) > 3 AND count(*) FILTER (WHERE months = 2) > 3,
          'of both there were some, of packed ones, and over the end of a month') FROM trial;

-- What stands in the way, and what is kept.
SELECT open_load('k', 'not yet', 't') AS waiting \gset
INSERT INTO k.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('P1', '2025-01-02 00:00+01', '2025-01-02 01:00+01', '2025-01-01', 1, 1, 1, 1, 'sm_active');
INSERT INTO k.meter_reading (pool_id, meter_id, tenant_id, job_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT pool_id, meter_id, tenant_id, job_id, ends_at - interval '1 millisecond', ends_at, month, 1, 1, 1, 1, 'sm_active' FROM k.meter_reading_known WHERE month = '2025-01-01' ORDER BY pool_id, starts_at LIMIT 1;
SELECT throws_ok($$SELECT pack_month('k', '2025-01-01')$$, '55000', 'readings of 2025-01 cannot be packed: some are not published (readings: 2)', 'nor what is not published');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'k', :waiting), '23P01', NULL, 'a packed reading is overlapped as any other');
SELECT is(discard_load('k', :waiting), 2::bigint);
SELECT throws_ok($$UPDATE k.packed_reading SET pool_id = 'P2'$$, '55000', NULL, 'packed readings are not rewritten');
SELECT throws_ok($$TRUNCATE k.packed_reading$$, '55000', NULL, 'nor emptied');
SAVEPOINT tampered;
DELETE FROM k.packed_reading WHERE ctid = (SELECT min(ctid) FROM k.packed_reading);
SELECT set_has($$SELECT finding FROM verify_ledger('k')$$, $$VALUES ('facts_missing'), ('load_differs_from_seal'), ('usage_day_differs')$$, 'one taken away is missed');
ROLLBACK TO tampered;
SET LOCAL session_replication_role = replica;
UPDATE k.packed_reading SET readings = (SELECT pack_readings(u.starts_at, u.ends_at, u.installed + 1, u.available, u.allocated, u.used, u.kept, u.joules, u.idle_joules, u.tokens, u.billing_ms, u.model_flops)
                                        FROM unpack_readings(readings) u) WHERE ctid = (SELECT min(ctid) FROM k.packed_reading);
SET LOCAL session_replication_role = origin;
SELECT set_has($$SELECT finding FROM verify_ledger('k')$$, $$VALUES ('load_differs_from_seal'), ('usage_day_differs')$$, 'so is one that is changed');
ROLLBACK TO tampered;
SELECT is_empty($$SELECT pg_temp.faults()$$, 'and all is as it was');
SELECT * FROM finish();
ROLLBACK;
