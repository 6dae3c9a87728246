-- Prints what came out.

CREATE VIEW bench_median AS
SELECT name, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms::float8) AS ms, min(ms) AS least, max(ms) AS most
FROM bench_time WHERE run > 0 GROUP BY name;

\pset footer off
\echo
SELECT c.work, pg_catalog.round((o.ms - coalesce(os.ms, 0))::numeric) AS "ours ms", pg_catalog.round((b.ms - coalesce(bs.ms, 0))::numeric) AS "baseline ms",
       pg_catalog.round(ratio::numeric, 3) AS ratio, c.target, CASE WHEN ratio <= c.target THEN 'yes' WHEN ratio > c.target THEN 'no' END AS met
FROM bench_comparison c
JOIN bench_median o ON o.name = c.ours
JOIN bench_median b ON b.name = c.baseline
LEFT JOIN bench_median os ON os.name = c.ours_scan
LEFT JOIN bench_median bs ON bs.name = c.baseline_scan,
LATERAL (SELECT (o.ms - coalesce(os.ms, 0)) / nullif(b.ms - coalesce(bs.ms, 0), 0) AS ratio) r
ORDER BY c.ordinal;

SELECT q.name AS query, pg_catalog.round(least) AS "least ms", pg_catalog.round(ms::numeric) AS "median ms", pg_catalog.round(most) AS "most ms"
FROM bench_query q JOIN bench_median m USING (name) ORDER BY q.ordinal;
SELECT EXISTS (SELECT FROM bench_time WHERE name LIKE 'packed: %') AS packed \gset
\if :packed
SELECT name AS packing, pg_catalog.round((:rows / ms / 1000)::numeric, 2) AS "million readings a second", 2 AS target, CASE WHEN :rows / ms / 1000 >= 2 THEN 'yes' ELSE 'no' END AS met
FROM bench_median WHERE name LIKE 'packed: %packing%' ORDER BY name;
\endif
