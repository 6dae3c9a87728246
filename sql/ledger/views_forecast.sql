-- What lies ahead, and what a change of estimate does: the charges of the months to come, the
-- charge had the life been another, the effect of each change, what retirement obligations
-- grow to and what interest construction bears. All of it follows from the events of the assets.

CREATE FUNCTION chipbook.fiscal_year_begins(at_date date, fiscal_year_start integer) RETURNS date
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.make_date(chipbook.fiscal_year(at_date, fiscal_year_start)::integer
           OPERATOR(pg_catalog.-) CASE WHEN fiscal_year_start OPERATOR(pg_catalog.>) 1 THEN 1 ELSE 0 END, fiscal_year_start, 1);
COMMENT ON FUNCTION chipbook.fiscal_year_begins(date, integer) IS 'The first day of the fiscal year of a date. NULL for NULL.';

CREATE FUNCTION chipbook.life_in_years(policy chipbook.amortisation_policy) RETURNS numeric
    IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN extract(year FROM chipbook.life(policy))
       OPERATOR(pg_catalog.+) (extract(month FROM chipbook.life(policy)) OPERATOR(pg_catalog./) 12::numeric)
       OPERATOR(pg_catalog.+) (extract(day FROM chipbook.life(policy)) OPERATOR(pg_catalog./) 365.25);
COMMENT ON FUNCTION chipbook.life_in_years(chipbook.amortisation_policy) IS 'The useful life of a policy in years: months by twelve, days by 365.25. NULL when it has none.';

-- A policy with another life. By its text, which every parameter that there is or will be is
-- part of: nothing but the life changes.
CREATE FUNCTION chipbook.policy_with_life(policy chipbook.amortisation_policy, months_more integer)
RETURNS chipbook.amortisation_policy IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT pg_catalog.regexp_replace(policy::text, '\mlife=[^,)]*',
               CASE WHEN n.months IS NULL THEN pg_catalog.format('life=%s days', n.days)
                    WHEN n.days OPERATOR(pg_catalog.>) 0::numeric THEN pg_catalog.format('life=%s months %s days', n.months, n.days)
                    ELSE pg_catalog.format('life=%s months', n.months) END)::chipbook.amortisation_policy
    FROM (SELECT CASE WHEN o.months OPERATOR(pg_catalog.>) 0::numeric THEN o.months OPERATOR(pg_catalog.+) months_more::numeric END AS months,
                 CASE WHEN o.months OPERATOR(pg_catalog.>) 0::numeric THEN o.days
                      ELSE o.days OPERATOR(pg_catalog.+) pg_catalog.round(months_more OPERATOR(pg_catalog.*) 365 OPERATOR(pg_catalog./) 12.0) END AS days
          FROM (SELECT extract(year FROM chipbook.life(policy)) OPERATOR(pg_catalog.*) 12::numeric
                           OPERATOR(pg_catalog.+) extract(month FROM chipbook.life(policy)) AS months,
                       extract(day FROM chipbook.life(policy)) AS days) o) n
    WHERE coalesce(n.months, 0::numeric) OPERATOR(pg_catalog.>=) 0::numeric AND n.days OPERATOR(pg_catalog.>=) 0::numeric
      AND (coalesce(n.months, 0::numeric) OPERATOR(pg_catalog.+) n.days) OPERATOR(pg_catalog.>) 0::numeric
      AND ((coalesce(n.months, 0::numeric) OPERATOR(pg_catalog./) 12::numeric) OPERATOR(pg_catalog.+) (n.days OPERATOR(pg_catalog./) 365::numeric))
          OPERATOR(pg_catalog.<=) 199::numeric;
END;
COMMENT ON FUNCTION chipbook.policy_with_life(chipbook.amortisation_policy, integer) IS 'The policy with a life that many months longer (shorter when negative; a life in days alone by 365 days for twelve), all else the same. NULL when it has no life, or none would be left, or more than 199 years.';

CREATE FUNCTION chipbook.policy_in_force(
    policy chipbook.amortisation_policy, events chipbook.asset_event[], before_date date)
RETURNS chipbook.amortisation_policy IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN coalesce((SELECT events[i].policy FROM pg_catalog.generate_subscripts(events, 1) i
                 WHERE events[i].kind OPERATOR(pg_catalog.=) 'change_of_estimate' AND events[i].happened_on OPERATOR(pg_catalog.<) before_date
                 ORDER BY events[i].happened_on DESC, i DESC LIMIT 1), policy);
COMMENT ON FUNCTION chipbook.policy_in_force(chipbook.amortisation_policy, chipbook.asset_event[], date) IS 'The policy an asset has just before a date: that of the last change_of_estimate before it, else the first.';

-- What was known of an asset on the day of a change: without the change, and what came later.
CREATE FUNCTION chipbook.events_until(events chipbook.asset_event[], at_date date)
RETURNS chipbook.asset_event[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT pg_catalog.array_agg(events[i] ORDER BY i) FROM pg_catalog.generate_subscripts(events, 1) i
        WHERE events[i].happened_on OPERATOR(pg_catalog.<) at_date
           OR events[i].happened_on OPERATOR(pg_catalog.=) at_date AND events[i].kind OPERATOR(pg_catalog.<>) 'change_of_estimate');
COMMENT ON FUNCTION chipbook.events_until(chipbook.asset_event[], date) IS 'The events of an asset up to a date, without a change_of_estimate on that date. NULL when there are none.';

CREATE FUNCTION chipbook.estimate_event(at_date date, policy chipbook.amortisation_policy)
RETURNS chipbook.asset_event IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN ROW(at_date, 'change_of_estimate', NULL, NULL, NULL, NULL, NULL, policy)::chipbook.asset_event;
COMMENT ON FUNCTION chipbook.estimate_event(date, chipbook.amortisation_policy) IS 'A change of estimate to policy on a date, as an event of an asset.';

CREATE FUNCTION chipbook.events_with_estimate(
    events chipbook.asset_event[], at_date date, policy chipbook.amortisation_policy)
RETURNS chipbook.asset_event[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.array_append(chipbook.events_until(events, at_date), chipbook.estimate_event(at_date, policy))
       OPERATOR(pg_catalog.||)
       (SELECT pg_catalog.array_agg(events[i] ORDER BY i) FROM pg_catalog.generate_subscripts(events, 1) i
        WHERE events[i].happened_on OPERATOR(pg_catalog.>) at_date);
COMMENT ON FUNCTION chipbook.events_with_estimate(chipbook.asset_event[], date, chipbook.amortisation_policy) IS 'The events of an asset with a change of estimate to policy on at_date, in place of any other on that date.';

CREATE FUNCTION chipbook.create_ledger_forecast_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW forecast_clock WITH (security_invoker) AS
        SELECT d.from_date, fiscal_year_begins((d.from_date + interval '30 years')::date, c.fiscal_year_start) AS horizon
        FROM clock c
        CROSS JOIN LATERAL (SELECT greatest(date_trunc('month', (least(c.effective_date, date '9000-01-01') + 1)::timestamp)::date,
                                            date '0002-01-01') AS from_date) d;
    COMMENT ON VIEW forecast_clock IS 'Where the figures that are known end and the forecast begins: from_date is the first day after the last complete month. horizon, the first day of the 30th fiscal year to come, ends the forecast of what has no end. One row.';

    -- Every figure about an asset at from_date has its source here.
    CREATE VIEW asset_outlook WITH (security_invoker) AS
        SELECT b.asset_id, b.basis, CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END AS entity_id,
               b.component, b.chip_model_id, CASE WHEN t.asset_id IS NULL THEN b.site_id ELSE t.site_id END AS site_id, b.currency,
               b.computable_cost, b.held_from, b.in_service, b.policy, b.events, b.never_depreciated, b.fiscal_year_start::integer AS fiscal_year_start,
               h.from_date, h.horizon, n.state, n.construction,
               CASE WHEN p.is_known THEN n.book_value END AS book_value, n.ends_on, p.policy_now, p.is_known,
               greatest(b.last_recorded_at, t.last_recorded_at) AS last_recorded_at
        FROM asset_basis b
        CROSS JOIN forecast_clock h
        LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id AND t.from_day < h.from_date AND t.to_day >= h.from_date
        CROSS JOIN LATERAL asset_balance(b.computable_cost, b.held_from, b.in_service, b.policy, b.events,
                                         h.from_date, b.fiscal_year_start::integer) n
        -- OFFSET 0: worked out once for each asset, not again in every column that names it.
        CROSS JOIN LATERAL (SELECT x.policy_now, n.state IS NOT NULL AND (x.policy_now IS NOT NULL OR b.never_depreciated) AS is_known
                            FROM (SELECT policy_in_force(b.policy, b.events, h.from_date) AS policy_now OFFSET 0) x) p
        WHERE b.acquired_on < h.from_date AND (b.held_until IS NULL OR b.held_until >= h.from_date)
          AND coalesce(n.state NOT IN ('not_held', 'disposed'), true);
    COMMENT ON VIEW asset_outlook IS 'Each asset in the books at the start of forecast_clock.from_date under each basis, with its balances and the policy in force then. Key: (asset_id, basis).';
    COMMENT ON COLUMN asset_outlook.is_known IS 'False when no policy depreciates it, unless it is land, or nothing can be computed: book_value is then NULL.';

    CREATE VIEW asset_forecast WITH (security_invoker) AS
        SELECT a.asset_id, a.basis, CASE WHEN t.asset_id IS NULL THEN a.entity_id ELSE t.entity_id END AS entity_id, a.component, a.chip_model_id,
               CASE WHEN t.asset_id IS NULL THEN a.site_id ELSE t.site_id END AS site_id, a.currency,
               d.period_month, v.charge, a.last_recorded_at
        FROM asset_outlook a
        -- The end with every event that is known, which may lie after from_date.
        CROSS JOIN LATERAL asset_balance(a.computable_cost, a.held_from, a.in_service, a.policy, a.events, a.horizon, a.fiscal_year_start) e
        CROSS JOIN LATERAL generate_series(a.from_date::timestamp,
                                           coalesce(greatest(a.ends_on, e.ends_on), a.horizon)::timestamp - interval '1 day',
                                           interval '1 month') m (month_start)
        CROSS JOIN LATERAL (SELECT m.month_start::date AS period_month, (m.month_start + interval '1 month')::date AS next_month) d
        CROSS JOIN LATERAL asset_movement(a.computable_cost, a.held_from, a.in_service, a.policy, a.events,
                                          d.period_month, d.next_month, a.fiscal_year_start) v
        LEFT JOIN asset_transfer t ON t.asset_id = a.asset_id AND t.from_day < d.next_month AND t.to_day >= d.next_month
        WHERE a.is_known AND amount(v.charge) <> 0;
    COMMENT ON VIEW asset_forecast IS 'What each asset will be charged in each month from forecast_clock.from_date to the end of its life, or to the horizon when it has none, by what is known. Months without a charge have no row. Key: (asset_id, basis, period_month).';

    CREATE VIEW asset_unscheduled WITH (security_invoker) AS
        SELECT a.asset_id, a.basis, a.entity_id, a.component, a.chip_model_id, a.site_id, a.currency, a.last_recorded_at,
               u.reason,
               CASE WHEN u.reason = 'not_known' THEN NULL
                    WHEN method(a.policy_now) = 'units_of_production' THEN e.construction + (e.book_value - f.book_value)
                    WHEN life(a.policy_now) IS NULL THEN e.book_value
                    ELSE e.construction END AS unscheduled
        FROM asset_outlook a
        CROSS JOIN LATERAL asset_balance(a.computable_cost, a.held_from, a.in_service, a.policy, a.events, a.horizon, a.fiscal_year_start) e
        -- What all of the use there can be would leave: the salvage value.
        CROSS JOIN LATERAL asset_balance(CASE WHEN method(a.policy_now) = 'units_of_production' THEN a.computable_cost END, a.held_from, a.in_service, a.policy,
                                         array_append(a.events, asset_event(a.horizon - 1, 'use', used_chip_ms => 9000000000000000000)), a.horizon, a.fiscal_year_start) f
        CROSS JOIN LATERAL (SELECT CASE WHEN a.never_depreciated THEN NULL
                                        WHEN NOT a.is_known THEN 'not_known'
                                        WHEN amount(e.construction) <> 0 THEN 'under_construction'
                                        WHEN method(a.policy_now) = 'units_of_production' THEN 'by_use'
                                        WHEN life(a.policy_now) IS NULL AND amount(e.book_value) <> 0 THEN 'after_horizon'
                                   END AS reason) u
        WHERE u.reason IS NOT NULL;
    COMMENT ON VIEW asset_unscheduled IS 'What will be charged, but in no month that is known: construction without a date of service, units of production without a plan of use (less the salvage value), what a policy without an end leaves at the horizon, an asset without a policy (unscheduled NULL). Key: (asset_id, basis). Additive within a currency.';

    CREATE VIEW asset_estimate_change WITH (security_invoker) AS
        SELECT e.event_id, b.asset_id, b.basis, CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END AS entity_id,
               b.component, b.chip_model_id, CASE WHEN t.asset_id IS NULL THEN b.site_id ELSE t.site_id END AS site_id, b.currency,
               b.computable_cost, b.held_from, b.in_service, b.policy, b.fiscal_year_start::integer AS fiscal_year_start,
               e.happened_on, e.reason, e.policy AS policy_after, x.policy_before,
               x.events_before, array_append(x.events_before, estimate_event(e.happened_on, e.policy)) AS events_after,
               method(x.policy_before) <> 'units_of_production' AND method(e.policy) <> 'units_of_production' AS by_time,
               greatest(b.last_recorded_at, e.recorded_at, t.last_recorded_at) AS last_recorded_at
        FROM asset_event_known e
        JOIN asset_basis b ON b.asset_id = e.asset_id AND b.basis = e.basis
        LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id AND t.from_day <= e.happened_on AND t.to_day > e.happened_on
        CROSS JOIN LATERAL (SELECT events_until(b.events, e.happened_on) AS events_before,
                                   policy_in_force(b.policy, b.events, e.happened_on) AS policy_before OFFSET 0) x
        WHERE e.kind = 'change_of_estimate' AND x.policy_before IS NOT NULL
          AND e.happened_on BETWEEN date '0002-01-01' AND date '9000-01-01';
    COMMENT ON VIEW asset_estimate_change IS 'Each change of estimate with the asset''s events as they stood that day, without it and with it. Key: (event_id).';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_forecast_views() IS 'Internal: part of create_ledger. Assets at the end of the last complete month, their charges to come, and changes of estimate.';

CREATE FUNCTION chipbook.create_report_forecast_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW depreciation_forecast WITH (security_invoker) AS
        SELECT f.entity_id, f.basis, fiscal_year(f.period_month, c.fiscal_year_start) AS fiscal_year,
               fiscal_period_name(f.period_month, c.fiscal_year_start) AS fiscal_period,
               f.period_month, f.component AS asset_class, f.site_id, f.chip_model_id,
               f.currency::text AS currency, 'owned'::text AS ownership, 'depreciation'::text AS charge_class,
               publishable(sum(amount(f.charge)))::numeric(38,15) AS charge,
               count(*) FILTER (WHERE f.unknown) AS unknown_assets,
               (CASE WHEN bool_and(f.period_month IS NOT NULL OR f.unscheduled IS NOT NULL)
                     THEN publishable(coalesce(sum(amount(f.unscheduled)), 0)) END)::numeric(38,15) AS unscheduled_amount,
               count(*) AS assets, 'forecast'::text AS scenario, max(f.last_recorded_at) AS last_recorded_at
        FROM (SELECT a.entity_id, a.basis, a.period_month, a.component, a.site_id, a.chip_model_id, a.currency,
                     a.charge, false AS unknown, NULL::monetary AS unscheduled, a.last_recorded_at
              FROM asset_forecast a
              UNION ALL
              SELECT u.entity_id, u.basis, NULL, u.component, u.site_id, u.chip_model_id, u.currency,
                     NULL, u.reason <> 'after_horizon', u.unscheduled, u.last_recorded_at
              FROM asset_unscheduled u) f
        CROSS JOIN clock c
        GROUP BY f.entity_id, f.basis, f.period_month, c.fiscal_year_start, f.component, f.site_id, f.chip_model_id, f.currency;
    COMMENT ON VIEW depreciation_forecast IS 'Depreciation of the months after the last complete one, to the end of each asset''s life, by policies and events known now; under every basis. Key: (entity_id, basis, asset_class, site_id, chip_model_id, currency, period_month). charge and unscheduled_amount in currency, additive over rows of one basis and currency. period_month NULL: what is charged in no month that is known, counted in unknown_assets. Charges so far + charge + unscheduled_amount is what there is to depreciate. Never add across currencies or bases.';
    COMMENT ON COLUMN depreciation_forecast.fiscal_year IS 'Named by the calendar year in which it ends.';
    COMMENT ON COLUMN depreciation_forecast.unknown_assets IS 'Assets whose charge is not known: under construction without a date of service, depreciated by use, or without a policy.';
    COMMENT ON COLUMN depreciation_forecast.unscheduled_amount IS 'In the row with period_month NULL: cost under construction, the book value above salvage of what is depreciated by use, and what policies without an end leave after 30 fiscal years. NULL when an asset without a policy is among them. 0 in other rows.';

    CREATE VIEW useful_life_sensitivity WITH (security_invoker) AS
        SELECT a.entity_id, a.basis, a.component AS asset_class, a.currency::text AS currency,
               a.from_date, (a.from_date + interval '1 year')::date AS to_date,
               count(*) FILTER (WHERE s.policy_shorter IS NOT NULL) AS assets,
               count(*) FILTER (WHERE s.policy_shorter IS NULL) AS other_assets,
               publishable(sum(amount(a.book_value - a.construction)) FILTER (WHERE s.policy_shorter IS NOT NULL))::numeric(38,15) AS book_value,
               publishable(sum(amount(shorter.charge)))::numeric(38,15) AS charge_shorter,
               publishable(sum(amount(now.charge)) FILTER (WHERE s.policy_shorter IS NOT NULL))::numeric(38,15) AS charge,
               publishable(sum(amount(longer.charge)))::numeric(38,15) AS charge_longer,
               publishable(sum(amount(shorter.charge - now.charge)))::numeric(38,15) AS effect_shorter,
               publishable(sum(amount(longer.charge - now.charge)))::numeric(38,15) AS effect_longer,
               'forecast'::text AS scenario, max(a.last_recorded_at) AS last_recorded_at
        FROM asset_outlook a
        CROSS JOIN LATERAL (SELECT CASE WHEN x.policy_longer IS NOT NULL THEN x.policy_shorter END AS policy_shorter, x.policy_longer
                            FROM (SELECT CASE WHEN method(a.policy_now) = 'straight_line' THEN policy_with_life(a.policy_now, -12) END AS policy_shorter,
                                         CASE WHEN method(a.policy_now) = 'straight_line' THEN policy_with_life(a.policy_now, 12) END AS policy_longer
                                  OFFSET 0) x) s
        CROSS JOIN LATERAL asset_movement(a.computable_cost, a.held_from, a.in_service, a.policy, a.events,
                                          a.from_date, (a.from_date + interval '1 year')::date, a.fiscal_year_start) now
        LEFT JOIN LATERAL asset_movement(a.computable_cost, a.held_from, a.in_service, a.policy,
                                         events_with_estimate(a.events, a.from_date, s.policy_shorter),
                                         a.from_date, (a.from_date + interval '1 year')::date, a.fiscal_year_start) shorter
               ON s.policy_shorter IS NOT NULL
        LEFT JOIN LATERAL asset_movement(a.computable_cost, a.held_from, a.in_service, a.policy,
                                         events_with_estimate(a.events, a.from_date, s.policy_longer),
                                         a.from_date, (a.from_date + interval '1 year')::date, a.fiscal_year_start) longer
               ON s.policy_shorter IS NOT NULL
        WHERE a.state = 'in_service' AND a.policy_now IS NOT NULL
        GROUP BY a.entity_id, a.basis, a.component, a.currency, a.from_date;
    COMMENT ON VIEW useful_life_sensitivity IS 'What assets in service are charged in the twelve months from from_date, the first day after the last complete month, and what they would be charged had their useful life been made a year shorter or longer that day, prospectively; under every basis. Key: (entity_id, basis, asset_class, currency). Amounts in currency, additive over rows of one basis and currency. A life that a year less would already have ended is charged off at once. Only the straight line, with a life above a year, is varied.';
    COMMENT ON COLUMN useful_life_sensitivity.assets IS 'Assets that the amounts are of.';
    COMMENT ON COLUMN useful_life_sensitivity.book_value IS 'Of what is in service, at the start of from_date; what is still under construction is not in it.';
    COMMENT ON COLUMN useful_life_sensitivity.other_assets IS 'Assets in service by another method, or with a life of a year or less: in no amount here.';
    COMMENT ON COLUMN useful_life_sensitivity.effect_shorter IS 'charge_shorter - charge: a year less.';
    COMMENT ON COLUMN useful_life_sensitivity.effect_longer IS 'charge_longer - charge: a year more; negative when it lowers the charge.';

    CREATE VIEW estimate_change WITH (security_invoker) AS
        SELECT e.event_id, e.entity_id, e.basis, e.asset_id, e.component AS asset_class, e.site_id, e.chip_model_id,
               e.currency::text AS currency, e.happened_on,
               fiscal_year(e.happened_on, e.fiscal_year_start) AS fiscal_year,
               fiscal_period_name(e.happened_on, e.fiscal_year_start) AS fiscal_period,
               e.policy_before::text AS policy_before, e.policy_after::text AS policy_after,
               life_in_years(e.policy_before)::numeric(38,15) AS life_years_before,
               life_in_years(e.policy_after)::numeric(38,15) AS life_years_after,
               amount(v.book_value_opening)::numeric(38,15) AS book_value,
               CASE WHEN method(e.policy_before) <> 'units_of_production' THEN amount(v.charge) END::numeric(38,15) AS annual_charge_before,
               CASE WHEN method(e.policy_after) <> 'units_of_production' THEN amount(w.charge) END::numeric(38,15) AS annual_charge_after,
               CASE WHEN e.by_time THEN amount(w.charge - v.charge) END::numeric(38,15) AS annual_effect,
               e.reason, e.last_recorded_at
        FROM asset_estimate_change e
        CROSS JOIN LATERAL asset_movement(e.computable_cost, e.held_from, e.in_service, e.policy, e.events_before, e.happened_on,
                                          (e.happened_on + interval '1 year')::date, e.fiscal_year_start) v
        CROSS JOIN LATERAL asset_movement(e.computable_cost, e.held_from, e.in_service, e.policy, e.events_after, e.happened_on,
                                          (e.happened_on + interval '1 year')::date, e.fiscal_year_start) w;
    COMMENT ON VIEW estimate_change IS 'Changes of estimate, each with the policy before and after, the book value on the day, and the charge of the twelve months from that day under both, by what was known that day (later events are left out). Key: (event_id). Amounts in currency, additive over assets of one basis and currency. NULL where a policy is by use. effect by fiscal year: estimate_change_effect.';
    COMMENT ON COLUMN estimate_change.life_years_before IS 'Useful life in years, counted from the day in service; NULL when the policy has none.';
    COMMENT ON COLUMN estimate_change.annual_effect IS 'annual_charge_after - annual_charge_before: positive when the change raises the charge.';

    CREATE VIEW estimate_change_effect WITH (security_invoker) AS
        SELECT e.event_id, e.entity_id, e.basis, e.asset_id, e.component AS asset_class, e.site_id, e.chip_model_id,
               e.currency::text AS currency, e.happened_on,
               fiscal_year(y.starts_on, e.fiscal_year_start) AS fiscal_year,
               e.policy_before::text AS policy_before, e.policy_after::text AS policy_after,
               amount(v.charge)::numeric(38,15) AS charge_before,
               amount(w.charge)::numeric(38,15) AS charge_after,
               amount(w.charge - v.charge)::numeric(38,15) AS effect,
               e.last_recorded_at
        FROM asset_estimate_change e
        -- To the end of what enters service last.
        CROSS JOIN LATERAL asset_balance(e.computable_cost, e.held_from, e.in_service, e.policy, e.events_before,
                                         greatest(e.happened_on, e.in_service + 1), e.fiscal_year_start) b
        CROSS JOIN LATERAL asset_balance(e.computable_cost, e.held_from, e.in_service, e.policy, e.events_after,
                                         greatest(e.happened_on, e.in_service) + 1, e.fiscal_year_start) a
        CROSS JOIN LATERAL (SELECT fiscal_year_begins(e.happened_on, e.fiscal_year_start) AS first_day) f
        CROSS JOIN LATERAL (SELECT g.starts_on::date, (g.starts_on + interval '1 year')::date AS ends_on
                            FROM generate_series(f.first_day::timestamp,
                                     greatest(f.first_day, coalesce(greatest(a.ends_on, b.ends_on),
                                                                    (f.first_day + interval '30 years')::date) - 1)::timestamp,
                                     interval '1 year') g (starts_on)) y
        CROSS JOIN LATERAL asset_movement(e.computable_cost, e.held_from, e.in_service, e.policy, e.events_before,
                                          y.starts_on, y.ends_on, e.fiscal_year_start) v
        CROSS JOIN LATERAL asset_movement(e.computable_cost, e.held_from, e.in_service, e.policy, e.events_after,
                                          y.starts_on, y.ends_on, e.fiscal_year_start) w
        WHERE e.by_time;
    COMMENT ON VIEW estimate_change_effect IS 'The effect of each change of estimate on the fiscal year of the change and on each later one (IAS 8.39-40, ASC 250-10-50-4): what is charged without it and with it, by what was known on the day of the change (later events are left out, so that an answer does not change with them). Key: (event_id, fiscal_year). Amounts in currency, additive over assets and fiscal years of one basis and currency; over the whole life the effects add up to the salvage value before less that after. A policy without an end is followed for 30 fiscal years; one by use has no rows.';
    COMMENT ON COLUMN estimate_change_effect.effect IS 'charge_after - charge_before: positive when the change raises the charge of the year.';

    CREATE VIEW retirement_obligation_month WITH (security_invoker) AS
        SELECT v.obligation_id, v.entity_id, v.basis, v.period_month, fiscal_year(v.period_month, c.fiscal_year_start) AS fiscal_year,
               fiscal_period_name(v.period_month, c.fiscal_year_start) AS fiscal_period, v.asset_id, v.component AS asset_class,
               v.site_id, v.currency::text AS currency,
               amount(v.opening)::numeric(38,15) AS opening,
               amount(v.recognised)::numeric(38,15) AS recognised,
               amount(v.accreted - v.opening - v.recognised)::numeric(38,15) AS accretion,
               amount(v.settled)::numeric(38,15) AS settled,
               amount(v.accreted - v.settled)::numeric(38,15) AS closing,
               'actual'::text AS scenario, v.last_recorded_at
        FROM (
            SELECT r.obligation_id, CASE WHEN t.asset_id IS NULL THEN a.entity_id ELSE t.entity_id END AS entity_id, b.basis, m.period_month,
                   r.asset_id, a.component, CASE WHEN t.asset_id IS NULL THEN a.site_id ELSE t.site_id END AS site_id, u.currency,
                   CASE WHEN m.period_month <= r.recognised_on THEN u.nothing
                        ELSE round(retirement_obligation_value(r.bounded, r.rate, r.recognised_on, least(m.period_month, r.settles_on)), u.decimals) END AS opening,
                   CASE WHEN m.period_month <= r.recognised_on THEN round(r.bounded, u.decimals) ELSE u.nothing END AS recognised,
                   round(retirement_obligation_value(r.bounded, r.rate, r.recognised_on, least(m.next_month, r.settled_on, r.settles_on)), u.decimals) AS accreted,
                   CASE WHEN r.settled_on < m.next_month
                        THEN round(retirement_obligation_value(r.bounded, r.rate, r.recognised_on, least(r.settled_on, r.settles_on)), u.decimals)
                        ELSE u.nothing END AS settled,
                   greatest(r.recorded_at, a.recorded_at, t.last_recorded_at) AS last_recorded_at
            FROM (SELECT o.*,
                         -- No view fails: what grows beyond money's range (e^42 and more) is unknown. No figure is made of this bound.
                         CASE WHEN ln(amount(o.liability)::double precision) + ln(1 + o.rate::double precision)
                                   * ((least(o.settles_on, o.settled_on, k.effective_date + 1) - o.recognised_on) / 365 + 1) < 42
                              THEN o.liability END AS bounded
                  FROM retirement_obligation_known o CROSS JOIN clock k
                  OFFSET 0) r   -- once for each obligation, not for each month
            JOIN asset_known a ON a.asset_id = r.asset_id
            JOIN basis_used b ON r.basis IS NULL OR r.basis = b.basis
            JOIN month_calendar m ON m.next_month > r.recognised_on AND (r.settled_on IS NULL OR m.period_month <= r.settled_on)
            LEFT JOIN asset_transfer t ON t.asset_id = r.asset_id AND t.from_day < m.next_month AND t.to_day >= m.next_month
            CROSS JOIN LATERAL (SELECT currency(r.liability) AS currency, monetary(0::numeric, currency(r.liability)) AS nothing,
                                       coalesce(minor_unit(currency(r.liability)), 15)::integer AS decimals) u
            OFFSET 0) v         -- each value once, though it is in several columns
        CROSS JOIN clock c;
    COMMENT ON VIEW retirement_obligation_month IS 'Asset retirement obligations (ASC 410-20, IAS 37, IFRIC 1) in each complete month from recognition to settlement, under each basis: opening + recognised + accretion - settled = closing. Key: (obligation_id, basis, period_month). Amounts in currency, positive: a liability. recognised, accretion and settled are additive over months; opening and closing only over obligations of one basis and month. The value is rounded to the currency''s minor unit at each month''s end, and accretion is the difference; it ends with settles_on. The cost of the asset bears the liability recognised, and is depreciated with it. NULL where the liability grows beyond any money.';
    COMMENT ON COLUMN retirement_obligation_month.accretion IS 'The unwinding of the discount: an operating expense under US GAAP (ASC 410-20-45-1), a borrowing cost under IFRS (IAS 37.60).';
    COMMENT ON COLUMN retirement_obligation_month.settled IS 'The liability carried on the day of settlement; what was paid for it is not known here.';

    CREATE VIEW construction_interest WITH (security_invoker) AS
        SELECT x.asset_id, x.entity_id, x.basis, x.period_month, fiscal_year(x.period_month, x.fiscal_year_start) AS fiscal_year,
               fiscal_period_name(x.period_month, x.fiscal_year_start) AS fiscal_period, x.component AS asset_class, x.site_id,
               x.currency::text AS currency,
               amount(x.average)::numeric(38,15) AS average_construction, x.days::bigint AS days,
               x.rate::numeric(38,15) AS capitalisation_rate,
               amount(p.proposed)::numeric(38,15) AS proposed,
               amount(x.capitalised)::numeric(38,15) AS capitalised,
               amount(x.capitalised - p.proposed)::numeric(38,15) AS difference,
               x.last_recorded_at
        FROM (SELECT b.asset_id, CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END AS entity_id, b.basis, m.period_month,
                     b.component, CASE WHEN t.asset_id IS NULL THEN b.site_id ELSE t.site_id END AS site_id, b.currency, b.fiscal_year_start,
                     average_construction(b.computable_cost, b.held_from, b.in_service, b.policy, b.events,
                                          m.period_month, m.next_month, b.fiscal_year_start::integer) AS average,
                     m.next_month - m.period_month AS days, r.rate, v.construction_interest + v.interest AS capitalised,
                     greatest(b.last_recorded_at, t.last_recorded_at, r.last_recorded_at) AS last_recorded_at
              FROM asset_basis b
              JOIN month_calendar m ON m.next_month > b.acquired_on AND (b.in_service IS NULL OR m.period_month < b.in_service)
                                   AND (b.held_until IS NULL OR m.period_month <= b.held_until)
              LEFT JOIN asset_transfer t ON t.asset_id = b.asset_id AND t.from_day < m.next_month AND t.to_day >= m.next_month
              CROSS JOIN LATERAL asset_movement(b.computable_cost, b.held_from, b.in_service, b.policy, b.events,
                                                m.period_month, m.next_month, b.fiscal_year_start::integer) v
              -- The rate of the month by days; none of it when some of its days have no rate.
              CROSS JOIN LATERAL (SELECT CASE WHEN sum(d.days) = m.next_month - m.period_month
                                              THEN sum(e.rate * d.days) / (m.next_month - m.period_month) END AS rate,
                                         max(e.recorded_at) AS last_recorded_at
                                  FROM entity_rate_known e
                                  CROSS JOIN LATERAL (SELECT least(e.valid_to, m.next_month) - greatest(e.valid_from, m.period_month) AS days) d
                                  WHERE e.entity_id = CASE WHEN t.asset_id IS NULL THEN b.entity_id ELSE t.entity_id END
                                    AND e.kind = 'capitalisation' AND e.valid_from < m.next_month AND e.valid_to > m.period_month) r
              WHERE b.basis <> 'economic') x
        CROSS JOIN LATERAL (SELECT round(x.average * (x.rate * x.days / 365), coalesce(minor_unit(x.currency), 15)::integer) AS proposed) p
        WHERE amount(x.average) <> 0 OR amount(x.capitalised) <> 0;
    COMMENT ON VIEW construction_interest IS 'Interest that might be capitalised into construction, proposed for each asset, basis and complete month: average cost under construction x the entity''s capitalisation rate (entity_rate) x days / 365 (IAS 23.14, ASC 835-20-30-3; each day is 1/365 of a year, in leap years too), beside what was capitalised by events. Key: (asset_id, basis, period_month). Amounts in currency; proposed, capitalised and difference are additive over assets and months of one basis and currency, average_construction over assets of one month. A proposal: it knows neither the interest incurred, which bounds it, nor loans of the asset''s own, nor pauses (IAS 23.20). NULL where a day has no rate.';
    COMMENT ON COLUMN construction_interest.average_construction IS 'Averaged over the days of the month; interest capitalised within the month is not in it, that of earlier months is.';
    COMMENT ON COLUMN construction_interest.capitalisation_rate IS 'A year, averaged over the days of the month; NULL when the entity has none on a day of it.';
    COMMENT ON COLUMN construction_interest.difference IS 'capitalised - proposed: negative where interest is still to be capitalised.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_forecast_views() IS 'Internal: part of create_ledger. The views depreciation_forecast, useful_life_sensitivity, estimate_change, estimate_change_effect, retirement_obligation_month and construction_interest.';
