-- Jobs of Slurm as sacct -P gives them: TRES, Elapsed, steps, arrays, requeues, local time, hostile lines;
-- and the chips that no job has.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Pacific/Chatham';
SET DateStyle = 'German';
SET client_min_messages = warning;
SELECT no_plan();

SELECT results_eq($$SELECT slurm_seconds(e) FROM unnest('{2-03:04:05,03:04:05,04:05,00:00.123,100-00:00:00,1:00:00}'::text[]) e$$, $$VALUES (183845::bigint), (11045), (245), (0), (8640000), (3600)$$, 'Elapsed');
SELECT is(slurm_seconds(e), NULL, 'no Elapsed: ' || e) FROM unnest('{"",5,-1:00,1-2,00:61,"1:60:00",x,INVALID,999999999999-00:00:00}'::text[]) e;
-- gpumem and gpuutil are other TRES; types are parts of the count.
SELECT results_eq($$SELECT slurm_chip_sevenths(t, NULL) / 7 FROM unnest(ARRAY['billing=40,cpu=40,gres/gpu=8,mem=10G,node=1', 'billing=40,gres/gpu:h100=8,gres/gpu=8', 'gres/gpu=4,gres/gpu:a100-sxm4-80gb=2,gres/gpu:v100=2',
    'gres/gpu:A100=4', 'gres/gpumem=80G,gres/gpuutil=0,gres/gpu=1', 'cpu=8,mem=80G', '', 'gres/gpu=3,gres/gpu:h100=1', 'gres/gpu:1g.10gb=7,gres/gpu=7']) t$$,
    $$VALUES (8::numeric), (8), (4), (4), (1), (0), (0), (3), (1)$$, 'chips of AllocTRES');
SELECT is(slurm_chip_sevenths(t, NULL), NULL, 'chips that cannot be read: ' || t) FROM unnest(ARRAY['gres/gpu=', 'gres/gpu=x', 'gres/gpu=-1', 'gres/gpu=99999999999', 'gres/gpu:h100=x']) t;

SELECT create_ledger('s', 'EUR', 1, 'Europe/Berlin');
INSERT INTO s.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('s', 'pools', 't') AS load \gset
INSERT INTO s.pool (pool_id, name) VALUES ('P', 'P'), ('Q', 'Q');
INSERT INTO s.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'P', 16, '1 EUR', '2025-01-01', '2025-04-01'), ('x', 'P', 8, '1 EUR', '2025-03-29', '2025-04-01');
SELECT publish_load('s', :load);
CREATE FUNCTION pg_temp.import(content text, options jsonb DEFAULT '{"pool_id": "P"}') RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', i.accepted, i.rejected, i.skipped, i.readings) FROM import_text('s', 'slurm', 'f', content, options, 't') i);
CREATE VIEW loaded AS SELECT * FROM s.meter_reading WHERE load_id = (SELECT max(load_id) FROM s.load);
CREATE FUNCTION pg_temp.reasons() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
    SELECT reason FROM s_report.import_rejected WHERE file_id = (SELECT max(file_id) FROM s.import_file) ORDER BY row_number; END;
CREATE FUNCTION pg_temp.note(which text) RETURNS text LANGUAGE sql RETURN (SELECT notes ->> which FROM s.import_file ORDER BY file_id DESC LIMIT 1);

-- ---------------------------------------------------------------------------
-- A file as sites have it
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import($$JobID|JobIDRaw|User|Account|Partition|State|Start|End|Elapsed|AllocTRES|ConsumedEnergyRaw|TRESUsageInAve
1000|1000|ada|vision|gpu|COMPLETED|2025-02-10T08:00:00|2025-02-12T11:04:05|2-03:04:05|billing=128,cpu=64,gres/gpu:h100=8,gres/gpu=8,mem=512G,node=1|5184000|
1000.batch|1000.batch|||  |COMPLETED|2025-02-10T08:00:00|2025-02-12T11:04:05|2-03:04:05|cpu=64,gres/gpu:h100=8,gres/gpu=8,mem=512G,node=1|5184000|cpu=10:00:00,energy=0,gres/gpumem=70000M,gres/gpuutil=75,mem=1G
1000.extern|1000.extern||||COMPLETED|2025-02-10T08:00:00|2025-02-12T11:04:05|2-03:04:05|billing=128,cpu=64,gres/gpu=8|0|
1000.0|1000.0||||COMPLETED|2025-02-10T08:00:10|2025-02-12T11:04:05|2-03:03:55|cpu=64,gres/gpu=8|0|gres/gpuutil=50
1001_4|1005|bob|nlp|gpu|FAILED|2025-02-10T08:00:00|2025-02-10T09:00:00|01:00:00|billing=16,cpu=8,gres/gpu=1,node=1|0|
1001_5|1006|bob|nlp|gpu|NODE_FAIL|2025-02-10T08:00:00|2025-02-10T08:30:00|00:30:00|billing=16,gres/gpu=1,node=1|0|
1001_5|1006|bob|nlp|gpu|COMPLETED|2025-02-10T08:40:00|2025-02-10T09:00:00|00:20:00|billing=16,gres/gpu=1,node=1|0|
1002+0|1002|bob|nlp|gpu|CANCELLED by 1001|2025-02-10T08:00:00|2025-02-10T09:00:00|01:00:00|billing=2,gres/gpu=2|0|
1002+1|1003|bob|nlp|gpu|CANCELLED by 1001|2025-02-10T08:00:00|2025-02-10T09:00:00|01:00:00|billing=1,cpu=4|0|
1007|1007|eve|nlp|gpu|RUNNING|2025-02-10T08:00:00|Unknown|1-00:00:00|billing=16,gres/gpu=1,node=1||
1008|1008|eve|nlp|gpu|PENDING|Unknown|Unknown|00:00:00|||
1009|1009|eve|nlp|gpu|CANCELLED by 0|None|2025-02-10T08:00:00|00:00:00||0|
1010|1010|eve|nlp|gpu|FAILED|2025-02-10T08:00:00|2025-02-10T08:00:00|00:00:00|gres/gpu=1|0|
1011|1011|eve|nlp|cpu|COMPLETED|2025-02-10T08:00:00|2025-02-10T09:00:00|01:00:00|billing=4,cpu=4,mem=1G|0|
1012|1012|eve|nlp|gpu|COMPLETED|2025-02-10T08:00:00|2025-02-10T10:00:00|01:00:00|billing=4,gres/gpu=1|0|
1013|1013|eve|nlp|other|COMPLETED|2025-02-10T08:00:00|2025-02-10T10:00:00|01:00:00|billing=4,gres/gpu=1|0|
1014|1014|eve|n|l|p|gpu|COMPLETED|2025-02-10T08:00:00|2025-02-10T10:00:00|01:00:00|billing=4,gres/gpu=1|0|$$,
    '{"pools": {"gpu": "P", "cpu": "Q"}, "lost_states": ["FAILED", "NODE_FAIL", "CANCELLED"]}'), '6 2 9 6', 'jobs, arrays, requeues and parts are readings; steps and what had no chips are not');
SELECT results_eq($$SELECT job_id, tenant_id, starts_at, ends_at, installed_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms, joules, energy_basis, billing_ms, use_basis FROM loaded ORDER BY job_id, starts_at$$,
    $$VALUES ('1000', 'vision', timestamptz '2025-02-10 07:00Z', timestamptz '2025-02-12 10:04:05Z', 183845::bigint * 8000, 183845::bigint * 8000, 183845::bigint * 6000, NULL::bigint, 5184000::bigint, 'server', 183845::bigint * 128000, 'gpu_util'),
             ('1001_4', 'nlp', '2025-02-10 07:00Z', '2025-02-10 08:00Z', 3600000, 3600000, 3600000, 0, NULL, NULL, 57600000, 'allocated'),
             ('1001_5', 'nlp', '2025-02-10 07:00Z', '2025-02-10 07:30Z', 1800000, 1800000, 1800000, 0, NULL, NULL, 28800000, 'allocated'),
             ('1001_5', 'nlp', '2025-02-10 07:40Z', '2025-02-10 08:00Z', 1200000, 1200000, 1200000, NULL, NULL, NULL, 19200000, 'allocated'),
             ('1002+0', 'nlp', '2025-02-10 07:00Z', '2025-02-10 08:00Z', 7200000, 7200000, 7200000, 0, NULL, NULL, 7200000, 'allocated'),
             ('1012', 'nlp', '2025-02-10 07:00Z', '2025-02-10 09:00Z', 3600000, 3600000, 3600000, NULL, NULL, NULL, 14400000, 'allocated')$$,
    'chips x Elapsed, in local time; used as its busiest step says; nothing kept of what was lost');
SELECT results_eq('SELECT pg_temp.reasons()', ARRAY['no pool for partition "other"', 'it has 14 fields, the header has 12'], 'what is wrong with two');
SELECT is(pg_temp.note('skipped'), '{"job step": 3, "no chips": 2, "never ran": 2, "not finished": 2}', 'what was left out');
SELECT is(pg_temp.note('suspended_seconds'), '3600', 'a job that was suspended had its chips for less than its time');
SELECT is_empty($$SELECT * FROM check_load('s', (SELECT max(load_id) FROM s.load))$$, 'it can be published');
SELECT lives_ok($$SELECT publish_load('s', (SELECT max(load_id) FROM s.load))$$, 'and is');

-- What sacct -D says of the runs of a requeued job and the sizes of a resized one: they are over, and had their chips.
SELECT is(pg_temp.import(E'JobID|State|Start|End|Elapsed|AllocTRES|Account\n'
    '1|REQUEUED|2025-01-10T00:00:00|2025-01-10T03:00:00|03:00:00|gres/gpu=1|a\n1|COMPLETED|2025-01-10T03:00:00|2025-01-10T04:00:00|01:00:00|gres/gpu=1|a\n'
    '2|RESIZING|2025-01-10T00:00:00|2025-01-10T01:00:00|01:00:00|gres/gpu=8|a\n2|RUNNING|2025-01-10T01:00:00|Unknown|01:00:00|gres/gpu=4|a', '{"pool_id": "P"}'), '3 0 1 3', 'runs that were requeued');
SELECT results_eq($$SELECT job_id, sum(allocated_chip_ms) FROM loaded GROUP BY 1 ORDER BY 1$$, $$VALUES ('1', 14400000::numeric), ('2', 28800000)$$, 'count like any other');

-- sacct -p ends each line with a bar; columns stand in any order; other tenants, sums of gpuutil.
SELECT is(pg_temp.import(E'state|jobid|end|start|elapsedraw|alloctres|user|TRESUsageInAve|\r\nCOMPLETED|1|2025-01-10T02:00:00|2025-01-10T01:00:00|3600|gres/gpu=4|ada|gres/gpuutil=200|\r\n', '{"pool_id": "P", "tenant": "User", "gpuutil": "sum"}'), '1 0 0 1', 'with -p');
SELECT results_eq($$SELECT tenant_id, installed_chip_ms, used_chip_ms FROM loaded$$, $$VALUES ('ada', 14400000::bigint, 7200000::bigint)$$, 'by user, gpuutil a sum');
SELECT is(pg_temp.import(E'State|JobID|End|Start|ElapsedRaw|AllocTRES|Account|TRESUsageInAve\nCOMPLETED|1|2025-01-10T02:00:00|2025-01-10T01:00:00|3600|gres/gpu=4|a|gres/gpuutil=200'), '0 1 0 0', 'which is not guessed');
SELECT is(pg_temp.import(E'State|JobID|End|Start|ElapsedRaw|AllocTRES|Account|TRESUsageInAve\nCOMPLETED|1|1736474400|1736470800|3600|gres/gpu=4|a|gres/gpuutil=200', '{"pool_id": "P", "gpuutil": "ignore"}'), '1 0 0 1', 'times in seconds since 1970');
SELECT results_eq($$SELECT starts_at, used_chip_ms FROM loaded$$, $$VALUES (timestamptz '2025-01-10 01:00Z', 14400000::bigint)$$, 'and usage left out');
SELECT is(pg_temp.import(E'JobID|State|Start|End|Elapsed|AllocTRES|Account\n1|COMPLETED|2025-01-31T23:00:00|2025-02-02T00:00:00|1-01:00:00|billing=3,gres/gpu=1|a'), '1 0 0 2', 'a job over the end of a month');
SELECT results_eq($$SELECT month, installed_chip_ms, billing_ms FROM loaded ORDER BY 1$$, $$VALUES ('2025-01-01'::date, 3600000::bigint, 10800000::bigint), ('2025-02-01', 86400000, 259200000)$$, 'is two readings');
SELECT is(pg_temp.import(E'JobID|State|Start|End|Elapsed|AllocTRES|Account\n' || string_agg(i || '|COMPLETED|2025-01-20T00:00:00|2025-01-20T01:00:00|01:00:00|gres/gpu:1g.10gb=1,gres/gpu=1|a', E'\n')), '7 0 0 7', 'seven jobs on seven slices') FROM generate_series(1, 7) i;
SELECT is((SELECT sum(installed_chip_ms) FROM loaded), 3600000::numeric, 'are one chip-hour');

-- ---------------------------------------------------------------------------
-- Clocks of Berlin: back on 26 October 2025 at 3, forward on 30 March at 2
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import($$JobID|State|Start|End|Elapsed|AllocTRES|Account
1|COMPLETED|2025-10-26T01:00:00|2025-10-26T04:00:00|04:00:00|gres/gpu=1|a
2|COMPLETED|2025-10-26T02:30:00|2025-10-26T04:00:00|02:30:00|gres/gpu=1|a
3|COMPLETED|2025-10-26T02:30:00|2025-10-26T04:00:00|01:30:00|gres/gpu=1|a
4|COMPLETED|2025-10-26T01:00:00|2025-10-26T02:30:00|01:30:00|gres/gpu=1|a
5|COMPLETED|2025-10-26T01:00:00|2025-10-26T02:30:00|02:30:00|gres/gpu=1|a
6|COMPLETED|2025-10-26T02:30:00|2025-10-26T02:40:00|01:10:00|gres/gpu=1|a
7|COMPLETED|2025-10-26T02:50:00|2025-10-26T02:10:00|00:20:00|gres/gpu=1|a
8|COMPLETED|2025-03-30T01:00:00|2025-03-30T04:00:00|02:00:00|gres/gpu=1|a
9|COMPLETED|2025-03-30T02:30:00|2025-03-30T04:00:00|01:30:00|gres/gpu=1|a
10|COMPLETED|2025-10-26T02:50:00|2025-10-26T02:10:00|00:20:01|gres/gpu=1|a$$), '8 2 0 8', 'Elapsed tells which of two hours is meant');
SELECT results_eq($$SELECT job_id::int, starts_at, ends_at FROM loaded ORDER BY 1$$,
    $$VALUES (1, timestamptz '2025-10-25 23:00Z', timestamptz '2025-10-26 03:00Z'), (2, '2025-10-26 00:30Z', '2025-10-26 03:00Z'), (3, '2025-10-26 01:30Z', '2025-10-26 03:00Z'), (4, '2025-10-25 23:00Z', '2025-10-26 00:30Z'),
             (5, '2025-10-25 23:00Z', '2025-10-26 01:30Z'), (6, '2025-10-26 00:30Z', '2025-10-26 01:40Z'), (7, '2025-10-26 00:50Z', '2025-10-26 01:10Z'), (8, '2025-03-30 00:00Z', '2025-03-30 02:00Z')$$, 'for start and end');
SELECT results_eq('SELECT pg_temp.reasons()', ARRAY['Start "2025-03-30T02:30:00" or End "2025-03-30T04:00:00" is no time, or the clocks of Europe/Berlin skip it', 'Elapsed is longer than from Start to End by 1 s'],
    'an hour that was not, and an Elapsed that fits nothing');
SELECT is(pg_temp.import(E'JobID|State|Start|End|Elapsed|AllocTRES|Account\n1|COMPLETED|2025-07-01T00:00:00|2025-07-01T01:00:00|01:00:00|gres/gpu=1|a', '{"pool_id": "P", "time_zone": "America/New_York"}'), '1 0 0 1', 'a cluster elsewhere');
SELECT results_eq('SELECT starts_at FROM loaded', $$VALUES (timestamptz '2025-07-01 04:00Z')$$, 'has its own clocks');

-- ---------------------------------------------------------------------------
-- Hostile
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE hostile (n serial, line text, why text);
INSERT INTO hostile (line, why) VALUES
    ('|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|1', 'JobID is not one of Slurm''s'), ('x|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|1', 'JobID is not one of Slurm''s'),
    ('1||2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|1', 'State is missing'), ('1|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=99999999999|a|1', 'the chips of AllocTRES "gres/gpu=99999999999" cannot be read'),
    ('1|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|an hour|gres/gpu=1|a|1', 'Elapsed is not [days-]hours:minutes:seconds'), ('1|COMPLETED|yesterday|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|1', 'Start "yesterday" or End "2025-01-01T01:00:00" is no time, or the clocks of Europe/Berlin skip it'),
    ('1|COMPLETED|2025-02-30T00:00:00|2025-03-01T01:00:00|01:00:00|gres/gpu=1|a|1', 'Start "2025-02-30T00:00:00" or End "2025-03-01T01:00:00" is no time, or the clocks of Europe/Berlin skip it'),
    ('1|COMPLETED|2025-01-01T02:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|1', 'Elapsed is longer than from Start to End by 7200 s'), ('1|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|NaN', 'ConsumedEnergyRaw "NaN" is not a number'),
    ('1|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|-5', 'a count is negative'), ('1|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|9e30', 'a count is too large'),
    ('1|COMPLETED|1999-01-01T00:00:00|1999-01-01T01:00:00|01:00:00|gres/gpu=1|a|1', 'its time lies before 2000 or more than ten years ahead'), ('1|COMPLETED|2020-01-01T00:00:00|2023-01-01T00:00:00|1000-00:00:00|gres/gpu=1|a|1', 'it lasts more than 400 days'),
    ('1|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|' || repeat('a', 10000000) || '|1', 'a name is longer than 300 bytes'), ('1|', 'it has 2 fields, the header has 8'), (repeat('|', 1000000), 'it has 1000001 fields, the header has 8'),
    ('2|COMPLETED|2025-01-01T00:00:00|2025-01-01T01:00:00|01:00:00|gres/gpu=1|a|1', NULL);
SELECT is(pg_temp.import(E'JobID|State|Start|End|Elapsed|AllocTRES|Account|ConsumedEnergyRaw\n' || string_agg(line, E'\n' ORDER BY n)), '1 16 0 1', 'one of seventeen is good') FROM hostile;
SELECT results_eq('SELECT pg_temp.reasons()', $$SELECT why FROM hostile WHERE why IS NOT NULL ORDER BY n$$, 'each of the others is told what is wrong');
SELECT is(pg_temp.import(x), '0 1 0 0', 'no header of sacct: ' || x) FROM unnest(ARRAY['x', 'JobID|State|Start|End|Elapsed|AllocTRES', 'JobID|State|Start|End|AllocTRES|Account']) x;
SELECT results_eq('SELECT pg_temp.reasons()', ARRAY['the header lacks Elapsed'], 'and what it lacks');
SELECT is(pg_temp.import(''), '0 0 0 0', 'an empty file');

-- ---------------------------------------------------------------------------
-- Chips that no job had: pool P has 16 until 29 March, then 24; the clocks go forward on the 30th
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.import(E'JobID|State|Start|End|Elapsed|AllocTRES|Account\n1|COMPLETED|2025-03-27T12:00:00|2025-03-28T12:00:00|1-00:00:00|gres/gpu=16|a\n2|COMPLETED|2025-03-28T12:00:00|2025-03-30T12:00:00|1-23:00:00|gres/gpu=3|a'), '2 0 0 2', 'two jobs');
SELECT max(load_id) AS jobs FROM s.load \gset
SELECT is(add_unallocated_readings('s', :jobs, 'P', '2025-03-27', '2025-03-31'), 4::bigint, 'and what they leave, day by day');
SELECT results_eq(format($$SELECT starts_at AT TIME ZONE 'Europe/Berlin', ends_at - starts_at, installed_chip_ms, allocated_chip_ms, used_chip_ms FROM s.meter_reading WHERE load_id = %s AND tenant_id IS NULL ORDER BY 1$$, :jobs),
    $$SELECT v.d, v.l, v.h * 3600000::bigint, 0::bigint, 0::bigint FROM (VALUES (timestamp '2025-03-27', interval '24 h', 16 * 12), ('2025-03-28', '24 h', 13 * 12), ('2025-03-29', '24 h', 21 * 24), ('2025-03-30', '23 h', 21 * 11 + 24 * 12)) v (d, l, h)$$,
    'in service less allocated, on a day of 23 hours too');
SELECT is((SELECT sum(installed_chip_ms) FROM s.meter_reading WHERE load_id = :jobs), ((16 * 48 + 24 * 24 + 24 * 23) * 3600000::bigint)::numeric, 'together they are what is in service');
SELECT is(add_unallocated_readings('s', :jobs, 'P', '2025-03-27', '2025-03-31'), 0::bigint, 'asked again, nothing is left');
SELECT is_empty(format('SELECT * FROM check_load(''s'', %s)', :jobs), 'it can be published');
SELECT publish_load('s', :jobs);
SELECT open_load('s', 'more', 't') AS more \gset
SELECT is(add_unallocated_readings('s', :more, 'P', '2025-03-26', '2025-03-28'), 1::bigint, 'published readings cover too');
SELECT is(add_unallocated_readings('s', :more, 'P', '2025-03-25', '2025-03-26', '6 hours'), 4::bigint, 'here by six hours');
SELECT is(add_unallocated_readings('s', :more, 'P', '2025-03-29', '2025-04-02', '1 hour', with_held => false), 24::bigint + 23 + 24, 'unless they are to be replaced; nothing where nothing is in service');
SELECT is(add_unallocated_readings('s', :more, 'Q', '2025-03-26', '2025-03-28'), 0::bigint, 'a pool without chips');
SELECT throws_ok(format('SELECT add_unallocated_readings(''s'', %s, ''P'', ''2025-03-26'', ''2025-03-26'')', :more), '22023', NULL, 'no day');
SELECT throws_ok(format('SELECT add_unallocated_readings(''s'', %s, ''P'', ''2025-03-26'', ''infinity'')', :more), '22023', NULL, 'no end');
SELECT throws_ok(format('SELECT add_unallocated_readings(''s'', %s, ''P'', ''2025-03-26'', ''2025-03-27'', ''7 hours'')', :more), '22023', NULL, 'a step that does not divide the day');
SELECT throws_ok(format('SELECT add_unallocated_readings(''s'', %s, ''P'', ''2025-03-26'', ''2025-03-27'', NULL)', :more), '22004', NULL, 'no step');
SELECT throws_ok(format('SELECT add_unallocated_readings(''s'', %s, ''X'', ''2025-03-26'', ''2025-03-27'')', :more), 'P0002', NULL, 'no such pool');
SELECT throws_ok(format('SELECT add_unallocated_readings(''s'', %s, ''P'', ''2025-03-26'', ''2025-03-27'')', :jobs), '55000', NULL, 'a load that is published');

SELECT * FROM finish();
ROLLBACK;
