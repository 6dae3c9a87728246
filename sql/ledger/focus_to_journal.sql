-- The cost of owned chips stands twice: as charges in FOCUS's shape and as entries in the journal.
-- Nothing adds the two; this says that they are the same.

CREATE FUNCTION chipbook.create_report_focus_journal_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW focus_to_journal WITH (security_invoker) AS
        WITH owned AS (
            SELECT o.billing_account_id AS entity_id, (o.charge_period_start AT TIME ZONE 'UTC')::date AS period_month, o.x_component AS component,
                   o.billing_currency AS currency, sum(o.effective_cost) AS cost,
                   -- Accruals are posted by pool in minor units; depreciation was rounded by asset before.
                   sum(CASE WHEN o.x_component = 'depreciation' OR abs(o.effective_cost) > 2.5e18 THEN o.effective_cost
                            ELSE amount(round(monetary(o.effective_cost, o.billing_currency::currency))) END) AS rounded,
                   max(o.last_recorded_at) AS last_recorded_at
            FROM owned_charge o GROUP BY 1, 2, 3, 4),
        period AS (
            SELECT p.entity_id, p.basis, p.fiscal_year, p.period_number, p.starts_on, p.state, p.changed_at
            FROM period_known p
            WHERE p.basis = (SELECT c.primary_basis FROM clock c) AND p.kind = 'regular'
              AND p.starts_on = date_trunc('month', p.starts_on::timestamp)::date AND p.ends_on = (p.starts_on + interval '1 month')::date),
        posted AS (
            SELECT n.entity_id, p.starts_on AS period_month, 'depreciation'::text AS component, currency(n.charge)::text AS currency,
                   sum(amount(n.charge)) AS cost, max(n.recorded_at) AS last_recorded_at
            FROM asset_charge n
            JOIN period p ON p.entity_id = n.entity_id AND p.basis = n.basis AND p.fiscal_year = n.fiscal_year AND p.period_number = n.period_number
            WHERE n.event = 'depreciation' AND n.entry_id IS NOT NULL AND n.recorded_at <= (SELECT c.held_at FROM clock c)
            GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT j.entity_id, p.starts_on, replace(split_part(s.source_key, ' ', 1), '_accrual', ''), currency(s.amount)::text,
                   sum(amount(s.amount)), max(j.last_recorded_at)
            FROM journal_entry_known j
            JOIN period p ON p.entity_id = j.entity_id AND p.basis = j.basis AND p.fiscal_year = j.fiscal_year AND p.period_number = j.period_number
            JOIN journal_line_source s ON s.entry_id = j.entry_id AND s.line_number % 2 = 1 AND s.source_table = 'pool_month_split'
            WHERE j.kind = 'accrual' AND j.status = 'posted'
            GROUP BY 1, 2, 3, 4)
        SELECT n.entity_id, (SELECT c.primary_basis FROM clock c) AS basis, n.period_month, fiscal_period_name(p.fiscal_year, p.period_number) AS fiscal_period,
               n.component, n.currency, coalesce(p.state, 'open') AS state,
               publishable(n.focus_cost)::numeric(38,15) AS focus_cost, publishable(n.rounded - n.focus_cost)::numeric(38,15) AS rounding,
               publishable(n.posted)::numeric(38,15) AS posted,
               publishable(CASE WHEN n.component NOT IN ('rent', 'lease') AND p.state <> 'open' THEN n.posted - n.rounded END)::numeric(38,15) AS difference,
               CASE WHEN n.component = 'rent' THEN 'rent is billed: see the charges of its provider'
                    WHEN n.component = 'lease' THEN 'no close posts leases: see lease_period'
                    WHEN p.state IS NULL OR p.state = 'open' THEN 'not closed: nothing is posted to compare with'
                    WHEN n.posted <> n.rounded THEN 'known since the last close, or of another entity''s pool' END AS finding,
               greatest(n.last_recorded_at, p.changed_at) AS last_recorded_at
        FROM (SELECT coalesce(o.entity_id, j.entity_id) AS entity_id, coalesce(o.period_month, j.period_month) AS period_month,
                     coalesce(o.component, j.component) AS component, coalesce(o.currency, j.currency) AS currency,
                     coalesce(o.cost, 0) AS focus_cost, coalesce(o.rounded, 0) AS rounded, coalesce(j.cost, 0) AS posted,
                     greatest(o.last_recorded_at, j.last_recorded_at) AS last_recorded_at
              FROM owned o
              FULL JOIN posted j ON j.entity_id = o.entity_id AND j.period_month = o.period_month AND j.component = o.component AND j.currency = o.currency) n
        LEFT JOIN period p ON p.entity_id = n.entity_id AND p.starts_on = n.period_month
        WHERE n.focus_cost <> 0 OR n.posted <> 0;
    COMMENT ON VIEW focus_to_journal IS 'The cost of owned chips as charges (the rows of cost_and_usage that are not rented) beside what the journal has of the same month, under the ledger''s primary basis. Key: (entity_id, period_month, component, currency). Amounts in currency. focus_cost + rounding + difference = posted; difference is 0 where everything that is known is posted, finding then NULL. Both are the same cost: add focus_cost or posted, never both.';
    COMMENT ON COLUMN focus_to_journal.rounding IS 'What posting in minor units by pool adds; 0 for depreciation, which is in minor units by asset.';
    COMMENT ON COLUMN focus_to_journal.posted IS 'Depreciation posted for the month, with later corrections of it; or what was accrued in it, whose reversal is in the next.';
    COMMENT ON COLUMN focus_to_journal.difference IS 'posted - focus_cost - rounding; NULL of a month that is not closed, of rent, which is no owned row, and of leases, which no close posts.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_focus_journal_views() IS 'Internal: part of create_ledger. The view focus_to_journal.';
