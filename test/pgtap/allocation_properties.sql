-- Allocation whatever the facts say: random readings, in order and not, of tenants, customers, jobs and
-- models, under every method and way with idle, two bases and several currencies.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'America/St_Johns';
SELECT no_plan();
SELECT round(random()::numeric, 6) AS seed \gset
SELECT setseed(:seed);
SELECT diag('seed ' || :seed);

SELECT create_ledger('r', 'EUR', 1, 'Europe/Berlin', 'hgb');
INSERT INTO r.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('r', 'random', 't') AS first_load \gset
INSERT INTO r.party (party_id, name, kind) VALUES ('P1', 'One', 'company'), ('P2', 'Two', 'company');
INSERT INTO r.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load, peak_flops) VALUES ('H', 'H', 700, 1.8, 0.75, 989e12), ('N', 'not known', NULL, NULL, NULL, NULL);
INSERT INTO r.site (site_id, name, pue) VALUES ('S', 'Site', 1.1);
INSERT INTO r.energy_tariff (site_id, price_per_kwh) VALUES ('S', '0.173 USD');
CREATE TEMPORARY TABLE draw AS
SELECT format('%s %s', m.method, i.idle) AS pool_id, m.method, i.idle, (random() * 9 + 1)::integer AS chips, random() < 0.2 AS rented
FROM unnest('{proportional,max_request_usage,waterfall,billing}'::text[]) m (method), unnest('{keep,share_evenly,share_by_weight}'::text[]) i (idle);
INSERT INTO draw VALUES ('nobody', 'proportional', 'share_evenly', 3, false), ('no weight', 'billing', 'share_by_weight', 3, false), ('no reading', 'waterfall', 'share_evenly', 3, false),
    ('no capacity', 'waterfall', 'share_by_weight', 3, false), ('credit', 'proportional', 'share_by_weight', 7, true), ('unused', 'proportional', 'keep', 2, false);
INSERT INTO r.pool (pool_id, name, site_id, chip_model_id, ownership)
SELECT pool_id, pool_id, 'S', CASE WHEN random() < 0.7 THEN 'H' ELSE 'N' END, CASE WHEN rented THEN 'rented' ELSE 'owned' END FROM draw;
INSERT INTO r.allocation_rule (rule_id, pool_id, method, idle) SELECT pool_id, pool_id, method, idle FROM draw;
INSERT INTO r.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to)
SELECT pool_id, pool_id, chips, monetary(CASE pool_id WHEN 'credit' THEN -1 ELSE 1 END * round((random() * 10)::numeric, 6), 'GBP'), '2025-02-01', '2025-04-01' FROM draw WHERE rented;
INSERT INTO r.asset (asset_id, name, component, chip_model_id, chips, cost, acquired_on, available_for_use_on, retired_on)
SELECT pool_id, pool_id, 'chip', 'H', chips, monetary(round((random() * 1e6)::numeric, 2), 'USD'), '2025-01-10', '2025-01-10', '2025-05-01' FROM draw WHERE NOT rented;
INSERT INTO r.asset_policy (asset_id, basis, policy)
SELECT a.asset_id, b, CASE b WHEN 'hgb' THEN amortisation_policy(method => 'straight_line', life => '3 years') ELSE amortisation_policy(method => 'declining_balance', life => '5 years', factor => 2) END
FROM r.asset a, unnest('{hgb,us_gaap}'::text[]) b;
INSERT INTO r.pool_asset (pool_id, asset_id) SELECT asset_id, asset_id FROM r.asset;
INSERT INTO r.tenant_capacity (pool_id, tenant_id, priority, chips)
SELECT d.pool_id, t, (random() * 3)::integer, round((random() * 4)::numeric, 2) FROM draw d, unnest('{a,b,x}'::text[]) t WHERE d.method = 'waterfall' AND d.pool_id <> 'no capacity';
INSERT INTO r.tenant_capacity (pool_id, tenant_id, priority, chip_hours)
SELECT d.pool_id, 'c', (random() * 3)::integer, round((random() * 900)::numeric, 3) FROM draw d WHERE d.method = 'waterfall' AND d.pool_id <> 'no capacity';
SELECT add_reading_partitions('r', '2025-02-01', '2025-03-01');
-- An hour of each pool at a time: any counts, in order or not.
INSERT INTO r.meter_reading (pool_id, starts_at, ends_at, month, meter_id, tenant_id, party_id, job_id, model_id, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms,
                             kept_chip_ms, tokens, billing_ms, model_flops, joules, idle_joules, energy_basis, use_basis)
SELECT d.pool_id, t.at_time, t.at_time + interval '1 hour', date_trunc('month', t.at_time AT TIME ZONE 'Europe/Berlin'), 'm' || n.i,
       CASE WHEN d.pool_id = 'nobody' OR x.r < 0.15 THEN NULL ELSE chr(97 + (x.r * 5)::integer) END,
       CASE WHEN random() < 0.3 THEN 'P' || (1 + random())::integer END, CASE WHEN random() < 0.6 THEN 'job ' || (random() * 9)::integer END,
       CASE WHEN random() < 0.6 THEN 'model ' || (random() * 2)::integer END,
       c.installed, (random() * 3600000)::bigint, CASE d.pool_id WHEN 'nobody' THEN 0 WHEN 'unused' THEN 0 ELSE (random() * 3600000)::bigint END, c.used,
       CASE WHEN random() < 0.8 THEN (c.used * random())::bigint END, CASE WHEN random() < 0.8 THEN (random() * 1e9)::bigint END,
       CASE WHEN d.pool_id <> 'no weight' AND random() < 0.8 THEN (random() * 1e9)::bigint END, CASE WHEN random() < 0.8 THEN round((random() * 1e18)::numeric) END,
       e.joules, CASE WHEN random() < 0.5 THEN (e.joules * random())::bigint END, CASE WHEN e.joules IS NOT NULL THEN e.basis END, 'sm_active'
FROM draw d, generate_series(timestamptz '2025-02-10 00:00Z', '2025-03-20 00:00Z', '67 hours') t (at_time), generate_series(1, 4) n (i),
     LATERAL (SELECT random() AS r, d.pool_id, n.i, t.at_time) x,
     LATERAL (SELECT CASE WHEN random() < 0.1 THEN 0 ELSE (random() * 3600000)::bigint END AS installed,
                     CASE WHEN d.pool_id IN ('nobody', 'unused') OR random() < 0.1 THEN 0 ELSE (random() * 3600000)::bigint END AS used, x.r) c,
     LATERAL (SELECT CASE WHEN random() < 0.7 THEN (random() * 1e6)::bigint END AS joules, (ARRAY['chip', 'server', 'facility', 'in_rent'])[1 + (random() * 3)::integer] AS basis, x.r) e
WHERE d.pool_id <> 'no reading';
SELECT publish_load('r', :first_load);
SELECT cmp_ok(refresh_allocation('r'), '>', 500::bigint, 'costs are allocated');
SELECT is(refresh_allocation('r'), 0::bigint, 'once');

CREATE TEMPORARY TABLE spent AS SELECT * FROM r_report.utilisation_weighted_spend_all_bases;
CREATE TEMPORARY TABLE borne AS SELECT * FROM r_report.allocated_spend_all_bases;
SELECT results_eq($$SELECT count(DISTINCT method), count(DISTINCT idle_method), count(DISTINCT basis), count(DISTINCT currency) > 1, count(DISTINCT line) FROM borne$$,
    $$VALUES (4::bigint, 3::bigint, 2::bigint, true, 4::bigint)$$, 'every method, way with idle, basis and line is there');
SELECT cmp_ok(sum(disordered_readings), '>', 1000::numeric, 'readings are in disorder') FROM spent;

-- ---------------------------------------------------------------------------
-- The parts add up to the whole, by category too
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT * FROM r_report.allocation_check WHERE NOT ok$$, 'what is allocated is what was spent, pool by pool, basis by basis, currency by currency');
SELECT is_empty($$SELECT * FROM borne WHERE total_cost <> productive_cost + allocated_idle_cost + unallocated_cost + unavailable_cost + unmetered_cost + shared_idle_cost$$, 'a row is the sum of its parts');
CREATE TEMPORARY TABLE added AS
SELECT entity_id, basis, period_month, pool_id, currency, max(method) AS method, max(idle_method) AS idle_method, sum(productive_cost) AS productive, sum(allocated_idle_cost) AS allocated_idle,
       sum(unallocated_cost) AS unallocated, sum(unavailable_cost) AS unavailable, sum(unmetered_cost) AS unmetered, sum(shared_idle_cost) AS shared, sum(chip_hours) AS chip_hours
FROM borne GROUP BY 1, 2, 3, 4, 5;
SELECT is(count(*), (SELECT count(*) FROM spent), 'all of it is there') FROM added;
SELECT is_empty($$SELECT * FROM spent s JOIN added a USING (entity_id, basis, period_month, currency) WHERE a.pool_id IS NOT DISTINCT FROM s.pool_id
    AND (a.unavailable <> s.unavailable_cost OR a.unmetered <> s.unmetered_cost
         OR a.productive + a.allocated_idle + a.unallocated + a.shared <> s.productive_cost + s.allocated_idle_cost + s.unallocated_cost
         OR a.idle_method = 'keep' AND (a.productive <> s.productive_cost OR a.allocated_idle <> s.allocated_idle_cost OR a.unallocated <> s.unallocated_cost OR a.shared <> 0))$$,
    'each category adds up; what is shared is what was idle');
SELECT is_empty($$SELECT * FROM spent s JOIN added a USING (entity_id, basis, period_month, currency, pool_id) WHERE abs(a.chip_hours - greatest(s.capacity_chip_hours, s.installed_chip_hours)) > 1e-12$$,
    'and so does chip-time');
SELECT is_empty($$SELECT * FROM borne WHERE line = 'unmetered' AND total_cost <> unmetered_cost OR line <> 'unmetered' AND unmetered_cost <> 0$$, 'what is unmetered is shared with nobody');
SELECT is_empty($$SELECT * FROM borne WHERE line = 'tenant' AND method <> 'waterfall' AND unavailable_cost <> 0$$, 'and what was unavailable only where capacity is reserved');
SELECT is(count(*), 0::bigint, 'a tenant bears no credit of a cost') FROM borne WHERE pool_id <> 'credit' AND total_cost < 0;
SELECT cmp_ok(count(*), '>', 0::bigint, 'a credit is split as its mirror') FROM borne WHERE pool_id = 'credit' AND line = 'tenant' AND productive_cost < 0 AND currency = 'GBP';

-- ---------------------------------------------------------------------------
-- Each tenant's part, from the readings by another path
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE used AS
SELECT pool_id, month AS period_month, tenant_id, sum(least(used_chip_ms, installed_chip_ms)) AS u, sum(least(greatest(allocated_chip_ms, used_chip_ms), installed_chip_ms)) AS l,
       coalesce(sum(billing_ms), 0) AS b, sum(used_chip_ms) / 3600000.0 AS used_hours
FROM r.meter_reading GROUP BY 1, 2, 3;
SELECT is_empty($$
    SELECT n.pool_id, n.tenant_id, n.part, b.productive_cost
    FROM (SELECT s.basis, s.period_month, s.pool_id, s.currency, t.tenant_id, amount(t.part) AS part
          FROM spent s
          JOIN (SELECT u.pool_id, u.period_month, d.method, array_agg(u.tenant_id ORDER BY u.tenant_id COLLATE "C") AS tenants,
                       array_agg(CASE d.method WHEN 'proportional' THEN u.u WHEN 'billing' THEN u.b ELSE u.l END ORDER BY u.tenant_id COLLATE "C") AS weights
                FROM used u JOIN draw d USING (pool_id) WHERE d.method <> 'waterfall' GROUP BY 1, 2, 3) w USING (pool_id, period_month),
          LATERAL unnest(w.tenants, allocate(monetary(s.productive_cost, s.currency::currency), w.weights)) t (tenant_id, part)
          WHERE 0 < ANY (w.weights)) n
    FULL JOIN (SELECT b.* FROM borne b WHERE b.line = 'tenant' AND b.method <> 'waterfall') b
      ON b.basis = n.basis AND b.period_month = n.period_month AND b.pool_id = n.pool_id AND b.currency = n.currency AND coalesce(b.tenant_id, '') = coalesce(n.tenant_id, '')
    WHERE coalesce(b.productive_cost, 0) <> coalesce(n.part, 0)$$, 'productive cost by the weights of the method, to the last digit');
SELECT is_empty($$SELECT * FROM borne b JOIN used u ON u.pool_id = b.pool_id AND u.period_month = b.period_month AND u.tenant_id = b.tenant_id WHERE b.line = 'tenant' AND abs(b.used_chip_hours - u.used_hours) > 1e-12$$,
    'used hours as metered');
SELECT is_empty($$SELECT basis, period_month, pool_id, currency FROM borne WHERE line = 'tenant' AND idle_method = 'share_evenly' AND chip_hours > 0 GROUP BY 1, 2, 3, 4
    HAVING max(shared_idle_cost) - min(shared_idle_cost) > 0.000000000000001$$, 'what is shared evenly is the same for all, but for the last digit');
SELECT is_empty($$
    SELECT * FROM (SELECT b.*, sum(b.productive_cost + b.allocated_idle_cost + b.unallocated_cost) OVER w AS all_borne, sum(b.shared_idle_cost) OVER w AS all_shared FROM borne b
                   WHERE b.line = 'tenant' AND b.idle_method = 'share_by_weight' AND b.method IN ('billing', 'waterfall') WINDOW w AS (PARTITION BY b.basis, b.period_month, b.pool_id, b.currency)) x
    WHERE abs(x.shared_idle_cost * x.all_borne - x.all_shared * (x.productive_cost + x.allocated_idle_cost + x.unallocated_cost)) > 1e-12 * (1 + abs(x.all_borne))$$,
    'what is shared by weight follows what is borne');
-- Capacity: nobody bears more of the metered cost than he reserved, and the earlier has all of his before the later has any.
CREATE TEMPORARY TABLE reserved AS
SELECT c.pool_id, m.period_month, c.tenant_id, c.priority,
       coalesce(c.chip_hours, c.chips * extract(epoch FROM (m.period_month + interval '1 month') AT TIME ZONE 'Europe/Berlin' - m.period_month::timestamp AT TIME ZONE 'Europe/Berlin') / 3600) AS hours
FROM r.tenant_capacity c, unnest('{2025-02-01,2025-03-01}'::date[]) m (period_month);
SELECT is_empty($$
    SELECT * FROM (
        SELECT b.pool_id, b.tenant_id, b.productive_cost + b.allocated_idle_cost + b.unallocated_cost + b.unavailable_cost AS borne,
               s.metered_cost, s.installed_chip_hours, r.hours, coalesce(sum(r.hours) OVER (PARTITION BY b.basis, b.period_month, b.pool_id, b.currency ORDER BY r.priority, r.tenant_id COLLATE "C"
                                                                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM borne b JOIN spent s USING (entity_id, basis, period_month, pool_id, currency)
        JOIN reserved r ON r.pool_id = b.pool_id AND r.period_month = b.period_month AND r.tenant_id = b.tenant_id
        WHERE b.method = 'waterfall' AND b.line = 'tenant') x
    WHERE abs(x.borne - x.metered_cost * greatest(least(x.hours, x.installed_chip_hours - x.before), 0) / x.installed_chip_hours) > 0.001$$,
    'a waterfall: capacity x cost per installed chip-hour, in order of priority');

-- Nothing is dropped where nothing weighs.
SELECT results_eq($$SELECT pool_id, bool_or(line = 'tenant' AND total_cost <> 0) FROM borne WHERE pool_id IN ('nobody', 'no weight', 'no reading', 'no capacity') GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('no capacity', false), ('no reading', false), ('no weight', false), ('nobody', false)$$, 'without weights no tenant bears anything');
SELECT results_eq($$SELECT s.pool_id, bool_and(b.total_cost = s.productive_cost + s.allocated_idle_cost + s.unallocated_cost), bool_or(b.total_cost > 0)
                    FROM spent s JOIN borne b USING (entity_id, basis, period_month, currency, pool_id)
                    WHERE s.pool_id IN ('nobody', 'no weight', 'no capacity') AND b.line = 'idle' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('no capacity', true, true), ('no weight', true, true), ('nobody', true, true)$$, 'and all of it is an explicit idle line');

-- ---------------------------------------------------------------------------
-- Jobs and models
-- ---------------------------------------------------------------------------
SELECT results_eq($$SELECT basis, currency, sum(total_cost) FROM r_report.job_cost_all_bases GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$SELECT basis, currency, sum(total_cost) FROM r.allocated_cost_known WHERE line = 'tenant' AND job_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2$$, 'jobs add up');
SELECT results_eq($$SELECT basis, currency, sum(total_cost) FROM r_report.model_cost_all_bases GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$SELECT basis, currency, sum(total_cost) FROM r.allocated_cost_known WHERE line = 'tenant' AND model_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2$$, 'models add up');
SELECT is_empty($$
    WITH part AS (SELECT pool_id, month AS period_month, coalesce(tenant_id, '') AS tenant_id, coalesce(party_id, '') AS party_id, coalesce(job_id, '') AS job_id, coalesce(model_id, '') AS model_id,
                         sum(least(used_chip_ms, installed_chip_ms)) AS u, count(kept_chip_ms) = count(*) AS known, sum(kept_chip_ms) AS kept, count(tokens) = count(*) AS tokens_known, sum(tokens) AS tokens,
                         count(model_flops) = count(*) AS flops_known
                  FROM r.meter_reading GROUP BY 1, 2, 3, 4, 5, 6)
    SELECT * FROM (SELECT a.productive_cost, a.kept_ms, a.tokens AS job_tokens, a.model_flops, p.*, sum(a.productive_cost) OVER w AS whole, sum(p.u) OVER w AS whole_u
                   FROM r.allocated_cost_known a
                   JOIN part p ON p.pool_id = a.pool_id AND p.period_month = a.period_month AND p.tenant_id = coalesce(a.tenant_id, '') AND p.party_id = coalesce(a.party_id, '')
                              AND p.job_id = coalesce(a.job_id, '') AND p.model_id = coalesce(a.model_id, '')
                   WHERE a.line = 'tenant' AND a.method = 'proportional' WINDOW w AS (PARTITION BY a.basis, a.period_month, a.pool_id, a.currency, a.tenant_id)) x
    WHERE abs(x.productive_cost * x.whole_u - x.whole * x.u) > x.whole_u * 0.000000000000001
       OR (x.kept_ms IS NOT NULL) <> x.known OR x.kept_ms <> x.kept OR (x.job_tokens IS NULL) = x.tokens_known OR (x.model_flops IS NULL) = x.flops_known$$,
    'a job''s part is within one unit of its share of the tenant''s; what is not known of every reading is NULL');
SELECT is_empty($$SELECT * FROM r.allocated_cost_known WHERE line = 'tenant' AND (lost_cost IS NULL) <> (kept_ms IS NULL) AND used_ms > 0$$, 'lost cost is known where what was kept is');

-- ---------------------------------------------------------------------------
-- Keys, and late readings in any order
-- ---------------------------------------------------------------------------
SELECT is_empty(format('SELECT %1$s FROM %2$s GROUP BY %1$s HAVING count(*) > 1', key, name), name || ': its key is one')
FROM (VALUES ('r_report.allocated_spend_all_bases', 'entity_id, basis, period_month, pool_id, currency, line, tenant_id'),
             ('r.allocated_cost_known', 'entity_id, basis, period_month, pool_id, currency, line, tenant_id, party_id, job_id, model_id'),
             ('r_report.allocated_spend_by_job_all_bases', 'entity_id, basis, period_month, pool_id, currency, tenant_id, party_id, job_id, model_id'),
             ('r_report.job_cost_all_bases', 'entity_id, basis, tenant_id, party_id, job_id, currency'), ('r_report.model_cost_all_bases', 'entity_id, basis, period_month, model_id, currency')) v (name, key);
SELECT open_load('r', 'late', 't') AS late_load \gset
INSERT INTO r.meter_reading (pool_id, starts_at, ends_at, month, meter_id, tenant_id, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT d.pool_id, '2025-03-25 00:00Z', '2025-03-25 01:00Z', '2025-03-01', 'late', 'late', 3600000, 3600000, 1800000, 900000, 'sm_active' FROM draw d;
SELECT publish_load('r', :late_load);
SELECT cmp_ok(refresh_allocation('r', '2025-03-31'), '>', 0::bigint, 'late readings are allocated');
SELECT is_empty($$SELECT * FROM r_report.allocation_check WHERE NOT ok$$, 'all adds up again');
SELECT is(refresh_allocation('r'), 0::bigint, 'and no other month has changed');
SELECT is_empty($$SELECT * FROM r.allocated_cost WHERE superseded_at < 'infinity' AND period_month <> '2025-03-01'$$, 'nor was any month superseded');

SELECT * FROM finish();
ROLLBACK;
