-- Currencies: rates looked up by a named policy, what is owed and due in other currencies than an
-- entity counts in (monetary items, the only things that are revalued), and the books of an
-- entity in the currency the ledger reports in.

-- An amount times one number by another, in 1e-15 of another currency. Exact but for one rounding.
CREATE FUNCTION chipbook.exchanged(m chipbook.monetary, numerator numeric, denominator numeric, code chipbook.currency) RETURNS chipbook.monetary
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN numerator OPERATOR(pg_catalog.<) 1e40 AND denominator OPERATOR(pg_catalog.<) 1e40 AND denominator OPERATOR(pg_catalog.>) 1e-40
                 AND pg_catalog.abs(chipbook.amount(m)) OPERATOR(pg_catalog.*) numerator OPERATOR(pg_catalog.<) (2.5e18 OPERATOR(pg_catalog.*) denominator)
            -- Twice as much, half more, and by twice the denominator: the quotient rounded half away from zero.
            THEN chipbook.monetary(pg_catalog.sign(chipbook.amount(m)) OPERATOR(pg_catalog.*) 0.000000000000001
                     OPERATOR(pg_catalog.*) pg_catalog.div(2e15 OPERATOR(pg_catalog.*) pg_catalog.abs(chipbook.amount(m)) OPERATOR(pg_catalog.*) numerator
                                                           OPERATOR(pg_catalog.+) denominator, 2 OPERATOR(pg_catalog.*) denominator), code) END;
COMMENT ON FUNCTION chipbook.exchanged(chipbook.monetary, numeric, numeric, chipbook.currency) IS 'Internal: m x numerator / denominator in another currency, rounded once, half away from zero at 1e-15; NULL when it is beyond 2.5e18 or a factor beyond 1e40: it raises nothing for the views.';

CREATE FUNCTION chipbook.in_minor_units(m chipbook.monetary) RETURNS chipbook.monetary IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN chipbook.minor_unit(chipbook.currency(m)) IS NULL THEN m ELSE chipbook.round(m) END;
COMMENT ON FUNCTION chipbook.in_minor_units(chipbook.monetary) IS 'Internal: an amount of up to 2.5e18 rounded to its minor unit, as it is posted; as it is in a currency that has none.';

-- A policy has amounts of its own, which are in its text.
CREATE FUNCTION chipbook.exchanged_policy(policy chipbook.amortisation_policy, numerator numeric, denominator numeric, from_code chipbook.currency, code chipbook.currency)
RETURNS chipbook.amortisation_policy IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parts text[];
    parameter text;
BEGIN
    FOREACH parameter IN ARRAY ARRAY['salvage_amount', 'section_179'] LOOP
        parts := regexp_match(policy::text, '^(.*[( ]' || parameter || '=)([0-9.]+)(.*)$');
        IF parts IS NOT NULL THEN
            IF chipbook.method(policy) = 'fixed_rate' AND NOT chipbook.amount(chipbook.in_minor_units(chipbook.exchanged(chipbook.monetary(parts[2]::numeric, from_code), numerator, denominator, code))) > 0 THEN
                RETURN NULL;
            END IF;
            policy := (parts[1] || trim_scale(chipbook.amount(chipbook.in_minor_units(chipbook.exchanged(chipbook.monetary(parts[2]::numeric, from_code), numerator, denominator, code)))) || parts[3])::chipbook.amortisation_policy;
        END IF;
    END LOOP;
    RETURN policy;
END
$$;
COMMENT ON FUNCTION chipbook.exchanged_policy(chipbook.amortisation_policy, numeric, numeric, chipbook.currency, chipbook.currency) IS 'Internal: a policy of an asset in one currency, its amounts (salvage_amount, section_179) at a rate in another, rounded to the minor unit. NULL when one of them does not fit, or is nothing where the method needs something.';

-- A liability through what is added to it and paid of it, step by step. Each payment releases its part of
-- what is carried, so that it has to be reckoned in order.
CREATE FUNCTION chipbook.carried_steps(amounts numeric[], numerators numeric[], denominators numeric[], code chipbook.currency, home chipbook.currency)
RETURNS TABLE (step integer, remaining numeric, carried chipbook.monetary, realised numeric, unknown_rates bigint) IMMUTABLE PARALLEL SAFE ROWS 100 LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moved chipbook.monetary;
    kept chipbook.monetary;
BEGIN
    remaining := 0;
    carried := chipbook.monetary(0::numeric, home);
    realised := 0;
    unknown_rates := 0;
    FOR place IN 1 .. coalesce(cardinality(amounts), 0) LOOP
        step := place;
        moved := chipbook.in_minor_units(chipbook.exchanged(chipbook.monetary(amounts[place], code), numerators[place], denominators[place], home));
        unknown_rates := unknown_rates + CASE WHEN moved IS NULL THEN 1 ELSE 0 END;
        IF amounts[place] < 0 THEN
            kept := chipbook.in_minor_units(chipbook.exchanged(carried, greatest(remaining + amounts[place], 0), nullif(remaining, 0), home));
            realised := realised + chipbook.amount(carried) - chipbook.amount(kept) + chipbook.amount(moved);
            carried := kept;
        ELSE
            carried := CASE WHEN abs(chipbook.amount(carried)) + chipbook.amount(moved) <= 2.5e18 THEN chipbook.monetary(chipbook.amount(carried) + chipbook.amount(moved), home) END;
        END IF;
        remaining := remaining + amounts[place];
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.carried_steps(numeric[], numeric[], numeric[], chipbook.currency, chipbook.currency) IS 'Internal: a liability in code that amounts are added to (positive) and paid of (negative), each at numerator / denominator of home for one: after each step what remains, what that is carried at, rounded to the minor unit, what was realised so far (a gain positive), and how many rates were not known. NULL from such a step on.';

-- What of a difference the books of a basis show while the item is open.
CREATE FUNCTION chipbook.recognised_difference(difference chipbook.monetary, basis text, due_on date, at_date date) RETURNS chipbook.monetary
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN basis OPERATOR(pg_catalog.=) ANY (ARRAY['us_tax', 'de_tax'])
                 OR basis OPERATOR(pg_catalog.=) 'hgb' AND difference OPERATOR(chipbook.>) (OPERATOR(chipbook.-) difference)
                    AND due_on OPERATOR(pg_catalog.>) (at_date OPERATOR(pg_catalog.+) '1 year'::interval)
            THEN chipbook.monetary(0::numeric, chipbook.currency(difference)) ELSE difference END;
COMMENT ON FUNCTION chipbook.recognised_difference(chipbook.monetary, text, date, date) IS 'Internal: the unrealised difference that a basis recognises at at_date: all of it under ifrs, us_gaap and economic (IAS 21.28, ASC 830-20-35); under hgb no gain on what is due later than in a year (HGB 256a); none under us_tax and de_tax before it is realised. due_on NULL: due at once.';

CREATE FUNCTION chipbook.create_ledger_currencies() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE monetary_item (
        fact_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        item_id         text NOT NULL CHECK (item_id <> ''),
        entity_id       text NOT NULL DEFAULT 'main',
        kind            text NOT NULL CHECK (kind IN ('receivable', 'loan_receivable', 'cash', 'payable', 'loan_payable', 'lease_liability')),
        counterparty_id text,
        amount          monetary NOT NULL,
        recognised_on   date NOT NULL CHECK (isfinite(recognised_on)),
        recognised_rate numeric CHECK (recognised_rate > 0 AND recognised_rate < 'infinity'),
        due_on          date,
        reference       text,
        rate_source     text NOT NULL DEFAULT 'ledger',
        inverse_rates   boolean NOT NULL DEFAULT false,
        load_id         bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id       text REFERENCES source,
        known_on        date,
        recorded_at     timestamptz,
        superseded_at   timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT item_is_of_something CHECK (amount(amount) > 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE monetary_item IS 'Money to be received or paid, an invoice, a drawing or what a lease leaves to be paid that is not in table lease: monetary items (IAS 21.16), which are revalued where they are in another currency than their entity''s. Chips, prepayments and other things that are not money are none. amount is positive, kind says which side. What is added later, as interest, is an item of its own.';
    COMMENT ON COLUMN monetary_item.recognised_rate IS 'Units of the entity''s functional currency for one, at which it was recognised; NULL = the spot rate of recognised_on, of no other day.';
    COMMENT ON COLUMN monetary_item.due_on IS 'When it is due; NULL = at once.';
    COMMENT ON COLUMN monetary_item.reference IS 'Of a lease_liability the lease_id of a lease that it stands for: that lease is not revalued beside it.';
    COMMENT ON COLUMN monetary_item.rate_source IS 'Whose rates it is measured by: rate_source of fx_rate.';
    COMMENT ON COLUMN monetary_item.inverse_rates IS 'Whether a rate the other way round serves where there is none.';

    CREATE TABLE monetary_settlement (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        settlement_id text NOT NULL CHECK (settlement_id <> ''),
        item_id       text NOT NULL,
        amount        monetary NOT NULL,
        settled_on    date NOT NULL CHECK (isfinite(settled_on)),
        settled_rate  numeric CHECK (settled_rate > 0 AND settled_rate < 'infinity'),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT settlement_is_of_something CHECK (amount(amount) > 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE monetary_settlement IS 'What was received or paid on a monetary item, in its currency. More than is left, or in another currency, counts for nothing: a finding.';
    -- As known at any time: the index of the held ones does not serve that.
    CREATE INDEX fx_rate_lookup ON fx_rate (from_currency, to_currency, rate_type, rate_source, rate_date);
    COMMENT ON COLUMN monetary_settlement.settled_rate IS 'Units of the entity''s functional currency for one, at which it was settled; NULL = the spot rate of settled_on, of no other day.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_currencies() IS 'Internal: part of create_ledger. Tables monetary_item and monetary_settlement.';

CREATE FUNCTION chipbook.create_ledger_rate_functions() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Direct before inverse, then the latest.
    CREATE FUNCTION fx_leg(from_code currency, to_code currency, on_day date, of_type text, max_age integer, of_source text, or_inverse boolean)
    RETURNS TABLE (numerator numeric, denominator numeric, rate_date date, is_inverse boolean, recorded_at timestamptz) STABLE PARALLEL SAFE ROWS 1 LANGUAGE sql
    BEGIN ATOMIC
        SELECT CASE WHEN f.from_currency = from_code THEN f.rate ELSE 1 END, CASE WHEN f.from_currency = from_code THEN 1 ELSE f.rate END,
               f.rate_date, f.from_currency <> from_code, f.recorded_at
        FROM fx_rate_known f
        WHERE (f.from_currency = from_code AND f.to_currency = to_code OR or_inverse AND f.from_currency = to_code AND f.to_currency = from_code)
          AND f.rate_type = of_type AND f.rate_source = of_source AND f.rate_date <= on_day
          AND f.rate_date >= CASE WHEN on_day BETWEEN date '0001-01-01' AND date '9999-12-31' THEN on_day - least(greatest(max_age, 0), 100000) END
        ORDER BY f.from_currency <> from_code, f.rate_date DESC
        LIMIT 1;
    END;
    COMMENT ON FUNCTION fx_leg(currency, currency, date, text, integer, text, boolean) IS 'The rate between two currencies on a day, numerator / denominator, as known: that of the day or the last before it, max_age days older at most (0: of the day alone); with or_inverse the rate the other way round where there is none. No row without one.';

    CREATE FUNCTION historic_rate(from_code currency, to_code currency, on_day date)
    RETURNS TABLE (numerator numeric, denominator numeric, recorded_at timestamptz) STABLE PARALLEL SAFE ROWS 1 LANGUAGE sql
    BEGIN ATOMIC
        SELECT f.numerator, f.denominator, f.recorded_at
        FROM (VALUES (1, 'historical'), (2, 'spot')) y (place, rate_type)
        CROSS JOIN LATERAL fx_leg(from_code, to_code, on_day, y.rate_type, 0, 'ledger', false) f
        WHERE from_code <> to_code
        ORDER BY y.place LIMIT 1;
    END;
    COMMENT ON FUNCTION historic_rate(currency, currency, date) IS 'The rate of ledger at which something of a day is translated for good: that of type historical of the day, else the spot rate of the day, of no other. No row without one, nor from a currency into itself.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_rate_functions() IS 'Internal: part of create_ledger. The rate between two currencies on a day.';

CREATE FUNCTION chipbook.create_ledger_currency_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW foreign_item WITH (security_invoker) AS
        SELECT i.item_id, i.entity_id, i.kind, i.counterparty_id, i.due_on, i.amount, currency(i.amount) AS currency, e.functional_currency, i.recognised_on,
               i.rate_source, i.inverse_rates, CASE WHEN i.kind IN ('receivable', 'loan_receivable', 'cash') THEN 1 ELSE -1 END AS side,
               r.numerator, r.denominator,
               in_minor_units(exchanged(i.amount, r.numerator, r.denominator, e.functional_currency)) AS recognised,
               greatest(i.recorded_at, e.recorded_at, r.recorded_at) AS last_recorded_at
        FROM monetary_item_known i
        JOIN entity_known e ON e.entity_id = i.entity_id
        LEFT JOIN LATERAL (
            SELECT i.recognised_rate AS numerator, 1::numeric AS denominator, NULL::timestamptz AS recorded_at WHERE i.recognised_rate IS NOT NULL
            UNION ALL
            SELECT f.numerator, f.denominator, f.recorded_at
            FROM fx_leg(currency(i.amount), e.functional_currency, i.recognised_on, 'spot', 0, i.rate_source, i.inverse_rates) f
            WHERE i.recognised_rate IS NULL) r ON true
        WHERE currency(i.amount) <> e.functional_currency;
    COMMENT ON VIEW foreign_item IS 'Monetary items in another currency than their entity''s, as known, and what they were recognised at, rounded to the minor unit (NULL: no rate). side: 1 to be received, -1 to be paid. Key: (item_id).';

    CREATE VIEW foreign_settlement WITH (security_invoker) AS
        SELECT p.item_id, p.settlement_id, p.counted_on, p.left_before, p.left_after, p.last_recorded_at,
               in_minor_units(exchanged(monetary(p.left_before - p.left_after, p.currency), p.numerator, p.denominator, p.functional_currency)) AS settled,
               in_minor_units(exchanged(p.recognised, p.left_before, p.whole, p.functional_currency))
               - in_minor_units(exchanged(p.recognised, p.left_after, p.whole, p.functional_currency)) AS released
        FROM (SELECT s.item_id, s.settlement_id, n.counted_on, i.currency, i.functional_currency, i.recognised, amount(i.amount) AS whole,
                     greatest(amount(i.amount) - sum(amount(s.amount)) OVER w + amount(s.amount), 0) AS left_before,
                     greatest(amount(i.amount) - sum(amount(s.amount)) OVER w, 0) AS left_after,
                     r.numerator, r.denominator, greatest(s.recorded_at, r.recorded_at, i.last_recorded_at) AS last_recorded_at
              FROM monetary_settlement_known s
              JOIN foreign_item i ON i.item_id = s.item_id AND i.currency = currency(s.amount)
              CROSS JOIN LATERAL (SELECT greatest(s.settled_on, i.recognised_on) AS counted_on) n
              LEFT JOIN LATERAL (
                  SELECT s.settled_rate AS numerator, 1::numeric AS denominator, NULL::timestamptz AS recorded_at WHERE s.settled_rate IS NOT NULL
                  UNION ALL
                  SELECT f.numerator, f.denominator, f.recorded_at
                  FROM fx_leg(i.currency, i.functional_currency, s.settled_on, 'spot', 0, i.rate_source, i.inverse_rates) f
                  WHERE s.settled_rate IS NULL) r ON true
              WINDOW w AS (PARTITION BY s.item_id ORDER BY n.counted_on, s.settlement_id)) p;
    COMMENT ON VIEW foreign_settlement IS 'Settlements of foreign_item in the order of their days, as far as something is left: what was settled, at the rate of its day, and what of the amount recognised it releases, in proportion. The released parts of an item that is settled add up to what it was recognised at, to the minor unit. counted_on: not before the item. Key: (settlement_id).';

    -- A function, so that it is asked for the days that matter alone. The planner takes a filter on
    -- recorded time to leave next to nothing of a table, and would walk over one for each row of another.
    CREATE FUNCTION foreign_item_at(first_days date[], end_days date[])
    RETURNS TABLE (item_id text, first_day date, end_day date, entity_id text, kind text, counterparty_id text, due_on date, currency currency, functional_currency currency, amount monetary,
                   recognised monetary, recognised_numerator numeric, recognised_denominator numeric, rate_source text, remaining numeric, carried monetary,
                   numerator numeric, denominator numeric, rate_date date, value monetary, difference monetary, realised numeric, unknown_settlements bigint, last_recorded_at timestamptz)
    STABLE PARALLEL RESTRICTED LANGUAGE sql SET enable_nestloop = off
    BEGIN ATOMIC
        WITH item AS MATERIALIZED (SELECT i.* FROM foreign_item i),
        span AS (SELECT n.first_day, n.end_day FROM unnest(first_days, end_days) n (first_day, end_day)),
        rate AS MATERIALIZED (
            SELECT d.currency, d.functional_currency, d.rate_source, d.inverse_rates, n.end_day, f.numerator, f.denominator, f.rate_date, f.recorded_at
            FROM (SELECT DISTINCT i.currency, i.functional_currency, i.rate_source, i.inverse_rates FROM item i) d
            CROSS JOIN span n
            CROSS JOIN LATERAL fx_leg(d.currency, d.functional_currency, n.end_day - 1, 'closing', n.end_day - 1 - n.first_day, d.rate_source, d.inverse_rates) f),
        state AS (
            SELECT i.*, n.first_day, n.end_day, coalesce(s.left_after, amount(i.amount)) AS remaining, coalesce(i.side * s.gain, 0) AS realised, coalesce(s.unknown_settlements, 0) AS unknown_settlements,
                   greatest(i.last_recorded_at, s.last_recorded_at) AS recorded_at
            FROM item i
            JOIN span n ON i.recognised_on < n.end_day
            LEFT JOIN (SELECT p.item_id, u.end_day, min(p.left_after) AS left_after, sum(amount(p.settled) - amount(p.released)) AS gain,
                              count(*) FILTER (WHERE p.left_before > p.left_after AND num_nulls(p.settled, p.released) > 0) AS unknown_settlements, max(p.last_recorded_at) AS last_recorded_at
                       FROM foreign_settlement p JOIN span u ON p.counted_on < u.end_day
                       GROUP BY p.item_id, u.end_day) s ON s.item_id = i.item_id AND s.end_day = n.end_day)
        SELECT o.item_id, o.first_day, o.end_day, o.entity_id, o.kind, o.counterparty_id, o.due_on, o.currency, o.functional_currency, o.amount, o.recognised, o.numerator, o.denominator,
               o.rate_source, o.remaining, o.carried, o.closing_numerator, o.closing_denominator, o.rate_date, o.value,
               CASE WHEN o.remaining = 0 THEN monetary(0::numeric, o.functional_currency) WHEN o.side = 1 THEN o.value - o.carried ELSE o.carried - o.value END,
               o.realised, o.unknown_settlements, o.recorded_at
        FROM (SELECT a.*, r.numerator AS closing_numerator, r.denominator AS closing_denominator, r.rate_date,
                     in_minor_units(exchanged(a.recognised, a.remaining, amount(a.amount), a.functional_currency)) AS carried,
                     in_minor_units(exchanged(monetary(a.remaining, a.currency), r.numerator, r.denominator, a.functional_currency)) AS value
              FROM state a
              LEFT JOIN rate r ON r.currency = a.currency AND r.functional_currency = a.functional_currency AND r.rate_source = a.rate_source
                              AND r.inverse_rates = a.inverse_rates AND r.end_day = a.end_day) o;
    END;
    COMMENT ON FUNCTION foreign_item_at(date[], date[]) IS 'What foreign_item is at the end of the days [first_day, end_day), for each two of the arrays: what is left of it, what it is carried at by the rate it was recognised at, and its value by the last closing rate dated in them; difference = what is not realised, a gain positive, before what the basis recognises; realised since ever. NULL where a rate is not known. Key: (item_id, end_day).';

    CREATE VIEW foreign_item_month WITH (security_invoker) AS
        SELECT a.*, b.basis, amount(recognised_difference(a.difference, b.basis, a.due_on, a.end_day)) AS unrealised,
               CASE WHEN a.unknown_settlements = 0 THEN a.realised END AS realised_ever
        FROM (SELECT array_agg(k.month_start::date) AS first_days, array_agg((k.month_start + interval '1 month')::date) AS end_days
              FROM calendar_months((SELECT min(i.recognised_on) FROM monetary_item_known i), (SELECT c.effective_date FROM clock c)) k (month_start)) m
        CROSS JOIN LATERAL foreign_item_at(m.first_days, m.end_days) a
        CROSS JOIN basis_used b;
    COMMENT ON VIEW foreign_item_month IS 'foreign_item_at the end of each complete month, under every basis in use. Key: (item_id, basis, first_day).';

    -- What a lease leaves to be paid is money, too, and the right of use is not. It is recognised at the
    -- rate of the day it commences, interest is at the average rate of its month, and what is
    -- paid releases its part of what is carried, as a settlement of an item does.
    CREATE FUNCTION lease_item_at(first_days date[], end_days date[])
    RETURNS TABLE (lease_id text, basis text, first_day date, end_day date, entity_id text, counterparty_id text, deal_id text, currency currency, functional_currency currency, remaining numeric,
                   carried monetary, numerator numeric, denominator numeric, rate_date date, value monetary, difference monetary, realised numeric, unknown_rates bigint, last_recorded_at timestamptz)
    STABLE PARALLEL RESTRICTED ROWS 100 LANGUAGE sql
    BEGIN ATOMIC
        WITH lessee AS MATERIALIZED (
            SELECT l.lease_id, l.entity_id, l.deal_id, d.supplier_id, l.in_advance, currency(l.payments[1]) AS currency, e.functional_currency, greatest(l.recorded_at, e.recorded_at) AS recorded_at
            FROM lease_known l
            JOIN entity_known e ON e.entity_id = l.entity_id
            LEFT JOIN deal_known d ON d.deal_id = l.deal_id
            WHERE currency(l.payments[1]) <> e.functional_currency
              AND NOT EXISTS (SELECT FROM monetary_item_known i WHERE i.kind = 'lease_liability' AND i.reference = l.lease_id)),
        period AS MATERIALIZED (
            SELECT r.lease_id, r.basis, r.period_number, r.period_from, r.period_to, r.liability_opening, r.liability_change, r.payment, r.interest, r.last_recorded_at,
                   n.in_advance, n.currency, n.functional_currency
            FROM lease_row r JOIN lessee n ON n.lease_id = r.lease_id
            WHERE r.period_from < (SELECT max(u.end_day) FROM unnest(end_days) u (end_day))),
        movement AS MATERIALIZED (
            SELECT p.lease_id, p.basis, p.currency, p.functional_currency, v.on_day, v.amount, f.numerator, f.denominator, greatest(p.last_recorded_at, f.recorded_at) AS recorded_at,
                   row_number() OVER (PARTITION BY p.lease_id, p.basis ORDER BY v.on_day, p.period_number, v.place) AS step
            FROM period p
            CROSS JOIN LATERAL (
                SELECT p.period_from AS on_day, 1 AS place, amount(p.liability_opening) AS amount, false AS is_interest WHERE p.period_number = 1
                UNION ALL SELECT p.period_from, 2, amount(p.liability_change), false
                UNION ALL SELECT CASE WHEN p.in_advance THEN p.period_from ELSE p.period_to - 1 END, CASE WHEN p.in_advance THEN 3 ELSE 5 END, - amount(p.payment), false
                UNION ALL
                SELECT d.to_day - 1, 4, round(amount(p.interest) * (d.to_day - p.period_from) / w.days, 15) - round(amount(p.interest) * (d.from_day - p.period_from) / w.days, 15), true
                FROM (SELECT p.period_to - p.period_from AS days) w,
                     calendar_months(p.period_from, (date_trunc('month', (p.period_to - 1)::timestamp) + interval '1 month')::date - 1) m (month_start)
                CROSS JOIN LATERAL (SELECT greatest(m.month_start::date, p.period_from) AS from_day, least((m.month_start + interval '1 month')::date, p.period_to) AS to_day) d) v
            LEFT JOIN LATERAL (
                SELECT h.numerator, h.denominator, h.recorded_at FROM historic_rate(p.currency, p.functional_currency, v.on_day) h WHERE NOT v.is_interest
                UNION ALL
                SELECT g.numerator, g.denominator, g.recorded_at
                FROM (SELECT (date_trunc('month', v.on_day::timestamp) + interval '1 month')::date - 1 AS month_end) e
                CROSS JOIN LATERAL fx_leg(p.currency, p.functional_currency, e.month_end, 'average', extract(day FROM e.month_end)::integer - 1, 'ledger', false) g WHERE v.is_interest) f ON true
            WHERE v.amount <> 0),
        path AS (
            SELECT n.lease_id, n.basis, n.on_days[z.step] AS on_day, n.on_days[z.step + 1] AS next_day, z.remaining, z.carried, z.realised, z.unknown_rates, n.recorded_at
            FROM (SELECT m.lease_id, m.basis, m.currency, m.functional_currency, array_agg(m.on_day ORDER BY m.step) AS on_days, array_agg(m.amount ORDER BY m.step) AS amounts,
                         array_agg(m.numerator ORDER BY m.step) AS numerators, array_agg(m.denominator ORDER BY m.step) AS denominators, max(m.recorded_at) AS recorded_at
                  FROM movement m GROUP BY m.lease_id, m.basis, m.currency, m.functional_currency) n
            CROSS JOIN LATERAL carried_steps(n.amounts, n.numerators, n.denominators, n.currency, n.functional_currency) z)
        SELECT n.lease_id, o.basis, u.first_day, u.end_day, n.entity_id, n.supplier_id, n.deal_id, n.currency, n.functional_currency, o.remaining, o.carried, f.numerator, f.denominator, f.rate_date,
               v.value, CASE WHEN o.remaining = 0 THEN monetary(0::numeric, n.functional_currency)
                             WHEN abs(amount(o.carried)) + abs(amount(v.value)) <= 2.5e18 THEN monetary(amount(o.carried) - amount(v.value), n.functional_currency) END, o.realised, o.unknown_rates,
               greatest(n.recorded_at, o.recorded_at, f.recorded_at)
        FROM lessee n
        JOIN path o ON o.lease_id = n.lease_id
        JOIN unnest(first_days, end_days) u (first_day, end_day) ON o.on_day < u.end_day AND (o.next_day IS NULL OR o.next_day >= u.end_day)
        LEFT JOIN LATERAL fx_leg(n.currency, n.functional_currency, u.end_day - 1, 'closing', u.end_day - 1 - u.first_day, 'ledger', false) f ON o.remaining <> 0
        CROSS JOIN LATERAL (SELECT CASE WHEN o.remaining = 0 THEN monetary(0::numeric, n.functional_currency)
                                        ELSE in_minor_units(exchanged(monetary(o.remaining, n.currency), f.numerator, f.denominator, n.functional_currency)) END AS value) v;
    END;
    COMMENT ON FUNCTION lease_item_at(date[], date[]) IS 'What leases in another currency than their entity''s leave to be paid at the end of the days [first_day, end_day), for each two of the arrays, under each basis that measures them (lease_row): remaining with interest up to there by month; carried: at the rates of the days it came from, rounded to the minor unit; value by the last closing rate dated in the days; difference = what is not realised, a gain positive; realised since ever, as it was paid. unknown_rates: days and months without a rate; then carried and difference are NULL. Without leases that a monetary item of kind lease_liability names in reference. Key: (lease_id, basis, end_day).';

    CREATE VIEW lease_item_month WITH (security_invoker) AS
        SELECT a.lease_id, a.basis, a.first_day, a.end_day, a.entity_id, a.counterparty_id, a.deal_id, a.currency, a.functional_currency, a.remaining, a.carried, a.numerator, a.denominator, a.rate_date,
               a.value, a.difference, CASE WHEN a.unknown_rates = 0 THEN a.realised END AS realised, a.unknown_rates, a.last_recorded_at
        FROM (SELECT array_agg(k.month_start::date) AS first_days, array_agg((k.month_start + interval '1 month')::date) AS end_days
              FROM calendar_months((SELECT min(l.commences_on) FROM lease_known l JOIN entity_known e ON e.entity_id = l.entity_id WHERE currency(l.payments[1]) <> e.functional_currency),
                                   (SELECT c.effective_date FROM clock c)) k (month_start)) m
        CROSS JOIN LATERAL lease_item_at(m.first_days, m.end_days) a;
    COMMENT ON VIEW lease_item_month IS 'lease_item_at the end of each complete month. Key: (lease_id, basis, first_day).';

    -- What the books of an entity come to in the currency the ledger reports in.

    -- Materialised here and below: estimates of what is known are so low that it would be computed for each row.
    CREATE VIEW translation_period WITH (security_invoker) AS
        WITH average AS MATERIALIZED (SELECT f.* FROM fx_period f)
        SELECT p.entity_id, p.basis, p.fiscal_year, p.period_number, p.starts_on, p.ends_on, e.functional_currency, c.reporting_currency,
               k.numerator AS closing_rate, v.rate AS average_rate, greatest(e.recorded_at, k.recorded_at, v.recorded_at) AS last_recorded_at
        FROM period_known p
        JOIN entity_known e ON e.entity_id = p.entity_id
        CROSS JOIN clock c
        CROSS JOIN LATERAL (SELECT CASE WHEN p.kind = 'regular' THEN p.starts_on ELSE p.ends_on - 28 END AS from_day) d
        LEFT JOIN LATERAL fx_leg(e.functional_currency, c.reporting_currency, p.ends_on - 1, 'closing', p.ends_on - 1 - d.from_day, 'ledger', false) k ON true
        LEFT JOIN LATERAL (
            SELECT CASE WHEN count(*) = 1 THEN min(n.rate) ELSE sum(n.rate * n.days) * 1.00000000000000000000 / sum(n.days) END AS rate, max(n.last_recorded_at) AS recorded_at
            FROM (SELECT f.rate, least(f.to_day, p.ends_on) - greatest(f.from_day, d.from_day) AS days, f.last_recorded_at
                  FROM average f WHERE f.from_currency = e.functional_currency::text AND f.from_day < p.ends_on AND f.to_day > d.from_day) n
            HAVING sum(n.days) = p.ends_on - d.from_day) v ON true
        WHERE e.functional_currency <> c.reporting_currency;
    COMMENT ON VIEW translation_period IS 'The periods in use of entities that count in another currency than the ledger reports in, and the rates to it: the last closing rate dated in the period, and the average of its days (of an adjustment period, of the four weeks to its end). NULL: not known. Key: (entity_id, basis, fiscal_year, period_number).';

    CREATE VIEW translation_movement WITH (security_invoker) AS
        WITH period AS MATERIALIZED (SELECT t.* FROM translation_period t)
        SELECT n.entity_id, n.basis, n.fiscal_year, n.period_number, n.account_id, n.account_kind,
               sum(n.amount) AS amount, sum(n.unknown) AS unknown, sum(n.translated) AS translated,
               count(*) FILTER (WHERE n.amount <> 0 AND n.translated IS NULL) AS untranslated, max(n.last_recorded_at) AS last_recorded_at
        FROM (SELECT g.entity_id, g.basis, g.fiscal_year, g.period_number, g.account_id, g.account_kind, g.amount, g.unknown,
                     CASE WHEN g.account_kind IN ('income', 'expense') THEN translated(g.amount, t.average_rate)
                          WHEN g.account_kind = 'equity' THEN translated(g.amount, h.rate) ELSE 0 END AS translated,
                     greatest(g.last_recorded_at, t.last_recorded_at, h.recorded_at) AS last_recorded_at
              FROM (SELECT j.entity_id, j.basis, j.fiscal_year, j.period_number, l.account_id, coalesce(a.kind, 'unknown') AS account_kind,
                           CASE WHEN a.kind = 'equity' THEN j.posting_date END AS posting_date,
                           sum(coalesce(amount(l.functional_amount), CASE WHEN currency(l.amount) = e.functional_currency THEN amount(l.amount) END, 0)) AS amount,
                           count(*) FILTER (WHERE l.functional_amount IS NULL AND currency(l.amount) <> e.functional_currency) AS unknown,
                           max(j.last_recorded_at) AS last_recorded_at
                    FROM journal_entry_known j
                    JOIN entity_known e ON e.entity_id = j.entity_id AND e.functional_currency <> (SELECT c.reporting_currency FROM clock c)
                    JOIN journal_line l ON l.entry_id = j.entry_id
                    LEFT JOIN account_known a ON a.account_id = l.account_id
                    WHERE j.status = 'posted' AND j.journal = 'financial'
                    GROUP BY 1, 2, 3, 4, 5, 6, 7) g
              JOIN period t ON t.entity_id = g.entity_id AND t.basis = g.basis AND t.fiscal_year = g.fiscal_year AND t.period_number = g.period_number
              LEFT JOIN LATERAL (SELECT f.numerator AS rate, f.recorded_at FROM historic_rate(t.functional_currency, t.reporting_currency, g.posting_date) f) h ON g.account_kind = 'equity') n
        GROUP BY n.entity_id, n.basis, n.fiscal_year, n.period_number, n.account_id, n.account_kind;
    COMMENT ON VIEW translation_movement IS 'What was posted on each account in each period of such an entity, in its functional currency, and translated: income and expense at the average rate of the period, equity at the historical rate of its day (type historical, else spot), assets and liabilities not yet. unknown: lines in another currency without a functional amount. Key: (entity_id, basis, fiscal_year, period_number, account_id).';

    CREATE VIEW translation_balance WITH (security_invoker) AS
        WITH period AS MATERIALIZED (SELECT t.* FROM translation_period t),
        movement AS MATERIALIZED (SELECT m.* FROM translation_movement m),
        used AS (
            SELECT DISTINCT m.entity_id, m.basis, m.account_id, m.account_kind FROM movement m),
        grid AS (
            SELECT t.entity_id, t.basis, t.fiscal_year, t.period_number, t.closing_rate, u.account_id, u.account_kind,
                   CASE WHEN u.account_kind IN ('income', 'expense') THEN t.fiscal_year ELSE 0 END AS balance_year,
                   coalesce(m.amount, 0) AS amount, coalesce(m.unknown, 0) AS unknown, coalesce(m.translated, 0) AS translated, coalesce(m.untranslated, 0) AS untranslated,
                   greatest(t.last_recorded_at, m.last_recorded_at) AS last_recorded_at
            FROM period t
            JOIN used u ON u.entity_id = t.entity_id AND u.basis = t.basis
            LEFT JOIN movement m ON m.entity_id = t.entity_id AND m.basis = t.basis AND m.fiscal_year = t.fiscal_year AND m.period_number = t.period_number
                                            AND m.account_id = u.account_id),
        total AS (
            SELECT g.entity_id, g.basis, g.fiscal_year, g.period_number, g.closing_rate, g.account_id, g.account_kind, sum(g.amount) OVER w AS balance, sum(g.unknown) OVER w AS unknown,
                   sum(g.translated) OVER w AS translated, sum(g.untranslated) OVER w AS untranslated, max(g.last_recorded_at) OVER w AS last_recorded_at
            FROM grid g
            WINDOW w AS (PARTITION BY g.entity_id, g.basis, g.account_id, g.balance_year ORDER BY g.fiscal_year, g.period_number)),
        earlier AS (
            SELECT g.entity_id, g.basis, g.fiscal_year, g.period_number, min(g.closing_rate) AS closing_rate,
                   sum(sum(g.amount)) OVER w AS balance, sum(sum(g.unknown)) OVER w AS unknown, sum(sum(g.translated)) OVER w AS translated,
                   sum(sum(g.untranslated)) OVER w AS untranslated, max(max(g.last_recorded_at)) OVER w AS last_recorded_at
            FROM grid g WHERE g.account_kind IN ('income', 'expense')
            GROUP BY g.entity_id, g.basis, g.fiscal_year, g.period_number
            WINDOW w AS (PARTITION BY g.entity_id, g.basis ORDER BY g.fiscal_year RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
        SELECT 'account'::text AS line, n.entity_id, n.basis, n.fiscal_year, n.period_number, n.account_id, n.account_kind, CASE WHEN n.unknown = 0 THEN n.balance END AS balance,
               CASE WHEN n.unknown > 0 THEN NULL
                    WHEN n.account_kind IN ('income', 'expense', 'equity') THEN CASE WHEN n.untranslated = 0 THEN n.translated END
                    ELSE translated(n.balance, n.closing_rate) END AS translated,
               n.last_recorded_at
        FROM total n
        UNION ALL
        SELECT 'result_of_earlier_years', e.entity_id, e.basis, e.fiscal_year, e.period_number, NULL, 'equity', CASE WHEN e.unknown = 0 THEN e.balance END,
               CASE WHEN e.unknown = 0 AND e.untranslated = 0 THEN e.translated END, e.last_recorded_at
        FROM earlier e WHERE e.balance <> 0 OR e.unknown > 0;
    COMMENT ON VIEW translation_balance IS 'Balances of such an entity at the end of each period in use, debit positive, in its functional currency and translated. Key: (entity_id, basis, fiscal_year, period_number, line, account_id).';

    CREATE VIEW currency_finding WITH (security_invoker) AS
        WITH period AS MATERIALIZED (SELECT t.* FROM translation_period t),
        movement AS MATERIALIZED (SELECT m.* FROM translation_movement m)
        SELECT f.finding, f.severity, f.subject, f.subject_id, f.period_month, f.row_count, f.detail
        FROM (
            SELECT 'item_rate_missing'::text AS finding, 'error'::text AS severity, 'monetary_item'::text AS subject, i.item_id AS subject_id, NULL::date AS period_month, 1::bigint AS row_count,
                   format('recognised on %s, and no spot rate from %s to %s is of that day: its differences are unknown', iso_date(i.recognised_on), i.currency, i.functional_currency) AS detail
            FROM foreign_item i WHERE i.recognised IS NULL
            UNION ALL
            SELECT 'asset_rate_missing', 'warning', 'asset', a.asset_id, NULL, 1,
                   format('in %s, which entity %s does not count in, and no historical or spot rate to %s is of the day it came in or was added to: it is not translated',
                          min(a.currency::text), min(a.entity_id), min(a.measured_in::text))
            FROM asset_measure a WHERE NOT a.is_purchase AND a.rate_missing GROUP BY a.asset_id
            UNION ALL
            SELECT 'settlement_rate_missing', 'error', 'monetary_item', s.item_id, NULL, count(*),
                   'settled on a day that no spot rate is of: what it gained or lost is unknown'
            FROM foreign_settlement s WHERE s.settled IS NULL AND s.left_before > s.left_after GROUP BY s.item_id
            UNION ALL
            SELECT 'item_closing_rate_missing', 'error', 'monetary_item', m.item_id, m.first_day, 1,
                   format('no closing rate from %s to %s in the month: what is left of it cannot be revalued', m.currency, m.functional_currency)
            FROM foreign_item_month m WHERE m.basis = (SELECT c.primary_basis FROM clock c) AND m.remaining > 0 AND m.value IS NULL
            UNION ALL
            SELECT 'lease_rate_missing', 'error', 'lease', m.lease_id, m.first_day, count(*),
                   format('no closing rate from %s to %s in the month, or none of a day it was paid or a month it bore interest: what it leaves to be paid cannot be revalued', min(m.currency::text), min(m.functional_currency::text))
            FROM lease_item_month m WHERE m.unknown_rates > 0 OR m.remaining > 0 AND m.value IS NULL GROUP BY m.lease_id, m.first_day
            UNION ALL
            SELECT 'settlement_left_out', 'error', 'monetary_item', s.item_id, NULL, count(*),
                   'settled in another currency, or for more than is left of it: what is beyond counts for nothing'
            FROM (SELECT n.item_id, currency(n.amount) <> currency(i.amount)
                         OR sum(amount(n.amount)) FILTER (WHERE currency(n.amount) = currency(i.amount)) OVER (PARTITION BY n.item_id ORDER BY n.settled_on, n.settlement_id) > amount(i.amount) AS is_beyond
                  FROM monetary_settlement_known n JOIN monetary_item_known i ON i.item_id = n.item_id) s
            WHERE s.is_beyond GROUP BY s.item_id
            UNION ALL
            SELECT 'settled_before_recognised', 'warning', 'monetary_item', s.item_id, NULL, count(*), 'settled before it was recognised: counted from then on, at the rate of its day'
            FROM monetary_settlement_known s JOIN monetary_item_known i ON i.item_id = s.item_id WHERE s.settled_on < i.recognised_on GROUP BY s.item_id
            UNION ALL
            SELECT 'translation_rate_missing', 'warning', 'entity', t.entity_id, date_trunc('month', t.starts_on::timestamp)::date, count(*),
                   format('no %s rate from %s to %s: its books cannot be translated', concat_ws(' and no ', CASE WHEN bool_or(t.average_rate IS NULL) THEN 'average' END,
                          CASE WHEN bool_or(t.closing_rate IS NULL) THEN 'closing' END), min(t.functional_currency::text), min(t.reporting_currency::text))
            FROM period t
            WHERE (t.average_rate IS NULL OR t.closing_rate IS NULL) AND t.starts_on BETWEEN date '0001-01-01' AND date '9999-12-31'
              AND EXISTS (SELECT FROM movement m WHERE m.entity_id = t.entity_id AND m.basis = t.basis)
            GROUP BY t.entity_id, date_trunc('month', t.starts_on::timestamp)::date
            UNION ALL
            SELECT 'equity_rate_missing', 'warning', 'entity', m.entity_id, NULL, count(*), 'posted to equity on a day that no historical rate is of: its translation is unknown'
            FROM movement m WHERE m.account_kind = 'equity' AND m.untranslated > 0 GROUP BY m.entity_id
            UNION ALL
            SELECT 'functional_amount_missing', 'warning', 'entity', m.entity_id, NULL, sum(m.unknown)::bigint,
                   'lines in another currency have no amount in the entity''s: its translation is unknown'
            FROM movement m WHERE m.unknown > 0 GROUP BY m.entity_id) f;
    COMMENT ON VIEW currency_finding IS 'Findings about rates, monetary items and translation, in the columns of data_quality. Key: (finding, subject, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_currency_views() IS 'Internal: part of create_ledger. Rates on a day, monetary items at the end of a month, and books in the reporting currency.';

CREATE FUNCTION chipbook.create_report_currency_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Here, where whoever may read the published views can name it.
    CREATE FUNCTION exchange_leg(from_code currency, to_code currency, on_day date, of_type text, max_age integer, of_source text, or_inverse boolean)
    RETURNS TABLE (numerator numeric, denominator numeric, rate_date date, is_inverse boolean) STABLE PARALLEL SAFE ROWS 1 LANGUAGE sql
    BEGIN ATOMIC
        SELECT f.numerator, f.denominator, f.rate_date, f.is_inverse FROM fx_leg(from_code, to_code, on_day, of_type, max_age, of_source, or_inverse) f;
    END;
    COMMENT ON FUNCTION exchange_leg(currency, currency, date, text, integer, text, boolean) IS 'Internal: part of chipbook.exchange_at. The rate between two currencies on a day, numerator / denominator, that of the day or the last one up to max_age days before it. No row without one.';

    CREATE VIEW exchange_rate WITH (security_invoker) AS
        SELECT f.from_currency::text AS from_currency, f.to_currency::text AS to_currency, f.rate_type, f.rate_source, f.rate_date,
               publishable(f.rate)::numeric(38,15) AS rate, f.recorded_at AS last_recorded_at
        FROM fx_rate_known f;
    COMMENT ON VIEW exchange_rate IS 'Rates of exchange as known: units of to_currency for one of from_currency. Key: (from_currency, to_currency, rate_type, rate_source, rate_date). rate is rounded to 15 decimals; amounts are exchanged at the rate as it was published. Not additive. The other views take those of rate_source ledger.';

    CREATE VIEW allocated_spend_reporting WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.pool_id, s.currency, s.line, s.tenant_id, s.bearer, s.cost_centre_id, s.provider_id, s.site_id, s.chip_model_id,
               s.ownership, s.scenario, c.reporting_currency::text AS reporting_currency, r.rate::numeric(38,15) AS fx_rate,
               translated(s.total_cost, r.rate)::numeric(38,15) AS total_cost,
               translated(s.productive_cost, r.rate)::numeric(38,15) AS productive_cost,
               translated(s.allocated_idle_cost, r.rate)::numeric(38,15) AS allocated_idle_cost,
               translated(s.unallocated_cost, r.rate)::numeric(38,15) AS unallocated_cost,
               translated(s.unavailable_cost, r.rate)::numeric(38,15) AS unavailable_cost,
               translated(s.unmetered_cost, r.rate)::numeric(38,15) AS unmetered_cost,
               translated(s.shared_idle_cost, r.rate)::numeric(38,15) AS shared_idle_cost,
               translated(s.lost_cost, r.rate)::numeric(38,15) AS lost_cost,
               greatest(s.last_recorded_at, x.last_recorded_at) AS last_recorded_at
        FROM allocated_spend s
        CROSS JOIN clock c
        LEFT JOIN month_fx_rate x ON x.period_month = s.period_month AND x.from_currency = s.currency
        CROSS JOIN LATERAL (SELECT CASE WHEN s.currency = c.reporting_currency::text THEN 1 ELSE publishable(x.rate) END AS rate) r;
    COMMENT ON VIEW allocated_spend_reporting IS 'allocated_spend in the ledger''s reporting currency, at the average rate of the month (fx_rate: of its days where it has several). Key: (entity_id, period_month, pool_id, currency, line, tenant_id); currency is the one it was spent in. Each cost is rounded for itself at 15 decimals. Additive over all rows. NULL without a rate: a finding, never 1. Chip-hours and energy are in allocated_spend.';

    CREATE VIEW chip_hour_cost_reporting WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.provider_id, s.chip_model_id, s.site_id, s.ownership, s.currency, s.scenario,
               c.reporting_currency::text AS reporting_currency, r.rate::numeric(38,15) AS fx_rate,
               translated(s.depreciation, r.rate)::numeric(38,15) AS depreciation,
               translated(s.rent, r.rate)::numeric(38,15) AS rent,
               translated(s.energy, r.rate)::numeric(38,15) AS energy,
               translated(s.facility_cost, r.rate)::numeric(38,15) AS facility_cost,
               translated(s.interconnect_cost, r.rate)::numeric(38,15) AS interconnect_cost,
               translated(s.operations_cost, r.rate)::numeric(38,15) AS operations_cost,
               translated(s.total_cost, r.rate)::numeric(38,15) AS total_cost,
               translated(s.cost_of_capital, r.rate)::numeric(38,15) AS cost_of_capital,
               translated(s.economic_cost, r.rate)::numeric(38,15) AS economic_cost,
               s.installed_chip_hours, s.available_chip_hours, s.allocated_chip_hours, s.used_chip_hours,
               translated(s.cost_per_installed_chip_hour, r.rate)::numeric(38,15) AS cost_per_installed_chip_hour,
               translated(s.cost_per_available_chip_hour, r.rate)::numeric(38,15) AS cost_per_available_chip_hour,
               translated(s.cost_per_allocated_chip_hour, r.rate)::numeric(38,15) AS cost_per_allocated_chip_hour,
               translated(s.cost_per_used_chip_hour, r.rate)::numeric(38,15) AS cost_per_used_chip_hour,
               greatest(s.last_recorded_at, x.last_recorded_at) AS last_recorded_at
        FROM chip_hour_cost s
        CROSS JOIN clock c
        LEFT JOIN month_fx_rate x ON x.period_month = s.period_month AND x.from_currency = s.currency
        CROSS JOIN LATERAL (SELECT CASE WHEN s.currency = c.reporting_currency::text THEN 1 ELSE publishable(x.rate) END AS rate) r;
    COMMENT ON VIEW chip_hour_cost_reporting IS 'chip_hour_cost in the ledger''s reporting currency, at the average rate of the month. Key: (entity_id, period_month, provider_id, chip_model_id, site_id, ownership, currency); currency is the one it was spent in. Each cost is rounded for itself at 15 decimals; costs are additive over all rows, chip-hours stand on the row of each currency and are not, and ratios never are. NULL without a rate: a finding, never 1.';

    CREATE VIEW monetary_item_value WITH (security_invoker) AS
        SELECT m.item_id, m.basis, m.first_day AS period_month, m.entity_id, m.kind, m.counterparty_id, m.due_on, m.currency::text AS currency,
               amount(m.amount)::numeric(38,15) AS amount, m.remaining::numeric(38,15) AS remaining, m.functional_currency::text AS functional_currency,
               publishable(m.recognised_numerator / nullif(m.recognised_denominator, 0))::numeric(38,15) AS recognised_rate,
               publishable(m.numerator / nullif(m.denominator, 0))::numeric(38,15) AS closing_rate, m.rate_date AS closing_rate_date, m.rate_source,
               amount(m.recognised)::numeric(38,15) AS recognised, amount(m.carried)::numeric(38,15) AS carried, amount(m.value)::numeric(38,15) AS value,
               publishable(m.unrealised)::numeric(38,15) AS unrealised,
               publishable(m.unrealised - m.unrealised_before)::numeric(38,15) AS unrealised_change,
               publishable(m.realised_ever - m.realised_before)::numeric(38,15) AS realised, m.last_recorded_at
        FROM (SELECT n.*, lag(n.unrealised, 1, 0::numeric) OVER w AS unrealised_before, lag(n.realised_ever, 1, 0::numeric) OVER w AS realised_before,
                     lag(n.remaining, 1, amount(n.amount)) OVER w AS remaining_before
              FROM foreign_item_month n
              WINDOW w AS (PARTITION BY n.item_id, n.basis ORDER BY n.first_day)) m
        WHERE m.remaining_before > 0;
    COMMENT ON VIEW monetary_item_value IS 'Monetary items in another currency than their entity''s at the end of each complete month until they are settled, under every basis. Key: (item_id, basis, period_month). amount and remaining in currency, the rest in functional_currency. carried: what is left at the rate it was recognised at; value: at the last closing rate of the month; unrealised: what the basis recognises of the difference, a gain positive. realised and unrealised_change are additive over items and months: over the life of an item they add up to what it was settled at less what it was recognised at (of a liability the other way round). Balances are semi-additive. A figure whose rate is not known is NULL: a finding, never 1.';
    COMMENT ON COLUMN monetary_item_value.realised IS 'In the month: what was settled at the rate of its day less what of the amount recognised it releases, a gain positive.';

    CREATE VIEW lease_liability_value WITH (security_invoker) AS
        SELECT m.lease_id, m.basis, m.first_day AS period_month, m.entity_id, m.counterparty_id, m.deal_id, m.currency::text AS currency, m.remaining::numeric(38,15) AS remaining,
               m.functional_currency::text AS functional_currency, publishable(m.numerator / nullif(m.denominator, 0))::numeric(38,15) AS closing_rate, m.rate_date AS closing_rate_date,
               amount(m.carried)::numeric(38,15) AS carried, amount(m.value)::numeric(38,15) AS value, amount(m.difference)::numeric(38,15) AS unrealised,
               publishable(amount(m.difference) - m.unrealised_before)::numeric(38,15) AS unrealised_change, publishable(m.realised - m.realised_before)::numeric(38,15) AS realised, m.last_recorded_at
        FROM (SELECT n.*, lag(amount(n.difference), 1, 0::numeric) OVER w AS unrealised_before, lag(n.realised, 1, 0::numeric) OVER w AS realised_before,
                     lag(n.remaining, 1, 1::numeric) OVER w AS remaining_before
              FROM lease_item_month n
              WINDOW w AS (PARTITION BY n.lease_id, n.basis ORDER BY n.first_day)) m
        WHERE m.remaining_before > 0;
    COMMENT ON VIEW lease_liability_value IS 'What leases in another currency than their entity''s leave to be paid, at the end of each complete month until they are paid, under each basis that measures them. Key: (lease_id, basis, period_month). remaining in currency, the rest in functional_currency. carried: recognised at the rate of the day the lease commenced or changed (type historical, else spot), interest at the average rate of its month, less what payments released of it in proportion; value: at the last closing rate of the month; unrealised = carried - value, a gain positive. realised and unrealised_change are additive over leases and months of a basis. The right of use is no money, and is not here (lease_liability). NULL where a rate is not known: a finding, never 1.';
    COMMENT ON COLUMN lease_liability_value.realised IS 'In the month: what payments released of what was carried less the payments at the rates of their days, a gain positive.';

    CREATE VIEW entity_translation WITH (security_invoker) AS
        WITH balance AS MATERIALIZED (SELECT n.* FROM translation_balance n),
        period AS MATERIALIZED (SELECT t.* FROM translation_period t)
        SELECT b.entity_id, b.basis, b.fiscal_year::bigint AS fiscal_year, b.period_number::bigint AS period_number, fiscal_period_name(b.fiscal_year, b.period_number) AS fiscal_period,
               b.line, b.account_id, a.name AS account_name, b.account_kind, t.functional_currency::text AS functional_currency,
               publishable(b.balance)::numeric(38,15) AS functional_balance, t.reporting_currency::text AS reporting_currency,
               publishable(t.average_rate)::numeric(38,15) AS average_rate, publishable(t.closing_rate)::numeric(38,15) AS closing_rate,
               publishable(b.translated)::numeric(38,15) AS translated_balance, greatest(b.last_recorded_at, t.last_recorded_at) AS last_recorded_at
        FROM (SELECT n.* FROM balance n
              UNION ALL
              SELECT 'exchange_difference', n.entity_id, n.basis, n.fiscal_year, n.period_number, NULL, 'equity', 0,
                     CASE WHEN count(n.translated) = count(*) THEN - sum(n.translated) END, max(n.last_recorded_at)
              FROM balance n GROUP BY n.entity_id, n.basis, n.fiscal_year, n.period_number) b
        JOIN period t ON t.entity_id = b.entity_id AND t.basis = b.basis AND t.fiscal_year = b.fiscal_year AND t.period_number = b.period_number
        LEFT JOIN account_known a ON a.account_id = b.account_id;
    COMMENT ON VIEW entity_translation IS 'The balances of entities that count in another currency than the ledger reports in, in both, at the end of each period in use, under every basis (IAS 21.39, ASC 830-30-45). Key: (entity_id, basis, fiscal_year, period_number, line, account_id). Debit positive. Assets and liabilities at the closing rate, income and expense at the average rate of their periods, equity at the rate of its day; line exchange_difference is what then balances: the cumulative translation adjustment in equity. Balances of a period add up to 0 in both currencies. Chips come at what they cost in the functional currency: translated, never revalued. A balance whose rate is not known is NULL, and so is what needs it: a finding.';
    COMMENT ON COLUMN entity_translation.line IS 'account, result_of_earlier_years or exchange_difference; account_id is NULL for the last two.';

    CREATE VIEW translation_adjustment WITH (security_invoker) AS
        SELECT n.entity_id, n.basis, n.fiscal_year, n.period_number, n.fiscal_period, n.functional_currency, n.reporting_currency, n.average_rate::numeric(38,15) AS average_rate, n.closing_rate::numeric(38,15) AS closing_rate,
               n.functional_net_assets::numeric(38,15) AS functional_net_assets,
               publishable(lag(n.net_assets, 1, 0::numeric) OVER w)::numeric(38,15) AS net_assets_opening,
               publishable(n.result_ever - lag(n.result_ever, 1, 0::numeric) OVER w)::numeric(38,15) AS result,
               publishable(n.equity - lag(n.equity, 1, 0::numeric) OVER w)::numeric(38,15) AS equity_movement,
               publishable(n.adjustment - lag(n.adjustment, 1, 0::numeric) OVER w)::numeric(38,15) AS exchange_difference,
               n.net_assets::numeric(38,15) AS net_assets_closing, n.adjustment::numeric(38,15) AS cumulative_adjustment, n.last_recorded_at
        FROM (SELECT e.entity_id, e.basis, e.fiscal_year, e.period_number, min(e.fiscal_period) AS fiscal_period, min(e.functional_currency) AS functional_currency,
                     min(e.reporting_currency) AS reporting_currency, min(e.average_rate) AS average_rate, min(e.closing_rate) AS closing_rate,
                     CASE WHEN count(e.functional_balance) = count(*) THEN coalesce(publishable(sum(e.functional_balance) FILTER (WHERE e.account_kind NOT IN ('income', 'expense', 'equity'))), 0) END AS functional_net_assets,
                     CASE WHEN bool_and(e.translated_balance IS NOT NULL) FILTER (WHERE e.account_kind NOT IN ('income', 'expense', 'equity')) IS NOT FALSE
                          THEN coalesce(publishable(sum(e.translated_balance) FILTER (WHERE e.account_kind NOT IN ('income', 'expense', 'equity'))), 0) END AS net_assets,
                     CASE WHEN bool_and(e.translated_balance IS NOT NULL) FILTER (WHERE e.account_kind IN ('income', 'expense') OR e.line = 'result_of_earlier_years') IS NOT FALSE
                          THEN coalesce(- sum(e.translated_balance) FILTER (WHERE e.account_kind IN ('income', 'expense') OR e.line = 'result_of_earlier_years'), 0) END AS result_ever,
                     CASE WHEN bool_and(e.translated_balance IS NOT NULL) FILTER (WHERE e.account_kind = 'equity' AND e.line = 'account') IS NOT FALSE
                          THEN coalesce(- sum(e.translated_balance) FILTER (WHERE e.account_kind = 'equity' AND e.line = 'account'), 0) END AS equity,
                     - min(e.translated_balance) FILTER (WHERE e.line = 'exchange_difference') AS adjustment, max(e.last_recorded_at) AS last_recorded_at
              FROM entity_translation e GROUP BY e.entity_id, e.basis, e.fiscal_year, e.period_number) n
        WINDOW w AS (PARTITION BY n.entity_id, n.basis ORDER BY n.fiscal_year, n.period_number);
    COMMENT ON VIEW translation_adjustment IS 'How the net assets of such an entity came to what they are in the reporting currency, period by period: net_assets_opening + result + equity_movement + exchange_difference = net_assets_closing (IAS 21.52b). Key: (entity_id, basis, fiscal_year, period_number). Assets positive, gains positive. cumulative_adjustment: the exchange differences up to here, which stand in equity until the entity is disposed of. Movements are additive over entities and periods, balances over entities only. NULL where a rate is not known.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_currency_views() IS 'Internal: part of create_ledger. The views exchange_rate, allocated_spend_reporting, chip_hour_cost_reporting, monetary_item_value, lease_liability_value, entity_translation and translation_adjustment.';

-- The step of the close. Its sources say what is posted of each item, so that what changed since is
-- found by subtraction here, too; what was before the books began nobody posted here.
CREATE FUNCTION chipbook.create_ledger_currency_close() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION close_monetary_items(period period_state, begins_on date) RETURNS void LANGUAGE plpgsql AS $fn$
    DECLARE
        opening_day date := coalesce(begins_on, period.starts_on);
        problems text;
        problem_count bigint;
    BEGIN
        IF period.kind <> 'regular' OR NOT EXISTS (SELECT FROM monetary_item) AND NOT EXISTS (SELECT FROM lease l WHERE l.entity_id = period.entity_id) THEN
            RETURN;
        END IF;
        CREATE TEMPORARY TABLE close_item ON COMMIT DROP AS
            SELECT 'monetary_item'::text AS source_table, a.item_id, a.kind, a.counterparty_id, a.due_on, a.functional_currency, a.remaining, a.carried, a.value, a.difference, a.realised,
                   a.unknown_settlements, a.end_day = opening_day AS is_before
            FROM foreign_item_at(ARRAY[period.starts_on, (opening_day - interval '1 month')::date], ARRAY[period.ends_on, opening_day]) a WHERE a.entity_id = period.entity_id
            UNION ALL
            SELECT 'lease', a.lease_id, 'lease_liability', a.counterparty_id, NULL, a.functional_currency, a.remaining, a.carried, a.value, a.difference, a.realised,
                   a.unknown_rates, a.end_day = opening_day
            FROM lease_item_at(ARRAY[period.starts_on, (opening_day - interval '1 month')::date], ARRAY[period.ends_on, opening_day]) a
            WHERE a.entity_id = period.entity_id AND a.basis = period.basis;
        SELECT count(*), string_agg(n.problem, E'\n' ORDER BY n.problem) FILTER (WHERE n.place <= 10) INTO problem_count, problems
        FROM (SELECT format('%s%s: %s', CASE a.source_table WHEN 'lease' THEN 'lease ' END, a.item_id,
                            concat_ws(', ', CASE WHEN a.source_table = 'lease' THEN CASE WHEN a.unknown_settlements > 0 THEN 'rate of a day it commenced, changed or was paid, or average rate of a month' END
                                                 WHEN a.carried IS NULL THEN 'spot rate of the day it was recognised' END,
                                      CASE WHEN a.remaining > 0 AND a.value IS NULL THEN 'closing rate of the period' END,
                                      CASE WHEN a.source_table <> 'lease' AND a.unknown_settlements > 0 THEN 'spot rate of a day it was settled' END)) AS problem,
                     row_number() OVER (ORDER BY a.item_id) AS place
              FROM pg_temp.close_item a
              WHERE NOT a.is_before AND (a.carried IS NULL OR a.remaining > 0 AND a.value IS NULL OR a.unknown_settlements > 0)) n;
        IF problem_count > 0 THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, cannot be closed: rates of exchange are missing (monetary items: %)',
                            chipbook.fiscal_period_name(period.fiscal_year, period.period_number), period.entity_id, period.basis, problem_count
                USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problems,
                      HINT = 'Publish them in table fx_rate, or state the rate with the item or the settlement.';
        END IF;
        INSERT INTO pg_temp.close_amount (journal, kind, event, asset_class, party_id, amount, source_table, source_key)
        WITH target AS (
            SELECT n.event, n.source_table, n.item_id, max(n.kind) AS kind, max(n.counterparty_id) AS party_id, max(n.functional_currency) AS currency, sum(n.gain) AS gain
            FROM (SELECT v.event, a.source_table, a.item_id, a.kind, a.counterparty_id, a.functional_currency::text AS functional_currency,
                         CASE WHEN a.is_before THEN - coalesce(v.gain, 0) ELSE v.gain END AS gain
                  FROM pg_temp.close_item a
                  CROSS JOIN LATERAL (VALUES ('fx_realised', a.realised),
                                             ('fx_unrealised', amount(recognised_difference(a.difference, period.basis, a.due_on, CASE WHEN a.is_before THEN opening_day ELSE period.ends_on END)))) v (event, gain)) n
            GROUP BY n.event, n.source_table, n.item_id),
        posted AS (
            SELECT n.event, n.source_table, n.item_id, max(n.kind) AS kind, max(n.party_id) AS party_id, max(n.currency) AS currency, sum(n.gain) AS gain
            FROM (SELECT regexp_replace(split_part(s.source_key, ' ', 1), '_(gain|loss)$', '') AS event, substr(s.source_key, strpos(s.source_key, ' ') + 1) AS item_id, s.source_table,
                         l.asset_class AS kind, l.party_id, currency(s.amount)::text AS currency,
                         CASE WHEN split_part(s.source_key, ' ', 1) LIKE '%loss' THEN - amount(s.amount) ELSE amount(s.amount) END AS gain
                  FROM journal_entry j
                  JOIN journal_line l ON l.entry_id = j.entry_id AND l.line_number % 2 = 1
                  JOIN journal_line_source s ON s.entry_id = l.entry_id AND s.line_number = l.line_number AND s.source_table IN ('monetary_item', 'lease')
                  JOIN period_state q ON q.entity_id = j.entity_id AND q.basis = j.basis AND q.fiscal_year = j.fiscal_year AND q.period_number = j.period_number
                  WHERE j.entity_id = period.entity_id AND j.basis = period.basis AND j.kind = 'revaluation' AND NOT j.needs_approval
                    AND q.starts_on <= period.starts_on) n
            GROUP BY n.event, n.source_table, n.item_id)
        SELECT 'financial', 'revaluation', e.event, d.kind, d.party_id, monetary(abs(d.gain), d.currency::currency), d.source_table, concat(e.event, ' ', d.item_id)
        FROM (SELECT coalesce(t.event, p.event) AS event, coalesce(t.source_table, p.source_table) AS source_table, coalesce(t.item_id, p.item_id) AS item_id, CASE WHEN t.item_id IS NULL THEN p.kind ELSE t.kind END AS kind,
                     CASE WHEN t.item_id IS NULL THEN p.party_id ELSE t.party_id END AS party_id, coalesce(t.currency, p.currency) AS currency,
                     coalesce(t.gain, 0) - coalesce(p.gain, 0) AS gain
              FROM target t FULL JOIN posted p ON p.event = t.event AND p.source_table = t.source_table AND p.item_id = t.item_id) d
        CROSS JOIN LATERAL (SELECT d.event || CASE WHEN d.gain < 0 THEN '_loss' ELSE '_gain' END AS event) e
        WHERE d.gain <> 0;
        DROP TABLE pg_temp.close_item;
    END
    $fn$;
    COMMENT ON FUNCTION close_monetary_items(period_state, date) IS 'Internal: step of a close. Differences of exchange of the entity''s monetary items in other currencies, and of what its leases leave to be paid under a basis that measures them, since the books began, less what was posted of them: realised ones of what was settled, and the unrealised one of what is left at the closing rate, as far as the basis recognises it. The unrealised one is carried from period to period, not reversed on day 1; as an item is settled it goes, and the whole difference is realised. What became known late is in the period that finds it.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_currency_close() IS 'Internal: part of create_ledger. The step of a close that posts differences of exchange.';

CREATE FUNCTION chipbook.exchange_at(
    ledger text, m chipbook.monetary, code chipbook.currency, on_date date, rate_type text DEFAULT 'closing', policy text DEFAULT 'exact', max_age integer DEFAULT NULL,
    rate_source text DEFAULT 'ledger', through chipbook.currency DEFAULT NULL, or_inverse boolean DEFAULT false,
    OUT original chipbook.monetary, OUT converted chipbook.monetary, OUT rate numeric, OUT rate_date date, OUT source text, OUT path text)
STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    stops chipbook.currency[];
    leg record;
    numerator numeric := 1;
    denominator numeric := 1;
BEGIN
    -- Who may read what is published need not see the schema of the ledger; for anybody else it says why not.
    IF NOT coalesce(has_schema_privilege(to_regnamespace(quote_ident(ledger || '_report')), 'USAGE'), false)
       OR NOT EXISTS (SELECT FROM pg_class l JOIN pg_namespace n ON n.oid = l.relnamespace AND n.nspname = ledger
                      JOIN pg_attribute b ON b.attrelid = l.oid AND b.attname = 'reporting_currency' AND b.atttypid = 'chipbook.currency'::regtype
                      WHERE l.relname = 'ledger' AND l.relkind = 'r') THEN
        PERFORM chipbook.require_ledger(ledger);
    END IF;
    IF rate_type IS NULL OR rate_type NOT IN ('spot', 'closing', 'average', 'historical', 'budget') THEN
        RAISE EXCEPTION 'invalid rate_type: "%"', rate_type USING ERRCODE = 'invalid_parameter_value', HINT = 'Use spot, closing, average, historical or budget.';
    END IF;
    IF policy IS NULL OR policy NOT IN ('exact', 'last_before') THEN
        RAISE EXCEPTION 'invalid policy: "%"', policy
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use exact, the rate of the day alone, or last_before, the last one of the day or before it, max_age days older at most.';
    END IF;
    IF (policy = 'last_before') <> (max_age IS NOT NULL) OR max_age < 0 THEN
        RAISE EXCEPTION 'policy % with a max_age of %', policy, coalesce(max_age::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'last_before needs the days a rate may be old, 0 or more; exact takes none.';
    END IF;
    IF through OPERATOR(chipbook.=) code OR through OPERATOR(chipbook.=) chipbook.currency(m) THEN
        RAISE EXCEPTION 'cannot exchange % for % through %', chipbook.currency(m), code, through
            USING ERRCODE = 'invalid_parameter_value', HINT = 'through is a third currency, or NULL.';
    END IF;
    original := m;
    IF m IS NULL OR code IS NULL OR on_date IS NULL THEN
        RETURN;
    END IF;
    IF chipbook.currency(m) OPERATOR(chipbook.=) code THEN
        converted := m;
        rate := 1;
        rate_date := on_date;
        path := code;
        RETURN;
    END IF;
    stops := ARRAY[chipbook.currency(m)] || CASE WHEN through IS NULL THEN ARRAY[code] ELSE ARRAY[through, code] END;
    path := stops[1];
    FOR i IN 2 .. cardinality(stops) LOOP
        EXECUTE format('SELECT f.numerator, f.denominator, f.rate_date, f.is_inverse FROM %I.exchange_leg($1, $2, $3, $4, $5, $6, $7) f', ledger || '_report')
            INTO leg USING stops[i - 1], stops[i], on_date, rate_type, coalesce(max_age, 0), rate_source, or_inverse;
        IF leg.numerator IS NULL THEN
            path := NULL;
            rate_date := NULL;
            RETURN;
        END IF;
        numerator := numerator * leg.numerator;
        denominator := denominator * leg.denominator;
        rate_date := least(rate_date, leg.rate_date);
        path := path || CASE WHEN leg.is_inverse THEN '<' ELSE '>' END || stops[i];
    END LOOP;
    source := rate_source;
    rate := CASE WHEN denominator = 1 THEN numerator ELSE trim_scale(round(numerator * 1.000000000000000000000000000000 / denominator, 30)) END;
    converted := chipbook.exchanged(m, numerator, denominator, code);
    IF converted IS NULL THEN
        RAISE EXCEPTION 'value out of range: % in % at %', m, code, rate USING ERRCODE = 'numeric_value_out_of_range';
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.exchange_at(text, chipbook.monetary, chipbook.currency, date, text, text, integer, text, chipbook.currency, boolean) IS 'An amount in another currency at a rate of a ledger, as known at chipbook.as_of, with what it was, the rate, its date and source, and its path. policy exact: the rate of on_date alone; last_before: the last one up to on_date, max_age days older at most. through: by two rates, to and from a third currency; or_inverse: where there is no rate, the one the other way round; neither unless asked. path USD>EUR is a rate from USD to EUR, USD<EUR the one from EUR to USD, divided by. converted is rounded once, half away from zero at 1e-15; rate_date is the earlier one of two. Without a rate, and for NULL, converted, rate, rate_date, source and path are NULL, never at 1. 22023 for arguments that do not fit each other, 22003 when the result does not fit.';
