-- The tables of the journal: fiscal calendars, the chart of accounts and the rules of
-- posting are facts as all others, with their envelope; what is posted is not corrected by
-- superseding but by further entries, and has recorded_at alone.

CREATE FUNCTION chipbook.create_ledger_accounts() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE fiscal_calendar (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        calendar_id   text NOT NULL CHECK (calendar_id <> ''),
        name          text NOT NULL,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE fiscal_calendar IS 'Fiscal calendars of entities. A ledger starts with one, called ledger, of calendar months from its fiscal_year_start.';

    CREATE TABLE fiscal_period (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        calendar_id   text NOT NULL,
        fiscal_year   integer NOT NULL CHECK (fiscal_year BETWEEN 1 AND 9999),
        period_number smallint NOT NULL CHECK (period_number BETWEEN 1 AND 13),
        starts_on     date NOT NULL CHECK (isfinite(starts_on)),
        ends_on       date NOT NULL CHECK (isfinite(ends_on)),
        kind          text NOT NULL DEFAULT 'regular' CHECK (kind IN ('regular', 'adjustment')),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT regular_period_has_days CHECK (CASE kind WHEN 'regular' THEN starts_on < ends_on ELSE starts_on <= ends_on END),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE fiscal_period IS 'Periods of a fiscal calendar, [starts_on, ends_on): months, or four and five weeks of a year of 52 or 53. An adjustment period (the 13th) lies on the last day of its year and takes entries of the year''s end: no date leads to it.';

    CREATE TABLE account (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id    text NOT NULL CHECK (account_id <> ''),
        name          text NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE account IS 'The chart of accounts. Amounts on all of them are debit positive.';

    CREATE TABLE posting_rule (
        fact_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rule_id           text NOT NULL CHECK (rule_id <> ''),
        event             text NOT NULL CHECK (event IN
            ('depreciation', 'impairment', 'impairment_reversal', 'accretion', 'disposal_cost', 'disposal_accumulated', 'disposal_impairment',
             'disposal_proceeds', 'disposal_gain', 'disposal_loss', 'energy_accrual', 'rent_accrual', 'facility_accrual',
             'interconnect_accrual', 'operations_accrual', 'prepayment', 'prepaid_expense', 'recoverable_tax', 'onerous_provision', 'onerous_provision_use',
             'fx_realised_gain', 'fx_realised_loss', 'fx_unrealised_gain', 'fx_unrealised_loss')),
        basis             text CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        entity_id         text,
        asset_class       text,
        cost_centre_id    text,
        debit_account_id  text NOT NULL,
        credit_account_id text NOT NULL,
        external_account  text,
        tax_code          text,
        valid_from        date NOT NULL DEFAULT '-infinity',
        valid_to          date NOT NULL DEFAULT 'infinity',
        load_id           bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id         text REFERENCES source,
        known_on          date,
        recorded_at       timestamptz,
        superseded_at     timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT two_accounts CHECK (debit_account_id <> credit_account_id),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE posting_rule IS 'Which accounts an event is posted to. NULL in basis, entity_id, asset_class or cost_centre_id means any; of the rules that hold on the last day of the period, the one that names most of them wins, ties in that order. An event without a rule stops the close. asset_class is the class of what an event is of: of differences of exchange, the kind of monetary item.';

    CREATE TABLE gl_balance (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entity_id     text NOT NULL,
        basis         text NOT NULL CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        fiscal_year   integer NOT NULL CHECK (fiscal_year BETWEEN 1 AND 9999),
        period_number smallint NOT NULL CHECK (period_number BETWEEN 1 AND 13),
        account_id    text NOT NULL,
        currency      currency NOT NULL,
        balance       monetary NOT NULL,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT balance_in_its_currency CHECK (currency(balance) = currency),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE gl_balance IS 'What the general ledger (the ERP) shows on an account at the end of a fiscal period, debit positive, loaded to be compared in subledger_to_gl: balance sheet accounts since ever, income and expense since the start of the fiscal year.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_accounts() IS 'Internal: part of create_ledger. Tables fiscal_calendar, fiscal_period, account, posting_rule and gl_balance.';

-- What is posted. These rows are only ever added, by the functions of the ledger itself, and
-- never changed: recorded_at is when, in the order of commits, and nothing supersedes them.
CREATE FUNCTION chipbook.create_ledger_journal() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE period_state (
        entity_id      text NOT NULL,
        basis          text NOT NULL CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        fiscal_year    integer NOT NULL,
        period_number  smallint NOT NULL,
        starts_on      date NOT NULL,
        ends_on        date NOT NULL,
        kind           text NOT NULL CHECK (kind IN ('regular', 'adjustment')),
        state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'soft_closed', 'closed')),
        PRIMARY KEY (entity_id, basis, fiscal_year, period_number)
    );
    COMMENT ON TABLE period_state IS 'The periods that were ever used, per entity and basis, with their days as they were then, and whether they are open now. Who posts holds the row FOR SHARE, who closes FOR UPDATE. History is in period_event.';

    CREATE TABLE period_event (
        event_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entity_id     text NOT NULL,
        basis         text NOT NULL,
        fiscal_year   integer NOT NULL,
        period_number smallint NOT NULL,
        action        text NOT NULL CHECK (action IN ('opened', 'soft_closed', 'closed', 'reopened')),
        reason        text,
        prepared_by   text NOT NULL,
        done_by       text NOT NULL DEFAULT session_user,
        recorded_at   timestamptz NOT NULL,
        hash_version  smallint NOT NULL,
        hash          bytea NOT NULL,
        CONSTRAINT reopened_for_a_reason CHECK (action <> 'reopened' OR reason <> ''),
        CONSTRAINT reopened_by_two CHECK (action <> 'reopened' OR prepared_by <> done_by),
        FOREIGN KEY (entity_id, basis, fiscal_year, period_number) REFERENCES period_state
    );
    COMMENT ON TABLE period_event IS 'What happened to the state of a period: when, by whom, why.';
    CREATE INDEX period_event_period ON period_event (entity_id, basis, fiscal_year, period_number);

    CREATE TABLE journal_entry (
        entry_id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entity_id              text NOT NULL,
        basis                  text NOT NULL,
        journal                text NOT NULL CHECK (journal IN ('financial', 'management')),
        kind                   text NOT NULL CHECK (kind IN
            ('manual', 'adjustment', 'correction', 'reversal', 'depreciation', 'impairment', 'disposal', 'accretion',
             'accrual', 'accrual_reversal', 'allocation', 'prepayment', 'provision', 'revaluation')),
        fiscal_year            integer NOT NULL,
        period_number          smallint NOT NULL,
        sequence_number        bigint NOT NULL,
        document_date          date NOT NULL,
        posting_date           date NOT NULL,
        relates_to_fiscal_year integer,
        relates_to_period      smallint,
        reason                 text CHECK (reason IN ('late_fact', 'error_immaterial', 'error_material', 'estimate')),
        description            text NOT NULL,
        reference              text,
        idempotency_source     text,
        idempotency_key        text,
        input_hash             bytea,
        reverses_entry_id      bigint REFERENCES journal_entry,
        corrects_entry_id      bigint REFERENCES journal_entry,
        needs_approval         boolean NOT NULL,
        prepared_by            text NOT NULL,
        posted_by              text NOT NULL DEFAULT session_user,
        recorded_at            timestamptz NOT NULL,
        hash_version           smallint,
        hash                   bytea,
        UNIQUE (entity_id, basis, fiscal_year, period_number, sequence_number),
        UNIQUE (idempotency_source, idempotency_key),
        FOREIGN KEY (entity_id, basis, fiscal_year, period_number) REFERENCES period_state,
        CONSTRAINT key_with_its_source CHECK (num_nulls(idempotency_source, idempotency_key) IN (0, 2)),
        CONSTRAINT relates_to_a_period CHECK (num_nulls(relates_to_fiscal_year, relates_to_period) IN (0, 2)),
        CONSTRAINT reason_with_its_period CHECK ((reason IS NULL) = (relates_to_fiscal_year IS NULL))
    );
    COMMENT ON TABLE journal_entry IS 'Entries as posted, in the period (fiscal_year, period_number) of their entity and basis. sequence_number counts those of one period from 1, without gaps, in recorded order. relates_to and reason: what it corrects of an earlier period, and why. input_hash: SHA-256 of what was given under the idempotency key. An entry that needs approval counts from its approval on (journal_decision).';
    COMMENT ON COLUMN journal_entry.corrects_entry_id IS 'The entry it corrects, as the caller said; of a correction by a close, the last one of its kind in the period it relates to, NULL where that has none.';
    COMMENT ON COLUMN journal_entry.prepared_by IS 'Who prepared it, as the caller said; posted_by is the session''s user.';
    -- What closes posted: a close looks for it among whatever else there is.
    CREATE INDEX journal_entry_of_close ON journal_entry (entity_id, basis, fiscal_year, period_number, kind, entry_id) WHERE NOT needs_approval;
    CREATE INDEX journal_entry_relates_to ON journal_entry (entity_id, basis, relates_to_fiscal_year, relates_to_period) WHERE relates_to_period IS NOT NULL;
    CREATE INDEX journal_entry_reverses ON journal_entry (reverses_entry_id) WHERE reverses_entry_id IS NOT NULL;

    CREATE TABLE journal_decision (
        entry_id    bigint PRIMARY KEY REFERENCES journal_entry,
        decision    text NOT NULL CHECK (decision IN ('approved', 'rejected')),
        reason      text,
        decided_by  text NOT NULL,
        posted_by   text NOT NULL DEFAULT session_user,
        recorded_at timestamptz NOT NULL,
        hash_version smallint NOT NULL,
        hash        bytea NOT NULL,
        CONSTRAINT rejected_for_a_reason CHECK (decision = 'approved' OR reason <> '')
    );
    COMMENT ON TABLE journal_decision IS 'What became of entries that need approval: approved, they count from recorded_at on; rejected, they never do. decided_by is never who prepared the entry.';

    CREATE TABLE journal_line (
        entry_id          bigint NOT NULL REFERENCES journal_entry,
        line_number       integer NOT NULL,
        account_id        text NOT NULL,
        cost_centre_id    text,
        site_id           text,
        asset_class       text,
        party_id          text,
        amount            monetary NOT NULL,
        functional_amount monetary,
        tax_code          text,
        external_account  text,
        description       text,
        PRIMARY KEY (entry_id, line_number)
    );
    COMMENT ON TABLE journal_line IS 'Lines of entries, debit positive. Those of an entry add up to exactly 0 in each currency, and so do functional amounts.';
    COMMENT ON COLUMN journal_line.functional_amount IS 'In the entity''s functional currency; NULL = the line is in another and was not translated.';

    CREATE TABLE journal_line_source (
        entry_id      bigint NOT NULL,
        line_number   integer NOT NULL,
        source_number integer NOT NULL,
        source_table  text NOT NULL,
        source_key    text NOT NULL,
        load_id       bigint,
        source_file   text,
        file_line     bigint,
        amount        monetary NOT NULL,
        PRIMARY KEY (entry_id, line_number, source_number),
        FOREIGN KEY (entry_id, line_number) REFERENCES journal_line
    );
    COMMENT ON TABLE journal_line_source IS 'What a line is made of; amounts add up to the line. source_table: document (the voucher; source_key its reference), asset_charge (source_key: ENTRY/LINE, the line its rows name), journal_line (what is reversed, ENTRY/LINE), or a table or view of the ledger.';

    -- No foreign key: a close adds a row for each asset, and these are written by it alone. Indexes
    -- grow at their end, or a close would take the longer the more were before it.
    CREATE TABLE asset_charge (
        asset_id      text NOT NULL,
        basis         text NOT NULL,
        entity_id     text NOT NULL,
        event         text NOT NULL,
        charge_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entry_id      bigint,
        line_number   integer,
        fiscal_year   integer NOT NULL,
        period_number smallint NOT NULL,
        charge        monetary NOT NULL,
        posted_total  monetary NOT NULL,
        recorded_at   timestamptz NOT NULL
    );
    COMMENT ON TABLE asset_charge IS 'What was posted for each asset, per event (of a posting rule), in line line_number of entry entry_id and in the line after it, which has the other side. entry_id NULL: what there was before the first close, which nobody posted here.';
    COMMENT ON COLUMN asset_charge.period_number IS 'With fiscal_year, the period it relates to: that of the entry, or the closed one that is corrected.';
    COMMENT ON COLUMN asset_charge.posted_total IS 'All that is posted of the asset, basis, entity and event when the row''s close is through, and what there was before the first close: table asset_posted has the last one.';
    CREATE INDEX asset_charge_entry ON asset_charge (entry_id, asset_id);

    -- Half of each page is left for the next close to write to.
    CREATE TABLE asset_posted (
        entity_id    text NOT NULL,
        basis        text NOT NULL,
        event        text NOT NULL,
        asset_id     text NOT NULL,
        posted_total monetary NOT NULL,
        PRIMARY KEY (entity_id, basis, event, asset_id)
    ) WITH (fillfactor = 45);
    COMMENT ON TABLE asset_posted IS 'What is posted of each asset and event until now: posted_total of its last row in asset_charge, which the next close compares with. Closes keep it; history is in asset_charge.';

    CREATE TABLE report_version (
        version       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entity_id     text NOT NULL,
        basis         text NOT NULL,
        fiscal_year   integer NOT NULL,
        period_number smallint NOT NULL,
        published_at  timestamptz NOT NULL,
        FOREIGN KEY (entity_id, basis, fiscal_year, period_number) REFERENCES period_state
    );
    COMMENT ON TABLE report_version IS 'Every close publishes a version: the ledger as of published_at.';

    CREATE TABLE journal_batch (
        batch_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        description text NOT NULL,
        made_by     text NOT NULL DEFAULT session_user,
        recorded_at timestamptz NOT NULL
    );
    COMMENT ON TABLE journal_batch IS 'Batches of entries handed to another system.';

    CREATE TABLE journal_batch_entry (
        entry_id bigint PRIMARY KEY REFERENCES journal_entry,
        batch_id bigint NOT NULL REFERENCES journal_batch
    );
    COMMENT ON TABLE journal_batch_entry IS 'Which entry went with which batch: each once.';
    CREATE INDEX journal_batch_entry_batch ON journal_batch_entry (batch_id);
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_journal() IS 'Internal: part of create_ledger. Tables of periods, entries, lines, their sources, charges by asset, report versions and batches.';

CREATE FUNCTION chipbook.journal_tables() RETURNS SETOF name IMMUTABLE PARALLEL SAFE ROWS 10 LANGUAGE sql
BEGIN ATOMIC
    SELECT t::name FROM unnest(ARRAY['period_event', 'journal_entry', 'journal_decision', 'journal_line', 'journal_line_source',
                                     'asset_charge', 'report_version', 'journal_batch', 'journal_batch_entry']) t;
END;
COMMENT ON FUNCTION chipbook.journal_tables() IS 'The tables of a ledger whose rows are added and never changed.';

CREATE FUNCTION chipbook.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of table "%" cannot be changed or removed', tg_table_name
        USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = 'What is posted is corrected by posting: chipbook.reverse_entry(), or another entry.';
END
$$;
COMMENT ON FUNCTION chipbook.refuse_change() IS 'Internal: the trigger that keeps the journal. 55000.';

-- A statement is refused before it looks at a row. Only a seal may be put on an entry, once.
CREATE FUNCTION chipbook.create_ledger_journal_guards() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    posted name;
BEGIN
    FOR posted IN SELECT t FROM chipbook.journal_tables() t LOOP
        EXECUTE format('CREATE TRIGGER journal_is_kept BEFORE %s OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_change()',
                       CASE WHEN posted = 'journal_entry'
                            THEN (SELECT 'UPDATE OF ' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                                  WHERE a.attrelid = 'journal_entry'::regclass AND a.attnum > 0 AND a.attname NOT IN ('hash', 'hash_version'))
                            ELSE 'UPDATE' END, posted);
    END LOOP;
    CREATE TRIGGER seal_is_kept BEFORE UPDATE ON journal_entry FOR EACH ROW WHEN (OLD.hash IS NOT NULL)
        EXECUTE FUNCTION chipbook.refuse_change();
    CREATE TRIGGER period_is_kept BEFORE UPDATE OF entity_id, basis, fiscal_year, period_number, starts_on, ends_on, kind OR DELETE OR TRUNCATE
        ON period_state FOR EACH STATEMENT EXECUTE FUNCTION chipbook.refuse_change();
END
$$;
COMMENT ON FUNCTION chipbook.create_ledger_journal_guards() IS 'Internal: part of create_ledger. Triggers that refuse UPDATE, DELETE and TRUNCATE of what is posted.';
