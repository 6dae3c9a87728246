CREATE FUNCTION chipbook.create_report_quality_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    NULL;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_quality_views() IS 'Internal: part of create_ledger.';
