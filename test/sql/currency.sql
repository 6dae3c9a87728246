-- currency: three capitals, ordered by letters, and what ISO 4217 says of them.
SET search_path = chipbook, public;
SET datestyle = ISO;

SELECT 'USD'::currency, currency ' EUR ', 'AAA'::currency, 'ZZZ'::currency, 'DEM'::currency;

-- Anything else is one clear error.
SELECT 'usd'::currency;
SELECT 'US'::currency;
SELECT 'USDX'::currency;
SELECT 'U$D'::currency;
SELECT ''::currency;

-- To text by assignment, from text on request.
CREATE TEMPORARY TABLE price (code currency, label text);
INSERT INTO price VALUES ('USD', 'EUR'::currency);
INSERT INTO price SELECT 'CHF'::text, 'x';
SELECT code, label, code::text || '!' AS text, 'JPY'::text::currency, currency('GBP') FROM price;

-- Order, and the two operator classes.
SELECT code FROM (VALUES ('USD'::currency), ('EUR'), ('AED'), ('USA'), ('ZWG'), ('EUR')) v(code) ORDER BY code DESC;
SELECT code, count(*) FROM (VALUES ('USD'::currency), ('EUR'), ('USD')) v(code) GROUP BY code ORDER BY code;
SELECT 'EUR'::currency < 'USD', 'EUR'::currency <= 'EUR', 'EUR'::currency = 'EUR', 'EUR'::currency <> 'USD',
       'USD'::currency >= 'USD', 'USD'::currency > 'EUR', currency_cmp('EUR', 'USD') < 0;
CREATE TEMPORARY TABLE listed AS SELECT DISTINCT code FROM iso_currencies();
CREATE UNIQUE INDEX ON listed (code);
CREATE INDEX ON listed USING hash (code);
SET enable_seqscan = off;
SELECT count(*) FROM listed WHERE code BETWEEN 'XAA' AND 'XZZ';
SELECT code FROM listed WHERE code = 'ISK';
RESET enable_seqscan;

-- Minor units: the ISO 4217 table (list one, January 2026), dated.
SELECT code, minor_unit(code)
FROM unnest('{USD,EUR,JPY,KRW,VND,CLP,ISK,UGX,HUF,BHD,KWD,JOD,OMR,TND,IQD,LYD,CLF,UYW,UYI,MRU,MGA,RON,TRY,BYN,XAU,XXX,XTS,QQQ}'::currency[]) code;
-- Iceland's krona lost its aurar in 2007; codes withdrawn keep what they had.
SELECT minor_unit('ISK', '2006-12-31'), minor_unit('ISK', '2007-01-01'), minor_unit('ISK', 'infinity'), minor_unit('ISK', '-infinity'),
       minor_unit('CLF', '2012-12-04'), minor_unit('CLF', '2014-08-03'), minor_unit('UGX', '2012-12-04'), minor_unit('UGX', '2014-08-03');
SELECT minor_unit('TRL'), minor_unit('BYR'), minor_unit('DEM', '2026-01-01'), minor_unit('ITL'), minor_unit('ROL'), minor_unit(NULL), minor_unit(NULL, '2026-01-01');

SELECT * FROM iso_currencies() WHERE code IN ('ISK', 'USD', 'DEM', 'XAU', 'TRY', 'BGN', 'XCG') ORDER BY code, valid_from NULLS FIRST;
-- Codes in use by list one, each once; periods of one code do not overlap.
SELECT count(*) FILTER (WHERE valid_to IS NULL) AS in_use, count(DISTINCT code) FILTER (WHERE valid_to IS NULL) AS codes_in_use,
       count(*) FILTER (WHERE minor_unit NOT IN (0, 2, 3, 4)) AS odd
FROM iso_currencies();
SELECT a.code FROM iso_currencies() a JOIN iso_currencies() b ON a.code = b.code AND a.valid_to IS NULL AND b.valid_to > coalesce(a.valid_from, '-infinity');

DROP TABLE price, listed;
