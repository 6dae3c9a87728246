# Random histories of a ledger, lived by several sessions at once: facts published and withdrawn, entries
# posted, approved, rejected and reversed, periods closed, softly too, and reopened. After every step a
# view is asked as of that moment, while the others go on. Whatever comes later, also a crash: the answer
# stays, closed periods stay, the books balance, and verification finds nothing.
#
#   HISTORIES=1000   how many moments are asked about, each the end of a history of its own
use strict;
use warnings FATAL => 'all';

use IPC::Run qw(start finish);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $histories = $ENV{HISTORIES} || 1000;
my $sessions = 3;

my $node = PostgreSQL::Test::Cluster->new('histories');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION chipbook;
	ALTER DATABASE postgres SET search_path = chipbook, public;
	ALTER DATABASE postgres SET client_min_messages = warning});
$node->safe_psql('postgres', <<'SQL');
	CREATE ROLE keeper NOLOGIN;
	SELECT create_ledger('books', owner => 'keeper');
	INSERT INTO books.source VALUES ('t', 'test', 'made here', NULL, 'high');
	SELECT open_load('books', 'to begin with', 't');
	INSERT INTO books.account (account_id, name, kind) VALUES ('6', 'cost', 'expense'), ('7', 'cloud', 'expense'), ('3', 'payables', 'liability'), ('4', 'accrued', 'liability'), ('0', 'accumulated', 'asset');
	INSERT INTO books.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6', '0'), ('i', 'impairment', '6', '0'), ('r', 'rent_accrual', '7', '4');
	INSERT INTO books.entity (entity_id, name, functional_currency) SELECT 'e' || i, 'entity', 'USD' FROM generate_series(1, 6) i;
	INSERT INTO books.cost_centre (cost_centre_id, name, entity_id) SELECT 'c' || i, 'centre', 'e' || i FROM generate_series(1, 6) i;
	INSERT INTO books.asset (asset_id, name, component, cost, acquired_on, available_for_use_on, entity_id)
	SELECT 'a' || i || n, 'asset', 'server', monetary(1000 * n + i, 'USD'), '2024-01-01', '2024-07-01', 'e' || i FROM generate_series(1, 6) i, generate_series(1, 2) n;
	INSERT INTO books.asset_policy (asset_id, basis, policy) SELECT asset_id, 'ifrs', 'straight_line(life=5 years, convention=full_month)' FROM books.asset;
	INSERT INTO books.pool (pool_id, name, entity_id, cost_centre_id, ownership) SELECT 'p' || i, 'pool', 'e' || i, 'c' || i, 'rented' FROM generate_series(1, 6) i;
	INSERT INTO books.rented_capacity (rental_id, pool_id, chips, rate, valid_from) SELECT 'r' || i, 'p' || i, i, '0.10 USD', '2024-01-01' FROM generate_series(1, 6) i;
	SELECT publish_load('books', currval('books.load_load_id_seq'));

	CREATE TABLE asked (asked_id bigint GENERATED ALWAYS AS IDENTITY, session integer, moment timestamptz, question text, answer text, settled boolean);
	CREATE TABLE outcome (step text, sqlstate text, message text);
	CREATE TABLE changed (asked_id bigint, answer text);

	-- A question about an entity: all rows of a view.
	CREATE FUNCTION question(view text, entity text) RETURNS text LANGUAGE sql
	RETURN format('SELECT concat(count(*), '' '', md5(string_agg(v::text, E''\n'' ORDER BY v::text COLLATE "C"))) FROM books_report.%I v WHERE v.entity_id = %L', view, entity);
	CREATE FUNCTION answer_as_of(moment timestamptz, question text) RETURNS text LANGUAGE plpgsql SET chipbook.as_of = '' AS $$
	DECLARE
		answer text;
	BEGIN
		PERFORM set_config('chipbook.as_of', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), true);
		EXECUTE question INTO answer;
		RETURN answer;
	END
	$$;

	-- One step in the life of an entity.
	CREATE FUNCTION step(kind text, entity text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		next_month date;
		entry bigint;
		load bigint;
		amount monetary := monetary((1 + floor(random() * 100000))::numeric / 100, 'USD');
		day date := date '2025-01-01' + floor(random() * 500)::integer;
	BEGIN
		CASE kind
			WHEN 'post' THEN
				entry := post_entry('books', entity, 'ifrs', ARRAY[posting_line('7', amount), posting_line('3', - amount)], 'random', day, prepared_by => 'alice',
					idempotency_source => 'test', idempotency_key => (floor(random() * 1000000))::text);
				IF random() < 0.8 THEN PERFORM approve_entry('books', entry); END IF;
			WHEN 'decide' THEN
				FOR entry IN SELECT j.entry_id FROM books.journal_entry_known j WHERE j.entity_id = entity AND j.status = 'waiting' LOOP
					IF random() < 0.7 THEN PERFORM approve_entry('books', entry); ELSE PERFORM reject_entry('books', entry, 'no'); END IF;
				END LOOP;
			WHEN 'reverse' THEN
				SELECT j.entry_id INTO entry FROM books.journal_entry_known j WHERE j.entity_id = entity AND j.kind = 'manual' AND j.status = 'posted' ORDER BY random() LIMIT 1;
				entry := reverse_entry('books', entry, day, prepared_by => 'alice');
				PERFORM approve_entry('books', entry);
			WHEN 'publish' THEN
				load := open_load('books', 'random', 't', prepared_by => 'alice');
				INSERT INTO books.asset (asset_id, name, component, cost, acquired_on, available_for_use_on, entity_id)
				VALUES (replace(entity, 'e', 'a') || 1 + floor(random() * 3), 'asset', 'server', amount, '2024-01-01', day - 300, entity);
				INSERT INTO books.asset_policy (asset_id, basis, policy)
				SELECT asset_id, 'ifrs', 'straight_line(life=5 years, convention=full_month)' FROM books.asset WHERE load_id = load;
				IF random() < 0.3 THEN
					INSERT INTO books.rented_capacity (rental_id, pool_id, chips, rate, valid_from)
					VALUES (replace(entity, 'e', 'r'), replace(entity, 'e', 'p'), 1 + floor(random() * 5)::integer, '0.11 USD', '2024-01-01');
				END IF;
				PERFORM publish_load('books', load);
			WHEN 'retract' THEN
				SELECT l.load_id INTO load FROM books.load l WHERE l.recorded_at IS NOT NULL AND l.retracted_at IS NULL AND l.description = 'random' ORDER BY random() LIMIT 1;
				PERFORM retract_load('books', load, 'random');
			WHEN 'close', 'soft_close' THEN
				SELECT coalesce(max(p.ends_on), '2025-01-01') INTO next_month FROM books.period_state p WHERE p.entity_id = entity AND p.state = 'closed';
				PERFORM close_period('books', entity, 'ifrs', extract(year FROM next_month)::integer, extract(month FROM next_month)::integer, soft => kind = 'soft_close');
			WHEN 'reopen' THEN
				SELECT max(p.starts_on) INTO next_month FROM books.period_state p WHERE p.entity_id = entity AND p.state <> 'open';
				PERFORM reopen_period('books', entity, 'ifrs', extract(year FROM next_month)::integer, extract(month FROM next_month)::integer, 'random', 'alice');
		END CASE;
	END
	$$;

	CREATE PROCEDURE live(session integer, steps integer) LANGUAGE plpgsql AS $$
	DECLARE
		kinds text[] := '{post,post,post,post,post,post,decide,decide,reverse,reverse,publish,publish,retract,close,close,soft_close,reopen}';
		views text[] := '{trial_balance,trial_balance,general_ledger,general_ledger,period_status,restated_after_close,comparatives,chip_book_value,general_ledger_all_bases}';
		kind text;
		entity text;
		view_asked text;
		asked_at timestamptz;
		answer text;
		earlier record;
	BEGIN
		PERFORM setseed(session / 100.0);
		FOR step IN 1 .. steps LOOP
			kind := kinds[1 + floor(random() * cardinality(kinds))];
			entity := 'e' || 1 + floor(random() * 6);
			BEGIN
				PERFORM step(kind, entity);
				-- What is recorded is not seen yet.
				PERFORM pg_sleep(random() * 0.01);
				INSERT INTO outcome VALUES (kind, '00000', NULL);
			EXCEPTION WHEN others THEN
				INSERT INTO outcome VALUES (kind, SQLSTATE, SQLERRM);
			END;
			COMMIT;
			-- Now, or while the others were at it.
			view_asked := views[1 + floor(random() * cardinality(views))];
			asked_at := clock_timestamp() - CASE WHEN random() < 0.5 THEN random() * 0.05 ELSE 0 END * interval '1 second';
			COMMIT;
			BEGIN
				answer := answer_as_of(asked_at, question(view_asked, entity));
				INSERT INTO asked (session, moment, question, answer, settled) VALUES (session, asked_at, question(view_asked, entity), answer, true);
			EXCEPTION WHEN serialization_failure THEN
				INSERT INTO asked (session, moment, question, answer, settled) VALUES (session, asked_at, question(view_asked, entity), SQLERRM, false);
			END;
			COMMIT;
			-- Any earlier question, again.
			SELECT a.* INTO earlier FROM asked a WHERE a.settled ORDER BY random() LIMIT 1;
			IF FOUND THEN
				BEGIN
					answer := answer_as_of(earlier.moment, earlier.question);
					IF answer <> earlier.answer THEN
						INSERT INTO changed VALUES (earlier.asked_id, answer);
					END IF;
				EXCEPTION WHEN serialization_failure THEN
					NULL;	-- a moment just past, while somebody records in the same second
				END;
			END IF;
			COMMIT;
		END LOOP;
	END
	$$;
SQL

# All at once.
my @running = map {
	my $session = $_;
	my $output = '';
	{ output => \$output,
	  run => start([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-c', "CALL live($session, " . int($histories / $sessions + 1) . ')' ], '>&', \$output) }
} 1 .. $sessions;
foreach my $session (@running)
{
	ok(finish($session->{run}), 'a session lives its history') or diag(${ $session->{output} });
}

my $counts = $node->safe_psql('postgres', q{SELECT string_agg(format('%s %s: %s', o.step, o.sqlstate, o.n), ', ' ORDER BY o.step, o.sqlstate)
	FROM (SELECT step, sqlstate, count(*) AS n FROM outcome GROUP BY 1, 2) o});
note("what became of the steps: $counts");
is($node->safe_psql('postgres', q{SELECT string_agg(DISTINCT o.sqlstate || ' ' || o.message, '; ') FROM outcome o
	WHERE o.sqlstate NOT IN ('00000', '55000', 'P0002', '23505', '22004', '22023', '23000')
	  -- Of several periods in one transaction a deadlock is found, and tried again.
	  AND NOT (o.step = 'decide' AND o.sqlstate = '40P01')}), '', 'what is refused is refused as it should be');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM outcome WHERE step = '$_' AND sqlstate = '00000'"), '>', $histories / 500, "$_: some succeed")
	foreach qw(post decide reverse publish retract close soft_close reopen);
my $asked = $node->safe_psql('postgres', 'SELECT count(*) FROM asked WHERE settled');
my $refused = $node->safe_psql('postgres', 'SELECT count(*) FROM asked WHERE NOT settled');
note("$asked answers, $refused refused because somebody was recording");
cmp_ok($asked, '>', $histories / 4, "$asked moments were answered");
cmp_ok($refused, '>', 0, 'and some were refused, because they were not settled');
is($node->safe_psql('postgres', 'SELECT count(*) FROM changed'), '0', 'no answer changed while it went on')
	or diag($node->safe_psql('postgres', q{
		SET TimeZone = 'UTC';
		SELECT format(E'asked by session %s as of %s\n%s\nanswered %s, then %s\nrecorded about then: %s', a.session, a.moment, a.question, a.answer, c.answer,
			(SELECT string_agg(format('%s %s', e.what, e.at), ', ' ORDER BY e.at) FROM (
				SELECT 'load ' || load_id AS what, recorded_at AS at FROM books.load UNION ALL SELECT 'retraction ' || load_id, retracted_at FROM books.load
				UNION ALL SELECT 'entry ' || entry_id, recorded_at FROM books.journal_entry UNION ALL SELECT 'decision ' || entry_id, recorded_at FROM books.journal_decision
				UNION ALL SELECT 'event ' || event_id, recorded_at FROM books.period_event) e
			WHERE e.at BETWEEN a.moment - interval '1 second' AND a.moment + interval '1 second'))
		FROM changed c JOIN asked a USING (asked_id) LIMIT 3}));

# Each again at the end; after a crash too.
my $all = q{SELECT count(*) FROM asked a WHERE a.settled AND a.answer <> answer_as_of(a.moment, a.question)};
is($node->safe_psql('postgres', $all), '0', 'nor afterwards') or diag($node->safe_psql('postgres', q{SET TimeZone = 'UTC'; SELECT format(E'asked by session %s as of %s, %s: %s, then %s; recorded about then: %s', a.session, a.moment, a.question, a.answer, answer_as_of(a.moment, a.question), (SELECT string_agg(format('%s %s', e.what, e.at), ', ' ORDER BY e.at) FROM (SELECT 'load ' || load_id AS what, recorded_at AS at FROM books.load UNION ALL SELECT 'retraction ' || load_id, retracted_at FROM books.load UNION ALL SELECT 'entry ' || entry_id, recorded_at FROM books.journal_entry UNION ALL SELECT 'decision ' || entry_id, recorded_at FROM books.journal_decision UNION ALL SELECT 'event ' || event_id, recorded_at FROM books.period_event) e WHERE e.at BETWEEN a.moment - interval '1 second' AND a.moment + interval '1 second')) FROM asked a WHERE a.settled AND a.answer <> answer_as_of(a.moment, a.question) LIMIT 3}));
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $all), '0', 'nor after a crash');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM asked a WHERE a.settled AND a.answer <> answer_as_of(clock_timestamp(), a.question)}), '>', $asked / 4, 'though much is known otherwise by now');

# The books.
is($node->safe_psql('postgres', q{SELECT count(*) FROM (SELECT entity_id, fiscal_period FROM books_report.trial_balance_all_bases GROUP BY 1, 2, currency HAVING sum(closing_balance) <> 0) n}), '0', 'the books balance');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM books.report_version v
	WHERE NOT EXISTS (SELECT FROM books.period_event e WHERE e.entity_id = v.entity_id AND e.basis = v.basis AND e.fiscal_year = v.fiscal_year AND e.period_number = v.period_number
	                  AND e.action = 'reopened' AND e.recorded_at > v.published_at)
	  AND answer_as_of(v.published_at, q.question) <> answer_as_of(clock_timestamp(), q.question)}
	  =~ s/WHERE NOT EXISTS/, LATERAL (SELECT format('SELECT concat(count(*), '' '', md5(string_agg(concat(account_id, debit, credit), ''|'' ORDER BY account_id))) FROM books_report.trial_balance
	  WHERE entity_id = %L AND fiscal_year = %s AND period_number = %s AND (debit <> 0 OR credit <> 0)', v.entity_id, v.fiscal_year, v.period_number) AS question) q\n\tWHERE NOT EXISTS/r),
	'0', 'what was closed is as it was reported');
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM books.report_version'), '>', $histories / 200, 'and much was closed');
is($node->safe_psql('postgres', q{SELECT * FROM verify_ledger('books')}), '', 'verification finds nothing');

$node->stop;
done_testing();
