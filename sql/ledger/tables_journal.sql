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
    COMMENT ON TABLE fiscal_period IS 'Periods of a fiscal calendar, [starts_on, ends_on): months, or four and five weeks of a year of 52 or 53. An adjustment period (the 13th) lies on the last day of its year and takes entries of the year''s end.';

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
            ('depreciation', 'impairment', 'impairment_reversal', 'accretion', 'disposal_cost', 'disposal_accumulated',
             'disposal_proceeds', 'disposal_gain', 'disposal_loss', 'energy_accrual', 'rent_accrual', 'other_accrual', 'allocation')),
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
    COMMENT ON TABLE posting_rule IS 'Which accounts an event is posted to. NULL in basis, entity_id, asset_class or cost_centre_id means any; of the rules that hold, the one that names most of them wins, in that order. An event without a rule stops the close.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_accounts() IS 'Internal: part of create_ledger. Tables fiscal_calendar, fiscal_period, account and posting_rule.';
