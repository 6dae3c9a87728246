-- What the night does inside the database, and who calls it: a scheduler of the machine, or pg_cron. chipbook does not
-- need pg_cron: what follows looks for it when it is called.

-- The lock that a run of the program takes too: one at a time changes a ledger.
CREATE FUNCTION chipbook.wait_for_turn(ledger text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('chipbook ' || ledger, 0)) THEN
        RAISE NOTICE 'another run holds ledger "%": waiting for it', ledger;
        PERFORM pg_advisory_xact_lock(hashtextextended('chipbook ' || ledger, 0));
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.wait_for_turn(text) IS 'Internal: waits, as long as lock_timeout allows, until no other run changes the ledger, and keeps others waiting to the end of the transaction. 55P03 after lock_timeout.';

-- Without a SET clause, which would keep it from committing: so it names everything with its schema.
CREATE PROCEDURE chipbook.nightly(ledger text, close_after integer DEFAULT NULL, refresh boolean DEFAULT true) LANGUAGE plpgsql AS $$
DECLARE
    due record;
    failed text[] := '{}';
    messages text[] := '{}';
    code text;
    advice text;
    message text;
    detail text;
    hint text;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    IF close_after OPERATOR(pg_catalog.<) 0 THEN
        RAISE EXCEPTION 'invalid close_after: %', close_after
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the days after which a period that is over is closed; NULL closes none.';
    END IF;
    IF refresh THEN
        PERFORM chipbook.wait_for_turn(ledger);
        PERFORM chipbook.add_reading_partitions(ledger);
        PERFORM chipbook.refresh_usage(ledger);
        PERFORM chipbook.refresh_allocation(ledger);
        COMMIT;
    END IF;
    WHILE close_after IS NOT NULL LOOP
        PERFORM chipbook.wait_for_turn(ledger);
        EXECUTE pg_catalog.format('SELECT p.*, pg_catalog.format(''%%s %%s'', p.entity_id, p.basis) AS book FROM %I.period_due p
                                   WHERE p.days_over OPERATOR(pg_catalog.>=) $1 AND pg_catalog.format(''%%s %%s'', p.entity_id, p.basis) OPERATOR(pg_catalog.<>) ALL ($2)
                                   ORDER BY p.starts_on, p.entity_id, p.basis LIMIT 1', pg_catalog.concat(ledger, '_report'))
            INTO due USING close_after, failed;
        EXIT WHEN due.book IS NULL;
        -- What stops one entity stops no other; its later periods come after it.
        BEGIN
            PERFORM chipbook.close_period(ledger, due.entity_id, due.basis, due.fiscal_year::integer, due.period_number::integer);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            code := coalesce(code, SQLSTATE);
            advice := coalesce(advice, nullif(hint, ''));
            failed := failed OPERATOR(pg_catalog.||) due.book;
            messages := messages OPERATOR(pg_catalog.||) pg_catalog.concat(message, ' (' OPERATOR(pg_catalog.||) nullif(detail, '') OPERATOR(pg_catalog.||) ')');
        END;
        COMMIT;
    END LOOP;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION 'ledger "%": books that could not be closed: %', ledger, pg_catalog.cardinality(failed)
            USING ERRCODE = code, DETAIL = pg_catalog.array_to_string(messages, '; '), HINT = coalesce(advice, 'The view period_due lists what is to be closed.');
    END IF;
END
$$;
COMMENT ON PROCEDURE chipbook.nightly(text, integer, boolean) IS 'What is to be done every night, after the loads: makes partitions ahead and stores costs (refresh; for a loader or accountant), then closes the periods of period_due that are over for close_after days or longer, under every basis in use (NULL: none; for an approver). Each step is a transaction, so it is called outside one; what is done stays done, and a second time at once does nothing. One run at a time changes a ledger, those of the program chipbook too: others wait (lock_timeout). A period that cannot be closed stops no other entity: its error is raised at the end, with the SQLSTATE of the first. 22023 when close_after is negative, 2D000 inside a transaction, and the errors of refresh_usage, refresh_allocation and close_period.';

CREATE FUNCTION chipbook.require_pg_cron(statement text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Not shown to everybody.
    home text := (SELECT s.setting FROM pg_settings s WHERE s.name = 'cron.database_name');
BEGIN
    IF EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'extension pg_cron is not in database "%"', current_database()
        USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = CASE WHEN home IS NULL
                          THEN 'An administrator of the server installs pg_cron, says shared_preload_libraries = ''pg_cron'' and cron.database_name, restarts it, and runs CREATE EXTENSION pg_cron in that database; or cron or systemd calls the program chipbook.'
                          WHEN home <> current_database() THEN format('It works from database "%s": there, SELECT cron.schedule_in_database(..., %L, %L);', home, statement, current_database())
                          ELSE 'CREATE EXTENSION pg_cron;' END;
END
$$;
COMMENT ON FUNCTION chipbook.require_pg_cron(text) IS 'Internal: 55000 when pg_cron is not in this database, with what to do about it.';

CREATE FUNCTION chipbook.schedule_nightly(ledger text, schedule text DEFAULT '15 3 * * *', close_after integer DEFAULT NULL, refresh boolean DEFAULT true)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    statement text := format('CALL chipbook.nightly(%L, close_after => %s, refresh => %s)', ledger, coalesce(close_after::text, 'NULL'), refresh::text);
    job_id bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger);
    IF schedule IS NULL OR refresh IS NULL THEN
        RAISE EXCEPTION 'schedule_nightly takes no null schedule, nor refresh' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF close_after < 0 THEN
        RAISE EXCEPTION 'invalid close_after: %', close_after
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the days after which a period that is over is closed; NULL closes none.';
    END IF;
    PERFORM chipbook.require_pg_cron(statement);
    EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO STRICT job_id USING 'chipbook nightly ' || ledger, schedule, statement;
    RETURN job_id;
END
$$;
COMMENT ON FUNCTION chipbook.schedule_nightly(text, text, integer, boolean) IS 'Lets pg_cron call chipbook.nightly() for a ledger, as the current user, and returns the number of the job; again: changes it. schedule: minute, hour, day, month and weekday as in a crontab, in the zone of cron.timezone (GMT). 55000 when pg_cron is not in this database, 22023 when close_after is negative, 22004 for NULL elsewhere; 42501 without the right to use schema cron or the ledger, and what pg_cron says to a schedule that is none.';

CREATE FUNCTION chipbook.unschedule_nightly(ledger text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    there boolean;
BEGIN
    PERFORM chipbook.require_pg_cron('...');
    EXECUTE 'SELECT EXISTS (SELECT FROM cron.job j WHERE j.jobname = $1 AND j.username = current_user)' INTO STRICT there USING 'chipbook nightly ' || ledger;
    IF there THEN
        EXECUTE 'SELECT cron.unschedule($1::name)' USING 'chipbook nightly ' || ledger;
    END IF;
    RETURN there;
END
$$;
COMMENT ON FUNCTION chipbook.unschedule_nightly(text) IS 'Takes the job of chipbook.schedule_nightly() away, that of the current user; false: there is none. The ledger may be gone. 55000 when pg_cron is not in this database.';

CREATE FUNCTION chipbook.nightly_jobs(ledger text)
RETURNS TABLE (job_id bigint, user_name text, schedule text, time_zone text, active boolean, started_at timestamptz, ended_at timestamptz, status text, message text)
STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A role without rights on pg_cron's schema sees no job, as it sees none of others.
    IF to_regnamespace('cron') IS NULL OR NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') OR NOT has_schema_privilege('cron', 'USAGE') THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE 'SELECT j.jobid, j.username, j.schedule, (SELECT s.setting FROM pg_settings s WHERE s.name = ''cron.timezone''), j.active, r.start_time, r.end_time, r.status, r.return_message
        FROM cron.job j
        LEFT JOIN LATERAL (SELECT n.start_time, n.end_time, n.status, n.return_message FROM cron.job_run_details n WHERE n.jobid = j.jobid ORDER BY n.runid DESC LIMIT 1) r ON true
        WHERE j.jobname = $1 AND j.database = current_database() ORDER BY j.jobid' USING 'chipbook nightly ' || ledger;
END
$$;
COMMENT ON FUNCTION chipbook.nightly_jobs(text) IS 'The jobs of chipbook.schedule_nightly() for a ledger, and what became of the last run of each: started_at, ended_at, status (succeeded, failed, running) and message, NULL when it never ran. time_zone: cron.timezone; NULL for who may not see it (pg_read_all_settings), or where pg_cron has no such setting and it is GMT. Key: (job_id). pg_cron shows a role its own jobs, a superuser all. No rows where pg_cron is not, or its schema may not be used.';
