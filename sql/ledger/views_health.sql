-- Whether a ledger is looked after: a row for each check, cheap enough to be asked once a minute. It answers
-- for now, whatever chipbook.as_of says: a dashboard that is kept to what is published would
-- never see that the night before did not come. So nothing here reads the clock, but the days of calendars.

CREATE FUNCTION chipbook.create_report_health_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW period_due WITH (security_invoker) AS
        WITH RECURSIVE today AS (SELECT (now() AT TIME ZONE l.time_zone)::date AS today FROM ledger l WHERE l.ledger_id = 1),
        due AS (
            SELECT c.entity_id, c.basis, p.fiscal_year, p.period_number, p.starts_on, p.ends_on, p.state
            FROM (SELECT n.entity_id, n.basis, max(n.ends_on) AS ends_on FROM period_state n WHERE n.kind = 'regular' AND n.state = 'closed' GROUP BY n.entity_id, n.basis) c
            CROSS JOIN today t
            CROSS JOIN LATERAL period_after(c.entity_id, c.basis, c.ends_on) p
            WHERE p.ends_on <= t.today
            UNION ALL
            SELECT d.entity_id, d.basis, p.fiscal_year, p.period_number, p.starts_on, p.ends_on, p.state
            FROM due d CROSS JOIN today t CROSS JOIN LATERAL period_after(d.entity_id, d.basis, d.ends_on) p
            WHERE p.ends_on <= t.today)
        SELECT d.entity_id, d.basis, d.fiscal_year::bigint AS fiscal_year, d.period_number::bigint AS period_number,
               fiscal_period_name(d.fiscal_year, d.period_number) AS fiscal_period, d.starts_on, d.ends_on - 1 AS last_day, d.state,
               (t.today - d.ends_on + 1)::bigint AS days_over
        FROM due d CROSS JOIN today t;
    COMMENT ON VIEW period_due IS 'Regular fiscal periods that are over and not closed, of every entity and basis of which a period was ever closed, from the one after that on; what chipbook.nightly() and chipbook close --due close. Key: (entity_id, basis, fiscal_year, period_number). state: open or soft_closed. Days are those of the ledger''s time zone. Answers for now, whatever chipbook.as_of says.';
    COMMENT ON COLUMN period_due.days_over IS 'Days since its last day: 1 on the day after it. Does not add up.';

    CREATE VIEW ledger_health WITH (security_invoker) AS
        WITH book AS (
            SELECT l.ledger_name, l.schema_version, (now() AT TIME ZONE l.time_zone)::date AS today,
                   date_trunc('month', now() AT TIME ZONE l.time_zone)::date AS this_month
            FROM ledger l WHERE l.ledger_id = 1),
        -- The last day of readings of each pool that had some since the month before the last, and may have more.
        pool_reading AS (
            SELECT p.pool_id, max(u.reading_day) AS last_day
            FROM (SELECT DISTINCT n.pool_id FROM pool n WHERE n.recorded_at IS NOT NULL AND n.superseded_at = 'infinity') p
            CROSS JOIN book b
            CROSS JOIN generate_series(0, 2) m (back)
            CROSS JOIN LATERAL (SELECT d.reading_day FROM usage_day d
                                WHERE d.pool_id = p.pool_id AND d.month = (b.this_month - make_interval(months => m.back))::date AND d.superseded_at = 'infinity'
                                ORDER BY d.month, d.pool_id, d.reading_day DESC LIMIT 1) u
            WHERE EXISTS (SELECT FROM rented_capacity r WHERE r.pool_id = p.pool_id AND r.recorded_at IS NOT NULL AND r.superseded_at = 'infinity' AND r.valid_to > b.today)
               OR EXISTS (SELECT FROM pool_asset a WHERE a.pool_id = p.pool_id AND a.recorded_at IS NOT NULL AND a.superseded_at = 'infinity' AND a.valid_to > b.today)
               OR NOT EXISTS (SELECT FROM rented_capacity r WHERE r.pool_id = p.pool_id AND r.recorded_at IS NOT NULL AND r.superseded_at = 'infinity')
                  AND NOT EXISTS (SELECT FROM pool_asset a WHERE a.pool_id = p.pool_id AND a.recorded_at IS NOT NULL AND a.superseded_at = 'infinity')
            GROUP BY p.pool_id),
        stored AS (
            SELECT max(k.month) AS last_month FROM refreshed_month k WHERE k.superseded_at = 'infinity'),
        -- Older months are seldom changed, and reading them takes long.
        late_month AS (
            SELECT k.month
            FROM (SELECT n.month, n.recorded_at FROM refreshed_month n WHERE n.superseded_at = 'infinity' ORDER BY n.month DESC LIMIT 2) k
            WHERE EXISTS (SELECT FROM usage_day d WHERE d.month = k.month
                            AND (d.recorded_at > k.recorded_at AND d.recorded_at < now() - interval '1 day' OR d.superseded_at > k.recorded_at AND d.superseded_at < now() - interval '1 day'))
            UNION
            SELECT m.month::date FROM book b CROSS JOIN stored s
            CROSS JOIN generate_series(s.last_month + interval '1 month', b.today - interval '3 days' - interval '1 month', interval '1 month') m (month)),
        found AS (
            SELECT 1 AS place, (b.schema_version <> ledger_schema_version())::integer::numeric AS value,
                   format('tables of version %s, an extension for %s', b.schema_version, ledger_schema_version()) AS detail,
                   format('SELECT chipbook.upgrade_ledger(%L);', b.ledger_name) AS advice
            FROM book b
            UNION ALL
            SELECT 2, count(*),
                   'readings of ' || string_agg(to_char(m.month, 'YYYY-MM'), ', ' ORDER BY m.month) || ' have no partition: what is inserted into meter_reading is refused',
                   format('chipbook refresh --ledger=%s, or CALL chipbook.nightly(%L);', min(b.ledger_name), min(b.ledger_name))
            FROM book b CROSS JOIN generate_series(b.this_month, b.this_month + interval '1 month', interval '1 month') m (month)
            WHERE EXISTS (SELECT FROM usage_day)
              AND NOT EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                              WHERE i.inhparent = 'meter_reading'::regclass AND c.relname = 'meter_reading_' || to_char(m.month, 'YYYY_MM'))
            UNION ALL
            SELECT 3, greatest(max(b.today - r.last_day), 0),
                   format('pool %s: last readings of %s; pools older than 3 days: %s', (array_agg(r.pool_id ORDER BY r.last_day, r.pool_id))[1],
                          iso_date(min(r.last_day)), count(*) FILTER (WHERE b.today - r.last_day > 3)),
                   'look whether its meters, their export and the nightly load run; chipbook load says what it did with each file'
            FROM pool_reading r CROSS JOIN book b HAVING count(*) > 0
            UNION ALL
            SELECT 4, greatest(floor(extract(epoch FROM now() - l.recorded_at) / 86400), 0),
                   format('the last load was published at %s', to_char(l.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
                   'look whether the nightly loads run'
            FROM (SELECT max(n.recorded_at) AS recorded_at FROM load n WHERE n.recorded_at > '-infinity') l WHERE l.recorded_at IS NOT NULL
            UNION ALL
            SELECT 5, count(*),
                   format('opened more than a day ago and not published: load %s', string_agg(n.load_id::text, ', ' ORDER BY n.load_id) FILTER (WHERE n.rank <= 10)),
                   format('SELECT * FROM chipbook.check_load(%L, %s); then publish_load(), after approval where it has estimates; what is not wanted goes by discard_load(), and the empty load is published', min(n.ledger_name), min(n.load_id))
            FROM (SELECT l.load_id, b.ledger_name, row_number() OVER (ORDER BY l.load_id) AS rank FROM load l CROSS JOIN book b
                  WHERE l.recorded_at IS NULL AND l.opened_at < now() - interval '1 day'
                    AND NOT EXISTS (SELECT FROM import_file f WHERE f.load_id = l.load_id AND f.readings = 0)) n
            UNION ALL
            SELECT 6, count(*),
                   format('opened more than a day ago and never run: %s', string_agg(n.what, ', ' ORDER BY n.opened_at) FILTER (WHERE n.rank <= 10)),
                   (array_agg(n.advice ORDER BY n.opened_at))[1]
            FROM (SELECT o.what, o.opened_at, o.advice, row_number() OVER (ORDER BY o.opened_at) AS rank
                  FROM (SELECT 'import file ' || f.file_id AS what, f.opened_at, format('SELECT chipbook.clear_import(%L, %s);', b.ledger_name, f.file_id) AS advice
                        FROM import_file f CROSS JOIN book b WHERE f.status = 'open'
                        UNION ALL
                        SELECT 'delivery ' || d.delivery_id, d.opened_at, format('SELECT chipbook.clear_bill(%L, %s);', b.ledger_name, d.delivery_id)
                        FROM delivery d CROSS JOIN book b WHERE d.status = 'open') o
                  WHERE o.opened_at < now() - interval '1 day') n
            UNION ALL
            SELECT 7, (SELECT count(*) FROM late_month),
                   format('stored up to %s; not stored, or not since readings came: %s', to_char(s.last_month, 'YYYY-MM'),
                          coalesce((SELECT string_agg(to_char(k.month, 'YYYY-MM'), ', ' ORDER BY k.month) FROM late_month k), 'none')),
                   format('chipbook refresh --ledger=%s, or CALL chipbook.nightly(%L);', b.ledger_name, b.ledger_name)
            FROM stored s CROSS JOIN book b WHERE s.last_month IS NOT NULL
            UNION ALL
            SELECT 8, CASE WHEN EXISTS (SELECT FROM period_state n WHERE n.kind = 'regular' AND n.state = 'closed') THEN coalesce(max(p.days_over), 0) END,
                   format('over and not closed: %s periods, the oldest %s of "%s", %s, which ended on %s and is %s', count(*), (array_agg(p.fiscal_period ORDER BY p.starts_on, p.entity_id, p.basis))[1],
                          (array_agg(p.entity_id ORDER BY p.starts_on, p.entity_id, p.basis))[1], (array_agg(p.basis ORDER BY p.starts_on, p.entity_id, p.basis))[1],
                          iso_date(min(p.last_day)), replace((array_agg(p.state ORDER BY p.starts_on, p.entity_id, p.basis))[1], '_', ' ')),
                   (SELECT format('chipbook close --due=10 --ledger=%s says what stands in the way; view period_due lists them', b.ledger_name) FROM book b)
            FROM period_due p
            UNION ALL
            SELECT 9, count(*),
                   format('of periods that are over, waiting for approval: entry %s', string_agg(n.entry_id::text, ', ' ORDER BY n.entry_id) FILTER (WHERE n.rank <= 10)),
                   'another than who prepared them approves or rejects them: chipbook.approve_entry(), chipbook.reject_entry()'
            FROM (SELECT j.entry_id, row_number() OVER (ORDER BY j.entry_id) AS rank
                  FROM journal_entry j
                  JOIN period_state p ON p.entity_id = j.entity_id AND p.basis = j.basis AND p.fiscal_year = j.fiscal_year AND p.period_number = j.period_number
                  CROSS JOIN book b
                  WHERE j.needs_approval AND p.ends_on <= b.today AND NOT EXISTS (SELECT FROM journal_decision d WHERE d.entry_id = j.entry_id)) n
            UNION ALL
            SELECT 10, CASE WHEN count(*) = 0 THEN 0 ELSE extract(epoch FROM max(now() - c.started_at)) / 3600 END,
                   format('process %s closes since %s, and is at step %s', (array_agg(c.process_id ORDER BY c.started_at))[1],
                          to_char(min(c.started_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), (array_agg(c.step ORDER BY c.started_at))[1]),
                   'wait, or SELECT pg_cancel_backend() of it: nothing is closed then'
            FROM close_progress c
            UNION ALL
            SELECT 11, count(*),
                   format('not valid: %s', string_agg(c.relname::text, ', ' ORDER BY c.relname)),
                   format('REINDEX INDEX %s;', min(format('%I.%I', n.nspname, c.relname)))
            FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relnamespace = (SELECT t.relnamespace FROM pg_class t WHERE t.oid = 'ledger'::regclass) AND NOT x.indisvalid)
        SELECT k.check_name, CASE WHEN f.value > k.error_above THEN 'error' WHEN f.value > k.warning_above THEN 'warning' ELSE 'ok' END AS state,
               round(f.value, 3)::numeric(38,15) AS value, k.warning_above::numeric(38,15) AS warning_above, k.error_above::numeric(38,15) AS error_above, k.unit,
               CASE WHEN f.value > 0 THEN f.detail END AS detail,
               CASE WHEN f.value > k.error_above OR f.value > k.warning_above THEN f.advice END AS advice
        FROM (VALUES (1, 'schema_version', 'count', NULL, 0), (2, 'reading_partitions', 'months', 0, NULL), (3, 'reading_age', 'days', 3, NULL), (4, 'load_age', 'days', 9, 31),
                     (5, 'unpublished_loads', 'count', 0, NULL), (6, 'unfinished_files', 'count', 0, NULL), (7, 'stored_costs', 'months', 0, NULL), (8, 'periods_due', 'days', 10, 31),
                     (9, 'waiting_entries', 'count', 0, NULL), (10, 'running_close', 'hours', 2, NULL), (11, 'invalid_indexes', 'count', NULL, 0)) k (place, check_name, unit, warning_above, error_above)
        LEFT JOIN found f ON f.place = k.place
        ORDER BY k.place;
    COMMENT ON VIEW ledger_health IS 'Whether the ledger is looked after: one row for each check, every check always, in well under a second; for monitoring. Key: (check_name). What the facts lack is in data_quality, whether the books are what was recorded is for chipbook.verify_ledger(). Answers for now, whatever chipbook.as_of says.';
    COMMENT ON COLUMN ledger_health.check_name IS 'schema_version: 1 when tables and extension are of two versions. reading_partitions: months, of this and the next, without a partition. reading_age: of the pool longest without readings, of those that had some in the last two months and have capacity. load_age: whole days since the last load was published. unpublished_loads, unfinished_files: opened more than a day ago. stored_costs: complete months that refresh has not stored; of the last two, also not since readings came more than a day ago. periods_due: since the last day of the oldest period in period_due. waiting_entries: of periods that are over. running_close: since the longest running one began; NULL for who may not see it (pg_read_all_stats). invalid_indexes: in the ledger''s schema.';
    COMMENT ON COLUMN ledger_health.state IS 'ok, warning (value is above warning_above) or error (above error_above).';
    COMMENT ON COLUMN ledger_health.value IS 'What was measured, in unit; NULL: there is nothing to measure. Does not add up.';
    COMMENT ON COLUMN ledger_health.warning_above IS 'Above it, state is warning, in unit; NULL: never. Does not add up.';
    COMMENT ON COLUMN ledger_health.error_above IS 'Above it, state is error, in unit; NULL: never. Does not add up.';
    COMMENT ON COLUMN ledger_health.unit IS 'count, days, hours or months.';
    COMMENT ON COLUMN ledger_health.detail IS 'What is behind the value; NULL where that is 0.';
    COMMENT ON COLUMN ledger_health.advice IS 'What to do about it; NULL while state is ok.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_health_views() IS 'Internal: part of create_ledger. The views period_due and ledger_health.';
