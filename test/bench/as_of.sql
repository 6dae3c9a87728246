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

INSERT INTO bench_query (name, query) VALUES
('readings of the ledger as known', 'SELECT pool_id, sum(installed_chip_ms), sum(available_chip_ms), sum(allocated_chip_ms), sum(used_chip_ms)
FROM books.meter_reading_known GROUP BY pool_id'),
('readings of the bare table', 'SELECT pool_id, sum(installed_chip_ms), sum(available_chip_ms), sum(allocated_chip_ms), sum(used_chip_ms)
FROM books.meter_reading GROUP BY pool_id');
INSERT INTO bench_comparison (work, ours, baseline, target) VALUES
('meter_reading_known : meter_reading', 'readings of the ledger as known', 'readings of the bare table', 1.1);
