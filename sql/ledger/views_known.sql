-- The facts as they were known: each table through the filter on recorded time. The
-- scalar subquery is evaluated once, by the leader, so that parallel workers (and the
-- workers of a distributed table) all see one value of the setting. It is compared with
-- the finite held_at: a held fact is superseded at infinity, which is not after infinity.
-- The condition on the ledger's key tells the planner that there is one row, statistics or not.

CREATE FUNCTION chipbook.create_ledger_known_views() RETURNS void LANGUAGE plpgsql AS $ddl$
DECLARE
    fact record;
BEGIN
    CREATE VIEW clock WITH (security_invoker) AS
        SELECT ledger_moment(l.tableoid, l.time_zone, l.last_recorded_at, l.last_published_at) AS as_of,
               least(ledger_moment(l.tableoid, l.time_zone, l.last_recorded_at, l.last_published_at),
                     timestamptz '294276-12-31 23:59:59.999999+00') AS held_at,
               ledger_date(l.tableoid, l.time_zone, l.last_published_at) AS effective_date,
               l.time_zone, l.basis AS primary_basis, l.fiscal_year_start, l.reporting_currency
        FROM ledger l WHERE l.ledger_id = 1;
    COMMENT ON VIEW clock IS 'The moment this ledger is asked about (chipbook.as_of in its time zone; infinity = now), the date that stands for today, and the ledger''s settings. Published is the moment of the last report version, or now while there is none; it is what those see who may only read the published views, unless their session says now or another moment. held_at is as_of, or the last finite moment when that is infinity, so that superseded_at > held_at holds for every fact still held. One row.';

    FOR fact IN SELECT f.table_name FROM chipbook.ledger_fact_tables() f WHERE f.table_name <> 'meter_reading' LOOP
        EXECUTE format('CREATE VIEW %I WITH (security_invoker) AS SELECT * FROM %I WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock)',
                       fact.table_name || '_known', fact.table_name);
        EXECUTE format('COMMENT ON VIEW %I IS %L', fact.table_name || '_known', format('Rows of %s as known at chipbook.as_of.', fact.table_name));
    END LOOP;

    CREATE VIEW meter_reading_known WITH (security_invoker) AS
        SELECT * FROM meter_reading_stored
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW meter_reading_known IS 'Readings, packed or not, as known at chipbook.as_of.';

    CREATE VIEW usage_day_known WITH (security_invoker) AS
        SELECT * FROM usage_day
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW usage_day_known IS 'Rows of usage_day as known at chipbook.as_of.';

    CREATE VIEW charge_month_known WITH (security_invoker) AS
        SELECT * FROM charge_month
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW charge_month_known IS 'Rows of charge_month as known at chipbook.as_of.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_known_views() IS 'Internal: part of create_ledger. The view clock, and each fact table as known at chipbook.as_of.';
