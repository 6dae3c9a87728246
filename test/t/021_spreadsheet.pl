# Spreadsheet results, when the published vectors are there. The functions under Excel's names answer
# every vector; SLN, DDB and VDB with whole years are also what amortised() charges by its policies.
# A few vectors are carried in test/pgtap/spreadsheet.sql and test/pgtap/amortisation_worked.sql.
# Source of the vectors: ExcelFinancialFunctions test data, Apache-2.0, computed by Microsoft Excel.
use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = $ENV{CHIPBOOK_DEPRECIATION_DATA} // "$FindBin::RealBin/../../../shared/data/depreciation";
plan skip_all => 'the spreadsheet vectors are not there (CHIPBOOK_DEPRECIATION_DATA names their folder)' if !-r "$folder/vdb.csv";

# By function: its arguments, in Excel's order, as columns of the file.
my %arguments = (
	sln => [qw(cost salvage life)],
	syd => [qw(cost salvage life period)],
	db => [qw(cost salvage life period month)],
	ddb => [qw(cost salvage life period factor)],
	vdb => [qw(cost salvage life start end_period factor no_switch)],
	pmt => [qw(rate nper pv fv type)],
	ipmt => [qw(rate per nper pv fv type)],
	ppmt => [qw(rate per nper pv fv type)]);

my $node = PostgreSQL::Test::Cluster->new('spreadsheet');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION chipbook');

my %rows;
foreach my $name (sort keys %arguments)
{
	open my $file, '<', "$folder/$name.csv" or die "$name: $!";
	my $header = <$file>;
	$header =~ s/\r?\n//;
	my $columns = join ', ', map { $_ eq 'end' ? 'end_period numeric' : "$_ numeric" } split /,/, $header;
	my @lines = map { s/\r?\n?\z/\n/r } <$file>;
	close $file;
	$rows{$name} = @lines;
	my ($status, $out, $err) = $node->psql('postgres',
		"CREATE TABLE $name ($columns);\nCOPY $name FROM STDIN (FORMAT csv);\n" . join('', @lines) . "\\.\n");
	is($status, 0, "$name.csv loads") or diag $err;
}

# The files give 13 digits. What Excel gives as a rounding error of its own, less than 1e-12 of a
# hundred, is 0 here.
foreach my $name (sort keys %arguments)
{
	foreach my $type ('numeric', 'double precision')
	{
		my $call = "chipbook.$name(" . join(', ', map { $_ eq 'no_switch' ? 'no_switch <> 0' : "$_\::$type" } @{ $arguments{$name} }) . ')';
		my $far = $node->safe_psql('postgres',
			"SELECT * FROM (SELECT *, $call AS ours FROM $name) t WHERE abs(ours::numeric - excel_result) > greatest(1e-12 * abs(excel_result), 1e-13) LIMIT 5");
		my $same = $node->safe_psql('postgres',
			"SELECT count(*) FROM $name WHERE abs($call\::numeric - excel_result) <= greatest(1e-12 * abs(excel_result), 1e-13)");
		is($same, $rows{$name}, "$name in $type: all $rows{$name} vectors to twelve digits") or diag $far;
	}
}

# A year of the spreadsheet is a calendar year of a policy. Without the switch a spreadsheet leaves what
# declining has not reached; here the last year takes the rest, so it is compared up to there.
$node->safe_psql('postgres', q{
	SET search_path = chipbook, public;
	CREATE VIEW public.compared AS
	SELECT 'sln' AS name, excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('straight_line', make_interval(years => life::integer), salvage_amount => salvage,
	              convention => 'full_month'), '2025-01-01', '2025-01-01', '2026-01-01')) AS ours
	FROM public.sln WHERE life = trunc(life) AND salvage <= cost
	UNION ALL
	SELECT 'syd', excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('sum_of_years_digits', make_interval(years => life::integer), salvage_amount => salvage,
	              convention => 'full_month'), '2025-01-01', make_date(2024 + period::integer, 1, 1), make_date(2025 + period::integer, 1, 1)))
	FROM public.syd WHERE life = trunc(life) AND period = trunc(period) AND period <= life AND salvage <= cost
	UNION ALL
	-- The first year has month months; the last one, which takes the rest here, is left out.
	SELECT 'db', excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('fixed_rate', make_interval(years => life::integer), salvage_amount => salvage,
	              convention => 'full_month'), make_date(2025, 13 - month::integer, 1), make_date(2024 + period::integer, 1, 1), make_date(2025 + period::integer, 1, 1)))
	FROM public.db WHERE life = trunc(life) AND period = trunc(period) AND period < life + CASE month WHEN 12 THEN 0 ELSE 1 END AND salvage BETWEEN 0.01 AND cost
	UNION ALL
	SELECT 'ddb', excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('declining_balance', make_interval(years => life::integer), salvage_amount => salvage,
	              factor => factor, convention => 'full_month'), '2025-01-01', make_date(2024 + period::integer, 1, 1), make_date(2025 + period::integer, 1, 1)))
	FROM public.ddb WHERE life = trunc(life) AND period = trunc(period) AND period < life
	UNION ALL
	SELECT CASE no_switch WHEN 0 THEN 'vdb' ELSE 'vdb without switch' END, excel_result,
	       amount(amortised(monetary(cost, 'USD'), amortisation_policy('declining_balance', make_interval(years => life::integer), salvage_amount => salvage,
	              factor => factor, convention => 'full_month', switch_to_straight_line => no_switch = 0),
	              '2025-01-01', make_date(2025 + start::integer, 1, 1), make_date(2025 + end_period::integer, 1, 1)))
	FROM public.vdb WHERE life = trunc(life) AND start = trunc(start) AND end_period = trunc(end_period) AND (no_switch = 0 OR end_period < life)});
foreach my $name ('sln', 'syd', 'db', 'ddb', 'vdb', 'vdb without switch')
{
	my $count = $node->safe_psql('postgres', "SELECT count(*) FROM compared WHERE name = '$name'");
	cmp_ok($count, '>', 5, "policies: $count vectors of $name");
	is( $node->safe_psql('postgres', "SELECT count(*) FROM compared WHERE name = '$name' AND abs(ours - excel_result) > 1e-9 * greatest(abs(ours), 1)"),
		'0', 'to twelve digits');
}
note $node->safe_psql('postgres', 'SELECT name, count(*), max(abs(ours - excel_result)) FROM compared GROUP BY name ORDER BY 1');

$node->stop;
done_testing();
