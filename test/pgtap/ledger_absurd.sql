-- Ledgers of random facts, from the edges of what their tables accept: whatever stands there, every
-- published view answers, its key is one, and the answer is the same in any zone and date style.
-- Tables and columns are taken from the catalogue, so that a new one cannot be forgotten.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();
SELECT setseed(0.25);

-- ---------------------------------------------------------------------------
-- Values at the edges, of every type a fact has
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.one_of(VARIADIC choices text[]) RETURNS text VOLATILE LANGUAGE sql AS
    'SELECT choices[1 + floor(random() * cardinality(choices))::integer]';
CREATE FUNCTION pg_temp.edge(of_type text) RETURNS text VOLATILE LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE of_type
        WHEN 'date' THEN CASE WHEN random() < 0.8 THEN (date '2024-01-01' + floor(random() * 1100)::integer)::text
            ELSE pg_temp.one_of('1999-12-31', '2000-02-29', '2025-03-09', '2025-03-30', '2025-11-02', '2026-01-31',
                                '2100-02-28', '9999-12-31', '10000-01-01', '5874897-12-31', 'infinity', '-infinity') END
        WHEN 'monetary' THEN CASE WHEN random() < 0.4 THEN monetary(round((random() * 10 ^ (random() * 9))::numeric, 2), pg_temp.one_of('USD', 'USD', 'EUR')::currency)::text
            ELSE pg_temp.one_of('0 USD', '0.005 USD', '0.000000000000001 USD', '1000 USD', '2500000000000000000 USD', '2596148429267413814.265248164610047 USD', '1 XAU', '999.5 JPY', '1.2345 BHD',
                                '7 ZZZ', '-0.05 EUR', '-2596148429267413814.265248164610048 USD', '2500000000000000000 EUR') END
        WHEN 'numeric' THEN pg_temp.one_of('0', '1', '0.5', '0.25', '0.09', '1.2', '0.333333333333333333333', '1e-100', '1e-15', '1e15', '1e30', '1e40', '1e300', '1000', '-1', '700')
        WHEN 'bigint' THEN pg_temp.one_of('0', '1', '8', '1000', '25000', '100', '9000000000000000000', '9223372036854775807', '-1')
        WHEN 'integer' THEN pg_temp.one_of('1', '2', '8', '2026', '2147483647')
        WHEN 'smallint' THEN pg_temp.one_of('1', '2', '12', '13', '32767')
        WHEN 'currency' THEN pg_temp.one_of('USD', 'EUR', 'JPY', 'XAU', 'ZZZ')
        WHEN 'boolean' THEN pg_temp.one_of('true', 'false')
        WHEN 'amortisation_policy' THEN pg_temp.one_of('straight_line(life=5 years)', 'straight_line(life=200 years, salvage_amount=1000000000000000000)', 'straight_line(life=1 day)',
            'straight_line(life=90 days, salvage=1)', 'straight_line(life=6 years, salvage=0.1, convention=full_month)', 'straight_line(life=5 years 6 months 3 days, day_count=thirty_360)',
            'declining_balance(life=5 years, factor=3, rate_cap=0.3, convention=mid_month)', 'declining_balance(life=200 years, factor=1.5, switch_to_straight_line=false)', 'declining_balance(life=1 month)',
            'sum_of_years_digits(life=5 years 6 months, salvage_amount=10, convention=half_year)', 'fixed_rate(life=6 years, salvage=0.1, convention=full_month, charge_disposal_month=true)',
            'macrs(life=5 years, section_179=100000, bonus=0.4)', 'macrs(life=20 years, convention=mid_quarter)', 'macrs(life=3 years, section_179=2500000000000000000)', 'annuity(life=50 months, rate=0.075)', 'annuity(life=5 years, rate=1)',
            'units_of_production(total_use=60000)', 'units_of_production(total_use=0.000001, salvage=0.1)', 'units_of_production(total_use=1000000000000)', 'straight_line(life=4 years, bonus=1, convention=mid_quarter)',
            'exponential(rate=0.14)', 'exponential(rate=900)', 'exponential(rate=0.0000001)', 'exponential(life=5 years, rate=0.3)')
        WHEN 'timestamp with time zone' THEN CASE WHEN random() < 0.8 THEN (timestamptz '2024-01-01 00:00Z' + make_interval(hours => floor(random() * 27000)::integer))::text
            ELSE pg_temp.one_of('1999-12-31 23:59:59.999999Z', '2025-03-09 10:00Z', '9999-12-31 00:00Z', '294276-12-31 23:59:59.999999Z', '4713-01-01 BC', 'infinity', '-infinity') END
        WHEN 'jsonb' THEN pg_temp.one_of('{}', '{"team": "it''s", "a": {"b": [1, null]}}', '[]', '"words"', 'null', '{"Elements": [{"ContractId": 7, "AppliedCost": "x"}]}')
        WHEN 'bytea' THEN '\x00ff'
        WHEN 'text[]' THEN '{chips,power}'
        WHEN 'numeric[]' THEN pg_temp.one_of('{0}', '{1}', '{0,5}', '{2.5,0.1}', '{0,1e15}', '{1e300,0}', '{0.000000000000000000001}')
        WHEN 'monetary[]' THEN pg_temp.one_of('{100 USD,100 USD,100 USD}', '{0.01 EUR}', '{2500000000000000000 USD,2500000000000000000 USD}', '{0 USD,7 USD}', '{1 USD,1 EUR}', '{}')
        ELSE pg_temp.one_of('words', '%s', E'it''s "quoted", \\ and \n more', '') END;
END
$$;

-- The words that a check allows in a column of text, NULL where it has none.
CREATE FUNCTION pg_temp.words_of(of_table regclass, column_name name) RETURNS text[] STABLE LANGUAGE sql AS $$
    SELECT array_agg(m[1]) FROM pg_constraint c, pg_attribute a, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') m
    WHERE c.conrelid = of_table AND c.contype = 'c' AND a.attrelid = c.conrelid AND a.attname = column_name AND a.atttypid = 'text'::regtype AND c.conkey = ARRAY[a.attnum]
$$;

-- A row of a table, as SQL; where it fails a check another is tried.
CREATE FUNCTION pg_temp.add_row(ledger text, of_table name, n integer) RETURNS boolean VOLATILE LANGUAGE plpgsql AS $$
DECLARE
    names text[] := '{}';
    vals text[] := '{}';
    fresh text;
    col record;
    named record;
    key_of name[];
    nulls double precision := random();
BEGIN
    SELECT f.key_columns INTO key_of FROM ledger_fact_tables() f WHERE f.table_name = of_table;
    FOR col IN SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attnotnull AS is_needed, pg_temp.words_of(a.attrelid, a.attname) AS words
               FROM pg_attribute a WHERE a.attrelid = format('%I.%I', ledger, of_table)::regclass AND a.attnum > 0
                 AND a.attname NOT IN ('fact_id', 'load_id', 'source_id', 'known_on', 'recorded_at', 'superseded_at') ORDER BY a.attnum LOOP
        SELECT r.refers_to, r.key_column INTO named FROM ledger_references() r WHERE r.table_name = of_table AND r.column_name = col.name;
        IF named.refers_to IS NOT NULL THEN
            EXECUTE format('SELECT %I FROM %I.%I ORDER BY random() LIMIT 1', named.key_column, ledger, named.refers_to) INTO fresh;
        ELSIF col.words IS NOT NULL THEN
            fresh := pg_temp.one_of(VARIADIC col.words);
        ELSIF col.name = key_of[1] AND col.type = 'text' THEN
            fresh := of_table || ' ' || n;
        ELSIF col.name = 'country' THEN
            fresh := 'DE';
        ELSIF col.name = 'language' THEN
            fresh := 'de';
        ELSIF col.name = 'status' THEN
            fresh := pg_temp.one_of('announced', 'signed', 'terminated', 'none', 'usable', 'filing', 'leak', 'planned', 'live');
        ELSE
            fresh := pg_temp.edge(regexp_replace(col.type, '^chipbook\.', ''));
            -- From these on there would be a row for every month since.
            IF col.type = 'date' AND random() < 0.1 AND col.name NOT IN ('acquired_on', 'available_for_use_on', 'valid_from', 'recognised_on') THEN
                fresh := pg_temp.one_of('4713-01-01 BC', '0001-12-31 BC', '0001-01-01');
            END IF;
        END IF;
        IF NOT col.is_needed AND random() < nulls THEN
            fresh := NULL;
        END IF;
        names := names || quote_ident(col.name);
        vals := vals || quote_nullable(fresh);
    END LOOP;
    BEGIN
        EXECUTE format('INSERT INTO %I.%I (%s) VALUES (%s)', ledger, of_table, array_to_string(names, ', '), array_to_string(vals, ', '));
        RETURN true;
    EXCEPTION WHEN check_violation OR not_null_violation THEN
        RETURN false;
    END;
END
$$;

-- Readings must lie in their month: hours at its edges and around the change of clocks.
CREATE FUNCTION pg_temp.add_readings(ledger text, zone text, how_many integer) RETURNS void VOLATILE LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..how_many LOOP
        BEGIN
            EXECUTE format('INSERT INTO %I.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, joules, idle_joules, energy_basis, use_basis, model_flops)
                            SELECT p.pool_id, s, s + e, date_trunc(''month'', s AT TIME ZONE $1)::date, $2, $3, $4, $5, $6, $7, $8, $9, $10
                            FROM (SELECT pool_id FROM %1$I.pool ORDER BY random() LIMIT 1) p,
                                 (SELECT (m + make_interval(hours => (random() * 800)::integer)) AT TIME ZONE $1 AS s, make_interval(hours => 1 + (random() * 300)::integer) AS e
                                  FROM (SELECT timestamp ''2025-01-01'' + make_interval(months => (random() * 16)::integer) AS m) x) y', ledger)
            USING zone, pg_temp.edge('bigint')::bigint, pg_temp.edge('bigint')::bigint, pg_temp.edge('bigint')::bigint, pg_temp.edge('bigint')::bigint,
                  CASE WHEN i % 3 > 0 THEN pg_temp.edge('bigint')::bigint END, CASE WHEN i % 3 > 1 THEN pg_temp.edge('bigint')::bigint END,
                  CASE WHEN i % 3 > 0 THEN pg_temp.one_of('chip', 'server', 'facility', 'in_rent') END, pg_temp.one_of('sm_active', 'gpu_util', 'goodput'), NULLIF(pg_temp.edge('numeric')::numeric, -1);
        EXCEPTION WHEN check_violation OR not_null_violation OR datetime_field_overflow THEN
            NULL;
        END;
    END LOOP;
    EXECUTE format('DELETE FROM %1$I.meter_reading a USING %1$I.meter_reading b WHERE a.pool_id = b.pool_id AND a.load_id = b.load_id
                    AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) AND (a.starts_at, a.ends_at, a.ctid) > (b.starts_at, b.ends_at, b.ctid)', ledger);
END
$$;

-- A load of every kind of fact. Of rows that may not stand beside each other the first stays.
CREATE FUNCTION pg_temp.add_facts(ledger text, zone text, each integer, at_time timestamptz) RETURNS bigint VOLATILE LANGUAGE plpgsql AS $$
DECLARE
    fact record;
    loaded bigint := open_load(ledger, 'whatever', 't');
BEGIN
    FOR pass IN 1..2 LOOP
        FOR fact IN SELECT f.table_name FROM ledger_fact_tables() f WHERE f.key_columns IS NOT NULL OR f.table_name = 'charge' LOOP
            FOR i IN 1..each LOOP
                FOR try IN 1..50 LOOP EXIT WHEN pg_temp.add_row(ledger, fact.table_name, i + (pass - 1) * each); END LOOP;
            END LOOP;
        END LOOP;
        -- The terms of a commitment seldom fit each other by chance.
        FOR i IN 1..each * 10 LOOP
            BEGIN
                EXECUTE format('INSERT INTO %I.commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, fulfilment_interval, model, payment_model, amount, unit, quantity, price, make_up_intervals, true_up, distribution)
                                SELECT $1, ''take_or_pay'', p.party_id, ''USD'', $2, $3, $4, ''continuous'', ''all_upfront'', $5, CASE WHEN $5 IS NULL THEN ''unit'' END, CASE WHEN $5 IS NULL THEN $6 END,
                                       CASE WHEN $5 IS NULL THEN $7 END, $8, $9, $10 FROM %I.party p ORDER BY random() LIMIT 1', ledger, ledger)
                USING format('commitment %s.%s', pass, i), pg_temp.edge('date')::date, pg_temp.edge('date')::date, pg_temp.one_of('hour', 'day', 'week', 'month', 'quarter', 'half_year', 'year', 'term'),
                      CASE WHEN i % 2 = 0 THEN pg_temp.edge('monetary')::monetary END, pg_temp.edge('numeric')::numeric, pg_temp.edge('monetary')::monetary,
                      CASE WHEN i % 3 > 0 THEN i % 3 - 1 END, pg_temp.one_of('none', 'interval', 'term'), pg_temp.one_of('waterfall', 'proportional');
            EXCEPTION WHEN check_violation OR not_null_violation THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
    PERFORM pg_temp.add_readings(ledger, zone, each * 20);
    FOR fact IN SELECT f.table_name, string_agg(format('a.%1$I = b.%1$I', k), ' AND ') FILTER (WHERE k <> 'valid_from') AS same,
                       'valid_from' = ANY (f.key_columns) AS has_periods
                FROM ledger_fact_tables() f, unnest(f.key_columns) k GROUP BY f.table_name, f.key_columns LOOP
        EXECUTE format('DELETE FROM %1$I.%2$I a USING %1$I.%2$I b WHERE a.fact_id > b.fact_id AND a.load_id IN (%3$s) AND b.superseded_at = ''infinity'' AND (b.load_id = a.load_id OR %5$s) AND %4$s',
                       ledger, fact.table_name, loaded, fact.same || CASE WHEN fact.has_periods THEN ' AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)' ELSE '' END, fact.has_periods::text);
    END LOOP;
    FOR fact IN SELECT p.table_name, p.fact, array_to_string(f.key_columns, ', ') AS keys FROM check_load(ledger, loaded) p JOIN ledger_fact_tables() f ON f.table_name = p.table_name WHERE p.table_name IN ('retirement_obligation', 'asset_event') LOOP
        EXECUTE format('DELETE FROM %I.%I WHERE load_id = %s AND concat_ws('', '', %s) = %L', ledger, fact.table_name, loaded, fact.keys, fact.fact);
    END LOOP;
    RETURN publish_load(ledger, loaded, replace_readings => true, recorded_at => at_time);
END
$$;
-- ---------------------------------------------------------------------------
-- What a published view says: rows, rows beyond one for its key, and a digest of all of it that depends on
-- no setting of the session, or the error
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.answer(view_name text, zone text, date_style text, interval_style text) RETURNS text VOLATILE LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    PERFORM set_config('timezone', zone, true), set_config('datestyle', date_style, true), set_config('intervalstyle', interval_style, true);
    BEGIN
        EXECUTE (SELECT format('WITH told AS MATERIALIZED (SELECT %s FROM %s v)
                                SELECT format(''%%s repeated, %%s'', (SELECT count(*) FROM (SELECT FROM told GROUP BY %s HAVING count(*) > 1) d),
                                              md5(string_agg(to_jsonb(t)::text, E''\n'' ORDER BY to_jsonb(t)::text COLLATE "C"))) FROM told t',
                               string_agg(CASE WHEN a.atttypid = 'timestamptz'::regtype THEN format('extract(epoch FROM v.%1$I) AS %1$I', a.attname) ELSE format('v.%I', a.attname) END, ', '),
                               view_name, coalesce(substring(obj_description(view_name::regclass, 'pg_class') FROM '[Kk]ey: \(([a-z_, ]+)\)'), '()'))
                 FROM pg_attribute a WHERE a.attrelid = view_name::regclass AND a.attnum > 0) INTO said;
    EXCEPTION WHEN others THEN
        said := format('%s %s', SQLSTATE, SQLERRM);
    END;
    PERFORM set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true);
    RETURN said;
END
$$;

CREATE TEMPORARY TABLE answered (ledger text, view_name text, moment text, plain text, elsewhere text);
CREATE FUNCTION pg_temp.ask(ledger text, moment text, zone text DEFAULT NULL, date_style text DEFAULT NULL, interval_style text DEFAULT NULL) RETURNS void VOLATILE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('chipbook.as_of', moment, true);
    INSERT INTO answered SELECT ledger, c.relname, moment, pg_temp.answer(c.oid::regclass::text, 'UTC', 'ISO, YMD', 'postgres'),
        CASE WHEN zone IS NOT NULL THEN pg_temp.answer(c.oid::regclass::text, zone, date_style, interval_style) END
    FROM pg_class c WHERE c.relnamespace = format('%I', ledger || '_report')::regnamespace AND c.relkind = 'v';
    PERFORM set_config('chipbook.as_of', '', true);
END
$$;

SET LOCAL timezone = 'UTC';
SELECT create_ledger('a', 'USD', 10, 'Asia/Kolkata', 'ifrs');
SELECT create_ledger('b', 'EUR', 1, 'America/New_York', 'us_tax');
INSERT INTO a.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
INSERT INTO b.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT add_reading_partitions(l, '2025-01-01', '2026-12-01') FROM unnest(ARRAY['a', 'b']) l;
SELECT ok(pg_temp.add_facts('a', 'Asia/Kolkata', 4, '2026-01-15 00:00Z') > 100, 'random facts are published');
SELECT ok(pg_temp.add_facts('b', 'America/New_York', 4, '2026-01-15 00:00Z') > 100, 'in another ledger too');
SELECT pg_temp.ask('a', '2026-02-20');
SELECT ok(pg_temp.add_facts('a', 'Asia/Kolkata', 4, '2026-06-20 00:00Z') > 100, 'and facts that replace some of them');
SELECT ok(pg_temp.add_facts('b', 'America/New_York', 4, '2026-06-20 00:00Z') > 100, 'there too');
SELECT is_empty(format('SELECT f.table_name FROM ledger_fact_tables() f, LATERAL query_to_xml(format(''SELECT FROM %s.%%I WHERE recorded_at IS NOT NULL'', f.table_name), false, false, '''') x WHERE x::text NOT LIKE ''%%<row%%''', l),
    'every table has facts') FROM unnest(ARRAY['a', 'b']) l;
CREATE TEMPORARY TABLE asked_before AS SELECT * FROM answered;
TRUNCATE answered;
SELECT pg_temp.ask('a', '2026-02-20');
SELECT results_eq($$SELECT ledger, view_name, plain FROM answered WHERE view_name NOT IN ('data_status', 'ledger_health', 'period_due') ORDER BY 1, 2$$,
                  $$SELECT ledger, view_name, plain FROM asked_before WHERE view_name NOT IN ('data_status', 'ledger_health', 'period_due') ORDER BY 1, 2$$, 'what was recorded later changes no earlier answer');
SELECT pg_temp.ask('a', '2026-08-01', 'America/New_York', 'SQL, DMY', 'postgres_verbose'), pg_temp.ask('b', '2026-08-01', 'Asia/Kolkata', 'German, DMY', 'sql_standard');
SELECT is_empty($$SELECT ledger, view_name, moment, plain FROM answered WHERE plain !~ 'repeated'$$, 'every published view answers whatever the facts');
SELECT is_empty($$SELECT ledger, view_name, moment, plain FROM answered WHERE plain ~ 'repeated' AND plain !~ '^0 '$$, 'its key is one');
SELECT is_empty($$SELECT ledger, view_name, plain, elsewhere FROM answered WHERE moment = '2026-08-01' AND plain IS DISTINCT FROM elsewhere$$, 'in another zone, date and interval style than the session''s and the ledger''s it says the same');
SELECT cmp_ok(count(*), '>=', 100::bigint, 'answers are compared') FROM answered;

SELECT * FROM finish();
ROLLBACK;
