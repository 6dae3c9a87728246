-- FOCUS as files: headers in PascalCase, times in UTC as ISO 8601, decimals plain.

-- Column by column, what it is called in a file and how its value is written.
CREATE FUNCTION chipbook.focus_file_columns(ledger text, dataset text, with_custom boolean DEFAULT true)
RETURNS TABLE (ordinal bigint, header text, expression text) STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    source_view text := CASE focus_file_columns.dataset WHEN 'CostAndUsage' THEN 'cost_and_usage' WHEN 'ContractCommitment' THEN 'contract_commitments'
                                                        WHEN 'BillingPeriod' THEN 'billing_periods' WHEN 'InvoiceDetail' THEN 'invoice_details' END;
BEGIN
    IF source_view IS NULL THEN
        RAISE EXCEPTION 'there is no FOCUS dataset "%"', dataset
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Use CostAndUsage, ContractCommitment, BillingPeriod or InvoiceDetail.';
    END IF;
    PERFORM chipbook.require_ledger(ledger);
    RETURN QUERY
        SELECT row_number() OVER (ORDER BY a.attnum), n.name,
               CASE format_type(a.atttypid, NULL)
                   WHEN 'numeric' THEN format('pg_catalog.trim_scale(v.%I)::text', a.attname)
                   WHEN 'timestamp with time zone' THEN
                       format('CASE WHEN pg_catalog.isfinite(v.%1$I) THEN pg_catalog.to_char(v.%1$I AT TIME ZONE ''UTC'', ''FMYYYY-MM-DD"T"HH24:MI:SS"Z"'') END', a.attname)
                   ELSE format('v.%I::text', a.attname) END
        FROM pg_attribute a
        LEFT JOIN chipbook.focus_columns() c ON c.dataset = focus_file_columns.dataset AND chipbook.focus_snake(c.column_name) = a.attname
        CROSS JOIN LATERAL (SELECT CASE WHEN c.introduced <= '1.4' AND c.last_version IS NULL THEN c.column_name
                                        WHEN c.column_name IS NOT NULL THEN concat('x_', c.column_name)
                                        WHEN a.attname LIKE 'x\_%' THEN concat('x_', replace(initcap(replace(substr(a.attname, 3), '_', ' ')), ' ', '')) END AS name) n
        WHERE a.attrelid = format('%I.%I', ledger || '_report', source_view)::regclass AND a.attnum > 0 AND NOT a.attisdropped
          AND n.name IS NOT NULL AND (with_custom OR n.name NOT LIKE 'x\_%')
        ORDER BY a.attnum;
END
$$;
COMMENT ON FUNCTION chipbook.focus_file_columns(text, text, boolean) IS 'Internal: the columns of a file of a FOCUS 1.4 dataset, their names in PascalCase and how a row of the published view gives their text. Columns that 1.4 does not have begin with x_. 22023 when there is no such dataset.';

CREATE FUNCTION chipbook.focus_export_query(ledger text, dataset text DEFAULT 'CostAndUsage', with_custom boolean DEFAULT true)
RETURNS text STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT format('SELECT %s FROM %I.%I v', string_agg(format('%s AS %I', f.expression, f.header), ', ' ORDER BY f.ordinal), ledger || '_report',
                          CASE dataset WHEN 'CostAndUsage' THEN 'cost_and_usage' WHEN 'ContractCommitment' THEN 'contract_commitments'
                                       WHEN 'BillingPeriod' THEN 'billing_periods' ELSE 'invoice_details' END)
            FROM chipbook.focus_file_columns(ledger, dataset, with_custom) f);
END
$$;
COMMENT ON FUNCTION chipbook.focus_export_query(text, text, boolean) IS 'The query that a file of a FOCUS 1.4 dataset is made of, for COPY (...) TO ... (FORMAT csv, HEADER): columns in PascalCase, all text, NULL where there is no value. with_custom: with the x_ columns. 3F000 no such ledger; 22023 no such dataset.';

CREATE FUNCTION chipbook.export_focus(ledger text, dataset text DEFAULT 'CostAndUsage', billing_from date DEFAULT NULL, billing_to date DEFAULT NULL, with_custom boolean DEFAULT true)
RETURNS SETOF text STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN NEXT (SELECT string_agg(f.header, ',' ORDER BY f.ordinal) FROM chipbook.focus_file_columns(ledger, dataset, with_custom) f);
    IF dataset = 'ContractCommitment' AND (billing_from IS NOT NULL OR billing_to IS NOT NULL) THEN
        RAISE EXCEPTION 'contract commitments have no billing period to choose them by' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY EXECUTE (
        SELECT format('SELECT n.line FROM (SELECT array_to_string(ARRAY[%s], '','') AS line FROM %I.%I v%s) n ORDER BY n.line COLLATE "C"',
                      string_agg(format('chipbook.csv_field(%s)', f.expression), ', ' ORDER BY f.ordinal),
                      ledger || '_report',
                      CASE dataset WHEN 'CostAndUsage' THEN 'cost_and_usage' WHEN 'ContractCommitment' THEN 'contract_commitments'
                                   WHEN 'BillingPeriod' THEN 'billing_periods' ELSE 'invoice_details' END,
                      CASE WHEN billing_from IS NOT NULL OR billing_to IS NOT NULL
                           THEN ' WHERE v.billing_period_start >= $1 AND v.billing_period_start < $2' END)
        FROM chipbook.focus_file_columns(ledger, dataset, with_custom) f)
    USING coalesce(billing_from, '-infinity')::timestamp AT TIME ZONE 'UTC', coalesce(billing_to, 'infinity')::timestamp AT TIME ZONE 'UTC';
END
$$;
COMMENT ON FUNCTION chipbook.export_focus(text, text, date, date, boolean) IS 'A FOCUS 1.4 dataset (CostAndUsage, ContractCommitment, BillingPeriod, InvoiceDetail) as lines of CSV (RFC 4180), the header in PascalCase first, without line ends: times in UTC as ISO 8601, decimals plain, NULL an empty field, custom columns beginning with x_ (with_custom). billing_from and billing_to: billing periods that start in [billing_from, billing_to) in UTC; NULL = all. The same facts give the same text, whatever the session''s settings. 3F000 no such ledger; 22023 no such dataset, or billing dates for contract commitments.';
