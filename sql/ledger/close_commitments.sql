-- The step of a close for commitments: what was paid upfront and what of it has expired, and provisions for
-- those that are onerous.

CREATE FUNCTION chipbook.create_ledger_close_commitments() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- As in close_accruals, but in every period since the books began: what became known late is a correction of
    -- the period it is of.
    CREATE FUNCTION close_commitments(period period_state, begins_on date) RETURNS void
    LANGUAGE plpgsql AS $fn$
    DECLARE
        entries bigint[];
        first_days date[];
        end_days date[];
    BEGIN
        IF period.kind <> 'regular' THEN
            RETURN;
        END IF;
        entries := ARRAY(SELECT j.entry_id FROM journal_entry j
                         WHERE j.entity_id = period.entity_id AND j.basis = period.basis AND j.kind IN ('prepayment', 'provision', 'correction') AND NOT j.needs_approval
                           AND EXISTS (SELECT FROM journal_line_source s WHERE s.entry_id = j.entry_id AND s.source_table = 'commitment'));
        IF entries = '{}' AND NOT EXISTS (SELECT FROM commitment_known k WHERE k.entity_id = period.entity_id) THEN
            RETURN;
        END IF;
        SELECT array_agg(n.starts_on), array_agg(n.ends_on) INTO first_days, end_days
        FROM (SELECT period.starts_on, period.ends_on
              UNION
              SELECT p.starts_on, p.ends_on FROM period_state p
              WHERE p.entity_id = period.entity_id AND p.basis = period.basis AND p.kind = 'regular' AND p.starts_on >= begins_on AND p.ends_on <= period.starts_on) n;
        -- What cost centre, provider or currency no longer say is taken back where it was posted.
        INSERT INTO pg_temp.close_amount (journal, kind, event, cost_centre_id, party_id, amount, source_table, source_key, relates_to_fiscal_year, relates_to_period, reason,
                                          debit_account_id, credit_account_id, external_account, tax_code)
        WITH target AS (
            SELECT a.first_day, concat(a.event, ' ', a.commitment_id) AS source_key, a.event, coalesce(c.cost_centre_id, '') AS cost_centre_id, coalesce(a.provider_id, '') AS party_id,
                   monetary(a.amount, a.currency::currency) AS amount
            FROM commitment_amounts(first_days, end_days) a
            LEFT JOIN cost_centre_known c ON c.cost_centre_id = a.cost_centre_id AND c.entity_id = period.entity_id
            WHERE a.entity_id = period.entity_id AND a.amount <> 0 AND abs(a.amount) < 2.5e18
              AND (a.event NOT IN ('onerous_provision', 'onerous_provision_use') OR chipbook.has_onerous_provision(period.basis))),
        posted AS (
            SELECT p.starts_on AS first_day, s.source_key, split_part(s.source_key, ' ', 1) AS event, coalesce(l.cost_centre_id, '') AS cost_centre_id, coalesce(l.party_id, '') AS party_id,
                   l.account_id AS debit_account_id, o.account_id AS credit_account_id, l.external_account, l.tax_code, sum(s.amount) AS amount
            FROM journal_line_source s
            JOIN journal_entry j ON j.entry_id = s.entry_id
            JOIN period_state p ON p.entity_id = j.entity_id AND p.basis = j.basis AND p.fiscal_year = coalesce(j.relates_to_fiscal_year, j.fiscal_year)
                               AND p.period_number = coalesce(j.relates_to_period, j.period_number) AND p.starts_on = ANY (first_days)
            JOIN journal_line l ON l.entry_id = s.entry_id AND l.line_number = s.line_number
            JOIN journal_line o ON o.entry_id = s.entry_id AND o.line_number = s.line_number + 1
            WHERE s.entry_id = ANY (entries) AND s.source_table = 'commitment' AND s.line_number % 2 = 1
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, currency(s.amount)),
        difference AS (
            SELECT t.first_day, t.source_key, t.event, t.cost_centre_id, t.party_id, CASE WHEN p.amount IS NULL THEN t.amount ELSE t.amount - p.amount END AS amount,
                   NULL AS debit_account_id, NULL AS credit_account_id, NULL AS external_account, NULL AS tax_code
            FROM target t
            LEFT JOIN (SELECT n.first_day, n.source_key, n.cost_centre_id, n.party_id, sum(n.amount) AS amount FROM posted n
                       GROUP BY n.first_day, n.source_key, n.cost_centre_id, n.party_id, currency(n.amount)) p
                ON p.first_day = t.first_day AND p.source_key = t.source_key AND p.cost_centre_id = t.cost_centre_id AND p.party_id = t.party_id AND currency(p.amount) = currency(t.amount)
            UNION ALL
            SELECT p.first_day, p.source_key, p.event, p.cost_centre_id, p.party_id, - p.amount, p.debit_account_id, p.credit_account_id, p.external_account, p.tax_code
            FROM posted p
            WHERE NOT EXISTS (SELECT FROM target t WHERE p.first_day = t.first_day AND p.source_key = t.source_key AND p.cost_centre_id = t.cost_centre_id AND p.party_id = t.party_id
                                                     AND currency(p.amount) = currency(t.amount)))
        SELECT 'financial', CASE WHEN d.first_day = period.starts_on THEN close_kind(d.event) ELSE 'correction' END, d.event, nullif(d.cost_centre_id, ''), nullif(d.party_id, ''), d.amount,
               'commitment', d.source_key, s.fiscal_year, s.period_number, CASE WHEN s.starts_on IS NOT NULL THEN 'late_fact' END,
               d.debit_account_id, d.credit_account_id, d.external_account, d.tax_code
        FROM difference d
        LEFT JOIN period_state s ON s.entity_id = period.entity_id AND s.basis = period.basis AND s.kind = 'regular' AND s.starts_on = d.first_day AND d.first_day < period.starts_on
        WHERE d.amount <> - d.amount;
    END
    $fn$;
    COMMENT ON FUNCTION close_commitments(period_state, date) IS 'Internal: step of a close. What commitments move in a period by commitment_amounts: paid upfront, expired of it, recoverable tax on it, and provisions under bases that make them, less what was posted of it; corrections of closed periods for what became known late.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_close_commitments() IS 'Internal: part of create_ledger. The function close_commitments.';
