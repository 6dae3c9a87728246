-- What make demo runs, in a fresh database of a private server.
\pset footer off
CREATE EXTENSION chipbook;
SET search_path = chipbook, public;

\echo
\echo The moment every view answers as of:
SET chipbook.as_of = '2026-03-31';
SELECT chipbook.as_of('UTC') AS as_of, effective_date('UTC') AS effective_date;
