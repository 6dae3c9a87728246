#!/usr/bin/env bash
# make reference: the pages of docs/reference, from what the objects of an installed chipbook say of themselves
# (COMMENT ON), in the database that PGDATABASE leads to. reference.sh FOLDER writes them there.

set -eu
folder=$1
query() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

query >/dev/null <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS chipbook;
DO $$ BEGIN IF pg_catalog.to_regnamespace('books') IS NULL THEN PERFORM chipbook.create_ledger('books'); END IF; END $$;
SQL
# Text in a Markdown table: no bars, no line ends, no tags.
setup=$(cat <<'SQL'
SET search_path = pg_catalog;
CREATE FUNCTION pg_temp.cell(t text) RETURNS text LANGUAGE sql AS
$$ SELECT replace(replace(replace(replace(replace(coalesce(t, ''), '&', '&amp;'), '<', '&lt;'), '|', '\|'), E'\n', ' '), '*', '\*') $$;
CREATE FUNCTION pg_temp.code(t text) RETURNS text LANGUAGE sql AS $$ SELECT '`' || replace(t, '|', '\|') || '`' $$;
CREATE FUNCTION pg_temp.type_name(t oid, m int) RETURNS text LANGUAGE sql AS $$ SELECT replace(format_type(t, m), 'chipbook.', '') $$;
-- Functions as they are called: arguments with their names, what can be left out in brackets.
CREATE FUNCTION pg_temp.signature(f oid) RETURNS text LANGUAGE sql AS
$$ SELECT replace(format('%s(%s)%s', p.proname, pg_get_function_arguments(p.oid), CASE WHEN p.prokind = 'p' THEN '' ELSE ' → ' || pg_get_function_result(p.oid) END), 'chipbook.', '')
   FROM pg_proc p WHERE p.oid = f $$;
SQL
)

# page NAME: its text on standard input to psql
page() { { printf '%s\n' "$setup"; cat; } | query >"$folder/$1.md"; }

page types <<'SQL'
SELECT '# Types' || E'\n\n' || 'Made by `make reference` from the comments of the objects: change those, not this page. All are in the schema `chipbook`.' || E'\n';
SELECT format(E'## %s\n\n%s\n', typname, obj_description(oid, 'pg_type')) ||
       coalesce(E'\n| operator | | |\n|---|---|---|\n' ||
                (SELECT string_agg(format(E'| %s | %s | %s |\n', pg_temp.code(concat_ws(' ', nullif(pg_temp.type_name(o.oprleft, -1), '-'), o.oprname, pg_temp.type_name(o.oprright, -1))),
                                          pg_temp.type_name(o.oprresult, -1), pg_temp.cell(obj_description(o.oid, 'pg_operator'))), ''
                                   ORDER BY o.oprname COLLATE "C", o.oprleft::regtype::text COLLATE "C", o.oprright::regtype::text COLLATE "C")
                 FROM pg_operator o WHERE o.oprnamespace = t.typnamespace AND (o.oprleft = t.oid OR (o.oprleft NOT IN (SELECT oid FROM pg_type WHERE typnamespace = t.typnamespace) AND o.oprright = t.oid))), '') ||
       coalesce(E'\n| cast | |\n|---|---|\n' ||
                (SELECT string_agg(format(E'| %s to %s%s | %s |\n', pg_temp.type_name(c.castsource, -1), pg_temp.type_name(c.casttarget, -1),
                                          CASE c.castcontext WHEN 'i' THEN ', implicit' WHEN 'a' THEN ', on assignment' ELSE '' END, pg_temp.cell(obj_description(c.oid, 'pg_cast'))), ''
                                   ORDER BY c.castsource::regtype::text COLLATE "C", c.casttarget::regtype::text COLLATE "C")
                 FROM pg_cast c WHERE t.oid IN (c.castsource, c.casttarget)), '')
FROM pg_type t
WHERE typnamespace = 'chipbook'::regnamespace AND typtype IN ('b', 'c', 'd', 'e', 'r') AND typelem = 0
  AND NOT (typtype = 'c' AND (SELECT relkind FROM pg_class WHERE oid = typrelid) <> 'c')
ORDER BY typname COLLATE "C";
SQL

page functions <<'SQL'
SELECT '# Functions and aggregates' || E'\n\n' || 'Made by `make reference` from the comments of the objects: change those, not this page. All are in the schema `chipbook`; parameters have names, and those '
       'with a DEFAULT can be left out. What types, operators, aggregates and ledgers use inside is left out.' || E'\n';
SELECT string_agg(format(E'### %s\n\n%s\n%s\n', proname, signatures, comments), E'\n' ORDER BY proname COLLATE "C")
FROM (SELECT proname,
             string_agg(format(E'- `%s`%s\n', signature, what), '' ORDER BY signature COLLATE "C") AS signatures,
             -- A comment that several overloads share is said once.
             (SELECT string_agg(c, E'\n\n' ORDER BY c COLLATE "C") FROM (SELECT DISTINCT pg_temp.cell(x) AS c FROM unnest(array_agg(comment)) x) y) AS comments
      FROM (SELECT p.proname, pg_temp.signature(p.oid) AS signature, obj_description(p.oid, 'pg_proc') AS comment,
                   CASE p.prokind WHEN 'a' THEN ', aggregate' WHEN 'w' THEN ', window function' WHEN 'p' THEN ', procedure' ELSE '' END AS what
            FROM pg_proc p
            WHERE p.pronamespace = 'chipbook'::regnamespace AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal%'
              AND p.prorettype <> 'trigger'::regtype AND NOT EXISTS (SELECT FROM pg_amproc a WHERE a.amproc = p.oid)
              AND NOT EXISTS (SELECT FROM pg_operator o WHERE o.oprcode = p.oid)
              AND NOT EXISTS (SELECT FROM pg_type t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend))
              AND NOT EXISTS (SELECT FROM pg_aggregate g WHERE p.oid IN (g.aggtransfn, g.aggcombinefn, g.aggmtransfn, g.aggminvtransfn, g.aggserialfn, g.aggdeserialfn,
                                                                           g.aggfinalfn, g.aggmfinalfn))) f
      GROUP BY proname) g;
SQL

page views <<'SQL'
SELECT '# Published views' || E'\n\n' || 'Made by `make reference` from the comments of the objects: change those, not this page. They are in the report schema of a ledger, `books_report` for a ledger `books`.' || E'\n';
SELECT format(E'## %s\n\n%s\n\n| column | type | |\n|---|---|---|\n%s', c.relname, pg_temp.cell(obj_description(c.oid, 'pg_class')),
              (SELECT string_agg(format(E'| %s | %s | %s |\n', a.attname, pg_temp.type_name(a.atttypid, a.atttypmod), pg_temp.cell(col_description(c.oid, a.attnum))), '' ORDER BY a.attnum)
               FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
FROM pg_class c
WHERE c.relnamespace = 'books_report'::regnamespace AND c.relkind = 'v'
ORDER BY c.relname COLLATE "C";
SQL

page tables <<'SQL'
SELECT '# Tables of a ledger' || E'\n\n' || 'Made by `make reference` from the comments of the objects: change those, not this page. They are in the schema of the ledger; facts are inserted '
       'into them within a load ([ledger.md](../ledger.md)). `load_id`, `recorded_at` and `superseded_at` of a fact are set by the ledger.' || E'\n';
SELECT format(E'## %s\n\n%s\n\n| column | type | |\n|---|---|---|\n%s', c.relname, pg_temp.cell(obj_description(c.oid, 'pg_class')),
              (SELECT string_agg(format(E'| %s | %s%s | %s |\n', a.attname, pg_temp.type_name(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ', not null' ELSE '' END,
                                        pg_temp.cell(col_description(c.oid, a.attnum))), '' ORDER BY a.attnum)
               FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
FROM pg_class c
WHERE c.relnamespace = 'books'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname COLLATE "C";
SQL

page errors <<'SQL'
SELECT '# Errors' || E'\n\n' || 'Made by `make reference`: the SQLSTATEs that the comments of functions, tables and views name, what PostgreSQL calls them, and where they are named.' || E'\n';
SELECT E'| SQLSTATE | condition | named by |\n|---|---|---|';
WITH conditions (code, condition) AS (VALUES
    ('0A000', 'feature_not_supported'), ('22000', 'data_exception'), ('22003', 'numeric_value_out_of_range'), ('22004', 'null_value_not_allowed'), ('22007', 'invalid_datetime_format'),
    ('22008', 'datetime_field_overflow'), ('22012', 'division_by_zero'), ('22021', 'character_not_in_repertoire'), ('22023', 'invalid_parameter_value'), ('22030', 'duplicate_json_object_key_value'),
    ('22P02', 'invalid_text_representation'), ('22P03', 'invalid_binary_representation'), ('22P04', 'bad_copy_file_format'), ('23000', 'integrity_constraint_violation'), ('23502', 'not_null_violation'), ('23503', 'foreign_key_violation'),
    ('23505', 'unique_violation'), ('23514', 'check_violation'), ('23P01', 'exclusion_violation'), ('25006', 'read_only_sql_transaction'), ('25P02', 'in_failed_sql_transaction'),
    ('2BP01', 'dependent_objects_still_exist'), ('40001', 'serialization_failure'), ('42501', 'insufficient_privilege'), ('42602', 'invalid_name'), ('42703', 'undefined_column'), ('42704', 'undefined_object'), ('42710', 'duplicate_object'),
    ('42804', 'datatype_mismatch'), ('42809', 'wrong_object_type'), ('42883', 'undefined_function'), ('42P01', 'undefined_table'), ('42P06', 'duplicate_schema'), ('42P07', 'duplicate_table'), ('42P18', 'indeterminate_datatype'), ('53200', 'out_of_memory'), ('54000', 'program_limit_exceeded'),
    ('55000', 'object_not_in_prerequisite_state'), ('55006', 'object_in_use'), ('55P03', 'lock_not_available'), ('57014', 'query_canceled'), ('3F000', 'invalid_schema_name'), ('42939', 'reserved_name'), ('22001', 'string_data_right_truncation'), ('XX000', 'internal_error'), ('XX001', 'data_corrupted')),
named AS (
    SELECT DISTINCT m[1] AS code, o.name
    FROM (SELECT proname::text AS name, obj_description(oid, 'pg_proc') AS comment FROM pg_proc WHERE pronamespace = 'chipbook'::regnamespace
          UNION ALL SELECT typname, obj_description(oid, 'pg_type') FROM pg_type WHERE typnamespace = 'chipbook'::regnamespace
          UNION ALL SELECT relname, obj_description(oid, 'pg_class') FROM pg_class WHERE relnamespace IN ('books'::regnamespace, 'books_report'::regnamespace)) o,
         regexp_matches(o.comment, '\m([0-9XF]{2}[0-9A-Z]{3})\M', 'g') m)
SELECT format('| %s | %s | %s |', n.code, c.condition, string_agg(format('`%s`', n.name), ', ' ORDER BY n.name COLLATE "C"))
FROM named n JOIN conditions c ON c.code = n.code
GROUP BY n.code, c.condition
ORDER BY n.code COLLATE "C";
SQL
