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
    'One event in the life of an asset, in effect from the start of happened_on. kind: opening (amount = accumulated amortisation, impairment = accumulated impairment, brought forward at a cutover: before it the asset is not in the books and nothing is charged; rounded to the minor unit, spread over what is in service by cost); placed_in_service (amount, or share, of what is under construction then; both NULL = all); addition, capitalised_interest, retirement_obligation (amount added to cost: to construction while any part is under construction, else to what is in service by cost, under macrs as a layer of its own; retirement_obligation may be negative); change_of_estimate (policy from then on); impairment, impairment_reversal (amount; the reversal at most up to the book value had there been no impairment); held_for_sale, held_for_sale_ended; disposal (share or amount of the cost of all there is, both NULL = all; proceeds, NULL = none); use (used_chip_ms since the event of use before, or since in service, even in time; for units_of_production). Events of one day take effect in this order: opening, addition, capitalised_interest, retirement_obligation, placed_in_service, change_of_estimate, held_for_sale_ended, impairment_reversal, impairment, held_for_sale, disposal; those of one kind as given. Amounts in the asset''s currency and with the sign of its cost (a credit has negative ones). Other columns than those of its kind are ignored; share goes before amount.';

CREATE FUNCTION chipbook.asset_event(
        happened_on date,
        kind text,
        amount chipbook.monetary DEFAULT NULL,
        share numeric DEFAULT NULL,
        proceeds chipbook.monetary DEFAULT NULL,
        impairment chipbook.monetary DEFAULT NULL,
        used_chip_ms bigint DEFAULT NULL,
        policy chipbook.amortisation_policy DEFAULT NULL)
    RETURNS chipbook.asset_event LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ROW(happened_on, kind, amount, share, proceeds, impairment, used_chip_ms, policy)::chipbook.asset_event;
COMMENT ON FUNCTION chipbook.asset_event(date, text, chipbook.monetary, numeric, chipbook.monetary, chipbook.monetary, bigint, chipbook.amortisation_policy) IS
    'An event of an asset from named parameters; NULL means not given. Nothing is checked here: the functions that take events do.';

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
COMMENT ON FUNCTION chipbook.asset_balance(chipbook.monetary, date, date, chipbook.amortisation_policy, chipbook.asset_event[], date, integer) IS
    'What an asset is on the books at the start of at_date, before what happens on it (so at the end of the day before), after all events before it. state: not_held (up to acquired_on, or the cutover of an opening), under_construction, in_service (any part), held_for_sale, disposed (of the whole). Balances are rounded to the currency''s minor unit, as asset_movement posts them; impairment includes that of construction; book_value = construction + in_service_cost - accumulated - impairment, never below 0. reversal_limit: the most that may be reversed of the impairment, up to the book value had there been none (IAS 36.117), cut to the minor unit. ends_on: the first day without a charge under the policy in force; NULL while nothing is in service, without a policy or a life, and after disposal. Balances: additive over assets of one currency, not over dates. NULL events are none; NULL in_service: under construction until events place it; NULL policy: never depreciated; NULL cost, acquired_on, date or fiscal_year_start: NULL. What the data asks too much of is cut or ignored: asset_event_problems() lists it. 22004 for a NULL event, or one without date or kind; 22023 for an unknown kind, an array of several dimensions or a month outside 1 to 12; 22000 for an amount in another currency; 22008 for an infinite date, or one put in service outside the years 1 to 9999; 22003 for an amount beyond monetary''s range; 54000 for more than 10,000 events.';

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
COMMENT ON FUNCTION chipbook.asset_movement(chipbook.monetary, date, date, chipbook.amortisation_policy, chipbook.asset_event[], date, date, integer) IS
    'What moved on the books of an asset from the start of from_date to the start of to_date: what is dated to_date belongs to the time after. construction, cost (in service), accumulated, impairment and book value each with opening and closing; state at the closing, as asset_balance has it. construction_closing = opening + brought_forward + additions + interest - placed_in_service - disposals; cost_closing = opening + brought_forward + placed_in_service + additions + interest + retirement_obligation - disposals; accumulated_closing = opening + brought_forward + charge - disposals; impairment_closing = opening + brought_forward + impairment - reversal - disposals; book_value = construction + cost - accumulated - impairment; disposal_gain (a loss is negative) = proceeds - (disposals + construction_disposals - accumulated_disposals - impairment_disposals). Bought ready for use, the purchase is in additions, else in construction_additions. Each total since the asset entered the books is rounded to the currency''s minor unit at either date and movements are their differences: any partition of time adds up to the cent. Charge is negative when the convention takes back what was charged in the period of a disposal. Movements are additive over time, and over assets of one currency; openings and closings are not additive over time. NULL events are none; NULL in_service: under construction until events place it; NULL policy: never depreciated; NULL cost, acquired_on, date or fiscal_year_start: NULL. 22023 when from_date is after to_date. 22004 for a NULL event, or one without date or kind; 22023 for an unknown kind, an array of several dimensions or a month outside 1 to 12; 22000 for an amount in another currency; 22008 for an infinite date, or one put in service outside the years 1 to 9999; 22003 for an amount beyond monetary''s range; 54000 for more than 10,000 events.';

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
COMMENT ON FUNCTION chipbook.asset_schedule(chipbook.monetary, date, date, chipbook.amortisation_policy, chipbook.asset_event[], interval, integer) IS
    'The schedule of an asset through its events: a row a period from its acquisition (or the cutover of an opening) to the end of amortisation or the disposal of the whole. period_end is the first day after the period. opening and closing are book values; the first opening is the cost (or what was brought forward), and additions are what came to it later, interest and retirement obligations included. disposals: the book value that left. closing = opening + additions - charge - impairment + reversal - disposals. Without events the same as amortisation_schedule. period: 1, 2, 3, 4, 6 or 12 months, cut where fiscal years are. No rows for NULL cost, acquired_on, period or fiscal_year_start. 22023 for another period, and when amortisation has no known end: under construction, never depreciated, no life. 54000 when its last event lies so far off that the schedule spans more than 240,000 months. Else as asset_movement.';

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
COMMENT ON FUNCTION chipbook.asset_event_problems(chipbook.monetary, date, date, chipbook.amortisation_policy, chipbook.asset_event[], integer) IS
    'What asset_balance, asset_movement and asset_schedule cut or ignored of an asset''s events, which never fail for it: a row for each, with the amount that counted for nothing (NULL where there is none), in the asset''s currency. Events before the acquisition or after the disposal of the whole, a second opening, an event without the amount or policy it needs, or with an amount against the sign of the cost; more placed in service or disposed of than there is; an impairment above the book value, a reversal above the book value without impairment; held for sale twice, or ended while not held. kind in_service: the argument lies before acquired_on. Less than the minor unit is rounding, no problem. No rows for NULL cost, acquired_on or fiscal_year_start. Errors as asset_movement.';

CREATE FUNCTION chipbook.average_construction(
        cost chipbook.monetary,
        acquired_on date,
        in_service date,
        policy chipbook.amortisation_policy,
        events chipbook.asset_event[],
        from_date date,
        to_date date,
        fiscal_year_start integer DEFAULT 1)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'asset_event_average_construction' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.average_construction(chipbook.monetary, date, date, chipbook.amortisation_policy, chipbook.asset_event[], date, date, integer) IS
    'The cost under construction of an asset from from_date up to to_date, averaged over its days, unrounded (1e-15), in the asset''s currency; what happens on a day counts from its start. Interest capitalised within the time is left out, so that times rate x days / 365 it is the interest to capitalise (IAS 23.14 and 18: the average carrying amount; ASC 835-20-30-3: the average accumulated expenditures). Additive over assets of one currency, not over time. NULL when from_date is to_date. Arguments, NULLs and errors as asset_movement.';

CREATE FUNCTION chipbook.retirement_obligation_value(liability chipbook.monetary, rate numeric, recognised_on date, at_date date)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.retirement_obligation_value(chipbook.monetary, numeric, date, date) IS
    'What a retirement obligation (ASC 410-20, IAS 37) recognised at its present value, liability, has accreted to at the start of at_date, unrounded (1e-15), in the liability''s currency: rate a year (0.085 is 8.5 %) compounded on the anniversaries of recognised_on (of 29 February: the 28th in other years), straight in time between them; 0 before recognised_on. Accretion of a time is the difference of two values. A balance: additive over obligations of one currency, not over dates. NULL for NULL. 22023 for a rate below 0, 22008 for an infinite date, 22003 for a result beyond monetary''s range.';
