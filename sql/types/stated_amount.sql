-- Amounts as people write them.

CREATE TYPE chipbook.stated_amount AS (
    qualifier   text,
    modality    text,
    amount_low  numeric,
    amount      numeric,
    amount_high numeric,
    unit        text,
    rest        text
);
COMMENT ON TYPE chipbook.stated_amount IS 'What a text says of an amount. qualifier: exactly, about, nearly (less than), more_than, at_least, up_to, unknown. modality: actual, forecast (will, planned) or conditional (could, might). amount_low and amount_high are the bounds its words give, NULL = none; amount is the point, NULL where only bounds are known. unit: an ISO 4217 code, chips, gigawatts, megawatts, kilowatts or percent; NULL = none was recognised. rest: the words after it, as written.';

CREATE FUNCTION chipbook.parse_amount(words text, language text) RETURNS chipbook.stated_amount
    IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', 'chipbook_parse_amount';
COMMENT ON FUNCTION chipbook.parse_amount(text, text) IS 'Reads an amount written in German (de) or English (en): 38 Milliarden is 38e9, a German Billion 1e12 and an English billion 1e9, 500.000 is 500000 in German. Several tens is [20, 99], several hundred [200, 999], several [2, 9], of the scale; up to X is [0, X]. NULL for NULL. Errors: 22P02 naming what was not understood, 22023 for another language.';
