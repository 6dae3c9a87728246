
-- An amount of money as people of a place write it, by ICU.

CREATE FUNCTION chipbook.format_monetary(m chipbook.monetary, locale text) RETURNS text
    AS 'MODULE_PATHNAME', 'format_monetary' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.format_monetary(chipbook.monetary, text) IS
    'An amount of money as a locale writes it, such as 1.234,56 € for de_DE: rounded half away from zero to the minor unit of its currency (all its decimals when ISO 4217 states none). For people to read: the blanks in it may be no-break ones, and another release of ICU may write it otherwise. 22023 for a language or a country that ICU does not know.';

CREATE FUNCTION chipbook.format_monetary(m chipbook.monetary, locale text, decimals integer) RETURNS text
    AS 'MODULE_PATHNAME', 'format_monetary_decimals' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.format_monetary(chipbook.monetary, text, integer) IS
    'An amount of money as a locale writes it, rounded half away from zero to so many decimals, 0 to 15. 22023 for other decimals and for a language or a country that ICU does not know.';
