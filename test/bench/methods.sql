-- The book value of each method against the same in numeric SQL: the closed form an analyst would write, months and
-- fractions worked out once. A fiftieth as many assets as readings for each: costs to the cent, in service over six
-- years, lives of 4, 5 and 6 years; values at the end of October 2025, months counted whole where the method counts them.

-- policy: an expression over life, years and salvage (0 or 10 % by turns). start: what book_value needs more than once, worked out
-- once an asset; book_value: the numeric one. Both over cost, salvage, years, months (of life), in_service, used (chip-milliseconds), n
-- (whole months since the first of the month in service to 2025-11-01) and m1 (months in service in the first calendar year).
CREATE TABLE bench_method (
    ordinal    integer GENERATED ALWAYS AS IDENTITY,
    name       text PRIMARY KEY,
    policy     text NOT NULL,
    ours       text NOT NULL DEFAULT 'book_value(cost, policy, in_service, date ''2025-11-01'')',
    start      text NOT NULL DEFAULT 'NULL',
    book_value text NOT NULL
);
INSERT INTO bench_method (name, policy, book_value) VALUES
('straight_line by months', $$amortisation_policy('straight_line', life, salvage => salvage, convention => 'full_month')$$,
 $$cost - cost * (1 - salvage) * least(n, months) / months$$),
('sum_of_years_digits', $$amortisation_policy('sum_of_years_digits', life, salvage => salvage, convention => 'full_month')$$,
 $$CASE WHEN n >= months THEN cost * salvage
        ELSE cost - cost * (1 - salvage) * (12 * (n / 12) * (2 * years - n / 12 + 1) + 2 * (years - n / 12) * (n % 12)) / (12 * years * (years + 1)) END$$),
('annuity', $$amortisation_policy('annuity', life, salvage => salvage, rate => 0.1, convention => 'full_month')$$,
 $$CASE WHEN n >= months THEN cost * salvage
        ELSE cost - cost * (1 - salvage) * (power(1.1, n / 12) * (1 + 0.1 * (n % 12) / 12) - 1) / (power(1.1, years) - 1) END$$),
('exponential', $$amortisation_policy('exponential', rate => 0.14)$$, $$cost * power(10, -0.14 * (date '2025-11-01' - in_service) / 365.25)$$);
INSERT INTO bench_method (name, policy, ours, book_value) VALUES
('units_of_production', $$amortisation_policy('units_of_production', total_use => 40000, salvage => salvage)$$, 'book_value_by_use(cost, policy, used)',
 $$cost - cost * (1 - salvage) * least(used, 144000000000) / 144000000000$$);
-- Years are calendar years; the last one takes the rest. With the switch, from the first year that begins with less than half of the life left.
INSERT INTO bench_method (name, policy, start, book_value) VALUES
('declining_balance', $$amortisation_policy('declining_balance', life, salvage => salvage, convention => 'full_month')$$,
 $$CASE WHEN n >= m1 AND n < months THEN greatest(cost * (1 - 2.0 / years * m1 / 12) * power(1 - 2.0 / years, (n - m1) / 12), cost * salvage) ELSE cost END$$,
 $$CASE WHEN n >= months THEN cost * salvage
        WHEN n < m1 THEN cost - cost * 2.0 / years * n / 12
        WHEN m1 + (n - m1) / 12 * 12 + 12 >= months THEN start - (start - cost * salvage) * ((n - m1) % 12) / (months - m1 - (n - m1) / 12 * 12)
        ELSE start - least(start * 2.0 / years, start - cost * salvage) * ((n - m1) % 12) / 12 END$$),
('declining_balance with the switch', $$amortisation_policy('declining_balance', life, convention => 'full_month', switch_to_straight_line => true)$$,
 $$least((n - m1) / 12, (6 * years - m1 + 11) / 12)$$,
 $$CASE WHEN n >= months THEN 0
        WHEN n < m1 THEN cost - cost * 2.0 / years * n / 12
        WHEN start < (6 * years - m1 + 11) / 12 THEN cost * (1 - 2.0 / years * m1 / 12) * power(1 - 2.0 / years, start) * (1 - 2.0 / years * ((n - m1) % 12) / 12)
        ELSE cost * (1 - 2.0 / years * m1 / 12) * power(1 - 2.0 / years, start) * (months - n) / (months - m1 - 12 * start) END$$),
('fixed_rate', $$amortisation_policy('fixed_rate', life, salvage => 0.1, convention => 'full_month')$$,
 $$pg_catalog.round(1 - power(0.1, 1.0 / years), 3)$$,
 $$CASE WHEN n >= months THEN cost * 0.1
        WHEN n < m1 THEN cost - cost * start * n / 12
        WHEN m1 + (n - m1) / 12 * 12 + 12 >= months
        THEN cost * (0.1 + ((1 - start * m1 / 12) * power(1 - start, (n - m1) / 12) - 0.1) * (months - n) / (months - m1 - (n - m1) / 12 * 12))
        ELSE cost * greatest((1 - start * m1 / 12) * power(1 - start, (n - m1) / 12) * (1 - start * ((n - m1) % 12) / 12), 0.1) END$$),
-- Lives of 3, 5 and 7 years for 4, 5 and 6; the percentages added up, in an array from before the first year.
('macrs', $$amortisation_policy('macrs', make_interval(years => years * 2 - 5))$$,
 $$CASE years WHEN 4 THEN '{0,33.33,77.78,92.59,100,100,100,100,100}'::numeric[] WHEN 5 THEN '{0,20,52,71.2,82.72,94.24,100,100,100}'::numeric[]
        ELSE '{0,14.29,38.78,56.27,68.76,77.69,86.61,95.54,100}'::numeric[] END$$,
 $$CASE WHEN n < m1 THEN cost * (1 - start[2] / 100 * (date '2025-11-01' - in_service) / (date '2026-01-01' - in_service))
        WHEN (n - m1) / 12 + 2 > years * 2 - 5 THEN 0
        ELSE cost * (1 - (start[(n - m1) / 12 + 2] + (start[(n - m1) / 12 + 3] - start[(n - m1) / 12 + 2]) * 10 / 12) / 100) END$$);

CREATE FUNCTION bench_method_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    m bench_method;
    disagreeing text;
    numeric_rows text;
BEGIN
    FOR m IN SELECT * FROM bench_method ORDER BY ordinal LOOP
        -- A start that is used more than once is worked out once.
        numeric_rows := CASE WHEN m.start = 'NULL' THEN 'method_asset_numeric' ELSE format('(SELECT *, %s AS start FROM method_asset_numeric OFFSET 0) s', m.start) END;
        EXECUTE format('CREATE UNLOGGED TABLE %I AS SELECT asset_id, cost, %s AS policy, in_service, used FROM method_asset, LATERAL (SELECT make_interval(years => years) AS life) l ORDER BY asset_id', 'asset of ' || m.name, m.policy);
        EXECUTE format('ANALYZE %I', 'asset of ' || m.name);
        INSERT INTO bench_query (name, query) VALUES
            (m.name, format('SELECT count(%s) FROM %I', m.ours, 'asset of ' || m.name)),
            (m.name || ', numeric SQL', format('SELECT count(%s) FROM %s', m.book_value, numeric_rows));
        INSERT INTO bench_comparison (work, ours, baseline, target, ours_scan, baseline_scan)
        VALUES (m.name || ' book_value : numeric SQL, each less its count(*)', m.name, m.name || ', numeric SQL', pg_catalog.round(1 / 3.0, 3), 'count(*), assets', 'count(*), assets in numeric');
        -- To the cent, on every asset
        EXECUTE format('SELECT string_agg(format(''asset %%s: %%s, %%s'', asset_id, ours, theirs), ''; '') FROM (
                SELECT asset_id, amount(%s) AS ours, theirs
                FROM %I JOIN (SELECT asset_id, %s AS theirs FROM %s) n USING (asset_id)) b
            WHERE abs(ours - theirs) >= 0.005', m.ours, 'asset of ' || m.name, m.book_value, numeric_rows) INTO disagreeing;
        IF disagreeing IS NOT NULL THEN
            RAISE EXCEPTION '% and numeric SQL disagree', m.name USING DETAIL = left(disagreeing, 500);
        END IF;
    END LOOP;
END
$$;

CREATE UNLOGGED TABLE method_asset AS
SELECT i AS asset_id, monetary((1000000 + i * 7919 % 100000000)::numeric / 100, 'USD') AS cost, (4 + i % 3)::integer AS years,
       i % 2 * 0.1 AS salvage, date '2019-01-01' + (i * 31 % 2200)::integer AS in_service,
       i * 7919 % 60000 * 3600000 AS used
FROM generate_series(1::bigint, :rows / 50) i;
CREATE UNLOGGED TABLE method_asset_numeric AS
SELECT asset_id, pg_catalog.round(amount(cost), 2) AS cost, years, years * 12 AS months, salvage, in_service, used,
       (2025 * 12 + 11 - extract(year FROM in_service) * 12 - extract(month FROM in_service))::integer AS n, (13 - extract(month FROM in_service))::integer AS m1
FROM method_asset;
VACUUM (FREEZE, ANALYZE) method_asset, method_asset_numeric;
INSERT INTO bench_query (name, query) VALUES
('count(*), assets in numeric', 'SELECT count(*) FROM method_asset_numeric'),
('count(*), assets', 'SELECT count(*) FROM "asset of straight_line by months"');
SELECT bench_method_tables() \g /dev/null
