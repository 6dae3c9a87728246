-- Series of NVIDIA's DCGM exporter, as Prometheus answers query_range: a matrix of one series for each
-- metric and chip, or slice of a chip (MIG). A sample says what the chip did in one step.

-- The part of a chip that a MIG profile has, in sevenths: "1g.10gb" one, "3g.40gb+me" three.
CREATE FUNCTION chipbook.mig_sevenths(profile text, sevenths jsonb DEFAULT NULL) RETURNS integer IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN sevenths OPERATOR(pg_catalog.?) profile THEN (sevenths OPERATOR(pg_catalog.->>) profile)::integer
            WHEN profile OPERATOR(pg_catalog.~) '^([1-7]c\.)?[1-7]g\.' THEN pg_catalog.substring(profile, '([1-7])[gc]\.')::integer END;
COMMENT ON FUNCTION chipbook.mig_sevenths(text, jsonb) IS 'How many sevenths of a chip a MIG profile has: as the map says, else the digit of its name (1g.10gb: 1). NULL for another name.';

CREATE FUNCTION chipbook.import_rows_dcgm(content text, options jsonb, zone text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    step interval := chipbook.import_interval(options, 'step', '1 day');
    bucket interval := chipbook.import_interval(options, 'bucket', '1 day');
    max_gap integer := coalesce((options ->> 'max_gap_steps')::integer, 5);
    allocated_when text := coalesce(options ->> 'allocated_when', 'labelled');
    energy_basis text := coalesce(options ->> 'energy_basis', 'chip');
    at_end boolean := coalesce(options ->> 'sample_at', 'start') = 'end';
    -- The best first.
    use_metrics constant text[] := '{DCGM_FI_PROF_SM_ACTIVE,DCGM_FI_PROF_GR_ENGINE_ACTIVE,DCGM_FI_DEV_GPU_UTIL}';
    notes jsonb;
BEGIN
    CREATE TEMPORARY TABLE import_series ON COMMIT DROP AS
        SELECT row_number() OVER () AS series, d.line_number, d.is_json, d.status, d.result_type,
               s.item, s.item -> 'values' AS samples, coalesce(s.item #>> '{metric,__name__}', options ->> 'metric') AS metric,
               coalesce(nullif(s.item #>> '{metric,UUID}', ''), nullif(s.item #>> '{metric,uuid}', ''),
                        nullif(s.item #>> '{metric,Hostname}', '') || '/' || nullif(s.item #>> '{metric,gpu}', '')) AS device,
               nullif(s.item #>> '{metric,GPU_I_ID}', '') AS instance, nullif(s.item #>> '{metric,GPU_I_PROFILE}', '') AS profile,
               coalesce(nullif(s.item #>> '{metric,exported_namespace}', ''), nullif(s.item #>> '{metric,namespace}', '')) AS tenant,
               coalesce(nullif(s.item #>> '{metric,exported_pod}', ''), nullif(s.item #>> '{metric,pod}', '')) AS job,
               coalesce(options -> 'pools' ->> (s.item -> 'metric' ->> coalesce(options ->> 'pool_by', 'Hostname')), options ->> 'pool_id') AS pool_id,
               NULL::text AS problem
        -- What is said of a document is found once, not once for each series.
        FROM (SELECT n.line_number, n.document IS NOT NULL AS is_json, n.document ->> 'status' AS status, n.document #>> '{data,resultType}' AS result_type,
                     CASE WHEN n.document ->> 'status' = 'success' AND n.document #>> '{data,resultType}' = 'matrix' AND jsonb_typeof(n.document #> '{data,result}') = 'array'
                          THEN n.document #> '{data,result}' END AS result
              FROM chipbook.json_documents(content) n OFFSET 0) d
        LEFT JOIN LATERAL jsonb_array_elements(d.result) s (item) ON true;
    -- The exporter's own namespace and pod are not whose chip it is: where Prometheus sets them, the others are exported_ ones.
    UPDATE pg_temp.import_series s SET tenant = nullif(s.item #>> '{metric,exported_namespace}', ''), job = nullif(s.item #>> '{metric,exported_pod}', '')
    WHERE EXISTS (SELECT FROM pg_temp.import_series e WHERE e.item -> 'metric' ?| '{exported_namespace,exported_pod}') OR s.item #>> '{metric,pod}' ~ 'dcgm-exporter';
    UPDATE pg_temp.import_series s SET problem = p.problem
    FROM (SELECT n.series,
                 CASE WHEN NOT n.is_json THEN 'it is not JSON'
                      WHEN n.status IS DISTINCT FROM 'success' THEN format('it is no answer of Prometheus: status is %s', coalesce(left(n.status, 80), 'missing'))
                      WHEN n.result_type IS DISTINCT FROM 'matrix' THEN format('its resultType is %s, not matrix: ask query_range', coalesce(left(n.result_type, 80), 'missing'))
                      WHEN n.item IS NULL THEN NULL
                      WHEN jsonb_typeof(n.item -> 'metric') IS DISTINCT FROM 'object' OR jsonb_typeof(n.samples) IS DISTINCT FROM 'array' THEN 'the series has no metric or no values'
                      WHEN n.metric IS NULL THEN 'the series does not say its metric: give option metric'
                      WHEN n.metric NOT IN ('DCGM_FI_PROF_SM_ACTIVE', 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_POWER_USAGE', 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION') THEN NULL
                      WHEN n.device IS NULL THEN 'the series names no device: neither UUID nor Hostname and gpu'
                      WHEN n.pool_id IS NULL THEN format('no pool for %s "%s"', coalesce(options ->> 'pool_by', 'Hostname'), coalesce(left(n.item -> 'metric' ->> coalesce(options ->> 'pool_by', 'Hostname'), 80), ''))
                      WHEN greatest(octet_length(n.pool_id), octet_length(n.device) + coalesce(octet_length(n.instance), 0) + 1, octet_length(n.tenant), octet_length(n.job)) > 300 THEN 'a name is longer than 300 bytes'
                      WHEN n.instance IS NOT NULL AND chipbook.mig_sevenths(n.profile, options -> 'sevenths') IS NULL
                      THEN format('MIG profile "%s" is not known: give option sevenths', coalesce(left(n.profile, 80), '')) END AS problem
          FROM pg_temp.import_series n) p
    WHERE p.series = s.series AND p.problem IS NOT NULL;
    INSERT INTO pg_temp.import_row (line_number, line, reason)
    SELECT s.line_number, left(coalesce(s.item -> 'metric', s.item)::text, 1000), s.problem FROM pg_temp.import_series s WHERE s.problem IS NOT NULL ORDER BY s.series;
    IF EXISTS (SELECT FROM pg_temp.import_series s WHERE NOT s.is_json) THEN
        UPDATE pg_temp.import_row r SET line = left(split_part(content, E'\n', r.line_number::integer), 10000) WHERE r.reason = 'it is not JSON';
    END IF;

    CREATE TEMPORARY TABLE import_sample ON COMMIT DROP AS
        SELECT s.series, s.line_number, s.metric, s.device, coalesce(s.instance, '') AS instance, coalesce(s.tenant, '') AS tenant, coalesce(s.job, '') AS job, v.ordinal, v.sample,
               CASE WHEN chipbook.read_number(v.sample ->> 0) BETWEEN 946684800 + 86400 AND extract(epoch FROM now()) + 3650 * 86400 THEN timestamptz '1970-01-01 00:00Z' + make_interval(secs => round((v.sample ->> 0)::numeric, 3)::double precision) END AS at_time,
               chipbook.read_number(v.sample ->> 1) AS value, NULL::text AS problem
        FROM pg_temp.import_series s
        CROSS JOIN LATERAL jsonb_array_elements(s.samples) WITH ORDINALITY v (sample, ordinal)
        WHERE s.problem IS NULL AND s.metric IN ('DCGM_FI_PROF_SM_ACTIVE', 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_POWER_USAGE', 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION');
    ANALYZE pg_temp.import_sample;
    -- Its blank values are numbers near the largest of 64 bits: they mean that there is none.
    UPDATE pg_temp.import_sample s SET problem = p.problem
    FROM (SELECT n.series, n.ordinal,
                 CASE WHEN n.problem IS NULL AND row_number() OVER (PARTITION BY n.metric, n.device, n.instance, n.tenant, n.job, n.at_time, n.problem IS NULL ORDER BY n.series, n.ordinal) > 1
                      THEN 'another sample of the same metric, device and time' ELSE n.problem END AS problem
          FROM (SELECT c.series, c.ordinal, c.metric, c.device, c.instance, c.tenant, c.job, c.at_time,
                       CASE WHEN jsonb_typeof(c.sample) <> 'array' OR jsonb_array_length(c.sample) <> 2 THEN 'a sample is not a time and a value'
                            WHEN c.at_time IS NULL THEN 'its time is not in seconds since 1970, from 2000 to ten years ahead'
                            WHEN c.value IS NULL THEN format('its value is not a number: %s', left(c.sample ->> 1, 80))
                            WHEN c.value >= 9.2e18 THEN 'its value is a blank of DCGM: not measured'
                            WHEN c.value < 0 THEN format('its value is negative: %s', left(c.sample ->> 1, 80))
                            WHEN c.metric = 'DCGM_FI_DEV_GPU_UTIL' AND c.value > 100 THEN format('more than 100 %%: %s', left(c.sample ->> 1, 80))
                            WHEN c.metric LIKE 'DCGM\_FI\_PROF\_%' AND c.value > 1.000001 THEN format('a ratio of more than 1: %s', left(c.sample ->> 1, 80))
                            WHEN c.metric = 'DCGM_FI_DEV_POWER_USAGE' AND c.value > 100000 THEN format('more than 100 kW for a chip: %s', left(c.sample ->> 1, 80)) END AS problem
                FROM pg_temp.import_sample c) n) p
    WHERE p.series = s.series AND p.ordinal = s.ordinal AND p.problem IS NOT NULL;
    INSERT INTO pg_temp.import_row (line_number, line, reason)
    SELECT s.line_number, left(format('%s %s %s', s.metric, concat_ws('/', s.device, nullif(s.instance, '')), s.sample), 1000), s.problem
    FROM pg_temp.import_sample s WHERE s.problem IS NOT NULL ORDER BY s.series, s.ordinal;
    IF step IS NULL THEN
        SELECT mode() WITHIN GROUP (ORDER BY d.apart) INTO step
        FROM (SELECT s.at_time - lag(s.at_time) OVER (PARTITION BY s.series ORDER BY s.at_time) AS apart FROM pg_temp.import_sample s WHERE s.problem IS NULL) d
        WHERE d.apart BETWEEN interval '1 millisecond' AND interval '1 day';
        IF step IS NULL THEN
            INSERT INTO pg_temp.import_row (line_number, line, reason)
            SELECT s.line_number, left(format('%s %s %s', s.metric, concat_ws('/', s.device, nullif(s.instance, '')), s.sample), 1000), 'no series has two samples: give option step'
            FROM pg_temp.import_sample s WHERE s.problem IS NULL ORDER BY s.series, s.ordinal;
            UPDATE pg_temp.import_sample s SET problem = 'no step' WHERE s.problem IS NULL;
        END IF;
    END IF;

    -- What was used, step by step by the best metric that the device has then. A sample is for the part of its step that
    -- no better metric tells of, and until the next sample that is as good stands, whoever has the chip then: a chip is never more than one.
    CREATE TEMPORARY TABLE import_step ON COMMIT DROP AS
        SELECT u.line_number, u.device, u.instance, u.tenant, u.job, x.pool_id, u.metric, t.starts_at, t.ends_at, u.at_time,
               least(CASE u.metric WHEN 'DCGM_FI_DEV_GPU_UTIL' THEN u.value / 100 ELSE u.value END, 1) AS ratio,
               coalesce(chipbook.mig_sevenths(x.profile, options -> 'sevenths'), 7)::numeric / count(*) OVER (PARTITION BY u.device, u.instance, u.at_time) AS sevenths,
               floor(extract(epoch FROM u.at_time) / extract(epoch FROM step)) AS step_number
        FROM (SELECT r.device, r.instance, r.at_time, use_metrics[r.rank] AS metric,
                     CASE WHEN at_end THEN greatest(r.at_time - step, r.as_good_before) ELSE greatest(r.at_time, r.better_before + step) END AS starts_at,
                     CASE WHEN at_end THEN least(r.at_time, r.better_after - step) ELSE least(r.at_time + step, r.as_good_after) END AS ends_at
              FROM (SELECT n.device, n.instance, n.at_time, n.rank,
                           CASE n.rank WHEN 2 THEN max(n.at_time) FILTER (WHERE n.rank = 1) OVER earlier WHEN 3 THEN max(n.at_time) FILTER (WHERE n.rank <= 2) OVER earlier END AS better_before,
                           CASE n.rank WHEN 1 THEN max(n.at_time) FILTER (WHERE n.rank = 1) OVER earlier WHEN 2 THEN max(n.at_time) FILTER (WHERE n.rank <= 2) OVER earlier ELSE max(n.at_time) OVER earlier END AS as_good_before,
                           CASE n.rank WHEN 2 THEN min(n.at_time) FILTER (WHERE n.rank = 1) OVER later WHEN 3 THEN min(n.at_time) FILTER (WHERE n.rank <= 2) OVER later END AS better_after,
                           CASE n.rank WHEN 1 THEN min(n.at_time) FILTER (WHERE n.rank = 1) OVER later WHEN 2 THEN min(n.at_time) FILTER (WHERE n.rank <= 2) OVER later ELSE min(n.at_time) OVER later END AS as_good_after
                    FROM (SELECT s.device, s.instance, s.at_time, min(array_position(use_metrics, s.metric)) AS rank
                          FROM pg_temp.import_sample s WHERE s.problem IS NULL AND s.metric = ANY (use_metrics) GROUP BY s.device, s.instance, s.at_time) n
                    WINDOW earlier AS (PARTITION BY n.device, n.instance ORDER BY n.at_time ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                           later AS (PARTITION BY n.device, n.instance ORDER BY n.at_time DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) r) t
        JOIN pg_temp.import_sample u ON u.device = t.device AND u.instance = t.instance AND u.at_time = t.at_time AND u.metric = t.metric AND u.problem IS NULL
        JOIN pg_temp.import_series x ON x.series = u.series
        WHERE t.starts_at < t.ends_at;
    ANALYZE pg_temp.import_step;
    -- A whole chip's metrics beside those of its slices are not more of it.
    DELETE FROM pg_temp.import_step s WHERE s.instance = '' AND EXISTS (SELECT FROM pg_temp.import_step i WHERE i.device = s.device AND i.at_time = s.at_time AND i.instance <> '');

    -- Energy is the chip's, whichever series tell it: what its counter went up by until the next sample, or else power x step.
    CREATE TEMPORARY TABLE import_energy ON COMMIT DROP AS
        SELECT e.device, e.step_number, coalesce(sum(e.joules) FILTER (WHERE e.counted), sum(e.joules) FILTER (WHERE NOT e.counted)) AS joules
        FROM (SELECT c.device, floor(extract(epoch FROM CASE WHEN at_end THEN c.after ELSE c.at_time END) / extract(epoch FROM step)) AS step_number, true AS counted,
                     CASE WHEN c.next_value >= c.value THEN c.next_value - c.value ELSE c.next_value END / 1000 AS joules
              FROM (SELECT s.device, s.at_time, max(s.value) AS value, lead(max(s.value)) OVER w AS next_value, lead(s.at_time) OVER w AS after
                    FROM pg_temp.import_sample s WHERE s.problem IS NULL AND s.metric = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION'
                    GROUP BY s.device, s.at_time WINDOW w AS (PARTITION BY s.device ORDER BY s.at_time)) c
              WHERE c.after - c.at_time <= step * greatest(max_gap, 1)
              UNION ALL
              SELECT p.device, floor(extract(epoch FROM p.at_time) / extract(epoch FROM step)), false,
                     p.value * extract(epoch FROM CASE WHEN at_end THEN p.at_time - greatest(p.at_time - step, p.before) ELSE least(p.at_time + step, p.after) - p.at_time END)
              FROM (SELECT s.device, s.at_time, max(s.value) AS value, lag(s.at_time) OVER w AS before, lead(s.at_time) OVER w AS after
                    FROM pg_temp.import_sample s WHERE s.problem IS NULL AND s.metric = 'DCGM_FI_DEV_POWER_USAGE'
                    GROUP BY s.device, s.at_time WINDOW w AS (PARTITION BY s.device ORDER BY s.at_time)) p) e
        GROUP BY e.device, e.step_number;

    ANALYZE pg_temp.import_energy;
    INSERT INTO pg_temp.import_row (line_number, line, pool_id, starts_at, ends_at, installed, available, allocated, used, joules, use_basis, energy_basis, meter_id, tenant_id, job_id)
    SELECT min(g.line_number), format('%s %s', g.metric, concat_ws('/', g.device, nullif(g.instance, ''))), g.pool_id, min(g.starts_at), max(g.ends_at),
           sum(g.chip_ms), sum(g.chip_ms), sum(g.allocated_ms), sum(g.ratio * g.chip_ms), sum(g.joules),
           lower(substring(g.metric FROM 'DCGM_FI_[A-Z]+_(.*)')), energy_basis, concat_ws('/', g.device, nullif(g.instance, '')), nullif(g.tenant, ''), nullif(g.job, '')
    FROM (SELECT i.*, sum(i.begins) OVER (PARTITION BY i.device, i.instance, i.tenant, i.job ORDER BY i.starts_at) AS island
          FROM (SELECT s.*, extract(epoch FROM s.ends_at - s.starts_at) * 1000 * s.sevenths / 7 AS chip_ms,
                       CASE WHEN allocated_when = 'always' OR allocated_when = 'used' AND (s.ratio > 0 OR s.tenant <> '' OR s.job <> '') OR s.tenant <> '' OR s.job <> ''
                            THEN extract(epoch FROM s.ends_at - s.starts_at) * 1000 * s.sevenths / 7 ELSE 0 END AS allocated_ms,
                       e.joules * s.sevenths / sum(s.sevenths) OVER (PARTITION BY s.device, s.step_number) AS joules,
                       CASE WHEN bucket IS NOT NULL THEN date_bin(bucket, s.starts_at AT TIME ZONE zone, timestamp '2000-01-01') END AS in_bucket,
                       CASE WHEN bucket IS NOT NULL AND s.starts_at = lag(s.ends_at) OVER w AND s.sevenths = lag(s.sevenths) OVER w AND s.metric = lag(s.metric) OVER w THEN 0 ELSE 1 END AS begins
                FROM pg_temp.import_step s
                LEFT JOIN pg_temp.import_energy e ON e.device = s.device AND e.step_number = s.step_number
                WINDOW w AS (PARTITION BY s.device, s.instance, s.tenant, s.job ORDER BY s.starts_at)) i) g
    GROUP BY g.device, g.instance, g.tenant, g.job, g.pool_id, g.metric, g.in_bucket, g.island
    ORDER BY g.device, length(g.instance), g.instance, min(g.starts_at), g.tenant, g.job;

    SELECT jsonb_build_object(
        'accepted', (SELECT count(*) FROM pg_temp.import_sample s WHERE s.problem IS NULL),
        'skipped_rows', nullif((SELECT sum(jsonb_array_length(s.samples)) FROM pg_temp.import_series s WHERE s.problem IS NULL AND jsonb_typeof(s.samples) = 'array'
                                AND s.series NOT IN (SELECT m.series FROM pg_temp.import_sample m)), 0),
        'skipped', (SELECT jsonb_object_agg(k.metric, k.row_count)
                    FROM (SELECT s.metric, sum(jsonb_array_length(s.samples)) AS row_count FROM pg_temp.import_series s WHERE s.problem IS NULL AND jsonb_typeof(s.samples) = 'array'
                          AND s.series NOT IN (SELECT m.series FROM pg_temp.import_sample m) GROUP BY s.metric HAVING sum(jsonb_array_length(s.samples)) > 0) k),
        'step_seconds', trim_scale(extract(epoch FROM step)),
        'use_metrics', (SELECT jsonb_object_agg(u.metric, u.devices) FROM (SELECT s.metric, count(DISTINCT (s.device, s.instance)) AS devices FROM pg_temp.import_step s GROUP BY s.metric) u),
        'devices_without_use', nullif((SELECT count(DISTINCT s.device) FROM pg_temp.import_sample s WHERE s.problem IS NULL AND s.device NOT IN (SELECT t.device FROM pg_temp.import_step t)), 0),
        'joules_without_use', nullif((SELECT trim_scale(sum(e.joules)) FROM pg_temp.import_energy e
                                      WHERE NOT EXISTS (SELECT FROM pg_temp.import_step s WHERE s.device = e.device AND s.step_number = e.step_number)), 0),
        'used_but_not_allocated', nullif((SELECT count(*) FROM pg_temp.import_step s WHERE allocated_when = 'labelled' AND s.tenant = '' AND s.job = '' AND s.ratio > 0), 0))
    INTO notes;
    DROP TABLE pg_temp.import_series, pg_temp.import_sample, pg_temp.import_step, pg_temp.import_energy;
    RETURN notes;
END
$$;
COMMENT ON FUNCTION chipbook.import_rows_dcgm(text, jsonb, text) IS 'Internal: fills pg_temp.import_row from Prometheus query_range of the DCGM exporter.';
