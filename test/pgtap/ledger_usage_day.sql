-- Readings by the day, kept by publication: whatever is published, replaced or withdrawn in whatever
-- order, the days held at any time are what the readings held then come to, and what is published of
-- a month is the same to the last digit as from the readings themselves.
\set ON_ERROR_STOP on
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION chipbook;
SET search_path = chipbook, public;
SELECT no_plan();

-- What the readings of a month come to by day, from the readings and by other means: a reading is cut at
-- every midnight, and each of its parts is the difference of two rounded accumulations.
CREATE FUNCTION pg_temp.nested(part numeric, installed numeric, v numeric, l numeric, used numeric, OUT i numeric, OUT u numeric) LANGUAGE plpgsql AS $$
BEGIN
    i := trunc(round(installed * part, 9));
    u := CASE WHEN installed = 0 THEN 0 ELSE trunc(v * i / installed) END;
    u := CASE WHEN v = 0 THEN 0 ELSE trunc(l * u / v) END;
    u := CASE WHEN l = 0 THEN 0 ELSE trunc(nested.used * u / l) END;
END
$$;
CREATE FUNCTION pg_temp.days(ledger text, at_time timestamptz) RETURNS TABLE (pool_id text, reading_day date, tenant_id text, readings bigint, installed numeric, used numeric, ordered_used numeric, joules numeric, kept numeric, tokens numeric)
LANGUAGE plpgsql AS $$
DECLARE
    zone text;
BEGIN
    EXECUTE format('SELECT l.time_zone FROM %I.ledger l', ledger) INTO zone;
    RETURN QUERY EXECUTE format($q$
        SELECT r.pool_id, d.day::date, r.tenant_id, count(*) FILTER (WHERE x.a = 0),
               sum(f.i - g.i), sum(f.u - g.u + trunc((r.used_chip_ms - o.u) * x.b / x.t) - trunc((r.used_chip_ms - o.u) * x.a / x.t)), sum(f.u - g.u),
               sum(floor(coalesce(r.joules, 0)::numeric * x.b / x.t) - floor(coalesce(r.joules, 0)::numeric * x.a / x.t)),
               sum(CASE WHEN r.kept_chip_ms IS NULL OR r.used_chip_ms = 0 THEN f.u - g.u + trunc((r.used_chip_ms - o.u) * x.b / x.t) - trunc((r.used_chip_ms - o.u) * x.a / x.t)
                        ELSE floor(r.kept_chip_ms::numeric * (f.u + trunc((r.used_chip_ms - o.u) * x.b / x.t)) / r.used_chip_ms)
                             - floor(r.kept_chip_ms::numeric * (g.u + trunc((r.used_chip_ms - o.u) * x.a / x.t)) / r.used_chip_ms) END),
               sum(floor(coalesce(r.tokens, 0)::numeric * x.b / x.t) - floor(coalesce(r.tokens, 0)::numeric * x.a / x.t))
        FROM %I.meter_reading r
        CROSS JOIN LATERAL generate_series(date_trunc('day', r.starts_at AT TIME ZONE $2), r.ends_at AT TIME ZONE $2, interval '1 day') d (day)
        CROSS JOIN LATERAL (
            SELECT extract(epoch FROM greatest(d.day AT TIME ZONE $2, r.starts_at) - r.starts_at) * 1000 AS a,
                   extract(epoch FROM least((d.day + interval '1 day') AT TIME ZONE $2, r.ends_at) - r.starts_at) * 1000 AS b,
                   extract(epoch FROM r.ends_at - r.starts_at) * 1000 AS t) x
        CROSS JOIN LATERAL (SELECT least(r.used_chip_ms, r.installed_chip_ms)::numeric AS u, least(greatest(r.used_chip_ms, r.allocated_chip_ms), r.installed_chip_ms)::numeric AS l,
                                   least(greatest(r.used_chip_ms, r.allocated_chip_ms, r.available_chip_ms), r.installed_chip_ms)::numeric AS v) o
        -- Each count follows the one that holds it: available what is installed, allocated what is available, used what is allocated.
        CROSS JOIN LATERAL pg_temp.nested(x.a / x.t, r.installed_chip_ms, o.v, o.l, o.u) g
        CROSS JOIN LATERAL pg_temp.nested(x.b / x.t, r.installed_chip_ms, o.v, o.l, o.u) f
        WHERE x.a < x.b AND r.recorded_at <= $1 AND r.superseded_at > $1
        GROUP BY 1, 2, 3$q$, ledger) USING at_time, zone;
END
$$;
CREATE FUNCTION pg_temp.kept(ledger text, at_time timestamptz) RETURNS TABLE (pool_id text, reading_day date, tenant_id text, readings bigint, installed numeric, used numeric, ordered_used numeric, joules numeric, kept numeric, tokens numeric)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT d.pool_id, d.reading_day, d.tenant_id, sum(d.readings)::bigint, sum(d.installed_ms), sum(d.used_ms), sum(d.ordered_used_ms), sum(coalesce(d.joules, 0)), sum(d.kept_ms), sum(d.tokens)
        FROM %I.usage_day d WHERE d.recorded_at <= $1 AND d.superseded_at > $1 GROUP BY 1, 2, 3$q$, ledger) USING at_time;
END
$$;

-- ---------------------------------------------------------------------------
-- A month in one reading, a day at a time
-- ---------------------------------------------------------------------------
SELECT create_ledger('d', 'EUR', 1, 'Europe/Berlin');
INSERT INTO d.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'made here', 'high');
SELECT open_load('d', 'first', 't') AS first_load \gset
INSERT INTO d.chip_model (chip_model_id, name, server_power_factor) VALUES ('H100', 'NVIDIA H100', 2);
INSERT INTO d.site (site_id, name, pue) VALUES ('S', 'site', 1);
INSERT INTO d.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES ('S', '0.10 EUR', '2024-01-01', '2025-03-11'), ('S', '0.30 EUR', '2025-03-11', 'infinity');
INSERT INTO d.pool (pool_id, name, site_id, chip_model_id) VALUES ('month', 'one reading a month', 'S', 'H100'), ('slices', 'a chip in slices', 'S', 'H100');
INSERT INTO d.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r', 'month', 1, '1 EUR', '2024-01-01'), ('s', 'slices', 1, '2.00 EUR', '2024-01-01');
SELECT add_reading_partitions('d', '2024-02-01', '2025-10-01');
-- March 2025 in Berlin has 743 hours, October 745; February 2024 has 29 days.
INSERT INTO d.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, energy_basis, use_basis)
SELECT 'month', m::timestamp AT TIME ZONE 'Europe/Berlin', (m + interval '1 month') AT TIME ZONE 'Europe/Berlin', m, n, n - 1, n / 2, n / 7, 743 * 3600000::bigint, 'facility', 'sm_active'
FROM (VALUES (date '2025-03-01'), ('2025-10-01'), ('2024-02-01')) v (m),
     LATERAL (SELECT (extract(epoch FROM (m + interval '1 month') AT TIME ZONE 'Europe/Berlin' - m::timestamp AT TIME ZONE 'Europe/Berlin') * 1000)::bigint AS n) x;
SELECT publish_load('d', :first_load, recorded_at => '2025-11-01') \g /dev/null
SET chipbook.as_of = '2025-11-02';
SELECT results_eq($$SELECT month, count(*), sum(readings), sum(installed_ms), min(installed_ms) / 3600000, max(installed_ms) / 3600000 FROM d.usage_day_known GROUP BY 1 ORDER BY 1$$,
    $$VALUES (date '2024-02-01', 29::bigint, 1::numeric, 29 * 24 * 3600000::numeric, 24::numeric, 24::numeric),
             ('2025-03-01', 31, 1, 743 * 3600000::numeric, 23, 24),
             ('2025-10-01', 31, 1, 745 * 3600000::numeric, 24, 25)$$, 'a day of 23 and one of 25 hours, and a leap day, each with its own part');
SELECT results_eq($$SELECT reading_day FROM d.usage_day_known WHERE installed_ms <> 24 * 3600000::numeric OR reading_day = '2024-02-29' ORDER BY 1$$,
    $$VALUES (date '2024-02-29'), ('2025-03-30'), ('2025-10-26')$$, 'where the clocks change');
SELECT is_empty($$SELECT * FROM d.usage_day_known WHERE NOT (installed_ms >= ordered_available_ms AND ordered_available_ms >= ordered_allocated_ms AND ordered_allocated_ms >= ordered_used_ms)$$,
    'what was in order still is');
-- Ten days (240 h) of 743 at 0.10, 503 at 0.30: the reading drew a kilowatt.
SELECT results_eq($$SELECT sum(energy), sum(energy_kwh) FROM d_report.utilisation_weighted_spend WHERE pool_id = 'month' AND period_month = '2025-03-01'$$,
    $$SELECT round(240 * 0.10 + 503 * 0.30, 15), round(743.0, 15)$$, 'energy is priced by the tariff of its day');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Slices of one chip stand beside each other, and make one chip
-- ---------------------------------------------------------------------------
SELECT open_load('d', 'slices', 't') AS slice_load \gset
-- Four quarters for an hour, then seven sevenths: 3,600,000 ms is no multiple of seven.
INSERT INTO d.meter_reading (pool_id, meter_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'slices', 'slice ' || i, 'tenant ' || i, timestamptz '2025-10-05 00:00+02', timestamptz '2025-10-05 01:00+02', date '2025-10-01', 900000, 900000, 900000, 900000 / i, 'gr_engine_active' FROM generate_series(1, 4) i
UNION ALL
SELECT 'slices', 'seventh ' || i, 'tenant ' || i, '2025-10-05 01:00+02', '2025-10-05 02:00+02', '2025-10-01', n, n, n, n / 2, 'gr_engine_active'
FROM generate_series(1, 7) i, LATERAL (SELECT 3600000 * i / 7 - 3600000 * (i - 1) / 7 AS n) x;
SELECT lives_ok(format('SELECT publish_load(%L, %s)', 'd', :slice_load), 'slices of a chip do not overlap each other');
SELECT results_eq($$SELECT installed_chip_hours, allocated_chip_hours, readings, capacity_chip_hours FROM d_report.utilisation_weighted_spend WHERE pool_id = 'slices' AND period_month = '2025-10-01'$$,
    $$VALUES (2::numeric(38,15), 2::numeric(38,15), 11::bigint, 745::numeric(38,15))$$, 'four quarters are a chip-hour, seven sevenths another');
SELECT open_load('d', 'the same slice again', 't') AS again \gset
INSERT INTO d.meter_reading (pool_id, meter_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('slices', 'slice 1', 'tenant 1', '2025-10-05 00:30+02', '2025-10-05 01:30+02', '2025-10-01', 1, 1, 1, 1, 'gr_engine_active');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'd', :again), '23P01', NULL, 'one slice twice at a time is refused');
SELECT is(publish_load('d', :again, replace_readings => true), 1::bigint, 'or replaces what it overlaps');
SELECT results_eq($$SELECT count(*), sum(installed_chip_ms) FROM d.meter_reading_known WHERE pool_id = 'slices'$$, $$VALUES (11::bigint, (7200000 - 900000 + 1)::numeric)$$, 'of that slice alone');
SELECT results_eq($$SELECT sum(readings), sum(installed_ms) FROM d.usage_day_known WHERE pool_id = 'slices'$$, $$VALUES (11::numeric, (7200000 - 900000 + 1)::numeric)$$, 'and so its day says');
SELECT is_empty($$SELECT * FROM verify_ledger('d') WHERE severity = 'error'$$, 'nothing is out of order');
SELECT throws_ok($$UPDATE d.usage_day SET used_ms = 0$$, '55000', NULL, 'a day is not rewritten');
SELECT throws_ok($$DELETE FROM d.usage_day$$, '55000', NULL, 'nor removed');
SELECT throws_ok($$TRUNCATE d.usage_day$$, '55000', NULL, 'nor all at once');

-- ---------------------------------------------------------------------------
-- Loads at random: late, restated and withdrawn, over midnights, in a zone with half an hour
-- ---------------------------------------------------------------------------
SELECT setseed(0.4);
SELECT create_ledger('r', 'USD', 1, 'Asia/Kolkata');
INSERT INTO r.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'made here', 'high');
SELECT open_load('r', 'pools', 't') AS pools \gset
INSERT INTO r.pool (pool_id, name) SELECT 'P' || i, 'pool' FROM generate_series(1, 3) i;
INSERT INTO r.rented_capacity (rental_id, pool_id, chips, rate, valid_from) SELECT 'r' || i, 'P' || i, 10, '1.23 USD', '2025-01-01' FROM generate_series(1, 3) i;
SELECT publish_load('r', :pools) \g /dev/null
SELECT add_reading_partitions('r', '2025-01-01', '2025-02-01') \g /dev/null
CREATE TEMP TABLE moment (at_time timestamptz);
DO $$
DECLARE
    load bigint;
BEGIN
    FOR i IN 1..40 LOOP
        IF random() < 0.25 THEN
            SELECT l.load_id INTO load FROM r.load l WHERE l.recorded_at > '-infinity' AND l.retracted_at IS NULL AND l.description = 'random' ORDER BY random() LIMIT 1;
            IF FOUND THEN
                PERFORM retract_load('r', load, 'at random');
            END IF;
        ELSE
            load := open_load('r', 'random', 't');
            INSERT INTO r.meter_reading (pool_id, tenant_id, job_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms,
                                         joules, idle_joules, energy_basis, tokens, model_flops, billing_ms, use_basis)
            SELECT 'P' || (1 + floor(random() * 3))::integer, CASE WHEN random() < 0.7 THEN 't' || floor(random() * 2)::integer END, CASE WHEN random() < 0.5 THEN 'j' END, s, e,
                   date_trunc('month', s AT TIME ZONE 'Asia/Kolkata'), floor(random() * 1e9), floor(random() * 1e9), floor(random() * 1e9), u, CASE WHEN random() < 0.5 THEN floor(u * random()) END,
                   j, CASE WHEN random() < 0.5 THEN floor(j * random()) END, CASE WHEN j IS NOT NULL THEN 'chip' END, CASE WHEN random() < 0.5 THEN floor(random() * 1e12) END,
                   CASE WHEN random() < 0.5 THEN round((random() * 1e20)::numeric, 3) END, CASE WHEN random() < 0.5 THEN floor(random() * 1e12) END, (ARRAY['sm_active', 'goodput'])[1 + floor(random() * 2)::integer]
            FROM (SELECT s, s + make_interval(secs => 1 + floor(random() * 86400 * 4)) AS e, floor(random() * 1e9) AS u, CASE WHEN random() < 0.6 THEN floor(random() * 1e12) END AS j
                  FROM (SELECT timestamptz '2025-01-01 00:00+05:30' + make_interval(secs => floor(random() * 86400 * 50)) AS s FROM generate_series(1, 6) WHERE random() < 2) n) x
            WHERE date_trunc('month', s AT TIME ZONE 'Asia/Kolkata') = date_trunc('month', (e - interval '1 microsecond') AT TIME ZONE 'Asia/Kolkata');
            -- Of those of one load that overlap the first stays.
            DELETE FROM r.meter_reading m USING r.meter_reading o
            WHERE m.load_id = load AND o.load_id = load AND (m.pool_id, coalesce(m.tenant_id, ''), coalesce(m.job_id, '')) = (o.pool_id, coalesce(o.tenant_id, ''), coalesce(o.job_id, ''))
              AND tstzrange(m.starts_at, m.ends_at) && tstzrange(o.starts_at, o.ends_at) AND (m.starts_at, m.ctid) > (o.starts_at, o.ctid);
            PERFORM publish_load('r', load, replace_readings => true);
        END IF;
        INSERT INTO moment SELECT l.last_recorded_at FROM r.ledger l;
    END LOOP;
END
$$;
SELECT cmp_ok((SELECT count(*) FROM r.meter_reading WHERE superseded_at < 'infinity'), '>', 20::bigint, 'many were replaced or withdrawn');
SELECT is_empty($$SELECT m.at_time, x.* FROM (SELECT DISTINCT at_time FROM moment) m CROSS JOIN LATERAL (
        SELECT k.* FROM pg_temp.kept('r', m.at_time) k EXCEPT SELECT d.* FROM pg_temp.days('r', m.at_time) d) x
    UNION ALL
    SELECT m.at_time, x.* FROM (SELECT DISTINCT at_time FROM moment) m CROSS JOIN LATERAL (
        SELECT d.* FROM pg_temp.days('r', m.at_time) d EXCEPT SELECT k.* FROM pg_temp.kept('r', m.at_time) k) x
    LIMIT 5$$, 'at every time the days are what the readings held then come to');
SELECT is_empty($$SELECT * FROM verify_ledger('r') WHERE severity = 'error'$$, 'verify_ledger finds the same');
SELECT results_eq($$SELECT pool_id, period_month, readings, disordered_readings, installed_chip_hours, available_chip_hours, allocated_chip_hours, used_chip_hours, utilisation
                    FROM r_report.utilisation_weighted_spend WHERE readings > 0 ORDER BY 1, 2$$,
    $$SELECT pool_id, month, readings(s), disordered_readings(s), round(installed_hours(s), 15), round(available_hours(s), 15), round(allocated_hours(s), 15), round(used_hours(s), 15), utilisation(s)
      FROM (SELECT pool_id, month, spend_agg('0 USD', installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms) AS s FROM r.meter_reading_known GROUP BY 1, 2) n ORDER BY 1, 2$$,
    'what is published by the month is what the readings say');
-- The money too: the month's rent by the ordered counts of the readings themselves.
SELECT results_eq($$SELECT pool_id, period_month, productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, unmetered_cost
                    FROM r_report.utilisation_weighted_spend WHERE readings > 0 ORDER BY 1, 2$$,
    $$SELECT u.pool_id, u.period_month, amount(p[1]), amount(p[2]), amount(p[3]), amount(p[4]), amount(p[5])
      FROM r_report.utilisation_weighted_spend u
      JOIN (SELECT pool_id, month, sum(installed_chip_ms::numeric) AS i, sum(least(greatest(available_chip_ms, allocated_chip_ms, used_chip_ms), installed_chip_ms)::numeric) AS v,
                   sum(least(greatest(allocated_chip_ms, used_chip_ms), installed_chip_ms)::numeric) AS l, sum(least(used_chip_ms, installed_chip_ms)::numeric) AS u
            FROM r.meter_reading_known GROUP BY 1, 2) n ON n.pool_id = u.pool_id AND n.month = u.period_month
      CROSS JOIN LATERAL allocate(monetary(u.rent, 'USD'), ARRAY[n.u, n.l - n.u, n.v - n.l, n.i - n.v, greatest(u.capacity_chip_hours * 3600000 - n.i, 0)]) p ORDER BY 1, 2$$,
    'and so is the cost, to the last digit');
SELECT results_eq($$SELECT DISTINCT finding FROM r_report.data_quality WHERE finding IN ('use_over_capacity', 'day_over_capacity', 'reading_before_or_after_service') ORDER BY 1$$,
    $$VALUES ('day_over_capacity'), ('use_over_capacity')$$, 'and days with more than there is are found');

-- ---------------------------------------------------------------------------
-- Findings by the day
-- ---------------------------------------------------------------------------
SELECT open_load('d', 'odd days', 't') AS odd \gset
INSERT INTO d.pool (pool_id, name) VALUES ('odd', 'odd days');
INSERT INTO d.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('o', 'odd', 2, '1 EUR', '2025-09-10');
INSERT INTO d.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('odd', '2025-09-08 00:00+02', '2025-09-09 00:00+02', '2025-09-01', 86400000, 86400000, 86400000, 86400000, 'sm_active'),
       ('odd', '2025-09-12 00:00+02', '2025-09-13 00:00+02', '2025-09-01', 3 * 86400000, 3 * 86400000, 86400000, 86400000, 'sm_active'),
       ('odd', '2025-09-13 00:00+02', '2025-09-14 00:00+02', '2025-09-01', 86400000, 86400000, 86400000, 2 * 86400000, 'sm_active');
SELECT publish_load('d', :odd) \g /dev/null
SELECT results_eq($$SELECT finding, severity, row_count, detail FROM d_report.data_quality WHERE subject_id = 'odd' AND period_month = '2025-09-01' AND finding NOT IN ('reading_out_of_order', 'energy_unknown') ORDER BY finding COLLATE "C"$$,
    $$VALUES ('day_over_capacity', 'error', 1::bigint, 'days with more chip-hours metered than are in service: 1, the first 2025-09-12 (72.000 of 48.000)'),
             ('reading_before_or_after_service', 'error', 1, 'days with readings, but without chips in service: 1, the first 2025-09-08'),
             ('unmetered_time', 'warning', 3, '120.000 chip-hours metered of 1008.000 in service; days of 30 without a reading: 27'),
             ('use_over_capacity', 'error', 1, 'days with more chip-hours used than installed: 1, the first 2025-09-13; cost is split as far as installed reaches')$$,
    'days too many, too early, too busy, and none');
SELECT is(add_reading_partitions('d'), 4, 'room for this month and three to come');
SELECT is(add_reading_partitions('d'), 0, 'is made once');
SELECT * FROM finish();
ROLLBACK;
