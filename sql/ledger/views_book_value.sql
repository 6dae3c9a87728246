-- What owned assets have cost, month by month, under each basis: the events of an asset as
-- one array, and what asset_movement() makes of cost, policy and events between two dates.

CREATE FUNCTION chipbook.create_ledger_book_value_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW basis_used WITH (security_invoker) AS
        SELECT b.basis
        FROM (VALUES ('ifrs'), ('us_gaap'), ('hgb'), ('us_tax'), ('de_tax'), ('economic')) b (basis)
        WHERE b.basis = (SELECT c.primary_basis FROM clock c)
           OR b.basis IN (SELECT p.basis FROM asset_policy_known p);
    COMMENT ON VIEW basis_used IS 'The accounting bases the views of all bases show: those any asset has a policy for, and the ledger''s primary basis. Key: basis.';

    -- An event that the functions on assets would raise an error for is left out, and a finding.

    -- A function, so that a question about assets is planned over readings only where an asset is
    -- charged by use.
    CREATE FUNCTION pool_month_use(of_pool text, of_month date, OUT used_ms numeric, OUT last_recorded_at timestamptz)
    STABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT sum(m.used_ms), max(m.recorded_at) FROM usage_day_known m WHERE m.pool_id = of_pool AND m.month = of_month;
    END;
    COMMENT ON FUNCTION pool_month_use(text, date) IS 'Chip-milliseconds a pool was used in a month, as known; NULL without readings.';

    CREATE FUNCTION asset_month_use()
    RETURNS TABLE (asset_id text, period_month date, used_ms bigint, last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT k.asset_id, k.period_month, least(round(sum(r.used_ms * k.part)), 9e18)::bigint,
               max(greatest(k.last_recorded_at, r.last_recorded_at))
        FROM (SELECT p.asset_id, p.pool_id, p.period_month, p.last_recorded_at,
                     CASE WHEN p.chip_ms IS NULL THEN p.share_days / p.service_days
                          ELSE p.chip_ms / nullif(c.capacity_ms, 0) END AS part
              FROM asset_month_pool p
              LEFT JOIN pool_month_capacity c ON c.pool_id = p.pool_id AND c.period_month = p.period_month
              WHERE p.asset_id IN (SELECT n.asset_id FROM asset_policy_known n WHERE method(n.policy) = 'units_of_production'
                                   UNION ALL
                                   SELECT n.asset_id FROM asset_event_known n WHERE method(n.policy) = 'units_of_production')) k
        CROSS JOIN LATERAL pool_month_use(k.pool_id, k.period_month) r
        WHERE r.used_ms IS NOT NULL
        GROUP BY k.asset_id, k.period_month;
    END;
    COMMENT ON FUNCTION asset_month_use() IS 'Chip-milliseconds that the assets charged by units of production were used in each month: the used time of their pools, to chips in proportion to their part of the pool''s chips, to another component by its share. Key: (asset_id, period_month). Additive.';

    CREATE VIEW asset_basis_event WITH (security_invoker) AS
        SELECT n.asset_id, b.basis, n.event_id, n.happened_on, n.kind,
               ROW(n.happened_on, n.kind, n.amount, n.share, n.proceeds, n.impairment, n.used_ms, n.policy)::chipbook.asset_event AS event,
               CASE WHEN currency(n.amount) <> n.currency OR currency(n.proceeds) <> n.currency OR currency(n.impairment) <> n.currency
                    THEN 'in another currency than the asset'
                    WHEN n.happened_on NOT BETWEEN date '0001-01-01' AND date '9999-12-31' THEN 'outside the years 1 to 9999'
                    WHEN n.chips IS NOT NULL AND n.kind <> 'addition' AND NOT coalesce(n.share <= 1, false)
                    THEN format('of %s chips, more than there are', n.chips) END AS left_out,
               n.recorded_at
        FROM (SELECT e.asset_id, e.basis, e.event_id, e.happened_on, e.kind, e.amount,
                     CASE WHEN e.chips IS NULL OR e.kind = 'addition' THEN e.share
                          ELSE round(e.chips / nullif(p.there_before[1] + CASE e.kind WHEN 'disposal' THEN p.there_before[2] ELSE 0 END, 0), 15) END AS share,
                     e.proceeds, e.impairment, NULL::bigint AS used_ms, e.policy, e.chips, currency(a.cost) AS currency, e.recorded_at
              FROM asset_event_known e
              JOIN asset_known a ON a.asset_id = e.asset_id
              LEFT JOIN (SELECT c.asset_id, c.event_id, c.there_before FROM asset_chip_path() c
                         WHERE EXISTS (SELECT FROM asset_event_known n WHERE n.chips IS NOT NULL)) p ON p.asset_id = e.asset_id AND p.event_id = e.event_id
              WHERE e.kind <> 'transfer'
              UNION ALL
              SELECT r.asset_id, r.basis, r.obligation_id, r.recognised_on, 'retirement_obligation', r.liability,
                     NULL, NULL, NULL, NULL, NULL, NULL, currency(a.cost), r.recorded_at
              FROM retirement_obligation_known r
              JOIN asset_known a ON a.asset_id = r.asset_id
              UNION ALL
              SELECT a.asset_id, NULL, NULL, a.retired_on, 'disposal', NULL, NULL, NULL, NULL, NULL, NULL, NULL, currency(a.cost), a.recorded_at
              FROM asset_known a
              WHERE a.retired_on IS NOT NULL
                AND NOT EXISTS (SELECT FROM asset_event_known e
                                WHERE e.asset_id = a.asset_id AND e.kind = 'disposal' AND e.basis IS NULL
                                  AND num_nonnulls(e.amount, e.chips) = 0 AND coalesce(e.share, 1) = 1 AND e.happened_on <= a.retired_on)
                -- Nor the last of its chips, before retired_on took them.
                AND a.asset_id NOT IN (SELECT c.asset_id FROM asset_chip_path() c
                                       WHERE EXISTS (SELECT FROM asset_event_known n WHERE n.chips IS NOT NULL)
                                         AND c.event_id IS NOT NULL AND c.kind = 'disposal' AND c.chips IS NOT NULL
                                         AND c.there_before <> '{0,0}' AND c.there = '{0,0}')
              UNION ALL
              SELECT u.asset_id, NULL, NULL, d.happened_on, 'use', NULL, NULL, NULL, NULL, d.used_ms, NULL, NULL, NULL, u.last_recorded_at
              FROM (SELECT m.*, lag(m.period_month) OVER (PARTITION BY m.asset_id ORDER BY m.period_month) AS month_before FROM asset_month_use() m) u
              JOIN asset_known a ON a.asset_id = u.asset_id
              -- Use is even since the use before: a month's began with the month, not where the
              -- readings before a gap end, and ended with the asset.
              CROSS JOIN LATERAL (VALUES
                  (CASE WHEN u.month_before IS DISTINCT FROM (u.period_month - interval '1 month')::date AND u.period_month > a.acquired_on
                        THEN u.period_month END, 0),
                  (least((u.period_month + interval '1 month')::date, (SELECT max(c.in_service_to) FROM asset_chips c WHERE c.asset_id = u.asset_id)),
                   u.used_ms)) d (happened_on, used_ms)
              WHERE d.happened_on IS NOT NULL
                AND (EXISTS (SELECT FROM asset_policy_known p WHERE method(p.policy) = 'units_of_production')
                     OR EXISTS (SELECT FROM asset_event_known e WHERE method(e.policy) = 'units_of_production'))) n
        JOIN basis_used b ON (n.basis IS NULL OR n.basis = b.basis)
                         AND (n.kind NOT IN ('held_for_sale', 'held_for_sale_ended') OR b.basis IN ('ifrs', 'us_gaap'));
    COMMENT ON VIEW asset_basis_event IS 'What happens to each asset under each basis, as asset_movement() takes it: events of the basis or of all, chips as a share of the chips there then, held for sale under ifrs and us_gaap alone, retirement obligations, months of use under units of production, and retired_on as a disposal of everything unless an event disposed of it. Transfers change no amount and are not here. left_out: why the event counts for nothing; NULL = it counts. Key: (asset_id, basis, kind, event_id, happened_on); event_id NULL: not an event of the ledger''s.';

    CREATE FUNCTION asset_places()
    RETURNS TABLE (asset_id text, from_day date, to_day date, entity_id text, site_id text, last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT v.asset_id, v.from_day, v.to_day, v.entity_id, v.site_id, v.last_recorded_at
        FROM (SELECT t.asset_id, t.from_day, lead(t.from_day, 1, date 'infinity') OVER w AS to_day,
                     -- The last one that was named.
                     first_value(t.entity_id) OVER (PARTITION BY t.asset_id, t.entities ORDER BY t.from_day, t.event_id NULLS FIRST) AS entity_id,
                     first_value(t.site_id) OVER (PARTITION BY t.asset_id, t.sites ORDER BY t.from_day, t.event_id NULLS FIRST) AS site_id,
                     max(t.recorded_at) OVER (PARTITION BY t.asset_id) AS last_recorded_at
              FROM (SELECT p.*, count(p.entity_id) OVER w AS entities, count(p.site_id) OVER w AS sites
                    FROM (SELECT a.asset_id, NULL AS event_id, date '-infinity' AS from_day, a.entity_id, a.site_id, a.recorded_at
                          FROM asset_known a
                          WHERE a.asset_id IN (SELECT e.asset_id FROM asset_event_known e WHERE e.kind = 'transfer')
                          UNION ALL
                          SELECT e.asset_id, e.event_id, greatest(e.happened_on, a.acquired_on), e.to_entity_id, e.to_site_id, e.recorded_at
                          FROM asset_event_known e JOIN asset_known a ON a.asset_id = e.asset_id
                          WHERE e.kind = 'transfer') p
                    WINDOW w AS (PARTITION BY p.asset_id ORDER BY p.from_day, p.event_id NULLS FIRST)) t
              WINDOW w AS (PARTITION BY t.asset_id ORDER BY t.from_day, t.event_id NULLS FIRST)) v
        WHERE v.from_day < v.to_day;
    END;
    COMMENT ON FUNCTION asset_places() IS 'Where the assets that were ever transferred are in [from_day, to_day): entity and site. Key: (asset_id, from_day).';

    CREATE VIEW asset_transfer WITH (security_invoker) AS
        SELECT p.asset_id, p.from_day, p.to_day, p.entity_id, p.site_id, p.last_recorded_at
        FROM asset_places() p
        WHERE EXISTS (SELECT FROM asset_event_known e WHERE e.kind = 'transfer');
    COMMENT ON VIEW asset_transfer IS 'Where the assets that were ever transferred are in [from_day, to_day): entity and site. Assets without a transfer are not here. Key: (asset_id, from_day).';

    CREATE VIEW asset_basis WITH (security_invoker) AS
        SELECT a.asset_id, b.basis, a.entity_id, a.component, a.chip_model_id, a.site_id, a.cost,
               currency(a.cost) AS currency, a.acquired_on, a.available_for_use_on, a.retired_on,
               -- Land is not depreciated and needs no policy; anything else without one has an unknown charge.
               a.component = 'land' AND p.policy IS NULL AND e.estimates IS NULL AS never_depreciated,
               p.policy, e.events, e.estimates,
               -- For asset_movement() and its like: NULL where they would raise an error for the asset.
               CASE WHEN abs(amount(a.cost)) + coalesce(e.amounts, 0) <= 2.5e18 AND coalesce(cardinality(e.events) <= 10000, true)
                     AND a.acquired_on <= date '9999-12-31' AND coalesce(a.available_for_use_on >= date '0001-01-01', true)
                    THEN a.cost END AS computable_cost,
               greatest(a.acquired_on, date '0001-01-01') AS held_from,
               CASE WHEN a.available_for_use_on <= date '9999-12-31' THEN a.available_for_use_on END AS in_service,
               least(a.retired_on, e.disposed_on) AS held_until,
               e.cutover_on, c.fiscal_year_start,
               greatest(a.recorded_at, p.recorded_at, e.last_recorded_at) AS last_recorded_at
        FROM asset_known a
        CROSS JOIN basis_used b
        CROSS JOIN clock c
        LEFT JOIN asset_policy_known p ON p.asset_id = a.asset_id AND p.basis = b.basis
        LEFT JOIN (SELECT n.asset_id, n.basis,
                          array_agg(n.event ORDER BY n.happened_on, n.event_id) FILTER (WHERE n.left_out IS NULL) AS events,
                          array_agg(n.event ORDER BY n.happened_on, n.event_id) FILTER (WHERE n.left_out IS NULL AND n.kind = 'change_of_estimate') AS estimates,
                          sum(coalesce(abs(amount((n.event).amount)), 0) + coalesce(abs(amount((n.event).proceeds)), 0)
                              + coalesce(abs(amount((n.event).impairment)), 0)) FILTER (WHERE n.left_out IS NULL) AS amounts,
                          min(n.happened_on) FILTER (WHERE n.left_out IS NULL AND n.kind = 'opening') AS cutover_on,
                          min(n.happened_on) FILTER (WHERE n.left_out IS NULL AND n.kind = 'disposal' AND (n.event).amount IS NULL
                                                       AND coalesce((n.event).share, 1) = 1) AS disposed_on,
                          max(n.recorded_at) AS last_recorded_at
                   FROM asset_basis_event n GROUP BY n.asset_id, n.basis) e ON e.asset_id = a.asset_id AND e.basis = b.basis;
    COMMENT ON VIEW asset_basis IS 'Each asset under each basis, with its policy (NULL: none) and its events in their order (NULL: none): asset_movement(computable_cost, held_from, in_service, policy, events, ...) is what they make of it. Key: (asset_id, basis).';
    COMMENT ON COLUMN asset_basis.estimates IS 'Those of the events that change the policy.';
    COMMENT ON COLUMN asset_basis.computable_cost IS 'The cost; NULL where nothing can be computed: with its events it may be beyond 2.5e18, there are more than 10,000 of these, or it was in service before the year 1.';
    COMMENT ON COLUMN asset_basis.held_from IS 'acquired_on, not before the year 1.';
    COMMENT ON COLUMN asset_basis.in_service IS 'available_for_use_on; NULL when there is none, or after the year 9999.';
    COMMENT ON COLUMN asset_basis.held_until IS 'The day an event or retired_on disposed of the whole asset; NULL when none did.';
    COMMENT ON COLUMN asset_basis.cutover_on IS 'The day its opening balances were brought forward: nothing is in the books before. NULL when it has none.';

    CREATE VIEW asset_month WITH (security_invoker) AS
        SELECT b.asset_id, b.basis, m.period_month, m.next_month,
               CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END AS entity_id, b.component, b.chip_model_id,
               CASE WHEN t.asset_id IS NULL THEN b.site_id ELSE t.site_id END AS site_id,
               b.currency, b.available_for_use_on, b.retired_on, x.policy, method(x.policy) AS method,
               CASE WHEN v.state = 'disposed' OR v.state IS NULL AND b.held_until < m.next_month THEN 'retired'
                    WHEN v.state = 'under_construction' OR v.state IS NULL AND coalesce(b.in_service >= m.next_month, true) THEN 'under_construction'
                    WHEN b.never_depreciated THEN 'not_depreciated'
                    WHEN x.policy IS NULL THEN 'no_policy'
                    ELSE coalesce(v.state, 'in_service') END AS state,
               -- What a retired asset had cost, else what is in the books.
               CASE WHEN v.state = 'disposed' THEN v.construction_disposals + v.disposals
                    ELSE coalesce(v.construction_closing + v.cost_closing, b.cost) END AS cost,
               CASE WHEN NOT (x.unknown AND v.cost_opening <> u.nothing) THEN v.accumulated_opening END AS opening,
               CASE WHEN NOT (x.unknown AND v.cost_closing <> u.nothing) THEN v.accumulated_closing END AS closing,
               CASE WHEN NOT (x.unknown AND (v.cost_opening <> u.nothing OR v.cost_closing <> u.nothing)) THEN v.charge END AS charge,
               v.impairment, v.reversal, v.impairment_opening, v.impairment_closing,
               v.construction_additions + v.construction_interest + v.additions + v.interest + v.retirement_obligation AS additions,
               v.construction_disposals + v.disposals AS disposals,
               v.construction_brought_forward + v.cost_brought_forward - v.accumulated_brought_forward - v.impairment_brought_forward AS brought_forward,
               -- Of what left without a policy only the cost is known.
               CASE WHEN NOT (x.unknown AND v.disposals <> u.nothing) THEN v.accumulated_disposals END AS accumulated_disposals,
               CASE WHEN NOT (x.unknown AND v.disposals <> u.nothing)
                    THEN v.construction_disposals + v.disposals - v.accumulated_disposals - v.impairment_disposals END AS derecognised,
               v.impairment_disposals, v.proceeds,
               CASE WHEN NOT (x.unknown AND v.disposals <> u.nothing) THEN v.disposal_gain END AS disposal_gain,
               CASE WHEN NOT (x.unknown AND v.cost_opening <> u.nothing) THEN v.book_value_opening END AS book_value_opening,
               CASE WHEN NOT (x.unknown AND v.cost_closing <> u.nothing) THEN v.book_value_closing END AS book_value_closing,
               greatest(b.last_recorded_at, t.last_recorded_at) AS last_recorded_at
        FROM asset_basis b
        JOIN month_calendar m ON m.next_month > greatest(b.acquired_on, b.cutover_on)
                             AND (b.held_until IS NULL OR m.period_month <= b.held_until)
        LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id AND t.from_day < m.next_month AND t.to_day >= m.next_month
        CROSS JOIN LATERAL asset_movement(b.computable_cost, b.held_from, b.in_service, b.policy, b.events,
                                          m.period_month, m.next_month, b.fiscal_year_start::integer) v
        CROSS JOIN LATERAL (SELECT monetary(0::numeric, b.currency) AS nothing) u
        CROSS JOIN LATERAL (SELECT p.policy, p.policy IS NULL AND NOT b.never_depreciated AS unknown
                            FROM (SELECT CASE WHEN b.estimates IS NULL THEN b.policy
                                              ELSE coalesce((SELECT n.policy
                                                             FROM unnest(b.estimates) WITH ORDINALITY n (happened_on, kind, amount, share, proceeds, impairment, used, policy, position)
                                                             WHERE n.happened_on < m.next_month ORDER BY n.position DESC LIMIT 1), b.policy) END AS policy) p) x
        -- What was disposed of bit by bit is shown to the month of its last disposal.
        WHERE v.state IS DISTINCT FROM 'disposed' OR v.book_value_opening <> u.nothing OR v.disposals + v.construction_disposals <> u.nothing
           OR b.held_until >= m.period_month;
    COMMENT ON VIEW asset_month IS 'Each asset and basis from the month of its acquisition, or of the cutover its opening balances are of, to that of its disposal: where it is and what is in force at the end of the month, accumulated depreciation at its start (opening) and end (closing), and the movements between. What depreciation makes of it is NULL when it has no policy, and all but cost where nothing can be computed. Key: (asset_id, basis, period_month). opening + charge - accumulated_disposals = closing, where nothing is brought forward.';
    COMMENT ON COLUMN asset_month.policy IS 'The policy in force at the end of the month, after changes of estimate.';
    COMMENT ON COLUMN asset_month.cost IS 'At the end of the month, in service or under construction; what it had cost in the month it was disposed of.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_book_value_views() IS 'Internal: part of create_ledger. Assets by basis and month.';

CREATE FUNCTION chipbook.create_report_book_value_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW chip_book_value_all_bases WITH (security_invoker) AS
        SELECT a.entity_id, a.basis, a.period_month, a.asset_id, a.component, a.chip_model_id, a.site_id,
               a.currency::text AS currency, 'owned'::text AS ownership, 'depreciation'::text AS charge_class, a.state,
               amount(a.cost)::numeric(38,15) AS cost,
               amount(a.charge)::numeric(38,15) AS charge,
               amount(CASE WHEN a.state = 'retired' THEN a.accumulated_disposals ELSE a.closing END)::numeric(38,15) AS accumulated,
               amount(a.book_value_closing)::numeric(38,15) AS book_value,
               amount(a.derecognised)::numeric(38,15) AS derecognised,
               amount(a.additions)::numeric(38,15) AS additions,
               amount(a.brought_forward)::numeric(38,15) AS brought_forward,
               amount(a.impairment)::numeric(38,15) AS impairment,
               amount(a.reversal)::numeric(38,15) AS reversal,
               amount(a.impairment_closing)::numeric(38,15) AS accumulated_impairment,
               amount(a.proceeds)::numeric(38,15) AS proceeds,
               amount(a.disposal_gain)::numeric(38,15) AS disposal_gain,
               CASE WHEN a.component = 'chip' THEN coalesce(c.chips, 0)::bigint END AS chips,
               'actual'::text AS scenario, greatest(a.last_recorded_at, c.last_recorded_at) AS last_recorded_at
        FROM asset_month a
        LEFT JOIN asset_chips c ON c.asset_id = a.asset_id AND c.from_day < a.next_month AND c.to_day >= a.next_month;
    COMMENT ON VIEW chip_book_value_all_bases IS 'What each owned asset was worth on the books at the end of each complete month, under every basis. Grain and key: (asset_id, basis, period_month). Amounts in currency. charge, derecognised, additions, brought_forward, impairment, reversal, proceeds and disposal_gain are additive over assets and months; cost, accumulated, accumulated_impairment, book_value and chips are semi-additive: over assets, never over months. Never add across currencies or bases. Over all its months, additions + brought_forward - charge - impairment + reversal - derecognised of an asset is its book_value.';
    COMMENT ON COLUMN chip_book_value_all_bases.entity_id IS 'Whose it is at the end of the month, after transfers; so is site_id.';
    COMMENT ON COLUMN chip_book_value_all_bases.state IS 'At the end of the month: under_construction (nothing of it in service), in_service, held_for_sale (not charged), retired (disposed of in this month, its last row), not_depreciated (land), or no_policy (no policy under this basis: charge, accumulated and book_value are unknown, NULL).';
    COMMENT ON COLUMN chip_book_value_all_bases.cost IS 'What is in the books at the end of the month, in service and under construction; in the month of retirement, what left them.';
    COMMENT ON COLUMN chip_book_value_all_bases.charge IS 'Depreciation of the month: the difference of two accumulations, each rounded to the currency''s minor unit.';
    COMMENT ON COLUMN chip_book_value_all_bases.accumulated IS 'Depreciation accumulated at the end of the month; in the month of retirement, what left with the asset.';
    COMMENT ON COLUMN chip_book_value_all_bases.book_value IS 'Cost less accumulated depreciation and impairment at the end of the month; 0 when retired in it. Semi-additive.';
    COMMENT ON COLUMN chip_book_value_all_bases.derecognised IS 'The book value that left the books with what was disposed of in this month.';
    COMMENT ON COLUMN chip_book_value_all_bases.additions IS 'What was added to cost in the month: the purchase itself, later additions, capitalised interest and retirement obligations.';
    COMMENT ON COLUMN chip_book_value_all_bases.brought_forward IS 'Book value brought forward with opening balances, in the month of their cutover.';
    COMMENT ON COLUMN chip_book_value_all_bases.disposal_gain IS 'Proceeds less derecognised book value; a loss is negative.';
    COMMENT ON COLUMN chip_book_value_all_bases.chips IS 'Chips in service at the end of the month; NULL for other components.';

    CREATE VIEW chip_book_value WITH (security_invoker) AS
        SELECT * FROM chip_book_value_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW chip_book_value IS 'What each owned asset was worth on the books at the end of each complete month, under the ledger''s primary basis. Grain and key: (asset_id, period_month). Amounts in currency. charge, derecognised, additions, brought_forward, impairment, reversal, proceeds and disposal_gain are additive over assets and months; cost, accumulated, accumulated_impairment, book_value and chips are semi-additive: over assets, never over months. Never add across currencies.';

    CREATE VIEW chip_book_value_now_all_bases WITH (security_invoker) AS
        SELECT CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END AS entity_id, b.basis, k.as_at, b.asset_id, b.component, b.chip_model_id,
               CASE WHEN t.asset_id IS NULL THEN b.site_id ELSE t.site_id END AS site_id,
               b.currency::text AS currency, 'owned'::text AS ownership,
               CASE WHEN v.state = 'under_construction' OR v.state IS NULL AND coalesce(b.in_service > k.as_at, true) THEN 'under_construction'
                    WHEN b.never_depreciated THEN 'not_depreciated'
                    WHEN x.no_policy THEN 'no_policy'
                    ELSE coalesce(v.state, 'in_service') END AS state,
               amount(coalesce(v.construction + v.in_service_cost, b.cost))::numeric(38,15) AS cost,
               CASE WHEN NOT (x.no_policy AND amount(v.in_service_cost) <> 0) THEN amount(v.accumulated) END::numeric(38,15) AS accumulated,
               CASE WHEN NOT (x.no_policy AND amount(v.in_service_cost) <> 0) THEN amount(v.book_value) END::numeric(38,15) AS book_value,
               amount(v.impairment)::numeric(38,15) AS accumulated_impairment,
               CASE WHEN b.component = 'chip' THEN coalesce(c.chips, 0)::bigint END AS chips,
               'actual'::text AS scenario, greatest(b.last_recorded_at, t.last_recorded_at, c.last_recorded_at) AS last_recorded_at
        FROM asset_basis b
        CROSS JOIN (SELECT n.effective_date AS as_at, n.effective_date + 1 AS next_day FROM clock n) k
        LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id AND t.from_day <= k.as_at AND t.to_day > k.as_at
        LEFT JOIN asset_chips c ON c.asset_id = b.asset_id AND c.from_day <= k.as_at AND c.to_day > k.as_at
        CROSS JOIN LATERAL asset_balance(b.computable_cost, b.held_from, b.in_service, b.policy, b.events, k.next_day, b.fiscal_year_start::integer) v
        CROSS JOIN LATERAL (SELECT b.policy IS NULL AND NOT b.never_depreciated
                                   AND NOT coalesce(k.as_at >= ANY (SELECT n.happened_on FROM unnest(b.estimates) n), false) AS no_policy) x
        WHERE greatest(b.acquired_on, b.cutover_on) <= k.as_at AND (b.held_until IS NULL OR b.held_until > k.as_at)
          AND v.state IS DISTINCT FROM 'disposed';
    COMMENT ON VIEW chip_book_value_now_all_bases IS 'What each owned asset that is not retired is worth on the books at the end of the effective date (chipbook.as_of, else today), under every basis. Grain and key: (asset_id, basis). Amounts in currency, additive over assets; never add across currencies or bases. accumulated and book_value are NULL when the asset has no policy under the basis (state no_policy).';

    CREATE VIEW chip_book_value_now WITH (security_invoker) AS
        SELECT * FROM chip_book_value_now_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW chip_book_value_now IS 'What each owned asset that is not retired is worth on the books at the end of the effective date (chipbook.as_of, else today), under the ledger''s primary basis. Grain and key: (asset_id). Amounts in currency, additive over assets; never add across currencies. accumulated and book_value are NULL when the asset has no policy (state no_policy).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_book_value_views() IS 'Internal: part of create_ledger. The views chip_book_value and chip_book_value_now, each with _all_bases.';
