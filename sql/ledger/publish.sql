-- Publishing, withdrawing, approving and discarding loads. What does it stands in the ledger's own
-- schema and runs as the ledger's owner: nobody else may update a fact.

CREATE FUNCTION chipbook.publish_load(
    ledger text, load_id bigint, replace_readings boolean DEFAULT false, recorded_at timestamptz DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.load_publish($1, $2, $3)', ledger) INTO STRICT total USING load_id, replace_readings, recorded_at;
    RETURN total;
END
$$;
COMMENT ON FUNCTION chipbook.publish_load(text, bigint, boolean, timestamptz) IS 'Publishes a load: checks it whole, replaces held facts of the same key (they stay, with superseded_at set), stamps its rows with one recorded_at, later than any before, and seals them; returns the number of facts. replace_readings lets readings replace held ones that they overlap. A given recorded_at imports history, in order, until a period is first closed. From then on a load with estimates (check_approval) must have been approved by another than who prepared it. Errors: 23000 with the problems (nothing is changed, the rows are kept), 23P01 readings overlap held ones, 55000 published already, not approved, changed since, or history after a close, 22023 recorded_at out of order, 40001 another session added rows meanwhile, or packed readings since the transaction began.';

CREATE FUNCTION chipbook.retract_load(ledger text, load_id bigint, reason text)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.%I($1, $2)', ledger,
                   CASE WHEN has_function_privilege(format('%I.load_retract_estimates(bigint,text)', ledger), 'EXECUTE') THEN 'load_retract_estimates' ELSE 'load_retract' END)
    INTO STRICT total USING load_id, reason;
    RETURN total;
END
$$;
COMMENT ON FUNCTION chipbook.retract_load(text, bigint, text) IS 'Withdraws what is still held of a published load, for a reason: its facts get superseded_at, and answers as of earlier times stay as they were. Facts that the load had replaced do not come back. Returns how many were withdrawn. 55000 when it is not published or was retracted; 40001 when readings were packed since the transaction began; 42501 when a period was closed, the load has estimates (policies, changes of estimate, impairments, obligations, leases, rates, probabilities), and the session is not that of an approver other than who prepared it.';

CREATE FUNCTION chipbook.discard_load(ledger text, load_id bigint)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.load_discard($1)', ledger) INTO STRICT total USING load_id;
    RETURN total;
END
$$;
COMMENT ON FUNCTION chipbook.discard_load(text, bigint) IS 'Removes the rows of a load that were not published, and returns how many there were: all of an open load, which stays open, empty; of a published one those that were added too late. 55000 when it is published whole, P0002 when there is no such load.';

CREATE FUNCTION chipbook.approve_load(ledger text, load_id bigint, approved_by text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.load_approve($1, $2)', ledger) USING load_id, approved_by;
END
$$;
COMMENT ON FUNCTION chipbook.approve_load(text, bigint, text) IS 'Approves a load as it is now; publish_load then takes it, unless its rows change again. approved_by: default the session''s user. Neither may be who prepared it (42501). Where an application logs in for all, it answers for the names. 55000 when it is published, P0002 when there is no such load.';

CREATE FUNCTION chipbook.check_approval(ledger text, load_id bigint)
RETURNS TABLE (table_name text, fact text, matter text) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.enter_ledger(ledger);
    PERFORM chipbook.require_open_load(ledger, load_id);
    -- Beside the last version that was ever recorded, withdrawn or not.
    RETURN QUERY
        SELECT 'asset_event', n.event_id, CASE WHEN n.kind IN ('change_of_estimate', 'impairment', 'impairment_reversal') THEN replace(n.kind, '_', ' ')
                                               ELSE format('%s in place of %s', replace(n.kind, '_', ' '), replace(h.kind, '_', ' ')) END
        FROM asset_event n
        LEFT JOIN (SELECT DISTINCT ON (e.event_id) e.event_id, e.kind FROM asset_event e WHERE e.recorded_at IS NOT NULL ORDER BY e.event_id, e.recorded_at DESC) h ON h.event_id = n.event_id
        WHERE n.load_id = check_approval.load_id
          AND (n.kind IN ('change_of_estimate', 'impairment', 'impairment_reversal') OR h.kind IN ('change_of_estimate', 'impairment', 'impairment_reversal'))
        UNION ALL
        SELECT 'asset_policy', concat_ws(', ', n.asset_id, n.basis), format('policy %s for %s', n.policy, h.policy)
        FROM asset_policy n
        JOIN (SELECT DISTINCT ON (e.asset_id, e.basis) e.asset_id, e.basis, e.policy FROM asset_policy e WHERE e.recorded_at IS NOT NULL ORDER BY e.asset_id, e.basis, e.recorded_at DESC) h
          ON h.asset_id = n.asset_id AND h.basis = n.basis
        WHERE n.load_id = check_approval.load_id AND n.policy <> h.policy
        UNION ALL
        SELECT 'retirement_obligation', n.obligation_id, format('%s at %s until %s for %s at %s until %s', n.liability, n.rate, chipbook.iso_date(n.settles_on), h.liability, h.rate, chipbook.iso_date(h.settles_on))
        FROM retirement_obligation n
        JOIN (SELECT DISTINCT ON (e.obligation_id) e.* FROM retirement_obligation e WHERE e.recorded_at IS NOT NULL ORDER BY e.obligation_id, e.recorded_at DESC) h ON h.obligation_id = n.obligation_id
        WHERE n.load_id = check_approval.load_id AND (n.liability <> h.liability OR n.rate <> h.rate OR n.settles_on <> h.settles_on)
        UNION ALL
        SELECT 'lease', n.lease_id, concat_ws('; ',
                   CASE WHEN n.rate <> h.rate OR n.rate_kind <> h.rate_kind THEN format('%s rate %s for %s rate %s', n.rate_kind, n.rate, h.rate_kind, h.rate) END,
                   CASE WHEN n.payments <> h.payments OR n.period_months <> h.period_months
                        THEN format('%s in %s periods of %s months for %s in %s of %s', (SELECT sum(p) FROM unnest(n.payments) p), cardinality(n.payments), n.period_months,
                                    (SELECT sum(p) FROM unnest(h.payments) p), cardinality(h.payments), h.period_months) END,
                   CASE WHEN n.residual_expected IS DISTINCT FROM h.residual_expected THEN format('guarantee expected to cost %s for %s', coalesce(n.residual_expected::text, 'nothing'), coalesce(h.residual_expected::text, 'nothing')) END,
                   CASE WHEN n.residual_probable IS DISTINCT FROM h.residual_probable THEN format('guarantee probable to cost %s for %s', coalesce(n.residual_probable::text, 'nothing'), coalesce(h.residual_probable::text, 'nothing')) END,
                   CASE WHEN n.restoration IS DISTINCT FROM h.restoration THEN format('restoration %s for %s', coalesce(n.restoration::text, 'nothing'), coalesce(h.restoration::text, 'nothing')) END)
        FROM lease n
        JOIN (SELECT DISTINCT ON (e.lease_id) e.* FROM lease e WHERE e.recorded_at IS NOT NULL ORDER BY e.lease_id, e.recorded_at DESC) h ON h.lease_id = n.lease_id
        WHERE n.load_id = check_approval.load_id
          AND (n.rate <> h.rate OR n.rate_kind <> h.rate_kind OR n.payments <> h.payments OR n.period_months <> h.period_months
               OR n.residual_expected IS DISTINCT FROM h.residual_expected OR n.residual_probable IS DISTINCT FROM h.residual_probable OR n.restoration IS DISTINCT FROM h.restoration)
        UNION ALL
        -- Whatever changes a lease, its term, its rate and its guarantee are judged anew (IFRS 16.40, 16.45, ASC 842-10-35-1).
        SELECT 'lease_modification', concat_ws(', ', n.lease_id, chipbook.iso_date(n.effective_on)),
               concat_ws('; ', concat(replace(n.kind, '_', ' '), ' in place of ' || replace(h.kind, '_', ' ')), format('%s in %s periods', (SELECT sum(p) FROM unnest(n.payments) p), cardinality(n.payments)),
                         'rate ' || n.rate, 'guarantee expected to cost ' || n.residual_expected::text, 'guarantee probable to cost ' || n.residual_probable::text)
        FROM lease_modification n
        LEFT JOIN (SELECT DISTINCT ON (e.lease_id, e.effective_on) e.lease_id, e.effective_on, e.kind
                   FROM lease_modification e WHERE e.recorded_at IS NOT NULL ORDER BY e.lease_id, e.effective_on, e.recorded_at DESC) h
          ON h.lease_id = n.lease_id AND h.effective_on = n.effective_on
        WHERE n.load_id = check_approval.load_id
        UNION ALL
        SELECT 'entity_rate', concat_ws(', ', n.entity_id, n.kind, chipbook.iso_date(n.valid_from)), format('rate %s for %s', n.rate, h.rate)
        FROM entity_rate n
        JOIN (SELECT DISTINCT ON (e.entity_id, e.kind, e.valid_from) e.* FROM entity_rate e WHERE e.recorded_at IS NOT NULL ORDER BY e.entity_id, e.kind, e.valid_from, e.recorded_at DESC) h
          ON h.entity_id = n.entity_id AND h.kind = n.kind AND h.valid_from = n.valid_from
        WHERE n.load_id = check_approval.load_id AND n.rate <> h.rate
        UNION ALL
        SELECT 'fx_rate', concat_ws(', ', n.from_currency, n.to_currency, n.rate_type, chipbook.iso_date(n.rate_date), nullif(n.rate_source, 'ledger')), format('rate %s for %s', n.rate, h.rate)
        FROM fx_rate n
        JOIN (SELECT DISTINCT ON (e.from_currency, e.to_currency, e.rate_type, e.rate_date, e.rate_source) e.* FROM fx_rate e WHERE e.recorded_at IS NOT NULL
              ORDER BY e.from_currency, e.to_currency, e.rate_type, e.rate_date, e.rate_source, e.recorded_at DESC) h
          ON h.from_currency = n.from_currency AND h.to_currency = n.to_currency AND h.rate_type = n.rate_type AND h.rate_date = n.rate_date AND h.rate_source = n.rate_source
        WHERE n.load_id = check_approval.load_id AND n.rate <> h.rate
        UNION ALL
        SELECT 'deal', n.deal_id, concat('probability ', coalesce(n.probability::text, 'none'), ' for ' || h.probability)
        FROM deal n LEFT JOIN (SELECT DISTINCT ON (e.deal_id) e.deal_id, e.probability FROM deal e WHERE e.recorded_at IS NOT NULL ORDER BY e.deal_id, e.recorded_at DESC) h ON h.deal_id = n.deal_id
        WHERE n.load_id = check_approval.load_id AND n.probability IS DISTINCT FROM h.probability
        UNION ALL
        SELECT 'holding_event', n.event_id, concat('probability ', coalesce(n.probability::text, 'none'), ' for ' || h.probability)
        FROM holding_event n
        LEFT JOIN (SELECT DISTINCT ON (e.event_id) e.event_id, e.probability FROM holding_event e WHERE e.recorded_at IS NOT NULL ORDER BY e.event_id, e.recorded_at DESC) h ON h.event_id = n.event_id
        WHERE n.load_id = check_approval.load_id AND n.probability IS DISTINCT FROM h.probability
        ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION chipbook.check_approval(text, bigint) IS 'What in a load another than who prepared it must approve once a period of the ledger was closed: changes of estimate, impairments and their reversals and what takes their place, other policies of known assets, probabilities, modifications and reassessments of leases, and other estimates of known leases (rate, term and payments, guarantees, restoration), and retirement obligations, rates of entities and exchange rates that take the place of recorded ones, withdrawn or not. No rows: nothing.';

CREATE FUNCTION chipbook.create_ledger_load_functions() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION books_are_closed() RETURNS boolean STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT EXISTS (SELECT FROM period_event e WHERE e.action IN ('soft_closed', 'closed'));
    END;
    COMMENT ON FUNCTION books_are_closed() IS 'Internal: whether a period of any entity was ever closed.';

    CREATE FUNCTION has_estimates(of_load bigint) RETURNS boolean STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT EXISTS (SELECT FROM asset_event e WHERE e.load_id = of_load AND e.superseded_at = 'infinity' AND e.kind IN ('change_of_estimate', 'impairment', 'impairment_reversal'))
            OR EXISTS (SELECT FROM asset_policy e WHERE e.load_id = of_load AND e.superseded_at = 'infinity')
            OR EXISTS (SELECT FROM retirement_obligation e WHERE e.load_id = of_load AND e.superseded_at = 'infinity')
            OR EXISTS (SELECT FROM lease e WHERE e.load_id = of_load AND e.superseded_at = 'infinity')
            OR EXISTS (SELECT FROM lease_modification e WHERE e.load_id = of_load AND e.superseded_at = 'infinity')
            OR EXISTS (SELECT FROM entity_rate e WHERE e.load_id = of_load AND e.superseded_at = 'infinity')
            OR EXISTS (SELECT FROM fx_rate e WHERE e.load_id = of_load AND e.superseded_at = 'infinity')
            OR EXISTS (SELECT FROM deal e WHERE e.load_id = of_load AND e.superseded_at = 'infinity' AND e.probability IS NOT NULL)
            OR EXISTS (SELECT FROM holding_event e WHERE e.load_id = of_load AND e.superseded_at = 'infinity' AND e.probability IS NOT NULL);
    END;
    COMMENT ON FUNCTION has_estimates(bigint) IS 'Internal: whether facts of a load that are still held are estimates.';

    CREATE FUNCTION load_publish(of_load bigint, replace_readings boolean, imported_at timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $fn$
    DECLARE
        ledger name := ledger_schema();
        stamp timestamptz;
        this load;
        fact_table record;
        problems text;
        problem_count bigint;
        row_count bigint;
        rows_checked bigint;
        total bigint := 0;
        content bytea;
        superseded name[] := '{}';
    BEGIN
        -- The load first: whoever still adds to it is waited for without the ledger, and nobody approves it meanwhile.
        PERFORM FROM load l WHERE l.load_id = of_load FOR UPDATE;
        -- Held to commit: whoever publishes next sees what this published, and is stamped later.
        PERFORM FROM ledger l FOR UPDATE;
        -- Nor is anything packed from here on.
        LOCK TABLE ONLY meter_reading IN ROW EXCLUSIVE MODE;
        PERFORM chipbook.require_partitions('meter_reading'::regclass);
        PERFORM chipbook.require_open_load(ledger, of_load);
        SELECT l.* INTO STRICT this FROM load l WHERE l.load_id = of_load;
        -- The load's readings and charges are looked for several times: by the ranges of pages they are in.
        PERFORM brin_summarize_new_values(p.relid) FROM pg_partition_tree('meter_reading_load_id') p WHERE p.isleaf;
        PERFORM brin_summarize_new_values('charge_load_id');
        IF imported_at IS NOT NULL AND books_are_closed() THEN
            RAISE EXCEPTION 'load % of ledger "%" cannot be imported with a recorded_at of its own: a period was closed', of_load, ledger
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = 'What becomes known after the first close is recorded when it is published; known_on says when the world could know it.';
        END IF;

        -- Counted before they are checked, and again when they are stamped.
        EXECUTE (SELECT format('SELECT %s', string_agg(format('(SELECT count(*) FROM %I t WHERE t.load_id = $1)', f.table_name), ' + '))
                 FROM chipbook.ledger_fact_tables() f) INTO rows_checked USING of_load;
        SELECT count(*), string_agg(format('%s %s: %s', c.table_name, c.fact, c.problem), E'\n') FILTER (WHERE c.row_number <= 10)
        INTO problem_count, problems
        FROM (SELECT *, row_number() OVER () FROM chipbook.check_load(ledger, of_load)) c;
        IF problem_count > 0 THEN
            RAISE EXCEPTION 'load % of ledger "%" cannot be published (problems: %)', of_load, ledger, problem_count
                USING ERRCODE = 'integrity_constraint_violation', DETAIL = problems,
                      HINT = format('Its rows are kept, unpublished. SELECT * FROM chipbook.check_load(%L, %s) lists every problem.', ledger, of_load);
        END IF;
        IF this.approved_by IS NULL AND books_are_closed() THEN
            SELECT count(*), string_agg(format('%s %s: %s', c.table_name, c.fact, c.matter), E'\n') FILTER (WHERE c.row_number <= 10)
            INTO problem_count, problems
            FROM (SELECT *, row_number() OVER () FROM chipbook.check_approval(ledger, of_load)) c;
            IF problem_count > 0 THEN
                RAISE EXCEPTION 'load % of ledger "%" is not approved (estimates: %)', of_load, ledger, problem_count
                    USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problems,
                          HINT = format('Another than "%s" approves it: chipbook.approve_load(%L, %s).', this.prepared_by, ledger, of_load);
            END IF;
        END IF;

        stamp := next_recorded_time(imported_at);
        IF chipbook.supersede_readings(ledger, of_load, stamp, coalesce(replace_readings, false)) > 0 THEN
            superseded := '{meter_reading}';
        END IF;
        IF chipbook.supersede_charges(of_load, stamp) > 0 THEN
            superseded := superseded || 'charge'::name;
        END IF;
        FOR fact_table IN SELECT f.table_name, f.key_columns FROM chipbook.ledger_fact_tables() f LOOP
            IF fact_table.key_columns IS NOT NULL THEN
                EXECUTE format('UPDATE %I held SET superseded_at = $2 FROM %I fresh
                                WHERE fresh.load_id = $1 AND held.load_id <> $1 AND held.recorded_at IS NOT NULL
                                  AND held.superseded_at = ''infinity'' AND %s',
                               fact_table.table_name, fact_table.table_name,
                               (SELECT string_agg(format('held.%1$I = fresh.%1$I', k), ' AND ') FROM unnest(fact_table.key_columns) k))
                USING of_load, stamp;
                GET DIAGNOSTICS row_count = ROW_COUNT;
                IF row_count > 0 THEN
                    superseded := superseded || fact_table.table_name;
                END IF;
            END IF;
            EXECUTE format('UPDATE %I SET recorded_at = $2, source_id = coalesce(source_id, $3) WHERE load_id = $1', fact_table.table_name)
            USING of_load, stamp, this.source_id;
            GET DIAGNOSTICS row_count = ROW_COUNT;
            total := total + row_count;
        END LOOP;
        IF total <> rows_checked THEN
            RAISE EXCEPTION 'load % of ledger "%" changed while it was checked (rows: % before, % after)', of_load, ledger, rows_checked, total
                USING ERRCODE = 'serialization_failure',
                      HINT = 'Publish it again when no session adds to it any more.';
        END IF;

        PERFORM usage_day_change(stamp, of_load, true, 'meter_reading' = ANY (superseded));
        PERFORM charge_month_change(stamp, of_load, true, 'charge' = ANY (superseded));

        content := load_digest(of_load);
        IF this.approved_digest <> content THEN
            RAISE EXCEPTION 'load % of ledger "%" changed since "%" approved it', of_load, ledger, this.approved_by
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'It has to be approved again: chipbook.approve_load().';
        END IF;
        this.recorded_at := stamp;
        this.imported := imported_at IS NOT NULL;
        this.fact_count := total;
        this.hash := load_hash(this, content, previous_load_hash(stamp));
        UPDATE load l SET recorded_at = this.recorded_at, imported = this.imported, fact_count = this.fact_count, hash_version = 1, hash = this.hash
        WHERE l.load_id = of_load;
        PERFORM append_seal('load', of_load, load_content(this, superseded_content(stamp, of_load, superseded)), stamp);
        RETURN total;
    END
    $fn$;
    COMMENT ON FUNCTION load_publish(bigint, boolean, timestamptz) IS 'Internal: what chipbook.publish_load calls.';

    CREATE FUNCTION load_withdraw(of_load bigint, with_reason text, by_approver boolean) RETURNS bigint LANGUAGE plpgsql AS $fn$
    DECLARE
        stamp timestamptz;
        this load;
        fact_table record;
        row_count bigint;
        total bigint := 0;
        superseded name[] := '{}';
    BEGIN
        IF coalesce(with_reason, '') = '' THEN
            RAISE EXCEPTION 'retract_load needs a reason' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        PERFORM FROM ledger l FOR UPDATE;
        LOCK TABLE ONLY meter_reading IN ROW EXCLUSIVE MODE;
        PERFORM chipbook.require_partitions('meter_reading'::regclass);
        SELECT l.* INTO this FROM load l WHERE l.load_id = of_load;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no load % in ledger "%"', of_load, ledger_schema() USING ERRCODE = 'no_data_found';
        END IF;
        IF this.recorded_at IS NULL OR this.retracted_at IS NOT NULL OR this.recorded_at = '-infinity' THEN
            RAISE EXCEPTION 'load % of ledger "%" cannot be retracted: it %', of_load, ledger_schema(),
                            CASE WHEN this.recorded_at IS NULL THEN 'is not published'
                                 WHEN this.retracted_at IS NOT NULL THEN 'was retracted already'
                                 ELSE 'set the ledger up' END
                USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        -- What another had to approve is not taken back by who prepared it.
        IF (NOT by_approver OR session_user = this.prepared_by) AND books_are_closed() AND has_estimates(of_load) THEN
            RAISE EXCEPTION 'load % of ledger "%" has estimates, which "%" cannot withdraw', of_load, ledger_schema(), session_user
                USING ERRCODE = 'insufficient_privilege',
                      HINT = format('An approver other than "%s", who prepared it, withdraws it; or publish a correction and have it approved.', this.prepared_by);
        END IF;
        stamp := next_recorded_time();
        FOR fact_table IN SELECT f.table_name FROM chipbook.ledger_fact_tables() f LOOP
            EXECUTE format('UPDATE %I SET superseded_at = $2 WHERE load_id = $1 AND recorded_at IS NOT NULL AND superseded_at = ''infinity''', fact_table.table_name)
            USING of_load, stamp;
            GET DIAGNOSTICS row_count = ROW_COUNT;
            IF fact_table.table_name = 'meter_reading' THEN
                WITH withdrawn AS (UPDATE packed_reading p SET superseded_at = stamp WHERE p.load_id = of_load AND p.superseded_at = 'infinity' RETURNING readings(p.readings) AS readings)
                SELECT row_count + coalesce(sum(w.readings), 0) INTO row_count FROM withdrawn w;
            END IF;
            total := total + row_count;
            IF row_count > 0 THEN
                superseded := superseded || fact_table.table_name;
            END IF;
        END LOOP;
        PERFORM usage_day_change(stamp, of_load, false, 'meter_reading' = ANY (superseded));
        PERFORM charge_month_change(stamp, of_load, false, 'charge' = ANY (superseded));
        this.retracted_at := stamp;
        this.retracted_why := with_reason;
        UPDATE load l SET retracted_at = stamp, retracted_why = with_reason WHERE l.load_id = of_load;
        PERFORM append_seal('retraction', of_load, retraction_content(this, superseded_content(stamp, of_load, superseded)), stamp);
        RETURN total;
    END
    $fn$;
    COMMENT ON FUNCTION load_withdraw(bigint, text, boolean) IS 'Internal: withdraws a load; to be called as the ledger''s owner.';

    CREATE FUNCTION load_retract(of_load bigint, with_reason text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    BEGIN
        RETURN load_withdraw(of_load, with_reason, false);
    END
    $fn$;
    COMMENT ON FUNCTION load_retract(bigint, text) IS 'Internal: what chipbook.retract_load calls for a loader.';

    CREATE FUNCTION load_retract_estimates(of_load bigint, with_reason text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    BEGIN
        RETURN load_withdraw(of_load, with_reason, true);
    END
    $fn$;
    COMMENT ON FUNCTION load_retract_estimates(bigint, text) IS 'Internal: what chipbook.retract_load calls for an approver.';

    CREATE FUNCTION load_discard(of_load bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        fact_table record;
        row_count bigint;
        total bigint := 0;
        published_at timestamptz;
    BEGIN
        SELECT l.recorded_at INTO published_at FROM load l WHERE l.load_id = of_load FOR UPDATE;
        -- Of a published load, rows that were added too late.
        IF published_at IS NULL THEN
            PERFORM chipbook.require_open_load(ledger_schema(), of_load);
        END IF;
        FOR fact_table IN SELECT f.table_name FROM chipbook.ledger_fact_tables() f LOOP
            EXECUTE format('DELETE FROM %I WHERE load_id = $1 AND recorded_at IS NULL', fact_table.table_name) USING of_load;
            GET DIAGNOSTICS row_count = ROW_COUNT;
            total := total + row_count;
        END LOOP;
        IF total = 0 AND published_at IS NOT NULL THEN
            PERFORM chipbook.require_open_load(ledger_schema(), of_load);
        END IF;
        RETURN total;
    END
    $fn$;
    COMMENT ON FUNCTION load_discard(bigint) IS 'Internal: what chipbook.discard_load calls.';

    CREATE FUNCTION load_approve(of_load bigint, by_whom text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        this load;
    BEGIN
        by_whom := coalesce(by_whom, session_user);
        SELECT l.* INTO this FROM load l WHERE l.load_id = of_load FOR UPDATE;
        PERFORM chipbook.require_open_load(ledger_schema(), of_load);
        IF this.prepared_by IN (by_whom, session_user) THEN
            RAISE EXCEPTION 'load % was prepared by "%", who cannot approve it', of_load, this.prepared_by USING ERRCODE = 'insufficient_privilege';
        END IF;
        UPDATE load l SET approved_by = by_whom, approved_at = clock_timestamp(), approved_digest = load_digest(of_load) WHERE l.load_id = of_load;
    END
    $fn$;
    COMMENT ON FUNCTION load_approve(bigint, text) IS 'Internal: what chipbook.approve_load calls.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_load_functions() IS 'Internal: part of create_ledger. The functions of a ledger that publish, withdraw, discard and approve loads, as its owner.';
