-- What each column of a published view says of itself, where its view does not say it: BI tools show it
-- as a remark. Here stands what a name means wherever it is used; a unit, and whether a column adds up,
-- follow from the name, the type and the columns beside it.

CREATE FUNCTION chipbook.column_words() RETURNS TABLE (column_name text, words text) IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT v.column_name, v.words FROM (VALUES
    -- What a row is of
    ('account_id', 'Account of the chart of accounts (dim_account)'), ('account_kind', 'asset, liability, equity, income or expense'), ('account_name', 'Name of the account'),
    ('asset_class', 'Class of assets in the register: chip, server, network, building, construction and others'), ('asset_id', 'The asset, by its key in the books'), ('as_at', 'The day that the figure is of: its end'),
    ('basis', 'Accounting basis: ifrs, us_gaap, hgb, us_tax, de_tax or economic'), ('primary_basis', 'The accounting basis that the ledger is kept on'), ('bearer', 'Who bears the cost'),
    ('billing_account_id', 'Account at the provider that is billed'), ('billing_currency', 'Currency of the bill (dim_currency)'), ('billing_month', 'First day of the month that is billed'),
    ('bucket', 'Span of time in which an obligation falls due, by its name in the layout'), ('bucket_number', 'Place of the bucket in its layout, for sorting'), ('bucket_from', 'First day of the bucket'), ('bucket_to', 'First day after the bucket; NULL: open'),
    ('buyer_id', 'Party that buys (dim_party)'), ('capacity_id', 'The statement about capacity, by its key in the books'), ('charge_category', 'FOCUS charge category: Usage, Purchase, Tax, Credit or Adjustment'), ('charge_class', 'What kind of charge: a depreciation, or how it is expensed'),
    ('charge_id', 'Charge of a bill'), ('charge_month', 'First day of the month in which it was charged'), ('chip_model_id', 'Model of accelerator (dim_chip_model)'), ('commitment_id', 'The commitment, by its key in the books'), ('component', 'What the asset is: chip, server, network, building, power and others'),
    ('cost_centre_id', 'Cost centre (dim_cost_centre); NULL: none'), ('counterparty_id', 'Party that the exposure is to (dim_party)'), ('country', 'Country, ISO 3166 alpha-2'), ('currency', 'Currency of the amounts of the row, ISO 4217 (dim_currency)'),
    ('customer_id', 'Party that buys (dim_party)'), ('deal_id', 'The deal, by its key in the books'), ('deal_kind', 'Kind of the deal'), ('delivery_id', 'Delivery of a bill'), ('direction', 'Whether it is an asset or an obligation of the investor'),
    ('entity_id', 'Entity whose books these are (dim_entity)'), ('entry_id', 'Journal entry'), ('event_id', 'Event that changed something'), ('exposure_class', 'Class of exposure; classes are never added up'), ('external_account', 'Account in the other system'),
    ('fiscal_period', 'Fiscal period by its name, such as FY26-P10'), ('fiscal_year', 'Fiscal year, named by the calendar year in which it ends'), ('period_number', 'Number of the period in its fiscal year; 13: adjustments'), ('from_currency', 'Currency that is converted'), ('to_currency', 'Currency that it is converted to'),
    ('functional_currency', 'Currency in which the entity keeps its books (dim_currency)'), ('grouping_level', 'Whether parties are by themselves or taken as groups: never add up over both'), ('holding_id', 'The holding, by its key in the books'), ('investee_id', 'Party that is invested in (dim_party)'),
    ('investor_id', 'Party that invests (dim_party)'), ('invoice_id', 'Invoice, by its issuer''s number'), ('invoice_issuer_name', 'Who issued the invoice'), ('job_id', 'Job, by the scheduler''s or the user''s name'), ('journal', 'financial or management'), ('lab_id', 'Laboratory that buys capacity (dim_party)'),
    ('layout', 'How obligations are cut into buckets: never add up over several'), ('lease_id', 'The lease, by its key in the books'), ('lessee_id', 'Party that leases (dim_party)'), ('lessor_id', 'Party that is paid for the lease (dim_party)'), ('line', 'What the line is about'), ('line_number', 'Number of the line in its entry or file'),
    ('load_id', 'Load in which it was recorded'), ('metric', 'What is counted: chips, accelerators, megawatts, gigawatts and others'), ('model_id', 'AI model that ran'), ('obligation_id', 'Retirement obligation'), ('owned_id', 'Party that is owned (dim_party)'), ('owner_id', 'Party that owns (dim_party)'),
    ('ownership', 'owned, leased or rented'), ('party_id', 'Party (dim_party)'), ('payee_id', 'Party that is paid (dim_party)'), ('payer_id', 'Party that pays (dim_party)'), ('period_month', 'First day of the month (dim_date: date_day)'), ('month_end', 'Last day of the month'),
    ('pool_id', 'Pool of chips (dim_pool)'), ('provider_id', 'Party that provides the capacity (dim_provider)'), ('quarter', 'First day of the quarter'), ('year', 'First day of the year'), ('reading_day', 'Day in the ledger''s time zone (dim_date: date_day)'),
    ('report_version', 'Number of the published version'), ('reporting_currency', 'Currency that the ledger reports in (dim_currency)'), ('rule_id', 'Rule that was applied; NULL: none'), ('run_id', 'Training run'), ('scenario', 'actual, or the scenario of a plan: never add up over several'),
    ('scenario_id', 'Scenario of stress'), ('service_provider_name', 'Who provides the service, as the bill says'), ('site_id', 'Site (dim_site)'), ('source_id', 'Source of the fact'), ('source_kind', 'Kind of the source'), ('source_reference', 'Where the source is found'),
    ('statement_id', 'The statement, by its key in the books'), ('subject', 'What kind of thing it is about'), ('subject_id', 'What it is about'), ('supplier_id', 'Party that supplies (dim_party)'), ('tenant_id', 'Tenant that had the chips: a team, a project, an account; NULL: nobody, or not told apart'), ('use_basis', 'How use was measured, such as sm_active'),
    ('version', 'Number of the version of the plan'), ('is_latest', 'Whether it is the last version'), ('vendor_id', 'Party that makes it (dim_party)'),
    -- When
    ('last_recorded_at', 'When the last of the facts behind the row was recorded'), ('recorded_at', 'When it was recorded'), ('known_on', 'Day on which the world could know it; NULL: when it was recorded'), ('published_at', 'When the version was published'), ('published_on', 'Day on which the source was published'),
    ('valid_from', 'First day on which it holds'), ('valid_to', 'First day on which it holds no more'), ('starts_on', 'First day'), ('ends_on', 'First day after it'), ('posting_date', 'Day on which it counts in the books'), ('document_date', 'Date of the voucher'),
    ('first_month', 'First day of the first month'), ('last_month', 'First day of the last month'), ('last_day', 'Last day'), ('priced_on', 'Day whose prices were taken'), ('relates_to_period', 'Closed fiscal period that the correction is about'), ('posted_period', 'Fiscal period it was posted in'),
    -- Words
    ('reason', 'Why; NULL: there is nothing to explain'), ('confidence', 'high, medium or low: how good the source is'), ('description', 'What it is, in words'), ('detail', 'What was found, in words'), ('evidence', 'What is behind it: filing, contract, press and others'), ('finding', 'What was found; NULL: nothing'), ('severity', 'error: a figure is wrong or incomplete; warning: it may be; info'),
    ('legal_status', 'Legal status: from early talks to signed and closed'), ('delivery_stage', 'How far delivery is'), ('method', 'Method that was applied'), ('idle_method', 'Whether idle cost is kept or shared'), ('classification', 'On or off the balance sheet, and as what'), ('schedule', 'Whether the schedule is stated or assumed'), ('conditionality', 'Whether it is bound, or assumed'),
    ('tier', 'prime, supply or programme: what is within another is not added to it'), ('qualifier', 'Whether the figure is exact, about, up to or more than'), ('modality', 'actual, planned, conditional and others'), ('state', 'State it is in'), ('kind', 'Kind of the row'), ('name', 'Name'), ('note', 'Note'), ('status', 'Status'),
    ('prepared_by', 'Who prepared it'), ('approved_by', 'Who approved it; NULL: nobody had to, or has'), ('reference', 'Reference to the voucher'), ('terms', 'Terms, in words'), ('unit', 'Unit of the quantities of the row'), ('pricing_unit', 'Unit that the price is for'), ('meter', 'What is counted, such as input or output tokens'),
    ('scope', 'What is counted: never add up over several'), ('bound', 'Whether ranges are taken at the least or the most: never add up over both'), ('measure', 'What is measured: never add up over several'), ('spend', 'charge or pool: of a bill, or of own pools'), ('verdict', 'favourable or adverse'), ('family', 'Family of scenarios; within one, probabilities add up to at most 1'),
    ('ok', 'Whether it adds up'), ('conflicting', 'Whether sources contradict each other'), ('is_confirmed', 'Whether a source that is neither anonymous nor interested confirms it'), ('is_anonymous', 'Whether the source is anonymous'), ('is_interested', 'Whether the speaker has an interest in it'),
    -- Figures that their names do not tell
    ('burn_rate', 'What was used for each month gone, on average'), ('utilisation', 'Used over installed or committed'), ('spend_utilisation', 'Productive cost over cost that was metered'), ('allocation_rate', 'Allocated over installed chip-hours'), ('mfu', 'Model FLOP utilisation: effective over peak FLOP'), ('goodput', 'Kept over allocated chip-hours'),
    ('hhi', 'Herfindahl-Hirschman index, 0 to 10,000'), ('effective_number', 'Effective number of parties: 10,000 / HHI'), ('probability', 'Probability, 0 to 1; NULL: no view taken'), ('share', 'Share, 0 to 1'), ('fx_rate', 'Units of the reporting currency for one of the row''s'), ('rate', 'Price or rate of one unit'),
    ('difference', 'What the two sides differ by; 0: they agree'), ('variance', 'actual - plan: negative is favourable'), ('variance_share', 'variance over plan'), ('plan', 'What was planned'), ('actual', 'What was spent; NULL: the month is not over'),
    ('debit', 'Amount on debit, else 0'), ('credit', 'Amount on credit, else 0'), ('unknown_count', 'How many are behind the row whose amount is not known'), ('unbounded_count', 'How many are behind the row whose amount has no upper bound'), ('unknown_charges', 'How many charges have no known amount'), ('unpriced_readings', 'Readings whose energy has no price'),
    ('disordered_readings', 'Readings whose use exceeds what was allocated, or the like'), ('readings', 'Readings behind the row'), ('jobs', 'Jobs behind the row'), ('pools', 'Pools behind the row'), ('months', 'Months behind the row'), ('chips', 'Chips'), ('peak_flops', 'Peak rate of a chip in FLOP a second'), ('tdp_watts', 'Thermal design power of a chip, in watts'), ('pue', 'Power usage effectiveness of the site'),
    ('amount', 'Amount'), ('total_cost', 'Cost in all'), ('productive_cost', 'Cost of the chip-hours that were used'), ('idle_cost', 'Cost of the chip-hours that were not used'), ('allocated_idle_cost', 'Cost of what was allocated and not used'), ('unallocated_cost', 'Cost of what was available and not allocated'),
    ('unavailable_cost', 'Cost of what was installed and not available'), ('unmetered_cost', 'Cost of the time that no reading is of'), ('metered_cost', 'Cost of the time that readings are of'), ('shared_idle_cost', 'Idle cost of the pool that is shared among its tenants'), ('lost_cost', 'Cost of use that was not kept; NULL: not metered'),
    ('book_value', 'Cost less what was depreciated and impaired'), ('charge', 'Depreciation of the period'), ('proceeds', 'What was paid for it'), ('disposal_gain', 'Proceeds less book value: negative is a loss'), ('cost_of_capital', 'Cost of capital of the month: not in the books'), ('economic_cost', 'total_cost and cost_of_capital'),
    ('capacity_chip_hours', 'Chip-hours in service, metered or not'), ('installed_chip_hours', 'Chip-hours metered as installed'), ('available_chip_hours', 'Chip-hours available'), ('allocated_chip_hours', 'Chip-hours allocated'), ('used_chip_hours', 'Chip-hours used'), ('kept_chip_hours', 'Chip-hours whose work was kept; NULL: not metered'), ('chip_hours', 'Chip-hours'),
    ('committed', 'What was committed'), ('used', 'What was used of it'), ('lapsed', 'What lapsed unused'), ('remaining', 'What remains'), ('projected_shortfall', 'What will not have been used at the end, at this rate'), ('drawn', 'What was drawn'), ('undrawn', 'Committed and not drawn'), ('expected', 'What is to be expected: drawn, and undrawn times its probability'),
    ('carrying_amount', 'Amount it is carried at'), ('billed', 'As the issuer states it'), ('charged', 'Sum of the charges'), ('posted', 'What is posted of it; NULL: nothing'), ('tokens', 'Tokens; NULL: not known of all readings'), ('energy_kwh', 'Energy drawn'), ('cost', 'Cost'),
    -- Said whole: what they do not add up over is not to be seen from the columns beside them
    ('total', 'In currency: of all rows of the group, repeated on each: does not add up'), ('reported_total', 'In currency: of all customers, repeated on each row: does not add up'),
    ('payoff', 'In currency, of this action in this state: rows are alternatives and do not add up'), ('rival_payoff', 'In currency, the rival''s: rows are alternatives and do not add up'), ('regret', 'In currency, what the best action in this state pays more: does not add up'),
    ('max_regret', 'In currency, the largest regret of the action: does not add up'), ('best_payoff', 'In currency, of the action in its best state: does not add up'), ('worst_payoff', 'In currency, of the action in its worst state: does not add up'),
    ('expected_payoff', 'In currency, weighted by probability; actions are alternatives and do not add up'), ('price_of_fear', 'In currency, what fear of the rival costs: does not add up'), ('threshold', 'What numerator and denominator are compared with: does not add up'),
    ('block_size', 'Units that are priced at once, in pricing_unit: does not add up'), ('tier_above', 'Quantity from which on the tier''s price holds, in pricing_unit: does not add up'), ('tier_to', 'Quantity up to which the tier''s price holds, in pricing_unit: does not add up'),
    ('supply', 'What is there, in unit: does not add up'), ('shortage', 'Demand beyond supply, in unit: does not add up'), ('mean_demand', 'Mean of the estimated demand, in unit: does not add up'), ('standard_deviation', 'Of the estimated demand, in unit: does not add up'),
    ('best_quantity', 'What is best to build, in unit: does not add up'), ('cost_of_best', 'In currency, expected cost of the best quantity: an alternative, does not add up'), ('cost_of_mean', 'In currency, expected cost of building the mean: an alternative, does not add up'),
    ('cost_of_planned', 'In currency, expected cost of what is planned: an alternative, does not add up'), ('breach_above', 'Limit above which it is a breach: does not add up'), ('report_from', 'Limit from which on it is reported: does not add up'), ('capital', 'In currency, the capital that limits are measured by: does not add up over counterparties'),
    ('stated', 'As stated. Figures of one subject do not add up'), ('stated_low', 'Lower bound as stated: does not add up'), ('stated_high', 'Upper bound as stated: does not add up'), ('applied_quantity', 'Quantity drawn, in applied_unit: adds up within one unit'),
    ('loss', 'In currency, in the scenario: adds up within one currency, scenario_id and as_at'), ('capex_to_operating_cash_flow', 'capex over operating_cash_flow: does not add up'), ('added_up', 'In currency, the sum of the cells: totals do not add up'),
    -- Dimensions
    ('date_day', 'The day'), ('is_closed', 'Whether the books of the fiscal period are closed under the primary basis'), ('is_weekend', 'Whether it is a Saturday or Sunday'), ('day_of_week', '1 = Monday to 7 = Sunday'), ('day_of_month', 'Day of the month'), ('iso_year', 'Year of the ISO week'), ('iso_week', 'ISO week'),
    ('calendar_year', 'Calendar year'), ('calendar_quarter', 'Quarter of the calendar year, 1 to 4'), ('calendar_month', 'Month of the calendar year, 1 to 12'), ('is_month_start', 'Whether it is the first day of the month'), ('is_month_end', 'Whether it is the last day of the month'), ('fiscal_period_start', 'First day of the fiscal period'),
    ('fiscal_period_end', 'Last day of the fiscal period'), ('calendar_id', 'Fiscal calendar'), ('numeric_code', 'Three digits of ISO 4217'), ('minor_unit', 'Decimals of the minor unit; NULL: none'), ('is_current', 'Whether it is in force'), ('is_reporting', 'Whether the ledger reports in it'), ('accelerators_per_unit', 'Accelerators in one chip as counted here')
    ) v (column_name, words);
END;
COMMENT ON FUNCTION chipbook.column_words() IS 'What column names of published views mean, wherever they are used. Key: column_name.';

-- A remark of its own is never replaced. What a name does not tell is said from its words.
CREATE FUNCTION chipbook.column_remark(view_name text, column_name text, column_type text, beside text[], words text)
RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    what text := words;
    class text;
    money_of text;
    within text;
BEGIN
    IF what IS NULL THEN
        what := CASE WHEN column_name ~ '_(low|least)$' THEN 'Lower bound of ' || regexp_replace(column_name, '_(low|least)$', '')
                     WHEN column_name ~ '_(high|most)$' THEN 'Upper bound of ' || regexp_replace(column_name, '_(high|most)$', '')
                     WHEN right(column_name, 8) = '_opening' THEN initcap(left(column_name, 1)) || replace(substr(column_name, 2, length(column_name) - 9), '_', ' ') || ' at the start of the period'
                     WHEN right(column_name, 8) = '_closing' THEN initcap(left(column_name, 1)) || replace(substr(column_name, 2, length(column_name) - 9), '_', ' ') || ' at the end of the period'
                     WHEN left(column_name, 2) = 'x_' THEN initcap(substr(column_name, 3, 1)) || replace(substr(column_name, 4), '_', ' ') || ', beyond what FOCUS has'
                     WHEN left(view_name, 6) = 'focus_' THEN 'FOCUS column ' || column_name
                     WHEN column_name ~ '^(is|has)_' THEN 'Whether it ' || replace(column_name, '_', ' ')
                     ELSE initcap(left(column_name, 1)) || replace(substr(column_name, 2), '_', ' ') END;
    END IF;
    what := rtrim(what, '.') || '.';
    IF column_type = 'bigint' AND (column_name ~ '(_count|_findings|_facts|_loads|_entries|_charges|_readings)$'
                                   OR column_name IN ('readings', 'jobs', 'pools', 'chips', 'entries', 'charges', 'requests', 'usages', 'lines', 'rejected', 'accepted', 'skipped')) THEN
        RETURN what || ' A count.';
    END IF;
    IF column_type <> 'numeric(38,15)' OR words ~ 'adds? up' THEN
        RETURN what;
    END IF;
    money_of := CASE WHEN column_name ~ '(reporting$|^reporting_)' AND 'reporting_currency' = ANY (beside) OR right(view_name, 10) = '_reporting' THEN 'reporting_currency'
                     WHEN left(column_name, 11) = 'functional_' AND 'functional_currency' = ANY (beside) THEN 'functional_currency'
                     ELSE (SELECT k FROM unnest('{currency,billing_currency,billingcurrency,functional_currency,reporting_currency,rate_currency}'::text[]) WITH ORDINALITY u (k, o) WHERE k = ANY (beside) ORDER BY o LIMIT 1) END;
    class := CASE WHEN column_name ~ '_per_|unit_?price' THEN 'price'
                  WHEN column_name = 'burn_rate' THEN 'state'
                  WHEN column_name !~ 'share_value' AND column_name ~ '(^|_)(rate|ratio|index|share|hhi|mfu|goodput|probability|coverage|utilisation|stress|pue|number)(_|$)|^share|probability|^denominator$|^numerator$' THEN 'ratio'
                  WHEN column_name ~ 'chip_?hours$' THEN 'chip-hours' WHEN column_name ~ 'pflop_hours$' THEN 'PFLOP-hours' WHEN column_name ~ 'kwh$' THEN 'kWh' WHEN column_name ~ 'joules$' THEN 'joules' WHEN column_name ~ 'tokens$' THEN 'tokens'
                  WHEN column_name ~ '(years|months_left|_years_.*|flops|watts)$' THEN 'ratio'
                  WHEN column_name ~ 'quantity' OR view_name = 'commitment_make_up' AND column_name !~ 'amount' THEN 'quantity'
                  WHEN 'metric' = ANY (beside) OR column_name ~ '^(chips|buildings)_' THEN 'metric'
                  WHEN money_of IS NULL THEN 'unit'
                  WHEN view_name ~ '^(investment_|exposure_|counterparty_|provider_|customer_|contract_remaining|backlog|commitment_status|stress_|circular_|campus_|carrying_|stake_|disclosure_|funding_|deal_exposure)'
                    OR column_name ~ 'book_value|_opening$|_closing$|^opening|^closing|balance|accumulated|remaining|drawn|carrying|exposure|liability|net_assets|right_of_use|prepaid_(opening|closing)|^carried$|^value|undiscounted|cumulative|_until_now$|^committed|^used$|^lapsed$'
                    OR left(view_name, 15) = 'chip_book_value' AND column_name = 'cost' THEN 'state'
                  ELSE 'flow' END;
    -- Never added up over what the row is one of.
    SELECT ' within one ' || string_agg(k, ', ' ORDER BY o) INTO within
    FROM unnest('{currency,unit,metric,basis,scenario,scenario_id,version,report_version,exposure_class,grouping_level,scope,bound,measure,measurement,layout,as_at}'::text[]) WITH ORDINALITY u (k, o) WHERE k = ANY (beside);
    RETURN concat(what,
        CASE class WHEN 'price' THEN format(' In %s for one. Does not add up: divide sums.', coalesce(money_of, 'its currency'))
                   WHEN 'ratio' THEN ' Does not add up.'
                   WHEN 'chip-hours' THEN ' In chip-hours.' WHEN 'PFLOP-hours' THEN ' In 1e15 FLOP a second for an hour.' WHEN 'kWh' THEN ' In kWh.' WHEN 'joules' THEN ' In joules.' WHEN 'tokens' THEN ' A number of tokens.'
                   WHEN 'quantity' THEN CASE WHEN 'unit' = ANY (beside) THEN ' In unit.' WHEN 'metric' = ANY (beside) THEN ' In metric.' WHEN 'pricing_unit' = ANY (beside) THEN ' In pricing_unit.' END
                   WHEN 'metric' THEN CASE WHEN 'metric' = ANY (beside) THEN ' In metric.' ELSE ' A number.' END
                   WHEN 'unit' THEN CASE WHEN 'unit' = ANY (beside) THEN ' In unit.' ELSE ' A number.' END
                   ELSE format(' In %s.', money_of) END,
        CASE WHEN class IN ('state', 'metric') THEN format(' A state: adds up%s, never over time.', within)
             WHEN class NOT IN ('price', 'ratio', 'unit') THEN format(' Adds up%s.', within) END);
END
$$;
COMMENT ON FUNCTION chipbook.column_remark(text, text, text, text[], text) IS 'Internal: what a column of a published view says of itself: what it is, its unit and currency, and whether it adds up. beside: the columns of the view; words: what the name means, NULL when its words have to do.';

CREATE FUNCTION chipbook.describe_columns(ledger text) RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown record;
    described integer := 0;
BEGIN
    FOR shown IN
        WITH published AS (
            SELECT c.oid, c.relname::text AS view_name, a.attnum, a.attname::text AS column_name, format_type(a.atttypid, a.atttypmod) AS column_type, d.description,
                   regexp_replace(c.relname::text, '_(all_bases|as_reported|reporting|all_scenarios|group)$', '') AS family
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ledger || '_report'
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = a.attnum
            WHERE c.relkind = 'v'),
        beside AS (SELECT p.oid, array_agg(p.column_name) AS columns FROM published p GROUP BY p.oid),
        -- The same view on another basis, as reported or for groups, says it for its kin.
        kin AS (SELECT p.family, p.column_name, min(p.description) AS description FROM published p WHERE p.description IS NOT NULL GROUP BY 1, 2 HAVING count(DISTINCT p.description) = 1),
        -- The columns of a bill are those of the table of charges, in other letters.
        focus AS (SELECT replace(p.column_name, '_', '') AS folded, min(p.description) AS description FROM published p
                  WHERE p.description IS NOT NULL AND p.view_name IN ('cost_and_usage', 'invoice_details', 'contract_commitments', 'billing_periods') GROUP BY 1)
        SELECT count(*) AS columns, string_agg(format('COMMENT ON COLUMN %I.%I.%I IS %L', ledger || '_report', r.view_name, r.column_name, r.remark), '; ') AS statements
        FROM (
        SELECT p.view_name, p.column_name, coalesce(k.description, CASE WHEN p.view_name ~ '^focus_' THEN f.description END,
                   chipbook.column_remark(p.view_name, p.column_name, p.column_type, b.columns, w.words)) AS remark
        FROM published p JOIN beside b USING (oid)
        LEFT JOIN kin k ON k.family = p.family AND k.column_name = p.column_name
        LEFT JOIN focus f ON f.folded = replace(p.column_name, '_', '')
        LEFT JOIN chipbook.column_words() w ON w.column_name = p.column_name
        WHERE p.description IS NULL) r
        GROUP BY r.view_name
    LOOP
        EXECUTE shown.statements;
        described := described + shown.columns;
    END LOOP;
    RETURN described;
END
$$;
COMMENT ON FUNCTION chipbook.describe_columns(text) IS 'Internal: part of create_ledger. Gives every column of the published views that has no remark yet one; returns how many.';
