-- verify_ledger: everything that the functions of a ledger make true and that somebody who is above
-- them (the owner of the tables, a superuser, a broken disk) could have made false.

CREATE FUNCTION chipbook.verify_ledger(ledger text, all_history boolean DEFAULT false)
RETURNS TABLE (finding text, severity text, subject text, detail text) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.enter_ledger(ledger);
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_entries() v;
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_reversals() v;
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_charges() v;
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_periods() v;
    RETURN QUERY SELECT v.finding, CASE v.finding WHEN 'row_never_published' THEN 'warning' ELSE 'error' END, v.subject, v.detail FROM verify_facts() v;
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_usage() v;
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_charge_months() v;
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_spend(all_history) v;
    RETURN QUERY SELECT v.finding, 'error', v.subject, v.detail FROM verify_seals() v;
    RETURN QUERY SELECT v.* FROM verify_guards() v;
END
$$;
COMMENT ON FUNCTION chipbook.verify_ledger(text, boolean) IS 'Every inconsistency of a ledger: seals that do not fit what they seal, gaps in the chains, entries that do not balance or were posted into closed periods, lines that their sources or charges do not add up to, states of periods without an event, facts outside their load or held twice, days that are not what their readings come to, months that are not what their charges come to, costs of days or allocated costs that are not what they came to when they were last stored, recorded times out of order, and guards that are missing. severity error: the books are not what was recorded; warning: they could be changed unnoticed until the next verification. subject says where, detail what. No rows: nothing was found. Asks what is recorded, whatever chipbook.as_of says; writes nothing. Costs of days and allocated costs are computed again once a month of the books, as of its last refresh; with all_history once for each refresh there was, for what they were before too (NULL is false). Errors: 3F000 no such ledger, 42501 a reader.';

CREATE FUNCTION chipbook.create_ledger_verification() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION period_text(of_entity text, of_basis text, of_year integer, of_period smallint) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT concat_ws(', ', of_entity, of_basis, fiscal_period_name(of_year, of_period));
    END;
    COMMENT ON FUNCTION period_text(text, text, integer, smallint) IS 'Internal: a period of an entity and basis in messages.';

    CREATE FUNCTION period_of(j journal_entry) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT period_text(j.entity_id, j.basis, j.fiscal_year, j.period_number);
    END;
    COMMENT ON FUNCTION period_of(journal_entry) IS 'Internal: the period of an entry in messages.';

    -- Entries in eight parts of about as many lines, for as many processes as there are.
    CREATE FUNCTION entry_ranges() RETURNS bigint[] STABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT coalesce((SELECT percentile_disc(ARRAY[0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]) WITHIN GROUP (ORDER BY l.entry_id)
                         FROM journal_line l TABLESAMPLE SYSTEM (0.1)), ARRAY[1, 2, 3, 4, 5, 6, 7]);
    END;
    COMMENT ON FUNCTION entry_ranges() IS 'Internal: the numbers of entries that divide the lines of the journal, by a sample, into eight parts.';

    -- The columns are those of the view entry_content.
    CREATE FUNCTION entry_digest(from_entry bigint, to_entry bigint)
    RETURNS TABLE (entry_id bigint, lines text, sources text, unbalanced text, functional_unbalanced text, sources_differ text)
    STABLE PARALLEL SAFE COST 1000000 ROWS 10000 LANGUAGE sql
    BEGIN ATOMIC
        SELECT d.entry_id, d.lines, d.sources, d.unbalanced, d.functional_unbalanced, d.sources_differ
        FROM journal_digest(
            format('SELECT entry_id, line_number, account_id, cost_centre_id, site_id, asset_class, party_id, amount, functional_amount, tax_code, external_account, description
                    FROM %I.journal_line WHERE entry_id BETWEEN $1 AND $2 ORDER BY entry_id, line_number', ledger_schema()),
            format('SELECT entry_id, line_number, source_number, source_table, source_key, load_id, source_file, file_line, amount
                    FROM %I.journal_line_source WHERE entry_id BETWEEN $1 AND $2 ORDER BY entry_id, line_number, source_number', ledger_schema()),
            from_entry, to_entry) d;
    END;
    COMMENT ON FUNCTION entry_digest(bigint, bigint) IS 'Internal: journal_digest of the entries of this ledger between two.';

    CREATE FUNCTION verify_entries() RETURNS TABLE (finding text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        WITH parts AS MATERIALIZED (SELECT entry_ranges() AS ranges),
        content AS MATERIALIZED (
            SELECT * FROM entry_digest(-9223372036854775808, (SELECT r.ranges[1] FROM parts r))
            UNION ALL SELECT * FROM entry_digest((SELECT r.ranges[1] + 1 FROM parts r), (SELECT r.ranges[2] FROM parts r))
            UNION ALL SELECT * FROM entry_digest((SELECT r.ranges[2] + 1 FROM parts r), (SELECT r.ranges[3] FROM parts r))
            UNION ALL SELECT * FROM entry_digest((SELECT r.ranges[3] + 1 FROM parts r), (SELECT r.ranges[4] FROM parts r))
            UNION ALL SELECT * FROM entry_digest((SELECT r.ranges[4] + 1 FROM parts r), (SELECT r.ranges[5] FROM parts r))
            UNION ALL SELECT * FROM entry_digest((SELECT r.ranges[5] + 1 FROM parts r), (SELECT r.ranges[6] FROM parts r))
            UNION ALL SELECT * FROM entry_digest((SELECT r.ranges[6] + 1 FROM parts r), (SELECT r.ranges[7] FROM parts r))
            UNION ALL SELECT * FROM entry_digest((SELECT r.ranges[7] + 1 FROM parts r), 9223372036854775807)),
        charged AS MATERIALIZED (SELECT c.entry_id, c.charges FROM charge_content c),
        chain AS (
            SELECT j AS entry, j.entry_id, j.hash, j.sequence_number, j.recorded_at,
                   lag(j.hash) OVER w AS previous_hash, lag(j.sequence_number, 1, 0) OVER w AS previous_number, lag(j.recorded_at) OVER w AS previous_time
            FROM journal_entry j
            WINDOW w AS (PARTITION BY j.entity_id, j.basis, j.fiscal_year, j.period_number ORDER BY j.sequence_number))
        SELECT 'entry_not_sealed', 'entry ' || c.entry_id, period_of(c.entry) FROM chain c WHERE c.hash IS NULL
        UNION ALL
        SELECT 'entry_without_lines', 'entry ' || c.entry_id, period_of(c.entry) FROM chain c WHERE NOT EXISTS (SELECT FROM content n WHERE n.entry_id = c.entry_id)
        UNION ALL
        SELECT 'entry_differs_from_seal', 'entry ' || c.entry_id,
               format('%s, number %s: the entry, its lines, sources or charges, or the entry before it, are not what was sealed', period_of(c.entry), c.sequence_number)
        FROM chain c JOIN content n ON n.entry_id = c.entry_id LEFT JOIN charged g ON g.entry_id = c.entry_id
        WHERE c.hash <> entry_hash(c.entry, n.lines, n.sources, g.charges, c.previous_hash)
        UNION ALL
        SELECT 'entries_missing', period_of(c.entry), format('number %s follows %s', c.sequence_number, c.previous_number) FROM chain c WHERE c.sequence_number <> c.previous_number + 1
        UNION ALL
        SELECT 'recorded_out_of_order', 'entry ' || c.entry_id, format('%s, number %s: recorded before the one before it', period_of(c.entry), c.sequence_number)
        FROM chain c WHERE c.recorded_at < c.previous_time
        UNION ALL
        SELECT 'lines_without_entry', 'entry ' || n.entry_id, n.lines FROM content n WHERE NOT EXISTS (SELECT FROM journal_entry j WHERE j.entry_id = n.entry_id)
        UNION ALL
        SELECT 'entry_unbalanced', 'entry ' || n.entry_id, n.unbalanced || ' too much on debit' FROM content n WHERE n.unbalanced IS NOT NULL
        UNION ALL
        SELECT 'entry_unbalanced', 'entry ' || n.entry_id, n.functional_unbalanced || ' too much on debit in functional currency' FROM content n WHERE n.functional_unbalanced IS NOT NULL
        UNION ALL
        SELECT 'line_differs_from_sources', 'entry ' || n.entry_id, n.sources_differ FROM content n WHERE n.sources_differ IS NOT NULL;
    END;
    COMMENT ON FUNCTION verify_entries() IS 'Internal: part of verify_ledger. Seals, numbers, lines and sources of entries.';

    CREATE FUNCTION verify_reversals() RETURNS TABLE (finding text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        SELECT 'management_journal_not_zero', concat_ws(', ', j.entity_id, j.basis, 'account ' || l.account_id), sum(l.amount)::text
        FROM journal_entry j JOIN journal_line l ON l.entry_id = j.entry_id WHERE j.journal = 'management' AND j.kind = 'allocation'
        GROUP BY j.entity_id, j.basis, l.account_id, currency(l.amount) HAVING sum(l.amount) <> - sum(l.amount)
        UNION ALL
        SELECT 'reversed_twice', 'entry ' || j.reverses_entry_id, 'by entries ' || string_agg(j.entry_id::text, ', ' ORDER BY j.entry_id)
        FROM journal_entry j LEFT JOIN journal_decision d ON d.entry_id = j.entry_id
        WHERE j.reverses_entry_id IS NOT NULL AND d.decision IS DISTINCT FROM 'rejected' GROUP BY j.reverses_entry_id HAVING count(*) > 1
        UNION ALL
        SELECT 'reversal_differs', 'entry ' || j.entry_id, format('it is not the mirror of entry %s', j.reverses_entry_id)
        FROM journal_entry j
        WHERE j.reverses_entry_id IS NOT NULL AND EXISTS (
            SELECT FROM (SELECT l.line_number, l.account_id, l.amount FROM journal_line l WHERE l.entry_id = j.entry_id) r
            FULL JOIN (SELECT l.line_number, l.account_id, - l.amount AS amount FROM journal_line l WHERE l.entry_id = j.reverses_entry_id) o
                   ON o.line_number = r.line_number AND o.account_id = r.account_id AND o.amount = r.amount
            WHERE o.line_number IS NULL OR r.line_number IS NULL);
    END;
    COMMENT ON FUNCTION verify_reversals() IS 'Internal: part of verify_ledger. Reversals, and the management journal.';

    CREATE FUNCTION verify_charges() RETURNS TABLE (finding text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        SELECT 'line_differs_from_charges', format('entry %s, line %s', c.entry_id, c.line_number), format('%s, charges of assets %s', l.amount, c.charge)
        FROM (SELECT n.entry_id, n.line_number, sum(n.charge) AS charge, bool_or(n.event = 'disposal_gain') AS of_gain
              FROM asset_charge n WHERE n.entry_id IS NOT NULL GROUP BY n.entry_id, n.line_number, currency(n.charge)) c
        LEFT JOIN journal_line l ON l.entry_id = c.entry_id AND l.line_number = c.line_number
        WHERE l.amount IS NULL OR l.amount <> c.charge AND NOT (c.of_gain AND l.amount = - c.charge)
        UNION ALL
        SELECT 'charges_missing', format('entry %s, line %s', s.entry_id, s.line_number), 'no charge of an asset makes up this line'
        FROM journal_line_source s
        WHERE s.source_table = 'asset_charge' AND s.line_number % 2 = 1
          AND NOT EXISTS (SELECT FROM (SELECT DISTINCT n.entry_id, n.line_number FROM asset_charge n WHERE n.entry_id IS NOT NULL) c
                          WHERE c.entry_id = s.entry_id AND c.line_number = s.line_number)
        UNION ALL
        SELECT 'posted_total_differs', concat_ws(', ', 'asset ' || coalesce(t.asset_id, p.asset_id), coalesce(t.basis, p.basis), coalesce(t.entity_id, p.entity_id), coalesce(t.event, p.event)),
               format('%s is said to be posted, charges add up to %s', coalesce(p.posted_total::text, 'nothing'), coalesce(t.charge::text, 'nothing'))
        FROM (SELECT n.asset_id, n.basis, n.entity_id, n.event, sum(n.charge) AS charge, (array_agg(n.posted_total ORDER BY n.charge_id DESC))[1] AS posted_total
              FROM asset_charge n GROUP BY n.asset_id, n.basis, n.entity_id, n.event, currency(n.charge)) t
        FULL JOIN asset_posted p ON p.asset_id = t.asset_id AND p.basis = t.basis AND p.entity_id = t.entity_id AND p.event = t.event
        -- IS DISTINCT FROM would not find its operator where a dump is restored.
        WHERE (t.charge = p.posted_total AND t.posted_total = p.posted_total) IS NOT TRUE;
    END;
    COMMENT ON FUNCTION verify_charges() IS 'Internal: part of verify_ledger. The charges of assets against lines and what is said to be posted.';

    CREATE FUNCTION verify_periods() RETURNS TABLE (finding text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        WITH event AS (
            SELECT e AS event, e.event_id, e.hash, e.action, e.recorded_at, e.entity_id, e.basis, e.fiscal_year, e.period_number,
                   lag(e.hash) OVER w AS previous_hash, lag(e.action) OVER w AS previous_action, lag(e.recorded_at) OVER w AS previous_time,
                   lead(e.recorded_at, 1, 'infinity') OVER w AS next_time, row_number() OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS place
            FROM period_event e WINDOW w AS (PARTITION BY e.entity_id, e.basis, e.fiscal_year, e.period_number ORDER BY e.event_id))
        SELECT 'event_differs_from_seal', period_text(e.entity_id, e.basis, e.fiscal_year, e.period_number),
               format('event %s (%s): the event, the entries and decisions there were then, or the event before it, are not what was sealed', e.event_id, e.action)
        FROM event e WHERE e.hash <> period_event_hash(e.event, e.previous_hash)
        UNION ALL
        SELECT 'recorded_out_of_order', period_text(e.entity_id, e.basis, e.fiscal_year, e.period_number), format('event %s (%s)', e.event_id, e.action)
        FROM event e WHERE e.recorded_at <= e.previous_time
        UNION ALL
        SELECT 'period_state_differs', period_text(p.entity_id, p.basis, p.fiscal_year, p.period_number), format('it is %s, its last event is %s', p.state, coalesce(e.action, 'none'))
        FROM period_state p
        LEFT JOIN event e ON e.entity_id = p.entity_id AND e.basis = p.basis AND e.fiscal_year = p.fiscal_year AND e.period_number = p.period_number AND e.next_time = 'infinity'
        WHERE p.state <> CASE WHEN e.action IN ('soft_closed', 'closed') THEN e.action ELSE 'open' END
        UNION ALL
        SELECT 'entry_in_closed_period', 'entry ' || j.entry_id,
               format('%s: recorded at %s, closed since %s', period_text(j.entity_id, j.basis, j.fiscal_year, j.period_number), canonical_time(j.recorded_at), canonical_time(e.recorded_at))
        FROM event e JOIN journal_entry j ON j.entity_id = e.entity_id AND j.basis = e.basis AND j.fiscal_year = e.fiscal_year AND j.period_number = e.period_number
        WHERE e.action = 'closed' AND j.recorded_at > e.recorded_at AND j.recorded_at <= e.next_time
        UNION ALL
        SELECT 'decision_in_closed_period', 'entry ' || j.entry_id, period_text(j.entity_id, j.basis, j.fiscal_year, j.period_number)
        FROM event e JOIN journal_entry j ON j.entity_id = e.entity_id AND j.basis = e.basis AND j.fiscal_year = e.fiscal_year AND j.period_number = e.period_number
        JOIN journal_decision d ON d.entry_id = j.entry_id
        WHERE e.action = 'closed' AND d.recorded_at > e.recorded_at AND d.recorded_at <= e.next_time
        UNION ALL
        SELECT 'decision_differs_from_seal', 'entry ' || d.entry_id, d.decision
        FROM journal_decision d JOIN journal_entry j ON j.entry_id = d.entry_id WHERE d.hash <> decision_hash(d, j.hash)
        UNION ALL
        SELECT 'approved_by_preparer', 'entry ' || d.entry_id, d.decided_by FROM journal_decision d JOIN journal_entry j ON j.entry_id = d.entry_id WHERE d.decided_by = j.prepared_by
        UNION ALL
        SELECT 'closed_with_waiting_entry', 'entry ' || j.entry_id, period_text(j.entity_id, j.basis, j.fiscal_year, j.period_number)
        FROM journal_entry j JOIN period_state p ON p.entity_id = j.entity_id AND p.basis = j.basis AND p.fiscal_year = j.fiscal_year AND p.period_number = j.period_number
        WHERE p.state = 'closed' AND j.needs_approval AND NOT EXISTS (SELECT FROM journal_decision d WHERE d.entry_id = j.entry_id)
        UNION ALL
        SELECT 'report_version_without_close', 'version ' || v.version, period_text(v.entity_id, v.basis, v.fiscal_year, v.period_number)
        FROM report_version v
        WHERE NOT EXISTS (SELECT FROM period_event e WHERE e.entity_id = v.entity_id AND e.basis = v.basis AND e.fiscal_year = v.fiscal_year AND e.period_number = v.period_number
                                                       AND e.action = 'closed' AND e.recorded_at = v.published_at)
        UNION ALL
        SELECT 'close_without_report_version', period_text(e.entity_id, e.basis, e.fiscal_year, e.period_number), format('event %s', e.event_id)
        FROM event e WHERE e.action = 'closed' AND NOT EXISTS (SELECT FROM report_version v WHERE v.entity_id = e.entity_id AND v.basis = e.basis AND v.published_at = e.recorded_at)
        UNION ALL
        SELECT 'recorded_after_last', t.subject, format('recorded at %s, the ledger says nothing was after %s', canonical_time(t.recorded_at), canonical_time(l.last_recorded_at))
        FROM ledger l,
             (SELECT 'journal_entry' AS subject, max(j.recorded_at) AS recorded_at FROM journal_entry j
              UNION ALL SELECT 'journal_decision', max(d.recorded_at) FROM journal_decision d
              UNION ALL SELECT 'period_event', max(e.recorded_at) FROM period_event e
              UNION ALL SELECT 'load', greatest(max(o.recorded_at), max(o.retracted_at)) FROM load o) t
        WHERE t.recorded_at > l.last_recorded_at;
    END;
    COMMENT ON FUNCTION verify_periods() IS 'Internal: part of verify_ledger. Periods, their events and decisions.';

    CREATE FUNCTION verify_facts() RETURNS TABLE (finding text, subject text, detail text) STABLE LANGUAGE plpgsql AS $fn$
    DECLARE
        sealed record;
        digests text := '';
        superseded text := '';
    BEGIN
        FOR sealed IN SELECT c.table_name, c.columns, f.key_columns FROM sealed_columns c JOIN chipbook.ledger_fact_tables() f ON f.table_name = c.table_name
                      WHERE c.hash_version = 1 ORDER BY c.table_name COLLATE "C" LOOP
            digests := concat(digests, CASE WHEN digests <> '' THEN ' UNION ALL ' END,
                              format('SELECT d.load_id, %L AS table_name, d.fact_count, d.digest FROM (%s) d', sealed.table_name,
                                     chipbook.sealed_rows_query(sealed.table_name, sealed.columns, 't.recorded_at IS NOT NULL')));
            superseded := concat(superseded, CASE WHEN superseded <> '' THEN ' UNION ALL ' END,
                                 format('SELECT d.superseded_at, %L AS table_name, d.fact_count, d.digest FROM (%s) d', sealed.table_name,
                                        chipbook.superseded_rows_query(sealed.table_name, 't.superseded_at < ''infinity''')));
            RETURN QUERY EXECUTE format($q$
                SELECT 'fact_outside_its_load', %1$L, format('load %%s: facts %%s', t.load_id, count(*)) FROM %2$I t LEFT JOIN load l ON l.load_id = t.load_id
                WHERE t.recorded_at IS NOT NULL AND t.recorded_at IS DISTINCT FROM l.recorded_at
                GROUP BY t.load_id
                UNION ALL
                SELECT 'row_never_published', %1$L, format('load %%s, which is published: rows added since %%s', t.load_id, count(*)) FROM %2$I t JOIN load l ON l.load_id = t.load_id
                WHERE t.recorded_at IS NULL AND l.recorded_at IS NOT NULL GROUP BY t.load_id
                UNION ALL
                SELECT 'superseded_at_no_time', %1$L, format('at %%s, when nothing was recorded: facts %%s', chipbook.canonical_time(t.superseded_at), count(*)) FROM %2$I t
                WHERE t.superseded_at < 'infinity'
                  AND NOT EXISTS (SELECT FROM load l WHERE t.superseded_at = l.recorded_at OR t.superseded_at = l.retracted_at)
                GROUP BY t.superseded_at
                UNION ALL
                SELECT 'fact_held_after_retraction', %1$L, format('load %%s: facts %%s', t.load_id, count(*)) FROM %2$I t JOIN load l ON l.load_id = t.load_id
                WHERE l.retracted_at IS NOT NULL AND t.recorded_at IS NOT NULL AND t.superseded_at > l.retracted_at GROUP BY t.load_id$q$, sealed.table_name,
                CASE sealed.table_name WHEN 'meter_reading' THEN 'meter_reading_stored' ELSE sealed.table_name END);
            IF sealed.key_columns IS NOT NULL THEN
                RETURN QUERY EXECUTE format($q$
                    SELECT 'fact_held_twice', %1$L, format('%%s: %%s times', concat_ws(', ', %2$s), count(*)) FROM %1$I t
                    WHERE t.recorded_at IS NOT NULL AND t.superseded_at = 'infinity' GROUP BY %2$s HAVING count(*) > 1
                    UNION ALL
                    SELECT 'fact_superseded_by_nothing', %1$L, format('%%s: withdrawn at %%s', concat_ws(', ', %2$s), chipbook.canonical_time(t.superseded_at)) FROM %1$I t
                    WHERE t.superseded_at < 'infinity' AND NOT EXISTS (SELECT FROM load l WHERE l.load_id = t.load_id AND l.retracted_at = t.superseded_at)
                      AND NOT EXISTS (SELECT FROM %1$I n WHERE n.recorded_at = t.superseded_at AND %3$s)$q$, sealed.table_name,
                    (SELECT string_agg(format('t.%I', k.c), ', ' ORDER BY k.i) FROM unnest(sealed.key_columns) WITH ORDINALITY k (c, i)),
                    (SELECT string_agg(format('n.%1$I = t.%1$I', k), ' AND ') FROM unnest(sealed.key_columns) k));
            END IF;
        END LOOP;
        RETURN QUERY
            SELECT 'readings_overlap', 'pool ' || r.pool_id, format('readings that begin before an earlier one ends: %s, the first at %s', count(*), canonical_time(min(r.starts_at)))
            FROM (SELECT m.pool_id, m.starts_at, lag(m.ends_at) OVER (PARTITION BY m.month, m.pool_id, m.meter_id, m.tenant_id, m.job_id, m.model_id, m.party_id
                                                                ORDER BY m.starts_at, m.ends_at) AS before
                  FROM meter_reading_stored m WHERE m.recorded_at IS NOT NULL AND m.superseded_at = 'infinity') r
            WHERE r.before > r.starts_at GROUP BY r.pool_id;
        RETURN QUERY EXECUTE format($q$
            WITH content AS (
                SELECT d.load_id, sum(d.fact_count) AS fact_count, seal_of(string_agg(canonical_line(d.table_name, d.fact_count, d.digest), '' ORDER BY d.table_name COLLATE "C")) AS digest
                FROM (%s) d GROUP BY d.load_id),
            chain AS (SELECT l AS load, l.load_id, l.hash, l.fact_count, l.recorded_at, lag(l.hash) OVER (ORDER BY l.recorded_at) AS previous_hash
                      FROM load l WHERE l.recorded_at IS NOT NULL)
            SELECT 'load_not_sealed', 'load ' || c.load_id, NULL FROM chain c WHERE c.hash IS NULL
            UNION ALL
            SELECT 'facts_missing', 'load ' || c.load_id, format('facts %%s, published %%s', coalesce(n.fact_count, 0), c.fact_count)
            FROM chain c LEFT JOIN content n ON n.load_id = c.load_id WHERE coalesce(n.fact_count, 0) <> c.fact_count
            UNION ALL
            SELECT 'load_differs_from_seal', 'load ' || c.load_id, 'the load, its facts, or the load before it, are not what was sealed'
            FROM chain c LEFT JOIN content n ON n.load_id = c.load_id
            WHERE c.hash <> load_hash(c.load, coalesce(n.digest, seal_of('')), c.previous_hash)$q$, digests);
        RETURN QUERY EXECUTE format($q$
            WITH superseded AS (
                SELECT d.superseded_at, string_agg(canonical_line(d.table_name, d.fact_count, d.digest), '' ORDER BY d.table_name COLLATE "C") AS content
                FROM (%s) d GROUP BY d.superseded_at)
            SELECT 'load_differs_from_chain', 'load ' || coalesce(l.load_id, s.subject), 'the load, or what it superseded, is not what was sealed'
            FROM (SELECT n.* FROM load n WHERE n.recorded_at IS NOT NULL) l FULL JOIN (SELECT c.* FROM seal c WHERE c.kind = 'load') s ON s.subject = l.load_id
            LEFT JOIN superseded x ON x.superseded_at = l.recorded_at
            WHERE s.content IS DISTINCT FROM load_content(l, coalesce(x.content, '')) OR s.recorded_at IS DISTINCT FROM l.recorded_at
            UNION ALL
            SELECT 'retraction_differs_from_chain', 'load ' || coalesce(l.load_id, s.subject), 'the retraction, or what it withdrew, is not what was sealed'
            FROM (SELECT n.* FROM load n WHERE n.retracted_at IS NOT NULL) l FULL JOIN (SELECT c.* FROM seal c WHERE c.kind = 'retraction') s ON s.subject = l.load_id
            LEFT JOIN superseded x ON x.superseded_at = l.retracted_at
            WHERE s.content IS DISTINCT FROM retraction_content(l, coalesce(x.content, '')) OR s.recorded_at IS DISTINCT FROM l.retracted_at$q$, superseded);
    END
    $fn$;
    COMMENT ON FUNCTION verify_facts() IS 'Internal: part of verify_ledger. Facts, their loads and their seals.';

    -- What a refresh stored, against what the ledger says as of that moment: by the code that it was stored by.
    -- Each moment takes as long as a refresh of the whole month, and a ledger has a few a month or one every night.
    CREATE FUNCTION verify_spend(all_history boolean DEFAULT false) RETURNS TABLE (finding text, subject text, detail text) SET chipbook.as_of = '' SET jit = off LANGUAGE plpgsql AS $fn$
    DECLARE
        stored record;
        allocated_columns text := (SELECT string_agg(format('h.%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = 'allocated_cost_now'::regclass AND a.attnum > 0);
    BEGIN
        RETURN QUERY
            SELECT 'spend_day_differs', format('pool %s, %s', coalesce(d.pool_id, 'none'), to_char(d.month, 'YYYY-MM')),
                   format('rows stored or superseded when nothing was refreshed: %s', count(*))
            FROM spend_day d
            WHERE (d.month, d.recorded_at) NOT IN (SELECT r.month, r.recorded_at FROM refreshed_month r)
               OR d.superseded_at <> 'infinity' AND (d.month, d.superseded_at) NOT IN (SELECT r.month, r.recorded_at FROM refreshed_month r)
               OR d.month <> date_trunc('month', d.reading_day::timestamp)::date
            GROUP BY d.pool_id, d.month;
        FOR stored IN SELECT m.month, m.recorded_at
                      FROM (SELECT r.month, r.recorded_at, max(r.recorded_at) OVER (PARTITION BY r.month) AS last FROM refreshed_month r) m
                      WHERE all_history OR m.recorded_at = m.last
                      ORDER BY m.recorded_at, m.month LOOP
            PERFORM set_config('chipbook.as_of', canonical_time(stored.recorded_at), true);
            RETURN QUERY
                SELECT 'spend_day_differs', format('pool %s, %s', coalesce(x.pool_id, 'none'), to_char(stored.month, 'YYYY-MM')),
                       format('rows that are not what they came to as of %s: %s', canonical_time(stored.recorded_at), count(*))
                FROM (SELECT coalesce(d.pool_id, k.pool_id) AS pool_id
                      FROM spend_days_due(stored.month, NULL) d
                      FULL JOIN (SELECT n.*, count(*) OVER (PARTITION BY n.entity_id, n.basis, n.pool_id, n.reading_day, n.tenant_id, n.currency) AS copies FROM spend_day n
                                 WHERE n.month = stored.month AND n.recorded_at <= stored.recorded_at AND n.superseded_at > stored.recorded_at) k
                        ON k.reading_day = d.reading_day AND coalesce(k.pool_id, '') = coalesce(d.pool_id, '') AND coalesce(k.tenant_id, '') = coalesce(d.tenant_id, '')
                           AND k.basis = d.basis AND k.currency = d.currency AND coalesce(k.entity_id, '') = coalesce(d.entity_id, '')
                      WHERE k.basis IS NULL OR d.basis IS NULL OR k.summary <> d.summary OR k.copies > 1) x
                GROUP BY x.pool_id;
        END LOOP;
        -- refresh_allocation leaves a trace only where something changed.
        FOR stored IN SELECT m.month, m.recorded_at
                      FROM (SELECT t.month, t.recorded_at, max(t.recorded_at) OVER (PARTITION BY t.month) AS last
                            FROM (SELECT r.month, r.recorded_at FROM refreshed_month r
                                  UNION SELECT c.period_month, c.recorded_at FROM allocated_cost c
                                  UNION SELECT c.period_month, c.superseded_at FROM allocated_cost c WHERE c.superseded_at < 'infinity') t (month, recorded_at)) m
                      WHERE all_history OR m.recorded_at = m.last
                      ORDER BY m.recorded_at, m.month LOOP
            PERFORM set_config('chipbook.as_of', canonical_time(stored.recorded_at), true);
            RETURN QUERY EXECUTE format($q$
                SELECT 'allocated_cost_differs', format('pool %%s, %%s', coalesce((x.this).pool_id, 'none'), to_char($1, 'YYYY-MM')),
                       format('rows that are not what they came to as of %%s: %%s', canonical_time($2), count(*))
                FROM (SELECT y.this FROM (SELECT true AS held, ROW(%s)::allocated_cost_now AS this FROM allocated_cost h
                                          WHERE h.period_month = $1 AND h.recorded_at <= $2 AND h.superseded_at > $2
                                          UNION ALL
                                          SELECT false, n FROM allocated_cost_now n WHERE n.period_month = $1) y
                      GROUP BY y.this HAVING count(*) FILTER (WHERE y.held) <> count(*) FILTER (WHERE NOT y.held)) x
                GROUP BY (x.this).pool_id$q$, allocated_columns) USING stored.month, stored.recorded_at;
        END LOOP;
    END
    $fn$;
    COMMENT ON FUNCTION verify_spend(boolean) IS 'Internal: part of verify_ledger. spend_day and allocated_cost against what they come to as of the last moment at which each month was stored; with all_history (NULL: no) as of every one, what they were before too.';

    CREATE FUNCTION verify_seals() RETURNS TABLE (finding text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        WITH chain AS MATERIALIZED (
            SELECT s.seal_number, s.recorded_at, s.kind, s.subject, s.content, s.hash, lag(s.hash) OVER w AS previous_hash, lag(s.seal_number, 1, 0) OVER w AS previous_number
            FROM seal s WINDOW w AS (ORDER BY s.seal_number))
        SELECT 'seal_chain_broken', 'seal ' || c.seal_number,
               CASE WHEN c.seal_number <> c.previous_number + 1 THEN format('it follows seal %s', c.previous_number) ELSE format('%s %s: the seal, or the one before it, is not what it was', c.kind, c.subject) END
        FROM chain c WHERE c.seal_number <> c.previous_number + 1 OR c.hash <> seal_hash(c.seal_number, c.recorded_at, c.kind, c.subject, c.content, c.previous_hash)
        UNION ALL
        SELECT 'seal_chain_broken', 'ledger', format('its last seal is number %s, the chain ends with %s', l.seal_count, coalesce(c.seal_number, 0))
        FROM ledger l LEFT JOIN (SELECT n.seal_number, n.hash FROM chain n ORDER BY n.seal_number DESC LIMIT 1) c ON true
        WHERE l.seal_count IS DISTINCT FROM c.seal_number OR l.seal_head IS DISTINCT FROM c.hash
        UNION ALL
        SELECT 'settings_differ_from_seal', 'ledger', 'its name, currency, calendar, time zone or basis are not what they were'
        FROM chain c WHERE c.seal_number = 1 AND c.content <> ledger_content()
        UNION ALL
        SELECT 'entry_differs_from_chain', 'entry ' || coalesce(j.entry_id, c.subject), CASE WHEN j.entry_id IS NULL THEN 'it is gone' WHEN c.subject IS NULL THEN 'it was never recorded' ELSE 'its seal is another' END
        FROM journal_entry j FULL JOIN (SELECT n.* FROM chain n WHERE n.kind = 'entry') c ON c.subject = j.entry_id
        WHERE c.content IS DISTINCT FROM j.hash OR c.recorded_at IS DISTINCT FROM j.recorded_at
        UNION ALL
        SELECT 'decision_differs_from_chain', 'entry ' || coalesce(d.entry_id, c.subject), CASE WHEN d.entry_id IS NULL THEN 'it is gone' WHEN c.subject IS NULL THEN 'it was never recorded' ELSE 'its seal is another' END
        FROM journal_decision d FULL JOIN (SELECT n.* FROM chain n WHERE n.kind = 'decision') c ON c.subject = d.entry_id
        WHERE c.content IS DISTINCT FROM d.hash
        UNION ALL
        SELECT 'event_differs_from_chain', coalesce(period_text(e.entity_id, e.basis, e.fiscal_year, e.period_number), 'event ' || c.subject),
               CASE WHEN e.event_id IS NULL THEN 'it is gone' WHEN c.subject IS NULL THEN 'it was never recorded' ELSE 'its seal is another' END
        FROM period_event e FULL JOIN (SELECT n.* FROM chain n WHERE n.kind = 'period_event') c ON c.subject = e.event_id
        WHERE c.content IS DISTINCT FROM e.hash
        UNION ALL
        SELECT 'batch_differs_from_chain', 'batch ' || coalesce(b.batch_id, c.subject), 'the batch or its entries are not what was handed over'
        FROM journal_batch b FULL JOIN (SELECT n.* FROM chain n WHERE n.kind = 'batch') c ON c.subject = b.batch_id
        WHERE c.content IS DISTINCT FROM batch_content(b.batch_id)
        UNION ALL
        SELECT 'recorded_out_of_order', 'version ' || v.version, 'it was published before the version before it'
        FROM (SELECT n.version, n.published_at, lag(n.published_at) OVER (ORDER BY n.version) AS before FROM report_version n) v WHERE v.published_at < v.before
        UNION ALL
        SELECT 'last_published_differs', 'ledger', format('%s, the last version was published at %s', canonical_time(l.last_published_at), coalesce(canonical_time(v.published_at), 'no time'))
        FROM ledger l, (SELECT max(n.published_at) AS published_at FROM report_version n) v WHERE l.last_published_at <> coalesce(v.published_at, 'infinity');
    END;
    COMMENT ON FUNCTION verify_seals() IS 'Internal: part of verify_ledger. The chain of all that was recorded, and whether each thing is in it.';

    CREATE FUNCTION verify_guards() RETURNS TABLE (finding text, severity text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        -- What create_ledger made: each trigger by its table.
        WITH wanted AS (
            SELECT f.table_name, t.name FROM (SELECT n.table_name FROM ledger_fact_tables() n UNION ALL SELECT k FROM ledger_kept_tables() k) f, unnest(ARRAY['published_fact_is_kept', 'published_fact_stays', 'not_truncated']) t (name)
            UNION ALL
            SELECT j, 'journal_is_kept' FROM journal_tables() j
            UNION ALL
            SELECT t.table_name::name, t.name FROM (VALUES
                ('load', 'published_load_is_kept'), ('load', 'published_load_stays'), ('load', 'not_truncated'), ('source', 'source_is_kept'), ('source', 'not_truncated'),
                ('sealed_columns', 'sealed_columns_are_kept'), ('seal', 'seals_are_kept'), ('packed_reading', 'published_fact_is_kept'), ('packed_reading', 'not_truncated'), ('ledger', 'recorded_time_goes_forward'), ('ledger', 'ledger_is_kept'), ('ledger', 'ledger_stays'),
                ('journal_entry', 'seal_is_kept'), ('journal_decision', 'sealed'), ('period_event', 'sealed'), ('period_state', 'period_is_kept')) t (table_name, name)),
        home AS (SELECT c.relnamespace AS oid FROM pg_class c WHERE c.oid = 'ledger'::regclass),
        present AS (
            SELECT w.table_name::text AS table_name, w.name, c.oid AS table_oid FROM wanted w
            CROSS JOIN home h LEFT JOIN pg_class c ON c.relname = w.table_name AND c.relnamespace = h.oid
            UNION ALL
            -- A partition has the same, by inheritance or of its own.
            SELECT p.oid::regclass::text, w.name, p.oid FROM wanted w CROSS JOIN home h
            JOIN pg_class c ON c.relname = w.table_name AND c.relnamespace = h.oid AND c.relkind = 'p'
            JOIN pg_inherits i ON i.inhparent = c.oid JOIN pg_class p ON p.oid = i.inhrelid)
        SELECT 'guard_missing', 'warning', p.table_name, format('trigger %s is %s', p.name, CASE WHEN g.oid IS NULL THEN 'not there' WHEN g.tgenabled NOT IN ('O', 'A') THEN 'disabled' ELSE 'another' END)
        FROM present p LEFT JOIN pg_trigger g ON g.tgrelid = p.table_oid AND g.tgname = p.name LEFT JOIN pg_proc f ON f.oid = g.tgfoid
        WHERE g.oid IS NULL OR g.tgenabled NOT IN ('O', 'A')
           -- Bit 0 of tgtype: for each row.
           OR (g.tgtype & 1 = 1) <> (p.name ~ '^(published|seal_is_kept|sealed$|recorded|ledger_is_kept)')
           OR p.name <> 'sealed' AND NOT (f.pronamespace = 'chipbook'::regnamespace AND f.proname IN ('refuse_rewriting', 'refuse_change'))
        UNION ALL
        SELECT 'owner_can_log_in', 'warning', c.relname::text, format('role %s owns it, and can log in or is a superuser', r.rolname)
        FROM home h JOIN pg_class c ON c.relnamespace = h.oid AND c.relname = 'ledger' JOIN pg_roles r ON r.oid = c.relowner
        WHERE r.rolcanlogin OR r.rolsuper
        UNION ALL
        SELECT 'owners_differ', 'warning', c.relname::text, format('owned by %s, the ledger by %s', pg_get_userbyid(c.relowner), pg_get_userbyid(o.relowner))
        FROM home h JOIN pg_class o ON o.relnamespace = h.oid AND o.relname = 'ledger' JOIN pg_class c ON c.relnamespace = h.oid AND c.relkind IN ('r', 'p', 'v', 'S')
        WHERE c.relowner <> o.relowner
        UNION ALL
        -- Whoever may do more than a loader without being the owner.
        SELECT 'rights_too_wide', 'warning', c.relname::text, format('%s granted to %s', x.privilege_type, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END)
        FROM home h JOIN pg_class c ON c.relnamespace = h.oid AND c.relkind IN ('r', 'p') CROSS JOIN LATERAL aclexplode(c.relacl) x
        WHERE x.grantee <> c.relowner AND x.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
        UNION ALL
        SELECT 'rights_too_wide', 'warning', format('%s.%s', c.relname, a.attname), format('%s granted to %s', x.privilege_type, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END)
        FROM home h JOIN pg_class c ON c.relnamespace = h.oid AND c.relkind IN ('r', 'p') JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL CROSS JOIN LATERAL aclexplode(a.attacl) x
        WHERE x.grantee <> c.relowner
          AND (x.privilege_type = 'UPDATE' OR x.privilege_type = 'INSERT' AND (a.attname IN ('recorded_at', 'superseded_at') OR c.relname NOT IN (SELECT f.table_name FROM ledger_fact_tables() f UNION ALL VALUES ('load'::name), ('source'))))
        UNION ALL
        SELECT 'rights_too_wide', 'warning', n.nspname::text, format('%s granted to %s', x.privilege_type, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END)
        FROM home h JOIN pg_namespace n ON n.oid = h.oid CROSS JOIN LATERAL aclexplode(n.nspacl) x WHERE x.privilege_type = 'CREATE' AND x.grantee <> n.nspowner
        UNION ALL
        SELECT 'rights_too_wide', 'warning', p.oid::regprocedure::text, 'everybody may run it, and it runs as the owner'
        FROM home h JOIN pg_proc p ON p.pronamespace = h.oid AND p.prosecdef WHERE has_function_privilege('public', p.oid, 'EXECUTE')
        UNION ALL
        -- Of whom it was said that it sees its own rows.
        SELECT 'rights_too_wide', 'warning', t.role_name, 'a tenant''s role that can read the tables'
        FROM (SELECT DISTINCT t.role_name FROM tenant_role t WHERE t.revoked_at IS NULL) t JOIN pg_roles r ON r.rolname = t.role_name
        WHERE has_table_privilege(r.oid, 'ledger'::regclass, 'SELECT')
        UNION ALL
        SELECT 'rule_on_table', 'warning', c.relname::text, format('rule %s', r.rulename)
        FROM home h JOIN pg_class c ON c.relnamespace = h.oid AND c.relkind IN ('r', 'p') JOIN pg_rewrite r ON r.ev_class = c.oid;
    END;
    COMMENT ON FUNCTION verify_guards() IS 'Internal: part of verify_ledger. Triggers, owners and rights.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_verification() IS 'Internal: part of create_ledger. The parts of verify_ledger.';

CREATE FUNCTION chipbook.canonical_time(moment timestamptz) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.rtrim(chipbook.canonical_line(moment), E'\n');
COMMENT ON FUNCTION chipbook.canonical_time(timestamptz) IS 'A time as ISO 8601 in UTC, with microseconds where there are some, whatever the session''s settings are.';
