-- What happens to an asset between its purchase and its end, and what that makes of its
-- balances: events are given with the question, nothing is stored, so that an answer about
-- a date depends on the events before it alone.

CREATE TYPE chipbook.asset_event AS (
    happened_on date,
    kind        text,
    amount      chipbook.monetary,
    share       numeric,
    proceeds    chipbook.monetary,
    impairment  chipbook.monetary,
    used_chip_ms bigint,
    policy      chipbook.amortisation_policy);
COMMENT ON TYPE chipbook.asset_event IS
    'One event in the life of an asset, in effect from the start of happened_on. kind: opening (amount = accumulated amortisation, impairment = accumulated impairment, brought forward at a cutover: before it the asset is not in the books and nothing is charged); placed_in_service (amount, or share, of what is under construction then; both NULL = all); addition, capitalised_interest, retirement_obligation (amount added to cost, to construction while any part is under construction, else to what is in service; retirement_obligation may be negative); change_of_estimate (policy from then on); impairment, impairment_reversal (amount; the reversal at most up to the book value had there been no impairment); held_for_sale, held_for_sale_ended; disposal (share or amount of the cost, both NULL = all; proceeds, NULL = none); use (used_chip_ms since the event of use before, or since in service, for units of production). Amounts in the asset''s currency.';

CREATE FUNCTION chipbook.asset_balance(
        cost chipbook.monetary,
        acquired_on date,
        in_service date,
        policy chipbook.amortisation_policy,
        events chipbook.asset_event[],
        at_date date,
        fiscal_year_start integer DEFAULT 1,
        OUT state text,
        OUT construction chipbook.monetary,
        OUT in_service_cost chipbook.monetary,
        OUT accumulated chipbook.monetary,
        OUT impairment chipbook.monetary,
        OUT book_value chipbook.monetary,
        OUT reversal_limit chipbook.monetary,
        OUT ends_on date)
    AS 'MODULE_PATHNAME', 'asset_event_balance' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION chipbook.asset_movement(
        cost chipbook.monetary,
        acquired_on date,
        in_service date,
        policy chipbook.amortisation_policy,
        events chipbook.asset_event[],
        from_date date,
        to_date date,
        fiscal_year_start integer DEFAULT 1,
        OUT state text,
        OUT construction_opening chipbook.monetary,
        OUT construction_brought_forward chipbook.monetary,
        OUT construction_additions chipbook.monetary,
        OUT construction_interest chipbook.monetary,
        OUT placed_in_service chipbook.monetary,
        OUT construction_disposals chipbook.monetary,
        OUT construction_closing chipbook.monetary,
        OUT cost_opening chipbook.monetary,
        OUT cost_brought_forward chipbook.monetary,
        OUT additions chipbook.monetary,
        OUT interest chipbook.monetary,
        OUT retirement_obligation chipbook.monetary,
        OUT disposals chipbook.monetary,
        OUT cost_closing chipbook.monetary,
        OUT accumulated_opening chipbook.monetary,
        OUT accumulated_brought_forward chipbook.monetary,
        OUT charge chipbook.monetary,
        OUT accumulated_disposals chipbook.monetary,
        OUT accumulated_closing chipbook.monetary,
        OUT impairment_opening chipbook.monetary,
        OUT impairment_brought_forward chipbook.monetary,
        OUT impairment chipbook.monetary,
        OUT reversal chipbook.monetary,
        OUT impairment_disposals chipbook.monetary,
        OUT impairment_closing chipbook.monetary,
        OUT book_value_opening chipbook.monetary,
        OUT book_value_closing chipbook.monetary,
        OUT proceeds chipbook.monetary,
        OUT disposal_gain chipbook.monetary)
    AS 'MODULE_PATHNAME', 'asset_event_movement' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION chipbook.asset_schedule(
        cost chipbook.monetary,
        acquired_on date,
        in_service date,
        policy chipbook.amortisation_policy,
        events chipbook.asset_event[],
        period interval DEFAULT '1 month',
        fiscal_year_start integer DEFAULT 1,
        OUT period_start date,
        OUT period_end date,
        OUT opening chipbook.monetary,
        OUT additions chipbook.monetary,
        OUT charge chipbook.monetary,
        OUT impairment chipbook.monetary,
        OUT reversal chipbook.monetary,
        OUT disposals chipbook.monetary,
        OUT closing chipbook.monetary)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'asset_event_schedule' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 60;

CREATE FUNCTION chipbook.asset_event_problems(
        cost chipbook.monetary,
        acquired_on date,
        in_service date,
        policy chipbook.amortisation_policy,
        events chipbook.asset_event[],
        fiscal_year_start integer DEFAULT 1,
        OUT happened_on date,
        OUT kind text,
        OUT problem text,
        OUT amount chipbook.monetary)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'asset_event_problems' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1;
