-- Files of bills: staged as text, one table of text columns for each file, read into charges (or
-- commitments, billing periods, invoice lines) of an unpublished load. All of a file is loaded or nothing.
-- What is odd is said as a finding and never mended. The formats beside FOCUS stand in import_bill_formats.sql.

CREATE FUNCTION chipbook.read_decimal(value text) RETURNS numeric
    AS 'MODULE_PATHNAME', 'chipbook_read_decimal' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.read_decimal(text) IS 'A decimal number, exactly: sign, digits, point, exponent of at most two digits, blanks around. NULL for anything else, such as NaN, Infinity, thousands marks, currency signs, more than 80 characters or more than twenty digits before the point.';

CREATE FUNCTION chipbook.read_moment(value text, zone text, day_order text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'chipbook_read_moment' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.read_moment(text, text, text) IS 'A date or time of ISO 8601, with or without seconds, fractions and offset; without an offset in the zone given. Where day_order is mdy or dmy also 1/31/2025, 1/31/25 (20..) and 1/31/2025 1:15:00 PM in that order. NULL for anything else. 22023 for no such zone. A time that a zone''s clocks show twice or skip is taken as PostgreSQL takes it.';

CREATE FUNCTION chipbook.row_sha256(texts record) RETURNS bytea
    AS 'MODULE_PATHNAME', 'chipbook_row_sha256' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.row_sha256(record) IS 'SHA-256 of a row of texts: of each its length in bytes (four bytes, the highest first) and its bytes; NULL is as the empty text. 42804 for a column of another type.';

-- Localised headers have the name in brackets behind, others a currency or zone; case, blanks and marks say nothing.
CREATE FUNCTION chipbook.header_key(name text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN (SELECT pg_catalog.regexp_replace(pg_catalog.lower(coalesce(pg_catalog.substring(n.name, '\(([A-Za-z][A-Za-z0-9_/ ]*)\)\s*$'), n.name)), '[^a-z0-9]', '', 'g')
        FROM (SELECT pg_catalog.regexp_replace(header_key.name, '\s*\([A-Z]{3}\)\s*$', '')) n (name));
COMMENT ON FUNCTION chipbook.header_key(text) IS 'What a column of a bill is known by, whatever way its name is written: "Abonnement-GUID (SubscriptionGuid)", "bill/InvoiceId", "bill_invoice_id", "BilledCost (USD)" become subscriptionguid, billinvoiceid and billedcost.';

CREATE FUNCTION chipbook.allowed_word(word text, allowed text[]) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN coalesce((SELECT a FROM pg_catalog.unnest(allowed) a
                 WHERE pg_catalog.regexp_replace(pg_catalog.lower(a), '[^a-z]', '', 'g') OPERATOR(pg_catalog.=) pg_catalog.regexp_replace(pg_catalog.lower(word), '[^a-z]', '', 'g') LIMIT 1), word);
COMMENT ON FUNCTION chipbook.allowed_word(text, text[]) IS 'The allowed word that differs from a word in case and marks alone (Usage-based, usage_based: Usage-Based); otherwise the word as it is.';

CREATE FUNCTION chipbook.unit_factor(unit text) RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN (SELECT NULLIF(coalesce(chipbook.read_decimal(pg_catalog.replace(m.part[1], ',', '')) OPERATOR(pg_catalog.*) CASE m.part[2] WHEN 'K' THEN 1000 WHEN 'M' THEN 1000000 WHEN 'B' THEN 1000000000 ELSE 1 END, 1), 0)
        FROM (SELECT pg_catalog.regexp_match(unit, '^\s*([0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)\s*([KMB](?![A-Za-z]))?')) m (part));
COMMENT ON FUNCTION chipbook.unit_factor(text) IS 'How many single units a block of a pricing unit has: 10K 10000, 100 Hours 100, 1000 Requests and 1,000 Requests 1000, 1M 1000000; 1 where it names no number; NULL where the number is 0, of which nothing can be said.';

CREATE FUNCTION chipbook.unit_name(unit text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN NULLIF(pg_catalog.regexp_replace(unit, '^\s*([0-9]{1,3}(,[0-9]{3})+(?![0-9])(\.[0-9]+)?|[0-9]+(\.[0-9]+)?)\s*([KMB](?![A-Za-z]))?\s*/?\s*', ''), '');
COMMENT ON FUNCTION chipbook.unit_name(text) IS 'The unit without its number: 100 Hours Hours, 1/Month Month; NULL where it is only a number, such as 10K.';

CREATE FUNCTION chipbook.read_json(value text) RETURNS jsonb IMMUTABLE STRICT LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce(chipbook.json_or_null(value), chipbook.json_or_null(concat('{', value, '}')), to_jsonb(value));
END
$$;
COMMENT ON FUNCTION chipbook.read_json(text) IS 'Internal: JSON; an object whose braces are missing; or else the text as a JSON string.';

CREATE FUNCTION chipbook.without_mark(content text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN pg_catalog.ascii(content) OPERATOR(pg_catalog.=) 65279 THEN pg_catalog.substr(content, 2) ELSE content END;
COMMENT ON FUNCTION chipbook.without_mark(text) IS 'Internal: a text without the byte order mark it may begin with.';

-- The findings of single rows: a bit each, so that a row of millions carries them at no cost. A condition
-- holds over the columns of charge; needs names columns that must be in the file for it to be asked.
CREATE FUNCTION chipbook.charge_finding_codes()
RETURNS TABLE (number bigint, code text, severity text, meaning text, needs text[], condition text) IMMUTABLE PARALLEL SAFE ROWS 30 LANGUAGE sql
BEGIN ATOMIC
    SELECT 1::bigint OPERATOR(pg_catalog.<<) (f.bit OPERATOR(pg_catalog.-) 1), f.code, f.severity, f.meaning, f.needs::text[], f.condition FROM (VALUES
        (1, 'MissingBilledCost', 'error', 'BilledCost is empty', '{billedcost}', 'billed_cost IS NULL'),
        (2, 'MissingEffectiveCost', 'error', 'EffectiveCost is empty', '{effectivecost}', 'effective_cost IS NULL'),
        (3, 'MissingListCost', 'warning', 'ListCost is empty', '{listcost}', 'list_cost IS NULL'),
        (4, 'MissingContractedCost', 'warning', 'ContractedCost is empty', '{contractedcost}', 'contracted_cost IS NULL'),
        (5, 'ListCostLessThanContractedCost', 'warning', 'ListCost is less than ContractedCost, by more than 0.0001', '{}', 'list_cost < contracted_cost - 0.0001 AND contracted_cost > 0'),
        (6, 'ContractedCostLessThanEffectiveCost', 'warning', 'ContractedCost is less than EffectiveCost, by more than 0.0001', '{}', 'contracted_cost < effective_cost - 0.0001 AND effective_cost > 0'),
        (7, 'ListCostIsNotPriceTimesQuantity', 'info', 'ListCost differs from ListUnitPrice x PricingQuantity by more than 0.0001, and the row is no correction', '{}',
            'abs(list_cost - list_unit_price * pricing_quantity) > 0.0001 AND charge_class IS NULL'),
        (8, 'ContractedCostIsNotPriceTimesQuantity', 'info', 'ContractedCost differs from ContractedUnitPrice x PricingQuantity by more than 0.0001, and the row is no correction', '{}',
            'abs(contracted_cost - contracted_unit_price * pricing_quantity) > 0.0001 AND charge_class IS NULL'),
        (9, 'InvalidEffectiveCost', 'warning', 'EffectiveCost of the purchase of a commitment is not 0: what it covers has it', '{}',
            'effective_cost <> 0 AND commitment_discount_id IS NOT NULL AND charge_category = ''Purchase'''),
        (10, 'MissingPricingQuantity', 'warning', 'there is a unit price and no PricingQuantity', '{pricingquantity}', 'pricing_quantity IS NULL AND (list_unit_price IS NOT NULL OR contracted_unit_price IS NOT NULL)'),
        (11, 'PricingCategoryShouldBeCommitted', 'warning', 'usage under a commitment whose PricingCategory is another', '{pricingcategory}',
            'commitment_discount_status IS NOT NULL AND (pricing_category = ''Committed'') IS NOT TRUE AND charge_category = ''Usage'''),
        (12, 'ChargePeriodNotInOrder', 'error', 'ChargePeriodStart is not before ChargePeriodEnd', '{}', 'charge_period_start >= charge_period_end'),
        (13, 'BillingPeriodNotInOrder', 'error', 'BillingPeriodStart is not before BillingPeriodEnd', '{}', 'billing_period_start >= billing_period_end'),
        (14, 'ChargeOutsideBillingPeriod', 'info', 'the charge begins before or after its billing period, and is no correction', '{}',
            '(charge_period_start < billing_period_start OR charge_period_start >= billing_period_end) AND charge_class IS NULL'),
        (15, 'NegativeUnitPrice', 'error', 'a unit price is negative', '{}', 'least(list_unit_price, contracted_unit_price) < 0'),
        (16, 'PositiveCredit', 'warning', 'a credit that adds to the bill', '{}', 'charge_category = ''Credit'' AND billed_cost > 0'),
        (17, 'ValueNotAllowed', 'warning', 'a value is none of those that FOCUS allows', '{chargecategory}',
            'charge_category NOT IN (''Usage'', ''Purchase'', ''Tax'', ''Credit'', ''Adjustment'') OR charge_class <> ''Correction'' OR charge_frequency NOT IN (''One-Time'', ''Recurring'', ''Usage-Based'')
             OR pricing_category NOT IN (''Standard'', ''Dynamic'', ''Committed'', ''Other'') OR commitment_discount_status NOT IN (''Used'', ''Unused'')
             OR commitment_discount_category NOT IN (''Spend'', ''Usage'') OR capacity_reservation_status NOT IN (''Used'', ''Unused'')'),
        (18, 'WordNormalised', 'info', 'an allowed value was written another way (Usage-based); x has it as received', '{chargecategory}', 'normalised'),
        (19, 'MissingBillingCurrency', 'error', 'BillingCurrency is empty', '{}', 'billing_currency IS NULL AND num_nonnulls(billed_cost, effective_cost) > 0'),
        (20, 'BillingCurrencyNotIso', 'warning', 'BillingCurrency is not three capital letters', '{}', 'billing_currency !~ ''^[A-Z]{3}$'''),
        (21, 'TagsWithoutBraces', 'info', 'an object of JSON without its braces; it is read as one', '{}', 'braces_missing'),
        (22, 'InvalidJson', 'warning', 'what should be JSON is not; it is kept as text', '{}', 'not_json'),
        (23, 'MissingBillingPeriod', 'error', 'BillingPeriodStart is empty', '{}', 'billing_period_start IS NULL'),
        (24, 'MissingChargePeriod', 'error', 'ChargePeriodStart is empty', '{}', 'charge_period_start IS NULL'),
        (25, 'ConsumedQuantityOnUnused', 'warning', 'the unused part of a commitment has a ConsumedQuantity', '{consumedquantity}', 'consumed_quantity IS NOT NULL AND commitment_discount_status = ''Unused'''),
        (26, 'CommitmentStatusNotOnUsage', 'warning', 'CommitmentDiscountStatus of a charge that is no usage', '{chargecategory}', 'commitment_discount_status IS NOT NULL AND charge_category <> ''Usage'''),
        (27, 'BilledCostOnCoveredUsage', 'warning', 'usage that a commitment covers has a BilledCost', '{chargecategory}', 'billed_cost <> 0 AND commitment_discount_status = ''Used'' AND charge_category = ''Usage'''),
        (28, 'TaxWithUnitPrice', 'info', 'a tax has a unit price', '{}', 'charge_category = ''Tax'' AND coalesce(list_unit_price, contracted_unit_price) IS NOT NULL'),
        (29, 'ZoneAssumed', 'info', 'a time without a zone; it is taken to be in the time_zone of the options (UTC)', '{}', 'zone_assumed'),
        (30, 'MissingInvoiceIssuer', 'warning', 'InvoiceIssuerName is empty', '{invoiceissuername}', 'invoice_issuer_name IS NULL'),
        (31, 'PricingUnitOfNothing', 'warning', 'the pricing unit is a block of 0 units: quantities are not converted', '{}', 'ltrim(pricing_unit) LIKE ''0%'' AND chipbook.unit_factor(pricing_unit) IS NULL'),
        (32, 'FieldsMissing', 'warning', 'the row had fewer fields than the header; it was read all the same (option short_rows), the last columns as empty', '{}', 'fields_missing')) f (bit, code, severity, meaning, needs, condition);
END;
COMMENT ON FUNCTION chipbook.charge_finding_codes() IS 'What may be found in a single charge: charge.findings is the sum of the numbers of those that hold. severity: error = wrong by FOCUS and in the way of using it, warning = doubtful, info = worth knowing. Codes are Microsoft''s (FinOps hubs, x_SourceChanges) where it has one.';

CREATE FUNCTION chipbook.bill_options() RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN '{dataset,null_words,time_zone,day_order,number_marks,decimal_comma,delimiter,force,partial,short_rows,by_account,file_sha256,open_period,entity_id,mode}'::text[];
COMMENT ON FUNCTION chipbook.bill_options() IS 'Internal: the options of a delivery.';

-- ---------------------------------------------------------------------------
-- Opening
-- ---------------------------------------------------------------------------
CREATE FUNCTION chipbook.open_bill(ledger text, name text, header text, source_id text, options jsonb DEFAULT '{}', scope text DEFAULT '')
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    option text;
    opened bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    IF coalesce(name, '') = '' OR coalesce(btrim(header), '') = '' OR source_id IS NULL THEN
        RAISE EXCEPTION 'open_bill needs the name of the file, its header and its source' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    options := coalesce(options, '{}');
    IF jsonb_typeof(options) <> 'object' THEN
        RAISE EXCEPTION 'options of a bill are a JSON object, not %', jsonb_typeof(options) USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR option IN SELECT k FROM jsonb_object_keys(options) k ORDER BY k LOOP
        IF option <> ALL (chipbook.bill_options()) THEN
            RAISE EXCEPTION 'a bill has no option "%"', option
                USING ERRCODE = 'invalid_parameter_value', HINT = pg_catalog.format('It has %s.', array_to_string(chipbook.bill_options(), ', '));
        END IF;
        IF (option = 'null_words') <> (jsonb_typeof(options -> option) = 'array') OR (option IN ('force', 'partial', 'short_rows', 'by_account', 'decimal_comma')) <> (jsonb_typeof(options -> option) = 'boolean') THEN
            RAISE EXCEPTION 'invalid value for option "%": %', option, left(options ->> option, 100)
                USING ERRCODE = 'invalid_parameter_value', HINT = 'null_words is an array of words; force, partial, short_rows, by_account and decimal_comma are true or false; the others are words.';
        END IF;
    END LOOP;
    IF options ? 'time_zone' AND NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = options ->> 'time_zone') THEN
        RAISE EXCEPTION 'invalid value for option "time_zone": "%"', options ->> 'time_zone'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use a name from pg_timezone_names, such as ''UTC'' or ''America/Los_Angeles''.';
    END IF;
    IF options ->> 'day_order' NOT IN ('ymd', 'mdy', 'dmy') OR options ->> 'mode' NOT IN ('overwrite', 'append')
       OR options ->> 'dataset' <> ALL (chipbook.bill_datasets()) OR options ->> 'file_sha256' !~ '^[0-9a-f]{64}$'
       OR length(options ->> 'delimiter') <> 1 OR options ->> 'delimiter' IN ('"', E'\n', E'\r') OR options ->> 'number_marks' ~ '[0-9.eE+-]'
       OR options ? 'open_period' AND coalesce(chipbook.read_moment(options ->> 'open_period', 'UTC', 'ymd') IS NULL, true) THEN
        RAISE EXCEPTION 'invalid options for a bill: %', left(options::text, 300)
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = pg_catalog.format('day_order is ymd, mdy or dmy; mode overwrite or append; dataset one of %s; file_sha256 64 hexadecimal digits; delimiter one character; number_marks characters that are left out of numbers, such as "$,"; open_period the start of a billing period.',
                                           array_to_string(chipbook.bill_datasets(), ', '));
    END IF;
    EXECUTE pg_catalog.format('SELECT %I.bill_open($1, $2, $3, $4, $5)', ledger) INTO STRICT opened USING name, header, options, source_id, coalesce(scope, '');
    RETURN opened;
END
$$;
COMMENT ON FUNCTION chipbook.open_bill(text, text, text, text, jsonb, text) IS 'Begins the import of a file of a bill and returns the number of its delivery. header is the file''s first line. It makes the table LEDGER.bill_stage_NUMBER with a column of text for each of the file''s, into which the session then copies the file (COPY ... WITH (FORMAT csv, HEADER)). options: see docs/focus_import.md. scope tells apart feeds of one source that do not replace each other. Errors: 22023 another option or value, or a header that is no record of CSV; 22004 no name, header or source; 23503 no such source.';

CREATE FUNCTION chipbook.run_bill(ledger text, delivery_id bigint)
RETURNS TABLE (delivery bigint, dataset text, focus_version text, status text, reason text, rows_in_file bigint, rows_loaded bigint, rows_rejected bigint,
               findings bigint, restated_rows bigint, load_id bigint, already_loaded boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    done bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.bill_run($1)', ledger) INTO STRICT done USING delivery_id;
    RETURN QUERY EXECUTE format(
        'SELECT d.delivery_id, d.dataset, d.focus_version, d.status, d.reason, d.rows_in_file, d.rows_loaded, d.rows_rejected, d.findings, d.restated_rows, d.load_id, $2
         FROM %I.delivery d WHERE d.delivery_id = $1', ledger) USING abs(done), done < 0;
END
$$;
COMMENT ON FUNCTION chipbook.run_bill(text, bigint) IS 'Reads a staged file into an unpublished load and returns what became of it. All of it is loaded or nothing: a value that cannot be read refuses the file (status refused, reason; delivery_rejection has the rows), unless option partial is true. A file that was loaded before and still holds is not loaded again, a notice says so and the first result is returned with already_loaded. A snapshot that covers fewer days than the one it would replace is refused unless option force is true. Then check_load and publish_load, which replaces what was delivered of the same issuers and billing periods before. What is delivered anew, or appended, of billing periods that are closed becomes corrections of an open period: those that are Closed (billing_period), and those whose last day (UTC) is in a fiscal period of the entity (option entity_id: main), in the ledger''s primary basis, that is closed or soft-closed. Errors: P0002 no such delivery, 55000 it was cleared.';

CREATE FUNCTION chipbook.import_bill(ledger text, name text, content text, source_id text, options jsonb DEFAULT '{}', scope text DEFAULT '')
RETURNS TABLE (delivery bigint, dataset text, focus_version text, status text, reason text, rows_in_file bigint, rows_loaded bigint, rows_rejected bigint,
               findings bigint, restated_rows bigint, load_id bigint, already_loaded boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opened bigint;
    is_json boolean;
BEGIN
    content := chipbook.without_mark(content);
    -- Of a file of hundreds of megabytes the beginning says it.
    is_json := ltrim(left(content, 10000), E' \t\r\n') ~ '^[{[]';
    IF coalesce(btrim(left(content, 10000), E' \t\r\n'), '') = '' AND coalesce(btrim(content, E' \t\r\n'), '') = '' THEN
        RAISE EXCEPTION 'the file is empty' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    opened := chipbook.open_bill(ledger, name, CASE WHEN is_json THEN (SELECT string_agg('"' || replace(k.name, '"', '""') || '"', ',') FROM chipbook.json_columns(content) k (name))
                                                    ELSE (SELECT r.record FROM chipbook.csv_records(content, coalesce(options ->> 'delimiter', ',')) r LIMIT 1) END,
                                 source_id, options, scope);
    EXECUTE pg_catalog.format('SELECT %I.bill_take($1, $2, $3)', ledger) USING opened, content, is_json;
    RETURN QUERY SELECT * FROM chipbook.run_bill(ledger, opened);
END
$$;
COMMENT ON FUNCTION chipbook.import_bill(text, text, text, text, jsonb, text) IS 'open_bill, the whole text of the file, and run_bill in one call: for a file of at most 1 GB that COPY does not take, such as one with mixed line ends, records of another length than the header, or JSON (an array, or a document on each line). Arguments, result and errors are theirs.';

CREATE FUNCTION chipbook.clear_bill(ledger text, delivery_id bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.bill_clear($1)', ledger) USING delivery_id;
END
$$;
COMMENT ON FUNCTION chipbook.clear_bill(text, bigint) IS 'Gives up a delivery that was opened and not run, with its staged rows. 55000 when it was run, P0002 when there is no such delivery.';

-- The columns of documents of JSON: what is nested is named with points, what is a list is kept as JSON.
CREATE FUNCTION chipbook.json_leaves(document jsonb, prefix text DEFAULT '') RETURNS TABLE (name text, value text) IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    entry record;
BEGIN
    FOR entry IN SELECT e.key, e.value FROM jsonb_each(CASE WHEN jsonb_typeof(document) = 'object' THEN document ELSE '{}' END) e LOOP
        IF jsonb_typeof(entry.value) = 'object' THEN
            RETURN QUERY SELECT * FROM chipbook.json_leaves(entry.value, prefix || entry.key || '.');
        ELSE
            name := prefix || entry.key;
            value := CASE jsonb_typeof(entry.value) WHEN 'null' THEN NULL WHEN 'string' THEN entry.value #>> '{}' ELSE entry.value::text END;
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.json_leaves(jsonb, text) IS 'Internal: the values of an object by their path.';

CREATE FUNCTION chipbook.json_rows(content text) RETURNS TABLE (line_no bigint, document jsonb) LANGUAGE sql AS $$
    SELECT row_number() OVER (), r.document
    FROM (SELECT CASE WHEN jsonb_typeof(d.document) = 'array' THEN a.value ELSE d.document END AS document
          FROM chipbook.json_documents(content) d
          LEFT JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(d.document) = 'array' THEN d.document ELSE '[]' END) a ON true) r
$$;
COMMENT ON FUNCTION chipbook.json_rows(text) IS 'Internal: the documents of a file of JSON, an array or one on each line; NULL for one that is no JSON.';

CREATE FUNCTION chipbook.json_columns(content text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT k.name FROM (SELECT l.name, min(r.line_no) AS first FROM chipbook.json_rows(content) r, chipbook.json_leaves(r.document) l GROUP BY l.name) k ORDER BY k.first, k.name COLLATE "C"
$$;
COMMENT ON FUNCTION chipbook.json_columns(text) IS 'Internal: the columns of the documents of a file of JSON.';
