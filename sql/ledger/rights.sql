-- Who may do what. What writes runs as the ledger's owner, so it is nobody's until it is granted.
-- Rights are kept where PostgreSQL keeps them, in its catalog: what a role may do is what it may
-- execute, so that nothing can differ from it. No role is made, and none is changed, here.

CREATE FUNCTION chipbook.ledger_functions(ledger text)
RETURNS TABLE (signature regprocedure, access text) STABLE LANGUAGE sql
BEGIN ATOMIC
    SELECT p.oid::regprocedure, a.access
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
    JOIN (VALUES ('load_publish', ARRAY['loader', 'accountant']), ('load_retract', ARRAY['loader', 'accountant']), ('load_discard', ARRAY['loader', 'accountant']),
                 ('reading_partitions_add', ARRAY['loader', 'accountant']), ('month_pack', ARRAY['loader', 'accountant']),
                 ('allocation_refresh', ARRAY['loader', 'accountant']), ('usage_refresh', ARRAY['loader', 'accountant']),
                 ('import_open', ARRAY['loader', 'accountant']), ('import_run', ARRAY['loader', 'accountant']), ('import_clear', ARRAY['loader', 'accountant']),
                 ('bill_open', ARRAY['loader', 'accountant']), ('bill_take', ARRAY['loader', 'accountant']), ('bill_run', ARRAY['loader', 'accountant']),
                 ('bill_clear', ARRAY['loader', 'accountant']),
                 ('journal_post', ARRAY['accountant']), ('journal_reverse', ARRAY['accountant']), ('period_close_softly', ARRAY['accountant', 'approver']),
                 ('load_approve', ARRAY['approver']), ('load_retract_estimates', ARRAY['approver']), ('journal_decide', ARRAY['approver']),
                 ('period_close', ARRAY['approver']), ('period_reopen', ARRAY['approver']), ('journal_hand_over', ARRAY['approver']),
                 ('rights_change', ARRAY['admin']), ('tenant_change', ARRAY['admin']), ('ledger_upgrade', ARRAY['admin'])) f (name, access)
      ON f.name::name OPERATOR(pg_catalog.=) p.proname
    CROSS JOIN LATERAL pg_catalog.unnest(f.access) a (access)
    WHERE n.nspname OPERATOR(pg_catalog.=) ledger::name AND p.prosecdef;
END;
COMMENT ON FUNCTION chipbook.ledger_functions(text) IS 'Internal: the functions of a ledger that run as its owner and may be granted, each with the access, or accesses, that grant_ledger grants it with. Key: (signature, access).';

-- The function that only those with an access may execute.
CREATE FUNCTION chipbook.held_access(ledger text, role_name name) RETURNS text[] STABLE LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(a.access ORDER BY a.place)
    FROM (VALUES (1, 'loader', 'load_publish'), (2, 'accountant', 'journal_post'), (3, 'approver', 'load_approve'), (4, 'admin', 'rights_change')) a (place, access, function_name)
    JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) ledger::name
    JOIN pg_catalog.pg_proc p ON p.pronamespace OPERATOR(pg_catalog.=) n.oid AND p.proname OPERATOR(pg_catalog.=) a.function_name::name AND p.prosecdef
    WHERE EXISTS (SELECT FROM pg_catalog.aclexplode(p.proacl) x JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) x.grantee
                  WHERE r.rolname OPERATOR(pg_catalog.=) role_name);
END;
COMMENT ON FUNCTION chipbook.held_access(text, name) IS 'Internal: which accesses to a ledger were granted to a role itself, beside reading; NULL = none. An accountant is a loader too.';

CREATE FUNCTION chipbook.require_grantee(ledger text, role_name name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chipbook.require_ledger(ledger);
    IF role_name IS NULL THEN
        RAISE EXCEPTION 'the name of a role must not be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    -- To PostgreSQL even "public" in quotes is everybody.
    IF role_name OPERATOR(pg_catalog.=) 'public'::name THEN
        RAISE EXCEPTION 'a ledger is granted to roles, not to everybody ("public")' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) ledger::name AND pg_catalog.pg_get_userbyid(n.nspowner) OPERATOR(pg_catalog.=) role_name) THEN
        RAISE EXCEPTION 'role "%" owns ledger "%" and needs no grant', role_name, ledger USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name
            USING ERRCODE = 'undefined_object', HINT = pg_catalog.format('Roles belong to the whole cluster, so you make them: CREATE ROLE %I;', role_name);
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.require_grantee(text, name) IS 'Internal: checks a ledger and a role to grant something on it to. 22004 NULL, 22023 public or the owner, 42704 no such role, and the errors of require_ledger.';

-- Granting as its owner, or through the function of the ledger that runs as its owner.
CREATE FUNCTION chipbook.acts_as_owner(ledger text) RETURNS boolean STABLE LANGUAGE sql
RETURN (SELECT pg_catalog.pg_has_role(n.nspowner, 'USAGE') FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) ledger::name);
COMMENT ON FUNCTION chipbook.acts_as_owner(text) IS 'Internal: whether the current role has the rights of the role that owns a ledger.';

CREATE FUNCTION chipbook.grant_ledger(ledger text, access text, role_name name)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_grantee(ledger, role_name);
    IF access IS NULL OR access NOT IN ('reader', 'loader', 'accountant', 'approver', 'admin') THEN
        RAISE EXCEPTION 'invalid access to a ledger: "%"', access
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use reader, loader, accountant, approver or admin.';
    END IF;
    IF NOT chipbook.acts_as_owner(ledger) THEN
        EXECUTE format('SELECT %I.rights_change(true, $1, $2)', ledger) USING access, role_name;
        RETURN;
    END IF;
    IF to_regnamespace(quote_ident(ledger || '_tenant')) IS NOT NULL AND has_schema_privilege(role_name, ledger || '_tenant', 'USAGE')
       AND NOT pg_has_role(role_name, (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = ledger), 'USAGE') THEN
        RAISE EXCEPTION 'role "%" is a tenant''s of ledger "%", which sees its own rows only', role_name, ledger
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('SELECT chipbook.revoke_tenant(%L, %L) first, or use another role.', ledger, role_name);
    END IF;
    -- A view runs with its reader's rights, so a reader needs the tables; without USAGE on
    -- their schema he can name only what is published.
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I, %I TO %I', ledger, ledger || '_report', role_name);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', ledger || '_report', role_name);
    IF access <> 'reader' THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', ledger, role_name);
        EXECUTE (SELECT string_agg(format('GRANT EXECUTE ON FUNCTION %s TO %I', f.signature, role_name), '; ')
                 FROM chipbook.ledger_functions(ledger) f WHERE f.access = grant_ledger.access);
    END IF;
    IF access IN ('loader', 'accountant') THEN
        EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', ledger, role_name);
        EXECUTE format('GRANT INSERT ON %I.source TO %I', ledger, role_name);
        EXECUTE format('GRANT INSERT ON %I.import_line TO %I', ledger, role_name);
        EXECUTE format('GRANT INSERT (description, source_id, prepared_by) ON %I.load TO %I', ledger, role_name);
        -- Facts are inserted unpublished: neither of the recorded times is the loader's to give.
        EXECUTE (SELECT string_agg(format('GRANT INSERT (%s) ON %I.%I TO %I',
                                          (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                                           WHERE a.attrelid = format('%I.%I', ledger, f.table_name)::regclass AND a.attnum > 0
                                             AND NOT a.attisdropped AND a.attname NOT IN ('fact_id', 'recorded_at', 'superseded_at')),
                                          ledger, f.table_name, role_name), '; ')
                 FROM chipbook.ledger_fact_tables() f);
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.grant_ledger(text, text, name) IS 'Lets a role read a ledger (access reader: the published views only can be named, and they answer as last published unless the session sets chipbook.as_of), and beside reading: load and publish facts (loader); also post and reverse entries and close periods softly (accountant); or approve loads, estimates and entries, withdraw estimates, close and reopen periods and hand entries over (approver); or grant, revoke and upgrade (admin). A role can have several; what one role or person prepared another approves, whatever they have. For the owner, and for an admin, who grants nothing to himself. Run it again after upgrade_ledger. 22023 for another word, or public; 42704 when there is no such role; 55000 when it is a tenant''s; 42501 neither owner nor admin.';

CREATE FUNCTION chipbook.revoke_ledger(ledger text, access text, role_name name)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    remaining text[];
BEGIN
    PERFORM chipbook.require_grantee(ledger, role_name);
    IF access IS NULL OR access NOT IN ('reader', 'loader', 'accountant', 'approver', 'admin') THEN
        RAISE EXCEPTION 'invalid access to a ledger: "%"', access
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use reader, loader, accountant, approver or admin.';
    END IF;
    IF NOT chipbook.acts_as_owner(ledger) THEN
        EXECUTE format('SELECT %I.rights_change(false, $1, $2)', ledger) USING access, role_name;
        RETURN;
    END IF;
    -- Who may post may load, and is an accountant whether or not he was made a loader too.
    remaining := CASE WHEN access <> 'reader' THEN array_remove(chipbook.held_access(ledger, role_name), access) END;
    IF access = 'loader' OR access = 'accountant' THEN
        remaining := array_remove(array_remove(remaining, 'accountant'), 'loader');
    END IF;
    -- With a table's rights go those on its columns.
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %1$I, %2$I FROM %3$I; REVOKE ALL ON ALL SEQUENCES IN SCHEMA %1$I FROM %3$I;
                    REVOKE ALL ON SCHEMA %1$I, %2$I FROM %3$I', ledger, ledger || '_report', role_name);
    EXECUTE (SELECT string_agg(format('REVOKE ALL ON FUNCTION %s FROM %I', f.signature, role_name), '; ')
             FROM (SELECT DISTINCT f.signature FROM chipbook.ledger_functions(ledger) f) f);
    PERFORM chipbook.grant_ledger(ledger, r, role_name) FROM unnest(remaining) r;
END
$$;
COMMENT ON FUNCTION chipbook.revoke_ledger(text, text, name) IS 'Takes an access to a ledger from a role: what it was granted otherwise stays, and reading with it; with the last access, or with reader, all goes. loader and accountant go together, for an accountant loads. What the role has as a member of another it keeps. Errors as grant_ledger.';

-- Settings are the role's, for the whole cluster or database: what would be right is said, and left to whom the role belongs.
CREATE FUNCTION chipbook.reader_settings(ledger text, role_name name, timeout text DEFAULT '5min', tenant boolean DEFAULT false)
RETURNS SETOF text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_grantee(ledger, role_name);
    PERFORM timeout::interval;
    RETURN QUERY SELECT format('ALTER ROLE %I IN DATABASE %I SET %s', role_name, current_database(), s.setting)
    FROM (VALUES (1, 'default_transaction_read_only = on'), (2, format('statement_timeout = %L', timeout)), (3, format('idle_in_transaction_session_timeout = %L', timeout)),
                 (4, format('search_path = %I, chipbook, pg_catalog', ledger || CASE WHEN tenant THEN '_tenant' ELSE '_report' END)), (5, 'jit = off')) s (place, setting)
    ORDER BY s.place;
END
$$;
COMMENT ON FUNCTION chipbook.reader_settings(text, name, text, boolean) IS 'The statements that make a reader''s sessions read only, limited in time and at home in the published views (tenant: in the tenants'' views), to be looked at and run by whom the role belongs to, with \gexec in psql. Settings hold for whom logs in, not for members of a role: give the role that a tool logs in as. They keep from accidents; what may be read and written is for rights to say. 22007 for a timeout that is none, and the errors of grant_ledger.';

CREATE FUNCTION chipbook.create_ledger_rights() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE FUNCTION rights_change(to_grant boolean, of_access text, to_role name) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        asker name := chipbook.asking_role();
    BEGIN
        IF to_grant AND (pg_has_role(asker, to_role, 'MEMBER')
                         OR pg_has_role(session_user, to_role, 'MEMBER') AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = session_user)) THEN
            RAISE EXCEPTION '"%" grants rights to others, not to "%"', asker, to_role
                USING ERRCODE = 'insufficient_privilege', HINT = 'Another admin, or the owner of the ledger, does it.';
        END IF;
        IF to_grant THEN
            PERFORM chipbook.grant_ledger(ledger_schema(), of_access, to_role);
        ELSE
            PERFORM chipbook.revoke_ledger(ledger_schema(), of_access, to_role);
        END IF;
    END
    $fn$;
    COMMENT ON FUNCTION rights_change(boolean, text, name) IS 'Internal: what chipbook.grant_ledger and revoke_ledger call for an admin.';

    CREATE FUNCTION ledger_upgrade() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    BEGIN
        RETURN chipbook.upgrade_ledger(ledger_schema());
    END
    $fn$;
    COMMENT ON FUNCTION ledger_upgrade() IS 'Internal: what chipbook.upgrade_ledger calls for an admin.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_rights() IS 'Internal: part of create_ledger. The functions of a ledger that an admin grants, revokes and upgrades with.';

-- Within a function that runs as its owner. What SET ROLE says can only be a role that the session is a member of.
CREATE FUNCTION chipbook.asking_role() RETURNS name STABLE LANGUAGE sql
RETURN (CASE pg_catalog.current_setting('role') WHEN 'none' THEN session_user ELSE pg_catalog.current_setting('role')::name END);
COMMENT ON FUNCTION chipbook.asking_role() IS 'The role that asks: that of SET ROLE, else the session''s user; also in a function that runs as its owner, where current_user is that.';
