-- A bill of :bill charges (1,000,000) as a file of FOCUS 1.2: COPY into a bare table of text columns beside the
-- whole way of a bill: staging, reading, checks and findings, and publication. By the clock and in processor time.

\echo
SELECT current_setting('data_directory') || '/bench_bill.csv' AS file, current_setting('data_directory') || '/bench_bill_small.csv' AS small_file \gset
SELECT least(:runs, 3) AS turns \gset
SELECT create_ledger('bills') \g /dev/null
INSERT INTO bills.source VALUES ('bench', 'invoice', 'made for the benchmark', NULL, 'low');

-- Rows as published samples have them, about 1,100 bytes in 58 columns: usage by the hour with tags, prices and
-- quantities of 10 to 18 places, usage under commitments, purchases, taxes and credits; one in 997 a word of another case,
-- one in 499 list below contract.
CREATE VIEW bill_line AS
SELECT i, CASE WHEN i % 50 = 0 THEN 'Tax' WHEN i % 97 = 0 THEN 'Credit' WHEN i % 211 = 0 THEN 'Purchase' ELSE 'Usage' END AS category, i % 7 = 3 AS covered,
       timestamp '2026-05-01' + i % 744 * interval '1 hour' AS hour, (i * 7919 % 1000003 / 1000003::numeric)::numeric(20,10) + 0.0000000001 AS price, (i * 31 % 48000 / 1000.0 + 0.001)::numeric(20,4) AS quantity,
       (ARRAY['AmazonEC2', 'AmazonS3', 'AmazonRDS', 'AWSLambda', 'AmazonEKS', 'AmazonSageMaker', 'AmazonBedrock', 'AmazonCloudWatch'])[1 + i % 8] AS service,
       (ARRAY['us-east-1', 'us-west-2', 'eu-central-1', 'ap-southeast-1'])[1 + i % 4] AS region, 100000000000 + i % 40 AS account, md5(i::text) AS mark
FROM generate_series(1::bigint, :bill) i;
CREATE VIEW bill_row AS
SELECT region || 'a' AS "AvailabilityZone",
       CASE WHEN covered AND category = 'Usage' THEN '0' WHEN category = 'Credit' THEN (- price * quantity)::text ELSE (price * quantity * 0.9)::numeric(38,18)::text END AS "BilledCost",
       '100000000002' AS "BillingAccountId", 'ExampleCorp Secondary Payer' AS "BillingAccountName", 'Payer Account' AS "BillingAccountType", 'USD' AS "BillingCurrency",
       '2026-06-01T00:00:00Z' AS "BillingPeriodEnd", '2026-05-01T00:00:00Z' AS "BillingPeriodStart", NULL AS "CapacityReservationId", NULL AS "CapacityReservationStatus",
       category AS "ChargeCategory", NULL AS "ChargeClass", format('%s per GPU hour of %s in %s', price, service, region) AS "ChargeDescription",
       CASE WHEN i % 997 = 0 THEN 'usage-based' WHEN category = 'Purchase' THEN 'One-Time' ELSE 'Usage-Based' END AS "ChargeFrequency",
       to_char(hour + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "ChargePeriodEnd", to_char(hour, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "ChargePeriodStart",
       CASE WHEN covered AND category = 'Usage' THEN 'Spend' END AS "CommitmentDiscountCategory",
       CASE WHEN covered AND category = 'Usage' THEN 'arn:aws:savingsplans::100000000002:savingsplan/sp-' || i % 12 END AS "CommitmentDiscountId",
       CASE WHEN covered AND category = 'Usage' THEN 'Compute Savings Plan' END AS "CommitmentDiscountName", CASE WHEN covered AND category = 'Usage' THEN quantity::text END AS "CommitmentDiscountQuantity",
       CASE WHEN covered AND category = 'Usage' THEN 'Used' END AS "CommitmentDiscountStatus", CASE WHEN covered AND category = 'Usage' THEN 'Savings Plan' END AS "CommitmentDiscountType",
       CASE WHEN covered AND category = 'Usage' THEN 'Hours' END AS "CommitmentDiscountUnit", CASE WHEN category = 'Usage' THEN quantity END AS "ConsumedQuantity", CASE WHEN category = 'Usage' THEN 'Hours' END AS "ConsumedUnit",
       CASE WHEN category = 'Credit' THEN (- price * quantity)::text ELSE (price * quantity * 0.9)::numeric(38,18)::text END AS "ContractedCost",
       CASE WHEN category IN ('Usage', 'Purchase') THEN (price * 0.9)::numeric(38,18) END AS "ContractedUnitPrice",
       CASE WHEN category = 'Credit' THEN (- price * quantity)::text WHEN category = 'Purchase' THEN '0' ELSE (price * quantity * 0.7)::numeric(38,18)::text END AS "EffectiveCost",
       'INV-2026-05-000' || i % 4 AS "InvoiceId", 'Amazon Web Services, Inc.' AS "InvoiceIssuerName",
       CASE WHEN category = 'Credit' THEN (- price * quantity)::text WHEN i % 499 = 0 THEN '0' ELSE (price * quantity)::text END AS "ListCost", CASE WHEN category IN ('Usage', 'Purchase') THEN price END AS "ListUnitPrice",
       CASE WHEN category = 'Usage' THEN CASE WHEN covered THEN 'Committed' ELSE 'Standard' END END AS "PricingCategory", 'USD' AS "PricingCurrency",
       CASE WHEN category = 'Usage' THEN (price * 0.9)::numeric(38,18) END AS "PricingCurrencyContractedUnitPrice", (price * quantity * 0.7)::numeric(38,18) AS "PricingCurrencyEffectiveCost",
       CASE WHEN category = 'Usage' THEN price END AS "PricingCurrencyListUnitPrice", CASE WHEN category IN ('Usage', 'Purchase') THEN quantity END AS "PricingQuantity", CASE WHEN category IN ('Usage', 'Purchase') THEN 'Hours' END AS "PricingUnit",
       'AWS' AS "ProviderName", 'Amazon Web Services, Inc.' AS "PublisherName", region AS "RegionId", 'Region ' || region AS "RegionName",
       format('arn:aws:ec2:%s:%s:instance/i-%s', region, account, left(mark, 17)) AS "ResourceId", 'node-' || left(mark, 8) AS "ResourceName", 'EC2 Instance' AS "ResourceType", 'Compute' AS "ServiceCategory",
       service AS "ServiceName", 'Virtual Machines' AS "ServiceSubcategory", 'SKU-' || upper(left(md5((i % 700)::text), 16)) AS "SkuId", 'Compute' AS "SkuMeter",
       '{"InstanceType":"p5.48xlarge","InstanceSeries":"P5","CoreCount":192,"MemorySize":2048,"OperatingSystem":"Linux","x_Tenancy":"Shared"}' AS "SkuPriceDetails",
       'SPRICE-' || left(md5((i % 700)::text), 20) AS "SkuPriceId", account AS "SubAccountId", 'staging-platform-' || account % 40 AS "SubAccountName", 'Linked Account' AS "SubAccountType",
       format('{"Environment":"prod","CostCenter":"cc-%s","Owner":"team-%s","job":"%s"}', i % 300, i % 40, left(mark, 12)) AS "Tags", 'op-' || i % 90 AS "x_Operation"
FROM bill_line;
COPY (SELECT * FROM bill_row) TO :'file' WITH (FORMAT csv, HEADER);
COPY (SELECT * FROM bill_row WHERE "SkuMeter" = 'Compute' LIMIT :bill / 10) TO :'small_file' WITH (FORMAT csv, HEADER);
SELECT string_agg(format('"%s"', a.attname), ',' ORDER BY a.attnum) AS header, string_agg(format('c%s text', a.attnum), ', ' ORDER BY a.attnum) AS columns
FROM pg_attribute a WHERE a.attrelid = 'bill_row'::regclass AND a.attnum > 0 \gset
SELECT format('%s charges in %s columns, %s bytes a charge', :bill, (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = 'bill_row'::regclass AND a.attnum > 0), (pg_stat_file(:'file')).size / :bill) AS file_says \gset
\echo :file_says

CREATE FUNCTION public.processor_ms() RETURNS numeric LANGUAGE sql VOLATILE
RETURN (SELECT 10 * (f[12]::numeric + f[13]::numeric) FROM string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' ') f);
CREATE TABLE public.bench_bill (step text, turn integer, ms numeric, processor_ms numeric);
CREATE PROCEDURE bench_timed(of_step text, of_turn integer, query text) LANGUAGE plpgsql AS $$
DECLARE
    wall timestamptz;
    processor numeric;
BEGIN
    -- What is written waits for nobody's checkpoint.
    CHECKPOINT;
    wall := clock_timestamp();
    processor := public.processor_ms();
    EXECUTE query;
    COMMIT;
    INSERT INTO public.bench_bill VALUES (of_step, of_turn, 1000 * extract(epoch FROM clock_timestamp() - wall), public.processor_ms() - processor);
    COMMIT;
END
$$;
CREATE TABLE public.bench_delivery (delivery_id bigint, load_id bigint);
SELECT set_config('bench.file', :'file', false), set_config('bench.small_file', :'small_file', false), set_config('bench.columns', :'columns', false), set_config('bench.header', :'header', false), set_config('bench.turns', :'turns', false) \g /dev/null
CREATE PROCEDURE bench_load(turn integer, file text) LANGUAGE plpgsql AS $$
DECLARE
    delivery bigint;
    of_load bigint;
BEGIN
    PERFORM set_config('client_min_messages', 'warning', false);
    DROP TABLE IF EXISTS public.bare_bill;
    -- As a stage is: it is made by the transaction that fills it, or unlogged.
    EXECUTE format('CREATE UNLOGGED TABLE public.bare_bill (%s)', current_setting('bench.columns'));
    CALL bench_timed('COPY into a bare table', turn, format('COPY public.bare_bill FROM %L WITH (FORMAT csv, HEADER)', file));
    EXECUTE format('DROP TABLE public.bare_bill; CREATE TABLE public.bare_bill (%s)', current_setting('bench.columns'));
    CALL bench_timed('COPY into a bare table that is logged', turn, format('COPY public.bare_bill FROM %L WITH (FORMAT csv, HEADER)', file));
    DROP TABLE public.bare_bill;
    delivery := chipbook.open_bill('bills', 'bench.csv', current_setting('bench.header'), 'bench', scope => 'turn ' || turn);
    COMMIT;
    CALL bench_timed('COPY into the stage', turn, format('COPY bills.bill_stage_%s FROM %L WITH (FORMAT csv, HEADER)', delivery, file));
    CALL bench_timed('run_bill: reading, checks, findings', turn, format('SELECT chipbook.run_bill(''bills'', %s)', delivery));
    SELECT d.load_id INTO STRICT of_load FROM bills.delivery d WHERE d.delivery_id = delivery AND d.status = 'loaded';
    CALL bench_timed('publish_load', turn, format('SELECT chipbook.publish_load(''bills'', %s)', of_load));
    INSERT INTO public.bench_delivery VALUES (delivery, of_load);
    COMMIT;
END
$$;
DO $$
BEGIN
    -- Once for nothing.
    CALL bench_load(0, current_setting('bench.small_file'));
    FOR turn IN 1 .. current_setting('bench.turns')::integer LOOP
        CALL bench_load(turn, current_setting('bench.file'));
    END LOOP;
END
$$;
-- It is all there, and what was planted is found.
DO $$
DECLARE
    charges bigint;
    odd bigint;
    below bigint;
BEGIN
    SELECT count(*), count(*) FILTER (WHERE b."ChargeFrequency" = 'usage-based'), count(*) FILTER (WHERE b."ListCost" = '0') INTO charges, odd, below FROM bill_row b;
    IF EXISTS (SELECT FROM bench_delivery b JOIN bills.delivery d USING (delivery_id) WHERE d.scope <> 'turn 0' AND (d.rows_loaded <> charges
               OR (SELECT f.row_count FROM bills.delivery_finding f WHERE f.delivery_id = d.delivery_id AND f.code = 'WordNormalised') IS DISTINCT FROM odd
               OR (SELECT sum(t.billed_cost) FROM bills.delivery_total t WHERE t.delivery_id = d.delivery_id) IS DISTINCT FROM (SELECT sum(b."BilledCost"::numeric) FROM bill_row b))) THEN
        RAISE EXCEPTION 'the charges loaded are not those of the file';
    END IF;
END
$$;
COPY (SELECT WHERE false) TO :'file';
COPY (SELECT WHERE false) TO :'small_file';

\pset footer off
SELECT step, count(*) AS turns, pg_catalog.round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms::float8)::numeric) AS "median ms",
       pg_catalog.round(percentile_cont(0.5) WITHIN GROUP (ORDER BY processor_ms::float8)::numeric) AS "of a processor ms"
FROM bench_bill WHERE turn > 0 GROUP BY step ORDER BY min(ctid);
SELECT w.work, pg_catalog.round((o.ms / b.ms)::numeric, 2) AS ratio, pg_catalog.round((100 * b.ms / o.ms)::numeric, 1) AS "% of the speed", pg_catalog.round((o.processor_ms / b.processor_ms)::numeric, 2) AS "ratio of processor time", w.target,
       CASE WHEN o.ms / b.ms <= w.target THEN 'yes' WHEN w.target IS NOT NULL THEN 'no' END AS met
FROM (VALUES (1, 'staged, read, checked and found : bare COPY', 'COPY into the stage|run_bill', 'COPY into a bare table', 4.0),
             (2, 'the same : bare COPY, logged', 'COPY into the stage|run_bill', 'COPY into a bare table that is logged', NULL),
             (3, 'and published : bare COPY', 'COPY into the stage|run_bill|publish_load', 'COPY into a bare table', 4.0),
             (4, 'and published : bare COPY, logged', 'COPY into the stage|run_bill|publish_load', 'COPY into a bare table that is logged', 4.0)) w (i, work, steps, baseline, target),
LATERAL (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms::float8) AS ms, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.processor_ms::float8) AS processor_ms
         FROM (SELECT sum(n.ms) AS ms, sum(n.processor_ms) AS processor_ms FROM bench_bill n WHERE n.turn > 0 AND n.step ~ ('^(' || w.steps || ')') GROUP BY n.turn) t) o,
LATERAL (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n.ms::float8) AS ms, percentile_cont(0.5) WITHIN GROUP (ORDER BY n.processor_ms::float8) AS processor_ms
         FROM bench_bill n WHERE n.turn > 0 AND n.step = w.baseline) b ORDER BY w.i;
SELECT pg_size_pretty(pg_total_relation_size('bills.charge')) AS "charges on disk", pg_catalog.round(pg_total_relation_size('bills.charge') / (SELECT count(*) FROM bills.charge), 0) AS "bytes a charge";
