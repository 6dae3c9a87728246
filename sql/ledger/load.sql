-- Loads: how facts enter a ledger. Rows are inserted with recorded_at NULL, seen by no
-- view; publish_load checks them set-wise, replaces what they replace and stamps them, all
-- under the ledger's row lock held to commit, so that recorded time follows commit order.

-- What identifies a fact while it is held: a new row with the same key replaces the old.
-- Meter readings have none, theirs is the time they cover; nor charges, which a delivery replaces as a whole.
CREATE FUNCTION chipbook.ledger_fact_tables()
RETURNS TABLE (table_name name, key_columns name[]) IMMUTABLE PARALLEL SAFE ROWS 70 LANGUAGE sql
BEGIN ATOMIC
    SELECT t.table_name::name, t.key_columns::name[] FROM (VALUES
        ('party', '{party_id}'),
        ('relation', '{party_id,parent_id,kind,valid_from}'),
        ('entity', '{entity_id}'),
        ('cost_centre', '{cost_centre_id}'),
        ('fx_rate', '{from_currency,to_currency,rate_type,rate_date,rate_source}'),
        ('entity_rate', '{entity_id,kind,valid_from}'),
        ('chip_model', '{chip_model_id}'),
        ('site', '{site_id}'),
        ('energy_tariff', '{site_id,valid_from}'),
        ('asset', '{asset_id}'),
        ('asset_policy', '{asset_id,basis}'),
        ('cash_generating_unit', '{cash_generating_unit_id}'),
        ('asset_event', '{event_id}'),
        ('retirement_obligation', '{obligation_id}'),
        ('pool', '{pool_id}'),
        ('pool_asset', '{pool_id,asset_id,valid_from}'),
        ('rate_card', '{rate_card_id,valid_from}'),
        ('rented_capacity', '{rental_id,valid_from}'),
        ('cost_rate', '{cost_rate_id,valid_from}'),
        ('meter_reading', NULL),
        ('training_run', '{run_id}'),
        ('allocation_rule', '{rule_id,valid_from}'),
        ('tenant_capacity', '{pool_id,tenant_id,valid_from}'),
        ('holding_event', '{event_id}'),
        ('valuation', '{valuation_id}'),
        ('deal', '{deal_id}'),
        ('capacity', '{capacity_id}'),
        ('money_flow', '{flow_id}'),
        ('party_link', '{party_id,other_id,kind,valid_from}'),
        ('party_figure', '{figure_id}'),
        ('deal_minimum', '{deal_id,is_unconditional,valid_from}'),
        ('deal_classification', '{deal_id,basis,valid_from}'),
        ('obligation_disclosure', '{disclosure_id}'),
        ('lease', '{lease_id}'),
        ('lease_modification', '{lease_id,effective_on}'),
        ('commitment', '{commitment_id}'),
        ('commitment_draw', '{draw_id,commitment_id}'),
        ('commitment_expectation', '{commitment_id,expected_on}'),
        ('commitment_scope', '{commitment_id,scope_id}'),
        ('tax_recovery', '{tax_recovery_id,valid_from}'),
        ('statement', '{statement_id}'),
        ('status_event', '{subject,subject_id,aspect,status,happened_from}'),
        ('status_probability', '{legal_status}'),
        ('site_capex', '{site_id,stage,at_date,currency}'),
        ('counterparty_limit', '{limit_id,valid_from}'),
        ('stress_scenario', '{scenario_id}'),
        ('stress_shock', '{scenario_id,party_id}'),
        ('build_payoff', '{decision_id,action,state_kind,state}'),
        ('demand_estimate', '{estimate_id}'),
        ('charge', NULL),
        ('sku_price', '{sku_price_id,valid_from}'),
        ('credit_price', '{service_provider_name,credit,currency,valid_from}'),
        ('token_usage', '{usage_id,meter}'),
        ('cost_centre_rule', '{rule_id,valid_from}'),
        ('plan_line', '{scenario,version,line_id}'),
        ('contract_commitment', '{contract_commitment_id}'),
        ('billing_period', '{invoice_issuer_name,billing_period_start}'),
        ('invoice_detail', '{invoice_issuer_name,invoice_id,invoice_detail_id}'),
        ('charge_origin', '{origin_id,valid_from}'),
        ('stake', '{stake_id}'),
        ('stake_event', '{event_id}'),
        ('holding_accounting', '{holding_id,basis,valid_from}'),
        ('holding_measurement', '{measurement_id}'),
        ('monetary_item', '{item_id}'),
        ('monetary_settlement', '{settlement_id}'),
        ('fiscal_calendar', '{calendar_id}'),
        ('fiscal_period', '{calendar_id,fiscal_year,period_number}'),
        ('account', '{account_id}'),
        ('posting_rule', '{rule_id,valid_from}'),
        ('gl_balance', '{entity_id,basis,fiscal_year,period_number,account_id,currency}')) t (table_name, key_columns);
END;
COMMENT ON FUNCTION chipbook.ledger_fact_tables() IS 'The fact tables of a ledger and what identifies a fact in each: publishing a row with the key of a held one replaces it. NULL for meter_reading, whose facts are identified by pool, time and whose they are, and for charge, which is replaced by delivery.';

-- Which column names a fact of which other table.
CREATE FUNCTION chipbook.ledger_references()
RETURNS TABLE (table_name name, column_name name, refers_to name, key_column name) IMMUTABLE PARALLEL SAFE ROWS 97 LANGUAGE sql
BEGIN ATOMIC
    SELECT t.table_name::name, t.column_name::name, t.refers_to::name, t.key_column::name FROM (VALUES
        ('relation', 'party_id', 'party', 'party_id'),
        ('relation', 'parent_id', 'party', 'party_id'),
        ('entity', 'party_id', 'party', 'party_id'),
        ('entity', 'calendar_id', 'fiscal_calendar', 'calendar_id'),
        ('cost_centre', 'entity_id', 'entity', 'entity_id'),
        ('entity_rate', 'entity_id', 'entity', 'entity_id'),
        ('chip_model', 'vendor_id', 'party', 'party_id'),
        ('site', 'owner_id', 'party', 'party_id'),
        ('site', 'tenant_id', 'party', 'party_id'),
        ('energy_tariff', 'site_id', 'site', 'site_id'),
        ('asset', 'entity_id', 'entity', 'entity_id'),
        ('asset', 'chip_model_id', 'chip_model', 'chip_model_id'),
        ('asset', 'site_id', 'site', 'site_id'),
        ('asset', 'supplier_id', 'party', 'party_id'),
        ('asset', 'cash_generating_unit_id', 'cash_generating_unit', 'cash_generating_unit_id'),
        ('asset', 'parent_asset_id', 'asset', 'asset_id'),
        ('asset_policy', 'asset_id', 'asset', 'asset_id'),
        ('cash_generating_unit', 'entity_id', 'entity', 'entity_id'),
        ('asset_event', 'asset_id', 'asset', 'asset_id'),
        ('asset_event', 'to_entity_id', 'entity', 'entity_id'),
        ('asset_event', 'to_site_id', 'site', 'site_id'),
        ('asset_event', 'cash_generating_unit_id', 'cash_generating_unit', 'cash_generating_unit_id'),
        ('retirement_obligation', 'asset_id', 'asset', 'asset_id'),
        ('pool', 'entity_id', 'entity', 'entity_id'),
        ('pool', 'provider_id', 'party', 'party_id'),
        ('pool', 'site_id', 'site', 'site_id'),
        ('pool', 'chip_model_id', 'chip_model', 'chip_model_id'),
        ('pool', 'cost_centre_id', 'cost_centre', 'cost_centre_id'),
        ('pool_asset', 'pool_id', 'pool', 'pool_id'),
        ('pool_asset', 'asset_id', 'asset', 'asset_id'),
        ('rate_card', 'provider_id', 'party', 'party_id'),
        ('rate_card', 'chip_model_id', 'chip_model', 'chip_model_id'),
        ('rented_capacity', 'pool_id', 'pool', 'pool_id'),
        ('rented_capacity', 'supplier_id', 'party', 'party_id'),
        ('rented_capacity', 'rate_card_id', 'rate_card', 'rate_card_id'),
        ('cost_rate', 'pool_id', 'pool', 'pool_id'),
        ('meter_reading', 'pool_id', 'pool', 'pool_id'),
        ('meter_reading', 'party_id', 'party', 'party_id'),
        ('training_run', 'party_id', 'party', 'party_id'),
        ('training_run', 'asset_id', 'asset', 'asset_id'),
        ('training_run', 'pool_id', 'pool', 'pool_id'),
        ('training_run', 'base_run_id', 'training_run', 'run_id'),
        ('allocation_rule', 'pool_id', 'pool', 'pool_id'),
        ('tenant_capacity', 'pool_id', 'pool', 'pool_id'),
        ('holding_event', 'investor_id', 'party', 'party_id'),
        ('holding_event', 'investee_id', 'party', 'party_id'),
        ('valuation', 'party_id', 'party', 'party_id'),
        ('deal', 'supplier_id', 'party', 'party_id'),
        ('deal', 'customer_id', 'party', 'party_id'),
        ('deal', 'parent_deal_id', 'deal', 'deal_id'),
        ('deal', 'chip_model_id', 'chip_model', 'chip_model_id'),
        ('deal', 'site_id', 'site', 'site_id'),
        ('capacity', 'deal_id', 'deal', 'deal_id'),
        ('capacity', 'site_id', 'site', 'site_id'),
        ('capacity', 'chip_model_id', 'chip_model', 'chip_model_id'),
        ('money_flow', 'payer_id', 'party', 'party_id'),
        ('money_flow', 'payee_id', 'party', 'party_id'),
        ('money_flow', 'deal_id', 'deal', 'deal_id'),
        ('party_link', 'party_id', 'party', 'party_id'),
        ('party_link', 'other_id', 'party', 'party_id'),
        ('party_figure', 'party_id', 'party', 'party_id'),
        ('statement', 'speaker_party_id', 'party', 'party_id'),
        ('site_capex', 'site_id', 'site', 'site_id'),
        ('counterparty_limit', 'holder_id', 'party', 'party_id'),
        ('stress_shock', 'scenario_id', 'stress_scenario', 'scenario_id'),
        ('stress_shock', 'party_id', 'party', 'party_id'),
        ('demand_estimate', 'party_id', 'party', 'party_id'),
        ('stake', 'owner_id', 'party', 'party_id'),
        ('stake', 'owned_id', 'party', 'party_id'),
        ('stake', 'holding_id', 'holding_event', 'holding_id'),
        ('stake_event', 'owner_id', 'party', 'party_id'),
        ('stake_event', 'owned_id', 'party', 'party_id'),
        ('stake_event', 'valuation_id', 'valuation', 'valuation_id'),
        ('holding_accounting', 'holding_id', 'holding_event', 'holding_id'),
        ('holding_measurement', 'holding_id', 'holding_event', 'holding_id'),
        ('party_figure', 'counterparty_id', 'party', 'party_id'),
        ('deal_minimum', 'deal_id', 'deal', 'deal_id'),
        ('deal_classification', 'deal_id', 'deal', 'deal_id'),
        ('obligation_disclosure', 'party_id', 'party', 'party_id'),
        ('obligation_disclosure', 'counterparty_id', 'party', 'party_id'),
        ('lease', 'deal_id', 'deal', 'deal_id'),
        ('lease', 'entity_id', 'entity', 'entity_id'),
        ('lease', 'pool_id', 'pool', 'pool_id'),
        ('lease_modification', 'lease_id', 'lease', 'lease_id'),
        ('commitment', 'provider_id', 'party', 'party_id'),
        ('commitment', 'entity_id', 'entity', 'entity_id'),
        ('commitment', 'cost_centre_id', 'cost_centre', 'cost_centre_id'),
        ('commitment', 'deal_id', 'deal', 'deal_id'),
        ('commitment_draw', 'commitment_id', 'commitment', 'commitment_id'),
        ('commitment_expectation', 'commitment_id', 'commitment', 'commitment_id'),
        ('commitment_scope', 'commitment_id', 'commitment', 'commitment_id'),
        ('cost_centre_rule', 'cost_centre_id', 'cost_centre', 'cost_centre_id'),
        ('cost_centre_rule', 'account_id', 'account', 'account_id'),
        ('cost_centre_rule', 'pool_id', 'pool', 'pool_id'),
        ('plan_line', 'entity_id', 'entity', 'entity_id'),
        ('plan_line', 'cost_centre_id', 'cost_centre', 'cost_centre_id'),
        ('plan_line', 'account_id', 'account', 'account_id'),
        ('fiscal_period', 'calendar_id', 'fiscal_calendar', 'calendar_id'),
        ('posting_rule', 'entity_id', 'entity', 'entity_id'),
        ('posting_rule', 'cost_centre_id', 'cost_centre', 'cost_centre_id'),
        ('posting_rule', 'debit_account_id', 'account', 'account_id'),
        ('posting_rule', 'credit_account_id', 'account', 'account_id'),
        ('charge_origin', 'pool_id', 'pool', 'pool_id'),
        ('charge_origin', 'site_id', 'site', 'site_id'),
        ('gl_balance', 'entity_id', 'entity', 'entity_id'),
        ('gl_balance', 'account_id', 'account', 'account_id'),
        ('monetary_item', 'entity_id', 'entity', 'entity_id'),
        ('monetary_item', 'counterparty_id', 'party', 'party_id'),
        ('monetary_settlement', 'item_id', 'monetary_item', 'item_id')) t (table_name, column_name, refers_to, key_column);
END;
COMMENT ON FUNCTION chipbook.ledger_references() IS 'Which column of which fact table names a fact of which other table. Checked for a whole load when it is published.';

-- One held fact per key, whatever path it came by.
CREATE FUNCTION chipbook.create_ledger_keys() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    fact record;
BEGIN
    FOR fact IN SELECT f.table_name, f.key_columns FROM chipbook.ledger_fact_tables() f WHERE f.key_columns IS NOT NULL LOOP
        EXECUTE format('CREATE UNIQUE INDEX %I ON %I (%s) WHERE recorded_at IS NOT NULL AND superseded_at = ''infinity''',
                       fact.table_name || '_held_key', fact.table_name,
                       (SELECT string_agg(quote_ident(k.c), ', ' ORDER BY k.i)
                        FROM unnest(fact.key_columns) WITH ORDINALITY k (c, i)));
        EXECUTE format('CREATE INDEX %I ON %I (load_id)', fact.table_name || '_load_id', fact.table_name);
    END LOOP;
    -- A load's readings lie together, so ranges of pages find them, and an entry for each reading would cost COPY more.
    -- Without it every publication would read every reading, even that of a load that has none. Publication summarises
    -- what COPY added: asked for by COPY itself, autovacuum logs a line for each range that it cannot keep up with.
    CREATE INDEX meter_reading_load_id ON meter_reading USING brin (load_id) WITH (pages_per_range = 32, autosummarize = off);
    -- So with charges, whose months of billing lie together too.
    CREATE INDEX charge_load_id ON charge USING brin (load_id, delivery_id, billing_period_start) WITH (pages_per_range = 32, autosummarize = off);
END
$$;
COMMENT ON FUNCTION chipbook.create_ledger_keys() IS 'Internal: part of create_ledger. Unique indexes over the facts that are held, and indexes that find the rows of a load.';

CREATE FUNCTION chipbook.open_load(ledger text, description text, source_id text DEFAULT NULL, prepared_by text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opened bigint;
BEGIN
    PERFORM chipbook.enter_ledger(ledger, to_write => true);
    IF open_load.source_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM source s WHERE s.source_id = open_load.source_id) THEN
        RAISE EXCEPTION 'there is no source "%" in ledger "%"', open_load.source_id, ledger
            USING ERRCODE = 'foreign_key_violation', HINT = format('Insert it into %I.source first.', ledger);
    END IF;
    INSERT INTO load (description, source_id, prepared_by)
    VALUES (open_load.description, open_load.source_id, coalesce(open_load.prepared_by, session_user))
    RETURNING load.load_id INTO opened;
    RETURN opened;
END
$$;
COMMENT ON FUNCTION chipbook.open_load(text, text, text, text) IS 'Opens a load and returns its number. Rows this session then inserts into the ledger''s tables belong to it by default; source_id is the source of rows that name none; prepared_by, who prepared it, is by default the session''s user. 23503 when there is no such source.';

-- A load by its number, or the error that says why it cannot be worked on.
CREATE FUNCTION chipbook.require_open_load(ledger text, load_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found_load record;
BEGIN
    SELECT l.recorded_at INTO found_load FROM load l WHERE l.load_id = require_open_load.load_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no load % in ledger "%"', load_id, ledger USING ERRCODE = 'no_data_found';
    END IF;
    IF found_load.recorded_at IS NOT NULL THEN
        RAISE EXCEPTION 'load % of ledger "%" was published already', load_id, ledger
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Open another load; what it publishes replaces facts with the same key.';
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.require_open_load(text, bigint) IS 'Internal: raises P0002 when a ledger has no such load and 55000 when it is published.';

CREATE FUNCTION chipbook.check_load(ledger text, load_id bigint)
RETURNS TABLE (table_name text, fact text, problem text) LANGUAGE plpgsql
-- Many queries, each run once: compiling them takes longer than all of them.
SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    fact_table record;
    reference record;
    key_list text;
BEGIN
    PERFORM chipbook.enter_ledger(ledger);
    PERFORM chipbook.require_open_load(ledger, load_id);

    FOR fact_table IN SELECT f.table_name, f.key_columns FROM chipbook.ledger_fact_tables() f LOOP
        key_list := (SELECT string_agg(format('t.%I', k.c), ', ' ORDER BY k.i)
                     FROM unnest(fact_table.key_columns) WITH ORDINALITY k (c, i));
        IF key_list IS NOT NULL THEN
            RETURN QUERY EXECUTE format(
                'SELECT %L::text, concat_ws('', '', %s), format(''rows of this load with this key: %%s'', count(*))
                 FROM %I t WHERE t.load_id = $1 GROUP BY %s HAVING count(*) > 1',
                fact_table.table_name, key_list, fact_table.table_name, key_list) USING load_id;
        END IF;
        RETURN QUERY EXECUTE format(
            'SELECT %L::text, NULL::text, format(''rows without a source, and the load has none: %%s'', count(*))
             FROM %I t WHERE t.load_id = $1 AND t.source_id IS NULL
               AND (SELECT l.source_id FROM load l WHERE l.load_id = $1) IS NULL HAVING count(*) > 0',
            fact_table.table_name, fact_table.table_name) USING load_id;
        FOR reference IN SELECT r.column_name, r.refers_to, r.key_column FROM chipbook.ledger_references() r
                         WHERE r.table_name = fact_table.table_name LOOP
            RETURN QUERY EXECUTE format(
                'SELECT %L::text, n.value, format(''%s "%%s" is not known (named by rows: %%s)'', n.value, n.row_count)
                 FROM (SELECT t.%I AS value, count(*) AS row_count FROM %I t
                       WHERE t.load_id = $1 AND t.%I IS NOT NULL GROUP BY 1) n
                 WHERE NOT EXISTS (SELECT FROM %I k WHERE k.%I = n.value
                                   AND (k.load_id = $1 OR k.recorded_at IS NOT NULL AND k.superseded_at = ''infinity''))
                 ORDER BY 2',
                fact_table.table_name, reference.refers_to, reference.column_name, fact_table.table_name,
                reference.column_name, reference.refers_to, reference.key_column) USING load_id;
        END LOOP;
    END LOOP;

    -- What happens to an asset, against the asset as it will be once this load is published.
    RETURN QUERY
        WITH plant AS (
            SELECT a.asset_id, a.component, a.acquired_on, currency(a.cost) AS currency
            FROM asset a
            WHERE a.load_id = check_load.load_id
               OR a.recorded_at IS NOT NULL AND a.superseded_at = 'infinity'
                  AND NOT EXISTS (SELECT FROM asset f WHERE f.load_id = check_load.load_id AND f.asset_id = a.asset_id))
        SELECT n.table_name, n.fact,
               CASE WHEN a.currency <> ANY (n.currencies) THEN format('not in %s, the currency of asset "%s"', a.currency, a.asset_id)
                    WHEN n.happened_on < a.acquired_on
                    THEN format('on %s, before asset "%s" was acquired on %s', chipbook.iso_date(n.happened_on), a.asset_id, chipbook.iso_date(a.acquired_on))
                    ELSE format('counts chips, asset "%s" is a %s', a.asset_id, a.component) END
        FROM (SELECT 'asset_event' AS table_name, e.event_id AS fact, e.asset_id, e.happened_on, e.chips,
                     ARRAY[currency(e.amount), currency(e.proceeds), currency(e.impairment)] AS currencies
              FROM asset_event e WHERE e.load_id = check_load.load_id
              UNION ALL
              SELECT 'retirement_obligation', r.obligation_id, r.asset_id, NULL, NULL, ARRAY[currency(r.liability)]
              FROM retirement_obligation r WHERE r.load_id = check_load.load_id) n
        JOIN plant a ON a.asset_id = n.asset_id
        WHERE a.currency <> ANY (n.currencies) OR n.happened_on < a.acquired_on OR n.chips IS NOT NULL AND a.component <> 'chip'
        ORDER BY 1, 2;

    -- What was posted of an asset is in the currency it had.
    RETURN QUERY
        SELECT 'asset', a.asset_id, format('in %s, what is posted of it is in %s', currency(a.cost), p.currency)
        FROM asset a JOIN (SELECT DISTINCT n.asset_id, currency(n.posted_total) AS currency FROM asset_posted n WHERE n.posted_total <> - n.posted_total) p ON p.asset_id = a.asset_id
        WHERE a.load_id = check_load.load_id AND currency(a.cost) <> p.currency ORDER BY 2;

    -- Two readings of a pool that overlap have neighbours, in order of their start, that do.
    RETURN QUERY
        SELECT 'meter_reading', r.pool_id, format('readings that overlap an earlier one of this load: %s, the first at %s', count(*),
               to_char(min(r.starts_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        FROM (SELECT m.pool_id, m.starts_at, lag(m.ends_at) OVER (PARTITION BY m.pool_id, m.meter_id, m.tenant_id, m.job_id, m.model_id, m.party_id ORDER BY m.starts_at, m.ends_at) AS before
              FROM meter_reading m WHERE m.load_id = check_load.load_id) r
        WHERE r.before > r.starts_at GROUP BY r.pool_id ORDER BY r.pool_id;
    -- Nor may two periods of one tariff, share, rental or relation: what holds twice counts twice.
    FOR fact_table IN SELECT f.table_name, array_remove(f.key_columns, 'valid_from') AS key_columns
                      FROM chipbook.ledger_fact_tables() f WHERE 'valid_from' = ANY (f.key_columns) LOOP
        key_list := (SELECT string_agg(format('t.%I', k.c), ', ' ORDER BY k.i)
                     FROM unnest(fact_table.key_columns) WITH ORDINALITY k (c, i));
        RETURN QUERY EXECUTE format(
            'SELECT %1$L::text, p.fact, format(''periods overlap on %%s'', chipbook.iso_date(p.valid_from))
             FROM (SELECT concat_ws('', '', %2$s) AS fact, t.valid_from, t.load_id,
                          lag(t.valid_to) OVER w AS before, lag(t.load_id) OVER w AS load_before
                   FROM %1$I t
                   WHERE EXISTS (SELECT FROM %1$I n WHERE n.load_id = $1)
                     AND (t.load_id = $1
                          OR t.recorded_at IS NOT NULL AND t.superseded_at = ''infinity''
                             AND NOT EXISTS (SELECT FROM %1$I n WHERE n.load_id = $1 AND n.valid_from = t.valid_from AND %3$s))
                   WINDOW w AS (PARTITION BY %2$s ORDER BY t.valid_from)) p
             WHERE p.before > p.valid_from AND $1 IN (p.load_id, p.load_before) ORDER BY p.fact, p.valid_from',
            fact_table.table_name, key_list,
            (SELECT string_agg(format('n.%1$I = t.%1$I', k), ' AND ') FROM unnest(fact_table.key_columns) k)) USING load_id;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.check_load(text, bigint) IS 'What stands in the way of publishing a load: rows with the same key, names that are not known, rows without a source, readings that overlap, periods of one tariff, share, rental or relation that overlap, events of an asset in another currency, before its acquisition, or that count chips of what has none, assets in another currency than what is posted of them. No rows: it can be published. Nothing is changed.';

CREATE FUNCTION chipbook.supersede_readings(ledger text, load_id bigint, stamp timestamptz, replace_readings boolean)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    clash record;
    row_count bigint;
    months date[];
    from_time timestamptz;
    to_time timestamptz;
BEGIN
    PERFORM packed_unpack(load_id);
    IF NOT replace_readings THEN
        SELECT array_agg(DISTINCT n.month), min(n.starts_at), max(n.ends_at) INTO months, from_time, to_time FROM meter_reading n WHERE n.load_id = supersede_readings.load_id;
        -- The load has no overlap in itself (check_load), nor have the held readings:
        -- neighbours in order of start tell whether the two overlap each other. Of the held ones only
        -- those of the time that the load is about: a small load does not sort a month of readings.
        SELECT r.pool_id, r.starts_at INTO clash
        FROM (SELECT m.pool_id, m.starts_at, m.load_id,
                     lag(m.ends_at) OVER w AS before, lag(m.load_id) OVER w AS load_before
              FROM meter_reading m
              WHERE m.month = ANY (months) AND m.starts_at < to_time AND m.ends_at > from_time
                AND (m.load_id = supersede_readings.load_id
                     OR m.recorded_at IS NOT NULL AND m.superseded_at = 'infinity')
              WINDOW w AS (PARTITION BY m.pool_id, m.meter_id, m.tenant_id, m.job_id, m.model_id, m.party_id ORDER BY m.starts_at, m.ends_at)) r
        WHERE r.before > r.starts_at
        ORDER BY r.pool_id, r.starts_at LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'load % of ledger "%" has readings that overlap published ones, the first of pool "%" at %',
                            load_id, ledger, clash.pool_id, clash.starts_at
                USING ERRCODE = 'exclusion_violation',
                      HINT = 'Publish with replace_readings => true if they are to replace them.';
        END IF;
        RETURN 0;
    END IF;

    UPDATE meter_reading held SET superseded_at = stamp
    FROM (SELECT n.pool_id, n.month, coalesce(n.meter_id, '') AS meter_id, coalesce(n.tenant_id, '') AS tenant_id, coalesce(n.job_id, '') AS job_id,
                 coalesce(n.model_id, '') AS model_id, coalesce(n.party_id, '') AS party_id, range_agg(tstzrange(n.starts_at, n.ends_at)) AS covered
          FROM meter_reading n WHERE n.load_id = supersede_readings.load_id GROUP BY 1, 2, 3, 4, 5, 6, 7) fresh
    WHERE held.month = fresh.month AND held.pool_id = fresh.pool_id AND held.load_id <> supersede_readings.load_id
      -- None of these is ever empty.
      AND coalesce(held.meter_id, '') = fresh.meter_id AND coalesce(held.tenant_id, '') = fresh.tenant_id AND coalesce(held.job_id, '') = fresh.job_id
      AND coalesce(held.model_id, '') = fresh.model_id AND coalesce(held.party_id, '') = fresh.party_id
      AND held.recorded_at IS NOT NULL AND held.superseded_at = 'infinity'
      AND fresh.covered && tstzrange(held.starts_at, held.ends_at);
    GET DIAGNOSTICS row_count = ROW_COUNT;
    RETURN row_count;
END
$$;
COMMENT ON FUNCTION chipbook.supersede_readings(text, bigint, timestamptz, boolean) IS 'Internal: part of publish_load. Supersedes held readings that those of a load overlap and returns how many, or raises 23P01.';
