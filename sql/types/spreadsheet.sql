-- spreadsheet: SLN, SYD, DB, DDB, VDB, PMT, IPMT and PPMT by Excel's names, argument order and defaults.
--
-- Each function takes numeric, or double precision. The server prefers double precision where a call has
-- nothing but integers; the same function with one integer parameter makes those calls numeric.

-- sln
CREATE FUNCTION chipbook.sln(cost numeric, salvage numeric, life numeric)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'sln_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.sln(numeric, numeric, numeric) IS
    'As Excel''s SLN. What each period charges by the straight line: (cost - salvage) / life. Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22012 for a life of 0; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.sln(cost double precision, salvage double precision, life double precision)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'sln_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.sln(double precision, double precision, double precision) IS
    'As Excel''s SLN. What each period charges by the straight line: (cost - salvage) / life. As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22012 for a life of 0; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.sln(cost smallint, salvage numeric, life numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.sln(cost::numeric, salvage, life);
COMMENT ON FUNCTION chipbook.sln(smallint, numeric, numeric) IS
    'The numeric sln, for calls whose arguments are all integers: cost is of type smallint.';
CREATE FUNCTION chipbook.sln(cost integer, salvage numeric, life numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.sln(cost::numeric, salvage, life);
COMMENT ON FUNCTION chipbook.sln(integer, numeric, numeric) IS
    'The numeric sln, for calls whose arguments are all integers: cost is of type integer.';
CREATE FUNCTION chipbook.sln(cost bigint, salvage numeric, life numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.sln(cost::numeric, salvage, life);
COMMENT ON FUNCTION chipbook.sln(bigint, numeric, numeric) IS
    'The numeric sln, for calls whose arguments are all integers: cost is of type bigint.';

-- syd
CREATE FUNCTION chipbook.syd(cost numeric, salvage numeric, life numeric, per numeric)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'syd_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.syd(numeric, numeric, numeric, numeric) IS
    'As Excel''s SYD. What period per charges by the sum of the years'' digits: (cost - salvage) * (life - per + 1) * 2 / (life * (life + 1)). Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22023 for a negative salvage, a life or per of 0 or less, per after the life; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.syd(cost double precision, salvage double precision, life double precision, per double precision)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'syd_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.syd(double precision, double precision, double precision, double precision) IS
    'As Excel''s SYD. What period per charges by the sum of the years'' digits: (cost - salvage) * (life - per + 1) * 2 / (life * (life + 1)). As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22023 for a negative salvage, a life or per of 0 or less, per after the life; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.syd(cost smallint, salvage numeric, life numeric, per numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.syd(cost::numeric, salvage, life, per);
COMMENT ON FUNCTION chipbook.syd(smallint, numeric, numeric, numeric) IS
    'The numeric syd, for calls whose arguments are all integers: cost is of type smallint.';
CREATE FUNCTION chipbook.syd(cost integer, salvage numeric, life numeric, per numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.syd(cost::numeric, salvage, life, per);
COMMENT ON FUNCTION chipbook.syd(integer, numeric, numeric, numeric) IS
    'The numeric syd, for calls whose arguments are all integers: cost is of type integer.';
CREATE FUNCTION chipbook.syd(cost bigint, salvage numeric, life numeric, per numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.syd(cost::numeric, salvage, life, per);
COMMENT ON FUNCTION chipbook.syd(bigint, numeric, numeric, numeric) IS
    'The numeric syd, for calls whose arguments are all integers: cost is of type bigint.';

-- db
CREATE FUNCTION chipbook.db(cost numeric, salvage numeric, life numeric, period numeric, month numeric DEFAULT 12)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'db_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.db(numeric, numeric, numeric, numeric, numeric) IS
    'As Excel''s DB. What a period charges by a fixed rate of the value left, 1 - (salvage / cost) ^ (1 / life) rounded to three decimals. month: the months of the first year, 1 to 12; with fewer than 12 the rest of that year is charged in period life + 1. Fractions of period and month are cut off, a period below 1 is the first. Because of the rounded rate the charges do not end on salvage. Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22023 for a negative cost or salvage, a life or period of 0 or less, a period after the last, a month outside 1 to 12; 54000 for a life beyond 100,000 periods; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.db(cost double precision, salvage double precision, life double precision, period double precision, month double precision DEFAULT 12)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'db_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.db(double precision, double precision, double precision, double precision, double precision) IS
    'As Excel''s DB. What a period charges by a fixed rate of the value left, 1 - (salvage / cost) ^ (1 / life) rounded to three decimals. month: the months of the first year, 1 to 12; with fewer than 12 the rest of that year is charged in period life + 1. Fractions of period and month are cut off, a period below 1 is the first. Because of the rounded rate the charges do not end on salvage. As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22023 for a negative cost or salvage, a life or period of 0 or less, a period after the last, a month outside 1 to 12; 54000 for a life beyond 100,000 periods; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.db(cost smallint, salvage numeric, life numeric, period numeric, month numeric DEFAULT 12)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.db(cost::numeric, salvage, life, period, month);
COMMENT ON FUNCTION chipbook.db(smallint, numeric, numeric, numeric, numeric) IS
    'The numeric db, for calls whose arguments are all integers: cost is of type smallint.';
CREATE FUNCTION chipbook.db(cost integer, salvage numeric, life numeric, period numeric, month numeric DEFAULT 12)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.db(cost::numeric, salvage, life, period, month);
COMMENT ON FUNCTION chipbook.db(integer, numeric, numeric, numeric, numeric) IS
    'The numeric db, for calls whose arguments are all integers: cost is of type integer.';
CREATE FUNCTION chipbook.db(cost bigint, salvage numeric, life numeric, period numeric, month numeric DEFAULT 12)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.db(cost::numeric, salvage, life, period, month);
COMMENT ON FUNCTION chipbook.db(bigint, numeric, numeric, numeric, numeric) IS
    'The numeric db, for calls whose arguments are all integers: cost is of type bigint.';

-- ddb
CREATE FUNCTION chipbook.ddb(cost numeric, salvage numeric, life numeric, period numeric, factor numeric DEFAULT 2)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'ddb_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ddb(numeric, numeric, numeric, numeric, numeric) IS
    'As Excel''s DDB. What a period charges by declining balance: factor / life of the value left, at most all of it, never below salvage. A period below 1 is the first; a fraction lies on the curve (1 - factor / life) ^ period. Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22023 for a negative cost or salvage, a life, period or factor of 0 or less, a period after the life; 54000 for a life beyond 100,000 periods; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.ddb(cost double precision, salvage double precision, life double precision, period double precision, factor double precision DEFAULT 2)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'ddb_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ddb(double precision, double precision, double precision, double precision, double precision) IS
    'As Excel''s DDB. What a period charges by declining balance: factor / life of the value left, at most all of it, never below salvage. A period below 1 is the first; a fraction lies on the curve (1 - factor / life) ^ period. As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22023 for a negative cost or salvage, a life, period or factor of 0 or less, a period after the life; 54000 for a life beyond 100,000 periods; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.ddb(cost smallint, salvage numeric, life numeric, period numeric, factor numeric DEFAULT 2)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ddb(cost::numeric, salvage, life, period, factor);
COMMENT ON FUNCTION chipbook.ddb(smallint, numeric, numeric, numeric, numeric) IS
    'The numeric ddb, for calls whose arguments are all integers: cost is of type smallint.';
CREATE FUNCTION chipbook.ddb(cost integer, salvage numeric, life numeric, period numeric, factor numeric DEFAULT 2)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ddb(cost::numeric, salvage, life, period, factor);
COMMENT ON FUNCTION chipbook.ddb(integer, numeric, numeric, numeric, numeric) IS
    'The numeric ddb, for calls whose arguments are all integers: cost is of type integer.';
CREATE FUNCTION chipbook.ddb(cost bigint, salvage numeric, life numeric, period numeric, factor numeric DEFAULT 2)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ddb(cost::numeric, salvage, life, period, factor);
COMMENT ON FUNCTION chipbook.ddb(bigint, numeric, numeric, numeric, numeric) IS
    'The numeric ddb, for calls whose arguments are all integers: cost is of type bigint.';

-- vdb
CREATE FUNCTION chipbook.vdb(cost numeric, salvage numeric, life numeric, start_period numeric, end_period numeric, factor numeric DEFAULT 2, no_switch boolean DEFAULT false)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'vdb_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.vdb(numeric, numeric, numeric, numeric, numeric, numeric, boolean) IS
    'As Excel''s VDB. What the time from start_period to end_period, counted in periods from 0, charges by declining balance, changing to the straight line over the periods left where that charges more, unless no_switch. With the change, a fractional start_period makes the first period that fraction long, so that 0, 0.5, 1.5 ... give the half-year convention; otherwise a part of a period charges that part. 0 where salvage is cost or more. Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22023 for a negative cost, salvage or start_period, a life or factor of 0 or less, a start after the end, an end after the life; 22012 with the change where start_period is the end of the life; 54000 for a life beyond 100,000 periods; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.vdb(cost double precision, salvage double precision, life double precision, start_period double precision, end_period double precision, factor double precision DEFAULT 2, no_switch boolean DEFAULT false)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'vdb_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.vdb(double precision, double precision, double precision, double precision, double precision, double precision, boolean) IS
    'As Excel''s VDB. What the time from start_period to end_period, counted in periods from 0, charges by declining balance, changing to the straight line over the periods left where that charges more, unless no_switch. With the change, a fractional start_period makes the first period that fraction long, so that 0, 0.5, 1.5 ... give the half-year convention; otherwise a part of a period charges that part. 0 where salvage is cost or more. As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22023 for a negative cost, salvage or start_period, a life or factor of 0 or less, a start after the end, an end after the life; 22012 with the change where start_period is the end of the life; 54000 for a life beyond 100,000 periods; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.vdb(cost smallint, salvage numeric, life numeric, start_period numeric, end_period numeric, factor numeric DEFAULT 2, no_switch boolean DEFAULT false)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.vdb(cost::numeric, salvage, life, start_period, end_period, factor, no_switch);
COMMENT ON FUNCTION chipbook.vdb(smallint, numeric, numeric, numeric, numeric, numeric, boolean) IS
    'The numeric vdb, for calls whose arguments are all integers: cost is of type smallint.';
CREATE FUNCTION chipbook.vdb(cost integer, salvage numeric, life numeric, start_period numeric, end_period numeric, factor numeric DEFAULT 2, no_switch boolean DEFAULT false)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.vdb(cost::numeric, salvage, life, start_period, end_period, factor, no_switch);
COMMENT ON FUNCTION chipbook.vdb(integer, numeric, numeric, numeric, numeric, numeric, boolean) IS
    'The numeric vdb, for calls whose arguments are all integers: cost is of type integer.';
CREATE FUNCTION chipbook.vdb(cost bigint, salvage numeric, life numeric, start_period numeric, end_period numeric, factor numeric DEFAULT 2, no_switch boolean DEFAULT false)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.vdb(cost::numeric, salvage, life, start_period, end_period, factor, no_switch);
COMMENT ON FUNCTION chipbook.vdb(bigint, numeric, numeric, numeric, numeric, numeric, boolean) IS
    'The numeric vdb, for calls whose arguments are all integers: cost is of type bigint.';

-- pmt
CREATE FUNCTION chipbook.pmt(rate numeric, nper numeric, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'pmt_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.pmt(numeric, numeric, numeric, numeric, numeric) IS
    'As Excel''s PMT. The level payment of an annuity of nper periods at rate a period: pv * g + pmt * (1 + rate * payment_type) * (g - 1) / rate + fv = 0, where g = (1 + rate) ^ nper. Received is positive, paid negative: a loan of 30,000 has a negative payment. payment_type: 0 at the end of a period, any other at its beginning. Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22023 for nper 0, and for a broken nper with a rate below -1; 22012 where the formula divides by zero; 22003 where g is 10^308 or more; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.pmt(rate double precision, nper double precision, pv double precision, fv double precision DEFAULT 0, payment_type double precision DEFAULT 0)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pmt_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.pmt(double precision, double precision, double precision, double precision, double precision) IS
    'As Excel''s PMT. The level payment of an annuity of nper periods at rate a period: pv * g + pmt * (1 + rate * payment_type) * (g - 1) / rate + fv = 0, where g = (1 + rate) ^ nper. Received is positive, paid negative: a loan of 30,000 has a negative payment. payment_type: 0 at the end of a period, any other at its beginning. As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22023 for nper 0, and for a broken nper with a rate below -1; 22012 where the formula divides by zero; 22003 where g is 10^308 or more; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.pmt(rate numeric, nper smallint, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.pmt(rate, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.pmt(numeric, smallint, numeric, numeric, numeric) IS
    'The numeric pmt, for calls whose arguments are all integers: nper is of type smallint.';
CREATE FUNCTION chipbook.pmt(rate numeric, nper integer, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.pmt(rate, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.pmt(numeric, integer, numeric, numeric, numeric) IS
    'The numeric pmt, for calls whose arguments are all integers: nper is of type integer.';
CREATE FUNCTION chipbook.pmt(rate numeric, nper bigint, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.pmt(rate, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.pmt(numeric, bigint, numeric, numeric, numeric) IS
    'The numeric pmt, for calls whose arguments are all integers: nper is of type bigint.';

-- ipmt
CREATE FUNCTION chipbook.ipmt(rate numeric, per numeric, nper numeric, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'ipmt_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ipmt(numeric, numeric, numeric, numeric, numeric, numeric) IS
    'As Excel''s IPMT. The interest in payment per of an annuity (see pmt): rate times what is owed before it; 0 in the first payment where that is made at the beginning of a period. Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22023 for a rate of -1 or less, nper 0, per outside 1 <= per < nper + 1; 22003 where (1 + rate) ^ nper is 10^308 or more; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.ipmt(rate double precision, per double precision, nper double precision, pv double precision, fv double precision DEFAULT 0, payment_type double precision DEFAULT 0)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'ipmt_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ipmt(double precision, double precision, double precision, double precision, double precision, double precision) IS
    'As Excel''s IPMT. The interest in payment per of an annuity (see pmt): rate times what is owed before it; 0 in the first payment where that is made at the beginning of a period. As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22023 for a rate of -1 or less, nper 0, per outside 1 <= per < nper + 1; 22003 where (1 + rate) ^ nper is 10^308 or more; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.ipmt(rate numeric, per numeric, nper smallint, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ipmt(rate, per, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.ipmt(numeric, numeric, smallint, numeric, numeric, numeric) IS
    'The numeric ipmt, for calls whose arguments are all integers: nper is of type smallint.';
CREATE FUNCTION chipbook.ipmt(rate numeric, per numeric, nper integer, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ipmt(rate, per, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.ipmt(numeric, numeric, integer, numeric, numeric, numeric) IS
    'The numeric ipmt, for calls whose arguments are all integers: nper is of type integer.';
CREATE FUNCTION chipbook.ipmt(rate numeric, per numeric, nper bigint, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ipmt(rate, per, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.ipmt(numeric, numeric, bigint, numeric, numeric, numeric) IS
    'The numeric ipmt, for calls whose arguments are all integers: nper is of type bigint.';

-- ppmt
CREATE FUNCTION chipbook.ppmt(rate numeric, per numeric, nper numeric, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric
    AS 'MODULE_PATHNAME', 'ppmt_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ppmt(numeric, numeric, numeric, numeric, numeric, numeric) IS
    'As Excel''s PPMT. The principal in payment per of an annuity: pmt less ipmt. Over all payments it adds up to -(pv + fv), where payments are made at the end of a period and nper is whole. Exact, rounded to 15 decimals; arguments count to 30 decimals and must be less than 10^30 in size. NULL for a NULL argument. Errors: 22023 for a rate of -1 or less, nper 0, per outside 1 <= per <= nper; 22003 where (1 + rate) ^ nper is 10^308 or more; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.ppmt(rate double precision, per double precision, nper double precision, pv double precision, fv double precision DEFAULT 0, payment_type double precision DEFAULT 0)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'ppmt_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ppmt(double precision, double precision, double precision, double precision, double precision, double precision) IS
    'As Excel''s PPMT. The principal in payment per of an annuity: pmt less ipmt. Over all payments it adds up to -(pv + fv), where payments are made at the end of a period and nper is whole. As a spreadsheet computes, in floating point. NULL for a NULL argument. Errors: 22023 for a rate of -1 or less, nper 0, per outside 1 <= per <= nper; 22003 where (1 + rate) ^ nper is 10^308 or more; 22003 for NaN, an infinity or an overflow.';
CREATE FUNCTION chipbook.ppmt(rate numeric, per numeric, nper smallint, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ppmt(rate, per, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.ppmt(numeric, numeric, smallint, numeric, numeric, numeric) IS
    'The numeric ppmt, for calls whose arguments are all integers: nper is of type smallint.';
CREATE FUNCTION chipbook.ppmt(rate numeric, per numeric, nper integer, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ppmt(rate, per, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.ppmt(numeric, numeric, integer, numeric, numeric, numeric) IS
    'The numeric ppmt, for calls whose arguments are all integers: nper is of type integer.';
CREATE FUNCTION chipbook.ppmt(rate numeric, per numeric, nper bigint, pv numeric, fv numeric DEFAULT 0, payment_type numeric DEFAULT 0)
    RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN chipbook.ppmt(rate, per, nper::numeric, pv, fv, payment_type);
COMMENT ON FUNCTION chipbook.ppmt(numeric, numeric, bigint, numeric, numeric, numeric) IS
    'The numeric ppmt, for calls whose arguments are all integers: nper is of type bigint.';
