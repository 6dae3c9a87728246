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

SELECT * FROM finish();
ROLLBACK;
