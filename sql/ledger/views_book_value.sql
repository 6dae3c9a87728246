CREATE FUNCTION chipbook.create_ledger_book_value_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    NULL;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_book_value_views() IS 'Internal: part of create_ledger.';

CREATE FUNCTION chipbook.create_report_book_value_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    NULL;
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_book_value_views() IS 'Internal: part of create_ledger.';
