-- What bills say of commitments, and invoices beside charges and journal.

CREATE FUNCTION chipbook.create_ledger_commitment_bill_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW commitment_finding WITH (security_invoker) AS
    SELECT f.finding, f.severity, f.subject, f.subject_id, NULL::date AS period_month, f.row_count, f.detail
    FROM (
        SELECT 'commitment_draw_left_out'::text AS finding, 'error'::text AS severity, 'commitment'::text AS subject, l.commitment_id AS subject_id, count(*) AS row_count,
               concat_ws('; ', CASE WHEN count(*) FILTER (WHERE NOT l.in_term) > 0 THEN format('outside its term: %s', count(*) FILTER (WHERE NOT l.in_term)) END,
                         CASE WHEN count(*) FILTER (WHERE NOT l.in_currency) > 0 THEN format('in another currency: %s', count(*) FILTER (WHERE NOT l.in_currency)) END,
                         CASE WHEN count(*) FILTER (WHERE l.quantity IS NULL) > 0 THEN format('without a quantity in its unit: %s', count(*) FILTER (WHERE l.quantity IS NULL)) END) AS detail
        FROM commitment_line l WHERE NOT l.in_term OR NOT l.in_currency OR l.quantity IS NULL GROUP BY l.commitment_id
        UNION ALL
        SELECT 'commitment_draw_in_other_unit', 'warning', 'commitment', l.commitment_id, count(*), format('counted as %s, delivered as %s', k.unit, string_agg(DISTINCT l.unit, ', '))
        FROM commitment_line l JOIN commitment_term k ON k.commitment_id = l.commitment_id WHERE NOT l.in_unit GROUP BY l.commitment_id, k.unit
        UNION ALL
        SELECT 'commitment_without_terms', 'info', 'commitment', c.commitment_id, count(*), 'charges draw on it, and no fact in table commitment says what was committed'
        FROM charge_draw c WHERE NOT EXISTS (SELECT FROM commitment_known k WHERE k.commitment_id = c.commitment_id) GROUP BY c.commitment_id
        UNION ALL
        SELECT 'commitment_unlike_delivered', 'warning', 'commitment', k.commitment_id, 1, format('its terms add up to %s %s, its provider delivers %s %s', trim_scale(k.total_amount), k.currency, trim_scale(d.contract_commitment_cost), d.billing_currency)
        FROM commitment_term k JOIN contract_commitment_known d ON d.contract_commitment_id = k.commitment_id
        WHERE d.billing_currency <> k.currency OR d.contract_commitment_cost <> k.total_amount
        UNION ALL
        SELECT 'expectation_in_another_currency', 'error', 'commitment', k.commitment_id, count(*), format('alternative price in %s, the commitment is in %s: left out', min(currency(e.alternative_price)::text), min(k.currency::text))
        FROM commitment_expectation_known e JOIN commitment_known k ON k.commitment_id = e.commitment_id WHERE currency(e.alternative_price) <> k.currency GROUP BY k.commitment_id) f;
    COMMENT ON VIEW commitment_finding IS 'Findings about commitments, in the columns of data_quality. Key: (finding, subject, subject_id, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_commitment_bill_views() IS 'Internal: part of create_ledger. The view commitment_finding.';

CREATE FUNCTION chipbook.create_report_commitment_bill_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW commitment_drawdown WITH (security_invoker) AS
    SELECT 'charge ' || c.fact_id AS line_id, c.commitment_id, c.derived_from, c.delivery_id, c.line_no AS line_number, c.drawn_from, c.currency,
           fit_published(c.cost)::numeric(38,15) AS applied_cost, fit_published(c.quantity)::numeric(38,15) AS applied_quantity, c.unit AS applied_unit, c.recorded_at AS last_recorded_at
    FROM charge_draw c
    UNION ALL
    SELECT 'entered ' || d.draw_id, d.commitment_id, 'entered', NULL, NULL, d.drawn_from, currency(d.amount)::text, amount(d.amount)::numeric(38,15), d.quantity::numeric(38,15), NULL, d.recorded_at
    FROM commitment_draw_known d;
    COMMENT ON VIEW commitment_drawdown IS 'Which charge draws on which commitment: derived from CommitmentDiscountId (commitment_discount) or ContractApplied (contract_applied), or entered. Key: (line_id, commitment_id). Many to many: a charge may draw on a minimum spend and on a rate card at once, so that nothing here may be added up across commitments. line_number: where it stands in its delivery. Amounts are rounded to 15 decimals.';

    CREATE VIEW commitment_purchase WITH (security_invoker) AS
    SELECT c.commitment_id, c.currency, c.provider AS provider_name, fit_published(c.billed)::numeric(38,15) AS billed, fit_published(c.used)::numeric(38,15) AS used,
           fit_published(c.unused)::numeric(38,15) AS unused, fit_published(c.billed - c.used - c.unused)::numeric(38,15) AS difference, fit_published(c.used_list_cost)::numeric(38,15) AS used_list_cost,
           fit_published(c.used / nullif(c.used + c.unused, 0))::numeric(38,15) AS utilisation, c.rows AS row_count, c.first_use, c.last_use, fit_published(k.total_amount)::numeric(38,15) AS committed,
           coalesce(k.ends_at, d.contract_commitment_period_end) <= t.until_time AS has_ended, greatest(c.recorded_at, k.recorded_at) AS last_recorded_at
    FROM (SELECT n.commitment_id, n.currency, min(coalesce(n.service_provider_name, n.provider_name)) AS provider, count(*) AS rows,
                 coalesce(sum(n.billed_cost) FILTER (WHERE n.charge_category = 'Purchase'), 0) AS billed,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status IS DISTINCT FROM 'Unused'), 0) AS used,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status = 'Unused'), 0) AS unused,
                 sum(n.list_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status IS DISTINCT FROM 'Unused') AS used_list_cost,
                 min(n.charge_period_start) FILTER (WHERE n.charge_category = 'Usage') AS first_use, max(n.charge_period_start) FILTER (WHERE n.charge_category = 'Usage') AS last_use,
                 max(n.recorded_at) AS recorded_at
          FROM commitment_charge n GROUP BY n.commitment_id, n.currency) c
    CROSS JOIN commitment_clock t
    LEFT JOIN commitment_term k ON k.commitment_id = c.commitment_id
    LEFT JOIN contract_commitment_known d ON d.contract_commitment_id = c.commitment_id;
    COMMENT ON VIEW commitment_purchase IS 'What bills say of each commitment since ever: billed by its purchases, and the effective cost of what is used and left unused of it. Key: (commitment_id, currency). difference = billed - used - unused: 0 once all of its life is delivered (FOCUS: per commitment the effective cost of usage is the billed cost of purchases). utilisation = used / (used + unused). has_ended: its term is over, NULL where no terms are known. Costs are additive within a currency, rounded to 15 decimals.';

    CREATE VIEW commitment_month WITH (security_invoker) AS
    SELECT c.commitment_id, c.currency, c.period_month, fit_published(c.billed)::numeric(38,15) AS billed, fit_published(c.used)::numeric(38,15) AS used, fit_published(c.unused)::numeric(38,15) AS unused,
           fit_published(c.used_list_cost)::numeric(38,15) AS used_list_cost, fit_published(c.used / nullif(c.used + c.unused, 0))::numeric(38,15) AS utilisation,
           fit_published(c.used / nullif(c.used_list_cost, 0))::numeric(38,15) AS break_even_utilisation, fit_published(c.used_list_cost - c.used - c.unused)::numeric(38,15) AS saved, c.recorded_at AS last_recorded_at
    FROM (SELECT n.commitment_id, n.currency, date_trunc('month', n.charge_period_start AT TIME ZONE 'UTC')::date AS period_month,
                 coalesce(sum(n.billed_cost) FILTER (WHERE n.charge_category = 'Purchase'), 0) AS billed,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status IS DISTINCT FROM 'Unused'), 0) AS used,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status = 'Unused'), 0) AS unused,
                 sum(n.list_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status IS DISTINCT FROM 'Unused') AS used_list_cost, max(n.recorded_at) AS recorded_at
          FROM commitment_charge n GROUP BY n.commitment_id, n.currency, 3) c;
    COMMENT ON VIEW commitment_month IS 'What bills say of each commitment in each month (UTC, of the charge period): billed, used and unused as FOCUS''s effective cost, and list cost of what was used. Key: (commitment_id, currency, period_month). utilisation = used / (used + unused); break_even_utilisation = used / used_list_cost, the share of its list price that the commitment costs: below it, list prices would have been cheaper; saved = used_list_cost - used - unused. Costs are additive within a currency, rounded to 15 decimals; ratios are not.';

    CREATE VIEW commitment_coverage WITH (security_invoker) AS
    SELECT c.provider_name, c.service_name, c.currency, c.period_month, fit_published(c.covered)::numeric(38,15) AS covered_cost, fit_published(c.on_demand)::numeric(38,15) AS on_demand_cost,
           fit_published(c.covered_list)::numeric(38,15) AS covered_list_cost, fit_published(c.on_demand_list)::numeric(38,15) AS on_demand_list_cost,
           fit_published(c.covered_list / nullif(c.covered_list + c.on_demand_list, 0))::numeric(38,15) AS coverage, fit_published(c.unused)::numeric(38,15) AS unused_cost, c.recorded_at AS last_recorded_at
    FROM (SELECT coalesce(n.service_provider_name, n.provider_name) AS provider_name, n.service_name, n.billing_currency AS currency, date_trunc('month', n.charge_period_start AT TIME ZONE 'UTC')::date AS period_month,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.commitment_discount_status = 'Used'), 0) AS covered, coalesce(sum(n.list_cost) FILTER (WHERE n.commitment_discount_status = 'Used'), 0) AS covered_list,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.commitment_discount_status IS NULL AND n.pricing_category IS DISTINCT FROM 'Dynamic'), 0) AS on_demand,
                 coalesce(sum(n.list_cost) FILTER (WHERE n.commitment_discount_status IS NULL AND n.pricing_category IS DISTINCT FROM 'Dynamic'), 0) AS on_demand_list,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.commitment_discount_status = 'Unused'), 0) AS unused, max(n.recorded_at) AS recorded_at
          FROM charge_known n WHERE n.charge_category = 'Usage' AND n.dataset <> 'azure_actual'
          GROUP BY 1, 2, 3, 4) c;
    COMMENT ON VIEW commitment_coverage IS 'How much of the use of each service commitments cover in each month (UTC). Key: (provider_name, service_name, currency, period_month). coverage = covered_list_cost / (covered_list_cost + on_demand_list_cost): at list prices, so that a discount does not make it smaller; spot prices (Dynamic) are left out. Costs are additive within a currency, rounded to 15 decimals; coverage is not.';

    CREATE VIEW invoice_reconciliation WITH (security_invoker) AS
    SELECT n.invoice_issuer_name, n.invoice_id, n.currency, n.billing_period_start, n.issue_status,
           fit_published(n.billed)::numeric(38,15) AS billed, fit_published(n.charged)::numeric(38,15) AS charged, fit_published(n.posted)::numeric(38,15) AS posted,
           fit_published(d.difference)::numeric(38,15) AS difference,
           CASE WHEN d.difference = 0 THEN NULL
                WHEN n.issue_status = 'Voided' THEN 'voided'
                WHEN d.of_charges AND n.charged IS NULL THEN 'no_charges'
                WHEN d.of_charges AND abs(d.difference) < greatest(n.charges, 1) * 0.01 THEN 'rounding'
                WHEN d.of_charges AND d.difference = - n.billed_tax THEN 'tax_not_in_charges'
                WHEN d.of_charges THEN 'charges_differ'
                WHEN n.posted IS NULL THEN 'not_posted'
                WHEN abs(d.difference) < 0.01 THEN 'rounding'
                ELSE 'posting_differs' END AS reason,
           n.charges AS charge_count, n.entries AS entry_count, n.recorded_at AS last_recorded_at
    FROM (SELECT coalesce(i.invoice_issuer_name, c.invoice_issuer_name) AS invoice_issuer_name, coalesce(i.invoice_id, c.invoice_id) AS invoice_id, coalesce(i.currency, c.currency) AS currency,
                 coalesce(i.billing_period_start, c.billing_period_start) AS billing_period_start, i.issue_status, i.billed, i.billed_tax, c.charged, coalesce(c.charges, 0) AS charges,
                 p.posted, coalesce(p.entries, 0) AS entries, greatest(i.recorded_at, c.recorded_at, p.recorded_at) AS recorded_at
          FROM (SELECT v.invoice_issuer_name, v.invoice_id, coalesce(v.billing_currency, '') AS currency, min(v.billing_period_start) AS billing_period_start, min(v.invoice_issue_status) AS issue_status,
                       sum(v.billed_cost) AS billed, coalesce(sum(v.billed_cost) FILTER (WHERE v.charge_category = 'Tax'), 0) AS billed_tax, max(v.recorded_at) AS recorded_at
                FROM invoice_detail_known v GROUP BY v.invoice_issuer_name, v.invoice_id, coalesce(v.billing_currency, '')) i
          FULL JOIN (SELECT coalesce(v.invoice_issuer_name, '') AS invoice_issuer_name, v.invoice_id, coalesce(v.billing_currency, '') AS currency, min(v.billing_period_start) AS billing_period_start, sum(v.billed_cost) AS charged, count(*) AS charges,
                            max(v.recorded_at) AS recorded_at
                     FROM charge_known v WHERE v.invoice_id <> '' AND v.dataset <> 'azure_amortised' GROUP BY 1, 2, 3) c
            ON c.invoice_issuer_name = i.invoice_issuer_name AND c.invoice_id = i.invoice_id AND c.currency = i.currency
          LEFT JOIN (SELECT j.reference AS invoice_id, currency(l.amount)::text AS currency, - sum(amount(l.amount)) AS posted, count(DISTINCT j.entry_id) AS entries, max(j.recorded_at) AS recorded_at
                     FROM journal_entry_known j
                     JOIN journal_line l ON l.entry_id = j.entry_id
                     JOIN account_known a ON a.account_id = l.account_id AND a.kind = 'liability'
                     WHERE j.status = 'posted' AND j.journal = 'financial' AND j.basis = (SELECT k.primary_basis FROM clock k) AND j.reference IS NOT NULL
                     GROUP BY j.reference, currency(l.amount)::text) p
            ON p.invoice_id = coalesce(i.invoice_id, c.invoice_id) AND p.currency = coalesce(i.currency, c.currency)) n
    CROSS JOIN LATERAL (SELECT CASE WHEN n.billed IS NOT NULL THEN coalesce(n.charged, 0) - n.billed ELSE 0 END AS by_charges,
                               coalesce(n.posted, 0) - coalesce(n.billed, n.charged, 0) AS by_posting) g
    CROSS JOIN LATERAL (SELECT g.by_charges <> 0 AS of_charges, CASE WHEN g.by_charges <> 0 THEN g.by_charges ELSE g.by_posting END AS difference) d;
    COMMENT ON VIEW invoice_reconciliation IS 'Each invoice three times: as its issuer states it (billed: its lines in invoice_detail, NULL where these are not delivered), as the sum of its charges (charged; FOCUS: per invoice billed cost is what is payable) and as posted: credit on liability accounts by entries whose reference is the invoice_id, under the ledger''s primary basis. Key: (invoice_issuer_name, invoice_id, currency). difference = charged - billed where these differ, else posted - billed (or charged, where nothing is stated). reason: no_charges, rounding (less than a cent a charge), tax_not_in_charges, charges_differ, not_posted, posting_differs, voided; NULL when all agree. Issuer and currency are empty where a charge has none. An entry counts for every issuer that has an invoice of that id. Rounded to 15 decimals, additive within a currency.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_commitment_bill_views() IS 'Internal: part of create_ledger. The views commitment_drawdown, commitment_purchase, commitment_month, commitment_coverage and invoice_reconciliation.';
