\echo Use "CREATE EXTENSION chipbook" to load this file. \quit

-- The extension's own schema, made here and owned by the superuser whose rights the
-- script runs with: a schema prepared by somebody else is refused, not adopted, so
-- that nobody can plant an overload beside our functions.
CREATE SCHEMA chipbook;
GRANT USAGE ON SCHEMA chipbook TO PUBLIC;
COMMENT ON SCHEMA chipbook IS 'Types, functions and aggregates of the chipbook extension. A ledger''s tables and views are in schemas of their own.';
