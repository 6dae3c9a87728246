# The journal in other systems. hledger reads what chipbook writes for it, and has the same balance on
# every account, in every currency and period; CSV read back is what was exported; and of several
# sessions that export at once no two take the same entry.
use strict;
use warnings FATAL => 'all';

use IPC::Run qw(run);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('export');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\nclient_min_messages = warning\njit = off\n");
$node->start;

# A ledger with everything that may stand in the way: accounts, entities, cost centres and texts made of
# what means something to hledger, amounts of 15 decimals, currencies of 0, 2 and 3 or of none, a year of
# weeks with a thirteenth period, two years, three bases, reversals, late facts, accounts of one name.
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION chipbook;
SET search_path = chipbook, public;
SELECT setseed(0.25);
SELECT create_ledger('books');
INSERT INTO books.source VALUES ('test', 'contract', 'made here', NULL, 'high');

CREATE TABLE hostile (n integer GENERATED ALWAYS AS IDENTITY, t text);
INSERT INTO hostile (t) VALUES
	('a:b'), ('a b'), ('a  b'), ('a%20b'), (E'a\tb'), (E'a\nb'), (E'a\r\nb'), ('; a'), ('a ; b'), ('a;b'), ('(a)'), ('[a]'), ('* a'), ('! a'), ('a|b'),
	('"a"'), ('''a'''), ('a,b'), ('=a'), ('@ 1 USD'), ('a  1 USD'), ('{1 USD}'), ('# a'), ('% a'), ('%3A'), ('~ monthly'), ('= expr'), ('P 2025-01-01 USD 1 EUR'),
	('include /etc/passwd'), ('comment'), ('end'), ('2025-01-01 x'), ('date:2020-01-01'), ('[2020-01-01]'), ('date2:2020-02-02, x:y'), ('\a\'), ('..'), ('-1'),
	('B' || U&'\00fc' || 'ro'), (U&'\4f1a\8b70\8cbb'), (U&'a\00a0b'), (U&'a\3000\3000b'), (U&'a\2003 b'), (U&'a\2028b'), (U&'a\0085b'), (U&'\+01f680'), (E'\x01a\x1fb\x7f'), (' a '),
	('A:B'), ('expenses:a'), ('x' || repeat('y', 300)), ('a:'), (':a'), ('::'), (' '), ('%');

SELECT open_load('books', 'accounts', 'test');
INSERT INTO books.fiscal_calendar (calendar_id, name) VALUES ('weeks', 'by weeks');
SELECT add_fiscal_year('books', 'weeks', 2025, '2025-01-06', 'weeks_52_53', adjustment_period => true), add_fiscal_year('books', 'weeks', 2026, '2026-01-05', 'weeks_52_53');
INSERT INTO books.entity (entity_id, name, functional_currency, calendar_id) VALUES ('by: weeks, [2025-01-01]', 'hostile', 'KWD', 'weeks');
INSERT INTO books.account (account_id, name, kind)
SELECT t, CASE n % 5 WHEN 0 THEN 'one name' ELSE t END, (ARRAY['asset', 'liability', 'equity', 'income', 'expense'])[n % 5 + 1] FROM hostile;
INSERT INTO books.account (account_id, name, kind)
SELECT '9' || n, (SELECT t FROM hostile h WHERE h.n = k.n), 'expense' FROM generate_series(1, (SELECT count(*)::integer FROM hostile)) k (n);
INSERT INTO books.account (account_id, name, kind) VALUES ('6', 'cost', 'expense'), ('0', 'accumulated', 'asset'), ('3', 'accrued', 'liability'), ('6 ', 'cost', 'expense');
INSERT INTO books.cost_centre (cost_centre_id, name) SELECT t, t FROM hostile;
INSERT INTO books.posting_rule (rule_id, event, debit_account_id, credit_account_id, external_account) VALUES
	('d', 'depreciation', '6', '0', 'ERP "6", no. 1'), ('r', 'rent_accrual', 'a:b', '3', NULL);
INSERT INTO books.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES
	('a', 'a', 'server', '12345.67 USD', '2025-01-01', '2025-01-01'), ('b', 'b', 'server', '1000000 JPY', '2025-01-01', '2025-01-01');
INSERT INTO books.asset_policy (asset_id, basis, policy)
SELECT a, b, amortisation_policy(method => 'straight_line', life => '5 years', convention => 'full_month') FROM unnest('{a,b}'::text[]) a, unnest('{ifrs,hgb}'::text[]) b;
INSERT INTO books.pool (pool_id, name, ownership, cost_centre_id) VALUES ('C', 'cloud', 'rented', NULL), ('P', 'owned', 'owned', 'a:b');
INSERT INTO books.pool_asset (pool_id, asset_id) VALUES ('P', 'a');
INSERT INTO books.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r', 'C', 7, '1.2345 USD', '2025-01-01');
SELECT publish_load('books', currval('books.load_load_id_seq'));

-- An amount of up to 15 digits before the point and decimals after it.
CREATE FUNCTION some_amount(decimals integer) RETURNS numeric LANGUAGE sql
RETURN trunc((random() - 0.5)::numeric * 10 ^ floor(random() * 15)::numeric + trunc(random()::numeric * 1e15) / 1e15, decimals);
CREATE FUNCTION any_of(texts text[]) RETURNS text LANGUAGE sql RETURN texts[1 + floor(random() * cardinality(texts))::integer];

CREATE FUNCTION post_some(entity text, basis text, on_date date, period integer DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	accounts text[] := ARRAY(SELECT a.account_id FROM books.account_known a);
	centres text[] := ARRAY(SELECT t FROM hostile WHERE entity = 'main');
	texts text[] := ARRAY(SELECT t FROM hostile);
	lines posting_line[] := '{}';
	code text;
	total numeric;
	one numeric;
	made bigint;
BEGIN
	FOREACH code IN ARRAY (ARRAY['USD', 'EUR', 'JPY', 'KWD', 'XAU', 'ZZZ'])[1 + floor(random() * 4)::integer : 6] LOOP
		total := 0;
		FOR i IN 1 .. 1 + floor(random() * 3) LOOP
			one := some_amount(CASE WHEN code = 'JPY' THEN 0 WHEN code = 'KWD' THEN 3 WHEN random() < 0.5 THEN 2 ELSE 15 END);
			total := total + one;
			lines := lines || posting_line(any_of(accounts), monetary(one, code::currency), cost_centre_id => any_of(centres), description => any_of(texts));
		END LOOP;
		lines := lines || posting_line(any_of(accounts), monetary(- total, code::currency));
	END LOOP;
	made := post_entry('books', entity, basis, lines, any_of(texts), posting_date => on_date, document_date => on_date - floor(random() * 40)::integer,
					   fiscal_year => CASE WHEN period IS NOT NULL THEN 2025 END, period_number => period, reference => any_of(texts), prepared_by => 'alice');
	IF random() < 0.9 THEN
		PERFORM approve_entry('books', made);
	ELSE
		PERFORM reject_entry('books', made, 'so be it');
	END IF;
	RETURN made;
END
$$;
SELECT post_some('main', b, date '2025-01-01' + d) FROM unnest('{ifrs,ifrs,hgb,us_tax}'::text[]) b, generate_series(0, 450, 9) d;
SELECT post_some('by: weeks, [2025-01-01]', 'ifrs', date '2025-01-06' + d) FROM generate_series(0, 450, 15) d;
SELECT post_some('by: weeks, [2025-01-01]', 'ifrs', NULL, 13) FROM generate_series(1, 5);
SQL

# Every account by its name and each hostile text, at least once in an entry of its own.
$node->safe_psql('postgres', <<'SQL');
SET search_path = chipbook, public;
SELECT approve_entry('books', post_entry('books', 'main', 'ifrs', ARRAY[posting_line(a.account_id, '0.01 USD', description => h.t, cost_centre_id => h.t), posting_line('6', '-0.01 USD')],
	h.t, posting_date => date '2025-03-03', reference => h.t, prepared_by => 'alice'))
FROM books.account_known a, hostile h WHERE h.t = a.account_id OR a.account_id = '9' || h.n;
SQL

$node->safe_psql('postgres', 'ANALYZE');

my $batches = 0;
foreach my $month (1 .. 12)
{
	$node->safe_psql('postgres', "SELECT chipbook.close_period('books', 'main', b, 2025, $month) FROM unnest('{ifrs,hgb}'::text[]) b WHERE b = 'ifrs' OR $month > 9");
	if ($month == 6)
	{
		$node->safe_psql('postgres', q{
			SELECT chipbook.open_load('books', 'late', 'test');
			INSERT INTO books.asset (asset_id, name, component, cost, acquired_on, available_for_use_on) VALUES ('a', 'a', 'server', '23456.78 USD', '2025-01-01', '2025-01-01');
			SELECT chipbook.publish_load('books', currval('books.load_load_id_seq'))});
	}
	next if $month % 4;
	$batches++;
	is($node->safe_psql('postgres', "SELECT chipbook.export_journal('books')"), $batches, "batch $batches is made after month $month");
	# Of what was exported something is taken back, in the month after.
	my $next = $month == 12 ? '2026-01-15' : sprintf '2025-%02d-15', $month + 1;
	$node->safe_psql('postgres', qq{
		SELECT chipbook.approve_entry('books', chipbook.reverse_entry('books', entry_id, '$next', prepared_by => 'alice'))
		FROM (SELECT DISTINCT x.entry_id FROM books_report.journal_export x
			  WHERE x.kind IN ('manual', 'reversal') AND x.entity_id = 'main' AND x.posting_date BETWEEN date '$next' - 60 AND '$next'
				AND NOT EXISTS (SELECT FROM books.journal_entry r WHERE r.reverses_entry_id = x.entry_id) ORDER BY 1 LIMIT 4) n});
}
$batches++;
is($node->safe_psql('postgres', "SELECT chipbook.export_journal('books')"), $batches, 'and the rest in a last one');
is($node->safe_psql('postgres', "SELECT count(*) FROM (SELECT entry_id FROM books_report.journal_export GROUP BY 1 HAVING count(DISTINCT batch_id) > 1) n"), '0', 'no entry is in two');
is($node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT entry_id), sum(amount) FROM books_report.general_ledger}),
	$node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT entry_id), sum(debit - credit)::numeric(38,15) FROM books_report.journal_export}), 'all that was posted is');

# ---------------------------------------------------------------------------
# CSV, read back
# ---------------------------------------------------------------------------
my $folder = $node->basedir;
my $columns = 'batch_id, entity_id, book, document_date, posting_date, fiscal_period, account_id, external_account, cost_centre_id, tax_code, description, '
	. 'currency, debit, credit, functional_amount, functional_currency, reference, entry_id, line_number, kind, reverses_entry_id';
foreach my $batch (1 .. $batches)
{
	my $csv = "$folder/batch$batch.csv";
	run([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres'), '-o', $csv, '-c', "SELECT chipbook.journal_export_csv('books', $batch)" ]) or die 'psql';
	$node->safe_psql('postgres', qq{
		CREATE TABLE batch$batch AS SELECT $columns FROM books_report.journal_export WHERE false;
		COPY batch$batch FROM '$csv' (FORMAT csv, HEADER)});
	is($node->safe_psql('postgres', "SELECT count(*) FROM (TABLE batch$batch EXCEPT ALL SELECT $columns FROM books_report.journal_export WHERE batch_id = $batch) n"), '0',
		"batch $batch as CSV has nothing else than the view");
	is($node->safe_psql('postgres', "SELECT count(*) FROM batch$batch"), $node->safe_psql('postgres', "SELECT count(*) FROM books_report.journal_export WHERE batch_id = $batch"),
		'and all of it');
}

# ---------------------------------------------------------------------------
# hledger
# ---------------------------------------------------------------------------
sub write_hledger
{
	my ($name, $call) = @_;
	my $file = "$folder/$name.journal";
	run([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres'), '-o', $file, '-c', "SELECT chipbook.$call" ]) or die 'psql';
	return $file;
}

sub hledger
{
	my @arguments = @_;
	my ($out, $error);
	my $done = run [ 'hledger', @arguments ], '<', \undef, '>', \$out, '2>', \$error,
		init => sub { $ENV{LC_ALL} = 'C.UTF-8'; $ENV{HOME} = $folder; delete $ENV{LEDGER_FILE} };
	return ($done && !$error, $out, $error);
}

# 'income:62%3A00 name' is kind income, account 62:00.
sub account_of
{
	my ($name) = @_;
	my ($kind, $id) = $name =~ /^(asset|liabilit|equity|income|expense|unknown)(?:s|ies)?:([^ ]+)/ or die "account $name";
	$id =~ s/%([0-9A-F]{2})/chr hex $1/ge;
	$kind = 'liability' if $kind eq 'liabilit';
	return "$kind $id";
}

# Balances by period, where there are several, account and currency; what is 0 is left out.
sub hledger_balances
{
	my ($done, $out, $error) = hledger('balance', @_, qw(--flat -N --empty -O csv --layout=tidy));
	die "hledger: $error" unless $done;
	my $by_month = grep { $_ eq '-M' } @_;
	my %balances;
	my @fields = $out =~ /"((?:[^"]|"")*)"[,\n]/g;
	die 'hledger gives another table' if @fields % 6 || join(',', @fields[0 .. 5]) ne 'account,period,start_date,end_date,commodity,value';
	splice @fields, 0, 6;
	while (my ($account, $period, $start, $end, $code, $amount) = splice @fields, 0, 6)
	{
		$account =~ s/""/"/g;
		$amount =~ s/0+$// if $amount =~ /\./;
		$amount =~ s/\.$//;
		next if $amount =~ /^-?0?$/;
		my $key = ($by_month ? "$period " : '') . account_of($account) . " $code";
		die "two accounts for $key" if exists $balances{$key};
		$balances{$key} = $amount;
	}
	return \%balances;
}

# The same of ours; the query gives what the key is made of, then the amount.
sub our_balances
{
	my ($key, $amount, $from) = @_;
	my $rows = $node->safe_psql('postgres', qq{
		SELECT string_agg(encode(convert_to(k, 'UTF8'), 'hex') || '=' || trim_scale(a), E'\\n') FROM (SELECT concat_ws(' ', $key), $amount FROM $from) q (k, a) WHERE a <> 0});
	return { map { my ($name, $value) = split /=/; (pack('H*', $name) => $value) } split /\n/, $rows };
}

my $account = 'account_kind, account_id, currency';

sub same_balances
{
	my ($arguments, $key, $amount, $from, $name) = @_;
	my $ours = our_balances($key, $amount, $from);
	is_deeply(hledger_balances(@$arguments), $ours, "$name (" . keys(%$ours) . ' balances)');
	return;
}

SKIP:
{
	my ($there, $version) = eval { hledger('--version') };
	skip 'hledger, which is not installed, reads the journal and finds our balances', 1 unless $there;
	chomp $version;
	note($version);

	$node->safe_psql('postgres', q{
		CREATE TABLE trial AS SELECT *, to_char(make_date(fiscal_year::integer, least(period_number, 12)::integer, 1), 'YYYY-MM') AS month
			FROM books_report.trial_balance_all_bases;
		CREATE TABLE posted AS SELECT * FROM books_report.general_ledger_all_bases;
		ANALYZE trial, posted});
	my $weeks = 'by: weeks, [2025-01-01]';
	foreach my $books ([ 'main', 'ifrs' ], [ 'main', 'hgb' ], [ 'main', 'us_tax' ], [ $weeks, 'ifrs' ])
	{
		my ($entity, $basis) = @$books;
		my $name = $entity eq 'main' ? $basis : 'weeks';
		my @file = ('-f', write_hledger($name, "journal_hledger('books', '$entity', '$basis')"));
		my $of = "entity_id = '$entity' AND basis = '$basis'";

		my ($done, $out, $error) = hledger(@file, qw(check accounts commodities ordereddates uniqueleafnames));
		ok($done, "$name: hledger finds nothing amiss") or diag($error);
		($done, $out, $error) = hledger(@file, 'codes');
		is($out =~ s/\n\z//r, $node->safe_psql('postgres', qq{
			SELECT entry_id FROM posted WHERE $of AND journal = 'financial' GROUP BY posting_date, entry_id ORDER BY posting_date, entry_id}), "$name: the entries are all there");
		same_balances(\@file, $account, 'sum(debit - credit)', "trial WHERE $of AND account_id IS NOT NULL GROUP BY $account", "$name: every balance is ours");

		# The second date is the document's.
		same_balances([ @file, '--date2', '-b', '2025-05-01', '-e', '2025-08-01' ], $account, 'sum(amount)',
			"posted WHERE $of AND journal = 'financial' AND document_date >= '2025-05-01' AND document_date < '2025-08-01' GROUP BY $account", "$name: by document date");
		# The result of earlier years is what their income and expense add up to.
		same_balances([ @file, '-e', $entity eq 'main' ? '2026-01-01' : '2026-01-05', '--alias', '/^(income|expenses):.*/=equity:earlier', '^equity:earlier$' ],
			"'equity earlier', currency", 'closing_balance', "trial WHERE $of AND account_id IS NULL AND fiscal_period = 'FY26-P01'", "$name: the result of earlier years");

		# In each month, and at its end: since ever, or since the year began.
		my $sheet = "account_kind IN ('asset', 'liability', 'equity') AND account_id IS NOT NULL";
		my $income = "account_kind IN ('income', 'expense')";
		if ($entity eq 'main')
		{
			my @months = (@file, '-M', '-e', '2026-04-01');
			same_balances([ @months, '-b', '2025-01-01' ], "month, $account", 'debit - credit', "trial WHERE $of AND account_id IS NOT NULL", "$name: what moved in each month");
			same_balances([ @months, '-b', '2025-01-01', '--historical', '^(assets|liabilities|equity):' ], "month, $account", 'closing_balance',
				"trial WHERE $of AND $sheet", "$name: the balance sheet at the end of each");
			same_balances([ @months, '-b', "$_-01-01", '-e', $_ == 2025 ? '2026-01-01' : '2026-04-01', '--cumulative', '^(income|expenses):' ], "month, $account",
				'closing_balance', "trial WHERE $of AND $income AND fiscal_year = $_", "$name: income and expense of $_ up to then") foreach 2025, 2026;
			next;
		}
		# Periods of weeks by their tag; the thirteenth lies on the last day of the twelfth.
		foreach my $period (split /\n/, $node->safe_psql('postgres', "SELECT DISTINCT fiscal_period FROM trial WHERE $of ORDER BY 1"))
		{
			same_balances([ @file, "tag:period=^$period\$" ], $account, 'debit - credit', "trial WHERE $of AND account_id IS NOT NULL AND fiscal_period = '$period'",
				"$name: what moved in $period");
		}
		foreach my $end ([ 'FY25-P09', '2025-10-06' ], [ 'FY25-P12', '2026-01-05', 'not:tag:period=-P13' ], [ 'FY25-P13', '2026-01-05' ], [ 'FY26-P02', '2026-03-02' ])
		{
			my ($period, $day, @query) = @$end;
			my $year = $period =~ /^FY26/ ? '2026-01-05' : '2025-01-06';
			same_balances([ @file, '-e', $day, @query, '^(assets|liabilities|equity):' ], $account, 'closing_balance', "trial WHERE $of AND $sheet AND fiscal_period = '$period'",
				"$name: the balance sheet at the end of $period");
			same_balances([ @file, '-b', $year, '-e', $day, @query, '^(income|expenses):' ], $account, 'closing_balance', "trial WHERE $of AND $income AND fiscal_period = '$period'",
				"$name: income and expense of the year until then");
		}
	}

	# Several entities in one file, told apart by tag; cost centres too.
	my $all = write_hledger('all', "journal_hledger('books')");
	same_balances([ '-f', $all ], $account, 'sum(amount)', "posted WHERE basis = 'ifrs' AND journal = 'financial' GROUP BY $account", 'all entities together');
	same_balances([ '-f', $all, 'tag:entity=^main$' ], $account, 'sum(amount)',
		"posted WHERE basis = 'ifrs' AND journal = 'financial' AND entity_id = 'main' GROUP BY $account", 'one of them by its tag');
	# hledger's patterns know no case.
	same_balances([ '-f', $all, 'tag:cost_centre=^a%3Ab$' ], $account, 'sum(amount)',
		"posted WHERE basis = 'ifrs' AND journal = 'financial' AND lower(cost_centre_id) = 'a:b' GROUP BY $account", 'a cost centre by its tag');

	# The batches together are the journal.
	my @batches = map { ('-f', write_hledger("batch$_", "journal_export_hledger('books', $_)")) } 1 .. $batches;
	same_balances(\@batches, $account, 'sum(amount)', "posted WHERE basis = 'ifrs' AND journal = 'financial' GROUP BY $account", 'the batches together');
	foreach my $batch (1 .. $batches)
	{
		my ($done, $out, $error) = hledger('-f', "$folder/batch$batch.journal", qw(check accounts commodities ordereddates));
		ok($done, "hledger finds nothing amiss in batch $batch") or diag($error);
	}
	my $management = write_hledger('management', "journal_hledger('books', journal => 'management')");
	same_balances([ '-f', $management, 'tag:cost_centre' ], $account, 'sum(amount)',
		"posted WHERE basis = 'ifrs' AND journal = 'management' AND cost_centre_id IS NOT NULL GROUP BY $account", 'the management journal, on cost centres');
	is_deeply(hledger_balances('-f', $management), {}, 'nets to nothing');
}

# ---------------------------------------------------------------------------
# Two sessions at once
# ---------------------------------------------------------------------------
my $one = $node->background_psql('postgres', on_error_stop => 0);
my $two = $node->background_psql('postgres', on_error_stop => 0);

sub post
{
	return $node->safe_psql('postgres', q{SELECT chipbook.post_entry('books', 'main', 'ifrs', ARRAY[chipbook.posting_line('6', '1 USD'), chipbook.posting_line('0', '-1 USD')],
		'test', posting_date => '2026-03-01', prepared_by => 'alice')});
}

sub starts_waiting
{
	my ($query, $name) = @_;
	$two->query_until(qr/asked/, "\\echo asked\n$query;\n");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()}), $name);
	return;
}

sub finish
{
	$two->query('SELECT 1');
	my $error = $two->{stderr};
	$two->query('COMMIT');
	$two->{stderr} = '';
	return $error;
}

foreach my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	my $entry = post();
	$node->safe_psql('postgres', "SELECT chipbook.approve_entry('books', $entry)");
	$one->query_safe("BEGIN ISOLATION LEVEL $level; SELECT chipbook.export_journal('books')");
	$two->query_safe("BEGIN ISOLATION LEVEL $level; SET LOCAL client_min_messages = notice; SELECT count(*) FROM books.journal_entry");
	starts_waiting("SELECT chipbook.export_journal('books')", "$level: a second export waits for the first");
	$one->query_safe('COMMIT');
	like(finish(), $level eq 'READ COMMITTED' ? qr/nothing to export/ : qr/could not serialize access/, "$level: and takes nothing twice");
	is($node->safe_psql('postgres', "SELECT count(*) FROM books_report.journal_export WHERE entry_id = $entry AND line_number = 1"), '1', "$level: exported once");

	# What is being approved is waited for, and taken.
	$entry = post();
	$one->query_safe("BEGIN; SELECT chipbook.approve_entry('books', $entry)");
	$two->query_safe("BEGIN ISOLATION LEVEL $level; SELECT count(*) FROM books.journal_entry");
	starts_waiting("SELECT chipbook.export_journal('books')", "$level: an export waits for an approval");
	$one->query_safe('COMMIT');
	my $error = finish();
	$level eq 'READ COMMITTED' ? is($error, '', "$level: and takes the entry") : like($error, qr/could not serialize access/, "$level: and has to be tried again");
	$node->safe_psql('postgres', "SELECT chipbook.export_journal('books')");
	is($node->safe_psql('postgres', "SELECT count(*) FROM books_report.journal_export WHERE entry_id = $entry AND line_number = 1"), '1', "$level: it is exported once");
}

# A batch that is rolled back takes nothing with it.
my $entry = post();
$node->safe_psql('postgres', "SELECT chipbook.approve_entry('books', $entry)");
$node->safe_psql('postgres', "BEGIN; SELECT chipbook.export_journal('books'); ROLLBACK");
isnt($node->safe_psql('postgres', "SELECT chipbook.export_journal('books')"), '', 'what was rolled back goes with the next batch');
is($node->safe_psql('postgres', q{SELECT count(*) FROM books_report.general_ledger g FULL JOIN books_report.journal_export x USING (entry_id, line_number)
	WHERE g.entry_id IS NULL OR x.entry_id IS NULL}), '0', 'in the end all is exported, once');

$one->quit;
$two->quit;
$node->stop;
done_testing();
