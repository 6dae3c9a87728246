-- Who bears what a pool cost: rules, reserved capacity, and the costs allocated to tenants, jobs and
-- models. They are stored when they are refreshed, so that a filter on rows, such as row-level
-- security, filters results and never what shares are computed from.

-- Slurm's billing TRES: AllocTRES of a job by TRESBillingWeights of its partition.
CREATE FUNCTION chipbook.slurm_billing(tres text, weights text, max_tres boolean DEFAULT false)
RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part record;
    tied numeric := 0;
    total numeric := 0;
BEGIN
    FOR part IN
        WITH item AS (
            SELECT g.kind, i.word, i.place, lower(btrim(split_part(i.word, '=', 1))) AS name,
                   regexp_match(btrim(split_part(i.word, '=', 2)), '^(\d+\.?\d*|\.\d+)([KMGTPkmgtp]?)$') AS count
            FROM (VALUES ('tres', tres), ('weights', CASE WHEN btrim(weights) = '' THEN 'CPU=1' ELSE weights END)) g (kind, list),
                 string_to_table(g.list, ',') WITH ORDINALITY i (word, place)
            WHERE btrim(g.list) <> ''),
        measured AS (
            SELECT i.*,
                   -- Powers of 1024 above the base unit: mebibytes for what is an amount of data.
                   (position(upper(i.count[2]) IN ' KMGTP') - 1) * (i.count[2] <> '')::integer
                   - CASE WHEN i.name ~ '^(mem$|vmem$|bb/)' AND i.count[2] <> '' THEN 2 ELSE 0 END AS power,
                   count(*) OVER (PARTITION BY i.kind, i.name) AS times
            FROM item i)
        SELECT coalesce(w.kind, t.kind) AS kind, coalesce(t.word, w.word) AS word, coalesce(t.name, w.name) AS name,
               CASE WHEN t.name = '' OR split_part(t.word, '=', 3) <> '' OR t.count IS NULL THEN t.word
                    WHEN w.name = '' OR split_part(w.word, '=', 3) <> '' OR w.count IS NULL THEN w.word END AS unreadable,
               CASE WHEN t.times > 1 THEN t.name WHEN w.times > 1 THEN w.name END AS twice,
               t.count[1]::numeric * power(1024::numeric, t.power) * w.count[1]::numeric / power(1024::numeric, w.power) AS billed
        FROM (SELECT * FROM measured WHERE kind = 'tres') t
        FULL JOIN (SELECT * FROM measured WHERE kind = 'weights') w ON w.name = t.name
        ORDER BY coalesce(t.place, w.place)
    LOOP
        IF part.unreadable IS NOT NULL THEN
            RAISE EXCEPTION 'invalid item of trackable resources: "%"', part.unreadable
                USING ERRCODE = 'invalid_text_representation',
                      HINT = 'Give name=count, such as cpu=40 or mem=10G, and weights as CPU=1.0,Mem=0.25G,GRES/gpu=2.0.';
        END IF;
        IF part.twice IS NOT NULL THEN
            RAISE EXCEPTION 'trackable resource "%" is given twice', part.twice USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF part.name = 'billing' OR part.billed IS NULL THEN
            CONTINUE;
        END IF;
        IF max_tres AND part.name !~ '^(license|bb|fs|ic)/' THEN
            tied := greatest(tied, part.billed);
        ELSE
            total := total + part.billed;
        END IF;
    END LOOP;
    RETURN trim_scale(total + tied);
END
$$;
COMMENT ON FUNCTION chipbook.slurm_billing(text, text, boolean) IS 'Slurm''s billing of a job: its AllocTRES (cpu=40,mem=10G,gres/gpu=8) by the TRESBillingWeights of its partition (CPU=1.0,Mem=0.25G,GRES/gpu=2.0), added up; with max_tres (PriorityFlags=MAX_TRES) the largest of what is tied to a node (cpu, mem, gres ...) and the sum of what is not (licences, burst buffers). Memory counts in mebibytes; suffixes K, M, G, T and P are powers of 1024, on a weight per so many. Not truncated to an integer, as Slurm stores it. Empty weights are CPU=1; resources without a weight, and billing itself, weigh nothing. 22P02 for what cannot be read, 22023 for a resource given twice, NULL for NULL.';

-- The first of two lists of weights that weighs anything, else all alike.
CREATE FUNCTION chipbook.usable_weights(preferred numeric[], otherwise numeric[]) RETURNS numeric[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN 0 OPERATOR(pg_catalog.<) ANY (preferred) THEN preferred
            WHEN 0 OPERATOR(pg_catalog.<) ANY (otherwise) THEN otherwise
            ELSE pg_catalog.array_fill(1::numeric, ARRAY[COALESCE(pg_catalog.cardinality(preferred), pg_catalog.cardinality(otherwise), 1)]) END;
COMMENT ON FUNCTION chipbook.usable_weights(numeric[], numeric[]) IS 'Internal: the first list of weights with one above zero; ones when there is none.';

CREATE FUNCTION chipbook.create_ledger_allocation() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE allocation_rule (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rule_id       text NOT NULL CHECK (rule_id <> ''),
        pool_id       text,
        method        text NOT NULL CHECK (method IN ('proportional', 'max_request_usage', 'waterfall', 'billing')),
        idle          text NOT NULL DEFAULT 'keep' CHECK (idle IN ('keep', 'share_evenly', 'share_by_weight')),
        valid_from    date NOT NULL DEFAULT '-infinity',
        valid_to      date NOT NULL DEFAULT 'infinity',
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE allocation_rule IS 'How the cost of a pool (pool_id NULL: of every pool) is allocated in the months whose first day is in [valid_from, valid_to). One of the pool goes before one of every pool, then the later valid_from, then the first rule_id. Without a rule: proportional, idle kept.';
    COMMENT ON COLUMN allocation_rule.method IS 'proportional: productive cost by used chip-time, allocated idle by allocated less used. max_request_usage: both by the greater of allocated and used, as OpenCost has it. waterfall: all that is metered by tenant_capacity, in order of priority. billing: both by billing_ms, as Slurm bills.';
    COMMENT ON COLUMN allocation_rule.idle IS 'What becomes of cost that no tenant bears: keep: a line of its own; share_evenly: alike over the tenants there are; share_by_weight: over them as the rest was. What was unavailable and what is unmetered is never shared.';

    CREATE TABLE tenant_capacity (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        pool_id       text NOT NULL,
        tenant_id     text NOT NULL CHECK (tenant_id <> ''),
        priority      integer NOT NULL DEFAULT 1,
        chips         numeric CHECK (chips >= 0 AND chips < 1e12),
        chip_hours    numeric CHECK (chip_hours >= 0 AND chip_hours < 1e15),
        valid_from    date NOT NULL DEFAULT '-infinity',
        valid_to      date NOT NULL DEFAULT 'infinity',
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT chips_or_chip_hours CHECK (num_nonnulls(chips, chip_hours) = 1),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE tenant_capacity IS 'Capacity of a pool reserved for a tenant in the months whose first day is in [valid_from, valid_to): chips, for every hour of the month, or chip_hours a month. What method waterfall fills, the lowest priority first; of equals, the first tenant_id.';

    -- Not a fact: what the facts come to, kept as it was at each refresh.
    CREATE TABLE allocated_cost (
        entity_id           text,
        basis               text NOT NULL,
        period_month        date NOT NULL,
        pool_id             text,
        currency            text NOT NULL,
        line                text NOT NULL CHECK (line IN ('tenant', 'idle', 'unavailable', 'unmetered')),
        tenant_id           text,
        party_id            text,
        job_id              text,
        model_id            text,
        bearer              text,
        cost_centre_id      text,
        provider_id         text,
        site_id             text,
        chip_model_id       text,
        ownership           text NOT NULL,
        method              text NOT NULL,
        idle_method         text NOT NULL,
        rule_id             text,
        productive_cost     numeric(38,15),
        allocated_idle_cost numeric(38,15),
        unallocated_cost    numeric(38,15),
        unavailable_cost    numeric(38,15),
        unmetered_cost      numeric(38,15),
        shared_idle_cost    numeric(38,15),
        total_cost          numeric(38,15),
        lost_cost           numeric(38,15),
        chip_ms             numeric NOT NULL,
        allocated_ms        numeric NOT NULL,
        used_ms             numeric NOT NULL,
        kept_ms             numeric,
        energy_kwh          numeric(38,15),
        tokens              numeric,
        model_flops         numeric,
        peak_flops          numeric,
        readings            numeric NOT NULL,
        recorded_at         timestamptz NOT NULL,
        superseded_at       timestamptz NOT NULL DEFAULT 'infinity'
    );
    COMMENT ON TABLE allocated_cost IS 'The cost of each pool and month as it was allocated: to tenants (line tenant, by party, job and model), and what stays idle, unavailable or unmetered, by the method in force. The lines of a pool, month, basis and currency add up to its cost exactly; sums by tenant, job or model are sums of these rows. Written by refresh_allocation alone, with what was known before. Key while held: (entity_id, basis, period_month, pool_id, currency, line, tenant_id, party_id, job_id, model_id). Cost is additive within a currency and basis; time, energy, tokens and FLOP are repeated on the row of each.';
    COMMENT ON COLUMN allocated_cost.tenant_id IS 'NULL on line tenant: chips that were used or allocated, and no reading says by whom.';
    COMMENT ON COLUMN allocated_cost.bearer IS 'Who bears it: the tenant; of idle and unmetered cost the pool''s cost centre; of unavailable cost operations. NULL: not known.';
    COMMENT ON COLUMN allocated_cost.productive_cost IS 'With the other parts: where in the pool''s split the amount comes from. On line idle: what no weight allocates.';
    COMMENT ON COLUMN allocated_cost.shared_idle_cost IS 'Idle cost of the pool that is shared among its tenants.';
    COMMENT ON COLUMN allocated_cost.lost_cost IS 'Of productive_cost, in proportion to used less kept: work that was lost. NULL unless every reading states what was kept.';
    COMMENT ON COLUMN allocated_cost.chip_ms IS 'Chip-milliseconds of the line: allocated or used of a tenant, unallocated, unavailable and unmetered; they add up to the chip-time installed or in service, whichever is more.';
    COMMENT ON COLUMN allocated_cost.kept_ms IS 'Goodput. Like tokens and model_flops NULL unless every reading states it.';
    COMMENT ON COLUMN allocated_cost.energy_kwh IS 'At the facility''s meter, priced or not, measured or else estimated; NULL = not known. Energy in the rent is not in it.';

    CREATE UNIQUE INDEX allocated_cost_held_key ON allocated_cost
        (period_month, pool_id, basis, currency, line, tenant_id, job_id, model_id, party_id, entity_id) NULLS NOT DISTINCT WHERE superseded_at = 'infinity';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_allocation() IS 'Internal: part of create_ledger. Tables allocation_rule, tenant_capacity and allocated_cost.';

CREATE FUNCTION chipbook.refresh_allocation(ledger text, since date DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.allocation_refresh($1, NULL)', ledger) INTO STRICT changed USING since;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION chipbook.refresh_allocation(text, date) IS 'Allocates the cost of pools in complete months, from the month of since on (default: all), as it is known now: rows of allocated_cost that are different get superseded_at, and new ones are recorded; returns how many of both. Again at once it changes nothing and returns 0. Run it after publishing readings, costs or rules. 55000 while chipbook.as_of is set.';

CREATE FUNCTION chipbook.create_ledger_allocation_functions() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- To be called with the ledger locked, as its owner.
    CREATE FUNCTION allocation_store(from_month date, to_month date, of_pools text[], stamp timestamptz) RETURNS bigint LANGUAGE plpgsql SET jit = off AS $fn$
    DECLARE
        changed bigint;
    BEGIN
        -- Of one month the views read no other.
        EXECUTE format($q$
            -- Rows that are both held and due are two of a kind. They are grouped, not joined: nobody has estimates of them.
            WITH different AS MATERIALIZED (
                SELECT x.this, min(x.held) AS held
                FROM (SELECT h.ctid AS held, ROW(%1$s)::allocated_cost_now AS this FROM allocated_cost h WHERE h.superseded_at = 'infinity' AND h.period_month %2$s AND ($4 IS NULL OR coalesce(h.pool_id, '') = ANY ($4))
                      UNION ALL
                      SELECT NULL, n FROM allocated_cost_now n WHERE n.period_month %2$s AND ($4 IS NULL OR coalesce(n.pool_id, '') = ANY ($4))) x
                GROUP BY x.this HAVING count(*) = 1),
            gone AS (
                UPDATE allocated_cost h SET superseded_at = $3 WHERE h.ctid = ANY (ARRAY(SELECT d.held FROM different d WHERE d.held IS NOT NULL)) RETURNING 1),
            added AS (
                INSERT INTO allocated_cost SELECT (d.this).*, $3 FROM different d
                -- To be counted they are all superseded first, and leave the key to what takes their place.
                WHERE d.held IS NULL AND (SELECT count(*) FROM gone) >= 0 RETURNING 1)
            SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM added)$q$,
            (SELECT string_agg(format('h.%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = 'allocated_cost_now'::regclass AND a.attnum > 0),
            CASE WHEN from_month = to_month THEN '= $1' ELSE 'BETWEEN $1 AND $2' END)
        INTO STRICT changed USING from_month, to_month, stamp, of_pools;
        RETURN changed;
    END
    $fn$;
    COMMENT ON FUNCTION allocation_store(date, date, text[], timestamptz) IS 'Internal: brings allocated_cost of the months from one to another and of pools (NULL: all, an empty name: what is in no pool) to what allocated_cost_now says, and returns how many rows changed.';

    CREATE FUNCTION allocation_refresh(from_month date, to_month date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        stamp timestamptz := next_recorded_time();
    BEGIN
        RETURN allocation_store(
            date_trunc('month', greatest(coalesce(from_month, '-infinity'), date '0001-01-01')::timestamp)::date,
            least(to_month, (SELECT (date_trunc('month', (c.effective_date + 1)::timestamp) - interval '1 month')::date FROM clock c)), NULL, stamp);
    END
    $fn$;
    COMMENT ON FUNCTION allocation_refresh(date, date) IS 'Internal: what chipbook.refresh_allocation calls.';

    CREATE FUNCTION refresh_allocated_cost(of_month date, of_pools text[], stamp timestamptz) RETURNS bigint LANGUAGE sql
    BEGIN ATOMIC
        SELECT allocation_store(of_month, of_month, of_pools, stamp);
    END;
    COMMENT ON FUNCTION refresh_allocated_cost(date, text[], timestamptz) IS 'Internal: step of a refresh. Brings allocated_cost of a month and its pools (NULL: all) to what the cost of the pools is now, and returns how many rows changed.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_allocation_functions() IS 'Internal: part of create_ledger. The function of a ledger that refreshes allocated costs, as its owner.';
