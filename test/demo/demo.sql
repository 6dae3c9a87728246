-- What make demo prints: the sample world, and chipbook's answers to three questions about
-- it. Run it with psql in this folder, in an empty database. Every answer is asked as of a
-- stated day, or of a month that no later fact is of, so that it is the same whenever it is asked.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\pset border 1
\pset null ''
SET client_min_messages = warning;

CREATE EXTENSION chipbook;
\ir load.sql
SET search_path = books_report, chipbook, public, pg_catalog;

-- How this demonstration prints figures; the views themselves hold them unrounded.
CREATE FUNCTION pg_temp.millions(x numeric) RETURNS text IMMUTABLE LANGUAGE sql RETURN to_char(nullif(x, 0) / 1e6, '9,990.0');
CREATE FUNCTION pg_temp.money(x numeric) RETURNS text IMMUTABLE LANGUAGE sql RETURN to_char(x, '99,999,990.00');
CREATE FUNCTION pg_temp.rate(x numeric) RETURNS text IMMUTABLE LANGUAGE sql RETURN to_char(x, '990.0000');
CREATE FUNCTION pg_temp.percent(x numeric) RETURNS text IMMUTABLE LANGUAGE sql RETURN to_char(100 * x, '990.0') || ' %';
CREATE FUNCTION pg_temp.plain(x numeric) RETURNS text IMMUTABLE LANGUAGE sql RETURN trim_scale(round(x, 2))::text;
-- Billions: the number, or what is known of it.
CREATE FUNCTION pg_temp.billions(low numeric, point numeric, high numeric) RETURNS text IMMUTABLE LANGUAGE sql
    RETURN lpad(CASE WHEN point IS NOT NULL THEN to_char(point / 1e9, 'FM9,990.00')
                     WHEN high IS NOT NULL AND low > 0 THEN concat(pg_temp.plain(low / 1e9), ' to ', pg_temp.plain(high / 1e9))
                     WHEN high IS NOT NULL THEN concat('up to ', pg_temp.plain(high / 1e9))
                     WHEN low > 0 THEN concat('over ', pg_temp.plain(low / 1e9))
                     ELSE 'unknown' END, 10);
CREATE FUNCTION pg_temp.quantity(qualifier text, x numeric, metric text) RETURNS text IMMUTABLE LANGUAGE sql
    RETURN lpad(concat(CASE qualifier WHEN 'exactly' THEN '' WHEN 'more_than' THEN 'over ' WHEN 'up_to' THEN 'up to '
                                      WHEN 'more_than, nearly' THEN 'near ' ELSE qualifier || ' ' END,
                       CASE metric WHEN 'chips' THEN to_char(x, 'FM9,999,990') ELSE pg_temp.plain(x) END), 15);
CREATE FUNCTION pg_temp.party(id text) RETURNS text STABLE LANGUAGE sql
    RETURN coalesce((SELECT p.name FROM books.party_known p WHERE p.party_id = id), id);

\echo '========================================================================================================'
\echo ' chipbook: the books of AI infrastructure, in PostgreSQL'
\echo '========================================================================================================'
SELECT format(' The sample world: %s parties, %s deals and %s events of holdings, from %s sources;',
              (SELECT count(*) FROM books.party_known), (SELECT count(*) FROM books.deal_known),
              (SELECT count(*) FROM books.holding_event_known), (SELECT count(*) FROM books.source))
       || E'\n' || format(' %s meter readings made by arithmetic, because no operator publishes its own. Amounts are in US dollars.',
              to_char(count(*), 'FM999,999')) AS line
FROM books.meter_reading_known \gset
\echo :line

\echo
\echo '--------------------------------------------------------------------------------------------------------'
\echo ' Question 1: What does a chip-hour cost?'
\echo '--------------------------------------------------------------------------------------------------------'
\echo
\echo ' One server share of an H100 at 41,217 USD, over the useful life each company publishes. No ledger'
\echo ' is needed for this: it is one function. Notice that a year of life more or less moves the cost of an'
\echo ' hour by a fifth, and that 60 % use moves it by two thirds.'
\echo
SELECT v.company, v.life AS "useful life", v.policy_source AS "published in",
       pg_temp.rate(amount(chip_hour_rate(v.cost, v.policy, '2025-01-01', '2025-10-01'))) AS "per hour",
       pg_temp.rate(amount(chip_hour_rate_used(v.cost, v.policy, '2025-01-01', '2025-10-01', 0.60))) AS "per hour at 60 % use"
FROM (SELECT c.company, c.life, c.policy_source, c.place, '41217 USD'::monetary AS cost,
             amortisation_policy(method => 'straight_line', life => c.life::interval) AS policy
      FROM (VALUES (1, 'Amazon', '5 years', '10-K for 2024, a subset of servers'),
                   (2, 'Meta', '5 years 6 months', '10-K for 2024'),
                   (3, 'Alphabet', '6 years', '10-Q of 2023'),
                   (4, 'Microsoft', '6 years', '10-Q of 2022'),
                   (5, 'CoreWeave', '6 years', 'S-1 of 2025')) c (place, company, life, policy_source)) v
ORDER BY v.place;

\echo ' The fleets in October 2025, from the ledger: depreciation of chips, servers, network and building,'
\echo ' energy, rent. The cost is one, the hours are four: notice how far an hour used is from an hour installed.'
\echo ' (H100: counts and prices from filings and the press, Anthropic''s count illustrative. TRN2: illustrative price.'
\echo ' TPU6E: illustrative. Pool P is an example, buildings are assumed, and the use of all chips is synthetic.)'
\echo
SET chipbook.as_of = '2025-11-05';
SELECT e.name AS company, c.chip_model_id AS chip, c.ownership AS "held",
       pg_temp.millions(c.depreciation) AS "depr. m", pg_temp.millions(c.energy) AS "energy m", pg_temp.millions(c.rent) AS "rent m",
       pg_temp.rate(c.cost_per_installed_chip_hour) AS "installed", pg_temp.rate(c.cost_per_available_chip_hour) AS "available",
       pg_temp.rate(c.cost_per_allocated_chip_hour) AS "allocated", pg_temp.rate(c.cost_per_used_chip_hour) AS "used"
FROM chip_hour_cost c
JOIN books.entity_known e ON e.entity_id = c.entity_id
WHERE c.period_month = '2025-10-01' AND c.currency = 'USD'
ORDER BY c.ownership, c.cost_per_used_chip_hour;

\echo ' Own or rent? An H100 in service in April 2026, with capital at 9 % a year (assumed), beside what clouds ask'
\echo ' for an hour on demand. What is owned costs all day, so owning is cheaper from the use on at which the two meet.'
\echo ' Notice that at 2.99 Amazon and Meta are hardly above it, by a point or two of their (synthetic) use.'
\echo
SET chipbook.as_of = '2026-05-05';
SELECT e.name AS company, pg_temp.rate(o.owned_cost_per_chip_hour) AS "hour owned", o.rate_card_id AS "or rented",
       pg_temp.rate(o.rate_per_chip_hour) AS "hour used", pg_temp.percent(o.break_even_utilisation) AS "they meet at",
       pg_temp.percent(o.utilisation) AS "used", o.cheaper, pg_temp.millions(o.saved_by_owning) AS "saved m"
FROM own_or_rent o JOIN books.entity_known e ON e.entity_id = o.entity_id
WHERE o.period_month = '2026-04-01' AND o.chip_model_id = 'H100' AND o.pricing = 'on_demand'
ORDER BY o.rate_per_chip_hour DESC, o.break_even_utilisation;
SET chipbook.as_of = '2025-11-05';

\echo ' Useful lives are estimates, and companies change them. On a lot of servers for 1,000 million (illustrative),'
\echo ' in service in the middle of 2021 or 2022, each change that was published moves the charge of a year by this'
\echo ' much. Nothing before the change moves: what is left is spread over the life that is left. (Amazon''s 2025: a subset.)'
\echo
SELECT e.name AS company, to_char(c.happened_on, 'YYYY-MM-DD') AS "from",
       to_char(c.life_years_before, '0.0') || ' to ' || to_char(c.life_years_after, 'FM0.0') || ' years' AS "useful life",
       pg_temp.millions(c.book_value) AS "left m", pg_temp.millions(c.annual_charge_before) AS "before m",
       pg_temp.millions(c.annual_charge_after) AS "after m", pg_temp.millions(c.annual_effect) AS "effect m"
FROM estimate_change c JOIN books.entity_known e ON e.entity_id = c.entity_id
WHERE c.basis = 'us_gaap' AND c.event_id <> 'amzn-subset-life-2024'
ORDER BY c.happened_on, c.event_id;

\echo ' What another year, or a year less, would do to the next twelve months of all that each company has in'
\echo ' service here, decided now (5 November 2025). Buildings barely notice; chips do.'
\echo
SELECT e.name AS company, to_char(sum(u.assets), '99') AS assets, to_char(sum(u.book_value) / 1e6, '99,990.0') AS "book value m",
       pg_temp.millions(sum(u.charge_shorter)) AS "year less m", pg_temp.millions(sum(u.charge)) AS "as is m",
       pg_temp.millions(sum(u.charge_longer)) AS "year more m"
FROM useful_life_sensitivity u JOIN books.entity_known e ON e.entity_id = u.entity_id
WHERE u.basis = 'us_gaap' AND u.currency = 'USD'
GROUP BY e.name ORDER BY sum(u.book_value) DESC;

\echo ' One purchase, two books: Example Compute at the end of 2025. For tax, chips, servers and network are'
\echo ' five-year property (MACRS) with the bonus of 40 % of property acquired on 1 January 2025, in millions.'
\echo
SET chipbook.as_of = '2026-02-01';
SELECT d.component, pg_temp.millions(v.cost) AS "cost m", pg_temp.millions(d.primary_book_value) AS "US GAAP m",
       pg_temp.millions(d.book_value) AS "US tax m", pg_temp.millions(d.temporary_difference) AS "difference m",
       pg_temp.millions(d.deferred_tax) AS "deferred tax m"
FROM basis_difference d
JOIN chip_book_value v ON v.asset_id = d.asset_id AND v.period_month = d.period_month
WHERE d.entity_id = 'main' AND d.basis = 'us_tax' AND d.period_month = '2025-12-01'
ORDER BY v.cost DESC;

\echo ' And its register for the year, as an auditor reads it: opening + additions + transfers - disposals = closing.'
\echo
SELECT r.asset_class, pg_temp.millions(sum(r.cost_opening) FILTER (WHERE r.fiscal_period = 'FY25-P01')) AS "opening m",
       pg_temp.millions(sum(r.additions)) AS "additions m", pg_temp.millions(sum(r.disposals)) AS "disposals m",
       pg_temp.millions(sum(r.cost_closing) FILTER (WHERE r.fiscal_period = 'FY25-P12')) AS "closing m",
       pg_temp.millions(sum(r.charge)) AS "charge m",
       pg_temp.millions(sum(r.book_value) FILTER (WHERE r.fiscal_period = 'FY25-P12')) AS "book value m"
FROM fixed_asset_register r
WHERE r.entity_id = 'main' AND r.basis = 'us_gaap' AND r.fiscal_year = 2025
GROUP BY r.asset_class ORDER BY sum(r.additions) DESC;
SET chipbook.as_of = '2025-11-05';

\echo '--------------------------------------------------------------------------------------------------------'
\echo ' Question 2: How much of the spend did useful work?'
\echo '--------------------------------------------------------------------------------------------------------'
\echo
\echo ' Pool P of Example Compute, October 2025: 1,000 chips, 744,000 chip-hours installed, of which 95 % were'
\echo ' available, 80 % allocated and 60 % used. Its readings of 31 October arrived two days late, so the same'
\echo ' question had another answer on 2 November: what is not metered is a line, and is never lost.'
\echo
SET chipbook.as_of = '2025-11-02';
CREATE TEMP TABLE known_first AS
SELECT * FROM utilisation_weighted_spend WHERE pool_id = 'P' AND period_month = '2025-10-01';
SET chipbook.as_of = '2025-11-05';
CREATE TEMP TABLE known_later AS
SELECT * FROM utilisation_weighted_spend WHERE pool_id = 'P' AND period_month = '2025-10-01';
SELECT l.part AS "USD", pg_temp.money(l.amount_first) AS "known on 2025-11-02", pg_temp.money(l.amount) AS "known on 2025-11-05",
       pg_temp.percent(l.amount / l.total) AS "share"
FROM known_first f CROSS JOIN known_later n
CROSS JOIN LATERAL (VALUES
    (1, 'productive: chips that worked', f.productive_cost, n.productive_cost, n.total_cost),
    (2, 'idle', f.idle_cost, n.idle_cost, n.total_cost),
    (3, '  allocated, but not used', f.allocated_idle_cost, n.allocated_idle_cost, n.total_cost),
    (4, '  available, but not allocated', f.unallocated_cost, n.unallocated_cost, n.total_cost),
    (5, '  installed, but not available', f.unavailable_cost, n.unavailable_cost, n.total_cost),
    (6, 'unmetered: no reading', f.unmetered_cost, n.unmetered_cost, n.total_cost),
    (7, 'total cost', f.total_cost, n.total_cost, n.total_cost)) l (place, part, amount_first, amount, total)
ORDER BY l.place;

\echo ' All pools, third quarter of 2025, in millions. productive + idle + unmetered = total, to the last digit.'
\echo ' Notice Meta: one day without readings (14 September) is unmetered, not idle. By cost and by chips'
\echo ' utilisation differs where idle chips are known to draw less power (CoreWeave, Alphabet).'
\echo
SELECT e.name AS company, s.chip_model_id AS chip, pg_temp.millions(sum(s.total_cost)) AS "total m",
       pg_temp.millions(sum(s.productive_cost)) AS "productive", pg_temp.millions(sum(s.idle_cost)) AS "idle",
       pg_temp.millions(sum(s.unmetered_cost)) AS "unmetered",
       pg_temp.percent(sum(s.used_chip_hours) / sum(s.installed_chip_hours)) AS "by chips",
       pg_temp.percent(sum(s.productive_cost) / sum(s.metered_cost)) AS "by cost",
       pg_temp.rate(sum(s.total_cost) / sum(s.used_chip_hours)) AS "used hour", min(s.use_basis) AS "used is"
FROM utilisation_weighted_spend s
JOIN books.entity_known e ON e.entity_id = s.entity_id
WHERE s.period_month BETWEEN '2025-07-01' AND '2025-09-01' AND s.currency = 'USD' AND s.pool_id IS NOT NULL
GROUP BY e.name, s.chip_model_id
ORDER BY sum(s.total_cost) DESC;

\echo ' Who bears it? The 4,096 H100 that Anthropic rents, in October 2025, by three teams (invented): each bears what'
\echo ' it used and what it held idle, and by the rule of this pool a part of what nobody held. Every column adds up'
\echo ' to what the pool cost, to the last digit.'
\echo
RESET chipbook.as_of;
SELECT refresh_allocation('books', since => '2025-10-01') \g /dev/null
SELECT l.bears AS "who bears it", pg_temp.money(l.productive) AS productive, pg_temp.money(l.held_idle) AS "held idle",
       pg_temp.money(l.nobodys) AS "nobody's", pg_temp.money(l.total) AS "in all", to_char(l.chip_hours, '9,999,990.0') AS "chip-hours"
FROM (SELECT CASE a.line WHEN 'tenant' THEN 1 WHEN 'idle' THEN 2 ELSE 3 END AS place,
             CASE a.line WHEN 'tenant' THEN a.tenant_id WHEN 'idle' THEN '(idle, shared above)' ELSE a.bearer || ': ' || a.line END AS bears,
             a.productive_cost AS productive, a.allocated_idle_cost AS held_idle, a.shared_idle_cost + a.unallocated_cost AS nobodys,
             a.total_cost AS total, a.chip_hours
      FROM allocated_spend a WHERE a.pool_id = 'anth-h100' AND a.period_month = '2025-10-01'
      UNION ALL
      SELECT 4, 'all of them', sum(a.productive_cost), sum(a.allocated_idle_cost), sum(a.shared_idle_cost + a.unallocated_cost),
             sum(a.total_cost), sum(a.chip_hours)
      FROM allocated_spend a WHERE a.pool_id = 'anth-h100' AND a.period_month = '2025-10-01'
      UNION ALL
      SELECT 5, 'what the pool cost', s.productive_cost, s.allocated_idle_cost, s.unallocated_cost, s.total_cost, s.installed_chip_hours
      FROM utilisation_weighted_spend s WHERE s.pool_id = 'anth-h100' AND s.period_month = '2025-10-01') l
ORDER BY l.place, l.total DESC;
SET chipbook.as_of = '2025-11-05';

\echo '--------------------------------------------------------------------------------------------------------'
\echo ' Question 3: Who is exposed to whom?'
\echo '--------------------------------------------------------------------------------------------------------'
\echo
\echo ' Investments between groups as known on 5 November 2025, in billions. expected = drawn + probability x'
\echo ' undrawn. Notice Amazon, which the press calls 8 bn invested: 6.6 are drawn, 1.4 are not. What Google may'
\echo ' add is unknown, and stays unknown: it is not 0. (OpenAI appears as its Foundation, which controls it.)'
\echo
SELECT pg_temp.party(x.investor_id) AS investor, pg_temp.party(x.counterparty_id) AS "in", replace(x.legal_status, '_', ' ') AS status,
       pg_temp.billions(x.committed_low, x.committed, x.committed_high) AS committed,
       pg_temp.billions(x.drawn_low, x.drawn, x.drawn_high) AS drawn,
       pg_temp.billions(x.undrawn_low, x.undrawn, x.undrawn_high) AS undrawn,
       pg_temp.billions(x.expected_low, x.expected, x.expected_high) AS expected
FROM investment_exposure_group x
WHERE x.as_at = '2025-11-05' AND x.measurement = 'cost' AND x.investor_id IN ('AMZN', 'GOOG', 'MSFT', 'NVDA', 'META', 'SFTB', 'ORCL')
ORDER BY 1, x.committed DESC NULLS LAST, x.committed_high DESC NULLS LAST;

\echo ' Half a year later, for Anthropic alone: the talks have become an amount, and new promises have come.'
\echo ' No source here says that Amazon''s last 1.4 were paid, so they stay undrawn.'
\echo
SET chipbook.as_of = '2026-05-05';
SELECT pg_temp.party(x.investor_id) AS investor, replace(x.legal_status, '_', ' ') AS status,
       pg_temp.billions(x.committed_low, x.committed, x.committed_high) AS committed,
       pg_temp.billions(x.drawn_low, x.drawn, x.drawn_high) AS drawn,
       pg_temp.billions(x.undrawn_low, x.undrawn, x.undrawn_high) AS undrawn,
       pg_temp.billions(x.expected_low, x.expected, x.expected_high) AS expected
FROM investment_exposure_group x
WHERE x.as_at = '2026-05-05' AND x.measurement = 'cost' AND x.counterparty_id = 'ANTH'
ORDER BY 1, x.drawn DESC, x.legal_status;

\echo ' The same companies sell to those they invest in. Amazon and Nvidia at the end of 2025, in billions: what is'
\echo ' owned, promised, guaranteed, bought and sold are unlike things and never added. AWS is inside Amazon, once;'
\echo ' Nvidia''s 40 of chips for Oracle serve Oracle''s 300 for OpenAI and are not counted beside them.'
\echo
SELECT pg_temp.party(x.investor_id) AS company, replace(x.exposure_class, '_', ' ') AS "has", pg_temp.party(x.counterparty_id) AS "with",
       replace(x.legal_status, '_', ' ') AS status, pg_temp.billions(x.committed_low, x.committed, x.committed_high) AS amount,
       pg_temp.billions(x.expected_low, x.expected, x.expected_high) AS expected
FROM investment_exposure_group x
WHERE x.as_at = '2025-12-31' AND x.investor_id IN ('AMZN', 'NVDA')
ORDER BY 1, x.direction, x.exposure_class, x.committed DESC NULLS LAST, x.committed_high DESC NULLS LAST, x.counterparty_id;

\echo ' The clouds of OpenAI by contract value, as known on two days. Notice that five are hardly better spread'
\echo ' than four: the effective number is 10,000 / HHI. (Cerebras: more than 10, counted as 10.)'
\echo
CREATE TEMP TABLE clouds (known_on date, provider_id text, amount numeric, share numeric, hhi numeric, effective_number numeric, unknown_count bigint);
INSERT INTO clouds
SELECT s.as_at, s.provider_id, s.amount, s.share, c.hhi, c.effective_number, c.unknown_count
FROM provider_share s JOIN provider_concentration c USING (lab_id, scope, measure, currency, as_at)
WHERE s.lab_id = 'OAI' AND s.scope = 'cloud' AND s.measure = 'contract_value' AND s.as_at = '2026-05-05';
SET chipbook.as_of = '2025-11-05';
INSERT INTO clouds
SELECT s.as_at, s.provider_id, s.amount, s.share, c.hhi, c.effective_number, c.unknown_count
FROM provider_share s JOIN provider_concentration c USING (lab_id, scope, measure, currency, as_at)
WHERE s.lab_id = 'OAI' AND s.scope = 'cloud' AND s.measure = 'contract_value' AND s.as_at = '2025-11-05';
SELECT c.known_on AS "known on", string_agg(format('%s %s', pg_temp.party(c.provider_id), to_char(c.amount / 1e9, 'FM990.0')), ', ' ORDER BY c.amount DESC) AS "contracts, bn",
       to_char(max(c.hhi), '9,990.00') AS hhi, pg_temp.rate(max(c.effective_number)) AS "effective number"
FROM clouds c GROUP BY c.known_on ORDER BY c.known_on;

\echo ' What the sources say about chips for Anthropic, as known on 5 November 2025. Notice that two of them'
\echo ' contradict each other about Project Rainier: both are kept, and marked. Up to a million TPUs are contracted;'
\echo ' nothing yet says that one is delivered.'
\echo
SELECT s.chip_model_id AS chip, replace(s.stage, '_', ' ') AS stage, s.at_date AS "at", s.statement AS "what it says",
       s.source_id AS source, CASE WHEN s.conflicting THEN 'contradicted' ELSE '' END AS "checked"
FROM capacity_statement s
JOIN books.deal_known d ON d.deal_id = s.deal_id
WHERE s.metric = 'chips' AND d.customer_id = 'ANTH'
ORDER BY s.chip_model_id DESC, s.stage DESC, s.source_id;

\echo ' From paper to use: the capacity of deals, as known on 5 November 2025. Notice how little is in service.'
\echo
SELECT pg_temp.party(p.supplier_id) AS supplier, pg_temp.party(p.customer_id) AS customer,
       CASE p.metric WHEN 'gigawatts' THEN 'GW' ELSE p.metric END AS unit,
       pg_temp.quantity(p.planned_qualifier, p.planned, p.metric) AS planned,
       pg_temp.quantity(p.contracted_qualifier, p.contracted, p.metric) AS contracted,
       pg_temp.quantity(p.forecast_qualifier, p.forecast, p.metric) AS forecast,
       pg_temp.quantity(p.in_service_qualifier, p.in_service, p.metric) AS "in service"
FROM capacity_pipeline p
WHERE p.deal_id IS NOT NULL
ORDER BY p.metric, greatest(p.planned, p.contracted, p.forecast, p.in_service) DESC, 1, p.in_service;

\echo ' What Project Rainier costs for each chip depends on what is divided: the announced budget of the whole'
\echo ' campus, or (an assumption, and labelled as one) the part that 7 of 30 buildings are of it.'
\echo
SELECT c.name AS site, to_char(c.announced_capex / 1e9, '990.0') AS "budget bn", to_char(c.chips_in_service, '999,999') AS "chips live",
       to_char(c.announced_site_capex_per_chip, '99,999') AS "announced per chip",
       to_char(c.announced_site_capex_per_forecast_chip, '99,999') AS "per forecast chip",
       to_char(c.assumed_pro_rata_capex_per_chip, '99,999') AS "pro rata (assumed)",
       CASE WHEN c.chips_conflicting THEN 'contradicted' ELSE '' END AS "chip count"
FROM site_capex_per_chip c WHERE c.site_id = 'rainier';

\echo '--------------------------------------------------------------------------------------------------------'
\echo ' Does it add up, and what is not known?'
\echo '--------------------------------------------------------------------------------------------------------'
\echo
\echo ' ledger_check computes each figure a second way, from the facts. Exactly: no tolerance.'
\echo
SET chipbook.as_of = '2026-05-05';
SELECT CASE WHEN c.check_name = 'split_adds_up' THEN 'the five parts of each pool and month are its cost'
            WHEN c.check_name ~ 'charges_in_pools$' THEN 'all depreciation is in some pool, once'
            WHEN c.check_name = 'charges_of_asset' THEN 'charges of each asset are its cost less what is left'
            WHEN c.check_name = 'rent_in_pools' THEN 'all rent is in some pool, once'
            WHEN c.check_name = 'energy_in_pools' THEN 'energy is that of the single readings'
            WHEN c.check_name = 'chip_time_in_pools' THEN 'chip-hours are those of the readings'
            WHEN c.check_name = 'register_adds_up' THEN 'opening and movements of the register are its closing'
            WHEN c.check_name ~ '_carries_over$' THEN 'the register opens as it closed'
            WHEN c.check_name = 'register_book_value' THEN 'the register is worth what its assets are'
            WHEN c.check_name = 'register_charge' THEN 'the register charges what its assets do'
            WHEN c.check_name = 'register_transfers' THEN 'what one class gives, another takes'
            ELSE replace(c.check_name, '_', ' ') END AS "check",
       to_char(count(*), '9,999') AS checked, to_char(count(*) FILTER (WHERE c.ok), '9,999') AS ok
FROM ledger_check c GROUP BY 1 ORDER BY 1;

\echo ' data_quality lists what is missing or odd. The figures above are not changed by it, in silence or at all.'
\echo
SELECT q.severity, replace(q.finding, '_', ' ') AS finding, to_char(count(*), '999') AS cases,
       concat(array_to_string((array_agg(DISTINCT q.subject_id ORDER BY q.subject_id))[1:3], ', '),
              CASE WHEN count(DISTINCT q.subject_id) > 3 THEN ' ...' END) AS "about"
FROM data_quality q GROUP BY q.severity, q.finding
ORDER BY array_position('{error,warning,info}'::text[], q.severity), q.finding;

SELECT format(' %s facts in %s loads, the last recorded on %s. Findings: %s errors, %s warnings, %s notes.',
              to_char(s.published_facts, 'FM999,999'), s.published_loads,
              (SELECT to_char(max(l.recorded_at) AT TIME ZONE s.time_zone, 'YYYY-MM-DD') FROM books.load l), s.error_findings, s.warning_findings, s.info_findings) AS line
FROM data_status s \gset
\echo :line
RESET chipbook.as_of;
SET client_min_messages = warning;

\echo
\echo '--------------------------------------------------------------------------------------------------------'
\echo ' And the books can be closed'
\echo '--------------------------------------------------------------------------------------------------------'
\echo
\echo ' Example Compute closes October 2025: depreciation is posted, in balance to the cent, and the month is shut.'
\echo ' Then the final invoice comes: the servers cost 0.6 m more since January. October stays as it was reported;'
\echo ' the close of November posts what October, and what was before the first close (P09), should have borne.'
\echo
SELECT open_load('books', 'chart of accounts', 'ledger') AS load \gset
INSERT INTO books.account (account_id, name, kind) VALUES ('0190', 'accumulated depreciation', 'asset'), ('6100', 'depreciation', 'expense');
INSERT INTO books.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('depreciation', 'depreciation', '6100', '0190');
SELECT publish_load('books', :load) \g /dev/null
SELECT close_period('books', 'main', 'us_gaap', 2025, 10) \g /dev/null
SELECT open_load('books', 'final invoice of the servers', 'ledger') AS load \gset
INSERT INTO books.asset (asset_id, entity_id, name, component, site_id, supplier_id, cost, acquired_on, available_for_use_on, retired_on)
SELECT asset_id, entity_id, name, component, site_id, supplier_id, cost + '600000 USD', acquired_on, available_for_use_on, retired_on
FROM books.asset_known WHERE entity_id = 'main' AND component = 'server';
SELECT publish_load('books', :load) \g /dev/null
SELECT close_period('books', 'main', 'us_gaap', 2025, 11) \g /dev/null

SELECT b.fiscal_period AS period, concat(b.account_id, ' ', b.account_name) AS account, pg_temp.money(b.opening_balance) AS opening, pg_temp.money(b.debit) AS debit,
       pg_temp.money(b.credit) AS credit, pg_temp.money(b.closing_balance) AS closing
FROM trial_balance b ORDER BY b.fiscal_year, b.period_number, b.account_id DESC;

SELECT r.posted_period AS "posted in", r.relates_to_period AS "of", replace(r.reason, '_', ' ') AS reason, r.asset_class AS class, pg_temp.money(r.amount) AS amount
FROM restated_after_close r WHERE r.amount <> 0 ORDER BY r.relates_to_period, r.asset_class;

\echo ' Everything recorded is sealed; verify_ledger recomputes every seal and sum, and finds:'
\echo
SELECT count(*) AS inconsistencies, (SELECT count(*) FROM books.journal_line) AS "lines of the journal",
       (SELECT to_char(count(*) FILTER (WHERE hash IS NOT NULL), '99') FROM books.load) AS "sealed loads"
FROM verify_ledger('books');
\echo
\echo ' To go on: SET search_path = books_report, chipbook; SET chipbook.as_of = ''2025-11-05''; then for example'
\echo '   SELECT counterparty_id, exposure_class, carrying_amount, undrawn, expected'
\echo '     FROM investment_exposure_group WHERE investor_id = ''AMZN'' AND as_at = ''2025-09-30'';'
\echo '   SELECT ownership, chip_model_id, sum(total_cost) / nullif(sum(used_chip_hours), 0)'
\echo '     FROM utilisation_weighted_spend WHERE currency = ''USD'' AND use_basis = ''sm_active'' GROUP BY 1, 2;'
