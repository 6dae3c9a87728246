-- Owned chips by who bears them, as FOCUS splits charges: each charge of a pool gives way to one for each
-- tenant, and for what no tenant bears, by the allocation of the pool. What is split adds up to the charge.

CREATE FUNCTION chipbook.create_ledger_focus_allocation_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW pool_month_share WITH (security_invoker) AS
        SELECT t.entity_id, t.period_month, t.pool_id, t.currency, t.method || CASE t.idle_method WHEN 'keep' THEN '' ELSE ', idle ' || replace(t.idle_method, '_', ' ') END AS method,
               array_agg(t.line ORDER BY t.place) AS lines, array_agg(t.tenant_id ORDER BY t.place) AS tenants,
               array_agg(t.cost ORDER BY t.place) AS costs, array_agg(t.before ORDER BY t.place) AS befores,
               array_agg(CASE t.method WHEN 'proportional' THEN t.used_ms WHEN 'max_request_usage' THEN greatest(t.allocated_ms, t.used_ms) END ORDER BY t.place) AS weighed_ms,
               array_agg(t.allocated_ms ORDER BY t.place) AS allocated_ms, array_agg(t.used_ms ORDER BY t.place) AS used_ms,
               sum(t.cost) AS total, bool_and(t.cost IS NOT NULL) AS is_known, max(t.recorded_at) AS last_recorded_at
        FROM (SELECT n.*, row_number() OVER pool_month AS place,
                     coalesce(sum(n.cost) OVER (pool_month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
              FROM (SELECT a.entity_id, a.period_month, a.pool_id, a.currency, a.line, a.tenant_id, max(a.method) AS method, max(a.idle_method) AS idle_method,
                           CASE WHEN count(a.total_cost) = count(*) THEN sum(a.total_cost) END AS cost,
                           sum(a.allocated_ms) AS allocated_ms, sum(a.used_ms) AS used_ms, max(a.recorded_at) AS recorded_at
                    FROM allocated_cost_known a WHERE a.basis = (SELECT c.primary_basis FROM clock c)
                    GROUP BY a.entity_id, a.period_month, a.pool_id, a.currency, a.line, a.tenant_id) n
              WINDOW pool_month AS (PARTITION BY n.entity_id, n.period_month, n.pool_id, n.currency ORDER BY n.line = 'tenant' DESC, n.line COLLATE "C", n.tenant_id COLLATE "C")) t
        GROUP BY t.entity_id, t.period_month, t.pool_id, t.currency, t.method, t.idle_method;
    COMMENT ON VIEW pool_month_share IS 'Who bears each pool''s cost of a month, as last allocated, under the ledger''s primary basis: arrays in one order, tenants first. befores: the cost of those before. Key: (entity_id, period_month, pool_id, currency).';

    -- Parts and bearers are split at once, so that a charge adds up over its bearers and a bearer over the
    -- pool's charges. Where the allocation is not of all that the pool costs now (refresh_allocation has not
    -- run since, or row-level security hides bearers), nothing is split.
    EXECUTE (SELECT format($v$
        CREATE VIEW owned_line_allocated WITH (security_invoker) AS
        SELECT %s, CASE WHEN z.is_split THEN r.x_charge_id END AS x_origin_charge_id, z.line AS x_allocation_line
        FROM (SELECT o.billing_account_id AS entity_id, (o.charge_period_start AT TIME ZONE 'UTC')::date AS period_month, o.resource_id AS pool_id, o.billing_currency AS currency,
                     max(o.pool_total) AS pool_total, array_agg(publishable(o.effective_cost)::numeric(38,15) ORDER BY o.x_component) AS parts, array_agg(o ORDER BY o.x_component) AS charges
              FROM owned_line o GROUP BY 1, 2, 3, 4) g
        LEFT JOIN pool_month_share p ON coalesce(p.entity_id, '') = coalesce(g.entity_id, '') AND p.period_month = g.period_month
             AND coalesce(p.pool_id, '') = coalesce(g.pool_id, '') AND p.currency = g.currency AND p.is_known AND p.total = publishable(g.pool_total)::numeric(38,15)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN p.costs IS NOT NULL THEN split_both_ways(g.parts || p.total - (SELECT sum(n) FROM unnest(g.parts) n), p.costs) END AS cells
            OFFSET 0) x
        CROSS JOIN LATERAL unnest(g.charges) WITH ORDINALITY r
        CROSS JOIN LATERAL (
            SELECT true AS is_split, u.line, u.tenant_id, x.cells[r.ordinality][u.place] AS cost,
                   CASE WHEN p.total = 0 THEN (u.place = 1)::integer ELSE round(round(u.before + u.cost, 20) / p.total, 15) - round(round(u.before, 20) / p.total, 15) END AS ratio,
                   CASE WHEN p.total = 0 THEN r.pricing_quantity * (u.place = 1)::integer
                        ELSE round(r.pricing_quantity * round(u.before + u.cost, 20) / p.total, 15) - round(r.pricing_quantity * round(u.before, 20) / p.total, 15) END AS quantity,
                   CASE WHEN p.total = 0 THEN r.consumed_quantity * (u.place = 1)::integer
                        ELSE round(r.consumed_quantity * round(u.before + u.cost, 20) / p.total, 15) - round(r.consumed_quantity * round(u.before, 20) / p.total, 15) END AS consumed,
                   u.weighed_ms / 3600000.000000000000000 AS weighed_hours,
                   CASE WHEN r.x_used_chip_hours IS NOT NULL THEN u.used_ms / 3600000.000000000000000 END AS used_hours,
                   CASE WHEN r.x_allocated_chip_hours IS NOT NULL THEN u.allocated_ms / 3600000.000000000000000 END AS allocated_hours
            FROM unnest(p.lines, p.tenants, p.costs, p.befores, p.weighed_ms, p.allocated_ms, p.used_ms) WITH ORDINALITY u (line, tenant_id, cost, before, weighed_ms, allocated_ms, used_ms, place)
            WHERE p.costs IS NOT NULL AND (u.cost <> 0 OR u.used_ms <> 0 OR x.cells[r.ordinality][u.place] <> 0)
            UNION ALL
            SELECT false, NULL, NULL, r.effective_cost, NULL, r.pricing_quantity, r.consumed_quantity, NULL, r.x_used_chip_hours, r.x_allocated_chip_hours WHERE p.costs IS NULL) z$v$,
        string_agg(format('%s AS %I', coalesce(v.expression, format('r.%I', a.attname)), a.attname), ', ' ORDER BY a.attnum))
        FROM pg_attribute a
        LEFT JOIN (VALUES
            ('x_charge_id', $q$CASE WHEN z.is_split THEN concat_ws('/', r.x_charge_id, z.line, z.tenant_id) ELSE r.x_charge_id END$q$),
            ('effective_cost', 'z.cost'), ('contracted_cost', 'z.cost'), ('list_cost', 'z.cost'), ('pricing_currency_effective_cost', 'z.cost'),
            ('pricing_quantity', 'z.quantity'), ('consumed_quantity', 'z.consumed'),
            ('allocated_method_id', 'CASE WHEN z.is_split THEN p.method END'), ('allocated_resource_id', 'z.tenant_id'),
            ('allocated_method_details', $q$CASE WHEN z.is_split THEN jsonb_build_object('Elements', jsonb_build_array(jsonb_build_object('AllocatedRatio', trim_scale(z.ratio))
                || CASE WHEN z.line = 'tenant' AND z.weighed_hours IS NOT NULL THEN jsonb_build_object('UsageUnit', 'Chip-Hours', 'UsageQuantity', trim_scale(round(z.weighed_hours, 15))) ELSE '{}' END)) END$q$),
            ('x_used_chip_hours', 'z.used_hours'), ('x_allocated_chip_hours', 'z.allocated_hours'),
            ('x_capacity_chip_hours', 'CASE WHEN NOT z.is_split THEN r.x_capacity_chip_hours END'), ('x_installed_chip_hours', 'CASE WHEN NOT z.is_split THEN r.x_installed_chip_hours END'),
            ('x_available_chip_hours', 'CASE WHEN NOT z.is_split THEN r.x_available_chip_hours END'), ('x_utilisation', 'CASE WHEN NOT z.is_split THEN r.x_utilisation END'),
            ('x_productive_cost', 'CASE WHEN NOT z.is_split THEN r.x_productive_cost END'), ('x_allocated_idle_cost', 'CASE WHEN NOT z.is_split THEN r.x_allocated_idle_cost END'),
            ('x_unallocated_cost', 'CASE WHEN NOT z.is_split THEN r.x_unallocated_cost END'), ('x_unavailable_cost', 'CASE WHEN NOT z.is_split THEN r.x_unavailable_cost END'),
            ('x_unmetered_cost', 'CASE WHEN NOT z.is_split THEN r.x_unmetered_cost END'),
            ('last_recorded_at', 'greatest(r.last_recorded_at, p.last_recorded_at)')) v (name, expression) ON v.name = a.attname
        WHERE a.attrelid = 'owned_line'::regclass AND a.attnum > 0 AND a.attname <> 'pool_total');
    COMMENT ON VIEW owned_line_allocated IS 'What is owned, each charge split over who bears it as the pool''s cost of the month is allocated: shares of a charge add up to it, shares of a bearer to what is allocated to it, exactly. A charge of a pool and month whose allocation is not of all that it costs stands whole. Key: (x_charge_id).';

    CREATE VIEW charge_line_allocated WITH (security_invoker) AS
        SELECT c.*, NULL::text AS x_origin_charge_id, NULL::text AS x_allocation_line FROM charge_line c WHERE c.x_dataset <> 'owned'
        UNION ALL
        SELECT * FROM owned_line_allocated;
    COMMENT ON VIEW charge_line_allocated IS 'View charge_line, what is owned split over who bears it. Key: (x_charge_id).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_focus_allocation_views() IS 'Internal: part of create_ledger. Charges of owned chips, split over tenants.';
