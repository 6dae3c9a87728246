-- Exposure, concentration, capacity and site capex, on a small ledger of its own.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET LOCAL DateStyle = ISO;
SET LOCAL jit = off;
SELECT no_plan();

SELECT create_ledger('exp_books');
SET search_path = exp_books_report, exp_books, chipbook, public, pg_catalog;

INSERT INTO source (source_id, kind, reference, published_on, confidence) VALUES
    ('press', 'press', 'a press report', '2025-11-03', 'medium'),
    ('aws', 'company_statement', 'AWS, Project Rainier', '2025-10-29', 'high'),
    ('filing', 'filing', 'Form 10-Q', '2025-10-31', 'high');

CREATE FUNCTION pg_temp.bn(billions numeric) RETURNS monetary IMMUTABLE LANGUAGE sql
    AS $$SELECT chipbook.monetary(billions * 1e9, 'USD')$$;

-- What was known by 2025-11-05: Amazon in Anthropic by its tranches (Amazon's 10-Q filings), Google's
-- 3.0 of which one draw of 0.5 is known, four clouds of OpenAI, and Rainier.
SELECT open_load('exp_books', 'known in November 2025', 'filing') AS first_load \gset
INSERT INTO party (party_id, name, kind) VALUES
    ('AMZN', 'Amazon', 'company'), ('AWS', 'Amazon Web Services', 'segment'), ('ANTH', 'Anthropic', 'company'),
    ('GOOG', 'Alphabet', 'company'), ('GCP', 'Google Cloud', 'segment'), ('MSFT', 'Microsoft', 'company'),
    ('NVDA', 'Nvidia', 'company'), ('OAI', 'OpenAI', 'company'), ('OAIF', 'OpenAI Foundation', 'foundation'),
    ('ORCL', 'Oracle', 'company'), ('CRWV', 'CoreWeave', 'company'), ('CBRS', 'Cerebras', 'company'),
    ('META', 'Meta', 'company'), ('HYPJV', 'Hyperion', 'joint_venture'), ('BEIG', 'Beignet', 'other'),
    ('OWL', 'Blue Owl funds', 'fund'), ('SG', 'Stargate', 'programme'), ('CRUSOE', 'Crusoe', 'company');
INSERT INTO relation (party_id, parent_id, kind, share, valid_from) VALUES
    ('AWS', 'AMZN', 'segment', NULL, '-infinity'), ('GCP', 'GOOG', 'segment', NULL, '-infinity'),
    ('OAI', 'OAIF', 'control', 0.26, '2025-10-28'),
    ('HYPJV', 'BEIG', 'sponsor', 0.8, '-infinity'), ('HYPJV', 'META', 'sponsor', 0.2, '-infinity'),
    ('BEIG', 'OWL', 'sponsor', 1, '-infinity');
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to,
                           currency, amount_low, amount, amount_high, qualifier, legal_status, evidence, probability) VALUES
    ('H01-1', 'H01', 'AMZN', 'ANTH', 'note', 'commit', '2023-09-25', '2023-09-25', 'USD', NULL, pg_temp.bn(4), NULL, 'exactly', 'signed', 'filing', 0.9),
    ('H01-2', 'H01', 'AMZN', 'ANTH', 'note', 'draw', '2023-09-25', '2023-12-31', 'USD', NULL, pg_temp.bn(1.25), NULL, 'exactly', 'closed', 'filing', NULL),
    ('H01-3', 'H01', 'AMZN', 'ANTH', 'note', 'draw', '2024-01-01', '2024-03-31', 'USD', NULL, pg_temp.bn(2.75), NULL, 'exactly', 'closed', 'filing', NULL),
    ('H01-4', 'H01', 'AMZN', 'ANTH', 'note', 'commit', '2024-11-22', '2024-11-22', 'USD', NULL, pg_temp.bn(4), NULL, 'exactly', 'signed', 'filing', 0.9),
    ('H01-5', 'H01', 'AMZN', 'ANTH', 'note', 'draw', '2024-10-01', '2024-12-31', 'USD', pg_temp.bn(1.3), NULL, pg_temp.bn(1.3), 'exactly', 'closed', 'filing', NULL),
    ('H01-6', 'H01', 'AMZN', 'ANTH', 'note', 'draw', '2025-04-01', '2025-06-30', 'USD', NULL, pg_temp.bn(1.3), NULL, 'exactly', 'closed', 'filing', NULL),
    ('H01-7', 'H01', 'AMZN', 'ANTH', 'preferred', 'convert', '2025-01-01', '2025-03-31', 'USD', NULL, pg_temp.bn(1.3), NULL, 'exactly', 'closed', 'filing', NULL),
    ('H02-1', 'H02', 'GOOG', 'ANTH', 'preferred', 'commit', '2023-10-27', '2023-10-27', 'USD', NULL, pg_temp.bn(3.75), NULL, 'exactly', 'signed', 'press', 0.9),
    ('H02-2', 'H02', 'GOOG', 'ANTH', 'preferred', 'draw', '2023-10-27', '2023-10-27', 'USD', NULL, pg_temp.bn(0.5), NULL, 'exactly', 'closed', 'press', NULL),
    ('H02-3', 'H02', 'GOOG', 'ANTH', 'preferred', 'opening', '2025-03-31', '2025-03-31', 'USD', NULL, pg_temp.bn(2.5), NULL, 'about', 'closed', 'press', NULL),
    ('H03-1', 'H03', 'GOOG', 'ANTH', 'unknown', 'commit', '2025-11-05', '2025-11-05', 'USD', NULL, NULL, NULL, 'unknown', 'early_talks', 'press', 0.25),
    ('H13-1', 'H13', 'META', 'HYPJV', 'interest', 'draw', '2025-10-21', '2025-10-21', 'USD', NULL, pg_temp.bn(0.2), NULL, 'exactly', 'closed', 'press', NULL),
    ('H14-1', 'H14', 'BEIG', 'HYPJV', 'interest', 'draw', '2025-10-21', '2025-10-21', 'USD', NULL, pg_temp.bn(0.8), NULL, 'exactly', 'closed', 'press', NULL);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount_low, amount, amount_high, amount_words, signed_on, starts_on, ends_on,
                  legal_status, evidence, probability, parent_deal_id, tier, side) VALUES
    ('D01', 'GCP', 'ANTH', 'cloud', 'USD', pg_temp.bn(20), NULL, pg_temp.bn(99), 'tens of billions', '2025-10-23', '2026-01-01', NULL, 'signed', 'press', 0.95, NULL, 'prime', 'uses'),
    ('D02', 'AWS', 'ANTH', 'cloud', 'USD', NULL, NULL, NULL, 'unknown', '2023-09-25', '2023-09-25', NULL, 'signed', 'press', 0.95, NULL, 'prime', 'uses'),
    ('D03', 'AWS', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(38), NULL, '38 billion', '2025-11-03', '2025-11-03', '2032-11-03', 'signed', 'press', 0.95, NULL, 'prime', 'uses'),
    ('D04', 'MSFT', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(250), NULL, 'incremental 250', '2025-10-28', '2025-10-28', NULL, 'signed', 'press', 0.95, NULL, 'prime', 'uses'),
    ('D05', 'ORCL', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(300), NULL, '300 over 5 years', '2025-09-10', '2027-01-01', '2032-01-01', 'signed', 'press', 0.95, NULL, 'prime', 'uses'),
    ('D06', 'CRWV', 'OAI', 'cloud', 'USD', NULL, pg_temp.bn(22.4), NULL, '11.9+4.0+6.5', '2025-09-25', '2025-03-10', NULL, 'signed', 'press', 0.95, NULL, 'prime', 'uses'),
    ('D09', 'NVDA', 'OAI', 'chips', 'USD', NULL, NULL, NULL, 'unknown', '2025-09-22', '2026-07-01', NULL, 'letter_of_intent', 'press', 0.5, NULL, 'prime', 'uses'),
    ('D13', 'NVDA', 'ORCL', 'chips', 'USD', NULL, pg_temp.bn(40), NULL, 'about 40', '2025-05-23', '2025-05-01', '2026-06-30', 'announced', 'press', 0.9, 'D05', 'supply', 'uses'),
    ('D16', 'CRWV', 'NVDA', 'guarantee', 'USD', pg_temp.bn(0), NULL, pg_temp.bn(6.3), 'up to 6.3', '2025-09-09', '2025-09-09', '2032-04-13', 'signed', 'filing', NULL, NULL, 'prime', 'uses'),
    ('D50', 'SG', 'OAI', 'programme', 'USD', pg_temp.bn(0), NULL, pg_temp.bn(500), 'up to 500', '2025-01-21', NULL, NULL, 'announced', 'press', 0.75, NULL, 'programme', 'uses'),
    ('D51', 'CRUSOE', 'ORCL', 'lease', 'USD', NULL, pg_temp.bn(15), NULL, '15', '2025-05-22', NULL, NULL, 'signed', 'press', 0.95, 'D50', 'supply', 'uses'),
    ('D52', 'CRUSOE', 'ORCL', 'lease', 'USD', NULL, pg_temp.bn(4), NULL, 'first hall of the 15', '2025-05-22', NULL, NULL, 'signed', 'press', 0.95, 'D51', 'supply', 'uses'),
    ('D53', 'CRUSOE', 'CRWV', 'power', 'USD', NULL, pg_temp.bn(3), NULL, '3', '2025-05-22', NULL, '2025-10-01', 'announced', 'press', 0.95, NULL, 'prime', 'uses'),
    ('D54', 'CRUSOE', 'CRWV', 'power', 'USD', NULL, pg_temp.bn(1), NULL, '1 of the 3', '2025-05-22', NULL, NULL, 'announced', 'press', 0.95, 'D53', 'prime', 'uses');
INSERT INTO chip_model (chip_model_id, name, accelerators_per_unit) VALUES ('TRN2', 'Trainium2', 1), ('GB200', 'GB200 superchip', 2), ('TPU', 'TPU', 1);
INSERT INTO site (site_id, name, place, owner_id, tenant_id, announced_capex, capex_scope, capex_status) VALUES
    ('RAINIER', 'Project Rainier', 'New Carlisle, Indiana', 'AMZN', 'ANTH', pg_temp.bn(11), ARRAY['shell', 'power', 'unknown'], 'announced');
INSERT INTO capacity (capacity_id, deal_id, site_id, chip_model_id, metric, stage, at_date, quantity, qualifier, statement, source_id) VALUES
    ('C1', NULL, 'RAINIER', 'TRN2', 'chips', 'in_service', '2025-10-29', 500000, 'more_than', 'more than 500,000 Trainium2 chips', 'press'),
    ('C2', NULL, 'RAINIER', 'TRN2', 'chips', 'in_service', '2025-10-29', 500000, 'nearly', 'nearly half a million Trainium2 chips', 'aws'),
    ('C3', NULL, 'RAINIER', 'TRN2', 'chips', 'forecast', '2025-12-31', 1000000, 'about', 'one million by the end of 2025', 'aws'),
    ('C4', NULL, 'RAINIER', NULL, 'buildings', 'in_service', '2025-10-29', 7, 'exactly', '7 run', 'press'),
    ('C5', NULL, 'RAINIER', NULL, 'buildings', 'planned', NULL, 30, 'exactly', '30 planned', 'press'),
    ('C6', 'D01', NULL, 'TPU', 'chips', 'contracted', '2026-12-31', 1000000, 'up_to', 'up to one million TPUs', 'press'),
    ('C7', 'D13', NULL, 'GB200', 'chips', 'contracted', NULL, 400000, 'about', '400,000 GB200', 'press'),
    ('C8', NULL, 'RAINIER', 'TRN2', 'chips', 'in_service', '2025-06-30', 100000, 'about', 'an earlier count', 'press');
SELECT publish_load('exp_books', :first_load, recorded_at => '2025-11-05T08:00:00Z');

SELECT open_load('exp_books', 'later', 'press') AS later_load \gset
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to,
                           currency, amount_low, amount, amount_high, qualifier, legal_status, evidence, probability) VALUES
    ('H05-1', 'H05', 'NVDA', 'ANTH', 'equity', 'commit', '2025-11-18', '2025-11-18', 'USD', NULL, pg_temp.bn(10), NULL, 'up_to', 'announced', 'press', 0.75);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount_low, amount, amount_high, amount_words, signed_on, starts_on, ends_on,
                  legal_status, evidence, probability) VALUES
    ('D12', 'CBRS', 'OAI', 'capacity', 'USD', pg_temp.bn(10), pg_temp.bn(10), NULL, 'more than 10', '2026-01-14', '2026-01-14', '2029-01-01', 'signed', 'press', 0.95);
SELECT publish_load('exp_books', :later_load, recorded_at => '2026-01-20T08:00:00Z');

-- The wider view of a row, in billions, for short expectations.
CREATE TEMP VIEW bn AS
SELECT investor_id, counterparty_id, exposure_class, direction, legal_status, as_at, item_count, unknown_count, no_probability_count,
       format('%s/%s/%s', committed / 1e9, drawn / 1e9, undrawn / 1e9) AS c_d_u
FROM investment_exposure;

SET chipbook.as_of = '2025-11-05';

-- Amazon in Anthropic: accounting.md 8, exposure_formulas.md E02.
SELECT results_eq(
    $$SELECT as_at, committed / 1e9, drawn / 1e9, undrawn / 1e9 FROM investment_exposure
      WHERE investor_id = 'AMZN' AND counterparty_id = 'ANTH' AND exposure_class = 'funded_asset'
        AND as_at IN ('2023-12-31', '2024-06-30', '2024-12-31', '2025-09-30') ORDER BY as_at$$,
    $$VALUES (date '2023-12-31', 4.0, 1.25, 2.75), ('2024-06-30', 4.0, 4.0, 0), ('2024-12-31', 8.0, 5.3, 2.7), ('2025-09-30', 8.0, 6.6, 1.4)$$,
    'committed, drawn and undrawn over time');
SELECT results_eq(
    $$SELECT drawn_low / 1e9, drawn, drawn_high / 1e9, undrawn_low / 1e9, undrawn, undrawn_high / 1e9,
             expected_low / 1e9, expected, expected_high / 1e9
      FROM investment_exposure WHERE investor_id = 'AMZN' AND exposure_class = 'funded_asset' AND as_at = '2025-05-31'$$,
    $$VALUES (5.3, NULL::numeric, 6.6, 1.4, NULL::numeric, 2.7, 7.73, NULL::numeric, 7.86)$$,
    'a draw inside its range of dates counts in the upper bound only; what is expected moves between 5.3 + 0.9 x 2.7 and 6.6 + 0.9 x 1.4');
SELECT results_eq(
    $$SELECT counterparty_id, exposure_class, carrying_amount, undrawn, expected FROM investment_exposure_group
      WHERE investor_id = 'AMZN' AND as_at = '2025-09-30' ORDER BY exposure_class$$,
    $$VALUES ('ANTH', 'funded_asset', 6600000000::numeric, 1400000000::numeric, 7860000000::numeric),
             ('ANTH', 'future_revenue', NULL, NULL, NULL)$$,
    'what Amazon has in Anthropic, as a group; AWS''s deal is Amazon''s');
SELECT is((SELECT legal_status FROM investment_exposure WHERE investor_id = 'AMZN' AND exposure_class = 'funded_asset' AND as_at = '2025-09-30'),
          'signed', 'the weakest status of the holding''s events');
SELECT is((SELECT count(*) FROM investment_exposure WHERE investor_id = 'AMZN' AND as_at < '2023-09-25'), 0::bigint, 'nothing before it exists');
SELECT is((SELECT count(*) FROM investment_exposure WHERE investor_id = 'AMZN' AND as_at = '2023-09-30' AND exposure_class = 'undrawn_commitment'),
          1::bigint, 'while nothing is certainly drawn it is an undrawn commitment');

-- The dates.
SET chipbook.as_of = '2025-05-15';
SELECT is((SELECT count(*) FROM investment_exposure), 0::bigint, 'what was not recorded was not known');
RESET chipbook.as_of;
SET chipbook.as_of = '2025-11-05';
SELECT is((SELECT array_agg(as_at ORDER BY as_at DESC) FROM (SELECT DISTINCT as_at FROM investment_exposure ORDER BY 1 DESC LIMIT 3) d),
          ARRAY[date '2025-11-05', '2025-10-31', '2025-09-30'], 'month ends and the effective date');
SET chipbook.as_of = '2025-11-30';
SELECT is((SELECT count(*) FROM exp_books.exposure_date WHERE as_at = '2025-11-30'), 1::bigint, 'an effective date that ends a month comes once');
SET chipbook.as_of = '2025-11-05';

-- Google: 3.0 drawn, of which one flow is known; the talks are unknown, not 0.
SELECT results_eq(
    $$SELECT exposure_class, legal_status, committed / 1e9, drawn / 1e9, undrawn / 1e9, expected / 1e9, item_count, unknown_count
      FROM investment_exposure WHERE investor_id = 'GOOG' AND as_at = '2025-11-05' ORDER BY 1$$,
    $$VALUES ('funded_asset', 'signed', 3.75, 3.0, 0.75, 3.675, 1::bigint, 0::bigint),
             ('undrawn_commitment', 'early_talks', NULL, 0.0, NULL, NULL, 1, 1)$$,
    'talks and contract are two rows; an unknown amount is NULL and counted');
SELECT ok((SELECT committed_low IS NULL AND committed_high IS NULL AND expected_low IS NULL AND expected_high IS NULL
           FROM investment_exposure WHERE investor_id = 'GOOG' AND legal_status = 'early_talks' AND as_at = '2025-11-05'), 'nor has it bounds');
SELECT results_eq($$SELECT subject_id, detail FROM exp_books.exposure_finding WHERE finding = 'drawn_without_events'$$,
    $$VALUES ('H02', '2500000000.00 USD of what is drawn stands in an opening amount, without the events that made it')$$, 'the gap is a finding');

-- Deals from both sides.
SELECT results_eq(
    $$SELECT exposure_class, direction, measurement, committed / 1e9, expected / 1e9, drawn, carrying_amount FROM investment_exposure
      WHERE 'OAI' IN (investor_id, counterparty_id) AND 'AWS' IN (investor_id, counterparty_id) AND as_at = '2025-11-05' ORDER BY 1$$,
    $$VALUES ('future_revenue', 'claim', 'contract_value', 38.0, 36.1, NULL::numeric, NULL::numeric),
             ('purchase_obligation', 'obligation', 'contract_value', 38.0, 36.1, NULL, NULL)$$,
    'the same 38 is the customer''s obligation and the supplier''s revenue');
SELECT results_eq(
    $$SELECT counterparty_id, exposure_class, committed / 1e9 FROM investment_exposure_group
      WHERE investor_id = 'AMZN' AND as_at = '2025-11-05' AND committed IS NOT NULL ORDER BY 2$$,
    $$VALUES ('ANTH', 'funded_asset', 8.0), ('OAIF', 'future_revenue', 38.0)$$, '8 of equity and 38 of revenue are two rows, never 46');
SELECT results_eq(
    $$SELECT committed_low / 1e9, committed, committed_high / 1e9, expected_low / 1e9, expected_high / 1e9, unknown_count
      FROM investment_exposure WHERE investor_id = 'ANTH' AND counterparty_id = 'GCP' AND as_at = '2025-11-05'$$,
    $$VALUES (20.0, NULL::numeric, 99.0, 19.0, 94.05, 0::bigint)$$, 'an interval stays one');
SELECT results_eq(
    $$SELECT investor_id, direction, committed_low / 1e9, committed_high / 1e9, expected_high, no_probability_count FROM investment_exposure
      WHERE exposure_class = 'guarantee' AND as_at = '2025-11-05' ORDER BY 1$$,
    $$VALUES ('CRWV', 'claim', 0.0, 6.3, NULL::numeric, 1::bigint), ('NVDA', 'obligation', 0.0, 6.3, NULL, 1)$$,
    'a guarantee from both sides, its missing probability counted');
SELECT is((SELECT legal_status FROM investment_exposure WHERE investor_id = 'OAI' AND counterparty_id = 'NVDA' AND as_at = '2025-11-05'),
          'letter_of_intent', 'what does not bind is shown as such');

-- The same money once: 4 is inside 15; 15 binds and stands beside the announced 500 that contains it. Nvidia's 40
-- serve Oracle's 300: another tier.
SELECT results_eq(
    $$SELECT legal_status, tier, committed_high / 1e9, item_count FROM investment_exposure
      WHERE investor_id IN ('ORCL', 'OAI') AND counterparty_id IN ('CRUSOE', 'SG') AND as_at = '2025-11-05' ORDER BY 1$$,
    $$VALUES ('announced', 'programme', 500.0, 1::bigint), ('signed', 'supply', 15.0, 1)$$, 'a deal inside another is not counted again');
SELECT bag_eq($$SELECT DISTINCT investor_id, exposure_class FROM investment_exposure WHERE 'SG' IN (investor_id, counterparty_id) AND tier = 'programme' AND as_at = '2025-11-05'$$,
    $$VALUES ('SG', 'programme'), ('OAI', 'programme')$$, 'a programme''s total is nobody''s purchase obligation');
SELECT is((SELECT committed / 1e9 FROM investment_exposure WHERE investor_id = 'CRWV' AND counterparty_id = 'CRUSOE' AND as_at = '2025-10-31'), 1.0,
          'when the deal around it ends, what was in it counts');
SELECT results_eq($$SELECT DISTINCT deal_id, contained_in FROM exp_books.deal_exposure WHERE contained_in IS NOT NULL ORDER BY 1$$,
    $$VALUES ('D52', 'D51'), ('D54', 'D53')$$, 'which deal is in which');
SELECT results_eq($$SELECT investor_id, tier, committed / 1e9 FROM investment_exposure
                    WHERE as_at = '2025-11-05' AND (investor_id, counterparty_id) IN (('NVDA', 'ORCL'), ('ORCL', 'OAI')) ORDER BY 1$$,
    $$VALUES ('NVDA', 'supply', 40.0), ('ORCL', 'prime', 300.0)$$, 'what serves a deal is a row of its own tier');

-- Groups.
SELECT is((SELECT count(*) FROM investment_exposure_group WHERE investor_id IN ('AWS', 'GCP') OR counterparty_id IN ('AWS', 'GCP')), 0::bigint,
          'segments appear as their companies');
SELECT is((SELECT sum(committed) / 1e9 FROM investment_exposure_group WHERE counterparty_id = 'AMZN' AND exposure_class = 'purchase_obligation' AND as_at = '2025-11-05'),
          38.0, 'AWS and Amazon are counted once');
SELECT results_eq($$SELECT counterparty_id FROM investment_exposure_group WHERE investor_id = 'MSFT' AND as_at IN ('2025-10-31') $$,
                  $$VALUES ('OAIF')$$, 'control rolls up from the day it holds');
SELECT is((SELECT count(*) FROM investment_exposure_group WHERE as_at = '2025-09-30' AND 'OAIF' IN (investor_id, counterparty_id)), 0::bigint, 'and not before');
SELECT results_eq(
    $$SELECT investor_id, carrying_amount / 1e9 FROM investment_exposure_group WHERE counterparty_id = 'HYPJV' AND as_at = '2025-11-05' ORDER BY 1$$,
    $$VALUES ('BEIG', 0.8), ('META', 0.2)$$, 'Hyperion''s sponsors stay what they are at group level');
SELECT results_eq(
    $$SELECT investor_id, carrying_amount / 1e9 FROM investment_exposure WHERE counterparty_id = 'HYPJV' AND as_at = '2025-11-05' ORDER BY 1$$,
    $$VALUES ('BEIG', 0.8), ('META', 0.2)$$, 'as they are without');

-- OpenAI's clouds: exposure_formulas.md E05d, accounting.md 8.
SELECT results_eq(
    $$SELECT lab_id, providers, round(hhi, 4), round(effective_number, 9), top_provider_id, round(top_share, 9), unknown_count, total / 1e9
      FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05'$$,
    $$VALUES ('OAI', 4::bigint, 4145.2138, 2.412420775, 'ORCL', 0.491480996, 0::bigint, 610.4)$$, 'four clouds as known on 2025-11-05');
SELECT results_eq(
    $$SELECT provider_id, round(share, 9), amount / 1e9 FROM provider_share
      WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05' ORDER BY 2 DESC$$,
    $$VALUES ('ORCL', 0.491480996, 300.0), ('MSFT', 0.409567497, 250.0), ('AMZN', 0.06225426, 38.0), ('CRWV', 0.036697248, 22.4)$$, 'their shares');
SELECT is((SELECT round(hhi, 4) FROM provider_concentration WHERE lab_id = 'OAIF' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05'),
          4145.2138, 'whoever controls the lab has the same');
SELECT results_eq(
    $$SELECT providers, unknown_count, round(total / 1e9, 6) FROM provider_concentration
      WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value_per_year' AND as_at = '2025-11-05'$$,
    $$VALUES (2::bigint, 2::bigint, 65.428571)$$, '38 over 7 years is 5.428571 a year, 300 over 5 is 60; two deals have no term');
SELECT results_eq(
    $$SELECT providers, hhi, top_provider_id, unknown_count, deal_count, total FROM provider_concentration
      WHERE lab_id = 'ANTH' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05'$$,
    $$VALUES (0::bigint, NULL::numeric, NULL::text, 2::bigint, 2::bigint, NULL::numeric)$$, 'a lab of which no amount is known has no figure, and says so');
SELECT is((SELECT count(*) FROM provider_concentration WHERE scope = 'chips' AND lab_id = 'OAI'), 0::bigint, 'a letter of intent is no provider');
SELECT is((SELECT sum(share) FROM provider_share WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05'), 1.0, 'shares add up to 1');
SET chipbook.as_of = '2026-01-31';
SELECT results_eq(
    $$SELECT scope, round(hhi, 2), round(effective_number, 4) FROM provider_concentration
      WHERE lab_id = 'OAI' AND measure = 'contract_value' AND as_at = '2026-01-31' AND scope IN ('cloud', 'compute') ORDER BY 1$$,
    $$VALUES ('cloud', 4145.21, 2.4124), ('compute', 4015.26, 2.4905)$$, 'with Cerebras, whose capacity is compute but no cloud');
SELECT is((SELECT round(effective_number, 6) FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-09-30'),
          round(322.4 * 322.4 / (300 * 300 + 22.4 * 22.4), 6), 'an earlier date has its own providers');
SELECT results_eq(
    $$SELECT exposure_class, committed_low / 1e9, committed, committed_high / 1e9, expected_low / 1e9, expected, expected_high / 1e9
      FROM investment_exposure WHERE investor_id = 'NVDA' AND counterparty_id = 'ANTH' AND as_at = '2026-01-31'$$,
    $$VALUES ('undrawn_commitment', 0.0, NULL::numeric, 10.0, 0.0, NULL::numeric, 7.5)$$, 'up to 10, announced: [0, 7.5]');
SELECT results_eq(
    $$SELECT committed_low / 1e9, committed / 1e9, committed_high FROM investment_exposure
      WHERE investor_id = 'OAI' AND counterparty_id = 'CBRS' AND as_at = '2026-01-31'$$,
    $$VALUES (10.0, 10.0, NULL::numeric)$$, 'more than 10 has no upper bound');
SET chipbook.as_of = '2026-07-31';
SELECT is((SELECT count(*) FROM investment_exposure WHERE investor_id = 'ORCL' AND counterparty_id = 'NVDA' AND as_at = '2026-06-30'), 0::bigint,
          'a deal is no exposure from ends_on');
SET chipbook.as_of = '2025-11-05';
SELECT is((SELECT count(*) FROM investment_exposure WHERE investor_id = 'NVDA' AND counterparty_id = 'ANTH'), 0::bigint, 'as of an earlier day the later facts are not there');

-- Capacity: both counts, and that they contradict each other.
SELECT results_eq(
    $$SELECT qualifier, quantity_low, quantity_high, source_id, confidence, conflicting, latest FROM capacity_statement
      WHERE site_id = 'RAINIER' AND metric = 'chips' AND stage = 'in_service' ORDER BY at_date, qualifier$$,
    $$VALUES ('about', NULL::numeric, NULL::numeric, 'press', 'medium', false, false),
             ('more_than', 500000.0, NULL, 'press', 'medium', true, true),
             ('nearly', NULL, 500000.0, 'aws', 'high', true, true)$$, 'both Trainium2 counts with their sources');
SELECT results_eq(
    $$SELECT in_service_least, in_service, in_service_most, in_service_qualifier, in_service_at, forecast, forecast_at, statements, conflicting
      FROM capacity_pipeline WHERE site_id = 'RAINIER' AND metric = 'chips'$$,
    $$VALUES (500000.0, 500000.0, 500000.0, 'more_than, nearly', date '2025-10-29', 1000000.0, date '2025-12-31', 3::bigint, true)$$, 'one row for the site');
SELECT results_eq(
    $$SELECT contracted_least, contracted, contracted_most, contracted_qualifier, delivered, in_service, supplier_id FROM capacity_pipeline WHERE deal_id = 'D01'$$,
    $$VALUES (1000000.0, 1000000.0, 1000000.0, 'up_to', NULL::numeric, NULL::numeric, 'GCP')$$, 'a right to chips is not a delivery; least and most are of the numbers named');
SELECT results_eq($$SELECT quantity_low, quantity_high FROM capacity_statement WHERE deal_id = 'D01'$$, $$VALUES (0.0, 1000000.0)$$, 'what the words allow is in capacity_statement');
SELECT results_eq(
    $$SELECT contract_value_per_chip, contract_value_per_accelerator FROM capacity_pipeline WHERE deal_id = 'D13'$$,
    $$VALUES (100000.0, 50000.0)$$, '40 bn for 400,000 superchips: 100,000 each, 50,000 an accelerator');
SELECT results_eq(
    $$SELECT announced_site_capex_per_chip, announced_site_capex_per_forecast_chip, round(assumed_pro_rata_capex_per_chip, 2),
             chips_conflicting, capex_scope, chips_booked_in_scope FROM site_capex_per_chip$$,
    $$VALUES (22000.0, 11000.0, 5133.33, true, 'shell, power, unknown', false)$$, 'Rainier''s three figures');
SELECT results_eq(
    $$SELECT finding, subject_id FROM exp_books.exposure_finding WHERE finding IN ('capacity_contradicted', 'site_capex_may_contain_chips')$$,
    $$VALUES ('capacity_contradicted', 'RAINIER')$$, 'the contradiction is a finding');

-- What readers with no other rights see.
CREATE ROLE chipbook_exposure_reader;
SELECT grant_ledger('exp_books', 'reader', 'chipbook_exposure_reader');
SET LOCAL ROLE chipbook_exposure_reader;
SET LOCAL search_path = exp_books_report, pg_catalog;
SELECT (SELECT count(*) FROM investment_exposure) + (SELECT count(*) FROM investment_exposure_group)
     + (SELECT count(*) FROM provider_share) + (SELECT count(*) FROM provider_concentration) + (SELECT count(*) FROM capacity_statement)
     + (SELECT count(*) FROM capacity_pipeline) + (SELECT count(*) FROM site_capex_per_chip) AS seen_by_reader \gset
RESET ROLE;
SET LOCAL search_path = exp_books_report, exp_books, chipbook, public, pg_catalog;
SELECT is(:seen_by_reader::bigint,
          (SELECT count(*) FROM investment_exposure) + (SELECT count(*) FROM investment_exposure_group)
        + (SELECT count(*) FROM provider_share) + (SELECT count(*) FROM provider_concentration) + (SELECT count(*) FROM capacity_statement)
        + (SELECT count(*) FROM capacity_pipeline) + (SELECT count(*) FROM site_capex_per_chip), 'a reader sees every row');
SELECT ok(NOT has_schema_privilege('chipbook_exposure_reader', 'exp_books', 'USAGE'), 'and can name the published views only');

-- Facts nobody should enter, none of which may stop a view.
RESET chipbook.as_of;
SELECT open_load('exp_books', 'odd', 'press') AS odd_load \gset
INSERT INTO party (party_id, name, kind) SELECT 'P' || i, 'P' || i, 'company' FROM generate_series(1, 8) i;
INSERT INTO relation (party_id, parent_id, kind, share) VALUES
    ('P1', 'P2', 'control', 0.6), ('P2', 'P3', 'control', 0.6), ('P3', 'P1', 'control', 0.6), ('P4', 'P1', 'segment', NULL),
    ('P5', 'P6', 'control', 0.5), ('P5', 'P7', 'control', 0.6);
INSERT INTO holding_event (event_id, holding_id, investor_id, investee_id, instrument, kind, happened_from, happened_to,
                           currency, amount_low, amount, amount_high, qualifier, legal_status, evidence, probability) VALUES
    ('X1-1', 'X1', 'P8', 'P1', 'equity', 'commit', '2020-01-15', '2020-01-15', 'USD', NULL, '100 USD', NULL, 'exactly', 'signed', 'press', NULL),
    ('X1-2', 'X1', 'P8', 'P1', 'equity', 'draw', '2020-02-15', '2020-02-15', 'USD', NULL, '150 USD', NULL, 'exactly', 'closed', 'press', NULL),
    ('X2-1', 'X2', 'P8', 'P2', 'equity', 'commit', '2020-01-15', '2020-01-15', 'USD', NULL, '100 USD', NULL, 'exactly', 'signed', 'press', 0.5),
    ('X2-2', 'X2', 'P8', 'P2', 'equity', 'commit', '2020-01-16', '2020-01-16', 'USD', NULL, '60 USD', NULL, 'exactly', 'announced', 'press', 0.2),
    ('X2-3', 'X2', 'P8', 'P2', 'equity', 'opening', '2020-01-17', '2020-01-17', 'USD', NULL, '70 USD', NULL, 'exactly', 'closed', 'press', NULL),
    ('X2-4', 'X2', 'P8', 'P2', 'equity', 'impair', '2020-03-01', '2020-03-01', 'USD', NULL, '25 USD', NULL, 'exactly', 'closed', 'press', NULL),
    ('X2-5', 'X2', 'P8', 'P2', 'equity', 'distribute', '2020-05-01', '2020-05-01', 'USD', '60 USD', NULL, '80 USD', 'exactly', 'closed', 'press', NULL),
    ('X2-6', 'X2', 'P8', 'P2', 'equity', 'opening', '2020-01-17', '2020-01-17', 'EUR', NULL, '7 EUR', NULL, 'exactly', 'closed', 'press', NULL),
    ('X3-1', 'X3', 'P1', 'P2', 'equity', 'draw', '4713-12-01 BC', '4713-12-02 BC', 'USD', NULL, '2.5e18 USD', NULL, 'exactly', 'closed', 'press', NULL),
    ('X3-2', 'X3', 'P1', 'P2', 'equity', 'draw', '2020-01-01', '5874897-12-31', 'USD', NULL, NULL, NULL, 'unknown', 'closed', 'press', NULL),
    ('X4-1', 'X4', 'P8', 'P4', 'equity', 'commit', '2020-01-15', '2020-01-15', 'USD', NULL, '10 USD', NULL, 'more_than', 'signed', 'press', 0.5),
    ('X4-2', 'X4', 'P8', 'P4', 'equity', 'commit', '2020-01-16', '2020-01-16', 'USD', NULL, NULL, NULL, 'unknown', 'signed', 'press', 0.5),
    ('X4-3', 'X4', 'P8', 'P4', 'equity', 'draw', '2020-01-17', '2020-01-17', 'USD', NULL, '4 USD', NULL, 'nearly', 'signed', 'press', NULL),
    ('X6-1', 'X6', 'P8', 'P3', 'equity', 'commit', '2020-01-15', '2020-01-15', 'USD', NULL, '60 USD', NULL, 'exactly', 'signed', 'press', NULL),
    ('X6-2', 'X6', 'P8', 'P3', 'equity', 'commit', '2020-01-16', '2020-01-16', 'USD', NULL, '30 USD', NULL, 'exactly', 'signed', 'press', 0.5),
    ('X6-3', 'X6', 'P8', 'P3', 'equity', 'draw', '2020-02-15', '2020-02-15', 'USD', NULL, '10 USD', NULL, 'exactly', 'closed', 'press', NULL),
    ('X6-4', 'X6', 'P8', 'P3', 'equity', 'draw', '2020-03-15', '2020-03-15', 'USD', NULL, '60 USD', NULL, 'exactly', 'closed', 'press', NULL),
    ('X7-1', 'X7', 'P8', 'P7', 'equity', 'commit', '2020-01-15', '2020-01-15', 'USD', NULL, '10 USD', NULL, 'up_to', 'signed', 'press', 0.5),
    ('X7-2', 'X7', 'P8', 'P7', 'equity', 'commit', '2020-01-16', '2020-01-16', 'USD', NULL, '5 USD', NULL, 'exactly', 'signed', 'press', 0.5),
    ('X7-3', 'X7', 'P8', 'P7', 'equity', 'draw', '2020-02-15', '2020-02-15', 'USD', NULL, '12 USD', NULL, 'exactly', 'closed', 'press', NULL),
    ('X5-1', 'X5', 'P8', 'P5', 'equity', 'commit', '2020-01-17', '2020-01-17', 'USD', NULL, '4 USD', NULL, 'exactly', 'terminated', 'press', NULL);
INSERT INTO deal (deal_id, supplier_id, customer_id, kind, currency, amount_low, amount, amount_high, signed_on, starts_on, ends_on,
                  legal_status, evidence, probability, parent_deal_id) VALUES
    ('Y1', 'P5', 'P8', 'chips', 'USD', NULL, '2.5e18 USD', NULL, '-infinity', '-infinity', 'infinity', 'signed', 'press', 1, 'Y2'),
    ('Y2', 'P5', 'P8', 'chips', 'USD', NULL, '2.5e18 USD', NULL, '2020-01-01', '2020-01-01', '5874897-12-31', 'signed', 'press', 1, 'Y1'),
    ('Y3', 'P6', 'P8', 'chips', 'USD', NULL, '0 USD', NULL, '2020-01-01', '2020-01-01', '2020-01-02', 'signed', 'press', 1, 'Y1'),
    ('Y4', 'P7', 'P6', 'power', 'USD', NULL, '0 USD', NULL, 'infinity', NULL, NULL, 'closed', 'press', NULL, NULL),
    ('Y5', 'P7', 'P6', 'power', 'USD', NULL, '0 USD', NULL, '2020-01-01', NULL, NULL, 'closed', 'press', NULL, 'Y5'),
    ('Y6', 'P4', 'P3', 'cloud', 'USD', NULL, '5 USD', NULL, '2020-01-01', NULL, NULL, 'closed', 'press', NULL, NULL);
INSERT INTO site (site_id, name, announced_capex, capex_scope) VALUES ('S1', 'S1', '2.5e18 EUR', NULL), ('S2', 'S2', '0 JPY', '{}');
INSERT INTO asset (asset_id, name, component, chips, site_id, cost, acquired_on) VALUES ('A1', 'chips', 'chip', 5, 'S1', '1 EUR', '2020-01-01');
INSERT INTO capacity (capacity_id, deal_id, site_id, metric, stage, at_date, quantity, qualifier) VALUES
    ('Z1', 'Y1', 'S1', 'chips', 'in_service', '2020-01-01', ('1e' || 100000)::numeric, 'exactly'),
    ('Z2', NULL, 'S1', 'chips', 'in_service', NULL, 1e-300, 'exactly'), ('Z3', NULL, 'S1', 'buildings', 'in_service', '-infinity', 1e22, 'exactly'),
    ('Z4', NULL, 'S1', 'buildings', 'planned', 'infinity', 1e-300, 'exactly'), ('Z5', NULL, 'S2', 'chips', 'in_service', '2020-01-01', 0, 'exactly'),
    ('Z6', NULL, 'S2', 'chips', 'in_service', '2020-01-01', NULL, 'unknown'), ('Z7', 'Y2', NULL, 'chips', 'contracted', NULL, ('1e' || 100000)::numeric, 'exactly'),
    ('Z8', 'Y2', NULL, 'gigawatts', 'contracted', NULL, 1e-300, 'exactly');
SELECT publish_load('exp_books', :odd_load, recorded_at => '2026-02-01T08:00:00Z');

SET chipbook.as_of = '2026-03-31';
SELECT lives_ok(format('SELECT * FROM exp_books_report.%I', v), format('%s answers whatever the facts', v))
FROM unnest(ARRAY['investment_exposure', 'investment_exposure_group', 'provider_share', 'provider_concentration',
                  'capacity_statement', 'capacity_pipeline', 'site_capex_per_chip']) v;
SELECT results_eq(
    $$SELECT finding, subject, subject_id FROM exp_books.exposure_finding
      WHERE finding NOT IN ('amount_unknown', 'probability_missing', 'capacity_contradicted', 'drawn_without_events') ORDER BY 1, 3$$,
    $$VALUES ('deal_contains_itself', 'deal', 'Y1'), ('deal_contains_itself', 'deal', 'Y2'), ('deal_contains_itself', 'deal', 'Y5'),
             ('draw_exceeds_commitment', 'holding', 'X1'), ('holding_parties_differ', 'holding', 'X2'), ('legal_status_mixed', 'holding', 'X2'),
             ('relation_loop', 'party', 'P1'), ('relation_loop', 'party', 'P2'), ('relation_loop', 'party', 'P3'), ('relation_loop', 'party', 'P4'),
             ('several_parents', 'party', 'P5'), ('site_capex_may_contain_chips', 'site', 'S1')$$, 'but is found');
SELECT results_eq(
    $$SELECT counterparty_id, committed, drawn, undrawn, expected, carrying_amount_low, carrying_amount, carrying_amount_high, no_probability_count
      FROM investment_exposure WHERE investor_id = 'P8' AND currency = 'USD' AND counterparty_id IN ('P1', 'P2') AND as_at = '2026-03-31'
        AND exposure_class = 'funded_asset' ORDER BY 1$$,
    $$VALUES ('P1', 100.0, 150.0, 0.0, 150.0, 150.0, 150.0, 150.0, 0::bigint),
             ('P2', 160.0, 70.0, 90.0, 97.0, 0.0, NULL::numeric, 0.0, 0)$$,
    'undrawn is not below 0; 70 drawn leaves 30 at 0.5 and 60 at 0.2; reductions lower the carrying amount, not below 0');
SELECT results_eq(
    $$SELECT as_at, undrawn, expected_low, expected, expected_high, no_probability_count FROM investment_exposure
      WHERE investor_id = 'P8' AND counterparty_id = 'P3' AND as_at IN ('2020-02-29', '2020-03-31') ORDER BY 1$$,
    $$VALUES (date '2020-02-29', 80.0, 25.0, NULL::numeric, NULL::numeric, 1::bigint), ('2020-03-31', 20.0, 80.0, 80.0, 80.0, 0)$$,
    'what one commitment lacks a probability for is not 0 beside another that has one; once drawn it needs none');
SELECT results_eq(
    $$SELECT undrawn_low, undrawn, undrawn_high, expected_low, expected, expected_high FROM investment_exposure
      WHERE investor_id = 'P8' AND counterparty_id = 'P7' AND measurement = 'cost' AND as_at = '2026-03-31'$$,
    $$VALUES (0.0, NULL::numeric, 3.0, 12.0, NULL::numeric, 13.5)$$,
    '12 drawn of up to 10 and of 5: nothing to 3 is left, so what is expected has no point either');
SELECT is((SELECT carrying_amount FROM investment_exposure WHERE investor_id = 'P8' AND counterparty_id = 'P2' AND currency = 'USD' AND as_at = '2020-03-31'),
          45.0, 'an impairment of 25');
SELECT results_eq(
    $$SELECT committed_low, committed, committed_high, drawn_low, drawn, drawn_high, undrawn_low, undrawn, undrawn_high, expected, unknown_count
      FROM investment_exposure WHERE investor_id = 'P8' AND counterparty_id = 'P4' AND as_at = '2026-03-31'$$,
    $$VALUES (10.0, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, 4.0, 6.0, NULL::numeric, NULL::numeric, NULL::numeric, 1::bigint)$$,
    'more than 10 and an unknown amount: at least 10; nearly 4 is below 4');
SELECT is((SELECT count(*) FROM investment_exposure WHERE investor_id = 'P8' AND counterparty_id = 'P5' AND measurement = 'cost'), 0::bigint,
          'what was terminated is no exposure');
SELECT is((SELECT array_agg(DISTINCT group_id) FROM exp_books.party_group WHERE party_id IN ('P1', 'P2', 'P3', 'P4')), ARRAY['P1'],
          'parties in a circle are one group');
SELECT is((SELECT group_id FROM exp_books.party_group WHERE party_id = 'P5' AND as_at = '2026-03-31'), 'P7', 'of two parents the larger');
SELECT is((SELECT count(*) FROM investment_exposure_group WHERE investor_id = 'P1' AND counterparty_id IN ('P1', 'P2', 'P3', 'P4')), 0::bigint,
          'nothing is left of what happens inside a group');
SELECT is((SELECT hhi FROM provider_concentration WHERE lab_id = 'P6' AND as_at = '2026-03-31' AND measure = 'contract_value'), NULL,
          'no concentration in nothing at all');

-- Every key is one, at every date, with the odd facts too.
CREATE FUNCTION pg_temp.broken_keys() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v record;
    broken bigint;
BEGIN
    FOR v IN SELECT c.oid::regclass AS name, substring(obj_description(c.oid, 'pg_class') FROM 'Key: \(([a-z_, ]+)\)') AS key_columns
             FROM pg_class c
             WHERE c.relkind = 'v' AND c.relnamespace IN ('exp_books_report'::regnamespace, 'exp_books'::regnamespace)
               AND c.relname ~ '^(holding|deal|exposure|party|capacity|site|provider|investment)_' AND c.relname !~ '_known$' LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT FROM %s GROUP BY %s HAVING count(*) > 1) d', v.name, v.key_columns) INTO broken;
        RETURN NEXT format('%s: %s', v.name, broken);
    END LOOP;
END
$$;
CREATE TEMP TABLE key_found AS SELECT k.found FROM pg_temp.broken_keys() k (found);
SELECT is((SELECT count(*) FROM key_found), count(*), 'every view states its key')
FROM pg_class c
WHERE c.relkind = 'v' AND c.relnamespace IN ('exp_books_report'::regnamespace, 'exp_books'::regnamespace)
  AND c.relname ~ '^(holding|deal|exposure|party|capacity|site|provider|investment)_' AND c.relname !~ '_known$' HAVING count(*) >= 24;
SELECT is_empty($$SELECT found FROM key_found WHERE found !~ ': 0$'$$, 'and it is one');
SELECT is((SELECT count(*) FROM provider_concentration WHERE hhi NOT BETWEEN 10000.0 / nullif(providers, 0) - 1e-9 AND 10000), 0::bigint, 'hhi lies between 10000 / n and 10000');

SELECT is(string_agg(format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod)), ', '), NULL, 'plain column types only')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'exp_books_report'::regnamespace
  AND c.relname IN ('investment_exposure', 'investment_exposure_group', 'provider_share', 'provider_concentration', 'capacity_statement', 'capacity_pipeline', 'site_capex_per_chip')
  AND format_type(a.atttypid, a.atttypmod) NOT IN ('numeric(38,15)', 'text', 'date', 'timestamp with time zone', 'bigint', 'boolean');
SELECT is(count(*), 0::bigint, 'every view runs with its reader''s rights and says what it is')
FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace IN ('exp_books_report'::regnamespace, 'exp_books'::regnamespace)
  AND (NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false) OR obj_description(c.oid, 'pg_class') IS NULL);

SELECT * FROM finish();
ROLLBACK;
