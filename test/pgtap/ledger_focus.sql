-- FOCUS out: what is owned as charges of the owner, both margins of the split, invoices that feed a rate, the
-- tie to the journal, rules and their findings, files.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Amounts split both ways
-- ---------------------------------------------------------------------------
SELECT setseed(0.5);
CREATE TEMPORARY TABLE margin AS
SELECT n, parts, states || (SELECT sum(p) FROM unnest(parts) p) - (SELECT sum(s) FROM unnest(states) s) AS states
FROM (SELECT n, ARRAY(SELECT round(((random() - CASE WHEN n % 3 = 0 THEN 0.5 ELSE 0 END) * 10 ^ (random() * 14))::numeric, 15) FROM generate_series(1, 5 + n * 0)) AS parts FROM generate_series(1, 300) n) p
CROSS JOIN LATERAL (SELECT ARRAY(SELECT CASE WHEN random() < 0.2 THEN 0 ELSE round((random() * 10 ^ (random() * 12))::numeric, 15) END FROM generate_series(1, 4 + p.n * 0)) AS states) s;
SELECT is_empty($$
    SELECT m.n FROM margin m CROSS JOIN LATERAL split_both_ways(m.parts, m.states) c
    WHERE EXISTS (SELECT FROM generate_series(1, 5) i WHERE (SELECT sum(c[i][s]) FROM generate_series(1, 5) s) <> m.parts[i])
       OR EXISTS (SELECT FROM generate_series(1, 5) i WHERE (SELECT sum(c[p][i]) FROM generate_series(1, 5) p) <> m.states[i])$$, 'rows and columns add up exactly');
SELECT is_empty($$SELECT m.n FROM margin m CROSS JOIN LATERAL split_both_ways(m.parts, m.states) c
    WHERE EXISTS (SELECT FROM generate_series(1, 5) s, generate_series(1, 5) p WHERE m.states[s] = 0 AND abs(m.states[s]) < (SELECT max(abs(x)) FROM unnest(m.states) x) AND c[p][s] <> 0)$$,
    'nothing is put where there is nothing');
SELECT is(split_both_ways('{6,3,0}', '{3,6}'), '{{2,4},{1,2},{0,0}}'::numeric[], 'in proportion');
SELECT is(split_both_ways('{1,1,1}', '{1,2}'), '{{0.333333333333334,0.666666666666666},{0.333333333333333,0.666666666666667},{0.333333333333333,0.666666666666667}}'::numeric[], 'what rounding leaves goes to the greatest');
SELECT is(split_both_ways('{5,-5}', '{2,-2}'), '{{7,-2},{-5,0}}'::numeric[], 'also where the whole is 0, of which there are no proportions');

-- ---------------------------------------------------------------------------
-- Tags, and names
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT tag('{"a": "x", "n": 7, "t": true, "z": null, "o": {"k": 1}}', k) FROM unnest('{a,n,t,z,o,b}'::text[]) k$$, $$VALUES ('x'), ('7'), ('true'), (NULL), ('{"k": 1}'), (NULL)$$, 'a tag is text');
SELECT is(tag('[1]', 'a'), NULL, 'a list has none');
SELECT is(tag(NULL, 'a'), NULL);
SELECT throws_ok($$SELECT tag('words', 'a')$$, '22P02');
SELECT results_eq($$SELECT focus_snake(n) FROM unnest('{BilledCost,SkuPriceId,ContractCommitmentPaymentUpfrontPercentage,Tags}'::text[]) n$$,
    $$VALUES ('billed_cost'), ('sku_price_id'), ('contract_commitment_payment_upfront_percentage'), ('tags')$$);
-- As many as the data model of FOCUS 1.4 has: 65, 30, 6 and 22 columns.
SELECT results_eq($$SELECT dataset, count(*) FROM focus_columns() WHERE last_version IS NULL AND introduced <= '1.4' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('BillingPeriod', 6::bigint), ('ContractCommitment', 30), ('CostAndUsage', 65), ('InvoiceDetail', 22)$$, 'the columns of FOCUS 1.4');
SELECT is_empty($$SELECT dataset, rule_code, column_name FROM focus_rules() GROUP BY 1, 2, 3 HAVING count(*) > 1$$, 'a rule has one name');
SELECT is_empty($$SELECT r.rule_code, r.column_name FROM focus_rules() r LEFT JOIN focus_columns() c ON c.dataset = r.dataset AND c.column_name = r.column_name WHERE c.column_name IS NULL$$, 'and is of a column that there is');

-- ---------------------------------------------------------------------------
-- The month of pool P: chips 20 m over 5 years, servers 10 m / 5, network 5 m / 6, building share 6 m / 20
-- ---------------------------------------------------------------------------
SELECT create_ledger('g', 'USD', 1, 'Europe/Berlin', 'ifrs');
INSERT INTO g.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('g', 'pool P', 't') AS load \gset
INSERT INTO g.party (party_id, name, kind) VALUES ('LAND', 'Landlord', 'company');
INSERT INTO g.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('H100', 'H100', 700, 10.2 / 8 / 0.7, 0.75);
INSERT INTO g.site (site_id, name, pue, owner_id) VALUES ('S', 'Site', 1.10, 'LAND'), ('S2', 'Other site', NULL, NULL);
INSERT INTO g.energy_tariff (site_id, price_per_kwh) VALUES ('S', '0.08 USD');
INSERT INTO g.cost_centre (cost_centre_id, name) VALUES ('R', 'Research');
INSERT INTO g.asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'chips', 'chip', 'H100', 1000, 'S', '20000000 USD', '2025-01-01', '2025-01-01'),
    ('servers', 'servers', 'server', NULL, NULL, 'S', '10000000 USD', '2025-01-01', '2025-01-01'),
    ('network', 'network', 'network', NULL, NULL, 'S', '5000000 USD', '2025-01-01', '2025-01-01'),
    ('building', 'building share', 'building', NULL, NULL, 'S', '6000000 USD', '2025-01-01', '2025-01-01'),
    ('spare', 'in no pool', 'server', NULL, NULL, 'S', '3600 USD', '2025-10-01', '2025-10-01');
INSERT INTO g.asset_policy (asset_id, basis, policy)
SELECT a, b, amortisation_policy(method => 'straight_line', life => make_interval(years => y * CASE b WHEN 'ifrs' THEN 1 ELSE 2 END), convention => 'full_month')
FROM (VALUES ('chips', 5), ('servers', 5), ('network', 6), ('building', 20), ('spare', 3)) v (a, y), unnest('{ifrs,us_gaap}'::text[]) b;
INSERT INTO g.pool (pool_id, name, site_id, chip_model_id, cost_centre_id, ownership) VALUES ('P', 'pool P', 'S', 'H100', 'R', 'owned'), ('L', 'leased', 'S2', 'H100', NULL, 'leased'), ('N', 'rented', 'S2', 'H100', NULL, 'rented');
INSERT INTO g.pool_asset (pool_id, asset_id) SELECT 'P', a FROM unnest('{chips,servers,network,building}'::text[]) a;
INSERT INTO g.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'N', 1, '2 USD', '2025-10-01', '2025-11-01');
INSERT INTO g.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from) VALUES
    ('hall', 'P', 'facility', 'kw_month', '150 USD', NULL, '2025-01-01'), ('land', 'P', 'facility', 'month', '3100 EUR', NULL, '2025-10-01'),
    ('fabric', 'P', 'interconnect', 'depreciation', NULL, 0.07, '2025-10-01'), ('staff', 'P', 'operations', 'chip_hour', '0.0537 USD', NULL, '2025-10-01'),
    ('cage', 'L', 'facility', 'month', '77.7 USD', NULL, '2025-10-01'), ('cage too', 'N', 'facility', 'month', '10 USD', NULL, '2025-10-01');
SELECT add_reading_partitions('g', '2025-10-01');
INSERT INTO g.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'P', d, d + interval '1 day', '2025-10-01', n, n * 95 / 100, n * 80 / 100, n * 61 / 100, 'sm_active'
FROM generate_series(timestamptz '2025-10-01 00:00+02', '2025-10-25 00:00+02', '1 day') d, LATERAL (SELECT chip_time(1000, tstzrange(d, d + interval '1 day')) AS n) c;
-- The utility's and the colocation's invoices, the landlord's for another site, and a cloud's.
INSERT INTO g.charge (provider_name, invoice_issuer_name, invoice_id, billing_account_id, billing_currency, billing_period_start, billing_period_end, charge_period_start, charge_period_end,
    charge_category, service_category, service_name, billed_cost, effective_cost, contracted_cost, list_cost)
SELECT i, i, n, 'A', c, '2025-10-01 00:00Z', '2025-11-01 00:00Z', d::timestamptz, '2025-11-01 00:00Z', 'Usage', 'Other', s, b, b, b, b
FROM (VALUES ('Utility', 'U-10', 'USD', 'Power', 45000, '2025-10-01 00:00Z'), ('Utility', 'U-10', 'USD', 'Advice', 70, '2025-10-01 00:00Z'), ('Colo', 'C-10', 'EUR', 'Space', 3100, '2025-10-01 00:00Z'),
             ('Colo', 'C-9', 'EUR', 'Space', 3000, '2025-09-30 22:00Z'), ('Cloud', 'X-10', 'USD', 'VMs', 500, '2025-10-01 00:00Z')) v (i, n, c, s, b, d);
INSERT INTO g.charge_origin (origin_id, invoice_issuer_name, service_name, component, site_id, pool_id, valid_from) VALUES
    ('power', 'Utility', 'Power', 'energy', 'S', NULL, '-infinity'), ('space', 'Colo', NULL, 'facility', NULL, 'P', '2025-10-01');
INSERT INTO g.account (account_id, name, kind) VALUES ('0190', 'accumulated', 'asset'), ('6100', 'depreciation', 'expense'), ('6200', 'accrued cost', 'expense'), ('3000', 'accruals', 'liability');
INSERT INTO g.posting_rule (rule_id, event, debit_account_id, credit_account_id)
SELECT e, e, CASE e WHEN 'depreciation' THEN '6100' ELSE '6200' END, CASE e WHEN 'depreciation' THEN '0190' ELSE '3000' END
FROM unnest('{depreciation,energy_accrual,rent_accrual,facility_accrual,interconnect_accrual,operations_accrual}'::text[]) e;
SELECT publish_load('g', recorded_at => '2025-11-03 12:00Z', load_id => :load) > 20 AS published;
SET search_path = g_report, chipbook, public, pg_catalog;
SET chipbook.as_of = '2025-11-10';

CREATE TEMP TABLE october AS SELECT * FROM cost_and_usage WHERE charge_period_start = '2025-10-01 00:00Z' AND x_ownership <> 'rented' OR x_basis IS NOT NULL AND charge_period_start = '2025-10-01 00:00Z';
SELECT results_eq($$SELECT x_component, billing_currency, round(effective_cost, 9)::numeric(38,15) FROM october WHERE resource_id = 'P' ORDER BY 1, 2$$,
    $$VALUES ('depreciation'::text, 'USD'::text, 594444.440000000000000::numeric(38,15)), ('energy', 'USD', (SELECT round(energy, 9) FROM utilisation_weighted_spend WHERE pool_id = 'P' AND period_month = '2025-10-01' AND currency = 'USD')),
             ('facility', 'EUR', 3100), ('facility', 'USD', 191250), ('interconnect', 'USD', 35000), ('operations', 'USD', 1000 * 745 * 0.0537)$$,
    'October costs 594,444.44 of depreciation, 1,275 kW at 150, 0.07 of 500,000.00, and 745 hours, since clocks go back, of 1,000 chips');
SELECT is_empty($$SELECT * FROM october WHERE NOT (billed_cost = 0 AND invoice_id IS NULL AND charge_category = 'Usage' AND contracted_cost = effective_cost AND list_cost = effective_cost
    AND x_basis = 'ifrs' AND billing_account_id = 'main' AND billing_period_end = '2025-11-01 00:00Z' AND NOT is_correction AND NOT covers_other_charges)$$, 'none of it is billed, the four costs are one, and the basis is the ledger''s');
SELECT results_eq($$SELECT coalesce(resource_id, '-'), x_ownership, x_component, effective_cost FROM october WHERE resource_id IS DISTINCT FROM 'P' ORDER BY 1$$,
    $$VALUES ('-', 'owned', 'depreciation', 100.000000000000000::numeric(38,15)), ('L', 'leased', 'facility', 77.7), ('N', 'rented', 'facility', 10)$$, 'what is in no pool, leased, or paid beside a rent, which itself is the provider''s to bill');
SELECT is_empty($$SELECT * FROM october WHERE x_productive_cost + x_allocated_idle_cost + x_unallocated_cost + x_unavailable_cost + x_unmetered_cost <> effective_cost$$, 'the states of each row add up to it exactly');
SELECT is_empty($$
    SELECT u.pool_id, u.currency FROM utilisation_weighted_spend u
    LEFT JOIN (SELECT resource_id, billing_currency, sum(effective_cost) AS total, sum(x_productive_cost) AS productive, sum(x_allocated_idle_cost) AS allocated_idle, sum(x_unallocated_cost) AS unallocated,
                      sum(x_unavailable_cost) AS unavailable, sum(x_unmetered_cost) AS unmetered FROM october GROUP BY 1, 2) o ON o.resource_id IS NOT DISTINCT FROM u.pool_id AND o.billing_currency = u.currency
    WHERE u.period_month = '2025-10-01' AND u.rent = 0
      AND (u.total_cost, u.productive_cost, u.allocated_idle_cost, u.unallocated_cost, u.unavailable_cost, u.unmetered_cost)
          IS DISTINCT FROM (o.total, o.productive, o.allocated_idle, o.unallocated, o.unavailable, o.unmetered)$$, 'and those of a pool to utilisation-weighted spend, exactly');
SELECT results_eq($$SELECT sum(x_used_chip_hours), sum(x_installed_chip_hours), sum(x_capacity_chip_hours) FROM october WHERE resource_id = 'P'$$,
    $$SELECT used_chip_hours, installed_chip_hours, capacity_chip_hours FROM utilisation_weighted_spend WHERE pool_id = 'P' AND period_month = '2025-10-01' AND currency = 'USD'$$, 'chip-hours stand once, though there are six rows in two currencies');
SELECT results_eq($$SELECT DISTINCT x_utilisation FROM october WHERE resource_id = 'P'$$, 'VALUES (0.610000000000000::numeric(38,15))');
SELECT is_empty($$SELECT * FROM october WHERE abs(list_cost - list_unit_price * pricing_quantity) > 1e-9$$, 'a price x a quantity is the cost');
SELECT results_eq($$SELECT pricing_unit, pricing_quantity, consumed_unit, host_provider_name, sub_account_id, region_id FROM october WHERE resource_id = 'P' AND x_component = 'depreciation'$$,
    $$VALUES ('Chip-Hours'::text, 745000.000000000000000::numeric(38,15), 'Chip-Hours'::text, 'Landlord'::text, 'R'::text, 'S'::text)$$);

-- ---------------------------------------------------------------------------
-- What feeds a rate is not counted again
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT invoice_id, service_name, billed_cost FROM cost_and_usage WHERE x_basis IS NULL ORDER BY 1, 2$$,
    $$VALUES ('C-9', 'Space', 3000.000000000000000::numeric(38,15)), ('U-10', 'Advice', 70), ('X-10', 'VMs', 500)$$, 'invoices of origins are left out, from the day they are');
SELECT results_eq($$SELECT origin_id, component, coalesce(pool_id, site_id), invoice_id, billing_currency, billed_cost, owned_cost = (SELECT sum(effective_cost) FROM october WHERE x_component = component AND billing_currency = o.billing_currency AND region_id = 'S')
                    FROM origin_invoice o ORDER BY 1$$,
    $$VALUES ('power', 'energy', 'S', 'U-10', 'USD', 45000.000000000000000::numeric(38,15), true), ('space', 'facility', 'P', 'C-10', 'EUR', 3100, true)$$, 'and stand beside what they are the origin of');
SELECT results_eq($$SELECT billing_currency, sum(billed_cost), sum(effective_cost) FROM cost_and_usage_month WHERE charge_month = '2025-10-01' AND ownership = 'rented' AND service_name = 'VMs' GROUP BY 1$$,
    $$VALUES ('USD', 500.000000000000000, 500.000000000000000)$$);

-- ---------------------------------------------------------------------------
-- The journal
-- ---------------------------------------------------------------------------
SELECT is((SELECT count(*) FROM focus_to_journal WHERE period_month = '2025-10-01' AND difference IS NULL AND finding = 'not closed: nothing is posted to compare with'), 6::bigint, 'before the close there is nothing to compare with');
RESET chipbook.as_of;
SELECT lives_ok(format($$SELECT close_period('g', 'main', 'ifrs', 2025, %s)$$, n)) FROM generate_series(1, 10) n;
SELECT results_eq($$SELECT component, currency, posted, difference, finding FROM focus_to_journal WHERE period_month = '2025-10-01' AND component <> 'rent' AND component <> 'energy' ORDER BY 1, 2$$,
    $$VALUES ('depreciation', 'USD', 594544.440000000000000::numeric(38,15), 0.000000000000000::numeric(38,15), NULL::text), ('facility', 'EUR', 3100, 0, NULL), ('facility', 'USD', 191250 + 87.7, 0, NULL), ('interconnect', 'USD', 35000, 0, NULL),
             ('operations', 'USD', 40006.5, 0, NULL)$$, 'closed, the journal has the same, pools and what is in none');
SELECT results_eq($$SELECT difference, abs(rounding) < 0.005, rounding <> 0 FROM focus_to_journal WHERE period_month = '2025-10-01' AND component = 'energy'$$, 'VALUES (0.000000000000000::numeric(38,15), true, true)', 'energy but for the cent it is posted in');
SELECT results_eq($$SELECT focus_cost, posted, difference, finding FROM focus_to_journal WHERE component = 'rent'$$, $$VALUES (0.000000000000000::numeric(38,15), 1490.000000000000000::numeric(38,15), NULL::numeric(38,15), 'rent is billed: see the charges of its provider'::text)$$, 'rent is accrued, and the bill has it');
SELECT is_empty($$SELECT * FROM focus_to_journal WHERE state = 'closed' AND component <> 'rent' AND difference IS DISTINCT FROM 0$$, 'in every closed month');
SELECT open_load('g', 'late', 't') AS load \gset
INSERT INTO g.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from, valid_to) VALUES ('late', 'P', 'operations', 'month', '50 USD', '2025-10-01', '2025-11-01');
SELECT publish_load('g', :load) AS published;
SET chipbook.as_of = 'now';
SELECT results_eq($$SELECT difference, finding FROM focus_to_journal WHERE period_month = '2025-10-01' AND component = 'operations'$$,
    $$VALUES (-50.000000000000000::numeric(38,15), 'known since the last close, or of another entity''s pool')$$, 'what becomes known later is a difference that says so');
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Rules
-- ---------------------------------------------------------------------------
SET search_path = chipbook, public, pg_catalog;
SELECT create_ledger('v');
INSERT INTO v.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT is_empty(format('SELECT * FROM validate_focus(%L, %L)', 'v', d), 'of nothing there is nothing to find') FROM unnest('{CostAndUsage,ContractCommitment,BillingPeriod,InvoiceDetail}'::text[]) d;
SELECT open_load('v', 'a good line, and what is wrong', 't') AS load \gset
\set good '\'{"provider_name": "Cloud", "publisher_name": "Cloud", "service_provider_name": "Cloud", "invoice_issuer_name": "Cloud", "invoice_id": "I-1", "billing_account_id": "A", "billing_account_type": "Payer", "billing_currency": "USD", "billing_period_start": "2026-05-01T00:00:00Z", "billing_period_end": "2026-06-01T00:00:00Z", "charge_period_start": "2026-05-07T00:00:00Z", "charge_period_end": "2026-05-08T00:00:00Z", "charge_category": "Usage", "charge_frequency": "Usage-Based", "pricing_category": "Standard", "pricing_currency": "USD", "pricing_currency_effective_cost": 6, "service_category": "Compute", "service_subcategory": "Virtual Machines", "service_name": "VMs", "billed_cost": 6, "effective_cost": 6, "contracted_cost": 6, "list_cost": 8, "list_unit_price": 4, "contracted_unit_price": 3, "pricing_quantity": 2, "pricing_unit": "Hours", "consumed_quantity": 2, "consumed_unit": "Hours", "sku_id": "K", "sku_price_id": "K1"}\''
CREATE TEMPORARY TABLE broken (n integer PRIMARY KEY, change jsonb, code text, severity text, column_name text);
INSERT INTO broken VALUES
    (1, '{"billed_cost": null}', 'null_not_allowed', 'error', 'BilledCost'),
    (2, '{"charge_category": "Refund"}', 'word_not_allowed', 'error', 'ChargeCategory'),
    (3, '{"charge_description": ""}', 'text_empty', 'warning', 'ChargeDescription'),
    (4, '{"billing_currency": "Dollars", "pricing_currency": "Dollars"}', 'not_a_currency', 'error', 'BillingCurrency'),
    (5, '{"consumed_unit": "2.5 Hours!"}', 'not_a_unit', 'warning', 'ConsumedUnit'),
    (6, '{"list_unit_price": -4, "list_cost": -8}', 'price_negative', 'error', 'ListUnitPrice'),
    (7, '{"tags": [1]}', 'json_not_object', 'error', 'Tags'),
    (8, '{"tags": {"a": {"b": 1}}}', 'json_value_not_plain', 'warning', 'Tags'),
    (9, '{"contract_applied": {"ContractId": "c"}}', 'json_without_elements', 'warning', 'ContractApplied'),
    (10, '{"list_cost": 8.02}', 'list_cost_not_price_times_quantity', 'error', 'ListCost'),
    (11, '{"list_cost": 8.01}', 'list_cost_rounded', 'info', 'ListCost'),
    (12, '{"contracted_cost": 5.9}', 'contracted_cost_not_price_times_quantity', 'error', 'ContractedCost'),
    (13, '{"contracted_cost": 5.999}', 'contracted_cost_rounded', 'info', 'ContractedCost'),
    (14, '{"effective_cost": 5}', 'billed_differs_from_effective', 'warning', 'EffectiveCost'),
    (15, '{"charge_period_end": "2026-05-07T00:00:00Z"}', 'period_reversed', 'error', 'ChargePeriodEnd'),
    (16, '{"billing_period_start": "2026-06-01T00:00:00Z"}', 'period_reversed', 'error', 'BillingPeriodEnd'),
    (17, '{"charge_period_start": "2026-06-01T00:00:00Z", "charge_period_end": "2026-06-02T00:00:00Z"}', 'charge_after_billing_period', 'warning', 'ChargePeriodStart'),
    (18, '{"charge_class": "Correction"}', 'correction_of_its_own_period', 'warning', 'ChargeClass'),
    (19, '{"consumed_unit": null}', 'unit_without_quantity', 'error', 'ConsumedUnit'),
    (20, '{"charge_category": "Purchase", "charge_frequency": "One-Time"}', 'consumed_without_usage', 'error', 'ConsumedQuantity'),
    (21, '{"commitment_discount_id": "D", "commitment_discount_category": "Spend", "commitment_discount_type": "Plan"}', 'status_missing', 'error', 'CommitmentDiscountStatus'),
    (22, '{"commitment_discount_id": "D", "commitment_discount_category": "Spend", "commitment_discount_type": "Plan", "commitment_discount_status": "Used"}', 'covered_usage_billed', 'error', 'BilledCost'),
    (23, '{"commitment_discount_id": "D", "commitment_discount_category": "Spend", "commitment_discount_type": "Plan", "charge_category": "Purchase", "charge_frequency": "One-Time", "consumed_quantity": null, "consumed_unit": null}', 'purchase_with_effective_cost', 'error', 'EffectiveCost'),
    (24, '{"commitment_discount_status": "Used", "billed_cost": 0, "effective_cost": 0}', 'status_without_usage', 'error', 'CommitmentDiscountStatus'),
    (25, '{"commitment_discount_type": "Plan"}', 'commitment_without_type', 'error', 'CommitmentDiscountType'),
    (26, '{"commitment_discount_category": "Spend"}', 'commitment_without_category', 'error', 'CommitmentDiscountCategory'),
    (27, '{"commitment_discount_id": "D", "commitment_discount_category": "Spend", "commitment_discount_type": "Plan", "commitment_discount_status": "Unused", "resource_id": "other", "consumed_quantity": null, "consumed_unit": null}', 'unused_resource', 'warning', 'ResourceId'),
    (28, '{"capacity_reservation_id": "CR"}', 'status_missing', 'error', 'CapacityReservationStatus'),
    (29, '{"charge_category": "Purchase", "consumed_quantity": null, "consumed_unit": null}', 'purchase_by_usage', 'error', 'ChargeFrequency'),
    (30, '{"charge_category": "Tax", "charge_frequency": "One-Time", "consumed_quantity": null, "consumed_unit": null}', 'tax_with_price', 'error', 'PricingQuantity'),
    (31, '{"charge_category": "Credit", "charge_frequency": "One-Time", "consumed_quantity": null, "consumed_unit": null, "list_unit_price": null}', 'cost_without_price_differs', 'warning', 'ListCost'),
    (32, '{"sub_account_name": "Web"}', 'name_without_id', 'error', 'SubAccountName'),
    (33, '{"region_id": "eu"}', 'name_without_id', 'error', 'RegionName'),
    (34, '{"allocated_resource_id": "pod"}', 'allocated_without_method', 'error', 'AllocatedMethodId'),
    (35, '{"sku_id": null}', 'sku_price_without_sku', 'error', 'SkuPriceId'),
    (36, '{"service_subcategory": "Other (Storage)"}', 'subcategory_of_another', 'error', 'ServiceSubcategory'),
    (37, '{"charge_frequency": null}', 'null_not_allowed', 'warning', 'ChargeFrequency');
INSERT INTO broken SELECT 40 + row_number() OVER (), change::jsonb, 'value_missing', 'warning', column_name FROM (VALUES
    ('{"pricing_category": null}', 'PricingCategory'), ('{"pricing_quantity": null, "pricing_unit": null}', 'PricingQuantity'), ('{"list_unit_price": null}', 'ListUnitPrice'), ('{"contracted_unit_price": null}', 'ContractedUnitPrice'),
    ('{"sku_id": null, "sku_price_id": null}', 'SkuId'), ('{"sku_price_id": null}', 'SkuPriceId'), ('{"consumed_quantity": null, "consumed_unit": null}', 'ConsumedQuantity'),
    ('{"commitment_discount_id": "D", "commitment_discount_category": "Spend", "commitment_discount_type": "Plan", "commitment_discount_status": "Used", "billed_cost": 0}', 'CommitmentDiscountQuantity')) v (change, column_name);
INSERT INTO broken VALUES
    (51, '{"charge_category": "Tax", "charge_frequency": "One-Time", "consumed_quantity": null, "consumed_unit": null}', 'tax_with_price', 'error', 'PricingCategory'),
    (52, '{"charge_category": "Tax", "charge_frequency": "One-Time", "consumed_quantity": null, "consumed_unit": null}', 'tax_with_price', 'error', 'SkuId'),
    (53, '{"commitment_discount_id": "D", "commitment_discount_category": "Spend", "commitment_discount_type": "Plan", "commitment_discount_status": "Used", "commitment_discount_quantity": 6, "billed_cost": 0}', 'unit_without_quantity', 'error', 'CommitmentDiscountUnit'),
    (54, '{"service_subcategory": "Caching"}', 'subcategory_of_another', 'error', 'ServiceSubcategory'), (55, '{"resource_name": "r"}', 'name_without_id', 'error', 'ResourceName'),
    (56, '{"commitment_discount_name": "n"}', 'name_without_id', 'error', 'CommitmentDiscountName'), (57, '{"allocated_resource_name": "n"}', 'name_without_id', 'error', 'AllocatedResourceName'),
    (58, '{"capacity_reservation_status": "Used"}', 'status_without_usage', 'error', 'CapacityReservationStatus'),
    (59, '{"charge_category": "Credit", "charge_frequency": "One-Time", "consumed_quantity": null, "consumed_unit": null, "contracted_unit_price": null, "contracted_cost": 5}', 'cost_without_price_differs', 'warning', 'ContractedCost'),
    (60, '{"pricing_unit": null}', 'unit_without_quantity', 'error', 'PricingUnit');
CREATE FUNCTION pg_temp.bill(line jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE (SELECT format('INSERT INTO v.charge (%1$s) SELECT %1$s FROM jsonb_populate_record(NULL::v.charge, $1)', string_agg(quote_ident(k), ', '))
             FROM jsonb_object_keys(line) k) USING line;
END
$$;
SELECT count(pg_temp.bill(jsonb :good || b.change || jsonb_build_object('line_no', b.n))) AS billed FROM broken b;
SELECT pg_temp.bill(jsonb :good || jsonb '{"line_no": 0}');
SELECT publish_load('v', :load) > 30 AS published;
CREATE TEMPORARY TABLE found AS SELECT * FROM validate_focus('v');
CREATE TEMPORARY TABLE line AS SELECT line_no AS n, concat('charge/', fact_id) AS id FROM v.charge;
SELECT is_empty($$SELECT b.n, b.code FROM broken b JOIN line l ON l.n = b.n
    LEFT JOIN found f ON f.rule_code = b.code AND f.column_name = b.column_name AND f.severity = b.severity WHERE f.rule_code IS NULL$$, 'each line that breaks a rule is found under it');
SELECT is_empty($$SELECT f.rule_code, f.column_name FROM found f WHERE NOT EXISTS (SELECT FROM line l WHERE l.id = f.example)$$, 'a finding names a row');
SELECT is_empty($$SELECT * FROM found f JOIN line l ON l.id = f.example AND l.n = 0$$, 'the line that breaks none is in none');
-- One line, one rule: what it breaks besides is what follows from it.
SELECT results_eq($$SELECT l.n, f.row_count FROM found f JOIN line l ON l.id = f.example WHERE f.rule_code IN ('list_cost_rounded', 'list_cost_not_price_times_quantity', 'json_not_object', 'subcategory_of_another') ORDER BY 1$$,
    $$VALUES (7::bigint, 1::bigint), (10, 1), (11, 1), (36, 2)$$, 'as many rows as there are');
SELECT results_eq($$SELECT rule_code, row_count FROM validate_focus('v', tolerance => 0) WHERE rule_code LIKE 'list_cost_%' UNION ALL SELECT rule_code, row_count FROM validate_focus('v', tolerance => 1) WHERE rule_code LIKE 'list_cost_%'$$,
    $$VALUES ('list_cost_not_price_times_quantity', 2::bigint), ('list_cost_rounded', 2)$$, 'the tolerance is what is told from an error');
SELECT results_eq($$SELECT DISTINCT severity FROM found ORDER BY 1$$, $$VALUES ('error'), ('info'), ('warning')$$);
SELECT throws_ok($$SELECT validate_focus('v', 'Charges')$$, '22023', 'there is no FOCUS dataset "Charges"');
SELECT throws_ok($$SELECT validate_focus('v', tolerance => 'NaN')$$, '22023', 'invalid tolerance: NaN');
SELECT throws_ok($$SELECT validate_focus('v', tolerance => NULL)$$, '22023', 'invalid tolerance: null');
SELECT throws_ok($$SELECT validate_focus('nowhere')$$, '3F000');
-- Rule by rule, over a row in which every column says what it may: none is broken; and with one column that does not, its own is.
CREATE FUNCTION pg_temp.breaks(of_dataset text, condition text, line jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    broken boolean;
BEGIN
    EXECUTE format('SELECT (%s) FROM jsonb_populate_record(NULL::v_report.%I, $2) v', condition, CASE of_dataset WHEN 'CostAndUsage' THEN 'cost_and_usage' WHEN 'ContractCommitment' THEN 'contract_commitments'
        WHEN 'BillingPeriod' THEN 'billing_periods' ELSE 'invoice_details' END) INTO broken USING 0.01, line;
    RETURN coalesce(broken, false);
END
$$;
CREATE TEMPORARY TABLE proper AS
SELECT dataset, jsonb_object_agg(focus_snake(column_name),
           CASE WHEN allowed_values IS NOT NULL THEN to_jsonb(allowed_values[1]) WHEN value_format = 'Currency' THEN '"USD"' WHEN value_format = 'Unit' THEN '"1000 GB-Hours"'
                WHEN data_type = 'Decimal' THEN '1' WHEN data_type = 'Date/Time' THEN '"2026-05-01T00:00:00Z"' WHEN value_format = 'Key-Value' THEN '"{\"a\": 1, \"b\": null}"'
                WHEN data_type = 'JSON' THEN '"{\"Elements\": [{\"a\": {}}]}"' ELSE '"some text"' END)
       || '{"is_correction": false, "covers_other_charges": false}' AS line
FROM focus_columns() GROUP BY 1;
CREATE TEMPORARY TABLE improper (rule_code text, value jsonb);
INSERT INTO improper VALUES ('null_not_allowed', NULL), ('word_not_allowed', '"some text"'), ('word_not_allowed', '""'), ('text_empty', '""'), ('not_a_currency', '"usd"'), ('not_a_currency', '"US$"'), ('not_a_currency', '"EURO"'),
    ('not_a_unit', '"2.5 Hours"'), ('not_a_unit', '"10"'), ('not_a_unit', '" Hours"'), ('price_negative', '-0.000000000000001'), ('json_not_object', '"[1]"'), ('json_not_object', '"7"'), ('json_value_not_plain', '"{\"a\": {\"b\": 1}}"'),
    ('json_value_not_plain', '"{\"a\": [1]}"'), ('json_without_elements', '"{\"a\": 1}"'), ('json_without_elements', '"{\"Elements\": {}}"');
SELECT is_empty($$SELECT r.dataset, r.rule_code, r.column_name FROM focus_rules() r JOIN proper p USING (dataset) WHERE r.rule_code IN (SELECT rule_code FROM improper) AND pg_temp.breaks(r.dataset, r.condition, p.line)$$, 'what is proper is in no finding');
SELECT is_empty($$SELECT r.dataset, r.rule_code, r.column_name, i.value FROM focus_rules() r JOIN proper p USING (dataset) JOIN improper i USING (rule_code)
    WHERE NOT pg_temp.breaks(r.dataset, r.condition, CASE WHEN i.value IS NULL THEN p.line - focus_snake(r.column_name) ELSE p.line || jsonb_build_object(focus_snake(r.column_name), i.value) END)$$, 'what is not is found, of every column');
SELECT results_eq($$SELECT dataset, rule_code, count(*) FROM focus_rules() WHERE rule_code IN ('null_not_allowed', 'word_not_allowed', 'price_negative') GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$VALUES ('BillingPeriod', 'null_not_allowed', 6::bigint), ('BillingPeriod', 'word_not_allowed', 1), ('ContractCommitment', 'null_not_allowed', 23), ('ContractCommitment', 'word_not_allowed', 8),
             ('CostAndUsage', 'null_not_allowed', 20), ('CostAndUsage', 'price_negative', 4), ('CostAndUsage', 'word_not_allowed', 9), ('InvoiceDetail', 'null_not_allowed', 17), ('InvoiceDetail', 'word_not_allowed', 2)$$, 'as many as FOCUS 1.4 has');
-- A cost that a bill rounds is said; what 15 decimals make of a price is not.
SELECT is(pg_temp.breaks('CostAndUsage', condition, '{"list_cost": 100, "list_unit_price": 0.000136986301370, "pricing_quantity": 730000, "is_correction": false}'), false, 'no finding of our own rounding: ' || rule_code) FROM focus_rules() WHERE rule_code LIKE 'list_cost_%';
SELECT is(pg_temp.breaks('CostAndUsage', condition, '{"list_cost": 100.000001, "list_unit_price": 0.000136986301370, "pricing_quantity": 730000, "is_correction": false}'), rule_code = 'list_cost_rounded', 'but of a millionth: ' || rule_code) FROM focus_rules() WHERE rule_code LIKE 'list_cost_%';
-- What we say of owned chips keeps all rules.
SELECT results_eq($$SELECT rule_code, column_name, example LIKE 'owned/%' FROM validate_focus('g') WHERE example LIKE 'owned/%'$$, $$SELECT ''::text, ''::text, true WHERE false$$, 'rows of owned chips break no rule');

-- The other datasets.
SELECT open_load('v', 'commitments', 't') AS load \gset
INSERT INTO v.contract_commitment (contract_commitment_id, contract_id, contract_commitment_category, contract_commitment_cost, contract_commitment_period_start, contract_commitment_period_end)
VALUES ('C1', 'C', 'Spend', 12.345678901234567890, '2026-01-01 00:00Z', '2025-01-01 00:00Z');
INSERT INTO v.billing_period (invoice_issuer_name, billing_period_start, billing_period_end, billing_period_status) VALUES ('Cloud', '2026-05-01 00:00Z', '2026-06-01 00:00Z', 'Shut');
INSERT INTO v.invoice_detail (invoice_issuer_name, invoice_id, invoice_detail_id, billed_cost, billing_currency, invoice_issue_status, invoice_detail_grain) VALUES ('Cloud', 'I-1', '1', 6, 'USD', 'Issued', '{"ServiceName": "VMs"}');
SELECT publish_load('v', :load) AS published;
SELECT results_eq($$SELECT contractcommitmentid, contractcommitmentcost, contractid FROM v_report.focus_contract_commitment$$, $$VALUES ('C1', 12.345678901234568, 'C')$$, 'commitments under folded names, at 15 decimals');
SELECT results_eq($$SELECT contract_commitment_id, contract_commitment_cost FROM v_report.contract_commitments$$, $$VALUES ('C1', 12.345678901234568)$$, 'and in snake_case');
SELECT results_eq($$SELECT p.billingperiodstatus, d.invoiceid, d.invoicedetailgrain FROM v_report.focus_billing_period p JOIN v_report.focus_invoice_detail d ON d.invoiceissuername = p.invoiceissuername$$, $$VALUES ('Shut', 'I-1', '{"ServiceName": "VMs"}')$$);
SELECT results_eq($$SELECT rule_code, column_name FROM validate_focus('v', 'ContractCommitment') WHERE rule_code <> 'null_not_allowed'$$,
    $$VALUES ('period_reversed', 'ContractCommitmentPeriodEnd'), ('spend_without_cost', 'ContractCommitmentCost')$$);
SELECT results_eq($$SELECT rule_code, column_name, example FROM validate_focus('v', 'BillingPeriod') WHERE rule_code = 'word_not_allowed'$$, $$VALUES ('word_not_allowed', 'BillingPeriodStatus', 'Cloud 2026-05-01T00:00:00')$$);
SELECT results_eq($$SELECT rule_code, example FROM validate_focus('v', 'InvoiceDetail') WHERE rule_code = 'issued_without_date'$$, $$VALUES ('issued_without_date', 'Cloud I-1 1')$$);

-- ---------------------------------------------------------------------------
-- Files
-- ---------------------------------------------------------------------------
SELECT is((SELECT string_agg(l, E'\n') FROM export_focus('v', 'BillingPeriod', with_custom => false) l),
    E'BillingPeriodCreated,BillingPeriodEnd,BillingPeriodLastUpdated,BillingPeriodStart,BillingPeriodStatus,InvoiceIssuerName\n,2026-06-01T00:00:00Z,,2026-05-01T00:00:00Z,Shut,Cloud', 'a file of billing periods');
SELECT is((SELECT count(*) FROM export_focus('v', billing_from => '2026-06-01') WITH ORDINALITY), (SELECT count(*) + 1 FROM v.charge_line WHERE billing_period_start >= '2026-06-01 00:00Z'), 'of some months');
CREATE TEMPORARY TABLE one_file AS SELECT l FROM export_focus('g') l;
SELECT is((SELECT l FROM one_file LIMIT 1), (SELECT string_agg(c, ',' ORDER BY i) FROM (SELECT column_name, i FROM focus_columns() WITH ORDINALITY f (d, column_name, t, l, n, v, a, introduced, last_version, i)
    WHERE d = 'CostAndUsage' AND last_version IS NULL AND introduced <= '1.4' UNION ALL SELECT unnest('{x_ProviderName}'::text[]), 0 WHERE false) h (c, i)) || (SELECT substring(l FROM ',x_.*') FROM one_file LIMIT 1), 'the header in PascalCase, the columns of FOCUS first');
SELECT matches((SELECT l FROM one_file LIMIT 1), ',x_ProviderName,x_PublisherName,.*,x_UsedChipHours,x_ProductiveCost,', 'what FOCUS does not have begins with x_');
-- A file of ours is a file of FOCUS to whoever reads it: here, to ourselves.
CREATE TEMPORARY TABLE read_back AS SELECT * FROM import_bill('v', 'ours.csv', (SELECT string_agg(l, E'\n' ORDER BY ctid) FROM one_file), 't');
-- Azure's two files of a month: what is billed and what is effective, and list prices once.
SELECT create_ledger('z');
INSERT INTO z.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
CREATE FUNCTION pg_temp.azure(name text, lines text) RETURNS bigint LANGUAGE sql AS $$
    SELECT publish_load('z', load_id) FROM import_bill('z', name, E'BillingAccountId,BillingPeriodStartDate,BillingPeriodEndDate,Date,MeterCategory,Quantity,UnitOfMeasure,CostInBillingCurrency,BillingCurrency,ChargeType,PricingModel,PaygCostInBillingCurrency,ReservationId\n' || lines, 't',
        jsonb_build_object('day_order', 'mdy', 'dataset', name))
$$;
SELECT pg_temp.azure('azure_actual', E'A,10/01/2025,10/31/2025,10/02/2025,VM,2,1 Hour,6,USD,Usage,OnDemand,8,\nA,10/01/2025,10/31/2025,10/02/2025,VM,2,1 Hour,0,USD,Usage,Reservation,8,R1\nA,10/01/2025,10/31/2025,10/02/2025,VM,1,1 Hour,5,USD,Purchase,Reservation,,R1\nA,11/01/2025,11/30/2025,11/02/2025,VM,1,1 Hour,3,USD,Usage,OnDemand,4,\n');
SELECT results_eq($$SELECT charge_month, sum(billed_cost), sum(list_cost), sum(billed_in_advance) FROM z_report.cost_and_usage_month GROUP BY 1 ORDER BY 1$$, $$VALUES (date '2025-10-01', 11.000000000000000, 16.000000000000000, 5.000000000000000), ('2025-11-01', 3, 4, 0)$$, 'of the actual file alone its list cost counts');
SELECT pg_temp.azure('azure_amortised', E'A,10/01/2025,10/31/2025,10/02/2025,VM,2,1 Hour,6,USD,Usage,OnDemand,8,\nA,10/01/2025,10/31/2025,10/02/2025,VM,2,1 Hour,3,USD,Usage,Reservation,8,R1\nA,10/01/2025,10/31/2025,10/02/2025,VM,1,1 Hour,2,USD,UnusedReservation,Reservation,,R1\n');
SELECT results_eq($$SELECT charge_month, sum(billed_cost), sum(effective_cost), sum(list_cost), sum(saved_against_list), sum(billed_in_advance) FROM z_report.cost_and_usage_month GROUP BY 1 ORDER BY 1$$,
    $$VALUES (date '2025-10-01', 11.000000000000000, 11.000000000000000, 16.000000000000000, 7.000000000000000, 5.000000000000000), ('2025-11-01', 3, 0, 4, 0, 0)$$, 'with the amortised one it counts once, in the months that both have');
SELECT results_eq($$SELECT x_dataset, charge_category, sum(pricing_quantity) FROM z_report.cost_and_usage WHERE NOT covers_other_charges GROUP BY 1, 2 ORDER BY 1$$, $$VALUES ('azure_actual', 'Usage', 1.000000000000000), ('azure_amortised', 'Usage', 5)$$);

SELECT results_eq('SELECT dataset, focus_version, status, rows_loaded, rows_rejected FROM read_back', $$SELECT 'cost_and_usage', '1.4', 'loaded', count(*) - 1, 0::bigint FROM one_file$$, 'a file that we write is read as FOCUS 1.4');
SELECT publish_load('v', load_id) > 0 AS published FROM read_back;
SELECT set_eq('SELECT resource_id, sku_price_id, service_name, charge_period_start, billing_period_end, billing_currency, billed_cost, effective_cost, list_unit_price, pricing_quantity, consumed_unit, sku_price_details::jsonb, tags FROM v_report.cost_and_usage WHERE x_delivery_id IS NOT NULL',
              'SELECT resource_id, sku_price_id, service_name, charge_period_start, billing_period_end, billing_currency, billed_cost, effective_cost, list_unit_price, pricing_quantity, consumed_unit, sku_price_details::jsonb, tags FROM g_report.cost_and_usage', 'and says the same');
SET datestyle = 'German, DMY';
SET timezone = 'UTC';
SET extra_float_digits = 0;
SELECT set_eq('SELECT l FROM one_file', $$SELECT l FROM export_focus('g') l$$, 'whatever the session''s settings');
SELECT throws_ok($$SELECT export_focus('v', 'ContractCommitment', billing_from => '2026-01-01')$$, '22023');
SELECT throws_ok($$SELECT focus_export_query('v', 'charge')$$, '22023', 'there is no FOCUS dataset "charge"');
SELECT throws_ok($$SELECT export_focus(NULL)$$, '22004');

SELECT * FROM finish();
ROLLBACK;
