-- Rented beside owned: rate cards that change inside a month, rentals on demand, hours without a
-- rate, providers on one definition, and from which utilisation on owning is cheaper.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SELECT no_plan();

SELECT create_ledger('r');
-- List prices of an instance over its chips, as these sources print them.
INSERT INTO r.source (source_id, kind, reference, published_on, confidence) VALUES
    ('t', 'test', 'test', NULL, 'high'),
    ('coreweave', 'price list', 'coreweave.com/pricing: HGX H100, 8 chips, 49.24 USD an hour, on demand', '2026-09-20', 'medium'),
    ('gpu_prices', 'price list', 'silybench-data gpu_prices.csv 045df3b: Lambda 8x H100 SXM 31.92 USD an hour on demand; Nebius H100 3.85', '2026-09-25', 'medium'),
    ('aws', 'press', 'AWS p5.48xlarge, 8 H100: 98.32 USD an hour on demand (2023-07-26), 43.16 reserved for three years (nextplatform.com 2023-07-27)', '2023-07-27', 'medium');
SELECT open_load('r', 'rent', 't') AS first_load \gset
INSERT INTO r.party (party_id, name, kind) SELECT p, p, 'company' FROM unnest('{US,CoreWeave,Lambda,Nebius,AWS,Euro,Gap}'::text[]) p;
INSERT INTO r.chip_model (chip_model_id, name) VALUES ('H100', 'H100');
INSERT INTO r.rate_card (rate_card_id, provider_id, chip_model_id, pricing, term_months, region, kind, rate, valid_from, valid_to, source_id) VALUES
    ('cw', 'CoreWeave', 'H100', 'on_demand', NULL, 'North America', 'list', '49.24 USD'::monetary / 8, '2026-09-20', 'infinity', 'coreweave'),
    ('lambda', 'Lambda', 'H100', 'on_demand', NULL, NULL, 'list', '31.92 USD'::monetary / 8, '2026-09-25', 'infinity', 'gpu_prices'),
    ('aws', 'AWS', 'H100', 'on_demand', NULL, 'us-east-1', 'list', '98.32 USD'::monetary / 8, '2023-07-26', 'infinity', 'aws'),
    ('aws-3y', 'AWS', 'H100', 'reserved', 36, 'us-east-1', 'list', '43.16 USD'::monetary / 8, '2023-07-27', 'infinity', 'aws'),
    -- The list price until the 15th, what was agreed from the 16th on.
    ('nebius', 'Nebius', 'H100', 'reserved', NULL, NULL, 'list', '3.85 USD', '2026-09-25', '2026-10-16', 'gpu_prices'),
    ('nebius', 'Nebius', 'H100', 'reserved', 12, NULL, 'contract', '3.50 USD', '2026-10-16', 'infinity', 't'),
    ('euro', 'Euro', 'H100', 'reserved', 12, NULL, 'contract', '2 EUR', '2026-01-01', 'infinity', 't'),
    ('burst', 'Nebius', 'H100', 'on_demand', NULL, NULL, 'list', '3 USD', '2026-01-01', 'infinity', 't'),
    -- Nobody knows what the 11th to the 20th of October cost.
    ('gap', 'Gap', 'H100', 'reserved', 12, NULL, 'contract', '1 USD', '2026-01-01', '2026-10-11', 't'),
    ('gap', 'Gap', 'H100', 'reserved', 12, NULL, 'contract', '1 USD', '2026-10-21', 'infinity', 't');
INSERT INTO r.pool (pool_id, name, provider_id, chip_model_id, ownership) VALUES
    ('OWN', 'ours', 'US', 'H100', 'owned'), ('CW', 'CoreWeave', 'CoreWeave', 'H100', 'rented'), ('L', 'Lambda', 'Lambda', 'H100', 'rented'),
    ('N', 'Nebius', 'Nebius', 'H100', 'rented'), ('E', 'euros', 'Euro', 'H100', 'rented'), ('G', 'gap', 'Gap', 'H100', 'rented'),
    ('M', 'reserved and on demand', 'Nebius', 'H100', 'rented'), ('DARK', 'never metered', 'Lambda', 'H100', 'rented'), ('OLD', 'by a rate of its own', 'AWS', 'H100', 'rented');
INSERT INTO r.rented_capacity (rental_id, pool_id, supplier_id, chips, rate, rate_card_id, pricing, valid_from, valid_to) VALUES
    ('cw', 'CW', 'CoreWeave', 8, NULL, 'cw', 'on_demand', '2026-10-01', 'infinity'),
    ('lambda', 'L', 'Lambda', 8, NULL, 'lambda', 'on_demand', '2026-10-01', 'infinity'),
    ('nebius', 'N', 'Nebius', 1, NULL, 'nebius', 'reserved', '2026-10-01', 'infinity'),
    ('euro', 'E', 'Euro', 2, NULL, 'euro', 'reserved', '2026-10-01', 'infinity'),
    ('gap', 'G', 'Gap', 1, NULL, 'gap', 'reserved', '2026-10-01', '2026-12-01'),
    ('mixed a', 'M', 'Nebius', 10, '2 USD', NULL, 'reserved', '2026-10-01', '2026-11-01'),
    ('mixed b', 'M', 'Nebius', 6, NULL, 'burst', 'on_demand', '2026-10-01', '2026-11-01'),
    ('mixed c', 'M', 'Nebius', 3, NULL, 'burst', 'on_demand', '2026-10-01', '2026-11-01'),
    ('dark', 'DARK', 'Lambda', 8, NULL, 'lambda', 'on_demand', '2026-10-01', '2026-11-01'),
    ('old', 'OLD', 'AWS', 3, '1.5 USD', NULL, 'reserved', '2026-10-11', '2026-10-21');
-- Ours: 100 chips, 50,000 a month, staff at 1.00 an hour of a chip, capital at 12 % a year.
INSERT INTO r.asset (asset_id, name, component, chip_model_id, chips, cost, acquired_on, available_for_use_on) VALUES ('own', 'own', 'chip', 'H100', 100, '3000000 USD', '2026-01-01', '2026-01-01');
INSERT INTO r.asset_policy (asset_id, basis, policy) VALUES ('own', 'ifrs', amortisation_policy(method => 'straight_line', life => '5 years', convention => 'full_month'));
INSERT INTO r.pool_asset (pool_id, asset_id) VALUES ('OWN', 'own');
INSERT INTO r.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from) VALUES ('staff', 'OWN', 'operations', 'chip_hour', '1 USD', '2026-01-01');
INSERT INTO r.entity_rate (entity_id, kind, rate) VALUES ('main', 'cost_of_capital', 0.12);
SELECT add_reading_partitions('r', '2026-09-01', '2026-11-01');
CREATE FUNCTION pg_temp.metered(pool text, from_day date, to_day date, chips integer, use integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO r.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
    SELECT pool, s, s + interval '1 day', date_trunc('month', d)::date, chips * 86400000::bigint, chips * 86400000::bigint, chips * 86400000::bigint, chips * 864000::bigint * use, 'sm_active'
    FROM generate_series(from_day::timestamp, to_day::timestamp - interval '1 day', '1 day') d, LATERAL (SELECT d AT TIME ZONE 'UTC' AS s) t
$$;
SELECT pg_temp.metered('OWN', '2026-10-01', '2026-11-01', 100, 60);
SELECT pg_temp.metered('OWN', '2026-09-01', '2026-10-01', 100, 30);
SELECT pg_temp.metered('CW', '2026-10-01', '2026-11-01', 8, 60);
SELECT pg_temp.metered('N', '2026-10-01', '2026-11-01', 1, 50);
SELECT pg_temp.metered('E', '2026-10-01', '2026-11-01', 2, 50);
SELECT pg_temp.metered('G', '2026-10-01', '2026-11-01', 1, 50);
-- Lambda's eight chips ran for 100 hours, then four of them for 50.
INSERT INTO r.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'L', s, s + interval '1 hour', '2026-10-01', c * 3600000, c * 3600000, c * 3600000, c * 1800000, 'sm_active'
FROM (SELECT s, CASE WHEN n <= 100 THEN 8 ELSE 4 END AS c FROM generate_series(1, 150) n, LATERAL (SELECT timestamptz '2026-10-05 00:00+00' + n * interval '1 hour' AS s) t) h;
-- M: 13 chips on the 2nd (three beyond the ten reserved), 8 on the 3rd, 25 on the 4th (more than 19 in all).
SELECT pg_temp.metered('M', '2026-10-02', '2026-10-03', 13, 50), pg_temp.metered('M', '2026-10-03', '2026-10-04', 8, 50), pg_temp.metered('M', '2026-10-04', '2026-10-05', 25, 50);
SELECT is_empty($$SELECT * FROM check_load('r', currval('r.load_load_id_seq'))$$, 'rate cards and rentals name what is known');
SELECT publish_load('r', recorded_at => '2026-11-05', load_id => :first_load);
SET chipbook.as_of = '2026-11-10';

-- ---------------------------------------------------------------------------
-- Rent by hand
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT rental_id, currency, chip_ms / 3600000, rent FROM r.rental_month WHERE period_month = '2026-10-01' ORDER BY 1, 2$$,
    $$VALUES ('cw', 'USD', 5952.0, 8 * 744 * 6.155),
             ('dark', 'USD', 0, 0),
             ('euro', 'EUR', 2 * 744.0, 2 * 744 * 2.0),
             ('gap', 'USD', 504.0, 504.0), ('gap', NULL, 240.0, NULL),
             ('lambda', 'USD', 1000.0, 1000 * 3.99),
             ('mixed a', 'USD', 7440.0, 14880.0),
             -- 3 of 13 on the 2nd, all of theirs on the 4th.
             ('mixed b', 'USD', 48.0 + 144, (48 + 144) * 3.0), ('mixed c', 'USD', 24.0 + 72, (24 + 72) * 3.0),
             ('nebius', 'USD', 744.0, 15 * 24 * 3.85 + 16 * 24 * 3.50),
             ('old', 'USD', 720.0, 3 * 240 * 1.5)$$, 'October: every hour, metered hours, both sides of a change of rate, days without one');
SELECT results_eq($$SELECT sum(rent) FROM r.rental_month$$, $$SELECT sum(rent) FROM r_report.utilisation_weighted_spend$$, 'and all of it is in the spend');
SELECT is_empty('SELECT * FROM r_report.ledger_check WHERE NOT ok', 'which adds up');
SELECT results_eq($$SELECT finding, severity, subject_id, detail FROM r_report.data_quality WHERE subject = 'rental' AND period_month = '2026-10-01' ORDER BY 1, 3$$,
    $$VALUES ('on_demand_not_metered', 'warning', 'dark', 'rented on demand, and no reading of its pool says how long: it costs nothing here'),
             ('rental_rate_missing', 'error', 'gap', '240.000 chip-hours on days that rate card gap has no rate for: their cost is in no figure')$$, 'findings of October');
SELECT results_eq($$SELECT finding, severity FROM r_report.data_quality WHERE subject_id = 'M' AND period_month = '2026-10-01' ORDER BY 1$$,
    $$VALUES ('day_over_capacity', 'error'), ('unmetered_time', 'warning')$$, 'of a mixed pool: a day with more chips than are rented, and reserved ones without readings');
-- What is not metered of a rental on demand is not in service either: nothing of its cost is unmetered.
SELECT results_eq($$SELECT pool_id, total_cost, unmetered_cost, capacity_chip_hours, installed_chip_hours, cost_per_used_chip_hour FROM r_report.utilisation_weighted_spend
                    WHERE pool_id IN ('CW', 'L') AND period_month = '2026-10-01' ORDER BY 1$$,
    $$VALUES ('CW', 36634.56, 0.0, 5952.0, 5952.0, round(6.155 / 0.6, 15)), ('L', 3990.0, 0.0, 1000.0, 1000.0, 7.98)$$, 'CoreWeave at 60 %: 10.26 a used hour; Lambda at half use');

-- Hour by hour, another way: each hour of each reserved chip at the rate of its local day.
SELECT results_eq($$SELECT rental_id, sum(rent) FROM r.rental_month WHERE rental_id IN ('nebius', 'euro', 'gap') AND currency IS NOT NULL GROUP BY 1 ORDER BY 1$$,
    $$SELECT n.rental_id, sum(n.chips * amount(k.rate))
      FROM r.rented_capacity n
      JOIN generate_series(timestamptz '2026-10-01 00:00+00', '2026-10-31 23:00+00', '1 hour') h ON (h AT TIME ZONE 'UTC')::date >= n.valid_from AND (h AT TIME ZONE 'UTC')::date < n.valid_to
      JOIN r.rate_card k ON k.rate_card_id = n.rate_card_id AND (h AT TIME ZONE 'UTC')::date >= k.valid_from AND (h AT TIME ZONE 'UTC')::date < k.valid_to
      WHERE n.rental_id IN ('nebius', 'euro', 'gap') GROUP BY 1 ORDER BY 1$$, 'hour by hour it comes to the same');

-- ---------------------------------------------------------------------------
-- Providers on one definition
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT entity_id, period_month, provider_id, chip_model_id, ownership, currency FROM r_report.provider_comparison GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1$$, 'provider_comparison: its key');
SELECT results_eq($$SELECT provider_id, ownership, currency, total_cost, economic_cost, used_chip_hours, round(utilisation, 4), round(cost_per_used_chip_hour, 6), round(economic_cost_per_used_chip_hour, 6)
                    FROM r_report.provider_comparison WHERE period_month = '2026-10-01' AND provider_id IN ('US', 'CoreWeave', 'Euro', 'Gap') ORDER BY 1$$,
    -- Ours: 50,000 + 74,400; capital (2,550,000 + 2,500,000) / 2 x 12 % / 12 = 25,250.
    $$VALUES ('CoreWeave', 'rented', 'USD', 36634.56, 36634.56, 3571.2, 0.6, 10.258333, 10.258333),
             ('Euro', 'rented', 'EUR', 2976.0, 2976.0, 744.0, 0.5, 4.0, 4.0),
             ('Gap', 'rented', 'USD', 504.0, NULL, 372.0, 0.5, NULL, NULL),
             ('US', 'owned', 'USD', 124400.0, 149650.0, 44640.0, 0.6, round(124400 / 44640.0, 6), round(149650 / 44640.0, 6))$$,
    'October: ours, CoreWeave''s, in euros, and one of unknown rate');
SELECT results_eq($$SELECT unpriced_chip_hours FROM r_report.provider_comparison WHERE provider_id = 'Gap' AND period_month = '2026-10-01'$$, $$VALUES (240.0)$$, 'whose hours are a column');
SELECT results_eq($$SELECT currency, sum(total_cost), sum(productive_cost + idle_cost + unmetered_cost) FROM r_report.provider_comparison GROUP BY 1 ORDER BY 1$$,
    $$SELECT currency, sum(total_cost), sum(total_cost) FROM r_report.utilisation_weighted_spend WHERE pool_id IS NOT NULL GROUP BY 1 ORDER BY 1$$, 'nothing is lost between the views');

-- ---------------------------------------------------------------------------
-- Own or rent
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT entity_id, period_month, chip_model_id, currency, rate_card_id, rate_currency FROM r_report.own_or_rent GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1$$, 'own_or_rent: its key');
SELECT results_eq($$SELECT period_month, rate_card_id, round(owned_cost_per_chip_hour, 6), round(break_even_utilisation, 6), round(break_even_by_the_books, 6), round(utilisation, 2), cheaper, round(saved_by_owning, 2)
                    FROM r_report.own_or_rent WHERE rate_card_id IN ('cw', 'lambda') AND period_month >= '2026-09-01' ORDER BY 1, 2$$,
    -- September: 50,000 + 72,000 + 25,750 over 72,000 h, at 30 %. October: 149,650 / 74,400 h, of 6.155 and of 3.99; used at 60 %.
    $$VALUES (date '2026-09-01', 'cw', round(147750 / 72000.0, 6), round(147750 / 72000.0 / 6.155, 6), round(122000 / 72000.0 / 6.155, 6), 0.30, 'rent', round(6.155 * 21600 - 147750, 2)),
             (date '2026-09-01', 'lambda', round(147750 / 72000.0, 6), round(147750 / 72000.0 / 3.99, 6), round(122000 / 72000.0 / 3.99, 6), 0.30, 'rent', round(3.99 * 21600 - 147750, 2)),
             (date '2026-10-01', 'cw', round(149650 / 74400.0, 6), round(149650 / 74400.0 / 6.155, 6), round(124400 / 74400.0 / 6.155, 6), 0.60, 'own', round(6.155 * 44640 - 149650, 2)),
             (date '2026-10-01', 'lambda', round(149650 / 74400.0, 6), round(149650 / 74400.0 / 3.99, 6), round(124400 / 74400.0 / 3.99, 6), 0.60, 'own', round(3.99 * 44640 - 149650, 2))$$,
    'on demand against CoreWeave: 0.3334 in September, above the 30 % used; 0.3268 in October, below the 60 %');
SELECT is_empty($$SELECT * FROM r_report.own_or_rent WHERE pricing = 'on_demand' AND cheaper IS DISTINCT FROM CASE WHEN utilisation > break_even_utilisation THEN 'own' WHEN utilisation < break_even_utilisation THEN 'rent' END
                  AND utilisation IS NOT NULL$$, 'cheaper is on which side of the break-even the utilisation lies');
SELECT results_eq($$SELECT rate_per_chip_hour, round(cost_ratio, 6), break_even_utilisation, cheaper, on_demand_rate, round(discount, 6), round(break_even_of_commitment, 6), term_months
                    FROM r_report.own_or_rent WHERE rate_card_id = 'aws-3y' AND period_month = '2026-10-01'$$,
    $$VALUES (5.395, round(149650 / 74400.0 / 5.395, 6), NULL::numeric, 'own', 12.29, round(1 - 43.16 / 98.32, 6), round(43.16 / 98.32, 6), 36::bigint)$$,
    'reserved for three years: hour against hour, and a commitment that pays from 1 - discount on');
SELECT results_eq($$SELECT rate_per_chip_hour, rate_hours, rate_kind FROM r_report.own_or_rent WHERE rate_card_id = 'nebius' AND period_month = '2026-10-01'$$,
    $$VALUES (round((15 * 3.85 + 16 * 3.50) / 31, 15), 744.0, 'contract')$$, 'a rate that changed is averaged over the hours of the month');
SELECT results_eq($$SELECT rate_hours FROM r_report.own_or_rent WHERE rate_card_id = 'gap' AND period_month = '2026-10-01'$$, $$VALUES (504.0)$$, 'over those it had one');
SELECT results_eq($$SELECT currency, rate_currency, rate_per_chip_hour, cost_ratio, cheaper, saved_by_owning FROM r_report.own_or_rent WHERE rate_card_id = 'euro' AND period_month = '2026-10-01'$$,
    $$VALUES ('USD', 'EUR', 2.0, NULL::numeric, NULL, NULL::numeric)$$, 'dollars are not compared with euros');
SELECT results_eq($$SELECT count(*) FROM r_report.own_or_rent WHERE period_month = '2026-05-01' AND rate_card_id = 'aws' AND break_even_utilisation IS NOT NULL AND utilisation IS NULL AND cheaper IS NULL$$,
    $$VALUES (1::bigint)$$, 'without readings there is a break-even, and nothing to hold against it');

-- ---------------------------------------------------------------------------
-- As it was known; what cannot be published
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT open_load('r', 'a card corrected', 't') AS next_load \gset
INSERT INTO r.rate_card (rate_card_id, provider_id, chip_model_id, pricing, kind, rate, valid_from) VALUES ('nebius', 'Nebius', 'H100', 'reserved', 'contract', '3.60 USD', '2026-10-16');
SELECT publish_load('r', recorded_at => '2026-11-12', load_id => :next_load);
SELECT results_eq($$SELECT rent FROM r.rental_month WHERE rental_id = 'nebius' AND period_month = '2026-10-01'$$, $$VALUES (15 * 24 * 3.85 + 16 * 24 * 3.60)$$, 'a corrected rate');
SET chipbook.as_of = '2026-11-10';
SELECT results_eq($$SELECT rent FROM r.rental_month WHERE rental_id = 'nebius' AND period_month = '2026-10-01'$$, $$VALUES (15 * 24 * 3.85 + 16 * 24 * 3.50)$$, 'before it was known');
RESET chipbook.as_of;
SELECT open_load('r', 'wrong', 't') AS wrong \gset
INSERT INTO r.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from) VALUES
    ('cw', 'CoreWeave', 'H100', 'on_demand', '5 USD', '2026-11-01'), ('x', 'NOBODY', 'H100', 'on_demand', '5 USD', '2026-11-01');
INSERT INTO r.rented_capacity (rental_id, pool_id, chips, rate_card_id, valid_from) VALUES ('x', 'CW', 1, 'no card', '2026-11-01');
SELECT set_eq($$SELECT table_name, fact, problem FROM check_load('r', currval('r.load_load_id_seq'))$$,
    $$VALUES ('rate_card', 'cw', 'periods overlap on 2026-11-01'), ('rate_card', 'NOBODY', 'party "NOBODY" is not known (named by rows: 1)'), ('rented_capacity', 'no card', 'rate_card "no card" is not known (named by rows: 1)')$$,
    'two rates on one day, a provider and a card that nobody knows');
SELECT throws_ok($$INSERT INTO r.rented_capacity (rental_id, pool_id, chips, valid_from) VALUES ('y', 'CW', 1, '2026-11-01')$$, '23514', NULL, 'a rental has a rate or a card');
SELECT throws_ok($$INSERT INTO r.rented_capacity (rental_id, pool_id, chips, rate, rate_card_id, valid_from) VALUES ('y', 'CW', 1, '1 USD', 'cw', '2026-11-01')$$, '23514', NULL, 'not both');
SELECT throws_ok($$INSERT INTO r.rate_card (rate_card_id, provider_id, chip_model_id, pricing, term_months, rate, valid_from) VALUES ('y', 'AWS', 'H100', 'on_demand', 12, '1 USD', '2026-11-01')$$, '23514', NULL, 'nothing on demand has a term');
SELECT throws_ok($$INSERT INTO r.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from) VALUES ('y', 'AWS', 'H100', 'spot', '1 USD', '2026-11-01')$$, '23514', NULL, 'no such pricing');

-- ---------------------------------------------------------------------------
-- Berlin: October 2026 has 745 hours, and its 25th 25
-- ---------------------------------------------------------------------------
SELECT create_ledger('rb', time_zone => 'Europe/Berlin', reporting_currency => 'EUR');
INSERT INTO rb.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('rb', 'rent', 't') AS berlin_load \gset
INSERT INTO rb.party (party_id, name, kind) VALUES ('P', 'P', 'company');
INSERT INTO rb.chip_model (chip_model_id, name) VALUES ('C', 'C'), ('D', 'D');
INSERT INTO rb.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from, valid_to) VALUES
    ('k', 'P', 'C', 'reserved', '1 EUR', '2026-10-01', '2026-10-25'), ('k', 'P', 'C', 'reserved', '2 EUR', '2026-10-25', 'infinity'),
    ('o', 'P', 'D', 'on_demand', '1 EUR', '2026-10-01', '2026-10-25'), ('o', 'P', 'D', 'on_demand', '2 USD', '2026-10-25', 'infinity');
INSERT INTO rb.pool (pool_id, name, provider_id, chip_model_id, ownership) VALUES ('R', 'R', 'P', 'C', 'rented'), ('O', 'O', 'P', 'C', 'rented');
INSERT INTO rb.rented_capacity (rental_id, pool_id, chips, rate_card_id, pricing, valid_from) VALUES ('r', 'R', 2, 'k', 'reserved', '2026-10-01'), ('o', 'O', 4, 'o', 'on_demand', '2026-10-01'), ('s', 'R', 1, 'o', 'reserved', '2026-10-31');
SELECT add_reading_partitions('rb', '2026-10-01', '2026-11-01');
-- Four chips through the night of the 24th to the 25th, from 18:00 to 06:00: 13 hours, 6 of them on the 24th.
INSERT INTO rb.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('O', '2026-10-24 18:00+02', '2026-10-25 06:00+01', '2026-10-01', 4 * 13 * 3600000, 0, 0, 0, 'sm_active');
SELECT publish_load('rb', recorded_at => '2026-11-05', load_id => :berlin_load);
SET chipbook.as_of = '2026-11-10';
SELECT results_eq($$SELECT rental_id, currency, chip_ms / 3600000, rent FROM rb.rental_month WHERE period_month = '2026-10-01' ORDER BY 1, 2$$,
    $$VALUES ('o', 'EUR', 24.0, 24.0), ('o', 'USD', 28.0, 56.0), ('r', 'EUR', 2 * 745.0, 2 * (24 * 24 * 1 + (25 + 6 * 24) * 2.0)), ('s', 'USD', 24.0, 48.0)$$, 'rates change at local midnight, and one may change its currency');
SELECT results_eq($$SELECT currency, rent, costs_in_other_currencies FROM rb_report.utilisation_weighted_spend u JOIN rb_report.provider_comparison USING (period_month, currency)
                    WHERE period_month = '2026-10-01' AND pool_id = 'O' ORDER BY 1$$,
    $$VALUES ('EUR', 24.0, true), ('USD', 56.0, true)$$, 'each currency has its row, which says that there is another');
SELECT results_eq($$SELECT finding, subject_id, detail FROM rb_report.data_quality WHERE finding LIKE 'rental%' ORDER BY 2$$,
    $$VALUES ('rental_unlike_rate_card', 'o', 'chips of model C at rates for D'), ('rental_unlike_rate_card', 's', 'reserved at the on_demand rates of card o and chips of model C at rates for D')$$, 'rentals unlike their card');

-- ---------------------------------------------------------------------------
-- Rates by chip-hour and kilowatt: of what is rented on demand, what was metered
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('rd', time_zone => 'Europe/Berlin', reporting_currency => 'EUR');
INSERT INTO rd.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('rd', 'rates', 't') AS rates_load \gset
INSERT INTO rd.party (party_id, name, kind) VALUES ('P', 'P', 'company');
INSERT INTO rd.chip_model (chip_model_id, name, tdp_watts, server_power_factor) VALUES ('C', 'C', 500, 1.2);
INSERT INTO rd.pool (pool_id, name, provider_id, chip_model_id, ownership) VALUES
    ('D', 'on demand', 'P', 'C', 'rented'), ('X', 'reserved and on demand', 'P', 'C', 'rented'), ('Y', 'at rates that change', 'P', 'C', 'rented'), ('Z', 'never metered', 'P', 'C', 'rented');
INSERT INTO rd.rented_capacity (rental_id, pool_id, supplier_id, chips, rate, pricing, valid_from) VALUES
    ('d', 'D', 'P', 8, '4 EUR', 'on_demand', '2026-10-01'), ('x1', 'X', 'P', 10, '2 EUR', 'reserved', '2026-10-01'), ('x2', 'X', 'P', 6, '3 EUR', 'on_demand', '2026-10-01'),
    ('y', 'Y', 'P', 4, '4 EUR', 'on_demand', '2026-10-01'), ('z', 'Z', 'P', 8, '4 EUR', 'on_demand', '2026-10-01');
INSERT INTO rd.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from, valid_to) VALUES
    ('staff d', 'D', 'operations', 'chip_hour', '1 EUR', '2026-10-01', 'infinity'), ('hall d', 'D', 'facility', 'kw_month', '100 EUR', '2026-10-01', 'infinity'),
    ('staff x', 'X', 'operations', 'chip_hour', '1 EUR', '2026-10-01', 'infinity'), ('hall x', 'X', 'facility', 'kw_month', '100 EUR', '2026-10-01', 'infinity'),
    ('staff y', 'Y', 'operations', 'chip_hour', '1 EUR', '2026-10-01', '2026-10-16'), ('staff y', 'Y', 'operations', 'chip_hour', '2 EUR', '2026-10-16', 'infinity'),
    ('hall y', 'Y', 'facility', 'kw_month', '100 EUR', '2026-10-01', '2026-10-16'), ('hall y', 'Y', 'facility', 'kw_month', '200 EUR', '2026-10-16', 'infinity'),
    ('staff z', 'Z', 'operations', 'chip_hour', '1 EUR', '2026-10-01', 'infinity');
SELECT add_reading_partitions('rd', '2026-10-01', '2026-11-01');
-- Of local days, so that the 25th has 25 hours.
CREATE FUNCTION pg_temp.metered_in_berlin(pool text, from_day date, to_day date, chip_hours integer, used_percent integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO rd.meter_reading (pool_id, job_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
    SELECT pool, 'job', d AT TIME ZONE 'Europe/Berlin', (d + interval '1 day') AT TIME ZONE 'Europe/Berlin', date_trunc('month', d)::date,
           chip_hours * 3600000::bigint, chip_hours * 3600000::bigint, chip_hours * 3600000::bigint, chip_hours * 36000::bigint * used_percent, 'sm_active'
    FROM generate_series(from_day::timestamp, to_day::timestamp - interval '1 day', '1 day') d
$$;
-- D: eight chips for a day of 24 hours and one of 25, and 48 hours between: 440 hours, 8 + 8 + 2 days.
SELECT pg_temp.metered_in_berlin('D', '2026-10-10', '2026-10-11', 8 * 24, 100), pg_temp.metered_in_berlin('D', '2026-10-25', '2026-10-26', 8 * 25, 100), pg_temp.metered_in_berlin('D', '2026-10-24', '2026-10-25', 48, 100);
-- X: on the 8th three chips beyond its ten, on the 9th seven; the other days are not metered.
SELECT pg_temp.metered_in_berlin('X', '2026-10-08', '2026-10-09', 13 * 24, 100), pg_temp.metered_in_berlin('X', '2026-10-09', '2026-10-10', 7 * 24, 100);
-- Y: four chips on the 5th, all used; two on the 20th and 21st, half used.
SELECT pg_temp.metered_in_berlin('Y', '2026-10-05', '2026-10-06', 4 * 24, 100), pg_temp.metered_in_berlin('Y', '2026-10-20', '2026-10-22', 2 * 24, 50);
SELECT publish_load('rd', recorded_at => '2026-11-05', load_id => :rates_load);
SET chipbook.as_of = '2026-11-10';
-- A chip is 500 W x 1.2 = 0.6 kW.
SELECT results_eq($$SELECT contract_id, valid_from, cost FROM rd.contract_month WHERE period_month = '2026-10-01' AND component <> 'rent' ORDER BY 1, 2$$,
    $$VALUES ('hall d', date '2026-10-01', round(100 * 0.6 * 18 / 31, 15)), ('hall x', '2026-10-01', round(100 * 0.6 * (310 + 3) / 31, 15)),
             ('hall y', '2026-10-01', round(100 * 0.6 * 4 / 31, 15)), ('hall y', '2026-10-16', round(200.0000000000000000000000 * 0.6 * 4 / 31, 15)),
             ('staff d', '2026-10-01', 440.0), ('staff x', '2026-10-01', 10 * 745 + 3 * 24.0),
             ('staff y', '2026-10-01', 4 * 24.0), ('staff y', '2026-10-16', 2 * 2 * 48.0), ('staff z', '2026-10-01', 0.0)$$,
    'hours metered, and days of the length they had; nothing where nothing was');
-- What Y cost till the 15th was all used, half of what it cost after.
SELECT results_eq($$SELECT pool_id, round(productive_cost, 6), round(idle_cost, 6), round(unmetered_cost, 6), total_cost = productive_cost + idle_cost + unmetered_cost
                    FROM rd_report.utilisation_weighted_spend WHERE period_month = '2026-10-01' AND pool_id IN ('D', 'Y') ORDER BY 1$$,
    $$VALUES ('D', round(1760 + 440 + 100 * 0.6 * 18 / 31, 6), 0.0, 0.0, true),
             ('Y', round(4 * 96 + 96 + 100 * 0.6 * 4 / 31 + (4 * 96 + 192 + 200 * 0.6 * 4 / 31) / 2, 6), round((4 * 96 + 192 + 200 * 0.6 * 4 / 31) / 2, 6), 0.0, true)$$,
    'and each part of a month costs what was metered in it');
SELECT is_empty('SELECT * FROM rd_report.ledger_check WHERE NOT ok', 'by day, another way, it comes to the same');
RESET chipbook.as_of;
-- Idle is what is paid for: reserved chips of X, none of D.
SELECT open_load('rd', 'what jobs left', 't') AS idle_load \gset
SELECT is(add_unallocated_readings('rd', :idle_load, 'D', '2026-10-10', '2026-10-13'), 0::bigint, 'chips on demand that nobody called are not idle');
SELECT is(add_unallocated_readings('rd', :idle_load, 'X', '2026-10-07', '2026-10-11'), 3::bigint, 'those reserved are: on the 7th, the 9th and the 10th');
SELECT results_eq(format('SELECT (starts_at AT TIME ZONE ''Europe/Berlin'')::date, installed_chip_ms / 3600000, allocated_chip_ms FROM rd.meter_reading WHERE load_id = %s ORDER BY 1', :idle_load),
    $$VALUES (date '2026-10-07', 240::bigint, 0::bigint), ('2026-10-09', 72, 0), ('2026-10-10', 240, 0)$$, 'up to ten chips, not sixteen');
SELECT publish_load('rd', recorded_at => '2026-11-12', load_id => :idle_load);
SELECT results_eq($$SELECT rental_id, chip_ms / 3600000 FROM rd.rental_month WHERE period_month = '2026-10-01' AND rental_id IN ('d', 'x2') ORDER BY 1$$, $$VALUES ('d', 440.0), ('x2', 72.0)$$, 'which makes no rent on demand');
SELECT is_empty('SELECT * FROM rd_report.ledger_check WHERE NOT ok', 'and adds up');

SELECT * FROM finish();
ROLLBACK;
