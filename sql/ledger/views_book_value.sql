-- What owned assets have cost, month by month: the accumulated depreciation of each asset
-- and basis rounded to the minor unit, its differences as charges, and what is left.

-- Depreciation accumulated by the start of a day, as it is posted. An SQL function, so
-- that the views inline it.
CREATE FUNCTION chipbook.posted_accumulation(
    cost chipbook.monetary, policy chipbook.amortisation_policy, in_service date, charged_until date,
    fiscal_year_start smallint, at_date date)
RETURNS chipbook.monetary IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN in_service IS NULL OR at_date OPERATOR(pg_catalog.<=) in_service
            THEN chipbook.monetary(0::numeric, chipbook.currency(cost))
            WHEN in_service OPERATOR(pg_catalog.>=) '0001-01-01'::date AND in_service OPERATOR(pg_catalog.<=) '9999-12-31'::date
                 AND pg_catalog.abs(chipbook.amount(cost)) OPERATOR(pg_catalog.<=) 2.5e18
            THEN chipbook.amortised_posted(cost, policy, in_service, least(at_date, charged_until), fiscal_year_start::integer) END;
COMMENT ON FUNCTION chipbook.posted_accumulation(chipbook.monetary, chipbook.amortisation_policy, date, date, smallint, date) IS 'Internal: depreciation of an asset accumulated by the start of at_date, as amortised_posted() has it. 0 before it is in service or when in_service is NULL; nothing more from charged_until on; NULL when there is no policy, or none that can be computed: units of production, in service outside the years 1 to 9999, or a cost beyond 2.5e18.';

CREATE FUNCTION chipbook.create_ledger_book_value_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW basis_used WITH (security_invoker) AS
        SELECT b.basis
        FROM (VALUES ('ifrs'), ('us_gaap'), ('hgb'), ('us_tax'), ('de_tax'), ('economic')) b (basis)
        WHERE b.basis = (SELECT c.primary_basis FROM clock c)
           OR b.basis IN (SELECT p.basis FROM asset_policy_known p);
    COMMENT ON VIEW basis_used IS 'The accounting bases the views of all bases show: those any asset has a policy for, and the ledger''s primary basis. Key: basis.';

    CREATE VIEW asset_basis WITH (security_invoker) AS
        SELECT a.asset_id, b.basis, a.entity_id, a.component, a.chip_model_id, a.site_id, a.cost,
               currency(a.cost) AS currency, a.acquired_on, a.available_for_use_on, a.retired_on,
               -- Land is not depreciated and needs no policy; anything else without one has an unknown charge.
               a.component = 'land' AND p.policy IS NULL AS never_depreciated,
               p.policy,
               CASE WHEN convention(p.policy) = 'actual_days' THEN a.retired_on
                    ELSE date_trunc('month', least(a.retired_on, date '9999-12-31')::timestamp)::date END AS charged_until,
               c.fiscal_year_start,
               greatest(a.recorded_at, p.recorded_at) AS last_recorded_at
        FROM asset_known a
        CROSS JOIN basis_used b
        CROSS JOIN clock c
        LEFT JOIN asset_policy_known p ON p.asset_id = a.asset_id AND p.basis = b.basis;
    COMMENT ON VIEW asset_basis IS 'Each asset under each basis, with its policy (NULL: none). Key: (asset_id, basis).';
    COMMENT ON COLUMN asset_basis.charged_until IS 'The day from which a retired asset is charged no more: the day it was retired when days are counted, else the first of that month, because the month of disposal is not charged. NULL when it is not retired.';

    CREATE VIEW asset_month WITH (security_invoker) AS
        SELECT b.asset_id, b.basis, m.period_month, m.next_month, b.entity_id, b.component, b.chip_model_id, b.site_id,
               b.currency, b.cost, method(b.policy) AS method, b.available_for_use_on, b.retired_on,
               CASE WHEN b.retired_on < m.next_month THEN 'retired'
                    WHEN b.available_for_use_on IS NULL OR b.available_for_use_on >= m.next_month THEN 'under_construction'
                    WHEN b.never_depreciated THEN 'not_depreciated'
                    WHEN b.policy IS NULL THEN 'no_policy'
                    ELSE 'in_service' END AS state,
               CASE WHEN b.never_depreciated THEN monetary(0::numeric, b.currency)
                    ELSE posted_accumulation(b.cost, b.policy, b.available_for_use_on, b.charged_until, b.fiscal_year_start, m.period_month) END AS opening,
               CASE WHEN b.never_depreciated THEN monetary(0::numeric, b.currency)
                    ELSE posted_accumulation(b.cost, b.policy, b.available_for_use_on, b.charged_until, b.fiscal_year_start, m.next_month) END AS closing,
               b.last_recorded_at
        FROM asset_basis b
        JOIN month_calendar m ON m.next_month > b.acquired_on
                             AND (b.retired_on IS NULL OR m.period_month <= b.retired_on);
    COMMENT ON VIEW asset_month IS 'Depreciation of each asset and basis accumulated by the start (opening) and the end (closing) of each month from its acquisition to its retirement; NULL when it has no policy. Key: (asset_id, basis, period_month).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_book_value_views() IS 'Internal: part of create_ledger. Assets by basis and month.';

CREATE FUNCTION chipbook.create_report_book_value_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW chip_book_value_all_bases WITH (security_invoker) AS
        SELECT a.entity_id, a.basis, a.period_month, a.asset_id, a.component, a.chip_model_id, a.site_id,
               a.currency::text AS currency, 'owned'::text AS ownership, 'depreciation'::text AS charge_class, a.state,
               amount(a.cost)::numeric(38,15) AS cost,
               amount(a.closing - a.opening)::numeric(38,15) AS charge,
               amount(a.closing)::numeric(38,15) AS accumulated,
               (CASE WHEN a.state = 'retired' THEN 0 ELSE amount(a.cost - a.closing) END)::numeric(38,15) AS book_value,
               (CASE WHEN a.state = 'retired' THEN amount(a.cost - a.closing) ELSE 0 END)::numeric(38,15) AS derecognised,
               'actual'::text AS scenario, a.last_recorded_at
        FROM asset_month a;
    COMMENT ON VIEW chip_book_value_all_bases IS 'What each owned asset was worth on the books at the end of each complete month, under every basis. Grain and key: (asset_id, basis, period_month). Amounts in currency. charge and derecognised are additive over assets and months; cost, accumulated and book_value are semi-additive: over assets, never over months. Never add across currencies or bases.';
    COMMENT ON COLUMN chip_book_value_all_bases.state IS 'At the end of the month: under_construction, in_service, retired (in this month, its last row), not_depreciated (land), or no_policy (no policy under this basis: charge, accumulated and book_value are unknown, NULL).';
    COMMENT ON COLUMN chip_book_value_all_bases.charge IS 'Depreciation of the month: the difference of two accumulations, each rounded to the currency''s minor unit.';
    COMMENT ON COLUMN chip_book_value_all_bases.book_value IS 'Cost less accumulated depreciation at the end of the month; 0 when retired in it. Semi-additive.';
    COMMENT ON COLUMN chip_book_value_all_bases.derecognised IS 'The book value that left the books with an asset retired in this month.';

    CREATE VIEW chip_book_value WITH (security_invoker) AS
        SELECT * FROM chip_book_value_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW chip_book_value IS 'What each owned asset was worth on the books at the end of each complete month, under the ledger''s primary basis. Grain and key: (asset_id, period_month). Amounts in currency. charge and derecognised are additive over assets and months; cost, accumulated and book_value are semi-additive: over assets, never over months. Never add across currencies.';

    CREATE VIEW chip_book_value_now_all_bases WITH (security_invoker) AS
        SELECT a.entity_id, a.basis, a.as_at, a.asset_id, a.component, a.chip_model_id, a.site_id,
               a.currency::text AS currency, 'owned'::text AS ownership,
               CASE WHEN a.available_for_use_on IS NULL OR a.available_for_use_on > a.as_at THEN 'under_construction'
                    WHEN a.never_depreciated THEN 'not_depreciated'
                    WHEN a.policy IS NULL THEN 'no_policy'
                    ELSE 'in_service' END AS state,
               amount(a.cost)::numeric(38,15) AS cost,
               amount(a.accumulated)::numeric(38,15) AS accumulated,
               amount(a.cost - a.accumulated)::numeric(38,15) AS book_value,
               'actual'::text AS scenario, a.last_recorded_at
        FROM (SELECT b.*, c.effective_date AS as_at,
                     CASE WHEN b.never_depreciated THEN monetary(0::numeric, b.currency)
                          ELSE posted_accumulation(b.cost, b.policy, b.available_for_use_on, b.charged_until, b.fiscal_year_start, c.effective_date + 1)
                          END AS accumulated
              FROM asset_basis b CROSS JOIN clock c
              WHERE b.acquired_on <= c.effective_date
                AND (b.retired_on IS NULL OR b.retired_on > c.effective_date)) a;
    COMMENT ON VIEW chip_book_value_now_all_bases IS 'What each owned asset that is not retired is worth on the books at the end of the effective date (chipbook.as_of, else today), under every basis. Grain and key: (asset_id, basis). Amounts in currency, additive over assets; never add across currencies or bases. accumulated and book_value are NULL when the asset has no policy under the basis (state no_policy).';

    CREATE VIEW chip_book_value_now WITH (security_invoker) AS
        SELECT * FROM chip_book_value_now_all_bases WHERE basis = (SELECT primary_basis FROM clock);
    COMMENT ON VIEW chip_book_value_now IS 'What each owned asset that is not retired is worth on the books at the end of the effective date (chipbook.as_of, else today), under the ledger''s primary basis. Grain and key: (asset_id). Amounts in currency, additive over assets; never add across currencies. accumulated and book_value are NULL when the asset has no policy (state no_policy).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_book_value_views() IS 'Internal: part of create_ledger. The views chip_book_value and chip_book_value_now, each with _all_bases.';
