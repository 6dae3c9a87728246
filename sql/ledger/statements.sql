-- What is said, by whom, and how far it may be believed: statements word for word, the history of
-- statuses, probabilities by status, what campuses cost stage by stage, and the ladder that capacity
-- climbs from paper to use.

CREATE FUNCTION chipbook.create_ledger_statements() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE statement (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        statement_id  text NOT NULL CHECK (statement_id <> ''),
        subject       text NOT NULL CHECK (subject IN ('party', 'deal', 'holding', 'site', 'chip_model', 'market')),
        subject_id    text NOT NULL CHECK (subject_id <> ''),
        predicate     text NOT NULL CHECK (predicate <> ''),
        about_from    date CHECK (isfinite(about_from)),
        about_to      date CHECK (isfinite(about_to)),
        words         text NOT NULL CHECK (words <> ''),
        language      text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2}$'),
        speaker       text,
        speaker_role  text,
        speaker_party_id text,
        is_interested boolean NOT NULL DEFAULT false,
        is_anonymous  boolean NOT NULL DEFAULT false,
        modality      text NOT NULL DEFAULT 'actual' CHECK (modality IN ('actual', 'forecast', 'conditional')),
        qualifier     text CHECK (qualifier IN ('exactly', 'about', 'nearly', 'more_than', 'at_least', 'up_to', 'unknown')),
        amount_low    numeric CHECK (amount_low < 'infinity'),
        amount        numeric CHECK (amount < 'infinity'),
        amount_high   numeric CHECK (amount_high < 'infinity'),
        unit          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT about_from_not_after_to CHECK (about_from <= about_to),
        CONSTRAINT about_has_both_ends CHECK ((about_from IS NULL) = (about_to IS NULL)),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT amounts_have_qualifier_and_unit CHECK (num_nonnulls(amount_low, amount, amount_high) = 0 OR (qualifier <> 'unknown' AND unit IS NOT NULL)),
        CONSTRAINT anonymous_has_no_speaker CHECK (NOT is_anonymous OR speaker IS NULL),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE statement IS 'What somebody said, word for word, defects included, about a party, deal, holding, site, chip model or the market, and what it says of an amount. Two statements with the same subject, predicate, dates and amounts are one fact with two citations (stated_fact).';
    COMMENT ON COLUMN statement.predicate IS 'What of the subject is spoken about: valuation, chips_in_service, price_performance ...';
    COMMENT ON COLUMN statement.about_from IS 'With about_to, the time the statement is about: one day twice, a month or a year as a range, NULL = not said.';
    COMMENT ON COLUMN statement.is_interested IS 'The speaker gains by being believed: a supplier of his product, an investor of his stake.';
    COMMENT ON COLUMN statement.amount_low IS 'With amount and amount_high what the words allow, as parse_amount reads them, in units of unit.';

    CREATE TABLE status_event (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subject       text NOT NULL CHECK (subject IN ('deal', 'holding', 'site')),
        subject_id    text NOT NULL CHECK (subject_id <> ''),
        aspect        text NOT NULL CHECK (aspect IN ('legal_status', 'delivery_stage', 'evidence', 'phase')),
        status        text NOT NULL,
        happened_from date NOT NULL CHECK (isfinite(happened_from)),
        happened_to   date NOT NULL CHECK (isfinite(happened_to)),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT happened_from_not_after_to CHECK (happened_from <= happened_to),
        CONSTRAINT status_of_its_aspect CHECK (status = ANY (CASE aspect
            WHEN 'legal_status' THEN ARRAY['rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid', 'terminated']
            WHEN 'delivery_stage' THEN ARRAY['none', 'ordered', 'delivered', 'energised', 'loaded', 'usable', 'ended']
            WHEN 'evidence' THEN ARRAY['press', 'company_statement', 'filing', 'contract', 'leak', 'meter']
            ELSE ARRAY['planned', 'ground_breaking', 'construction', 'live', 'closed'] END)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE status_event IS 'When a deal, holding or site came to a status, inside [happened_from, happened_to]. legal_status, delivery_stage and evidence are three things, each with a history of its own; phase is a site''s.';

    CREATE TABLE status_probability (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        legal_status  text NOT NULL CHECK (legal_status IN
            ('rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid')),
        probability   numeric NOT NULL CHECK (probability >= 0 AND probability <= 1),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE status_probability IS 'How likely what has a legal status is to be drawn or delivered, for holdings and deals that state no probability of their own. Without a row nothing is assumed: expected exposure is then unknown.';

    CREATE TABLE site_capex (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        site_id       text NOT NULL,
        stage         text NOT NULL CHECK (stage IN ('committed', 'funded', 'spent')),
        at_date       date NOT NULL CHECK (isfinite(at_date)),
        currency      currency NOT NULL,
        amount_low    monetary,
        amount        monetary,
        amount_high   monetary,
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT amounts_not_negative CHECK (amount(amount_low) >= 0 AND amount(amount) >= 0 AND amount(amount_high) >= 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE site_capex IS 'How much of a site''s capital expenditure was committed, funded or spent by at_date, cumulative, as a range (NULL = not known). What is announced stands in site.announced_capex.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_statements() IS 'Internal: part of create_ledger. Tables statement, status_event, status_probability and site_capex.';

-- Between two known points of a ramp. Days are whole; quantities are exact.
CREATE FUNCTION chipbook.ramp_quantity(from_date date, from_quantity numeric, to_date date, to_quantity numeric, at_date date, shape text DEFAULT 'linear')
RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    done numeric;
BEGIN
    IF shape IS NOT NULL AND shape NOT IN ('linear', 'step', 's_curve') THEN
        RAISE EXCEPTION 'invalid shape of a ramp: "%"', shape
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use linear, step or s_curve.';
    END IF;
    IF from_date IS NULL OR to_date IS NULL OR from_quantity IS NULL OR to_quantity IS NULL OR at_date IS NULL OR shape IS NULL THEN
        RETURN NULL;
    END IF;
    IF NOT isfinite(from_date) OR NOT isfinite(to_date) OR from_date > to_date THEN
        RAISE EXCEPTION 'a ramp from % to % has no length', from_date, to_date
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give finite dates, the first not after the second.';
    END IF;
    IF at_date >= to_date THEN
        RETURN to_quantity;
    ELSIF at_date <= from_date OR shape = 'step' THEN
        RETURN from_quantity;
    END IF;
    done := (at_date - from_date)::numeric;
    IF shape = 's_curve' THEN
        -- 3x^2 - 2x^3 over the whole: half way at half time, flat at both ends.
        RETURN from_quantity + (to_quantity - from_quantity) * done * done * (3 * (to_date - from_date) - 2 * done) / (to_date - from_date)::numeric ^ 3;
    END IF;
    RETURN from_quantity + (to_quantity - from_quantity) * done / (to_date - from_date);
END
$$;
COMMENT ON FUNCTION chipbook.ramp_quantity(date, numeric, date, numeric, date, text) IS 'The quantity at a date of a ramp between two: linear by day, step (all on the last day) or s_curve (3x^2 - 2x^3). Before it the first quantity, after it the last. NULL for any NULL. 22023 for another shape or dates out of order.';

CREATE FUNCTION chipbook.create_ledger_statement_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW statement_cited WITH (security_invoker) AS
    SELECT s.*, o.kind AS source_kind, o.reference AS source_reference, o.published_on, o.confidence,
           s.is_anonymous OR coalesce(o.is_anonymous, false) AS has_no_name,
           s.is_interested OR coalesce(o.interested_party_id = s.speaker_party_id OR o.interested_party_id IS NOT NULL, false) AS has_interest,
           -- In an order in which a low end above a high end is a contradiction, open ends included.
           -- No key without a number: in an array NULL would be above all of them.
           CASE WHEN coalesce(s.amount_low, s.amount) IS NULL AND s.qualifier <> 'up_to' THEN NULL
                WHEN s.qualifier IN ('exactly', 'at_least') THEN ARRAY[coalesce(s.amount_low, s.amount), 0]
                WHEN s.qualifier = 'more_than' THEN ARRAY[coalesce(s.amount_low, s.amount), 1]
                WHEN s.qualifier = 'up_to' THEN ARRAY[0, 0] END AS low_key,
           CASE WHEN coalesce(s.amount_high, s.amount) IS NULL THEN NULL
                WHEN s.qualifier IN ('exactly', 'up_to') THEN ARRAY[coalesce(s.amount_high, s.amount), 0]
                WHEN s.qualifier = 'nearly' THEN ARRAY[coalesce(s.amount_high, s.amount), -1] END AS high_key
    FROM statement_known s LEFT JOIN source o ON o.source_id = s.source_id;
    COMMENT ON VIEW statement_cited IS 'Statements with their sources and the bounds their words give. Key: (statement_id).';

    CREATE VIEW status_reached WITH (security_invoker) AS
    SELECT e.subject, e.subject_id, e.aspect, e.status, e.happened_from, e.happened_to,
           lead(e.happened_from) OVER later AS until_from, lead(e.happened_to) OVER later AS until_to,
           lead(e.status) OVER later IS NULL AS is_current, e.note, e.source_id, e.known_on, e.recorded_at
    FROM status_event_known e
    WHERE e.happened_from <= (SELECT effective_date FROM clock)
    WINDOW later AS (PARTITION BY e.subject, e.subject_id, e.aspect ORDER BY e.happened_to, e.happened_from, e.recorded_at, e.status);
    COMMENT ON VIEW status_reached IS 'Each status a deal, holding or site came to by the effective date, and when the next followed. Key: (subject, subject_id, aspect, status, happened_from).';

    -- A rung is reached by what stands on a higher one: chips in use were delivered, stated or not.
    CREATE VIEW capacity_rung WITH (security_invoker) AS
    SELECT c.deal_id, c.site_id, c.chip_model_id, c.metric,
           max(c.quantity_most) FILTER (WHERE c.stage IN ('planned', 'contracted', 'forecast')) AS stated_paper,
           max(c.quantity_most) FILTER (WHERE c.stage = 'contracted') AS stated_contracted,
           max(c.quantity_most) FILTER (WHERE c.stage = 'delivered') AS stated_delivered,
           max(c.quantity_most) FILTER (WHERE c.stage = 'energised') AS stated_energised,
           max(c.quantity_most) FILTER (WHERE c.stage = 'loaded') AS stated_loaded,
           max(c.quantity_most) FILTER (WHERE c.stage = 'in_service') AS stated_usable,
           max(c.quantity_most) FILTER (WHERE c.stage = 'forecast') AS forecast,
           max(c.at_date) FILTER (WHERE c.stage = 'in_service') AS usable_at,
           bool_or(c.is_contradicted) AS is_contradicted, max(c.last_recorded_at) AS last_recorded_at
    FROM capacity_stage c
    GROUP BY c.deal_id, c.site_id, c.chip_model_id, c.metric;
    COMMENT ON VIEW capacity_rung IS 'The most that is stated for each rung from paper to use. Key: (deal_id, site_id, chip_model_id, metric).';

    -- What a forecast said would be in service at its date, beside what was.
    CREATE VIEW forecast_outcome WITH (security_invoker) AS
    SELECT f.capacity_id, f.deal_id, f.site_id, f.chip_model_id, f.metric, f.quantity, f.qualifier, f.at_date, f.source_id, o.reference AS source_reference,
           coalesce(o.published_on, f.known_on) AS issued_on, b.at_date AS base_date, b.quantity AS base_quantity,
           r.at_date AS reached_on, f.recorded_at
    FROM capacity_range f
    LEFT JOIN source o ON o.source_id = f.source_id
    LEFT JOIN LATERAL (
        SELECT a.at_date, max(a.quantity) AS quantity FROM capacity_range a
        WHERE a.stage = 'in_service' AND a.metric = f.metric AND a.at_date <= f.at_date AND a.quantity IS NOT NULL
          AND a.at_date <= coalesce(o.published_on, f.known_on, a.at_date) AND (a.deal_id = f.deal_id OR f.deal_id IS NULL OR a.deal_id IS NULL)
          AND (a.site_id = f.site_id OR (a.site_id IS NULL AND f.site_id IS NULL)) AND (f.site_id IS NOT NULL OR a.deal_id = f.deal_id)
          AND (a.chip_model_id = f.chip_model_id OR f.chip_model_id IS NULL OR a.chip_model_id IS NULL)
        GROUP BY a.at_date ORDER BY a.at_date DESC LIMIT 1) b ON true
    LEFT JOIN LATERAL (
        SELECT min(a.at_date) AS at_date FROM capacity_range a
        WHERE a.stage = 'in_service' AND a.metric = f.metric AND a.quantity_low >= f.quantity AND a.is_due AND (a.deal_id = f.deal_id OR f.deal_id IS NULL OR a.deal_id IS NULL)
          AND (a.site_id = f.site_id OR (a.site_id IS NULL AND f.site_id IS NULL)) AND (f.site_id IS NOT NULL OR a.deal_id = f.deal_id)
          AND (a.chip_model_id = f.chip_model_id OR f.chip_model_id IS NULL OR a.chip_model_id IS NULL)) r ON true
    WHERE f.stage = 'forecast' AND f.quantity IS NOT NULL AND f.at_date IS NOT NULL;
    COMMENT ON VIEW forecast_outcome IS 'Forecasts of capacity in service, what was in service when they were issued, and the first day from which as much is known to be in service. Key: (capacity_id).';

    CREATE VIEW site_capex_stage WITH (security_invoker) AS
    SELECT DISTINCT ON (c.site_id, c.stage, c.currency) c.site_id, c.stage, c.currency::text AS currency, c.at_date,
           amount(coalesce(c.amount_low, c.amount)) AS amount_low, amount(c.amount) AS amount, amount(coalesce(c.amount_high, c.amount)) AS amount_high, c.recorded_at
    FROM site_capex_known c
    WHERE c.at_date <= (SELECT effective_date FROM clock)
    ORDER BY c.site_id, c.stage, c.currency, c.at_date DESC;
    COMMENT ON VIEW site_capex_stage IS 'The latest of what was committed, funded and spent on a site by the effective date. Key: (site_id, stage, currency).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_statement_views() IS 'Internal: part of create_ledger. Statements, statuses, the rungs of capacity and the capital expenditure of sites, item by item.';

CREATE FUNCTION chipbook.create_report_statement_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW public_statement WITH (security_invoker) AS
    SELECT s.statement_id, s.subject, s.subject_id, s.predicate, s.about_from, s.about_to, s.words, s.language, s.speaker, s.speaker_role, s.speaker_party_id,
           s.has_interest AS is_interested, s.has_no_name AS is_anonymous, s.modality, s.qualifier,
           publishable(s.amount_low)::numeric(38,15) AS amount_low, publishable(s.amount)::numeric(38,15) AS amount,
           publishable(s.amount_high)::numeric(38,15) AS amount_high, s.unit,
           coalesce(s.low_key > min(s.high_key) OVER same_fact OR s.high_key < max(s.low_key) OVER same_fact, false) AS conflicting,
           s.source_id, s.source_kind, s.source_reference, s.published_on, s.confidence, s.known_on, s.recorded_at AS last_recorded_at
    FROM statement_cited s
    WINDOW same_fact AS (PARTITION BY s.subject, s.subject_id, s.predicate, s.about_from, s.about_to, s.unit, s.modality);
    COMMENT ON VIEW public_statement IS 'What was said, word for word, with its source. Key: (statement_id). Not additive: sources repeat and contradict each other.';
    COMMENT ON COLUMN public_statement.words IS 'The quotation as it was published, byte for byte, in its language.';
    COMMENT ON COLUMN public_statement.is_interested IS 'The speaker, or the source, gains by being believed.';
    COMMENT ON COLUMN public_statement.is_anonymous IS 'The speaker, or the source, has no name.';
    COMMENT ON COLUMN public_statement.amount_low IS 'With amount and amount_high, what the words allow, in units of unit; NULL = no bound, or no point.';
    COMMENT ON COLUMN public_statement.conflicting IS 'Another statement on the same thing, time and modality excludes this one.';

    CREATE VIEW stated_fact WITH (security_invoker) AS
    SELECT s.subject, s.subject_id, s.predicate, s.about_from, s.about_to, s.modality, s.qualifier, s.amount_low, s.amount, s.amount_high, s.unit,
           count(*) AS citations, count(DISTINCT s.source_id) AS sources, string_agg(DISTINCT s.source_id, ', ' ORDER BY s.source_id) AS source_ids,
           min(s.published_on) AS first_published_on,
           CASE min(CASE s.confidence WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END) WHEN 1 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS confidence,
           bool_and(s.is_anonymous) AS all_anonymous, bool_and(s.is_interested) AS all_interested, bool_or(s.conflicting) AS conflicting,
           s.modality = 'actual' AND bool_or(s.confidence <> 'low' AND NOT s.is_anonymous) AND bool_or(NOT s.is_interested OR s.confidence = 'high') AS is_confirmed,
           max(s.last_recorded_at) AS last_recorded_at
    FROM public_statement s
    GROUP BY s.subject, s.subject_id, s.predicate, s.about_from, s.about_to, s.modality, s.qualifier, s.amount_low, s.amount, s.amount_high, s.unit;
    COMMENT ON VIEW stated_fact IS 'Statements that say the same, as one fact with its citations. Key: (subject, subject_id, predicate, about_from, about_to, modality, qualifier, amount_low, amount, amount_high, unit). Amounts in units of unit; not additive.';
    COMMENT ON COLUMN stated_fact.is_confirmed IS 'An actual fact (no forecast, no could) that a source with a name and more than low confidence states, and that rests on more than an interested party''s word of medium or low confidence.';
    COMMENT ON COLUMN stated_fact.confidence IS 'The highest of its sources.';

    CREATE VIEW status_history WITH (security_invoker) AS
    SELECT s.subject, s.subject_id, s.aspect, s.status, s.happened_from, s.happened_to, s.until_from, s.until_to, s.is_current,
           greatest(coalesce(s.until_from, c.effective_date) - s.happened_to, 0)::bigint AS days_least,
           (least(coalesce(s.until_to, c.effective_date), c.effective_date) - s.happened_from)::bigint AS days_most,
           s.note, s.source_id, s.known_on, s.recorded_at AS last_recorded_at
    FROM status_reached s CROSS JOIN clock c;
    COMMENT ON VIEW status_history IS 'The statuses that deals, holdings and sites went through by the effective date. Key: (subject, subject_id, aspect, status, happened_from). legal_status, delivery_stage, evidence and phase are told apart in aspect.';
    COMMENT ON COLUMN status_history.days_least IS 'Days spent in the status, at least: where a status began or ended in a range of days, the shortest it can have lasted. days_most: the longest. The current one lasts to the effective date.';

    -- One row for each fact of exposure, with what it rests on: so that totals can be taken of what is confirmed alone.
    CREATE VIEW exposure_evidence WITH (security_invoker) AS
    SELECT f.fact_kind, f.subject_id, f.party_id, f.counterparty_id, f.currency, f.legal_status,
           publishable(f.amount_low)::numeric(38,15) AS amount_low, publishable(f.amount)::numeric(38,15) AS amount, publishable(f.amount_high)::numeric(38,15) AS amount_high,
           f.evidence, f.source_id, o.kind AS source_kind, o.reference AS source_reference, o.published_on, o.confidence,
           coalesce(o.is_anonymous, false) AS is_anonymous, o.interested_party_id IS NOT NULL AS is_interested,
           coalesce(is_binding(f.legal_status) AND o.confidence <> 'low' AND NOT o.is_anonymous AND f.evidence IS DISTINCT FROM 'leak', false) AS is_confirmed,
           f.known_on, f.recorded_at AS last_recorded_at
    FROM (
        SELECT 'holding_event' AS fact_kind, e.event_id AS subject_id, e.investor_id AS party_id, e.investee_id AS counterparty_id, e.currency::text AS currency, e.legal_status,
               -- As in holding_event_range, which leaves out what is terminated.
               CASE WHEN e.qualifier = 'up_to' THEN coalesce(amount(e.amount_low), 0) WHEN e.qualifier = 'nearly' THEN amount(e.amount_low)
                    ELSE coalesce(amount(e.amount_low), amount(e.amount)) END AS amount_low,
               CASE WHEN e.qualifier IN ('exactly', 'about') THEN coalesce(amount(e.amount), CASE WHEN e.amount_low = e.amount_high THEN amount(e.amount_low) END)
                    WHEN amount(e.amount) <> CASE WHEN e.qualifier IN ('more_than', 'at_least') THEN amount(e.amount_low) ELSE amount(e.amount_high) END THEN amount(e.amount) END AS amount,
               CASE WHEN e.qualifier IN ('more_than', 'at_least') THEN amount(e.amount_high) ELSE coalesce(amount(e.amount_high), amount(e.amount)) END AS amount_high,
               e.evidence, e.source_id, e.known_on, e.recorded_at
        FROM holding_event_known e
        UNION ALL
        SELECT 'deal', d.deal_id, d.customer_id, d.supplier_id, d.currency::text, d.legal_status,
               amount(coalesce(d.amount_low, CASE WHEN d.amount_high IS NULL THEN d.amount END)), amount(d.amount), amount(coalesce(d.amount_high, CASE WHEN d.amount_low IS NULL THEN d.amount END)),
               d.evidence, d.source_id, d.known_on, d.recorded_at
        FROM deal_known d
        UNION ALL
        SELECT 'valuation', v.valuation_id, v.party_id, NULL, v.currency::text, v.legal_status, amount(v.value_low), amount(v.value_point), amount(v.value_high),
               NULL, v.source_id, v.known_on, v.recorded_at
        FROM valuation_known v
        UNION ALL
        SELECT 'money_flow', m.flow_id, m.payer_id, m.payee_id, m.currency, m.legal_status, m.amount_low, m.amount, m.amount_high, m.evidence, m.source_id, m.known_on, m.recorded_at
        FROM money_flow_range m
    ) f LEFT JOIN source o ON o.source_id = f.source_id;
    COMMENT ON VIEW exposure_evidence IS 'Holding events, deals, valuations and flows of money with what they rest on. Key: (fact_kind, subject_id). Not additive across fact_kind; is_confirmed leaves what binds and is vouched for.';
    COMMENT ON COLUMN exposure_evidence.is_confirmed IS 'Its legal status binds (signed, closed, paid), and its source has a name, more than low confidence, and is no leak.';
    COMMENT ON COLUMN exposure_evidence.is_interested IS 'The source gains by being believed (source.interested_party_id).';

    CREATE VIEW capacity_ladder WITH (security_invoker) AS
    SELECT r.deal_id, r.site_id, r.chip_model_id, r.metric, c.effective_date AS as_at,
           publishable(g.paper)::numeric(38,15) AS paper, publishable(g.contracted)::numeric(38,15) AS contracted, publishable(g.delivered)::numeric(38,15) AS delivered,
           publishable(g.energised)::numeric(38,15) AS energised, publishable(g.loaded)::numeric(38,15) AS loaded, publishable(g.usable)::numeric(38,15) AS usable,
           publishable(r.forecast)::numeric(38,15) AS forecast,
           publishable(g.usable / nullif(g.paper, 0) + 0.00000000000000000000)::numeric(38,15) AS real_ratio, r.usable_at, r.is_contradicted AS conflicting,
           r.last_recorded_at
    FROM capacity_rung r
    CROSS JOIN clock c
    CROSS JOIN LATERAL (
        SELECT greatest(r.stated_paper, r.stated_contracted, r.stated_delivered, r.stated_energised, r.stated_loaded, r.stated_usable, 0) AS paper,
               greatest(r.stated_contracted, r.stated_delivered, r.stated_energised, r.stated_loaded, r.stated_usable, 0) AS contracted,
               greatest(r.stated_delivered, r.stated_energised, r.stated_loaded, r.stated_usable, 0) AS delivered,
               greatest(r.stated_energised, r.stated_loaded, r.stated_usable, 0) AS energised,
               greatest(r.stated_loaded, r.stated_usable, 0) AS loaded,
               greatest(r.stated_usable, 0) AS usable) g;
    COMMENT ON VIEW capacity_ladder IS 'How far capacity has come from paper to use, by the latest statements at the effective date. Key: (deal_id, site_id, chip_model_id, metric), NULL where a statement names none. In units of metric, the most any source names; each rung holds what stands on a higher one, and nothing (0) until something is stated. Not additive: a site and the deals it serves count the same chips.';
    COMMENT ON COLUMN capacity_ladder.real_ratio IS 'usable / paper, 0 to 1: what is live, loaded and usable of what was planned, contracted or forecast. NULL when nothing is on paper.';

    CREATE VIEW capacity_forecast WITH (security_invoker) AS
    SELECT f.capacity_id, f.deal_id, f.site_id, f.chip_model_id, f.metric, f.qualifier, publishable(f.quantity)::numeric(38,15) AS quantity,
           f.at_date AS target_date, f.issued_on, f.base_date, publishable(f.base_quantity)::numeric(38,15) AS base_quantity, c.effective_date AS as_at,
           publishable(CASE WHEN isfinite(f.base_date) AND isfinite(f.at_date) THEN ramp_quantity(f.base_date, f.base_quantity, f.at_date, f.quantity, c.effective_date) END)::numeric(38,15) AS ramp_quantity,
           publishable(CASE WHEN isfinite(f.base_date) AND isfinite(f.at_date) THEN (f.quantity - f.base_quantity) / nullif(f.at_date - f.base_date, 0) + 0.00000000000000000000 END)::numeric(38,15) AS ramp_per_day,
           f.reached_on, CASE WHEN f.reached_on IS NOT NULL THEN 'reached' WHEN f.at_date < c.effective_date THEN 'overdue' ELSE 'open' END AS state,
           CASE WHEN NOT isfinite(f.at_date) OR NOT isfinite(f.reached_on) THEN NULL WHEN f.reached_on IS NOT NULL THEN f.reached_on - f.at_date
                WHEN f.at_date < c.effective_date THEN c.effective_date - f.at_date END::bigint AS slippage_days,
           f.source_id, f.source_reference, f.recorded_at AS last_recorded_at
    FROM forecast_outcome f CROSS JOIN clock c;
    COMMENT ON VIEW capacity_forecast IS 'Forecasts of capacity in service, with the straight ramp from what was in service when they were issued, and how late they are. Key: (capacity_id). Not additive. Revised forecasts stand beside those they revise, each under its issuer and day of issue.';
    COMMENT ON COLUMN capacity_forecast.ramp_quantity IS 'What the ramp has at as_at, linear by day from base_quantity on base_date to quantity on target_date; NULL without a base.';
    COMMENT ON COLUMN capacity_forecast.slippage_days IS 'Days from target_date to reached_on, negative when early; while not reached, to as_at once that is past the target: so many at least.';

    CREATE VIEW campus_capex WITH (security_invoker) AS
    SELECT s.site_id, s.name, s.place, s.region, s.country, s.owner_id, s.tenant_id, s.tenant_id IS NOT NULL AS is_single_tenant, u.as_at,
           CASE WHEN h.status = 'closed' THEN 'closed' WHEN s.first_live_on <= u.as_at OR n.quantity_least > 0 THEN 'live' WHEN s.construction_started_on <= u.as_at THEN 'construction' ELSE coalesce(h.status, 'planned') END AS phase,
           s.construction_started_on, s.first_live_on, CASE WHEN isfinite(s.first_live_on) AND isfinite(s.construction_started_on) THEN s.first_live_on - s.construction_started_on END::bigint AS build_days,
           u.currency, u.announced AS announced_capex, u.committed, u.funded, u.spent,
           publishable(u.announced - u.spent)::numeric(38,15) AS remaining_to_spend,
           publishable(u.announced * b.share_live)::numeric(38,15) AS assumed_in_service, publishable(u.announced - u.announced * b.share_live)::numeric(38,15) AS assumed_construction,
           publishable(u.announced / nullif(n.quantity, 0) + 0.00000000000000000000)::numeric(38,15) AS capex_per_chip_in_service,
           publishable(u.announced / nullif(f.quantity, 0) + 0.00000000000000000000)::numeric(38,15) AS capex_per_chip_forecast,
           publishable(u.announced / nullif(w.quantity * 1000000000, 0) + 0.00000000000000000000)::numeric(38,15) AS capex_per_watt_planned,
           s.recovery_rate::numeric(38,15) AS recovery_rate,
           publishable(CASE WHEN s.tenant_id IS NOT NULL THEN u.announced * (1 - s.recovery_rate) END)::numeric(38,15) AS value_at_risk,
           greatest(s.recorded_at, u.last_recorded_at, n.last_recorded_at, f.last_recorded_at, w.last_recorded_at, b.last_recorded_at) AS last_recorded_at
    FROM site_known s
    CROSS JOIN LATERAL (
        SELECT c.effective_date AS as_at, currency(s.announced_capex)::text AS currency, amount(s.announced_capex)::numeric(38,15) AS announced,
               publishable(max(k.amount) FILTER (WHERE k.stage = 'committed'))::numeric(38,15) AS committed,
               publishable(max(k.amount) FILTER (WHERE k.stage = 'funded'))::numeric(38,15) AS funded,
               publishable(max(k.amount) FILTER (WHERE k.stage = 'spent'))::numeric(38,15) AS spent, max(k.recorded_at) AS last_recorded_at
        FROM clock c LEFT JOIN site_capex_stage k ON k.site_id = s.site_id AND k.currency = currency(s.announced_capex)::text
        GROUP BY c.effective_date) u
    LEFT JOIN LATERAL (SELECT r.status FROM status_reached r WHERE r.subject = 'site' AND r.subject_id = s.site_id AND r.aspect = 'phase' AND r.is_current) h ON true
    LEFT JOIN site_stage n ON n.site_id = s.site_id AND n.metric = 'chips' AND n.stage = 'in_service'
    LEFT JOIN site_stage f ON f.site_id = s.site_id AND f.metric = 'chips' AND f.stage = 'forecast'
    LEFT JOIN site_stage w ON w.site_id = s.site_id AND w.metric = 'gigawatts' AND w.stage = 'planned'
    LEFT JOIN LATERAL (
        SELECT i.quantity / nullif(p.quantity, 0) AS share_live, greatest(i.last_recorded_at, p.last_recorded_at) AS last_recorded_at
        FROM site_stage i JOIN site_stage p ON p.site_id = i.site_id AND p.metric = 'buildings' AND p.stage = 'planned'
        WHERE i.site_id = s.site_id AND i.metric = 'buildings' AND i.stage = 'in_service') b ON true
    WHERE s.announced_capex IS NOT NULL;
    COMMENT ON VIEW campus_capex IS 'Announced capital expenditure of each campus: how far it is built and paid for, what it comes to per chip and per watt, and what is at risk should its only tenant leave. Key: (site_id). In units of currency. announced_capex, committed, funded, spent and value_at_risk are additive per currency; nothing else is.';
    COMMENT ON COLUMN campus_capex.phase IS 'planned, ground_breaking, construction, live or closed at as_at: closed once status_event says so, live by first_live_on or once chips are in service, under construction by construction_started_on, else what status_event says.';
    COMMENT ON COLUMN campus_capex.assumed_in_service IS 'An assumption: the part of the budget that buildings in service are of those planned, as if all cost the same. assumed_construction is the rest: construction in progress.';
    COMMENT ON COLUMN campus_capex.capex_per_chip_in_service IS 'announced_capex / chips in service; NULL while sources name different numbers.';
    COMMENT ON COLUMN campus_capex.capex_per_watt_planned IS 'announced_capex / planned watts. What a budget contains (capex_scope) differs: a shell without chips is not comparable with all-in figures.';
    COMMENT ON COLUMN campus_capex.value_at_risk IS 'announced_capex x (1 - recovery_rate) where one tenant uses the whole site; NULL otherwise, and when no recovery rate is set.';

    CREATE VIEW campus_capex_region WITH (security_invoker) AS
    SELECT c.country, c.region, c.currency, c.as_at, count(*) AS sites, publishable(sum(c.announced_capex))::numeric(38,15) AS announced_capex,
           publishable(sum(c.value_at_risk))::numeric(38,15) AS value_at_risk,
           publishable(sum(c.announced_capex) / nullif(sum(sum(c.announced_capex)) OVER (PARTITION BY c.currency), 0) + 0.00000000000000000000)::numeric(38,15) AS share,
           max(c.last_recorded_at) AS last_recorded_at
    FROM campus_capex c
    GROUP BY c.country, c.region, c.currency, c.as_at;
    COMMENT ON VIEW campus_capex_region IS 'Announced capital expenditure by country and region (a state, as in ISO 3166-2). Key: (country, region, currency). In units of currency, additive per currency; share is of the currency''s total.';

    CREATE VIEW party_profile WITH (security_invoker) AS
    SELECT p.party_id, p.name, p.kind, p.country,
           -- No more precise than it is known: a year is a year, not its first of January.
           CASE WHEN p.founded_from IS NULL THEN NULL
                WHEN p.founded_from < date '0001-01-01' OR p.founded_to > date '9999-12-31' THEN concat(iso_date(p.founded_from), ' to ', iso_date(p.founded_to))
                WHEN p.founded_from = p.founded_to THEN iso_date(p.founded_from)
                WHEN p.founded_to > date '9999-12-01' THEN concat(iso_date(p.founded_from), ' to ', iso_date(p.founded_to))
                WHEN p.founded_from = date_trunc('month', p.founded_from::timestamp)::date AND p.founded_to = (p.founded_from + interval '1 month')::date - 1 THEN to_char(p.founded_from, 'YYYY-MM')
                WHEN p.founded_from = date_trunc('year', p.founded_from::timestamp)::date AND p.founded_to = (p.founded_from + interval '1 year')::date - 1 THEN to_char(p.founded_from, 'YYYY')
                ELSE concat(iso_date(p.founded_from), ' to ', iso_date(p.founded_to)) END AS founded,
           CASE WHEN p.founded_to <= c.effective_date THEN extract(year FROM age(c.effective_date::timestamp, p.founded_to::timestamp)) WHEN p.founded_from <= c.effective_date THEN 0 END::bigint AS age_years_least,
           CASE WHEN p.founded_from <= c.effective_date THEN extract(year FROM age(c.effective_date::timestamp, p.founded_from::timestamp)) END::bigint AS age_years_most,
           (SELECT string_agg(DISTINCT r.parent_id, ', ' ORDER BY r.parent_id) FROM relation_known r
            WHERE r.party_id = p.party_id AND r.kind IN ('segment', 'control') AND r.valid_from <= c.effective_date AND r.valid_to > c.effective_date) AS parents,
           (SELECT string_agg(DISTINCT l.other_id, ', ' ORDER BY l.other_id) FROM party_link_known l
            WHERE l.party_id = p.party_id AND l.kind = 'origin' AND l.valid_from <= c.effective_date AND l.valid_to > c.effective_date) AS origins,
           EXISTS (SELECT FROM holding_event_known h WHERE h.investor_id = p.party_id) AS is_investor,
           EXISTS (SELECT FROM holding_event_known h WHERE h.investee_id = p.party_id) AS is_investee,
           EXISTS (SELECT FROM deal_known d WHERE d.supplier_id = p.party_id AND d.kind IN ('cloud', 'capacity')) AS is_provider,
           EXISTS (SELECT FROM deal_known d WHERE d.supplier_id = p.party_id AND d.kind = 'chips') OR EXISTS (SELECT FROM chip_model_known m WHERE m.vendor_id = p.party_id) AS is_chip_vendor,
           EXISTS (SELECT FROM deal_known d WHERE d.customer_id = p.party_id AND d.kind IN ('cloud', 'capacity', 'chips')) AS is_customer,
           EXISTS (SELECT FROM deal_known d WHERE d.customer_id = p.party_id AND d.kind = 'guarantee') AS is_guarantor,
           EXISTS (SELECT FROM site_known s WHERE s.owner_id = p.party_id) AS is_site_owner,
           p.recorded_at AS last_recorded_at
    FROM party_known p CROSS JOIN clock c;
    COMMENT ON VIEW party_profile IS 'Who a party is and which roles it has in the deals and holdings known: one party may have several. Key: (party_id).';
    COMMENT ON COLUMN party_profile.founded IS 'The day, month or year it was founded, as precisely as it is known; NULL = not known.';
    COMMENT ON COLUMN party_profile.age_years_least IS 'Whole years since it was founded at the effective date, at least; age_years_most: at most. NULL before it is founded.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_statement_views() IS 'Internal: part of create_ledger. The views public_statement, stated_fact, status_history, exposure_evidence, capacity_ladder, capacity_forecast, campus_capex, campus_capex_region and party_profile.';
