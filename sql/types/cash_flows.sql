-- cash_flows: dated flows of an investment, its rates of return and multiples.

-- The type

CREATE TYPE chipbook.cash_flows;

CREATE FUNCTION chipbook.cash_flows_in(cstring) RETURNS chipbook.cash_flows
    AS 'MODULE_PATHNAME', 'cash_flows_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_in(cstring) IS
    'Text input of cash_flows: a currency and what flowed on each day, as in USD 2025-01-01=-100 2026-01-01=110.5; days in order, each once, ISO 8601, up to 15 decimals. paid_in=N after the currency where days net flows of both signs. 22P02 for other text and for values that contradict themselves.';
CREATE FUNCTION chipbook.cash_flows_out(chipbook.cash_flows) RETURNS cstring
    AS 'MODULE_PATHNAME', 'cash_flows_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_out(chipbook.cash_flows) IS
    'Text output of cash_flows: exact. No setting changes it.';
CREATE FUNCTION chipbook.cash_flows_recv(internal) RETURNS chipbook.cash_flows
    AS 'MODULE_PATHNAME', 'cash_flows_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_recv(internal) IS
    'Binary input of cash_flows: a version and the fields; 22P03 when they contradict each other.';
CREATE FUNCTION chipbook.cash_flows_send(chipbook.cash_flows) RETURNS bytea
    AS 'MODULE_PATHNAME', 'cash_flows_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_send(chipbook.cash_flows) IS
    'Binary output of cash_flows: a version and the fields, in network order.';

CREATE TYPE chipbook.cash_flows (
    INPUT = chipbook.cash_flows_in,
    OUTPUT = chipbook.cash_flows_out,
    RECEIVE = chipbook.cash_flows_recv,
    SEND = chipbook.cash_flows_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE chipbook.cash_flows IS
    'Dated cash flows of an investment in one currency, netted by day, exact to 1e-15: negative amounts were paid in, positive ones distributed. Made by cash_flow_agg, cash_flow or from text, added up by rollup and +, read by functions such as xirr(f) and tvpi(f, nav). 48 bytes, and 24 for each day. May be stored, and added up again later.';

-- Equality

CREATE FUNCTION chipbook.cash_flows_eq(chipbook.cash_flows, chipbook.cash_flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cash_flows_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_eq(chipbook.cash_flows, chipbook.cash_flows) IS
    'Implements cash_flows = cash_flows: the same amounts on the same days in the same currency, and the same paid in.';
CREATE FUNCTION chipbook.cash_flows_ne(chipbook.cash_flows, chipbook.cash_flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'cash_flows_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_ne(chipbook.cash_flows, chipbook.cash_flows) IS
    'Implements cash_flows <> cash_flows.';
CREATE FUNCTION chipbook.cash_flows_hash(chipbook.cash_flows) RETURNS integer
    AS 'MODULE_PATHNAME', 'cash_flows_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_hash(chipbook.cash_flows) IS
    'Hash of cash_flows.';
CREATE FUNCTION chipbook.cash_flows_hash_extended(chipbook.cash_flows, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'cash_flows_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_hash_extended(chipbook.cash_flows, bigint) IS
    'Hash of cash_flows with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.cash_flows_eq, LEFTARG = chipbook.cash_flows, RIGHTARG = chipbook.cash_flows,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR chipbook.= (chipbook.cash_flows, chipbook.cash_flows) IS 'The same amounts on the same days in the same currency, and the same paid in.';
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.cash_flows_ne, LEFTARG = chipbook.cash_flows, RIGHTARG = chipbook.cash_flows,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR chipbook.<> (chipbook.cash_flows, chipbook.cash_flows) IS 'A day, an amount, the currency or what was paid in differs.';
CREATE OPERATOR CLASS chipbook.cash_flows_hash_ops DEFAULT FOR TYPE chipbook.cash_flows USING hash AS
    OPERATOR 1 chipbook.= (chipbook.cash_flows, chipbook.cash_flows),
    FUNCTION 1 chipbook.cash_flows_hash(chipbook.cash_flows),
    FUNCTION 2 chipbook.cash_flows_hash_extended(chipbook.cash_flows, bigint);
COMMENT ON OPERATOR CLASS chipbook.cash_flows_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of cash_flows.';
COMMENT ON OPERATOR FAMILY chipbook.cash_flows_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of cash_flows.';

-- Adding up: the support functions of the aggregates, safe to call by hand

CREATE FUNCTION chipbook.cash_flows_add(state chipbook.cash_flows, amount chipbook.monetary, flow_date date) RETURNS chipbook.cash_flows
    AS 'MODULE_PATHNAME', 'cash_flows_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_add(chipbook.cash_flows, chipbook.monetary, date) IS
    'Adds a flow: the transition function of cash_flow_agg. A flow without an amount or a date is passed over. 22000 for a second currency, 22008 for a date outside the years 1 to 9999, 22003 when what is paid in or distributed comes to more than 1.7e23.';
CREATE FUNCTION chipbook.cash_flows_combine(state chipbook.cash_flows, other chipbook.cash_flows) RETURNS chipbook.cash_flows
    AS 'MODULE_PATHNAME', 'cash_flows_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_combine(chipbook.cash_flows, chipbook.cash_flows) IS
    'Adds up two values: the combine function of cash_flow_agg, and the transition function of rollup. NULL is no flows. 22000 when currencies differ, 22003 when a total comes to more than 1.7e23.';
CREATE FUNCTION chipbook.cash_flows_final(state chipbook.cash_flows) RETURNS chipbook.cash_flows
    AS 'MODULE_PATHNAME', 'cash_flows_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_final(chipbook.cash_flows) IS
    'The final function of cash_flow_agg and rollup: a copy of the state without room to spare, its days in order.';
CREATE FUNCTION chipbook.cash_flows_plus(a chipbook.cash_flows, b chipbook.cash_flows) RETURNS chipbook.cash_flows
    AS 'MODULE_PATHNAME', 'cash_flows_plus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flows_plus(chipbook.cash_flows, chipbook.cash_flows) IS
    'Implements cash_flows + cash_flows.';
CREATE FUNCTION chipbook.cash_flow(amount chipbook.monetary, flow_date date) RETURNS chipbook.cash_flows
    AS 'MODULE_PATHNAME', 'cash_flows_one' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.cash_flow(chipbook.monetary, date) IS
    'One flow, to be added to others: f + cash_flow(nav, valued_on) is what an investment came to with what is left of it. 22008 for a date outside the years 1 to 9999.';

CREATE OPERATOR chipbook.+ (
    FUNCTION = chipbook.cash_flows_plus, LEFTARG = chipbook.cash_flows, RIGHTARG = chipbook.cash_flows,
    COMMUTATOR = OPERATOR(chipbook.+)
);
COMMENT ON OPERATOR chipbook.+ (chipbook.cash_flows, chipbook.cash_flows) IS 'All flows of both, of one currency; 22000 otherwise. NULL with NULL: use rollup where one may be missing.';

-- Aggregates

CREATE AGGREGATE chipbook.cash_flow_agg(amount chipbook.monetary, flow_date date) (
    SFUNC = chipbook.cash_flows_add,
    STYPE = chipbook.cash_flows,
    SSPACE = 1024,
    FINALFUNC = chipbook.cash_flows_final,
    COMBINEFUNC = chipbook.cash_flows_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.cash_flow_agg(chipbook.monetary, date) IS
    'The flows of an investment: negative amounts were paid in, positive ones distributed; those of one day are netted, exactly. Flows without an amount or a date are passed over; NULL for no flows. A flow of zero keeps its day. The same in any order, in parallel and in window frames. 22000 for a second currency, 22008 for a date outside the years 1 to 9999, 22003 when what is paid in or distributed comes to more than 1.7e23.';

CREATE AGGREGATE chipbook.rollup(flows chipbook.cash_flows) (
    SFUNC = chipbook.cash_flows_combine,
    STYPE = chipbook.cash_flows,
    SSPACE = 1024,
    FINALFUNC = chipbook.cash_flows_final,
    COMBINEFUNC = chipbook.cash_flows_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.rollup(chipbook.cash_flows) IS
    'All flows of the values, such as the investments of a fund: the very value that all their rows at once would have given. NULLs are passed over; NULL for no rows. 22000 when currencies differ, 22003 when a total comes to more than 1.7e23.';

-- Reading it: totals and days, exact

CREATE FUNCTION chipbook.paid_in(flows chipbook.cash_flows) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'cash_flows_paid_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.paid_in(chipbook.cash_flows) IS
    'What was paid in (PI), as a positive amount: the negative flows, before days were netted. Exact. 22003 beyond what monetary holds. Additive.';
CREATE FUNCTION chipbook.distributions(flows chipbook.cash_flows) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'cash_flows_distributions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.distributions(chipbook.cash_flows) IS
    'What was distributed (D): the positive flows, before days were netted. Exact. 22003 beyond what monetary holds. Additive.';
CREATE FUNCTION chipbook.net(flows chipbook.cash_flows) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'cash_flows_net' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.net(chipbook.cash_flows) IS
    'What was distributed less what was paid in: the sum of all flows. Exact. 22003 beyond what monetary holds. Additive.';
CREATE FUNCTION chipbook.first_date(flows chipbook.cash_flows) RETURNS date
    AS 'MODULE_PATHNAME', 'cash_flows_first_date' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.first_date(chipbook.cash_flows) IS
    'The first day of a flow, a flow of zero too: where present values are stated.';
CREATE FUNCTION chipbook.last_date(flows chipbook.cash_flows) RETURNS date
    AS 'MODULE_PATHNAME', 'cash_flows_last_date' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.last_date(chipbook.cash_flows) IS
    'The last day of a flow, a flow of zero too: where future values are stated.';
CREATE FUNCTION chipbook.currency(flows chipbook.cash_flows) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME', 'cash_flows_currency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.currency(chipbook.cash_flows) IS
    'The currency of the flows.';
CREATE FUNCTION chipbook.flows(flows chipbook.cash_flows) RETURNS TABLE (flow_date date, amount chipbook.monetary)
    AS 'MODULE_PATHNAME', 'cash_flows_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 60;
COMMENT ON FUNCTION chipbook.flows(chipbook.cash_flows) IS
    'What flowed on each day, net, in order of date; days that net to zero too. 22003 for a day beyond what monetary holds.';

-- Rates of return. A rate is a fraction a year: 0.1 is 10 %. Not additive: add up flows, not rates.

CREATE FUNCTION chipbook.xirr(flows chipbook.cash_flows, day_count text DEFAULT 'ACT/365F', guess double precision DEFAULT 0) RETURNS double precision
    AS 'MODULE_PATHNAME', 'cash_flows_xirr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.xirr(chipbook.cash_flows, text, double precision) IS
    'The internal rate of return: the rate a year at which xnpv is zero. Of several, the one nearest to guess (0), the higher of two as near; a guess never makes it fail. NULL when there is none: xirr_status says why. -1 stands for a rate nearer to it than double precision tells. 22003 for a rate beyond double precision. day_count names how years are counted, as in year_fraction; 22023 for another name. Not additive.';
CREATE FUNCTION chipbook.xirr_strict(flows chipbook.cash_flows, day_count text DEFAULT 'ACT/365F', guess double precision DEFAULT 0) RETURNS double precision
    AS 'MODULE_PATHNAME', 'cash_flows_xirr_strict' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.xirr_strict(chipbook.cash_flows, text, double precision) IS
    'xirr that fails with 22000 and the reason where there is no rate, instead of NULL. day_count names how years are counted, as in year_fraction; 22023 for another name.';
CREATE FUNCTION chipbook.xirr_all(flows chipbook.cash_flows, day_count text DEFAULT 'ACT/365F') RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'cash_flows_xirr_all' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.xirr_all(chipbook.cash_flows, text) IS
    'Every rate a year above -1 at which xnpv is zero, in order; empty when there is none. A rate at which it only touches zero is one, as far as double precision can tell. -1 stands for a rate nearer to it than double precision tells, Infinity for one beyond it. day_count names how years are counted, as in year_fraction; 22023 for another name.';
CREATE FUNCTION chipbook.xirr_status(flows chipbook.cash_flows, day_count text DEFAULT 'ACT/365F') RETURNS text
    AS 'MODULE_PATHNAME', 'cash_flows_xirr_status' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.xirr_status(chipbook.cash_flows, text) IS
    'How many rates xirr_all would list, or why there is none: one rate; 3 rates; no rate: every day nets to zero; all flows are at one time; nothing was paid in; nothing was distributed; the present value is zero at none. day_count names how years are counted, as in year_fraction; 22023 for another name.';
CREATE FUNCTION chipbook.irr(flows chipbook.cash_flows, guess double precision DEFAULT 0) RETURNS double precision
    AS 'MODULE_PATHNAME', 'cash_flows_irr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.irr(chipbook.cash_flows, double precision) IS
    'The internal rate of return a period, where each day of a flow, a flow of zero too, is one period after the one before, whatever its date. Of several, the one nearest to guess (0), the higher of two as near. NULL when there is none, 22003 for one beyond double precision. Not additive.';
CREATE FUNCTION chipbook.irr_all(flows chipbook.cash_flows) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'cash_flows_irr_all' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.irr_all(chipbook.cash_flows) IS
    'Every rate a period above -1, in order, where each day of a flow is one period after the one before; empty when there is none. -1 and Infinity as in xirr_all.';
CREATE FUNCTION chipbook.mirr(flows chipbook.cash_flows, finance_rate double precision, reinvest_rate double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'cash_flows_mirr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.mirr(chipbook.cash_flows, double precision, double precision) IS
    'The modified internal rate of return a period: (positive flows compounded at reinvest_rate to the last day / negative flows discounted at finance_rate to the first)^(1 / periods) - 1, where each day of a flow is one period after the one before. NULL without flows of both signs. 22023 for a rate of -1 or less, 22003 beyond double precision. Not additive.';
CREATE FUNCTION chipbook.xnpv(flows chipbook.cash_flows, rate double precision, day_count text DEFAULT 'ACT/365F') RETURNS double precision
    AS 'MODULE_PATHNAME', 'cash_flows_xnpv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.xnpv(chipbook.cash_flows, double precision, text) IS
    'The present value at first_date, in currency(flows), at a rate a year: the sum of amount x (1 + rate)^-years. In double precision: an estimate, not money. 22023 for a rate of -1 or less, 22003 beyond double precision. day_count names how years are counted, as in year_fraction; 22023 for another name. Additive over values with the same first_date.';
CREATE FUNCTION chipbook.xnfv(flows chipbook.cash_flows, rate double precision, day_count text DEFAULT 'ACT/365F') RETURNS double precision
    AS 'MODULE_PATHNAME', 'cash_flows_xnfv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.xnfv(chipbook.cash_flows, double precision, text) IS
    'The value at last_date, in currency(flows), at a rate a year: xnpv x (1 + rate)^(years from the first to the last day). In double precision: an estimate, not money. 22023 for a rate of -1 or less, 22003 beyond double precision. day_count names how years are counted, as in year_fraction; 22023 for another name. Additive over values with the same first_date and last_date.';

-- Multiples of what was paid in, at 15 decimals

CREATE FUNCTION chipbook.dpi(flows chipbook.cash_flows) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cash_flows_dpi' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.dpi(chipbook.cash_flows) IS
    'Distributed to paid-in: distributions / paid_in, rounded once, at 15 decimals. NULL when nothing was paid in. Not additive.';
CREATE FUNCTION chipbook.rvpi(flows chipbook.cash_flows, nav chipbook.monetary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cash_flows_rvpi' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.rvpi(chipbook.cash_flows, chipbook.monetary) IS
    'Residual value to paid-in: nav / paid_in, rounded once, at 15 decimals. NULL when nothing was paid in, 22000 when nav is in another currency. Not additive.';
CREATE FUNCTION chipbook.tvpi(flows chipbook.cash_flows, nav chipbook.monetary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cash_flows_tvpi' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.tvpi(chipbook.cash_flows, chipbook.monetary) IS
    'Total value to paid-in: (distributions + nav) / paid_in, rounded once, at 15 decimals. NULL when nothing was paid in, 22000 when nav is in another currency. Not additive.';
CREATE FUNCTION chipbook.moic(flows chipbook.cash_flows, nav chipbook.monetary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cash_flows_tvpi' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.moic(chipbook.cash_flows, chipbook.monetary) IS
    'The multiple of invested capital, all that was paid in being invested: tvpi. NULL when nothing was paid in, 22000 when nav is in another currency. Not additive.';
CREATE FUNCTION chipbook.moic(flows chipbook.cash_flows, nav chipbook.monetary, invested chipbook.monetary) RETURNS numeric
    AS 'MODULE_PATHNAME', 'cash_flows_moic' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.moic(chipbook.cash_flows, chipbook.monetary, chipbook.monetary) IS
    'The multiple of invested capital where fees or recycling make that another amount than what was paid in: (distributions + nav) / invested, rounded once, at 15 decimals. NULL when nothing was invested, 22023 for a negative amount, 22000 when an amount is in another currency. Not additive.';
