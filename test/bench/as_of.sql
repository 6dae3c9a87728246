-- What it costs that a ledger answers as it was known: the readings through the filter on recorded time, and
-- the bare table. Readings of a quarter of an hour, in the table's order, all known.

SELECT create_ledger('books') \g /dev/null
INSERT INTO books.source VALUES ('bench', 'synthetic', 'made for the benchmark', NULL, 'low');
SELECT open_load('books', 'benchmark', 'bench') AS load_id \gset
SELECT add_reading_partitions('books', '2025-01-01', (timestamp '2025-01-01' + :rows / 500 * interval '15 minutes')::date) \g /dev/null
INSERT INTO books.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms,
       used_chip_ms, joules, use_basis, energy_basis, load_id, source_id, recorded_at)
SELECT 'pool ' || p, t, t + interval '15 minutes', date_trunc('month', t AT TIME ZONE 'UTC')::date, 900000000,
       900000 * (1000 - i * 31 % 60), 900000 * (700 + i * 17 % 240), 900000 * (i * 13 % 700), 400000000, 'sm_active', 'chip',
       :load_id, 'bench', timestamptz '2026-01-01 00:00+00'
FROM generate_series(1::bigint, :rows / 500) i, LATERAL (SELECT timestamptz '2025-01-01 00:00+00' + (i - 1) * interval '15 minutes' AS t) s,
     generate_series(1, 500) p;
VACUUM (FREEZE, ANALYZE) books.meter_reading;

-- What the published views ask of the readings, and the least that anybody could ask.
INSERT INTO bench_query (name, query)
SELECT format('%s, %s', q.name, t.name), format(q.query, t.relation)
FROM (VALUES ('readings as the views add them up', 'SELECT pool_id, month, energy_basis, count(*), min(use_basis), max(use_basis),
    sum(installed_chip_ms), sum(available_chip_ms), sum(allocated_chip_ms), sum(used_chip_ms),
    sum(least(used_chip_ms, installed_chip_ms)),
    sum(least(greatest(allocated_chip_ms, used_chip_ms), installed_chip_ms)),
    sum(least(greatest(available_chip_ms, allocated_chip_ms, used_chip_ms), installed_chip_ms)),
    sum(joules), sum(idle_joules), sum(model_flops), count(model_flops), max(recorded_at)
FROM %s GROUP BY pool_id, month, energy_basis'),
             ('four sums of readings', 'SELECT pool_id, sum(installed_chip_ms), sum(available_chip_ms), sum(allocated_chip_ms), sum(used_chip_ms)
FROM %s GROUP BY pool_id')) q (name, query)
CROSS JOIN (VALUES ('as known', 'books.meter_reading_known'), ('bare table', 'books.meter_reading')) t (name, relation);
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('as_of filter: readings as the views add them up', 'readings as the views add them up, as known', 'readings as the views add them up, bare table', 1.1),
('as_of filter: four sums, the least work there is', 'four sums of readings, as known', 'four sums of readings, bare table', NULL);
