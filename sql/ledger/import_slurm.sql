-- Jobs of Slurm, as sacct -P prints them: a header line and fields between bars, which nothing quotes.

CREATE FUNCTION chipbook.slurm_seconds(elapsed text) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN elapsed OPERATOR(pg_catalog.~) '^([0-9]{1,5}-)?([0-9]{1,3}:)?[0-5]?[0-9]:[0-5][0-9](\.[0-9]+)?$' THEN
    (coalesce(pg_catalog.substring(elapsed, '^([0-9]+)-')::bigint, 0::bigint) OPERATOR(pg_catalog.*) 86400)
    OPERATOR(pg_catalog.+) (coalesce(pg_catalog.substring(elapsed, '([0-9]+):[0-9]+:[0-9]+')::bigint, 0::bigint) OPERATOR(pg_catalog.*) 3600)
    OPERATOR(pg_catalog.+) (pg_catalog.substring(elapsed, '([0-9]+):[0-9]+(?:\.[0-9]+)?$')::bigint OPERATOR(pg_catalog.*) 60)
    OPERATOR(pg_catalog.+) pg_catalog.substring(elapsed, ':([0-9]+)(?:\.[0-9]+)?$')::bigint END;
COMMENT ON FUNCTION chipbook.slurm_seconds(text) IS 'Internal: Slurm''s Elapsed, [days-][hours:]minutes:seconds, in whole seconds; NULL for anything else.';

-- Chips of a job in sevenths, so that slices count for what they are.
CREATE FUNCTION chipbook.slurm_chip_sevenths(tres text, sevenths jsonb) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT CASE WHEN tres OPERATOR(pg_catalog.!~) '(^|,)gres/gpu[:=]' THEN 0::numeric
                WHEN tres OPERATOR(pg_catalog.!~) '(^|,)gres/gpu:' THEN pg_catalog.substring(tres, '(?:^|,)gres/gpu=([0-9]{1,9})(?:,|$)')::numeric OPERATOR(pg_catalog.*) 7
                ELSE (SELECT pg_catalog.sum(t.m[2]::numeric OPERATOR(pg_catalog.*) coalesce(chipbook.mig_sevenths(t.m[1], sevenths), 7)::numeric)
                             OPERATOR(pg_catalog.+) (7 OPERATOR(pg_catalog.*) greatest(coalesce(pg_catalog.substring(tres, '(?:^|,)gres/gpu=([0-9]{1,9})(?:,|$)')::numeric, 0::numeric)
                                                                                       OPERATOR(pg_catalog.-) pg_catalog.sum(t.m[2]::numeric), 0::numeric))
                      FROM pg_catalog.regexp_matches(tres, '(?:^|,)gres/gpu:([^=,]+)=([0-9]{1,9})(?=,|$)', 'g') t (m)) END;
END;
COMMENT ON FUNCTION chipbook.slurm_chip_sevenths(text, jsonb) IS 'Internal: the chips of AllocTRES in sevenths. gres/gpu is the count, gres/gpu:TYPE parts of it, which is a slice where TYPE is a MIG profile; gpumem and gpuutil are no chips. 0 when there are none, NULL when they cannot be read.';

CREATE FUNCTION chipbook.import_rows_slurm(content text, options jsonb, zone text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    of_zone text := coalesce(options ->> 'time_zone', zone);
    tenant_column text := lower(coalesce(options ->> 'tenant', 'Account'));
    use_of text := coalesce(options ->> 'gpuutil', 'per_chip');
    energy_basis text := coalesce(options ->> 'energy_basis', 'server');
    lost text[] := CASE WHEN options ? 'lost_states' THEN ARRAY(SELECT upper(s) FROM jsonb_array_elements_text(options -> 'lost_states') s) END;
    header record;
    names text[];
    place integer[];
    missing text;
    notes jsonb;
BEGIN
    SELECT n.line, n.number INTO header FROM string_to_table(content, E'\n') WITH ORDINALITY n (line, number) WHERE btrim(n.line) <> '' LIMIT 1;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('empty', true);
    END IF;
    names := string_to_array(lower(header.line), '|');
    SELECT string_agg(v.name, ', ' ORDER BY v.i) INTO missing
    FROM (VALUES (1, 'JobID'), (2, 'State'), (3, 'Start'), (4, 'End'), (5, 'AllocTRES')) v (i, name) WHERE lower(v.name) <> ALL (names);
    IF missing IS NULL AND NOT names && '{elapsed,elapsedraw}' THEN
        missing := 'Elapsed';
    END IF;
    IF missing IS NULL AND tenant_column <> ALL (names) THEN
        missing := coalesce(options ->> 'tenant', 'Account');
    END IF;
    IF missing IS NULL AND 'partition' <> ALL (names) AND options ? 'pools' THEN
        missing := 'Partition';
    END IF;
    IF missing IS NOT NULL THEN
        INSERT INTO pg_temp.import_row (line_number, line, reason) VALUES (header.number, left(header.line, 10000), format('the header lacks %s', missing));
        RETURN '{}';
    END IF;

    place := ARRAY(SELECT coalesce(array_position(names, v.name), 0)
                   FROM unnest(ARRAY['jobid', 'state', 'start', 'end', 'elapsed', 'elapsedraw', 'alloctres', tenant_column, 'partition', 'consumedenergyraw', 'tresusageinave'])
                        WITH ORDINALITY v (name, i) ORDER BY v.i);
    CREATE TEMPORARY TABLE import_job ON COMMIT DROP AS
        SELECT t.line_number, t.line, t.fields, t.job_id, substring(upper(t.state) FROM '^[A-Z_]+') AS state, t.start_text, t.end_text,
               chipbook.read_local_time(t.start_text) AS start_local, chipbook.read_local_time(t.end_text) AS end_local,
               CASE WHEN t.elapsed ~ ':' THEN chipbook.slurm_seconds(t.elapsed) WHEN t.elapsed_raw ~ '^[0-9]{1,9}$' THEN t.elapsed_raw::bigint END AS elapsed,
               t.tres, nullif(t.tenant, '') AS tenant, nullif(t.partition_name, '') AS partition_name, t.energy_text,
               substring(t.usage FROM '(?:^|,)gres/gpuutil=([0-9.]+)') AS util_text, NULL::timestamptz AS starts_at, NULL::timestamptz AS ends_at
        FROM (SELECT v.line_number, v.line, cardinality(v.f) AS fields, btrim(v.f[place[1]]) AS job_id, btrim(v.f[place[2]]) AS state, btrim(v.f[place[3]]) AS start_text,
                     btrim(v.f[place[4]]) AS end_text, btrim(v.f[place[5]]) AS elapsed, btrim(v.f[place[6]]) AS elapsed_raw, btrim(v.f[place[7]]) AS tres,
                     btrim(v.f[place[8]]) AS tenant, btrim(v.f[place[9]]) AS partition_name, btrim(v.f[place[10]]) AS energy_text, v.f[place[11]] AS usage
              FROM (SELECT n.line, n.number AS line_number, string_to_array(n.line, '|') AS f
                    FROM string_to_table(content, E'\n') WITH ORDINALITY n (line, number) WHERE n.number > header.number AND btrim(n.line) <> '' OFFSET 0) v OFFSET 0) t;
    ANALYZE pg_temp.import_job;
    -- A time is the cluster's, or seconds since 1970. Where the clocks are put back, that pair of moments
    -- is meant which Elapsed fits; a job that was suspended has less Elapsed than time.
    UPDATE pg_temp.import_job j SET starts_at = t.starts_at, ends_at = t.ends_at
    FROM (SELECT DISTINCT ON (m.line_number) m.line_number, s.starts_at, e.ends_at
          FROM (SELECT c.line_number, c.elapsed,
                       CASE WHEN c.start_text ~ '^[0-9]{9,10}$' THEN ARRAY[to_timestamp(c.start_text::bigint)]
                            ELSE coalesce(chipbook.local_moments(c.start_local, of_zone), ARRAY[chipbook.read_time(c.start_text)]) END AS starts,
                       CASE WHEN c.end_text ~ '^[0-9]{9,10}$' THEN ARRAY[to_timestamp(c.end_text::bigint)]
                            ELSE coalesce(chipbook.local_moments(c.end_local, of_zone), ARRAY[chipbook.read_time(c.end_text)]) END AS ends
                FROM pg_temp.import_job c WHERE c.job_id !~ '[.]') m,
               unnest(m.starts) s (starts_at), unnest(m.ends) e (ends_at)
          ORDER BY m.line_number, e.ends_at - s.starts_at < make_interval(secs => m.elapsed), abs(extract(epoch FROM e.ends_at - s.starts_at) - m.elapsed), s.starts_at) t
    WHERE t.line_number = j.line_number;

    INSERT INTO pg_temp.import_row (line_number, line, skipped, reason, pool_id, starts_at, ends_at, installed, available, allocated, used, kept,
                                    joules, energy_basis, use_basis, billing, tenant_id, job_id)
    SELECT j.line_number, left(j.line, 100000),
           CASE WHEN p.reason IS NULL THEN
               CASE WHEN j.job_id ~ '[.]' THEN 'job step'
                    WHEN j.state IN ('RUNNING', 'PENDING', 'SUSPENDED', 'CONFIGURING', 'COMPLETING') OR j.end_text IN ('Unknown', '') THEN 'not finished'
                    WHEN j.start_text IN ('Unknown', 'None', '') OR j.elapsed = 0 THEN 'never ran'
                    WHEN c.sevenths = 0 THEN 'no chips' END END,
           p.reason, coalesce(options -> 'pools' ->> j.partition_name, options ->> 'pool_id'), j.starts_at, j.ends_at,
           c.chip_ms, c.chip_ms, c.chip_ms, coalesce(c.ratio, 1) * c.chip_ms, CASE WHEN j.state = ANY (lost) THEN 0 END,
           nullif(chipbook.read_number(j.energy_text), 0), CASE WHEN chipbook.read_number(j.energy_text) > 0 THEN energy_basis END,
           CASE WHEN c.ratio IS NULL THEN 'allocated' ELSE 'gpu_util' END,
           substring(j.tres FROM '(?:^|,)billing=([0-9]{1,12})(?:,|$)')::numeric * j.elapsed * 1000, j.tenant, j.job_id
    FROM pg_temp.import_job j
    -- Usage is told of the steps of a job: the busiest one's stands for it.
    LEFT JOIN (SELECT split_part(u.job_id, '.', 1) AS job_id, max(chipbook.read_number(u.util_text)) AS util
               FROM pg_temp.import_job u WHERE u.util_text IS NOT NULL AND u.job_id ~ '[.]' GROUP BY 1) b
      ON b.job_id = j.job_id AND j.util_text IS NULL
    CROSS JOIN LATERAL (SELECT s.sevenths, s.sevenths * j.elapsed * 1000 / 7 AS chip_ms,
                               CASE use_of WHEN 'per_chip' THEN coalesce(chipbook.read_number(j.util_text), b.util) / 100
                                           WHEN 'sum' THEN coalesce(chipbook.read_number(j.util_text), b.util) / 100 / ceil(nullif(s.sevenths, 0) / 7) END AS ratio
                        FROM (SELECT chipbook.slurm_chip_sevenths(j.tres, options -> 'sevenths') AS sevenths OFFSET 0) s) c
    CROSS JOIN LATERAL (SELECT CASE
        WHEN j.fields <> cardinality(names) THEN format('it has %s fields, the header has %s', j.fields, cardinality(names))
        WHEN coalesce(j.job_id, '') = '' OR j.job_id !~ '^[0-9]' THEN 'JobID is not one of Slurm''s'
        WHEN j.job_id ~ '[.]' OR j.state IN ('RUNNING', 'PENDING', 'SUSPENDED', 'CONFIGURING', 'COMPLETING') OR j.end_text IN ('Unknown', '')
          OR j.start_text IN ('Unknown', 'None', '') OR j.elapsed = 0 OR c.sevenths = 0 THEN NULL
        WHEN j.state IS NULL THEN 'State is missing'
        WHEN c.sevenths IS NULL THEN format('the chips of AllocTRES "%s" cannot be read', left(j.tres, 200))
        WHEN j.elapsed IS NULL THEN 'Elapsed is not [days-]hours:minutes:seconds'
        WHEN j.starts_at IS NULL OR j.ends_at IS NULL THEN format('Start "%s" or End "%s" is no time, or the clocks of %s skip it', left(j.start_text, 40), left(j.end_text, 40), of_zone)
        WHEN j.ends_at - j.starts_at < make_interval(secs => j.elapsed) THEN format('Elapsed is longer than from Start to End by %s s', j.elapsed - extract(epoch FROM j.ends_at - j.starts_at)::bigint)
        WHEN coalesce(options -> 'pools' ->> j.partition_name, options ->> 'pool_id') IS NULL THEN format('no pool for partition "%s"', coalesce(left(j.partition_name, 80), ''))
        WHEN j.energy_text <> '' AND chipbook.read_number(j.energy_text) IS NULL THEN format('ConsumedEnergyRaw "%s" is not a number', left(j.energy_text, 80))
        WHEN c.ratio > 1 THEN format('gpuutil is more than 100 %% a chip; where it is the sum over the chips say so with option gpuutil: %s', left(coalesce(j.util_text, b.util::text), 80))
        END AS reason) p
    ORDER BY j.line_number;
    ANALYZE pg_temp.import_row;
    SELECT jsonb_build_object(
        'suspended_seconds', nullif((SELECT sum(extract(epoch FROM j.ends_at - j.starts_at) - j.elapsed)::bigint FROM pg_temp.import_job j
                                     JOIN pg_temp.import_row r ON r.line_number = j.line_number WHERE r.reason IS NULL AND r.skipped IS NULL), 0))
    INTO notes;
    DROP TABLE pg_temp.import_job;
    RETURN notes;
END
$$;
COMMENT ON FUNCTION chipbook.import_rows_slurm(text, jsonb, text) IS 'Internal: fills pg_temp.import_row from the output of sacct -P.';
