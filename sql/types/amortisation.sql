-- What amortisation makes of a cost, a policy and a date: in closed form, and as a schedule.

CREATE FUNCTION chipbook.book_value(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        in_service date,
        at_date date,
        fiscal_year_start integer DEFAULT 1)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_book_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.book_value(chipbook.monetary, chipbook.amortisation_policy, date, date, integer) IS
    'Cost less what is amortised before the start of at_date, unrounded (1e-15), in the cost''s currency: the cost until in_service, the salvage value from the end of the life. A balance: additive over assets of one currency, not over dates. fiscal_year_start: the month a fiscal year starts with, which methods and conventions by the year go by. NULL for NULL. 22008 for an infinite date, or one in service outside the years 1 to 9999; 22023 for a month outside 1 to 12, and for units_of_production (book_value_by_use).';

CREATE FUNCTION chipbook.amortised(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        in_service date,
        from_date date,
        to_date date,
        fiscal_year_start integer DEFAULT 1)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_amortised' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortised(chipbook.monetary, chipbook.amortisation_policy, date, date, date, integer) IS
    'The charge from the start of from_date to the start of to_date, unrounded (1e-15), in the cost''s currency: the difference of two book values, so that any partition of time adds up exactly. Additive over time, and over assets of one currency. NULL for NULL. 22023 when from_date is after to_date and for units_of_production (amortised_by_use), 22008 for an infinite date.';

CREATE FUNCTION chipbook.amortised_within(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        in_service date,
        during tstzrange,
        fiscal_year_start integer DEFAULT 1)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_amortised_within' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortised_within(chipbook.monetary, chipbook.amortisation_policy, date, tstzrange, integer) IS
    'The charge between two moments, unrounded (1e-15), in the cost''s currency. Days run from midnight to midnight UTC, and a day''s charge is spread evenly over its 24 hours. Additive over time, and over assets of one currency. An empty range is charged nothing. NULL for NULL. 22008 for a range without two finite bounds; 22023 for units_of_production.';

CREATE FUNCTION chipbook.amortised_posted(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        in_service date,
        at_date date,
        fiscal_year_start integer DEFAULT 1)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_amortised_posted' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortised_posted(chipbook.monetary, chipbook.amortisation_policy, date, date, integer) IS
    'What a schedule has posted from in_service to the start of at_date, in the cost''s currency: the amount amortised, rounded half away from zero to the currency''s minor unit (not rounded when ISO 4217 states none), but at most the whole minor units in the cost less the salvage value rounded likewise, and from the end of the life on that, exactly. A posting is the difference of two of these. A balance: additive over assets of one currency, not over dates. NULL for NULL, and for units_of_production, which time does not amortise. 22008 for an infinite date.';

CREATE FUNCTION chipbook.charged_until(
        policy chipbook.amortisation_policy,
        in_service date,
        disposed_on date,
        fiscal_year_start integer DEFAULT 1)
    RETURNS date
    AS 'MODULE_PATHNAME', 'amortisation_charged_until' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.charged_until(chipbook.amortisation_policy, date, date, integer) IS
    'The date until which an asset disposed of on a day is charged: amortised(cost, policy, in_service, in_service, charged_until(...)) is what the convention charges in all. actual_days: the day itself; full_month: the first of its month, with charge_disposal_month of the next; following_month: the first of the next; mid_month, half_year and mid_quarter: the middle of the month, fiscal year or quarter, but in_service when disposed of in the month or fiscal year of going into service. Never before in_service, but disposed_on itself before it, after the life and where a policy counts no months (exponential, units_of_production). NULL for NULL. 22008 for an infinite date; 22023 for a month outside 1 to 12.';

CREATE FUNCTION chipbook.book_value_by_use(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        used_chip_ms bigint)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_book_value_by_use' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.book_value_by_use(chipbook.monetary, chipbook.amortisation_policy, bigint) IS
    'Units of production: cost less what is amortised after a use in chip-milliseconds, unrounded (1e-15), in the cost''s currency: (cost - salvage) x used / total_use, which stops at the cost less salvage. A balance: additive over assets of one currency. NULL for NULL. 22023 for a negative use and for any other method.';

CREATE FUNCTION chipbook.amortised_by_use(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        from_chip_ms bigint,
        to_chip_ms bigint)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_amortised_by_use' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortised_by_use(chipbook.monetary, chipbook.amortisation_policy, bigint, bigint) IS
    'Units of production: the charge while the use since in service goes from one count of chip-milliseconds to another, unrounded (1e-15), in the cost''s currency: the difference of two book values by use. Additive over use, and over assets of one currency. NULL for NULL. 22023 when from_chip_ms is above to_chip_ms or negative, and for any other method.';

CREATE FUNCTION chipbook.chip_hour_rate(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        in_service date,
        at_date date,
        chips bigint DEFAULT 1,
        fiscal_year_start integer DEFAULT 1)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_chip_hour_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.chip_hour_rate(chipbook.monetary, chipbook.amortisation_policy, date, date, bigint, integer) IS
    'What an installed chip-hour costs on a date, unrounded (1e-15), in the cost''s currency: the day''s charge over 24 hours and the chips the cost bought (under full_month, the month''s charge over its hours). Exponential: the instantaneous rate, value x rate x ln 10 / 8766. Units of production: what a used chip-hour costs, the cost less salvage over total_use, whatever the number of chips. Zero outside the life. A rate: multiply by chip-hours, never add up. NULL for NULL. 22012 for no chips, 22023 for fewer.';

CREATE FUNCTION chipbook.chip_hour_rate_used(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        in_service date,
        at_date date,
        utilisation numeric,
        chips bigint DEFAULT 1,
        fiscal_year_start integer DEFAULT 1)
    RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'amortisation_chip_hour_rate_used' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.chip_hour_rate_used(chipbook.monetary, chipbook.amortisation_policy, date, date, numeric, bigint, integer) IS
    'What a used chip-hour costs on a date: chip_hour_rate over the utilisation, a fraction above 0 and at most 1 (units_of_production: chip_hour_rate itself, which is of used hours already). A rate: multiply by used chip-hours, never add up. NULL for NULL. 22012 for a utilisation of 0 or no chips, 22023 outside the range.';

CREATE FUNCTION chipbook.amortisation_schedule(
        cost chipbook.monetary,
        policy chipbook.amortisation_policy,
        in_service date,
        period interval DEFAULT '1 month',
        fiscal_year_start integer DEFAULT 1,
        OUT period_start date,
        OUT period_end date,
        OUT opening chipbook.monetary,
        OUT charge chipbook.monetary,
        OUT accumulated chipbook.monetary,
        OUT closing chipbook.monetary)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 60;
COMMENT ON FUNCTION chipbook.amortisation_schedule(chipbook.monetary, chipbook.amortisation_policy, date, interval, integer) IS
    'The schedule of an asset: a row for each period from in_service to the end of the life. period_end is the first day after the period. accumulated is rounded half away from zero to the currency''s minor unit (not rounded when ISO 4217 states none), never passes the cost less the salvage value rounded to the minor unit, and ends on it exactly; charge is the difference of two accumulations: charges add up to it, and only the last may have digits below the minor unit, where the cost has them. opening and closing are the cost less accumulated. period: 1, 2, 3, 4, 6 or 12 months, cut where fiscal years, which start with month fiscal_year_start, are cut. No rows for NULL. 22023 for another period, for a policy without a life and for units_of_production.';
