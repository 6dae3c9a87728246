-- time_weighted: what a value that steps, such as a rate or a head count, came to over time.

-- The type

CREATE TYPE chipbook.time_weighted;

CREATE FUNCTION chipbook.time_weighted_in(cstring) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_in(cstring) IS
    'Text input of time_weighted: what its output writes. 22P02 for other text and for values that contradict themselves.';
CREATE FUNCTION chipbook.time_weighted_out(chipbook.time_weighted) RETURNS cstring
    AS 'MODULE_PATHNAME', 'time_weighted_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_out(chipbook.time_weighted) IS
    'Text output of time_weighted: exact, in whole microseconds since 2000-01-01 00:00 UTC and whole units of 1e-15. No setting changes it.';
CREATE FUNCTION chipbook.time_weighted_recv(internal) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_recv(internal) IS
    'Binary input of time_weighted: a version and the fields; 22P03 when they contradict each other.';
CREATE FUNCTION chipbook.time_weighted_send(chipbook.time_weighted) RETURNS bytea
    AS 'MODULE_PATHNAME', 'time_weighted_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_send(chipbook.time_weighted) IS
    'Binary output of time_weighted: a version and the fields, in network order.';

CREATE TYPE chipbook.time_weighted (
    INPUT = chipbook.time_weighted_in,
    OUTPUT = chipbook.time_weighted_out,
    RECEIVE = chipbook.time_weighted_recv,
    SEND = chipbook.time_weighted_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE chipbook.time_weighted IS
    'A value that steps from one moment to the next, added up over time: a number or money, exact to 1e-15 and a microsecond. Made by time_weighted_agg, added up by rollup, read by functions such as time_weighted_average(s, gaps). Intervals that meet are kept as one, so a series without gaps takes 120 bytes however long it is, and 56 more for each gap. May be stored, and added up again later.';

-- Equality

CREATE FUNCTION chipbook.time_weighted_eq(chipbook.time_weighted, chipbook.time_weighted) RETURNS boolean
    AS 'MODULE_PATHNAME', 'time_weighted_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_eq(chipbook.time_weighted, chipbook.time_weighted) IS
    'Implements time_weighted = time_weighted: the same bounds, the same time covered, and the same sums in it.';
CREATE FUNCTION chipbook.time_weighted_ne(chipbook.time_weighted, chipbook.time_weighted) RETURNS boolean
    AS 'MODULE_PATHNAME', 'time_weighted_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_ne(chipbook.time_weighted, chipbook.time_weighted) IS
    'Implements time_weighted <> time_weighted.';
CREATE FUNCTION chipbook.time_weighted_hash(chipbook.time_weighted) RETURNS integer
    AS 'MODULE_PATHNAME', 'time_weighted_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_hash(chipbook.time_weighted) IS
    'Hash of a time_weighted.';
CREATE FUNCTION chipbook.time_weighted_hash_extended(chipbook.time_weighted, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'time_weighted_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_hash_extended(chipbook.time_weighted, bigint) IS
    'Hash of a time_weighted with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.time_weighted_eq, LEFTARG = chipbook.time_weighted, RIGHTARG = chipbook.time_weighted,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR chipbook.= (chipbook.time_weighted, chipbook.time_weighted) IS 'The same bounds, the same time covered, and the same sums in it.';
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.time_weighted_ne, LEFTARG = chipbook.time_weighted, RIGHTARG = chipbook.time_weighted,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR chipbook.<> (chipbook.time_weighted, chipbook.time_weighted) IS 'Bounds, covered time or a sum in it differ.';
CREATE OPERATOR CLASS chipbook.time_weighted_hash_ops DEFAULT FOR TYPE chipbook.time_weighted USING hash AS
    OPERATOR 1 chipbook.= (chipbook.time_weighted, chipbook.time_weighted),
    FUNCTION 1 chipbook.time_weighted_hash(chipbook.time_weighted),
    FUNCTION 2 chipbook.time_weighted_hash_extended(chipbook.time_weighted, bigint);
COMMENT ON OPERATOR CLASS chipbook.time_weighted_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of time_weighted.';
COMMENT ON OPERATOR FAMILY chipbook.time_weighted_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of time_weighted.';

-- Adding up: the support functions of the aggregates, safe to call by hand

CREATE FUNCTION chipbook.time_weighted_add(state chipbook.time_weighted, value numeric, starts_at timestamptz, ends_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_add_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_add(chipbook.time_weighted, numeric, timestamptz, timestamptz) IS
    'Adds the interval of a number: the transition function of time_weighted_agg and time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_remove(state chipbook.time_weighted, value numeric, starts_at timestamptz, ends_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_remove_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_remove(chipbook.time_weighted, numeric, timestamptz, timestamptz) IS
    'Takes the interval of a number out again, where it begins a run of values; NULL anywhere else, which has a window frame added up anew. The inverse transition function of time_weighted_agg and time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_add(state chipbook.time_weighted, value numeric, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_add_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_add(chipbook.time_weighted, numeric, timestamptz, timestamptz, timestamptz, timestamptz) IS
    'Adds the interval of a number cut to bounds: the transition function of time_weighted_agg.';
CREATE FUNCTION chipbook.time_weighted_remove(state chipbook.time_weighted, value numeric, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_remove_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_remove(chipbook.time_weighted, numeric, timestamptz, timestamptz, timestamptz, timestamptz) IS
    'Takes the interval of a number cut to bounds out again, where it begins a run of values; NULL anywhere else, which has a window frame added up anew. The inverse transition function of time_weighted_agg.';
CREATE FUNCTION chipbook.time_weighted_add(state chipbook.time_weighted, value numeric, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz, gaps text) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_add_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_add(chipbook.time_weighted, numeric, timestamptz, timestamptz, timestamptz, timestamptz, text) IS
    'Adds the interval of a number cut to bounds, with what gaps count as: the transition function of time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_remove(state chipbook.time_weighted, value numeric, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz, gaps text) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_remove_number' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_remove(chipbook.time_weighted, numeric, timestamptz, timestamptz, timestamptz, timestamptz, text) IS
    'Takes the interval of a number cut to bounds, with what gaps count as out again, where it begins a run of values; NULL anywhere else, which has a window frame added up anew. The inverse transition function of time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_add(state chipbook.time_weighted, value chipbook.monetary, starts_at timestamptz, ends_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_add_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_add(chipbook.time_weighted, chipbook.monetary, timestamptz, timestamptz) IS
    'Adds the interval of a amount: the transition function of time_weighted_agg and time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_remove(state chipbook.time_weighted, value chipbook.monetary, starts_at timestamptz, ends_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_remove_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_remove(chipbook.time_weighted, chipbook.monetary, timestamptz, timestamptz) IS
    'Takes the interval of a amount out again, where it begins a run of values; NULL anywhere else, which has a window frame added up anew. The inverse transition function of time_weighted_agg and time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_add(state chipbook.time_weighted, value chipbook.monetary, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_add_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_add(chipbook.time_weighted, chipbook.monetary, timestamptz, timestamptz, timestamptz, timestamptz) IS
    'Adds the interval of a amount cut to bounds: the transition function of time_weighted_agg.';
CREATE FUNCTION chipbook.time_weighted_remove(state chipbook.time_weighted, value chipbook.monetary, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_remove_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_remove(chipbook.time_weighted, chipbook.monetary, timestamptz, timestamptz, timestamptz, timestamptz) IS
    'Takes the interval of a amount cut to bounds out again, where it begins a run of values; NULL anywhere else, which has a window frame added up anew. The inverse transition function of time_weighted_agg.';
CREATE FUNCTION chipbook.time_weighted_add(state chipbook.time_weighted, value chipbook.monetary, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz, gaps text) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_add_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_add(chipbook.time_weighted, chipbook.monetary, timestamptz, timestamptz, timestamptz, timestamptz, text) IS
    'Adds the interval of a amount cut to bounds, with what gaps count as: the transition function of time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_remove(state chipbook.time_weighted, value chipbook.monetary, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz, gaps text) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_remove_money' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_remove(chipbook.time_weighted, chipbook.monetary, timestamptz, timestamptz, timestamptz, timestamptz, text) IS
    'Takes the interval of a amount cut to bounds, with what gaps count as out again, where it begins a run of values; NULL anywhere else, which has a window frame added up anew. The inverse transition function of time_weighted_avg.';
CREATE FUNCTION chipbook.time_weighted_combine(state chipbook.time_weighted, other chipbook.time_weighted) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_combine(chipbook.time_weighted, chipbook.time_weighted) IS
    'Adds up two parts of the rows of one aggregate. NULL is no rows. 23P01 when intervals overlap, 22023 when bounds or gaps differ, 22000 when currencies do.';
CREATE FUNCTION chipbook.time_weighted_rollup(state chipbook.time_weighted, other chipbook.time_weighted) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_rollup(chipbook.time_weighted, chipbook.time_weighted) IS
    'Adds up two values of any bounds: the transition function of rollup. NULL is no rows. 23P01 when intervals overlap, 22023 when gaps differ, 22000 when currencies do.';
CREATE FUNCTION chipbook.time_weighted_final(state chipbook.time_weighted) RETURNS chipbook.time_weighted
    AS 'MODULE_PATHNAME', 'time_weighted_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_final(chipbook.time_weighted) IS
    'The final function of time_weighted_agg and rollup: the state without room to spare, its intervals in order.';
CREATE FUNCTION chipbook.time_weighted_avg_number(state chipbook.time_weighted) RETURNS numeric
    AS 'MODULE_PATHNAME', 'time_weighted_avg_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_avg_number(chipbook.time_weighted) IS
    'The final function of time_weighted_avg of numbers.';
CREATE FUNCTION chipbook.time_weighted_avg_money(state chipbook.time_weighted) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'time_weighted_avg_money' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_avg_money(chipbook.time_weighted) IS
    'The final function of time_weighted_avg of money.';

-- Aggregates

CREATE AGGREGATE chipbook.time_weighted_agg(value numeric, starts_at timestamptz, ends_at timestamptz) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_final,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_agg(numeric, timestamptz, timestamptz) IS
    'A number that holds in [starts_at, ends_at), row by row, added up over time. Values are taken at 15 decimals, rounded half away from zero. Its bounds are the first start and the last end, rows without a value included. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts or a moment is infinite, 22004 for a value without both moments, 22003 beyond 2.5e18. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.time_weighted_agg(value numeric, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_final,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_agg(numeric, timestamptz, timestamptz, timestamptz, timestamptz) IS
    'A number that holds in [starts_at, ends_at), row by row, added up over [from_at, to_at): intervals, infinite ones too, are cut to it exactly, and time in it that no row covers is a gap. The last value that ended before from_at is kept for gaps => carry. Values are taken at 15 decimals, rounded half away from zero. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts, bounds are infinite or not the same in all rows, 22004 for a value without both moments, 22003 beyond 2.5e18. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.time_weighted_avg(value numeric, starts_at timestamptz, ends_at timestamptz) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_avg_number,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_avg_number,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_avg(numeric, timestamptz, timestamptz) IS
    'The average over time of a number that holds in [starts_at, ends_at), row by row: the sum of value x duration over the sum of durations, rounded once, at 15 decimals. Gaps are ignored. Values are taken at 15 decimals, rounded half away from zero. Not additive. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts or a moment is infinite, 22004 for a value without both moments, 22003 beyond 2.5e18. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.time_weighted_avg(value numeric, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz, gaps text) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_avg_number,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_avg_number,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_avg(numeric, timestamptz, timestamptz, timestamptz, timestamptz, text) IS
    'The average over [from_at, to_at) of a number that holds in [starts_at, ends_at), row by row, rounded once, at 15 decimals. Intervals, infinite ones too, are cut to the bounds exactly. Time that no row covers counts as gaps says: ignore (not part of the average), zero, error (22004), carry (the last value holds on, also one that ended before from_at; time before any value is ignored). Values are taken at 15 decimals, rounded half away from zero. Not additive. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts, bounds are infinite or not the same in all rows, gaps are none of these or not the same in all rows, 22004 for a value without both moments, 22003 beyond 2.5e18. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.time_weighted_agg(value chipbook.monetary, starts_at timestamptz, ends_at timestamptz) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_final,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_agg(chipbook.monetary, timestamptz, timestamptz) IS
    'A amount that holds in [starts_at, ends_at), row by row, added up over time. Its bounds are the first start and the last end, rows without a value included. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts or a moment is infinite, 22004 for a value without both moments, 22003 beyond 2.5e18, 22000 for a second currency. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.time_weighted_agg(value chipbook.monetary, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_final,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_agg(chipbook.monetary, timestamptz, timestamptz, timestamptz, timestamptz) IS
    'A amount that holds in [starts_at, ends_at), row by row, added up over [from_at, to_at): intervals, infinite ones too, are cut to it exactly, and time in it that no row covers is a gap. The last value that ended before from_at is kept for gaps => carry. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts, bounds are infinite or not the same in all rows, 22004 for a value without both moments, 22003 beyond 2.5e18, 22000 for a second currency. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.time_weighted_avg(value chipbook.monetary, starts_at timestamptz, ends_at timestamptz) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_avg_money,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_avg_money,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_avg(chipbook.monetary, timestamptz, timestamptz) IS
    'The average over time of a amount that holds in [starts_at, ends_at), row by row: the sum of value x duration over the sum of durations, rounded once, at 15 decimals. Gaps are ignored. Not additive. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts or a moment is infinite, 22004 for a value without both moments, 22003 beyond 2.5e18, 22000 for a second currency. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.time_weighted_avg(value chipbook.monetary, starts_at timestamptz, ends_at timestamptz, from_at timestamptz, to_at timestamptz, gaps text) (
    SFUNC = chipbook.time_weighted_add,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_avg_money,
    COMBINEFUNC = chipbook.time_weighted_combine,
    MSFUNC = chipbook.time_weighted_add,
    MINVFUNC = chipbook.time_weighted_remove,
    MSTYPE = chipbook.time_weighted,
    MFINALFUNC = chipbook.time_weighted_avg_money,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.time_weighted_avg(chipbook.monetary, timestamptz, timestamptz, timestamptz, timestamptz, text) IS
    'The average over [from_at, to_at) of a amount that holds in [starts_at, ends_at), row by row, rounded once, at 15 decimals. Intervals, infinite ones too, are cut to the bounds exactly. Time that no row covers counts as gaps says: ignore (not part of the average), zero, error (22004), carry (the last value holds on, also one that ended before from_at; time before any value is ignored). Not additive. A row without a value is a gap. 23P01 when intervals overlap, 22023 when one ends before it starts, bounds are infinite or not the same in all rows, gaps are none of these or not the same in all rows, 22004 for a value without both moments, 22003 beyond 2.5e18, 22000 for a second currency. NULL for no rows. The same in any order, in parallel and in window frames.';

CREATE AGGREGATE chipbook.rollup(value chipbook.time_weighted) (
    SFUNC = chipbook.time_weighted_rollup,
    STYPE = chipbook.time_weighted,
    FINALFUNC = chipbook.time_weighted_final,
    COMBINEFUNC = chipbook.time_weighted_rollup,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.rollup(chipbook.time_weighted) IS
    'The sum of values, such as the days of a month: the very value that all their rows at once would have given. Its bounds reach from the first to the last of theirs; what lies between is a gap. NULLs are passed over; NULL for no rows. 23P01 when intervals overlap, 22000 when currencies differ.';

-- Reading it. gaps: ignore = only time with a value; zero = the value is 0 in gaps; error = 22004
-- when there are any; carry = the last value holds until the next begins.

CREATE FUNCTION chipbook.time_weighted_average(value chipbook.time_weighted, gaps text DEFAULT 'ignore') RETURNS numeric
    AS 'MODULE_PATHNAME', 'time_weighted_average' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.time_weighted_average(chipbook.time_weighted, text) IS
    'The average over time, in currency(value) where that is one: value x duration over averaged_seconds, rounded once, at 15 decimals. gaps says what time without a value counts as: ignore, zero, error (22004) or carry (the last value holds on; time before any value is ignored); 22023 for another word. NULL when there is no time to average over. Not additive: roll up first.';
CREATE FUNCTION chipbook.value_hours(value chipbook.time_weighted, gaps text DEFAULT 'ignore') RETURNS numeric
    AS 'MODULE_PATHNAME', 'time_weighted_value_hours' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.value_hours(chipbook.time_weighted, text) IS
    'Value x hours: chip-hours of a number of chips, cost of a rate per hour (in currency(value)). Rounded once, at 15 decimals. gaps says what time without a value counts as: ignore, zero, error (22004) or carry (the last value holds on; time before any value is ignored); 22023 for another word. NULL when there is no time, 22003 beyond 1.7e23. Additive, but for its rounding: roll up first.';
CREATE FUNCTION chipbook.averaged_seconds(value chipbook.time_weighted, gaps text DEFAULT 'ignore') RETURNS numeric
    AS 'MODULE_PATHNAME', 'time_weighted_averaged_seconds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.averaged_seconds(chipbook.time_weighted, text) IS
    'The seconds an average is over, exact: the denominator of time_weighted_average. gaps says what time without a value counts as: ignore, zero, error (22004) or carry (the last value holds on; time before any value is ignored); 22023 for another word. Additive.';
CREATE FUNCTION chipbook.covered_seconds(value chipbook.time_weighted) RETURNS numeric
    AS 'MODULE_PATHNAME', 'time_weighted_covered_seconds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.covered_seconds(chipbook.time_weighted) IS
    'Seconds that have a value, exact. Additive.';
CREATE FUNCTION chipbook.gap_seconds(value chipbook.time_weighted) RETURNS numeric
    AS 'MODULE_PATHNAME', 'time_weighted_gap_seconds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.gap_seconds(chipbook.time_weighted) IS
    'Seconds between starts_at and ends_at that have no value, exact. Additive over bounds that meet.';
CREATE FUNCTION chipbook.starts_at(value chipbook.time_weighted) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'time_weighted_starts_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.starts_at(chipbook.time_weighted) IS
    'Where the time begins: the bound given, or the first start of a row. NULL without either.';
CREATE FUNCTION chipbook.ends_at(value chipbook.time_weighted) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'time_weighted_ends_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ends_at(chipbook.time_weighted) IS
    'Where the time ends, itself outside: the bound given, or the last end of a row. NULL without either.';
CREATE FUNCTION chipbook.currency(value chipbook.time_weighted) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME', 'time_weighted_currency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.currency(chipbook.time_weighted) IS
    'The currency of the values; NULL for numbers, and while there is no value.';
