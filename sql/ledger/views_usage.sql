CREATE FUNCTION chipbook.create_ledger_usage_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    NULL;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_usage_views() IS 'Internal: part of create_ledger.';

CREATE FUNCTION chipbook.create_report_usage_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    NULL;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_usage_views() IS 'Internal: part of create_ledger.';
