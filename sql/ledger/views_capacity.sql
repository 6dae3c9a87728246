-- Time, and what is in service in it: the months, the chips each asset has running from day
-- to day, and the chip-time that makes in each pool.

-- STRICT and not a plain generate_series: the planner would reckon with a thousand months,
-- and compile every query over them.
CREATE FUNCTION chipbook.calendar_months(from_date date, last_date date)
RETURNS SETOF timestamp IMMUTABLE STRICT PARALLEL SAFE ROWS 40 LANGUAGE sql
BEGIN ATOMIC
    SELECT g.month_start
    FROM pg_catalog.generate_series(pg_catalog.date_trunc('month', greatest(from_date, '0001-01-01'::date)::timestamp),
                                    pg_catalog.date_trunc('month', (last_date OPERATOR(pg_catalog.+) 1)::timestamp)
                                        OPERATOR(pg_catalog.-) '1 month'::interval,
                                    '1 month'::interval) g (month_start);
END;
COMMENT ON FUNCTION chipbook.calendar_months(date, date) IS 'Internal: the first days of the months from that of from_date, not before the year 1, to the last one complete at the end of last_date.';

CREATE FUNCTION chipbook.fiscal_year(at_date date, fiscal_year_start integer DEFAULT 1)
RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN extract(year FROM at_date)::bigint
    OPERATOR(pg_catalog.+) (fiscal_year_start OPERATOR(pg_catalog.>) 1 AND extract(month FROM at_date) OPERATOR(pg_catalog.>=) fiscal_year_start::numeric)::integer;
COMMENT ON FUNCTION chipbook.fiscal_year(date, integer) IS 'The fiscal year a date lies in, named by the calendar year it ends in, when fiscal years begin with month fiscal_year_start (1 to 12). NULL for NULL.';

CREATE FUNCTION chipbook.fiscal_period_name(at_date date, fiscal_year_start integer DEFAULT 1)
RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN pg_catalog.format('FY%s-P%s',
    pg_catalog.lpad((chipbook.fiscal_year(at_date, fiscal_year_start) OPERATOR(pg_catalog.%) 100)::text, 2, '0'),
    pg_catalog.lpad(((extract(month FROM at_date)::integer OPERATOR(pg_catalog.-) fiscal_year_start OPERATOR(pg_catalog.+) 12)
                     OPERATOR(pg_catalog.%) 12 OPERATOR(pg_catalog.+) 1)::text, 2, '0'));
COMMENT ON FUNCTION chipbook.fiscal_period_name(date, integer) IS 'The fiscal month a date lies in, as FY26-P10: the tenth month of the fiscal year that ends in 2026, when fiscal years begin with month fiscal_year_start (1 to 12). NULL for NULL.';

-- Chips of an asset [under construction, in service] after an event. A disposal takes of both
-- alike, rounded to whole chips.
CREATE FUNCTION chipbook.chips_after(there numeric[], kind text, chips bigint, share numeric)
RETURNS numeric[] IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE kind
    WHEN 'placed_in_service' THEN
        (SELECT ARRAY[there[1] OPERATOR(pg_catalog.-) n.placed, there[2] OPERATOR(pg_catalog.+) n.placed]
         FROM (SELECT least(there[1], coalesce(chips::numeric, pg_catalog.round(there[1] OPERATOR(pg_catalog.*) share), there[1])) AS placed) n)
    WHEN 'disposal' THEN
        (SELECT ARRAY[n.kept OPERATOR(pg_catalog.-) n.running, n.running]
         FROM (SELECT k.kept, pg_catalog.round(there[2] OPERATOR(pg_catalog.*) k.kept OPERATOR(pg_catalog./) greatest(k.held, 1)) AS running
               FROM (SELECT h.held, greatest(h.held OPERATOR(pg_catalog.-) coalesce(chips::numeric, pg_catalog.round(h.held OPERATOR(pg_catalog.*) share), h.held), 0) AS kept
                     FROM (SELECT there[1] OPERATOR(pg_catalog.+) there[2] AS held) h) k) n)
    ELSE CASE WHEN there[1] OPERATOR(pg_catalog.=) 0 AND there[2] OPERATOR(pg_catalog.>) 0
              THEN ARRAY[there[1], there[2] OPERATOR(pg_catalog.+) coalesce(chips, 0)::numeric]
              ELSE ARRAY[there[1] OPERATOR(pg_catalog.+) coalesce(chips, 0)::numeric, there[2]] END
END;
COMMENT ON FUNCTION chipbook.chips_after(numeric[], text, bigint, numeric) IS 'Internal: the chips of an asset, [under construction, in service], after an addition (to construction while any are there), placed_in_service or disposal of so many chips, of a share of them, or (both NULL) of all. Never below 0.';

CREATE FUNCTION chipbook.create_ledger_capacity_views() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE VIEW month_calendar WITH (security_invoker) AS
        SELECT m.month_start::date AS period_month,
               (m.month_start + interval '1 month')::date AS next_month,
               m.month_start AT TIME ZONE c.time_zone AS starts_at,
               (m.month_start + interval '1 month') AT TIME ZONE c.time_zone AS ends_at
        FROM clock c
        CROSS JOIN LATERAL calendar_months(
            least((SELECT min(a.acquired_on) FROM asset_known a), (SELECT min(r.valid_from) FROM rented_capacity_known r)),
            c.effective_date) m (month_start);
    COMMENT ON VIEW month_calendar IS 'The complete months of the ledger''s time zone from its first asset or rental to its effective date. next_month is the first day after; starts_at and ends_at are the midnights between which the month lies, so that a month with a change of clocks has its true length. Key: period_month.';

    -- Chips are things, whatever an accounting basis says: they follow the events of all bases
    -- and of the primary one. An amount without chips says nothing of them: a finding.

    -- A function where a view would do: PostgreSQL plans what is in it only when it comes to be
    -- called, and most ledgers and questions never call it.

    CREATE FUNCTION asset_chip_path()
    RETURNS TABLE (asset_id text, event_id text, happened_on date, ordinal integer, kind text, chips bigint,
                   there_before numeric[], there numeric[], recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        WITH RECURSIVE change AS (
            SELECT s.*, row_number() OVER (PARTITION BY s.asset_id ORDER BY s.happened_on, s.ordinal, s.event_id) AS step
            FROM (SELECT e.asset_id, e.event_id, e.happened_on, CASE e.kind WHEN 'addition' THEN 2 WHEN 'placed_in_service' THEN 3 ELSE 5 END AS ordinal,
                         e.kind, e.chips, e.share, e.recorded_at
                  FROM asset_event_known e
                  JOIN asset_known a ON a.asset_id = e.asset_id AND e.happened_on >= a.acquired_on
                  WHERE a.component = 'chip' AND e.kind IN ('placed_in_service', 'addition', 'disposal')
                    AND (e.chips IS NOT NULL OR e.amount IS NULL)
                    AND (e.basis IS NULL OR e.basis = (SELECT c.primary_basis FROM clock c))
                  UNION ALL
                  SELECT a.asset_id, NULL, d.happened_on, d.ordinal, d.kind, d.chips, NULL, a.recorded_at
                  FROM asset_known a
                  CROSS JOIN LATERAL (VALUES (a.acquired_on, 1, 'addition', a.chips),
                                             (a.available_for_use_on, 4, 'placed_in_service', NULL),
                                             (a.retired_on, 6, 'disposal', NULL)) d (happened_on, ordinal, kind, chips)
                  WHERE a.component = 'chip' AND d.happened_on IS NOT NULL
                    AND a.asset_id IN (SELECT e.asset_id FROM asset_event_known e WHERE e.kind IN ('placed_in_service', 'addition', 'disposal'))) s),
        path AS (
            SELECT c.asset_id, c.step, ARRAY[0, 0]::numeric[] AS there_before, chips_after(ARRAY[0, 0]::numeric[], c.kind, c.chips, c.share) AS there
            FROM change c WHERE c.step = 1
            UNION ALL
            SELECT c.asset_id, c.step, p.there, chips_after(p.there, c.kind, c.chips, c.share)
            FROM path p JOIN change c ON c.asset_id = p.asset_id AND c.step = p.step + 1)
        SELECT c.asset_id, c.event_id, c.happened_on, c.ordinal, c.kind, c.chips, p.there_before, p.there, c.recorded_at
        FROM path p JOIN change c ON c.asset_id = p.asset_id AND c.step = p.step;
    END;
    COMMENT ON FUNCTION asset_chip_path() IS 'What changes the chips of the chip assets that events change: there_before and there are the chips [under construction, in service] before and after it. event_id NULL: the purchase, the day the rest became available for use, and retirement (ordinal 1, 4 and 6). ordinal: the order in which a day''s events take effect. Key: (asset_id, happened_on, ordinal, event_id).';

    CREATE VIEW asset_chips WITH (security_invoker) AS
        SELECT s.asset_id, s.from_day, s.to_day, s.chips,
               min(s.from_day) OVER (PARTITION BY s.asset_id) AS in_service_from,
               max(s.to_day) OVER (PARTITION BY s.asset_id) AS in_service_to,
               s.last_recorded_at
        FROM (
            SELECT a.asset_id, least(a.available_for_use_on, e.placed_on) AS from_day,
                   least(a.retired_on, e.disposed_on, date 'infinity') AS to_day,
                   a.chips::numeric AS chips, greatest(a.recorded_at, e.recorded_at) AS last_recorded_at
            FROM asset_known a
            LEFT JOIN (SELECT n.asset_id, min(n.happened_on) FILTER (WHERE n.kind = 'placed_in_service') AS placed_on,
                              min(n.happened_on) FILTER (WHERE n.kind = 'disposal' AND n.amount IS NULL AND n.chips IS NULL
                                                           AND coalesce(n.share, 1) = 1) AS disposed_on,
                              max(n.recorded_at) AS recorded_at
                       FROM asset_event_known n
                       WHERE n.kind IN ('placed_in_service', 'disposal', 'addition')
                         AND (n.basis IS NULL OR n.basis = (SELECT c.primary_basis FROM clock c))
                       GROUP BY n.asset_id) e ON e.asset_id = a.asset_id
            WHERE a.component <> 'chip' OR e.asset_id IS NULL
            UNION ALL
            SELECT d.asset_id, d.happened_on, lead(d.happened_on, 1, date 'infinity') OVER (PARTITION BY d.asset_id ORDER BY d.happened_on),
                   d.there[2], max(d.recorded_at) OVER (PARTITION BY d.asset_id)
            FROM (SELECT DISTINCT ON (v.asset_id, v.happened_on) v.asset_id, v.happened_on, v.there, v.recorded_at
                  FROM asset_chip_path() v
                  WHERE EXISTS (SELECT FROM asset_event_known e WHERE e.kind IN ('placed_in_service', 'disposal', 'addition'))
                  ORDER BY v.asset_id, v.happened_on, v.ordinal DESC, v.event_id DESC) d) s
        WHERE s.from_day < s.to_day AND s.chips IS DISTINCT FROM 0;
    COMMENT ON VIEW asset_chips IS 'The chips of each asset in service in [from_day, to_day), by day in the ledger''s time zone: stages, additions and disposals change them. chips NULL: another component, in service or not. in_service_from and in_service_to: from the first of these days to the last. Key: (asset_id, from_day).';

    CREATE VIEW asset_month_pool WITH (security_invoker) AS
        SELECT p.pool_id, a.asset_id, m.period_month,
               sum(p.share * (d.to_day - d.from_day)) AS share_days,
               sum(p.share * a.chips * 1000
                   * (extract(epoch FROM d.to_day::timestamp AT TIME ZONE c.time_zone)
                      - extract(epoch FROM d.from_day::timestamp AT TIME ZONE c.time_zone))) AS chip_ms,
               max(least(m.next_month, a.in_service_to) - greatest(m.period_month, a.in_service_from)) AS service_days,
               max(greatest(p.recorded_at, a.last_recorded_at)) AS last_recorded_at
        FROM asset_chips a
        JOIN pool_asset_known p ON p.asset_id = a.asset_id
        JOIN month_calendar m ON m.next_month > greatest(a.from_day, p.valid_from)
                             AND m.period_month < least(a.to_day, p.valid_to)
        CROSS JOIN LATERAL (SELECT greatest(m.period_month, a.from_day, p.valid_from) AS from_day,
                                   least(m.next_month, a.to_day, p.valid_to) AS to_day) d
        CROSS JOIN clock c
        WHERE d.from_day < d.to_day
        GROUP BY p.pool_id, a.asset_id, m.period_month;
    COMMENT ON VIEW asset_month_pool IS 'How much of each asset in service served each pool in each month: share x days, and for chips share x chips x milliseconds, following the chips in service from day to day (NULL for other components). service_days: days of the month the asset was in service, in this pool or not. Key: (pool_id, asset_id, period_month). share_days and chip_ms are additive.';

    -- Functions where views would do, as above: most rentals have a rate of their own.

    CREATE FUNCTION rental_card_rate()
    RETURNS TABLE (rental_id text, valid_from date, pool_id text, chips bigint, pricing text, rate_card_id text, from_day date, to_day date, rate monetary,
                   last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE ROWS 100 LANGUAGE sql
    BEGIN ATOMIC
        SELECT r.rental_id, r.valid_from, r.pool_id, r.chips, r.pricing, r.rate_card_id,
               greatest(r.valid_from, k.valid_from), least(r.valid_to, k.valid_to), k.rate, greatest(r.recorded_at, k.recorded_at)
        FROM rented_capacity_known r
        JOIN rate_card_known k ON k.rate_card_id = r.rate_card_id AND k.valid_from < r.valid_to AND k.valid_to > r.valid_from
        UNION ALL
        SELECT r.rental_id, r.valid_from, r.pool_id, r.chips, r.pricing, r.rate_card_id, lower(g.days), upper(g.days), NULL, r.recorded_at
        FROM rented_capacity_known r
        CROSS JOIN LATERAL (SELECT range_agg(daterange(k.valid_from, k.valid_to)) AS days FROM rate_card_known k WHERE k.rate_card_id = r.rate_card_id) known
        CROSS JOIN LATERAL unnest(datemultirange(daterange(r.valid_from, r.valid_to)) - coalesce(known.days, '{}'::datemultirange)) g (days)
        WHERE r.rate_card_id IS NOT NULL;
    END;
    COMMENT ON FUNCTION rental_card_rate() IS 'The rate of each rental that has a rate card in [from_day, to_day), period by period; NULL where the card has none. Key: (rental_id, valid_from, from_day).';

    CREATE VIEW rental_rate WITH (security_invoker) AS
        SELECT r.rental_id, r.valid_from, r.pool_id, r.chips, r.pricing, r.rate_card_id, r.valid_from AS from_day, r.valid_to AS to_day, r.rate,
               r.recorded_at AS last_recorded_at
        FROM rented_capacity_known r WHERE r.rate_card_id IS NULL
        UNION ALL
        SELECT k.rental_id, k.valid_from, k.pool_id, k.chips, k.pricing, k.rate_card_id, k.from_day, k.to_day, k.rate, k.last_recorded_at
        FROM rental_card_rate() k;
    COMMENT ON VIEW rental_rate IS 'The rate of each rental in [from_day, to_day), its own or its card''s, period by period; NULL where the card has none. Key: (rental_id, valid_from, from_day).';

    CREATE FUNCTION on_demand_days(of_pool text, of_month date)
    RETURNS TABLE (rental_id text, valid_from date, metered_on date, chip_ms numeric, chip_days numeric, last_recorded_at timestamptz)
    STABLE STRICT PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        -- What is paid for anyway is used first; rentals on demand share the rest by their chips.
        SELECT s.rental_id, s.valid_from, s.reading_day, t.chip_ms, t.chip_ms * 1.000000000000000000000000000000 / s.day_ms, s.last_recorded_at
        FROM (SELECT r.rental_id, r.valid_from, d.reading_day, d.day_ms, r.chips, r.on_demand_chips,
                     sum(r.chips) OVER (PARTITION BY d.reading_day ORDER BY r.rental_id, r.valid_from) AS chips_so_far,
                     least(greatest(d.installed_ms - (r.reserved_chips + owned.chips + leased.chips) * d.day_ms, 0), r.on_demand_chips * d.day_ms) AS taken_ms, d.last_recorded_at
              FROM (SELECT u.reading_day, sum(u.installed_ms) AS installed_ms, max(u.recorded_at) AS last_recorded_at,
                           1000 * (extract(epoch FROM (u.reading_day + 1)::timestamp AT TIME ZONE (SELECT c.time_zone FROM clock c))
                                   - extract(epoch FROM u.reading_day::timestamp AT TIME ZONE (SELECT c.time_zone FROM clock c))) AS day_ms
                    FROM usage_day_known u WHERE u.pool_id = of_pool AND u.month = of_month GROUP BY u.reading_day) d
              CROSS JOIN LATERAL (
                  SELECT n.rental_id, n.valid_from, n.chips::numeric AS chips, n.pricing,
                         sum(n.chips) FILTER (WHERE n.pricing = 'on_demand') OVER () AS on_demand_chips,
                         coalesce(sum(n.chips) FILTER (WHERE n.pricing = 'reserved') OVER (), 0) AS reserved_chips
                  FROM rented_capacity_known n
                  WHERE n.pool_id = of_pool AND d.reading_day >= n.valid_from AND d.reading_day < n.valid_to) r
              CROSS JOIN LATERAL (
                  SELECT coalesce(sum(p.share * c.chips), 0) AS chips
                  FROM pool_asset_known p JOIN asset_chips c ON c.asset_id = p.asset_id
                  WHERE p.pool_id = of_pool AND d.reading_day >= p.valid_from AND d.reading_day < p.valid_to
                    AND d.reading_day >= c.from_day AND d.reading_day < c.to_day
                    -- Where no asset serves the pool, none is looked at.
                    AND EXISTS (SELECT FROM pool_asset_known x WHERE x.pool_id = of_pool)) owned
              CROSS JOIN LATERAL (
                  SELECT coalesce(sum(n.chips), 0) AS chips FROM lease_chips() n
                  WHERE n.pool_id = of_pool AND d.reading_day >= n.from_day AND d.reading_day < n.to_day
                    AND EXISTS (SELECT FROM lease_known x WHERE x.pool_id = of_pool)) leased
              WHERE r.pricing = 'on_demand') s
        CROSS JOIN LATERAL (SELECT div(s.taken_ms * s.chips_so_far, s.on_demand_chips) - div(s.taken_ms * (s.chips_so_far - s.chips), s.on_demand_chips) AS chip_ms) t;
    END;
    COMMENT ON FUNCTION on_demand_days(text, date) IS 'Chip-milliseconds of a pool''s rentals on demand by local day of a month: what its readings have installed beyond its owned, leased and reserved chips, up to the chips rented, in whole milliseconds; chip_days: in days of that day''s length. Key: (rental_id, valid_from, metered_on). Additive.';

    CREATE VIEW rental_month WITH (security_invoker) AS
        SELECT p.rental_id, p.valid_from, p.pool_id, m.period_month, currency(p.rate)::text AS currency, p.rate_card_id, sum(t.chip_ms) AS chip_ms,
               sum(round(amount(p.rate)::numeric(60,20) * t.chip_ms / 3600000, 15)) AS rent,
               max(greatest(p.last_recorded_at, o.last_recorded_at)) AS last_recorded_at
        FROM rental_rate p
        JOIN month_calendar m ON m.next_month > p.from_day AND m.period_month < p.to_day
        CROSS JOIN clock c
        CROSS JOIN LATERAL (SELECT greatest(m.period_month, p.from_day) AS from_day, least(m.next_month, p.to_day) AS to_day) d
        CROSS JOIN LATERAL (SELECT sum(n.chip_ms) AS chip_ms, max(n.last_recorded_at) AS last_recorded_at
                            FROM on_demand_days(CASE WHEN p.pricing = 'on_demand' THEN p.pool_id END, m.period_month) n
                            WHERE n.rental_id = p.rental_id AND n.valid_from = p.valid_from AND n.metered_on >= d.from_day AND n.metered_on < d.to_day) o
        CROSS JOIN LATERAL (SELECT CASE p.pricing WHEN 'on_demand' THEN coalesce(o.chip_ms, 0)
            ELSE p.chips::numeric * 1000 * (extract(epoch FROM d.to_day::timestamp AT TIME ZONE c.time_zone)
                                            - extract(epoch FROM d.from_day::timestamp AT TIME ZONE c.time_zone)) END AS chip_ms) t
        WHERE p.rate IS NOT NULL OR t.chip_ms > 0
        GROUP BY p.rental_id, p.valid_from, p.pool_id, m.period_month, currency(p.rate)::text, p.rate_card_id;
    COMMENT ON VIEW rental_month IS 'Chip-milliseconds rented, and the rent for them in currency: for every hour, or on demand for those that were metered, at the rate of the day. currency and rent NULL: the rate card has no rate for these, a finding. Key: (rental_id, valid_from, period_month, currency). Additive within a currency.';

    CREATE VIEW pool_month_capacity WITH (security_invoker) AS
        SELECT s.pool_id, s.period_month, sum(s.chip_ms) AS capacity_ms
        FROM (SELECT a.pool_id, a.period_month, a.chip_ms FROM asset_month_pool a WHERE a.chip_ms IS NOT NULL
              UNION ALL
              SELECT r.pool_id, r.period_month, r.chip_ms FROM rental_month r
              UNION ALL
              SELECT n.pool_id, n.period_month, n.chip_ms FROM lease_chip_month() n WHERE EXISTS (SELECT FROM lease_known x WHERE x.chips IS NOT NULL)) s
        GROUP BY s.pool_id, s.period_month;
    COMMENT ON VIEW pool_month_capacity IS 'Chip-milliseconds in service, owned, rented and leased, whether metered or not; of what is rented on demand those that were metered. Key: (pool_id, period_month). Additive.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_capacity_views() IS 'Internal: part of create_ledger. The months, chips in service by day, and the capacity of pools by month.';
