-- Who owns, owes and buys from whom, over time: holdings from their events, deals from both
-- sides, the group roll-up, provider concentration, capacity and site capex.
--
-- Amounts are ranges in three columns, X_low, X and X_high. A lower bound is what is known at
-- least (no amount is negative, so an unknown one only lifts it); a point or an upper bound is
-- NULL as soon as one part of it is not determined. Whatever was not known at all is counted.

CREATE FUNCTION chipbook.legal_statuses() RETURNS text[]
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN ARRAY['rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid'];
COMMENT ON FUNCTION chipbook.legal_statuses() IS 'The legal statuses of a holding event, deal or flow of money, from the weakest to the firmest. signed, closed and paid bind; terminated stands outside.';

CREATE FUNCTION chipbook.is_binding(legal_status text) RETURNS boolean
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN legal_status IN ('signed', 'closed', 'paid');
COMMENT ON FUNCTION chipbook.is_binding(text) IS 'Whether a legal status binds: signed, closed or paid. NULL for NULL.';

CREATE FUNCTION chipbook.create_ledger_exposure_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Facts with their amounts as ranges

    CREATE VIEW holding_event_range WITH (security_invoker) AS
    SELECT e.event_id, e.holding_id, e.investor_id, e.investee_id, e.kind, e.happened_from, e.happened_to,
           e.currency::text AS currency, e.legal_status, array_position(legal_statuses(), e.legal_status) AS status_rank,
           coalesce(e.probability, p.probability) AS probability, greatest(e.recorded_at, CASE WHEN e.probability IS NULL THEN p.recorded_at END) AS recorded_at, a.amount_low,
           CASE WHEN e.qualifier IN ('exactly', 'about') THEN coalesce(amount(e.amount), CASE WHEN a.amount_low = a.amount_high THEN a.amount_low END)
                -- The number in 'up to 10' is its bound; another number beside the bound is an estimate.
                WHEN amount(e.amount) <> a.bound THEN amount(e.amount) END AS amount,
           a.amount_high
    FROM holding_event_known e
    LEFT JOIN status_probability_known p ON p.legal_status = e.legal_status
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.qualifier = 'up_to' THEN coalesce(amount(e.amount_low), 0)
                    WHEN e.qualifier = 'nearly' THEN amount(e.amount_low)
                    ELSE coalesce(amount(e.amount_low), amount(e.amount)) END AS amount_low,
               CASE WHEN e.qualifier IN ('more_than', 'at_least') THEN amount(e.amount_high)
                    ELSE coalesce(amount(e.amount_high), amount(e.amount)) END AS amount_high,
               CASE WHEN e.qualifier IN ('more_than', 'at_least') THEN coalesce(amount(e.amount_low), amount(e.amount))
                    ELSE coalesce(amount(e.amount_high), amount(e.amount)) END AS bound) a
    WHERE e.legal_status <> 'terminated';
    COMMENT ON VIEW holding_event_range IS 'Holding events that are not terminated, each amount as [amount_low, amount_high] with its point where one is determined: up to X is [0, X], more than X is [X, unknown), nearly X is (unknown, X]. Key: (event_id).';

    CREATE VIEW deal_range WITH (security_invoker) AS
    SELECT d.deal_id, d.supplier_id, d.customer_id, d.kind, d.currency::text AS currency, d.legal_status,
           array_position(legal_statuses(), d.legal_status) AS status_rank, is_binding(d.legal_status) AS is_firm,
           coalesce(d.probability, p.probability) AS probability, d.parent_deal_id, d.tier, d.side, d.starts_on, d.ends_on,
           greatest(d.recorded_at, CASE WHEN d.probability IS NULL THEN p.recorded_at END) AS recorded_at,
           coalesce(d.signed_on, d.known_on, (d.recorded_at AT TIME ZONE (SELECT time_zone FROM clock))::date) AS exists_from,
           CASE WHEN num_nonnulls(d.amount_low, d.amount_high) = 0 THEN amount(d.amount) ELSE amount(d.amount_low) END AS amount_low,
           coalesce(amount(d.amount), CASE WHEN d.amount_low = d.amount_high THEN amount(d.amount_low) END) AS amount,
           CASE WHEN num_nonnulls(d.amount_low, d.amount_high) = 0 THEN amount(d.amount) ELSE amount(d.amount_high) END AS amount_high
    FROM deal_known d LEFT JOIN status_probability_known p ON p.legal_status = d.legal_status
    WHERE d.legal_status <> 'terminated' AND NOT (d.delivery_stage = 'ended' AND d.ends_on IS NULL);
    COMMENT ON VIEW deal_range IS 'Deals that are not terminated, with their amount as a range and the day from which they exist: signed_on, else the day the source or the ledger knew of them. An amount without bounds is exact. Key: (deal_id).';

    -- Fifty years back at most: a mistyped year must not make thousands of dates.
    CREATE VIEW exposure_date WITH (security_invoker) AS
    SELECT m.month_start::date - 1 AS as_at
    FROM generate_series(
             (SELECT date_trunc('month', greatest(min(f.first_day), (c.effective_date - interval '50 years')::date)::timestamp) + interval '1 month'
              FROM clock c,
                   (SELECT e.happened_from AS first_day FROM holding_event_known e
                    UNION ALL SELECT d.exists_from FROM deal_range d) f
              WHERE f.first_day <= c.effective_date GROUP BY c.effective_date),
             (SELECT effective_date::timestamp FROM clock), interval '1 month') m (month_start)
    UNION ALL
    SELECT c.effective_date FROM clock c;
    COMMENT ON VIEW exposure_date IS 'The dates at which exposure is shown: every month end from the first holding event or deal on, fifty years back at most, and the effective date. Key: (as_at).';

    -- Groups

    CREATE VIEW party_parent WITH (security_invoker) AS
    SELECT DISTINCT ON (d.as_at, r.party_id) d.as_at, r.party_id, r.parent_id
    FROM exposure_date d
    JOIN relation_known r ON r.valid_from <= d.as_at AND r.valid_to > d.as_at
    WHERE r.kind IN ('segment', 'control')
    ORDER BY d.as_at, r.party_id, r.kind DESC, r.share DESC NULLS LAST, r.parent_id;
    COMMENT ON VIEW party_parent IS 'The one parent a party rolls up to at a date: of several, the one it is a segment of, then the one with the largest share, then by name. Sponsors are no parents. Key: (as_at, party_id).';

    -- A loop in the relations ends the climb where it closes, and all its members get one
    -- name, the first in the order of the alphabet.
    CREATE VIEW party_group WITH (security_invoker) AS
    WITH RECURSIVE climb AS (
        SELECT p.as_at, p.party_id, p.parent_id AS top_id, ARRAY[p.party_id, p.parent_id] AS path, false AS is_looped
        FROM party_parent p
        UNION ALL
        SELECT c.as_at, c.party_id, p.parent_id, c.path || p.parent_id, p.parent_id = ANY (c.path)
        FROM climb c JOIN party_parent p ON p.as_at = c.as_at AND p.party_id = c.top_id
        WHERE NOT c.is_looped
    )
    SELECT DISTINCT ON (c.as_at, c.party_id) c.as_at, c.party_id,
           CASE WHEN c.is_looped THEN (SELECT min(m.party_id) FROM unnest(c.path[array_position(c.path, c.top_id):]) m (party_id))
                ELSE c.top_id END AS group_id,
           CASE WHEN c.is_looped THEN c.path[1:cardinality(c.path) - 1] ELSE c.path END AS lineage, c.is_looped
    FROM climb c
    ORDER BY c.as_at, c.party_id, cardinality(c.path) DESC;
    COMMENT ON VIEW party_group IS 'The top of the group a party belongs to at a date, through segments and control, and the lineage from the party up to it. Parties without a parent have no row: they are their own group. is_looped: the relations run in a circle. Key: (as_at, party_id).';

    -- Holdings

    -- Undrawn and expected are taken commitment by commit: what was committed first is drawn first.
    CREATE VIEW holding_exposure WITH (security_invoker) AS
    SELECT h.holding_id, h.investor_id, h.investee_id, h.currency, h.as_at,
           CASE WHEN h.is_drawn THEN 'funded_asset' ELSE 'undrawn_commitment' END AS exposure_class,
           (legal_statuses())[h.status_rank] AS legal_status, h.commits > 0 AS has_commitment,
           CASE WHEN h.commits > 0 THEN h.committed_low ELSE h.drawn_low END AS committed_low,
           CASE WHEN h.commits > 0 THEN h.committed ELSE h.drawn END AS committed,
           CASE WHEN h.commits > 0 THEN h.committed_high ELSE h.drawn_high END AS committed_high,
           h.drawn_low, h.drawn, h.drawn_high,
           CASE WHEN h.commits = 0 OR h.committed_low <= h.drawn_high THEN 0 ELSE h.committed_low - h.drawn_high END AS undrawn_low,
           CASE WHEN h.commits = 0 OR h.committed <= h.drawn THEN 0 ELSE h.committed - h.drawn END AS undrawn,
           CASE WHEN h.commits = 0 OR h.committed_high <= h.drawn_low THEN 0 ELSE h.committed_high - h.drawn_low END AS undrawn_high,
           h.drawn_low + x.from_undrawn_low AS expected_low, h.drawn + x.from_undrawn AS expected, h.drawn_high + x.from_undrawn_high AS expected_high,
           CASE WHEN h.drawn_low <= h.reduced_high THEN 0 ELSE h.drawn_low - h.reduced_high END AS carrying_amount_low,
           CASE WHEN h.drawn <= h.reduced THEN 0 ELSE h.drawn - h.reduced END AS carrying_amount,
           CASE WHEN h.drawn_high <= h.reduced_low THEN 0 ELSE h.drawn_high - h.reduced_low END AS carrying_amount_high,
           h.has_unknown, coalesce(x.lacks_probability, false) AS lacks_probability, h.last_recorded_at
    FROM (
        SELECT r.holding_id, r.investor_id, r.investee_id, r.currency, r.as_at,
               min(r.status_rank) AS status_rank, bool_or(r.has_unknown) AS has_unknown, max(r.last_recorded_at) AS last_recorded_at,
               coalesce(max(r.events) FILTER (WHERE r.role = 'commit'), 0) AS commits,
               max(r.amount_low) FILTER (WHERE r.role = 'commit') AS committed_low,
               max(r.amount) FILTER (WHERE r.role = 'commit') AS committed,
               max(r.amount_high) FILTER (WHERE r.role = 'commit') AS committed_high,
               max(r.lows) FILTER (WHERE r.role = 'commit') AS lows,
               max(r.points) FILTER (WHERE r.role = 'commit') AS points,
               max(r.highs) FILTER (WHERE r.role = 'commit') AS highs,
               max(r.probabilities) FILTER (WHERE r.role = 'commit') AS probabilities,
               -- No event is a certain nothing; an event of unknown amount is not.
               CASE WHEN bool_or(r.role = 'draw') THEN max(r.amount_low) FILTER (WHERE r.role = 'draw') ELSE 0 END AS drawn_low,
               CASE WHEN bool_or(r.role = 'draw') THEN max(r.amount) FILTER (WHERE r.role = 'draw') ELSE 0 END AS drawn,
               CASE WHEN bool_or(r.role = 'draw') THEN max(r.amount_high) FILTER (WHERE r.role = 'draw') ELSE 0 END AS drawn_high,
               CASE WHEN bool_or(r.role = 'reduce') THEN max(r.amount_low) FILTER (WHERE r.role = 'reduce') ELSE 0 END AS reduced_low,
               CASE WHEN bool_or(r.role = 'reduce') THEN max(r.amount) FILTER (WHERE r.role = 'reduce') ELSE 0 END AS reduced,
               CASE WHEN bool_or(r.role = 'reduce') THEN max(r.amount_high) FILTER (WHERE r.role = 'reduce') ELSE 0 END AS reduced_high,
               coalesce(bool_or(r.is_certain) FILTER (WHERE r.role = 'draw'), false) AS is_drawn
        FROM (
            SELECT e.holding_id, e.investor_id, e.investee_id, e.currency, d.as_at, e.role, count(*) AS events,
                   sum(w.amount_low) AS amount_low,
                   CASE WHEN count(*) = count(w.amount) THEN sum(w.amount) END AS amount,
                   CASE WHEN count(*) = count(e.amount_high) THEN sum(e.amount_high) END AS amount_high,
                   array_agg(w.amount_low ORDER BY e.happened_from, e.event_id) AS lows,
                   array_agg(w.amount ORDER BY e.happened_from, e.event_id) AS points,
                   array_agg(e.amount_high ORDER BY e.happened_from, e.event_id) AS highs,
                   array_agg(e.probability ORDER BY e.happened_from, e.event_id) AS probabilities,
                   min(e.status_rank) AS status_rank, max(e.recorded_at) AS last_recorded_at,
                   bool_or(num_nonnulls(e.amount_low, e.amount, e.amount_high) = 0) AS has_unknown,
                   bool_or(e.happened_to <= d.as_at AND e.amount_high IS DISTINCT FROM 0) AS is_certain
            FROM exposure_date d
            JOIN (SELECT v.*, CASE v.kind WHEN 'commit' THEN 'commit' WHEN 'draw' THEN 'draw' WHEN 'opening' THEN 'draw' ELSE 'reduce' END AS role
                  FROM holding_event_range v WHERE v.kind <> 'convert') e ON e.happened_from <= d.as_at
            -- Inside its range of dates an event may have happened or not.
            CROSS JOIN LATERAL (SELECT CASE WHEN e.happened_to <= d.as_at THEN e.amount_low ELSE 0 END AS amount_low,
                                       CASE WHEN e.happened_to <= d.as_at THEN e.amount END AS amount) w
            GROUP BY e.holding_id, e.investor_id, e.investee_id, e.currency, d.as_at, e.role
        ) r
        GROUP BY r.holding_id, r.investor_id, r.investee_id, r.currency, r.as_at
    ) h
    CROSS JOIN LATERAL (
        SELECT CASE WHEN count(*) = 0 THEN 0
                    WHEN count(u.amount_low) > 0 THEN sum(u.probability * u.above_low) END AS from_undrawn_low,
               CASE WHEN count(*) = 0 THEN 0
                    WHEN count(*) = count(u.weighted) THEN sum(u.weighted) END AS from_undrawn,
               CASE WHEN count(*) = 0 THEN 0
                    WHEN count(*) = count(u.weighted_high) THEN sum(u.weighted_high) END AS from_undrawn_high,
               bool_or(u.probability IS NULL) AS lacks_probability
        FROM (
            -- A commitment without a probability leaves point and upper bound open, unless all of it is drawn.
            SELECT v.*, CASE WHEN v.above = 0 THEN 0 ELSE v.probability * v.above END AS weighted,
                   CASE WHEN v.above_high = 0 THEN 0 ELSE v.probability * v.above_high END AS weighted_high
            FROM (
                -- What of each commitment lies above the amount drawn. CASE, not least and
                -- greatest: those pass over NULL.
                SELECT c.probability, c.amount_low,
                       CASE WHEN c.total_low - h.drawn_low <= 0 THEN 0 WHEN c.total_low - h.drawn_low < c.amount_low THEN c.total_low - h.drawn_low
                            WHEN h.drawn_low IS NOT NULL THEN coalesce(c.amount_low, 0) END AS above_low,
                       CASE WHEN c.total IS NULL THEN NULL WHEN c.total - h.drawn <= 0 THEN 0 WHEN c.total - h.drawn < c.amount THEN c.total - h.drawn
                            WHEN h.drawn IS NOT NULL THEN c.amount END AS above,
                       CASE WHEN c.amount_high IS NULL THEN NULL WHEN c.total_high - h.drawn_high <= 0 THEN 0
                            WHEN c.total_high - h.drawn_high < c.amount_high THEN c.total_high - h.drawn_high
                            WHEN h.drawn_high IS NOT NULL THEN c.amount_high END AS above_high
                FROM (SELECT t.amount_low, t.amount, t.amount_high, t.probability, sum(t.amount_low) OVER earlier AS total_low,
                             CASE WHEN count(*) OVER earlier = count(t.amount) OVER earlier THEN sum(t.amount) OVER earlier END AS total,
                             sum(t.amount_high) OVER earlier AS total_high
                      FROM unnest(h.lows, h.points, h.highs, h.probabilities) WITH ORDINALITY t (amount_low, amount, amount_high, probability, place)
                      WINDOW earlier AS (ORDER BY t.place)) c
            ) v
        ) u
        WHERE (u.above_low = 0 AND u.above_high = 0) IS NOT TRUE
    ) x;
    COMMENT ON VIEW holding_exposure IS 'A holding at a date. Key: (holding_id, investor_id, investee_id, currency, as_at). committed = commit events; drawn = opening and draw events; undrawn = committed - drawn, not below 0; expected = drawn + p x undrawn; carrying_amount = drawn less distributions and impairments, at cost. A holding without a commitment was bought outright: committed = drawn. legal_status is the weakest of its events.';

    -- Deals

    CREATE VIEW deal_ancestor WITH (security_invoker) AS
    WITH RECURSIVE climb AS (
        SELECT d.deal_id, d.parent_deal_id AS ancestor_id FROM deal_known d WHERE d.parent_deal_id IS NOT NULL
        UNION
        SELECT c.deal_id, d.parent_deal_id FROM climb c JOIN deal_known d ON d.deal_id = c.ancestor_id
        WHERE d.parent_deal_id IS NOT NULL
    )
    SELECT c.deal_id, c.ancestor_id, bool_or(c.ancestor_id = c.deal_id) OVER (PARTITION BY c.deal_id) AS in_loop
    FROM climb c;
    COMMENT ON VIEW deal_ancestor IS 'Every deal that contains a deal. in_loop: the deal contains itself, a mistake in the facts. Key: (deal_id, ancestor_id).';

    CREATE VIEW deal_exposure WITH (security_invoker) AS
    SELECT r.*, d.as_at, k.contained_in
    FROM exposure_date d
    JOIN deal_range r ON r.exists_from <= d.as_at AND (r.ends_on IS NULL OR r.ends_on > d.as_at)
    LEFT JOIN (
        SELECT a.deal_id, l.as_at, min(p.deal_id) AS contained_in
        FROM deal_ancestor a
        JOIN deal_range c ON c.deal_id = a.deal_id
        JOIN deal_range p ON p.deal_id = a.ancestor_id AND p.tier = c.tier AND p.side = c.side AND (p.is_firm OR NOT c.is_firm)
        JOIN exposure_date l ON p.exists_from <= l.as_at AND (p.ends_on IS NULL OR p.ends_on > l.as_at)
        WHERE NOT a.in_loop
        GROUP BY a.deal_id, l.as_at) k ON k.deal_id = r.deal_id AND k.as_at = d.as_at;
    COMMENT ON VIEW deal_exposure IS 'A deal at a date, from the day it exists until ends_on. Key: (deal_id, as_at). contained_in: a deal above it, of the same tier and side, that stands at that date and already holds the same money; such a deal is in no total. A deal of another tier or side has rows of its own, which are not added; and a binding deal (signed, closed) is not contained in one that does not bind.';

    -- Both, from the side of each party

    CREATE VIEW exposure_item WITH (security_invoker) AS
    SELECT 'holding' AS item_kind, h.holding_id AS item_id, h.investor_id, h.investee_id AS counterparty_id, h.exposure_class,
           CASE WHEN h.exposure_class = 'funded_asset' THEN 'asset' ELSE 'obligation' END AS direction, 'cost' AS measurement,
           h.legal_status, 'prime' AS tier, 'sources' AS side, h.currency, h.as_at,
           h.committed_low, h.committed, h.committed_high, h.drawn_low, h.drawn, h.drawn_high,
           h.undrawn_low, h.undrawn, h.undrawn_high, h.expected_low, h.expected, h.expected_high,
           h.carrying_amount_low, h.carrying_amount, h.carrying_amount_high,
           h.has_unknown, h.lacks_probability, h.last_recorded_at
    FROM holding_exposure h
    UNION ALL
    SELECT 'deal', d.deal_id, s.investor_id, s.counterparty_id, s.exposure_class, s.direction, 'contract_value',
           d.legal_status, d.tier, d.side, d.currency, d.as_at,
           d.amount_low, d.amount, d.amount_high, NULL, NULL, NULL, NULL, NULL, NULL,
           d.probability * d.amount_low, d.probability * d.amount, d.probability * d.amount_high, NULL, NULL, NULL,
           num_nonnulls(d.amount_low, d.amount, d.amount_high) = 0, d.probability IS NULL, d.recorded_at
    FROM deal_exposure d
    CROSS JOIN LATERAL (VALUES
        (d.customer_id, d.supplier_id, CASE WHEN d.kind IN ('guarantee', 'programme') THEN d.kind ELSE 'purchase_obligation' END, 'obligation'),
        (d.supplier_id, d.customer_id, CASE WHEN d.kind IN ('guarantee', 'programme') THEN d.kind ELSE 'future_revenue' END, 'claim')
        ) s (investor_id, counterparty_id, exposure_class, direction)
    WHERE d.contained_in IS NULL;
    COMMENT ON VIEW exposure_item IS 'Each holding and each side of each deal at each date, once. Key: (item_kind, item_id, investor_id, counterparty_id, currency, as_at).';

    CREATE VIEW exposure_total WITH (security_invoker) AS
    SELECT i.grouping_level, i.investor_id, i.counterparty_id, i.exposure_class, i.direction, i.measurement, i.legal_status,
           i.tier, i.side, i.currency, i.as_at,
           sum(i.committed_low) AS committed_low,
           CASE WHEN count(*) = count(i.committed) THEN sum(i.committed) END AS committed,
           CASE WHEN count(*) = count(i.committed_high) THEN sum(i.committed_high) END AS committed_high,
           sum(i.drawn_low) AS drawn_low,
           CASE WHEN count(*) = count(i.drawn) THEN sum(i.drawn) END AS drawn,
           CASE WHEN count(*) = count(i.drawn_high) THEN sum(i.drawn_high) END AS drawn_high,
           sum(i.undrawn_low) AS undrawn_low,
           CASE WHEN count(*) = count(i.undrawn) THEN sum(i.undrawn) END AS undrawn,
           CASE WHEN count(*) = count(i.undrawn_high) THEN sum(i.undrawn_high) END AS undrawn_high,
           sum(i.expected_low) AS expected_low,
           CASE WHEN count(*) = count(i.expected) THEN sum(i.expected) END AS expected,
           CASE WHEN count(*) = count(i.expected_high) THEN sum(i.expected_high) END AS expected_high,
           sum(i.carrying_amount_low) AS carrying_amount_low,
           CASE WHEN count(*) = count(i.carrying_amount) THEN sum(i.carrying_amount) END AS carrying_amount,
           CASE WHEN count(*) = count(i.carrying_amount_high) THEN sum(i.carrying_amount_high) END AS carrying_amount_high,
           count(*) AS item_count, count(*) FILTER (WHERE i.has_unknown) AS unknown_count,
           count(*) FILTER (WHERE i.lacks_probability) AS no_probability_count, max(i.last_recorded_at) AS last_recorded_at
    FROM (
        SELECT 'party' AS grouping_level, p.* FROM exposure_item p
        UNION ALL
        SELECT 'group', g.item_kind, g.item_id, coalesce(a.group_id, g.investor_id), coalesce(b.group_id, g.counterparty_id),
               g.exposure_class, g.direction, g.measurement, g.legal_status, g.tier, g.side, g.currency, g.as_at,
               g.committed_low, g.committed, g.committed_high, g.drawn_low, g.drawn, g.drawn_high,
               g.undrawn_low, g.undrawn, g.undrawn_high, g.expected_low, g.expected, g.expected_high,
               g.carrying_amount_low, g.carrying_amount, g.carrying_amount_high,
               g.has_unknown, g.lacks_probability, g.last_recorded_at
        FROM exposure_item g
        LEFT JOIN party_group a ON a.as_at = g.as_at AND a.party_id = g.investor_id
        LEFT JOIN party_group b ON b.as_at = g.as_at AND b.party_id = g.counterparty_id
        WHERE coalesce(a.group_id, g.investor_id) <> coalesce(b.group_id, g.counterparty_id)
    ) i
    GROUP BY i.grouping_level, i.investor_id, i.counterparty_id, i.exposure_class, i.direction, i.measurement, i.legal_status,
             i.tier, i.side, i.currency, i.as_at;
    COMMENT ON VIEW exposure_total IS 'exposure_item summed between parties (grouping_level party) and between groups, edges inside a group dropped first (grouping_level group). Key: (grouping_level, investor_id, counterparty_id, exposure_class, direction, measurement, legal_status, tier, side, currency, as_at).';

    -- Capacity

    CREATE VIEW capacity_range WITH (security_invoker) AS
    SELECT c.*,
           coalesce(c.low_key > min(c.high_key) OVER same_time OR c.high_key < max(c.low_key) OVER same_time, false) AS is_contradicted,
           c.is_due AND dense_rank() OVER (PARTITION BY c.deal_id, c.site_id, c.chip_model_id, c.metric, c.stage, c.is_due
                                           ORDER BY c.at_date DESC NULLS LAST) = 1 AS is_latest
    FROM (
        SELECT k.capacity_id, k.deal_id, k.site_id, k.chip_model_id, k.metric, k.stage, k.at_date, k.qualifier, k.quantity,
               k.statement, k.source_id, k.known_on, k.recorded_at,
               CASE WHEN k.qualifier IN ('exactly', 'more_than', 'at_least') THEN k.quantity WHEN k.qualifier = 'up_to' THEN 0 END AS quantity_low,
               CASE WHEN k.qualifier IN ('exactly', 'nearly', 'up_to') THEN k.quantity END AS quantity_high,
               -- The bounds in an order in which a low end above a high end is a contradiction,
               -- open ends included: more than 5 against nearly 5, or against exactly 5.
               CASE k.qualifier WHEN 'exactly' THEN ARRAY[k.quantity, 0] WHEN 'at_least' THEN ARRAY[k.quantity, 0] WHEN 'more_than' THEN ARRAY[k.quantity, 1]
                                WHEN 'up_to' THEN ARRAY[0, 0] END AS low_key,
               CASE k.qualifier WHEN 'exactly' THEN ARRAY[k.quantity, 0] WHEN 'up_to' THEN ARRAY[k.quantity, 0]
                                WHEN 'nearly' THEN ARRAY[k.quantity, -1] END AS high_key,
               k.stage NOT IN ('delivered', 'energised', 'loaded', 'in_service') OR k.at_date IS NULL
                   OR k.at_date <= (SELECT effective_date FROM clock) AS is_due
        FROM (SELECT n.capacity_id, n.deal_id, n.site_id, n.chip_model_id, n.metric, n.stage, n.at_date, n.qualifier,
                     publishable(n.quantity) AS quantity, n.statement, n.source_id, n.known_on, n.recorded_at
              FROM capacity_known n) k
    ) c
    WINDOW same_time AS (PARTITION BY c.deal_id, c.site_id, c.chip_model_id, c.metric, c.stage, c.at_date);
    COMMENT ON VIEW capacity_range IS 'Statements about capacity with their bounds. is_contradicted: another statement of the same stage and date excludes it (about excludes nothing). is_latest: the most recent date of its stage, for what is delivered or in service not after the effective date. Key: (capacity_id).';

    CREATE VIEW capacity_stage WITH (security_invoker) AS
    SELECT c.deal_id, c.site_id, c.chip_model_id, c.metric, c.stage, c.at_date,
           min(c.quantity) AS quantity_least, max(c.quantity) AS quantity_most,
           CASE WHEN min(c.quantity) = max(c.quantity) THEN min(c.quantity) END AS quantity,
           string_agg(DISTINCT c.qualifier, ', ') AS qualifiers,
           bool_and(c.qualifier IN ('exactly', 'about')) AND min(c.quantity) = max(c.quantity) AS is_point,
           count(*) AS statements, bool_or(c.is_contradicted) AS is_contradicted, max(c.recorded_at) AS last_recorded_at
    FROM capacity_range c
    WHERE c.is_latest
    GROUP BY c.deal_id, c.site_id, c.chip_model_id, c.metric, c.stage, c.at_date;
    COMMENT ON VIEW capacity_stage IS 'The latest statements of each stage together. quantity is the number they all name, NULL when they name several. Key: (deal_id, site_id, chip_model_id, metric, stage).';

    -- A statement about a whole site stands for the site; else what is said of its deals is added up.
    CREATE VIEW site_stage WITH (security_invoker) AS
    SELECT s.site_id, s.metric, s.stage, max(s.at_date) AS at_date,
           CASE WHEN count(*) = count(s.quantity) THEN sum(s.quantity) END AS quantity,
           CASE WHEN count(*) = count(s.quantity_least) THEN sum(s.quantity_least) END AS quantity_least,
           CASE WHEN count(*) = count(s.quantity_most) THEN sum(s.quantity_most) END AS quantity_most,
           bool_or(s.is_contradicted) AS is_contradicted, max(s.last_recorded_at) AS last_recorded_at
    FROM (SELECT c.*, rank() OVER (PARTITION BY c.site_id, c.metric, c.stage
                                   ORDER BY CASE WHEN c.deal_id IS NOT NULL THEN 2 WHEN c.chip_model_id IS NOT NULL THEN 1 ELSE 0 END) AS choice
          FROM capacity_stage c WHERE c.site_id IS NOT NULL) s
    WHERE s.choice = 1
    GROUP BY s.site_id, s.metric, s.stage;
    COMMENT ON VIEW site_stage IS 'What is said of a whole site, per metric and stage. Key: (site_id, metric, stage).';

    -- Concentration

    CREATE VIEW provider_deal WITH (security_invoker) AS
    SELECT l.lab_id, s.scope, m.measure, m.currency, x.as_at, coalesce(g.group_id, x.supplier_id) AS provider_id, x.deal_id,
           m.amount, x.recorded_at
    FROM (SELECT e.*, CASE WHEN e.starts_on >= date '0001-01-01' AND e.ends_on <= date '9999-12-31'
                           THEN age(e.ends_on::timestamp, e.starts_on::timestamp) END AS term
          FROM deal_exposure e
          WHERE e.is_firm AND e.side = 'uses' AND e.contained_in IS NULL AND e.tier <> 'programme'
            AND e.kind NOT IN ('guarantee', 'programme')) x
    LEFT JOIN party_group g ON g.as_at = x.as_at AND g.party_id = x.supplier_id
    LEFT JOIN party_group h ON h.as_at = x.as_at AND h.party_id = x.customer_id
    LEFT JOIN (SELECT c.deal_id,
                      CASE WHEN bool_and(c.is_point) FILTER (WHERE c.metric = 'chips') THEN sum(c.quantity) FILTER (WHERE c.metric = 'chips') END AS chips,
                      CASE WHEN bool_and(c.is_point) FILTER (WHERE c.metric = 'gigawatts') THEN sum(c.quantity) FILTER (WHERE c.metric = 'gigawatts') END AS gigawatts
               FROM capacity_stage c WHERE c.stage = 'contracted' GROUP BY c.deal_id) q ON q.deal_id = x.deal_id
    CROSS JOIN LATERAL unnest(coalesce(h.lineage, ARRAY[x.customer_id])) l (lab_id)
    CROSS JOIN LATERAL (VALUES (x.kind), (CASE WHEN x.kind IN ('cloud', 'capacity') THEN 'compute' END)) s (scope)
    CROSS JOIN LATERAL (VALUES
        ('contract_value', x.currency, x.amount),
        ('contract_value_per_year', x.currency,
         12 * x.amount / (12 * extract(year FROM x.term) + extract(month FROM x.term) + extract(day FROM x.term) / 30.4375)),
        ('chips', NULL, q.chips),
        ('gigawatts', NULL, q.gigawatts)) m (measure, currency, amount)
    WHERE s.scope IS NOT NULL AND coalesce(g.group_id, x.supplier_id) <> coalesce(h.group_id, x.customer_id);
    COMMENT ON VIEW provider_deal IS 'Each binding deal of a lab, and of the parties it controls, with a provider outside its group, in every measure; amount is NULL where the deal does not tell. Key: (lab_id, scope, measure, as_at, deal_id).';

    -- The share of each provider in what is known; a measure of which nothing is known is left out.
    CREATE VIEW provider_amount WITH (security_invoker) AS
    SELECT p.lab_id, p.scope, p.measure, p.currency, p.as_at, p.provider_id, p.amount, p.deal_count, p.unknown_count, p.last_recorded_at,
           sum(p.amount) OVER market AS total
    FROM (SELECT d.lab_id, d.scope, d.measure, d.currency, d.as_at, d.provider_id, sum(d.amount) AS amount, count(*) AS deal_count,
                 count(*) - count(d.amount) AS unknown_count, max(d.recorded_at) AS last_recorded_at,
                 bool_or(d.measure = 'contract_value' OR bool_or(d.amount IS NOT NULL)) OVER market_of AS is_shown
          FROM provider_deal d
          GROUP BY d.lab_id, d.scope, d.measure, d.currency, d.as_at, d.provider_id
          WINDOW market_of AS (PARTITION BY d.lab_id, d.scope, d.measure, d.currency, d.as_at)) p
    WHERE p.is_shown
    WINDOW market AS (PARTITION BY p.lab_id, p.scope, p.measure, p.currency, p.as_at);
    COMMENT ON VIEW provider_amount IS 'provider_deal summed per provider, with the total of its market. Key: (lab_id, scope, measure, currency, as_at, provider_id).';

    CREATE VIEW exposure_finding WITH (security_invoker) AS
    SELECT f.finding, f.severity, f.subject, f.subject_id, NULL::date AS period_month, f.row_count, f.detail
    FROM (
        SELECT 'amount_unknown' AS finding, 'info' AS severity, 'deal' AS subject, d.deal_id AS subject_id, 1::bigint AS row_count,
               format('%s with %s: %s', d.customer_id, d.supplier_id, coalesce(d.amount_words, 'no amount stated')) AS detail
        FROM deal_known d WHERE num_nonnulls(d.amount_low, d.amount, d.amount_high) = 0
        UNION ALL
        SELECT 'amount_unknown', 'info', 'holding', h.holding_id, count(*),
               format('%s in %s, %s', min(h.investor_id), min(h.investee_id), min(h.legal_status))
        FROM holding_event_known h WHERE h.qualifier = 'unknown' GROUP BY h.holding_id
        UNION ALL
        SELECT 'probability_missing', 'info', 'deal', d.deal_id, 1, 'no probability is given: expected exposure is unknown'
        FROM deal_range d WHERE d.probability IS NULL
        UNION ALL
        SELECT 'probability_missing', 'info', 'holding', h.holding_id, count(*),
               'no probability is given for what is undrawn: expected exposure is unknown'
        FROM holding_exposure h
        WHERE h.lacks_probability AND h.as_at = (SELECT effective_date FROM clock) GROUP BY h.holding_id
        UNION ALL
        -- An opening amount stands for draws nobody has listed.
        SELECT 'drawn_without_events', 'warning', 'holding', h.holding_id, count(*),
               format('%s of what is drawn stands in an opening amount, without the events that made it',
                      string_agg(coalesce(h.amount::text, 'an unknown part'), ' and ' ORDER BY h.event_id))
        FROM holding_event_known h WHERE h.kind = 'opening' GROUP BY h.holding_id
        UNION ALL
        SELECT 'draw_exceeds_commitment', 'warning', 'holding', h.holding_id, count(*),
               format('more is drawn than was committed, first at %s', to_char(min(h.as_at), 'YYYY-MM-DD'))
        FROM holding_exposure h WHERE h.has_commitment AND h.drawn_low > h.committed_high GROUP BY h.holding_id
        UNION ALL
        SELECT 'legal_status_mixed', 'warning', 'holding', h.holding_id, count(*),
               'binding and softer commitments stand in one holding, which is shown under the weakest: give each its own'
        FROM holding_event_range h WHERE h.kind = 'commit'
        GROUP BY h.holding_id HAVING bool_or(is_binding(h.legal_status)) AND NOT bool_and(is_binding(h.legal_status))
        UNION ALL
        SELECT 'holding_parties_differ', 'error', 'holding', h.holding_id, count(DISTINCT (h.investor_id, h.investee_id, h.currency)),
               'the events of one holding name several parties or currencies: each is summed by itself'
        FROM holding_event_range h GROUP BY h.holding_id HAVING count(DISTINCT (h.investor_id, h.investee_id, h.currency)) > 1
        UNION ALL
        SELECT 'relation_loop', 'error', 'party', g.party_id, count(*),
               format('rolls up into a circle of relations, named %s, first at %s', min(g.group_id), to_char(min(g.as_at), 'YYYY-MM-DD'))
        FROM party_group g WHERE g.is_looped GROUP BY g.party_id
        UNION ALL
        SELECT 'several_parents', 'warning', 'party', r.party_id, count(DISTINCT r.parent_id),
               format('belongs to %s at the same time', string_agg(DISTINCT r.parent_id, ', '))
        FROM relation_known r
        WHERE r.kind IN ('segment', 'control')
          AND r.valid_from <= (SELECT effective_date FROM clock) AND r.valid_to > (SELECT effective_date FROM clock)
        GROUP BY r.party_id HAVING count(DISTINCT r.parent_id) > 1
        UNION ALL
        SELECT 'deal_contains_itself', 'error', 'deal', a.deal_id, count(*), 'its parent deals run in a circle: it is counted by itself'
        FROM deal_ancestor a WHERE a.in_loop GROUP BY a.deal_id
        UNION ALL
        SELECT 'capacity_contradicted', 'info', coalesce(k.subject, 'deal'), k.subject_id, count(*),
               format('sources contradict each other: %s', string_agg(k.detail, '; ' ORDER BY k.detail))
        FROM (SELECT CASE WHEN c.site_id IS NOT NULL THEN 'site' END AS subject, coalesce(c.site_id, c.deal_id) AS subject_id,
                     format('%s %s %s %s (%s)', c.stage, c.qualifier, c.quantity, c.metric, c.source_id) AS detail
              FROM capacity_range c WHERE c.is_contradicted) k
        GROUP BY k.subject, k.subject_id
        UNION ALL
        SELECT 'site_capex_may_contain_chips', 'info', 'site', s.site_id, count(*),
               format('%s chip assets are booked at a site whose announced capex may contain chips', count(*))
        FROM site_known s JOIN asset_known a ON a.site_id = s.site_id AND a.component = 'chip'
        WHERE s.announced_capex IS NOT NULL AND (s.capex_scope IS NULL OR s.capex_scope && ARRAY['chips', 'unknown'])
        GROUP BY s.site_id
    ) f;
    COMMENT ON VIEW exposure_finding IS 'Findings about holdings, deals, groups, capacity and sites, in the columns of data_quality. Key: (finding, subject, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_exposure_views() IS 'Internal: part of create_ledger. Exposure, group, capacity and concentration item by item.';

CREATE FUNCTION chipbook.create_report_exposure_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW investment_exposure WITH (security_invoker) AS
    SELECT t.investor_id, t.counterparty_id, t.exposure_class, t.direction, t.measurement, t.legal_status, t.tier, t.side,
           NULL::text AS netting_set, t.currency, t.as_at,
           publishable(t.committed_low)::numeric(38,15) AS committed_low, publishable(t.committed)::numeric(38,15) AS committed,
           publishable(t.committed_high)::numeric(38,15) AS committed_high,
           publishable(t.drawn_low)::numeric(38,15) AS drawn_low, publishable(t.drawn)::numeric(38,15) AS drawn,
           publishable(t.drawn_high)::numeric(38,15) AS drawn_high,
           publishable(t.undrawn_low)::numeric(38,15) AS undrawn_low, publishable(t.undrawn)::numeric(38,15) AS undrawn,
           publishable(t.undrawn_high)::numeric(38,15) AS undrawn_high,
           publishable(t.expected_low)::numeric(38,15) AS expected_low, publishable(t.expected)::numeric(38,15) AS expected,
           publishable(t.expected_high)::numeric(38,15) AS expected_high,
           publishable(t.carrying_amount_low)::numeric(38,15) AS carrying_amount_low,
           publishable(t.carrying_amount)::numeric(38,15) AS carrying_amount,
           publishable(t.carrying_amount_high)::numeric(38,15) AS carrying_amount_high,
           t.item_count, t.unknown_count, t.no_probability_count, t.last_recorded_at
    FROM exposure_total t WHERE t.grouping_level = 'party';
    COMMENT ON VIEW investment_exposure IS 'What one party has at stake with another, at every month end and at the effective date. Key: (investor_id, counterparty_id, exposure_class, direction, measurement, legal_status, tier, side, currency, as_at). Amounts in units of currency, as ranges X_low, X, X_high: X is NULL when it is not determined, X_high when nothing bounds it, all three when nothing is known; unknown_count says of how many items. Never add over exposure_class, direction, legal_status, side or as_at: these are unlike things.';
    COMMENT ON COLUMN investment_exposure.exposure_class IS 'funded_asset: a holding of which something is drawn, with its undrawn rest; undrawn_commitment: a holding of which nothing is; purchase_obligation: the customer''s side of a deal; future_revenue: the supplier''s side of the same; guarantee: either side of a guarantee; programme: either side of a programme, whose total nobody in particular owes.';
    COMMENT ON COLUMN investment_exposure.direction IS 'asset: owned; obligation: to be paid by the investor; claim: to be paid to it. Amounts are positive in all three.';
    COMMENT ON COLUMN investment_exposure.measurement IS 'cost for holdings (carrying_amount is cost less distributions and impairments); contract_value for deals: the whole value agreed, what has been consumed of it included.';
    COMMENT ON COLUMN investment_exposure.legal_status IS 'The weakest status among the items of the row. signed, closed and paid bind; anything weaker does not.';
    COMMENT ON COLUMN investment_exposure.tier IS 'programme, prime or supply: what a supplier buys in order to serve its customer is of tier supply: an exposure of its own between its two parties, but in a total over all parties it repeats money of tier prime.';
    COMMENT ON COLUMN investment_exposure.side IS 'sources: money put up; uses: money spent. The one pays for the other, so they are not added.';
    COMMENT ON COLUMN investment_exposure.netting_set IS 'Inside which amounts may be netted; NULL: nothing may.';
    COMMENT ON COLUMN investment_exposure.committed IS 'Holdings: all commitments so far. Deals: the contract value. Deals inside another deal of the same tier and side are left out.';
    COMMENT ON COLUMN investment_exposure.expected IS 'Holdings: drawn + probability x undrawn, commitment by commit. Deals: probability x contract value. NULL without a probability, which no_probability_count counts.';

    CREATE VIEW investment_exposure_group WITH (security_invoker) AS
    SELECT t.investor_id, t.counterparty_id, t.exposure_class, t.direction, t.measurement, t.legal_status, t.tier, t.side,
           NULL::text AS netting_set, t.currency, t.as_at,
           publishable(t.committed_low)::numeric(38,15) AS committed_low, publishable(t.committed)::numeric(38,15) AS committed,
           publishable(t.committed_high)::numeric(38,15) AS committed_high,
           publishable(t.drawn_low)::numeric(38,15) AS drawn_low, publishable(t.drawn)::numeric(38,15) AS drawn,
           publishable(t.drawn_high)::numeric(38,15) AS drawn_high,
           publishable(t.undrawn_low)::numeric(38,15) AS undrawn_low, publishable(t.undrawn)::numeric(38,15) AS undrawn,
           publishable(t.undrawn_high)::numeric(38,15) AS undrawn_high,
           publishable(t.expected_low)::numeric(38,15) AS expected_low, publishable(t.expected)::numeric(38,15) AS expected,
           publishable(t.expected_high)::numeric(38,15) AS expected_high,
           publishable(t.carrying_amount_low)::numeric(38,15) AS carrying_amount_low,
           publishable(t.carrying_amount)::numeric(38,15) AS carrying_amount,
           publishable(t.carrying_amount_high)::numeric(38,15) AS carrying_amount_high,
           t.item_count, t.unknown_count, t.no_probability_count, t.last_recorded_at
    FROM exposure_total t WHERE t.grouping_level = 'group';
    COMMENT ON VIEW investment_exposure_group IS 'investment_exposure between groups: each party stands for the top of its group (segments and controlled parties, not sponsored ones, by the relations valid at as_at), and what happens inside a group is left out. Same columns as there. Key: (investor_id, counterparty_id, exposure_class, direction, measurement, legal_status, tier, side, currency, as_at). Never add it to investment_exposure.';

    -- The decimals of a quotient are those of its operands, or a few: the zeros ask for twenty.
    CREATE VIEW provider_share WITH (security_invoker) AS
    SELECT p.lab_id, p.scope, p.measure, p.currency, p.as_at, p.provider_id,
           publishable(p.amount)::numeric(38,15) AS amount, publishable(p.total)::numeric(38,15) AS total,
           (p.amount * 1.00000000000000000000 / nullif(p.total, 0))::numeric(38,15) AS share,
           p.deal_count, p.unknown_count, p.last_recorded_at
    FROM provider_amount p;
    COMMENT ON VIEW provider_share IS 'How much a lab bought from each provider. Key: (lab_id, scope, measure, currency, as_at, provider_id). amount is what is known of its deals, NULL when nothing is; share = amount / total, NULL when total is 0. amount, share and the counts are additive over provider_id only.';

    CREATE VIEW provider_concentration WITH (security_invoker) AS
    SELECT p.lab_id, p.scope, p.measure, p.currency, p.as_at,
           count(*) FILTER (WHERE p.amount > 0) AS providers, publishable(p.total)::numeric(38,15) AS total,
           (sum(p.amount * p.amount) * 10000.00000000000000000000 / nullif(p.total * p.total, 0))::numeric(38,15) AS hhi,
           (p.total * p.total * 1.00000000000000000000 / nullif(sum(p.amount * p.amount), 0))::numeric(38,15) AS effective_number,
           CASE WHEN p.total > 0 THEN (array_agg(p.provider_id ORDER BY p.amount DESC NULLS LAST, p.provider_id))[1] END AS top_provider_id,
           (max(p.amount) * 1.00000000000000000000 / nullif(p.total, 0))::numeric(38,15) AS top_share,
           sum(p.deal_count)::bigint AS deal_count, sum(p.unknown_count)::bigint AS unknown_count, max(p.last_recorded_at) AS last_recorded_at
    FROM provider_amount p
    GROUP BY p.lab_id, p.scope, p.measure, p.currency, p.as_at, p.total;
    COMMENT ON VIEW provider_concentration IS 'How concentrated a lab''s providers are, at every month end and at the effective date. Key: (lab_id, scope, measure, currency, as_at). Only binding deals (signed, closed, paid) not contained in another, providers by group. Every figure is of what is known: unknown_count deals have no amount in the measure. Nothing here is additive.';
    COMMENT ON COLUMN provider_concentration.lab_id IS 'The customer, with the parties it controls; the parties above it have rows of their own.';
    COMMENT ON COLUMN provider_concentration.scope IS 'What was bought: cloud, chips, capacity, power, lease or other, the kind of the deal; compute is cloud and capacity together.';
    COMMENT ON COLUMN provider_concentration.measure IS 'contract_value; contract_value_per_year, for deals with a beginning and an end; chips or gigawatts contracted, where a source gives a number and not just a bound.';
    COMMENT ON COLUMN provider_concentration.currency IS 'Of contract values; NULL for chips and gigawatts.';
    COMMENT ON COLUMN provider_concentration.hhi IS 'Herfindahl-Hirschman index, 10000 x sum of squared shares: 10000 for one provider. NULL when total is 0 or nothing is known.';
    COMMENT ON COLUMN provider_concentration.effective_number IS '10000 / hhi: how many equal providers would be as concentrated.';

    CREATE VIEW capacity_statement WITH (security_invoker) AS
    SELECT c.capacity_id, c.deal_id, c.site_id, c.chip_model_id, c.metric, c.stage, c.at_date, c.qualifier,
           publishable(c.quantity)::numeric(38,15) AS quantity, publishable(c.quantity_low)::numeric(38,15) AS quantity_low,
           publishable(c.quantity_high)::numeric(38,15) AS quantity_high, c.statement,
           c.source_id, s.kind AS source_kind, s.reference AS source_reference, s.published_on, s.confidence, c.known_on,
           c.is_contradicted AS conflicting, c.is_latest AS latest, c.recorded_at AS last_recorded_at
    FROM capacity_range c LEFT JOIN source s ON s.source_id = c.source_id;
    COMMENT ON VIEW capacity_statement IS 'What each source says about the chips, gigawatts or buildings of a deal or site, contradictions side by side. Key: (capacity_id). Not additive: sources repeat each other.';
    COMMENT ON COLUMN capacity_statement.quantity IS 'The number the source names, in units of metric (chips are counted as delivered units: a superchip of two accelerators is one). quantity_low and quantity_high are what its words allow; NULL = no bound.';
    COMMENT ON COLUMN capacity_statement.conflicting IS 'Another statement about the same stage and date excludes this one. A number that is only about right excludes nothing.';
    COMMENT ON COLUMN capacity_statement.latest IS 'One of the statements that capacity_pipeline shows.';

    CREATE VIEW capacity_pipeline WITH (security_invoker) AS
    SELECT p.deal_id, p.site_id, p.metric, p.chip_model_id, (SELECT effective_date FROM clock) AS as_at,
           d.supplier_id, d.customer_id, s.owner_id, s.tenant_id, d.kind AS deal_kind, d.legal_status, d.delivery_stage,
           publishable(p.contracted_least)::numeric(38,15) AS contracted_least, publishable(p.contracted)::numeric(38,15) AS contracted,
           publishable(p.contracted_most)::numeric(38,15) AS contracted_most, p.contracted_qualifier,
           publishable(p.delivered_least)::numeric(38,15) AS delivered_least, publishable(p.delivered)::numeric(38,15) AS delivered,
           publishable(p.delivered_most)::numeric(38,15) AS delivered_most, p.delivered_qualifier,
           publishable(p.in_service_least)::numeric(38,15) AS in_service_least, publishable(p.in_service)::numeric(38,15) AS in_service,
           publishable(p.in_service_most)::numeric(38,15) AS in_service_most, p.in_service_qualifier, p.in_service_at,
           publishable(p.forecast_least)::numeric(38,15) AS forecast_least, publishable(p.forecast)::numeric(38,15) AS forecast,
           publishable(p.forecast_most)::numeric(38,15) AS forecast_most, p.forecast_qualifier, p.forecast_at,
           publishable(p.planned_least)::numeric(38,15) AS planned_least, publishable(p.planned)::numeric(38,15) AS planned,
           publishable(p.planned_most)::numeric(38,15) AS planned_most, p.planned_qualifier,
           p.statements, p.conflicting, d.currency::text AS currency,
           publishable(o.order_value / nullif(p.contracted, 0))::numeric(38,15) AS contract_value_per_chip,
           publishable(o.order_value / nullif(p.contracted * m.accelerators_per_unit, 0))::numeric(38,15) AS contract_value_per_accelerator,
           p.last_recorded_at
    FROM (SELECT c.deal_id, c.site_id, c.metric, c.chip_model_id, sum(c.statements)::bigint AS statements,
                 bool_or(c.is_contradicted) AS conflicting, max(c.last_recorded_at) AS last_recorded_at,
                 max(c.quantity_least) FILTER (WHERE c.stage = 'contracted') AS contracted_least,
                 max(c.quantity) FILTER (WHERE c.stage = 'contracted') AS contracted,
                 max(c.quantity_most) FILTER (WHERE c.stage = 'contracted') AS contracted_most,
                 max(c.qualifiers) FILTER (WHERE c.stage = 'contracted') AS contracted_qualifier,
                 max(c.quantity_least) FILTER (WHERE c.stage = 'delivered') AS delivered_least,
                 max(c.quantity) FILTER (WHERE c.stage = 'delivered') AS delivered,
                 max(c.quantity_most) FILTER (WHERE c.stage = 'delivered') AS delivered_most,
                 max(c.qualifiers) FILTER (WHERE c.stage = 'delivered') AS delivered_qualifier,
                 max(c.quantity_least) FILTER (WHERE c.stage = 'in_service') AS in_service_least,
                 max(c.quantity) FILTER (WHERE c.stage = 'in_service') AS in_service,
                 max(c.quantity_most) FILTER (WHERE c.stage = 'in_service') AS in_service_most,
                 max(c.qualifiers) FILTER (WHERE c.stage = 'in_service') AS in_service_qualifier,
                 max(c.at_date) FILTER (WHERE c.stage = 'in_service') AS in_service_at,
                 max(c.quantity_least) FILTER (WHERE c.stage = 'forecast') AS forecast_least,
                 max(c.quantity) FILTER (WHERE c.stage = 'forecast') AS forecast,
                 max(c.quantity_most) FILTER (WHERE c.stage = 'forecast') AS forecast_most,
                 max(c.qualifiers) FILTER (WHERE c.stage = 'forecast') AS forecast_qualifier,
                 max(c.at_date) FILTER (WHERE c.stage = 'forecast') AS forecast_at,
                 max(c.quantity_least) FILTER (WHERE c.stage = 'planned') AS planned_least,
                 max(c.quantity) FILTER (WHERE c.stage = 'planned') AS planned,
                 max(c.quantity_most) FILTER (WHERE c.stage = 'planned') AS planned_most,
                 max(c.qualifiers) FILTER (WHERE c.stage = 'planned') AS planned_qualifier
          FROM capacity_stage c
          GROUP BY c.deal_id, c.site_id, c.metric, c.chip_model_id) p
    LEFT JOIN deal_known d ON d.deal_id = p.deal_id
    LEFT JOIN site_known s ON s.site_id = p.site_id
    LEFT JOIN chip_model_known m ON m.chip_model_id = p.chip_model_id
    CROSS JOIN LATERAL (SELECT CASE WHEN d.kind = 'chips' AND p.metric = 'chips' THEN amount(d.amount) END AS order_value) o;
    COMMENT ON VIEW capacity_pipeline IS 'How far the capacity of a deal or site has come, by the latest statements of each stage. Key: (deal_id, site_id, metric, chip_model_id), NULL where a statement names none. Quantities in units of metric: X_least and X_most are the least and the most number any source names, X the number when all name the same, X_qualifier their words (up_to 1000000 names 1000000: the bounds its words allow are in capacity_statement); conflicting = some of them contradict each other (capacity_statement has each with its source). Not additive: a site and the deals it serves count the same chips.';
    COMMENT ON COLUMN capacity_pipeline.contract_value_per_chip IS 'Value of a chip order over the units contracted; of units with several accelerators, contract_value_per_accelerator is the comparable price.';
    COMMENT ON COLUMN capacity_pipeline.forecast_at IS 'The date the forecast is for; of several, the last.';

    CREATE VIEW site_capex_per_chip WITH (security_invoker) AS
    SELECT s.site_id, s.name, s.place, s.owner_id, s.tenant_id, currency(s.announced_capex)::text AS currency,
           (SELECT effective_date FROM clock) AS as_at, amount(s.announced_capex)::numeric(38,15) AS announced_capex,
           coalesce(array_to_string(s.capex_scope, ', '), 'unknown') AS capex_scope, s.capex_status,
           publishable(n.quantity_least)::numeric(38,15) AS chips_in_service_least, publishable(n.quantity)::numeric(38,15) AS chips_in_service,
           publishable(n.quantity_most)::numeric(38,15) AS chips_in_service_most, n.at_date AS in_service_at,
           coalesce(n.is_contradicted, false) AS chips_conflicting,
           publishable(amount(s.announced_capex) / nullif(n.quantity_most, 0))::numeric(38,15) AS announced_site_capex_per_chip_least,
           publishable(amount(s.announced_capex) / nullif(n.quantity, 0))::numeric(38,15) AS announced_site_capex_per_chip,
           publishable(amount(s.announced_capex) / nullif(n.quantity_least, 0))::numeric(38,15) AS announced_site_capex_per_chip_most,
           publishable(f.quantity)::numeric(38,15) AS chips_forecast, f.at_date AS forecast_at,
           publishable(amount(s.announced_capex) / nullif(f.quantity, 0))::numeric(38,15) AS announced_site_capex_per_forecast_chip,
           publishable(b.quantity)::numeric(38,15) AS buildings_in_service, publishable(p.quantity)::numeric(38,15) AS buildings_planned,
           publishable(amount(s.announced_capex) * b.quantity / nullif(p.quantity * n.quantity, 0))::numeric(38,15) AS assumed_pro_rata_capex_per_chip,
           (s.capex_scope IS NULL OR s.capex_scope && ARRAY['chips', 'unknown'])
               AND EXISTS (SELECT FROM asset_known a WHERE a.component = 'chip' AND a.site_id = s.site_id) AS chips_booked_in_scope,
           greatest(s.recorded_at, n.last_recorded_at, f.last_recorded_at, b.last_recorded_at, p.last_recorded_at) AS last_recorded_at
    FROM site_known s
    LEFT JOIN site_stage n ON n.site_id = s.site_id AND n.metric = 'chips' AND n.stage = 'in_service'
    LEFT JOIN site_stage f ON f.site_id = s.site_id AND f.metric = 'chips' AND f.stage = 'forecast'
    LEFT JOIN site_stage b ON b.site_id = s.site_id AND b.metric = 'buildings' AND b.stage = 'in_service'
    LEFT JOIN site_stage p ON p.site_id = s.site_id AND p.metric = 'buildings' AND p.stage = 'planned'
    WHERE s.announced_capex IS NOT NULL;
    COMMENT ON VIEW site_capex_per_chip IS 'Announced budgets of sites over their chips, in units of currency. Key: (site_id). A budget is not a cost: it is announced, for the whole site, and its scope may or may not contain the chips. announced_capex is additive per currency; nothing else is.';
    COMMENT ON COLUMN site_capex_per_chip.announced_site_capex_per_chip IS 'announced_capex / chips_in_service; NULL while sources name different numbers of chips: _least and _most then divide by the most and the least chips named. A number may itself be a bound, such as more than 500000.';
    COMMENT ON COLUMN site_capex_per_chip.announced_site_capex_per_forecast_chip IS 'announced_capex / chips_forecast.';
    COMMENT ON COLUMN site_capex_per_chip.assumed_pro_rata_capex_per_chip IS 'An assumption, not a fact: the part of the budget that buildings_in_service are of buildings_planned, over chips_in_service, as if all buildings cost the same and those in service held all chips.';
    COMMENT ON COLUMN site_capex_per_chip.capex_scope IS 'What the budget may contain: land, shell, power, network, chips, unknown.';
    COMMENT ON COLUMN site_capex_per_chip.chips_booked_in_scope IS 'Chips are booked as assets at this site and the budget may contain them: the two must not be added.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_exposure_views() IS 'Internal: part of create_ledger. The views investment_exposure, investment_exposure_group, provider_share, provider_concentration, capacity_statement, capacity_pipeline and site_capex_per_chip.';
