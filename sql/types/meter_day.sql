-- meter_day: readings of a pool, a day of them or so, packed by column into one value.

CREATE TYPE chipbook.meter_day;

CREATE FUNCTION chipbook.meter_day_in(cstring) RETURNS chipbook.meter_day
    AS 'MODULE_PATHNAME', 'meter_day_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_in(cstring) IS
    'Text input of meter_day: columns, such as readings=2 starts_at=2025-10-01T00:00:00Z steps=60000000 lengths=60000000*2 installed=480000*2 available=480000*2 allocated=480000*2 used=310000,290000. 22P02 for other text and for readings that do not end after their start.';
CREATE FUNCTION chipbook.meter_day_out(chipbook.meter_day) RETURNS cstring
    AS 'MODULE_PATHNAME', 'meter_day_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_out(chipbook.meter_day) IS
    'Text output of meter_day: exact, by column. Steps and lengths are microseconds, counts chip-milliseconds; n*3 is three times n. No setting changes it.';
CREATE FUNCTION chipbook.meter_day_recv(internal) RETURNS chipbook.meter_day
    AS 'MODULE_PATHNAME', 'meter_day_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_recv(internal) IS
    'Binary input of meter_day: a version, a header in network order and the packed columns; 22P03 unless they are what these readings are packed to.';
CREATE FUNCTION chipbook.meter_day_send(chipbook.meter_day) RETURNS bytea
    AS 'MODULE_PATHNAME', 'meter_day_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_send(chipbook.meter_day) IS
    'Binary output of meter_day: a version, a header in network order and the packed columns.';

-- STORAGE external: bits that are packed already do not get smaller, and trying takes longer than packing did.
CREATE TYPE chipbook.meter_day (
    INPUT = chipbook.meter_day_in,
    OUTPUT = chipbook.meter_day_out,
    RECEIVE = chipbook.meter_day_recv,
    SEND = chipbook.meter_day_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = external
);
COMMENT ON TYPE chipbook.meter_day IS
    'Readings of a pool, a day of them or so, packed by column and losing nothing: made by pack_readings, merged by rollup, read by unpack_readings, added up at a rate by spend_packed_agg. At most 10,000,000 readings in a value.';

-- Equality

CREATE FUNCTION chipbook.meter_day_eq(chipbook.meter_day, chipbook.meter_day) RETURNS boolean
    AS 'MODULE_PATHNAME', 'meter_day_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_eq(chipbook.meter_day, chipbook.meter_day) IS
    'Implements meter_day = meter_day: the same readings, and as many of each.';
CREATE FUNCTION chipbook.meter_day_ne(chipbook.meter_day, chipbook.meter_day) RETURNS boolean
    AS 'MODULE_PATHNAME', 'meter_day_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_ne(chipbook.meter_day, chipbook.meter_day) IS
    'Implements meter_day <> meter_day.';
CREATE FUNCTION chipbook.meter_day_hash(chipbook.meter_day) RETURNS integer
    AS 'MODULE_PATHNAME', 'meter_day_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_hash(chipbook.meter_day) IS
    'Hash of a meter_day.';
CREATE FUNCTION chipbook.meter_day_hash_extended(chipbook.meter_day, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'meter_day_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_hash_extended(chipbook.meter_day, bigint) IS
    'Hash of a meter_day with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.meter_day_eq, LEFTARG = chipbook.meter_day, RIGHTARG = chipbook.meter_day,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR chipbook.= (chipbook.meter_day, chipbook.meter_day) IS 'The same readings, and as many of each.';
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.meter_day_ne, LEFTARG = chipbook.meter_day, RIGHTARG = chipbook.meter_day,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR chipbook.<> (chipbook.meter_day, chipbook.meter_day) IS 'Some reading differs.';
CREATE OPERATOR CLASS chipbook.meter_day_hash_ops DEFAULT FOR TYPE chipbook.meter_day USING hash AS
    OPERATOR 1 chipbook.= (chipbook.meter_day, chipbook.meter_day),
    FUNCTION 1 chipbook.meter_day_hash(chipbook.meter_day),
    FUNCTION 2 chipbook.meter_day_hash_extended(chipbook.meter_day, bigint);
COMMENT ON OPERATOR CLASS chipbook.meter_day_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of meter_day.';
COMMENT ON OPERATOR FAMILY chipbook.meter_day_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of meter_day.';

-- Packing: the support functions of the aggregates, safe to call by hand

CREATE FUNCTION chipbook.meter_day_add(state chipbook.meter_day, starts_at timestamptz, ends_at timestamptz, installed bigint, available bigint, allocated bigint, used bigint, kept bigint, joules bigint, idle_joules bigint, tokens bigint, billing_ms bigint, model_flops numeric) RETURNS chipbook.meter_day
    AS 'MODULE_PATHNAME', 'meter_day_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_add(chipbook.meter_day, timestamptz, timestamptz, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, numeric) IS
    'A meter_day with one reading more, NULL being none: the transition function of pack_readings. 22004 when a time or one of the four counts is NULL; 22023 when a reading does not end after its start or a number is negative.';
CREATE FUNCTION chipbook.meter_day_add(state chipbook.meter_day, starts_at timestamptz, ends_at timestamptz, installed bigint, available bigint, allocated bigint, used bigint, joules bigint) RETURNS chipbook.meter_day
    AS 'MODULE_PATHNAME', 'meter_day_add_joules' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_add(chipbook.meter_day, timestamptz, timestamptz, bigint, bigint, bigint, bigint, bigint) IS
    'A meter_day with one reading more, NULL being none: the transition function of the short pack_readings. 22004 when a time or one of the four counts is NULL; 22023 when a reading does not end after its start or a number is negative.';
CREATE FUNCTION chipbook.meter_day_combine(chipbook.meter_day, chipbook.meter_day) RETURNS chipbook.meter_day
    AS 'MODULE_PATHNAME', 'meter_day_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_combine(chipbook.meter_day, chipbook.meter_day) IS
    'The readings of both, those that are the same twice: the combine function of pack_readings, and the transition function of rollup. 54000 beyond 10,000,000 readings.';
CREATE FUNCTION chipbook.meter_day_final(chipbook.meter_day) RETURNS chipbook.meter_day
    AS 'MODULE_PATHNAME', 'meter_day_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.meter_day_final(chipbook.meter_day) IS
    'The state of an aggregate, packed: the value as it is stored.';

CREATE AGGREGATE chipbook.pack_readings(starts_at timestamptz, ends_at timestamptz, installed bigint, available bigint, allocated bigint, used bigint, kept bigint, joules bigint, idle_joules bigint, tokens bigint, billing_ms bigint, model_flops numeric) (
    SFUNC = chipbook.meter_day_add,
    STYPE = chipbook.meter_day,
    SSPACE = 131072,
    FINALFUNC = chipbook.meter_day_final,
    COMBINEFUNC = chipbook.meter_day_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.pack_readings(timestamptz, timestamptz, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, numeric) IS
    'Packs readings into one value, losing nothing: each is [starts_at, ends_at), its counts in chip-milliseconds, as they are, in order or not. What follows used may be NULL. The same value in any order of rows and in parallel. 22004 when a time or one of the four counts is NULL; 22023 when a reading is not finite, does not end after its start, or has a negative number; 54000 beyond 10,000,000 readings. NULL for no rows.';
CREATE AGGREGATE chipbook.pack_readings(starts_at timestamptz, ends_at timestamptz, installed bigint, available bigint, allocated bigint, used bigint, joules bigint) (
    SFUNC = chipbook.meter_day_add,
    STYPE = chipbook.meter_day,
    SSPACE = 131072,
    FINALFUNC = chipbook.meter_day_final,
    COMBINEFUNC = chipbook.meter_day_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.pack_readings(timestamptz, timestamptz, bigint, bigint, bigint, bigint, bigint) IS
    'The same for readings of chip-time and energy alone: packs them into one value, losing nothing. Counts are chip-milliseconds, joules may be NULL. The same value in any order of rows and in parallel. 22004 when a time or one of the four counts is NULL; 22023 when a reading is not finite, does not end after its start, or has a negative number; 54000 beyond 10,000,000 readings. NULL for no rows.';
CREATE AGGREGATE chipbook.rollup(readings chipbook.meter_day) (
    SFUNC = chipbook.meter_day_combine,
    STYPE = chipbook.meter_day,
    SSPACE = 131072,
    FINALFUNC = chipbook.meter_day_final,
    COMBINEFUNC = chipbook.meter_day_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.rollup(chipbook.meter_day) IS
    'Packed readings merged, such as the hours of a day or a day and what came late: the very value that packing all their rows at once would have given; readings that are the same stay twice. NULLs are passed over; NULL for no rows. 54000 beyond 10,000,000 readings.';

-- Unpacking

CREATE FUNCTION chipbook.unpack_readings(readings chipbook.meter_day, OUT starts_at timestamptz, OUT ends_at timestamptz, OUT installed bigint, OUT available bigint, OUT allocated bigint, OUT used bigint, OUT kept bigint, OUT joules bigint, OUT idle_joules bigint, OUT tokens bigint, OUT billing_ms bigint, OUT model_flops numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'meter_day_unpack' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1440;
COMMENT ON FUNCTION chipbook.unpack_readings(chipbook.meter_day) IS
    'The very readings that were packed, in order of starts_at, ends_at and the other columns, one row each; the same reading may be there twice. Chip-times are chip-milliseconds. No rows for NULL. Additive.';

-- What a value says of itself

CREATE FUNCTION chipbook.readings(readings chipbook.meter_day) RETURNS bigint
    AS 'MODULE_PATHNAME', 'meter_day_readings' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.readings(chipbook.meter_day) IS
    'How many readings are packed in it. Additive. NULL for NULL.';
CREATE FUNCTION chipbook.first_start(readings chipbook.meter_day) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'meter_day_first_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.first_start(chipbook.meter_day) IS
    'The earliest start of its readings. NULL for NULL.';
CREATE FUNCTION chipbook.last_end(readings chipbook.meter_day) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'meter_day_last_end' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.last_end(chipbook.meter_day) IS
    'The latest end of its readings. NULL for NULL. Between the first start and the last end there may be gaps.';

-- What the readings cost

CREATE FUNCTION chipbook.spend_summary_add_packed(state chipbook.spend_summary, readings chipbook.meter_day, rate chipbook.monetary) RETURNS chipbook.spend_summary
    AS 'MODULE_PATHNAME', 'spend_summary_add_packed' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.spend_summary_add_packed(chipbook.spend_summary, chipbook.meter_day, chipbook.monetary) IS
    'Adds packed readings at a rate per chip-hour: the transition function of spend_packed_agg.';
CREATE AGGREGATE chipbook.spend_packed_agg(readings chipbook.meter_day, rate chipbook.monetary) (
    SFUNC = chipbook.spend_summary_add_packed,
    STYPE = chipbook.spend_summary,
    SSPACE = 320,
    FINALFUNC = chipbook.spend_summary_final,
    COMBINEFUNC = chipbook.spend_summary_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.spend_packed_agg(chipbook.meter_day, chipbook.monetary) IS
    'What packed readings cost at a rate per chip-hour: the very value that spend_rate_agg gives over their rows, without making rows. With a NULL rate all readings of a value are skipped, and counted; NULL readings are passed over. 22000 for a second currency, 22003 on overflow. NULL for no rows.';
