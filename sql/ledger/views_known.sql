-- The facts as they were known: each table through the filter on recorded time. The
-- scalar subquery is evaluated once, by the leader, so that parallel workers (and the
-- workers of a distributed table) all see one value of the setting. It is compared with
-- the finite held_at: a held fact is superseded at infinity, which is not after infinity.
-- The condition on the ledger's key tells the planner that there is one row, statistics or not.

CREATE FUNCTION chipbook.create_ledger_known_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW clock WITH (security_invoker) AS
        SELECT ledger_moment(l.tableoid, l.time_zone, l.last_recorded_at, l.last_published_at) AS as_of,
               least(ledger_moment(l.tableoid, l.time_zone, l.last_recorded_at, l.last_published_at),
                     timestamptz '294276-12-31 23:59:59.999999+00') AS held_at,
               ledger_date(l.tableoid, l.time_zone, l.last_published_at) AS effective_date,
               l.time_zone, l.basis AS primary_basis, l.fiscal_year_start, l.reporting_currency
        FROM ledger l WHERE l.ledger_id = 1;
    COMMENT ON VIEW clock IS 'The moment this ledger is asked about (chipbook.as_of in its time zone; infinity = now), the date that stands for today, and the ledger''s settings. Published is the moment of the last report version, or now while there is none; it is what those see who may only read the published views, unless their session says now or another moment. held_at is as_of, or the last finite moment when that is infinity, so that superseded_at > held_at holds for every fact still held. One row.';

    CREATE VIEW party_known WITH (security_invoker) AS
        SELECT * FROM party
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW party_known IS 'Rows of party as known at chipbook.as_of.';

    CREATE VIEW relation_known WITH (security_invoker) AS
        SELECT * FROM relation
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW relation_known IS 'Rows of relation as known at chipbook.as_of.';

    CREATE VIEW entity_known WITH (security_invoker) AS
        SELECT * FROM entity
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW entity_known IS 'Rows of entity as known at chipbook.as_of.';

    CREATE VIEW cost_centre_known WITH (security_invoker) AS
        SELECT * FROM cost_centre
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW cost_centre_known IS 'Rows of cost_centre as known at chipbook.as_of.';

    CREATE VIEW fx_rate_known WITH (security_invoker) AS
        SELECT * FROM fx_rate
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW fx_rate_known IS 'Rows of fx_rate as known at chipbook.as_of.';

    CREATE VIEW entity_rate_known WITH (security_invoker) AS
        SELECT * FROM entity_rate
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW entity_rate_known IS 'Rows of entity_rate as known at chipbook.as_of.';

    CREATE VIEW chip_model_known WITH (security_invoker) AS
        SELECT * FROM chip_model
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW chip_model_known IS 'Rows of chip_model as known at chipbook.as_of.';

    CREATE VIEW site_known WITH (security_invoker) AS
        SELECT * FROM site
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW site_known IS 'Rows of site as known at chipbook.as_of.';

    CREATE VIEW energy_tariff_known WITH (security_invoker) AS
        SELECT * FROM energy_tariff
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW energy_tariff_known IS 'Rows of energy_tariff as known at chipbook.as_of.';

    CREATE VIEW asset_known WITH (security_invoker) AS
        SELECT * FROM asset
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW asset_known IS 'Rows of asset as known at chipbook.as_of.';

    CREATE VIEW asset_policy_known WITH (security_invoker) AS
        SELECT * FROM asset_policy
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW asset_policy_known IS 'Rows of asset_policy as known at chipbook.as_of.';

    CREATE VIEW cash_generating_unit_known WITH (security_invoker) AS
        SELECT * FROM cash_generating_unit
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW cash_generating_unit_known IS 'Rows of cash_generating_unit as known at chipbook.as_of.';

    CREATE VIEW asset_event_known WITH (security_invoker) AS
        SELECT * FROM asset_event
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW asset_event_known IS 'Rows of asset_event as known at chipbook.as_of.';

    CREATE VIEW retirement_obligation_known WITH (security_invoker) AS
        SELECT * FROM retirement_obligation
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW retirement_obligation_known IS 'Rows of retirement_obligation as known at chipbook.as_of.';

    CREATE VIEW pool_known WITH (security_invoker) AS
        SELECT * FROM pool
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW pool_known IS 'Rows of pool as known at chipbook.as_of.';

    CREATE VIEW pool_asset_known WITH (security_invoker) AS
        SELECT * FROM pool_asset
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW pool_asset_known IS 'Rows of pool_asset as known at chipbook.as_of.';

    CREATE VIEW rate_card_known WITH (security_invoker) AS
        SELECT * FROM rate_card
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW rate_card_known IS 'Rows of rate_card as known at chipbook.as_of.';

    CREATE VIEW rented_capacity_known WITH (security_invoker) AS
        SELECT * FROM rented_capacity
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW rented_capacity_known IS 'Rows of rented_capacity as known at chipbook.as_of.';

    CREATE VIEW cost_rate_known WITH (security_invoker) AS
        SELECT * FROM cost_rate
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW cost_rate_known IS 'Rows of cost_rate as known at chipbook.as_of.';

    CREATE VIEW meter_reading_known WITH (security_invoker) AS
        SELECT * FROM meter_reading_stored
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW meter_reading_known IS 'Readings, packed or not, as known at chipbook.as_of.';

    CREATE VIEW usage_day_known WITH (security_invoker) AS
        SELECT * FROM usage_day
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW usage_day_known IS 'Rows of usage_day as known at chipbook.as_of.';

    CREATE VIEW training_run_known WITH (security_invoker) AS
        SELECT * FROM training_run
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW training_run_known IS 'Rows of training_run as known at chipbook.as_of.';

    CREATE VIEW holding_event_known WITH (security_invoker) AS
        SELECT * FROM holding_event
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW holding_event_known IS 'Rows of holding_event as known at chipbook.as_of.';

    CREATE VIEW valuation_known WITH (security_invoker) AS
        SELECT * FROM valuation
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW valuation_known IS 'Rows of valuation as known at chipbook.as_of.';

    CREATE VIEW deal_known WITH (security_invoker) AS
        SELECT * FROM deal
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW deal_known IS 'Rows of deal as known at chipbook.as_of.';

    CREATE VIEW capacity_known WITH (security_invoker) AS
        SELECT * FROM capacity
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW capacity_known IS 'Rows of capacity as known at chipbook.as_of.';

    CREATE VIEW fiscal_calendar_known WITH (security_invoker) AS
        SELECT * FROM fiscal_calendar
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW fiscal_calendar_known IS 'Rows of fiscal_calendar as known at chipbook.as_of.';

    CREATE VIEW fiscal_period_known WITH (security_invoker) AS
        SELECT * FROM fiscal_period
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW fiscal_period_known IS 'Rows of fiscal_period as known at chipbook.as_of.';

    CREATE VIEW account_known WITH (security_invoker) AS
        SELECT * FROM account
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW account_known IS 'Rows of account as known at chipbook.as_of.';

    CREATE VIEW posting_rule_known WITH (security_invoker) AS
        SELECT * FROM posting_rule
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW posting_rule_known IS 'Rows of posting_rule as known at chipbook.as_of.';

    CREATE VIEW gl_balance_known WITH (security_invoker) AS
        SELECT * FROM gl_balance
        WHERE recorded_at <= (SELECT held_at FROM clock) AND superseded_at > (SELECT held_at FROM clock);
    COMMENT ON VIEW gl_balance_known IS 'Rows of gl_balance as known at chipbook.as_of.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_known_views() IS 'Internal: part of create_ledger. The view clock, and each fact table as known at chipbook.as_of.';
