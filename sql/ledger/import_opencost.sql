-- Allocations of OpenCost (and Kubecost), as their allocation API answers: sets of allocations by name.

CREATE FUNCTION chipbook.import_rows_opencost(content text, options jsonb, zone text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    pool_by text := coalesce(options ->> 'pool_by', 'cluster');
    tenant_by text := coalesce(options ->> 'tenant', 'namespace');
    job_by text := options ->> 'job';
    use_of text := coalesce(options ->> 'usage', 'per_chip');
BEGIN
    CREATE TEMPORARY TABLE import_allocation ON COMMIT DROP AS
        SELECT row_number() OVER () AS number, d.line_number, d.is_json, d.code, d.data_type,
               a.name, a.item, coalesce(a.item -> 'properties', '{}') AS properties,
               a.item ->> 'gpuHours' AS hours_text, chipbook.read_number(a.item ->> 'gpuHours') AS hours,
               chipbook.read_time(coalesce(a.item ->> 'start', a.item #>> '{window,start}')) AS starts_at,
               chipbook.read_time(coalesce(a.item ->> 'end', a.item #>> '{window,end}')) AS ends_at,
               CASE WHEN use_of <> 'ignore' THEN coalesce(a.item #>> '{gpuAllocation,gpuUsageAverage}', a.item ->> 'gpuUsageAverage') END AS usage_text,
               a.name ~ '(^|/)__idle__(/|$)' AS is_idle
        -- What is said of a document is found once, not once for each allocation.
        FROM (SELECT n.line_number, n.document IS NOT NULL AS is_json, n.document ->> 'code' AS code, jsonb_typeof(n.document -> 'data') AS data_type,
                     CASE WHEN coalesce(n.document ->> 'code', '200') <> '200' THEN NULL
                          WHEN jsonb_typeof(n.document -> 'data') = 'array' THEN n.document -> 'data'
                          WHEN jsonb_typeof(n.document -> 'data') = 'object' THEN jsonb_build_array(n.document -> 'data') END AS data
              FROM chipbook.json_documents(content) n OFFSET 0) d
        LEFT JOIN LATERAL jsonb_array_elements(d.data) s (allocations) ON true
        LEFT JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(s.allocations) = 'object' THEN s.allocations END) a (name, item) ON true;

    INSERT INTO pg_temp.import_row (line_number, line, skipped, reason, pool_id, starts_at, ends_at, installed, available, allocated, used, use_basis, meter_id, tenant_id, job_id)
    SELECT a.line_number, CASE WHEN a.item IS NULL THEN left(split_part(content, E'\n', a.line_number::integer), 10000) ELSE left(format('%s %s', a.name, a.item), 10000) END,
           CASE WHEN p.reason IS NULL THEN
               CASE WHEN a.name ~ '(^|/)__(un)?mounted__(/|$)' THEN 'not mounted'
                    WHEN a.hours IS NULL OR a.hours = 0 THEN CASE WHEN a.is_idle AND chipbook.read_number(a.item ->> 'gpuCost') > 0 THEN 'idle without chip-hours' ELSE 'no chips' END END END,
           p.reason, k.pool_id, a.starts_at, a.ends_at,
           a.hours * 3600000, a.hours * 3600000, CASE WHEN a.is_idle THEN 0 ELSE a.hours * 3600000 END,
           CASE WHEN a.is_idle THEN 0 ELSE coalesce(k.ratio, 1) * a.hours * 3600000 END,
           CASE WHEN a.is_idle OR k.ratio IS NOT NULL THEN 'gr_engine_active' ELSE 'allocated' END,
           nullif(CASE WHEN a.is_idle THEN a.properties ->> 'node' ELSE a.properties ->> 'container' END, ''),
           CASE WHEN NOT a.is_idle THEN nullif(CASE WHEN tenant_by ~ '^label:' THEN a.properties -> 'labels' ->> substr(tenant_by, 7) ELSE a.properties ->> tenant_by END, '') END,
           CASE WHEN NOT a.is_idle THEN nullif(CASE WHEN job_by ~ '^label:' THEN a.properties -> 'labels' ->> substr(job_by, 7) WHEN job_by IS NOT NULL THEN a.properties ->> job_by
                                                    ELSE coalesce(a.properties ->> 'pod', a.properties ->> 'controller') END, '') END
    FROM pg_temp.import_allocation a
    CROSS JOIN LATERAL (SELECT coalesce(options -> 'pools' ->> (CASE WHEN pool_by ~ '^label:' THEN a.properties -> 'labels' ->> substr(pool_by, 7) ELSE a.properties ->> pool_by END), options ->> 'pool_id') AS pool_id,
                               CASE use_of WHEN 'sum' THEN chipbook.read_number(a.usage_text) * extract(epoch FROM a.ends_at - a.starts_at) / 3600 / nullif(a.hours, 0)
                                           ELSE chipbook.read_number(a.usage_text) END AS ratio) k
    CROSS JOIN LATERAL (SELECT CASE
        WHEN NOT a.is_json THEN 'it is not JSON'
        WHEN coalesce(a.code, '200') <> '200' THEN format('it is no good answer of OpenCost: code is %s', left(a.code, 80))
        WHEN a.data_type IS NULL OR a.data_type NOT IN ('array', 'object', 'null') THEN 'it is no answer of OpenCost: it has no data'
        WHEN a.item IS NULL THEN NULL
        WHEN jsonb_typeof(a.item) <> 'object' THEN 'the allocation is not an object'
        WHEN a.hours IS NULL AND a.hours_text IS NOT NULL THEN format('gpuHours "%s" is not a number', left(a.hours_text, 80))
        WHEN a.hours < 0 THEN format('gpuHours is negative: %s', left(a.hours_text, 80))
        WHEN coalesce(a.hours, 0) = 0 OR a.name ~ '(^|/)__(un)?mounted__(/|$)' THEN NULL
        WHEN a.starts_at IS NULL OR a.ends_at IS NULL THEN 'its start or end is not an ISO 8601 time with its zone'
        WHEN a.ends_at <= a.starts_at THEN 'it does not end after it starts'
        WHEN k.pool_id IS NULL THEN format('no pool for %s "%s"', pool_by, coalesce(left(a.properties ->> pool_by, 80), ''))
        WHEN a.usage_text IS NOT NULL AND NOT a.is_idle AND (k.ratio IS NULL OR k.ratio < 0) THEN format('gpuUsageAverage "%s" is not a ratio', left(a.usage_text, 80))
        WHEN k.ratio > 1.000001 AND NOT a.is_idle THEN format('gpuUsageAverage is more than 1 a chip; where it is the sum over the chips say so with option usage: %s', left(a.usage_text, 80))
        END AS reason) p
    WHERE a.item IS NOT NULL OR p.reason IS NOT NULL
    ORDER BY a.number;
    UPDATE pg_temp.import_row r SET used = r.allocated WHERE r.used > r.allocated AND r.used <= r.allocated * 1.000001;
    DROP TABLE pg_temp.import_allocation;
    RETURN '{}'::jsonb;
END
$$;
COMMENT ON FUNCTION chipbook.import_rows_opencost(text, jsonb, text) IS 'Internal: fills pg_temp.import_row from the allocation API of OpenCost.';
