-- monetary: an exact amount in one currency.

CREATE TYPE chipbook.monetary;

CREATE FUNCTION chipbook.monetary_in(cstring) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_in(cstring) IS 'Text input of monetary: amount, blank, currency, such as 1234.56 USD or 1.5e9 EUR. More than 15 decimals round half away from zero. 22P02 for other text, NaN and infinity included; 22003 beyond about 2.59e18.';
CREATE FUNCTION chipbook.monetary_out(chipbook.monetary) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_out(chipbook.monetary) IS 'Text output of monetary: all its decimals, and at least those of the currency''s minor unit (two when ISO 4217 states none). No setting changes it.';
CREATE FUNCTION chipbook.monetary_recv(internal) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_recv(internal) IS 'Binary input of monetary: two 64-bit halves in network order; 22P03 when the currency is none.';
CREATE FUNCTION chipbook.monetary_send(chipbook.monetary) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_send(chipbook.monetary) IS 'Binary output of monetary: two 64-bit halves in network order.';

-- Category N, numbers: with a user category of its own, core's round('1.5') would become ambiguous.
CREATE TYPE chipbook.monetary (
    INPUT = chipbook.monetary_in,
    OUTPUT = chipbook.monetary_out,
    RECEIVE = chipbook.monetary_recv,
    SEND = chipbook.monetary_send,
    INTERNALLENGTH = 16,
    ALIGNMENT = double,
    STORAGE = plain,
    CATEGORY = 'N'
);
COMMENT ON TYPE chipbook.monetary IS
    'An exact amount of money in one currency: 1234.56 USD. Fifteen decimals, within about 2.59e18 either side of zero. Adds and subtracts within one currency only (22000); compares with any, by currency and then amount.';

CREATE FUNCTION chipbook.monetary(amount numeric, code chipbook.currency) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'monetary_from_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary(numeric, chipbook.currency) IS
    'An amount in a currency: monetary(1234.56, ''USD''). More than 15 decimals round half away from zero. 22003 for NaN, infinity and amounts beyond about 2.59e18. NULL for NULL.';

CREATE FUNCTION chipbook.amount(m chipbook.monetary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'monetary_amount_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amount(chipbook.monetary) IS
    'The amount without its currency, exact, with the decimals the text form shows. Not additive over rows of different currencies.';

CREATE FUNCTION chipbook.currency(m chipbook.monetary) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME', 'monetary_currency_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.currency(chipbook.monetary) IS 'The currency of an amount of money.';

-- Explicit: the currency is lost.
CREATE CAST (chipbook.monetary AS numeric) WITH FUNCTION chipbook.amount(chipbook.monetary);
COMMENT ON CAST (chipbook.monetary AS numeric) IS 'The amount without its currency: the same as amount(m).';

-- Comparison

CREATE FUNCTION chipbook.monetary_eq(chipbook.monetary, chipbook.monetary) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_eq(chipbook.monetary, chipbook.monetary) IS 'Implements monetary = monetary.';
CREATE FUNCTION chipbook.monetary_ne(chipbook.monetary, chipbook.monetary) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_ne(chipbook.monetary, chipbook.monetary) IS 'Implements monetary <> monetary.';
CREATE FUNCTION chipbook.monetary_lt(chipbook.monetary, chipbook.monetary) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_lt(chipbook.monetary, chipbook.monetary) IS 'Implements monetary < monetary.';
CREATE FUNCTION chipbook.monetary_le(chipbook.monetary, chipbook.monetary) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_le(chipbook.monetary, chipbook.monetary) IS 'Implements monetary <= monetary.';
CREATE FUNCTION chipbook.monetary_gt(chipbook.monetary, chipbook.monetary) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_gt(chipbook.monetary, chipbook.monetary) IS 'Implements monetary > monetary.';
CREATE FUNCTION chipbook.monetary_ge(chipbook.monetary, chipbook.monetary) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_ge(chipbook.monetary, chipbook.monetary) IS 'Implements monetary >= monetary.';
CREATE FUNCTION chipbook.monetary_cmp(chipbook.monetary, chipbook.monetary) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_cmp(chipbook.monetary, chipbook.monetary) IS 'Three-way comparison: by currency, then by amount. Negative, zero or positive.';
CREATE FUNCTION chipbook.monetary_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sortsupport(internal) IS 'Fast sorting of monetary values.';
CREATE FUNCTION chipbook.monetary_hash(chipbook.monetary) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_hash(chipbook.monetary) IS 'Hash of a monetary value.';
CREATE FUNCTION chipbook.monetary_hash_extended(chipbook.monetary, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_hash_extended(chipbook.monetary, bigint) IS 'Hash of a monetary value with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.monetary_eq, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR chipbook.= (chipbook.monetary, chipbook.monetary) IS 'The same amount of the same currency.';
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.monetary_ne, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR chipbook.<> (chipbook.monetary, chipbook.monetary) IS 'Another amount or another currency.';
CREATE OPERATOR chipbook.< (
    FUNCTION = chipbook.monetary_lt, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary,
    COMMUTATOR = OPERATOR(chipbook.>), NEGATOR = OPERATOR(chipbook.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR chipbook.< (chipbook.monetary, chipbook.monetary) IS 'Before: by currency, then by amount.';
CREATE OPERATOR chipbook.<= (
    FUNCTION = chipbook.monetary_le, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary,
    COMMUTATOR = OPERATOR(chipbook.>=), NEGATOR = OPERATOR(chipbook.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR chipbook.<= (chipbook.monetary, chipbook.monetary) IS 'Before or the same: by currency, then by amount.';
CREATE OPERATOR chipbook.> (
    FUNCTION = chipbook.monetary_gt, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary,
    COMMUTATOR = OPERATOR(chipbook.<), NEGATOR = OPERATOR(chipbook.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR chipbook.> (chipbook.monetary, chipbook.monetary) IS 'After: by currency, then by amount.';
CREATE OPERATOR chipbook.>= (
    FUNCTION = chipbook.monetary_ge, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary,
    COMMUTATOR = OPERATOR(chipbook.<=), NEGATOR = OPERATOR(chipbook.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR chipbook.>= (chipbook.monetary, chipbook.monetary) IS 'After or the same: by currency, then by amount.';

CREATE OPERATOR CLASS chipbook.monetary_ops DEFAULT FOR TYPE chipbook.monetary USING btree AS
    OPERATOR 1 chipbook.<, OPERATOR 2 chipbook.<=, OPERATOR 3 chipbook.=, OPERATOR 4 chipbook.>=, OPERATOR 5 chipbook.>,
    FUNCTION 1 chipbook.monetary_cmp(chipbook.monetary, chipbook.monetary),
    FUNCTION 2 (chipbook.monetary, chipbook.monetary) chipbook.monetary_sortsupport(internal),
    FUNCTION 4 (chipbook.monetary, chipbook.monetary) pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS chipbook.monetary_hash_ops DEFAULT FOR TYPE chipbook.monetary USING hash AS
    OPERATOR 1 chipbook.=,
    FUNCTION 1 chipbook.monetary_hash(chipbook.monetary),
    FUNCTION 2 chipbook.monetary_hash_extended(chipbook.monetary, bigint);
COMMENT ON OPERATOR FAMILY chipbook.monetary_ops USING btree IS 'Order of monetary values: by currency, then by amount.';
COMMENT ON OPERATOR FAMILY chipbook.monetary_hash_ops USING hash IS 'Hashing of monetary values.';
COMMENT ON OPERATOR CLASS chipbook.monetary_ops USING btree IS 'Order of monetary values: by currency, then by amount.';
COMMENT ON OPERATOR CLASS chipbook.monetary_hash_ops USING hash IS 'Hashing of monetary values.';

-- Arithmetic

CREATE FUNCTION chipbook.monetary_neg(chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_neg(chipbook.monetary) IS 'Implements - monetary. 22003 for the one amount that has no opposite.';
CREATE FUNCTION chipbook.monetary_add(chipbook.monetary, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_add(chipbook.monetary, chipbook.monetary) IS 'Implements monetary + monetary. 22000 when the currencies differ, 22003 when the sum does not fit.';
CREATE FUNCTION chipbook.monetary_sub(chipbook.monetary, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sub(chipbook.monetary, chipbook.monetary) IS 'Implements monetary - monetary. 22000 when the currencies differ, 22003 when the difference does not fit.';
CREATE FUNCTION chipbook.monetary_div(chipbook.monetary, chipbook.monetary) RETURNS numeric
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_div(chipbook.monetary, chipbook.monetary) IS 'Implements monetary / monetary: amount(a) / amount(b) by numeric''s division. 22000 when the currencies differ, 22012 when b is zero.';
CREATE FUNCTION chipbook.monetary_mul_int2(chipbook.monetary, smallint) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_mul_int2(chipbook.monetary, smallint) IS 'Implements monetary * smallint, rounded half away from zero at 1e-15. 22003 when the product does not fit.';
CREATE FUNCTION chipbook.int2_mul_monetary(smallint, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.int2_mul_monetary(smallint, chipbook.monetary) IS 'Implements smallint * monetary, rounded half away from zero at 1e-15. 22003 when the product does not fit.';
CREATE FUNCTION chipbook.monetary_div_int2(chipbook.monetary, smallint) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_div_int2(chipbook.monetary, smallint) IS 'Implements monetary / smallint, rounded half away from zero at 1e-15. 22012 for zero, 22003 when the quotient does not fit.';
CREATE FUNCTION chipbook.monetary_mul_int4(chipbook.monetary, integer) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_mul_int4(chipbook.monetary, integer) IS 'Implements monetary * integer, rounded half away from zero at 1e-15. 22003 when the product does not fit.';
CREATE FUNCTION chipbook.int4_mul_monetary(integer, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.int4_mul_monetary(integer, chipbook.monetary) IS 'Implements integer * monetary, rounded half away from zero at 1e-15. 22003 when the product does not fit.';
CREATE FUNCTION chipbook.monetary_div_int4(chipbook.monetary, integer) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_div_int4(chipbook.monetary, integer) IS 'Implements monetary / integer, rounded half away from zero at 1e-15. 22012 for zero, 22003 when the quotient does not fit.';
CREATE FUNCTION chipbook.monetary_mul_int8(chipbook.monetary, bigint) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_mul_int8(chipbook.monetary, bigint) IS 'Implements monetary * bigint, rounded half away from zero at 1e-15. 22003 when the product does not fit.';
CREATE FUNCTION chipbook.int8_mul_monetary(bigint, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.int8_mul_monetary(bigint, chipbook.monetary) IS 'Implements bigint * monetary, rounded half away from zero at 1e-15. 22003 when the product does not fit.';
CREATE FUNCTION chipbook.monetary_div_int8(chipbook.monetary, bigint) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_div_int8(chipbook.monetary, bigint) IS 'Implements monetary / bigint, rounded half away from zero at 1e-15. 22012 for zero, 22003 when the quotient does not fit.';
CREATE FUNCTION chipbook.monetary_mul_numeric(chipbook.monetary, numeric) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_mul_numeric(chipbook.monetary, numeric) IS 'Implements monetary * numeric, rounded half away from zero at 1e-15. 22003 when the product does not fit. NaN and infinity are 22003.';
CREATE FUNCTION chipbook.numeric_mul_monetary(numeric, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.numeric_mul_monetary(numeric, chipbook.monetary) IS 'Implements numeric * monetary, rounded half away from zero at 1e-15. 22003 when the product does not fit. NaN and infinity are 22003.';
CREATE FUNCTION chipbook.monetary_div_numeric(chipbook.monetary, numeric) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_div_numeric(chipbook.monetary, numeric) IS 'Implements monetary / numeric, rounded half away from zero at 1e-15. 22012 for zero, 22003 when the quotient does not fit. NaN and infinity are 22003.';
CREATE FUNCTION chipbook.monetary_mul_float8(chipbook.monetary, double precision) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_mul_float8(chipbook.monetary, double precision) IS 'Implements monetary * double precision, rounded half away from zero at 1e-15. 22003 when the product does not fit. The float counts as its shortest decimal form, 0.1 as a tenth; NaN and infinity are 22003.';
CREATE FUNCTION chipbook.float8_mul_monetary(double precision, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.float8_mul_monetary(double precision, chipbook.monetary) IS 'Implements double precision * monetary, rounded half away from zero at 1e-15. 22003 when the product does not fit. The float counts as its shortest decimal form, 0.1 as a tenth; NaN and infinity are 22003.';
CREATE FUNCTION chipbook.monetary_div_float8(chipbook.monetary, double precision) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_div_float8(chipbook.monetary, double precision) IS 'Implements monetary / double precision, rounded half away from zero at 1e-15. 22012 for zero, 22003 when the quotient does not fit. The float counts as its shortest decimal form, 0.1 as a tenth; NaN and infinity are 22003.';

CREATE OPERATOR chipbook.- (FUNCTION = chipbook.monetary_neg, RIGHTARG = chipbook.monetary);
COMMENT ON OPERATOR chipbook.- (NONE, chipbook.monetary) IS 'The opposite amount.';
CREATE OPERATOR chipbook.+ (
    FUNCTION = chipbook.monetary_add, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary, COMMUTATOR = OPERATOR(chipbook.+)
);
COMMENT ON OPERATOR chipbook.+ (chipbook.monetary, chipbook.monetary) IS 'Sum of two amounts of one currency; 22000 when the currencies differ.';
CREATE OPERATOR chipbook.- (FUNCTION = chipbook.monetary_sub, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary);
COMMENT ON OPERATOR chipbook.- (chipbook.monetary, chipbook.monetary) IS 'Difference of two amounts of one currency; 22000 when the currencies differ.';
CREATE OPERATOR chipbook./ (FUNCTION = chipbook.monetary_div, LEFTARG = chipbook.monetary, RIGHTARG = chipbook.monetary);
COMMENT ON OPERATOR chipbook./ (chipbook.monetary, chipbook.monetary) IS 'Ratio of two amounts of one currency; 22000 when the currencies differ, 22012 by zero.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.monetary_mul_int2, LEFTARG = chipbook.monetary, RIGHTARG = smallint, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (chipbook.monetary, smallint) IS 'Amount times a number, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.int2_mul_monetary, LEFTARG = smallint, RIGHTARG = chipbook.monetary, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (smallint, chipbook.monetary) IS 'Number times an amount, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook./ (FUNCTION = chipbook.monetary_div_int2, LEFTARG = chipbook.monetary, RIGHTARG = smallint);
COMMENT ON OPERATOR chipbook./ (chipbook.monetary, smallint) IS 'Amount by a number, rounded half away from zero at 1e-15; 22012 by zero.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.monetary_mul_int4, LEFTARG = chipbook.monetary, RIGHTARG = integer, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (chipbook.monetary, integer) IS 'Amount times a number, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.int4_mul_monetary, LEFTARG = integer, RIGHTARG = chipbook.monetary, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (integer, chipbook.monetary) IS 'Number times an amount, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook./ (FUNCTION = chipbook.monetary_div_int4, LEFTARG = chipbook.monetary, RIGHTARG = integer);
COMMENT ON OPERATOR chipbook./ (chipbook.monetary, integer) IS 'Amount by a number, rounded half away from zero at 1e-15; 22012 by zero.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.monetary_mul_int8, LEFTARG = chipbook.monetary, RIGHTARG = bigint, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (chipbook.monetary, bigint) IS 'Amount times a number, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.int8_mul_monetary, LEFTARG = bigint, RIGHTARG = chipbook.monetary, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (bigint, chipbook.monetary) IS 'Number times an amount, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook./ (FUNCTION = chipbook.monetary_div_int8, LEFTARG = chipbook.monetary, RIGHTARG = bigint);
COMMENT ON OPERATOR chipbook./ (chipbook.monetary, bigint) IS 'Amount by a number, rounded half away from zero at 1e-15; 22012 by zero.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.monetary_mul_numeric, LEFTARG = chipbook.monetary, RIGHTARG = numeric, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (chipbook.monetary, numeric) IS 'Amount times a number, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.numeric_mul_monetary, LEFTARG = numeric, RIGHTARG = chipbook.monetary, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (numeric, chipbook.monetary) IS 'Number times an amount, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook./ (FUNCTION = chipbook.monetary_div_numeric, LEFTARG = chipbook.monetary, RIGHTARG = numeric);
COMMENT ON OPERATOR chipbook./ (chipbook.monetary, numeric) IS 'Amount by a number, rounded half away from zero at 1e-15; 22012 by zero.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.monetary_mul_float8, LEFTARG = chipbook.monetary, RIGHTARG = double precision, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (chipbook.monetary, double precision) IS 'Amount times a number, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook.* (
    FUNCTION = chipbook.float8_mul_monetary, LEFTARG = double precision, RIGHTARG = chipbook.monetary, COMMUTATOR = OPERATOR(chipbook.*)
);
COMMENT ON OPERATOR chipbook.* (double precision, chipbook.monetary) IS 'Number times an amount, rounded half away from zero at 1e-15.';
CREATE OPERATOR chipbook./ (FUNCTION = chipbook.monetary_div_float8, LEFTARG = chipbook.monetary, RIGHTARG = double precision);
COMMENT ON OPERATOR chipbook./ (chipbook.monetary, double precision) IS 'Amount by a number, rounded half away from zero at 1e-15; 22012 by zero.';

-- Another currency. No operator: a rate has a direction, which a name can say.

CREATE FUNCTION chipbook.exchange(m chipbook.monetary, rate numeric, code chipbook.currency) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'monetary_exchange' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exchange(chipbook.monetary, numeric, chipbook.currency) IS
    'The amount in another currency, at rate units of it for one of its own: the exact product, rounded once, half away from zero at 1e-15, and not to a minor unit (round() does that). NULL where an argument is NULL: a missing rate gives no amount. 22023 for a rate that is not above zero, and for one other than 1 into the currency the amount has; 22003 for NaN and infinity and when the result does not fit.';

-- Rounding and allocation

CREATE FUNCTION chipbook.round(m chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'monetary_round' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.round(chipbook.monetary) IS
    'The amount rounded half away from zero to the latest minor unit ISO 4217 states for its currency: cents for USD, whole yen for JPY. 22023 for a currency without one, 22003 when the result does not fit. Rounded parts need not add up: use allocate().';

CREATE FUNCTION chipbook.round(m chipbook.monetary, decimals integer) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'monetary_round_decimals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.round(chipbook.monetary, integer) IS
    'The amount rounded half away from zero to a number of decimals from 15 down to -18: -6 rounds to millions. 22023 outside that, 22003 when the result does not fit.';

CREATE FUNCTION chipbook.allocate(m chipbook.monetary, weights numeric[], decimals integer DEFAULT 15)
    RETURNS chipbook.monetary[]
    AS 'MODULE_PATHNAME', 'monetary_allocate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.allocate(chipbook.monetary, numeric[], integer) IS
    'The amount split in proportion to the weights, one part for each, by largest remainder in units of 10^-decimals (15 down to -18; 2 splits into cents). The parts always add up to m exactly: units left over go to the largest remainders, the earlier of equals first, and anything below a unit to the next. A negative amount is split as its mirror. 22004 for a NULL weight; 22023 for a negative or infinite one, NaN, no weights, all zero, or more than one dimension; 54000 for more than some 22 million.';

CREATE FUNCTION chipbook.allocate_waterfall(m chipbook.monetary, capacities chipbook.monetary[]) RETURNS chipbook.monetary[]
    AS 'MODULE_PATHNAME', 'monetary_allocate_waterfall' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.allocate_waterfall(chipbook.monetary, chipbook.monetary[]) IS
    'The amount filled into capacities in their order: each takes what is left before it, up to itself. The result has one part for each capacity and one more, the last, for what is left; all of it when there are no capacities. The parts always add up to m exactly; nothing is rounded. A negative amount is split as its mirror. 22004 for a NULL capacity; 22000 for one in another currency than m; 22023 for a negative one, or more than one dimension; 54000 for more than some 22 million.';

-- Aggregates. The state of sum and avg is a type, so that it can be shipped and stored.

CREATE TYPE chipbook.monetary_sum_state;

CREATE FUNCTION chipbook.monetary_sum_state_in(cstring) RETURNS chipbook.monetary_sum_state
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sum_state_in(cstring) IS 'Text input of monetary_sum_state; 22P02 for what no sum can be.';
CREATE FUNCTION chipbook.monetary_sum_state_out(chipbook.monetary_sum_state) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sum_state_out(chipbook.monetary_sum_state) IS 'Text output of monetary_sum_state: (rows, multiples of 2^128, high and low half of the rest in 1e-15, currency).';
CREATE FUNCTION chipbook.monetary_sum_state_recv(internal) RETURNS chipbook.monetary_sum_state
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sum_state_recv(internal) IS 'Binary input of monetary_sum_state; 22P03 for what no sum can be.';
CREATE FUNCTION chipbook.monetary_sum_state_send(chipbook.monetary_sum_state) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sum_state_send(chipbook.monetary_sum_state) IS 'Binary output of monetary_sum_state: five 64-bit numbers in network order.';

CREATE TYPE chipbook.monetary_sum_state (
    INPUT = chipbook.monetary_sum_state_in,
    OUTPUT = chipbook.monetary_sum_state_out,
    RECEIVE = chipbook.monetary_sum_state_recv,
    SEND = chipbook.monetary_sum_state_send,
    INTERNALLENGTH = 40,
    ALIGNMENT = double,
    STORAGE = plain
);
COMMENT ON TYPE chipbook.monetary_sum_state IS
    'The running state of sum and avg over monetary: rows, currency and an exact total wider than any sum of amounts. Meant for those aggregates, not for tables.';

CREATE FUNCTION chipbook.monetary_accum(chipbook.monetary_sum_state, chipbook.monetary) RETURNS chipbook.monetary_sum_state
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_accum(chipbook.monetary_sum_state, chipbook.monetary) IS 'Transition function of sum and avg over monetary. 22000 when the currencies differ.';
CREATE FUNCTION chipbook.monetary_accum_inv(chipbook.monetary_sum_state, chipbook.monetary) RETURNS chipbook.monetary_sum_state
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_accum_inv(chipbook.monetary_sum_state, chipbook.monetary) IS 'Inverse transition function of sum and avg over monetary, exact. 22000 when the currencies differ, 22023 for an empty state.';
CREATE FUNCTION chipbook.monetary_sum_state_combine(chipbook.monetary_sum_state, chipbook.monetary_sum_state) RETURNS chipbook.monetary_sum_state
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sum_state_combine(chipbook.monetary_sum_state, chipbook.monetary_sum_state) IS 'Combine function of sum and avg over monetary. 22000 when the currencies differ.';
CREATE FUNCTION chipbook.monetary_sum_final(chipbook.monetary_sum_state) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sum_final(chipbook.monetary_sum_state) IS 'Final function of sum over monetary: NULL for no rows, 22003 when the total does not fit.';
CREATE FUNCTION chipbook.monetary_avg_final(chipbook.monetary_sum_state) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_avg_final(chipbook.monetary_sum_state) IS 'Final function of avg over monetary: NULL for no rows; rounded half away from zero at 1e-15.';
CREATE FUNCTION chipbook.monetary_smaller(chipbook.monetary, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_smaller(chipbook.monetary, chipbook.monetary) IS 'The smaller of two amounts of one currency; transition function of min. 22000 when the currencies differ.';
CREATE FUNCTION chipbook.monetary_larger(chipbook.monetary, chipbook.monetary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_larger(chipbook.monetary, chipbook.monetary) IS 'The larger of two amounts of one currency; transition function of max. 22000 when the currencies differ.';

CREATE AGGREGATE chipbook.sum(chipbook.monetary) (
    SFUNC = chipbook.monetary_accum, STYPE = chipbook.monetary_sum_state, INITCOND = '(0,0,0,0,)',
    FINALFUNC = chipbook.monetary_sum_final, COMBINEFUNC = chipbook.monetary_sum_state_combine,
    MSFUNC = chipbook.monetary_accum, MINVFUNC = chipbook.monetary_accum_inv, MSTYPE = chipbook.monetary_sum_state,
    MINITCOND = '(0,0,0,0,)', MFINALFUNC = chipbook.monetary_sum_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.sum(chipbook.monetary) IS 'Exact total of amounts of one currency. NULLs are skipped, no rows give NULL. 22000 when currencies are mixed, 22003 when the total (never a part of it) does not fit. Additive.';

CREATE AGGREGATE chipbook.avg(chipbook.monetary) (
    SFUNC = chipbook.monetary_accum, STYPE = chipbook.monetary_sum_state, INITCOND = '(0,0,0,0,)',
    FINALFUNC = chipbook.monetary_avg_final, COMBINEFUNC = chipbook.monetary_sum_state_combine,
    MSFUNC = chipbook.monetary_accum, MINVFUNC = chipbook.monetary_accum_inv, MSTYPE = chipbook.monetary_sum_state,
    MINITCOND = '(0,0,0,0,)', MFINALFUNC = chipbook.monetary_avg_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.avg(chipbook.monetary) IS 'Mean of amounts of one currency: the exact total by the number of non-NULL rows, rounded once, half away from zero at 1e-15. No rows give NULL. 22000 when currencies are mixed. Not additive.';

-- No SORTOP: a look into an index would answer where mixed currencies must be refused.
CREATE AGGREGATE chipbook.min(chipbook.monetary) (
    SFUNC = chipbook.monetary_smaller, STYPE = chipbook.monetary, COMBINEFUNC = chipbook.monetary_smaller, PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.min(chipbook.monetary) IS 'Smallest amount of one currency. NULLs are skipped, no rows give NULL. 22000 when currencies are mixed. Not additive.';

-- No SORTOP: a look into an index would answer where mixed currencies must be refused.
CREATE AGGREGATE chipbook.max(chipbook.monetary) (
    SFUNC = chipbook.monetary_larger, STYPE = chipbook.monetary, COMBINEFUNC = chipbook.monetary_larger, PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.max(chipbook.monetary) IS 'Largest amount of one currency. NULLs are skipped, no rows give NULL. 22000 when currencies are mixed. Not additive.';

-- A sum for each currency of a mixture.

CREATE FUNCTION chipbook.monetary_sums_accum(chipbook.monetary_sum_state[], chipbook.monetary) RETURNS chipbook.monetary_sum_state[]
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sums_accum(chipbook.monetary_sum_state[], chipbook.monetary) IS 'Transition function of sum_by_currency. 22023 when the state is not a list of states in the order of their currencies.';
CREATE FUNCTION chipbook.monetary_sums_accum_inv(chipbook.monetary_sum_state[], chipbook.monetary) RETURNS chipbook.monetary_sum_state[]
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sums_accum_inv(chipbook.monetary_sum_state[], chipbook.monetary) IS 'Inverse transition function of sum_by_currency, exact. 22023 for a state that never held the amount, or is none.';
CREATE FUNCTION chipbook.monetary_sums_combine(chipbook.monetary_sum_state[], chipbook.monetary_sum_state[]) RETURNS chipbook.monetary_sum_state[]
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sums_combine(chipbook.monetary_sum_state[], chipbook.monetary_sum_state[]) IS 'Combine function of sum_by_currency. 22023 when one of the two is not a list of states in the order of their currencies.';
CREATE FUNCTION chipbook.monetary_sums_final(chipbook.monetary_sum_state[]) RETURNS chipbook.monetary[]
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.monetary_sums_final(chipbook.monetary_sum_state[]) IS 'Final function of sum_by_currency: NULL for no rows, 22003 when a total does not fit.';

CREATE AGGREGATE chipbook.sum_by_currency(chipbook.monetary) (
    SFUNC = chipbook.monetary_sums_accum, STYPE = chipbook.monetary_sum_state[], INITCOND = '{}',
    FINALFUNC = chipbook.monetary_sums_final, COMBINEFUNC = chipbook.monetary_sums_combine,
    MSFUNC = chipbook.monetary_sums_accum, MINVFUNC = chipbook.monetary_sums_accum_inv, MSTYPE = chipbook.monetary_sum_state[],
    MINITCOND = '{}', MFINALFUNC = chipbook.monetary_sums_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.sum_by_currency(chipbook.monetary) IS 'Exact totals of amounts of any currencies, one for each currency there is, in the order of their letters; a total of zero stands there, too. NULLs are skipped, no rows give NULL. 22003 when a total (never a part of it) does not fit. Additive: the sum_by_currency of such totals, unnested, is that of the rows.';
