-- Handing the journal to other systems: batches, in which each entry goes once, as a view and
-- as CSV for an ERP; and as text for hledger, of a batch or of the whole journal.

CREATE FUNCTION chipbook.create_ledger_export() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION journal_hand_over(of_entity text, of_basis text, of_year integer, of_period integer, with_description text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        stamp timestamptz;
        chosen bigint[];
        made bigint;
        what text;
    BEGIN
        of_basis := coalesce(of_basis, (SELECT c.primary_basis FROM clock c));
        IF of_basis NOT IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic') THEN
            RAISE EXCEPTION 'invalid accounting basis: "%"', of_basis
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Use ifrs, us_gaap, hgb, us_tax, de_tax or economic.';
        END IF;
        IF of_period IS NOT NULL AND of_year IS NULL THEN
            RAISE EXCEPTION 'a period_number needs its fiscal_year' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        IF of_entity IS NOT NULL THEN
            PERFORM entity_calendar(of_entity);
        END IF;
        -- Under the ledger's lock: of two exports at once the second sees what the first took.
        stamp := next_recorded_time();
        SELECT array_agg(j.entry_id) INTO chosen
        FROM journal_entry_known j
        WHERE j.status = 'posted' AND j.journal = 'financial' AND j.basis = of_basis
          AND (of_entity IS NULL OR j.entity_id = of_entity)
          AND (of_year IS NULL OR j.fiscal_year = of_year) AND (of_period IS NULL OR j.period_number = of_period)
          AND NOT EXISTS (SELECT FROM journal_batch_entry b WHERE b.entry_id = j.entry_id);
        what := concat_ws(', ', 'basis ' || of_basis, 'entity ' || of_entity,
                          CASE WHEN of_period IS NOT NULL THEN 'period ' || of_period END, 'fiscal year ' || of_year);
        IF chosen IS NULL THEN
            RAISE NOTICE 'nothing to export (%): every entry that counts is in a batch', what;
            RETURN NULL;
        END IF;
        INSERT INTO journal_batch (description, recorded_at) VALUES (coalesce(with_description, what), stamp) RETURNING batch_id INTO made;
        INSERT INTO journal_batch_entry (entry_id, batch_id) SELECT c.entry_id, made FROM unnest(chosen) c (entry_id);
        PERFORM append_seal('batch', made, batch_content(made), stamp);
        RETURN made;
    END
    $fn$;
    COMMENT ON FUNCTION journal_hand_over(text, text, integer, integer, text) IS 'Internal: what chipbook.export_journal calls.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_export() IS 'Internal: part of create_ledger. The function of a ledger that makes batches of entries.';

CREATE FUNCTION chipbook.create_report_export_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW journal_export WITH (security_invoker) AS
        SELECT b.batch_id, j.entity_id, j.basis AS book, j.document_date, j.posting_date,
               fiscal_period_name(j.fiscal_year, j.period_number) AS fiscal_period,
               l.account_id, l.external_account, l.cost_centre_id, l.tax_code, coalesce(l.description, j.description) AS description,
               currency(l.amount)::text AS currency,
               greatest(amount(l.amount), 0)::numeric(38,15) AS debit,
               greatest(- amount(l.amount), 0)::numeric(38,15) AS credit,
               amount(l.functional_amount)::numeric(38,15) AS functional_amount,
               currency(l.functional_amount)::text AS functional_currency,
               j.reference, j.entry_id, l.line_number::bigint AS line_number, j.kind, j.reverses_entry_id, b.recorded_at AS exported_at
        FROM journal_batch b
        JOIN journal_batch_entry e ON e.batch_id = b.batch_id
        JOIN journal_entry j ON j.entry_id = e.entry_id
        JOIN journal_line l ON l.entry_id = j.entry_id
        WHERE b.recorded_at <= (SELECT held_at FROM clock);
    COMMENT ON VIEW journal_export IS 'Every line of every entry that was handed to another system (export_journal), by batch; an entry is in one batch. Key: (batch_id, entry_id, line_number). debit and credit in currency, not negative, additive within one currency and book; they are equal for each entry and currency. functional_amount in functional_currency, debit positive; NULL = the line is in another currency and was not translated.';
    COMMENT ON COLUMN journal_export.book IS 'The accounting basis of the entry. A batch has one.';
    COMMENT ON COLUMN journal_export.external_account IS 'The account in the other system, where a posting rule or the line names one.';
    COMMENT ON COLUMN journal_export.description IS 'Text of the line, or of the entry where the line has none.';
    COMMENT ON COLUMN journal_export.exported_at IS 'Recorded time of the batch.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_export_views() IS 'Internal: part of create_ledger. The view journal_export.';

CREATE FUNCTION chipbook.export_journal(
    ledger text, entity_id text DEFAULT NULL, basis text DEFAULT NULL, fiscal_year integer DEFAULT NULL, period_number integer DEFAULT NULL,
    description text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.journal_hand_over($1, $2, $3, $4, $5)', ledger) INTO STRICT made
    USING entity_id, basis, fiscal_year, period_number, description;
    RETURN made;
END
$$;
COMMENT ON FUNCTION chipbook.export_journal(text, text, text, integer, integer, text) IS 'Gathers the entries of the financial journal that count and are in no batch yet into a new batch, and returns its number; NULL, with a notice, when there are none. So each is exported once, whatever is asked for, and what is posted or approved later goes into a later batch. basis: one a batch, default the ledger''s primary basis. entity_id, fiscal_year and period_number (the posted period): NULL = all. Read it with view journal_export, journal_export_csv() or journal_export_hledger(). Errors: 55000 chipbook.as_of is set; 22023 no such basis; 22004 a period without its year; P0002 no such entity; 42501 not an approver.';

CREATE FUNCTION chipbook.require_batch(ledger text, batch_id bigint) RETURNS void STABLE LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM journal_batch b WHERE b.batch_id = require_batch.batch_id AND b.recorded_at <= (SELECT c.held_at FROM clock c)) THEN
        RAISE EXCEPTION 'there is no batch % in ledger "%"', batch_id, ledger
            USING ERRCODE = 'no_data_found', HINT = 'chipbook.export_journal() makes batches.';
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.require_batch(text, bigint) IS 'Internal: P0002 unless the ledger entered has that batch as known at chipbook.as_of.';

-- ---------------------------------------------------------------------------
-- CSV
-- ---------------------------------------------------------------------------
CREATE FUNCTION chipbook.csv_field(value text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN value IS NULL THEN ''
            WHEN value OPERATOR(pg_catalog.=) '' OR value OPERATOR(pg_catalog.~) '[",\r\n]|^\s|\s$'
            THEN pg_catalog.concat('"', pg_catalog.replace(value, '"', '""'), '"')
            ELSE value END;
COMMENT ON FUNCTION chipbook.csv_field(text) IS 'Internal: a field of CSV as RFC 4180 quotes it. NULL is nothing, the empty text is two quotes.';

-- As money prints itself: all its decimals, and at least those of the minor unit.
CREATE FUNCTION chipbook.plain_amount(value numeric, code text) RETURNS text STABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.split_part(chipbook.monetary(value, code::chipbook.currency)::text, ' ', 1);
COMMENT ON FUNCTION chipbook.plain_amount(numeric, text) IS 'Internal: an amount as plain decimals, no fewer than the currency''s minor unit has (two where ISO 4217 states none). NULL for NULL.';

CREATE FUNCTION chipbook.journal_export_csv(ledger text, batch_id bigint)
RETURNS SETOF text STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.enter_ledger(ledger, to_report => true);
    PERFORM chipbook.require_batch(ledger, batch_id);
    RETURN NEXT 'batch_id,entity_id,book,document_date,posting_date,fiscal_period,account_id,external_account,cost_centre_id,tax_code,description,'
                'currency,debit,credit,functional_amount,functional_currency,reference,entry_id,line_number,kind,reverses_entry_id';
    RETURN QUERY
        SELECT array_to_string(ARRAY[
                   x.batch_id::text, csv_field(x.entity_id), x.book, iso_date(x.document_date), iso_date(x.posting_date), x.fiscal_period,
                   csv_field(x.account_id), csv_field(x.external_account), csv_field(x.cost_centre_id), csv_field(x.tax_code), csv_field(x.description),
                   x.currency, plain_amount(x.debit, x.currency), plain_amount(x.credit, x.currency),
                   plain_amount(x.functional_amount, x.functional_currency), x.functional_currency, csv_field(x.reference),
                   x.entry_id::text, x.line_number::text, x.kind, x.reverses_entry_id::text], ',', '')
        FROM journal_export x
        WHERE x.batch_id = journal_export_csv.batch_id
        ORDER BY x.posting_date, x.entry_id, x.line_number;
END
$$;
COMMENT ON FUNCTION chipbook.journal_export_csv(text, bigint) IS 'A batch as CSV (RFC 4180), the header first, then a row for each line by posting date, entry and line, without line ends: the columns of view journal_export but exported_at. NULL is an empty field. Amounts are plain decimals with a point, dates ISO 8601, whatever the session''s settings. Texts are as they were posted: one that begins with = is a formula to a spreadsheet that is let to take it for one. The same batch gives the same text whenever it is asked for. P0002 when there is no such batch; 42501 for who may only read, who has the view.';

-- ---------------------------------------------------------------------------
-- hledger
-- ---------------------------------------------------------------------------

-- What Haskell takes for a blank, and control characters.
CREATE FUNCTION chipbook.hledger_text(value text, in_comment boolean DEFAULT false) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.btrim(pg_catalog.regexp_replace(
    pg_catalog.translate(value, CASE WHEN in_comment THEN ';|:[]' ELSE ';|' END, CASE WHEN in_comment THEN ',/.()' ELSE ',/' END),
    '[\u0001-\u0020\u007f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g'));
COMMENT ON FUNCTION chipbook.hledger_text(text, boolean) IS 'Internal: a text that hledger reads as text: one line, single blanks, no comment in it; with in_comment also nothing that it takes for a tag or a date, nor, in an account''s name, for an account below.';

CREATE FUNCTION chipbook.hledger_name(value text) RETURNS text STABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT CASE WHEN value OPERATOR(pg_catalog.!~) means.something THEN value
                    ELSE (SELECT pg_catalog.string_agg(
                                     CASE WHEN c.letter OPERATOR(pg_catalog.!~) means.something THEN c.letter
                                          ELSE pg_catalog.regexp_replace(pg_catalog.upper(pg_catalog.encode(pg_catalog.convert_to(c.letter, 'UTF8'), 'hex')),
                                                                         '(..)', '%\1', 'g') END, '' ORDER BY c.place)
                          FROM pg_catalog.string_to_table(value, NULL) WITH ORDINALITY c (letter, place)) END
        FROM (SELECT '[%:;,|()\[\]{}"*!=@#\u0001-\u0020\u007f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]' AS something) means);
COMMENT ON FUNCTION chipbook.hledger_name(text) IS 'Internal: an identifier that hledger reads as one word, another for each: what means something to it is written as in a URL, %20 for a blank.';

CREATE FUNCTION chipbook.entries_as_hledger(title text, entries bigint[]) RETURNS SETOF text STABLE LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEXT '; ' || title;
    RETURN NEXT 'decimal-mark .';
    RETURN QUERY
        WITH line AS MATERIALIZED (
            SELECT j.entry_id, j.posting_date, l.line_number, l.account_id, l.amount, l.cost_centre_id, l.description
            FROM unnest(entries) e (entry_id)
            JOIN journal_entry j ON j.entry_id = e.entry_id
            JOIN journal_line l ON l.entry_id = e.entry_id),
        account AS MATERIALIZED (
            SELECT u.account_id, a.kind,
                   concat(CASE a.kind WHEN 'asset' THEN 'assets' WHEN 'liability' THEN 'liabilities' WHEN 'equity' THEN 'equity'
                                      WHEN 'income' THEN 'income' WHEN 'expense' THEN 'expenses' ELSE 'unknown' END,
                          ':', hledger_name(u.account_id), ' ' || nullif(hledger_text(a.name, true), '')) AS name
            FROM (SELECT DISTINCT n.account_id FROM line n) u
            LEFT JOIN account_known a ON a.account_id = u.account_id)
        SELECT t.content
        FROM (
            -- hledger shows no more decimals than this says, and balances by them.
            SELECT 1 AS part, currency(n.amount)::text AS place, NULL::date AS posting_date, NULL::bigint AS entry_id, NULL::integer AS line_number,
                   format('commodity 1000.%s %s', repeat('0', max(length(split_part(split_part(n.amount::text, ' ', 1), '.', 2)))), currency(n.amount)) AS content
            FROM line n GROUP BY currency(n.amount)
            UNION ALL
            SELECT 2, a.name, NULL, NULL, NULL,
                   concat('account ', a.name, CASE a.kind WHEN 'asset' THEN '  ; type: A' WHEN 'liability' THEN '  ; type: L' WHEN 'equity' THEN '  ; type: E'
                                                           WHEN 'income' THEN '  ; type: R' WHEN 'expense' THEN '  ; type: X' END)
            FROM account a
            UNION ALL
            SELECT 3, NULL, j.posting_date, j.entry_id, h.place,
                   CASE h.place WHEN 0 THEN concat(
                       iso_date(j.posting_date), CASE WHEN j.document_date <> j.posting_date THEN '=' || iso_date(j.document_date) END,
                       ' (', j.entry_id, ') ', nullif(hledger_text(j.description), '') || ' ', ' ; entity:', hledger_name(j.entity_id), ', basis:', j.basis,
                       ', period:', fiscal_period_name(j.fiscal_year, j.period_number), ', kind:', j.kind,
                       ', reverses:' || j.reverses_entry_id, ', reference:' || nullif(hledger_name(j.reference), '')) ELSE '' END
            FROM unnest(entries) e (entry_id)
            JOIN journal_entry j ON j.entry_id = e.entry_id
            CROSS JOIN (VALUES (-1), (0)) h (place)
            UNION ALL
            SELECT 3, NULL, n.posting_date, n.entry_id, n.line_number,
                   concat('    ', a.name, '  ', n.amount, '  ; line:', n.line_number, ', cost_centre:' || hledger_name(n.cost_centre_id),
                          ', text:' || nullif(hledger_text(n.description, true), ''))
            FROM line n JOIN account a ON a.account_id = n.account_id) t
        ORDER BY t.part, t.place COLLATE "C", t.posting_date, t.entry_id, t.line_number;
END
$$;
COMMENT ON FUNCTION chipbook.entries_as_hledger(text, bigint[]) IS 'Internal: entries of the ledger entered, as text that hledger reads, a row for each line of it.';

CREATE FUNCTION chipbook.journal_export_hledger(ledger text, batch_id bigint)
RETURNS SETOF text STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.enter_ledger(ledger);
    PERFORM chipbook.require_batch(ledger, batch_id);
    RETURN QUERY SELECT t FROM chipbook.entries_as_hledger(
        format('ledger %s, batch %s', ledger, batch_id),
        ARRAY(SELECT e.entry_id FROM journal_batch_entry e WHERE e.batch_id = journal_export_hledger.batch_id)) t;
END
$$;
COMMENT ON FUNCTION chipbook.journal_export_hledger(text, bigint) IS 'A batch as a journal of hledger, a row for each line of text; see journal_hledger. P0002 when there is no such batch; 42501 for who may only read.';

CREATE FUNCTION chipbook.journal_hledger(ledger text, entity_id text DEFAULT NULL, basis text DEFAULT NULL, journal text DEFAULT 'financial')
RETURNS SETOF text STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_basis text;
BEGIN
    PERFORM chipbook.enter_ledger(ledger);
    of_basis := coalesce(journal_hledger.basis, (SELECT c.primary_basis FROM clock c));
    IF of_basis NOT IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic') THEN
        RAISE EXCEPTION 'invalid accounting basis: "%"', of_basis
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use ifrs, us_gaap, hgb, us_tax, de_tax or economic.';
    END IF;
    IF journal IS NULL OR journal NOT IN ('financial', 'management') THEN
        RAISE EXCEPTION 'invalid journal: "%"', journal USING ERRCODE = 'invalid_parameter_value', HINT = 'Use financial or management.';
    END IF;
    IF journal_hledger.entity_id IS NOT NULL THEN
        PERFORM entity_calendar(journal_hledger.entity_id);
    END IF;
    RETURN QUERY SELECT t FROM chipbook.entries_as_hledger(
        concat_ws(', ', 'ledger ' || ledger, 'entity ' || hledger_name(journal_hledger.entity_id), 'basis ' || of_basis, journal || ' journal'),
        ARRAY(SELECT j.entry_id FROM journal_entry_known j
              WHERE j.status = 'posted' AND j.journal = journal_hledger.journal AND j.basis = of_basis
                AND (journal_hledger.entity_id IS NULL OR j.entity_id = journal_hledger.entity_id))) t;
END
$$;
COMMENT ON FUNCTION chipbook.journal_hledger(text, text, text, text) IS 'The entries of a journal that count, as known at chipbook.as_of, as a journal of hledger, a row for each line of text: directives for currencies and accounts, then transactions by posting date, with the entry''s number as code, the document date as second date, and tags entity, basis, period, kind, reverses, reference, line, cost_centre and text. Accounts are kind:account_id name, one for each account_id: what means something to hledger is written as in a URL in identifiers, and replaced in texts. entity_id NULL: all together; basis: one, default the ledger''s primary basis. Errors: 22023 no such basis or journal; P0002 no such entity; 42501 for who may only read.';
