-- Dimensions for a star schema: a view for each thing that facts name, under the name of its key in the facts.

CREATE FUNCTION chipbook.create_ledger_calendar_days() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- A function, and not inlined (SET): what joins a fact to its day is planned as if this were a table of days.
    CREATE FUNCTION calendar_days()
    RETURNS TABLE (day date, fiscal_year bigint, period_number bigint, starts_on date, last_day date, is_closed boolean)
    STABLE PARALLEL RESTRICTED ROWS 8000 COST 100000 LANGUAGE sql SET jit = off
    BEGIN ATOMIC
        WITH setting AS MATERIALIZED (SELECT c.effective_date, c.fiscal_year_start, c.primary_basis FROM clock c),
        -- Whole fiscal years: from the first fact to what is planned, and ten years on for what is forecast.
        span AS MATERIALIZED (
            SELECT fiscal_year(least(s.effective_date, greatest(date '1950-01-01', coalesce(
                       least((SELECT min(a.acquired_on) FROM asset_known a WHERE isfinite(a.acquired_on)), (SELECT min(u.month) FROM usage_day_known u),
                             (SELECT min(p.starts_on) FROM period_known p), (SELECT min(d.starts_on) FROM deal_known d WHERE isfinite(d.starts_on)),
                             (SELECT min(c.starts_on) FROM commitment_known c), (SELECT min(l.period_month) FROM plan_line_known l)), s.effective_date))), s.fiscal_year_start) AS first_year,
                   fiscal_year(greatest(s.effective_date + 3653, least(date '2150-01-01', coalesce(
                       greatest((SELECT max(u.month) FROM usage_day_known u), (SELECT max(p.starts_on) FROM period_known p), (SELECT max(l.period_month) FROM plan_line_known l)),
                       s.effective_date))), s.fiscal_year_start) AS last_year
            FROM setting s),
        period AS (
            SELECT p.fiscal_year::bigint AS fiscal_year, p.period_number::bigint AS period_number, p.starts_on, p.ends_on
            FROM fiscal_period_known p, span n WHERE p.calendar_id = 'ledger' AND p.kind = 'regular' AND p.fiscal_year BETWEEN n.first_year AND n.last_year
            UNION ALL
            SELECT y, m, (make_date(y::integer - (s.fiscal_year_start > 1)::integer, s.fiscal_year_start, 1) + make_interval(months => m::integer - 1))::date,
                   (make_date(y::integer - (s.fiscal_year_start > 1)::integer, s.fiscal_year_start, 1) + make_interval(months => m::integer))::date
            FROM setting s, span n, generate_series(n.first_year, n.last_year) y, generate_series(1::bigint, 12) m
            WHERE NOT EXISTS (SELECT FROM fiscal_period_known p WHERE p.calendar_id = 'ledger' AND p.fiscal_year = y)),
        -- Closed under the primary basis for every entity that has books then.
        closed AS (
            SELECT d::date AS day, bool_and(p.state = 'closed') AS is_closed
            FROM setting s JOIN period_known p ON p.basis = s.primary_basis AND p.kind = 'regular',
                generate_series(greatest(p.starts_on, date '1949-01-01'), least(p.ends_on, date '2152-01-01') - 1, interval '1 day') d GROUP BY 1),
        day AS (
            SELECT DISTINCT ON (d) d::date AS day, p.fiscal_year, p.period_number, p.starts_on, p.ends_on
            FROM period p, generate_series(greatest(p.starts_on, date '1949-01-01'), least(p.ends_on, date '2152-01-01') - 1, interval '1 day') d ORDER BY d, p.starts_on DESC),
        span_days AS (SELECT d::date AS day FROM (SELECT min(y.day) AS first_day, max(y.day) AS last_day FROM day y) b, generate_series(b.first_day, b.last_day, interval '1 day') d)
        SELECT n.day, d.fiscal_year, d.period_number, d.starts_on, d.ends_on - 1, coalesce(c.is_closed, false)
        FROM span_days n LEFT JOIN day d ON d.day = n.day LEFT JOIN closed c ON c.day = n.day;
    END;
    COMMENT ON FUNCTION calendar_days() IS 'Internal: the days of view dim_date. Key: day.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_calendar_days() IS 'Internal: part of create_ledger. The days of the ledger''s fiscal calendar.';

CREATE FUNCTION chipbook.create_report_dimension_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW dim_date WITH (security_invoker) AS
        SELECT n.day AS date_day, date_trunc('month', n.day::timestamp)::date AS period_month,
               (date_trunc('month', n.day::timestamp) + interval '1 month - 1 day')::date AS month_end,
               date_trunc('quarter', n.day::timestamp)::date AS quarter, date_trunc('year', n.day::timestamp)::date AS year,
               extract(year FROM n.day)::bigint AS calendar_year, extract(quarter FROM n.day)::bigint AS calendar_quarter, extract(month FROM n.day)::bigint AS calendar_month,
               extract(day FROM n.day)::bigint AS day_of_month, extract(isodow FROM n.day)::bigint AS day_of_week, extract(isoyear FROM n.day)::bigint AS iso_year,
               extract(week FROM n.day)::bigint AS iso_week, extract(isodow FROM n.day) > 5 AS is_weekend, extract(day FROM n.day) = 1 AS is_month_start,
               extract(day FROM n.day + 1) = 1 AS is_month_end, n.fiscal_year, n.period_number, fiscal_period_name(n.fiscal_year::integer, n.period_number::smallint) AS fiscal_period,
               n.starts_on AS fiscal_period_start, n.last_day AS fiscal_period_end, n.is_closed
        FROM calendar_days() n;
    COMMENT ON VIEW dim_date IS 'Every day of the fiscal years of the data, and of ten years to come, in the calendar called ledger. Key: (date_day). Join facts of days on date_day; facts of months too: their period_month is the first day of the month (join on date_day = period_month, not on period_month, which is of every day of it). is_closed: the fiscal period of the day is closed under the primary basis for every entity that has books in it.';

    CREATE VIEW dim_entity WITH (security_invoker) AS
        SELECT e.entity_id, e.name AS entity_name, e.party_id, e.functional_currency::text AS functional_currency, coalesce(e.calendar_id, 'ledger') AS calendar_id,
               e.recorded_at AS last_recorded_at
        FROM entity_known e;
    COMMENT ON VIEW dim_entity IS 'The entities whose books these are. Key: (entity_id).';

    CREATE VIEW dim_account WITH (security_invoker) AS
        SELECT a.account_id, a.name AS account_name, a.kind AS account_kind, a.recorded_at AS last_recorded_at FROM account_known a;
    COMMENT ON VIEW dim_account IS 'The chart of accounts. Key: (account_id).';

    CREATE VIEW dim_cost_centre WITH (security_invoker) AS
        SELECT c.cost_centre_id, c.name AS cost_centre_name, c.entity_id, c.recorded_at AS last_recorded_at FROM cost_centre_known c;
    COMMENT ON VIEW dim_cost_centre IS 'Cost centres. Key: (cost_centre_id). What nobody bears has no cost_centre_id in the facts: join it on the left.';

    CREATE VIEW dim_pool WITH (security_invoker) AS
        SELECT p.pool_id, p.name AS pool_name, p.entity_id, p.provider_id, p.site_id, p.chip_model_id, p.cost_centre_id, p.ownership, p.recorded_at AS last_recorded_at
        FROM pool_known p;
    COMMENT ON VIEW dim_pool IS 'Pools of chips. Key: (pool_id).';

    CREATE VIEW dim_party WITH (security_invoker) AS
        SELECT p.party_id, p.name AS party_name, p.kind AS party_kind, p.country, p.recorded_at AS last_recorded_at FROM party_known p;
    COMMENT ON VIEW dim_party IS 'Companies and other parties. Key: (party_id). Facts name them by role: party_id, provider_id, supplier_id, customer_id, buyer_id, investor_id, investee_id, counterparty_id, owner_id, lab_id, payer_id, payee_id.';

    CREATE VIEW dim_provider WITH (security_invoker) AS
        SELECT p.party_id AS provider_id, p.name AS provider_name, p.kind AS provider_kind, p.country, p.recorded_at AS last_recorded_at
        FROM party_known p
        WHERE p.party_id IN (SELECT o.provider_id FROM pool_known o UNION ALL SELECT r.provider_id FROM rate_card_known r UNION ALL SELECT c.provider_id FROM commitment_known c
                             UNION ALL SELECT d.supplier_id FROM deal_known d);
    COMMENT ON VIEW dim_provider IS 'Parties that provide capacity: of pools, rate cards, commitments and deals. Key: (provider_id). Charges of bills name their provider by its name there (service_provider_name), which is no key here.';

    CREATE VIEW dim_chip_model WITH (security_invoker) AS
        SELECT m.chip_model_id, m.name AS chip_model_name, m.vendor_id, m.accelerators_per_unit::bigint AS accelerators_per_unit,
               publishable(m.tdp_watts)::numeric(38,15) AS tdp_watts, publishable(m.peak_flops)::numeric(38,15) AS peak_flops, m.recorded_at AS last_recorded_at
        FROM chip_model_known m;
    COMMENT ON VIEW dim_chip_model IS 'Models of accelerators. Key: (chip_model_id).';

    CREATE VIEW dim_site WITH (security_invoker) AS
        SELECT s.site_id, s.name AS site_name, s.place, s.region, s.country, s.owner_id, publishable(s.pue)::numeric(38,15) AS pue, s.recorded_at AS last_recorded_at
        FROM site_known s;
    COMMENT ON VIEW dim_site IS 'Sites. Key: (site_id).';

    CREATE VIEW dim_currency WITH (security_invoker) AS
        SELECT DISTINCT ON (i.code) i.code::text AS currency, i.name AS currency_name, to_char(i.numeric_code, 'FM000') AS numeric_code, i.minor_unit::bigint AS minor_unit,
               i.valid_to IS NULL OR i.valid_to >= c.effective_date AS is_current, i.code::text = c.reporting_currency::text AS is_reporting
        FROM iso_currencies() i, clock c ORDER BY i.code, i.valid_to DESC NULLS FIRST;
    COMMENT ON VIEW dim_currency IS 'Currencies by ISO 4217, with those withdrawn. Key: (currency).';

    CREATE VIEW issuer_period_status WITH (security_invoker) AS
        SELECT m.invoice_issuer_name, m.billing_month, m.billing_currency, publishable(sum(m.billed_cost))::numeric(38,15) AS billed_cost,
               sum(m.row_count)::bigint AS row_count, b.billing_period_status, coalesce(d.is_closed, false) AS is_closed,
               greatest(max(m.last_recorded_at), max(b.recorded_at)) AS last_recorded_at
        FROM cost_and_usage_month m
        LEFT JOIN (SELECT DISTINCT ON (1, 2) p.invoice_issuer_name, (date_trunc('month', p.billing_period_start AT TIME ZONE 'UTC'))::date AS billing_month,
                          p.billing_period_status, p.recorded_at
                   FROM billing_periods p ORDER BY 1, 2, p.recorded_at DESC) b ON b.invoice_issuer_name = m.invoice_issuer_name AND b.billing_month = m.billing_month
        LEFT JOIN calendar_days() d ON d.day = (least(m.billing_month, date '9999-01-01') + interval '1 month - 1 day')::date
        WHERE m.ownership IS DISTINCT FROM 'owned'
        GROUP BY m.invoice_issuer_name, m.billing_month, m.billing_currency, b.billing_period_status, d.is_closed;
    COMMENT ON VIEW issuer_period_status IS 'How far each issuer''s bills are: what has come for each billing month, when the last of it was recorded, what the issuer says of the period (its FOCUS billing periods, where it delivers them), and whether the books are closed for the last day of it. Key: (invoice_issuer_name, billing_month, billing_currency). Additive within a currency.';
    COMMENT ON COLUMN issuer_period_status.billing_period_status IS 'open or closed, as the issuer says; NULL: it does not say.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_dimension_views() IS 'Internal: part of create_ledger. The views dim_date, dim_entity, dim_account, dim_cost_centre, dim_pool, dim_party, dim_provider, dim_chip_model, dim_site, dim_currency and issuer_period_status.';
