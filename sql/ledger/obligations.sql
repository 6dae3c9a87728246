-- What is still to be bought, and to be delivered, under contracts: what remains of each at a date, by the
-- two layouts in which it is disclosed; and what companies report of it themselves.

-- In PL/pgSQL, which evaluates simple expressions at once: a SQL function that cannot be inlined starts an executor.
CREATE FUNCTION chipbook.elapsed_years(from_date date, at_date date)
RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    years integer := extract(year FROM age(at_date::timestamp, from_date::timestamp));
    begun date := from_date + make_interval(years => years);
BEGIN
    IF at_date = begun THEN
        RETURN years;
    END IF;
    RETURN years + (at_date - begun)::numeric(50,40) / ((from_date + make_interval(years => years + 1))::date - begun);
END
$$;
COMMENT ON FUNCTION chipbook.elapsed_years(date, date) IS 'Years from the start of from_date to the start of at_date, counted from from_date: whole years, and days over the days of the year begun (365 or 366). NULL for NULL. 22008 for an infinite date.';

CREATE FUNCTION chipbook.elapsed_months(from_date date, at_date date)
RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gap interval := age(at_date::timestamp, from_date::timestamp);
    months integer := extract(year FROM gap) * 12 + extract(month FROM gap);
    begun date := from_date + make_interval(months => months);
BEGIN
    IF at_date = begun THEN
        RETURN months;
    END IF;
    RETURN months + (at_date - begun)::numeric(50,40) / ((from_date + make_interval(months => months + 1))::date - begun);
END
$$;
COMMENT ON FUNCTION chipbook.elapsed_months(date, date) IS 'Months from the start of from_date to the start of at_date, counted from from_date: whole months, and days over the days of the month begun. NULL for NULL. 22008 for an infinite date.';

CREATE FUNCTION chipbook.elapsed_term(from_date date, at_date date, spread text)
RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN at_date OPERATOR(pg_catalog.<=) from_date THEN 0 WHEN spread OPERATOR(pg_catalog.=) 'months' THEN chipbook.elapsed_months(from_date, at_date) ELSE chipbook.elapsed_years(from_date, at_date) END;
COMMENT ON FUNCTION chipbook.elapsed_term(date, date, text) IS 'Internal: elapsed_months for spread months, else elapsed_years; 0 before from_date. NULL for NULL.';

CREATE FUNCTION chipbook.consumed_amount(amount numeric, from_date date, to_date date, at_date date, spread text DEFAULT 'days')
RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN at_date OPERATOR(pg_catalog.>=) to_date THEN amount
            WHEN at_date OPERATOR(pg_catalog.<=) from_date THEN 0
            ELSE pg_catalog.round(amount OPERATOR(pg_catalog.*) chipbook.elapsed_term(from_date, at_date, spread) OPERATOR(pg_catalog./) chipbook.elapsed_term(from_date, to_date, spread), 15) END;
COMMENT ON FUNCTION chipbook.consumed_amount(numeric, date, date, date, text) IS 'How much of an amount spread evenly over [from_date, to_date) lies before the start of at_date: by contract years and days (spread days) or by months (spread months), rounded to 15 decimals. Pieces of time are differences of it, and add up to the amount exactly. NULL for NULL.';

CREATE FUNCTION chipbook.obligation_buckets(as_at date, layout text, fiscal_year_start integer DEFAULT 1)
RETURNS TABLE (bucket text, bucket_number integer, bucket_from date, bucket_to date) IMMUTABLE PARALLEL SAFE ROWS 7 LANGUAGE sql
BEGIN ATOMIC
    SELECT b.bucket, b.bucket_number, b.bucket_from, b.bucket_to
    FROM (SELECT as_at OPERATOR(pg_catalog.+) 1 AS first_day,
                 (pg_catalog.date_trunc('month', (as_at OPERATOR(pg_catalog.+) 1)::timestamp)
                  OPERATOR(pg_catalog.+) pg_catalog.make_interval(months => (11 OPERATOR(pg_catalog.+) fiscal_year_start OPERATOR(pg_catalog.-) extract(month FROM as_at OPERATOR(pg_catalog.+) 1)::integer) OPERATOR(pg_catalog.%) 12
                                                                     OPERATOR(pg_catalog.+) 1))::date AS next_year) d
    CROSS JOIN LATERAL (
        SELECT y.bucket, y.bucket_number, (d.first_day OPERATOR(pg_catalog.+) pg_catalog.make_interval(years => y.from_year))::date,
               (d.first_day OPERATOR(pg_catalog.+) pg_catalog.make_interval(years => y.to_year))::date
        FROM (VALUES ('<1y', 1, 0, 1), ('1-3y', 2, 1, 3), ('3-5y', 3, 3, 5), ('>5y', 4, 5, NULL), ('no_term', 9, NULL, NULL)) y (bucket, bucket_number, from_year, to_year)
        WHERE layout OPERATOR(pg_catalog.=) 'years_ahead'
        UNION ALL
        SELECT CASE WHEN f.n OPERATOR(pg_catalog.<) 5 THEN pg_catalog.concat('FY', chipbook.fiscal_year(d.first_day, fiscal_year_start) OPERATOR(pg_catalog.+) f.n) ELSE 'thereafter' END, f.n OPERATOR(pg_catalog.+) 1,
               CASE WHEN f.n OPERATOR(pg_catalog.=) 0 THEN d.first_day ELSE (d.next_year OPERATOR(pg_catalog.+) pg_catalog.make_interval(years => f.n OPERATOR(pg_catalog.-) 1))::date END,
               CASE WHEN f.n OPERATOR(pg_catalog.<) 5 THEN (d.next_year OPERATOR(pg_catalog.+) pg_catalog.make_interval(years => f.n))::date END
        FROM pg_catalog.generate_series(0, 5) f (n)
        WHERE layout OPERATOR(pg_catalog.=) 'fiscal_years'
        UNION ALL
        SELECT 'no_term', 9, NULL, NULL WHERE layout OPERATOR(pg_catalog.=) 'fiscal_years') b (bucket, bucket_number, bucket_from, bucket_to);
END;
COMMENT ON FUNCTION chipbook.obligation_buckets(date, text, integer) IS 'The columns of a table of obligations as of the end of a day, each [bucket_from, bucket_to), the last open (bucket_to NULL): layout years_ahead (<1y, 1-3y, 3-5y, >5y), or fiscal_years (the rest of the fiscal year of the next day, four more, thereafter); and no_term, for what has no dates. No rows for another layout.';

CREATE FUNCTION chipbook.rebucket(
        as_at date, bucket_from date[], bucket_to date[], amounts numeric[], layout text DEFAULT 'years_ahead', fiscal_year_start integer DEFAULT 1, spread text DEFAULT 'months')
RETURNS TABLE (bucket text, bucket_number integer, new_from date, new_to date, amount_low numeric, amount numeric, amount_high numeric, open_amount numeric)
IMMUTABLE PARALLEL SAFE ROWS 7 LANGUAGE sql
BEGIN ATOMIC
    SELECT b.bucket, b.bucket_number, b.bucket_from, b.bucket_to, n.closed,
           CASE WHEN n.open_amount OPERATOR(pg_catalog.=) 0 THEN n.closed END, n.closed OPERATOR(pg_catalog.+) n.open_amount, n.open_amount
    FROM chipbook.obligation_buckets(as_at, layout, fiscal_year_start) b
    CROSS JOIN LATERAL (
        SELECT coalesce(pg_catalog.sum(CASE
                   WHEN s.bucket_from IS NULL OR b.bucket_from IS NULL THEN CASE WHEN s.bucket_from IS NULL AND b.bucket_from IS NULL THEN s.amount ELSE 0 END
                   WHEN s.bucket_to IS NULL THEN CASE WHEN b.bucket_to IS NULL AND b.bucket_from OPERATOR(pg_catalog.<=) s.bucket_from THEN s.amount ELSE 0 END
                   ELSE chipbook.consumed_amount(s.amount, s.bucket_from, s.bucket_to, coalesce(b.bucket_to, s.bucket_to), spread)
                        OPERATOR(pg_catalog.-) chipbook.consumed_amount(s.amount, s.bucket_from, s.bucket_to, b.bucket_from, spread) END), 0) AS closed,
               coalesce(pg_catalog.sum(s.amount) FILTER (WHERE s.bucket_from IS NOT NULL AND s.bucket_to IS NULL AND b.bucket_from IS NOT NULL
                                                           AND (b.bucket_to IS NULL OR b.bucket_to OPERATOR(pg_catalog.>) s.bucket_from)
                                                           AND NOT (b.bucket_to IS NULL AND b.bucket_from OPERATOR(pg_catalog.<=) s.bucket_from)), 0) AS open_amount
        FROM ROWS FROM (pg_catalog.unnest(rebucket.bucket_from), pg_catalog.unnest(rebucket.bucket_to), pg_catalog.unnest(rebucket.amounts)) s (bucket_from, bucket_to, amount)
        WHERE s.amount IS NOT NULL) n;
END;
COMMENT ON FUNCTION chipbook.rebucket(date, date[], date[], numeric[], text, integer, text) IS 'Amounts disclosed in columns [bucket_from, bucket_to) in the columns of another layout (obligation_buckets), each spread evenly over its own by months, or by contract years and days. An open column (bucket_to NULL) is not spread: it may lie in any column that reaches beyond its beginning, so that these have bounds and no amount; open_amount is what may lie in this column or another, and amount_low adds up to the whole with each open column once. Both dates NULL: no term. An amount NULL is left out.';

-- A right to make up lasts for so many periods; the oldest is used first.
CREATE FUNCTION chipbook.take_or_pay_shortfall(minimum numeric[], taken numeric[], price chipbook.monetary, make_up_periods integer DEFAULT 0)
RETURNS TABLE (period integer, minimum_quantity numeric, taken_quantity numeric, shortfall numeric, shortfall_payment chipbook.monetary,
               made_up numeric, expired numeric, make_up_balance numeric, paid chipbook.monetary)
IMMUTABLE PARALLEL SAFE ROWS 10 LANGUAGE plpgsql SET search_path = chipbook, pg_catalog, pg_temp AS $$
DECLARE
    rights numeric[] := '{}';
    excess numeric;
    used numeric;
BEGIN
    IF minimum IS NULL OR taken IS NULL OR price IS NULL OR cardinality(taken) = 0 THEN
        RETURN;
    END IF;
    IF cardinality(minimum) NOT IN (1, cardinality(taken)) OR cardinality(taken) > 12000
       OR EXISTS (SELECT FROM unnest(minimum || taken) q WHERE q IS NULL OR NOT (q >= 0 AND q <= 1e15)) THEN
        RAISE EXCEPTION 'invalid quantities of a take-or-pay contract: minimum %, taken %', minimum, taken
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give what was taken in each period (12000 at most), and one minimum, or one for each: from 0 to 1e15, not NULL.';
    END IF;
    IF make_up_periods < 0 THEN
        RAISE EXCEPTION 'invalid make_up_periods: %', make_up_periods USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the periods a right to make up lasts: 0 for none, NULL for ever.';
    END IF;
    FOR k IN 1 .. cardinality(taken) LOOP
        period := k;
        minimum_quantity := minimum[CASE WHEN cardinality(minimum) = 1 THEN 1 ELSE k END];
        taken_quantity := taken[k];
        shortfall := greatest(minimum_quantity - taken_quantity, 0);
        excess := greatest(taken_quantity - minimum_quantity, 0);
        made_up := 0;
        FOR j IN 1 .. k - 1 LOOP
            used := least(rights[j], excess);
            rights[j] := rights[j] - used;
            excess := excess - used;
            made_up := made_up + used;
        END LOOP;
        rights[k] := CASE WHEN make_up_periods = 0 THEN 0 ELSE shortfall END;
        expired := CASE WHEN make_up_periods = 0 THEN shortfall ELSE 0 END;
        IF make_up_periods > 0 AND k > make_up_periods THEN
            expired := rights[k - make_up_periods];
            rights[k - make_up_periods] := 0;
        END IF;
        SELECT coalesce(sum(r), 0) INTO make_up_balance FROM unnest(rights) r;
        shortfall_payment := price * shortfall;
        paid := price * (greatest(minimum_quantity, taken_quantity) - made_up);
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.take_or_pay_shortfall(numeric[], numeric[], chipbook.monetary, integer) IS 'A take-or-pay contract period by period: shortfall = what of the minimum was not taken, paid for all the same (shortfall_payment). Where what was paid and not taken may be made up in the next make_up_periods (0: never; NULL: for ever), what is taken beyond the minimum uses up the oldest rights first and is not paid again (made_up); what is left of them lapses (expired). paid = price x (the greater of minimum and taken, less made_up). minimum: one for all periods, or one for each. Additive over periods but for make_up_balance. No rows for NULL. 22023 for quantities that are NULL, negative, above 1e15 or not as many.';

CREATE FUNCTION chipbook.create_ledger_obligations() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE deal_minimum (
        fact_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        deal_id          text NOT NULL,
        is_unconditional boolean NOT NULL DEFAULT true,
        valid_from       date NOT NULL CHECK (valid_from BETWEEN '0001-01-01' AND '9999-12-31'),
        valid_to         date NOT NULL CHECK (valid_to BETWEEN '0001-01-01' AND '9999-12-31'),
        currency         currency NOT NULL,
        amount_low       monetary,
        amount           monetary,
        amount_high      monetary,
        cancellable_from date,
        spread           text NOT NULL DEFAULT 'days' CHECK (spread IN ('days', 'months')),
        note             text,
        load_id          bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id        text REFERENCES source,
        known_on         date,
        recorded_at      timestamptz,
        superseded_at    timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT amounts_not_negative CHECK (amount(amount_low) >= 0 AND amount(amount) >= 0 AND amount(amount_high) >= 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE deal_minimum IS 'What the customer of a deal must at least take and pay for in [valid_from, valid_to), as a range (NULL = unknown, never 0). A deal with minimums stands at these in what remains of it, not at its value spread evenly. spread: how the amount accrues inside its period, evenly by day or by month.';
    COMMENT ON COLUMN deal_minimum.is_unconditional IS 'Whether the customer owes it without further condition.';
    COMMENT ON COLUMN deal_minimum.cancellable_from IS 'The day from which the customer may end it: what falls due from then on is not unconditional. NULL = it may not be ended.';

    CREATE TABLE deal_classification (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        deal_id        text NOT NULL,
        basis          text NOT NULL CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        classification text NOT NULL CHECK (classification IN ('service', 'operating_lease', 'finance_lease', 'embedded_lease')),
        valid_from     date NOT NULL DEFAULT '-infinity',
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
    COMMENT ON TABLE deal_classification IS 'What a deal is under an accounting basis, [valid_from, valid_to): a service, a lease as a whole (operating_lease, finance_lease; under IFRS a lessee measures both alike), or a service with a lease in it (embedded_lease: the leases of table lease, the rest a service). Without one, a deal of kind lease, or with a lease, is a lease (finance under IFRS, else operating), any other a service.';

    CREATE TABLE obligation_disclosure (
        fact_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        disclosure_id   text NOT NULL CHECK (disclosure_id <> ''),
        party_id        text NOT NULL,
        kind            text NOT NULL CHECK (kind IN ('commitments', 'remaining_performance_obligation', 'backlog')),
        as_at           date NOT NULL CHECK (as_at BETWEEN '0001-01-01' AND '9999-12-31'),
        line            text NOT NULL CHECK (line <> ''),
        is_total_line   boolean NOT NULL DEFAULT false,
        bucket          text NOT NULL DEFAULT 'total' CHECK (bucket <> ''),
        is_total_bucket boolean NOT NULL DEFAULT false,
        bucket_from     date CHECK (bucket_from BETWEEN '0001-01-01' AND '9999-12-31'),
        bucket_to       date CHECK (bucket_to BETWEEN '0001-01-01' AND '9999-12-31'),
        counterparty_id text,
        currency        currency NOT NULL,
        amount_low      monetary,
        amount          monetary,
        amount_high     monetary,
        share           numeric CHECK (share >= 0 AND share <= 1),
        qualifier       text NOT NULL DEFAULT 'exactly' CHECK (qualifier IN ('exactly', 'about', 'nearly', 'more_than', 'up_to', 'unknown')),
        note            text,
        load_id         bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id       text REFERENCES source,
        known_on        date,
        recorded_at     timestamptz,
        superseded_at   timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT bucket_from_before_bucket_to CHECK (bucket_from < bucket_to),
        CONSTRAINT no_end_without_a_beginning CHECK (bucket_from IS NOT NULL OR bucket_to IS NULL),
        CONSTRAINT total_of_all_buckets_has_no_dates CHECK (NOT is_total_bucket OR bucket_from IS NULL),
        CONSTRAINT party_is_not_the_counterparty CHECK (party_id <> counterparty_id),
        CONSTRAINT share_is_of_a_counterparty CHECK (share IS NULL OR counterparty_id IS NOT NULL),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE obligation_disclosure IS 'What a party reports of its contractual commitments, its remaining performance obligations or its backlog, as of the end of as_at: a cell of its table in each row, the totals it prints too (is_total_line, is_total_bucket), so that they can be added up again. bucket is the column''s heading, [bucket_from, bucket_to) what it covers; bucket_to NULL: open; both NULL: no term, or the total. counterparty_id: the part of it that is due to or from that party, as an amount or, with share, as a part of the total.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_obligations() IS 'Internal: part of create_ledger. Tables deal_minimum, deal_classification and obligation_disclosure.';

CREATE FUNCTION chipbook.create_ledger_obligation_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- What has a schedule of its own inside a deal.
    CREATE VIEW deal_tranche WITH (security_invoker) AS
    SELECT d.deal_id, 'stated_minimum'::text AS schedule, m.is_unconditional, m.valid_from AS from_day, m.valid_to AS to_day, m.cancellable_from, m.spread, m.currency::text AS currency,
           CASE WHEN num_nonnulls(m.amount_low, m.amount_high) = 0 THEN amount(m.amount) ELSE amount(m.amount_low) END AS amount_low,
           coalesce(amount(m.amount), CASE WHEN m.amount_low = m.amount_high THEN amount(m.amount_low) END) AS amount,
           CASE WHEN num_nonnulls(m.amount_low, m.amount_high) = 0 THEN amount(m.amount) ELSE amount(m.amount_high) END AS amount_high,
           false AS is_begun, m.recorded_at
    FROM deal_known d JOIN deal_minimum_known m ON m.deal_id = d.deal_id
    UNION ALL
    SELECT r.deal_id, CASE WHEN t.has_term THEN 'straight_line_assumed' ELSE 'no_term' END, NULL, CASE WHEN t.has_term THEN r.starts_on END, CASE WHEN t.has_term THEN r.ends_on END,
           NULL, 'days', r.currency, r.amount_low, r.amount, r.amount_high, k.delivery_stage NOT IN ('none', 'ordered'), r.recorded_at
    FROM deal_range r
    JOIN deal_known k ON k.deal_id = r.deal_id
    CROSS JOIN LATERAL (SELECT coalesce(r.starts_on >= date '0001-01-01' AND r.ends_on <= date '9999-12-31', false) AS has_term) t
    WHERE NOT EXISTS (SELECT FROM deal_minimum_known m WHERE m.deal_id = r.deal_id);
    COMMENT ON VIEW deal_tranche IS 'The parts of a deal with the time over which each is spread: its stated minimums, or else the whole between its first and its last day, which is an assumption, or without a term. is_begun: delivery has begun, so that some of it may be used up. Key: (deal_id, is_unconditional, from_day).';

    CREATE VIEW classified_basis WITH (security_invoker) AS
    SELECT c.primary_basis AS basis FROM clock c UNION SELECT k.basis FROM deal_classification_known k;
    COMMENT ON VIEW classified_basis IS 'The bases under which obligations are shown: the primary one, and those that deals are classified under. Key: (basis).';

    CREATE VIEW deal_class WITH (security_invoker) AS
    SELECT d.deal_id, b.basis, d.as_at,
           coalesce(k.classification, CASE WHEN d.kind <> 'lease' AND l.deal_id IS NULL THEN 'service' WHEN b.basis = 'ifrs' THEN 'finance_lease' ELSE 'operating_lease' END) AS classification,
           k.classification IS NOT NULL AS is_stated, l.deal_id IS NOT NULL AS is_measured, k.recorded_at
    FROM deal_exposure d
    CROSS JOIN classified_basis b
    LEFT JOIN deal_classification_known k ON k.deal_id = d.deal_id AND k.basis = b.basis AND k.valid_from <= d.as_at AND k.valid_to > d.as_at
    LEFT JOIN (SELECT DISTINCT n.deal_id FROM lease_known n) l ON l.deal_id = d.deal_id
    WHERE d.kind NOT IN ('guarantee', 'programme') AND d.tier <> 'programme' AND d.side = 'uses' AND d.contained_in IS NULL;
    COMMENT ON VIEW deal_class IS 'What each deal under which something is bought is, under each basis at each date, as stated or by default. is_measured: there are leases of it. Key: (deal_id, basis, as_at).';

    -- One amount in one place: every part of a deal that remains is in one class.
    CREATE VIEW obligation_part WITH (security_invoker) AS
    SELECT c.deal_id, c.basis, c.as_at, c.classification, NULL::text AS lease_id, t.schedule, t.currency,
           CASE WHEN c.classification IN ('service', 'embedded_lease') THEN 'purchase_obligation'
                WHEN d.starts_on <= c.as_at THEN 'lease_obligation' ELSE 'lease_not_commenced' END AS obligation_class,
           CASE WHEN t.is_unconditional IS NULL THEN 'not_stated' WHEN p.is_firm AND t.is_unconditional THEN 'unconditional' WHEN p.is_firm THEN 'conditional' ELSE 'cancellable' END AS conditionality,
           p.part_from, p.part_to, t.from_day, t.to_day, t.spread, t.is_begun,
           t.amount_low, t.amount, t.amount_high, greatest(d.recorded_at, t.recorded_at, c.recorded_at) AS recorded_at
    FROM deal_class c
    JOIN deal_range d ON d.deal_id = c.deal_id
    JOIN deal_tranche t ON t.deal_id = c.deal_id
    CROSS JOIN LATERAL (VALUES (true, t.from_day, CASE WHEN t.cancellable_from IS NULL THEN t.to_day ELSE least(t.to_day, greatest(t.cancellable_from, t.from_day)) END), (false, greatest(t.cancellable_from, t.from_day), t.to_day)) p (is_firm, part_from, part_to)
    WHERE (c.classification IN ('service', 'embedded_lease') OR NOT c.is_measured)
      AND (p.is_firm AND (t.from_day IS NULL OR p.part_from < p.part_to) OR NOT p.is_firm AND t.cancellable_from IS NOT NULL AND p.part_from < p.part_to);
    COMMENT ON VIEW obligation_part IS 'The parts of deals that stand at their own schedule: services, and leases that are not measured. A part is what may be ended (from cancellable_from on) or not. Key: (deal_id, basis, as_at, conditionality, from_day).';

    CREATE VIEW obligation_slice WITH (security_invoker) AS
    SELECT o.deal_id, o.lease_id, o.basis, o.as_at, o.classification, o.obligation_class, o.schedule, o.conditionality, o.currency, y.layout,
           b.bucket, b.bucket_number, b.bucket_from, b.bucket_to,
           CASE WHEN o.from_day IS NOT NULL THEN round(o.amount_low * e.until_term / e.term, 15) - round(o.amount_low * e.since_term / e.term, 15)
                WHEN o.is_begun THEN CASE WHEN num_nonnulls(o.amount_low, o.amount, o.amount_high) > 0 THEN 0 END ELSE o.amount_low END AS amount_low,
           CASE WHEN o.from_day IS NOT NULL THEN round(o.amount * e.until_term / e.term, 15) - round(o.amount * e.since_term / e.term, 15) WHEN NOT o.is_begun OR o.amount = 0 THEN o.amount END AS amount,
           CASE WHEN o.from_day IS NOT NULL THEN round(o.amount_high * e.until_term / e.term, 15) - round(o.amount_high * e.since_term / e.term, 15) ELSE o.amount_high END AS amount_high,
           num_nonnulls(o.amount_low, o.amount, o.amount_high) = 0 AS is_unknown, o.recorded_at
    FROM obligation_part o
    CROSS JOIN clock c
    CROSS JOIN (VALUES ('years_ahead'), ('fiscal_years')) y (layout)
    CROSS JOIN LATERAL obligation_buckets(o.as_at, y.layout, c.fiscal_year_start) b
    CROSS JOIN LATERAL (SELECT greatest(b.bucket_from, o.part_from) AS since_day, least(b.bucket_to, o.part_to) AS until_day) w
    -- Each once: without OFFSET they would be asked for wherever they are used.
    CROSS JOIN LATERAL (SELECT elapsed_term(o.from_day, w.since_day, o.spread) AS since_term, elapsed_term(o.from_day, w.until_day, o.spread) AS until_term,
                               elapsed_term(o.from_day, o.to_day, o.spread) AS term OFFSET 0) e
    WHERE CASE WHEN o.from_day IS NULL THEN b.bucket_from IS NULL ELSE b.bucket_from IS NOT NULL AND w.since_day < w.until_day END
    UNION ALL
    -- Leases stand at what is still to be paid by the plan in force; embedded in a service, they are taken out of it.
    SELECT k.deal_id, CASE WHEN s.sign > 0 THEN p.lease_id END, k.basis, k.as_at, k.classification,
           CASE WHEN s.sign < 0 THEN 'purchase_obligation' WHEN p.commences_on <= k.as_at THEN 'lease_obligation' ELSE 'lease_not_commenced' END,
           CASE WHEN s.sign < 0 THEN s.schedule ELSE 'lease_payments' END, CASE WHEN s.sign < 0 THEN s.conditionality ELSE 'unconditional' END, p.currency, y.layout,
           b.bucket, b.bucket_number, b.bucket_from, b.bucket_to, s.sign * p.payment, s.sign * p.payment, s.sign * p.payment, false, greatest(p.recorded_at, k.recorded_at)
    FROM deal_class k
    JOIN lease_due p ON p.deal_id = k.deal_id AND p.agreed_until > k.as_at AND (p.agreed_from <= k.as_at OR p.agreed_from = p.commences_on) AND p.due_on > k.as_at
    CROSS JOIN clock c
    CROSS JOIN LATERAL (
        SELECT 1 AS sign, NULL::text AS schedule, NULL::text AS conditionality, false AS is_undated
        UNION ALL
        (SELECT -1, t.schedule, CASE WHEN t.is_unconditional IS NULL THEN 'not_stated' WHEN t.is_unconditional THEN 'unconditional' ELSE 'conditional' END, t.from_day IS NULL
         FROM deal_tranche t WHERE t.deal_id = k.deal_id ORDER BY t.is_unconditional DESC, t.from_day LIMIT 1)) s
    CROSS JOIN (VALUES ('years_ahead'), ('fiscal_years')) y (layout)
    CROSS JOIN LATERAL obligation_buckets(k.as_at, y.layout, c.fiscal_year_start) b
    WHERE (s.sign > 0 AND k.classification <> 'service' OR s.sign < 0 AND k.classification = 'embedded_lease')
      AND CASE WHEN s.is_undated THEN b.bucket_from IS NULL
               ELSE b.bucket_from <= p.due_on AND (b.bucket_to IS NULL OR b.bucket_to > p.due_on) END;
    COMMENT ON VIEW obligation_slice IS 'What remains of each part of a deal and of each lease, column by column in both layouts. Of a deal without a term whose delivery has begun an unknown part is used up. What an embedded lease takes out of its deal is negative. No key.';

    CREATE VIEW obligation_item WITH (security_invoker) AS
    SELECT s.deal_id, s.lease_id, d.supplier_id, d.customer_id, d.kind, d.tier, d.legal_status, d.is_firm, s.basis, s.classification, s.obligation_class, s.schedule, s.conditionality,
           s.currency, s.as_at, s.layout, s.bucket, s.bucket_number, s.bucket_from, s.bucket_to,
           CASE WHEN sum(s.amount_low) > 0 THEN sum(s.amount_low) WHEN count(s.amount_low) > 0 THEN 0 END AS amount_low,
           CASE WHEN count(*) = count(s.amount) THEN greatest(sum(s.amount), 0) END AS amount,
           CASE WHEN count(*) = count(s.amount_high) THEN greatest(sum(s.amount_high), 0) END AS amount_high,
           bool_or(s.is_unknown) AS is_unknown, greatest(d.recorded_at, max(s.recorded_at)) AS recorded_at
    FROM obligation_slice s
    JOIN deal_range d ON d.deal_id = s.deal_id
    GROUP BY s.deal_id, s.lease_id, d.supplier_id, d.customer_id, d.kind, d.tier, d.legal_status, d.is_firm, d.recorded_at, s.basis, s.classification, s.obligation_class, s.schedule,
             s.conditionality, s.currency, s.as_at, s.layout, s.bucket, s.bucket_number, s.bucket_from, s.bucket_to;
    COMMENT ON VIEW obligation_item IS 'What remains of each deal and lease at each date, by class and column. Key: (deal_id, lease_id, basis, obligation_class, schedule, conditionality, currency, as_at, layout, bucket).';

    CREATE VIEW reporting_rate WITH (security_invoker) AS
    SELECT DISTINCT ON (d.as_at, f.from_currency) d.as_at, f.from_currency::text AS currency, f.rate, f.recorded_at
    FROM exposure_date d
    CROSS JOIN clock c
    JOIN fx_rate_known f ON f.to_currency = c.reporting_currency AND f.rate_type = 'closing' AND f.rate_source = 'ledger' AND f.rate_date <= d.as_at AND f.rate_date > d.as_at - 45
    ORDER BY d.as_at, f.from_currency, f.rate_date DESC;
    COMMENT ON VIEW reporting_rate IS 'What one unit of a currency is in the reporting currency at a date: the last closing rate as known, 44 days old at most. No row for the reporting currency itself. Key: (as_at, currency).';

    CREATE VIEW obligation_level WITH (security_invoker) AS
    SELECT i.*, c.reporting_currency::text AS reporting_currency, CASE WHEN i.currency = c.reporting_currency::text THEN 1 ELSE f.rate END AS rate
    FROM (SELECT 'party' AS grouping_level, p.supplier_id AS provider_id, p.customer_id AS buyer_id, p.* FROM obligation_item p
          UNION ALL
          SELECT 'group', coalesce(a.group_id, g.supplier_id), coalesce(b.group_id, g.customer_id), g.*
          FROM obligation_item g
          LEFT JOIN party_group a ON a.as_at = g.as_at AND a.party_id = g.supplier_id
          LEFT JOIN party_group b ON b.as_at = g.as_at AND b.party_id = g.customer_id
          WHERE coalesce(a.group_id, g.supplier_id) <> coalesce(b.group_id, g.customer_id)) i
    CROSS JOIN clock c
    LEFT JOIN reporting_rate f ON f.as_at = i.as_at AND f.currency = i.currency;
    COMMENT ON VIEW obligation_level IS 'obligation_item between parties and, deals inside a group dropped, between groups, with the rate of the reporting currency. Key: that of obligation_item, and grouping_level.';

    -- What is reported

    CREATE VIEW disclosure_cell WITH (security_invoker) AS
    SELECT d.disclosure_id, d.party_id, d.kind, d.as_at, d.currency::text AS currency, d.line, d.is_total_line, d.bucket, d.is_total_bucket, d.bucket_from, d.bucket_to, d.counterparty_id, d.share,
           CASE WHEN d.qualifier = 'up_to' THEN coalesce(amount(d.amount_low), 0) WHEN d.qualifier = 'nearly' THEN amount(d.amount_low) ELSE coalesce(amount(d.amount_low), amount(d.amount)) END AS amount_low,
           CASE WHEN d.qualifier IN ('exactly', 'about') THEN coalesce(amount(d.amount), CASE WHEN d.amount_low = d.amount_high THEN amount(d.amount_low) END) END AS amount,
           CASE WHEN d.qualifier = 'more_than' THEN amount(d.amount_high) ELSE coalesce(amount(d.amount_high), amount(d.amount)) END AS amount_high,
           d.source_id, d.recorded_at
    FROM obligation_disclosure_known d;
    COMMENT ON VIEW disclosure_cell IS 'Cells of reported tables, each amount as a range. Key: (disclosure_id).';

    CREATE VIEW reported_backlog WITH (security_invoker) AS
    SELECT c.party_id, c.kind, c.as_at, c.line, c.currency,
           CASE WHEN bool_or(c.is_total_bucket) THEN max(c.amount_low) FILTER (WHERE c.is_total_bucket) ELSE sum(c.amount_low) END AS amount_low,
           CASE WHEN bool_or(c.is_total_bucket) THEN max(c.amount) FILTER (WHERE c.is_total_bucket) WHEN count(*) = count(c.amount) THEN sum(c.amount) END AS amount,
           CASE WHEN bool_or(c.is_total_bucket) THEN max(c.amount_high) FILTER (WHERE c.is_total_bucket) WHEN count(*) = count(c.amount_high) THEN sum(c.amount_high) END AS amount_high,
           -- A report comes weeks after its date, and with it what was signed by then.
           (SELECT max(d.as_at) FROM exposure_date d
            WHERE d.as_at < (date_trunc('month', coalesce(min(n.known_on), c.as_at)::timestamp) + interval '1 month')::date) AS deals_as_at,
           max(c.recorded_at) AS recorded_at
    FROM disclosure_cell c JOIN obligation_disclosure_known n ON n.disclosure_id = c.disclosure_id
    WHERE c.kind IN ('remaining_performance_obligation', 'backlog') AND c.counterparty_id IS NULL AND NOT c.is_total_line
    GROUP BY c.party_id, c.kind, c.as_at, c.line, c.currency;
    COMMENT ON VIEW reported_backlog IS 'What a supplier reports it still has to deliver: its total, or what its columns add up to. deals_as_at: the date at which deals are put beside it, the end of the month in which it was published. Key: (party_id, kind, as_at, line, currency).';

    CREATE VIEW backlog_customer WITH (security_invoker) AS
    SELECT r.party_id, r.kind, r.as_at, r.line, r.currency, coalesce(b.group_id, i.customer_id) AS customer_id,
           sum(i.amount_low) AS amount_low, CASE WHEN count(*) = count(i.amount) THEN sum(i.amount) END AS amount,
           CASE WHEN count(*) = count(i.amount_high) THEN sum(i.amount_high) END AS amount_high, sum(i.amount) AS known_amount,
           count(DISTINCT i.deal_id) AS deal_count, count(DISTINCT i.deal_id) FILTER (WHERE i.is_unknown) AS unknown_count, max(i.recorded_at) AS recorded_at
    FROM reported_backlog r
    JOIN obligation_item i ON i.as_at = r.deals_as_at AND i.currency = r.currency
    LEFT JOIN party_group a ON a.as_at = i.as_at AND a.party_id = i.supplier_id
    LEFT JOIN party_group b ON b.as_at = i.as_at AND b.party_id = i.customer_id
    WHERE i.is_firm AND i.layout = 'years_ahead' AND i.obligation_class = 'purchase_obligation' AND i.basis = (SELECT c.primary_basis FROM clock c)
      AND r.party_id = ANY (coalesce(a.lineage, ARRAY[i.supplier_id])) AND coalesce(a.group_id, i.supplier_id) <> coalesce(b.group_id, i.customer_id)
    GROUP BY r.party_id, r.kind, r.as_at, r.line, r.currency, coalesce(b.group_id, i.customer_id);
    COMMENT ON VIEW backlog_customer IS 'What deals have a supplier, with the parties it controls, still deliver to each customer outside its group, beside each backlog it reports. Key: (party_id, kind, as_at, line, currency, customer_id).';

    CREATE VIEW table_tie WITH (security_invoker) AS
    SELECT c.party_id, c.kind, c.as_at, c.currency, 'line'::text AS axis, c.line AS subject,
           count(*) FILTER (WHERE NOT c.is_total_bucket) AS cells, count(c.amount) FILTER (WHERE NOT c.is_total_bucket) AS known_cells,
           sum(c.amount) FILTER (WHERE NOT c.is_total_bucket) AS added_up, max(c.amount) FILTER (WHERE c.is_total_bucket) AS stated, max(c.recorded_at) AS recorded_at
    FROM disclosure_cell c WHERE c.counterparty_id IS NULL
    GROUP BY c.party_id, c.kind, c.as_at, c.currency, c.line
    HAVING count(*) FILTER (WHERE NOT c.is_total_bucket) > 0
    UNION ALL
    SELECT c.party_id, c.kind, c.as_at, c.currency, 'bucket', c.bucket,
           count(*) FILTER (WHERE NOT c.is_total_line), count(c.amount) FILTER (WHERE NOT c.is_total_line),
           sum(c.amount) FILTER (WHERE NOT c.is_total_line), max(c.amount) FILTER (WHERE c.is_total_line), max(c.recorded_at)
    FROM disclosure_cell c WHERE c.counterparty_id IS NULL
    GROUP BY c.party_id, c.kind, c.as_at, c.currency, c.bucket
    HAVING bool_or(c.is_total_line) AND bool_or(NOT c.is_total_line);
    COMMENT ON VIEW table_tie IS 'Each line of a reported table added up beside its total, and each column beside the total line. Key: (party_id, kind, as_at, currency, axis, subject).';

    CREATE VIEW obligation_finding WITH (security_invoker) AS
    SELECT f.finding, f.severity, f.subject, f.subject_id, NULL::date AS period_month, f.row_count, f.detail
    FROM (
        SELECT 'minimums_differ_from_value'::text AS finding, 'info'::text AS severity, 'deal'::text AS subject, m.deal_id AS subject_id, count(*) AS row_count,
               format('its minimums add up to %s, its value is %s: what remains of it stands at its minimums', monetary(sum(amount(m.amount)), currency(d.amount)), d.amount) AS detail
        FROM deal_minimum_known m JOIN deal_known d ON d.deal_id = m.deal_id AND d.currency = m.currency
        GROUP BY m.deal_id, d.amount HAVING count(*) = count(m.amount) AND sum(amount(m.amount)) <> amount(d.amount) AND sum(amount(m.amount)) < 2e18
        UNION ALL
        SELECT 'disclosure_does_not_add_up', 'warning', 'party', t.party_id, count(*),
               string_agg(format('%s of %s at %s: %s adds up to %s, %s is stated', t.axis, t.kind, to_char(t.as_at, 'YYYY-MM-DD'), t.subject, t.added_up, t.stated), '; ' ORDER BY t.as_at, t.axis, t.subject)
        FROM table_tie t WHERE t.cells = t.known_cells AND t.added_up <> t.stated GROUP BY t.party_id
        UNION ALL
        SELECT 'embedded_lease_without_lease', 'warning', 'deal', k.deal_id, count(*), 'classified as a service with a lease in it, and no lease says how much'
        FROM deal_classification_known k
        WHERE k.classification = 'embedded_lease' AND NOT EXISTS (SELECT FROM lease_known l WHERE l.deal_id = k.deal_id) GROUP BY k.deal_id
        UNION ALL
        SELECT 'lease_not_measured', 'warning', 'deal', k.deal_id, count(*), format('a lease under %s without a fact in table lease: it has no liability, and stands at its value', string_agg(k.basis, ', ' ORDER BY k.basis))
        FROM deal_class k
        WHERE k.classification IN ('operating_lease', 'finance_lease') AND NOT k.is_measured AND k.as_at = (SELECT c.effective_date FROM clock c) GROUP BY k.deal_id
        UNION ALL
        SELECT 'lease_modified_after_its_end', 'warning', 'lease', m.lease_id, count(*), 'a modification takes effect after the last period and changes nothing'
        FROM lease_modification_known m
        JOIN lease_known l ON l.lease_id = m.lease_id AND currency(l.payments[1]) = currency(m.payments[1])
        WHERE NOT EXISTS (SELECT FROM lease_plan p WHERE p.lease_id = m.lease_id AND p.step > 0 AND p.payments = m.payments) GROUP BY m.lease_id
        UNION ALL
        SELECT 'lease_modified_in_another_currency', 'error', 'lease', m.lease_id, count(*), format('a modification in %s of a lease in %s changes nothing', min(currency(m.payments[1])::text), min(currency(l.payments[1])::text))
        FROM lease_modification_known m
        JOIN lease_known l ON l.lease_id = m.lease_id AND (currency(l.payments[1]) = currency(m.payments[1])) IS NOT TRUE GROUP BY m.lease_id
        UNION ALL
        SELECT 'lease_unlike_deal', 'warning', 'lease', l.lease_id, 1::bigint, format('in %s, its deal %s is in %s', currency(l.payments[1]), l.deal_id, d.currency)
        FROM lease_known l JOIN deal_known d ON d.deal_id = l.deal_id WHERE d.currency <> currency(l.payments[1])
        UNION ALL
        SELECT 'leased_and_rented', 'warning', 'lease', k.lease_id, count(*), format('chips that the lessor also rents to pool %s while the lease runs: what is one contract is counted twice (%s)', min(k.pool_id), string_agg(DISTINCT r.rental_id, ', '))
        FROM lease_chips() k
        JOIN lease_known l ON l.lease_id = k.lease_id
        JOIN deal_known d ON d.deal_id = l.deal_id
        JOIN rented_capacity_known r ON r.pool_id = k.pool_id AND r.supplier_id = d.supplier_id AND r.chips = k.chips AND r.valid_from < k.to_day AND r.valid_to > k.from_day
        WHERE EXISTS (SELECT FROM lease_known x WHERE x.chips IS NOT NULL) GROUP BY k.lease_id
        UNION ALL
        SELECT 'leased_pool_not_leased', 'warning', 'pool', p.pool_id, count(*), format('all its chips are leased, and it is said to be %s', p.ownership)
        FROM pool_known p
        JOIN lease_known l ON l.pool_id = p.pool_id AND l.chips IS NOT NULL
        JOIN lease_model m ON m.lease_id = l.lease_id AND m.basis = (SELECT c.primary_basis FROM clock c)
        WHERE p.ownership <> 'leased' AND NOT EXISTS (SELECT FROM pool_asset_known a WHERE a.pool_id = p.pool_id)
          AND NOT EXISTS (SELECT FROM rented_capacity_known r WHERE r.pool_id = p.pool_id)
        GROUP BY p.pool_id, p.ownership) f;
    COMMENT ON VIEW obligation_finding IS 'Findings about obligations, leases and what is reported of them, in the columns of data_quality. Key: (finding, subject, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_obligation_views() IS 'Internal: part of create_ledger. What remains of deals and leases, part by part, and reported tables cell by cell.';

CREATE FUNCTION chipbook.create_report_obligation_views() RETURNS void LANGUAGE plpgsql AS $ddl$
DECLARE
    published record;
BEGIN
    -- One select list under the names of each side; the first has all there is, the others what binds, years
    -- ahead, under the primary basis.
    FOR published IN SELECT v.* FROM (VALUES
        ('contract_obligations', 'i.grouping_level, i.buyer_id, i.provider_id AS supplier_id, i.deal_id, i.lease_id, i.obligation_class',
         NULL, NULL,
         'What remains of every deal and lease at every month end and at the effective date, in both layouts, under each basis that deals are classified under, binding or not, between parties and between groups. Key: (grouping_level, deal_id, lease_id, basis, obligation_class, schedule, conditionality, currency, as_at, layout, bucket). Take one grouping_level, basis, layout and legal status before adding up; purchase_obligations and its kin have done so.'),
        ('purchase_obligations', 'i.buyer_id, i.provider_id AS supplier_id, i.deal_id',
         'party', 'purchase_obligation',
         'What customers must still buy under binding deals (signed, closed, paid) at every month end and at the effective date, by years ahead, under the primary basis. Key: (deal_id, schedule, conditionality, currency, as_at, bucket). Deals inside another, guarantees and programmes are left out; of tier supply is what a supplier buys to serve its customer. Fiscal years, other bases and what does not bind are in contract_obligations.'),
        ('purchase_obligations_group', 'i.buyer_id, i.provider_id AS supplier_id, i.deal_id',
         'group', 'purchase_obligation',
         'purchase_obligations between groups: each party stands for the top of its group, and what happens inside a group is left out. Same columns. Key: (deal_id, schedule, conditionality, currency, as_at, bucket). Never add it to purchase_obligations.'),
        ('remaining_performance_obligations', 'i.provider_id AS supplier_id, i.buyer_id AS customer_id, i.deal_id',
         'party', 'purchase_obligation',
         'What suppliers must still deliver under binding deals: purchase_obligations from the other side, amount for amount. Key: (deal_id, schedule, conditionality, currency, as_at, bucket). What suppliers report may be narrower (IFRS 15.121 and ASC 606-10-50-14 leave out contracts of a year or less) or wider (backlog): see backlog_tie_out.'),
        ('remaining_performance_obligations_group', 'i.provider_id AS supplier_id, i.buyer_id AS customer_id, i.deal_id',
         'group', 'purchase_obligation',
         'remaining_performance_obligations between groups: each party stands for the top of its group, and what happens inside a group is left out. Same columns. Key: (deal_id, schedule, conditionality, currency, as_at, bucket).'),
        ('lease_obligations', 'i.buyer_id AS lessee_id, i.provider_id AS lessor_id, i.deal_id, i.lease_id',
         'party', 'lease_obligation',
         'Payments still to be made under leases that have commenced, undiscounted, by years ahead, under the primary basis. Key: (deal_id, lease_id, schedule, conditionality, currency, as_at, bucket). lease_id NULL: classified as a lease and not measured, at the value of the deal. What they are worth today is lease_liability.'),
        ('lease_obligations_group', 'i.buyer_id AS lessee_id, i.provider_id AS lessor_id, i.deal_id, i.lease_id',
         'group', 'lease_obligation',
         'lease_obligations between groups. Same columns. Key: (deal_id, lease_id, schedule, conditionality, currency, as_at, bucket).'),
        ('leases_not_commenced', 'i.buyer_id AS lessee_id, i.provider_id AS lessor_id, i.deal_id, i.lease_id',
         'party', 'lease_not_commenced',
         'Payments to be made under binding leases that have not commenced: disclosed, in no liability. Key: (deal_id, lease_id, schedule, conditionality, currency, as_at, bucket).')) v (view_name, parties, grouping_level, obligation_class, meaning)
    LOOP
        EXECUTE format('CREATE VIEW %I WITH (security_invoker) AS
            SELECT %s, i.kind AS deal_kind, i.tier, i.legal_status, i.basis, i.classification, i.schedule, i.conditionality, i.currency, i.as_at, i.layout,
                   i.bucket, i.bucket_number::bigint AS bucket_number, i.bucket_from, i.bucket_to, publishable(i.amount_low)::numeric(38,15) AS amount_low, publishable(i.amount)::numeric(38,15) AS amount,
                   publishable(i.amount_high)::numeric(38,15) AS amount_high, i.is_unknown::integer::bigint AS unknown_count, (NOT i.is_unknown AND i.amount_high IS NULL)::integer::bigint AS unbounded_count,
                   i.reporting_currency, publishable(round(i.amount_low * i.rate, 15))::numeric(38,15) AS reporting_amount_low, publishable(round(i.amount * i.rate, 15))::numeric(38,15) AS reporting_amount,
                   publishable(round(i.amount_high * i.rate, 15))::numeric(38,15) AS reporting_amount_high, i.recorded_at AS last_recorded_at
            FROM obligation_level i
            WHERE %s',
            published.view_name, published.parties,
            CASE WHEN published.grouping_level IS NULL THEN 'true' ELSE format('i.grouping_level = %L AND i.obligation_class = %L AND i.is_firm AND i.layout = ''years_ahead'' AND i.basis = (SELECT c.primary_basis FROM clock c)',
                            published.grouping_level, published.obligation_class) END);
        EXECUTE format('COMMENT ON VIEW %I IS %L', published.view_name, published.meaning || ' Amounts in units of currency, as ranges amount_low, amount, amount_high: amount is NULL when it is not determined, amount_high when nothing bounds it, all three when nothing is known (unknown_count 1). Amounts are additive over deals and buckets within one currency, as_at and legal status; unknown_count over deals only. reporting_amount: at the last closing rate, NULL without one.');
    END LOOP;
    COMMENT ON COLUMN contract_obligations.obligation_class IS 'purchase_obligation: to be bought, the remaining performance obligation of the supplier; lease_obligation: payments of a lease that has commenced; lease_not_commenced: of one that has not, which is disclosed and not measured. An amount is in one class only, under each basis.';
    COMMENT ON COLUMN contract_obligations.schedule IS 'Where the dates come from: stated_minimum; straight_line_assumed, the value of the deal spread evenly over its contract years by day, an assumption; lease_payments; no_term.';
    COMMENT ON COLUMN contract_obligations.conditionality IS 'unconditional and conditional as stated; cancellable: falls due when the customer may have ended it; not_stated.';
    COMMENT ON COLUMN contract_obligations.bucket IS 'Layout years_ahead: <1y, 1-3y, 3-5y, >5y from the day after as_at; layout fiscal_years: FY2025 and so on, the first for the rest of its year, and thereafter; in both no_term for what has no last day, which is not over 5 years. [bucket_from, bucket_to).';

    CREATE VIEW contract_remaining WITH (security_invoker) AS
    SELECT t.deal_id, t.supplier_id, t.customer_id, t.deal_kind, t.tier, t.legal_status, t.is_binding, t.schedule, t.currency, t.as_at, t.starts_on, t.ends_on,
           (CASE WHEN t.ends_on > t.as_at THEN elapsed_years(t.as_at + 1, t.ends_on) END)::numeric(38,15) AS remaining_years,
           coalesce(t.ends_on <= (t.starts_on + interval '1 year')::date, false) AS within_a_year,
           publishable(t.value_low)::numeric(38,15) AS contract_value_low, publishable(t.value)::numeric(38,15) AS contract_value, publishable(t.value_high)::numeric(38,15) AS contract_value_high,
           publishable(t.consumed_low)::numeric(38,15) AS consumed_low, publishable(t.consumed)::numeric(38,15) AS consumed, publishable(t.consumed_high)::numeric(38,15) AS consumed_high,
           publishable(CASE WHEN t.is_begun THEN t.value_low - t.value_low ELSE t.value_low - t.consumed_low END)::numeric(38,15) AS remaining_low,
           publishable(t.value - t.consumed)::numeric(38,15) AS remaining,
           publishable(CASE WHEN t.is_begun THEN t.value_high ELSE t.value_high - t.consumed_high END)::numeric(38,15) AS remaining_high, t.last_recorded_at
    FROM (SELECT n.deal_id, d.supplier_id, d.customer_id, d.kind AS deal_kind, d.tier, d.legal_status, d.is_firm AS is_binding, min(n.schedule) AS schedule, n.currency, d.as_at,
                 min(n.from_day) AS starts_on, max(n.to_day) AS ends_on, bool_or(n.is_begun AND n.from_day IS NULL) AS is_begun,
                 sum(n.amount_low) AS value_low, CASE WHEN count(*) = count(n.amount) THEN sum(n.amount) END AS value, CASE WHEN count(*) = count(n.amount_high) THEN sum(n.amount_high) END AS value_high,
                 sum(CASE WHEN n.from_day IS NOT NULL THEN consumed_amount(n.amount_low, n.from_day, n.to_day, d.as_at + 1, n.spread) WHEN n.amount_low IS NOT NULL THEN 0 END) AS consumed_low,
                 CASE WHEN count(*) = count(n.amount)
                      THEN sum(CASE WHEN n.from_day IS NOT NULL THEN consumed_amount(n.amount, n.from_day, n.to_day, d.as_at + 1, n.spread) WHEN NOT n.is_begun OR n.amount = 0 THEN 0 END) END AS consumed,
                 CASE WHEN count(*) = count(n.amount_high)
                      THEN sum(CASE WHEN n.from_day IS NOT NULL THEN consumed_amount(n.amount_high, n.from_day, n.to_day, d.as_at + 1, n.spread) WHEN n.is_begun THEN n.amount_high ELSE 0 END) END AS consumed_high,
                 max(greatest(n.recorded_at, d.recorded_at)) AS last_recorded_at
          FROM deal_exposure d
          JOIN deal_tranche n ON n.deal_id = d.deal_id
          WHERE d.contained_in IS NULL AND d.kind NOT IN ('guarantee', 'programme') AND d.tier <> 'programme' AND d.side = 'uses'
          GROUP BY n.deal_id, d.supplier_id, d.customer_id, d.kind, d.tier, d.legal_status, d.is_firm, n.currency, d.as_at) t;
    COMMENT ON VIEW contract_remaining IS 'How much of each deal is consumed and remains at every month end and at the effective date: contract_value = consumed + remaining, exactly, where all three are known. Key: (deal_id, currency, as_at). A deal with stated minimums has their sum for a value. In units of currency, as ranges; additive over deals of one currency, date and legal status. Whether a deal is a service or a lease changes nothing here.';
    COMMENT ON COLUMN contract_remaining.schedule IS 'stated_minimum; straight_line_assumed: evenly over its contract years by day, an assumption; no_term: nothing is consumed while delivery has not begun, an unknown part from then on.';
    COMMENT ON COLUMN contract_remaining.within_a_year IS 'Its whole term is a year or less: IFRS 15.121(a) and ASC 606-10-50-14 let a supplier leave it out of its remaining performance obligations.';

    CREATE VIEW provider_backlog WITH (security_invoker) AS
    SELECT n.grouping_level, n.provider_id, n.currency, n.as_at, publishable(sum(n.amount_low))::numeric(38,15) AS remaining_low,
           publishable(CASE WHEN bool_and(n.is_known) THEN sum(n.amount) END)::numeric(38,15) AS remaining,
           publishable(CASE WHEN bool_and(n.is_bounded) THEN sum(n.amount_high) END)::numeric(38,15) AS remaining_high,
           publishable(sum(n.amount))::numeric(38,15) AS known_amount, publishable(sum(n.dated_amount))::numeric(38,15) AS dated_amount,
           (sum(n.weighted_years) / nullif(sum(n.dated_amount), 0))::numeric(38,15) AS weighted_remaining_years,
           count(*) AS customers, (array_agg(n.customer_id ORDER BY n.amount DESC NULLS LAST, n.customer_id))[1] AS top_customer_id,
           (max(n.amount) * 1.00000000000000000000 / nullif(sum(n.amount), 0))::numeric(38,15) AS top_customer_share,
           sum(n.deal_count)::bigint AS deal_count, sum(n.unknown_count)::bigint AS unknown_count, max(n.last_recorded_at) AS last_recorded_at
    FROM (SELECT i.grouping_level, i.provider_id, i.buyer_id AS customer_id, i.currency, i.as_at, sum(i.amount_low) AS amount_low, sum(i.amount) AS amount, sum(i.amount_high) AS amount_high,
                 bool_and(i.amount IS NOT NULL) AS is_known, bool_and(i.amount_high IS NOT NULL) AS is_bounded,
                 sum(i.amount) FILTER (WHERE e.ends_on IS NOT NULL) AS dated_amount,
                 sum(i.amount * elapsed_years(i.as_at + 1, e.ends_on)) AS weighted_years,
                 count(DISTINCT i.deal_id) AS deal_count, count(DISTINCT i.deal_id) FILTER (WHERE i.is_unknown) AS unknown_count, max(i.recorded_at) AS last_recorded_at
          FROM obligation_level i
          LEFT JOIN (SELECT t.deal_id, max(t.to_day) AS ends_on FROM deal_tranche t GROUP BY t.deal_id HAVING bool_and(t.to_day IS NOT NULL)) e ON e.deal_id = i.deal_id AND e.ends_on > i.as_at
          WHERE i.is_firm AND i.layout = 'years_ahead' AND i.obligation_class = 'purchase_obligation' AND i.basis = (SELECT c.primary_basis FROM clock c)
          GROUP BY i.grouping_level, i.provider_id, i.buyer_id, i.currency, i.as_at) n
    GROUP BY n.grouping_level, n.provider_id, n.currency, n.as_at;
    COMMENT ON VIEW provider_backlog IS 'What each provider still has to deliver under binding deals, for how long, and to how many: grouping_level party or group. Key: (grouping_level, provider_id, currency, as_at). weighted_remaining_years: the years to the last day of each deal, weighted by what is known to remain of it, over deals that have one (dated_amount). top_customer_share: of known_amount. Amounts are additive over providers of one level, currency and date; years and shares are not.';

    CREATE VIEW backlog_tie_out WITH (security_invoker) AS
    SELECT r.party_id, r.kind, r.as_at, r.line, r.currency,
           publishable(r.amount_low)::numeric(38,15) AS reported_low, publishable(r.amount)::numeric(38,15) AS reported, publishable(r.amount_high)::numeric(38,15) AS reported_high,
           r.deals_as_at, publishable(coalesce(d.amount_low, 0))::numeric(38,15) AS from_deals_low,
           publishable(CASE WHEN d.is_known IS NOT FALSE THEN coalesce(d.known_amount, 0) END)::numeric(38,15) AS from_deals,
           publishable(CASE WHEN d.is_bounded IS NOT FALSE THEN coalesce(d.amount_high, 0) END)::numeric(38,15) AS from_deals_high,
           publishable(r.amount - coalesce(d.known_amount, 0))::numeric(38,15) AS difference,
           coalesce(d.deal_count, 0) AS deal_count, coalesce(d.unknown_count, 0) AS unknown_count, greatest(r.recorded_at, d.recorded_at) AS last_recorded_at
    FROM reported_backlog r
    LEFT JOIN (SELECT c.party_id, c.kind, c.as_at, c.line, c.currency, sum(c.amount_low) AS amount_low, sum(c.known_amount) AS known_amount, sum(c.amount_high) AS amount_high,
                      bool_and(c.amount IS NOT NULL) AS is_known, bool_and(c.amount_high IS NOT NULL) AS is_bounded,
                      sum(c.deal_count)::bigint AS deal_count, sum(c.unknown_count)::bigint AS unknown_count, max(c.recorded_at) AS recorded_at
               FROM backlog_customer c GROUP BY c.party_id, c.kind, c.as_at, c.line, c.currency) d
      ON d.party_id = r.party_id AND d.kind = r.kind AND d.as_at = r.as_at AND d.line = r.line AND d.currency = r.currency;
    COMMENT ON VIEW backlog_tie_out IS 'What suppliers report as remaining performance obligations or backlog beside what the ledger''s deals have them deliver at deals_as_at. Key: (party_id, kind, as_at, line, currency). difference = reported - what is known from deals: what the ledger has no deal for, or, when negative, what the supplier does not count. Not additive: dates and measures repeat each other.';

    CREATE VIEW backlog_by_customer WITH (security_invoker) AS
    SELECT n.party_id, n.kind, n.as_at, n.line, n.currency, n.customer_id, publishable(r.amount)::numeric(38,15) AS reported_total, s.share::numeric(38,15) AS reported_share,
           publishable(coalesce(s.amount, round(r.amount * s.share, 15)))::numeric(38,15) AS reported_amount, r.deals_as_at,
           publishable(d.amount_low)::numeric(38,15) AS from_deals_low, publishable(d.amount)::numeric(38,15) AS from_deals, publishable(d.amount_high)::numeric(38,15) AS from_deals_high,
           least(publishable(d.amount_low * 1.00000000000000000000 / nullif(r.amount, 0)), 1)::numeric(38,15) AS share_low,
           CASE WHEN d.amount_high IS NOT NULL THEN least(publishable(d.amount_high * 1.00000000000000000000 / nullif(r.amount, 0)), 1) END::numeric(38,15) AS share_high,
           coalesce(d.deal_count, 0) AS deal_count, coalesce(d.unknown_count, 0) AS unknown_count, greatest(r.recorded_at, s.recorded_at, d.recorded_at) AS last_recorded_at
    FROM (SELECT c.party_id, c.kind, c.as_at, c.line, c.currency, c.customer_id FROM backlog_customer c
          UNION SELECT c.party_id, c.kind, c.as_at, c.line, c.currency, c.counterparty_id FROM disclosure_cell c
                WHERE c.counterparty_id IS NOT NULL AND c.kind IN ('remaining_performance_obligation', 'backlog')) n
    JOIN reported_backlog r ON r.party_id = n.party_id AND r.kind = n.kind AND r.as_at = n.as_at AND r.line = n.line AND r.currency = n.currency
    LEFT JOIN backlog_customer d ON d.party_id = n.party_id AND d.kind = n.kind AND d.as_at = n.as_at AND d.line = n.line AND d.currency = n.currency AND d.customer_id = n.customer_id
    LEFT JOIN (SELECT c.party_id, c.kind, c.as_at, c.line, c.currency, c.counterparty_id, max(c.share) AS share, max(c.amount) AS amount, max(c.recorded_at) AS recorded_at
               FROM disclosure_cell c WHERE c.counterparty_id IS NOT NULL GROUP BY c.party_id, c.kind, c.as_at, c.line, c.currency, c.counterparty_id) s
      ON s.party_id = n.party_id AND s.kind = n.kind AND s.as_at = n.as_at AND s.line = n.line AND s.currency = n.currency AND s.counterparty_id = n.customer_id;
    COMMENT ON VIEW backlog_by_customer IS 'The part of each customer in what a supplier reports as remaining performance obligations or backlog: as reported (reported_share x reported_total), and as the ledger''s deals bound it. Key: (party_id, kind, as_at, line, currency, customer_id). customer_id: the top of its group, or as the report names it. share_high = what deals have delivered to it at most / reported_total: an upper bound, since a report need not count all of a deal.';

    CREATE VIEW disclosure_tie_out WITH (security_invoker) AS
    SELECT t.party_id, t.kind, t.as_at, t.currency, t.axis, t.subject, t.cells, t.cells - t.known_cells AS unknown_count,
           publishable(t.added_up)::numeric(38,15) AS added_up, publishable(t.stated)::numeric(38,15) AS stated,
           publishable(CASE WHEN t.cells = t.known_cells THEN t.added_up - t.stated END)::numeric(38,15) AS difference,
           CASE WHEN t.cells = t.known_cells THEN t.added_up = t.stated END AS ties, t.recorded_at AS last_recorded_at
    FROM table_tie t;
    COMMENT ON VIEW disclosure_tie_out IS 'Whether reported tables of obligations add up: each line over its columns beside its total (axis line), each column over its lines beside the total line (axis bucket). Key: (party_id, kind, as_at, currency, axis, subject). ties NULL: no total is stated, or a cell is not known. Not additive.';

    CREATE VIEW disclosure_rebucketed WITH (security_invoker) AS
    SELECT d.party_id, d.kind, d.as_at, d.currency, d.line, y.layout, b.bucket, b.bucket_number::bigint AS bucket_number, b.new_from AS bucket_from, b.new_to AS bucket_to,
           publishable(b.amount_low)::numeric(38,15) AS amount_low, publishable(b.amount)::numeric(38,15) AS amount, publishable(b.amount_high)::numeric(38,15) AS amount_high,
           publishable(b.open_amount)::numeric(38,15) AS open_amount, d.unknown_count, d.last_recorded_at
    FROM (SELECT c.party_id, c.kind, c.as_at, c.currency, c.line, array_agg(c.bucket_from ORDER BY c.bucket_from, c.bucket) AS bucket_from,
                 array_agg(c.bucket_to ORDER BY c.bucket_from, c.bucket) AS bucket_to, array_agg(c.amount ORDER BY c.bucket_from, c.bucket) AS amounts,
                 count(*) - count(c.amount) AS unknown_count, max(c.recorded_at) AS last_recorded_at
          FROM disclosure_cell c WHERE NOT c.is_total_bucket AND c.counterparty_id IS NULL
          GROUP BY c.party_id, c.kind, c.as_at, c.currency, c.line) d
    CROSS JOIN clock c
    CROSS JOIN (VALUES ('years_ahead'), ('fiscal_years')) y (layout)
    CROSS JOIN LATERAL rebucket(d.as_at, d.bucket_from, d.bucket_to, d.amounts, y.layout, c.fiscal_year_start) b;
    COMMENT ON VIEW disclosure_rebucketed IS 'Reported tables of obligations in the columns of either layout: what stands in a column is spread evenly over its months, an assumption; what stands in an open one is not spread, and gives bounds. Key: (party_id, kind, as_at, currency, line, layout, bucket). amount_low is additive over buckets with each open amount once; amount is NULL where an open amount may lie in several.';

    CREATE VIEW lease_period WITH (security_invoker) AS
    SELECT r.lease_id, l.deal_id, d.customer_id AS lessee_id, d.supplier_id AS lessor_id, l.entity_id, l.pool_id, r.basis, r.model, r.period_number::bigint AS period_number, r.period_from, r.period_to,
           currency(r.payment)::text AS currency, amount(r.liability_opening)::numeric(38,15) AS liability_opening, amount(r.liability_change)::numeric(38,15) AS liability_change,
           amount(r.interest)::numeric(38,15) AS interest, amount(r.payment)::numeric(38,15) AS payment, amount(r.liability_closing)::numeric(38,15) AS liability_closing,
           amount(r.right_of_use_opening)::numeric(38,15) AS right_of_use_opening, amount(r.right_of_use_change)::numeric(38,15) AS right_of_use_change,
           amount(r.amortisation)::numeric(38,15) AS amortisation, amount(r.right_of_use_closing)::numeric(38,15) AS right_of_use_closing,
           amount(r.lease_cost)::numeric(38,15) AS lease_cost, amount(r.modification_gain)::numeric(38,15) AS modification_gain, r.last_recorded_at
    FROM lease_row r
    JOIN lease_known l ON l.lease_id = r.lease_id
    JOIN deal_known d ON d.deal_id = l.deal_id;
    COMMENT ON VIEW lease_period IS 'Leases that have commenced, period by period as posted, under IFRS and US GAAP. Key: (lease_id, basis, period_number). In units of currency: liability_closing = liability_opening + liability_change + interest - payment; right_of_use_closing = right_of_use_opening + right_of_use_change - amortisation; lease_cost = interest + amortisation; both balances end on 0. Flows are additive within a basis and currency, balances over leases only. Before a modification the amounts are those that were agreed then.';
    COMMENT ON COLUMN lease_period.model IS 'ifrs, us_gaap_finance or us_gaap_operating (one even lease_cost).';
    COMMENT ON COLUMN lease_period.liability_change IS 'What a reassessment, a modification or a decrease in scope at the start of the period does to the liability; right_of_use_change likewise, and modification_gain = right_of_use_change - liability_change goes to profit or loss.';

    CREATE VIEW lease_liability WITH (security_invoker) AS
    SELECT p.lease_id, p.deal_id, p.lessee_id, p.lessor_id, p.entity_id, p.basis, p.model, p.currency, d.as_at,
           publishable(b.liability)::numeric(38,15) AS liability, publishable(b.right_of_use)::numeric(38,15) AS right_of_use,
           publishable(coalesce(u.undiscounted, 0))::numeric(38,15) AS undiscounted, publishable(coalesce(u.undiscounted, 0) - b.liability)::numeric(38,15) AS imputed_interest,
           greatest(p.last_recorded_at, u.recorded_at) AS last_recorded_at
    FROM exposure_date d
    JOIN lease_period p ON p.period_from <= d.as_at AND p.period_to > d.as_at
    JOIN lease_known l ON l.lease_id = p.lease_id
    CROSS JOIN LATERAL (SELECT d.as_at + 1 - p.period_from AS gone, p.period_to - p.period_from AS days) w
    CROSS JOIN LATERAL (
        SELECT p.liability_opening + p.liability_change - CASE WHEN l.in_advance OR w.gone = w.days THEN p.payment ELSE 0 END + round(p.interest * w.gone / w.days, 15) AS liability,
               p.right_of_use_opening + p.right_of_use_change - round(p.amortisation * w.gone / w.days, 15) AS right_of_use) b
    LEFT JOIN LATERAL (SELECT sum(n.payment) AS undiscounted, max(n.recorded_at) AS recorded_at FROM lease_due n
                       WHERE n.lease_id = p.lease_id AND n.due_on > d.as_at AND n.agreed_from <= d.as_at AND n.agreed_until > d.as_at) u ON true;
    COMMENT ON VIEW lease_liability IS 'What is owed under each lease, and the right of use beside it, at the end of every month and of the effective date while it runs, under IFRS and US GAAP. Key: (lease_id, basis, as_at). In units of currency: inside a period interest and amortisation accrue by day. undiscounted: the payments still to be made by the plan then in force, without a residual value guarantee, as in lease_obligations; imputed_interest = undiscounted - liability. Balances: additive over leases of one basis, currency and date.';

    CREATE VIEW leased_capacity_cost WITH (security_invoker) AS
    SELECT n.lease_id, l.deal_id, l.entity_id, n.pool_id, d.supplier_id AS provider_id, p.site_id, p.chip_model_id, 'leased'::text AS ownership, n.basis, o.model, n.period_month, n.currency,
           k.chips, publishable(k.chip_ms / 3600000.000000000000000)::numeric(38,15) AS chip_hours, publishable(n.amortisation)::numeric(38,15) AS amortisation, publishable(n.interest)::numeric(38,15) AS interest,
           publishable(n.amortisation + n.interest)::numeric(38,15) AS lease_cost,
           publishable((n.amortisation + n.interest) * 3600000.000000000000000 / nullif(k.chip_ms, 0))::numeric(38,15) AS cost_per_chip_hour,
           greatest(n.last_recorded_at, k.last_recorded_at, p.recorded_at) AS last_recorded_at
    FROM lease_cost_month() n
    JOIN lease_known l ON l.lease_id = n.lease_id
    JOIN deal_known d ON d.deal_id = l.deal_id
    JOIN lease_model o ON o.lease_id = n.lease_id AND o.basis = n.basis
    LEFT JOIN lease_chip_month() k ON k.lease_id = n.lease_id AND k.period_month = n.period_month
    LEFT JOIN pool_known p ON p.pool_id = n.pool_id
    WHERE n.component = 'lease';
    COMMENT ON VIEW leased_capacity_cost IS 'What leased chips of a pool cost in each complete month, under IFRS and US GAAP, in the columns of chip_hour_cost that they share: ownership leased. Key: (lease_id, basis, period_month). lease_cost = amortisation + interest, in units of currency, the cost of each period of lease_period by day: the months of a lease add up to it, exactly. Additive within a basis and currency. chips: at the end of the month; chip_hours = chips x hours of the days it runs; cost_per_chip_hour NULL when chips are not stated. By pool, basis and currency it is lease_cost of utilisation_weighted_spend.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_obligation_views() IS 'Internal: part of create_ledger. The views contract_obligations, purchase_obligations, remaining_performance_obligations, lease_obligations (each with _group), leases_not_commenced, contract_remaining, provider_backlog, backlog_tie_out, backlog_by_customer, disclosure_tie_out, disclosure_rebucketed, lease_period, lease_liability and leased_capacity_cost.';
