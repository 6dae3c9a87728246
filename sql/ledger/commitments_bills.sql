-- What bills say of commitments, and invoices beside charges and journal.

CREATE FUNCTION chipbook.create_ledger_commitment_bill_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Added up by all that scopes ask for, before the scopes are asked. What a provider says of a charge goes
    -- before what was entered of its commitments.
    CREATE VIEW coverage_spend WITH (security_invoker) AS
    WITH grouped AS MATERIALIZED (
        SELECT coalesce(n.service_provider_name, n.provider_name) AS provider_name, n.service_name, n.sku_id, n.region_id, n.sub_account_id, n.billing_currency AS currency,
               date_trunc('month', n.charge_period_start AT TIME ZONE 'UTC')::date AS period_month, n.commitment_discount_status AS status, coalesce(n.pricing_category = 'Dynamic', false) AS is_spot,
               n.commitment_program_eligibility_details IS NOT NULL AND n.commitment_program_eligibility_details NOT IN ('{}', '[]', 'null', '{"Elements": []}') AS is_stated_eligible,
               bool_or(n.commitment_program_eligibility_details IS NOT NULL) AS says_eligibility, sum(n.effective_cost) AS effective_cost, sum(n.list_cost) AS list_cost, max(n.recorded_at) AS recorded_at
        FROM charge_known n WHERE n.charge_category = 'Usage' AND n.dataset <> 'azure_actual'
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    SELECT n.provider_name, n.service_name, n.currency, n.period_month, n.effective_cost, n.list_cost, n.recorded_at,
           CASE WHEN n.status = 'Used' THEN 'covered'
                WHEN n.status = 'Unused' THEN 'unused'
                WHEN n.is_spot THEN 'spot'
                WHEN n.is_stated_eligible THEN 'on_demand'
                WHEN n.provider_name = ANY (ARRAY(SELECT DISTINCT d.provider_name FROM grouped d WHERE d.says_eligibility)) THEN 'not_eligible'
                WHEN n.provider_name = ANY (ARRAY(SELECT DISTINCT o.provider_name FROM commitment_scope_known o))
                     AND NOT EXISTS (SELECT FROM commitment_scope_known o
                                     WHERE o.provider_name = n.provider_name AND (o.service_name IS NULL OR o.service_name = n.service_name) AND (o.sku_id IS NULL OR o.sku_id = n.sku_id)
                                       AND (o.region_id IS NULL OR o.region_id = n.region_id) AND (o.sub_account_id IS NULL OR o.sub_account_id = n.sub_account_id)) THEN 'not_eligible'
                ELSE 'on_demand' END AS coverage
    FROM grouped n;
    COMMENT ON VIEW coverage_spend IS 'Usage added up, and whether commitments cover it: covered, unused (paid for and not used), spot, on_demand (a commitment could have covered it) or not_eligible (none could). No key. Additive within a currency.';

    CREATE VIEW charge_tax WITH (security_invoker) AS
    SELECT n.fact_id, n.dataset, n.invoice_issuer_name, n.invoice_id, n.currency, n.on_day, n.tax, coalesce(r.share, 0) AS share, round(n.tax * coalesce(r.share, 0), 15) AS recoverable, greatest(n.recorded_at, r.recorded_at) AS recorded_at
    FROM (SELECT c.fact_id, c.dataset, c.source_id, c.invoice_issuer_name, c.invoice_id, c.billing_currency AS currency, (coalesce(c.charge_period_start, c.billing_period_start) AT TIME ZONE 'UTC')::date AS on_day,
                 coalesce(c.effective_cost, c.billed_cost) AS tax, c.recorded_at
          FROM charge_known c WHERE c.charge_category = 'Tax') n
    LEFT JOIN LATERAL (SELECT v.share, v.recorded_at FROM tax_recovery_known v
                       WHERE v.valid_from <= n.on_day AND v.valid_to > n.on_day AND (v.charge_source_id IS NULL OR v.charge_source_id = n.source_id)
                         AND (v.invoice_issuer_name IS NULL OR v.invoice_issuer_name = n.invoice_issuer_name) AND (v.billing_currency IS NULL OR v.billing_currency = n.currency)
                       ORDER BY num_nonnulls(v.charge_source_id, v.invoice_issuer_name, v.billing_currency) DESC, v.charge_source_id NULLS LAST, v.invoice_issuer_name NULLS LAST, v.billing_currency NULLS LAST, v.tax_recovery_id COLLATE "C"
                       LIMIT 1) r ON true;
    COMMENT ON VIEW charge_tax IS 'Charges that are tax, and what of each is recoverable by the rules of tax_recovery, to 15 decimals. Key: (fact_id).';

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
COMMENT ON FUNCTION chipbook.create_ledger_commitment_bill_views() IS 'Internal: part of create_ledger. The views coverage_spend, charge_tax and commitment_finding.';

CREATE FUNCTION chipbook.create_report_commitment_bill_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW commitment_drawdown WITH (security_invoker) AS
    SELECT 'charge ' || c.fact_id AS line_id, c.commitment_id, c.derived_from, c.delivery_id, c.line_no AS line_number, c.drawn_from, c.currency,
           publishable(c.cost)::numeric(38,15) AS applied_cost, publishable(c.quantity)::numeric(38,15) AS applied_quantity, c.unit AS applied_unit, c.recorded_at AS last_recorded_at
    FROM charge_draw c
    UNION ALL
    SELECT 'entered ' || d.draw_id, d.commitment_id, 'entered', NULL, NULL, d.drawn_from, currency(d.amount)::text, amount(d.amount)::numeric(38,15), d.quantity::numeric(38,15), NULL, d.recorded_at
    FROM commitment_draw_known d;
    COMMENT ON VIEW commitment_drawdown IS 'Which charge draws on which commitment: derived from CommitmentDiscountId (commitment_discount) or ContractApplied (contract_applied), or entered. Key: (line_id, commitment_id). Many to many: a charge may draw on a minimum spend and on a rate card at once, so that nothing here may be added up across commitments. line_number: where it stands in its delivery. Amounts are rounded to 15 decimals.';

    CREATE VIEW commitment_purchase WITH (security_invoker) AS
    SELECT c.commitment_id, c.currency, c.provider AS provider_name, publishable(c.billed)::numeric(38,15) AS billed, publishable(c.used)::numeric(38,15) AS used,
           publishable(c.unused)::numeric(38,15) AS unused, publishable(c.billed - c.used - c.unused)::numeric(38,15) AS difference, publishable(c.used_list_cost)::numeric(38,15) AS used_list_cost,
           publishable(c.used / nullif(c.used + c.unused, 0))::numeric(38,15) AS utilisation, c.rows AS row_count, c.first_use, c.last_use, publishable(k.total_amount)::numeric(38,15) AS committed,
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
    SELECT c.commitment_id, c.currency, c.period_month, publishable(c.billed)::numeric(38,15) AS billed, publishable(c.used)::numeric(38,15) AS used, publishable(c.unused)::numeric(38,15) AS unused,
           publishable(c.used_list_cost)::numeric(38,15) AS used_list_cost, publishable(c.used / nullif(c.used + c.unused, 0))::numeric(38,15) AS utilisation,
           publishable(c.used / nullif(c.used_list_cost, 0))::numeric(38,15) AS break_even_utilisation, publishable(c.used_list_cost - c.used - c.unused)::numeric(38,15) AS saved, c.recorded_at AS last_recorded_at
    FROM (SELECT n.commitment_id, n.currency, date_trunc('month', n.charge_period_start AT TIME ZONE 'UTC')::date AS period_month,
                 coalesce(sum(n.billed_cost) FILTER (WHERE n.charge_category = 'Purchase'), 0) AS billed,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status IS DISTINCT FROM 'Unused'), 0) AS used,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status = 'Unused'), 0) AS unused,
                 sum(n.list_cost) FILTER (WHERE n.charge_category = 'Usage' AND n.commitment_discount_status IS DISTINCT FROM 'Unused') AS used_list_cost, max(n.recorded_at) AS recorded_at
          FROM commitment_charge n GROUP BY n.commitment_id, n.currency, 3) c;
    COMMENT ON VIEW commitment_month IS 'What bills say of each commitment in each month (UTC, of the charge period): billed, used and unused as FOCUS''s effective cost, and list cost of what was used. Key: (commitment_id, currency, period_month). utilisation = used / (used + unused); break_even_utilisation = used / used_list_cost, the share of its list price that the commitment costs: below it, list prices would have been cheaper; saved = used_list_cost - used - unused. Costs are additive within a currency, rounded to 15 decimals; ratios are not.';

    CREATE VIEW commitment_coverage WITH (security_invoker) AS
    SELECT c.provider_name, c.service_name, c.currency, c.period_month, publishable(c.covered)::numeric(38,15) AS covered_cost, publishable(c.on_demand)::numeric(38,15) AS on_demand_cost,
           publishable(c.covered_list)::numeric(38,15) AS covered_list_cost, publishable(c.on_demand_list)::numeric(38,15) AS on_demand_list_cost,
           publishable(c.covered_list / nullif(c.covered_list + c.on_demand_list, 0))::numeric(38,15) AS coverage, publishable(c.unused)::numeric(38,15) AS unused_cost,
           publishable(c.spot)::numeric(38,15) AS spot_cost, publishable(c.not_eligible)::numeric(38,15) AS not_eligible_cost, publishable(c.not_eligible_list)::numeric(38,15) AS not_eligible_list_cost, c.recorded_at AS last_recorded_at
    FROM (SELECT n.provider_name, n.service_name, n.currency, n.period_month,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.coverage = 'covered'), 0) AS covered, coalesce(sum(n.list_cost) FILTER (WHERE n.coverage = 'covered'), 0) AS covered_list,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.coverage = 'on_demand'), 0) AS on_demand, coalesce(sum(n.list_cost) FILTER (WHERE n.coverage = 'on_demand'), 0) AS on_demand_list,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.coverage = 'unused'), 0) AS unused, coalesce(sum(n.effective_cost) FILTER (WHERE n.coverage = 'spot'), 0) AS spot,
                 coalesce(sum(n.effective_cost) FILTER (WHERE n.coverage = 'not_eligible'), 0) AS not_eligible, coalesce(sum(n.list_cost) FILTER (WHERE n.coverage = 'not_eligible'), 0) AS not_eligible_list, max(n.recorded_at) AS recorded_at
          FROM coverage_spend n GROUP BY 1, 2, 3, 4) c;
    COMMENT ON VIEW commitment_coverage IS 'How much of the use of each service that commitments could cover they do cover, in each month (UTC). Key: (provider_name, service_name, currency, period_month). coverage = covered_list_cost / (covered_list_cost + on_demand_list_cost): at list prices, so that a discount does not make it smaller; NULL where nothing could be covered. on_demand is what a commitment could have covered: by CommitmentProgramEligibilityDetails, where the provider delivers it; else what lies in a scope of commitment_scope, where any names the provider; else all of it but spot prices (Dynamic). The rest of what is not covered is not_eligible. covered_cost + on_demand_cost + unused_cost + spot_cost + not_eligible_cost is the effective cost of usage. Costs are additive within a currency, rounded to 15 decimals; coverage is not.';

    CREATE VIEW invoice_tax WITH (security_invoker) AS
    SELECT coalesce(t.invoice_issuer_name, '') AS invoice_issuer_name, coalesce(t.invoice_id, '') AS invoice_id, coalesce(t.currency, '') AS currency, date_trunc('month', t.on_day::timestamp)::date AS period_month,
           publishable(sum(t.tax))::numeric(38,15) AS tax, publishable(sum(t.recoverable))::numeric(38,15) AS recoverable_tax, publishable(sum(t.tax - t.recoverable))::numeric(38,15) AS tax_cost,
           max(t.recorded_at) AS last_recorded_at
    FROM charge_tax t WHERE t.dataset <> 'azure_amortised'
    GROUP BY 1, 2, 3, 4;
    COMMENT ON VIEW invoice_tax IS 'Tax that invoices charge, by month (UTC) of the charge: what of it is recoverable by the rules of tax_recovery (an asset, never cost) and what is cost. Key: (invoice_issuer_name, invoice_id, currency, period_month). tax = recoverable_tax + tax_cost, exactly. Without a rule all of it is cost. Issuer, invoice and currency are empty where a charge has none. Additive within a currency, rounded to 15 decimals.';

    CREATE VIEW invoice_reconciliation WITH (security_invoker) AS
    WITH stated AS MATERIALIZED (
        SELECT v.invoice_issuer_name, v.invoice_id, coalesce(v.billing_currency, '') AS currency, min(v.billing_period_start) AS billing_period_start,
               CASE WHEN bool_and(v.invoice_issue_status = 'Voided') THEN 'Voided' ELSE min(v.invoice_issue_status) FILTER (WHERE v.invoice_issue_status IS DISTINCT FROM 'Voided') END AS issue_status,
               coalesce(sum(v.billed_cost) FILTER (WHERE v.invoice_issue_status IS DISTINCT FROM 'Voided'), 0) AS billed,
               coalesce(sum(v.billed_cost) FILTER (WHERE v.charge_category = 'Tax' AND v.invoice_issue_status IS DISTINCT FROM 'Voided'), 0) AS billed_tax,
               coalesce(sum(v.billed_cost) FILTER (WHERE v.charge_category = 'Credit' AND v.invoice_issue_status IS DISTINCT FROM 'Voided'), 0) AS billed_credit, count(*) AS lines,
               CASE WHEN min(v.payment_currency) = max(v.payment_currency) AND min(v.payment_currency) <> coalesce(min(v.billing_currency), '') THEN min(v.payment_currency) END AS payment_currency,
               sum(v.payment_currency_billed_cost) FILTER (WHERE v.invoice_issue_status IS DISTINCT FROM 'Voided') AS payment_billed, max(v.recorded_at) AS recorded_at
        FROM invoice_detail_known v GROUP BY v.invoice_issuer_name, v.invoice_id, coalesce(v.billing_currency, '')),
    charged AS MATERIALIZED (
        SELECT coalesce(v.invoice_issuer_name, '') AS invoice_issuer_name, v.invoice_id, coalesce(v.billing_currency, '') AS currency, min(v.billing_period_start) AS billing_period_start, sum(v.billed_cost) AS charged,
               coalesce(sum(v.billed_cost) FILTER (WHERE v.charge_category = 'Tax'), 0) AS charged_tax, coalesce(sum(v.billed_cost) FILTER (WHERE v.charge_category = 'Credit'), 0) AS charged_credit, count(*) AS charges,
               max(v.recorded_at) AS recorded_at
        FROM charge_known v WHERE v.invoice_id <> '' AND v.dataset <> 'azure_amortised' GROUP BY 1, 2, 3),
    -- A payment takes a liability down against what is paid with, whatever the difference of exchange; a credit note, against cost.
    posted AS MATERIALIZED (
        SELECT e.invoice_id, e.currency, sum(e.owed) FILTER (WHERE NOT e.is_payment) AS posted, coalesce(sum(- e.owed) FILTER (WHERE e.is_payment), 0) AS paid, count(*) AS entries, max(e.recorded_at) AS recorded_at
        FROM (SELECT j.entry_id, j.reference AS invoice_id, currency(l.amount)::text AS currency, coalesce(- sum(amount(l.amount)) FILTER (WHERE a.kind = 'liability'), 0) AS owed, j.recorded_at,
                     coalesce(sum(amount(l.amount)) FILTER (WHERE a.kind = 'liability'), 0) > 0 AND j.kind NOT IN ('reversal', 'correction')
                     AND coalesce(- sum(amount(l.amount)) FILTER (WHERE a.kind = 'asset'), 0) > abs(coalesce(sum(amount(l.amount)) FILTER (WHERE a.kind IN ('income', 'expense', 'equity')), 0)) AS is_payment
              FROM journal_entry_known j
              JOIN journal_line l ON l.entry_id = j.entry_id
              JOIN account_known a ON a.account_id = l.account_id
              WHERE j.status = 'posted' AND j.journal = 'financial' AND j.basis = (SELECT k.primary_basis FROM clock k) AND j.reference IS NOT NULL
              GROUP BY j.entry_id, j.reference, j.kind, j.recorded_at, currency(l.amount)::text
              HAVING bool_or(a.kind = 'liability')) e
        GROUP BY e.invoice_id, e.currency)
    SELECT n.invoice_issuer_name, n.invoice_id, n.currency, n.billing_period_start, n.issue_status,
           publishable(n.billed)::numeric(38,15) AS billed, publishable(n.charged)::numeric(38,15) AS charged, publishable(n.posted)::numeric(38,15) AS posted,
           publishable(d.difference)::numeric(38,15) AS difference,
           CASE WHEN n.billed IS NULL AND n.issuer_states THEN 'no_invoice'
                WHEN d.difference = 0 THEN NULL
                WHEN n.issue_status = 'Voided' THEN 'voided'
                WHEN d.of_charges AND n.charged IS NULL THEN CASE WHEN EXISTS (SELECT FROM charged o WHERE o.invoice_id = n.invoice_id AND o.invoice_issuer_name = n.invoice_issuer_name) THEN 'charges_in_other_currency' ELSE 'no_charges' END
                WHEN d.of_charges AND abs(d.difference) < d.tolerance THEN 'rounding'
                WHEN d.of_charges AND n.billed_tax <> 0 AND n.charged_tax = 0 AND abs(d.difference + n.billed_tax) < d.tolerance THEN 'tax_not_in_charges'
                WHEN d.of_charges AND n.charged_tax <> 0 AND n.billed_tax = 0 AND abs(d.difference - n.charged_tax) < d.tolerance THEN 'tax_not_in_invoice'
                WHEN d.of_charges AND n.billed_credit <> 0 AND n.charged_credit = 0 AND abs(d.difference + n.billed_credit) < d.tolerance THEN 'credit_not_in_charges'
                WHEN d.of_charges AND n.charged_credit <> 0 AND n.billed_credit = 0 AND abs(d.difference - n.charged_credit) < d.tolerance THEN 'credit_not_in_invoice'
                WHEN d.of_charges THEN 'charges_differ'
                WHEN n.payment_posted IS NOT NULL AND n.posted IS NULL THEN 'posted_in_payment_currency_differs'
                WHEN n.posted IS NULL AND EXISTS (SELECT FROM posted o WHERE o.invoice_id = n.invoice_id AND o.posted IS NOT NULL) THEN 'posted_in_other_currency'
                WHEN n.posted IS NULL AND n.issue_status = 'Open' THEN 'not_issued'
                WHEN n.posted IS NULL THEN 'not_posted'
                WHEN abs(d.difference) < d.unit THEN 'rounding'
                WHEN greatest(n.billed_tax, n.charged_tax) <> 0 AND abs(d.difference + coalesce(nullif(n.billed_tax, 0), n.charged_tax)) < d.unit THEN 'tax_not_posted'
                ELSE 'posting_differs' END AS reason,
           n.charges AS charge_count, n.entries AS entry_count, publishable(n.paid)::numeric(38,15) AS paid, publishable(coalesce(n.billed, n.charged) - n.paid)::numeric(38,15) AS outstanding,
           n.payment_currency, publishable(n.payment_billed)::numeric(38,15) AS payment_billed, publishable(n.payment_posted)::numeric(38,15) AS payment_posted, n.recorded_at AS last_recorded_at
    FROM (SELECT coalesce(i.invoice_issuer_name, c.invoice_issuer_name) AS invoice_issuer_name, coalesce(i.invoice_id, c.invoice_id) AS invoice_id, coalesce(i.currency, c.currency) AS currency,
                 coalesce(i.billing_period_start, c.billing_period_start) AS billing_period_start, i.issue_status, i.billed, coalesce(i.billed_tax, 0) AS billed_tax, coalesce(i.billed_credit, 0) AS billed_credit, i.lines,
                 c.charged, coalesce(c.charged_tax, 0) AS charged_tax, coalesce(c.charged_credit, 0) AS charged_credit, coalesce(c.charges, 0) AS charges,
                 p.posted, coalesce(p.paid, 0) AS paid, coalesce(p.entries, 0) AS entries, i.payment_currency, i.payment_billed, q.posted AS payment_posted,
                 coalesce(i.invoice_issuer_name, c.invoice_issuer_name) = ANY (ARRAY(SELECT DISTINCT s.invoice_issuer_name FROM stated s)) AS issuer_states, greatest(i.recorded_at, c.recorded_at, p.recorded_at, q.recorded_at) AS recorded_at
          FROM stated i
          FULL JOIN charged c ON c.invoice_issuer_name = i.invoice_issuer_name AND c.invoice_id = i.invoice_id AND c.currency = i.currency
          LEFT JOIN posted p ON p.invoice_id = coalesce(i.invoice_id, c.invoice_id) AND p.currency = coalesce(i.currency, c.currency)
          LEFT JOIN posted q ON q.invoice_id = i.invoice_id AND q.currency = i.payment_currency) n
    CROSS JOIN LATERAL (SELECT CASE WHEN n.billed IS NOT NULL THEN coalesce(n.charged, 0) - n.billed WHEN n.issuer_states THEN n.charged ELSE 0 END AS by_charges,
                               CASE WHEN n.posted IS NULL AND n.payment_posted IS NOT NULL THEN CASE WHEN n.payment_posted = n.payment_billed THEN 0 END
                                    ELSE coalesce(n.posted, 0) - coalesce(n.billed, n.charged, 0) END AS by_posting,
                               power(10::numeric, - coalesce(CASE WHEN n.currency ~ '^[A-Z]{3}$' THEN minor_unit(n.currency::currency) END, 2)) AS unit) g
    CROSS JOIN LATERAL (SELECT g.by_charges <> 0 AS of_charges, CASE WHEN g.by_charges <> 0 THEN g.by_charges ELSE g.by_posting END AS difference, g.unit, g.unit * greatest(n.lines, 1) AS tolerance) d;
    COMMENT ON VIEW invoice_reconciliation IS 'Each invoice three times: as its issuer states it (billed: its lines in invoice_detail that are not voided, NULL where none are delivered), as the sum of its charges (charged; FOCUS: per invoice billed cost is what is payable) and as posted: what entries whose reference is the invoice_id owe on liability accounts, under the ledger''s primary basis. Key: (invoice_issuer_name, invoice_id, currency). difference = charged - billed where these differ, else posted - billed (or charged, where the issuer states no invoices); NULL where it was posted in payment_currency and differs there. reason: no_invoice (its issuer states invoices, but not this one), no_charges, charges_in_other_currency, rounding (less than a minor unit for each line of the invoice, or of what is posted), tax_not_in_charges, tax_not_in_invoice, credit_not_in_charges, credit_not_in_invoice, charges_differ, posted_in_other_currency, posted_in_payment_currency_differs, not_issued, not_posted, tax_not_posted, posting_differs, voided (and yet charged or posted); NULL when all agree. paid: debited to liabilities against assets; a payment in part is no difference; outstanding = billed (or charged) - paid. payment_billed and payment_posted are in payment_currency, where that is another. Issuer and currency are empty where a charge has none. An entry counts for every issuer that has an invoice of that id. Rounded to 15 decimals, additive within a currency.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_commitment_bill_views() IS 'Internal: part of create_ledger. The views commitment_drawdown, commitment_purchase, commitment_month, commitment_coverage, invoice_tax and invoice_reconciliation.';
