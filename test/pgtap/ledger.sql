-- A ledger's life: making it, loads checked and published, corrections, retraction,
-- imported history, as-of answers, roles, and dropping it.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- create_ledger: what it refuses, what it makes
-- ---------------------------------------------------------------------------
SELECT throws_ok($$SELECT create_ledger(NULL)$$, '22004', NULL, 'a ledger needs a name');
SELECT throws_ok($$SELECT create_ledger('Books')$$, '42602', NULL, 'a name in capitals is refused');
SELECT throws_ok($$SELECT create_ledger('pg_books')$$, '42602', NULL, 'a reserved name is refused');
SELECT throws_ok($$SELECT create_ledger('public')$$, '42602', NULL, 'public is nobody''s ledger');
SELECT throws_ok(format('SELECT create_ledger(%L)', repeat('b', 57)), '42602', NULL, 'a name whose report schema would be cut is refused');
SELECT throws_ok($$SELECT create_ledger('b', fiscal_year_start => 13)$$, '22023', NULL, 'there is no thirteenth month');
SELECT throws_ok($$SELECT create_ledger('b', time_zone => 'Europe/Atlantis')$$, '22023', NULL, 'an unknown time zone is refused');
SELECT throws_ok($$SELECT create_ledger('b', basis => 'cash')$$, '22023', NULL, 'an unknown basis is refused');
SELECT throws_ok($$SELECT create_ledger('b', reporting_currency => 'usd')$$, '22P02', NULL, 'a currency is three capitals');
CREATE SCHEMA taken;
SELECT throws_ok($$SELECT create_ledger('taken')$$, '42P06', 'schema "taken" exists already', 'a ledger overwrites nothing');
CREATE SCHEMA free_report;
SELECT throws_ok($$SELECT create_ledger('free')$$, '42P06', 'schema "free_report" exists already', 'nor the schema its views would have');

SELECT lives_ok($$SELECT create_ledger('books', 'EUR', 4, 'Europe/Berlin', 'hgb')$$, 'a ledger is made');
SELECT results_eq(
    'SELECT ledger_name, schema_version, reporting_currency::text, fiscal_year_start::int, time_zone, basis FROM books.ledger',
    $$VALUES ('books', ledger_schema_version(), 'EUR', 4, 'Europe/Berlin', 'hgb')$$, 'its settings are kept');
SELECT results_eq('SELECT entity_id, name, functional_currency::text FROM books.entity_known',
                  $$VALUES ('main', 'books', 'EUR')$$, 'it starts with one entity');
SELECT is(current_setting('search_path'), 'chipbook, public, pg_catalog', 'search_path is as it was');
SELECT is_empty($$
    SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'books_report'::regnamespace AND a.attnum > 0
      AND (a.atttypid NOT IN ('numeric'::regtype, 'text'::regtype, 'date'::regtype, 'timestamptz'::regtype, 'bigint'::regtype, 'boolean'::regtype)
           OR a.atttypid = 'numeric'::regtype AND a.atttypmod <> ((38 << 16) | 15) + 4)$$,
    'published columns are numeric(38,15), text, date, timestamptz, bigint or boolean');
SELECT is_empty($$
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace IN ('books'::regnamespace, 'books_report'::regnamespace) AND c.relkind = 'v'
      AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)$$,
    'every view runs with its reader''s rights');
SELECT is_empty($$
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace IN ('books'::regnamespace, 'books_report'::regnamespace) AND c.relkind IN ('v', 'r', 'p')
      AND obj_description(c.oid, 'pg_class') IS NULL$$,
    'every table and view has a comment');
SELECT is_empty($$
    SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    JOIN pg_get_keywords() k ON k.word = a.attname AND k.catcode = 'R'
    WHERE c.relnamespace IN ('books'::regnamespace, 'books_report'::regnamespace) AND a.attnum > 0$$,
    'no column is a reserved word');
SELECT bag_eq(
    $$SELECT f.table_name::text FROM ledger_fact_tables() f UNION ALL SELECT k FROM ledger_kept_tables() k UNION ALL SELECT 'packed_reading'$$,
    $$SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'superseded_at' AND a.attnotnull
      WHERE c.relnamespace = 'books'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition$$,
    'the fact tables, and what is kept beside them, are those with the envelope');
SELECT is_empty($$
    SELECT r.table_name, r.column_name FROM ledger_references() r
    WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = format('books.%I', r.table_name)::regclass AND a.attname = r.column_name)
       OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = format('books.%I', r.refers_to)::regclass AND a.attname = r.key_column)$$,
    'references name columns that exist');

SELECT is_empty($$
    SELECT f.table_name FROM ledger_fact_tables() f
    WHERE NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                      WHERE i.indrelid = format('books.%I', f.table_name)::regclass AND a.attname = 'load_id')$$,
    'the rows of a load are found by an index, readings too');

-- ---------------------------------------------------------------------------
-- Loads
-- ---------------------------------------------------------------------------
SELECT throws_ok($$SELECT open_load('nowhere', 'x')$$, '3F000', 'there is no ledger "nowhere"', 'a load needs a ledger');
SELECT throws_ok($$SELECT open_load('books', 'x', 'nobody')$$, '23503', NULL, 'and a source that exists');
INSERT INTO books.source (source_id, kind, reference, confidence) VALUES ('erp', 'contract', 'asset register', 'high');

SELECT open_load('books', 'parties', 'erp') AS load \gset
INSERT INTO books.party (party_id, name, kind) VALUES ('A', 'Aardvark', 'company'), ('B', 'Badger', 'company');
SELECT is_empty('SELECT * FROM books.party_known', 'unpublished facts are seen by no view');
SELECT is_empty(format('SELECT * FROM check_load(%L, %s)', 'books', :load), 'nothing stands in the way');
SELECT is(publish_load('books', :load), 2::bigint, 'two facts are published');
SELECT results_eq('SELECT party_id, source_id FROM books.party_known ORDER BY 1', $$VALUES ('A', 'erp'), ('B', 'erp')$$,
                  'with the load''s source where they named none');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'books', :load), '55000', NULL, 'a load is published once');
SELECT throws_ok($$SELECT publish_load('books', 4711)$$, 'P0002', 'there is no load 4711 in ledger "books"', 'and must exist');

-- A correction replaces the held fact and keeps it.
SELECT recorded_at AS before FROM books.load WHERE load_id = :load \gset
SELECT open_load('books', 'correction', 'erp') AS load \gset
INSERT INTO books.party (party_id, name, kind) VALUES ('A', 'Aardvark plc', 'company');
SELECT is(publish_load('books', :load), 1::bigint, 'a correction is published');
SELECT results_eq($$SELECT name FROM books.party_known WHERE party_id = 'A'$$, $$VALUES ('Aardvark plc')$$, 'the correction is what is known');
SELECT is((SELECT count(*) FROM books.party WHERE party_id = 'A'), 2::bigint, 'the replaced row is kept');
SELECT ok((SELECT bool_and(later.recorded_at = earlier.superseded_at)
           FROM books.party earlier JOIN books.party later USING (party_id)
           WHERE party_id = 'A' AND earlier.superseded_at < 'infinity' AND later.superseded_at = 'infinity'),
          'it ends the moment its successor begins');
SELECT set_config('chipbook.as_of', to_char(:'before'::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), true);
SELECT results_eq($$SELECT name FROM books.party_known WHERE party_id = 'A'$$, $$VALUES ('Aardvark')$$, 'as of the earlier time, the earlier name');
SELECT throws_ok($$SELECT open_load('books', 'x')$$, '55000', NULL, 'nothing is written while as_of is set');
RESET chipbook.as_of;

-- What check_load finds.
SELECT open_load('books', 'bad rows') AS load \gset
INSERT INTO books.party (party_id, name, kind) VALUES ('C', 'Civet', 'company'), ('C', 'Civet again', 'company');
INSERT INTO books.relation (party_id, parent_id, kind) VALUES ('C', 'Z', 'segment');
SELECT add_reading_partitions('books', '2025-10-01');
INSERT INTO books.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('P', '2025-10-05 00:00+02', '2025-10-05 02:00+02', '2025-10-01', 1, 1, 1, 1, 'sm_active'),
       ('P', '2025-10-05 01:00+02', '2025-10-05 03:00+02', '2025-10-01', 1, 1, 1, 1, 'sm_active');
SELECT results_eq(
    format('SELECT table_name, fact, problem FROM check_load(%L, %s)', 'books', :load),
    $$VALUES ('party', 'C', 'rows of this load with this key: 2'),
             ('party', NULL, 'rows without a source, and the load has none: 2'),
             ('relation', NULL, 'rows without a source, and the load has none: 1'),
             ('relation', 'Z', 'party "Z" is not known (named by rows: 1)'),
             ('meter_reading', NULL, 'rows without a source, and the load has none: 2'),
             ('meter_reading', 'P', 'pool "P" is not known (named by rows: 2)'),
             ('meter_reading', 'P', 'readings that overlap an earlier one of this load: 1, the first at 2025-10-04T23:00:00Z')$$,
    'check_load lists every problem');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'books', :load), '23000',
                 format('load %s of ledger "books" cannot be published (problems: 7)', :load), 'publish_load refuses the whole load');
SELECT is((SELECT count(*) FROM books.meter_reading WHERE load_id = :load AND recorded_at IS NULL), 2::bigint, 'and keeps its rows, unpublished');
DELETE FROM books.meter_reading WHERE load_id = :load;

-- ---------------------------------------------------------------------------
-- Readings
-- ---------------------------------------------------------------------------
SELECT is(add_reading_partitions('books', '2025-10-15', '2025-12-01'), 2, 'partitions are made where they are missing');
SELECT throws_ok($$SELECT add_reading_partitions('books', '2025-10-01', '2025-09-01')$$, '22023', NULL, 'months go forwards');
SELECT throws_ok($$SELECT add_reading_partitions('books', '-infinity')$$, '22023', NULL, 'and are finite');
SELECT lives_ok($$SELECT add_reading_partitions('books', '2025-03-01')$$);
CREATE FUNCTION pg_temp.read(starts timestamptz, ends timestamptz, m date) RETURNS void LANGUAGE sql AS
$$INSERT INTO books.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
  VALUES ('P', starts, ends, m, 100, 90, 80, 70, 'sm_active')$$;
SELECT open_load('books', 'pool P', 'erp') AS load \gset
INSERT INTO books.pool (pool_id, name) VALUES ('P', 'pool P');
-- March 2025 in Berlin begins at +01 and ends at +02.
SELECT lives_ok($$SELECT pg_temp.read('2025-03-31 23:00+02', '2025-04-01 00:00+02', '2025-03-01')$$, 'the last hour of March is inside');
SELECT throws_ok($$SELECT pg_temp.read('2025-03-31 23:00+02', '2025-04-01 00:00+01', '2025-03-01')$$, '23514', NULL,
                 'an interval over the month''s edge is refused');
SELECT throws_ok($$SELECT pg_temp.read('2025-02-28 23:00+00', '2025-03-01 00:00+00', '2025-02-01')$$, '23514', NULL,
                 'a month without a partition is refused');
SELECT lives_ok($$SELECT pg_temp.read('2025-10-01 00:00+02', '2025-10-01 01:00+02', '2025-10-01')$$);
SELECT is(publish_load('books', :load), 3::bigint, 'pool and readings are published');

SELECT open_load('books', 'late readings', 'erp') AS load \gset
SELECT pg_temp.read('2025-10-01 00:30+02', '2025-10-01 01:30+02', '2025-10-01');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'books', :load), '23P01', NULL, 'readings over published ones are refused');
SELECT is(publish_load('books', :load, replace_readings => true), 1::bigint, 'unless they are to replace them');
SELECT results_eq($$SELECT starts_at FROM books.meter_reading_known WHERE month = '2025-10-01'$$,
                  $$VALUES ('2025-10-01 00:30+02'::timestamptz)$$, 'then they do');
SELECT is((SELECT count(*) FROM books.meter_reading WHERE month = '2025-10-01'), 2::bigint, 'and what they replaced is kept');

-- Findings come from many places, but the readings are the bulk of a ledger.
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS
$$BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END$$;
SELECT is((SELECT count(*) FROM pg_temp.plan_of('SELECT * FROM books_report.data_quality') line WHERE line ~ 'Scan on meter_reading_2025_12'),
          1::bigint, 'data_quality goes through the readings once, for those of the future');

-- What holds twice at one time would count twice: of a load, or of a load and what is held.
SELECT open_load('books', 'periods', 'erp') AS period_load \gset
INSERT INTO books.asset (asset_id, name, component, cost, acquired_on) VALUES ('S', 's', 'server', '1 USD', '2025-01-01');
INSERT INTO books.pool_asset (pool_id, asset_id, share, valid_from) VALUES ('P', 'S', 0.5, '2025-01-01');
INSERT INTO books.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('R', 'P', 8, '1 USD', '2025-01-01', '2025-03-01');
SELECT lives_ok(format('SELECT publish_load(%L, %s)', 'books', :period_load), 'periods that follow upon each other are published');
SELECT open_load('books', 'periods again', 'erp') AS period_load \gset
INSERT INTO books.site (site_id, name) VALUES ('H', 'h');
INSERT INTO books.energy_tariff (site_id, price_per_kwh, valid_from, valid_to)
VALUES ('H', '1 USD', '2025-01-01', '2025-02-02'), ('H', '2 USD', '2025-02-01', '2025-03-01'), ('H', '3 USD', '2025-03-01', 'infinity');
INSERT INTO books.pool_asset (pool_id, asset_id, share, valid_from) VALUES ('P', 'S', 0.5, '2025-06-01');
INSERT INTO books.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('R', 'P', 8, '1 USD', '2025-03-01');
INSERT INTO books.relation (party_id, parent_id, kind, valid_to) VALUES ('A', 'B', 'control', '2025-01-01');
INSERT INTO books.relation (party_id, parent_id, kind, valid_from) VALUES ('A', 'B', 'control', '2024-01-01'), ('A', 'B', 'sponsor', '2024-01-01');
SELECT bag_eq(format('SELECT table_name, fact, problem FROM check_load(%L, %s)', 'books', :period_load),
              $$VALUES ('energy_tariff', 'H', format('periods overlap on %s', date '2025-02-01')),
                       ('pool_asset', 'P, S', format('periods overlap on %s', date '2025-06-01')),
                       ('relation', 'A, B, control', format('periods overlap on %s', date '2024-01-01'))$$,
              'periods that overlap are not');
INSERT INTO books.pool_asset (pool_id, asset_id, share, valid_from, valid_to) VALUES ('P', 'S', 0.5, '2025-01-01', '2025-06-01');
SELECT is_empty(format('SELECT FROM check_load(%L, %s) WHERE table_name = %L', 'books', :period_load, 'pool_asset'), 'until the earlier one is ended');

-- Every rule of a table that spans columns has a name that says what it is.
SELECT is_empty($$
    SELECT c.conrelid::regclass, c.conname FROM pg_constraint c
    WHERE c.connamespace = 'books'::regnamespace AND c.contype = 'c' AND c.conname ~ '_check[0-9]*$' AND cardinality(c.conkey) > 1$$,
    'no rule over several columns goes without a name');
SELECT open_load('books', 'rows that break rules', 'erp') AS broken_load \gset
SELECT throws_like($$INSERT INTO books.asset (asset_id, name, component, cost, acquired_on, available_for_use_on)
                     VALUES ('X', 'x', 'server', '1 USD', '2025-01-02', '2025-01-01')$$, '%"available_not_before_acquired"', 'available before acquired');
SELECT throws_like($$INSERT INTO books.asset (asset_id, name, component, cost, acquired_on) VALUES ('X', 'x', 'chip', '1 USD', '2025-01-02')$$,
                   '%"chips_counted_on_chip_assets"', 'chips without a count');
SELECT throws_like($$INSERT INTO books.asset (asset_id, name, component, cost, acquired_on) VALUES ('X', 'x', 'server', '-1 USD', '2025-01-02')$$,
                   '%"cost_not_negative"', 'a negative cost');
SELECT throws_like($$INSERT INTO books.deal (deal_id, supplier_id, customer_id, kind, currency, amount, legal_status, evidence)
                     VALUES ('D', 'A', 'B', 'cloud', 'USD', '1 EUR', 'signed', 'filing')$$, '%"amounts_in_stated_currency"', 'an amount in another currency');
SELECT throws_like($$INSERT INTO books.deal (deal_id, supplier_id, customer_id, kind, currency, amount_low, amount_high, legal_status, evidence)
                     VALUES ('D', 'A', 'B', 'cloud', 'USD', '2 USD', '1 USD', 'signed', 'filing')$$, '%"amounts_low_to_high"', 'a range upside down');
SELECT throws_like($$INSERT INTO books.holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence)
                     VALUES ('E', 'H', 'A', 'B', 'equity', 'draw', '2025-01-01', '2025-01-01', 'USD', '0 USD', 'unknown', 'signed', 'filing')$$,
                   '%"unknown_means_no_amount"', 'an unknown amount given as 0');

-- ---------------------------------------------------------------------------
-- Retraction
-- ---------------------------------------------------------------------------
SELECT throws_ok(format('SELECT retract_load(%L, %s, NULL)', 'books', :load), '22004', NULL, 'a retraction needs a reason');
SELECT is(retract_load('books', :load, 'wrong file'), 1::bigint, 'a load is retracted');
SELECT is_empty($$SELECT FROM books.meter_reading_known WHERE month = '2025-10-01'$$, 'its facts are no longer held');
SELECT throws_ok(format('SELECT retract_load(%L, %s, %L)', 'books', :load, 'again'), '55000', NULL, 'once');

-- ---------------------------------------------------------------------------
-- Imported history goes in order, before what was recorded by the clock.
-- ---------------------------------------------------------------------------
SELECT create_ledger('history');
INSERT INTO history.source (source_id, kind, reference, confidence) VALUES ('press', 'press', 'a newspaper', 'medium');
SELECT open_load('history', 'first', 'press') AS load \gset
INSERT INTO history.party (party_id, name, kind) VALUES ('A', 'Aardvark', 'company');
SELECT lives_ok(format('SELECT publish_load(%L, %s, recorded_at => %L)', 'history', :load, '2025-09-01 12:00+00'));
SELECT open_load('history', 'second', 'press') AS load \gset
INSERT INTO history.party (party_id, name, kind) VALUES ('B', 'Badger', 'company');
SELECT throws_ok(format('SELECT publish_load(%L, %s, recorded_at => %L)', 'history', :load, '2025-08-01 12:00+00'), '22023', NULL, 'history is imported in order');
SELECT throws_ok(format('SELECT publish_load(%L, %s, recorded_at => %L)', 'history', :load, clock_timestamp() + interval '1 day'), '22023', NULL, 'and not from the future');
SELECT lives_ok(format('SELECT publish_load(%L, %s, recorded_at => %L)', 'history', :load, '2025-10-01 12:00+00'));
SELECT ok((SELECT imported FROM history.load WHERE load_id = :load), 'and flagged as imported');
SET LOCAL chipbook.as_of = '2025-09-30';
SELECT results_eq('SELECT party_id FROM history.party_known', $$VALUES ('A')$$, 'as of September, what was known in September');
SELECT is((SELECT effective_date FROM history.clock), '2025-09-30'::date, 'and today is the end of September');
SET LOCAL chipbook.as_of = '2025-10-01T12:00:00Z';
SELECT results_eq('SELECT party_id FROM history.party_known ORDER BY 1', $$VALUES ('A'), ('B')$$, 'a timestamp includes its own moment');
SET LOCAL chipbook.as_of = '';

-- ---------------------------------------------------------------------------
-- Nobody stands between a view and its tables; nobody drops in passing.
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE party (party_id text, name text, recorded_at timestamptz, superseded_at timestamptz);
INSERT INTO party VALUES ('X', 'impostor', '-infinity', 'infinity');
SELECT is_empty($$SELECT FROM history.party_known WHERE party_id = 'X'$$, 'a temporary table captures no view');
SELECT lives_ok($$SELECT create_ledger('later')$$);
SELECT is_empty($$SELECT FROM later.party_known WHERE party_id = 'X'$$, 'not even one made while it stands there');
DROP TABLE party;

SELECT throws_ok('DROP EXTENSION chipbook', '2BP01', NULL, 'the extension is not dropped while a ledger exists');
SELECT throws_ok($$SELECT drop_ledger('later', 'latter')$$, '22023', NULL, 'a ledger''s name is asked for twice');
SELECT throws_ok($$SELECT drop_ledger('nowhere', 'nowhere')$$, '3F000', NULL, 'and must be one');
SELECT throws_ok($$SELECT drop_ledger('taken', 'taken')$$, '3F000', NULL, 'another schema is not a ledger');
SELECT lives_ok($$SELECT drop_ledger('later', 'later')$$, 'a ledger is dropped');
SELECT hasnt_schema('later', 'with its tables');
SELECT hasnt_schema('later_report', 'and its views');
-- A schema made to look like a ledger, with a function that waits for a superuser to call it.
CREATE SCHEMA planted;
CREATE SCHEMA planted_report;
CREATE TABLE planted.ledger (reporting_currency currency, schema_version text);
INSERT INTO planted.ledger VALUES ('USD', ledger_schema_version());
CREATE FUNCTION planted.format(text, text) RETURNS text LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'format() of the planted schema was called'; END$$;
CREATE FUNCTION planted.format(text, text, text, name) RETURNS text LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'format() of the planted schema was called'; END$$;
SELECT lives_ok($$SELECT grant_ledger('planted', 'reader', 'pg_monitor')$$, 'granting runs nothing that stands in the schema');
SELECT lives_ok($$SELECT upgrade_ledger('planted')$$, 'nor does upgrading');
SELECT lives_ok($$SELECT drop_ledger('planted', 'planted')$$, 'nor dropping');
CREATE TEMPORARY TABLE meter_reading_2030_01 (x integer);
SELECT is(add_reading_partitions('history', '2030-01-01'), 1, 'a temporary table stands in for no partition');
DROP TABLE meter_reading_2030_01;
SELECT is(upgrade_ledger('history'), ledger_schema_version(), 'upgrade_ledger has nothing to do yet');
UPDATE history.ledger SET schema_version = '99.0';
SELECT throws_ok($$SELECT upgrade_ledger('history')$$, '0A000', NULL, 'a ledger from the future is left alone');

-- ---------------------------------------------------------------------------
-- What as_of filters by is read once, by the leader: an InitPlan, no function in the scan.
-- ---------------------------------------------------------------------------
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_leader_participation = off;
SET LOCAL chipbook.as_of = '2025-10-01T12:00:00Z';
CREATE TEMPORARY TABLE parallel_plan AS
    SELECT string_agg(l, E'\n') AS lines FROM pg_temp.plan_of('SELECT count(*) FROM history.party_known') l;
SELECT ok((SELECT lines ~ 'Gather' AND lines ~ 'Parallel Seq Scan on party' FROM parallel_plan), 'the plan is a parallel one');
SELECT ok((SELECT lines ~ 'InitPlan' AND lines !~ 'SubPlan' FROM parallel_plan), 'the moment is an InitPlan''s');
SELECT ok((SELECT substring(lines FROM 'Parallel Seq Scan on party.*') !~ 'as_of|held_at' FROM parallel_plan), 'no worker reads the setting');
SELECT is((SELECT count(*) FROM history.party_known), 2::bigint, 'and the workers answer as the leader does: as of October');
SET LOCAL chipbook.as_of = '2025-09-30';
SELECT is((SELECT count(*) FROM history.party_known), 1::bigint, 'as of September');
-- A moment after all that is recorded has to be looked up, by the leader, while the plan is parallel.
SELECT set_config('chipbook.as_of', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), true);
SELECT is((SELECT count(*) FROM history.party_known), 2::bigint, 'and as of a moment just passed');
SET LOCAL chipbook.as_of = '';
RESET parallel_leader_participation;

-- ---------------------------------------------------------------------------
-- Roles
-- ---------------------------------------------------------------------------
CREATE ROLE chipbook_test_reader;
CREATE ROLE chipbook_test_loader;
SELECT throws_ok($$SELECT grant_ledger('books', 'owner', 'chipbook_test_reader')$$, '22023', NULL, 'access is one of five');
SELECT lives_ok($$SELECT grant_ledger('books', 'reader', 'chipbook_test_reader')$$);
SELECT lives_ok($$SELECT grant_ledger('books', 'loader', 'chipbook_test_loader')$$);
GRANT USAGE ON SCHEMA public TO chipbook_test_reader, chipbook_test_loader;
SET ROLE chipbook_test_reader;
SELECT throws_ok('SELECT FROM books.party', '42501', NULL, 'a reader cannot name a table');
SELECT lives_ok('SELECT * FROM books_report.data_status', 'but reads what is published');
SELECT throws_ok($$SELECT open_load('books', 'x')$$, '42501', NULL, 'and writes nothing');
SET ROLE chipbook_test_loader;
SELECT open_load('books', 'by a loader', 'erp') AS load \gset
INSERT INTO books.party (party_id, name, kind) VALUES ('W', 'Weasel', 'company'), ('A', 'Aardvark SE', 'company');
SELECT is(publish_load('books', :load), 2::bigint, 'a loader publishes a load');
SELECT throws_ok($$UPDATE books.party SET name = 'forged'$$, '42501', NULL, 'but rewrites no fact');
SELECT throws_ok($$DELETE FROM books.party$$, '42501', NULL, 'and deletes none');
-- What publish_load writes is not his to write.
SELECT throws_ok(format($$INSERT INTO books.party (party_id, name, kind, load_id, source_id, recorded_at) VALUES ('F', 'f', 'company', %s, 'erp', '2020-01-01')$$, :load),
                 '42501', NULL, 'a loader inserts no fact as published');
SELECT throws_ok($$INSERT INTO books.load (description, recorded_at) VALUES ('f', '2020-01-01')$$, '42501', NULL, 'nor a load');
SELECT throws_ok($$INSERT INTO books.load (description, opened_by) VALUES ('f', 'somebody else')$$, '42501', NULL, 'nor one in another''s name');
SELECT throws_ok($$UPDATE books.party SET recorded_at = '2020-01-01' WHERE party_id = 'W'$$, '42501', NULL, 'he moves no fact in recorded time');
SELECT throws_ok($$UPDATE books.meter_reading SET superseded_at = now() WHERE superseded_at = 'infinity'$$, '42501', NULL, 'withdraws none by hand');
SELECT throws_ok(format('UPDATE books.load SET approved_by = NULL WHERE load_id = %s', :load), '42501', NULL, 'writes to no load');
SELECT throws_ok($$UPDATE books.ledger SET last_recorded_at = '2020-01-01 00:00Z'$$, '42501', NULL, 'nor to the ledger');
SELECT throws_ok($$SELECT books.next_recorded_time()$$, '42501', NULL, 'and takes no recorded time');
SELECT throws_ok($$SELECT approve_load('books', 1)$$, '42501', NULL, 'nor approves');
SELECT open_load('books', 'given up', 'erp') AS given_up \gset
INSERT INTO books.party (party_id, name, kind) VALUES ('G', 'Gnu', 'company');
SELECT is(discard_load('books', :given_up), 1::bigint, 'what is not published he can discard');
SELECT throws_ok(format('SELECT discard_load(%L, %s)', 'books', :load), '55000', NULL, 'what is published not');
SELECT is(add_reading_partitions('books', '2031-05-01'), 1, 'he makes partitions, which are the owner''s');
RESET ROLE;
SELECT is((SELECT count(DISTINCT relowner) FROM pg_class WHERE relnamespace = 'books'::regnamespace AND relname ~ '^meter_reading'), 1::bigint);
-- The owner of the tables can rewrite nothing either.
SELECT throws_ok($$UPDATE books.party SET name = 'forged' WHERE party_id = 'W'$$, '55000', 'published row of table "party" cannot be rewritten', 'a published fact keeps its values');
SELECT throws_ok($$UPDATE books.party SET name = 'forged', superseded_at = now() WHERE party_id = 'W'$$, '55000', NULL, 'also when it is superseded');
SELECT throws_ok($$UPDATE books.party SET recorded_at = NULL WHERE party_id = 'W'$$, '55000', NULL, 'and its recorded time');
SELECT throws_ok($$UPDATE books.party SET source_id = 'ledger' WHERE party_id = 'W'$$, '55000', NULL, 'and its source');
SELECT throws_ok($$UPDATE books.party SET superseded_at = '2020-01-01' WHERE party_id = 'W'$$, '55000', NULL, 'is superseded after it was recorded');
SELECT throws_ok($$DELETE FROM books.party WHERE party_id = 'W'$$, '55000', 'published row of table "party" cannot be removed', 'and stays');
SELECT throws_ok($$UPDATE books.meter_reading SET superseded_at = 'infinity' WHERE superseded_at < 'infinity'$$, '55000', NULL, 'nothing revives what was replaced');
SELECT throws_ok($$UPDATE books.meter_reading SET recorded_at = '2020-01-01' WHERE recorded_at IS NOT NULL$$, '55000', NULL, 'readings neither');
SELECT throws_ok(format('TRUNCATE books.%I', f.table_name), '55000', NULL, f.table_name || ' is not truncated') FROM ledger_fact_tables() f;
SELECT throws_ok(format('TRUNCATE %s', i.inhrelid::regclass), '55000', NULL, i.inhrelid::regclass || ' is not truncated')
FROM pg_inherits i WHERE i.inhparent = 'books.meter_reading'::regclass;
SELECT throws_ok(format('DELETE FROM %s', i.inhrelid::regclass), '55000', NULL, 'nor emptied')
FROM (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'books.meter_reading'::regclass AND inhrelid IN (SELECT tableoid FROM books.meter_reading WHERE recorded_at IS NOT NULL)) i;
SELECT throws_ok(format('UPDATE books.load SET recorded_at = NULL WHERE load_id = %s', :load), '55000', NULL, 'a published load stays published');
SELECT throws_ok(format('UPDATE books.load SET description = %L WHERE load_id = %s', 'x', :load), '55000', NULL, 'with what it says');
SELECT throws_ok(format('DELETE FROM books.load WHERE load_id = %s', :load), '55000', NULL, 'and is not removed');
SELECT throws_ok($$UPDATE books.load SET retracted_at = NULL, retracted_why = NULL WHERE retracted_at IS NOT NULL$$, '55000', NULL, 'a retracted one stays retracted');
SELECT throws_ok($$UPDATE books.source SET confidence = 'high'$$, '55000', NULL, 'a source stays what it was');
SELECT throws_ok($$UPDATE books.ledger SET last_recorded_at = '2020-01-01 00:00Z'$$, '55000', NULL, 'recorded time never goes back');
SELECT throws_ok($$UPDATE books.ledger SET last_recorded_at = 'infinity'$$, '55000', NULL, 'nor ahead of the clock');
SELECT throws_ok($$UPDATE books.ledger SET time_zone = 'Asia/Tokyo'$$, '55000', NULL, 'a ledger keeps its settings, which earlier answers rest on');
SELECT throws_ok($$DELETE FROM books.ledger$$, '55000', NULL, 'and its row');
SET ROLE chipbook_test_loader;
SELECT is(retract_load('books', :load, 'by its loader'), 2::bigint, 'a loader retracts a load');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
