-- Charges by the month: at every time there ever was they are what the charges then held come to, exactly, whatever
-- was replaced, withdrawn or corrected; what is published of them is what cost_and_usage adds up to.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('m', 'USD', 1, 'Pacific/Auckland', 'ifrs');
SET search_path = m, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('a', 'test', 'test', 'high'), ('b', 'test', 'test', 'high');

-- Whole months of charges with everything missing somewhere, at 18 decimals, of either sign; amounts of either
-- side of a month's end in a zone that is not the ledger's.
SELECT setseed(0.7);
CREATE FUNCTION pg_temp.bill(of_source text, of_issuer text, of_month date, rows integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    load bigint := open_load('m', format('%s %s', of_issuer, of_month), of_source);
    delivery bigint;
BEGIN
    INSERT INTO delivery (dataset, name, source_id, mode, status, finished_at, load_id) VALUES ('cost_and_usage', 'bill', of_source, 'overwrite', 'loaded', now(), load) RETURNING delivery_id INTO delivery;
    INSERT INTO delivery_scope (delivery_id, invoice_issuer_name, billing_period_start, charge_days, row_count) VALUES (delivery, of_issuer, of_month::timestamp AT TIME ZONE 'UTC', 30, rows);
    INSERT INTO charge (load_id, delivery_id, line_no, billed_cost, effective_cost, list_cost, contracted_cost, consumed_quantity, consumed_unit, billing_currency, charge_category, charge_class,
                        service_provider_name, provider_name, invoice_issuer_name, service_category, service_name, commitment_discount_id, commitment_discount_status, billing_account_id,
                        sub_account_id, invoice_id, resource_id, billing_period_start, billing_period_end, charge_period_start, charge_period_end, pricing_quantity)
    SELECT load, delivery, i, pg_temp.some(0.9) * pg_temp.cost(), pg_temp.some(0.9) * pg_temp.cost(), pg_temp.some(0.8) * pg_temp.cost(), pg_temp.some(0.8) * pg_temp.cost(),
           pg_temp.some(0.7) * pg_temp.cost(), pg_temp.one('{Hours,GB,NULL}'), pg_temp.one('{USD,EUR,NULL}'), pg_temp.one('{Usage,Purchase,Tax,Credit,NULL}'), pg_temp.one('{Correction,NULL,NULL}'),
           pg_temp.one('{P,Q,NULL}'), pg_temp.one('{P,R,NULL}'), of_issuer, pg_temp.one('{Compute,NULL}'), pg_temp.one('{VM,"",NULL}'), pg_temp.one('{D1,NULL,NULL}'), pg_temp.one('{Used,Unused,NULL}'),
           'A', pg_temp.one('{S1,S2,NULL}'), pg_temp.one('{I1,I2,NULL}'), pg_temp.one('{r1,r2,r3,NULL}'), of_month::timestamp AT TIME ZONE 'UTC', (of_month + interval '1 month') AT TIME ZONE 'UTC',
           c.at, c.at + interval '1 hour', 1
    FROM generate_series(1, rows) i CROSS JOIN LATERAL (SELECT of_month::timestamp AT TIME ZONE 'UTC' + (random() * 35 - 2 + i * 0) * interval '1 day' * pg_temp.some(0.95)::float8 AS at) c;
    RETURN load;
END
$$;
CREATE FUNCTION pg_temp.some(p float8) RETURNS numeric VOLATILE LANGUAGE sql RETURN CASE WHEN random() < p THEN 1 END;
CREATE FUNCTION pg_temp.cost() RETURNS numeric VOLATILE LANGUAGE sql
RETURN CASE WHEN random() < 0.1 THEN 0 ELSE round(((random() - 0.3) * 10 ^ (random() * 9))::numeric, 9) + 0.000000000123456789 * round((random() * 10)::numeric) END;
CREATE FUNCTION pg_temp.one(words text[]) RETURNS text VOLATILE LANGUAGE sql RETURN words[1 + floor(random() * cardinality(words))];

CREATE TEMPORARY TABLE step (n integer GENERATED ALWAYS AS IDENTITY, what text, load bigint, at timestamptz);
CREATE FUNCTION pg_temp.publish(what text, load bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_load('m', load);
    INSERT INTO step (what, load, at) SELECT publish.what, publish.load, l.last_recorded_at FROM ledger l;
END
$$;
SELECT pg_temp.publish('january of X', pg_temp.bill('a', 'X', '2026-01-01', 300));
SELECT pg_temp.publish('january of Y', pg_temp.bill('a', 'Y', '2026-01-01', 200));
SELECT pg_temp.publish('february of X', pg_temp.bill('a', 'X', '2026-02-01', 300));
SELECT pg_temp.publish('january of X, delivered again', pg_temp.bill('a', 'X', '2026-01-01', 310));
SELECT pg_temp.publish('february of X by another source', pg_temp.bill('b', 'X', '2026-02-01', 50));
SELECT pg_temp.publish('february of X, delivered again with no row', pg_temp.bill('a', 'X', '2026-02-01', 0));
-- By hand, the month it is billed in unknown, and a load without charges.
SELECT open_load('m', 'by hand', 'b') AS load \gset
INSERT INTO charge (billed_cost, billing_currency, service_name) VALUES (1.5, 'USD', 'VM'), (-1.5, 'USD', 'VM'), (1e19, 'EUR', NULL), (9e19, 'EUR', NULL);
SELECT pg_temp.publish('by hand', :load);
SELECT open_load('m', 'none', 'b') AS load \gset
INSERT INTO party (party_id, name, kind) VALUES ('p', 'P', 'company');
SELECT pg_temp.publish('a load without charges', :load);
SELECT retract_load('m', (SELECT load FROM step WHERE what = 'january of Y'), 'not ours');
INSERT INTO step (what, at) SELECT 'january of Y withdrawn', last_recorded_at FROM ledger;
SELECT pg_temp.publish('january of Y, delivered again', pg_temp.bill('a', 'Y', '2026-01-01', 100));
SELECT retract_load('m', (SELECT load FROM step WHERE what = 'by hand'), 'a test');
INSERT INTO step (what, at) SELECT 'by hand, withdrawn', last_recorded_at FROM ledger;

-- ---------------------------------------------------------------------------
-- At every time
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.differs() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', s.what, x.k::text) FROM step s CROSS JOIN LATERAL (
        SELECT k, sum(row_count) AS row_count, sum(billed) AS billed, sum(effective) AS effective, sum(contracted) AS contracted, sum(list) AS list, sum(against_list) AS against_list,
               sum(against_contract) AS against_contract, sum(quantity) AS quantity
        FROM (SELECT ROW(date_trunc('month', charge_period_start AT TIME ZONE 'UTC')::date, date_trunc('month', billing_period_start AT TIME ZONE 'UTC')::date, charge_class IS NOT NULL,
                         coalesce(charge_category = 'Purchase' AND (commitment_discount_id <> '' OR effective_cost = 0 AND billed_cost <> 0), false), billing_currency,
                         coalesce(service_provider_name, provider_name), service_name, service_category, charge_category, invoice_issuer_name, commitment_discount_status, billing_account_id,
                         sub_account_id, consumed_unit, dataset, source_id) AS k,
                     1 AS row_count, coalesce(billed_cost, 0) AS billed, coalesce(effective_cost, 0) AS effective, coalesce(contracted_cost, 0) AS contracted, coalesce(list_cost, 0) AS list,
                     coalesce(list_cost - effective_cost, 0) AS against_list, coalesce(contracted_cost - effective_cost, 0) AS against_contract, coalesce(consumed_quantity, 0) AS quantity
              FROM charge WHERE recorded_at <= s.at AND superseded_at > s.at
              UNION ALL
              SELECT ROW(charge_month, billing_month, is_correction, covers_other_charges, billing_currency, service_provider_name, service_name, service_category, charge_category,
                         invoice_issuer_name, commitment_discount_status, billing_account_id, sub_account_id, consumed_unit, dataset, source_id),
                     - row_count, - billed_cost, - effective_cost, - contracted_cost, - list_cost, - saved_against_list, - saved_against_contract, - consumed_quantity
              FROM charge_month WHERE recorded_at <= s.at AND superseded_at > s.at) u
        GROUP BY k) x
    WHERE (x.row_count, x.billed, x.effective, x.contracted, x.list, x.against_list, x.against_contract, x.quantity) <> (0, 0, 0, 0, 0, 0, 0, 0)
$$;
SELECT is_empty('SELECT pg_temp.differs()', 'after each step, the months are what the charges then held come to');
SELECT cmp_ok((SELECT count(*) FROM charge_month WHERE superseded_at < 'infinity'), '>', 100::bigint, 'rows were superseded');
SELECT is((SELECT count(*) FROM charge_month WHERE row_count <= 0), 0::bigint, 'where no charge is there is no row');
SELECT is_empty($$SELECT k, recorded_at FROM (SELECT recorded_at, superseded_at, ROW(charge_month, billing_month, is_correction, covers_other_charges, billing_currency, service_provider_name, service_name, service_category, charge_category,
                         invoice_issuer_name, commitment_discount_status, billing_account_id, sub_account_id, consumed_unit, dataset, source_id) AS k FROM charge_month WHERE superseded_at = 'infinity') n
                  GROUP BY k, recorded_at HAVING count(*) > 1$$, 'a held row has its key for itself, NULL and empty apart');
SELECT is((SELECT count(*) FROM charge_month WHERE recorded_at = (SELECT at FROM step WHERE what = 'a load without charges')), 0::bigint, 'a load without charges changes none');
SELECT is_empty($$SELECT m.charge_month FROM charge_month m WHERE m.recorded_at = (SELECT at FROM step WHERE what = 'february of X by another source') AND m.source_id <> 'b'$$, 'a late bill touches what it has, and nothing else');
-- The same bill once more.
SELECT open_load('m', 'the same', 'b') AS load \gset
INSERT INTO delivery (dataset, name, source_id, mode, status, finished_at, load_id) VALUES ('cost_and_usage', 'bill', 'b', 'overwrite', 'loaded', now(), :load);
INSERT INTO delivery_scope (delivery_id, invoice_issuer_name, billing_period_start, charge_days, row_count) SELECT max(delivery_id), 'X', '2026-02-01 00:00Z', 30, 50 FROM delivery;
SELECT set_config('t.columns', string_agg(quote_ident(attname), ', '), true) FROM pg_attribute WHERE attrelid = 'charge'::regclass AND attnum > 0 AND attname NOT IN ('fact_id', 'load_id', 'recorded_at', 'superseded_at', 'delivery_id') \g /dev/null
DO $$ BEGIN
    EXECUTE format('INSERT INTO charge (load_id, delivery_id, %1$s) SELECT (SELECT max(load_id) FROM load), (SELECT max(delivery_id) FROM delivery), %1$s FROM charge WHERE load_id = (SELECT load FROM step WHERE what = ''february of X by another source'')', current_setting('t.columns'));
END $$;
SELECT pg_temp.publish('the same bill once more', :load);
SELECT is((SELECT count(*) FROM charge WHERE superseded_at = (SELECT at FROM step WHERE what = 'the same bill once more')), 50::bigint, 'a bill delivered again as it was replaces all of its charges');
SELECT is((SELECT count(*) FROM charge_month WHERE recorded_at = (SELECT at FROM step WHERE what = 'the same bill once more')), 0::bigint, 'and changes no month');
SELECT is_empty('SELECT pg_temp.differs()');
SELECT is_empty($$SELECT * FROM verify_ledger('m') WHERE severity = 'error'$$, 'nothing is found wrong');

-- ---------------------------------------------------------------------------
-- What is published
-- ---------------------------------------------------------------------------
SET search_path = m_report, m, chipbook, public, pg_catalog;
-- Charges as cost_and_usage has them, without what is owned, which takes long to plan.
CREATE VIEW pg_temp.known_line AS
SELECT c.charge_period_start, c.billing_period_start, coalesce(c.service_provider_name, c.provider_name) AS service_provider_name, c.invoice_issuer_name, c.billing_account_id, c.sub_account_id, c.service_category,
       c.service_name, c.charge_category, c.commitment_discount_status, c.charge_class IS NOT NULL AS is_correction, c.consumed_unit, c.billing_currency, c.dataset AS x_dataset, c.source_id AS x_source_id,
       coalesce(c.charge_category = 'Purchase' AND (c.commitment_discount_id <> '' OR c.effective_cost = 0 AND c.billed_cost <> 0), false) AS covers_other_charges,
       c.billed_cost, c.effective_cost, c.contracted_cost, c.list_cost, c.consumed_quantity
FROM charge_known c WHERE NOT EXISTS (SELECT FROM origin_charge o WHERE o.charge_id = c.fact_id);
CREATE FUNCTION pg_temp.months_differ() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT 'cost_by_service_month ' || k::text FROM (
        SELECT ROW(date_trunc('month', charge_period_start AT TIME ZONE 'UTC')::date, date_trunc('month', billing_period_start AT TIME ZONE 'UTC')::date, service_provider_name, invoice_issuer_name, billing_account_id,
                   sub_account_id, service_category, service_name, charge_category, commitment_discount_status, is_correction, covers_other_charges, consumed_unit, billing_currency, x_dataset, x_source_id) AS k,
               ROW(count(*), round(coalesce(sum(billed_cost), 0), 15), round(coalesce(sum(effective_cost), 0), 15), round(coalesce(sum(contracted_cost) FILTER (WHERE NOT covers_other_charges), 0), 15),
                   round(coalesce(sum(list_cost) FILTER (WHERE NOT covers_other_charges), 0), 15), round(coalesce(sum(billed_cost) FILTER (WHERE covers_other_charges), 0), 15),
                   round(coalesce(sum(list_cost - effective_cost) FILTER (WHERE NOT covers_other_charges), 0), 15), round(coalesce(sum(contracted_cost - effective_cost) FILTER (WHERE NOT covers_other_charges), 0), 15),
                   CASE WHEN consumed_unit IS NOT NULL THEN round(coalesce(sum(consumed_quantity), 0), 15) END) AS v
        FROM pg_temp.known_line GROUP BY 1, consumed_unit) a
    FULL JOIN (SELECT ROW(charge_month, billing_month, service_provider_name, invoice_issuer_name, billing_account_id, sub_account_id, service_category, service_name, charge_category, commitment_discount_status,
                          is_correction, covers_other_charges, consumed_unit, billing_currency, x_dataset, x_source_id) AS k,
                      ROW(row_count, billed_cost, effective_cost, contracted_cost, list_cost, billed_in_advance, saved_against_list, saved_against_contract, consumed_quantity) AS v
               FROM cost_by_service_month) b USING (k)
    WHERE a.v IS DISTINCT FROM b.v
$$;
CREATE FUNCTION pg_temp.published_differs() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.months_differ()
    UNION ALL
    SELECT 'cost_and_usage_month ' || k::text FROM (
        SELECT ROW(date_trunc('month', charge_period_start AT TIME ZONE 'UTC')::date, date_trunc('month', billing_period_start AT TIME ZONE 'UTC')::date, x_ownership, service_provider_name, invoice_issuer_name,
                   service_category, service_name, charge_category, is_correction, billing_currency) AS k,
               ROW(count(*), round(coalesce(sum(billed_cost), 0), 15), round(coalesce(sum(effective_cost), 0), 15), round(coalesce(sum(contracted_cost) FILTER (WHERE NOT covers_other_charges), 0), 15),
                   round(coalesce(sum(list_cost) FILTER (WHERE NOT covers_other_charges), 0), 15), round(coalesce(sum(x_productive_cost), 0), 15)) AS v
        FROM charge_line GROUP BY 1) a
    FULL JOIN (SELECT ROW(charge_month, billing_month, ownership, service_provider_name, invoice_issuer_name, service_category, service_name, charge_category, is_correction, billing_currency) AS k,
                      ROW(row_count, billed_cost, effective_cost, contracted_cost, list_cost, productive_cost) AS v FROM cost_and_usage_month) b USING (k)
    WHERE a.v IS DISTINCT FROM b.v
    UNION ALL
    -- Rounded one by one they are within their roundings.
    SELECT 'focus_cost_and_usage ' || coalesce(f.billingcurrency, '-') FROM (
        SELECT billingcurrency, sum(billedcost) AS billed, count(*) AS n FROM focus_cost_and_usage GROUP BY 1) f
    FULL JOIN (SELECT billing_currency, sum(billed_cost) AS billed FROM cost_by_service_month GROUP BY 1) s ON coalesce(s.billing_currency, '-') = coalesce(f.billingcurrency, '-')
    WHERE (abs(f.billed - s.billed) <= f.n * 1e-15) IS NOT TRUE
$$;
SELECT is_empty('SELECT pg_temp.published_differs()', 'what is published of the months is what charge_line comes to');
SELECT cmp_ok((SELECT count(*) FROM cost_by_service_month WHERE is_correction), '>', 20::bigint, 'corrections are among it');
SELECT set_has('SELECT service_name FROM cost_by_service_month', $$VALUES ('VM'), (''), (NULL)$$, 'what is empty, and what is not said');
CREATE FUNCTION pg_temp.differs_at(at timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM set_config('chipbook.as_of', at::text, true);
    SELECT count(*) INTO n FROM pg_temp.months_differ();
    PERFORM set_config('chipbook.as_of', '', true);
    RETURN n;
END
$$;
SELECT is(pg_temp.differs_at(at), 0::bigint, 'as of ' || what) FROM step;

-- ---------------------------------------------------------------------------
-- Invoices that feed a rate of owned chips
-- ---------------------------------------------------------------------------
SELECT open_load('m', 'origins', 'b') AS load \gset
INSERT INTO charge_origin (origin_id, invoice_issuer_name, invoice_id, resource_id, component, valid_from, valid_to) VALUES
    ('o1', 'X', 'I1', NULL, 'energy', '2026-01-10', '2026-01-20'), ('o2', 'X', NULL, 'r1', 'facility', '2026-01-15', 'infinity'), ('o3', 'Z', NULL, NULL, 'energy', '-infinity', 'infinity'),
    ('o4', 'Y', NULL, 'r2', 'operations', '-infinity', 'infinity');
SELECT pg_temp.publish('origins', :load);
SELECT cmp_ok((SELECT count(*) FROM origin_charge), '>', 20::bigint, 'some charges are an origin');
SELECT is_empty('SELECT pg_temp.published_differs()', 'and are left out of the months as of the lines');
SELECT open_load('m', 'all of Y', 'b') AS load \gset
INSERT INTO charge_origin (origin_id, invoice_issuer_name, component) VALUES ('o4', 'Y', 'operations');
SELECT pg_temp.publish('all of Y', :load);
SELECT is((SELECT count(*) FROM cost_by_service_month WHERE invoice_issuer_name = 'Y'), 0::bigint, 'of whom all is an origin there is no row');
SELECT is_empty('SELECT pg_temp.months_differ()');
SELECT is(pg_temp.differs_at(at), 0::bigint, 'still, as of ' || what) FROM step;
-- Whoever may read what is published needs no more.
CREATE ROLE month_reader;
SELECT grant_ledger('m', 'reader', 'month_reader');
SELECT set_config('t.rows', count(*)::text, true) FROM cost_by_service_month \g /dev/null
SET LOCAL chipbook.as_of = 'now';
SET LOCAL ROLE month_reader;
SELECT set_config('t.read', (SELECT count(*)::text FROM m_report.cost_by_service_month), true) \g /dev/null
RESET ROLE;
SELECT is(current_setting('t.read'), current_setting('t.rows'), 'a reader finds the same');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Azure's two files have the same charges
-- ---------------------------------------------------------------------------
SELECT open_load('m', 'azure', 'b') AS load \gset
INSERT INTO charge (dataset, billing_period_start, charge_period_start, billing_account_id, billing_currency, charge_category, service_name, billed_cost, effective_cost, list_cost)
VALUES ('azure_actual', '2026-03-01 00:00Z', '2026-03-05 00:00Z', 'Z', 'EUR', 'Usage', 'Azure', 10, NULL, 12), ('azure_actual', '2026-04-01 00:00Z', '2026-04-05 00:00Z', 'Z', 'EUR', 'Usage', 'Azure', 10, NULL, 12),
       ('azure_amortised', '2026-03-01 00:00Z', '2026-03-05 00:00Z', 'Z', 'EUR', 'Usage', 'Azure', NULL, 9, 12);
SELECT pg_temp.publish('azure', :load);
SELECT results_eq($$SELECT charge_month, sum(billed_cost), sum(effective_cost), sum(list_cost) FROM cost_by_service_month WHERE service_name = 'Azure' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('2026-03-01'::date, 10::numeric, 9::numeric, 12::numeric), ('2026-04-01', 10, 0, 12)$$, 'a list price stands once, where both files are there and where one is');
SELECT results_eq($$SELECT charge_month, sum(billed_cost), sum(effective_cost), sum(list_cost) FROM cost_and_usage_month WHERE service_name = 'Azure' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('2026-03-01'::date, 10::numeric, 9::numeric, 12::numeric), ('2026-04-01', 10, 0, 12)$$, 'in the other view too');

SELECT results_eq($$SELECT date_trunc('month', charge_period_start AT TIME ZONE 'UTC')::date, sum(billed_cost), sum(effective_cost), sum(list_cost) FILTER (WHERE NOT covers_other_charges) FROM charge_line WHERE service_name = 'Azure' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('2026-03-01'::date, 10::numeric, 9::numeric, 12::numeric), ('2026-04-01', 10, NULL, 12)$$, 'and line by line, whether a file brought them or a hand');

-- ---------------------------------------------------------------------------
-- Kept
-- ---------------------------------------------------------------------------
SELECT throws_ok($$UPDATE m.charge_month SET billed_cost = 0$$, '55000', NULL, 'a month is not rewritten');
SELECT throws_ok($$DELETE FROM m.charge_month$$, '55000', NULL, 'nor removed');
SELECT throws_ok($$TRUNCATE m.charge_month$$, '55000', NULL, 'nor all at once');
CREATE FUNCTION pg_temp.found_after(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE change;
    SET LOCAL session_replication_role = origin;
    SELECT string_agg(DISTINCT v.finding, ' ' ORDER BY v.finding) INTO found FROM verify_ledger('m') v WHERE v.severity = 'error';
    RAISE EXCEPTION 'undone' USING ERRCODE = 'P0009';
EXCEPTION WHEN SQLSTATE 'P0009' THEN
    RETURN found;
END
$$;
SELECT is(pg_temp.found_after('SELECT 1'), NULL, 'nothing is wrong');
SELECT is(pg_temp.found_after('UPDATE m.charge_month SET effective_cost = effective_cost + 1e-18 WHERE superseded_at = ''infinity'''), 'charge_month_differs', 'the last decimal of what is held');
SELECT is(pg_temp.found_after('UPDATE m.charge_month SET row_count = row_count + 1 WHERE superseded_at < ''infinity'''), 'charge_month_differs', 'what it was before');
SELECT is(pg_temp.found_after('DELETE FROM m.charge_month WHERE superseded_at < ''infinity'''), 'charge_month_differs', 'a month that is gone');
SELECT is(pg_temp.found_after('INSERT INTO m.charge_month OVERRIDING SYSTEM VALUE SELECT * FROM m.charge_month LIMIT 1'), 'charge_month_differs', 'a month twice');
SELECT is(pg_temp.found_after('UPDATE m.charge_month SET service_name = '''' WHERE service_name IS NULL'), 'charge_month_differs', 'empty for what is not said');
SELECT matches(pg_temp.found_after('UPDATE m.charge SET superseded_at = ''infinity'' WHERE superseded_at < ''infinity'''), 'charge_month_differs', 'charges that were replaced, revived');
SELECT * FROM finish();
ROLLBACK;
