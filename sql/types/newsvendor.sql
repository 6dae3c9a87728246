-- newsvendor: how much to build when demand is uncertain. underage is the cost of one unit too few, overage
-- that of one too many.

CREATE FUNCTION chipbook.critical_ratio(underage chipbook.monetary, overage chipbook.monetary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'critical_ratio_money' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.critical_ratio(chipbook.monetary, chipbook.monetary) IS
    'underage / (underage + overage): the probability with which demand should be met. Exact, rounded once at 15 decimals. NULL when either is. 22023 unless both are positive, 22000 for two currencies.';
CREATE FUNCTION chipbook.critical_ratio(underage double precision, overage double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'critical_ratio_float' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.critical_ratio(double precision, double precision) IS
    'underage / (underage + overage), of two costs as plain numbers in one unit. NULL when either is. 22023 unless both are positive and finite.';
CREATE FUNCTION chipbook.newsvendor_quantity(underage double precision, overage double precision, mean double precision, sd double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'newsvendor_quantity' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.newsvendor_quantity(double precision, double precision, double precision, double precision) IS
    'The quantity with the least expected cost when demand is normal: mean + z x sd, z the quantile of the critical ratio. Costs as plain numbers in one unit. A float. NULL when any of them is. 22023 unless costs and sd are positive and all is finite.';
CREATE FUNCTION chipbook.newsvendor_quantity_uniform(underage double precision, overage double precision, low double precision, high double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'newsvendor_quantity_uniform' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.newsvendor_quantity_uniform(double precision, double precision, double precision, double precision) IS
    'The same when demand is anywhere from low to high with equal probability. Costs as plain numbers in one unit. A float. NULL when any of them is. 22023 unless costs are positive, all is finite and low is not above high.';
CREATE FUNCTION chipbook.newsvendor_quantity_lognormal(underage double precision, overage double precision, median double precision, sigma double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'newsvendor_quantity_lognormal' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.newsvendor_quantity_lognormal(double precision, double precision, double precision, double precision) IS
    'The same when the logarithm of demand is normal: median x exp(z x sigma). Costs as plain numbers in one unit. A float. NULL when any of them is. 22023 unless all are positive and finite.';
CREATE FUNCTION chipbook.newsvendor_cost(underage double precision, overage double precision, mean double precision, sd double precision, quantity double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'newsvendor_cost' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.newsvendor_cost(double precision, double precision, double precision, double precision, double precision) IS
    'The expected cost of building a quantity when demand is normal: underage x units missing + overage x units left over, on average. Costs as plain numbers in one unit. A float. NULL when any of them is. 22023 unless costs and sd are positive and all is finite.';
CREATE FUNCTION chipbook.implied_fear_ratio(quantity double precision, mean double precision, sd double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'implied_fear_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.implied_fear_ratio(double precision, double precision, double precision) IS
    'How many times worse one unit too few must be than one too many for this quantity to be the best when demand is normal: who builds it and is rational fears that much. A float. NULL when any of them is. 22023 unless all is finite and sd positive, 22003 when the ratio is out of range.';
