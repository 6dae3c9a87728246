-- The sample world: who builds, buys, funds and rents AI accelerators, as the public knew it
-- from the end of 2023 to the spring of 2026. Run it with psql in this folder, in a database
-- that has the extension: it makes the ledger `books` and fills it.
--
--   facts/*.csv    one file for each table, one line for each fact, each with its source.
--                  known_on is the day on which the world could know it; where the source
--                  cited is a later summary, that day is earlier than the source's own date.
--   readings.sql   what the meters of the pools read: arithmetic, no measurement.
--   facts/load.csv the days on which facts are entered: each load takes what became known
--                  since the one before and is recorded on its day, so that
--                  SET chipbook.as_of = '2025-11-05' answers with what was known then.
--
-- A line with the key of an earlier one (the same event_id, deal_id ...) replaces it from its
-- day on; the earlier one stays, and answers as of an earlier day.

\set ON_ERROR_STOP on
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;

-- US GAAP: most companies here report under it, and their useful lives are from those reports.
-- It belongs to a role that nobody logs in as.
SELECT 'CREATE ROLE books_keeper NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'books_keeper') \gexec
SELECT create_ledger('books', reporting_currency => 'USD', fiscal_year_start => 1, time_zone => 'UTC', basis => 'us_gaap', owner => 'books_keeper') \g /dev/null
\copy books.source from 'facts/source.csv' (format csv, header match)

CREATE TEMP TABLE staged_load (recorded_on date, description text);
\copy staged_load from 'facts/load.csv' (format csv, header match)

CREATE TEMP TABLE staged_party AS SELECT party_id, name, kind, country, founded_from, founded_to, note, source_id FROM books.party;
\copy staged_party from 'facts/party.csv' (format csv, header match)
CREATE TEMP TABLE staged_relation AS SELECT party_id, parent_id, kind, share, valid_from, note, source_id, known_on FROM books.relation;
\copy staged_relation from 'facts/relation.csv' (format csv, header match)
CREATE TEMP TABLE staged_entity AS SELECT entity_id, name, party_id, functional_currency, source_id FROM books.entity LIMIT 0;
\copy staged_entity from 'facts/entity.csv' (format csv, header match)
CREATE TEMP TABLE staged_cost_centre AS SELECT cost_centre_id, name, entity_id, source_id FROM books.cost_centre;
\copy staged_cost_centre from 'facts/cost_centre.csv' (format csv, header match)
CREATE TEMP TABLE staged_chip_model AS SELECT chip_model_id, name, vendor_id, accelerators_per_unit, tdp_watts, server_power_factor, source_id FROM books.chip_model;
\copy staged_chip_model from 'facts/chip_model.csv' (format csv, header match)
CREATE TEMP TABLE staged_site AS SELECT site_id, name, place, region, country, owner_id, tenant_id, pue, announced_capex, capex_scope, capex_status, recovery_rate, construction_started_on, first_live_on, note, source_id, known_on FROM books.site;
\copy staged_site from 'facts/site.csv' (format csv, header match)
CREATE TEMP TABLE staged_energy_tariff AS SELECT site_id, price_per_kwh, valid_from, source_id, known_on FROM books.energy_tariff;
\copy staged_energy_tariff from 'facts/energy_tariff.csv' (format csv, header match)
CREATE TEMP TABLE staged_pool AS SELECT pool_id, entity_id, name, provider_id, site_id, chip_model_id, cost_centre_id, ownership, source_id, known_on FROM books.pool;
\copy staged_pool from 'facts/pool.csv' (format csv, header match)
CREATE TEMP TABLE staged_rented_capacity AS SELECT rental_id, pool_id, supplier_id, chips, rate, valid_from, source_id, known_on FROM books.rented_capacity;
\copy staged_rented_capacity from 'facts/rented_capacity.csv' (format csv, header match)
CREATE TEMP TABLE staged_rate_card AS SELECT rate_card_id, provider_id, chip_model_id, pricing, region, rate, valid_from, source_id, known_on FROM books.rate_card;
\copy staged_rate_card from 'facts/rate_card.csv' (format csv, header match)
CREATE TEMP TABLE staged_allocation_rule AS SELECT rule_id, pool_id, method, idle, source_id, known_on FROM books.allocation_rule;
\copy staged_allocation_rule from 'facts/allocation_rule.csv' (format csv, header match)
CREATE TEMP TABLE staged_holding_event AS SELECT event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to, currency, amount_low, amount, amount_high, qualifier, legal_status, evidence, probability, note, source_id, known_on FROM books.holding_event;
\copy staged_holding_event from 'facts/holding_event.csv' (format csv, header match)
CREATE TEMP TABLE staged_valuation AS SELECT valuation_id, party_id, valued_on, kind, currency, value_low, value_point, value_high, new_money, legal_status, note, source_id, known_on FROM books.valuation;
\copy staged_valuation from 'facts/valuation.csv' (format csv, header match)
CREATE TEMP TABLE staged_stake AS SELECT stake_id, owner_id, owned_id, as_at, share_low, share, share_high, qualifier, voting_share, basis, max_share, instrument, holding_id, legal_status, note, source_id, known_on FROM books.stake;
\copy staged_stake from 'facts/stake.csv' (format csv, header match)
CREATE TEMP TABLE staged_holding_accounting AS SELECT holding_id, basis, method, valid_from, valid_to, currency, opening_amount, share, note, source_id, known_on FROM books.holding_accounting;
\copy staged_holding_accounting from 'facts/holding_accounting.csv' (format csv, header match)
CREATE TEMP TABLE staged_holding_measurement AS SELECT measurement_id, holding_id, basis, kind, happened_from, happened_to, currency, amount_low, amount, amount_high, gain, is_after_tax, note, source_id, known_on FROM books.holding_measurement;
\copy staged_holding_measurement from 'facts/holding_measurement.csv' (format csv, header match)
CREATE TEMP TABLE staged_party_figure AS SELECT figure_id, party_id, counterparty_id, measure, basis, period_from, period_to, currency, amount_low, amount, amount_high, share, qualifier, modality, note, source_id, known_on FROM books.party_figure;
\copy staged_party_figure from 'facts/party_figure.csv' (format csv, header match)
CREATE TEMP TABLE staged_deal AS SELECT deal_id, supplier_id, customer_id, kind, currency, amount_low, amount, amount_high, amount_words, signed_on, starts_on, ends_on, legal_status, delivery_stage, evidence, probability, parent_deal_id, tier, side, chip_model_id, site_id, note, source_id, known_on FROM books.deal;
\copy staged_deal from 'facts/deal.csv' (format csv, header match)
CREATE TEMP TABLE staged_capacity AS SELECT capacity_id, deal_id, site_id, chip_model_id, metric, stage, at_date, quantity, qualifier, statement, source_id, known_on FROM books.capacity;
\copy staged_capacity from 'facts/capacity.csv' (format csv, header match)
CREATE TEMP TABLE staged_status_event AS SELECT subject, subject_id, aspect, status, happened_from, happened_to, note, source_id, known_on FROM books.status_event;
\copy staged_status_event from 'facts/status_event.csv' (format csv, header match)
CREATE TEMP TABLE staged_money_flow AS SELECT flow_id, payer_id, payee_id, kind, happened_from, happened_to, currency, amount, qualifier, legal_status, evidence, note, source_id, known_on FROM books.money_flow;
\copy staged_money_flow from 'facts/money_flow.csv' (format csv, header match)
CREATE TEMP TABLE staged_party_link AS SELECT party_id, other_id, kind, share, valid_from, valid_to, note, source_id, known_on FROM books.party_link;
\copy staged_party_link from 'facts/party_link.csv' (format csv, header match)
CREATE TEMP TABLE staged_build_payoff AS SELECT decision_id, action, state, state_kind, payoff, probability, source_id FROM books.build_payoff;
\copy staged_build_payoff from 'facts/build_payoff.csv' (format csv, header match)
CREATE TEMP TABLE staged_demand_estimate AS SELECT estimate_id, party_id, unit, at_date, mean, standard_deviation, underage, overage, planned, supply, source_id FROM books.demand_estimate;
\copy staged_demand_estimate from 'facts/demand_estimate.csv' (format csv, header match)
CREATE TEMP TABLE staged_stress_scenario AS SELECT scenario_id, name, family, probability, source_id FROM books.stress_scenario;
\copy staged_stress_scenario from 'facts/stress_scenario.csv' (format csv, header match)
CREATE TEMP TABLE staged_stress_shock AS SELECT scenario_id, party_id, haircut, probability_of_default, loss_given_default, fails, source_id FROM books.stress_shock;
\copy staged_stress_shock from 'facts/stress_shock.csv' (format csv, header match)

-- Words as they were printed; what they say of an amount is read from them.
CREATE TEMP TABLE said (statement_id text, subject text, subject_id text, predicate text, about_on date, words text, language text, speaker text, speaker_role text,
                        speaker_party_id text, is_interested boolean, is_anonymous boolean, has_amount boolean, source_id text, known_on date);
\copy said from 'facts/statement.csv' (format csv, header match)
CREATE TEMP TABLE staged_statement AS
SELECT s.statement_id, s.subject, s.subject_id, s.predicate, s.about_on AS about_from, s.about_on AS about_to, s.words, s.language, s.speaker, s.speaker_role, s.speaker_party_id,
       s.is_interested, s.is_anonymous, coalesce(p.modality, 'actual') AS modality, p.qualifier, p.amount_low, p.amount, p.amount_high,
       coalesce(p.unit, CASE WHEN s.predicate LIKE 'chips%' THEN 'chips' WHEN s.has_amount THEN 'USD' END) AS unit, s.source_id, s.known_on
FROM said s CROSS JOIN LATERAL parse_amount(CASE WHEN s.has_amount THEN s.words END, s.language) p;
DROP TABLE said;

-- The owned fleets: what was bought (fleet.csv), split into components with lives of their own.
CREATE TEMP TABLE staged_fleet (
    fleet_id text, entity_id text, name text, chip_model_id text, chips bigint, server_price_per_chip numeric,
    facility_watts_per_chip numeric, site_id text, supplier_id text, life interval, available_for_use_on date,
    count_source_id text, price_source_id text, policy_source_id text, known_on date);
\copy staged_fleet from 'facts/fleet.csv' (format csv, header match)

CREATE TEMP TABLE staged_asset (
    asset_id text, entity_id text, name text, component text, chip_model_id text, chips bigint, site_id text,
    supplier_id text, cost monetary, acquired_on date, available_for_use_on date, source_id text, known_on date,
    pool_id text, life interval, policy_source_id text, count_source_id text);

-- Pool P: a thousand chips, in service since 1 January 2025.
INSERT INTO staged_asset
    (asset_id, entity_id, name, component, chip_model_id, chips, site_id, cost, life,
     acquired_on, available_for_use_on, source_id, known_on, pool_id, policy_source_id, count_source_id)
SELECT a.asset_id, 'main', a.name, a.component, a.chip_model_id, a.chips, 'site-p', a.cost, a.life,
       '2025-01-01', '2025-01-01', 'pool_p', '2024-12-31', 'P', 'pool_p', 'pool_p'
FROM (VALUES ('P-chips', 'Chips of pool P', 'chip', 'CHIP-P', 1000, '20000000 USD'::monetary, interval '5 years'),
             ('P-servers', 'Servers of pool P', 'server', NULL, NULL, '10000000 USD', '5 years'),
             ('P-network', 'Network of pool P', 'network', NULL, NULL, '5000000 USD', '6 years'),
             ('P-building', 'Building share of pool P', 'building', NULL, NULL, '6000000 USD', '20 years'))
     a (asset_id, name, component, chip_model_id, chips, cost, life);

-- A fleet's price is that of a chip with its share of the server. After Epoch AI the server
-- costs 1.64 times its chips, and the network is 19 % of servers and network together. The
-- building is an assumption: 10 USD for each watt, over 20 years.
INSERT INTO staged_asset
SELECT concat(f.fleet_id, '-', c.component), f.entity_id, concat(f.name, ', ', c.component, c.remark), c.component,
       CASE WHEN c.component = 'chip' THEN f.chip_model_id END, CASE WHEN c.component = 'chip' THEN f.chips END,
       f.site_id, CASE WHEN c.component <> 'building' THEN f.supplier_id END,
       monetary(round(c.cost, 2), 'USD'), f.available_for_use_on, f.available_for_use_on,
       CASE c.component WHEN 'building' THEN 'illustrative' WHEN 'network' THEN 'epoch_method' ELSE f.price_source_id END, f.known_on,
       f.fleet_id, c.life, CASE WHEN c.component = 'building' THEN 'illustrative' ELSE f.policy_source_id END, f.count_source_id
FROM staged_fleet f
CROSS JOIN LATERAL (SELECT f.chips * f.server_price_per_chip AS servers_with_chips) s
CROSS JOIN LATERAL (VALUES
    ('chip', '', s.servers_with_chips / 1.64, f.life),
    ('server', '', s.servers_with_chips - s.servers_with_chips / 1.64, f.life),
    ('network', '', s.servers_with_chips * 0.19 / 0.81, f.life),
    ('building', ' (illustrative)', f.chips * f.facility_watts_per_chip * 10, interval '20 years')) c (component, remark, cost, life);

-- Lots of servers in no pool, bought early enough to have lived through the changes of useful
-- life that their owners published (asset_event.csv). The lots and their cost are illustrative.
CREATE TEMP TABLE staged_lot (
    asset_id text, entity_id text, name text, cost monetary, life interval, available_for_use_on date,
    source_id text, policy_source_id text, known_on date);
\copy staged_lot from 'facts/lot.csv' (format csv, header match)
INSERT INTO staged_asset
    (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on, source_id, known_on, life, policy_source_id)
SELECT l.asset_id, l.entity_id, l.name, 'server', l.cost, l.available_for_use_on, l.available_for_use_on, l.source_id, l.known_on,
       l.life, l.policy_source_id
FROM staged_lot l;
CREATE TEMP TABLE staged_asset_event AS SELECT event_id, asset_id, basis, kind, happened_on, policy, reason, source_id, known_on FROM books.asset_event;
\copy staged_asset_event from 'facts/asset_event.csv' (format csv, header match)

CREATE TEMP TABLE staged_asset_policy AS
SELECT a.asset_id, 'us_gaap'::text AS basis,
       amortisation_policy(method => 'straight_line', life => a.life,
                           convention => CASE WHEN a.pool_id = 'P' THEN 'full_month' ELSE 'actual_days' END) AS policy,
       a.policy_source_id AS source_id, a.known_on
FROM staged_asset a;
-- For tax everything is new property placed in service on the day it was acquired: five-year
-- property with the bonus of that day, and buildings over 39 years.
INSERT INTO staged_asset_policy
SELECT a.asset_id, 'us_tax',
       CASE WHEN a.component = 'building' THEN amortisation_policy('straight_line', life => '39 years', convention => 'mid_month')
            ELSE us_tax_policy(a.acquired_on, a.available_for_use_on) END,
       'us_tax_law', a.known_on
FROM staged_asset a;
CREATE TEMP TABLE staged_entity_rate AS
SELECT e.entity_id, 'income_tax'::text AS kind, 0.21 AS rate, date '2018-01-01' AS valid_from, 'us_tax_law'::text AS source_id
FROM staged_entity e WHERE e.entity_id <> 'ANTH'
UNION ALL
SELECT 'main', 'cost_of_capital', 0.09, '2025-01-01', 'pool_p'
UNION ALL
SELECT e.entity_id, 'cost_of_capital', 0.09, '2025-01-01', 'illustrative'
FROM staged_entity e WHERE e.entity_id IN ('AMZN', 'MSFT', 'META', 'CRWV');

CREATE TEMP TABLE staged_pool_asset AS
SELECT a.pool_id, a.asset_id, a.count_source_id AS source_id, a.known_on FROM staged_asset a
WHERE a.pool_id IS NOT NULL;

ALTER TABLE staged_asset DROP pool_id, DROP life, DROP policy_source_id, DROP count_source_id;

\ir readings.sql

-- Enter it all, day after day.
DO $$
DECLARE
    day record;
    fact_table record;
    day_before date := '-infinity';
BEGIN
    FOR day IN SELECT * FROM staged_load ORDER BY recorded_on LOOP
        PERFORM open_load('books', day.description);
        FOR fact_table IN
            SELECT f.table_name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
                       FILTER (WHERE a.attname <> 'known_on' OR f.table_name <> 'meter_reading') AS column_list,
                   bool_or(a.attname = 'known_on') AS is_dated
            FROM ledger_fact_tables() f
            JOIN pg_attribute a ON a.attrelid = to_regclass('pg_temp.staged_' || f.table_name)
            WHERE a.attnum > 0 AND NOT a.attisdropped
            GROUP BY f.table_name
        LOOP
            EXECUTE format('INSERT INTO books.%I (%s) SELECT %s FROM pg_temp.%I WHERE %s > $1 AND %s <= $2',
                           fact_table.table_name, fact_table.column_list, fact_table.column_list,
                           'staged_' || fact_table.table_name,
                           CASE WHEN fact_table.is_dated THEN 'coalesce(known_on, $3)' ELSE '$3' END,
                           CASE WHEN fact_table.is_dated THEN 'coalesce(known_on, $3)' ELSE '$3' END)
            USING day_before, day.recorded_on, (SELECT min(recorded_on) FROM staged_load);
        END LOOP;
        PERFORM publish_load('books', currval('books.load_load_id_seq'),
                             recorded_at => (day.recorded_on + time '18:00') AT TIME ZONE 'UTC');
        day_before := day.recorded_on;
    END LOOP;
END
$$;

DROP TABLE staged_load, staged_party, staged_relation, staged_entity, staged_entity_rate, staged_cost_centre, staged_chip_model, staged_site,
    staged_energy_tariff, staged_fleet, staged_lot, staged_asset, staged_asset_policy, staged_asset_event, staged_pool, staged_pool_asset,
    staged_rented_capacity, staged_rate_card, staged_allocation_rule, staged_meter_reading, staged_holding_event, staged_valuation, staged_stake, staged_holding_accounting, staged_holding_measurement,
    staged_deal, staged_capacity, staged_status_event, staged_statement,
    staged_money_flow, staged_party_link, staged_party_figure, staged_build_payoff, staged_demand_estimate, staged_stress_scenario, staged_stress_shock;
RESET client_min_messages;
-- Statistics, so that the planner knows what it joins: worth a VACUUM ANALYZE after any large load.
SELECT format('ANALYZE books.%I', table_name) FROM ledger_fact_tables() \gexec
