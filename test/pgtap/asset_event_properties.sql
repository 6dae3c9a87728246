-- Properties of an asset's life that hold whatever happens to it, on thousands of random
-- histories: every kind of event, every method, in currencies with cents, without, and
-- with no minor unit at all.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.5);

-- ---------------------------------------------------------------------------
-- The histories
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE policy_used (n serial, policy amortisation_policy);
INSERT INTO policy_used (policy) VALUES
    ('straight_line(life=5 years)'), ('straight_line(life=3 years, salvage=0.1, convention=full_month)'),
    ('straight_line(life=4 years, salvage_amount=250)'), ('straight_line(life=700 days, day_count=actual_365_fixed)'),
    ('straight_line(life=6 years, salvage=0.05, day_count=no_leap_365)'), ('straight_line(life=30 months, day_count=thirty_360)'),
    ('declining_balance(life=5 years, salvage=0.1)'), ('declining_balance(life=7 years, factor=1.5, switch_to_straight_line=true, convention=full_month)'),
    ('declining_balance(life=4 years, switch_to_straight_line=true, salvage_amount=100)'), ('exponential(rate=0.14)'),
    ('exponential(rate=0.3, life=4 years)'), ('sum_of_years_digits(life=5 years, salvage=0.1)'), ('sum_of_years_digits(life=4 years, convention=mid_month)'),
    ('fixed_rate(life=5 years, salvage=0.1, convention=full_month)'), ('macrs(life=5 years, convention=half_year)'), ('macrs(life=7 years, convention=mid_quarter)'),
    ('macrs(life=3 years, convention=half_year, bonus=0.4)'), ('annuity(life=5 years, rate=0.1)'), ('annuity(life=4 years, rate=0.08, salvage_amount=300, convention=full_month)'),
    ('units_of_production(total_use=3000000000)'), ('units_of_production(total_use=5000000000, salvage=0.1)'),
    ('straight_line(life=3 years, convention=following_month)'), ('straight_line(life=5 years, convention=half_year, salvage=0.2)'),
    ('straight_line(life=4 years, convention=mid_quarter)'), ('straight_line(life=3 years, convention=full_month, charge_disposal_month=true)'),
    ('declining_balance(life=6 years, factor=3, rate_cap=0.3, switch_to_straight_line=true, convention=full_month)');

CREATE FUNCTION pg_temp.any_policy() RETURNS amortisation_policy VOLATILE LANGUAGE sql AS
    'SELECT policy FROM policy_used WHERE n = (SELECT 1 + floor(random() * count(*)) FROM policy_used)';
-- Amounts of all sizes, some with digits below the cent.
CREATE FUNCTION pg_temp.any_amount(currency currency) RETURNS monetary VOLATILE LANGUAGE sql AS
    'SELECT monetary(round((10 ^ (random() * 5))::numeric, CASE WHEN random() < 0.1 THEN 4 ELSE 2 END), $1)';
CREATE FUNCTION pg_temp.any_event(currency currency) RETURNS asset_event VOLATILE LANGUAGE plpgsql AS $$
DECLARE
    e asset_event;
BEGIN
    e.happened_on := date '2021-12-20' + (random() * 2200)::int;
    e.kind := (array['placed_in_service', 'placed_in_service', 'addition', 'capitalised_interest', 'retirement_obligation', 'change_of_estimate',
                     'impairment', 'impairment', 'impairment_reversal', 'held_for_sale', 'held_for_sale_ended', 'disposal', 'disposal', 'opening', 'use'])
              [1 + floor(random() * 15)];
    IF e.kind IN ('addition', 'capitalised_interest', 'impairment', 'impairment_reversal', 'opening')
       OR e.kind IN ('placed_in_service', 'disposal') AND random() < 0.4 THEN
        e.amount := pg_temp.any_amount(currency);
    ELSIF e.kind = 'retirement_obligation' THEN
        e.amount := pg_temp.any_amount(currency) * (CASE WHEN random() < 0.5 THEN 1 ELSE -1 END);
    ELSIF e.kind IN ('placed_in_service', 'disposal') AND random() < 0.9 THEN
        e.share := round(random()::numeric, 3);
    END IF;
    IF e.kind = 'disposal' AND random() < 0.7 THEN
        e.proceeds := pg_temp.any_amount(currency);
    ELSIF e.kind = 'opening' AND random() < 0.5 THEN
        e.impairment := pg_temp.any_amount(currency);
    ELSIF e.kind = 'change_of_estimate' THEN
        e.policy := pg_temp.any_policy();
    ELSIF e.kind = 'use' THEN
        e.used_chip_ms := (random() * 1e9)::bigint;
    END IF;
    -- Openings are rare: they make all before them nothing.
    IF e.kind = 'opening' AND random() < 0.7 THEN
        e.kind := 'addition';
    END IF;
    RETURN e;
END
$$;

CREATE TEMPORARY TABLE history AS
SELECT n AS id, c.currency, CASE WHEN minor_unit(c.currency) IS NULL THEN 0 ELSE 10 ^ -minor_unit(c.currency) END::numeric AS unit, pg_temp.any_amount(c.currency) AS cost, date '2022-01-01' + (random() * 60)::int AS acquired_on,
       NULL::date AS in_service, pg_temp.any_policy() AS policy, 1 + (random() * 11)::int AS fiscal_year_start,
       ARRAY(SELECT pg_temp.any_event(c.currency) FROM generate_series(1, (random() * 8)::int + n * 0)) AS events,
       date '2021-12-01' + (random() * 1000)::int AS d1, NULL::date AS d2, NULL::date AS d3
FROM generate_series(1, 6000) n, LATERAL (SELECT (array['USD', 'USD', 'EUR', 'JPY', 'XAU', 'BHD'])[1 + n % 6]::currency) c (currency);
UPDATE history SET in_service = acquired_on + (random() * 200)::int WHERE id % 4 <> 0;
UPDATE history SET in_service = acquired_on WHERE id % 4 = 1;
UPDATE history SET policy = NULL WHERE id % 37 = 0;
UPDATE history SET d2 = d1 + (random() * 900)::int;
UPDATE history SET d3 = d2 + (random() * 900)::int;
ANALYZE history;

SELECT cmp_ok(count(DISTINCT (e).kind), '=', 13::bigint - 1, 'every kind of event happens') FROM history, unnest(events) e;

-- A movement as a row of names and numbers.
CREATE FUNCTION pg_temp.moved(h history, from_date date, to_date date) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$
    SELECT jsonb_object_agg(key, CASE WHEN key = 'state' THEN to_jsonb(value) ELSE to_jsonb(amount(value::monetary)) END)
    FROM jsonb_each_text(to_jsonb(asset_movement(h.cost, h.acquired_on, h.in_service, h.policy, h.events, from_date, to_date, h.fiscal_year_start)))
$$;

-- ---------------------------------------------------------------------------
-- Opening and movements make the closing, in every column
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE movement AS
SELECT h.id, h.currency, h.unit, s.d, s.until, m.*
FROM history h, LATERAL (VALUES (h.d1, h.d2), (h.d2, h.d3), (date '2000-01-01', h.d3), (h.d1, date '2060-01-01')) s (d, until),
     asset_movement(h.cost, h.acquired_on, h.in_service, h.policy, h.events, s.d, s.until, h.fiscal_year_start) m;

SELECT is(count(*), 24000::bigint, 'no history fails') FROM movement;
SELECT is_empty($$SELECT * FROM movement WHERE construction_closing <> construction_opening + construction_brought_forward + construction_additions
    + construction_interest - placed_in_service - construction_disposals$$, 'construction adds up');
SELECT is_empty($$SELECT * FROM movement WHERE cost_closing <> cost_opening + cost_brought_forward + placed_in_service + additions + interest
    + retirement_obligation - disposals$$, 'cost adds up');
SELECT is_empty($$SELECT * FROM movement WHERE accumulated_closing <> accumulated_opening + accumulated_brought_forward + charge - accumulated_disposals$$,
    'accumulated adds up');
SELECT is_empty($$SELECT * FROM movement WHERE impairment_closing <> impairment_opening + impairment_brought_forward + impairment - reversal - impairment_disposals$$,
    'impairment adds up');
SELECT is_empty($$SELECT * FROM movement WHERE book_value_closing <> construction_closing + cost_closing - accumulated_closing - impairment_closing
    OR book_value_opening <> construction_opening + cost_opening - accumulated_opening - impairment_opening$$, 'and make the book value');
SELECT is_empty($$SELECT * FROM movement WHERE disposal_gain <> proceeds - (disposals + construction_disposals - accumulated_disposals - impairment_disposals)$$,
    'the gain is the proceeds less what left');

-- ---------------------------------------------------------------------------
-- Nothing is ever below nothing
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT * FROM movement WHERE least(amount(construction_closing), amount(cost_closing), amount(accumulated_closing), amount(impairment_closing),
    amount(book_value_closing)) < 0$$, 'no balance is below 0');
SELECT is_empty($$SELECT * FROM movement WHERE least(amount(construction_brought_forward), amount(construction_interest), amount(placed_in_service), amount(construction_disposals),
    amount(cost_brought_forward), amount(additions), amount(interest), amount(disposals), amount(accumulated_brought_forward), amount(impairment_brought_forward))
    < 0 AND least(amount(construction_brought_forward), amount(construction_interest), amount(placed_in_service), amount(construction_disposals),
    amount(cost_brought_forward), amount(additions), amount(interest), amount(disposals), amount(accumulated_brought_forward), amount(impairment_brought_forward)) <= -unit$$,
    'nor a movement that only grows, but for digits below the minor unit');
SELECT is_empty($$SELECT * FROM movement WHERE accumulated_closing + impairment_closing > cost_closing + construction_closing$$, 'no more is written off than there is');
SELECT is_empty($$SELECT m.* FROM movement m JOIN history h USING (id) WHERE amount(book_value_closing) < salvage(policy) * amount(cost_closing) + amount(construction_closing) - 2 * m.unit - 0.000001
    AND NOT EXISTS (SELECT FROM unnest(events) WHERE kind IN ('impairment', 'opening', 'change_of_estimate', 'retirement_obligation'))$$, 'nothing is charged below the salvage value');
SELECT is_empty($$SELECT * FROM movement WHERE state = 'disposed' AND (amount(construction_closing), amount(cost_closing), amount(accumulated_closing),
    amount(impairment_closing), amount(book_value_closing)) <> (0, 0, 0, 0, 0)$$, 'the disposal of the whole leaves zeros');
SELECT is_empty($$SELECT * FROM movement WHERE state = 'not_held' AND (amount(construction_closing), amount(cost_closing), amount(accumulated_closing),
    amount(impairment_closing), amount(proceeds), amount(charge)) <> (0, 0, 0, 0, 0, 0)$$, 'and there is nothing before the asset is in the books');

-- ---------------------------------------------------------------------------
-- Any partition of time adds up
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT h.id, k.key FROM history h, jsonb_each(pg_temp.moved(h, d1, d3)) k,
        LATERAL (SELECT pg_temp.moved(h, d1, d2) AS a, pg_temp.moved(h, d2, d3) AS b OFFSET 0) x
    WHERE k.value <> CASE WHEN k.key = 'state' OR k.key LIKE '%closing' THEN b -> k.key
                          WHEN k.key LIKE '%opening' THEN a -> k.key
                          ELSE to_jsonb((a ->> k.key)::numeric + (b ->> k.key)::numeric) END
       OR k.key LIKE '%closing' AND a -> k.key <> b -> replace(k.key, 'closing', 'opening')$$, 'two spans make one, in every column');
SELECT is_empty($$
    SELECT h.id FROM history h, asset_balance(cost, acquired_on, in_service, policy, events, d3, fiscal_year_start) b JOIN movement m ON true
    WHERE m.id = h.id AND m.until = h.d3
      AND (b.state, b.construction, b.in_service_cost, b.accumulated, b.impairment, b.book_value)
          IS DISTINCT FROM (m.state, m.construction_closing, m.cost_closing, m.accumulated_closing, m.impairment_closing, m.book_value_closing)$$,
    'a balance is the closing');

-- ---------------------------------------------------------------------------
-- What happens on a day changes nothing before it
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT h.id FROM history h, LATERAL (SELECT array_agg(e ORDER BY n) AS events FROM unnest(h.events) WITH ORDINALITY AS u (a, b, c, d, e1, f, g, p, n),
        LATERAL (SELECT ROW(a, b, c, d, e1, f, g, p)::asset_event AS e) r WHERE a < h.d2 OR b IN ('opening', 'use')) earlier
    WHERE asset_movement(cost, acquired_on, in_service, policy, h.events, d1, d2, fiscal_year_start)::text
       <> asset_movement(cost, acquired_on, in_service, policy, earlier.events, d1, d2, fiscal_year_start)::text$$,
    'later events change nothing');
SELECT is_empty($$
    SELECT h.id FROM history h, LATERAL (SELECT array_agg(e ORDER BY n % 3, n DESC) AS events FROM unnest(h.events) WITH ORDINALITY AS u (a, b, c, d, e1, f, g, p, n),
        LATERAL (SELECT ROW(a, b, c, d, e1, f, g, p)::asset_event AS e) r) shuffled
    WHERE (SELECT count(DISTINCT (happened_on, kind)) = count(*) FROM unnest(h.events))
      AND asset_movement(cost, acquired_on, in_service, policy, h.events, d1, d3, fiscal_year_start)::text
       <> asset_movement(cost, acquired_on, in_service, policy, shuffled.events, d1, d3, fiscal_year_start)::text$$,
    'the order they are given in does not matter');

-- ---------------------------------------------------------------------------
-- A credit is the mirror image
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT h.id, k.key FROM history h, LATERAL (SELECT array_agg(ROW(a, b, c * -1, d, e1 * -1, f * -1, g, p)::asset_event ORDER BY n) AS events
        FROM unnest(h.events) WITH ORDINALITY AS u (a, b, c, d, e1, f, g, p, n)) mirrored,
        LATERAL (SELECT to_jsonb(asset_movement(cost, acquired_on, in_service, policy, h.events, d1, d3, fiscal_year_start)) AS a,
                        to_jsonb(asset_movement(cost * -1, acquired_on, in_service, policy, mirrored.events, d1, d3, fiscal_year_start)) AS b OFFSET 0) x,
        jsonb_each_text(a) k
    WHERE k.key <> 'state' AND k.value::monetary <> (b ->> k.key)::monetary * -1$$, 'a credit moves as its mirror image');

-- ---------------------------------------------------------------------------
-- Impairment
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT h.id, b.book_value, w.book_value AS without FROM history h,
        LATERAL (SELECT array_agg(ROW(a, b, c, d, e1, f, g, p)::asset_event ORDER BY n) AS events FROM unnest(h.events) WITH ORDINALITY AS u (a, b, c, d, e1, f, g, p, n)
                 WHERE b NOT IN ('impairment', 'impairment_reversal')) e,
        asset_balance(cost, acquired_on, in_service, policy, h.events, d3, fiscal_year_start) b,
        asset_balance(cost, acquired_on, in_service, policy, e.events, d3, fiscal_year_start) w
    WHERE NOT EXISTS (SELECT FROM unnest(h.events) x WHERE x.kind IN ('opening', 'retirement_obligation'))
      AND amount(b.book_value) > amount(w.book_value) + 2 * unit + 0.000001$$, 'with reversals, book values never pass those without impairment');
SELECT is_empty($$
    SELECT h.id FROM history h, asset_balance(cost, acquired_on, in_service, policy, h.events, d3, fiscal_year_start) b,
        asset_movement(cost, acquired_on, in_service, policy, h.events || ROW(d3, 'impairment_reversal', b.reversal_limit, NULL, NULL, NULL, NULL, NULL)::asset_event, d3, d3 + 1, fiscal_year_start) m
    WHERE b.reversal_limit > monetary(0, h.currency) AND NOT EXISTS (SELECT FROM unnest(h.events) WHERE happened_on = d3)
      AND abs(amount(m.reversal) - amount(b.reversal_limit)) > unit$$, 'the reversal limit can be reversed');
-- What was asked is what moved and what was cut.
SELECT is_empty($$
    SELECT h.id FROM history h,
        LATERAL (SELECT coalesce(sum(amount(amount)), 0) AS asked FROM unnest(events) WHERE kind = 'impairment') a,
        LATERAL (SELECT coalesce(sum(amount(amount)), 0) AS cut FROM asset_event_problems(cost, acquired_on, in_service, policy, events, fiscal_year_start) WHERE kind = 'impairment') p,
        asset_movement(cost, acquired_on, in_service, policy, events, '2000-01-01', '2060-01-01', fiscal_year_start) m
    WHERE NOT EXISTS (SELECT FROM unnest(h.events) x WHERE x.kind = 'opening')
      AND abs(asked - cut - amount(m.impairment)) > unit * (1 + cardinality(events))$$, 'impairments are posted or listed as cut');

-- ---------------------------------------------------------------------------
-- The end
-- ---------------------------------------------------------------------------
SELECT is_empty($$
    SELECT h.id, b.* FROM history h, asset_balance(cost, acquired_on, in_service, policy, events, '2100-01-01', fiscal_year_start) b
    WHERE policy IS NOT NULL AND in_service IS NOT NULL AND method(policy) NOT IN ('exponential', 'units_of_production')
      AND NOT EXISTS (SELECT FROM unnest(events) WHERE kind NOT IN ('addition', 'capitalised_interest', 'impairment', 'impairment_reversal', 'placed_in_service', 'opening'))
      AND salvage_amount(policy) IS NULL AND amount(b.construction) = 0
      AND abs(amount(b.accumulated + b.impairment) - amount(b.in_service_cost) * (1 - salvage(policy))) > unit + 0.000001
      AND amount(b.impairment) <= 0.9 * amount(b.in_service_cost) * (1 - salvage(policy)) - amount(b.accumulated)$$,
    'charged and impaired are, in the end, the cost less salvage');
SELECT is_empty($$
    SELECT h.id FROM history h, LATERAL (SELECT events || ROW(date '2030-01-01', 'disposal', NULL, NULL, NULL, NULL, NULL, NULL)::asset_event AS events) e,
        asset_movement(cost, acquired_on, in_service, policy, e.events, '2000-01-01', '2060-01-01', fiscal_year_start) m
    WHERE m.state <> 'disposed' OR amount(m.book_value_closing) <> 0
       OR m.charge + m.accumulated_brought_forward <> m.accumulated_disposals
       OR m.impairment_brought_forward + m.impairment - m.reversal <> m.impairment_disposals$$,
    'all that was charged and impaired leaves with the whole');

-- ---------------------------------------------------------------------------
-- Schedules
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE schedule AS
SELECT h.id, s.*, lag(s.closing) OVER (PARTITION BY h.id ORDER BY s.period_start) AS before
FROM history h, LATERAL (SELECT events || ROW(date '2030-01-01', 'disposal', NULL, NULL, NULL, NULL, NULL, NULL)::asset_event AS events) e,
    asset_schedule(cost, acquired_on, in_service, policy, e.events, CASE id % 3 WHEN 0 THEN interval '1 month' WHEN 1 THEN '3 months' ELSE '1 year' END, fiscal_year_start) s
WHERE id <= 1500;
SELECT is_empty('SELECT * FROM schedule WHERE closing <> opening + additions - charge - impairment + reversal - disposals OR before <> opening', 'schedules add up, and go on where they stopped');
SELECT is_empty('SELECT id FROM schedule GROUP BY id HAVING abs(amount((array_agg(closing ORDER BY period_start DESC))[1])) <> 0', 'and end with nothing when all is gone');
-- Without events it is the asset's own schedule.
SELECT is_empty($$
    SELECT h.id FROM history h, LATERAL (
        SELECT count(*) FROM (SELECT period_start, period_end, opening, charge, closing FROM asset_schedule(cost, in_service, in_service, policy, NULL, '1 month', fiscal_year_start)
                              EXCEPT SELECT period_start, period_end, opening, charge, closing FROM amortisation_schedule(cost, policy, in_service, '1 month', fiscal_year_start)) d) x (n)
    WHERE in_service IS NOT NULL AND policy IS NOT NULL AND life(policy) IS NOT NULL AND id <= 1500 AND n > 0$$,
    'without events, the schedule of amortisation_schedule');

SELECT * FROM finish();
ROLLBACK;
