-- Day counts: what part of a year lies between two dates.

CREATE FUNCTION chipbook.year_fraction(from_date date, to_date date, day_count text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'day_count_year_fraction' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.year_fraction(date, date, text) IS
    'The years from one date to another, negative when it is earlier, by a day count: ACT/365F, ACT/ACT ISDA, ACT/365.25, ACT/364, ACT/360, 30/360 ISDA, 30E/360, 30E+/360, 30E/360 ISDA (no date is taken for a maturity), 30U/360, NL/365 or NL/360. 22023 for another name, 22008 for a date outside the years 1 to 9999. Additive for ACT/365F, ACT/365.25, ACT/364, ACT/360, NL/365 and NL/360 alone, and exactly only before division.';
