# The journal with several sessions at once: a close lets no entry slip in, an entry is reversed
# once, a period closed once, a key used once; at every isolation level.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('journal');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION chipbook;
	SELECT chipbook.create_ledger('books');
	INSERT INTO books.source VALUES ('test', 'contract', 'made here', NULL, 'high');
	SELECT chipbook.open_load('books', 'accounts', 'test');
	INSERT INTO books.account (account_id, name, kind) VALUES ('6', 'cost', 'expense'), ('3', 'payables', 'liability'), ('0', 'accumulated', 'asset');
	INSERT INTO books.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6', '0');
	INSERT INTO books.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('a', 'a', 'server', '1200 USD', '2025-01-01', '2025-01-01');
	INSERT INTO books.asset_policy (asset_id, basis, policy) VALUES
		('a', 'ifrs', chipbook.amortisation_policy(method => 'straight_line', life => '10 years', convention => 'full_month'));
	SELECT chipbook.publish_load('books', currval('books.load_load_id_seq'))});

sub post
{
	my ($date, $amount, $key) = @_;
	my $idempotency = $key ? ", idempotency_source => 'erp', idempotency_key => '$key'" : '';
	return qq{SELECT chipbook.post_entry('books', 'main', 'ifrs', ARRAY[chipbook.posting_line('6', '$amount USD'), chipbook.posting_line('3', '-$amount USD')],
		'test', posting_date => '$date', prepared_by => 'alice'$idempotency)};
}

my $one = $node->background_psql('postgres', on_error_stop => 0);
my $two = $node->background_psql('postgres', on_error_stop => 0);
$one->query_safe('SET client_min_messages = warning');	# a close says what it does

# The second session asks for what the first one holds: it must wait.
sub starts_waiting
{
	my ($query, $name) = @_;
	$two->query_until(qr/asked/, "\\echo asked\n$query;\n");
	ok($node->poll_query_until('postgres', q{
			SELECT count(*) = 1 FROM pg_stat_activity
			WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()}), $name);
	return;
}

sub error_of
{
	my ($session) = @_;
	my $error = $session->{stderr};
	$session->{stderr} = '';
	return $error;
}

# Whatever the session's level, ended one way or the other.
sub finish
{
	$two->query('SELECT 1');
	my $error = error_of($two);
	$two->query('ROLLBACK');
	error_of($two);
	return $error;
}

my $month = 0;
foreach my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	# A close holds the period: the entry waits, and is refused.
	$month++;
	my $date = sprintf '2025-%02d-10', $month;
	$one->query_safe("BEGIN ISOLATION LEVEL $level; SELECT chipbook.close_period('books', 'main', 'ifrs', 2025, $month)");
	$two->query_safe("BEGIN ISOLATION LEVEL $level; SELECT count(*) FROM books.journal_entry");
	starts_waiting(post($date, 1), "$level: an entry waits for the close");
	$one->query_safe('COMMIT');
	like(finish(), $level eq 'READ COMMITTED' ? qr/is closed/ : qr/could not serialize access/, "$level: and does not slip into the closed period");
	is($node->safe_psql('postgres', "SELECT count(*) FROM books.journal_entry WHERE posting_date = '$date'"), '0', "$level: nothing was posted");

	# An entry holds the period: the close waits, and sees it. It waits for approval, so the close is refused.
	$month++;
	$date = sprintf '2025-%02d-10', $month;
	$one->query_safe("BEGIN ISOLATION LEVEL $level; " . post($date, 2));
	$two->query_safe("BEGIN ISOLATION LEVEL $level; SELECT count(*) FROM books.journal_entry");
	starts_waiting("SELECT chipbook.close_period('books', 'main', 'ifrs', 2025, $month)", "$level: a close waits for the entry");
	$one->query_safe('COMMIT');
	like(finish(), $level eq 'READ COMMITTED' ? qr/wait for approval/ : qr/could not serialize access/, "$level: and does not close over its head");
	$node->safe_psql('postgres', qq{
		SELECT chipbook.approve_entry('books', entry_id) FROM books.journal_entry WHERE posting_date = '$date';
		SELECT chipbook.close_period('books', 'main', 'ifrs', 2025, $month)});
	is($node->safe_psql('postgres', "SELECT count(*) FROM books.journal_entry WHERE period_number = $month"), '2', "$level: the entry and the depreciation are in it");

	# Two closes of a period at once.
	$month++;
	$one->query_safe("BEGIN ISOLATION LEVEL $level; SELECT chipbook.close_period('books', 'main', 'ifrs', 2025, $month)");
	$two->query_safe("BEGIN ISOLATION LEVEL $level; SELECT count(*) FROM books.journal_entry");
	starts_waiting("SELECT chipbook.close_period('books', 'main', 'ifrs', 2025, $month)", "$level: a second close waits for the first");
	$one->query_safe('COMMIT');
	like(finish(), $level eq 'READ COMMITTED' ? qr/closed already: nothing was posted/ : qr/could not serialize access/, "$level: and posts nothing");
	is($node->safe_psql('postgres', "SELECT count(*) FROM books.journal_entry WHERE period_number = $month"), '1', "$level: posted once");
}

# After the closes, in an open month.
foreach my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	my $entry = $node->safe_psql('postgres', post('2025-11-10', 3));
	$node->safe_psql('postgres', "SELECT chipbook.approve_entry('books', $entry)");
	$one->query_safe("BEGIN ISOLATION LEVEL $level; SELECT chipbook.reverse_entry('books', $entry, '2025-11-11')");
	$two->query_safe("BEGIN ISOLATION LEVEL $level; SELECT count(*) FROM books.journal_entry");
	starts_waiting("SELECT chipbook.reverse_entry('books', $entry, '2025-11-11')", "$level: a second reversal waits for the first");
	$one->query_safe('COMMIT');
	like(finish(), $level eq 'READ COMMITTED' ? qr/was reversed already/ : qr/could not serialize access/, "$level: and is refused");
	is($node->safe_psql('postgres', "SELECT count(*) FROM books.journal_entry WHERE reverses_entry_id = $entry"), '1', "$level: reversed once");

	(my $key = $level) =~ tr/ /-/;
	$one->query_safe("BEGIN ISOLATION LEVEL $level; " . post('2025-11-12', 4, $key));
	$two->query_safe("BEGIN ISOLATION LEVEL $level; SELECT count(*) FROM books.journal_entry");
	starts_waiting(post('2025-11-12', 4, $key), "$level: the same key waits");
	$one->query_safe('COMMIT');
	my $error = finish();
	$level eq 'READ COMMITTED' ? is($error, '', "$level: and is the same entry") : like($error, qr/could not serialize access/, "$level: and has to be tried again");
	is($node->safe_psql('postgres', post('2025-11-12', 4, $key)), $node->safe_psql('postgres', "SELECT entry_id FROM books.journal_entry WHERE idempotency_key = '$key'"),
		"$level: tried again it is the first entry");
}

# How far a close is can be seen from another session while nothing of it is committed: here it
# waits in its second step for a lock that the first session holds.
sub progress
{
	return $node->safe_psql('postgres', q{
		SELECT user_name = current_user, step_number, step, description <> '', started_at < now() FROM books_report.close_progress});
}

is(progress(), '', 'no close runs');
$one->query_safe('BEGIN; LOCK books.rented_capacity IN ACCESS EXCLUSIVE MODE');
starts_waiting("SELECT chipbook.close_period('books', 'main', 'ifrs', 2025, 10)", 'a close waits in a step');
is(progress(), 't|2|close_accruals|t|t', 'others see which');
$node->safe_psql('postgres', q{SELECT chipbook.create_ledger('another')});
is($node->safe_psql('postgres', 'SELECT count(*) FROM another_report.close_progress'), '0', 'a close of another ledger is not seen');
# Nor is any other lock on the ledger: the second key of these is 0 or more, or it has one key.
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM (SELECT pg_advisory_lock('another.ledger'::regclass::oid::integer, 86400), pg_advisory_lock('another.ledger'::regclass::oid::bigint)
		FROM generate_series(1, 1)) n, another_report.close_progress}), '0', 'nor another lock');
$one->query_safe('COMMIT');
finish();
is(progress(), '', 'then it is over');
is($node->safe_psql('postgres', q{SELECT state FROM books_report.period_status WHERE fiscal_period = 'FY25-P10'}), 'closed', 'and the period closed');
$one->query_safe("BEGIN; SELECT chipbook.close_period('books', 'main', 'ifrs', 2025, 11, soft => true)");
is(progress(), 't|6|close_post|t|t', 'one that is not committed is seen until it is');
$one->query_safe('ROLLBACK');
is(progress(), '', 'or is rolled back');

# Recorded time follows the order of commits, and numbers have no gaps.
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM (SELECT sequence_number, row_number() OVER (PARTITION BY fiscal_year, period_number ORDER BY recorded_at, entry_id) AS place FROM books.journal_entry) n
	WHERE n.place <> n.sequence_number}), '0', 'entries of a period are numbered without gaps in recorded order');
is($node->safe_psql('postgres', 'SELECT count(*) FROM (SELECT fiscal_period FROM books_report.trial_balance GROUP BY 1 HAVING sum(closing_balance) <> 0) n'), '0',
	'the books balance');

# A dump restores: the journal is only ever added to, and so is it read back.
my $dump = $node->basedir . '/journal.sql';
$node->command_ok([ 'pg_dump', '--no-sync', '-f', $dump, 'postgres' ], 'the ledger is dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, 'restored' ], 'and restored');
foreach my $view ('general_ledger_all_bases', 'trial_balance_all_bases', 'period_status')
{
	my $question = "SELECT count(*), md5(string_agg(v::text, E'\\n' ORDER BY v::text COLLATE \"C\")) FROM books_report.$view v";
	is($node->safe_psql('restored', $question), $node->safe_psql('postgres', $question), "$view answers as it did");
}
like($node->safe_psql('restored', post('2025-11-13', 5)), qr/^\d+$/, 'and the journal goes on');

$one->quit;
$two->quit;
$node->stop;
done_testing();
