-- Leases as IFRS 16 and ASC 842 measure them: the liability at the present value of what is still to
-- be paid, the right of use beside it, both rolled forward period by period and through modifications.

-- Irrational for most rates: reckoned to 30 decimals.
CREATE FUNCTION chipbook.lease_period_rate(rate numeric, period_months integer, rate_kind text DEFAULT 'effective')
RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN rate_kind OPERATOR(pg_catalog.=) 'nominal' THEN rate::numeric(50,40) OPERATOR(pg_catalog.*) period_months OPERATOR(pg_catalog./) 12
            WHEN period_months OPERATOR(pg_catalog.=) 12 THEN rate
            ELSE pg_catalog.power((1 OPERATOR(pg_catalog.+) rate)::numeric(50,40), period_months::numeric(50,40) OPERATOR(pg_catalog./) 12) OPERATOR(pg_catalog.-) 1 END;
COMMENT ON FUNCTION chipbook.lease_period_rate(numeric, integer, text) IS 'The rate of a period of so many months from a rate a year (a fraction: 0.05 is 5 %): effective, (1 + rate)^(months / 12) - 1, or nominal, rate x months / 12. NULL for NULL.';

-- Balances come from what is still to be paid, backwards from nothing, so that the last one is 0 to the
-- last digit; interest and amortisation are differences of balances, rounded or not.
CREATE FUNCTION chipbook.lease_schedule(
        payments chipbook.monetary[],
        rate numeric,
        in_advance boolean DEFAULT false,
        model text DEFAULT 'ifrs',
        initial_direct_cost chipbook.monetary DEFAULT NULL,
        incentives chipbook.monetary DEFAULT NULL,
        prepaid chipbook.monetary DEFAULT NULL,
        restoration chipbook.monetary DEFAULT NULL,
        residual chipbook.monetary DEFAULT NULL,
        posted boolean DEFAULT false,
        right_of_use chipbook.monetary DEFAULT NULL)
RETURNS TABLE (period integer, liability_opening chipbook.monetary, payment chipbook.monetary, interest chipbook.monetary, liability_closing chipbook.monetary,
               right_of_use_opening chipbook.monetary, amortisation chipbook.monetary, right_of_use_closing chipbook.monetary, lease_cost chipbook.monetary)
IMMUTABLE PARALLEL SAFE ROWS 100 LANGUAGE plpgsql SET search_path = chipbook, pg_catalog, pg_temp AS $$
DECLARE
    n integer := cardinality(payments);
    code currency;
    paid numeric[];
    owed numeric[];
    growth numeric := 1 + rate;
    guarantee numeric := coalesce(amount(residual), 0);
    balance numeric;
    to_pay numeric := 0;
    paid_so_far numeric := 0;
    initial numeric;
    asset numeric;
    level_cost numeric;
    part numeric;
    liability_now monetary;
    asset_now monetary;
    paid_now monetary;
BEGIN
    IF payments IS NULL OR rate IS NULL OR n = 0 THEN
        RETURN;
    END IF;
    IF array_ndims(payments) <> 1 OR array_position(payments, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'invalid payments of a lease: %', payments
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give one amount for each period; where nothing is paid, 0.';
    END IF;
    IF n > 12000 THEN
        RAISE EXCEPTION 'invalid number of periods of a lease: %', n USING ERRCODE = 'invalid_parameter_value', HINT = 'Give 12000 at most.';
    END IF;
    IF NOT (rate >= 0 AND rate <= 10) THEN
        RAISE EXCEPTION 'invalid rate of a lease: %', rate USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a fraction for a period, from 0 to 10: 0.05 is 5 %.';
    END IF;
    IF in_advance IS NULL OR posted IS NULL OR model IS NULL OR model NOT IN ('ifrs', 'us_gaap_finance', 'us_gaap_operating') THEN
        RAISE EXCEPTION 'invalid model of a lease: "%"', model USING ERRCODE = 'invalid_parameter_value', HINT = 'Use ifrs, us_gaap_finance or us_gaap_operating.';
    END IF;
    code := currency(payments[1]);
    IF EXISTS (SELECT FROM unnest(payments || ARRAY[initial_direct_cost, incentives, prepaid, restoration, residual, right_of_use]) m (m)
               WHERE m IS NOT NULL AND currency(m) <> code) THEN
        RAISE EXCEPTION 'amounts of a lease are in several currencies: % and %', payments[1],
                        (SELECT m FROM unnest(payments || ARRAY[initial_direct_cost, incentives, prepaid, restoration, residual, right_of_use]) m (m)
                         WHERE m IS NOT NULL AND currency(m) <> code LIMIT 1)
            USING ERRCODE = 'data_exception';
    END IF;
    SELECT array_agg(amount(m) ORDER BY i) INTO paid FROM unnest(payments) WITH ORDINALITY p (m, i);
    SELECT sum(p) INTO to_pay FROM unnest(paid) p;

    -- owed[k]: the liability at the end of period k - 1; what is due at its start is still owed then.
    owed := array_fill(0::numeric, ARRAY[n + 1]);
    balance := 0;
    FOR k IN REVERSE n .. 1 LOOP
        IF in_advance THEN
            balance := paid[k] + round((balance + CASE WHEN k = n THEN guarantee ELSE 0 END) / growth, 40);
        ELSE
            balance := round((balance + paid[k] + CASE WHEN k = n THEN guarantee ELSE 0 END) / growth, 40);
        END IF;
        owed[k] := balance;
    END LOOP;
    initial := owed[1];
    asset := coalesce(amount(right_of_use),
                      initial + coalesce(amount(initial_direct_cost), 0) + coalesce(amount(prepaid), 0) - coalesce(amount(incentives), 0)
                      + CASE WHEN model = 'ifrs' THEN coalesce(amount(restoration), 0) ELSE 0 END);
    -- The single cost of an operating lease: all that is paid, and what the asset is worth beyond the liability.
    level_cost := to_pay + guarantee + asset - initial;

    liability_closing := monetary(initial, code);
    right_of_use_closing := monetary(asset, code);
    IF posted THEN
        liability_closing := round(liability_closing);
        right_of_use_closing := round(right_of_use_closing);
    END IF;
    paid_now := payments[1] - payments[1];
    FOR k IN 1 .. n LOOP
        period := k;
        liability_opening := liability_closing;
        right_of_use_opening := right_of_use_closing;
        part := paid[k] + CASE WHEN k = n THEN guarantee ELSE 0 END;
        paid_so_far := paid_so_far + part;
        liability_now := monetary(owed[k + 1], code);
        asset_now := monetary(CASE WHEN k = n THEN 0
            WHEN model = 'us_gaap_operating' THEN level_cost * (n - k) / n - (to_pay + guarantee - paid_so_far - owed[k + 1])
            ELSE asset::numeric(60,30) * (n - k) / n END, code);
        IF posted THEN
            liability_closing := round(liability_now);
            right_of_use_closing := round(asset_now);
            payment := round(monetary(paid_so_far, code)) - paid_now;
            paid_now := paid_now + payment;
        ELSE
            liability_closing := liability_now;
            right_of_use_closing := asset_now;
            payment := monetary(part, code);
        END IF;
        interest := liability_closing - liability_opening + payment;
        amortisation := right_of_use_opening - right_of_use_closing;
        lease_cost := interest + amortisation;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.lease_schedule(chipbook.monetary[], numeric, boolean, text, chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary, boolean, chipbook.monetary) IS
    'A lease period by period: what is paid in each, at a rate per period (lease_period_rate), at its end or in_advance. liability_closing = liability_opening + interest - payment; right_of_use_closing = right_of_use_opening - amortisation; lease_cost = interest + amortisation: all exact, and both balances end on 0. model: ifrs (IFRS 16) and us_gaap_finance (ASC 842) amortise evenly, us_gaap_operating has one even cost and amortises what interest leaves of it. The first opening liability is the present value of all payments, one due on the first day included; the right of use is that + initial_direct_cost + prepaid - incentives + restoration (ifrs only), or what right_of_use says after a remeasurement. residual: what is expected (IFRS 16) or probable (ASC 842) to be paid under a guarantee at the end; it is in the last payment. posted: every balance rounded to the currency''s minor unit, flows their differences. No rows for NULL payments or rate. 22023 for a NULL among the payments, a rate outside 0 to 10, another model, more than 12000 periods; 22000 for several currencies.';

CREATE FUNCTION chipbook.lease_measurement(
        payments chipbook.monetary[],
        rate numeric,
        in_advance boolean DEFAULT false,
        model text DEFAULT 'ifrs',
        initial_direct_cost chipbook.monetary DEFAULT NULL,
        incentives chipbook.monetary DEFAULT NULL,
        prepaid chipbook.monetary DEFAULT NULL,
        restoration chipbook.monetary DEFAULT NULL,
        residual chipbook.monetary DEFAULT NULL,
    OUT lease_liability chipbook.monetary, OUT paid_at_commencement chipbook.monetary, OUT right_of_use chipbook.monetary)
IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT CASE WHEN in_advance THEN s.liability_opening OPERATOR(chipbook.-) s.payment ELSE s.liability_opening END,
           CASE WHEN in_advance THEN s.payment ELSE s.payment OPERATOR(chipbook.-) s.payment END, s.right_of_use_opening
    FROM chipbook.lease_schedule(payments, rate, in_advance, model, initial_direct_cost, incentives, prepaid, restoration, residual) s
    WHERE s.period OPERATOR(pg_catalog.=) 1;
END;
COMMENT ON FUNCTION chipbook.lease_measurement(chipbook.monetary[], numeric, boolean, text, chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary) IS
    'The first measurement of a lease (arguments as of lease_schedule): the liability for what is not paid at commencement, the payment made then (0 in arrears), and the right of use. Unrounded (1e-15). NULL for NULL payments or rate.';

-- Bounded, so that what is measured of them fits the type.
CREATE FUNCTION chipbook.are_payments(payments chipbook.monetary[]) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_catalog.cardinality(payments) OPERATOR(pg_catalog.>=) 1 AND pg_catalog.cardinality(payments) OPERATOR(pg_catalog.<=) 12000
           AND pg_catalog.array_ndims(payments) OPERATOR(pg_catalog.=) 1
           AND pg_catalog.bool_and(coalesce(chipbook.amount(m) OPERATOR(pg_catalog.>=) 0 AND chipbook.amount(m) OPERATOR(pg_catalog.<=) 1e14, false))
           AND pg_catalog.min(chipbook.currency(m)::text) OPERATOR(pg_catalog.=) pg_catalog.max(chipbook.currency(m)::text)
    FROM pg_catalog.unnest(payments) m;
END;
COMMENT ON FUNCTION chipbook.are_payments(chipbook.monetary[]) IS 'Internal: whether an array is of 1 to 12000 amounts of one currency, each from 0 to 1e14, none NULL.';

CREATE FUNCTION chipbook.create_ledger_leases() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE lease (
        fact_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        lease_id            text NOT NULL CHECK (lease_id <> ''),
        deal_id             text NOT NULL,
        entity_id           text,
        pool_id             text,
        chips               bigint CHECK (chips > 0),
        commences_on        date NOT NULL CHECK (commences_on BETWEEN '0001-01-01' AND '9999-12-31'),
        period_months       integer NOT NULL DEFAULT 1 CHECK (period_months BETWEEN 1 AND 120),
        payments            monetary[] NOT NULL CHECK (are_payments(payments)),
        in_advance          boolean NOT NULL DEFAULT false,
        rate                numeric NOT NULL CHECK (rate >= 0 AND rate <= 1),
        rate_kind           text NOT NULL DEFAULT 'effective' CHECK (rate_kind IN ('effective', 'nominal')),
        initial_direct_cost monetary CHECK (amount(initial_direct_cost) BETWEEN 0 AND 1e15),
        incentives          monetary CHECK (amount(incentives) BETWEEN 0 AND 1e15),
        prepaid             monetary CHECK (amount(prepaid) BETWEEN 0 AND 1e15),
        restoration         monetary CHECK (amount(restoration) BETWEEN 0 AND 1e15),
        residual_guaranteed monetary CHECK (amount(residual_guaranteed) BETWEEN 0 AND 1e15),
        residual_expected   monetary CHECK (amount(residual_expected) BETWEEN 0 AND 1e15),
        residual_probable   monetary CHECK (amount(residual_probable) BETWEEN 0 AND 1e15),
        note                text,
        load_id             bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id           text REFERENCES source,
        known_on            date,
        recorded_at         timestamptz,
        superseded_at       timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT chips_serve_a_pool CHECK (chips IS NULL OR pool_id IS NOT NULL),
        CONSTRAINT amounts_in_one_currency CHECK (currency(initial_direct_cost) = currency(payments[1]) AND currency(incentives) = currency(payments[1]) AND currency(prepaid) = currency(payments[1])
            AND currency(restoration) = currency(payments[1]) AND currency(residual_guaranteed) = currency(payments[1])
            AND currency(residual_expected) = currency(payments[1]) AND currency(residual_probable) = currency(payments[1])),
        CONSTRAINT expected_within_guaranteed CHECK (residual_expected <= residual_guaranteed AND residual_probable <= residual_guaranteed),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE lease IS 'Leases under a deal, whose customer is the lessee and whose supplier is the lessor: one payment for each period of period_months from commences_on, at its end or in_advance, and what IFRS 16 and ASC 842 measure it by. Before commences_on it is disclosed, not measured. How a basis classifies it is in deal_classification.';
    COMMENT ON COLUMN lease.entity_id IS 'The reporting entity that is the lessee; NULL = none of this ledger''s.';
    COMMENT ON COLUMN lease.pool_id IS 'The pool its chips serve: the lease''s cost is then a cost of the pool, and its chips are in service in it while the lease runs; NULL = none.';
    COMMENT ON COLUMN lease.rate IS 'A year''s rate, the rate implicit in the lease or the incremental borrowing rate: 0.05 is 5 %. rate_kind: effective, compounded once a year, or nominal.';
    COMMENT ON COLUMN lease.restoration IS 'Present value of what restoring the site will cost: in the right of use under IFRS 16 (the provision is IAS 37''s); no part of a lease under ASC 842.';
    COMMENT ON COLUMN lease.residual_expected IS 'Of residual_guaranteed, what IFRS 16.27(c) measures: the amount expected to be payable at the end. residual_probable: what ASC 842-10-30-5(f) measures, the amount probable of being owed. NULL = 0.';

    CREATE TABLE lease_modification (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        lease_id      text NOT NULL,
        effective_on  date NOT NULL CHECK (effective_on BETWEEN '0001-01-01' AND '9999-12-31'),
        kind          text NOT NULL CHECK (kind IN ('reassessment', 'modification', 'decrease_in_scope')),
        payments      monetary[] NOT NULL CHECK (are_payments(payments)),
        rate          numeric CHECK (rate >= 0 AND rate <= 1),
        scope_kept    numeric NOT NULL DEFAULT 1 CHECK (scope_kept > 0 AND scope_kept <= 1),
        residual_expected monetary CHECK (amount(residual_expected) BETWEEN 0 AND 1e15),
        residual_probable monetary CHECK (amount(residual_probable) BETWEEN 0 AND 1e15),
        chips         bigint CHECK (chips > 0),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT scope_of_a_decrease CHECK ((kind = 'decrease_in_scope') = (scope_kept < 1)),
        CONSTRAINT amounts_in_one_currency CHECK (currency(residual_expected) = currency(payments[1]) AND currency(residual_probable) = currency(payments[1])),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE lease_modification IS 'What changes a lease, from the first of its periods that begins on effective_on or later: payments are all that are still to be made from then on, measured at rate (NULL = the rate as it was). A reassessment (of an option, IFRS 16.40, ASC 842-10-35-4) and a modification (IFRS 16.45) adjust the right of use; a decrease_in_scope first takes off liability and right of use what is not kept (scope_kept: 0.5 = half of it is kept), the difference to profit or loss.';
    COMMENT ON COLUMN lease_modification.chips IS 'The chips leased from then on; NULL = as many as before.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_leases() IS 'Internal: part of create_ledger. Tables lease and lease_modification.';

CREATE FUNCTION chipbook.create_ledger_lease_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- The payments in force: each plan from the period it begins with to the next modification.
    CREATE VIEW lease_plan WITH (security_invoker) AS
    WITH RECURSIVE change AS (
        SELECT m.lease_id, m.effective_on, m.kind, m.payments, m.rate, m.scope_kept, m.residual_expected, m.residual_probable, m.chips, m.recorded_at,
               row_number() OVER (PARTITION BY m.lease_id ORDER BY m.effective_on) AS step
        FROM lease_modification_known m
        JOIN lease_known k ON k.lease_id = m.lease_id AND currency(k.payments[1]) = currency(m.payments[1])),
    plan AS (
        SELECT l.lease_id, 0::bigint AS step, 0 AS first_period, cardinality(l.payments) AS periods, l.payments, l.rate, 'commencement'::text AS kind, 1::numeric AS scope_kept,
               l.residual_expected, l.residual_probable, l.chips, l.commences_on, l.period_months, l.recorded_at, false AS is_late
        FROM lease_known l
        UNION ALL
        SELECT p.lease_id, c.step, CASE WHEN f.first_period < p.first_period + p.periods THEN f.first_period ELSE p.first_period END,
               CASE WHEN f.first_period < p.first_period + p.periods THEN cardinality(c.payments) ELSE p.periods END,
               CASE WHEN f.first_period < p.first_period + p.periods THEN c.payments ELSE p.payments END,
               CASE WHEN f.first_period < p.first_period + p.periods THEN coalesce(c.rate, p.rate) ELSE p.rate END,
               c.kind, c.scope_kept, coalesce(c.residual_expected, p.residual_expected), coalesce(c.residual_probable, p.residual_probable), coalesce(c.chips, p.chips),
               p.commences_on, p.period_months, greatest(p.recorded_at, c.recorded_at), f.first_period >= p.first_period + p.periods
        FROM plan p
        JOIN change c ON c.lease_id = p.lease_id AND c.step = p.step + 1
        -- The first period that begins on that day or later; at least one period after the plan before.
        CROSS JOIN LATERAL (
            SELECT greatest(p.first_period + 1, g.whole + (CASE WHEN (p.commences_on + make_interval(months => g.whole * p.period_months))::date < c.effective_on THEN 1 ELSE 0 END)) AS first_period
            FROM (SELECT greatest(0, div((extract(year FROM age(c.effective_on::timestamp, p.commences_on::timestamp)) * 12
                                          + extract(month FROM age(c.effective_on::timestamp, p.commences_on::timestamp)))::numeric, p.period_months)::integer) AS whole) g) f
    )
    SELECT s.lease_id, s.step, s.kind, s.first_period, s.periods, s.payments, s.rate, s.scope_kept, s.residual_expected, s.residual_probable, s.chips,
           s.commences_on, s.period_months, s.recorded_at, s.begins_on,
           lead(s.begins_on, 1, date 'infinity') OVER (PARTITION BY s.lease_id ORDER BY s.step) AS until_day,
           lead(s.first_period) OVER (PARTITION BY s.lease_id ORDER BY s.step) AS next_first_period
    FROM (SELECT p.*, (p.commences_on + make_interval(months => p.first_period * p.period_months))::date AS begins_on
          FROM plan p WHERE NOT p.is_late) s;
    COMMENT ON VIEW lease_plan IS 'The payments of a lease as agreed at commencement and after each modification, in force in [begins_on, until_day). Periods are counted from 0 at commencement. A modification after the last period, or in another currency than the lease, is left out. Key: (lease_id, step).';

    CREATE VIEW lease_due WITH (security_invoker) AS
    SELECT p.lease_id, l.deal_id, p.begins_on AS agreed_from, p.until_day AS agreed_until, l.commences_on,
           CASE WHEN l.in_advance THEN (p.commences_on + make_interval(months => (p.first_period + n.place::integer - 1) * p.period_months))::date
                ELSE (p.commences_on + make_interval(months => (p.first_period + n.place::integer) * p.period_months))::date - 1 END AS due_on,
           currency(n.payment)::text AS currency, amount(n.payment) AS payment, greatest(l.recorded_at, p.recorded_at) AS recorded_at
    FROM lease_plan p
    JOIN lease_known l ON l.lease_id = p.lease_id
    CROSS JOIN LATERAL unnest(p.payments) WITH ORDINALITY n (payment, place);
    COMMENT ON VIEW lease_due IS 'Every payment of a lease with its day: the first day of a period in advance, its last day in arrears; by the plan in force in [agreed_from, agreed_until). What a residual value guarantee may cost is not in it. Key: (lease_id, agreed_from, due_on).';

    -- How a basis measures a lease: under IFRS all alike; elsewhere as classified, by default operating.
    CREATE VIEW lease_model WITH (security_invoker) AS
    SELECT l.lease_id, b.basis, coalesce(k.classification, CASE WHEN b.basis = 'ifrs' THEN 'finance_lease' ELSE 'operating_lease' END) AS classification,
           CASE WHEN b.basis = 'ifrs' THEN 'ifrs'
                WHEN k.classification = 'finance_lease' THEN 'us_gaap_finance' ELSE 'us_gaap_operating' END AS model
    FROM lease_known l
    CROSS JOIN (VALUES ('ifrs'), ('us_gaap')) b (basis)
    LEFT JOIN deal_classification_known k ON k.deal_id = l.deal_id AND k.basis = b.basis AND k.valid_from <= l.commences_on AND k.valid_to > l.commences_on
    WHERE k.classification IS DISTINCT FROM 'service';
    COMMENT ON VIEW lease_model IS 'How IFRS and US GAAP measure each lease: by what deal_classification says at commencement, else under IFRS as every lease and under US GAAP as an operating lease (an embedded lease too). Key: (lease_id, basis).';

    -- Over a modification, what is not kept goes pro rata from both balances; the rest of the change
    -- adjusts the right of use, but not below nothing (IFRS 16.39).
    CREATE VIEW lease_row WITH (security_invoker) AS
    WITH RECURSIVE plan AS MATERIALIZED (
        SELECT p.lease_id, m.basis, m.model, row_number() OVER (PARTITION BY p.lease_id, m.basis ORDER BY p.step) AS place, p.first_period, p.next_first_period, p.payments,
               lease_period_rate(p.rate, p.period_months, l.rate_kind) AS rate, p.scope_kept,
               CASE WHEN m.basis = 'ifrs' THEN p.residual_expected ELSE p.residual_probable END AS residual, p.commences_on, p.period_months,
               l.in_advance, l.initial_direct_cost, l.incentives, l.prepaid, l.restoration, greatest(l.recorded_at, p.recorded_at) AS recorded_at
        FROM lease_plan p
        JOIN lease_known l ON l.lease_id = p.lease_id
        JOIN lease_model m ON m.lease_id = p.lease_id
        WHERE p.commences_on <= (SELECT c.effective_date FROM clock c)),
    path AS (
        SELECT p.*, NULL::monetary AS owed, NULL::monetary AS held, NULL::monetary AS measured, NULL::monetary AS right_of_use
        FROM plan p WHERE p.place = 1
        UNION ALL
        SELECT n.*, c.liability_closing, c.right_of_use_closing, o.liability_opening, CASE WHEN amount(k.kept) < 0 THEN k.kept - k.kept ELSE k.kept END
        FROM path b
        JOIN plan n ON n.lease_id = b.lease_id AND n.basis = b.basis AND n.place = b.place + 1
        CROSS JOIN LATERAL (
            SELECT s.liability_closing, s.right_of_use_closing
            FROM lease_schedule(b.payments, b.rate, b.in_advance, b.model, b.initial_direct_cost, b.incentives, b.prepaid, b.restoration, b.residual, true, b.right_of_use) s
            WHERE s.period = n.first_period - b.first_period) c
        CROSS JOIN LATERAL (
            SELECT s.liability_opening FROM lease_schedule(n.payments, n.rate, n.in_advance, n.model, residual => n.residual, posted => true) s WHERE s.period = 1) o
        CROSS JOIN LATERAL (SELECT round(c.right_of_use_closing * n.scope_kept) + o.liability_opening - round(c.liability_closing * n.scope_kept) AS kept) k)
    SELECT p.lease_id, p.basis, p.model, p.first_period + s.period AS period_number,
           (p.commences_on + make_interval(months => (p.first_period + s.period - 1) * p.period_months))::date AS period_from,
           (p.commences_on + make_interval(months => (p.first_period + s.period) * p.period_months))::date AS period_to,
           s.liability_opening - g.liability_change AS liability_opening, g.liability_change, g.right_of_use_change, g.right_of_use_change - g.liability_change AS modification_gain,
           s.payment, s.interest, s.liability_closing, s.right_of_use_opening - g.right_of_use_change AS right_of_use_opening, s.amortisation, s.right_of_use_closing, s.lease_cost,
           p.recorded_at AS last_recorded_at
    FROM path p
    CROSS JOIN LATERAL lease_schedule(p.payments, p.rate, p.in_advance, p.model, p.initial_direct_cost, p.incentives, p.prepaid, p.restoration, p.residual, true, p.right_of_use) s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN s.period = 1 AND p.place > 1 THEN p.measured - p.owed ELSE s.payment - s.payment END AS liability_change,
               CASE WHEN s.period = 1 AND p.place > 1 THEN p.right_of_use - p.held ELSE s.payment - s.payment END AS right_of_use_change) g
    WHERE (p.first_period + s.period > p.next_first_period) IS NOT TRUE;
    COMMENT ON VIEW lease_row IS 'The leases that have commenced, period by period under IFRS and US GAAP, rounded as posted, with every modification that is known. Key: (lease_id, basis, period_number).';

    -- Leases of pools. Functions where views would do: PostgreSQL plans what is in them only when
    -- they come to be called, and most ledgers have no leases.

    CREATE FUNCTION lease_chips()
    RETURNS TABLE (lease_id text, pool_id text, from_day date, to_day date, chips bigint, last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE ROWS 100 LANGUAGE sql
    BEGIN ATOMIC
        SELECT p.lease_id, l.pool_id, p.begins_on,
               least(p.until_day, (p.commences_on + make_interval(months => (p.first_period + p.periods) * p.period_months))::date),
               p.chips, greatest(l.recorded_at, p.recorded_at)
        FROM lease_plan p
        JOIN lease_known l ON l.lease_id = p.lease_id
        WHERE l.pool_id IS NOT NULL AND p.chips IS NOT NULL;
    END;
    COMMENT ON FUNCTION lease_chips() IS 'The chips of each lease that serve its pool in [from_day, to_day), from its commencement to the end of its last period. Key: (lease_id, from_day).';

    CREATE FUNCTION lease_chip_month()
    RETURNS TABLE (lease_id text, pool_id text, period_month date, chip_ms numeric, chips bigint, last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE ROWS 100 LANGUAGE sql
    BEGIN ATOMIC
        SELECT k.lease_id, k.pool_id, m.month_start::date,
               sum(k.chips::numeric * 1000 * (extract(epoch FROM d.to_day::timestamp AT TIME ZONE c.time_zone)
                                     - extract(epoch FROM d.from_day::timestamp AT TIME ZONE c.time_zone))),
               (array_agg(k.chips ORDER BY k.from_day DESC))[1], max(k.last_recorded_at)
        FROM lease_chips() k
        CROSS JOIN clock c
        CROSS JOIN LATERAL calendar_months(k.from_day, least(c.effective_date, (date_trunc('month', (k.to_day - 1)::timestamp) + interval '1 month')::date - 1)) m (month_start)
        CROSS JOIN LATERAL (SELECT greatest(m.month_start::date, k.from_day) AS from_day, least((m.month_start + interval '1 month')::date, k.to_day) AS to_day) d
        WHERE d.from_day < d.to_day
        GROUP BY k.lease_id, k.pool_id, m.month_start;
    END;
    COMMENT ON FUNCTION lease_chip_month() IS 'Chip-milliseconds of each lease in its pool in each complete month; chips: how many at its end. Key: (lease_id, period_month). chip_ms is additive.';

    -- Each period is a change: interest falls from one to the next.
    CREATE FUNCTION lease_change()
    RETURNS TABLE (pool_id text, change_day date)
    STABLE STRICT PARALLEL SAFE ROWS 100 LANGUAGE sql
    BEGIN ATOMIC
        SELECT l.pool_id, (p.commences_on + make_interval(months => n.place * p.period_months))::date
        FROM lease_plan p
        JOIN lease_known l ON l.lease_id = p.lease_id
        CROSS JOIN LATERAL generate_series(p.first_period, coalesce(p.next_first_period, p.first_period + p.periods)) n (place)
        WHERE l.pool_id IS NOT NULL;
    END;
    COMMENT ON FUNCTION lease_change() IS 'The days on which the cost of a pool''s leases changes: where their periods begin, and the last one ends. No key.';

    CREATE FUNCTION lease_cost_period()
    RETURNS TABLE (lease_id text, pool_id text, basis text, component text, commences_on date, period_from date, period_to date, currency text,
                   amortisation numeric, interest numeric, last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE ROWS 1000 LANGUAGE sql
    BEGIN ATOMIC
        SELECT r.lease_id, l.pool_id, r.basis, 'lease'::text, l.commences_on, r.period_from, r.period_to, currency(r.payment)::text,
               amount(r.amortisation)::numeric(38,15), amount(r.interest)::numeric(38,15), r.last_recorded_at
        FROM lease_row r
        JOIN lease_known l ON l.lease_id = r.lease_id
        WHERE l.pool_id IS NOT NULL
        UNION ALL
        -- What a basis does not measure as a lease is rented: each period at what is paid for it.
        SELECT p.lease_id, l.pool_id, b.basis, 'rent', p.commences_on,
               (p.commences_on + make_interval(months => (p.first_period + n.place::integer - 1) * p.period_months))::date,
               (p.commences_on + make_interval(months => (p.first_period + n.place::integer) * p.period_months))::date,
               currency(n.payment)::text, amount(n.payment)::numeric(38,15), 0, greatest(l.recorded_at, p.recorded_at)
        FROM lease_plan p
        JOIN lease_known l ON l.lease_id = p.lease_id
        CROSS JOIN (VALUES ('ifrs'), ('us_gaap'), ('hgb'), ('us_tax'), ('de_tax'), ('economic')) b (basis)
        CROSS JOIN LATERAL unnest(p.payments) WITH ORDINALITY n (payment, place)
        WHERE l.pool_id IS NOT NULL AND p.commences_on <= (SELECT c.effective_date FROM clock c)
          AND (p.first_period + n.place > p.next_first_period) IS NOT TRUE
          AND NOT EXISTS (SELECT FROM lease_model m WHERE m.lease_id = p.lease_id AND m.basis = b.basis);
    END;
    COMMENT ON FUNCTION lease_cost_period() IS 'What each lease of a pool costs in each of its periods under each basis: component lease, amortisation and interest as lease_row has them; rent, under a basis that does not measure it as a lease, what is paid for the period (as amortisation). Key: (lease_id, basis, period_from). Additive within a basis and currency.';

    CREATE FUNCTION lease_cost_month()
    RETURNS TABLE (lease_id text, pool_id text, basis text, component text, commences_on date, period_month date, currency text,
                   amortisation numeric, interest numeric, last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE ROWS 1000 LANGUAGE sql
    BEGIN ATOMIC
        SELECT r.lease_id, r.pool_id, r.basis, r.component, r.commences_on, m.month_start::date, r.currency,
               sum(round(r.amortisation * (d.to_day - r.period_from) / w.days, 15) - round(r.amortisation * (d.from_day - r.period_from) / w.days, 15)),
               sum(round(r.interest * (d.to_day - r.period_from) / w.days, 15) - round(r.interest * (d.from_day - r.period_from) / w.days, 15)),
               max(r.last_recorded_at)
        FROM lease_cost_period() r
        CROSS JOIN clock c
        CROSS JOIN LATERAL calendar_months(r.period_from, least(c.effective_date, (date_trunc('month', (r.period_to - 1)::timestamp) + interval '1 month')::date - 1)) m (month_start)
        CROSS JOIN LATERAL (SELECT r.period_to - r.period_from AS days) w
        CROSS JOIN LATERAL (SELECT greatest(m.month_start::date, r.period_from) AS from_day, least((m.month_start + interval '1 month')::date, r.period_to) AS to_day) d
        WHERE d.from_day < d.to_day
        GROUP BY r.lease_id, r.pool_id, r.basis, r.component, r.commences_on, m.month_start, r.currency;
    END;
    COMMENT ON FUNCTION lease_cost_month() IS 'What each lease of a pool costs in each complete month under each basis: its periods by day, which the months add up to exactly. Columns as of lease_cost_period. Key: (lease_id, basis, period_month). Additive within a basis and currency.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_lease_views() IS 'Internal: part of create_ledger. Plans, payments and schedules of leases, and what leases bring to pools.';
