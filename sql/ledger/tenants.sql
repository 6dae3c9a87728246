-- Tenants see their own rows of the published views, in a schema of their own, LEDGER_tenant.
--
-- A tenant has no right on any table or published view. Each of its views reads one function that runs as
-- the ledger's owner: it computes the published view as for everybody, then gives what is the asking role's. So
-- shares and ratios are what they are (a policy on base tables would compute them from what is left), nothing
-- of a tenant's query runs among others' rows, and pg_stats shows nothing. The condition goes into the
-- published view's own plan, down to its tables; a tenant's conditions apply to its rows.
-- The function takes the view's name and asks who calls it: it gives nobody what is not his, called directly or not.

CREATE FUNCTION chipbook.ledger_tenant_views() RETURNS TABLE (view_name name, rows_of text, reason text)
IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT v.view_name::name, v.rows_of, v.reason
    FROM (VALUES
        ('allocated_spend', 'tenant', NULL), ('allocated_spend_all_bases', 'tenant', NULL), ('allocated_spend_reporting', 'tenant', NULL),
        ('allocated_spend_by_job', 'tenant', NULL), ('allocated_spend_by_job_all_bases', 'tenant', NULL),
        ('job_cost', 'tenant', NULL), ('job_cost_all_bases', 'tenant', NULL),
        ('spend_by_day', 'tenant', NULL), ('spend_by_day_all_bases', 'tenant', NULL),
        ('token_cost', 'tenant', NULL), ('token_spend', 'tenant', NULL), ('priced_token_usage', 'tenant', NULL),
        ('training_run_metered_cost', 'tenant', NULL), ('training_run_metered_cost_all_bases', 'tenant', NULL),
        ('dim_date', 'all', NULL), ('dim_chip_model', 'all', NULL), ('dim_currency', 'all', NULL),
        -- What has a tenant or party in it, and is not theirs.
        ('dim_party', 'none', 'whom the owner of the books deals with'),
        ('campus_capex', 'none', 'the tenant of a site, and the money of its owner'), ('site_capex_per_chip', 'none', 'the tenant of a site, and the money of its owner'),
        ('capacity_pipeline', 'none', 'the tenant of a site, and the deals of others'),
        ('general_ledger', 'none', 'the books'), ('general_ledger_all_bases', 'none', 'the books'), ('general_ledger_as_reported', 'none', 'the books'),
        ('training_run_cost', 'none', 'an estimate about a party'), ('party_profile', 'none', 'what is known about a party'),
        ('exposure_evidence', 'none', 'what is known about a party'), ('backlog_by_customer', 'none', 'what a party discloses of its customers'),
        ('backlog_tie_out', 'none', 'what a party discloses'), ('disclosure_rebucketed', 'none', 'what a party discloses'), ('disclosure_tie_out', 'none', 'what a party discloses'),
        ('capex_ratio', 'none', 'ratios over all parties'), ('circular_party', 'none', 'computed over all parties'), ('round_trip_flow', 'none', 'computed over all parties'),
        ('stress_contagion', 'none', 'computed over all parties'), ('overbuild_quantity', 'none', 'an estimate about a party')) v (view_name, rows_of, reason);
END;
COMMENT ON FUNCTION chipbook.ledger_tenant_views() IS 'Which published views tenants have. rows_of: tenant = those of the tenant_id or party_id granted to the role; all = every row, for there is nobody''s in it; none = not theirs, though the view has a tenant or party, for a reason. Views that are not listed have neither.';

-- As grants are: by role, with who gave and took it.
CREATE FUNCTION chipbook.create_ledger_tenants() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE tenant_role (
        tenant_role_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        role_name      text NOT NULL,
        tenant_id      text CHECK (tenant_id <> ''),
        party_id       text CHECK (party_id <> ''),
        granted_by     text NOT NULL DEFAULT session_user,
        granted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
        revoked_by     text,
        revoked_at     timestamptz,
        CONSTRAINT tenant_or_party CHECK (num_nonnulls(tenant_id, party_id) = 1),
        CONSTRAINT revoked_by_somebody CHECK (num_nonnulls(revoked_by, revoked_at) IN (0, 2)));
    CREATE UNIQUE INDEX tenant_role_once ON tenant_role (role_name, coalesce(tenant_id, ''), coalesce(party_id, '')) WHERE revoked_at IS NULL;
    COMMENT ON TABLE tenant_role IS 'Which roles see the rows of which tenants and parties: what chipbook.grant_tenant and revoke_tenant write. Rows are kept when they are revoked.';

    CREATE FUNCTION tenant_change(to_grant boolean, of_role name, of_tenant text, of_party text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        home text := ledger_schema();
    BEGIN
        IF to_grant THEN
            IF has_table_privilege(of_role, 'ledger', 'SELECT') THEN
                RAISE EXCEPTION 'role "%" can read the whole of ledger "%"', of_role, home
                    USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('SELECT chipbook.revoke_ledger(%L, ''reader'', %L) first, or use another role.', home, of_role);
            END IF;
            INSERT INTO tenant_role (role_name, tenant_id, party_id) VALUES (of_role, of_tenant, of_party) ON CONFLICT DO NOTHING;
            EXECUTE format('GRANT USAGE ON SCHEMA %1$I TO %2$I; GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I; GRANT EXECUTE ON FUNCTION tenant_rows(text) TO %2$I',
                           home || '_tenant', of_role);
            RETURN;
        END IF;
        UPDATE tenant_role t SET revoked_by = session_user, revoked_at = clock_timestamp()
        WHERE t.role_name = of_role AND t.revoked_at IS NULL AND (of_tenant IS NULL OR t.tenant_id = of_tenant) AND (of_party IS NULL OR t.party_id = of_party);
        IF NOT EXISTS (SELECT FROM tenant_role t WHERE t.role_name = of_role AND t.revoked_at IS NULL) THEN
            EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %1$I FROM %2$I; REVOKE ALL ON SCHEMA %1$I FROM %2$I; REVOKE ALL ON FUNCTION tenant_rows(text) FROM %2$I',
                           home || '_tenant', of_role);
        END IF;
    END
    $fn$;
    COMMENT ON FUNCTION tenant_change(boolean, name, text, text) IS 'Internal: what chipbook.grant_tenant and revoke_tenant call.';

    CREATE FUNCTION tenant_rows(of_view text) RETURNS SETOF record
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $fn$
    DECLARE
        asker name := chipbook.asking_role();
        report text := ledger_schema() || '_report';
        moment text := current_setting('chipbook.as_of', true);
        kind text := (SELECT v.rows_of FROM chipbook.ledger_tenant_views() v WHERE v.view_name = of_view);
        tenants text[];
        parties text[];
        conditions text[] := '{}';
    BEGIN
        IF kind IS NULL OR kind = 'none' THEN
            RAISE EXCEPTION 'view "%" is not for tenants', of_view USING ERRCODE = 'insufficient_privilege';
        END IF;
        SELECT array_agg(DISTINCT t.tenant_id) FILTER (WHERE t.tenant_id IS NOT NULL), array_agg(DISTINCT t.party_id) FILTER (WHERE t.party_id IS NOT NULL)
        INTO tenants, parties
        FROM tenant_role t JOIN pg_roles r ON r.rolname = t.role_name
        WHERE t.revoked_at IS NULL AND pg_has_role(asker, r.oid, 'USAGE');
        IF kind = 'tenant' THEN
            SELECT array_agg(format('%I = ANY ($%s)', a.attname, CASE a.attname WHEN 'tenant_id' THEN 1 ELSE 2 END)) INTO conditions
            FROM pg_attribute a
            WHERE a.attrelid = format('%I.%I', report, of_view)::regclass
              AND (a.attname = 'tenant_id' AND tenants IS NOT NULL OR a.attname = 'party_id' AND parties IS NOT NULL);
        ELSIF tenants IS NULL AND parties IS NULL THEN
            conditions := NULL;
        END IF;
        IF conditions IS NULL THEN
            RETURN;
        END IF;
        -- As for a reader; the owner, as whom this runs, would see what is known now.
        IF coalesce(moment, '') = '' THEN
            PERFORM set_config('chipbook.as_of', 'published', true);
        END IF;
        RETURN QUERY EXECUTE concat(format('SELECT * FROM %I.%I', report, of_view), ' WHERE ' || nullif(array_to_string(conditions, ' OR '), '')) USING tenants, parties;
        IF coalesce(moment, '') = '' THEN
            PERFORM set_config('chipbook.as_of', coalesce(moment, ''), true);
        END IF;
    END
    $fn$;
    COMMENT ON FUNCTION tenant_rows(text) IS 'Internal: what of a published view is the asking role''s. 42501 for a view that tenants do not have.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_tenants() IS 'Internal: part of create_ledger. Tenants'' roles, and the function through which they see their rows.';

CREATE FUNCTION chipbook.create_tenant_views(ledger text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown record;
BEGIN
    FOR shown IN
        SELECT c.oid, c.relname, v.rows_of,
               string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) AS columns,
               string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS names
        FROM chipbook.ledger_tenant_views() v
        JOIN pg_class c ON c.relname = v.view_name AND c.relnamespace = quote_ident(ledger || '_report')::regnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE v.rows_of <> 'none'
        GROUP BY c.oid, c.relname, v.rows_of ORDER BY c.relname
    LOOP
        EXECUTE format('CREATE VIEW %I.%I WITH (security_barrier) AS SELECT %s FROM %I.tenant_rows(%L) t (%s)',
                       ledger || '_tenant', shown.relname, shown.names, ledger, shown.relname, shown.columns);
        EXECUTE format('COMMENT ON VIEW %I.%I IS %L', ledger || '_tenant', shown.relname,
                       CASE shown.rows_of WHEN 'tenant' THEN 'The rows of the tenants and parties granted to the asking role. ' ELSE '' END || obj_description(shown.oid, 'pg_class'));
        EXECUTE (SELECT string_agg(format('COMMENT ON COLUMN %I.%I.%I IS %L', ledger || '_tenant', shown.relname, a.attname, col_description(shown.oid, a.attnum)), '; ')
                 FROM pg_attribute a WHERE a.attrelid = shown.oid AND a.attnum > 0);
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.create_tenant_views(text) IS 'Internal: part of create_ledger. The views in schema LEDGER_tenant.';

CREATE FUNCTION chipbook.grant_tenant(ledger text, role_name name, tenant_id text DEFAULT NULL, party_id text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_grantee(ledger, role_name);
    IF num_nonnulls(tenant_id, party_id) <> 1 OR '' IN (tenant_id, party_id) THEN
        RAISE EXCEPTION 'grant_tenant takes a tenant_id or a party_id'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Call it again for another; a role may have several.';
    END IF;
    EXECUTE format('SELECT %I.tenant_change(true, $1, $2, $3)', ledger) USING role_name, tenant_id, party_id;
END
$$;
COMMENT ON FUNCTION chipbook.grant_tenant(text, name, text, text) IS 'Lets a role, and who is a member of it, see the rows of a tenant (tenant_id) or of a customer (party_id) in the views of schema LEDGER_tenant, and nothing else of the ledger. Shares are computed before others'' rows are left out. Whether the tenant has rows is not checked. For the owner and for an admin. Again after upgrade_ledger. 22023 neither or both, or public; 42704 no such role; 55000 when the role can read the ledger; 42501 neither owner nor admin.';

CREATE FUNCTION chipbook.revoke_tenant(ledger text, role_name name, tenant_id text DEFAULT NULL, party_id text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_grantee(ledger, role_name);
    EXECUTE format('SELECT %I.tenant_change(false, $1, $2, $3)', ledger) USING role_name, tenant_id, party_id;
END
$$;
COMMENT ON FUNCTION chipbook.revoke_tenant(text, name, text, text) IS 'Takes the rows of a tenant or party from a role; all of them when neither is given, and with the last its rights on the tenants'' views. Errors as grant_tenant.';
