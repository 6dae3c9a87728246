-- What lies ahead and what changes of estimate do: forecast, sensitivity, effects.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';      -- no figure may depend on the session's zone
SET DateStyle = 'SQL, DMY';
SELECT no_plan();

-- Fiscal calendars
SELECT results_eq($$SELECT fiscal_year(d, m), fiscal_period_name(d, m), fiscal_year_begins(d, m)
                    FROM (VALUES (date '2026-10-31', 1), ('2026-01-31', 2), ('2026-02-01', 2), ('2026-06-30', 7), ('2026-07-01', 7), (NULL, 7)) v (d, m)$$,
    $$VALUES (2026::bigint, 'FY26-P10', date '2026-01-01'), (2026, 'FY26-P12', '2025-02-01'), (2027, 'FY27-P01', '2026-02-01'),
             (2026, 'FY26-P12', '2025-07-01'), (2027, 'FY27-P01', '2026-07-01'), (NULL, NULL, NULL)$$,
    'a fiscal year is named by the year it ends in');

-- Policies with another life: nothing else changes.
SELECT results_eq($$SELECT policy_with_life(p::amortisation_policy, m)::text
                    FROM (VALUES ('straight_line(life=5 years, salvage=0.1, convention=full_month)', -12),
                                 ('straight_line(life=5 years 6 months)', 12), ('straight_line(life=1000 days, day_count=actual_365_fixed)', -12),
                                 ('straight_line(life=1 year)', -12), ('straight_line(life=199 years)', 12), ('exponential(rate=0.14)', 12),
                                 ('declining_balance(life=18 months, factor=1.5)', -12), ('straight_line(life=1 year 3 days)', -12),
                                 ('straight_line(life=1 year 3 days)', 12), ('straight_line(life=200 days)', -12)) v (p, m)$$,
    $$VALUES ('straight_line(life=4 years, salvage=0.1, convention=full_month)'), ('straight_line(life=6 years 6 months)'),
             ('straight_line(life=635 days, day_count=actual_365_fixed)'), (NULL), (NULL), (NULL), ('declining_balance(life=6 months, factor=1.5)'),
             ('straight_line(life=3 days)'), ('straight_line(life=2 years 3 days)'), (NULL)$$,
    'a year more or less of life, the rest as it was');

-- ---------------------------------------------------------------------------
-- 12,000 over 6 years from 2023-01-01, to 5 from 2025-01-01: 8,000 / 3 = 2,666.67 a year, effect
-- +666.67; no catch-up (IAS 8.36-38, ASC 250-10-45-17). And what stands beside it.
-- ---------------------------------------------------------------------------
SELECT create_ledger('f', 'USD', 1, 'UTC', 'us_gaap');
INSERT INTO f.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('f', 'assets', 't') AS first_load \gset
INSERT INTO f.site (site_id, name) VALUES ('A', 'a'), ('B', 'b');
INSERT INTO f.asset (asset_id, name, component, cost, acquired_on, available_for_use_on, site_id) VALUES
    ('six', '12,000 over six years', 'server', '12000 USD', '2023-01-01', '2023-01-01', 'A'),
    ('staged', 'half in service', 'network', '1000 USD', '2024-01-01', NULL, 'A'),
    ('site', 'never energised', 'building', '500 USD', '2023-01-01', NULL, 'A'),
    ('land', 'land', 'land', '900 USD', '2023-01-01', '2023-01-01', 'A'),
    ('worth', 'no end', 'other', '30000 USD', '2025-01-01', '2025-01-01', 'A'),
    ('bare', 'no policy', 'power', '77 USD', '2024-01-01', '2024-01-01', 'A'),
    ('ending', 'its last four months', 'building', '240 USD', '2023-06-01', '2023-06-01', 'A'),
    ('short', 'a year', 'other', '1200 USD', '2024-07-01', '2024-07-01', 'A'),
    ('sold', 'sold', 'server', '1200 USD', '2024-01-01', '2024-01-01', 'A');
INSERT INTO f.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES ('used', 'by use', 'chip', 1, '260000 USD', '2024-01-01', '2024-01-01');
UPDATE f.asset SET retired_on = '2025-01-15' WHERE asset_id = 'sold';
INSERT INTO f.asset_policy (asset_id, basis, policy) VALUES
    ('six', 'us_gaap', 'straight_line(life=6 years, convention=full_month)'),
    ('six', 'hgb', 'straight_line(life=6 years, convention=full_month)'),
    ('staged', 'us_gaap', 'straight_line(life=5 years, convention=full_month)'),
    ('site', 'us_gaap', 'straight_line(life=20 years, convention=full_month)'),
    ('ending', 'us_gaap', 'straight_line(life=2 years, convention=full_month)'),
    ('used', 'us_gaap', 'units_of_production(total_use=60000, salvage_amount=20000)'),
    ('worth', 'us_gaap', 'exponential(rate=0.14)'),
    ('short', 'us_gaap', 'straight_line(life=1 year, convention=full_month)'),
    ('sold', 'us_gaap', 'straight_line(life=5 years, convention=full_month)');
INSERT INTO f.asset_event (event_id, asset_id, basis, kind, happened_on, policy, reason)
VALUES ('change', 'six', 'us_gaap', 'change_of_estimate', '2025-01-01', 'straight_line(life=5 years, convention=full_month)', 'it wears out');
INSERT INTO f.asset_event (event_id, asset_id, kind, happened_on, share)
VALUES ('half', 'staged', 'placed_in_service', '2024-07-01', 0.5);
SELECT publish_load('f', :first_load, recorded_at => '2025-02-10 00:00+00');
SET chipbook.as_of = '2025-02-15';

SELECT results_eq($$SELECT event_id, policy_before, policy_after, life_years_before, life_years_after, book_value, annual_charge_before, annual_charge_after, annual_effect, fiscal_year, fiscal_period, reason
                    FROM f_report.estimate_change$$,
    $$VALUES ('change', 'straight_line(life=6 years, convention=full_month)', 'straight_line(life=5 years, convention=full_month)',
              6::numeric(38,15), 5::numeric(38,15), 8000.0::numeric(38,15), 2000.0::numeric(38,15), 2666.67::numeric(38,15), 666.67::numeric(38,15),
              2025::bigint, 'FY25-P01', 'it wears out')$$,
    '8,000 / 3 = 2,666.67 a year, effect +666.67');
SELECT results_eq($$SELECT fiscal_year, charge_before, charge_after, effect FROM f_report.estimate_change_effect ORDER BY 1$$,
    $$VALUES (2025::bigint, 2000.0::numeric(38,15), 2666.67::numeric(38,15), 666.67::numeric(38,15)), (2026, 2000.0, 2666.66, 666.66),
             (2027, 2000.0, 2666.67, 666.67), (2028, 2000.0, 0.0, -2000.0)$$,
    'its effect on each year, 0 over all of them');
RESET chipbook.as_of;
SELECT open_load('f', 'by use, then by time', 't') AS second_load \gset
INSERT INTO f.asset_event (event_id, asset_id, basis, kind, happened_on, policy) VALUES
    ('by time', 'used', 'us_gaap', 'change_of_estimate', '2026-01-01', 'straight_line(life=4 years, salvage_amount=20000, convention=full_month)');
SELECT publish_load('f', :second_load, recorded_at => '2025-02-20 00:00+00');
SET chipbook.as_of = '2025-02-28';
SELECT results_eq($$SELECT book_value, annual_charge_before, annual_charge_after, annual_effect FROM f_report.estimate_change WHERE event_id = 'by time'$$,
    $$VALUES (260000.0::numeric(38,15), NULL::numeric(38,15), 120000.0::numeric(38,15), NULL::numeric(38,15))$$, 'what use would have charged is not known');
SELECT is_empty($$SELECT * FROM f_report.estimate_change_effect WHERE event_id = 'by time'$$, 'nor is the effect');
SELECT results_eq($$SELECT fiscal_year, sum(charge), sum(unknown_assets), sum(unscheduled_amount) FROM f_report.depreciation_forecast WHERE basis = 'us_gaap' AND asset_class = 'chip' GROUP BY 1 ORDER BY 1$$,
    $$VALUES (2026::bigint, 120000.0, 0::numeric, 0.0), (2027, 120000.0, 0, 0.0), (NULL, NULL, 1, 0.0)$$, 'a change that lies ahead is forecast; the salvage value is charged in no month');
SET chipbook.as_of = '2025-02-15';
SELECT is((SELECT count(*) FROM f_report.estimate_change), count(DISTINCT event_id), 'the key of estimate_change is one') FROM f_report.estimate_change;
SELECT is((SELECT count(*) FROM f_report.estimate_change WHERE basis = 'hgb'), 0::bigint, 'a change under one basis is none under another');

SELECT results_eq($$SELECT fiscal_year, sum(charge) FROM f_report.depreciation_forecast WHERE basis = 'us_gaap' AND currency = 'USD' AND asset_class = 'server' GROUP BY 1 ORDER BY 1$$,
    $$VALUES (2025::bigint, 2444.45), (2026, 2666.66), (2027, 2666.67)$$, 'the forecast, as a controller types it: eleven months of 2025, then two years');
SELECT results_eq($$SELECT asset_class, fiscal_period, charge, unknown_assets, unscheduled_amount FROM f_report.depreciation_forecast
                    WHERE basis = 'us_gaap' AND period_month IS NULL AND asset_class <> 'other' ORDER BY 1$$,
    $$VALUES ('building', NULL::text, NULL::numeric, 1::bigint, 500.0), ('chip', NULL, NULL, 1, 240000.0), ('network', NULL, NULL, 1, 500.0), ('power', NULL, NULL, 1, NULL)$$,
    'construction without a date of service, the half not yet placed, what is charged by use, an asset without a policy: unknown, in rows of their own');
SELECT results_eq($$SELECT sum(charge), count(*), min(period_month), max(period_month) FROM f_report.depreciation_forecast WHERE basis = 'us_gaap' AND asset_class = 'network' AND period_month IS NOT NULL$$,
    $$VALUES (500 - round(500 * 7 / 60.0, 2), 53::bigint, date '2025-02-01', date '2029-06-01')$$, 'the half in service is charged over its life');
SELECT results_eq($$SELECT sum(charge) + sum(unscheduled_amount), sum(unknown_assets)::bigint, max(fiscal_year) FROM f_report.depreciation_forecast WHERE basis = 'us_gaap' AND asset_class = 'other'$$,
    $$SELECT amount(round(book_value('30000 USD', 'exponential(rate=0.14)', '2025-01-01', '2025-02-01'))) + 500.0, 0::bigint, 2054::bigint$$,
    'what has no end is forecast for 30 fiscal years, and what is left after them is not scheduled');
SELECT is_empty($$SELECT * FROM f_report.depreciation_forecast WHERE asset_class = 'land'$$, 'land is never charged');
SELECT is((SELECT count(*) FROM f.asset_outlook WHERE asset_id = 'sold'), 0::bigint, 'nor is what was sold');
SELECT is_empty($$SELECT entity_id, basis, asset_class, site_id, chip_model_id, currency, period_month, count(*) FROM f_report.depreciation_forecast
                  GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) > 1$$, 'the key of depreciation_forecast is one');

-- 'six' has 35 of its 60 months left, the half in service 53; 'worth' and 'short' are not varied.
SELECT results_eq($$SELECT asset_class, from_date, to_date, assets, other_assets, book_value, charge_shorter, charge, charge_longer, effect_shorter, effect_longer
                    FROM f_report.useful_life_sensitivity WHERE basis = 'us_gaap' ORDER BY 1$$,
    $$VALUES ('building', date '2025-02-01', date '2026-02-01', 1::bigint, 0::bigint, 40.0::numeric(38,15), 40.0::numeric(38,15), 40.0::numeric(38,15), 30.0::numeric(38,15), 0.0::numeric(38,15), -10.0::numeric(38,15)),
             ('chip', '2025-02-01', '2026-02-01', 0, 1, NULL, NULL, NULL, NULL, NULL, NULL),
             ('network', '2025-02-01', date '2026-02-01', 1::bigint, 0::bigint, 441.67::numeric(38,15), 129.27::numeric(38,15), 100.0::numeric(38,15), 81.54::numeric(38,15), 29.27::numeric(38,15), -18.46::numeric(38,15)),
             ('other', '2025-02-01', '2026-02-01', 0, 2, NULL, NULL, NULL, NULL, NULL, NULL),
             ('server', '2025-02-01', '2026-02-01', 1, 0, 7777.78, 4057.97, 2666.67, 1985.82, 1391.30, -680.85)$$,
    'a year less is charged over 23 months instead of 35, a year more over 47; a life that would have ended is charged at once');
SELECT is_empty($$SELECT entity_id, basis, asset_class, currency, count(*) FROM f_report.useful_life_sensitivity GROUP BY 1, 2, 3, 4 HAVING count(*) > 1$$,
    'its key is one');
SELECT results_eq($$SELECT s.charge FROM f_report.useful_life_sensitivity s WHERE s.basis = 'us_gaap' AND s.asset_class = 'server'$$,
    $$SELECT sum(d.charge)::numeric(38,15) FROM f_report.depreciation_forecast d WHERE d.basis = 'us_gaap' AND d.asset_class = 'server' AND d.period_month < '2026-02-01'$$,
    'unchanged it is the forecast of twelve months');

-- ---------------------------------------------------------------------------
-- Retirement obligation: FAS 143, appendix C, example 1: 440,622 owed in ten years, at 8.5 %. It
-- prints a liability of 194,879 by a table of present values; 440,622 / 1.085^10 is 194,880.68,
-- and what it prints for the accretion of each year follows from that.
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('o', 'USD', 1, 'UTC', 'us_gaap');
INSERT INTO o.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('o', 'assets', 't') AS first_load \gset
INSERT INTO o.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES
    ('plant', 'nothing but its removal', 'building', '0 USD', '2003-01-01', '2003-01-01'),
    ('hall', 'built over a year', 'building', '1200000 USD', '2025-01-01', NULL);
INSERT INTO o.asset_policy (asset_id, basis, policy) VALUES
    ('plant', 'us_gaap', 'straight_line(life=10 years, convention=full_month)'), ('plant', 'ifrs', 'straight_line(life=10 years, convention=full_month)'),
    ('plant', 'hgb', 'straight_line(life=10 years, convention=full_month)'),
    ('hall', 'us_gaap', 'straight_line(life=30 years, convention=full_month)');
INSERT INTO o.retirement_obligation (obligation_id, asset_id, basis, recognised_on, liability, rate, settles_on, settled_on) VALUES
    ('fas143', 'plant', 'us_gaap', '2003-01-01', '194880.68 USD', 0.085, '2013-01-01', '2013-03-15'),
    ('printed', 'plant', 'hgb', '2003-01-01', '194879 USD', 0.085, '2013-01-01', NULL),
    ('late', 'plant', NULL, '2012-06-10', '1000 USD', 0, '2030-01-01', NULL),
    ('endless', 'plant', 'ifrs', '1950-01-01', '1000 USD', 1, '9999-01-01', NULL);
INSERT INTO o.entity_rate (entity_id, kind, rate, valid_from, valid_to) VALUES
    ('main', 'capitalisation', 0.10, '2025-01-01', '2025-09-11'), ('main', 'capitalisation', 0.07, '2025-09-11', '2025-11-15');
INSERT INTO o.asset_event (event_id, asset_id, kind, happened_on, amount) VALUES
    ('more', 'hall', 'addition', '2025-06-16', '600000 USD'), ('interest', 'hall', 'capitalised_interest', '2025-01-31', '10000 USD');
SELECT publish_load('o', :first_load, recorded_at => '2026-01-01 00:00Z');
SET chipbook.as_of = '2026-01-31';
SELECT results_eq($$SELECT fiscal_year, round(sum(accretion)) FROM o_report.retirement_obligation_month WHERE obligation_id = 'fas143' GROUP BY 1 HAVING sum(accretion) <> 0 ORDER BY 1$$,
    $$SELECT 2002 + n, a FROM unnest(ARRAY[16565, 17973, 19501, 21158, 22957, 24908, 27025, 29322, 31815, 34519]::numeric[]) WITH ORDINALITY v (a, n)$$,
    'accretion as published, year by year');
SELECT results_eq($$SELECT period_month, opening, recognised, accretion, settled, closing FROM o_report.retirement_obligation_month
                    WHERE obligation_id = 'fas143' AND (opening = 0 OR closing = 0) ORDER BY 1$$,
    $$VALUES (date '2003-01-01', 0.0::numeric(38,15), 194880.68::numeric(38,15), 1406.88::numeric(38,15), 0.0::numeric(38,15), 196287.56::numeric(38,15)),
             ('2013-03-01', 440621.99, 0.0, 0.0, 440621.99, 0.0)$$, 'from recognition to settlement: no accretion after its term');
SELECT is((SELECT round(closing) FROM o_report.retirement_obligation_month WHERE obligation_id = 'fas143' AND period_month = '2012-12-01'), 440622::numeric, '440,622 is owed');
SELECT is((SELECT round(closing) FROM o_report.retirement_obligation_month WHERE obligation_id = 'printed' AND period_month = '2012-12-01'), 440618::numeric, 'from the liability as printed it would be 440,618');
SELECT is_empty($$SELECT * FROM o_report.retirement_obligation_month WHERE opening + recognised + accretion - settled <> closing$$, 'each month adds up');
SELECT is_empty($$SELECT m.obligation_id, m.basis, m.period_month FROM o_report.retirement_obligation_month m
                  JOIN o_report.retirement_obligation_month n ON n.obligation_id = m.obligation_id AND n.basis = m.basis AND n.period_month = m.period_month + interval '1 month'
                  WHERE m.closing <> n.opening$$, 'and opens where the one before closed');
SELECT results_eq($$SELECT DISTINCT basis, accretion, closing FROM o_report.retirement_obligation_month WHERE obligation_id = 'late' AND period_month >= '2012-06-01' ORDER BY 1$$,
    $$VALUES ('hgb', 0.0::numeric(38,15), 1000.0::numeric(38,15)), ('ifrs', 0.0, 1000.0), ('us_gaap', 0.0, 1000.0)$$, 'without a basis it is under each');
SELECT is((SELECT count(*) FROM o_report.retirement_obligation_month WHERE obligation_id = 'endless' AND closing IS NOT NULL), 0::bigint, 'what doubles for ever is unknown');
SELECT is_empty($$SELECT obligation_id, basis, period_month, count(*) FROM o_report.retirement_obligation_month GROUP BY 1, 2, 3 HAVING count(*) > 1$$, 'its key is one');
SELECT results_eq($$SELECT amount(round(v.charge)) FROM o.asset_basis b,
                    LATERAL asset_movement(b.computable_cost, b.held_from, b.in_service, b.policy, b.events, '2003-01-01', '2004-01-01') v
                    WHERE b.asset_id = 'plant' AND b.basis = 'us_gaap'$$, $$VALUES (19488.07)$$, 'and its cost is depreciated with the asset: 19,488 a year');

-- Interest to capitalise: 1.2 m from January, 0.6 m more from 16 June, at 10 %, then 7 %.
SELECT results_eq($$SELECT period_month, average_construction, days, round(capitalisation_rate, 6), proposed, capitalised, difference
                    FROM o_report.construction_interest WHERE basis = 'us_gaap' AND period_month IN ('2025-01-01', '2025-02-01', '2025-06-01', '2025-09-01', '2025-11-01', '2025-12-01') ORDER BY 1$$,
    $$VALUES (date '2025-01-01', 1200000.0::numeric(38,15), 31::bigint, 0.10, round(1200000 * 0.10 * 31 / 365, 2)::numeric(38,15), 10000.0::numeric(38,15), (10000 - round(1200000 * 0.10 * 31 / 365, 2))::numeric(38,15)),
             ('2025-02-01', 1210000.0, 28, 0.10, round(1210000 * 0.10 * 28 / 365, 2), 0.0, -round(1210000 * 0.10 * 28 / 365, 2)),
             ('2025-06-01', 1510000.0, 30, 0.10, round(1510000 * 0.10 * 30 / 365, 2), 0.0, -round(1510000 * 0.10 * 30 / 365, 2)),
             ('2025-09-01', 1810000.0, 30, 0.08, round(1810000 * 0.08 * 30 / 365, 2), 0.0, -round(1810000 * 0.08 * 30 / 365, 2)),
             ('2025-11-01', 1810000.0, 30, NULL, NULL, 0.0, NULL),
             ('2025-12-01', 1810000.0, 31, NULL, NULL, 0.0, NULL)$$,
    'IAS 23.14: average expenditure x rate x days / 365; without a rate it is unknown');
SELECT is_empty($$SELECT asset_id, basis, period_month, count(*) FROM o_report.construction_interest GROUP BY 1, 2, 3 HAVING count(*) > 1$$, 'its key is one');
SELECT results_eq($$SELECT finding, severity, subject_id FROM o_report.data_quality WHERE finding IN ('no_date_of_service', 'retirement_obligation_overdue') ORDER BY 1, 3$$,
    $$VALUES ('no_date_of_service', 'info', 'hall'), ('retirement_obligation_overdue', 'warning', 'printed')$$, 'what has no date, or is past it, is found');
SELECT is((SELECT count(*) FROM o_report.construction_interest WHERE asset_id = 'plant'), 0::bigint, 'what was never under construction has no row');

-- ---------------------------------------------------------------------------
-- Properties, over assets made at random: with and without salvage, changes of estimate that lie
-- behind and ahead, impairments.
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT setseed(0.42);
SELECT create_ledger('r', 'USD', 10, 'America/New_York', 'ifrs');
INSERT INTO r.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('r', 'random', 't') AS random_load \gset
CREATE TEMPORARY TABLE made AS
SELECT n, format('a%s', n) AS asset_id, round((random() * 1e6)::numeric, 1) AS cost, date '2020-01-01' + (random() * 2500)::integer AS in_service,
       24 + (random() * 60)::integer AS life_months, CASE WHEN n % 3 = 0 THEN 0.1 ELSE 0 END AS salvage,
       (ARRAY['full_month', 'actual_days'])[1 + n % 2] AS convention, (random() * 24)::integer - 6 AS more_months,
       date '2022-01-01' + (random() * 2500)::integer AS changed_on
FROM generate_series(1, 400) n;
INSERT INTO r.asset (asset_id, name, component, cost, acquired_on, available_for_use_on)
SELECT asset_id, 'random', 'server', monetary(cost, 'USD'), in_service, in_service FROM made;
INSERT INTO r.asset_policy (asset_id, basis, policy)
SELECT asset_id, 'ifrs', amortisation_policy(method => 'straight_line', life => make_interval(months => life_months), salvage => salvage, convention => convention)
FROM made;
INSERT INTO r.asset_event (event_id, asset_id, basis, kind, happened_on, policy)
SELECT 'c' || n, asset_id, 'ifrs', 'change_of_estimate', changed_on,
       amortisation_policy(method => 'straight_line', life => make_interval(months => life_months + more_months), salvage => salvage, convention => convention)
FROM made WHERE changed_on > in_service AND changed_on < in_service + make_interval(months => least(life_months, life_months + more_months) - 2);
INSERT INTO r.asset_event (event_id, asset_id, basis, kind, happened_on, amount)
SELECT 'i' || n, asset_id, 'ifrs', 'impairment', in_service + 200, monetary(cost / 10, 'USD')
FROM made WHERE n % 5 = 1 AND salvage = 0;
SELECT publish_load('r', :random_load, recorded_at => '2026-06-30 12:00Z');
SET chipbook.as_of = '2026-07-31';
SELECT cmp_ok((SELECT count(*) FROM r_report.estimate_change), '>', 100::bigint, 'there are changes of estimate');
SELECT is_empty($$SELECT event_id, sum(effect) FROM r_report.estimate_change_effect GROUP BY 1 HAVING sum(effect) <> 0$$,
    'the effects of a change that leaves the salvage value add up to nothing');
SELECT is_empty($$SELECT e.event_id, e.book_value, sum(f.charge_after) FROM r_report.estimate_change e
                  JOIN r_report.estimate_change_effect f USING (event_id) JOIN made m ON m.asset_id = e.asset_id
                  WHERE f.fiscal_year > e.fiscal_year GROUP BY 1, 2, m.cost, m.salvage HAVING sum(f.charge_after) > e.book_value - m.cost * m.salvage$$,
    'after it no more is charged than was left');
SELECT is_empty($$SELECT event_id, fiscal_year, count(*) FROM r_report.estimate_change_effect GROUP BY 1, 2 HAVING count(*) > 1$$, 'the key of estimate_change_effect is one');
SELECT is_empty($$SELECT o.asset_id, o.book_value, f.charge FROM r.asset_outlook o JOIN made m USING (asset_id)
                  CROSS JOIN LATERAL (SELECT coalesce(sum(amount(x.charge)), 0) AS charge
                                      FROM r.asset_forecast x WHERE x.asset_id = o.asset_id AND x.basis = o.basis) f
                  CROSS JOIN LATERAL (SELECT coalesce(sum(amount(i.amount)), 0) AS to_come FROM r.asset_event i
                                      WHERE i.asset_id = o.asset_id AND i.kind = 'impairment' AND i.happened_on >= o.from_date) l
                  WHERE amount(o.book_value) - f.charge - l.to_come <> m.cost * m.salvage$$,
    'what is forecast, and the impairments to come, bring every book value to its salvage value');
SELECT is((SELECT sum(v.charge) FROM r_report.chip_book_value_all_bases v) + (SELECT sum(f.charge) + sum(f.unscheduled_amount) FROM r_report.depreciation_forecast f),
          (SELECT sum(m.cost - m.cost * m.salvage) - (SELECT sum(amount(i.amount)) FROM r.asset_event i JOIN r.asset_outlook o USING (asset_id) WHERE i.kind = 'impairment')
           FROM made m JOIN r.asset_outlook o USING (asset_id)), 'charges so far and to come are what there is to depreciate');
SELECT is((SELECT sum(charge) FROM r_report.depreciation_forecast), (SELECT sum(amount(charge)) FROM r.asset_forecast), 'the published forecast is that of its assets');
SELECT is_empty($$SELECT * FROM r_report.depreciation_forecast WHERE fiscal_period NOT LIKE 'FY__-P__' OR fiscal_year <> extract(year FROM period_month + interval '3 months')$$,
    'in a fiscal year from October');

-- ---------------------------------------------------------------------------
-- Absurd facts: every view answers, whenever it is asked about.
-- ---------------------------------------------------------------------------
RESET chipbook.as_of;
SELECT create_ledger('h', 'EUR', 1, 'Europe/Berlin', 'ifrs');
INSERT INTO h.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('h', 'absurd', 't') AS absurd_load \gset
INSERT INTO h.cash_generating_unit (cash_generating_unit_id, name) VALUES ('U', 'unit');
INSERT INTO h.asset (asset_id, name, component, cost, acquired_on, available_for_use_on, cash_generating_unit_id) VALUES
    ('future', 'in a year no calendar has', 'server', '900 EUR', '2025-01-01', '20000-01-01', 'U'),
    ('largest', 'the most money there is', 'server', '2500000000000000000 EUR', '2025-01-01', '2025-01-01', 'U'),
    ('beyond', 'more', 'server', '2596148429267413814.265248164610047 EUR', '2025-01-01', '2025-01-01', 'U'),
    ('ancient', 'before the calendar', 'server', '10 EUR', '4000-01-01 BC', '4000-01-01 BC', 'U'),
    ('building', 'for ever', 'building', '10 EUR', '2024-01-01', NULL, 'U'),
    ('later', 'at the end of the calendar', 'server', '10 EUR', '2025-01-01', '9999-12-31', NULL),
    ('free', 'for nothing', 'server', '0 EUR', '2025-01-01', '2025-01-01', NULL),
    ('gold', 'without a minor unit', 'server', '1 XAU', '2025-01-01', '2025-01-01', NULL),
    ('day', 'a day', 'server', '1001 JPY', '2025-01-01', '2025-01-01', NULL);
INSERT INTO h.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, b, CASE WHEN a.asset_id = 'day' THEN 'straight_line(life=1 day)' ELSE 'straight_line(life=199 years 6 months)' END::amortisation_policy
FROM h.asset a, unnest(ARRAY['ifrs', 'economic']) b;
INSERT INTO h.asset_event (event_id, asset_id, basis, kind, happened_on, policy)
SELECT concat(a.asset_id, d), a.asset_id, 'ifrs', 'change_of_estimate', d, (ARRAY['straight_line(life=200 years)', 'exponential(rate=0.0000001)'])[1 + n % 2]::amortisation_policy
FROM h.asset a, unnest(ARRAY['4000-01-01 BC', '0001-01-01', '2025-03-01', '2027-01-01', '9999-12-31', '20000-01-01']::date[]) WITH ORDINALITY e (d, n);
INSERT INTO h.asset_event (event_id, asset_id, basis, kind, happened_on, amount, cash_generating_unit_id)
SELECT concat('i', a.asset_id, d), a.asset_id, 'ifrs', 'impairment', d, '1000 EUR', 'U'
FROM h.asset a, unnest(ARRAY['4000-01-01 BC', '2025-03-01', '2027-01-01', '20000-01-01']::date[]) d;
INSERT INTO h.asset_event (event_id, asset_id, kind, happened_on, amount) VALUES
    ('foreign', 'building', 'addition', '2025-05-05', '1 USD'), ('last', 'later', 'addition', '9999-12-31', '1 EUR'), ('interest', 'building', 'capitalised_interest', '2025-05-05', '1 EUR');
INSERT INTO h.retirement_obligation (obligation_id, asset_id, recognised_on, liability, rate, settles_on, settled_on)
SELECT concat(a, d), a, d, '2500000000000000000 EUR', 1, '20000-01-02', NULL
FROM unnest(ARRAY['largest', 'building', 'gold']) a, unnest(ARRAY['4000-01-01 BC', '2025-03-01', '20000-01-01']::date[]) d;
INSERT INTO h.entity_rate (entity_id, kind, rate) VALUES ('main', 'capitalisation', 1);
-- Publication would refuse events in another currency or before the acquisition; views must bear them.
CREATE OR REPLACE FUNCTION chipbook.check_load(ledger text, load_id bigint) RETURNS TABLE (table_name text, fact text, problem text)
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT NULL::text, NULL::text, NULL::text WHERE false';
SELECT publish_load('h', :absurd_load, recorded_at => '2026-08-10 00:00Z');
SET chipbook.as_of = '2026-08-15';
SELECT lives_ok(format('SELECT * FROM h_report.%I', v), v || ' answers to absurd facts')
FROM unnest(ARRAY['depreciation_forecast', 'useful_life_sensitivity', 'estimate_change', 'estimate_change_effect', 'impairment_indicator', 'impairment_test',
                  'retirement_obligation_month', 'construction_interest']) v;
SELECT isnt_empty('SELECT * FROM h_report.estimate_change WHERE happened_on > now()', 'changes that are known already are there');
SET chipbook.as_of = '9999-12-31';
SELECT lives_ok('SELECT * FROM h_report.depreciation_forecast; SELECT * FROM h_report.useful_life_sensitivity; SELECT * FROM h_report.estimate_change_effect; SELECT * FROM h_report.impairment_test',
                'at the end of the calendar');
SET chipbook.as_of = '0001-01-01';
SELECT is_empty('SELECT charge FROM h_report.depreciation_forecast UNION ALL SELECT charge FROM h_report.useful_life_sensitivity UNION ALL SELECT effect FROM h_report.estimate_change_effect',
                'at its beginning nothing is known');
RESET chipbook.as_of;

SELECT * FROM finish();
ROLLBACK;
