CREATE FUNCTION chipbook.create_ledger_exposure_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    NULL;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_exposure_views() IS 'Internal: part of create_ledger.';

CREATE FUNCTION chipbook.create_report_exposure_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    NULL;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_exposure_views() IS 'Internal: part of create_ledger.';
