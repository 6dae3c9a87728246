-- The 53 use cases of the FOCUS library (focus.finops.org/use-cases): what each asks, in SQL of our own over
-- focus_data_table, with the columns and labels it asks for, unquoted and in any case as the library spells
-- them, parameters written ? as drivers take them. Mended where the published text is wrong: a currency in
-- every sum, <= before an end that is exclusive, months of a year, sums before ratios, no purchase beside
-- what it covers. The bill is small enough to add up by hand. test/t/062_focus_library.pl runs the published text.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'Asia/Kolkata';
SET client_min_messages = warning;
SELECT no_plan();

-- ---------------------------------------------------------------------------
-- The bill
-- ---------------------------------------------------------------------------
SELECT create_ledger('f');
INSERT INTO f.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('f', 'bills', 't') AS load \gset

CREATE FUNCTION pg_temp.bill(VARIADIC parts jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    line jsonb := '{}';
BEGIN
    FOR i IN 1..cardinality(parts) LOOP
        line := line || parts[i];
    END LOOP;
    EXECUTE (SELECT format('INSERT INTO f.charge (%1$s) SELECT %1$s FROM jsonb_populate_record(NULL::f.charge, $1)', string_agg(quote_ident(k), ', '))
             FROM jsonb_object_keys(line) k) USING line;
END
$$;
CREATE FUNCTION pg_temp.on_day(day date) RETURNS jsonb LANGUAGE sql AS
$$SELECT jsonb_build_object('charge_period_start', concat(to_json(day) #>> '{}', 'T00:00:00Z'), 'charge_period_end', concat(to_json(day + 1) #>> '{}', 'T00:00:00Z'))$$;
-- Amounts billed, effective, contracted and list.
CREATE FUNCTION pg_temp.cost(billed numeric, effective numeric, contracted numeric, list numeric) RETURNS jsonb LANGUAGE sql AS
$$SELECT jsonb_build_object('billed_cost', billed, 'effective_cost', effective, 'contracted_cost', contracted, 'list_cost', list)$$;
CREATE FUNCTION pg_temp.priced(quantity numeric, unit text, list numeric, contracted numeric) RETURNS jsonb LANGUAGE sql AS
$$SELECT jsonb_build_object('pricing_quantity', quantity, 'pricing_unit', unit, 'list_unit_price', list, 'contracted_unit_price', contracted)$$;
CREATE FUNCTION pg_temp.consumed(quantity numeric, unit text) RETURNS jsonb LANGUAGE sql AS
$$SELECT jsonb_build_object('consumed_quantity', quantity, 'consumed_unit', unit)$$;

\set may '\'{"billing_period_start": "2026-05-01T00:00:00Z", "billing_period_end": "2026-06-01T00:00:00Z", "invoice_id": "INV-5"}\''
\set june '\'{"billing_period_start": "2026-06-01T00:00:00Z", "billing_period_end": "2026-07-01T00:00:00Z", "invoice_id": "INV-6"}\''
\set acme '\'{"provider_name": "Acme", "publisher_name": "Acme", "invoice_issuer_name": "Acme", "billing_account_id": "A1", "billing_account_name": "Research", "billing_account_type": "Payer", "billing_currency": "USD", "charge_category": "Usage", "charge_frequency": "Usage-Based", "pricing_category": "Standard", "pricing_currency": "USD", "service_category": "Compute", "service_subcategory": "Virtual Machines", "service_name": "VMs", "region_id": "eu-1", "region_name": "Europe 1", "sub_account_id": "S1", "sub_account_name": "Training"}\''
\set plan '\'{"commitment_discount_id": "D1", "commitment_discount_category": "Spend", "commitment_discount_type": "Savings Plan", "commitment_discount_name": "plan", "commitment_discount_unit": "USD"}\''
\set vm '\'{"resource_id": "vm-1", "resource_name": "trainer", "resource_type": "VM", "sku_id": "K1", "sku_price_id": "K1-eu", "availability_zone": "eu-1a", "charge_description": "GPU hours", "sku_price_details": {"CoreCount": "96", "InstanceSeries": "p5"}}\''
-- On demand, 10 hours at 3; covered by a savings plan, 5 hours; what of the plan was left; its purchase.
SELECT pg_temp.bill(:acme, :may, :vm, pg_temp.on_day('2026-05-01'), pg_temp.cost(30, 30, 30, 40), pg_temp.priced(10, 'Hours', 4, 3), pg_temp.consumed(10, 'Hours'), '{"tags": {"Application": "chat", "team": "a"}}');
SELECT pg_temp.bill(:acme, :may, :vm, :plan, pg_temp.on_day('2026-05-31'), pg_temp.cost(0, 12, 15, 20), pg_temp.priced(5, 'Hours', 4, 3), pg_temp.consumed(5, 'Hours'),
    '{"tags": {"Application": "chat"}, "commitment_discount_status": "Used", "commitment_discount_quantity": 12, "pricing_category": "Committed", "capacity_reservation_id": "CR1", "capacity_reservation_status": "Used"}');
SELECT pg_temp.bill(:acme, :may, :plan, pg_temp.on_day('2026-05-31'), pg_temp.cost(0, 3, 3, 3),
    '{"resource_id": "D1", "commitment_discount_status": "Unused", "commitment_discount_quantity": 3, "pricing_category": "Committed", "charge_description": "unused plan"}');
SELECT pg_temp.bill(:acme, :may, :plan, pg_temp.cost(15, 0, 15, 15), pg_temp.priced(15, 'USD', 1, 1),
    '{"charge_period_start": "2026-05-01T00:00:00Z", "charge_period_end": "2026-06-01T00:00:00Z", "charge_category": "Purchase", "charge_frequency": "Recurring", "commitment_discount_quantity": 15, "resource_id": "D1", "sku_id": "SP", "charge_description": "plan, May"}');
-- A capacity reservation that stood empty for 2 hours.
SELECT pg_temp.bill(:acme, :may, pg_temp.on_day('2026-05-15'), pg_temp.cost(8, 8, 8, 10), pg_temp.priced(2, 'Hours', 5, 4),
    '{"resource_id": "CR1", "sku_id": "K1", "sku_price_id": "K1-cr", "capacity_reservation_id": "CR1", "capacity_reservation_status": "Unused", "charge_description": "empty reservation"}');
-- 2 GB and 0.004 GB of transfer; a credit; a tax; a free gigabyte; a vendor of the marketplace.
\set net '\'{"service_category": "Networking", "service_subcategory": "Content Delivery", "service_name": "Network", "sku_id": "K2", "sku_price_id": "K2-eu", "charge_description": "data transfer out"}\''
SELECT pg_temp.bill(:acme, :may, :net, pg_temp.on_day('2026-05-10'), pg_temp.cost(0.18, 0.18, 0.18, 0.2), pg_temp.priced(2, 'GB', 0.1, 0.09), pg_temp.consumed(2, 'GB'));
SELECT pg_temp.bill(:acme, :may, :net, pg_temp.on_day('2026-05-10'), pg_temp.cost(0.00036, 0.00036, 0.00036, 0.0004), pg_temp.priced(0.004, 'GB', 0.1, 0.09), pg_temp.consumed(0.004, 'GB'));
SELECT pg_temp.bill(:acme, :may, pg_temp.on_day('2026-05-20'), pg_temp.cost(-5, -5, -5, -5), '{"charge_category": "Credit", "charge_frequency": "One-Time", "charge_description": "goodwill"}');
SELECT pg_temp.bill(:acme, :may, pg_temp.on_day('2026-05-31'), pg_temp.cost(4, 4, 4, 4), '{"charge_category": "Tax", "charge_frequency": "One-Time", "service_category": "Other", "service_subcategory": "Other (Other)", "service_name": "Tax", "charge_description": "tax"}');
SELECT pg_temp.bill(:acme, :may, pg_temp.on_day('2026-05-03'), pg_temp.cost(0, 0, 0, 0), pg_temp.priced(1, 'GB', 0, 0), pg_temp.consumed(1, 'GB'),
    '{"service_category": "Storage", "service_subcategory": "Object Storage", "service_name": "Buckets", "sub_account_id": "S2", "sub_account_name": "Web", "sku_id": "K3", "sku_price_id": "K3-free", "charge_description": "free tier", "tags": {}}');
SELECT pg_temp.bill(:acme, :may, pg_temp.on_day('2026-05-12'), pg_temp.cost(7.005, 7.005, 7.005, 7.005), pg_temp.priced(1, 'Months', 7.005, 7.005),
    '{"publisher_name": "Vendor X", "service_category": "Databases", "service_subcategory": "Relational Databases", "service_name": "X Database", "sub_account_id": "S2", "sub_account_name": "Web", "sku_id": "X1", "sku_price_id": "X1-m", "charge_description": "licence", "tags": {"Application": "search", "ApplicationId": 77}}');
-- June: usage, and a correction of the first of May; and a year before, an hour in the same month.
SELECT pg_temp.bill(:acme, :june, :vm, pg_temp.on_day('2026-06-01'), pg_temp.cost(24, 24, 24, 32), pg_temp.priced(8, 'Hours', 4, 3), pg_temp.consumed(8, 'Hours'),
    '{"resource_id": "vm-2", "resource_name": "searcher", "region_id": "eu-2", "region_name": "Europe 2", "availability_zone": "eu-2b", "tags": {"Application": "search"}}');
SELECT pg_temp.bill(:acme, :june, pg_temp.on_day('2026-05-01'), pg_temp.cost(-2, -2, -2, -2), '{"charge_class": "Correction", "charge_description": "GPU hours, corrected"}');
SELECT pg_temp.bill(:acme, :vm, '{"billing_period_start": "2025-05-01T00:00:00Z", "billing_period_end": "2025-06-01T00:00:00Z", "invoice_id": "INV-2025-5"}', pg_temp.on_day('2025-05-01'),
    pg_temp.cost(3, 3, 3, 4), pg_temp.priced(1, 'Hours', 4, 3), pg_temp.consumed(1, 'Hours'), '{"tags": {"Application": "chat"}}');
-- Another currency, from a file of 1.4 that has no ProviderName.
SELECT pg_temp.bill(:acme, :may, :vm, pg_temp.on_day('2026-05-05'), pg_temp.cost(200, 200, 200, 250), pg_temp.priced(100, 'GPU-Hours', 2.5, 2), pg_temp.consumed(100, 'GPU-Hours'),
    '{"provider_name": null, "publisher_name": null, "service_provider_name": "Nordic", "invoice_issuer_name": "Nordic", "invoice_id": "N-5", "billing_account_id": "N1", "billing_account_name": "Nord", "billing_currency": "EUR", "pricing_currency": "EUR", "service_name": "GPUs", "region_id": "se", "region_name": "Sweden", "availability_zone": null, "sub_account_id": "S3", "sub_account_name": "Nord", "resource_id": "n-1", "resource_name": "norn", "sku_id": "N", "sku_price_id": "N-1", "sku_price_details": {"CoreCount": "4", "InstanceSeries": "n"}, "tags": {"Application": "chat", "ApplicationId": 42}}');
-- 100 credits bought for 50 USD; 4 hours at 4 credits (list 5), a credit worth 0.50 (list 0.60).
\set dbx '\'{"provider_name": "Dbx", "publisher_name": "Dbx", "invoice_issuer_name": "Dbx", "invoice_id": "DB-5", "billing_account_id": "B1", "billing_account_name": "Data", "service_category": "Analytics", "service_subcategory": "Data Processing", "service_name": "Notebooks", "region_id": null, "region_name": null, "sub_account_id": null, "sub_account_name": null}\''
SELECT pg_temp.bill(:acme, :may, :dbx, pg_temp.on_day('2026-05-02'), pg_temp.cost(50, 0, 50, 60), pg_temp.priced(100, 'Credits', 0.6, 0.5), '{"charge_category": "Purchase", "charge_frequency": "One-Time", "sku_id": "CRED", "charge_description": "credits"}');
SELECT pg_temp.bill(:acme, :may, :dbx, pg_temp.on_day('2026-05-03'), pg_temp.cost(0, 8, 8, 12), pg_temp.priced(4, 'Hours', 3, 2), pg_temp.consumed(4, 'Hours'),
    '{"pricing_currency": "Credits", "pricing_currency_list_unit_price": 5, "pricing_currency_contracted_unit_price": 4, "pricing_currency_effective_cost": 16, "sku_id": "NB", "sku_price_id": "NB-1", "charge_description": "notebook hours"}');
-- What is owned: a chip for 3,600 over 36 months and 30 a month for its place, half used on the first of May.
INSERT INTO f.chip_model (chip_model_id, name) VALUES ('H100', 'H100');
INSERT INTO f.site (site_id, name) VALUES ('hall', 'The hall');
INSERT INTO f.cost_centre (cost_centre_id, name) VALUES ('R', 'Research');
INSERT INTO f.asset (asset_id, name, component, chip_model_id, chips, site_id, cost, acquired_on, available_for_use_on) VALUES ('chip', 'chip', 'chip', 'H100', 1, 'hall', '3600 USD', '2026-05-01', '2026-05-01');
INSERT INTO f.asset_policy (asset_id, basis, policy) VALUES ('chip', 'ifrs', 'straight_line(life=3 years, convention=full_month)');
INSERT INTO f.pool (pool_id, name, site_id, chip_model_id, cost_centre_id) VALUES ('P', 'pool P', 'hall', 'H100', 'R');
INSERT INTO f.pool_asset (pool_id, asset_id) VALUES ('P', 'chip');
INSERT INTO f.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from) VALUES ('place', 'P', 'facility', 'month', '30 USD', '2026-05-01');
SELECT add_reading_partitions('f', '2026-05-01');
INSERT INTO f.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('P', '2026-05-01 00:00Z', '2026-05-02 00:00Z', '2026-05-01', 86400000, 86400000, 86400000, 43200000, 'sm_active');
SELECT publish_load('f', recorded_at => '2026-06-05 12:00Z', load_id => :load) > 20 AS published;
SET chipbook.as_of = '2026-06-10';

-- ---------------------------------------------------------------------------
-- The use cases
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE use_case (number integer PRIMARY KEY, title text, parameters text[], question text);
\set may_days '{2026-05-01 00:00Z,2026-06-01 00:00Z}'
\set a_year '{2025-05-01 00:00Z,2026-07-01 00:00Z}'
INSERT INTO use_case (number, title, parameters, question) VALUES
(1, 'Understand the billing account or sub account entity', :'may_days', $$
    SELECT DISTINCT ProviderName, BillingAccountID, BillingAccountName, BillingAccountType FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? ORDER BY 1, 2$$),
(2, 'Identify sources of billed cost', :'may_days', $$
    SELECT ProviderName, PublisherName, InvoiceIssuerName, InvoiceID, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4$$),
(3, 'Analyze credit memos', :'may_days', $$
    SELECT ProviderName, InvoiceID, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ChargeCategory = 'Credit' GROUP BY 1, 2, 3$$),
(4, 'Verify accuracy of provider invoices aka invoice reconciliation', :'a_year', $$
    SELECT InvoiceIssuerName, InvoiceID, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? AND InvoiceID IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2$$),
(5, 'Calculate average rate of a component resource', :'may_days', $$
    SELECT ProviderName, ServiceName, PricingUnit, RegionName, tag(SkuPriceDetails, 'InstanceSeries') AS InstanceSeries, BillingCurrency,
           SUM(tag(SkuPriceDetails, 'CoreCount')::numeric) AS TotalCoreCount,
           ROUND(SUM(EffectiveCost) / NULLIF(SUM(tag(SkuPriceDetails, 'CoreCount')::numeric), 0), 6) AS AverageEffectiveCoreCost
    FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND tag(SkuPriceDetails, 'CoreCount') IS NOT NULL AND tag(SkuPriceDetails, 'InstanceSeries') IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1$$),
(6, 'Quantify usage of a component resource', :'may_days', $$
    SELECT ProviderName, ServiceName, PricingUnit, RegionName, tag(SkuPriceDetails, 'InstanceSeries') AS InstanceSeries, SUM(tag(SkuPriceDetails, 'CoreCount')::numeric) AS TotalCoreCount
    FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND tag(SkuPriceDetails, 'CoreCount') IS NOT NULL AND tag(SkuPriceDetails, 'InstanceSeries') IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1$$),
(7, 'Calculate unit economics', :'may_days', $$
    SELECT (ChargePeriodStart AT TIME ZONE 'UTC')::date AS ChargePeriodDate, BillingCurrency, ROUND(SUM(BilledCost) / NULLIF(SUM(ConsumedQuantity), 0), 9) AS CostPerGB FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ChargeDescription LIKE '%transfer%' AND ConsumedUnit = 'GB' GROUP BY 1, 2 ORDER BY 1$$),
(8, 'Calculate consumption of virtual currency within a billing period', '{2026-05-01 00:00Z,2026-06-01 00:00Z,Credits}', $$
    SELECT ProviderName, SUM(PricingCurrencyEffectiveCost) AS TotalPricingCurrencyEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND PricingCurrency = ? AND ChargeCategory = 'Usage' GROUP BY 1 ORDER BY 2 DESC LIMIT 10$$),
(9, 'Determine target of virtual currency usage', '{2026-05-01 00:00Z,2026-06-01 00:00Z,Credits}', $$
    SELECT ProviderName, PublisherName, ServiceName, ChargeDescription, SUM(PricingCurrencyEffectiveCost) AS TotalPricingCurrencyEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND PricingCurrency = ? GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC LIMIT 10$$),
(10, 'Analyze effective cost by pricing currency', :'may_days', $$
    SELECT ProviderName, PublisherName, ServiceName, PricingCurrency, SUM(PricingCurrencyEffectiveCost) AS TotalPricingCurrencyEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND PricingCurrencyEffectiveCost IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1$$),
(11, 'Analyze purchase of virtual currency', '{2026-05-01 00:00Z,2026-06-01 00:00Z,Credits}', $$
    SELECT ProviderName, PublisherName, ChargeDescription, PricingUnit, BillingCurrency, SUM(PricingQuantity) AS TotalPricingQuantity, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ChargeCategory = 'Purchase' AND PricingUnit = ? GROUP BY 1, 2, 3, 4, 5$$),
(12, 'Determine contracted savings by virtual currency', :'may_days', $$
    SELECT ServiceName, ServiceSubcategory, ChargeDescription, BillingCurrency, PricingCurrency,
           SUM((PricingCurrencyListUnitPrice - PricingCurrencyContractedUnitPrice) * PricingQuantity) AS ContractedSavingsInPricingCurrency,
           SUM((ListUnitPrice - ContractedUnitPrice) * PricingQuantity) AS ContractedSavingsInBillingCurrency FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND PricingCurrencyListUnitPrice > PricingCurrencyContractedUnitPrice GROUP BY 1, 2, 3, 4, 5$$),
(13, 'Analyze tag coverage', '{team,2026-05-01 00:00Z,2026-06-01 00:00Z,Acme}', $$
    SELECT BillingCurrency, ROUND(SUM(CASE WHEN tag(Tags, ?) IS NOT NULL THEN EffectiveCost ELSE 0 END) / NULLIF(SUM(EffectiveCost), 0) * 100, 6) AS TaggedPercentage FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND EffectiveCost > 0 AND ProviderName = ? GROUP BY 1$$),
(14, 'Analyze the different metered costs for a particular SKU', '{2026-05-01 00:00Z,2026-06-01 00:00Z,K1}', $$
    SELECT ProviderName, ChargePeriodStart AT TIME ZONE 'UTC' AS ChargePeriodStart, ChargePeriodEnd AT TIME ZONE 'UTC' AS ChargePeriodEnd, SkuId, SkuPriceId, PricingUnit, ListUnitPrice, BillingCurrency,
           SUM(PricingQuantity) AS TotalPricingQuantity, SUM(ListCost) AS TotalListCost, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND SkuId = ? GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 2 LIMIT 100$$),
(15, 'Report costs by service category and subcategory', :'may_days', $$
    SELECT ProviderName, BillingCurrency, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, ServiceCategory, ServiceSubcategory, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY TotalBilledCost DESC, 1, 4$$),
(16, 'Analyze capacity reservations on compute costs', :'may_days', $$
    SELECT CASE WHEN CapacityReservationId IS NULL THEN 'Compute without Capacity Reservation' WHEN CapacityReservationStatus = 'Unused' THEN 'Unused Capacity Reservation'
                ELSE 'Compute using Capacity Reservation' END AS Status,
           ProviderName, BillingAccountId, BillingCurrency, SUM(BilledCost) AS TotalBilledCost, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ServiceCategory = 'Compute' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2$$),
(17, 'Identify unused capacity reservations', :'may_days', $$
    SELECT ProviderName, BillingAccountId, CapacityReservationId, CapacityReservationStatus, BillingCurrency, SUM(BilledCost) AS TotalBilledCost, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND CapacityReservationStatus = 'Unused' GROUP BY 1, 2, 3, 4, 5$$),
(18, 'Report corrections by subaccount for a previously invoiced billing period', '{2026-06-01 00:00Z,2026-07-01 00:00Z}', $$
    SELECT ProviderName, BillingAccountId, ServiceCategory, SubAccountId, SubAccountName, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? AND ChargeClass = 'Correction' GROUP BY 1, 2, 3, 4, 5, 6$$),
(19, 'Report recurring charges for commitment-based discounts over a period', :'may_days', $$
    SELECT (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, CommitmentDiscountId, CommitmentDiscountName, CommitmentDiscountType, ChargeFrequency, BillingCurrency,
           SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodStart < ? AND ChargeFrequency = 'Recurring' AND CommitmentDiscountId IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6$$),
(20, 'Analyze costs by service name', '{VMs,2025-05-01 00:00Z,2026-07-01 00:00Z}', $$
    SELECT (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, ProviderName, SubAccountId, SubAccountName, ServiceName, BillingCurrency,
           SUM(BilledCost) AS TotalBilledCost, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ServiceName = ? AND BillingPeriodStart >= ? AND BillingPeriodStart < ? GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY TotalBilledCost DESC$$),
(21, 'Report spending across billing periods for a provider by service category', '{2025-05-01 00:00Z,2026-07-01 00:00Z,Acme}', $$
    SELECT ProviderName, BillingAccountName, BillingAccountId, BillingCurrency, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, ServiceCategory, ServiceName,
           SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ProviderName = ? GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY TotalBilledCost DESC$$),
(22, 'Analyze service costs by region', '{2026-05-31 00:00Z,2026-06-02 00:00Z}', $$
    SELECT (ChargePeriodStart AT TIME ZONE 'UTC')::date AS ChargePeriodStart, ProviderName, RegionId, ServiceName, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, TotalEffectiveCost DESC$$),
(23, 'Report service costs by providers subaccount', '{2026-05-01 00:00Z,2026-06-01 00:00Z,S2,Acme}', $$
    SELECT ProviderName, ServiceName, SubAccountId, (ChargePeriodStart AT TIME ZONE 'UTC')::date AS ChargePeriodStart, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? AND SubAccountId = ? AND ProviderName = ? GROUP BY 1, 2, 3, 4, 5 ORDER BY TotalEffectiveCost, 4 DESC$$),
(24, 'Analyze service costs month over month', :'a_year', $$
    SELECT date_trunc('month', ChargePeriodStart AT TIME ZONE 'UTC')::date AS Month, ProviderName, ServiceName, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodStart < ? GROUP BY 1, 2, 3, 4 ORDER BY 1, TotalEffectiveCost DESC$$),
(25, 'Report application cost month over month', '{chat,2025-05-01 00:00Z,2026-07-01 00:00Z}', $$
    SELECT date_trunc('month', BillingPeriodStart AT TIME ZONE 'UTC')::date AS Month, ServiceName, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE tag(Tags, 'Application') = ? AND ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3 ORDER BY 1, 2$$),
(26, 'Analyze costs of components of a resource', '{2026-05-01 00:00Z,2026-06-01 00:00Z,vm-1}', $$
    SELECT ResourceId, ResourceName, ResourceType, ChargeDescription, SkuId, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ResourceId = ? GROUP BY 1, 2, 3, 4, 5, 6$$),
(27, 'Report costs by service category', :'may_days', $$
    SELECT ProviderName, BillingCurrency, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, ServiceCategory, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4 ORDER BY TotalBilledCost DESC, 1, 4$$),
(28, 'Report corrections for a previously invoiced billing period', '{2026-06-01 00:00Z,2026-07-01 00:00Z}', $$
    SELECT ProviderName, BillingAccountId, ChargeCategory, ServiceCategory, ServiceName, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? AND ChargeClass = 'Correction' GROUP BY 1, 2, 3, 4, 5, 6$$),
(29, 'Report effective cost of compute', :'may_days', $$
    SELECT CommitmentDiscountType, ProviderName, ServiceName, SubAccountId, SubAccountName, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, BillingCurrency,
           SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? AND ServiceCategory = 'Compute' GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2$$),
(30, 'Report commitment discount purchases', :'may_days', $$
    SELECT MIN(ChargePeriodStart) AT TIME ZONE 'UTC' AS ChargePeriodStart, MAX(ChargePeriodEnd) AT TIME ZONE 'UTC' AS ChargePeriodEnd, ProviderName, BillingAccountId, CommitmentDiscountId,
           CommitmentDiscountType, CommitmentDiscountUnit, CommitmentDiscountQuantity, ChargeFrequency, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ChargeCategory = 'Purchase' AND CommitmentDiscountId IS NOT NULL GROUP BY 3, 4, 5, 6, 7, 8, 9, 10$$),
(31, 'Determine Effective Savings Rate by Service', :'may_days', $$
    SELECT ProviderName, ServiceName, BillingCurrency, SUM(ContractedCost) AS TotalContractedCost, SUM(EffectiveCost) AS TotalEffectiveCost,
           ROUND((SUM(ContractedCost) - SUM(EffectiveCost)) / NULLIF(SUM(ContractedCost), 0), 6) AS EffectiveSavingsRate FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND NOT covers_other_charges GROUP BY 1, 2, 3 ORDER BY 1, 2$$),
(32, 'Determine Effective Savings Rate', :'may_days', $$
    SELECT ProviderName, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost, ROUND((SUM(ListCost) - SUM(EffectiveCost)) / NULLIF(SUM(ListCost), 0), 6) AS ESROverList,
           ROUND((SUM(ContractedCost) - SUM(EffectiveCost)) / NULLIF(SUM(ContractedCost), 0), 6) AS ESROverContract FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND NOT covers_other_charges GROUP BY 1, 2 ORDER BY 1$$),
(33, 'Analyze resource costs by SKU', '{2026-05-01 00:00Z,2026-05-04 00:00Z}', $$
    SELECT ProviderName, ChargePeriodStart AT TIME ZONE 'UTC' AS ChargePeriodStart, ChargePeriodEnd AT TIME ZONE 'UTC' AS ChargePeriodEnd, SkuId, SkuPriceId, PricingUnit, ListUnitPrice, BillingCurrency,
           SUM(PricingQuantity) AS TotalPricingQuantity, SUM(ListCost) AS TotalListCost, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 2, 4 LIMIT 100$$),
(34, 'Analyze marketplace vendors costs', :'may_days', $$
    SELECT (ChargePeriodStart AT TIME ZONE 'UTC')::date AS ChargePeriodStart, (ChargePeriodEnd AT TIME ZONE 'UTC')::date AS ChargePeriodEnd, ProviderName, PublisherName, InvoiceIssuerName, BillingCurrency,
           SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND InvoiceIssuerName <> PublisherName GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY TotalEffectiveCost$$),
(35, 'Analyze cost per compute service for a subaccount', '{S1,2026-05-01 00:00Z,2026-06-01 00:00Z}', $$
    SELECT MIN(ChargePeriodStart) AT TIME ZONE 'UTC' AS ChargePeriodStart, MAX(ChargePeriodEnd) AT TIME ZONE 'UTC' AS ChargePeriodEnd, ServiceName, ResourceId, ResourceName, BillingCurrency,
           SUM(PricingQuantity) AS TotalPricingQuantity, SUM(EffectiveCost) AS MonthlyEffectiveCost FROM focus_data_table
    WHERE SubAccountId = ? AND ServiceCategory = 'Compute' AND ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND NOT covers_other_charges GROUP BY 3, 4, 5, 6 ORDER BY MonthlyEffectiveCost DESC$$),
(36, 'Analyze costs by availability zone for a subaccount', '{S1,2025-05-01 00:00Z,2026-07-01 00:00Z}', $$
    SELECT ProviderName, RegionName, AvailabilityZone, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE SubAccountId = ? AND ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4$$),
(37, 'Identify anomalous daily spending by subaccount, region, and service', '{2026-05-31 00:00Z,2026-06-01 00:00Z}', $$
    SELECT (ChargePeriodStart AT TIME ZONE 'UTC')::date AS Day, ProviderName, SubAccountId, RegionId, RegionName, ServiceName, BillingCurrency, SUM(EffectiveCost) AS DailyEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 6$$),
(38, 'Identify anomalous daily spending by subaccount and region', '{2026-05-31 00:00Z,2026-06-02 00:00Z}', $$
    SELECT (ChargePeriodStart AT TIME ZONE 'UTC')::date AS Day, ProviderName, SubAccountId, RegionId, RegionName, BillingCurrency, SUM(EffectiveCost) AS DailyEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1$$),
(39, 'Identify anomalous daily spending by subaccount', '{2026-05-01 00:00Z,2026-05-04 00:00Z}', $$
    SELECT (ChargePeriodStart AT TIME ZONE 'UTC')::date AS Day, ProviderName, SubAccountId, BillingCurrency, SUM(EffectiveCost) AS DailyEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2$$),
(40, 'Update budgets for each application', :'may_days', $$
    SELECT ProviderName, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, (BillingPeriodEnd AT TIME ZONE 'UTC')::date AS BillingPeriodEnd, tag(Tags, 'Application') AS Application,
           BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 4$$),
(41, 'Update budgets with billed costs', :'a_year', $$
    SELECT ProviderName, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, (BillingPeriodEnd AT TIME ZONE 'UTC')::date AS BillingPeriodEnd, BillingCurrency,
           SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2$$),
(42, 'Report subaccounts by region', :'may_days', $$
    SELECT ProviderName, SubAccountId, RegionId, RegionName, COUNT(*) AS Charges FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2$$),
(43, 'Get historical usage and rates to enable cost forecasting', :'may_days', $$
    SELECT ProviderName, (BillingPeriodStart AT TIME ZONE 'UTC')::date AS BillingPeriodStart, (BillingPeriodEnd AT TIME ZONE 'UTC')::date AS BillingPeriodEnd, ServiceCategory, ServiceName, RegionId, RegionName,
           PricingUnit, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost, SUM(PricingQuantity) AS TotalPricingQuantity FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? AND ServiceCategory IN ('Compute', 'Networking') AND NOT covers_other_charges GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 5, 8$$),
(44, 'Forecast cashflow month over month based on historical trends by service', :'a_year', $$
    SELECT date_trunc('month', BillingPeriodStart AT TIME ZONE 'UTC')::date AS Month, ProviderName, ServiceCategory, ServiceName, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 HAVING SUM(BilledCost) <> 0 ORDER BY 1, 2, 3$$),
(45, 'Forecast amortized costs month over month based on historical trends', :'may_days', $$
    SELECT date_trunc('month', BillingPeriodStart AT TIME ZONE 'UTC')::date AS Month, ProviderName, ServiceCategory, ServiceName, ChargeCategory, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(EffectiveCost) <> 0 ORDER BY 1, 2, 3, 5$$),
(46, 'Verify discount accuracy for previously invoiced billing period', '{2026-05-01 00:00Z,2026-07-01 00:00Z}', $$
    SELECT ProviderName, BillingAccountId, BillingAccountName, BillingCurrency, ServiceName, SUM(EffectiveCost) AS TotalEffectiveCost, SUM(ListCost) AS TotalListCost, SUM(BilledCost) AS TotalBilledCost,
           ROUND((1 - SUM(EffectiveCost) / NULLIF(SUM(ListCost), 0)) * 100, 6) AS EffectiveDiscount FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? AND ChargeClass IS DISTINCT FROM 'Correction' AND NOT covers_other_charges GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 5$$),
(47, 'Verify accuracy of services charges across providers', :'may_days', $$
    SELECT ProviderName, BillingAccountId, BillingAccountName, BillingCurrency, ServiceName, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 5$$),
(48, 'Verify accuracy of provider invoices', :'may_days', $$
    SELECT ProviderName, BillingAccountId, BillingAccountName, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4 ORDER BY 1$$),
(49, 'Compare resource usage month over month', :'a_year', $$
    SELECT date_trunc('month', ChargePeriodStart AT TIME ZONE 'UTC')::date AS Month, ProviderName, ServiceName, ResourceId, SkuId, ConsumedUnit, SUM(ConsumedQuantity) AS TotalConsumedQuantity FROM focus_data_table
    WHERE ChargeCategory = 'Usage' AND ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ConsumedQuantity IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4$$),
(50, 'Analyze service costs by subaccount', '{S1,2026-05-01 00:00Z,2026-05-16 00:00Z}', $$
    SELECT (ChargePeriodStart AT TIME ZONE 'UTC')::date AS ChargePeriodStart, SubAccountId, SubAccountName, ServiceName, BillingCurrency, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE SubAccountID = ? AND ChargePeriodStart >= ? AND ChargePeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY TotalEffectiveCost DESC LIMIT 10$$),
(51, 'Identify unused commitments', :'may_days', $$
    SELECT MIN(ChargePeriodStart) AT TIME ZONE 'UTC' AS ChargePeriodStart, MAX(ChargePeriodEnd) AT TIME ZONE 'UTC' AS ChargePeriodEnd, ProviderName, BillingAccountId, CommitmentDiscountId,
           CommitmentDiscountType, CommitmentDiscountStatus, BillingCurrency, SUM(BilledCost) AS TotalBilledCost, SUM(EffectiveCost) AS TotalEffectiveCost FROM focus_data_table
    WHERE ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND CommitmentDiscountStatus = 'Unused' GROUP BY 3, 4, 5, 6, 7, 8$$),
(52, 'Allocate multi-currency charges per application', :'may_days', $$
    SELECT tag(Tags, 'ApplicationId') AS ApplicationId, ProviderName, BillingAccountId, BillingAccountName, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE BillingPeriodStart >= ? AND BillingPeriodEnd <= ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2$$),
(53, 'Compare billed cost per subaccount to budget', '{2026-05-01 00:00Z,2026-06-01 00:00Z,Acme,S1}', $$
    SELECT ProviderName, SubAccountId, SubAccountName, BillingCurrency, SUM(BilledCost) AS TotalBilledCost FROM focus_data_table
    WHERE ChargeCategory = 'Usage' AND ChargePeriodStart >= ? AND ChargePeriodEnd <= ? AND ProviderName = ? AND SubAccountId = ? GROUP BY 1, 2, 3, 4$$);

-- Each ? is the next parameter; a row is its values, decimals without trailing zeros, as text.
CREATE FUNCTION pg_temp.ask(question text, parameters text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    pieces text[] := string_to_array(question, '?');
    statement text := pieces[1];
    said text[];
BEGIN
    IF cardinality(pieces) <> cardinality(parameters) + 1 THEN
        RAISE EXCEPTION '% parameters for %', cardinality(parameters), question;
    END IF;
    FOR i IN 1..cardinality(parameters) LOOP
        statement := statement || quote_literal(parameters[i]) || pieces[i + 1];
    END LOOP;
    EXECUTE format($q$SELECT array_agg(r.line ORDER BY r.line COLLATE "C") FROM (SELECT (SELECT string_agg(coalesce(CASE WHEN jsonb_typeof(v.value) = 'number' THEN trim_scale((v.value #>> '{}')::numeric)::text ELSE v.value #>> '{}' END, '-'), '|' ORDER BY v.i)
                                        FROM json_each(row_to_json(q)) WITH ORDINALITY n (key, value, i) CROSS JOIN LATERAL (SELECT n.value::jsonb AS value, n.i) v) AS line FROM (%s) q) r$q$, statement) INTO said;
    RETURN said;
END
$$;
SET search_path = f_report, chipbook, public, pg_catalog;
-- One line for each row, whatever their order. NULL is -.
CREATE TEMPORARY TABLE expected (number integer PRIMARY KEY, answer text);
INSERT INTO expected VALUES
(1, 'Acme|A1|Research|Payer
Dbx|B1|Data|Payer
Nordic|N1|Nord|Payer
f|main|f|Entity'),
(2, 'Acme|Acme|Acme|INV-5|USD|52.18036
Acme|Acme|Acme|INV-6|USD|-2
Acme|Vendor X|Acme|INV-5|USD|7.005
Dbx|Dbx|Dbx|DB-5|USD|50
Nordic|-|Nordic|N-5|EUR|200
f|f|f|-|USD|0'),
(3, 'Acme|INV-5|USD|-5'),
-- Acme's May: 30 + 15 + 8 + 0.18 + 0.00036 - 5 + 4 + 7.005.
(4, 'Acme|INV-2025-5|USD|3
Acme|INV-5|USD|59.18536
Acme|INV-6|USD|22
Dbx|DB-5|USD|50
Nordic|N-5|EUR|200'),
-- (30 + 12) / (96 + 96).
(5, 'Acme|VMs|Hours|Europe 1|p5|USD|192|0.21875
Nordic|GPUs|GPU-Hours|Sweden|n|EUR|4|50'),
(6, 'Acme|VMs|Hours|Europe 1|p5|192
Nordic|GPUs|GPU-Hours|Sweden|n|4'),
-- 0.18036 / 2.004, where quantities rounded to cents would give 0.18036 / 2.
(7, '2026-05-10|USD|0.09'),
(8, 'Dbx|16'),
(9, 'Dbx|Dbx|Notebooks|notebook hours|16'),
(10, 'Dbx|Dbx|Notebooks|Credits|16
f|f|Owned chips|USD|130'),
(11, 'Dbx|Dbx|credits|Credits|USD|100|50'),
-- (5 - 4) x 4 credits, (3 - 2) x 4 USD.
(12, 'Notebooks|Data Processing|notebook hours|USD|Credits|4|4'),
-- 30 of 30 + 12 + 3 + 8 + 0.18036 + 4 + 7.005.
(13, 'USD|46.73963'),
(14, 'Acme|2026-05-01T00:00:00|2026-05-02T00:00:00|K1|K1-eu|Hours|4|USD|10|40|30
Acme|2026-05-15T00:00:00|2026-05-16T00:00:00|K1|K1-cr|Hours|5|USD|2|10|8
Acme|2026-05-31T00:00:00|2026-06-01T00:00:00|K1|K1-eu|Hours|4|USD|5|20|12'),
(15, 'Acme|USD|2026-05-01|Compute|Virtual Machines|48
Acme|USD|2026-05-01|Databases|Relational Databases|7.005
Acme|USD|2026-05-01|Networking|Content Delivery|0.18036
Acme|USD|2026-05-01|Other|Other (Other)|4
Acme|USD|2026-05-01|Storage|Object Storage|0
Dbx|USD|2026-05-01|Analytics|Data Processing|50
Nordic|EUR|2026-05-01|Compute|Virtual Machines|200
f|USD|2026-05-01|Compute|Other (Compute)|0'),
(16, 'Compute using Capacity Reservation|Acme|A1|USD|0|12
Compute without Capacity Reservation|Acme|A1|USD|38|26
Compute without Capacity Reservation|Nordic|N1|EUR|200|200
Compute without Capacity Reservation|f|main|USD|0|130
Unused Capacity Reservation|Acme|A1|USD|8|8'),
(17, 'Acme|A1|CR1|Unused|USD|8|8'),
(18, 'Acme|A1|Compute|S1|Training|USD|-2'),
(19, '2026-05-01|D1|plan|Savings Plan|Recurring|USD|15'),
(20, '2025-05-01|Acme|S1|Training|VMs|USD|3|3
2026-05-01|Acme|S1|Training|VMs|USD|48|48
2026-06-01|Acme|S1|Training|VMs|USD|22|22'),
(21, 'Acme|Research|A1|USD|2025-05-01|Compute|VMs|3
Acme|Research|A1|USD|2026-05-01|Compute|VMs|48
Acme|Research|A1|USD|2026-05-01|Databases|X Database|7.005
Acme|Research|A1|USD|2026-05-01|Networking|Network|0.18036
Acme|Research|A1|USD|2026-05-01|Other|Tax|4
Acme|Research|A1|USD|2026-05-01|Storage|Buckets|0
Acme|Research|A1|USD|2026-06-01|Compute|VMs|22'),
(22, '2026-05-31|Acme|eu-1|Tax|USD|4
2026-05-31|Acme|eu-1|VMs|USD|15
2026-06-01|Acme|eu-2|VMs|USD|24'),
(23, 'Acme|Buckets|S2|2026-05-03|USD|0
Acme|X Database|S2|2026-05-12|USD|7.005'),
-- May of 2025 is not May of 2026.
(24, '2025-05-01|Acme|VMs|USD|3
2026-05-01|Acme|Buckets|USD|0
2026-05-01|Acme|Network|USD|0.18036
2026-05-01|Acme|Tax|USD|4
2026-05-01|Acme|VMs|USD|46
2026-05-01|Acme|X Database|USD|7.005
2026-05-01|Dbx|Notebooks|USD|8
2026-05-01|Nordic|GPUs|EUR|200
2026-05-01|f|Owned chips|USD|130
2026-06-01|Acme|VMs|USD|24'),
(25, '2025-05-01|VMs|USD|3
2026-05-01|GPUs|EUR|200
2026-05-01|VMs|USD|42'),
(26, 'vm-1|trainer|VM|GPU hours|K1|USD|42'),
(27, 'Acme|USD|2026-05-01|Compute|48
Acme|USD|2026-05-01|Databases|7.005
Acme|USD|2026-05-01|Networking|0.18036
Acme|USD|2026-05-01|Other|4
Acme|USD|2026-05-01|Storage|0
Dbx|USD|2026-05-01|Analytics|50
Nordic|EUR|2026-05-01|Compute|200
f|USD|2026-05-01|Compute|0'),
(28, 'Acme|A1|Usage|Compute|VMs|USD|-2'),
-- 100 of depreciation and 30 for the place.
(29, '-|Acme|VMs|S1|Training|2026-05-01|USD|33
-|Nordic|GPUs|S3|Nord|2026-05-01|EUR|200
-|f|Owned chips|R|Research|2026-05-01|USD|130
Savings Plan|Acme|VMs|S1|Training|2026-05-01|USD|15'),
(30, '2026-05-01T00:00:00|2026-06-01T00:00:00|Acme|A1|D1|Savings Plan|USD|15|Recurring|USD|15'),
-- (49 - 46) / 49: 49 = 30 + 15 + 3 + 8 - 5 - 2, without the purchase of 15.
(31, 'Acme|Buckets|USD|0|0|-
Acme|Network|USD|0.18036|0.18036|0
Acme|Tax|USD|4|4|0
Acme|VMs|USD|49|46|0.061224
Acme|X Database|USD|7.005|7.005|0
Dbx|Notebooks|USD|8|8|0
Nordic|GPUs|EUR|200|200|0
f|Owned chips|USD|130|130|0'),
-- List 40 + 20 + 3 + 10 + 0.2004 - 5 + 4 + 7.005 - 2 = 77.2054; 1 - 57.18536 / 77.2054.
(32, 'Acme|USD|57.18536|0.259309|0.049846
Dbx|USD|8|0.333333|0
Nordic|EUR|200|0.2|0
f|USD|130|0|0'),
(33, 'Acme|2026-05-01T00:00:00|2026-05-02T00:00:00|-|-|-|-|USD|-|-2|-2
Acme|2026-05-01T00:00:00|2026-05-02T00:00:00|K1|K1-eu|Hours|4|USD|10|40|30
Acme|2026-05-03T00:00:00|2026-05-04T00:00:00|K3|K3-free|GB|0|USD|1|0|0
Dbx|2026-05-02T00:00:00|2026-05-03T00:00:00|CRED|-|Credits|0.6|USD|100|60|0
Dbx|2026-05-03T00:00:00|2026-05-04T00:00:00|NB|NB-1|Hours|3|USD|4|12|8'),
(34, '2026-05-12|2026-05-13|Acme|Vendor X|Acme|USD|7.005'),
(35, '2026-05-01T00:00:00|2026-05-21T00:00:00|VMs|-|-|USD|-|-7
2026-05-01T00:00:00|2026-06-01T00:00:00|VMs|vm-1|trainer|USD|15|42
2026-05-15T00:00:00|2026-05-16T00:00:00|VMs|CR1|-|USD|2|8
2026-05-31T00:00:00|2026-06-01T00:00:00|VMs|D1|-|USD|-|3'),
(36, 'Acme|Europe 1|-|2026-05-01|USD|10.18036
Acme|Europe 1|-|2026-06-01|USD|-2
Acme|Europe 1|eu-1a|2025-05-01|USD|3
Acme|Europe 1|eu-1a|2026-05-01|USD|42
Acme|Europe 2|eu-2b|2026-06-01|USD|24'),
(37, '2026-05-31|Acme|S1|eu-1|Europe 1|Tax|USD|4
2026-05-31|Acme|S1|eu-1|Europe 1|VMs|USD|15'),
(38, '2026-05-31|Acme|S1|eu-1|Europe 1|USD|19
2026-06-01|Acme|S1|eu-2|Europe 2|USD|24'),
-- 30 - 2: the correction of the first of May is billed in June.
(39, '2026-05-01|Acme|S1|USD|28
2026-05-02|Dbx|-|USD|0
2026-05-03|Acme|S2|USD|0
2026-05-03|Dbx|-|USD|8'),
(40, 'Acme|2026-05-01|2026-06-01|-|USD|22.18036
Acme|2026-05-01|2026-06-01|chat|USD|30
Acme|2026-05-01|2026-06-01|search|USD|7.005
Dbx|2026-05-01|2026-06-01|-|USD|50
Nordic|2026-05-01|2026-06-01|chat|EUR|200
f|2026-05-01|2026-06-01|-|USD|0'),
(41, 'Acme|2025-05-01|2025-06-01|USD|3
Acme|2026-05-01|2026-06-01|USD|59.18536
Acme|2026-06-01|2026-07-01|USD|22
Dbx|2026-05-01|2026-06-01|USD|50
Nordic|2026-05-01|2026-06-01|EUR|200
f|2026-05-01|2026-06-01|USD|0'),
(42, 'Acme|S1|eu-1|Europe 1|10
Acme|S2|eu-1|Europe 1|2
Dbx|-|-|-|2
Nordic|S3|se|Sweden|1
f|R|hall|The hall|2'),
(43, 'Acme|2026-05-01|2026-06-01|Compute|VMs|eu-1|Europe 1|-|USD|-2|-
Acme|2026-05-01|2026-06-01|Compute|VMs|eu-1|Europe 1|Hours|USD|50|17
Acme|2026-05-01|2026-06-01|Networking|Network|eu-1|Europe 1|GB|USD|0.18036|2.004
Nordic|2026-05-01|2026-06-01|Compute|GPUs|se|Sweden|GPU-Hours|EUR|200|100
f|2026-05-01|2026-06-01|Compute|Owned chips|hall|The hall|Chip-Hours|USD|130|1488'),
(44, '2025-05-01|Acme|Compute|VMs|USD|3
2026-05-01|Acme|Compute|VMs|USD|48
2026-05-01|Acme|Databases|X Database|USD|7.005
2026-05-01|Acme|Networking|Network|USD|0.18036
2026-05-01|Acme|Other|Tax|USD|4
2026-05-01|Dbx|Analytics|Notebooks|USD|50
2026-05-01|Nordic|Compute|GPUs|EUR|200
2026-06-01|Acme|Compute|VMs|USD|22'),
(45, '2026-05-01|Acme|Compute|VMs|Credit|USD|-5
2026-05-01|Acme|Compute|VMs|Usage|USD|53
2026-05-01|Acme|Databases|X Database|Usage|USD|7.005
2026-05-01|Acme|Networking|Network|Usage|USD|0.18036
2026-05-01|Acme|Other|Tax|Tax|USD|4
2026-05-01|Dbx|Analytics|Notebooks|Usage|USD|8
2026-05-01|Nordic|Compute|GPUs|Usage|EUR|200
2026-05-01|f|Compute|Owned chips|Usage|USD|130'),
-- 72 of 100: 30 + 12 + 3 + 8 - 5 + 24 of 40 + 20 + 3 + 10 - 5 + 32.
(46, 'Acme|A1|Research|USD|Buckets|0|0|0|-
Acme|A1|Research|USD|Network|0.18036|0.2004|0.18036|10
Acme|A1|Research|USD|Tax|4|4|4|0
Acme|A1|Research|USD|VMs|72|100|57|28
Acme|A1|Research|USD|X Database|7.005|7.005|7.005|0
Dbx|B1|Data|USD|Notebooks|8|12|0|33.333333
Nordic|N1|Nord|EUR|GPUs|200|250|200|20
f|main|f|USD|Owned chips|130|130|0|0'),
(47, 'Acme|A1|Research|USD|Buckets|0
Acme|A1|Research|USD|Network|0.18036
Acme|A1|Research|USD|Tax|4
Acme|A1|Research|USD|VMs|48
Acme|A1|Research|USD|X Database|7.005
Dbx|B1|Data|USD|Notebooks|50
Nordic|N1|Nord|EUR|GPUs|200
f|main|f|USD|Owned chips|0'),
(48, 'Acme|A1|Research|USD|59.18536
Dbx|B1|Data|USD|50
Nordic|N1|Nord|EUR|200
f|main|f|USD|0'),
-- 12 chip-hours used of the 24 metered.
(49, '2025-05-01|Acme|VMs|vm-1|K1|Hours|1
2026-05-01|Acme|Buckets|-|K3|GB|1
2026-05-01|Acme|Network|-|K2|GB|2.004
2026-05-01|Acme|VMs|vm-1|K1|Hours|15
2026-05-01|Dbx|Notebooks|-|NB|Hours|4
2026-05-01|Nordic|GPUs|n-1|N|GPU-Hours|100
2026-05-01|f|Owned chips|P|depreciation/H100|Chip-Hours|12
2026-06-01|Acme|VMs|vm-2|K1|Hours|8'),
(50, '2026-05-01|S1|Training|VMs|USD|28
2026-05-10|S1|Training|Network|USD|0.18036
2026-05-15|S1|Training|VMs|USD|8'),
(51, '2026-05-31T00:00:00|2026-06-01T00:00:00|Acme|A1|D1|Savings Plan|Unused|USD|0|3'),
(52, '-|Acme|A1|Research|USD|52.18036
-|Dbx|B1|Data|USD|50
-|f|main|f|USD|0
42|Nordic|N1|Nord|EUR|200
77|Acme|A1|Research|USD|7.005'),
-- 30 + 8 + 0.18036 - 2.
(53, 'Acme|S1|Training|USD|36.18036');

SELECT is((SELECT count(*) FROM use_case JOIN expected USING (number)), 53::bigint, 'all 53 use cases are asked');
SELECT is(pg_temp.ask(u.question, u.parameters), string_to_array(e.answer, E'\n'), format('%s %s', u.number, u.title)) FROM use_case u JOIN expected e USING (number) ORDER BY u.number;
-- The ends of periods are exclusive: < in place of <= loses the last day.
SELECT is(pg_temp.ask('SELECT sum(effectivecost) AS cost FROM focus_data_table WHERE providername = ''Acme'' AND chargeperiodstart >= ? AND chargeperiodend < ?', :'may_days'), '{38.18536}', 'what < would say of May');
SELECT is(pg_temp.ask('SELECT sum(effectivecost) AS cost FROM focus_data_table WHERE providername = ''Acme'' AND chargeperiodstart >= ? AND chargeperiodend <= ?', :'may_days'), '{57.18536}', 'and it is');
SELECT is_empty($$SELECT FROM focus_data_table WHERE chargeclass <> 'Correction'$$, 'chargeclass is null on ordinary rows');
SELECT results_eq($$SELECT count(*) FILTER (WHERE is_correction), count(*) - count(is_correction) FROM focus_data_table$$, 'VALUES (1::bigint, 0::bigint)', 'is_correction never is');

SELECT * FROM finish();
ROLLBACK;
