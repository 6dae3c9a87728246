-- The close of a period: steps measure what the period should show by the facts as they are
-- known now, less what was posted of it before; what is left is posted. So a close that is
-- run again posts nothing, and what became known too late is found by the same subtraction.
-- A step is a function of the ledger, named by chipbook.close_steps(), that adds rows to the
-- temporary table close_amount; what they become is one matter for all steps.

CREATE FUNCTION chipbook.close_steps() RETURNS TABLE (step_number integer, function_name name, description text)
IMMUTABLE PARALLEL SAFE ROWS 5 LANGUAGE sql
BEGIN ATOMIC
    SELECT t.step_number, t.function_name::name, t.description FROM (VALUES
        (1, 'close_assets', 'depreciation, impairment and reversal, disposals, accretion, and their corrections'),
        (2, 'close_accruals', 'accruals of what pools cost beside depreciation, reversed on day 1 of the next period'),
        (3, 'close_allocations', 'management journal: depreciation to the cost centres of pools'),
        (4, 'close_commitments', 'what commitments were paid upfront and have used up, and provisions for onerous ones'),
        (5, 'close_monetary_items', 'differences of exchange of monetary items, realised and not')) t (step_number, function_name, description);
END;
COMMENT ON FUNCTION chipbook.close_steps() IS 'The steps of a close in their order: functions in the ledger''s schema, each called with the period and the day the books began (NULL: this is the first close). A later step may use what an earlier one measured. While one runs, close_progress shows it.';

CREATE FUNCTION chipbook.create_ledger_close() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW asset_stay WITH (security_invoker) AS
        SELECT b.*, CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END AS held_by,
               coalesce(t.from_day, date '-infinity') AS from_day, coalesce(t.to_day, date 'infinity') AS to_day,
               t.asset_id IS NOT NULL AS was_moved
        FROM asset_basis b
        LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id;
    COMMENT ON VIEW asset_stay IS 'asset_basis, once for each stay [from_day, to_day) with an entity, held_by, and at a site. Key: (asset_id, basis, from_day).';

    -- Two times in one pass: [first_day, split_day) and [split_day, end_day), of one element of each array.
    CREATE FUNCTION asset_amounts(of_entity text, of_basis text, first_days date[], split_days date[], end_days date[], of_assets text[])
    RETURNS TABLE (end_day date, asset_id text, asset_class text, site_id text, currency currency, was_moved boolean, event text, before monetary, during monetary)
    STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT s.end_day, k.asset_id, k.component,
               CASE WHEN k.was_moved
                    THEN (SELECT t.site_id FROM asset_transfer t WHERE t.asset_id = k.asset_id AND t.entity_id = of_entity AND t.from_day < s.end_day
                          ORDER BY t.from_day DESC LIMIT 1)
                    ELSE k.site_id END,
               k.currency, k.was_moved, x.event, x.before, x.during
        FROM unnest(first_days, split_days, end_days) s (first_day, split_day, end_day)
        JOIN asset_stay k ON k.acquired_on < s.end_day
        CROSS JOIN LATERAL (SELECT least(greatest(k.from_day, s.first_day), s.split_day) AS first_from, least(greatest(k.to_day, s.first_day), s.split_day) AS first_to,
                                   least(greatest(k.from_day, s.split_day), s.end_day) AS then_from, least(greatest(k.to_day, s.split_day), s.end_day) AS then_to,
                                   -- What was charged since ever of an asset without events is what it had accumulated.
                                   k.events IS NULL AND NOT k.was_moved AND s.first_day <= date '0001-01-01' AS is_plain) d
        CROSS JOIN LATERAL asset_movement(k.computable_cost, k.held_from, k.in_service, k.policy, k.events, d.then_from, d.then_to, k.fiscal_year_start::integer) n
        LEFT JOIN LATERAL (SELECT m.* FROM asset_movement(k.computable_cost, k.held_from, k.in_service, k.policy, k.events, d.first_from, d.first_to,
                                                          k.fiscal_year_start::integer) m
                           WHERE NOT d.is_plain AND s.first_day < s.split_day) b ON true
        CROSS JOIN LATERAL (
            SELECT 'depreciation' AS event, CASE WHEN d.is_plain THEN n.accumulated_opening ELSE b.charge END AS before, n.charge AS during
            UNION ALL
            -- Without events there is nothing else.
            SELECT v.event, v.before, v.during
            FROM (VALUES ('impairment', b.impairment, n.impairment),
                         ('impairment_reversal', b.reversal, n.reversal),
                         ('disposal_cost', b.disposals + b.construction_disposals, n.disposals + n.construction_disposals),
                         ('disposal_accumulated', b.accumulated_disposals, n.accumulated_disposals),
                         ('disposal_impairment', b.impairment_disposals, n.impairment_disposals),
                         ('disposal_proceeds', b.proceeds, n.proceeds),
                         ('disposal_gain', b.disposal_gain, n.disposal_gain)) v (event, before, during)
            WHERE k.events IS NOT NULL AND (v.before <> - v.before OR v.during <> - v.during)
            UNION ALL
            SELECT 'unknown', NULL, NULL
            WHERE n.charge IS NULL AND d.then_from < d.then_to
               OR k.policy IS NULL AND NOT k.never_depreciated AND n.cost_closing <> - n.cost_closing
                  AND policy_in_force(k.policy, k.events, s.end_day) IS NULL) x
        WHERE k.basis = of_basis AND k.held_by = of_entity
          AND (of_assets IS NULL OR k.asset_id = ANY (of_assets))
        UNION ALL
        SELECT s.end_day, k.asset_id, k.component, k.site_id, k.currency, k.was_moved, 'accretion', a.before, a.during
        FROM unnest(first_days, split_days, end_days) s (first_day, split_day, end_day)
        JOIN retirement_obligation_known r ON r.recognised_on < s.end_day
        JOIN asset_stay k ON k.asset_id = r.asset_id AND (r.basis IS NULL OR r.basis = k.basis)
        CROSS JOIN LATERAL (SELECT least(k.to_day, r.settled_on, r.settles_on) AS last_day) e
        CROSS JOIN LATERAL (
            SELECT accreted(r.liability, r.rate, r.recognised_on, least(s.split_day, e.last_day))
                   - accreted(r.liability, r.rate, r.recognised_on, least(greatest(k.from_day, s.first_day), s.split_day, e.last_day)) AS before,
                   accreted(r.liability, r.rate, r.recognised_on, least(s.end_day, e.last_day))
                   - accreted(r.liability, r.rate, r.recognised_on, least(greatest(k.from_day, s.split_day), s.end_day, e.last_day)) AS during) a
        WHERE k.basis = of_basis AND k.held_by = of_entity
          AND (of_assets IS NULL OR k.asset_id = ANY (of_assets));
    END;
    COMMENT ON FUNCTION asset_amounts(text, text, date[], date[], date[], text[]) IS 'What the journal of an entity and basis has to show of each asset, by event of the posting rules, as known: before in [first_day, split_day), NULL or 0 where these are one, during in [split_day, end_day), of the days the entity held it, for each three days of the arrays. event unknown: it has no policy, or nothing can be computed of it. of_assets NULL: all. No key: an asset has a row for each of its stays. Additive.';

    CREATE FUNCTION books_begin(of_entity text, of_basis text) RETURNS date STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT min(p.starts_on) FROM period_event e
        JOIN period_state p ON p.entity_id = e.entity_id AND p.basis = e.basis AND p.fiscal_year = e.fiscal_year AND p.period_number = e.period_number
        WHERE e.entity_id = of_entity AND e.basis = of_basis AND p.kind = 'regular'
          AND (e.action = 'closed' OR e.action = 'soft_closed'
               AND (p.state <> 'open' OR EXISTS (SELECT FROM asset_posted n WHERE n.entity_id = of_entity AND n.basis = of_basis)));
    END;
    COMMENT ON FUNCTION books_begin(text, text) IS 'The first day of the first period that was ever closed for an entity and basis; NULL when none was. A soft close that was reopened counts if it posted something of assets, or took it over. What was before it nobody posted here.';

    CREATE FUNCTION close_event(of_event text, charge monetary) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN CASE WHEN of_event = 'disposal_gain' AND charge < - charge THEN 'disposal_loss' ELSE of_event END;
    COMMENT ON FUNCTION close_event(text, monetary) IS 'Internal: the event of the posting rules that an amount of an asset is posted by: a loss is a gain the other way round, on an account of its own.';

    -- The same in every later close, whatever the calendar is given afterwards.
    CREATE FUNCTION period_before_books(of_entity text, of_basis text, begins_on date, OUT fiscal_year integer, OUT period_number smallint)
    STABLE LANGUAGE plpgsql AS $fn$
    BEGIN
        SELECT c.fiscal_year, c.period_number INTO fiscal_year, period_number FROM asset_charge c
        WHERE c.entry_id IS NULL AND c.entity_id = of_entity AND c.basis = of_basis LIMIT 1;
        IF NOT FOUND THEN
            SELECT p.fiscal_year, p.period_number INTO fiscal_year, period_number FROM calendar_period_on(entity_calendar(of_entity), begins_on - 1) p;
        END IF;
        IF NOT FOUND THEN
            SELECT p.fiscal_year - 1, 12 INTO STRICT fiscal_year, period_number FROM period_state p
            WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.starts_on = begins_on AND p.kind = 'regular';
        END IF;
    END
    $fn$;
    COMMENT ON FUNCTION period_before_books(text, text, date) IS 'Internal: the period that what was before the books began is said to relate to: that of what was taken over then; where nothing was, the period before, or the last month of the fiscal year before where the calendar has none.';

    -- The planner takes a filter on recorded time to leave a ninth of a table, and of two tables
    -- next to nothing: it would walk over all assets once for each. What is known of assets and pools is joined by hash.
    CREATE FUNCTION close_assets(period period_state, begins_on date) RETURNS void
    LANGUAGE plpgsql SET enable_nestloop = off SET enable_mergejoin = off AS $fn$
    DECLARE
        before_year integer;
        before_period smallint;
        problems text;
        problem_count bigint;
        changed text[];
        closed_starts date[];
        closed_ends date[];
        entries bigint[];
        touched text[];
        last_close timestamptz;
    BEGIN
        IF period.kind <> 'regular' THEN
            RETURN;
        END IF;
        CREATE TEMPORARY TABLE close_asset ON COMMIT DROP AS
            SELECT m.asset_id, m.asset_class, m.site_id, m.event, m.currency, m.was_moved, m.before, m.during
            FROM asset_amounts(period.entity_id, period.basis, ARRAY[date '0001-01-01'], ARRAY[period.starts_on], ARRAY[period.ends_on], NULL) m;
        -- Only these have several rows of one event.
        IF EXISTS (SELECT FROM pg_temp.close_asset a WHERE a.was_moved OR a.event = 'accretion') THEN
            WITH several AS (DELETE FROM pg_temp.close_asset a WHERE a.was_moved OR a.event = 'accretion' RETURNING a.*)
            INSERT INTO pg_temp.close_asset
            SELECT m.asset_id, m.asset_class, m.site_id, m.event, m.currency, m.was_moved, sum(m.before), sum(m.during)
            FROM several m GROUP BY m.asset_id, m.asset_class, m.site_id, m.event, m.currency, m.was_moved;
        END IF;
        SELECT count(*), string_agg(n.asset_id, E'\n' ORDER BY n.asset_id) FILTER (WHERE n.place <= 10) INTO problem_count, problems
        FROM (SELECT a.asset_id, row_number() OVER (ORDER BY a.asset_id) AS place FROM pg_temp.close_asset a WHERE a.event = 'unknown') n;
        IF problem_count > 0 THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, cannot be closed: depreciation is not known (assets: %)',
                            chipbook.fiscal_period_name(period.fiscal_year, period.period_number), period.entity_id, period.basis, problem_count
                USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problems,
                      HINT = format('Publish a policy under %s for each of them.', period.basis);
        END IF;

        -- Where nobody has a policy under the basis, none of its assets was measured.
        IF NOT EXISTS (SELECT FROM basis_used b WHERE b.basis = period.basis) THEN
            SELECT count(*), string_agg(n.asset_id, E'\n' ORDER BY n.asset_id) FILTER (WHERE n.place <= 10) INTO problem_count, problems
            FROM (SELECT k.asset_id, row_number() OVER (ORDER BY k.asset_id) AS place
                  FROM asset_stay k
                  CROSS JOIN LATERAL asset_movement(k.computable_cost, k.held_from, k.in_service, k.policy, k.events, greatest(k.from_day, period.starts_on),
                                                    least(k.to_day, period.ends_on), k.fiscal_year_start::integer) m
                  WHERE k.basis = (SELECT c.primary_basis FROM clock c) AND k.held_by = period.entity_id AND k.acquired_on < period.ends_on
                    AND k.from_day < period.ends_on AND k.to_day >= period.ends_on
                    AND k.component <> 'land' AND m.cost_closing <> - m.cost_closing) n;
            IF problem_count > 0 THEN
                RAISE EXCEPTION 'period % of entity "%", basis %, cannot be closed: depreciation is not known (assets: %)',
                                chipbook.fiscal_period_name(period.fiscal_year, period.period_number), period.entity_id, period.basis, problem_count
                    USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problems,
                          HINT = format('No asset has a policy under %s: publish one for each of them.', period.basis);
            END IF;
        END IF;

        IF begins_on IS NULL THEN
            SELECT n.fiscal_year, n.period_number INTO before_year, before_period FROM period_before_books(period.entity_id, period.basis, period.starts_on) n;
            INSERT INTO asset_charge (asset_id, basis, entity_id, event, fiscal_year, period_number, charge, posted_total, recorded_at)
            SELECT a.asset_id, period.basis, period.entity_id, a.event, before_year, before_period, a.before, a.before, stamp.recorded_at
            FROM pg_temp.close_asset a, pg_temp.close_stamp stamp WHERE a.before <> - a.before ORDER BY a.asset_id;
            INSERT INTO asset_posted (entity_id, basis, event, asset_id, posted_total)
            SELECT period.entity_id, period.basis, a.event, a.asset_id, a.before FROM pg_temp.close_asset a WHERE a.before <> - a.before ORDER BY a.event, a.asset_id;
            INSERT INTO pg_temp.close_amount (journal, kind, event, charge_event, asset_class, site_id, amount, charge, asset_id, posted_total, is_first)
            SELECT 'financial', close_kind(a.event), e.event, a.event, a.asset_class, a.site_id, CASE e.event WHEN 'disposal_loss' THEN - a.during ELSE a.during END,
                   a.during, a.asset_id, a.before + a.during, NOT a.before <> - a.before
            FROM pg_temp.close_asset a CROSS JOIN LATERAL (SELECT close_event(a.event, a.during) AS event) e WHERE a.during <> - a.during;
            RETURN;
        END IF;

        -- Facts that came after the last close: what cancels out between periods changes no total.
        SELECT max(e.recorded_at) INTO last_close FROM period_event e
        WHERE e.entity_id = period.entity_id AND e.basis = period.basis AND e.action IN ('soft_closed', 'closed');
        touched := ARRAY(SELECT f.asset_id FROM asset f WHERE f.recorded_at > last_close OR f.superseded_at > last_close AND f.superseded_at < 'infinity' AND f.recorded_at IS NOT NULL
                         UNION
                         SELECT f.asset_id FROM asset_policy f WHERE f.recorded_at > last_close OR f.superseded_at > last_close AND f.superseded_at < 'infinity' AND f.recorded_at IS NOT NULL
                         UNION
                         SELECT f.asset_id FROM asset_event f WHERE f.recorded_at > last_close OR f.superseded_at > last_close AND f.superseded_at < 'infinity' AND f.recorded_at IS NOT NULL
                         UNION
                         SELECT f.asset_id FROM retirement_obligation f
                         WHERE f.recorded_at > last_close OR f.superseded_at > last_close AND f.superseded_at < 'infinity' AND f.recorded_at IS NOT NULL);
        IF touched <> '{}' THEN
            SELECT count(*), string_agg(n.problem, E'\n' ORDER BY n.problem) FILTER (WHERE n.place <= 10) INTO problem_count, problems
            FROM (SELECT format('%s: posted in %s, now in %s', a.asset_id, min(currency(p.posted_total)::text), min(a.currency::text)) AS problem,
                         row_number() OVER (ORDER BY a.asset_id) AS place
                  FROM pg_temp.close_asset a JOIN asset_posted p ON p.asset_id = a.asset_id
                  WHERE a.asset_id = ANY (touched) AND p.entity_id = period.entity_id AND p.basis = period.basis AND currency(p.posted_total) <> a.currency
                  GROUP BY a.asset_id) n;
            IF problem_count > 0 THEN
                RAISE EXCEPTION 'period % of entity "%", basis %, cannot be closed: assets are in another currency than was posted (assets: %)',
                                chipbook.fiscal_period_name(period.fiscal_year, period.period_number), period.entity_id, period.basis, problem_count
                    USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problems,
                          HINT = 'Publish each of them in the currency it had, or retract it and publish it under another asset_id.';
            END IF;
        END IF;

        -- What relates to this period or a later one is there when it was closed before: it is compared by
        -- the close of the period it relates to, not by an earlier one.
        entries := ARRAY(SELECT j.entry_id FROM period_state q JOIN journal_entry j
                             ON j.entity_id = q.entity_id AND j.basis = q.basis AND j.fiscal_year = q.fiscal_year AND j.period_number = q.period_number
                         WHERE q.entity_id = period.entity_id AND q.basis = period.basis AND q.kind = 'regular' AND q.starts_on >= period.starts_on
                           AND j.kind IN ('depreciation', 'impairment', 'disposal', 'accretion', 'correction') AND NOT j.needs_approval
                         UNION
                         SELECT j.entry_id FROM period_state q JOIN journal_entry j
                             ON j.entity_id = q.entity_id AND j.basis = q.basis AND j.relates_to_fiscal_year = q.fiscal_year AND j.relates_to_period = q.period_number
                         WHERE q.entity_id = period.entity_id AND q.basis = period.basis AND q.kind = 'regular' AND q.starts_on >= period.starts_on
                           AND j.kind = 'correction' AND NOT j.needs_approval);
        CREATE TEMPORARY TABLE close_later ON COMMIT DROP AS
            SELECT c.asset_id, c.event, l.asset_class, l.site_id, l.account_id AS debit_account_id, o.account_id AS credit_account_id, l.external_account, l.tax_code,
                   q.starts_on = period.starts_on AS is_here, sum(c.charge) AS charge
            FROM asset_charge c
            JOIN period_state q ON q.entity_id = period.entity_id AND q.basis = period.basis AND q.fiscal_year = c.fiscal_year AND q.period_number = c.period_number
                               AND q.kind = 'regular' AND q.starts_on >= period.starts_on
            JOIN journal_line l ON l.entry_id = c.entry_id AND l.line_number = c.line_number
            JOIN journal_line o ON o.entry_id = c.entry_id AND o.line_number = c.line_number + 1
            WHERE c.entry_id = ANY (entries) AND l.entry_id = ANY (entries) AND o.entry_id = ANY (entries)
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
        -- An asset that is no longer known has nothing but what was posted of it.
        CREATE TEMPORARY TABLE close_change ON COMMIT DROP AS
            SELECT coalesce(a.asset_id, p.asset_id) AS asset_id, coalesce(a.event, p.event) AS event, a.asset_class, a.site_id,
                   coalesce(a.during, z.nothing) AS during, coalesce(p.posted_total, z.nothing) AS posted,
                   coalesce(a.before, z.nothing) - coalesce(p.posted_total, z.nothing) + coalesce(h.charge, z.nothing) AS late,
                   coalesce(h.is_here, false) AS is_here, z.nothing, p.asset_id IS NULL AS is_first
            FROM pg_temp.close_asset a
            FULL JOIN (SELECT n.asset_id, n.event, n.posted_total FROM asset_posted n
                       WHERE n.entity_id = period.entity_id AND n.basis = period.basis) p ON p.asset_id = a.asset_id AND p.event = a.event
            LEFT JOIN (SELECT n.asset_id, n.event, sum(n.charge) AS charge, bool_or(n.is_here) AS is_here FROM pg_temp.close_later n
                       GROUP BY n.asset_id, n.event) h ON h.asset_id = coalesce(a.asset_id, p.asset_id) AND h.event = coalesce(a.event, p.event)
            CROSS JOIN LATERAL (SELECT monetary(0::numeric, coalesce(a.currency, currency(p.posted_total))) AS nothing) z;
        -- What was withdrawn leaves from the class and site it had.
        UPDATE pg_temp.close_change c SET asset_class = f.component, site_id = f.site_id
        FROM (SELECT DISTINCT ON (f.asset_id) f.asset_id, f.component, f.site_id FROM asset f
              WHERE f.recorded_at IS NOT NULL AND EXISTS (SELECT FROM pg_temp.close_change n WHERE n.asset_class IS NULL)
              ORDER BY f.asset_id, f.superseded_at DESC) f
        WHERE c.asset_class IS NULL AND f.asset_id = c.asset_id;
        INSERT INTO pg_temp.close_amount (journal, kind, event, charge_event, asset_class, site_id, amount, charge, asset_id, posted_total, is_first)
        SELECT 'financial', close_kind(c.event), e.event, c.event, c.asset_class, c.site_id, CASE e.event WHEN 'disposal_loss' THEN - c.during ELSE c.during END,
               c.during, c.asset_id, c.posted + c.during, c.is_first
        FROM pg_temp.close_change c CROSS JOIN LATERAL (SELECT close_event(c.event, c.during) AS event) e
        WHERE NOT c.is_here AND c.during <> c.nothing;

        -- What should be and what was posted of it, by period, class and site; what was before
        -- the books began has neither class nor site, as nobody posted it.
        CREATE TEMPORARY TABLE close_target (starts_on date, asset_id text, event text, asset_class text, site_id text, charge monetary) ON COMMIT DROP;
        CREATE TEMPORARY TABLE close_posted (starts_on date, asset_id text, event text, asset_class text, site_id text, debit_account_id text, credit_account_id text,
                                             external_account text, tax_code text, charge monetary) ON COMMIT DROP;
        INSERT INTO pg_temp.close_target
        SELECT period.starts_on, c.asset_id, c.event, coalesce(c.asset_class, ''), coalesce(c.site_id, ''), c.during
        FROM pg_temp.close_change c WHERE c.is_here AND c.during <> c.nothing;
        INSERT INTO pg_temp.close_posted
        SELECT period.starts_on, n.asset_id, n.event, coalesce(n.asset_class, ''), coalesce(n.site_id, ''), n.debit_account_id, n.credit_account_id,
               n.external_account, n.tax_code, n.charge
        FROM pg_temp.close_later n WHERE n.is_here;

        -- Only of what changed is each closed period looked at.
        changed := ARRAY(SELECT DISTINCT c.asset_id FROM pg_temp.close_change c
                         WHERE c.late <> c.nothing OR NOT c.is_first AND c.asset_id = ANY (touched));
        IF changed = '{}' AND NOT EXISTS (SELECT FROM pg_temp.close_posted) THEN
            RETURN;
        END IF;
        SELECT n.fiscal_year, n.period_number INTO before_year, before_period FROM period_before_books(period.entity_id, period.basis, begins_on) n;
        CREATE TEMPORARY TABLE close_span ON COMMIT DROP AS
            SELECT p.fiscal_year, p.period_number, p.starts_on, p.ends_on FROM period_state p
            WHERE p.entity_id = period.entity_id AND p.basis = period.basis AND p.kind = 'regular'
              AND p.starts_on >= begins_on AND p.ends_on <= period.starts_on
            UNION ALL
            SELECT before_year, before_period, date '0001-01-01', begins_on;
        IF changed <> '{}' THEN
            SELECT array_agg(n.starts_on), array_agg(n.ends_on) INTO closed_starts, closed_ends FROM pg_temp.close_span n;
            INSERT INTO pg_temp.close_target
            SELECT s.starts_on, m.asset_id, m.event, c.asset_class, c.site_id, sum(m.during)
            FROM asset_amounts(period.entity_id, period.basis, closed_starts, closed_starts, closed_ends, changed) m
            JOIN pg_temp.close_span s ON s.ends_on = m.end_day
            CROSS JOIN LATERAL (SELECT CASE WHEN s.ends_on > begins_on THEN coalesce(m.asset_class, '') ELSE '' END AS asset_class,
                                       CASE WHEN s.ends_on > begins_on THEN coalesce(m.site_id, '') ELSE '' END AS site_id) c
            WHERE m.event <> 'unknown' GROUP BY 1, 2, 3, 4, 5;
            entries := ARRAY(SELECT j.entry_id FROM journal_entry j
                             WHERE j.entity_id = period.entity_id AND j.basis = period.basis AND NOT j.needs_approval
                               AND j.kind IN ('depreciation', 'impairment', 'disposal', 'accretion', 'correction'));
            -- What relates to none of the periods since the books began was before.
            INSERT INTO pg_temp.close_posted
            SELECT coalesce(s.starts_on, date '0001-01-01'), c.asset_id, c.event, CASE WHEN s.starts_on IS NULL THEN '' ELSE coalesce(l.asset_class, '') END,
                   CASE WHEN s.starts_on IS NULL THEN '' ELSE coalesce(l.site_id, '') END, CASE WHEN s.starts_on IS NOT NULL THEN l.account_id END,
                   CASE WHEN s.starts_on IS NOT NULL THEN o.account_id END, CASE WHEN s.starts_on IS NOT NULL THEN l.external_account END,
                   CASE WHEN s.starts_on IS NOT NULL THEN l.tax_code END, sum(c.charge)
            FROM (SELECT n.* FROM asset_charge n WHERE n.entry_id = ANY (entries) AND n.asset_id = ANY (changed)
                  UNION ALL
                  SELECT n.* FROM asset_charge n
                  WHERE n.entry_id IS NULL AND n.asset_id = ANY (changed) AND n.basis = period.basis AND n.entity_id = period.entity_id) c
            LEFT JOIN period_state s ON s.entity_id = period.entity_id AND s.basis = period.basis AND s.fiscal_year = c.fiscal_year AND s.period_number = c.period_number
                                    AND s.kind = 'regular' AND s.starts_on >= begins_on AND c.entry_id IS NOT NULL
            LEFT JOIN journal_line l ON l.entry_id = c.entry_id AND l.line_number = c.line_number AND l.entry_id = ANY (entries)
            LEFT JOIN journal_line o ON o.entry_id = c.entry_id AND o.line_number = c.line_number + 1 AND o.entry_id = ANY (entries)
            WHERE s.starts_on IS NULL OR s.starts_on < period.starts_on
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
        END IF;
        -- What stands under another class, site or sign is taken back on the accounts it was posted to.
        INSERT INTO pg_temp.close_amount (journal, kind, event, charge_event, asset_class, site_id, amount, charge, asset_id, posted_total, is_first,
                                          relates_to_fiscal_year, relates_to_period, reason, debit_account_id, credit_account_id, external_account, tax_code)
        WITH target AS (
            SELECT t.*, close_event(t.event, t.charge) AS shown FROM pg_temp.close_target t WHERE t.charge <> - t.charge),
        posted AS (
            SELECT p.*, close_event(p.event, sum(p.charge) OVER (PARTITION BY p.starts_on, p.asset_id, p.event, p.asset_class, p.site_id)) AS shown
            FROM pg_temp.close_posted p),
        difference AS (
            SELECT t.starts_on, t.asset_id, t.event, t.asset_class, t.site_id, t.shown, CASE WHEN p.charge IS NULL THEN t.charge ELSE t.charge - p.charge END AS charge,
                   NULL AS debit_account_id, NULL AS credit_account_id, NULL AS external_account, NULL AS tax_code
            FROM target t
            LEFT JOIN (SELECT n.starts_on, n.asset_id, n.shown, n.asset_class, n.site_id, sum(n.charge) AS charge FROM posted n
                       GROUP BY n.starts_on, n.asset_id, n.shown, n.asset_class, n.site_id) p
                ON p.starts_on = t.starts_on AND p.asset_id = t.asset_id AND p.shown = t.shown AND p.asset_class = t.asset_class AND p.site_id = t.site_id
            UNION ALL
            SELECT p.starts_on, p.asset_id, p.event, p.asset_class, p.site_id, p.shown, - p.charge, p.debit_account_id, p.credit_account_id, p.external_account, p.tax_code
            FROM posted p
            WHERE NOT EXISTS (SELECT FROM target t WHERE p.starts_on = t.starts_on AND p.asset_id = t.asset_id AND p.shown = t.shown
                                                     AND p.asset_class = t.asset_class AND p.site_id = t.site_id))
        SELECT 'financial', CASE WHEN s.ends_on IS NULL THEN close_kind(d.event) ELSE 'correction' END, d.shown, d.event,
               CASE WHEN s.ends_on <= begins_on THEN k.asset_class ELSE nullif(d.asset_class, '') END,
               CASE WHEN s.ends_on <= begins_on THEN k.site_id ELSE nullif(d.site_id, '') END,
               CASE d.shown WHEN 'disposal_loss' THEN - d.charge ELSE d.charge END, d.charge, d.asset_id, c.posted, coalesce(c.is_first, true),
               s.fiscal_year, s.period_number, CASE WHEN s.ends_on IS NOT NULL THEN 'late_fact' END,
               d.debit_account_id, d.credit_account_id, d.external_account, d.tax_code
        FROM difference d
        JOIN (SELECT n.asset_id, min(n.asset_class) AS asset_class, min(n.site_id) AS site_id FROM pg_temp.close_change n GROUP BY n.asset_id) k ON k.asset_id = d.asset_id
        LEFT JOIN pg_temp.close_change c ON c.asset_id = d.asset_id AND c.event = d.event
        LEFT JOIN pg_temp.close_span s ON s.starts_on = d.starts_on
        WHERE d.charge <> - d.charge;
        UPDATE pg_temp.close_amount a SET posted_total = t.posted_total
        FROM (SELECT n.asset_id, n.charge_event, CASE WHEN c.asset_id IS NULL THEN sum(n.charge) ELSE c.posted + sum(n.charge) END AS posted_total
              FROM pg_temp.close_amount n LEFT JOIN pg_temp.close_change c ON c.asset_id = n.asset_id AND c.event = n.charge_event
              GROUP BY n.asset_id, n.charge_event, c.asset_id, c.posted HAVING count(*) > 1 OR min(n.posted_total) IS NULL OR bool_or(c.is_here) OR bool_or(n.reason IS NOT NULL)) t
        WHERE a.asset_id = t.asset_id AND a.charge_event = t.charge_event;
    END
    $fn$;
    COMMENT ON FUNCTION close_assets(period_state, date) IS 'Internal: step of a close. What assets move in a period, less what was posted of it, and corrections of closed periods for what became known late. What relates to later periods, which were closed before, is left to them.';

    -- Costs of pools are by calendar month.
    CREATE FUNCTION is_calendar_month(period period_state) RETURNS boolean IMMUTABLE LANGUAGE sql
    RETURN (period).kind = 'regular' AND (period).starts_on = date_trunc('month', (period).starts_on::timestamp)::date
           AND (period).ends_on = ((period).starts_on + interval '1 month')::date;
    COMMENT ON FUNCTION is_calendar_month(period_state) IS 'Internal: whether a period is one calendar month, as the costs of pools are.';

    -- As pool_month_split has it, without the depreciation and the split of it that it also has.
    CREATE FUNCTION close_accruals(period period_state, begins_on date) RETURNS void
    LANGUAGE plpgsql SET enable_nestloop = off SET enable_mergejoin = off AS $fn$
    DECLARE
        entries bigint[];
        by_depreciation text[];
    BEGIN
        IF NOT is_calendar_month(period) THEN
            RETURN;
        END IF;
        entries := ARRAY(SELECT j.entry_id FROM journal_entry j
                         WHERE j.entity_id = period.entity_id AND j.basis = period.basis AND j.fiscal_year = period.fiscal_year
                           AND j.period_number = period.period_number AND j.kind = 'accrual' AND NOT j.needs_approval);
        CREATE TEMPORARY TABLE close_contract ON COMMIT DROP AS
            SELECT r.pool_id, r.component, r.currency, r.cost, r.factor_days
            FROM contract_month r JOIN pool_known p ON p.pool_id = r.pool_id AND p.entity_id = period.entity_id
            WHERE r.period_month = period.starts_on
              -- A lease is no invoice to come: its cost is that of a right of use and of a liability.
              AND r.component <> 'lease' AND (r.basis IS NULL OR r.basis = period.basis);
        -- The assets of pools whose contracts cost a part of their depreciation.
        SELECT array_agg(DISTINCT a.asset_id) INTO by_depreciation
        FROM pool_asset_known a WHERE a.pool_id IN (SELECT c.pool_id FROM pg_temp.close_contract c WHERE c.factor_days <> 0);
        IF by_depreciation IS NOT NULL THEN
            INSERT INTO pg_temp.close_contract (pool_id, component, currency, cost)
            SELECT h.pool_id, f.component, h.currency, round(h.charge * f.days / (period.ends_on - period.starts_on), 15)
            FROM (SELECT d.pool_id, d.currency, sum(d.charge) AS charge FROM pool_month_charge d
                  WHERE d.asset_id = ANY (by_depreciation) AND d.basis = period.basis AND d.period_month = period.starts_on
                    AND d.component IN ('chip', 'server') GROUP BY d.pool_id, d.currency) h
            JOIN (SELECT c.pool_id, c.component, sum(c.factor_days) AS days FROM pg_temp.close_contract c
                  WHERE c.factor_days IS NOT NULL GROUP BY c.pool_id, c.component) f ON f.pool_id = h.pool_id;
        END IF;
        -- What a pool's cost centre, site or provider no longer says is taken back where it was posted.
        INSERT INTO pg_temp.close_amount (journal, kind, event, site_id, cost_centre_id, party_id, amount, source_table, source_key,
                                          debit_account_id, credit_account_id, external_account, tax_code)
        WITH target AS (
            SELECT concat(n.event, ' ', n.pool_id) AS source_key, n.event, coalesce(p.site_id, '') AS site_id, coalesce(c.cost_centre_id, '') AS cost_centre_id,
                   coalesce(p.provider_id, '') AS party_id, n.amount
            FROM (SELECT s.pool_id, concat(s.component, '_accrual') AS event, round(monetary(sum(s.cost), s.currency::currency)) AS amount
                  FROM (SELECT c.pool_id, c.component, c.currency, c.cost FROM pg_temp.close_contract c WHERE c.currency IS NOT NULL
                        UNION ALL
                        SELECT m.pool_id, 'energy', m.currency, m.energy
                        FROM pool_month_reading m JOIN pool_known p ON p.pool_id = m.pool_id AND p.entity_id = period.entity_id
                        WHERE m.period_month = period.starts_on AND m.currency IS NOT NULL) s
                  GROUP BY s.pool_id, s.component, s.currency HAVING sum(s.cost) <> 0) n
            JOIN pool_known p ON p.pool_id = n.pool_id
            -- One of another entity's is none here.
            LEFT JOIN cost_centre_known c ON c.cost_centre_id = p.cost_centre_id AND c.entity_id = period.entity_id),
        posted AS (
            SELECT s.source_key, split_part(s.source_key, ' ', 1) AS event, coalesce(l.site_id, '') AS site_id, coalesce(l.cost_centre_id, '') AS cost_centre_id,
                   coalesce(l.party_id, '') AS party_id, l.account_id AS debit_account_id, o.account_id AS credit_account_id, l.external_account, l.tax_code, sum(s.amount) AS amount
            FROM journal_line_source s
            JOIN journal_line l ON l.entry_id = s.entry_id AND l.line_number = s.line_number
            JOIN journal_line o ON o.entry_id = s.entry_id AND o.line_number = s.line_number + 1
            WHERE s.entry_id = ANY (entries) AND l.entry_id = ANY (entries) AND o.entry_id = ANY (entries) AND s.line_number % 2 = 1
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, currency(s.amount))
        SELECT 'financial', 'accrual', k.event, nullif(k.site_id, ''), nullif(k.cost_centre_id, ''), nullif(k.party_id, ''), k.amount, 'pool_month_split', k.source_key,
               k.debit_account_id, k.credit_account_id, k.external_account, k.tax_code
        FROM (SELECT t.source_key, t.event, t.site_id, t.cost_centre_id, t.party_id, CASE WHEN p.amount IS NULL THEN t.amount ELSE t.amount - p.amount END AS amount,
                     NULL AS debit_account_id, NULL AS credit_account_id, NULL AS external_account, NULL AS tax_code
              FROM target t
              LEFT JOIN (SELECT n.source_key, n.site_id, n.cost_centre_id, n.party_id, sum(n.amount) AS amount FROM posted n
                         GROUP BY n.source_key, n.site_id, n.cost_centre_id, n.party_id, currency(n.amount)) p
                  ON p.source_key = t.source_key AND p.site_id = t.site_id AND p.cost_centre_id = t.cost_centre_id AND p.party_id = t.party_id
                     AND currency(p.amount) = currency(t.amount)
              UNION ALL
              SELECT p.source_key, p.event, p.site_id, p.cost_centre_id, p.party_id, - p.amount, p.debit_account_id, p.credit_account_id, p.external_account, p.tax_code
              FROM posted p
              WHERE NOT EXISTS (SELECT FROM target t WHERE p.source_key = t.source_key AND p.site_id = t.site_id AND p.cost_centre_id = t.cost_centre_id
                                                       AND p.party_id = t.party_id AND currency(p.amount) = currency(t.amount))) k
        WHERE k.amount <> - k.amount;
    END
    $fn$;
    COMMENT ON FUNCTION close_accruals(period_state, date) IS 'Internal: step of a close. Energy, rent (leases are none under a basis that measures them), facility, interconnect and operations of the entity''s pools in a calendar month, rounded to the minor unit by pool, less what was accrued of it.';

    -- As pool_month_charge has it, from the charges that close_assets measured; but an asset that
    -- was ever moved goes whole with who has it at the end of the month.
    CREATE FUNCTION close_allocations(period period_state, begins_on date) RETURNS void
    LANGUAGE plpgsql SET enable_nestloop = off SET enable_mergejoin = off AS $fn$
    DECLARE
        entries bigint[];
        moved text[];
    BEGIN
        IF NOT is_calendar_month(period) THEN
            RETURN;
        END IF;
        entries := ARRAY(SELECT j.entry_id FROM journal_entry j
                         WHERE j.entity_id = period.entity_id AND j.basis = period.basis AND j.fiscal_year = period.fiscal_year
                           AND j.period_number = period.period_number AND j.kind = 'allocation' AND NOT j.needs_approval);
        moved := ARRAY(SELECT DISTINCT t.asset_id FROM asset_transfer t);
        CREATE TEMPORARY TABLE close_pool_charge ON COMMIT DROP AS
            SELECT a.asset_id, a.asset_class, a.currency, amount(a.during) AS charge
            FROM pg_temp.close_asset a WHERE a.event = 'depreciation' AND NOT a.was_moved AND a.during <> - a.during;
        IF moved <> '{}' THEN
            INSERT INTO pg_temp.close_pool_charge (asset_id, asset_class, currency, charge)
            SELECT m.asset_id, m.component, m.currency, amount(m.charge) FROM asset_month m
            WHERE m.asset_id = ANY (moved) AND m.entity_id = period.entity_id AND m.basis = period.basis AND m.period_month = period.starts_on
              AND amount(m.charge) <> 0;
        END IF;
        INSERT INTO pg_temp.close_amount (journal, kind, event, asset_class, cost_centre_id, amount, source_table, source_key,
                                          debit_account_id, credit_account_id, external_account, tax_code)
        WITH shared AS MATERIALIZED (
            SELECT n.asset_id, n.pool_id, n.share_days, count(*) OVER w AS pools,
                   greatest(max(n.service_days) OVER w - sum(n.share_days) OVER w, 0) AS other_days
            FROM (SELECT a.asset_id, p.pool_id, sum(p.share * (d.to_day - d.from_day)) AS share_days,
                         max(least(period.ends_on, a.in_service_to) - greatest(period.starts_on, a.in_service_from)) AS service_days
                  FROM asset_chips a
                  JOIN pool_asset_known p ON p.asset_id = a.asset_id
                  CROSS JOIN LATERAL (SELECT greatest(period.starts_on, a.from_day, p.valid_from) AS from_day,
                                             least(period.ends_on, a.to_day, p.valid_to) AS to_day) d
                  WHERE d.from_day < d.to_day GROUP BY a.asset_id, p.pool_id) n
            WINDOW w AS (PARTITION BY n.asset_id)),
        part AS (
            -- Most assets serve one pool, and that pool alone.
            SELECT c.asset_class, s.pool_id, c.currency, c.charge
            FROM pg_temp.close_pool_charge c JOIN shared s ON s.asset_id = c.asset_id
            WHERE s.pools = 1 AND s.other_days = 0
            UNION ALL
            SELECT c.asset_class, n.pool_id, c.currency, amount(n.charge)
            FROM pg_temp.close_pool_charge c
            JOIN (SELECT m.asset_id, array_agg(m.pool_id ORDER BY m.pool_id) AS pool_ids,
                         array_agg(m.share_days ORDER BY m.pool_id) || max(m.other_days) AS weights
                  FROM shared m WHERE m.pools > 1 OR m.other_days <> 0 GROUP BY m.asset_id) s ON s.asset_id = c.asset_id
            CROSS JOIN LATERAL unnest(s.pool_ids, split_amount(c.charge, c.currency, s.weights)) n (pool_id, charge)),
        target AS (
            SELECT concat(d.asset_class, ' ', d.pool_id) AS source_key, d.asset_class, p.cost_centre_id, round(monetary(sum(d.charge), d.currency)) AS amount
            FROM part d
            JOIN pool_known p ON p.pool_id = d.pool_id AND p.cost_centre_id IS NOT NULL
            JOIN cost_centre_known c ON c.cost_centre_id = p.cost_centre_id AND c.entity_id = period.entity_id
            WHERE d.charge <> 0
            GROUP BY d.asset_class, d.pool_id, p.cost_centre_id, d.currency),
        posted AS (
            SELECT s.source_key, l.asset_class, l.cost_centre_id, l.account_id, l.external_account, l.tax_code, sum(s.amount) AS amount
            FROM journal_line_source s JOIN journal_line l ON l.entry_id = s.entry_id AND l.line_number = s.line_number
            WHERE s.entry_id = ANY (entries) AND l.entry_id = ANY (entries) AND s.line_number % 2 = 1
            GROUP BY 1, 2, 3, 4, 5, 6, currency(s.amount))
        SELECT 'management', 'allocation', 'depreciation', k.asset_class, k.cost_centre_id, k.amount, 'pool_month_charge', k.source_key,
               k.account_id, k.account_id, k.external_account, k.tax_code
        FROM (SELECT t.source_key, t.asset_class, t.cost_centre_id, CASE WHEN p.amount IS NULL THEN t.amount ELSE t.amount - p.amount END AS amount,
                     NULL AS account_id, NULL AS external_account, NULL AS tax_code
              FROM target t
              LEFT JOIN (SELECT n.source_key, n.cost_centre_id, sum(n.amount) AS amount FROM posted n GROUP BY n.source_key, n.cost_centre_id, currency(n.amount)) p
                  ON p.source_key = t.source_key AND p.cost_centre_id = t.cost_centre_id AND currency(p.amount) = currency(t.amount)
              UNION ALL
              SELECT p.source_key, p.asset_class, p.cost_centre_id, - p.amount, p.account_id, p.external_account, p.tax_code
              FROM posted p
              WHERE NOT EXISTS (SELECT FROM target t WHERE p.source_key = t.source_key AND p.cost_centre_id = t.cost_centre_id
                                                       AND currency(p.amount) = currency(t.amount))) k
        WHERE k.amount <> - k.amount;
    END
    $fn$;
    COMMENT ON FUNCTION close_allocations(period_state, date) IS 'Internal: step of a close. Depreciation of a calendar month from no cost centre to that of each pool, on the same account, rounded to the minor unit by pool, less what was allocated of it.';

    CREATE FUNCTION close_kind(of_event text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN CASE WHEN of_event = 'impairment_reversal' THEN 'impairment' WHEN starts_with(of_event, 'disposal_') THEN 'disposal'
                WHEN of_event IN ('prepaid_expense', 'recoverable_tax') THEN 'prepayment' WHEN starts_with(of_event, 'onerous_') THEN 'provision' ELSE of_event END;
    COMMENT ON FUNCTION close_kind(text) IS 'Internal: the kind of entry that an event of an asset or a commitment goes to.';

    -- What the steps measured, as entries: one for each kind and each period it relates to, of
    -- corrections one for each kind they correct; two lines, debit and credit, for each group.
    CREATE FUNCTION close_post(period period_state, next_period period_state) RETURNS TABLE (entries bigint, lines bigint)
    LANGUAGE plpgsql AS $fn$
    DECLARE
        problems text;
        problem_count bigint;
        accruals bigint[];
        stamp timestamptz := (SELECT s.recorded_at FROM pg_temp.close_stamp s);
        home currency := (SELECT e.functional_currency FROM entity_known e WHERE e.entity_id = period.entity_id);
    BEGIN
        CREATE TEMPORARY TABLE close_group ON COMMIT DROP AS
            SELECT g.group_key, g.currency, g.journal, g.kind, g.event, g.asset_class, g.site_id, g.cost_centre_id, g.party_id, g.relates_to_fiscal_year,
                   g.relates_to_period, g.reason, g.of_assets, g.amount,
                   coalesce(g.debit_account_id, r.debit_account_id) AS debit_account_id, coalesce(g.credit_account_id, r.credit_account_id) AS credit_account_id,
                   CASE WHEN g.debit_account_id IS NULL THEN r.external_account ELSE g.external_account END AS external_account,
                   CASE WHEN g.debit_account_id IS NULL THEN r.tax_code ELSE g.tax_code END AS tax_code, NULL::bigint AS entry_id, c.corrected_kind,
                   row_number() OVER (PARTITION BY g.journal, g.kind, c.corrected_kind, g.relates_to_fiscal_year, g.relates_to_period
                                      ORDER BY g.group_key, g.currency)::integer AS place
            FROM (SELECT a.group_key, currency(a.amount) AS currency, min(a.journal) AS journal, min(a.kind) AS kind, min(a.event) AS event,
                         min(a.asset_class) AS asset_class, min(a.site_id) AS site_id, min(a.cost_centre_id) AS cost_centre_id, min(a.party_id) AS party_id,
                         min(a.relates_to_fiscal_year) AS relates_to_fiscal_year, min(a.relates_to_period) AS relates_to_period, min(a.reason) AS reason,
                         min(a.debit_account_id) AS debit_account_id, min(a.credit_account_id) AS credit_account_id,
                         min(a.external_account) AS external_account, min(a.tax_code) AS tax_code,
                         count(a.asset_id) > 0 AS of_assets, sum(a.amount) AS amount
                  FROM pg_temp.close_amount a GROUP BY a.group_key, currency(a.amount)) g
            CROSS JOIN LATERAL (SELECT CASE WHEN g.kind = 'correction' THEN close_kind(g.event) END AS corrected_kind) c
            LEFT JOIN LATERAL (
                SELECT r.* FROM posting_rule_known r
                -- What is allocated moves on the account it was posted to, without a cost centre.
                WHERE g.debit_account_id IS NULL AND r.event = g.event AND r.valid_from < period.ends_on AND r.valid_to >= period.ends_on
                  AND (r.basis IS NULL OR r.basis = period.basis) AND (r.entity_id IS NULL OR r.entity_id = period.entity_id)
                  AND (r.asset_class IS NULL OR r.asset_class = g.asset_class) AND (r.cost_centre_id IS NULL OR r.cost_centre_id = g.cost_centre_id AND g.kind <> 'allocation')
                ORDER BY num_nonnulls(r.basis, r.entity_id, r.asset_class, r.cost_centre_id) DESC, r.basis NULLS LAST, r.entity_id NULLS LAST,
                         r.asset_class NULLS LAST, r.rule_id
                LIMIT 1) r ON true;
        SELECT count(*), string_agg(n.problem, E'\n' ORDER BY n.place) FILTER (WHERE n.place <= 20) INTO problem_count, problems
        FROM (SELECT concat(g.event, CASE WHEN g.asset_class <> '' THEN ', asset class ' || g.asset_class END,
                            CASE WHEN g.cost_centre_id <> '' THEN ', cost centre ' || g.cost_centre_id END,
                            CASE WHEN g.kind = 'allocation' THEN ', management allocation' END, ': ', sum(g.amount)) AS problem,
                     row_number() OVER (ORDER BY g.event, g.asset_class, g.cost_centre_id) AS place
              FROM pg_temp.close_group g WHERE g.debit_account_id IS NULL
              GROUP BY g.event, g.asset_class, g.cost_centre_id, g.currency, g.kind = 'allocation') n;
        IF problem_count > 0 THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, cannot be closed: no posting rule (missing: %)',
                            chipbook.fiscal_period_name(period.fiscal_year, period.period_number), period.entity_id, period.basis, problem_count
                USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problems,
                      HINT = 'Publish rules in table posting_rule, and close again: nothing was posted.';
        END IF;
        IF next_period.entity_id IS NULL AND EXISTS (SELECT FROM pg_temp.close_group g WHERE g.kind = 'accrual') THEN
            RAISE EXCEPTION 'accruals of period % cannot be reversed: entity "%" has no open period from %',
                            chipbook.fiscal_period_name(period.fiscal_year, period.period_number), period.entity_id, period.ends_on
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'chipbook.add_fiscal_year() adds the periods of a year to a load.';
        END IF;

        WITH wanted AS (
            SELECT g.journal, g.kind, g.corrected_kind, g.relates_to_fiscal_year, g.relates_to_period, min(g.reason) AS reason,
                   row_number() OVER (ORDER BY g.relates_to_fiscal_year NULLS FIRST, g.relates_to_period, g.journal, g.kind, g.corrected_kind) - 1 AS place
            FROM pg_temp.close_group g GROUP BY 1, 2, 3, 4, 5),
        made AS (
            INSERT INTO journal_entry AS j (entity_id, basis, journal, kind, fiscal_year, period_number, sequence_number, document_date, posting_date,
                                            relates_to_fiscal_year, relates_to_period, reason, description, corrects_entry_id, needs_approval, prepared_by, recorded_at)
            SELECT period.entity_id, period.basis, w.journal, w.kind, period.fiscal_year, period.period_number, next_sequence_number(period) + w.place,
                   period.ends_on - 1, period.ends_on - 1, w.relates_to_fiscal_year, w.relates_to_period, w.reason,
                   concat(w.kind, ' ', chipbook.fiscal_period_name(period.fiscal_year, period.period_number),
                          CASE WHEN w.relates_to_period IS NOT NULL
                               THEN concat(' of ', w.corrected_kind, ' ', chipbook.fiscal_period_name(w.relates_to_fiscal_year, w.relates_to_period)) END),
                   -- None in a period that was over before the books began.
                   (SELECT max(c.entry_id) FROM journal_entry c
                    WHERE c.entity_id = period.entity_id AND c.basis = period.basis AND c.journal = w.journal AND c.kind = w.corrected_kind
                      AND c.fiscal_year = w.relates_to_fiscal_year AND c.period_number = w.relates_to_period AND NOT c.needs_approval),
                   false, session_user, stamp
            FROM wanted w ORDER BY w.place
            RETURNING j.entry_id, j.sequence_number)
        UPDATE pg_temp.close_group g SET entry_id = m.entry_id
        FROM wanted w JOIN made m ON m.sequence_number = next_sequence_number(period) + w.place
        WHERE w.journal = g.journal AND w.kind = g.kind AND w.corrected_kind IS NOT DISTINCT FROM g.corrected_kind
          AND w.relates_to_fiscal_year IS NOT DISTINCT FROM g.relates_to_fiscal_year
          AND w.relates_to_period IS NOT DISTINCT FROM g.relates_to_period;

        INSERT INTO journal_line (entry_id, line_number, account_id, cost_centre_id, site_id, asset_class, party_id, amount, functional_amount,
                                  tax_code, external_account)
        SELECT g.entry_id, 2 * g.place - s.side, CASE WHEN s.side = 1 OR g.kind = 'allocation' THEN g.debit_account_id ELSE g.credit_account_id END,
               CASE WHEN s.side = 1 OR g.kind <> 'allocation' THEN g.cost_centre_id END, g.site_id, g.asset_class, g.party_id,
               l.amount, CASE WHEN g.currency = home THEN l.amount END, g.tax_code, CASE WHEN s.side = 1 THEN g.external_account END
        FROM pg_temp.close_group g CROSS JOIN (VALUES (1), (0)) s (side)
        CROSS JOIN LATERAL (SELECT CASE s.side WHEN 1 THEN g.amount ELSE - g.amount END AS amount) l;
        INSERT INTO journal_line_source (entry_id, line_number, source_number, source_table, source_key, amount)
        SELECT g.entry_id, 2 * g.place - s.side, 1, 'asset_charge', format('%s/%s', g.entry_id, 2 * g.place - 1),
               CASE s.side WHEN 1 THEN g.amount ELSE - g.amount END
        FROM pg_temp.close_group g CROSS JOIN (VALUES (1), (0)) s (side) WHERE g.of_assets
        UNION ALL
        SELECT g.entry_id, 2 * g.place - s.side, row_number() OVER (PARTITION BY g.entry_id, g.place, s.side ORDER BY a.source_key),
               a.source_table, a.source_key, CASE s.side WHEN 1 THEN a.amount ELSE - a.amount END
        FROM pg_temp.close_group g JOIN pg_temp.close_amount a ON a.group_key = g.group_key AND currency(a.amount) = g.currency
        CROSS JOIN (VALUES (1), (0)) s (side) WHERE NOT g.of_assets;
        INSERT INTO asset_charge (asset_id, basis, entity_id, event, entry_id, line_number, fiscal_year, period_number, charge, posted_total, recorded_at)
        SELECT a.asset_id, period.basis, period.entity_id, a.charge_event, g.entry_id, 2 * g.place - 1,
               coalesce(a.relates_to_fiscal_year, period.fiscal_year), coalesce(a.relates_to_period, period.period_number),
               a.charge, a.posted_total, stamp
        FROM pg_temp.close_amount a JOIN pg_temp.close_group g ON g.group_key = a.group_key AND g.currency = currency(a.amount)
        WHERE a.asset_id IS NOT NULL
        ORDER BY g.entry_id, a.asset_id;
        -- Rows of one asset and event say the same.
        UPDATE asset_posted p SET posted_total = a.posted_total FROM pg_temp.close_amount a
        WHERE NOT a.is_first AND p.entity_id = period.entity_id AND p.basis = period.basis AND p.event = a.charge_event AND p.asset_id = a.asset_id;
        INSERT INTO asset_posted (entity_id, basis, event, asset_id, posted_total)
        SELECT DISTINCT ON (a.charge_event, a.asset_id) period.entity_id, period.basis, a.charge_event, a.asset_id, a.posted_total
        FROM pg_temp.close_amount a
        WHERE a.is_first;
        SELECT count(DISTINCT g.entry_id), 2 * count(*) INTO entries, lines FROM pg_temp.close_group g;

        accruals := ARRAY(SELECT DISTINCT g.entry_id FROM pg_temp.close_group g WHERE g.kind = 'accrual');
        IF accruals <> '{}' THEN
            WITH reversal AS (
                INSERT INTO journal_entry AS j (entity_id, basis, journal, kind, fiscal_year, period_number, sequence_number, document_date, posting_date,
                                                description, reverses_entry_id, needs_approval, prepared_by, recorded_at)
                SELECT next_period.entity_id, next_period.basis, 'financial', 'accrual_reversal', next_period.fiscal_year, next_period.period_number,
                       next_sequence_number(next_period) + row_number() OVER (ORDER BY a.entry_id) - 1, next_period.starts_on, next_period.starts_on,
                       concat('reversal of accrual ', chipbook.fiscal_period_name(period.fiscal_year, period.period_number)),
                       a.entry_id, false, session_user, stamp
                FROM unnest(accruals) a (entry_id)
                RETURNING j.entry_id, j.reverses_entry_id),
            line AS (
                INSERT INTO journal_line AS n (entry_id, line_number, account_id, cost_centre_id, site_id, asset_class, party_id, amount, functional_amount, tax_code, external_account)
                SELECT r.entry_id, l.line_number, l.account_id, l.cost_centre_id, l.site_id, l.asset_class, l.party_id, - l.amount, - l.functional_amount,
                       l.tax_code, l.external_account
                FROM reversal r JOIN journal_line l ON l.entry_id = r.reverses_entry_id AND l.entry_id = ANY (accruals)
                RETURNING n.entry_id, n.line_number, n.amount)
            INSERT INTO journal_line_source (entry_id, line_number, source_number, source_table, source_key, amount)
            SELECT n.entry_id, n.line_number, 1, 'journal_line', format('%s/%s', r.reverses_entry_id, n.line_number), n.amount
            FROM line n JOIN reversal r ON r.entry_id = n.entry_id;
        END IF;
        RETURN NEXT;
    END
    $fn$;
    COMMENT ON FUNCTION close_post(period_state, period_state) IS 'Internal: posts what the steps of a close measured. 55000 with a list when posting rules are missing.';

    -- Whoever looks at pg_locks sees it, though nothing is committed. Tried, never waited for:
    -- somebody who takes the same lock stops no close.
    CREATE FUNCTION show_close_step(of_step integer) RETURNS void LANGUAGE plpgsql AS $fn$
    BEGIN
        PERFORM pg_try_advisory_xact_lock_shared(((c.key + 2147483648) % 4294967296 - 2147483648)::integer, - of_step)
        FROM (SELECT 'ledger'::regclass::oid::bigint AS key) c;
    END
    $fn$;
    COMMENT ON FUNCTION show_close_step(integer) IS 'Internal: takes the advisory lock, to the end of the transaction, that close_progress reads: the oid of this ledger''s table ledger, and minus the step''s number.';

    -- Plans are for the period in hand, and not compiled: what the planner is kept from looks dear.
    CREATE FUNCTION period_close(of_entity text, of_basis text, of_year integer, of_period integer, softly boolean) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan SET jit = off AS $fn$
    DECLARE
        period period_state;
        next_period period_state;
        following record;
        step record;
        stamp timestamptz;
        begins_on date;
        period_name text;
        posted record;
        waiting text;
        total bigint;
        step_rows bigint := 0;
        target text := CASE WHEN softly THEN 'soft_closed' ELSE 'closed' END;
    BEGIN
        IF num_nulls(of_entity, of_basis, of_year, of_period, softly) > 0 THEN
            RAISE EXCEPTION 'close_period takes no null argument' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        -- By date: the period before, this one, the next.
        PERFORM FROM period_state p WHERE p.entity_id = of_entity AND p.basis = of_basis
            AND p.ends_on = (SELECT y.starts_on FROM calendar_year(entity_calendar(of_entity), of_year) y WHERE y.period_number = of_period)
            FOR SHARE;
        period := hold_period(of_entity, of_basis, of_year, of_period, true);
        period_name := chipbook.fiscal_period_name(period.fiscal_year, period.period_number);
        IF period.state = target OR period.state = 'closed' THEN
            RAISE NOTICE 'period % of entity "%", basis %, is % already: nothing was posted', period_name, of_entity, of_basis, replace(period.state, '_', ' ');
            RETURN 0;
        END IF;
        IF period.ends_on - 1 > (SELECT c.effective_date FROM clock c) THEN
            RAISE EXCEPTION 'period % ends on %, which is still to come', period_name, period.ends_on - 1 USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        SELECT p.* INTO following FROM calendar_period_on(entity_calendar(of_entity), period.ends_on) p;
        IF FOUND THEN
            next_period := hold_period(of_entity, of_basis, following.fiscal_year, following.period_number, false);
            IF next_period.state <> 'open' THEN
                next_period := NULL;
            END IF;
        END IF;
        -- The next readings find room.
        PERFORM reading_partitions_add(period.ends_on, (period.ends_on + interval '3 months')::date);
        -- From here on nothing is published or posted but this.
        stamp := next_recorded_time();
        begins_on := books_begin(of_entity, of_basis);
        IF period.kind = 'regular' AND begins_on IS NOT NULL
           AND NOT EXISTS (SELECT FROM period_state p WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.kind = 'regular'
                                                        AND (p.ends_on = period.starts_on AND p.state = 'closed' OR period.starts_on = begins_on)) THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, cannot be closed before the one that ends on %', period_name, of_entity, of_basis, period.starts_on - 1
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('Periods are closed in their order; these books begin on %s.', begins_on);
        END IF;
        IF period.kind = 'adjustment'
           AND NOT EXISTS (SELECT FROM period_state p WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.kind = 'regular'
                                                        AND p.fiscal_year = period.fiscal_year AND p.ends_on = period.ends_on
                                                        AND (p.state = 'closed' OR softly AND p.state = 'soft_closed')) THEN
            RAISE EXCEPTION 'adjustment period % of entity "%", basis %, cannot be closed before the one that ends on %', period_name, of_entity, of_basis, period.ends_on - 1
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Periods are closed in their order.';
        END IF;
        SELECT string_agg(j.entry_id::text, ', ' ORDER BY j.entry_id) INTO waiting
        FROM journal_entry j WHERE j.entity_id = of_entity AND j.basis = of_basis AND j.fiscal_year = of_year AND j.period_number = of_period
          AND j.needs_approval AND NOT EXISTS (SELECT FROM journal_decision d WHERE d.entry_id = j.entry_id);
        IF waiting IS NOT NULL AND NOT softly THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, has entries that wait for approval: %', period_name, of_entity, of_basis, waiting
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Another than who prepared them approves or rejects them: chipbook.approve_entry(), chipbook.reject_entry().';
        END IF;

        -- Made here, or this fails: a table of that name that somebody left is not written to.
        CREATE TEMPORARY TABLE close_stamp (recorded_at timestamptz) ON COMMIT DROP;
        INSERT INTO pg_temp.close_stamp VALUES (stamp);
        CREATE TEMPORARY TABLE close_amount (
            journal text NOT NULL, kind text NOT NULL, event text NOT NULL, charge_event text, asset_class text, site_id text, cost_centre_id text,
            party_id text, amount monetary NOT NULL, asset_id text, posted_total monetary, is_first boolean, relates_to_fiscal_year integer, relates_to_period smallint,
            reason text, source_table text, source_key text, charge monetary, debit_account_id text, credit_account_id text, external_account text, tax_code text,
            group_key text GENERATED ALWAYS AS (
                journal || ' ' || kind || ' ' || event || ' ' || quote_literal(coalesce(asset_class, '')) || quote_literal(coalesce(site_id, ''))
                || quote_literal(coalesce(cost_centre_id, '')) || quote_literal(coalesce(party_id, '')) || coalesce(relates_to_fiscal_year, 0) || ' '
                || coalesce(relates_to_period, 0) || quote_literal(coalesce(debit_account_id, '')) || quote_literal(coalesce(credit_account_id, ''))
                || quote_literal(coalesce(external_account, '')) || quote_literal(coalesce(tax_code, ''))) STORED) ON COMMIT DROP;
        FOR step IN SELECT s.step_number, s.function_name, s.description FROM chipbook.close_steps() s ORDER BY s.step_number LOOP
            PERFORM show_close_step(step.step_number);
            EXECUTE format('SELECT %I($1, $2)', step.function_name) USING period, begins_on;
            SELECT count(*) INTO total FROM pg_temp.close_amount;
            RAISE NOTICE '% %: % (amounts: %)', period_name, step.function_name, step.description, total - step_rows;
            step_rows := total;
        END LOOP;
        PERFORM show_close_step((SELECT max(s.step_number) + 1 FROM chipbook.close_steps() s));
        SELECT * INTO posted FROM close_post(period, next_period);
        -- Until they are first analysed, views of the journal are planned as if it were empty.
        IF EXISTS (SELECT FROM pg_class c WHERE c.oid = 'journal_line'::regclass AND c.reltuples < 0) THEN
            ANALYZE journal_entry, journal_line, journal_line_source, asset_charge;
        END IF;
        PERFORM seal_entries(period);
        IF next_period.entity_id IS NOT NULL THEN
            PERFORM seal_entries(next_period);
        END IF;
        -- Another period may be closed in this transaction.
        EXECUTE (SELECT 'DROP TABLE ' || string_agg(format('pg_temp.%I', c.relname), ', ') FROM pg_class c
                 WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'r'
                   AND c.relname IN ('close_stamp', 'close_amount', 'close_asset', 'close_later', 'close_change', 'close_target', 'close_posted', 'close_span',
                                     'close_contract', 'close_pool_charge', 'close_group'));

        -- Days are kept from the first refresh on.
        IF is_calendar_month(period) AND EXISTS (SELECT FROM refreshed_month) THEN
            PERFORM refresh_months(ARRAY[period.starts_on], NULL, stamp);
        END IF;
        UPDATE period_state p SET state = target
        WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.fiscal_year = of_year AND p.period_number = of_period;
        INSERT INTO period_event (entity_id, basis, fiscal_year, period_number, action, prepared_by, recorded_at)
        VALUES (of_entity, of_basis, of_year, of_period, target, session_user, stamp);
        IF NOT softly THEN
            INSERT INTO report_version (entity_id, basis, fiscal_year, period_number, published_at) VALUES (of_entity, of_basis, of_year, of_period, stamp);
            UPDATE ledger SET last_published_at = stamp;
        END IF;
        RAISE NOTICE 'period % of entity "%", basis %, is % (entries: %, lines: %)', period_name, of_entity, of_basis, replace(target, '_', ' '),
                     posted.entries, posted.lines;
        IF NOT softly AND is_calendar_month(period) AND of_basis = (SELECT l.basis FROM ledger l) THEN
            PERFORM close_pack(period.starts_on, period_name);
        END IF;
        RETURN posted.entries;
    END
    $fn$;
    COMMENT ON FUNCTION period_close(text, text, integer, integer, boolean) IS 'Internal: what chipbook.close_period calls.';

    CREATE FUNCTION period_close_softly(of_entity text, of_basis text, of_year integer, of_period integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    BEGIN
        RETURN period_close(of_entity, of_basis, of_year, of_period, true);
    END
    $fn$;
    COMMENT ON FUNCTION period_close_softly(text, text, integer, integer) IS 'Internal: what chipbook.close_period calls for a soft close.';

    -- The close waits for nobody who reads or adds readings, nor fails for them: what it leaves is packed by pack_month.
    CREATE FUNCTION close_pack(of_month date, period_name text) RETURNS void LANGUAGE plpgsql AS $fn$
    DECLARE
        packed bigint;
    BEGIN
        LOCK TABLE meter_reading IN ACCESS EXCLUSIVE MODE NOWAIT;
        packed := month_pack(of_month);
        IF packed > 0 THEN
            RAISE NOTICE 'readings of period % are packed (readings: %)', period_name, packed;
        END IF;
    EXCEPTION
        WHEN lock_not_available THEN
            RAISE NOTICE 'readings of period % are not packed: they are being read or added to; chipbook.pack_month() packs them', period_name;
        WHEN object_not_in_prerequisite_state THEN
            RAISE NOTICE '%', sqlerrm;
    END
    $fn$;
    COMMENT ON FUNCTION close_pack(date, text) IS 'Internal: packs the readings of a month whose period was closed, if it can do so now.';

    CREATE FUNCTION period_reopen(of_entity text, of_basis text, of_year integer, of_period integer, with_reason text, asked_by text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        period period_state;
        period_name text;
        stamp timestamptz;
    BEGIN
        IF coalesce(with_reason, '') = '' OR asked_by IS NULL THEN
            RAISE EXCEPTION 'reopening a period needs a reason, and who asked for it' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        IF asked_by = session_user THEN
            RAISE EXCEPTION 'reopening a period takes two: "%" cannot both ask for it and do it', asked_by USING ERRCODE = 'insufficient_privilege';
        END IF;
        period := hold_period(of_entity, of_basis, of_year, of_period, true);
        period_name := chipbook.fiscal_period_name(period.fiscal_year, period.period_number);
        IF period.state = 'open' THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, is open', period_name, of_entity, of_basis USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        stamp := next_recorded_time();
        IF EXISTS (SELECT FROM period_state p WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.state <> 'open'
                                                AND (p.kind = 'regular' AND p.starts_on >= period.ends_on
                                                     OR p.kind = 'adjustment' AND period.kind = 'regular' AND p.ends_on >= period.ends_on)) THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, cannot be reopened: a later one is closed', period_name, of_entity, of_basis
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Post a correction in an open period, or reopen the last one first.';
        END IF;
        UPDATE period_state p SET state = 'open'
        WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.fiscal_year = of_year AND p.period_number = of_period;
        INSERT INTO period_event (entity_id, basis, fiscal_year, period_number, action, reason, prepared_by, recorded_at)
        VALUES (of_entity, of_basis, of_year, of_period, 'reopened', with_reason, asked_by, stamp);
    END
    $fn$;
    COMMENT ON FUNCTION period_reopen(text, text, integer, integer, text, text) IS 'Internal: what chipbook.reopen_period calls.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_close() IS 'Internal: part of create_ledger. The functions of a ledger that close its periods.';

-- What an obligation has grown by since its recognition, as posted.
CREATE FUNCTION chipbook.accreted(liability chipbook.monetary, rate numeric, recognised_on date, at_date date)
RETURNS chipbook.monetary IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN at_date OPERATOR(pg_catalog.<=) recognised_on THEN chipbook.monetary(0::numeric, chipbook.currency(liability))
            ELSE chipbook.round(chipbook.retirement_obligation_value(liability, rate, recognised_on, at_date))
                 OPERATOR(chipbook.-) chipbook.round(liability) END;
COMMENT ON FUNCTION chipbook.accreted(chipbook.monetary, numeric, date, date) IS 'Internal: the accretion of a retirement obligation up to the start of at_date, rounded to the minor unit; 0 up to its recognition.';

CREATE FUNCTION chipbook.create_report_close_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW close_progress WITH (security_invoker) AS
        SELECT r.process_id, a.usename::text COLLATE "default" AS user_name, a.xact_start AS started_at, r.step_number,
               coalesce(s.function_name::text, 'close_post') COLLATE "default" AS step,
               coalesce(s.description, 'entries of what the steps measured') AS description
        FROM (SELECT l.pid::bigint AS process_id, max(4294967296 - l.objid::bigint) AS step_number
              FROM pg_locks l
              -- An advisory lock of two keys, of this database, on the ledger; the second key is negative.
              WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
                AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                AND l.classid = 'ledger'::regclass AND l.objid::bigint >= 2147483648
              GROUP BY l.pid) r
        LEFT JOIN pg_stat_activity a ON a.pid = r.process_id
        LEFT JOIN close_steps() s ON s.step_number = r.step_number;
    COMMENT ON VIEW close_progress IS 'The closes of this ledger that are running now, or done and not yet committed: how far they are. Key: (process_id). step_number: the highest that the transaction came to; a transaction that closes several periods stays at it. step: the function of chipbook.close_steps() that runs, then close_post, which posts what they measured. started_at: when the transaction began; NULL for who may not see it (pg_read_all_stats). Answers for now, whatever chipbook.as_of says.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_close_views() IS 'Internal: part of create_ledger. The view close_progress.';

CREATE FUNCTION chipbook.close_period(ledger text, entity_id text, basis text, fiscal_year integer, period_number integer, soft boolean DEFAULT false)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    posted bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    IF soft THEN
        EXECUTE format('SELECT %I.period_close_softly($1, $2, $3, $4)', ledger) INTO STRICT posted USING entity_id, basis, fiscal_year, period_number;
    ELSE
        EXECUTE format('SELECT %I.period_close($1, $2, $3, $4, $5)', ledger) INTO STRICT posted USING entity_id, basis, fiscal_year, period_number, soft;
    END IF;
    RETURN posted;
END
$$;
COMMENT ON FUNCTION chipbook.close_period(text, text, text, integer, integer, boolean) IS 'Closes a fiscal period of an entity and basis: posts what its steps find (chipbook.close_steps()), then takes no entry any more, and publishes a report version. soft: takes adjustments still, and is closed by closing it again. Returns how many entries it posted, accrual reversals in the next period not counted; closing a closed period posts nothing and says so. What changed in the facts of closed periods is posted as corrections, an entry for each period it relates to and kind of entry (depreciation, impairment, disposal, accretion), linked to the one it corrects (corrects_entry_id); what belongs to another class or site is taken back on the accounts it was posted to. Errors (55000, nothing is posted): the period is not over, the one before is open (of an adjustment period, the last of its year), an asset is in another currency than was posted of it, entries wait for approval, posting rules or policies are missing (with a list), or chipbook.as_of is set; P0002 no such entity or period; 42501 not an approver (or, softly, an accountant).';

CREATE FUNCTION chipbook.reopen_period(ledger text, entity_id text, basis text, fiscal_year integer, period_number integer, reason text, prepared_by text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.period_reopen($1, $2, $3, $4, $5, $6)', ledger) USING entity_id, basis, fiscal_year, period_number, reason, prepared_by;
END
$$;
COMMENT ON FUNCTION chipbook.reopen_period(text, text, text, integer, integer, text, text) IS 'Opens the last closed period of an entity and basis again (the last of a year after its adjustment period), for a reason, which is kept with who asked for it (prepared_by; not the session''s user, 42501). Closing it again posts what differs. 55000 when it is open or a later one is closed, 22004 without reason or prepared_by, 42501 not an approver.';
