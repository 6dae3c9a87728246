-- time_weighted: step functions over time, their text form, their averages and refusals.
SET search_path = chipbook, public;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';

-- Chips on rent: 8, then 16 for two days, a day that nobody wrote down, then 4.
CREATE TABLE chips_on_rent (chips numeric, starts_at timestamptz, ends_at timestamptz);
INSERT INTO chips_on_rent VALUES
    (8, '2026-01-01', '2026-01-02'), (16, '2026-01-02', '2026-01-04'), (NULL, '2026-01-04', '2026-01-05'), (4, '2026-01-05', '2026-01-06');
SELECT time_weighted_agg(chips, starts_at, ends_at) AS w FROM chips_on_rent;
SELECT time_weighted_agg(chips, starts_at, ends_at, '2026-01-03', '2026-01-08') AS w FROM chips_on_rent;
SELECT gaps, time_weighted_average(w, gaps), averaged_seconds(w, gaps), value_hours(w, gaps)
FROM (SELECT time_weighted_agg(chips, starts_at, ends_at) AS w FROM chips_on_rent) s, unnest('{ignore,zero,carry}'::text[]) gaps;
SELECT starts_at(w), ends_at(w), covered_seconds(w), gap_seconds(w), currency(w)
FROM (SELECT time_weighted_agg(chips, starts_at, ends_at) AS w FROM chips_on_rent) s;
SELECT time_weighted_average(time_weighted_agg(chips, starts_at, ends_at), 'error') FROM chips_on_rent;
SELECT time_weighted_average(time_weighted_agg(chips, starts_at, ends_at), 'locf') FROM chips_on_rent;

-- Bounds: cut exactly; what ended before them is carried in.
SELECT gaps, time_weighted_avg(chips, starts_at, ends_at, '2026-01-03', '2026-01-08', gaps) AS average,
       time_weighted_avg(chips, starts_at, ends_at, '2026-01-04', '2026-01-05', gaps) AS of_the_gap
FROM chips_on_rent, unnest('{ignore,zero,carry}'::text[]) gaps GROUP BY gaps ORDER BY gaps;
SELECT time_weighted_avg(chips, starts_at, ends_at, '2026-01-03', '2026-01-08', 'error') FROM chips_on_rent;

-- Money keeps its currency: a rate that fell in the middle of a quarter.
CREATE TABLE rate (rate monetary, starts_at timestamptz, ends_at timestamptz);
INSERT INTO rate VALUES ('6.155 USD', '-infinity', '2026-02-15'), ('5.50 USD', '2026-02-15', 'infinity');
SELECT time_weighted_avg(rate, starts_at, ends_at, '2026-01-01', '2026-04-01', 'error') FROM rate;
SELECT monetary(value_hours(w), currency(w)) AS one_chip_for_the_quarter FROM (SELECT time_weighted_agg(rate, starts_at, ends_at, '2026-01-01', '2026-04-01') AS w FROM rate) s;
SELECT time_weighted_avg(rate, starts_at, ends_at) FROM rate;

-- One value at a time
SELECT time_weighted_avg(v, s, e) FROM (VALUES (1, timestamptz '2026-01-01', timestamptz '2026-01-03'), (2, '2026-01-02', '2026-01-04')) r (v, s, e);
SELECT time_weighted_avg(v, s, e) FROM (VALUES (1, timestamptz '2026-01-03', timestamptz '2026-01-01')) r (v, s, e);
SELECT time_weighted_avg(v, s, e) FROM (VALUES (1, timestamptz '2026-01-03', NULL::timestamptz)) r (v, s, e);
SELECT time_weighted_avg(v, s, e) FROM (VALUES ('1 USD'::monetary, timestamptz '2026-01-01', timestamptz '2026-01-03'), ('1 EUR', '2026-01-03', '2026-01-04')) r (v, s, e);
SELECT time_weighted_avg(v, s, e) FROM (VALUES (1e30, timestamptz '2026-01-01', timestamptz '2026-01-03')) r (v, s, e);
SELECT time_weighted_agg(v, s, e, s, e) FROM (VALUES (1, timestamptz '2026-01-01', timestamptz '2026-01-03'), (2, '2026-01-03', '2026-01-04')) r (v, s, e);

-- Rolled up: days make the month, in any order.
SELECT rollup(w) = (SELECT time_weighted_agg(chips, starts_at, ends_at, '2026-01-01', '2026-01-07') FROM chips_on_rent) AS the_same
FROM (SELECT time_weighted_agg(chips, starts_at, ends_at, d, d + interval '1 day') AS w
      FROM chips_on_rent, generate_series(timestamptz '2026-01-01', '2026-01-06', '1 day') d GROUP BY d ORDER BY d DESC) days;
SELECT starts_at, time_weighted_avg(chips, starts_at, ends_at) OVER (ORDER BY starts_at ROWS 1 PRECEDING) FROM chips_on_rent;

-- The support functions are safe by hand.
SELECT time_weighted_add(NULL, 5, '2026-01-01', '2026-01-02') AS added;
SELECT time_weighted_remove(time_weighted_add(NULL, 5, '2026-01-01', '2026-01-03'), 5, '2026-01-01', '2026-01-02') AS less;
SELECT time_weighted_remove(time_weighted_add(NULL, 5, '2026-01-01', '2026-01-03'), 5, '2026-01-02', '2026-01-03') IS NULL AS anew;
SELECT time_weighted_combine(NULL, NULL) IS NULL AS nothing;
SELECT time_weighted_combine(w, w) FROM (SELECT time_weighted_add(NULL, 5, '2026-01-01', '2026-01-02') AS w) s;
SELECT time_weighted_add(time_weighted_add(NULL, 5, '2026-01-01', '2026-01-02', '2026-01-01', '2026-01-02'), 5, '2026-01-01', '2026-01-02');
SELECT 'number seen=0..10 0..5=25/5'::time_weighted AS read;
SELECT time_weighted_average('number seen=0..10 5..6=1/1 0..5=25/5');
DROP TABLE chips_on_rent, rate;
