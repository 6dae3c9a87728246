-- currency: an ISO 4217 alphabetic code.

CREATE TYPE chipbook.currency;

CREATE FUNCTION chipbook.currency_in(cstring) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_out(chipbook.currency) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_recv(internal) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_send(chipbook.currency) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE chipbook.currency (
    INPUT = chipbook.currency_in,
    OUTPUT = chipbook.currency_out,
    RECEIVE = chipbook.currency_recv,
    SEND = chipbook.currency_send,
    INTERNALLENGTH = 2,
    PASSEDBYVALUE,
    ALIGNMENT = int2
);
COMMENT ON TYPE chipbook.currency IS
    'An ISO 4217 currency code: any three capital letters, whether ISO lists them today or not. Ordered by letters. 22P02 for any other text. minor_unit() says what ISO knows about it.';
COMMENT ON FUNCTION chipbook.currency_in(cstring) IS 'Text input of currency: three capital letters, else 22P02.';
COMMENT ON FUNCTION chipbook.currency_out(chipbook.currency) IS 'Text output of currency: three capital letters.';
COMMENT ON FUNCTION chipbook.currency_recv(internal) IS 'Binary input of currency: 16 bits, five for each letter; 22P03 when they are not three letters.';
COMMENT ON FUNCTION chipbook.currency_send(chipbook.currency) IS 'Binary output of currency: 16 bits, five for each letter.';

CREATE FUNCTION chipbook.currency_eq(chipbook.currency, chipbook.currency) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_ne(chipbook.currency, chipbook.currency) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_lt(chipbook.currency, chipbook.currency) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_le(chipbook.currency, chipbook.currency) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_gt(chipbook.currency, chipbook.currency) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_ge(chipbook.currency, chipbook.currency) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_cmp(chipbook.currency, chipbook.currency) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_sortsupport(internal) RETURNS void
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_hash(chipbook.currency) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION chipbook.currency_hash_extended(chipbook.currency, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.currency_eq(chipbook.currency, chipbook.currency) IS 'Implements currency = currency.';
COMMENT ON FUNCTION chipbook.currency_ne(chipbook.currency, chipbook.currency) IS 'Implements currency <> currency.';
COMMENT ON FUNCTION chipbook.currency_lt(chipbook.currency, chipbook.currency) IS 'Implements currency < currency.';
COMMENT ON FUNCTION chipbook.currency_le(chipbook.currency, chipbook.currency) IS 'Implements currency <= currency.';
COMMENT ON FUNCTION chipbook.currency_gt(chipbook.currency, chipbook.currency) IS 'Implements currency > currency.';
COMMENT ON FUNCTION chipbook.currency_ge(chipbook.currency, chipbook.currency) IS 'Implements currency >= currency.';
COMMENT ON FUNCTION chipbook.currency_cmp(chipbook.currency, chipbook.currency) IS 'Three-way comparison of currencies, by letters: negative, zero or positive.';
COMMENT ON FUNCTION chipbook.currency_sortsupport(internal) IS 'Fast sorting of currencies.';
COMMENT ON FUNCTION chipbook.currency_hash(chipbook.currency) IS 'Hash of a currency.';
COMMENT ON FUNCTION chipbook.currency_hash_extended(chipbook.currency, bigint) IS 'Hash of a currency with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.currency_eq, LEFTARG = chipbook.currency, RIGHTARG = chipbook.currency,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.currency_ne, LEFTARG = chipbook.currency, RIGHTARG = chipbook.currency,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR chipbook.< (
    FUNCTION = chipbook.currency_lt, LEFTARG = chipbook.currency, RIGHTARG = chipbook.currency,
    COMMUTATOR = OPERATOR(chipbook.>), NEGATOR = OPERATOR(chipbook.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR chipbook.<= (
    FUNCTION = chipbook.currency_le, LEFTARG = chipbook.currency, RIGHTARG = chipbook.currency,
    COMMUTATOR = OPERATOR(chipbook.>=), NEGATOR = OPERATOR(chipbook.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR chipbook.> (
    FUNCTION = chipbook.currency_gt, LEFTARG = chipbook.currency, RIGHTARG = chipbook.currency,
    COMMUTATOR = OPERATOR(chipbook.<), NEGATOR = OPERATOR(chipbook.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR chipbook.>= (
    FUNCTION = chipbook.currency_ge, LEFTARG = chipbook.currency, RIGHTARG = chipbook.currency,
    COMMUTATOR = OPERATOR(chipbook.<=), NEGATOR = OPERATOR(chipbook.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR chipbook.= (chipbook.currency, chipbook.currency) IS 'The same currency.';
COMMENT ON OPERATOR chipbook.<> (chipbook.currency, chipbook.currency) IS 'Another currency.';
COMMENT ON OPERATOR chipbook.< (chipbook.currency, chipbook.currency) IS 'Before, by letters.';
COMMENT ON OPERATOR chipbook.<= (chipbook.currency, chipbook.currency) IS 'Before or the same, by letters.';
COMMENT ON OPERATOR chipbook.> (chipbook.currency, chipbook.currency) IS 'After, by letters.';
COMMENT ON OPERATOR chipbook.>= (chipbook.currency, chipbook.currency) IS 'After or the same, by letters.';

CREATE OPERATOR CLASS chipbook.currency_ops DEFAULT FOR TYPE chipbook.currency USING btree AS
    OPERATOR 1 chipbook.<, OPERATOR 2 chipbook.<=, OPERATOR 3 chipbook.=, OPERATOR 4 chipbook.>=, OPERATOR 5 chipbook.>,
    FUNCTION 1 chipbook.currency_cmp(chipbook.currency, chipbook.currency),
    FUNCTION 2 (chipbook.currency, chipbook.currency) chipbook.currency_sortsupport(internal),
    FUNCTION 4 (chipbook.currency, chipbook.currency) pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS chipbook.currency_hash_ops DEFAULT FOR TYPE chipbook.currency USING hash AS
    OPERATOR 1 chipbook.=,
    FUNCTION 1 chipbook.currency_hash(chipbook.currency),
    FUNCTION 2 chipbook.currency_hash_extended(chipbook.currency, bigint);
COMMENT ON OPERATOR FAMILY chipbook.currency_ops USING btree IS 'Order of currencies: by letters.';
COMMENT ON OPERATOR FAMILY chipbook.currency_hash_ops USING hash IS 'Hashing of currencies.';
COMMENT ON OPERATOR CLASS chipbook.currency_ops USING btree IS 'Order of currencies: by letters.';
COMMENT ON OPERATOR CLASS chipbook.currency_hash_ops USING hash IS 'Hashing of currencies.';

CREATE FUNCTION chipbook.minor_unit(code chipbook.currency, at_date date DEFAULT NULL) RETURNS smallint
    AS 'MODULE_PATHNAME', 'currency_minor_unit' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.minor_unit(chipbook.currency, date) IS
    'Decimals of the currency''s minor unit by ISO 4217: 2 for USD, 0 for JPY, 3 for BHD. At a date (ISK had 2 before 2007), or the latest known when at_date is NULL; a withdrawn code keeps its last. NULL for a code ISO does not list or that has no minor unit (XAU, XXX), and for NULL.';

CREATE FUNCTION chipbook.iso_currencies(
    OUT code chipbook.currency, OUT numeric_code smallint, OUT minor_unit smallint, OUT name text,
    OUT valid_from date, OUT valid_to date)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'currency_iso_list' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 310;
COMMENT ON FUNCTION chipbook.iso_currencies() IS
    'The ISO 4217 table compiled in, one row for each code and minor unit. valid_from NULL: not stated; valid_to: last day of the month in which the code was withdrawn, or the eve of a change of minor unit, NULL while in use; minor_unit NULL: none stated.';
