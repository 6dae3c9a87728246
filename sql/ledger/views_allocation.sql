-- Allocation: each pool's cost of a month split to tenants and further to jobs and models, and what
-- stays. Each of the pool's parts (productive, allocated idle ...) is split by largest remainder, first
-- over tenants, then over the tenant's jobs: nothing is lost, and a tenant's figure does not depend on
-- how many jobs it had.

CREATE FUNCTION chipbook.create_ledger_allocation_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW allocated_cost_known WITH (security_invoker) AS
        SELECT * FROM allocated_cost
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW allocated_cost_known IS 'Rows of allocated_cost as known at chipbook.as_of: as last refreshed by then.';

    CREATE VIEW usage_month WITH (security_invoker) AS
        SELECT d.pool_id, d.month AS period_month, d.tenant_id, d.party_id, d.job_id, d.model_id,
               sum(d.readings) AS readings, sum(d.installed_ms) AS installed_ms, sum(d.allocated_ms) AS allocated_ms, sum(d.used_ms) AS used_ms,
               sum(d.ordered_available_ms) AS v, sum(d.ordered_allocated_ms) AS l, sum(d.ordered_used_ms) AS u, coalesce(sum(d.billing_ms), 0) AS b,
               CASE WHEN sum(d.kept_readings) = sum(d.readings) THEN sum(d.kept_ms) END AS kept_ms,
               CASE WHEN sum(d.token_readings) = sum(d.readings) THEN sum(d.tokens) END AS tokens,
               CASE WHEN sum(d.flops_readings) = sum(d.readings) THEN sum(d.model_flops) END AS model_flops,
               sum(CASE WHEN d.energy_basis IS NULL AND p.ownership <> 'rented' THEN d.installed_ms * k.tdp_watts * k.average_load * k.server_power_factor * s.pue * 0.001
                        WHEN d.energy_basis = 'chip' THEN d.joules * k.server_power_factor * s.pue
                        WHEN d.energy_basis = 'server' THEN d.joules * s.pue
                        WHEN d.energy_basis = 'facility' THEN d.joules END) / 3600000.00000000000000000000 AS energy_kwh
        FROM usage_day_known d
        LEFT JOIN pool_known p ON p.pool_id = d.pool_id
        LEFT JOIN site_known s ON s.site_id = p.site_id
        LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id
        WHERE d.month < (SELECT date_trunc('month', (c.effective_date + 1)::timestamp)::date FROM clock c)
        GROUP BY d.pool_id, d.month, d.tenant_id, d.party_id, d.job_id, d.model_id;
    COMMENT ON VIEW usage_month IS 'Readings of complete months added up by pool, month and whose they are. u <= l <= v <= installed_ms are used, allocated and available chip-milliseconds put in order, b billing x milliseconds. kept_ms, tokens and model_flops are NULL unless every reading states them. Key: (pool_id, period_month, tenant_id, party_id, job_id, model_id). Additive.';

    -- From here on there is no join but of pools and months: what belongs to one is in arrays of its row.
    CREATE VIEW tenant_month WITH (security_invoker) AS
        SELECT t.pool_id, t.period_month, t.tenant_id, t.installed_ms, t.v, t.l, t.u, t.b, t.energy_kwh, t.nobodys_kwh, t.parts,
               -- What is left of the pool when the tenants before this one have theirs.
               greatest(least(t.capacity_ms, sum(t.installed_ms) OVER (PARTITION BY t.pool_id, t.period_month)
                                             - coalesce(sum(t.capacity_ms) OVER (PARTITION BY t.pool_id, t.period_month ORDER BY t.priority, t.tenant_id COLLATE "C"
                                                                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0) AS granted_ms
        FROM (SELECT x.pool_id, x.period_month, x.tenant_id, sum(x.installed_ms) AS installed_ms, sum(x.v) AS v, sum(x.l) AS l, sum(x.u) AS u, sum(x.b) AS b,
                     sum(x.energy_kwh) AS energy_kwh, sum(x.energy_kwh) FILTER (WHERE x.is_nobodys) AS nobodys_kwh, sum(x.capacity_ms) AS capacity_ms, min(x.priority) AS priority,
                     array_agg(x.part ORDER BY x.party_id COLLATE "C", x.job_id COLLATE "C", x.model_id COLLATE "C") FILTER (WHERE NOT x.is_nobodys) AS parts
              FROM (SELECT m.pool_id, m.period_month, m.tenant_id, m.party_id, m.job_id, m.model_id, m.installed_ms, m.v, m.l, m.u, m.b, m.energy_kwh,
                           0::numeric AS capacity_ms, NULL::integer AS priority, m AS part,
                           m.l = 0 AND m.b = 0 AND num_nonnulls(m.tenant_id, m.party_id, m.job_id, m.model_id) = 0 AS is_nobodys
                    FROM usage_month m
                    UNION ALL
                    SELECT c.pool_id, m.month, c.tenant_id, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL,
                           round(coalesce(c.chip_hours * 3600000,
                                          c.chips * 1000 * (extract(epoch FROM (m.month + interval '1 month') AT TIME ZONE k.time_zone)
                                                            - extract(epoch FROM m.month::timestamp AT TIME ZONE k.time_zone)))), c.priority, NULL, NULL
                    FROM (SELECT DISTINCT d.pool_id, d.month FROM usage_day_known d
                          WHERE d.month < (SELECT date_trunc('month', (n.effective_date + 1)::timestamp)::date FROM clock n)) m
                    JOIN tenant_capacity_known c ON c.pool_id = m.pool_id AND m.month >= c.valid_from AND m.month < c.valid_to
                    CROSS JOIN clock k) x
              GROUP BY x.pool_id, x.period_month, x.tenant_id) t;
    COMMENT ON VIEW tenant_month IS 'Chip-time of each tenant in a pool and month, its customers, jobs and models (parts, in one order), and of the pool''s installed chip-time what its reserved capacity gets, in order of priority (granted_ms). tenant_id NULL: what no tenant had, or no reading says which; chips that nobody had are in no part. Key: (pool_id, period_month, tenant_id). Additive.';

    CREATE VIEW pool_month_tenants WITH (security_invoker) AS
        SELECT t.pool_id, t.period_month, array_agg(t ORDER BY t.tenant_id COLLATE "C") AS tenants,
               array_agg(t.u ORDER BY t.tenant_id COLLATE "C") AS u, array_agg(t.l ORDER BY t.tenant_id COLLATE "C") AS l,
               array_agg(t.l - t.u ORDER BY t.tenant_id COLLATE "C") AS unused, array_agg(t.b ORDER BY t.tenant_id COLLATE "C") AS b,
               array_agg(t.granted_ms ORDER BY t.tenant_id COLLATE "C") AS granted,
               array_agg(CASE WHEN t.l > 0 THEN 1::numeric ELSE 0 END ORDER BY t.tenant_id COLLATE "C") AS present,
               array_agg(CASE WHEN t.l > 0 OR t.granted_ms > 0 THEN 1::numeric ELSE 0 END ORDER BY t.tenant_id COLLATE "C") AS present_or_granted,
               array_agg(0::numeric) AS none,
               sum(t.installed_ms) AS installed_ms, sum(t.v) AS available_ms, sum(t.l) AS allocated_ms, sum(t.granted_ms) AS granted_ms, sum(t.nobodys_kwh) AS nobodys_kwh
        FROM tenant_month t
        GROUP BY t.pool_id, t.period_month;
    COMMENT ON VIEW pool_month_tenants IS 'The tenants of each pool and month in one order (no tenant last), with what weighs for each, and the pool''s sums. Key: (pool_id, period_month).';

    CREATE VIEW pool_month_allocation WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.pool_id, s.currency, r.method, r.idle_method, r.rule_id,
               w.tenants, coalesce(cardinality(w.tenants), 0) AS tenant_count, amount(x.productive[i.last]) AS productive_left,
               amount(x.allocated_idle[i.last]) AS allocated_idle_left, amount(x.unallocated[i.last]) AS unallocated_left,
               amount(x.unavailable[i.last]) AS unavailable_left, s.unmetered,
               x.productive, x.allocated_idle, x.unallocated, x.unavailable, h.shared, h.shared IS NOT NULL AS is_shared,
               greatest(s.capacity_ms - coalesce(w.installed_ms, 0), 0) AS unmetered_ms,
               coalesce(w.installed_ms - w.available_ms, 0) AS unavailable_ms, coalesce(w.available_ms - w.allocated_ms, 0) AS unallocated_ms, w.nobodys_kwh
        FROM pool_month_split s
        LEFT JOIN pool_month_tenants w ON w.pool_id = s.pool_id AND w.period_month = s.period_month
        CROSS JOIN LATERAL (
            SELECT coalesce(min(n.method), 'proportional') AS method, coalesce(min(n.idle), 'keep') AS idle_method, min(n.rule_id) AS rule_id
            FROM (SELECT a.method, a.idle, a.rule_id FROM allocation_rule_known a
                  WHERE (a.pool_id IS NULL OR a.pool_id = s.pool_id) AND s.period_month >= a.valid_from AND s.period_month < a.valid_to
                  ORDER BY a.pool_id IS NULL, a.valid_from DESC, a.rule_id COLLATE "C" LIMIT 1) n) r
        CROSS JOIN LATERAL (SELECT coalesce(cardinality(w.tenants), 0) + 1 AS last,
                                   CASE WHEN r.method = 'waterfall' THEN coalesce(w.installed_ms - w.granted_ms, 0) ELSE 0 END AS rest) i
        -- One part for each tenant and a last one for what no tenant bears. OFFSET 0: see pool_month_split.
        CROSS JOIN LATERAL (
            SELECT split_amount(s.productive, s.currency::currency, coalesce(CASE r.method WHEN 'proportional' THEN w.u WHEN 'max_request_usage' THEN w.l
                                    WHEN 'billing' THEN w.b ELSE w.granted END, '{}') || i.rest) AS productive,
                   -- Idle draw of chips that were never idle is in allocated idle, and follows use.
                   split_amount(s.allocated_idle, s.currency::currency, coalesce(CASE r.method WHEN 'proportional' THEN CASE WHEN 0 < ANY (w.unused) THEN w.unused ELSE w.u END
                                    WHEN 'max_request_usage' THEN w.l WHEN 'billing' THEN w.b ELSE w.granted END, '{}') || i.rest) AS allocated_idle,
                   split_amount(s.unallocated, s.currency::currency, coalesce(CASE r.method WHEN 'waterfall' THEN w.granted ELSE w.none END, '{}') || i.rest) AS unallocated,
                   split_amount(s.unavailable, s.currency::currency, coalesce(CASE r.method WHEN 'waterfall' THEN w.granted ELSE w.none END, '{}') || i.rest) AS unavailable
            OFFSET 0) x
        CROSS JOIN LATERAL (
            SELECT CASE r.idle_method WHEN 'share_evenly' THEN CASE r.method WHEN 'waterfall' THEN w.present_or_granted ELSE w.present END
                                      WHEN 'share_by_weight' THEN CASE r.method WHEN 'billing' THEN w.b WHEN 'waterfall' THEN w.granted ELSE w.l END END AS weights
            OFFSET 0) g
        CROSS JOIN LATERAL (
            SELECT CASE WHEN 0 < ANY (g.weights)
                        THEN split_amount(amount(x.productive[i.last]) + amount(x.allocated_idle[i.last]) + amount(x.unallocated[i.last]),
                                          s.currency::currency, g.weights || 0::numeric) END AS shared
            OFFSET 0) h;
    COMMENT ON VIEW pool_month_allocation IS 'The parts of each pool''s cost of a month, split over its tenants by the method in force: arrays in the order of tenants with one last part for what no tenant bears. shared: idle cost that is shared, NULL where none is. Key: (entity_id, basis, period_month, pool_id, currency).';

    CREATE VIEW allocated_cost_now WITH (security_invoker) AS
        SELECT a.entity_id, a.basis, a.period_month, a.pool_id, a.currency, z.line, z.tenant_id, z.party_id, z.job_id, z.model_id,
               CASE z.line WHEN 'tenant' THEN z.tenant_id WHEN 'unavailable' THEN 'operations' ELSE p.cost_centre_id END AS bearer,
               p.cost_centre_id, p.provider_id, p.site_id, p.chip_model_id, coalesce(p.ownership, 'owned') AS ownership, a.method, a.idle_method, a.rule_id,
               publishable(z.productive)::numeric(38,15) AS productive_cost, publishable(z.allocated_idle)::numeric(38,15) AS allocated_idle_cost,
               publishable(z.unallocated)::numeric(38,15) AS unallocated_cost, publishable(z.unavailable)::numeric(38,15) AS unavailable_cost,
               publishable(z.unmetered)::numeric(38,15) AS unmetered_cost, publishable(z.shared)::numeric(38,15) AS shared_idle_cost,
               publishable(z.productive + z.allocated_idle + z.unallocated + z.unavailable + z.unmetered + z.shared)::numeric(38,15) AS total_cost,
               publishable(CASE WHEN z.line <> 'tenant' OR z.used_ms = 0 AND z.kept_ms = 0 THEN 0
                                ELSE round(z.productive * (z.used_ms - z.kept_ms) / nullif(z.used_ms, 0), 15) END)::numeric(38,15) AS lost_cost,
               z.chip_ms, z.allocated_ms, z.used_ms, z.kept_ms, publishable(z.energy_kwh)::numeric(38,15) AS energy_kwh, z.tokens, z.model_flops,
               CASE WHEN z.line = 'tenant' THEN k.peak_flops END AS peak_flops, z.readings
        FROM pool_month_allocation a
        CROSS JOIN LATERAL (
            SELECT 'tenant'::text AS line, t.tenant_id, m.party_id, m.job_id, m.model_id, amount(m.productive) AS productive, amount(m.allocated_idle) AS allocated_idle,
                   amount(m.unallocated) AS unallocated, amount(m.unavailable) AS unavailable, 0::numeric AS unmetered,
                   CASE WHEN a.is_shared THEN amount(m.shared) ELSE 0 END AS shared,
                   coalesce(m.l, 0) AS chip_ms, coalesce(m.allocated_ms, 0) AS allocated_ms, coalesce(m.used_ms, 0) AS used_ms,
                   m.kept_ms, m.energy_kwh, m.tokens, m.model_flops, coalesce(m.readings, 0) AS readings
            FROM unnest(a.tenants, a.productive, a.allocated_idle, a.unallocated, a.unavailable, a.shared) WITH ORDINALITY
                 t (pool_id, period_month, tenant_id, installed_ms, v, l, u, b, energy_kwh, nobodys_kwh, parts, granted_ms,
                    productive, allocated_idle, unallocated, unavailable, shared, place)
            CROSS JOIN LATERAL (SELECT array_agg(e.u ORDER BY e.place) AS u, array_agg(e.l ORDER BY e.place) AS l, array_agg(e.l - e.u ORDER BY e.place) AS unused,
                                       array_agg(e.b ORDER BY e.place) AS b
                                FROM unnest(t.parts) WITH ORDINALITY e (pool_id, period_month, tenant_id, party_id, job_id, model_id, readings, installed_ms, allocated_ms, used_ms,
                                                                       v, l, u, b, kept_ms, tokens, model_flops, energy_kwh, place)) d
            -- A tenant that has capacity alone is one part without a job.
            CROSS JOIN LATERAL unnest(coalesce(t.parts, ARRAY[NULL]::usage_month[]),
                               split_amount(amount(t.productive), a.currency::currency,
                                            usable_weights(CASE a.method WHEN 'proportional' THEN d.u WHEN 'billing' THEN d.b END, d.l)),
                               split_amount(amount(t.allocated_idle), a.currency::currency,
                                            usable_weights(CASE a.method WHEN 'proportional' THEN d.unused WHEN 'billing' THEN d.b END, d.l)),
                               split_amount(amount(t.unallocated), a.currency::currency, usable_weights(d.l, NULL)),
                               split_amount(amount(t.unavailable), a.currency::currency, usable_weights(d.l, NULL)),
                               split_amount(amount(t.shared), a.currency::currency, usable_weights(CASE a.method WHEN 'billing' THEN d.b END, d.l)))
                               m (pool_id, period_month, tenant_id, party_id, job_id, model_id, readings, installed_ms, allocated_ms, used_ms, v, l, u, b,
                                  kept_ms, tokens, model_flops, energy_kwh, productive, allocated_idle, unallocated, unavailable, shared)
            WHERE t.place <= a.tenant_count
              AND (t.parts IS NOT NULL OR (amount(t.productive) = 0 AND amount(t.allocated_idle) = 0 AND amount(t.unallocated) = 0
                                           AND amount(t.unavailable) = 0 AND coalesce(amount(t.shared), 0) = 0) IS NOT TRUE)
            UNION ALL
            SELECT n.line, NULL, NULL, NULL, NULL, n.productive, n.allocated_idle, n.unallocated, n.unavailable, n.unmetered, 0, n.chip_ms, 0, 0, NULL, n.energy_kwh, NULL, NULL, 0
            FROM (SELECT 'idle' AS line, CASE WHEN a.is_shared THEN 0 ELSE a.productive_left END AS productive, CASE WHEN a.is_shared THEN 0 ELSE a.allocated_idle_left END AS allocated_idle,
                         CASE WHEN a.is_shared THEN 0 ELSE a.unallocated_left END AS unallocated, 0::numeric AS unavailable, 0::numeric AS unmetered,
                         a.unallocated_ms AS chip_ms, a.nobodys_kwh AS energy_kwh
                  UNION ALL SELECT 'unavailable', 0, 0, 0, a.unavailable_left, 0, a.unavailable_ms, NULL
                  UNION ALL SELECT 'unmetered', 0, 0, 0, 0, a.unmetered, a.unmetered_ms, NULL) n
            WHERE n.chip_ms <> 0 OR n.energy_kwh <> 0
               OR (n.productive = 0 AND n.allocated_idle = 0 AND n.unallocated = 0 AND n.unavailable = 0 AND n.unmetered = 0) IS NOT TRUE) z
        LEFT JOIN pool_known p ON p.pool_id = a.pool_id
        LEFT JOIN chip_model_known k ON k.chip_model_id = p.chip_model_id;
    COMMENT ON VIEW allocated_cost_now IS 'What refresh_allocation records: the rows of allocated_cost as the facts have them at chipbook.as_of. Key: (entity_id, basis, period_month, pool_id, currency, line, tenant_id, party_id, job_id, model_id). Additive as allocated_cost is.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_allocation_views() IS 'Internal: part of create_ledger. Usage by tenant, job and model, and the allocation of cost.';

CREATE FUNCTION chipbook.create_report_allocation_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW allocated_spend_all_bases WITH (security_invoker) AS
        SELECT a.entity_id, a.basis, a.period_month, a.pool_id, a.currency, a.line, a.tenant_id, a.bearer, a.method, a.idle_method, a.rule_id,
               a.cost_centre_id, a.provider_id, a.site_id, a.chip_model_id, a.ownership, 'actual'::text AS scenario,
               CASE WHEN count(a.total_cost) = count(*) THEN sum(a.total_cost) END::numeric(38,15) AS total_cost,
               CASE WHEN count(a.productive_cost) = count(*) THEN sum(a.productive_cost) END::numeric(38,15) AS productive_cost,
               CASE WHEN count(a.allocated_idle_cost) = count(*) THEN sum(a.allocated_idle_cost) END::numeric(38,15) AS allocated_idle_cost,
               CASE WHEN count(a.unallocated_cost) = count(*) THEN sum(a.unallocated_cost) END::numeric(38,15) AS unallocated_cost,
               CASE WHEN count(a.unavailable_cost) = count(*) THEN sum(a.unavailable_cost) END::numeric(38,15) AS unavailable_cost,
               CASE WHEN count(a.unmetered_cost) = count(*) THEN sum(a.unmetered_cost) END::numeric(38,15) AS unmetered_cost,
               CASE WHEN count(a.shared_idle_cost) = count(*) THEN sum(a.shared_idle_cost) END::numeric(38,15) AS shared_idle_cost,
               CASE WHEN count(a.lost_cost) = count(*) THEN sum(a.lost_cost) END::numeric(38,15) AS lost_cost,
               publishable(sum(a.chip_ms) / 3600000.000000000000000)::numeric(38,15) AS chip_hours,
               publishable(sum(a.allocated_ms) / 3600000.000000000000000)::numeric(38,15) AS allocated_chip_hours,
               publishable(sum(a.used_ms) / 3600000.000000000000000)::numeric(38,15) AS used_chip_hours,
               publishable(CASE WHEN a.line = 'tenant' AND count(a.kept_ms) = count(*) THEN sum(a.kept_ms) END / 3600000.000000000000000)::numeric(38,15) AS kept_chip_hours,
               publishable(sum(a.energy_kwh))::numeric(38,15) AS energy_kwh, count(DISTINCT a.job_id) AS jobs, sum(a.readings)::bigint AS readings,
               max(a.recorded_at) AS last_recorded_at
        FROM allocated_cost_known a
        GROUP BY a.entity_id, a.basis, a.period_month, a.pool_id, a.currency, a.line, a.tenant_id, a.bearer, a.method, a.idle_method, a.rule_id,
                 a.cost_centre_id, a.provider_id, a.site_id, a.chip_model_id, a.ownership;
    COMMENT ON VIEW allocated_spend_all_bases IS 'What each tenant bears of each pool''s cost in each complete month, and what stays idle, unavailable or unmetered, as last refreshed (refresh_allocation), under every basis. Key: (entity_id, basis, period_month, pool_id, currency, line, tenant_id); a pool and month have one method. Costs are in currency and additive within one currency and basis: productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost + shared_idle_cost = total_cost, and the lines add up to total_cost of utilisation_weighted_spend, exactly. Chip-hours, energy and readings are repeated on the row of each currency and basis: add them within one only. Shares are stored: row-level security on allocated_cost hides rows and changes none.';
    COMMENT ON COLUMN allocated_spend_all_bases.line IS 'tenant, idle, unavailable or unmetered.';
    COMMENT ON COLUMN allocated_spend_all_bases.tenant_id IS 'NULL on line tenant: chips were used or allocated, and no reading says by whom.';
    COMMENT ON COLUMN allocated_spend_all_bases.bearer IS 'Who bears it: the tenant; of idle and unmetered cost the pool''s cost centre; of unavailable cost operations. NULL: not known.';
    COMMENT ON COLUMN allocated_spend_all_bases.productive_cost IS 'With the other parts: where in the pool''s split the amount comes from; who bears it, the method says.';
    COMMENT ON COLUMN allocated_spend_all_bases.shared_idle_cost IS 'Idle cost of the pool that is shared among its tenants (idle_method).';
    COMMENT ON COLUMN allocated_spend_all_bases.lost_cost IS 'Of productive_cost: work that was lost, in proportion to used less kept. NULL unless every reading states what was kept.';
    COMMENT ON COLUMN allocated_spend_all_bases.chip_hours IS 'Of the line: allocated or used of a tenant, unallocated, unavailable, unmetered. They add up to the chip-hours installed or in service, whichever is more.';
    COMMENT ON COLUMN allocated_spend_all_bases.kept_chip_hours IS 'Goodput: used hours whose work was kept; NULL unless every reading states it.';
    COMMENT ON COLUMN allocated_spend_all_bases.energy_kwh IS 'At the facility''s meter, priced or not, measured or else estimated; what is known of it, NULL = nothing. Energy in the rent is not in it.';
    COMMENT ON COLUMN allocated_spend_all_bases.last_recorded_at IS 'When the figures were last different.';

    CREATE VIEW allocated_spend WITH (security_invoker) AS
        SELECT * FROM allocated_spend_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW allocated_spend IS 'What each tenant bears of each pool''s cost in each complete month, and what stays idle, unavailable or unmetered, as last refreshed (refresh_allocation), under the ledger''s primary basis. Key: (entity_id, period_month, pool_id, currency, line, tenant_id); a pool and month have one method. Costs are in currency and additive within one currency: productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost + shared_idle_cost = total_cost, and the lines add up to total_cost of utilisation_weighted_spend, exactly. Chip-hours, energy and readings are repeated on the row of each currency: add them within one only. Shares are stored: row-level security on allocated_cost hides rows and changes none.';

    CREATE VIEW allocated_spend_by_job_all_bases WITH (security_invoker) AS
        SELECT a.entity_id, a.basis, a.period_month, a.pool_id, a.currency, a.tenant_id, a.party_id, a.job_id, a.model_id, a.method, a.idle_method, a.rule_id,
               a.cost_centre_id, a.provider_id, a.site_id, a.chip_model_id, a.ownership, 'actual'::text AS scenario,
               a.total_cost, a.productive_cost, a.allocated_idle_cost, a.unallocated_cost, a.unavailable_cost, a.shared_idle_cost, a.lost_cost,
               publishable(a.chip_ms / 3600000.000000000000000)::numeric(38,15) AS chip_hours,
               publishable(a.allocated_ms / 3600000.000000000000000)::numeric(38,15) AS allocated_chip_hours,
               publishable(a.used_ms / 3600000.000000000000000)::numeric(38,15) AS used_chip_hours,
               publishable(a.kept_ms / 3600000.000000000000000)::numeric(38,15) AS kept_chip_hours,
               a.energy_kwh, publishable(a.tokens)::numeric(38,15) AS tokens,
               publishable(a.model_flops / 3600000000000000000.000000000000000)::numeric(38,15) AS effective_pflop_hours,
               publishable(a.peak_flops * a.allocated_ms / 3600000000000000000000.000000000000000)::numeric(38,15) AS peak_pflop_hours,
               a.readings::bigint AS readings, a.recorded_at AS last_recorded_at
        FROM allocated_cost_known a WHERE a.line = 'tenant';
    COMMENT ON VIEW allocated_spend_by_job_all_bases IS 'The lines of tenants of allocated_spend_all_bases by customer, job and AI model: what it adds up. Key: (entity_id, basis, period_month, pool_id, currency, tenant_id, party_id, job_id, model_id). Costs are in currency and additive within one currency and basis: productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + shared_idle_cost = total_cost. Chip-hours, energy, tokens, PFLOP-hours and readings are repeated on the row of each currency and basis. tokens, kept_chip_hours and effective_pflop_hours are NULL unless every reading of the row states them.';

    CREATE VIEW allocated_spend_by_job WITH (security_invoker) AS
        SELECT * FROM allocated_spend_by_job_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW allocated_spend_by_job IS 'The lines of tenants of allocated_spend by customer, job and AI model: what it adds up. Key: (entity_id, period_month, pool_id, currency, tenant_id, party_id, job_id, model_id). Costs are in currency and additive within one currency: productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + shared_idle_cost = total_cost. Chip-hours, energy, tokens, PFLOP-hours and readings are repeated on the row of each currency. tokens, kept_chip_hours and effective_pflop_hours are NULL unless every reading of the row states them.';

    CREATE VIEW allocation_check WITH (security_invoker) AS
        SELECT n.entity_id, n.basis, n.period_month, n.pool_id, n.currency, sum(n.allocated)::numeric(38,15) AS allocated_cost, sum(n.spent)::numeric(38,15) AS total_cost,
               (coalesce(sum(n.allocated), 0) - coalesce(sum(n.spent), 0))::numeric(38,15) AS difference,
               coalesce(sum(n.allocated), 0) = coalesce(sum(n.spent), 0) AS ok
        FROM (SELECT a.entity_id, a.basis, a.period_month, a.pool_id, a.currency, a.total_cost AS allocated, NULL::numeric AS spent FROM allocated_cost_known a
              UNION ALL
              SELECT u.entity_id, u.basis, u.period_month, u.pool_id, u.currency, NULL, u.total_cost FROM utilisation_weighted_spend_all_bases u) n
        GROUP BY n.entity_id, n.basis, n.period_month, n.pool_id, n.currency;
    COMMENT ON VIEW allocation_check IS 'Whether what is allocated adds up to what was spent, exactly: not ok where refresh_allocation has not run since. Key: (entity_id, basis, period_month, pool_id, currency). Additive within a currency and basis.';

    -- Unit economics: a figure is known of everything it is about, or NULL.

    CREATE VIEW job_cost_all_bases WITH (security_invoker) AS
        SELECT j.entity_id, j.basis, j.tenant_id, j.party_id, j.job_id, j.currency, 'actual'::text AS scenario,
               j.first_month, j.last_month, j.pools,
               publishable(j.total_cost)::numeric(38,15) AS total_cost, publishable(j.productive_cost)::numeric(38,15) AS productive_cost,
               publishable(j.idle_cost)::numeric(38,15) AS idle_cost, publishable(j.lost_cost)::numeric(38,15) AS lost_cost,
               publishable(j.allocated_ms / 3600000.000000000000000)::numeric(38,15) AS allocated_chip_hours,
               publishable(j.used_ms / 3600000.000000000000000)::numeric(38,15) AS used_chip_hours,
               publishable(j.kept_ms / 3600000.000000000000000)::numeric(38,15) AS kept_chip_hours,
               publishable(j.kept_ms::numeric(60,20) / nullif(j.used_ms, 0))::numeric(38,15) AS goodput,
               publishable(j.total_cost * 3600000.000000000000000 / nullif(j.allocated_ms, 0))::numeric(38,15) AS cost_per_allocated_chip_hour,
               publishable(j.total_cost * 3600000.000000000000000 / nullif(j.used_ms, 0))::numeric(38,15) AS cost_per_used_chip_hour,
               publishable(j.total_cost * 3600000.000000000000000 / nullif(j.kept_ms, 0))::numeric(38,15) AS cost_per_kept_chip_hour,
               publishable(j.energy_kwh)::numeric(38,15) AS energy_kwh, publishable(j.tokens)::numeric(38,15) AS tokens,
               publishable(j.model_flops / 3600000000000000000.000000000000000)::numeric(38,15) AS effective_pflop_hours,
               publishable(j.peak_flop / 3600000000000000000.000000000000000)::numeric(38,15) AS peak_pflop_hours,
               publishable(j.model_flops::numeric(80,20) / nullif(j.peak_flop, 0))::numeric(38,15) AS mfu, j.last_recorded_at
        FROM (SELECT a.entity_id, a.basis, a.tenant_id, a.party_id, a.job_id, a.currency, min(a.period_month) AS first_month, max(a.period_month) AS last_month,
                     count(DISTINCT a.pool_id) AS pools,
                     CASE WHEN count(a.total_cost) = count(*) THEN sum(a.total_cost) END AS total_cost,
                     CASE WHEN count(a.total_cost) = count(*) THEN sum(a.productive_cost) END AS productive_cost,
                     CASE WHEN count(a.total_cost) = count(*) THEN sum(a.total_cost - a.productive_cost) END AS idle_cost,
                     CASE WHEN count(a.lost_cost) = count(*) THEN sum(a.lost_cost) END AS lost_cost,
                     sum(a.allocated_ms) AS allocated_ms, sum(a.used_ms) AS used_ms,
                     CASE WHEN count(a.kept_ms) = count(*) THEN sum(a.kept_ms) END AS kept_ms,
                     CASE WHEN count(a.energy_kwh) = count(*) THEN sum(a.energy_kwh) END AS energy_kwh,
                     CASE WHEN count(a.tokens) = count(*) THEN sum(a.tokens) END AS tokens,
                     CASE WHEN count(a.model_flops) = count(*) THEN sum(a.model_flops) END AS model_flops,
                     CASE WHEN count(a.peak_flops) = count(*) THEN sum(a.peak_flops * a.allocated_ms / 1000) END AS peak_flop,
                     max(a.recorded_at) AS last_recorded_at
              FROM allocated_cost_known a
              WHERE a.line = 'tenant' AND a.job_id IS NOT NULL
              GROUP BY a.entity_id, a.basis, a.tenant_id, a.party_id, a.job_id, a.currency) j;
    COMMENT ON VIEW job_cost_all_bases IS 'What each job cost in complete months, from its readings, by the allocation of the pools it ran in, under every basis. Key: (entity_id, basis, tenant_id, party_id, job_id, currency). Costs are in currency and additive within one currency and basis: productive_cost + idle_cost = total_cost. Chip-hours, energy, tokens and PFLOP-hours are repeated on the row of each currency and basis. Ratios are not additive; their numerators and denominators are columns. What not every reading of the job states is NULL.';
    COMMENT ON COLUMN job_cost_all_bases.idle_cost IS 'Allocated idle cost, and shared idle and reserved capacity where the method has them.';
    COMMENT ON COLUMN job_cost_all_bases.lost_cost IS 'Of productive_cost: work that was lost, in proportion to used less kept hours. NULL unless every reading states what was kept.';
    COMMENT ON COLUMN job_cost_all_bases.goodput IS 'kept_chip_hours / used_chip_hours; NULL where not known.';
    COMMENT ON COLUMN job_cost_all_bases.peak_pflop_hours IS 'allocated_chip_hours x peak_flops of the chip model / 1e15.';
    COMMENT ON COLUMN job_cost_all_bases.mfu IS 'Model FLOP utilisation: effective_pflop_hours / peak_pflop_hours, FLOP of the model without recomputation over what the allocated chips could have computed (Chowdhery et al. 2022, appendix B).';

    CREATE VIEW job_cost WITH (security_invoker) AS
        SELECT * FROM job_cost_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW job_cost IS 'What each job cost in complete months, from its readings, by the allocation of the pools it ran in, under the ledger''s primary basis. Key: (entity_id, tenant_id, party_id, job_id, currency). Costs are in currency and additive within one currency: productive_cost + idle_cost = total_cost. Chip-hours, energy, tokens and PFLOP-hours are repeated on the row of each currency. Ratios are not additive; their numerators and denominators are columns. What not every reading of the job states is NULL.';

    CREATE VIEW model_cost_all_bases WITH (security_invoker) AS
        SELECT m.entity_id, m.basis, m.period_month, m.model_id, m.currency, 'actual'::text AS scenario,
               publishable(m.total_cost)::numeric(38,15) AS total_cost, publishable(m.productive_cost)::numeric(38,15) AS productive_cost,
               publishable(m.lost_cost)::numeric(38,15) AS lost_cost,
               publishable(m.allocated_ms / 3600000.000000000000000)::numeric(38,15) AS allocated_chip_hours,
               publishable(m.used_ms / 3600000.000000000000000)::numeric(38,15) AS used_chip_hours,
               publishable(m.kept_ms / 3600000.000000000000000)::numeric(38,15) AS kept_chip_hours,
               publishable(m.kept_ms::numeric(60,20) / nullif(m.used_ms, 0))::numeric(38,15) AS goodput,
               publishable(m.energy_kwh)::numeric(38,15) AS energy_kwh, publishable(m.tokens)::numeric(38,15) AS tokens,
               publishable(m.total_cost * 1000000.000000000000000 / nullif(m.tokens, 0))::numeric(38,15) AS cost_per_million_tokens,
               publishable(m.model_flops / 3600000000000000000.000000000000000)::numeric(38,15) AS effective_pflop_hours,
               publishable(m.total_cost * 3600000000000000000.000000000000000 / nullif(m.model_flops, 0))::numeric(38,15) AS cost_per_effective_pflop_hour,
               publishable(m.peak_flop / 3600000000000000000.000000000000000)::numeric(38,15) AS peak_pflop_hours,
               publishable(m.model_flops::numeric(80,20) / nullif(m.peak_flop, 0))::numeric(38,15) AS mfu, m.last_recorded_at
        FROM (SELECT a.entity_id, a.basis, a.period_month, a.model_id, a.currency,
                     CASE WHEN count(a.total_cost) = count(*) THEN sum(a.total_cost) END AS total_cost,
                     CASE WHEN count(a.total_cost) = count(*) THEN sum(a.productive_cost) END AS productive_cost,
                     CASE WHEN count(a.lost_cost) = count(*) THEN sum(a.lost_cost) END AS lost_cost,
                     sum(a.allocated_ms) AS allocated_ms, sum(a.used_ms) AS used_ms,
                     CASE WHEN count(a.kept_ms) = count(*) THEN sum(a.kept_ms) END AS kept_ms,
                     CASE WHEN count(a.energy_kwh) = count(*) THEN sum(a.energy_kwh) END AS energy_kwh,
                     CASE WHEN count(a.tokens) = count(*) THEN sum(a.tokens) END AS tokens,
                     CASE WHEN count(a.model_flops) = count(*) THEN sum(a.model_flops) END AS model_flops,
                     CASE WHEN count(a.peak_flops) = count(*) THEN sum(a.peak_flops * a.allocated_ms / 1000) END AS peak_flop,
                     max(a.recorded_at) AS last_recorded_at
              FROM allocated_cost_known a
              WHERE a.line = 'tenant' AND a.model_id IS NOT NULL
              GROUP BY a.entity_id, a.basis, a.period_month, a.model_id, a.currency) m;
    COMMENT ON VIEW model_cost_all_bases IS 'What each AI model cost in each complete month, training and serving alike, by the allocation of the pools it ran in, under every basis. Key: (entity_id, basis, period_month, model_id, currency). Costs are in currency and additive within one currency and basis. Chip-hours, energy, tokens and PFLOP-hours are repeated on the row of each currency and basis. Ratios are not additive; their numerators and denominators are columns. What not every reading of the model states is NULL.';
    COMMENT ON COLUMN model_cost_all_bases.cost_per_million_tokens IS 'total_cost x 1e6 / tokens: idle hours too, not the busy ones alone.';
    COMMENT ON COLUMN model_cost_all_bases.mfu IS 'Model FLOP utilisation: effective_pflop_hours / peak_pflop_hours, FLOP of the model without recomputation over what the allocated chips could have computed (Chowdhery et al. 2022, appendix B).';
    COMMENT ON COLUMN model_cost_all_bases.goodput IS 'kept_chip_hours / used_chip_hours; NULL where not known.';

    CREATE VIEW model_cost WITH (security_invoker) AS
        SELECT * FROM model_cost_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW model_cost IS 'What each AI model cost in each complete month, training and serving alike, by the allocation of the pools it ran in, under the ledger''s primary basis. Key: (entity_id, period_month, model_id, currency). Costs are in currency and additive within one currency. Chip-hours, energy, tokens and PFLOP-hours are repeated on the row of each currency. Ratios are not additive; their numerators and denominators are columns. What not every reading of the model states is NULL.';

    CREATE VIEW training_run_metered_cost_all_bases WITH (security_invoker) AS
        SELECT r.run_id, r.name, j.entity_id, j.basis, j.tenant_id, j.party_id, j.currency, j.scenario, r.started_on, j.first_month, j.last_month,
               publishable(r.chip_hours)::numeric(38,15) AS stated_chip_hours, j.allocated_chip_hours, j.used_chip_hours, j.kept_chip_hours, j.goodput,
               j.total_cost, j.productive_cost, j.idle_cost, j.lost_cost, j.cost_per_allocated_chip_hour, j.cost_per_used_chip_hour, j.energy_kwh, j.tokens,
               j.effective_pflop_hours, j.peak_pflop_hours, j.mfu, greatest(j.last_recorded_at, r.recorded_at) AS last_recorded_at
        FROM training_run_known r
        JOIN job_cost_all_bases j ON j.job_id = r.run_id;
    COMMENT ON VIEW training_run_metered_cost_all_bases IS 'What training runs cost by the readings of the job that bears the run''s name (run_id = job_id), beside the chip-hours that are stated of them, under every basis; training_run_cost has what the stated hours cost. Key: (run_id, entity_id, basis, tenant_id, party_id, currency). Costs are in currency and additive within one currency and basis; the rest as in job_cost_all_bases.';

    CREATE VIEW training_run_metered_cost WITH (security_invoker) AS
        SELECT * FROM training_run_metered_cost_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW training_run_metered_cost IS 'What training runs cost by the readings of the job that bears the run''s name (run_id = job_id), beside the chip-hours that are stated of them, under the ledger''s primary basis; training_run_cost has what the stated hours cost. Key: (run_id, entity_id, tenant_id, party_id, currency). Costs are in currency and additive within one currency; the rest as in job_cost.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_allocation_views() IS 'Internal: part of create_ledger. The views allocated_spend, allocated_spend_by_job, job_cost, model_cost and training_run_metered_cost, with _all_bases, and allocation_check.';
