-- What the columns of a bill become. A mapping gives each column of charge an expression over the columns
-- of the file by their keys (header_key): {key} its text, #{key} its number, @{key} its time, %{key} its JSON;
-- NULL where the file has no such column. Signs are as delivered: credits are negative.

CREATE FUNCTION chipbook.bill_datasets() RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN '{cost_and_usage,contract_commitment,billing_period,invoice_detail,aws_cur,azure_actual,azure_amortised,oracle_cost,gcp_export}'::text[];
COMMENT ON FUNCTION chipbook.bill_datasets() IS 'The datasets that bills are delivered as: four of FOCUS, and the formats of AWS (Cost and Usage Report, legacy and 2.0), Azure (cost details, actual and amortised), Oracle (cost reports) and Google (BigQuery billing export).';

CREATE FUNCTION chipbook.detect_dataset(keys text[]) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE
    WHEN keys OPERATOR(pg_catalog.@>) '{billedcost,chargecategory,chargeperiodstart}'::text[] THEN 'cost_and_usage'
    WHEN keys OPERATOR(pg_catalog.@>) '{contractcommitmentid,contractcommitmenttype}'::text[] THEN 'contract_commitment'
    WHEN keys OPERATOR(pg_catalog.@>) '{invoicedetailid,invoiceissuestatus}'::text[] THEN 'invoice_detail'
    WHEN keys OPERATOR(pg_catalog.@>) '{billingperiodstatus,billingperiodstart}'::text[] THEN 'billing_period'
    WHEN keys OPERATOR(pg_catalog.@>) '{lineitemlineitemtype,lineitemunblendedcost}'::text[] THEN 'aws_cur'
    WHEN keys OPERATOR(pg_catalog.@>) '{lineitemreferenceno,costmycost}'::text[] THEN 'oracle_cost'
    WHEN keys OPERATOR(pg_catalog.@>) '{metercategory}'::text[] AND keys OPERATOR(pg_catalog.&&) '{costinbillingcurrency,cost,pretaxcost,extendedcost}'::text[] THEN 'azure_actual'
    WHEN keys OPERATOR(pg_catalog.@>) '{usagestarttime,cost}'::text[] AND keys OPERATOR(pg_catalog.&&) '{costtype,invoicemonth,exporttime,credits}'::text[] THEN 'gcp_export'
END;
COMMENT ON FUNCTION chipbook.detect_dataset(text[]) IS 'Which dataset a file is, from the keys of its columns (header_key); azure_actual stands for either of Azure''s, which have the same columns. NULL: none that is known.';

CREATE FUNCTION chipbook.detect_focus_version(dataset text, keys text[]) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE
    WHEN dataset OPERATOR(pg_catalog.=) ANY ('{billing_period,invoice_detail}'::text[]) THEN '1.4'
    WHEN dataset OPERATOR(pg_catalog.=) 'contract_commitment' THEN CASE WHEN keys OPERATOR(pg_catalog.&&) '{contractcommitmentmodel,contractcommitmentlifecyclestatus}'::text[] THEN '1.4' ELSE '1.3' END
    WHEN dataset OPERATOR(pg_catalog.<>) 'cost_and_usage' THEN NULL
    WHEN keys OPERATOR(pg_catalog.&&) '{credentialid,credentialdetails,principalid}'::text[] THEN '1.5'
    WHEN keys OPERATOR(pg_catalog.&&) '{invoicedetailid,commitmentprogrameligibilitydetails}'::text[] THEN '1.4'
    WHEN keys OPERATOR(pg_catalog.&&) '{serviceprovidername,hostprovidername,contractapplied,allocatedmethodid,allocatedmethoddetails,allocatedresourceid,allocatedresourcename,allocatedtags}'::text[] THEN '1.3'
    WHEN keys OPERATOR(pg_catalog.&&) '{invoiceid,billingaccounttype,subaccounttype,pricingcurrency,pricingcurrencycontractedunitprice,pricingcurrencyeffectivecost,pricingcurrencylistunitprice}'::text[] THEN '1.2'
    WHEN keys OPERATOR(pg_catalog.&&) '{skumeter,skupricedetails,servicesubcategory,capacityreservationid,capacityreservationstatus,commitmentdiscountquantity,commitmentdiscountunit}'::text[] THEN '1.1'
    ELSE '1.0' END;
COMMENT ON FUNCTION chipbook.detect_focus_version(text, text[]) IS 'The version of FOCUS that first had the newest of a file''s columns; NULL for other formats.';

-- The columns without which a file of a version is not whole: it is loaded, and this is said.
CREATE FUNCTION chipbook.focus_mandatory(dataset text, version text) RETURNS text[] IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE dataset
    WHEN 'cost_and_usage' THEN '{BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargeClass,ChargeDescription,ChargePeriodEnd,ChargePeriodStart,ContractedCost,EffectiveCost,InvoiceIssuerName,ListCost,PricingQuantity,PricingUnit,ServiceCategory,ServiceName}'::text[]
         OPERATOR(pg_catalog.||) CASE WHEN version OPERATOR(pg_catalog.<) '1.3' THEN '{ProviderName,PublisherName}'::text[] WHEN version OPERATOR(pg_catalog.=) '1.3' THEN '{ProviderName,PublisherName,ServiceProviderName,HostProviderName}'::text[]
                                      ELSE '{ServiceProviderName,HostProviderName}'::text[] END
    WHEN 'contract_commitment' THEN '{ContractCommitmentId,ContractCommitmentType,ContractCommitmentCategory,ContractCommitmentCost,ContractCommitmentQuantity,ContractCommitmentUnit,ContractCommitmentDescription,ContractCommitmentPeriodStart,ContractCommitmentPeriodEnd,ContractId,ContractPeriodStart,ContractPeriodEnd,BillingCurrency}'::text[]
    WHEN 'billing_period' THEN '{BillingPeriodCreated,BillingPeriodEnd,BillingPeriodLastUpdated,BillingPeriodStart,BillingPeriodStatus,InvoiceIssuerName}'::text[]
    WHEN 'invoice_detail' THEN '{BilledCost,BillingAccountId,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,InvoiceDetailCreated,InvoiceDetailDescription,InvoiceDetailGrain,InvoiceDetailId,InvoiceDetailLastUpdated,InvoiceId,InvoiceIssueDate,InvoiceIssueStatus,InvoiceIssuerName,PaymentDueDate,PaymentTerms,ReferenceInvoiceId}'::text[]
    ELSE '{}'::text[] END;
COMMENT ON FUNCTION chipbook.focus_mandatory(text, text) IS 'The columns that a dataset of a version of FOCUS must have whatever the provider offers (feature level Mandatory).';

CREATE FUNCTION chipbook.credits_total(credits jsonb) RETURNS numeric IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT pg_catalog.sum(chipbook.read_decimal(c.value OPERATOR(pg_catalog.->>) 'amount'))
        FROM pg_catalog.jsonb_array_elements(CASE WHEN pg_catalog.jsonb_typeof(credits) OPERATOR(pg_catalog.=) 'array' THEN credits ELSE '[]' END) c);
COMMENT ON FUNCTION chipbook.credits_total(jsonb) IS 'The sum of the amounts of the credits that Google nests in a row, negative as delivered; NULL where there are none.';

CREATE FUNCTION chipbook.labels_object(labels jsonb) RETURNS jsonb IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN pg_catalog.jsonb_typeof(labels) OPERATOR(pg_catalog.=) 'array'
            THEN (SELECT pg_catalog.jsonb_object_agg(l.value OPERATOR(pg_catalog.->>) 'key', l.value OPERATOR(pg_catalog.->) 'value')
                  FROM pg_catalog.jsonb_array_elements(labels) l WHERE l.value OPERATOR(pg_catalog.->>) 'key' IS NOT NULL) ELSE labels END;
COMMENT ON FUNCTION chipbook.labels_object(jsonb) IS 'Labels as Google exports them, a list of key and value, as an object.';

-- AWS: usage that a savings plan covers is billed at its price on demand and taken back by a Negation, so
-- that billed cost adds up to what is invoiced; effective cost is what the plan's share came to, and what
-- was paid and not used stands on the fee; contracted cost is what was billed at the price of the contract, which usage
-- under a reservation does not tell. Azure: the actual dataset has what is billed, the amortised one
-- what is effective, of the same charges; neither has the other. Google: net of nested credits.
CREATE FUNCTION chipbook.bill_mapping(dataset text) RETURNS TABLE (column_name name, expression text) IMMUTABLE PARALLEL SAFE ROWS 40 LANGUAGE sql
BEGIN ATOMIC
    SELECT m.column_name::name, m.expression FROM (VALUES
        ('aws_cur', 'billing_period_start', '@{billbillingperiodstartdate}'),
        ('aws_cur', 'billing_period_end', '@{billbillingperiodenddate}'),
        ('aws_cur', 'charge_period_start', '@{lineitemusagestartdate}'),
        ('aws_cur', 'charge_period_end', '@{lineitemusageenddate}'),
        ('aws_cur', 'billed_cost', '#{lineitemunblendedcost}'),
        ('aws_cur', 'effective_cost', 'CASE {lineitemlineitemtype} WHEN ''SavingsPlanCoveredUsage'' THEN #{savingsplansavingsplaneffectivecost} WHEN ''SavingsPlanNegation'' THEN 0 WHEN ''SavingsPlanUpfrontFee'' THEN 0
            WHEN ''SavingsPlanRecurringFee'' THEN coalesce(#{savingsplantotalcommitmenttodate}, 0) - coalesce(#{savingsplanusedcommitment}, 0) WHEN ''DiscountedUsage'' THEN #{reservationeffectivecost}
            WHEN ''RIFee'' THEN coalesce(#{reservationunusedamortizedupfrontfeeforbillingperiod}, 0) + coalesce(#{reservationunusedrecurringfee}, 0) WHEN ''Fee'' THEN CASE WHEN {reservationreservationarn} IS NULL THEN #{lineitemunblendedcost} ELSE 0 END
            ELSE #{lineitemunblendedcost} END'),
        ('aws_cur', 'list_cost', 'CASE WHEN {lineitemlineitemtype} IN (''Tax'', ''Credit'', ''Refund'') THEN #{lineitemunblendedcost} WHEN {lineitemlineitemtype} <> ''SavingsPlanNegation'' THEN #{pricingpublicondemandcost} END'),
        ('aws_cur', 'contracted_cost', 'CASE WHEN {lineitemlineitemtype} NOT IN (''SavingsPlanNegation'', ''DiscountedUsage'') THEN #{lineitemunblendedcost} END'),
        ('aws_cur', 'list_unit_price', '#{pricingpublicondemandrate}'),
        ('aws_cur', 'pricing_quantity', '#{lineitemusageamount}'),
        ('aws_cur', 'pricing_unit', '{pricingunit}'),
        ('aws_cur', 'consumed_quantity', 'CASE WHEN {lineitemlineitemtype} IN (''Usage'', ''DiscountedUsage'', ''SavingsPlanCoveredUsage'') THEN #{lineitemusageamount} END'),
        ('aws_cur', 'consumed_unit', 'CASE WHEN {lineitemlineitemtype} IN (''Usage'', ''DiscountedUsage'', ''SavingsPlanCoveredUsage'') THEN {pricingunit} END'),
        ('aws_cur', 'billing_currency', '{lineitemcurrencycode}'),
        ('aws_cur', 'charge_category', 'CASE WHEN {lineitemlineitemtype} IN (''Usage'', ''DiscountedUsage'', ''SavingsPlanCoveredUsage'') THEN ''Usage'' WHEN {lineitemlineitemtype} = ''Tax'' THEN ''Tax''
            WHEN {lineitemlineitemtype} IN (''Fee'', ''RIFee'', ''SavingsPlanUpfrontFee'', ''SavingsPlanRecurringFee'') THEN ''Purchase''
            WHEN {lineitemlineitemtype} IN (''Credit'', ''EdpDiscount'', ''PrivateRateDiscount'', ''BundledDiscount'') THEN ''Credit'' ELSE ''Adjustment'' END'),
        ('aws_cur', 'charge_frequency', 'CASE WHEN {lineitemlineitemtype} IN (''RIFee'', ''SavingsPlanRecurringFee'') THEN ''Recurring'' WHEN {lineitemlineitemtype} IN (''Fee'', ''SavingsPlanUpfrontFee'') THEN ''One-Time''
            WHEN {lineitemlineitemtype} IN (''Usage'', ''DiscountedUsage'', ''SavingsPlanCoveredUsage'', ''SavingsPlanNegation'') THEN ''Usage-Based'' END'),
        ('aws_cur', 'pricing_category', 'CASE WHEN {lineitemlineitemtype} IN (''DiscountedUsage'', ''SavingsPlanCoveredUsage'') THEN ''Committed'' WHEN {lineitemlineitemtype} = ''Usage'' THEN CASE WHEN {lineitemusagetype} LIKE ''%SpotUsage%'' THEN ''Dynamic'' ELSE ''Standard'' END END'),
        ('aws_cur', 'commitment_discount_id', 'coalesce({savingsplansavingsplanarn}, {reservationreservationarn})'),
        ('aws_cur', 'commitment_discount_status', 'CASE WHEN {lineitemlineitemtype} IN (''DiscountedUsage'', ''SavingsPlanCoveredUsage'') THEN ''Used'' END'),
        ('aws_cur', 'commitment_discount_category', 'CASE WHEN {savingsplansavingsplanarn} IS NOT NULL THEN ''Spend'' WHEN {reservationreservationarn} IS NOT NULL THEN ''Usage'' END'),
        ('aws_cur', 'charge_description', '{lineitemlineitemdescription}'),
        ('aws_cur', 'service_name', 'coalesce({productservicename}, {productproductname}, {lineitemproductcode})'),
        ('aws_cur', 'provider_name', 'coalesce({billbillingentity}, ''AWS'')'),
        ('aws_cur', 'service_provider_name', 'coalesce({billbillingentity}, ''AWS'')'),
        ('aws_cur', 'publisher_name', '{lineitemlegalentity}'),
        ('aws_cur', 'invoice_issuer_name', 'coalesce({billinvoicingentity}, {lineitemlegalentity}, ''AWS'')'),
        ('aws_cur', 'invoice_id', '{billinvoiceid}'),
        ('aws_cur', 'billing_account_id', '{billpayeraccountid}'),
        ('aws_cur', 'billing_account_name', '{billpayeraccountname}'),
        ('aws_cur', 'sub_account_id', '{lineitemusageaccountid}'),
        ('aws_cur', 'sub_account_name', '{lineitemusageaccountname}'),
        ('aws_cur', 'resource_id', '{lineitemresourceid}'),
        ('aws_cur', 'region_id', 'coalesce({productregioncode}, {productregion})'),
        ('aws_cur', 'region_name', '{productlocation}'),
        ('aws_cur', 'availability_zone', '{lineitemavailabilityzone}'),
        ('aws_cur', 'sku_id', '{productsku}'),
        ('aws_cur', 'sku_price_id', '{pricingratecode}'),
        ('aws_cur', 'sku_meter', '{lineitemusagetype}'),
        ('aws_cur', 'tags', '%{resourcetags}'),
        ('aws_cur', 'reference_id', 'concat_ws('' '', {identitylineitemid}, {identitytimeinterval})'),
        ('azure', 'charge_period_start', 'coalesce(@{date}, @{usagedatetime}, @{usagedate})'),
        ('azure', 'charge_period_end', 'coalesce(@{date}, @{usagedatetime}, @{usagedate}) + interval ''24 hours'''),
        ('azure', 'billing_period_start', 'coalesce(@{billingperiodstartdate}, date_trunc(''month'', coalesce(@{date}, @{usagedatetime}, @{usagedate}), ''UTC''))'),
        ('azure', 'billing_period_end', 'coalesce(@{billingperiodenddate} + interval ''24 hours'', (date_trunc(''month'', coalesce(@{date}, @{usagedatetime}, @{usagedate}) AT TIME ZONE ''UTC'') + interval ''1 month'') AT TIME ZONE ''UTC'')'),
        ('azure_actual', 'billed_cost', 'coalesce(#{costinbillingcurrency}, #{cost}, #{pretaxcost}, #{extendedcost})'),
        ('azure_amortised', 'effective_cost', 'coalesce(#{costinbillingcurrency}, #{cost}, #{pretaxcost}, #{extendedcost})'),
        ('azure', 'list_cost', '#{paygcostinbillingcurrency}'),
        ('azure', 'contracted_cost', 'CASE WHEN coalesce(#{unitprice}, #{resourcerate}) IS NULL OR coalesce(#{quantity}, #{usagequantity}) IS NULL
            THEN CASE WHEN coalesce({chargetype}, ''Usage'') NOT IN (''Usage'', ''UnusedReservation'', ''UnusedSavingsPlan'') THEN coalesce(#{costinbillingcurrency}, #{cost}, #{pretaxcost}, #{extendedcost}) END
            WHEN {pricingcurrency} IS NULL OR {pricingcurrency} = coalesce({billingcurrencycode}, {billingcurrency}, {currency}) THEN coalesce(#{unitprice}, #{resourcerate}) * coalesce(#{quantity}, #{usagequantity})
            ELSE coalesce(#{unitprice}, #{resourcerate}) * coalesce(#{quantity}, #{usagequantity}) * #{exchangeratepricingtobilling} END'),
        ('azure', 'list_unit_price', '#{paygprice}'),
        ('azure', 'contracted_unit_price', 'coalesce(#{unitprice}, #{resourcerate})'),
        ('azure', 'pricing_quantity', 'coalesce(#{quantity}, #{usagequantity})'),
        ('azure', 'pricing_unit', '{unitofmeasure}'),
        ('azure', 'consumed_quantity', 'CASE WHEN coalesce({chargetype}, ''Usage'') = ''Usage'' THEN coalesce(#{quantity}, #{usagequantity}) * CASE WHEN {unitofmeasure} IS NULL THEN 1 ELSE unit_factor({unitofmeasure}) END END'),
        ('azure', 'consumed_unit', 'CASE WHEN coalesce({chargetype}, ''Usage'') = ''Usage'' THEN unit_name({unitofmeasure}) END'),
        ('azure', 'billing_currency', 'coalesce({billingcurrencycode}, {billingcurrency}, {currency})'),
        ('azure', 'pricing_currency', '{pricingcurrency}'),
        ('azure', 'charge_category', 'CASE WHEN {chargetype} IS NULL OR {chargetype} IN (''Usage'', ''UnusedReservation'', ''UnusedSavingsPlan'') THEN ''Usage'' WHEN {chargetype} IN (''Purchase'', ''Tax'') THEN {chargetype}
            WHEN {chargetype} = ''Refund'' THEN ''Credit'' ELSE ''Adjustment'' END'),
        ('azure', 'charge_frequency', 'CASE {frequency} WHEN ''UsageBased'' THEN ''Usage-Based'' WHEN ''OneTime'' THEN ''One-Time'' ELSE {frequency} END'),
        ('azure', 'pricing_category', 'CASE {pricingmodel} WHEN ''OnDemand'' THEN ''Standard'' WHEN ''Spot'' THEN ''Dynamic'' WHEN ''Reservation'' THEN ''Committed'' WHEN ''SavingsPlan'' THEN ''Committed'' END'),
        ('azure', 'commitment_discount_id', 'coalesce({benefitid}, {reservationid})'),
        ('azure', 'commitment_discount_name', 'coalesce({benefitname}, {reservationname})'),
        ('azure', 'commitment_discount_category', 'CASE {pricingmodel} WHEN ''Reservation'' THEN ''Usage'' WHEN ''SavingsPlan'' THEN ''Spend'' END'),
        ('azure', 'commitment_discount_status', 'CASE WHEN {chargetype} LIKE ''Unused%'' THEN ''Unused'' WHEN coalesce({chargetype}, ''Usage'') = ''Usage'' AND {pricingmodel} IN (''Reservation'', ''SavingsPlan'') THEN ''Used'' END'),
        ('azure', 'charge_description', 'coalesce({product}, {productname})'),
        ('azure', 'service_name', 'coalesce({metercategory}, {consumedservice})'),
        ('azure', 'service_subcategory', '{metersubcategory}'),
        ('azure', 'provider_name', '''Microsoft'''),
        ('azure', 'service_provider_name', '''Microsoft'''),
        ('azure', 'publisher_name', '{publishername}'),
        ('azure', 'invoice_issuer_name', '''Microsoft'''),
        ('azure', 'invoice_id', '{invoiceid}'),
        ('azure', 'billing_account_id', '{billingaccountid}'),
        ('azure', 'billing_account_name', '{billingaccountname}'),
        ('azure', 'sub_account_id', 'coalesce({subscriptionid}, {subscriptionguid})'),
        ('azure', 'sub_account_name', '{subscriptionname}'),
        ('azure', 'resource_id', 'coalesce({resourceid}, {instanceid}, {instancename})'),
        ('azure', 'resource_name', '{resourcename}'),
        ('azure', 'resource_type', '{resourcetype}'),
        ('azure', 'region_id', 'coalesce({resourcelocation}, {meterregion})'),
        ('azure', 'availability_zone', '{availabilityzone}'),
        ('azure', 'sku_id', '{meterid}'),
        ('azure', 'sku_price_id', '{partnumber}'),
        ('azure', 'sku_meter', '{metername}'),
        ('azure', 'tags', '%{tags}'),
        ('oracle_cost', 'billing_period_start', 'date_trunc(''month'', @{lineitemintervalusagestart}, ''UTC'')'),
        ('oracle_cost', 'billing_period_end', '(date_trunc(''month'', @{lineitemintervalusagestart} AT TIME ZONE ''UTC'') + interval ''1 month'') AT TIME ZONE ''UTC'''),
        ('oracle_cost', 'charge_period_start', '@{lineitemintervalusagestart}'),
        ('oracle_cost', 'charge_period_end', '@{lineitemintervalusageend}'),
        ('oracle_cost', 'billed_cost', '#{costmycost}'),
        ('oracle_cost', 'effective_cost', '#{costmycost}'),
        ('oracle_cost', 'contracted_cost', 'coalesce(#{costunitprice} * #{usagebilledquantity}, CASE WHEN #{costunitprice} IS NULL THEN #{costmycost} END)'),
        ('oracle_cost', 'contracted_unit_price', '#{costunitprice}'),
        ('oracle_cost', 'pricing_quantity', '#{usagebilledquantity}'),
        ('oracle_cost', 'pricing_unit', '{costskuunitdescription}'),
        ('oracle_cost', 'consumed_quantity', '#{usagebilledquantity} * CASE WHEN {costbillingunitreadable} IS NULL THEN 1 ELSE unit_factor({costbillingunitreadable}) END'),
        ('oracle_cost', 'consumed_unit', 'unit_name({costbillingunitreadable})'),
        ('oracle_cost', 'billing_currency', '{costcurrencycode}'),
        ('oracle_cost', 'charge_category', '''Usage'''),
        ('oracle_cost', 'charge_class', 'CASE WHEN lower({lineitemiscorrection}) = ''true'' THEN ''Correction'' END'),
        ('oracle_cost', 'charge_frequency', '''Usage-Based'''),
        ('oracle_cost', 'charge_description', '{productdescription}'),
        ('oracle_cost', 'service_name', '{productservice}'),
        ('oracle_cost', 'provider_name', '''Oracle'''),
        ('oracle_cost', 'service_provider_name', '''Oracle'''),
        ('oracle_cost', 'publisher_name', '''Oracle'''),
        ('oracle_cost', 'invoice_issuer_name', '''Oracle'''),
        ('oracle_cost', 'billing_account_id', 'coalesce({costsubscriptionid}, {lineitemtenantid})'),
        ('oracle_cost', 'sub_account_id', '{productcompartmentid}'),
        ('oracle_cost', 'sub_account_name', '{productcompartmentname}'),
        ('oracle_cost', 'resource_id', '{productresourceid}'),
        ('oracle_cost', 'region_id', '{productregion}'),
        ('oracle_cost', 'availability_zone', '{productavailabilitydomain}'),
        ('oracle_cost', 'sku_id', '{costproductsku}'),
        ('oracle_cost', 'reference_id', '{lineitemreferenceno}'),
        ('oracle_cost', 'corrects_reference_id', 'CASE WHEN lower({lineitemiscorrection}) = ''true'' THEN {lineitembackreferenceno} END'),
        ('gcp_export', 'billing_period_start', 'CASE WHEN {invoicemonth} ~ ''^[0-9][0-9][0-9][0-9](0[1-9]|1[0-2])$'' THEN to_date({invoicemonth} || ''01'', ''YYYYMMDD'')::timestamp AT TIME ZONE ''America/Los_Angeles'' END'),
        ('gcp_export', 'billing_period_end', 'CASE WHEN {invoicemonth} ~ ''^[0-9][0-9][0-9][0-9](0[1-9]|1[0-2])$'' THEN (to_date({invoicemonth} || ''01'', ''YYYYMMDD'')::timestamp + interval ''1 month'') AT TIME ZONE ''America/Los_Angeles'' END'),
        ('gcp_export', 'charge_period_start', '@{usagestarttime}'),
        ('gcp_export', 'charge_period_end', '@{usageendtime}'),
        ('gcp_export', 'billed_cost', '#{cost} + coalesce(credits_total(%{credits}), 0)'),
        ('gcp_export', 'effective_cost', '#{cost} + coalesce(credits_total(%{credits}), 0)'),
        ('gcp_export', 'contracted_cost', '#{cost}'),
        ('gcp_export', 'list_cost', '#{costatlist}'),
        ('gcp_export', 'pricing_quantity', '#{usageamountinpricingunits}'),
        ('gcp_export', 'pricing_unit', '{usagepricingunit}'),
        ('gcp_export', 'consumed_quantity', '#{usageamount}'),
        ('gcp_export', 'consumed_unit', '{usageunit}'),
        ('gcp_export', 'contracted_unit_price', '#{priceeffectiveprice}'),
        ('gcp_export', 'list_unit_price', '#{pricelistprice}'),
        ('gcp_export', 'billing_currency', '{currency}'),
        ('gcp_export', 'charge_category', 'CASE {costtype} WHEN ''regular'' THEN ''Usage'' WHEN ''tax'' THEN ''Tax'' ELSE ''Adjustment'' END'),
        ('gcp_export', 'charge_description', '{skudescription}'),
        ('gcp_export', 'service_name', '{servicedescription}'),
        ('gcp_export', 'provider_name', '''Google Cloud'''),
        ('gcp_export', 'service_provider_name', '''Google Cloud'''),
        ('gcp_export', 'publisher_name', 'coalesce({sellername}, ''Google Cloud'')'),
        ('gcp_export', 'invoice_issuer_name', '''Google Cloud'''),
        ('gcp_export', 'billing_account_id', '{billingaccountid}'),
        ('gcp_export', 'sub_account_id', '{projectid}'),
        ('gcp_export', 'sub_account_name', '{projectname}'),
        ('gcp_export', 'resource_id', 'coalesce({resourceglobalname}, {resourcename})'),
        ('gcp_export', 'resource_name', '{resourcename}'),
        ('gcp_export', 'region_id', 'coalesce({locationregion}, {locationlocation})'),
        ('gcp_export', 'availability_zone', '{locationzone}'),
        ('gcp_export', 'sku_id', '{skuid}'),
        ('gcp_export', 'tags', 'labels_object(%{labels})')) m (dataset, column_name, expression)
    WHERE m.dataset = bill_mapping.dataset OR m.dataset = 'azure' AND bill_mapping.dataset LIKE 'azure\_%';
END;
COMMENT ON FUNCTION chipbook.bill_mapping(text) IS 'How the columns of a format that is not FOCUS become those of charge: {key} is the text of a column of the file, #{key} its number, @{key} its time, %{key} its JSON. Columns of the file that are in none go to charge.x.';
