-- What it costs that published views answer as they were known, the whole view:
-- over the days of readings of 500 pools, each with a thousand chips, and over the register of
-- 5,000 assets; a tenth of both was replaced since, which is what history costs. Beside it a ledger of the same facts
-- whose inner views have no filter and which has no history.
CREATE FUNCTION fill_ledger(ledger text, with_history boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    loaded bigint := open_load(ledger, 'pools and assets', 'bench');
BEGIN
    EXECUTE format($f$
        INSERT INTO %1$I.pool (pool_id, name) SELECT 'pool ' || p, 'pool' FROM generate_series(1, 500) p;
        INSERT INTO %1$I.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on)
        SELECT 'asset ' || i, 'asset', CASE i / 500 WHEN 0 THEN 'chip' ELSE 'server' END, CASE i / 500 WHEN 0 THEN 1000 END, monetary(1000000 + i * 1000, 'USD'), '2024-06-01', '2025-01-01'
        FROM generate_series(0, 4999) i;
        INSERT INTO %1$I.asset_policy (asset_id, basis, policy)
        SELECT 'asset ' || i, 'ifrs', 'straight_line(life=5 years, convention=full_month)' FROM generate_series(0, 4999) i;
        INSERT INTO %1$I.pool_asset (pool_id, asset_id) SELECT 'pool ' || 1 + i %% 500, 'asset ' || i FROM generate_series(0, 4999) i$f$, ledger);
    PERFORM publish_load(ledger, loaded);
    IF with_history THEN
        loaded := open_load(ledger, 'a tenth again', 'bench');
        EXECUTE format($f$
            INSERT INTO %1$I.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on)
            SELECT asset_id, name, component, chips, cost, acquired_on, available_for_use_on FROM %1$I.asset_known WHERE right(asset_id, 1) = '7'$f$, ledger);
        PERFORM publish_load(ledger, loaded);
    END IF;
END
$$;
SELECT fill_ledger('books', true) \g /dev/null
SELECT create_ledger('bare') \g /dev/null
INSERT INTO bare.source VALUES ('bench', 'synthetic', 'made for the benchmark', NULL, 'low');
SELECT fill_ledger('bare', false) \g /dev/null
SELECT add_reading_partitions('bare', '2025-01-01', (timestamp '2025-01-01' + :rows / 500 * interval '15 minutes')::date) \g /dev/null
INSERT INTO bare.meter_reading SELECT * FROM books.meter_reading;
-- History of the readings: every tenth was there before, otherwise.
INSERT INTO books.meter_reading (starts_at, ends_at, recorded_at, superseded_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, load_id, month, pool_id, use_basis,
                                 joules, idle_joules, energy_basis, source_id, model_flops)
SELECT starts_at, ends_at, '2025-12-01 00:00Z', '2026-01-01 00:00Z', installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms / 2, load_id, month, pool_id, use_basis,
       joules, idle_joules, energy_basis, source_id, model_flops FROM books.meter_reading WHERE right(pool_id, 1) = '7';
-- What publication would have kept of them by the day.
SELECT l.load_id FROM books.load l WHERE l.description = 'benchmark' \gset
SET search_path = books, chipbook, public;
SELECT usage_day_change('2025-12-01 00:00Z', :load_id, true, false), usage_day_change('2026-01-01 00:00Z', :load_id, true, true) \g /dev/null
SET search_path = bare, chipbook, public;
SELECT usage_day_change('2026-01-01 00:00Z', :load_id, true, false) \g /dev/null
SET search_path = chipbook, public;
DO $$
DECLARE
    fact name;
BEGIN
    FOR fact IN SELECT table_name FROM ledger_fact_tables() LOOP
        EXECUTE format('CREATE OR REPLACE VIEW bare.%I WITH (security_invoker) AS SELECT * FROM bare.%I', fact || '_known', CASE fact WHEN 'meter_reading' THEN 'meter_reading_stored' ELSE fact END);
    END LOOP;
    CREATE OR REPLACE VIEW bare.usage_day_known WITH (security_invoker) AS SELECT * FROM bare.usage_day;
END
$$;
ANALYZE books.asset, bare.asset, books.asset_policy, bare.asset_policy, books.pool, bare.pool, books.pool_asset, bare.pool_asset;
VACUUM (FREEZE, ANALYZE) books.meter_reading, bare.meter_reading, books.usage_day, bare.usage_day;
-- As of the last recorded time: later than all, so that the answer is the same.
SELECT to_char(last_recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS known_at FROM books.ledger \gset
SELECT format('CREATE FUNCTION asked_as_of(query text) RETURNS text LANGUAGE plpgsql SET chipbook.as_of = %L AS $f$ DECLARE a text; BEGIN EXECUTE query INTO a; RETURN a; END $f$', :'known_at') \gexec

INSERT INTO bench_query (name, query)
SELECT format('%s, %s', v.name, w.name), format(w.query, format(v.query, w.ledger))
FROM (VALUES ('utilisation_weighted_spend', 'SELECT concat(count(*), '' '', sum(total_cost), '' '', sum(productive_cost)) FROM %s_report.utilisation_weighted_spend'),
             ('fixed_asset_register', 'SELECT concat(count(*), '' '', sum(charge), '' '', sum(book_value)) FROM %s_report.fixed_asset_register')) v (name, query)
CROSS JOIN (VALUES ('as known now', 'books', '%s'), ('as of a time', 'books', 'SELECT asked_as_of(%L)'), ('no filter, no history', 'bare', '%s')) w (name, ledger, query);
INSERT INTO bench_comparison (work, ours, baseline, target)
SELECT format('published view %s: %s, : without as-of', v, w), format('%s, %s', v, w), format('%s, no filter, no history', v), 1.3
FROM unnest(ARRAY['utilisation_weighted_spend', 'fixed_asset_register']) v, unnest(ARRAY['as known now', 'as of a time']) w;
DO $$
DECLARE
    q record;
    answer text;
    answers text[];
BEGIN
    FOR q IN SELECT split_part(name, ',', 1) AS view, array_agg(query ORDER BY ordinal) AS queries FROM bench_query WHERE name ~ '(now|time|history)$' AND name !~ 'readings' GROUP BY 1 LOOP
        answers := '{}';
        FOR i IN 1 .. 3 LOOP
            EXECUTE q.queries[i] INTO answer;
            answers := answers || answer;
        END LOOP;
        IF answers[1] <> answers[3] OR answers[2] <> answers[3] THEN
            RAISE EXCEPTION '% disagrees: %', q.view, answers;
        END IF;
    END LOOP;
END
$$;
