-- What is used at a price that somebody agreed: prices with effective dates, tiers and blocks; bills
-- that say how much and not what it costs, and tokens by meter, priced from them. A wrong price is
-- replaced by another row; what it made of the usage is never stored, so that it is priced anew, and
-- chipbook.as_of still shows what it was taken for.

-- What a unit counts, for comparison: bills write Hours, Hrs, 1/Hour and GPU-Hour, and mean the same.
CREATE FUNCTION chipbook.unit_thing(unit text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN (SELECT CASE WHEN n.name OPERATOR(pg_catalog.=) ANY (ARRAY['h', 'hr', 'hour']) THEN 'hour' ELSE n.name END
        FROM (SELECT pg_catalog.regexp_replace(pg_catalog.lower(coalesce(chipbook.unit_name(unit), '')), 's?\s*$', '') AS name) n);
COMMENT ON FUNCTION chipbook.unit_thing(text) IS 'What a unit of a bill or a price list counts, in small letters and in the singular, without its number: request of 1000 Requests, hour of Hours, Hrs and 1/Hour; empty where it is a number alone (10K). NULL for NULL.';

CREATE FUNCTION chipbook.tiers_in_order(tier_above numeric[], unit_prices numeric[]) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN coalesce(pg_catalog.array_ndims(tier_above) OPERATOR(pg_catalog.=) 1 AND pg_catalog.array_ndims(unit_prices) OPERATOR(pg_catalog.=) 1
                AND pg_catalog.array_lower(tier_above, 1) OPERATOR(pg_catalog.=) 1 AND pg_catalog.array_lower(unit_prices, 1) OPERATOR(pg_catalog.=) 1
                AND pg_catalog.cardinality(tier_above) OPERATOR(pg_catalog.=) pg_catalog.cardinality(unit_prices)
                AND pg_catalog.cardinality(tier_above) OPERATOR(pg_catalog.<=) 1000 AND tier_above[1] OPERATOR(pg_catalog.=) 0::numeric
                AND (SELECT pg_catalog.bool_and(coalesce(tier_above[i] OPERATOR(pg_catalog.<) 'infinity'::numeric, false) AND coalesce(unit_prices[i] OPERATOR(pg_catalog.>=) 0::numeric, false)
                                                AND unit_prices[i] OPERATOR(pg_catalog.<) 'infinity'::numeric
                                                AND (i OPERATOR(pg_catalog.=) 1 OR tier_above[i] OPERATOR(pg_catalog.>) tier_above[i OPERATOR(pg_catalog.-) 1]))
                     FROM pg_catalog.generate_subscripts(tier_above, 1) i), false);
COMMENT ON FUNCTION chipbook.tiers_in_order(numeric[], numeric[]) IS 'Internal: whether the tiers of a price begin at 0 and rise, each with a price that is not negative; at most 1000.';

-- Where a quantity stands, in whole blocks when they are rounded: division would round before it is known what is left.
CREATE FUNCTION chipbook.whole_blocks(quantity numeric, block numeric) RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.sign(quantity) OPERATOR(pg_catalog.*) block
       OPERATOR(pg_catalog.*) (pg_catalog.div(pg_catalog.abs(quantity), block)
                               OPERATOR(pg_catalog.+) (pg_catalog.mod(pg_catalog.abs(quantity), block) OPERATOR(pg_catalog.>) 0::numeric)::integer::numeric);
COMMENT ON FUNCTION chipbook.whole_blocks(numeric, numeric) IS 'A quantity up to whole blocks, away from zero: 1001 in blocks of 1000 is 2000, -1 is -1000. Exact. NULL for NULL; 22012 when block is 0.';

-- How much of a quantity that is counted from nothing lies in a tier, and what it costs. What a row of
-- usage bears is the difference of two of these, so that rows add up to the whole whatever the rounding.
CREATE FUNCTION chipbook.tier_quantity(quantity numeric, tier integer, tier_above numeric[], block numeric, whole_tier integer DEFAULT NULL)
RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN whole_tier IS NOT NULL THEN CASE WHEN tier OPERATOR(pg_catalog.=) whole_tier THEN quantity ELSE 0::numeric END
            WHEN tier OPERATOR(pg_catalog.=) 1 THEN least(quantity, tier_above[2] OPERATOR(pg_catalog.*) block)
            ELSE greatest(least(quantity, tier_above[tier OPERATOR(pg_catalog.+) 1] OPERATOR(pg_catalog.*) block) OPERATOR(pg_catalog.-) (tier_above[tier] OPERATOR(pg_catalog.*) block), 0::numeric) END;
COMMENT ON FUNCTION chipbook.tier_quantity(numeric, integer, numeric[], numeric, integer) IS 'How much of a quantity lies in a tier, the first being 1, of tiers that begin above tier_above x block; all of it in whole_tier where that is given. Over all tiers it adds up to the quantity. A negative quantity lies in the first. NULL for NULL.';

CREATE FUNCTION chipbook.tier_cost(quantity numeric, tier integer, tier_above numeric[], unit_prices numeric[], block numeric, whole_tier integer DEFAULT NULL)
RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
-- The factor gives the division decimals enough, whatever came before.
RETURN pg_catalog.round(chipbook.tier_quantity(quantity, tier, tier_above, block, whole_tier) OPERATOR(pg_catalog.*) unit_prices[tier]
                        OPERATOR(pg_catalog.*) 1.00000000000000000000 OPERATOR(pg_catalog./) block, 15);
COMMENT ON FUNCTION chipbook.tier_cost(numeric, integer, numeric[], numeric[], numeric, integer) IS 'What the part of a quantity that lies in a tier costs at unit_prices[tier] for each block, rounded to 15 decimals. NULL for NULL.';

CREATE FUNCTION chipbook.tier_parts(counted_from numeric, counted_to numeric, unit_prices numeric[], tier_above numeric[], block numeric, whole_tier integer DEFAULT NULL)
RETURNS TABLE (tier integer, quantity numeric, unit_price numeric, cost numeric) IMMUTABLE PARALLEL SAFE ROWS 4 LANGUAGE sql
BEGIN ATOMIC
    SELECT i, chipbook.tier_quantity(counted_to, i, tier_above, block, whole_tier) OPERATOR(pg_catalog.-) chipbook.tier_quantity(counted_from, i, tier_above, block, whole_tier), unit_prices[i],
           chipbook.tier_cost(counted_to, i, tier_above, unit_prices, block, whole_tier) OPERATOR(pg_catalog.-) chipbook.tier_cost(counted_from, i, tier_above, unit_prices, block, whole_tier)
    FROM pg_catalog.generate_subscripts(unit_prices, 1) i;
END;
COMMENT ON FUNCTION chipbook.tier_parts(numeric, numeric, numeric[], numeric[], numeric, integer) IS 'What usage that takes a count from counted_from to counted_to has in each tier of a price, and what that costs. Parts that follow each other add up, in each tier, to what the whole costs. One row a tier.';

CREATE FUNCTION chipbook.tiered_cost(
    quantity numeric, unit_prices numeric[], tier_above numeric[] DEFAULT '{0}', tiering text DEFAULT 'graduated', block numeric DEFAULT 1, whole_blocks boolean DEFAULT false)
RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    counted numeric;
    whole_tier integer;
BEGIN
    IF NOT chipbook.tiers_in_order(tier_above, unit_prices) THEN
        RAISE EXCEPTION 'invalid tiers of a price: above %, at %', coalesce(tier_above::text, 'NULL'), coalesce(unit_prices::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give as many tiers as prices, the first above 0, each above the one before, and prices that are not negative.';
    END IF;
    IF tiering IS NULL OR tiering NOT IN ('graduated', 'volume') THEN
        RAISE EXCEPTION 'invalid tiering: "%"', tiering USING ERRCODE = 'invalid_parameter_value', HINT = 'Use graduated or volume.';
    END IF;
    IF quantity IN ('NaN', 'Infinity', '-Infinity') OR block IS NULL OR NOT block > 0 OR NOT block < 'Infinity' THEN
        RAISE EXCEPTION 'invalid quantity % in blocks of %', quantity, coalesce(block::text, 'NULL') USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give a finite quantity and a block above 0.';
    END IF;
    counted := CASE WHEN whole_blocks THEN chipbook.whole_blocks(quantity, block) ELSE quantity END;
    IF tiering = 'volume' THEN
        whole_tier := greatest((SELECT count(*) FROM unnest(tier_above) a WHERE a * block < counted), 1);
    END IF;
    RETURN (SELECT sum(chipbook.tier_cost(counted, i, tier_above, unit_prices, block, whole_tier)) FROM generate_subscripts(unit_prices, 1) i);
END
$$;
COMMENT ON FUNCTION chipbook.tiered_cost(numeric, numeric[], numeric[], text, numeric, boolean) IS 'What a whole quantity costs: unit_prices a block (of so many of its units), tiers above tier_above blocks; graduated: each tier at its own price, volume: all at the price of the tier that the whole lies in. A tier begins above its bound and has the next bound in it. whole_blocks: a block that is begun is paid for. Each tier is rounded to 15 decimals. NULL when quantity is NULL; 22023 for tiers out of order, another tiering, or what is not finite.';

CREATE FUNCTION chipbook.create_ledger_prices() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE sku_price (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sku_price_id   text NOT NULL CHECK (sku_price_id <> ''),
        service_provider_name text NOT NULL CHECK (service_provider_name <> ''),
        kind           text NOT NULL DEFAULT 'contract' CHECK (kind IN ('list', 'contract')),
        contract_id    text CHECK (contract_id <> ''),
        billing_account_id text CHECK (billing_account_id <> ''),
        sku_id         text CHECK (sku_id <> ''),
        sku_meter      text CHECK (sku_meter <> ''),
        region_id      text CHECK (region_id <> ''),
        pricing_unit   text NOT NULL CHECK (pricing_unit ~ '\S' AND pricing_unit !~ '^\s*(0+(\.0*)?([^0-9.]|$)|[0-9.]+,)'),
        block_rounding text NOT NULL DEFAULT 'none' CHECK (block_rounding IN ('none', 'per_charge', 'per_period')),
        currency       currency NOT NULL,
        pricing_credit text CHECK (pricing_credit <> ''),
        unit_prices    numeric[] NOT NULL,
        tier_above     numeric[] NOT NULL DEFAULT '{0}',
        tiering        text NOT NULL DEFAULT 'graduated' CHECK (tiering IN ('graduated', 'volume')),
        tier_period    text NOT NULL DEFAULT 'billing_period' CHECK (tier_period IN ('billing_period', 'contract')),
        valid_from     date NOT NULL CHECK (isfinite(valid_from)),
        valid_to       date NOT NULL DEFAULT 'infinity',
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT tiers_in_order CHECK (chipbook.tiers_in_order(tier_above, unit_prices)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE sku_price IS 'What a service provider asks for a unit of something it meters, [valid_from, valid_to) by day in UTC, as bills have their times: the price of a SKU in FOCUS''s sense, all its tiers in one row. A new price is a new row of the same sku_price_id from its day on; a price that was wrong is a row with the same valid_from, which replaces it, and everything is priced anew. It prices usage that is billed without a cost, and tokens. What a chip-hour of a model costs that is rented into a pool is a rate_card.';
    COMMENT ON COLUMN sku_price.service_provider_name IS 'As bills write it (FOCUS ServiceProviderName).';
    COMMENT ON COLUMN sku_price.kind IS 'contract = agreed, list = published. Usage that both fit is priced by the contract.';
    COMMENT ON COLUMN sku_price.contract_id IS 'The contract it is agreed in. Usage that says which contracts it falls under (ContractApplied) is priced by these and by prices without a contract.';
    COMMENT ON COLUMN sku_price.billing_account_id IS 'The account it holds for; NULL = every one. So with region_id.';
    COMMENT ON COLUMN sku_price.sku_id IS 'With sku_meter and region_id what it is the price of, each NULL = any, one of sku_id and sku_meter given. Usage that names sku_price_id itself need not fit them. Of tokens, sku_id is the model, and sku_meter one of the meters of token_usage.';
    COMMENT ON COLUMN sku_price.pricing_unit IS 'What the price is for: Hours, 1000 Requests, 1M Tokens, 10K. Its number, without marks of thousands, is a block.';
    COMMENT ON COLUMN sku_price.block_rounding IS 'none: a part of a block costs its part; per_charge: each row of usage is charged by whole blocks; per_period: all that is counted together is.';
    COMMENT ON COLUMN sku_price.unit_prices IS 'The price of a pricing_unit, tier by tier, in currency, or in credits where pricing_credit is given.';
    COMMENT ON COLUMN sku_price.pricing_credit IS 'The virtual currency that unit_prices are in (FOCUS PricingCurrency: credits, tokens), whose price in currency is a credit_price; without one the usage has no price. NULL = money.';
    COMMENT ON COLUMN sku_price.tier_above IS 'Where each tier begins, in pricing units: above this, up to and with the bound of the next (FOCUS QuantityTierMinimum, QuantityTierMaximum).';
    COMMENT ON COLUMN sku_price.tiering IS 'graduated: what lies in a tier costs its price; volume: everything costs the price of the tier that the total of the period lies in.';
    COMMENT ON COLUMN sku_price.tier_period IS 'What is counted together: what the price fits in a billing period, or in all its time (contract). Of a contract over all accounts it fits, of a list price in each account by itself.';

    CREATE TABLE credit_price (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        service_provider_name text NOT NULL CHECK (service_provider_name <> ''),
        credit         text NOT NULL CHECK (credit <> ''),
        currency       currency NOT NULL,
        price          numeric NOT NULL CHECK (price >= 0 AND price < 'infinity'),
        valid_from     date NOT NULL CHECK (isfinite(valid_from)),
        valid_to       date NOT NULL DEFAULT 'infinity',
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE credit_price IS 'What a unit of a provider''s virtual currency (credits, tokens) costs, as stated, [valid_from, valid_to) by day in UTC. Prices in credits are money by it, on the day of the usage; no price of a credit is taken for granted.';
    COMMENT ON COLUMN credit_price.credit IS 'Its name, as pricing_credit of sku_price has it.';
    COMMENT ON COLUMN credit_price.price IS 'In currency, for one.';

    CREATE TABLE token_usage (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        usage_id      text NOT NULL CHECK (usage_id <> ''),
        meter         text NOT NULL CHECK (meter IN ('input', 'output', 'cache_read', 'cache_write', 'cache_write_long', 'reasoning')),
        service_provider_name text NOT NULL CHECK (service_provider_name <> ''),
        model_id      text NOT NULL CHECK (model_id <> ''),
        tenant_id     text CHECK (tenant_id <> ''),
        job_id        text CHECK (job_id <> ''),
        billing_account_id text CHECK (billing_account_id <> ''),
        region_id     text CHECK (region_id <> ''),
        starts_at     timestamptz NOT NULL CHECK (isfinite(starts_at)),
        ends_at       timestamptz NOT NULL CHECK (isfinite(ends_at)),
        tokens        bigint NOT NULL CHECK (tokens >= 0),
        requests      bigint CHECK (requests >= 0),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT starts_not_after_ends CHECK (starts_at <= ends_at),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE token_usage IS 'Tokens that a model of a provider was asked for, by meter, in [starts_at, ends_at): a request, or an hour of them. Every token is in one meter: input without what was read from or written to a cache, output without reasoning; a gateway that counts them together must have them taken apart first. Additive. usage_id is the name that the source gives it; with meter it identifies the fact. What chips of our own served is in meter_reading.';
    -- Bills that have costs are large, and none of their rows is in it.
    CREATE INDEX charge_without_cost ON charge (fact_id) WHERE billed_cost IS NULL AND effective_cost IS NULL AND contracted_cost IS NULL AND list_cost IS NULL;
    COMMENT ON COLUMN token_usage.meter IS 'input, output, cache_read, cache_write, cache_write_long (kept for longer, at a price of its own), reasoning.';
    COMMENT ON COLUMN token_usage.model_id IS 'The model by its provider''s name: sku_id of its prices.';
    COMMENT ON COLUMN token_usage.requests IS 'How many requests it is of; NULL = not known. A request has several meters: count it on one.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_prices() IS 'Internal: part of create_ledger. Tables sku_price, credit_price and token_usage.';

CREATE FUNCTION chipbook.create_ledger_price_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Usage that has no cost, of bills and of gateways, in the same columns.
    CREATE VIEW unpriced_usage WITH (security_invoker) AS
    SELECT u.*, jsonb_build_array(u.service_provider_name, u.named_price_id, u.sku_id, u.sku_meter, u.region_id, u.billing_account_id, u.billed_in, u.contract_applied, u.on_day) AS alike
    FROM (SELECT 'charge'::text AS subject, c.fact_id AS charge_id, NULL::text AS usage_id, NULL::text AS meter,
                 coalesce(c.service_provider_name, c.provider_name, c.invoice_issuer_name) AS service_provider_name, c.sku_price_id AS named_price_id, c.sku_id, c.sku_meter, c.region_id,
                 c.billing_account_id, coalesce(c.pricing_currency, c.billing_currency) AS billed_in, c.contract_applied,
                 coalesce(c.charge_period_start, c.billing_period_start) AS starts_at, (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date AS on_day,
                 coalesce(c.billing_period_start, date_trunc('month', c.charge_period_start, 'UTC')) AS period_start,
                 c.pricing_quantity * unit_factor(c.pricing_unit) AS pricing_quantity, unit_thing(c.pricing_unit) AS pricing_name,
                 c.consumed_quantity * unit_factor(c.consumed_unit) AS consumed_quantity, unit_thing(c.consumed_unit) AS consumed_name,
                 c.invoice_issuer_name, c.sub_account_id, c.service_name, c.resource_id, c.tags, c.source_id AS usage_source_id,
                 NULL::text AS tenant_id, NULL::text AS job_id, NULL::bigint AS requests, c.recorded_at
          FROM charge_known c
          WHERE c.billed_cost IS NULL AND c.effective_cost IS NULL AND c.contracted_cost IS NULL AND c.list_cost IS NULL
            AND (c.pricing_quantity IS NOT NULL OR c.consumed_quantity IS NOT NULL)
          UNION ALL
          SELECT 'token_usage', NULL, t.usage_id, t.meter, t.service_provider_name, NULL, t.model_id, t.meter, t.region_id, t.billing_account_id, NULL, NULL,
                 t.starts_at, (t.starts_at AT TIME ZONE 'UTC')::date, date_trunc('month', t.starts_at, 'UTC'), NULL, NULL, t.tokens, 'token',
                 NULL, NULL, NULL, NULL, NULL, t.source_id, t.tenant_id, t.job_id, t.requests, t.recorded_at
          FROM token_usage_known t) u;
    COMMENT ON VIEW unpriced_usage IS 'Usage without a cost: charges that are billed by quantity alone, and tokens. Quantities are in single units (1000 Requests are 1000). alike: what its price depends on. Key: (charge_id, usage_id, meter).';

    -- Prices in credits cost what a credit does: from a day on that this changes they are other prices.
    CREATE VIEW money_price WITH (security_invoker) AS
    SELECT k.sku_price_id, k.service_provider_name, k.kind, k.contract_id, k.billing_account_id, k.sku_id, k.sku_meter, k.region_id, k.pricing_unit, k.block_rounding, k.currency, k.unit_prices,
           k.tier_above, k.tiering, k.tier_period, k.valid_from, k.valid_from AS holds_from, k.valid_to AS holds_to, NULL::text AS pricing_credit, NULL::numeric AS credit_price, k.source_id, k.recorded_at
    FROM sku_price_known k WHERE k.pricing_credit IS NULL
    UNION ALL
    SELECT k.sku_price_id, k.service_provider_name, k.kind, k.contract_id, k.billing_account_id, k.sku_id, k.sku_meter, k.region_id, k.pricing_unit, k.block_rounding, k.currency,
           ARRAY(SELECT u.unit_price * c.price FROM unnest(k.unit_prices) WITH ORDINALITY u (unit_price, place) ORDER BY u.place),
           k.tier_above, k.tiering, k.tier_period, k.valid_from, greatest(k.valid_from, c.valid_from), least(k.valid_to, c.valid_to), k.pricing_credit, c.price, k.source_id, greatest(k.recorded_at, c.recorded_at)
    FROM sku_price_known k
    JOIN credit_price_known c ON c.service_provider_name = k.service_provider_name AND c.credit = k.pricing_credit AND c.currency = k.currency AND c.valid_from < k.valid_to AND c.valid_to > k.valid_from;
    COMMENT ON VIEW money_price IS 'Prices in money, [holds_from, holds_to): those in credits at what a credit costs then, exactly, once for each price of it; without one they are not here. Key: (sku_price_id, valid_from, holds_from).';

    -- Which price fits, once for all usage that is alike: contract before list, the price that is named
    -- before one that fits, then the one that says more. What is left is not guessed at. The usage is
    -- carried along, for a join back to it would be planned blindly.
    CREATE VIEW usage_price WITH (security_invoker) AS
    SELECT u.alike, u.usages, p.price, p.fitting
    FROM (SELECT n.alike, n.service_provider_name, n.named_price_id, n.sku_id, n.sku_meter, n.region_id, n.billing_account_id, n.billed_in, n.contract_applied, n.on_day, array_agg(n) AS usages
          FROM unpriced_usage n
          GROUP BY n.alike, n.service_provider_name, n.named_price_id, n.sku_id, n.sku_meter, n.region_id, n.billing_account_id, n.billed_in, n.contract_applied, n.on_day) u
    CROSS JOIN LATERAL (
        SELECT CASE WHEN count(*) = 1 THEN (array_agg(r.price))[1] END AS price, count(*) AS fitting
        FROM (SELECT k AS price, rank() OVER (ORDER BY k.kind, (k.sku_price_id = u.named_price_id) IS NOT TRUE,
                                                       num_nonnulls(k.contract_id, k.billing_account_id, k.sku_id, k.sku_meter, k.region_id) DESC) AS place
              FROM money_price k
              WHERE k.service_provider_name = u.service_provider_name AND k.holds_from <= u.on_day AND k.holds_to > u.on_day
                AND (k.sku_price_id = u.named_price_id
                     OR num_nonnulls(k.sku_id, k.sku_meter) > 0 AND (k.sku_id IS NULL OR k.sku_id = u.sku_id) AND (k.sku_meter IS NULL OR k.sku_meter = u.sku_meter)
                        AND (k.region_id IS NULL OR k.region_id = u.region_id))
                AND (k.billing_account_id IS NULL OR k.billing_account_id = u.billing_account_id)
                AND (u.billed_in IS NULL OR k.currency::text = u.billed_in)
                AND (k.contract_id IS NULL OR u.contract_applied IS NULL
                     OR u.contract_applied @> jsonb_build_object('Elements', jsonb_build_array(jsonb_build_object('ContractId', k.contract_id))))) r
        WHERE r.place = 1) p;
    COMMENT ON VIEW usage_price IS 'The price of each kind of usage without a cost on each day: the one that fits best, and how many fit so well: with more than one it is not known which, and price is NULL, as without any. Key: (alike).';

    CREATE VIEW counted_usage WITH (security_invoker) AS
    SELECT n.*, n.counted_to - n.counted AS counted_from,
           CASE WHEN n.tiering = 'volume' THEN greatest((SELECT count(*)::integer FROM unnest(n.tier_above) a WHERE a * n.block < n.counted_total), 1) END AS whole_tier
    FROM (SELECT q.*, CASE WHEN q.block_rounding = 'per_period' THEN whole_blocks(sum(q.taken) OVER w, q.block) - whole_blocks(sum(q.taken) OVER w - q.taken, q.block) ELSE q.taken END AS counted,
                 CASE WHEN q.block_rounding = 'per_period' THEN whole_blocks(sum(q.taken) OVER w, q.block) ELSE sum(q.taken) OVER w END AS counted_to,
                 CASE WHEN q.block_rounding = 'per_period' THEN whole_blocks(sum(q.taken) OVER t, q.block) ELSE sum(q.taken) OVER t END AS counted_total
          FROM (SELECT u.*, f.fitting, b.block, b.quantity, CASE WHEN (f.price).block_rounding = 'per_charge' THEN whole_blocks(b.quantity, b.block) ELSE b.quantity END AS taken,
                       (f.price).sku_price_id, (f.price).kind, (f.price).contract_id, (f.price).pricing_unit, (f.price).block_rounding, (f.price).currency::text AS currency,
                       (f.price).unit_prices, (f.price).tier_above, (f.price).tiering, (f.price).tier_period, (f.price).valid_from, (f.price).source_id AS price_source_id,
                       (f.price).recorded_at AS price_recorded_at, (f.price).pricing_credit, (f.price).credit_price,
                       CASE WHEN (f.price).tier_period = 'billing_period' THEN u.period_start END AS counted_period,
                       CASE WHEN (f.price).kind = 'list' THEN u.billing_account_id END AS counted_account,
                       CASE WHEN f.fitting > 1 THEN 'usage_price_ambiguous' WHEN f.fitting = 0 THEN 'usage_without_price' WHEN b.quantity IS NULL THEN 'usage_unit_unlike_price' END AS finding
                FROM usage_price f
                CROSS JOIN LATERAL unnest(f.usages) u
                CROSS JOIN LATERAL (SELECT unit_factor((f.price).pricing_unit) AS block, unit_thing((f.price).pricing_unit) AS name OFFSET 0) v
                CROSS JOIN LATERAL (SELECT v.block, CASE WHEN u.pricing_quantity IS NOT NULL AND (v.name = '' OR u.pricing_name IN (v.name, '')) THEN u.pricing_quantity
                                                         WHEN v.name = '' OR u.consumed_name IN (v.name, '') THEN u.consumed_quantity END AS quantity OFFSET 0) b) q
          WINDOW t AS (PARTITION BY q.finding, q.subject, q.sku_price_id, q.tier_period, q.counted_period, q.counted_account),
                 w AS (PARTITION BY q.finding, q.subject, q.sku_price_id, q.tier_period, q.counted_period, q.counted_account
                       ORDER BY q.starts_at, q.charge_id, q.usage_id COLLATE "C", q.meter COLLATE "C")) n;
    COMMENT ON VIEW counted_usage IS 'Each usage without a cost with its price and where it stands in what is counted together, in order of its start: what was counted before it (counted_from) and with it (counted_to), and the tier that the whole lies in where the price goes by volume. finding: why it has no price. Key: (charge_id, usage_id, meter).';

    CREATE VIEW priced_usage WITH (security_invoker) AS
    SELECT c.*, c.counted * 1.00000000000000000000 / c.block AS priced_quantity, p.cost, p.tiers, p.unit_price, greatest(c.recorded_at, c.price_recorded_at) AS last_recorded_at,
           CASE WHEN c.on_day BETWEEN date '0001-01-01' AND date '9999-12-31' THEN date_trunc('month', c.on_day::timestamp)::date END AS period_month
    FROM counted_usage c
    LEFT JOIN LATERAL (SELECT sum(t.cost) AS cost, count(*) FILTER (WHERE t.quantity <> 0) AS tiers,
                              CASE WHEN count(*) FILTER (WHERE t.quantity <> 0) = 1 THEN min(t.unit_price) FILTER (WHERE t.quantity <> 0) END AS unit_price
                       FROM tier_parts(c.counted_from, c.counted_to, c.unit_prices, c.tier_above, c.block, c.whole_tier) t) p ON c.finding IS NULL;
    COMMENT ON VIEW priced_usage IS 'Each usage without a cost, priced: the parts that its tiers bear, added up; cost NULL with a finding where it has no price. Key: (charge_id, usage_id, meter). Additive within a currency.';

    CREATE VIEW price_finding WITH (security_invoker) AS
    SELECT f.finding, 'error'::text AS severity, 'service_provider'::text AS subject, coalesce(f.service_provider_name, 'not named') AS subject_id, f.period_month, count(*) AS row_count,
           format(CASE f.finding WHEN 'usage_without_price' THEN 'usage that no price fits: its cost is not known; such as %s'
                                 WHEN 'usage_price_ambiguous' THEN 'usage that several prices fit equally well: its cost is not known; such as %s'
                                 ELSE 'usage in another unit than that of its price: its cost is not known; such as %s' END,
                  coalesce(nullif(min(left(concat_ws(' ', f.sku_id, f.sku_meter, f.named_price_id), 100)), ''), 'what has no SKU')) AS detail
    FROM priced_usage f
    WHERE f.finding IS NOT NULL
    GROUP BY f.finding, coalesce(f.service_provider_name, 'not named'), f.period_month;
    COMMENT ON VIEW price_finding IS 'Usage that cannot be priced, by provider and month, in the columns of data_quality. Key: (finding, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_price_views() IS 'Internal: part of create_ledger. Usage without a cost, the price of each, and what it costs.';

CREATE FUNCTION chipbook.create_report_price_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW price_list WITH (security_invoker) AS
    SELECT p.sku_price_id, p.service_provider_name, p.kind, p.contract_id, p.billing_account_id, p.sku_id, p.sku_meter, p.region_id, p.pricing_unit,
           publishable(unit_factor(p.pricing_unit))::numeric(38,15) AS block_size, p.block_rounding, p.tiering, p.tier_period, i.tier::bigint AS tier_number,
           publishable(p.tier_above[i.tier])::numeric(38,15) AS tier_above, publishable(p.tier_above[i.tier + 1])::numeric(38,15) AS tier_to,
           publishable(p.unit_prices[i.tier])::numeric(38,15) AS unit_price, p.currency::text AS currency, p.pricing_credit, p.valid_from, p.valid_to, p.note, p.source_id, p.recorded_at AS last_recorded_at
    FROM sku_price_known p
    CROSS JOIN LATERAL generate_subscripts(p.unit_prices, 1) i (tier);
    COMMENT ON VIEW price_list IS 'Prices of what providers meter, tier by tier, [valid_from, valid_to) by day in UTC, as known at chipbook.as_of. Key: (sku_price_id, valid_from, tier_number). unit_price is in currency, or in pricing_credit where it is given (credit_price_list), for a pricing_unit (of block_size things), above tier_above up to and with tier_to pricing units, NULL = without end. Rounded to 15 decimals here alone. Not additive.';

    CREATE VIEW credit_price_list WITH (security_invoker) AS
    SELECT c.service_provider_name, c.credit, c.currency::text AS currency, publishable(c.price)::numeric(38,15) AS price, c.valid_from, c.valid_to, c.note, c.source_id, c.recorded_at AS last_recorded_at
    FROM credit_price_known c;
    COMMENT ON VIEW credit_price_list IS 'What a unit of each virtual currency costs in currency, [valid_from, valid_to) by day in UTC, as known at chipbook.as_of. Key: (service_provider_name, credit, currency, valid_from). Not additive.';

    CREATE VIEW priced_charge WITH (security_invoker) AS
    SELECT c.charge_id, c.period_month, c.period_start AS billing_period_start, c.starts_at AS charge_period_start, c.service_provider_name, c.invoice_issuer_name, c.billing_account_id, c.sub_account_id,
           c.service_name, c.region_id, c.resource_id, c.sku_id, c.sku_meter, publishable(coalesce(c.quantity, c.consumed_quantity, c.pricing_quantity))::numeric(38,15) AS quantity,
           CASE WHEN c.quantity = c.pricing_quantity OR c.quantity IS NULL AND c.consumed_quantity IS NULL THEN c.pricing_name ELSE c.consumed_name END AS unit,
           publishable(c.priced_quantity)::numeric(38,15) AS priced_quantity, c.pricing_unit, c.sku_price_id, c.kind AS price_kind, c.contract_id,
           c.valid_from AS price_valid_from, c.price_source_id, c.tiers, publishable(c.unit_price)::numeric(38,15) AS unit_price, c.currency, publishable(c.cost)::numeric(38,15) AS cost,
           c.pricing_credit, publishable(c.credit_price)::numeric(38,15) AS credit_price, c.finding, c.last_recorded_at
    FROM priced_usage c WHERE c.subject = 'charge';
    COMMENT ON VIEW priced_charge IS 'Charges that are billed by quantity alone, without any cost, priced by what was agreed, with the price used, its first day and its source. Key: (charge_id). cost is in currency, additive within it; NULL where no price is known, never 0: finding says why (usage_without_price, usage_price_ambiguous, usage_unit_unlike_price). Quantities are additive over one unit. Charges that have a cost are not here.';
    COMMENT ON COLUMN priced_charge.quantity IS 'In single units, as used: 1000 Requests are 1000. priced_quantity: in pricing units, after rounding to whole blocks.';
    COMMENT ON COLUMN priced_charge.tiers IS 'How many tiers of its price it lies in; they are rows of priced_charge_tier. unit_price is NULL where there are several.';
    COMMENT ON COLUMN priced_charge.credit_price IS 'What a unit of pricing_credit was taken for, in currency: unit_price and cost are in money. NULL = the price is in money itself.';
    COMMENT ON COLUMN priced_charge.charge_id IS 'The row''s fact_id in table charge.';

    CREATE VIEW priced_charge_tier WITH (security_invoker) AS
    SELECT c.charge_id, t.tier::bigint AS tier_number, c.period_month, c.service_provider_name, c.sku_price_id, c.valid_from AS price_valid_from,
           publishable(t.quantity)::numeric(38,15) AS quantity, publishable(t.unit_price)::numeric(38,15) AS unit_price, c.pricing_unit, c.currency, publishable(t.cost)::numeric(38,15) AS cost, c.last_recorded_at
    FROM (SELECT n.*, greatest(n.recorded_at, n.price_recorded_at) AS last_recorded_at, CASE WHEN n.on_day BETWEEN date '0001-01-01' AND date '9999-12-31' THEN date_trunc('month', n.on_day::timestamp)::date END AS period_month
          FROM counted_usage n WHERE n.subject = 'charge' AND n.finding IS NULL) c
    CROSS JOIN LATERAL tier_parts(c.counted_from, c.counted_to, c.unit_prices, c.tier_above, c.block, c.whole_tier) t
    WHERE t.quantity <> 0 OR t.cost <> 0;
    COMMENT ON VIEW priced_charge_tier IS 'What each charge of priced_charge has in each tier of its price. Key: (charge_id, tier_number). quantity in single units, cost in currency; they add up over the tiers to those of the charge, and over the charges counted together to what the tier costs, exactly. Additive within a currency.';

    CREATE VIEW priced_token_usage WITH (security_invoker) AS
    SELECT c.usage_id, c.meter, c.period_month, c.starts_at, c.service_provider_name, c.sku_id AS model_id, c.tenant_id, c.job_id, c.region_id, c.billing_account_id,
           c.consumed_quantity::bigint AS tokens, c.requests, c.sku_price_id, c.kind AS price_kind, c.contract_id, c.valid_from AS price_valid_from, c.price_source_id, c.pricing_unit, c.tiers,
           publishable(c.unit_price)::numeric(38,15) AS unit_price, c.currency, publishable(c.cost)::numeric(38,15) AS cost, c.pricing_credit, publishable(c.credit_price)::numeric(38,15) AS credit_price, c.finding, c.last_recorded_at
    FROM priced_usage c WHERE c.subject = 'token_usage';
    COMMENT ON VIEW priced_token_usage IS 'Tokens by meter, priced by what was agreed, with the price used, its first day and its source. Key: (usage_id, meter). cost is in currency, additive within it; NULL where no price is known, never 0, and finding says why. period_month in UTC. What tokens cost by contract stands beside the bill for them, where there is one: never add the two.';

    CREATE VIEW token_spend WITH (security_invoker) AS
    SELECT p.period_month, p.service_provider_name, p.model_id, p.tenant_id, p.meter, p.currency, sum(p.tokens)::numeric(38,15) AS tokens,
           publishable(sum(p.cost))::numeric(38,15) AS cost, publishable(sum(p.cost) * 1000000.000000000000000 / nullif(sum(p.tokens), 0))::numeric(38,15) AS cost_per_million_tokens,
           count(*) AS usages, sum(p.requests)::bigint AS requests, max(p.last_recorded_at) AS last_recorded_at
    FROM priced_token_usage p
    GROUP BY p.period_month, p.service_provider_name, p.model_id, p.tenant_id, p.meter, p.currency;
    COMMENT ON VIEW token_spend IS 'Tokens of each model and tenant by month and meter, and what they cost by contract. Key: (period_month, service_provider_name, model_id, tenant_id, meter, currency). currency and cost NULL: tokens without a price. tokens and cost (in currency) are additive, cost within one currency; cost_per_million_tokens = cost x 1e6 / tokens is not.';

    CREATE VIEW token_cost WITH (security_invoker) AS
    SELECT t.period_month, t.service_provider_name, t.model_id, t.tenant_id, t.currency, sum(t.tokens)::numeric(38,15) AS tokens,
           coalesce(sum(t.tokens) FILTER (WHERE t.meter = 'input'), 0)::numeric(38,15) AS input_tokens, coalesce(sum(t.tokens) FILTER (WHERE t.meter = 'output'), 0)::numeric(38,15) AS output_tokens,
           coalesce(sum(t.tokens) FILTER (WHERE t.meter = 'cache_read'), 0)::numeric(38,15) AS cache_read_tokens,
           coalesce(sum(t.tokens) FILTER (WHERE t.meter IN ('cache_write', 'cache_write_long')), 0)::numeric(38,15) AS cache_write_tokens,
           coalesce(sum(t.tokens) FILTER (WHERE t.meter = 'reasoning'), 0)::numeric(38,15) AS reasoning_tokens,
           publishable(sum(t.cost))::numeric(38,15) AS cost, min(t.unpriced_tokens)::numeric(38,15) AS unpriced_tokens,
           publishable(CASE WHEN min(t.unpriced_tokens) = 0 THEN sum(t.cost) * 1000000.000000000000000 / nullif(sum(t.tokens), 0) END)::numeric(38,15) AS cost_per_million_tokens,
           max(t.last_recorded_at) AS last_recorded_at
    FROM (SELECT s.*, coalesce(sum(s.tokens) FILTER (WHERE s.currency IS NULL) OVER (PARTITION BY s.period_month, s.service_provider_name, s.model_id, s.tenant_id), 0) AS unpriced_tokens FROM token_spend s) t
    GROUP BY t.period_month, t.service_provider_name, t.model_id, t.tenant_id, t.currency;
    COMMENT ON VIEW token_cost IS 'Tokens of each model and tenant by month, all meters together, and what they cost by contract. Key: (period_month, service_provider_name, model_id, tenant_id, currency). input_tokens + output_tokens + cache_read_tokens + cache_write_tokens + reasoning_tokens = tokens. tokens and cost (in currency) are additive, cost within one currency. currency NULL: tokens without a price.';
    COMMENT ON COLUMN token_cost.unpriced_tokens IS 'Tokens of the model and tenant in the month that have no price, in whatever row: repeated on each, not additive.';
    COMMENT ON COLUMN token_cost.cost_per_million_tokens IS 'cost x 1e6 / tokens; NULL unless all tokens of the model and tenant in the month are priced. Not additive.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_price_views() IS 'Internal: part of create_ledger. The views price_list, credit_price_list, priced_charge, priced_charge_tier, priced_token_usage, token_spend and token_cost.';
