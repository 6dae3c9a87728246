-- What was reported: every close publishes a version, and what is asked as of its recorded
-- time never changes. So a version needs no copy of its figures, only the question again.

CREATE FUNCTION chipbook.reported_views()
RETURNS TABLE (view_name name, of_view name, key_columns name[], condition text) IMMUTABLE PARALLEL SAFE ROWS 11 LANGUAGE sql
BEGIN ATOMIC
    SELECT t.view_name::name, t.of_view::name, t.key_columns::name[], t.condition FROM (VALUES
        ('trial_balance', 'trial_balance_all_bases', '{account_id,currency}', NULL),
        ('general_ledger', 'general_ledger_all_bases', '{entry_id,line_number}', 'v.journal = ''financial'''),
        ('subledger_to_gl', 'subledger_to_gl', '{account_id,currency}', NULL),
        ('fixed_asset_register', 'fixed_asset_register', '{asset_class,currency,period_month}', NULL),
        ('fixed_asset_register_reporting', 'fixed_asset_register_reporting', '{asset_class,currency,period_month}', NULL),
        ('basis_difference', 'basis_difference', '{asset_id,period_month}', NULL),
        ('retirement_obligation_month', 'retirement_obligation_month', '{obligation_id,period_month}', NULL),
        ('construction_interest', 'construction_interest', '{asset_id,period_month}', NULL),
        ('chip_book_value', 'chip_book_value_all_bases', '{asset_id,period_month}', NULL),
        ('chip_hour_cost', 'chip_hour_cost_all_bases', '{period_month,provider_id,chip_model_id,site_id,ownership,currency}', NULL),
        ('utilisation_weighted_spend', 'utilisation_weighted_spend_all_bases', '{period_month,pool_id,currency}', NULL)) t (view_name, of_view, key_columns, condition);
END;
COMMENT ON FUNCTION chipbook.reported_views() IS 'The published views that also exist as VIEW_as_reported; of_view is what they ask, which has the rows of every basis, and key_columns what identifies a row within a report version.';

-- The SET clause gives the setting back, however the function ends; within it SET LOCAL reaches
-- no further. A view runs with its reader's rights, and so does this: it reads nothing that
-- its caller could not. set_config() is not for parallel workers.
CREATE FUNCTION chipbook.as_reported(
    of_view anyelement, published_at timestamptz, entity_id text, basis text, fiscal_year integer, period_number integer, starts_on date, ends_on date)
RETURNS SETOF anyelement STABLE PARALLEL UNSAFE COST 1000000 ROWS 100 LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET chipbook.as_of = '' AS $$
DECLARE
    view_name text;
    columns name[];
BEGIN
    SELECT format('%I.%I', n.nspname, c.relname), array_agg(a.attname) INTO view_name, columns
    FROM pg_type t
    JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'v'
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname LIKE '%\_report'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.oid = pg_typeof(of_view)
      AND EXISTS (SELECT FROM pg_class l
                  JOIN pg_namespace m ON m.oid = l.relnamespace AND m.nspname = left(n.nspname, -7)
                  JOIN pg_attribute b ON b.attrelid = l.oid AND b.attname = 'reporting_currency' AND b.atttypid = 'chipbook.currency'::regtype
                  WHERE l.relname = 'ledger' AND l.relkind = 'r')
    GROUP BY n.nspname, c.relname;
    IF view_name IS NULL OR NOT columns @> '{entity_id,basis}'::name[]
       OR NOT (columns @> '{fiscal_year,period_number}'::name[] OR columns @> '{period_month}'::name[]) THEN
        RAISE EXCEPTION '"%" is not a published view of periods', pg_typeof(of_view)
            USING ERRCODE = 'wrong_object_type', HINT = 'Give NULL::LEDGER_report.VIEW, of a view with entity_id, basis and period_number or period_month.';
    END IF;
    IF published_at IS NULL OR NOT isfinite(published_at) THEN
        RAISE EXCEPTION 'a report version is published at a moment, not at %', coalesce(published_at::text, 'null') USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM set_config('chipbook.as_of', to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), true);
    -- A month belongs to the period it ends in: before that it is in no view.
    RETURN QUERY EXECUTE format('SELECT v.* FROM %s v WHERE v.entity_id = $1 AND v.basis = $2 AND %s', view_name,
        CASE WHEN columns @> '{fiscal_year,period_number}'::name[] THEN 'v.fiscal_year = $3 AND v.period_number = $4'
             ELSE 'v.period_month >= date_trunc(''month'', $5::timestamp)::date AND v.period_month < date_trunc(''month'', $6::timestamp)::date' END)
    USING entity_id, basis, fiscal_year, period_number, starts_on, ends_on;
END
$$;
COMMENT ON FUNCTION chipbook.as_reported(anyelement, timestamptz, text, text, integer, integer, date, date) IS
    'The rows of a published view, given as NULL::LEDGER_report.VIEW, as of published_at, for an entity, a basis and a period: by fiscal_year and period_number where the view has them, else the months that end in [starts_on, ends_on). Leaves chipbook.as_of as it was. What the views VIEW_as_reported are made of. 42809 when it is no published view with those columns, 22023 when published_at is null or infinite.';

CREATE FUNCTION chipbook.create_ledger_reported_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW report_version_known WITH (security_invoker) AS
        SELECT r.version AS report_version, r.published_at,
               -- Not a window: a filter on report_version has to pass below it.
               NOT EXISTS (SELECT FROM report_version n
                           WHERE n.entity_id = r.entity_id AND n.basis = r.basis AND n.fiscal_year = r.fiscal_year AND n.period_number = r.period_number
                             AND n.version > r.version AND n.published_at <= (SELECT held_at FROM clock)) AS is_latest,
               r.entity_id, r.basis, r.fiscal_year::bigint AS fiscal_year, r.period_number::bigint AS period_number,
               fiscal_period_name(r.fiscal_year, r.period_number) AS fiscal_period,
               -- An adjustment period takes entries, and has no month of its own.
               CASE p.kind WHEN 'regular' THEN p.starts_on END AS starts_on,
               CASE p.kind WHEN 'regular' THEN p.ends_on END AS ends_on
        FROM report_version r
        JOIN period_state p ON p.entity_id = r.entity_id AND p.basis = r.basis AND p.fiscal_year = r.fiscal_year AND p.period_number = r.period_number
        WHERE r.published_at <= (SELECT held_at FROM clock);
    COMMENT ON VIEW report_version_known IS 'Report versions published by chipbook.as_of, and the days whose months they show, [starts_on, ends_on); NULL: none. Key: report_version.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_reported_views() IS 'Internal: part of create_ledger. Report versions as known.';

CREATE FUNCTION chipbook.create_report_reported_views() RETURNS void LANGUAGE plpgsql AS $ddl$
DECLARE
    reported record;
    described record;
    of_version name[] := '{report_version,published_at,is_latest,entity_id,basis,fiscal_year,period_number,fiscal_period}';
BEGIN
    CREATE VIEW report_versions WITH (security_invoker) AS
        SELECT r.report_version, r.entity_id, r.basis, r.fiscal_year, r.period_number, r.fiscal_period, r.published_at, r.is_latest
        FROM report_version_known r;
    COMMENT ON VIEW report_versions IS 'The report versions: each close of a period of an entity and basis publishes one, with the state of the ledger at published_at; a period that was reopened and closed again has several. Key: (report_version). What a version showed is in the views VIEW_as_reported, and never changes.';
    COMMENT ON COLUMN report_versions.is_latest IS 'No later version of the same entity, basis and period is known.';

    FOR reported IN SELECT v.* FROM chipbook.reported_views() v LOOP
        EXECUTE format('CREATE VIEW %I WITH (security_invoker) AS SELECT %s, %s FROM report_version_known r
                        CROSS JOIN LATERAL as_reported(NULL::%I, r.published_at, r.entity_id, r.basis, r.fiscal_year::integer, r.period_number::integer,
                                                       r.starts_on, r.ends_on) v%s',
                       reported.view_name || '_as_reported',
                       (SELECT string_agg(format('r.%I', c), ', ' ORDER BY n) FROM unnest(of_version) WITH ORDINALITY u (c, n)),
                       (SELECT string_agg(format('v.%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                        WHERE a.attrelid = format('%I', reported.of_view)::regclass AND a.attnum > 0 AND a.attname <> ALL (of_version)),
                       reported.of_view, ' WHERE ' || reported.condition);
        EXECUTE format('COMMENT ON VIEW %I IS %L', reported.view_name || '_as_reported',
                       format('What %s showed of the period, entity and basis of each report version when it was published (report_versions). Key: (report_version, %s). The rows of a version never change. Choose one version, or is_latest: versions of a period repeat each other and are not additive. fiscal_year, period_number and fiscal_period are the version''s%s. Units, and what is additive within a version, as in %s.',
                              reported.view_name, array_to_string(reported.key_columns, ', '),
                              CASE WHEN 'period_month' = ANY (reported.key_columns) THEN '; it has the months that end in its period, an adjustment period none' ELSE '' END,
                              reported.view_name));
        FOR described IN SELECT a.attname, d.description FROM pg_attribute a
                         JOIN pg_description d ON d.objoid = a.attrelid AND d.classoid = 'pg_class'::regclass AND d.objsubid = a.attnum
                         WHERE a.attrelid = format('%I', reported.of_view)::regclass AND a.attname <> ALL (of_version) LOOP
            EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', reported.view_name || '_as_reported', described.attname,
                           replace(described.description, 'dds up within one ', 'dds up within one report_version, '));
        END LOOP;
    END LOOP;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_reported_views() IS 'Internal: part of create_ledger. The view report_versions, and the views that show other published views as each version had them.';
