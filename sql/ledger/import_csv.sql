-- Readings as CSV with a header: columns by our names or by others, in any order.

-- Times are text that says its zone, or has the file's; counts are whole, hours and kilowatt-hours are decimals.
CREATE FUNCTION chipbook.import_csv_columns()
RETURNS TABLE (column_name text, kind text, target text, factor numeric) IMMUTABLE PARALLEL SAFE ROWS 28 LANGUAGE sql
BEGIN ATOMIC
    SELECT * FROM (VALUES
        ('pool_id', 'name', 'pool_id', NULL::numeric),
        ('starts_at', 'time', 'starts_at', NULL),
        ('ends_at', 'time', 'ends_at', NULL),
        ('installed_chip_ms', 'whole', 'installed', 1),
        ('installed_chip_hours', 'decimal', 'installed', 3600000),
        ('available_chip_ms', 'whole', 'available', 1),
        ('available_chip_hours', 'decimal', 'available', 3600000),
        ('allocated_chip_ms', 'whole', 'allocated', 1),
        ('allocated_chip_hours', 'decimal', 'allocated', 3600000),
        ('used_chip_ms', 'whole', 'used', 1),
        ('used_chip_hours', 'decimal', 'used', 3600000),
        ('kept_chip_ms', 'whole', 'kept', 1),
        ('kept_chip_hours', 'decimal', 'kept', 3600000),
        ('joules', 'decimal', 'joules', 1),
        ('kwh', 'decimal', 'joules', 3600000),
        ('idle_joules', 'decimal', 'idle_joules', 1),
        ('idle_kwh', 'decimal', 'idle_joules', 3600000),
        ('tokens', 'whole', 'tokens', 1),
        ('billing_ms', 'whole', 'billing', 1),
        ('billing_hours', 'decimal', 'billing', 3600000),
        ('model_flops', 'decimal', 'model_flops', 1),
        ('use_basis', 'name', 'use_basis', NULL),
        ('energy_basis', 'name', 'energy_basis', NULL),
        ('meter_id', 'name', 'meter_id', NULL),
        ('tenant_id', 'name', 'tenant_id', NULL),
        ('job_id', 'name', 'job_id', NULL),
        ('model_id', 'name', 'model_id', NULL),
        ('party_id', 'name', 'party_id', NULL),
        ('source_id', 'name', 'source_id', NULL)) c (column_name, kind, target, factor);
END;
COMMENT ON FUNCTION chipbook.import_csv_columns() IS 'The columns that import of format csv knows, what stands in them (name, time, whole or decimal number), and what the number is multiplied with to give chip-milliseconds or joules.';

CREATE FUNCTION chipbook.import_rows_csv(content text, options jsonb, zone text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    delimiter text := options ->> 'delimiter';
    null_words text[] := coalesce(ARRAY(SELECT w FROM jsonb_array_elements_text(options -> 'null_words') w WHERE w IS NOT NULL), '{}') || ARRAY[''];
    of_zone text := options ->> 'time_zone';
    header record;
    names text[];
    problem text;
    columns record;
    notes jsonb;
    row_values text;
    typed text := '';
    problems text := '';
    targets text := '';
    values_of text := '';
    target record;
BEGIN
    IF NOT options ? 'null_words' THEN
        null_words := ARRAY['', 'NULL', 'null', 'N/A', '\N'];
    END IF;
    IF delimiter IS NULL THEN
        -- The one that the first line has most of.
        SELECT d INTO delimiter FROM unnest(ARRAY[',', ';', E'\t', '|']) WITH ORDINALITY c (d, i)
        ORDER BY length(split_part(left(content, 10000), E'\n', 1)) - length(replace(split_part(left(content, 10000), E'\n', 1), d, '')) DESC, i LIMIT 1;
    END IF;
    SELECT r.line_number, r.record, r.fields, r.problem INTO header
    FROM chipbook.csv_records(CASE WHEN position(E'\n' IN content) BETWEEN 1 AND 1000000 THEN left(content, 1000000) ELSE content END, delimiter) r LIMIT 1;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('empty', true);
    END IF;
    names := ARRAY(SELECT lower(btrim(f, E' \t')) FROM unnest(header.fields) WITH ORDINALITY h (f, i) ORDER BY i);

    -- Each of our columns with its place in the file: by the name that the option gives it, or its own.
    CREATE TEMPORARY TABLE import_column ON COMMIT DROP AS
        SELECT k.column_name, k.kind, k.target, k.factor, lower(coalesce(options -> 'columns' ->> k.column_name, k.column_name)) AS known_as,
               array_position(names, lower(coalesce(options -> 'columns' ->> k.column_name, k.column_name))) AS place,
               options -> 'defaults' ->> k.column_name AS fallback
        FROM chipbook.import_csv_columns() k;
    SELECT CASE WHEN header.problem IS NOT NULL THEN header.problem
                WHEN o.strange IS NOT NULL THEN format('option %s names no column of a reading: %s', o.option, o.strange)
                WHEN t.twice IS NOT NULL THEN format('the header has column %s twice', t.twice)
                WHEN m.lost IS NOT NULL THEN format('the header lacks column %s', m.lost)
                WHEN n.needed IS NOT NULL THEN format('the header lacks %s', n.needed)
                WHEN b.both_of IS NOT NULL THEN format('the header has %s, one too many', b.both_of) END
    INTO problem
    FROM (SELECT max(x.option) AS option, string_agg(x.k, ', ' ORDER BY x.k) AS strange
          FROM (SELECT 'columns' AS option, jsonb_object_keys(options -> 'columns') AS k UNION ALL SELECT 'defaults', jsonb_object_keys(options -> 'defaults')) x
          WHERE x.k NOT IN (SELECT c.column_name FROM pg_temp.import_column c)) o,
         (SELECT min(c.known_as) AS twice FROM pg_temp.import_column c WHERE (SELECT count(*) FROM unnest(names) h WHERE h = c.known_as) > 1) t,
         (SELECT string_agg(c.known_as, ', ') AS lost FROM pg_temp.import_column c WHERE options -> 'columns' ? c.column_name AND c.place IS NULL) m,
         (SELECT string_agg(v.name, ', ' ORDER BY v.i) AS needed
          FROM (VALUES (1, 'pool_id', 'pool_id'), (2, 'starts_at', 'starts_at'), (3, 'ends_at', 'ends_at'), (4, 'installed', 'installed_chip_ms or installed_chip_hours'),
                       (5, 'used', 'used_chip_ms or used_chip_hours'), (6, 'use_basis', 'use_basis')) v (i, target, name)
          WHERE NOT EXISTS (SELECT FROM pg_temp.import_column c WHERE c.target = v.target AND (c.place IS NOT NULL OR c.fallback IS NOT NULL))) n,
         (SELECT min(d.names) AS both_of FROM (SELECT string_agg(c.known_as, ' and ' ORDER BY c.known_as) AS names FROM pg_temp.import_column c
                                               WHERE c.place IS NOT NULL OR c.fallback IS NOT NULL GROUP BY c.target HAVING count(*) > 1) d) b;
    IF problem IS NOT NULL THEN
        INSERT INTO pg_temp.import_row (line_number, line, reason) VALUES (header.line_number, header.record, problem);
        DROP TABLE pg_temp.import_column;
        RETURN '{}';
    END IF;
    notes := jsonb_build_object(
        'unknown_columns', (SELECT jsonb_agg(h.f ORDER BY h.i) FROM unnest(header.fields) WITH ORDINALITY h (f, i)
                            WHERE lower(btrim(h.f, E' \t')) NOT IN (SELECT c.known_as FROM pg_temp.import_column c) AND btrim(h.f) <> ''),
        'assumed', (SELECT jsonb_agg(v.says ORDER BY v.i) FROM (VALUES (1, 'available', 'available = installed'), (2, 'allocated', 'allocated = available')) v (i, target, says)
                    WHERE NOT EXISTS (SELECT FROM pg_temp.import_column c WHERE c.target = v.target AND (c.place IS NOT NULL OR c.fallback IS NOT NULL))));

    -- One statement for the whole file, made of the columns it has.
    SELECT string_agg(format(CASE WHEN c.place IS NULL THEN '%2$L::text AS %3$I'
                                  ELSE 'coalesce(CASE WHEN btrim(r.fields[%1$s], E'' \t'') <> ALL ($3) THEN btrim(r.fields[%1$s], E'' \t'') END, %2$L) AS %3$I' END,
                             c.place, c.fallback, c.target), ', ') INTO row_values
    FROM pg_temp.import_column c WHERE c.place IS NOT NULL OR c.fallback IS NOT NULL;
    FOR columns IN SELECT c.* FROM pg_temp.import_column c WHERE c.place IS NOT NULL OR c.fallback IS NOT NULL LOOP
        targets := targets || format(', %I', columns.target);
        values_of := values_of || format(', t.%I', columns.target);
        typed := typed || CASE columns.kind
            WHEN 'name' THEN format(', v.%1$I', columns.target)
            WHEN 'time' THEN format(', v.%1$I AS %2$I, coalesce(chipbook.read_time(v.%1$I), CASE WHEN cardinality(chipbook.local_moments(chipbook.read_local_time(v.%1$I), $4)) = 1 THEN chipbook.read_local_time(v.%1$I) AT TIME ZONE $4 END) AS %1$I',
                                    columns.target, columns.target || '_text')
            ELSE format(', v.%1$I AS %2$I, chipbook.read_number(v.%1$I) * %3$s AS %1$I', columns.target, columns.target || '_text', columns.factor) END;
        problems := problems || CASE columns.kind
            WHEN 'name' THEN ''
            WHEN 'time' THEN format(' WHEN t.%1$I IS NULL AND t.%2$I IS NOT NULL THEN format(CASE WHEN $4 IS NULL THEN ''%1$s "%%s" is not an ISO 8601 time with its zone''
                ELSE ''%1$s "%%s" is not an ISO 8601 time, or the clocks of %%s skip it or show it twice'' END, left(t.%2$I, 80), $4)', columns.target, columns.target || '_text')
            ELSE format(' WHEN t.%1$I IS NULL AND t.%2$I IS NOT NULL THEN format(%3$L, left(t.%2$I, 80))', columns.target, columns.target || '_text', replace(columns.known_as, '%', '%%') || ' "%s" is not a number')
                 || CASE WHEN columns.kind = 'whole' THEN format(' WHEN t.%1$I <> trunc(t.%1$I) THEN format(%3$L, left(t.%2$I, 80))', columns.target, columns.target || '_text', replace(columns.known_as, '%', '%%') || ' "%s" is not a whole number') ELSE '' END
            END;
    END LOOP;
    FOR target IN SELECT v.target, v.source FROM (VALUES (1, 'available', 'installed'), (2, 'allocated', 'available')) v (i, target, source)
                  WHERE NOT EXISTS (SELECT FROM pg_temp.import_column c WHERE c.target = v.target AND (c.place IS NOT NULL OR c.fallback IS NOT NULL)) ORDER BY v.i LOOP
        targets := targets || format(', %I', target.target);
        values_of := values_of || format(', t.%I', CASE WHEN target.source = 'available' AND NOT EXISTS (SELECT FROM pg_temp.import_column c WHERE c.target = 'available' AND (c.place IS NOT NULL OR c.fallback IS NOT NULL))
                                                        THEN 'installed' ELSE target.source END);
    END LOOP;
    DROP TABLE pg_temp.import_column;
    EXECUTE format(
        'INSERT INTO pg_temp.import_row (line_number, line, reason%s)
         SELECT t.line_number, t.record, CASE WHEN t.problem IS NOT NULL THEN t.problem WHEN t.fields <> $5 THEN format(''it has %%s fields, the header has %%s'', t.fields, $5)%s END%s
         FROM (SELECT v.line_number, v.record, v.problem, v.fields%s
               FROM (SELECT r.line_number, r.record, r.problem, cardinality(r.fields) AS fields, %s
                     FROM chipbook.csv_records($1, $2) r WHERE r.line_number > $6 OFFSET 0) v OFFSET 0) t
         ORDER BY t.line_number', targets, problems, values_of, typed, row_values)
    USING content, delimiter, null_words, of_zone, cardinality(names), header.line_number;
    RETURN notes;
END
$$;
COMMENT ON FUNCTION chipbook.import_rows_csv(text, jsonb, text) IS 'Internal: fills pg_temp.import_row from CSV with a header.';
