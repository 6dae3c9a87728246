-- The tables of a ledger. Each function below runs with the ledger's schema first in
-- search_path (see chipbook.enter_ledger), so that its DDL is plain, static text.
--
-- Every fact carries the same envelope:
--   load_id        the load that brought it (default: the load this session opened last)
--   source_id      who says so (default: the load's source, filled in at publication)
--   known_on       the source's own date: when the world could know it
--   valid_from/to  when it holds in the world, [from, to), where that applies
--   recorded_at    when this ledger published it; NULL = not yet published, seen by no view
--   superseded_at  when this ledger replaced or withdrew it; infinity = still held
-- Valid, known and recorded time are three things and never mixed.

CREATE FUNCTION chipbook.current_load(sequence regclass) RETURNS bigint
    AS 'MODULE_PATHNAME', 'chipbook_current_load' LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION chipbook.current_load(regclass) IS
    'The load this session opened last, given the sequence of a ledger''s load numbers: currval(), asked once in a command. The default of load_id of readings. 55000 when the session opened none.';

CREATE FUNCTION chipbook.create_ledger_core() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE ledger (
        ledger_id           integer PRIMARY KEY DEFAULT 1 CHECK (ledger_id = 1),
        ledger_name         text NOT NULL,
        schema_version      text NOT NULL,
        reporting_currency  currency NOT NULL,
        fiscal_year_start   smallint NOT NULL CHECK (fiscal_year_start BETWEEN 1 AND 12),
        time_zone           text NOT NULL,
        basis               text NOT NULL
            CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        created_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
        created_by          text NOT NULL DEFAULT session_user,
        last_recorded_at    timestamptz NOT NULL DEFAULT '-infinity',
        last_published_at   timestamptz NOT NULL DEFAULT 'infinity',
        seal_count          bigint NOT NULL DEFAULT 0,
        seal_head           bytea
    );
    COMMENT ON TABLE ledger IS 'The ledger itself, one row: its schema version, reporting currency, fiscal calendar, time zone and primary accounting basis. last_recorded_at: nothing was recorded later. last_published_at: when the last report version was published; infinity = none was. seal_head: the last of the seal_count seals of table seal; noted elsewhere, it proves that nothing before was rewritten.';
    COMMENT ON COLUMN ledger.fiscal_year_start IS 'First month of the fiscal year, 1 to 12.';

    CREATE FUNCTION ledger_schema() RETURNS name LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = 'ledger'::regclass;
    END;
    COMMENT ON FUNCTION ledger_schema() IS 'Internal: the schema of this ledger, which is its name.';

    CREATE TABLE source (
        source_id     text PRIMARY KEY,
        kind          text NOT NULL,
        reference     text NOT NULL,
        published_on  date,
        confidence    text NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
        is_anonymous  boolean NOT NULL DEFAULT false,
        interested_party_id text CHECK (interested_party_id <> '')
    );
    COMMENT ON TABLE source IS 'Who says so: a filing, a press report, a contract, a meter. Every fact names one.';
    COMMENT ON COLUMN source.is_anonymous IS 'It rests on people who are not named.';
    COMMENT ON COLUMN source.interested_party_id IS 'The party that speaks in it and gains by being believed; NULL = none.';

    CREATE TABLE load (
        load_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        description   text NOT NULL,
        source_id     text REFERENCES source,
        opened_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
        opened_by     text NOT NULL DEFAULT session_user,
        prepared_by   text NOT NULL DEFAULT session_user,
        approved_by   text,
        approved_at   timestamptz,
        approved_digest bytea,
        recorded_at   timestamptz UNIQUE,
        imported      boolean NOT NULL DEFAULT false,
        fact_count    bigint,
        retracted_at  timestamptz,
        retracted_why text,
        hash_version  smallint,
        hash          bytea,
        CONSTRAINT approved_by_another CHECK (approved_by <> prepared_by),
        CONSTRAINT approved_whole CHECK (num_nulls(approved_by, approved_at, approved_digest) IN (0, 3)),
        CONSTRAINT retracted_with_a_reason CHECK ((retracted_at IS NULL) = (retracted_why IS NULL))
    );
    COMMENT ON TABLE load IS 'A batch of facts published together. recorded_at is NULL until publish_load; imported = its recorded_at was given, not taken from the clock (history brought into a new ledger). prepared_by: who prepared it, as the caller of open_load said; opened_by is the session''s user. approved_by: who approved it (approve_load), before publication and as it was then (approved_digest). hash: the seal of its facts and of the load recorded before it; see verify_ledger.';

    CREATE TABLE seal (
        seal_number bigint PRIMARY KEY,
        recorded_at timestamptz NOT NULL,
        kind        text NOT NULL CHECK (kind IN ('ledger', 'load', 'retraction', 'entry', 'decision', 'period_event', 'batch')),
        subject     bigint NOT NULL,
        content     bytea NOT NULL,
        hash        bytea NOT NULL,
        UNIQUE (kind, subject)
    );
    COMMENT ON TABLE seal IS 'The chain of all that was ever recorded, in its order, from the ledger''s own settings on: each seal is SHA-256 of what it seals (content) and of the seal before it. subject: load_id, entry_id (of entries and decisions), event_id or batch_id; 1 for the ledger.';

    CREATE TABLE sealed_columns (
        hash_version smallint NOT NULL,
        table_name   name NOT NULL,
        columns      name[] NOT NULL,
        PRIMARY KEY (hash_version, table_name)
    );
    COMMENT ON TABLE sealed_columns IS 'The columns of each fact table that a load''s seal is made of, in their order: all but recorded_at, which the load has, and superseded_at, which may still be set. Written when the ledger is made; a later version that adds a column adds a hash_version.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_core() IS 'Internal: part of create_ledger. Tables ledger, source, load and sealed_columns.';

CREATE FUNCTION chipbook.create_ledger_parties() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE party (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        party_id      text NOT NULL CHECK (party_id <> ''),
        name          text NOT NULL,
        kind          text NOT NULL CHECK (kind IN
            ('company', 'segment', 'joint_venture', 'fund', 'foundation', 'programme', 'government', 'public', 'other')),
        country       text CHECK (country ~ '^[A-Z]{2}$'),
        founded_from  date CHECK (isfinite(founded_from)),
        founded_to    date CHECK (isfinite(founded_to)),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT founded_from_not_after_to CHECK (founded_from <= founded_to AND num_nonnulls(founded_from, founded_to) IN (0, 2)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE party IS 'Companies, segments of companies, joint ventures, programmes: whoever buys, sells, owns, lends or guarantees.';
    COMMENT ON COLUMN party.founded_from IS 'With founded_to the days between which it was founded: a year that is all that is known is its first and its last day.';

    CREATE TABLE relation (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        party_id      text NOT NULL,
        parent_id     text NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('segment', 'control', 'sponsor')),
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
        CONSTRAINT party_is_not_its_own_parent CHECK (party_id <> parent_id),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE relation IS 'party_id belongs to parent_id: as a segment, by control, or as a sponsored vehicle. Segments and controlled parties roll up to the group; sponsored ones do not.';
    COMMENT ON COLUMN relation.share IS 'Share of ownership, 0 to 1; NULL = unknown or not meaningful.';

    CREATE TABLE entity (
        fact_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entity_id           text NOT NULL CHECK (entity_id <> ''),
        name                text NOT NULL,
        party_id            text,
        functional_currency currency NOT NULL,
        calendar_id         text,
        load_id             bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id           text REFERENCES source,
        known_on            date,
        recorded_at         timestamptz,
        superseded_at       timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE entity IS 'The reporting entities whose books these are, each with its functional currency. A ledger starts with one, called main.';
    COMMENT ON COLUMN entity.calendar_id IS 'Its fiscal calendar; NULL = the calendar ledger: months from the ledger''s fiscal_year_start.';

    CREATE TABLE cost_centre (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        cost_centre_id text NOT NULL CHECK (cost_centre_id <> ''),
        name           text NOT NULL,
        entity_id      text NOT NULL DEFAULT 'main',
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE cost_centre IS 'Who bears a cost inside an entity.';

    CREATE TABLE fx_rate (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        from_currency currency NOT NULL,
        to_currency   currency NOT NULL,
        rate_type     text NOT NULL CHECK (rate_type IN ('spot', 'closing', 'average', 'historical', 'budget')),
        rate_date     date NOT NULL,
        rate          numeric NOT NULL CHECK (rate > 0 AND rate < 'infinity'),
        rate_source   text NOT NULL DEFAULT 'ledger' CHECK (rate_source <> ''),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT two_currencies CHECK (from_currency <> to_currency),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE fx_rate IS 'Units of to_currency for one of from_currency. A missing rate is a finding, never 1.';
    COMMENT ON COLUMN fx_rate.rate_source IS 'Whose rate it is, as ECB. Those of source ledger are the ledger''s own, which its views take; the others are asked for by name.';
    COMMENT ON COLUMN fx_rate.rate_date IS 'The day the rate holds on; of an average, the last day it is of: it holds from the day after the one before in the month, or the first, and the last in a month to its end.';

    CREATE TABLE entity_rate (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        entity_id     text NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('cost_of_capital', 'income_tax', 'capitalisation')),
        rate          numeric NOT NULL CHECK (rate >= 0 AND rate <= 1),
        valid_from    date NOT NULL DEFAULT '-infinity',
        valid_to      date NOT NULL DEFAULT 'infinity',
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE entity_rate IS 'Yearly rates of an entity, [valid_from, valid_to): cost_of_capital (charged on the average book value in chip_hour_cost, never posted), income_tax (on temporary differences between bases), capitalisation (interest capitalised into construction). Without one, the figure it serves is NULL.';
    COMMENT ON COLUMN entity_rate.rate IS 'A fraction: 0.09 is 9 % a year.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_parties() IS 'Internal: part of create_ledger. Tables party, relation, entity, cost_centre, fx_rate and entity_rate.';

CREATE FUNCTION chipbook.create_ledger_assets() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE chip_model (
        fact_id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        chip_model_id         text NOT NULL CHECK (chip_model_id <> ''),
        name                  text NOT NULL,
        vendor_id             text,
        accelerators_per_unit integer NOT NULL DEFAULT 1 CHECK (accelerators_per_unit > 0),
        tdp_watts             numeric CHECK (tdp_watts > 0 AND tdp_watts < 'infinity'),
        server_power_factor   numeric CHECK (server_power_factor >= 1 AND server_power_factor < 'infinity'),
        average_load          numeric CHECK (average_load > 0 AND average_load <= 1),
        peak_flops            numeric CHECK (peak_flops > 0 AND peak_flops < 'infinity'),
        load_id               bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id             text REFERENCES source,
        known_on              date,
        recorded_at           timestamptz,
        superseded_at         timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE chip_model IS 'Accelerator models. accelerators_per_unit: a GB200 superchip is one unit with two accelerators.';
    COMMENT ON COLUMN chip_model.server_power_factor IS 'Power of the server over power of its chips (H100: 10.2 kW / 8 / 0.7 kW = 1.8214); turns chip energy into server energy.';
    COMMENT ON COLUMN chip_model.average_load IS 'Average power over tdp_watts while installed (Epoch AI: 0.75 for GPUs, 0.43 for TPUs). Where readings have no energy, it is estimated as tdp_watts x server_power_factor x average_load x PUE; NULL = not estimated.';
    COMMENT ON COLUMN chip_model.peak_flops IS 'Peak rate of a chip in FLOP a second, at the precision its model FLOP utilisation is stated for.';

    CREATE TABLE site (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        site_id        text NOT NULL CHECK (site_id <> ''),
        name           text NOT NULL,
        place          text,
        region         text,
        country        text CHECK (country ~ '^[A-Z]{2}$'),
        owner_id       text,
        tenant_id      text,
        pue            numeric CHECK (pue >= 1 AND pue < 'infinity'),
        announced_capex monetary,
        capex_scope    text[] CHECK (capex_scope <@ ARRAY['land', 'shell', 'power', 'network', 'chips', 'unknown']),
        capex_status   text,
        recovery_rate  numeric CHECK (recovery_rate >= 0 AND recovery_rate <= 1),
        construction_started_on date,
        first_live_on  date,
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE site IS 'Data centres and campuses. pue: power usage effectiveness. announced_capex is a budget as announced, not a cost of ours; capex_scope says what it may contain.';
    COMMENT ON COLUMN site.region IS 'The state, province or other part of the country.';
    COMMENT ON COLUMN site.recovery_rate IS 'The part of its cost that another use would bring back should the only tenant leave, 0 to 1; NULL = no view taken.';
    COMMENT ON COLUMN site.tenant_id IS 'The party a site serves exclusively; NULL = several or unknown.';

    CREATE TABLE energy_tariff (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        site_id       text NOT NULL,
        price_per_kwh monetary NOT NULL,
        valid_from    date NOT NULL DEFAULT '-infinity',
        valid_to      date NOT NULL DEFAULT 'infinity',
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE energy_tariff IS 'Price of a kilowatt-hour at a site, [valid_from, valid_to) by day in the ledger''s time zone.';

    CREATE TABLE asset (
        fact_id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        asset_id             text NOT NULL CHECK (asset_id <> ''),
        entity_id            text NOT NULL DEFAULT 'main',
        name                 text NOT NULL,
        component            text NOT NULL CHECK (component IN
            ('chip', 'server', 'network', 'building', 'power', 'land', 'other')),
        chip_model_id        text,
        chips                bigint CHECK (chips > 0),
        site_id              text,
        supplier_id          text,
        cash_generating_unit_id text,
        parent_asset_id      text,
        cost                 monetary NOT NULL,
        acquired_on          date NOT NULL CHECK (isfinite(acquired_on)),
        available_for_use_on date CHECK (isfinite(available_for_use_on)),
        retired_on           date CHECK (isfinite(retired_on)),
        load_id              bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id            text REFERENCES source,
        known_on             date,
        recorded_at          timestamptz,
        superseded_at        timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT available_not_before_acquired CHECK (available_for_use_on >= acquired_on),
        CONSTRAINT retired_not_before_acquired CHECK (retired_on >= acquired_on),
        CONSTRAINT chips_counted_on_chip_assets CHECK ((component = 'chip') = (chips IS NOT NULL)),
        CONSTRAINT cost_not_negative CHECK (amount(cost) >= 0),
        CONSTRAINT asset_is_not_its_own_parent CHECK (asset_id <> parent_asset_id),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE asset IS 'Owned assets at cost, one row per component (chips, servers, network, building share). Depreciation starts on available_for_use_on; NULL there = under construction, not depreciated. Only component = chip counts chips.';
    COMMENT ON COLUMN asset.parent_asset_id IS 'The asset this one is a component of, with a life of its own; NULL = none.';
    COMMENT ON COLUMN asset.retired_on IS 'Short for a disposal of the whole asset on that day, without proceeds.';

    CREATE TABLE asset_policy (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        asset_id      text NOT NULL,
        basis         text NOT NULL
            CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        policy        amortisation_policy NOT NULL,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE asset_policy IS 'How an asset is depreciated under an accounting basis: one purchase, one policy per basis. It holds from the start; a change_of_estimate event replaces it from its day on.';

    CREATE TABLE cash_generating_unit (
        fact_id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        cash_generating_unit_id text NOT NULL CHECK (cash_generating_unit_id <> ''),
        name                    text NOT NULL,
        entity_id               text NOT NULL DEFAULT 'main',
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE cash_generating_unit IS 'The smallest groups of assets with cash inflows of their own (IAS 36.6), for which impairment is tested. An asset names its unit.';

    -- What an event is about is in the columns its kind allows; the others are NULL.
    CREATE TABLE asset_event (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id      text NOT NULL CHECK (event_id <> ''),
        asset_id      text NOT NULL,
        basis         text CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        kind          text NOT NULL CHECK (kind IN
            ('opening', 'placed_in_service', 'addition', 'capitalised_interest', 'change_of_estimate', 'impairment',
             'impairment_reversal', 'held_for_sale', 'held_for_sale_ended', 'transfer', 'disposal')),
        happened_on   date NOT NULL CHECK (isfinite(happened_on)),
        amount        monetary CHECK (amount(amount) >= 0),
        share         numeric CHECK (share > 0 AND share <= 1),
        chips         bigint CHECK (chips > 0),
        proceeds      monetary CHECK (amount(proceeds) >= 0),
        impairment    monetary CHECK (amount(impairment) >= 0),
        policy        amortisation_policy,
        to_entity_id  text,
        to_site_id    text,
        cash_generating_unit_id text,
        reason        text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT amount_where_it_says_something CHECK (CASE WHEN kind IN ('opening', 'addition', 'capitalised_interest', 'impairment', 'impairment_reversal')
            THEN amount IS NOT NULL ELSE amount IS NULL OR kind IN ('placed_in_service', 'disposal') END),
        CONSTRAINT share_or_amount_or_chips CHECK (num_nonnulls(share, amount, CASE WHEN kind <> 'addition' THEN chips END) <= 1
            AND (share IS NULL OR kind IN ('placed_in_service', 'disposal'))
            AND (chips IS NULL OR kind IN ('placed_in_service', 'addition', 'disposal'))),
        CONSTRAINT chips_under_all_bases CHECK (chips IS NULL OR basis IS NULL),
        CONSTRAINT proceeds_of_a_disposal CHECK (proceeds IS NULL OR kind = 'disposal'),
        CONSTRAINT impairment_brought_forward CHECK (impairment IS NULL OR kind = 'opening'),
        CONSTRAINT policy_of_a_change CHECK ((kind = 'change_of_estimate') = (policy IS NOT NULL)),
        CONSTRAINT transfer_goes_somewhere CHECK ((kind = 'transfer') = (num_nonnulls(to_entity_id, to_site_id) > 0)),
        CONSTRAINT transfer_under_all_bases CHECK (kind <> 'transfer' OR basis IS NULL),
        CONSTRAINT estimates_name_their_basis CHECK (basis IS NOT NULL OR kind NOT IN ('opening', 'change_of_estimate', 'impairment', 'impairment_reversal')),
        CONSTRAINT no_reversal_under_us_gaap CHECK (kind <> 'impairment_reversal' OR basis <> 'us_gaap'),
        CONSTRAINT no_impairment_for_us_tax CHECK (kind NOT IN ('impairment', 'impairment_reversal') OR basis <> 'us_tax'),
        CONSTRAINT held_for_sale_stops_no_other_charge CHECK (kind NOT IN ('held_for_sale', 'held_for_sale_ended') OR basis IS NULL OR basis IN ('ifrs', 'us_gaap')),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE asset_event IS 'What happens to an asset after its purchase, in effect from the start of happened_on in the ledger''s time zone, prospectively: nothing before it changes. basis NULL: under every basis. opening: accumulated depreciation (amount) and impairment brought forward at a cutover; placed_in_service: a part (amount, share or chips) of what is under construction, NULL = all of it; addition, capitalised_interest: amount added to cost; change_of_estimate: policy replaces the one before; impairment and impairment_reversal: amount (IAS 36; none is reversed under US GAAP); held_for_sale stops the charge under ifrs and us_gaap; transfer: to another site or entity; disposal: of a part (amount of the cost, share or chips), NULL = all, for proceeds.';
    COMMENT ON COLUMN asset_event.share IS 'Of what there is then: of the construction balance (placed_in_service), of the cost in the books (disposal).';
    COMMENT ON COLUMN asset_event.chips IS 'Chips placed in service, added or disposed of; their part of the cost is in proportion to chips.';
    COMMENT ON COLUMN asset_event.cash_generating_unit_id IS 'The unit whose impairment test this amount is a part of.';

    CREATE TABLE retirement_obligation (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        obligation_id text NOT NULL CHECK (obligation_id <> ''),
        asset_id      text NOT NULL,
        basis         text CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        recognised_on date NOT NULL CHECK (isfinite(recognised_on)),
        liability     monetary NOT NULL CHECK (amount(liability) > 0),
        rate          numeric NOT NULL CHECK (rate >= 0 AND rate <= 1),
        settles_on    date NOT NULL CHECK (isfinite(settles_on)),
        settled_on    date CHECK (isfinite(settled_on)),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT recognised_before_settled CHECK (recognised_on < settles_on AND recognised_on < settled_on),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE retirement_obligation IS 'Asset retirement obligations (ASC 410-20, IAS 37, IFRIC 1): liability is the present value at recognised_on, which is added to the asset''s cost and depreciated with it; it accretes at rate a year (compounded yearly from recognised_on) until settles_on. basis NULL: under every basis.';
    COMMENT ON COLUMN retirement_obligation.rate IS 'The credit-adjusted risk-free rate (US GAAP) or pre-tax discount rate (IFRS) at recognition, a fraction a year.';
    COMMENT ON COLUMN retirement_obligation.settled_on IS 'The day it was settled; NULL = not yet.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_assets() IS 'Internal: part of create_ledger. Tables chip_model, site, energy_tariff, asset, asset_policy, cash_generating_unit, asset_event and retirement_obligation.';

CREATE FUNCTION chipbook.create_ledger_usage() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE pool (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        pool_id        text NOT NULL CHECK (pool_id <> ''),
        entity_id      text NOT NULL DEFAULT 'main',
        name           text NOT NULL,
        provider_id    text,
        site_id        text,
        chip_model_id  text,
        cost_centre_id text,
        ownership      text NOT NULL DEFAULT 'owned' CHECK (ownership IN ('owned', 'leased', 'rented')),
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE pool IS 'What is metered: chips of one model at one site of one provider, bearing cost in one cost centre.';

    CREATE TABLE pool_asset (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        pool_id       text NOT NULL,
        asset_id      text NOT NULL,
        share         numeric NOT NULL DEFAULT 1 CHECK (share > 0 AND share <= 1),
        valid_from    date NOT NULL DEFAULT '-infinity',
        valid_to      date NOT NULL DEFAULT 'infinity',
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE pool_asset IS 'Which share of an asset serves which pool, [valid_from, valid_to). At any moment the shares of an asset add up to at most 1; the rest is shown as not pooled.';

    CREATE TABLE rate_card (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rate_card_id  text NOT NULL CHECK (rate_card_id <> ''),
        provider_id   text NOT NULL,
        chip_model_id text NOT NULL,
        pricing       text NOT NULL CHECK (pricing IN ('on_demand', 'reserved')),
        term_months   integer CHECK (term_months > 0),
        region        text CHECK (region <> ''),
        kind          text NOT NULL DEFAULT 'list' CHECK (kind IN ('list', 'contract')),
        rate          monetary NOT NULL CHECK (amount(rate) >= 0),
        valid_from    date NOT NULL CHECK (isfinite(valid_from)),
        valid_to      date NOT NULL DEFAULT 'infinity',
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT term_of_a_reservation CHECK (term_months IS NULL OR pricing = 'reserved'),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE rate_card IS 'What a provider asks for a chip-hour of a model, [valid_from, valid_to) by day in the ledger''s time zone. A new price is a new row of the same card. pricing: on_demand, for the hours that are used, or reserved, for every hour of a term. kind: list = a published price, contract = one agreed.';
    COMMENT ON COLUMN rate_card.rate IS 'Per chip-hour: the price of an instance over its chips.';
    COMMENT ON COLUMN rate_card.term_months IS 'Length of a reservation in months; NULL = not known, or none.';

    CREATE TABLE rented_capacity (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rental_id     text NOT NULL CHECK (rental_id <> ''),
        pool_id       text NOT NULL,
        supplier_id   text,
        chips         bigint NOT NULL CHECK (chips > 0),
        rate          monetary,
        rate_card_id  text,
        pricing       text NOT NULL DEFAULT 'reserved' CHECK (pricing IN ('reserved', 'on_demand')),
        valid_from    date NOT NULL CHECK (isfinite(valid_from)),
        valid_to      date NOT NULL DEFAULT 'infinity',
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT rate_or_rate_card CHECK (num_nonnulls(rate, rate_card_id) = 1),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE rented_capacity IS 'Chips rented into a pool in [valid_from, valid_to): at a rate per chip-hour, or at what a rate card asks on each day. pricing: reserved = for chips x every hour, used or not; on_demand = for the hours that readings show as installed, up to chips, and for nothing else.';
    COMMENT ON COLUMN rented_capacity.rate_card_id IS 'The card whose rates hold, day by day; a day that it has none for is a finding, and its cost is not known.';
    COMMENT ON COLUMN rented_capacity.pricing IS 'on_demand: what the pool''s readings have installed on a day beyond its owned, leased and reserved chips. Without readings it costs nothing.';

    CREATE TABLE cost_rate (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        cost_rate_id  text NOT NULL CHECK (cost_rate_id <> ''),
        pool_id       text NOT NULL,
        component     text NOT NULL CHECK (component IN ('facility', 'interconnect', 'operations')),
        unit          text NOT NULL CHECK (unit IN ('month', 'chip_hour', 'kw_month', 'depreciation')),
        price         monetary,
        factor        numeric CHECK (factor >= 0 AND factor < 'infinity'),
        valid_from    date NOT NULL CHECK (isfinite(valid_from)),
        valid_to      date NOT NULL DEFAULT 'infinity',
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT price_or_factor CHECK ((unit = 'depreciation') = (price IS NULL) AND (unit = 'depreciation') = (factor IS NOT NULL)),
        CONSTRAINT price_not_negative CHECK (amount(price) >= 0),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE cost_rate IS 'Costs of a pool beside depreciation, rent and energy, [valid_from, valid_to): facility (colocation, building not owned), interconnect, operations (staff, maintenance, licences). price is in its currency per unit: a month (by days), a chip-hour in service, or a kilowatt of critical power and month; unit depreciation: factor times the depreciation of the pool''s chips and servers (Epoch AI''s interconnect: 0.19/0.81).';

    -- No key, reference or row trigger that COPY would meet: each halves its speed. What they
    -- would check is checked set-wise when the load is published. Columns of fixed width
    -- stand first, where PostgreSQL finds them without walking over the others: the filter
    -- on recorded time reads two of them in every row.
    CREATE TABLE meter_reading (
        starts_at         timestamptz NOT NULL,
        ends_at           timestamptz NOT NULL,
        recorded_at       timestamptz,
        superseded_at     timestamptz NOT NULL DEFAULT 'infinity',
        installed_chip_ms bigint NOT NULL,
        available_chip_ms bigint NOT NULL,
        allocated_chip_ms bigint NOT NULL,
        used_chip_ms      bigint NOT NULL,
        load_id           bigint NOT NULL DEFAULT current_load('load_load_id_seq'),
        month             date NOT NULL,
        pool_id           text NOT NULL,
        use_basis         text NOT NULL,
        joules            bigint,
        idle_joules       bigint,
        kept_chip_ms      bigint,
        tokens            bigint,
        billing_ms        bigint,
        energy_basis      text,
        meter_id          text,
        tenant_id         text,
        job_id            text,
        model_id          text,
        party_id          text,
        source_id         text,
        model_flops       numeric,
        CONSTRAINT starts_before_ends CHECK (starts_at < ends_at),
        CONSTRAINT chip_time_not_negative CHECK (installed_chip_ms >= 0 AND available_chip_ms >= 0 AND allocated_chip_ms >= 0 AND used_chip_ms >= 0),
        CONSTRAINT kept_within_used CHECK (kept_chip_ms >= 0 AND kept_chip_ms <= used_chip_ms),
        CONSTRAINT joules_not_negative_idle_within CHECK (joules >= 0 AND idle_joules >= 0 AND idle_joules <= joules),
        CONSTRAINT joules_with_their_basis CHECK ((joules IS NULL) = (energy_basis IS NULL) AND (joules IS NOT NULL OR idle_joules IS NULL)),
        CONSTRAINT counts_not_negative CHECK (tokens >= 0 AND billing_ms >= 0 AND model_flops >= 0 AND model_flops < 'infinity'),
        CONSTRAINT keys_not_empty CHECK (meter_id <> '' AND tenant_id <> '' AND job_id <> '' AND model_id <> '' AND party_id <> ''),
        -- Compared one by one, the commonest first: COPY pays for what every row is checked by.
        CONSTRAINT use_basis_known CHECK (use_basis = 'sm_active' OR use_basis = 'allocated' OR use_basis = 'gr_engine_active' OR use_basis = 'gpu_util' OR use_basis = 'goodput'),
        CONSTRAINT energy_basis_known CHECK (energy_basis = 'chip' OR energy_basis = 'server' OR energy_basis = 'facility' OR energy_basis = 'in_rent')
    ) PARTITION BY RANGE (month);
    COMMENT ON TABLE meter_reading IS 'What chips of a pool did in [starts_at, ends_at), in chip-milliseconds: installed >= available >= allocated >= used >= kept; and the energy drawn, in joules. A row is a part of its pool: the chips of one meter, or those that one tenant, job, model or customer had, or, with all these NULL, chips that nobody had or that are not told apart. The rows of a pool add up: at any moment their installed chips together are the chips it has. month is the first day of the month in the ledger''s time zone, in which the whole interval lies. Time, energy, tokens and FLOP are additive.';
    COMMENT ON COLUMN meter_reading.meter_id IS 'What was metered: a chip, a slice of one (MIG), a node; NULL = the pool. Two rows of one pool, meter, tenant, job, model and customer must not overlap in time.';
    COMMENT ON COLUMN meter_reading.tenant_id IS 'Who had the chips: a team, a project, a namespace, an account.';
    COMMENT ON COLUMN meter_reading.job_id IS 'The job or training run they were allocated to.';
    COMMENT ON COLUMN meter_reading.model_id IS 'The AI model that was trained or served (not the chip model, which is the pool''s).';
    COMMENT ON COLUMN meter_reading.party_id IS 'The customer, a party.';
    COMMENT ON COLUMN meter_reading.kept_chip_ms IS 'Goodput: the part of used whose work was not lost; NULL = not known, all of used.';
    COMMENT ON COLUMN meter_reading.tokens IS 'Tokens trained on or served; NULL = not known.';
    COMMENT ON COLUMN meter_reading.billing_ms IS 'Billing units x milliseconds, a weight for allocation such as Slurm''s billing TRES (TRESBillingWeights); NULL = none.';
    COMMENT ON COLUMN meter_reading.idle_joules IS 'The part of joules drawn while chips did no useful work; NULL = not known, energy is then split by time.';
    COMMENT ON COLUMN meter_reading.model_flops IS 'Floating-point operations of the models that ran, without recomputation (the numerator of MFU); NULL = not known.';
    COMMENT ON COLUMN meter_reading.use_basis IS 'What used means: sm_active, gr_engine_active, gpu_util, allocated or goodput.';
    COMMENT ON COLUMN meter_reading.energy_basis IS 'Where joules were measured: chip, server or facility; in_rent = paid with the rent, no energy cost added.';

    -- Kept by publication, not given: what the readings of a day come to.
    CREATE TABLE usage_day (
        pool_id          text NOT NULL,
        month            date NOT NULL,
        reading_day      date NOT NULL,
        tenant_id        text,
        job_id           text,
        model_id         text,
        party_id         text,
        use_basis        text NOT NULL,
        energy_basis     text,
        idle_is_metered  boolean NOT NULL,
        readings         bigint NOT NULL,
        disordered       bigint NOT NULL,
        installed_ms     numeric NOT NULL,
        available_ms     numeric NOT NULL,
        allocated_ms     numeric NOT NULL,
        used_ms          numeric NOT NULL,
        kept_ms          numeric NOT NULL,
        ordered_available_ms numeric NOT NULL,
        ordered_allocated_ms numeric NOT NULL,
        ordered_used_ms  numeric NOT NULL,
        joules           numeric,
        idle_joules      numeric,
        kept_readings    bigint NOT NULL,
        tokens           numeric NOT NULL,
        token_readings   bigint NOT NULL,
        model_flops      numeric NOT NULL,
        flops_readings   bigint NOT NULL,
        billing_ms       numeric NOT NULL,
        billing_readings bigint NOT NULL,
        recorded_at      timestamptz NOT NULL,
        superseded_at    timestamptz NOT NULL DEFAULT 'infinity'
    );
    COMMENT ON TABLE usage_day IS 'Readings added up by pool, local day and whose they are, kept by every publication and withdrawal in the same moment, late readings too, with what was known before: the held rows are what the held readings come to, exactly. A reading over several days is divided by time, in whole chip-milliseconds and joules. Key while held: (pool_id, reading_day, tenant_id, job_id, model_id, party_id, use_basis, energy_basis, idle_is_metered). Additive.';
    COMMENT ON COLUMN usage_day.ordered_used_ms IS 'With the other ordered counts: used <= allocated <= available <= installed put in order reading by reading, as far as installed reaches; what money follows.';
    COMMENT ON COLUMN usage_day.kept_ms IS 'Goodput; of readings that do not state it, all that was used. kept_readings = those that state it.';
    COMMENT ON COLUMN usage_day.readings IS 'Readings that begin on the day.';
    COMMENT ON COLUMN usage_day.tokens IS 'Of the token_readings that state them; so with model_flops and flops_readings, billing_ms and billing_readings.';
    COMMENT ON COLUMN usage_day.idle_is_metered IS 'Whether the readings state idle_joules.';

    CREATE TABLE training_run (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run_id        text NOT NULL CHECK (run_id <> ''),
        name          text NOT NULL,
        party_id      text,
        asset_id      text NOT NULL,
        pool_id       text,
        base_run_id   text,
        started_on    date NOT NULL CHECK (isfinite(started_on)),
        priced_on     date CHECK (isfinite(priced_on)),
        chip_hours    numeric NOT NULL CHECK (chip_hours > 0 AND chip_hours < 'infinity'),
        model_flops   numeric CHECK (model_flops > 0 AND model_flops < 'infinity'),
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT run_is_not_its_own_base CHECK (run_id <> base_run_id),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE training_run IS 'Training runs and other large jobs: how many chip-hours of which asset''s chips, from when. base_run_id: the run whose model this one fine-tunes. model_flops: what it computed, where known.';
    COMMENT ON COLUMN training_run.priced_on IS 'The day whose energy tariff prices the run; NULL = started_on.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_usage() IS 'Internal: part of create_ledger. Tables pool, pool_asset, rate_card, rented_capacity, cost_rate, meter_reading, usage_day and training_run.';
