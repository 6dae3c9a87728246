-- Posting. What writes the journal stands in the ledger's own schema, runs as the ledger's
-- owner and is all an accountant may do there; the functions in schema chipbook only call it. The
-- extension itself has no function that runs as its owner: who may make a schema could else
-- have his triggers run by a superuser.
--
-- Every call takes its locks in one order: a load's row, the rows of the periods, by date, FOR SHARE by who
-- posts and FOR UPDATE by who closes, then the ledger's row, which gives recorded time and is
-- held to commit. Whoever waited in a repeatable read or serialisable transaction finds one
-- of these rows changed and fails with 40001: his snapshot is too old to post on.

CREATE TYPE chipbook.posting_source AS (
    source_table text,
    source_key   text,
    load_id      bigint,
    source_file  text,
    file_line    bigint,
    amount       chipbook.monetary);
COMMENT ON TYPE chipbook.posting_source IS 'A part of a line to be posted and where it comes from. Amounts of a line''s sources add up to the line.';

CREATE TYPE chipbook.posting_line AS (
    account_id        text,
    amount            chipbook.monetary,
    cost_centre_id    text,
    site_id           text,
    asset_class       text,
    party_id          text,
    functional_amount chipbook.monetary,
    tax_code          text,
    external_account  text,
    description       text,
    sources           chipbook.posting_source[]);
COMMENT ON TYPE chipbook.posting_line IS 'A line to be posted. amount: debit positive, credit negative. functional_amount: in the entity''s functional currency, on all lines or none; NULL = amount where that is in it. sources: NULL = the voucher itself.';

CREATE FUNCTION chipbook.posting_line(
        account_id text,
        amount chipbook.monetary,
        cost_centre_id text DEFAULT NULL,
        site_id text DEFAULT NULL,
        asset_class text DEFAULT NULL,
        party_id text DEFAULT NULL,
        functional_amount chipbook.monetary DEFAULT NULL,
        tax_code text DEFAULT NULL,
        external_account text DEFAULT NULL,
        description text DEFAULT NULL,
        sources chipbook.posting_source[] DEFAULT NULL)
    RETURNS chipbook.posting_line LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ROW(account_id, amount, cost_centre_id, site_id, asset_class, party_id, functional_amount, tax_code, external_account,
           description, sources)::chipbook.posting_line;
COMMENT ON FUNCTION chipbook.posting_line(text, chipbook.monetary, text, text, text, text, chipbook.monetary, text, text, text, chipbook.posting_source[]) IS
    'A line to be posted, from named parameters; amount is debit positive. Nothing is checked here: post_entry does.';

CREATE FUNCTION chipbook.create_ledger_journal_functions() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Who asks about a past moment must know whether somebody is recording (ledger_moment in as_of.c): the
    -- lock on the table says so, the advisory lock since when. Both are held before the clock is read, and
    -- let go after the commit is seen. The advisory lock, which anybody can take, is tried and not waited for.
    CREATE FUNCTION next_recorded_time(imported_at timestamptz DEFAULT NULL) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        last_stamp timestamptz;
        stamp timestamptz;
    BEGIN
        PERFORM chipbook.require_ledger(ledger_schema(), to_write => true);
        SELECT l.last_recorded_at INTO STRICT last_stamp FROM ledger l FOR UPDATE;
        IF NOT (imported_at > last_stamp AND imported_at <= clock_timestamp()) THEN
            RAISE EXCEPTION 'recorded_at % is not between the last one, %, and now', imported_at, last_stamp
                USING ERRCODE = 'invalid_parameter_value', HINT = 'History is imported in the order in which it became known.';
        END IF;
        LOCK TABLE ledger IN ROW EXCLUSIVE MODE;
        PERFORM pg_try_advisory_xact_lock_shared('ledger'::regclass::oid::bigint::bit(32)::integer,
            least(greatest(floor(extract(epoch FROM coalesce(imported_at, clock_timestamp())) - 946684800), 0), 2147483647)::integer);
        stamp := coalesce(imported_at, greatest(clock_timestamp(), last_stamp + interval '1 microsecond'));
        UPDATE ledger SET last_recorded_at = stamp;
        RETURN stamp;
    END
    $fn$;
    COMMENT ON FUNCTION next_recorded_time(timestamptz) IS 'Internal: locks the ledger to the end of the transaction and returns the recorded time of what it records: that of the clock, or the one given, 22023 when it is not after the last.';

    CREATE FUNCTION next_sequence_number(of_period period_state) RETURNS bigint LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT coalesce(max(j.sequence_number), 0) + 1 FROM journal_entry j
        WHERE j.entity_id = (of_period).entity_id AND j.basis = (of_period).basis
          AND j.fiscal_year = (of_period).fiscal_year AND j.period_number = (of_period).period_number;
    END;
    COMMENT ON FUNCTION next_sequence_number(period_state) IS 'Internal: the number of the next entry of a period; to be asked with the ledger locked.';

    CREATE FUNCTION entity_calendar(of_entity text) RETURNS text LANGUAGE plpgsql STABLE AS $fn$
    DECLARE
        calendar text;
    BEGIN
        SELECT coalesce(e.calendar_id, 'ledger') INTO calendar FROM entity_known e WHERE e.entity_id = of_entity;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no entity "%"', of_entity USING ERRCODE = 'no_data_found';
        END IF;
        RETURN calendar;
    END
    $fn$;
    COMMENT ON FUNCTION entity_calendar(text) IS 'Internal: the fiscal calendar of an entity, as known. P0002 when there is no such entity.';

    -- The row of a period, made when it is first used, and locked.
    CREATE FUNCTION hold_period(of_entity text, of_basis text, of_year integer, of_period integer, to_close boolean)
    RETURNS period_state LANGUAGE plpgsql AS $fn$
    DECLARE
        held period_state;
    BEGIN
        IF of_basis IS NULL OR of_basis NOT IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic') THEN
            RAISE EXCEPTION 'invalid accounting basis: "%"', of_basis
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Use ifrs, us_gaap, hgb, us_tax, de_tax or economic.';
        END IF;
        INSERT INTO period_state (entity_id, basis, fiscal_year, period_number, starts_on, ends_on, kind)
        SELECT of_entity, of_basis, y.fiscal_year, y.period_number, y.starts_on, y.ends_on, y.kind
        FROM calendar_year(entity_calendar(of_entity), of_year) y WHERE y.period_number = of_period
        ON CONFLICT DO NOTHING;
        IF to_close THEN
            SELECT p.* INTO held FROM period_state p
            WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.fiscal_year = of_year AND p.period_number = of_period FOR UPDATE;
        ELSE
            SELECT p.* INTO held FROM period_state p
            WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.fiscal_year = of_year AND p.period_number = of_period FOR SHARE;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the calendar of entity "%" has no period % of fiscal year %', of_entity, of_period, of_year
                USING ERRCODE = 'no_data_found', HINT = 'chipbook.add_fiscal_year() adds the periods of a year to a load.';
        END IF;
        RETURN held;
    END
    $fn$;
    COMMENT ON FUNCTION hold_period(text, text, integer, integer, boolean) IS 'Internal: a period of an entity and basis, its row locked FOR SHARE, or FOR UPDATE to close it. P0002 when the calendar has none.';

    CREATE FUNCTION hold_open_period(of_entity text, of_basis text, of_year integer, of_period integer, on_date date, of_kind text)
    RETURNS period_state LANGUAGE plpgsql AS $fn$
    DECLARE
        held period_state;
        by_date record;
    BEGIN
        IF num_nulls(of_year, of_period) = 1 OR of_year IS NULL AND on_date IS NULL THEN
            RAISE EXCEPTION 'an entry needs a posting_date, or a fiscal_year and period_number' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        IF of_year IS NULL THEN
            SELECT p.* INTO by_date FROM calendar_period_on(entity_calendar(of_entity), on_date) p;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the calendar of entity "%" has no period for %', of_entity, on_date
                    USING ERRCODE = 'no_data_found', HINT = 'chipbook.add_fiscal_year() adds the periods of a year to a load.';
            END IF;
            of_year := by_date.fiscal_year;
            of_period := by_date.period_number;
        END IF;
        held := hold_period(of_entity, of_basis, of_year, of_period, false);
        IF on_date < held.starts_on OR on_date >= held.ends_on THEN
            RAISE EXCEPTION 'posting date % is not in period %, % to %', on_date,
                            chipbook.fiscal_period_name(held.fiscal_year, held.period_number), held.starts_on, held.ends_on - 1
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF held.state = 'closed' OR held.state = 'soft_closed'
           AND NOT (of_kind = 'adjustment' AND has_function_privilege(session_user, 'period_close_softly(text,text,integer,integer)', 'EXECUTE')) THEN
            RAISE EXCEPTION 'period % of entity "%", basis %, is %', chipbook.fiscal_period_name(held.fiscal_year, held.period_number),
                            of_entity, of_basis, replace(held.state, '_', ' ')
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = CASE held.state WHEN 'closed' THEN 'Post into an open period, and say with relates_to_fiscal_year, relates_to_period and reason what it corrects.'
                                  ELSE 'Until it is closed it takes entries of kind adjustment, from accountants and approvers.' END;
        END IF;
        RETURN held;
    END
    $fn$;
    COMMENT ON FUNCTION hold_open_period(text, text, integer, integer, date, text) IS 'Internal: the period an entry goes to, by its number or date, locked FOR SHARE. 55000 when it is closed, 22023 when the date is not in it, P0002 when the calendar has none.';

    CREATE FUNCTION check_posting_lines(of_entity text, lines posting_line[]) RETURNS void LANGUAGE plpgsql AS $fn$
    DECLARE
        problem_count bigint;
        problems text;
    BEGIN
        IF array_ndims(lines) IS DISTINCT FROM 1 OR cardinality(lines) < 2 THEN
            RAISE EXCEPTION 'an entry needs two lines or more, in an array of one dimension, not %', coalesce(cardinality(lines), 0)
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        SELECT count(*), string_agg(p.problem, E'\n' ORDER BY p.line_number) FILTER (WHERE p.place <= 10) INTO problem_count, problems
        FROM (SELECT n.line_number, n.problem, row_number() OVER (ORDER BY n.line_number) AS place
              FROM (SELECT u.line_number, format('line %s: %s', u.line_number, x.problem) AS problem
                    FROM unnest(lines) WITH ORDINALITY u (account_id, amount, cost_centre_id, site_id, asset_class, party_id, functional_amount,
                                                          tax_code, external_account, description, sources, line_number),
                    LATERAL (SELECT 'no account' WHERE u.account_id IS NULL
                             UNION ALL SELECT 'no amount' WHERE u.amount IS NULL
                             UNION ALL SELECT format('account "%s" is not known', u.account_id)
                                       WHERE u.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM account_known a WHERE a.account_id = u.account_id)
                             UNION ALL SELECT format('cost_centre "%s" is not known in entity "%s"', u.cost_centre_id, of_entity)
                                       WHERE u.cost_centre_id IS NOT NULL AND NOT EXISTS
                                           (SELECT FROM cost_centre_known c WHERE c.cost_centre_id = u.cost_centre_id AND c.entity_id = of_entity)
                             UNION ALL SELECT format('site "%s" is not known', u.site_id)
                                       WHERE u.site_id IS NOT NULL AND NOT EXISTS (SELECT FROM site_known s WHERE s.site_id = u.site_id)
                             UNION ALL SELECT format('party "%s" is not known', u.party_id)
                                       WHERE u.party_id IS NOT NULL AND NOT EXISTS (SELECT FROM party_known y WHERE y.party_id = u.party_id)
                             UNION ALL SELECT format('functional amount %s is not in %s, the currency of entity "%s"', u.functional_amount, e.functional_currency, of_entity)
                                       FROM entity_known e WHERE e.entity_id = of_entity AND currency(u.functional_amount) <> e.functional_currency
                             UNION ALL SELECT format('functional amount %s of %s', u.functional_amount, u.amount)
                                       WHERE currency(u.functional_amount) = currency(u.amount) AND u.functional_amount <> u.amount
                             UNION ALL SELECT format('a source without table, key, or amount in %s', currency(u.amount))
                                       WHERE EXISTS (SELECT FROM unnest(u.sources) s WHERE num_nulls(s.source_table, s.source_key, s.amount) > 0
                                                                                        OR currency(s.amount) <> currency(u.amount))
                             UNION ALL SELECT format('sources add up to %s, the line is %s', sum(amount(s.amount)), u.amount) FROM unnest(u.sources) s
                                       HAVING count(*) > 0 AND sum(amount(s.amount)) <> amount(u.amount)) x (problem)) n) p;
        IF problem_count > 0 THEN
            RAISE EXCEPTION 'entry cannot be posted (problems: %)', problem_count
                USING ERRCODE = 'integrity_constraint_violation', DETAIL = problems;
        END IF;
        SELECT string_agg(format('%s %s', b.total, b.code), ', ' ORDER BY b.code) INTO problems
        FROM (SELECT currency(u.amount) AS code, sum(amount(u.amount)) AS total FROM unnest(lines) u GROUP BY 1) b WHERE b.total <> 0;
        IF problems IS NOT NULL THEN
            RAISE EXCEPTION 'entry does not balance: % too much on debit', problems
                USING ERRCODE = 'integrity_constraint_violation',
                      DETAIL = 'Amounts are debit positive; those of each currency must add up to exactly 0.';
        END IF;
    END
    $fn$;
    COMMENT ON FUNCTION check_posting_lines(text, posting_line[]) IS 'Internal: what post_entry checks of its lines. 23000 with the problems, or the imbalance.';

    CREATE FUNCTION journal_post(header jsonb, lines posting_line[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        wanted journal_entry := jsonb_populate_record(NULL::journal_entry, header);
        -- Names and values without NULLs: a parameter that later versions add changes no hash.
        input bytea := sha256(convert_to(jsonb_build_array(jsonb_strip_nulls(header), jsonb_strip_nulls(to_jsonb(lines)))::text, 'UTF8'));
        earlier journal_entry;
        period period_state;
        home currency;
        made bigint;
        problems text;
    BEGIN
        IF num_nulls(wanted.entity_id, wanted.basis, wanted.journal, wanted.kind, wanted.description) > 0 OR lines IS NULL THEN
            RAISE EXCEPTION 'an entry needs entity_id, basis, lines, description, journal and kind' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        IF wanted.kind NOT IN ('manual', 'adjustment', 'correction') OR wanted.journal NOT IN ('financial', 'management') THEN
            RAISE EXCEPTION 'invalid kind or journal of an entry: "%", "%"', wanted.kind, wanted.journal
                USING ERRCODE = 'invalid_parameter_value',
                      HINT = 'Kinds to post are manual, adjustment and correction; journals financial and management.';
        END IF;
        IF num_nulls(wanted.idempotency_source, wanted.idempotency_key) = 1 THEN
            RAISE EXCEPTION 'an idempotency key needs its source, and a source its key' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        IF num_nulls(wanted.relates_to_fiscal_year, wanted.relates_to_period, wanted.reason) NOT IN (0, 3) THEN
            RAISE EXCEPTION 'what an entry relates to is a fiscal year, a period and a reason' USING ERRCODE = 'null_value_not_allowed';
        END IF;

        -- Once before any lock, so that a repetition finds its entry when the period is closed
        -- since, and once under the ledger's lock, when no other session can come between.
        FOR attempt IN 1 .. 2 LOOP
            SELECT j.* INTO earlier FROM journal_entry j
            WHERE j.idempotency_source = wanted.idempotency_source AND j.idempotency_key = wanted.idempotency_key;
            IF FOUND AND earlier.input_hash = input THEN
                RETURN earlier.entry_id;
            ELSIF FOUND THEN
                RAISE EXCEPTION 'idempotency key "%" of source "%" was used for another entry, %', wanted.idempotency_key, wanted.idempotency_source, earlier.entry_id
                    USING ERRCODE = 'unique_violation',
                          DETAIL = format('Entry %s has input hash %s, this call %s.', earlier.entry_id, encode(earlier.input_hash, 'hex'), encode(input, 'hex')),
                          HINT = 'Repeat the call with the same arguments, or use another key.';
            END IF;
            EXIT WHEN attempt = 2;
            period := hold_open_period(wanted.entity_id, wanted.basis, wanted.fiscal_year, wanted.period_number, wanted.posting_date, wanted.kind);
            PERFORM check_posting_lines(wanted.entity_id, lines);
            wanted.recorded_at := next_recorded_time();
        END LOOP;

        IF (wanted.relates_to_fiscal_year, wanted.relates_to_period) > (period.fiscal_year, period.period_number) THEN
            RAISE EXCEPTION 'an entry of period % cannot relate to a later one, %', chipbook.fiscal_period_name(period.fiscal_year, period.period_number),
                            chipbook.fiscal_period_name(wanted.relates_to_fiscal_year, wanted.relates_to_period)
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF wanted.journal = 'management' THEN
            SELECT string_agg(format('account %s: %s %s', b.account_id, b.total, b.code), E'\n' ORDER BY b.account_id, b.code) INTO problems
            FROM (SELECT u.account_id, currency(u.amount) AS code, sum(amount(u.amount)) AS total FROM unnest(lines) u GROUP BY 1, 2) b WHERE b.total <> 0;
            IF problems IS NOT NULL THEN
                RAISE EXCEPTION 'entry of the management journal does not net to 0 on each account'
                    USING ERRCODE = 'integrity_constraint_violation', DETAIL = problems,
                          HINT = 'It moves amounts between cost centres, on one account; between accounts, post in the financial journal.';
            END IF;
        END IF;
        IF wanted.relates_to_fiscal_year IS NOT NULL
           AND NOT EXISTS (SELECT FROM calendar_year(entity_calendar(wanted.entity_id), wanted.relates_to_fiscal_year) y
                           WHERE y.period_number = wanted.relates_to_period) THEN
            RAISE EXCEPTION 'the calendar of entity "%" has no period % of fiscal year %', wanted.entity_id, wanted.relates_to_period, wanted.relates_to_fiscal_year
                USING ERRCODE = 'no_data_found';
        END IF;
        wanted.posting_date := coalesce(wanted.posting_date, period.ends_on - 1);
        INSERT INTO journal_entry (entity_id, basis, journal, kind, fiscal_year, period_number, sequence_number, document_date, posting_date,
                                   relates_to_fiscal_year, relates_to_period, reason, description, reference,
                                   idempotency_source, idempotency_key, input_hash, corrects_entry_id, needs_approval, prepared_by, recorded_at)
        VALUES (wanted.entity_id, wanted.basis, wanted.journal, wanted.kind, period.fiscal_year, period.period_number, next_sequence_number(period),
                coalesce(wanted.document_date, wanted.posting_date), wanted.posting_date,
                wanted.relates_to_fiscal_year, wanted.relates_to_period, wanted.reason, wanted.description, wanted.reference,
                wanted.idempotency_source, wanted.idempotency_key, input, wanted.corrects_entry_id, true,
                coalesce(wanted.prepared_by, session_user), wanted.recorded_at)
        RETURNING entry_id INTO made;
        SELECT e.functional_currency INTO home FROM entity_known e WHERE e.entity_id = wanted.entity_id;
        INSERT INTO journal_line (entry_id, line_number, account_id, cost_centre_id, site_id, asset_class, party_id, amount, functional_amount,
                                  tax_code, external_account, description)
        SELECT made, u.line_number, u.account_id, u.cost_centre_id, u.site_id, u.asset_class, u.party_id, u.amount,
               coalesce(u.functional_amount, CASE WHEN currency(u.amount) = home THEN u.amount END), u.tax_code, u.external_account, u.description
        FROM unnest(lines) WITH ORDINALITY u (account_id, amount, cost_centre_id, site_id, asset_class, party_id, functional_amount,
                                              tax_code, external_account, description, sources, line_number);
        PERFORM check_functional_amounts(made);
        INSERT INTO journal_line_source (entry_id, line_number, source_number, source_table, source_key, load_id, source_file, file_line, amount)
        SELECT made, u.line_number, coalesce(s.source_number, 1), coalesce(s.source_table, 'document'),
               coalesce(s.source_key, wanted.reference, wanted.idempotency_key, made::text), s.load_id, s.source_file, s.file_line, coalesce(s.amount, u.amount)
        FROM unnest(lines) WITH ORDINALITY u (account_id, amount, cost_centre_id, site_id, asset_class, party_id, functional_amount,
                                              tax_code, external_account, description, sources, line_number)
        LEFT JOIN LATERAL unnest(u.sources) WITH ORDINALITY s (source_table, source_key, load_id, source_file, file_line, amount, source_number) ON true;
        PERFORM seal_entries(period);
        RETURN made;
    END
    $fn$;
    COMMENT ON FUNCTION journal_post(jsonb, posting_line[]) IS 'Internal: what chipbook.post_entry calls. header has its parameters by name.';

    CREATE FUNCTION check_functional_amounts(of_entry bigint) RETURNS void LANGUAGE plpgsql AS $fn$
    DECLARE
        total numeric;
    BEGIN
        SELECT sum(amount(l.functional_amount)) INTO total FROM journal_line l
        WHERE l.entry_id = of_entry HAVING count(l.functional_amount) = count(*);
        IF total <> 0 THEN
            RAISE EXCEPTION 'entry does not balance in functional currency: % too much on debit', total
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END
    $fn$;
    COMMENT ON FUNCTION check_functional_amounts(bigint) IS 'Internal: 23000 when all lines of an entry have functional amounts and these do not balance.';

    CREATE FUNCTION journal_reverse(of_entry bigint, on_date date, with_description text, by_whom text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        original journal_entry;
        period period_state;
        earlier bigint;
        made bigint;
        stamp timestamptz;
    BEGIN
        SELECT j.* INTO original FROM journal_entry j WHERE j.entry_id = of_entry;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no entry %', of_entry USING ERRCODE = 'no_data_found';
        END IF;
        on_date := coalesce(on_date, (SELECT c.effective_date FROM clock c));
        period := hold_open_period(original.entity_id, original.basis, NULL, NULL, on_date, 'reversal');
        IF on_date < original.posting_date THEN
            RAISE EXCEPTION 'entry % of % cannot be reversed before, on %', of_entry, original.posting_date, on_date USING ERRCODE = 'invalid_parameter_value';
        END IF;
        stamp := next_recorded_time();
        -- Under the ledger's lock: of two sessions the second sees the first's.
        SELECT j.entry_id INTO earlier FROM journal_entry j LEFT JOIN journal_decision d ON d.entry_id = j.entry_id
        WHERE j.reverses_entry_id = of_entry AND d.decision IS DISTINCT FROM 'rejected' LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'entry % was reversed already, by entry %', of_entry, earlier USING ERRCODE = 'unique_violation';
        END IF;
        IF original.kind NOT IN ('manual', 'adjustment', 'correction', 'reversal') OR NOT original.needs_approval THEN
            RAISE EXCEPTION 'entry % was posted by a close (%) and cannot be reversed', of_entry, original.kind
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = 'The next close posts what changes in the facts it was made of; beside it, post a correction.';
        END IF;
        IF NOT EXISTS (SELECT FROM journal_decision d WHERE d.entry_id = of_entry AND d.decision = 'approved') THEN
            RAISE EXCEPTION 'entry % is not approved and cannot be reversed', of_entry
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'chipbook.reject_entry() takes it out.';
        END IF;
        INSERT INTO journal_entry (entity_id, basis, journal, kind, fiscal_year, period_number, sequence_number, document_date, posting_date,
                                   relates_to_fiscal_year, relates_to_period, reason, description, reference, reverses_entry_id,
                                   needs_approval, prepared_by, recorded_at)
        VALUES (original.entity_id, original.basis, original.journal, 'reversal', period.fiscal_year, period.period_number, next_sequence_number(period),
                on_date, on_date, original.relates_to_fiscal_year, original.relates_to_period, original.reason,
                coalesce(with_description, format('reversal of entry %s: %s', of_entry, original.description)), original.reference, of_entry,
                true, coalesce(by_whom, session_user), stamp)
        RETURNING entry_id INTO made;
        INSERT INTO journal_line (entry_id, line_number, account_id, cost_centre_id, site_id, asset_class, party_id, amount, functional_amount,
                                  tax_code, external_account, description)
        SELECT made, l.line_number, l.account_id, l.cost_centre_id, l.site_id, l.asset_class, l.party_id, - l.amount, - l.functional_amount,
               l.tax_code, l.external_account, l.description
        FROM journal_line l WHERE l.entry_id = of_entry;
        INSERT INTO journal_line_source (entry_id, line_number, source_number, source_table, source_key, amount)
        SELECT made, l.line_number, 1, 'journal_line', format('%s/%s', of_entry, l.line_number), - l.amount
        FROM journal_line l WHERE l.entry_id = of_entry;
        PERFORM seal_entries(period);
        RETURN made;
    END
    $fn$;
    COMMENT ON FUNCTION journal_reverse(bigint, date, text, text) IS 'Internal: what chipbook.reverse_entry calls.';

    CREATE FUNCTION journal_decide(of_entry bigint, as_decided text, with_reason text, by_whom text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        waiting journal_entry;
        earlier journal_decision;
        period period_state;
        stamp timestamptz;
    BEGIN
        by_whom := coalesce(by_whom, session_user);
        SELECT j.* INTO waiting FROM journal_entry j WHERE j.entry_id = of_entry;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no entry %', of_entry USING ERRCODE = 'no_data_found';
        END IF;
        IF NOT waiting.needs_approval THEN
            RAISE EXCEPTION 'entry % needs no approval', of_entry USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        IF by_whom = waiting.prepared_by OR as_decided = 'approved' AND session_user = waiting.prepared_by THEN
            RAISE EXCEPTION 'entry % was prepared by "%", who cannot decide on it', of_entry, waiting.prepared_by USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF as_decided = 'rejected' AND coalesce(with_reason, '') = '' THEN
            RAISE EXCEPTION 'rejecting entry % needs a reason', of_entry USING ERRCODE = 'null_value_not_allowed';
        END IF;
        -- From its approval on it counts in its period, so that must still be open;
        -- while it is closed softly, who may close it decides.
        period := hold_open_period(waiting.entity_id, waiting.basis, waiting.fiscal_year, waiting.period_number, NULL, 'adjustment');
        stamp := next_recorded_time();
        SELECT d.* INTO earlier FROM journal_decision d WHERE d.entry_id = of_entry;
        IF FOUND AND earlier.decision = as_decided THEN
            RETURN;
        ELSIF FOUND THEN
            RAISE EXCEPTION 'entry % was % already, by "%"', of_entry, earlier.decision, earlier.decided_by
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = CASE earlier.decision WHEN 'approved' THEN 'chipbook.reverse_entry() takes it back.' END;
        END IF;
        INSERT INTO journal_decision (entry_id, decision, reason, decided_by, recorded_at)
        VALUES (of_entry, as_decided, with_reason, by_whom, stamp);
    END
    $fn$;
    COMMENT ON FUNCTION journal_decide(bigint, text, text, text) IS 'Internal: what chipbook.approve_entry and chipbook.reject_entry call.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_journal_functions() IS 'Internal: part of create_ledger. The functions of a ledger that post, as its owner.';

CREATE FUNCTION chipbook.post_entry(
    ledger text, entity_id text, basis text, lines chipbook.posting_line[], description text,
    posting_date date DEFAULT NULL, fiscal_year integer DEFAULT NULL, period_number integer DEFAULT NULL,
    journal text DEFAULT 'financial', kind text DEFAULT 'manual', document_date date DEFAULT NULL, reference text DEFAULT NULL,
    idempotency_source text DEFAULT NULL, idempotency_key text DEFAULT NULL, prepared_by text DEFAULT NULL,
    relates_to_fiscal_year integer DEFAULT NULL, relates_to_period integer DEFAULT NULL, reason text DEFAULT NULL,
    corrects_entry_id bigint DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.journal_post($1, $2)', ledger) INTO STRICT made
    USING jsonb_build_object('entity_id', entity_id, 'basis', basis, 'description', description, 'posting_date', posting_date,
                             'fiscal_year', fiscal_year, 'period_number', period_number, 'journal', journal, 'kind', kind,
                             'document_date', document_date, 'reference', reference, 'idempotency_source', idempotency_source,
                             'idempotency_key', idempotency_key, 'prepared_by', prepared_by,
                             'relates_to_fiscal_year', relates_to_fiscal_year, 'relates_to_period', relates_to_period,
                             'reason', reason, 'corrects_entry_id', corrects_entry_id), lines;
    RETURN made;
END
$$;
COMMENT ON FUNCTION chipbook.post_entry(text, text, text, chipbook.posting_line[], text, date, integer, integer, text, text, date, text, text, text, text, integer, integer, text, bigint) IS 'Posts an entry of two lines or more into an open period and returns its number; it counts once another has approved it (approve_entry). Amounts are debit positive and add up to exactly 0 in each currency. The period is that of posting_date, or fiscal_year and period_number (an adjustment period by its number alone), the posting date then the last of its days. kind: manual, correction, or adjustment, which a period closed softly still takes, from accountants. relates_to and reason (late_fact, error_immaterial, error_material, estimate): what it corrects, together or not at all. The same idempotency source and key with the same arguments again returns the first entry''s number, also when the period is closed since; with others it is an error. prepared_by: default the session''s user. Errors: 23000 unbalanced, or an account, cost centre, site or party that is not known, or sources that do not add up, or an entry of the management journal that does not net to 0 on each account and in each currency; 55000 the period is closed, or chipbook.as_of is set; 23505 the key was used for another entry; 22004 something missing; 22023 a posting date outside the period, another kind or journal, or relating to a later period; P0002 no such entity or period; 42501 not an accountant.';

CREATE FUNCTION chipbook.reverse_entry(ledger text, entry_id bigint, posting_date date DEFAULT NULL, description text DEFAULT NULL, prepared_by text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.journal_reverse($1, $2, $3, $4)', ledger) INTO STRICT made USING entry_id, posting_date, description, prepared_by;
    RETURN made;
END
$$;
COMMENT ON FUNCTION chipbook.reverse_entry(text, bigint, date, text, text) IS 'Posts the mirror of an approved entry, linked to it, and returns its number; like it, it counts once approved. posting_date: default today in the ledger''s time zone, in an open period and not before the entry. Errors: 23505 reversed already (a rejected reversal does not count); 55000 the period is closed, the entry is not approved, or a close posted it; 22023 a date before the entry; P0002 no such entry.';

CREATE FUNCTION chipbook.approve_entry(ledger text, entry_id bigint, approved_by text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.journal_decide($1, $2, NULL, $3)', ledger) USING entry_id, 'approved', approved_by;
END
$$;
COMMENT ON FUNCTION chipbook.approve_entry(text, bigint, text) IS 'Approves an entry, which counts from then on, while its period is open, or closed softly. approved_by: default the session''s user. Neither may be who prepared it (42501). Where an application logs in for all, it answers for the names. Approving again does nothing. 55000 when it was rejected, needs no approval, or its period is closed; P0002 no such entry.';

CREATE FUNCTION chipbook.reject_entry(ledger text, entry_id bigint, reason text, rejected_by text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.journal_decide($1, $2, $3, $4)', ledger) USING entry_id, 'rejected', reason, rejected_by;
END
$$;
COMMENT ON FUNCTION chipbook.reject_entry(text, bigint, text, text) IS 'Rejects an entry that waits for approval, for a reason: it never counts, and no longer stops the close. rejected_by: default the session''s user; not who prepared it (42501). Errors as approve_entry.';
