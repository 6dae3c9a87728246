-- Who is tied to whom, all parties together: money that comes back, ownership seen through, suppliers'
-- customers, and how far a laboratory is bound to a provider. At the effective date.

-- Ownership that cannot be resolved (a closed circle) is a finding, and no error of a view. Nobody outside
-- has a part of a closed circle, so no share of anybody else goes through it: without it theirs are the same.
CREATE FUNCTION chipbook.look_through_if_open(shares chipbook.funding_graph, OUT owner text, OUT owned text, OUT share double precision) RETURNS SETOF record
IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    open chipbook.funding_graph;
    part record;
BEGIN
    BEGIN
        RETURN QUERY SELECT l.owner, l.owned, l.share FROM chipbook.look_through(shares) l;
        RETURN;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        NULL;
    END;

    -- A party is open when somebody outside holds a part of it (more than look_through takes for rounding) or
    -- of one of its owners.
    WITH RECURSIVE edge AS MATERIALIZED (SELECT e.payer, e.payee, e.weight FROM chipbook.edges(shares) e),
    party AS (
        SELECT p.party, sum(p.held) AS held FROM (SELECT e.payee, e.weight FROM edge e UNION ALL SELECT e.payer, 0 FROM edge e) p (party, held) GROUP BY p.party),
    reached AS (
        SELECT p.party FROM party p WHERE p.held < 0.999999999999
        UNION
        SELECT e.payee FROM reached r JOIN edge e ON e.payer = r.party)
    SELECT chipbook.funding_agg(e.payer, e.payee, e.weight) INTO open FROM edge e JOIN reached r ON r.party = e.payer;
    BEGIN
        RETURN QUERY SELECT l.owner, l.owned, l.share FROM chipbook.look_through(open) l;
        RETURN;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        NULL;
    END;

    -- Whatever else cannot be solved takes only those with it whom ownership ties to it.
    FOR part IN
        SELECT chipbook.funding_agg(e.payer, e.payee, e.weight) AS shares
        FROM chipbook.connected_groups(open, NULL, 0) g JOIN chipbook.edges(open) e ON e.payer = g.party
        GROUP BY g.group_number ORDER BY g.group_number
    LOOP
        BEGIN
            RETURN QUERY SELECT l.owner, l.owned, l.share FROM chipbook.look_through(part.shares) l;
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            NULL;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.look_through_if_open(chipbook.funding_graph) IS 'Internal: look_through without the parties of which nobody outside a closed circle of owners has a part, and without what ownership ties to a loop that leaves too little outside; no rows for those.';

CREATE FUNCTION chipbook.create_ledger_network_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW money_flow_range WITH (security_invoker) AS
    SELECT m.flow_id, m.payer_id, m.payee_id, m.kind, m.happened_from, m.happened_to, m.currency::text AS currency, m.legal_status, m.evidence, m.source_id, m.known_on, m.recorded_at,
           CASE WHEN m.qualifier = 'up_to' THEN coalesce(amount(m.amount_low), 0) WHEN m.qualifier = 'nearly' THEN amount(m.amount_low)
                ELSE coalesce(amount(m.amount_low), amount(m.amount)) END AS amount_low,
           CASE WHEN m.qualifier IN ('exactly', 'about') THEN coalesce(amount(m.amount), CASE WHEN m.amount_low = m.amount_high THEN amount(m.amount_low) END)
                WHEN amount(m.amount) <> CASE WHEN m.qualifier IN ('more_than', 'at_least') THEN amount(m.amount_low) ELSE amount(m.amount_high) END THEN amount(m.amount) END AS amount,
           CASE WHEN m.qualifier IN ('more_than', 'at_least') THEN amount(m.amount_high) ELSE coalesce(amount(m.amount_high), amount(m.amount)) END AS amount_high
    FROM money_flow_known m;
    COMMENT ON VIEW money_flow_range IS 'Flows of money, each amount as [amount_low, amount_high] with its point where one is determined, as in holding_event_range. Key: (flow_id).';

    CREATE VIEW flow_item WITH (security_invoker) AS
    SELECT i.item_kind, i.item_id, i.payer_id, i.payee_id, coalesce(a.group_id, i.payer_id) AS payer_group_id, coalesce(b.group_id, i.payee_id) AS payee_group_id, i.kind, i.currency, i.status_rank,
           i.is_paid, i.amount_low, i.amount, i.amount_high, i.last_recorded_at
    FROM clock c
    CROSS JOIN LATERAL (
        SELECT 'holding' AS item_kind, h.holding_id AS item_id, h.investor_id AS payer_id, h.investee_id AS payee_id, 'investment' AS kind, h.currency,
               array_position(legal_statuses(), h.legal_status) AS status_rank, false AS is_paid,
               h.committed_low AS amount_low, h.committed AS amount, h.committed_high AS amount_high, h.last_recorded_at
        FROM holding_exposure h WHERE h.as_at = c.effective_date
        UNION ALL
        SELECT 'deal', d.deal_id, d.customer_id, d.supplier_id, d.kind, d.currency, d.status_rank, false, d.amount_low, d.amount, d.amount_high, d.recorded_at
        FROM deal_exposure d
        WHERE d.as_at = c.effective_date AND d.contained_in IS NULL AND d.tier <> 'programme' AND d.kind <> 'programme'
        UNION ALL
        SELECT 'money_flow', m.flow_id, m.payer_id, m.payee_id, m.kind, m.currency, array_position(legal_statuses(), m.legal_status), true,
               m.amount_low, m.amount, m.amount_high, m.recorded_at
        FROM money_flow_range m
        WHERE m.legal_status = 'paid' AND m.happened_to <= c.effective_date) i
    LEFT JOIN party_group a ON a.as_at = c.effective_date AND a.party_id = i.payer_id
    LEFT JOIN party_group b ON b.as_at = c.effective_date AND b.party_id = i.payee_id;
    COMMENT ON VIEW flow_item IS 'What one party is to pay, or paid, another at the effective date: investors their commitments to investees, customers the contract value to suppliers, and flows of money. Key: (item_kind, item_id, payer_id, payee_id, currency).';

    CREATE VIEW flow_edge WITH (security_invoker) AS
    SELECT p.grouping_level, s.scope, m.bound, i.currency, p.payer_id, p.payee_id, sum(m.amount) AS amount, min(i.status_rank) AS status_rank,
           string_agg(DISTINCT i.kind, ', ' ORDER BY i.kind) AS kinds, count(*) AS items, count(*) FILTER (WHERE NOT m.is_bounded) AS unknowns, max(i.last_recorded_at) AS last_recorded_at
    FROM flow_item i
    CROSS JOIN LATERAL (VALUES ('party', i.payer_id, i.payee_id), ('group', i.payer_group_id, i.payee_group_id)) p (grouping_level, payer_id, payee_id)
    CROSS JOIN LATERAL (VALUES ('stated', NOT i.is_paid), ('binding', NOT i.is_paid AND is_binding((legal_statuses())[i.status_rank])), ('paid', i.is_paid)) s (scope, is_in)
    -- A number between the bounds is an estimate, and bounds nothing.
    CROSS JOIN LATERAL (VALUES ('least', i.amount_low, i.amount_low IS NOT NULL), ('most', coalesce(i.amount_high, i.amount, i.amount_low), i.amount_high IS NOT NULL)) m (bound, amount, is_bounded)
    WHERE s.is_in AND p.payer_id <> p.payee_id
    GROUP BY p.grouping_level, s.scope, m.bound, i.currency, p.payer_id, p.payee_id;
    COMMENT ON VIEW flow_edge IS 'flow_item added up from party to party and, without what stays inside, from group to group (grouping_level). scope: stated (whatever was said), binding, or paid (flows of money). bound: the least or the most the words allow: up to 10 is 0 at least. amount adds up what is known: an item with no lower bound adds nothing to the least, one with no upper bound its known part to the most, and both are counted in unknowns; NULL when nothing is known of any. Key: (grouping_level, scope, bound, currency, payer_id, payee_id).';

    CREATE VIEW flow_graph WITH (security_invoker) AS
    SELECT e.grouping_level, e.scope, e.bound, e.currency, funding_agg(e.payer_id, e.payee_id, e.amount) AS graph, sum(e.unknowns)::bigint AS unknowns, max(e.last_recorded_at) AS last_recorded_at
    FROM (SELECT f.*, sum(f.amount) OVER (PARTITION BY f.grouping_level, f.scope, f.bound, f.currency) AS total FROM flow_edge f) e
    WHERE e.total IS NULL OR e.total < 2590000000000000000
    GROUP BY e.grouping_level, e.scope, e.bound, e.currency;
    COMMENT ON VIEW flow_graph IS 'The edges of flow_edge as a graph, unless they add up to more than a graph holds (2.59e18: a finding). Key: (grouping_level, scope, bound, currency).';

    -- A stated stake, carried to the date, is more than what a relation says in passing.
    CREATE VIEW ownership_edge WITH (security_invoker) AS
    WITH held AS (
        SELECT DISTINCT ON (o.owner_id, o.owned_id) o.owner_id, o.owned_id, coalesce(o.share, o.share_low) AS share, o.last_recorded_at
        FROM ownership_at o JOIN clock c ON o.as_at <= c.effective_date AND (o.until > c.effective_date) IS NOT FALSE
        ORDER BY o.owner_id, o.owned_id, o.basis_rank)
    SELECT r.owner_id, r.owned_id, r.share, sum(r.share) OVER (PARTITION BY r.owned_id) AS total, r.last_recorded_at
    FROM (SELECT h.owner_id, h.owned_id, h.share, h.last_recorded_at FROM held h
          UNION ALL
          SELECT k.parent_id, k.party_id, max(coalesce(k.share, CASE k.kind WHEN 'segment' THEN 1 END)), max(k.recorded_at)
          FROM relation_known k CROSS JOIN clock c
          WHERE k.valid_from <= c.effective_date AND k.valid_to > c.effective_date
            AND NOT EXISTS (SELECT FROM held h WHERE h.owner_id = k.parent_id AND h.owned_id = k.party_id)
          GROUP BY k.parent_id, k.party_id) r
    WHERE r.share > 0;
    COMMENT ON VIEW ownership_edge IS 'Which share of a party another holds directly at the effective date: by its stake (ownership_over_time; what it holds at least, where that is a range), else by the share its relation states; total: what its owners hold together, above 1 by mistake only. Key: (owner_id, owned_id).';

    CREATE VIEW ownership_graph WITH (security_invoker) AS
    SELECT funding_agg(e.owner_id, e.owned_id, e.share) AS graph, max(e.last_recorded_at) AS last_recorded_at
    FROM ownership_edge e WHERE e.total <= 1;
    COMMENT ON VIEW ownership_graph IS 'The shares of ownership_edge as a graph, without those of parties of which more than all is held. One row.';

    CREATE VIEW customer_deal WITH (security_invoker) AS
    SELECT l.supplier_id, x.currency, x.as_at, coalesce(h.group_id, x.customer_id) AS customer_id, x.deal_id, x.kind, x.amount, x.amount_low, x.amount_high, x.starts_on, x.ends_on, x.recorded_at
    FROM deal_exposure x
    LEFT JOIN party_group g ON g.as_at = x.as_at AND g.party_id = x.supplier_id
    LEFT JOIN party_group h ON h.as_at = x.as_at AND h.party_id = x.customer_id
    CROSS JOIN LATERAL unnest(coalesce(g.lineage, ARRAY[x.supplier_id])) l (supplier_id)
    WHERE x.is_firm AND x.side = 'uses' AND x.contained_in IS NULL AND x.tier <> 'programme' AND x.kind NOT IN ('guarantee', 'programme')
      AND coalesce(g.group_id, x.supplier_id) <> coalesce(h.group_id, x.customer_id);
    COMMENT ON VIEW customer_deal IS 'Each binding deal of a supplier, and of the parties it controls, with a customer outside its group. Key: (supplier_id, as_at, deal_id).';

    -- A plan within another is a part of it. Those that only touch are not taken apart: they may share money.
    CREATE VIEW spend_plan WITH (security_invoker) AS
    WITH plan AS (
        SELECT f.party_id, coalesce(g.group_id, f.party_id) AS lab_id, coalesce(g.lineage, ARRAY[f.party_id]) AS lineage, f.currency, f.period_from, f.period_to,
               CASE WHEN count(*) = count(f.amount_low) THEN min(f.amount_low) END AS amount_low,
               CASE WHEN count(*) = count(f.amount) AND min(f.amount) = max(f.amount) THEN min(f.amount) END AS amount,
               CASE WHEN count(*) = count(f.amount_high) THEN max(f.amount_high) END AS amount_high, max(f.last_recorded_at) AS last_recorded_at
        FROM clock c
        JOIN party_figure_best f ON f.basis = c.primary_basis AND f.measure = 'planned_compute_spend' AND f.modality <> 'conditional' AND f.period_to > c.effective_date
        LEFT JOIN party_group g ON g.as_at = c.effective_date AND g.party_id = f.party_id
        GROUP BY f.party_id, g.group_id, g.lineage, f.currency, f.period_from, f.period_to
    ), whole AS (
        SELECT p.* FROM plan p
        WHERE NOT EXISTS (SELECT FROM plan o WHERE o.currency = p.currency AND o.party_id = ANY (p.lineage) AND o.period_from <= p.period_from AND o.period_to >= p.period_to
                            AND (o.party_id <> p.party_id OR o.period_from < p.period_from OR o.period_to > p.period_to) AND NOT (o.party_id <> p.party_id AND p.party_id = ANY (o.lineage)))
    )
    SELECT w.party_id, w.lab_id, w.currency, w.period_from, w.period_to, w.amount_low, w.amount, w.amount_high,
           EXISTS (SELECT FROM whole o WHERE o.currency = w.currency AND (o.party_id = ANY (w.lineage) OR w.party_id = ANY (o.lineage)) AND o.period_from <= w.period_to AND o.period_to >= w.period_from
                     AND (o.party_id <> w.party_id OR o.period_from <> w.period_from OR o.period_to <> w.period_to)) AS is_overlapping, w.last_recorded_at
    FROM whole w;
    COMMENT ON VIEW spend_plan IS 'Plans of what to spend on compute in periods that end after the effective date, without those that another contains: one of the same party for a longer period, or of a party above it in its group for as long or longer. Sources that differ on one period are a range; plans that are conditional are none. is_overlapping: shares days with another that neither contains. Key: (party_id, currency, period_from, period_to).';

    CREATE VIEW link_in_force WITH (security_invoker) AS
    SELECT k.kind, coalesce(a.group_id, k.party_id) AS party_id, coalesce(b.group_id, k.other_id) AS other_id, k.valid_from, k.valid_to, k.share, k.recorded_at
    FROM clock c
    JOIN party_link_known k ON k.valid_from <= c.effective_date AND k.valid_to > c.effective_date
    LEFT JOIN party_group a ON a.as_at = c.effective_date AND a.party_id = k.party_id
    LEFT JOIN party_group b ON b.as_at = c.effective_date AND b.party_id = k.other_id;
    COMMENT ON VIEW link_in_force IS 'Links between parties that hold at the effective date, by group. Not unique.';

    CREATE VIEW network_finding WITH (security_invoker) AS
    SELECT f.finding, f.severity, f.subject, f.subject_id, NULL::date AS period_month, f.row_count, f.detail
    FROM (
        SELECT 'ownership_above_one' AS finding, 'error' AS severity, 'party' AS subject, e.owned_id AS subject_id, count(*) AS row_count,
               format('its owners hold %s of it together: left out of the look-through', trim_scale(max(e.total))) AS detail
        FROM ownership_edge e WHERE e.total > 1 GROUP BY e.owned_id
        UNION ALL
        SELECT 'ownership_unresolved', 'error', 'party', e.owned_id, count(*),
               format('%s of it is held by %s, in a circle of owners that leaves nobody outside: left out of the look-through', trim_scale(sum(e.share)), string_agg(e.owner_id, ', ' ORDER BY e.owner_id))
        FROM ownership_edge e
        CROSS JOIN ownership_graph g
        LEFT JOIN look_through_if_open(g.graph) l ON l.owner = e.owner_id AND l.owned = e.owned_id
        WHERE e.total <= 1 AND l.owned IS NULL GROUP BY e.owned_id
        UNION ALL
        SELECT 'primary_provider_not_largest', 'warning', 'party', p.party_id, count(DISTINCT p.other_id),
               format('%s is declared its main provider, but most is contracted with %s', string_agg(DISTINCT p.other_id, ', '), string_agg(DISTINCT t.provider_id, ', '))
        FROM link_in_force p
        JOIN (SELECT a.lab_id, a.provider_id, rank() OVER (PARTITION BY a.lab_id, a.currency ORDER BY a.amount DESC) AS place FROM provider_amount a CROSS JOIN clock c
              WHERE a.as_at = c.effective_date AND a.measure = 'contract_value' AND a.scope = 'compute' AND a.amount > 0) t ON t.lab_id = p.party_id AND t.place = 1
        WHERE p.kind = 'primary_provider'
        -- The largest in one currency is large enough, and so is one of equals.
        GROUP BY p.party_id HAVING NOT bool_or(p.other_id = t.provider_id)
        UNION ALL
        SELECT 'spend_plans_overlap', 'warning', 'party', n.lab_id, count(*),
               format('plans of compute spend overlap, and neither contains the other: %s; what is planned is a range',
                      string_agg(format('%s from %s to %s', n.party_id, to_char(n.period_from, 'YYYY-MM-DD'), to_char(n.period_to, 'YYYY-MM-DD')), ', ' ORDER BY n.period_from, n.period_to, n.party_id))
        FROM spend_plan n WHERE n.is_overlapping GROUP BY n.lab_id
        UNION ALL
        SELECT 'flows_out_of_range', 'error', 'currency', x.currency, count(*), 'the flows add up to more than a graph holds: no circles are shown'
        FROM (SELECT e.currency FROM flow_edge e GROUP BY e.grouping_level, e.scope, e.bound, e.currency HAVING sum(e.amount) >= 2590000000000000000) x
        GROUP BY x.currency
    ) f;
    COMMENT ON VIEW network_finding IS 'Findings about ownership, declared providers and plans, in the columns of data_quality. Key: (finding, subject, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_network_views() IS 'Internal: part of create_ledger. Flows of money, ownership and customers, item by item.';

CREATE FUNCTION chipbook.create_report_network_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW circular_flow WITH (security_invoker) AS
    SELECT g.grouping_level, g.scope, g.bound, g.currency, c.cycle::bigint AS cycle, o.effective_date AS as_at, array_to_string(c.parties, ' > ') AS parties, c.length::bigint AS length,
           publishable(c.amount)::numeric(38,15) AS amount, publishable(c.largest)::numeric(38,15) AS largest_flow, w.weakest_legal_status, c.complete AS is_complete,
           g.last_recorded_at
    FROM flow_graph g
    CROSS JOIN clock o
    CROSS JOIN LATERAL cycles(g.graph) c
    CROSS JOIN LATERAL (
        SELECT (legal_statuses())[min(e.status_rank)] AS weakest_legal_status
        FROM unnest(c.parties) WITH ORDINALITY p (payer_id, place)
        JOIN flow_edge e ON e.grouping_level = g.grouping_level AND e.scope = g.scope AND e.bound = g.bound AND e.currency = g.currency AND e.payer_id = p.payer_id
         AND e.payee_id = c.parties[p.place % cardinality(c.parties) + 1]) w;
    COMMENT ON VIEW circular_flow IS 'Money that comes back: each circle of payments between parties, or between groups, at the effective date, of up to 8 parties. Key: (grouping_level, scope, bound, currency, cycle). amount is its smallest flow, what can have gone all the way round. Circles overlap: not additive; what all of them come to at most is in circular_total.';
    COMMENT ON COLUMN circular_flow.grouping_level IS 'party: each party by itself; group: segments and controlled parties stand for the top of their group, which can close circles that parties leave open. Never add the two.';
    COMMENT ON COLUMN circular_flow.scope IS 'stated: commitments of investors and contracts of customers, however firm; binding: those that bind; paid: flows of money that were paid.';
    COMMENT ON COLUMN circular_flow.bound IS 'least: the least that the words of each amount allow (of up to 10, nothing), and nothing where they set no lower bound; most: the most, and where nothing bounds it the known part.';
    COMMENT ON COLUMN circular_flow.weakest_legal_status IS 'The weakest status of anything on the circle: it is no firmer than that.';
    COMMENT ON COLUMN circular_flow.is_complete IS 'Whether all circles are shown; false: more than a thousand, or longer ones than 8 may exist.';

    CREATE VIEW circular_edge WITH (security_invoker) AS
    SELECT g.grouping_level, g.scope, g.bound, g.currency, e.payer AS payer_id, e.payee AS payee_id, o.effective_date AS as_at, f.kinds, (legal_statuses())[f.status_rank] AS weakest_legal_status,
           publishable(e.weight)::numeric(38,15) AS amount, publishable(e.circulating)::numeric(38,15) AS circulating, publishable(e.outside)::numeric(38,15) AS outside, f.last_recorded_at
    FROM flow_graph g
    CROSS JOIN clock o
    CROSS JOIN LATERAL max_circulation(g.graph) e
    JOIN flow_edge f ON f.grouping_level = g.grouping_level AND f.scope = g.scope AND f.bound = g.bound AND f.currency = g.currency AND f.payer_id = e.payer AND f.payee_id = e.payee;
    COMMENT ON VIEW circular_edge IS 'What of each flow between parties, or groups, can be part of circles, all circles together (the largest circulation), and what is outside money. Key: (grouping_level, scope, bound, currency, payer_id, payee_id). amount = circulating + outside; additive within a grouping_level, scope, bound and currency.';

    CREATE VIEW circular_party WITH (security_invoker) AS
    SELECT g.grouping_level, g.scope, g.bound, g.currency, p.party AS party_id, o.effective_date AS as_at, publishable(p.circulating)::numeric(38,15) AS circulating,
           publishable(p.paid)::numeric(38,15) AS paid, publishable(p.received)::numeric(38,15) AS received, g.last_recorded_at
    FROM flow_graph g CROSS JOIN clock o CROSS JOIN LATERAL party_circulation(g.graph) p;
    COMMENT ON VIEW circular_party IS 'How much of the largest circulation goes through each party or group. Key: (grouping_level, scope, bound, currency, party_id). What circulates through several parties is in each: not additive.';

    CREATE VIEW circular_total WITH (security_invoker) AS
    SELECT g.grouping_level, g.scope, g.bound, g.currency, o.effective_date AS as_at, publishable(circulation_edge_sum(g.graph))::numeric(38,15) AS circulation_edge_sum,
           publishable(total_weight(g.graph))::numeric(38,15) AS total,
           (SELECT count(*) FROM (SELECT FROM components(g.graph) c WHERE c.size > 1 GROUP BY c.component) x) AS components,
           (SELECT count(*) FROM components(g.graph) c WHERE c.size > 1) AS parties_in_circles,
           g.unknowns AS unknown_count, g.last_recorded_at
    FROM flow_graph g CROSS JOIN clock o;
    COMMENT ON VIEW circular_total IS 'The largest circulation, added up over its flows. Key: (grouping_level, scope, bound, currency). circulation_edge_sum counts what goes round a circle of three three times, once in each flow, as total does: their ratio is the part of all flows that can be circular.';
    COMMENT ON COLUMN circular_total.components IS 'Sets of parties each of which reaches each other by payments (strongly connected components of two or more).';
    COMMENT ON COLUMN circular_total.unknown_count IS 'Items that their words do not bound on this side (bound), counted with what is known of them or with nothing: of the least it is not known how much they add, and the most may be more.';

    CREATE VIEW round_trip_flow WITH (security_invoker) AS
    SELECT g.grouping_level, g.scope, g.bound, g.currency, r.party AS party_id, r.counterparty AS counterparty_id, o.effective_date AS as_at,
           publishable(r.paid)::numeric(38,15) AS paid, publishable(r.received)::numeric(38,15) AS received, publishable(r.amount)::numeric(38,15) AS round_trip,
           publishable(r.share_of_paid)::numeric(38,15) AS share_of_paid, publishable(r.share_of_received)::numeric(38,15) AS share_of_received, g.last_recorded_at
    FROM flow_graph g CROSS JOIN clock o CROSS JOIN LATERAL round_trip(g.graph) r;
    COMMENT ON VIEW round_trip_flow IS 'Pairs of parties or groups that pay each other. Key: (grouping_level, scope, bound, currency, party_id, counterparty_id). round_trip = the smaller of both; share_of_received: the part of what the party is paid that it paid the counterparty itself (of a supplier that funds its customer, the self-funded part of its revenue); share_of_paid: the part of what it paid that came back. Not additive.';

    CREATE VIEW ownership_look_through WITH (security_invoker) AS
    SELECT l.owner AS owner_id, l.owned AS owned_id, o.effective_date AS as_at, publishable(e.share)::numeric(38,15) AS direct_share,
           publishable(l.share::numeric)::numeric(38,15) AS share, g.last_recorded_at
    FROM ownership_graph g
    CROSS JOIN clock o
    CROSS JOIN LATERAL look_through_if_open(g.graph) l
    LEFT JOIN ownership_edge e ON e.owner_id = l.owner AND e.owned_id = l.owned
    WHERE l.owner <> l.owned;
    COMMENT ON VIEW ownership_look_through IS 'The share of each party that another holds, directly and through others, loops taken out (integrated ownership), at the effective date. Key: (owner_id, owned_id). 0 to 1. Owners in a chain both have it: not additive over owners. Without what parties hold that own each other wholly, so that nobody outside has a part of them (a finding); all other shares stand.';

    CREATE VIEW investment_look_through WITH (security_invoker) AS
    SELECT l.owner_id, l.owned_id AS through_id, t.counterparty_id, t.exposure_class, t.direction, t.measurement, t.legal_status, t.tier, t.side, t.currency, t.as_at, l.share,
           publishable(t.committed_low * l.share)::numeric(38,15) AS committed_low, publishable(t.committed * l.share)::numeric(38,15) AS committed,
           publishable(t.committed_high * l.share)::numeric(38,15) AS committed_high,
           publishable(t.expected_low * l.share)::numeric(38,15) AS expected_low, publishable(t.expected * l.share)::numeric(38,15) AS expected,
           publishable(t.expected_high * l.share)::numeric(38,15) AS expected_high,
           publishable(t.carrying_amount * l.share)::numeric(38,15) AS carrying_amount, t.unknown_count, greatest(t.last_recorded_at, l.last_recorded_at) AS last_recorded_at
    FROM ownership_look_through l
    JOIN exposure_total t ON t.investor_id = l.owned_id AND t.grouping_level = 'party' AND t.as_at = l.as_at;
    COMMENT ON VIEW investment_look_through IS 'What a party has at stake through the parties it owns: its share of their exposure, at the effective date. Key: (owner_id, through_id, counterparty_id, exposure_class, direction, measurement, legal_status, tier, side, currency). Amounts in units of currency, as in investment_exposure, to which this is beside and not in addition: never add the two.';

    CREATE VIEW customer_share WITH (security_invoker) AS
    SELECT s.supplier_id, s.currency, s.as_at, s.customer_id, publishable(s.amount)::numeric(38,15) AS amount,
           publishable(s.amount / nullif(sum(s.amount) OVER w, 0) + 0.00000000000000000000)::numeric(38,15) AS share, s.deal_count, s.unknown_count, s.last_recorded_at
    FROM (SELECT d.supplier_id, d.currency, d.as_at, d.customer_id, sum(d.amount) AS amount, count(*) AS deal_count, count(*) - count(d.amount) AS unknown_count, max(d.recorded_at) AS last_recorded_at
          FROM customer_deal d GROUP BY d.supplier_id, d.currency, d.as_at, d.customer_id) s
    WINDOW w AS (PARTITION BY s.supplier_id, s.currency, s.as_at);
    COMMENT ON VIEW customer_share IS 'Each customer''s part of a supplier''s binding contracts, at every month end and at the effective date. Key: (supplier_id, currency, as_at, customer_id). amount: contract value, in units of currency, NULL when no deal tells; unknown_count deals have none.';
    COMMENT ON COLUMN customer_share.supplier_id IS 'The supplier, with the parties it controls; the parties above it have rows of their own.';

    CREATE VIEW customer_concentration WITH (security_invoker) AS
    SELECT s.supplier_id, s.currency, s.as_at, count(*) AS customers, publishable(sum(s.amount))::numeric(38,15) AS total,
           publishable(10000 * sum(s.amount * s.amount) / nullif(sum(s.amount), 0) / sum(s.amount) + 0.00000000000000000000)::numeric(38,15) AS hhi,
           publishable(sum(s.amount) * sum(s.amount) / nullif(sum(s.amount * s.amount), 0) + 0.00000000000000000000)::numeric(38,15) AS effective_number,
           (array_agg(s.customer_id ORDER BY s.amount DESC NULLS LAST, s.customer_id))[1] AS top_customer_id,
           publishable(max(s.amount) / nullif(sum(s.amount), 0) + 0.00000000000000000000)::numeric(38,15) AS top_share,
           sum(s.deal_count)::bigint AS deal_count, sum(s.unknown_count)::bigint AS unknown_count, max(s.last_recorded_at) AS last_recorded_at
    FROM customer_share s
    GROUP BY s.supplier_id, s.currency, s.as_at;
    COMMENT ON VIEW customer_concentration IS 'How concentrated a supplier''s customers are, by contract value, at every month end and at the effective date. Key: (supplier_id, currency, as_at). Figures as in provider_concentration; nothing here is additive.';
    COMMENT ON COLUMN customer_concentration.hhi IS '10000 x sum of squared shares; NULL when no amount is known.';
    COMMENT ON COLUMN customer_concentration.effective_number IS '10000 / hhi: how many equal customers would be as concentrated.';

    CREATE VIEW customer_overlap WITH (security_invoker) AS
    SELECT a.supplier_id, a.customer_id, b.customer_id AS rival_id, a.currency, a.as_at, a.amount, b.amount AS rival_amount,
           greatest(a.last_recorded_at, b.last_recorded_at, max(k.recorded_at)) AS last_recorded_at
    FROM customer_share a
    JOIN customer_share b ON b.supplier_id = a.supplier_id AND b.as_at = a.as_at AND b.currency = a.currency
    JOIN link_in_force k ON k.kind = 'competitor' AND (k.party_id, k.other_id) IN ((a.customer_id, b.customer_id), (b.customer_id, a.customer_id))
    WHERE a.as_at = (SELECT effective_date FROM clock) AND a.customer_id < b.customer_id
    GROUP BY a.supplier_id, a.customer_id, b.customer_id, a.currency, a.as_at, a.amount, b.amount, a.last_recorded_at, b.last_recorded_at;
    COMMENT ON VIEW customer_overlap IS 'Suppliers that serve two who compete with each other, at the effective date. Key: (supplier_id, customer_id, rival_id, currency). Amounts: contract values, in units of currency, NULL = not known.';

    CREATE VIEW provider_lock_in WITH (security_invoker) AS
    SELECT m.lab_id, m.provider_id, m.currency, m.as_at, publishable(m.amount)::numeric(38,15) AS commitment_left, publishable(m.amount_low)::numeric(38,15) AS commitment_left_low,
           publishable(p.amount_low)::numeric(38,15) AS planned_spend_low, publishable(p.amount)::numeric(38,15) AS planned_spend, publishable(p.amount_high)::numeric(38,15) AS planned_spend_high,
           publishable(m.amount / nullif(p.amount, 0) + 0.00000000000000000000)::numeric(38,15) AS lock_in_index,
           EXISTS (SELECT FROM link_in_force k WHERE k.kind = 'exclusive_provider' AND k.party_id = m.lab_id AND k.other_id = m.provider_id) AS is_exclusive,
           EXISTS (SELECT FROM link_in_force k WHERE k.kind = 'right_of_first_refusal' AND k.party_id = m.lab_id AND k.other_id = m.provider_id) AS has_first_refusal,
           EXISTS (SELECT FROM link_in_force k WHERE k.kind = 'primary_provider' AND k.party_id = m.lab_id AND k.other_id = m.provider_id) AS is_declared_primary,
           m.rank = 1 AND m.amount IS NOT NULL AS is_largest, m.deal_count, m.unknown_count, greatest(m.last_recorded_at, p.last_recorded_at) AS last_recorded_at
    FROM (SELECT l.lab_id, l.provider_id, l.currency, l.as_at, sum(l.amount) AS amount, sum(l.amount_low) AS amount_low, count(*) AS deal_count, count(*) - count(l.amount) AS unknown_count,
                 rank() OVER (PARTITION BY l.lab_id, l.currency ORDER BY sum(l.amount) DESC NULLS LAST) AS rank, max(l.last_recorded_at) AS last_recorded_at
          FROM (SELECT coalesce(h.group_id, r.customer_id) AS lab_id, coalesce(g.group_id, r.supplier_id) AS provider_id, r.currency, r.as_at,
                       r.remaining AS amount, r.remaining_low AS amount_low, r.last_recorded_at
                FROM contract_remaining r
                JOIN clock c ON r.as_at = c.effective_date
                JOIN deal_exposure d ON d.deal_id = r.deal_id AND d.as_at = r.as_at AND d.side = 'uses' AND d.contained_in IS NULL
                LEFT JOIN party_group g ON g.as_at = r.as_at AND g.party_id = r.supplier_id
                LEFT JOIN party_group h ON h.as_at = r.as_at AND h.party_id = r.customer_id
                WHERE r.is_binding AND r.tier <> 'programme' AND r.deal_kind IN ('cloud', 'capacity', 'chips')
                  AND coalesce(g.group_id, r.supplier_id) <> coalesce(h.group_id, r.customer_id)) l
          GROUP BY l.lab_id, l.provider_id, l.currency, l.as_at) m
    LEFT JOIN (
        -- Of plans that overlap, the largest is planned at least, and at most all of them.
        SELECT n.lab_id, n.currency, CASE WHEN bool_or(n.is_overlapping) THEN max(n.amount_low) ELSE sum(n.amount_low) END AS amount_low,
               CASE WHEN count(*) = count(n.amount) AND NOT bool_or(n.is_overlapping) THEN sum(n.amount) END AS amount,
               CASE WHEN count(*) = count(n.amount_high) THEN sum(n.amount_high) END AS amount_high, max(n.last_recorded_at) AS last_recorded_at
        FROM spend_plan n GROUP BY n.lab_id, n.currency) p ON p.lab_id = m.lab_id AND p.currency = m.currency;
    COMMENT ON VIEW provider_lock_in IS 'How far a group is bound to each provider at the effective date. Key: (lab_id, provider_id, currency). commitment_left: what binding contracts leave to be bought (contract_remaining), in units of currency; additive per lab and currency.';
    COMMENT ON COLUMN provider_lock_in.planned_spend IS 'All that the lab plans to spend on compute in periods that end after as_at (party_figure, planned_compute_spend), each plan once: one inside a longer one of the same party, or inside one of a party above it in its group, is a part of that and not added. NULL when a plan has no single amount, and when plans overlap that neither contains (a finding); planned_spend_low and planned_spend_high are bounds then, and NULL where nothing bounds.';
    COMMENT ON COLUMN provider_lock_in.lock_in_index IS 'commitment_left / planned_spend: above 1, more is bound than planned. NULL where planned_spend is.';
    COMMENT ON COLUMN provider_lock_in.is_largest IS 'The provider with most left to be bought; beside is_declared_primary it shows whether the declared main provider is the real one.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_network_views() IS 'Internal: part of create_ledger. The views circular_flow, circular_edge, circular_party, circular_total, round_trip_flow, ownership_look_through, investment_look_through, customer_share, customer_concentration, customer_overlap and provider_lock_in.';
