-- Bills in the formats of providers become charges: AWS with reservations and savings plans, Azure's two datasets,
-- Oracle's corrections, Google's nested credits.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SELECT no_plan();

SELECT create_ledger('o');
INSERT INTO o.source (source_id, kind, reference, confidence) VALUES ('cloud', 'invoice', 'test', 'high');
CREATE FUNCTION pg_temp.bill(content text, options jsonb DEFAULT '{}', scope text DEFAULT '') RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', i.dataset, i.status, i.rows_loaded, i.reason) FROM import_bill('o', 'f', content, 'cloud', options, scope) i);
CREATE FUNCTION pg_temp.last() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(delivery_id) FROM o.delivery; END;
CREATE VIEW loaded AS SELECT * FROM o.charge WHERE delivery_id = pg_temp.last();
CREATE FUNCTION pg_temp.publish() RETURNS bigint LANGUAGE sql VOLATILE RETURN publish_load('o', (SELECT load_id FROM o.delivery WHERE delivery_id = pg_temp.last()));

-- AWS: an hour of 1.00 on demand that a savings plan covers for 0.60, of a commitment of 1.00 an hour for two hours of which 1.20 was used.
CREATE TEMPORARY TABLE cur AS SELECT * FROM (VALUES
    ('l1', 'SavingsPlanCoveredUsage', '1.00', '0.60', '', '', '', '', '1.00'), ('l2', 'SavingsPlanCoveredUsage', '1.00', '0.60', '', '', '', '', '1.00'), ('l3', 'SavingsPlanNegation', '-2.00', '', '', '', '', '', ''),
    ('l4', 'SavingsPlanRecurringFee', '2.00', '', '2.00', '1.20', '', '', ''), ('l5', 'DiscountedUsage', '0', '', '', '', '0.30', '', '1.00'), ('l6', 'RIFee', '0.50', '', '', '', '', '0.20', ''),
    ('l7', 'Usage', '0.25', '', '', '', '', '', '0.25'), ('l8', 'Credit', '-0.10', '', '', '', '', '', ''), ('l9', 'Tax', '0.05', '', '', '', '', '', '')) t (id, type, unblended, plan, total, used, reserved, unused, list);
CREATE FUNCTION pg_temp.cur(names text[]) RETURNS text LANGUAGE sql RETURN array_to_string(names, ',') || E'\n' || (SELECT string_agg(
    format('%s,2025-03-01T00:00:00Z/2025-03-01T02:00:00Z,Anniversary,2025-03-01T00:00:00Z,2025-04-01T00:00:00Z,123,%s,2025-03-01T00:00:00.000Z,2025-03-01T02:00:00.000Z,AmazonEC2,1,USD,%s,%s,%s,%s,%s,%s,%s,%s',
           id, type, unblended, plan, total, used, CASE WHEN type LIKE 'Savings%' THEN 'arn:plan' END, reserved, unused, list), E'\n' ORDER BY id) FROM cur);
SELECT is(pg_temp.bill(pg_temp.cur('{identity/LineItemId,identity/TimeInterval,bill/BillType,bill/BillingPeriodStartDate,bill/BillingPeriodEndDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost,savingsPlan/SavingsPlanEffectiveCost,savingsPlan/TotalCommitmentToDate,savingsPlan/UsedCommitment,savingsPlan/SavingsPlanARN,reservation/EffectiveCost,reservation/UnusedRecurringFee,pricing/publicOnDemandCost}')),
    'aws_cur loaded 9', 'AWS, the legacy report');
CREATE TEMPORARY TABLE legacy AS SELECT line_no, billed_cost, effective_cost, list_cost, charge_category, charge_frequency, pricing_category, commitment_discount_id, commitment_discount_status, reference_id FROM loaded;
SELECT results_eq('SELECT billed_cost, effective_cost, charge_category, commitment_discount_status FROM legacy ORDER BY line_no',
    $$VALUES (1.00, 0.60, 'Usage', 'Used'), (1.00, 0.60, 'Usage', 'Used'), (-2.00, 0, 'Adjustment', NULL), (2.00, 0.80, 'Purchase', NULL), (0, 0.30, 'Usage', 'Used'), (0.50, 0.20, 'Purchase', NULL), (0.25, 0.25, 'Usage', NULL), (-0.10, -0.10, 'Credit', NULL), (0.05, 0.05, 'Tax', NULL)$$,
    'covered usage and its negation bill nothing; what was used of a plan is effective on usage, the rest on its fee');
SELECT results_eq('SELECT sum(billed_cost), sum(effective_cost) FROM legacy', 'VALUES (2.70, 2.70)', 'both ways come to what is invoiced');
SELECT is(pg_temp.bill(pg_temp.cur('{identity_line_item_id,identity_time_interval,bill_bill_type,bill_billing_period_start_date,bill_billing_period_end_date,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,line_item_usage_amount,line_item_currency_code,line_item_unblended_cost,savings_plan_savings_plan_effective_cost,savings_plan_total_commitment_to_date,savings_plan_used_commitment,savings_plan_savings_plan_a_r_n,reservation_effective_cost,reservation_unused_recurring_fee,pricing_public_on_demand_cost}'), scope => '2'),
    'aws_cur loaded 9', 'AWS, the report 2.0');
SELECT set_eq('SELECT line_no, billed_cost, effective_cost, list_cost, charge_category, charge_frequency, pricing_category, commitment_discount_id, commitment_discount_status, reference_id FROM loaded', 'SELECT * FROM legacy', 'is the same');

-- Azure: a block of 10K at 0.10, a reservation bought, and the same month amortised.
CREATE FUNCTION pg_temp.azure(VARIADIC lines text[]) RETURNS text LANGUAGE sql
RETURN E'Abonnement-GUID (SubscriptionGuid),Date,MeterCategory,Quantity,CostInBillingCurrency,BillingCurrency,UnitOfMeasure,ChargeType,PricingModel,benefitId,BillingPeriodStartDate,BillingPeriodEndDate,Tags\r\n' || array_to_string(lines, E'\r\n');
SELECT is(pg_temp.bill(pg_temp.azure('s,03/05/2025,Storage,0.5,0.05,USD,10K,Usage,OnDemand,,03/01/2025,03/31/2025,"""team"": ""a"""', 's,03/05/2025,Virtual Machines,1,300,USD,1 Hour,Purchase,Reservation,r,03/01/2025,03/31/2025,'), '{"day_order": "mdy"}'),
    'azure_actual loaded 2', 'Azure, actual');
SELECT results_eq('SELECT billed_cost, effective_cost, pricing_quantity, consumed_quantity, charge_period_start, billing_period_end, tags, sub_account_id, charge_category FROM loaded ORDER BY line_no',
    $$VALUES (0.05, NULL::numeric, 0.5, 5000.0, timestamptz '2025-03-05 00:00Z', timestamptz '2025-04-01 00:00Z', '{"team": "a"}'::jsonb, 's', 'Usage'), (300, NULL, 1, NULL, '2025-03-05 00:00Z', '2025-04-01 00:00Z', NULL, 's', 'Purchase')$$,
    'has what is billed; blocks are counted out, the last day of a period is the day before its end');
SELECT pg_temp.publish();
SELECT is(pg_temp.bill(pg_temp.azure('s,03/05/2025,Storage,0.5,0.05,USD,10K,Usage,OnDemand,,03/01/2025,03/31/2025,', 's,03/05/2025,Virtual Machines,24,9.6,USD,1 Hour,Usage,Reservation,r,03/01/2025,03/31/2025,', 's,03/06/2025,Virtual Machines,1,0.4,USD,1 Hour,UnusedReservation,Reservation,r,03/01/2025,03/31/2025,'), '{"day_order": "mdy"}'),
    'azure_amortised loaded 3', 'Azure, amortised, which its rows tell');
SELECT results_eq('SELECT billed_cost, effective_cost, commitment_discount_status FROM loaded ORDER BY line_no', $$VALUES (NULL::numeric, 0.05, NULL), (NULL, 9.6, 'Used'), (NULL, 0.4, 'Unused')$$, 'has what is effective');
SELECT is((SELECT severity FROM o_report.delivery_findings WHERE delivery_id = pg_temp.last() AND code = 'BothAzureDatasets'), 'warning', 'that they are the same charges is said');
SELECT pg_temp.publish();
SELECT results_eq($$SELECT sum(billed_cost), sum(effective_cost) FROM o.charge_known WHERE dataset LIKE 'azure%'$$, 'VALUES (300.05, 10.05)', 'and no sum has them twice');

-- Oracle: a correction says which row it corrects.
SELECT is(pg_temp.bill(E'lineItem/referenceNo,lineItem/tenantId,lineItem/intervalUsageStart,lineItem/intervalUsageEnd,product/service,usage/billedQuantity,cost/myCost,cost/currencyCode,cost/billingUnitReadable,lineItem/isCorrection,lineItem/backreferenceNo,tags/team\nA1,t,2025-03-31T23:00Z,2025-04-01T00:00Z,GPU,2,1.000000000000000001,USD,1000000 NONE NONE DATAPOINTS,false,17,a\nA2,t,2025-03-31T23:00Z,2025-04-01T00:00Z,GPU,-2,-2.5E-9,USD,1 HOURS,true,A1,\n'),
    'oracle_cost loaded 2', 'Oracle');
SELECT results_eq('SELECT reference_id, corrects_reference_id, charge_class, billed_cost, consumed_quantity, tags, billing_period_start FROM loaded ORDER BY line_no',
    $$VALUES ('A1', NULL, NULL, 1.000000000000000001, 2000000::numeric, '{"team": "a"}'::jsonb, timestamptz '2025-03-01 00:00Z'), ('A2', 'A1', 'Correction', -0.0000000025, -2, NULL, '2025-03-01 00:00Z')$$, 'to the last of its digits');

-- Google: net of credits, the month of the invoice in Pacific time.
SELECT is(pg_temp.bill('[{"billing_account_id": "B", "service": {"description": "Compute"}, "sku": {"id": "S"}, "usage_start_time": "2025-04-01 06:00:00 UTC", "usage_end_time": "2025-04-01T07:00:00Z", "project": {"id": "p"},
    "labels": [{"key": "team", "value": "a"}], "cost": 10.25, "currency": "USD", "currency_conversion_rate": 1, "usage": {"amount": 3600, "unit": "seconds", "amount_in_pricing_units": 1, "pricing_unit": "hour"},
    "credits": [{"name": "CUD", "amount": -4.1}, {"name": "free", "amount": -1}], "invoice": {"month": "202503"}, "cost_type": "regular", "adjustment_info": null},
    {"billing_account_id": "B", "service": {"description": "Invoice"}, "usage_start_time": "2025-04-01T07:00:00Z", "usage_end_time": "2025-04-01T08:00:00Z", "cost": -0.01, "currency": "USD", "credits": [], "invoice": {"month": "202504"}, "cost_type": "rounding_error"}]'),
    'gcp_export loaded 2', 'Google, documents');
SELECT results_eq('SELECT billed_cost, effective_cost, contracted_cost, charge_category, billing_period_start, service_name, sub_account_id, tags, consumed_quantity FROM loaded ORDER BY line_no',
    $$VALUES (5.15, 5.15, 10.25, 'Usage', timestamptz '2025-03-01 08:00Z', 'Compute', 'p', '{"team": "a"}'::jsonb, 3600::numeric), (-0.01, -0.01, -0.01, 'Adjustment', '2025-04-01 07:00Z', 'Invoice', NULL, NULL, NULL)$$, 'net of their credits, in the month of their invoice');
SELECT is(pg_temp.bill(E'usage_start_time,usage_end_time,cost,currency,credits,invoice.month,cost_type\n2025-04-01T06:00:00Z,2025-04-01T07:00:00Z,1,USD,"[{""amount"": -0.5}]",202503,regular\n', scope => 'csv'), 'gcp_export loaded 1', 'or CSV');
SELECT is((SELECT billed_cost FROM loaded), 0.5, 'likewise');
SELECT is(pg_temp.bill(E'{"usage_start_time": "2025-04-01T06:00:00Z", "cost": 1, "cost_type": "regular"}\n{"usage_start_time": "2025-04-01T06:00:00Z", "cost": \n', scope => 'broken'), 'gcp_export refused 0 line 3: it is no document of JSON', 'a line that is no JSON');

SELECT * FROM finish();
ROLLBACK;
