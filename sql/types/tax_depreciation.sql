-- Tax depreciation by date: what the US and the German tax code allowed when, as reference data, and the
-- policies that follow from it. Facts of law, each row with its source; nothing here decides that property
-- qualifies.

-- United States

CREATE FUNCTION chipbook.us_bonus_rates(
        OUT acquired_from date,
        OUT acquired_to date,
        OUT in_service_from date,
        OUT in_service_to date,
        OUT bonus_rate numeric,
        OUT legal_source text)
    RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 7
BEGIN ATOMIC
    VALUES (date '2017-09-28', date '2025-01-19', date '2017-09-28', date '2022-12-31', 1.00, 'IRC 168(k)(6)(A)(i), Pub. L. 115-97 section 13201'),
           ('2017-09-28', '2025-01-19', '2023-01-01', '2023-12-31', 0.80, 'IRC 168(k)(6)(A)(ii), Pub. L. 115-97 section 13201'),
           ('2017-09-28', '2025-01-19', '2024-01-01', '2024-12-31', 0.60, 'IRC 168(k)(6)(A)(iii), Pub. L. 115-97 section 13201'),
           ('2017-09-28', '2025-01-19', '2025-01-01', '2025-12-31', 0.40, 'IRC 168(k)(6)(A)(iv), Pub. L. 115-97 section 13201'),
           ('2017-09-28', '2025-01-19', '2026-01-01', '2026-12-31', 0.20, 'IRC 168(k)(6)(A)(v), Pub. L. 115-97 section 13201'),
           ('2017-09-28', '2025-01-19', '2027-01-01', 'infinity', 0.00, 'IRC 168(k)(6)(A), Pub. L. 115-97 section 13201: the phase-down is over'),
           ('2025-01-20', 'infinity', '2025-01-20', 'infinity', 1.00, 'IRC 168(k), Pub. L. 119-21 section 70301: acquired after 2025-01-19');
END;
COMMENT ON FUNCTION chipbook.us_bonus_rates() IS
    'US bonus depreciation (special depreciation allowance, IRC 168(k)) by the date of acquisition and the date placed in service, both ends included: the fraction of the basis, after section 179, that the first year deducts. acquired: as us_bonus_rate has it. legal_source: the law. Rates of property with long production periods and of aircraft are not in it.';

CREATE FUNCTION chipbook.us_bonus_rate(acquired_on date, in_service date) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_rate numeric;
BEGIN
    IF NOT (isfinite(acquired_on) AND isfinite(in_service)) THEN
        RAISE EXCEPTION 'acquired_on and in_service must not be infinite' USING ERRCODE = 'datetime_field_overflow';
    END IF;
    IF in_service < acquired_on THEN
        RAISE EXCEPTION 'property cannot be placed in service before it is acquired' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('in_service is %s, acquired_on is %s.', to_char(in_service, 'YYYY-MM-DD'), to_char(acquired_on, 'YYYY-MM-DD'));
    END IF;
    SELECT r.bonus_rate INTO found_rate FROM chipbook.us_bonus_rates() AS r
    WHERE acquired_on BETWEEN r.acquired_from AND r.acquired_to AND in_service BETWEEN r.in_service_from AND r.in_service_to;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no us bonus rate is known for property acquired on % and placed in service on %', to_char(acquired_on, 'YYYY-MM-DD'), to_char(in_service, 'YYYY-MM-DD')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'us_bonus_rates() lists what is known: property acquired after 2017-09-27.';
    END IF;
    RETURN found_rate;
END
$$;
COMMENT ON FUNCTION chipbook.us_bonus_rate(date, date) IS
    'The US bonus depreciation of property, as a fraction of its basis after section 179: 1 is 100 %. acquired_on (26 CFR 1.168(k)-2(b)(5)): the day the written binding contract for property that exists was made, its cancellation periods over (a contract that one side can leave for less than 5 % of its price does not bind); for property built to order after such a contract, as for property the taxpayer builds, the day physical work of a significant nature on it began; else the day more than 10 % of its cost had been paid or incurred. Property acquired by 2025-01-19 keeps the phase-down (80, 60, 40, 20, 0 % from 2023 to 2027) however late it is delivered; after it, 100 %. Whether property qualifies, and elections out, are the taxpayer''s. NULL for NULL; 22023 before 2017-09-28, and when in_service is before acquired_on; 22008 for an infinite date.';

CREATE FUNCTION chipbook.us_section_179_limits(
        OUT tax_year integer,
        OUT deduction_limit numeric,
        OUT phase_out_from numeric,
        OUT legal_source text)
    RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 9
BEGIN ATOMIC
    VALUES (2018, 1000000.00, 2500000.00, 'IRC 179(b), Pub. L. 115-97 section 13101'),
           (2019, 1020000.00, 2550000.00, 'Rev. Proc. 2018-57'),
           (2020, 1040000.00, 2590000.00, 'Rev. Proc. 2019-44'),
           (2021, 1050000.00, 2620000.00, 'Rev. Proc. 2020-45'),
           (2022, 1080000.00, 2700000.00, 'Rev. Proc. 2021-45'),
           (2023, 1160000.00, 2890000.00, 'Rev. Proc. 2022-38'),
           (2024, 1220000.00, 3050000.00, 'Rev. Proc. 2023-34'),
           (2025, 2500000.00, 4000000.00, 'IRC 179(b), Pub. L. 119-21 section 70306'),
           (2026, 2560000.00, 4090000.00, 'Rev. Proc. 2025-32');
END;
COMMENT ON FUNCTION chipbook.us_section_179_limits() IS
    'US section 179 by the year a tax year begins in, in USD: the most that may be expensed, the cost of section 179 property placed in service from which that shrinks, dollar for dollar, and the law or revenue procedure. Later years are indexed for inflation and not known.';

CREATE FUNCTION chipbook.us_section_179_limit(tax_year integer, placed_in_service numeric) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known record;
BEGIN
    -- Numeric NaN sorts above infinity.
    IF NOT (placed_in_service >= 0 AND placed_in_service < 'infinity') THEN
        RAISE EXCEPTION 'placed_in_service must be a finite amount, not negative: %', placed_in_service USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT l.deduction_limit, l.phase_out_from INTO known FROM chipbook.us_section_179_limits() AS l WHERE l.tax_year = us_section_179_limit.tax_year;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the section 179 limit of tax year % is not known', tax_year USING ERRCODE = 'invalid_parameter_value',
            HINT = 'us_section_179_limits() lists the years that are; later ones are indexed for inflation each autumn.';
    END IF;
    RETURN greatest(known.deduction_limit - greatest(placed_in_service - known.phase_out_from, 0), 0);
END
$$;
COMMENT ON FUNCTION chipbook.us_section_179_limit(integer, numeric) IS
    'The most, in USD, that section 179 lets a taxpayer expense of the property placed in service in a tax year (the year it begins in), before the limit by business income: the year''s limit, less each dollar that placed_in_service, the cost of all section 179 property of the year, is above the year''s threshold; never below 0. NULL for NULL; 22023 for a year that us_section_179_limits() does not list and for a negative or infinite amount.';

CREATE FUNCTION chipbook.mid_quarter_applies(total_basis numeric, last_quarter_basis numeric) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (last_quarter_basis >= 0 AND last_quarter_basis <= total_basis AND total_basis < 'infinity') THEN
        RAISE EXCEPTION 'last_quarter_basis must be from 0 to total_basis' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('last_quarter_basis is %s, total_basis is %s.', last_quarter_basis, total_basis);
    END IF;
    RETURN last_quarter_basis > 0.4 * total_basis;
END
$$;
COMMENT ON FUNCTION chipbook.mid_quarter_applies(numeric, numeric) IS
    'Whether the mid-quarter convention replaces the half-year convention for all MACRS personal property of a tax year (IRC 168(d)(3)): more than 40 % of its basis was placed in service in the last quarter. Both amounts in one currency, less section 179, before bonus depreciation, without what was placed in service and disposed of in the same tax year. NULL for NULL; 22023 unless 0 <= last_quarter_basis <= total_basis.';

CREATE FUNCTION chipbook.us_tax_policy(
        acquired_on date,
        in_service date,
        life_years integer DEFAULT 5,
        mid_quarter boolean DEFAULT false,
        section_179 numeric DEFAULT NULL)
    RETURNS chipbook.amortisation_policy
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF acquired_on IS NULL OR in_service IS NULL OR life_years IS NULL OR mid_quarter IS NULL THEN
        RETURN NULL;
    END IF;
    -- An error where there is no table; make_interval() of a number of years alone may overflow into another class.
    PERFORM chipbook.macrs_percentage(life_years, 1);
    RETURN chipbook.amortisation_policy('macrs', make_interval(years => life_years),
        convention => CASE WHEN mid_quarter THEN 'mid_quarter' ELSE 'half_year' END,
        section_179 => nullif(section_179, 0),
        bonus => nullif(chipbook.us_bonus_rate(acquired_on, in_service), 0));
END
$$;
COMMENT ON FUNCTION chipbook.us_tax_policy(date, date, integer, boolean, numeric) IS
    'The US tax policy of property: section 179, then the bonus depreciation of its dates (us_bonus_rate), then MACRS by the printed tables on what remains. acquired_on: as us_bonus_rate has it, which is not the day of delivery. life_years: the class; 5 for computers. mid_quarter: the mid-quarter convention in place of the half-year convention (mid_quarter_applies); the quarter follows from in_service and the fiscal year that a function is asked with. section_179: what is expensed of this property, in USD; NULL: nothing. NULL for another NULL; 22023 for dates without a known rate and a class without a table.';

-- Germany

CREATE FUNCTION chipbook.de_declining_windows(
        OUT acquired_from date,
        OUT acquired_to date,
        OUT factor numeric,
        OUT rate_cap numeric,
        OUT legal_source text)
    RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    VALUES (date '2020-01-01', date '2022-12-31', 2.5, 0.25, 'section 7 (2) EStG: Zweites and Viertes Corona-Steuerhilfegesetz'),
           ('2024-04-01', '2024-12-31', 2, 0.20, 'section 7 (2) EStG: Wachstumschancengesetz, BGBl. 2024 I Nr. 108'),
           ('2025-07-01', '2027-12-31', 3, 0.30, 'section 7 (2) EStG: Gesetz für ein steuerliches Investitionssofortprogramm, BGBl. 2025 I Nr. 161');
END;
COMMENT ON FUNCTION chipbook.de_declining_windows() IS
    'When German tax law allows declining-balance depreciation of movable fixed assets (section 7 (2) EStG), since 2020: acquired or made from one day to another, both included; at most factor times the straight line''s rate, and at most rate_cap a year. Outside of these windows: straight line.';

CREATE FUNCTION chipbook.de_tax_policy(
        acquired_on date,
        life interval,
        method text DEFAULT 'linear',
        change_to_linear boolean DEFAULT true)
    RETURNS chipbook.amortisation_policy
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    allowed record;
BEGIN
    IF NOT isfinite(acquired_on) THEN
        RAISE EXCEPTION 'acquired_on must not be infinite' USING ERRCODE = 'datetime_field_overflow';
    END IF;
    IF method = 'linear' THEN
        RETURN chipbook.amortisation_policy('straight_line', life, convention => 'full_month');
    ELSIF method <> 'degressive' THEN
        RAISE EXCEPTION 'method must be linear or degressive, not "%"', method USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT w.factor, w.rate_cap INTO allowed FROM chipbook.de_declining_windows() AS w WHERE acquired_on BETWEEN w.acquired_from AND w.acquired_to;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'section 7 (2) EStG allows no declining balance for what was acquired on %', to_char(acquired_on, 'YYYY-MM-DD') USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Known windows: ' || (SELECT string_agg(concat(to_char(w.acquired_from, 'YYYY-MM-DD'), ' to ', to_char(w.acquired_to, 'YYYY-MM-DD')), ', ' ORDER BY w.acquired_from) FROM chipbook.de_declining_windows() AS w) || '.',
            HINT = 'The linear method is always allowed.';
    END IF;
    RETURN chipbook.amortisation_policy('declining_balance', life, convention => 'full_month', factor => allowed.factor, rate_cap => allowed.rate_cap,
        switch_to_straight_line => change_to_linear);
END
$$;
COMMENT ON FUNCTION chipbook.de_tax_policy(date, interval, text, boolean) IS
    'The German tax policy of movable fixed assets. linear: section 7 (1) EStG, straight line, the month of acquisition counted whole. degressive: section 7 (2) EStG at the highest rate of the window that acquired_on is in (de_declining_windows), the first year by months; change_to_linear goes straight in the year where that charges more (section 7 (3) EStG; there is no way back), false declines to the last year, which takes the rest. acquired_on: the day of delivery, or of completion, not of the order (section 9a EStDV). life: by the official table (AfA-Tabelle), 3 years for computers. For the basis de_tax, not hgb. NULL for NULL; 22023 for degressive outside of the windows and for another method; 22008 for an infinite date.';

CREATE FUNCTION chipbook.de_computer_policy(acquired_on date, at_once boolean DEFAULT true) RETURNS chipbook.amortisation_policy
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT isfinite(acquired_on) THEN
        RAISE EXCEPTION 'acquired_on must not be infinite' USING ERRCODE = 'datetime_field_overflow';
    END IF;
    IF acquired_on < date '2021-01-01' THEN
        RAISE EXCEPTION 'de_computer_policy is for computers acquired from 2021-01-01, not on %', to_char(acquired_on, 'YYYY-MM-DD') USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'The life of one year holds for financial years that end after 2020 (BMF, 22 February 2022, IV C 3 - S 2190/21/10002 :025).',
            HINT = 'Before that it is the 3 years of the official table: de_tax_policy(acquired_on, ''3 years''); the first financial year that ends after 2020 may change the life.';
    END IF;
    IF at_once THEN
        RETURN chipbook.amortisation_policy('straight_line', '1 year', convention => 'full_month', bonus => 1);
    END IF;
    RETURN chipbook.amortisation_policy('straight_line', '1 year', convention => 'full_month');
END
$$;
COMMENT ON FUNCTION chipbook.de_computer_policy(date, boolean) IS
    'The German tax policy of computer hardware (and software for data entry and processing) with the life of one year that the Federal Ministry of Finance accepts (BMF, 22 February 2022, IV C 3 - S 2190/21/10002 :025). at_once: all of it in the financial year of purchase, to which the ministry does not object; false: by months over twelve. It is no special method and no option of the commercial books: for the basis de_tax only, and never a default for lots of accelerators (of servers the ministry''s list has small-scale ones only), for which de_tax_policy with the table''s 3 years stands. acquired_on: the day of delivery. NULL for NULL; 22023 before 2021, for which a change of life in the first financial year that ends after 2020 stands; 22008 for an infinite date.';
