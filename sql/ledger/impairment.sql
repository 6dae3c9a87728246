-- Impairment: what may indicate it (IAS 36.12, ASC 360-10-35-21), and the test of a
-- cash-generating unit, whose loss or reversal is spread over the unit's assets exactly.

-- The assets of a unit at the start of a day, each with what it is carried at; refuses what
-- cannot be tested. Both tests begin with it.
CREATE FUNCTION chipbook.cash_generating_unit_assets(
    ledger text, cash_generating_unit_id text, basis text, tested_on date, recoverable chipbook.monetary)
RETURNS TABLE (asset_id text, carrying_amount chipbook.monetary, reversal_limit chipbook.monetary) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    bad record;
BEGIN
    IF cash_generating_unit_assets.cash_generating_unit_id IS NULL OR cash_generating_unit_assets.basis IS NULL
       OR tested_on IS NULL OR recoverable IS NULL THEN
        RAISE EXCEPTION 'the test of a cash-generating unit takes no null argument' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF tested_on NOT BETWEEN date '0001-01-01' AND date '9999-12-31' THEN
        RAISE EXCEPTION 'invalid date of a test for impairment: %', tested_on USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF cash_generating_unit_assets.basis NOT IN ('ifrs', 'us_gaap', 'hgb', 'de_tax', 'economic') THEN
        RAISE EXCEPTION 'basis "%" knows no impairment', cash_generating_unit_assets.basis
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use ifrs, us_gaap, hgb, de_tax or economic.';
    END IF;
    IF amount(recoverable) < 0 THEN
        RAISE EXCEPTION 'a recoverable amount cannot be negative: %', recoverable
            USING ERRCODE = 'invalid_parameter_value', HINT = 'An asset is never carried below 0 (IAS 36.105).';
    END IF;
    IF NOT EXISTS (SELECT FROM cash_generating_unit_known u
                   WHERE u.cash_generating_unit_id = cash_generating_unit_assets.cash_generating_unit_id) THEN
        RAISE EXCEPTION 'there is no cash-generating unit "%" in ledger "%"', cash_generating_unit_assets.cash_generating_unit_id, ledger
            USING ERRCODE = 'no_data_found';
    END IF;
    -- Also what the load being written says already: nothing is tested twice on a day. What a
    -- load says that was given up before it was published holds nobody up.
    SELECT e.event_id, e.recorded_at INTO bad FROM asset_event e
    WHERE e.cash_generating_unit_id = cash_generating_unit_assets.cash_generating_unit_id
      AND e.basis = cash_generating_unit_assets.basis AND e.happened_on = tested_on
      AND e.kind IN ('impairment', 'impairment_reversal') AND e.superseded_at = 'infinity'
      AND (e.recorded_at IS NOT NULL OR e.load_id = currval('load_load_id_seq'))
    ORDER BY e.event_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'cash-generating unit "%" has been tested on % under % already', cash_generating_unit_assets.cash_generating_unit_id,
                        to_char(tested_on, 'YYYY-MM-DD'), cash_generating_unit_assets.basis
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('Its event "%s", for one, is there.', bad.event_id),
                  HINT = CASE WHEN bad.recorded_at IS NULL THEN 'It is in the load being written: delete it there, or test on another day.'
                             ELSE 'Withdraw its load with chipbook.retract_load(), or test on another day.' END;
    END IF;
    SELECT b.asset_id, b.cost INTO bad
    FROM asset_known a JOIN asset_basis b ON b.asset_id = a.asset_id
    WHERE a.cash_generating_unit_id = cash_generating_unit_assets.cash_generating_unit_id
      AND b.basis = cash_generating_unit_assets.basis AND b.currency <> currency(recoverable) AND b.acquired_on < tested_on
      AND (b.held_until IS NULL OR b.held_until >= tested_on)
    ORDER BY b.asset_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'currencies differ: a recoverable amount in %, asset "%" of cash-generating unit "%" in %', currency(recoverable),
                        bad.asset_id, cash_generating_unit_assets.cash_generating_unit_id, currency(bad.cost)
            USING ERRCODE = 'data_exception', HINT = 'A unit whose assets are in several currencies cannot be tested as one.';
    END IF;
    SELECT b.asset_id INTO bad
    FROM asset_known a JOIN asset_basis b ON b.asset_id = a.asset_id
    WHERE a.cash_generating_unit_id = cash_generating_unit_assets.cash_generating_unit_id
      AND b.basis = cash_generating_unit_assets.basis AND b.acquired_on < tested_on
      AND (b.held_until IS NULL OR b.held_until >= tested_on)
      AND (b.computable_cost IS NULL OR NOT b.never_depreciated AND policy_in_force(b.policy, b.events, tested_on) IS NULL)
    ORDER BY b.asset_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'what asset "%" of cash-generating unit "%" is carried at is not known', bad.asset_id,
                        cash_generating_unit_assets.cash_generating_unit_id
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('It has no policy under %s, or its amounts are too large.', cash_generating_unit_assets.basis);
    END IF;

    RETURN QUERY
        SELECT b.asset_id, n.book_value, n.reversal_limit
        FROM asset_known a
        JOIN asset_basis b ON b.asset_id = a.asset_id AND b.basis = cash_generating_unit_assets.basis
        CROSS JOIN LATERAL asset_balance(b.computable_cost, b.held_from, b.in_service, b.policy, b.events,
                                         tested_on, b.fiscal_year_start::integer) n
        WHERE a.cash_generating_unit_id = cash_generating_unit_assets.cash_generating_unit_id
          AND n.state NOT IN ('not_held', 'disposed')
        ORDER BY b.asset_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'cash-generating unit "%" has no asset in the books on % under %', cash_generating_unit_assets.cash_generating_unit_id,
                        to_char(tested_on, 'YYYY-MM-DD'), cash_generating_unit_assets.basis
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.cash_generating_unit_assets(text, text, text, date, chipbook.monetary) IS 'Internal: the assets of a cash-generating unit at the start of tested_on with their carrying amounts, and how much impairment of each may be reversed, in the currency of recoverable. Errors as impair_cash_generating_unit.';

-- Where the events go: the load this session opened last, not yet published.
CREATE FUNCTION chipbook.session_load(ledger text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    opened bigint;
BEGIN
    BEGIN
        opened := currval('load_load_id_seq');
    EXCEPTION WHEN object_not_in_prerequisite_state THEN
        RAISE EXCEPTION 'this session has opened no load of ledger "%"', ledger
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Open one with chipbook.open_load() first.';
    END;
    PERFORM chipbook.require_open_load(ledger, opened);
    RETURN opened;
END
$$;
COMMENT ON FUNCTION chipbook.session_load(text) IS 'Internal: the load that this session opened last. 55000 when there is none, or it is published.';

CREATE FUNCTION chipbook.impair_cash_generating_unit(
    ledger text, cash_generating_unit_id text, basis text, tested_on date, recoverable chipbook.monetary,
    event_prefix text DEFAULT NULL)
RETURNS TABLE (event_id text, asset_id text, carrying_amount chipbook.monetary, loss chipbook.monetary, carrying_amount_after chipbook.monetary)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ids text[];
    carrying chipbook.monetary[];
    losses chipbook.monetary[];
    total chipbook.monetary;
BEGIN
    PERFORM chipbook.enter_ledger(ledger, to_write => true);
    PERFORM chipbook.session_load(ledger);
    SELECT array_agg(u.asset_id ORDER BY u.asset_id), array_agg(u.carrying_amount ORDER BY u.asset_id), sum(u.carrying_amount)
    INTO ids, carrying, total
    FROM chipbook.cash_generating_unit_assets(ledger, impair_cash_generating_unit.cash_generating_unit_id,
                                              impair_cash_generating_unit.basis, tested_on, recoverable) u;
    IF total <= recoverable THEN
        RAISE EXCEPTION 'cash-generating unit "%" is not impaired: it is carried at %, and % is recoverable',
                        impair_cash_generating_unit.cash_generating_unit_id, total, recoverable
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Pro rata to what each is carried at (IAS 36.104 (b), ASC 360-10-35-28), in minor units as
    -- long as the amounts are in minor units: then no part is above what its asset is carried at.
    losses := allocate(total - recoverable, (SELECT array_agg(amount(c) ORDER BY i) FROM unnest(carrying) WITH ORDINALITY x (c, i)),
                       CASE WHEN round(total - recoverable, coalesce(minor_unit(currency(total)), 15)::integer) = total - recoverable
                                 AND NOT EXISTS (SELECT FROM unnest(carrying) c WHERE round(c, coalesce(minor_unit(currency(c)), 15)::integer) <> c)
                            THEN coalesce(minor_unit(currency(total)), 15)::integer ELSE 15 END);
    RETURN QUERY
        WITH written AS (
            INSERT INTO asset_event AS e (event_id, asset_id, basis, kind, happened_on, amount, cash_generating_unit_id, reason)
            SELECT concat(coalesce(event_prefix, format('impairment %s %s %s ', impair_cash_generating_unit.cash_generating_unit_id,
                                                        impair_cash_generating_unit.basis, to_char(tested_on, 'YYYY-MM-DD'))), p.id),
                   p.id, impair_cash_generating_unit.basis, 'impairment', tested_on, p.loss, impair_cash_generating_unit.cash_generating_unit_id,
                   format('unit carried at %s, recoverable %s', total, recoverable)
            FROM unnest(ids, losses) p (id, loss) WHERE amount(p.loss) > 0
            RETURNING e.event_id, e.asset_id, e.amount)
        SELECT w.event_id, w.asset_id, p.before, w.amount, p.before - w.amount
        FROM written w JOIN unnest(ids, carrying) p (id, before) ON p.id = w.asset_id
        ORDER BY w.asset_id;
END
$$;
COMMENT ON FUNCTION chipbook.impair_cash_generating_unit(text, text, text, date, chipbook.monetary, text) IS 'Writes a cash-generating unit down to its recoverable amount: the loss is what its assets (construction and land too) are carried at under basis at the start of tested_on, less recoverable, spread in proportion to what each is carried at by largest remainder, so that the parts add up exactly and none exceeds its asset. Adds an event impairment for each asset to the load this session opened last, and returns them; nothing holds until the load is published. Event ids are event_prefix (default: impairment UNIT BASIS DATE and a blank) and the asset''s. Errors: 22023 nothing to write down, or a basis without impairment; 22000 another currency; P0002 no such unit; 55000 no open load, tested that day already, no asset, or one without a policy; 22004 for NULL.';

CREATE FUNCTION chipbook.reverse_cash_generating_unit(
    ledger text, cash_generating_unit_id text, basis text, tested_on date, recoverable chipbook.monetary,
    event_prefix text DEFAULT NULL)
RETURNS TABLE (event_id text, asset_id text, carrying_amount chipbook.monetary, reversal chipbook.monetary, carrying_amount_after chipbook.monetary)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ids text[];
    carrying chipbook.monetary[];
    room chipbook.monetary[];
    parts chipbook.monetary[];
    more chipbook.monetary[];
    total chipbook.monetary;
    total_room chipbook.monetary;
    rest chipbook.monetary;
BEGIN
    PERFORM chipbook.enter_ledger(ledger, to_write => true);
    PERFORM chipbook.session_load(ledger);
    IF reverse_cash_generating_unit.basis = 'us_gaap' THEN
        RAISE EXCEPTION 'an impairment is never reversed under us_gaap'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = 'ASC 360-10-35-20 forbids restoring a loss on assets held and used.';
    END IF;
    SELECT array_agg(u.asset_id ORDER BY u.asset_id), array_agg(u.carrying_amount ORDER BY u.asset_id),
           array_agg(u.reversal_limit ORDER BY u.asset_id), array_agg(monetary(0, currency(recoverable))), sum(u.carrying_amount), sum(u.reversal_limit)
    INTO ids, carrying, room, parts, total, total_room
    FROM chipbook.cash_generating_unit_assets(ledger, reverse_cash_generating_unit.cash_generating_unit_id,
                                              reverse_cash_generating_unit.basis, tested_on, recoverable) u;
    rest := least(recoverable - total, total_room);
    IF amount(rest) <= 0 THEN
        RAISE EXCEPTION 'nothing can be reversed of cash-generating unit "%": it is carried at %, % is recoverable, and of its impairments % may be reversed',
                        reverse_cash_generating_unit.cash_generating_unit_id, total, recoverable, total_room
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'No asset is written up above what it would be carried at had it never been impaired (IAS 36.117, 36.123).';
    END IF;
    -- Pro rata to what each is carried at (IAS 36.122), as far as each may rise; what does not
    -- fit goes to the others (IAS 36.123). Each round fills an asset or places the rest.
    WHILE amount(rest) > 0 LOOP
        more := allocate(rest, (SELECT array_agg(CASE WHEN parts[i] >= room[i] THEN 0
                                                      WHEN amount(total) = 0 THEN amount(room[i])
                                                      -- An asset written down to nothing still takes part.
                                                      ELSE greatest(amount(carrying[i]), 0.000000000000001) END ORDER BY i)
                                FROM generate_subscripts(ids, 1) i),
                         coalesce(minor_unit(currency(rest)), 15)::integer);
        SELECT array_agg(least(parts[i] + more[i], room[i]) ORDER BY i) INTO parts FROM generate_subscripts(ids, 1) i;
        rest := least(recoverable - total, total_room) - (SELECT sum(p) FROM unnest(parts) p);
    END LOOP;
    RETURN QUERY
        WITH written AS (
            INSERT INTO asset_event AS e (event_id, asset_id, basis, kind, happened_on, amount, cash_generating_unit_id, reason)
            SELECT concat(coalesce(event_prefix, format('reversal %s %s %s ', reverse_cash_generating_unit.cash_generating_unit_id,
                                                        reverse_cash_generating_unit.basis, to_char(tested_on, 'YYYY-MM-DD'))), p.id),
                   p.id, reverse_cash_generating_unit.basis, 'impairment_reversal', tested_on, p.part,
                   reverse_cash_generating_unit.cash_generating_unit_id, format('unit carried at %s, recoverable %s', total, recoverable)
            FROM unnest(ids, parts) p (id, part) WHERE amount(p.part) > 0
            RETURNING e.event_id, e.asset_id, e.amount)
        SELECT w.event_id, w.asset_id, p.before, w.amount, p.before + w.amount
        FROM written w JOIN unnest(ids, carrying) p (id, before) ON p.id = w.asset_id
        ORDER BY w.asset_id;
END
$$;
COMMENT ON FUNCTION chipbook.reverse_cash_generating_unit(text, text, text, date, chipbook.monetary, text) IS 'Reverses impairments of a cash-generating unit as far as recoverable exceeds what its assets are carried at under basis at the start of tested_on, each asset at most up to what it would be carried at had it never been impaired (IAS 36.117): in proportion to what each is carried at, and what one cannot take goes to the others. Adds an event impairment_reversal for each asset to the load this session opened last, and returns them. Event ids are event_prefix (default: reversal UNIT BASIS DATE and a blank) and the asset''s. Errors: 22023 under us_gaap and us_tax, and when there is nothing to reverse; else as impair_cash_generating_unit.';

CREATE FUNCTION chipbook.create_ledger_impairment_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW impairment_threshold WITH (security_invoker) AS
        SELECT t.indicator, t.threshold, t.months, t.meaning
        FROM (VALUES
            ('idle', 0.5, 3, 'idle share of installed chip-hours above threshold over the last months'),
            ('book_value_above_economic_value', 1.0, 0, 'book value over economic value above threshold'),
            ('held_for_sale', NULL, 0, 'to be disposed of'),
            ('life_shortened', 1.0, 12, 'new useful life over old below threshold, within the last months'),
            ('construction_stopped', 0.0, 12, 'nothing, or no more than threshold, spent on construction within the last months'))
            t (indicator, threshold, months, meaning);
    COMMENT ON VIEW impairment_threshold IS 'When impairment_indicator speaks: thresholds of this program, which no standard states. Key: indicator.';

    CREATE VIEW pool_carrying WITH (security_invoker) AS
        SELECT p.pool_id, a.basis, a.currency, publishable(sum(p.share * amount(a.book_value)::numeric(60,20))) AS carrying_amount,
               max(greatest(p.recorded_at, a.last_recorded_at)) AS last_recorded_at
        FROM pool_asset_known p
        JOIN asset_outlook a ON a.asset_id = p.asset_id
        WHERE p.valid_from < a.from_date AND p.valid_to >= a.from_date AND a.is_known
        GROUP BY p.pool_id, a.basis, a.currency;
    COMMENT ON VIEW pool_carrying IS 'What the assets of each pool are carried at, by their shares, at the end of the last complete month. Key: (pool_id, basis, currency).';

    CREATE VIEW impairment_test_event WITH (security_invoker) AS
        SELECT e.cash_generating_unit_id, e.basis, e.happened_on AS tested_on, e.asset_id,
               sum(CASE WHEN e.kind = 'impairment' THEN amount(e.amount) ELSE 0 END) AS loss,
               sum(CASE WHEN e.kind = 'impairment_reversal' THEN amount(e.amount) ELSE 0 END) AS reversal,
               max(e.recorded_at) AS last_recorded_at
        FROM asset_event_known e
        WHERE e.cash_generating_unit_id IS NOT NULL AND e.kind IN ('impairment', 'impairment_reversal')
        GROUP BY e.cash_generating_unit_id, e.basis, e.happened_on, e.asset_id;
    COMMENT ON VIEW impairment_test_event IS 'What tests of cash-generating units have written off or back on each asset. Key: (cash_generating_unit_id, basis, tested_on, asset_id).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_impairment_views() IS 'Internal: part of create_ledger. Thresholds of the indicators, and what stands behind impairment_indicator and impairment_test.';

CREATE FUNCTION chipbook.create_report_impairment_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW impairment_indicator WITH (security_invoker) AS
        SELECT f.indicator, f.subject, f.subject_id, f.entity_id, c.primary_basis AS basis, (h.from_date - interval '1 month')::date AS period_month,
               k.cash_generating_unit_id, f.site_id, f.chip_model_id, f.currency::text AS currency,
               publishable(f.numerator)::numeric(38,15) AS numerator, publishable(f.denominator)::numeric(38,15) AS denominator,
               publishable(f.numerator::numeric(60,20) / nullif(f.denominator, 0))::numeric(38,15) AS ratio,
               t.threshold::numeric(38,15) AS threshold, f.unit,
               publishable(f.carrying_amount)::numeric(38,15) AS carrying_amount,
               t.meaning, f.detail, f.last_recorded_at
        FROM (
            SELECT 'idle' AS indicator, 'pool' AS subject, r.pool_id AS subject_id, p.entity_id,
                   p.site_id, p.chip_model_id, k.currency, (r.installed_ms - r.used_ms) / 3600000.0 AS numerator, r.installed_ms / 3600000.0 AS denominator,
                   'chip-hours' AS unit, k.carrying_amount,
                   format('of the chip-hours metered since %s', iso_date(r.first_month)) AS detail, greatest(r.last_recorded_at, k.last_recorded_at) AS last_recorded_at
            FROM (SELECT m.pool_id, min(m.period_month) AS first_month, sum(m.installed_ms) AS installed_ms,
                         sum(least(m.used_ms, m.installed_ms)) AS used_ms, max(m.last_recorded_at) AS last_recorded_at
                  FROM pool_month_reading m
                  WHERE m.period_month >= (SELECT (n.from_date - make_interval(months => i.months))::date
                                           FROM forecast_clock n, impairment_threshold i WHERE i.indicator = 'idle')
                  GROUP BY m.pool_id) r
            JOIN pool_known p ON p.pool_id = r.pool_id
            -- What is rented is nobody's asset here.
            JOIN pool_carrying k ON k.pool_id = r.pool_id AND k.basis = (SELECT n.primary_basis FROM clock n)
            UNION ALL
            SELECT 'book_value_above_economic_value', 'asset', a.asset_id, a.entity_id, a.site_id, a.chip_model_id, a.currency,
                   amount(a.book_value), amount(e.book_value), 'money', amount(a.book_value),
                   format('carried at %s, worth %s', a.book_value, e.book_value), greatest(a.last_recorded_at, e.last_recorded_at)
            FROM asset_outlook a
            JOIN asset_outlook e ON e.asset_id = a.asset_id AND e.basis = 'economic' AND e.is_known
            WHERE a.basis = (SELECT n.primary_basis FROM clock n) AND a.is_known AND a.basis <> 'economic' AND a.book_value > e.book_value
            UNION ALL
            SELECT 'held_for_sale', 'asset', a.asset_id, a.entity_id, a.site_id, a.chip_model_id, a.currency,
                   NULL, NULL, NULL, amount(a.book_value),
                   'held for sale: compare with fair value less costs to sell', a.last_recorded_at
            FROM asset_outlook a
            WHERE a.basis = (SELECT n.primary_basis FROM clock n) AND a.state = 'held_for_sale'
            UNION ALL
            SELECT 'life_shortened', 'asset', a.asset_id, a.entity_id, a.site_id, a.chip_model_id, a.currency,
                   life_in_years(e.policy_after), life_in_years(e.policy_before), 'years', amount(a.book_value),
                   format('on %s by %s', iso_date(e.happened_on), e.event_id), greatest(a.last_recorded_at, e.last_recorded_at)
            FROM asset_outlook a
            JOIN (SELECT DISTINCT ON (x.asset_id, x.basis) x.* FROM asset_estimate_change x, forecast_clock n, impairment_threshold i
                  WHERE i.indicator = 'life_shortened' AND x.happened_on < n.from_date
                    AND x.happened_on >= n.from_date - make_interval(months => i.months)
                    AND life_in_years(x.policy_after) < i.threshold * life_in_years(x.policy_before)
                  ORDER BY x.asset_id, x.basis, x.happened_on DESC, x.event_id) e ON e.asset_id = a.asset_id AND e.basis = a.basis
            WHERE a.basis = (SELECT n.primary_basis FROM clock n)
            UNION ALL
            SELECT 'construction_stopped', 'asset', a.asset_id, a.entity_id, a.site_id, a.chip_model_id, a.currency,
                   amount(v.construction_additions), amount(a.construction), 'money', amount(a.construction),
                   format('under construction, %s of it added since %s', v.construction_additions, iso_date(v.since)), a.last_recorded_at
            FROM (SELECT o.*, (o.from_date - make_interval(months => i.months))::date AS since, i.threshold
                  FROM asset_outlook o, impairment_threshold i
                  WHERE i.indicator = 'construction_stopped' AND amount(o.construction) > 0) a
            CROSS JOIN LATERAL (SELECT a.since, y.construction_additions, y.placed_in_service, y.construction_brought_forward
                                FROM asset_movement(a.computable_cost, a.held_from, a.in_service, a.policy, a.events,
                                                    a.since, a.from_date, a.fiscal_year_start) y) v
            WHERE a.basis = (SELECT n.primary_basis FROM clock n) AND a.held_from < a.since
              AND amount(v.construction_additions) <= a.threshold AND amount(v.placed_in_service) = 0
              -- What was spent before a cutover is not known.
              AND amount(v.construction_brought_forward) = 0) f
        JOIN impairment_threshold t ON t.indicator = f.indicator
        LEFT JOIN asset_known k ON f.subject = 'asset' AND k.asset_id = f.subject_id
        CROSS JOIN clock c
        CROSS JOIN forecast_clock h
        WHERE f.indicator <> 'idle' OR f.numerator > t.threshold * f.denominator;
    COMMENT ON VIEW impairment_indicator IS 'Indications that assets may be impaired (IAS 36.12, ASC 360-10-35-21) at the end of the last complete month, under the ledger''s primary basis: a row for each. Key: (indicator, subject, subject_id, currency). An indication calls for a test, and is none. ratio is numerator / denominator, in unit: of the last three months for idle, of book value to economic value, of the new life to the old, of what was spent in a year to what is under construction. carrying_amount in currency, additive over subjects of one indicator only. Thresholds stand in the view impairment_threshold of the ledger''s own schema.';
    COMMENT ON COLUMN impairment_indicator.subject IS 'pool (idle) or asset.';
    COMMENT ON COLUMN impairment_indicator.cash_generating_unit_id IS 'The unit to test; NULL for an asset in none, and for a pool.';

    CREATE VIEW impairment_test WITH (security_invoker) AS
        SELECT t.cash_generating_unit_id, u.entity_id, t.basis, t.tested_on, b.currency::text AS currency,
               count(*) AS assets,
               CASE WHEN bool_and(k.is_known) THEN publishable(sum(amount(n.book_value))) END::numeric(38,15) AS carrying_amount_before,
               publishable(sum(coalesce(e.loss, 0)))::numeric(38,15) AS loss,
               publishable(sum(coalesce(e.reversal, 0)))::numeric(38,15) AS reversal,
               CASE WHEN bool_and(k.is_known) THEN publishable(sum(amount(n.book_value) - coalesce(e.loss, 0) + coalesce(e.reversal, 0)))
                    END::numeric(38,15) AS carrying_amount_after,
               greatest(max(b.last_recorded_at), max(t.last_recorded_at)) AS last_recorded_at
        FROM (SELECT x.cash_generating_unit_id, x.basis, x.tested_on, max(x.last_recorded_at) AS last_recorded_at
              FROM impairment_test_event x GROUP BY 1, 2, 3) t
        LEFT JOIN cash_generating_unit_known u ON u.cash_generating_unit_id = t.cash_generating_unit_id
        JOIN asset_basis b ON b.basis = t.basis
        JOIN asset_known a ON a.asset_id = b.asset_id
        CROSS JOIN LATERAL asset_balance(b.computable_cost, b.held_from, b.in_service, b.policy, b.events,
                                         least(greatest(t.tested_on, date '0001-01-01'), date '9999-12-31'), b.fiscal_year_start::integer) n
        CROSS JOIN LATERAL (SELECT n.state IS NOT NULL
                                   AND (b.never_depreciated OR policy_in_force(b.policy, b.events, t.tested_on) IS NOT NULL) AS is_known) k
        LEFT JOIN impairment_test_event e ON e.cash_generating_unit_id = t.cash_generating_unit_id AND e.basis = t.basis
                                         AND e.tested_on = t.tested_on AND e.asset_id = b.asset_id
        WHERE (a.cash_generating_unit_id = t.cash_generating_unit_id OR e.asset_id IS NOT NULL)
          AND (n.state NOT IN ('not_held', 'disposed') OR n.state IS NULL AND b.acquired_on < t.tested_on OR e.asset_id IS NOT NULL)
        GROUP BY t.cash_generating_unit_id, u.entity_id, t.basis, t.tested_on, b.currency;
    COMMENT ON VIEW impairment_test IS 'Tests of cash-generating units for impairment: what the unit''s assets were carried at at the start of the day, what was written off or back, and what they were carried at then. Key: (cash_generating_unit_id, basis, tested_on, currency). Amounts in currency: loss and reversal are additive, carrying amounts only over units of one basis and day. carrying_amount_after is carrying_amount_before - loss + reversal, exactly; both are NULL when what an asset is carried at is not known.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_impairment_views() IS 'Internal: part of create_ledger. The views impairment_indicator and impairment_test.';
