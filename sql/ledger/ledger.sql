-- Making, entering, granting, upgrading and dropping a ledger.

-- The one place where a ledger's name becomes a search_path. pg_temp stands last, so that a
-- temporary table called party captures nothing. The caller's own SET clause for
-- search_path restores what was there before when the caller returns.
CREATE FUNCTION chipbook.set_ledger_path(ledger text, to_report boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.set_config('search_path',
        pg_catalog.concat(CASE WHEN to_report THEN pg_catalog.format('%I, ', pg_catalog.concat(ledger, '_report')) END,
                          pg_catalog.format('%I, chipbook, pg_catalog, pg_temp', ledger)),
        true);
END
$$;
COMMENT ON FUNCTION chipbook.set_ledger_path(text, boolean) IS 'Internal: sets search_path to a ledger''s schemas for the rest of the calling function.';

-- What every function that takes a ledger's name begins with. It looks at the catalog alone and
-- leaves search_path as it is: what drops a ledger or grants rights on it must run nothing that
-- the owner of a schema put there under the name of a function of PostgreSQL's.
CREATE FUNCTION chipbook.require_ledger(ledger text, to_write boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF ledger IS NULL THEN
        RAISE EXCEPTION 'the name of a ledger must not be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n
                   JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
                   JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                   WHERE n.nspname OPERATOR(pg_catalog.=) ledger::name
                     AND c.relname OPERATOR(pg_catalog.=) 'ledger'::name AND c.relkind OPERATOR(pg_catalog.=) 'r'
                     AND a.attname OPERATOR(pg_catalog.=) 'reporting_currency'::name
                     AND a.atttypid OPERATOR(pg_catalog.=) 'chipbook.currency'::pg_catalog.regtype) THEN
        RAISE EXCEPTION 'there is no ledger "%"', ledger
            USING ERRCODE = 'invalid_schema_name',
                  HINT = 'Make one with chipbook.create_ledger().';
    END IF;
    -- Without this, a schema that the caller may not use would silently drop out of search_path.
    IF NOT pg_catalog.has_schema_privilege(ledger::name, 'USAGE') THEN
        RAISE EXCEPTION 'permission denied for ledger "%"', ledger
            USING ERRCODE = 'insufficient_privilege',
                  HINT = pg_catalog.format('Its owner can run SELECT chipbook.grant_ledger(%L, ''loader'', %L). Readers use the views in schema %I.',
                                           ledger, current_user, pg_catalog.concat(ledger, '_report'));
    END IF;
    IF to_write AND pg_catalog.lower(pg_catalog.current_setting('chipbook.as_of', true)) OPERATOR(pg_catalog.<>) ALL (ARRAY['', 'now']) THEN
        RAISE EXCEPTION 'ledger "%" cannot be written to while chipbook.as_of is set to "%"',
                        ledger, pg_catalog.current_setting('chipbook.as_of')
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'RESET chipbook.as_of first.';
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.require_ledger(text, boolean) IS 'Internal: checks that a ledger exists and may be used. 3F000 when there is no such ledger; 42501 without USAGE on its schema; 55000 when asked to write while chipbook.as_of is set.';

CREATE FUNCTION chipbook.enter_ledger(ledger text, to_write boolean DEFAULT false, to_report boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write);
    PERFORM chipbook.set_ledger_path(ledger, to_report);
END
$$;
COMMENT ON FUNCTION chipbook.enter_ledger(text, boolean, boolean) IS 'Internal: require_ledger, then sets search_path to the ledger for the rest of the calling function.';

-- The version of the tables and views that this script makes.
CREATE FUNCTION chipbook.ledger_schema_version() RETURNS text
    IMMUTABLE PARALLEL SAFE LANGUAGE sql RETURN '0.1.0';
COMMENT ON FUNCTION chipbook.ledger_schema_version() IS 'The version of the tables and views that create_ledger makes and upgrade_ledger brings a ledger to.';

CREATE FUNCTION chipbook.create_ledger(
    ledger text, reporting_currency chipbook.currency DEFAULT 'USD', fiscal_year_start integer DEFAULT 1,
    time_zone text DEFAULT 'UTC', basis text DEFAULT 'ifrs', owner name DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    report text := ledger || '_report';
    tenant text := ledger || '_tenant';
    caller text := current_setting('role');
    first_load bigint;
BEGIN
    IF ledger IS NULL OR reporting_currency IS NULL OR fiscal_year_start IS NULL OR time_zone IS NULL OR basis IS NULL THEN
        RAISE EXCEPTION 'create_ledger takes no null argument' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF ledger !~ '^[a-z_][a-z0-9_]*$' OR octet_length(report) > 63 OR ledger ~ '^pg_'
       OR ledger IN ('public', 'chipbook', 'information_schema') THEN
        RAISE EXCEPTION 'invalid name for a ledger: "%"', ledger
            USING ERRCODE = 'invalid_name',
                  HINT = 'Use up to 56 lower-case letters, digits and underscores, not beginning with a digit; it becomes a schema.';
    END IF;
    IF fiscal_year_start NOT BETWEEN 1 AND 12 THEN
        RAISE EXCEPTION 'invalid fiscal_year_start for a ledger: %', fiscal_year_start
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the first month of the fiscal year, 1 to 12.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = time_zone) THEN
        RAISE EXCEPTION 'invalid time_zone for a ledger: "%"', time_zone
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use a name from pg_timezone_names, such as ''UTC'' or ''Europe/Berlin''.';
    END IF;
    IF basis NOT IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic') THEN
        RAISE EXCEPTION 'invalid basis for a ledger: "%"', basis
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Use ifrs, us_gaap, hgb, us_tax, de_tax or economic.';
    END IF;
    IF EXISTS (SELECT FROM pg_namespace n WHERE n.nspname IN (ledger, report, tenant)) THEN
        RAISE EXCEPTION 'schema "%" exists already', (SELECT min(n.nspname::text) FROM pg_namespace n WHERE n.nspname IN (ledger, report, tenant))
            USING ERRCODE = 'duplicate_schema',
                  DETAIL = format('A ledger needs the schemas "%s", "%s" and "%s" for itself.', ledger, report, tenant),
                  HINT = 'Choose another name; chipbook.create_ledger() overwrites nothing.';
    END IF;

    IF owner IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = owner AND NOT r.rolcanlogin AND NOT r.rolsuper) THEN
        RAISE EXCEPTION 'role "%" cannot own a ledger: it %', owner,
                        CASE WHEN EXISTS (SELECT FROM pg_roles r WHERE r.rolname = owner) THEN 'can log in, or is a superuser' ELSE 'does not exist' END
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('A ledger''s owner is a role that nobody logs in as: CREATE ROLE %I NOLOGIN;', owner);
    END IF;

    EXECUTE format('CREATE SCHEMA %I%s', ledger, ' AUTHORIZATION ' || quote_ident(owner));
    EXECUTE format('CREATE SCHEMA %I%s', report, ' AUTHORIZATION ' || quote_ident(owner));
    EXECUTE format('CREATE SCHEMA %I%s', tenant, ' AUTHORIZATION ' || quote_ident(owner));
    IF owner IS NOT NULL THEN
        PERFORM set_config('role', owner, true);
    END IF;
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', ledger, 'A chipbook ledger: tables and inner views. Query ' || report || '.');
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', report, 'The published views of the chipbook ledger ' || ledger || '.');
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', tenant, 'What tenants see of the chipbook ledger ' || ledger || ': their own rows.');

    PERFORM chipbook.set_ledger_path(ledger);
    PERFORM chipbook.create_ledger_core();
    INSERT INTO ledger (ledger_name, schema_version, reporting_currency, fiscal_year_start, time_zone, basis)
    VALUES (ledger, chipbook.ledger_schema_version(), reporting_currency, fiscal_year_start, time_zone, basis);
    PERFORM chipbook.create_ledger_parties();
    PERFORM chipbook.create_ledger_assets();
    PERFORM chipbook.create_ledger_usage();
    PERFORM chipbook.create_ledger_allocation();
    PERFORM chipbook.create_ledger_exposure();
    PERFORM chipbook.create_ledger_obligations();
    PERFORM chipbook.create_ledger_leases();
    PERFORM chipbook.create_ledger_commitments();
    PERFORM chipbook.create_ledger_statements();
    PERFORM chipbook.create_ledger_stress();
    PERFORM chipbook.create_ledger_stakes();
    PERFORM chipbook.create_ledger_focus();
    PERFORM chipbook.create_ledger_bills();
    PERFORM chipbook.create_ledger_prices();
    PERFORM chipbook.create_ledger_plan();
    PERFORM chipbook.create_ledger_currencies();
    PERFORM chipbook.create_ledger_accounts();
    PERFORM chipbook.create_ledger_journal();
    PERFORM chipbook.create_ledger_keys();
    PERFORM chipbook.create_ledger_partitions();
    PERFORM chipbook.create_ledger_packing();
    PERFORM chipbook.create_ledger_usage_days();
    PERFORM chipbook.create_ledger_charge_months();
    PERFORM chipbook.create_ledger_import();
    PERFORM chipbook.create_ledger_bill_import();
    PERFORM chipbook.create_ledger_spend_days();
    PERFORM chipbook.create_ledger_tenants();
    PERFORM chipbook.create_ledger_views(ledger);
    PERFORM chipbook.create_ledger_seals();
    PERFORM chipbook.create_ledger_load_functions();
    PERFORM chipbook.create_ledger_allocation_functions();
    PERFORM chipbook.create_ledger_journal_functions();
    PERFORM chipbook.create_ledger_close();
    PERFORM chipbook.create_ledger_close_commitments();
    PERFORM chipbook.create_ledger_currency_close();
    PERFORM chipbook.create_ledger_refresh();
    PERFORM chipbook.create_ledger_verification();
    PERFORM chipbook.create_ledger_export();
    PERFORM chipbook.create_ledger_rights();
    -- What runs as the owner finds PostgreSQL's own functions first, whatever else comes into the schema.
    EXECUTE (SELECT string_agg(format('REVOKE EXECUTE ON FUNCTION %1$s FROM PUBLIC; ALTER FUNCTION %1$s SET search_path = pg_catalog, %2$I, chipbook, pg_temp', p.oid::regprocedure, ledger), '; ')
             FROM pg_proc p WHERE p.pronamespace = ledger::regnamespace AND p.prosecdef);

    -- One entity to begin with, known since ever: a ledger's own set-up is no event in it.
    INSERT INTO source (source_id, kind, reference, confidence)
    VALUES ('ledger', 'ledger', 'set up by create_ledger', 'high');
    INSERT INTO load (description, source_id) VALUES ('set up by create_ledger', 'ledger')
    RETURNING load_id INTO first_load;
    INSERT INTO fiscal_calendar (calendar_id, name, load_id, source_id, recorded_at)
    VALUES ('ledger', 'months from fiscal_year_start', first_load, 'ledger', '-infinity');
    INSERT INTO entity (entity_id, name, functional_currency, load_id, source_id, recorded_at)
    VALUES ('main', ledger, reporting_currency, first_load, 'ledger', '-infinity');
    UPDATE load SET recorded_at = '-infinity', imported = true, fact_count = 2 WHERE load_id = first_load;
    UPDATE load l SET hash_version = 1, hash = load_hash(l, load_digest(first_load), NULL) WHERE l.load_id = first_load;
    PERFORM append_seal('ledger', 1, ledger_content(), '-infinity');
    PERFORM append_seal('load', first_load, load_content(l, ''), '-infinity') FROM load l WHERE l.load_id = first_load;
    -- Under wal_level minimal what nextval() reserved in the transaction that made a sequence is in no log, and
    -- after a crash the same numbers would come again. What setval() sets reserves nothing.
    PERFORM setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, s.last_value)
    FROM pg_sequences s WHERE s.schemaname = ledger AND s.last_value IS NOT NULL;
    PERFORM chipbook.create_ledger_guards();
    PERFORM chipbook.create_ledger_journal_guards();
    PERFORM set_config('role', caller, true);
END
$$;
COMMENT ON FUNCTION chipbook.create_ledger(text, chipbook.currency, integer, text, text, name) IS 'Makes a ledger: schema LEDGER with its tables, LEDGER_report with the published views and LEDGER_tenant with what tenants see of them, and one entity called main. owner: the role that owns them and that nobody logs in as, of which the caller is a member; by default the caller owns them. Needs CREATE on the database. Errors: 42602 bad name, 42P06 a schema of that name exists, 22023 bad calendar, zone, basis or owner, 42501 the caller cannot become the owner.';

-- Every view, inner ones first; also what upgrade_ledger runs after dropping them.
CREATE FUNCTION chipbook.create_ledger_views(ledger text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.enter_ledger(ledger);
    PERFORM chipbook.create_ledger_known_views();
    PERFORM chipbook.create_ledger_calendar();
    PERFORM chipbook.create_ledger_rate_functions();
    PERFORM chipbook.create_ledger_lease_views();
    PERFORM chipbook.create_ledger_capacity_views();
    PERFORM chipbook.create_ledger_book_value_views();
    PERFORM chipbook.create_ledger_register_views();
    PERFORM chipbook.create_ledger_usage_views();
    PERFORM chipbook.create_ledger_spend_views();
    PERFORM chipbook.create_ledger_allocation_views();
    PERFORM chipbook.create_ledger_spend_day_views();
    PERFORM chipbook.create_ledger_rent_views();
    PERFORM chipbook.create_ledger_exposure_views();
    PERFORM chipbook.create_ledger_obligation_views();
    PERFORM chipbook.create_ledger_commitment_views();
    PERFORM chipbook.create_ledger_commitment_amounts();
    PERFORM chipbook.create_ledger_commitment_bill_views();
    PERFORM chipbook.create_ledger_statement_views();
    PERFORM chipbook.create_ledger_stake_views();
    PERFORM chipbook.create_ledger_network_views();
    PERFORM chipbook.create_ledger_stress_views();
    PERFORM chipbook.create_ledger_forecast_views();
    PERFORM chipbook.create_ledger_impairment_views();
    PERFORM chipbook.create_ledger_journal_views();
    PERFORM chipbook.create_ledger_focus_views();
    PERFORM chipbook.create_ledger_focus_allocation_views();
    PERFORM chipbook.create_ledger_charge_month_views();
    PERFORM chipbook.create_ledger_price_views();
    PERFORM chipbook.create_ledger_plan_views();
    PERFORM chipbook.create_ledger_currency_views();
    PERFORM chipbook.create_ledger_reported_views();
    PERFORM chipbook.create_ledger_calendar_days();
    PERFORM chipbook.enter_ledger(ledger, to_report => true);
    PERFORM chipbook.create_report_book_value_views();
    PERFORM chipbook.create_report_register_views();
    PERFORM chipbook.create_report_spend_views();
    PERFORM chipbook.create_report_allocation_views();
    PERFORM chipbook.create_report_spend_day_views();
    PERFORM chipbook.create_report_chip_cost_views();
    PERFORM chipbook.create_report_rent_views();
    PERFORM chipbook.create_report_check_views();
    PERFORM chipbook.create_report_exposure_views();
    PERFORM chipbook.create_report_obligation_views();
    PERFORM chipbook.create_report_commitment_views();
    PERFORM chipbook.create_report_commitment_bill_views();
    PERFORM chipbook.create_report_statement_views();
    PERFORM chipbook.create_report_network_views();
    PERFORM chipbook.create_report_stress_views();
    PERFORM chipbook.create_report_stake_views();
    PERFORM chipbook.create_report_forecast_views();
    PERFORM chipbook.create_report_impairment_views();
    PERFORM chipbook.create_report_price_views();
    PERFORM chipbook.create_report_plan_views();
    PERFORM chipbook.create_report_quality_views();
    PERFORM chipbook.create_report_journal_views();
    PERFORM chipbook.create_report_currency_views();
    PERFORM chipbook.create_report_close_views();
    PERFORM chipbook.create_report_health_views();
    PERFORM chipbook.create_report_export_views();
    PERFORM chipbook.create_report_import_views();
    PERFORM chipbook.create_report_focus_views();
    PERFORM chipbook.create_report_charge_month_views();
    PERFORM chipbook.create_report_focus_journal_views();
    PERFORM chipbook.create_report_bill_import_views();
    PERFORM chipbook.create_report_dimension_views();
    PERFORM chipbook.describe_columns(ledger);
    -- Last: they are made of the others, and say of their columns what those say.
    PERFORM chipbook.create_report_reported_views();
    PERFORM chipbook.describe_columns(ledger);
    PERFORM chipbook.create_tenant_views(ledger);
END
$$;
COMMENT ON FUNCTION chipbook.create_ledger_views(text) IS 'Internal: part of create_ledger. All views of a ledger.';

CREATE FUNCTION chipbook.drop_ledger(ledger text, ledger_again text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
    IF ledger IS DISTINCT FROM ledger_again THEN
        RAISE EXCEPTION 'the two names of the ledger to drop differ: "%" and "%"', ledger, ledger_again
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give the name twice: all its facts will be gone.';
    END IF;
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    -- Only where it is the ledger's: a schema of that name may be somebody's.
    IF to_regprocedure(format('%I.tenant_rows(text)', ledger)) IS NOT NULL THEN
        EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', ledger || '_tenant');
    END IF;
    EXECUTE format('DROP SCHEMA %I CASCADE', ledger || '_report');
    EXECUTE format('DROP SCHEMA %I CASCADE', ledger);
END
$$;
COMMENT ON FUNCTION chipbook.drop_ledger(text, text) IS 'Drops a ledger with all its facts and views, and whatever depends on them. The name is asked for twice; 22023 when the two differ, 3F000 when there is no such ledger.';

CREATE FUNCTION chipbook.upgrade_ledger(ledger text)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    present text;
    target text := chipbook.ledger_schema_version();
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    IF NOT chipbook.acts_as_owner(ledger) THEN
        EXECUTE format('SELECT %I.ledger_upgrade()', ledger) INTO STRICT present;
        RETURN present;
    END IF;
    EXECUTE format('SELECT l.schema_version FROM %I.ledger l FOR UPDATE', ledger) INTO STRICT present;
    IF present = target THEN
        RAISE NOTICE 'ledger "%" is at version % already', ledger, target;
    ELSE
        RAISE EXCEPTION 'ledger "%" has version %, which this chipbook (%) does not know', ledger, present, target
            USING ERRCODE = 'feature_not_supported',
                  HINT = 'Install the chipbook release that made it, or a later one, and run ALTER EXTENSION chipbook UPDATE.';
    END IF;
    RETURN target;
END
$$;
COMMENT ON FUNCTION chipbook.upgrade_ledger(text) IS 'Brings a ledger''s tables and views to the version of the installed extension and returns that version; does nothing when it is there already. For the owner and for an admin. 0A000 when the ledger is newer than the extension.';
