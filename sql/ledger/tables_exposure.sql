-- What is known of investments, deals and capacity, and of the parties to them: every amount as a
-- range, every row with its source.

CREATE FUNCTION chipbook.create_ledger_exposure() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE holding_event (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id      text NOT NULL CHECK (event_id <> ''),
        holding_id    text NOT NULL CHECK (holding_id <> ''),
        investor_id   text NOT NULL,
        investee_id   text NOT NULL,
        instrument    text NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('commit', 'draw', 'convert', 'distribute', 'impair', 'opening')),
        happened_from date NOT NULL CHECK (isfinite(happened_from)),
        happened_to   date NOT NULL CHECK (isfinite(happened_to)),
        currency      currency NOT NULL,
        amount_low    monetary,
        amount        monetary,
        amount_high   monetary,
        qualifier     text NOT NULL DEFAULT 'exactly' CHECK (qualifier IN ('exactly', 'about', 'nearly', 'more_than', 'at_least', 'up_to', 'unknown')),
        legal_status  text NOT NULL CHECK (legal_status IN
            ('rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid', 'terminated')),
        evidence      text NOT NULL CHECK (evidence IN ('press', 'company_statement', 'filing', 'contract', 'leak')),
        probability   numeric CHECK (probability >= 0 AND probability <= 1),
        credit_conversion_factor numeric CHECK (credit_conversion_factor >= 0 AND credit_conversion_factor <= 1),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT happened_from_not_after_to CHECK (happened_from <= happened_to),
        CONSTRAINT investor_is_not_investee CHECK (investor_id <> investee_id),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT amounts_not_negative CHECK (amount(amount_low) >= 0 AND amount(amount) >= 0 AND amount(amount_high) >= 0),
        CONSTRAINT unknown_means_no_amount CHECK ((qualifier = 'unknown') = (amount_low IS NULL AND amount IS NULL AND amount_high IS NULL)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE holding_event IS 'What happened to an investment: commit, draw, convert, distribute, impair, or the opening amount of what was drawn before its events are known. Drawn is the sum of opening and draw events. An unknown amount is NULL in all three columns, never 0. Between happened_from and happened_to a draw may or may not have happened: the views give both bounds.';
    COMMENT ON COLUMN holding_event.probability IS 'On a commit: probability that what is undrawn will be drawn, 0 to 1; NULL = no view taken, expected is then unknown.';
    COMMENT ON COLUMN holding_event.credit_conversion_factor IS 'On a commit: the part of what is undrawn that counts as exposure at default, 0 to 1 (Basel CRE20: 0.4 for most commitments). NULL = no view taken.';

    CREATE TABLE valuation (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        valuation_id  text NOT NULL CHECK (valuation_id <> ''),
        party_id      text NOT NULL,
        valued_on     date NOT NULL CHECK (isfinite(valued_on)),
        kind          text NOT NULL CHECK (kind IN ('pre_money', 'post_money', 'recapitalisation', 'tender', 'market', 'reported', 'talked')),
        currency      currency NOT NULL,
        value_low     monetary,
        value_point   monetary,
        value_high    monetary,
        new_money     monetary,
        legal_status  text NOT NULL CHECK (legal_status IN
            ('rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid', 'terminated')),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT values_in_stated_currency CHECK (currency(value_low) = currency AND currency(value_point) = currency AND currency(value_high) = currency
               AND currency(new_money) = currency),
        CONSTRAINT values_low_to_high CHECK (value_low <= value_high AND value_low <= value_point AND value_point <= value_high),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE valuation IS 'What a party was said to be worth, as a range: more than 350 bn is (350 bn, unknown).';

    CREATE TABLE deal (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        deal_id        text NOT NULL CHECK (deal_id <> ''),
        supplier_id    text NOT NULL,
        customer_id    text NOT NULL,
        kind           text NOT NULL CHECK (kind IN ('cloud', 'chips', 'capacity', 'power', 'lease', 'guarantee', 'programme', 'other')),
        currency       currency NOT NULL,
        amount_low     monetary,
        amount         monetary,
        amount_high    monetary,
        amount_words   text,
        signed_on      date,
        starts_on      date,
        ends_on        date,
        legal_status   text NOT NULL CHECK (legal_status IN
            ('rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid', 'terminated')),
        delivery_stage text NOT NULL DEFAULT 'none' CHECK (delivery_stage IN
            ('none', 'ordered', 'delivered', 'energised', 'loaded', 'usable', 'ended')),
        evidence       text NOT NULL CHECK (evidence IN ('press', 'company_statement', 'filing', 'contract', 'leak')),
        probability    numeric CHECK (probability >= 0 AND probability <= 1),
        parent_deal_id text,
        tier           text NOT NULL DEFAULT 'prime' CHECK (tier IN ('programme', 'prime', 'supply')),
        side           text NOT NULL DEFAULT 'uses' CHECK (side IN ('sources', 'uses')),
        chip_model_id  text,
        site_id        text,
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT supplier_is_not_customer CHECK (supplier_id <> customer_id),
        CONSTRAINT starts_before_ends CHECK (starts_on < ends_on),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT amounts_not_negative CHECK (amount(amount_low) >= 0 AND amount(amount) >= 0 AND amount(amount_high) >= 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE deal IS 'What customer_id agreed to buy from supplier_id, as a range of amounts (NULL = unknown, never 0): up to 10 has amount_low 0 and amount_high 10; with amount_high alone, as in nearly 10, the least is unknown. legal_status, delivery_stage and evidence are three things. ends_on is exclusive. parent_deal_id, tier and side keep the same money from being counted twice.';

    CREATE TABLE capacity (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        capacity_id   text NOT NULL CHECK (capacity_id <> ''),
        deal_id       text,
        site_id       text,
        chip_model_id text,
        metric        text NOT NULL CHECK (metric IN ('chips', 'gigawatts', 'buildings')),
        stage         text NOT NULL CHECK (stage IN ('planned', 'contracted', 'delivered', 'energised', 'loaded', 'in_service', 'forecast')),
        at_date       date,
        quantity      numeric CHECK (quantity >= 0 AND quantity < 'infinity'),
        qualifier     text NOT NULL DEFAULT 'exactly' CHECK (qualifier IN ('exactly', 'about', 'nearly', 'more_than', 'at_least', 'up_to', 'unknown')),
        statement     text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT names_a_deal_or_site CHECK (num_nonnulls(deal_id, site_id) >= 1),
        CONSTRAINT unknown_means_no_quantity CHECK ((qualifier = 'unknown') = (quantity IS NULL)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE capacity IS 'What a source says of the chips, gigawatts or buildings of a deal or site: planned, contracted, delivered, energised, loaded (with work), in service (usable), or forecast to be in service, at a date, with its qualifier. Sources that contradict each other are all kept. The row''s words are in statement.';

    CREATE TABLE money_flow (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        flow_id       text NOT NULL CHECK (flow_id <> ''),
        payer_id      text NOT NULL,
        payee_id      text NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('equity', 'debt', 'cloud', 'chips', 'lease', 'revenue_share', 'guarantee', 'distribution', 'other')),
        happened_from date NOT NULL CHECK (isfinite(happened_from)),
        happened_to   date NOT NULL CHECK (isfinite(happened_to)),
        currency      currency NOT NULL,
        amount_low    monetary,
        amount        monetary,
        amount_high   monetary,
        qualifier     text NOT NULL DEFAULT 'exactly' CHECK (qualifier IN ('exactly', 'about', 'nearly', 'more_than', 'at_least', 'up_to', 'unknown')),
        legal_status  text NOT NULL CHECK (legal_status IN
            ('rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid', 'terminated')),
        evidence      text NOT NULL CHECK (evidence IN ('press', 'company_statement', 'filing', 'contract', 'leak')),
        deal_id       text,
        holding_id    text,
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT happened_from_not_after_to CHECK (happened_from <= happened_to),
        CONSTRAINT payer_is_not_payee CHECK (payer_id <> payee_id),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT amounts_not_negative CHECK (amount(amount_low) >= 0 AND amount(amount) >= 0 AND amount(amount_high) >= 0),
        CONSTRAINT unknown_means_no_amount CHECK ((qualifier = 'unknown') = (amount_low IS NULL AND amount IS NULL AND amount_high IS NULL)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE money_flow IS 'Money that payer_id pays payee_id from happened_from to happened_to: equity and debt put in, cloud, chips and leases paid for. legal_status says whether it is paid, agreed or talked about. An unknown amount is NULL in all three columns, never 0.';
    COMMENT ON COLUMN money_flow.deal_id IS 'The deal it is paid under; NULL = none, or not known. So with holding_id.';

    CREATE TABLE party_link (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        party_id      text NOT NULL,
        other_id      text NOT NULL,
        kind          text NOT NULL CHECK (kind IN
            ('competitor', 'origin', 'primary_provider', 'exclusive_provider', 'right_of_first_refusal', 'economic_dependence')),
        share         numeric CHECK (share >= 0 AND share <= 1),
        valid_from    date NOT NULL DEFAULT '-infinity',
        valid_to      date NOT NULL DEFAULT 'infinity',
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT party_is_not_the_other CHECK (party_id <> other_id),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE party_link IS 'What ties two parties beside ownership, [valid_from, valid_to): party_id competes with other_id (either way round), comes from it (origin), has it as its declared primary_provider or exclusive_provider, must ask it first (right_of_first_refusal), or depends on it (economic_dependence: other_id is where its receipts, its supplies or its means to repay come from).';
    COMMENT ON COLUMN party_link.share IS 'Of an economic dependence: the share of gross receipts or expenditure that comes from other_id, 0 to 1; NULL = unknown or not meaningful.';

    CREATE TABLE party_figure (
        fact_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        figure_id       text NOT NULL CHECK (figure_id <> ''),
        party_id        text NOT NULL,
        counterparty_id text,
        measure         text NOT NULL CHECK (measure IN
            ('revenue', 'capital_expenditure', 'operating_cash_flow', 'net_income', 'other_comprehensive_income', 'dividends', 'net_assets',
             'funds_raised', 'planned_compute_spend', 'eligible_capital')),
        basis           text CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        period_from     date NOT NULL CHECK (isfinite(period_from)),
        period_to       date NOT NULL CHECK (isfinite(period_to)),
        currency        currency NOT NULL,
        amount_low      monetary,
        amount          monetary,
        amount_high     monetary,
        share           numeric CHECK (share >= 0 AND share <= 1),
        qualifier       text NOT NULL DEFAULT 'exactly' CHECK (qualifier IN ('exactly', 'about', 'nearly', 'more_than', 'at_least', 'up_to', 'unknown')),
        modality        text NOT NULL DEFAULT 'actual' CHECK (modality IN ('actual', 'forecast', 'conditional')),
        note            text,
        load_id         bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id       text REFERENCES source,
        known_on        date,
        recorded_at     timestamptz,
        superseded_at   timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT period_from_not_after_to CHECK (period_from <= period_to),
        CONSTRAINT party_is_not_the_counterparty CHECK (party_id <> counterparty_id),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT share_is_of_a_counterparty CHECK (share IS NULL OR counterparty_id IS NOT NULL),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE party_figure IS 'What a party reports or is said to have earned, spent or raised from period_from to period_to (both included; a figure of one day, such as net_assets, has the day twice). counterparty_id: the part of it that comes from, or goes to, that party.';
    COMMENT ON COLUMN party_figure.share IS 'The part as a share of the whole, 0 to 1, where a source gives no amount: 67 % of revenue from one customer.';
    COMMENT ON COLUMN party_figure.basis IS 'The accounting basis of the figure; NULL = not stated.';
    COMMENT ON COLUMN party_figure.modality IS 'actual, forecast, or conditional (could, might): only actual figures enter actual totals.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_exposure() IS 'Internal: part of create_ledger. Tables holding_event, valuation, deal, capacity, money_flow, party_link and party_figure.';
