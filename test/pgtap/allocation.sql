-- Allocation of pools' cost to tenants, jobs and models: worked numbers.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'SQL, DMY';
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- Slurm's billing: the worked examples of its page on trackable resources
-- (slurm.schedmd.com/tres.html, TRESBillingWeights and PriorityFlags)
-- ---------------------------------------------------------------------------
\set slurm_weights '''CPU=1.0,Mem=0.25G,GRES/gpu=2.0,license/licA=1.5'''
SELECT is(slurm_billing('cpu=1,mem=8G', :slurm_weights), 3.0, '(1*1.0) + (8*0.25) + (0*2.0) + (0*1.5) = 3.0');
SELECT is(slurm_billing('cpu=1,mem=8G,license/licA=1', :slurm_weights), 4.5, 'with a licence 4.5, which Slurm stores as 4');
SELECT is(slurm_billing('cpu=1,mem=10G,license/licA=1', :slurm_weights), 5.0, 'and with more memory 5.0');
SELECT is(slurm_billing('cpu=1,mem=8G', :slurm_weights, max_tres => true), 2.0, 'MAX(1*1.0, 8*0.25, 0*2.0) + (0*1.5) = 2.0');
SELECT is(slurm_billing('cpu=1,mem=8G,license/licA=2', :slurm_weights, true), 5.0, 'licences are added to the largest');
SELECT is(slurm_billing('mem=8G', 'mem=0.25'), 2048.0, 'memory of 8 GiB at 0.25: 2048');
SELECT is(slurm_billing('mem=8G', 'mem=0.25G'), 2.0, 'at 0.25G: 2');
SELECT is(slurm_billing('billing=40,cpu=40,gres/gpu=8,mem=10G,node=1', 'CPU=1.0,Mem=0.25G,GRES/gpu=2.0'), 58.5, 'AllocTRES as sacct prints it: billing itself and what has no weight count nothing');
SELECT is(slurm_billing('cpu=40,mem=10G', ''), 40.0, 'without weights jobs are billed for CPUs');
SELECT is(slurm_billing(m, 'mem=1'), 1048576.0, m || ' in mebibytes') FROM unnest('{mem=1048576,mem=1048576M,mem=1024G,mem=1T,mem=1073741824K}'::text[]) m;
SELECT is(slurm_billing('', 'CPU=1'), 0::numeric, 'no resources');
SELECT is(slurm_billing(NULL, 'CPU=1'), NULL, 'NULL');
SELECT throws_ok(format('SELECT slurm_billing(%L, %L)', tres, weights), state, NULL, format('%s by %s is %s', tres, weights, state))
FROM (VALUES ('cpu', 'CPU=1', '22P02'), ('cpu=1=2', 'CPU=1', '22P02'), ('cpu=-1', 'CPU=1', '22P02'), ('cpu=1,,mem=2', 'CPU=1', '22P02'), ('=1', 'CPU=1', '22P02'),
             ('cpu=1', 'CPU=-1', '22P02'), ('cpu=1', 'CPU=1X', '22P02'), ('cpu=1', 'CPU', '22P02'), ('cpu=1', 'CPU=1;Mem=1', '22P02'),
             ('cpu=1,cpu=2', 'CPU=1', '22023'), ('cpu=1', 'CPU=1,cpu=1', '22023')) v (tres, weights, state);

-- ---------------------------------------------------------------------------
-- Pool P (docs/spend_summary.md): 594,444.44 in October, 95 % available, 80 % allocated, 60 % used,
-- by tenants a (40 % allocated, 36 % used) and b (40 % and 24 %)
-- ---------------------------------------------------------------------------
SELECT create_ledger('p');
INSERT INTO p.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('p', 'pool P', 't') AS first_load \gset
INSERT INTO p.party (party_id, name, kind) VALUES ('US', 'Us', 'company');
INSERT INTO p.chip_model (chip_model_id, name, server_power_factor, peak_flops) VALUES ('H100', 'H100', 10.2 / 8 / 0.7, 989e12);
INSERT INTO p.site (site_id, name, pue) VALUES ('S', 'Site', 1.10);
INSERT INTO p.cost_centre (cost_centre_id, name) VALUES ('CC', 'Research');
INSERT INTO p.asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on) VALUES
    ('chips', 'chips', 'chip', 'H100', 1000, 'S', '20000000 USD', '2025-01-01', '2025-01-01'),
    ('servers', 'servers', 'server', NULL, NULL, 'S', '10000000 USD', '2025-01-01', '2025-01-01'),
    ('network', 'network', 'network', NULL, NULL, 'S', '5000000 USD', '2025-01-01', '2025-01-01'),
    ('building', 'building share', 'building', NULL, NULL, 'S', '6000000 USD', '2025-01-01', '2025-01-01');
INSERT INTO p.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', amortisation_policy(method => 'straight_line', life => make_interval(years => y), convention => 'full_month')
FROM (VALUES ('chips', 5), ('servers', 5), ('network', 6), ('building', 20)) v (a, y);
INSERT INTO p.pool (pool_id, name, provider_id, site_id, chip_model_id, cost_centre_id) VALUES ('P', 'pool P', 'US', 'S', 'H100', 'CC');
INSERT INTO p.pool_asset (pool_id, asset_id) SELECT 'P', asset_id FROM p.asset;
SELECT add_reading_partitions('p', '2025-01-01', '2025-12-01');
INSERT INTO p.meter_reading (pool_id, starts_at, ends_at, month, tenant_id, job_id, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms, billing_ms, use_basis)
SELECT 'P', d, d + interval '1 day', '2025-10-01', t.tenant, t.job, n * t.installed / 100, n * t.available / 100, n * t.allocated / 100, n * t.used / 100, n * t.kept / 100,
       n * t.billing, 'sm_active'
FROM generate_series(timestamptz '2025-10-01 00:00+00', '2025-10-31 00:00+00', '1 day') d,
     LATERAL (SELECT chip_time(1000, tstzrange(d, d + interval '1 day')) AS n) c,
     (VALUES ('a', 'a1', 30, 30, 30, 30, 15, 1), ('a', 'a2', 10, 10, 10, 6, 6, 0), ('b', NULL, 40, 40, 40, 24, NULL, 3), (NULL, NULL, 20, 15, 0, 0, NULL, NULL))
         t (tenant, job, installed, available, allocated, used, kept, billing);
SELECT publish_load('p', :first_load);
SELECT cmp_ok(refresh_allocation('p', '2025-10-20'), '>', 0::bigint, 'costs of October and later are allocated');
SELECT is(refresh_allocation('p', '2025-10-01'), 0::bigint, 'again, it changes nothing');
SELECT results_eq($$SELECT line, tenant_id, bearer, method, idle_method, total_cost, productive_cost, allocated_idle_cost, unallocated_cost, unavailable_cost, chip_hours,
                           used_chip_hours, kept_chip_hours, lost_cost
                    FROM p_report.allocated_spend WHERE period_month = '2025-10-01' ORDER BY line, tenant_id$$,
    $$VALUES ('idle', NULL, 'CC', 'proportional', 'keep', 89166.666::numeric(38,15), 0::numeric(38,15), 0::numeric(38,15), 89166.666::numeric(38,15), 0::numeric(38,15), 111600::numeric(38,15),
              0::numeric(38,15), NULL::numeric(38,15), 0::numeric(38,15)),
             ('tenant', 'a', 'a', 'proportional', 'keep', 237777.776, 213999.9984, 23777.7776, 0, 0, 297600, 267840, 156240, 89166.666),
             ('tenant', 'b', 'b', 'proportional', 'keep', 237777.776, 142666.6656, 95111.1104, 0, 0, 297600, 178560, NULL, NULL),
             ('unavailable', NULL, 'operations', 'proportional', 'keep', 29722.222, 0, 0, 0, 29722.222, 37200, 0, NULL, 0)$$,
    'without a rule: proportional, idle kept');
SELECT results_eq($$SELECT tenant_id, sum(allocated_idle_cost) FROM p_report.allocated_spend WHERE period_month = '2025-10-01' AND currency = 'USD' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('a', 23777.7776), ('b', 95111.1104), (NULL, 0)$$, 'the question about allocated idle cost, as typed');
SELECT results_eq($$SELECT cost_centre_id, provider_id, site_id, chip_model_id, ownership, scenario, bool_and(last_recorded_at > '2025-10-01')
                    FROM p_report.allocated_spend WHERE period_month = '2025-10-01' GROUP BY 1, 2, 3, 4, 5, 6$$,
    $$VALUES ('CC', 'US', 'S', 'H100', 'owned', 'actual', true)$$, 'where and whose the chips are');
SELECT is_empty($$SELECT * FROM p_report.allocation_check WHERE NOT ok AND period_month >= '2025-10-01'$$, 'it adds up to what was spent');
SELECT is(count(*), 9::bigint, 'months before were not asked for') FROM p_report.allocation_check WHERE NOT ok;
SELECT lives_ok($$SELECT refresh_allocation('p')$$, 'all months');
SELECT is_empty($$SELECT * FROM p_report.allocation_check WHERE NOT ok$$, 'now they add up too');
SELECT results_eq($$SELECT DISTINCT line, total_cost = unmetered_cost, chip_hours > 600000 FROM p_report.allocated_spend WHERE period_month < '2025-10-01'$$,
    $$VALUES ('unmetered', true, true)$$, 'months without readings are unmetered');

-- Jobs.
SELECT results_eq($$SELECT tenant_id, job_id, total_cost, productive_cost, idle_cost, allocated_chip_hours, used_chip_hours, kept_chip_hours, goodput, lost_cost, round(cost_per_used_chip_hour, 6), mfu
                    FROM p_report.job_cost ORDER BY 2$$,
    $$VALUES ('a', 'a1', 178333.332::numeric(38,15), 178333.332::numeric(38,15), 0::numeric(38,15), 223200::numeric(38,15), 223200::numeric(38,15), 111600::numeric(38,15),
              0.5::numeric(38,15), 89166.666::numeric(38,15), 0.798984, NULL::numeric(38,15)),
             ('a', 'a2', 59444.444, 35666.6664, 23777.7776, 74400, 44640, 44640, 1, 0, 1.331641, NULL)$$,
    'each job has its part of the tenant''s cost, goodput and what was lost');

-- The methods, one after the other; each is a correction of the rule.
CREATE FUNCTION pg_temp.with_rule(of_method text, of_idle text) RETURNS TABLE (line text, tenant_id text, total_cost numeric, productive_cost numeric, shared_idle_cost numeric)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM open_load('p', 'rule', 't');
    INSERT INTO p.allocation_rule (rule_id, method, idle) VALUES ('r', of_method, of_idle);
    PERFORM publish_load('p', currval('p.load_load_id_seq'));
    PERFORM refresh_allocation('p');
    RETURN QUERY SELECT s.line, s.tenant_id, round(s.total_cost, 4), round(s.productive_cost, 4), round(s.shared_idle_cost, 4)
        FROM p_report.allocated_spend s WHERE s.period_month = '2025-10-01' AND s.method = of_method AND s.idle_method = of_idle AND s.rule_id = 'r' ORDER BY 1, 2;
END
$$;
SELECT results_eq($$SELECT * FROM pg_temp.with_rule('proportional', 'share_evenly')$$,
    $$VALUES ('idle', NULL, 0::numeric, 0::numeric, 0::numeric), ('tenant', 'a', 282361.1090, 213999.9984, 44583.3330), ('tenant', 'b', 282361.1090, 142666.6656, 44583.3330),
             ('unavailable', NULL, 29722.2220, 0, 0)$$, 'idle shared evenly; what was unavailable is not');
SELECT results_eq($$SELECT * FROM pg_temp.with_rule('max_request_usage', 'keep')$$,
    $$VALUES ('idle', NULL, 89166.6660, 0::numeric, 0::numeric), ('tenant', 'a', 237777.7760, 178333.3320, 0), ('tenant', 'b', 237777.7760, 178333.3320, 0),
             ('unavailable', NULL, 29722.2220, 0, 0)$$, 'OpenCost: workload cost by max(request, usage)');
SELECT results_eq($$SELECT * FROM pg_temp.with_rule('billing', 'share_by_weight')$$,
    $$VALUES ('idle', NULL, 0::numeric, 0::numeric, 0::numeric), ('tenant', 'a', 141180.5545, 89166.6660, 22291.6665), ('tenant', 'b', 423541.6635, 267499.9980, 66874.9995),
             ('unavailable', NULL, 29722.2220, 0, 0)$$, 'Slurm: one billing unit to three, idle by the same');
-- Capacity: a has 300 chips first, b 400 chips or what is left.
SELECT open_load('p', 'capacity', 't') AS capacity_load \gset
INSERT INTO p.tenant_capacity (pool_id, tenant_id, priority, chips, chip_hours) VALUES ('P', 'b', 2, 400, NULL), ('P', 'a', 1, NULL, 223200), ('P', 'z', 3, 0, NULL);
SELECT publish_load('p', :capacity_load);
SELECT results_eq($$SELECT * FROM pg_temp.with_rule('waterfall', 'keep')$$,
    $$VALUES ('idle', NULL, 169416.6654, 106999.9992, 0::numeric), ('tenant', 'a', 178333.3320, 106999.9992, 0), ('tenant', 'b', 237777.7760, 142666.6656, 0), ('unavailable', NULL, 8916.6666, 0, 0)$$,
    'reserved capacity x cost per installed chip-hour, the rest is idle and unavailable');
SELECT open_load('p', 'capacity', 't') AS capacity_load \gset
INSERT INTO p.tenant_capacity (pool_id, tenant_id, priority, chips) VALUES ('P', 'b', 2, 400), ('P', 'a', 3, 700), ('P', 'c', 1, 200);
SELECT publish_load('p', :capacity_load);
SELECT results_eq($$SELECT * FROM pg_temp.with_rule('waterfall', 'share_by_weight')$$,
    $$VALUES ('idle', NULL, 0::numeric, 0::numeric, 0::numeric), ('tenant', 'a', 237777.7760, 142666.6656, 0::numeric), ('tenant', 'b', 237777.7760, 142666.6656, 0),
             ('tenant', 'c', 118888.8880, 71333.3328, 0), ('unavailable', NULL, 0, 0, 0)$$, 'who reserved and used nothing bears his part; the last gets what is left');
SELECT is(allocate_waterfall('594444.44 USD', '{118888.888 USD,237777.776 USD,416111.108 USD}'), '{118888.888 USD,237777.776 USD,237777.776 USD,0 USD}'::monetary[], 'as allocate_waterfall fills it');
SELECT is_empty($$SELECT * FROM p_report.allocation_check WHERE NOT ok$$, 'and all adds up');
-- The most specific rule wins, in the months it is in force in.
SELECT open_load('p', 'rules', 't') AS rule_load \gset
INSERT INTO p.allocation_rule (rule_id, pool_id, method, idle, valid_from, valid_to) VALUES
    ('of P', 'P', 'proportional', 'keep', '2025-10-01', '2025-11-01'), ('late', 'P', 'proportional', 'share_evenly', '2025-10-02', 'infinity'), ('all', NULL, 'billing', 'keep', '2025-10-01', 'infinity');
SELECT publish_load('p', :rule_load);
SELECT lives_ok($$SELECT refresh_allocation('p', '2025-09-01')$$);
SELECT results_eq($$SELECT DISTINCT period_month, rule_id, method FROM p_report.allocated_spend WHERE period_month BETWEEN '2025-09-01' AND '2025-11-01' ORDER BY 1$$,
    $$VALUES ('2025-09-01'::date, 'r', 'waterfall'), ('2025-10-01', 'of P', 'proportional'), ('2025-11-01', 'late', 'proportional')$$, 'the rule of the first of the month');

-- ---------------------------------------------------------------------------
-- As of: before and after a late reading
-- ---------------------------------------------------------------------------
SELECT to_json(clock_timestamp()) #>> '{}' AS before_late \gset
SELECT pg_sleep(0.001);
SELECT open_load('p', 'late', 't') AS late_load \gset
INSERT INTO p.meter_reading (pool_id, starts_at, ends_at, month, tenant_id, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('P', '2025-11-01 00:00+00', '2025-12-01 00:00+00', '2025-11-01', 'a', chip_time(1000, '[2025-11-01 00:00+00,2025-12-01 00:00+00)'), chip_time(1000, '[2025-11-01 00:00+00,2025-12-01 00:00+00)'),
        chip_time(1000, '[2025-11-01 00:00+00,2025-12-01 00:00+00)'), chip_time(500, '[2025-11-01 00:00+00,2025-12-01 00:00+00)'), 'sm_active');
SELECT publish_load('p', :late_load);
SELECT results_eq($$SELECT line FROM p_report.allocated_spend WHERE period_month = '2025-11-01'$$, $$VALUES ('unmetered')$$, 'until it is refreshed it is as it was');
SELECT is(refresh_allocation('p'), 2::bigint, 'one row in place of one');
SELECT results_eq($$SELECT line, tenant_id, total_cost, used_chip_hours FROM p_report.allocated_spend WHERE period_month = '2025-11-01'$$,
    $$VALUES ('tenant', 'a', 594444.45::numeric(38,15), 360000::numeric(38,15))$$, 'then all of it is the tenant''s');
SELECT set_config('chipbook.as_of', :'before_late', true);
SELECT results_eq($$SELECT line, total_cost FROM p_report.allocated_spend WHERE period_month = '2025-11-01'$$,
    $$VALUES ('unmetered', 594444.45::numeric(38,15))$$, 'as of before, it is unmetered');
SELECT throws_ok($$SELECT refresh_allocation('p')$$, '55000', NULL, 'nothing is refreshed in the past');
RESET chipbook.as_of;
SELECT throws_ok($$SELECT refresh_allocation('nowhere')$$, '3F000', NULL, 'a ledger that is not there');

-- What is allocated is kept.
SELECT throws_ok($$UPDATE p.allocated_cost SET total_cost = 0$$, '55000', NULL, 'an amount cannot be rewritten');
SELECT throws_ok($$UPDATE p.allocated_cost SET superseded_at = now() WHERE superseded_at < 'infinity'$$, '55000', NULL, 'nor superseded twice');
SELECT throws_ok($$DELETE FROM p.allocated_cost$$, '55000', NULL, 'nor removed');
SELECT throws_ok($$TRUNCATE p.allocated_cost$$, '55000', NULL, 'nor truncated');
SELECT is_empty($$SELECT * FROM verify_ledger('p') WHERE severity <> 'warning' OR finding NOT IN ('owner_can_log_in')$$, 'the ledger verifies');
SELECT throws_ok($$SELECT publish_load('p', open_load('p', 'x', 't')) FROM (SELECT 1) x WHERE EXISTS (SELECT pg_temp.with_rule('nonsense', 'keep'))$$, '23514', NULL, 'another word is no method');

-- ---------------------------------------------------------------------------
-- Fractions of a chip: four quarters, seven sevenths; and who sees what
-- ---------------------------------------------------------------------------
SELECT create_ledger('f');
INSERT INTO f.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('f', 'slices', 't') AS first_load \gset
INSERT INTO f.pool (pool_id, name, ownership) VALUES ('four', 'four', 'rented'), ('seven', 'seven', 'rented'), ('two', 'two', 'rented'), ('dark', 'no weights', 'rented');
-- One chip at 100 for the 744 hours of October.
INSERT INTO f.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to)
SELECT p, p, 1, '0.134408602150537 USD', '2025-10-01', '2025-11-01' FROM unnest('{four,seven,two,dark}'::text[]) p;
INSERT INTO f.allocation_rule (rule_id, pool_id, method, idle) VALUES ('seven', 'seven', 'proportional', 'share_evenly'), ('dark', 'dark', 'billing', 'share_by_weight');
SELECT add_reading_partitions('f', '2025-10-01');
CREATE TEMPORARY TABLE slice AS
SELECT p.pool, p.meter, p.tenant, p.job, p.model, q.part AS ms
FROM (VALUES ('four', 4), ('seven', 7), ('two', 2), ('dark', 2)) n (pool, slices),
     LATERAL (SELECT amount(part)::bigint AS part, place FROM unnest(allocate(monetary(744 * 3600000::bigint, 'XXX'), array_fill(1::numeric, ARRAY[n.slices]), 0)) WITH ORDINALITY a (part, place)) q,
     LATERAL (SELECT n.pool, 'slice ' || q.place AS meter, chr(96 + q.place::integer) AS tenant, 'job' AS job, 'm' AS model) p;
INSERT INTO f.meter_reading (pool_id, starts_at, ends_at, month, meter_id, tenant_id, job_id, model_id, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT pool, '2025-10-01 00:00+00', '2025-11-01 00:00+00', '2025-10-01', meter, tenant, job, model, ms, ms, ms, ms, 'sm_active' FROM slice;
SELECT publish_load('f', :first_load);
SELECT cmp_ok(refresh_allocation('f'), '>', 0::bigint, 'slices are allocated');
SELECT results_eq($$SELECT pool_id, sum(used_chip_hours), sum(total_cost), count(*) FROM f_report.allocated_spend WHERE line = 'tenant' AND pool_id <> 'dark' GROUP BY 1 ORDER BY 1$$,
    $$VALUES ('four', 744::numeric, 99.999999999999528, 4::bigint), ('seven', 744.0, 99.999999999999528, 7), ('two', 744.0, 99.999999999999528, 2)$$, 'four quarters and seven sevenths are one chip');
SELECT results_eq($$SELECT total_cost FROM f_report.allocated_spend WHERE pool_id = 'four'$$, $$SELECT 24.999999999999882::numeric(38,15) FROM generate_series(1, 4)$$, 'a quarter each');
SELECT is(max(total_cost) - min(total_cost) <= 0.0000001, true, 'a seventh each, as far as milliseconds go') FROM f_report.allocated_spend WHERE pool_id = 'seven';
SELECT results_eq($$SELECT line, sum(total_cost) FROM f_report.allocated_spend WHERE pool_id = 'dark' AND total_cost <> 0 GROUP BY 1$$,
    $$VALUES ('idle', 99.999999999999528)$$, 'weights that are all zero leave an explicit idle line');
SELECT is_empty($$SELECT * FROM f_report.allocation_check WHERE NOT ok$$, 'all add up');

CREATE ROLE tenant_a;
SELECT grant_ledger('f', 'reader', 'tenant_a');
GRANT USAGE ON SCHEMA f TO tenant_a;
ALTER TABLE f.allocated_cost ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON f.allocated_cost FOR SELECT TO tenant_a USING (tenant_id = 'a');
SET LOCAL ROLE tenant_a;
SET LOCAL chipbook.as_of = 'now';
SELECT results_eq($$SELECT tenant_id, round(total_cost, 9), used_chip_hours FROM f_report.allocated_spend WHERE pool_id = 'two'$$,
    $$VALUES ('a', 50.000000000, 372::numeric(38,15))$$, 'under row-level security a tenant of a shared pool sees its 50, not 100');
SELECT results_eq($$SELECT DISTINCT tenant_id FROM f_report.job_cost$$, $$VALUES ('a')$$, 'and its jobs');
RESET ROLE;
RESET chipbook.as_of;

-- ---------------------------------------------------------------------------
-- Keys
-- ---------------------------------------------------------------------------
SELECT is_empty(format('SELECT %1$s FROM %2$s GROUP BY %1$s HAVING count(*) > 1', key, name), name || ': its key is one')
FROM (VALUES ('p_report.allocated_spend_all_bases', 'entity_id, basis, period_month, pool_id, currency, line, tenant_id'),
             ('p_report.allocated_spend', 'tenant_id, pool_id, period_month, basis, currency, method, line'),
             ('p.allocated_cost_now', 'entity_id, basis, period_month, pool_id, currency, line, tenant_id, party_id, job_id, model_id'),
             ('p.usage_month', 'pool_id, period_month, tenant_id, party_id, job_id, model_id'), ('p.tenant_month', 'pool_id, period_month, tenant_id'),
             ('p.pool_month_tenants', 'pool_id, period_month'),
             ('p.pool_month_allocation', 'entity_id, basis, period_month, pool_id, currency'), ('p_report.allocation_check', 'entity_id, basis, period_month, pool_id, currency'),
             ('f_report.job_cost_all_bases', 'entity_id, basis, tenant_id, party_id, job_id, currency'), ('f_report.model_cost_all_bases', 'entity_id, basis, period_month, model_id, currency')) v (name, key);
SELECT is_empty($$(SELECT * FROM p.allocated_cost_now EXCEPT SELECT n.* FROM p.allocated_cost_known k, LATERAL (SELECT (jsonb_populate_record(NULL::p.allocated_cost_now, to_jsonb(k))).*) n)$$,
    'what is stored is what the facts come to');

SELECT * FROM finish();
ROLLBACK;
