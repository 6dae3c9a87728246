-- Cost centres by rule, plans beside spend, and what is bound to come.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'SQL, DMY';
SELECT no_plan();
SELECT setseed(0.75);

-- ---------------------------------------------------------------------------
-- October of pool P (docs/spend_summary.md): 594,444.44, planned at 620,000
-- ---------------------------------------------------------------------------
SELECT create_ledger('p');
INSERT INTO p.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high'), ('aws', 'bill', 'a feed', 'high'), ('azure', 'bill', 'another', 'high');
SELECT open_load('p', 'pool P', 't') AS first_load \gset
INSERT INTO p.party (party_id, name, kind) VALUES ('US', 'Us', 'company'), ('CLOUD', 'A cloud', 'company'), ('FAB', 'A maker of chips', 'company');
INSERT INTO p.entity (entity_id, name, functional_currency, party_id) VALUES ('main', 'Us', 'USD', 'US');
INSERT INTO p.chip_model (chip_model_id, name) VALUES ('H100', 'H100');
INSERT INTO p.site (site_id, name, pue) VALUES ('S', 'Site', 1.10);
INSERT INTO p.cost_centre (cost_centre_id, name) VALUES ('RES', 'Research'), ('SRCH', 'Search'), ('WEB', 'Web'), ('PLAT', 'Platform'), ('REST', 'What is left');
INSERT INTO p.account (account_id, name, kind) VALUES ('6100', 'Chips', 'expense'), ('6200', 'Clouds', 'expense');
INSERT INTO p.asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'chips', 'chip', 'H100', 1000, 'S', '20000000 USD', '2025-01-01', '2025-01-01'), ('servers', 'servers', 'server', NULL, NULL, 'S', '10000000 USD', '2025-01-01', '2025-01-01'),
    ('network', 'network', 'network', NULL, NULL, 'S', '5000000 USD', '2025-01-01', '2025-01-01'), ('building', 'building share', 'building', NULL, NULL, 'S', '6000000 USD', '2025-01-01', '2025-01-01');
INSERT INTO p.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', amortisation_policy(method => 'straight_line', life => make_interval(years => y), convention => 'full_month') FROM (VALUES ('chips', 5), ('servers', 5), ('network', 6), ('building', 20)) v (a, y);
INSERT INTO p.pool (pool_id, name, provider_id, site_id, chip_model_id, cost_centre_id, ownership) VALUES ('P', 'pool P', 'US', 'S', 'H100', 'RES', 'owned'), ('R', 'rented, with staff of ours', 'CLOUD', NULL, 'H100', NULL, 'rented');
INSERT INTO p.pool_asset (pool_id, asset_id, valid_to) SELECT 'P', asset_id, 'infinity' FROM p.asset;
INSERT INTO p.rented_capacity (rental_id, pool_id, supplier_id, chips, rate, valid_from, valid_to) VALUES ('r', 'R', 'CLOUD', 10, '2 USD', '2025-10-01', '2025-11-01');
INSERT INTO p.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from, valid_to) VALUES ('staff', 'R', 'operations', 'month', '1000.01 USD', '2025-10-01', '2025-11-01');
SELECT add_reading_partitions('p', '2025-01-01', '2025-12-01');
INSERT INTO p.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis, tenant_id)
SELECT 'P', d, d + interval '1 day', '2025-10-01', n * x.s, n * x.s, n * x.s, n * x.s, 'sm_active', x.t
FROM generate_series(timestamptz '2025-10-01 00:00+00', '2025-10-31 00:00+00', '1 day') d, (VALUES ('search', 4), ('train', 3)) x (t, s), LATERAL (SELECT chip_time(1000, tstzrange(d, d + interval '1 day')) / 10 AS n) c;
INSERT INTO p.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis, tenant_id)
SELECT 'R', '2025-10-01 00:00+00', '2025-11-01 00:00+00', '2025-10-01', n * s, n * s, n * s, n * s, 'sm_active', t FROM (VALUES ('search', 1), ('web', 2)) x (t, s), LATERAL (SELECT chip_time(3, tstzrange('2025-10-01 00:00+00', '2025-11-01 00:00+00')) AS n) c;
INSERT INTO p.deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, starts_on, ends_on, legal_status, delivery_stage, evidence) VALUES
    ('spread', 'CLOUD', 'US', 'cloud', 'USD', '3650 USD', '2025-01-01', '2025-11-01', '2026-11-01', 'signed', 'none', 'contract'),
    ('stated', 'CLOUD', 'US', 'cloud', 'USD', '500 USD', '2025-01-01', '2026-01-01', '2027-01-01', 'signed', 'none', 'contract'),
    ('chips to come', 'FAB', 'US', 'chips', 'USD', '700 USD', '2025-01-01', '2026-01-01', '2027-01-01', 'signed', 'ordered', 'contract'),
    ('talked about', 'CLOUD', 'US', 'cloud', 'USD', '9999 USD', '2025-01-01', '2026-01-01', '2027-01-01', 'announced', 'none', 'press'),
    ('theirs', 'FAB', 'CLOUD', 'chips', 'USD', '8888 USD', '2025-01-01', '2026-01-01', '2027-01-01', 'signed', 'none', 'contract');
INSERT INTO p.deal_minimum (deal_id, valid_from, valid_to, currency, amount) VALUES ('stated', '2026-01-01', '2027-01-01', 'USD', '500 USD');
SELECT publish_load('p', recorded_at => '2025-11-10', load_id => :first_load);

-- What is bound to come, as of the end of October: charges that are known, and deals.
SET chipbook.as_of = '2025-11-15';
SELECT results_eq($$SELECT bucket, amount FROM p_report.cost_forecast WHERE cost_kind = 'depreciation' AND fiscal_year <= 2027 ORDER BY 1$$,
    $$VALUES ('FY2025', 1188888.89::numeric(38,15)), ('FY2026', 7133333.34), ('FY2027', 7133333.33)$$, 'two months of this year and whole years of depreciation');
SELECT is((SELECT sum(amount) FROM p_report.cost_forecast WHERE cost_kind = 'depreciation'), 41000000 - (SELECT sum(charge) FROM p_report.chip_book_value WHERE period_month <= '2025-10-01'), 'all that is left to depreciate');
SELECT results_eq($$SELECT deal_id, bucket, certainty, is_capital, amount::float8, entity_id FROM p_report.cost_forecast WHERE deal_id IS NOT NULL AND amount <> 0 ORDER BY 1, 2$$,
    $$VALUES ('chips to come', 'FY2026', 'assumed', true, 700::float8, 'main'), ('spread', 'FY2025', 'assumed', false, 610, 'main'), ('spread', 'FY2026', 'assumed', false, 3040, 'main'),
             ('stated', 'FY2026', 'contractual', false, 500, 'main')$$,
    'what deals bind the entity to: stated by contract or spread by assumption, each by itself, chips apart; neither talk nor what others buy');
SELECT is_empty($$SELECT bucket FROM p_report.cost_forecast WHERE certainty NOT IN ('committed', 'contractual', 'assumed', 'no_term') OR basis <> 'ifrs' OR scenario <> 'forecast'$$, 'each row says how certain it is');
RESET chipbook.as_of;

SELECT open_load('p', 'plan', 't') AS plan \gset
INSERT INTO p.plan_line (line_id, version, cost_centre_id, account_id, period_month, amount) VALUES ('1', 1, 'RES', '6100', '2025-10-01', '600000 USD'), ('2', 1, 'RES', '6100', '2025-10-01', '20000 USD'),
    ('3', 1, 'WEB', '6200', '2025-10-01', '50 USD'), ('4', 1, 'RES', '6100', '9999-10-01', '1 USD');
INSERT INTO p.plan_line (scenario, line_id, cost_centre_id, account_id, period_month, amount) VALUES ('stretch', '1', 'RES', '6100', '2025-10-01', '500000 USD');
INSERT INTO p.cost_centre_rule (rule_id, pool_id, cost_centre_id, account_id) VALUES ('pool P', 'P', 'RES', '6100');
SELECT publish_load('p', :plan);
SELECT refresh_allocation('p');
SELECT results_eq($$SELECT plan, actual, variance, verdict, version FROM p_report.spend_vs_plan WHERE fiscal_period = 'FY25-P10' AND cost_centre_id = 'RES'$$,
    $$VALUES (620000::numeric(38,15), 594444.44::numeric(38,15), -25555.56::numeric(38,15), 'favourable', 1::bigint)$$, 'planned 620,000, spent 594,444.44: 25,555.56 to the good');
SELECT results_eq($$SELECT cost_centre_id, sum(actual), sum(plan) FROM p_report.spend_vs_plan WHERE fiscal_period = 'FY25-P10' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('RES', 594444.44, 620000::numeric), ('WEB', 0, 50), (NULL, 1000.01, 0)$$, 'asked as finance asks: what is planned and not spent, and what is spent and not planned');
SELECT results_eq($$SELECT plan::float8, actual, variance, verdict FROM p_report.spend_vs_plan WHERE period_month = '9999-10-01'$$, $$VALUES (1::float8, NULL::numeric, NULL::numeric, NULL::text)$$, 'of a month to come nothing is spent, and nothing saved');
SELECT results_eq($$SELECT verdict, variance FROM p_report.spend_vs_plan_all_scenarios WHERE scenario = 'stretch' AND cost_centre_id = 'RES' AND period_month = '2025-10-01'$$, $$VALUES ('adverse', 94444.44::numeric(38,15))$$, 'against another scenario it was too much');
SELECT results_eq($$SELECT count(*), sum(actual) FROM p_report.spend_vs_plan WHERE fiscal_period = 'FY25-P09'$$, $$VALUES (1::bigint, 594444.44)$$, 'a month without a line of the budget has its spend too');
SELECT open_load('p', 'revised', 't') AS plan \gset
INSERT INTO p.plan_line (line_id, version, cost_centre_id, account_id, period_month, amount) VALUES ('1', 2, 'RES', '6100', '2025-10-01', '590000 USD'), ('2', 2, NULL, NULL, '2025-10-01', '1000 USD');
SELECT publish_load('p', :plan);
SELECT results_eq($$SELECT cost_centre_id, plan::float8, actual::float8, verdict, version FROM p_report.spend_vs_plan WHERE fiscal_period = 'FY25-P10' ORDER BY 1$$,
    $$VALUES ('RES', 590000::float8, 594444.44::float8, 'adverse', 2::bigint), (NULL, 1000, 1000.01, 'adverse', 2)$$, 'the last version counts, as a whole');
SELECT is((SELECT sum(plan)::float8 FROM p_report.spend_vs_plan_all_scenarios WHERE scenario = 'budget' AND version = 1 AND fiscal_period = 'FY25-P10'), 620050::float8, 'the first is still there');

-- ---------------------------------------------------------------------------
-- Who bears it
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT cost_centre_id, assignment, ownership, cost FROM p_report.spend_by_cost_centre WHERE period_month = '2025-10-01' ORDER BY ownership$$,
    $$VALUES ('RES', 'rule', 'owned', 594444.44::numeric(38,15)), (NULL, 'untagged', 'rented', 1000.01)$$, 'a rented pool costs what it costs beside the rent; the rent is billed');
SELECT open_load('p', 'rules', 't') AS rules \gset
INSERT INTO p.cost_centre_rule (rule_id, tenant_id, pool_id, priority, cost_centre_id, account_id) VALUES ('search', 'search', NULL, 10, 'SRCH', '6100'), ('web in R', 'web', 'R', 10, 'WEB', NULL);
INSERT INTO p.cost_centre_rule (rule_id, of_source_id, tag_key, tag_value, billing_account_id, sub_account_id, priority, cost_centre_id, valid_from, valid_to) VALUES
    ('team web', NULL, 'team', 'web', NULL, NULL, 10, 'WEB', '-infinity', 'infinity'), ('team search', NULL, 'team', 'search', NULL, NULL, 10, 'SRCH', '-infinity', '2025-10-16'),
    ('any team', NULL, 'team', NULL, NULL, NULL, 20, 'PLAT', '-infinity', 'infinity'), ('account', NULL, NULL, NULL, 'A1', NULL, 20, 'RES', '-infinity', 'infinity'),
    ('sub account', NULL, NULL, NULL, 'A1', 'S1', 20, 'SRCH', '-infinity', 'infinity'), ('feed', 'azure', NULL, NULL, NULL, NULL, 90, 'PLAT', '-infinity', 'infinity');
INSERT INTO p.charge (source_id, service_provider_name, billing_account_id, sub_account_id, tags, billing_currency, effective_cost, billed_cost, charge_category, charge_period_start, billing_period_start)
SELECT s, p, a, b, t::jsonb, 'USD', c, c, k, d::timestamptz, '2025-10-01 00:00Z' FROM (VALUES
    ('aws', 'AWS', 'A0', NULL, '{"team": "web", "x": 1}', 1.000000000000000123, 'Usage', '2025-10-02 00:00Z'), ('aws', 'AWS', 'A0', NULL, '{"team": "search"}', 2, 'Usage', '2025-10-15 23:59Z'), ('aws', 'AWS', 'A0', NULL, '{"team": "search"}', 4, 'Usage', '2025-10-16 00:00Z'),
    ('aws', 'AWS', 'A1', 'S1', NULL, 8, 'Usage', '2025-10-02 00:00Z'), ('aws', 'AWS', 'A1', 'S2', '{"Team": "web"}', 16, 'Tax', '2025-10-02 00:00Z'), ('aws', 'AWS', 'A1', 'S2', '{"team": "other"}', 32, 'Usage', '2025-10-02 00:00Z'),
    ('azure', 'Azure', 'A0', NULL, '[]', 64, 'Usage', '2025-10-02 00:00Z'), ('aws', 'AWS', NULL, NULL, '"team"', 128, 'Usage', '2025-10-02 00:00Z'), ('aws', 'AWS', NULL, NULL, '{"team": null}', -256, 'Credit', '2025-10-02 00:00Z')) v (s, p, a, b, t, c, k, d);
INSERT INTO p.charge (source_id, dataset, service_provider_name, billing_account_id, billing_currency, effective_cost, billed_cost, charge_period_start, billing_period_start) VALUES
    ('azure', 'azure_actual', 'Azure', 'B1', 'USD', NULL, 512, '2025-10-02 00:00Z', '2025-10-01 00:00Z'), ('azure', 'azure_amortised', 'Azure', 'B1', 'USD', 500, NULL, '2025-10-02 00:00Z', '2025-10-01 00:00Z'),
    ('azure', 'azure_actual', 'Azure', 'B1', 'USD', NULL, 1024, '2025-11-02 00:00Z', '2025-11-01 00:00Z');
INSERT INTO p.charge (source_id, service_provider_name, billing_account_id, tags, sku_id, consumed_quantity, consumed_unit, charge_period_start, billing_period_start) VALUES
    ('aws', 'CoreWeave', 'C1', '{"team": "web"}', 'gpu', 10, 'Hours', '2025-10-02 00:00Z', '2025-10-01 00:00Z'), ('aws', 'CoreWeave', 'C1', '{"team": "web"}', 'unheard of', 10, 'Hours', '2025-10-02 00:00Z', '2025-10-01 00:00Z');
INSERT INTO p.sku_price (sku_price_id, service_provider_name, sku_id, pricing_unit, currency, unit_prices, valid_from) VALUES ('gpu', 'CoreWeave', 'gpu', 'Hours', 'USD', '{2.5}', '2025-01-01');
SELECT publish_load('p', :rules);
SELECT results_eq($$SELECT provider_id, cost_centre_id, assignment, rule_id, cost, tax_cost::float8, unknown_charges FROM p_report.spend_by_cost_centre WHERE spend = 'charge' AND period_month = '2025-10-01' ORDER BY 1, 2, 4, cost$$,
    $$VALUES ('AWS', 'PLAT', 'rule', 'any team', -252::numeric(38,15), 0::float8, 0::bigint), ('AWS', 'RES', 'rule', 'account', 16, 16, 0), ('AWS', 'SRCH', 'rule', 'sub account', 8, 0, 0), ('AWS', 'SRCH', 'rule', 'team search', 2, 0, 0),
             ('AWS', 'WEB', 'rule', 'team web', 1, 0, 0), ('AWS', NULL, 'tie', 'account', 32, 0, 0), ('AWS', NULL, 'untagged', NULL, 128, 0, 0),
             ('Azure', 'PLAT', 'rule', 'feed', 564, 0, 0), ('CoreWeave', 'WEB', 'rule', 'team web', 0, 0, 1), ('CoreWeave', 'WEB', 'rule', 'team web', 25, 0, 0)$$,
    'by tag, account and feed, on the days that rules hold; a tie goes to nobody; what is untagged is a row; charges without a cost are priced');
SELECT results_eq($$SELECT tenant, cost FROM (SELECT CASE cost_centre_id WHEN 'SRCH' THEN 'search' WHEN 'WEB' THEN 'web' ELSE 'others' END AS tenant, ownership, sum(cost) AS cost
                    FROM p_report.spend_by_cost_centre WHERE spend = 'pool' AND period_month = '2025-10-01' GROUP BY 1, 2) x ORDER BY ownership, tenant$$,
    $$SELECT * FROM (SELECT 'others', sum(total_cost) FROM p_report.allocated_spend WHERE pool_id = 'P' AND period_month = '2025-10-01' AND tenant_id IS DISTINCT FROM 'search'
                     UNION ALL SELECT 'search', sum(total_cost) FROM p_report.allocated_spend WHERE pool_id = 'P' AND period_month = '2025-10-01' AND tenant_id = 'search') o
      UNION ALL SELECT * FROM (VALUES ('others', 100.001::numeric), ('search', 300.003), ('web', 600.006)) r$$,
    'tenants have theirs in every pool: of what the rented one costs beside rent their part');
SELECT is_empty($$SELECT * FROM p_report.cost_centre_check WHERE ok IS NOT TRUE$$, 'cost centres add up to all there is');
SELECT results_eq($$SELECT spend, currency, cost_by_centre, without_cost_centre FROM p_report.cost_centre_check WHERE period_month = '2025-10-01' ORDER BY 1, 2$$,
    $$VALUES ('charge', 'USD', 524::numeric(38,15), 160::numeric(38,15)), ('charge', NULL, 0, 0), ('pool', 'USD', 595444.45, 100.001)$$, 'and say what nobody has');
SELECT is((SELECT sum(cost)::float8 FROM p_report.spend_by_cost_centre WHERE period_month = '2025-11-01' AND spend = 'charge'), 1024::float8, 'a bill without its amortised twin counts as billed');
SELECT results_eq($$SELECT subject_id, detail FROM p_report.data_quality WHERE finding = 'cost_centre_rules_tie' ORDER BY 1$$,
    $$VALUES ('account', 'of the same rank as any team, to another cost centre or account: what both fit goes to none')$$, 'rules that may tie are a finding, before anything is spent');

-- ---------------------------------------------------------------------------
-- Random charges and rules: each charge by itself, asked of every rule
-- ---------------------------------------------------------------------------
SELECT create_ledger('q', fiscal_year_start => 10);
INSERT INTO q.source (source_id, kind, reference, confidence) VALUES ('s1', 'test', 'test', 'high'), ('s2', 'test', 'test', 'high');
SELECT open_load('q', 'random', 's1') AS random \gset
INSERT INTO q.cost_centre (cost_centre_id, name) SELECT 'C' || i, 'C' FROM generate_series(1, 4) i;
INSERT INTO q.cost_centre_rule (rule_id, cost_centre_id, priority, of_source_id, tag_key, tag_value, billing_account_id, sub_account_id, valid_from, valid_to)
SELECT 'rule ' || i, 'C' || (1 + i % 4), (random() * 3)::integer, CASE WHEN random() < 0.3 THEN 's' || (1 + (random() * 2)::integer) END, k, CASE WHEN random() < 0.7 THEN left(k, 1) || (random() * 2)::integer END,
       CASE WHEN random() < 0.3 THEN 'a' || (random() * 3)::integer END, CASE WHEN random() < 0.2 THEN 'b' || (random() * 3)::integer END, d, d + 40
FROM (SELECT i, CASE WHEN random() < 0.6 THEN CASE WHEN random() < 0.5 THEN 'env' ELSE 'team' END END AS k, date '2026-01-01' + (random() * 40)::integer AS d FROM generate_series(1, 40) i) r;
INSERT INTO q.charge (source_id, service_provider_name, billing_account_id, sub_account_id, tags, billing_currency, effective_cost, charge_period_start)
SELECT 's' || (1 + (random() * 1)::integer), 'P' || (random() * 2)::integer, 'a' || (random() * 3)::integer, 'b' || (random() * 3)::integer,
       jsonb_build_object('env', 'e' || (random() * 2)::integer) || CASE WHEN random() < 0.6 THEN jsonb_build_object('team', 't' || (random() * 2)::integer) ELSE '{}' END || jsonb_build_object('id', i),
       CASE WHEN random() < 0.2 THEN 'EUR' ELSE 'USD' END, round((random() * 100 - 20)::numeric, 17), timestamptz '2026-01-01 00:00Z' + random() * 100 * interval '1 day'
FROM generate_series(1, 500) i;
SELECT publish_load('q', :random);
CREATE TEMPORARY TABLE one_by_one AS
SELECT date_trunc('month', c.charge_period_start, 'UTC') AT TIME ZONE 'UTC' AS month, c.billing_currency, w.cost_centre_id, w.assignment, sum(round(c.effective_cost, 15)) AS cost, count(*) AS charges
FROM q.charge c
CROSS JOIN LATERAL (
    SELECT CASE WHEN min(m.cost_centre_id) = max(m.cost_centre_id) THEN min(m.cost_centre_id) END AS cost_centre_id,
           CASE WHEN count(*) = 0 THEN 'untagged' WHEN min(m.cost_centre_id) = max(m.cost_centre_id) THEN 'rule' ELSE 'tie' END AS assignment
    FROM (SELECT r.*, (r.of_source_id IS NOT NULL)::int + (r.tag_key IS NOT NULL)::int + (r.tag_value IS NOT NULL)::int + (r.billing_account_id IS NOT NULL)::int + (r.sub_account_id IS NOT NULL)::int AS named FROM q.cost_centre_rule r) m
    WHERE coalesce(m.of_source_id, c.source_id) = c.source_id AND coalesce(m.billing_account_id, c.billing_account_id) = c.billing_account_id AND coalesce(m.sub_account_id, c.sub_account_id) = c.sub_account_id
      AND (m.tag_key IS NULL OR c.tags ->> m.tag_key IS NOT NULL AND coalesce(m.tag_value, c.tags ->> m.tag_key) = c.tags ->> m.tag_key)
      AND (c.charge_period_start AT TIME ZONE 'UTC')::date >= m.valid_from AND (c.charge_period_start AT TIME ZONE 'UTC')::date < m.valid_to
      AND NOT EXISTS (SELECT FROM q.cost_centre_rule b
                      WHERE (b.priority < m.priority OR b.priority = m.priority AND num_nonnulls(b.of_source_id, b.tag_key, b.tag_value, b.billing_account_id, b.sub_account_id) > m.named)
                        AND (b.of_source_id IS NULL OR b.of_source_id = c.source_id) AND (b.billing_account_id IS NULL OR b.billing_account_id = c.billing_account_id) AND (b.sub_account_id IS NULL OR b.sub_account_id = c.sub_account_id)
                        AND (b.tag_key IS NULL OR jsonb_exists(c.tags, b.tag_key) AND (b.tag_value IS NULL OR c.tags @> jsonb_build_object(b.tag_key, b.tag_value)))
                        AND daterange(b.valid_from, b.valid_to) @> (c.charge_period_start AT TIME ZONE 'UTC')::date)) w
GROUP BY 1, 2, 3, 4;
SELECT results_eq($$SELECT period_month, currency, cost_centre_id, assignment, sum(cost), sum(charges)::bigint FROM q_report.spend_by_cost_centre GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4$$,
                  $$SELECT month::date, billing_currency, cost_centre_id, assignment, cost, charges::bigint FROM one_by_one ORDER BY 1, 2, 3, 4$$, 'charges go where they go one by one');
SELECT cmp_ok(count(DISTINCT assignment), '=', 3::bigint, 'by rule, tied and untagged') FROM one_by_one;
SELECT is((SELECT sum(cost) FROM q_report.spend_by_cost_centre), (SELECT sum(round(effective_cost, 15)) FROM q.charge), 'and add up to the bills exactly');
SELECT results_eq($$SELECT DISTINCT scenario, version, plan FROM q_report.spend_vs_plan$$, $$VALUES ('budget', NULL::bigint, NULL::numeric)$$, 'without a budget there is none, not one of 0');
SELECT is((SELECT sum(actual) FROM q_report.spend_vs_plan), (SELECT sum(round(effective_cost, 15)) FROM q.charge), 'and all spend is there');
SELECT results_eq($$SELECT DISTINCT fiscal_period FROM q_report.spend_vs_plan ORDER BY 1$$, $$VALUES ('FY26-P04'), ('FY26-P05'), ('FY26-P06'), ('FY26-P07')$$, 'in fiscal periods');

-- What a utility bills is in the energy of owned chips; what else it sells is not.
SELECT open_load('q', 'power', 's1') AS power \gset
INSERT INTO q.charge (invoice_issuer_name, service_name, billing_currency, effective_cost, charge_period_start) VALUES ('Utility', 'power', 'USD', 100, '2026-01-05 00:00Z'), ('Utility', 'advice', 'USD', 7, '2026-01-05 00:00Z');
INSERT INTO q.charge_origin (origin_id, invoice_issuer_name, service_name, component) VALUES ('power', 'Utility', 'power', 'energy'), ('power again', 'Utility', 'power', 'energy');
SELECT publish_load('q', :power);
SELECT is((SELECT sum(cost) FROM q_report.spend_by_cost_centre), (SELECT sum(round(effective_cost, 15)) FROM q.charge WHERE service_name IS DISTINCT FROM 'power'), 'a bill that feeds what owned chips cost is no spend beside them');
SELECT ok(bool_and(ok), 'nor is it missing') FROM q_report.cost_centre_check;

-- ---------------------------------------------------------------------------
-- Commitments to come, once, and plans at budget rates
-- ---------------------------------------------------------------------------
SELECT create_ledger('w', 'EUR');
INSERT INTO w.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('w', 'commitments', 't') AS load \gset
INSERT INTO w.party (party_id, name, kind) VALUES ('WE', 'us', 'company'), ('CLOUD', 'a cloud', 'company');
INSERT INTO w.entity (entity_id, name, functional_currency, party_id) VALUES ('main', 'us', 'EUR', 'WE');
INSERT INTO w.deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, starts_on, ends_on, legal_status, evidence) VALUES
    ('bound', 'CLOUD', 'WE', 'cloud', 'USD', '1200 USD', '2025-01-01', '2026-01-01', '2027-01-01', 'signed', 'contract'), ('talk', 'CLOUD', 'WE', 'cloud', 'USD', '1200 USD', '2025-01-01', '2026-01-01', '2027-01-01', 'announced', 'press');
INSERT INTO w.commitment (commitment_id, kind, provider_id, deal_id, currency, amount, starts_on, ends_on, fulfilment_interval, model) VALUES
    ('monthly', 'minimum_spend', 'CLOUD', NULL, 'USD', '100 USD', '2025-07-01', '2026-07-01', 'month', 'continuous'), ('yearly', 'minimum_spend', 'CLOUD', 'talk', 'USD', '365 USD', '2025-05-01', '2026-05-01', 'year', 'continuous'),
    ('in the deal', 'minimum_spend', 'CLOUD', 'bound', 'USD', '100 USD', '2026-01-01', '2027-01-01', 'month', 'continuous'), ('half a month', 'minimum_spend', 'CLOUD', NULL, 'USD', '31 USD', '2026-01-01', '2026-01-16', 'month', 'continuous'),
    ('over', 'minimum_spend', 'CLOUD', NULL, 'USD', '31 USD', '2025-01-01', '2025-11-01', 'month', 'continuous'), ('hourly', 'reserved', 'CLOUD', NULL, 'USD', '1 USD', '2025-12-31', '2026-01-02', 'hour', 'continuous');
SELECT publish_load('w', :load, recorded_at => '2025-11-10');
SET chipbook.as_of = '2025-11-15';
SELECT results_eq($$SELECT commitment_id, bucket, certainty, amount::float8, amount_low = amount AND amount_high = amount, conditionality, is_capital FROM w_report.cost_forecast WHERE cost_kind = 'commitment' ORDER BY 1, 2, 3$$,
    $$VALUES ('half a month', 'FY2026', 'contractual', 15::float8, true, 'unconditional', false), ('hourly', 'FY2025', 'contractual', 24, true, 'unconditional', false), ('hourly', 'FY2026', 'contractual', 24, true, 'unconditional', false),
             ('monthly', 'FY2025', 'contractual', 200, true, 'unconditional', false), ('monthly', 'FY2026', 'contractual', 600, true, 'unconditional', false),
             ('yearly', 'FY2025', 'assumed', 61, true, 'unconditional', false), ('yearly', 'FY2026', 'assumed', 120, true, 'unconditional', false)$$,
    'months of a commitment are contractual, a year over two is spread by assumption, what a binding deal has is not had twice');
SELECT results_eq($$SELECT deal_id, sum(amount)::float8 FROM w_report.cost_forecast WHERE deal_id = 'bound' GROUP BY 1$$, $$VALUES ('bound', 1200::float8)$$, 'the deal is there once');
SELECT is_empty($$SELECT 1 FROM w_report.cost_forecast GROUP BY entity_id, bucket, cost_kind, certainty, conditionality, deal_id, lease_id, commitment_id, currency, is_capital HAVING count(*) > 1$$, 'the key of the forecast');
RESET chipbook.as_of;
-- Pieces of any intervals add up to the whole, whatever the year.
SELECT is_empty($$
    SELECT * FROM (SELECT d, d + (10 + random() * 900)::integer AS e, (ARRAY['hour', 'day', 'week', 'month', 'quarter', 'half_year', 'year', 'term'])[1 + i % 8] AS f, date '2024-06-15' + (random() * 900)::integer AS cut
                   FROM (SELECT i, date '2024-02-29' + (random() * 400)::integer AS d FROM generate_series(1, 400) i) n) r
    CROSS JOIN LATERAL (SELECT e::timestamp AT TIME ZONE 'UTC' AS ends_at, cut::timestamp AT TIME ZONE 'UTC' AS cut_at) t
    CROSS JOIN LATERAL (SELECT fulfilment_interval_number(d, f, ends_at - interval '1 microsecond') + 1 AS n) k
    WHERE committed_before(d, f, n, 7.77, 3.21, ends_at, 'infinity') <> 7.77 * (n - 1) + 3.21 OR committed_before(d, f, n, 7.77, 3.21, ends_at, d::timestamp AT TIME ZONE 'UTC') <> 0
       OR committed_before(d, f, n, 7.77, 3.21, ends_at, cut_at) NOT BETWEEN 0 AND 7.77 * (n - 1) + 3.21
       OR committed_whole(d, f, n, 7.77, 3.21, ends_at, '-infinity', 'infinity') <> 7.77 * (n - 1) + 3.21
       OR committed_whole(d, f, n, 7.77, 3.21, ends_at, '-infinity', cut_at) > committed_before(d, f, n, 7.77, 3.21, ends_at, cut_at)
       OR 7.77 * (n - 1) + 3.21 - committed_whole(d, f, n, 7.77, 3.21, ends_at, '-infinity', cut_at) - committed_whole(d, f, n, 7.77, 3.21, ends_at, cut_at, 'infinity') NOT IN (0, 7.77, 3.21)$$,
    'and no interval is lost or counted twice');

-- Planned 1,000 USD at a budget rate of 0.90; spent 1,100 USD when a dollar was 0.95 on average: 90 more, of which rates did nothing, and 55 that they did.
SELECT open_load('w', 'plan', 't') AS load \gset
INSERT INTO w.cost_centre (cost_centre_id, name) VALUES ('RES', 'research');
INSERT INTO w.cost_centre_rule (rule_id, cost_centre_id) VALUES ('all', 'RES');
INSERT INTO w.plan_line (line_id, cost_centre_id, period_month, amount) VALUES ('dollars', 'RES', '2025-10-01', '1000 USD'), ('euros', 'RES', '2025-10-01', '50 EUR'), ('pounds', 'RES', '2025-10-01', '10 GBP'), ('last year', 'RES', '2024-10-01', '10 USD');
INSERT INTO w.charge (source_id, service_provider_name, billing_currency, effective_cost, charge_period_start) VALUES ('t', 'AWS', 'USD', 1100, '2025-10-05 00:00Z'), ('t', 'AWS', 'EUR', 60, '2025-10-05 00:00Z'), ('t', 'AWS', 'credits', 60, '2025-10-05 00:00Z');
INSERT INTO w.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES
    ('USD', 'EUR', 'budget', '2025-01-01', 0.91), ('USD', 'EUR', 'budget', '2025-03-01', 0.90), ('USD', 'EUR', 'budget', '2026-01-01', 0.5), ('USD', 'EUR', 'average', '2025-10-31', 0.95), ('GBP', 'EUR', 'closing', '2025-10-31', 9);
SELECT publish_load('w', :load);
SELECT results_eq($$SELECT period_month, currency, budget_rate::float8, plan::float8, actual::float8, variance::float8, actual_at_average_rate::float8, exchange_effect::float8 FROM w_report.spend_vs_plan_reporting WHERE scenario = 'budget' ORDER BY 1, currency COLLATE "C"$$,
    $$VALUES (date '2024-10-01', 'USD', NULL::float8, NULL::float8, 0::float8, NULL::float8, 0::float8, 0::float8),
             ('2025-10-01', 'EUR', 1, 50, 60, 10, 60, 0), ('2025-10-01', 'GBP', NULL, NULL, 0, NULL, 0, 0), ('2025-10-01', 'USD', 0.9, 900, 990, 90, 1045, 55), ('2025-10-01', 'credits', NULL, 0, NULL, NULL, NULL, NULL)$$,
    'plan and spend at the budget rate of their year, rates apart; without one it is unknown, never at 1 or at another rate');

SELECT throws_ok(format('INSERT INTO p.%s', s), '23514', NULL, s) FROM unnest(ARRAY[
    'cost_centre_rule (rule_id, cost_centre_id, tag_value, load_id) VALUES (''x'', ''RES'', ''v'', 1)', 'cost_centre_rule (rule_id, cost_centre_id, tag_key, pool_id, load_id) VALUES (''x'', ''RES'', ''k'', ''P'', 1)',
    'plan_line (line_id, period_month, amount, load_id) VALUES (''x'', ''2025-10-03'', ''1 USD'', 1)', 'plan_line (line_id, period_month, amount, load_id) VALUES (''x'', ''infinity'', ''1 USD'', 1)',
    'plan_line (line_id, version, period_month, amount, load_id) VALUES (''x'', 0, ''2025-10-01'', ''1 USD'', 1)']) s;

SELECT * FROM finish();
ROLLBACK;
