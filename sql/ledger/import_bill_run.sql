-- Running a delivery, as the ledger's owner: one pass over the staged texts writes charges with their
-- findings; all that is said of the file is added up from that pass.

CREATE FUNCTION chipbook.create_ledger_bill_import() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION bill_open(with_name text, with_header text, with_options jsonb, of_source text, of_scope text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        opened bigint;
        names text[];
        wrong text;
    BEGIN
        IF NOT EXISTS (SELECT FROM source s WHERE s.source_id = of_source) THEN
            RAISE EXCEPTION 'there is no source "%" in ledger "%"', of_source, ledger_schema()
                USING ERRCODE = 'foreign_key_violation', HINT = format('Insert it into %I.source first.', ledger_schema());
        END IF;
        SELECT r.fields, r.problem INTO names, wrong FROM chipbook.csv_records(chipbook.without_mark(with_header), coalesce(with_options ->> 'delimiter', ',')) r LIMIT 1;
        IF names IS NULL OR cardinality(names) > 1000 THEN
            RAISE EXCEPTION 'invalid header of a bill: %', coalesce(wrong, 'it has more than 1000 columns') USING ERRCODE = 'invalid_parameter_value';
        END IF;
        INSERT INTO delivery (name, header, options, source_id, scope, mode, file_sha256)
        VALUES (with_name, names, with_options, of_source, of_scope, coalesce(with_options ->> 'mode', 'overwrite'), decode(with_options ->> 'file_sha256', 'hex'))
        RETURNING delivery_id INTO opened;
        EXECUTE format('CREATE UNLOGGED TABLE %I.%I (%s) WITH (autovacuum_enabled = off)', ledger_schema(), 'bill_stage_' || opened,
                       (SELECT string_agg(format('c%s text', i), ', ') FROM generate_subscripts(names, 1) i));
        EXECUTE format('COMMENT ON TABLE %I.%I IS %L', ledger_schema(), 'bill_stage_' || opened, format('The staged text of delivery %s; removed when it is run.', opened));
        IF session_user <> current_user THEN
            EXECUTE format('GRANT INSERT ON %I.%I TO %I', ledger_schema(), 'bill_stage_' || opened, session_user);
        END IF;
        RETURN opened;
    END
    $fn$;
    COMMENT ON FUNCTION bill_open(text, text, jsonb, text, text) IS 'Internal: what chipbook.open_bill calls.';

    -- A whole file as one text. What is no record keeps its place and is rejected.
    CREATE FUNCTION bill_take(of_delivery bigint, content text, is_json boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        this delivery;
        width integer;
        stage text := format('%I.%I', ledger_schema(), 'bill_stage_' || of_delivery);
    BEGIN
        SELECT d.* INTO STRICT this FROM delivery d WHERE d.delivery_id = of_delivery AND d.status = 'open' FOR UPDATE;
        width := cardinality(this.header);
        IF is_json THEN
            INSERT INTO delivery_rejection (delivery_id, line_no, line, reason)
            SELECT of_delivery, r.line_no + 1, '', 'it is no document of JSON' FROM chipbook.json_rows(content) r WHERE jsonb_typeof(r.document) IS DISTINCT FROM 'object';
            EXECUTE format('INSERT INTO %s SELECT %s FROM (SELECT r.line_no, coalesce(jsonb_object_agg(l.name, l.value) FILTER (WHERE l.name IS NOT NULL), ''{}'') AS leaves
                            FROM chipbook.json_rows($1) r LEFT JOIN LATERAL chipbook.json_leaves(r.document) l ON true GROUP BY r.line_no) n ORDER BY n.line_no', stage,
                           (SELECT string_agg(format('n.leaves ->> %L', h.name), ', ' ORDER BY h.i) FROM unnest(this.header) WITH ORDINALITY h (name, i))) USING content;
        ELSE
            CREATE TEMPORARY TABLE bill_record ON COMMIT DROP AS
                SELECT row_number() OVER () AS line_no, r.record, r.fields, r.problem
                FROM chipbook.csv_records(content, coalesce(this.options ->> 'delimiter', ',')) r;
            INSERT INTO delivery_rejection (delivery_id, line_no, line, reason)
            SELECT of_delivery, r.line_no, left(r.record, 10000), coalesce(r.problem, format('it has %s fields, the header %s', cardinality(r.fields), width))
            FROM pg_temp.bill_record r WHERE r.line_no > 1 AND (r.problem IS NOT NULL OR cardinality(r.fields) > width OR cardinality(r.fields) < width AND (this.options ->> 'short_rows')::boolean IS NOT TRUE) ORDER BY r.line_no;
            -- A field that is missing is not there, which is another thing than empty.
            EXECUTE format('INSERT INTO %s SELECT %s FROM pg_temp.bill_record r WHERE r.line_no > 1 ORDER BY r.line_no', stage,
                           (SELECT string_agg(format('r.fields[%s]', i), ', ') FROM generate_series(1, width) i));
            DROP TABLE pg_temp.bill_record;
            UPDATE delivery d SET format = 'csv' WHERE d.delivery_id = of_delivery;
        END IF;
    END
    $fn$;
    COMMENT ON FUNCTION bill_take(bigint, text, boolean) IS 'Internal: part of chipbook.import_bill.';

    CREATE FUNCTION bill_run(of_delivery bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    BEGIN
        RETURN chipbook.run_bill_now(ledger_schema(), of_delivery);
    END
    $fn$;
    COMMENT ON FUNCTION bill_run(bigint) IS 'Internal: what chipbook.run_bill calls.';

    CREATE FUNCTION bill_clear(of_delivery bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        is_open boolean;
    BEGIN
        SELECT d.status = 'open' INTO is_open FROM delivery d WHERE d.delivery_id = of_delivery FOR UPDATE;
        IF is_open IS NULL THEN
            RAISE EXCEPTION 'there is no delivery % in ledger "%"', of_delivery, ledger_schema() USING ERRCODE = 'no_data_found';
        ELSIF NOT is_open THEN
            RAISE EXCEPTION 'delivery % of ledger "%" was run already', of_delivery, ledger_schema()
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'chipbook.discard_load() removes what it loaded, while that is not published.';
        END IF;
        UPDATE delivery d SET status = 'cleared', finished_at = clock_timestamp() WHERE d.delivery_id = of_delivery;
        EXECUTE format('DROP TABLE IF EXISTS %I.%I', ledger_schema(), 'bill_stage_' || of_delivery);
    END
    $fn$;
    COMMENT ON FUNCTION bill_clear(bigint) IS 'Internal: what chipbook.clear_bill calls.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_bill_import() IS 'Internal: part of create_ledger. The functions of a ledger that import bills as its owner.';

-- What a column of the file is known by; a name that was there before is another, and goes to the bag.
CREATE FUNCTION chipbook.bill_keys(header text[]) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT array_agg(CASE WHEN h.key <> '' AND h.copy = 1 THEN h.key END ORDER BY h.i)
    FROM (SELECT n.key, n.i, row_number() OVER (PARTITION BY n.key ORDER BY n.i) AS copy FROM (SELECT chipbook.header_key(u.name) AS key, u.i FROM unnest(header) WITH ORDINALITY u (name, i)) n) h;
END;
COMMENT ON FUNCTION chipbook.bill_keys(text[]) IS 'Internal: the keys of the columns of a file (header_key); NULL for one that has none or the key of an earlier one.';

-- Two columns of one name are two in the bag.
CREATE FUNCTION chipbook.bill_names(header text[]) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT array_agg(CASE WHEN n.name = '' THEN concat('column ', n.i) WHEN n.copy > 1 THEN concat(n.name, ' (', n.copy, ')') ELSE n.name END ORDER BY n.i)
    FROM (SELECT u.name, u.i, row_number() OVER (PARTITION BY u.name ORDER BY u.i) AS copy FROM (SELECT btrim(chipbook.without_mark(btrim(h.name, E' \t\r\n')), E' \t\r\n') AS name, h.i FROM unnest(header) WITH ORDINALITY h (name, i)) u) n;
END;
COMMENT ON FUNCTION chipbook.bill_names(text[]) IS 'Internal: the names under which columns of a file that have no column of their own are kept: as in the file; column 7 where it has none, Name (2) for the second of that name.';

CREATE FUNCTION chipbook.allowed_words() RETURNS jsonb IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN '{"charge_category": ["Usage", "Purchase", "Tax", "Credit", "Adjustment"], "charge_class": ["Correction"], "charge_frequency": ["One-Time", "Recurring", "Usage-Based"],
        "pricing_category": ["Standard", "Dynamic", "Committed", "Other"], "commitment_discount_category": ["Spend", "Usage"], "commitment_discount_status": ["Used", "Unused"],
        "capacity_reservation_status": ["Used", "Unused"], "billing_period_status": ["Open", "Closed"], "invoice_issue_status": ["Open", "Issued", "Voided"]}'::jsonb;
COMMENT ON FUNCTION chipbook.allowed_words() IS 'Internal: the words that FOCUS allows, by column.';

CREATE FUNCTION chipbook.bill_null_words(options jsonb) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN array_append(coalesce((SELECT array_agg(w) FROM jsonb_array_elements_text(options -> 'null_words') w WHERE w IS NOT NULL), ARRAY['NULL', 'null']), '');
COMMENT ON FUNCTION chipbook.bill_null_words(jsonb) IS 'Internal: the words that stand for nothing in a bill.';

-- The query that reads a staged file: every column of the table it goes to, what cannot be read (problem),
-- and what is found. Values are read once, in layers that the planner keeps apart (OFFSET 0).
CREATE FUNCTION chipbook.bill_query(stage text, of_table regclass, dataset text, header text[], options jsonb, strict_json boolean)
RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
    own CONSTANT name[] := '{fact_id,recorded_at,superseded_at,load_id,delivery_id,line_no,findings,restates_period_start,dataset,row_hash,x,source_id,known_on}';
    is_charge boolean := of_table = 'charge'::regclass;
    of_focus boolean := dataset IN ('cost_and_usage', 'contract_commitment', 'billing_period', 'invoice_detail');
    words CONSTANT jsonb := chipbook.allowed_words();
    null_words CONSTANT text[] := chipbook.bill_null_words(options);
    names CONSTANT text[] := chipbook.bill_names(header);
    zone text := quote_literal(coalesce(options ->> 'time_zone', 'UTC'));
    day_order text := quote_literal(coalesce(options ->> 'day_order', 'ymd'));
    number_of text := 'q.t%s';
    col record;
    keys text[];
    used text[] := '{}';
    texts text := '';
    values_read text := '';
    outputs text := '';
    -- By the place of the column in the file: of several in a row the first is told.
    problems text[] := '{}';
    bag text := '';
    received text := '';
    changed text := '';
    times text := '';
    jsons text := '';
    codes text := '';
    expression text;
    token text[];
    place integer;
BEGIN
    keys := chipbook.bill_keys(header);
    IF coalesce(options ->> 'number_marks', '') <> '' THEN
        number_of := format('translate(%s, %L, '''')', number_of, options ->> 'number_marks');
    END IF;
    IF (options ->> 'decimal_comma')::boolean THEN
        number_of := format('replace(replace(%s, ''.'', ''''), '','', ''.'')', number_of);
    END IF;

    -- Texts, with what stands for nothing taken away.
    FOR place IN SELECT generate_subscripts(header, 1) LOOP
        texts := texts || format(', CASE WHEN s.c%1$s NOT IN (%2$s) THEN s.c%1$s END AS t%1$s', place, (SELECT string_agg(quote_literal(w), ', ') FROM unnest(null_words) w));
    END LOOP;

    FOR col IN SELECT a.attname AS name, a.atttypid AS type, replace(a.attname, '_', '') AS key,
                      CASE WHEN of_focus THEN CASE WHEN replace(a.attname, '_', '') = ANY (keys)
                                                   THEN CASE a.atttypid WHEN 'numeric'::regtype THEN '#' WHEN 'timestamptz'::regtype THEN '@' WHEN 'jsonb'::regtype THEN '%' ELSE '' END || '{' || replace(a.attname, '_', '') || '}' END
                           ELSE (SELECT m.expression FROM chipbook.bill_mapping(bill_query.dataset) m WHERE m.column_name = a.attname) END AS expression
               FROM pg_attribute a WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (own)
               ORDER BY a.attnum LOOP
        expression := coalesce(col.expression, format('NULL::%s', format_type(col.type, NULL)));
        -- {key} last: it stands within #{key}.
        FOR token IN SELECT DISTINCT m FROM regexp_matches(expression, '([#@%]?)\{([a-z0-9]+)\}', 'g') m ORDER BY m DESC LOOP
            place := array_position(keys, token[2]);
            IF place IS NULL THEN
                expression := replace(expression, format('%s{%s}', token[1], token[2]), 'NULL::' || CASE token[1] WHEN '#' THEN 'numeric' WHEN '@' THEN 'timestamptz' WHEN '%' THEN 'jsonb' ELSE 'text' END);
            END IF;
            CONTINUE WHEN place IS NULL;
            expression := replace(expression, format('%s{%s}', token[1], token[2]),
                                  CASE token[1] WHEN '#' THEN 'r.n' WHEN '@' THEN 'r.m' WHEN '%' THEN 'r.j' ELSE 'r.t' END || place);
            IF token[1] || place <> ALL (used) THEN
                used := used || (token[1] || place);
                IF token[1] = '#' THEN
                    values_read := values_read || format(', read_decimal(%s) AS n%s', format(number_of, place), place);
                    problems[place] := concat(problems[place], format(' WHEN r.t%1$s IS NOT NULL AND r.n%1$s IS NULL THEN format(''%%s "%%s" is %%s'', %2$L, left(r.t%1$s, 80), CASE WHEN read_number(%3$s) IS NULL THEN ''not a number'' ELSE ''too large'' END)',
                                                   place, header[place], replace(format(number_of, place), 'q.t', 'r.t')));
                ELSIF token[1] = '@' THEN
                    values_read := values_read || format(', read_moment(q.t%1$s, %2$s, %3$s) AS m%1$s', place, zone, day_order);
                    problems[place] := concat(problems[place], format(' WHEN r.t%1$s IS NOT NULL AND r.m%1$s IS NULL THEN format(''%%s "%%s" is not a time that ISO 8601%%s writes'', %2$L, left(r.t%1$s, 80), %3$L)', place, header[place],
                                                   CASE options ->> 'day_order' WHEN 'mdy' THEN ' or m/d/y' WHEN 'dmy' THEN ' or d/m/y' ELSE '' END));
                    times := times || format(' OR right(btrim(r.t%1$s), 1) NOT IN (''Z'', ''C'') AND strpos(r.t%1$s, ''+'') = 0 AND strpos(substr(ltrim(r.t%1$s), 11), ''-'') = 0', place);
                ELSIF token[1] = '%' THEN
                    values_read := values_read || format(CASE WHEN strict_json THEN ', q.t%1$s::jsonb AS j%1$s' ELSE ', read_json(q.t%1$s) AS j%1$s' END, place);
                    jsons := concat_ws(',', nullif(jsons, ''), place);
                END IF;
            END IF;
            IF ('=' || place) <> ALL (used) THEN
                used := used || ('=' || place);
            END IF;
        END LOOP;
        -- Tags that stand in columns of their own.
        IF col.name = 'tags' AND dataset IN ('aws_cur', 'oracle_cost') AND NOT 'tags' = ANY (keys) AND NOT 'resourcetags' = ANY (keys) THEN
            expression := coalesce((SELECT 'nullif(' || string_agg(format('jsonb_strip_nulls(jsonb_build_object(%L, r.t%s))', regexp_replace(h.name, '^(resourceTags|tags)/', ''), h.i), ' || ' ORDER BY h.i) || ', ''{}'')'
                                    FROM unnest(header) WITH ORDINALITY h (name, i) WHERE h.name ~ '^(resourceTags|tags)/.'), expression);
            used := used || coalesce((SELECT array_agg('=' || h.i) FROM unnest(header) WITH ORDINALITY h (name, i) WHERE h.name ~ '^(resourceTags|tags)/.'), '{}');
        END IF;
        IF of_focus AND words ? col.name AND col.expression IS NOT NULL THEN
            place := array_position(keys, col.key);
            expression := format('CASE WHEN r.t%1$s IS NULL OR r.t%1$s IN (%2$s) THEN r.t%1$s ELSE allowed_word(r.t%1$s, %3$L) END', place,
                                 (SELECT string_agg(quote_literal(w), ', ') FROM jsonb_array_elements_text(words -> col.name) w),
                                 (SELECT array_agg(w) FROM jsonb_array_elements_text(words -> col.name) w));
            changed := changed || format(' OR v.%I <> v.t%s', col.name, place);
            received := received || format(', %L, CASE WHEN v.%I <> v.t%s THEN v.t%3$s END', 'x_Received_' || header[place], col.name, place);
        END IF;
        outputs := outputs || format(', %s AS %I', expression, col.name);
    END LOOP;

    -- Columns that FOCUS does not have are kept, fifty to a call.
    bag := (SELECT string_agg(format('jsonb_strip_nulls(jsonb_build_object(%s))', b.pairs), ' || ')
            FROM (SELECT string_agg(format('%L, v.t%s', u.name, u.i), ', ' ORDER BY u.i) AS pairs
                  FROM (SELECT names[h.i] AS name, h.i, (row_number() OVER (ORDER BY h.i) - 1) / 45 AS part FROM unnest(header) WITH ORDINALITY h (name, i) WHERE '=' || h.i <> ALL (used)) u GROUP BY u.part) b);
    -- Only where something was received otherwise is the rest of the bag made.
    IF changed <> '' THEN
        bag := format('CASE WHEN %s THEN %s jsonb_strip_nulls(jsonb_build_object(%s)) ELSE %s END', substr(changed, 5), bag || ' || ', substr(received, 3), coalesce(bag, 'NULL::jsonb'));
    END IF;

    IF is_charge THEN
        codes := (SELECT string_agg(format('CASE WHEN %s THEN %s ELSE 0 END',
                                           replace(replace(replace(replace(replace(f.condition, 'fields_missing', CASE WHEN options ? 'fields_missing' THEN 'v.fields_missing' ELSE 'false' END), 'normalised', coalesce(nullif(substr(changed, 5), ''), 'false')),
                                                                   'zone_assumed', coalesce(nullif(replace(substr(times, 5), 'r.t', 'v.t'), ''), 'false')),
                                                           'braces_missing', coalesce((SELECT string_agg(format('jsonb_typeof(v.j%1$s) = ''object'' AND ltrim(v.t%1$s) NOT LIKE ''{%%''', j), ' OR ') FROM string_to_table(jsons, ',') j), 'false')),
                                                   'not_json', coalesce((SELECT string_agg(format('jsonb_typeof(v.j%1$s) NOT IN (''object'', ''array'')', j), ' OR ') FROM string_to_table(jsons, ',') j), 'false')),
                                           f.number), ' + ')
                  FROM chipbook.charge_finding_codes() f
                  WHERE (f.needs <@ keys OR NOT of_focus AND EXISTS (SELECT FROM chipbook.bill_mapping(bill_query.dataset) m WHERE f.code = 'Missing' || replace(initcap(replace(m.column_name, '_', ' ')), ' ', '') AND m.column_name IN ('billed_cost', 'effective_cost', 'contracted_cost')))
                    AND (of_focus OR f.code NOT IN ('ChargeOutsideBillingPeriod', 'PricingCategoryShouldBeCommitted', 'BilledCostOnCoveredUsage')));
    END IF;
    RETURN format(
        'SELECT v.*, %s AS x%s FROM (SELECT r.*%s, CASE%s END AS problem FROM (SELECT q.*%s FROM (SELECT nextval(''pg_temp.bill_line''::regclass) AS line_no%s%s FROM %s s OFFSET 0) q OFFSET 0) r OFFSET 0) v',
        coalesce('nullif(' || bag || ', ''{}'')', 'NULL::jsonb'), CASE WHEN is_charge THEN format(', %s AS findings', codes) ELSE '' END,
        outputs, coalesce(nullif(array_to_string(problems, ''), ''), ' WHEN false THEN NULL'), values_read,
        CASE WHEN is_charge THEN ', row_sha256(s.*) AS row_hash' ELSE '' END || CASE WHEN options ? 'fields_missing' THEN format(', s.c%s IS NULL AS fields_missing', cardinality(header)) ELSE '' END, texts, stage);
END
$$;
COMMENT ON FUNCTION chipbook.bill_query(text, regclass, text, text[], jsonb, boolean) IS 'Internal: the query that reads the staged rows of a bill.';

-- Runs a delivery; negative: it was loaded before, as that delivery.
CREATE FUNCTION chipbook.run_bill_now(ledger text, of_delivery bigint) RETURNS bigint LANGUAGE plpgsql
-- The order of the staged rows is that of the file; compiling the query takes longer than it saves.
SET jit = off SET synchronize_seqscans = off SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
    this record;
    stage text := format('%I.%I', ledger, 'bill_stage_' || of_delivery);
    of_table name;
    keys text[];
    query text;
    first bigint;
    refused text;
    of_options jsonb;
BEGIN
    SELECT d.* INTO this FROM delivery d WHERE d.delivery_id = of_delivery FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no delivery % in ledger "%"', of_delivery, ledger USING ERRCODE = 'no_data_found', HINT = 'chipbook.open_bill() opens one.';
    ELSIF this.status = 'cleared' THEN
        RAISE EXCEPTION 'delivery % of ledger "%" was cleared', of_delivery, ledger USING ERRCODE = 'object_not_in_prerequisite_state';
    ELSIF this.status <> 'open' THEN
        RAISE NOTICE 'delivery % of ledger "%" was run already: nothing is done', of_delivery, ledger;
        RETURN - coalesce(this.repeats, of_delivery);
    END IF;
    keys := (SELECT array_agg(DISTINCT chipbook.header_key(n)) FROM unnest(this.header) n);
    this.dataset := coalesce(this.options ->> 'dataset', chipbook.detect_dataset(keys));
    this.focus_version := chipbook.detect_focus_version(this.dataset, keys);
    of_table := CASE WHEN this.dataset IN ('contract_commitment', 'billing_period', 'invoice_detail') THEN this.dataset ELSE 'charge' END;
    -- Of two sessions with the same file the second waits for what the first makes of it.
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', ledger, this.source_id, this.scope), 0));
    EXECUTE format('SELECT count(*) FROM %s s', stage) INTO this.rows_in_file;
    -- The hash of the file is that of the hashes of its rows, which are made once, when they are loaded;
    -- now only where there is a file to compare it with.
    IF of_table <> 'charge' OR this.rows_in_file < 10000
       OR EXISTS (SELECT FROM delivery d WHERE d.status = 'loaded' AND d.source_id = this.source_id AND d.scope = this.scope AND d.rows_in_file = this.rows_in_file) THEN
        this.sha256 := chipbook.bill_sha256(this.header, stage);
    END IF;
    this.rows_rejected := (SELECT count(*) FROM delivery_rejection r WHERE r.delivery_id = of_delivery);
    of_options := this.options || CASE WHEN this.format = 'csv' AND (this.options ->> 'short_rows')::boolean THEN '{"fields_missing": true}' ELSE '{}' END::jsonb;

    SELECT d.delivery_id INTO first
    FROM delivery d LEFT JOIN load l ON l.load_id = d.load_id
    WHERE d.status = 'loaded' AND d.source_id = this.source_id AND d.scope = this.scope AND d.options - '{force,file_sha256}'::text[] = this.options - '{force,file_sha256}'::text[]
      AND (d.sha256 = this.sha256 OR d.file_sha256 = this.file_sha256) AND d.superseded_by IS NULL AND l.retracted_at IS NULL
      -- What was discarded before it was published is not there.
      AND (l.recorded_at IS NOT NULL OR d.dataset IN ('contract_commitment', 'billing_period', 'invoice_detail') OR d.rows_loaded = 0 OR EXISTS (SELECT FROM charge c WHERE c.load_id = d.load_id))
    ORDER BY d.delivery_id LIMIT 1;
    IF first IS NOT NULL THEN
        UPDATE delivery d SET status = 'repeated', finished_at = clock_timestamp(), sha256 = this.sha256, rows_in_file = this.rows_in_file, dataset = this.dataset, repeats = first
        WHERE d.delivery_id = of_delivery;
        EXECUTE format('DROP TABLE %s', stage);
        RAISE NOTICE 'delivery % of ledger "%" was loaded before, as delivery %: nothing is done', of_delivery, ledger, first;
        RETURN - first;
    END IF;

    CREATE TEMPORARY SEQUENCE bill_line START WITH 2 CACHE 1000;
    refused := CASE WHEN this.dataset IS NULL THEN 'its columns are those of no dataset that is known: ' || left(array_to_string(this.header, ', '), 200)
                    WHEN this.rows_in_file = 0 THEN 'it has no rows'
                    WHEN this.rows_rejected > 0 AND (this.options ->> 'partial')::boolean IS NOT TRUE
                    THEN (SELECT format('line %s: %s', r.line_no, r.reason) FROM delivery_rejection r WHERE r.delivery_id = of_delivery ORDER BY r.line_no LIMIT 1) END;
    IF refused IS NULL THEN
        IF this.dataset = 'azure_actual' AND NOT this.options ? 'dataset' THEN
            this.dataset := coalesce(chipbook.detect_azure_dataset(stage, this.header), this.dataset);
        END IF;
        this.delivery_no := 1 + (SELECT count(*) FROM delivery d WHERE d.source_id = this.source_id AND d.dataset = this.dataset AND d.scope = this.scope AND d.status = 'loaded');
        -- What cannot be loaded whole leaves nothing behind.
        BEGIN
            this.load_id := chipbook.open_load(ledger, format('bill %s: %s', of_delivery, this.name), this.source_id);
            BEGIN
                query := chipbook.bill_query(stage, of_table::regclass, this.dataset, this.header, of_options, true);
                this.rows_loaded := CASE WHEN chipbook.is_plain_bill(of_table, this.dataset, of_options) THEN chipbook.insert_charges(stage, this.header, of_options, this.load_id, of_delivery)
                                         ELSE chipbook.insert_bill(query, of_table, this.dataset, this.load_id, of_delivery, (this.options ->> 'by_account')::boolean IS TRUE) END;
            EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR numeric_value_out_of_range OR program_limit_exceeded OR feature_not_supported THEN
                -- Something is not JSON, or the table is none that C writes to: once more, looking at each.
                ALTER SEQUENCE pg_temp.bill_line RESTART;
                query := chipbook.bill_query(stage, of_table::regclass, this.dataset, this.header, of_options, false);
                this.rows_loaded := chipbook.insert_bill(query, of_table, this.dataset, this.load_id, of_delivery, (this.options ->> 'by_account')::boolean IS TRUE);
            END;
            IF this.rows_loaded + this.rows_rejected < this.rows_in_file AND (this.options ->> 'partial')::boolean IS NOT TRUE THEN
                RAISE EXCEPTION USING ERRCODE = 'CB001', MESSAGE = 'rows';
            END IF;
            IF this.sha256 IS NULL AND of_table = 'charge' THEN
                this.sha256 := (SELECT g.sha256 FROM pg_temp.bill_group g LIMIT 1);
            END IF;
            IF this.sha256 IS NULL AND this.rows_loaded = this.rows_in_file THEN
                this.sha256 := (SELECT sha256(convert_to(this.header::text, 'UTF8') || string_agg(c.row_hash, ''::bytea ORDER BY c.line_no)) FROM charge c WHERE c.load_id = this.load_id);
            END IF;
            IF of_table = 'charge' THEN
                this.rows_loaded := chipbook.close_bill(of_delivery, this.load_id, this.dataset);
            END IF;
        EXCEPTION WHEN SQLSTATE 'CB001' THEN
            refused := sqlerrm;
        END;
    END IF;
    IF refused = 'rows' OR refused IS NULL AND this.rows_loaded + this.rows_rejected < this.rows_in_file THEN
        ALTER SEQUENCE pg_temp.bill_line RESTART;
        EXECUTE format('INSERT INTO delivery_rejection (delivery_id, line_no, line, reason)
                        SELECT $1, p.line_no, left(concat_ws('','', %s), 10000), p.wrong FROM (%s) p
                        WHERE p.wrong IS NOT NULL AND p.line_no NOT IN (SELECT r.line_no FROM delivery_rejection r WHERE r.delivery_id = $1)',
                       (SELECT string_agg('p.t' || i, ', ') FROM generate_subscripts(this.header, 1) i), chipbook.bill_rows(query, of_table)) USING of_delivery;
        this.rows_rejected := (SELECT count(*) FROM delivery_rejection r WHERE r.delivery_id = of_delivery);
        IF refused = 'rows' THEN
            refused := (SELECT format('line %s: %s', r.line_no, r.reason) FROM delivery_rejection r WHERE r.delivery_id = of_delivery ORDER BY r.line_no LIMIT 1);
        END IF;
    END IF;
    this.sha256 := coalesce(this.sha256, chipbook.bill_sha256(this.header, stage));
    EXECUTE format('DROP TABLE %s', stage);
    DROP SEQUENCE pg_temp.bill_line;

    IF refused IS NULL THEN
        INSERT INTO delivery_finding (delivery_id, code, severity, row_count, first_line, example)
        SELECT of_delivery, f.code, f.severity, 0, 1, f.example
        FROM (VALUES
            ('MissingColumn', 'warning', (SELECT string_agg(m, ', ') FROM unnest(chipbook.focus_mandatory(this.dataset, coalesce(this.focus_version, ''))) m WHERE lower(m) <> ALL (keys))),
            ('LocalisedHeader', 'info', (SELECT n FROM unnest(this.header) n WHERE n ~ '\([A-Za-z][A-Za-z0-9_/ ]*\)\s*$' AND n !~ '\([A-Z]{3}\)\s*$' LIMIT 1)),
            ('DuplicateColumns', 'warning', (SELECT string_agg(n.name, ', ' ORDER BY n.i) FROM (SELECT h.name, h.i, row_number() OVER (PARTITION BY chipbook.header_key(h.name) ORDER BY h.i) AS copy
                                                                                                 FROM unnest(this.header) WITH ORDINALITY h (name, i)) n WHERE n.copy > 1)),
            ('ByteOrderMark', 'info', (SELECT 'the header begins with one' WHERE ascii(this.header[1]) = 65279)),
            ('DatasetAssumed', 'info', (SELECT 'neither of Azure''s two datasets shows in its rows; option dataset says which it is' WHERE this.dataset = 'azure_actual' AND NOT this.options ? 'dataset' AND this.reason IS NULL
                                         AND NOT EXISTS (SELECT FROM charge c WHERE c.load_id = this.load_id AND c.charge_category = 'Purchase' AND c.commitment_discount_id IS NOT NULL))),
            ('UnknownColumns', 'info', CASE WHEN this.focus_version IS NOT NULL THEN chipbook.bill_unknown(of_table::regclass, this.header) END)) f (code, severity, example)
        WHERE f.example IS NOT NULL;
        -- The two of Azure are the same charges.
        INSERT INTO delivery_finding (delivery_id, code, severity, row_count, example)
        SELECT of_delivery, 'BothAzureDatasets', 'warning', 0, format('delivery %s is the other dataset of the same billing periods: billed cost stands in the actual, effective cost in the amortised one, and quantities in both', min(o.delivery_id))
        FROM delivery_scope s JOIN delivery_scope n ON n.billing_period_start = s.billing_period_start JOIN delivery o ON o.delivery_id = n.delivery_id
        WHERE s.delivery_id = of_delivery AND this.dataset LIKE 'azure\_%' AND o.dataset LIKE 'azure\_%' AND o.dataset <> this.dataset AND o.status = 'loaded' AND o.superseded_by IS NULL
        HAVING count(*) > 0;
    ELSE
        this.load_id := NULL;
        this.rows_loaded := 0;
        this.delivery_no := NULL;
    END IF;
    UPDATE delivery d
    SET status = CASE WHEN refused IS NULL THEN 'loaded' ELSE 'refused' END, reason = refused, finished_at = clock_timestamp(), dataset = this.dataset, focus_version = this.focus_version,
        sha256 = this.sha256, rows_in_file = this.rows_in_file, rows_loaded = this.rows_loaded, rows_rejected = this.rows_rejected, load_id = this.load_id, delivery_no = this.delivery_no,
        findings = (SELECT coalesce(sum(greatest(f.row_count, 1)), 0) FROM delivery_finding f WHERE f.delivery_id = of_delivery),
        restated_rows = (SELECT coalesce(sum(t.row_count), 0) FROM delivery_total t WHERE t.delivery_id = of_delivery AND t.restated)
    WHERE d.delivery_id = of_delivery;
    RETURN of_delivery;
END
$$;
COMMENT ON FUNCTION chipbook.run_bill_now(text, bigint) IS 'Internal: runs a delivery; to be called as the ledger''s owner, in it.';

CREATE FUNCTION chipbook.bill_sha256(header text[], stage text) RETURNS bytea LANGUAGE plpgsql
SET synchronize_seqscans = off SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
    hash bytea;
BEGIN
    EXECUTE format('SELECT sha256(convert_to($1, ''UTF8'') || coalesce(string_agg(h.row_hash, ''''::bytea), '''')) FROM (SELECT chipbook.row_sha256(s.*) AS row_hash FROM %s s OFFSET 0) h', stage) INTO hash USING header::text;
    RETURN hash;
END
$$;
COMMENT ON FUNCTION chipbook.bill_sha256(text[], text) IS 'Internal: SHA-256 of the header and the hashes of the rows of a staged bill, in their order.';

CREATE FUNCTION chipbook.bill_unknown(of_table regclass, header text[]) RETURNS text STABLE LANGUAGE sql
BEGIN ATOMIC
    SELECT string_agg(h.name, ', ' ORDER BY h.i)
    FROM unnest(header) WITH ORDINALITY h (name, i)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = of_table AND a.attnum > 0 AND replace(a.attname::text, '_', '') = chipbook.header_key(h.name));
END;
COMMENT ON FUNCTION chipbook.bill_unknown(regclass, text[]) IS 'Internal: the columns of a file that a table does not have.';

-- Keyed facts: a row without its key, or with that of another of the file, is no fact.
CREATE FUNCTION chipbook.bill_rows(query text, of_table name) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
    key_columns name[] := (SELECT f.key_columns FROM chipbook.ledger_fact_tables() f WHERE f.table_name = of_table);
BEGIN
    IF key_columns IS NULL THEN
        RETURN format('SELECT w.*, w.problem AS wrong FROM (%s) w', query);
    END IF;
    RETURN format('SELECT k.*, CASE WHEN k.problem IS NOT NULL THEN k.problem WHEN %s THEN %L WHEN k.copy > 1 THEN %L END AS wrong FROM (SELECT w.*, row_number() OVER (PARTITION BY %s ORDER BY w.line_no) AS copy FROM (%s) w) k',
                  (SELECT string_agg(format('coalesce(k.%I::text, '''') = ''''', k), ' OR ') FROM unnest(key_columns) k), 'it has no ' || array_to_string(key_columns, ', '),
                  'an earlier row of the file has its ' || array_to_string(key_columns, ', '), (SELECT string_agg(format('w.%I', k), ', ') FROM unnest(key_columns) k), query);
END
$$;
COMMENT ON FUNCTION chipbook.bill_rows(text, name) IS 'Internal: the rows of a bill, and what is wrong with those that cannot be loaded.';

-- Returns how many rows became facts. Of charges, pg_temp.bill_group has what they add up to.
CREATE FUNCTION chipbook.insert_bill(query text, of_table name, dataset text, of_load bigint, of_delivery bigint, by_account boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    own CONSTANT name[] := '{fact_id,recorded_at,superseded_at,load_id,delivery_id,line_no,findings,restates_period_start,dataset,row_hash,x,source_id,known_on}';
    columns text := (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                     WHERE a.attrelid = of_table::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (own));
    of_rows text := format('FROM (%s) p WHERE p.wrong IS NULL', chipbook.bill_rows(query, of_table))
        || CASE WHEN EXISTS (SELECT FROM delivery_rejection r WHERE r.delivery_id = of_delivery)
                THEN format(' AND p.line_no NOT IN (SELECT r.line_no FROM delivery_rejection r WHERE r.delivery_id = %s)', of_delivery) ELSE '' END;
    total bigint;
BEGIN
    IF of_table <> 'charge' THEN
        EXECUTE format('INSERT INTO %I (load_id, delivery_id, line_no, x, %s) SELECT $1, $2, p.line_no, p.x, %s %s', of_table, columns, columns, of_rows) USING of_load, of_delivery;
        GET DIAGNOSTICS total = ROW_COUNT;
        RETURN total;
    END IF;
    EXECUTE format($q$
        CREATE TEMPORARY TABLE bill_group ON COMMIT DROP AS
        SELECT NULL::text AS issuer, NULL::timestamptz AS period, NULL::text AS account, NULL::date AS day, NULL::text AS billing_currency, NULL::text AS charge_category, 0::bigint AS findings,
               0::bigint AS row_count, 0::bigint AS first_line, 0::numeric AS billed_cost, 0::numeric AS effective_cost, 0::numeric AS list_cost, 0::numeric AS contracted_cost, NULL::bytea AS sha256 LIMIT 0$q$);
    EXECUTE format('INSERT INTO charge (load_id, delivery_id, line_no, x, dataset, findings, row_hash, %1$s) SELECT $1, $2, p.line_no, p.x, $3, p.findings, p.row_hash, %1$s %2$s', columns, of_rows)
    USING of_load, of_delivery, dataset;
    -- RETURNING all of that would take longer than to read it again.
    PERFORM brin_summarize_new_values('charge_load_id'::regclass);
    INSERT INTO pg_temp.bill_group
    SELECT c.invoice_issuer_name, c.billing_period_start, CASE WHEN by_account THEN c.billing_account_id END, (c.charge_period_start AT TIME ZONE 'UTC')::date, c.billing_currency, c.charge_category, c.findings,
           count(*), min(c.line_no), sum(c.billed_cost), sum(c.effective_cost), sum(c.list_cost), sum(c.contracted_cost)
    FROM charge c WHERE c.load_id = of_load GROUP BY 1, 2, 3, 4, 5, 6, 7;
    RETURN (SELECT coalesce(sum(g.row_count), 0) FROM pg_temp.bill_group g);
END
$$;
COMMENT ON FUNCTION chipbook.insert_bill(text, name, text, bigint, bigint, boolean) IS 'Internal: part of run_bill_now.';

-- A file of charges of FOCUS whose numbers are plain is read by C (src/bill_read.c), to the same rows that
-- bill_query's query gives.
CREATE FUNCTION chipbook.read_charges(stage regclass, charge regclass, load_id bigint, delivery_id bigint, by_account boolean, targets integer[], names text[], words text[], null_words text[],
                                      zone text, day_order text, skipped bigint[], findings text, numbers bigint[], header bytea)
RETURNS TABLE (issuer text, period timestamptz, account text, day date, billing_currency text, charge_category text, findings_sum bigint, row_count bigint, first_line bigint,
               billed_cost numeric, effective_cost numeric, list_cost numeric, contracted_cost numeric, sha256 bytea)
    AS 'MODULE_PATHNAME', 'chipbook_read_charges' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION chipbook.read_charges(regclass, regclass, bigint, bigint, boolean, integer[], text[], text[], text[], text, text, bigint[], text, bigint[], bytea) IS 'Internal: reads the staged rows of a bill of FOCUS into charges and returns what they add up to, and the SHA-256 of the file in every row. Rows that cannot be read are left out. Errors: 0A000 an INSERT into charges would do more than write rows (triggers, row security, rules); 22P02 something is not JSON; 42501 the session may not read or write those tables; 54000 it has more groups of charges than memory is for.';

CREATE FUNCTION chipbook.is_plain_bill(of_table name, dataset text, options jsonb) RETURNS boolean STABLE LANGUAGE sql
BEGIN ATOMIC
    SELECT of_table = 'charge' AND dataset = 'cost_and_usage' AND coalesce(options ->> 'number_marks', '') = '' AND (options ->> 'decimal_comma')::boolean IS NOT TRUE AND NOT options ? 'fields_missing'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = of_table::text::regclass AND t.tgtype & 4 <> 0 AND NOT t.tgisinternal);
END;
COMMENT ON FUNCTION chipbook.is_plain_bill(name, text, jsonb) IS 'Internal: whether chipbook.read_charges can read a bill.';

CREATE FUNCTION chipbook.insert_charges(stage text, header text[], options jsonb, of_load bigint, of_delivery bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    own CONSTANT name[] := '{fact_id,recorded_at,superseded_at,load_id,delivery_id,line_no,findings,restates_period_start,dataset,row_hash,x,source_id,known_on}';
    keys text[] := chipbook.bill_keys(header);
    names text[] := chipbook.bill_names(header);
    words jsonb := chipbook.allowed_words();
    targets integer[];
    allowed text[];
    number_of jsonb;
    codes text;
BEGIN
    SELECT array_agg(coalesce(a.attnum, 0) ORDER BY h.i), array_agg(CASE WHEN a.attnum IS NULL THEN names[h.i] ELSE h.name END ORDER BY h.i),
           array_agg(coalesce((SELECT string_agg(w, ',') FROM jsonb_array_elements_text(words -> a.attname) w), '') ORDER BY h.i)
    INTO targets, names, allowed
    FROM unnest(header) WITH ORDINALITY h (name, i)
    LEFT JOIN pg_attribute a ON a.attrelid = 'charge'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (own) AND replace(a.attname, '_', '') = keys[h.i];
    SELECT jsonb_object_agg(f.code, f.number),
           string_agg(format('CASE WHEN %s THEN %s::bigint ELSE 0 END',
                             replace(replace(replace(replace(replace(f.condition, 'normalised', format('findings & %s <> 0', f.number)), 'zone_assumed', format('findings & %s <> 0', f.number)),
                                             'not_json', format('findings & %s <> 0', f.number)), 'braces_missing', 'false'), 'fields_missing', 'false'), f.number), ' + ') FILTER (WHERE f.needs <@ keys)
    INTO number_of, codes FROM chipbook.charge_finding_codes() f;
    EXECUTE $q$
        CREATE TEMPORARY TABLE bill_group ON COMMIT DROP AS
        SELECT NULL::text AS issuer, NULL::timestamptz AS period, NULL::text AS account, NULL::date AS day, NULL::text AS billing_currency, NULL::text AS charge_category, 0::bigint AS findings,
               0::bigint AS row_count, 0::bigint AS first_line, 0::numeric AS billed_cost, 0::numeric AS effective_cost, 0::numeric AS list_cost, 0::numeric AS contracted_cost, NULL::bytea AS sha256 LIMIT 0$q$;
    INSERT INTO pg_temp.bill_group
    SELECT * FROM chipbook.read_charges(stage::regclass, 'charge', of_load, of_delivery, (options ->> 'by_account')::boolean IS TRUE, targets, names, allowed, chipbook.bill_null_words(options),
        coalesce(options ->> 'time_zone', 'UTC'), coalesce(options ->> 'day_order', 'ymd'), coalesce((SELECT array_agg(r.line_no ORDER BY r.line_no) FROM delivery_rejection r WHERE r.delivery_id = of_delivery), '{}'),
        format('SELECT %s FROM charge', coalesce(codes, '0::bigint')),
        ARRAY[(number_of -> 'WordNormalised')::bigint, (number_of -> 'ZoneAssumed')::bigint, (number_of -> 'InvalidJson')::bigint], convert_to(header::text, 'UTF8'));
    RETURN (SELECT coalesce(sum(g.row_count), 0) FROM pg_temp.bill_group g);
END
$$;
COMMENT ON FUNCTION chipbook.insert_charges(text, text[], jsonb, bigint, bigint) IS 'Internal: insert_bill for charges that chipbook.read_charges reads.';

CREATE FUNCTION chipbook.detect_azure_dataset(stage text, header text[]) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
    charge_type integer := array_position((SELECT array_agg(chipbook.header_key(n)) FROM unnest(header) n), 'chargetype');
    pricing_model integer := array_position((SELECT array_agg(chipbook.header_key(n)) FROM unnest(header) n), 'pricingmodel');
    found text;
BEGIN
    IF charge_type IS NULL OR pricing_model IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT CASE WHEN bool_or(s.c%1$s = ''Purchase'' AND s.c%2$s IN (''Reservation'', ''SavingsPlan'')) THEN ''azure_actual''
                                WHEN bool_or(s.c%1$s LIKE ''Unused%%'' OR s.c%1$s = ''Usage'' AND s.c%2$s IN (''Reservation'', ''SavingsPlan'')) THEN ''azure_amortised'' END FROM %3$s s', charge_type, pricing_model, stage) INTO found;
    RETURN found;
END
$$;
COMMENT ON FUNCTION chipbook.detect_azure_dataset(text, text[]) IS 'Internal: azure_actual where the purchase of a commitment is billed, azure_amortised where its cost stands on the usage it covers; NULL where neither shows.';

-- What a delivery of charges covers and adds up to; refuses it (CB001) where it covers less than what it
-- would replace. Returns how many rows it has come to have.
CREATE FUNCTION chipbook.close_bill(of_delivery bigint, of_load bigint, of_dataset text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    this record;
    in_the_way text;
    closed record;
    restated bigint := 0;
BEGIN
    SELECT d.* INTO STRICT this FROM delivery d WHERE d.delivery_id = of_delivery;
    this.load_id := of_load;
    this.dataset := of_dataset;
    INSERT INTO delivery_scope (delivery_id, invoice_issuer_name, billing_period_start, billing_account_id, charge_days, row_count)
    SELECT this.delivery_id, g.issuer, g.period, g.account, count(DISTINCT g.day), sum(g.row_count) FROM pg_temp.bill_group g GROUP BY g.issuer, g.period, g.account;

    UPDATE delivery d SET dataset = of_dataset WHERE d.delivery_id = of_delivery;
    in_the_way := chipbook.bill_is_shorter(of_delivery);
    IF in_the_way IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'CB001', MESSAGE = in_the_way;
    END IF;

    -- What is closed is neither replaced nor added to: what differs from it is corrected in an open period.
    FOR closed IN SELECT s.ctid AS scope_row, s.* FROM delivery_scope s
                  WHERE s.delivery_id = this.delivery_id AND chipbook.bill_restates(of_delivery, s.invoice_issuer_name, s.billing_period_start) LOOP
        UPDATE delivery_scope s SET is_closed = true WHERE s.ctid = closed.scope_row AND s.delivery_id = this.delivery_id;
        restated := restated + chipbook.restate_charges(this.delivery_id, of_load, closed.invoice_issuer_name, closed.billing_period_start, closed.billing_account_id);
    END LOOP;

    INSERT INTO delivery_total (delivery_id, billing_currency, charge_category, row_count, billed_cost, effective_cost, list_cost, contracted_cost)
    SELECT this.delivery_id, g.billing_currency, g.charge_category, sum(g.row_count), sum(g.billed_cost), sum(g.effective_cost), sum(g.list_cost), sum(g.contracted_cost)
    FROM pg_temp.bill_group g
    WHERE NOT EXISTS (SELECT FROM delivery_scope s WHERE s.delivery_id = this.delivery_id AND s.is_closed AND s.invoice_issuer_name IS NOT DISTINCT FROM g.issuer AND s.billing_period_start = g.period
                      AND s.billing_account_id IS NOT DISTINCT FROM g.account)
    GROUP BY g.billing_currency, g.charge_category;
    INSERT INTO delivery_finding (delivery_id, code, severity, row_count, first_line, example, amount)
    SELECT this.delivery_id, f.code, f.severity, sum(g.row_count), min(g.first_line), f.meaning, CASE WHEN count(DISTINCT g.billing_currency) = 1 THEN sum(coalesce(g.billed_cost, g.effective_cost)) END
    FROM pg_temp.bill_group g JOIN chipbook.charge_finding_codes() f ON g.findings & f.number <> 0 GROUP BY f.code, f.severity, f.meaning;
    IF restated > 0 THEN
        INSERT INTO delivery_total (delivery_id, billing_currency, charge_category, row_count, billed_cost, effective_cost, list_cost, contracted_cost, restated)
        SELECT this.delivery_id, c.billing_currency, c.charge_category, count(*), sum(c.billed_cost), sum(c.effective_cost), sum(c.list_cost), sum(c.contracted_cost), true
        FROM charge c WHERE c.load_id = this.load_id AND c.restates_period_start IS NOT NULL GROUP BY c.billing_currency, c.charge_category;
        INSERT INTO delivery_finding (delivery_id, code, severity, row_count, example)
        SELECT this.delivery_id, 'RestatedAfterClose', 'warning', sum(t.row_count), format('restated after close: %s rows, %s', sum(t.row_count), string_agg(format('%s %s', t.billed, t.billing_currency), ', ' ORDER BY t.billing_currency))
        FROM (SELECT n.billing_currency, sum(n.row_count) AS row_count, trim_scale(coalesce(sum(n.billed_cost), sum(n.effective_cost))) AS billed
              FROM delivery_total n WHERE n.delivery_id = this.delivery_id AND n.restated GROUP BY n.billing_currency) t;
    END IF;
    DROP TABLE pg_temp.bill_group;
    RETURN (SELECT coalesce(sum(t.row_count), 0) FROM delivery_total t WHERE t.delivery_id = this.delivery_id);
END
$$;
COMMENT ON FUNCTION chipbook.close_bill(bigint, bigint, text) IS 'Internal: part of run_bill_now.';

-- Of a closed period, the rows that are delivered now and were not before stay, as corrections of the open
-- period; those that were delivered before and are not now are taken back by a row each. Equal rows are
-- counted, not merged: five before and three now takes two back.
CREATE FUNCTION chipbook.restate_charges(of_delivery bigint, of_load bigint, issuer text, period timestamptz, account text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    this delivery;
    starts timestamptz;
    ends timestamptz;
    row_count bigint;
    total bigint := 0;
    columns text;
    reversed text;
BEGIN
    -- Whoever publishes or withdraws now is waited for: what is corrected is what is held then.
    PERFORM FROM ledger l FOR UPDATE;
    SELECT d.* INTO STRICT this FROM delivery d WHERE d.delivery_id = of_delivery;
    starts := chipbook.read_moment(this.options ->> 'open_period', 'UTC', 'ymd');
    IF starts IS NULL THEN
        starts := (period AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
        WHILE chipbook.billing_period_is_closed(issuer, starts, this.options ->> 'entity_id') LOOP
            starts := (starts AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
        END LOOP;
    ELSIF chipbook.billing_period_is_closed(issuer, starts, this.options ->> 'entity_id') THEN
        RAISE EXCEPTION USING ERRCODE = 'CB001', MESSAGE = format('option open_period: the billing period that starts %s is closed', chipbook.canonical_time(starts));
    END IF;
    ends := (starts AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';

    CREATE TEMPORARY TABLE bill_held ON COMMIT DROP AS
        SELECT c.row_hash, sum(CASE WHEN c.x ? 'x_Reverses' THEN -1 ELSE 1 END) AS row_count, min(c.fact_id) FILTER (WHERE NOT coalesce(c.x ? 'x_Reverses', false)) AS fact_id
        FROM charge c JOIN delivery d ON d.delivery_id = c.delivery_id
        -- What is appended adds to whatever there is.
        WHERE this.mode = 'overwrite' AND d.source_id = this.source_id AND d.dataset = this.dataset AND d.scope = this.scope AND c.recorded_at IS NOT NULL AND c.superseded_at = 'infinity'
          AND c.invoice_issuer_name IS NOT DISTINCT FROM issuer AND (account IS NULL OR c.billing_account_id = account)
          AND (c.restates_period_start IS NULL AND c.billing_period_start = period OR c.restates_period_start = period)
        GROUP BY c.row_hash;
    CREATE TEMPORARY TABLE bill_fresh ON COMMIT DROP AS
        SELECT c.fact_id, c.row_hash, row_number() OVER (PARTITION BY c.row_hash ORDER BY c.line_no) AS copy
        FROM charge c WHERE c.load_id = of_load AND c.delivery_id = of_delivery AND c.invoice_issuer_name IS NOT DISTINCT FROM issuer AND c.billing_period_start = period
          AND c.restates_period_start IS NULL AND (account IS NULL OR c.billing_account_id = account);

    -- A correction has another invoice than what it corrects.
    UPDATE charge c SET charge_class = 'Correction', restates_period_start = period, billing_period_start = starts, billing_period_end = ends, invoice_id = NULL, invoice_detail_id = NULL,
        x = CASE WHEN c.invoice_id IS NULL THEN c.x ELSE coalesce(c.x, '{}') || jsonb_build_object('x_RestatesInvoiceId', c.invoice_id) END
    FROM pg_temp.bill_fresh f LEFT JOIN pg_temp.bill_held h ON h.row_hash = f.row_hash
    WHERE c.load_id = of_load AND c.fact_id = f.fact_id AND f.copy > coalesce(h.row_count, 0);
    GET DIAGNOSTICS total = ROW_COUNT;
    DELETE FROM charge c USING pg_temp.bill_fresh f, pg_temp.bill_held h
    WHERE c.load_id = of_load AND c.fact_id = f.fact_id AND h.row_hash = f.row_hash AND f.copy <= h.row_count;

    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
           string_agg(CASE WHEN a.attname = 'load_id' THEN '$1' WHEN a.attname = 'delivery_id' THEN '$2' WHEN a.attname = 'charge_class' THEN quote_literal('Correction')
                           WHEN a.attname = 'restates_period_start' THEN '$3' WHEN a.attname = 'billing_period_start' THEN '$4' WHEN a.attname = 'billing_period_end' THEN '$5'
                           WHEN a.attname = 'x' THEN 'coalesce(c.x, ''{}'') || jsonb_strip_nulls(jsonb_build_object(''x_Reverses'', true, ''x_RestatesInvoiceId'', c.invoice_id))'
                           WHEN a.attname IN ('line_no', 'source_id', 'known_on', 'invoice_id', 'invoice_detail_id') THEN 'NULL' WHEN a.attname = 'findings' THEN '0'
                           WHEN a.atttypid = 'numeric'::regtype AND a.attname NOT LIKE '%\_price' THEN format('- c.%I', a.attname)
                           ELSE format('c.%I', a.attname) END, ', ' ORDER BY a.attnum)
    INTO columns, reversed
    FROM pg_attribute a WHERE a.attrelid = 'charge'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('fact_id', 'recorded_at', 'superseded_at');
    EXECUTE format('INSERT INTO charge (%s) SELECT %s FROM pg_temp.bill_held h JOIN charge c ON c.fact_id = h.fact_id
                    CROSS JOIN LATERAL generate_series(1, h.row_count - (SELECT count(*) FROM pg_temp.bill_fresh f WHERE f.row_hash = h.row_hash)) WHERE h.row_count > 0', columns, reversed)
    USING of_load, of_delivery, period, starts, ends;
    GET DIAGNOSTICS row_count = ROW_COUNT;
    DROP TABLE pg_temp.bill_held, pg_temp.bill_fresh;
    RETURN total + row_count;
END
$$;
COMMENT ON FUNCTION chipbook.restate_charges(bigint, bigint, text, timestamptz, text) IS 'Internal: part of run_bill_now. Turns what a delivery has of a closed billing period into corrections of an open one and returns how many.';

CREATE FUNCTION chipbook.create_report_bill_import_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW delivery_status WITH (security_invoker) AS
        SELECT d.delivery_id, d.dataset, d.focus_version, d.name AS file_name, d.source_id, d.scope, d.mode, d.delivery_no, d.status, d.reason, d.opened_at, d.opened_by, d.finished_at,
               encode(d.sha256, 'hex') AS sha256, encode(d.file_sha256, 'hex') AS file_sha256, d.rows_in_file, d.rows_loaded, d.rows_rejected, d.findings, d.restated_rows,
               d.load_id, l.recorded_at AS published_at, l.retracted_at, d.repeats AS repeats_delivery_id, d.superseded_by AS superseded_by_delivery_id
        FROM delivery d LEFT JOIN load l ON l.load_id = d.load_id;
    COMMENT ON VIEW delivery_status IS 'Every file of a bill that was brought in, and what became of it. A log, not facts: it says what happened up to now, whatever chipbook.as_of says. Key: (delivery_id). Counts are additive over deliveries whose status is loaded. NULL: not run yet, or none.';
    COMMENT ON COLUMN delivery_status.reason IS 'Why it was refused.';

    CREATE VIEW delivery_totals WITH (security_invoker) AS
        SELECT t.delivery_id, coalesce(t.billing_currency, '') AS billing_currency, coalesce(t.charge_category, '') AS charge_category, t.restated, t.row_count, t.billed_cost::numeric(38,15) AS billed_cost,
               t.effective_cost::numeric(38,15) AS effective_cost, t.list_cost::numeric(38,15) AS list_cost, t.contracted_cost::numeric(38,15) AS contracted_cost
        FROM delivery_total t;
    COMMENT ON VIEW delivery_totals IS 'Control totals of deliveries, as loaded, by currency and category; restated = corrections of closed billing periods. A log, independent of chipbook.as_of. Key: (delivery_id, billing_currency, charge_category, restated); empty = the rows have none. Costs are additive within a currency, rounded to 15 places here; NULL = no row has one.';

    CREATE VIEW delivery_findings WITH (security_invoker) AS
        SELECT f.delivery_id, f.code, f.severity, f.row_count, f.first_line, f.example, f.amount::numeric(38,15) AS amount FROM delivery_finding f;
    COMMENT ON VIEW delivery_findings IS 'What was found in deliveries, by code: in how many rows, the line of the first (the header is 1), what it means or which columns, and the cost of those rows where it is in one currency. Nothing was mended. A log, independent of chipbook.as_of. Key: (delivery_id, code).';

    CREATE VIEW delivery_rejections WITH (security_invoker) AS
        SELECT r.delivery_id, r.line_no, r.line, r.reason FROM delivery_rejection r;
    COMMENT ON VIEW delivery_rejections IS 'Rows of deliveries that could not be read: line (the header is 1), text and reason. Where there is one and option partial was not given, nothing of the delivery was loaded. A log, independent of chipbook.as_of. Key: (delivery_id, line_no).';

    CREATE VIEW charge_findings WITH (security_invoker) AS
        SELECT c.fact_id AS charge_id, f.code, f.severity, f.meaning, c.delivery_id, c.line_no, c.invoice_issuer_name, c.service_name, c.charge_category, c.billing_currency,
               c.billing_period_start, c.charge_period_start, c.billed_cost::numeric(38,15) AS billed_cost, c.effective_cost::numeric(38,15) AS effective_cost
        FROM charge_known c JOIN chipbook.charge_finding_codes() f ON c.findings & f.number <> 0
        WHERE c.findings <> 0;
    COMMENT ON VIEW charge_findings IS 'What was found in single charges, as known at chipbook.as_of. Key: (charge_id, code). Costs rounded to 15 places, in billing_currency, not additive: a charge has a row for each finding. NULL = not delivered.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_bill_import_views() IS 'Internal: part of create_ledger. The views delivery_status, delivery_totals, delivery_findings, delivery_rejections and charge_findings.';
