-- What keeps what is published. A fact takes one update, superseded_at from infinity to a time,
-- and is not removed; whoever owns the tables could take the triggers away, and verify_ledger
-- says when one is missing.

CREATE FUNCTION chipbook.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tg_argv[0] = 'time' THEN
        RAISE EXCEPTION 'recorded time of ledger "%" goes forward with the clock, not from % to %',
                        NEW.ledger_name, OLD.last_recorded_at, NEW.last_recorded_at
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF tg_op = 'TRUNCATE' THEN
        RAISE EXCEPTION 'table "%" holds what was recorded and cannot be truncated', tg_table_name
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'chipbook.discard_load() removes what was not published.';
    END IF;
    RAISE EXCEPTION 'published row of table "%" cannot be %', tg_table_name, CASE tg_op WHEN 'DELETE' THEN 'removed' ELSE 'rewritten' END
        USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = 'Publish a correction in another load, or withdraw the load with chipbook.retract_load().';
END
$$;
COMMENT ON FUNCTION chipbook.refuse_rewriting() IS 'Internal: the trigger that keeps what is published. 55000.';

-- By their bytes: equality of our own types is not found where a dump is restored, with an empty search_path.
CREATE FUNCTION chipbook.columns_changed(of_table regclass, but name[]) RETURNS text STABLE STRICT LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_catalog.format('pg_catalog.record_image_ne(ROW(%s), ROW(%s))', pg_catalog.string_agg(pg_catalog.format('OLD.%I', a.attname), ', ' ORDER BY a.attnum),
                             pg_catalog.string_agg(pg_catalog.format('NEW.%I', a.attname), ', ' ORDER BY a.attnum))
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid OPERATOR(pg_catalog.=) of_table AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
      AND a.attname OPERATOR(pg_catalog.<>) ALL (but);
END;
COMMENT ON FUNCTION chipbook.columns_changed(regclass, name[]) IS 'Internal: the condition of an UPDATE trigger that any column but those given has changed.';

-- The condition is the trigger's, so that publication calls nothing, and AFTER needs no lock on the row.
CREATE FUNCTION chipbook.create_ledger_guards() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    fact record;
BEGIN
    FOR fact IN SELECT f.table_name FROM chipbook.ledger_fact_tables() f UNION ALL SELECT k FROM chipbook.ledger_kept_tables() k LOOP
        EXECUTE format('CREATE TRIGGER published_fact_is_kept AFTER UPDATE ON %I FOR EACH ROW
                        WHEN (OLD.recorded_at IS NOT NULL
                              AND (OLD.superseded_at <> ''infinity'' OR NEW.superseded_at = ''infinity'' OR NEW.superseded_at <= OLD.recorded_at OR %s))
                        EXECUTE FUNCTION chipbook.refuse_rewriting()', fact.table_name, chipbook.columns_changed(fact.table_name::regclass, '{superseded_at}'));
        EXECUTE format('CREATE TRIGGER published_fact_stays AFTER DELETE ON %I FOR EACH ROW
                        WHEN (OLD.recorded_at IS NOT NULL) EXECUTE FUNCTION chipbook.refuse_rewriting()', fact.table_name);
        EXECUTE format('CREATE TRIGGER not_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting()',
                       fact.table_name);
    END LOOP;
    -- Its rows may become rows of meter_reading again.
    EXECUTE format('CREATE TRIGGER published_fact_is_kept AFTER UPDATE ON packed_reading FOR EACH ROW
                    WHEN (OLD.superseded_at <> ''infinity'' OR NEW.superseded_at = ''infinity'' OR NEW.superseded_at <= OLD.recorded_at OR %s)
                    EXECUTE FUNCTION chipbook.refuse_rewriting()', chipbook.columns_changed('packed_reading', '{superseded_at}'));
    CREATE TRIGGER not_truncated BEFORE TRUNCATE ON packed_reading FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting();
    EXECUTE format('CREATE TRIGGER published_load_is_kept AFTER UPDATE ON load FOR EACH ROW
                    WHEN (OLD.recorded_at IS NOT NULL AND (OLD.retracted_at IS NOT NULL OR %s)) EXECUTE FUNCTION chipbook.refuse_rewriting()',
                   chipbook.columns_changed('load', '{retracted_at,retracted_why}'));
    -- Before the foreign keys say that its facts are still there.
    CREATE TRIGGER published_load_stays BEFORE DELETE ON load FOR EACH ROW
        WHEN (OLD.recorded_at IS NOT NULL) EXECUTE FUNCTION chipbook.refuse_rewriting();
    CREATE TRIGGER not_truncated BEFORE TRUNCATE ON load FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting();
    CREATE TRIGGER source_is_kept BEFORE UPDATE ON source FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting();
    CREATE TRIGGER not_truncated BEFORE TRUNCATE ON source FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting();
    CREATE TRIGGER sealed_columns_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_columns
        FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting();
    CREATE TRIGGER seals_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON seal FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting();
    CREATE TRIGGER recorded_time_goes_forward AFTER UPDATE ON ledger FOR EACH ROW
        WHEN (NEW.last_recorded_at < OLD.last_recorded_at
              OR NEW.last_recorded_at > greatest(clock_timestamp(), OLD.last_recorded_at + interval '1 microsecond')
              OR OLD.last_published_at < 'infinity' AND NEW.last_published_at < OLD.last_published_at
              OR NEW.last_published_at > NEW.last_recorded_at AND (OLD.last_published_at < 'infinity' OR NEW.last_published_at < 'infinity'))
        EXECUTE FUNCTION chipbook.refuse_rewriting('time');
    EXECUTE format('CREATE TRIGGER ledger_is_kept AFTER UPDATE ON ledger FOR EACH ROW WHEN (%s) EXECUTE FUNCTION chipbook.refuse_rewriting()',
                   chipbook.columns_changed('ledger', '{schema_version,last_recorded_at,last_published_at,seal_count,seal_head}'));
    CREATE TRIGGER ledger_stays BEFORE DELETE OR TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting();
END
$$;
COMMENT ON FUNCTION chipbook.create_ledger_guards() IS 'Internal: part of create_ledger. Triggers that keep what is published: a fact takes no update but one, superseded_at from infinity to a time, and is not removed.';
