-- Bills: what providers charge, as they deliver it (FOCUS 1.0 to 1.4), and the log of deliveries.
-- A charge has no key: a file may hold the same line five times. What is replaced is a delivery, not
-- a row; the columns are FOCUS's in snake_case, amounts unrounded, and almost all may be NULL.

CREATE FUNCTION chipbook.create_ledger_bills() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE delivery (
        delivery_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        dataset       text,
        format        text NOT NULL DEFAULT 'auto',
        focus_version text,
        name          text NOT NULL CHECK (name <> ''),
        source_id     text REFERENCES source,
        scope         text NOT NULL DEFAULT '',
        mode          text NOT NULL DEFAULT 'overwrite' CHECK (mode IN ('overwrite', 'append')),
        options       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'),
        header        text[],
        delivery_no   bigint,
        opened_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
        opened_by     text NOT NULL DEFAULT session_user,
        finished_at   timestamptz,
        status        text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'loaded', 'refused', 'repeated', 'cleared')),
        reason        text,
        file_sha256   bytea CHECK (octet_length(file_sha256) = 32),
        sha256        bytea CHECK (octet_length(sha256) = 32),
        rows_in_file  bigint,
        rows_loaded   bigint,
        rows_rejected bigint,
        findings      bigint,
        restated_rows bigint,
        load_id       bigint REFERENCES load,
        repeats       bigint REFERENCES delivery,
        superseded_by bigint REFERENCES delivery,
        CONSTRAINT finished_or_open CHECK ((status = 'open') = (finished_at IS NULL))
    );
    CREATE INDEX delivery_sha256 ON delivery (sha256) WHERE status = 'loaded';
    CREATE INDEX delivery_load_id ON delivery (load_id);
    COMMENT ON TABLE delivery IS 'Every file of a bill that was brought in: a log, kept as it happened. status: open until it is run; loaded; refused = nothing of it was loaded, reason says why; repeated = the very file was loaded before (repeats), nothing was done; cleared = given up before it was run. delivery_no counts the deliveries of one source, dataset and scope.';
    COMMENT ON COLUMN delivery.dataset IS 'What the file is, found from its columns: cost_and_usage, contract_commitment, billing_period or invoice_detail (FOCUS), aws_cur, azure_actual, azure_amortised, oracle_cost, gcp_export.';
    COMMENT ON COLUMN delivery.mode IS 'overwrite: the file is all there is of its issuers and billing periods, and replaces what was delivered of them before; append: it adds to what there is.';
    COMMENT ON COLUMN delivery.scope IS 'Tells apart feeds of one source that are not to replace each other, such as two accounts.';
    COMMENT ON COLUMN delivery.file_sha256 IS 'SHA-256 of the file as whoever loaded it says; NULL = not said.';
    COMMENT ON COLUMN delivery.sha256 IS 'SHA-256 of the header and of the hashes of the rows in their order.';
    COMMENT ON COLUMN delivery.findings IS 'How many findings there are: of all its rows, and of the file as a whole.';
    COMMENT ON COLUMN delivery.restated_rows IS 'Rows that correct a closed billing period.';
    COMMENT ON COLUMN delivery.superseded_by IS 'The delivery whose publication replaced the last of its held rows.';

    CREATE TABLE delivery_scope (
        delivery_id          bigint NOT NULL REFERENCES delivery,
        invoice_issuer_name  text,
        billing_period_start timestamptz,
        billing_account_id   text,
        charge_days          bigint NOT NULL,
        row_count            bigint NOT NULL,
        is_closed            boolean NOT NULL DEFAULT false
    );
    CREATE INDEX delivery_scope_delivery_id ON delivery_scope (delivery_id);
    COMMENT ON TABLE delivery_scope IS 'What a delivery covers: issuers and billing periods (and accounts, where its option by_account says so), and how many days of charges. is_closed: the billing period was closed already, so that what differs became corrections.';

    CREATE TABLE delivery_total (
        delivery_id      bigint NOT NULL REFERENCES delivery,
        billing_currency text,
        charge_category  text,
        row_count        bigint NOT NULL,
        billed_cost      numeric,
        effective_cost   numeric,
        list_cost        numeric,
        contracted_cost  numeric,
        restated         boolean NOT NULL DEFAULT false
    );
    CREATE INDEX delivery_total_delivery_id ON delivery_total (delivery_id);
    COMMENT ON TABLE delivery_total IS 'Control totals of a delivery by currency and category, unrounded, as loaded. restated: corrections of closed billing periods, which are rows of their own here.';

    CREATE TABLE delivery_finding (
        delivery_id bigint NOT NULL REFERENCES delivery,
        code        text NOT NULL,
        severity    text NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
        row_count   bigint NOT NULL,
        first_line  bigint,
        example     text,
        amount      numeric,
        PRIMARY KEY (delivery_id, code)
    );
    COMMENT ON COLUMN delivery_finding.row_count IS 'In how many rows; 0 = it is of the file as a whole, such as a column that is missing.';
    COMMENT ON COLUMN delivery_finding.amount IS 'Billed (or else effective) cost of those rows, where they are in one currency.';
    COMMENT ON TABLE delivery_finding IS 'What was found wrong with or odd in a delivery, by code. Nothing is mended because of it. Findings of single rows are in charge.findings.';

    CREATE TABLE delivery_rejection (
        delivery_id bigint NOT NULL REFERENCES delivery,
        line_no     bigint NOT NULL,
        line        text NOT NULL,
        reason      text NOT NULL
    );
    CREATE INDEX delivery_rejection_delivery_id ON delivery_rejection (delivery_id);
    COMMENT ON TABLE delivery_rejection IS 'Rows of deliveries that cannot be charges because a value cannot be read: where they are, their text, and why.';

    -- As meter_reading: no key, reference or row trigger that a load of millions would meet; what has a
    -- fixed width first, then what most queries ask for, since a column costs all that stand before it.
    CREATE TABLE charge (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY (CACHE 1000),
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        charge_period_start                      timestamptz,
        billing_period_start                     timestamptz,
        charge_period_end                        timestamptz,
        billing_period_end                       timestamptz,
        load_id       bigint NOT NULL DEFAULT current_load('load_load_id_seq'),
        delivery_id   bigint,
        line_no       bigint,
        findings      bigint NOT NULL DEFAULT 0,
        restates_period_start                    timestamptz,
        billed_cost                              numeric,
        effective_cost                           numeric,
        billing_currency                         text,
        service_provider_name                    text,
        provider_name                            text,
        service_name                             text,
        service_category                         text,
        charge_category                          text,
        invoice_issuer_name                      text,
        charge_class                             text,
        list_cost                                numeric,
        contracted_cost                          numeric,
        commitment_discount_quantity             numeric,
        consumed_quantity                        numeric,
        contracted_unit_price                    numeric,
        list_unit_price                          numeric,
        pricing_currency_contracted_unit_price   numeric,
        pricing_currency_effective_cost          numeric,
        pricing_currency_list_unit_price         numeric,
        pricing_quantity                         numeric,
        dataset                                  text NOT NULL DEFAULT 'cost_and_usage',
        row_hash                                 bytea,
        allocated_method_id                      text,
        allocated_resource_id                    text,
        allocated_resource_name                  text,
        availability_zone                        text,
        billing_account_id                       text,
        billing_account_name                     text,
        billing_account_type                     text,
        capacity_reservation_id                  text,
        capacity_reservation_status              text,
        charge_description                       text,
        charge_frequency                         text,
        commitment_discount_category             text,
        commitment_discount_id                   text,
        commitment_discount_name                 text,
        commitment_discount_status               text,
        commitment_discount_type                 text,
        commitment_discount_unit                 text,
        consumed_unit                            text,
        host_provider_name                       text,
        invoice_detail_id                        text,
        invoice_id                               text,
        pricing_category                         text,
        pricing_currency                         text,
        pricing_unit                             text,
        region_id                                text,
        region_name                              text,
        resource_id                              text,
        resource_name                            text,
        resource_type                            text,
        service_subcategory                      text,
        sku_id                                   text,
        sku_meter                                text,
        sku_price_id                             text,
        sub_account_id                           text,
        sub_account_name                         text,
        sub_account_type                         text,
        publisher_name                           text,
        credential_id                            text,
        principal_id                             text,
        allocated_method_details                 jsonb,
        allocated_tags                           jsonb,
        commitment_program_eligibility_details   jsonb,
        contract_applied                         jsonb,
        sku_price_details                        jsonb,
        tags                                     jsonb,
        credential_details                       jsonb,
        reference_id                             text,
        corrects_reference_id                    text,
        x                                        jsonb,
        source_id                                text,
        known_on                                 date,
        -- NULL is passed over; NaN is more than everything. Nothing that is billed comes near the bounds.
        CONSTRAINT numbers_are_bounded CHECK (greatest(billed_cost, effective_cost, list_cost, contracted_cost, commitment_discount_quantity, consumed_quantity, contracted_unit_price, list_unit_price, pricing_currency_contracted_unit_price, pricing_currency_effective_cost, pricing_currency_list_unit_price, pricing_quantity) < 1e20 AND least(billed_cost, effective_cost, list_cost, contracted_cost, commitment_discount_quantity, consumed_quantity, contracted_unit_price, list_unit_price, pricing_currency_contracted_unit_price, pricing_currency_effective_cost, pricing_currency_list_unit_price, pricing_quantity) > -1e20),
        CONSTRAINT times_are_bounded CHECK (greatest(billing_period_end, billing_period_start, charge_period_end, charge_period_start) < '10001-01-01 00:00Z' AND least(billing_period_end, billing_period_start, charge_period_end, charge_period_start) > '1900-01-01 00:00Z'),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE charge IS 'Charges as delivered: FOCUS Cost and Usage, 1.0 to 1.4, its columns in snake_case, amounts in billing_currency, unrounded; NULL = not delivered, or empty. Charges of other formats stand in the same columns (dataset says which). No key: equal rows are legal. delivery_id and line_no say where a row came from (line_no: the header is 1). Charges of azure_actual and azure_amortised are the same charges twice: the one has billed_cost, the other effective_cost. Costs are additive in one currency.';
    COMMENT ON COLUMN charge.delivery_id IS 'The file it came in, a row of delivery; NULL = entered by hand.';
    COMMENT ON COLUMN charge.findings IS 'What was found in this row: a sum of the numbers of chipbook.charge_finding_codes(); 0 = nothing.';
    COMMENT ON COLUMN charge.restates_period_start IS 'Of a correction that chipbook made: the start of the closed billing period that was delivered anew; its billing_period_start is that of the open one. NULL = as delivered.';
    COMMENT ON COLUMN charge.reference_id IS 'The provider''s own number of the row, where it gives one (AWS identity/LineItemId, Oracle referenceNo).';
    COMMENT ON COLUMN charge.corrects_reference_id IS 'The reference_id of the row that this one corrects (Oracle backreferenceNo of a correction).';
    COMMENT ON COLUMN charge.row_hash IS 'SHA-256 of the row''s values as they stood in the file.';
    COMMENT ON COLUMN charge.x IS 'Columns that FOCUS does not have, by their names in the file; and received values of allowed words that were written otherwise, as x_Received_COLUMN.';
    COMMENT ON COLUMN charge.allocated_method_details IS 'JSON: the ratio (and optionally unit and quantity) by which this row was split off an origin charge; ratios over one origin charge add to 1 (FOCUS 1.3: AllocatedMethodDetails)';
    COMMENT ON COLUMN charge.allocated_method_id IS 'Name of the documented split method; filled only on rows the provider split (FOCUS 1.3: AllocatedMethodId)';
    COMMENT ON COLUMN charge.allocated_resource_id IS 'Finer thing (pod, job, tenant) that got this share; NULL on a split row = unallocated share (FOCUS 1.3: AllocatedResourceId)';
    COMMENT ON COLUMN charge.allocated_resource_name IS 'Label of that finer thing (FOCUS 1.3: AllocatedResourceName)';
    COMMENT ON COLUMN charge.allocated_tags IS 'Tags of the finer thing (the row''s Tags stay those of the origin charge) (FOCUS 1.3: AllocatedTags)';
    COMMENT ON COLUMN charge.availability_zone IS 'Isolated zone inside the region (FOCUS 0.5: AvailabilityZone)';
    COMMENT ON COLUMN charge.billed_cost IS 'What the invoice issuer invoices for the charge in this billing period (cash basis); 0 on usage already covered by a purchase; sums to the invoice per InvoiceId+InvoiceIssuerName (FOCUS 0.5: BilledCost)';
    COMMENT ON COLUMN charge.billing_account_id IS 'Account that receives the bill (FOCUS 0.5: BillingAccountId)';
    COMMENT ON COLUMN charge.billing_account_name IS 'Its label (FOCUS 0.5: BillingAccountName)';
    COMMENT ON COLUMN charge.billing_account_type IS 'Provider''s kind of billing account (FOCUS 1.2: BillingAccountType)';
    COMMENT ON COLUMN charge.billing_currency IS 'Currency of BilledCost, EffectiveCost, ListCost, ContractedCost and of the two unit prices (FOCUS 0.5: BillingCurrency)';
    COMMENT ON COLUMN charge.billing_period_end IS 'End of the billing period, exclusive (FOCUS 0.5: BillingPeriodEnd)';
    COMMENT ON COLUMN charge.billing_period_start IS 'Start of the billing period, inclusive (FOCUS 0.5: BillingPeriodStart)';
    COMMENT ON COLUMN charge.capacity_reservation_id IS 'Capacity reservation that the row used or left idle (FOCUS 1.1: CapacityReservationId)';
    COMMENT ON COLUMN charge.capacity_reservation_status IS 'Whether that reserved capacity was consumed; needed on Usage rows with a reservation id (FOCUS 1.1: CapacityReservationStatus)';
    COMMENT ON COLUMN charge.charge_category IS 'Kind of charge: consumption, purchase (incl. commitments), tax, credit given after the fact, other adjustment (FOCUS 0.5: ChargeCategory)';
    COMMENT ON COLUMN charge.charge_class IS '''Correction'' on rows that correct an earlier, already invoiced period; NULL on all other rows (FOCUS 1.0: ChargeClass)';
    COMMENT ON COLUMN charge.charge_description IS 'Free text for people (FOCUS 1.0: ChargeDescription)';
    COMMENT ON COLUMN charge.charge_frequency IS 'Once, repeating, or by consumption (FOCUS 1.0: ChargeFrequency)';
    COMMENT ON COLUMN charge.charge_period_end IS 'End of the time the charge is for, exclusive (FOCUS 0.5: ChargePeriodEnd)';
    COMMENT ON COLUMN charge.charge_period_start IS 'Start of the time the charge is for, inclusive; may lie in an older month than the billing period (late or corrected charge) (FOCUS 0.5: ChargePeriodStart)';
    COMMENT ON COLUMN charge.commitment_discount_category IS 'Commitment measured in money (Spend) or in units (Usage) (FOCUS 1.0: CommitmentDiscountCategory)';
    COMMENT ON COLUMN charge.commitment_discount_id IS 'The reservation / savings plan / CUD that the row buys, uses or leaves idle (FOCUS 1.0: CommitmentDiscountId)';
    COMMENT ON COLUMN charge.commitment_discount_name IS 'Its label (FOCUS 1.0: CommitmentDiscountName)';
    COMMENT ON COLUMN charge.commitment_discount_quantity IS 'Amount of the commitment bought, used or unused on this row, in CommitmentDiscountUnit (FOCUS 1.1: CommitmentDiscountQuantity)';
    COMMENT ON COLUMN charge.commitment_discount_status IS 'Used = part of the commitment consumed by this usage; Unused = part that expired in this charge period; NULL on purchases (FOCUS 1.0: CommitmentDiscountStatus)';
    COMMENT ON COLUMN charge.commitment_discount_type IS 'Provider''s name for the kind of commitment (FOCUS 1.0: CommitmentDiscountType)';
    COMMENT ON COLUMN charge.commitment_discount_unit IS 'Unit of CommitmentDiscountQuantity (currency for Spend) (FOCUS 1.1: CommitmentDiscountUnit)';
    COMMENT ON COLUMN charge.commitment_program_eligibility_details IS 'JSON list of commitment programmes that COULD cover this usage: denominator of coverage (FOCUS 1.4: CommitmentProgramEligibilityDetails)';
    COMMENT ON COLUMN charge.consumed_quantity IS 'Metered use of the resource or service; NULL on Unused rows, purchases, taxes (FOCUS 1.0: ConsumedQuantity)';
    COMMENT ON COLUMN charge.consumed_unit IS 'Unit of ConsumedQuantity (e.g. Hours, GB, Tokens) (FOCUS 1.0: ConsumedUnit)';
    COMMENT ON COLUMN charge.contract_applied IS 'JSON list: which contract commitment(s) the charge draws on, with applied cost or applied quantity+unit each; one charge may draw on several (FOCUS 1.3: ContractApplied)';
    COMMENT ON COLUMN charge.contracted_cost IS 'ContractedUnitPrice x PricingQuantity: cost at the negotiated price, before commitment discounts (FOCUS 1.0: ContractedCost)';
    COMMENT ON COLUMN charge.contracted_unit_price IS 'Negotiated price per PricingUnit, before commitment discounts (FOCUS 1.0: ContractedUnitPrice)';
    COMMENT ON COLUMN charge.effective_cost IS 'Accrual-basis cost: all discounts applied and the recognised share of prepayments spread onto the usage they cover; 0 on a purchase that covers other charges (FOCUS 0.5: EffectiveCost)';
    COMMENT ON COLUMN charge.host_provider_name IS 'Whose infrastructure it runs on (FOCUS 1.3: HostProviderName)';
    COMMENT ON COLUMN charge.invoice_detail_id IS 'Key of the invoice line the charge rolls up to (FOCUS 1.4: InvoiceDetailId)';
    COMMENT ON COLUMN charge.invoice_id IS 'Invoice (final or provisional) that carries the charge; NULL if none yet (FOCUS 1.2: InvoiceId)';
    COMMENT ON COLUMN charge.invoice_issuer_name IS 'Who sends the invoice; only this party may report non-zero BilledCost for the charge (FOCUS 0.5: InvoiceIssuerName)';
    COMMENT ON COLUMN charge.list_cost IS 'ListUnitPrice x PricingQuantity: cost at public price (FOCUS 1.0: ListCost)';
    COMMENT ON COLUMN charge.list_unit_price IS 'Public price per PricingUnit (FOCUS 1.0: ListUnitPrice)';
    COMMENT ON COLUMN charge.pricing_category IS 'Pricing model applied: standard, variable (spot), committed, other (FOCUS 1.0: PricingCategory)';
    COMMENT ON COLUMN charge.pricing_currency IS 'Currency or virtual unit (credits, tokens) in which the price list is denominated (FOCUS 1.2: PricingCurrency)';
    COMMENT ON COLUMN charge.pricing_currency_contracted_unit_price IS 'ContractedUnitPrice in PricingCurrency (FOCUS 1.2: PricingCurrencyContractedUnitPrice)';
    COMMENT ON COLUMN charge.pricing_currency_effective_cost IS 'EffectiveCost in PricingCurrency (FOCUS 1.2: PricingCurrencyEffectiveCost)';
    COMMENT ON COLUMN charge.pricing_currency_list_unit_price IS 'ListUnitPrice in PricingCurrency (FOCUS 1.2: PricingCurrencyListUnitPrice)';
    COMMENT ON COLUMN charge.pricing_quantity IS 'Quantity that the price multiplies, in PricingUnit; after rounding and minimums of the price list (FOCUS 1.0: PricingQuantity)';
    COMMENT ON COLUMN charge.pricing_unit IS 'Unit the price is per (e.g. Hours, 1000 Requests) (FOCUS 1.0: PricingUnit)';
    COMMENT ON COLUMN charge.region_id IS 'Provider''s region code (FOCUS 1.0: RegionId)';
    COMMENT ON COLUMN charge.region_name IS 'Region label (FOCUS 1.0: RegionName)';
    COMMENT ON COLUMN charge.resource_id IS 'Provider''s id of the resource; the commitment''s own id on its purchase and Unused rows (FOCUS 0.5: ResourceId)';
    COMMENT ON COLUMN charge.resource_name IS 'Label of the resource (FOCUS 0.5: ResourceName)';
    COMMENT ON COLUMN charge.resource_type IS 'Kind of resource (FOCUS 1.0: ResourceType)';
    COMMENT ON COLUMN charge.service_category IS 'One of 19 fixed top classes of service (FOCUS 0.5: ServiceCategory)';
    COMMENT ON COLUMN charge.service_name IS 'Provider''s service offering (FOCUS 0.5: ServiceName)';
    COMMENT ON COLUMN charge.service_provider_name IS 'Who makes the service available for purchase (replaces ProviderName) (FOCUS 1.3: ServiceProviderName)';
    COMMENT ON COLUMN charge.service_subcategory IS 'One of the fixed second-level classes; each has one parent ServiceCategory (FOCUS 1.1: ServiceSubcategory)';
    COMMENT ON COLUMN charge.sku_id IS 'Provider''s id of the priced product, the same whatever the price (FOCUS 1.0: SkuId)';
    COMMENT ON COLUMN charge.sku_meter IS 'What is measured for the SKU (e.g. input tokens, GPU hours) (FOCUS 1.1: SkuMeter)';
    COMMENT ON COLUMN charge.sku_price_details IS 'JSON facts of the SKU price (core count, memory, instance series, GPU count; 1.5 draft: model, token direction, cache action) (FOCUS 1.1: SkuPriceDetails)';
    COMMENT ON COLUMN charge.sku_price_id IS 'Id of one price of the SKU (price list x region x tier) (FOCUS 1.0: SkuPriceId)';
    COMMENT ON COLUMN charge.sub_account_id IS 'Account/project/subscription inside the billing account (FOCUS 0.5: SubAccountId)';
    COMMENT ON COLUMN charge.sub_account_name IS 'Its label (FOCUS 0.5: SubAccountName)';
    COMMENT ON COLUMN charge.sub_account_type IS 'Provider''s kind of sub account (FOCUS 1.2: SubAccountType)';
    COMMENT ON COLUMN charge.tags IS 'JSON map of user and provider tags, after inheritance (FOCUS 1.0: Tags)';
    COMMENT ON COLUMN charge.provider_name IS 'Old name of the seller of the service; use ServiceProviderName (FOCUS 0.5: ProviderName)';
    COMMENT ON COLUMN charge.publisher_name IS 'Old: who made the service (marketplace vendor); no 1:1 successor, keep it (FOCUS 0.5: PublisherName)';
    COMMENT ON COLUMN charge.credential_id IS 'Id of the API key or credential that made the charge (AI per-key spend) (FOCUS 1.5: CredentialId)';
    COMMENT ON COLUMN charge.credential_details IS 'Facts of that credential (FOCUS 1.5: CredentialDetails)';
    COMMENT ON COLUMN charge.principal_id IS 'Actor (user, role, service account) that caused the charge; may be personal data (FOCUS 1.5: PrincipalId)';

    CREATE TABLE contract_commitment (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        contract_commitment_id                   text NOT NULL CHECK (contract_commitment_id <> ''),
        billing_currency                         text,
        contract_commitment_applicability        jsonb,
        contract_commitment_benefit_category     text,
        contract_commitment_category             text,
        contract_commitment_cost                 numeric,
        contract_commitment_created              timestamptz,
        contract_commitment_description          text,
        contract_commitment_discount_percentage  numeric,
        contract_commitment_duration_type        text,
        contract_commitment_fulfillment_interval text,
        contract_commitment_last_updated         timestamptz,
        contract_commitment_lifecycle_status     text,
        contract_commitment_model                text,
        contract_commitment_offer_category       text,
        contract_commitment_payment_interval     text,
        contract_commitment_payment_model        text,
        contract_commitment_payment_upfront_percentage numeric,
        contract_commitment_period_end           timestamptz,
        contract_commitment_period_start         timestamptz,
        contract_commitment_quantity             numeric,
        contract_commitment_type                 text,
        contract_commitment_unit                 text,
        contract_id                              text,
        contract_period_end                      timestamptz,
        contract_period_start                    timestamptz,
        invoice_issuer_name                      text,
        pricing_currency                         text,
        pricing_currency_contract_commitment_cost numeric,
        service_provider_name                    text,
        delivery_id   bigint,
        line_no       bigint,
        x             jsonb,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT numbers_are_bounded CHECK (greatest(contract_commitment_cost, contract_commitment_discount_percentage, contract_commitment_payment_upfront_percentage, contract_commitment_quantity, pricing_currency_contract_commitment_cost) < 1e20 AND least(contract_commitment_cost, contract_commitment_discount_percentage, contract_commitment_payment_upfront_percentage, contract_commitment_quantity, pricing_currency_contract_commitment_cost) > -1e20),
        CONSTRAINT times_are_bounded CHECK (greatest(contract_commitment_created, contract_commitment_last_updated, contract_commitment_period_end, contract_commitment_period_start, contract_period_end, contract_period_start) < '10001-01-01 00:00Z' AND least(contract_commitment_created, contract_commitment_last_updated, contract_commitment_period_end, contract_commitment_period_start, contract_period_end, contract_period_start) > '1900-01-01 00:00Z'),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE contract_commitment IS 'Commitments of contracts as delivered (FOCUS Contract Commitment, 1.3 and 1.4), columns in snake_case, amounts unrounded. Key while held: (contract_commitment_id).';
    COMMENT ON COLUMN contract_commitment.billing_currency IS 'Currency of the commitment amount (FOCUS 1.3: BillingCurrency)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_applicability IS 'JSON: what usage/accounts/services may draw on the commitment (FOCUS 1.4: ContractCommitmentApplicability)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_benefit_category IS 'What the customer gets: discount, entitlement/pool, capacity assurance, other (FOCUS 1.4: ContractCommitmentBenefitCategory)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_category IS 'Committed in money (Spend) or in units (Usage) (FOCUS 1.3: ContractCommitmentCategory)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_cost IS 'Committed amount of money in BillingCurrency (FOCUS 1.3: ContractCommitmentCost)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_created IS 'When the record was first published (FOCUS 1.4: ContractCommitmentCreated)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_description IS 'Text (FOCUS 1.3: ContractCommitmentDescription)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_discount_percentage IS 'Discount promised against list (FOCUS 1.4: ContractCommitmentDiscountPercentage)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_duration_type IS 'Term as text (e.g. 1 year, 3 years) (FOCUS 1.4: ContractCommitmentDurationType)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_fulfillment_interval IS 'Window in which use is counted and then reset (hourly for reservations ... full period for pools) (FOCUS 1.4: ContractCommitmentFulfillmentInterval)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_id IS 'Key of one commitment (term line) of a contract; joined from ContractApplied (FOCUS 1.3: ContractCommitmentId)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_last_updated IS 'When the record last changed (FOCUS 1.4: ContractCommitmentLastUpdated)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_lifecycle_status IS 'Proposed, pending, active, exhausted, expired, cancelled, superseded (a changed commitment gets a new id, the old one becomes Superseded) (FOCUS 1.4: ContractCommitmentLifecycleStatus)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_model IS 'Continuous = use it or lose it each interval; Discontinuous = aggregate target with true-up (FOCUS 1.4: ContractCommitmentModel)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_offer_category IS 'Public offer or negotiated (FOCUS 1.4: ContractCommitmentOfferCategory)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_payment_interval IS 'How often it is paid (FOCUS 1.4: ContractCommitmentPaymentInterval)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_payment_model IS 'No, partial or all upfront (FOCUS 1.4: ContractCommitmentPaymentModel)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_payment_upfront_percentage IS 'Share paid upfront when partial (FOCUS 1.4: ContractCommitmentPaymentUpfrontPercentage)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_period_end IS 'End of the commitment, exclusive (FOCUS 1.3: ContractCommitmentPeriodEnd)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_period_start IS 'Start of the commitment, inclusive (FOCUS 1.3: ContractCommitmentPeriodStart)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_quantity IS 'Committed units (FOCUS 1.3: ContractCommitmentQuantity)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_type IS 'Provider''s name of the kind (FOCUS 1.3: ContractCommitmentType)';
    COMMENT ON COLUMN contract_commitment.contract_commitment_unit IS 'Unit of ContractCommitmentQuantity (FOCUS 1.3: ContractCommitmentUnit)';
    COMMENT ON COLUMN contract_commitment.contract_id IS 'The contract it belongs to (one contract, many commitments) (FOCUS 1.3: ContractId)';
    COMMENT ON COLUMN contract_commitment.contract_period_end IS 'End of the contract, exclusive (FOCUS 1.3: ContractPeriodEnd)';
    COMMENT ON COLUMN contract_commitment.contract_period_start IS 'Start of the contract, inclusive (FOCUS 1.3: ContractPeriodStart)';
    COMMENT ON COLUMN contract_commitment.invoice_issuer_name IS 'Who invoices it (FOCUS 1.4: InvoiceIssuerName)';
    COMMENT ON COLUMN contract_commitment.pricing_currency IS 'Currency of the price list (FOCUS 1.4: PricingCurrency)';
    COMMENT ON COLUMN contract_commitment.pricing_currency_contract_commitment_cost IS 'Committed amount in PricingCurrency (FOCUS 1.4: PricingCurrencyContractCommitmentCost)';
    COMMENT ON COLUMN contract_commitment.service_provider_name IS 'Who provides the service (FOCUS 1.4: ServiceProviderName)';

    CREATE TABLE billing_period (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        invoice_issuer_name                      text NOT NULL CHECK (invoice_issuer_name <> ''),
        billing_period_start                     timestamptz NOT NULL,
        billing_period_created                   timestamptz,
        billing_period_end                       timestamptz,
        billing_period_last_updated              timestamptz,
        billing_period_status                    text,
        delivery_id   bigint,
        line_no       bigint,
        x             jsonb,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT times_are_bounded CHECK (greatest(billing_period_start, billing_period_created, billing_period_end, billing_period_last_updated) < '10001-01-01 00:00Z' AND least(billing_period_start, billing_period_created, billing_period_end, billing_period_last_updated) > '1900-01-01 00:00Z'),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE billing_period IS 'Billing periods of issuers as delivered (FOCUS Billing Period, 1.4). Key while held: (invoice_issuer_name, billing_period_start). What is delivered of a Closed period later becomes corrections in an open one.';
    COMMENT ON COLUMN billing_period.billing_period_created IS 'When the record for this period was first published (FOCUS 1.4: BillingPeriodCreated)';
    COMMENT ON COLUMN billing_period.billing_period_end IS 'End of the period, exclusive (FOCUS 1.4: BillingPeriodEnd)';
    COMMENT ON COLUMN billing_period.billing_period_last_updated IS 'When the record last changed (FOCUS 1.4: BillingPeriodLastUpdated)';
    COMMENT ON COLUMN billing_period.billing_period_start IS 'Start of the period, inclusive; join key with InvoiceIssuerName (FOCUS 1.4: BillingPeriodStart)';
    COMMENT ON COLUMN billing_period.billing_period_status IS 'Open = data may still change; Closed = all invoices issued and data final; may go back to Open only at the customer''s wish (FOCUS 1.4: BillingPeriodStatus)';
    COMMENT ON COLUMN billing_period.invoice_issuer_name IS 'Whose billing cycle this is (FOCUS 1.4: InvoiceIssuerName)';

    CREATE TABLE invoice_detail (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        invoice_issuer_name                      text NOT NULL CHECK (invoice_issuer_name <> ''),
        invoice_id                               text NOT NULL CHECK (invoice_id <> ''),
        invoice_detail_id                        text NOT NULL CHECK (invoice_detail_id <> ''),
        billed_cost                              numeric,
        billing_account_id                       text,
        billing_currency                         text,
        billing_period_end                       timestamptz,
        billing_period_start                     timestamptz,
        charge_category                          text,
        invoice_detail_created                   timestamptz,
        invoice_detail_description               text,
        invoice_detail_grain                     jsonb,
        invoice_detail_last_updated              timestamptz,
        invoice_issue_date                       timestamptz,
        invoice_issue_status                     text,
        payment_currency                         text,
        payment_currency_billed_cost             numeric,
        payment_currency_invoice_detail_id       text,
        payment_due_date                         timestamptz,
        payment_terms                            text,
        purchase_order_number                    text,
        reference_invoice_id                     text,
        delivery_id   bigint,
        line_no       bigint,
        x             jsonb,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT numbers_are_bounded CHECK (greatest(billed_cost, payment_currency_billed_cost) < 1e20 AND least(billed_cost, payment_currency_billed_cost) > -1e20),
        CONSTRAINT times_are_bounded CHECK (greatest(billing_period_end, billing_period_start, invoice_detail_created, invoice_detail_last_updated, invoice_issue_date, payment_due_date) < '10001-01-01 00:00Z' AND least(billing_period_end, billing_period_start, invoice_detail_created, invoice_detail_last_updated, invoice_issue_date, payment_due_date) > '1900-01-01 00:00Z'),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE invoice_detail IS 'Lines of invoices as delivered (FOCUS Invoice Detail, 1.4), amounts unrounded. Key while held: (invoice_issuer_name, invoice_id, invoice_detail_id).';
    COMMENT ON COLUMN invoice_detail.billed_cost IS 'Amount of the invoice line in BillingCurrency (FOCUS 1.4: BilledCost)';
    COMMENT ON COLUMN invoice_detail.billing_account_id IS 'Account invoiced (FOCUS 1.4: BillingAccountId)';
    COMMENT ON COLUMN invoice_detail.billing_currency IS 'Currency of BilledCost (FOCUS 1.4: BillingCurrency)';
    COMMENT ON COLUMN invoice_detail.billing_period_end IS 'End of billing period, exclusive (FOCUS 1.4: BillingPeriodEnd)';
    COMMENT ON COLUMN invoice_detail.billing_period_start IS 'Start of billing period, inclusive (FOCUS 1.4: BillingPeriodStart)';
    COMMENT ON COLUMN invoice_detail.charge_category IS 'Kind of charge on the line (FOCUS 1.4: ChargeCategory)';
    COMMENT ON COLUMN invoice_detail.invoice_detail_created IS 'When this line was first published (FOCUS 1.4: InvoiceDetailCreated)';
    COMMENT ON COLUMN invoice_detail.invoice_detail_description IS 'Text of the line (FOCUS 1.4: InvoiceDetailDescription)';
    COMMENT ON COLUMN invoice_detail.invoice_detail_grain IS 'JSON: values of the columns by which the issuer groups charges into this line (FOCUS 1.4: InvoiceDetailGrain)';
    COMMENT ON COLUMN invoice_detail.invoice_detail_id IS 'Key of the line (FOCUS 1.4: InvoiceDetailId)';
    COMMENT ON COLUMN invoice_detail.invoice_detail_last_updated IS 'When the line last changed (FOCUS 1.4: InvoiceDetailLastUpdated)';
    COMMENT ON COLUMN invoice_detail.invoice_id IS 'The invoice (FOCUS 1.4: InvoiceId)';
    COMMENT ON COLUMN invoice_detail.invoice_issue_date IS 'Date of issue; NULL while provisional (FOCUS 1.4: InvoiceIssueDate)';
    COMMENT ON COLUMN invoice_detail.invoice_issue_status IS 'Provisional, issued, or voided; Issued may not go back to Open without the customer''s wish (FOCUS 1.4: InvoiceIssueStatus)';
    COMMENT ON COLUMN invoice_detail.invoice_issuer_name IS 'Who issued it (FOCUS 1.4: InvoiceIssuerName)';
    COMMENT ON COLUMN invoice_detail.payment_currency IS 'Currency the customer pays in (FOCUS 1.4: PaymentCurrency)';
    COMMENT ON COLUMN invoice_detail.payment_currency_billed_cost IS 'The line in PaymentCurrency (FOCUS 1.4: PaymentCurrencyBilledCost)';
    COMMENT ON COLUMN invoice_detail.payment_currency_invoice_detail_id IS 'Key of the coarser group at which the payment amount is stated (for an effective exchange rate) (FOCUS 1.4: PaymentCurrencyInvoiceDetailId)';
    COMMENT ON COLUMN invoice_detail.payment_due_date IS 'Date due (FOCUS 1.4: PaymentDueDate)';
    COMMENT ON COLUMN invoice_detail.payment_terms IS 'Terms in words (e.g. Net 30) (FOCUS 1.4: PaymentTerms)';
    COMMENT ON COLUMN invoice_detail.purchase_order_number IS 'Customer''s PO number (FOCUS 1.4: PurchaseOrderNumber)';
    COMMENT ON COLUMN invoice_detail.reference_invoice_id IS 'The invoice that this one amends or credits (FOCUS 1.4: ReferenceInvoiceId)';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_bills() IS 'Internal: part of create_ledger. Tables charge, contract_commitment, billing_period, invoice_detail, and delivery with its parts.';

-- Whether nothing of a billing period may change any more: its issuer closed it, or the entity whose books it
-- stands in closed the fiscal period that its last day lies in.
CREATE FUNCTION chipbook.billing_period_is_closed(issuer text, period timestamptz, of_entity text) RETURNS boolean STABLE LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT FROM billing_period b WHERE b.invoice_issuer_name = issuer AND b.billing_period_start = period AND b.recorded_at IS NOT NULL AND b.superseded_at = 'infinity'
                   AND b.billing_period_status = 'Closed')
        OR EXISTS (SELECT FROM period_state p, LATERAL (SELECT ((period AT TIME ZONE 'UTC' + interval '1 month') - interval '1 day')::date AS last_day) l
                   WHERE p.entity_id = coalesce(of_entity, 'main') AND p.basis = (SELECT c.primary_basis FROM clock c) AND p.kind = 'regular' AND p.state <> 'open'
                     AND p.starts_on <= l.last_day AND p.ends_on > l.last_day);
END
$$;
COMMENT ON FUNCTION chipbook.billing_period_is_closed(text, timestamptz, text) IS 'Internal: whether a billing period of an issuer is Closed, or closed in the books of an entity (NULL: main).';

CREATE FUNCTION chipbook.bill_restates(of_delivery bigint, issuer text, period timestamptz) RETURNS boolean STABLE LANGUAGE plpgsql AS $$
DECLARE
    this delivery;
BEGIN
    SELECT d.* INTO STRICT this FROM delivery d WHERE d.delivery_id = of_delivery;
    RETURN chipbook.billing_period_is_closed(issuer, period, this.options ->> 'entity_id')
       AND EXISTS (SELECT FROM charge c JOIN delivery d ON d.delivery_id = c.delivery_id
                   WHERE d.source_id = this.source_id AND d.dataset = this.dataset AND d.scope = this.scope AND c.recorded_at IS NOT NULL AND c.superseded_at = 'infinity'
                     AND c.invoice_issuer_name IS NOT DISTINCT FROM issuer AND coalesce(c.restates_period_start, c.billing_period_start) = period)
       -- Of a period that was opened again, corrections may stand in one that is closed.
        OR EXISTS (SELECT FROM (SELECT DISTINCT c.billing_period_start FROM delivery d JOIN charge c ON c.load_id = d.load_id AND c.delivery_id = d.delivery_id
                                WHERE d.restated_rows > 0 AND d.source_id = this.source_id AND d.dataset = this.dataset AND d.scope = this.scope
                                  AND c.recorded_at IS NOT NULL AND c.superseded_at = 'infinity' AND c.invoice_issuer_name IS NOT DISTINCT FROM issuer AND c.restates_period_start = period) n
                   WHERE chipbook.billing_period_is_closed(issuer, n.billing_period_start, this.options ->> 'entity_id'));
END
$$;
COMMENT ON FUNCTION chipbook.bill_restates(bigint, text, timestamptz) IS 'Internal: whether a delivery brings a billing period anew of which its source delivered something before, and it, or one that corrections of it stand in, is closed.';

CREATE FUNCTION chipbook.bill_is_shorter(of_delivery bigint) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
    this delivery;
    shorter record;
BEGIN
    SELECT d.* INTO STRICT this FROM delivery d WHERE d.delivery_id = of_delivery;
    IF this.mode <> 'overwrite' OR (this.options ->> 'force')::boolean THEN
        RETURN NULL;
    END IF;
    SELECT s.invoice_issuer_name, s.billing_period_start, s.charge_days, o.charge_days AS days_before, o.delivery_id INTO shorter
    FROM delivery_scope s
    JOIN LATERAL (SELECT n.charge_days, d.delivery_id FROM delivery d JOIN delivery_scope n ON n.delivery_id = d.delivery_id JOIN load l ON l.load_id = d.load_id
                  WHERE d.source_id = this.source_id AND d.dataset = this.dataset AND d.scope = this.scope AND d.delivery_id <> this.delivery_id
                    AND d.status = 'loaded' AND d.superseded_by IS NULL AND l.recorded_at IS NOT NULL AND l.retracted_at IS NULL
                    AND n.invoice_issuer_name IS NOT DISTINCT FROM s.invoice_issuer_name AND n.billing_period_start IS NOT DISTINCT FROM s.billing_period_start
                    AND n.billing_account_id IS NOT DISTINCT FROM s.billing_account_id
                  ORDER BY l.recorded_at DESC, d.delivery_id DESC LIMIT 1) o ON o.charge_days > s.charge_days
    WHERE s.delivery_id = this.delivery_id ORDER BY s.billing_period_start, s.invoice_issuer_name LIMIT 1;
    RETURN CASE WHEN shorter.delivery_id IS NOT NULL
                THEN format('it covers fewer days than delivery %s, which it would replace: %s for %s, of %s in the billing period that starts %s; option force takes it all the same',
                            shorter.delivery_id, shorter.charge_days, shorter.days_before, coalesce(shorter.invoice_issuer_name, 'no issuer'), chipbook.canonical_time(shorter.billing_period_start)) END;
END
$$;
COMMENT ON FUNCTION chipbook.bill_is_shorter(bigint) IS 'Internal: why a snapshot is not taken for the one it would replace, NULL when it is.';

-- Since a delivery was run another may have been published, or a period closed.
CREATE FUNCTION chipbook.bill_is_stale(of_delivery bigint) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
    this delivery;
    stale record;
BEGIN
    SELECT d.* INTO STRICT this FROM delivery d WHERE d.delivery_id = of_delivery;
    SELECT s.invoice_issuer_name, s.billing_period_start INTO stale FROM delivery_scope s
    WHERE s.delivery_id = of_delivery AND NOT s.is_closed AND chipbook.bill_restates(of_delivery, s.invoice_issuer_name, s.billing_period_start) ORDER BY s.billing_period_start LIMIT 1;
    IF FOUND THEN
        RETURN format('the billing period of %s that starts %s was closed since it was run', coalesce(stale.invoice_issuer_name, 'no issuer'), chipbook.canonical_time(stale.billing_period_start));
    END IF;
    SELECT c.billing_period_start INTO stale
    FROM (SELECT DISTINCT c.invoice_issuer_name, c.billing_period_start FROM charge c WHERE c.load_id = this.load_id AND c.delivery_id = of_delivery AND c.restates_period_start IS NOT NULL) c
    WHERE this.restated_rows > 0 AND chipbook.billing_period_is_closed(c.invoice_issuer_name, c.billing_period_start, this.options ->> 'entity_id') ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RETURN format('its corrections stand in the billing period that starts %s, which was closed since it was run', chipbook.canonical_time(stale.billing_period_start));
    END IF;
    SELECT o.delivery_id INTO stale FROM delivery o JOIN load l ON l.load_id = o.load_id
    WHERE o.source_id = this.source_id AND o.dataset = this.dataset AND o.scope = this.scope AND o.delivery_id <> of_delivery AND greatest(l.recorded_at, l.retracted_at) > this.finished_at
      AND EXISTS (SELECT FROM delivery_scope s JOIN delivery_scope n ON n.invoice_issuer_name IS NOT DISTINCT FROM s.invoice_issuer_name AND n.billing_period_start = s.billing_period_start
                  WHERE s.delivery_id = of_delivery AND s.is_closed AND n.delivery_id = o.delivery_id)
    ORDER BY o.delivery_id LIMIT 1;
    IF FOUND AND this.mode = 'overwrite' THEN
        RETURN format('its corrections are of what was held when it was run; delivery %s was published or retracted since', stale.delivery_id);
    END IF;
    RETURN chipbook.bill_is_shorter(of_delivery);
END
$$;
COMMENT ON FUNCTION chipbook.bill_is_stale(bigint) IS 'Internal: why a delivery that was run cannot be published as it is, NULL when it can.';

-- A row is replaced with the whole of what a delivery covers: its issuer, billing period and, where
-- the delivery says so, account, as its source delivered it before under the same scope and dataset.
CREATE FUNCTION chipbook.supersede_charges(load_id bigint, stamp timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fresh record;
    row_count bigint;
    total bigint := 0;
BEGIN
    FOR fresh IN SELECT d.delivery_id, chipbook.bill_is_stale(d.delivery_id) AS reason FROM delivery d
                 WHERE d.load_id = supersede_charges.load_id AND d.status = 'loaded' AND d.dataset NOT IN ('contract_commitment', 'billing_period', 'invoice_detail') ORDER BY d.delivery_id LOOP
        IF fresh.reason IS NOT NULL THEN
            RAISE EXCEPTION 'delivery % of ledger "%" cannot be published: %', fresh.delivery_id, ledger_schema(), fresh.reason
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('Discard its load (chipbook.discard_load(%L, %s)) and run the file again.', ledger_schema(), load_id);
        END IF;
    END LOOP;
    FOR fresh IN SELECT d.delivery_id, array_agg(o.delivery_id) AS earlier, min(o.delivery_id) AS first_one, max(o.delivery_id) AS last_one
                 FROM delivery d JOIN delivery o ON o.source_id = d.source_id AND o.dataset = d.dataset AND o.scope = d.scope AND o.delivery_id <> d.delivery_id
                 JOIN load l ON l.load_id = o.load_id AND l.recorded_at IS NOT NULL AND l.retracted_at IS NULL
                 WHERE d.load_id = supersede_charges.load_id AND d.mode = 'overwrite' AND d.status = 'loaded' AND o.superseded_by IS NULL
                 GROUP BY d.delivery_id ORDER BY d.delivery_id LOOP
        UPDATE charge held SET superseded_at = stamp
        FROM delivery_scope s
        WHERE s.delivery_id = fresh.delivery_id AND NOT s.is_closed
          AND held.delivery_id BETWEEN fresh.first_one AND fresh.last_one AND held.delivery_id = ANY (fresh.earlier)
          AND held.recorded_at IS NOT NULL AND held.superseded_at = 'infinity'
          AND held.invoice_issuer_name IS NOT DISTINCT FROM s.invoice_issuer_name
          -- Corrections of it, too, though they stand in another: it was opened again.
          AND coalesce(held.restates_period_start, held.billing_period_start) IS NOT DISTINCT FROM s.billing_period_start
          AND (s.billing_account_id IS NULL OR held.billing_account_id = s.billing_account_id);
        GET DIAGNOSTICS row_count = ROW_COUNT;
        total := total + row_count;
        UPDATE delivery d SET superseded_by = fresh.delivery_id
        WHERE row_count > 0 AND d.delivery_id = ANY (fresh.earlier)
          AND NOT EXISTS (SELECT FROM charge c WHERE c.delivery_id = d.delivery_id AND c.superseded_at = 'infinity');
    END LOOP;
    RETURN total;
END
$$;
COMMENT ON FUNCTION chipbook.supersede_charges(bigint, timestamptz) IS 'Internal: part of publish_load. Supersedes held charges that the deliveries of a load replace and returns how many.';
