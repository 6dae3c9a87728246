-- What owned chips cost, as charges of FOCUS, in worlds made at random: several currencies and entities, assets
-- impaired, added to and sold, leases and what is rented beside them, prices of energy above and below zero,
-- tenants under every method. Looked at beside the views that the charges are not made from.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SET TimeZone = 'America/New_York';
SELECT no_plan();
SELECT setseed(0.25);

CREATE FUNCTION pg_temp.world(w text, basis text, zone text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    load bigint;
BEGIN
    PERFORM create_ledger(w, 'USD', 1, zone, basis);
    PERFORM set_config('search_path', format('%s, chipbook, public, pg_catalog', w), true);
    INSERT INTO source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'made at random', 'high');
    load := open_load(w, 'a world', 't');
    INSERT INTO party (party_id, name, kind) VALUES ('ME', 'Lessee', 'company'), ('L', 'Lessor', 'company');
    INSERT INTO chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('H100', 'H100', 700, 1.8, 0.75);
    INSERT INTO site (site_id, name, pue) VALUES ('S', 'Site', 1.1), ('T', 'Other site', NULL);
    INSERT INTO energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES ('S', '0.0812345 USD', '-infinity', '2025-02-11'), ('S', '-0.01 USD', '2025-02-11', '2025-02-19'), ('S', '0.07 EUR', '2025-02-19', 'infinity');
    INSERT INTO asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on)
    SELECT 'a' || n, 'asset', (ARRAY['chip', 'server', 'network', 'building', 'chip'])[1 + n % 5], CASE WHEN n % 5 IN (0, 4) THEN 'H100' END, CASE WHEN n % 5 IN (0, 4) THEN 20 END, 'S',
           monetary(round((random() * 1000000)::numeric, 2), (ARRAY['USD', 'EUR'])[1 + n % 7 / 6]::currency), d, d
    FROM generate_series(1, 16) n, LATERAL (SELECT date '2024-12-03' + (random() * 60 + 0 * n)::integer AS d) x;
    INSERT INTO asset_policy (asset_id, basis, policy)
    SELECT a.asset_id, b, amortisation_policy(method => CASE WHEN random() < 0.5 THEN 'straight_line' ELSE 'sum_of_years_digits' END, life => '4 years', convention => 'full_month')
    FROM asset a, unnest('{ifrs,us_gaap}'::text[]) b;
    INSERT INTO asset_event (event_id, asset_id, basis, kind, happened_on, amount, share) VALUES
        ('bad', 'a1', basis, 'impairment', '2025-02-09', monetary(round((random() * 100)::numeric, 2), (SELECT currency(cost) FROM asset WHERE asset_id = 'a1')), NULL),
        ('more', 'a2', NULL, 'addition', '2025-02-20', monetary(777.77, (SELECT currency(cost) FROM asset WHERE asset_id = 'a2')), NULL),
        ('half', 'a3', NULL, 'disposal', '2025-02-14', NULL, 0.5), ('gone', 'a4', NULL, 'disposal', '2025-03-03', NULL, NULL);
    INSERT INTO pool (pool_id, name, site_id, chip_model_id, ownership, provider_id) VALUES ('P', 'P', 'S', 'H100', 'owned', NULL), ('Q', 'Q', 'S', 'H100', 'owned', NULL),
        ('LEASED', 'leased', 'T', 'H100', 'leased', 'L'), ('MIXED', 'owned, leased and rented', 'S', 'H100', 'owned', NULL), ('RENTED', 'rented', 'T', 'H100', 'rented', 'L');
    -- Some are in no pool, some in two.
    INSERT INTO pool_asset (pool_id, asset_id, share) SELECT (ARRAY['P', 'Q', 'MIXED'])[1 + n % 3], 'a' || n, CASE WHEN n % 4 = 0 THEN 0.37 ELSE 1 END FROM generate_series(1, 14) n;
    INSERT INTO pool_asset (pool_id, asset_id, share) SELECT 'LEASED', 'a' || n, 0.21 FROM generate_series(4, 14, 4) n;
    INSERT INTO rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'RENTED', 3, '1.23456789 USD', '2025-01-01', '2025-03-10'), ('m', 'MIXED', 2, '2.1 EUR', '2025-02-05', '2025-04-01');
    INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, signed_on, starts_on, ends_on, legal_status, evidence)
    SELECT d, 'L', 'ME', 'lease', c::currency, '2024-12-01', '2025-01-01', '2026-01-01', 'signed', 'contract' FROM (VALUES ('one', 'USD'), ('two', 'EUR')) v (d, c);
    INSERT INTO lease (lease_id, deal_id, pool_id, chips, commences_on, period_months, payments, in_advance, rate) VALUES
        ('one', 'one', 'LEASED', 8, '2025-01-15', 1, array_fill(monetary(round((random() * 9000)::numeric, 2), 'USD'::currency), ARRAY[12]), true, 0.06),
        ('two', 'two', 'MIXED', 5, '2025-01-01', 3, array_fill(monetary(1000.01, 'EUR'::currency), ARRAY[4]), false, 0.05);
    INSERT INTO cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from) VALUES
        ('hall', 'P', 'facility', 'kw_month', '150 USD', NULL, '2025-01-01'), ('land', 'Q', 'facility', 'month', '3100 EUR', NULL, '2025-02-07'),
        ('fabric', 'P', 'interconnect', 'depreciation', NULL, 0.0712345, '2025-01-01'), ('staff', 'LEASED', 'operations', 'chip_hour', '0.0537 USD', NULL, '2025-01-01'), ('cage', 'RENTED', 'facility', 'month', '10 USD', NULL, '2025-01-01');
    INSERT INTO allocation_rule (rule_id, pool_id, method, idle) VALUES ('q', 'Q', 'max_request_usage', 'share_evenly'), ('m', 'MIXED', 'billing', 'share_by_weight'), ('l', 'LEASED', 'waterfall', 'keep');
    INSERT INTO tenant_capacity (pool_id, tenant_id, chips, priority) VALUES ('LEASED', 'A', 3, 1), ('LEASED', 'B/2', 9, 2);
    PERFORM add_reading_partitions(w, m) FROM unnest('{2025-01-01,2025-02-01,2025-03-01}'::date[]) m;
    INSERT INTO meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, billing_ms, use_basis, tenant_id)
    SELECT p, d AT TIME ZONE zone, (d + interval '1 day') AT TIME ZONE zone, date_trunc('month', d)::date, i, i * 9 / 10, l, l * 7 / 10, (l * random())::bigint, 'sm_active', nullif(t, '')
    FROM unnest('{P,Q,LEASED,MIXED,RENTED}'::text[]) p, unnest('{A,B/2,C,""}'::text[]) t, generate_series(timestamp '2025-01-05', '2025-03-20', '3 days') d,
         LATERAL (SELECT (random() * 86400000)::bigint AS i) a, LATERAL (SELECT (i * 0.9 * random())::bigint AS l) b
    WHERE (extract(day FROM d)::integer + length(p)) % 4 > 0;
    INSERT INTO account (account_id, name, kind) VALUES ('0190', 'accumulated', 'asset'), ('6100', 'depreciation', 'expense'), ('6200', 'accrued cost', 'expense'), ('3000', 'accruals', 'liability');
    INSERT INTO posting_rule (rule_id, event, debit_account_id, credit_account_id)
    SELECT e, e, CASE e WHEN 'depreciation' THEN '6100' ELSE '6200' END, CASE e WHEN 'depreciation' THEN '0190' ELSE '3000' END
    FROM unnest('{depreciation,energy_accrual,rent_accrual,facility_accrual,interconnect_accrual,operations_accrual,impairment,disposal_cost,disposal_accumulated,disposal_impairment,disposal_proceeds,disposal_loss,disposal_gain}'::text[]) e;
    INSERT INTO charge (provider_name, invoice_issuer_name, invoice_id, billing_currency, billing_period_start, billing_period_end, charge_period_start, charge_period_end, charge_category, service_category, service_name, billed_cost, effective_cost)
    VALUES ('L', 'Lessor', 'L-2', 'USD', '2025-02-01 00:00Z', '2025-03-01 00:00Z', '2025-02-01 00:00Z', '2025-03-01 00:00Z', 'Usage', 'Compute', 'Lease', 9000, 9000);
    INSERT INTO charge_origin (origin_id, invoice_issuer_name, component, pool_id) VALUES ('lease', 'Lessor', 'lease', 'LEASED');
    PERFORM publish_load(w, load, recorded_at => '2025-05-03 12:00Z');
    PERFORM refresh_allocation(w);
END
$$;
SELECT pg_temp.world('w1', 'ifrs', 'Europe/Berlin'), pg_temp.world('w2', 'us_gaap', 'Asia/Kolkata');
SET search_path = chipbook, public, pg_catalog;
SET chipbook.as_of = 'now';

CREATE TEMPORARY TABLE owned AS
SELECT 'w1' AS w, c.* FROM w1_report.cost_and_usage c UNION ALL SELECT 'w2', c.* FROM w2_report.cost_and_usage c;
CREATE TEMPORARY TABLE spent AS
SELECT 'w1' AS w, c.* FROM w1_report.utilisation_weighted_spend c UNION ALL SELECT 'w2', c.* FROM w2_report.utilisation_weighted_spend c;
CREATE TEMPORARY TABLE split AS
SELECT 'w1' AS w, c.* FROM w1_report.cost_and_usage_allocated c UNION ALL SELECT 'w2', c.* FROM w2_report.cost_and_usage_allocated c;
CREATE TEMPORARY TABLE borne AS
SELECT 'w1' AS w, c.* FROM w1_report.allocated_spend c UNION ALL SELECT 'w2', c.* FROM w2_report.allocated_spend c;

SELECT results_eq($$SELECT w, count(DISTINCT billing_currency), count(DISTINCT x_component) FROM owned GROUP BY 1 ORDER BY 1$$, $$VALUES ('w1', 2::bigint, 6::bigint), ('w2', 2, 6)$$, 'worlds with everything in them');
SELECT is_empty($$
    SELECT * FROM (SELECT w, entity_id, pool_id, currency, period_month, total_cost - rent AS cost FROM spent WHERE total_cost <> rent OR productive_cost <> 0 AND rent = 0) s
    FULL JOIN (SELECT w, billing_account_id AS entity_id, resource_id AS pool_id, billing_currency AS currency, (charge_period_start AT TIME ZONE 'UTC')::date AS period_month, sum(effective_cost) AS cost FROM owned GROUP BY 1, 2, 3, 4, 5) o
      ON o.w = s.w AND o.entity_id IS NOT DISTINCT FROM s.entity_id AND o.pool_id IS NOT DISTINCT FROM s.pool_id AND o.currency = s.currency AND o.period_month = s.period_month
    WHERE coalesce(s.cost, 0) <> coalesce(o.cost, 0)$$, 'a pool costs in a month what it costs, but for rent, to the last digit');
SELECT is_empty($$
    SELECT * FROM (SELECT s.w, s.pool_id, s.currency, s.period_month, c.component, c.cost FROM spent s
                   CROSS JOIN LATERAL (VALUES ('depreciation', s.depreciation), ('lease', s.lease_cost), ('energy', s.energy), ('facility', s.facility_cost), ('interconnect', s.interconnect_cost), ('operations', s.operations_cost)) c (component, cost)) s
    FULL JOIN (SELECT w, resource_id AS pool_id, billing_currency AS currency, (charge_period_start AT TIME ZONE 'UTC')::date AS period_month, x_component AS component, sum(effective_cost) AS cost FROM owned GROUP BY 1, 2, 3, 4, 5) o
      ON o.w = s.w AND o.pool_id IS NOT DISTINCT FROM s.pool_id AND o.currency = s.currency AND o.period_month = s.period_month AND o.component = s.component
    WHERE coalesce(s.cost, 0) <> coalesce(o.cost, 0)$$, 'component by component');
SELECT is_empty($$SELECT * FROM owned WHERE x_productive_cost + x_allocated_idle_cost + x_unallocated_cost + x_unavailable_cost + x_unmetered_cost <> effective_cost OR billed_cost <> 0 OR list_cost <> effective_cost OR contracted_cost <> effective_cost$$,
    'the states of a charge add up to it, nothing is billed, and the four costs are one');
SELECT is_empty($$
    SELECT s.* FROM spent s
    JOIN (SELECT w, resource_id, billing_currency, (charge_period_start AT TIME ZONE 'UTC')::date AS period_month, sum(x_productive_cost) AS productive, sum(x_allocated_idle_cost) AS idle, sum(x_unallocated_cost) AS unallocated,
                 sum(x_unavailable_cost) AS unavailable, sum(x_unmetered_cost) AS unmetered FROM owned GROUP BY 1, 2, 3, 4) o
      ON o.w = s.w AND o.resource_id IS NOT DISTINCT FROM s.pool_id AND o.billing_currency = s.currency AND o.period_month = s.period_month
    WHERE s.rent = 0 AND (s.productive_cost, s.allocated_idle_cost, s.unallocated_cost, s.unavailable_cost, s.unmetered_cost) IS DISTINCT FROM (o.productive, o.idle, o.unallocated, o.unavailable, o.unmetered)$$,
    'and states of a pool to those of the pool, leases too');
SELECT results_eq($$SELECT DISTINCT x_ownership, service_name FROM owned WHERE x_component = 'lease'$$, $$VALUES ('leased', 'Leased chips')$$, 'what is leased is so in a pool of owned chips too');
SELECT results_eq($$SELECT o.invoice_id, o.billed_cost, o.owned_cost FROM w1_report.origin_invoice o$$,
    $$SELECT 'L-2'::text, 9000.000000000000000::numeric(38,15), lease_cost FROM spent WHERE w = 'w1' AND pool_id = 'LEASED' AND period_month = '2025-02-01' AND currency = 'USD'$$, 'the lessor''s invoice stands beside what the lease costs');
SELECT is_empty($$SELECT * FROM owned WHERE invoice_issuer_name = 'Lessor'$$, 'and not among the charges, which would have it twice');
SELECT is_empty($$SELECT s.* FROM spent s JOIN (SELECT w, resource_id, (charge_period_start AT TIME ZONE 'UTC')::date AS period_month, sum(x_used_chip_hours) AS used, sum(x_installed_chip_hours) AS installed FROM owned GROUP BY 1, 2, 3) o
    ON o.w = s.w AND o.resource_id = s.pool_id AND o.period_month = s.period_month WHERE s.pool_id <> 'RENTED' AND (o.used, o.installed) IS DISTINCT FROM (s.used_chip_hours, s.installed_chip_hours)$$, 'chip-hours stand once');

-- ---------------------------------------------------------------------------
-- Who bears it
-- ---------------------------------------------------------------------------
SELECT is((SELECT count(*) FROM split WHERE x_origin_charge_id IS NULL AND x_basis IS NOT NULL), 0::bigint, 'where all is allocated every charge is split');
SELECT is((SELECT count(*) - count(DISTINCT x_charge_id) FROM split WHERE w = 'w1'), 0::bigint, 'each share has its key');
SELECT cmp_ok((SELECT count(*) FROM split WHERE allocated_resource_id = 'B/2'), '>', 30::bigint, 'tenants have shares');
SELECT is_empty($$
    SELECT * FROM owned o
    FULL JOIN (SELECT w, x_origin_charge_id, sum(effective_cost) AS effective, sum(list_cost) AS list, sum(billed_cost) AS billed, sum(pricing_quantity) AS quantity, sum(consumed_quantity) AS consumed,
                      sum((allocated_method_details::jsonb #>> '{Elements,0,AllocatedRatio}')::numeric) AS ratio
               FROM split GROUP BY 1, 2) s ON s.w = o.w AND s.x_origin_charge_id = o.x_charge_id
    WHERE (o.effective_cost, o.list_cost, o.billed_cost, o.pricing_quantity, o.consumed_quantity, 1) IS DISTINCT FROM (s.effective, s.list, s.billed, s.quantity, s.consumed, s.ratio)$$,
    'the shares of a charge add up to it in costs, quantities and ratio');
SELECT is_empty($$
    SELECT * FROM (SELECT b.w, b.pool_id, b.currency, b.period_month, b.line, b.tenant_id, b.total_cost FROM borne b
                   JOIN spent s ON s.w = b.w AND s.pool_id IS NOT DISTINCT FROM b.pool_id AND s.currency = b.currency AND s.period_month = b.period_month AND s.rent = 0) b
    FULL JOIN (SELECT p.w, p.resource_id AS pool_id, p.billing_currency AS currency, (p.charge_period_start AT TIME ZONE 'UTC')::date AS period_month, p.x_allocation_line AS line, p.allocated_resource_id AS tenant_id, sum(p.effective_cost) AS cost
               FROM split p JOIN spent s ON s.w = p.w AND s.pool_id IS NOT DISTINCT FROM p.resource_id AND s.currency = p.billing_currency AND s.period_month = (p.charge_period_start AT TIME ZONE 'UTC')::date AND s.rent = 0
               GROUP BY 1, 2, 3, 4, 5, 6) p
      ON p.w = b.w AND p.pool_id IS NOT DISTINCT FROM b.pool_id AND p.currency = b.currency AND p.period_month = b.period_month AND p.line = b.line AND p.tenant_id IS NOT DISTINCT FROM b.tenant_id
    WHERE coalesce(b.total_cost, 0) <> coalesce(p.cost, 0)$$, 'the shares of a tenant to what is allocated to it');
SELECT is_empty($$
    SELECT b.w, b.pool_id, b.period_month, b.tenant_id FROM borne b
    JOIN (SELECT w, resource_id, billing_currency, (charge_period_start AT TIME ZONE 'UTC')::date AS period_month, allocated_resource_id, sum(x_used_chip_hours) AS used, sum(x_allocated_chip_hours) AS allocated FROM split WHERE x_allocation_line = 'tenant' GROUP BY 1, 2, 3, 4, 5
          HAVING count(x_used_chip_hours) > 0) s
      ON s.w = b.w AND s.resource_id = b.pool_id AND s.billing_currency = b.currency AND s.period_month = b.period_month AND s.allocated_resource_id IS NOT DISTINCT FROM b.tenant_id
    WHERE b.line = 'tenant' AND (s.used, s.allocated) IS DISTINCT FROM (b.used_chip_hours, b.allocated_chip_hours)$$, 'with the hours of each');
SELECT is_empty($$SELECT x_charge_id FROM split WHERE abs(list_cost - list_unit_price * pricing_quantity) > 1e-6$$, 'a price x a share of the quantity is the share of the cost');
SELECT is_empty($$SELECT * FROM split WHERE (x_allocation_line = 'tenant') <> (x_allocation_line IS NOT NULL AND x_allocation_line NOT IN ('idle', 'unavailable', 'unmetered')) OR x_allocation_line <> 'tenant' AND allocated_resource_id IS NOT NULL OR (allocated_method_id IS NULL) <> (x_origin_charge_id IS NULL)$$,
    'what no tenant bears names none');
SELECT results_eq($$SELECT DISTINCT resource_id, allocated_method_id FROM split WHERE resource_id IN ('Q', 'MIXED', 'LEASED', 'P') ORDER BY 1$$, $$VALUES ('LEASED', 'waterfall'), ('MIXED', 'billing, idle share by weight'), ('P', 'proportional'), ('Q', 'max_request_usage, idle share evenly')$$, 'by the method in force');
-- Cost that is known since the last refresh, or bearers that are not to be seen: nothing is split wrongly.
SELECT open_load('w1', 'late', 't') AS load \gset
INSERT INTO w1.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from, valid_to) VALUES ('late', 'P', 'operations', 'month', '50 USD', '2025-02-01', '2025-03-01');
SELECT publish_load('w1', :load) AS published;
SELECT results_eq($$SELECT resource_id, count(*), sum(effective_cost), bool_and(allocated_method_id IS NULL AND allocated_method_details IS NULL) FROM w1_report.cost_and_usage_allocated WHERE x_origin_charge_id IS NULL GROUP BY 1$$,
    $$SELECT resource_id, count(*), sum(effective_cost), true FROM w1_report.cost_and_usage WHERE resource_id = 'P' AND charge_period_start = '2025-02-01 00:00Z' AND billing_currency = 'USD' GROUP BY 1$$, 'what is not allocated yet stands whole');
SELECT refresh_allocation('w1') >= 0 AS refreshed;
SELECT is((SELECT count(*) FROM w1_report.cost_and_usage_allocated WHERE x_origin_charge_id IS NULL), 0::bigint, 'till it is');
CREATE ROLE focus_tenant_a;
SELECT grant_ledger('w1', 'reader', 'focus_tenant_a');
ALTER TABLE w1.allocated_cost ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_a ON w1.allocated_cost FOR SELECT TO focus_tenant_a USING (tenant_id = 'A');
SET ROLE focus_tenant_a;
SELECT is((SELECT count(*) FROM w1_report.cost_and_usage_allocated WHERE x_origin_charge_id IS NOT NULL), 0::bigint, 'who sees one bearer alone is shown no share that would be too large');
RESET ROLE;
SELECT is_empty($$SELECT rule_code, column_name, example FROM validate_focus('w2') WHERE severity <> 'info' OR rule_code LIKE '%rounded'$$, 'and no rule of FOCUS is broken');

-- A lease is no rent under the basis that measures it, whatever other bases make of it.
SELECT is_empty(format('SELECT * FROM %I.cost_centre_check WHERE NOT ok', w || '_report'), 'cost centres bear what pools cost beside rent') FROM unnest('{w1,w2}'::text[]) w;
SELECT cmp_ok((SELECT sum(cost) FROM w1_report.spend_by_cost_centre WHERE spend = 'pool' AND currency = 'USD'), '=', (SELECT sum(total_cost - rent) FROM w1_report.utilisation_weighted_spend WHERE currency = 'USD'), 'with all that their leases cost');

-- ---------------------------------------------------------------------------
-- The journal
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT lives_ok(format($$SELECT close_period(%L, 'main', %L, 2025, %s)$$, w, b, n)) FROM (VALUES ('w1', 'ifrs'), ('w2', 'us_gaap')) v (w, b), generate_series(1, 3) n;
SELECT is_empty(format($$SELECT * FROM %I.focus_to_journal WHERE state <> 'open' AND component NOT IN ('rent', 'lease') AND difference IS DISTINCT FROM 0 AND period_month >= '2025-01-01'$$, w || '_report'), 'what was posted of a month is what its charges say') FROM unnest('{w1,w2}'::text[]) w;
SELECT cmp_ok((SELECT count(*) FROM w1_report.focus_to_journal WHERE difference = 0 AND posted <> 0), '>', 12::bigint, 'and much was posted');
SELECT results_eq($$SELECT DISTINCT difference, finding FROM w1_report.focus_to_journal WHERE component = 'lease'$$, $$VALUES (NULL::numeric(38,15), 'no close posts leases: see lease_period')$$, 'no close posts leases, and none is said to differ');

SELECT * FROM finish();
ROLLBACK;
