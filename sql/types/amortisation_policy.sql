-- amortisation_policy: method, life, salvage, convention, day count and the method's own
-- numbers; everything about how an asset is amortised but its cost and its date.

CREATE TYPE chipbook.amortisation_policy;

CREATE FUNCTION chipbook.amortisation_policy_in(cstring) RETURNS chipbook.amortisation_policy
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_in(cstring) IS 'Text input of amortisation_policy: method(name=value, ...), such as straight_line(life=5 years, salvage=0.1, convention=full_month). 22P02 for other text.';
CREATE FUNCTION chipbook.amortisation_policy_out(chipbook.amortisation_policy) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_out(chipbook.amortisation_policy) IS 'Text output of amortisation_policy: parameters in one order, defaults left out. No setting changes it; reading it back gives the same policy.';
CREATE FUNCTION chipbook.amortisation_policy_recv(internal) RETURNS chipbook.amortisation_policy
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy_recv(internal) IS 'Binary input of amortisation_policy: a version byte, then the fields in network order. 22P03 for what no policy can be.';
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
        switch_to_straight_line boolean DEFAULT NULL,
        total_use numeric DEFAULT NULL,
        section_179 numeric DEFAULT NULL,
        bonus numeric DEFAULT NULL,
        charge_disposal_month boolean DEFAULT NULL)
    RETURNS chipbook.amortisation_policy
    AS 'MODULE_PATHNAME', 'amortisation_policy_make' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.amortisation_policy(text, interval, numeric, numeric, text, text, numeric, numeric, numeric, boolean, numeric, numeric, numeric, boolean) IS
    'A policy from named parameters; NULL means not given. method: straight_line, declining_balance, sum_of_years_digits, fixed_rate, macrs, annuity, units_of_production or exponential. life: years and months, or days (straight_line and exponential over actual_days); with macrs 3, 5, 7, 10, 15 or 20 years. salvage: a fraction of the cost (0.1 keeps 10 %); or salvage_amount in the cost''s currency; fixed_rate needs one, macrs has none. convention: actual_days (default), full_month, following_month, mid_month, half_year, mid_quarter; macrs: half_year (default) or mid_quarter. day_count, with actual_days: actual_actual (default), actual_365_fixed, no_leap_365, thirty_360. factor, with declining_balance: times the straight line''s rate, default 2; rate_cap: the most a year''s rate may be, a fraction; switch_to_straight_line: default false. rate: with annuity a year''s interest, a fraction; with exponential orders of magnitude a year. total_use, with units_of_production: chip-hours of all the chips the cost buys. section_179, an amount in the cost''s currency, and bonus, a fraction of the cost less it: written off over the first fiscal year, before the method runs on the rest. charge_disposal_month, with full_month: whether the month of a disposal is charged, default false. Numbers are rounded to 15 decimals, total_use to the chip-millisecond. 22023 names what is wrong; 22003 for NaN, an infinity or a number beyond 1.7e23; 22004 when method is NULL.';

-- What a policy says

CREATE FUNCTION chipbook.method(policy chipbook.amortisation_policy) RETURNS text
    AS 'MODULE_PATHNAME', 'amortisation_policy_method' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.method(chipbook.amortisation_policy) IS 'The method of a policy, such as straight_line.';
CREATE FUNCTION chipbook.life(policy chipbook.amortisation_policy) RETURNS interval
    AS 'MODULE_PATHNAME', 'amortisation_policy_life' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.life(chipbook.amortisation_policy) IS 'The useful life of a policy, in months and days; NULL when it has none.';
CREATE FUNCTION chipbook.salvage(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_salvage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.salvage(chipbook.amortisation_policy) IS 'The salvage value as a fraction of the cost; NULL when it is an amount, what an exponential decline leaves, or none (macrs).';
CREATE FUNCTION chipbook.salvage_amount(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_salvage_amount' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.salvage_amount(chipbook.amortisation_policy) IS 'The salvage value as an amount in the cost''s currency; NULL when it is a fraction.';
CREATE FUNCTION chipbook.convention(policy chipbook.amortisation_policy) RETURNS text
    AS 'MODULE_PATHNAME', 'amortisation_policy_convention' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.convention(chipbook.amortisation_policy) IS 'How the time in service is counted, such as actual_days or full_month; NULL for units_of_production.';
CREATE FUNCTION chipbook.day_count(policy chipbook.amortisation_policy) RETURNS text
    AS 'MODULE_PATHNAME', 'amortisation_policy_day_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.day_count(chipbook.amortisation_policy) IS 'How days are counted; NULL where months are, and for exponential (years of 365.25 days).';
CREATE FUNCTION chipbook.factor(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_factor' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.factor(chipbook.amortisation_policy) IS 'Declining balance: the multiple of the straight line''s rate; NULL for other methods.';
CREATE FUNCTION chipbook.rate(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.rate(chipbook.amortisation_policy) IS 'Exponential: orders of magnitude a year; annuity: a year''s interest as a fraction; NULL for other methods.';
CREATE FUNCTION chipbook.rate_cap(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_rate_cap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.rate_cap(chipbook.amortisation_policy) IS 'Declining balance: the most a year''s rate may be, as a fraction; NULL when there is no cap.';
CREATE FUNCTION chipbook.total_use(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_total_use' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.total_use(chipbook.amortisation_policy) IS 'Units of production: the chip-hours after which the asset is amortised; NULL for other methods.';
CREATE FUNCTION chipbook.section_179(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_section_179' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.section_179(chipbook.amortisation_policy) IS 'What is written off first, in the first fiscal year, as an amount in the cost''s currency; NULL when nothing is.';
CREATE FUNCTION chipbook.bonus(policy chipbook.amortisation_policy) RETURNS numeric
    AS 'MODULE_PATHNAME', 'amortisation_policy_bonus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.bonus(chipbook.amortisation_policy) IS 'What is written off next, in the first fiscal year, as a fraction of the cost less section_179; NULL when nothing is.';
CREATE FUNCTION chipbook.switch_to_straight_line(policy chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME', 'amortisation_policy_switch' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.switch_to_straight_line(chipbook.amortisation_policy) IS 'Declining balance: whether it changes to the straight line where that charges more; NULL for other methods.';
CREATE FUNCTION chipbook.charge_disposal_month(policy chipbook.amortisation_policy) RETURNS boolean
    AS 'MODULE_PATHNAME', 'amortisation_policy_charge_disposal_month' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.charge_disposal_month(chipbook.amortisation_policy) IS 'Convention full_month: whether the month of a disposal is charged; NULL for other conventions.';

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
