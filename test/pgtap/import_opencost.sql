-- Allocations of OpenCost: shapes of its allocation API (1.x) and of Kubecost's, good and hostile.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'America/Caracas';
SET DateStyle = 'SQL, DMY';
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('o');
INSERT INTO o.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('o', 'pools', 't') AS load \gset
INSERT INTO o.pool (pool_id, name) VALUES ('P', 'P'), ('Q', 'Q');
SELECT publish_load('o', :load);
CREATE FUNCTION pg_temp.import(content text, options jsonb DEFAULT '{"pool_id": "P"}') RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', i.accepted, i.rejected, i.skipped, i.readings) FROM import_text('o', 'opencost', 'f', content, options, 't') i);
CREATE VIEW loaded AS SELECT * FROM o.meter_reading WHERE load_id = (SELECT max(load_id) FROM o.load);
CREATE FUNCTION pg_temp.reasons() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
    SELECT reason FROM o_report.import_rejected WHERE file_id = (SELECT max(file_id) FROM o.import_file) ORDER BY row_number; END;
CREATE FUNCTION pg_temp.allocation(name text, hours text, more jsonb DEFAULT '{}', properties jsonb DEFAULT '{"cluster": "one", "node": "gpu-1", "namespace": "team", "pod": "train-0", "controller": "train"}') RETURNS jsonb LANGUAGE sql
RETURN jsonb_build_object(name, jsonb_build_object('name', name, 'properties', properties, 'window', '{"start": "2025-05-10T00:00:00Z", "end": "2025-05-11T00:00:00Z"}'::jsonb,
    'start', '2025-05-10T08:00:00Z', 'end', '2025-05-10T20:00:00Z', 'minutes', 720, 'cpuCores', 8, 'cpuCoreHours', 96, 'gpuCount', 2, 'gpuHours', hours::jsonb, 'gpuCost', 12.5, 'ramBytes', 1e9, 'totalCost', 20) || more);
CREATE FUNCTION pg_temp.answer(VARIADIC allocations jsonb[]) RETURNS text LANGUAGE sql
RETURN jsonb_build_object('code', 200, 'status', 'success', 'data', jsonb_build_array((SELECT jsonb_object_agg(e.key, e.value) FROM unnest(allocations) a, jsonb_each(a) e)))::text;

SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.allocation('one/gpu-1/team/train-0/c', '24', '{"gpuAllocation": {"isGPUShared": false, "gpuUsageAverage": 0.75, "gpuRequestAverage": 2}}'),
    pg_temp.allocation('one/gpu-1/team/serve-0/c', '6.5', '{"gpuAllocation": {"isGPUShared": true, "gpuUsageAverage": null, "gpuRequestAverage": 1}}', '{"cluster": "one", "namespace": "web", "pod": "serve-0", "container": "c"}'),
    pg_temp.allocation('one/gpu-1/team/cpu-0', '0'),
    pg_temp.allocation('one/gpu-1/__idle__', '17.5', '{}', '{"cluster": "one", "node": "gpu-1"}'),
    pg_temp.allocation('__idle__', '0', '{}', '{"cluster": "one"}'),
    pg_temp.allocation('one/__unmounted__', '5', '{}', '{"cluster": "one"}'),
    pg_temp.allocation('__unallocated__', '1', '{}', '{"cluster": "one"}'))), '4 0 3 4', 'allocations with chips are readings, idle too');
SELECT results_eq($$SELECT tenant_id, job_id, meter_id, starts_at, ends_at, installed_chip_ms, allocated_chip_ms, used_chip_ms, use_basis FROM loaded ORDER BY tenant_id, installed_chip_ms$$,
    $$VALUES ('team', 'train-0', NULL, timestamptz '2025-05-10 08:00Z', timestamptz '2025-05-10 20:00Z', 86400000::bigint, 86400000::bigint, 64800000::bigint, 'gr_engine_active'),
             ('web', 'serve-0', 'c', '2025-05-10 08:00Z', '2025-05-10 20:00Z', 23400000, 23400000, 23400000, 'allocated'),
             (NULL, NULL, NULL, '2025-05-10 08:00Z', '2025-05-10 20:00Z', 3600000, 3600000, 3600000, 'allocated'),
             (NULL, NULL, 'gpu-1', '2025-05-10 08:00Z', '2025-05-10 20:00Z', 63000000, 0, 0, 'gr_engine_active')$$, 'used as measured, or all that was allocated; idle is nobody''s');
SELECT is((SELECT notes ->> 'skipped' FROM o.import_file ORDER BY file_id DESC LIMIT 1), '{"no chips": 1, "not mounted": 1, "idle without chip-hours": 1}', 'what was left out');
SELECT is_empty($$SELECT * FROM check_load('o', (SELECT max(load_id) FROM o.load))$$, 'it can be published');
SELECT lives_ok($$SELECT publish_load('o', (SELECT max(load_id) FROM o.load))$$, 'and is');

SELECT is(pg_temp.import(pg_temp.answer(pg_temp.allocation('a', '24', '{"gpuAllocation": {"gpuUsageAverage": 1.5}}'))), '0 1 0 0', 'more than all');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.allocation('a', '24', '{"gpuUsageAverage": 1.5}')), '{"pool_id": "P", "usage": "sum"}'), '1 0 0 1', 'is a sum over the chips, if told so');
SELECT is((SELECT used_chip_ms FROM loaded), 64800000::bigint, 'one and a half chips for twelve hours');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.allocation('a', '24', '{"gpuUsageAverage": 1.5}')), '{"pool_id": "P", "usage": "ignore"}'), '1 0 0 1', 'or is left out');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.allocation('a', '1', '{}', '{"cluster": "one", "namespace": "n", "labels": {"team": "red"}, "controller": "k"}'), pg_temp.allocation('b', '1', '{}', '{"cluster": "two", "labels": {"team": "blue"}, "pod": "p"}'),
    pg_temp.allocation('c', '1', '{}', '{"cluster": "three"}')), '{"pools": {"one": "P", "two": "Q"}, "tenant": "label:team", "job": "controller"}'), '2 1 0 2', 'pools by cluster, tenants by label, jobs by controller');
SELECT results_eq('SELECT pool_id, tenant_id, job_id FROM loaded ORDER BY 1', $$VALUES ('P', 'red', 'k'), ('Q', 'blue', NULL)$$, 'as told');
SELECT results_eq('SELECT pg_temp.reasons()', ARRAY['no pool for cluster "three"'], 'but for one');
SELECT is(pg_temp.import(pg_temp.answer(VARIADIC ARRAY(SELECT pg_temp.allocation('a' || i, '0.142857142857142857', '{}', jsonb_build_object('namespace', 'n' || i)) FROM generate_series(1, 7) i))), '7 0 0 7', 'seven sevenths');
SELECT is((SELECT sum(installed_chip_ms) FROM loaded), 3600000::numeric, 'are one chip-hour');
SELECT is(pg_temp.import(pg_temp.answer(VARIADIC ARRAY(SELECT pg_temp.allocation('a' || i, '0.25', '{}', jsonb_build_object('namespace', 'n' || i)) FROM generate_series(1, 4) i))), '4 0 0 4', 'four quarters');
SELECT is((SELECT sum(installed_chip_ms) FROM loaded), 3600000::numeric, 'too');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.allocation('a', '48', '{"start": "2025-05-31T12:00:00Z", "end": "2025-06-01T12:00:00Z"}'))), '1 0 0 2', 'a window over the end of a month is two readings');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.allocation('a', '24')) || E'\n' || pg_temp.answer(pg_temp.allocation('a', '24', '{"start": "2025-05-11T08:00:00Z", "end": "2025-05-11T20:00:00Z"}')) || E'\n{'), '2 1 0 2', 'an answer on a line');
SELECT is(pg_temp.import('{"code":200,"data":' || jsonb_pretty(pg_temp.allocation('a', '24')) || '}'), '1 0 0 1', 'data that is one set');

-- ---------------------------------------------------------------------------
-- Hostile
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(x), '0 1 0 0', 'no answer: ' || left(x, 40)) FROM unnest(ARRAY['x', '{}', '[]', '1', '{"code":400,"message":"window"}', '{"code":500,"data":[{"a":{"gpuHours":1}}]}', '{"code":200,"data":"x"}', repeat('{"a":', 100000), '{"data":[{"a":7}]}', '{"data": 1e999999}']) x;
SELECT is(pg_temp.import(x), '0 0 0 0', 'an answer of nothing: ' || x) FROM unnest(ARRAY['{"code":200,"data":[]}', '{"code":200,"data":[null,{}]}', '{"code":200,"data":null}']) x;
CREATE TEMP TABLE hostile (n serial, allocation jsonb, why text);
INSERT INTO hostile (allocation, why) VALUES
    (pg_temp.allocation('a01', '"NaN"'), 'gpuHours "NaN" is not a number'), (pg_temp.allocation('a02', '-1'), 'gpuHours is negative: -1'), (pg_temp.allocation('a03', '1e30'), 'a count is too large'),
    (pg_temp.allocation('a04', '{}'), 'gpuHours "{}" is not a number'), (pg_temp.allocation('a05', '1', '{"start": "yesterday"}'), 'its start or end is not an ISO 8601 time with its zone'),
    (pg_temp.allocation('a06', '1', '{"end": "2025-05-10T08:00:00Z"}'), 'it does not end after it starts'), (pg_temp.allocation('a07', '1', '{"gpuUsageAverage": "much"}'), 'gpuUsageAverage "much" is not a ratio'),
    (pg_temp.allocation('a08', '1', '{"gpuUsageAverage": -1}'), 'gpuUsageAverage "-1" is not a ratio'), (pg_temp.allocation('a09', '1', '{"properties": "none"}'), NULL), (pg_temp.allocation('a10', '1', '{"end": "2031-05-10T08:00:00Z"}'), 'it lasts more than 400 days'),
    (pg_temp.allocation('a11', '1', jsonb_build_object('properties', jsonb_build_object('namespace', repeat('x', 10000000)))), 'a name is longer than 300 bytes'), (pg_temp.allocation('a12', '1', '{"properties": null}'), NULL);
SELECT is(pg_temp.import(pg_temp.answer(VARIADIC array_agg(allocation ORDER BY n))), '2 10 0 2', 'two of twelve are good') FROM hostile;
SELECT results_eq('SELECT pg_temp.reasons()', $$SELECT why FROM hostile WHERE why IS NOT NULL ORDER BY n$$, 'each of the others is told what is wrong');

SELECT * FROM finish();
ROLLBACK;
