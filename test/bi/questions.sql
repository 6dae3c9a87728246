-- Ten questions of finance, as they are typed, and what they answer on the books of test/bi/world.sql: each row
-- after "-- =", in any order, NULL empty. The tests ask them by psql, over JDBC and over ODBC.

-- 1. Spend and plan by cost centre. a's 40 % of 594,444.45 and 300.20 of a bill are SEARCH's; 2,100 of depreciation are no pool's.
select cost_centre_id, sum(actual), sum(plan) from spend_vs_plan where fiscal_period = 'FY26-P10' group by 1
-- = RESEARCH|356666.670000000000000|360000.000000000000000
-- = SEARCH|238077.980000000000000|240000.000000000000000
-- = WEB|740.100000000000000|700.000000000000000
-- = |2100.000000000000000|0.000000000000000

-- 2. Allocated idle cost: a 4 %, b 16 % of 594,444.45.
select tenant_id, sum(allocated_idle_cost) from allocated_spend where period_month = '2026-10-01' and currency = 'USD' group by 1
-- = a|23777.778000000000000
-- = b|95111.112000000000000
-- = |0.000000000000000

-- 3. Cost of a used chip-hour: 594,444.45 / (744,000 x 60 %).
select ownership, chip_model_id, sum(total_cost)/nullif(sum(used_chip_hours),0) from utilisation_weighted_spend where currency = 'USD' and use_basis = 'sm_active' group by 1, 2
-- = owned|H100|1.3316407930107527

-- 4. The register in the month of 120,000 of spare servers. Chips: 20 m less 22 of 60 months.
select asset_class, cost_opening, additions, transfers, disposals, cost_closing, book_value from fixed_asset_register where basis = 'ifrs' and fiscal_period = 'FY26-P10'
-- = building|6000000.000000000000000|0.000000000000000|0.000000000000000|0.000000000000000|6000000.000000000000000|5450000.000000000000000
-- = chip|20000000.000000000000000|0.000000000000000|0.000000000000000|0.000000000000000|20000000.000000000000000|12666666.670000000000000
-- = network|5000000.000000000000000|0.000000000000000|0.000000000000000|0.000000000000000|5000000.000000000000000|3472222.220000000000000
-- = other|1200.000000000000000|0.000000000000000|0.000000000000000|0.000000000000000|1200.000000000000000|1000.000000000000000
-- = server|10000000.000000000000000|120000.000000000000000|0.000000000000000|0.000000000000000|10120000.000000000000000|6451333.330000000000000

-- 5. What is to come, from the year of the question on; the years 2040 to 2044 are 12 months of the building share. Earlier ones depend on the day.
select fiscal_year, sum(charge) from depreciation_forecast where basis = 'us_gaap' and currency = 'USD' group by 1
-- keep ^204[0-4]
-- = 2040|300000.000000000000000
-- = 2041|300000.000000000000000
-- = 2042|300000.000000000000000
-- = 2043|300000.000000000000000
-- = 2044|300000.000000000000000

-- 6. Invoices that do not agree with their charges or the books.
select invoice_id, billed, charged, posted, difference, reason from invoice_reconciliation where difference <> 0
-- = I-1|1000.300000000000000|1000.300000000000000||-1000.300000000000000|not_posted
-- = I-2|47.600000000000000|40.000000000000000||-7.600000000000000|tax_not_in_charges

-- 7. What was posted later for closed periods.
select relates_to_period, reason, sum(amount) from restated_after_close where currency = 'USD' group by 1, 2
-- = FY26-P09|late_fact|100.000000000000000

-- 8. Commitments that fall short: nine months of 1,000 hours at 2.00, half of them drawn.
select commitment_id, remaining, burn_rate, projected_shortfall, ends_on from commitment_status where projected_shortfall > 0
-- = hours|0.000000000000000|1000.000000000000000|9000.000000000000000|2026-10-01

-- 9. 38 bn over seven years, at the end of 2025: a seventh a year, the rest after five years.
select bucket, sum(amount_low), sum(amount_high), sum(unknown_count) from purchase_obligations where buyer_id = 'OAI' and as_at = '2025-12-31' and currency = 'USD' group by 1
-- = 1-3y|10857142857.142857142857143|10857142857.142857142857143|0
-- = 3-5y|10857142857.142857142857143|10857142857.142857142857143|0
-- = <1y|5428571428.571428571428572|5428571428.571428571428572|0
-- = >5y|9979647749.510763209393346|9979647749.510763209393346|0

-- 10. An investment of 8 bn of which 6.6 are drawn; 0.9 of the rest are expected.
select counterparty_id, exposure_class, carrying_amount, undrawn, expected from investment_exposure_group where investor_id = 'AMZN' and as_at = '2025-09-30'
-- = ANTH|funded_asset|6600000000.000000000000000|1400000000.000000000000000|7860000000.000000000000000
