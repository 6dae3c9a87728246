-- exposure_book: what adds up and what is read from it, the text form, what is refused; what may be lost on an
-- exposure, and how much to build.
SET search_path = chipbook, public;

CREATE TABLE contract (cloud text, kind text, amount monetary);
INSERT INTO contract VALUES
    ('Oracle', 'minimum', '300e9 USD'), ('Microsoft', 'minimum', '250e9 USD'), ('AWS', 'minimum', '38e9 USD'), ('CoreWeave', 'minimum', '11.9e9 USD'),
    ('CoreWeave', 'minimum', '10.5e9 USD'), ('Oracle', 'prepaid', '1e9 USD'), ('Oracle', 'prepaid', '-0.25e9 USD'), ('Cerebras', 'minimum', NULL);
SELECT exposure_agg(cloud, amount) FROM contract;
SELECT exposure_agg(cloud, kind, amount) AS b FROM contract;
CREATE TABLE book AS SELECT exposure_agg(cloud, kind, amount) AS b FROM contract;
SELECT gross(b), gross_absolute(b), net(b), current_exposure(b), net_gross_ratio(b) FROM book;
SELECT currency(b), parties(b), entries(b), unknowns(b) FROM book;
SELECT counterparty, kind, gross, negative, net, share, entries, unknowns FROM book, exposures(b);
SELECT * FROM book, top(only_kind(b, 'minimum'), 3) WHERE rank > 1;
SELECT hhi(m), hhi_points(m), hhi_normalised(m), effective_number(m) FROM (SELECT only_kind(b, 'minimum') AS m FROM book) s;
SELECT concentration_ratio(m, 2), gini(m), gini_unbiased(m), round(entropy(m)::numeric, 12) AS entropy, merger_delta(m, 'AWS', 'CoreWeave') FROM (SELECT only_kind(b, 'minimum') AS m FROM book) s;
SELECT share(b, 'Oracle'), share(b, 'Cerebras') AS unknown, share(b, 'oracle') AS not_there FROM book;
SELECT only_counterparty(b, 'Oracle') FROM book;

-- Merged: the book of all the rows.
SELECT only_kind(b, 'minimum') + only_kind(b, 'prepaid') = b AS the_same, b + b = b AS twice, b + b <> b AS not_twice FROM book;
SELECT rollup(p) = (SELECT b FROM book) AS the_same FROM (SELECT exposure_agg(cloud, kind, amount) AS p FROM contract GROUP BY amount > '20e9 USD') s;
SELECT rollup(NULL::exposure_book) IS NULL AS nothing;
SELECT cloud, exposure_agg(cloud, amount) OVER (ORDER BY amount ROWS 1 PRECEDING) FROM contract WHERE kind = 'minimum' ORDER BY amount;

-- Text
SELECT ' EUR "B"=2.50/1 "A\\B \"x\"":"k"=1-3/2?4  '::exposure_book;
SELECT 'none'::exposure_book;
SELECT 'EUR "A"=1/1 "A"=2/1'::exposure_book;
SELECT 'EUR "A"=5e18/1'::exposure_book;
SELECT 'EUR "A"=5000000000000000000/1'::exposure_book;
SELECT 'EUR A=5/1'::exposure_book;
SELECT 'none "A"=5/1'::exposure_book;

-- One currency, and a name for every amount
SELECT exposure_agg('A', m) FROM unnest('{1 USD,1 EUR}'::monetary[]) m;
SELECT 'EUR "A"=1/1'::exposure_book + 'USD "A"=1/1';
SELECT exposure_agg(NULL, '5 USD'::monetary);
SELECT exposure_agg('', '5 USD'::monetary);
SELECT exposure_agg('A', '', '5 USD'::monetary);
SELECT gross('USD "A"=5000000000000000000/2');
SELECT exposure_book_remove('USD "A"=5/1', 'B', '5 USD');
SELECT exposure_book_remove('USD "A"=5/1', 'A', '6 USD');
SELECT concentration_ratio('USD "A"=5/1', 0);
SELECT * FROM top('USD "A"=5/1', -1);
SELECT merger_delta('USD "A"=5/1', 'A', 'A');

-- Loss, and how much to build
SELECT ead('6.6 USD', '1.4 USD', 0.4), expected_loss(ead('6.6 USD', '1.4 USD', 0.4), 0.01, 0.45), round(irb_risk_weight(0.01, 0.45, 2.5)::numeric, 12);
SELECT ead('6.6 USD', '1.4 USD', 40);
SELECT ead('-6.6 USD', '1.4 USD', 0.4);
SELECT expected_loss('5 USD', 0.01, -0.45);
SELECT irb_risk_weight(0.01, 0.45, 30);
SELECT irb_risk_weight(1e-10, 0.45, 3);
SELECT critical_ratio(9, 1), critical_ratio('9 USD'::monetary, '1 USD'::monetary), round(newsvendor_quantity(9, 1, 100, 30)::numeric, 9) AS quantity;
SELECT round(newsvendor_quantity_uniform(2, 5, 50, 80)::numeric, 9) AS uniform, round(newsvendor_quantity_lognormal(2, 5, 50, 0.2)::numeric, 9) AS lognormal,
       round(newsvendor_cost(9, 1, 100, 30, 100)::numeric, 9) AS cost, round(implied_fear_ratio(130, 100, 30)::numeric, 9) AS fear;
SELECT critical_ratio('9 USD'::monetary, '0 USD'::monetary);
SELECT newsvendor_quantity(9, -1, 100, 30);
SELECT newsvendor_quantity_uniform(2, 5, 80, 50);
SELECT implied_fear_ratio('NaN', 100, 30);
DROP TABLE contract, book;
