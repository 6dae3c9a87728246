-- A small company whose books, as of October 2026, have an answer to each of the ten questions of test/bi/questions.sql:
-- pool P of docs/spend_summary.md (594,444.44 a month), its tenants a and b, a cloud's bill, a commitment, a
-- contract of 38 billion, an investment. Every figure can be checked by hand.
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT create_ledger('books') \g /dev/null
INSERT INTO books.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'made here', 'high'), ('aws', 'bill', 'a bill', 'high');
SELECT open_load('books', 'the books', 't') AS load \gset
INSERT INTO books.party (party_id, name, kind, country) VALUES ('US', 'Us', 'company', 'DE'), ('CLOUD', 'A cloud', 'company', 'US'), ('CUST', 'A customer', 'company', 'FR'),
    ('OAI', 'OpenAI', 'company', 'US'), ('AWS', 'AWS', 'segment', 'US'), ('AMZN', 'Amazon', 'company', 'US'), ('ANTH', 'Anthropic', 'company', 'US');
INSERT INTO books.relation (party_id, parent_id, kind, valid_from) VALUES ('AWS', 'AMZN', 'segment', '-infinity');
INSERT INTO books.entity (entity_id, name, functional_currency, party_id) VALUES ('main', 'Us', 'USD', 'US');
INSERT INTO books.cost_centre (cost_centre_id, name) VALUES ('RESEARCH', 'Research'), ('SEARCH', 'Search'), ('WEB', 'Web');
INSERT INTO books.account (account_id, name, kind) VALUES ('0190', 'Accumulated depreciation', 'asset'), ('3300', 'Payables', 'liability'), ('6100', 'Depreciation', 'expense'),
    ('6200', 'Clouds', 'expense');
INSERT INTO books.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6100', '0190');
INSERT INTO books.chip_model (chip_model_id, name, tdp_watts, peak_flops) VALUES ('H100', 'NVIDIA H100', 700, 989e12);
INSERT INTO books.site (site_id, name, country, pue) VALUES ('S', 'Frankfurt', 'DE', 1.1);
INSERT INTO books.asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'Chips', 'chip', 'H100', 1000, 'S', '20000000 USD', '2025-01-01', '2025-01-01'), ('servers', 'Servers', 'server', NULL, NULL, 'S', '10000000 USD', '2025-01-01', '2025-01-01'),
    ('network', 'Network', 'network', NULL, NULL, 'S', '5000000 USD', '2025-01-01', '2025-01-01'), ('hall', 'Building share', 'building', NULL, NULL, 'S', '6000000 USD', '2025-01-01', '2025-01-01'),
    ('spare', 'Spare servers', 'server', NULL, NULL, 'S', '120000 USD', '2026-10-01', '2026-10-01');
INSERT INTO books.asset_policy (asset_id, basis, policy)
SELECT a, b, amortisation_policy(method => 'straight_line', life => make_interval(years => y), convention => 'full_month')
FROM (VALUES ('chips', 5), ('servers', 5), ('network', 6), ('hall', 20), ('spare', 5)) v (a, y), unnest('{ifrs,us_gaap}'::text[]) b;
INSERT INTO books.pool (pool_id, name, provider_id, site_id, chip_model_id, cost_centre_id) VALUES ('P', 'Pool P', 'US', 'S', 'H100', 'RESEARCH');
INSERT INTO books.pool_asset (pool_id, asset_id) SELECT 'P', a FROM unnest('{chips,servers,network,hall}'::text[]) a;
-- 1000 chips: a has 40 % and uses 36 %, b has 40 % and uses 24 %, 5 % are down, 15 % nobody has. b's are for a customer.
SELECT add_reading_partitions('books', '2026-10-01') \g /dev/null
INSERT INTO books.meter_reading (pool_id, starts_at, ends_at, month, tenant_id, party_id, job_id, model_id, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms, use_basis)
SELECT 'P', d, d + interval '1 day', '2026-10-01', t.tenant, t.party, t.job, t.model, n * t.installed / 100, n * t.available / 100, n * t.allocated / 100, n * t.used / 100, n * t.kept / 100, 'sm_active'
FROM generate_series(timestamptz '2026-10-01 00:00Z', '2026-10-31 00:00Z', '1 day') d,
     LATERAL (SELECT chip_time(1000, tstzrange(d, d + interval '1 day')) AS n) c,
     (VALUES ('a', NULL, 'a1', 'm', 30, 30, 30, 30, 15), ('a', NULL, 'a2', NULL, 10, 10, 10, 6, 6), ('b', 'CUST', 'b1', 'm', 40, 40, 40, 24, NULL), (NULL, NULL, NULL, NULL, 20, 15, 0, 0, NULL))
         t (tenant, party, job, model, installed, available, allocated, used, kept);
INSERT INTO books.training_run (run_id, name, asset_id, started_on, chip_hours) VALUES ('a1', 'A run of a', 'chips', '2026-10-01', 223200), ('b1', 'A run of b', 'chips', '2026-10-01', 297600);
INSERT INTO books.sku_price (sku_price_id, service_provider_name, kind, sku_id, sku_meter, pricing_unit, currency, unit_prices, valid_from) VALUES
    ('in', 'A cloud', 'contract', 'm', 'input', '1M Tokens', 'USD', '{3}', '2026-01-01'), ('out', 'A cloud', 'contract', 'm', 'output', '1M Tokens', 'USD', '{15}', '2026-01-01');
INSERT INTO books.token_usage (usage_id, meter, service_provider_name, model_id, tenant_id, starts_at, ends_at, tokens)
SELECT u, m, 'A cloud', 'm', t, '2026-10-12 10:00Z', '2026-10-12 11:00Z', n
FROM (VALUES ('u1', 'input', 'a', 1000000), ('u1', 'output', 'a', 200000), ('u2', 'input', 'b', 5000000), ('u3', 'input', NULL, 7)) v (u, m, t, n);
INSERT INTO books.charge (source_id, service_provider_name, invoice_issuer_name, invoice_id, billing_account_id, tags, billing_currency, charge_category, service_name, billed_cost, effective_cost, charge_period_start, billing_period_start)
SELECT 'aws', 'A cloud', 'A cloud', invoice, 'A1', tags::jsonb, 'USD', 'Usage', 'Compute', cost, cost, '2026-10-02 00:00Z', '2026-10-01 00:00Z'
FROM (VALUES ('I-1', '{"team": "web"}', 700.10), ('I-1', '{"team": "search"}', 300.20), ('I-2', '{"team": "web"}', 40)) c (invoice, tags, cost);
INSERT INTO books.invoice_detail (invoice_issuer_name, invoice_id, invoice_detail_id, billing_currency, charge_category, billed_cost) VALUES
    ('A cloud', 'I-1', '1', 'USD', 'Usage', 1000.30), ('A cloud', 'I-2', '1', 'USD', 'Usage', 40), ('A cloud', 'I-2', '2', 'USD', 'Tax', 7.6);
INSERT INTO books.cost_centre_rule (rule_id, priority, tag_key, tag_value, tenant_id, cost_centre_id, account_id) VALUES
    ('web by tag', 10, 'team', 'web', NULL, 'WEB', '6200'), ('search by tag', 10, 'team', 'search', NULL, 'SEARCH', '6200'), ('a''s chips', 10, NULL, NULL, 'a', 'SEARCH', '6100');
INSERT INTO books.plan_line (line_id, cost_centre_id, account_id, period_month, amount) VALUES
    ('chips', 'RESEARCH', NULL, '2026-10-01', '360000 USD'), ('search chips', 'SEARCH', '6100', '2026-10-01', '240000 USD'), ('web', 'WEB', '6200', '2026-10-01', '700 USD');
-- 1,000 hours a month for nine months, at 2.00; 500 were drawn in each.
INSERT INTO books.commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, unit, quantity, price) VALUES
    ('hours', 'take_or_pay', 'CLOUD', 'USD', '2026-01-01', '2026-10-01', 'continuous', 'Chip-Hours', 1000, '2 USD');
INSERT INTO books.commitment_draw (draw_id, commitment_id, drawn_from, quantity)
SELECT to_char(m, 'YYYY-MM'), 'hours', m, 500 FROM generate_series(timestamptz '2026-01-10 00:00Z', '2026-10-10 00:00Z', '1 month') m;
INSERT INTO books.deal (deal_id, supplier_id, customer_id, kind, currency, amount, signed_on, starts_on, ends_on, legal_status, delivery_stage, evidence, tier) VALUES
    ('aws-oai', 'AWS', 'OAI', 'cloud', 'USD', '38000000000 USD', '2025-11-02', '2025-11-03', '2032-11-03', 'signed', 'usable', 'press', 'prime');
INSERT INTO books.holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence, probability) VALUES
    ('h1', 'h', 'AMZN', 'ANTH', 'note', 'commit', '2023-09-25', '2023-09-25', 'USD', '8000000000 USD', 'exactly', 'signed', 'filing', 0.9),
    ('h2', 'h', 'AMZN', 'ANTH', 'note', 'draw', '2024-03-27', '2024-03-27', 'USD', '6600000000 USD', 'exactly', 'closed', 'filing', NULL);
SELECT publish_load('books', :load) \g /dev/null
SELECT close_period('books', 'main', 'ifrs', 2026, 9) \g /dev/null
-- Found after September was closed: 1,200 over a year, from September on.
SELECT open_load('books', 'found', 't') AS load \gset
INSERT INTO books.asset (asset_id, name, component, site_id, cost, acquired_on, available_for_use_on) VALUES ('found', 'Found', 'other', 'S', '1200 USD', '2026-09-01', '2026-09-01');
INSERT INTO books.asset_policy (asset_id, basis, policy)
SELECT 'found', b, amortisation_policy(method => 'straight_line', life => interval '1 year', convention => 'full_month') FROM unnest('{ifrs,us_gaap}'::text[]) b;
SELECT publish_load('books', :load) \g /dev/null
SELECT refresh_allocation('books') > 0 AND refresh_usage('books') > 0 \g /dev/null
SELECT close_period('books', 'main', 'ifrs', 2026, 10) \g /dev/null
