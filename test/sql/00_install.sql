-- The extension installs into a schema of its own, which nobody may have prepared.
\set SHOW_CONTEXT never
CREATE SCHEMA chipbook;
CREATE EXTENSION chipbook;
DROP SCHEMA chipbook;
CREATE EXTENSION chipbook;
SELECT extname, extversion, extrelocatable, nspname
FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
WHERE extname = 'chipbook';
