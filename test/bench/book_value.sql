-- The book value of assets on the straight line by days, a tenth as many as readings: costs to the cent, in
-- service over six years, lives of 4, 5 and 6 years, salvage 0 or 10 %.

CREATE UNLOGGED TABLE plant AS
SELECT monetary((1000000 + i * 7919 % 100000000)::numeric / 100, 'USD') AS cost,
       amortisation_policy('straight_line', life => make_interval(years => (4 + i % 3)::integer), salvage => i % 2 * 0.1) AS policy,
       date '2019-01-01' + (i * 31 % 2200)::integer AS in_service
FROM generate_series(1::bigint, :rows / 10) i;
CREATE UNLOGGED TABLE plant_numeric AS
SELECT amount(cost) AS cost, salvage(policy) AS salvage, life(policy) AS life, in_service FROM plant;
VACUUM (FREEZE, ANALYZE) plant, plant_numeric;

INSERT INTO bench_query (name, query) VALUES
('book_value', 'SELECT count(book_value(cost, policy, in_service, date ''2025-10-31'')) FROM plant'),
('book value in numeric SQL', 'SELECT count(cost - cost * (1 - salvage)
    * least(greatest(date ''2025-10-31'' - in_service, 0), (in_service + life)::date - in_service)
    / ((in_service + life)::date - in_service))
FROM plant_numeric'),
('count(*), plant', 'SELECT count(*) FROM plant'),
('count(*), plant in numeric', 'SELECT count(*) FROM plant_numeric');
INSERT INTO bench_comparison (work, ours, baseline, target, ours_scan, baseline_scan) VALUES
('straight_line book_value : numeric SQL, each less its count(*)', 'book_value', 'book value in numeric SQL', 0.2, 'count(*), plant', 'count(*), plant in numeric'),
('the same, whole queries', 'book_value', 'book value in numeric SQL', NULL, NULL, NULL);

DO $$
BEGIN
    IF EXISTS (
        SELECT FROM plant, LATERAL (SELECT amount(cost) AS c, salvage(policy) AS salvage, (in_service + life(policy))::date - in_service AS days) n
        WHERE abs(amount(book_value(cost, policy, in_service, '2025-10-31'))
                  - (c - c * (1 - salvage) * least(greatest(date '2025-10-31' - in_service, 0), days) / days)) > 1e-9) THEN
        RAISE EXCEPTION 'book_value and numeric SQL disagree';
    END IF;
END
$$;
