-- exposure_loss: what stands to be lost on an exposure.

CREATE FUNCTION chipbook.ead(drawn chipbook.monetary, undrawn chipbook.monetary, ccf numeric) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'exposure_at_default' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.ead(chipbook.monetary, chipbook.monetary, numeric) IS
    'Exposure at default of a commitment: drawn + ccf x undrawn, the credit conversion factor a fraction from 0 to 1 that you choose; Basel CRE20 has 0.4 for most commitments, 0.1 for those that can be cancelled unconditionally, 1 for direct credit substitutes. Exact, rounded once at 15 decimals. NULL when any of them is. 22023 for a negative amount or a factor that is no fraction, 22000 for two currencies.';
CREATE FUNCTION chipbook.expected_loss(ead chipbook.monetary, pd numeric, lgd numeric) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'exposure_expected_loss' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.expected_loss(chipbook.monetary, numeric, numeric) IS
    'Exposure at default x probability of default x loss given default, both fractions from 0 to 1. Exact, rounded once at 15 decimals. Additive. NULL when any of them is. 22023 for a negative exposure or what is no fraction.';
CREATE FUNCTION chipbook.irb_risk_weight(pd double precision, lgd double precision, maturity double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'irb_risk_weight' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.irb_risk_weight(double precision, double precision, double precision) IS
    'The risk weight of a corporate exposure by Basel''s internal ratings formula (CRE31.5, without firm-size adjustment): 0.9232 for pd 0.01, lgd 0.45 and a maturity of 2.5 years; a multiple of the exposure at default, not of capital. 0 for a probability of 0 or 1. A float. NULL when any of them is. 22023 for what is no fraction, a maturity outside 1 to 5 years, or a probability too small for the formula.';
