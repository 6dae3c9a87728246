-- What the meters of the sample world read: arithmetic on the day, labelled synthetic. No two
-- pools are alike, and some of the data is bad on purpose, as real data is:
--   meta-h100 has no reading for 14 September 2025;
--   msft-h100 reports more use than allocation on 20 August 2025;
--   pool P's readings of 31 October 2025 come two days late.
-- The readings of anth-h100 say whose the chips were.
-- Each month's readings are known on the first day of the next month.

CREATE TEMP TABLE staged_meter_reading AS
SELECT pool_id, tenant_id, job_id, model_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms,
       joules, idle_joules, use_basis, energy_basis, source_id, NULL::date AS known_on
FROM books.meter_reading LIMIT 0;

-- Pool P, hourly: 95 % available, 80 % allocated; used 50 % in the first half of a day and
-- 70 % in the second, 60 % over October 2025, and a point less or more for each month before
-- or after. Its energy is not metered.
INSERT INTO staged_meter_reading
SELECT 'P', NULL, NULL, NULL, h.starts_at, h.starts_at + interval '1 hour', m.month,
       1000 * 3600000::bigint, 950 * 3600000::bigint, 800 * 3600000::bigint,
       (600 + 10 * m.months_after + CASE WHEN extract(hour FROM h.starts_at AT TIME ZONE 'UTC') < 12 THEN -100 ELSE 100 END) * 3600000::bigint,
       NULL, NULL, 'sm_active', NULL, 'synthetic',
       CASE WHEN h.starts_at >= '2025-10-31 00:00Z' AND h.starts_at < '2025-11-01 00:00Z' THEN date '2025-11-03'
            ELSE (m.month + interval '1 month')::date END
FROM generate_series('2025-01-01 00:00Z'::timestamptz, '2026-04-30 23:00Z', '1 hour') h (starts_at)
CROSS JOIN LATERAL (SELECT date_trunc('month', h.starts_at AT TIME ZONE 'UTC')::date AS month) c
CROSS JOIN LATERAL (SELECT c.month, (extract(year FROM c.month)::int - 2025) * 12 + extract(month FROM c.month)::int - 10 AS months_after) m;

-- The fleets, daily. Shares are in thousandths of what is installed; the share used swings
-- around its middle with the day. Power is linear in use, from idle to busy watts a chip.
-- Where tenants share a pool, each day has a reading of each, thousandths of the chips and per cent
-- of what is used; they add up to the pool's.
INSERT INTO staged_meter_reading
SELECT f.pool_id, t.tenant_id, t.job_id, t.model_id, d.day::timestamp AT TIME ZONE 'UTC', (d.day + 1)::timestamp AT TIME ZONE 'UTC', date_trunc('month', d.day::timestamp)::date,
       f.chips * 86400 * coalesce(t.installed, 1000), f.chips * 86400 * coalesce(t.available, f.available),
       f.chips * 86400 * coalesce(t.allocated, f.allocated), f.chips * 86400 * s.used * coalesce(t.used_percent, 100) / 100,
       f.chips * 86400 * (f.idle_watts * 1000 + (f.busy_watts - f.idle_watts) * s.used) / 1000,
       CASE WHEN f.idle_is_metered THEN f.chips * 86400 * f.idle_watts * (1000 - s.used) / 1000 END,
       f.use_basis, f.energy_basis, 'synthetic',
       greatest((date_trunc('month', d.day::timestamp) + interval '1 month')::date, f.known_from)
FROM (VALUES
    ('goog-tpu',  100000::bigint, date '2025-01-01', date '2025-01-01', 985, 930, 720, 200, 90,   true,  'goodput',   'chip'),
    ('amzn-h100', 196000,         '2024-07-01',      '2024-12-31',      970, 860, 560, 1275, 520, false, 'sm_active', 'server'),
    ('amzn-trn2', 500000,         '2025-10-29',      '2025-11-03',      960, 900, 640, 500, 180,  false, 'sm_active', 'chip'),
    ('msft-h100', 485000,         '2025-01-01',      '2025-01-01',      975, 900, 620, 1275, 520, false, 'gpu_util',  'server'),
    ('meta-h100', 350000,         '2025-01-01',      '2025-01-01',      965, 880, 540, 1275, 520, false, 'sm_active', 'server'),
    ('crwv-h100', 250000,         '2025-01-01',      '2025-03-04',      980, 840, 590, 1530, 640, true,  'sm_active', 'facility'),
    ('anth-h100', 4096,           '2025-01-01',      '2025-03-31',      990, 950, 690, NULL, NULL, false, 'sm_active', NULL))
    f (pool_id, chips, first_day, known_from, available, allocated, used, busy_watts, idle_watts, idle_is_metered, use_basis, energy_basis)
CROSS JOIN LATERAL (SELECT g::date AS day FROM generate_series(f.first_day::timestamp, timestamp '2026-04-30', '1 day') g) d
CROSS JOIN LATERAL (SELECT CASE WHEN f.pool_id = 'msft-h100' AND d.day = '2025-08-20' THEN f.allocated + 50
                                ELSE f.used + (d.day - date '2024-01-01') * 37 % 81 - 40 END AS used) s
LEFT JOIN (VALUES
    ('anth-h100', 'pretraining', 'pretrain-2', 'LM-2', 450, 450, 450, 54),
    ('anth-h100', 'research',    'ablations',  'LM-2', 225, 225, 225, 17),
    ('anth-h100', 'serving',     'serve',      'LM-1', 275, 275, 275, 29),
    ('anth-h100', NULL,          NULL,         NULL,    50,  40,   0,  0))
    t (pool_id, tenant_id, job_id, model_id, installed, available, allocated, used_percent) ON t.pool_id = f.pool_id
WHERE NOT (f.pool_id = 'meta-h100' AND d.day = '2025-09-14');

-- Rent includes the power: the meter says so, and no energy cost is added.
UPDATE staged_meter_reading SET joules = 0, energy_basis = 'in_rent' WHERE pool_id = 'anth-h100';

SELECT add_reading_partitions('books', '2024-07-01', '2026-04-01') \g /dev/null
