-- verify_ledger over as many lines as there are readings: 98 of a hundred in entries of 1,000 lines, as a close
-- makes them, the rest in entries of two, over 120 months; every line with one source.

SELECT create_ledger('verified') \g /dev/null
SET search_path = verified, chipbook, public;
INSERT INTO period_state (entity_id, basis, fiscal_year, period_number, starts_on, ends_on, kind)
SELECT 'main', 'ifrs', 2010 + m / 12, 1 + m % 12, (date '2010-01-01' + make_interval(months => m))::date, (date '2010-02-01' + make_interval(months => m))::date, 'regular'
FROM generate_series(0, 119) m;
-- The lines of an entry, and how many entries have so many.
CREATE TEMPORARY TABLE shape AS
SELECT row_number() OVER (ORDER BY lines DESC) AS entry_id, lines, 0 AS month
FROM (SELECT 1000 AS lines FROM generate_series(1, greatest(:rows * 98 / 100 / 1000, 1)) UNION ALL SELECT 2 FROM generate_series(1, greatest(:rows / 50 / 2, 1))) s;
UPDATE shape SET month = (entry_id % 120)::integer;
INSERT INTO journal_entry (entry_id, entity_id, basis, journal, kind, fiscal_year, period_number, sequence_number, document_date, posting_date, description, needs_approval, prepared_by, recorded_at)
OVERRIDING SYSTEM VALUE
SELECT s.entry_id, 'main', 'ifrs', 'financial', 'accrual', 2010 + s.month / 12, 1 + s.month % 12, row_number() OVER (PARTITION BY s.month ORDER BY s.entry_id),
       d.day, d.day, 'entry of the benchmark', false, 'bench', timestamptz '2025-01-01 00:00Z' + s.entry_id * interval '1 millisecond'
FROM shape s, LATERAL (SELECT (date '2010-01-31' + make_interval(months => s.month))::date AS day) d ORDER BY s.entry_id;
INSERT INTO journal_line (entry_id, line_number, account_id, cost_centre_id, site_id, amount, functional_amount)
SELECT s.entry_id, l, CASE l % 2 WHEN 1 THEN '6200' ELSE '3000' END, 'cost centre ' || l / 2 % 50, 'site ' || l / 2 % 7, m.amount, m.amount
FROM shape s, generate_series(1, s.lines) l,
     LATERAL (SELECT monetary(CASE l % 2 WHEN 1 THEN 1 ELSE -1 END * ((s.entry_id * 7919 + (l + 1) / 2 * 104729) % 100000000)::numeric / 100, 'USD') AS amount) m
ORDER BY s.entry_id, l;
INSERT INTO journal_line_source (entry_id, line_number, source_number, source_table, source_key, amount)
SELECT l.entry_id, l.line_number, 1, 'pool_month_split', 'energy_accrual pool ' || l.line_number / 2, l.amount FROM journal_line l ORDER BY l.entry_id, l.line_number;
UPDATE ledger SET last_recorded_at = '2026-01-01 00:00Z';
ANALYZE journal_entry, journal_line, journal_line_source;
DO $$
DECLARE
    month period_state;
BEGIN
    FOR month IN SELECT * FROM period_state ORDER BY fiscal_year, period_number LOOP
        PERFORM seal_entries(month);
        COMMIT;
    END LOOP;
END
$$;
VACUUM (FREEZE, ANALYZE) journal_entry, journal_line, journal_line_source;

-- Three times; the first run also warms what there is to warm.
CREATE TEMPORARY TABLE verify_time (run integer, seconds numeric, findings bigint);
DO $$
DECLARE
    started timestamptz;
    found bigint;
BEGIN
    FOR run IN 1 .. 3 LOOP
        started := clock_timestamp();
        SELECT count(*) INTO found FROM verify_ledger('verified') WHERE severity = 'error';
        INSERT INTO verify_time VALUES (run, extract(epoch FROM clock_timestamp() - started), found);
    END LOOP;
END
$$;
\pset footer off
\echo
SELECT (SELECT count(*) FROM journal_line) AS lines, (SELECT count(*) FROM journal_entry) AS entries, t.run, pg_catalog.round(t.seconds, 2) AS "verify_ledger s",
       pg_catalog.round((SELECT count(*) FROM journal_line) / t.seconds) AS "lines a second", 1000000 AS target,
       CASE WHEN t.findings = 0 THEN 'nothing' ELSE t.findings || ' findings' END AS found
FROM verify_time t ORDER BY t.run;
-- It finds what is changed: one amount of one line, with its source.
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE journal_line SET tax_code = 'x' WHERE entry_id = (SELECT max(entry_id) / 2 FROM journal_entry) AND line_number = 1;
SET LOCAL session_replication_role = origin;
SELECT finding AS "after one line was changed", subject FROM verify_ledger('verified') WHERE severity = 'error';
ROLLBACK;
