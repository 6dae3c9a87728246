-- verify_ledger: nothing to say of books that were kept, and each thing that is changed behind the
-- functions' back is found. The tampering is a superuser's, with triggers off.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS chipbook;
SET search_path = chipbook, public, pg_catalog;
SET TimeZone = 'America/St_Johns';
SET DateStyle = 'German';
SET client_min_messages = warning;
SELECT no_plan();

CREATE ROLE chipbook_test_owner NOLOGIN;
SELECT create_ledger('v', owner => 'chipbook_test_owner');
INSERT INTO v.source (source_id, kind, reference, confidence) VALUES ('t', 'test', 'test', 'high');
SELECT open_load('v', 'accounts and assets', 't') AS load \gset
INSERT INTO v.account (account_id, name, kind) VALUES ('0190', 'accumulated', 'asset'), ('3000', 'accrued', 'liability'), ('3300', 'payables', 'liability'),
    ('6100', 'depreciation', 'expense'), ('6200', 'cloud', 'expense');
INSERT INTO v.cost_centre (cost_centre_id, name) VALUES ('R', 'research');
INSERT INTO v.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6100', '0190'), ('r', 'rent_accrual', '6200', '3000');
INSERT INTO v.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES
    ('a', 'a', 'server', '1200 USD', '2025-01-01', '2025-01-01'), ('b', 'b', 'server', '2400 USD', '2025-01-01', '2025-01-01'), ('w', 'withdrawn', 'server', '12 USD', '2025-01-01', '2025-01-01');
INSERT INTO v.asset_policy (asset_id, basis, policy)
SELECT a, 'ifrs', amortisation_policy(method => 'straight_line', life => '10 years', convention => 'full_month') FROM unnest('{a,b,w}'::text[]) a;
INSERT INTO v.pool (pool_id, name, ownership, cost_centre_id) VALUES ('P', 'owned', 'owned', 'R'), ('C', 'cloud', 'rented', 'R');
INSERT INTO v.pool_asset (pool_id, asset_id) VALUES ('P', 'a'), ('P', 'b');
INSERT INTO v.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r', 'C', 1, '1 USD', '2025-03-01');
SELECT publish_load('v', :load);
SELECT add_reading_partitions('v', '2025-03-01');
SELECT open_load('v', 'readings', 't') AS readings \gset
INSERT INTO v.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
SELECT 'C', t, t + interval '1 day', '2025-03-01', 86400000, 86400000, 86400000, 86400000, 'sm_active' FROM generate_series(timestamptz '2025-03-01 00:00Z', '2025-03-30 00:00Z', '1 day') t;
SELECT publish_load('v', :readings);
SELECT open_load('v', 'a day again', 't') AS again \gset
INSERT INTO v.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis)
VALUES ('C', '2025-03-05 00:00Z', '2025-03-06 00:00Z', '2025-03-01', 86400000, 86400000, 86400000, 40000000, 'sm_active');
SELECT publish_load('v', :again, replace_readings => true);

CREATE FUNCTION pg_temp.post(amount monetary, on_date date, decided text DEFAULT 'approve') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    entry bigint := post_entry('v', 'main', 'ifrs', ARRAY[posting_line('6200', amount), posting_line('3300', - amount)], 'invoice', on_date, prepared_by => 'alice');
BEGIN
    IF decided = 'approve' THEN PERFORM approve_entry('v', entry); ELSIF decided = 'reject' THEN PERFORM reject_entry('v', entry, 'no'); END IF;
    RETURN entry;
END
$$;
SELECT close_period('v', 'main', 'ifrs', 2025, 3);
SELECT pg_temp.post('10 USD', '2025-04-03') AS first \gset
SELECT pg_temp.post('20 USD', '2025-04-04', 'reject') AS rejected \gset
SELECT pg_temp.post('30 USD', '2025-04-05') AS third \gset
SELECT reverse_entry('v', :first, '2025-04-06', prepared_by => 'alice') AS reversal \gset
SELECT approve_entry('v', :reversal);
SELECT close_period('v', 'main', 'ifrs', 2025, 4);
SELECT open_load('v', 'the first is dearer', 't') AS late \gset
INSERT INTO v.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('a', 'a', 'server', '2400 USD', '2025-01-01', '2025-01-01');
SELECT publish_load('v', :late);
SELECT open_load('v', 'to be withdrawn', 't') AS gone \gset
INSERT INTO v.party (party_id, name, kind) VALUES ('X', 'x', 'company');
SELECT publish_load('v', :gone);
SELECT retract_load('v', :gone, 'a test');
SELECT close_period('v', 'main', 'ifrs', 2025, 5);
SELECT reopen_period('v', 'main', 'ifrs', 2025, 5, 'a bill', 'alice');
SELECT pg_temp.post('50 USD', '2025-05-31') AS may \gset
SELECT close_period('v', 'main', 'ifrs', 2025, 5);
SELECT export_journal('v') AS batch \gset
SELECT pg_temp.post('60 USD', '2025-06-03', 'leave') AS waiting \gset

SELECT is_empty($$SELECT * FROM verify_ledger('v')$$, 'nothing is found in books that were kept');
SELECT is((SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'v.meter_reading_2025_03'::regclass), 'chipbook_test_owner', 'and nobody logs in as their owner');
SET chipbook.as_of = '2025-01-01';
SELECT is_empty($$SELECT * FROM verify_ledger('v')$$, 'whatever moment is asked about');
RESET chipbook.as_of;

-- What a change makes verify_ledger find, then undone.
CREATE FUNCTION pg_temp.found_after(VARIADIC changes text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    change text;
    found text;
BEGIN
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', true);
        FOREACH change IN ARRAY changes LOOP EXECUTE change; END LOOP;
        PERFORM set_config('session_replication_role', 'origin', true);
        SELECT string_agg(DISTINCT v.finding, ' ' ORDER BY v.finding) INTO found FROM chipbook.verify_ledger('v') v;
        RAISE EXCEPTION USING ERRCODE = 'ZZZZZ', MESSAGE = coalesce(found, 'nothing');
    EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
        RETURN SQLERRM;
    END;
END
$$;
SET search_path = v, chipbook, public, pg_catalog;
-- The close has packed the readings of its month: these are rows again.
CREATE FUNCTION pg_temp.unpack() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMPORARY TABLE unpacked ON COMMIT DROP AS SELECT r.* FROM meter_reading_stored r;
    DELETE FROM packed_reading;
    DELETE FROM meter_reading;
    INSERT INTO meter_reading (starts_at, ends_at, recorded_at, superseded_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, load_id, month, pool_id, use_basis, joules,
                               idle_joules, kept_chip_ms, tokens, billing_ms, energy_basis, meter_id, tenant_id, job_id, model_id, party_id, source_id, model_flops)
    SELECT u.* FROM pg_temp.unpacked u;
END
$$;
SELECT is(pg_temp.found_after('SELECT pg_temp.unpack()'), 'nothing', 'packed or not, readings are what was sealed');
-- Entries.
SELECT is(pg_temp.found_after(format('UPDATE journal_line SET amount = amount + amount WHERE entry_id = %s', :third)), 'entry_differs_from_seal line_differs_from_sources', 'an amount doubled on both sides');
SELECT is(pg_temp.found_after(format('UPDATE journal_line SET amount = ''31 USD'' WHERE entry_id = %s AND line_number = 1', :third)),
    'entry_differs_from_seal entry_unbalanced line_differs_from_sources', 'or on one');
SELECT is(pg_temp.found_after(format('UPDATE journal_line SET functional_amount = ''31 USD'' WHERE entry_id = %s AND line_number = 1', :third)),
    'entry_differs_from_seal entry_unbalanced', 'or in functional currency');
SELECT is(pg_temp.found_after(format('UPDATE journal_line SET amount = amount + amount WHERE entry_id = %s', :third),
    format('UPDATE journal_line_source SET amount = amount + amount WHERE entry_id = %s', :third)), 'entry_differs_from_seal', 'or with its sources');
SELECT is(pg_temp.found_after(format('UPDATE journal_line SET account_id = ''6100'' WHERE entry_id = %s AND line_number = 1', :third)), 'entry_differs_from_seal', 'another account');
SELECT is(pg_temp.found_after(format('UPDATE journal_line_source SET source_key = ''other'' WHERE entry_id = %s', :third)), 'entry_differs_from_seal', 'another source');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_line_source WHERE entry_id = %s AND line_number = 2', :third)), 'entry_differs_from_seal line_differs_from_sources', 'a source that is gone');
SELECT is(pg_temp.found_after(format('UPDATE journal_entry SET description = ''other'' WHERE entry_id = %s', :third)), 'entry_differs_from_seal', 'another text');
SELECT is(pg_temp.found_after(format('UPDATE journal_entry SET posting_date = ''2025-04-07'' WHERE entry_id = %s', :third)), 'entry_differs_from_seal', 'another date');
SELECT is(pg_temp.found_after(format('UPDATE journal_entry SET recorded_at = recorded_at - interval ''1 hour'' WHERE entry_id = %s', :third)), 'entry_differs_from_chain entry_differs_from_seal recorded_out_of_order', 'another time');
SELECT is(pg_temp.found_after(format('UPDATE journal_entry SET hash = NULL WHERE entry_id = %s', :may)), 'decision_differs_from_seal entry_differs_from_chain entry_not_sealed event_differs_from_seal', 'a seal broken off');
SELECT is(pg_temp.found_after(format('UPDATE journal_entry SET hash = sha256(''x'') WHERE entry_id = %s', :waiting)), 'entry_differs_from_chain entry_differs_from_seal', 'a seal of something else');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_entry WHERE entry_id = %s', :third), format('DELETE FROM journal_line WHERE entry_id = %s', :third),
    format('DELETE FROM journal_line_source WHERE entry_id = %s', :third), format('DELETE FROM journal_decision WHERE entry_id = %s', :third)),
    'decision_differs_from_chain entries_missing entry_differs_from_chain entry_differs_from_seal event_differs_from_seal', 'an entry taken out of the middle');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_entry WHERE entry_id = %s', :third)),
    'entries_missing entry_differs_from_chain entry_differs_from_seal event_differs_from_seal lines_without_entry', 'its lines left behind');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_line WHERE entry_id = %s', :waiting), format('DELETE FROM journal_line_source WHERE entry_id = %s', :waiting)),
    'entry_without_lines', 'lines without which an entry is left');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_entry WHERE entry_id = %s', :may), format('DELETE FROM journal_line WHERE entry_id = %s', :may),
    format('DELETE FROM journal_line_source WHERE entry_id = %s', :may), format('DELETE FROM journal_decision WHERE entry_id = %s', :may)), 'decision_differs_from_chain entry_differs_from_chain event_differs_from_seal', 'the last of a closed period');
SELECT is(pg_temp.found_after(format('UPDATE journal_entry SET sequence_number = 1000 WHERE entry_id = %s', :third)), 'entries_missing entry_differs_from_seal event_differs_from_seal recorded_out_of_order', 'entries put in another order');
SELECT is(pg_temp.found_after(format('INSERT INTO journal_entry OVERRIDING SYSTEM VALUE SELECT (j).* FROM (SELECT jsonb_populate_record(j, jsonb_build_object(''entry_id'', 900001, ''sequence_number'', (SELECT max(sequence_number) + 1 FROM journal_entry n
        WHERE n.fiscal_year = 2025 AND n.period_number = 4), ''recorded_at'', now() - interval ''1 second'', ''hash'', NULL)) AS j FROM journal_entry j WHERE j.entry_id = %s) x', :third),
    format('INSERT INTO journal_line SELECT 900001, line_number, account_id, cost_centre_id, site_id, asset_class, party_id, amount, functional_amount FROM journal_line WHERE entry_id = %s', :third),
    format('INSERT INTO journal_line_source SELECT 900001, line_number, source_number, source_table, source_key, load_id, source_file, file_line, amount FROM journal_line_source WHERE entry_id = %s', :third),
    'INSERT INTO journal_decision SELECT 900001, ''approved'', NULL, ''x'', ''x'', now(), 1, sha256(''x'')', 'SELECT seal_entries(p) FROM period_state p WHERE p.period_number = 4'),
    'decision_differs_from_chain decision_differs_from_seal event_differs_from_seal recorded_out_of_order', 'an entry slipped into a closed period, sealed as it should be, before its close');
SELECT matches(pg_temp.found_after(format('UPDATE journal_entry SET reverses_entry_id = %s WHERE entry_id = %s', :third, :reversal)), 'reversal_differs', 'a reversal of something else');
SELECT matches(pg_temp.found_after(format('UPDATE journal_entry SET reverses_entry_id = %s WHERE entry_id = %s', :first, :may)), 'reversed_twice', 'a second reversal');
-- Decisions.
SELECT is(pg_temp.found_after(format('UPDATE journal_decision SET decision = ''approved'' WHERE entry_id = %s', :rejected)), 'decision_differs_from_seal', 'a rejection turned into an approval');
SELECT is(pg_temp.found_after(format('UPDATE journal_decision SET decided_by = ''alice'' WHERE entry_id = %s', :third)), 'approved_by_preparer decision_differs_from_seal', 'who prepared it as who approved it');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_decision WHERE entry_id = %s', :rejected)), 'closed_with_waiting_entry decision_differs_from_chain event_differs_from_seal', 'a rejection that is gone');
-- Periods.
SELECT is(pg_temp.found_after('UPDATE period_state SET state = ''open'' WHERE period_number = 4'), 'period_state_differs', 'a period opened by hand');
SELECT is(pg_temp.found_after('UPDATE period_state SET state = ''closed'' WHERE period_number = 6'), 'closed_with_waiting_entry period_state_differs', 'or closed');
SELECT is(pg_temp.found_after('UPDATE period_event SET reason = ''another'' WHERE action = ''reopened'''), 'event_differs_from_seal', 'another reason to reopen it');
SELECT is(pg_temp.found_after('DELETE FROM period_event WHERE action = ''reopened'''), 'decision_in_closed_period entry_in_closed_period event_differs_from_chain event_differs_from_seal', 'a reopening that is gone');
SELECT is(pg_temp.found_after('DELETE FROM report_version WHERE period_number = 4'), 'close_without_report_version', 'a version that is gone');
SELECT is(pg_temp.found_after('UPDATE report_version SET published_at = published_at + interval ''1 day'' WHERE period_number = 4'), 'close_without_report_version last_published_differs recorded_out_of_order report_version_without_close', 'or moved');
SELECT is(pg_temp.found_after('UPDATE ledger SET last_recorded_at = ''2025-06-01'''), 'recorded_after_last', 'recorded time turned back');
SELECT is(pg_temp.found_after('UPDATE period_state SET ends_on = ends_on + 1 WHERE period_number = 4'), 'event_differs_from_seal', 'its days');
SELECT is(pg_temp.found_after('DELETE FROM journal_line l USING journal_entry j WHERE j.entry_id = l.entry_id AND j.period_number = 5', 'DELETE FROM journal_line_source l USING journal_entry j WHERE j.entry_id = l.entry_id AND j.period_number = 5',
    'DELETE FROM journal_decision l USING journal_entry j WHERE j.entry_id = l.entry_id AND j.period_number = 5', 'DELETE FROM journal_batch_entry l USING journal_entry j WHERE j.entry_id = l.entry_id AND j.period_number = 5',
    'UPDATE asset_posted p SET posted_total = p.posted_total - c.charge FROM (SELECT c.asset_id, c.event, sum(c.charge) AS charge FROM asset_charge c JOIN journal_entry j USING (entry_id) WHERE j.period_number = 5 GROUP BY 1, 2) c WHERE c.asset_id = p.asset_id AND c.event = p.event',
    'DELETE FROM asset_charge c USING journal_entry j WHERE j.entry_id = c.entry_id AND j.period_number = 5', 'DELETE FROM journal_entry WHERE period_number = 5', 'DELETE FROM period_event WHERE period_number = 5',
    'UPDATE ledger SET last_published_at = (SELECT max(published_at) FROM report_version WHERE period_number < 5)', 'DELETE FROM report_version WHERE period_number = 5', 'DELETE FROM period_state WHERE period_number = 5'),
    'batch_differs_from_chain decision_differs_from_chain entry_differs_from_chain event_differs_from_chain reversal_differs', 'the whole last closed period');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_entry WHERE entry_id = %s', :waiting), format('DELETE FROM journal_line WHERE entry_id = %s', :waiting), format('DELETE FROM journal_line_source WHERE entry_id = %s', :waiting)),
    'entry_differs_from_chain', 'the last entry of an open one');
SELECT is(pg_temp.found_after(format('DELETE FROM journal_batch_entry WHERE entry_id = %s', :third)), 'batch_differs_from_chain', 'an entry to be handed over again');
SELECT is(pg_temp.found_after('UPDATE ledger SET time_zone = ''Asia/Tokyo'''), 'settings_differ_from_seal usage_day_differs', 'the ledger''s settings');
SELECT is(pg_temp.found_after('UPDATE ledger SET last_published_at = ''2025-01-01'''), 'last_published_differs', 'what readers see as published');
SELECT is(pg_temp.found_after('DELETE FROM seal WHERE seal_number = (SELECT max(seal_number) FROM seal)'), 'entry_differs_from_chain seal_chain_broken', 'the last seal');
SELECT matches(pg_temp.found_after('DELETE FROM seal WHERE seal_number = 5'), 'seal_chain_broken', 'one in the middle');
-- Sealed anew as far as the period goes.
SELECT is(pg_temp.found_after(format('UPDATE journal_line SET amount = amount + amount WHERE entry_id = %s', :may), format('UPDATE journal_line_source SET amount = amount + amount WHERE entry_id = %s', :may),
    format('UPDATE journal_line SET functional_amount = amount WHERE entry_id = %s', :may),
    format('UPDATE journal_entry j SET hash = entry_hash(j, c.lines, c.sources, NULL, (SELECT p.hash FROM journal_entry p WHERE p.period_number = 5 AND p.sequence_number = j.sequence_number - 1)) FROM entry_content c WHERE c.entry_id = j.entry_id AND j.entry_id = %s', :may),
    format('UPDATE journal_decision d SET hash = decision_hash(d, j.hash) FROM journal_entry j WHERE j.entry_id = d.entry_id AND d.entry_id = %s', :may),
    'UPDATE period_event e SET hash = period_event_hash(e, (SELECT p.hash FROM period_event p WHERE p.period_number = 5 AND p.event_id < e.event_id ORDER BY p.event_id DESC LIMIT 1)) WHERE e.event_id = (SELECT max(event_id) FROM period_event)'),
    'decision_differs_from_chain entry_differs_from_chain event_differs_from_chain', 'an entry changed and sealed anew, with all of its period');
-- Charges of assets.
SELECT is(pg_temp.found_after('UPDATE asset_charge SET charge = charge + CASE asset_id WHEN ''a'' THEN ''1 USD''::monetary ELSE ''-1 USD'' END WHERE period_number = 4 AND asset_id IN (''a'', ''b'') AND entry_id IN (SELECT entry_id FROM journal_entry WHERE kind = ''depreciation'')'),
    'entry_differs_from_seal posted_total_differs', 'a charge moved between assets');
SELECT is(pg_temp.found_after('UPDATE asset_charge SET charge = charge + charge, posted_total = posted_total + charge WHERE entry_id IS NULL AND asset_id = ''b'''),
    'event_differs_from_seal posted_total_differs', 'what there was before the first close');
SELECT matches(pg_temp.found_after('DELETE FROM asset_charge WHERE asset_id = ''b'' AND period_number = 4'), 'entry_differs_from_seal line_differs_from_charges', 'a charge that is gone');
SELECT matches(pg_temp.found_after('DELETE FROM asset_charge WHERE entry_id IN (SELECT entry_id FROM journal_entry WHERE period_number = 4 AND kind = ''depreciation'')'), 'charges_missing', 'all of a line');
SELECT is(pg_temp.found_after('UPDATE asset_posted SET posted_total = posted_total + posted_total WHERE asset_id = ''b'''), 'posted_total_differs', 'what the next close compares with');
SELECT is(pg_temp.found_after('DELETE FROM asset_posted WHERE asset_id = ''b'''), 'posted_total_differs', 'or that it is gone');
-- Facts.
SELECT is(pg_temp.found_after('UPDATE asset SET cost = ''2401 USD'' WHERE asset_id = ''b'''), 'load_differs_from_seal', 'a cost');
SELECT is(pg_temp.found_after('UPDATE asset SET name = ''other'' WHERE superseded_at < ''infinity'''), 'load_differs_from_seal', 'a fact that was replaced long ago');
SELECT is(pg_temp.found_after('DELETE FROM pool_asset WHERE asset_id = ''b'''), 'facts_missing load_differs_from_seal', 'a fact that is gone');
SELECT is(pg_temp.found_after('INSERT INTO party (party_id, name, kind, load_id, source_id, recorded_at) SELECT ''Y'', ''y'', ''company'', load_id, ''t'', recorded_at FROM load WHERE description = ''readings'''),
    'facts_missing load_differs_from_seal', 'one that was added');
SELECT is(pg_temp.found_after('UPDATE asset SET recorded_at = recorded_at - interval ''1 day'' WHERE asset_id = ''b'''), 'fact_outside_its_load', 'recorded time of a fact');
SELECT is(pg_temp.found_after('UPDATE asset SET superseded_at = ''2025-06-01 12:00Z'' WHERE asset_id = ''b'''), 'fact_superseded_by_nothing superseded_at_no_time', 'a fact withdrawn by hand');
SELECT is(pg_temp.found_after('UPDATE asset SET superseded_at = (SELECT max(recorded_at) FROM load) WHERE asset_id = ''b'''), 'fact_superseded_by_nothing load_differs_from_chain', 'at a time at which another was');
SELECT is(pg_temp.found_after('UPDATE party SET superseded_at = ''infinity'' WHERE party_id = ''X'''), 'fact_held_after_retraction retraction_differs_from_chain', 'one that was withdrawn, revived');
SELECT is(pg_temp.found_after('SELECT pg_temp.unpack()', 'UPDATE meter_reading SET used_chip_ms = 1 WHERE starts_at = ''2025-03-07 00:00Z'''), 'load_differs_from_seal usage_day_differs', 'a reading');
SELECT is(pg_temp.found_after('UPDATE usage_day SET used_ms = used_ms + 1 WHERE superseded_at = ''infinity'''), 'usage_day_differs', 'what the readings of a day come to');
SELECT is(pg_temp.found_after('UPDATE usage_day SET used_ms = used_ms + 1 WHERE superseded_at < ''infinity'''), 'usage_day_differs', 'what they came to before');
SELECT is(pg_temp.found_after('DELETE FROM usage_day WHERE superseded_at < ''infinity'''), 'usage_day_differs', 'a day that is gone');
SELECT is(pg_temp.found_after('INSERT INTO usage_day SELECT * FROM usage_day LIMIT 1'), 'usage_day_differs', 'a day twice');
SELECT is(pg_temp.found_after('SELECT pg_temp.unpack()', 'UPDATE meter_reading SET superseded_at = ''infinity'' WHERE superseded_at < ''infinity'''), 'load_differs_from_chain readings_overlap usage_day_differs', 'one that was replaced, revived');
SELECT is(pg_temp.found_after('DROP INDEX asset_held_key', 'INSERT INTO asset (asset_id, name, component, cost, acquired_on, load_id, source_id, recorded_at) SELECT asset_id, name, component, cost, acquired_on, load_id, source_id, recorded_at FROM asset WHERE asset_id = ''b'''),
    'fact_held_twice facts_missing load_differs_from_seal', 'a fact held twice');
SELECT is(pg_temp.found_after('UPDATE load SET description = ''other'' WHERE description = ''readings'''), 'load_differs_from_seal', 'what a load says of itself');
SELECT is(pg_temp.found_after('UPDATE load SET hash = NULL WHERE description = ''to be withdrawn'''), 'load_differs_from_chain load_not_sealed retraction_differs_from_chain', 'its seal');
SELECT is(pg_temp.found_after('UPDATE load SET hash = sha256(''x'') WHERE description = ''readings'''), 'load_differs_from_chain load_differs_from_seal', 'of which the next tells too');
SELECT is((SELECT count(*) FROM pg_temp.found_after('DELETE FROM load WHERE description = ''to be withdrawn''') f WHERE f ~ 'fact_outside_its_load'), 1::bigint, 'a load that is gone');
SELECT is(pg_temp.found_after('SELECT pg_temp.unpack()', 'UPDATE meter_reading SET superseded_at = (SELECT recorded_at FROM load WHERE description = ''the first is dearer'') WHERE starts_at >= ''2025-03-10 00:00Z'''), 'load_differs_from_chain usage_day_differs', 'readings withdrawn at the time of another load');
SELECT matches(pg_temp.found_after('UPDATE load SET retracted_at = (SELECT retracted_at FROM load WHERE description = ''to be withdrawn''), retracted_why = ''x'' WHERE description = ''readings'''), 'retraction_differs_from_chain', 'a load withdrawn by hand');
SELECT matches(pg_temp.found_after('UPDATE load SET retracted_at = NULL, retracted_why = NULL WHERE description = ''to be withdrawn'''), 'retraction_differs_from_chain', 'or no longer');
-- Rows added to a load after it was published are seen by nobody; they can be discarded.
INSERT INTO v.party (party_id, name, kind, load_id) VALUES ('stray', 's', 'company', :load);
SELECT results_eq($$SELECT finding, severity, subject FROM verify_ledger('v')$$, $$VALUES ('row_never_published', 'warning', 'party')$$, 'a row that came too late');
SELECT is(discard_load('v', :load), 1::bigint, 'is discarded');
SELECT is_empty($$SELECT * FROM verify_ledger('v')$$, 'and gone');
-- Guards.
SELECT is(pg_temp.found_after('DROP TRIGGER not_truncated ON asset', 'CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NULL; END''', 'CREATE TRIGGER not_truncated BEFORE TRUNCATE ON asset EXECUTE FUNCTION nothing()'), 'guard_missing', 'one that does nothing in its place');
SELECT is(pg_temp.found_after('GRANT UPDATE (cost) ON asset TO PUBLIC'), 'rights_too_wide', 'rights to a column');
SELECT is(pg_temp.found_after('GRANT INSERT (recorded_at) ON asset TO PUBLIC'), 'rights_too_wide', 'to forge recorded time');
SELECT is(pg_temp.found_after('GRANT CREATE ON SCHEMA v TO PUBLIC'), 'rights_too_wide', 'to plant functions');
SELECT is(pg_temp.found_after('GRANT EXECUTE ON FUNCTION period_close TO PUBLIC'), 'rights_too_wide', 'to close for everybody');
SELECT is(pg_temp.found_after('CREATE RULE r AS ON INSERT TO journal_line DO INSTEAD NOTHING'), 'rule_on_table', 'a rule');
SELECT is(pg_temp.found_after('ALTER TABLE asset DISABLE TRIGGER published_fact_is_kept'), 'guard_missing', 'a guard put to sleep');
SELECT is(pg_temp.found_after('DROP TRIGGER not_truncated ON meter_reading_2025_03'), 'guard_missing', 'one taken away from a partition');
SELECT is(pg_temp.found_after('CREATE TABLE meter_reading_2099_01 PARTITION OF meter_reading FOR VALUES FROM (''2099-01-01'') TO (''2099-02-01'')'), 'guard_missing owners_differ', 'a partition made by hand');
SELECT is(pg_temp.found_after('GRANT UPDATE ON asset TO PUBLIC'), 'rights_too_wide', 'rights that nobody needs');
SELECT is(pg_temp.found_after('ALTER ROLE chipbook_test_owner LOGIN'), 'owner_can_log_in', 'an owner who can log in');
SELECT is_empty($$SELECT * FROM verify_ledger('v')$$, 'and all is as it was');

SELECT * FROM finish();
ROLLBACK;
