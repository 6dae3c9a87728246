-- Leases: measured, rolled forward, modified, disclosed, and each amount in one class.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET LOCAL jit = off;
SELECT no_plan();

CREATE FUNCTION pg_temp.level(payment monetary, times integer) RETURNS monetary[] IMMUTABLE LANGUAGE sql AS $$SELECT array_fill(payment, ARRAY[times])$$;

-- ---------------------------------------------------------------------------
-- IFRS 16, Illustrative Example 13: ten payments of 50,000 in advance, 5 %, direct costs 20,000, reimbursed 5,000.
-- (The standard rounds at every step: it prints 168,157 and 192,012.)
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT round(amount(lease_liability)), amount(paid_at_commencement), round(amount(right_of_use)) FROM lease_measurement(pg_temp.level('50000 USD', 10), 0.05, true, 'ifrs', '20000 USD', '5000 USD')$$,
    $$VALUES (355391::numeric, 50000::numeric, 420391::numeric)$$, 'IFRS 16, Example 13: first measurement');
SELECT results_eq($$SELECT round(amount(amortisation)), round(amount(right_of_use_closing)), round(amount(liability_closing)) FROM lease_schedule(pg_temp.level('50000 USD', 10), 0.05, true, 'ifrs', '20000 USD', '5000 USD') WHERE period = 6$$,
    $$VALUES (42039::numeric, 168156::numeric, 186162::numeric)$$, 'the end of year 6');
SELECT is(round(amount(right_of_use)), 378174::numeric, 'extended: 4 x 50,000 and 5 x 55,000 at 6 %')
FROM lease_measurement(pg_temp.level('50000 USD', 4) || pg_temp.level('55000 USD', 5), 0.06, true);

-- ASC 842, operating: 10, 12, 14 in arrears at 6 % (worked example of this project).
SELECT results_eq($$SELECT round(amount(liability_opening), 12), amount(lease_cost), round(amount(amortisation), 6), round(amount(right_of_use_closing), 6) FROM lease_schedule('{10 USD,12 USD,14 USD}', 0.06, false, 'us_gaap_operating')$$,
    $$VALUES (31.868589506774, 12::numeric, 10.087885, 21.780705), (23.780704877180, 12, 10.573158, 11.207547), (13.207547169811, 12, 11.207547, 0)$$, 'ASC 842: one even cost, the asset takes what interest leaves');
SELECT is((SELECT sum(lease_cost) FROM lease_schedule('{10 USD,12 USD,14 USD}', 0.06, false, 'us_gaap_operating', '1 USD', '2 USD', '3 USD', restoration => '50 USD', residual => '4 USD')), '42 USD'::monetary,
    'which in all is what is paid: restoration is no part of it');
SELECT is((SELECT amount(right_of_use_opening - liability_opening) FROM lease_schedule('{10 USD,12 USD,14 USD}', 0.06, restoration => '50 USD', prepaid => '3 USD') WHERE period = 1), 53::numeric, 'under IFRS it is in the right of use');
SELECT is((SELECT round(amount(liability_opening), 9) FROM lease_schedule('{10 USD}', 0.06, true, residual => '21.2 USD') WHERE period = 1), 30.000000000, 'a residual guarantee is paid at the end');
SELECT is(round(lease_period_rate(0.05, 1), 12), 0.004074123784, 'a month at 5 % a year, effective');
SELECT is(lease_period_rate(0.06, 1, 'nominal'), 0.005, 'and nominal');
SELECT is(power(1 + lease_period_rate(0.07, 3), 4)::numeric(30,20), 1.07000000000000000000, 'four quarters are a year');

-- Properties over many leases: what is posted ends on nothing, and rolls forward to the cent.
CREATE TEMP TABLE many AS
SELECT n, m AS model, a AS in_advance, p AS posted, s.*
FROM generate_series(1, 40) n, unnest('{ifrs,us_gaap_finance,us_gaap_operating}'::text[]) m, unnest('{t,f}'::boolean[]) a, unnest('{t,f}'::boolean[]) p,
    LATERAL (SELECT array_agg(monetary(round(((n * 7919 * i) % 1000003) / 7.0, 2), (ARRAY['USD', 'JPY', 'BHD'])[1 + n % 3]::currency) ORDER BY i) AS payments FROM generate_series(1, 1 + n * 3) i) x,
    LATERAL lease_schedule(x.payments, 0.001 * (n % 9), a, m, initial_direct_cost => monetary(n * 11.1, currency(x.payments[1])), residual => monetary(n % 4, currency(x.payments[1])), posted => p) s;
SELECT cmp_ok((SELECT count(*) FROM many), '>', 10000::bigint, 'many periods');
SELECT is_empty($$SELECT * FROM many WHERE liability_closing <> liability_opening + interest - payment OR right_of_use_closing <> right_of_use_opening - amortisation OR lease_cost <> interest + amortisation$$, 'balances roll forward, exactly');
SELECT is_empty($$SELECT n FROM (SELECT m.*, lead(m.liability_opening) OVER w AS next_liability, lead(m.right_of_use_opening) OVER w AS next_asset, lead(m.period) OVER w AS next_period FROM many m WINDOW w AS (PARTITION BY n, model, in_advance, posted ORDER BY period)) x
    WHERE CASE WHEN next_period IS NULL THEN amount(liability_closing) <> 0 OR amount(right_of_use_closing) <> 0 ELSE liability_closing <> next_liability OR right_of_use_closing <> next_asset END$$, 'from one period to the next, and end on nothing');
SELECT is_empty($$SELECT * FROM many WHERE posted AND (round(interest) <> interest OR round(payment) <> payment OR round(amortisation) <> amortisation)$$, 'what is posted is whole in the minor unit');
SELECT is_empty($$SELECT n, model, in_advance FROM many GROUP BY 1, 2, 3 HAVING abs(amount(sum(lease_cost) FILTER (WHERE posted)) - amount(sum(lease_cost) FILTER (WHERE NOT posted))) > 2.01$$, 'and in all the same');
SELECT is_empty($$SELECT n FROM many WHERE model = 'us_gaap_operating' AND NOT posted GROUP BY n, in_advance HAVING max(amount(lease_cost)) - min(amount(lease_cost)) > 0.00000000000001$$, 'an operating lease costs the same in every period');
SELECT is_empty($$SELECT n FROM many WHERE NOT posted GROUP BY n, in_advance, period HAVING count(DISTINCT liability_closing) > 1$$, 'the liability is the same under every model');
SELECT throws_ok($$SELECT * FROM lease_schedule('{1 USD,NULL}', 0.05)$$, '22023', NULL, 'a payment is given for each period');
SELECT throws_ok($$SELECT * FROM lease_schedule('{1 USD,1 EUR}', 0.05)$$, '22000', NULL, 'in one currency');
SELECT throws_ok($$SELECT * FROM lease_schedule('{1 USD}', 0.05, residual => '1 EUR')$$, '22000', NULL, 'all of it');
SELECT throws_ok($$SELECT * FROM lease_schedule('{1 USD}', -0.05)$$, '22023', NULL, 'at a rate');
SELECT throws_ok($$SELECT * FROM lease_schedule('{1 USD}', 0.05, model => 'hgb')$$, '22023', NULL, 'by a model');
SELECT is_empty($$SELECT * FROM lease_schedule(NULL, 0.05)$$, 'nothing of NULL');

-- ---------------------------------------------------------------------------
-- A ledger
-- ---------------------------------------------------------------------------
SELECT create_ledger('lease_books', basis => 'ifrs');
SET search_path = lease_books_report, lease_books, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('ifrs16', 'standard', 'IFRS 16, Illustrative Examples 13 and 17', 'high');
SELECT open_load('lease_books', 'leases', 'ifrs16') AS load \gset
INSERT INTO party (party_id, name, kind) VALUES ('L', 'lessee', 'company'), ('LL', 'its parent', 'company'), ('R', 'lessor', 'company');
INSERT INTO relation (party_id, parent_id, kind) VALUES ('L', 'LL', 'control');
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, starts_on, ends_on, legal_status, evidence)
SELECT d, 'R', 'L', k, 'USD', a::monetary, '2019-06-01', s::date, e::date, 'signed', 'contract'
FROM (VALUES ('example 13', 'lease', '500000 USD', '2020-01-01', '2030-01-01'), ('example 17', 'lease', '500000 USD', '2020-01-01', '2030-01-01'), ('operating', 'lease', '36 USD', '2024-01-01', '2027-01-01'),
             ('later', 'lease', '1200 USD', '2027-01-01', '2028-01-01'), ('hall', 'cloud', '1200 USD', '2025-01-01', '2027-01-01'), ('service', 'cloud', '730 USD', '2025-01-01', '2027-01-01'), ('unmeasured', 'lease', '730 USD', '2025-01-01', '2027-01-01')) v (d, k, a, s, e);
INSERT INTO pool (pool_id, name, ownership) VALUES ('P', 'leased chips', 'leased');
INSERT INTO lease (lease_id, deal_id, pool_id, chips, commences_on, period_months, payments, in_advance, rate, initial_direct_cost, incentives, residual_guaranteed, residual_expected, residual_probable) VALUES
    ('13', 'example 13', NULL, NULL, '2020-01-01', 12, pg_temp.level('50000 USD', 10), true, 0.05, '20000 USD', '5000 USD', NULL, NULL, NULL),
    ('17', 'example 17', NULL, NULL, '2020-01-01', 12, pg_temp.level('50000 USD', 10), false, 0.06, NULL, NULL, NULL, NULL, NULL),
    ('op', 'operating', 'P', 10, '2024-01-01', 12, '{10 USD,12 USD,14 USD}', false, 0.06, NULL, NULL, '9 USD', '4 USD', '2 USD'),
    ('nc', 'later', NULL, NULL, '2027-01-01', 1, pg_temp.level('100 USD', 12), true, 0.05, NULL, NULL, NULL, NULL, NULL),
    ('emb', 'hall', NULL, NULL, '2025-01-01', 1, pg_temp.level('10 USD', 24), true, 0.05, NULL, NULL, NULL, NULL, NULL);
INSERT INTO lease_modification (lease_id, effective_on, kind, payments, rate, scope_kept) VALUES
    ('13', '2026-01-01', 'reassessment', pg_temp.level('50000 USD', 4) || pg_temp.level('55000 USD', 5), 0.06, 1),
    ('17', '2025-01-01', 'decrease_in_scope', pg_temp.level('30000 USD', 5), 0.05, 0.5);
INSERT INTO deal_classification (deal_id, basis, classification) VALUES ('hall', 'ifrs', 'embedded_lease'), ('hall', 'us_gaap', 'service'), ('example 17', 'us_gaap', 'finance_lease');
SELECT publish_load('lease_books', :load, recorded_at => '2026-03-01T00:00:00Z');
SET chipbook.as_of = '2026-03-31';

SELECT results_eq($$SELECT round(liability_opening), round(liability_change), round(liability_opening + liability_change), round(right_of_use_opening), round(right_of_use_opening + right_of_use_change), modification_gain FROM lease_period WHERE lease_id = '13' AND basis = 'ifrs' AND period_number = 7$$,
    $$VALUES (186162::numeric, 192011::numeric, 378174::numeric, 168156::numeric, 360168::numeric, 0::numeric)$$, 'Example 13: remeasured at 6 %, the increase on the right of use');
SELECT is((SELECT count(*) FROM lease_period WHERE lease_id = '13' AND basis = 'ifrs'), 15::bigint, 'six periods and nine more');
SELECT results_eq($$SELECT round(liability_opening), round(right_of_use_opening), round(liability_opening + liability_change), round(modification_gain), round(right_of_use_opening + right_of_use_change) FROM lease_period WHERE lease_id = '17' AND basis = 'ifrs' AND period_number = 6$$,
    $$VALUES (210618::numeric, 184002::numeric, 129884::numeric, 13308::numeric, 116576::numeric)$$, 'IFRS 16, Example 17: half is given up, a gain of 13,308, and the rest remeasured at 5 %');
SELECT results_eq($$SELECT basis, model, round(sum(lease_cost), 2), max(liability_opening) FROM lease_period WHERE lease_id = 'op' GROUP BY 1, 2 ORDER BY 1$$,
    $$VALUES ('ifrs', 'ifrs', 40.00, 35.23::numeric), ('us_gaap', 'us_gaap_operating', 38.00, 33.55)$$, 'of a guarantee IFRS takes what is expected, ASC 842 what is probable');
SELECT is((SELECT string_agg(concat_ws(' ', lease_id, model), ', ' ORDER BY lease_id) FROM (SELECT DISTINCT lease_id, model FROM lease_period WHERE basis = 'us_gaap') m), '13 us_gaap_operating, 17 us_gaap_finance, op us_gaap_operating',
    'as classified, by default operating; a service is not measured, nor is what has not commenced');
SELECT is_empty($$SELECT * FROM lease_period WHERE liability_closing <> liability_opening + liability_change + interest - payment OR right_of_use_closing <> right_of_use_opening + right_of_use_change - amortisation
    OR modification_gain <> right_of_use_change - liability_change$$, 'every period rolls forward');
SELECT is_empty($$SELECT * FROM (SELECT p.*, lead(liability_opening, 1, 0) OVER w AS next_liability, lead(right_of_use_opening, 1, 0) OVER w AS next_asset FROM lease_period p WINDOW w AS (PARTITION BY lease_id, basis ORDER BY period_number)) x
    WHERE liability_closing <> next_liability OR right_of_use_closing <> next_asset$$, 'through modifications too, and ends on nothing');
SELECT results_eq($$SELECT as_at, round(liability), round(right_of_use), undiscounted FROM lease_liability WHERE lease_id = '13' AND basis = 'ifrs' AND as_at IN ('2025-12-31', '2026-01-31') ORDER BY 1$$,
    $$SELECT date '2025-12-31', 186162::numeric, 168156::numeric, 200000::numeric UNION ALL
      SELECT '2026-01-31', round(328173.60 + 31 / 365.0 * 19690.42), round(360168 - 31 / 365.0 * 40018.7), 425000$$, 'at the end of the day: before the change, and a month into it');
SELECT results_eq($$SELECT as_at, bucket, amount FROM lease_obligations WHERE lease_id = '13' AND as_at IN ('2025-12-31', '2026-01-31') ORDER BY as_at, bucket_number$$,
    $$VALUES (date '2025-12-31', '<1y', 50000::numeric), ('2025-12-31', '1-3y', 100000), ('2025-12-31', '3-5y', 50000), ('2026-01-31', '<1y', 50000), ('2026-01-31', '1-3y', 100000), ('2026-01-31', '3-5y', 110000), ('2026-01-31', '>5y', 165000)$$,
    'payments by year, by the plan in force');
SELECT is_empty($$
    SELECT l.lease_id, l.as_at FROM lease_liability l LEFT JOIN (SELECT lease_id, as_at, sum(amount) AS amount FROM lease_obligations GROUP BY 1, 2) o USING (lease_id, as_at)
    WHERE l.basis = 'ifrs' AND l.undiscounted <> coalesce(o.amount, 0)$$, 'the columns add up to the undiscounted payments');
SELECT results_eq($$SELECT bucket, amount FROM leases_not_commenced WHERE as_at = '2026-03-31' AND lease_id = 'nc' ORDER BY bucket_number$$, $$VALUES ('<1y', 300::numeric), ('1-3y', 900)$$, 'what has not commenced is disclosed');
SELECT is((SELECT count(*) FROM lease_liability WHERE lease_id = 'nc'), 0::bigint, 'and in no liability');

SELECT results_eq($$SELECT basis, sum(lease_cost), sum(chip_hours), count(*) FROM leased_capacity_cost WHERE period_month BETWEEN '2024-01-01' AND '2025-12-31' GROUP BY 1 ORDER BY 1$$,
    $$SELECT p.basis, sum(p.lease_cost), 10 * 24 * 731::numeric, 24::bigint FROM lease_period p WHERE p.lease_id = 'op' AND p.period_number <= 2 GROUP BY 1 ORDER BY 1$$, 'leased chips cost by month what the lease costs, exactly');
SELECT is((SELECT round(cost_per_chip_hour, 12) FROM leased_capacity_cost WHERE basis = 'us_gaap' AND period_month = '2024-02-01'), round(12.67 / 366 / 240, 12), 'and by chip-hour: one even cost');

-- One amount stands in one place, under each basis.
SELECT results_eq($$SELECT basis, obligation_class, lease_id, sum(amount) FROM contract_obligations WHERE deal_id = 'hall' AND as_at = '2025-12-31' AND grouping_level = 'party' AND layout = 'years_ahead' GROUP BY 1, 2, 3 ORDER BY 1, 2$$,
    $$VALUES ('ifrs', 'lease_obligation', 'emb', 120::numeric), ('ifrs', 'purchase_obligation', NULL, 480), ('us_gaap', 'purchase_obligation', NULL, 600)$$, 'an embedded lease is taken out of the service');
SELECT results_eq($$SELECT deal_id, basis, string_agg(DISTINCT obligation_class, ', ') FROM contract_obligations WHERE as_at = '2025-12-31' AND grouping_level = 'party' AND layout = 'fiscal_years' AND deal_id <> 'hall' GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$SELECT d, b, c FROM (VALUES ('example 13', 'lease_obligation'), ('example 17', 'lease_obligation'), ('later', 'lease_not_commenced'), ('operating', 'lease_obligation'), ('service', 'purchase_obligation'), ('unmeasured', 'lease_obligation')) v (d, c),
        unnest('{ifrs,us_gaap}'::text[]) b ORDER BY 1, 2$$, 'each deal is in one class');
SELECT is_empty($$
    SELECT o.deal_id, o.basis, o.as_at, o.layout FROM contract_obligations o JOIN contract_remaining r ON r.deal_id = o.deal_id AND r.as_at = o.as_at
    WHERE o.grouping_level = 'party' AND o.deal_id IN ('hall', 'service', 'unmeasured') GROUP BY o.deal_id, o.basis, o.as_at, o.layout, r.remaining HAVING sum(o.amount) <> r.remaining$$, 'the classes partition what remains, under each basis and layout');
SELECT is_empty($$
    SELECT deal_id, as_at FROM purchase_obligations GROUP BY 1, 2 HAVING NOT EXISTS (SELECT FROM remaining_performance_obligations r WHERE r.deal_id = purchase_obligations.deal_id AND r.as_at = purchase_obligations.as_at)
    UNION ALL SELECT deal_id, as_at FROM lease_obligations WHERE deal_id <> 'hall' INTERSECT SELECT deal_id, as_at FROM remaining_performance_obligations$$, 'a lease is no performance obligation of the lessor');
SELECT results_eq($$SELECT DISTINCT lessee_id, lessor_id FROM lease_obligations_group$$, $$VALUES ('LL', 'R')$$, 'between groups');
SELECT results_eq($$SELECT finding, subject_id FROM lease_books.obligation_finding ORDER BY 1, 2$$, $$VALUES ('lease_not_measured', 'unmeasured')$$, 'a lease without its terms is a finding');
SELECT is_empty(format($$SELECT 1 FROM %I GROUP BY %s HAVING count(*) > 1$$, c.relname, substring(obj_description(c.oid) FROM '[Kk]ey: \(([a-z_, ]+)\)')), c.relname || ': its key is one')
FROM pg_class c WHERE c.relnamespace = 'lease_books_report'::regnamespace
    AND c.relname IN ('contract_obligations', 'purchase_obligations', 'lease_obligations', 'lease_obligations_group', 'leases_not_commenced', 'lease_period', 'lease_liability', 'leased_capacity_cost', 'contract_remaining');

-- What is known now changes no earlier answer.
CREATE TEMP TABLE before AS SELECT 'p' AS view, p::text AS content FROM lease_period p UNION ALL SELECT 'l', l::text FROM lease_liability l UNION ALL SELECT 'o', o::text FROM contract_obligations o;
RESET chipbook.as_of;
SELECT open_load('lease_books', 'later', 'ifrs16') AS later \gset
INSERT INTO lease_modification (lease_id, effective_on, kind, payments) VALUES ('op', '2025-06-15', 'modification', '{20 USD,20 USD}'), ('nc', '2035-01-01', 'modification', '{1 USD}');
SELECT publish_load('lease_books', :later);
SELECT results_eq($$SELECT period_number, payment FROM lease_period WHERE lease_id = 'op' AND basis = 'us_gaap' ORDER BY 1$$, $$VALUES (1::bigint, 10::numeric), (2, 12), (3, 20), (4, 22)$$,
    'a change takes effect with the first period that begins on its day or later, at the rate as it was; the guarantee stays');
SELECT results_eq($$SELECT finding, subject_id FROM lease_books.obligation_finding WHERE subject = 'lease'$$, $$VALUES ('lease_modified_after_its_end', 'nc')$$, 'one after the end is found');
SELECT open_load('lease_books', 'in another currency', 'ifrs16') AS other \gset
INSERT INTO lease_modification (lease_id, effective_on, kind, payments) VALUES ('op', '2025-12-15', 'modification', '{20 EUR,20 EUR}');
SELECT publish_load('lease_books', :other);
SELECT results_eq($$SELECT period_number, payment FROM lease_period WHERE lease_id = 'op' AND basis = 'us_gaap' ORDER BY 1$$, $$VALUES (1::bigint, 10::numeric), (2, 12), (3, 20), (4, 22)$$,
    'a change in another currency changes nothing');
SELECT is((SELECT detail FROM lease_books.obligation_finding WHERE finding = 'lease_modified_in_another_currency'), 'a modification in EUR of a lease in USD changes nothing', 'and is found');
SET chipbook.as_of = '2026-03-31';
SELECT is_empty($$(SELECT 'p' AS view, p::text FROM lease_period p UNION ALL SELECT 'l', l::text FROM lease_liability l UNION ALL SELECT 'o', o::text FROM contract_obligations o) EXCEPT ALL TABLE before$$, 'an earlier answer stays');
RESET chipbook.as_of;
SELECT open_load('lease_books', 'bad', 'ifrs16') AS bad \gset
SELECT throws_ok($$INSERT INTO lease (lease_id, deal_id, commences_on, payments, rate) VALUES ('x', 'later', '2027-01-01', '{1 USD,1 EUR}', 0.05)$$, '23514', NULL, 'a lease is paid in one currency');
SELECT throws_ok($$INSERT INTO lease (lease_id, deal_id, commences_on, payments, rate) VALUES ('x', 'later', '2027-01-01', '{1 USD,NULL}', 0.05)$$, '23514', NULL, 'and every payment is known');

RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Leased capacity beside what is owned and rented: in every view of cost, once
-- ---------------------------------------------------------------------------
SELECT create_ledger('cap', basis => 'ifrs');
SET search_path = cap_report, cap, chipbook, public, pg_catalog;
INSERT INTO source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'worked by hand', 'high');
SELECT open_load('cap', 'owned and rented', 't') AS load \gset
INSERT INTO party (party_id, name, kind) VALUES ('L', 'lessee', 'company'), ('R', 'lessor', 'company'), ('X', 'cloud', 'company');
INSERT INTO chip_model (chip_model_id, name) VALUES ('H100', 'H100');
INSERT INTO pool (pool_id, name, provider_id, chip_model_id, ownership) VALUES
    ('LEASED', 'leased chips', 'R', 'H100', 'leased'), ('MIXED', 'ours, and two leases', 'L', 'H100', 'owned'), ('EURO', 'leased in euros', 'R', 'H100', 'leased'),
    ('SHORT', 'for half a year', 'R', 'H100', 'rented'), ('HYBRID', 'a lease under one basis', 'R', 'H100', 'leased'), ('RENTED', 'rented', 'X', 'H100', 'rented'),
    ('ODD', 'leased and on demand', 'R', 'H100', 'leased');
INSERT INTO asset (asset_id, name, component, chip_model_id, chips, cost, acquired_on, available_for_use_on) VALUES ('own', 'own', 'chip', 'H100', 10, '36000 USD', '2024-01-01', '2024-01-01');
INSERT INTO asset_policy (asset_id, basis, policy) SELECT 'own', b, amortisation_policy(method => 'straight_line', life => '3 years', convention => 'full_month') FROM unnest('{ifrs,us_gaap,hgb}'::text[]) b;
INSERT INTO pool_asset (pool_id, asset_id) VALUES ('MIXED', 'own');
INSERT INTO rented_capacity (rental_id, pool_id, supplier_id, chips, rate, pricing, valid_from, valid_to) VALUES
    ('rent', 'RENTED', 'X', 4, '2 USD', 'reserved', '2024-01-01', '2024-07-01'), ('burst', 'ODD', 'X', 4, '1 USD', 'on_demand', '2024-01-01', '2024-03-01');
INSERT INTO fx_rate (from_currency, to_currency, rate_type, rate_date, rate)
SELECT 'EUR'::currency, 'USD'::currency, 'average', (m + interval '1 month - 1 day')::date, 1.10 FROM generate_series(timestamp '2024-01-01', '2024-12-01', '1 month') m
UNION ALL SELECT 'EUR', 'USD', 'average', '2024-06-10', 1.25;
INSERT INTO account (account_id, name, kind) VALUES ('0190', 'accumulated', 'asset'), ('6100', 'depreciation', 'expense'), ('6200', 'rent', 'expense'), ('3000', 'accrued', 'liability');
INSERT INTO posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6100', '0190'), ('r', 'rent_accrual', '6200', '3000');
SELECT add_reading_partitions('cap', '2024-01-01', '2024-12-01');
CREATE FUNCTION pg_temp.metered(pool text, from_day date, to_day date, chips integer, used integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cap.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
    SELECT pool, s, s + interval '1 day', date_trunc('month', d)::date, chips * 86400000::bigint, chips * 86400000::bigint, chips * 86400000::bigint, used * 86400000::bigint, 'sm_active'
    FROM generate_series(from_day::timestamp, to_day::timestamp - interval '1 day', '1 day') d, LATERAL (SELECT d AT TIME ZONE 'UTC' AS s) t
$$;
SELECT pg_temp.metered('LEASED', '2024-01-15', '2024-02-01', 100, 50), pg_temp.metered('LEASED', '2024-09-01', '2024-09-15', 100, 100), pg_temp.metered('LEASED', '2024-09-15', '2024-10-01', 50, 0),
       pg_temp.metered('MIXED', '2024-04-01', '2024-05-01', 18, 9), pg_temp.metered('ODD', '2024-01-01', '2024-01-11', 5, 5), pg_temp.metered('EURO', '2024-06-01', '2024-07-01', 8, 4);
SELECT publish_load('cap', :load, recorded_at => '2024-10-05T00:00:00Z');
SET chipbook.as_of = '2024-10-10';
SELECT is((SELECT sum(lease_cost) FROM utilisation_weighted_spend_all_bases), 0::numeric, 'a ledger without leases has no cost of any');
SELECT is_empty('SELECT * FROM ledger_check WHERE NOT ok', 'and adds up');
CREATE TEMP TABLE without_leases AS
SELECT 'spend' AS view, (to_jsonb(u) - 'last_recorded_at')::text AS content FROM utilisation_weighted_spend_all_bases u UNION ALL SELECT 'capacity', k::text FROM pool_month_capacity k
UNION ALL SELECT 'contract', c::text FROM contract_month c UNION ALL SELECT 'change', n::text FROM pool_month_change n UNION ALL SELECT 'check', k::text FROM ledger_check k;
CREATE TEMP TABLE rented_alone AS SELECT (to_jsonb(u) - 'last_recorded_at')::text AS content FROM utilisation_weighted_spend_all_bases u WHERE pool_id = 'RENTED';
RESET chipbook.as_of;

SELECT open_load('cap', 'a lease of no pool', 't') AS load \gset
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, starts_on, ends_on, legal_status, evidence)
SELECT d, 'R', 'L', 'lease', c::currency, NULL::monetary, '2023-12-01'::date, s::date, e::date, 'signed', 'contract'
FROM (VALUES ('mid', 'USD', '2024-01-15', '2025-07-15'), ('m1', 'USD', '2024-01-01', '2026-01-01'), ('m2', 'USD', '2024-03-01', '2025-03-01'), ('eur', 'EUR', '2024-01-01', '2025-01-01'),
             ('short', 'USD', '2024-02-01', '2024-08-01'), ('hybrid', 'USD', '2024-01-01', '2025-01-01'), ('odd', 'USD', '2024-01-01', '2025-01-01'), ('hall', 'USD', '2024-01-01', '2025-01-01')) v (d, c, s, e);
INSERT INTO lease (lease_id, deal_id, commences_on, payments, rate) VALUES ('hall', 'hall', '2024-01-01', pg_temp.level('1 USD', 12), 0.05);
SELECT publish_load('cap', :load, recorded_at => '2024-10-06T00:00:00Z');
SET chipbook.as_of = '2024-10-10';
SELECT is_empty($$(SELECT 'spend' AS view, (to_jsonb(u) - 'last_recorded_at')::text AS content FROM utilisation_weighted_spend_all_bases u UNION ALL SELECT 'capacity', k::text FROM pool_month_capacity k
    UNION ALL SELECT 'contract', c::text FROM contract_month c UNION ALL SELECT 'change', n::text FROM pool_month_change n UNION ALL SELECT 'check', k::text FROM ledger_check k) EXCEPT ALL TABLE without_leases$$,
    'a lease of no pool changes nothing of that');
RESET chipbook.as_of;

SELECT open_load('cap', 'leases', 't') AS load \gset
INSERT INTO lease (lease_id, deal_id, pool_id, chips, commences_on, period_months, payments, in_advance, rate, initial_direct_cost) VALUES
    ('mid', 'mid', 'LEASED', 100, '2024-01-15', 1, pg_temp.level('10000 USD', 18), true, 0.06, '900 USD'),
    ('m1', 'm1', 'MIXED', 3, '2024-01-01', 12, '{1200 USD,1300 USD}', false, 0.05, NULL),
    ('m2', 'm2', 'MIXED', 5, '2024-03-01', 1, pg_temp.level('400 USD', 12), false, 0.05, NULL),
    ('eur', 'eur', 'EURO', 8, '2024-01-01', 1, pg_temp.level('1000 EUR', 12), true, 0.04, NULL),
    ('short', 'short', 'SHORT', 4, '2024-02-01', 1, pg_temp.level('500 USD', 6), false, 0.05, NULL),
    ('hybrid', 'hybrid', 'HYBRID', 6, '2024-01-01', 1, pg_temp.level('700 USD', 12), false, 0.05, NULL),
    ('odd', 'odd', 'ODD', 2, '2024-01-01', 1, pg_temp.level('100 USD', 12), false, 0.05, NULL);
INSERT INTO deal_classification (deal_id, basis, classification) VALUES ('short', 'ifrs', 'service'), ('short', 'us_gaap', 'service'), ('hybrid', 'us_gaap', 'service'), ('m2', 'us_gaap', 'finance_lease');
SELECT publish_load('cap', :load, recorded_at => '2024-10-07T00:00:00Z');
-- Half is given back on 15 September: the first period that begins on 20 August or later.
SELECT open_load('cap', 'modified', 't') AS load \gset
INSERT INTO lease_modification (lease_id, effective_on, kind, payments, rate, scope_kept, chips) VALUES ('mid', '2024-08-20', 'decrease_in_scope', pg_temp.level('5100 USD', 10), 0.07, 0.5, 50);
SELECT publish_load('cap', :load, recorded_at => '2024-10-09T00:00:00Z');

SET chipbook.as_of = '2026-01-31';
-- Asked once, and looked at from all sides.
CREATE TEMP TABLE all_spend AS SELECT * FROM utilisation_weighted_spend_all_bases;
CREATE TEMP TABLE all_hours AS SELECT * FROM chip_hour_cost_all_bases;
CREATE TEMP TABLE all_leased AS SELECT * FROM leased_capacity_cost;
CREATE TEMP TABLE all_periods AS SELECT * FROM lease_period;
CREATE TEMP TABLE all_checks AS SELECT * FROM ledger_check;
SELECT is_empty('SELECT * FROM all_checks WHERE NOT ok', 'every amount is in the spend once, by day on another path too');
SELECT cmp_ok((SELECT count(*) FROM all_checks WHERE check_name = 'lease_in_pools'), '>', 50::bigint, 'and there are many of leases');
SELECT results_eq($$SELECT basis, currency, sum(lease_cost) FROM all_hours WHERE basis <> 'hgb' GROUP BY 1, 2 HAVING sum(lease_cost) <> 0 ORDER BY 1, 2$$,
    $$SELECT basis, currency, sum(lease_cost) FROM all_periods WHERE pool_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2$$, 'the months of leased capacity add up to the schedules, under each basis and currency');
SELECT is((SELECT sum(lease_cost) FROM all_hours WHERE basis = 'hgb'), 0::numeric, 'where no lease is measured none costs as one');
SELECT results_eq($$SELECT basis, sum(rent) FROM all_hours WHERE provider_id = 'R' OR provider_id = 'L' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('hgb', 180 * 1000 - 10 * 10000 + 10 * 5100 + 2500 + 12 * 400 + 12 * 1000 + 6 * 500 + 12 * 700 + 12 * 100 + 3 * 240.0), ('ifrs', 6 * 500 + 720.0), ('us_gaap', 6 * 500 + 12 * 700 + 720.0)$$,
    'it is rent at what is paid; a short one everywhere, a service where it is one');
SELECT is_empty($$SELECT * FROM (SELECT pool_id, basis, currency, period_month, sum(lease_cost) AS lease_cost FROM all_leased GROUP BY 1, 2, 3, 4) l
    FULL JOIN (SELECT pool_id, basis, currency, period_month, lease_cost FROM all_spend WHERE lease_cost <> 0) u USING (pool_id, basis, currency, period_month)
    WHERE l.lease_cost IS DISTINCT FROM u.lease_cost$$, 'month by month, pool by pool what leased_capacity_cost says, modified in mid-month or not');
SELECT is_empty($$SELECT * FROM all_hours WHERE total_cost <> depreciation + rent + lease_cost + energy + facility_cost + interconnect_cost + operations_cost
    OR total_cost <> chip_depreciation + server_depreciation + other_depreciation + rent + lease_cost + energy + facility_with_building + interconnect_with_network + operations_cost$$, 'the components are the whole');
SELECT is_empty($$
    SELECT basis, currency, period_month FROM all_hours GROUP BY 1, 2, 3
    HAVING sum(total_cost) <> coalesce(sum(total_cost) FILTER (WHERE ownership = 'owned'), 0) + coalesce(sum(total_cost) FILTER (WHERE ownership = 'rented'), 0) + coalesce(sum(total_cost) FILTER (WHERE ownership = 'leased'), 0)
        OR sum(total_cost) <> sum(depreciation) + sum(rent) + sum(lease_cost)$$, 'what a month costs is owned, rented and leased, and nothing else');
SELECT results_eq($$SELECT ownership, currency, sum(total_cost), sum(depreciation), sum(rent), sum(capacity_chip_hours) FROM all_hours WHERE basis = 'ifrs' AND period_month = '2024-04-01' GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$SELECT o, c, l + d + r, d, r, h FROM (VALUES ('leased', 'EUR', 0::numeric, 0::numeric, 8 * 720::numeric, '{eur}'::text[]), ('leased', 'USD', 0, 0, 108 * 720, '{mid,hybrid,odd}'), ('owned', 'USD', 1000, 0, 18 * 720, '{m1,m2}'), ('rented', 'USD', 0, 4 * 2 * 720 + 500, 8 * 720, NULL)) v (o, c, d, r, h, leases),
          LATERAL (SELECT coalesce(sum(lease_cost), 0) AS l FROM all_leased WHERE basis = 'ifrs' AND period_month = '2024-04-01' AND lease_id = ANY (leases)) k$$, 'leased chips count like any, two leases beside owned ones too');
SELECT is_empty($$SELECT content FROM rented_alone EXCEPT ALL SELECT (to_jsonb(u) - 'last_recorded_at')::text FROM all_spend u WHERE pool_id = 'RENTED'$$, 'what is rented by the hour costs what it cost');
SELECT results_eq($$SELECT period_month, capacity_chip_hours FROM all_hours WHERE basis = 'ifrs' AND lease_cost <> 0 AND provider_id = 'R' AND period_month IN ('2024-01-01', '2024-08-01', '2024-09-01', '2024-10-01', '2025-07-01', '2025-08-01') AND currency = 'USD' ORDER BY 1$$,
    $$VALUES (date '2024-01-01', 24 * (100 * 17 + 8 * 31) + 24 * 3 * 10::numeric), ('2024-08-01', 24 * 31 * 108), ('2024-09-01', 24 * (100 * 14 + 50 * 16 + 8 * 30)), ('2024-10-01', 24 * 31 * 58), ('2025-07-01', 24 * 50 * 14)$$,
    'from the day a lease commences to the day it ends, fewer once chips are given back');
SELECT results_eq($$SELECT chips, chip_hours, round(cost_per_chip_hour, 12) = round(lease_cost / chip_hours, 12) FROM all_leased WHERE lease_id = 'mid' AND basis = 'ifrs' AND period_month = '2024-09-01'$$,
    $$VALUES (50::bigint, 24 * (100 * 14 + 50 * 16)::numeric, true)$$, 'as leased_capacity_cost has them');
SELECT results_eq($$SELECT rental_id, chip_ms / 3600000 FROM rental_month WHERE rental_id = 'burst' AND period_month = '2024-01-01'$$, $$VALUES ('burst', 3 * 240.0)$$, 'on demand is what is metered beyond leased chips');

-- The split of a month cut in its middle: until the 15th all was used, nothing after.
SELECT results_eq($$SELECT round(productive_cost, 9), round(allocated_idle_cost, 9), unmetered_cost FROM all_spend WHERE basis = 'ifrs' AND pool_id = 'LEASED' AND period_month = '2024-09-01'$$,
    $$SELECT round(b.lease_cost * 14 / 31, 9), round(a.lease_cost * 16 / 30, 9), 0::numeric FROM all_periods b, all_periods a
      WHERE b.lease_id = 'mid' AND b.basis = 'ifrs' AND b.period_number = 8 AND a.lease_id = 'mid' AND a.basis = 'ifrs' AND a.period_number = 9$$, 'each period of a lease is split by what its own days did');
SELECT results_eq($$SELECT productive_cost, allocated_idle_cost, unmetered_cost FROM all_spend WHERE basis = 'ifrs' AND pool_id = 'LEASED' AND period_month = '2024-01-01'$$,
    $$SELECT round(lease_cost / 2, 15), lease_cost - round(lease_cost / 2, 15), 0::numeric FROM all_leased WHERE lease_id = 'mid' AND basis = 'ifrs' AND period_month = '2024-01-01'$$, 'nothing is idle before it commences');
SELECT results_eq($$SELECT total_cost_reporting FROM all_spend WHERE basis = 'ifrs' AND pool_id = 'EURO' AND period_month IN ('2024-05-01', '2024-06-01') ORDER BY period_month$$,
    $$SELECT sum(lease_cost * 1.10) FROM all_leased WHERE lease_id = 'eur' AND basis = 'ifrs' AND period_month = '2024-05-01'
      UNION ALL SELECT round(sum(lease_cost) / 3, 15) * 1.25 + (sum(lease_cost) - round(sum(lease_cost) / 3, 15)) * 1.10 FROM all_leased WHERE lease_id = 'eur' AND basis = 'ifrs' AND period_month = '2024-06-01'$$,
    'in the reporting currency at the rates of its days');
SELECT results_eq($$SELECT provider_id, ownership, economic_cost = total_cost, cost_per_used_chip_hour = round(total_cost / used_chip_hours, 15) FROM provider_comparison WHERE period_month = '2024-06-01' AND currency = 'EUR'$$, $$VALUES ('R', 'leased', true, true)$$,
    'beside other providers, interest and all');
SELECT is((SELECT sum(modification_gain) FROM all_periods WHERE lease_id = 'mid' AND basis = 'ifrs') <> 0, true, 'a gain on a modification is no cost of chips');
SELECT is_empty($$SELECT finding FROM cap.obligation_finding WHERE finding IN ('leased_and_rented', 'leased_pool_not_leased')$$, 'no finding where nothing is amiss');
SELECT is_empty(format($$SELECT 1 FROM %I GROUP BY %s HAVING count(*) > 1$$, t.copy, substring(obj_description(t.view::regclass) FROM '[Kk]ey: \(([a-z_, ]+)\)')), t.view || ': its key is one')
FROM (VALUES ('utilisation_weighted_spend_all_bases', 'all_spend'), ('chip_hour_cost_all_bases', 'all_hours'), ('leased_capacity_cost', 'all_leased'), ('ledger_check', 'all_checks')) t (view, copy);
SELECT results_eq($$SELECT period_month, pool_id, currency, lease_cost FROM utilisation_weighted_spend ORDER BY 1, 2, 3$$, $$SELECT period_month, pool_id, currency, lease_cost FROM all_spend WHERE basis = 'ifrs' ORDER BY 1, 2, 3$$, 'under the primary basis the same');
SELECT is_empty($$SELECT 1 FROM cap.contract_month GROUP BY component, contract_id, valid_from, period_month, currency, basis HAVING count(*) > 1$$, 'contract_month: its key is one');

-- As it was known.
SET chipbook.as_of = '2024-10-08';
SELECT is((SELECT capacity_chip_hours FROM utilisation_weighted_spend WHERE pool_id = 'LEASED' AND period_month = '2024-09-01'), 24 * 100 * 30::numeric, 'before the modification was known all chips were there');
SELECT is((SELECT lease_cost FROM utilisation_weighted_spend WHERE pool_id = 'LEASED' AND period_month = '2024-09-01'),
    (SELECT sum(lease_cost) FROM leased_capacity_cost WHERE lease_id = 'mid' AND basis = 'ifrs' AND period_month = '2024-09-01'), 'at what they cost then');
SELECT is((SELECT count(*) FROM utilisation_weighted_spend WHERE period_month > '2024-09-01'), 0::bigint, 'of complete months alone');
SET chipbook.as_of = '2024-10-06T12:00:00Z';
SELECT is_empty($$(SELECT 'spend' AS view, (to_jsonb(u) - 'last_recorded_at')::text AS content FROM utilisation_weighted_spend_all_bases u) EXCEPT ALL TABLE without_leases$$, 'before the leases were known nothing of them');
RESET chipbook.as_of;

-- Who may read the published views alone.
CREATE ROLE chipbook_lease_reader;
SELECT grant_ledger('cap', 'reader', 'chipbook_lease_reader');
CREATE TEMP TABLE seen AS SELECT ownership, sum(total_cost) AS total_cost, sum(lease_cost) AS lease_cost FROM chip_hour_cost WHERE period_month = '2024-09-01' AND currency = 'USD' GROUP BY 1;
GRANT SELECT ON seen TO chipbook_lease_reader;
SET ROLE chipbook_lease_reader;
SELECT results_eq($$SELECT ownership, sum(total_cost), sum(lease_cost) FROM cap_report.chip_hour_cost WHERE period_month = '2024-09-01' AND currency = 'USD' GROUP BY 1 ORDER BY 1$$, 'SELECT * FROM pg_temp.seen ORDER BY 1', 'a reader sees leased chips as others do');
RESET ROLE;

-- By tenant and by day, stored; and again when a lease changes.
CREATE FUNCTION pg_temp.refreshed() RETURNS bigint LANGUAGE sql AS $$SELECT cap.refresh_months('{2024-01-01,2024-06-01,2024-09-01,2024-10-01}', NULL, cap.next_recorded_time())$$;
SELECT cmp_ok(pg_temp.refreshed(), '>', 0::bigint, 'leased capacity is allocated, and goes to days');
CREATE VIEW pg_temp.stored AS
SELECT coalesce(u.pool_id, a.pool_id, d.pool_id) AS pool_id, u.total_cost, a.total_cost AS allocated, d.total_cost AS by_day
FROM (SELECT pool_id, basis, currency, period_month, total_cost FROM utilisation_weighted_spend_all_bases WHERE total_cost <> 0 AND period_month IN ('2024-01-01', '2024-06-01', '2024-09-01', '2024-10-01')) u
FULL JOIN (SELECT pool_id, basis, currency, period_month, sum(total_cost) AS total_cost FROM allocated_spend_all_bases GROUP BY 1, 2, 3, 4) a USING (pool_id, basis, currency, period_month)
FULL JOIN (SELECT pool_id, basis, currency, date_trunc('month', reading_day::timestamp)::date AS period_month, sum(total_cost) AS total_cost FROM spend_by_day_all_bases GROUP BY 1, 2, 3, 4) d USING (pool_id, basis, currency, period_month);
SELECT is_empty($$SELECT * FROM pg_temp.stored WHERE total_cost IS DISTINCT FROM allocated OR total_cost IS DISTINCT FROM by_day$$, 'tenants and days add up to the month');
SELECT results_eq($$SELECT DISTINCT pool_id, ownership FROM allocated_spend WHERE pool_id IN ('LEASED', 'MIXED', 'SHORT') UNION SELECT DISTINCT pool_id, ownership FROM spend_by_day WHERE pool_id IN ('LEASED', 'MIXED', 'SHORT') ORDER BY 1$$,
    $$VALUES ('LEASED', 'leased'), ('MIXED', 'owned'), ('SHORT', 'rented')$$, 'each as it is held');
SELECT results_eq($$SELECT reading_day, total_cost = productive_cost, total_cost = idle_cost FROM spend_by_day WHERE pool_id = 'LEASED' AND reading_day IN ('2024-09-14', '2024-09-15') ORDER BY 1$$,
    $$VALUES (date '2024-09-14', true, false), ('2024-09-15', false, true)$$, 'day by day');
SELECT open_load('cap', 'cheaper', 't') AS load \gset
INSERT INTO lease_modification (lease_id, effective_on, kind, payments) VALUES ('odd', '2024-10-01', 'modification', pg_temp.level('50 USD', 3));
SELECT publish_load('cap', :load);
SELECT isnt_empty($$SELECT * FROM pg_temp.stored WHERE total_cost IS DISTINCT FROM by_day$$, 'what is modified is stored otherwise');
SELECT cmp_ok(pg_temp.refreshed(), '>', 0::bigint, 'until it is refreshed');
SELECT is_empty($$SELECT * FROM pg_temp.stored WHERE total_cost IS DISTINCT FROM by_day OR total_cost IS DISTINCT FROM allocated$$, 'which finds the pool and its months');

-- ---------------------------------------------------------------------------
-- The close accrues rent, and no lease
-- ---------------------------------------------------------------------------
SELECT close_period('cap', 'main', b, 2024, 1) FROM unnest('{ifrs,us_gaap}'::text[]) b;
SELECT results_eq($$SELECT basis, sum(amount) FROM general_ledger_all_bases WHERE account_id = '6200' AND period_number = 1 GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('ifrs', 4 * 2 * 744 + 720.0), ('us_gaap', 4 * 2 * 744 + 720 + 700.0)$$, 'rent of what is rented by the hour, and of what this basis does not measure as a lease');
SELECT is_empty($$SELECT u.basis, u.rent, g.amount FROM (SELECT basis, sum(rent) AS rent FROM utilisation_weighted_spend_all_bases WHERE period_month = '2024-01-01' AND basis <> 'hgb' GROUP BY 1) u
    JOIN (SELECT basis, sum(amount) AS amount FROM general_ledger_all_bases WHERE account_id = '6200' AND period_number = 1 GROUP BY 1) g USING (basis) WHERE u.rent <> g.amount$$, 'as the spend has it');

-- ---------------------------------------------------------------------------
-- What a lease is measured by are estimates: from the first close on another approves them
-- ---------------------------------------------------------------------------
SELECT open_load('cap', 'a new lease', 't', prepared_by => 'alice') AS load \gset
INSERT INTO lease (lease_id, deal_id, commences_on, payments, rate, residual_guaranteed, residual_expected) VALUES ('new', 'hall', '2024-01-01', '{1 USD,1 USD}', 0.05, '9 USD', '1 USD');
SELECT is_empty(format('SELECT * FROM check_approval(%L, %s)', 'cap', :load), 'a lease that is new is a contract, as an asset is with its policy');
SELECT publish_load('cap', :load);
SELECT open_load('cap', 'the same again', 't', prepared_by => 'alice') AS load \gset
INSERT INTO lease (lease_id, deal_id, pool_id, commences_on, payments, rate, residual_guaranteed, residual_expected, note) VALUES ('new', 'hall', 'ODD', '2024-01-01', '{1 USD,1 USD}', 0.05, '9 USD', '1 USD', 'now with its pool');
SELECT is_empty(format('SELECT * FROM check_approval(%L, %s)', 'cap', :load), 'nor is there an estimate in what is not measured by');
SELECT discard_load('cap', :load);
SELECT open_load('cap', 'estimates', 't', prepared_by => 'alice') AS load \gset
INSERT INTO lease (lease_id, deal_id, commences_on, payments, rate, rate_kind, residual_guaranteed, residual_expected, residual_probable, restoration) VALUES
    ('new', 'hall', '2024-01-01', '{1 USD,1 USD,2 USD}', 0.06, 'nominal', '9 USD', '3 USD', '2 USD', '5 USD');
INSERT INTO lease_modification (lease_id, effective_on, kind, payments, rate, residual_expected) VALUES ('new', '2024-02-01', 'reassessment', '{1 USD,1 USD,1 USD}', 0.07, '2 USD');
INSERT INTO lease_modification (lease_id, effective_on, kind, payments) VALUES ('odd', '2024-10-01', 'reassessment', pg_temp.level('50 USD', 5));
SELECT results_eq(format('SELECT table_name, fact, matter FROM check_approval(%L, %s)', 'cap', :load), $$VALUES
    ('lease', 'new', 'nominal rate 0.06 for effective rate 0.05; 4.00 USD in 3 periods of 1 months for 2.00 USD in 2 of 1; guarantee expected to cost 3.00 USD for 1.00 USD; guarantee probable to cost 2.00 USD for nothing; restoration 5.00 USD for nothing'),
    ('lease_modification', 'new, 2024-02-01', 'reassessment; 3.00 USD in 3 periods; rate 0.07; guarantee expected to cost 2.00 USD'),
    ('lease_modification', 'odd, 2024-10-01', 'reassessment in place of modification; 250.00 USD in 5 periods')$$, 'rates, terms, guarantees and restoration that take the place of known ones, and whatever changes a lease');
SELECT throws_ok(format('SELECT publish_load(%L, %s)', 'cap', :load), '55000', format('load %s of ledger "cap" is not approved (estimates: 3)', :load), 'are not published on one''s own');
SELECT throws_ok(format('SELECT approve_load(%L, %s, %L)', 'cap', :load, 'alice'), '42501', NULL, 'nor approved by who prepared them');
SELECT approve_load('cap', :load, 'bob');
SELECT is(publish_load('cap', :load), 3::bigint, 'another approves them');
SELECT open_load('cap', 'my own', 't') AS load \gset
INSERT INTO lease (lease_id, deal_id, commences_on, payments, rate) VALUES ('mine', 'hall', '2024-01-01', '{1 USD,1 USD}', 0.05);
SELECT publish_load('cap', :load);
SELECT throws_ok(format('SELECT retract_load(%L, %s, %L)', 'cap', :load, 'wrong'), '42501', NULL, 'nor are they withdrawn by who prepared them');
SELECT is(retract_load('cap', (SELECT load_id FROM cap.load WHERE description = 'estimates'), 'wrong'), 3::bigint, 'another withdraws them');
SELECT open_load('cap', 'back', 't', prepared_by => 'alice') AS load \gset
INSERT INTO lease (lease_id, deal_id, commences_on, payments, rate, residual_guaranteed, residual_expected) VALUES ('new', 'hall', '2024-01-01', '{1 USD,1 USD}', 0.05, '9 USD', '1 USD');
SELECT isnt_empty(format('SELECT * FROM check_approval(%L, %s)', 'cap', :load), 'what is withdrawn is still what it is compared with');
SELECT discard_load('cap', :load);

-- What looks like one contract told twice is found.
SELECT open_load('cap', 'told twice', 't', prepared_by => 'alice') AS load \gset
INSERT INTO rented_capacity (rental_id, pool_id, supplier_id, chips, rate, valid_from, valid_to) VALUES ('again', 'HYBRID', 'R', 6, '1 USD', '2024-12-01', '2025-02-01');
INSERT INTO pool (pool_id, name) VALUES ('WRONG', 'said to be owned');
INSERT INTO lease (lease_id, deal_id, pool_id, chips, commences_on, payments, rate) VALUES ('wrong', 'hall', 'WRONG', 1, '2024-01-01', '{1 USD,1 USD}', 0.05);
SELECT publish_load('cap', :load);
SELECT results_eq($$SELECT finding, subject_id, detail FROM cap.obligation_finding WHERE finding IN ('leased_and_rented', 'leased_pool_not_leased') ORDER BY 1$$,
    $$VALUES ('leased_and_rented', 'hybrid', 'chips that the lessor also rents to pool HYBRID while the lease runs: what is one contract is counted twice (again)'), ('leased_pool_not_leased', 'WRONG', 'all its chips are leased, and it is said to be owned')$$, 'findings');

SELECT * FROM finish();
ROLLBACK;
