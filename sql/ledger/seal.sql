-- Seals: SHA-256 over the rows as COPY would write them (ISO dates, UTC), each with that of its
-- predecessor, so that whoever changes, adds or removes a row behind the functions' back has to make
-- every later seal anew. Entries are chained by their sequence_number in a period, what happened to
-- a period by its events, of which each names the last entry there was, loads by recorded time; and
-- all of them, in the order of recorded time, in table seal. A fact's superseded_at is in the seal of
-- what superseded it, not in its own. verify_ledger recomputes them all.

CREATE FUNCTION chipbook.canonical_line(VARIADIC "any") RETURNS text
    AS 'MODULE_PATHNAME', 'canonical_line' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.canonical_line("any") IS
    'Its arguments as the line that COPY writes of them in text format, ended by a newline, with ISO dates and times in UTC whatever the session''s settings are: tabs between, \N for NULL, backslashes before what is special. What seals are made of. 42804 for a type whose text depends on settings (floating point, intervals, timestamps without time zone, enumerations), 42P18 for a value of no known type.';

CREATE FUNCTION chipbook.seal_of(canonical text) RETURNS bytea IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.sha256(pg_catalog.convert_to(canonical, 'UTF8'));
COMMENT ON FUNCTION chipbook.seal_of(text) IS 'SHA-256 of a text in UTF-8; what sha256sum prints of it.';

CREATE FUNCTION chipbook.journal_digest(lines_query text, sources_query text, from_entry bigint, to_entry bigint)
RETURNS TABLE (entry_id bigint, lines text, sources text, unbalanced text, functional_unbalanced text, sources_differ text)
    AS 'MODULE_PATHNAME', 'journal_digest' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000000 ROWS 10000;
COMMENT ON FUNCTION chipbook.journal_digest(text, text, bigint, bigint) IS
    'Internal: part of verify_ledger. Of each entry in a range: lines and sources as the view entry_content has them, what is too much on debit in its currencies and in functional currency, and lines that their sources do not add up to, NULL where there is nothing to say. The queries give the rows between $1 and $2 in order of entry and line. 42804 when they have other columns.';

-- Rows of a fact table by load: how many, and their digest. Facts are in order of fact_id; readings have
-- none and are many, so theirs is a digest of digests by pool and month; charges are many and wide.
CREATE FUNCTION chipbook.sealed_rows_query(table_name name, columns name[], condition text) RETURNS text IMMUTABLE STRICT LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    line text := format('chipbook.canonical_line(%s)',
                        (SELECT string_agg(CASE k.c WHEN 'source_id'
                                           THEN 'coalesce(t.source_id, (SELECT l.source_id FROM load l WHERE l.load_id = t.load_id AND t.recorded_at IS NULL))'
                                           ELSE format('t.%I', k.c) END, ', ' ORDER BY k.i) FROM unnest(columns) WITH ORDINALITY k (c, i)));
BEGIN
    IF table_name = 'meter_reading' THEN
        RETURN format($q$
            SELECT p.load_id, sum(p.fact_count)::bigint AS fact_count,
                   chipbook.seal_of(string_agg(chipbook.canonical_line(p.pool_id, p.month, p.fact_count, p.digest), '' ORDER BY p.pool_id COLLATE "C", p.month)) AS digest
            FROM (SELECT t.load_id, t.pool_id, t.month, count(*) AS fact_count,
                         chipbook.seal_of(string_agg(%s, '' ORDER BY t.starts_at, t.ends_at, t.meter_id COLLATE "C", t.tenant_id COLLATE "C", t.job_id COLLATE "C",
                                                                t.model_id COLLATE "C", t.party_id COLLATE "C")) AS digest
                  FROM meter_reading_stored t WHERE %s GROUP BY t.load_id, t.pool_id, t.month) p
            GROUP BY p.load_id$q$, line, condition);
    END IF;
    -- Many too, and wide: theirs is a digest of the digests of each.
    IF table_name = 'charge' THEN
        RETURN format($q$
            SELECT p.load_id, sum(p.fact_count)::bigint AS fact_count,
                   chipbook.seal_of(string_agg(chipbook.canonical_line(p.part, p.fact_count, p.digest), '' ORDER BY p.part)) AS digest
            FROM (SELECT c.load_id, c.part, count(*) AS fact_count, sha256(string_agg(c.digest, ''::bytea ORDER BY c.fact_id)) AS digest
                  FROM (SELECT t.load_id, t.fact_id, t.fact_id / 1000000 AS part, chipbook.seal_of(%s) AS digest FROM charge t WHERE %s OFFSET 0) c
                  GROUP BY c.load_id, c.part) p
            GROUP BY p.load_id$q$, line, condition);
    END IF;
    RETURN format('SELECT t.load_id, count(*) AS fact_count, chipbook.seal_of(string_agg(%s, '''' ORDER BY t.fact_id)) AS digest FROM %I t WHERE %s GROUP BY t.load_id',
                  line, table_name, condition);
END
$$;
COMMENT ON FUNCTION chipbook.sealed_rows_query(name, name[], text) IS 'Internal: the query that gives load_id, fact_count and digest of the rows of a fact table that a condition on t selects.';

CREATE FUNCTION chipbook.superseded_rows_query(table_name name, condition text) RETURNS text IMMUTABLE STRICT LANGUAGE sql
RETURN pg_catalog.format(CASE WHEN table_name OPERATOR(pg_catalog.=) 'meter_reading'::name
    THEN 'SELECT t.superseded_at, count(*) AS fact_count, chipbook.seal_of(string_agg(chipbook.canonical_line(t.pool_id, t.starts_at, t.ends_at, t.load_id, t.meter_id, t.tenant_id, t.job_id, t.model_id, t.party_id), '''' ORDER BY t.pool_id COLLATE "C", t.starts_at, t.ends_at, t.load_id, t.meter_id COLLATE "C", t.tenant_id COLLATE "C", t.job_id COLLATE "C", t.model_id COLLATE "C", t.party_id COLLATE "C")) AS digest FROM %I_stored t WHERE %s GROUP BY t.superseded_at'
    ELSE 'SELECT t.superseded_at, count(*) AS fact_count, chipbook.seal_of(string_agg(chipbook.canonical_line(t.fact_id), '''' ORDER BY t.fact_id)) AS digest FROM %I t WHERE %s GROUP BY t.superseded_at' END,
    table_name, condition);
COMMENT ON FUNCTION chipbook.superseded_rows_query(name, text) IS 'Internal: the query that gives how many facts of a table were superseded at a time, and a digest of which.';

CREATE FUNCTION chipbook.create_ledger_seals() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    INSERT INTO sealed_columns (hash_version, table_name, columns)
    SELECT 1, f.table_name, array_agg(a.attname ORDER BY a.attnum)
    FROM chipbook.ledger_fact_tables() f JOIN pg_attribute a ON a.attrelid = f.table_name::regclass
    WHERE a.attnum > 0 AND a.attname NOT IN ('recorded_at', 'superseded_at') GROUP BY f.table_name;

    -- The facts of a load, the same before and after publication.
    CREATE FUNCTION load_digest(of_load bigint) RETURNS bytea STABLE LANGUAGE plpgsql AS $fn$
    DECLARE
        sealed sealed_columns;
        rows record;
        content text := '';
    BEGIN
        FOR sealed IN SELECT c.* FROM sealed_columns c WHERE c.hash_version = 1 ORDER BY c.table_name COLLATE "C" LOOP
            EXECUTE chipbook.sealed_rows_query(sealed.table_name, sealed.columns, 't.load_id = $1') INTO rows USING of_load;
            content := content || CASE WHEN rows.load_id IS NULL THEN '' ELSE canonical_line(sealed.table_name::text, rows.fact_count, rows.digest) END;
        END LOOP;
        RETURN seal_of(content);
    END
    $fn$;
    COMMENT ON FUNCTION load_digest(bigint) IS 'The digest of the facts of a load: of a line for each table with its name, number of facts, and the digest of these.';

    CREATE FUNCTION load_hash(this load, content bytea, previous bytea) RETURNS bytea IMMUTABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, this.load_id, this.description, this.source_id, this.opened_by, this.prepared_by, this.approved_by,
                                      this.approved_at, this.recorded_at, this.imported, this.fact_count, content, previous));
    END;
    COMMENT ON FUNCTION load_hash(load, bytea, bytea) IS 'The seal of a load: of the load itself, the digest of its facts, and the seal of the load recorded before it.';

    CREATE FUNCTION previous_load_hash(stamp timestamptz) RETURNS bytea STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT l.hash FROM load l WHERE l.recorded_at < stamp ORDER BY l.recorded_at DESC LIMIT 1;
    END;
    COMMENT ON FUNCTION previous_load_hash(timestamptz) IS 'Internal: the seal of the load that was recorded last before a time.';

    CREATE VIEW entry_content WITH (security_invoker) AS
        SELECT j.entry_id,
               (SELECT concat(count(*), ' ', encode(seal_of(coalesce(string_agg(n.line, ''), '')), 'hex'))
                FROM (SELECT canonical_line(l.line_number, l.account_id, l.cost_centre_id, l.site_id, l.asset_class, l.party_id, l.amount, l.functional_amount,
                                            l.tax_code, l.external_account, l.description) AS line
                      FROM journal_line l WHERE l.entry_id = j.entry_id ORDER BY l.line_number) n) AS lines,
               (SELECT concat(count(*), ' ', encode(seal_of(coalesce(string_agg(n.line, ''), '')), 'hex'))
                FROM (SELECT canonical_line(s.line_number, s.source_number, s.source_table, s.source_key, s.load_id, s.source_file, s.file_line, s.amount) AS line
                      FROM journal_line_source s WHERE s.entry_id = j.entry_id ORDER BY s.line_number, s.source_number) n) AS sources
        FROM journal_entry j;
    COMMENT ON VIEW entry_content IS 'The lines of each entry and their sources, as its seal has them: how many, and the SHA-256 of their canonical lines. Key: (entry_id).';

    CREATE VIEW charge_content WITH (security_invoker) AS
        SELECT c.entry_id, concat(count(*), ' ', encode(seal_of(string_agg(canonical_line(c.charge_id, c.asset_id, c.basis, c.entity_id, c.event, c.line_number, c.fiscal_year,
                                                                                          c.period_number, c.charge, c.posted_total, c.recorded_at), '' ORDER BY c.charge_id)), 'hex')) AS charges
        FROM asset_charge c WHERE c.entry_id IS NOT NULL GROUP BY c.entry_id;
    COMMENT ON VIEW charge_content IS 'The charges of assets of each entry that has some, as its seal has them. Key: (entry_id).';

    CREATE FUNCTION entry_hash(j journal_entry, lines text, sources text, charges text, previous bytea) RETURNS bytea IMMUTABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, j.entity_id, j.basis, j.fiscal_year, j.period_number, j.sequence_number, j.entry_id, j.journal, j.kind,
                                      j.document_date, j.posting_date, j.relates_to_fiscal_year, j.relates_to_period, j.reason, j.description, j.reference,
                                      j.idempotency_source, j.idempotency_key, j.input_hash, j.reverses_entry_id, j.corrects_entry_id, j.needs_approval,
                                      j.prepared_by, j.posted_by, j.recorded_at, lines, sources, charges, previous));
    END;
    COMMENT ON FUNCTION entry_hash(journal_entry, text, text, text, bytea) IS 'The seal of an entry: of its own columns, of its lines, their sources and charges of assets (entry_content, charge_content), and the seal of the entry before it in its period.';

    CREATE FUNCTION seal_hash(of_number bigint, at_time timestamptz, of_kind text, of_subject bigint, of_content bytea, previous bytea) RETURNS bytea
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, of_number, at_time, of_kind, of_subject, of_content, previous));
    END;
    COMMENT ON FUNCTION seal_hash(bigint, timestamptz, text, bigint, bytea, bytea) IS 'A seal of the chain of all that was recorded.';

    CREATE FUNCTION append_seal(of_kind text, of_subject bigint, of_content bytea, at_time timestamptz) RETURNS void LANGUAGE plpgsql AS $fn$
    BEGIN
        WITH head AS (
            UPDATE ledger l SET seal_count = l.seal_count + 1, seal_head = seal_hash(l.seal_count + 1, at_time, of_kind, of_subject, of_content, l.seal_head)
            RETURNING l.seal_count, l.seal_head)
        INSERT INTO seal (seal_number, recorded_at, kind, subject, content, hash)
        SELECT h.seal_count, at_time, of_kind, of_subject, of_content, h.seal_head FROM head h;
    END
    $fn$;
    COMMENT ON FUNCTION append_seal(text, bigint, bytea, timestamptz) IS 'Internal: adds a seal to the chain, with the ledger locked.';

    CREATE FUNCTION ledger_content() RETURNS bytea STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, l.ledger_name, l.reporting_currency, l.fiscal_year_start, l.time_zone, l.basis)) FROM ledger l;
    END;
    COMMENT ON FUNCTION ledger_content() IS 'What the first seal is made of: the ledger''s settings.';

    -- What was superseded at a time, by table; of readings only those of months that a load has.
    CREATE FUNCTION superseded_content(at_time timestamptz, of_load bigint, of_tables name[]) RETURNS text STABLE LANGUAGE plpgsql AS $fn$
    DECLARE
        of_table name;
        rows record;
        content text := '';
    BEGIN
        FOR of_table IN SELECT t FROM unnest(of_tables) t ORDER BY t COLLATE "C" LOOP
            EXECUTE chipbook.superseded_rows_query(of_table, CASE of_table WHEN 'meter_reading'
                THEN 't.superseded_at = $1 AND t.month IN (SELECT n.month FROM meter_reading n WHERE n.load_id = $2 UNION SELECT n.month FROM packed_reading n WHERE n.load_id = $2)' ELSE 't.superseded_at = $1' END)
            INTO rows USING at_time, of_load;
            content := content || CASE WHEN rows.superseded_at IS NULL THEN '' ELSE canonical_line(of_table::text, rows.fact_count, rows.digest) END;
        END LOOP;
        RETURN content;
    END
    $fn$;
    COMMENT ON FUNCTION superseded_content(timestamptz, bigint, name[]) IS 'Internal: a line for each table with facts that were superseded at a time: how many, and a digest of which.';

    CREATE FUNCTION load_content(this load, superseded text) RETURNS bytea IMMUTABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, this.hash, superseded));
    END;
    COMMENT ON FUNCTION load_content(load, text) IS 'What the chain seals of a load: its seal, and what it superseded.';

    CREATE FUNCTION retraction_content(this load, superseded text) RETURNS bytea IMMUTABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, this.hash, this.retracted_at, this.retracted_why, superseded));
    END;
    COMMENT ON FUNCTION retraction_content(load, text) IS 'What the chain seals of the retraction of a load: the load''s seal, when, why, and what was withdrawn.';

    CREATE FUNCTION batch_content(of_batch bigint) RETURNS bytea STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, b.batch_id, b.description, b.made_by, b.recorded_at,
                                      (SELECT string_agg(canonical_line(e.entry_id), '' ORDER BY e.entry_id) FROM journal_batch_entry e WHERE e.batch_id = b.batch_id)))
        FROM journal_batch b WHERE b.batch_id = of_batch;
    END;
    COMMENT ON FUNCTION batch_content(bigint) IS 'What the chain seals of a batch: the batch and its entries.';

    -- To be called when an entry has its lines, with the ledger locked.
    CREATE FUNCTION seal_entries(of_period period_state) RETURNS void LANGUAGE plpgsql AS $fn$
    DECLARE
        fresh journal_entry;
        previous bytea;
        content record;
        charged text;
    BEGIN
        FOR fresh IN SELECT j.* FROM journal_entry j
                     WHERE j.entity_id = of_period.entity_id AND j.basis = of_period.basis AND j.fiscal_year = of_period.fiscal_year
                       AND j.period_number = of_period.period_number AND j.hash IS NULL ORDER BY j.sequence_number LOOP
            SELECT j.hash INTO previous FROM journal_entry j
            WHERE j.entity_id = fresh.entity_id AND j.basis = fresh.basis AND j.fiscal_year = fresh.fiscal_year
              AND j.period_number = fresh.period_number AND j.sequence_number = fresh.sequence_number - 1;
            SELECT c.lines, c.sources INTO content FROM entry_content c WHERE c.entry_id = fresh.entry_id;
            charged := NULL;
            IF fresh.kind IN ('depreciation', 'impairment', 'disposal', 'accretion', 'correction') THEN
                SELECT c.charges INTO charged FROM charge_content c WHERE c.entry_id = fresh.entry_id;
            END IF;
            fresh.hash := entry_hash(fresh, content.lines, content.sources, charged, previous);
            UPDATE journal_entry j SET hash_version = 1, hash = fresh.hash WHERE j.entry_id = fresh.entry_id;
            PERFORM append_seal('entry', fresh.entry_id, fresh.hash, fresh.recorded_at);
        END LOOP;
    END
    $fn$;
    COMMENT ON FUNCTION seal_entries(period_state) IS 'Internal: seals the entries of a period that are not sealed yet, in their order.';

    CREATE FUNCTION decision_hash(d journal_decision, entry_hash bytea) RETURNS bytea IMMUTABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, d.entry_id, entry_hash, d.decision, d.reason, d.decided_by, d.posted_by, d.recorded_at));
    END;
    COMMENT ON FUNCTION decision_hash(journal_decision, bytea) IS 'The seal of a decision: of its columns and the seal of its entry.';

    -- What a period held at a time: its entries with their last seal, the decisions on them, and, of its
    -- books, what there was before the first close.
    CREATE FUNCTION period_content(of_entity text, of_basis text, of_year integer, of_period smallint, at_time timestamptz) RETURNS text STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT canonical_line(
            (SELECT count(*) FROM journal_entry j
             WHERE j.entity_id = of_entity AND j.basis = of_basis AND j.fiscal_year = of_year AND j.period_number = of_period AND j.recorded_at <= at_time),
            (SELECT j.hash FROM journal_entry j
             WHERE j.entity_id = of_entity AND j.basis = of_basis AND j.fiscal_year = of_year AND j.period_number = of_period AND j.recorded_at <= at_time
             ORDER BY j.sequence_number DESC LIMIT 1),
            (SELECT seal_of(coalesce(string_agg(canonical_line(d.entry_id, d.hash), '' ORDER BY d.entry_id), '')) FROM journal_entry j JOIN journal_decision d ON d.entry_id = j.entry_id
             WHERE j.entity_id = of_entity AND j.basis = of_basis AND j.fiscal_year = of_year AND j.period_number = of_period AND d.recorded_at <= at_time),
            (SELECT seal_of(coalesce(string_agg(canonical_line(c.charge_id, c.asset_id, c.event, c.fiscal_year, c.period_number, c.charge, c.posted_total, c.recorded_at),
                                                '' ORDER BY c.charge_id), ''))
             FROM asset_charge c WHERE c.entry_id IS NULL AND c.entity_id = of_entity AND c.basis = of_basis AND c.recorded_at = at_time),
            (SELECT canonical_line(p.starts_on, p.ends_on, p.kind) FROM period_state p
             WHERE p.entity_id = of_entity AND p.basis = of_basis AND p.fiscal_year = of_year AND p.period_number = of_period));
    END;
    COMMENT ON FUNCTION period_content(text, text, integer, smallint, timestamptz) IS 'Internal: what the seal of an event of a period says of the period then.';

    CREATE FUNCTION period_event_hash(e period_event, previous bytea) RETURNS bytea STABLE LANGUAGE sql
    BEGIN ATOMIC
        SELECT seal_of(canonical_line(1, e.event_id, e.entity_id, e.basis, e.fiscal_year, e.period_number, e.action, e.reason, e.prepared_by, e.done_by, e.recorded_at,
                                      period_content(e.entity_id, e.basis, e.fiscal_year, e.period_number, e.recorded_at), previous));
    END;
    COMMENT ON FUNCTION period_event_hash(period_event, bytea) IS 'The seal of an event of a period: of its columns, of what the period held then, and of the event before it.';

    CREATE FUNCTION seal_decision() RETURNS trigger LANGUAGE plpgsql AS $fn$
    BEGIN
        NEW.hash_version := 1;
        NEW.hash := decision_hash(NEW, (SELECT j.hash FROM journal_entry j WHERE j.entry_id = NEW.entry_id));
        PERFORM append_seal('decision', NEW.entry_id, NEW.hash, NEW.recorded_at);
        RETURN NEW;
    END
    $fn$;
    COMMENT ON FUNCTION seal_decision() IS 'Internal: the trigger that seals a decision.';
    CREATE TRIGGER sealed BEFORE INSERT ON journal_decision FOR EACH ROW EXECUTE FUNCTION seal_decision();

    CREATE FUNCTION seal_period_event() RETURNS trigger LANGUAGE plpgsql AS $fn$
    BEGIN
        NEW.hash_version := 1;
        NEW.hash := period_event_hash(NEW, (SELECT e.hash FROM period_event e
                                            WHERE e.entity_id = NEW.entity_id AND e.basis = NEW.basis AND e.fiscal_year = NEW.fiscal_year
                                              AND e.period_number = NEW.period_number ORDER BY e.event_id DESC LIMIT 1));
        PERFORM append_seal('period_event', NEW.event_id, NEW.hash, NEW.recorded_at);
        RETURN NEW;
    END
    $fn$;
    COMMENT ON FUNCTION seal_period_event() IS 'Internal: the trigger that seals an event of a period.';
    CREATE TRIGGER sealed BEFORE INSERT ON period_event FOR EACH ROW EXECUTE FUNCTION seal_period_event();
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_seals() IS 'Internal: part of create_ledger. The seals of entries, decisions, events of periods, and loads.';
