-- macrs: the printed percentage tables of the US tax code's general depreciation system.

CREATE FUNCTION chipbook.macrs_percentage(life_years integer, tax_year integer, quarter integer DEFAULT NULL) RETURNS numeric
    AS 'MODULE_PATHNAME', 'macrs_percentage_of' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.macrs_percentage(integer, integer, integer) IS
    'What a tax year deducts by MACRS (general depreciation system), in percent of the unadjusted basis: 20.000 is 20 %. The printed figure of IRS Publication 946, tables A-1 to A-5. life_years: the class, 3, 5 (computers), 7, 10, 15 or 20. tax_year: 1 is the one placed in service, the last is life_years + 1. quarter: NULL is the half-year convention, 1 to 4 the quarter of the mid-quarter convention. The percentages of a class and convention add up to 100. NULL for a NULL life_years or tax_year; 22023 where no table has an entry.';

CREATE FUNCTION chipbook.macrs_table(
        OUT publication_table text,
        OUT life_years integer,
        OUT quarter integer,
        OUT tax_year integer,
        OUT percentage numeric)
    RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 330
BEGIN ATOMIC
    SELECT 'A-' || (1 + coalesce(q, 0)), l, q, y, chipbook.macrs_percentage(l, y, q)
    FROM unnest(ARRAY[NULL, 1, 2, 3, 4]) AS q, unnest(ARRAY[3, 5, 7, 10, 15, 20]) AS l, generate_series(1, l + 1) AS y
    ORDER BY q NULLS FIRST, l, y;
END;
COMMENT ON FUNCTION chipbook.macrs_table() IS
    'All of macrs_percentage, a row for each printed figure: the table of IRS Publication 946 it stands in, the class in years, the quarter of the mid-quarter convention (NULL: half-year), the tax year and the percent of the unadjusted basis. Key: life_years, quarter, tax_year. percentage adds up to 100 over the tax years of a class and quarter.';
