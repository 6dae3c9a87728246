-- SLN, SYD, DB, DDB, VDB, PMT, IPMT and PPMT: exact output of the numeric functions, resolution of calls, errors.
-- Where a column is called by a number, that is what Microsoft prints as the result of its example.
SET search_path = chipbook, public;
\set SHOW_CONTEXT never

-- Microsoft's examples
SELECT sln(30000, 7500, 10) AS "2250", syd(30000, 7500, 10, 1) AS "4090.91", syd(30000, 7500, 10, 10) AS "409.09";
SELECT period, db(1000000, 100000, 6, period, 7) FROM generate_series(1, 7) period;   -- 186083.33 259639.42 176814.44 120410.64 81999.64 55841.76 15845.10
SELECT ddb(2400, 300, 3650, 1) AS "1.32", ddb(2400, 300, 120, 1, 2) AS "40.00", ddb(2400, 300, 10, 1, 2) AS "480.00", ddb(2400, 300, 10, 2, 1.5) AS "306.00", ddb(2400, 300, 10, 10) AS "22.12";
SELECT vdb(2400, 300, 3650, 0, 1) AS "1.32", vdb(2400, 300, 120, 0, 1) AS "40.00", vdb(2400, 300, 10, 0, 1) AS "480.00";
SELECT vdb(2400, 300, 120, 6, 18) AS "396.31", vdb(2400, 300, 120, 6, 18, 1.5) AS "311.81", vdb(2400, 300, 10, 0, 0.875, 1.5) AS "315.00";
SELECT pmt(0.08 / 12, 10, 10000) AS "-1037.03", pmt(0.08 / 12, 10, 10000, 0, 1) AS "-1030.16", pmt(0.06 / 12, 18 * 12, 0, 50000) AS "-129.08";
SELECT ipmt(0.1 / 12, 1, 3 * 12, 8000) AS "-66.67", ipmt(0.1, 3, 3, 8000) AS "-292.45", ppmt(0.1 / 12, 1, 2 * 12, 2000) AS "-75.62", ppmt(0.08, 10, 10, 200000) AS "-27598.05";

-- 30,000 at 10 % over 5 years: the payment is 7,913.92, the principal 4,913.92 5,405.32 5,945.85 6,540.43 7,194.48
SELECT per, round(-pmt(0.1, 5, 30000), 2) AS payment, round(-ipmt(0.1, per, 5, 30000), 2) AS interest, round(-ppmt(0.1, per, 5, 30000), 2) AS principal,
       -ipmt(0.1, per, 5, 30000) - ppmt(0.1, per, 5, 30000) AS both
FROM generate_series(1, 5) per;

-- Defaults, and names in place of positions
SELECT db(30000, 3000, 5, 2) = db(30000, 3000, 5, 2, 12) AS db, ddb(30000, 3000, 5, 2) = ddb(30000, 3000, 5, 2, 2) AS ddb,
       vdb(30000, 3000, 5, 1, 2) = vdb(30000, 3000, 5, 1, 2, 2, false) AS vdb, pmt(0.1, 5, 100) = pmt(0.1, 5, 100, 0, 0) AS pmt,
       ipmt(0.1, 2, 5, 100) = ipmt(0.1, 2, 5, 100, 0, 0) AS ipmt, ppmt(0.1, 2, 5, 100) = ppmt(0.1, 2, 5, 100, 0, 0) AS ppmt;
SELECT sln(life => 5, salvage => 3000, cost => 30000), syd(cost => 30000, salvage => 3000, life => 5, per => 2),
       db(cost => 30000, salvage => 3000, life => 5, period => 2, month => 6);
SELECT ddb(cost => 30000, salvage => 3000, life => 5, period => 2, factor => 1.5),
       vdb(cost => 30000, salvage => 3000, life => 5, start_period => 0, end_period => 5, no_switch => true);
SELECT pmt(nper => 5, rate => 0.1, pv => 100, payment_type => 1), ipmt(rate => 0.1, per => 2, nper => 5, pv => 100, payment_type => 1),
       ppmt(rate => 0.1, per => 2, nper => 5, pv => 100, fv => -10);

-- What a call resolves to: integers and numerics to numeric, anything with a double precision or real to double precision
CREATE FUNCTION pg_temp.kinds(VARIADIC calls text[]) RETURNS TABLE (call text, kind text) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH call IN ARRAY calls LOOP
        EXECUTE 'SELECT pg_typeof(' || call || ')' INTO kind;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM pg_temp.kinds('sln(30000, 7500, 10)', 'sln(30000::smallint, 7500::smallint, 10::smallint)', 'sln(30000::bigint, 7500, 10)', 'sln(30000, 7500::bigint, 10)', 'sln(30000, 7500.5, 10::smallint)',
    'sln(30000, 7500, 12.7)', 'sln(30000::numeric, 0, 10::smallint)', 'sln(30000, ''7500'', ''10'')', 'sln(30000::numeric, 0, ''10'')', 'sln(30000::real, 7500, 10)', 'sln(30000, 7500, 10::double precision)', 'sln(''30000'', ''7500'', ''10'')',
    'syd(30000, 7500, 10, 1)', 'db(30000, 7500, 10, 1)', 'db(30000, 7500, 10, 1, 6)', 'ddb(30000, 7500, 10, 1)', 'vdb(30000, 7500, 10, 0, 1)', 'vdb(30000, 7500, 10, 0, 0.5, 2, true)', 'vdb(30000::double precision, 7500, 10, 0, 1)',
    'pmt(0, 5, 30000)', 'pmt(0.1, 5, 30000)', 'pmt(''0.1'', 5, 30000)', 'pmt(0.1::double precision, 5, 30000)', 'pmt(0.1, 5::bigint, 30000)', 'pmt(0.1, 5::smallint, 30000.5)', 'ipmt(0, 1, 5, 30000)', 'ppmt(0, 1, 5, 30000)', 'ppmt(0, 1, 5, 30000, 0, 1)');

-- Half-year convention: the printed MACRS percentages of five-year property, 20 32 19.2 11.52 11.52 5.76
SELECT array_agg(round(vdb(100, 0, 5, greatest(0, y - 1.5), least(5, y - 0.5)), 2) ORDER BY y) FROM generate_series(1, 6) y;
-- 10,000 over 7 years at 150 %, as Excel gives it (bz.apache.org/ooo, bug 109420): 1071.43 1913.27 1503.28 1224.89 1224.89 1224.89 1224.89 612.45
SELECT array_agg(round(vdb(10000, 0, 7, greatest(0, y - 1.5), least(7, y - 0.5), 1.5), 2) ORDER BY y) FROM generate_series(1, 8) y;

-- Edges
SELECT sln(100, 10, -3) AS negative_life, sln(0, 0, 3) AS nothing, db(0, 0, 5, 1) AS cost_0, db(100, 0, 5, 1) AS salvage_0, ddb(100, 200, 5, 1) AS no_less, vdb(100, 200, 5, 0, 5) AS nor_here;
SELECT db(100, 10, 5, 0.3) = db(100, 10, 5, 1) AS part_is_first, db(100, 10, 5, 2.9) = db(100, 10, 5, 2) AS cut_off, ddb(100, 10, 5, 0.3) = ddb(100, 10, 5, 1) AS ddb_too, ddb(100, 10, 5, 2.5);
SELECT vdb(100, 10, 5, 2, 2) AS no_time, vdb(100, 10, 5, 5, 5, 2, true) AS at_the_end, vdb(100, 10, 0.5, 0, 0.5) AS short_life, vdb(100, 10, 5.5, 5, 5.5) AS last_part;
SELECT pmt(0, 4, 100, 20), pmt(0.1, 4, 0, 0), pmt(-1, 3, 100, 20), pmt(-2, 3, 4), ipmt(0.1, 1, 4, 100, 0, 1) AS none_yet, ipmt(0.1, 4.9, 4, 100) AS past_the_last;
SELECT pmt(0.1, 4, 100, 0, 7) = pmt(0.1, 4, 100, 0, 1) AS any_other_is_advance;
SELECT pmt(0.0000000000000000000001, 4, 100) AS almost_no_rate, pmt(1e-25, 1e25, 1e29) AS almost_no_rate_for_ever;
SELECT sln(NULL, 1, 2), pmt(0.1, 4, 100, NULL), vdb(100, 0, 5, 0, 1, 2, NULL);

-- Errors
\set VERBOSITY default
SELECT sln(100, 10, 0);
SELECT syd(100, -10, 5, 1);
SELECT syd(100, 10, 5, 6);
SELECT syd(100, 10, 5, 0);
SELECT db(-100, 10, 5, 1);
SELECT db(100, 10, 5, 6);
SELECT db(100, 10, 5, 6.5, 11);
SELECT db(100, 10, 5, 1, 13);
SELECT db(100, 10, 5, 1, 0.5);
SELECT ddb(100, 10, 0, 1);
SELECT ddb(100, 10, 5, 1, 0);
SELECT ddb(100, 10, 100001, 1);
SELECT ddb(100, 10, 5, 5.01);
SELECT vdb(100, 10, 5, 3, 2);
SELECT vdb(100, 10, 5, -1, 2);
SELECT vdb(100, 10, 5, 0, 6);
SELECT vdb(100, 10, 5, 5, 5);
SELECT pmt(0.1, 0, 100);
SELECT pmt(-1.5, 2.5, 100);
SELECT pmt(-2, 2, 100);
SELECT pmt(-1, 2, 100, 0, 1);
SELECT pmt(1, 2000, 100);
SELECT ipmt(0.1, 0.5, 5, 100);
SELECT ipmt(0.1, 6, 5, 100);
SELECT ppmt(0.1, 5.5, 5, 100);
SELECT ipmt(-1, 1, 5, 100);
SELECT sln('NaN'::numeric, 10, 5);
SELECT sln(100, 'Infinity'::numeric, 5);
SELECT sln(1e30, 10, 5);
SELECT pmt('NaN'::double precision, 5, 100);
SELECT sln('-Infinity'::double precision, 10, 5);
SELECT sln(1e308::double precision, -1e308, 5);
SELECT pmt(1::double precision, 2000, 100);
\set VERBOSITY sqlstate
SELECT sln(100, 10, 0);
SELECT ddb(100, 10, 100001, 1);
SELECT vdb(100, 10, 5, 0, 6);
SELECT pmt(-2, 2, 100);
SELECT pmt(1, 2000, 100);
SELECT sln('NaN'::numeric, 10, 5);
SELECT sln(1e308::double precision, -1e308, 5);
