-- Chips that no reading covers, where what is metered are jobs.

CREATE FUNCTION chipbook.add_unallocated_readings(
    ledger text, load_id bigint, pool_id text, from_day date, to_day date, step interval DEFAULT '1 day', with_held boolean DEFAULT true)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    zone text;
    row_count bigint;
    over_count bigint;
    of_month date;
BEGIN
    PERFORM chipbook.enter_ledger(ledger, to_write => true);
    PERFORM chipbook.require_open_load(ledger, load_id);
    IF from_day IS NULL OR to_day IS NULL OR step IS NULL OR pool_id IS NULL OR with_held IS NULL THEN
        RAISE EXCEPTION 'add_unallocated_readings takes no null argument' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF NOT isfinite(from_day) OR NOT isfinite(to_day) OR from_day >= to_day OR from_day < date '2000-01-01' OR to_day > now()::date + 3650 THEN
        RAISE EXCEPTION 'invalid days for unallocated readings: % to %', chipbook.iso_date(from_day), chipbook.iso_date(to_day)
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the first day and the day after the last, from 2000 to ten years ahead.';
    END IF;
    IF extract(month FROM step) <> 0 OR extract(year FROM step) <> 0 OR step NOT BETWEEN interval '1 minute' AND interval '1 day'
       OR extract(epoch FROM interval '1 day')::bigint % extract(epoch FROM step)::bigint <> 0 OR extract(epoch FROM step) <> extract(epoch FROM step)::bigint THEN
        RAISE EXCEPTION 'invalid step for unallocated readings: %', step
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a day, or an even part of one of at least a minute.';
    END IF;
    IF NOT EXISTS (SELECT FROM pool p WHERE p.pool_id = add_unallocated_readings.pool_id
                   AND (p.load_id = add_unallocated_readings.load_id OR p.recorded_at IS NOT NULL AND p.superseded_at = 'infinity')) THEN
        RAISE EXCEPTION 'there is no pool "%" in ledger "%"', pool_id, ledger USING ERRCODE = 'no_data_found';
    END IF;
    zone := (SELECT l.time_zone FROM ledger l);
    FOR of_month IN SELECT m::date FROM generate_series(date_trunc('month', from_day::timestamp), (to_day - 1)::timestamp, interval '1 month') m LOOP
        EXECUTE format('SELECT %I.reading_partitions_add($1, $1)', ledger) USING of_month;
    END LOOP;
    WITH steps AS (
        -- In real time from each midnight, so that a day whose clocks change has its true steps.
        SELECT s.starts_at, least(s.starts_at + step, d.next_midnight) AS ends_at, d.day
        FROM (SELECT g::date AS day, g AT TIME ZONE zone AS midnight, (g + interval '1 day') AT TIME ZONE zone AS next_midnight
              FROM generate_series(from_day::timestamp, (to_day - 1)::timestamp, interval '1 day') g) d
        CROSS JOIN LATERAL generate_series(d.midnight, d.next_midnight - interval '1 microsecond', CASE WHEN step = interval '1 day' THEN interval '2 days' ELSE step END) s (starts_at)),
    whole AS (
        SELECT s.starts_at, CASE WHEN step = interval '1 day' THEN (s.day + 1)::timestamp AT TIME ZONE zone ELSE s.ends_at END AS ends_at, s.day FROM steps s),
    -- Chips change from day to day, at midnight.
    capacity AS (
        SELECT w.starts_at, w.ends_at, w.day, k.chips * extract(epoch FROM w.ends_at - w.starts_at) * 1000 AS chip_ms,
               k.most * extract(epoch FROM w.ends_at - w.starts_at) * 1000 AS most_ms
        FROM whole w
        -- Those rented on demand are there for what is metered, and idle for nobody.
        JOIN (SELECT d.day, coalesce(sum(c.chips) FILTER (WHERE NOT c.on_demand), 0) AS chips, sum(c.chips) AS most
              FROM (SELECT DISTINCT w.day FROM whole w) d
              JOIN pool_chips c ON c.pool_id = add_unallocated_readings.pool_id AND c.from_day <= d.day AND c.to_day > d.day
              GROUP BY d.day) k ON k.day = w.day),
    reading AS (
        SELECT m.starts_at, m.ends_at, m.installed_chip_ms
        FROM meter_reading_stored m
        WHERE m.pool_id = add_unallocated_readings.pool_id
          AND m.month BETWEEN date_trunc('month', from_day::timestamp)::date AND (to_day - 1)
          AND (m.load_id = add_unallocated_readings.load_id OR with_held AND m.recorded_at IS NOT NULL AND m.superseded_at = 'infinity')),
    covered AS (
        SELECT w.starts_at, sum(m.installed_chip_ms * extract(epoch FROM least(m.ends_at, w.ends_at) - greatest(m.starts_at, w.starts_at)) / extract(epoch FROM m.ends_at - m.starts_at)) AS chip_ms
        FROM whole w JOIN reading m ON m.starts_at < w.ends_at AND m.ends_at > w.starts_at
        GROUP BY w.starts_at),
    left_over AS (
        SELECT c.starts_at, c.ends_at, c.day, round(c.chip_ms - coalesce(u.chip_ms, 0)) AS chip_ms, round(c.most_ms - coalesce(u.chip_ms, 0)) < 0 AS is_over
        FROM capacity c LEFT JOIN covered u ON u.starts_at = c.starts_at),
    added AS (
        INSERT INTO meter_reading (load_id, pool_id, month, starts_at, ends_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
        SELECT add_unallocated_readings.load_id, add_unallocated_readings.pool_id, date_trunc('month', o.day::timestamp)::date, o.starts_at, o.ends_at, o.chip_ms, o.chip_ms, 0, 0, 'allocated'
        FROM left_over o WHERE o.chip_ms > 0 ORDER BY o.starts_at
        RETURNING 1)
    SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM left_over o WHERE o.is_over) INTO row_count, over_count;
    IF over_count > 0 THEN
        RAISE NOTICE 'pool "%" of ledger "%" has more chip-time in readings than chips in service (steps: %)', pool_id, ledger, over_count;
    END IF;
    RETURN row_count;
END
$$;
COMMENT ON FUNCTION chipbook.add_unallocated_readings(text, bigint, text, date, date, interval, boolean) IS 'Adds to an open load, for a pool whose readings are only of jobs (Slurm, OpenCost without idle), readings of the chips in service that no reading covers: in each step from from_day up to but not including to_day, installed = available = published chips in service (those rented on demand left out: they are there for what is metered) less the chip-time of held readings and of the load''s own, never below 0; allocated = used = 0, no tenant. Returns how many. with_held false: only the load''s own count as cover, for one that will be published with replace_readings. Run it last: what is loaded later of the same time comes on top. Errors: P0002 no such load or pool, 55000 the load is published, 22023 days or a step that are none, 22004 NULL.';
