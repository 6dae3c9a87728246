-- Partitions of meter_reading, by month. They belong to the ledger's owner, whoever asks for them.

CREATE FUNCTION chipbook.add_reading_partitions(ledger text, from_month date, to_month date DEFAULT NULL)
RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.reading_partitions_add($1, $2)', ledger) INTO STRICT made USING from_month, coalesce(to_month, from_month);
    RETURN made;
END
$$;
COMMENT ON FUNCTION chipbook.add_reading_partitions(text, date, date) IS 'Makes the monthly partitions of meter_reading from one month to another (default: the one), where they do not exist; returns how many it made. Months are those of the ledger''s time zone. Nobody who reads or adds readings meanwhile waits for it. 22023 when the dates are not in order or a hundred years apart.';

CREATE FUNCTION chipbook.add_reading_partitions(ledger text) RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    this_month date;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT date_trunc(''month'', now() AT TIME ZONE l.time_zone)::date FROM %I.ledger l', ledger) INTO STRICT this_month;
    RETURN chipbook.add_reading_partitions(ledger, this_month, (this_month + interval '3 months')::date);
END
$$;
COMMENT ON FUNCTION chipbook.add_reading_partitions(text) IS 'Makes the partitions of meter_reading of this month and the three to come, where they do not exist; returns how many it made. For a nightly job; closing a period does the same from the month after it.';

CREATE FUNCTION chipbook.create_ledger_partitions() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION reading_partitions_add(from_month date, to_month date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET datestyle = 'ISO' AS $fn$
    DECLARE
        month_start date := date_trunc('month', from_month::timestamp)::date;
        last_month date := date_trunc('month', to_month::timestamp)::date;
        next_month date;
        zone text := (SELECT l.time_zone FROM ledger l);
        ledger name := ledger_schema();
        partition_name name;
        made integer := 0;
    BEGIN
        IF from_month IS NULL OR NOT isfinite(from_month) OR NOT isfinite(last_month)
           OR last_month < month_start OR last_month > month_start + interval '100 years' THEN
            RAISE EXCEPTION 'invalid range of months for meter readings: % to %', from_month, to_month
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Give two dates in order, at most a hundred years apart.';
        END IF;
        WHILE month_start <= last_month LOOP
            next_month := (month_start + interval '1 month')::date;
            partition_name := 'meter_reading_' || to_char(month_start, 'YYYY_MM');
            IF to_regclass(format('%I.%I', ledger, partition_name)) IS NULL THEN
                -- The check keeps a reading inside its month and lets the planner prune by time too. Its
                -- bounds are written as ISO text: IST, say, is read as another zone than it is written for.
                -- Made first and attached then: that stops nobody who reads or adds readings.
                EXECUTE format('CREATE TABLE %I.%I (LIKE meter_reading INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
                                    CONSTRAINT reading_inside_month CHECK (starts_at >= %L AND ends_at <= %L))',
                               ledger, partition_name, month_start::timestamp AT TIME ZONE zone, next_month::timestamp AT TIME ZONE zone);
                EXECUTE format('ALTER TABLE meter_reading ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)', ledger, partition_name, month_start, next_month);
                -- Triggers for each row come with the table; this one does not.
                EXECUTE format('CREATE TRIGGER not_truncated BEFORE TRUNCATE ON %I.%I FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_rewriting()',
                               ledger, partition_name);
                made := made + 1;
            END IF;
            month_start := next_month;
        END LOOP;
        RETURN made;
    END
    $fn$;
    COMMENT ON FUNCTION reading_partitions_add(date, date) IS 'Internal: what chipbook.add_reading_partitions calls.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_partitions() IS 'Internal: part of create_ledger. The function of a ledger that makes partitions.';
