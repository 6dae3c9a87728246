-- Who owns how much of whom: stated shares carried through financing rounds, what stakes come to,
-- what they stand at in the books, who funded whom, and how concentrated ownership is.

CREATE FUNCTION chipbook.create_ledger_stakes() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE stake (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        stake_id      text NOT NULL CHECK (stake_id <> ''),
        owner_id      text NOT NULL,
        owned_id      text NOT NULL,
        as_at         date NOT NULL CHECK (isfinite(as_at)),
        share_low     numeric CHECK (share_low >= 0 AND share_low <= 1),
        share         numeric CHECK (share >= 0 AND share <= 1),
        share_high    numeric CHECK (share_high >= 0 AND share_high <= 1),
        qualifier     text NOT NULL DEFAULT 'exactly' CHECK (qualifier IN ('exactly', 'about', 'nearly', 'more_than', 'at_least', 'up_to', 'unknown')),
        voting_share  numeric CHECK (voting_share >= 0 AND voting_share <= 1),
        basis         text NOT NULL DEFAULT 'not_stated' CHECK (basis IN ('as_converted', 'fully_diluted', 'outstanding', 'not_stated')),
        max_share     numeric CHECK (max_share > 0 AND max_share <= 1),
        instrument    text,
        holding_id    text,
        legal_status  text NOT NULL DEFAULT 'closed' CHECK (legal_status IN
            ('rumour', 'early_talks', 'reported', 'letter_of_intent', 'announced', 'signed', 'closed', 'paid', 'terminated')),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT owner_is_not_owned CHECK (owner_id <> owned_id),
        CONSTRAINT shares_low_to_high CHECK (share_low <= share_high AND share_low <= share AND share <= share_high),
        CONSTRAINT unknown_means_no_share CHECK ((qualifier = 'unknown') = (share_low IS NULL AND share IS NULL AND share_high IS NULL)),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE stake IS 'The share of owned_id that owner_id is said to hold at the end of as_at, 0 to 1, as a range with the words of the source in qualifier. A statement of a day stands after the financing rounds of that day.';
    COMMENT ON COLUMN stake.basis IS 'What the share is of: the shares outstanding, those after all preferred stock and notes convert (as_converted), or those after all options and warrants too (fully_diluted); not_stated where the source does not say. Shares of different bases are never compared.';
    COMMENT ON COLUMN stake.max_share IS 'The most the owner may hold by contract, 0 to 1, from this statement on until another gives another; NULL = none is known.';
    COMMENT ON COLUMN stake.voting_share IS 'The share of the votes, 0 to 1; 0 = none; NULL = not known.';

    CREATE TABLE stake_event (
        fact_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id      text NOT NULL CHECK (event_id <> ''),
        owner_id      text NOT NULL,
        owned_id      text NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('purchase', 'conversion', 'exercise', 'sale')),
        happened_on   date NOT NULL CHECK (isfinite(happened_on)),
        valuation_id  text,
        currency      currency,
        amount_low    monetary,
        amount        monetary,
        amount_high   monetary,
        share_low     numeric CHECK (share_low >= 0 AND share_low <= 1),
        share         numeric CHECK (share >= 0 AND share <= 1),
        share_high    numeric CHECK (share_high >= 0 AND share_high <= 1),
        note          text,
        load_id       bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id     text REFERENCES source,
        known_on      date,
        recorded_at   timestamptz,
        superseded_at timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT owner_is_not_owned CHECK (owner_id <> owned_id),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT amounts_not_negative CHECK (amount(amount_low) >= 0 AND amount(amount) >= 0 AND amount(amount_high) >= 0),
        CONSTRAINT amounts_have_currency CHECK (num_nonnulls(amount_low, amount, amount_high) = 0 OR currency IS NOT NULL),
        CONSTRAINT shares_low_to_high CHECK (share_low <= share_high AND share_low <= share AND share <= share_high),
        CONSTRAINT share_or_amount CHECK ((num_nonnulls(share_low, share, share_high) > 0) <> (num_nonnulls(amount_low, amount, amount_high) > 0)),
        CONSTRAINT amount_is_paid_in_a_round CHECK (num_nonnulls(amount_low, amount, amount_high) = 0 OR valuation_id IS NOT NULL),
        CONSTRAINT sale_is_in_no_round CHECK (kind <> 'sale' OR valuation_id IS NULL),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE stake_event IS 'What an owner bought, converted, exercised or sold after a stated share: a share of the party as it is afterwards, or an amount paid in a round (valuation_id), which is that amount over the post-money value. In a round the round dilutes; a conversion or exercise outside one issues new shares and dilutes every owner; a purchase or sale outside one changes hands.';

    CREATE TABLE holding_accounting (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        holding_id     text NOT NULL,
        basis          text NOT NULL CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        method         text NOT NULL CHECK (method IN ('equity_method', 'fair_value', 'measurement_alternative', 'available_for_sale', 'amortised_cost')),
        valid_from     date NOT NULL CHECK (isfinite(valid_from)),
        valid_to       date NOT NULL DEFAULT 'infinity',
        currency       currency NOT NULL,
        opening_amount monetary,
        share          numeric CHECK (share > 0 AND share <= 1),
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT valid_from_before_valid_to CHECK (valid_from < valid_to),
        CONSTRAINT opening_in_stated_currency CHECK (currency(opening_amount) = currency),
        CONSTRAINT opening_not_negative CHECK (amount(opening_amount) >= 0),
        CONSTRAINT share_is_for_equity_method CHECK (share IS NULL OR method = 'equity_method'),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE holding_accounting IS 'How a holding is accounted for under a basis from valid_from to valid_to (exclusive). A later row goes on from the amount the earlier one ended with, unless it has an opening_amount; without either, from what was drawn, at cost.';
    COMMENT ON COLUMN holding_accounting.share IS 'The share of the investee''s results that the equity method takes, 0 to 1; NULL = the share owned (ownership_over_time).';

    CREATE TABLE holding_measurement (
        fact_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        measurement_id text NOT NULL CHECK (measurement_id <> ''),
        holding_id     text NOT NULL,
        basis          text CHECK (basis IN ('ifrs', 'us_gaap', 'hgb', 'us_tax', 'de_tax', 'economic')),
        kind           text NOT NULL CHECK (kind IN ('observable_price', 'fair_value', 'impairment', 'conversion', 'dilution_gain', 'reported_result')),
        happened_from  date NOT NULL CHECK (isfinite(happened_from)),
        happened_to    date NOT NULL CHECK (isfinite(happened_to)),
        currency       currency NOT NULL,
        amount_low     monetary,
        amount         monetary,
        amount_high    monetary,
        gain           monetary,
        price          monetary,
        quantity       numeric CHECK (quantity >= 0 AND quantity < 'infinity'),
        is_after_tax   boolean NOT NULL DEFAULT false,
        note           text,
        load_id        bigint NOT NULL DEFAULT currval('load_load_id_seq') REFERENCES load,
        source_id      text REFERENCES source,
        known_on       date,
        recorded_at    timestamptz,
        superseded_at  timestamptz NOT NULL DEFAULT 'infinity',
        CONSTRAINT happened_from_not_after_to CHECK (happened_from <= happened_to),
        CONSTRAINT amounts_in_stated_currency CHECK (currency(amount_low) = currency AND currency(amount) = currency AND currency(amount_high) = currency
               AND currency(gain) = currency AND currency(price) = currency),
        CONSTRAINT amounts_low_to_high CHECK (amount_low <= amount_high AND amount_low <= amount AND amount <= amount_high),
        CONSTRAINT levels_not_negative CHECK (kind NOT IN ('fair_value', 'conversion', 'impairment') OR amount(amount_low) >= 0 AND amount(amount) >= 0 AND amount(amount_high) >= 0),
        CONSTRAINT price_not_negative CHECK (amount(price) >= 0),
        CONSTRAINT price_and_quantity_are_a_fair_value CHECK (num_nonnulls(price, quantity) = 0
               OR kind = 'fair_value' AND num_nonnulls(price, quantity) = 2 AND num_nonnulls(amount_low, amount, amount_high) = 0),
        CONSTRAINT gain_is_of_a_conversion CHECK (gain IS NULL OR kind = 'conversion'),
        CONSTRAINT published_fact_has_source CHECK (recorded_at IS NULL OR source_id IS NOT NULL)
    );
    COMMENT ON TABLE holding_measurement IS 'What the holder measured or reported of a holding, on the last day of [happened_from, happened_to]: fair_value (its level, or price and quantity), conversion (the fair value of what was received, and the gain where it is stated), observable_price (up or down by amount), impairment (by amount), dilution_gain (deemed disposal; a loss is negative), reported_result (the share of the investee''s result that the holder reported for the period; a loss is negative).';
    COMMENT ON COLUMN holding_measurement.is_after_tax IS 'A reported_result after the holder''s own tax: it shows in implied_investee_result, and changes no carrying amount.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_stakes() IS 'Internal: part of create_ledger. Tables stake, stake_event, holding_accounting and holding_measurement.';

-- Thirty decimals, so that a share of a share of a share stays exact in what is published (15).
CREATE FUNCTION chipbook.exact_quotient(dividend numeric, divisor numeric) RETURNS numeric
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
    RETURN (dividend + 0.000000000000000000000000000000) / nullif(divisor, 0);
COMMENT ON FUNCTION chipbook.exact_quotient(numeric, numeric) IS 'Internal: dividend / divisor with at least 30 decimals; NULL when divisor is 0 or anything is NULL.';

CREATE FUNCTION chipbook.dilute(share numeric, new_money numeric, post_money numeric) RETURNS numeric
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF share < 0 OR share > 1 THEN
        RAISE EXCEPTION 'invalid share: %', share USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a share from 0 to 1.';
    END IF;
    IF post_money <= 0 OR new_money < 0 OR new_money > post_money OR post_money = 'infinity' THEN
        RAISE EXCEPTION 'invalid round: new money % of post-money value %', new_money, post_money
            USING ERRCODE = 'invalid_parameter_value', HINT = 'The post-money value is above 0 and contains the new money.';
    END IF;
    RETURN share * (1 - chipbook.exact_quotient(new_money, post_money));
END
$$;
COMMENT ON FUNCTION chipbook.dilute(numeric, numeric, numeric) IS 'A share after a financing round: share x (1 - new_money / post_money), with at least 30 decimals. NULL for any NULL. 22023 for a share outside 0 to 1, or new money that is negative or above the post-money value.';

CREATE FUNCTION chipbook.diluted_share(share numeric, dilutions numeric[], added numeric[] DEFAULT NULL, max_share numeric DEFAULT NULL) RETURNS numeric
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    step integer;
BEGIN
    IF cardinality(added) <> cardinality(dilutions) THEN
        RAISE EXCEPTION 'dilutions and what is added differ in number: % and %', cardinality(dilutions), cardinality(added)
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give one of each for each step.';
    END IF;
    IF share < 0 OR share > 1 OR max_share < 0 OR max_share > 1 THEN
        RAISE EXCEPTION 'invalid share: %', CASE WHEN share < 0 OR share > 1 THEN share ELSE max_share END
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give shares from 0 to 1.';
    END IF;
    IF share > max_share THEN
        share := max_share;
    END IF;
    FOR step IN 1 .. coalesce(cardinality(dilutions), 0) LOOP
        IF dilutions[step] < 0 OR dilutions[step] > 1 THEN
            RAISE EXCEPTION 'invalid dilution in step %: %', step, dilutions[step]
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the part of the whole that is new, from 0 to 1.';
        END IF;
        share := round(share * (1 - dilutions[step]) + CASE WHEN added IS NULL THEN 0 ELSE added[step] END, 40);
        IF share < 0 THEN
            share := 0;
        ELSIF share > coalesce(max_share, 1) THEN
            share := coalesce(max_share, 1);
        END IF;
    END LOOP;
    RETURN share;
END
$$;
COMMENT ON FUNCTION chipbook.diluted_share(numeric, numeric[], numeric[], numeric) IS 'A share after several steps, in order: each leaves share x (1 - dilution) and adds what was bought (a sale is negative), never below 0 nor above max_share (or 1). NULL when a share, a dilution or an addition is. 22023 for arrays of different length, and for shares and dilutions outside 0 to 1.';

CREATE FUNCTION chipbook.note_conversion(principal numeric, rate numeric, years numeric, cap_price numeric, discount numeric, round_price numeric,
    OUT amount numeric, OUT price numeric, OUT shares numeric)
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF principal < 0 OR rate < 0 OR years < 0 OR cap_price <= 0 OR round_price <= 0 OR discount < 0 OR discount >= 1 THEN
        RAISE EXCEPTION 'invalid terms of a note: principal %, rate %, years %, cap price %, discount %, round price %', principal, rate, years, cap_price, discount, round_price
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Principal, rate and years are not negative, prices are above 0, and a discount is from 0 to below 1.';
    END IF;
    amount := principal * (1 + rate * years);
    price := round_price * (1 - coalesce(discount, 0));
    IF cap_price < price THEN
        price := cap_price;
    END IF;
    shares := chipbook.exact_quotient(amount, price);
END
$$;
COMMENT ON FUNCTION chipbook.note_conversion(numeric, numeric, numeric, numeric, numeric, numeric) IS 'What a convertible note becomes: amount = principal with simple interest, price = the lower of the cap price and the discounted round price, shares = amount / price (not rounded). cap_price or discount NULL = the note has none; NULL for any other NULL. 22023 for negative terms, prices not above 0, or a discount of 1 or more.';

CREATE FUNCTION chipbook.safe_conversion(existing_shares numeric, amounts numeric[], caps numeric[])
RETURNS TABLE (place bigint, share numeric, shares numeric, capitalisation numeric) IMMUTABLE PARALLEL SAFE ROWS 10 LANGUAGE plpgsql AS $$
DECLARE
    total numeric := 0;
BEGIN
    IF cardinality(amounts) <> cardinality(caps) THEN
        RAISE EXCEPTION 'amounts and caps differ in number: % and %', cardinality(amounts), cardinality(caps) USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF existing_shares < 0 OR EXISTS (SELECT FROM unnest(amounts, caps) s (amount, cap) WHERE s.amount < 0 OR s.cap <= 0) THEN
        RAISE EXCEPTION 'invalid terms of a SAFE: existing shares %, amounts %, caps %', existing_shares, amounts, caps
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Shares and amounts are not negative, caps are above 0.';
    END IF;
    SELECT sum(chipbook.exact_quotient(s.amount, s.cap)) INTO total FROM unnest(amounts, caps) s (amount, cap);
    IF total >= 1 THEN
        RAISE EXCEPTION 'the SAFEs take the whole company: their shares add up to %', round(total, 6)
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Each takes its amount over its post-money cap; together that must stay below 1.';
    END IF;
    IF EXISTS (SELECT FROM unnest(amounts, caps) s (amount, cap) WHERE s.amount IS NULL OR s.cap IS NULL) THEN
        total := NULL;
    END IF;
    RETURN QUERY
        SELECT s.place, chipbook.exact_quotient(s.amount, s.cap), chipbook.exact_quotient(existing_shares * s.amount, s.cap * (1 - total)),
               chipbook.exact_quotient(existing_shares, 1 - total)
        FROM unnest(amounts, caps) WITH ORDINALITY s (amount, cap, place) ORDER BY s.place;
END
$$;
COMMENT ON FUNCTION chipbook.safe_conversion(numeric, numeric[], numeric[]) IS 'What post-money SAFEs become, one row each: share = amount / cap, capitalisation = existing_shares / (1 - all their shares), shares = share x capitalisation (not rounded). NULL where an input is. 22023 for arrays of different length, negative terms, or shares that add up to 1 or more.';

CREATE FUNCTION chipbook.warrant_intrinsic(quantity numeric, strike numeric, price numeric) RETURNS numeric
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF quantity < 0 OR strike < 0 OR price < 0 THEN
        RAISE EXCEPTION 'invalid warrant: quantity %, strike %, price %', quantity, strike, price
            USING ERRCODE = 'invalid_parameter_value', HINT = 'None of them is negative.';
    END IF;
    RETURN CASE WHEN price > strike THEN quantity * (price - strike) WHEN price <= strike AND quantity IS NOT NULL THEN 0 END;
END
$$;
COMMENT ON FUNCTION chipbook.warrant_intrinsic(numeric, numeric, numeric) IS 'What exercising warrants now would gain: quantity x (price - strike), not below 0. Says nothing of vesting. NULL for any NULL. 22023 for negative values.';

CREATE FUNCTION chipbook.treasury_stock_shares(quantity numeric, strike numeric, price numeric) RETURNS numeric
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF quantity < 0 OR strike < 0 OR price < 0 THEN
        RAISE EXCEPTION 'invalid warrant: quantity %, strike %, price %', quantity, strike, price
            USING ERRCODE = 'invalid_parameter_value', HINT = 'None of them is negative.';
    END IF;
    RETURN CASE WHEN price > strike THEN quantity - chipbook.exact_quotient(quantity * strike, price) WHEN price <= strike AND quantity IS NOT NULL THEN 0 END;
END
$$;
COMMENT ON FUNCTION chipbook.treasury_stock_shares(numeric, numeric, numeric) IS 'The net shares of warrants by the treasury-stock method: quantity x (1 - strike / price), 0 when the price is not above the strike. Not rounded. NULL for any NULL. 22023 for negative values.';

CREATE FUNCTION chipbook.deemed_disposal_gain(share_before numeric, share_after numeric, net_assets numeric, new_money numeric) RETURNS numeric
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF share_before < 0 OR share_before > 1 OR share_after < 0 OR share_after > 1 OR new_money < 0 THEN
        RAISE EXCEPTION 'invalid dilution: share % to %, new money %', share_before, share_after, new_money
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Shares are from 0 to 1, new money is not negative.';
    END IF;
    RETURN share_after * (net_assets + new_money) - share_before * net_assets;
END
$$;
COMMENT ON FUNCTION chipbook.deemed_disposal_gain(numeric, numeric, numeric, numeric) IS 'What an investor under the equity method gains (loses, below 0) when others put new money in and its share falls: share_after x (net_assets + new_money) - share_before x net_assets. NULL for any NULL. 22023 for shares outside 0 to 1 or negative money.';

CREATE FUNCTION chipbook.implied_investee_result(reported numeric, share numeric) RETURNS numeric
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF share <= 0 OR share > 1 THEN
        RAISE EXCEPTION 'invalid share: %', share USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a share above 0, up to 1.';
    END IF;
    RETURN chipbook.exact_quotient(reported, share);
END
$$;
COMMENT ON FUNCTION chipbook.implied_investee_result(numeric, numeric) IS 'The investee''s result that a reported share of it implies: reported / share. NULL for any NULL. 22023 for a share not above 0 or above 1.';

-- The net position is the carrying amount, or the liability below 0; unrecognised is the loss that it does not hold.
CREATE FUNCTION chipbook.equity_method_step(INOUT net_position numeric, INOUT unrecognised numeric, commitment numeric, result numeric, OUT recognised numeric)
IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF net_position IS NULL OR unrecognised IS NULL OR result IS NULL OR commitment IS NULL THEN
        net_position := NULL;
        unrecognised := NULL;
    ELSIF result >= 0 THEN
        recognised := greatest(result - unrecognised, 0);
        unrecognised := unrecognised - (result - recognised);
        net_position := net_position + recognised;
    ELSE
        recognised := - least(- result, greatest(net_position + commitment, 0));
        unrecognised := unrecognised + (recognised - result);
        net_position := net_position + recognised;
    END IF;
END
$$;
COMMENT ON FUNCTION chipbook.equity_method_step(numeric, numeric, numeric, numeric) IS 'Internal: takes a share of a result into a position under the equity method. A loss takes it down to - commitment and the rest is unrecognised; a profit first uses up what is unrecognised. NULLs make it unknown.';

CREATE FUNCTION chipbook.equity_method_rollforward(opening numeric, shares numeric[], net_incomes numeric[], dividends numeric[] DEFAULT NULL,
    other_comprehensive_incomes numeric[] DEFAULT NULL, impairments numeric[] DEFAULT NULL, contributions numeric[] DEFAULT NULL, unfunded_commitments numeric[] DEFAULT NULL)
RETURNS TABLE (period bigint, share_of_result numeric, recognised numeric, excess_dividend numeric, carrying_amount numeric, liability numeric, unrecognised_losses numeric)
IMMUTABLE PARALLEL SAFE ROWS 20 LANGUAGE plpgsql AS $$
DECLARE
    periods integer := coalesce(cardinality(net_incomes), 0);
    net_position numeric := opening;
    paid numeric;
    written_off numeric;
BEGIN
    IF cardinality(shares) IS DISTINCT FROM cardinality(net_incomes) OR cardinality(dividends) <> periods OR cardinality(other_comprehensive_incomes) <> periods
       OR cardinality(impairments) <> periods OR cardinality(contributions) <> periods OR cardinality(unfunded_commitments) <> periods THEN
        RAISE EXCEPTION 'the arrays differ in length: there are % net incomes', periods
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give one element for each period in each array, or leave an array out.';
    END IF;
    IF opening < 0 OR EXISTS (SELECT FROM unnest(shares) s (x) WHERE s.x < 0 OR s.x > 1)
       OR EXISTS (SELECT FROM unnest(dividends || contributions || unfunded_commitments) a (x) WHERE a.x < 0) THEN
        RAISE EXCEPTION 'invalid figures for the equity method: opening %, shares %', opening, shares
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Shares are from 0 to 1; the opening amount, dividends, contributions and commitments are not negative.';
    END IF;
    unrecognised_losses := 0;
    FOR n IN 1 .. periods LOOP
        period := n;
        net_position := net_position + CASE WHEN contributions IS NULL THEN 0 ELSE contributions[n] END;
        share_of_result := shares[n] * (net_incomes[n] + CASE WHEN other_comprehensive_incomes IS NULL THEN 0 ELSE other_comprehensive_incomes[n] END);
        SELECT s.net_position, s.unrecognised, s.recognised INTO net_position, unrecognised_losses, recognised
        FROM chipbook.equity_method_step(net_position, unrecognised_losses, CASE WHEN unfunded_commitments IS NULL THEN 0 ELSE unfunded_commitments[n] END, share_of_result) s;
        -- Cash above what the holding stands at is income, not a negative holding.
        paid := CASE WHEN dividends IS NULL THEN 0 ELSE shares[n] * dividends[n] END;
        excess_dividend := CASE WHEN paid <= net_position OR paid = 0 THEN 0 WHEN net_position > 0 THEN paid - net_position WHEN net_position <= 0 THEN paid END;
        net_position := net_position - (paid - excess_dividend);
        written_off := CASE WHEN impairments IS NULL THEN 0 ELSE impairments[n] END;
        net_position := CASE WHEN written_off <= 0 OR written_off <= net_position THEN net_position - written_off WHEN net_position > 0 THEN 0 WHEN written_off IS NOT NULL THEN net_position END;
        carrying_amount := CASE WHEN net_position >= 0 THEN net_position WHEN net_position < 0 THEN 0 END;
        liability := carrying_amount - net_position;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.equity_method_rollforward(numeric, numeric[], numeric[], numeric[], numeric[], numeric[], numeric[], numeric[]) IS 'The equity method period by period: contributions, share x (net income + other comprehensive income), - share x dividends, - impairment (of the holder; below 0 it reverses one). The carrying amount does not fall below 0; losses beyond it are a liability up to the unfunded commitment of the period, and unrecognised beyond that; later profits first use up what is unrecognised. Dividends above the carrying amount are excess_dividend, income. An array left out is 0 throughout; a NULL element makes what follows unknown. 22023 for arrays of different length, shares outside 0 to 1, or negative openings, dividends, contributions or commitments.';

-- All methods, step by step. A level (fair value, opening) makes an amount known again after a gap.
CREATE FUNCTION chipbook.carrying_rollforward(kinds text[], methods text[], amounts numeric[], gains numeric[])
RETURNS TABLE (step bigint, method text, carrying_amount numeric, liability numeric, unrecognised_losses numeric, accumulated_oci numeric, profit_or_loss numeric, other_comprehensive_income numeric)
IMMUTABLE PARALLEL SAFE ROWS 20 LANGUAGE plpgsql AS $$
DECLARE
    net_position numeric := 0;
    cost numeric := 0;
    committed numeric := 0;
    x numeric;
    before numeric;
BEGIN
    unrecognised_losses := 0;
    accumulated_oci := 0;
    FOR n IN 1 .. coalesce(cardinality(kinds), 0) LOOP
        step := n;
        x := amounts[n];
        before := net_position;
        profit_or_loss := 0;
        other_comprehensive_income := 0;
        CASE kinds[n]
        WHEN 'begun' THEN
            NULL;
        WHEN 'method' THEN
            method := methods[n];
            IF x IS NOT NULL THEN
                net_position := x;
                cost := x;
                unrecognised_losses := 0;
                accumulated_oci := 0;
            ELSIF method <> 'equity_method' AND net_position < 0 THEN
                net_position := 0;
            END IF;
        WHEN 'commit' THEN
            committed := committed + x;
        WHEN 'draw' THEN
            net_position := net_position + x;
            cost := cost + x;
            committed := CASE WHEN committed >= x THEN committed - x WHEN committed < x THEN 0 END;
        WHEN 'result' THEN
            IF method = 'equity_method' THEN
                SELECT s.net_position, s.unrecognised, s.recognised INTO net_position, unrecognised_losses, profit_or_loss
                FROM chipbook.equity_method_step(net_position, unrecognised_losses, committed, x) s;
            END IF;
        WHEN 'oci' THEN
            IF method = 'equity_method' THEN
                SELECT s.net_position, s.unrecognised, s.recognised INTO net_position, unrecognised_losses, other_comprehensive_income
                FROM chipbook.equity_method_step(net_position, unrecognised_losses, committed, x) s;
                accumulated_oci := accumulated_oci + other_comprehensive_income;
            END IF;
        WHEN 'distribute' THEN
            IF method IS NULL OR method IN ('equity_method', 'amortised_cost') THEN
                net_position := CASE WHEN x <= net_position THEN net_position - x WHEN net_position > 0 THEN 0 WHEN x IS NOT NULL THEN net_position END;
                profit_or_loss := x - (before - net_position);
            ELSE
                profit_or_loss := x;
            END IF;
        WHEN 'impairment' THEN
            IF method IS NULL OR method <> 'fair_value' THEN
                net_position := CASE WHEN x <= net_position THEN net_position - x WHEN net_position > 0 THEN 0 WHEN x IS NOT NULL THEN net_position END;
                profit_or_loss := net_position - before;
                cost := cost + profit_or_loss;
            END IF;
        WHEN 'dilution_gain' THEN
            IF method = 'equity_method' THEN
                net_position := net_position + x;
                profit_or_loss := x;
            END IF;
        WHEN 'observable_price' THEN
            IF method = 'measurement_alternative' THEN
                net_position := CASE WHEN net_position + x < 0 THEN 0 ELSE net_position + x END;
                profit_or_loss := coalesce(net_position - before, x);
            END IF;
        WHEN 'fair_value' THEN
            IF method IN ('fair_value', 'available_for_sale') THEN
                net_position := x;
                IF method = 'fair_value' THEN
                    profit_or_loss := x - before;
                ELSE
                    other_comprehensive_income := x - before;
                    accumulated_oci := x - cost;
                END IF;
            END IF;
        WHEN 'conversion' THEN
            -- What was received is the new basis; what had gathered in other comprehensive income becomes profit.
            IF method = 'available_for_sale' THEN
                profit_or_loss := coalesce(gains[n], x - before + accumulated_oci);
                other_comprehensive_income := - accumulated_oci;
                accumulated_oci := 0;
            ELSE
                profit_or_loss := coalesce(gains[n], x - before);
            END IF;
            net_position := x;
            cost := x;
        ELSE
            RAISE EXCEPTION 'invalid kind of step: "%"', kinds[n] USING ERRCODE = 'invalid_parameter_value';
        END CASE;
        carrying_amount := CASE WHEN net_position >= 0 THEN net_position WHEN net_position < 0 THEN 0 END;
        liability := carrying_amount - net_position;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION chipbook.carrying_rollforward(text[], text[], numeric[], numeric[]) IS 'Internal: what a holding stands at after each of its steps, by the method in force. Amounts of one holding, basis and currency, in order. 22023 for another kind of step.';

CREATE FUNCTION chipbook.create_ledger_stake_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    -- Shares, and what changes them

    CREATE VIEW stake_range WITH (security_invoker) AS
    SELECT s.stake_id, s.owner_id, s.owned_id, s.basis, s.as_at, s.qualifier, s.voting_share, s.max_share, s.instrument, s.holding_id, s.legal_status,
           is_binding(s.legal_status) AS is_firm, r.share_low,
           CASE WHEN s.qualifier IN ('exactly', 'about') THEN coalesce(s.share, CASE WHEN r.share_low = r.share_high THEN r.share_low END) END AS share,
           r.share_high, s.note, s.source_id, s.known_on, s.recorded_at
    FROM stake_known s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN s.qualifier IN ('up_to', 'nearly') THEN coalesce(s.share_low, 0) ELSE coalesce(s.share_low, s.share, 0) END AS share_low,
               CASE WHEN s.qualifier IN ('more_than', 'at_least') THEN coalesce(s.share_high, 1) ELSE coalesce(s.share_high, s.share, 1) END AS share_high) r
    WHERE s.legal_status <> 'terminated' AND s.as_at <= (SELECT effective_date FROM clock);
    COMMENT ON VIEW stake_range IS 'Stated shares by the effective date as [share_low, share_high], with their point where one is determined; what is not known is between 0 and 1. Key: (stake_id).';

    CREATE VIEW stake_base WITH (security_invoker) AS
    SELECT b.*, (SELECT m.max_share FROM stake_range m
                 WHERE m.owner_id = b.owner_id AND m.owned_id = b.owned_id AND m.max_share IS NOT NULL AND m.is_firm AND m.as_at <= b.as_at
                 ORDER BY m.as_at DESC, m.max_share LIMIT 1) AS max_share,
           lead(b.as_at) OVER (PARTITION BY b.owner_id, b.owned_id, b.basis ORDER BY b.as_at) AS next_as_at
    FROM (SELECT s.owner_id, s.owned_id, s.basis, s.as_at, min(s.share_low) AS share_low,
                 CASE WHEN count(*) = count(s.share) AND min(s.share) = max(s.share) THEN min(s.share) END AS share, max(s.share_high) AS share_high,
                 max(s.voting_share) AS voting_share, count(*) AS statements, max(s.recorded_at) AS last_recorded_at
          FROM stake_range s WHERE s.is_firm
          GROUP BY s.owner_id, s.owned_id, s.basis, s.as_at) b;
    COMMENT ON VIEW stake_base IS 'What binding statements of one day say of a share together, the cap in force and the day of the next statement. Statements that differ are a range. Key: (owner_id, owned_id, basis, as_at).';

    CREATE VIEW financing_round WITH (security_invoker) AS
    SELECT v.valuation_id, v.party_id, v.valued_on, v.currency::text AS currency,
           amount(v.value_low) AS post_low, amount(v.value_point) AS post, amount(v.value_high) AS post_high, amount(v.new_money) AS new_money,
           CASE WHEN amount(v.value_high) > 0 AND v.new_money IS NOT NULL THEN least(exact_quotient(amount(v.new_money), amount(v.value_high)), 1) ELSE 0 END AS dilution_low,
           CASE WHEN amount(v.value_point) > 0 AND v.new_money IS NOT NULL THEN least(exact_quotient(amount(v.new_money), amount(v.value_point)), 1) END AS dilution,
           CASE WHEN amount(v.value_low) > 0 AND v.new_money IS NOT NULL THEN least(exact_quotient(amount(v.new_money), amount(v.value_low)), 1) ELSE 1 END AS dilution_high, v.recorded_at
    FROM valuation_known v
    WHERE v.kind = 'post_money' AND v.legal_status IN ('closed', 'paid') AND v.valued_on <= (SELECT effective_date FROM clock)
      AND coalesce(amount(v.new_money) >= 0, true);
    COMMENT ON VIEW financing_round IS 'Closed rounds with a post-money value: dilution is new money over it, from 0 to 1; a round whose new money is not known dilutes by anything. Key: (valuation_id).';

    CREATE VIEW ownership_change WITH (security_invoker) AS
    SELECT r.party_id AS owned_id, NULL::text AS owner_id, r.valued_on AS happened_on, 1 AS place, r.valuation_id AS change_id, 'round' AS kind,
           r.dilution_low, r.dilution, r.dilution_high, 0::numeric AS added_low, 0::numeric AS added, 0::numeric AS added_high, r.recorded_at
    FROM financing_round r
    UNION ALL
    -- New shares outside a round dilute every owner.
    SELECT e.owned_id, NULL, e.happened_on, 1, e.event_id, e.kind, coalesce(e.share_low, e.share, 0), coalesce(e.share, CASE WHEN e.share_low = e.share_high THEN e.share_low END),
           coalesce(e.share_high, e.share, 1), 0, 0, 0, e.recorded_at
    FROM stake_event_known e
    WHERE e.kind IN ('conversion', 'exercise') AND e.valuation_id IS NULL AND e.happened_on <= (SELECT effective_date FROM clock)
    UNION ALL
    SELECT e.owned_id, e.owner_id, coalesce(r.valued_on, e.happened_on), 2, e.event_id, e.kind, 0, 0, 0,
           CASE WHEN e.kind = 'sale' THEN - a.added_high ELSE a.added_low END, CASE WHEN e.kind = 'sale' THEN - a.added ELSE a.added END,
           CASE WHEN e.kind = 'sale' THEN - a.added_low ELSE a.added_high END, greatest(e.recorded_at, r.recorded_at)
    FROM stake_event_known e
    LEFT JOIN financing_round r ON r.valuation_id = e.valuation_id AND r.party_id = e.owned_id
    CROSS JOIN LATERAL (
        SELECT coalesce(e.share_low, e.share, exact_quotient(amount(coalesce(e.amount_low, e.amount)), greatest(r.post_high, 0)), 0) AS added_low,
               coalesce(e.share, CASE WHEN e.share_low = e.share_high THEN e.share_low END,
                        exact_quotient(amount(coalesce(e.amount, CASE WHEN e.amount_low = e.amount_high THEN e.amount_low END)), greatest(r.post, 0))) AS added,
               coalesce(e.share_high, e.share, exact_quotient(amount(coalesce(e.amount_high, e.amount)), greatest(r.post_low, 0)), 1) AS added_high) a
    -- What was paid in a round counts once the round is closed.
    WHERE (e.valuation_id IS NULL OR r.valuation_id IS NOT NULL) AND coalesce(r.valued_on, e.happened_on) <= (SELECT effective_date FROM clock)
      AND (r.currency IS NULL OR e.currency IS NULL OR r.currency = e.currency::text);
    COMMENT ON VIEW ownership_change IS 'What changes shares by the effective date: rounds and new shares, for every owner (owner_id NULL), then what an owner added or sold, as shares of the party afterwards. Key: (change_id, kind, place).';

    -- Each statement carried to the day of each change, of the next statement, and to today.
    CREATE VIEW ownership_carried WITH (security_invoker) AS
    SELECT b.owner_id, b.owned_id, b.basis, b.as_at AS stated_on, t.as_at, b.next_as_at, b.max_share, b.voting_share,
           b.share_low AS stated_low, b.share AS stated, b.share_high AS stated_high,
           diluted_share(b.share_low, p.dilutions_high, p.added_low, b.max_share) AS share_low,
           diluted_share(b.share, p.dilutions, p.added, b.max_share) AS share,
           diluted_share(b.share_high, p.dilutions_low, p.added_high, b.max_share) AS share_high,
           coalesce(p.rounds, 0) AS rounds, coalesce(p.unknown_changes, 0) AS unknown_changes, greatest(b.last_recorded_at, p.last_recorded_at) AS last_recorded_at
    FROM stake_base b
    CROSS JOIN LATERAL (
        SELECT b.as_at
        UNION SELECT c.happened_on FROM ownership_change c
              WHERE c.owned_id = b.owned_id AND (c.owner_id IS NULL OR c.owner_id = b.owner_id) AND c.happened_on > b.as_at AND (b.next_as_at IS NULL OR c.happened_on < b.next_as_at)
        UNION SELECT coalesce(b.next_as_at, (SELECT effective_date FROM clock))) t (as_at)
    CROSS JOIN LATERAL (
        SELECT array_agg(c.dilution_low ORDER BY c.happened_on, c.place, c.change_id) AS dilutions_low, array_agg(c.dilution ORDER BY c.happened_on, c.place, c.change_id) AS dilutions,
               array_agg(c.dilution_high ORDER BY c.happened_on, c.place, c.change_id) AS dilutions_high, array_agg(c.added_low ORDER BY c.happened_on, c.place, c.change_id) AS added_low,
               array_agg(c.added ORDER BY c.happened_on, c.place, c.change_id) AS added, array_agg(c.added_high ORDER BY c.happened_on, c.place, c.change_id) AS added_high,
               count(*) FILTER (WHERE c.kind = 'round') AS rounds, count(*) FILTER (WHERE c.dilution IS NULL OR c.added IS NULL) AS unknown_changes,
               max(c.recorded_at) AS last_recorded_at
        FROM ownership_change c
        WHERE c.owned_id = b.owned_id AND (c.owner_id IS NULL OR c.owner_id = b.owner_id) AND c.happened_on > b.as_at AND c.happened_on <= t.as_at) p;
    COMMENT ON VIEW ownership_carried IS 'Each stated share after the rounds, conversions, purchases and sales that followed it, at each of these days, at the day of the next statement and at the effective date. Key: (owner_id, owned_id, basis, stated_on, as_at).';

    CREATE VIEW ownership_at WITH (security_invoker) AS
    SELECT o.*, lead(o.as_at) OVER (PARTITION BY o.owner_id, o.owned_id, o.basis ORDER BY o.as_at) AS until,
           -- Where several bases are stated: the one nearest to what the owner has in hand.
           array_position(ARRAY['as_converted', 'outstanding', 'fully_diluted', 'not_stated'], o.basis) AS basis_rank
    FROM ownership_carried o
    WHERE o.next_as_at IS NULL OR o.as_at < o.next_as_at;
    COMMENT ON VIEW ownership_at IS 'The share of an owner in a party from as_at until the next change. Key: (owner_id, owned_id, basis, as_at).';

    -- Figures of parties

    -- A year that contains a quarter is counted, and the quarter is not.
    CREATE VIEW party_figure_best WITH (security_invoker) AS
    WITH ranked AS (
        SELECT b.basis, f.party_id, f.measure, f.modality, f.period_from, f.period_to, f.currency::text AS currency, f.recorded_at,
               CASE WHEN f.qualifier IN ('up_to', 'nearly') THEN amount(f.amount_low) ELSE amount(coalesce(f.amount_low, f.amount)) END AS amount_low,
               CASE WHEN f.qualifier IN ('exactly', 'about') THEN amount(coalesce(f.amount, CASE WHEN f.amount_low = f.amount_high THEN f.amount_low END)) END AS amount,
               CASE WHEN f.qualifier IN ('more_than', 'at_least') THEN amount(f.amount_high) ELSE amount(coalesce(f.amount_high, f.amount)) END AS amount_high,
               CASE WHEN f.basis = b.basis THEN 0 WHEN f.basis IS NULL THEN 1 ELSE 2 END AS basis_rank,
               min(CASE WHEN f.basis = b.basis THEN 0 WHEN f.basis IS NULL THEN 1 ELSE 2 END)
                   OVER (PARTITION BY b.basis, f.party_id, f.measure, f.modality, f.period_from, f.period_to, f.currency::text) AS best_rank
        FROM party_figure_known f
        CROSS JOIN (SELECT 'ifrs' AS basis UNION SELECT 'us_gaap' UNION SELECT c.primary_basis FROM clock c UNION SELECT a.basis FROM holding_accounting_known a) b
        WHERE f.counterparty_id IS NULL
    )
    SELECT g.*, EXISTS (SELECT FROM ranked o WHERE o.basis = g.basis AND o.party_id = g.party_id AND o.measure = g.measure AND o.modality = g.modality AND o.currency = g.currency
                          AND o.period_from <= g.period_from AND o.period_to >= g.period_to AND (o.period_from < g.period_from OR o.period_to > g.period_to)) AS is_contained
    FROM (
        SELECT r.basis, r.party_id, r.measure, r.modality, r.period_from, r.period_to, r.currency, r.basis_rank,
               CASE WHEN count(*) = count(r.amount_low) THEN min(r.amount_low) END AS amount_low,
               CASE WHEN count(*) = count(r.amount) AND min(r.amount) = max(r.amount) THEN min(r.amount) END AS amount,
               CASE WHEN count(*) = count(r.amount_high) THEN max(r.amount_high) END AS amount_high, count(*) AS figures, max(r.recorded_at) AS last_recorded_at
        FROM ranked r WHERE r.basis_rank = r.best_rank
        GROUP BY r.basis, r.party_id, r.measure, r.modality, r.period_from, r.period_to, r.currency, r.basis_rank) g;
    COMMENT ON VIEW party_figure_best IS 'The whole figures of parties (of no one counterparty) for each basis: those of the basis, else those that state none, else those of another (basis_rank 0, 1, 2); sources that differ are a range. is_contained: a longer period of the same measure has it too. Key: (basis, party_id, measure, modality, period_from, period_to, currency).';

    -- Carrying amounts

    CREATE VIEW holding_parties WITH (security_invoker) AS
    SELECT e.holding_id, min(e.investor_id) AS investor_id, min(e.investee_id) AS investee_id FROM holding_event_known e GROUP BY e.holding_id;
    COMMENT ON VIEW holding_parties IS 'Who holds a holding, and of whom. Key: (holding_id).';

    CREATE VIEW holding_result WITH (security_invoker) AS
    SELECT a.holding_id, a.basis, a.currency::text AS currency, a.valid_from, f.period_from, f.period_to,
           CASE f.measure WHEN 'net_income' THEN 'result' WHEN 'dividends' THEN 'distribute' ELSE 'oci' END AS kind,
           CASE WHEN f.amount_low < 0 THEN s.share_high * f.amount_low ELSE s.share_low * f.amount_low END AS amount_low, s.share * f.amount AS amount,
           CASE WHEN f.amount_high < 0 THEN s.share_low * f.amount_high ELSE s.share_high * f.amount_high END AS amount_high,
           greatest(a.recorded_at, f.last_recorded_at, s.recorded_at) AS recorded_at
    FROM holding_accounting_known a
    JOIN holding_parties h ON h.holding_id = a.holding_id
    JOIN party_figure_best f ON f.party_id = h.investee_id AND f.basis = a.basis AND f.basis_rank < 2 AND f.modality = 'actual' AND f.currency = a.currency::text
         AND f.measure IN ('net_income', 'other_comprehensive_income', 'dividends') AND NOT f.is_contained
         AND f.period_from >= a.valid_from AND f.period_to < a.valid_to
    LEFT JOIN LATERAL (
        SELECT a.share AS share_low, a.share, a.share AS share_high, NULL::timestamptz AS recorded_at WHERE a.share IS NOT NULL
        UNION ALL
        (SELECT o.share_low, o.share, o.share_high, o.last_recorded_at FROM ownership_at o
         WHERE a.share IS NULL AND o.owner_id = h.investor_id AND o.owned_id = h.investee_id AND o.as_at <= f.period_to AND (o.until IS NULL OR o.until > f.period_to)
         ORDER BY o.basis_rank LIMIT 1)) s ON true
    WHERE a.method = 'equity_method'
      AND NOT EXISTS (SELECT FROM holding_measurement_known m
                      WHERE m.holding_id = a.holding_id AND m.kind = 'reported_result' AND NOT m.is_after_tax AND (m.basis = a.basis OR m.basis IS NULL)
                        AND f.measure <> 'dividends' AND m.happened_from <= f.period_to AND m.happened_to >= f.period_from)
      AND NOT (f.measure = 'dividends' AND EXISTS (SELECT FROM holding_event_known e WHERE e.holding_id = a.holding_id AND e.kind = 'distribute'))
    UNION ALL
    SELECT a.holding_id, a.basis, a.currency::text, a.valid_from, m.happened_from, m.happened_to, 'result',
           amount(coalesce(m.amount_low, m.amount)), amount(coalesce(m.amount, CASE WHEN m.amount_low = m.amount_high THEN m.amount_low END)), amount(coalesce(m.amount_high, m.amount)),
           greatest(a.recorded_at, m.recorded_at)
    FROM holding_accounting_known a
    JOIN holding_measurement_known m ON m.holding_id = a.holding_id AND m.kind = 'reported_result' AND NOT m.is_after_tax AND (m.basis = a.basis OR m.basis IS NULL)
         AND m.currency::text = a.currency::text AND m.happened_from >= a.valid_from AND m.happened_to < a.valid_to
    WHERE a.method = 'equity_method';
    COMMENT ON VIEW holding_result IS 'The holder''s share of the investee''s results, other comprehensive income and dividends while the equity method is in force; what the holder itself reported stands in place of the figures of the same time. Key: (holding_id, basis, period_from, period_to, kind).';

    CREATE VIEW holding_step WITH (security_invoker) AS
    SELECT a.holding_id, a.basis, a.currency::text AS currency, a.valid_from AS happened_on, 2 AS place, 'method' AS kind, a.method,
           amount(a.opening_amount) AS amount_low, amount(a.opening_amount) AS amount, amount(a.opening_amount) AS amount_high, NULL::numeric AS gain, a.holding_id AS step_id, a.recorded_at
    FROM holding_accounting_known a
    UNION ALL
    SELECT a.holding_id, a.basis, a.currency::text, a.valid_to, 2, 'method', NULL, NULL, NULL, NULL, NULL, a.holding_id, a.recorded_at
    FROM holding_accounting_known a
    WHERE a.valid_to < 'infinity' AND NOT EXISTS (SELECT FROM holding_accounting_known n WHERE n.holding_id = a.holding_id AND n.basis = a.basis AND n.valid_from = a.valid_to)
    UNION ALL
    SELECT a.holding_id, a.basis, a.currency, e.happened_to, CASE e.kind WHEN 'commit' THEN 3 WHEN 'draw' THEN 4 WHEN 'opening' THEN 4 WHEN 'distribute' THEN 6 ELSE 9 END,
           CASE e.kind WHEN 'opening' THEN 'draw' WHEN 'impair' THEN 'impairment' ELSE e.kind END, NULL, e.amount_low, e.amount, e.amount_high, NULL, e.event_id, e.recorded_at
    FROM (SELECT DISTINCT k.holding_id, k.basis, k.currency::text AS currency FROM holding_accounting_known k) a
    JOIN holding_event_range e ON e.holding_id = a.holding_id AND e.currency = a.currency AND e.kind <> 'convert' AND is_binding(e.legal_status)
    UNION ALL
    SELECT a.holding_id, a.basis, a.currency, m.happened_to, CASE m.kind WHEN 'conversion' THEN 1 WHEN 'dilution_gain' THEN 7 WHEN 'impairment' THEN 9 ELSE 8 END, m.kind, NULL,
           coalesce(amount(coalesce(m.amount_low, m.amount)), amount(m.price) * m.quantity),
           coalesce(amount(coalesce(m.amount, CASE WHEN m.amount_low = m.amount_high THEN m.amount_low END)), amount(m.price) * m.quantity),
           coalesce(amount(coalesce(m.amount_high, m.amount)), amount(m.price) * m.quantity), amount(m.gain), m.measurement_id, m.recorded_at
    FROM (SELECT DISTINCT k.holding_id, k.basis, k.currency::text AS currency FROM holding_accounting_known k) a
    JOIN holding_measurement_known m ON m.holding_id = a.holding_id AND m.currency::text = a.currency AND (m.basis = a.basis OR m.basis IS NULL) AND m.kind <> 'reported_result'
    UNION ALL
    -- From here on it may have happened.
    SELECT a.holding_id, a.basis, a.currency, e.happened_from, 0, 'begun', NULL, 0, 0, 0, NULL, e.event_id, e.recorded_at
    FROM (SELECT DISTINCT k.holding_id, k.basis, k.currency::text AS currency FROM holding_accounting_known k) a
    JOIN holding_event_range e ON e.holding_id = a.holding_id AND e.currency = a.currency AND e.kind NOT IN ('convert', 'commit') AND is_binding(e.legal_status) AND e.happened_from < e.happened_to
    UNION ALL
    SELECT r.holding_id, r.basis, r.currency, r.period_to, CASE r.kind WHEN 'result' THEN 5 WHEN 'oci' THEN 5 ELSE 6 END, r.kind, NULL, r.amount_low, r.amount, r.amount_high, NULL,
           concat(r.kind, r.period_from), r.recorded_at
    FROM holding_result r;
    COMMENT ON VIEW holding_step IS 'Everything that changes what a holding stands at under a basis, in the order of a day: what may have begun to happen, conversion, method, commit, draw, results, distributions, dilution gain, prices and values, impairment. Key: (holding_id, basis, currency, happened_on, place, kind, step_id).';

    -- Three runs: the lowest, the point and the highest the ranges allow.
    CREATE VIEW holding_carried WITH (security_invoker) AS
    SELECT h.holding_id, h.basis, h.currency, r.step, (h.days)[r.step] AS happened_on, (h.kinds)[r.step] AS kind, r.method,
           coalesce(low.carrying_amount, 0) AS carrying_low, r.carrying_amount AS carrying, high.carrying_amount AS carrying_high,
           r.liability, r.unrecognised_losses, r.accumulated_oci, r.profit_or_loss, r.other_comprehensive_income, (h.measured)[r.step] AS is_measured,
           (h.unknowns)[r.step] AS unknown_count, h.last_recorded_at
    FROM (
        SELECT s.holding_id, s.basis, s.currency, max(s.recorded_at) AS last_recorded_at,
               array_agg(s.happened_on ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS days, array_agg(s.kind ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS kinds,
               array_agg(s.method ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS methods, array_agg(s.gain ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS gains,
               array_agg(s.amount ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS amounts,
               array_agg(CASE WHEN s.kind IN ('distribute', 'impairment') THEN s.amount_high ELSE s.amount_low END ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS lows,
               array_agg(CASE WHEN s.kind IN ('distribute', 'impairment') THEN s.amount_low ELSE s.amount_high END ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS highs,
               array_agg(s.kind IN ('fair_value', 'conversion', 'observable_price', 'result') ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS measured,
               array_agg(CASE WHEN s.kind NOT IN ('method', 'commit') AND num_nonnulls(s.amount_low, s.amount, s.amount_high) = 0 THEN 1 ELSE 0 END ORDER BY s.happened_on, s.place, s.kind, s.step_id) AS unknowns
        FROM holding_step s
        WHERE s.happened_on <= (SELECT effective_date FROM clock)
        GROUP BY s.holding_id, s.basis, s.currency) h
    CROSS JOIN LATERAL carrying_rollforward(h.kinds, h.methods, h.amounts, h.gains) r
    JOIN LATERAL carrying_rollforward(h.kinds, h.methods, h.lows, h.gains) low ON low.step = r.step
    JOIN LATERAL carrying_rollforward(h.kinds, h.methods, h.highs, h.gains) high ON high.step = r.step;
    COMMENT ON VIEW holding_carried IS 'What a holding stands at after each of its steps by the effective date. Key: (holding_id, basis, currency, step).';

    CREATE VIEW holding_day WITH (security_invoker) AS
    SELECT d.*, lead(d.as_at) OVER (PARTITION BY d.holding_id, d.basis, d.currency ORDER BY d.as_at) AS until
    FROM (
        SELECT DISTINCT ON (c.holding_id, c.basis, c.currency, c.happened_on)
               c.holding_id, c.basis, c.currency, c.happened_on AS as_at, c.method, c.carrying_low, c.carrying, c.carrying_high, c.liability, c.unrecognised_losses, c.accumulated_oci,
               CASE WHEN count(*) OVER day = count(c.profit_or_loss) OVER day THEN sum(c.profit_or_loss) OVER day END AS profit_or_loss,
               CASE WHEN count(*) OVER day = count(c.other_comprehensive_income) OVER day THEN sum(c.other_comprehensive_income) OVER day END AS other_comprehensive_income,
               max(c.happened_on) FILTER (WHERE c.is_measured) OVER so_far AS measured_on, sum(c.unknown_count) OVER so_far AS unknown_count, c.last_recorded_at
        FROM holding_carried c
        WINDOW day AS (PARTITION BY c.holding_id, c.basis, c.currency, c.happened_on), so_far AS (PARTITION BY c.holding_id, c.basis, c.currency ORDER BY c.happened_on)
        ORDER BY c.holding_id, c.basis, c.currency, c.happened_on, c.step DESC) d;
    COMMENT ON VIEW holding_day IS 'What a holding stands at from the end of a day until the next on which something changes. Key: (holding_id, basis, currency, as_at).';

    -- Days of the equity method for which no result is known, up to the last one that is.
    CREATE VIEW holding_result_gap WITH (security_invoker) AS
    SELECT r.holding_id, r.basis, r.currency, r.valid_from, min(r.period_to) AS first_result_on, max(r.period_to) AS results_to,
           max(r.period_to) - r.valid_from + 1 - (SELECT sum(upper(p) - lower(p)) FROM unnest(range_agg(daterange(r.period_from, r.period_to, '[]'))) p) AS days_missing,
           sum(r.period_to - r.period_from + 1) > (SELECT sum(upper(p) - lower(p)) FROM unnest(range_agg(daterange(r.period_from, r.period_to, '[]'))) p) AS is_overlapping
    FROM holding_result r
    WHERE r.kind = 'result' AND r.period_to <= (SELECT effective_date FROM clock)
    GROUP BY r.holding_id, r.basis, r.currency, r.valid_from;
    COMMENT ON VIEW holding_result_gap IS 'How far results are known while the equity method is in force. Key: (holding_id, basis, currency, valid_from).';

    -- Funders, and the sector

    CREATE VIEW funds_raised_to WITH (security_invoker) AS
    SELECT d.as_at, f.party_id, f.currency, sum(f.amount_low) AS raised_low, CASE WHEN count(*) = count(f.amount) THEN sum(f.amount) END AS raised,
           CASE WHEN count(*) = count(f.amount_high) THEN sum(f.amount_high) END AS raised_high, min(f.period_from) AS raised_from, max(f.period_to) AS raised_to,
           max(f.last_recorded_at) AS last_recorded_at
    FROM exposure_date d
    JOIN party_figure_best f ON f.measure = 'funds_raised' AND f.modality = 'actual' AND f.basis = (SELECT primary_basis FROM clock) AND f.period_to <= d.as_at
    WHERE NOT EXISTS (SELECT FROM party_figure_best o
                      WHERE f.is_contained AND o.basis = f.basis AND o.party_id = f.party_id AND o.measure = f.measure AND o.modality = f.modality AND o.currency = f.currency
                        AND o.period_from <= f.period_from AND o.period_to >= f.period_to AND (o.period_from < f.period_from OR o.period_to > f.period_to) AND o.period_to <= d.as_at)
    GROUP BY d.as_at, f.party_id, f.currency;
    COMMENT ON VIEW funds_raised_to IS 'All the money a party is said to have raised by a date, from figures of periods; one inside a longer one that has ended is not counted again. Key: (as_at, party_id, currency).';

    CREATE VIEW funding_drawn WITH (security_invoker) AS
    SELECT h.as_at, coalesce(g.group_id, h.investor_id) AS investor_id, h.investee_id, h.currency, sum(h.drawn_low) AS drawn_low,
           CASE WHEN count(*) = count(h.drawn) THEN sum(h.drawn) END AS drawn, CASE WHEN count(*) = count(h.drawn_high) THEN sum(h.drawn_high) END AS drawn_high,
           count(*) FILTER (WHERE h.has_unknown) AS unknown_count, max(h.last_recorded_at) AS last_recorded_at
    FROM holding_exposure h LEFT JOIN party_group g ON g.as_at = h.as_at AND g.party_id = h.investor_id
    WHERE is_binding(h.legal_status)
    GROUP BY h.as_at, coalesce(g.group_id, h.investor_id), h.investee_id, h.currency;
    COMMENT ON VIEW funding_drawn IS 'What each group has paid into a party by a date, under what binds. Key: (as_at, investor_id, investee_id, currency).';

    CREATE VIEW sector_part WITH (security_invoker) AS
    WITH worth AS (
        SELECT DISTINCT ON (v.party_id, v.currency::text) v.party_id, v.currency::text AS currency, v.valuation_id, amount(v.value_point) AS value, v.recorded_at
        FROM valuation_known v
        WHERE is_binding(v.legal_status) AND v.valued_on <= (SELECT effective_date FROM clock)
        ORDER BY v.party_id, v.currency::text, v.valued_on DESC, v.valuation_id
    ), held AS (
        SELECT DISTINCT ON (o.owner_id, o.owned_id) o.owner_id, o.owned_id, o.share, o.last_recorded_at
        FROM ownership_at o WHERE o.until IS NULL ORDER BY o.owner_id, o.owned_id, o.basis_rank
    )
    SELECT w.party_id, w.currency, coalesce(g.group_id, h.owner_id) AS owner_group_id, w.value * h.share AS value, h.share, w.value IS NULL OR h.share IS NULL AS is_unknown,
           greatest(w.recorded_at, h.last_recorded_at) AS last_recorded_at
    FROM worth w JOIN held h ON h.owned_id = w.party_id
    LEFT JOIN party_group g ON g.as_at = (SELECT effective_date FROM clock) AND g.party_id = h.owner_id
    UNION ALL
    -- What no stated share takes stays with the party itself, or with the group it is in.
    SELECT w.party_id, w.currency, coalesce(g.group_id, w.party_id), w.value * (1 - least(coalesce(t.share, 0), 1)), 1 - least(coalesce(t.share, 0), 1), w.value IS NULL, w.recorded_at
    FROM worth w
    LEFT JOIN (SELECT h.owned_id, sum(h.share) AS share FROM held h GROUP BY h.owned_id) t ON t.owned_id = w.party_id
    LEFT JOIN party_group g ON g.as_at = (SELECT effective_date FROM clock) AND g.party_id = w.party_id;
    COMMENT ON VIEW sector_part IS 'The latest binding valuation of each party at the effective date, split among the groups that own it; what no stated share takes stays with the party. Key: not unique by (party_id, currency, owner_group_id).';

    CREATE VIEW sector_share WITH (security_invoker) AS
    SELECT p.owner_group_id, p.currency, sum(p.value) AS value, exact_quotient(sum(p.value), sum(sum(p.value)) OVER (PARTITION BY p.currency)) AS share,
           count(DISTINCT p.party_id) AS parties, max(p.last_recorded_at) AS last_recorded_at
    FROM sector_part p
    WHERE p.value > 0
    GROUP BY p.owner_group_id, p.currency;
    COMMENT ON VIEW sector_share IS 'What each group owns of all parties with a valuation, at the effective date. Key: (owner_group_id, currency).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_stake_views() IS 'Internal: part of create_ledger. Shares carried through rounds, holdings step by step, figures of parties, funders and the sector.';

CREATE FUNCTION chipbook.create_report_stake_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW ownership_over_time WITH (security_invoker) AS
    SELECT o.owner_id, o.owned_id, o.basis, o.as_at, o.until, o.share_low::numeric(38,15) AS share_low, o.share::numeric(38,15) AS share, o.share_high::numeric(38,15) AS share_high,
           o.stated_on, o.stated_low::numeric(38,15) AS stated_low, o.stated::numeric(38,15) AS stated, o.stated_high::numeric(38,15) AS stated_high,
           o.max_share::numeric(38,15) AS max_share, o.voting_share::numeric(38,15) AS voting_share, o.rounds, o.unknown_changes, o.last_recorded_at
    FROM ownership_at o;
    COMMENT ON VIEW ownership_over_time IS 'The share of an owner in a party, 0 to 1, from the end of as_at until the next change (until, exclusive; NULL = holds at the effective date): the last stated share, diluted by each closed round that followed, with what the owner bought, converted, exercised or sold, capped by contract. Key: (owner_id, owned_id, basis, as_at). Additive over owners of one party, basis and date; shares of different bases are not.';
    COMMENT ON COLUMN ownership_over_time.share IS 'NULL where the statement is a range, sources of one day differ, or a change is not known; then share_low and share_high still hold. rounds is how many rounds it was carried through since stated_on.';
    COMMENT ON COLUMN ownership_over_time.unknown_changes IS 'Rounds without new money and purchases without an amount since the statement: the bounds allow anything for them.';

    CREATE VIEW ownership_group WITH (security_invoker) AS
    SELECT coalesce(a.group_id, o.owner_id) AS owner_group_id, o.owned_id, o.basis, c.effective_date AS as_at, least(sum(o.share_low), 1)::numeric(38,15) AS share_low,
           CASE WHEN count(*) = count(o.share) THEN sum(o.share) END::numeric(38,15) AS share, least(sum(o.share_high), 1)::numeric(38,15) AS share_high,
           count(*) AS owners, count(*) FILTER (WHERE o.share IS NULL) AS unknown_count, max(o.last_recorded_at) AS last_recorded_at
    FROM clock c CROSS JOIN ownership_at o
    LEFT JOIN party_group a ON a.as_at = c.effective_date AND a.party_id = o.owner_id
    LEFT JOIN party_group b ON b.as_at = c.effective_date AND b.party_id = o.owned_id
    WHERE o.until IS NULL AND coalesce(a.group_id, o.owner_id) <> coalesce(b.group_id, o.owned_id)
    GROUP BY coalesce(a.group_id, o.owner_id), o.owned_id, o.basis, c.effective_date;
    COMMENT ON VIEW ownership_group IS 'The shares that the parties of one group hold at the effective date together; shares inside a group are left out. Key: (owner_group_id, owned_id, basis). Shares 0 to 1, additive over owners of one party and basis.';

    CREATE VIEW stake_statement WITH (security_invoker) AS
    SELECT s.stake_id, s.owner_id, s.owned_id, s.basis, s.as_at, s.qualifier, s.share_low::numeric(38,15) AS share_low, s.share::numeric(38,15) AS share, s.share_high::numeric(38,15) AS share_high,
           s.voting_share::numeric(38,15) AS voting_share, s.max_share::numeric(38,15) AS max_share, s.instrument, s.holding_id, s.legal_status,
           p.stated_on AS computed_from, p.share_low::numeric(38,15) AS computed_low, p.share::numeric(38,15) AS computed, p.share_high::numeric(38,15) AS computed_high, p.rounds,
           s.qualifier <> 'about' AND (coalesce(s.share_low > p.share_high OR s.share_high < p.share_low, false)
               OR EXISTS (SELECT FROM stake_range o WHERE o.owner_id = s.owner_id AND o.owned_id = s.owned_id AND o.basis = s.basis AND o.as_at = s.as_at AND o.qualifier <> 'about'
                          AND (o.share_low > s.share_high OR o.share_high < s.share_low))) AS conflicting,
           s.note, s.source_id, q.reference AS source_reference, q.confidence, s.known_on, greatest(s.recorded_at, p.last_recorded_at) AS last_recorded_at
    FROM stake_range s
    LEFT JOIN source q ON q.source_id = s.source_id
    LEFT JOIN LATERAL (
        SELECT o.* FROM ownership_carried o
        WHERE s.is_firm AND o.owner_id = s.owner_id AND o.owned_id = s.owned_id AND o.basis = s.basis AND o.stated_on < s.as_at AND o.as_at = s.as_at AND o.next_as_at = s.as_at) p ON true;
    COMMENT ON VIEW stake_statement IS 'What sources say of shares, 0 to 1, beside what the statement before it comes to after the rounds in between. Key: (stake_id). Not additive: sources repeat each other.';
    COMMENT ON COLUMN stake_statement.conflicting IS 'The statement lies wholly outside the computed range, or another of the same day and basis excludes it. A share that is only about right conflicts with nothing.';
    COMMENT ON COLUMN stake_statement.computed IS 'The earlier binding statement of the same basis (of computed_from), carried to as_at; NULL when there is none.';

    CREATE VIEW stake_value WITH (security_invoker) AS
    SELECT o.owner_id, o.owned_id, o.basis, v.valuation_id, v.valued_on, v.kind AS valuation_kind, v.legal_status AS valuation_status, v.currency::text AS currency,
           o.share_low::numeric(38,15) AS share_low, o.share::numeric(38,15) AS share, o.share_high::numeric(38,15) AS share_high,
           publishable(o.share_low * amount(v.value_low))::numeric(38,15) AS implied_value_low, publishable(o.share * amount(v.value_point))::numeric(38,15) AS implied_value,
           publishable(o.share_high * amount(v.value_high))::numeric(38,15) AS implied_value_high,
           publishable(o.stated_low * amount(v.value_low))::numeric(38,15) AS stated_share_value_low, publishable(o.stated * amount(v.value_point))::numeric(38,15) AS stated_share_value,
           publishable(o.stated_high * amount(v.value_high))::numeric(38,15) AS stated_share_value_high,
           greatest(o.last_recorded_at, v.recorded_at) AS last_recorded_at
    FROM ownership_at o
    JOIN valuation_known v ON v.party_id = o.owned_id AND v.valued_on >= o.as_at AND (o.until IS NULL OR v.valued_on < o.until)
    WHERE v.legal_status <> 'terminated' AND v.valued_on <= (SELECT effective_date FROM clock);
    COMMENT ON VIEW stake_value IS 'What each valuation of a party implies for the share an owner held that day, in units of currency: share x value, bound by bound; NULL = no bound. Key: (owner_id, owned_id, basis, valuation_id). Additive over owners of one valuation and basis. An implied value is no fair value: it ignores votes, preferences and what the owner may sell.';
    COMMENT ON COLUMN stake_value.stated_share_value_low IS 'The same with the share as it was last stated, without the rounds since.';

    CREATE VIEW carrying_value WITH (security_invoker) AS
    SELECT d.holding_id, p.investor_id, coalesce(g.group_id, p.investor_id) AS investor_group_id, p.investee_id, d.basis, d.currency, d.as_at, d.until, d.method,
           publishable(CASE WHEN x.is_open OR y.reduces THEN 0 ELSE d.carrying_low END)::numeric(38,15) AS carrying_amount_low,
           publishable(CASE WHEN x.is_open OR y.adds OR y.reduces THEN NULL ELSE d.carrying END)::numeric(38,15) AS carrying_amount,
           publishable(CASE WHEN x.is_open OR y.adds THEN NULL ELSE d.carrying_high END)::numeric(38,15) AS carrying_amount_high,
           publishable(CASE WHEN x.is_open THEN NULL ELSE d.liability END)::numeric(38,15) AS liability,
           publishable(CASE WHEN x.is_open THEN NULL ELSE d.unrecognised_losses END)::numeric(38,15) AS unrecognised_losses,
           publishable(d.accumulated_oci)::numeric(38,15) AS accumulated_oci, publishable(d.profit_or_loss)::numeric(38,15) AS profit_or_loss,
           publishable(d.other_comprehensive_income)::numeric(38,15) AS other_comprehensive_income,
           d.measured_on, d.unknown_count::bigint AS unknown_count, x.is_open AS results_missing, greatest(d.last_recorded_at, x.last_recorded_at) AS last_recorded_at
    FROM holding_day d
    JOIN holding_parties p ON p.holding_id = d.holding_id
    LEFT JOIN party_group g ON g.as_at = (SELECT effective_date FROM clock) AND g.party_id = p.investor_id
    -- Of several rows the gap of the method's own beginning counts, once a result after it is taken in.
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(r.days_missing > 0 OR r.is_overlapping), false) AS is_open, NULL::timestamptz AS last_recorded_at
        FROM holding_result_gap r
        WHERE r.holding_id = d.holding_id AND r.basis = d.basis AND r.currency = d.currency AND d.method = 'equity_method' AND r.first_result_on <= d.as_at) x
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(e.kind IN ('draw', 'opening')), false) AS adds, coalesce(bool_or(e.kind IN ('distribute', 'impair')), false) AS reduces
        FROM holding_event_range e
        WHERE e.holding_id = d.holding_id AND e.currency = d.currency AND is_binding(e.legal_status) AND e.kind NOT IN ('convert', 'commit') AND e.happened_from <= d.as_at AND e.happened_to > d.as_at) y
    WHERE d.method IS NOT NULL;
    COMMENT ON VIEW carrying_value IS 'What a holding stands at in its holder''s books under a basis, in units of currency, from the end of as_at until the next change (until, exclusive; NULL = holds at the effective date), by the method of holding_accounting. Key: (holding_id, basis, currency, as_at). Carrying amounts are additive over holdings of one basis, currency and date; profit_or_loss and other_comprehensive_income, of the day, also over days. A measurement or result of a range of days counts on its last; a draw or distribution too, and until then the amount is not determined.';
    COMMENT ON COLUMN carrying_value.carrying_amount IS 'NULL where an amount on the way is not determined; carrying_amount_low and _high then still bound it (NULL = no bound). Under the equity method never below 0: then liability has losses up to the unfunded commitment, and unrecognised_losses the rest.';
    COMMENT ON COLUMN carrying_value.profit_or_loss IS 'What the day''s changes bring to profit or loss: shares of results, price changes, impairments, gains on conversion with what they move out of other comprehensive income.';
    COMMENT ON COLUMN carrying_value.measured_on IS 'The last day with a value, price, conversion or result; NULL = still at cost. What was drawn since is added at cost.';
    COMMENT ON COLUMN carrying_value.results_missing IS 'The equity method is in force and results of some days are not known, or are known twice: the carrying amount is then unknown.';

    CREATE VIEW implied_result WITH (security_invoker) AS
    SELECT m.measurement_id, s.stake_id, m.holding_id, h.investor_id, h.investee_id, m.basis, m.happened_from AS period_from, m.happened_to AS period_to, m.currency::text AS currency, m.is_after_tax,
           publishable(amount(coalesce(m.amount_low, m.amount)))::numeric(38,15) AS reported_low, publishable(amount(m.amount))::numeric(38,15) AS reported,
           publishable(amount(coalesce(m.amount_high, m.amount)))::numeric(38,15) AS reported_high, s.share::numeric(38,15) AS share, s.basis AS share_basis, s.as_at AS share_stated_on,
           publishable(implied_investee_result(amount(m.amount), s.share))::numeric(38,15) AS implied_result, greatest(m.recorded_at, s.recorded_at) AS last_recorded_at
    FROM holding_measurement_known m
    JOIN holding_parties h ON h.holding_id = m.holding_id
    LEFT JOIN stake_range s ON s.owner_id = h.investor_id AND s.owned_id = h.investee_id AND s.is_firm AND s.share > 0
    WHERE m.kind = 'reported_result' AND m.happened_to <= (SELECT effective_date FROM clock);
    COMMENT ON VIEW implied_result IS 'The investee''s result that a reported share of it implies, under each share that was ever stated, in units of currency. Key: (measurement_id, stake_id). Not additive: each row is another reading of the same number.';
    COMMENT ON COLUMN implied_result.is_after_tax IS 'After the holder''s own tax; such a reading is not the investee''s result before it.';

    CREATE VIEW funding_share WITH (security_invoker) AS
    WITH drawn AS (
        SELECT f.*, sum(f.drawn_low) OVER everyone AS all_low, CASE WHEN count(*) OVER everyone = count(f.drawn) OVER everyone THEN sum(f.drawn) OVER everyone END AS all_drawn
        FROM funding_drawn f
        WINDOW everyone AS (PARTITION BY f.as_at, f.investee_id, f.currency)
    )
    SELECT d.investee_id, d.investor_id, d.currency, d.as_at,
           publishable(d.drawn_low)::numeric(38,15) AS drawn_low, publishable(d.drawn)::numeric(38,15) AS drawn, publishable(d.drawn_high)::numeric(38,15) AS drawn_high,
           publishable(greatest(r.raised_low, d.all_low))::numeric(38,15) AS raised_low, publishable(r.raised)::numeric(38,15) AS raised, publishable(r.raised_high)::numeric(38,15) AS raised_high,
           r.raised_from, r.raised_to,
           CASE WHEN r.raised_high > 0 AND d.drawn_low IS NOT NULL THEN least(exact_quotient(d.drawn_low, r.raised_high), 1) ELSE 0 END::numeric(38,15) AS share_low, CASE WHEN d.drawn <= r.raised THEN exact_quotient(d.drawn, r.raised) END::numeric(38,15) AS share,
           coalesce(least(exact_quotient(d.drawn_high, greatest(r.raised_low, d.all_low)), 1), 1)::numeric(38,15) AS share_high,
           exact_quotient(d.drawn, d.all_drawn)::numeric(38,15) AS share_of_known, rank() OVER (PARTITION BY d.investee_id, d.currency, d.as_at ORDER BY d.drawn DESC NULLS LAST) AS known_rank,
           d.unknown_count, greatest(d.last_recorded_at, r.last_recorded_at) AS last_recorded_at
    FROM drawn d LEFT JOIN funds_raised_to r ON r.as_at = d.as_at AND r.party_id = d.investee_id AND r.currency = d.currency;
    COMMENT ON VIEW funding_share IS 'How much of all the money a party raised came from each group of investors, at month ends and the effective date. Key: (investee_id, investor_id, currency, as_at). Amounts in units of currency; drawn and the shares are additive over investors of one party, currency and date.';
    COMMENT ON COLUMN funding_share.raised IS 'All money raised by as_at, from the figures funds_raised; NULL = nobody says. raised_low is at least what is known to be drawn.';
    COMMENT ON COLUMN funding_share.share IS 'drawn / raised; NULL when one is not known, or when more is drawn than is said to be raised. share_low and share_high are bounds from 0 to 1.';
    COMMENT ON COLUMN funding_share.share_of_known IS 'drawn over what all known investors have drawn: too high while some are not known.';

    CREATE VIEW capex_ratio WITH (security_invoker) AS
    SELECT r.party_id, r.currency, r.period_from, r.period_to, r.modality, r.basis, publishable(r.capex_low)::numeric(38,15) AS capex_low, publishable(r.capex)::numeric(38,15) AS capex,
           publishable(r.capex_high)::numeric(38,15) AS capex_high, publishable(r.revenue)::numeric(38,15) AS revenue, publishable(r.operating_cash_flow)::numeric(38,15) AS operating_cash_flow,
           CASE WHEN r.revenue > 0 THEN publishable(exact_quotient(r.capex, r.revenue)) END::numeric(38,15) AS capex_to_revenue,
           CASE WHEN r.operating_cash_flow > 0 THEN publishable(exact_quotient(r.capex, r.operating_cash_flow)) END::numeric(38,15) AS capex_to_operating_cash_flow,
           CASE WHEN e.amount > 0 THEN publishable(exact_quotient(r.capex, e.amount) - 1) END::numeric(38,15) AS growth,
           CASE WHEN sum(r.capex) OVER peers > 0 THEN exact_quotient(r.capex, sum(r.capex) OVER peers) END::numeric(38,15) AS share_of_known,
           CASE WHEN r.capex IS NOT NULL THEN rank() OVER (PARTITION BY r.currency, r.period_from, r.period_to, r.modality ORDER BY r.capex DESC NULLS LAST) END AS known_rank,
           count(*) OVER peers AS parties, count(*) OVER peers - count(r.capex) OVER peers AS unknown_count, greatest(r.last_recorded_at, e.last_recorded_at) AS last_recorded_at
    FROM (
        SELECT f.party_id, f.currency, f.period_from, f.period_to, f.modality, f.basis,
               max(f.amount_low) FILTER (WHERE f.measure = 'capital_expenditure') AS capex_low, max(f.amount) FILTER (WHERE f.measure = 'capital_expenditure') AS capex,
               max(f.amount_high) FILTER (WHERE f.measure = 'capital_expenditure') AS capex_high, max(f.amount) FILTER (WHERE f.measure = 'revenue') AS revenue,
               max(f.amount) FILTER (WHERE f.measure = 'operating_cash_flow') AS operating_cash_flow, max(f.last_recorded_at) AS last_recorded_at
        FROM party_figure_best f
        WHERE f.basis = (SELECT primary_basis FROM clock) AND f.measure IN ('capital_expenditure', 'revenue', 'operating_cash_flow')
        GROUP BY f.party_id, f.currency, f.period_from, f.period_to, f.modality, f.basis
        HAVING bool_or(f.measure = 'capital_expenditure')) r
    LEFT JOIN party_figure_best e ON e.party_id = r.party_id AND e.currency = r.currency AND e.basis = r.basis AND e.modality = 'actual' AND e.measure = 'capital_expenditure'
         -- Days that no calendar has must not make the view fail.
         AND CASE WHEN r.period_from > date '0100-01-01' AND r.period_to < date '9999-01-01' AND e.period_to < date '9999-01-01'
                  THEN e.period_from = (r.period_from - interval '1 year')::date AND e.period_to + 1 = (r.period_to + 1 - interval '1 year')::date ELSE false END
    WINDOW peers AS (PARTITION BY r.currency, r.period_from, r.period_to, r.modality);
    COMMENT ON VIEW capex_ratio IS 'Capital expenditure of parties by period, beside revenue and cash from operations, in units of currency. Key: (party_id, currency, period_from, period_to, modality). capex is additive over parties of one period, currency and modality, and over periods that do not overlap; ratios are not. Forecasts (modality) are never in a row with actual figures.';
    COMMENT ON COLUMN capex_ratio.capex_to_revenue IS 'capex / revenue of the same period; NULL when either is not known or revenue is not above 0.';
    COMMENT ON COLUMN capex_ratio.growth IS 'Against the actual figure of the same period a year earlier: 0.5 is half as much again.';
    COMMENT ON COLUMN capex_ratio.share_of_known IS 'Of all parties whose capex of exactly this period is known; known_rank is the place among them. unknown_count have only a range or differing sources.';

    CREATE VIEW owner_concentration WITH (security_invoker) AS
    SELECT s.currency, c.effective_date AS as_at, count(*) AS owners, publishable(sum(s.value))::numeric(38,15) AS total, round(sum(s.share * s.share) * 10000, 15)::numeric(38,15) AS hhi,
           exact_quotient(1, sum(s.share * s.share))::numeric(38,15) AS effective_number,
           (array_agg(s.owner_group_id ORDER BY s.share DESC, s.owner_group_id))[1] AS top_owner_id, max(s.share)::numeric(38,15) AS top_share,
           (SELECT count(*) FROM sector_part u WHERE u.currency = s.currency AND u.is_unknown) AS unknown_count, max(s.last_recorded_at) AS last_recorded_at
    FROM sector_share s CROSS JOIN clock c
    GROUP BY s.currency, c.effective_date;
    COMMENT ON VIEW owner_concentration IS 'How concentrated the ownership of all parties with a binding valuation is at the effective date: each party''s latest value goes to the groups that own it by their shares, and what no stated share takes to the party itself. Key: (currency). Not additive.';
    COMMENT ON COLUMN owner_concentration.hhi IS 'Herfindahl-Hirschman index, 10000 x sum of squared shares: 10000 for one owner. effective_number is its inverse.';
    COMMENT ON COLUMN owner_concentration.unknown_count IS 'Valuations without a point, and stated shares without one: in no share.';

    CREATE VIEW owner_concentration_deal WITH (security_invoker) AS
    SELECT a.owner_group_id AS owner_id, b.owner_group_id AS other_id, a.currency, c.effective_date AS as_at, a.share::numeric(38,15) AS share, b.share::numeric(38,15) AS other_share,
           round(2 * a.share * b.share * 10000, 15)::numeric(38,15) AS hhi_delta, round((h.squares + 2 * a.share * b.share) * 10000, 15)::numeric(38,15) AS hhi_after,
           greatest(a.last_recorded_at, b.last_recorded_at) AS last_recorded_at
    FROM sector_share a
    JOIN sector_share b ON b.currency = a.currency AND b.owner_group_id > a.owner_group_id
    JOIN (SELECT s.currency, sum(s.share * s.share) AS squares FROM sector_share s GROUP BY s.currency) h ON h.currency = a.currency
    CROSS JOIN clock c;
    COMMENT ON VIEW owner_concentration_deal IS 'What it would do to owner_concentration if two owners became one: hhi_delta = 2 x share x other_share x 10000. Key: (owner_id, other_id, currency). Not additive: one merger changes the next.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_stake_views() IS 'Internal: part of create_ledger. The views ownership_over_time, ownership_group, stake_statement, stake_value, carrying_value, implied_result, funding_share, capex_ratio, owner_concentration and owner_concentration_deal.';
