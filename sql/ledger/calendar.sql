-- Fiscal periods. A stored year of a calendar is what it says; the calendar called ledger has,
-- for every year that is not stored, the months from the ledger's fiscal_year_start.

CREATE FUNCTION chipbook.create_ledger_calendar() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION calendar_year(of_calendar text, of_year integer)
    RETURNS TABLE (fiscal_year integer, period_number smallint, starts_on date, ends_on date, kind text) STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT p.fiscal_year, p.period_number, p.starts_on, p.ends_on, p.kind
        FROM fiscal_period_known p WHERE p.calendar_id = of_calendar AND p.fiscal_year = of_year
        UNION ALL
        SELECT of_year, n::smallint, (m.first_day + make_interval(months => n - 1))::date, (m.first_day + make_interval(months => n))::date, 'regular'
        FROM (SELECT make_date(of_year - (l.fiscal_year_start > 1)::integer, l.fiscal_year_start, 1)::timestamp AS first_day
              FROM ledger l WHERE of_calendar = 'ledger' AND of_year BETWEEN 2 AND 9998) m, generate_series(1, 12) n
        WHERE NOT EXISTS (SELECT FROM fiscal_period_known p WHERE p.calendar_id = of_calendar AND p.fiscal_year = of_year);
    END;
    COMMENT ON FUNCTION calendar_year(text, integer) IS 'The periods of a fiscal year of a calendar, as known: those stored, or for the calendar ledger the months. No rows: the calendar does not know the year. Key: period_number.';

    CREATE FUNCTION calendar_period_on(of_calendar text, on_date date)
    RETURNS TABLE (fiscal_year integer, period_number smallint, starts_on date, ends_on date, kind text) STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT p.fiscal_year, p.period_number, p.starts_on, p.ends_on, p.kind
        FROM fiscal_period_known p WHERE p.calendar_id = of_calendar AND p.kind = 'regular' AND p.starts_on <= on_date AND p.ends_on > on_date
        UNION ALL
        SELECT y.fiscal_year, y.period_number, y.starts_on, y.ends_on, y.kind
        FROM ledger l, calendar_year('ledger', fiscal_year(on_date, l.fiscal_year_start)::integer) y
        WHERE of_calendar = 'ledger' AND isfinite(on_date) AND y.kind = 'regular' AND y.starts_on <= on_date AND y.ends_on > on_date
          AND NOT EXISTS (SELECT FROM fiscal_period_known p WHERE p.calendar_id = of_calendar AND p.fiscal_year = y.fiscal_year)
        LIMIT 1;
    END;
    COMMENT ON FUNCTION calendar_period_on(text, date) IS 'The regular period of a calendar that a day lies in, as known. No row: the calendar has none.';

    -- Periods in use keep the days they had.
    CREATE FUNCTION period_after(of_entity text, of_basis text, on_date date)
    RETURNS TABLE (fiscal_year integer, period_number smallint, starts_on date, ends_on date, state text) STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT p.fiscal_year, p.period_number, p.starts_on, p.ends_on, p.state
        FROM period_state p WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.kind = 'regular' AND p.starts_on = on_date
        UNION ALL
        SELECT c.fiscal_year, c.period_number, c.starts_on, c.ends_on, 'open'
        FROM entity e CROSS JOIN LATERAL calendar_period_on(coalesce(e.calendar_id, 'ledger'), on_date) c
        WHERE e.entity_id = of_entity AND e.recorded_at IS NOT NULL AND e.superseded_at = 'infinity' AND c.starts_on = on_date
          AND NOT EXISTS (SELECT FROM period_state p WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.kind = 'regular' AND p.starts_on = on_date)
        LIMIT 1;
    END;
    COMMENT ON FUNCTION period_after(text, text, date) IS 'The regular period of an entity and basis that begins on a day, and its state now. No row: the calendar has none that begins then.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_calendar() IS 'Internal: part of create_ledger. Functions that find fiscal periods.';

CREATE FUNCTION chipbook.fiscal_period_name(fiscal_year integer, period_number smallint) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.concat('FY', pg_catalog.lpad((fiscal_year OPERATOR(pg_catalog.%) 100)::text, 2, '0'), '-P',
                         pg_catalog.lpad(period_number::text, 2, '0'));
COMMENT ON FUNCTION chipbook.fiscal_period_name(integer, smallint) IS 'The name of a fiscal period: FY26-P10 for period 10 of fiscal year 2026.';

CREATE FUNCTION chipbook.add_fiscal_year(
    ledger text, calendar_id text, fiscal_year integer, starts_on date, kind text DEFAULT 'months', weeks integer DEFAULT 52,
    pattern text DEFAULT '4-4-5', adjustment_period boolean DEFAULT false)
RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lengths integer[];
    next_start date := starts_on;
    next_end date;
    period integer;
BEGIN
    PERFORM chipbook.enter_ledger(ledger, to_write => true);
    IF num_nulls(calendar_id, fiscal_year, starts_on, kind, weeks, pattern, adjustment_period) > 0 THEN
        RAISE EXCEPTION 'add_fiscal_year takes no null argument' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF kind NOT IN ('months', 'weeks_52_53') OR NOT isfinite(starts_on)
       OR kind = 'months' AND extract(day FROM starts_on) <> 1
       OR kind = 'weeks_52_53' AND (weeks NOT IN (52, 53) OR pattern NOT IN ('4-4-5', '4-5-4', '5-4-4')) THEN
        RAISE EXCEPTION 'invalid fiscal year: kind "%", % weeks, pattern "%", from %', kind, weeks, pattern, starts_on
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use kind months from the first of a month, or weeks_52_53 with 52 or 53 weeks in the pattern 4-4-5, 4-5-4 or 5-4-4.';
    END IF;
    lengths := string_to_array(pattern, '-');
    FOR period IN 1 .. 12 LOOP
        next_end := CASE WHEN kind = 'months' THEN (next_start + interval '1 month')::date
                         ELSE next_start + 7 * (lengths[(period - 1) % 3 + 1] + CASE WHEN period = 12 THEN weeks - 52 ELSE 0 END) END;
        INSERT INTO fiscal_period (calendar_id, fiscal_year, period_number, starts_on, ends_on)
        VALUES (add_fiscal_year.calendar_id, add_fiscal_year.fiscal_year, period, next_start, next_end);
        next_start := next_end;
    END LOOP;
    IF adjustment_period THEN
        INSERT INTO fiscal_period (calendar_id, fiscal_year, period_number, starts_on, ends_on, kind)
        VALUES (add_fiscal_year.calendar_id, add_fiscal_year.fiscal_year, 13, next_end - 1, next_end, 'adjustment');
    END IF;
    RETURN CASE WHEN adjustment_period THEN 13 ELSE 12 END;
END
$$;
COMMENT ON FUNCTION chipbook.add_fiscal_year(text, text, integer, date, text, integer, text, boolean) IS 'Adds the periods of a fiscal year to the load this session opened last, and returns how many: twelve months from starts_on, or (weeks_52_53) four quarters of 13 weeks in the pattern, the 53rd week going to the last period; with adjustment_period a 13th on the last day. A year of the calendar ledger that is added so takes the place of its months. Periods in use keep the days they had. 22004 for NULL, 22023 for another kind, pattern, number of weeks, or months that do not begin on the first.';
