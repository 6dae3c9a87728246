-- Series of the DCGM exporter, as Prometheus gives them: chips, slices, pods, gaps, counters, hostile values.
-- The shape of metric and labels is that of dcgm-exporter 3.x and 4.x behind Prometheus 2 and 3.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kathmandu';
SET DateStyle = 'SQL, DMY';
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('d');
INSERT INTO d.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('d', 'pools', 't') AS load \gset
INSERT INTO d.pool (pool_id, name) VALUES ('P', 'P'), ('Q', 'Q');
SELECT publish_load('d', :load);

CREATE FUNCTION pg_temp.import(content text, options jsonb DEFAULT '{"pool_id": "P"}') RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', i.accepted, i.rejected, i.skipped, i.readings) FROM import_text('d', 'dcgm', 'f', content, options, 't') i);
-- A series: metric, device, values from 12:00 on 10 May 2025, by the step; NULL is no sample.
CREATE FUNCTION pg_temp.series(metric text, device text, samples numeric[], labels jsonb DEFAULT '{}', step integer DEFAULT 60, first bigint DEFAULT 1746878400) RETURNS jsonb LANGUAGE sql
RETURN jsonb_build_object('metric', jsonb_build_object('__name__', 'DCGM_FI_' || metric, 'gpu', '0', 'UUID', device, 'Hostname', 'node1', 'device', 'nvidia0', 'modelName', 'NVIDIA H100 80GB HBM3',
    'pci_bus_id', '00000000:53:00.0', 'DCGM_FI_DRIVER_VERSION', '580.105.08', 'container', '', 'namespace', '', 'pod', '', 'pod_uid', '') || labels,
    'values', (SELECT jsonb_agg(jsonb_build_array(first + (i - 1) * step, v::text) ORDER BY i) FROM unnest(samples) WITH ORDINALITY s (v, i) WHERE v IS NOT NULL));
CREATE FUNCTION pg_temp.answer(VARIADIC series jsonb[]) RETURNS text LANGUAGE sql
RETURN jsonb_build_object('status', 'success', 'data', jsonb_build_object('resultType', 'matrix', 'result', to_jsonb(series)))::text;
CREATE VIEW loaded AS SELECT * FROM d.meter_reading WHERE load_id = (SELECT max(load_id) FROM d.load);
CREATE FUNCTION pg_temp.reasons() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
    SELECT reason FROM d_report.import_rejected WHERE file_id = (SELECT max(file_id) FROM d.import_file) ORDER BY row_number; END;
CREATE FUNCTION pg_temp.note(which text) RETURNS text LANGUAGE sql RETURN (SELECT notes ->> which FROM d.import_file ORDER BY file_id DESC LIMIT 1);

-- ---------------------------------------------------------------------------
-- A chip, whose it is, a gap
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.25,NULL,1,0}', '{"namespace": "team", "pod": "train-0", "container": "c"}'),
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-b', '{0,0,0,0,0}'))), '9 0 0 9', 'nine samples of two chips are nine readings');
SELECT results_eq($$SELECT meter_id, starts_at, ends_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, tenant_id, job_id, use_basis, joules FROM loaded ORDER BY 1, 2$$,
    $$SELECT v.m, timestamptz '2025-05-10 12:00Z' + make_interval(mins => v.i), timestamptz '2025-05-10 12:00Z' + make_interval(mins => v.i + 1), 60000::bigint, 60000::bigint, v.a, v.u, v.t, v.j, 'sm_active', NULL::bigint
      FROM (VALUES ('GPU-a', 0, 60000::bigint, 30000::bigint, 'team', 'train-0'), ('GPU-a', 1, 60000, 15000, 'team', 'train-0'), ('GPU-a', 3, 60000, 60000, 'team', 'train-0'), ('GPU-a', 4, 60000, 0, 'team', 'train-0'),
                   ('GPU-b', 0, 0, 0, NULL, NULL), ('GPU-b', 1, 0, 0, NULL, NULL), ('GPU-b', 2, 0, 0, NULL, NULL), ('GPU-b', 3, 0, 0, NULL, NULL), ('GPU-b', 4, 0, 0, NULL, NULL)) v (m, i, a, u, t, j) ORDER BY 1, 2$$,
    'installed while seen, allocated while a pod has it, and no row where there is no sample');
SELECT is_empty($$SELECT * FROM check_load('d', (SELECT max(load_id) FROM d.load))$$, 'which can be published');
SELECT lives_ok($$SELECT publish_load('d', (SELECT max(load_id) FROM d.load))$$, 'and are');

SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.25,NULL,1,0}', '{"namespace": "team", "pod": "train-0"}'),
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-b', '{0,0,0,0,0}')), '{"pool_id": "P", "bucket": "1 hour"}'), '9 0 0 3', 'by the hour, a gap still parts them');
SELECT results_eq($$SELECT meter_id, ends_at - starts_at, installed_chip_ms, used_chip_ms FROM loaded ORDER BY 1, starts_at$$,
    $$VALUES ('GPU-a', interval '2 min', 120000::bigint, 45000::bigint), ('GPU-a', '2 min', 120000, 60000), ('GPU-b', '5 min', 300000, 0)$$, 'with the same chip-time');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.25}')), '{"pool_id": "P", "sample_at": "end"}'), '2 0 0 2', 'a sample may stand for the step before it');
SELECT is(pg_temp.note('skipped'), NULL, 'and nothing was left out');
SELECT results_eq($$SELECT starts_at, used_chip_ms FROM loaded ORDER BY 1$$, $$VALUES (timestamptz '2025-05-10 11:59Z', 30000::bigint), ('2025-05-10 12:00Z', 15000)$$, 'if told so');

-- ---------------------------------------------------------------------------
-- Which metric; whose labels; which pool
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('DEV_GPU_UTIL', 'GPU-a', '{100,100}'), pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-a', '{0.9,0.9}'), pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.5}'),
    pg_temp.series('DEV_GPU_UTIL', 'GPU-b', '{100,100}'), pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-b', '{0.9,0.9}'),
    pg_temp.series('DEV_GPU_UTIL', 'GPU-c', '{50,100}'), pg_temp.series('DEV_FB_USED', 'GPU-c', '{1000,1000}'))), '12 0 2 6', 'the best metric of each chip; others are left out, counted');
SELECT results_eq($$SELECT meter_id, use_basis, sum(used_chip_ms) FROM loaded GROUP BY 1, 2 ORDER BY 1$$,
    $$VALUES ('GPU-a', 'sm_active', 60000::numeric), ('GPU-b', 'gr_engine_active', 108000), ('GPU-c', 'gpu_util', 90000)$$, 'SM activity, else the engine''s, else that a kernel ran');
SELECT is(pg_temp.note('skipped'), '{"DCGM_FI_DEV_FB_USED": 2}', 'what was left out is named');
SELECT is(pg_temp.note('used_but_not_allocated'), '6', 'chips that work and that no pod has are noted');

-- ... in each step: what is missing in a better metric is told by the next best, and by nothing twice.
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.25,NULL,NULL,NULL,0.1}'), pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-a', '{0.9,0.9,NULL,0.8,NULL,NULL}'),
    pg_temp.series('DEV_GPU_UTIL', 'GPU-a', '{100,100,100,100,NULL,100}'))), '11 0 0 5', 'a chip whose best metric is there at times');
CREATE FUNCTION pg_temp.steps() RETURNS TABLE (from_second numeric, to_second numeric, basis text, used bigint) LANGUAGE sql
BEGIN ATOMIC
    SELECT extract(epoch FROM starts_at) - 1746878400, extract(epoch FROM ends_at) - 1746878400, use_basis, used_chip_ms FROM loaded ORDER BY 1;
END;
SELECT results_eq('SELECT * FROM pg_temp.steps()', $$VALUES (0.0, 60.0, 'sm_active', 30000::bigint), (60, 120, 'sm_active', 15000), (120, 180, 'gpu_util', 60000), (180, 240, 'gr_engine_active', 48000), (300, 360, 'sm_active', 6000)$$,
    'has the best of each step, and each reading says which');
SELECT is(pg_temp.note('use_metrics')::jsonb, '{"DCGM_FI_PROF_SM_ACTIVE": 1, "DCGM_FI_PROF_GR_ENGINE_ACTIVE": 1, "DCGM_FI_DEV_GPU_UTIL": 1}', 'and the notes say all three');
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.25,NULL,0.1}'), pg_temp.series('DEV_GPU_UTIL', 'GPU-a', '{100,100,50,100}')), '{"pool_id": "P", "bucket": "1 hour"}'), '7 0 0 3', 'by the hour');
SELECT results_eq('SELECT * FROM pg_temp.steps()', $$VALUES (0.0, 120.0, 'sm_active', 45000::bigint), (120, 180, 'gpu_util', 30000), (180, 240, 'sm_active', 6000)$$, 'another metric is another reading');
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('DEV_GPU_UTIL', 'GPU-a', '{100,100,100,100,100,100}'), pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.5,NULL,0.5}', first => 1746878400 + 80)), '{"pool_id": "P", "step": 60}'), '9 0 0 8', 'two scrapes at other seconds');
SELECT results_eq('SELECT * FROM pg_temp.steps()', $$VALUES (0.0, 60.0, 'gpu_util', 60000::bigint), (60, 80, 'gpu_util', 20000), (80, 140, 'sm_active', 30000), (140, 200, 'sm_active', 30000), (200, 240, 'gpu_util', 40000),
    (240, 260, 'gpu_util', 20000), (260, 320, 'sm_active', 30000), (320, 360, 'gpu_util', 40000)$$, 'the lesser metric has what is left');
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('DEV_GPU_UTIL', 'GPU-a', '{100,100,100,100,100,100}'), pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.5,NULL,0.5}', first => 1746878400 + 80)), '{"pool_id": "P", "step": 60, "sample_at": "end"}'), '9 0 0 8', 'and by the step before');
SELECT results_eq('SELECT * FROM pg_temp.steps()', $$VALUES (-60.0, 0.0, 'gpu_util', 60000::bigint), (0, 20, 'gpu_util', 20000), (20, 80, 'sm_active', 30000), (80, 140, 'sm_active', 30000), (140, 180, 'gpu_util', 40000),
    (180, 200, 'gpu_util', 20000), (200, 260, 'sm_active', 30000), (260, 300, 'gpu_util', 40000)$$, 'likewise');
-- Any samples: each instant of the chip has the best metric that has a sample for it, once, and all time that has a sample is there.
SELECT setseed(0.375);
CREATE TEMP TABLE scrape AS SELECT m.rank, m.metric, 1746878400 + (random() * 4000)::integer AS at FROM (VALUES (1, 'PROF_SM_ACTIVE'), (2, 'PROF_GR_ENGINE_ACTIVE'), (3, 'DEV_GPU_UTIL')) m (rank, metric), generate_series(1, 20 * m.rank) n
    GROUP BY 1, 2, 3;
CREATE TEMP TABLE instant AS
SELECT i AS at, sample_at, (SELECT min(rank) FROM scrape s WHERE CASE sample_at WHEN 'start' THEN i >= s.at AND i < s.at + 60 ELSE i >= s.at - 60 AND i < s.at END) AS rank
FROM generate_series(1746878400 - 60, 1746878400 + 4060) i, unnest('{start,end}'::text[]) sample_at;
CREATE TEMP TABLE scraped (sample_at text, starts_at timestamptz, ends_at timestamptz, use_basis text);
SELECT matches(pg_temp.import((SELECT pg_temp.answer(VARIADIC array_agg(pg_temp.series(metric, 'GPU-a', '{1}', first => at))) FROM scrape), '{"pool_id": "P", "step": 60, "sample_at": "start"}'), '^[0-9]+ 0 0 [0-9]+$', 'scrapes at any second, each for the step after it');
INSERT INTO scraped SELECT 'start', starts_at, ends_at, use_basis FROM loaded;
SELECT matches(pg_temp.import((SELECT pg_temp.answer(VARIADIC array_agg(pg_temp.series(metric, 'GPU-a', '{1}', first => at))) FROM scrape), '{"pool_id": "P", "step": 60, "sample_at": "end"}'), '^[0-9]+ 0 0 [0-9]+$', 'scrapes at any second, each for the step before it');
INSERT INTO scraped SELECT 'end', starts_at, ends_at, use_basis FROM loaded;
SELECT is_empty($$
    SELECT i.sample_at, i.at, i.rank, count(s.*), min(s.use_basis) FROM instant i
    LEFT JOIN scraped s ON s.sample_at = i.sample_at AND s.starts_at <= to_timestamp(i.at) AND s.ends_at > to_timestamp(i.at)
    GROUP BY 1, 2, 3 HAVING count(s.*) <> (i.rank IS NOT NULL)::integer OR min(s.use_basis) <> ('{sm_active,gr_engine_active,gpu_util}'::text[])[i.rank]$$,
    'each instant has the best metric that has a sample for it, once');
SELECT cmp_ok(count(DISTINCT rank), '=', 3::bigint, 'all three have some') FROM instant;
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0}')), jsonb_build_object('pool_id', 'P', 'allocated_when', o)), '2 0 0 2', 'allocated when ' || o)
FROM unnest('{used,always}'::text[]) o;
SELECT results_eq($$SELECT sum(allocated_chip_ms) FROM d.meter_reading WHERE load_id > (SELECT max(load_id) - 2 FROM d.load) GROUP BY load_id ORDER BY load_id$$, $$VALUES (60000::numeric), (120000)$$, 'where there are no pods');
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.5}', '{"namespace": "gpu-operator", "pod": "exporter-x", "exported_namespace": "team", "exported_pod": "train-0"}'),
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-b', '{0,0}', '{"namespace": "gpu-operator", "pod": "exporter-x", "exported_pod": ""}'),
    pg_temp.series('PROF_SM_ACTIVE', 'GPU-c', '{0,0}', '{"namespace": "gpu-operator", "pod": "exporter-x"}'))), '6 0 0 6', 'the exporter''s own pod');
SELECT results_eq($$SELECT meter_id, tenant_id, job_id, sum(allocated_chip_ms) FROM loaded GROUP BY 1, 2, 3 ORDER BY 1$$,
    $$VALUES ('GPU-a', 'team', 'train-0', 120000::numeric), ('GPU-b', NULL, NULL, 0), ('GPU-c', NULL, NULL, 0)$$, 'has no chips');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0,0}'), pg_temp.series('PROF_SM_ACTIVE', 'GPU-b', '{0,0}', '{"Hostname": "node2"}'), pg_temp.series('PROF_SM_ACTIVE', 'GPU-c', '{0,0}', '{"Hostname": "node3"}')),
    '{"pools": {"node1": "P", "node2": "Q"}}'), '4 1 0 4', 'pools by host');
SELECT results_eq('SELECT pg_temp.reasons()', ARRAY['no pool for Hostname "node3"'], 'of which one is missing');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.5}') #- '{metric,__name__}')), '0 1 0 0', 'a query with a function has no metric''s name');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.5,0.5}') #- '{metric,__name__}'), '{"pool_id": "P", "metric": "DCGM_FI_PROF_SM_ACTIVE"}'), '2 0 0 2', 'unless it is given');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', '', '{0.5,0.5}'))), '2 0 0 2', 'no UUID');
SELECT is((SELECT DISTINCT meter_id FROM loaded), 'node1/0', 'the host and the number, then');

-- Pods that share a chip by time slices see one value: the chip is shared evenly.
SELECT is(pg_temp.import(pg_temp.answer(VARIADIC ARRAY(SELECT pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{0.8,0.8}', jsonb_build_object('namespace', 'n' || i, 'pod', 'p')) FROM generate_series(1, 7) i))), '14 0 0 14', 'seven pods on one chip');
SELECT results_eq($$SELECT starts_at, sum(installed_chip_ms), sum(used_chip_ms) BETWEEN 47997 AND 48003, max(installed_chip_ms) - min(installed_chip_ms) FROM loaded GROUP BY 1 ORDER BY 1$$,
    $$VALUES (timestamptz '2025-05-10 12:00Z', 60000::numeric, true, 1::bigint), ('2025-05-10 12:01Z', 60000, true, 1)$$, 'are one chip, to the millisecond');

SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1,1}', '{"pod": "a"}'), pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1,1}', '{"pod": "b"}', first => 1746878430)), '{"pool_id": "P", "step": 60}'), '4 0 0 4', 'two pods, sampled between each other');
SELECT results_eq($$SELECT job_id, installed_chip_ms FROM loaded ORDER BY starts_at$$, $$VALUES ('a', 30000::bigint), ('b', 30000), ('a', 30000), ('b', 60000)$$, 'have the chip in turn, and one of it');

-- ---------------------------------------------------------------------------
-- Slices (MIG)
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(pg_temp.answer(VARIADIC ARRAY(
    SELECT pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-' || g, array_fill(1, ARRAY[60]), jsonb_build_object('GPU_I_ID', (6 + i)::text, 'GPU_I_PROFILE', '1g.10gb', 'namespace', 'n' || i, 'pod', 'p' || i))
    FROM generate_series(1, 2) g, generate_series(1, 7) i)
    || pg_temp.series('DEV_GPU_UTIL', 'GPU-1', array_fill(50, ARRAY[60])))), '900 0 0 840', 'seven slices on each of two chips, and a metric of a whole one');
SELECT results_eq($$SELECT split_part(meter_id, '/', 1), sum(installed_chip_ms), sum(used_chip_ms), sum(allocated_chip_ms), count(DISTINCT meter_id) FROM loaded GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('GPU-1', 3600000::numeric, 3600000::numeric, 3600000::numeric, 7::bigint), ('GPU-2', 3600000, 3600000, 3600000, 7)$$, 'make an hour of each chip');
SELECT is_empty($$SELECT starts_at FROM loaded GROUP BY starts_at, split_part(meter_id, '/', 1) HAVING sum(installed_chip_ms) <> 60000$$, 'and a minute in each minute');
SELECT is(pg_temp.import(pg_temp.answer(
    pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-a', '{1,1}', '{"GPU_I_ID": "1", "GPU_I_PROFILE": "3g.40gb"}'), pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-a', '{1,1}', '{"GPU_I_ID": "2", "GPU_I_PROFILE": "4g.40gb+me"}'),
    pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-b', '{1,1}', '{"GPU_I_ID": "2", "GPU_I_PROFILE": "half"}'), pg_temp.series('PROF_GR_ENGINE_ACTIVE', 'GPU-b', '{1,1}', '{"GPU_I_ID": "3", "GPU_I_PROFILE": "odd"}')),
    '{"pool_id": "P", "sevenths": {"half": 3}}'), '6 1 0 6', 'other slices, one named by an option, one unknown');
SELECT results_eq($$SELECT meter_id, sum(installed_chip_ms) FROM loaded GROUP BY 1 ORDER BY 1$$, $$VALUES ('GPU-a/1', 51428::numeric), ('GPU-a/2', 68572), ('GPU-b/2', 51428)$$, 'in sevenths of a chip');

-- ---------------------------------------------------------------------------
-- Energy
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1,1,1}'), pg_temp.series('DEV_POWER_USAGE', 'GPU-a', '{700,100.5,NULL}'))), '5 0 0 3', 'power');
SELECT results_eq($$SELECT joules, energy_basis FROM loaded ORDER BY starts_at$$, $$VALUES (42000::bigint, 'chip'), (6030, 'chip'), (NULL, NULL)$$, 'times step; not known where it was not measured');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1,1,1,1,1}'), pg_temp.series('DEV_POWER_USAGE', 'GPU-a', '{1,1,1,1,1}'),
    pg_temp.series('DEV_TOTAL_ENERGY_CONSUMPTION', 'GPU-a', '{5000000,5042000,5050500,3000,10000}'))), '15 0 0 5', 'a counter, which began anew');
SELECT results_eq($$SELECT joules FROM loaded ORDER BY starts_at$$, $$VALUES (42::bigint), (9), (3), (7), (60)$$, 'counts from nothing after that; rounded; where it tells nothing, power does');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', array_fill(1, ARRAY[30])),
    pg_temp.series('DEV_TOTAL_ENERGY_CONSUMPTION', 'GPU-a', (SELECT array_agg(CASE WHEN i NOT BETWEEN 3 AND 6 AND i NOT BETWEEN 10 AND 20 THEN i * 1000000 END ORDER BY i) FROM generate_series(1, 30) i)))), '45 0 0 30', 'a counter with gaps');
SELECT is((SELECT sum(joules) FROM loaded), ((29 - 12) * 1000)::numeric, 'gives what it went up by over a short gap, and nothing over a long one');
SELECT is(pg_temp.import(pg_temp.answer(VARIADIC ARRAY(
    SELECT pg_temp.series(m, 'GPU-a', CASE m WHEN 'DEV_POWER_USAGE' THEN '{70,70}' ELSE '{1,1}' END::numeric[], jsonb_build_object('GPU_I_ID', i::text, 'GPU_I_PROFILE', '1g.10gb'))
    FROM generate_series(1, 7) i, unnest('{PROF_GR_ENGINE_ACTIVE,DEV_POWER_USAGE}'::text[]) m))), '28 0 0 14', 'power of a chip, told of each slice');
SELECT is((SELECT sum(joules) FROM loaded), 8400::numeric, 'is there once, divided among them');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('DEV_POWER_USAGE', 'GPU-a', '{70,70}'))), '2 0 0 0', 'power alone says nothing of use');
SELECT is(pg_temp.note('joules_without_use'), '8400', 'which is noted');

-- ---------------------------------------------------------------------------
-- Documents: several, split over lines, one on a line, broken, hostile
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(jsonb_pretty(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1,1}'))::jsonb)), '2 0 0 2', 'a document over many lines');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1,1}')) || E'\n\n{"status": "success"' || E'\n' || pg_temp.answer(pg_temp.series('DEV_POWER_USAGE', 'GPU-a', '{7,8}')) || E'\n{"status":"error","errorType":"bad_data"}'), '4 2 0 2',
    'a document on a line, some of them bad');
SELECT results_eq($$SELECT line_number, reason FROM d_report.import_rejected WHERE file_id = (SELECT max(file_id) FROM d.import_file)$$,
    $$VALUES (3::bigint, 'it is not JSON'), (5, 'it is no answer of Prometheus: status is error')$$, 'are told by their lines');
SELECT is(pg_temp.import(x), '0 1 0 0', 'no document: ' || left(x, 40)) FROM unnest(ARRAY['x', '[]', '{}', '1', '{"status":"success","data":{"resultType":"vector","result":[]}}', repeat('[', 100000), '{"status":"\u0000"}', '{"status": 1e999999}',
    '{"status":"success","data":{"resultType":"matrix","result":[1]}}', '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[]}]}}', '{"status":"success","data":{"resultType":"matrix","result":[{"metric":[],"values":{}}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"DCGM_FI_PROF_SM_ACTIVE"},"values":[]}]}}', 'x' || repeat(' ', 10000000) || 'y']) x;
SELECT is(pg_temp.import('{"status":"success","data":{"resultType":"matrix","result":[]}}'), '0 0 0 0', 'an answer of nothing is nothing');
SELECT is(pg_temp.import('{"status":"error","status":"success","data":{"resultType":"matrix","result":[]}}'), '0 0 0 0', 'of two keys alike the last counts, as in JSON');
CREATE TEMP TABLE hostile (n serial, sample text, why text);
INSERT INTO hostile (sample, why) VALUES
    ('[1746878400, "NaN"]', 'its value is not a number: NaN'), ('[1746878400, "+Inf"]', 'its value is not a number: +Inf'), ('[1746878400, "-0.1"]', 'its value is negative: -0.1'),
    ('[1746878400, "1.01"]', 'a ratio of more than 1: 1.01'), ('[1746878400, "9223372036854775794"]', 'its value is a blank of DCGM: not measured'), ('[1746878400, null]', 'its value is not a number: '),
    ('[1746878400, {}]', 'its value is not a number: {}'), ('[1746878400]', 'a sample is not a time and a value'), ('7', 'a sample is not a time and a value'), ('{"a": 1}', 'a sample is not a time and a value'),
    ('["now", "1"]', 'its time is not in seconds since 1970, from 2000 to ten years ahead'), ('[-1, "1"]', 'its time is not in seconds since 1970, from 2000 to ten years ahead'),
    ('[1e80, "1"]', 'its time is not in seconds since 1970, from 2000 to ten years ahead'), ('[1746878400123, "1"]', 'its time is not in seconds since 1970, from 2000 to ten years ahead'),
    ('[1746878400, "0.5"]', NULL), ('[1746878460, "0.5"]', NULL), ('[1746878460.0, "0.7"]', 'another sample of the same metric, device and time');
SELECT is(pg_temp.import(jsonb_set(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1}'))::jsonb, '{data,result,0,values}', jsonb_agg(sample::jsonb ORDER BY n))::text), '2 15 0 2', 'two of seventeen samples are good') FROM hostile;
SELECT results_eq('SELECT pg_temp.reasons()', $$SELECT why FROM hostile WHERE why IS NOT NULL ORDER BY n$$, 'each of the others is told what is wrong');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1}'))), '0 1 0 0', 'a single sample has no step');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1}')), '{"pool_id": "P", "step": 15}'), '1 0 0 1', 'unless it is given');
SELECT is(pg_temp.import(pg_temp.answer(pg_temp.series('PROF_SM_ACTIVE', 'GPU-a', '{1,1,1}', step => 86400, first => 1748646000)), '{"pool_id": "P", "step": "1 day"}'), '3 0 0 4', 'a step over the end of a month is two readings');
SELECT is((SELECT sum(installed_chip_ms) FROM loaded), 3 * 86400000::numeric, 'of one day');

-- Any series: chip-time is the steps there are, in buckets or not.
SELECT setseed(0.125);
CREATE TEMP TABLE noise AS SELECT pg_temp.answer(VARIADIC ARRAY(
    SELECT pg_temp.series('PROF_SM_ACTIVE', 'GPU-' || g, (SELECT array_agg(CASE WHEN random() < 0.9 THEN round(random()::numeric, 4) END ORDER BY i) || '{1}' FROM generate_series(1, 200 + g * 0) i),
                          jsonb_build_object('namespace', 'n' || p, 'pod', 'x'), first => 1746878400 + p * 15000)
    FROM generate_series(1, 4) g, generate_series(1, 3) p)) AS text;
SELECT matches(pg_temp.import(text), '^([0-9]+) 0 0 \1$', 'noise') FROM noise;
CREATE TEMP TABLE by_step AS SELECT meter_id, tenant_id, sum(installed_chip_ms) AS i, sum(used_chip_ms) AS u, count(*) AS n FROM loaded GROUP BY 1, 2;
SELECT matches(pg_temp.import(text, '{"pool_id": "P", "bucket": "1 hour"}'), '^[0-9]+ 0 0 [0-9]+$', 'by the hour') FROM noise;
SELECT is_empty($$SELECT * FROM (SELECT meter_id, tenant_id, sum(installed_chip_ms) AS i, sum(used_chip_ms) AS u FROM loaded GROUP BY 1, 2) b JOIN by_step s USING (meter_id, tenant_id) WHERE b.i <> s.i OR abs(b.u - s.u) > s.n$$,
    'has the same chip-time, and the same use but for the rounding of each');
SELECT is_empty($$SELECT * FROM loaded WHERE installed_chip_ms <> extract(epoch FROM ends_at - starts_at) * 1000 OR date_trunc('hour', starts_at, 'UTC') <> date_trunc('hour', ends_at - interval '1 second', 'UTC')$$, 'no hour holds a gap');
SELECT is_empty($$SELECT * FROM check_load('d', (SELECT max(load_id) FROM d.load))$$, 'nor do any overlap');

SELECT * FROM finish();
ROLLBACK;
