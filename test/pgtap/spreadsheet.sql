-- The spreadsheet functions: Excel's results, what holds for any asset and any loan, and what is refused.
-- test/t/021_spreadsheet.pl compares every vector of the published data set where that is to be had.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SELECT no_plan();
SELECT setseed(0.25);

-- What a call gives, as a number or as its SQLSTATE, with numerics or with double precision.
CREATE FUNCTION pg_temp.answer(call text, kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE 'SELECT ' || CASE kind WHEN 'numeric' THEN call ELSE regexp_replace(call, '(-?\m[0-9][0-9.]*(e-?[0-9]+)?|''[A-Za-z-]+'')', '\1::double precision', 'g') END INTO result;
    RETURN result;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN SQLSTATE;
END $$;

-- ---------------------------------------------------------------------------
-- Excel's results. Source: ExcelFinancialFunctions test data (Apache-2.0), which Microsoft Excel computed
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE vector (call text, excel numeric);
INSERT INTO vector VALUES
    ('sln(200, 10, 1)', 190), ('sln(200, 10, 40)', 4.75), ('sln(200, 0, 13)', 15.38461538462), ('sln(100, 10, 12.7)', 7.086614173228),
    ('syd(200, 0, 12.7, 1.7)', 27.58779240186), ('syd(200, 10, 13, 10)', 8.351648351648), ('syd(200, 0, 13, 2)', 26.37362637363), ('syd(100, 50, 40, 1.7)', 2.396341463415), ('syd(200, 50, 12.7, 0.3)', 23.10477613656), ('syd(100, 10, 13, 11.3)', 2.67032967033),
    ('db(100, 50, 13, 1, 4)', 1.733333333333), ('db(100, 10, 40, 2, 4)', 5.495466666667), ('db(200, 10, 12.7, 2, 4)', 39.06), ('db(200, 50, 13, 1, 9)', 15.15), ('db(100, 0, 13, 1, 9)', 75), ('db(200, 10, 12.7, 11.3, 9)', 4.240948723845), ('db(200, 50, 40, 0.3, 4)', 2.266666666667), ('db(100, 10, 40, 1.7, 9)', 4.2), ('db(200, 50, 40, 10, 1)', 5.141545417733), ('db(100, 10, 13, 0.3, 9)', 12.15),
    ('ddb(100, 0, 13, 13, 3)', 0.990507286569), ('ddb(200, 50, 1, 1, 1)', 150), ('ddb(100, 0, 40, 2, 1)', 2.4375), ('ddb(100, 0, 1, 0.3, 1)', 100), ('ddb(200, 10, 40, 13, 1)', 3.689991729133), ('ddb(100, 50, 40, 1, 50.3)', 50), ('ddb(100, 10, 12.7, 11, 1)', 3.467509718405), ('ddb(100, 50, 12.7, 2, 1)', 7.254014508029),
    ('vdb(200, 10, 40, 13, 20, 3, false)', 30.52973266477), ('vdb(100, 0, 40, 2, 20, 4.5, true)', 69.57453043367), ('vdb(100, 10, 40, 1, 3.3, 4.5, false)', 21.20478442383), ('vdb(100, 10, 40, 2, 4.2, 3, true)', 13.45122714844), ('vdb(100, 10, 1, 0, 0.8, 3, false)', 72), ('vdb(200, 0, 12.7, 1, 3.3, 4.5, false)', 81.0219557819), ('vdb(100, 10, 1, 0, 1, 3, false)', 90), ('vdb(100, 50, 12.7, 0, 3, 1, true)', 21.81086251936), ('vdb(200, 50, 40, 13, 20, 1, true)', 23.37214139238), ('vdb(100, 50, 12.7, 0, 4.2, 4.5, true)', 50), ('vdb(100, 50, 13, 0, 1, 3, true)', 23.07692307692), ('vdb(200, 0, 12.7, 2, 3, 1, true)', 13.3656645266), ('vdb(100, 50, 13, 0, 1, 4.5, true)', 34.61538461538), ('vdb(100, 50, 40, 2, 3, 4.5, false)', 8.8611328125), ('vdb(100, 0, 13, 0, 1, 50.3, false)', 100), ('vdb(100, 50, 13, 2, 13, 3, false)', 9.171597633136),
    ('pmt(0.6, 1, -5.4, -300, 0)', 308.64), ('pmt(1.5, -2, 0, 150.5, 0)', 268.75), ('pmt(0.6, 10, -300, -300, 1)', 114.5651454676), ('pmt(-0.1, 1, -100, -5.4, 0)', 95.4), ('pmt(-0.1, -2, -5.4, 0, 0)', -2.842105263158), ('pmt(1.5, 1, -300, -300, 0)', 1050), ('pmt(-0.1, -2, 150.5, 150.5, 1)', 159.3011695906), ('pmt(0, 1, 100, 0, 0)', -100), ('pmt(-0.1, 2.7, 100, 0, 0)', -30.38941456071), ('pmt(-0.4, -2, 100, 100, 0)', 85),
    ('ipmt(-0.4, 5, 10, 150.5, 0, 1)', 12.47193572687), ('ipmt(-0.1, 1, 10, -5.4, -300, 0)', -0.54), ('ipmt(-0.4, 2, 2, -300, -5.4, 0)', -43.65), ('ipmt(-0.4, 1.3, 10, -5.4, 150.5, 0)', -10.45665237047), ('ipmt(-0.4, 2.5, 2.7, -300, 100, 0)', -62.77226825428), ('ipmt(-0.4, 1.3, 2, -5.4, -100, 1)', 11.99950736791), ('ipmt(-0.4, 2.5, 10, 150.5, 100, 1)', 10.40415222207), ('ipmt(-0.4, 2.5, 10, -300, 0, 1)', -92.30038190268), ('ipmt(-0.1, 2, 10, -300, 0, 1)', -28.21553355737), ('ipmt(-0.1, 2, 2.7, 0, 150.5, 0)', -6.078606891386),
    ('ppmt(-0.4, 1, 1, -100, -300, 1)', 600), ('ppmt(0, 5, 10, -300, 100, 1)', 20), ('ppmt(0.6, 1, 10, 100, -5.4, 0)', -0.5209673632934), ('ppmt(-0.1, 2, 2.7, 150.5, -5.4, 1)', -58.60504052758), ('ppmt(-0.4, 1.3, 2, -100, -300, 0)', 214.479300111), ('ppmt(-0.1, 1.3, 10, 150.5, 100, 1)', -41.40402091219), ('ppmt(-0.1, 2.5, 2.7, -300, -300, 0)', 206.9105202636), ('ppmt(-0.1, 1.3, 10, 100, 0, 0)', -14.87569613611), ('ppmt(0, 1.3, 2, 150.5, -100, 0)', -25.25), ('ppmt(-0.1, 2, 2, -5.4, -300, 1)', 160.7368421053),
    ('sln(100, 0, 1)', 100);
SELECT cmp_ok(abs(pg_temp.answer(call, kind)::numeric - excel), '<=', 1e-12 * abs(excel), call || ' in ' || kind)
FROM vector, unnest('{numeric,double precision}'::text[]) kind;

-- Microsoft's help pages, to the cent they print.
SELECT is(pg_catalog.round(pg_temp.answer(call, 'double precision')::numeric, 2), printed, call || ' as Microsoft prints it')
FROM (VALUES ('sln(30000, 7500, 10)', 2250.00), ('syd(30000, 7500, 10, 1)', 4090.91), ('syd(30000, 7500, 10, 10)', 409.09), ('db(1000000, 100000, 6, 1, 7)', 186083.33),
             ('db(1000000, 100000, 6, 4, 7)', 120410.64), ('db(1000000, 100000, 6, 7, 7)', 15845.10), ('ddb(2400, 300, 3650, 1)', 1.32), ('ddb(2400, 300, 10, 10)', 22.12),
             ('ddb(2400, 300, 10, 2, 1.5)', 306.00), ('vdb(2400, 300, 120, 6, 18)', 396.31), ('vdb(2400, 300, 120, 6, 18, 1.5)', 311.81), ('vdb(2400, 300, 10, 0, 0.875, 1.5)', 315.00),
             ('pmt(0.08 / 12, 10, 10000)', -1037.03), ('pmt(0.08 / 12, 10, 10000, 0, 1)', -1030.16), ('ipmt(0.1, 3, 3, 8000)', -292.45), ('ppmt(0.08, 10, 10, 200000)', -27598.05)) e (call, printed);

-- ---------------------------------------------------------------------------
-- Depreciation: 10,000 assets
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE asset AS
SELECT pg_catalog.round((random() * 1000000)::numeric, 2) + 1 AS cost, pg_catalog.round((random() * random())::numeric, 3) AS kept, 1 + floor(random() * 12)::integer AS years,
       CASE WHEN random() < 0.3 THEN pg_catalog.round(random()::numeric, 2) ELSE 0 END AS part, pg_catalog.round((0.5 + random() * 4)::numeric, 2) AS factor, 1 + floor(random() * 12)::integer AS month,
       pg_catalog.round(random()::numeric, 2) AS from_part, pg_catalog.round(random()::numeric, 2) AS to_part, random() < 0.5 AS no_switch
FROM generate_series(1, 10000);
ALTER TABLE asset ADD life numeric, ADD salvage numeric, ADD start_period numeric, ADD end_period numeric;
UPDATE asset SET life = years + part, salvage = pg_catalog.round(cost * kept, 2), start_period = pg_catalog.round((years + part) * least(from_part, to_part), 2), end_period = pg_catalog.round((years + part) * greatest(from_part, to_part), 2);
UPDATE asset SET start_period = trunc(start_period) WHERE random() < 0.5;
UPDATE asset SET end_period = least(end_period, life);

-- VDB as its description reads, one period after the other.
CREATE FUNCTION pg_temp.vdb_by_periods(cost numeric, salvage numeric, life numeric, start_period numeric, end_period numeric, factor numeric, no_switch boolean) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    at numeric := 0;
    until numeric := CASE WHEN no_switch OR start_period = trunc(start_period) THEN 1 ELSE start_period - trunc(start_period) END;
    book numeric := cost;
    a_period numeric;
    charged numeric := 0;
    -- Division goes as far as its operands show.
    one numeric := pg_catalog.round(1, 40);
BEGIN
    WHILE at < end_period LOOP
        a_period := least(book * factor * one / life, book - salvage);
        IF NOT no_switch THEN
            a_period := greatest(a_period, (book - salvage) * one / (life - at));
        END IF;
        a_period := pg_catalog.round(a_period, 40);
        charged := charged + a_period * greatest(least(until, end_period) - greatest(at, start_period), 0);
        book := book - a_period * (until - at);
        at := until;
        until := until + 1;
    END LOOP;
    RETURN charged;
END $$;
SELECT is_empty('SELECT * FROM asset WHERE abs(vdb(cost, salvage, life, start_period, end_period, factor, no_switch) - pg_temp.vdb_by_periods(cost, salvage, life, start_period, end_period, factor, no_switch)) > 0.6e-15 LIMIT 5',
    'vdb, numeric, is right to its last decimal');
SELECT is_empty('SELECT * FROM asset WHERE abs(vdb(cost, salvage, life, 0, life, factor) - (cost - salvage)) > 0', 'with the change, the life charges cost less salvage to the last digit');
SELECT is_empty('SELECT * FROM asset WHERE vdb(cost, salvage, life, 0, life, factor, true) > cost - salvage', 'without it, never more');
SELECT is_empty('SELECT * FROM asset, trunc(end_period) cut WHERE abs(vdb(cost, salvage, life, 0, cut, factor, no_switch) + vdb(cost, salvage, life, cut, life, factor, no_switch) - vdb(cost, salvage, life, 0, life, factor, no_switch)) > 1.5e-15 AND cut < life',
    'charges of whole periods add up');
SELECT is_empty('SELECT * FROM asset WHERE abs(vdb(cost, salvage, life, 0, start_period, factor, true) + vdb(cost, salvage, life, start_period, end_period, factor, true) - vdb(cost, salvage, life, 0, end_period, factor, true)) > 1.5e-15',
    'without the change so do those of any time');
SELECT is_empty('SELECT * FROM asset, generate_series(1, years) p WHERE abs(ddb(cost, salvage, life, p, factor) - vdb(cost, salvage, life, p - 1, p, factor, true)) > 1e-15', 'ddb is vdb of one period without the change');
SELECT is_empty('SELECT * FROM asset WHERE abs((SELECT sum(syd(cost, salvage, years, p)) FROM generate_series(1, years) p) - (cost - salvage)) > 1e-14', 'syd over a life of whole periods is cost less salvage');
SELECT is_empty('SELECT * FROM asset WHERE abs(sln(cost, salvage, life) * life - (cost - salvage)) > 1e-14', 'sln over a life is cost less salvage');
-- DB as its description reads.
CREATE FUNCTION pg_temp.db_by_periods(cost numeric, rate numeric, years integer, month integer) RETURNS numeric[] LANGUAGE plpgsql AS $$
DECLARE
    charges numeric[] := ARRAY[cost * rate * month / 12];
    total numeric := charges[1];
BEGIN
    FOR p IN 2 .. years LOOP
        charges := charges || (cost - total) * rate;
        total := total + charges[p];
    END LOOP;
    IF month < 12 THEN
        charges := charges || (cost - total) * rate * (12 - month) / 12;
    END IF;
    RETURN charges;
END $$;
SELECT is_empty($$
    SELECT * FROM asset, pg_catalog.round(1 - (salvage / cost) ^ (1.000000000000000000000000000000 / years), 3) AS rate, unnest(pg_temp.db_by_periods(cost, rate, years, month)) WITH ORDINALITY AS c (charge, p)
    WHERE salvage > 0 AND abs(db(cost, salvage, years, p, month) - charge) > 1e-10 LIMIT 5$$, 'db is its description, period by period');
SELECT is(db(1000, 640.80025, 2, 1), 200.000000000000000, 'a rate of 0.1995 is a tie, and becomes 0.200');
SELECT is(db(1000, 640.80025, 2, 1::double precision), 200::double precision, 'in double precision too');
SELECT is_empty('SELECT * FROM asset WHERE kept < 1 AND abs(vdb(cost, salvage, life, start_period, end_period, factor, no_switch)::double precision - vdb(cost::double precision, salvage, life, start_period, end_period, factor, no_switch)) > 1e-12 * cost', 'vdb in double precision agrees');
SELECT is_empty('SELECT * FROM asset, generate_series(1, years) p WHERE vdb(cost::double precision, salvage, life, p - 1, p, 0.5 + 2 * factor, no_switch) < 0', 'where rounding leaves the value below salvage, vdb charges nothing, not less than nothing');
SELECT is_empty('SELECT * FROM asset WHERE abs(db(cost, salvage, years, 1 + years / 2, month)::double precision - db(cost::double precision, salvage, years, 1 + years / 2, month)) > 1e-12 * cost', 'db in double precision agrees');
SELECT is_empty('SELECT * FROM asset WHERE life >= 1 AND abs(ddb(cost, salvage, life, 1 + from_part * (life - 1), factor)::double precision - ddb(cost::double precision, salvage, life, 1 + from_part * (life - 1), factor)) > 1e-12 * cost', 'ddb in double precision agrees, in broken periods too');
SELECT is_empty('SELECT * FROM asset WHERE abs(syd(cost, salvage, life, life * greatest(from_part, 0.01))::double precision - syd(cost::double precision, salvage, life, life * greatest(from_part, 0.01))) > 1e-12 * cost', 'syd in double precision agrees');
-- The half-year and the mid-quarter convention are what fractional starts give: the printed MACRS tables, which are balanced by up to 0.014 points.
SELECT cmp_ok((SELECT max(abs(vdb(100, 0, l, greatest(0, y - 2 + first), least(l, y - 1 + first), CASE WHEN l <= 10 THEN 2 ELSE 1.5 END) - macrs_percentage(l, y, q)))
    FROM unnest('{3,5,7,10,15,20}'::integer[]) l, unnest('{NULL,1,2,3,4}'::integer[]) q, LATERAL (SELECT coalesce(1 - (q - 0.5) / 4, 0.5) AS first) f, generate_series(1, l + 1) y), '<', 0.0139::numeric, 'vdb gives the MACRS tables');
SELECT is(vdb(1000, 100, 100000, 0, 100000), 900.000000000000000, 'the longest life');

-- ---------------------------------------------------------------------------
-- Annuities: 10,000 loans
-- ---------------------------------------------------------------------------
CREATE TEMPORARY TABLE loan AS
SELECT CASE WHEN random() < 0.05 THEN 0 ELSE pg_catalog.round((random() * random() * 0.5 - 0.05)::numeric, 4) END AS rate, 1 + floor(random() * 60)::integer AS nper, pg_catalog.round((random() * 2000000 - 1000000)::numeric, 2) AS pv,
       CASE WHEN random() < 0.5 THEN 0 ELSE pg_catalog.round((random() * 200000 - 100000)::numeric, 2) END AS fv, (random() < 0.3)::integer AS payment_type, random()::numeric AS moment
FROM generate_series(1, 10000);
ALTER TABLE loan ADD per integer;
UPDATE loan SET per = 1 + floor(moment * nper);
SELECT is_empty('SELECT * FROM loan WHERE ppmt(rate, per, nper, pv, fv, payment_type) + ipmt(rate, per, nper, pv, fv, payment_type) <> pmt(rate, nper, pv, fv, payment_type)', 'interest and principal are the payment to the last digit');
SELECT is_empty('SELECT * FROM loan WHERE payment_type = 0 AND abs((SELECT sum(ppmt(rate, p, nper, pv, fv)) FROM generate_series(1, nper) p) + pv + fv) > nper * 1e-15', 'the principal of all payments is what was owed');
-- Payment after payment: the interest in the last of them, and what is owed at the end of its period.
CREATE FUNCTION pg_temp.after_payments(rate numeric, payments integer, pv numeric, payment numeric, payment_type integer) RETURNS numeric[] LANGUAGE plpgsql AS $$
DECLARE
    owed numeric := pv;
    interest numeric;
BEGIN
    FOR p IN 1 .. payments LOOP
        interest := CASE WHEN payment_type = 1 AND p = 1 THEN 0 ELSE -owed * rate END;
        owed := pg_catalog.round(owed - interest + payment, 40);
    END LOOP;
    RETURN ARRAY[interest, CASE payment_type WHEN 1 THEN owed * (1 + rate) ELSE owed END];
END $$;
SELECT is_empty('SELECT * FROM loan WHERE abs(ipmt(rate, per, nper, pv, fv, payment_type) - (pg_temp.after_payments(rate, per, pv, pmt(rate, nper, pv, fv, payment_type), payment_type))[1]) > 1e-15 + 1e-15 * abs((1 + rate) ^ per - 1)',
    'interest is the rate of what is owed before the payment');
SELECT is_empty('SELECT * FROM loan WHERE abs((pg_temp.after_payments(rate, nper, pv, pmt(rate, nper, pv, fv, payment_type), payment_type))[2] + fv) > 1e-15 * nper * greatest(1, (1 + rate) ^ nper)',
    'the payments bring pv to -fv');
SELECT is_empty('SELECT * FROM loan WHERE abs(pmt(rate, nper, pv, fv, payment_type)::double precision - pmt(rate::double precision, nper, pv, fv, payment_type)) > 1e-12 * (abs(pv) + abs(fv))', 'pmt in double precision agrees');
SELECT is_empty('SELECT * FROM loan WHERE abs(ipmt(rate, per, nper, pv, fv, payment_type)::double precision - ipmt(rate::double precision, per, nper, pv, fv, payment_type)) > 1e-12 * (abs(pv) + abs(fv))', 'ipmt in double precision agrees');
SELECT is_empty('SELECT * FROM loan WHERE abs(ppmt(rate, per, nper, pv, fv, payment_type)::double precision - ppmt(rate::double precision, per, nper, pv, fv, payment_type)) > 1e-12 * (abs(pv) + abs(fv))', 'ppmt in double precision agrees');
SELECT is_empty('SELECT * FROM loan WHERE rate <> 0 AND abs(pmt(rate, nper + 0.5, pv, fv)::double precision - pmt(rate::double precision, nper + 0.5, pv, fv)) > 1e-12 * (abs(pv) + abs(fv))', 'broken terms too');
SELECT is(pg_catalog.round(pmt(1e-9, 60, -30000), 9), 500.000015250, 'a rate of nearly nothing loses no digits');
SELECT cmp_ok(abs(pmt(1e-9::double precision, 60, -30000) - 500.00001525), '<', 1e-10::double precision, 'in double precision neither');
-- (1 + 9) ^ 300 is 10^300: a plainer formula would lose every digit.
SELECT is(ppmt(9.0, 300, 300, -1000), 900.000000000000000, 'the last payment at 900 % is nine tenths principal');
SELECT cmp_ok(abs(ppmt(9::double precision, 300, 300, -1000) - 900), '<', 1e-9::double precision, 'in double precision too');

-- ---------------------------------------------------------------------------
-- What is refused, alike in both kinds
-- ---------------------------------------------------------------------------
SELECT is(pg_temp.answer(call, kind), state, call || ' in ' || kind || ' is ' || state)
FROM (VALUES ('sln(100, 10, 0)', '22012'), ('syd(100, -1, 5, 1)', '22023'), ('syd(100, 10, 0, 1)', '22023'), ('syd(100, 10, 5, 0)', '22023'), ('syd(100, 10, 5, 5.1)', '22023'),
             ('db(-100, 10, 5, 1)', '22023'), ('db(100, -10, 5, 1)', '22023'), ('db(100, 10, 0, 1)', '22023'), ('db(100, 10, -5, 1)', '22023'), ('db(100, 10, 5, 0)', '22023'), ('db(100, 10, 5, 5.1)', '22023'),
             ('db(100, 10, 5, 6.1, 11)', '22023'), ('db(100, 10, 5, 1, 0)', '22023'), ('db(100, 10, 5, 1, 13)', '22023'), ('db(100, 10, 100000.1, 1)', '54000'),
             ('ddb(-100, 10, 5, 1)', '22023'), ('ddb(100, -10, 5, 1)', '22023'), ('ddb(100, 10, 0, 1)', '22023'), ('ddb(100, 10, 5, 0)', '22023'), ('ddb(100, 10, 5, 6)', '22023'), ('ddb(100, 10, 5, 1, 0)', '22023'), ('ddb(100, 10, 100001, 1)', '54000'),
             ('vdb(-100, 10, 5, 0, 1)', '22023'), ('vdb(100, -10, 5, 0, 1)', '22023'), ('vdb(100, 10, 0, 0, 0)', '22023'), ('vdb(100, 10, 5, -1, 1)', '22023'), ('vdb(100, 10, 5, 2, 1)', '22023'), ('vdb(100, 10, 5, 0, 5.1)', '22023'),
             ('vdb(100, 10, 5, 0, 1, 0)', '22023'), ('vdb(100, 10, 5, 5, 5)', '22012'), ('vdb(100, 10, 100001, 0, 1)', '54000'),
             ('pmt(0.1, 0, 100)', '22023'), ('pmt(0, 0, 100)', '22023'), ('pmt(-1.1, 1.5, 100)', '22023'), ('pmt(-1, -1, 100)', '22012'), ('pmt(-1, 2, 100, 0, 1)', '22012'), ('pmt(-2, 4, 100)', '22012'), ('pmt(1, 1100, 100)', '22003'), ('pmt(-0.9999, -100, 100)', '22003'),
             ('ipmt(0.1, 0.9, 5, 100)', '22023'), ('ipmt(0.1, 6, 5, 100)', '22023'), ('ipmt(-1, 1, 5, 100)', '22023'), ('ipmt(0.1, 1, 0, 100)', '22023'), ('ipmt(0.1, 1, -3, 100)', '22023'),
             ('ppmt(0.1, 0.9, 5, 100)', '22023'), ('ppmt(0.1, 5.1, 5, 100)', '22023'), ('ppmt(-1.5, 1, 5, 100)', '22023'),
             ('sln(''NaN'', 10, 5)', '22003'), ('syd(100, ''Infinity'', 5, 1)', '22003'), ('db(100, 10, ''-Infinity'', 1)', '22003'), ('ddb(100, 10, 5, ''NaN'')', '22003'), ('vdb(100, 10, 5, 0, ''Infinity'')', '22003'),
             ('pmt(''NaN'', 5, 100)', '22003'), ('ipmt(0.1, 1, 5, ''Infinity'')', '22003'), ('ppmt(0.1, 1, 5, 100, ''NaN'')', '22003')) e (call, state),
     unnest('{numeric,double precision}'::text[]) kind;
SELECT is(pg_temp.answer(call, 'numeric'), '22003', call || ' is too large') FROM (VALUES ('sln(1e30, 1, 1)'), ('sln(-1e30, 1, 1)'), ('pmt(1e40, 1, 1)'), ('vdb(1e31, 1, 5, 0, 1)')) e (call);
SELECT isnt(pg_temp.answer(call, 'numeric'), '22003', call || ' is not') FROM (VALUES ('sln(1e30 - 1, 1, 1)'), ('pmt(1e29, 2, 1)'), ('vdb(1e29, 1, 5, 0, 1)')) e (call);
-- 16,383 decimals cost no more than those that count.
SELECT is(sln(('1.' || repeat('1', 16383))::numeric, 0, 1), 1.111111111111111, 'decimals without end are cut off');
SELECT is(pmt(('0.' || repeat('1', 16383))::numeric, 1.5, 100), pmt(0.111111111111111111111111111111, 1.5, 100), 'in a rate too');

-- ---------------------------------------------------------------------------
-- What they are
-- ---------------------------------------------------------------------------
SELECT is_empty($$SELECT oid::regprocedure FROM pg_catalog.pg_proc WHERE pronamespace = 'chipbook'::regnamespace AND proname IN ('sln', 'syd', 'db', 'ddb', 'vdb', 'pmt', 'ipmt', 'ppmt')
    AND NOT (provolatile = 'i' AND proisstrict AND proparallel = 's')$$, 'all are immutable, strict and parallel safe');
SELECT set_eq($$SELECT proname, array_to_string(array_agg(prorettype::regtype ORDER BY prorettype::regtype::text), ' ') FROM pg_catalog.pg_proc WHERE pronamespace = 'chipbook'::regnamespace AND proname IN ('sln', 'syd', 'db', 'ddb', 'vdb', 'pmt', 'ipmt', 'ppmt') GROUP BY 1$$,
    $$SELECT name, 'double precision numeric numeric numeric numeric' FROM unnest('{sln,syd,db,ddb,vdb,pmt,ipmt,ppmt}'::name[]) name$$, 'numeric, double precision, and numeric for integers');

SELECT * FROM finish();
ROLLBACK;
