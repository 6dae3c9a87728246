-- Costs that change inside a month: the month is cut where they do, and each interval's cost is
-- split by what the chips did in it. Worked by hand; no figure is from the code.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';      -- no figure may depend on the session's zone
SET DateStyle = 'SQL, DMY';
SELECT no_plan();

-- Readings of whole days: so many chips installed, available, allocated and used.
CREATE FUNCTION pg_temp.meter(ledger text, pool text, from_day date, to_day date, installed numeric, available numeric, allocated numeric, used numeric) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    zone text;
BEGIN
    EXECUTE format('SELECT time_zone FROM %I.ledger', ledger) INTO zone;
    EXECUTE format('INSERT INTO %I.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
                    SELECT $1, s.a, s.b, date_trunc(''month'', d)::date, $2 * s.ms, $3 * s.ms, $4 * s.ms, $5 * s.ms, ''sm_active''
                    FROM generate_series($6::timestamp, $7::timestamp - interval ''1 day'', ''1 day'') d
                    CROSS JOIN LATERAL (SELECT d AT TIME ZONE $8 AS a, (d + interval ''1 day'') AT TIME ZONE $8 AS b,
                                               1000 * extract(epoch FROM (d + interval ''1 day'') AT TIME ZONE $8 - d AT TIME ZONE $8) AS ms) s', ledger)
    USING pool, installed, available, allocated, used, from_day, to_day, zone;
END
$$;

-- ---------------------------------------------------------------------------
-- June 2025, 30 days of 24 hours
-- ---------------------------------------------------------------------------
SELECT create_ledger('i');
INSERT INTO i.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('i', 'June', 't') AS load_id \gset
SELECT add_reading_partitions('i', '2025-05-01', '2025-07-01');
INSERT INTO i.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('C', 'chip of 1 kW', 1000, 1, 1);
INSERT INTO i.site (site_id, name, pue) VALUES ('S', 'site', 1);
INSERT INTO i.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES ('S', '1 USD', '2025-01-01', '2025-06-16'), ('S', '3 USD', '2025-06-16', 'infinity');
INSERT INTO i.pool (pool_id, name, ownership, site_id, chip_model_id) VALUES
    ('rental', 'a rental ends', 'rented', NULL, NULL), ('rate', 'a rate changes', 'rented', NULL, NULL), ('added', 'an asset is added', 'owned', NULL, NULL),
    ('estimate', 'a change of estimate', 'owned', NULL, NULL), ('disposal', 'half is disposed of', 'owned', NULL, NULL), ('steady', 'nothing changes', 'rented', NULL, NULL),
    ('credit', 'a credit', 'rented', NULL, NULL), ('factor', 'a factor of depreciation', 'owned', NULL, NULL), ('tariff', 'a tariff changes', 'owned', 'S', 'C'),
    ('moved', 'share of an asset', 'owned', NULL, NULL), ('took', 'the other', 'owned', NULL, NULL), ('kw', 'by the kilowatt', 'owned', 'S', 'C'),
    ('dark', 'no reading', 'rented', NULL, NULL), ('two', 'two currencies', 'rented', NULL, NULL), ('third', 'thirds', 'rented', NULL, NULL),
    ('card', 'a rate card changes', 'rented', NULL, 'C'), ('demand', 'and on demand', 'rented', NULL, 'C');

-- 10 chips at 1 USD all June, 10 at 5 USD up to the 15th: 360 h x (10 + 50) = 21,600, all used; then 360 h x 10 = 3,600, none allocated.
-- By the month's chip-time 7,200 of 10,800 would have been used, and 16,800 of the 25,200 productive.
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES
    ('r1', 'rental', 10, '1 USD', '2025-06-01', 'infinity'), ('r2', 'rental', 10, '5 USD', '2025-01-01', '2025-06-16');
SELECT pg_temp.meter('i', 'rental', '2025-06-01', '2025-06-16', 20, 20, 20, 20), pg_temp.meter('i', 'rental', '2025-06-16', '2025-07-01', 10, 10, 0, 0);

-- 3,000 a month for ten days (1,000), then 6,000 for twenty (4,000): used in the ten, allocated in the twenty. By chip-time 1,666.67 of 5,000.
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r3', 'rate', 10, '0 USD', '2025-01-01');
INSERT INTO i.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from, valid_to) VALUES
    ('c1', 'rate', 'facility', 'month', '3000 USD', '2025-01-01', '2025-06-11'), ('c2', 'rate', 'facility', 'month', '6000 USD', '2025-06-11', 'infinity');
SELECT pg_temp.meter('i', 'rate', '2025-06-01', '2025-06-11', 10, 10, 10, 10), pg_temp.meter('i', 'rate', '2025-06-11', '2025-07-01', 10, 10, 10, 0);

-- 3,000 a month of ten chips; ten more from the 16th, whose month is charged whole, 9,000. 1,500 of ten chips half used; then 1,500 + 9,000 of twenty, all used.
INSERT INTO i.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on) VALUES
    ('a1', 'first', 'chip', 10, '36000 USD', '2025-01-01', '2025-01-01', NULL), ('a2', 'second', 'chip', 10, '108000 USD', '2025-06-16', '2025-06-16', NULL),
    ('e1', 'shortened', 'chip', 10, '7300 USD', '2025-01-01', '2025-01-01', NULL), ('d1', 'disposed', 'chip', 10, '3650 USD', '2025-01-01', '2025-01-01', NULL),
    ('f1', 'factor', 'server', NULL, '36000 USD', '2025-01-01', '2025-01-01', NULL), ('f2', 'factor', 'chip', 10, '108000 USD', '2025-06-16', '2025-06-16', NULL),
    ('m1', 'moved', 'chip', 10, '36000 USD', '2025-01-01', '2025-01-01', NULL), ('m2', 'stays', 'chip', 10, '108000 USD', '2025-01-01', '2025-01-01', NULL),
    ('k1', 'kilowatts', 'chip', 10, '0 USD', '2025-01-01', '2025-01-01', NULL), ('k2', 'kilowatts', 'chip', 30, '0 USD', '2025-06-16', '2025-06-16', NULL),
    ('t1', 'energy', 'chip', 10, '0 USD', '2025-01-01', '2025-01-01', NULL);
INSERT INTO i.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', amortisation_policy(method => 'straight_line', life => l, convention => c)
FROM (VALUES ('a1', interval '1 year', 'full_month'), ('a2', '1 year', 'full_month'), ('e1', '2 years', 'actual_days'), ('d1', '1 year', 'actual_days'),
             ('f1', '1 year', 'full_month'), ('f2', '1 year', 'full_month'), ('m1', '1 year', 'full_month'), ('m2', '1 year', 'full_month'),
             ('k1', '1 year', 'full_month'), ('k2', '1 year', 'full_month'), ('t1', '1 year', 'full_month')) v (a, l, c);
INSERT INTO i.pool_asset (pool_id, asset_id, share, valid_from, valid_to) VALUES
    ('added', 'a1', 1, '-infinity', 'infinity'), ('added', 'a2', 1, '-infinity', 'infinity'), ('estimate', 'e1', 1, '-infinity', 'infinity'),
    ('disposal', 'd1', 1, '-infinity', 'infinity'), ('factor', 'f1', 1, '-infinity', 'infinity'), ('factor', 'f2', 1, '-infinity', 'infinity'),
    ('moved', 'm1', 0.5, '-infinity', '2025-06-11'), ('moved', 'm1', 0.25, '2025-06-11', 'infinity'), ('moved', 'm2', 1, '-infinity', 'infinity'),
    ('took', 'm1', 0.5, '-infinity', '2025-06-11'), ('took', 'm1', 0.75, '2025-06-11', 'infinity'),
    ('kw', 'k1', 1, '-infinity', 'infinity'), ('kw', 'k2', 1, '-infinity', 'infinity'), ('tariff', 't1', 1, '-infinity', 'infinity');
SELECT pg_temp.meter('i', 'added', '2025-06-01', '2025-06-16', 10, 10, 10, 5), pg_temp.meter('i', 'added', '2025-06-16', '2025-07-01', 20, 20, 20, 20);
-- 7,300 over 730 days, 10 a day; from the 16th what is left, 5,640 after 166 days, is charged over the 282 days to 25 March 2026: 20 a day.
-- 150 used, 300 allocated and not used.
INSERT INTO i.asset_event (event_id, asset_id, basis, kind, happened_on, policy) VALUES
    ('ev1', 'e1', 'ifrs', 'change_of_estimate', '2025-06-16', amortisation_policy(method => 'straight_line', life => interval '448 days', convention => 'actual_days'));
SELECT pg_temp.meter('i', 'estimate', '2025-06-01', '2025-06-16', 10, 10, 10, 10), pg_temp.meter('i', 'estimate', '2025-06-16', '2025-07-01', 10, 10, 10, 0);
-- 10 a day; half of it goes on the 16th, 5 a day from there: 150 idle, 75 used.
INSERT INTO i.asset_event (event_id, asset_id, kind, happened_on, chips) VALUES ('ev2', 'd1', 'disposal', '2025-06-16', 5);
SELECT pg_temp.meter('i', 'disposal', '2025-06-01', '2025-06-16', 10, 10, 0, 0), pg_temp.meter('i', 'disposal', '2025-06-16', '2025-07-01', 5, 5, 5, 5);
-- 2 USD, 10 chips, a third of the month used and the rest not available: 4,800 and 9,600.
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r4', 'steady', 10, '2 USD', '2025-01-01');
SELECT pg_temp.meter('i', 'steady', '2025-06-01', '2025-06-11', 10, 10, 10, 10), pg_temp.meter('i', 'steady', '2025-06-11', '2025-07-01', 10, 0, 0, 0);
-- 10 chips at 1 USD; a credit of 1 USD an hour of 20 more from the 16th: 3,600 used; 3,600 - 7,200 = - 3,600 not allocated.
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r5', 'credit', 10, '1 USD', '2025-01-01'), ('r6', 'credit', 20, '-1 USD', '2025-06-16');
SELECT pg_temp.meter('i', 'credit', '2025-06-01', '2025-06-16', 10, 10, 10, 10), pg_temp.meter('i', 'credit', '2025-06-16', '2025-07-01', 30, 30, 0, 0);
-- Hardware 3,000 of servers, and from the 16th 9,000 of ten chips: 1,500 and 10,500. An interconnect of a tenth of it all month, 1,200: 150 and 1,050; nothing is
-- metered before the 16th: 1,650. Then all is used: 11,550.
INSERT INTO i.cost_rate (cost_rate_id, pool_id, component, unit, factor, valid_from) VALUES ('c3', 'factor', 'interconnect', 'depreciation', 0.1, '2025-01-01');
SELECT pg_temp.meter('i', 'factor', '2025-06-16', '2025-07-01', 10, 10, 10, 10);
-- 10 kW x 720 h: 3,600 kWh at 1 USD, half used, then 3,600 at 3 USD, not used at all: energy 14,400, of which 1,800 productive.
SELECT pg_temp.meter('i', 'tariff', '2025-06-01', '2025-06-16', 10, 10, 10, 5), pg_temp.meter('i', 'tariff', '2025-06-16', '2025-07-01', 10, 10, 10, 0);
-- m1's 3,000 x (0.5 x 10 + 0.25 x 20) / 30 = 1,000: 500 for each part; m2's 9,000: 3,000 and 6,000. Used, then not available.
SELECT pg_temp.meter('i', 'moved', '2025-06-01', '2025-06-11', 15, 15, 15, 15), pg_temp.meter('i', 'moved', '2025-06-11', '2025-07-01', 12.5, 0, 0, 0);
-- 100 USD a kW and month, 10 kW and then 40: 500 used, 2,000 idle. Readings have no energy of their own: estimated.
INSERT INTO i.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from) VALUES ('c4', 'kw', 'facility', 'kw_month', '100 USD', '2025-01-01');
SELECT pg_temp.meter('i', 'kw', '2025-06-01', '2025-06-16', 10, 10, 10, 10), pg_temp.meter('i', 'kw', '2025-06-16', '2025-07-01', 40, 40, 40, 0);
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r7', 'dark', 10, '1 USD', '2025-01-01', '2025-06-16');
-- USD until the 15th, all used; EUR from the 16th, none.
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES
    ('r8', 'two', 10, '1 USD', '2025-01-01', '2025-06-16'), ('r9', 'two', 10, '1 EUR', '2025-06-16', 'infinity');
SELECT pg_temp.meter('i', 'two', '2025-06-01', '2025-06-16', 10, 10, 10, 10), pg_temp.meter('i', 'two', '2025-06-16', '2025-07-01', 10, 10, 10, 0);
-- 0.1 USD for 10 days of one chip, 24, a third used; then 20 days of two, 48 + 336 = 384, of whose 172,800,000 ms a day 24,685,714 were used.
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES
    ('r10', 'third', 1, '0.1 USD', '2025-01-01', 'infinity'), ('r11', 'third', 1, '0.7 USD', '2025-06-11', 'infinity');
SELECT pg_temp.meter('i', 'third', '2025-06-01', '2025-06-11', 1, 1, 1, 1 / 3.0), pg_temp.meter('i', 'third', '2025-06-11', '2025-07-01', 2, 2, 2, 2 / 7.0);
-- A card of 1 USD, from the 16th 2: 3,600 used, 7,200 not.
INSERT INTO i.party (party_id, name, kind) VALUES ('CLOUD', 'Cloud', 'company');
INSERT INTO i.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from, valid_to) VALUES
    ('reserved', 'CLOUD', 'C', 'reserved', '1 USD', '2025-01-01', '2025-06-16'), ('reserved', 'CLOUD', 'C', 'reserved', '2 USD', '2025-06-16', 'infinity'),
    ('on demand', 'CLOUD', 'C', 'on_demand', '4 USD', '2025-01-01', '2025-06-16'), ('on demand', 'CLOUD', 'C', 'on_demand', '8 USD', '2025-06-16', 'infinity');
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate_card_id, pricing, valid_from) VALUES
    ('r12', 'card', 10, 'reserved', 'reserved', '2025-01-01'), ('r13', 'demand', 10, 'on demand', 'on_demand', '2025-01-01');
SELECT pg_temp.meter('i', 'card', '2025-06-01', '2025-06-16', 10, 10, 10, 10), pg_temp.meter('i', 'card', '2025-06-16', '2025-07-01', 10, 10, 10, 0);
-- 5 chips at 1 USD and up to 10 on demand at 4, from the 16th 8: 15 metered, 1,800 + 14,400, all used; then 10, 1,800 + 14,400, half used.
INSERT INTO i.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r14', 'demand', 5, '1 USD', '2025-01-01');
SELECT pg_temp.meter('i', 'demand', '2025-06-01', '2025-06-16', 15, 15, 15, 15), pg_temp.meter('i', 'demand', '2025-06-16', '2025-07-01', 10, 10, 10, 5);
SELECT publish_load('i', recorded_at => '2025-07-10', load_id => :load_id);
SET chipbook.as_of = '2025-07-15';

SELECT results_eq($$SELECT pool_id, currency, total_cost, productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, unmetered_cost
                    FROM i_report.utilisation_weighted_spend WHERE period_month = '2025-06-01' AND pool_id NOT IN ('third', 'took') ORDER BY pool_id COLLATE "C", currency COLLATE "C"$$,
    $$VALUES ('added', 'USD', 12000.0::numeric, 11250.0::numeric, 750.0::numeric, 0.0::numeric, 0.0::numeric, 0.0::numeric),
             ('card', 'USD', 10800.0, 3600.0, 7200.0, 0.0, 0.0, 0.0),
             ('credit', 'USD', 0.0, 3600.0, 0.0, -3600.0, 0.0, 0.0),
             ('dark', 'USD', 3600.0, 0.0, 0.0, 0.0, 0.0, 3600.0),
             ('demand', 'USD', 32400.0, 24300.0, 8100.0, 0.0, 0.0, 0.0),
             ('disposal', 'USD', 225.0, 75.0, 0.0, 150.0, 0.0, 0.0),
             ('estimate', 'USD', 450.0, 150.0, 300.0, 0.0, 0.0, 0.0),
             ('factor', 'USD', 13200.0, 11550.0, 0.0, 0.0, 0.0, 1650.0),
             -- and energy: 3,600 kWh at 1 USD, 14,400 at 3.
             ('kw', 'USD', 2500.0 + 3600 + 43200, 500.0 + 3600, 2000.0 + 43200, 0.0, 0.0, 0.0),
             ('moved', 'USD', 10000.0, 3500.0, 0.0, 0.0, 6500.0, 0.0),
             ('rate', 'USD', 5000.0, 1000.0, 4000.0, 0.0, 0.0, 0.0),
             ('rental', 'USD', 25200.0, 21600.0, 0.0, 3600.0, 0.0, 0.0),
             ('steady', 'USD', 14400.0, 4800.0, 0.0, 0.0, 9600.0, 0.0),
             ('tariff', 'USD', 14400.0, 1800.0, 12600.0, 0.0, 0.0, 0.0),
             ('two', 'EUR', 3600.0, 0.0, 3600.0, 0.0, 0.0, 0.0),
             ('two', 'USD', 3600.0, 3600.0, 0.0, 0.0, 0.0, 0.0)$$,
    'a cost is borne by what the chips did while it was paid');
SELECT results_eq($$SELECT total_cost, round(productive_cost, 9), total_cost - productive_cost - allocated_idle_cost FROM i_report.utilisation_weighted_spend
                    WHERE period_month = '2025-06-01' AND pool_id = 'third'$$,
    $$VALUES (408.0, round(8 + 384.0 * 24685714 / 172800000, 9), 0.0)$$, 'thirds and sevenths add up to the last digit');
SELECT results_eq($$SELECT pool_id, total_cost, unmetered_cost FROM i_report.utilisation_weighted_spend WHERE period_month = '2025-06-01' AND pool_id = 'took'$$,
    $$VALUES ('took', 2000.0, 2000.0)$$, 'the rest of an asset in two pools is the other''s');
SELECT results_eq($$SELECT DISTINCT pool_id FROM i.pool_month_cost WHERE chip_weights IS NULL AND currency IS NOT NULL AND period_month = '2025-06-01' ORDER BY 1$$,
    $$VALUES ('steady'), ('tariff')$$, 'where nothing changes but the tariff the month''s own chip-time is the weight');
SELECT is_empty($$SELECT FROM i.pool_month_cost WHERE (chip_weights IS NOT NULL OR time_weights IS NOT NULL) AND period_month <> '2025-06-01'$$, 'in other months too');
SELECT results_eq($$SELECT from_day, parts FROM i.pool_interval_part('2025-06-01', false) WHERE pool_id = 'estimate' ORDER BY 1$$,
    $$VALUES (date '2025-06-01', '{150,0,0,0,0}'::numeric[]), ('2025-06-16', '{0,300,0,0,0}')$$, 'a change of estimate is charged from its day');
SELECT is_empty('SELECT * FROM i_report.ledger_check WHERE NOT ok', 'everything adds up');
SELECT results_eq($$SELECT ownership, sum(total_cost) FROM i_report.chip_hour_cost WHERE period_month = '2025-06-01' AND currency = 'USD' GROUP BY 1 ORDER BY 1$$,
    $$SELECT ownership, sum(total_cost) FROM i_report.utilisation_weighted_spend WHERE period_month = '2025-06-01' AND currency = 'USD' GROUP BY 1 ORDER BY 1$$,
    'chip_hour_cost has the same');

-- A cut where nothing costs more or less moves nothing.
RESET chipbook.as_of;
CREATE TEMP TABLE june AS SELECT * FROM i_report.utilisation_weighted_spend WHERE pool_id = 'steady';
SELECT open_load('i', 'a cut', 't') AS load_id \gset
INSERT INTO i.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from) VALUES ('cut', 'steady', 'facility', 'month', '0 USD', '2025-06-13');
SELECT publish_load('i', :load_id);
SELECT results_eq($$SELECT period_month, productive_cost, unavailable_cost, unmetered_cost, total_cost FROM i_report.utilisation_weighted_spend WHERE pool_id = 'steady' ORDER BY 1$$,
    'SELECT period_month, productive_cost, unavailable_cost, unmetered_cost, total_cost FROM june ORDER BY 1', 'a cut alone moves nothing');
SELECT isnt_empty($$SELECT FROM i.pool_month_cost WHERE pool_id = 'steady' AND chip_weights IS NOT NULL$$, 'though it is one');

-- ---------------------------------------------------------------------------
-- Berlin: 743 hours in March 2025, 745 in October; 29 days in February 2024
-- ---------------------------------------------------------------------------
SELECT create_ledger('berlin', 'EUR', 1, 'Europe/Berlin', 'hgb');
INSERT INTO berlin.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('berlin', 'hours', 't') AS load_id \gset
SELECT add_reading_partitions('berlin', '2024-02-01', '2025-10-01');
INSERT INTO berlin.pool (pool_id, name, ownership) VALUES ('hours', 'by the hour', 'rented'), ('days', 'by the day', 'rented');
-- One chip at 1 EUR for the month, a second from the 16th: 15 x 24 = 360 EUR used; then 2 x 383 = 766 (March) and 2 x 385 = 770 (October) allocated.
INSERT INTO berlin.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES
    ('r1', 'hours', 1, '1 EUR', '2025-03-01', '2025-04-01'), ('r2', 'hours', 1, '1 EUR', '2025-03-16', '2025-04-01'),
    ('r3', 'hours', 1, '1 EUR', '2025-10-01', '2025-11-01'), ('r4', 'hours', 1, '1 EUR', '2025-10-16', '2025-11-01'),
    ('r5', 'days', 1, '0 EUR', '2024-02-01', '2024-03-01');
SELECT pg_temp.meter('berlin', 'hours', '2025-03-01', '2025-03-16', 1, 1, 1, 1), pg_temp.meter('berlin', 'hours', '2025-03-16', '2025-04-01', 2, 2, 2, 0),
       pg_temp.meter('berlin', 'hours', '2025-10-01', '2025-10-16', 1, 1, 1, 1), pg_temp.meter('berlin', 'hours', '2025-10-16', '2025-11-01', 2, 2, 2, 0);
-- 2,900 EUR a month for 14 of 29 days, 5,800 for 15: 1,400 used, 3,000 not.
INSERT INTO berlin.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from, valid_to) VALUES
    ('c1', 'days', 'operations', 'month', '2900 EUR', '2024-02-01', '2024-02-15'), ('c2', 'days', 'operations', 'month', '5800 EUR', '2024-02-15', '2024-03-01');
SELECT pg_temp.meter('berlin', 'days', '2024-02-01', '2024-02-15', 1, 1, 1, 1), pg_temp.meter('berlin', 'days', '2024-02-15', '2024-03-01', 1, 1, 1, 0);
SELECT publish_load('berlin', :load_id, recorded_at => '2025-11-10 00:00+00');
SET chipbook.as_of = '2025-11-15';
SELECT results_eq($$SELECT period_month, installed_chip_hours, total_cost, productive_cost, allocated_idle_cost FROM berlin_report.utilisation_weighted_spend ORDER BY 1$$,
    $$VALUES (date '2024-02-01', 696.0, 4400.0, 1400.0, 3000.0), ('2025-03-01', 360.0 + 766, 1126.0, 360.0, 766.0), ('2025-10-01', 360.0 + 770, 1130.0, 360.0, 770.0)$$,
    'months of 743 and 745 hours, and a leap day');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Any ledger: the parts are the whole, and where every hour was used alike so is every cost
-- ---------------------------------------------------------------------------
SELECT setseed(0.25);
SELECT create_ledger('a', 'EUR', 1, 'Europe/Berlin', 'hgb');
INSERT INTO a.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('a', 'random', 't') AS load_id \gset
SELECT add_reading_partitions('a', '2025-01-01', '2025-04-01');
CREATE FUNCTION pg_temp.any_day() RETURNS date LANGUAGE sql VOLATILE RETURN date '2024-12-15' + (random() * 120)::integer;
INSERT INTO a.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('C', 'chip', 700, 1.82, 0.75);
INSERT INTO a.site (site_id, name, pue) VALUES ('S', 'site', 1.1);
INSERT INTO a.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES ('S', '0.1 EUR', '2025-01-01', '2025-02-11'), ('S', '0.2 EUR', '2025-02-11', 'infinity');
INSERT INTO a.pool (pool_id, name, ownership, site_id, chip_model_id) SELECT 'p' || p, 'pool', 'owned', 'S', 'C' FROM generate_series(1, 12) p;
INSERT INTO a.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on)
SELECT 'a' || n, 'asset', CASE WHEN n % 3 > 0 THEN 'chip' ELSE 'server' END, CASE WHEN n % 3 > 0 THEN 1 + n % 7 END,
       monetary(round((random() * 100000)::numeric, 2), (CASE WHEN n % 5 = 0 THEN 'USD' ELSE 'EUR' END)::currency), d, d, CASE WHEN n % 4 = 0 THEN d + 40 END
FROM generate_series(1, 40) n, LATERAL (SELECT pg_temp.any_day() + 0 * n AS d) x;
INSERT INTO a.asset_policy (asset_id, basis, policy)
SELECT 'a' || n, b, amortisation_policy(method => 'straight_line', life => make_interval(months => 2 + n), convention => CASE WHEN n % 2 = 0 THEN 'full_month' ELSE 'actual_days' END)
FROM generate_series(1, 40) n, unnest(ARRAY['hgb', 'us_gaap']) b WHERE b = 'hgb' OR n % 2 = 0;
INSERT INTO a.pool_asset (pool_id, asset_id, share, valid_from, valid_to)
SELECT 'p' || 1 + n % 12, 'a' || n, round(random()::numeric, 2), d, d + 10 + (random() * 60)::integer FROM generate_series(1, 40) n, LATERAL (SELECT pg_temp.any_day() + 0 * n AS d) x;
INSERT INTO a.asset_event (event_id, asset_id, kind, happened_on, amount, share)
SELECT 'e' || n, 'a' || n, CASE WHEN n % 2 = 0 THEN 'disposal' ELSE 'addition' END, a.acquired_on + 1 + (random() * 60)::integer,
       CASE WHEN n % 2 = 1 THEN monetary(100, currency(a.cost)) END, CASE WHEN n % 2 = 0 THEN 0.5 END
FROM generate_series(1, 40, 3) n JOIN a.asset a ON a.asset_id = 'a' || n;
INSERT INTO a.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to)
SELECT 'r' || n, 'p' || 1 + n % 12, 1 + n % 4, monetary(round((random() * 3 - 0.3)::numeric, 4), 'EUR'), d, d + 5 + (random() * 60)::integer
FROM generate_series(1, 30) n, LATERAL (SELECT pg_temp.any_day() + 0 * n AS d) x;
INSERT INTO a.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from, valid_to)
SELECT 'c' || n, 'p' || 1 + n % 12, (ARRAY['facility', 'interconnect', 'operations'])[1 + n % 3], u, CASE WHEN u <> 'depreciation' THEN '12.34 EUR'::monetary END,
       CASE WHEN u = 'depreciation' THEN round(random()::numeric, 3) END, d, d + 5 + (random() * 60)::integer
FROM generate_series(1, 30) n, LATERAL (SELECT pg_temp.any_day() + 0 * n AS d, (ARRAY['month', 'chip_hour', 'kw_month', 'depreciation'])[1 + n % 4] AS u) x;
INSERT INTO a.party (party_id, name, kind) VALUES ('R', 'lessor', 'company'), ('L', 'lessee', 'company');
INSERT INTO a.deal (deal_id, supplier_id, customer_id, kind, currency, legal_status, evidence) VALUES ('l', 'R', 'L', 'lease', 'EUR', 'signed', 'contract');
INSERT INTO a.lease (lease_id, deal_id, pool_id, chips, commences_on, period_months, payments, in_advance, rate)
SELECT 'l' || n, 'l', 'p' || 1 + n % 12, 1 + n % 5, d, 1 + n % 2, array_fill(monetary(round((random() * 1000)::numeric, 2), (CASE WHEN n % 5 = 0 THEN 'USD' ELSE 'EUR' END)::currency), ARRAY[1 + n % 4]), n % 3 = 0, 0.06
FROM generate_series(1, 20) n, LATERAL (SELECT pg_temp.any_day() + 0 * n AS d) x;
INSERT INTO a.lease_modification (lease_id, effective_on, kind, payments, chips)
SELECT l.lease_id, l.commences_on + 10, 'modification', ARRAY[l.payments[1] / 3, l.payments[1] / 2], 2 * l.chips FROM a.lease l WHERE cardinality(l.payments) = 3;
-- Pools 1 to 6 at random; pools 7 to 12 the same every hour of as many chips as could ever be there: half used, a quarter idle, an eighth unallocated.
SELECT pg_temp.meter('a', 'p' || p, d::date, d::date + 1, 12, 12 - b, 12 - b - c, 12 - b - c - e)
FROM generate_series(1, 6) p, generate_series(timestamp '2025-01-01', timestamp '2025-04-29', '1 day') d,
     LATERAL (SELECT (random() * 4)::integer + 0 * p AS b, (random() * 4)::integer AS c, (random() * 4)::integer AS e) x WHERE random() < 0.8;
SELECT pg_temp.meter('a', 'p' || p, '2025-01-01', '2025-05-01', 800, 700, 600, 400) FROM generate_series(7, 12) p;
SELECT publish_load('a', :load_id, recorded_at => '2025-05-10 00:00+00');
SET chipbook.as_of = '2025-05-15';
SELECT cmp_ok((SELECT count(*) FROM a.pool_month_cost WHERE chip_weights IS NOT NULL), '>', 50::bigint, 'many months have changes');
SELECT isnt_empty('SELECT FROM a.pool_month_cost WHERE credit <> 0', 'some with costs and credits');
SELECT cmp_ok((SELECT count(*) FROM a.pool_month_cost WHERE lease <> 0 AND chip_weights IS NOT NULL), '>', 10::bigint, 'and many with leases that begin, change or end');
SELECT is_empty($$SELECT * FROM a_report.utilisation_weighted_spend_all_bases
                  WHERE (total_cost = productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost) IS NOT TRUE
                     OR (total_cost = depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost) IS NOT TRUE$$, 'the parts are the whole, to the last digit');
SELECT is_empty('SELECT * FROM a_report.ledger_check WHERE NOT ok', 'and every check is');
SELECT is_empty($$SELECT k.pool_id, k.basis, k.currency, k.period_month, c.cost, k.total - k.energy
                  FROM (SELECT DISTINCT period_month FROM a.pool_month_change WHERE period_month < '2025-05-01') m
                  CROSS JOIN LATERAL (SELECT n.pool_id, n.basis, n.currency, sum(v.part * CASE n.kind WHEN 'credit' THEN -1 WHEN 'cost' THEN 1 ELSE 0 END) AS cost
                                      FROM a.pool_interval_part(m.period_month, false) n, unnest(n.parts) v (part) GROUP BY 1, 2, 3) c
                  JOIN a.pool_month_split k ON k.period_month = m.period_month AND k.pool_id = c.pool_id AND k.basis = c.basis AND k.currency = c.currency
                  WHERE abs(c.cost - (k.total - k.energy)) > 1e-12 AND k.total - k.energy > 0$$, 'the intervals of a month cost what the month does');
SELECT is_empty($$SELECT k.pool_id, k.period_month, k.basis, k.currency FROM a.pool_month_split k
                  WHERE k.period_month <> '2024-12-01' AND regexp_replace(k.pool_id, '\D', '', 'g')::integer >= 7
                    AND greatest(abs(k.productive - k.total / 2), abs(k.allocated_idle - k.total / 4), abs(k.unallocated - k.total / 8), abs(k.unavailable - k.total / 8)) > 1e-13$$,
    'where all hours are alike so is every interval');

SELECT * FROM finish();
ROLLBACK;
