-- The register of fixed assets: opening, movements and closing of cost, depreciation and
-- impairment by class, and what the bases make of the same asset differently.

-- An amount at a rate; nothing is nothing at any rate, or none.
CREATE FUNCTION chipbook.translated(figure numeric, rate numeric) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN figure OPERATOR(pg_catalog.=) 0 THEN 0::numeric
            ELSE chipbook.publishable(pg_catalog.round(figure OPERATOR(pg_catalog.*) rate, 15)) END;
COMMENT ON FUNCTION chipbook.translated(numeric, numeric) IS 'Internal: figure x rate to 15 decimals; 0 for 0, else NULL without a rate or when numeric(38,15) cannot hold it.';

CREATE FUNCTION chipbook.create_ledger_register_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- A path of its own beside asset_month: a month in which an asset changes hands is cut at the
    -- day, so that each entity has the movements of its own days.

    -- Chips are no money: in a currency that its entity does not count in, an asset is measured at the
    -- rate of the day it came in, for good (IAS 21.21, 21.23(b)); what is added to it and what it brings
    -- at the rates of their days. Then it is an asset like any other, of that cost.
    CREATE VIEW asset_measure WITH (security_invoker) AS
        SELECT true AS is_purchase, (b.currency = e.functional_currency) IS NOT FALSE AS is_functional, b.currency AS measured_in, false AS rate_missing,
               b.asset_id, b.basis, b.component, b.currency, CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END AS entity_id,
               t.asset_id IS NOT NULL AS is_transferred, t.from_day, t.to_day, b.acquired_on, b.cutover_on, b.held_until, b.held_from, b.in_service, b.never_depreciated, b.fiscal_year_start,
               b.computable_cost, b.policy, b.events, b.estimates, greatest(b.last_recorded_at, t.last_recorded_at) AS last_recorded_at
        FROM asset_basis b
        LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id
        LEFT JOIN entity_known e ON e.entity_id = CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END
        UNION ALL
        SELECT false, true, n.home, h.numerator IS NULL OR coalesce(v.unknown, false), n.asset_id, n.basis, n.component, n.currency, n.entity_id,
               n.is_transferred, n.from_day, n.to_day, n.acquired_on, n.cutover_on, n.held_until, n.held_from, n.in_service, n.never_depreciated, n.fiscal_year_start,
               CASE WHEN NOT coalesce(v.unknown, false) AND abs(amount(c.cost)) + coalesce(v.amounts, 0) <= 2.5e18 AND (n.policy IS NULL) = (c.policy IS NULL) THEN c.cost END,
               c.policy, v.events, v.estimates, greatest(n.last_recorded_at, h.recorded_at, v.last_recorded_at)
        FROM (SELECT b.*, e.entity_id, t.asset_id IS NOT NULL AS is_transferred, t.from_day, t.to_day, e.functional_currency AS home, greatest(b.acquired_on, t.from_day) AS came_on
              FROM (SELECT a.asset_id, a.basis, a.component, a.currency, a.acquired_on, a.cutover_on, a.held_until, a.held_from, a.in_service, a.never_depreciated, a.fiscal_year_start,
                           a.computable_cost, a.policy, a.events, a.estimates, a.last_recorded_at, a.entity_id AS first_entity_id FROM asset_basis a) b
              LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id
              JOIN entity_known e ON e.entity_id = CASE WHEN t.asset_id IS NULL THEN b.first_entity_id ELSE t.entity_id END
              WHERE b.currency <> e.functional_currency) n
        LEFT JOIN LATERAL historic_rate(n.currency, n.home, n.came_on) h ON true
        LEFT JOIN LATERAL (
            SELECT array_agg(ROW(p.happened_on, p.kind, p.amount, x.share, p.proceeds, p.impairment, x.used_chip_ms, p.policy)::chipbook.asset_event ORDER BY x.place) AS events,
                   array_agg(ROW(p.happened_on, p.kind, p.amount, x.share, p.proceeds, p.impairment, x.used_chip_ms, p.policy)::chipbook.asset_event ORDER BY x.place)
                       FILTER (WHERE x.kind = 'change_of_estimate') AS estimates,
                   bool_or((x.amount IS NULL) <> (p.amount IS NULL) OR (x.proceeds IS NULL) <> (p.proceeds IS NULL) OR (x.impairment IS NULL) <> (p.impairment IS NULL)
                           OR (x.policy IS NULL) <> (p.policy IS NULL)) AS unknown,
                   sum(coalesce(abs(amount(p.amount)), 0) + coalesce(abs(amount(p.proceeds)), 0) + coalesce(abs(amount(p.impairment)), 0)) AS amounts, max(d.recorded_at) AS last_recorded_at
            FROM unnest(n.events) WITH ORDINALITY x (happened_on, kind, amount, share, proceeds, impairment, used_chip_ms, policy, place)
            LEFT JOIN LATERAL historic_rate(n.currency, n.home, greatest(x.happened_on, n.came_on)) d
                   ON x.kind IN ('addition', 'capitalised_interest', 'retirement_obligation') OR x.proceeds IS NOT NULL
            CROSS JOIN LATERAL (
                SELECT x.happened_on, x.kind, in_minor_units(exchanged(x.proceeds, d.numerator, d.denominator, n.home)) AS proceeds,
                       CASE WHEN x.kind IN ('addition', 'capitalised_interest', 'retirement_obligation') THEN in_minor_units(exchanged(x.amount, d.numerator, d.denominator, n.home))
                            ELSE in_minor_units(exchanged(x.amount, h.numerator, h.denominator, n.home)) END AS amount,
                       in_minor_units(exchanged(x.impairment, h.numerator, h.denominator, n.home)) AS impairment,
                       exchanged_policy(x.policy, h.numerator, h.denominator, n.currency, n.home) AS policy) p) v ON n.events IS NOT NULL
        CROSS JOIN LATERAL (SELECT in_minor_units(exchanged(n.computable_cost, h.numerator, h.denominator, n.home)) AS cost,
                                   exchanged_policy(n.policy, h.numerator, h.denominator, n.currency, n.home) AS policy) c;
    COMMENT ON VIEW asset_measure IS 'What asset_basis has of each asset, entity by entity, in the currency it was bought in (is_purchase) and in the one its entity counts in (is_functional): one row where these are one currency, else a second, with cost, policy and events at the historic rate of the day it came to the entity, additions and proceeds at those of their days, each rounded to the minor unit. rate_missing: there is no such rate, and computable_cost is NULL. from_day, to_day: of transferred assets, when the entity has it. Key: (asset_id, basis, from_day, is_purchase).';

    CREATE VIEW asset_register_line WITH (security_invoker) AS
        SELECT x.asset_id, x.basis, x.is_purchase, x.is_functional, x.measured_in::text AS measured_in, x.period_month, x.from_day, x.entity_id, n.asset_class, x.currency::text AS currency,
               n.cost_opening, n.cost_brought_forward, n.additions, n.interest, n.retirement_obligations,
               n.transfers, n.disposals, n.cost_closing,
               n.accumulated_opening, n.accumulated_brought_forward, n.charge, n.accumulated_transfers, n.accumulated_disposals, n.accumulated_closing,
               n.impairment_opening, n.impairment_brought_forward, n.impairment, n.reversal,
               n.impairment_transfers, n.impairment_disposals, n.impairment_closing,
               n.proceeds, n.disposal_gain, x.last_recorded_at
        FROM (SELECT b.asset_id, b.basis, b.is_purchase, b.is_functional, b.measured_in, m.period_month, coalesce(b.from_day, date '-infinity') AS from_day, b.component, b.currency, b.entity_id,
                     -- Whether the month's opening and closing are here, or came and went by transfer.
                     NOT b.is_transferred OR b.from_day < m.period_month AS opens,
                     NOT b.is_transferred OR b.to_day >= m.next_month AS closes,
                     -- Whether depreciation is not known: at the beginning, at the end, and of what left.
                     p.unknown AND v.cost_opening <> u.nothing AS unknown_opening,
                     p.unknown AND v.cost_closing <> u.nothing AS unknown_closing,
                     p.unknown AND v.disposals <> u.nothing AS unknown_disposals,
                     -- What is under construction bears the impairment while nothing is in service.
                     v.cost_opening = u.nothing AS unplaced_opening,
                     v.cost_opening = u.nothing AND v.cost_closing = u.nothing AS unplaced,
                     u.nothing,
                     v.*, b.last_recorded_at
              FROM asset_measure b
              JOIN month_calendar m ON m.next_month > greatest(b.acquired_on, b.cutover_on)
                                   AND (b.held_until IS NULL OR m.period_month <= b.held_until)
                                   AND (NOT b.is_transferred OR b.from_day < m.next_month AND b.to_day >= m.period_month)
              CROSS JOIN LATERAL (SELECT greatest(m.period_month, b.from_day) AS from_day, least(m.next_month, b.to_day) AS to_day) d
              CROSS JOIN LATERAL (SELECT b.policy IS NULL AND NOT b.never_depreciated
                                         AND NOT coalesce(d.to_day > ANY (SELECT e.happened_on FROM unnest(b.estimates) e), false) AS unknown) p
              CROSS JOIN LATERAL (SELECT monetary(0::numeric, b.measured_in) AS nothing) u
              CROSS JOIN LATERAL asset_movement(b.computable_cost, b.held_from, b.in_service, b.policy, b.events,
                                                d.from_day, d.to_day, b.fiscal_year_start::integer) v) x
        CROSS JOIN LATERAL (
            SELECT x.component AS asset_class,
                   CASE WHEN x.opens THEN x.cost_opening ELSE x.nothing END AS cost_opening,
                   x.cost_brought_forward, x.additions + x.interest + x.retirement_obligation AS additions,
                   x.interest, x.retirement_obligation AS retirement_obligations,
                   x.placed_in_service + CASE WHEN x.opens THEN x.nothing ELSE x.cost_opening END
                       - CASE WHEN x.closes THEN x.nothing ELSE x.cost_closing END AS transfers,
                   x.disposals,
                   CASE WHEN x.closes THEN x.cost_closing ELSE x.nothing END AS cost_closing,
                   CASE WHEN NOT x.opens THEN x.nothing WHEN NOT x.unknown_opening THEN x.accumulated_opening END AS accumulated_opening,
                   x.accumulated_brought_forward,
                   CASE WHEN NOT (x.unknown_opening OR x.unknown_closing) THEN x.charge END AS charge,
                   CASE WHEN x.opens THEN x.nothing WHEN NOT x.unknown_opening THEN x.accumulated_opening END
                       - CASE WHEN x.closes THEN x.nothing WHEN NOT x.unknown_closing THEN x.accumulated_closing END AS accumulated_transfers,
                   CASE WHEN NOT x.unknown_disposals THEN x.accumulated_disposals END AS accumulated_disposals,
                   CASE WHEN NOT x.closes THEN x.nothing WHEN NOT x.unknown_closing THEN x.accumulated_closing END AS accumulated_closing,
                   CASE WHEN x.opens AND NOT x.unplaced_opening THEN x.impairment_opening ELSE x.nothing END AS impairment_opening,
                   CASE WHEN x.unplaced THEN x.nothing ELSE x.impairment_brought_forward END AS impairment_brought_forward,
                   CASE WHEN x.unplaced THEN x.nothing ELSE x.impairment END AS impairment,
                   CASE WHEN x.unplaced THEN x.nothing ELSE x.reversal END AS reversal,
                   CASE WHEN x.unplaced OR x.opens AND NOT x.unplaced_opening THEN x.nothing ELSE x.impairment_opening END
                       - CASE WHEN x.unplaced OR x.closes THEN x.nothing ELSE x.impairment_closing END AS impairment_transfers,
                   CASE WHEN x.unplaced THEN x.nothing ELSE x.impairment_disposals END AS impairment_disposals,
                   CASE WHEN x.closes AND NOT x.unplaced THEN x.impairment_closing ELSE x.nothing END AS impairment_closing,
                   CASE WHEN x.unplaced THEN x.nothing ELSE x.proceeds END AS proceeds,
                   CASE WHEN x.unplaced THEN x.nothing WHEN NOT x.unknown_disposals THEN x.disposal_gain END AS disposal_gain
            WHERE x.state IS NULL OR x.cost_opening <> x.nothing OR x.cost_closing <> x.nothing OR x.disposals <> x.nothing
            UNION ALL
            SELECT 'construction',
                   CASE WHEN x.opens THEN x.construction_opening ELSE x.nothing END,
                   x.construction_brought_forward, x.construction_additions + x.construction_interest,
                   x.construction_interest, x.nothing,
                   CASE WHEN x.opens THEN x.nothing ELSE x.construction_opening END - x.placed_in_service
                       - CASE WHEN x.closes THEN x.nothing ELSE x.construction_closing END,
                   x.construction_disposals,
                   CASE WHEN x.closes THEN x.construction_closing ELSE x.nothing END,
                   x.nothing, x.nothing, x.nothing, x.nothing, x.nothing, x.nothing,
                   CASE WHEN x.opens AND x.unplaced_opening THEN x.impairment_opening ELSE x.nothing END,
                   CASE WHEN x.unplaced THEN x.impairment_brought_forward ELSE x.nothing END,
                   CASE WHEN x.unplaced THEN x.impairment ELSE x.nothing END,
                   CASE WHEN x.unplaced THEN x.reversal ELSE x.nothing END,
                   -- In from another entity, out into service or to another entity.
                   CASE WHEN x.unplaced AND NOT x.opens THEN x.impairment_opening ELSE x.nothing END
                       - CASE WHEN x.unplaced_opening AND NOT x.unplaced AND x.opens THEN x.impairment_opening ELSE x.nothing END
                       - CASE WHEN x.unplaced AND NOT x.closes THEN x.impairment_closing ELSE x.nothing END,
                   CASE WHEN x.unplaced THEN x.impairment_disposals ELSE x.nothing END,
                   CASE WHEN x.closes AND x.unplaced THEN x.impairment_closing ELSE x.nothing END,
                   CASE WHEN x.unplaced THEN x.proceeds ELSE x.nothing END,
                   CASE WHEN x.unplaced THEN x.disposal_gain ELSE x.nothing END
            WHERE x.construction_opening <> x.nothing OR x.construction_closing <> x.nothing OR x.construction_additions <> x.nothing
               OR x.construction_disposals <> x.nothing OR x.placed_in_service <> x.nothing) n;
    COMMENT ON VIEW asset_register_line IS 'What each asset brings to the register in each month under each basis: a line for its component and one for what of it is under construction, and one of each for every entity that had it. Amounts in measured_in: the currency it was bought in (is_purchase), and the one its entity counts in (is_functional), as asset_measure has them; transfers are positive where they come in. What of depreciation is not known is NULL. Key: (asset_id, basis, is_purchase, period_month, from_day, asset_class); from_day: since when it has been where it is. Movements are additive; openings and closings are semi-additive.';

    CREATE VIEW asset_register WITH (security_invoker) AS
        SELECT l.entity_id, l.basis, l.asset_class, l.currency, l.is_purchase, l.is_functional, l.measured_in, l.period_month,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.cost_opening)) END AS cost_opening,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.cost_brought_forward)) END AS cost_brought_forward,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.additions)) END AS additions,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.interest)) END AS interest,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.retirement_obligations)) END AS retirement_obligations,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.transfers)) END AS transfers,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.disposals)) END AS disposals,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.cost_closing)) END AS cost_closing,
                 CASE WHEN count(l.accumulated_opening) = count(*) THEN sum(amount(l.accumulated_opening)) END AS accumulated_opening,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.accumulated_brought_forward)) END AS accumulated_brought_forward,
                 CASE WHEN count(l.charge) = count(*) THEN sum(amount(l.charge)) END AS charge,
                 CASE WHEN count(l.accumulated_transfers) = count(*) THEN sum(amount(l.accumulated_transfers)) END AS accumulated_transfers,
                 CASE WHEN count(l.accumulated_disposals) = count(*) THEN sum(amount(l.accumulated_disposals)) END AS accumulated_disposals,
                 CASE WHEN count(l.accumulated_closing) = count(*) THEN sum(amount(l.accumulated_closing)) END AS accumulated_closing,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.impairment_opening)) END AS impairment_opening,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.impairment_brought_forward)) END AS impairment_brought_forward,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.impairment)) END AS impairment,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.reversal)) END AS reversal,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.impairment_transfers)) END AS impairment_transfers,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.impairment_disposals)) END AS impairment_disposals,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.impairment_closing)) END AS impairment_closing,
                 CASE WHEN count(l.additions) = count(*) THEN sum(amount(l.proceeds)) END AS proceeds,
                 CASE WHEN count(l.disposal_gain) = count(*) THEN sum(amount(l.disposal_gain)) END AS disposal_gain,
                 count(*) - count(l.charge) AS unknown_charges,
                 max(l.last_recorded_at) AS last_recorded_at
        FROM asset_register_line l
        GROUP BY l.entity_id, l.basis, l.asset_class, l.currency, l.is_purchase, l.is_functional, l.measured_in, l.period_month;
    COMMENT ON VIEW asset_register IS 'asset_register_line by entity, class and the currency bought in: in that currency (is_purchase), and in the one the entity counts in (is_functional, measured_in). A figure that one asset makes unknown is NULL. Key: (entity_id, basis, asset_class, currency, is_purchase, period_month).';

    CREATE VIEW month_closing_rate WITH (security_invoker) AS
        SELECT DISTINCT ON (r.period_month, r.from_currency) r.period_month, r.from_currency, r.rate, r.last_recorded_at
        FROM (SELECT date_trunc('month', f.rate_date::timestamp)::date AS period_month, f.from_currency::text AS from_currency,
                     f.rate_date, f.rate, f.recorded_at AS last_recorded_at
              FROM fx_rate_known f
              WHERE f.rate_type = 'closing' AND f.rate_source = 'ledger' AND f.to_currency = (SELECT c.reporting_currency FROM clock c) AND isfinite(f.rate_date)
                AND f.rate_date BETWEEN date '0001-01-01' AND date '9999-12-31') r
        ORDER BY r.period_month, r.from_currency, r.rate_date DESC;
    COMMENT ON VIEW month_closing_rate IS 'What one unit of a currency is in the ledger''s reporting currency at the end of a month: the last rate of type closing dated in it, as known. Key: (period_month, from_currency).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_register_views() IS 'Internal: part of create_ledger. Assets in the currency their entity counts in, the lines of the register, and closing rates.';

CREATE FUNCTION chipbook.create_report_register_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW fixed_asset_register WITH (security_invoker) AS
        SELECT r.entity_id, r.basis, r.asset_class, r.currency, r.period_month,
               fiscal_year(r.period_month, c.fiscal_year_start) AS fiscal_year,
               fiscal_period_name(r.period_month, c.fiscal_year_start) AS fiscal_period,
               publishable(r.cost_opening)::numeric(38,15) AS cost_opening,
               publishable(r.cost_brought_forward)::numeric(38,15) AS cost_brought_forward,
               publishable(r.additions)::numeric(38,15) AS additions,
               publishable(r.interest)::numeric(38,15) AS interest,
               publishable(r.retirement_obligations)::numeric(38,15) AS retirement_obligations,
               publishable(r.transfers)::numeric(38,15) AS transfers,
               publishable(r.disposals)::numeric(38,15) AS disposals,
               0::numeric(38,15) AS fx,
               publishable(r.cost_closing)::numeric(38,15) AS cost_closing,
               publishable(r.accumulated_opening)::numeric(38,15) AS accumulated_opening,
               publishable(r.accumulated_brought_forward)::numeric(38,15) AS accumulated_brought_forward,
               publishable(r.charge)::numeric(38,15) AS charge,
               publishable(r.accumulated_transfers)::numeric(38,15) AS accumulated_transfers,
               publishable(r.accumulated_disposals)::numeric(38,15) AS accumulated_disposals,
               0::numeric(38,15) AS accumulated_fx,
               publishable(r.accumulated_closing)::numeric(38,15) AS accumulated_closing,
               publishable(r.impairment_opening)::numeric(38,15) AS impairment_opening,
               publishable(r.impairment_brought_forward)::numeric(38,15) AS impairment_brought_forward,
               publishable(r.impairment)::numeric(38,15) AS impairment,
               publishable(r.reversal)::numeric(38,15) AS reversal,
               publishable(r.impairment_transfers)::numeric(38,15) AS impairment_transfers,
               publishable(r.impairment_disposals)::numeric(38,15) AS impairment_disposals,
               0::numeric(38,15) AS impairment_fx,
               publishable(r.impairment_closing)::numeric(38,15) AS impairment_closing,
               publishable(r.cost_opening - r.accumulated_opening - r.impairment_opening)::numeric(38,15) AS book_value_opening,
               publishable(r.cost_closing - r.accumulated_closing - r.impairment_closing)::numeric(38,15) AS book_value,
               publishable(r.proceeds)::numeric(38,15) AS proceeds,
               publishable(r.disposal_gain)::numeric(38,15) AS disposal_gain,
               r.unknown_charges,
               'owned'::text AS ownership, 'actual'::text AS scenario,
               r.last_recorded_at
        FROM asset_register r
        CROSS JOIN clock c
        WHERE r.is_purchase;
    COMMENT ON VIEW fixed_asset_register IS 'The register of fixed assets (roll-forward) of each complete month, under every basis in use. Grain and key: (entity_id, basis, asset_class, currency, period_month). Amounts in currency; never add across currencies or bases. cost_opening + cost_brought_forward + additions + transfers - disposals + fx = cost_closing; accumulated_opening + accumulated_brought_forward + charge + accumulated_transfers - accumulated_disposals + accumulated_fx = accumulated_closing; impairment_opening + impairment_brought_forward + impairment - reversal + impairment_transfers - impairment_disposals + impairment_fx = impairment_closing; book_value = cost_closing - accumulated_closing - impairment_closing. Movements are additive over classes, entities and months; what opens and closes is semi-additive: over classes and entities, never over months. A figure that one asset of the row makes unknown (no policy, or nothing computable) is NULL.';
    COMMENT ON COLUMN fixed_asset_register.asset_class IS 'The component: chip, server, network, building, power, land, other; construction for what of any component is not in service.';
    COMMENT ON COLUMN fixed_asset_register.fiscal_year IS 'Named by the calendar year it ends in.';
    COMMENT ON COLUMN fixed_asset_register.fiscal_period IS 'As FY26-P10: the tenth month of the fiscal year that ends in 2026.';
    COMMENT ON COLUMN fixed_asset_register.cost_brought_forward IS 'Cost of assets whose opening balances were brought forward in this month; so for accumulated_ and impairment_brought_forward.';
    COMMENT ON COLUMN fixed_asset_register.additions IS 'Purchases, later additions, capitalised interest and retirement obligations.';
    COMMENT ON COLUMN fixed_asset_register.interest IS 'Of additions: capitalised interest.';
    COMMENT ON COLUMN fixed_asset_register.retirement_obligations IS 'Of additions: retirement obligations added to what is in service.';
    COMMENT ON COLUMN fixed_asset_register.transfers IS 'Into the class or entity less out of it: from construction into service, and from one entity to another on the day of the transfer. Adds up to 0 over a ledger, per basis, currency and month.';
    COMMENT ON COLUMN fixed_asset_register.disposals IS 'Cost of what was disposed of: positive, subtracted.';
    COMMENT ON COLUMN fixed_asset_register.fx IS '0 by definition: amounts are in the currency the asset was bought in, and assets are not revalued. See fixed_asset_register_reporting.';
    COMMENT ON COLUMN fixed_asset_register.charge IS 'Depreciation of the month.';
    COMMENT ON COLUMN fixed_asset_register.accumulated_disposals IS 'Depreciation of what was disposed of: positive, subtracted.';
    COMMENT ON COLUMN fixed_asset_register.impairment_closing IS 'Accumulated impairment. An asset''s stands in construction while nothing of it is in service, then in its component.';
    COMMENT ON COLUMN fixed_asset_register.book_value IS 'At the end of the month. Semi-additive.';
    COMMENT ON COLUMN fixed_asset_register.disposal_gain IS 'Proceeds less the book value disposed of; a loss is negative. An asset''s stands in its component unless nothing of it was in service.';
    COMMENT ON COLUMN fixed_asset_register.unknown_charges IS 'Assets of the row whose depreciation is not known.';

    CREATE VIEW fixed_asset_register_reporting WITH (security_invoker) AS
        SELECT t.entity_id, t.basis, t.asset_class, t.currency, t.period_month, t.fiscal_year, t.fiscal_period, t.functional_currency, t.reporting_currency,
               t.opening_rate::numeric(38,15) AS opening_rate, t.average_rate::numeric(38,15) AS average_rate, t.closing_rate::numeric(38,15) AS closing_rate,
               t.cost_opening::numeric(38,15) AS cost_opening,
               t.cost_brought_forward::numeric(38,15) AS cost_brought_forward,
               t.additions::numeric(38,15) AS additions,
               t.interest::numeric(38,15) AS interest,
               t.retirement_obligations::numeric(38,15) AS retirement_obligations,
               t.transfers::numeric(38,15) AS transfers,
               t.disposals::numeric(38,15) AS disposals,
               publishable(t.cost_closing - t.cost_opening - t.cost_brought_forward - t.additions - t.transfers + t.disposals)::numeric(38,15) AS fx,
               t.cost_closing::numeric(38,15) AS cost_closing,
               t.accumulated_opening::numeric(38,15) AS accumulated_opening,
               t.accumulated_brought_forward::numeric(38,15) AS accumulated_brought_forward,
               t.charge::numeric(38,15) AS charge,
               t.accumulated_transfers::numeric(38,15) AS accumulated_transfers,
               t.accumulated_disposals::numeric(38,15) AS accumulated_disposals,
               publishable(t.accumulated_closing - t.accumulated_opening - t.accumulated_brought_forward - t.charge
                           - t.accumulated_transfers + t.accumulated_disposals)::numeric(38,15) AS accumulated_fx,
               t.accumulated_closing::numeric(38,15) AS accumulated_closing,
               t.impairment_opening::numeric(38,15) AS impairment_opening,
               t.impairment_brought_forward::numeric(38,15) AS impairment_brought_forward,
               t.impairment::numeric(38,15) AS impairment,
               t.reversal::numeric(38,15) AS reversal,
               t.impairment_transfers::numeric(38,15) AS impairment_transfers,
               t.impairment_disposals::numeric(38,15) AS impairment_disposals,
               publishable(t.impairment_closing - t.impairment_opening - t.impairment_brought_forward - t.impairment + t.reversal
                           - t.impairment_transfers + t.impairment_disposals)::numeric(38,15) AS impairment_fx,
               t.impairment_closing::numeric(38,15) AS impairment_closing,
               publishable(t.cost_opening - t.accumulated_opening - t.impairment_opening)::numeric(38,15) AS book_value_opening,
               publishable(t.cost_closing - t.accumulated_closing - t.impairment_closing)::numeric(38,15) AS book_value,
               publishable((t.cost_closing - t.accumulated_closing - t.impairment_closing)
                           - (t.cost_opening - t.accumulated_opening - t.impairment_opening)
                           - (t.cost_brought_forward - t.accumulated_brought_forward - t.impairment_brought_forward)
                           - (t.additions + t.transfers - t.disposals) + (t.charge + t.accumulated_transfers - t.accumulated_disposals)
                           + (t.impairment - t.reversal + t.impairment_transfers - t.impairment_disposals))::numeric(38,15) AS exchange_difference,
               t.proceeds::numeric(38,15) AS proceeds,
               publishable(t.proceeds - t.disposals + t.accumulated_disposals + t.impairment_disposals)::numeric(38,15) AS disposal_gain,
               t.unknown_charges, t.ownership, t.scenario, t.last_recorded_at
        FROM (SELECT r.entity_id, r.basis, r.asset_class, r.currency, r.period_month, fiscal_year(r.period_month, c.fiscal_year_start) AS fiscal_year,
                     fiscal_period_name(r.period_month, c.fiscal_year_start) AS fiscal_period, r.measured_in AS functional_currency,
                     x.reporting_currency, x.opening_rate, x.average_rate, x.closing_rate,
                     translated(r.cost_opening, x.opening_rate) AS cost_opening,
                     translated(r.cost_brought_forward, x.average_rate) AS cost_brought_forward,
                     translated(r.additions, x.average_rate) AS additions,
                     translated(r.interest, x.average_rate) AS interest,
                     translated(r.retirement_obligations, x.average_rate) AS retirement_obligations,
                     translated(r.transfers, x.average_rate) AS transfers,
                     translated(r.disposals, x.average_rate) AS disposals,
                     translated(r.cost_closing, x.closing_rate) AS cost_closing,
                     translated(r.accumulated_opening, x.opening_rate) AS accumulated_opening,
                     translated(r.accumulated_brought_forward, x.average_rate) AS accumulated_brought_forward,
                     translated(r.charge, x.average_rate) AS charge,
                     translated(r.accumulated_transfers, x.average_rate) AS accumulated_transfers,
                     translated(r.accumulated_disposals, x.average_rate) AS accumulated_disposals,
                     translated(r.accumulated_closing, x.closing_rate) AS accumulated_closing,
                     translated(r.impairment_opening, x.opening_rate) AS impairment_opening,
                     translated(r.impairment_brought_forward, x.average_rate) AS impairment_brought_forward,
                     translated(r.impairment, x.average_rate) AS impairment,
                     translated(r.reversal, x.average_rate) AS reversal,
                     translated(r.impairment_transfers, x.average_rate) AS impairment_transfers,
                     translated(r.impairment_disposals, x.average_rate) AS impairment_disposals,
                     translated(r.impairment_closing, x.closing_rate) AS impairment_closing,
                     translated(r.proceeds, x.average_rate) AS proceeds,
                     r.unknown_charges, 'owned'::text AS ownership, 'actual'::text AS scenario,
                     greatest(r.last_recorded_at, o.last_recorded_at, a.last_recorded_at, z.last_recorded_at) AS last_recorded_at
              FROM asset_register r
              CROSS JOIN clock c
              LEFT JOIN month_closing_rate o ON o.period_month = (r.period_month - interval '1 month')::date AND o.from_currency = r.measured_in
              LEFT JOIN month_fx_rate a ON a.period_month = r.period_month AND a.from_currency = r.measured_in
              LEFT JOIN month_closing_rate z ON z.period_month = r.period_month AND z.from_currency = r.measured_in
              CROSS JOIN LATERAL (SELECT c.reporting_currency::text AS reporting_currency,
                  CASE WHEN r.measured_in = c.reporting_currency::text THEN 1 ELSE publishable(o.rate) END AS opening_rate,
                  CASE WHEN r.measured_in = c.reporting_currency::text THEN 1 ELSE publishable(a.rate) END AS average_rate,
                  CASE WHEN r.measured_in = c.reporting_currency::text THEN 1 ELSE publishable(z.rate) END AS closing_rate) x
              WHERE r.is_functional) t;
    COMMENT ON VIEW fixed_asset_register_reporting IS 'The register of fixed assets in the ledger''s reporting currency. Chips are no money: what was bought in another currency than functional_currency, that of the entity, is carried there at the rate of the day it came in and no later one (IAS 21.23(b)), as each asset is rounded to the minor unit; that is translated (IAS 21.39): what opens at the closing rate of the month before, movements at the month''s average rate, what closes at its closing rate, and the exchange difference that balances them; not rounded to the minor unit. Grain and key: (entity_id, basis, asset_class, currency, period_month); currency is the one the assets were bought in; where the entity counts in the reporting currency there is no exchange difference. The identities of fixed_asset_register hold, with fx. A figure whose rate the ledger lacks is NULL: a finding, never 1. Movements are additive over all rows of a basis, what opens and closes over classes, entities and currencies.';
    COMMENT ON COLUMN fixed_asset_register_reporting.exchange_difference IS 'Of the book value: fx - accumulated_fx - impairment_fx. A gain is positive.';
    COMMENT ON COLUMN fixed_asset_register_reporting.opening_rate IS 'Reporting currency for one unit of functional_currency: the closing rate of the month before.';

    CREATE VIEW basis_difference WITH (security_invoker) AS
        SELECT b.entity_id, b.basis, p.basis AS primary_basis, b.period_month, b.asset_id, b.component, b.chip_model_id, b.site_id,
               b.currency::text AS currency,
               amount(b.book_value_closing)::numeric(38,15) AS book_value,
               amount(p.book_value_closing)::numeric(38,15) AS primary_book_value,
               amount(p.book_value_closing - b.book_value_closing)::numeric(38,15) AS temporary_difference,
               (CASE WHEN b.basis IN ('us_tax', 'de_tax') THEN r.rate END)::numeric(38,15) AS income_tax_rate,
               (CASE WHEN b.basis IN ('us_tax', 'de_tax')
                     THEN round(amount(p.book_value_closing - b.book_value_closing)::numeric(60,20) * r.rate, 15) END)::numeric(38,15) AS deferred_tax,
               'owned'::text AS ownership, 'actual'::text AS scenario,
               greatest(b.last_recorded_at, p.last_recorded_at, r.recorded_at) AS last_recorded_at
        FROM asset_month b
        LEFT JOIN asset_month p ON p.asset_id = b.asset_id AND p.period_month = b.period_month
                               AND p.basis = (SELECT primary_basis FROM clock)
        LEFT JOIN entity_rate_known r ON r.entity_id = b.entity_id AND r.kind = 'income_tax'
                                     AND r.valid_from < b.next_month AND r.valid_to >= b.next_month
        WHERE b.basis <> (SELECT primary_basis FROM clock);
    COMMENT ON VIEW basis_difference IS 'What each other basis makes of an asset beside the primary one, at the end of each complete month. Grain and key: (asset_id, basis, period_month). Amounts in currency, semi-additive: over assets, never over months; never add across currencies or bases.';
    COMMENT ON COLUMN basis_difference.temporary_difference IS 'primary_book_value - book_value. Under a tax basis, positive is a taxable temporary difference: the asset was depreciated faster for tax, and tax is due later. NULL where either is not known.';
    COMMENT ON COLUMN basis_difference.deferred_tax IS 'temporary_difference x income_tax_rate, for the tax bases us_tax and de_tax: a liability is positive, an asset negative. NULL for other bases, and without an income_tax rate of the entity. Not rounded to the minor unit.';
    COMMENT ON COLUMN basis_difference.income_tax_rate IS 'The entity''s at the end of the month (entity_rate), a fraction.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_register_views() IS 'Internal: part of create_ledger. The views fixed_asset_register, with _reporting, and basis_difference.';
