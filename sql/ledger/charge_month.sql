-- Charges by the month: what publication keeps beside them, so that a question about what services cost
-- reads sums, not bills. A publication adds what it brought and takes off what it superseded; amounts are
-- exact, so a month comes to the same whatever order its charges came in.

CREATE FUNCTION chipbook.create_ledger_charge_months() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE charge_month (
        row_id                 bigint GENERATED ALWAYS AS IDENTITY,
        recorded_at            timestamptz NOT NULL,
        superseded_at          timestamptz NOT NULL DEFAULT 'infinity',
        row_count              bigint NOT NULL,
        charge_month           date,
        billing_month          date,
        is_correction          boolean NOT NULL,
        covers_other_charges   boolean NOT NULL,
        billed_cost            numeric NOT NULL,
        effective_cost         numeric NOT NULL,
        contracted_cost        numeric NOT NULL,
        list_cost              numeric NOT NULL,
        saved_against_list     numeric NOT NULL,
        saved_against_contract numeric NOT NULL,
        consumed_quantity      numeric NOT NULL,
        billing_currency       text,
        service_provider_name  text,
        service_name           text,
        service_category       text,
        charge_category        text,
        invoice_issuer_name    text,
        commitment_discount_status text,
        billing_account_id     text,
        sub_account_id         text,
        consumed_unit          text,
        dataset                text NOT NULL,
        source_id              text
    );
    CREATE INDEX charge_month_charge_month ON charge_month (charge_month);
    COMMENT ON TABLE charge_month IS 'Charges added up by month (UTC) of charge and of billing, provider, service, account and what kind of charge they are, kept by every publication and withdrawal in the same moment, with what was known before: the held rows are what the held charges come to, exactly. Also charges that are an origin (charge_origin). Key while held: (charge_month, billing_month, is_correction, covers_other_charges, billing_currency, service_provider_name, service_name, service_category, charge_category, invoice_issuer_name, commitment_discount_status, billing_account_id, sub_account_id, consumed_unit, dataset, source_id). Amounts in billing_currency, unrounded, what is NULL in a charge left out; additive within one currency.';
    COMMENT ON COLUMN charge_month.charge_month IS 'In which the charge period starts; NULL as the charge says none.';
    COMMENT ON COLUMN charge_month.service_provider_name IS 'Of charges that have none, provider_name.';
    COMMENT ON COLUMN charge_month.saved_against_list IS 'list_cost - effective_cost of the charges that have both.';
    COMMENT ON COLUMN charge_month.saved_against_contract IS 'contracted_cost - effective_cost of the charges that have both.';
    COMMENT ON COLUMN charge_month.consumed_quantity IS 'In consumed_unit; additive within one.';

    -- What superseded stamps found by it: charges that are held have no entry.
    CREATE INDEX charge_superseded_at ON charge (superseded_at) WHERE superseded_at < 'infinity';

    CREATE VIEW charge_part WITH (security_invoker) AS
        SELECT c.fact_id, c.load_id, c.recorded_at, c.superseded_at,
               date_trunc('month', c.charge_period_start AT TIME ZONE 'UTC')::date AS charge_month,
               date_trunc('month', c.billing_period_start AT TIME ZONE 'UTC')::date AS billing_month,
               coalesce(c.charge_class = 'Correction', false) AS is_correction,
               coalesce(c.charge_category = 'Purchase' AND (c.commitment_discount_id <> '' OR c.effective_cost = 0 AND c.billed_cost <> 0), false) AS covers_other_charges,
               c.billed_cost, c.effective_cost, c.contracted_cost, c.list_cost,
               c.list_cost - c.effective_cost AS saved_against_list, c.contracted_cost - c.effective_cost AS saved_against_contract, c.consumed_quantity,
               c.billing_currency, coalesce(c.service_provider_name, c.provider_name) AS service_provider_name, c.service_name, c.service_category,
               c.charge_category, c.invoice_issuer_name, c.commitment_discount_status, c.billing_account_id, c.sub_account_id, c.consumed_unit, c.dataset, c.source_id
        FROM charge c;
    COMMENT ON VIEW charge_part IS 'Each charge, published or not, held or not, with the columns of charge_month. Key: (fact_id). Additive within a currency.';

    -- All that charges ever came to, by the times they changed at.
    CREATE VIEW charge_month_due WITH (security_invoker) AS
        WITH change AS (
            SELECT p.charge_month, p.billing_month, p.is_correction, p.covers_other_charges, p.billing_currency, p.service_provider_name, p.service_name, p.service_category,
                   p.charge_category, p.invoice_issuer_name, p.commitment_discount_status, p.billing_account_id, p.sub_account_id, p.consumed_unit, p.dataset, p.source_id, e.at_time,
                   sum(e.sign) AS row_count, coalesce(sum(e.sign * p.billed_cost), 0) AS billed_cost, coalesce(sum(e.sign * p.effective_cost), 0) AS effective_cost,
                   coalesce(sum(e.sign * p.contracted_cost), 0) AS contracted_cost, coalesce(sum(e.sign * p.list_cost), 0) AS list_cost,
                   coalesce(sum(e.sign * p.saved_against_list), 0) AS saved_against_list, coalesce(sum(e.sign * p.saved_against_contract), 0) AS saved_against_contract,
                   coalesce(sum(e.sign * p.consumed_quantity), 0) AS consumed_quantity
            FROM charge_part p
            CROSS JOIN LATERAL (VALUES (1, p.recorded_at), (-1, p.superseded_at)) e (sign, at_time)
            WHERE p.recorded_at IS NOT NULL AND e.at_time < 'infinity'
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
        SELECT c.charge_month, c.billing_month, c.is_correction, c.covers_other_charges, c.billing_currency, c.service_provider_name, c.service_name, c.service_category,
               c.charge_category, c.invoice_issuer_name, c.commitment_discount_status, c.billing_account_id, c.sub_account_id, c.consumed_unit, c.dataset, c.source_id,
               c.at_time AS recorded_at,
               sum(c.row_count) OVER w AS row_count, sum(c.billed_cost) OVER w AS billed_cost, sum(c.effective_cost) OVER w AS effective_cost,
               sum(c.contracted_cost) OVER w AS contracted_cost, sum(c.list_cost) OVER w AS list_cost, sum(c.saved_against_list) OVER w AS saved_against_list,
               sum(c.saved_against_contract) OVER w AS saved_against_contract, sum(c.consumed_quantity) OVER w AS consumed_quantity
        FROM change c
        WHERE (c.row_count, c.billed_cost, c.effective_cost, c.contracted_cost, c.list_cost, c.saved_against_list, c.saved_against_contract, c.consumed_quantity)
              <> (0, 0, 0, 0, 0, 0, 0, 0)
        WINDOW w AS (PARTITION BY c.charge_month, c.billing_month, c.is_correction, c.covers_other_charges, c.billing_currency, c.service_provider_name, c.service_name,
                                  c.service_category, c.charge_category, c.invoice_issuer_name, c.commitment_discount_status, c.billing_account_id, c.sub_account_id,
                                  c.consumed_unit, c.dataset, c.source_id ORDER BY c.at_time);
    COMMENT ON VIEW charge_month_due IS 'What charge_month has to say from each recorded time on, computed from the charges, those too that were superseded since. row_count 0: the row is superseded and none takes its place. For verify_ledger; reads every charge.';

    -- To be called with the ledger locked, when the facts have their stamp. Arrays are compared where columns
    -- are, since those may be NULL and NULL is equal to NULL in an array. However few groups there are, the planner
    -- expects many, and would sort the charges on a disk.
    CREATE FUNCTION charge_month_change(stamp timestamptz, of_load bigint, brought boolean, superseded boolean) RETURNS void LANGUAGE plpgsql SET enable_sort = off AS $fn$
    BEGIN
        IF NOT superseded AND NOT (brought AND EXISTS (SELECT FROM charge c WHERE c.load_id = of_load)) THEN
            RETURN;
        END IF;
        WITH side AS (
            SELECT 1 AS sign, n.charge_month, n.billing_month, n.is_correction, n.covers_other_charges, n.billing_currency, n.service_provider_name, n.service_name, n.service_category,
                   n.charge_category, n.invoice_issuer_name, n.commitment_discount_status, n.billing_account_id, n.sub_account_id, n.consumed_unit, n.dataset, n.source_id,
                   count(*) AS row_count, sum(n.billed_cost) AS billed_cost, sum(n.effective_cost) AS effective_cost, sum(n.contracted_cost) AS contracted_cost, sum(n.list_cost) AS list_cost,
                   sum(n.saved_against_list) AS saved_against_list, sum(n.saved_against_contract) AS saved_against_contract, sum(n.consumed_quantity) AS consumed_quantity
            FROM charge_part n WHERE brought AND n.load_id = of_load AND n.recorded_at = stamp
            GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
            UNION ALL
            SELECT -1, n.charge_month, n.billing_month, n.is_correction, n.covers_other_charges, n.billing_currency, n.service_provider_name, n.service_name, n.service_category,
                   n.charge_category, n.invoice_issuer_name, n.commitment_discount_status, n.billing_account_id, n.sub_account_id, n.consumed_unit, n.dataset, n.source_id,
                   count(*), sum(n.billed_cost), sum(n.effective_cost), sum(n.contracted_cost), sum(n.list_cost),
                   sum(n.saved_against_list), sum(n.saved_against_contract), sum(n.consumed_quantity)
            FROM charge_part n WHERE charge_month_change.superseded AND n.superseded_at = stamp AND n.superseded_at < 'infinity'
            GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
        change AS (
            SELECT s.charge_month, s.billing_month, s.is_correction, s.covers_other_charges,
                   ARRAY[s.billing_currency, s.service_provider_name, s.service_name, s.service_category, s.charge_category, s.invoice_issuer_name, s.commitment_discount_status,
                         s.billing_account_id, s.sub_account_id, s.consumed_unit, s.dataset, s.source_id] AS names,
                   sum(s.sign * s.row_count) AS row_count, coalesce(sum(s.sign * s.billed_cost), 0) AS billed_cost, coalesce(sum(s.sign * s.effective_cost), 0) AS effective_cost,
                   coalesce(sum(s.sign * s.contracted_cost), 0) AS contracted_cost, coalesce(sum(s.sign * s.list_cost), 0) AS list_cost,
                   coalesce(sum(s.sign * s.saved_against_list), 0) AS saved_against_list, coalesce(sum(s.sign * s.saved_against_contract), 0) AS saved_against_contract,
                   coalesce(sum(s.sign * s.consumed_quantity), 0) AS consumed_quantity
            FROM side s GROUP BY 1, 2, 3, 4, 5),
        fresh AS MATERIALIZED (
            SELECT * FROM change c
            WHERE (c.row_count, c.billed_cost, c.effective_cost, c.contracted_cost, c.list_cost, c.saved_against_list, c.saved_against_contract, c.consumed_quantity)
                  <> (0, 0, 0, 0, 0, 0, 0, 0)),
        held AS (
            UPDATE charge_month m SET superseded_at = stamp FROM fresh c
            WHERE m.superseded_at = 'infinity' AND coalesce(m.charge_month, '-infinity') = coalesce(c.charge_month, '-infinity')
              AND coalesce(m.billing_month, '-infinity') = coalesce(c.billing_month, '-infinity')
              AND m.is_correction = c.is_correction AND m.covers_other_charges = c.covers_other_charges
              AND ARRAY[m.billing_currency, m.service_provider_name, m.service_name, m.service_category, m.charge_category, m.invoice_issuer_name, m.commitment_discount_status,
                        m.billing_account_id, m.sub_account_id, m.consumed_unit, m.dataset, m.source_id] = c.names
            RETURNING m.*, c.names)
        INSERT INTO charge_month (charge_month, billing_month, is_correction, covers_other_charges, billing_currency, service_provider_name, service_name, service_category,
                                  charge_category, invoice_issuer_name, commitment_discount_status, billing_account_id, sub_account_id, consumed_unit, dataset, source_id,
                                  row_count, billed_cost, effective_cost, contracted_cost, list_cost, saved_against_list, saved_against_contract, consumed_quantity, recorded_at)
        SELECT c.charge_month, c.billing_month, c.is_correction, c.covers_other_charges, c.names[1], c.names[2], c.names[3], c.names[4],
               c.names[5], c.names[6], c.names[7], c.names[8], c.names[9], c.names[10], c.names[11], c.names[12],
               c.row_count + coalesce(h.row_count, 0), c.billed_cost + coalesce(h.billed_cost, 0), c.effective_cost + coalesce(h.effective_cost, 0),
               c.contracted_cost + coalesce(h.contracted_cost, 0), c.list_cost + coalesce(h.list_cost, 0), c.saved_against_list + coalesce(h.saved_against_list, 0),
               c.saved_against_contract + coalesce(h.saved_against_contract, 0), c.consumed_quantity + coalesce(h.consumed_quantity, 0), stamp
        FROM fresh c
        LEFT JOIN held h ON coalesce(h.charge_month, '-infinity') = coalesce(c.charge_month, '-infinity') AND coalesce(h.billing_month, '-infinity') = coalesce(c.billing_month, '-infinity')
                        AND h.is_correction = c.is_correction AND h.covers_other_charges = c.covers_other_charges AND h.names = c.names
        -- Where no charge is left there is no row.
        WHERE c.row_count + coalesce(h.row_count, 0) <> 0;
    END
    $fn$;
    COMMENT ON FUNCTION charge_month_change(timestamptz, bigint, boolean, boolean) IS 'Internal: brings charge_month to what a publication (brought) or withdrawal, stamped so, made of the charges; superseded: whether charges were.';

    CREATE FUNCTION verify_charge_months() RETURNS TABLE (finding text, subject text, detail text) STABLE PARALLEL RESTRICTED LANGUAGE sql
    BEGIN ATOMIC
        WITH due AS (
            SELECT d.charge_month, d.billing_month, d.is_correction, d.covers_other_charges,
                   ARRAY[d.billing_currency, d.service_provider_name, d.service_name, d.service_category, d.charge_category, d.invoice_issuer_name, d.commitment_discount_status,
                         d.billing_account_id, d.sub_account_id, d.consumed_unit, d.dataset, d.source_id] AS names, d.recorded_at,
                   d.row_count, d.billed_cost, d.effective_cost, d.contracted_cost, d.list_cost, d.saved_against_list, d.saved_against_contract, d.consumed_quantity
            FROM charge_month_due d),
        until AS (
            SELECT d.*, lead(d.recorded_at, 1, 'infinity') OVER (PARTITION BY d.charge_month, d.billing_month, d.is_correction, d.covers_other_charges, d.names ORDER BY d.recorded_at) AS superseded_at
            FROM due d),
        kept AS (
            SELECT k.*, ARRAY[k.billing_currency, k.service_provider_name, k.service_name, k.service_category, k.charge_category, k.invoice_issuer_name, k.commitment_discount_status,
                              k.billing_account_id, k.sub_account_id, k.consumed_unit, k.dataset, k.source_id] AS names
            FROM charge_month k),
        counted AS (
            SELECT k.*, count(*) OVER (PARTITION BY k.charge_month, k.billing_month, k.is_correction, k.covers_other_charges, k.names, k.recorded_at) AS copies FROM kept k)
        SELECT 'charge_month_differs', coalesce(chipbook.iso_date(x.charge_month), 'no month'), format('rows that are not what its charges come to: %s', count(*))
        FROM (SELECT coalesce(k.charge_month, d.charge_month) AS charge_month
              FROM (SELECT * FROM until u WHERE u.row_count <> 0) d
              FULL JOIN counted k
                ON coalesce(k.charge_month, '-infinity') = coalesce(d.charge_month, '-infinity') AND coalesce(k.billing_month, '-infinity') = coalesce(d.billing_month, '-infinity')
                   AND k.is_correction = d.is_correction AND k.covers_other_charges = d.covers_other_charges AND k.names = d.names AND k.recorded_at = d.recorded_at
              WHERE k.recorded_at IS NULL OR d.recorded_at IS NULL OR k.copies > 1
                 OR (k.row_count, k.billed_cost, k.effective_cost, k.contracted_cost, k.list_cost, k.saved_against_list, k.saved_against_contract, k.consumed_quantity, k.superseded_at)
                    <> (d.row_count, d.billed_cost, d.effective_cost, d.contracted_cost, d.list_cost, d.saved_against_list, d.saved_against_contract, d.consumed_quantity, d.superseded_at)) x
        GROUP BY x.charge_month;
    END;
    COMMENT ON FUNCTION verify_charge_months() IS 'Internal: part of verify_ledger. charge_month, what it was before too, against the charges.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_charge_months() IS 'Internal: part of create_ledger. Charges by the month, and what keeps them.';

CREATE FUNCTION chipbook.create_ledger_charge_month_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Origins are told by invoice, resource and day: they are taken off as the charges they are. A ledger
    -- without any does not look at its charges.
    CREATE VIEW charge_month_origin WITH (security_invoker) AS
        SELECT m.row_id, count(*) AS row_count, coalesce(sum(p.billed_cost), 0) AS billed_cost, coalesce(sum(p.effective_cost), 0) AS effective_cost,
               coalesce(sum(p.contracted_cost), 0) AS contracted_cost, coalesce(sum(p.list_cost), 0) AS list_cost, coalesce(sum(p.saved_against_list), 0) AS saved_against_list,
               coalesce(sum(p.saved_against_contract), 0) AS saved_against_contract, coalesce(sum(p.consumed_quantity), 0) AS consumed_quantity
        FROM origin_charge o
        JOIN charge_part p ON p.fact_id = o.charge_id AND p.recorded_at <= (SELECT c.held_at FROM clock c) AND p.superseded_at > (SELECT c.held_at FROM clock c)
        JOIN charge_month_known m ON coalesce(m.charge_month, '-infinity') = coalesce(p.charge_month, '-infinity') AND coalesce(m.billing_month, '-infinity') = coalesce(p.billing_month, '-infinity')
             AND m.is_correction = p.is_correction AND m.covers_other_charges = p.covers_other_charges
             AND ARRAY[m.billing_currency, m.service_provider_name, m.service_name, m.service_category, m.charge_category, m.invoice_issuer_name, m.commitment_discount_status,
                       m.billing_account_id, m.sub_account_id, m.consumed_unit, m.dataset, m.source_id]
                 = ARRAY[p.billing_currency, p.service_provider_name, p.service_name, p.service_category, p.charge_category, p.invoice_issuer_name, p.commitment_discount_status,
                         p.billing_account_id, p.sub_account_id, p.consumed_unit, p.dataset, p.source_id]
        WHERE EXISTS (SELECT FROM charge_origin_known)
        GROUP BY m.row_id;
    COMMENT ON VIEW charge_month_origin IS 'What of rows of charge_month, as known at chipbook.as_of, is the origin of a cost of owned chips (charge_origin). Key: (row_id). Additive within a currency.';

    -- Not inlined, being strict: what finding them may cost would rule how all else is planned.
    CREATE FUNCTION charge_month_origins() RETURNS SETOF charge_month_origin STABLE STRICT PARALLEL RESTRICTED COST 1000 ROWS 100 LANGUAGE sql
    BEGIN ATOMIC
        SELECT * FROM charge_month_origin;
    END;
    COMMENT ON FUNCTION charge_month_origins() IS 'Internal: view charge_month_origin, planned by itself.';

    CREATE VIEW charge_month_line WITH (security_invoker) AS
        SELECT m.charge_month, m.billing_month, m.is_correction, m.covers_other_charges, m.billing_currency, m.service_provider_name, m.service_name, m.service_category,
               m.charge_category, m.invoice_issuer_name, m.commitment_discount_status, m.billing_account_id, m.sub_account_id, m.consumed_unit, m.dataset, m.source_id,
               CASE WHEN o.row_id IS NULL THEN m.row_count ELSE m.row_count - o.row_count END AS row_count, CASE WHEN o.row_id IS NULL THEN m.billed_cost ELSE m.billed_cost - o.billed_cost END AS billed_cost,
               CASE WHEN o.row_id IS NULL THEN m.effective_cost ELSE m.effective_cost - o.effective_cost END AS effective_cost, CASE WHEN o.row_id IS NULL THEN m.contracted_cost ELSE m.contracted_cost - o.contracted_cost END AS contracted_cost,
               CASE WHEN o.row_id IS NULL THEN m.list_cost ELSE m.list_cost - o.list_cost END AS list_cost, CASE WHEN o.row_id IS NULL THEN m.saved_against_list ELSE m.saved_against_list - o.saved_against_list END AS saved_against_list,
               CASE WHEN o.row_id IS NULL THEN m.saved_against_contract ELSE m.saved_against_contract - o.saved_against_contract END AS saved_against_contract, CASE WHEN o.row_id IS NULL THEN m.consumed_quantity ELSE m.consumed_quantity - o.consumed_quantity END AS consumed_quantity,
               -- Azure's two files have the same charges: what the actual one lists the amortised one lists again.
               m.dataset = 'azure_actual' AND concat_ws(' ', m.billing_month - date '2000-01-01', m.billing_account_id) = ANY (ARRAY(
                   SELECT DISTINCT concat_ws(' ', a.billing_month - date '2000-01-01', a.billing_account_id) FROM charge_month_known a WHERE a.dataset = 'azure_amortised')) AS is_listed_twice,
               m.recorded_at AS last_recorded_at
        FROM charge_month_known m LEFT JOIN charge_month_origins() o ON o.row_id = m.row_id
        WHERE o.row_count IS NULL OR m.row_count <> o.row_count;
    COMMENT ON VIEW charge_month_line IS 'Charges by the month as known at chipbook.as_of, without those that are the origin of a cost of owned chips. The columns and key of charge_month. Additive within a currency, but list_cost and contracted_cost without the rows that cover other charges or are listed twice (of an azure_actual file where azure_amortised has the month and account too).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_charge_month_views() IS 'Internal: part of create_ledger. Charges by the month without those that are an origin.';

CREATE FUNCTION chipbook.create_report_charge_month_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Row by row: whoever adds up adds up once.
    CREATE VIEW cost_by_service_month WITH (security_invoker) AS
        SELECT l.charge_month, l.billing_month, l.service_provider_name, l.invoice_issuer_name, l.billing_account_id, l.sub_account_id, l.service_category, l.service_name,
               l.charge_category, l.commitment_discount_status, l.is_correction, l.covers_other_charges, l.consumed_unit, l.billing_currency, l.dataset AS x_dataset, l.source_id AS x_source_id,
               publishable(l.billed_cost)::numeric(38,15) AS billed_cost, publishable(l.effective_cost)::numeric(38,15) AS effective_cost,
               CASE WHEN l.covers_other_charges OR l.is_listed_twice THEN 0 ELSE publishable(l.contracted_cost) END::numeric(38,15) AS contracted_cost,
               CASE WHEN l.covers_other_charges OR l.is_listed_twice THEN 0 ELSE publishable(l.list_cost) END::numeric(38,15) AS list_cost,
               CASE WHEN l.covers_other_charges THEN publishable(l.billed_cost) ELSE 0 END::numeric(38,15) AS billed_in_advance,
               CASE WHEN l.covers_other_charges OR l.is_listed_twice THEN 0 ELSE publishable(l.saved_against_list) END::numeric(38,15) AS saved_against_list,
               CASE WHEN l.covers_other_charges OR l.is_listed_twice THEN 0 ELSE publishable(l.saved_against_contract) END::numeric(38,15) AS saved_against_contract,
               CASE WHEN l.consumed_unit IS NOT NULL THEN publishable(l.consumed_quantity) END::numeric(38,15) AS consumed_quantity,
               l.row_count, l.last_recorded_at
        FROM charge_month_line l;
    COMMENT ON VIEW cost_by_service_month IS 'What providers charge, by month (UTC) of charge and of billing, provider, issuer, account, service and kind of charge: the rows of cost_and_usage that are not of owned chips, added up when they were published, so that no charge is read. Key: (charge_month, billing_month, service_provider_name, invoice_issuer_name, billing_account_id, sub_account_id, service_category, service_name, charge_category, commitment_discount_status, is_correction, covers_other_charges, consumed_unit, billing_currency, x_dataset, x_source_id). Corrections are in, in the month they are billed in. Everything but consumed_quantity is additive within one billing_currency; billed_cost is what is invoiced, effective_cost what is used up: never add the two. Amounts are added up unrounded. list_cost and contracted_cost are 0 where covers_other_charges, since what those purchases cover has them, and in rows of Azure''s actual files where the amortised one is there too, which lists the same charges.';
    COMMENT ON COLUMN cost_by_service_month.billed_in_advance IS 'Of billed_cost: purchases that cover other charges, such as commitments.';
    COMMENT ON COLUMN cost_by_service_month.saved_against_list IS 'list_cost - effective_cost of the charges that have both, purchases that cover others left out.';
    COMMENT ON COLUMN cost_by_service_month.saved_against_contract IS 'contracted_cost - effective_cost of the charges that have both, purchases that cover others left out.';
    COMMENT ON COLUMN cost_by_service_month.consumed_quantity IS 'In consumed_unit, NULL where charges name none; additive within one unit.';
    COMMENT ON COLUMN cost_by_service_month.last_recorded_at IS 'When what the row is made of last changed.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_charge_month_views() IS 'Internal: part of create_ledger. The view cost_by_service_month.';
