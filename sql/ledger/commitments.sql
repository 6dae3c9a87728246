-- Commitments to buy capacity or to spend: what was bought, how much of it is used, interval by interval, what
-- lapses, what may still be made up, and what each charge draws on which commitment. The accountant's amortisation
-- over the term and FOCUS's distribution over consumption are two things and two views.
--
-- Days of a commitment are days in UTC, as FOCUS's periods are.

CREATE FUNCTION chipbook.month_distance(from_day date, to_time timestamp) RETURNS integer IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN ((pg_catalog.date_part('year', to_time) OPERATOR(pg_catalog.-) pg_catalog.date_part('year', from_day)) OPERATOR(pg_catalog.*) 12
        OPERATOR(pg_catalog.+) pg_catalog.date_part('month', to_time) OPERATOR(pg_catalog.-) pg_catalog.date_part('month', from_day))::integer;
COMMENT ON FUNCTION chipbook.month_distance(date, timestamp) IS 'Internal: how many calendar months later than the month of from_day that of to_time is. NULL for NULL.';

-- One expression, so that it is inlined: it is asked for each line that draws on a commitment.
CREATE FUNCTION chipbook.fulfilment_interval_number(starts_on date, fulfilment_interval text, at_time timestamptz)
RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN (pg_catalog.isfinite(at_time) AND pg_catalog.isfinite(starts_on)) IS NOT TRUE THEN NULL
            WHEN fulfilment_interval OPERATOR(pg_catalog.=) 'hour'
            THEN (pg_catalog.timezone('UTC', at_time)::date OPERATOR(pg_catalog.-) starts_on)::bigint OPERATOR(pg_catalog.*) 24
                 OPERATOR(pg_catalog.+) pg_catalog.date_part('hour', pg_catalog.timezone('UTC', at_time))::bigint
            WHEN fulfilment_interval OPERATOR(pg_catalog.=) 'day' THEN (pg_catalog.timezone('UTC', at_time)::date OPERATOR(pg_catalog.-) starts_on)::bigint
            WHEN fulfilment_interval OPERATOR(pg_catalog.=) 'week'
            THEN pg_catalog.floor((pg_catalog.timezone('UTC', at_time)::date OPERATOR(pg_catalog.-) starts_on)::double precision OPERATOR(pg_catalog./) 7)::bigint
            WHEN fulfilment_interval OPERATOR(pg_catalog.=) 'term' THEN CASE WHEN pg_catalog.timezone('UTC', at_time) OPERATOR(pg_catalog.<) starts_on::timestamp THEN -1 ELSE 0 END
            ELSE pg_catalog.floor((chipbook.month_distance(starts_on, pg_catalog.timezone('UTC', at_time))
                                   OPERATOR(pg_catalog.-) (starts_on OPERATOR(pg_catalog.+) pg_catalog.make_interval(months => chipbook.month_distance(starts_on, pg_catalog.timezone('UTC', at_time)))
                                                           OPERATOR(pg_catalog.>) pg_catalog.timezone('UTC', at_time))::integer)::double precision
                 OPERATOR(pg_catalog./) CASE fulfilment_interval WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half_year' THEN 6 WHEN 'year' THEN 12 END)::bigint END;
COMMENT ON FUNCTION chipbook.fulfilment_interval_number(date, text, timestamptz) IS 'Internal: which interval (hour, day, week, month, quarter, half_year, year, term) of a commitment a moment lies in, the first being 0; negative before it starts. Months are counted from starts_on, as is starts_on + n months. NULL for NULL, an infinite time or another word.';

CREATE FUNCTION chipbook.fulfilment_interval_start(starts_on date, fulfilment_interval text, number bigint)
RETURNS timestamptz IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN fulfilment_interval OPERATOR(pg_catalog.=) 'term' THEN CASE WHEN number OPERATOR(pg_catalog.<=) 0 THEN pg_catalog.timezone('UTC', starts_on::timestamp) WHEN number OPERATOR(pg_catalog.>) 0 THEN timestamptz 'infinity' END
            ELSE pg_catalog.timezone('UTC', starts_on::timestamp OPERATOR(pg_catalog.+) CASE fulfilment_interval
                     WHEN 'hour' THEN pg_catalog.make_interval(hours => number::integer) WHEN 'day' THEN pg_catalog.make_interval(days => number::integer)
                     WHEN 'week' THEN pg_catalog.make_interval(weeks => number::integer) WHEN 'month' THEN pg_catalog.make_interval(months => number::integer)
                     WHEN 'quarter' THEN pg_catalog.make_interval(months => 3 OPERATOR(pg_catalog.*) number::integer) WHEN 'half_year' THEN pg_catalog.make_interval(months => 6 OPERATOR(pg_catalog.*) number::integer)
                     WHEN 'year' THEN pg_catalog.make_interval(years => number::integer) END) END;
COMMENT ON FUNCTION chipbook.fulfilment_interval_start(date, text, bigint) IS 'Internal: the first moment of interval number (from 0) of a commitment; infinity after the only one of a term. NULL for NULL or another word.';

-- As take_or_pay_shortfall, with each right to make up followed to its end.
CREATE FUNCTION chipbook.commitment_run(committed numeric[], taken numeric[], over integer, make_up_intervals integer, is_ended boolean)
RETURNS TABLE (interval_number bigint, used numeric, excess numeric, made_up numeric, shortfall numeric, right_used numeric, right_lapsed numeric, right_open numeric)
IMMUTABLE PARALLEL SAFE ROWS 1000 LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    many integer := cardinality(committed);
    open_right numeric[] := array_fill(0::numeric, ARRAY[many]);
    used_right numeric[] := open_right;
    lapsed_right numeric[] := open_right;
    made numeric[] := open_right;
    oldest integer := 1;
    beyond numeric;
    part numeric;
BEGIN
    FOR k IN 1 .. many LOOP
        beyond := greatest(taken[k] - committed[k], 0);
        WHILE oldest < k AND beyond > 0 LOOP
            part := least(open_right[oldest], beyond);
            IF part > 0 THEN
                open_right[oldest] := open_right[oldest] - part;
                used_right[oldest] := used_right[oldest] + part;
                made[k] := made[k] + part;
                beyond := beyond - part;
            END IF;
            EXIT WHEN open_right[oldest] > 0;
            oldest := oldest + 1;
        END LOOP;
        -- What is not over may still be taken.
        CONTINUE WHEN k > over;
        IF make_up_intervals > 0 AND k > make_up_intervals THEN
            lapsed_right[k - make_up_intervals] := open_right[k - make_up_intervals];
            open_right[k - make_up_intervals] := 0;
        END IF;
        IF make_up_intervals = 0 THEN
            lapsed_right[k] := greatest(committed[k] - taken[k], 0);
        ELSE
            open_right[k] := greatest(committed[k] - taken[k], 0);
        END IF;
    END LOOP;
    FOR k IN 1 .. many LOOP
        interval_number := k;
        used := least(taken[k], committed[k]);
        made_up := made[k];
        excess := greatest(taken[k] - committed[k], 0) - made_up;
        shortfall := CASE WHEN k <= over THEN greatest(committed[k] - taken[k], 0) ELSE 0 END;
        right_used := used_right[k];
        right_lapsed := lapsed_right[k] + CASE WHEN is_ended THEN open_right[k] ELSE 0 END;
        right_open := CASE WHEN is_ended THEN 0 ELSE open_right[k] END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.commitment_run(numeric[], numeric[], integer, integer, boolean) IS 'Internal: a commitment interval by interval: of what was committed and taken in each, what is used, made_up of earlier shortfalls (oldest first) and excess beyond both; the shortfall of each of the first over intervals, and of the right to make it up in the next make_up_intervals (0: none, NULL: for ever) what was used, lapsed or is open. is_ended: nothing can be taken any more, so that nothing stays open. shortfall = right_used + right_lapsed + right_open; taken = used + made_up + excess.';

CREATE FUNCTION chipbook.dense_quantities(many integer, numbers bigint[], quantities numeric[])
RETURNS numeric[] IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer numeric[] := array_fill(0::numeric, ARRAY[many]);
BEGIN
    FOR k IN 1 .. coalesce(cardinality(numbers), 0) LOOP
        IF numbers[k] BETWEEN 0 AND many - 1 THEN
            answer[numbers[k] + 1] := coalesce(quantities[k], 0);
        END IF;
    END LOOP;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION chipbook.dense_quantities(integer, bigint[], numeric[]) IS 'Internal: an array of so many quantities, 0 where none is given for a number (from 0).';

CREATE FUNCTION chipbook.distribute_commitment(available numeric, eligible numeric[], method text)
RETURNS numeric[] IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer numeric[] := '{}';
    total numeric := (SELECT sum(e) FROM unnest(eligible) e);
    so_far numeric := 0;
    given numeric := 0;
    part numeric;
BEGIN
    IF method NOT IN ('waterfall', 'proportional') THEN
        RAISE EXCEPTION 'invalid method to distribute a commitment: "%"', method USING ERRCODE = 'invalid_parameter_value', HINT = 'Use waterfall or proportional.';
    END IF;
    IF NOT available >= 0 OR NOT available < 'infinity' OR EXISTS (SELECT FROM unnest(eligible) e WHERE e IS NULL OR NOT (e >= 0 AND e < 'infinity')) THEN
        RAISE EXCEPTION 'invalid amounts to distribute a commitment: % over %', available, eligible
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give amounts from 0 on, not NULL.';
    END IF;
    FOR k IN 1 .. cardinality(eligible) LOOP
        IF total <= available OR method = 'waterfall' THEN
            part := least(eligible[k], available - given);
        ELSE
            so_far := so_far + eligible[k];
            part := CASE WHEN so_far = total THEN available ELSE round(available * so_far / total, 15) END - given;
        END IF;
        given := given + part;
        answer := answer || part;
    END LOOP;
    RETURN answer || (available - given);
END
$$;
COMMENT ON FUNCTION chipbook.distribute_commitment(numeric, numeric[], text) IS 'What each of several eligible charges takes of a commitment of one interval, and, last, what is left unused: together exactly the commitment. waterfall: each in its order takes what it can (Azure); proportional: when there is not enough for all, each takes its share, to 15 decimals (Google Cloud). When there is enough both give each charge what it is eligible for. NULL for NULL. 22023 for another method, or negative, infinite or NULL amounts.';

CREATE FUNCTION chipbook.create_ledger_commitments() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE commitment (
        fact_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        commitment_id       text NOT NULL CHECK (commitment_id <> ''),
        kind                text NOT NULL CHECK (kind IN
            ('reserved', 'savings_plan', 'take_or_pay', 'minimum_spend', 'prepaid_capacity', 'provisioned_throughput', 'neocloud_capacity')),
        provider_id         text NOT NULL,
        entity_id           text NOT NULL DEFAULT 'main',
        cost_centre_id      text,
        deal_id             text,
        currency            currency NOT NULL,
        starts_on           date NOT NULL CHECK (starts_on BETWEEN '0001-01-01' AND '9999-12-31'),
        ends_on             date NOT NULL CHECK (ends_on BETWEEN '0001-01-01' AND '9999-12-31'),
        fulfilment_interval text NOT NULL DEFAULT 'month' CHECK (fulfilment_interval IN ('hour', 'day', 'week', 'month', 'quarter', 'half_year', 'year', 'term')),
        model               text NOT NULL CHECK (model IN ('continuous', 'discontinuous')),
        payment_model       text NOT NULL DEFAULT 'no_upfront' CHECK (payment_model IN ('no_upfront', 'partial_upfront', 'all_upfront')),
        amount              monetary,
        unit                text CHECK (unit <> ''),
        quantity            numeric CHECK (quantity > 0 AND quantity <= 1e12),
        price               monetary,
        upfront_amount      monetary,
        upfront_tax         monetary,
        on_demand_price     monetary,
        make_up_intervals   integer DEFAULT 0 CHECK (make_up_intervals >= 0),
        true_up             text NOT NULL DEFAULT 'none' CHECK (true_up IN ('none', 'interval', 'term')),
        distribution        text NOT NULL DEFAULT 'waterfall' CHECK (distribution IN ('waterfall', 'proportional')),
        recognition         text NOT NULL DEFAULT 'time' CHECK (recognition IN ('time', 'draw')),
        note                text,
        load_id             bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id           text REFERENCES source,
        known_on            date,
        recorded_at         timestamptz,
        superseded_at       timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT starts_before_ends CHECK (starts_on < ends_on),
        CONSTRAINT term_is_not_endless CHECK (ends_on - starts_on <= CASE fulfilment_interval WHEN 'hour' THEN 3700 ELSE 11000 END),
        CONSTRAINT money_or_units CHECK (CASE WHEN amount IS NULL THEN num_nulls(unit, quantity, price) = 0 ELSE num_nonnulls(unit, quantity, price) = 0 END),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount) = currency AND currency(price) = currency AND currency(upfront_amount) = currency
               AND currency(upfront_tax) = currency AND currency(on_demand_price) = currency),
        CONSTRAINT amounts_in_bounds CHECK (amount(amount) > 0 AND amount(amount) <= 1e15 AND amount(price) >= 0 AND amount(price) <= 1e9 AND amount(upfront_amount) >= 0
               AND amount(upfront_tax) >= 0 AND amount(on_demand_price) > 0),
        CONSTRAINT upfront_amount_where_partial CHECK ((payment_model = 'partial_upfront') = (upfront_amount IS NOT NULL)),
        CONSTRAINT tax_on_what_is_paid_upfront CHECK (upfront_tax IS NULL OR payment_model <> 'no_upfront'),
        CONSTRAINT what_is_drawn_is_prepaid CHECK (recognition = 'time' OR payment_model <> 'no_upfront' AND fulfilment_interval <> 'hour'),
        CONSTRAINT no_making_up_by_the_hour CHECK (fulfilment_interval <> 'hour' OR make_up_intervals = 0 AND make_up_intervals IS NOT NULL),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE commitment IS 'What an entity committed itself to buy from a provider in [starts_on, ends_on), days in UTC: in each fulfilment_interval an amount of money, or a quantity of a unit at a price; a last interval that is cut short is owed by its days. commitment_id is the CommitmentDiscountId or ContractCommitmentId of FOCUS where the provider delivers one. Amounts are without recoverable tax. A commitment that is changed gets a new commitment_id.';
    COMMENT ON COLUMN commitment.model IS 'continuous: capacity that is used or lost in each interval; discontinuous: a pool to be drawn down in the interval.';
    COMMENT ON COLUMN commitment.payment_model IS 'What is paid at starts_on: nothing, upfront_amount, or all of it.';
    COMMENT ON COLUMN commitment.upfront_tax IS 'Recoverable tax on what is paid upfront: an asset, never cost. NULL = none.';
    COMMENT ON COLUMN commitment.on_demand_price IS 'What a unit costs without the commitment (of a commitment in money: what a unit of currency committed buys); NULL = not known.';
    COMMENT ON COLUMN commitment.make_up_intervals IS 'For how many more intervals what was paid and not taken may be taken: 0 = not at all, NULL = to the end of the term.';
    COMMENT ON COLUMN commitment.true_up IS 'When a shortfall is invoiced: after each interval, at the end of the term, or never (none) because the commitment is paid for whatever is taken.';
    COMMENT ON COLUMN commitment.distribution IS 'How FOCUS''s view of it is spread over charges when there is not enough for all: see distribute_commitment.';

    COMMENT ON COLUMN commitment.recognition IS 'How what was paid upfront becomes expense: time, by straight line over the term, used or not; draw, as it is drawn down, and what lapses when it does. By the hour there is no draw: what is not taken in an hour is lost with it.';

    CREATE TABLE commitment_draw (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        draw_id       text NOT NULL CHECK (draw_id <> ''),
        commitment_id text NOT NULL,
        drawn_from    timestamptz NOT NULL CHECK (drawn_from BETWEEN '0001-01-01 00:00+00' AND '9999-12-31 00:00+00'),
        amount        monetary,
        quantity      numeric CHECK (quantity >= 0 AND quantity <= 1e15),
        charge_id     text CHECK (charge_id <> ''),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT amount_or_quantity CHECK (num_nonnulls(amount, quantity) = 1),
        CONSTRAINT amount_in_bounds CHECK (amount(amount) >= 0 AND amount(amount) <= 1e15),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE commitment_draw IS 'What may be taken of a commitment, entered where no bill says it: an amount at the committed price, or a quantity of its unit, in the interval that drawn_from lies in. One draw_id may draw on several commitments (a minimum spend and a rate card), a commitment is drawn on by many: never add up across commitments. charge_id: the charge it is of, in words.';

    CREATE TABLE commitment_expectation (
        fact_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        commitment_id     text NOT NULL,
        expected_on       date NOT NULL CHECK (expected_on BETWEEN '0001-01-01' AND '9999-12-31'),
        quantity          numeric NOT NULL CHECK (quantity >= 0 AND quantity <= 1e15),
        alternative_price monetary,
        note              text,
        load_id           bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id         text REFERENCES source,
        known_on          date,
        recorded_at       timestamptz,
        superseded_at     timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT alternative_price_not_negative CHECK (amount(alternative_price) >= 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE commitment_expectation IS 'What is expected from expected_on on to be taken of a commitment in each interval (of its unit, or of money): what is committed beyond it is onerous. alternative_price: what a unit not taken fetches elsewhere; NULL = there is no other use.';

    CREATE TABLE commitment_scope (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        commitment_id  text NOT NULL,
        scope_id       text NOT NULL CHECK (scope_id <> ''),
        provider_name  text NOT NULL CHECK (provider_name <> ''),
        service_name   text CHECK (service_name <> ''),
        sku_id         text CHECK (sku_id <> ''),
        region_id      text CHECK (region_id <> ''),
        sub_account_id text CHECK (sub_account_id <> ''),
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE commitment_scope IS 'What a commitment may cover, in the words of the charges: usage of a provider and, where they are not NULL, a service, SKU, region and sub-account. Several rows of a commitment are alternatives. Once a provider''s name stands here, its usage outside of every scope is no longer counted as usage that a commitment could cover (commitment_coverage).';

    CREATE TABLE tax_recovery (
        fact_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tax_recovery_id     text NOT NULL CHECK (tax_recovery_id <> ''),
        charge_source_id    text,
        invoice_issuer_name text CHECK (invoice_issuer_name <> ''),
        billing_currency    text CHECK (billing_currency <> ''),
        share               numeric NOT NULL CHECK (share >= 0 AND share <= 1),
        valid_from          date NOT NULL DEFAULT '-infinity',
        valid_to            date NOT NULL DEFAULT 'infinity',
        note                text,
        load_id             bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id           text REFERENCES source,
        known_on            date,
        recorded_at         timestamptz,
        superseded_at       timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE tax_recovery IS 'What share of the tax that is charged (ChargeCategory Tax) is recoverable, so that it is no cost: of charges of a source, an issuer and a currency, NULL meaning any, whose charge period starts in [valid_from, valid_to). The rule that names most of them wins, ties in that order. Without a rule nothing is recoverable.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_commitments() IS 'Internal: part of create_ledger. Tables commitment, commitment_draw, commitment_expectation, commitment_scope and tax_recovery.';

CREATE FUNCTION chipbook.create_ledger_commitment_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW commitment_term WITH (security_invoker) AS
    SELECT k.commitment_id, k.kind, k.provider_id, k.entity_id, k.cost_centre_id, k.deal_id, k.currency::text AS currency, k.starts_on, k.ends_on,
           k.fulfilment_interval, k.model, k.payment_model, k.make_up_intervals, k.true_up, k.distribution, k.recognition, k.amount IS NULL AS in_units,
           coalesce(k.unit, k.currency::text) AS unit, n.intervals, p.per_interval, p.price, l.last_quantity,
           round(p.per_interval * p.price, 15) AS interval_amount, round(l.last_quantity * p.price, 15) AS last_amount,
           p.per_interval * (n.intervals - 1) + l.last_quantity AS total_quantity, t.total_amount,
           CASE k.payment_model WHEN 'all_upfront' THEN t.total_amount WHEN 'partial_upfront' THEN least(amount(k.upfront_amount), t.total_amount) ELSE 0 END AS upfront,
           coalesce(amount(k.upfront_tax), 0) AS upfront_tax, amount(k.on_demand_price) AS on_demand_price,
           coalesce(minor_unit(k.currency), 15)::integer AS decimals, e.ends_at, k.recorded_at
    FROM commitment_known k
    CROSS JOIN LATERAL (SELECT k.ends_on::timestamp AT TIME ZONE 'UTC' AS ends_at) e
    CROSS JOIN LATERAL (SELECT fulfilment_interval_number(k.starts_on, k.fulfilment_interval, e.ends_at - interval '1 microsecond') + 1 AS intervals) n
    CROSS JOIN LATERAL (SELECT coalesce(amount(k.amount), k.quantity) AS per_interval, CASE WHEN k.amount IS NULL THEN amount(k.price) ELSE 1 END AS price) p
    CROSS JOIN LATERAL (SELECT fulfilment_interval_start(k.starts_on, k.fulfilment_interval, n.intervals - 1) AS starts_at,
                               fulfilment_interval_start(k.starts_on, k.fulfilment_interval, n.intervals) AS next_at) z
    CROSS JOIN LATERAL (SELECT CASE WHEN z.next_at > e.ends_at AND isfinite(z.next_at)
                                    THEN round(p.per_interval * extract(epoch FROM e.ends_at - z.starts_at) / extract(epoch FROM z.next_at - z.starts_at), 15)
                                    ELSE p.per_interval END AS last_quantity) l
    CROSS JOIN LATERAL (SELECT round(p.per_interval * p.price, 15) * (n.intervals - 1) + round(l.last_quantity * p.price, 15) AS total_amount) t;
    COMMENT ON VIEW commitment_term IS 'Commitments with what follows from their terms: the number of intervals, what is committed in each (per_interval; last_quantity in the last) and in all, in units (or money) and as amounts, and what of it is paid upfront. Key: (commitment_id).';

    -- What is asked for at one moment is asked for to the end of that day.
    CREATE VIEW commitment_clock WITH (security_invoker) AS
    SELECT (least(greatest(c.effective_date, date '0001-01-01'), date '9999-12-30') + 1)::timestamp AT TIME ZONE 'UTC' AS until_time,
           least(greatest(c.effective_date, date '0001-01-01'), date '9999-12-30') AS effective_date
    FROM clock c;
    COMMENT ON VIEW commitment_clock IS 'The end, in UTC, of the effective date. One row.';

    -- Of Azure's two exports of the same bill one has what is invoiced, the other what it covers.
    CREATE VIEW commitment_charge WITH (security_invoker) AS
    SELECT c.fact_id, c.delivery_id, c.line_no, c.commitment_discount_id AS commitment_id, c.billing_currency AS currency, c.charge_period_start, c.invoice_issuer_name, c.provider_name,
           c.service_provider_name, c.dataset, c.charge_category, c.commitment_discount_status, c.commitment_discount_quantity, c.commitment_discount_unit,
           CASE WHEN c.dataset <> 'azure_amortised' THEN c.billed_cost END AS billed_cost, CASE WHEN c.dataset <> 'azure_actual' THEN c.effective_cost END AS effective_cost,
           c.list_cost, c.recorded_at
    FROM charge_known c WHERE c.commitment_discount_id <> '';
    COMMENT ON VIEW commitment_charge IS 'Charges that name a commitment discount: what was bought, used and left unused, as delivered. Key: (fact_id).';

    -- Many charges draw on many commitments; a charge that names one both ways draws on it once.
    CREATE VIEW charge_draw WITH (security_invoker) AS
    SELECT c.fact_id, c.delivery_id, c.line_no, c.commitment_id, 'commitment_discount'::text AS derived_from, c.charge_period_start AS drawn_from, c.currency,
           c.effective_cost AS cost, c.commitment_discount_quantity AS quantity, c.commitment_discount_unit AS unit, c.recorded_at
    FROM commitment_charge c
    WHERE c.charge_category = 'Usage' AND c.commitment_discount_status IS DISTINCT FROM 'Unused' AND c.dataset <> 'azure_actual'
    UNION ALL
    SELECT c.fact_id, c.delivery_id, c.line_no, e.commitment_id, 'contract_applied', c.charge_period_start, c.billing_currency, e.cost, e.quantity, e.unit, c.recorded_at
    FROM charge_known c
    CROSS JOIN LATERAL (
        SELECT x.element ->> 'ContractCommitmentId' AS commitment_id,
               sum(CASE WHEN x.element ->> 'ContractCommitmentAppliedCost' ~ '^-?[0-9]{1,40}(\.[0-9]{1,60})?$' THEN (x.element ->> 'ContractCommitmentAppliedCost')::numeric END) AS cost,
               sum(CASE WHEN x.element ->> 'ContractCommitmentAppliedQuantity' ~ '^-?[0-9]{1,40}(\.[0-9]{1,60})?$' THEN (x.element ->> 'ContractCommitmentAppliedQuantity')::numeric END) AS quantity,
               min(x.element ->> 'ContractCommitmentAppliedUnit') AS unit
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(c.contract_applied -> 'Elements') = 'array' THEN c.contract_applied -> 'Elements' END) x (element)
        WHERE x.element ->> 'ContractCommitmentId' <> '' GROUP BY 1) e
    WHERE c.contract_applied IS NOT NULL AND c.dataset <> 'azure_actual'
      AND (c.charge_category = 'Usage' AND c.commitment_discount_id = e.commitment_id) IS NOT TRUE;
    COMMENT ON VIEW charge_draw IS 'Which charge draws on which commitment, and with what cost and quantity: by CommitmentDiscountId (what is used of it), and by ContractApplied. Never add up across commitments. Key: (fact_id, commitment_id).';

    -- An outer join that the planner cannot turn round: charges are read once, not once for each commitment.
    CREATE VIEW commitment_line WITH (security_invoker) AS
    SELECT l.commitment_id, l.line_id, l.derived_from, l.drawn_from, k.currency,
           CASE WHEN k.in_units THEN coalesce(l.quantity, round(l.cost / nullif(k.price, 0), 15))
                ELSE coalesce(l.cost, CASE WHEN coalesce(upper(l.unit) = k.currency, true) THEN l.quantity END) END AS quantity,
           fulfilment_interval_number(k.starts_on, k.fulfilment_interval, l.drawn_from) AS interval_index,
           coalesce(l.drawn_from >= k.starts_on::timestamp AT TIME ZONE 'UTC' AND l.drawn_from < k.ends_at, false) AS in_term,
           coalesce(l.currency = k.currency, l.cost IS NULL) AS in_currency,
           coalesce(NOT k.in_units OR l.quantity IS NULL OR lower(l.unit) = lower(k.unit), true) AS in_unit, l.unit, l.recorded_at
    FROM (SELECT d.commitment_id, concat('entered ', d.draw_id) AS line_id, 'entered'::text AS derived_from, d.drawn_from, currency(d.amount)::text AS currency, amount(d.amount) AS cost, d.quantity, NULL::text AS unit, d.recorded_at
          FROM commitment_draw_known d
          UNION ALL
          SELECT c.commitment_id, concat('charge ', c.fact_id), c.derived_from, c.drawn_from, c.currency, c.cost, c.quantity, c.unit, c.recorded_at FROM charge_draw c) l
    LEFT JOIN commitment_term k ON k.commitment_id = l.commitment_id
    WHERE coalesce(k.commitment_id, '') <> '';
    COMMENT ON VIEW commitment_line IS 'What was taken of commitments, as entered and as charges say, in their units (or money), with the interval it is in. Lines that say neither a cost nor a quantity of its unit have none; in_unit: whether a quantity is of the commitment''s unit by name. Key: (commitment_id, line_id).';

    CREATE VIEW commitment_progress WITH (security_invoker) AS
    SELECT t.*, n.over, n.started, t.ends_at <= t.until_time AS is_ended
    FROM (SELECT k.*, (SELECT c.until_time FROM commitment_clock c) AS until_time FROM commitment_term k OFFSET 0) t
    CROSS JOIN LATERAL (SELECT CASE WHEN t.ends_at <= t.until_time THEN t.intervals ELSE least(greatest(fulfilment_interval_number(t.starts_on, t.fulfilment_interval, t.until_time), 0), t.intervals) END AS over,
                               least(t.intervals, fulfilment_interval_number(t.starts_on, t.fulfilment_interval, t.until_time - interval '1 microsecond') + 1) AS started OFFSET 0) n;
    COMMENT ON VIEW commitment_progress IS 'Terms of commitments, and how many intervals have started and are over at the effective date. Key: (commitment_id).';

    CREATE VIEW commitment_taken WITH (security_invoker) AS
    SELECT l.commitment_id, l.interval_index, greatest(sum(l.quantity), 0) AS taken, max(l.recorded_at) AS recorded_at
    FROM commitment_line l
    WHERE l.in_term AND l.in_currency AND l.drawn_from < (SELECT c.until_time FROM commitment_clock c)
    GROUP BY l.commitment_id, l.interval_index;
    COMMENT ON VIEW commitment_taken IS 'What was taken of commitments in each interval in which anything was, corrections taken off, not below 0. Key: (commitment_id, interval_index).';

    -- All that is said of intervals is in one row: nothing is to be joined to what a function makes. Where nothing
    -- can be made up, an interval does not depend on those before it.
    CREATE VIEW commitment_interval WITH (security_invoker) AS
    WITH taken_by AS MATERIALIZED (SELECT m.commitment_id, array_agg(m.interval_index) AS numbers, array_agg(m.taken) AS taken, max(m.recorded_at) AS recorded_at FROM commitment_taken m GROUP BY m.commitment_id),
    run AS MATERIALIZED (
        SELECT t.*, a.committed AS all_committed, a.taken AS all_taken, greatest(t.recorded_at, d.recorded_at) AS last_recorded_at
        FROM commitment_progress t
        LEFT JOIN taken_by d ON d.commitment_id = t.commitment_id
        CROSS JOIN LATERAL (SELECT CASE WHEN t.started = t.intervals THEN array_fill(t.per_interval, ARRAY[t.started::integer - 1]) || t.last_quantity ELSE array_fill(t.per_interval, ARRAY[t.started::integer]) END AS committed,
                                   dense_quantities(t.started::integer, d.numbers, d.taken) AS taken) a
        WHERE t.started > 0)
    SELECT k.commitment_id, k.kind, k.provider_id, k.entity_id, k.cost_centre_id, k.currency, k.unit, k.price, k.starts_on, k.ends_on, k.ends_at, k.fulfilment_interval, k.intervals,
           k.make_up_intervals, k.true_up, k.distribution, r.interval_number, fulfilment_interval_start(k.starts_on, k.fulfilment_interval, r.interval_number - 1) AS interval_from,
           least(fulfilment_interval_start(k.starts_on, k.fulfilment_interval, r.interval_number), k.ends_at) AS interval_to,
           r.interval_number <= k.over AS is_over, m.committed, m.committed_amount, r.used, r.excess, r.made_up, r.shortfall, r.right_used, r.right_lapsed, r.right_open,
           round(r.used * k.price, 15) AS used_amount, k.last_recorded_at AS recorded_at
    FROM run k
    CROSS JOIN LATERAL (
        SELECT n.place AS interval_number, least(n.taken, n.committed) AS used, greatest(n.taken - n.committed, 0) AS excess, 0::numeric AS made_up, s.shortfall, 0::numeric AS right_used,
               s.shortfall AS right_lapsed, 0::numeric AS right_open
        FROM unnest(k.all_committed, k.all_taken) WITH ORDINALITY n (committed, taken, place)
        CROSS JOIN LATERAL (SELECT CASE WHEN n.place <= k.over THEN greatest(n.committed - n.taken, 0) ELSE 0 END AS shortfall) s
        WHERE k.make_up_intervals = 0
        UNION ALL
        SELECT c.interval_number, c.used, c.excess, c.made_up, c.shortfall, c.right_used, c.right_lapsed, c.right_open
        FROM commitment_run(k.all_committed, k.all_taken, k.over::integer, k.make_up_intervals, k.is_ended) c
        WHERE k.make_up_intervals IS DISTINCT FROM 0) r
    CROSS JOIN LATERAL (SELECT CASE WHEN r.interval_number = k.intervals THEN k.last_quantity ELSE k.per_interval END AS committed,
                               CASE WHEN r.interval_number = k.intervals THEN k.last_amount ELSE k.interval_amount END AS committed_amount) m;
    COMMENT ON VIEW commitment_interval IS 'Commitments interval by interval from the first to the one that the effective date lies in: committed, used, made up, excess and shortfall in units, and what became of the right to make a shortfall up. Key: (commitment_id, interval_number).';

    -- What was expected, from one day to the next time it was.
    CREATE VIEW onerous_step WITH (security_invoker) AS
    SELECT k.commitment_id, k.entity_id, k.provider_id, k.cost_centre_id, k.currency, k.decimals, k.starts_on, k.ends_on, e.expected_on,
           lead(e.expected_on) OVER w AS next_on, z.shortfall_amount, lag(z.shortfall_amount) OVER w AS shortfall_before, greatest(k.recorded_at, e.recorded_at) AS recorded_at
    FROM commitment_expectation_known e
    JOIN commitment_term k ON k.commitment_id = e.commitment_id
    CROSS JOIN LATERAL (SELECT (greatest(k.per_interval - e.quantity, 0) * (k.intervals - 1)
                                + greatest(k.last_quantity - e.quantity * k.last_quantity / k.per_interval, 0))
                               * greatest(k.price - coalesce(amount(e.alternative_price), 0), 0) AS shortfall_amount) z
    WHERE (e.alternative_price IS NULL OR currency(e.alternative_price)::text = k.currency) AND e.expected_on < k.ends_on
    WINDOW w AS (PARTITION BY k.commitment_id ORDER BY e.expected_on);
    COMMENT ON VIEW onerous_step IS 'What each expectation makes of the whole term of a commitment: shortfall_amount, what will be paid and not used, less what it fetches elsewhere; and what the one before made of it. Key: (commitment_id, expected_on).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_commitment_views() IS 'Internal: part of create_ledger. Terms, lines and intervals of commitments.';

-- Of an amount spread over a term by months, what is left at the start of a day, in the currency's minor unit.
CREATE FUNCTION chipbook.unexpired_amount(total numeric, starts_on date, ends_on date, at_date date, decimals integer)
RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.round(total, decimals) OPERATOR(pg_catalog.-) pg_catalog.round(chipbook.consumed_amount(total, starts_on, ends_on, at_date, 'months'), decimals);
COMMENT ON FUNCTION chipbook.unexpired_amount(numeric, date, date, date, integer) IS 'What of an amount spread evenly by months over [starts_on, ends_on) lies at or after the start of at_date, to so many decimals: all of it before the term, 0 after. Pieces of time are differences of it. NULL for NULL.';

-- Also what the close posts.
CREATE FUNCTION chipbook.create_ledger_commitment_amounts() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Added up by days once, whatever the number of days asked for.
    CREATE FUNCTION commitment_balances(at_days date[])
    RETURNS TABLE (at_day date, commitment_id text, used numeric, lapsed numeric, prepaid numeric, lapsed_prepaid numeric, last_recorded_at timestamptz) STABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        WITH term AS MATERIALIZED (SELECT k.* FROM commitment_term k WHERE k.recognition = 'draw' AND k.upfront > 0),
        line AS MATERIALIZED (
            SELECT l.commitment_id, l.interval_index, (l.drawn_from AT TIME ZONE 'UTC')::date AS on_day, sum(l.quantity) AS quantity, max(l.recorded_at) AS recorded_at
            FROM commitment_line l
            WHERE EXISTS (SELECT FROM term t) AND l.in_term AND l.in_currency AND l.commitment_id IN (SELECT t.commitment_id FROM term t)
            GROUP BY 1, 2, 3),
        run AS (
            SELECT d.at_day, t.commitment_id, t.upfront, t.total_amount, t.decimals, t.ends_on <= d.at_day AS is_ended, coalesce(r.used, 0) AS used, coalesce(r.lapsed, 0) AS lapsed,
                   greatest(t.recorded_at, m.recorded_at) AS recorded_at
            FROM (SELECT DISTINCT u.at_day FROM unnest(at_days) u (at_day)) d
            JOIN term t ON t.starts_on <= d.at_day AND t.ends_on > d.at_day - 32
            CROSS JOIN LATERAL (SELECT CASE WHEN t.ends_on <= d.at_day THEN t.intervals ELSE least(greatest(fulfilment_interval_number(t.starts_on, t.fulfilment_interval, d.at_day::timestamp AT TIME ZONE 'UTC'), 0), t.intervals) END AS over,
                                       least(t.intervals, fulfilment_interval_number(t.starts_on, t.fulfilment_interval, d.at_day::timestamp AT TIME ZONE 'UTC' - interval '1 microsecond') + 1) AS started) n
            CROSS JOIN LATERAL (SELECT array_agg(g.interval_index) AS numbers, array_agg(g.taken) AS taken, max(g.recorded_at) AS recorded_at
                                FROM (SELECT l.interval_index, greatest(sum(l.quantity), 0) AS taken, max(l.recorded_at) AS recorded_at
                                      FROM line l WHERE l.commitment_id = t.commitment_id AND l.on_day < d.at_day GROUP BY l.interval_index) g) m
            CROSS JOIN LATERAL (SELECT sum(round((r.used + r.made_up) * t.price, 15)) AS used, sum(round(r.right_lapsed * t.price, 15)) AS lapsed
                                FROM commitment_run(CASE WHEN n.started = t.intervals THEN array_fill(t.per_interval, ARRAY[n.started::integer - 1]) || t.last_quantity ELSE array_fill(t.per_interval, ARRAY[n.started::integer]) END,
                                                    dense_quantities(n.started::integer, m.numbers, m.taken), n.over::integer, t.make_up_intervals, t.ends_on <= d.at_day) r
                                WHERE n.started > 0) r)
        SELECT r.at_day, r.commitment_id, r.used, l.lapsed, CASE WHEN r.is_ended THEN 0 ELSE round(r.upfront * (r.total_amount - r.used - l.lapsed) / r.total_amount, r.decimals) END,
               round(r.upfront * l.lapsed / r.total_amount, r.decimals), r.recorded_at
        FROM run r
        CROSS JOIN LATERAL (SELECT CASE WHEN r.is_ended THEN r.total_amount - r.used ELSE r.lapsed END AS lapsed) l
        WHERE r.total_amount > 0;
    END;
    COMMENT ON FUNCTION commitment_balances(date[]) IS 'Of commitments that are paid upfront and expensed as they are drawn: what was used and had lapsed at the start of each day (UTC) from the one they begin on to a month after they end, what of the upfront payment is still prepaid, in proportion to what remains, and what of it lapsed, both rounded to the minor unit. Key: (at_day, commitment_id).';

    CREATE FUNCTION commitment_amounts(first_days date[], end_days date[])
    RETURNS TABLE (first_day date, end_day date, commitment_id text, entity_id text, provider_id text, cost_centre_id text, currency text, event text, amount numeric,
                   opening numeric, closing numeric, last_recorded_at timestamptz) STABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        WITH drawn AS MATERIALIZED (SELECT b.* FROM commitment_balances(first_days || end_days) b)
        SELECT s.first_day, s.end_day, k.commitment_id, k.entity_id, k.provider_id, k.cost_centre_id, k.currency, v.event, v.amount, v.opening, v.closing, greatest(k.recorded_at, f.last_recorded_at, e.last_recorded_at)
        FROM unnest(first_days, end_days) s (first_day, end_day)
        JOIN commitment_term k ON k.upfront > 0 AND k.starts_on < s.end_day AND k.ends_on > s.first_day
        LEFT JOIN drawn f ON f.commitment_id = k.commitment_id AND f.at_day = s.first_day
        LEFT JOIN drawn e ON e.commitment_id = k.commitment_id AND e.at_day = s.end_day
        CROSS JOIN LATERAL (SELECT CASE WHEN k.starts_on >= s.first_day THEN 0 WHEN k.recognition = 'draw' THEN coalesce(f.prepaid, 0) ELSE unexpired_amount(k.upfront, k.starts_on, k.ends_on, s.first_day, k.decimals) END AS opening,
                                   CASE WHEN k.starts_on >= s.first_day THEN round(k.upfront, k.decimals) ELSE 0 END AS paid,
                                   CASE WHEN k.recognition = 'draw' THEN coalesce(e.prepaid, 0) ELSE unexpired_amount(k.upfront, k.starts_on, k.ends_on, s.end_day, k.decimals) END AS closing) p
        CROSS JOIN LATERAL (VALUES ('prepayment', p.paid, p.opening, p.closing), ('prepaid_expense', p.opening + p.paid - p.closing, p.opening, p.closing),
                                   ('recoverable_tax', CASE WHEN p.paid <> 0 THEN round(k.upfront_tax, k.decimals) ELSE 0 END, NULL, NULL)) v (event, amount, opening, closing)
        UNION ALL
        SELECT n.first_day, n.end_day, n.commitment_id, n.entity_id, n.provider_id, n.cost_centre_id, n.currency, v.event, v.amount, n.opening, n.closing, n.recorded_at
        FROM (SELECT s.first_day, s.end_day, o.commitment_id, min(o.entity_id) AS entity_id, min(o.provider_id) AS provider_id, min(o.cost_centre_id) AS cost_centre_id,
                     min(o.currency) AS currency,
                     coalesce(sum(unexpired_amount(o.shortfall_amount, o.starts_on, o.ends_on, s.first_day, o.decimals))
                              FILTER (WHERE o.expected_on < s.first_day AND coalesce(o.next_on >= s.first_day, true)), 0) AS opening,
                     coalesce(sum(unexpired_amount(o.shortfall_amount, o.starts_on, o.ends_on, o.expected_on, o.decimals)
                                  - coalesce(unexpired_amount(o.shortfall_before, o.starts_on, o.ends_on, o.expected_on, o.decimals), 0))
                              FILTER (WHERE o.expected_on >= s.first_day), 0) AS added,
                     coalesce(sum(unexpired_amount(o.shortfall_amount, o.starts_on, o.ends_on, s.end_day, o.decimals))
                              FILTER (WHERE coalesce(o.next_on >= s.end_day, true)), 0) AS closing,
                     max(o.recorded_at) AS recorded_at
              FROM unnest(first_days, end_days) s (first_day, end_day)
              JOIN onerous_step o ON o.expected_on < s.end_day AND o.ends_on > s.first_day
              GROUP BY s.first_day, s.end_day, o.commitment_id) n
        CROSS JOIN LATERAL (VALUES ('onerous_provision', n.added), ('onerous_provision_use', n.opening + n.added - n.closing)) v (event, amount);
    END;
    COMMENT ON FUNCTION commitment_amounts(date[], date[]) IS 'What commitments move in each [first_day, end_day), by event of the posting rules, rounded to the minor unit, with the balance (prepaid, or provision where a basis makes one) before and after. Additive over spans that follow each other, but for the balances. Key: (first_day, end_day, commitment_id, event).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_commitment_amounts() IS 'Internal: part of create_ledger. The function commitment_amounts.';

CREATE FUNCTION chipbook.has_onerous_provision(basis text) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN basis OPERATOR(pg_catalog.=) ANY (ARRAY['ifrs', 'hgb']);
COMMENT ON FUNCTION chipbook.has_onerous_provision(text) IS 'Whether a basis makes a provision for an onerous contract to buy services: IFRS (IAS 37.66) and HGB (section 249(1)) do; US GAAP does not, nor does German tax law (EStG section 5(4a)). NULL for NULL.';

CREATE FUNCTION chipbook.create_report_commitment_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW commitment_utilisation WITH (security_invoker) AS
    SELECT i.commitment_id, i.provider_id, i.entity_id, i.cost_centre_id, i.kind, i.interval_number, i.interval_from, i.interval_to, i.is_over, i.unit, i.currency,
           publishable(i.committed)::numeric(38,15) AS committed_quantity, publishable(i.used)::numeric(38,15) AS used_quantity,
           publishable(i.committed - i.used)::numeric(38,15) AS unused_quantity, publishable(i.made_up)::numeric(38,15) AS made_up_quantity,
           publishable(i.excess)::numeric(38,15) AS excess_quantity,
           publishable(i.committed_amount)::numeric(38,15) AS committed_amount, publishable(i.used_amount)::numeric(38,15) AS used_amount,
           publishable(i.committed_amount - i.used_amount)::numeric(38,15) AS unused_amount,
           (i.used / nullif(i.committed, 0))::numeric(38,15) AS utilisation, publishable(i.shortfall)::numeric(38,15) AS shortfall_quantity,
           publishable(CASE WHEN i.is_over THEN i.committed_amount - i.used_amount ELSE 0 END)::numeric(38,15) AS shortfall_amount, i.recorded_at AS last_recorded_at
    FROM commitment_interval i;
    COMMENT ON VIEW commitment_utilisation IS 'What of each commitment is used in each of its intervals, from its terms and from what was taken. Key: (commitment_id, interval_number). used + unused = committed, exactly, in quantity (unit) and amount (currency); of an interval that is not over unused is what may still be taken. Beyond committed: made_up_quantity is taken on earlier shortfalls and not paid again, excess_quantity is paid at on-demand prices. Quantities are additive over intervals of one commitment, amounts within a currency; utilisation = used_quantity / committed_quantity is not.';
    COMMENT ON COLUMN commitment_utilisation.shortfall_amount IS 'What is paid for an interval that is over and was not taken in it, whether or not it may be made up.';

    CREATE VIEW commitment_make_up WITH (security_invoker) AS
    SELECT i.commitment_id, i.provider_id, i.entity_id, i.interval_number, i.interval_from, i.unit, i.currency,
           publishable(i.shortfall)::numeric(38,15) AS arisen_quantity, publishable(i.right_used)::numeric(38,15) AS used_quantity,
           publishable(i.right_lapsed)::numeric(38,15) AS lapsed_quantity, publishable(i.right_open)::numeric(38,15) AS open_quantity,
           publishable(round(i.right_open * i.price, 15))::numeric(38,15) AS open_amount,
           (least(CASE WHEN i.interval_number - 1 + i.make_up_intervals < i.intervals
                       THEN fulfilment_interval_start(i.starts_on, i.fulfilment_interval, i.interval_number + i.make_up_intervals) END, i.ends_at) AT TIME ZONE 'UTC')::date AS expires_on,
           i.recorded_at AS last_recorded_at
    FROM commitment_interval i
    WHERE i.make_up_intervals IS DISTINCT FROM 0 AND i.shortfall > 0;
    COMMENT ON VIEW commitment_make_up IS 'Rights to take later what was paid for and not taken: those of each interval, what of them was used (oldest first), what lapsed and what is open. Key: (commitment_id, interval_number). arisen = used + lapsed + open, exactly. expires_on: the first day on which it can no longer be used. Additive over intervals of one commitment.';

    CREATE VIEW commitment_true_up WITH (security_invoker) AS
    SELECT i.commitment_id, i.provider_id, i.entity_id, i.cost_centre_id, i.currency, i.true_up, d.due_on, count(*) AS intervals, bool_and(i.is_over) AND d.due_on <= (SELECT c.effective_date FROM commitment_clock c) AS is_due,
           publishable(sum(i.committed_amount))::numeric(38,15) AS committed_amount, publishable(sum(i.used_amount + m.made_up_amount))::numeric(38,15) AS used_amount,
           publishable(coalesce(sum(i.committed_amount - i.used_amount) FILTER (WHERE i.is_over), 0) - sum(CASE WHEN i.true_up = 'term' THEN m.made_up_amount ELSE 0 END))::numeric(38,15) AS true_up_amount,
           max(i.recorded_at) AS last_recorded_at
    FROM commitment_interval i
    CROSS JOIN LATERAL (SELECT CASE i.true_up WHEN 'term' THEN i.ends_on ELSE (i.interval_to AT TIME ZONE 'UTC')::date END AS due_on) d
    CROSS JOIN LATERAL (SELECT round(i.made_up * i.price, 15) AS made_up_amount) m
    WHERE i.true_up <> 'none'
    GROUP BY i.commitment_id, i.provider_id, i.entity_id, i.cost_centre_id, i.currency, i.true_up, d.due_on;
    COMMENT ON VIEW commitment_true_up IS 'What is invoiced of commitments that are paid as they are used, for what was not used: after each interval, or once at the end of the term. Key: (commitment_id, due_on). true_up_amount: of the intervals that are over; is_due: due_on has come. With true_up term what was made up is taken off first; after each interval it was paid already. In units of currency, additive.';

    CREATE VIEW commitment_amortisation WITH (security_invoker) AS
    SELECT k.commitment_id, k.provider_id, k.entity_id, k.cost_centre_id, k.currency, m.month_start::date AS period_month, 'commitment_amortisation'::text AS charge_class,
           publishable(o.upfront - c.upfront)::numeric(38,15) AS prepaid_expense, publishable(o.rest - c.rest)::numeric(38,15) AS recurring_expense,
           publishable(o.upfront - c.upfront + o.rest - c.rest)::numeric(38,15) AS expense,
           publishable(CASE WHEN k.starts_on >= m.month_start::date THEN 0 ELSE o.upfront END)::numeric(38,15) AS prepaid_opening,
           publishable(CASE WHEN k.starts_on >= m.month_start::date THEN o.upfront ELSE 0 END)::numeric(38,15) AS prepaid_added, publishable(c.upfront)::numeric(38,15) AS prepaid_closing,
           k.recorded_at AS last_recorded_at
    FROM commitment_term k
    CROSS JOIN LATERAL generate_series(date_trunc('month', k.starts_on::timestamp), (k.ends_on - 1)::timestamp, interval '1 month') m (month_start)
    CROSS JOIN LATERAL (SELECT unexpired_amount(k.upfront, k.starts_on, k.ends_on, m.month_start::date, k.decimals) AS upfront,
                               unexpired_amount(k.total_amount - k.upfront, k.starts_on, k.ends_on, m.month_start::date, k.decimals) AS rest) o
    CROSS JOIN LATERAL (SELECT unexpired_amount(k.upfront, k.starts_on, k.ends_on, (m.month_start + interval '1 month')::date, k.decimals) AS upfront,
                               unexpired_amount(k.total_amount - k.upfront, k.starts_on, k.ends_on, (m.month_start + interval '1 month')::date, k.decimals) AS rest) c
    WHERE k.recognition = 'time' AND (k.upfront > 0 OR k.true_up = 'none');
    COMMENT ON VIEW commitment_amortisation IS 'The accountant''s amortisation of commitments that are paid for whatever is taken: the whole term by straight line, whatever is used of it, by months (12,000 for a year: 1,000 a month) to the minor unit. Key: (commitment_id, period_month). prepaid_expense is what was paid upfront, and what the close posts; recurring_expense what is invoiced as it goes. prepaid_closing = prepaid_opening + prepaid_added - prepaid_expense. All months of the term, those to come too; the months of a commitment add up to it, exactly. expense is additive within a currency; balances over commitments only. Commitments that are expensed as they are drawn are in commitment_prepayment. FOCUS''s spread over consumption is in commitment_distribution, and is another thing.';

    CREATE VIEW commitment_prepayment WITH (security_invoker) AS
    WITH balance AS MATERIALIZED (
        SELECT b.* FROM (SELECT array_agg(m.month_start::date) AS days
                         FROM (SELECT min(t.starts_on) AS first_day, max(t.ends_on) AS last_day FROM commitment_term t WHERE t.recognition = 'draw' AND t.upfront > 0) e
                         CROSS JOIN commitment_clock n
                         CROSS JOIN LATERAL generate_series(date_trunc('month', e.first_day::timestamp), least(e.last_day, n.effective_date)::timestamp + interval '1 month', interval '1 month') m (month_start)) d
        CROSS JOIN LATERAL commitment_balances(d.days) b)
    SELECT k.commitment_id, k.provider_id, k.entity_id, k.cost_centre_id, k.currency, k.first_day AS period_month, 'commitment_prepayment'::text AS charge_class,
           publishable(CASE WHEN k.starts_on < k.first_day THEN o.prepaid ELSE 0 END)::numeric(38,15) AS prepaid_opening,
           publishable(CASE WHEN k.starts_on < k.first_day THEN 0 ELSE p.paid END)::numeric(38,15) AS prepaid_added,
           publishable(CASE WHEN k.starts_on < k.first_day THEN o.prepaid ELSE p.paid END - c.prepaid - (c.lapsed_prepaid - coalesce(o.lapsed_prepaid, 0)))::numeric(38,15) AS drawn_expense,
           publishable(c.lapsed_prepaid - coalesce(o.lapsed_prepaid, 0))::numeric(38,15) AS lapsed_expense,
           publishable(c.prepaid)::numeric(38,15) AS prepaid_closing, greatest(k.recorded_at, c.last_recorded_at) AS last_recorded_at
    FROM (SELECT t.*, m.month_start::date AS first_day, (m.month_start + interval '1 month')::date AS end_day
          FROM commitment_term t
          CROSS JOIN commitment_clock n
          CROSS JOIN LATERAL generate_series(date_trunc('month', t.starts_on::timestamp), least(t.ends_on - 1, n.effective_date)::timestamp, interval '1 month') m (month_start)
          WHERE t.recognition = 'draw' AND t.upfront > 0) k
    CROSS JOIN LATERAL (SELECT round(k.upfront, k.decimals) AS paid) p
    JOIN balance c ON c.commitment_id = k.commitment_id AND c.at_day = k.end_day
    LEFT JOIN balance o ON o.commitment_id = k.commitment_id AND o.at_day = k.first_day;
    COMMENT ON VIEW commitment_prepayment IS 'Commitments that are paid upfront and expensed as they are drawn (recognition draw), month by month to that of the effective date: what is prepaid falls as charges draw it, and what lapses is expense of the month it lapses in. Key: (commitment_id, period_month). prepaid_closing = prepaid_opening + prepaid_added - drawn_expense - lapsed_expense, exactly, and 0 at the end of the term; the expenses of a commitment add up to what was paid. What is prepaid is in proportion to what remains of the whole commitment. Months are in UTC and rounded to the minor unit; flows are additive within a currency, balances over commitments only.';

    CREATE VIEW onerous_commitment WITH (security_invoker) AS
    SELECT a.commitment_id, a.provider_id, a.entity_id, a.cost_centre_id, b.basis, a.currency, a.first_day AS period_month,
           publishable(CASE WHEN p.is_made THEN a.opening ELSE 0 END)::numeric(38,15) AS provision_opening,
           publishable(CASE WHEN p.is_made THEN greatest(a.added, 0) ELSE 0 END)::numeric(38,15) AS added, publishable(CASE WHEN p.is_made THEN greatest(- a.added, 0) ELSE 0 END)::numeric(38,15) AS reversed,
           publishable(CASE WHEN p.is_made THEN a.used ELSE 0 END)::numeric(38,15) AS used, publishable(CASE WHEN p.is_made THEN a.closing ELSE 0 END)::numeric(38,15) AS provision_closing,
           publishable(a.closing)::numeric(38,15) AS expected_loss, a.last_recorded_at
    FROM (SELECT n.commitment_id, n.provider_id, n.entity_id, n.cost_centre_id, n.currency, n.first_day, max(n.opening) AS opening, max(n.closing) AS closing,
                 sum(n.amount) FILTER (WHERE n.event = 'onerous_provision') AS added, sum(n.amount) FILTER (WHERE n.event = 'onerous_provision_use') AS used, max(n.last_recorded_at) AS last_recorded_at
          FROM (SELECT array_agg(m.month_start::date) AS first_days, array_agg((m.month_start + interval '1 month')::date) AS end_days
                FROM (SELECT min(o.expected_on) AS first_day, max(o.ends_on) AS last_day FROM onerous_step o) e
                CROSS JOIN commitment_clock c
                CROSS JOIN LATERAL generate_series(date_trunc('month', e.first_day::timestamp), least(e.last_day - 1, c.effective_date)::timestamp, interval '1 month') m (month_start)) d
          CROSS JOIN LATERAL commitment_amounts(d.first_days, d.end_days) n
          WHERE n.event IN ('onerous_provision', 'onerous_provision_use')
          GROUP BY n.commitment_id, n.provider_id, n.entity_id, n.cost_centre_id, n.currency, n.first_day) a
    CROSS JOIN (VALUES ('ifrs'), ('us_gaap'), ('hgb'), ('us_tax'), ('de_tax'), ('economic')) b (basis)
    CROSS JOIN LATERAL (SELECT has_onerous_provision(b.basis) AS is_made) p;
    COMMENT ON VIEW onerous_commitment IS 'Provisions for commitments of which less is expected to be taken than was committed, under each basis, month by month to that of the effective date: (committed - expected) x (price - alternative price) for what is left of the term, undiscounted. Key: (commitment_id, basis, period_month). provision_closing = provision_opening + added - reversed - used. Under bases that make none (US GAAP, tax) all are 0, and expected_loss alone says what is expected. Flows are additive within a basis and currency, balances over commitments only.';

    CREATE VIEW commitment_status WITH (security_invoker) AS
    WITH progress AS MATERIALIZED (SELECT p.* FROM commitment_progress p WHERE p.started > 0),
    taken AS MATERIALIZED (SELECT m.* FROM commitment_taken m),
    taken_by AS MATERIALIZED (SELECT m.commitment_id, array_agg(m.interval_index) AS numbers, array_agg(m.taken) AS taken, max(m.recorded_at) AS recorded_at FROM taken m
                              JOIN progress q ON q.commitment_id = m.commitment_id AND q.make_up_intervals IS DISTINCT FROM 0 GROUP BY m.commitment_id),
    drawn AS MATERIALIZED (
        SELECT m.commitment_id, sum(u.used) AS used_quantity, sum(round(u.used * q.price, 15)) AS used, sum(round((u.committed - u.used) * q.price, 15)) FILTER (WHERE u.is_over) AS lapsed,
               sum(u.used) FILTER (WHERE u.is_over) AS used_over, count(*) FILTER (WHERE u.is_over) AS drawn_over, bool_or(m.interval_index = q.intervals - 1) AS has_last, max(m.recorded_at) AS recorded_at
        FROM taken m
        JOIN progress q ON q.commitment_id = m.commitment_id AND q.make_up_intervals = 0
        CROSS JOIN LATERAL (SELECT CASE WHEN m.interval_index = q.intervals - 1 THEN q.last_quantity ELSE q.per_interval END AS committed) e
        CROSS JOIN LATERAL (SELECT e.committed, least(coalesce(m.taken, 0), e.committed) AS used, m.interval_index < q.over AS is_over) u
        GROUP BY m.commitment_id),
    -- Where nothing can be made up, intervals in which nothing was taken need not be looked at one by one.
    run AS MATERIALIZED (
        SELECT p.commitment_id, coalesce(d.used_quantity, 0) AS used_quantity, coalesce(d.used, 0) AS used,
               coalesce(d.lapsed, 0) + (p.over - coalesce(d.drawn_over, 0) - n.last_undrawn) * p.interval_amount + n.last_undrawn * p.last_amount AS lapsed, 0::numeric AS open_rights,
               CASE WHEN p.over = p.intervals THEN p.total_quantity ELSE p.over * p.per_interval END AS committed_over, coalesce(d.used_over, 0) AS used_over, greatest(p.recorded_at, d.recorded_at) AS recorded_at
        FROM progress p
        LEFT JOIN drawn d ON d.commitment_id = p.commitment_id
        CROSS JOIN LATERAL (SELECT CASE WHEN p.over = p.intervals AND d.has_last IS NOT TRUE THEN 1 ELSE 0 END AS last_undrawn) n
        WHERE p.make_up_intervals = 0
        UNION ALL
        SELECT p.commitment_id, sum(r.used + r.made_up), sum(round((r.used + r.made_up) * p.price, 15)), sum(round(r.right_lapsed * p.price, 15)), sum(round(r.right_open * p.price, 15)),
               CASE WHEN p.over = p.intervals THEN p.total_quantity ELSE p.over * p.per_interval END, coalesce(sum(r.used + r.made_up) FILTER (WHERE r.interval_number <= p.over), 0), greatest(p.recorded_at, max(d.recorded_at))
        FROM progress p
        LEFT JOIN taken_by d ON d.commitment_id = p.commitment_id
        CROSS JOIN LATERAL commitment_run(CASE WHEN p.started = p.intervals THEN array_fill(p.per_interval, ARRAY[p.started::integer - 1]) || p.last_quantity ELSE array_fill(p.per_interval, ARRAY[p.started::integer]) END,
                                          dense_quantities(p.started::integer, d.numbers, d.taken), p.over::integer, p.make_up_intervals, p.is_ended) r
        WHERE p.make_up_intervals IS DISTINCT FROM 0
        GROUP BY p.commitment_id, p.over, p.intervals, p.total_quantity, p.per_interval, p.recorded_at)
    SELECT k.commitment_id, k.kind, k.provider_id, k.entity_id, k.cost_centre_id, k.deal_id, k.currency, k.unit, k.model, k.fulfilment_interval, k.starts_on, k.ends_on,
           CASE WHEN k.ends_on <= c.effective_date THEN 'ended' WHEN k.starts_on > c.effective_date THEN 'to_come' ELSE 'running' END AS state,
           publishable(k.total_amount)::numeric(38,15) AS committed, publishable(s.taken)::numeric(38,15) AS used, publishable(s.lapsed)::numeric(38,15) AS lapsed,
           publishable(k.total_amount - s.taken - s.lapsed)::numeric(38,15) AS remaining, publishable(s.open_rights)::numeric(38,15) AS make_up_open,
           publishable(k.total_quantity)::numeric(38,15) AS committed_quantity, publishable(s.taken_quantity)::numeric(38,15) AS used_quantity,
           publishable(r.burn_rate)::numeric(38,15) AS burn_rate, publishable(r.months_left)::numeric(38,15) AS months_left,
           publishable(CASE WHEN r.burn_rate IS NOT NULL THEN greatest(k.total_amount - s.taken - round(r.burn_rate * r.months_left, 15), 0) END)::numeric(38,15) AS projected_shortfall,
           (s.used_over / nullif(s.committed_over, 0))::numeric(38,15) AS utilisation, publishable(s.committed_over)::numeric(38,15) AS committed_until_now,
           publishable(s.used_over)::numeric(38,15) AS used_until_now,
           publishable(k.price / k.on_demand_price)::numeric(38,15) AS break_even_utilisation,
           publishable(round(s.taken_quantity * k.on_demand_price, 15) - s.taken - s.lapsed)::numeric(38,15) AS saved,
           'entered'::text AS terms, greatest(k.recorded_at, s.recorded_at) AS last_recorded_at
    FROM commitment_term k
    CROSS JOIN commitment_clock c
    LEFT JOIN run i ON i.commitment_id = k.commitment_id
    CROSS JOIN LATERAL (SELECT coalesce(i.used, 0) AS taken, coalesce(i.used_quantity, 0) AS taken_quantity,
                               CASE WHEN k.ends_on <= c.effective_date THEN k.total_amount - coalesce(i.used, 0) ELSE coalesce(i.lapsed, 0) END AS lapsed, coalesce(i.open_rights, 0) AS open_rights,
                               coalesce(i.committed_over, 0) AS committed_over, coalesce(i.used_over, 0) AS used_over, i.recorded_at) s
    CROSS JOIN LATERAL (SELECT elapsed_term(k.starts_on, least(c.effective_date + 1, k.ends_on), 'months') AS gone, elapsed_term(k.starts_on, k.ends_on, 'months') AS months) t
    CROSS JOIN LATERAL (SELECT CASE WHEN t.gone > 0 THEN s.taken / t.gone END AS burn_rate, t.months - t.gone AS months_left) r
    UNION ALL
    -- As delivered, where no terms were entered: what is not drawn is lost at the end, interval or not.
    SELECT k.commitment_id, NULL, NULL, NULL, NULL, NULL, k.currency, k.unit, k.model, k.fulfilment_interval, k.starts_on, k.ends_on, k.state,
           publishable(k.committed)::numeric(38,15), publishable(s.used)::numeric(38,15), publishable(s.lapsed)::numeric(38,15), publishable(k.committed - s.used - s.lapsed)::numeric(38,15), 0::numeric(38,15),
           publishable(k.committed_quantity)::numeric(38,15), publishable(d.quantity)::numeric(38,15), publishable(r.burn_rate)::numeric(38,15), publishable(r.months_left)::numeric(38,15),
           publishable(CASE WHEN r.burn_rate IS NOT NULL THEN greatest(k.committed - s.used - round(r.burn_rate * r.months_left, 15), 0) END)::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15), NULL::numeric(38,15),
           'delivered', greatest(k.recorded_at, d.recorded_at)
    FROM (SELECT n.contract_commitment_id AS commitment_id, n.billing_currency AS currency, coalesce(n.contract_commitment_unit, n.billing_currency) AS unit, lower(n.contract_commitment_model) AS model,
                 lower(n.contract_commitment_fulfillment_interval) AS fulfilment_interval, p.starts_on, p.ends_on, CASE WHEN n.contract_commitment_cost < 0 THEN 0 ELSE n.contract_commitment_cost END AS committed, n.contract_commitment_quantity AS committed_quantity,
                 CASE WHEN p.ends_on <= c.effective_date THEN 'ended' WHEN p.starts_on > c.effective_date THEN 'to_come' WHEN p.starts_on IS NOT NULL THEN 'running' END AS state,
                 c.effective_date, c.until_time, n.recorded_at
          FROM contract_commitment_known n
          CROSS JOIN commitment_clock c
          CROSS JOIN LATERAL (SELECT (n.contract_commitment_period_start AT TIME ZONE 'UTC')::date AS starts_on, (n.contract_commitment_period_end AT TIME ZONE 'UTC')::date AS ends_on) p
          WHERE NOT EXISTS (SELECT FROM commitment_known t WHERE t.commitment_id = n.contract_commitment_id)) k
    LEFT JOIN (SELECT h.commitment_id, h.currency, greatest(sum(h.cost), 0) AS cost, sum(h.quantity) AS quantity, max(h.recorded_at) AS recorded_at
               FROM charge_draw h WHERE h.drawn_from < (SELECT c.until_time FROM commitment_clock c) GROUP BY h.commitment_id, h.currency) d ON d.commitment_id = k.commitment_id AND d.currency = k.currency
    CROSS JOIN LATERAL (SELECT CASE WHEN k.starts_on < k.ends_on THEN elapsed_term(k.starts_on, least(k.effective_date + 1, k.ends_on), 'months') END AS gone,
                               CASE WHEN k.starts_on < k.ends_on THEN elapsed_term(k.starts_on, k.ends_on, 'months') END AS months) t
    CROSS JOIN LATERAL (SELECT CASE WHEN d.cost < k.committed THEN d.cost WHEN d.cost IS NULL THEN 0 * k.committed ELSE k.committed END AS used) u
    CROSS JOIN LATERAL (SELECT u.used, CASE WHEN k.ends_on <= k.effective_date THEN k.committed - u.used ELSE 0 * k.committed END AS lapsed) s
    CROSS JOIN LATERAL (SELECT CASE WHEN t.gone > 0 THEN s.used / t.gone END AS burn_rate, t.months - t.gone AS months_left) r;
    COMMENT ON VIEW commitment_status IS 'Each commitment at the effective date: what was committed, used (what was made up too), lapsed and remains, how fast it is used, and what will be left of it. Key: (commitment_id). committed = used + lapsed + remaining, exactly; remaining contains make_up_open. burn_rate: used for each month gone since it started (NULL before, as is the projection); projected_shortfall = committed - used - burn_rate x months_left, not below 0: what lapsed already and what will. In units of currency, additive within one but for burn_rate over unlike times; utilisation = used_until_now / committed_until_now (quantities of the intervals that are over). terms delivered: no terms were entered, and those of contract_commitment stand in; committed is then NULL where the provider states no cost, and nothing lapses before the end.';
    COMMENT ON COLUMN commitment_status.break_even_utilisation IS 'price / on_demand_price: the utilisation from which on the commitment is cheaper than buying the same on demand. NULL where on_demand_price is not known.';
    COMMENT ON COLUMN commitment_status.saved IS 'What the used would have cost on demand, less what was paid for it and for what lapsed. NULL where on_demand_price is not known.';

    -- Each line takes its part of its interval, then of what may be made up in it.
    CREATE VIEW commitment_distribution WITH (security_invoker) AS
    WITH line AS MATERIALIZED (
        SELECT m.commitment_id, m.interval_index + 1 AS interval_number, array_agg(m.line_id ORDER BY m.drawn_from, m.line_id) AS lines, array_agg(m.quantity ORDER BY m.drawn_from, m.line_id) AS gross,
               sum(m.quantity) AS total, max(m.recorded_at) AS recorded_at
        FROM commitment_line m
        WHERE m.in_term AND m.in_currency AND m.quantity >= 0 AND m.drawn_from < (SELECT c.until_time FROM commitment_clock c)
        GROUP BY m.commitment_id, m.interval_index),
    period AS MATERIALIZED (SELECT i.* FROM commitment_interval i)
    SELECT i.commitment_id, i.provider_id, i.entity_id, i.cost_centre_id, i.interval_number, i.interval_from, p.status, p.line_id, i.distribution AS method, i.unit, i.currency,
           publishable(p.eligible)::numeric(38,15) AS eligible_quantity, publishable(p.quantity)::numeric(38,15) AS distributed_quantity,
           publishable(p.eligible - p.quantity)::numeric(38,15) AS uncovered_quantity, publishable(p.cost)::numeric(38,15) AS distributed_cost,
           greatest(i.recorded_at, l.recorded_at) AS last_recorded_at
    FROM period i
    LEFT JOIN line l ON l.commitment_id = i.commitment_id AND l.interval_number = i.interval_number
    -- What corrections took back is taken off the last lines of the interval.
    CROSS JOIN LATERAL (SELECT CASE WHEN l.total > i.used + i.made_up + i.excess THEN (distribute_commitment(i.used + i.made_up + i.excess, l.gross, 'waterfall'))[1:cardinality(l.lines)] ELSE l.gross END AS eligible OFFSET 0) c
    CROSS JOIN LATERAL (SELECT CASE WHEN cardinality(l.lines) = 1 THEN ARRAY[i.used] ELSE distribute_commitment(i.used, c.eligible, i.distribution) END AS used OFFSET 0) u
    CROSS JOIN LATERAL (
        -- Differences of running totals, so that the parts of an interval are its amount.
        SELECT 'Used'::text AS status, e.line_id, e.eligible, e.used AS quantity, round(e.so_far * i.price, 15) - round((e.so_far - e.used) * i.price, 15) AS cost
        FROM (SELECT n.line_id, n.eligible, n.used, sum(n.used) OVER (ORDER BY n.place) AS so_far
              FROM unnest(l.lines, c.eligible, u.used[1:cardinality(l.lines)]) WITH ORDINALITY n (line_id, eligible, used, place)) e
        UNION ALL
        SELECT 'Made up', e.line_id, e.eligible - e.used, e.made_up, 0
        FROM unnest(l.lines, c.eligible, u.used[1:cardinality(l.lines)],
                    (distribute_commitment(i.made_up, (SELECT array_agg(n.eligible - n.used ORDER BY n.place)
                                                       FROM unnest(c.eligible, u.used[1:cardinality(l.lines)]) WITH ORDINALITY n (eligible, used, place)), i.distribution))[1:cardinality(l.lines)])
             e (line_id, eligible, used, made_up)
        WHERE i.made_up > 0 AND e.made_up > 0
        UNION ALL
        SELECT 'Unused', NULL, NULL, i.committed - i.used, i.committed_amount - i.used_amount WHERE i.is_over AND i.used < i.committed) p;
    COMMENT ON VIEW commitment_distribution IS 'FOCUS''s view of commitments: each interval''s purchase spread over what was taken in it, by the commitment''s method (waterfall or proportional), and a row Unused for the rest of an interval that is over. Key: (commitment_id, interval_number, status, line_id). In quantity (unit) and cost (currency) Used and Unused add up to what is committed of an interval, exactly. What takes beyond it on earlier shortfalls is a row Made up at cost 0: it was paid for as Unused. What corrections (negative lines) took back is taken off the last lines of their interval: eligible_quantity is without it. uncovered_quantity is paid on demand. This is not the accountant''s amortisation, which is in commitment_amortisation.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_commitment_views() IS 'Internal: part of create_ledger. The views commitment_utilisation, commitment_make_up, commitment_true_up, commitment_amortisation, commitment_prepayment, onerous_commitment, commitment_status and commitment_distribution.';
