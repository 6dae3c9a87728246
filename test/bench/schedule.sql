-- Schedules of 100,000 assets over 72 months, 7.2 million rows: against counting as many numbers, against the same
-- schedule in numeric SQL, and against asking for one month only. Costs in whole dollars (so that
-- cost less salvage is in cents), in service over three years.

CREATE UNLOGGED TABLE fleet AS
SELECT i AS asset_id, monetary((10000 + i * 7919 % 1000000)::numeric, 'USD') AS cost,
       amortisation_policy('straight_line', life => '6 years', salvage => i % 2 * 0.1, convention => 'full_month') AS policy,
       date '2021-01-01' + (i * 31 % 1100)::integer AS in_service
FROM generate_series(1::bigint, :rows / 100) i;
CREATE UNLOGGED TABLE fleet_numeric AS
SELECT asset_id, pg_catalog.round(amount(cost), 2) AS cost, salvage(policy) AS salvage, 72 AS months, in_service FROM fleet;
VACUUM (FREEZE, ANALYZE) fleet, fleet_numeric;

-- Months counted whole; the charge is the difference of two rounded accumulations, as in a schedule of ours.
CREATE VIEW fleet_schedule AS
SELECT asset_id, period_start, period_end, cost - before AS opening, accumulated - before AS charge, accumulated, cost - accumulated AS closing
FROM (SELECT asset_id, cost, greatest(starts_on, in_service) AS period_start, (starts_on + interval '1 month')::date AS period_end, accumulated,
             lag(accumulated, 1, 0.00) OVER (PARTITION BY asset_id ORDER BY month_number) AS before
      FROM (SELECT asset_id, cost, in_service, month_number,
                   (date_trunc('month', in_service::timestamp) + make_interval(months => month_number - 1))::date AS starts_on,
                   pg_catalog.round(cost * (1 - salvage) * month_number / months, 2) AS accumulated
            FROM fleet_numeric, generate_series(1, months) AS month_number) m) w;

SELECT set_config('bench.schedule_rows', (:rows / 100 * 72)::text, false) \g /dev/null
INSERT INTO bench_query (name, query) VALUES
('schedules', 'SELECT count(*) FROM fleet, amortisation_schedule(cost, policy, in_service)'),
('count(*) from generate_series', 'SELECT count(*) FROM generate_series(1, ' || current_setting('bench.schedule_rows') || ')'),
('schedules, read', 'SELECT count(period_start), count(period_end), count(opening), count(charge), count(accumulated), count(closing)
FROM fleet, amortisation_schedule(cost, policy, in_service)'),
('schedules in numeric SQL, read', 'SELECT count(period_start), count(period_end), count(opening), count(charge), count(accumulated), count(closing)
FROM fleet_schedule'),
('one month by amortised', 'SELECT sum(amortised(cost, policy, in_service, ''2025-03-01'', ''2025-04-01'')) FROM fleet'),
('one month from schedules', 'SELECT sum(charge) FROM fleet, amortisation_schedule(cost, policy, in_service) WHERE period_start = ''2025-03-01'''),
('count(*), fleet', 'SELECT count(*) FROM fleet');
INSERT INTO bench_comparison (work, ours, baseline, target, ours_scan, baseline_scan) VALUES
('schedules of 72 months : count(*) from generate_series', 'schedules', 'count(*) from generate_series', 2.5, NULL, NULL),
('schedules of 72 months : numeric SQL with a window function', 'schedules, read', 'schedules in numeric SQL, read', 0.2, NULL, NULL),
('one month by amortised : from schedules, each less count(*)', 'one month by amortised', 'one month from schedules', 0.02, 'count(*), fleet', 'count(*), fleet'),
('the same, whole queries', 'one month by amortised', 'one month from schedules', NULL, NULL, NULL);

DO $$
BEGIN
    IF (SELECT count(*) FROM fleet, amortisation_schedule(cost, policy, in_service)) <> current_setting('bench.schedule_rows')::bigint OR EXISTS (
        SELECT asset_id, period_start, period_end, amount(opening), amount(charge), amount(s.accumulated), amount(closing)
        FROM fleet, amortisation_schedule(cost, policy, in_service) s WHERE asset_id % 20 = 1
        EXCEPT
        SELECT asset_id, period_start, period_end, opening, charge, accumulated, closing FROM fleet_schedule WHERE asset_id % 20 = 1) THEN
        RAISE EXCEPTION 'the schedules and numeric SQL disagree';
    END IF;
    IF EXISTS (
        SELECT FROM fleet, amortisation_schedule(cost, policy, in_service) s
        WHERE period_start = '2025-03-01' AND abs(amount(charge - amortised(cost, policy, in_service, '2025-03-01', '2025-04-01'))) >= 0.01) THEN
        RAISE EXCEPTION 'amortised and the schedules disagree';
    END IF;
END
$$;
