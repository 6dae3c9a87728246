-- The moment a ledger is asked about: the setting chipbook.as_of, read strictly.

CREATE FUNCTION chipbook.as_of(time_zone text DEFAULT 'UTC') RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'chipbook_as_of_time' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.as_of(text) IS
    'The time the setting chipbook.as_of names: a timestamp with offset as it is, a date as the end of that day in the given time zone; infinity when the setting is empty. 22007 when it is not ISO 8601.';

CREATE FUNCTION chipbook.effective_date(time_zone text DEFAULT 'UTC') RETURNS date
    AS 'MODULE_PATHNAME', 'chipbook_effective_date' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.effective_date(text) IS
    'The date that ''now'' stands for in every view: that of chipbook.as_of in the given time zone, else today. 22007 when the setting is not ISO 8601.';
