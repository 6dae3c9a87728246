-- What the rules of FOCUS say of the charges that are published: findings, never refusals. Real bills
-- conform by degrees; the rules are facts of the specification in words of our own.

-- A condition is true of a row v of the dataset's view in snake_case that breaks the rule. $1 is the tolerance.
CREATE FUNCTION chipbook.focus_rules()
RETURNS TABLE (rule_code text, dataset text, column_name text, severity text, rule text, condition text, only_if_used boolean)
IMMUTABLE PARALLEL SAFE ROWS 400 LANGUAGE sql
BEGIN ATOMIC
    SELECT 'null_not_allowed', c.dataset, c.column_name, CASE c.feature_level WHEN 'Mandatory' THEN 'error' ELSE 'warning' END,
           'has a value on every row' || CASE c.feature_level WHEN 'Mandatory' THEN '' ELSE ' where it is delivered at all' END,
           pg_catalog.format('v.%I IS NULL', chipbook.focus_snake(c.column_name)), c.feature_level <> 'Mandatory'
    FROM chipbook.focus_columns() c WHERE NOT c.allows_nulls AND c.last_version IS NULL AND c.introduced <> '1.5'
    UNION ALL
    SELECT 'word_not_allowed', c.dataset, c.column_name, 'error', 'is one of the words that FOCUS has for it',
           pg_catalog.format('v.%I <> ALL (%L::text[])', chipbook.focus_snake(c.column_name), c.allowed_values), false
    FROM chipbook.focus_columns() c WHERE c.allowed_values IS NOT NULL
    UNION ALL
    SELECT 'text_empty', c.dataset, c.column_name, 'warning', 'is NULL and not the empty text where there is no value',
           pg_catalog.format('v.%I = ''''', chipbook.focus_snake(c.column_name)), false
    FROM chipbook.focus_columns() c WHERE c.data_type = 'String' AND c.allowed_values IS NULL
    UNION ALL
    SELECT 'not_a_currency', c.dataset, c.column_name, 'error', 'is three capital letters of ISO 4217',
           pg_catalog.format('v.%I !~ ''^[A-Z]{3}$''', chipbook.focus_snake(c.column_name)), false
    FROM chipbook.focus_columns() c WHERE c.column_name IN ('BillingCurrency', 'PaymentCurrency')
    UNION ALL
    SELECT 'not_a_unit', c.dataset, c.column_name, 'warning', 'is a unit, or a whole number and a unit',
           pg_catalog.format('v.%I !~ ''^([0-9]+ )?[[:alpha:]%%][[:alnum:] /%%.()-]*$''', chipbook.focus_snake(c.column_name)), false
    FROM chipbook.focus_columns() c WHERE c.value_format = 'Unit'
    UNION ALL
    SELECT 'price_negative', c.dataset, c.column_name, 'error', 'is not negative', pg_catalog.format('v.%I < 0', chipbook.focus_snake(c.column_name)), false
    FROM chipbook.focus_columns() c WHERE c.value_format = 'Decimal (non-negative)'
    UNION ALL
    SELECT 'json_not_object', c.dataset, c.column_name, 'error', 'is a JSON object',
           pg_catalog.format('jsonb_typeof(v.%I::jsonb) <> ''object''', chipbook.focus_snake(c.column_name)), false
    FROM chipbook.focus_columns() c WHERE c.data_type = 'JSON'
    UNION ALL
    SELECT 'json_value_not_plain', c.dataset, c.column_name, 'warning', 'has plain values: text, numbers, true, false or null',
           pg_catalog.format('jsonb_path_exists(v.%I::jsonb, ''strict $.* ? (@.type() == "object" || @.type() == "array")'', silent => true)', chipbook.focus_snake(c.column_name)), false
    FROM chipbook.focus_columns() c WHERE c.value_format = 'Key-Value'
    UNION ALL
    SELECT 'json_without_elements', c.dataset, c.column_name, 'warning', 'has the key Elements, a list',
           pg_catalog.format('jsonb_typeof(v.%1$I::jsonb) = ''object'' AND jsonb_typeof(v.%1$I::jsonb -> ''Elements'') IS DISTINCT FROM ''array''', chipbook.focus_snake(c.column_name)), false
    FROM chipbook.focus_columns() c WHERE c.column_name IN ('ContractApplied', 'CommitmentProgramEligibilityDetails', 'AllocatedMethodDetails')
    UNION ALL
    -- What has to be there depends on the charge; what a provider never delivers is not asked for.
    SELECT 'value_missing', 'CostAndUsage', r.column_name, 'warning', r.rule || ', where it is delivered at all; corrections may be without',
           pg_catalog.format('v.%I IS NULL AND NOT v.is_correction AND v.x_basis IS NULL AND %s', chipbook.focus_snake(r.column_name), r.condition), true
    FROM (VALUES
        ('PricingCategory', 'is there on usage and purchases', 'v.charge_category IN (''Usage'', ''Purchase'')'),
        ('PricingQuantity', 'is there on usage and purchases', 'v.charge_category IN (''Usage'', ''Purchase'')'),
        ('ListUnitPrice', 'is there on usage and purchases', 'v.charge_category IN (''Usage'', ''Purchase'')'),
        ('ContractedUnitPrice', 'is there on usage and purchases', 'v.charge_category IN (''Usage'', ''Purchase'')'),
        ('SkuId', 'is there on usage and purchases', 'v.charge_category IN (''Usage'', ''Purchase'')'),
        ('SkuPriceId', 'is there on usage and purchases', 'v.charge_category IN (''Usage'', ''Purchase'')'),
        ('ConsumedQuantity', 'is there on usage, but the unused part of a commitment', 'v.charge_category = ''Usage'' AND v.commitment_discount_status IS DISTINCT FROM ''Unused'''),
        ('CommitmentDiscountQuantity', 'is there on the purchase and the use of a commitment', 'v.commitment_discount_id IS NOT NULL AND (v.charge_category = ''Purchase'' OR v.commitment_discount_status IS NOT NULL)'))
        r (column_name, rule, condition)
    UNION ALL
    SELECT r.rule_code, r.dataset, r.column_name, r.severity, r.rule, r.condition, false
    FROM (VALUES
        ('list_cost_not_price_times_quantity', 'CostAndUsage', 'ListCost', 'error', 'is ListUnitPrice x PricingQuantity, within the tolerance; corrections may differ',
         'abs(v.list_cost - v.list_unit_price * v.pricing_quantity) > greatest($1, 0.000000000000001 * (1 + abs(v.list_unit_price) + abs(v.pricing_quantity))) AND NOT v.is_correction'),
        ('list_cost_rounded', 'CostAndUsage', 'ListCost', 'info', 'is ListUnitPrice x PricingQuantity to the last digit: the bill rounds',
         'abs(v.list_cost - v.list_unit_price * v.pricing_quantity) > 0.000000000000001 * (1 + abs(v.list_unit_price) + abs(v.pricing_quantity)) AND abs(v.list_cost - v.list_unit_price * v.pricing_quantity) <= $1 AND NOT v.is_correction'),
        ('contracted_cost_not_price_times_quantity', 'CostAndUsage', 'ContractedCost', 'error', 'is ContractedUnitPrice x PricingQuantity, within the tolerance; corrections may differ',
         'abs(v.contracted_cost - v.contracted_unit_price * v.pricing_quantity) > greatest($1, 0.000000000000001 * (1 + abs(v.contracted_unit_price) + abs(v.pricing_quantity))) AND NOT v.is_correction'),
        ('contracted_cost_rounded', 'CostAndUsage', 'ContractedCost', 'info', 'is ContractedUnitPrice x PricingQuantity to the last digit: the bill rounds',
         'abs(v.contracted_cost - v.contracted_unit_price * v.pricing_quantity) > 0.000000000000001 * (1 + abs(v.contracted_unit_price) + abs(v.pricing_quantity)) AND abs(v.contracted_cost - v.contracted_unit_price * v.pricing_quantity) <= $1 AND NOT v.is_correction'),
        ('cost_without_price_differs', 'CostAndUsage', 'ListCost', 'warning', 'is BilledCost on a tax, credit or adjustment without a unit price',
         'v.charge_category IN (''Tax'', ''Credit'', ''Adjustment'') AND v.list_unit_price IS NULL AND abs(v.list_cost - v.billed_cost) > $1'),
        ('cost_without_price_differs', 'CostAndUsage', 'ContractedCost', 'warning', 'is BilledCost on a tax, credit or adjustment without a unit price',
         'v.charge_category IN (''Tax'', ''Credit'', ''Adjustment'') AND v.contracted_unit_price IS NULL AND abs(v.contracted_cost - v.billed_cost) > $1'),
        ('covered_usage_billed', 'CostAndUsage', 'BilledCost', 'error', 'is 0 on usage that a commitment covers: it was billed with the purchase',
         'v.commitment_discount_status = ''Used'' AND v.charge_category = ''Usage'' AND v.billed_cost <> 0 AND NOT v.is_correction'),
        ('purchase_with_effective_cost', 'CostAndUsage', 'EffectiveCost', 'error', 'is 0 on the purchase of a commitment: what it covers has it',
         'v.charge_category = ''Purchase'' AND v.commitment_discount_id IS NOT NULL AND v.effective_cost <> 0'),
        ('billed_differs_from_effective', 'CostAndUsage', 'EffectiveCost', 'warning', 'is BilledCost on usage that no commitment, contract or virtual currency covers',
         'v.charge_category = ''Usage'' AND v.x_basis IS NULL AND v.commitment_discount_id IS NULL AND v.contract_applied IS NULL AND v.pricing_currency IS NOT DISTINCT FROM v.billing_currency AND abs(v.effective_cost - v.billed_cost) > $1 AND NOT v.is_correction'),
        ('period_reversed', 'CostAndUsage', 'ChargePeriodEnd', 'error', 'is after ChargePeriodStart', 'v.charge_period_end <= v.charge_period_start'),
        ('period_reversed', 'CostAndUsage', 'BillingPeriodEnd', 'error', 'is after BillingPeriodStart', 'v.billing_period_end <= v.billing_period_start'),
        ('charge_after_billing_period', 'CostAndUsage', 'ChargePeriodStart', 'warning', 'is before the end of the billing period', 'v.charge_period_start >= v.billing_period_end'),
        ('correction_of_its_own_period', 'CostAndUsage', 'ChargeClass', 'warning', 'is Correction on charges of an earlier billing period only',
         'v.is_correction AND v.charge_period_start >= v.billing_period_start AND v.x_restates_period_start IS NULL'),
        ('unit_without_quantity', 'CostAndUsage', 'PricingUnit', 'error', 'is there where PricingQuantity is, and only there', '(v.pricing_unit IS NULL) <> (v.pricing_quantity IS NULL)'),
        ('unit_without_quantity', 'CostAndUsage', 'ConsumedUnit', 'error', 'is there where ConsumedQuantity is, and only there', '(v.consumed_unit IS NULL) <> (v.consumed_quantity IS NULL)'),
        ('unit_without_quantity', 'CostAndUsage', 'CommitmentDiscountUnit', 'error', 'is there where CommitmentDiscountQuantity is, and only there',
         '(v.commitment_discount_unit IS NULL) <> (v.commitment_discount_quantity IS NULL)'),
        ('consumed_without_usage', 'CostAndUsage', 'ConsumedQuantity', 'error', 'is NULL on what is no usage, and on the unused part of a commitment',
         'v.consumed_quantity IS NOT NULL AND (v.charge_category <> ''Usage'' OR v.commitment_discount_status = ''Unused'')'),
        ('status_missing', 'CostAndUsage', 'CommitmentDiscountStatus', 'error', 'is there on usage of a commitment', 'v.commitment_discount_id IS NOT NULL AND v.charge_category = ''Usage'' AND v.commitment_discount_status IS NULL'),
        ('status_without_usage', 'CostAndUsage', 'CommitmentDiscountStatus', 'error', 'is there on usage of a commitment only',
         'v.commitment_discount_status IS NOT NULL AND (v.commitment_discount_id IS NULL OR v.charge_category <> ''Usage'')'),
        ('commitment_without_category', 'CostAndUsage', 'CommitmentDiscountCategory', 'error', 'is there where CommitmentDiscountId is, and only there',
         '(v.commitment_discount_category IS NULL) <> (v.commitment_discount_id IS NULL)'),
        ('commitment_without_type', 'CostAndUsage', 'CommitmentDiscountType', 'error', 'is there where CommitmentDiscountId is, and only there',
         '(v.commitment_discount_type IS NULL) <> (v.commitment_discount_id IS NULL)'),
        ('unused_resource', 'CostAndUsage', 'ResourceId', 'warning', 'is CommitmentDiscountId on the unused part of a commitment',
         'v.commitment_discount_status = ''Unused'' AND v.resource_id IS DISTINCT FROM v.commitment_discount_id'),
        ('status_missing', 'CostAndUsage', 'CapacityReservationStatus', 'error', 'is there on usage of a capacity reservation',
         'v.capacity_reservation_id IS NOT NULL AND v.charge_category = ''Usage'' AND v.capacity_reservation_status IS NULL'),
        ('status_without_usage', 'CostAndUsage', 'CapacityReservationStatus', 'error', 'is there on usage of a capacity reservation only',
         'v.capacity_reservation_status IS NOT NULL AND (v.capacity_reservation_id IS NULL OR v.charge_category <> ''Usage'')'),
        ('purchase_by_usage', 'CostAndUsage', 'ChargeFrequency', 'error', 'is not Usage-Based on a purchase', 'v.charge_category = ''Purchase'' AND v.charge_frequency = ''Usage-Based'''),
        ('tax_with_price', 'CostAndUsage', 'PricingQuantity', 'error', 'is NULL on a tax, and so are unit prices',
         'v.charge_category = ''Tax'' AND num_nonnulls(v.pricing_quantity, v.list_unit_price, v.contracted_unit_price) > 0'),
        ('tax_with_price', 'CostAndUsage', 'PricingCategory', 'error', 'is NULL on a tax', 'v.charge_category = ''Tax'' AND v.pricing_category IS NOT NULL'),
        ('tax_with_price', 'CostAndUsage', 'SkuId', 'error', 'is NULL on a tax, and so is SkuPriceId', 'v.charge_category = ''Tax'' AND num_nonnulls(v.sku_id, v.sku_price_id) > 0'),
        ('name_without_id', 'CostAndUsage', 'SubAccountName', 'error', 'is NULL where SubAccountId is', 'v.sub_account_name IS NOT NULL AND v.sub_account_id IS NULL'),
        ('name_without_id', 'CostAndUsage', 'ResourceName', 'error', 'is NULL where ResourceId is', 'v.resource_name IS NOT NULL AND v.resource_id IS NULL'),
        ('name_without_id', 'CostAndUsage', 'RegionName', 'error', 'is there where RegionId is, and only there', '(v.region_name IS NULL) <> (v.region_id IS NULL)'),
        ('name_without_id', 'CostAndUsage', 'CommitmentDiscountName', 'error', 'is NULL where CommitmentDiscountId is', 'v.commitment_discount_name IS NOT NULL AND v.commitment_discount_id IS NULL'),
        ('name_without_id', 'CostAndUsage', 'AllocatedResourceName', 'error', 'is NULL where AllocatedResourceId is', 'v.allocated_resource_name IS NOT NULL AND v.allocated_resource_id IS NULL'),
        ('allocated_without_method', 'CostAndUsage', 'AllocatedMethodId', 'error', 'is there where AllocatedResourceId is', 'v.allocated_resource_id IS NOT NULL AND v.allocated_method_id IS NULL'),
        ('sku_price_without_sku', 'CostAndUsage', 'SkuPriceId', 'error', 'is NULL where SkuId is', 'v.sku_price_id IS NOT NULL AND v.sku_id IS NULL'),
        ('subcategory_of_another', 'CostAndUsage', 'ServiceSubcategory', 'error', 'is of its ServiceCategory',
         'v.service_category <> CASE WHEN v.service_subcategory LIKE ''Other (%)'' THEN substr(v.service_subcategory, 8, length(v.service_subcategory) - 8)
            WHEN v.service_subcategory IN (''AI Platforms'', ''Bots'', ''Generative AI'', ''Machine Learning'', ''Natural Language Processing'') THEN ''AI and Machine Learning''
            WHEN v.service_subcategory IN (''Analytics Platforms'', ''Business Intelligence'', ''Data Processing'', ''Search'', ''Streaming Analytics'') THEN ''Analytics''
            WHEN v.service_subcategory IN (''Productivity and Collaboration'') THEN ''Business Applications''
            WHEN v.service_subcategory IN (''Containers'', ''End User Computing'', ''Quantum Compute'', ''Serverless Compute'', ''Virtual Machines'') THEN ''Compute''
            WHEN v.service_subcategory IN (''Caching'', ''Data Warehouses'', ''Ledger Databases'', ''NoSQL Databases'', ''Relational Databases'', ''Time Series Databases'') THEN ''Databases''
            WHEN v.service_subcategory IN (''Developer Platforms'', ''Continuous Integration and Deployment'', ''Development Environments'', ''Source Code Management'', ''Quality Assurance'') THEN ''Developer Tools''
            WHEN v.service_subcategory IN (''Identity and Access Management'') THEN ''Identity''
            WHEN v.service_subcategory IN (''API Management'', ''Messaging'', ''Workflow Orchestration'') THEN ''Integration''
            WHEN v.service_subcategory IN (''IoT Analytics'', ''IoT Platforms'') THEN ''Internet of Things''
            WHEN v.service_subcategory IN (''Architecture'', ''Compliance'', ''Cost Management'', ''Data Governance'', ''Disaster Recovery'', ''Endpoint Management'', ''Observability'', ''Support'') THEN ''Management and Governance''
            WHEN v.service_subcategory IN (''Content Creation'', ''Gaming'', ''Media Streaming'', ''Mixed Reality'') THEN ''Media''
            WHEN v.service_subcategory IN (''Data Migration'', ''Resource Migration'') THEN ''Migration''
            WHEN v.service_subcategory IN (''Multicloud Integration'') THEN ''Multicloud''
            WHEN v.service_subcategory IN (''Application Networking'', ''Content Delivery'', ''Network Connectivity'', ''Network Infrastructure'', ''Network Routing'', ''Network Security'') THEN ''Networking''
            WHEN v.service_subcategory IN (''Secret Management'', ''Security Posture Management'', ''Threat Detection and Response'') THEN ''Security''
            WHEN v.service_subcategory IN (''Backup Storage'', ''Block Storage'', ''File Storage'', ''Object Storage'', ''Storage Platforms'') THEN ''Storage''
            WHEN v.service_subcategory IN (''Application Platforms'') THEN ''Web'' END'),
        ('period_reversed', 'ContractCommitment', 'ContractCommitmentPeriodEnd', 'error', 'is after ContractCommitmentPeriodStart', 'v.contract_commitment_period_end <= v.contract_commitment_period_start'),
        ('period_reversed', 'ContractCommitment', 'ContractPeriodEnd', 'error', 'is after ContractPeriodStart', 'v.contract_period_end <= v.contract_period_start'),
        ('commitment_outside_contract', 'ContractCommitment', 'ContractCommitmentPeriodStart', 'warning', 'lies with its end inside the contract',
         'v.contract_commitment_period_start < v.contract_period_start OR v.contract_commitment_period_end > v.contract_period_end'),
        ('spend_without_cost', 'ContractCommitment', 'ContractCommitmentCost', 'error', 'is there, with its currency, on a commitment to spend',
         'v.contract_commitment_category = ''Spend'' AND (v.contract_commitment_cost IS NULL OR v.billing_currency IS NULL)'),
        ('usage_without_quantity', 'ContractCommitment', 'ContractCommitmentQuantity', 'error', 'is there, with its unit, on a commitment to use',
         'v.contract_commitment_category = ''Usage'' AND (v.contract_commitment_quantity IS NULL OR v.contract_commitment_unit IS NULL)'),
        ('period_reversed', 'BillingPeriod', 'BillingPeriodEnd', 'error', 'is after BillingPeriodStart', 'v.billing_period_end <= v.billing_period_start'),
        ('period_reversed', 'InvoiceDetail', 'BillingPeriodEnd', 'error', 'is after BillingPeriodStart', 'v.billing_period_end <= v.billing_period_start'),
        ('issued_without_date', 'InvoiceDetail', 'InvoiceIssueDate', 'error', 'is there on an invoice that is issued', 'v.invoice_issue_status = ''Issued'' AND v.invoice_issue_date IS NULL'),
        ('due_before_issue', 'InvoiceDetail', 'PaymentDueDate', 'warning', 'is not before InvoiceIssueDate', 'v.payment_due_date < v.invoice_issue_date'))
        r (rule_code, dataset, column_name, severity, rule, condition);
END;
COMMENT ON FUNCTION chipbook.focus_rules() IS 'The rules that validate_focus checks: the column and dataset each is about, what the column is to be, and the condition, in SQL over the published view in snake_case (v; $1 is the tolerance), of a row that breaks it. severity: error (FOCUS says must), warning (it says should, or applies to some), info. only_if_used: not of a dataset where no row has the column. Key: (dataset, rule_code, column_name).';

CREATE FUNCTION chipbook.validate_focus(ledger text, dataset text DEFAULT 'CostAndUsage', tolerance numeric DEFAULT 0.01)
RETURNS TABLE (rule_code text, severity text, column_name text, row_count bigint, example text, rule text) STABLE LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
    of_view text := CASE validate_focus.dataset WHEN 'CostAndUsage' THEN 'cost_and_usage' WHEN 'ContractCommitment' THEN 'contract_commitments'
                                                WHEN 'BillingPeriod' THEN 'billing_periods' WHEN 'InvoiceDetail' THEN 'invoice_details' END;
    row_name text := CASE validate_focus.dataset WHEN 'CostAndUsage' THEN 'v.x_charge_id' WHEN 'ContractCommitment' THEN 'v.contract_commitment_id'
                                                 WHEN 'BillingPeriod' THEN $q$concat_ws(' ', v.invoice_issuer_name, to_json(v.billing_period_start AT TIME ZONE 'UTC') #>> '{}')$q$
                                                 ELSE $q$concat_ws(' ', v.invoice_issuer_name, v.invoice_id, v.invoice_detail_id)$q$ END;
    total bigint;
    counts bigint[];
    examples text[];
    used boolean[];
BEGIN
    IF of_view IS NULL THEN
        RAISE EXCEPTION 'there is no FOCUS dataset "%"', validate_focus.dataset
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use CostAndUsage, ContractCommitment, BillingPeriod or InvoiceDetail.';
    END IF;
    IF validate_focus.tolerance IS NULL OR NOT (validate_focus.tolerance >= 0 AND validate_focus.tolerance < 'infinity') THEN
        RAISE EXCEPTION 'invalid tolerance: %', coalesce(validate_focus.tolerance::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give an amount in the billing currency, 0 or more.';
    END IF;
    PERFORM chipbook.require_ledger(ledger);
    EXECUTE (SELECT format('SELECT count(*), ARRAY[%s]::bigint[], ARRAY[%s]::text[], ARRAY[%s]::boolean[] FROM %I.%I v',
                           string_agg(format('count(*) FILTER (WHERE %s)', r.condition), ', ' ORDER BY r.i),
                           string_agg(format('min((%s) COLLATE "C") FILTER (WHERE %s)', row_name, r.condition), ', ' ORDER BY r.i),
                           string_agg(CASE WHEN r.only_if_used THEN format('count(v.%I) > 0', chipbook.focus_snake(r.column_name)) ELSE 'true' END, ', ' ORDER BY r.i), ledger || '_report', of_view)
             FROM (SELECT r.condition, r.only_if_used, r.column_name, row_number() OVER (ORDER BY r.rule_code, r.column_name) AS i FROM chipbook.focus_rules() r WHERE r.dataset = validate_focus.dataset) r)
    INTO total, counts, examples, used USING validate_focus.tolerance;
    RETURN QUERY
        SELECT * FROM (
            SELECT r.rule_code, r.severity, r.column_name, counts[r.i], examples[r.i], r.rule
            FROM (SELECT n.*, row_number() OVER (ORDER BY n.rule_code, n.column_name) AS i FROM chipbook.focus_rules() n WHERE n.dataset = validate_focus.dataset) r
            WHERE counts[r.i] > 0 AND used[r.i]
            UNION ALL
            -- Of the view itself: the columns are there, each of its type.
            SELECT CASE WHEN a.attname IS NULL THEN 'column_missing' ELSE 'type_differs' END, 'error', c.column_name, total, NULL, concat('is of type ', t.name)
            FROM chipbook.focus_columns() c
            CROSS JOIN LATERAL (SELECT CASE c.data_type WHEN 'Decimal' THEN 'numeric(38,15)' WHEN 'Date/Time' THEN 'timestamp with time zone' ELSE 'text' END AS name) t
            LEFT JOIN pg_attribute a ON a.attrelid = format('%I.%I', ledger || '_report', of_view)::regclass AND a.attname = chipbook.focus_snake(c.column_name) AND NOT a.attisdropped
            WHERE c.dataset = validate_focus.dataset AND format_type(a.atttypid, a.atttypmod) IS DISTINCT FROM t.name) f (rule_code, severity, column_name, row_count, example, rule)
        ORDER BY array_position(ARRAY['error', 'warning', 'info'], f.severity), f.rule_code, f.column_name;
END
$$;
COMMENT ON FUNCTION chipbook.validate_focus(text, text, numeric) IS 'What breaks the rules of FOCUS 1.4 among the charges published (CostAndUsage), or in another dataset (ContractCommitment, BillingPeriod, InvoiceDetail): by rule and column, the number of rows, one of them (x_charge_id, or the key), and what the rule says of the column. Types, nulls, words allowed, currencies, units, JSON, periods, what has to stand together, and list_cost and contracted_cost = unit price x quantity within tolerance, in the billing currency (less than that is info). Nothing is changed; conformance is by degrees. No rows: all rules hold. 3F000 no such ledger; 22023 no such dataset or tolerance.';
