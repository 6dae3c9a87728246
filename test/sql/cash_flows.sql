-- cash_flows: dated flows of an investment, their text form, figures and refusals.
SET search_path = chipbook, public;
SET DateStyle = 'ISO, YMD';

SELECT cash_flow_agg(a, d) FROM (VALUES ('110.5 USD'::monetary, date '2026-01-01'), ('-100 USD', '2025-01-01'), (NULL, '2025-02-01'), ('5 USD', NULL)) v (a, d);
SELECT cash_flow_agg(a, '2025-01-01') FROM unnest('{-3 USD,1 USD,0.000000000000001 USD}'::monetary[]) a;
SELECT cash_flow_agg(a, '2025-01-01') IS NULL AS nothing FROM unnest('{}'::monetary[]) a;
SELECT cash_flow('-0.000000000000001 JPY', '0001-01-01'), cash_flow('2596148429267413814.265248164610047 JPY', '9999-12-31');
SELECT 'USD 2025-01-01=-1'::cash_flows + 'USD 2024-01-01=-2 2025-01-01=3' AS sum;
SELECT paid_in(f), distributions(f), net(f), first_date(f), last_date(f), currency(f), dpi(f), rvpi(f, '1 USD'), tvpi(f, '1 USD'), moic(f, '1 USD'), moic(f, '1 USD', '2 USD')
FROM (SELECT 'USD paid_in=4 2024-01-01=-2 2025-01-01=1'::cash_flows AS f) s;
SELECT * FROM flows('USD 2024-01-01=-2 2024-06-30=0 2025-01-01=1.5');
SELECT xirr('USD 2023-01-01=-100 2024-01-01=150'), xirr_all('USD 2023-01-01=-100 2024-01-01=150'), irr('USD 2023-01-01=-100 2024-01-01=150'), xirr_status('USD 2023-01-01=-100 2024-01-01=150');
SELECT round(xnpv(f, 0.25)::numeric, 9) AS xnpv, round(xnfv(f, 0.25)::numeric, 9) AS xnfv, round(mirr(f, 0.1, 0.1)::numeric, 9) AS mirr FROM (SELECT 'USD 2023-01-01=-100 2024-01-01=150'::cash_flows AS f) s;
SELECT year_fraction('2024-01-31', '2024-03-31', '30E+/360') * 360 AS days, year_fraction('2024-03-31', '2024-01-31', 'ACT/360') * 360 AS back;

-- Text that is no value
SELECT 'USD'::cash_flows;
SELECT 'usd 2024-01-01=1'::cash_flows;
SELECT 'USD 2023-02-29=1'::cash_flows;
SELECT 'USD 2024-01-01=1.'::cash_flows;
SELECT 'USD 2024-01-01=1e3'::cash_flows;
SELECT 'USD 2024-01-01=0.0000000000000001'::cash_flows;
SELECT 'USD 2024-01-01=999999999999999999999999999999999999999'::cash_flows;
SELECT 'USD 2024-01-02=1 2024-01-01=1'::cash_flows;
SELECT 'USD 2024-01-01=1 2024-01-01=1'::cash_flows;
SELECT 'USD paid_in=1 2024-01-01=-2'::cash_flows;
SELECT 'USD paid_in=-1 2024-01-01=-2'::cash_flows;
SELECT '  USD  2024-01-01=1.50   2025-01-01=-007 '::cash_flows AS blanks;

-- The support functions are safe by hand.
SELECT cash_flows_add(NULL, '5 USD', '2024-01-01') AS one;
SELECT cash_flows_add(cash_flows_add(NULL, '5 USD', '2024-01-02'), '-5 USD', '2024-01-01') AS two;
SELECT cash_flows_add(cash_flows_add(NULL, '5 USD', '2024-01-02'), '5 EUR', '2024-01-01');
SELECT cash_flows_combine(NULL, NULL) IS NULL AS nothing, cash_flows_combine('USD 2024-01-01=1', NULL) AS first, cash_flows_combine(NULL, 'USD 2024-01-01=1') AS second;
SELECT cash_flows_final(cash_flows_combine('USD 2024-01-01=1', 'USD 2024-01-01=-1')) AS nets;
