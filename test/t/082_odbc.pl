# The ten questions over ODBC (psqlODBC under unixODBC), and what else a tool finds there: the types and remarks
# of the published views, exact numbers, cursors, parameters, a tenant who sees its own. Without DBD::ODBC or psqlODBC it is skipped.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use BiQuestions;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($driver) = grep { -f } glob '/usr/lib/*/odbc/psqlodbcw.so /usr/lib64/psqlodbcw.so';
plan skip_all => 'there is no psqlODBC (odbc-postgresql)' unless $driver;
plan skip_all => 'there is no DBD::ODBC (libdbd-odbc-perl)' unless eval { require DBI; require DBD::ODBC; 1 };

my $node = BiQuestions::start('odbc');

sub connect_as
{
	my ($user, $options) = @_;
	my $db = DBI->connect(sprintf('dbi:ODBC:DRIVER=%s;SERVER=127.0.0.1;PORT=%d;DATABASE=postgres;UID=%s;BoolsAsChar=0;%s', $driver, $node->port, $user, $options // ''),
		'', '', { RaiseError => 1, odbc_ignore_named_placeholders => 1, PrintError => 0, LongReadLen => 65536 });
	return $db;
}

sub rows
{
	my ($db, $sql, @parameters) = @_;
	my $statement = $db->prepare($sql);
	$statement->execute(@parameters);
	return map { join('|', map { $_ // '' } @$_) } @{ $statement->fetchall_arrayref };
}

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
my @sums = map { rows($analyst, 'select sum(total_cost), count(*) from allocated_spend where tenant_id = ? and period_month = ?', 'a', '2026-10-01') } 1 .. 8;
is_deeply(\@sums, [ ('237777.780000000000000|1') x 8 ], 'a statement with parameters');
is((rows($analyst, "select '-12345678901234567890123.123456789012345'::numeric(38,15)"))[0], '-12345678901234567890123.123456789012345', 'the largest number is exact');
is((rows($analyst, "select period_month, is_closed from dim_date where date_day = '2026-10-31'"))[0], '2026-10-01|1', 'a date, and whether it is closed');

# A cursor, a hundred rows at a time.
my $by_cursor = connect_as('analyst', 'UseDeclareFetch=1;Fetch=100;');
my ($count) = rows($analyst, 'select count(*) from dim_date');
is(scalar(rows($by_cursor, 'select date_day from dim_date')), $count, 'a cursor comes to the end');

# Rights.
ok(!eval { $analyst->do('create temporary table t (x integer)'); 1 }, q{a reader's session is read only});
is($analyst->state, '25006');
my $team = connect_as('team_a');
is(join(',', rows($team, 'select tenant_id, total_cost from allocated_spend')), 'a|237777.780000000000000', 'a tenant sees its own');
my @open = grep { eval { rows($team, "select 1 from books_report.$_ limit 1"); 1 } } sort keys %views;
is_deeply(\@open, [], 'and none of the published views themselves');

$_->disconnect foreach $analyst, $by_cursor, $team;
$node->stop;
done_testing();
