-- Days of spend: stored by a refresh or a close, added up by rollup, and always the months' figures,
-- to the last digit; late readings, withdrawals and what was known before.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SELECT no_plan();
SELECT setseed(0.5);

-- What differs between a ledger's days, rolled up, and its months.
CREATE FUNCTION pg_temp.differences(ledger text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT concat_ws(' ', coalesce(m.period_month, d.month), coalesce(m.pool_id, d.pool_id), coalesce(m.currency, d.currency::text), coalesce(m.basis, d.basis))
        FROM (SELECT * FROM %1$I_report.utilisation_weighted_spend_all_bases) m
        FULL JOIN (SELECT entity_id, basis, month, pool_id, currency, rollup(summary) AS s FROM %1$I.spend_day_known GROUP BY 1, 2, 3, 4, 5) d
          ON d.month = m.period_month AND d.basis = m.basis AND coalesce(d.pool_id, '') = coalesce(m.pool_id, '') AND d.currency::text = m.currency AND d.entity_id = m.entity_id
        WHERE ROW(m.total_cost, m.productive_cost, m.allocated_idle_cost, m.unallocated_cost, m.unavailable_cost, m.unmetered_cost, m.installed_chip_hours,
                  m.available_chip_hours, m.allocated_chip_hours, m.used_chip_hours, m.readings, m.disordered_readings)
              IS DISTINCT FROM
              ROW(coalesce(amount(total_cost(d.s)), 0), coalesce(amount(productive_cost(d.s)), 0), coalesce(amount(allocated_idle_cost(d.s)), 0), coalesce(amount(unallocated_cost(d.s)), 0),
                  coalesce(amount(unavailable_cost(d.s)), 0), coalesce(amount(unmetered_cost(d.s)), 0), coalesce(installed_hours(d.s), 0), coalesce(available_hours(d.s), 0),
                  coalesce(allocated_hours(d.s), 0), coalesce(used_hours(d.s), 0), coalesce(readings(d.s), 0), coalesce(disordered_readings(d.s), 0))$q$, ledger);
END
$$;

-- A refresh, and how many days and tenants it changed: its result counts the rows of other steps too.
CREATE FUNCTION pg_temp.days_changed() RETURNS bigint VOLATILE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_usage('h');
    RETURN (SELECT count(DISTINCT (d.pool_id, d.reading_day, d.tenant_id)) FROM h.spend_day d, (SELECT max(r.recorded_at) AS stamp FROM h.refreshed_month r) l
            WHERE l.stamp IN (d.recorded_at, d.superseded_at));
END
$$;

-- ---------------------------------------------------------------------------
-- By hand: April 2026, a pool of ten rented chips at 1 USD, two tenants
-- ---------------------------------------------------------------------------
SELECT create_ledger('h');
INSERT INTO h.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('h', 'April', 't') AS load_id \gset
SELECT add_reading_partitions('h', '2026-04-01', '2026-05-01');
INSERT INTO h.pool (pool_id, name, ownership) VALUES ('P', 'pool', 'rented'), ('Q', 'a rate changes', 'rented');
INSERT INTO h.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES
    ('r', 'P', 10, '1 USD', '2026-04-01', '2026-06-01'),
    ('q1', 'Q', 10, '1 USD', '2026-04-01', '2026-04-16'), ('q2', 'Q', 10, '3 USD', '2026-04-16', '2026-05-01');
-- 7,200 USD. On the 2nd a had 6 chips, used half, and b 3, used all; a tenth was nobody's and not allocated. Every other day: unmetered.
INSERT INTO h.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms, use_basis)
SELECT 'P', v.tenant, '2026-04-02 00:00+00', '2026-04-03 00:00+00', '2026-04-01', v.i * d.ms, v.i * d.ms, v.l * d.ms, v.u * d.ms, v.k * d.ms, 'sm_active'
FROM (VALUES ('a', 6, 6, 3, 2), ('b', 3, 3, 3, NULL), (NULL, 1, 0, 0, NULL)) v (tenant, i, l, u, k), (SELECT 86400000::bigint AS ms) d;
-- Q: a uses all of it to the 15th, b from the 16th: 3,600 and 10,800. A month's rate would have said 7,200 and 7,200.
INSERT INTO h.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'Q', CASE WHEN d < '2026-04-16 00:00+00' THEN 'a' ELSE 'b' END, d, d + interval '1 day', '2026-04-01', n, n, n, n, 'sm_active'
FROM generate_series(timestamptz '2026-04-01 00:00+00', '2026-04-30 00:00+00', '1 day') d, (SELECT 864000000::bigint AS n) c;
SELECT publish_load('h', :load_id);
SELECT cmp_ok(refresh_usage('h'), '>', 0::bigint, 'rows are stored');
SELECT is_empty($$SELECT * FROM pg_temp.differences('h')$$, 'days are the months');
SELECT results_eq($$SELECT tenant_id, total_cost, productive_cost, allocated_idle_cost, unallocated_cost, unmetered_cost, used_chip_hours, readings
                    FROM h_report.spend_by_day WHERE pool_id = 'P' AND reading_day = '2026-04-02' ORDER BY 1$$,
    $$VALUES ('a', 144.0, 72.0, 72.0, 0.0, 0.0, 72.0, 1::bigint), ('b', 72.0, 72.0, 0.0, 0.0, 0.0, 72.0, 1), (NULL, 24.0, 0.0, 0.0, 24.0, 0.0, 0.0, 1)$$,
    'a day''s cost by tenant');
SELECT results_eq($$SELECT count(*), min(total_cost), max(total_cost), sum(unmetered_cost) FROM h_report.spend_by_day
                    WHERE pool_id = 'P' AND reading_day BETWEEN '2026-04-01' AND '2026-04-30' AND reading_day <> '2026-04-02'$$,
    $$VALUES (29::bigint, 240.0, 240.0, 6960.0)$$, 'days without readings are unmetered');
SELECT results_eq($$SELECT tenant_id, sum(total_cost) FROM h_report.spend_by_day WHERE pool_id = 'Q' GROUP BY 1 ORDER BY 1$$, $$VALUES ('a', 3600.0), ('b', 10800.0)$$,
    'who had it when it was dear pays more');
SELECT results_eq($$SELECT summary FROM h.spend_day_known WHERE pool_id = 'P' AND tenant_id = 'a'$$,
    $$VALUES ('USD readings=1 installed=518400000 available=518400000 allocated=518400000 used=259200000 lost=86400000 total=144 productive=72 allocated_idle=72 lost_cost=24 plain_costs=1'::spend_summary)$$,
    'with what was lost, a third of what was used');
SELECT results_eq($$SELECT quarter, months, total_cost, utilisation FROM h_report.spend_by_quarter WHERE pool_id = 'P'$$,
    $$VALUES (date '2026-04-01', 2::bigint, 7200.0 + 7440, 0.6)$$, 'a calendar quarter');
SELECT results_eq($$SELECT year, pool_id, total_cost, unmetered_cost, spend_utilisation FROM h_report.spend_by_year ORDER BY pool_id$$,
    $$VALUES (date '2026-01-01', 'P', 14640.0, 14400.0, 0.6), ('2026-01-01', 'Q', 14400.0, 0.0, 1.0)$$, 'a calendar year');
SELECT is(refresh_usage('h'), 0::bigint, 'a second refresh changes nothing');
SELECT is((SELECT count(*) FROM h.refreshed_month WHERE superseded_at < 'infinity'), 0::bigint, 'and computes nothing');
SELECT is(refresh_usage('h', '2026-01-01'), 0::bigint, 'since a day: computed again, and nothing is other');
SELECT isnt_empty('SELECT FROM h.refreshed_month WHERE superseded_at < ''infinity''', 'though it was');
SELECT throws_ok($$UPDATE h.spend_day SET summary = summary + summary$$, '55000', NULL, 'what is stored is not rewritten');
SELECT throws_ok($$DELETE FROM h.spend_day$$, '55000', NULL, 'nor removed');
SELECT is_empty($$SELECT * FROM verify_ledger('h') WHERE finding NOT IN ('owner_can_log_in')$$, 'the ledger verifies');
SET chipbook.as_of = '2026-10-01';
SELECT throws_ok($$SELECT refresh_usage('h')$$, '55000', NULL, 'not while asking about another time');
RESET chipbook.as_of;
SELECT throws_ok($$SELECT refresh_usage('nowhere')$$, '3F000', NULL, 'no such ledger');

-- A late reading of the 3rd: one pool and month are computed again, and the answer of before stays.
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS before_late \gset
CREATE TEMP TABLE before_late AS SELECT * FROM h_report.spend_by_day;
SELECT open_load('h', 'late', 't') AS late_id \gset
INSERT INTO h.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('P', 'c', '2026-04-03 00:00+00', '2026-04-04 00:00+00', '2026-04-01', 864000000, 864000000, 864000000, 864000000, 'sm_active');
SELECT publish_load('h', :late_id);
SELECT isnt_empty($$SELECT * FROM pg_temp.differences('h')$$, 'what is late is not yet stored');
SELECT is(pg_temp.days_changed(), 2::bigint, 'two rows: tenant c comes, the unmetered cost of the day goes');
SELECT is_empty($$SELECT * FROM pg_temp.differences('h')$$, 'and the days are the months again');
SELECT results_eq($$SELECT tenant_id, total_cost, productive_cost FROM h_report.spend_by_day WHERE pool_id = 'P' AND reading_day = '2026-04-03'$$,
    $$VALUES ('c', 240.0, 240.0)$$, 'metered now');
SET chipbook.as_of = :'before_late';
SELECT set_eq('SELECT entity_id, reading_day, pool_id, tenant_id, total_cost, used_chip_hours FROM h_report.spend_by_day',
              'SELECT entity_id, reading_day, pool_id, tenant_id, total_cost, used_chip_hours FROM before_late', 'as of before, the days of before');
SELECT is_empty($$SELECT * FROM pg_temp.differences('h')$$, 'which are the months of before');
RESET chipbook.as_of;
SELECT retract_load('h', :late_id, 'a test');
SELECT is(pg_temp.days_changed(), 2::bigint, 'withdrawn: two rows change back');
SELECT set_eq('SELECT entity_id, reading_day, pool_id, tenant_id, total_cost, used_chip_hours FROM h_report.spend_by_day',
              'SELECT entity_id, reading_day, pool_id, tenant_id, total_cost, used_chip_hours FROM before_late', 'to what they were');
-- A price that was wrong changes its pool alone.
SELECT open_load('h', 'price', 't') AS load_id \gset
INSERT INTO h.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'P', 10, '2 USD', '2026-04-01', '2026-06-01');
SELECT publish_load('h', :load_id);
SELECT is(pg_temp.days_changed(), 30 + 2 + 31::bigint, 'every day of the pool is other');
SELECT is_empty($$SELECT * FROM pg_temp.differences('h')$$, 'and right');

-- A close does it for its month; who may only read what was published sees those days.
SELECT open_load('h', 'late again', 't') AS load_id \gset
INSERT INTO h.account (account_id, name, kind) VALUES ('6200', 'cloud', 'expense'), ('3000', 'accrued', 'liability');
INSERT INTO h.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('r', 'rent_accrual', '6200', '3000');
INSERT INTO h.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('P', 'c', '2026-04-03 00:00+00', '2026-04-04 00:00+00', '2026-04-01', 864000000, 864000000, 864000000, 864000000, 'sm_active');
SELECT publish_load('h', :load_id);
SELECT close_period('h', 'main', 'ifrs', 2026, 4);
SELECT is_empty($$SELECT * FROM pg_temp.differences('h')$$, 'a close computes the days of its month');
SELECT is(refresh_usage('h'), 0::bigint, 'and leaves nothing to a refresh');
SET chipbook.as_of = 'published';
SELECT results_eq($$SELECT total_cost FROM h_report.spend_by_day WHERE reading_day = '2026-04-03' AND tenant_id = 'c'$$, $$VALUES (480.0)$$, 'what it published has them');
SELECT is_empty($$SELECT * FROM pg_temp.differences('h')$$, 'and agrees with its months');
RESET chipbook.as_of;
SELECT create_ledger('n');
SELECT close_period('n', 'main', 'ifrs', 2026, 4);
SELECT is_empty('SELECT FROM n.refreshed_month', 'a ledger that never asked for days is closed without');

-- ---------------------------------------------------------------------------
-- Any ledger, in Berlin
-- ---------------------------------------------------------------------------
SELECT create_ledger('a', 'EUR', 1, 'Europe/Berlin', 'hgb');
INSERT INTO a.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('a', 'random', 't') AS load_id \gset
SELECT add_reading_partitions('a', '2026-01-01', '2026-06-01');
CREATE FUNCTION pg_temp.any_day() RETURNS date LANGUAGE sql VOLATILE RETURN date '2026-01-20' + (random() * 90)::integer;
INSERT INTO a.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('C', 'chip', 700, 1.82, 0.75);
INSERT INTO a.site (site_id, name, pue) VALUES ('S', 'site', 1.1);
INSERT INTO a.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES ('S', '0.1 EUR', '2026-01-01', '2026-03-11'), ('S', '0.2 USD', '2026-03-11', 'infinity');
INSERT INTO a.pool (pool_id, name, ownership, site_id, chip_model_id) SELECT 'p' || p, 'pool', 'owned', CASE WHEN p % 2 = 0 THEN 'S' END, 'C' FROM generate_series(1, 8) p;
INSERT INTO a.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on)
SELECT 'a' || n, 'asset', 'chip', 1 + n % 7, monetary(round((random() * 100000)::numeric, 2), (CASE WHEN n % 5 = 0 THEN 'USD' ELSE 'EUR' END)::currency), d, d
FROM generate_series(1, 30) n, LATERAL (SELECT CASE WHEN n % 3 = 0 THEN date '2026-02-01' ELSE pg_temp.any_day() END + 0 * n AS d) x;
INSERT INTO a.asset_policy (asset_id, basis, policy)
SELECT 'a' || n, b, CASE WHEN n % 7 = 0 THEN amortisation_policy(method => 'units_of_production', total_use => 50000)
                         ELSE amortisation_policy(method => 'straight_line', life => '5 years', convention => CASE WHEN n % 2 = 0 THEN 'full_month' ELSE 'actual_days' END) END
FROM generate_series(1, 30) n, unnest(ARRAY['hgb', 'us_gaap']) b WHERE b = 'hgb' OR n % 2 = 0;
INSERT INTO a.pool_asset (pool_id, asset_id, share) SELECT 'p' || 1 + (n * 3) % 8, 'a' || n, CASE WHEN n % 4 = 0 THEN 0.5 ELSE 1 END FROM generate_series(1, 30) n;
INSERT INTO a.pool_asset (pool_id, asset_id, share) SELECT 'p' || 1 + (n * 3 + 1) % 8, 'a' || n, 0.25 FROM generate_series(4, 30, 4) n;
INSERT INTO a.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to)
SELECT 'r' || n, 'p' || 1 + n % 8, 1 + n % 4, monetary(round((random() * 3 - 0.5)::numeric, 4), 'EUR'), d, d + 5 + (random() * 40)::integer
FROM generate_series(1, 10) n, LATERAL (SELECT pg_temp.any_day() + 0 * n AS d) x;
INSERT INTO a.party (party_id, name, kind) VALUES ('CLOUD', 'Cloud', 'company');
INSERT INTO a.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from, valid_to) VALUES
    ('card', 'CLOUD', 'C', 'on_demand', '2.5 EUR', '2026-01-01', '2026-03-21'), ('card', 'CLOUD', 'C', 'on_demand', '3.1 EUR', '2026-03-21', 'infinity');
INSERT INTO a.rented_capacity (rental_id, pool_id, chips, rate_card_id, pricing, valid_from) VALUES
    ('od 3', 'p3', 5, 'card', 'on_demand', '2026-01-01'), ('od 7', 'p7', 5, 'card', 'on_demand', '2026-02-01'), ('od 8', 'p8', 5, 'card', 'on_demand', '2026-02-11');
INSERT INTO a.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from)
SELECT 'c' || n, 'p' || n, 'facility', u, CASE WHEN u <> 'depreciation' THEN '12.34 EUR'::monetary END, CASE WHEN u = 'depreciation' THEN 0.123 END, '2026-01-01'
FROM generate_series(1, 4) n, LATERAL (SELECT (ARRAY['month', 'chip_hour', 'kw_month', 'depreciation'])[n] AS u) x;
-- Readings of some hours or of several days, in order or not, with energy and without, of four tenants or of nobody.
CREATE FUNCTION pg_temp.add_readings(many integer) RETURNS void VOLATILE LANGUAGE sql AS $$
    INSERT INTO a.meter_reading (pool_id, meter_id, tenant_id, job_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms,
                                 joules, idle_joules, energy_basis, use_basis)
    SELECT 'p' || 1 + r % 7, 'm' || r || ' ' || random(), CASE WHEN r % 5 > 0 THEN 'tenant ' || r % 5 END, CASE WHEN r % 3 = 0 THEN 'job ' || r % 9 END,
           t.starts_at, t.starts_at + t.length, date_trunc('month', t.starts_at AT TIME ZONE 'Europe/Berlin')::date, i, i - b, i - b - c, u, CASE WHEN r % 4 = 0 THEN u / 2 END,
           e, CASE WHEN r % 2 = 0 THEN e / 3 END, CASE WHEN e IS NOT NULL THEN (ARRAY['chip', 'server', 'facility', 'in_rent'])[1 + r % 4] END, 'sm_active'
    FROM generate_series(1, many) r
    CROSS JOIN LATERAL (SELECT (date '2026-02-01' + (r * 7 % 28)::integer + (r % 4) * interval '1 month' + interval '6 hours') AT TIME ZONE 'Europe/Berlin' AS starts_at,
                               CASE WHEN r % 6 = 0 AND r * 7 % 28 < 20 THEN interval '53 hours 20 minutes 0.1 seconds' ELSE interval '7 hours' END AS length) t
    CROSS JOIN LATERAL (SELECT (random() * 1e9)::bigint + 0 * r AS i) x
    CROSS JOIN LATERAL (SELECT (i * random() / 3)::bigint AS b, (i * random() / 3)::bigint AS c, CASE WHEN r % 10 < 9 THEN (i * random() / 3)::bigint ELSE (i * random() * 1.5)::bigint END AS u,
                               CASE WHEN r % 3 > 0 THEN (i * random())::bigint END AS e) y
$$;
SELECT pg_temp.add_readings(300);
SELECT publish_load('a', :load_id);
SELECT cmp_ok(refresh_usage('a'), '>', 1000::bigint, 'random facts are stored');
SELECT is_empty($$SELECT * FROM pg_temp.differences('a')$$, 'the days of any ledger are its months, every figure to the last digit');
SELECT is(refresh_usage('a', '2026-01-01'), 0::bigint, 'and come out the same again');
SELECT isnt_empty($$SELECT FROM a.pool_month_cost WHERE chip_weights IS NOT NULL$$, 'months that are cut among them');
SELECT isnt_empty($$SELECT FROM a_report.utilisation_weighted_spend WHERE energy > 0 AND energy_split = 'mixed'$$, 'and energy of all kinds');
SELECT isnt_empty($$SELECT FROM a_report.utilisation_weighted_spend WHERE disordered_readings > 0$$, 'and disorder');
SELECT open_load('a', 'late', 't') AS load_id \gset
SELECT pg_temp.add_readings(20);
SELECT publish_load('a', :load_id);
SELECT cmp_ok(refresh_usage('a'), '>', 0::bigint, 'late readings');
SELECT is_empty($$SELECT * FROM pg_temp.differences('a')$$, 'are in the days, those of other pools that share an asset charged by use too');
SELECT retract_load('a', :load_id, 'a test');
SELECT open_load('a', 'other facts', 't') AS load_id \gset
INSERT INTO a.asset_event (event_id, asset_id, kind, happened_on, amount) VALUES ('e1', 'a1', 'addition', '2026-05-05', monetary(500, (SELECT currency(cost) FROM a.asset WHERE asset_id = 'a1')));
INSERT INTO a.site (site_id, name, pue) VALUES ('S', 'site', 1.25);
INSERT INTO a.pool_asset (pool_id, asset_id, share) VALUES ('p5', 'a9', 0.1);
INSERT INTO a.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from, valid_to) VALUES ('card', 'CLOUD', 'C', 'on_demand', '2.6 EUR', '2026-01-01', '2026-03-21');
SELECT publish_load('a', :load_id);
SELECT cmp_ok(refresh_usage('a'), '>', 0::bigint, 'a withdrawal and other facts');
SELECT is_empty($$SELECT * FROM pg_temp.differences('a')$$, 'are too');
SELECT is_empty($$SELECT * FROM a_report.ledger_check WHERE NOT ok$$, 'and all checks hold');

-- What changes other pools or months than those it is about.
SELECT open_load('a', 'a basis', 't') AS load_id \gset
INSERT INTO a.asset_policy (asset_id, basis, policy) VALUES ('a1', 'us_tax', amortisation_policy(method => 'straight_line', life => '5 years', convention => 'full_month'));
SELECT publish_load('a', :load_id);
SELECT cmp_ok(refresh_usage('a'), '>', 0::bigint, 'a policy under another basis');
SELECT is_empty($$SELECT * FROM pg_temp.differences('a')$$, 'adds it to every pool');
SELECT open_load('a', 'opening balances', 't') AS load_id \gset
INSERT INTO a.asset_event (event_id, asset_id, basis, kind, happened_on, amount) VALUES ('o1', 'a2', 'hgb', 'opening', '2026-06-01', monetary(100, (SELECT currency(cost) FROM a.asset WHERE asset_id = 'a2')));
SELECT publish_load('a', :load_id);
SELECT cmp_ok(refresh_usage('a'), '>', 0::bigint, 'opening balances');
SELECT is_empty($$SELECT * FROM pg_temp.differences('a')$$, 'take the charges before them out of the books');
SELECT open_load('a', 'a rental', 't') AS load_id \gset
INSERT INTO a.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) SELECT rental_id, 'p6', chips, rate, valid_from, valid_to FROM a.rented_capacity WHERE rental_id = 'r3';
SELECT publish_load('a', :load_id);
SELECT cmp_ok(refresh_usage('a'), '>', 0::bigint, 'a rental of another pool');
SELECT is_empty($$SELECT * FROM pg_temp.differences('a')$$, 'changes what was used of assets, and so their charges in later months');
SELECT open_load('a', 'a rule', 't') AS load_id \gset
INSERT INTO a.allocation_rule (rule_id, pool_id, method) VALUES ('rule', 'p3', 'max_request_usage');
SELECT publish_load('a', :load_id);
CREATE TEMP TABLE before_rule AS SELECT count(*) AS n FROM a.spend_day;
SELECT cmp_ok(refresh_usage('a'), '>', 0::bigint, 'an allocation rule');
SELECT is((SELECT count(*) FROM a.spend_day), (SELECT n FROM before_rule), 'changes no day: what is left over by rounding goes where it went');

-- ---------------------------------------------------------------------------
-- Power at less than nothing, and the price changes on the 16th: 3,600 kWh at - 1 USD, all of them a's work; then 3,600 at - 3, b's idle draw
-- ---------------------------------------------------------------------------
SELECT create_ledger('p');
INSERT INTO p.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('p', 'power', 't') AS load_id \gset
SELECT add_reading_partitions('p', '2026-04-01', '2026-05-01');
INSERT INTO p.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('C', 'chip of 1 kW', 1000, 1, 1);
INSERT INTO p.site (site_id, name, pue) VALUES ('S', 'site', 1);
INSERT INTO p.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES ('S', '-1 USD', '2026-04-01', '2026-04-16'), ('S', '-3 USD', '2026-04-16', 'infinity');
INSERT INTO p.pool (pool_id, name, ownership, site_id, chip_model_id) VALUES ('P', 'pool', 'owned', 'S', 'C');
INSERT INTO p.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) VALUES ('c', 'chips', 'chip', 10, '0 USD', '2026-04-01', '2026-04-01');
INSERT INTO p.pool_asset (pool_id, asset_id) VALUES ('P', 'c');
INSERT INTO p.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'P', CASE WHEN d < '2026-04-16 00:00+00' THEN 'a' ELSE 'b' END, d, d + interval '1 day', '2026-04-01', n, n, n, CASE WHEN d < '2026-04-16 00:00+00' THEN n ELSE 0 END, 'sm_active'
FROM generate_series(timestamptz '2026-04-01 00:00+00', '2026-04-30 00:00+00', '1 day') d, (SELECT 864000000::bigint AS n) c;
SELECT publish_load('p', :load_id);
SELECT cmp_ok(refresh_usage('p'), '>', 0::bigint, 'power that is paid for is stored');
SELECT results_eq($$SELECT productive_cost, allocated_idle_cost FROM p_report.utilisation_weighted_spend WHERE period_month = '2026-04-01'$$, $$VALUES (-3600.0, -10800.0)$$,
    'who draws power is paid for it by the price of the day');
SELECT results_eq($$SELECT tenant_id, sum(total_cost) FROM p_report.spend_by_day WHERE reading_day < '2026-05-01' GROUP BY 1 HAVING sum(total_cost) <> 0 ORDER BY 1$$,
    $$VALUES ('a', -3600.0), ('b', -10800.0)$$, 'day by day too');
SELECT is_empty($$SELECT * FROM pg_temp.differences('p')$$, 'and the days are the months');

-- Allocated and used, but not available, over several days: no day's count is below zero.
SELECT open_load('p', 'disorder', 't') AS load_id \gset
INSERT INTO p.meter_reading (pool_id, meter_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'P', 'm' || i, timestamptz '2026-05-02 07:00+00' + i * interval '7 minutes', timestamptz '2026-05-06 19:01+00' + i * interval '11 minutes', '2026-05-01', 1999999993, 0, 999999937, i, 'sm_active'
FROM generate_series(1, 20) i;
SELECT publish_load('p', :load_id);
SELECT is_empty($$SELECT FROM p.usage_day WHERE least(available_ms, allocated_ms, used_ms) < 0$$, 'disorder over several days: nothing below zero');
SELECT results_eq($$SELECT sum(available_ms), sum(allocated_ms), sum(used_ms) FROM p.usage_day_known WHERE month = '2026-05-01'$$, $$VALUES (0::numeric, 20 * 999999937::numeric, 210::numeric)$$,
    'and nothing lost');
SELECT lives_ok($$SELECT refresh_usage('p')$$, 'it is stored');
SELECT is_empty($$SELECT * FROM pg_temp.differences('p')$$, 'the days are the months');

-- ---------------------------------------------------------------------------
-- Prices above, at and below zero in one month: each interval's energy at its own price
-- ---------------------------------------------------------------------------
SELECT create_ledger('q');
INSERT INTO q.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('q', 'power', 't') AS load_id \gset
SELECT add_reading_partitions('q', '2026-04-01', '2026-05-01');
INSERT INTO q.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load) VALUES ('C', 'chip of 1 kW', 1000, 1, 1);
INSERT INTO q.site (site_id, name, pue) VALUES ('S', 'half the time', 1), ('T', 'any', 1.3);
INSERT INTO q.energy_tariff (site_id, price_per_kwh, valid_from, valid_to) VALUES ('S', '1 USD', '2026-04-01', '2026-04-16'), ('S', '-1 USD', '2026-04-16', 'infinity'),
    ('T', '0.2013 USD', '2026-04-01', '2026-04-06'), ('T', '-0.35 USD', '2026-04-06', '2026-04-11'), ('T', '0 USD', '2026-04-11', '2026-04-14'), ('T', '-0.0507 USD', '2026-04-14', '2026-04-21'),
    ('T', '0.1 USD', '2026-04-21', '2026-04-28'), ('T', '-0.3 EUR', '2026-04-28', 'infinity');
INSERT INTO q.pool (pool_id, name, ownership, site_id, chip_model_id) VALUES ('zero', 'as much as it earns', 'owned', 'S', 'C'), ('measured', 'idle is metered', 'owned', 'T', 'C'), ('time', 'by time', 'owned', 'T', 'C'),
    ('estimate', 'not metered', 'owned', 'T', 'C'), ('mixed', 'of all kinds', 'owned', 'T', 'C');
INSERT INTO q.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on) SELECT p, p, 'chip', 10, '0 USD', '2026-04-01', '2026-04-01' FROM unnest('{zero,measured,time,estimate,mixed}'::text[]) p;
INSERT INTO q.pool_asset (pool_id, asset_id) SELECT asset_id, asset_id FROM q.asset;
INSERT INTO q.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis, joules, idle_joules, energy_basis)
SELECT 'zero', CASE WHEN d < '2026-04-16 00:00+00' THEN 'a' ELSE 'b' END, d, d + interval '1 day', '2026-04-01', n, n, n, CASE WHEN d < '2026-04-16 00:00+00' THEN n ELSE 0 END, 'sm_active', NULL, NULL, NULL
FROM generate_series(timestamptz '2026-04-01 00:00+00', '2026-04-30 00:00+00', '1 day') d, (SELECT 864000000::bigint AS n) c;
SELECT setseed(0.625);
INSERT INTO q.meter_reading (pool_id, tenant_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis, joules, idle_joules, energy_basis)
SELECT p, nullif(t, ''), d, d + interval '8 hours', '2026-04-01', i, v, l, u, 'sm_active', CASE WHEN k.kind <> 'estimate' THEN j END, CASE WHEN k.kind = 'measured' THEN (j * random())::bigint END,
       CASE WHEN k.kind <> 'estimate' THEN CASE WHEN t = 'b' THEN 'server' ELSE 'chip' END END
FROM unnest('{measured,time,estimate,mixed}'::text[]) p, unnest('{a,b,c,""}'::text[]) t, generate_series(timestamptz '2026-04-01 00:00+00', '2026-04-30 16:00+00', '8 hours') d,
     LATERAL (SELECT CASE WHEN p = 'mixed' THEN ('{measured,time,estimate}'::text[])[1 + (random() * 2)::integer] ELSE p END AS kind, (random() * 72000000)::bigint AS i) k,
     LATERAL (SELECT (i * (0.8 + 0.2 * random()))::bigint AS v) x, LATERAL (SELECT (v * (0.7 + 0.3 * random()))::bigint AS l) y, LATERAL (SELECT (l * random())::bigint AS u) z, LATERAL (SELECT (u + i / 5)::bigint AS j) e;
SELECT publish_load('q', :load_id);
SELECT cmp_ok(refresh_usage('q'), '>', 0::bigint, 'prices of both signs are stored');
SELECT results_eq($$SELECT energy, total_cost, productive_cost, allocated_idle_cost FROM q_report.utilisation_weighted_spend WHERE pool_id = 'zero' AND period_month = '2026-04-01'$$, $$VALUES (0.0, 0.0, 3600.0, -3600.0)$$,
    'what a month of no cost did is told: work that cost, idle draw that earned as much');
SELECT results_eq($$SELECT tenant_id, sum(total_cost), min(sign(total_cost)) = max(sign(total_cost)) FROM q_report.spend_by_day WHERE pool_id = 'zero' AND reading_day < '2026-05-01' GROUP BY 1 HAVING sum(total_cost) <> 0 ORDER BY 1$$,
    $$VALUES ('a', 3600.0, true), ('b', -3600.0, true)$$, 'and whose');
SELECT is_empty($$SELECT * FROM pg_temp.differences('q')$$, 'the days are the months');
SELECT is_empty($$SELECT * FROM q_report.ledger_check WHERE difference <> 0$$, 'and nothing is lost');
-- By another path: kilowatt-hours of each reading at the price of its day, by the chip-time of its interval.
CREATE TEMP TABLE priced AS
SELECT r.pool_id, r.tenant_id, r.starts_at::date AS day, t.valid_from, currency(t.price_per_kwh)::text AS currency, r.installed_chip_ms AS i, r.available_chip_ms AS v, r.allocated_chip_ms AS l, r.used_chip_ms AS u,
       f.factor * (r.joules - r.idle_joules) AS busy, f.factor * r.idle_joules AS idle, CASE WHEN r.idle_joules IS NULL THEN f.factor * coalesce(r.joules, r.installed_chip_ms) END AS by_time
FROM q.meter_reading r JOIN q.pool USING (pool_id) JOIN q.energy_tariff t ON t.site_id = pool.site_id AND r.starts_at >= t.valid_from AND r.starts_at < t.valid_to,
     LATERAL (SELECT amount(t.price_per_kwh) / 3600000.00000000000000000000 * CASE r.energy_basis WHEN 'server' THEN 1.3 WHEN 'chip' THEN 1.3 ELSE CASE WHEN pool.site_id = 'S' THEN 1 ELSE 1.3 END END AS factor) f;
SELECT is_empty($$
    SELECT pool_id, valid_from, currency, w.cost, d.cost FROM (SELECT pool_id, valid_from, currency, sum(coalesce(busy, 0) + coalesce(idle, 0) + coalesce(by_time, 0)) AS cost FROM priced GROUP BY 1, 2, 3) w
    FULL JOIN (SELECT s.pool_id, t.valid_from, s.currency, sum(s.total_cost) AS cost FROM q_report.spend_by_day s JOIN q.pool USING (pool_id)
               JOIN q.energy_tariff t ON t.site_id = pool.site_id AND s.reading_day >= t.valid_from AND s.reading_day < t.valid_to WHERE s.currency = currency(t.price_per_kwh)::text AND reading_day < '2026-05-01' GROUP BY 1, 2, 3) d
        USING (pool_id, valid_from, currency)
    WHERE (abs(w.cost - d.cost) < 1e-12) IS NOT TRUE AND (w.cost, d.cost) IS DISTINCT FROM (0.0, NULL)$$, 'an interval''s energy costs, over its days, what its own price makes of it');
SELECT is_empty($$
    SELECT s.pool_id, s.currency, s.total_cost FROM q_report.spend_by_day s JOIN q.pool USING (pool_id) JOIN q.energy_tariff t ON t.site_id = pool.site_id AND s.reading_day >= t.valid_from AND s.reading_day < t.valid_to
    WHERE s.total_cost <> 0 AND (s.currency <> currency(t.price_per_kwh)::text OR sign(s.total_cost) <> sign(amount(t.price_per_kwh)))$$, 'no day and tenant has a cost of another sign than its price');
SELECT is_empty($$
    SELECT pool_id, currency, s.productive_cost - w.productive, s.allocated_idle_cost - w.allocated_idle, s.unallocated_cost - w.unallocated, s.unavailable_cost - w.unavailable
    FROM (SELECT pool_id, currency, sum(busy + by_time * u / i) AS productive, sum(by_time * (l - u) / i + idle * (l - u) / (i - u)) AS allocated_idle, sum(by_time * (v - l) / i + idle * (v - l) / (i - u)) AS unallocated,
                 sum(by_time * (i - v) / i + idle * (i - v) / (i - u)) AS unavailable
          FROM (SELECT pool_id, valid_from, currency, sum(i) * 1.00000000000000000000 AS i, sum(v) AS v, sum(l) AS l, sum(u) AS u, coalesce(sum(busy), 0) AS busy, coalesce(sum(idle), 0) AS idle, coalesce(sum(by_time), 0) AS by_time
                FROM priced WHERE pool_id <> 'zero' GROUP BY 1, 2, 3) x GROUP BY 1, 2) w
    FULL JOIN (SELECT * FROM q_report.utilisation_weighted_spend WHERE period_month = '2026-04-01' AND pool_id <> 'zero' AND energy <> 0) s USING (pool_id, currency)
    WHERE (greatest(abs(s.productive_cost - w.productive), abs(s.allocated_idle_cost - w.allocated_idle), abs(s.unallocated_cost - w.unallocated), abs(s.unavailable_cost - w.unavailable)) < 1e-12) IS NOT TRUE$$,
    'the month''s split is that of its intervals, each at its price');
SELECT is(count(*), 9::bigint, 'of pools whose energy is metered in every way, in two currencies') FROM q_report.utilisation_weighted_spend WHERE period_month = '2026-04-01' AND (energy <> 0 OR pool_id = 'zero');
SELECT is_empty($$
    SELECT pool_id, tenant_id, day, currency, w.cost, d.productive_cost FROM (SELECT pool_id, coalesce(tenant_id, '') AS tenant_id, day, currency, sum(busy) AS cost FROM priced WHERE pool_id = 'measured' GROUP BY 1, 2, 3, 4) w
    JOIN (SELECT pool_id, coalesce(tenant_id, '') AS tenant_id, reading_day AS day, currency, productive_cost FROM q_report.spend_by_day) d USING (pool_id, tenant_id, day, currency)
    WHERE (abs(w.cost - d.productive_cost) < 1e-12) IS NOT TRUE$$, 'what a tenant''s work drew on a day costs it what the day''s price makes of it');
SELECT is(count(*), 4 * (30 - 3)::bigint, 'on every day with a price') FROM q_report.spend_by_day WHERE pool_id = 'measured' AND productive_cost <> 0 AND reading_day < '2026-05-01';

SELECT * FROM finish();
ROLLBACK;
