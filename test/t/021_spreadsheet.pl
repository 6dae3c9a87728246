# SLN, DDB and VDB as a spreadsheet computes them: every published vector with whole years, when
# the vectors are there. A few are carried in test/pgtap/amortisation_worked.sql.
# Source of the vectors: ExcelFinancialFunctions test data, Apache-2.0.
use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = $ENV{CHIPBOOK_DEPRECIATION_DATA} // "$FindBin::RealBin/../../../shared/data/depreciation";
plan skip_all => 'the spreadsheet vectors are not there (CHIPBOOK_DEPRECIATION_DATA names their folder)' if !-r "$folder/vdb.csv";

my $node = PostgreSQL::Test::Cluster->new('spreadsheet');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION chipbook');

foreach my $name ('sln', 'ddb', 'vdb')
{
	open my $file, '<', "$folder/$name.csv" or die "$name: $!";
	my $header = <$file>;
	$header =~ s/\r?\n//;
	my $columns = join ', ', map { $_ eq 'end' ? 'end_period numeric' : "$_ numeric" } split /,/, $header;
	my $rows = join '', map { s/\r?\n?\z/\n/r } <$file>;
	close $file;
	my ($status, $out, $err) = $node->psql('postgres', "CREATE TABLE $name ($columns);\nCOPY $name FROM STDIN (FORMAT csv);\n${rows}\\.\n");
	is($status, 0, "$name.csv loads") or diag $err;
}

# A year of the spreadsheet is a calendar year here. Without the switch a spreadsheet leaves what
# declining has not reached; here the last year takes the rest, so it is compared up to there.
$node->safe_psql('postgres', q{
	SET search_path = chipbook, public;
	CREATE VIEW public.compared AS
	SELECT 'sln' AS name, excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('straight_line', make_interval(years => life::integer), salvage_amount => salvage,
	              convention => 'full_month'), '2025-01-01', '2025-01-01', '2026-01-01')) AS ours
	FROM sln WHERE life = trunc(life) AND salvage <= cost
	UNION ALL
	SELECT 'ddb', excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('declining_balance', make_interval(years => life::integer), salvage_amount => salvage,
	              factor => factor, convention => 'full_month'), '2025-01-01', make_date(2024 + period::integer, 1, 1), make_date(2025 + period::integer, 1, 1)))
	FROM ddb WHERE life = trunc(life) AND period = trunc(period) AND period < life
	UNION ALL
	SELECT CASE no_switch WHEN 0 THEN 'vdb' ELSE 'vdb without switch' END, excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('declining_balance', make_interval(years => life::integer), salvage_amount => salvage,
	              factor => factor, convention => 'full_month', switch_to_straight_line => no_switch = 0),
	              '2025-01-01', make_date(2025 + start::integer, 1, 1), make_date(2025 + end_period::integer, 1, 1)))
	FROM vdb WHERE life = trunc(life) AND start = trunc(start) AND end_period = trunc(end_period) AND (no_switch = 0 OR end_period < life)});
foreach my $name ('sln', 'ddb', 'vdb', 'vdb without switch')
{
	my $count = $node->safe_psql('postgres', "SELECT count(*) FROM compared WHERE name = '$name'");
	cmp_ok($count, '>', 5, "$name: $count vectors");
	is( $node->safe_psql('postgres', "SELECT count(*) FROM compared WHERE name = '$name' AND abs(ours - excel_result) > 1e-9 * greatest(abs(ours), 1)"),
		'0', 'to twelve digits');
}
note $node->safe_psql('postgres', 'SELECT name, count(*), max(abs(ours - excel_result)) FROM compared GROUP BY name ORDER BY 1');

$node->stop;
done_testing();
