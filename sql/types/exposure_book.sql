-- exposure_book: who has how much at stake with whom, exactly, in one currency.

CREATE TYPE chipbook.exposure_book;

CREATE FUNCTION chipbook.exposure_book_in(cstring) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_in(cstring) IS
    'Text input of exposure_book: the currency (none while no amount is known) and for each counterparty, and kind if it has one, the sum of positive amounts, that of negative ones, the number of amounts, and that of unknown ones, such as USD "Anthropic":"equity"=8.5-0.25/4?1 "Oracle"=300/1. In any order; quotes and backslashes in names take a backslash. 22P02 for other text, and for sums that so many amounts cannot come to.';
CREATE FUNCTION chipbook.exposure_book_out(chipbook.exposure_book) RETURNS cstring
    AS 'MODULE_PATHNAME', 'exposure_book_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_out(chipbook.exposure_book) IS
    'Text output of exposure_book: exact, in the order of the bytes of counterparty and kind. No setting changes it.';
CREATE FUNCTION chipbook.exposure_book_recv(internal) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_recv(internal) IS
    'Binary input of exposure_book: a version, the currency, the lines, in network order; 22P03 unless it is one that the rows of an aggregate could have made.';
CREATE FUNCTION chipbook.exposure_book_send(chipbook.exposure_book) RETURNS bytea
    AS 'MODULE_PATHNAME', 'exposure_book_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_send(chipbook.exposure_book) IS
    'Binary output of exposure_book: a version, the currency, the lines, in network order.';

CREATE TYPE chipbook.exposure_book (
    INPUT = chipbook.exposure_book_in,
    OUTPUT = chipbook.exposure_book_out,
    RECEIVE = chipbook.exposure_book_recv,
    SEND = chipbook.exposure_book_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE chipbook.exposure_book IS
    'Exposures by counterparty and kind, in one currency: of each the exact sums of positive and of negative amounts, how many there are, and how many are unknown. Made by exposure_agg, merged by + and rollup, read by exposures, gross, net, hhi and their kin.';

-- Equality

CREATE FUNCTION chipbook.exposure_book_eq(chipbook.exposure_book, chipbook.exposure_book) RETURNS boolean
    AS 'MODULE_PATHNAME', 'exposure_book_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_eq(chipbook.exposure_book, chipbook.exposure_book) IS
    'Implements exposure_book = exposure_book: the same sums and counts of the same lines.';
CREATE FUNCTION chipbook.exposure_book_ne(chipbook.exposure_book, chipbook.exposure_book) RETURNS boolean
    AS 'MODULE_PATHNAME', 'exposure_book_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_ne(chipbook.exposure_book, chipbook.exposure_book) IS
    'Implements exposure_book <> exposure_book.';
CREATE FUNCTION chipbook.exposure_book_hash(chipbook.exposure_book) RETURNS integer
    AS 'MODULE_PATHNAME', 'exposure_book_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_hash(chipbook.exposure_book) IS
    'Hash of an exposure_book.';
CREATE FUNCTION chipbook.exposure_book_hash_extended(chipbook.exposure_book, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'exposure_book_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_hash_extended(chipbook.exposure_book, bigint) IS
    'Hash of an exposure_book with a seed.';

CREATE OPERATOR chipbook.= (
    FUNCTION = chipbook.exposure_book_eq, LEFTARG = chipbook.exposure_book, RIGHTARG = chipbook.exposure_book,
    COMMUTATOR = OPERATOR(chipbook.=), NEGATOR = OPERATOR(chipbook.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR chipbook.= (chipbook.exposure_book, chipbook.exposure_book) IS 'The same sums and counts of the same lines.';
CREATE OPERATOR chipbook.<> (
    FUNCTION = chipbook.exposure_book_ne, LEFTARG = chipbook.exposure_book, RIGHTARG = chipbook.exposure_book,
    COMMUTATOR = OPERATOR(chipbook.<>), NEGATOR = OPERATOR(chipbook.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR chipbook.<> (chipbook.exposure_book, chipbook.exposure_book) IS 'Some line differs.';
CREATE OPERATOR CLASS chipbook.exposure_book_hash_ops DEFAULT FOR TYPE chipbook.exposure_book USING hash AS
    OPERATOR 1 chipbook.= (chipbook.exposure_book, chipbook.exposure_book),
    FUNCTION 1 chipbook.exposure_book_hash(chipbook.exposure_book),
    FUNCTION 2 chipbook.exposure_book_hash_extended(chipbook.exposure_book, bigint);
COMMENT ON OPERATOR CLASS chipbook.exposure_book_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of exposure_book.';
COMMENT ON OPERATOR FAMILY chipbook.exposure_book_hash_ops USING hash IS 'Grouping, DISTINCT and hash joins of exposure_book.';

-- Adding up: the support functions of the aggregates, safe to call by hand

CREATE FUNCTION chipbook.exposure_book_add(state chipbook.exposure_book, counterparty text, amount chipbook.monetary) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_add(chipbook.exposure_book, text, chipbook.monetary) IS
    'A book with one amount more, NULL being an unknown one: the transition function of exposure_agg. 22000 for a second currency, 22004 for an amount without a counterparty, 22023 for an empty name.';
CREATE FUNCTION chipbook.exposure_book_add(state chipbook.exposure_book, counterparty text, kind text, amount chipbook.monetary) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_add_kind' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_add(chipbook.exposure_book, text, text, chipbook.monetary) IS
    'A book with one amount of a kind more, NULL being an unknown one: the transition function of exposure_agg with a kind. 22000 for a second currency, 22004 for an amount without a counterparty, 22023 for an empty name.';
CREATE FUNCTION chipbook.exposure_book_remove(state chipbook.exposure_book, counterparty text, amount chipbook.monetary) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_remove(chipbook.exposure_book, text, chipbook.monetary) IS
    'Takes an amount out again: the inverse transition function of exposure_agg. 22023 when it was never in.';
CREATE FUNCTION chipbook.exposure_book_remove(state chipbook.exposure_book, counterparty text, kind text, amount chipbook.monetary) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_remove_kind' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_remove(chipbook.exposure_book, text, text, chipbook.monetary) IS
    'Takes an amount of a kind out again: the inverse transition function of exposure_agg with a kind. 22023 when it was never in.';
CREATE FUNCTION chipbook.exposure_book_combine(chipbook.exposure_book, chipbook.exposure_book) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_combine(chipbook.exposure_book, chipbook.exposure_book) IS
    'The sum of two books, NULL being an empty one: the combine function of exposure_agg, and the transition function of rollup. 22000 when their currencies differ.';
CREATE FUNCTION chipbook.exposure_book_subtract(chipbook.exposure_book, chipbook.exposure_book) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_subtract' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_subtract(chipbook.exposure_book, chipbook.exposure_book) IS
    'Takes one book out of another that contains it: the inverse transition function of rollup. 22023 when it was never in.';
CREATE FUNCTION chipbook.exposure_book_final(chipbook.exposure_book) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_final(chipbook.exposure_book) IS
    'The value of an aggregate, in order and without room to spare; NULL when it is empty.';
CREATE FUNCTION chipbook.exposure_book_sum(chipbook.exposure_book, chipbook.exposure_book) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_sum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.exposure_book_sum(chipbook.exposure_book, chipbook.exposure_book) IS
    'Implements exposure_book + exposure_book: the book of the rows of both. 22000 when their currencies differ.';

CREATE OPERATOR chipbook.+ (
    FUNCTION = chipbook.exposure_book_sum, LEFTARG = chipbook.exposure_book, RIGHTARG = chipbook.exposure_book,
    COMMUTATOR = OPERATOR(chipbook.+)
);
COMMENT ON OPERATOR chipbook.+ (chipbook.exposure_book, chipbook.exposure_book) IS 'The book of the rows of both. 22000 when their currencies differ.';

-- While rows come in, the state is a hash table in memory of its own.

CREATE AGGREGATE chipbook.exposure_agg(counterparty text, amount chipbook.monetary) (
    SFUNC = chipbook.exposure_book_add,
    STYPE = chipbook.exposure_book,
    SSPACE = 4096,
    FINALFUNC = chipbook.exposure_book_final,
    COMBINEFUNC = chipbook.exposure_book_combine,
    MSFUNC = chipbook.exposure_book_add,
    MINVFUNC = chipbook.exposure_book_remove,
    MSTYPE = chipbook.exposure_book,
    MSSPACE = 4096,
    MFINALFUNC = chipbook.exposure_book_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.exposure_agg(text, chipbook.monetary) IS
    'The exposures of each counterparty, in one value: positive amounts are owed to us, or at stake, negative ones are owed by us, or come back. Counterparties are told apart by their bytes, whatever the collation. An amount that is NULL is counted as unknown; a row without counterparty and amount, as an outer join leaves it, is passed over. The same value in any order of rows, in parallel and in window frames. 22000 for a second currency, 22004 for an amount without a counterparty, 22023 for an empty name, 54000 beyond 1 GB. NULL for no rows.';
CREATE AGGREGATE chipbook.exposure_agg(counterparty text, kind text, amount chipbook.monetary) (
    SFUNC = chipbook.exposure_book_add,
    STYPE = chipbook.exposure_book,
    SSPACE = 4096,
    FINALFUNC = chipbook.exposure_book_final,
    COMBINEFUNC = chipbook.exposure_book_combine,
    MSFUNC = chipbook.exposure_book_add,
    MINVFUNC = chipbook.exposure_book_remove,
    MSTYPE = chipbook.exposure_book,
    MSSPACE = 4096,
    MFINALFUNC = chipbook.exposure_book_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.exposure_agg(text, text, chipbook.monetary) IS
    'The same with a kind, such as a class of exposure or a netting set: amounts are netted within a counterparty and kind, never across. A kind that is NULL is a line without one. Counterparties are told apart by their bytes, whatever the collation. An amount that is NULL is counted as unknown; a row without counterparty and amount, as an outer join leaves it, is passed over. The same value in any order of rows, in parallel and in window frames. 22000 for a second currency, 22004 for an amount without a counterparty, 22023 for an empty name, 54000 beyond 1 GB. NULL for no rows.';
CREATE AGGREGATE chipbook.rollup(book chipbook.exposure_book) (
    SFUNC = chipbook.exposure_book_combine,
    STYPE = chipbook.exposure_book,
    SSPACE = 4096,
    FINALFUNC = chipbook.exposure_book_final,
    COMBINEFUNC = chipbook.exposure_book_combine,
    MSFUNC = chipbook.exposure_book_combine,
    MINVFUNC = chipbook.exposure_book_subtract,
    MSTYPE = chipbook.exposure_book,
    MSSPACE = 4096,
    MFINALFUNC = chipbook.exposure_book_final,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE chipbook.rollup(chipbook.exposure_book) IS
    'The sum of books, such as the days of a month or the entities of a group: the very value that all their rows at once would have given. Exact in window frames too. NULLs are passed over; NULL for no rows. 22000 when currencies differ.';

-- Reading it: money. Amounts are netted line by line, a line being a counterparty and kind.

CREATE FUNCTION chipbook.gross(book chipbook.exposure_book) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'exposure_book_gross' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.gross(chipbook.exposure_book) IS
    'Gross exposure: the sum of all positive amounts, before any netting. In the book''s currency. Unknown amounts are not in it: see unknowns(book). NULL while no amount is known. 22003 when monetary cannot hold it. Additive.';
CREATE FUNCTION chipbook.gross_absolute(book chipbook.exposure_book) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'exposure_book_gross_absolute' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.gross_absolute(chipbook.exposure_book) IS
    'The sum of all amounts without their signs. In the book''s currency. Unknown amounts are not in it: see unknowns(book). NULL while no amount is known. 22003 when monetary cannot hold it. Additive.';
CREATE FUNCTION chipbook.net(book chipbook.exposure_book) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'exposure_book_net' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.net(chipbook.exposure_book) IS
    'The sum of all amounts: what is left if everything may be set off against everything, which is true of one netting set at most. In the book''s currency. Unknown amounts are not in it: see unknowns(book). NULL while no amount is known. 22003 when monetary cannot hold it. Additive.';
CREATE FUNCTION chipbook.current_exposure(book chipbook.exposure_book) RETURNS chipbook.monetary
    AS 'MODULE_PATHNAME', 'exposure_book_current' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.current_exposure(chipbook.exposure_book) IS
    'What would be lost: the net of each counterparty and kind where it is positive, added up; a negative net of one is not set off against another. In the book''s currency. Unknown amounts are not in it: see unknowns(book). NULL while no amount is known. 22003 when monetary cannot hold it. Not additive: roll up first.';
CREATE FUNCTION chipbook.net_gross_ratio(book chipbook.exposure_book) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_net_gross_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.net_gross_ratio(chipbook.exposure_book) IS
    'current_exposure over gross, the NGR of Basel (BCBS 279), between 0 and 1, rounded at 15 decimals. NULL when gross is zero. Not additive.';
CREATE FUNCTION chipbook.currency(book chipbook.exposure_book) RETURNS chipbook.currency
    AS 'MODULE_PATHNAME', 'exposure_book_currency' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.currency(chipbook.exposure_book) IS
    'The currency of the amounts; NULL while none is known.';
CREATE FUNCTION chipbook.parties(book chipbook.exposure_book) RETURNS bigint
    AS 'MODULE_PATHNAME', 'exposure_book_parties' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.parties(chipbook.exposure_book) IS
    'How many counterparties are in it, those with unknown amounts alone included. Not additive.';
CREATE FUNCTION chipbook.entries(book chipbook.exposure_book) RETURNS bigint
    AS 'MODULE_PATHNAME', 'exposure_book_entries' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.entries(chipbook.exposure_book) IS
    'How many amounts were added. Additive.';
CREATE FUNCTION chipbook.unknowns(book chipbook.exposure_book) RETURNS bigint
    AS 'MODULE_PATHNAME', 'exposure_book_unknowns' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.unknowns(chipbook.exposure_book) IS
    'How many rows had an unknown amount. Additive.';
CREATE FUNCTION chipbook.exposures(book chipbook.exposure_book, OUT counterparty text, OUT kind text, OUT gross chipbook.monetary, OUT negative chipbook.monetary, OUT gross_absolute chipbook.monetary, OUT net chipbook.monetary, OUT current_exposure chipbook.monetary, OUT share numeric, OUT entries bigint, OUT unknowns bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'exposure_book_lines' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION chipbook.exposures(chipbook.exposure_book) IS
    'The lines of a book, in the order of the bytes of counterparty and kind. Gross is the sum of positive amounts, negative that of negative ones (not above zero), gross_absolute and net their difference and sum, current_exposure the net where it is positive, share its part of the book''s, rounded at 15 decimals. Figures are NULL in a line whose amounts are all unknown. Amounts are additive, but for current_exposure. No rows for NULL. Key: (counterparty, kind).';
CREATE FUNCTION chipbook.only_counterparty(book chipbook.exposure_book, counterparty text) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_only_counterparty' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.only_counterparty(chipbook.exposure_book, text) IS
    'The lines of one counterparty as a book of their own; NULL when there are none.';
CREATE FUNCTION chipbook.only_kind(book chipbook.exposure_book, kind text) RETURNS chipbook.exposure_book
    AS 'MODULE_PATHNAME', 'exposure_book_only_kind' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.only_kind(chipbook.exposure_book, text) IS
    'The lines of one kind as a book of their own, those without a kind for an empty text; NULL when there are none.';

-- Reading it: concentration. A counterparty's exposure is current_exposure over its kinds, hence never
-- negative; one that owes nothing net counts as zero, one with unknown amounts alone is left out.

CREATE FUNCTION chipbook.share(book chipbook.exposure_book, counterparty text) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_share' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.share(chipbook.exposure_book, text) IS
    'A counterparty''s part of current_exposure(book), between 0 and 1. NULL when its exposure is not known or it is not in the book. NULL when all exposures are zero. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.top(book chipbook.exposure_book, counterparties integer, OUT rank integer, OUT counterparty text, OUT exposure chipbook.monetary, OUT share numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'exposure_book_top' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION chipbook.top(chipbook.exposure_book, integer) IS
    'The counterparties with the largest exposure, so many of them, the largest first, equal ones in the order of their bytes; share is that of the whole book, rounded at 15 decimals, NULL when all exposures are zero. 22023 for a negative number. Exposures are additive over counterparties. Key: (rank).';
CREATE FUNCTION chipbook.concentration_ratio(book chipbook.exposure_book, counterparties integer) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_concentration_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.concentration_ratio(chipbook.exposure_book, integer) IS
    'CR_k: the part that the k largest have, between 0 and 1; 1 when there are no more than k. NULL when all exposures are zero. 22023 for k below 1. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.hhi(book chipbook.exposure_book) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_hhi' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.hhi(chipbook.exposure_book) IS
    'Herfindahl-Hirschman index: the sum of the squared shares, between 1/n and 1; 1 for a single counterparty. NULL when all exposures are zero. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.hhi_points(book chipbook.exposure_book) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_hhi_points' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.hhi_points(chipbook.exposure_book) IS
    'hhi x 10,000, as competition authorities state it: above 1,800 is highly concentrated (US DoJ and FTC, Merger Guidelines 2023). NULL when all exposures are zero. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.hhi_normalised(book chipbook.exposure_book) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_hhi_normalised' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.hhi_normalised(chipbook.exposure_book) IS
    '(HHI - 1/n) / (1 - 1/n): 0 when all are equal, 1 when one has everything. NULL for a single counterparty, and when all exposures are zero. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.effective_number(book chipbook.exposure_book) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_effective_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.effective_number(chipbook.exposure_book) IS
    '1 / HHI, the Hill number of order 2: as many equal counterparties would be as concentrated. NULL when all exposures are zero. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.entropy(book chipbook.exposure_book) RETURNS double precision
    AS 'MODULE_PATHNAME', 'exposure_book_entropy' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.entropy(chipbook.exposure_book) IS
    'Shannon''s entropy of the shares in nats, -sum(s ln s): 0 for a single counterparty, ln n when all are equal; exp() of it is the Hill number of order 1, over ln(2) it is in bits. NULL when all exposures are zero. Not exact, since logarithms are not, but the same for equal books. Not additive: roll up first.';
CREATE FUNCTION chipbook.gini(book chipbook.exposure_book) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_gini' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.gini(chipbook.exposure_book) IS
    'Gini coefficient of the exposures as a population, sum((2i - n - 1) x_i) / (n sum(x)) in rising order: 0 when all are equal, and for a single counterparty. NULL when all exposures are zero. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.gini_unbiased(book chipbook.exposure_book) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_gini_unbiased' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.gini_unbiased(chipbook.exposure_book) IS
    'gini x n / (n - 1), for a sample. NULL for a single counterparty, and when all exposures are zero. Rounded once, at 15 decimals. Not additive: roll up first.';
CREATE FUNCTION chipbook.merger_delta(book chipbook.exposure_book, one text, other text) RETURNS numeric
    AS 'MODULE_PATHNAME', 'exposure_book_merger_delta' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION chipbook.merger_delta(chipbook.exposure_book, text, text) IS
    'What hhi_points grows by when two counterparties become one: 20,000 times the product of their shares; above 100 is significant (US DoJ and FTC, Merger Guidelines 2023). NULL when one of them is not in the book or not known. NULL when all exposures are zero. 22023 when both are the same. Rounded once, at 15 decimals. Not additive: roll up first.';
