-- What if: exposure at default against limits and connected groups, scenarios of loss and how it
-- travels, and the regret of building too much against building too little.

CREATE FUNCTION chipbook.create_ledger_stress() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE counterparty_limit (
        fact_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        limit_id        text NOT NULL CHECK (limit_id <> ''),
        holder_id       text NOT NULL,
        capital         monetary NOT NULL CHECK (amount(capital) > 0),
        report_from     numeric NOT NULL DEFAULT 0.10 CHECK (report_from > 0 AND report_from < 'infinity'),
        breach_above    numeric NOT NULL DEFAULT 0.25 CHECK (breach_above > 0 AND breach_above < 'infinity'),
        control_above   numeric NOT NULL DEFAULT 0.5 CHECK (control_above >= 0 AND control_above < 1),
        dependence_from numeric NOT NULL DEFAULT 0.5 CHECK (dependence_from > 0 AND dependence_from <= 1),
        valid_from      date NOT NULL DEFAULT '-infinity',
        valid_to        date NOT NULL DEFAULT 'infinity',
        note            text,
        load_id         bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id       text REFERENCES source,
        known_on        date,
        recorded_at     timestamptz,
        superseded_at   timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT report_not_above_breach CHECK (report_from <= breach_above),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE counterparty_limit IS 'Limits on what holder_id may have at stake with one group of connected counterparties, as parts of its capital, [valid_from, valid_to). The defaults are those of the Basel framework for large exposures (LEX10, LEX20): reported from 10 %, breached above 25 %, connected by control above 50 % or by dependence from 50 %.';

    CREATE TABLE stress_scenario (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        scenario_id   text NOT NULL CHECK (scenario_id <> ''),
        name          text NOT NULL,
        family        text,
        probability   numeric CHECK (probability >= 0 AND probability <= 1),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE stress_scenario IS 'Scenarios. Those of one family exclude each other and cover all that may happen: their probabilities add up to 1.';

    CREATE TABLE stress_shock (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        scenario_id   text NOT NULL,
        party_id      text NOT NULL,
        haircut       numeric CHECK (haircut >= 0 AND haircut <= 1),
        probability_of_default numeric CHECK (probability_of_default >= 0 AND probability_of_default <= 1),
        loss_given_default numeric CHECK (loss_given_default >= 0 AND loss_given_default <= 1),
        fails         boolean NOT NULL DEFAULT false,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT shock_does_something CHECK (fails OR haircut IS NOT NULL OR probability_of_default IS NOT NULL),
        CONSTRAINT fails_or_falls CHECK (num_nonnulls(haircut, probability_of_default) + fails::integer = 1),
        CONSTRAINT default_has_a_loss CHECK (loss_given_default IS NOT NULL OR haircut IS NOT NULL),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE stress_shock IS 'What a scenario does to what is at stake with party_id and its group: a haircut, a probability of default, or the failure (fails) of the party; the last two with the part that is lost then (loss_given_default). All are fractions, 0 to 1.';

    CREATE TABLE build_payoff (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        decision_id   text NOT NULL CHECK (decision_id <> ''),
        action        text NOT NULL CHECK (action <> ''),
        state         text NOT NULL CHECK (state <> ''),
        state_kind    text NOT NULL DEFAULT 'demand' CHECK (state_kind IN ('demand', 'rival')),
        payoff        monetary NOT NULL,
        probability   numeric CHECK (probability >= 0 AND probability <= 1),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE build_payoff IS 'What an action (how much to build) brings in a state: of demand, or, with state_kind rival, of what a rival in the same position does, whose payoffs are the same with the parts exchanged. A state is of one kind; where one decision has states of both, they are two tables side by side (a finding), and one name may stand in both. probability: of the state, the same in each action.';

    CREATE TABLE demand_estimate (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        estimate_id    text NOT NULL CHECK (estimate_id <> ''),
        party_id       text NOT NULL,
        unit           text NOT NULL CHECK (unit <> ''),
        at_date        date NOT NULL CHECK (isfinite(at_date)),
        mean           numeric NOT NULL CHECK (mean >= 0 AND mean < 'infinity'),
        standard_deviation numeric NOT NULL CHECK (standard_deviation > 0 AND standard_deviation < 'infinity'),
        underage       monetary NOT NULL CHECK (amount(underage) > 0),
        overage        monetary NOT NULL CHECK (amount(overage) > 0),
        planned        numeric CHECK (planned >= 0 AND planned < 'infinity'),
        supply         numeric CHECK (supply >= 0 AND supply < 'infinity'),
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT costs_in_one_currency CHECK (currency(underage) = currency(overage)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE demand_estimate IS 'Demand for compute as a normal distribution, in units of unit, with what a unit too few (underage) and a unit too many (overage) cost; planned: what is to be built, supply: what there is.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_stress() IS 'Internal: part of create_ledger. Tables counterparty_limit, stress_scenario, stress_shock, build_payoff and demand_estimate.';

-- A number that the figures cannot take is no error of a view.
CREATE FUNCTION chipbook.newsvendor_if_in_range(underage numeric, overage numeric, mean numeric, standard_deviation numeric, planned numeric,
    OUT quantity numeric, OUT cost_of_best numeric, OUT cost_of_mean numeric, OUT cost_of_planned numeric, OUT fear_ratio numeric)
IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    u float8 := underage;
    o float8 := overage;
    m float8;
    s float8;
    p float8;
    best float8;
BEGIN
    BEGIN
        m := mean;
        s := standard_deviation;
        best := chipbook.newsvendor_quantity(u, o, m, s);
        quantity := best;
        cost_of_best := chipbook.newsvendor_cost(u, o, m, s, best);
        cost_of_mean := chipbook.newsvendor_cost(u, o, m, s, m);
    EXCEPTION WHEN data_exception THEN
        NULL;
    END;
    BEGIN
        p := planned;
        cost_of_planned := chipbook.newsvendor_cost(u, o, m, s, p);
        fear_ratio := chipbook.implied_fear_ratio(p, m, s);
    EXCEPTION WHEN data_exception THEN
        NULL;
    END;
END
$$;
COMMENT ON FUNCTION chipbook.newsvendor_if_in_range(numeric, numeric, numeric, numeric, numeric) IS 'Internal: newsvendor_quantity, newsvendor_cost and implied_fear_ratio, and NULL where they would be an error.';

CREATE FUNCTION chipbook.debtrank_if_at_rest(obligations chipbook.funding_graph, parties text[], equity numeric[], shock numeric[],
    OUT party text, OUT initial_stress double precision, OUT stress double precision, OUT additional_stress double precision, OUT additional_loss double precision, OUT is_default boolean) RETURNS SETOF record
IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT d.party, d.initial_stress, d.stress, d.additional_stress, d.additional_loss, d.is_default FROM chipbook.debtrank(obligations, parties, equity, shock) d;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN;
END
$$;
COMMENT ON FUNCTION chipbook.debtrank_if_at_rest(chipbook.funding_graph, text[], numeric[], numeric[]) IS 'Internal: debtrank, and no rows where it would be an error.';

CREATE FUNCTION chipbook.create_ledger_stress_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Without a conversion factor the undrawn part counts from nothing to all.
    CREATE VIEW default_exposure WITH (security_invoker) AS
    SELECT 'holding' AS item_kind, h.holding_id AS item_id, h.investor_id, h.investee_id AS counterparty_id, h.currency, h.as_at, f.factor,
           CASE WHEN num_nonnulls(h.carrying_amount_low, h.undrawn_low) > 0 THEN coalesce(h.carrying_amount_low, 0) + coalesce(f.factor * h.undrawn_low, 0) END AS ead_low,
           h.carrying_amount + CASE WHEN h.undrawn = 0 THEN 0 ELSE f.factor * h.undrawn END AS ead,
           h.carrying_amount_high + CASE WHEN h.undrawn_high = 0 THEN 0 ELSE coalesce(f.factor, 1) * h.undrawn_high END AS ead_high,
           h.has_unknown, h.last_recorded_at
    FROM holding_exposure h
    JOIN clock c ON h.as_at = c.effective_date
    CROSS JOIN LATERAL (SELECT CASE WHEN min(e.credit_conversion_factor) = max(e.credit_conversion_factor) AND count(*) = count(e.credit_conversion_factor) THEN max(e.credit_conversion_factor) END AS factor
                        FROM holding_event_range r JOIN holding_event_known e ON e.event_id = r.event_id
                        WHERE r.holding_id = h.holding_id AND r.kind = 'commit' AND r.happened_from <= c.effective_date) f
    WHERE is_binding(h.legal_status)
    UNION ALL
    SELECT 'deal', d.deal_id, d.customer_id, d.supplier_id, d.currency, d.as_at, 1, d.amount_low, d.amount, d.amount_high, num_nonnulls(d.amount_low, d.amount, d.amount_high) = 0, d.recorded_at
    FROM deal_exposure d JOIN clock c ON d.as_at = c.effective_date
    WHERE d.kind = 'guarantee' AND d.is_firm AND d.contained_in IS NULL;
    COMMENT ON VIEW default_exposure IS 'Exposure at default of each binding holding and guarantee at the effective date: what is drawn at its carrying amount + credit conversion factor x undrawn; guarantees in full. Key: (item_kind, item_id, investor_id, counterparty_id, currency).';

    CREATE VIEW limit_party WITH (security_invoker) AS
    SELECT l.limit_id, l.holder_id, currency(l.capital)::text AS currency, amount(l.capital) AS capital, l.report_from, l.breach_above, l.control_above, l.dependence_from,
           e.counterparty_id AS party_id, sum(e.ead_low) AS ead_low, CASE WHEN count(*) = count(e.ead) THEN sum(e.ead) END AS ead,
           CASE WHEN count(*) = count(e.ead_high) THEN sum(e.ead_high) END AS ead_high,
           sum(coalesce(e.ead, e.ead_high, e.ead_low)) AS known, count(*) FILTER (WHERE e.has_unknown) AS unknowns,
           greatest(l.recorded_at, max(e.last_recorded_at)) AS last_recorded_at
    FROM counterparty_limit_known l
    JOIN clock c ON l.valid_from <= c.effective_date AND l.valid_to > c.effective_date
    JOIN default_exposure e ON e.currency = currency(l.capital)::text
     AND (e.investor_id = l.holder_id OR EXISTS (SELECT FROM party_group g WHERE g.as_at = c.effective_date AND g.party_id = e.investor_id AND l.holder_id = ANY (g.lineage)))
     -- What stays inside the holder's group is no exposure of it.
     AND e.counterparty_id <> l.holder_id
     AND NOT EXISTS (SELECT FROM party_group n WHERE n.as_at = c.effective_date AND n.party_id = e.counterparty_id AND l.holder_id = ANY (n.lineage))
    GROUP BY l.limit_id, l.holder_id, l.capital, l.report_from, l.breach_above, l.control_above, l.dependence_from, l.recorded_at, e.counterparty_id;
    COMMENT ON VIEW limit_party IS 'What the holder of a limit, with the parties it controls, has at stake with each counterparty outside. Key: (limit_id, party_id).';

    -- Who depends on whom: as it is stated, or by the share of what a party earned in its last period.
    CREATE VIEW dependence_edge WITH (security_invoker) AS
    SELECT d.party_id, d.other_id, max(d.share) AS share, max(d.recorded_at) AS recorded_at
    FROM (
        SELECT k.party_id, k.other_id, coalesce(k.share, 1) AS share, k.recorded_at
        FROM party_link_known k JOIN clock c ON k.valid_from <= c.effective_date AND k.valid_to > c.effective_date
        WHERE k.kind = 'economic_dependence'
        UNION ALL
        SELECT f.party_id, f.counterparty_id, f.share, f.recorded_at
        FROM (SELECT n.*, rank() OVER (PARTITION BY n.party_id, n.counterparty_id ORDER BY n.period_to DESC) AS place
              FROM party_figure_known n JOIN clock c ON n.period_to <= c.effective_date
              WHERE n.measure = 'revenue' AND n.modality = 'actual' AND n.share IS NOT NULL) f
        WHERE f.place = 1) d
    GROUP BY d.party_id, d.other_id;
    COMMENT ON VIEW dependence_edge IS 'The part of its receipts or means, 0 to 1, for which a party depends on another at the effective date; a dependence stated without a share is whole. Key: (party_id, other_id).';

    CREATE VIEW limit_group WITH (security_invoker) AS
    SELECT t.limit_id, p.party_id, coalesce(g.group_number::text, p.party_id) AS group_key
    FROM (SELECT DISTINCT l.limit_id, l.control_above, l.dependence_from FROM limit_party l) t
    JOIN limit_party p ON p.limit_id = t.limit_id
    LEFT JOIN LATERAL (
        SELECT n.group_number, n.party
        FROM connected_groups((SELECT funding_agg(o.owner_id, o.owned_id, o.share) FROM (
                                   SELECT e.owner_id, e.owned_id, e.share FROM ownership_edge e
                                   -- Control that is stated is control, whatever the share.
                                   UNION ALL SELECT r.parent_id, r.party_id, 1 FROM relation_known r JOIN clock c ON r.valid_from <= c.effective_date AND r.valid_to > c.effective_date
                                   WHERE r.kind IN ('segment', 'control')) o),
                              (SELECT funding_agg(d.party_id, d.other_id, d.share) FROM dependence_edge d),
                              t.control_above, t.dependence_from) n) g ON g.party = p.party_id;
    COMMENT ON VIEW limit_group IS 'The group of connected counterparties each party of a limit belongs to. Key: (limit_id, party_id).';

    CREATE VIEW stress_item WITH (security_invoker) AS
    SELECT s.scenario_id, x.party_id, s.fails, s.haircut, s.probability_of_default, s.loss_given_default, e.item_kind, e.item_id, e.investor_id, e.counterparty_id, e.currency,
           e.ead_low, e.ead, e.ead_high, v.factor, s.recorded_at, greatest(s.recorded_at, e.last_recorded_at) AS last_recorded_at
    FROM stress_shock_known s
    JOIN clock c ON true
    CROSS JOIN LATERAL (SELECT s.party_id UNION SELECT g.party_id FROM party_group g WHERE g.as_at = c.effective_date AND s.party_id = ANY (g.lineage)) x (party_id)
    JOIN default_exposure e ON e.counterparty_id = x.party_id
    CROSS JOIN LATERAL (SELECT coalesce(s.haircut, coalesce(s.probability_of_default, 1) * s.loss_given_default) AS factor) v;
    COMMENT ON VIEW stress_item IS 'Each holding and guarantee that a scenario hits, and the part of it that is lost, or expected to be. Key: (scenario_id, party_id, item_kind, item_id, investor_id, currency) unless shocks overlap in one group.';

    -- Not an older figure of a party whose equity is gone.
    CREATE VIEW party_equity WITH (security_invoker) AS
    SELECT z.party_id, z.currency, z.equity, z.recorded_at
    FROM (SELECT DISTINCT ON (f.party_id, f.currency) f.party_id, f.currency::text AS currency, amount(f.amount) AS equity, f.recorded_at
          FROM party_figure_known f JOIN clock k ON f.period_to <= k.effective_date
          WHERE f.measure = 'net_assets' AND f.modality = 'actual' AND f.counterparty_id IS NULL AND f.amount IS NOT NULL
          ORDER BY f.party_id, f.currency, f.period_to DESC, f.recorded_at DESC, f.figure_id) z
    WHERE z.equity > 0;
    COMMENT ON VIEW party_equity IS 'The last net assets of a party that are known at the effective date, where they are above 0. Key: (party_id, currency).';

    CREATE VIEW contagion_graph WITH (security_invoker) AS
    SELECT s.scenario_id, x.currency, x.graph, a.parties, a.equity, a.shock, greatest(s.recorded_at, x.last_recorded_at) AS last_recorded_at
    FROM (SELECT k.scenario_id, array_agg(DISTINCT m.party_id) AS failing, max(k.recorded_at) AS recorded_at
          FROM stress_shock_known k
          CROSS JOIN clock c
          -- With its group, as in stress_item.
          CROSS JOIN LATERAL (SELECT k.party_id UNION SELECT g.party_id FROM party_group g WHERE g.as_at = c.effective_date AND k.party_id = ANY (g.lineage)) m (party_id)
          WHERE k.fails GROUP BY k.scenario_id) s
    CROSS JOIN (SELECT o.currency, funding_agg(o.counterparty_id, o.investor_id, o.ead) AS graph, q.parties, q.equity, greatest(max(o.last_recorded_at), q.last_recorded_at) AS last_recorded_at
          FROM (SELECT e.*, sum(e.ead) OVER (PARTITION BY e.currency) AS total FROM default_exposure e WHERE e.ead > 0) o
          JOIN (SELECT z.currency, array_agg(z.party_id ORDER BY z.party_id) AS parties, array_agg(z.equity ORDER BY z.party_id) AS equity, max(z.recorded_at) AS last_recorded_at
                FROM party_equity z GROUP BY z.currency) q ON q.currency = o.currency
          WHERE o.total < 2590000000000000000 AND o.investor_id = ANY (q.parties)
          GROUP BY o.currency, q.parties, q.equity, q.last_recorded_at) x
    CROSS JOIN LATERAL (SELECT array_agg(p.party_id ORDER BY p.party_id) AS parties, array_agg(p.equity ORDER BY p.party_id) AS equity,
                               array_agg(CASE WHEN p.party_id = ANY (s.failing) THEN 1 ELSE 0 END::numeric ORDER BY p.party_id) AS shock
                        FROM (SELECT u.party_id, u.equity FROM unnest(x.parties, x.equity) u (party_id, equity)
                              UNION ALL
                              -- Who fails without stated equity loses all of whatever it has.
                              SELECT w.party_id, 1 FROM unnest(s.failing) w (party_id) WHERE w.party_id <> ALL (x.parties)) p) a;
    COMMENT ON VIEW contagion_graph IS 'What debtrank takes for each scenario with a failure: exposures at default by currency, of investors with known equity in it. Key: (scenario_id, currency).';

    CREATE VIEW build_state WITH (security_invoker) AS
    SELECT b.decision_id, b.action, b.state, b.state_kind, currency(b.payoff)::text AS currency, amount(b.payoff) AS payoff, b.probability,
           max(amount(b.payoff)) OVER (PARTITION BY b.decision_id, currency(b.payoff), b.state_kind, b.state) AS best, b.recorded_at
    FROM build_payoff_known b;
    COMMENT ON VIEW build_state IS 'Payoffs with the best of each state; states of demand and of a rival are apart. Key: (decision_id, action, state_kind, state).';

    CREATE VIEW stress_finding WITH (security_invoker) AS
    -- What is at stake is looked up once for all findings.
    WITH exposure AS MATERIALIZED (
        SELECT e.item_kind, e.item_id, e.investor_id, e.counterparty_id, e.currency, e.ead
        FROM default_exposure e WHERE (e.ead = 0) IS NOT TRUE AND EXISTS (SELECT FROM stress_shock_known k WHERE k.fails))
    SELECT f.finding, f.severity, f.subject, f.subject_id, NULL::date AS period_month, f.row_count, f.detail
    FROM (
        -- Losses are followed currency by currency and against equity in it: nothing is converted.
        SELECT 'contagion_without_equity' AS finding, 'warning' AS severity, 'party' AS subject, e.investor_id AS subject_id, count(*) AS row_count,
               format('its exposures in %s are not in stress_contagion: no net assets above 0 are known of it in %s', string_agg(DISTINCT e.currency, ', '),
                      CASE WHEN count(DISTINCT e.currency) > 1 THEN 'these currencies' ELSE 'this currency' END) AS detail
        FROM exposure e WHERE NOT EXISTS (SELECT FROM party_equity q WHERE q.party_id = e.investor_id AND q.currency = e.currency)
        GROUP BY e.investor_id
        UNION ALL
        SELECT 'contagion_exposure_unknown', 'info', e.item_kind, e.item_id, count(*),
               format('not in stress_contagion: what %s has at stake with %s is not one known amount', string_agg(DISTINCT e.investor_id, ', '), string_agg(DISTINCT e.counterparty_id, ', '))
        FROM exposure e WHERE e.ead IS NULL
        GROUP BY e.item_kind, e.item_id
        UNION ALL
        SELECT 'contagion_out_of_range', 'error', 'currency', e.currency, count(*), 'exposures at default add up to more than a graph holds: no contagion is shown'
        FROM exposure e WHERE e.ead > 0
        GROUP BY e.currency HAVING sum(e.ead) >= 2590000000000000000
        UNION ALL
        SELECT 'contagion_unresolved', 'error', 'scenario', g.scenario_id, count(*), format('losses in %s do not come to rest: no contagion is shown', string_agg(g.currency, ', ' ORDER BY g.currency))
        FROM contagion_graph g WHERE NOT EXISTS (SELECT FROM debtrank_if_at_rest(g.graph, g.parties, g.equity, g.shock))
        GROUP BY g.scenario_id
        UNION ALL
        SELECT 'decision_states_mixed', 'warning', 'decision', b.decision_id, count(*), 'has states of demand and of a rival, which do not exclude each other: regret is shown for each kind by itself'
        FROM build_state b GROUP BY b.decision_id HAVING count(DISTINCT b.state_kind) > 1
    ) f;
    COMMENT ON VIEW stress_finding IS 'Findings about what stress_contagion leaves out, and about decisions, in the columns of data_quality. Key: (finding, subject, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_stress_views() IS 'Internal: part of create_ledger. Exposure at default, limits, scenarios and payoffs, item by item.';

CREATE FUNCTION chipbook.create_report_stress_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW exposure_at_default WITH (security_invoker) AS
    SELECT e.investor_id, e.counterparty_id, e.currency, e.as_at,
           publishable(sum(e.ead_low))::numeric(38,15) AS ead_low,
           publishable(CASE WHEN count(*) = count(e.ead) THEN sum(e.ead) END)::numeric(38,15) AS ead,
           publishable(CASE WHEN count(*) = count(e.ead_high) THEN sum(e.ead_high) END)::numeric(38,15) AS ead_high,
           count(*) AS item_count, count(*) FILTER (WHERE e.has_unknown) AS unknown_count, max(e.last_recorded_at) AS last_recorded_at
    FROM default_exposure e
    GROUP BY e.investor_id, e.counterparty_id, e.currency, e.as_at;
    COMMENT ON VIEW exposure_at_default IS 'Exposure at default (Basel CRE20): what is drawn, at cost less impairments, + credit conversion factor x undrawn, and guarantees in full; binding ones, at the effective date. Key: (investor_id, counterparty_id, currency). In units of currency, additive per currency.';
    COMMENT ON COLUMN exposure_at_default.ead IS 'NULL when a commitment has no conversion factor of its own: ead_low then counts none of what is undrawn, ead_high all of it.';

    CREATE VIEW counterparty_limits WITH (security_invoker) AS
    SELECT u.limit_id, u.holder_id, u.parties, u.currency, c.effective_date AS as_at, publishable(u.capital)::numeric(38,15) AS capital,
           publishable(u.ead_low)::numeric(38,15) AS exposure_low, publishable(u.ead)::numeric(38,15) AS exposure, publishable(u.ead_high)::numeric(38,15) AS exposure_high,
           publishable(u.measure / u.capital + 0.00000000000000000000)::numeric(38,15) AS share_of_capital, publishable(u.report_from)::numeric(38,15) AS report_from, publishable(u.breach_above)::numeric(38,15) AS breach_above,
           CASE WHEN u.measure / u.capital > u.breach_above THEN 'breach' WHEN u.measure / u.capital >= u.report_from THEN 'reportable'
                WHEN u.unknowns > 0 OR u.measure IS NULL THEN 'unknown' ELSE 'within' END AS state,
           u.party_count, u.unknowns AS unknown_count, u.last_recorded_at
    FROM (SELECT p.limit_id, p.holder_id, p.currency, p.capital, p.report_from, p.breach_above, g.group_key, string_agg(p.party_id, ', ' ORDER BY p.party_id) AS parties,
                 sum(p.ead_low) AS ead_low, CASE WHEN count(*) = count(p.ead) THEN sum(p.ead) END AS ead, CASE WHEN count(*) = count(p.ead_high) THEN sum(p.ead_high) END AS ead_high,
                 sum(coalesce(p.ead, p.ead_high, p.known)) AS measure, count(*) AS party_count, sum(p.unknowns)::bigint AS unknowns, max(p.last_recorded_at) AS last_recorded_at
          FROM limit_party p JOIN limit_group g ON g.limit_id = p.limit_id AND g.party_id = p.party_id
          GROUP BY p.limit_id, p.holder_id, p.currency, p.capital, p.report_from, p.breach_above, g.group_key) u
    CROSS JOIN clock c;
    COMMENT ON VIEW counterparty_limits IS 'Exposure at default to each group of connected counterparties against the capital of the holder (as in Basel LEX10 and LEX20), at the effective date. Key: (limit_id, parties). In units of currency; exposures in another currency than the capital are not in it. Connected: by control above, or by economic dependence from, the parts that the limit states; parties connected through others are one group.';
    COMMENT ON COLUMN counterparty_limits.share_of_capital IS 'exposure / capital, with exposure_high where a conversion factor is missing, and with what is known where nothing bounds exposure.';
    COMMENT ON COLUMN counterparty_limits.state IS 'breach (above breach_above), reportable (from report_from), within, or unknown: within by what is known, but something is not.';

    CREATE VIEW stress_loss WITH (security_invoker) AS
    SELECT s.scenario_id, n.name, n.family, n.probability::numeric(38,15) AS probability, s.investor_id, s.counterparty_id, s.currency, c.effective_date AS as_at,
           publishable(sum(s.ead_low))::numeric(38,15) AS exposure_low, publishable(CASE WHEN count(*) = count(s.ead) THEN sum(s.ead) END)::numeric(38,15) AS exposure,
           publishable(sum(s.factor * s.ead_low))::numeric(38,15) AS loss_low,
           publishable(CASE WHEN count(*) = count(s.ead) THEN sum(s.factor * s.ead) END)::numeric(38,15) AS loss,
           publishable(CASE WHEN count(*) = count(s.ead_high) THEN sum(s.factor * s.ead_high) END)::numeric(38,15) AS loss_high,
           count(*) AS item_count, max(s.last_recorded_at) AS last_recorded_at
    FROM (SELECT DISTINCT ON (i.scenario_id, i.item_kind, i.item_id, i.investor_id, i.counterparty_id, i.currency) i.*
          FROM stress_item i ORDER BY i.scenario_id, i.item_kind, i.item_id, i.investor_id, i.counterparty_id, i.currency, i.factor DESC) s
    JOIN stress_scenario_known n ON n.scenario_id = s.scenario_id
    CROSS JOIN clock c
    GROUP BY s.scenario_id, n.name, n.family, n.probability, s.investor_id, s.counterparty_id, s.currency, c.effective_date;
    COMMENT ON VIEW stress_loss IS 'What each investor loses with each counterparty in a scenario, on its exposure at default: exposure x haircut, exposure x loss given default where the counterparty fails, or the expected loss, probability of default x loss given default x exposure. Key: (scenario_id, investor_id, counterparty_id, currency). In units of currency; additive within a scenario. Where two shocks hit one exposure, the larger counts.';

    CREATE VIEW stress_expected WITH (security_invoker) AS
    SELECT f.family, l.investor_id, l.currency, l.as_at,
           publishable(CASE WHEN f.total = 1 THEN sum(l.probability * l.loss_low) END)::numeric(38,15) AS expected_loss_low,
           publishable(CASE WHEN f.total = 1 AND count(*) = count(l.loss) THEN sum(l.probability * l.loss) END)::numeric(38,15) AS expected_loss,
           publishable(CASE WHEN f.total = 1 AND count(*) = count(l.loss_high) THEN sum(l.probability * l.loss_high) END)::numeric(38,15) AS expected_loss_high,
           publishable(f.total)::numeric(38,15) AS probability_total, max(l.last_recorded_at) AS last_recorded_at
    FROM (SELECT n.family, CASE WHEN count(*) = count(n.probability) THEN sum(n.probability) END AS total FROM stress_scenario_known n WHERE n.family IS NOT NULL GROUP BY n.family) f
    JOIN stress_loss l ON l.family = f.family
    GROUP BY f.family, f.total, l.investor_id, l.currency, l.as_at;
    COMMENT ON VIEW stress_expected IS 'Loss of each investor over the scenarios of a family, weighted by their probabilities. Key: (family, investor_id, currency). In units of currency, additive within a family. NULL unless the probabilities of the family add up to 1 (probability_total).';

    CREATE VIEW stress_contagion WITH (security_invoker) AS
    SELECT g.scenario_id, g.currency, c.effective_date AS as_at, d.party AS party_id, publishable(d.initial_stress::numeric)::numeric(38,15) AS initial_stress,
           publishable(d.stress::numeric)::numeric(38,15) AS stress, publishable(d.additional_stress::numeric)::numeric(38,15) AS additional_stress,
           publishable(d.additional_loss::numeric)::numeric(38,15) AS additional_loss, d.is_default, g.last_recorded_at
    FROM contagion_graph g
    CROSS JOIN clock c
    CROSS JOIN LATERAL debtrank_if_at_rest(g.graph, g.parties, g.equity, g.shock) d;
    COMMENT ON VIEW stress_contagion IS 'How the failure of the parties of a scenario, and of those they control, travels: investors lose their exposure at default to who loses its equity, in proportion (DebtRank, linear), at the effective date. Key: (scenario_id, currency, party_id). stress: the part of its equity a party loses in all. Currency by currency, nothing is converted; among investors whose last net assets in it are known and above 0, and of exposures that are known; no rows where that does not come to rest. Whatever is left out is a finding (contagion_without_equity, contagion_exposure_unknown, contagion_out_of_range, contagion_unresolved). Double precision inside. Not additive.';

    CREATE VIEW overbuild_regret WITH (security_invoker) AS
    SELECT a.decision_id, a.currency, a.state_kind, a.action, publishable(a.worst)::numeric(38,15) AS worst_payoff, publishable(a.best)::numeric(38,15) AS best_payoff,
           publishable(a.expected)::numeric(38,15) AS expected_payoff, publishable(CASE WHEN a.is_whole THEN a.max_regret END)::numeric(38,15) AS max_regret,
           a.is_whole AND a.max_regret = min(a.max_regret) FILTER (WHERE a.is_whole) OVER w AS is_minimax_regret,
           a.is_whole AND a.worst = max(a.worst) FILTER (WHERE a.is_whole) OVER w AS is_maximin, a.best = max(a.best) OVER w AS is_maximax,
           a.expected = max(a.expected) OVER w AS is_best_expected, a.states, a.last_recorded_at
    FROM (SELECT b.decision_id, b.currency, b.state_kind, b.action, min(b.payoff) AS worst, max(b.payoff) AS best, max(b.best - b.payoff) AS max_regret,
                 CASE WHEN count(*) = count(b.probability) AND sum(b.probability) = 1 THEN sum(b.probability * b.payoff) END AS expected,
                 count(*) AS states,
                 count(*) = (SELECT count(DISTINCT t.state) FROM build_state t WHERE t.decision_id = b.decision_id AND t.currency = b.currency AND t.state_kind = b.state_kind) AS is_whole,
                 max(b.recorded_at) AS last_recorded_at
          FROM build_state b GROUP BY b.decision_id, b.currency, b.state_kind, b.action) a
    WINDOW w AS (PARTITION BY a.decision_id, a.currency, a.state_kind);
    COMMENT ON VIEW overbuild_regret IS 'How much to build: for each action its worst and best payoff, and the most it can be regretted (what the best action for the state would have brought more; Savage 1951). Key: (decision_id, currency, state_kind, action). Over states of demand, or over what a rival does; a decision with both is shown once for each, and never over a mixture. In units of currency; not additive. An action without a payoff in every state of its kind has no max_regret and is none of minimax and maximin. expected_payoff is NULL unless the probabilities of its states add up to 1.';

    CREATE VIEW regret_matrix WITH (security_invoker) AS
    SELECT b.decision_id, b.currency, b.action, b.state, b.state_kind, publishable(b.payoff)::numeric(38,15) AS payoff, publishable(b.best - b.payoff)::numeric(38,15) AS regret,
           b.probability::numeric(38,15) AS probability, b.recorded_at AS last_recorded_at
    FROM build_state b;
    COMMENT ON VIEW regret_matrix IS 'Payoff and regret of each action in each state. Key: (decision_id, currency, action, state_kind, state). In units of currency; not additive.';

    CREATE VIEW arms_race WITH (security_invoker) AS
    SELECT o.decision_id, o.currency, o.action, o.state AS rival_action, publishable(o.payoff)::numeric(38,15) AS payoff, publishable(r.payoff)::numeric(38,15) AS rival_payoff,
           o.payoff = o.best AND r.payoff = r.best AS is_nash,
           NOT EXISTS (SELECT FROM build_state x WHERE x.decision_id = o.decision_id AND x.currency = o.currency AND x.state_kind = 'rival' AND x.action = o.action AND x.payoff < x.best) AS is_dominant,
           publishable(CASE WHEN o.action = o.state THEN max(o.payoff) FILTER (WHERE o.action = o.state) OVER (PARTITION BY o.decision_id, o.currency) - o.payoff END)::numeric(38,15) AS price_of_fear,
           greatest(o.recorded_at, r.recorded_at) AS last_recorded_at
    FROM build_state o
    JOIN build_state r ON r.decision_id = o.decision_id AND r.currency = o.currency AND r.action = o.state AND r.state = o.action AND r.state_kind = 'rival'
    WHERE o.state_kind = 'rival';
    COMMENT ON VIEW arms_race IS 'Two in the same position who each choose what to build: every pair of actions. Key: (decision_id, currency, action, rival_action). is_nash: neither gains by changing alone; is_dominant: the action is best whatever the rival does; price_of_fear: what each has less than if both chose the best common action. In units of currency.';

    CREATE VIEW overbuild_quantity WITH (security_invoker) AS
    SELECT d.estimate_id, d.party_id, d.unit, d.at_date, currency(d.underage)::text AS currency, publishable(d.mean)::numeric(38,15) AS mean_demand,
           publishable(d.standard_deviation)::numeric(38,15) AS standard_deviation, publishable(critical_ratio(d.underage, d.overage))::numeric(38,15) AS critical_ratio,
           publishable(q.quantity)::numeric(38,15) AS best_quantity, publishable(q.cost_of_best)::numeric(38,15) AS cost_of_best,
           publishable(q.cost_of_mean)::numeric(38,15) AS cost_of_mean, publishable(d.planned)::numeric(38,15) AS planned,
           publishable(q.cost_of_planned)::numeric(38,15) AS cost_of_planned, publishable(q.fear_ratio)::numeric(38,15) AS implied_fear_ratio,
           publishable(d.supply)::numeric(38,15) AS supply, publishable(greatest(d.mean - d.supply, 0))::numeric(38,15) AS shortage, d.recorded_at AS last_recorded_at
    FROM demand_estimate_known d
    CROSS JOIN LATERAL newsvendor_if_in_range(amount(d.underage), amount(d.overage), d.mean, d.standard_deviation, d.planned) q;
    COMMENT ON VIEW overbuild_quantity IS 'How much to build for a normally distributed demand when a unit too few and a unit too many cost differently (newsvendor; Arrow, Harris and Marschak 1951). Key: (estimate_id). Quantities in units of unit, costs in units of currency; not additive. Double precision inside; NULL where that does not reach.';
    COMMENT ON COLUMN overbuild_quantity.critical_ratio IS 'underage / (underage + overage): the part of demand''s distribution that the best quantity covers.';
    COMMENT ON COLUMN overbuild_quantity.implied_fear_ratio IS 'underage / overage for which the planned quantity would be best: what a builder must fear a unit too few more than a unit too many.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_stress_views() IS 'Internal: part of create_ledger. The views exposure_at_default, counterparty_limits, stress_loss, stress_expected, stress_contagion, overbuild_regret, regret_matrix, arms_race and overbuild_quantity.';
