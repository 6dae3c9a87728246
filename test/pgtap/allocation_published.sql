-- Figures that were published of training runs, from readings that say what the publications say: each
-- beside its source.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();

SELECT create_ledger('pub');
INSERT INTO pub.source (source_id, kind, reference, confidence) VALUES
    ('deepseek', 'report', 'DeepSeek-V3 Technical Report, arXiv 2412.19437, table 1', 'high'),
    ('llama card', 'report', 'Llama 3.1 model card, Hardware and Software', 'high'),
    ('llama', 'report', 'The Llama 3 Herd of Models, arXiv 2407.21783, sections 3.3.2 to 3.3.4', 'high'),
    ('palm', 'report', 'PaLM: Scaling Language Modeling with Pathways, arXiv 2204.02311, sections 4.1 and 6, appendix B', 'high');
SELECT open_load('pub', 'published runs', 'llama') AS load \gset
-- Peak rates in bfloat16: NVIDIA H100 SXM data sheet (989.4e12), Google Cloud TPU v4 (275e12).
INSERT INTO pub.chip_model (chip_model_id, name, tdp_watts, server_power_factor, peak_flops) VALUES
    ('H800', 'NVIDIA H800', 700, NULL, 989e12), ('H100', 'NVIDIA H100 80GB', 700, 1, 989.4e12), ('TPUv4', 'Google TPU v4', 192, NULL, 275e12);
INSERT INTO pub.site (site_id, name, pue) VALUES ('chips alone', 'At the chips'' own power', 1);
INSERT INTO pub.pool (pool_id, name, chip_model_id, site_id, ownership) VALUES
    ('deepseek', 'DeepSeek', 'H800', NULL, 'rented'), ('meta', 'Meta', 'H100', 'chips alone', 'owned'), ('google', 'Google', 'TPUv4', NULL, 'owned');
SELECT add_reading_partitions('pub', '2024-04-01', '2024-12-01');

-- DeepSeek: 2,048 H800 at 2 USD an hour, for November and December: more than the run needed.
INSERT INTO pub.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to, source_id) VALUES ('cluster', 'deepseek', 2048, '2 USD', '2024-11-01', '2025-01-01', 'deepseek');
CREATE FUNCTION pg_temp.reading(pool text, month date, tenant text, job text, model text, chip_hours numeric, kept numeric DEFAULT NULL, tokens numeric DEFAULT NULL, flops numeric DEFAULT NULL, watts numeric DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO pub.meter_reading (pool_id, starts_at, ends_at, month, tenant_id, job_id, model_id, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, kept_chip_ms, tokens,
                                   model_flops, joules, energy_basis, use_basis)
    SELECT pool, month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC', month, tenant, job, model, n, n, CASE WHEN tenant IS NULL THEN 0 ELSE n END,
           CASE WHEN tenant IS NULL THEN 0 ELSE n END, n * kept, tokens, flops, chip_hours * watts * 3600, CASE WHEN watts IS NOT NULL THEN 'chip' END, 'allocated'
    FROM (SELECT (chip_hours * 3600000)::bigint AS n) c
$$;
SELECT pg_temp.reading('deepseek', '2024-11-01', 'v3', 'pre-training', 'DeepSeek-V3', 2048 * 720, tokens => 14.8e12 * 2048 * 720 / 2664000);
SELECT pg_temp.reading('deepseek', '2024-12-01', 'v3', 'pre-training', 'DeepSeek-V3', 2664000 - 2048 * 720, tokens => 14.8e12 - round(14.8e12 * 2048 * 720 / 2664000));
SELECT pg_temp.reading('deepseek', '2024-12-01', 'v3', 'context extension', 'DeepSeek-V3', 119000);
SELECT pg_temp.reading('deepseek', '2024-12-01', 'v3', 'post-training', 'DeepSeek-V3', 5000);
SELECT pg_temp.reading('deepseek', '2024-12-01', NULL, NULL, NULL, 2048 * (720 + 744) - 2788000);
-- Meta: hours of the model card, at 700 W a GPU as it has them.
SELECT pg_temp.reading('meta', m, 'card', model, model, hours * 1000000 / 3, watts => 700)
FROM (VALUES ('Llama 3.1 8B', 1.46), ('Llama 3.1 70B', 7.0), ('Llama 3.1 405B', 30.84)) v (model, hours), unnest('{2024-04-01,2024-05-01,2024-06-01}'::date[]) m;
-- Table 4: TFLOP/s of a GPU in three configurations, for an hour; and a 54-day period of 16,384 GPUs.
SELECT pg_temp.reading('meta', '2024-07-01', 'scaling', job, NULL, gpus, flops => gpus * tflops * 1e12 * 3600)
FROM (VALUES ('8,192 GPUs, 8,192 tokens', 8192, 430), ('16,384 GPUs, 8,192 tokens', 16384, 400), ('16,384 GPUs, 131,072 tokens', 16384, 380)) v (job, gpus, tflops);
SELECT pg_temp.reading('meta', m, 'snapshot', '54 days', NULL, 16384 * 24 * days, kept => 0.90) FROM (VALUES ('2024-08-01'::date, 30), ('2024-09-01', 24)) v (m, days);
-- Google: 238.3 thousand tokens a second on 6,144 chips, for an hour; FLOP of a token are 6 N + 12 L H Q T
-- with 540.35e9 parameters, 118 layers, 48 heads of 256, sequences of 2,048. And the whole run.
SELECT pg_temp.reading('google', '2024-10-01', 'palm', 'an hour at speed', 'PaLM 540B', 6144, tokens => 238300 * 3600.0, flops => 238300 * 3600.0 * (6 * 540.35e9 + 12.0 * 118 * 48 * 256 * 2048));
SELECT pg_temp.reading('google', '2024-11-01', 'palm', 'whole run', 'PaLM 540B', 1200 * 6144 + 336 * 3072, tokens => 780e9, flops => 2527.2e21);
INSERT INTO pub.asset (asset_id, name, component, cost, acquired_on) VALUES ('any', 'any', 'other', '0 USD', '2024-01-01');
INSERT INTO pub.training_run (run_id, name, asset_id, started_on, chip_hours, source_id) VALUES ('pre-training', 'DeepSeek-V3 pre-training', 'any', '2024-11-01', 2664000, 'deepseek');
SELECT publish_load('pub', :load);
SELECT cmp_ok(refresh_allocation('pub'), '>', 0::bigint, 'allocated');
SELECT is_empty($$SELECT * FROM pub_report.allocation_check WHERE NOT ok$$, 'all adds up');

SELECT results_eq($$SELECT job_id, allocated_chip_hours / 1000, total_cost / 1000000 FROM pub_report.job_cost WHERE tenant_id = 'v3' ORDER BY 3 DESC$$,
    $$VALUES ('pre-training', 2664.0, 5.328), ('context extension', 119.0, 0.238), ('post-training', 5.0, 0.010)$$,
    'DeepSeek-V3, table 1: 2664K, 119K and 5K H800 hours; 5.328, 0.238 and 0.01 million USD');
SELECT results_eq($$SELECT sum(allocated_chip_hours), sum(total_cost) FROM pub_report.model_cost WHERE model_id = 'DeepSeek-V3'$$, $$VALUES (2788000.0, 5576000.0)$$,
    'in total 2788K hours and 5.576 million USD');
SELECT is(sum(allocated_chip_hours) / (sum(tokens) / 1e12), 180000.0, 'and 180K H800 hours a trillion tokens (section 1)') FROM pub_report.job_cost WHERE job_id = 'pre-training';
SELECT is(total_cost * 1e6 / tokens, 0.36, 'which is 0.36 USD a million tokens') FROM pub_report.job_cost WHERE job_id = 'pre-training';
SELECT is(tokens, NULL, 'of the model no tokens are known in the month that has stages without') FROM pub_report.model_cost WHERE model_id = 'DeepSeek-V3' AND period_month = '2024-12-01';
SELECT is(cost_per_million_tokens, 0.36, 'in the other they are') FROM pub_report.model_cost WHERE model_id = 'DeepSeek-V3' AND period_month = '2024-11-01';
SELECT results_eq($$SELECT line, total_cost, chip_hours FROM pub_report.allocated_spend WHERE pool_id = 'deepseek' AND period_month = '2024-12-01' AND line <> 'tenant'$$,
    $$VALUES ('idle', 420544.0, 210272.0)$$, 'what the cluster cost beyond the run is an idle line of its own');
SELECT results_eq($$SELECT run_id, stated_chip_hours = allocated_chip_hours, total_cost FROM pub_report.training_run_metered_cost$$, $$VALUES ('pre-training', true, 5328000.0)$$,
    'the run as metered has the hours that are stated of it');

SELECT results_eq($$SELECT job_id, allocated_chip_hours / 1e6 FROM pub_report.job_cost WHERE tenant_id = 'card' ORDER BY 2$$, $$VALUES ('Llama 3.1 8B', 1.46), ('Llama 3.1 70B', 7.0), ('Llama 3.1 405B', 30.84)$$,
    'Llama 3.1 model card: 1.46M, 7.0M and 30.84M H100 hours');
SELECT is(sum(used_chip_hours) / 1e6, 39.3, 'in total 39.3M') FROM pub_report.allocated_spend WHERE tenant_id = 'card';
-- The card's location-based emissions, 420, 2,040 and 8,930 t: one carbon intensity of the energy.
SELECT is_empty($$SELECT * FROM pub_report.job_cost j JOIN (VALUES ('Llama 3.1 8B', 420), ('Llama 3.1 70B', 2040), ('Llama 3.1 405B', 8930)) v (job_id, tonnes) USING (job_id)
                  WHERE NOT abs(j.energy_kwh * 11390 / (39.3e6 * 0.7) / v.tonnes - 1) < 0.01$$, 'energy at 700 W is in proportion to its 420, 2,040 and 8,930 t of CO2 equivalent, as far as hours in two digits go');

SELECT is_empty($$SELECT * FROM pub_report.job_cost j JOIN (VALUES ('8,192 GPUs, 8,192 tokens', 0.43), ('16,384 GPUs, 8,192 tokens', 0.41), ('16,384 GPUs, 131,072 tokens', 0.38)) v (job_id, published) USING (job_id)
                  WHERE NOT abs(j.mfu - v.published) < 0.007$$, 'Llama 3, table 4: 430, 400 and 380 TFLOP/s are 43 %, 41 % and 38 % MFU');
SELECT results_eq($$SELECT used_chip_hours, goodput >= 0.90, kept_chip_hours >= 19110297.6, lost_cost FROM pub_report.job_cost WHERE job_id = '54 days'$$, $$VALUES (21233664.0, true, true, 0.0)$$,
    'Llama 3, section 3.3.4: 54 days of 16,384 GPUs, more than 90 % effective training time');
SELECT is(round(mfu, 3), 0.462, 'PaLM, appendix B: 238.3K tokens a second on 6,144 TPU v4 are 46.2 % MFU') FROM pub_report.job_cost WHERE job_id = 'an hour at speed';
SELECT is(allocated_chip_hours, 8404992.0, 'PaLM, model card: 1200 hours on 6144 chips and 336 on 3072') FROM pub_report.job_cost WHERE job_id = 'whole run';
-- Not published, but what follows: stops, restarts and repeated steps are in the denominator.
SELECT is(round(mfu, 3), 0.304, 'of which 2527.2 zettaFLOP are 30.4 %') FROM pub_report.job_cost WHERE job_id = 'whole run';
SELECT is(round(effective_pflop_hours), 702000.0, 'or 702,000 PFLOP-hours') FROM pub_report.model_cost WHERE model_id = 'PaLM 540B' AND period_month = '2024-11-01';

SELECT * FROM finish();
ROLLBACK;
