# What a BI tool does at the door, on the books of test/bi/world.sql: over JDBC (pgjdbc; test/jdbc/Door.java), in JVMs
# of several time zones and locales, and over ODBC (psqlODBC under unixODBC, by DBD::ODBC and by isql). The ten questions
# as typed, what the tool finds of types and remarks, exact numbers, cursors, parameters, TLS, a reader who is limited,
# a tenant who sees its own. What is not installed is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use BiQuestions;
use IPC::Run qw(run timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($pgjdbc) = grep { -f } glob '/usr/share/java/postgresql.jar /usr/share/java/postgresql-[0-9]*.jar';
my ($psqlodbc) = grep { -f } glob '/usr/lib/*/odbc/psqlodbcw.so /usr/lib64/psqlodbcw.so';
my $has_jdbc = $pgjdbc && system('javac -version >/dev/null 2>&1') == 0;
my $has_odbc = $psqlodbc && eval { require DBI; require DBD::ODBC; 1 };
plan skip_all => 'neither JDBC (default-jdk-headless, libpostgresql-jdbc-java) nor ODBC (odbc-postgresql, libdbd-odbc-perl) is installed' unless $has_jdbc || $has_odbc;

my $certificates = PostgreSQL::Test::Utils::tempdir();
my $has_tls = BiQuestions::make_certificates($certificates);
my $node = BiQuestions::start('bi', $has_tls ? $certificates : undef);

# JDBC ---------------------------------------------------------------

SKIP:
{
	skip 'there is no javac (default-jdk-headless), or no pgjdbc (libpostgresql-jdbc-java)', 1 unless $has_jdbc;

	# Short runs, for which the first compiler of the JVM is the better one.
	my @lean = ('-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto');
	my $classes = PostgreSQL::Test::Utils::tempdir();
	my ($out, $err);
	ok(run([ 'javac', (map { "-J$_" } @lean), '-Xlint:all', '-d', $classes, '-cp', $pgjdbc, "$BiQuestions::top/test/jdbc/Door.java" ], '>', \$out, '2>', \$err), 'Door.java compiles') or diag($err);
	# Letters change between i and dotless i in Turkish, numbers take commas in German, days begin elsewhere.
	foreach my $jvm ([ 'en', 'US', 'UTC', $has_tls ? $certificates : '-' ], [ 'tr', 'TR', 'America/New_York' ], [ 'de', 'DE', 'Pacific/Kiritimati' ], [ 'ar', 'EG', 'Asia/Kolkata' ])
	{
		my ($language, $country, $zone, @whole) = @$jvm;
		local $ENV{LC_ALL} = 'C.UTF-8';
		my $run = run([ 'java', @lean, '-Xmx256m', "-Duser.language=$language", "-Duser.country=$country", "-Duser.timezone=$zone", '-cp', "$classes:$pgjdbc", 'Door', $node->port, "$BiQuestions::top/test/bi/questions.sql", @whole ],
			'>', \$out, '2>', \$err);
		ok($run, "a JVM of $language in $zone") or diag($err);
		foreach my $line (split /\n/, $out)
		{
			my ($ok, $what, $detail) = split /\t/, $line, 3;
			next unless defined $what;
			ok($ok eq 'ok', "$language, $zone: $what") or diag($detail);
		}
	}
}

# ODBC ---------------------------------------------------------------

sub connect_as
{
	my ($user, $options, $host) = @_;
	return DBI->connect(sprintf('dbi:ODBC:DRIVER=%s;SERVER=%s;PORT=%d;DATABASE=postgres;UID=%s;BoolsAsChar=0;%s', $psqlodbc, $host // '127.0.0.1', $node->port, $user, $options // ''),
		'', '', { RaiseError => 1, odbc_ignore_named_placeholders => 1, PrintError => 0, LongReadLen => 65536 });
}

sub rows
{
	my ($db, $sql, @parameters) = @_;
	my $statement = $db->prepare($sql);
	$statement->execute(@parameters);
	return map { join('|', map { $_ // '' } @$_) } @{ $statement->fetchall_arrayref };
}

SKIP:
{
	skip 'there is no psqlODBC (odbc-postgresql), or no DBD::ODBC (libdbd-odbc-perl)', 1 unless $has_odbc;

	my $analyst = connect_as('analyst');
	foreach my $question (BiQuestions::questions())
	{
		is(BiQuestions::answer($question, rows($analyst, $question->{sql})), BiQuestions::answer($question, @{ $question->{rows} }), "question $question->{number} over ODBC, as typed");
	}

	# Metadata.
	my %views = map { $_->{TABLE_NAME} => $_ } @{ $analyst->table_info(undef, 'books_report', '%', 'TABLE,VIEW')->fetchall_arrayref({}) };
	cmp_ok(scalar(keys %views), '>=', 150, 'SQLTables finds the views');
	is_deeply([ grep { $views{$_}{TABLE_TYPE} ne 'VIEW' } keys %views ], [], 'which are views');
	my (@odd, %types);
	my $columns = 0;
	my $info = $analyst->column_info(undef, 'books_report', '%', '%');
	while (my $column = $info->fetchrow_hashref)
	{
		$columns++;
		$types{ $column->{TYPE_NAME} }++;
		push @odd, "$column->{TABLE_NAME}.$column->{COLUMN_NAME}" if $column->{TYPE_NAME} eq 'numeric' && ($column->{COLUMN_SIZE} != 38 || $column->{DECIMAL_DIGITS} != 15);
	}
	cmp_ok($columns, '>', 3500, 'SQLColumns finds their columns');
	is(join(' ', sort keys %types), 'bool date int8 numeric text timestamptz', 'of six types');
	is_deeply(\@odd, [], 'numbers have 38 digits, 15 after the point');

	# Exact, by parameters, by the server's plan too.
	my $cost = q{select sum(total_cost), count(*) from allocated_spend where tenant_id = ? and period_month = ?};
	my @sums = map { rows($analyst, $cost, 'a', '2026-10-01') } 1 .. 8;
	is_deeply(\@sums, [ ('237777.780000000000000|1') x 8 ], 'a statement with parameters');
	my $largest = '-12345678901234567890123.123456789012345';
	is((rows($analyst, "select '$largest'::numeric(38,15)"))[0], $largest, 'the largest number is exact');
	is((rows($analyst, "select period_month, is_closed from dim_date where date_day = '2026-10-31'"))[0], '2026-10-01|1', 'a date, and whether it is closed');

	# A cursor, a hundred rows at a time.
	my $by_cursor = connect_as('analyst', 'UseDeclareFetch=1;Fetch=100;');
	my ($count) = rows($analyst, 'select count(*) from dim_date');
	is(scalar(rows($by_cursor, 'select date_day from dim_date')), $count, 'a cursor comes to the end');

	# Rights.
	ok(!eval { $analyst->do('create temporary table t (x integer)'); 1 }, q{a reader's session is read only});
	is($analyst->state, '25006');
	my $hasty = connect_as('hasty');
	ok(!eval { $hasty->do('select pg_sleep(60)'); 1 }, 'what takes longer than a reader may');
	is($hasty->state, '57014', '  is cancelled');
	my $team = connect_as('team_a');
	is(join(',', rows($team, 'select tenant_id, total_cost from allocated_spend')), 'a|237777.780000000000000', 'a tenant sees its own');
	my @open = grep { eval { rows($team, "select 1 from books_report.$_ limit 1"); 1 } } sort keys %views;
	is_deeply(\@open, [], 'and none of the published views themselves');
	$_->disconnect foreach $analyst, $by_cursor, $team, $hasty;

	# TLS.
  SKIP:
	{
		skip 'no openssl to make certificates with', 4 unless $has_tls;
		my $encrypted = sub { return connect_as('analyst', "SSLmode=verify-full;PQOPT={sslrootcert=$certificates/$_[0].crt};", $_[1]) };
		my $db = $encrypted->('server', 'localhost');
		is((rows($db, 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'))[0], '1', 'TLS, with the server verified');
		is((rows($db, $cost, 'a', '2026-10-01'))[0], '237777.780000000000000|1', '  and an exact figure');
		$db->disconnect;
		ok(!eval { $encrypted->('other', 'localhost'); 1 }, 'refused where another made the certificate');
		ok(!eval { $encrypted->('server', '127.0.0.1'); 1 }, 'or it is of another name');
	}
}

# By unixODBC's own program.
SKIP:
{
	skip 'there is no isql (unixodbc), or no psqlODBC (odbc-postgresql)', 1 unless $psqlodbc && system('command -v isql >/dev/null 2>&1') == 0;

	my $folder = PostgreSQL::Test::Utils::tempdir();
	open(my $file, '>', "$folder/odbc.ini") or die "$folder/odbc.ini: $!";
	print $file "[books]\nDriver=$psqlodbc\nServername=127.0.0.1\nPort=@{[ $node->port ]}\nDatabase=postgres\nUsername=analyst\n";
	close $file or die $!;
	local $ENV{ODBCINI} = "$folder/odbc.ini";
	my $sql = "select tenant_id, total_cost, '-12345678901234567890123.123456789012345'::numeric(38,15) from allocated_spend where tenant_id = 'a'\n";
	my ($out, $err);
	ok(run([ 'isql', 'books', '-b', '-v', '-d|' ], '<', \$sql, '>', \$out, '2>', \$err, timeout(120)), 'isql asks') or diag($out, $err);
	is($out, "a|237777.780000000000000|-12345678901234567890123.123456789012345\n", '  and gets all digits');
}

$node->stop;
done_testing();
