-- The journal as it was known: entries that count, balances, and what was corrected later.

CREATE FUNCTION chipbook.create_ledger_journal_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW journal_entry_known WITH (security_invoker) AS
        SELECT j.*, d.decision, d.decided_by,
               CASE WHEN NOT j.needs_approval OR d.decision = 'approved' THEN 'posted'
                    WHEN d.decision = 'rejected' THEN 'rejected' ELSE 'waiting' END AS status,
               greatest(j.recorded_at, d.recorded_at) AS last_recorded_at
        FROM journal_entry j
        LEFT JOIN journal_decision d ON d.entry_id = j.entry_id AND d.recorded_at <= (SELECT held_at FROM clock)
        WHERE j.recorded_at <= (SELECT held_at FROM clock);
    COMMENT ON VIEW journal_entry_known IS 'Entries as known at chipbook.as_of, with what was decided on them by then. status: posted (it counts), waiting or rejected. Key: entry_id.';

    -- The latest event of a period says its state; without one it is open.
    CREATE VIEW period_known WITH (security_invoker) AS
        SELECT p.entity_id, p.basis, p.fiscal_year, p.period_number, p.starts_on, p.ends_on, p.kind,
               CASE WHEN e.action IN ('soft_closed', 'closed') THEN e.action ELSE 'open' END AS state,
               e.recorded_at AS changed_at, e.done_by AS changed_by, e.reason
        FROM period_state p
        LEFT JOIN LATERAL (
            SELECT n.action, n.recorded_at, n.done_by, n.reason FROM period_event n
            WHERE n.entity_id = p.entity_id AND n.basis = p.basis AND n.fiscal_year = p.fiscal_year AND n.period_number = p.period_number
              AND n.recorded_at <= (SELECT held_at FROM clock)
            ORDER BY n.recorded_at DESC, n.event_id DESC LIMIT 1) e ON true
        WHERE e.action IS NOT NULL
           OR EXISTS (SELECT FROM journal_entry j
                      WHERE j.entity_id = p.entity_id AND j.basis = p.basis AND j.fiscal_year = p.fiscal_year AND j.period_number = p.period_number
                        AND j.recorded_at <= (SELECT held_at FROM clock));
    COMMENT ON VIEW period_known IS 'Fiscal periods with an entry or a close as known at chipbook.as_of, and their state then. Key: (entity_id, basis, fiscal_year, period_number).';

    CREATE VIEW journal_movement WITH (security_invoker) AS
        SELECT j.entity_id, j.basis, j.journal, j.fiscal_year, j.period_number, l.account_id, currency(l.amount) AS currency,
               sum(CASE WHEN l.amount > - l.amount THEN amount(l.amount) ELSE 0 END) AS debit,
               sum(CASE WHEN l.amount < - l.amount THEN - amount(l.amount) ELSE 0 END) AS credit,
               sum(amount(l.amount)) AS amount,
               max(j.last_recorded_at) AS last_recorded_at
        FROM journal_entry_known j
        JOIN journal_line l ON l.entry_id = j.entry_id
        WHERE j.status = 'posted'
        GROUP BY j.entity_id, j.basis, j.journal, j.fiscal_year, j.period_number, l.account_id, currency(l.amount);
    COMMENT ON VIEW journal_movement IS 'What was posted on each account in each period, as known. Key: (entity_id, basis, journal, fiscal_year, period_number, account_id, currency). amount = debit - credit.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_journal_views() IS 'Internal: part of create_ledger. Entries, periods and movements of accounts as known.';

CREATE FUNCTION chipbook.create_report_journal_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW period_status WITH (security_invoker) AS
        SELECT p.entity_id, p.basis, p.fiscal_year::bigint AS fiscal_year, p.period_number::bigint AS period_number,
               fiscal_period_name(p.fiscal_year, p.period_number) AS fiscal_period, p.starts_on, p.ends_on - 1 AS last_day, p.kind, p.state,
               p.changed_at, p.changed_by, p.reason,
               coalesce(j.entries, 0) AS entries, coalesce(j.waiting, 0) AS waiting_entries, v.version AS report_version,
               greatest(p.changed_at, j.last_recorded_at) AS last_recorded_at
        FROM period_known p
        LEFT JOIN (SELECT n.entity_id, n.basis, n.fiscal_year, n.period_number, count(*) FILTER (WHERE n.status = 'posted') AS entries,
                          count(*) FILTER (WHERE n.status = 'waiting') AS waiting, max(n.last_recorded_at) AS last_recorded_at
                   FROM journal_entry_known n GROUP BY 1, 2, 3, 4) j
               ON j.entity_id = p.entity_id AND j.basis = p.basis AND j.fiscal_year = p.fiscal_year AND j.period_number = p.period_number
        LEFT JOIN (SELECT r.entity_id, r.basis, r.fiscal_year, r.period_number, max(r.version) AS version
                   FROM report_version r WHERE r.published_at <= (SELECT held_at FROM clock) GROUP BY 1, 2, 3, 4) v
               ON v.entity_id = p.entity_id AND v.basis = p.basis AND v.fiscal_year = p.fiscal_year AND v.period_number = p.period_number;
    COMMENT ON VIEW period_status IS 'Fiscal periods that have entries or were closed, under every basis, and how far they are. Key: (entity_id, basis, fiscal_year, period_number). state: open, soft_closed or closed; changed_at, changed_by and reason: its last change. waiting_entries wait for approval and stop the close. report_version: that of its last close, NULL = none.';

    CREATE VIEW general_ledger_all_bases WITH (security_invoker) AS
        SELECT j.entity_id, j.basis, j.journal, j.fiscal_year::bigint AS fiscal_year, j.period_number::bigint AS period_number,
               fiscal_period_name(j.fiscal_year, j.period_number) AS fiscal_period, j.posting_date, j.document_date,
               j.entry_id, l.line_number::bigint AS line_number, j.sequence_number, j.kind,
               l.account_id, a.name AS account_name, a.kind AS account_kind, l.cost_centre_id, l.site_id, l.asset_class, l.party_id,
               currency(l.amount)::text AS currency,
               amount(l.amount)::numeric(38,15) AS amount,
               greatest(amount(l.amount), 0)::numeric(38,15) AS debit,
               greatest(- amount(l.amount), 0)::numeric(38,15) AS credit,
               amount(l.functional_amount)::numeric(38,15) AS functional_amount,
               l.tax_code, l.external_account, coalesce(l.description, j.description) AS description, j.reference,
               fiscal_period_name(j.relates_to_fiscal_year, j.relates_to_period) AS relates_to_period, j.reason,
               j.reverses_entry_id, j.corrects_entry_id, j.prepared_by, j.decided_by AS approved_by, j.last_recorded_at
        FROM journal_entry_known j
        JOIN journal_line l ON l.entry_id = j.entry_id
        LEFT JOIN account_known a ON a.account_id = l.account_id
        WHERE j.status = 'posted';
    COMMENT ON VIEW general_ledger_all_bases IS 'Every line of every entry that counts, under every basis and in both journals. Key: (entry_id, line_number). Amounts in currency, debit positive; debit and credit are not negative, amount = debit - credit. Additive within one currency, basis and journal; those of an entry add up to 0.';

    CREATE VIEW general_ledger WITH (security_invoker) AS
        SELECT * FROM general_ledger_all_bases WHERE basis = (SELECT primary_basis FROM clock) AND journal = 'financial';
    COMMENT ON VIEW general_ledger IS 'Every line of every entry of the financial journal that counts, under the ledger''s primary basis. Key: (entry_id, line_number). Amounts in currency, debit positive; debit and credit are not negative, amount = debit - credit. Additive within one currency; those of an entry add up to 0.';

    CREATE VIEW trial_balance_all_bases WITH (security_invoker) AS
        WITH used AS (
            SELECT DISTINCT m.entity_id, m.basis, m.account_id, m.currency, coalesce(a.kind, 'unknown') AS account_kind, a.name AS account_name
            FROM journal_movement m LEFT JOIN account_known a ON a.account_id = m.account_id WHERE m.journal = 'financial'),
        grid AS (
            SELECT p.entity_id, p.basis, p.fiscal_year, p.period_number, u.account_id, u.account_name, u.account_kind, u.currency,
                   -- Income and expense start each fiscal year at nothing.
                   CASE WHEN u.account_kind IN ('income', 'expense') THEN p.fiscal_year ELSE 0 END AS balance_year,
                   coalesce(m.debit, 0) AS debit, coalesce(m.credit, 0) AS credit, coalesce(m.amount, 0) AS amount, m.last_recorded_at
            FROM period_known p
            JOIN used u ON u.entity_id = p.entity_id AND u.basis = p.basis
            LEFT JOIN journal_movement m ON m.journal = 'financial' AND m.entity_id = p.entity_id AND m.basis = p.basis AND m.fiscal_year = p.fiscal_year
                                        AND m.period_number = p.period_number AND m.account_id = u.account_id AND m.currency = u.currency),
        balance AS (
            SELECT g.*, sum(g.amount) OVER w AS closing, max(g.last_recorded_at) OVER w AS known_at FROM grid g
            WINDOW w AS (PARTITION BY g.entity_id, g.basis, g.account_id, g.currency, g.balance_year ORDER BY g.fiscal_year, g.period_number)),
        result AS (
            SELECT g.entity_id, g.basis, g.fiscal_year, g.period_number, g.currency,
                   sum(sum(g.amount)) OVER (PARTITION BY g.entity_id, g.basis, g.currency ORDER BY g.fiscal_year
                                            RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS closing,
                   max(max(g.last_recorded_at)) OVER (PARTITION BY g.entity_id, g.basis, g.currency ORDER BY g.fiscal_year
                                            RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS known_at
            FROM grid g WHERE g.account_kind IN ('income', 'expense')
            GROUP BY g.entity_id, g.basis, g.fiscal_year, g.period_number, g.currency)
        SELECT t.entity_id, t.basis, t.fiscal_year::bigint AS fiscal_year, t.period_number::bigint AS period_number,
               fiscal_period_name(t.fiscal_year, t.period_number) AS fiscal_period, t.account_id, t.account_name, t.account_kind, t.currency::text AS currency,
               publishable(t.closing - t.debit + t.credit)::numeric(38,15) AS opening_balance,
               publishable(t.debit)::numeric(38,15) AS debit, publishable(t.credit)::numeric(38,15) AS credit,
               publishable(t.closing)::numeric(38,15) AS closing_balance, t.known_at AS last_recorded_at
        FROM (SELECT b.entity_id, b.basis, b.fiscal_year, b.period_number, b.account_id, b.account_name, b.account_kind, b.currency,
                     b.debit, b.credit, b.closing, b.known_at FROM balance b
              UNION ALL
              SELECT r.entity_id, r.basis, r.fiscal_year, r.period_number, NULL, 'result of earlier years', 'equity', r.currency, 0, 0, r.closing, r.known_at
              FROM result r WHERE r.closing <> 0) t;
    COMMENT ON VIEW trial_balance_all_bases IS 'Balances of accounts of the financial journal in each period in use, under every basis. Key: (entity_id, basis, fiscal_year, period_number, account_id, currency). Amounts in currency, debit positive: opening_balance + debit - credit = closing_balance. Closing balances of a period add up to 0 in each currency. debit and credit are additive over periods, balances only over accounts. account_id NULL: the result of earlier fiscal years, which no entry carries forward.';
    COMMENT ON COLUMN trial_balance_all_bases.closing_balance IS 'Of assets, liabilities and equity since ever; of income and expense since the start of the fiscal year.';

    CREATE VIEW trial_balance WITH (security_invoker) AS
        SELECT * FROM trial_balance_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW trial_balance IS 'Balances of accounts of the financial journal in each period in use, under the ledger''s primary basis. Key: (entity_id, fiscal_year, period_number, account_id, currency). Amounts in currency, debit positive: opening_balance + debit - credit = closing_balance. Closing balances of a period add up to 0 in each currency. debit and credit are additive over periods, balances only over accounts. account_id NULL: the result of earlier fiscal years, which no entry carries forward.';

    CREATE VIEW restated_after_close WITH (security_invoker) AS
        SELECT g.entity_id, g.basis, g.relates_to_period, g.reason, g.fiscal_period AS posted_period, g.entry_id, g.line_number, g.kind,
               g.account_id, g.account_name, g.account_kind, g.cost_centre_id, g.site_id, g.asset_class, g.currency,
               CASE WHEN g.account_kind IN ('income', 'expense') THEN g.amount ELSE 0 END::numeric(38,15) AS amount,
               g.amount AS line_amount, g.description, g.prepared_by, g.approved_by, g.last_recorded_at
        FROM general_ledger g WHERE g.relates_to_period IS NOT NULL AND g.relates_to_period <> g.fiscal_period;
    COMMENT ON VIEW restated_after_close IS 'What was posted for an earlier period than that of the entry, line by line, under the ledger''s primary basis. Key: (entry_id, line_number). amount: what it costs, on income and expense accounts, debit positive (more cost is positive), 0 on others; additive within a currency. line_amount: the line itself; those of an entry add up to 0.';

    CREATE VIEW comparatives WITH (security_invoker) AS
        SELECT x.entity_id, x.basis, x.fiscal_period, x.account_id, a.name AS account_name, a.kind AS account_kind, x.currency,
               publishable(sum(x.reported))::numeric(38,15) AS as_reported,
               publishable(sum(x.restated - x.reported))::numeric(38,15) AS restatement,
               publishable(sum(x.restated))::numeric(38,15) AS as_restated,
               max(x.last_recorded_at) AS last_recorded_at
        FROM (SELECT g.entity_id, g.basis, g.fiscal_period, g.account_id, g.currency, g.amount AS reported,
                     CASE WHEN g.reason = 'error_material' THEN 0 ELSE g.amount END AS restated, g.last_recorded_at
              FROM general_ledger g
              UNION ALL
              SELECT g.entity_id, g.basis, g.relates_to_period, g.account_id, g.currency, 0, g.amount, g.last_recorded_at
              FROM general_ledger g WHERE g.reason = 'error_material') x
        LEFT JOIN account_known a ON a.account_id = x.account_id
        GROUP BY x.entity_id, x.basis, x.fiscal_period, x.account_id, a.name, a.kind, x.currency;
    COMMENT ON VIEW comparatives IS 'Movements of accounts in each period as reported and as restated, under the ledger''s primary basis. Key: (entity_id, fiscal_period, account_id, currency). Amounts in currency, debit positive, additive within a currency. Only the correction of a material error restates the period it relates to (IAS 8.42, ASC 250-10-45-23); late facts, immaterial errors and estimates stay in the period they were posted in. as_reported + restatement = as_restated.';

    CREATE VIEW subledger_to_gl WITH (security_invoker) AS
        SELECT coalesce(t.entity_id, g.entity_id) AS entity_id, coalesce(t.basis, g.basis) AS basis,
               coalesce(t.fiscal_year, g.fiscal_year::bigint) AS fiscal_year, coalesce(t.period_number, g.period_number::bigint) AS period_number,
               coalesce(t.fiscal_period, fiscal_period_name(g.fiscal_year, g.period_number)) AS fiscal_period,
               coalesce(t.account_id, g.account_id) AS account_id, coalesce(t.currency, g.currency::text) AS currency,
               t.closing_balance AS subledger_balance, amount(g.balance)::numeric(38,15) AS gl_balance,
               (coalesce(amount(g.balance), 0) - coalesce(t.closing_balance, 0))::numeric(38,15) AS difference,
               CASE WHEN g.account_id IS NULL THEN 'not in the general ledger' WHEN t.account_id IS NULL THEN 'not in the subledger'
                    WHEN amount(g.balance) <> t.closing_balance THEN 'amounts differ' END AS finding,
               greatest(t.last_recorded_at, g.recorded_at) AS last_recorded_at
        FROM (SELECT * FROM trial_balance_all_bases b WHERE b.account_id IS NOT NULL
                AND EXISTS (SELECT FROM gl_balance_known n WHERE n.entity_id = b.entity_id AND n.basis = b.basis
                                                             AND n.fiscal_year = b.fiscal_year AND n.period_number = b.period_number)) t
        FULL JOIN gl_balance_known g ON g.entity_id = t.entity_id AND g.basis = t.basis AND g.fiscal_year = t.fiscal_year
                                    AND g.period_number = t.period_number AND g.account_id = t.account_id AND g.currency::text = t.currency;
    COMMENT ON VIEW subledger_to_gl IS 'Closing balances here and in the general ledger, for the periods whose balances were loaded (table gl_balance), under every basis. Key: (entity_id, basis, fiscal_year, period_number, account_id, currency). Amounts in currency, debit positive. difference = gl_balance - subledger_balance, what is missing on a side taken as 0; finding NULL: they agree. An account that the general ledger also books elsewhere differs by what it has from there.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_journal_views() IS 'Internal: part of create_ledger. The views period_status, general_ledger and trial_balance (with _all_bases), restated_after_close, comparatives and subledger_to_gl.';
