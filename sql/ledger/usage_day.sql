-- Readings by the day: what publication keeps beside them, so that a question about a month reads
-- days, not readings. Counts are integers and a publication adds what it brought and takes off what
-- it superseded, so that a day comes to the same whatever order its readings came in.

-- A count over t microseconds, of which it gives those from a to b: parts that add up to the count.
CREATE FUNCTION chipbook.share_of_time(total numeric, a numeric, b numeric, t numeric) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN b OPERATOR(pg_catalog.=) t THEN total ELSE pg_catalog.div(total OPERATOR(pg_catalog.*) b, t) END
       OPERATOR(pg_catalog.-) CASE WHEN a OPERATOR(pg_catalog.=) 0 THEN 0 ELSE pg_catalog.div(total OPERATOR(pg_catalog.*) a, t) END;
COMMENT ON FUNCTION chipbook.share_of_time(numeric, numeric, numeric, numeric) IS 'Internal: what part of a count that accrues evenly over a time t falls from a to b of it, in whole units: the parts of any division of the time add up to the count exactly.';

-- Tables that a ledger derives from its facts and keeps, with what they were before.
CREATE FUNCTION chipbook.ledger_kept_tables() RETURNS SETOF name IMMUTABLE PARALLEL SAFE ROWS 5 LANGUAGE sql
BEGIN ATOMIC
    SELECT t.table_name::name FROM (VALUES ('usage_day'), ('charge_month'), ('spend_day'), ('refreshed_month'), ('allocated_cost')) t (table_name);
END;
COMMENT ON FUNCTION chipbook.ledger_kept_tables() IS 'Internal: the tables of what a ledger derives from its facts: no row is changed but to be superseded.';

CREATE FUNCTION chipbook.create_ledger_usage_days() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE INDEX usage_day_of_pool ON usage_day (month, pool_id, reading_day);

    -- Most readings lie in one day and need no division.
    CREATE VIEW reading_day_part WITH (security_invoker) AS
        SELECT r.load_id, r.recorded_at, r.superseded_at, r.month, r.pool_id, d.first_day AS reading_day,
               r.tenant_id, r.job_id, r.model_id, r.party_id, r.use_basis, r.energy_basis, r.idle_joules IS NOT NULL AS idle_is_metered,
               1 AS readings,
               (NOT (r.installed_chip_ms >= r.available_chip_ms AND r.available_chip_ms >= r.allocated_chip_ms AND r.allocated_chip_ms >= r.used_chip_ms))::integer AS disordered,
               r.installed_chip_ms AS installed_ms, r.available_chip_ms AS available_ms, r.allocated_chip_ms AS allocated_ms, r.used_chip_ms AS used_ms,
               coalesce(r.kept_chip_ms, r.used_chip_ms) AS kept_ms,
               least(greatest(r.available_chip_ms, r.allocated_chip_ms, r.used_chip_ms), r.installed_chip_ms) AS ordered_available_ms,
               least(greatest(r.allocated_chip_ms, r.used_chip_ms), r.installed_chip_ms) AS ordered_allocated_ms,
               least(r.used_chip_ms, r.installed_chip_ms) AS ordered_used_ms,
               r.joules, r.idle_joules, (r.kept_chip_ms IS NOT NULL)::integer AS kept_readings,
               r.tokens, (r.tokens IS NOT NULL)::integer AS token_readings,
               r.model_flops, (r.model_flops IS NOT NULL)::integer AS flops_readings,
               r.billing_ms, (r.billing_ms IS NOT NULL)::integer AS billing_readings
        FROM meter_reading_stored r
        CROSS JOIN LATERAL (SELECT (r.starts_at AT TIME ZONE (SELECT l.time_zone FROM ledger l))::date AS first_day,
                                   ((r.ends_at - interval '1 microsecond') AT TIME ZONE (SELECT l.time_zone FROM ledger l))::date AS last_day) d
        WHERE d.first_day >= d.last_day
        UNION ALL
        SELECT r.load_id, r.recorded_at, r.superseded_at, r.month, r.pool_id, d.first_day + n.i,
               r.tenant_id, r.job_id, r.model_id, r.party_id, r.use_basis, r.energy_basis, r.idle_joules IS NOT NULL,
               x.is_first,
               x.is_first * (NOT (r.installed_chip_ms >= r.available_chip_ms AND r.available_chip_ms >= r.allocated_chip_ms AND r.allocated_chip_ms >= r.used_chip_ms))::integer,
               (f.i - g.i)::bigint,
               -- Less than in order follows what is in order, and is never below zero; more, by time.
               (CASE WHEN r.available_chip_ms <= o.v THEN share_of_time(r.available_chip_ms, g.v, f.v, o.v) ELSE f.v - g.v + share_of_time(r.available_chip_ms - o.v, x.a, x.b, x.t) END)::bigint,
               (CASE WHEN r.allocated_chip_ms <= o.l THEN share_of_time(r.allocated_chip_ms, g.l, f.l, o.l) ELSE f.l - g.l + share_of_time(r.allocated_chip_ms - o.l, x.a, x.b, x.t) END)::bigint,
               (f.used - g.used)::bigint,
               CASE WHEN r.kept_chip_ms IS NULL THEN f.used - g.used ELSE share_of_time(r.kept_chip_ms, g.used, f.used, r.used_chip_ms) END::bigint,
               (f.v - g.v)::bigint, (f.l - g.l)::bigint, (f.u - g.u)::bigint,
               (f.joules - g.joules)::bigint, share_of_time(r.idle_joules, g.joules, f.joules, r.joules)::bigint, x.is_first * (r.kept_chip_ms IS NOT NULL)::integer,
               share_of_time(r.tokens, x.a, x.b, x.t)::bigint, x.is_first * (r.tokens IS NOT NULL)::integer,
               share_of_time(r.model_flops, x.a, x.b, x.t), x.is_first * (r.model_flops IS NOT NULL)::integer,
               share_of_time(r.billing_ms, x.a, x.b, x.t)::bigint, x.is_first * (r.billing_ms IS NOT NULL)::integer
        FROM meter_reading_stored r
        CROSS JOIN LATERAL (SELECT (SELECT l.time_zone FROM ledger l) AS zone) z
        CROSS JOIN LATERAL (SELECT (r.starts_at AT TIME ZONE z.zone)::date AS first_day,
                                   ((r.ends_at - interval '1 microsecond') AT TIME ZONE z.zone)::date AS last_day) d
        CROSS JOIN LATERAL generate_series(0, d.last_day - d.first_day) n (i)
        CROSS JOIN LATERAL (
            SELECT w.a, w.b, w.t, (w.a = 0)::integer AS is_first
            FROM (SELECT CASE WHEN n.i = 0 THEN 0
                              ELSE extract(epoch FROM (d.first_day + n.i)::timestamp AT TIME ZONE z.zone - r.starts_at) * 1000000 END AS a,
                         CASE WHEN n.i = d.last_day - d.first_day THEN extract(epoch FROM r.ends_at - r.starts_at) * 1000000
                              ELSE extract(epoch FROM (d.first_day + n.i + 1)::timestamp AT TIME ZONE z.zone - r.starts_at) * 1000000 END AS b,
                         extract(epoch FROM r.ends_at - r.starts_at) * 1000000 AS t) w
            -- A zone may leave out a day.
            WHERE w.a < w.b) x
        CROSS JOIN LATERAL (SELECT least(r.used_chip_ms, r.installed_chip_ms)::numeric AS u, least(greatest(r.allocated_chip_ms, r.used_chip_ms), r.installed_chip_ms)::numeric AS l,
                                   least(greatest(r.available_chip_ms, r.allocated_chip_ms, r.used_chip_ms), r.installed_chip_ms)::numeric AS v) o
        -- What there was before the part (g) and with it (f): installed follows the time, available what is
        -- installed, and so on, so that what is in order stays so when it is rounded.
        CROSS JOIN LATERAL (SELECT share_of_time(r.installed_chip_ms, 0, x.a, x.t) AS i, share_of_time(r.joules, 0, x.a, x.t) AS joules) g1
        CROSS JOIN LATERAL (SELECT share_of_time(o.v, 0, g1.i, r.installed_chip_ms) AS v) g2
        CROSS JOIN LATERAL (SELECT share_of_time(o.l, 0, g2.v, o.v) AS l) g3
        CROSS JOIN LATERAL (SELECT share_of_time(o.u, 0, g3.l, o.l) AS u) g4
        CROSS JOIN LATERAL (SELECT g1.i, g2.v, g3.l, g4.u, g4.u + share_of_time(r.used_chip_ms - o.u, 0, x.a, x.t) AS used, g1.joules) g
        CROSS JOIN LATERAL (SELECT share_of_time(r.installed_chip_ms, 0, x.b, x.t) AS i, share_of_time(r.joules, 0, x.b, x.t) AS joules) f1
        CROSS JOIN LATERAL (SELECT share_of_time(o.v, 0, f1.i, r.installed_chip_ms) AS v) f2
        CROSS JOIN LATERAL (SELECT share_of_time(o.l, 0, f2.v, o.v) AS l) f3
        CROSS JOIN LATERAL (SELECT share_of_time(o.u, 0, f3.l, o.l) AS u) f4
        CROSS JOIN LATERAL (SELECT f1.i, f2.v, f3.l, f4.u, f4.u + share_of_time(r.used_chip_ms - o.u, 0, x.b, x.t) AS used, f1.joules) f
        WHERE d.first_day < d.last_day;
    COMMENT ON VIEW reading_day_part IS 'Each reading, published or not, held or not, by the local day: a reading over several days is divided by time, in whole chip-milliseconds and joules, and counted on its first. The columns of usage_day, with those that say when it was recorded. Additive.';

    -- All that readings ever came to, by the times they changed at.
    CREATE VIEW usage_day_due WITH (security_invoker) AS
        WITH change AS (
            SELECT p.pool_id, p.month, p.reading_day, p.tenant_id, p.job_id, p.model_id, p.party_id, p.use_basis, p.energy_basis, p.idle_is_metered, e.at_time,
                   sum(e.sign * p.readings) AS readings, sum(e.sign * p.disordered) AS disordered,
                   sum(e.sign * p.installed_ms::numeric) AS installed_ms, sum(e.sign * p.available_ms::numeric) AS available_ms,
                   sum(e.sign * p.allocated_ms::numeric) AS allocated_ms, sum(e.sign * p.used_ms::numeric) AS used_ms, sum(e.sign * p.kept_ms::numeric) AS kept_ms,
                   sum(e.sign * p.ordered_available_ms::numeric) AS ordered_available_ms, sum(e.sign * p.ordered_allocated_ms::numeric) AS ordered_allocated_ms,
                   sum(e.sign * p.ordered_used_ms::numeric) AS ordered_used_ms, sum(e.sign * p.joules::numeric) AS joules, sum(e.sign * p.idle_joules::numeric) AS idle_joules,
                   sum(e.sign * p.kept_readings) AS kept_readings, coalesce(sum(e.sign * p.tokens::numeric), 0) AS tokens, sum(e.sign * p.token_readings) AS token_readings,
                   coalesce(sum(e.sign * p.model_flops), 0) AS model_flops, sum(e.sign * p.flops_readings) AS flops_readings,
                   coalesce(sum(e.sign * p.billing_ms::numeric), 0) AS billing_ms, sum(e.sign * p.billing_readings) AS billing_readings
            FROM reading_day_part p
            CROSS JOIN LATERAL (VALUES (1, p.recorded_at), (-1, p.superseded_at)) e (sign, at_time)
            WHERE p.recorded_at IS NOT NULL AND e.at_time < 'infinity'
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
        SELECT c.pool_id, c.month, c.reading_day, c.tenant_id, c.job_id, c.model_id, c.party_id, c.use_basis, c.energy_basis, c.idle_is_metered,
               sum(c.readings) OVER w AS readings, sum(c.disordered) OVER w AS disordered, sum(c.installed_ms) OVER w AS installed_ms, sum(c.available_ms) OVER w AS available_ms,
               sum(c.allocated_ms) OVER w AS allocated_ms, sum(c.used_ms) OVER w AS used_ms, sum(c.kept_ms) OVER w AS kept_ms,
               sum(c.ordered_available_ms) OVER w AS ordered_available_ms, sum(c.ordered_allocated_ms) OVER w AS ordered_allocated_ms,
               sum(c.ordered_used_ms) OVER w AS ordered_used_ms, sum(c.joules) OVER w AS joules, sum(c.idle_joules) OVER w AS idle_joules,
               sum(c.kept_readings) OVER w AS kept_readings, sum(c.tokens) OVER w AS tokens, sum(c.token_readings) OVER w AS token_readings,
               sum(c.model_flops) OVER w AS model_flops, sum(c.flops_readings) OVER w AS flops_readings,
               sum(c.billing_ms) OVER w AS billing_ms, sum(c.billing_readings) OVER w AS billing_readings,
               c.at_time AS recorded_at
        FROM change c
        WHERE num_nonnulls(nullif(c.readings, 0), nullif(c.installed_ms, 0), nullif(c.available_ms, 0), nullif(c.allocated_ms, 0), nullif(c.used_ms, 0), nullif(c.kept_ms, 0),
                           nullif(c.joules, 0), nullif(c.idle_joules, 0), nullif(c.kept_readings, 0), nullif(c.tokens, 0), nullif(c.token_readings, 0), nullif(c.model_flops, 0),
                           nullif(c.flops_readings, 0), nullif(c.billing_ms, 0), nullif(c.billing_readings, 0), nullif(c.disordered, 0)) > 0
        WINDOW w AS (PARTITION BY c.pool_id, c.month, c.reading_day, c.tenant_id, c.job_id, c.model_id, c.party_id, c.use_basis, c.energy_basis, c.idle_is_metered ORDER BY c.at_time);
    COMMENT ON VIEW usage_day_due IS 'What usage_day has to say from each recorded time on, computed from the readings, those too that were superseded since. All zero: nothing, the row is superseded and none takes its place. For verify_ledger; reads every reading.';

    -- To be called with the ledger locked, when the facts have their stamp.
    -- However few days there are, the planner expects many, and would sort the readings on a disk.
    CREATE FUNCTION usage_day_change(stamp timestamptz, of_load bigint, brought boolean, superseded boolean) RETURNS void LANGUAGE plpgsql SET enable_sort = off AS $fn$
    DECLARE
        months date[] := ARRAY(SELECT r.month FROM meter_reading r WHERE r.load_id = of_load UNION SELECT p.month FROM packed_reading p WHERE p.load_id = of_load);
    BEGIN
        IF months = '{}' THEN
            RETURN;
        END IF;
        WITH change AS MATERIALIZED (
            SELECT p.pool_id, p.month, p.reading_day, p.tenant_id, p.job_id, p.model_id, p.party_id, p.use_basis, p.energy_basis, p.idle_is_metered,
                   sum(p.sign * p.readings) AS readings, sum(p.sign * p.disordered) AS disordered,
                   sum(p.sign * p.installed_ms) AS installed_ms, sum(p.sign * p.available_ms) AS available_ms,
                   sum(p.sign * p.allocated_ms) AS allocated_ms, sum(p.sign * p.used_ms) AS used_ms, sum(p.sign * p.kept_ms) AS kept_ms,
                   sum(p.sign * p.ordered_available_ms) AS ordered_available_ms, sum(p.sign * p.ordered_allocated_ms) AS ordered_allocated_ms,
                   sum(p.sign * p.ordered_used_ms) AS ordered_used_ms, sum(p.sign * p.joules) AS joules, sum(p.sign * p.idle_joules) AS idle_joules,
                   sum(p.sign * p.kept_readings) AS kept_readings, coalesce(sum(p.sign * p.tokens), 0) AS tokens, sum(p.sign * p.token_readings) AS token_readings,
                   coalesce(sum(p.sign * p.model_flops), 0) AS model_flops, sum(p.sign * p.flops_readings) AS flops_readings,
                   coalesce(sum(p.sign * p.billing_ms), 0) AS billing_ms, sum(p.sign * p.billing_readings) AS billing_readings
            FROM (SELECT 1 AS sign, n.* FROM reading_day_part n
                  WHERE brought AND n.month = ANY (months) AND n.load_id = of_load AND n.recorded_at = stamp
                  UNION ALL
                  SELECT -1, n.* FROM reading_day_part n WHERE usage_day_change.superseded AND n.month = ANY (months) AND n.superseded_at = stamp) p
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        fresh AS (
            SELECT * FROM change c
            WHERE num_nonnulls(nullif(c.readings, 0), nullif(c.installed_ms, 0), nullif(c.available_ms, 0), nullif(c.allocated_ms, 0), nullif(c.used_ms, 0), nullif(c.kept_ms, 0),
                               nullif(c.joules, 0), nullif(c.idle_joules, 0), nullif(c.kept_readings, 0), nullif(c.tokens, 0), nullif(c.token_readings, 0),
                               nullif(c.model_flops, 0), nullif(c.flops_readings, 0), nullif(c.billing_ms, 0), nullif(c.billing_readings, 0), nullif(c.disordered, 0)) > 0),
        held AS (
            UPDATE usage_day d SET superseded_at = stamp FROM fresh c
            WHERE d.superseded_at = 'infinity' AND d.month = c.month AND d.pool_id = c.pool_id AND d.reading_day = c.reading_day AND d.use_basis = c.use_basis
              AND coalesce(d.energy_basis, '') = coalesce(c.energy_basis, '') AND d.idle_is_metered = c.idle_is_metered
              AND coalesce(d.tenant_id, '') = coalesce(c.tenant_id, '') AND coalesce(d.job_id, '') = coalesce(c.job_id, '')
              AND coalesce(d.model_id, '') = coalesce(c.model_id, '') AND coalesce(d.party_id, '') = coalesce(c.party_id, '')
            RETURNING d.*)
        INSERT INTO usage_day (pool_id, month, reading_day, tenant_id, job_id, model_id, party_id, use_basis, energy_basis, idle_is_metered, readings, disordered,
                               installed_ms, available_ms, allocated_ms, used_ms, kept_ms, ordered_available_ms, ordered_allocated_ms, ordered_used_ms, joules, idle_joules,
                               kept_readings, tokens, token_readings, model_flops, flops_readings, billing_ms, billing_readings, recorded_at)
        SELECT s.* FROM (
            SELECT c.pool_id, c.month, c.reading_day, c.tenant_id, c.job_id, c.model_id, c.party_id, c.use_basis, c.energy_basis, c.idle_is_metered,
                   c.readings + coalesce(h.readings, 0) AS readings, c.disordered + coalesce(h.disordered, 0) AS disordered,
                   c.installed_ms + coalesce(h.installed_ms, 0) AS installed_ms, c.available_ms + coalesce(h.available_ms, 0) AS available_ms,
                   c.allocated_ms + coalesce(h.allocated_ms, 0) AS allocated_ms, c.used_ms + coalesce(h.used_ms, 0) AS used_ms, c.kept_ms + coalesce(h.kept_ms, 0),
                   c.ordered_available_ms + coalesce(h.ordered_available_ms, 0), c.ordered_allocated_ms + coalesce(h.ordered_allocated_ms, 0),
                   c.ordered_used_ms + coalesce(h.ordered_used_ms, 0), c.joules + coalesce(h.joules, 0) AS joules, c.idle_joules + coalesce(h.idle_joules, 0),
                   c.kept_readings + coalesce(h.kept_readings, 0), c.tokens + coalesce(h.tokens, 0) AS tokens, c.token_readings + coalesce(h.token_readings, 0),
                   c.model_flops + coalesce(h.model_flops, 0) AS model_flops, c.flops_readings + coalesce(h.flops_readings, 0),
                   c.billing_ms + coalesce(h.billing_ms, 0) AS billing_ms, c.billing_readings + coalesce(h.billing_readings, 0), stamp
            FROM fresh c
            LEFT JOIN held h ON h.month = c.month AND h.pool_id = c.pool_id AND h.reading_day = c.reading_day AND h.use_basis = c.use_basis
                            AND coalesce(h.energy_basis, '') = coalesce(c.energy_basis, '') AND h.idle_is_metered = c.idle_is_metered
                            AND coalesce(h.tenant_id, '') = coalesce(c.tenant_id, '') AND coalesce(h.job_id, '') = coalesce(c.job_id, '')
                            AND coalesce(h.model_id, '') = coalesce(c.model_id, '') AND coalesce(h.party_id, '') = coalesce(c.party_id, '')) s
        -- Nothing is left where nothing is: a day without readings has no row.
        WHERE (s.readings, s.installed_ms, s.available_ms, s.allocated_ms, s.used_ms, coalesce(s.joules, 0), s.tokens, s.model_flops, s.billing_ms)
              <> (0, 0, 0, 0, 0, 0, 0, 0, 0);
    END
    $fn$;
    COMMENT ON FUNCTION usage_day_change(timestamptz, bigint, boolean, boolean) IS 'Internal: brings usage_day to what a publication (brought) or withdrawal, stamped so, made of the readings of the months of a load; superseded: whether readings were.';

    CREATE FUNCTION verify_usage() RETURNS TABLE (finding text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        WITH due AS (
            SELECT d.*, lead(d.recorded_at, 1, 'infinity') OVER (PARTITION BY d.pool_id, d.month, d.reading_day, d.tenant_id, d.job_id, d.model_id, d.party_id, d.use_basis,
                                                                              d.energy_basis, d.idle_is_metered ORDER BY d.recorded_at) AS superseded_at
            FROM usage_day_due d)
        SELECT 'usage_day_differs', format('pool %s, %s', x.pool_id, chipbook.iso_date(x.reading_day)), format('rows that are not what its readings come to: %s', count(*))
        FROM (SELECT d.pool_id, d.reading_day
              FROM (SELECT u.* FROM due u
                    WHERE (u.readings, u.installed_ms, u.available_ms, u.allocated_ms, u.used_ms, coalesce(u.joules, 0), u.tokens, u.model_flops, u.billing_ms)
                          <> (0, 0, 0, 0, 0, 0, 0, 0, 0)) d
              FULL JOIN (SELECT n.*, count(*) OVER (PARTITION BY n.pool_id, n.month, n.reading_day, n.tenant_id, n.job_id, n.model_id, n.party_id, n.use_basis,
                                                                 n.energy_basis, n.idle_is_metered, n.recorded_at) AS copies FROM usage_day n) k
                ON k.month = d.month AND k.pool_id = d.pool_id AND k.reading_day = d.reading_day AND k.use_basis = d.use_basis AND k.recorded_at = d.recorded_at
                   AND coalesce(k.energy_basis, '') = coalesce(d.energy_basis, '') AND k.idle_is_metered = d.idle_is_metered
                   AND coalesce(k.tenant_id, '') = coalesce(d.tenant_id, '') AND coalesce(k.job_id, '') = coalesce(d.job_id, '')
                   AND coalesce(k.model_id, '') = coalesce(d.model_id, '') AND coalesce(k.party_id, '') = coalesce(d.party_id, '')
              WHERE k.pool_id IS NULL OR d.pool_id IS NULL OR k.copies > 1
                 OR (k.readings, k.disordered, k.installed_ms, k.available_ms, k.allocated_ms, k.used_ms, k.kept_ms, k.ordered_available_ms, k.ordered_allocated_ms,
                     k.ordered_used_ms, coalesce(k.joules, 0), coalesce(k.idle_joules, 0), k.kept_readings, k.tokens, k.token_readings, k.model_flops, k.flops_readings,
                     k.billing_ms, k.billing_readings, k.superseded_at)
                    <> (d.readings, d.disordered, d.installed_ms, d.available_ms, d.allocated_ms, d.used_ms, d.kept_ms, d.ordered_available_ms, d.ordered_allocated_ms,
                        d.ordered_used_ms, coalesce(d.joules, 0), coalesce(d.idle_joules, 0), d.kept_readings, d.tokens, d.token_readings, d.model_flops, d.flops_readings,
                        d.billing_ms, d.billing_readings, d.superseded_at)) x
        GROUP BY x.pool_id, x.reading_day;
    END;
    COMMENT ON FUNCTION verify_usage() IS 'Internal: part of verify_ledger. usage_day, what it was before too, against the readings.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_usage_days() IS 'Internal: part of create_ledger. Readings by the day, and what keeps them.';
