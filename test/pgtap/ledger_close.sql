-- What a close posts when periods are reopened in any order, and when facts change that say where
-- an amount stands: class, cost centre, currency, sign. Nothing may stand twice, or where it no longer belongs.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET client_min_messages = warning;
SELECT no_plan();

CREATE FUNCTION pg_temp.straight(life interval) RETURNS amortisation_policy LANGUAGE sql
RETURN amortisation_policy(method => 'straight_line', life => life, convention => 'full_month');

-- Publishes rows that a statement, with the ledger's name for %1$I, inserts.
CREATE FUNCTION pg_temp.publish(ledger text, statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    load bigint := chipbook.open_load(ledger, 'load', 't', prepared_by => 'alice');
BEGIN
    EXECUTE format(statement, ledger);
    PERFORM chipbook.approve_load(ledger, load);
    PERFORM chipbook.publish_load(ledger, load);
END
$$;
-- A ledger with accounts and rules, and server S of 6000: 100 a month from January 2025.
CREATE FUNCTION pg_temp.books(ledger text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chipbook.create_ledger(ledger, 'USD', 1, 'UTC', 'ifrs');
    EXECUTE format('INSERT INTO %I.source (source_id, kind, reference, confidence) VALUES (''t'', ''test'', ''test'', ''high'')', ledger);
    PERFORM pg_temp.publish(ledger, $f$
        INSERT INTO %1$I.account (account_id, name, kind) VALUES
            ('0100', 'cost', 'asset'), ('0190', 'accumulated depreciation', 'asset'), ('0191', 'of networks', 'asset'), ('1200', 'receivables', 'asset'),
            ('1999', 'clearing', 'asset'), ('3000', 'accrued cost', 'liability'), ('3300', 'payables', 'liability'), ('4900', 'gains', 'income'),
            ('6100', 'depreciation', 'expense'), ('6101', 'depreciation of networks', 'expense'), ('6200', 'cloud', 'expense'), ('6900', 'losses', 'expense');
        INSERT INTO %1$I.posting_rule (rule_id, event, asset_class, debit_account_id, credit_account_id) VALUES
            ('d', 'depreciation', NULL, '6100', '0190'), ('n', 'depreciation', 'network', '6101', '0191'),
            ('rent', 'rent_accrual', NULL, '6200', '3000'), ('o', 'operations_accrual', NULL, '6200', '3000'), ('dc', 'disposal_cost', NULL, '1999', '0100'),
            ('da', 'disposal_accumulated', NULL, '0190', '1999'), ('dp', 'disposal_proceeds', NULL, '1200', '1999'),
            ('dg', 'disposal_gain', NULL, '1999', '4900'), ('dl', 'disposal_loss', NULL, '6900', '1999');
        INSERT INTO %1$I.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'S', 'server', '6000 USD', '2025-01-01', '2025-01-01');
        INSERT INTO %1$I.asset_policy (asset_id, basis, policy) VALUES ('S', 'ifrs', pg_temp.straight('5 years'))$f$);
END
$$;
CREATE FUNCTION pg_temp.shut(ledger text, VARIADIC months integer[]) RETURNS bigint[] LANGUAGE sql
RETURN (SELECT array_agg(close_period(ledger, 'main', 'ifrs', 2025, m) ORDER BY place) FROM unnest(months) WITH ORDINALITY u (m, place));
CREATE FUNCTION pg_temp.reopen(ledger text, VARIADIC months integer[]) RETURNS void LANGUAGE sql
RETURN (SELECT count(reopen_period(ledger, 'main', 'ifrs', 2025, m, 'why', 'alice') IS NULL) FROM unnest(months) m)::text::void;
-- Debit less credit of an account by the period it was posted in.
CREATE FUNCTION pg_temp.by_period(ledger text, account text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT string_agg(n.total::text, '', '' ORDER BY n.period_number)
                    FROM (SELECT j.period_number, trim_scale(sum(amount(l.amount))) AS total FROM %1$I.journal_entry j JOIN %1$I.journal_line l USING (entry_id)
                          WHERE l.account_id = %2$L AND j.journal = ''financial'' GROUP BY 1) n', ledger, account) INTO answer;
    RETURN answer;
END
$$;
CREATE FUNCTION pg_temp.is_sound(ledger text) RETURNS text LANGUAGE sql
RETURN is_empty(format('SELECT finding, subject, detail FROM verify_ledger(%L) WHERE severity = %L', ledger, 'error'), ledger || ' verifies');

-- ---------------------------------------------------------------------------
-- Several periods reopened
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('a');
SELECT is(pg_temp.shut('a', 1, 2, 3, 4), '{1,1,1,1}', 'four months of depreciation');
SELECT pg_temp.reopen('a', 4, 3, 2);
SELECT is(pg_temp.shut('a', 2, 3, 4), '{0,0,0}', 'three reopened and closed again, with no fact changed: nothing is posted');
SELECT is(pg_temp.by_period('a', '6100'), '100, 100, 100, 100', 'each bears its own');
-- 10 more a month, known when P02 is open again: a correction of P01, and each later period takes its own.
SELECT pg_temp.reopen('a', 4, 3, 2);
SELECT pg_temp.publish('a', $$INSERT INTO %1$I.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'S', 'server', '6600 USD', '2025-01-01', '2025-01-01')$$);
SELECT is(pg_temp.shut('a', 2, 3, 4), '{2,1,1}');
SELECT is(pg_temp.by_period('a', '6100'), '100, 120, 110, 110', 'what changed meanwhile goes to the period it is of, January''s to the first open one');
SELECT is(pg_temp.shut('a', 5, 6), '{1,1}', 'later ones find nothing late');
SELECT pg_temp.reopen('a', 6, 5, 4, 3, 2, 1);
SELECT is(pg_temp.shut('a', 1, 2, 3, 4, 5, 6), '{0,0,0,0,0,0}', 'nor all of them again, with a correction among them');
-- A correction posted in a later period that is reopened too.
SELECT pg_temp.publish('a', $$INSERT INTO %1$I.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'S', 'server', '7200 USD', '2025-01-01', '2025-01-01')$$);
SELECT pg_temp.shut('a', 7);
SELECT pg_temp.reopen('a', 7, 6, 5);
SELECT is(pg_temp.shut('a', 5, 6, 7), '{0,0,0}', 'corrections posted later count for the periods they are of');
SELECT pg_temp.reopen('a', 7, 6, 5);
SELECT pg_temp.publish('a', $$INSERT INTO %1$I.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'S', 'server', '6600 USD', '2025-01-01', '2025-01-01')$$);
SELECT pg_temp.shut('a', 5, 6, 7);
SELECT results_eq($$SELECT period_number, sum(charge) FROM a.asset_charge GROUP BY 1 ORDER BY 1$$, $$SELECT p::smallint, monetary '110 USD' FROM generate_series(1, 7) p$$, 'in the end each period has what it should');
SELECT is_empty($$SELECT asset_id FROM a.asset_posted p WHERE posted_total <> (SELECT sum(c.charge) FROM a.asset_charge c WHERE c.asset_id = p.asset_id AND c.event = p.event)$$, 'and totals are sums');
SELECT pg_temp.is_sound('a');

-- ---------------------------------------------------------------------------
-- Where a pool's costs go
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('c');
SELECT pg_temp.publish('c', $$
    INSERT INTO %1$I.entity (entity_id, name, functional_currency) VALUES ('other', 'other', 'USD');
    INSERT INTO %1$I.cost_centre (cost_centre_id, name) VALUES ('X', 'X'), ('Y', 'Y');
    INSERT INTO %1$I.cost_centre (cost_centre_id, name, entity_id) VALUES ('Z', 'theirs', 'other');
    INSERT INTO %1$I.account (account_id, name, kind) VALUES ('6109', 'depreciation of X', 'expense');
    INSERT INTO %1$I.posting_rule (rule_id, event, cost_centre_id, debit_account_id, credit_account_id) VALUES ('x', 'depreciation', 'X', '6109', '0190');
    INSERT INTO %1$I.pool (pool_id, name, cost_centre_id) VALUES ('P', 'P', 'X');
    INSERT INTO %1$I.pool_asset (pool_id, asset_id) VALUES ('P', 'S');
    INSERT INTO %1$I.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from) VALUES ('o', 'P', 'operations', 'month', '50 USD', '2025-01-01')$$);
CREATE FUNCTION pg_temp.by_centre() RETURNS SETOF text LANGUAGE sql
BEGIN ATOMIC
    SELECT format('%s %s %s %s', j.kind, l.account_id, coalesce(l.cost_centre_id, '-'), trim_scale(sum(amount(l.amount))))
    FROM c.journal_entry j JOIN c.journal_line l USING (entry_id) WHERE j.kind IN ('accrual', 'allocation') AND l.account_id <> '3000'
    GROUP BY j.kind, l.account_id, l.cost_centre_id HAVING sum(amount(l.amount)) <> 0 ORDER BY 1;
END;
SELECT is(pg_temp.shut('c', 1), '{3}');
SELECT set_eq('SELECT * FROM pg_temp.by_centre()', ARRAY['accrual 6200 X 50', 'allocation 6100 X 100', 'allocation 6100 - -100'],
    'depreciation is allocated on the account it was posted to, though a rule names the cost centre');
SELECT pg_temp.reopen('c', 1);
SELECT is(pg_temp.shut('c', 1), '{0}', 'closed again, nothing moves');
SELECT pg_temp.reopen('c', 1);
SELECT pg_temp.publish('c', $$INSERT INTO %1$I.pool (pool_id, name, cost_centre_id) VALUES ('P', 'P', 'Y')$$);
SELECT is(pg_temp.shut('c', 1), '{2}');
SELECT set_eq('SELECT * FROM pg_temp.by_centre()', ARRAY['accrual 6200 Y 50', 'allocation 6100 Y 100', 'allocation 6100 - -100'], 'a pool of another cost centre takes all of it along');
SELECT pg_temp.reopen('c', 1);
SELECT pg_temp.publish('c', $$INSERT INTO %1$I.pool (pool_id, name, cost_centre_id) VALUES ('P', 'P', 'Z')$$);
SELECT is(pg_temp.shut('c', 1), '{2}');
SELECT set_eq('SELECT * FROM pg_temp.by_centre()', ARRAY['accrual 6200 - 50'], 'one of another entity''s is none here');
SELECT pg_temp.reopen('c', 1);
SELECT pg_temp.publish('c', $$INSERT INTO %1$I.pool (pool_id, name, cost_centre_id, entity_id) VALUES ('P', 'P', 'Z', 'other')$$);
SELECT is(pg_temp.shut('c', 1), '{1}');
SELECT is_empty('SELECT * FROM pg_temp.by_centre()', 'of a pool that went to another entity nothing is left');
SELECT is_empty($$SELECT j.fiscal_year, j.period_number FROM c.journal_entry j JOIN c.journal_line l USING (entry_id) WHERE j.kind = 'accrual_reversal' GROUP BY 1, 2, l.account_id, l.cost_centre_id HAVING sum(amount(l.amount)) <> 0$$,
    'nor of the reversals');
SELECT pg_temp.is_sound('c');

-- ---------------------------------------------------------------------------
-- Before the books began
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('w');
SELECT pg_temp.publish('w', $$
    INSERT INTO %1$I.fiscal_calendar (calendar_id, name) VALUES ('W', 'weeks');
    INSERT INTO %1$I.entity (entity_id, name, functional_currency, calendar_id) VALUES ('weekly', 'by weeks', 'USD', 'W');
    INSERT INTO %1$I.asset (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('T', 'weekly', 'T', 'server', '6000 USD', '2023-01-01', '2023-01-01');
    INSERT INTO %1$I.asset_policy (asset_id, basis, policy) VALUES ('T', 'ifrs', amortisation_policy('straight_line', '5 years'))$$);
SELECT open_load('w', 'years', 't') AS load \gset
SELECT add_fiscal_year('w', 'W', 2025, '2024-12-30', 'weeks_52_53', adjustment_period => true), add_fiscal_year('w', 'W', 2026, '2025-12-29', 'weeks_52_53');
SELECT publish_load('w', :load);
SELECT close_period('w', 'weekly', 'ifrs', 2025, 11);
SELECT throws_like($$SELECT close_period('w', 'weekly', 'ifrs', 2025, 13)$$, 'adjustment period FY25-P13 %, cannot be closed before %', 'the adjustment period comes after the last of the year');
SELECT close_period('w', 'weekly', 'ifrs', 2025, 12);
SELECT close_period('w', 'weekly', 'ifrs', 2025, 13);
SELECT throws_like($$SELECT reopen_period('w', 'weekly', 'ifrs', 2025, 12, 'why', 'alice')$$, '%cannot be reopened: a later one is closed', 'and holds it');
SELECT close_period('w', 'weekly', 'ifrs', 2026, 1);
SELECT pg_temp.publish('w', $$INSERT INTO %1$I.asset (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('T', 'weekly', 'T', 'server', '6600 USD', '2023-01-01', '2023-01-01')$$);
SELECT close_period('w', 'weekly', 'ifrs', 2026, 2);
SELECT results_eq($$SELECT fiscal_year, period_number, count(*) FROM w.asset_charge WHERE asset_id = 'T' GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2$$,
    $$VALUES (2025, 10::smallint, 2::bigint), (2025, 11::smallint, 2), (2025, 12::smallint, 2), (2026, 1::smallint, 2)$$, 'a correction of each closed period and of what was before');
SELECT is(close_period('w', 'weekly', 'ifrs', 2026, 3), 1::bigint);
SELECT pg_temp.is_sound('w');
-- The calendar has nothing before 2025.
SELECT pg_temp.publish('w', $$
    INSERT INTO %1$I.entity (entity_id, name, functional_currency, calendar_id) VALUES ('begun', 'begins with its calendar', 'USD', 'W');
    INSERT INTO %1$I.asset (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('U', 'begun', 'U', 'server', '6000 USD', '2023-01-01', '2023-01-01');
    INSERT INTO %1$I.asset_policy (asset_id, basis, policy) VALUES ('U', 'ifrs', amortisation_policy('straight_line', '5 years'))$$);
SELECT close_period('w', 'begun', 'ifrs', 2025, p) FROM generate_series(1, 12) p;
SELECT close_period('w', 'begun', 'ifrs', 2026, 1);
SELECT pg_temp.publish('w', $$INSERT INTO %1$I.asset (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('U', 'begun', 'U', 'server', '6600 USD', '2023-01-01', '2023-01-01')$$);
SELECT is(close_period('w', 'begun', 'ifrs', 2026, 2), 15::bigint, 'a correction of each of 13 periods, and of what was before');
SELECT results_eq($$SELECT fiscal_year, period_number, count(*) FROM w.asset_charge WHERE asset_id = 'U' AND (fiscal_year, period_number) <= (2024, 12) GROUP BY 1, 2$$,
    $$VALUES (2024, 12::smallint, 2::bigint)$$, 'which is of the year before the books began, whatever year it is now');
SELECT is((SELECT sum(amount(charge)) FROM w.asset_charge WHERE asset_id = 'U' AND fiscal_year = 2024), (SELECT round(1.1 * amount(charge), 2) FROM w.asset_charge WHERE asset_id = 'U' AND entry_id IS NULL),
    'a tenth more of what was taken over');

-- ---------------------------------------------------------------------------
-- Currency, policies, gains and losses, classes, what cancels out
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('g');
SELECT pg_temp.publish('g', $$INSERT INTO %1$I.pool (pool_id, name, ownership) VALUES ('C', 'cloud', 'rented');
    INSERT INTO %1$I.entity (entity_id, name, functional_currency) VALUES ('tenant', 'rents everything', 'USD');
    INSERT INTO %1$I.pool (pool_id, name, ownership, entity_id) VALUES ('D', 'cloud', 'rented', 'tenant');
    INSERT INTO %1$I.rented_capacity (rental_id, pool_id, chips, rate, valid_from, valid_to) VALUES ('r', 'D', 1, '1.25 USD', '2025-01-01', '2025-01-31');
    INSERT INTO %1$I.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('Z', 'Z', 'server', '100 USD', '2025-01-01', '2025-01-01'), ('V', 'V', 'server', '6000 USD', '2025-01-01', '2025-01-01');
    INSERT INTO %1$I.asset_policy (asset_id, basis, policy) VALUES ('Z', 'ifrs', pg_temp.straight('2 months')), ('V', 'ifrs', pg_temp.straight('5 years'));
    INSERT INTO %1$I.asset_event (event_id, asset_id, kind, happened_on, proceeds) VALUES ('sold', 'V', 'disposal', '2025-02-10', '5000 USD')$$);
SELECT throws_like($$SELECT close_period('g', 'main', 'us_gaap', 2025, 1)$$, '%depreciation is not known (assets: 3)', 'a basis without any policy stops the close as one that lacks some');
SELECT is(close_period('g', 'tenant', 'us_gaap', 2025, 1), 1::bigint, 'who has no assets accrues rent under any basis');
SELECT pg_temp.shut('g', 1, 2);
SELECT is(pg_temp.by_period('g', '6900'), '900', 'a loss of 900');
SELECT pg_temp.publish('g', $$INSERT INTO %1$I.asset_event (event_id, asset_id, kind, happened_on, proceeds) VALUES ('sold', 'V', 'disposal', '2025-02-10', '5200 USD')$$);
SELECT pg_temp.reopen('g', 2);
SELECT pg_temp.shut('g', 2);
SELECT is(pg_temp.by_period('g', '6900'), '700', 'is one of 700');
SELECT is(pg_temp.by_period('g', '4900'), NULL, 'and no gain');
SELECT pg_temp.publish('g', $$INSERT INTO %1$I.asset_event (event_id, asset_id, kind, happened_on, proceeds) VALUES ('sold', 'V', 'disposal', '2025-02-10', '6000 USD')$$);
SELECT pg_temp.shut('g', 3);
SELECT is(pg_temp.by_period('g', '6900'), '700, -700', 'then none');
SELECT is(pg_temp.by_period('g', '4900'), '-100', 'but a gain of 100');
SELECT pg_temp.publish('g', $$INSERT INTO %1$I.asset_event (event_id, asset_id, kind, happened_on, proceeds) VALUES ('sold', 'V', 'disposal', '2025-02-10', '5900 USD')$$);
SELECT pg_temp.shut('g', 4);
SELECT is(pg_temp.by_period('g', '4900'), '-100, 100', 'then nothing of either');
SELECT is(pg_temp.by_period('g', '6900'), '700, -700');

-- Two months of 50, which were one of 100.
SELECT pg_temp.publish('g', $$INSERT INTO %1$I.asset_policy (asset_id, basis, policy) VALUES ('Z', 'ifrs', pg_temp.straight('1 month'))$$);
SELECT pg_temp.shut('g', 5);
SELECT results_eq($$SELECT period_number, sum(charge) FROM g.asset_charge WHERE asset_id = 'Z' GROUP BY 1 ORDER BY 1$$, $$VALUES (1::smallint, monetary '100 USD'), (2::smallint, '0 USD')$$,
    'what cancels out between closed periods is corrected in each');

-- Another class.
SELECT pg_temp.publish('g', $$INSERT INTO %1$I.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'S', 'network', '6000 USD', '2025-01-01', '2025-01-01')$$);
SELECT pg_temp.shut('g', 6);
SELECT results_eq($$SELECT l.account_id, l.asset_class, c.period_number, sum(c.charge) FROM g.asset_charge c JOIN g.journal_line l USING (entry_id, line_number) WHERE c.asset_id = 'S'
    GROUP BY 1, 2, 3 HAVING sum(amount(c.charge)) <> 0 ORDER BY 3$$, $$SELECT '6101', 'network', p::smallint, monetary '100 USD' FROM generate_series(1, 6) p$$,
    'an asset of another class leaves the old one and its accounts, in every period');
SELECT is(pg_temp.shut('g', 7), '{1}', 'once');
SELECT pg_temp.publish('g', $$INSERT INTO %1$I.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('S', 'S', 'server', '6000 USD', '2025-01-01', '2025-01-01')$$);
SELECT pg_temp.reopen('g', 7);
SELECT pg_temp.shut('g', 7);
SELECT results_eq($$SELECT l.account_id, l.asset_class, c.period_number, sum(c.charge) FROM g.asset_charge c JOIN g.journal_line l USING (entry_id, line_number) WHERE c.asset_id = 'S'
    GROUP BY 1, 2, 3 HAVING sum(amount(c.charge)) <> 0 ORDER BY 3$$, $$SELECT '6100', 'server', p::smallint, monetary '100 USD' FROM generate_series(1, 7) p$$, 'and back, in the period that was reopened too');
SELECT pg_temp.is_sound('g');

-- ---------------------------------------------------------------------------
-- Entries: soft closed periods, what they relate to, the management journal
-- ---------------------------------------------------------------------------
SELECT pg_temp.books('e');
CREATE FUNCTION pg_temp.bill(on_date date) RETURNS bigint LANGUAGE sql
RETURN post_entry('e', 'main', 'ifrs', ARRAY[posting_line('6200', '9 USD'), posting_line('3300', '-9 USD')], 'bill', on_date, prepared_by => 'alice');
SELECT pg_temp.bill('2025-01-05') AS one, pg_temp.bill('2025-01-06') AS two \gset
SELECT close_period('e', 'main', 'ifrs', 2025, 1, soft => true);
SELECT lives_ok(format('SELECT approve_entry(%L, %s)', 'e', :one), 'what waits in a soft closed period, who may close it approves');
SELECT lives_ok(format('SELECT reject_entry(%L, %s, %L)', 'e', :two, 'no'), 'or rejects');
SELECT is(pg_temp.shut('e', 1), '{0}', 'and it is closed');
SELECT throws_ok($$SELECT post_entry('e', 'main', 'ifrs', ARRAY[posting_line('6200', '9 USD'), posting_line('3300', '-9 USD')], 'x', '2025-02-05', kind => 'correction',
    relates_to_fiscal_year => 2025, relates_to_period => 3, reason => 'estimate')$$, '22023', 'an entry of period FY25-P02 cannot relate to a later one, FY25-P03', 'nothing corrects what is still to come');
SELECT throws_ok($$SELECT post_entry('e', 'main', 'ifrs', ARRAY[posting_line('6200', '9 USD'), posting_line('6100', '-9 USD')], 'x', '2025-02-05', journal => 'management')$$,
    '23000', 'entry of the management journal does not net to 0 on each account', 'the management journal moves nothing between accounts');
SELECT lives_ok($$SELECT approve_entry('e', post_entry('e', 'main', 'ifrs', ARRAY[posting_line('6200', '9 USD', asset_class => 'chip'), posting_line('6200', '-9 USD')], 'x', '2025-02-05', journal => 'management', prepared_by => 'alice'))$$,
    'but on one');
SELECT throws_like($$SELECT close_period('e', 'main', 'ifrs', 2025, 3)$$, '%cannot be closed before the one that ends on 2025-02-28', 'periods are closed in their order');
SELECT is_empty($$SELECT finding FROM verify_ledger('e') WHERE severity = 'error'$$);
SELECT pg_temp.publish('e', $$INSERT INTO %1$I.entity (entity_id, name, functional_currency) VALUES ('idle', 'has nothing yet', 'USD')$$);
SELECT close_period('e', 'idle', 'ifrs', 2025, 3, soft => true);
SELECT reopen_period('e', 'idle', 'ifrs', 2025, 3, 'why', 'alice');
SELECT lives_ok($$SELECT close_period('e', 'idle', 'ifrs', 2025, 1)$$, 'a soft close that posted nothing and was reopened begins no books');

-- An asset in another currency, past all that publication may say.
SET session_replication_role = replica;
UPDATE e.asset SET superseded_at = clock_timestamp() WHERE asset_id = 'S';
INSERT INTO e.asset (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on, load_id, source_id, recorded_at)
SELECT asset_id, entity_id, name, component, '9000 EUR', acquired_on, available_for_use_on, load_id, source_id, superseded_at FROM e.asset WHERE asset_id = 'S';
RESET session_replication_role;
SELECT throws_ok($$SELECT close_period('e', 'main', 'ifrs', 2025, 2)$$, '55000',
    'period FY25-P02 of entity "main", basis ifrs, cannot be closed: assets are in another currency than was posted (assets: 1)', 'it stops the close');

-- Identifiers with separators in them do not run together.
SELECT pg_temp.books('s');
SELECT pg_temp.publish('s', $$
    INSERT INTO %1$I.site (site_id, name) VALUES (E'a\x1fb', 'one'), ('a', 'two');
    INSERT INTO %1$I.cost_centre (cost_centre_id, name) VALUES (E'b\x1fc', 'C'), ('c', 'c');
    INSERT INTO %1$I.pool (pool_id, name, site_id, cost_centre_id) VALUES ('P', 'P', E'a\x1fb', 'c'), ('Q', 'Q', 'a', E'b\x1fc');
    INSERT INTO %1$I.cost_rate (cost_rate_id, pool_id, component, unit, price, valid_from) VALUES ('o', 'P', 'operations', 'month', '50 USD', '2025-01-01'), ('q', 'Q', 'operations', 'month', '7 USD', '2025-01-01')$$);
SELECT pg_temp.shut('s', 1);
SELECT results_eq($$SELECT site_id, cost_centre_id, l.amount FROM s.journal_line l JOIN s.journal_entry USING (entry_id) WHERE kind = 'accrual' AND account_id = '6200' ORDER BY l.amount DESC$$,
    $$VALUES (E'a\x1fb', 'c', monetary '50 USD'), ('a', E'b\x1fc', '7 USD')$$, 'identifiers with control characters do not run together');

SELECT * FROM finish();
ROLLBACK;
