-- An asset's life under hostile arguments: the edges of calendars and of money, arrays that
-- are none, events in heaps. Each gives an answer that adds up, or one of the errors stated.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.25);

-- ---------------------------------------------------------------------------
-- Arguments at the edges, in every combination that chance makes
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.edge_date() RETURNS date VOLATILE LANGUAGE sql AS
    $$SELECT (array['4713-01-01 BC', '0001-12-31 BC', '0001-01-01', '0001-01-02', '1999-12-31', '2000-02-29', '2024-02-29', '2025-01-01', '2025-01-01', '2025-06-30', '2026-12-31',
                    '9999-12-30', '9999-12-31', '10000-01-01', '5874897-12-31', 'infinity', '-infinity', NULL])[1 + floor(random() * random() * 18)::int]::date$$;
CREATE FUNCTION pg_temp.edge_amount() RETURNS monetary VOLATILE LANGUAGE sql AS
    $$SELECT (array['0 USD', '1000 USD', '1000 USD', '0.005 USD', '-0.01 USD', '-1000 USD', '0.000000000000001 USD', '2500000000000000000 USD', '-2500000000000000000 USD',
                    '2596148429267413814.265248164610047 USD', '-2596148429267413814.265248164610048 USD', '1 EUR', NULL])[1 + floor(random() * random() * 13)::int]::monetary$$;
CREATE FUNCTION pg_temp.edge_event() RETURNS asset_event VOLATILE LANGUAGE sql AS
    $$SELECT CASE WHEN random() > 0.002 THEN asset_event(pg_temp.edge_date(), (array['opening', 'placed_in_service', 'addition', 'capitalised_interest', 'retirement_obligation',
        'change_of_estimate', 'held_for_sale', 'held_for_sale_ended', 'impairment', 'impairment_reversal', 'disposal', 'use', 'theft'])[1 + floor(random() * 12.02)::int],
        pg_temp.edge_amount(), (array[NULL, 0, 0.000000000000001, 0.5, 1, 1.5, -1, 'NaN', 1e30])[1 + floor(random() * 9)::int], pg_temp.edge_amount(), pg_temp.edge_amount(),
        (array[NULL, 0, -1, 3600000, 9223372036854775807])[1 + floor(random() * 5)::int],
        (array[NULL, 'straight_line(life=1 day)', 'straight_line(life=200 years, salvage_amount=1000000000000000000)', 'macrs(life=20 years)', 'units_of_production(total_use=0.000001)',
               'exponential(rate=100)', 'declining_balance(life=1 month, factor=1)', 'macrs(life=5 years, section_179=500, bonus=1)'])[1 + floor(random() * 8)::int]::amortisation_policy) END$$;

CREATE TEMPORARY TABLE outcome (id int, sqlstate text, message text, adds_up boolean);
DO $$
DECLARE
    m record;
    n record;
    e record;
BEGIN
    FOR i IN 1..6000 LOOP
        SELECT pg_temp.edge_amount() AS cost, pg_temp.edge_date() AS acquired, pg_temp.edge_date() AS service, (pg_temp.edge_event()).policy AS policy,
               ARRAY(SELECT pg_temp.edge_event() FROM generate_series(1, i % 6)) AS events, pg_temp.edge_date() AS d1, pg_temp.edge_date() AS d2 INTO e;
        BEGIN
            SELECT * INTO m FROM asset_movement(e.cost, e.acquired, e.service, e.policy, e.events, least(e.d1, e.d2), greatest(e.d1, e.d2), 1 + i % 12);
            SELECT * INTO n FROM asset_balance(e.cost, e.acquired, e.service, e.policy, e.events, greatest(e.d1, e.d2), 1 + i % 12);
            PERFORM average_construction(e.cost, e.acquired, e.service, e.policy, e.events, least(e.d1, e.d2), greatest(e.d1, e.d2));
            PERFORM count(*) FROM asset_event_problems(e.cost, e.acquired, e.service, e.policy, e.events);
            INSERT INTO outcome VALUES (i, NULL, NULL, m IS NULL OR e.d1 IS NULL OR e.d2 IS NULL OR (m.state = n.state AND m.book_value_closing = n.book_value AND amount(m.book_value_closing) * sign(amount(e.cost)) >= 0
                AND m.book_value_closing - m.book_value_opening = m.construction_brought_forward + m.construction_additions + m.construction_interest - m.construction_disposals
                    + m.cost_brought_forward + m.additions + m.interest + m.retirement_obligation - m.disposals - m.accumulated_brought_forward - m.charge + m.accumulated_disposals
                    - m.impairment_brought_forward - m.impairment + m.reversal + m.impairment_disposals));
        EXCEPTION WHEN others THEN
            INSERT INTO outcome VALUES (i, SQLSTATE, SQLERRM, NULL);
        END;
    END LOOP;
END
$$;
SELECT cmp_ok(count(*), '>', 1000::bigint, 'many an extreme history is answered') FROM outcome WHERE sqlstate IS NULL;
SELECT is_empty('SELECT * FROM outcome WHERE NOT adds_up', 'and the answer adds up');
SELECT is_empty($$SELECT sqlstate, message, count(*) FROM outcome WHERE sqlstate NOT IN ('22000', '22003', '22004', '22008', '22023') GROUP BY 1, 2$$, 'or is an error that is stated');
SELECT set_eq($$SELECT DISTINCT sqlstate FROM outcome WHERE sqlstate IS NOT NULL$$, $$VALUES ('22000'), ('22003'), ('22004'), ('22008'), ('22023')$$, 'each of them');
-- Within the years 1 to 9999 and half of money's range, events in the asset's own currency fail nothing.
SELECT is_empty($$SELECT o.* FROM outcome o WHERE sqlstate = '22023' AND message NOT LIKE 'unknown kind of asset_event%'$$, 'only an unknown kind is a bad parameter');

-- ---------------------------------------------------------------------------
-- Heaps
-- ---------------------------------------------------------------------------
SELECT throws_ok($$SELECT asset_balance('1 USD', '2025-01-01', NULL, NULL, array_fill(asset_event('2025-01-01', 'use'), ARRAY[1000000]), '2025-02-01')$$, '54000', NULL, 'a million events are refused');
SELECT throws_ok($$SELECT count(*) FROM asset_schedule('1 USD', '2025-01-01', '2025-01-01', 'straight_line(life=5 years)', ARRAY[asset_event('5874897-12-31', 'held_for_sale')])$$,
    '54000', 'the schedule of an asset spans more than 240000 months', 'nor is a schedule to the end of the calendar made');
SELECT is(count(*), 176544::bigint, 'one from its beginning to the year 9999 is')
FROM asset_schedule('1 USD', '4713-01-01 BC', '2025-01-01', 'straight_line(life=5 years)', ARRAY[asset_event('9999-12-31', 'held_for_sale')]);
SELECT is(amount(b.in_service_cost), 1010000.0, 'ten thousand are not') FROM asset_balance('1000000 USD', '2000-01-01', '2000-01-01', 'declining_balance(life=5 years)',
    ARRAY(SELECT asset_event(date '2000-01-02' + n, 'addition', '1 USD') FROM generate_series(1, 10000) n), '2060-01-01') b;
SELECT is(amount(b.in_service_cost + b.construction), 1000000.0, 'nor ten thousand stages') FROM asset_balance('1000000 USD', '2000-01-01', NULL, 'straight_line(life=5 years)',
    ARRAY(SELECT asset_event(date '2000-01-02' + n, 'placed_in_service', share => 0.001) FROM generate_series(1, 10000) n), '2060-01-01') b;
SET LOCAL statement_timeout = '500ms';
CREATE TEMPORARY TABLE cancelled (seen boolean);
DO $$
BEGIN
    PERFORM asset_balance('1000000 USD', '2000-01-01', NULL, 'units_of_production(total_use=1)',
        ARRAY(SELECT asset_event(date '2000-01-02' + n, 'placed_in_service', share => 0.0001) FROM generate_series(1, 10000) n), '2060-01-01');
EXCEPTION WHEN query_canceled THEN
    INSERT INTO cancelled VALUES (true);
END
$$;
RESET statement_timeout;
SELECT ok((SELECT seen FROM cancelled), 'and whatever takes long can be cancelled');
SELECT is((asset_balance('1 USD', '2025-01-01', NULL, NULL, '{}', '2025-02-01')).state, 'under_construction', 'an empty array is no events');
SELECT is((asset_balance('1 USD', '2025-01-01', NULL, NULL, ('[5:6]={"(2025-01-05,addition,2 USD,,,,,)","(2025-01-04,disposal,,0.5,,,,)"}')::asset_event[], '2025-02-01')).construction, '2.50 USD'::monetary, 'bounds of an array do not matter');
-- Toasted, and from a table.
CREATE TEMPORARY TABLE stored (events asset_event[]);
ALTER TABLE stored ALTER events SET STORAGE EXTERNAL;
INSERT INTO stored SELECT array_agg(asset_event(date '2025-01-02' + n, 'addition', '1 USD')) FROM generate_series(1, 500) n;
SELECT is((asset_balance('1 USD', '2025-01-01', NULL, NULL, events, '2030-01-01')).construction, '501.00 USD'::monetary, 'toasted events are read') FROM stored;
SELECT is((asset_balance('1 USD', '2025-01-01', NULL, 'straight_line(life=1 year)', ARRAY[s.e], '2030-01-01')).accumulated, '0 USD'::monetary, 'a row is an event')
FROM (SELECT asset_event('2025-02-01', 'addition', '1 USD') AS e) s;

SELECT * FROM finish();
ROLLBACK;
