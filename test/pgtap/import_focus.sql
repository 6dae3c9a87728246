-- Bills come in: every rule by a small file of its own. The files of providers are in test/t/061_bill_files.pl.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'America/Caracas';
SET DateStyle = 'SQL, DMY';
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('o');
INSERT INTO o.source (source_id, kind, reference, confidence) VALUES ('cloud', 'invoice', 'test', 'high'), ('other', 'invoice', 'test', 'high');
CREATE FUNCTION pg_temp.bill(content text, options jsonb DEFAULT '{}', name text DEFAULT 'f', source text DEFAULT 'cloud', scope text DEFAULT '') RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', i.status, i.rows_loaded, i.rows_rejected, CASE WHEN i.already_loaded THEN 'already' END, i.reason) FROM import_bill('o', name, content, source, options, scope) i);
CREATE FUNCTION pg_temp.last() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(delivery_id) FROM o.delivery WHERE status <> 'repeated'; END;
CREATE VIEW loaded AS SELECT * FROM o.charge WHERE delivery_id = pg_temp.last();
CREATE FUNCTION pg_temp.codes() RETURNS text LANGUAGE sql BEGIN ATOMIC
    SELECT string_agg(code || ' ' || row_count, ', ' ORDER BY code COLLATE "C") FROM o_report.delivery_findings WHERE delivery_id = pg_temp.last() AND code <> 'MissingColumn'; END;
CREATE FUNCTION pg_temp.publish() RETURNS bigint LANGUAGE sql VOLATILE RETURN publish_load('o', (SELECT load_id FROM o.delivery WHERE delivery_id = pg_temp.last()));
-- A file of few columns, lines of values as given.
CREATE FUNCTION pg_temp.file(VARIADIC lines text[]) RETURNS text LANGUAGE sql
RETURN E'BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,InvoiceIssuerName,ServiceName\n' || array_to_string(lines, E'\n') || E'\n';
CREATE FUNCTION pg_temp.row(cost text, day text DEFAULT '2025-03-01', service text DEFAULT 'GPU', month text DEFAULT '2025-03', currency text DEFAULT 'USD') RETURNS text LANGUAGE sql
RETURN format('%1$s,%1$s,%1$s,%1$s,%5$s,%4$s-01T00:00:00Z,%6$s,%2$sT00:00:00Z,%2$sT12:00:00Z,Usage,Cloud,%3$s', cost, day, service, month, currency,
              to_char((month || '-01')::date + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));

-- ---------------------------------------------------------------------------
-- Reading values
-- ---------------------------------------------------------------------------
SELECT is(read_decimal(v), n, format('number %L', v)) FROM (VALUES
    ('1', 1), ('-0.5', -0.5), ('+7', 7), ('.5', 0.5), ('5.', 5), ('1e-9', 1e-9), ('2.323760000E-9', 0.000000002323760000), (' 1.5 ', 1.5),
    ('0.123456789012345678901234567890', 0.123456789012345678901234567890), ('NaN', NULL), ('Infinity', NULL), ('-inf', NULL), ('1,000', NULL), ('$5', NULL), ('0x1F', NULL), ('1_000', NULL),
    ('1e', NULL), ('1e100', NULL), ('', NULL), ('.', NULL), ('--1', NULL), ('1 2', NULL), (repeat('9', 81), NULL)) t (v, n);
SELECT is(read_moment(v, z, o), m::timestamptz, format('time %L in %s, %s', v, z, o)) FROM (VALUES
    ('2025-03-01T00:00:00Z', 'UTC', 'ymd', '2025-03-01 00:00Z'), ('2025-03-01T00:00Z', 'UTC', 'ymd', '2025-03-01 00:00Z'), ('2025-03-01 00:00:00.250', 'UTC', 'ymd', '2025-03-01 00:00:00.25Z'),
    ('2025-03-01', 'America/Los_Angeles', 'ymd', '2025-03-01 08:00Z'), ('2025-03-01T10:00:00+02:00', 'America/Los_Angeles', 'ymd', '2025-03-01 08:00Z'), ('2025-03-01 10:00:00 UTC', 'UTC', 'ymd', '2025-03-01 10:00Z'),
    ('2025-07-01', 'America/Los_Angeles', 'ymd', '2025-07-01 07:00Z'), ('03/01/2025', 'UTC', 'mdy', '2025-03-01 00:00Z'), ('3/1/25', 'UTC', 'mdy', '2025-03-01 00:00Z'), ('3/1/2025', 'UTC', 'dmy', '2025-01-03 00:00Z'),
    ('3/1/2025 1:05:00 PM', 'UTC', 'mdy', '2025-03-01 13:05Z'), ('03/01/2025', 'UTC', 'ymd', NULL), ('13/01/2025', 'UTC', 'mdy', NULL), ('2025-02-29', 'UTC', 'ymd', NULL), ('2024-02-29', 'UTC', 'ymd', '2024-02-29 00:00Z'),
    ('2025-03-01T24:00:00Z', 'UTC', 'ymd', NULL), ('2025-03-01T30:00:00Z', 'UTC', 'ymd', NULL), ('infinity', 'UTC', 'ymd', NULL), ('now', 'UTC', 'ymd', NULL), ('', 'UTC', 'ymd', NULL), ('20250301', 'UTC', 'ymd', NULL), ('1900-06-01', 'UTC', 'ymd', NULL), ('1901-01-01', 'Asia/Tokyo', 'ymd', '1900-12-31 15:00Z')) t (v, z, o, m);
SELECT throws_ok($$SELECT read_moment('2025-03-01', 'Nowhere/Land', 'ymd')$$, '22023', NULL, 'a zone that there is not');
SELECT results_eq($$SELECT header_key(h) FROM unnest(ARRAY['BilledCost', 'billed cost', E'\uFEFFBilledCost', 'Abonnement-GUID (SubscriptionGuid)', 'bill/InvoiceId', 'bill_invoice_id', 'service.description', 'BilledCost (USD)']) h$$,
    ARRAY['billedcost', 'billedcost', 'billedcost', 'subscriptionguid', 'billinvoiceid', 'billinvoiceid', 'servicedescription', 'billedcost'], 'a column is known however it is written');
SELECT results_eq($$SELECT unit_factor(u), unit_name(u) FROM unnest('{10K,100 Hours,1 Hour,1/Month,1000 Requests,1M,GB,10 KB,0 Hours,1000000 NONE NONE DATAPOINTS,"1,000 Requests","1,000,000","12,34 X",0,"2,500.5K"}'::text[]) WITH ORDINALITY t (u, i) ORDER BY i$$,
    $$VALUES (10000::numeric, NULL), (100, 'Hours'), (1, 'Hour'), (1, 'Month'), (1000, 'Requests'), (1000000, NULL), (1, 'GB'), (10, 'KB'), (NULL, 'Hours'), (1000000, 'NONE NONE DATAPOINTS'), (1000, 'Requests'), (1000000, NULL), (12, ',34 X'), (NULL, NULL), (2500500, NULL)$$, 'blocks of units');
SELECT isnt(row_sha256(ROW('ab'::text, 'c'::text)), row_sha256(ROW('a'::text, 'bc'::text)), 'the hash of a row tells its values apart');
SELECT is(row_sha256(ROW(NULL::text)), row_sha256(ROW(''::text)), 'and NULL is as nothing');
SELECT is(row_sha256(ROW('ab'::text, NULL::text)), sha256('\x00000002'::bytea || 'ab'::bytea || '\x00000000'), 'and is what is said');
SELECT throws_ok('SELECT row_sha256(ROW(1))', '42804', NULL, 'of texts only');

-- ---------------------------------------------------------------------------
-- As delivered, or not at all
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1.234567890123456789012345'), pg_temp.row('2e-9'), pg_temp.row('-3'), pg_temp.row('-3'))), 'loaded 4 0', 'a file is loaded');
SELECT results_eq('SELECT line_no, billed_cost, charge_category, service_name, billing_period_start, dataset FROM loaded ORDER BY line_no',
    $$VALUES (2::bigint, 1.234567890123456789012345, 'Usage', 'GPU', timestamptz '2025-03-01 00:00Z', 'cost_and_usage'), (3, 0.000000002, 'Usage', 'GPU', '2025-03-01 00:00Z', 'cost_and_usage'),
             (4, -3, 'Usage', 'GPU', '2025-03-01 00:00Z', 'cost_and_usage'), (5, -3, 'Usage', 'GPU', '2025-03-01 00:00Z', 'cost_and_usage')$$, 'unrounded, exponents too; equal rows are two');
SELECT is((SELECT row_hash FROM loaded WHERE line_no = 4), (SELECT row_hash FROM loaded WHERE line_no = 5), 'with one hash');
SELECT results_eq('SELECT billing_currency, charge_category, row_count, billed_cost FROM o.delivery_total WHERE delivery_id = pg_temp.last()', $$VALUES ('USD', 'Usage', 4::bigint, -4.765432107876543210987655)$$, 'control totals');
SELECT is(pg_temp.codes(), NULL, 'nothing to say of it');
SELECT is(pg_temp.publish(), 4::bigint, 'published');
SELECT is((SELECT count(*) FROM o.charge_known), 4::bigint, 'and known');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1.234567890123456789012345'), pg_temp.row('2e-9'), pg_temp.row('-3'), pg_temp.row('-3')), name => 'again'), 'loaded 4 0 already', 'the same file again: the first result');
SELECT is((SELECT count(*) FROM o.charge), 4::bigint, 'and nothing is done');
SELECT is((SELECT status || ' ' || repeats_delivery_id FROM o_report.delivery_status ORDER BY delivery_id DESC LIMIT 1), 'repeated 1', 'which the log says');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1'), pg_temp.row(b))), format('refused 0 1 line 3: BilledCost "%s" is not a number', b), b || ' refuses the file, whole') FROM unnest('{NaN,Infinity,"7USD",0x10}'::text[]) b;
SELECT is((SELECT count(*) FROM o.charge), 4::bigint, 'of which nothing is there');
SELECT results_eq('SELECT line_no, reason FROM o_report.delivery_rejections WHERE delivery_id = pg_temp.last()', $$VALUES (3::bigint, 'BilledCost "0x10" is not a number')$$, 'but the row, with its reason');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1'), pg_temp.row('NaN')), '{"partial": true}', scope => 'partial'), 'loaded 1 1', 'unless a part will do');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1'), replace(pg_temp.row('1'), '2025-03-01T12', '03/01/2025 12')), scope => 'x'), 'refused 0 1 line 3: ChargePeriodEnd "03/01/2025 12:00:00Z" is not a time that ISO 8601 writes', 'a date of another order is not guessed');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1e19'), pg_temp.row('1e20')), scope => 'x'), 'refused 0 1 line 3: BilledCost "1e20" is too large', 'no bill has that');
SELECT is(pg_temp.bill(E'a,b\n1,2\n'), 'refused 0 0 its columns are those of no dataset that is known: a, b', 'what is no bill');
SELECT is(pg_temp.bill(pg_temp.file(VARIADIC '{}')), 'refused 0 0 it has no rows', 'what is none');
SELECT throws_ok($$SELECT pg_temp.bill('')$$, '22004', NULL, 'nothing at all');
SELECT throws_ok($$SELECT pg_temp.bill('a', source => 'nobody')$$, '23503', NULL, 'a source that there is not');
SELECT throws_ok(format('SELECT pg_temp.bill(%L, %L)', 'a', o), '22023', NULL, 'option ' || o) FROM unnest(ARRAY['{"odd": 1}', '{"day_order": "mdx"}', '{"time_zone": "Mars"}', '{"null_words": "NULL"}', '{"number_marks": "."}', '{"mode": "both"}', '{"dataset": "x"}', '{"force": "yes"}', '[]']) o;

-- ---------------------------------------------------------------------------
-- Shapes of files
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.bill(E'\uFEFFbilledcost,"Effective Cost",Listenpreis (ListCost),CONTRACTED_COST,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,InvoiceIssuerName,ServiceName,x_Odd,Zweites Feld\r\n'
    || pg_temp.row('7') || E',"a ""quoted"",\nvalue",\n' || pg_temp.row('8') || E',NULL,N/A\r\n', '{"null_words": ["NULL", "N/A"]}', scope => 'shape'), 'loaded 2 0', 'byte order mark, case, brackets, line ends of two kinds, a line end inside quotes');
SELECT results_eq('SELECT billed_cost, list_cost, contracted_cost, x FROM loaded ORDER BY line_no', $$VALUES (7::numeric, 7::numeric, 7::numeric, '{"x_Odd": "a \"quoted\",\nvalue"}'::jsonb), (8, 8, 8, NULL)$$, 'are read, and what FOCUS does not have is kept');
SELECT is(pg_temp.codes(), 'LocalisedHeader 0, UnknownColumns 0', 'which is said');
SELECT is((SELECT example FROM o.delivery_finding WHERE delivery_id = pg_temp.last() AND code = 'UnknownColumns'), 'x_Odd, Zweites Feld', 'by name');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1'), pg_temp.row('1') || ',extra', 'short'), scope => 'y'), 'refused 0 2 line 3: it has 13 fields, the header 12', 'rows of another length');
SELECT is(pg_temp.bill(pg_temp.file(replace(pg_temp.row('"$1,234.50 "'), '2025-03-01T00:00:00Z,2025', '3/1/25,2025')), '{"day_order": "mdy", "number_marks": "$,"}', scope => 'marks'), 'loaded 1 0', 'marks and orders that are declared');
SELECT is((SELECT billed_cost FROM loaded), 1234.50, 'are read by that');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('"1.234,5"')), '{"decimal_comma": true}', scope => 'comma'), 'loaded 1 0', 'so a decimal comma');
SELECT is((SELECT billed_cost FROM loaded), 1234.5, 'which it is');
SELECT is(pg_temp.bill(replace(pg_temp.file(replace(pg_temp.row('7'), 'Z', '')), ',', ';'), '{"delimiter": ";", "time_zone": "Asia/Tokyo"}', scope => 'zone'), 'loaded 1 0', 'another delimiter; times without a zone');
SELECT is((SELECT billing_period_start FROM loaded), '2025-02-28 15:00Z'::timestamptz, 'are those of the zone that is declared');
SELECT is(pg_temp.codes(), 'ZoneAssumed 1', 'and it is said');

-- ---------------------------------------------------------------------------
-- Two ways, one result: what C reads is what the query reads. A mark that is in no number takes the longer way.
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE cell (type text, value text);
INSERT INTO cell VALUES ('numeric', '1'), ('numeric', '-0.5'), ('numeric', '1e-9'), ('numeric', '+7'), ('numeric', ' 1.50 '), ('numeric', ''), ('numeric', 'NULL'), ('numeric', '0.123456789012345678901234567890'), ('numeric', '.5'), ('numeric', '5.'),
    ('numeric', '0e5'), ('numeric', '1E+2'), ('numeric', '99999999999999999999'), ('numeric', '-0'), ('numeric', '000123456789012345678.10'), ('timestamptz', '2025-03-01T00:00:00Z'), ('timestamptz', '2025-03-09 02:30:00'), ('timestamptz', '2025-03-01T10:00:00+02:00'),
    ('timestamptz', '2025-03-01 10:00:00 UTC'), ('timestamptz', ' 2025-03-01T00:00:00Z '), ('timestamptz', ''), ('timestamptz', 'null'), ('timestamptz', '1969-12-31T23:59:59.999999-01:30'), ('timestamptz', '2025-11-02'), ('text', 'Usage'), ('text', 'usage_based'), ('text', 'ONE TIME'),
    ('text', U&'Usag\00E9'), ('text', U&'Usage\2122'), ('text', 'tax '), ('text', ''), ('text', 'NULL'), ('text', 'NULL '), ('text', E'a "quoted",\r\nline'), ('text', repeat(U&'long \20AC', 100)), ('text', 'Used'), ('text', 'used'), ('text', 'committed'), ('text', 'USD'), ('text', '-'), ('text', '123'),
    ('jsonb', '{}'), ('jsonb', '{"a": [1, {"b": null}]}'), ('jsonb', 'null'), ('jsonb', '"x"'), ('jsonb', '[1]'), ('jsonb', ' 7 '), ('jsonb', ''), ('jsonb', 'NULL');
CREATE TEMPORARY TABLE bad_cell (type text, value text);
INSERT INTO bad_cell VALUES ('numeric', 'NaN'), ('numeric', '1,0'), ('numeric', '1e20'), ('timestamptz', '2025-02-29'), ('timestamptz', '1/2/2025'), ('timestamptz', '2025-03-01T24:00:00Z');
SELECT setseed(0.25);
CREATE TEMPORARY TABLE nasty AS
SELECT c.name, c.type, c.i, r, CASE WHEN random() < 0.003 AND b.value IS NOT NULL THEN b.value ELSE (SELECT v.value FROM (SELECT n.value, count(*) OVER () AS of, row_number() OVER (ORDER BY n.value COLLATE "C") AS k FROM cell n WHERE n.type = c.type) v WHERE v.k = 1 + (hashint8(r * 1009 + c.i) & 65535) % v.of) END AS value
FROM (SELECT replace(initcap(replace(a.attname, '_', ' ')), ' ', '') AS name, format_type(a.atttypid, NULL) AS type, row_number() OVER (ORDER BY a.attnum) AS i FROM pg_attribute a
      WHERE a.attrelid = 'o.charge'::regclass AND a.attnum > 0 AND a.attname <> ALL ('{fact_id,recorded_at,superseded_at,load_id,delivery_id,line_no,findings,restates_period_start,dataset,row_hash,x,source_id,known_on}')
      UNION ALL VALUES ('timestamp with time zone', 'text', 1001), ('x_A', 'text', 1002), ('x_A', 'text', 1003), ('', 'text', 1004), ('BilledCost', 'numeric', 1005), ('Load ID', 'text', 1006)) c,
     generate_series(1, 400) r LEFT JOIN LATERAL (SELECT b.value FROM bad_cell b ORDER BY random() LIMIT 1) b ON true;
UPDATE nasty n SET value = (SELECT v.value FROM (SELECT c.value, count(*) OVER () AS of, row_number() OVER (ORDER BY c.value COLLATE "C") AS k FROM cell c WHERE c.type = 'timestamptz') v WHERE v.k = 1 + (hashint8(n.r * 1009 + n.i) & 65535) % v.of)
WHERE n.type = 'timestamp with time zone' AND random() < 0.999;
UPDATE nasty n SET value = (SELECT b.value FROM bad_cell b WHERE b.type = n.type ORDER BY b.value COLLATE "C" LIMIT 1) WHERE n.type = 'numeric' AND n.value IN (SELECT b.value FROM bad_cell b WHERE b.type <> 'numeric');
UPDATE nasty n SET value = '' WHERE n.value IS NULL OR n.type NOT IN ('numeric', 'timestamp with time zone') AND n.value IN (SELECT b.value FROM bad_cell b);
SELECT (SELECT string_agg('"' || h.name || '"', ',' ORDER BY h.i) FROM (SELECT DISTINCT name, i FROM nasty) h)
    || (SELECT string_agg(E'\n' || l.line, '' ORDER BY l.r) FROM (SELECT r, string_agg('"' || replace(value, '"', '""') || '"', ',' ORDER BY i) AS line FROM nasty GROUP BY r) l) AS nasty_file \gset
CREATE TEMPORARY TABLE way (way text, options jsonb);
INSERT INTO way VALUES ('c', '{"partial": true, "time_zone": "America/New_York"}'), ('query', '{"partial": true, "time_zone": "America/New_York", "number_marks": "#"}'),
    ('c by account', '{"partial": true, "by_account": true, "null_words": ["-"]}'), ('query by account', '{"partial": true, "by_account": true, "null_words": ["-"], "number_marks": "#"}');
CREATE TEMPORARY TABLE went AS SELECT w.way, i.* FROM way w, LATERAL import_bill('o', 'nasty', :'nasty_file', 'cloud', w.options, 'way ' || w.way) i;
SELECT ok(bool_and(status = 'loaded' AND rows_loaded > 50 AND rows_rejected > 5 AND rows_loaded + rows_rejected = 400), 'a file of all that may stand in one is loaded both ways, but for what cannot be read') FROM went;
CREATE VIEW pg_temp.way_row AS SELECT w.way, to_jsonb(c) - '{fact_id,load_id,delivery_id}'::text[] AS of_row FROM o.charge c JOIN went w USING (load_id);
SELECT results_eq(format('SELECT of_row FROM pg_temp.way_row WHERE way = %L ORDER BY 1', 'c' || w), format('SELECT of_row FROM pg_temp.way_row WHERE way = %L ORDER BY 1', 'query' || w), 'to the same rows' || w) FROM unnest('{""," by account"}'::text[]) w;
SELECT results_eq(format($$SELECT code, row_count, first_line, amount FROM o.delivery_finding f JOIN went w ON w.delivery = f.delivery_id WHERE way = %L ORDER BY 1$$, 'c' || w),
                  format($$SELECT code, row_count, first_line, amount FROM o.delivery_finding f JOIN went w ON w.delivery = f.delivery_id WHERE way = %L ORDER BY 1$$, 'query' || w), 'findings' || w) FROM unnest('{""," by account"}'::text[]) w;
SELECT results_eq(format($$SELECT s.invoice_issuer_name, s.billing_period_start, s.billing_account_id, s.charge_days, s.row_count FROM o.delivery_scope s JOIN went w ON w.delivery = s.delivery_id WHERE way = %L ORDER BY s::text COLLATE "C"$$, 'c' || w),
                  format($$SELECT s.invoice_issuer_name, s.billing_period_start, s.billing_account_id, s.charge_days, s.row_count FROM o.delivery_scope s JOIN went w ON w.delivery = s.delivery_id WHERE way = %L ORDER BY replace(s::text, s.delivery_id::text, (SELECT delivery::text FROM went v WHERE v.way = replace(w.way, 'query', 'c'))) COLLATE "C"$$, 'query' || w), 'scopes' || w) FROM unnest('{""," by account"}'::text[]) w;
SELECT results_eq(format($$SELECT billing_currency, charge_category, t.row_count, billed_cost, effective_cost, list_cost, contracted_cost FROM o.delivery_total t JOIN went w ON w.delivery = t.delivery_id WHERE way = %L ORDER BY 1, 2$$, 'c'),
                  format($$SELECT billing_currency, charge_category, t.row_count, billed_cost, effective_cost, list_cost, contracted_cost FROM o.delivery_total t JOIN went w ON w.delivery = t.delivery_id WHERE way = %L ORDER BY 1, 2$$, 'query'), 'totals');
SELECT is((SELECT count(DISTINCT d.sha256) FROM o.delivery d JOIN went w ON w.delivery = d.delivery_id), 1::bigint, 'and the same hash of the file');
SELECT results_eq('SELECT r.line_no, r.reason FROM o.delivery_rejection r JOIN went w ON w.delivery = r.delivery_id WHERE way = $$c$$ ORDER BY 1', 'SELECT r.line_no, r.reason FROM o.delivery_rejection r JOIN went w ON w.delivery = r.delivery_id WHERE way = $$query$$ ORDER BY 1', 'and rows that are rejected');
SELECT is((SELECT count(*) FROM o.charge c JOIN went w USING (load_id) WHERE way = 'c' AND x ? 'x_A' AND x ? 'x_A (2)' AND x ? 'BilledCost (2)') > 0, true, 'two columns of one name are two in x');

-- Where an INSERT would do more than write rows, it is an INSERT that writes them.
CREATE FUNCTION pg_temp.refusal(stage text, charge text, targets integer[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count(*) FROM read_charges(stage::regclass, charge::regclass, 1, 1, false, targets, array_fill('n'::text, ARRAY[cardinality(targets)]), array_fill(''::text, ARRAY[cardinality(targets)]), '{}', 'UTC', 'ymd', '{}',
        format('SELECT 0::bigint FROM %s', charge), '{1,2,4}', '');
    RETURN 'read';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate;
END
$$;
CREATE TEMPORARY TABLE staged (c1 text);
INSERT INTO staged SELECT repeat('issuer ', 60) || n FROM generate_series(1, 3000) n;
SELECT array_agg(attnum) AS issuer FROM pg_attribute WHERE attrelid = 'o.charge'::regclass AND attname = 'invoice_issuer_name' \gset
SELECT is(pg_temp.refusal('staged', 'o.charge', :'issuer'), 'read', 'a stage is read');
CREATE TEMPORARY TABLE grown (way text, ddl text, undo text);
INSERT INTO grown VALUES ('row security', 'ALTER TABLE o.charge ENABLE ROW LEVEL SECURITY', 'ALTER TABLE o.charge DISABLE ROW LEVEL SECURITY'),
    ('a reference', 'ALTER TABLE o.charge ADD CONSTRAINT of_delivery FOREIGN KEY (delivery_id) REFERENCES o.delivery DEFERRABLE INITIALLY DEFERRED NOT VALID', 'ALTER TABLE o.charge DROP CONSTRAINT of_delivery'),
    ('a rule', 'CREATE RULE again AS ON INSERT TO o.charge DO ALSO NOTIFY odd', 'DROP RULE again ON o.charge');
CREATE TEMPORARY TABLE grew (way text, refused text, loaded text);
DO $$
DECLARE
    g record;
BEGIN
    FOR g IN SELECT * FROM grown LOOP
        EXECUTE g.ddl;
        INSERT INTO grew SELECT g.way, pg_temp.refusal('staged', 'o.charge', (SELECT array_agg(attnum::integer) FROM pg_attribute WHERE attrelid = 'o.charge'::regclass AND attname = 'invoice_issuer_name')),
            pg_temp.bill(pg_temp.file(pg_temp.row('1')), scope => g.way);
        SET CONSTRAINTS ALL IMMEDIATE;
        EXECUTE g.undo;
    END LOOP;
END
$$;
SELECT results_eq('SELECT way, refused, loaded FROM grew ORDER BY way', $$VALUES ('a reference', '0A000', 'loaded 1 0'), ('a rule', '0A000', 'loaded 1 0'), ('row security', '0A000', 'loaded 1 0')$$, 'C refuses it, and the bill is loaded');
-- As many groups as rows: C gives up before memory does, and the query takes over.
SET work_mem = '64kB';
SELECT is(pg_temp.refusal('staged', 'o.charge', :'issuer'), '54000', 'more groups than memory is for');
SELECT is(pg_temp.bill(pg_temp.file(VARIADIC (SELECT array_agg(replace(pg_temp.row('1'), 'Cloud', c1)) FROM staged)), scope => 'groups'), 'loaded 3000 0', 'are loaded all the same');
SELECT is((SELECT count(DISTINCT invoice_issuer_name) FROM o.delivery_scope WHERE delivery_id = pg_temp.last()), 3000::bigint, 'each by itself');
RESET work_mem;

-- ---------------------------------------------------------------------------
-- Findings: each by a row that has it and one that has not. Nothing is mended.
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE good AS SELECT '{"BilledCost": "6", "EffectiveCost": "6", "ListCost": "10", "ContractedCost": "8", "ListUnitPrice": "5", "ContractedUnitPrice": "4", "PricingQuantity": "2", "PricingUnit": "Hours",
    "ConsumedQuantity": "2", "BillingCurrency": "USD", "BillingPeriodStart": "2025-03-01T00:00:00Z", "BillingPeriodEnd": "2025-04-01T00:00:00Z", "ChargePeriodStart": "2025-03-05T00:00:00Z", "ChargePeriodEnd": "2025-03-06T00:00:00Z",
    "ChargeCategory": "Usage", "ChargeClass": "", "ChargeFrequency": "Usage-Based", "PricingCategory": "Standard", "CommitmentDiscountId": "", "CommitmentDiscountStatus": "", "InvoiceIssuerName": "Cloud", "Tags": "{}"}'::jsonb AS columns;
CREATE TEMPORARY TABLE planted (number integer, code text, columns jsonb);
INSERT INTO planted VALUES
    (1, 'MissingBilledCost', '{"BilledCost": ""}'), (2, 'MissingEffectiveCost', '{"EffectiveCost": ""}'), (3, 'MissingListCost', '{"ListCost": ""}'), (4, 'MissingContractedCost', '{"ContractedCost": ""}'),
    (5, 'ListCostLessThanContractedCost', '{"ListCost": "7", "ListUnitPrice": "3.5"}'), (6, 'ContractedCostLessThanEffectiveCost', '{"EffectiveCost": "9"}'), (7, 'ListCostIsNotPriceTimesQuantity', '{"ListCost": "10.001"}'),
    (8, 'ContractedCostIsNotPriceTimesQuantity', '{"ContractedCost": "8.001"}'), (9, 'InvalidEffectiveCost', '{"ChargeCategory": "Purchase", "CommitmentDiscountId": "C"}'), (10, 'MissingPricingQuantity', '{"PricingQuantity": ""}'),
    (11, 'PricingCategoryShouldBeCommitted', '{"CommitmentDiscountStatus": "Used", "BilledCost": "0"}'), (12, 'ChargePeriodNotInOrder', '{"ChargePeriodEnd": "2025-03-05T00:00:00Z"}'), (13, 'BillingPeriodNotInOrder', '{"BillingPeriodEnd": "2025-03-01T00:00:00Z", "ChargeClass": "Correction"}'),
    (14, 'ChargeOutsideBillingPeriod', '{"ChargePeriodStart": "2025-02-28T00:00:00Z"}'), (15, 'NegativeUnitPrice', '{"ListUnitPrice": "-5", "PricingQuantity": "-2", "ContractedUnitPrice": "-4"}'), (16, 'PositiveCredit', '{"ChargeCategory": "Credit"}'),
    (17, 'ValueNotAllowed', '{"ChargeFrequency": "Hourly"}'), (18, 'WordNormalised', '{"ChargeFrequency": "usage_based"}'), (19, 'MissingBillingCurrency', '{"BillingCurrency": ""}'), (20, 'BillingCurrencyNotIso', '{"BillingCurrency": "credits"}'),
    (21, 'TagsWithoutBraces', '{"Tags": "\"team\": \"a\""}'), (22, 'InvalidJson', '{"Tags": "team=a"}'), (23, 'MissingBillingPeriod', '{"BillingPeriodStart": ""}'), (24, 'MissingChargePeriod', '{"ChargePeriodStart": ""}'),
    (25, 'ConsumedQuantityOnUnused', '{"CommitmentDiscountStatus": "Unused", "PricingCategory": "Committed"}'), (26, 'CommitmentStatusNotOnUsage', '{"CommitmentDiscountStatus": "Used", "ChargeCategory": "Adjustment"}'),
    (27, 'BilledCostOnCoveredUsage', '{"CommitmentDiscountStatus": "Used", "PricingCategory": "Committed"}'), (28, 'TaxWithUnitPrice', '{"ChargeCategory": "Tax"}'), (29, 'ZoneAssumed', '{"ChargePeriodStart": "2025-03-05 00:00:00"}'), (30, 'MissingInvoiceIssuer', '{"InvoiceIssuerName": ""}'),
    (35, 'PricingUnitOfNothing', '{"PricingUnit": "0 Hours"}'), (31, '', '{}'), (32, '', '{"ListCost": "10.00009", "ChargeClass": ""}'), (33, '', '{"ListCost": "77", "ContractedCost": "50", "ChargeClass": "Correction"}'), (34, '', '{"EffectiveCost": "0", "ChargeCategory": "Purchase", "CommitmentDiscountId": "C"}');
SELECT is(pg_temp.bill((SELECT string_agg('"' || replace(e.key, '"', '""') || '"', ',' ORDER BY e.key) FROM good g, jsonb_each_text(g.columns) e)
    || (SELECT string_agg(E'\n' || l.line, '' ORDER BY l.number) FROM (SELECT p.number, string_agg('"' || replace(e.value, '"', '""') || '"', ',' ORDER BY e.key) AS line FROM planted p, good g, jsonb_each_text(g.columns || p.columns) e GROUP BY p.number) l),
    scope => 'findings'), 'loaded 35 0', 'whatever is odd is loaded');
SELECT results_eq($$SELECT c.line_no - 1, coalesce((SELECT string_agg(f.code, ', ') FROM charge_finding_codes() f WHERE c.findings & f.number <> 0), '') FROM loaded c ORDER BY 1$$,
    'SELECT number::bigint, code FROM planted ORDER BY 1', 'and said: one finding for each row that has it, none for those that have none');
SELECT is((SELECT charge_frequency || ' ' || (x ->> 'x_Received_ChargeFrequency') FROM loaded WHERE line_no = 19), 'Usage-Based usage_based', 'an allowed value is written as FOCUS writes it, what was received is kept');
SELECT results_eq('SELECT tags FROM loaded WHERE line_no IN (22, 23) ORDER BY line_no', $$VALUES ('{"team": "a"}'::jsonb), ('"team=a"')$$, 'tags without braces, and what is no JSON');
SELECT is((SELECT bool_and(count = 1) FROM (SELECT count(*) FROM o.delivery_finding WHERE delivery_id = pg_temp.last() AND code <> 'MissingColumn' GROUP BY code) n), true, 'a finding is a row for a file');
SELECT is((SELECT example FROM o.delivery_finding WHERE delivery_id = pg_temp.last() AND code = 'MissingColumn'), 'BillingAccountId, BillingAccountName, ChargeDescription, ServiceCategory, ServiceName, ProviderName, PublisherName', 'columns that must be there');
SELECT pg_temp.publish();
SELECT is((SELECT count(*) FROM o_report.charge_findings WHERE delivery_id = pg_temp.last()), 31::bigint, 'published, row by row');

-- ---------------------------------------------------------------------------
-- Versions and datasets
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT detect_focus_version('cost_and_usage', k) FROM unnest(ARRAY['{billedcost}', '{billedcost,skumeter}', '{billedcost,invoiceid}', '{billedcost,contractapplied}', '{billedcost,invoicedetailid}', '{billedcost,principalid}']) WITH ORDINALITY t (c, i), LATERAL (SELECT c::text[] AS k) x ORDER BY i$$,
    ARRAY['1.0', '1.1', '1.2', '1.3', '1.4', '1.5'], 'the version is told by the columns');
SELECT is(pg_temp.bill(E'ContractCommitmentId,ContractCommitmentType,ContractCommitmentCategory,ContractCommitmentCost,ContractCommitmentPeriodStart,ContractCommitmentPeriodEnd,BillingCurrency,Extra\nC1,Savings Plan,Spend,8760.5,2025-01-01T00:00:00Z,2026-01-01T00:00:00Z,USD,7\n'), 'loaded 1 0', 'commitments of contracts');
SELECT pg_temp.publish();
SELECT results_eq('SELECT contract_commitment_id, contract_commitment_cost, x, line_no FROM o.contract_commitment_known', $$VALUES ('C1', 8760.5, '{"Extra": "7"}'::jsonb, 2::bigint)$$, 'are facts by their id');
SELECT is(pg_temp.bill(E'ContractCommitmentId,ContractCommitmentType\nC2,a\nC2,b\n,c\n'), 'refused 0 2 line 3: an earlier row of the file has its contract_commitment_id', 'of which a file has each once');
SELECT is(pg_temp.bill(E'InvoiceIssuerName,InvoiceId,InvoiceDetailId,InvoiceIssueStatus,BilledCost,BillingCurrency\nCloud,I1,1,Issued,12.5,USD\nCloud,I1,2,Issued,-2.5,USD\n'), 'loaded 2 0', 'lines of invoices');
SELECT pg_temp.publish();
SELECT is((SELECT sum(billed_cost) FROM o.invoice_detail_known), 10.0, 'are facts too');

-- ---------------------------------------------------------------------------
-- Overwriting, appending, as it was known
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('10'), pg_temp.row('20', '2025-03-02'), pg_temp.row('5', '2025-04-01', month => '2025-04')), scope => 'A'), 'loaded 3 0', 'a snapshot of two periods');
SELECT pg_temp.publish();
SELECT to_char(last_recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS before FROM o.ledger \gset
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('10'), pg_temp.row('21', '2025-03-02'), pg_temp.row('1', '2025-03-03')), scope => 'A'), 'loaded 3 0', 'and another of one of them');
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'A'), 35::numeric, 'which changes nothing until it is published');
SELECT pg_temp.publish();
SELECT results_eq($$SELECT c.billing_period_start, sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'A' GROUP BY 1 ORDER BY 1$$,
    $$VALUES (timestamptz '2025-03-01 00:00Z', 32::numeric), ('2025-04-01 00:00Z', 5)$$, 'then replaces that period, whole');
SET chipbook.as_of = :'before';
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'A'), 35::numeric, 'and what was known before is known still');
RESET chipbook.as_of;
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('99', '2025-03-01')), scope => 'A'),
    format('refused 0 0 it covers fewer days than delivery %s, which it would replace: 1 for 3, of Cloud in the billing period that starts 2025-03-01 00:00:00+00; option force takes it all the same', (SELECT max(delivery_id) FROM o.delivery WHERE scope = 'A' AND status = 'loaded')),
    'a shorter snapshot is refused');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('99', '2025-03-01')), '{"force": true}', scope => 'A'), 'loaded 1 0', 'unless forced');
SELECT pg_temp.publish();
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'A'), 104::numeric, 'and replaces');
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = ''), -4.765432107876543210987655, 'other scopes stay as they are');
SELECT is((SELECT string_agg(coalesce(delivery_no::text, '-') || ' ' || coalesce((superseded_by IS NOT NULL)::text, ''), ', ' ORDER BY delivery_id) FROM o.delivery WHERE scope = 'A'), '1 false, 2 true, - false, 3 false', 'deliveries are counted, and know what superseded them');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('99', '2025-03-01')), '{"mode": "append"}', scope => 'B'), 'loaded 1 0', 'an appended file');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('-1', '2025-03-01')), '{"mode": "append"}', scope => 'B'), 'loaded 1 0', 'and another');
SELECT pg_temp.publish();
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'B'), 98::numeric, 'add up');

-- ---------------------------------------------------------------------------
-- Restated after close
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('10', service => 'a'), pg_temp.row('7', service => 'b'), pg_temp.row('7', service => 'b'), pg_temp.row('7', service => 'b'), pg_temp.row('1', service => 'c', currency => 'EUR')), scope => 'C'), 'loaded 5 0', 'a period');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(E'BillingPeriodStart,BillingPeriodEnd,BillingPeriodStatus,InvoiceIssuerName\n2025-03-01T00:00:00Z,2025-04-01T00:00:00Z,Closed,Cloud\n2025-04-01T00:00:00Z,2025-05-01T00:00:00Z,closed,Cloud\n'), 'loaded 2 0', 'is closed, and the next');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('12', service => 'a'), pg_temp.row('7', service => 'b'), pg_temp.row('1', service => 'c', currency => 'EUR'), pg_temp.row('3', service => 'd', currency => 'EUR')), scope => 'C'), 'loaded 5 0', 'and delivered anew');
SELECT results_eq('SELECT service_name, billed_cost, list_cost, billing_currency, charge_class, billing_period_start, charge_period_start, restates_period_start FROM loaded ORDER BY 1, 2',
    $$SELECT s, b::numeric, b::numeric, c, 'Correction', timestamptz '2025-05-01 00:00Z', timestamptz '2025-03-01 00:00Z', timestamptz '2025-03-01 00:00Z'
      FROM (VALUES ('a', -10, 'USD'), ('a', 12, 'USD'), ('b', -7, 'USD'), ('b', -7, 'USD'), ('d', 3, 'EUR')) t (s, b, c)$$, 'what differs is corrected in the first open period: equal rows by their number');
SELECT is((SELECT example FROM o.delivery_finding WHERE delivery_id = pg_temp.last() AND code = 'RestatedAfterClose'), 'restated after close: 5 rows, 3 EUR, -12 USD', 'which is reported');
SELECT pg_temp.publish();
SELECT results_eq($$SELECT c.billing_period_start, c.billing_currency, sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'C' GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$VALUES (timestamptz '2025-03-01 00:00Z', 'EUR', 1::numeric), ('2025-03-01 00:00Z', 'USD', 31), ('2025-05-01 00:00Z', 'EUR', 3), ('2025-05-01 00:00Z', 'USD', -12)$$, 'the closed period stays as it was');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('12', service => 'a'), pg_temp.row('7', service => 'b'), pg_temp.row('8', service => 'b'), pg_temp.row('1', service => 'c', currency => 'EUR'), pg_temp.row('3', service => 'd', currency => 'EUR')), scope => 'C'), 'loaded 1 0', 'and anew: only what is new to it');
SELECT pg_temp.publish();
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'C' AND billing_currency = 'USD'), 27::numeric, 'so that all adds up to the last snapshot');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('100', '2025-05-01', month => '2025-05')), scope => 'C'), 'loaded 1 0', 'the open period is delivered');
SELECT pg_temp.publish();
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'C' AND billing_currency = 'USD'), 127::numeric, 'and leaves the corrections that stand in it');

-- ---------------------------------------------------------------------------
-- Closed in the books; appended after a close; overtaken between run and publication
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('10', '2020-01-05', month => '2020-01')), scope => 'E'), 'loaded 1 0', 'a month');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('5', '2020-01-05', month => '2020-01')), scope => 'E'), 'loaded 1 0', 'is delivered anew');
SELECT pg_temp.last() AS overtaken \gset
SELECT close_period('o', 'main', (SELECT primary_basis FROM o.clock), 2020, 1, soft => true);
SELECT throws_like('SELECT pg_temp.publish()', 'delivery % cannot be published: the billing period of Cloud that starts 2020-01-01 00:00:00+00 was closed since it was run', 'the books close before that is published');
SELECT discard_load('o', (SELECT load_id FROM o.delivery WHERE delivery_id = :overtaken));
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('5', '2020-01-05', month => '2020-01')), scope => 'E'), 'loaded 2 0', 'run again');
SELECT results_eq('SELECT billed_cost, charge_class, billing_period_start, charge_period_start FROM loaded ORDER BY 1', $$VALUES (-10::numeric, 'Correction', timestamptz '2020-02-01 00:00Z', timestamptz '2020-01-05 00:00Z'), (5, 'Correction', '2020-02-01 00:00Z', '2020-01-05 00:00Z')$$,
    'it corrects in the month that is open in the books, though its issuer never said that the other is closed');
SELECT pg_temp.last() AS first_of_two \gset
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('7', '2020-01-05', month => '2020-01')), scope => 'E'), 'loaded 2 0', 'a third snapshot is run before the second is published');
SELECT publish_load('o', (SELECT load_id FROM o.delivery WHERE delivery_id = :first_of_two));
SELECT throws_like('SELECT pg_temp.publish()', '%its corrections are of what was held when it was run; delivery ' || :first_of_two || ' was published or retracted since', 'and would correct twice');
SELECT discard_load('o', (SELECT load_id FROM o.delivery WHERE delivery_id = pg_temp.last()));
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('7', '2020-01-05', month => '2020-01')), scope => 'E'), 'loaded 2 0', 'run again');
SELECT pg_temp.publish();
SELECT is((SELECT sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'E'), 7::numeric, 'all adds up to the last snapshot');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('8', '2020-01-05', month => '2020-01')), '{"open_period": "2020-01-01"}', scope => 'E'), 'refused 0 0 option open_period: the billing period that starts 2020-01-01 00:00:00+00 is closed', 'no correction stands in a closed period');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('8', '2020-01-05', month => '2020-01')), '{"entity_id": "other"}', scope => 'E'), 'loaded 1 0', 'in the books of another entity it is open');
-- Opened again, a month is delivered anew as any, and what corrected it goes; unless that was closed since.
SELECT pg_temp.last() AS never_published \gset
SELECT discard_load('o', load_id) FROM o.delivery WHERE delivery_id = :never_published AND status = 'loaded';
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('9', '2020-01-05', month => '2020-01')), scope => 'E'), 'loaded 2 0', 'corrections for February');
SELECT close_period('o', 'main', (SELECT primary_basis FROM o.clock), 2020, 1);
SELECT close_period('o', 'main', (SELECT primary_basis FROM o.clock), 2020, 2, soft => true);
SELECT throws_like('SELECT pg_temp.publish()', '%its corrections stand in the billing period that starts 2020-02-01 00:00:00+00, which was closed since it was run', 'are not published when February is closed');
SELECT discard_load('o', (SELECT load_id FROM o.delivery WHERE delivery_id = pg_temp.last()));
SELECT reopen_period('o', 'main', (SELECT primary_basis FROM o.clock), 2020, 2, 'a late bill', 'another');
SELECT reopen_period('o', 'main', (SELECT primary_basis FROM o.clock), 2020, 1, 'a late bill', 'another');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('9', '2020-01-05', month => '2020-01')), scope => 'E'), 'loaded 1 0', 'January is opened again and delivered anew');
SELECT pg_temp.publish();
SELECT results_eq($$SELECT c.billed_cost, c.billing_period_start FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'E'$$, $$VALUES (9::numeric, timestamptz '2020-01-01 00:00Z')$$, 'what corrected it is replaced, too, and nothing is there twice');
SELECT is(pg_temp.bill(E'BillingPeriodStart,BillingPeriodEnd,BillingPeriodStatus,InvoiceIssuerName\n2019-01-01T00:00:00Z,2019-02-01T00:00:00Z,Closed,Cloud\n'), 'loaded 1 0', 'its issuer closes a month');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('10', '2019-01-05', month => '2019-01')), scope => 'E4'), 'loaded 1 0', 'of which there is a delivery');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('12', '2019-01-05', month => '2019-01')), scope => 'E4'), 'loaded 2 0', 'and another');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(E'BillingPeriodStart,BillingPeriodEnd,BillingPeriodStatus,InvoiceIssuerName\n2019-01-01T00:00:00Z,2019-02-01T00:00:00Z,Open,Cloud\n2019-02-01T00:00:00Z,2019-03-01T00:00:00Z,Closed,Cloud\n'), 'loaded 2 0', 'it opens the month, and closes the one that has the correction');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('13', '2019-01-05', month => '2019-01')), scope => 'E4'), 'loaded 2 0', 'which stays: what differs is corrected');
SELECT pg_temp.publish();
SELECT results_eq($$SELECT c.billing_period_start, sum(c.billed_cost) FROM o.charge_known c JOIN o.delivery d USING (delivery_id) WHERE d.scope = 'E4' GROUP BY 1 ORDER BY 1$$,
    $$VALUES (timestamptz '2019-01-01 00:00Z', 10::numeric), ('2019-02-01 00:00Z', 2), ('2019-03-01 00:00Z', 1)$$, 'in the next that is open');
SELECT close_period('o', 'main', (SELECT primary_basis FROM o.clock), 2020, 1, soft => true);
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1', '2020-01-06', month => '2020-01')), '{"mode": "append"}', scope => 'E2'), 'loaded 1 0', 'what comes first of a closed period stands in it');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1', '2020-01-06', month => '2020-01'), pg_temp.row('2', '2020-01-07', month => '2020-01')), '{"mode": "append"}', scope => 'E2'), 'loaded 2 0', 'what is appended to one');
SELECT results_eq('SELECT billed_cost, charge_class, billing_period_start FROM loaded ORDER BY 1', $$VALUES (1::numeric, 'Correction', timestamptz '2020-02-01 00:00Z'), (2, 'Correction', '2020-02-01 00:00Z')$$, 'corrects in the open one, an equal row too');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1', '2031-01-06', month => '2031-01')), scope => 'E3'), 'loaded 1 0', 'a snapshot of a day');
SELECT pg_temp.last() AS short_one \gset
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1', '2031-01-06', month => '2031-01'), pg_temp.row('1', '2031-01-07', month => '2031-01')), scope => 'E3'), 'loaded 2 0', 'one of two days');
SELECT pg_temp.publish();
SELECT throws_like(format('SELECT publish_load(%L, load_id) FROM o.delivery WHERE delivery_id = %s', 'o', :short_one), '%it covers fewer days than delivery %', 'published first: the shorter one does not replace it');

-- ---------------------------------------------------------------------------
-- Rows that are short
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1'), '2,2,2,2,USD,2025-03-01T00:00:00Z,2025-04-01T00:00:00Z,2025-03-02T00:00:00Z,2025-03-03T00:00:00Z,Usage,Cloud', replace(pg_temp.row('3'), 'GPU', '')), '{"short_rows": true}', scope => 'short'), 'loaded 3 0', 'a row without its last field is taken where that is asked');
SELECT results_eq('SELECT billed_cost, service_name, findings & (SELECT number FROM charge_finding_codes() WHERE code = $$FieldsMissing$$) <> 0 FROM loaded ORDER BY 1', $$VALUES (1::numeric, 'GPU', false), (2, NULL, true), (3, NULL, false)$$, 'and said; an empty one is not missing');
SELECT is(pg_temp.bill(pg_temp.file(pg_temp.row('1') || ',more'), '{"short_rows": true}', scope => 'short'), 'refused 0 1 line 2: it has 13 fields, the header 12', 'a longer one is not');

-- ---------------------------------------------------------------------------
-- COPY, writers, and giving up
-- ---------------------------------------------------------------------------
SELECT open_bill('o', 'copied.csv', E'\uFEFFBilledCost,ChargeCategory,ChargePeriodStart,BillingCurrency', 'cloud', scope => 'copy') AS copied \gset
SELECT format('o.bill_stage_%s', :copied) AS stage \gset
COPY :stage FROM stdin WITH (FORMAT csv, HEADER);
BilledCost,ChargeCategory,ChargePeriodStart,BillingCurrency
1.5,Usage,2025-03-01T00:00:00Z,USD
NULL,Usage,2025-03-01T00:00:00Z,USD
\.
SELECT results_eq(format('SELECT status, rows_loaded, dataset, focus_version FROM run_bill(%L, %s)', 'o', :copied), $$VALUES ('loaded', 2::bigint, 'cost_and_usage', '1.0')$$, 'a file that is copied');
SELECT is(to_regclass(:'stage'), NULL, 'whose stage is gone then');
SELECT throws_ok(format('SELECT clear_bill(%L, %s)', 'o', :copied), '55000', NULL, 'it was run');
SELECT open_bill('o', 'left.csv', 'a', 'cloud') AS given_up \gset
SELECT lives_ok(format('SELECT clear_bill(%L, %s)', 'o', :given_up), 'one that was not is given up');
SELECT throws_ok(format('SELECT run_bill(%L, %s)', 'o', :given_up), '55000', NULL, 'and cannot be run');
SELECT throws_ok($$SELECT run_bill('o', 0)$$, 'P0002', NULL, 'nor one that there is not');
SELECT is_empty($$SELECT * FROM verify_ledger('o') WHERE severity = 'error'$$, 'and the ledger verifies');

SELECT * FROM finish();
ROLLBACK;
