-- amortisation_policy: how an asset is amortised.
SET search_path = chipbook, public;

-- Text: one order, defaults left out, blanks free.
SELECT p::amortisation_policy FROM unnest('{"straight_line(life=5 years)","straight_line(life=60 months)","straight_line(life=66 months, salvage=0)",
  "straight_line(life=1826 days)","straight_line(life=1 year 1 month 1 day)","straight_line(life=2 years 6 mons)",
  "straight_line(convention=full_month, salvage=0.100, life=5 years)","straight_line(life=5 years, convention=actual_days, day_count=actual_actual)",
  "  straight_line ( life = 5 years , salvage_amount = 1234.50 , day_count = thirty_360 ) ","straight_line(life=3 years, salvage=0.123456789012345)",
  "straight_line(life=3 years, salvage=1.0000000000000000000)","straight_line(life=3 years, salvage_amount=2596148429267413814.265248164610047)",
  "declining_balance(life=5 years)","declining_balance(life=5 years, factor=2)","declining_balance(switch_to_straight_line=true, factor=1.5, life=10 years)",
  "declining_balance(life=5 years, switch_to_straight_line=false)","exponential(rate=0.14)","exponential(rate=0.14, life=4 years)",
  "declining_balance(rate_cap=0.30, life=5 years, factor=3)","sum_of_years_digits(life=7 years, convention=half_year)","fixed_rate(life=6 years, salvage=0.1)",
  "macrs(life=5 years)","macrs(life=60 months, convention=half_year, bonus=0, section_179=0)","macrs(bonus=0.60, section_179=1220000, convention=mid_quarter, life=5 years)",
  "annuity(rate=0.1, life=5 years, convention=mid_month)","units_of_production(total_use=60000, salvage_amount=20000)","units_of_production(total_use=0.000000277777778)",
  "units_of_production(total_use=2562047788015.215501666666667)","straight_line(life=5 years, charge_disposal_month=true, convention=full_month)",
  "straight_line(life=5 years, charge_disposal_month=false, convention=full_month)"}'::text[]) p;

-- No setting changes it.
SET intervalstyle = 'iso_8601'; SET datestyle = 'German'; SET extra_float_digits = -15;
SELECT amortisation_policy('straight_line', 'P5Y6M', salvage => 0.1);
RESET intervalstyle; RESET datestyle; RESET extra_float_digits;

-- The constructor, and what a policy says.
CREATE TABLE policy_case (p amortisation_policy);
INSERT INTO policy_case VALUES
    (amortisation_policy('straight_line', '5.5 years')),
    (amortisation_policy(method => 'straight_line', life => '4 years', salvage => 0.05, convention => 'full_month')),
    (amortisation_policy(method => 'straight_line', life => '2000 days', salvage_amount => 100, day_count => 'no_leap_365')),
    (amortisation_policy(method => 'declining_balance', life => '5 years')),
    (amortisation_policy(method => 'declining_balance', life => '5 years', factor => 1.5, switch_to_straight_line => true)),
    (amortisation_policy(method => 'exponential', rate => 0.14)),
    (amortisation_policy(method => 'exponential', rate => 0.14, life => '6 years')),
    (amortisation_policy(method => 'declining_balance', life => '5 years', factor => 3, rate_cap => 0.3, convention => 'full_month', charge_disposal_month => true)),
    (amortisation_policy(method => 'sum_of_years_digits', life => '5 years', convention => 'following_month')),
    (amortisation_policy(method => 'fixed_rate', life => '5 years', salvage_amount => 1)),
    (amortisation_policy(method => 'macrs', life => '5 years', section_179 => 2500000, bonus => 0.4)),
    (amortisation_policy(method => 'annuity', life => '5 years', rate => 0.08)),
    (amortisation_policy(method => 'units_of_production', total_use => 43800.5));
SELECT p FROM policy_case ORDER BY p;
SELECT method(p), extract(year FROM life(p)) * 12 + extract(month FROM life(p)) AS months, extract(day FROM life(p)) AS days, salvage(p), salvage_amount(p)
FROM policy_case ORDER BY p;
SELECT method(p), convention(p), day_count(p), factor(p), rate(p), switch_to_straight_line(p) FROM policy_case ORDER BY p;
SELECT method(p), rate_cap(p), total_use(p), section_179(p), bonus(p), charge_disposal_month(p) FROM policy_case ORDER BY p;
SELECT amortisation_policy('straight_line', '5 years', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) = 'straight_line(life=5 years)' AS null_is_not_given;

-- Comparison: the same policy however it was written; grouping, joins, indexes.
SELECT amortisation_policy('straight_line', '5 years') = 'straight_line(life=60 months, salvage=0)' AS same,
       amortisation_policy('straight_line', '5 years') <> 'straight_line(life=5 years, convention=full_month)' AS other,
       amortisation_policy('straight_line', '5 years') < 'straight_line(life=6 years)' AS shorter,
       amortisation_policy('exponential', rate => 0.14) > 'straight_line(life=6 years)' AS later_method;
INSERT INTO policy_case SELECT p FROM policy_case;
SELECT count(*), count(DISTINCT p) FROM policy_case;
SELECT count(*) FROM (SELECT p FROM policy_case GROUP BY p HAVING count(*) = 2) g;
CREATE INDEX ON policy_case (p);
CREATE INDEX ON policy_case USING hash (p);
SET enable_seqscan = off; SET enable_bitmapscan = off;
SELECT count(*) FROM policy_case WHERE p = 'exponential(rate=0.14)';
SELECT count(*) FROM policy_case WHERE p >= 'declining_balance(life=5 years)';
RESET enable_seqscan; RESET enable_bitmapscan;
SELECT count(*) FROM policy_case a JOIN policy_case b USING (p);
SELECT bool_and(amortisation_policy_hash(a.p) = amortisation_policy_hash(b.p)) AND bool_and(amortisation_policy_hash_extended(a.p, 7) = amortisation_policy_hash_extended(b.p, 7)) AS equal_hashes
FROM policy_case a JOIN policy_case b ON a.p = b.p;
DROP TABLE policy_case;

-- Binary: a version byte, method, convention, day count, flags, then the numbers.
SELECT amortisation_policy_send('straight_line(life=5 years, salvage=0.1)');
SELECT amortisation_policy_send('declining_balance(life=5 years, salvage_amount=1, switch_to_straight_line=true)');

-- What text is refused, and why.
SELECT ''::amortisation_policy;
SELECT 'straight_line'::amortisation_policy;
SELECT 'straight_line()'::amortisation_policy;
SELECT 'straight line(life=5 years)'::amortisation_policy;
SELECT 'Straight_Line(life=5 years)'::amortisation_policy;
SELECT 'straight_line(life=5 years'::amortisation_policy;
SELECT 'straight_line(life=5 years) and more'::amortisation_policy;
SELECT 'straight_line(life=5 years,)'::amortisation_policy;
SELECT 'straight_line(life=5 years, life=6 years)'::amortisation_policy;
SELECT 'straight_line(life=5)'::amortisation_policy;
SELECT 'straight_line(life=5 hours)'::amortisation_policy;
SELECT 'straight_line(life=1 day 5 years)'::amortisation_policy;
SELECT 'straight_line(life=99999999999999999999 years)'::amortisation_policy;
SELECT 'straight_line(life=5 years - months)'::amortisation_policy;
SELECT 'straight_line(life=5 years, colour=red)'::amortisation_policy;
SELECT 'straight_line(life=5 years, salvage)'::amortisation_policy;
SELECT 'straight_line(life=5 years, salvage=1e-1)'::amortisation_policy;
SELECT 'straight_line(life=5 years, salvage=.)'::amortisation_policy;
SELECT 'straight_line(life=5 years, salvage=0.1234567890123456)'::amortisation_policy;
SELECT 'straight_line(life=5 years, salvage_amount=999999999999999999999999999999999999999999)'::amortisation_policy;
SELECT 'straight_line(life=5 years, convention=quarterly)'::amortisation_policy;
SELECT 'straight_line(life=5 years, day_count=actual_360)'::amortisation_policy;
SELECT 'declining_balance(life=5 years, switch_to_straight_line=yes)'::amortisation_policy;
SELECT 'annuity(life=5 years)'::amortisation_policy;

-- What the constructor refuses.
SELECT amortisation_policy(NULL::text, '5 years');
SELECT amortisation_policy('linear', '5 years');
SELECT amortisation_policy('straight_line', NULL);
SELECT amortisation_policy('declining_balance');
SELECT amortisation_policy('straight_line', '0 years');
SELECT amortisation_policy('straight_line', '-5 years');
SELECT amortisation_policy('straight_line', '1 year -30 days');
SELECT amortisation_policy('straight_line', '201 years');
SELECT amortisation_policy('straight_line', '73051 days');
SELECT amortisation_policy('straight_line', '199 years 366 days');
SELECT amortisation_policy('straight_line', '12 hours');
SELECT amortisation_policy('straight_line', '5 years', salvage => 1.5);
SELECT amortisation_policy('straight_line', '5 years', salvage => -0.1);
SELECT amortisation_policy('straight_line', '5 years', salvage => 'NaN');
SELECT amortisation_policy('straight_line', '5 years', salvage_amount => -1);
SELECT amortisation_policy('straight_line', '5 years', salvage_amount => 3e18);
SELECT amortisation_policy('straight_line', '5 years', salvage => 0.1, salvage_amount => 100);
SELECT amortisation_policy('straight_line', '5 years', factor => 2);
SELECT amortisation_policy('straight_line', '5 years', switch_to_straight_line => false);
SELECT amortisation_policy('straight_line', '5 years', rate => 0.14);
SELECT amortisation_policy('straight_line', '5 years', convention => 'weekly');
SELECT amortisation_policy('straight_line', '5 years', convention => 'full_month', day_count => 'actual_actual');
SELECT amortisation_policy('straight_line', '1000 days', convention => 'full_month');
SELECT amortisation_policy('straight_line', '5 years', day_count => 'thirty');
SELECT amortisation_policy('declining_balance', '1000 days');
SELECT amortisation_policy('declining_balance', '5 years', factor => 0);
SELECT amortisation_policy('declining_balance', '5 years', factor => 1000.1);
SELECT amortisation_policy('declining_balance', '5 years', rate => 0.14);
SELECT amortisation_policy('exponential');
SELECT amortisation_policy('exponential', rate => 0);
SELECT amortisation_policy('exponential', rate => 1001);
SELECT amortisation_policy('exponential', rate => 0.14, salvage => 0.1);
SELECT amortisation_policy('exponential', rate => 0.14, salvage_amount => 10);
SELECT amortisation_policy('exponential', rate => 0.14, convention => 'full_month');
SELECT amortisation_policy('exponential', rate => 0.14, day_count => 'actual_actual');
SELECT amortisation_policy('exponential', rate => 0.14, factor => 2);

-- And of the other methods and conventions.
SELECT amortisation_policy('fixed_rate', '5 years');
SELECT amortisation_policy('fixed_rate', '5 years', salvage_amount => 0);
SELECT amortisation_policy('macrs', '4 years');
SELECT amortisation_policy('macrs', '61 months');
SELECT amortisation_policy('macrs', '5 years', salvage => 0);
SELECT amortisation_policy('macrs', '5 years', convention => 'full_month');
SELECT amortisation_policy('macrs', '5 years', day_count => 'actual_actual');
SELECT amortisation_policy('annuity', '5 years');
SELECT amortisation_policy('annuity', '5 years', rate => 10);
SELECT amortisation_policy('annuity', '5 years', rate => 0.1, bonus => 0.4);
SELECT amortisation_policy('annuity', '100 days', rate => 0.1);
SELECT amortisation_policy(method => 'units_of_production');
SELECT amortisation_policy('units_of_production', total_use => 0);
SELECT amortisation_policy('units_of_production', total_use => 1e13);
SELECT amortisation_policy('units_of_production', total_use => 1e30);
SELECT amortisation_policy('units_of_production', '5 years', total_use => 60000);
SELECT amortisation_policy('units_of_production', total_use => 60000, convention => 'full_month');
SELECT amortisation_policy('units_of_production', total_use => 60000, day_count => 'no_leap_365');
SELECT amortisation_policy('straight_line', '5 years', total_use => 60000);
SELECT amortisation_policy('straight_line', '5 years', rate_cap => 0.2);
SELECT amortisation_policy('declining_balance', '5 years', rate_cap => 20);
SELECT amortisation_policy('declining_balance', '5 years', rate_cap => 0);
SELECT amortisation_policy('straight_line', '5 years', section_179 => -1);
SELECT amortisation_policy('straight_line', '5 years', bonus => 40);
SELECT amortisation_policy('exponential', rate => 0.14, section_179 => 1);
SELECT amortisation_policy('exponential', rate => 0.14, convention => 'half_year');
SELECT amortisation_policy('straight_line', '11 months', convention => 'half_year');
SELECT amortisation_policy('straight_line', '11 months', convention => 'mid_quarter');
SELECT amortisation_policy('straight_line', '100 days', convention => 'mid_month');
SELECT amortisation_policy('straight_line', '5 years', convention => 'mid_month', charge_disposal_month => true);
SELECT amortisation_policy('straight_line', '5 years', charge_disposal_month => false);
SELECT 'macrs(life=5 years, charge_disposal_month=maybe)'::amortisation_policy;
SELECT 'units_of_production(total_use=99999999999999999999999)'::amortisation_policy;
