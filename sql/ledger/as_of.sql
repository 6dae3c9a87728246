-- The moment a ledger is asked about: the setting chipbook.as_of, read strictly.

CREATE FUNCTION chipbook.as_of(time_zone text DEFAULT 'UTC') RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'chipbook_as_of_time' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.as_of(text) IS
    'The time the setting chipbook.as_of names: a timestamp with offset as it is, a date as the end of that day in the given time zone; infinity when the setting is empty or now. 22007 when it is not ISO 8601, 22023 when it is published, which only a ledger''s views can answer.';

CREATE FUNCTION chipbook.effective_date(time_zone text DEFAULT 'UTC') RETURNS date
    AS 'MODULE_PATHNAME', 'chipbook_effective_date' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.effective_date(text) IS
    'The date that ''now'' stands for in every view: that of chipbook.as_of in the given time zone, else today. Errors as chipbook.as_of().';

-- The same for a ledger, from its table of that name; what the view clock is made of. Restricted:
-- the leader asks, so that what it recorded itself is not taken for another's.
CREATE FUNCTION chipbook.ledger_moment(ledger oid, time_zone text, last_recorded_at timestamptz, last_published_at timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'chipbook_ledger_moment' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION chipbook.ledger_moment(oid, text, timestamptz, timestamptz) IS
    'Internal: the moment a ledger is asked about, from what its table "ledger" (given by oid) has in the caller''s snapshot; infinity = now. 40001 when the moment is after all that the snapshot has and another session is recording up to it: the answer could still change.';

CREATE FUNCTION chipbook.ledger_date(ledger oid, time_zone text, last_published_at timestamptz) RETURNS date
    AS 'MODULE_PATHNAME', 'chipbook_ledger_date' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION chipbook.ledger_date(oid, text, timestamptz) IS
    'Internal: the date that stands for today in a ledger''s views.';
