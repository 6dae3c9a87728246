-- meter_day: what is packed and what comes back, the text form, what is refused.
SET search_path = chipbook, public;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';

-- Three minutes of a node of eight chips, given in no order; the second has lost a chip.
CREATE TABLE node (starts_at timestamptz, ends_at timestamptz, installed bigint, available bigint, allocated bigint, used bigint, joules bigint);
INSERT INTO node VALUES
    ('2025-10-01 00:02+00', '2025-10-01 00:03+00', 480000, 480000, 480000, 300000, 210000),
    ('2025-10-01 00:00+00', '2025-10-01 00:01+00', 480000, 480000, 480000, 310000, NULL),
    ('2025-10-01 00:01+00', '2025-10-01 00:02+00', 480000, 420000, 420000, 290000, 190000);
SELECT pack_readings(starts_at, ends_at, installed, available, allocated, used, joules) AS readings FROM node;
CREATE TABLE packed AS SELECT pack_readings(starts_at, ends_at, installed, available, allocated, used, joules) AS readings FROM node;
SELECT readings(readings), first_start(readings), last_end(readings) FROM packed;
\x on
SELECT u.* FROM packed, unpack_readings(readings) u;
\x off
SELECT * FROM unpack_readings(NULL);
-- All that a reading may have; FLOPs keep the decimals they were written with.
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:05+00', 1, 2, 3, 4, 5, 6, 7, 8, 9, f) AS readings FROM unnest('{1.50,1e30,NULL,0}'::numeric[]) f;
SELECT model_flops FROM unpack_readings((SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:05+00', 1, 2, 3, 4, 5, 6, 7, 8, 9, f) FROM unnest('{1.50,1.5,1e30,NULL,0}'::numeric[]) f));
-- Times before Christ and far away.
SELECT pack_readings(s::timestamptz, e::timestamptz, 1, 1, 1, 1, NULL)
FROM (VALUES ('4714-11-24 00:00:00+00 BC', '0001-01-01 00:00:00+00 BC'), ('2025-10-01 00:00:00.000001+00', '294276-12-31 23:59:59.999999+00')) v(s, e);
SELECT starts_at, ends_at FROM unpack_readings('readings=2 starts_at=-4713-11-24T00:00:00Z steps=0 lengths=1,9223372036854775807 installed=1*2 available=1*2 allocated=1*2 used=1*2');

-- Late readings: the value with them is that of all at once.
SELECT rollup(r) = (SELECT pack_readings(starts_at, ends_at, installed, available, allocated, used, joules) FROM node) AS same
FROM (SELECT pack_readings(starts_at, ends_at, installed, available, allocated, used, joules) AS r FROM node GROUP BY starts_at < '2025-10-01 00:01+00') x;
SELECT rollup(r) IS NULL AS nothing FROM (SELECT NULL::meter_day AS r) x;
SELECT meter_day_add(readings, '2025-10-01 00:01+00', '2025-10-01 00:02+00', 480000, 420000, 420000, 290000, 190000) FROM packed;

-- What they cost is what their rows do.
SELECT spend_packed_agg(readings, '2.50 USD') FROM packed;
SELECT spend_packed_agg(readings, '2.50 USD') = (SELECT spend_rate_agg('2.50 USD', installed, available, allocated, used) FROM node) AS same FROM packed;
SELECT spend_packed_agg(readings, NULL) FROM packed;
SELECT spend_packed_agg(NULL, '2.50 USD') IS NULL AS nothing FROM packed;
-- A row that contradicts itself is clamped for money alone.
SELECT spend_packed_agg(r, '3600000 USD') = spend_rate_agg('3600000 USD', 10, 5, 8, 20) AS same, spend_rate_agg('3600000 USD', 10, 5, 8, 20)
FROM (SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:05+00', 10, 5, 8, 20, NULL) AS r) x GROUP BY r;

-- Equality, grouping, arrays, a column of a table, which is not compressed.
SELECT readings(readings), count(*) FROM (SELECT readings FROM packed UNION ALL SELECT readings FROM packed) x GROUP BY readings;
SELECT a.readings = b.readings AS same, a.readings <> b.readings AS different, ARRAY[a.readings]::text = ARRAY[b.readings]::text AS arrays FROM packed a, packed b;
SELECT attstorage FROM pg_attribute WHERE attrelid = 'packed'::regclass AND attname = 'readings';

-- What is refused
SELECT pack_readings(NULL, '2025-10-01 00:01+00', 1, 1, 1, 1, 1);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, 1, 1, NULL, 1);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:00+00', 1, 1, 1, 1, 1);
SELECT pack_readings('2025-10-01 00:00+00', 'infinity', 1, 1, 1, 1, 1);
SELECT pack_readings('-infinity', '2025-10-01 00:00+00', 1, 1, 1, 1, 1);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, -1, 1, 1, 1);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, 1, 1, 1, -1);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, 1, 1, 1, 1, 1, 1, -9223372036854775808, 1, 1);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, 1, 1, 1, 1, 1, 1, 1, 1, 'NaN');
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, 1, 1, 1, 1, 1, 1, 1, 1, -0.5);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, 1, 1, 1, 1, 1, 1, 1, 1, 'infinity');
\set VERBOSITY sqlstate
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:01+00', 1, 1, 1, NULL, 1);
SELECT pack_readings('2025-10-01 00:00+00', '2025-10-01 00:00+00', 1, 1, 1, 1, 1);
\set VERBOSITY default

-- Text: fields in any order after the first two, blanks between them; nothing else.
SELECT '  readings=2 starts_at=2025-10-01T00:00:00.5Z'::meter_day;
SELECT ' readings=2 starts_at=2025-10-01T00:00:00.500000Z
    used=4,5 joules=null,7 allocated=5*2 available=5*2 installed=5*2 lengths=60000000*2 steps=60000000 '::meter_day;
SELECT 'readings=1 starts_at=2025-10-01T00:00:00Z lengths=1 installed=1 available=1 allocated=1 used=1 tokens=null'::meter_day;
CREATE FUNCTION refusal(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN $1::meter_day;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT refusal(replace('readings=2 starts_at=2025-10-01T00:00:00Z steps=1 lengths=1*2 installed=1*2 available=1*2 allocated=1*2 used=1*2', was, becomes)) AS refused
FROM (VALUES ('readings=2 ', ''), ('readings=2', 'readings=1'), ('readings=2', 'readings=3'), ('readings=2', 'readings=0'), ('readings=2', 'readings=10000001'), ('readings=2', 'readings=-2'),
             ('2025-10-01', '2025-02-29'), ('2025-10-01', '2025-13-01'), ('2025-10-01', '300000-01-01'), ('2025-10-01', '294277-01-01'), ('2025-10-01', '-4713-11-23'), ('T00', 'T24'), ('00Z', '60Z'),
             ('00Z', '00'), ('00Z', '00+00'), ('2025-10-01T00:00:00Z', 'infinity'),
             ('steps=1 ', ''), ('steps=1', 'steps=-1'), ('steps=1', 'steps=18446744073709551616'), ('steps=1', 'steps=18446744073709551615'), ('steps=1', 'steps=1*2'), ('lengths=1*2', 'lengths=1,0'),
             ('lengths=1*2', 'lengths=1*3'), ('lengths=1*2', 'lengths=1*0,1*2'), ('lengths=1*2', 'lengths=1,9223372036854775807'), ('used=1*2', 'used=1,'), ('used=1*2', 'used=1*2,'), ('used=1*2', 'used=1'),
             ('used=1*2', 'used=1,null'), ('used=1*2', 'used=-1*2'), ('used=1*2', 'used=9223372036854775808,1'), ('used=1*2', 'used=1*2 used=1*2'), ('used=1*2', ''), ('used=1*2', 'used=1*2x'),
             ('used=1*2', 'used=1*2 kept=1'), ('used=1*2', 'used=1*2 model_flops=1.5,-1'), ('used=1*2', 'used=1*2 model_flops=1.,2'), ('used=1*2', 'used=1*2 model_flops=1e5,2'),
             ('used=1*2', 'used=1*2 model_flops=NaN,2'), ('used=1*2', 'used=1*2 ends_at=1*2'), ('used=1*2', 'USED=1*2'), ('installed=1*2', 'installed=1 *2')) v(was, becomes);
SELECT 'readings=2'::meter_day;
SELECT repeat('x', 300)::meter_day;
DROP TABLE node, packed;
DROP FUNCTION refusal(text);
