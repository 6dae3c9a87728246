-- The book value of each method against the same in numeric SQL: the closed form an analyst would write, months and
-- fractions worked out once. A fiftieth as many assets as readings for each: costs to the cent, in service over six
-- years, lives of 4, 5 and 6 years; values at the end of October 2025, months counted whole where the method counts them.

-- policy: an expression over life and salvage (0 or 10 % by turns). start: the numeric value of the asset when the calendar year
-- began that 2025-11-01 is in, once an asset; book_value: the numeric one from it. Both over cost, salvage, years, months (of
-- life), in_service, n (whole months since the first of the month in service) and m1 (months in service in the first year).
CREATE TABLE bench_method (ordinal integer GENERATED ALWAYS AS IDENTITY, name text PRIMARY KEY, policy text NOT NULL, start text NOT NULL DEFAULT '0', book_value text NOT NULL);
INSERT INTO bench_method (name, policy, book_value) VALUES
('straight_line, months', $$amortisation_policy('straight_line', life, salvage => salvage, convention => 'full_month')$$,
 $$cost - cost * (1 - salvage) * least(n, months) / months$$),
('exponential', $$amortisation_policy('exponential', rate => 0.14)$$, $$cost * power(10, -0.14 * (date '2025-11-01' - in_service) / 365.25)$$);
-- Its years are calendar years; the last one takes the rest.
INSERT INTO bench_method (name, policy, start, book_value) VALUES
('declining_balance', $$amortisation_policy('declining_balance', life, salvage => salvage, convention => 'full_month')$$,
 $$CASE WHEN n >= m1 AND n < months THEN greatest(cost * (1 - 2.0 / years * m1 / 12) * power(1 - 2.0 / years, (n - m1) / 12), cost * salvage) ELSE cost END$$,
 $$CASE WHEN n >= months THEN cost * salvage
        WHEN n < m1 THEN cost - cost * 2.0 / years * n / 12
        WHEN m1 + (n - m1) / 12 * 12 + 12 >= months THEN start - (start - cost * salvage) * ((n - m1) % 12) / (months - m1 - (n - m1) / 12 * 12)
        ELSE start - least(start * 2.0 / years, start - cost * salvage) * ((n - m1) % 12) / 12 END$$);

CREATE FUNCTION bench_method_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    m bench_method;
    disagreeing text;
    numeric_rows text;
BEGIN
    FOR m IN SELECT * FROM bench_method ORDER BY ordinal LOOP
        -- A start that is used more than once is worked out once.
        numeric_rows := CASE WHEN m.start = '0' THEN 'method_asset_numeric' ELSE format('(SELECT *, %s AS start FROM method_asset_numeric OFFSET 0) s', m.start) END;
        EXECUTE format('CREATE UNLOGGED TABLE %I AS SELECT asset_id, cost, %s AS policy, in_service FROM method_asset, LATERAL (SELECT make_interval(years => years) AS life) l ORDER BY asset_id', 'asset of ' || m.name, m.policy);
        EXECUTE format('ANALYZE %I', 'asset of ' || m.name);
        INSERT INTO bench_query (name, query) VALUES
            (m.name, format('SELECT count(book_value(cost, policy, in_service, date ''2025-11-01'')) FROM %I', 'asset of ' || m.name)),
            (m.name || ', numeric SQL', format('SELECT count(%s) FROM %s', m.book_value, numeric_rows));
        INSERT INTO bench_comparison (work, ours, baseline, target, ours_scan, baseline_scan)
        VALUES (m.name || ' book_value : numeric SQL, each less its count(*)', m.name, m.name || ', numeric SQL', pg_catalog.round(1 / 3.0, 3), 'count(*), assets', 'count(*), assets in numeric');
        -- To the cent, on every asset
        EXECUTE format('SELECT string_agg(format(''asset %%s: %%s, %%s'', asset_id, ours, theirs), ''; '') FROM (
                SELECT asset_id, amount(book_value(cost, policy, in_service, date ''2025-11-01'')) AS ours, theirs
                FROM %I JOIN (SELECT asset_id, %s AS theirs FROM %s) n USING (asset_id)) b
            WHERE abs(ours - theirs) >= 0.005', 'asset of ' || m.name, m.book_value, numeric_rows) INTO disagreeing;
        IF disagreeing IS NOT NULL THEN
            RAISE EXCEPTION '% and numeric SQL disagree', m.name USING DETAIL = left(disagreeing, 500);
        END IF;
    END LOOP;
END
$$;

CREATE UNLOGGED TABLE method_asset AS
SELECT i AS asset_id, monetary((1000000 + i * 7919 % 100000000)::numeric / 100, 'USD') AS cost, (4 + i % 3)::integer AS years,
       i % 2 * 0.1 AS salvage, date '2019-01-01' + (i * 31 % 2200)::integer AS in_service
FROM generate_series(1::bigint, :rows / 50) i;
CREATE UNLOGGED TABLE method_asset_numeric AS
SELECT asset_id, pg_catalog.round(amount(cost), 2) AS cost, years, years * 12 AS months, salvage, in_service,
       (2025 * 12 + 11 - extract(year FROM in_service) * 12 - extract(month FROM in_service))::integer AS n, (13 - extract(month FROM in_service))::integer AS m1
FROM method_asset;
VACUUM (FREEZE, ANALYZE) method_asset, method_asset_numeric;
INSERT INTO bench_query (name, query) VALUES
('count(*), assets in numeric', 'SELECT count(*) FROM method_asset_numeric'),
('count(*), assets', 'SELECT count(*) FROM "asset of straight_line, months"');
SELECT bench_method_tables() \g /dev/null
