# The collected data sets, when they are there, against what is carried over from them: every schedule case of
# test/pgtap/schedule_cases.sql, none left out and no figure changed, and every printed MACRS percentage.
use strict;
use warnings FATAL => 'all';

use FindBin;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = $ENV{CHIPBOOK_DEPRECIATION_DATA} // "$FindBin::RealBin/../../../shared/data/depreciation";
plan skip_all => 'the data sets are not there (CHIPBOOK_DEPRECIATION_DATA names their folder)' if !-r "$folder/schedule_cases.json";

# A row for each label; a range of them (4..23) is as many rows, accumulated is what the last one says.
sub published
{
	my ($cases) = @_;
	my %rows;
	foreach my $case (@$cases)
	{
		foreach my $row (@{ $case->{expected} })
		{
			my ($label, $charge, $accumulated) = @$row;
			my @labels = $label =~ /^(\d+)\.\.(\d+)$/ ? $1 .. $2 : $label;
			push @{ $rows{ $case->{id} } }, [ "$_", $charge, $_ eq $labels[-1] ? $accumulated : undef ] foreach @labels;
		}
	}
	return \%rows;
}

# The rows of "INSERT INTO published VALUES" in the test.
sub carried_over
{
	my ($sql) = @_;
	my %rows;
	my ($values) = $sql =~ /^INSERT INTO published VALUES\n(.*?);$/ms or die 'the published figures are not where they were';
	foreach my $line (grep { !/^ +-- / } split /\n/, $values)
	{
		my ($id, $number, $label, @amounts) = $line =~ /^ +\('([^']+)', (\d+), '([^']+)', (NULL|[\d.]+), (NULL|[\d.]+)\),?$/ or die "no row of figures: $line";
		is($number, @{ $rows{$id} //= [] } + 1, "$id, row $number: in order") if $number != @{ $rows{$id} //= [] } + 1;
		push @{ $rows{$id} }, [ $label, map { $_ eq 'NULL' ? undef : $_ + 0 } @amounts ];
	}
	return \%rows;
}

my $theirs = published(decode_json(slurp_file("$folder/schedule_cases.json")));
my $carried = carried_over(slurp_file("$FindBin::RealBin/../pgtap/schedule_cases.sql"));
is(scalar keys %$carried, 33, '33 cases are carried over');
is_deeply([ sort keys %$carried ], [ sort keys %$theirs ], 'all that are collected, and no others');
is_deeply($carried->{$_}, $theirs->{$_}, "$_: the published figures") foreach sort keys %$theirs;

my $node = PostgreSQL::Test::Cluster->new('macrs');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION chipbook');
my ($header, @rows) = split /\r?\n/, slurp_file("$folder/macrs_gds_tables.csv");
my $columns = join ', ', map { "\"$_\" text" } split /,/, $header;
my ($status, $out, $err) = $node->psql('postgres', "CREATE TABLE printed ($columns);\nCOPY printed FROM STDIN (FORMAT csv);\n" . join("\n", @rows) . "\n\\.\n");
is($status, 0, 'macrs_gds_tables.csv loads') or diag $err;
is($node->safe_psql('postgres', 'SELECT count(*) FROM printed'), '114', 'and has 114 printed percentages');
is( $node->safe_psql('postgres', q{
	SELECT count(*) FROM printed p
	JOIN chipbook.macrs_table() t ON t.publication_table = p."table" AND t.life_years = recovery_years::integer AND t.tax_year = year::integer
	    AND t.quarter IS NOT DISTINCT FROM nullif(replace(p.quarter, 'Q', ''), '')::integer AND t.percentage = pct_published::numeric}),
	'114', 'all of which are ours');

$node->stop;
done_testing();
