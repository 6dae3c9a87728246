-- amortisation_policy: method, life, salvage, convention, day count and the method's own
-- numbers; everything about how an asset is amortised but its cost and its date.

CREATE TYPE chipbook.amortisation_policy;

CREATE FUNCTION chipbook.amortisation_policy_in(cstring) RETURNS chipbook.amortisation_policy
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_in(cstring) IS 'Text input of amortisation_policy: method(name=value, ...), such as straight_line(life=5 years, salvage=0.1, convention=full_month). 22P02 for other text; 0A000 for a method or convention not yet built.';
CREATE FUNCTION chipbook.amortisation_policy_out(chipbook.amortisation_policy) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_out(chipbook.amortisation_policy) IS 'Text output of amortisation_policy: parameters in one order, defaults left out. No setting changes it; reading it back gives the same policy.';
CREATE FUNCTION chipbook.amortisation_policy_recv(internal) RETURNS chipbook.amortisation_policy
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_recv(internal) IS 'Binary input of amortisation_policy: a version byte, then the fields in network order. 22P03 for what no policy can be; 0A000 for a method or convention not yet built.';
CREATE FUNCTION chipbook.amortisation_policy_send(chipbook.amortisation_policy) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_send(chipbook.amortisation_policy) IS 'Binary output of amortisation_policy: a version byte, then the fields in network order.';

CREATE TYPE chipbook.amortisation_policy (
    INPUT = chipbook.amortisation_policy_in,
    OUTPUT = chipbook.amortisation_policy_out,
    RECEIVE = chipbook.amortisation_policy_recv,
    SEND = chipbook.amortisation_policy_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = plain
);
COMMENT ON TYPE chipbook.amortisation_policy IS
    'How an asset is amortised: straight_line(life=5 years, salvage=0.1, convention=full_month). Everything but its cost and the date it went into service. Made by amortisation_policy(method => ...) or from text; every policy that exists can be computed.';

CREATE FUNCTION chipbook.amortisation_policy(
        method text,
        life interval DEFAULT NULL,
        salvage numeric DEFAULT NULL,
        salvage_amount numeric DEFAULT NULL,
        convention text DEFAULT NULL,
        day_count text DEFAULT NULL,
        factor numeric DEFAULT NULL,
        rate numeric DEFAULT NULL,
        rate_cap numeric DEFAULT NULL,
        switch_to_straight_line boolean DEFAULT NULL)
    RETURNS chipbook.amortisation_policy
    AS 'MODULE_PATHNAME', 'amortisation_policy_make' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy(text, interval, numeric, numeric, text, text, numeric, numeric, numeric, boolean) IS
    'A policy from named parameters; NULL means not given. method: straight_line, declining_balance or exponential. life: years and months, or days. salvage: a fraction of the cost (0.1 keeps 10 %); or salvage_amount in the cost''s currency. convention: actual_days (default) or full_month. day_count, with actual_days: actual_actual (default), actual_365_fixed, no_leap_365, thirty_360. factor, with declining_balance: times the straight line''s rate, default 2. switch_to_straight_line, with declining_balance: default false. rate, with exponential: orders of magnitude a year. 22023 names what is wrong; 22004 when method is NULL; 0A000 for what is not yet built (rate_cap and further methods and conventions).';

-- What a policy says

CREATE FUNCTION chipbook.method(policy chipbook.amortisation_policy) RETURNS text
    AS 'MODULE_PATHNAME', 'amortisation_policy_method' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.method(chipbook.amortisation_policy) IS 'The method of a policy, such as straight_line.';
CREATE FUNCTION chipbook.life(policy chipbook.amortisation_policy) RETURNS interval
    AS 'MODULE_PATHNAME', 'amortisation_policy_life' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.life(chipbook.amortisation_policy) IS 'The useful life of a policy, in months and days; NULL when it has none.';
CREATE FUNCTION chipbook.salvage(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_salvage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.salvage(chipbook.amortisation_policy) IS 'The salvage value as a fraction of the cost; NULL when it is an amount, or what an exponential decline leaves.';
CREATE FUNCTION chipbook.salvage_amount(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_salvage_amount' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.salvage_amount(chipbook.amortisation_policy) IS 'The salvage value as an amount in the cost''s currency; NULL when it is a fraction.';
CREATE FUNCTION chipbook.convention(policy chipbook.amortisation_policy) RETURNS text
    AS 'MODULE_PATHNAME', 'amortisation_policy_convention' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.convention(chipbook.amortisation_policy) IS 'How the time in service is counted: actual_days or full_month.';
CREATE FUNCTION chipbook.day_count(policy chipbook.amortisation_policy) RETURNS text
    AS 'MODULE_PATHNAME', 'amortisation_policy_day_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.day_count(chipbook.amortisation_policy) IS 'How days are counted; NULL where months are, and for exponential (years of 365.25 days).';
CREATE FUNCTION chipbook.factor(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_factor' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.factor(chipbook.amortisation_policy) IS 'Declining balance: the multiple of the straight line''s rate; NULL for other methods.';
CREATE FUNCTION chipbook.rate(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.rate(chipbook.amortisation_policy) IS 'Exponential: orders of magnitude a year; NULL for other methods.';
CREATE FUNCTION chipbook.switch_to_straight_line(policy chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME', 'amortisation_policy_switch' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.switch_to_straight_line(chipbook.amortisation_policy) IS 'Declining balance: whether it changes to the straight line where that charges more; NULL for other methods.';

-- Comparison: a total order by method, life, then the rest, for grouping, joins and sorting.

CREATE FUNCTION chipbook.amortisation_policy_eq(chipbook.amortisation_policy, chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_eq(chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Implements amortisation_policy = amortisation_policy.';
CREATE FUNCTION chipbook.amortisation_policy_ne(chipbook.amortisation_policy, chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_ne(chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Implements amortisation_policy <> amortisation_policy.';
CREATE FUNCTION chipbook.amortisation_policy_lt(chipbook.amortisation_policy, chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_lt(chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Implements amortisation_policy < amortisation_policy.';
CREATE FUNCTION chipbook.amortisation_policy_le(chipbook.amortisation_policy, chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_le(chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Implements amortisation_policy <= amortisation_policy.';
CREATE FUNCTION chipbook.amortisation_policy_gt(chipbook.amortisation_policy, chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_gt(chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Implements amortisation_policy > amortisation_policy.';
CREATE FUNCTION chipbook.amortisation_policy_ge(chipbook.amortisation_policy, chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_ge(chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Implements amortisation_policy >= amortisation_policy.';
CREATE FUNCTION chipbook.amortisation_policy_cmp(chipbook.amortisation_policy, chipbook.amortisation_policy) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_cmp(chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Orders policies for indexes and sorting: -1, 0 or 1.';
CREATE FUNCTION chipbook.amortisation_policy_hash(chipbook.amortisation_policy) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_hash(chipbook.amortisation_policy) IS 'Hash of a policy; equal policies hash alike.';
CREATE FUNCTION chipbook.amortisation_policy_hash_extended(chipbook.amortisation_policy, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_hash_extended(chipbook.amortisation_policy, bigint) IS 'Seeded 64-bit hash of a policy.';

CREATE OPERATOR chipbook.= (
    LEFTARG = chipbook.amortisation_policy, RIGHTARG = chipbook.amortisation_policy, FUNCTION = chipbook.amortisation_policy_eq,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR chipbook.= (chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'The same policy.';
CREATE OPERATOR chipbook.<> (
    LEFTARG = chipbook.amortisation_policy, RIGHTARG = chipbook.amortisation_policy, FUNCTION = chipbook.amortisation_policy_ne,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR chipbook.<> (chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Not the same policy.';
CREATE OPERATOR chipbook.< (
    LEFTARG = chipbook.amortisation_policy, RIGHTARG = chipbook.amortisation_policy, FUNCTION = chipbook.amortisation_policy_lt,
    COMMUTATOR = OPERATOR(chipbook.>), NEGATOR = OPERATOR(chipbook.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR chipbook.< (chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Sorts before.';
CREATE OPERATOR chipbook.<= (
    LEFTARG = chipbook.amortisation_policy, RIGHTARG = chipbook.amortisation_policy, FUNCTION = chipbook.amortisation_policy_le,
    COMMUTATOR = OPERATOR(chipbook.>=), NEGATOR = OPERATOR(chipbook.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR chipbook.<= (chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Sorts before or the same.';
CREATE OPERATOR chipbook.> (
    LEFTARG = chipbook.amortisation_policy, RIGHTARG = chipbook.amortisation_policy, FUNCTION = chipbook.amortisation_policy_gt,
    COMMUTATOR = OPERATOR(chipbook.<), NEGATOR = OPERATOR(chipbook.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR chipbook.> (chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Sorts after.';
CREATE OPERATOR chipbook.>= (
    LEFTARG = chipbook.amortisation_policy, RIGHTARG = chipbook.amortisation_policy, FUNCTION = chipbook.amortisation_policy_ge,
    COMMUTATOR = OPERATOR(chipbook.<=), NEGATOR = OPERATOR(chipbook.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR chipbook.>= (chipbook.amortisation_policy, chipbook.amortisation_policy) IS 'Sorts after or the same.';

CREATE OPERATOR CLASS chipbook.amortisation_policy_ops DEFAULT FOR TYPE chipbook.amortisation_policy USING btree AS
    OPERATOR 1 chipbook.<, OPERATOR 2 chipbook.<=, OPERATOR 3 chipbook.=, OPERATOR 4 chipbook.>=, OPERATOR 5 chipbook.>,
    FUNCTION 1 chipbook.amortisation_policy_cmp(chipbook.amortisation_policy, chipbook.amortisation_policy);
COMMENT ON OPERATOR CLASS chipbook.amortisation_policy_ops USING btree IS 'Order of policies: by method, life, then the rest.';
COMMENT ON OPERATOR FAMILY chipbook.amortisation_policy_ops USING btree IS 'Order of policies: by method, life, then the rest.';
CREATE OPERATOR CLASS chipbook.amortisation_policy_ops DEFAULT FOR TYPE chipbook.amortisation_policy USING hash AS
    OPERATOR 1 chipbook.=,
    FUNCTION 1 chipbook.amortisation_policy_hash(chipbook.amortisation_policy),
    FUNCTION 2 chipbook.amortisation_policy_hash_extended(chipbook.amortisation_policy, bigint);
COMMENT ON OPERATOR CLASS chipbook.amortisation_policy_ops USING hash IS 'Equality of policies.';
COMMENT ON OPERATOR FAMILY chipbook.amortisation_policy_ops USING hash IS 'Equality of policies.';
