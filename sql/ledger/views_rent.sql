-- Rented and leased beside owned: what a used chip-hour costs from each provider, on one definition, and
-- from which utilisation on owning is cheaper than renting.

CREATE FUNCTION chipbook.create_ledger_rent_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW rental_finding WITH (security_invoker) AS
        SELECT 'rental_rate_missing'::text AS finding, 'error'::text AS severity, 'rental'::text AS subject, r.rental_id AS subject_id, r.period_month,
               count(*) AS row_count,
               format('%s chip-hours on days that rate card %s has no rate for: their cost is in no figure',
                      round(sum(r.chip_ms) / 3600000, 3), string_agg(r.rate_card_id, ', ' ORDER BY r.rate_card_id)) AS detail
        FROM rental_month r WHERE r.currency IS NULL
        GROUP BY r.rental_id, r.period_month
        UNION ALL
        SELECT 'on_demand_not_metered', 'warning', 'rental', n.rental_id, m.period_month, count(*),
               'rented on demand, and no reading of its pool says how long: it costs nothing here'
        FROM rented_capacity_known n
        JOIN month_calendar m ON m.next_month > n.valid_from AND m.period_month < n.valid_to
        WHERE n.pricing = 'on_demand'
          AND NOT EXISTS (SELECT FROM usage_day_known u WHERE u.pool_id = n.pool_id AND u.month = m.period_month)
        GROUP BY n.rental_id, m.period_month
        UNION ALL
        SELECT 'rental_unlike_rate_card', 'warning', 'rental', n.rental_id, NULL, count(*),
               string_agg(DISTINCT concat_ws(' and ',
                   CASE WHEN n.pricing <> k.pricing THEN format('%s at the %s rates of card %s', n.pricing, k.pricing, k.rate_card_id) END,
                   CASE WHEN p.chip_model_id <> k.chip_model_id THEN format('chips of model %s at rates for %s', p.chip_model_id, k.chip_model_id) END), '; ')
        FROM rented_capacity_known n
        JOIN rate_card_known k ON k.rate_card_id = n.rate_card_id AND k.valid_from < n.valid_to AND k.valid_to > n.valid_from
        LEFT JOIN pool_known p ON p.pool_id = n.pool_id
        WHERE n.pricing <> k.pricing OR p.chip_model_id <> k.chip_model_id
        GROUP BY n.rental_id;
    COMMENT ON VIEW rental_finding IS 'Findings about rentals, part of data_quality: hours without a rate, rentals on demand that are not metered, rentals unlike the card that prices them. Key: (finding, subject_id, period_month).';

    -- A card's months: several rates in one are averaged over the hours that each held.
    CREATE VIEW rate_card_month WITH (security_invoker) AS
        SELECT k.rate_card_id, m.period_month, currency(k.rate)::text AS currency,
               (array_agg(k.provider_id ORDER BY k.valid_from DESC))[1] AS provider_id,
               (array_agg(k.chip_model_id ORDER BY k.valid_from DESC))[1] AS chip_model_id,
               (array_agg(k.pricing ORDER BY k.valid_from DESC))[1] AS pricing,
               (array_agg(k.term_months ORDER BY k.valid_from DESC))[1] AS term_months,
               (array_agg(k.region ORDER BY k.valid_from DESC))[1] AS region,
               (array_agg(k.kind ORDER BY k.valid_from DESC))[1] AS kind,
               sum(amount(k.rate)::numeric(60,20) * h.seconds) / sum(h.seconds) AS rate, sum(h.seconds) AS seconds,
               max(k.recorded_at) AS last_recorded_at
        FROM rate_card_known k
        JOIN month_calendar m ON m.next_month > k.valid_from AND m.period_month < k.valid_to
        CROSS JOIN clock c
        CROSS JOIN LATERAL (SELECT extract(epoch FROM least(m.next_month, k.valid_to)::timestamp AT TIME ZONE c.time_zone)
                                   - extract(epoch FROM greatest(m.period_month, k.valid_from)::timestamp AT TIME ZONE c.time_zone) AS seconds) h
        GROUP BY k.rate_card_id, m.period_month, currency(k.rate)::text;
    COMMENT ON VIEW rate_card_month IS 'The rate of each rate card in each complete month, averaged over the seconds of it that the card was in force. Key: (rate_card_id, period_month, currency). Not additive.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_rent_views() IS 'Internal: part of create_ledger. Findings about rentals, and rate cards by month.';

CREATE FUNCTION chipbook.create_report_rent_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW provider_comparison WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.provider_id, s.chip_model_id, s.ownership, s.currency, 'actual'::text AS scenario,
               publishable(s.total_cost)::numeric(38,15) AS total_cost,
               publishable(s.productive_cost)::numeric(38,15) AS productive_cost,
               publishable(s.idle_cost)::numeric(38,15) AS idle_cost,
               publishable(s.unmetered_cost)::numeric(38,15) AS unmetered_cost,
               publishable(s.cost_of_capital)::numeric(38,15) AS cost_of_capital,
               publishable(e.economic_cost)::numeric(38,15) AS economic_cost,
               publishable(s.capacity_hours)::numeric(38,15) AS capacity_chip_hours,
               publishable(s.installed_hours)::numeric(38,15) AS installed_chip_hours,
               publishable(s.allocated_hours)::numeric(38,15) AS allocated_chip_hours,
               publishable(s.used_hours)::numeric(38,15) AS used_chip_hours,
               publishable(s.unknown_hours)::numeric(38,15) AS unpriced_chip_hours,
               publishable(s.used_hours::numeric(60,20) / nullif(s.installed_hours, 0))::numeric(38,15) AS utilisation,
               publishable(CASE WHEN s.unknown_hours = 0 THEN s.total_cost / nullif(s.installed_hours, 0) END)::numeric(38,15) AS cost_per_installed_chip_hour,
               publishable(CASE WHEN s.unknown_hours = 0 THEN s.total_cost / nullif(s.used_hours, 0) END)::numeric(38,15) AS cost_per_used_chip_hour,
               publishable(e.economic_cost / nullif(s.installed_hours, 0))::numeric(38,15) AS economic_cost_per_installed_chip_hour,
               publishable(e.economic_cost / nullif(s.used_hours, 0))::numeric(38,15) AS economic_cost_per_used_chip_hour,
               s.use_basis, s.pools, s.costs_in_other_currencies, s.unpriced_readings, s.unknown_charges, s.last_recorded_at
        FROM (SELECT u.entity_id, u.basis, u.period_month, u.provider_id, u.chip_model_id, u.ownership, u.currency,
                     sum(u.total_cost) AS total_cost, sum(u.depreciation) AS depreciation, sum(u.productive_cost) AS productive_cost, sum(u.idle_cost) AS idle_cost, sum(u.unmetered_cost) AS unmetered_cost,
                     CASE WHEN count(u.cost_of_capital) = count(*) THEN sum(u.cost_of_capital) END AS cost_of_capital,
                     sum(u.capacity_chip_hours) AS capacity_hours, sum(u.installed_chip_hours) AS installed_hours, sum(u.allocated_chip_hours) AS allocated_hours,
                     sum(u.used_chip_hours) AS used_hours, coalesce(sum(r.unknown_hours), 0) AS unknown_hours,
                     CASE count(DISTINCT nullif(u.use_basis, 'none')) WHEN 0 THEN 'none' WHEN 1 THEN min(nullif(u.use_basis, 'none')) ELSE 'mixed' END AS use_basis,
                     count(*) AS pools, bool_or(u.currencies > 1) AS costs_in_other_currencies,
                     sum(u.unpriced_readings)::bigint AS unpriced_readings, sum(u.unknown_charges)::bigint AS unknown_charges,
                     max(greatest(u.last_recorded_at, r.last_recorded_at)) AS last_recorded_at
              FROM (SELECT n.*, count(*) OVER (PARTITION BY n.entity_id, n.period_month, n.pool_id) AS currencies
                    FROM utilisation_weighted_spend n WHERE n.pool_id IS NOT NULL) u
              LEFT JOIN (SELECT n.pool_id, n.period_month, sum(n.chip_ms) / 3600000.000000000000000 AS unknown_hours, max(n.last_recorded_at) AS last_recorded_at
                         FROM rental_month n WHERE n.currency IS NULL GROUP BY n.pool_id, n.period_month) r
                ON r.pool_id = u.pool_id AND r.period_month = u.period_month
              GROUP BY u.entity_id, u.basis, u.period_month, u.provider_id, u.chip_model_id, u.ownership, u.currency) s
        CROSS JOIN LATERAL (SELECT CASE WHEN s.ownership = 'rented' AND s.unknown_hours = 0 THEN s.total_cost
                                        WHEN s.ownership = 'owned' AND s.unknown_hours = 0 THEN s.total_cost + s.cost_of_capital
                                        WHEN s.ownership = 'leased' AND s.unknown_hours = 0 AND s.depreciation = 0 AND s.unknown_charges = 0 THEN s.total_cost END AS economic_cost) e;
    COMMENT ON VIEW provider_comparison IS 'What a chip-hour costs from each provider, owned, rented and leased on one definition: all cost of the month, idle and unmetered too, over the hours that were used. Key: (entity_id, period_month, provider_id, chip_model_id, ownership, currency), under the ledger''s primary basis. Costs are in currency and additive within one; productive_cost + idle_cost + unmetered_cost = total_cost, exactly. Chip-hours are repeated on the row of each currency. Costs per hour are not additive; their numerators and denominators are columns.';
    COMMENT ON COLUMN provider_comparison.cost_per_used_chip_hour IS 'Effective cost: total_cost / used_chip_hours, which is the cost per installed chip-hour / utilisation. NULL without use, and where unpriced_chip_hours are not 0.';
    COMMENT ON COLUMN provider_comparison.economic_cost IS 'With the cost of the capital bound: for owned chips total_cost + cost_of_capital; for rented and leased ones total_cost, since the rent, and the interest of a lease, have it. NULL where it is not known, as of leased pools that owned assets serve, too.';
    COMMENT ON COLUMN provider_comparison.unpriced_chip_hours IS 'Chip-hours rented whose rate is not known (finding rental_rate_missing): they are in capacity_chip_hours, and their cost is not in total_cost. Additive.';
    COMMENT ON COLUMN provider_comparison.costs_in_other_currencies IS 'Some of these pools have cost in another currency too, in a row of its own: costs per hour here are a part of the whole.';
    COMMENT ON COLUMN provider_comparison.pools IS 'Pools that the row adds up.';
    COMMENT ON COLUMN provider_comparison.use_basis IS 'What used means in the readings: one word, mixed, or none without readings.';

    CREATE VIEW own_or_rent WITH (security_invoker) AS
        SELECT s.entity_id, s.basis, s.period_month, s.chip_model_id, s.currency, 'actual'::text AS scenario,
               k.rate_card_id, k.provider_id, k.region, k.pricing, k.term_months::bigint AS term_months, k.kind AS rate_kind, k.currency AS rate_currency,
               publishable(k.rate)::numeric(38,15) AS rate_per_chip_hour, publishable(k.seconds / 3600)::numeric(38,15) AS rate_hours,
               publishable(s.total_cost)::numeric(38,15) AS owned_total_cost,
               publishable(s.economic_cost)::numeric(38,15) AS owned_economic_cost,
               publishable(s.capacity_hours)::numeric(38,15) AS capacity_chip_hours,
               publishable(s.installed_hours)::numeric(38,15) AS installed_chip_hours,
               publishable(s.used_hours)::numeric(38,15) AS used_chip_hours,
               publishable(s.utilisation)::numeric(38,15) AS utilisation,
               publishable(c.owned)::numeric(38,15) AS owned_cost_per_chip_hour,
               publishable(c.owned / nullif(s.utilisation, 0))::numeric(38,15) AS owned_cost_per_used_chip_hour,
               publishable(CASE k.pricing WHEN 'on_demand' THEN k.rate ELSE k.rate / nullif(s.utilisation, 0) END)::numeric(38,15) AS rent_per_used_chip_hour,
               publishable(CASE WHEN c.comparable THEN c.owned / nullif(k.rate, 0) END)::numeric(38,15) AS cost_ratio,
               publishable(CASE WHEN c.comparable AND k.pricing = 'on_demand' THEN c.owned / nullif(k.rate, 0) END)::numeric(38,15) AS break_even_utilisation,
               publishable(CASE WHEN c.comparable AND k.pricing = 'on_demand' THEN c.by_the_books / nullif(k.rate, 0) END)::numeric(38,15) AS break_even_by_the_books,
               CASE WHEN r.rent > c.owned THEN 'own' WHEN r.rent < c.owned THEN 'rent' WHEN r.rent = c.owned THEN 'same' END AS cheaper,
               publishable((r.rent - c.owned) * s.capacity_hours)::numeric(38,15) AS saved_by_owning,
               publishable(d.rate)::numeric(38,15) AS on_demand_rate,
               publishable(1 - k.rate / nullif(d.rate, 0))::numeric(38,15) AS discount,
               publishable(k.rate / nullif(d.rate, 0))::numeric(38,15) AS break_even_of_commitment,
               s.pools, s.costs_in_other_currencies, greatest(s.last_recorded_at, k.last_recorded_at, d.last_recorded_at) AS last_recorded_at
        FROM (SELECT u.entity_id, u.basis, u.period_month, u.chip_model_id, u.currency,
                     sum(u.total_cost) AS total_cost, CASE WHEN count(u.economic_cost) = count(*) THEN sum(u.economic_cost) END AS economic_cost,
                     sum(u.capacity_chip_hours) AS capacity_hours, sum(u.installed_chip_hours) AS installed_hours, sum(u.used_chip_hours) AS used_hours,
                     sum(u.used_chip_hours)::numeric(60,20) / nullif(sum(u.installed_chip_hours), 0) AS utilisation,
                     count(*) AS pools, bool_or(u.currencies > 1) AS costs_in_other_currencies,
                     sum(u.unknown_charges) + sum(u.unpriced_readings) AS unknown_costs, max(u.last_recorded_at) AS last_recorded_at
              FROM (SELECT n.*, count(*) OVER (PARTITION BY n.entity_id, n.period_month, n.pool_id) AS currencies
                    FROM utilisation_weighted_spend n WHERE n.pool_id IS NOT NULL AND n.ownership = 'owned') u
              GROUP BY u.entity_id, u.basis, u.period_month, u.chip_model_id, u.currency) s
        JOIN rate_card_month k ON k.chip_model_id = s.chip_model_id AND k.period_month = s.period_month
        LEFT JOIN LATERAL (SELECT o.rate, o.last_recorded_at FROM rate_card_month o
                           WHERE k.pricing = 'reserved' AND o.pricing = 'on_demand' AND o.provider_id = k.provider_id AND o.chip_model_id = k.chip_model_id
                             AND o.period_month = k.period_month AND o.currency = k.currency AND o.region IS NOT DISTINCT FROM k.region
                           ORDER BY o.rate, o.rate_card_id LIMIT 1) d ON true
        CROSS JOIN LATERAL (SELECT CASE WHEN s.unknown_costs = 0 AND NOT s.costs_in_other_currencies THEN s.economic_cost / nullif(s.capacity_hours, 0) END AS owned,
                                   CASE WHEN s.unknown_costs = 0 AND NOT s.costs_in_other_currencies THEN s.total_cost / nullif(s.capacity_hours, 0) END AS by_the_books,
                                   s.currency = k.currency AS comparable) c
        -- What renting costs for an hour of each chip owned: what is used of it, or all of it.
        CROSS JOIN LATERAL (SELECT CASE WHEN c.comparable THEN k.rate * CASE k.pricing WHEN 'on_demand' THEN s.utilisation ELSE 1 END END AS rent) r;
    COMMENT ON VIEW own_or_rent IS 'Whether the chips that are owned would be cheaper rented: for each chip model, month and rate card in force in it. Key: (entity_id, period_month, chip_model_id, currency, rate_card_id, rate_currency), under the ledger''s primary basis. Nothing is converted: where rate_currency is not currency, what compares the two is NULL. Figures of the owned chips are repeated for each rate card, so nothing here is additive.';
    COMMENT ON COLUMN own_or_rent.owned_cost_per_chip_hour IS 'owned_economic_cost (total cost and cost of capital) / capacity_chip_hours: of an hour of a chip in service, used or not. NULL where a part of it is not known: no rate cost_of_capital, an annuity, an asset without a policy, energy without a price, cost in other currencies.';
    COMMENT ON COLUMN own_or_rent.owned_cost_per_used_chip_hour IS 'owned_cost_per_chip_hour / utilisation.';
    COMMENT ON COLUMN own_or_rent.rate_per_chip_hour IS 'In rate_currency; averaged over the rate_hours of the month that the card was in force, when it changed.';
    COMMENT ON COLUMN own_or_rent.rent_per_used_chip_hour IS 'In rate_currency. On demand the rate itself, since one pays for what one uses; reserved, rate / utilisation.';
    COMMENT ON COLUMN own_or_rent.cost_ratio IS 'owned_cost_per_chip_hour / rate_per_chip_hour: below 1, an hour of a chip owned costs less than one rented.';
    COMMENT ON COLUMN own_or_rent.break_even_utilisation IS 'On demand only: the share of its time from which on a chip is cheaper owned than rented for the hours it is used, which is cost_ratio. Above 1: never. For reserved rates, paid for every hour, utilisation decides nothing: compare cost_ratio with 1.';
    COMMENT ON COLUMN own_or_rent.break_even_by_the_books IS 'The same with owned_total_cost, without cost of capital.';
    COMMENT ON COLUMN own_or_rent.cheaper IS 'own, rent or same, at the utilisation of the month; NULL where it is not known.';
    COMMENT ON COLUMN own_or_rent.saved_by_owning IS 'What renting would have cost more in the month, in currency: rate x utilisation x capacity_chip_hours (reserved: rate x capacity_chip_hours) - owned_economic_cost. Negative: renting is cheaper.';
    COMMENT ON COLUMN own_or_rent.utilisation IS 'used_chip_hours / installed_chip_hours of these pools; NULL without readings.';
    COMMENT ON COLUMN own_or_rent.on_demand_rate IS 'For a reserved rate: the lowest on-demand rate of the same provider, chip model, region and currency in the month.';
    COMMENT ON COLUMN own_or_rent.discount IS '1 - rate_per_chip_hour / on_demand_rate.';
    COMMENT ON COLUMN own_or_rent.break_even_of_commitment IS 'rate_per_chip_hour / on_demand_rate = 1 - discount: the share of its term from which on a reservation is cheaper than renting on demand.';
    COMMENT ON COLUMN own_or_rent.pools IS 'Owned pools that the row adds up.';
    COMMENT ON COLUMN own_or_rent.costs_in_other_currencies IS 'Some of these pools have cost in another currency too: what an hour costs is then not known in one.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_report_rent_views() IS 'Internal: part of create_ledger. The views provider_comparison and own_or_rent.';
