-- FOCUS out: the bills of providers and the cost of chips that are owned in one shape, the columns of
-- FOCUS 1.4, so that one query covers both; under names folded as unquoted SQL has them, for the
-- queries of the FOCUS library, and in snake_case for people.

CREATE FUNCTION chipbook.create_ledger_focus() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE charge_origin (
        fact_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        origin_id           text NOT NULL CHECK (origin_id <> ''),
        invoice_issuer_name text NOT NULL CHECK (invoice_issuer_name <> ''),
        invoice_id          text,
        billing_account_id  text,
        service_name        text,
        resource_id         text,
        component           text NOT NULL CHECK (component IN ('depreciation', 'energy', 'facility', 'interconnect', 'lease', 'operations')),
        pool_id             text,
        site_id             text,
        note                text,
        valid_from          date NOT NULL DEFAULT '-infinity',
        valid_to            date NOT NULL DEFAULT 'infinity',
        load_id             bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id           text REFERENCES source,
        known_on            date,
        recorded_at         timestamptz,
        superseded_at       timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT pool_or_site CHECK (num_nonnulls(pool_id, site_id) <= 1),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE charge_origin IS 'Which charges of a utility, a colocation or a lessor are the origin of a cost of owned chips: they feed its rate, tariff or lease, so that to count them beside it would count them twice. NULL in invoice_id, billing_account_id, service_name or resource_id means any. Charges whose period starts (UTC) in [valid_from, valid_to) are left out of cost_and_usage and shown in origin_invoice.';
    COMMENT ON COLUMN charge_origin.component IS 'What of the cost of chips they are the origin of.';
    COMMENT ON COLUMN charge_origin.pool_id IS 'The pool whose cost they feed, or site_id, the site whose pools'' cost; neither = that of all pools.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_focus() IS 'Internal: part of create_ledger. The table charge_origin.';

-- One of the parts and one of the states, the greatest of each, take what rounding leaves.
CREATE FUNCTION chipbook.split_both_ways(parts numeric[], states numeric[]) RETURNS numeric[]
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    cells numeric[] := array_fill(0::numeric, ARRAY[cardinality(parts), cardinality(states)]);
    total numeric := (SELECT sum(p) FROM unnest(parts) p);
    great_part integer := (SELECT u.i FROM unnest(parts) WITH ORDINALITY u (amount, i) ORDER BY abs(u.amount) DESC, u.i LIMIT 1);
    great_state integer := (SELECT u.i FROM unnest(states) WITH ORDINALITY u (amount, i) ORDER BY abs(u.amount) DESC, u.i LIMIT 1);
    left_over numeric;
BEGIN
    FOR s IN 1..cardinality(states) LOOP
        CONTINUE WHEN s = great_state;
        left_over := states[s];
        FOR p IN 1..cardinality(parts) LOOP
            CONTINUE WHEN p = great_part;
            cells[p][s] := coalesce(round(round(parts[p], 20) * states[s] / nullif(total, 0), 15), 0);
            left_over := left_over - cells[p][s];
        END LOOP;
        cells[great_part][s] := left_over;
    END LOOP;
    FOR p IN 1..cardinality(parts) LOOP
        left_over := parts[p];
        FOR s IN 1..cardinality(states) LOOP
            CONTINUE WHEN s = great_state;
            left_over := left_over - cells[p][s];
        END LOOP;
        cells[p][great_state] := left_over;
    END LOOP;
    RETURN cells;
END
$$;
COMMENT ON FUNCTION chipbook.split_both_ways(numeric[], numeric[]) IS 'Internal: a table with a row for each part and a column for each state, in proportion, at 15 decimals, whose rows add up to the parts and whose columns to the states exactly. Both add up to the same; where that is 0 everything goes to the greatest. NULL for NULL.';

CREATE FUNCTION chipbook.create_ledger_focus_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- What is owned, as charges of the owner to itself. Rent is not here: whoever rents it out bills it.
    CREATE VIEW owned_charge WITH (security_invoker) AS
        SELECT concat_ws('/', 'owned', to_json(s.period_month) #>> '{}', c.component, s.currency, coalesce('pool/' || p.pool_id, concat_ws('/', 'entity', s.entity_id, s.pool_id))) AS x_charge_id,
               CASE c.component WHEN 'lease' THEN 'leased' ELSE n.ownership END AS x_ownership, s.basis AS x_basis, c.component AS x_component,
               s.entity_id AS billing_account_id, e.name AS billing_account_name, 'Entity'::text AS billing_account_type,
               s.currency AS billing_currency, m.starts_at AS billing_period_start, m.ends_at AS billing_period_end,
               m.starts_at AS charge_period_start, m.ends_at AS charge_period_end,
               'Usage'::text AS charge_category, CASE c.component WHEN 'energy' THEN 'Usage-Based' ELSE 'Recurring' END AS charge_frequency,
               concat(initcap(c.component), coalesce(' of ' || coalesce(p.name, s.pool_id), ' of what is in no pool')) AS charge_description,
               0::numeric AS billed_cost, c.cost AS effective_cost, c.cost AS contracted_cost, c.cost AS list_cost,
               c.cost AS pricing_currency_effective_cost,
               q.price AS contracted_unit_price, q.price AS list_unit_price, q.price AS pricing_currency_contracted_unit_price, q.price AS pricing_currency_list_unit_price,
               q.quantity AS pricing_quantity, CASE WHEN q.quantity IS NOT NULL THEN u.unit END AS pricing_unit, 'Standard'::text AS pricing_category, s.currency AS pricing_currency,
               CASE c.component WHEN 'energy' THEN q.quantity WHEN 'depreciation' THEN h.used END AS consumed_quantity,
               CASE WHEN CASE c.component WHEN 'energy' THEN q.quantity WHEN 'depreciation' THEN h.used END IS NOT NULL THEN u.unit END AS consumed_unit,
               n.issuer AS invoice_issuer_name, n.issuer AS service_provider_name, n.issuer AS provider_name, n.issuer AS publisher_name,
               coalesce(o.name, n.issuer) AS host_provider_name,
               'Compute'::text AS service_category, 'Other (Compute)'::text AS service_subcategory, concat(initcap(CASE c.component WHEN 'lease' THEN 'leased' ELSE n.ownership END), ' chips') AS service_name,
               p.site_id AS region_id, t.name AS region_name, s.pool_id AS resource_id, p.name AS resource_name,
               CASE WHEN s.pool_id IS NOT NULL THEN 'Chip pool' END AS resource_type,
               concat_ws('/', c.component, p.chip_model_id) AS sku_id, initcap(c.component) AS sku_meter,
               concat_ws('/', c.component, p.chip_model_id, s.pool_id) AS sku_price_id,
               CASE WHEN p.chip_model_id IS NOT NULL THEN jsonb_build_object('x_ChipModel', p.chip_model_id) END AS sku_price_details,
               p.cost_centre_id AS sub_account_id, k.name AS sub_account_name, CASE WHEN p.cost_centre_id IS NOT NULL THEN 'Cost centre' END AS sub_account_type,
               h.capacity AS x_capacity_chip_hours, h.installed AS x_installed_chip_hours, h.available AS x_available_chip_hours,
               h.allocated AS x_allocated_chip_hours, h.used AS x_used_chip_hours,
               round(s.used_ms, 20) / nullif(s.installed_ms, 0) AS x_utilisation,
               c.productive AS x_productive_cost, c.allocated_idle AS x_allocated_idle_cost, c.unallocated AS x_unallocated_cost,
               c.unavailable AS x_unavailable_cost, c.unmetered AS x_unmetered_cost,
               greatest(s.last_recorded_at, p.recorded_at, e.recorded_at, t.recorded_at, o.recorded_at, k.recorded_at) AS last_recorded_at,
               s.total AS pool_total
        FROM (SELECT r.*, row_number() OVER (PARTITION BY r.entity_id, r.period_month, r.pool_id ORDER BY r.depreciation = 0, r.currency) AS place
              FROM pool_month_split r WHERE r.basis = (SELECT l.primary_basis FROM clock l)) s
        LEFT JOIN pool_known p ON p.pool_id = s.pool_id
        LEFT JOIN entity_known e ON e.entity_id = s.entity_id
        LEFT JOIN site_known t ON t.site_id = p.site_id
        LEFT JOIN party_known o ON o.party_id = t.owner_id
        LEFT JOIN cost_centre_known k ON k.cost_centre_id = p.cost_centre_id
        CROSS JOIN LATERAL (SELECT coalesce(p.ownership, 'owned') AS ownership, coalesce(e.name, s.entity_id, 'unknown') AS issuer) n
        CROSS JOIN LATERAL (SELECT s.period_month::timestamp AT TIME ZONE 'UTC' AS starts_at,
                                   (s.period_month + interval '1 month') AT TIME ZONE 'UTC' AS ends_at) m
        CROSS JOIN LATERAL (
            SELECT split_both_ways(ARRAY[s.depreciation - s.productive_depreciation, s.facility, s.interconnect, s.operations, s.lease, s.rent],
                                   ARRAY[amount(s.by_chips[1]) + amount(s.by_credit[1]), amount(s.by_chips[2]) + amount(s.by_credit[2]),
                                         amount(s.by_chips[3]) + amount(s.by_credit[3]), amount(s.by_chips[4]) + amount(s.by_credit[4]),
                                         amount(s.by_chips[5]) + amount(s.by_credit[5])]) AS chips
            OFFSET 0) x
        CROSS JOIN LATERAL (VALUES
            ('depreciation', s.depreciation, x.chips[1][1] + s.productive_depreciation, x.chips[1][2], x.chips[1][3], x.chips[1][4], x.chips[1][5]),
            ('energy', s.energy, s.busy_energy + amount(s.by_time[1]) + amount(s.by_time_credit[1]),
                amount(s.by_idle[1]) + amount(s.by_idle_credit[1]) + amount(s.by_time[2]) + amount(s.by_time_credit[2]),
                amount(s.by_idle[2]) + amount(s.by_idle_credit[2]) + amount(s.by_time[3]) + amount(s.by_time_credit[3]),
                amount(s.by_idle[3]) + amount(s.by_idle_credit[3]) + amount(s.by_time[4]) + amount(s.by_time_credit[4]),
                amount(s.by_time[5]) + amount(s.by_time_credit[5])),
            ('facility', s.facility, x.chips[2][1], x.chips[2][2], x.chips[2][3], x.chips[2][4], x.chips[2][5]),
            ('interconnect', s.interconnect, x.chips[3][1], x.chips[3][2], x.chips[3][3], x.chips[3][4], x.chips[3][5]),
            ('operations', s.operations, x.chips[4][1], x.chips[4][2], x.chips[4][3], x.chips[4][4], x.chips[4][5]),
            ('lease', s.lease, x.chips[5][1], x.chips[5][2], x.chips[5][3], x.chips[5][4], x.chips[5][5]))
            c (component, cost, productive, allocated_idle, unallocated, unavailable, unmetered)
        CROSS JOIN LATERAL (SELECT CASE c.component WHEN 'energy' THEN 'kWh' ELSE 'Chip-Hours' END AS unit,
                                   nullif(CASE c.component WHEN 'energy' THEN s.energy_kwh ELSE s.capacity_ms / 3600000.000000000000000 END, 0) AS quantity) u
        CROSS JOIN LATERAL (SELECT u.quantity, CASE WHEN c.cost / u.quantity >= 0 THEN round(c.cost, 20) / u.quantity END AS price) q
        -- Chip-time is the pool's: it stands once, whatever the components and currencies.
        LEFT JOIN LATERAL (SELECT s.capacity_ms / 3600000.000000000000000 AS capacity, s.installed_ms / 3600000.000000000000000 AS installed,
                                  s.available_ms / 3600000.000000000000000 AS available, s.allocated_ms / 3600000.000000000000000 AS allocated,
                                  s.used_ms / 3600000.000000000000000 AS used) h ON c.component = 'depreciation' AND s.place = 1
        WHERE c.cost <> 0 OR c.productive <> 0 OR c.allocated_idle <> 0 OR c.unallocated <> 0 OR c.unavailable <> 0
           OR (c.component = 'depreciation' AND n.ownership <> 'rented' AND (s.place = 1 AND (s.capacity_ms > 0 OR s.installed_ms > 0)));
    COMMENT ON VIEW owned_charge IS 'What pools cost beside rent, in each complete month, in the columns of FOCUS Cost and Usage: depreciation, what leases put in profit or loss, energy, facility, interconnect and operations, each a charge of the entity to itself under the ledger''s primary basis. A month of the ledger''s calendar is given as the UTC month of the same name. Key: (x_charge_id). Additive within a currency; x_productive_cost + x_allocated_idle_cost + x_unallocated_cost + x_unavailable_cost + x_unmetered_cost = effective_cost, exactly; without rent, they add up over a pool and month to what pool_month_split has.';

    -- What is billed, but what is the origin of a cost of owned chips.
    CREATE VIEW charge_and_origin WITH (security_invoker) AS
        SELECT c.*, o.origin_id, o.component AS origin_component, o.pool_id AS origin_pool_id, o.site_id AS origin_site_id, o.recorded_at AS origin_recorded_at
        FROM charge_known c
        LEFT JOIN LATERAL (
            SELECT n.origin_id, n.component, n.pool_id, n.site_id, n.recorded_at FROM charge_origin_known n
            WHERE n.invoice_issuer_name = c.invoice_issuer_name
              AND (n.invoice_id IS NULL OR n.invoice_id = c.invoice_id) AND (n.billing_account_id IS NULL OR n.billing_account_id = c.billing_account_id)
              AND (n.service_name IS NULL OR n.service_name = c.service_name) AND (n.resource_id IS NULL OR n.resource_id = c.resource_id)
              AND (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date >= n.valid_from
              AND (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date < n.valid_to
            ORDER BY num_nonnulls(n.invoice_id, n.billing_account_id, n.service_name, n.resource_id) DESC, n.origin_id LIMIT 1) o ON true;
    COMMENT ON VIEW charge_and_origin IS 'Charges as known, each with the origin (charge_origin) that it is: of several, the one that names most; origin_id NULL = none. Key: (fact_id).';

    -- Read from the origins, of which there are few: a ledger without any does not look at its charges.
    CREATE VIEW origin_charge WITH (security_invoker) AS
        SELECT DISTINCT c.fact_id AS charge_id
        FROM charge_origin_known n
        JOIN charge_known c ON n.invoice_issuer_name = c.invoice_issuer_name
             AND (n.invoice_id IS NULL OR n.invoice_id = c.invoice_id) AND (n.billing_account_id IS NULL OR n.billing_account_id = c.billing_account_id)
             AND (n.service_name IS NULL OR n.service_name = c.service_name) AND (n.resource_id IS NULL OR n.resource_id = c.resource_id)
             AND (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date >= n.valid_from
             AND (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date < n.valid_to;
    COMMENT ON VIEW origin_charge IS 'Charges as known that are an origin (charge_origin). Key: (charge_id).';

    EXECUTE (SELECT format($v$
        CREATE VIEW owned_line WITH (security_invoker) AS
        SELECT o.x_charge_id, %s,
               o.x_ownership, o.x_basis, o.x_component, o.x_utilisation, o.x_capacity_chip_hours, o.x_installed_chip_hours, o.x_available_chip_hours,
               o.x_allocated_chip_hours, o.x_used_chip_hours,
               o.x_productive_cost, o.x_allocated_idle_cost, o.x_unallocated_cost, o.x_unavailable_cost, o.x_unmetered_cost,
               'owned'::text AS x_dataset, NULL::text AS x_source_id, NULL::bigint AS x_delivery_id, NULL::bigint AS x_line_number,
               NULL::timestamptz AS x_restates_period_start, NULL::jsonb AS x_other_columns, false AS is_correction, false AS covers_other_charges, o.last_recorded_at, o.pool_total
        FROM owned_charge o$v$,
        string_agg(format('%s AS %I', CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = 'owned_charge'::regclass AND a.attname = f.name AND a.attnum > 0)
                                           THEN format('o.%I', f.name) ELSE format('NULL::%s', f.type_name) END, f.name), ', ' ORDER BY f.i))
        FROM (SELECT focus_snake(n.column_name) AS name, n.i, CASE n.data_type WHEN 'Decimal' THEN 'numeric' WHEN 'Date/Time' THEN 'timestamptz' WHEN 'JSON' THEN 'jsonb' ELSE 'text' END AS type_name
              FROM focus_columns() WITH ORDINALITY n (dataset, column_name, data_type, feature_level, allows_nulls, value_format, allowed_values, introduced, last_version, i)
              WHERE n.dataset = 'CostAndUsage') f);
    COMMENT ON VIEW owned_line IS 'What is owned in the columns of charge_line, and what the pool cost in the month with its rent (pool_total, on each of its rows). Key: (x_charge_id).';

    -- Azure's two files have the same charges: what the actual one lists the amortised one lists again.
    EXECUTE (SELECT format($v$
        CREATE VIEW charge_line WITH (security_invoker) AS
        SELECT concat('charge/', c.fact_id) AS x_charge_id, %s,
               'rented'::text AS x_ownership, NULL::text AS x_basis, NULL::text AS x_component,
               NULL::numeric AS x_utilisation, NULL::numeric AS x_capacity_chip_hours, NULL::numeric AS x_installed_chip_hours, NULL::numeric AS x_available_chip_hours,
               NULL::numeric AS x_allocated_chip_hours, NULL::numeric AS x_used_chip_hours,
               NULL::numeric AS x_productive_cost, NULL::numeric AS x_allocated_idle_cost, NULL::numeric AS x_unallocated_cost,
               NULL::numeric AS x_unavailable_cost, NULL::numeric AS x_unmetered_cost,
               c.dataset AS x_dataset, c.source_id AS x_source_id, c.delivery_id AS x_delivery_id, c.line_no AS x_line_number,
               c.restates_period_start AS x_restates_period_start, c.x AS x_other_columns,
               coalesce(c.charge_class = 'Correction', false) AS is_correction,
               coalesce(c.charge_category = 'Purchase' AND (c.commitment_discount_id <> '' OR c.effective_cost = 0 AND c.billed_cost <> 0), false)
               OR c.dataset = 'azure_actual'
                  AND concat_ws(' ', date_trunc('month', c.billing_period_start AT TIME ZONE 'UTC')::date - date '2000-01-01', c.billing_account_id) = ANY (ARRAY(
                      SELECT DISTINCT concat_ws(' ', a.billing_month - date '2000-01-01', a.billing_account_id)
                      FROM charge_month_known a WHERE a.dataset = 'azure_amortised')) AS covers_other_charges,
               c.recorded_at AS last_recorded_at
        FROM charge_known c
        WHERE NOT EXISTS (SELECT FROM origin_charge o WHERE o.charge_id = c.fact_id)
        UNION ALL
        SELECT %s FROM owned_line o$v$,
        (SELECT string_agg(format('%s AS %I', CASE f.name WHEN 'service_provider_name' THEN 'coalesce(c.service_provider_name, c.provider_name)'
                                                  WHEN 'provider_name' THEN 'coalesce(c.provider_name, c.service_provider_name)'
                                                  ELSE format('c.%I', f.name) END, f.name), ', ' ORDER BY f.i)
         FROM (SELECT focus_snake(n.column_name) AS name, n.i
               FROM focus_columns() WITH ORDINALITY n (dataset, column_name, data_type, feature_level, allows_nulls, value_format, allowed_values, introduced, last_version, i)
               WHERE n.dataset = 'CostAndUsage') f),
        (SELECT string_agg(format('o.%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = 'owned_line'::regclass AND a.attnum > 0 AND a.attname <> 'pool_total')));
    COMMENT ON VIEW charge_line IS 'Charges of bills and of owned chips in the columns of FOCUS Cost and Usage, amounts unrounded, without charges that are the origin of a cost of owned chips. Key: (x_charge_id).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_focus_views() IS 'Internal: part of create_ledger. Charges of bills and of owned chips in one shape.';

CREATE FUNCTION chipbook.create_report_focus_views() RETURNS void LANGUAGE plpgsql AS $ddl$
DECLARE
    family record;
    named record;
BEGIN
    -- For each dataset the view in snake_case, and the same under folded names.
    FOR family IN SELECT * FROM (VALUES
            ('CostAndUsage', 'charge_line', 'cost_and_usage', 'focus_cost_and_usage', 'charge'),
            ('CostAndUsage', 'charge_line_allocated', 'cost_and_usage_allocated', 'focus_cost_and_usage_allocated', 'charge'),
            ('ContractCommitment', 'contract_commitment_known', 'contract_commitments', 'focus_contract_commitment', 'contract_commitment'),
            ('BillingPeriod', 'billing_period_known', 'billing_periods', 'focus_billing_period', 'billing_period'),
            ('InvoiceDetail', 'invoice_detail_known', 'invoice_details', 'focus_invoice_detail', 'invoice_detail'))
            v (dataset, inner_view, people_view, focus_view, fact_table) LOOP
        EXECUTE (SELECT format('CREATE VIEW %I WITH (security_invoker) AS SELECT %s FROM %I f', family.people_view,
                               string_agg(format(CASE a.data_type WHEN 'numeric' THEN 'publishable(f.%1$I)::numeric(38,15) AS %1$I' WHEN 'jsonb' THEN 'f.%1$I::text AS %1$I' ELSE 'f.%1$I' END, a.name),
                                          ', ' ORDER BY a.place), family.inner_view)
                        FROM (SELECT focus_snake(n.column_name) AS name, format_type(b.atttypid, NULL) AS data_type, n.i AS place
                              FROM focus_columns() WITH ORDINALITY n (dataset, column_name, data_type, feature_level, allows_nulls, value_format, allowed_values, introduced, last_version, i)
                              JOIN pg_attribute b ON b.attrelid = family.inner_view::regclass AND b.attname = focus_snake(n.column_name)::name
                              WHERE n.dataset = family.dataset
                              UNION ALL
                              -- What FOCUS does not have, after what it has.
                              SELECT b.attname, format_type(b.atttypid, NULL), 1000 + b.attnum
                              FROM pg_attribute b WHERE b.attrelid = family.inner_view::regclass AND b.attnum > 0
                                AND (b.attname IN ('is_correction', 'covers_other_charges', 'last_recorded_at') OR b.attname LIKE 'x\_%')
                              UNION ALL
                              SELECT v.column_name, v.data_type, 2000 + v.i
                              FROM (VALUES ('source_id', 'text', 1), ('delivery_id', 'bigint', 2), ('recorded_at', 'timestamptz', 3)) v (column_name, data_type, i)
                              WHERE family.dataset <> 'CostAndUsage') a);
        EXECUTE (SELECT format('CREATE VIEW %I WITH (security_invoker) AS SELECT %s FROM %I v', family.focus_view,
                               string_agg(format('v.%I AS %I', a.attname,
                                                 CASE WHEN a.attname LIKE 'x\_%' THEN 'x_' || replace(substr(a.attname, 3), '_', '')
                                                      WHEN a.attname IN ('is_correction', 'covers_other_charges', 'last_recorded_at', 'source_id', 'delivery_id', 'recorded_at') THEN a.attname
                                                      ELSE replace(a.attname, '_', '') END), ', ' ORDER BY a.attnum), family.people_view)
                        FROM pg_attribute a WHERE a.attrelid = family.people_view::regclass AND a.attnum > 0);
        -- What the table says of its columns holds in both.
        FOR named IN SELECT a.attname, replace(a.attname, '_', '') AS folded, col_description(t.attrelid, t.attnum) AS said
                     FROM pg_attribute a JOIN pg_attribute t ON t.attrelid = family.fact_table::regclass AND t.attname = a.attname AND t.attnum > 0
                     WHERE a.attrelid = family.people_view::regclass AND a.attnum > 0 AND a.attname NOT IN ('source_id', 'delivery_id', 'recorded_at')
                       AND col_description(t.attrelid, t.attnum) IS NOT NULL LOOP
            EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', family.people_view, named.attname, named.said);
            EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', family.focus_view, named.folded, named.said);
        END LOOP;
    END LOOP;

    COMMENT ON VIEW cost_and_usage IS 'Charges of every provider, and what owned chips cost as charges of their owner, in the columns of FOCUS Cost and Usage 1.4. Key: (x_charge_id). Costs are in billing_currency and additive within one; list_cost and contracted_cost without the rows where covers_other_charges, since what those cover has them again. billed_cost is what is invoiced, effective_cost what is used up: never add the two. Amounts as delivered, at 15 decimals. Owned rows: x_ownership owned or leased, billed_cost 0, no invoice, effective = contracted = list = internal cost under x_basis, which is the ledger''s primary basis. The journal has the cost of owned chips too (focus_to_journal): add one or the other. Charges that feed a rate of owned chips are not here but in origin_invoice.';
    COMMENT ON COLUMN cost_and_usage.x_ownership IS 'owned, leased, or rented, which is what others bill; of owned rows as the pool is held, of a lease always leased. An owned row of a rented pool is what it costs beside the rent.';
    COMMENT ON COLUMN cost_and_usage.x_component IS 'Of owned rows: depreciation, lease (what the basis measures as a lease), energy, facility, interconnect or operations.';
    COMMENT ON COLUMN cost_and_usage.x_utilisation IS 'Used chip-hours over installed chip-hours of the pool and month; not additive. NULL on what others bill, as all of the next ten.';
    COMMENT ON COLUMN cost_and_usage.x_used_chip_hours IS 'As the capacity, installed, available and allocated hours: once for each pool and month, on its first row of depreciation, so additive over all rows.';
    COMMENT ON COLUMN cost_and_usage.x_productive_cost IS 'What of effective_cost did useful work. With allocated idle, unallocated, unavailable and unmetered cost it adds up to effective_cost, exactly.';
    COMMENT ON COLUMN cost_and_usage.x_dataset IS 'What kind of file the row came in, or owned.';
    COMMENT ON COLUMN cost_and_usage.x_line_number IS 'The line of the file of delivery x_delivery_id.';
    COMMENT ON COLUMN cost_and_usage.x_other_columns IS 'JSON: columns that the file had and FOCUS does not have.';
    COMMENT ON COLUMN cost_and_usage.is_correction IS 'charge_class is Correction: the row corrects an invoiced period. Never NULL, as charge_class is on all other rows.';
    COMMENT ON COLUMN cost_and_usage.covers_other_charges IS 'A purchase of a commitment, or any other whose cost is used up by other rows; or a row of Azure''s actual file where the amortised one is there too: its list_cost, contracted_cost and quantities are those of other rows once more.';
    COMMENT ON VIEW focus_cost_and_usage IS 'View cost_and_usage under the column names of FOCUS as SQL folds them when they are not quoted (billedcost), for queries written for FOCUS. Key: (x_chargeid). Costs are in billingcurrency and additive within one, listcost and contractedcost without the rows where covers_other_charges.';
    COMMENT ON VIEW cost_and_usage_allocated IS 'View cost_and_usage, each charge of owned chips split over who bears it, as its pool''s cost of the month is allocated (refresh_allocation): one row for each tenant (allocated_resource_id) and one for each line that no tenant bears (allocated_resource_id NULL, x_allocation_line says which). Key: (x_charge_id). The rows of a charge add up to it in costs and quantities exactly, those of a tenant to total_cost of allocated_spend less the rent in it. A charge whose pool''s allocation is not of all that it costs as known, or not all of it to be seen, stands whole, allocated_method_id NULL. Of one charge the two views have the same cost: add one or the other.';
    COMMENT ON COLUMN cost_and_usage_allocated.x_origin_charge_id IS 'x_charge_id of the charge in cost_and_usage that the row is a share of; NULL = the row is that charge itself.';
    COMMENT ON COLUMN cost_and_usage_allocated.x_allocation_line IS 'tenant, idle, unavailable or unmetered, as in allocated_spend; NULL = not split.';
    COMMENT ON COLUMN cost_and_usage_allocated.x_used_chip_hours IS 'Of shares what the tenant used and had allocated (x_allocated_chip_hours), once for each pool and month, additive; other chip-hours, x_utilisation and the costs by state are NULL on shares: allocated_spend has them.';
    COMMENT ON VIEW focus_cost_and_usage_allocated IS 'View cost_and_usage_allocated under folded names. Key: (x_chargeid). Costs are in billingcurrency and additive within one, listcost and contractedcost without the rows where covers_other_charges.';
    CREATE VIEW focus_data_table WITH (security_invoker) AS SELECT * FROM focus_cost_and_usage;
    COMMENT ON VIEW focus_data_table IS 'View focus_cost_and_usage under the name that the FOCUS library''s queries read. Key: (x_chargeid). Costs are in billingcurrency and additive within one.';
    COMMENT ON VIEW contract_commitments IS 'Commitments of contracts as delivered (FOCUS Contract Commitment 1.4), amounts at 15 decimals. Key: (contract_commitment_id). contract_commitment_cost in billing_currency; a commitment that was changed has a new row, its old one is Superseded: add Active ones.';
    COMMENT ON VIEW focus_contract_commitment IS 'View contract_commitments under folded names. Key: (contractcommitmentid).';
    COMMENT ON VIEW billing_periods IS 'Billing periods of issuers as delivered (FOCUS Billing Period 1.4). Key: (invoice_issuer_name, billing_period_start).';
    COMMENT ON VIEW focus_billing_period IS 'View billing_periods under folded names. Key: (invoiceissuername, billingperiodstart).';
    COMMENT ON VIEW invoice_details IS 'Lines of invoices as delivered (FOCUS Invoice Detail 1.4), amounts at 15 decimals. Key: (invoice_issuer_name, invoice_id, invoice_detail_id). billed_cost in billing_currency, additive within one; voided lines are here too.';
    COMMENT ON VIEW focus_invoice_detail IS 'View invoice_details under folded names. Key: (invoiceissuername, invoiceid, invoicedetailid).';

    -- Bills were added up when they were published; what is owned is added to them.
    CREATE VIEW cost_and_usage_month WITH (security_invoker) AS
        SELECT n.charge_month, n.billing_month, n.ownership, n.service_provider_name, n.invoice_issuer_name, n.service_category, n.service_name, n.charge_category,
               n.is_correction, n.billing_currency,
               publishable(sum(n.billed_cost))::numeric(38,15) AS billed_cost,
               publishable(sum(n.effective_cost))::numeric(38,15) AS effective_cost,
               publishable(coalesce(sum(n.contracted_cost) FILTER (WHERE NOT n.is_counted_elsewhere), 0))::numeric(38,15) AS contracted_cost,
               publishable(coalesce(sum(n.list_cost) FILTER (WHERE NOT n.is_counted_elsewhere), 0))::numeric(38,15) AS list_cost,
               publishable(coalesce(sum(n.billed_cost) FILTER (WHERE n.covers_other_charges), 0))::numeric(38,15) AS billed_in_advance,
               publishable(coalesce(sum(n.saved_against_list) FILTER (WHERE NOT n.is_counted_elsewhere), 0))::numeric(38,15) AS saved_against_list,
               publishable(coalesce(sum(n.saved_against_contract) FILTER (WHERE NOT n.is_counted_elsewhere), 0))::numeric(38,15) AS saved_against_contract,
               publishable(coalesce(sum(n.productive_cost), 0))::numeric(38,15) AS productive_cost,
               publishable(coalesce(sum(n.used_chip_hours), 0))::numeric(38,15) AS used_chip_hours,
               publishable(coalesce(sum(n.installed_chip_hours), 0))::numeric(38,15) AS installed_chip_hours,
               sum(n.row_count)::bigint AS row_count, max(n.last_recorded_at) AS last_recorded_at
        FROM (SELECT l.charge_month, l.billing_month, 'rented'::text AS ownership, l.service_provider_name, l.invoice_issuer_name, l.service_category, l.service_name, l.charge_category,
                     l.is_correction, l.billing_currency, l.covers_other_charges, l.covers_other_charges OR l.is_listed_twice AS is_counted_elsewhere, l.billed_cost, l.effective_cost, l.contracted_cost, l.list_cost,
                     l.saved_against_list, l.saved_against_contract, NULL::numeric AS productive_cost, NULL::numeric AS used_chip_hours, NULL::numeric AS installed_chip_hours,
                     l.row_count, l.last_recorded_at
              FROM charge_month_line l
              UNION ALL
              SELECT date_trunc('month', o.charge_period_start AT TIME ZONE 'UTC')::date, date_trunc('month', o.billing_period_start AT TIME ZONE 'UTC')::date, o.x_ownership,
                     o.service_provider_name, o.invoice_issuer_name, o.service_category, o.service_name, o.charge_category, false, o.billing_currency, false, false,
                     coalesce(o.billed_cost, 0), coalesce(o.effective_cost, 0), coalesce(o.contracted_cost, 0), coalesce(o.list_cost, 0), o.list_cost - o.effective_cost, o.contracted_cost - o.effective_cost,
                     o.x_productive_cost, o.x_used_chip_hours, o.x_installed_chip_hours, 1, o.last_recorded_at
              FROM owned_charge o) n
        GROUP BY n.charge_month, n.billing_month, n.ownership, n.service_provider_name, n.invoice_issuer_name, n.service_category, n.service_name, n.charge_category,
                 n.is_correction, n.billing_currency
        HAVING sum(n.row_count) <> 0;
    COMMENT ON VIEW cost_and_usage_month IS 'Charges added up by month of charge and of billing (UTC), ownership, provider, issuer, service and category. Key: (charge_month, billing_month, ownership, service_provider_name, invoice_issuer_name, service_category, service_name, charge_category, is_correction, billing_currency). Everything is additive within one billing_currency. list_cost and contracted_cost are without purchases that cover other charges, which would count what they cover twice.';
    COMMENT ON COLUMN cost_and_usage_month.billed_in_advance IS 'Of billed_cost: purchases that cover other charges, such as commitments.';
    COMMENT ON COLUMN cost_and_usage_month.saved_against_list IS 'list_cost - effective_cost of the rows that have both, purchases that cover others left out.';
    COMMENT ON COLUMN cost_and_usage_month.saved_against_contract IS 'contracted_cost - effective_cost of the rows that have both, purchases that cover others left out.';

    -- What is owned is found once, not for each invoice.
    CREATE VIEW origin_invoice WITH (security_invoker) AS
        WITH owned AS MATERIALIZED (
            SELECT o.x_component, o.billing_currency, o.charge_period_start, o.resource_id, o.region_id, sum(o.effective_cost) AS cost, max(o.last_recorded_at) AS last_recorded_at
            FROM owned_charge o WHERE EXISTS (SELECT FROM charge_origin_known) GROUP BY 1, 2, 3, 4, 5)
        SELECT c.origin_id, c.component, c.pool_id, c.site_id, c.invoice_issuer_name, c.invoice_id, c.charge_month, c.billing_currency,
               publishable(c.billed_cost)::numeric(38,15) AS billed_cost, publishable(c.effective_cost)::numeric(38,15) AS effective_cost, c.row_count,
               publishable(coalesce(w.cost, 0))::numeric(38,15) AS owned_cost,
               greatest(c.last_recorded_at, w.last_recorded_at) AS last_recorded_at
        FROM (SELECT n.origin_id, n.origin_component AS component, n.origin_pool_id AS pool_id, n.origin_site_id AS site_id, n.invoice_issuer_name, n.invoice_id,
                     (date_trunc('month', coalesce(n.charge_period_start, n.billing_period_start) AT TIME ZONE 'UTC'))::date AS charge_month, n.billing_currency,
                     coalesce(sum(n.billed_cost), 0) AS billed_cost, coalesce(sum(n.effective_cost), 0) AS effective_cost, count(*) AS row_count,
                     greatest(max(n.recorded_at), max(n.origin_recorded_at)) AS last_recorded_at
              FROM charge_and_origin n WHERE n.origin_id IS NOT NULL
              GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) c
        LEFT JOIN LATERAL (SELECT sum(o.cost) AS cost, max(o.last_recorded_at) AS last_recorded_at FROM owned o
                           WHERE o.x_component = c.component AND o.billing_currency = c.billing_currency
                             AND o.charge_period_start = c.charge_month::timestamp AT TIME ZONE 'UTC'
                             AND (c.pool_id IS NULL OR o.resource_id = c.pool_id) AND (c.site_id IS NULL OR o.region_id = c.site_id)) w ON true;
    COMMENT ON VIEW origin_invoice IS 'Invoices that feed the cost of owned chips (table charge_origin) by month of charge, beside that cost: they are not in cost_and_usage, which has the cost. Key: (origin_id, component, pool_id, site_id, invoice_issuer_name, invoice_id, charge_month, billing_currency). billed_cost and effective_cost are additive within a currency; owned_cost, what the component costs the pool, site or all pools in the month, is repeated for each invoice of it.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_focus_views() IS 'Internal: part of create_ledger. The views cost_and_usage, contract_commitments, billing_periods and invoice_details, the same under folded names, and what adds them up.';
