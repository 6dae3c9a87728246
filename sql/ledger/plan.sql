-- Who bears what is spent, and what was meant to be: rules that give charges and the cost of pools to
-- cost centres, plans beside what became of them, and what is already bound to come.

-- What is committed to before a moment, and in intervals that lie wholly between two.
CREATE FUNCTION chipbook.committed_before(starts_on date, fulfilment_interval text, intervals bigint, interval_amount numeric, last_amount numeric, ends_at timestamptz, at_time timestamptz)
RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT CASE WHEN at_time OPERATOR(pg_catalog.>=) ends_at THEN interval_amount OPERATOR(pg_catalog.*) (intervals OPERATOR(pg_catalog.-) 1)::numeric OPERATOR(pg_catalog.+) last_amount
                    WHEN k.place OPERATOR(pg_catalog.<) 0 OR at_time OPERATOR(pg_catalog.<=) pg_catalog.timezone('UTC', starts_on::timestamp) THEN 0::numeric
                    ELSE interval_amount OPERATOR(pg_catalog.*) k.place::numeric
                         OPERATOR(pg_catalog.+) pg_catalog.round(CASE WHEN k.place OPERATOR(pg_catalog.=) (intervals OPERATOR(pg_catalog.-) 1) THEN last_amount ELSE interval_amount END
                               OPERATOR(pg_catalog.*) (extract(epoch FROM at_time) OPERATOR(pg_catalog.-) extract(epoch FROM chipbook.fulfilment_interval_start(starts_on, fulfilment_interval, k.place)))::numeric(60,20)
                               OPERATOR(pg_catalog./) (extract(epoch FROM least(chipbook.fulfilment_interval_start(starts_on, fulfilment_interval, k.place OPERATOR(pg_catalog.+) 1), ends_at))
                                                       OPERATOR(pg_catalog.-) extract(epoch FROM chipbook.fulfilment_interval_start(starts_on, fulfilment_interval, k.place))), 15) END
        FROM (SELECT chipbook.fulfilment_interval_number(starts_on, fulfilment_interval, at_time) AS place) k);
COMMENT ON FUNCTION chipbook.committed_before(date, text, bigint, numeric, numeric, timestamptz, timestamptz) IS 'Internal: what of a commitment lies before a moment: interval by interval, of the one that it lies in by time, to 15 decimals. Pieces of time are differences of it. NULL for NULL.';

CREATE FUNCTION chipbook.committed_whole(starts_on date, fulfilment_interval text, intervals bigint, interval_amount numeric, last_amount numeric, ends_at timestamptz, from_time timestamptz, to_time timestamptz)
RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT CASE WHEN k.place OPERATOR(pg_catalog.>=) k.next_place THEN 0::numeric
                    ELSE interval_amount OPERATOR(pg_catalog.*) (k.next_place OPERATOR(pg_catalog.-) k.place)::numeric
                         OPERATOR(pg_catalog.+) CASE WHEN k.next_place OPERATOR(pg_catalog.=) intervals THEN last_amount OPERATOR(pg_catalog.-) interval_amount ELSE 0::numeric END END
        FROM (SELECT CASE WHEN from_time OPERATOR(pg_catalog.<=) pg_catalog.timezone('UTC', starts_on::timestamp) THEN 0::bigint
                          ELSE chipbook.fulfilment_interval_number(starts_on, fulfilment_interval, from_time OPERATOR(pg_catalog.-) '1 microsecond'::interval) OPERATOR(pg_catalog.+) 1 END AS place,
                     CASE WHEN to_time OPERATOR(pg_catalog.>=) ends_at THEN intervals
                          WHEN to_time OPERATOR(pg_catalog.<=) pg_catalog.timezone('UTC', starts_on::timestamp) THEN 0::bigint
                          ELSE chipbook.fulfilment_interval_number(starts_on, fulfilment_interval, to_time) END AS next_place) k);
COMMENT ON FUNCTION chipbook.committed_whole(date, text, bigint, numeric, numeric, timestamptz, timestamptz, timestamptz) IS 'Internal: what is committed to in the intervals of a commitment that lie wholly in [from_time, to_time). NULL for NULL.';

CREATE FUNCTION chipbook.create_ledger_plan() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE cost_centre_rule (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rule_id        text NOT NULL CHECK (rule_id <> ''),
        cost_centre_id text NOT NULL,
        account_id     text,
        priority       integer NOT NULL DEFAULT 100,
        of_source_id   text CHECK (of_source_id <> ''),
        tag_key        text CHECK (tag_key <> ''),
        tag_value      text,
        billing_account_id text CHECK (billing_account_id <> ''),
        sub_account_id text CHECK (sub_account_id <> ''),
        tenant_id      text CHECK (tenant_id <> ''),
        pool_id        text CHECK (pool_id <> ''),
        valid_from     date NOT NULL DEFAULT '-infinity',
        valid_to       date NOT NULL DEFAULT 'infinity',
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT tag_value_of_a_key CHECK (tag_value IS NULL OR tag_key IS NOT NULL),
        CONSTRAINT of_charges_or_of_pools CHECK (num_nonnulls(of_source_id, tag_key, billing_account_id, sub_account_id) = 0 OR num_nonnulls(tenant_id, pool_id) = 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE cost_centre_rule IS 'Whose cost it is, [valid_from, valid_to): charges by the feed they came in, a tag, the account or sub-account; the cost of pools by tenant and pool. What a rule does not name may be anything. The lowest priority wins, then the rule that names more; rules that are equal in both and say different things are a tie, which gives the cost to nobody. A rule that names nothing takes what is left; a pool that has a cost centre of its own is not left.';
    COMMENT ON COLUMN cost_centre_rule.of_source_id IS 'The source of the charges it is for; source_id is who says so.';
    COMMENT ON COLUMN cost_centre_rule.tag_value IS 'NULL = any value of the tag.';
    COMMENT ON COLUMN cost_centre_rule.account_id IS 'The account of the books under which it is planned; NULL = none. billing_account_id and sub_account_id are the provider''s.';
    COMMENT ON COLUMN cost_centre_rule.valid_from IS 'By the day (UTC) on which a charge''s period starts, and the first of the month of a pool''s cost.';

    CREATE TABLE plan_line (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        scenario       text NOT NULL DEFAULT 'budget' CHECK (scenario <> ''),
        version        integer NOT NULL DEFAULT 1 CHECK (version > 0),
        line_id        text NOT NULL CHECK (line_id <> ''),
        entity_id      text NOT NULL DEFAULT 'main',
        cost_centre_id text,
        account_id     text,
        period_month   date NOT NULL,
        amount         monetary NOT NULL,
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT period_is_a_month CHECK (period_month BETWEEN '0001-01-01' AND '9999-12-01' AND extract(day FROM period_month) = 1),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE plan_line IS 'What an entity means to spend in a month: lines of a version of a plan (scenario budget, or forecast, or another), which add up. A version is the whole plan of the entity and fiscal year: what it has no line for, it plans nothing for. Revising a plan is another version; a line that was wrong is published again under its line_id.';
    COMMENT ON COLUMN plan_line.cost_centre_id IS 'NULL = not planned by cost centre; so with account_id.';
    COMMENT ON COLUMN plan_line.period_month IS 'The first day of the month.';
    COMMENT ON COLUMN plan_line.amount IS 'Cost is positive, income negative.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_plan() IS 'Internal: part of create_ledger. Tables cost_centre_rule and plan_line.';

CREATE FUNCTION chipbook.create_ledger_plan_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- What charges cost: as delivered, or as priced. Azure's actual and amortised files have the same
    -- charges; where both came, the amortised ones count.
    CREATE VIEW charge_cost WITH (security_invoker) AS
    SELECT c.fact_id AS charge_id, (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date AS on_day, c.source_id, c.billing_account_id, c.sub_account_id, c.tags,
           coalesce(c.service_provider_name, c.provider_name, c.invoice_issuer_name) AS provider, c.billing_currency AS currency,
           -- Of tax only what is not recoverable is cost: as in charge_tax.
           CASE WHEN c.charge_category = 'Tax' AND (SELECT count(*) FROM tax_recovery_known v) > 0
                THEN coalesce(c.effective_cost, c.billed_cost)
                     - round(coalesce(c.effective_cost, c.billed_cost)
                             * coalesce((SELECT v.share FROM tax_recovery_known v
                                         WHERE v.valid_from <= (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date AND v.valid_to > (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date
                                           AND (v.charge_source_id IS NULL OR v.charge_source_id = c.source_id)
                                           AND (v.invoice_issuer_name IS NULL OR v.invoice_issuer_name = c.invoice_issuer_name) AND (v.billing_currency IS NULL OR v.billing_currency = c.billing_currency)
                                         ORDER BY num_nonnulls(v.charge_source_id, v.invoice_issuer_name, v.billing_currency) DESC, v.charge_source_id NULLS LAST, v.invoice_issuer_name NULLS LAST, v.billing_currency NULLS LAST,
                                                  v.tax_recovery_id COLLATE "C" LIMIT 1), 0), 15)
                ELSE coalesce(c.effective_cost, c.billed_cost) END AS cost,
           c.charge_category = 'Tax' AS is_tax, c.recorded_at
    FROM charge_known c
    WHERE NOT EXISTS (SELECT FROM origin_charge o WHERE o.charge_id = c.fact_id)
      AND NOT (c.billed_cost IS NULL AND c.effective_cost IS NULL AND c.contracted_cost IS NULL AND c.list_cost IS NULL AND (c.pricing_quantity IS NOT NULL OR c.consumed_quantity IS NOT NULL))
      AND (c.dataset <> 'azure_actual'
           OR coalesce(c.billing_account_id, '') || ' ' || coalesce(to_jsonb(c.billing_period_start) #>> '{}', '') <> ALL (ARRAY(
                  SELECT coalesce(a.billing_account_id, '') || ' ' || coalesce(to_jsonb(a.billing_period_start) #>> '{}', '') FROM charge_known a WHERE a.dataset = 'azure_amortised' GROUP BY 1)))
    UNION ALL
    SELECT u.charge_id, u.on_day, u.usage_source_id, u.billing_account_id, u.sub_account_id, u.tags, u.service_provider_name, coalesce(u.currency, u.billed_in), u.cost, false, u.last_recorded_at
    FROM priced_usage u
    WHERE u.subject = 'charge' AND NOT EXISTS (SELECT FROM origin_charge o WHERE o.charge_id = u.charge_id);
    COMMENT ON VIEW charge_cost IS 'What each charge costs: its effective cost, else what is billed, or, billed by quantity alone, what it costs by contract; NULL = not known. Without charges that feed what owned chips cost (charge_origin), which pools bear. Key: (charge_id). Additive within a currency.';

    CREATE FUNCTION rule_tag_keys() RETURNS text[] STABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT array_agg(DISTINCT n.tag_key ORDER BY n.tag_key) FROM cost_centre_rule_known n WHERE n.tag_key IS NOT NULL;
    END;
    COMMENT ON FUNCTION rule_tag_keys() IS 'The tags that rules ask for, as known; NULL when there are none.';

    -- Added up by all that a rule may ask for, before the rules are asked. A subquery for each charge
    -- would be most of the work: four tags are taken by place, and only what is added up is put together again.
    CREATE VIEW charge_spend WITH (security_invoker) AS
    SELECT g.on_day, g.source_id, g.billing_account_id, g.sub_account_id,
           (SELECT jsonb_object_agg(k.tag_key, k.tag::jsonb) FROM unnest((SELECT rule_tag_keys()), g.tags) k (tag_key, tag) WHERE k.tag IS NOT NULL) AS tags,
           g.provider, g.currency, g.cost, g.tax, g.charges, g.unknown_charges, g.last_recorded_at
    FROM (SELECT c.on_day, c.source_id, c.billing_account_id, c.sub_account_id, c.provider, c.currency, c.tags, sum(c.cost) AS cost, sum(c.cost) FILTER (WHERE c.is_tax) AS tax,
                 count(*) AS charges, count(*) - count(c.cost) AS unknown_charges, max(c.recorded_at) AS last_recorded_at
          FROM (SELECT n.on_day, n.source_id, n.billing_account_id, n.sub_account_id, n.provider, n.currency, round(n.cost, 15) AS cost, n.is_tax, n.recorded_at,
                       CASE WHEN (SELECT rule_tag_keys() IS NULL) THEN NULL
                            WHEN (SELECT cardinality(rule_tag_keys()) <= 2)
                            THEN ARRAY[(n.tags -> (SELECT (rule_tag_keys())[1]))::text, (n.tags -> (SELECT (rule_tag_keys())[2]))::text]
                            WHEN (SELECT cardinality(rule_tag_keys()) <= 4)
                            THEN ARRAY[(n.tags -> (SELECT (rule_tag_keys())[1]))::text, (n.tags -> (SELECT (rule_tag_keys())[2]))::text,
                                       (n.tags -> (SELECT (rule_tag_keys())[3]))::text, (n.tags -> (SELECT (rule_tag_keys())[4]))::text]
                            ELSE ARRAY(SELECT (n.tags -> k.tag_key)::text FROM unnest((SELECT rule_tag_keys())) WITH ORDINALITY k (tag_key, place) ORDER BY k.place) END AS tags
                FROM charge_cost n) c
          GROUP BY c.on_day, c.source_id, c.billing_account_id, c.sub_account_id, c.provider, c.currency, c.tags) g;
    COMMENT ON VIEW charge_spend IS 'Charges added up by day, source, accounts, provider, currency and those of their tags that rules ask for, each rounded to 15 decimals. Key: (on_day, source_id, billing_account_id, sub_account_id, tags, provider, currency). Additive within a currency.';

    CREATE VIEW pool_line WITH (security_invoker) AS
    SELECT a.entity_id, a.period_month, a.pool_id, a.currency, a.ownership, a.provider_id, a.cost_centre_id AS own_cost_centre_id, a.line, a.tenant_id,
           CASE WHEN count(a.total_cost) = count(*) THEN sum(a.total_cost) END AS cost, max(a.recorded_at) AS last_recorded_at
    FROM allocated_cost_known a WHERE a.basis = (SELECT c.primary_basis FROM clock c)
    GROUP BY a.entity_id, a.period_month, a.pool_id, a.currency, a.ownership, a.provider_id, a.cost_centre_id, a.line, a.tenant_id;
    COMMENT ON VIEW pool_line IS 'What tenants bear of each pool''s cost in each complete month under the primary basis, and what nobody does, rent included, as last refreshed. Key: (entity_id, period_month, pool_id, currency, line, tenant_id). Additive within a currency.';

    -- What pools cost beside rent, which is billed by whoever rents out: of a pool that has rent, the rest
    -- falls on its lines as all of its cost does.
    CREATE VIEW pool_spend WITH (security_invoker) AS
    SELECT z.entity_id, z.period_month, z.pool_id, z.currency, z.tenant_id, z.ownership, z.provider_id, z.own_cost_centre_id, z.last_recorded_at,
           CASE WHEN l.rent = 0 THEN z.cost ELSE amount(l.shares[z.place]) END AS cost
    FROM (SELECT n.lines, coalesce(r.rent, 0) AS rent, CASE WHEN r.rent <> 0 AND n.all_known THEN split_amount(n.total - r.rent, n.currency::currency, n.weights) END AS shares
          FROM (SELECT t.period_month, t.pool_id, t.currency, sum(t.cost) AS total, count(t.cost) = count(*) AS all_known,
                       array_agg(greatest(t.cost, 0) ORDER BY t.line, t.tenant_id COLLATE "C") AS weights, array_agg(t ORDER BY t.line, t.tenant_id COLLATE "C") AS lines
                FROM pool_line t GROUP BY t.entity_id, t.period_month, t.pool_id, t.currency) n
          LEFT JOIN (SELECT m.pool_id, m.period_month, m.currency, sum(m.cost) AS rent FROM contract_month m
                     WHERE m.component = 'rent' AND (m.basis IS NULL OR m.basis = (SELECT c.primary_basis FROM clock c)) GROUP BY m.pool_id, m.period_month, m.currency) r
                 ON r.pool_id = n.pool_id AND r.period_month = n.period_month AND r.currency = n.currency) l
    CROSS JOIN LATERAL unnest(l.lines) WITH ORDINALITY z (entity_id, period_month, pool_id, currency, ownership, provider_id, own_cost_centre_id, line, tenant_id, cost, last_recorded_at, place);
    COMMENT ON VIEW pool_spend IS 'What pools cost beside rent in each complete month under the primary basis, by tenant, as last refreshed (refresh_allocation); tenant_id NULL: what no tenant bears, and what no reading says whose it is. No key. Additive within a currency.';

    -- Commitments under no deal that binds us, which contract_obligations has: their minimums by fiscal year.
    CREATE VIEW commitment_forecast WITH (security_invoker) AS
    SELECT k.commitment_id, k.entity_id, k.provider_id, k.deal_id, k.currency, y.fiscal_year, v.certainty, v.amount, k.recorded_at
    FROM commitment_term k
    CROSS JOIN (SELECT h.from_date::timestamp AT TIME ZONE 'UTC' AS from_time, h.from_date, c.fiscal_year_start FROM forecast_clock h CROSS JOIN clock c) h
    CROSS JOIN LATERAL (SELECT g.fiscal_year, greatest(make_date((g.fiscal_year - CASE WHEN h.fiscal_year_start > 1 THEN 1 ELSE 0 END)::integer, h.fiscal_year_start::integer, 1)::timestamp AT TIME ZONE 'UTC', h.from_time) AS from_time,
                               make_date((g.fiscal_year + CASE WHEN h.fiscal_year_start > 1 THEN 0 ELSE 1 END)::integer, h.fiscal_year_start::integer, 1)::timestamp AT TIME ZONE 'UTC' AS to_time
                        FROM generate_series(fiscal_year(greatest(h.from_date, k.starts_on), h.fiscal_year_start), fiscal_year(least(k.ends_on - 1, date '9998-12-31'), h.fiscal_year_start)) g (fiscal_year)) y
    CROSS JOIN LATERAL (SELECT committed_before(k.starts_on, k.fulfilment_interval, k.intervals, k.interval_amount, k.last_amount, k.ends_at, y.to_time)
                               - committed_before(k.starts_on, k.fulfilment_interval, k.intervals, k.interval_amount, k.last_amount, k.ends_at, y.from_time) AS amount,
                               committed_whole(k.starts_on, k.fulfilment_interval, k.intervals, k.interval_amount, k.last_amount, k.ends_at, y.from_time, y.to_time) AS whole OFFSET 0) a
    CROSS JOIN LATERAL (VALUES ('contractual', a.whole), ('assumed', a.amount - a.whole)) v (certainty, amount)
    WHERE v.amount <> 0
      AND NOT EXISTS (SELECT FROM deal_known d JOIN entity_known e ON e.party_id = d.customer_id WHERE d.deal_id = k.deal_id AND d.legal_status IN ('signed', 'closed', 'paid'));
    COMMENT ON VIEW commitment_forecast IS 'What commitments bind to from the first day of the forecast on, by fiscal year: contractual: of intervals that lie wholly in it; assumed: of intervals that begin before it or end after it the part of their time. Without those under a binding deal of one of our parties, which contract_obligations has. Used or not, paid upfront or not: it is cost. Key: (commitment_id, fiscal_year, certainty). Additive within a currency.';

    CREATE VIEW cost_centre_line WITH (security_invoker) AS
    SELECT CASE WHEN r.ways = 1 THEN e.entity_id WHEN o.entities = 1 THEN o.entity_id END AS entity_id, s.on_day, 'charge'::text AS spend, 'rented'::text AS ownership, s.provider AS provider_id, s.currency,
           CASE WHEN r.ways = 1 THEN r.cost_centre_id END AS cost_centre_id, CASE WHEN r.ways = 1 THEN r.account_id END AS account_id,
           CASE WHEN r.ways = 1 THEN 'rule' WHEN r.ways > 1 THEN 'tie' ELSE 'untagged' END AS assignment, r.rule_id,
           s.cost, s.tax, s.charges, s.unknown_charges, greatest(s.last_recorded_at, r.last_recorded_at) AS last_recorded_at
    FROM charge_spend s
    CROSS JOIN (SELECT count(*) AS entities, min(n.entity_id) AS entity_id FROM entity_known n) o
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT jsonb_build_array(m.cost_centre_id, m.account_id)) AS ways, min(m.rule_id COLLATE "C") COLLATE "default" AS rule_id, min(m.cost_centre_id) AS cost_centre_id, min(m.account_id) AS account_id,
               max(m.recorded_at) AS last_recorded_at
        FROM (SELECT k.*, rank() OVER (ORDER BY k.priority, num_nonnulls(k.of_source_id, k.tag_key, k.tag_value, k.billing_account_id, k.sub_account_id) DESC) AS place
              FROM cost_centre_rule_known k
              WHERE k.tenant_id IS NULL AND k.pool_id IS NULL AND k.valid_from <= s.on_day AND k.valid_to > s.on_day
                AND (k.of_source_id IS NULL OR k.of_source_id = s.source_id) AND (k.billing_account_id IS NULL OR k.billing_account_id = s.billing_account_id)
                AND (k.sub_account_id IS NULL OR k.sub_account_id = s.sub_account_id)
                AND (k.tag_key IS NULL OR s.tags -> k.tag_key IS NOT NULL AND (k.tag_value IS NULL OR s.tags ->> k.tag_key = k.tag_value))) m
        WHERE m.place = 1) r
    LEFT JOIN cost_centre_known e ON e.cost_centre_id = r.cost_centre_id
    UNION ALL
    SELECT s.entity_id, s.period_month, 'pool', s.ownership, s.provider_id, s.currency,
           CASE WHEN r.ways = 1 THEN r.cost_centre_id WHEN r.ways = 0 THEN s.own_cost_centre_id END, CASE WHEN r.ways = 1 THEN r.account_id END,
           CASE WHEN r.ways = 1 THEN 'rule' WHEN r.ways > 1 THEN 'tie' WHEN s.own_cost_centre_id IS NOT NULL THEN 'pool' ELSE 'untagged' END, r.rule_id,
           s.cost, NULL, 0, (s.cost IS NULL)::integer, greatest(s.last_recorded_at, r.last_recorded_at)
    FROM pool_spend s
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT jsonb_build_array(m.cost_centre_id, m.account_id)) AS ways, min(m.rule_id COLLATE "C") COLLATE "default" AS rule_id, min(m.cost_centre_id) AS cost_centre_id, min(m.account_id) AS account_id,
               max(m.recorded_at) AS last_recorded_at
        FROM (SELECT k.*, rank() OVER (ORDER BY k.priority, num_nonnulls(k.tenant_id, k.pool_id) DESC) AS place
              FROM cost_centre_rule_known k
              WHERE k.of_source_id IS NULL AND k.tag_key IS NULL AND k.billing_account_id IS NULL AND k.sub_account_id IS NULL AND k.valid_from <= s.period_month AND k.valid_to > s.period_month
                AND (k.tenant_id IS NULL OR k.tenant_id = s.tenant_id) AND (k.pool_id IS NULL OR k.pool_id = s.pool_id)
                AND (num_nonnulls(k.tenant_id, k.pool_id) > 0 OR s.own_cost_centre_id IS NULL)) m
        WHERE m.place = 1) r;
    COMMENT ON VIEW cost_centre_line IS 'Charges and the cost of pools, each with the cost centre that the rules give it. Every amount is on one line. No key. Additive within a currency.';

    -- Which rules may tie, whatever was spent: equal in rank, at one time, and not about different things.
    CREATE VIEW plan_finding WITH (security_invoker) AS
    SELECT 'cost_centre_rules_tie'::text AS finding, 'warning'::text AS severity, 'cost_centre_rule'::text AS subject, a.rule_id AS subject_id, NULL::date AS period_month, count(*) AS row_count,
           format('of the same rank as %s, to another cost centre or account: what both fit goes to none', string_agg(DISTINCT b.rule_id, ', ' ORDER BY b.rule_id)) AS detail
    FROM cost_centre_rule_known a
    JOIN cost_centre_rule_known b ON b.priority = a.priority AND b.rule_id COLLATE "C" > a.rule_id COLLATE "C" AND a.valid_from < b.valid_to AND b.valid_from < a.valid_to
     AND num_nonnulls(a.of_source_id, a.tag_key, a.tag_value, a.billing_account_id, a.sub_account_id, a.tenant_id, a.pool_id)
         = num_nonnulls(b.of_source_id, b.tag_key, b.tag_value, b.billing_account_id, b.sub_account_id, b.tenant_id, b.pool_id)
     AND (num_nonnulls(a.tenant_id, a.pool_id) > 0) = (num_nonnulls(b.tenant_id, b.pool_id) > 0)
     AND (a.cost_centre_id <> b.cost_centre_id OR coalesce(a.account_id, '') <> coalesce(b.account_id, ''))
     AND coalesce(a.of_source_id = b.of_source_id, true) AND coalesce(a.billing_account_id = b.billing_account_id, true) AND coalesce(a.sub_account_id = b.sub_account_id, true)
     AND coalesce(a.tenant_id = b.tenant_id, true) AND coalesce(a.pool_id = b.pool_id, true) AND (coalesce(a.tag_key <> b.tag_key, true) OR coalesce(a.tag_value = b.tag_value, true))
    GROUP BY a.rule_id
    UNION ALL
    SELECT 'plan_of_other_entity', 'warning', 'plan_line', concat_ws('/', l.scenario, l.version, l.line_id), l.period_month, 1,
           format('planned for entity %s, but cost centre %s is of entity %s', l.entity_id, l.cost_centre_id, k.entity_id)
    FROM plan_line_known l JOIN cost_centre_known k ON k.cost_centre_id = l.cost_centre_id WHERE k.entity_id <> l.entity_id;
    COMMENT ON VIEW plan_finding IS 'Findings about rules and plans, in the columns of data_quality. Key: (finding, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_plan_views() IS 'Internal: part of create_ledger. What charges and pools cost, and the cost centres that rules give it to.';

CREATE FUNCTION chipbook.create_report_plan_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW spend_by_cost_centre WITH (security_invoker) AS
    SELECT l.entity_id, (SELECT c.primary_basis FROM clock c) AS basis, l.period_month, fiscal_period_name(l.period_month, l.fiscal_year_start) AS fiscal_period, l.cost_centre_id, l.assignment, l.rule_id,
           l.account_id, l.spend, l.ownership, l.provider_id, l.currency, 'actual'::text AS scenario, publishable(coalesce(sum(l.cost), 0))::numeric(38,15) AS cost,
           publishable(coalesce(sum(l.tax), 0))::numeric(38,15) AS tax_cost, sum(l.charges)::bigint AS charges, sum(l.unknown_charges)::bigint AS unknown_charges, max(l.last_recorded_at) AS last_recorded_at
    FROM (SELECT n.*, c.fiscal_year_start, date_trunc('month', n.on_day::timestamp)::date AS period_month FROM cost_centre_line n CROSS JOIN clock c) l
    GROUP BY l.entity_id, l.period_month, l.fiscal_year_start, l.cost_centre_id, l.assignment, l.rule_id, l.account_id, l.spend, l.ownership, l.provider_id, l.currency;
    COMMENT ON VIEW spend_by_cost_centre IS 'What each cost centre bears: charges of providers and, under the ledger''s primary basis, what pools cost beside rent (which is in the charges), by the rules of table cost_centre_rule. Key: (entity_id, period_month, cost_centre_id, assignment, rule_id, account_id, spend, ownership, provider_id, currency). cost is in currency, additive within one; all rows add up to all charges and all that is allocated of pools, exactly (cost_centre_check), each charge rounded to 15 decimals. Charges are in their month in UTC.';
    COMMENT ON COLUMN spend_by_cost_centre.assignment IS 'rule: by rule_id; pool: no rule takes it, it is its pool''s; untagged: nothing says whose it is; tie: rules of the same rank say different things. The last two have cost_centre_id NULL.';
    COMMENT ON COLUMN spend_by_cost_centre.entity_id IS 'Of pools theirs, of charges that of their cost centre; NULL = not known, of several.';
    COMMENT ON COLUMN spend_by_cost_centre.spend IS 'charge: what providers charge; pool: what pools of chips cost beside rent.';
    COMMENT ON COLUMN spend_by_cost_centre.provider_id IS 'Of pools a party; of charges the provider as the bill names it.';
    COMMENT ON COLUMN spend_by_cost_centre.cost IS 'Of charges the effective cost, else what is billed, or what usage without a cost costs by contract.';
    COMMENT ON COLUMN spend_by_cost_centre.tax_cost IS 'Of cost: charges of category Tax.';
    COMMENT ON COLUMN spend_by_cost_centre.unknown_charges IS 'Charges and lines of pools whose cost is not known: in no figure.';

    CREATE VIEW cost_centre_check WITH (security_invoker) AS
    SELECT n.period_month, n.spend, n.currency, publishable(sum(n.assigned))::numeric(38,15) AS cost_by_centre, publishable(sum(n.spent))::numeric(38,15) AS total_cost,
           publishable(sum(n.assigned) - sum(n.spent))::numeric(38,15) AS difference, publishable(sum(n.unassigned))::numeric(38,15) AS without_cost_centre, sum(n.assigned) = sum(n.spent) AS ok
    FROM (SELECT s.period_month, s.spend, s.currency, s.cost AS assigned, 0::numeric AS spent, CASE WHEN s.cost_centre_id IS NULL THEN s.cost ELSE 0 END AS unassigned FROM spend_by_cost_centre s
          UNION ALL
          SELECT date_trunc('month', c.on_day::timestamp)::date, 'charge', c.currency, 0, round(coalesce(c.cost, 0), 15), 0 FROM charge_cost c
          UNION ALL
          SELECT u.period_month, 'pool', u.currency, 0, coalesce(publishable(u.total) - publishable(u.rent), 0), 0 FROM pool_month_split u WHERE u.basis = (SELECT c.primary_basis FROM clock c)) n
    GROUP BY n.period_month, n.spend, n.currency;
    COMMENT ON VIEW cost_centre_check IS 'Whether what cost centres bear adds up to the charges there are, and to what pools cost beside rent (utilisation_weighted_spend); not ok where refresh_allocation has not run since. Key: (period_month, spend, currency). without_cost_centre: of cost_by_centre, what is untagged or tied. Additive within a currency.';

    CREATE VIEW spend_vs_plan_all_scenarios WITH (security_invoker) AS
    WITH planned AS (
        SELECT l.scenario, l.version, l.entity_id, fiscal_year(l.period_month, c.fiscal_year_start) AS fiscal_year, l.period_month, l.cost_centre_id, l.account_id, currency(l.amount)::text AS currency,
               amount(l.amount) AS amount, l.recorded_at
        FROM plan_line_known l CROSS JOIN clock c),
    spent AS (
        SELECT s.entity_id, fiscal_year(s.period_month, c.fiscal_year_start) AS fiscal_year, s.period_month, s.cost_centre_id, s.account_id, s.currency, s.cost, s.unknown_charges, s.last_recorded_at
        FROM spend_by_cost_centre s CROSS JOIN clock c
        WHERE s.period_month < date_trunc('month', (c.effective_date + 1)::timestamp)::date),
    plan_version AS (
        SELECT p.scenario, p.version, p.entity_id, p.fiscal_year, p.version = max(p.version) OVER (PARTITION BY p.scenario, p.entity_id, p.fiscal_year) AS is_latest
        FROM planned p GROUP BY p.scenario, p.version, p.entity_id, p.fiscal_year)
    SELECT n.scenario, n.version::bigint AS version, n.is_latest, n.entity_id, (SELECT c.primary_basis FROM clock c) AS basis, n.fiscal_year,
           fiscal_period_name(n.period_month, c.fiscal_year_start) AS fiscal_period, n.period_month, n.cost_centre_id, n.account_id, n.currency,
           publishable(v.plan)::numeric(38,15) AS plan, publishable(v.actual)::numeric(38,15) AS actual, publishable(v.actual - v.plan)::numeric(38,15) AS variance,
           publishable((v.actual - v.plan) * 1.00000000000000000000 / nullif(v.plan, 0))::numeric(38,15) AS variance_share,
           CASE WHEN v.actual < v.plan THEN 'favourable' WHEN v.actual > v.plan THEN 'adverse' WHEN v.actual = v.plan THEN 'on plan' END AS verdict,
           n.unknown_charges::bigint AS unknown_charges, n.last_recorded_at
    FROM (SELECT m.scenario, m.version, m.is_latest, m.entity_id, m.fiscal_year, m.period_month, m.cost_centre_id, m.account_id, m.currency,
                 sum(m.plan) AS plan, sum(m.actual) AS actual, sum(m.unknown_charges) AS unknown_charges, max(m.last_recorded_at) AS last_recorded_at
          FROM (SELECT p.scenario, p.version, v.is_latest, p.entity_id, p.fiscal_year, p.period_month, p.cost_centre_id, p.account_id, p.currency, p.amount AS plan, 0::numeric AS actual, 0::bigint AS unknown_charges, p.recorded_at AS last_recorded_at
                FROM planned p JOIN plan_version v ON v.scenario = p.scenario AND v.version = p.version AND v.entity_id = p.entity_id AND v.fiscal_year = p.fiscal_year
                UNION ALL
                SELECT v.scenario, v.version, v.is_latest, s.entity_id, s.fiscal_year, s.period_month, s.cost_centre_id, s.account_id, s.currency, 0, s.cost, s.unknown_charges, s.last_recorded_at
                FROM spent s JOIN plan_version v ON v.entity_id = s.entity_id AND v.fiscal_year = s.fiscal_year
                UNION ALL
                SELECT 'budget', NULL, true, s.entity_id, s.fiscal_year, s.period_month, s.cost_centre_id, s.account_id, s.currency, NULL, s.cost, s.unknown_charges, s.last_recorded_at
                FROM spent s
                WHERE NOT EXISTS (SELECT FROM plan_version v WHERE v.scenario = 'budget' AND v.entity_id = s.entity_id AND v.fiscal_year = s.fiscal_year)) m
          GROUP BY m.scenario, m.version, m.is_latest, m.entity_id, m.fiscal_year, m.period_month, m.cost_centre_id, m.account_id, m.currency) n
    CROSS JOIN clock c
    CROSS JOIN LATERAL (SELECT n.plan, CASE WHEN n.period_month < date_trunc('month', (c.effective_date + 1)::timestamp)::date THEN n.actual END AS actual) v;
    COMMENT ON VIEW spend_vs_plan_all_scenarios IS 'Spend beside every version of every plan, by month. Key: (scenario, version, entity_id, period_month, cost_centre_id, account_id, currency). variance = actual - plan, in currency: negative is favourable (verdict). plan, actual and variance are additive within one scenario, version and currency, never over several: actual is repeated in each. actual is that of complete months, and 0 where nothing was spent; NULL for months to come. plan is 0 where the version plans nothing, and NULL, with version NULL, where there is no budget for the entity and fiscal year. Not additive: variance_share = variance / plan.';

    CREATE VIEW spend_vs_plan WITH (security_invoker) AS
    SELECT * FROM spend_vs_plan_all_scenarios WHERE scenario = 'budget' AND is_latest;
    COMMENT ON VIEW spend_vs_plan IS 'Spend beside the last version of the budget, by month; all spend is here, budgeted or not. Key: (entity_id, period_month, cost_centre_id, account_id, currency). variance = actual - plan, in currency: negative is favourable (verdict). plan, actual and variance are additive within one currency. actual is that of complete months, and 0 where nothing was spent; NULL for months to come. plan is 0 where the budget plans nothing, and NULL, with version NULL, where there is no budget for the entity and fiscal year. Not additive: variance_share = variance / plan.';

    -- At one rate a fiscal year, so that what rates do is no variance of what was spent.
    CREATE VIEW spend_vs_plan_reporting WITH (security_invoker) AS
    WITH spend AS MATERIALIZED (
        SELECT s.* FROM spend_vs_plan_all_scenarios s WHERE s.is_latest),
    rate AS MATERIALIZED (
        SELECT d.fiscal_year, d.currency, f.numerator AS rate, f.rate_date, f.recorded_at
        FROM (SELECT DISTINCT s.fiscal_year, s.currency, c.reporting_currency, make_date((s.fiscal_year - CASE WHEN c.fiscal_year_start > 1 THEN 1 ELSE 0 END)::integer, c.fiscal_year_start::integer, 1) AS first_day
              FROM spend s CROSS JOIN clock c
              WHERE s.currency <> c.reporting_currency::text AND s.currency ~ '^[A-Z]{3}$' AND s.fiscal_year BETWEEN 2 AND 9998) d
        CROSS JOIN LATERAL fx_leg(d.currency::currency, d.reporting_currency, (d.first_day + interval '1 year')::date - 1, 'budget', 365, 'ledger', false) f
        WHERE f.rate_date >= d.first_day)
    SELECT s.scenario, s.version, s.entity_id, s.basis, s.fiscal_year, s.fiscal_period, s.period_month, s.cost_centre_id, s.account_id, s.currency, c.reporting_currency::text AS reporting_currency,
           publishable(r.rate)::numeric(38,15) AS budget_rate, translated(s.plan, r.rate)::numeric(38,15) AS plan, translated(s.actual, r.rate)::numeric(38,15) AS actual,
           publishable(translated(s.actual, r.rate) - translated(s.plan, r.rate))::numeric(38,15) AS variance, publishable(a.rate)::numeric(38,15) AS average_rate,
           translated(s.actual, a.rate)::numeric(38,15) AS actual_at_average_rate, publishable(translated(s.actual, a.rate) - translated(s.actual, r.rate))::numeric(38,15) AS exchange_effect,
           s.unknown_charges, greatest(s.last_recorded_at, n.recorded_at, x.last_recorded_at) AS last_recorded_at
    FROM spend s
    CROSS JOIN clock c
    LEFT JOIN rate n ON n.fiscal_year = s.fiscal_year AND n.currency = s.currency
    LEFT JOIN month_fx_rate x ON x.period_month = s.period_month AND x.from_currency = s.currency
    CROSS JOIN LATERAL (SELECT CASE WHEN s.currency = c.reporting_currency::text THEN 1 ELSE n.rate END AS rate) r
    CROSS JOIN LATERAL (SELECT CASE WHEN s.currency = c.reporting_currency::text THEN 1 ELSE x.rate END AS rate) a;
    COMMENT ON VIEW spend_vs_plan_reporting IS 'Spend beside the last version of each plan in the ledger''s reporting currency, both at the budget rate of the fiscal year: the last rate of type budget dated in it. Key: (scenario, entity_id, period_month, cost_centre_id, account_id, currency); currency is the one it was planned or spent in. variance = actual - plan has nothing of exchange in it; exchange_effect = actual_at_average_rate - actual is what rates did. Additive over all rows of one scenario. NULL without a rate: never 1.';

    -- What is bound to come: no new figures, the forecasts there are in one shape.
    CREATE VIEW cost_forecast WITH (security_invoker) AS
    SELECT d.entity_id, d.basis, d.fiscal_year, coalesce('FY' || d.fiscal_year, 'unscheduled') AS bucket, 'depreciation'::text AS cost_kind, 'committed'::text AS certainty, 'unconditional'::text AS conditionality,
           NULL::text AS supplier_id, NULL::text AS deal_id, NULL::text AS lease_id, NULL::text AS commitment_id, d.currency, false AS is_capital,
           d.amount AS amount_low, d.amount, d.amount AS amount_high, d.unknown_count, 'forecast'::text AS scenario, d.last_recorded_at
    FROM (SELECT f.entity_id, f.basis, f.fiscal_year, f.currency, sum(f.unknown_assets)::bigint AS unknown_count, max(f.last_recorded_at) AS last_recorded_at,
                 CASE WHEN f.fiscal_year IS NOT NULL THEN sum(f.charge) WHEN count(f.unscheduled_amount) = count(*) THEN sum(f.unscheduled_amount) END::numeric(38,15) AS amount
          FROM depreciation_forecast f WHERE f.basis = (SELECT c.primary_basis FROM clock c)
          GROUP BY f.entity_id, f.basis, f.fiscal_year, f.currency) d
    UNION ALL
    SELECT e.entity_id, o.basis, CASE WHEN o.bucket LIKE 'FY%' THEN substr(o.bucket, 3)::bigint END, o.bucket, CASE WHEN o.lease_id IS NULL AND o.obligation_class = 'purchase_obligation' THEN o.deal_kind ELSE 'lease' END,
           CASE o.schedule WHEN 'straight_line_assumed' THEN 'assumed' WHEN 'no_term' THEN 'no_term' ELSE 'contractual' END, o.conditionality, o.supplier_id, o.deal_id, o.lease_id, NULL, o.currency,
           o.deal_kind = 'chips' AND o.obligation_class = 'purchase_obligation',
           sum(o.amount_low)::numeric(38,15), CASE WHEN count(o.amount) = count(*) THEN sum(o.amount) END::numeric(38,15), CASE WHEN count(o.amount_high) = count(*) THEN sum(o.amount_high) END::numeric(38,15),
           sum(o.unknown_count)::bigint, 'forecast', max(o.last_recorded_at)
    FROM contract_obligations o
    JOIN (SELECT n.party_id, min(n.entity_id COLLATE "C") COLLATE "default" AS entity_id FROM entity_known n WHERE n.party_id IS NOT NULL GROUP BY n.party_id) e ON e.party_id = o.buyer_id
    WHERE o.grouping_level = 'party' AND o.layout = 'fiscal_years' AND o.legal_status IN ('signed', 'closed', 'paid')
      AND o.basis = (SELECT c.primary_basis FROM clock c) AND o.as_at = (SELECT h.from_date - 1 FROM forecast_clock h)
    GROUP BY e.entity_id, o.basis, o.bucket, o.lease_id, o.obligation_class, o.deal_kind, o.schedule, o.conditionality, o.supplier_id, o.deal_id, o.currency
    UNION ALL
    SELECT k.entity_id, (SELECT c.primary_basis FROM clock c), k.fiscal_year, 'FY' || k.fiscal_year, 'commitment', k.certainty, 'unconditional', k.provider_id, k.deal_id, NULL, k.commitment_id, k.currency, false,
           publishable(k.amount)::numeric(38,15), publishable(k.amount)::numeric(38,15), publishable(k.amount)::numeric(38,15), (publishable(k.amount) IS NULL)::integer, 'forecast', k.recorded_at
    FROM commitment_forecast k;
    COMMENT ON VIEW cost_forecast IS 'What is bound to be spent after the last complete month, by fiscal year, under the ledger''s primary basis: depreciation of what is in the books (depreciation_forecast), and what binding deals and leases make an entity buy (contract_obligations, of the party that it is), and what commitments bind it to that are under none of these deals. Key: (entity_id, bucket, cost_kind, certainty, conditionality, deal_id, lease_id, commitment_id, currency, is_capital). Amounts in currency, as ranges: amount is NULL where it is not determined, all three where nothing is known. Additive within a currency over one is_capital; certainty tells apart what is not the same.';
    COMMENT ON COLUMN cost_forecast.bucket IS 'FY2026 and so on, the first for the rest of its year; thereafter: all later years of obligations; no_term: an obligation without a last day; unscheduled: depreciation in no month that is known, such as of construction. fiscal_year is NULL for these.';
    COMMENT ON COLUMN cost_forecast.certainty IS 'committed: assets that are in the books; contractual: what the contract says of the time (minimums, payments of leases, whole intervals of commitments); assumed: the value of a deal spread evenly over its term, or of an interval of a commitment over several fiscal years, an assumption; no_term.';
    COMMENT ON COLUMN cost_forecast.cost_kind IS 'depreciation, lease (payments), commitment, or the kind of deal.';
    COMMENT ON COLUMN cost_forecast.is_capital IS 'Chips to be bought: they will be depreciated, and are no cost of the year in which they are paid for.';
    COMMENT ON COLUMN cost_forecast.unknown_count IS 'Assets whose charges, or obligations whose amounts, are not known.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_plan_views() IS 'Internal: part of create_ledger. The views spend_by_cost_centre, cost_centre_check, spend_vs_plan (with _all_scenarios and _reporting) and cost_forecast.';
