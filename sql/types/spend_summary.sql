-- spend_summary: what a capacity cost, how much of it did useful work, and at what price.

-- Chip-time

CREATE FUNCTION chipbook.chip_time(chips bigint, during tstzrange) RETURNS bigint
    AS 'MODULE_PATHNAME', 'chip_time_of_range' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.chip_time(bigint, tstzrange) IS
    'Chip-milliseconds of a number of chips during a range: chips x the whole milliseconds between its bounds, each taken towards the past, so that ranges that meet add up. An empty range has 0. 22023 for an infinite bound or negative chips, 22003 beyond bigint. NULL for NULL. Additive.';
CREATE FUNCTION chipbook.chip_hours(chip_time bigint) RETURNS numeric
    AS 'MODULE_PATHNAME', 'chip_hours' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.chip_hours(bigint) IS
    'Chip-milliseconds as chip-hours, rounded half away from zero at 15 decimals. Add up chip-milliseconds, not hours. NULL for NULL.';

-- The type

CREATE TYPE chipbook.spend_summary;

CREATE FUNCTION chipbook.spend_summary_in(cstring) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_in(cstring) IS
    'Text input of spend_summary: a currency and fields, such as USD readings=1 installed=100 available=100 allocated=60 used=60 total=5 productive=3 unallocated=2; fields that are zero may be left out. 22P02 for other text and for values that contradict themselves.';
CREATE FUNCTION chipbook.spend_summary_out(chipbook.spend_summary) RETURNS cstring
    AS 'MODULE_PATHNAME', 'spend_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_out(chipbook.spend_summary) IS
    'Text output of spend_summary: exact, without the fields that are zero. Times are chip-milliseconds; money is decimal, and n / 3,600,000 of its 15th decimal may follow as :n. No setting changes it.';
CREATE FUNCTION chipbook.spend_summary_recv(internal) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_recv(internal) IS
    'Binary input of spend_summary: a version, the currency and the fields; 22P03 when they contradict each other.';
CREATE FUNCTION chipbook.spend_summary_send(chipbook.spend_summary) RETURNS bytea
    AS 'MODULE_PATHNAME', 'spend_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_send(chipbook.spend_summary) IS
    'Binary output of spend_summary: a version, the currency and the fields, in network order.';

-- STORAGE plain: the state of aggregates, which is never compressed or moved out of line.
CREATE TYPE chipbook.spend_summary (
    INPUT = chipbook.spend_summary_in,
    OUTPUT = chipbook.spend_summary_out,
    RECEIVE = chipbook.spend_summary_recv,
    SEND = chipbook.spend_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = plain
);
COMMENT ON TYPE chipbook.spend_summary IS
    'Utilisation-weighted spend: installed, available, allocated and used chip-time, and the cost that each bore, exact and in one currency. Made by spend_agg, spend_rate_agg and spend_split, added up by rollup and +, read by functions such as idle_cost(s). May be stored, and added up again later.';

-- Equality

CREATE FUNCTION chipbook.spend_summary_eq(chipbook.spend_summary, chipbook.spend_summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'spend_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_eq(chipbook.spend_summary, chipbook.spend_summary) IS
    'Implements spend_summary = spend_summary: every sum and count is the same.';
CREATE FUNCTION chipbook.spend_summary_ne(chipbook.spend_summary, chipbook.spend_summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'spend_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_ne(chipbook.spend_summary, chipbook.spend_summary) IS
    'Implements spend_summary <> spend_summary.';
CREATE FUNCTION chipbook.spend_summary_hash(chipbook.spend_summary) RETURNS integer
    AS 'MODULE_PATHNAME', 'spend_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_hash(chipbook.spend_summary) IS
    'Hash of a spend_summary.';
CREATE FUNCTION chipbook.spend_summary_hash_extended(chipbook.spend_summary, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'spend_summary_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_hash_extended(chipbook.spend_summary, bigint) IS
    'Hash of a spend_summary with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.spend_summary_eq, LEFTARG = chipbook.spend_summary, RIGHTARG = chipbook.spend_summary,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR chipbook.= (chipbook.spend_summary, chipbook.spend_summary) IS 'Every sum and count is the same.';
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.spend_summary_ne, LEFTARG = chipbook.spend_summary, RIGHTARG = chipbook.spend_summary,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR chipbook.<> (chipbook.spend_summary, chipbook.spend_summary) IS 'Some sum or count differs.';
CREATE OPERATOR CLASS chipbook.spend_summary_hash_ops DEFAULT FOR TYPE chipbook.spend_summary USING hash AS
    OPERATOR 1 chipbook.= (chipbook.spend_summary, chipbook.spend_summary),
    FUNCTION 1 chipbook.spend_summary_hash(chipbook.spend_summary),
    FUNCTION 2 chipbook.spend_summary_hash_extended(chipbook.spend_summary, bigint);
COMMENT ON OPERATOR CLASS chipbook.spend_summary_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of spend_summary.';
COMMENT ON OPERATOR FAMILY chipbook.spend_summary_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of spend_summary.';

-- Adding up: the support functions of the aggregates, safe to call by hand

CREATE FUNCTION chipbook.spend_summary_add_cost(state chipbook.spend_summary, cost chipbook.monetary, installed bigint, available bigint, allocated bigint, used bigint) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_add_cost' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_add_cost(chipbook.spend_summary, chipbook.monetary, bigint, bigint, bigint, bigint) IS
    'Adds a cost and its reading: the transition function of spend_agg.';
CREATE FUNCTION chipbook.spend_summary_remove_cost(state chipbook.spend_summary, cost chipbook.monetary, installed bigint, available bigint, allocated bigint, used bigint) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_remove_cost' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_remove_cost(chipbook.spend_summary, chipbook.monetary, bigint, bigint, bigint, bigint) IS
    'Takes a cost and its reading out again: the inverse transition function of spend_agg. 22023 when it was never in.';
CREATE FUNCTION chipbook.spend_summary_add_cost(state chipbook.spend_summary, cost chipbook.monetary, installed bigint, allocated bigint, used bigint) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_add_cost_available' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_add_cost(chipbook.spend_summary, chipbook.monetary, bigint, bigint, bigint) IS
    'Adds a cost and its reading, all that is installed being available: the transition function of spend_agg.';
CREATE FUNCTION chipbook.spend_summary_remove_cost(state chipbook.spend_summary, cost chipbook.monetary, installed bigint, allocated bigint, used bigint) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_remove_cost_available' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_remove_cost(chipbook.spend_summary, chipbook.monetary, bigint, bigint, bigint) IS
    'Takes a cost and its reading out again, all that is installed being available: the inverse transition function of spend_agg. 22023 when it was never in.';
CREATE FUNCTION chipbook.spend_summary_add_rate(state chipbook.spend_summary, rate chipbook.monetary, installed bigint, available bigint, allocated bigint, used bigint) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_add_rate' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_add_rate(chipbook.spend_summary, chipbook.monetary, bigint, bigint, bigint, bigint) IS
    'Adds a reading at a rate per chip-hour: the transition function of spend_rate_agg.';
CREATE FUNCTION chipbook.spend_summary_remove_rate(state chipbook.spend_summary, rate chipbook.monetary, installed bigint, available bigint, allocated bigint, used bigint) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_remove_rate' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_remove_rate(chipbook.spend_summary, chipbook.monetary, bigint, bigint, bigint, bigint) IS
    'Takes a reading at a rate out again: the inverse transition function of spend_rate_agg. 22023 when it was never in.';
CREATE FUNCTION chipbook.spend_summary_combine(chipbook.spend_summary, chipbook.spend_summary) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_combine(chipbook.spend_summary, chipbook.spend_summary) IS
    'The sum of two summaries: the operator +, the combine function, and the transition function of rollup and rolling. 22000 when their currencies differ.';
CREATE FUNCTION chipbook.spend_summary_subtract(chipbook.spend_summary, chipbook.spend_summary) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_subtract(chipbook.spend_summary, chipbook.spend_summary) IS
    'Takes one summary out of another that contains it: the inverse transition function of rolling. 22023 when it was never in.';
CREATE FUNCTION chipbook.spend_summary_final(chipbook.spend_summary) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_final(chipbook.spend_summary) IS
    'The finished value of an aggregate, without the fields at its end that are zero.';

CREATE OPERATOR chipbook.+ (
    FUNCTION = chipbook.spend_summary_combine, LEFTARG = chipbook.spend_summary, RIGHTARG = chipbook.spend_summary,
    COMMUTATOR = OPERATOR(chipbook.+)
);
COMMENT ON OPERATOR chipbook.+ (chipbook.spend_summary, chipbook.spend_summary) IS 'The sum of two summaries of one currency; 22000 otherwise. NULL with NULL: use rollup where a summary may be missing.';

CREATE AGGREGATE chipbook.spend_agg(cost chipbook.monetary, installed bigint, available bigint, allocated bigint, used bigint) (
    SFUNC = chipbook.spend_summary_add_cost,
    STYPE = chipbook.spend_summary,
    SSPACE = 320,
    FINALFUNC = chipbook.spend_summary_final,
    COMBINEFUNC = chipbook.spend_summary_combine,
    MSFUNC = chipbook.spend_summary_add_cost,
    MINVFUNC = chipbook.spend_summary_remove_cost,
    MSTYPE = chipbook.spend_summary,
    MSSPACE = 320,
    MFINALFUNC = chipbook.spend_summary_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.spend_agg(chipbook.monetary, bigint, bigint, bigint, bigint) IS
    'Splits each cost by its reading into productive, allocated idle, unallocated and unavailable, to 1e-15 of the currency and adding up exactly. Chip-times are chip-milliseconds. A row without its cost is skipped and counted; a cost without its counts, or with nothing installed, is unmetered. Counts that contradict each other are kept, counted as disordered, and clamped for the split of money only. 22023 for negative counts, 22000 for a second currency, 22003 on overflow. NULL for no rows. The same figures in any order, in parallel and over any partition.';

CREATE AGGREGATE chipbook.spend_agg(cost chipbook.monetary, installed bigint, allocated bigint, used bigint) (
    SFUNC = chipbook.spend_summary_add_cost,
    STYPE = chipbook.spend_summary,
    SSPACE = 320,
    FINALFUNC = chipbook.spend_summary_final,
    COMBINEFUNC = chipbook.spend_summary_combine,
    MSFUNC = chipbook.spend_summary_add_cost,
    MINVFUNC = chipbook.spend_summary_remove_cost,
    MSTYPE = chipbook.spend_summary,
    MSSPACE = 320,
    MFINALFUNC = chipbook.spend_summary_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.spend_agg(chipbook.monetary, bigint, bigint, bigint) IS
    'The same where all that is installed is available: splits each cost into productive, allocated idle and unallocated, adding up exactly. Chip-times are chip-milliseconds. A row without its cost is skipped and counted; a cost without its counts, or with nothing installed, is unmetered. Counts that contradict each other are kept, counted as disordered, and clamped for the split of money only. 22023 for negative counts, 22000 for a second currency, 22003 on overflow. NULL for no rows. The same figures in any order, in parallel and over any partition.';

CREATE AGGREGATE chipbook.spend_rate_agg(rate chipbook.monetary, installed bigint, available bigint, allocated bigint, used bigint) (
    SFUNC = chipbook.spend_summary_add_rate,
    STYPE = chipbook.spend_summary,
    SSPACE = 320,
    FINALFUNC = chipbook.spend_summary_final,
    COMBINEFUNC = chipbook.spend_summary_combine,
    MSFUNC = chipbook.spend_summary_add_rate,
    MINVFUNC = chipbook.spend_summary_remove_rate,
    MSTYPE = chipbook.spend_summary,
    MSSPACE = 320,
    MFINALFUNC = chipbook.spend_summary_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.spend_rate_agg(chipbook.monetary, bigint, bigint, bigint, bigint) IS
    'Splits rate x installed chip-time into productive, allocated idle, unallocated and unavailable cost. The rate is per chip-hour; its products with chip-milliseconds are kept exactly and divided once, by the functions that read the summary. Chip-times are chip-milliseconds. A row without its cost is skipped and counted; a cost without its counts, or with nothing installed, is unmetered. Counts that contradict each other are kept, counted as disordered, and clamped for the split of money only. 22023 for negative counts, 22000 for a second currency, 22003 on overflow. NULL for no rows. The same figures in any order, in parallel and over any partition.';

CREATE AGGREGATE chipbook.rollup(summary chipbook.spend_summary) (
    SFUNC = chipbook.spend_summary_combine,
    STYPE = chipbook.spend_summary,
    SSPACE = 320,
    FINALFUNC = chipbook.spend_summary_final,
    COMBINEFUNC = chipbook.spend_summary_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.rollup(chipbook.spend_summary) IS
    'The sum of summaries, such as the days of a month: the very value that all their rows at once would have given. NULLs are passed over; NULL for no rows. 22000 when currencies differ.';

CREATE AGGREGATE chipbook.rolling(summary chipbook.spend_summary) (
    SFUNC = chipbook.spend_summary_combine,
    STYPE = chipbook.spend_summary,
    SSPACE = 320,
    FINALFUNC = chipbook.spend_summary_final,
    COMBINEFUNC = chipbook.spend_summary_combine,
    MSFUNC = chipbook.spend_summary_combine,
    MINVFUNC = chipbook.spend_summary_subtract,
    MSTYPE = chipbook.spend_summary,
    MSSPACE = 320,
    MFINALFUNC = chipbook.spend_summary_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.rolling(chipbook.spend_summary) IS
    'rollup for window frames that move: rows that leave the frame are taken out again, exactly, instead of adding up each frame anew. NULLs are passed over; NULL for no rows. 22000 when currencies differ within a frame.';

CREATE FUNCTION chipbook.spend_split(productive chipbook.monetary DEFAULT NULL, allocated_idle chipbook.monetary DEFAULT NULL, unallocated chipbook.monetary DEFAULT NULL, unavailable chipbook.monetary DEFAULT NULL, unmetered chipbook.monetary DEFAULT NULL) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_split' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_split(chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary) IS
    'A cost that is split already, such as energy by the state that drew it: no chip-time, no reading. Adds to others with + and rollup. NULL parts are zero, NULL when all are. 22000 when currencies differ.';

CREATE FUNCTION chipbook.spend_split(
        readings bigint,
        disordered bigint,
        installed numeric,
        available numeric,
        allocated numeric,
        used numeric,
        kept numeric,
        productive chipbook.monetary,
        allocated_idle chipbook.monetary DEFAULT NULL,
        unallocated chipbook.monetary DEFAULT NULL,
        unavailable chipbook.monetary DEFAULT NULL,
        unmetered chipbook.monetary DEFAULT NULL)
    RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_counted' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_split(bigint, bigint, numeric, numeric, numeric, numeric, numeric, chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary, chipbook.monetary) IS
    'A cost that is split already with the sums of the readings it was split by: how many, how many of them disordered (of no kind), and chip-milliseconds, rounded to whole ones and kept as they are, in order or not. kept: the part of used whose work was not lost (NULL: all); what was lost bore its part of the productive cost. Adds to others with + and rollup. NULL counts and parts are zero, NULL when all parts are. 22000 when currencies differ, 22003 for a chip-time beyond 2^96, 22023 for a negative number, more disordered readings than readings, or more kept than used.';

-- Costs: the parts add up to the total, to the last digit. NULL while there is no cost.

CREATE FUNCTION chipbook.currency(summary chipbook.spend_summary) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME', 'spend_summary_currency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.currency(chipbook.spend_summary) IS
    'The currency of a summary''s costs; NULL while it has none.';
CREATE FUNCTION chipbook.total_cost(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_total_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.total_cost(chipbook.spend_summary) IS
    'All cost: productive, allocated idle, unallocated, unavailable and unmetered. Additive within a currency. NULL when there was none.';
CREATE FUNCTION chipbook.productive_cost(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_productive_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.productive_cost(chipbook.spend_summary) IS
    'Cost of the chip-time that was used: cost x used / installed, reading by reading. Additive within a currency. NULL when there was no cost.';
CREATE FUNCTION chipbook.idle_cost(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_idle_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.idle_cost(chipbook.spend_summary) IS
    'Metered cost of the chip-time that was not used: allocated idle, unallocated and unavailable together. Additive within a currency. NULL when there was no cost.';
CREATE FUNCTION chipbook.allocated_idle_cost(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_allocated_idle_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.allocated_idle_cost(chipbook.spend_summary) IS
    'Cost of chip-time that was allocated but not used. Additive within a currency. NULL when there was no cost.';
CREATE FUNCTION chipbook.unallocated_cost(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_unallocated_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.unallocated_cost(chipbook.spend_summary) IS
    'Cost of chip-time that was available but not allocated. Additive within a currency. NULL when there was no cost.';
CREATE FUNCTION chipbook.unavailable_cost(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_unavailable_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.unavailable_cost(chipbook.spend_summary) IS
    'Cost of chip-time that was installed but not available. Additive within a currency. NULL when there was no cost.';
CREATE FUNCTION chipbook.unmetered_cost(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_unmetered_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.unmetered_cost(chipbook.spend_summary) IS
    'Cost that came without a reading, or with nothing installed: neither productive nor idle. Additive within a currency. NULL when there was no cost.';

-- Hours, as metered: disordered counts are not clamped here

CREATE FUNCTION chipbook.installed_hours(summary chipbook.spend_summary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'spend_summary_installed_hours' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.installed_hours(chipbook.spend_summary) IS
    'Chip-hours installed, as metered, at 15 decimals. Additive.';
CREATE FUNCTION chipbook.available_hours(summary chipbook.spend_summary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'spend_summary_available_hours' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.available_hours(chipbook.spend_summary) IS
    'Chip-hours available, as metered, at 15 decimals. Additive.';
CREATE FUNCTION chipbook.allocated_hours(summary chipbook.spend_summary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'spend_summary_allocated_hours' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.allocated_hours(chipbook.spend_summary) IS
    'Chip-hours allocated, as metered, at 15 decimals. Additive.';
CREATE FUNCTION chipbook.used_hours(summary chipbook.spend_summary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'spend_summary_used_hours' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.used_hours(chipbook.spend_summary) IS
    'Chip-hours used, as metered, at 15 decimals. Additive.';

-- Ratios: divide after adding up, never average them

CREATE FUNCTION chipbook.utilisation(summary chipbook.spend_summary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'spend_summary_utilisation' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.utilisation(chipbook.spend_summary) IS
    'Used over installed chip-time, as metered: weighted by capacity, above 1 where more was used than installed. 15 decimals; NULL when nothing was installed. Not additive.';
CREATE FUNCTION chipbook.spend_utilisation(summary chipbook.spend_summary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'spend_summary_spend_utilisation' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_utilisation(chipbook.spend_summary) IS
    'Productive cost over metered cost (total less unmetered): weighted by cost. 15 decimals; NULL when no cost was metered. Not additive.';
CREATE FUNCTION chipbook.allocation_rate(summary chipbook.spend_summary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'spend_summary_allocation_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.allocation_rate(chipbook.spend_summary) IS
    'Allocated over installed chip-time, as metered. 15 decimals; NULL when nothing was installed. Not additive.';
CREATE FUNCTION chipbook.cost_per_installed_hour(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_cost_per_installed_hour' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cost_per_installed_hour(chipbook.spend_summary) IS
    'Total cost, unmetered included, per chip-hour installed: rounded once, at 1e-15. NULL when there was no cost or nothing installed. Not additive.';
CREATE FUNCTION chipbook.cost_per_available_hour(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_cost_per_available_hour' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cost_per_available_hour(chipbook.spend_summary) IS
    'Total cost, unmetered included, per chip-hour available: rounded once, at 1e-15. NULL when there was no cost or nothing available. Not additive.';
CREATE FUNCTION chipbook.cost_per_allocated_hour(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_cost_per_allocated_hour' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cost_per_allocated_hour(chipbook.spend_summary) IS
    'Total cost, unmetered included, per chip-hour allocated: rounded once, at 1e-15. NULL when there was no cost or nothing allocated. Not additive.';
CREATE FUNCTION chipbook.cost_per_used_hour(summary chipbook.spend_summary) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'spend_summary_cost_per_used_hour' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cost_per_used_hour(chipbook.spend_summary) IS
    'Total cost, unmetered included, per chip-hour used: rounded once, at 1e-15. NULL when there was no cost or nothing used. Not additive.';

-- Counts of rows

CREATE FUNCTION chipbook.readings(summary chipbook.spend_summary) RETURNS bigint
    AS 'MODULE_PATHNAME', 'spend_summary_readings' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.readings(chipbook.spend_summary) IS
    'Rows that had a cost or rate and all their counts. Additive.';
CREATE FUNCTION chipbook.skipped_readings(summary chipbook.spend_summary) RETURNS bigint
    AS 'MODULE_PATHNAME', 'spend_summary_skipped_readings' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.skipped_readings(chipbook.spend_summary) IS
    'Rows that lacked their cost, their rate or a count; a cost among them is in unmetered_cost. Additive.';
CREATE FUNCTION chipbook.disordered_readings(summary chipbook.spend_summary) RETURNS bigint
    AS 'MODULE_PATHNAME', 'spend_summary_disordered_readings' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.disordered_readings(chipbook.spend_summary) IS
    'Readings whose counts contradict each other: used <= allocated <= available <= installed does not hold. Additive.';
CREATE FUNCTION chipbook.disordered_readings(summary chipbook.spend_summary, kind text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'spend_summary_disordered_readings_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.disordered_readings(chipbook.spend_summary, text) IS
    'Readings with one kind of disorder: used_over_allocated, allocated_over_available, available_over_installed or used_over_installed; a reading may have several. 22023 for another kind. Additive.';
