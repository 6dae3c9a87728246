-- What each day and tenant cost, as a spend_summary: the months' splits divided, so that days added
-- up are the months, to the last digit. Computed when it is asked for (refresh_usage) and by the
-- close, kept with what was known before, and read by the views of days, quarters and years.

-- Others may add steps: functions of the ledger that keep what they compute of a month.
CREATE FUNCTION chipbook.refresh_steps() RETURNS TABLE (step_number integer, function_name name, description text)
IMMUTABLE PARALLEL SAFE ROWS 1 LANGUAGE sql
BEGIN ATOMIC
    SELECT t.step_number, t.function_name::name, t.description FROM (VALUES
        (1, 'refresh_spend_days', 'what each day and tenant cost'),
        (2, 'refresh_allocated_cost', 'what tenants, jobs and models bear of shared pools')) t (step_number, function_name, description);
END;
COMMENT ON FUNCTION chipbook.refresh_steps() IS 'The steps of a refresh in their order: functions in the ledger''s schema, each called with the first day of a month, the pools to compute (an array of pool_id, '''' for what is in no pool; NULL: all) and the recorded time of what it stores, and returning how many rows changed. A later step may read what an earlier one stored.';

CREATE FUNCTION chipbook.create_ledger_spend_days() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE spend_day (
        entity_id     text,
        basis         text NOT NULL,
        pool_id       text,
        month         date NOT NULL,
        reading_day   date NOT NULL,
        tenant_id     text,
        currency      currency NOT NULL,
        summary       spend_summary NOT NULL,
        recorded_at   timestamptz NOT NULL,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity'
    );
    COMMENT ON TABLE spend_day IS 'What a pool cost by local day and tenant, as last computed (chipbook.refresh_usage, chipbook.close_period), with what it was before. tenant_id NULL: what no tenant had, unmetered cost included. pool_id NULL: assets'' time in no pool. rollup(summary) over the rows of a pool and month is utilisation_weighted_spend, exactly. Key while held: (entity_id, basis, pool_id, reading_day, tenant_id, currency). Additive within a currency and basis; chip-time is repeated on each currency''s and basis''s row.';
    CREATE INDEX spend_day_of_pool ON spend_day (month, pool_id, reading_day);

    CREATE TABLE refreshed_month (
        month         date NOT NULL,
        recorded_at   timestamptz NOT NULL,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity'
    );
    COMMENT ON TABLE refreshed_month IS 'When each month was last computed (recorded_at of the held row): what was recorded later is still to come. Key while held: (month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_spend_days() IS 'Internal: part of create_ledger. Tables spend_day and refreshed_month.';

CREATE FUNCTION chipbook.create_ledger_spend_day_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW spend_day_known WITH (security_invoker) AS
        SELECT * FROM spend_day
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW spend_day_known IS 'Rows of spend_day as stored at chipbook.as_of.';

    -- All that changed what a month cost, by the pools it may have changed.

    CREATE VIEW pool_touch WITH (security_invoker) AS
        WITH fact AS (
            SELECT d.pool_id, NULL::text AS asset_id, d.month AS from_day, (d.month + interval '1 month')::date AS to_day, d.recorded_at, d.superseded_at FROM usage_day d
            UNION ALL
            SELECT p.pool_id, NULL, date '-infinity', date 'infinity', p.recorded_at, p.superseded_at FROM pool p
            UNION ALL
            SELECT r.pool_id, NULL, r.valid_from, r.valid_to, r.recorded_at, r.superseded_at FROM rented_capacity r
            UNION ALL
            SELECT l.pool_id, NULL, l.commences_on, date 'infinity', l.recorded_at, l.superseded_at FROM lease l WHERE l.pool_id IS NOT NULL
            UNION ALL
            SELECT l.pool_id, NULL, l.commences_on, date 'infinity', m.recorded_at, m.superseded_at FROM lease_modification m JOIN lease l ON l.lease_id = m.lease_id WHERE l.pool_id IS NOT NULL
            UNION ALL
            SELECT l.pool_id, NULL, l.commences_on, date 'infinity', k.recorded_at, k.superseded_at FROM deal_classification k JOIN lease l ON l.deal_id = k.deal_id WHERE l.pool_id IS NOT NULL
            UNION ALL
            SELECT r.pool_id, NULL, k.valid_from, k.valid_to, k.recorded_at, k.superseded_at FROM rate_card k JOIN rented_capacity r ON r.rate_card_id = k.rate_card_id
            UNION ALL
            SELECT r.pool_id, NULL, r.valid_from, r.valid_to, r.recorded_at, r.superseded_at FROM cost_rate r
            UNION ALL
            SELECT p.pool_id, NULL, r.valid_from, r.valid_to, r.recorded_at, r.superseded_at FROM allocation_rule r JOIN pool p ON p.pool_id = r.pool_id OR r.pool_id IS NULL
            UNION ALL
            SELECT t.pool_id, NULL, t.valid_from, t.valid_to, t.recorded_at, t.superseded_at FROM tenant_capacity t
            UNION ALL
            SELECT p.pool_id, NULL, t.valid_from, t.valid_to, t.recorded_at, t.superseded_at FROM energy_tariff t JOIN pool p ON p.site_id = t.site_id
            UNION ALL
            SELECT p.pool_id, NULL, date '-infinity', date 'infinity', s.recorded_at, s.superseded_at FROM site s JOIN pool p ON p.site_id = s.site_id
            UNION ALL
            SELECT p.pool_id, NULL, date '-infinity', date 'infinity', k.recorded_at, k.superseded_at FROM chip_model k JOIN pool p ON p.chip_model_id = k.chip_model_id
            UNION ALL
            SELECT p.pool_id, NULL, date '-infinity', date 'infinity', e.recorded_at, e.superseded_at FROM entity e JOIN pool p ON p.entity_id = e.entity_id
            UNION ALL
            SELECT NULL, a.asset_id, a.valid_from, a.valid_to, a.recorded_at, a.superseded_at FROM pool_asset a
            UNION ALL
            SELECT NULL, a.asset_id, a.acquired_on, date 'infinity', a.recorded_at, a.superseded_at FROM asset a
            UNION ALL
            SELECT NULL, a.asset_id, date '-infinity', date 'infinity', a.recorded_at, a.superseded_at FROM asset_policy a
            UNION ALL
            -- What an asset cost before is spread by the events too: those of its month count.
            -- Nothing is in the books before opening balances.
            SELECT NULL, e.asset_id, CASE WHEN e.kind = 'opening' THEN date '-infinity' ELSE e.happened_on END, date 'infinity', e.recorded_at, e.superseded_at FROM asset_event e
            UNION ALL
            SELECT NULL, r.asset_id, r.recognised_on, date 'infinity', r.recorded_at, r.superseded_at FROM retirement_obligation r)
        SELECT coalesce(f.pool_id, p.pool_id, '') AS pool_id, f.from_day, f.to_day,
               CASE WHEN f.superseded_at < 'infinity' THEN f.superseded_at ELSE f.recorded_at END AS touched_at
        FROM fact f
        LEFT JOIN LATERAL (SELECT DISTINCT a.pool_id FROM pool_asset a WHERE a.asset_id = f.asset_id AND a.recorded_at IS NOT NULL
                           UNION ALL
                           SELECT '') p ON f.asset_id IS NOT NULL
        WHERE f.recorded_at IS NOT NULL;
    COMMENT ON VIEW pool_touch IS 'What was recorded of what pools cost and did, readings included: the pool (empty: what is in no pool), the days [from_day, to_day) of whose months it may change the cost, and when it was recorded or superseded last. No key.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_spend_day_views() IS 'Internal: part of create_ledger. spend_day as known, and what it is computed from.';

CREATE FUNCTION chipbook.create_ledger_refresh() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- A part of a month's cost goes to the days and tenants by what it was split by: their chip-time,
    -- within an interval of a month in which costs change, or the energy they drew. Each part by
    -- largest remainder, so that nothing is lost; where nothing says whose it is, by time, nobody's.
    CREATE FUNCTION spend_days_due(of_month date, of_pools text[])
    RETURNS TABLE (entity_id text, basis text, pool_id text, reading_day date, tenant_id text, currency currency, summary spend_summary)
    STABLE LANGUAGE plpgsql SET enable_nestloop = off SET enable_mergejoin = off SET plan_cache_mode = force_custom_plan SET jit = off AS $fn$
    #variable_conflict use_column
    DECLARE
        next_month date := (of_month + interval '1 month')::date;
    BEGIN
        RETURN QUERY WITH day AS MATERIALIZED (
            SELECT d::date AS reading_day, 1000 * (extract(epoch FROM (d + interval '1 day') AT TIME ZONE l.time_zone) - extract(epoch FROM d AT TIME ZONE l.time_zone)) AS ms
            FROM ledger l, generate_series(of_month::timestamp, next_month - interval '1 day', '1 day') d),
        split AS MATERIALIZED (
            SELECT row_number() OVER () AS n, s.entity_id, s.basis, coalesce(s.pool_id, '') AS pool_key, s.pool_id, s.currency, s.capacity_ms,
                   s.productive_depreciation, s.busy_energy, s.by_chips, s.by_credit, s.by_time, s.by_time_credit, s.by_idle, s.by_idle_credit
            FROM pool_month_split s
            WHERE s.period_month = of_month AND (of_pools IS NULL OR coalesce(s.pool_id, '') = ANY (of_pools))
              AND num_nulls(s.productive, s.allocated_idle, s.unallocated, s.unavailable, s.unmetered) = 0),
        host AS MATERIALIZED (SELECT DISTINCT s.pool_key, s.capacity_ms FROM split s),
        piece AS MATERIALIZED (SELECT i.pool_id, i.from_day, i.to_day FROM pool_interval i WHERE i.period_month = of_month),
        span AS MATERIALIZED (
            SELECT h.pool_key, i.from_day, i.to_day, true AS is_cut, coalesce(c.capacity_ms, 0) AS capacity_ms
            FROM host h
            JOIN piece i ON i.pool_id = h.pool_key
            LEFT JOIN (SELECT t.pool_id, t.from_day,
                              sum(p.chips * 1000 * (extract(epoch FROM least(t.to_day, p.to_day)::timestamp AT TIME ZONE l.time_zone)
                                                    - extract(epoch FROM greatest(t.from_day, p.from_day)::timestamp AT TIME ZONE l.time_zone))) AS capacity_ms
                       FROM piece t JOIN pool_chips p ON p.pool_id = t.pool_id AND p.from_day < t.to_day AND p.to_day > t.from_day AND NOT p.on_demand CROSS JOIN ledger l
                       GROUP BY t.pool_id, t.from_day) c ON c.pool_id = i.pool_id AND c.from_day = i.from_day
            UNION ALL
            SELECT h.pool_key, of_month, next_month, false,
                   h.capacity_ms - CASE WHEN h.pool_key = ANY (ARRAY(SELECT r.pool_id FROM rented_capacity_known r WHERE r.pricing = 'on_demand'))
                                        THEN coalesce((SELECT sum(o.chip_ms) FROM on_demand_days(h.pool_key, of_month) o), 0) ELSE 0 END
            FROM host h WHERE h.pool_key NOT IN (SELECT i.pool_id FROM piece i)),
        slot AS MATERIALIZED (
            SELECT s.pool_key, s.from_day, s.is_cut, d.reading_day, d.ms, s.capacity_ms * d.ms / nullif(sum(d.ms) OVER (PARTITION BY s.pool_key, s.from_day), 0) AS capacity_ms
            FROM span s JOIN day d ON d.reading_day >= s.from_day AND d.reading_day < s.to_day),
        use AS MATERIALIZED (
            SELECT d.pool_id, d.reading_day, d.tenant_id, sum(d.readings)::bigint AS readings, sum(d.disordered)::bigint AS disordered,
                   sum(d.installed_ms) AS installed_ms, sum(d.available_ms) AS available_ms, sum(d.allocated_ms) AS allocated_ms, sum(d.used_ms) AS used_ms, sum(d.kept_ms) AS kept_ms,
                   sum(d.ordered_used_ms) AS u, sum(d.ordered_allocated_ms) AS l, sum(d.ordered_available_ms) AS v
            FROM usage_day_known d
            WHERE d.month = of_month AND (of_pools IS NULL OR d.pool_id = ANY (of_pools))
            GROUP BY d.pool_id, d.reading_day, d.tenant_id),
        energy AS MATERIALIZED (
            SELECT e.pool_id, e.reading_day, coalesce(e.tenant_id, '') AS tenant_key, e.currency, abs(e.by_time) AS by_time, abs(e.idle) AS idle,
                   e.busy, coalesce(sum(e.busy) FILTER (WHERE e.busy > 0) OVER pool, 0) AS busy_debits, coalesce(sum(e.busy) FILTER (WHERE e.busy < 0) OVER pool, 0) AS busy_credits
            FROM usage_day_energy e
            WHERE e.period_month = of_month AND (of_pools IS NULL OR e.pool_id = ANY (of_pools))
            WINDOW pool AS (PARTITION BY e.pool_id, e.currency)),
        -- Where days are paid for drawing power and others pay, each goes its own way: as pool_interval_part has it of the rest.
        busy_credit AS MATERIALIZED (
            SELECT DISTINCT e.pool_id, e.currency, round(e.busy_credits, 15) AS amount FROM energy e WHERE e.busy_debits > 0 AND e.busy_credits < 0),
        -- Each day has one cell that is nobody's, which its unmetered cost goes to; what is on demand is never unmetered.
        cell AS MATERIALIZED (
            -- In an order of its own: what is left over goes to the same cell whichever pools are computed.
            SELECT row_number() OVER (ORDER BY c.pool_key, c.reading_day, c.tenant_id COLLATE "C" NULLS FIRST) AS cell, c.*
            FROM (SELECT s.pool_key, s.from_day, s.is_cut, s.reading_day, NULL::text AS tenant_id, s.ms, u.readings, u.disordered, u.installed_ms, u.available_ms, u.allocated_ms,
                         u.used_ms, u.kept_ms,
                         ARRAY[coalesce(u.u, 0), coalesce(u.l - u.u, 0), coalesce(u.v - u.l, 0), coalesce(u.installed_ms - u.v, 0),
                               greatest(s.capacity_ms - coalesce(t.installed_ms, 0), 0)] AS counts
                  FROM slot s
                  LEFT JOIN use u ON u.pool_id = s.pool_key AND u.reading_day = s.reading_day AND u.tenant_id IS NULL
                  LEFT JOIN (SELECT n.pool_id, n.reading_day, sum(n.installed_ms) AS installed_ms FROM use n GROUP BY n.pool_id, n.reading_day) t
                      ON t.pool_id = s.pool_key AND t.reading_day = s.reading_day
                  UNION ALL
                  SELECT s.pool_key, s.from_day, s.is_cut, s.reading_day, u.tenant_id, 0, u.readings, u.disordered, u.installed_ms, u.available_ms, u.allocated_ms,
                         u.used_ms, u.kept_ms, ARRAY[u.u, u.l - u.u, u.v - u.l, u.installed_ms - u.v, 0]
                  FROM slot s
                  JOIN use u ON u.pool_id = s.pool_key AND u.reading_day = s.reading_day
                  WHERE u.tenant_id IS NOT NULL) c),
        amount AS MATERIALIZED (
            SELECT s.n, s.pool_key, s.basis, s.currency, k.kind, k.category, k.amount
            FROM split s
            LEFT JOIN busy_credit b ON b.pool_id = s.pool_key AND b.currency = s.currency
            CROSS JOIN LATERAL (
                SELECT 'cost' AS kind, o.n AS category, amount(o.part) AS amount FROM unnest(s.by_chips) WITH ORDINALITY o (part, n)
                UNION ALL SELECT 'credit', o.n, amount(o.part) FROM unnest(s.by_credit) WITH ORDINALITY o (part, n)
                UNION ALL SELECT 'time', o.n, amount(o.part) FROM unnest(s.by_time) WITH ORDINALITY o (part, n)
                UNION ALL SELECT 'time_credit', o.n, amount(o.part) FROM unnest(s.by_time_credit) WITH ORDINALITY o (part, n)
                UNION ALL SELECT 'idle', o.n + 1, amount(o.part) FROM unnest(s.by_idle) WITH ORDINALITY o (part, n)
                UNION ALL SELECT 'idle_credit', o.n + 1, amount(o.part) FROM unnest(s.by_idle_credit) WITH ORDINALITY o (part, n)
                UNION ALL SELECT 'busy', 1, s.busy_energy - coalesce(b.amount, 0)
                UNION ALL SELECT 'busy_credit', 1, b.amount
                UNION ALL SELECT 'use', 1, s.productive_depreciation) k
            WHERE k.amount <> 0),
        part AS MATERIALIZED (
            SELECT p.* FROM pool_interval_part(of_month, false) p WHERE EXISTS (SELECT FROM piece)),
        weighed AS (
            SELECT x.n, x.kind, x.category, x.currency, x.amount, x.cell, x.ms,
                   CASE WHEN NOT x.is_cut OR x.kind IN ('busy', 'busy_credit', 'use') THEN x.weight
                        ELSE round(coalesce(x.parts[x.category - (x.kind IN ('idle', 'idle_credit'))::integer], 0)
                                   * CASE WHEN sum(x.weight) OVER span > 0 THEN x.weight / sum(x.weight) OVER span
                                          ELSE x.ms / sum(x.ms) OVER span END, 20) END AS weight
            FROM (SELECT a.n, a.kind, a.category, a.currency, a.amount, c.cell, c.from_day, c.is_cut, c.ms, p.parts,
                         CASE regexp_replace(a.kind, '_credit$', '')
                                     WHEN 'time' THEN coalesce(e.by_time, 0) * c.counts[a.category] / nullif(c.installed_ms, 0)
                                     WHEN 'idle' THEN coalesce(e.idle, 0) * CASE WHEN c.counts[1] = c.installed_ms THEN (a.category = 2)::integer::numeric
                                                                                 ELSE c.counts[a.category] / nullif(c.installed_ms - c.counts[1], 0) END
                                     WHEN 'busy' THEN CASE WHEN a.kind = 'busy' AND e.busy_debits > 0 THEN greatest(e.busy, 0) ELSE greatest(- e.busy, 0) END
                                     WHEN 'use' THEN c.used_ms
                                     ELSE c.counts[a.category] END AS weight
                  FROM amount a
                  JOIN cell c ON c.pool_key = a.pool_key
                  LEFT JOIN energy e ON e.pool_id = a.pool_key AND e.reading_day = c.reading_day AND e.tenant_key = coalesce(c.tenant_id, '') AND e.currency = a.currency
                                    AND a.kind IN ('time', 'time_credit', 'idle', 'idle_credit', 'busy', 'busy_credit')
                  LEFT JOIN part p ON c.is_cut AND p.pool_id = a.pool_key AND p.basis = a.basis AND p.currency = a.currency AND p.from_day = c.from_day AND p.kind = a.kind) x
            WINDOW span AS (PARTITION BY x.n, x.kind, x.category, x.from_day)),
        divided AS (
            SELECT g.n, g.category, o.cell, o.amount
            FROM (SELECT w.n, w.kind, w.category, array_agg(w.cell ORDER BY w.cell) AS cells,
                         allocate(monetary(w.amount, w.currency::currency),
                                  CASE WHEN sum(w.weight) > 0 THEN array_agg(coalesce(w.weight, 0) ORDER BY w.cell) ELSE array_agg(w.ms ORDER BY w.cell) END) AS parts
                  FROM weighed w
                  GROUP BY w.n, w.kind, w.category, w.currency, w.amount) g
            CROSS JOIN LATERAL unnest(g.cells, g.parts) o (cell, amount)
            WHERE o.amount <> - o.amount)
        SELECT s.entity_id, s.basis, s.pool_id, c.reading_day, c.tenant_id, s.currency::currency AS currency,
               spend_split(coalesce(c.readings, 0), coalesce(c.disordered, 0), c.installed_ms, c.available_ms, c.allocated_ms, c.used_ms, c.kept_ms,
                           coalesce(t.productive, monetary(0::numeric, s.currency::currency)), t.allocated_idle, t.unallocated, t.unavailable, t.unmetered) AS summary
        FROM split s
        JOIN cell c ON c.pool_key = s.pool_key
        LEFT JOIN (SELECT d.n, d.cell, sum(d.amount) FILTER (WHERE d.category = 1) AS productive, sum(d.amount) FILTER (WHERE d.category = 2) AS allocated_idle,
                          sum(d.amount) FILTER (WHERE d.category = 3) AS unallocated, sum(d.amount) FILTER (WHERE d.category = 4) AS unavailable,
                          sum(d.amount) FILTER (WHERE d.category = 5) AS unmetered
                   FROM divided d GROUP BY d.n, d.cell) t ON t.n = s.n AND t.cell = c.cell
        WHERE t.n IS NOT NULL OR c.readings IS NOT NULL;
    END
    $fn$;
    COMMENT ON FUNCTION spend_days_due(date, text[]) IS 'Internal: what spend_day of a month and its pools (NULL: all) has to say as known at chipbook.as_of: utilisation_weighted_spend by day and tenant.';

    CREATE FUNCTION refresh_spend_days(of_month date, of_pools text[], stamp timestamptz) RETURNS bigint
    LANGUAGE plpgsql SET enable_nestloop = off SET enable_mergejoin = off SET plan_cache_mode = force_custom_plan SET jit = off AS $fn$
    DECLARE
        changed bigint;
    BEGIN
        WITH change AS MATERIALIZED (
            SELECT h.place, f.*
            FROM spend_days_due(of_month, of_pools) f
            FULL JOIN (SELECT k.ctid AS place, k.entity_id, k.basis, k.pool_id, k.reading_day, k.tenant_id, k.currency, k.summary FROM spend_day k
                       WHERE k.month = of_month AND k.superseded_at = 'infinity' AND (of_pools IS NULL OR coalesce(k.pool_id, '') = ANY (of_pools))) h
              ON h.reading_day = f.reading_day AND coalesce(h.pool_id, '') = coalesce(f.pool_id, '') AND coalesce(h.tenant_id, '') = coalesce(f.tenant_id, '')
                 AND h.basis = f.basis AND h.currency = f.currency AND coalesce(h.entity_id, '') = coalesce(f.entity_id, '')
            WHERE h.place IS NULL OR f.basis IS NULL OR h.summary <> f.summary),
        gone AS (
            UPDATE spend_day k SET superseded_at = stamp FROM change c WHERE k.ctid = c.place),
        come AS (
            INSERT INTO spend_day (entity_id, basis, pool_id, month, reading_day, tenant_id, currency, summary, recorded_at)
            SELECT c.entity_id, c.basis, c.pool_id, of_month, c.reading_day, c.tenant_id, c.currency, c.summary, stamp FROM change c WHERE c.basis IS NOT NULL)
        SELECT count(*) INTO changed FROM change;
        RETURN changed;
    END
    $fn$;
    COMMENT ON FUNCTION refresh_spend_days(date, text[], timestamptz) IS 'Internal: step of a refresh. Brings spend_day of a month and its pools (NULL: all) to what utilisation_weighted_spend comes to now, and returns how many rows changed.';

    -- To be called with the ledger locked.
    CREATE FUNCTION refresh_months(months date[], since timestamptz, stamp timestamptz) RETURNS bigint
    LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET jit = off AS $fn$
    DECLARE
        target record;
        step record;
        changed bigint;
        total bigint := 0;
        by_use text[] := ARRAY(SELECT n.asset_id FROM asset_policy_known n WHERE method(n.policy) = 'units_of_production'
                               UNION
                               SELECT n.asset_id FROM asset_event_known n WHERE method(n.policy) = 'units_of_production');
        pools_by_use text[] := ARRAY(SELECT a.pool_id FROM pool_asset_known a WHERE a.asset_id = ANY (by_use)
                                     UNION
                                     SELECT '' WHERE by_use <> '{}');
        bases_now text[] := ARRAY(SELECT b.basis FROM basis_used b ORDER BY b.basis);
    BEGIN
        FOR target IN
            SELECT m.month, t.pools, r.month IS NOT NULL AND h.bases = bases_now AS is_partial
            FROM unnest(months) m (month)
            LEFT JOIN refreshed_month r ON r.month = m.month AND r.superseded_at = 'infinity'
            -- What every pool costs is shown under every basis that any asset has.
            CROSS JOIN LATERAL (SELECT ARRAY(SELECT l.basis FROM ledger l
                                             UNION
                                             SELECT p.basis FROM asset_policy p WHERE p.recorded_at <= r.recorded_at AND p.superseded_at > r.recorded_at
                                             ORDER BY 1) AS bases) h
            LEFT JOIN (SELECT k.month, array_agg(DISTINCT p.pool_id) AS pools
                       FROM refreshed_month k
                       JOIN pool_touch p ON (p.touched_at > k.recorded_at OR p.touched_at >= since)
                                        -- A charge by use follows from all use before.
                                        AND p.from_day < (k.month + interval '1 month')::date AND (p.to_day > k.month OR p.pool_id = ANY (pools_by_use))
                       WHERE k.superseded_at = 'infinity' AND k.month = ANY (months)
                       GROUP BY k.month) t ON t.month = m.month
            WHERE r.month IS NULL OR h.bases <> bases_now OR t.month IS NOT NULL
            ORDER BY m.month
        LOOP
            -- What assets are charged by use is spread over all pools that they serve.
            IF target.is_partial AND by_use <> '{}' THEN
                target.pools := ARRAY(SELECT unnest(target.pools)
                                      UNION
                                      SELECT b.pool_id FROM pool_asset_known a JOIN pool_asset_known b ON b.asset_id = a.asset_id
                                      WHERE a.pool_id = ANY (target.pools) AND a.asset_id = ANY (by_use)
                                      UNION
                                      SELECT '');
            END IF;
            FOR step IN SELECT s.function_name FROM chipbook.refresh_steps() s ORDER BY s.step_number LOOP
                EXECUTE format('SELECT %I($1, $2, $3)', step.function_name) INTO STRICT changed
                USING target.month, CASE WHEN target.is_partial THEN target.pools END, stamp;
                total := total + changed;
            END LOOP;
            UPDATE refreshed_month r SET superseded_at = stamp WHERE r.month = target.month AND r.superseded_at = 'infinity';
            INSERT INTO refreshed_month (month, recorded_at) VALUES (target.month, stamp);
        END LOOP;
        RETURN total;
    END
    $fn$;
    COMMENT ON FUNCTION refresh_months(date[], timestamptz, timestamptz) IS 'Internal: runs chipbook.refresh_steps() for the pools of each month that were touched since it was refreshed last, or since a time if that is earlier (NULL: it is not), and for all pools of a month that never was. Returns how many rows changed.';

    CREATE FUNCTION usage_refresh(since date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        -- Held to commit: nothing is recorded between what is read and what is stored.
        stamp timestamptz := next_recorded_time();
    BEGIN
        RETURN refresh_months(
            ARRAY(SELECT m.month_start::date
                  FROM clock c
                  CROSS JOIN LATERAL calendar_months(
                      least((SELECT min(a.acquired_on) FROM asset_known a), (SELECT min(r.valid_from) FROM rented_capacity_known r),
                            (SELECT min(r.valid_from) FROM cost_rate_known r), (SELECT min(n.commences_on) FROM lease_known n WHERE n.pool_id IS NOT NULL), (SELECT min(d.month) FROM usage_day_known d)), c.effective_date) m (month_start)
                  UNION
                  SELECT r.month FROM refreshed_month r WHERE r.superseded_at = 'infinity'),
            (SELECT least(greatest(since, date '0001-01-01'), date '9999-12-31')::timestamp AT TIME ZONE l.time_zone FROM ledger l WHERE since IS NOT NULL), stamp);
    END
    $fn$;
    COMMENT ON FUNCTION usage_refresh(date) IS 'Internal: what chipbook.refresh_usage calls.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_refresh() IS 'Internal: part of create_ledger. The functions of a ledger that keep what its days cost.';

CREATE FUNCTION chipbook.create_report_spend_day_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW spend_by_day_all_bases WITH (security_invoker) AS
        SELECT d.entity_id, d.basis, d.reading_day, d.pool_id, d.tenant_id, d.currency::text AS currency,
               p.cost_centre_id, p.provider_id, p.site_id, p.chip_model_id, coalesce(p.ownership, 'owned') AS ownership, 'actual'::text AS scenario,
               publishable(amount(total_cost(d.summary)))::numeric(38,15) AS total_cost,
               publishable(amount(productive_cost(d.summary)))::numeric(38,15) AS productive_cost,
               publishable(amount(idle_cost(d.summary)))::numeric(38,15) AS idle_cost,
               publishable(amount(allocated_idle_cost(d.summary)))::numeric(38,15) AS allocated_idle_cost,
               publishable(amount(unallocated_cost(d.summary)))::numeric(38,15) AS unallocated_cost,
               publishable(amount(unavailable_cost(d.summary)))::numeric(38,15) AS unavailable_cost,
               publishable(amount(unmetered_cost(d.summary)))::numeric(38,15) AS unmetered_cost,
               publishable(installed_hours(d.summary))::numeric(38,15) AS installed_chip_hours,
               publishable(available_hours(d.summary))::numeric(38,15) AS available_chip_hours,
               publishable(allocated_hours(d.summary))::numeric(38,15) AS allocated_chip_hours,
               publishable(used_hours(d.summary))::numeric(38,15) AS used_chip_hours,
               readings(d.summary) AS readings, disordered_readings(d.summary) AS disordered_readings,
               greatest(d.recorded_at, p.recorded_at) AS last_recorded_at
        FROM spend_day_known d
        LEFT JOIN pool_known p ON p.pool_id = d.pool_id;
    COMMENT ON VIEW spend_by_day_all_bases IS 'What each pool cost by local day and tenant, and how much of it did useful work, under every basis, as stored last (chipbook.refresh_usage, chipbook.close_period). Key: (entity_id, basis, reading_day, pool_id, tenant_id, currency). tenant_id NULL: what no tenant had, unmetered cost included. Costs are in currency and additive within one currency and basis: total_cost = productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost, and the days of a month are utilisation_weighted_spend, exactly. Chip-hours and readings are repeated on the row of each currency and basis: add them within one only.';
    COMMENT ON COLUMN spend_by_day_all_bases.readings IS 'Readings that begin on the day; a reading over several days is divided by time.';

    CREATE VIEW spend_by_day WITH (security_invoker) AS
        SELECT * FROM spend_by_day_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW spend_by_day IS 'What each pool cost by local day and tenant, and how much of it did useful work, under the ledger''s primary basis, as stored last (chipbook.refresh_usage, chipbook.close_period). Key: (entity_id, reading_day, pool_id, tenant_id, currency). tenant_id NULL: what no tenant had, unmetered cost included. Costs are in currency and additive within one currency: total_cost = productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost, and the days of a month are utilisation_weighted_spend, exactly. Chip-hours and readings are repeated on the row of each currency: add them within one only.';

    CREATE VIEW spend_by_quarter_all_bases WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.quarter, s.pool_id, s.currency, p.cost_centre_id, p.provider_id, p.site_id, p.chip_model_id,
               coalesce(p.ownership, 'owned') AS ownership, 'actual'::text AS scenario, s.months,
               publishable(amount(total_cost(s.summary)))::numeric(38,15) AS total_cost,
               publishable(amount(productive_cost(s.summary)))::numeric(38,15) AS productive_cost,
               publishable(amount(idle_cost(s.summary)))::numeric(38,15) AS idle_cost,
               publishable(amount(allocated_idle_cost(s.summary)))::numeric(38,15) AS allocated_idle_cost,
               publishable(amount(unallocated_cost(s.summary)))::numeric(38,15) AS unallocated_cost,
               publishable(amount(unavailable_cost(s.summary)))::numeric(38,15) AS unavailable_cost,
               publishable(amount(unmetered_cost(s.summary)))::numeric(38,15) AS unmetered_cost,
               publishable(installed_hours(s.summary))::numeric(38,15) AS installed_chip_hours,
               publishable(available_hours(s.summary))::numeric(38,15) AS available_chip_hours,
               publishable(allocated_hours(s.summary))::numeric(38,15) AS allocated_chip_hours,
               publishable(used_hours(s.summary))::numeric(38,15) AS used_chip_hours,
               publishable(utilisation(s.summary))::numeric(38,15) AS utilisation,
               publishable(spend_utilisation(s.summary))::numeric(38,15) AS spend_utilisation,
               publishable(amount(cost_per_installed_hour(s.summary)))::numeric(38,15) AS cost_per_installed_chip_hour,
               publishable(amount(cost_per_used_hour(s.summary)))::numeric(38,15) AS cost_per_used_chip_hour,
               greatest(s.last_recorded_at, p.recorded_at) AS last_recorded_at
        FROM (SELECT d.entity_id, d.basis, date_trunc('quarter', d.month::timestamp)::date AS quarter, d.pool_id, d.currency::text AS currency,
                     count(DISTINCT d.month) AS months, rollup(d.summary) AS summary, max(d.recorded_at) AS last_recorded_at
              FROM spend_day_known d
              GROUP BY d.entity_id, d.basis, date_trunc('quarter', d.month::timestamp)::date, d.pool_id, d.currency) s
        LEFT JOIN pool_known p ON p.pool_id = s.pool_id;
    COMMENT ON VIEW spend_by_quarter_all_bases IS 'What each pool cost in each calendar quarter and how much of it did useful work, under every basis: rollup of its days as stored last. Key: (entity_id, basis, quarter, pool_id, currency). quarter is its first day. Costs are in currency and additive within one currency and basis; chip-hours are repeated on the row of each: add them within one only. Ratios are not additive.';
    COMMENT ON COLUMN spend_by_quarter_all_bases.months IS 'Months of the quarter that have anything: 3, or fewer while it lasts.';

    CREATE VIEW spend_by_quarter WITH (security_invoker) AS
        SELECT * FROM spend_by_quarter_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW spend_by_quarter IS 'What each pool cost in each calendar quarter and how much of it did useful work, under the ledger''s primary basis: rollup of its days as stored last. Key: (entity_id, quarter, pool_id, currency). quarter is its first day. Costs are in currency and additive within one currency; chip-hours are repeated on the row of each: add them within one only. Ratios are not additive.';

    CREATE VIEW spend_by_year_all_bases WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.year, s.pool_id, s.currency, p.cost_centre_id, p.provider_id, p.site_id, p.chip_model_id,
               coalesce(p.ownership, 'owned') AS ownership, 'actual'::text AS scenario, s.months,
               publishable(amount(total_cost(s.summary)))::numeric(38,15) AS total_cost,
               publishable(amount(productive_cost(s.summary)))::numeric(38,15) AS productive_cost,
               publishable(amount(idle_cost(s.summary)))::numeric(38,15) AS idle_cost,
               publishable(amount(allocated_idle_cost(s.summary)))::numeric(38,15) AS allocated_idle_cost,
               publishable(amount(unallocated_cost(s.summary)))::numeric(38,15) AS unallocated_cost,
               publishable(amount(unavailable_cost(s.summary)))::numeric(38,15) AS unavailable_cost,
               publishable(amount(unmetered_cost(s.summary)))::numeric(38,15) AS unmetered_cost,
               publishable(installed_hours(s.summary))::numeric(38,15) AS installed_chip_hours,
               publishable(available_hours(s.summary))::numeric(38,15) AS available_chip_hours,
               publishable(allocated_hours(s.summary))::numeric(38,15) AS allocated_chip_hours,
               publishable(used_hours(s.summary))::numeric(38,15) AS used_chip_hours,
               publishable(utilisation(s.summary))::numeric(38,15) AS utilisation,
               publishable(spend_utilisation(s.summary))::numeric(38,15) AS spend_utilisation,
               publishable(amount(cost_per_installed_hour(s.summary)))::numeric(38,15) AS cost_per_installed_chip_hour,
               publishable(amount(cost_per_used_hour(s.summary)))::numeric(38,15) AS cost_per_used_chip_hour,
               greatest(s.last_recorded_at, p.recorded_at) AS last_recorded_at
        FROM (SELECT d.entity_id, d.basis, date_trunc('year', d.month::timestamp)::date AS year, d.pool_id, d.currency::text AS currency,
                     count(DISTINCT d.month) AS months, rollup(d.summary) AS summary, max(d.recorded_at) AS last_recorded_at
              FROM spend_day_known d
              GROUP BY d.entity_id, d.basis, date_trunc('year', d.month::timestamp)::date, d.pool_id, d.currency) s
        LEFT JOIN pool_known p ON p.pool_id = s.pool_id;
    COMMENT ON VIEW spend_by_year_all_bases IS 'What each pool cost in each calendar year and how much of it did useful work, under every basis: rollup of its days as stored last. Key: (entity_id, basis, year, pool_id, currency). year is its first day. Costs are in currency and additive within one currency and basis; chip-hours are repeated on the row of each: add them within one only. Ratios are not additive.';
    COMMENT ON COLUMN spend_by_year_all_bases.months IS 'Months of the year that have anything: 12, or fewer while it lasts.';

    CREATE VIEW spend_by_year WITH (security_invoker) AS
        SELECT * FROM spend_by_year_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW spend_by_year IS 'What each pool cost in each calendar year and how much of it did useful work, under the ledger''s primary basis: rollup of its days as stored last. Key: (entity_id, year, pool_id, currency). year is its first day. Costs are in currency and additive within one currency; chip-hours are repeated on the row of each: add them within one only. Ratios are not additive.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_spend_day_views() IS 'Internal: part of create_ledger. The views spend_by_day, spend_by_quarter and spend_by_year, with _all_bases.';

CREATE FUNCTION chipbook.refresh_usage(ledger text, since date DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.usage_refresh($1)', ledger) INTO STRICT changed USING since;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION chipbook.refresh_usage(text, date) IS 'Stores what complete months cost by day and tenant (spend_day, read by spend_by_day and its like), where facts or readings were recorded, replaced or withdrawn since it was stored, and returns how many rows changed; rows that come out the same are left as they are, and what they were before stays known. since: also of months touched on that local day or later though they were stored since. From the first refresh of a ledger on, closing a calendar month does it for that month. 55000 while chipbook.as_of is set, 42501 neither loader nor accountant, 3F000 no such ledger.';
