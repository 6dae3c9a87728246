# LibreOffice Calc's SLN, SYD, DB, DDB, VDB, PMT, IPMT and PPMT beside chipbook's: random cases, whole
# schedules, what both refuse, and where LibreOffice is known to differ; there chipbook follows Excel
# wherever Excel's answer is known. A workbook of formulas is made, LibreOffice recalculates it without
# a window, and its values are compared with what the server answers in both kinds of numbers.
use strict;
use warnings FATAL => 'all';

use File::Temp qw(tempdir);
use IPC::Open2 qw(open2);
use Test::More;

my $cases = $ENV{ORACLE_CASES} // 150;
my $seed = $ENV{ORACLE_SEED} // 1;
srand $seed;

# How far apart, in terms of the cost or the loan. LibreOffice shows 15 digits; a payment's parts it
# takes as a difference of values that grow by (1 + rate) ^ nper, here up to 10^5.
my %tolerance = ((map { $_ => 1e-13 } 'SLN', 'SYD', 'DB', 'DDB', 'VDB', 'PMT'), (map { $_ => 1e-10 } 'IPMT', 'PPMT'));

# Where LibreOffice differs: the formula, chipbook's answer or SQLSTATE, and what that rests on.
my @known = (
	[ 'VDB(10000;0;7;2.5;3.5;1.5)', '1224.894719792678976', 'Excel, after a fractional start_period, counts whole periods from there (bz.apache.org/ooo, bug 109420); LibreOffice takes parts of whole ones' ],
	[ 'VDB(1000;0;5.5;5.1;5.5)', '41.388338683605400', 'the same' ],
	[ 'VDB(1000;100;5;5;5)', '22012', 'Excel has an error (ExcelFinancialFunctions, calcVdb): no period is left to divide by; LibreOffice gives 0' ],
	[ 'DB(100;10;1;0.3;1)', '7.500000000000000', 'Excel: a period below 1 is the first (ExcelFinancialFunctions test data); LibreOffice gives 0' ],
	[ 'DDB(100;10;1;0.3;1)', '90.000000000000000', 'Excel: a period below 1 is the first (ExcelFinancialFunctions test data); LibreOffice refuses it' ],
	[ 'IPMT(0.1;4.9;4;100)', '-0.299247458481333', 'Excel takes 1 <= per < nper + 1 ([MS-OI29500], IPMT); LibreOffice stops at nper' ],
	[ 'IPMT(-1.5;1;4;100)', '22023', 'Excel has an error (ExcelFinancialFunctions, calcIpmt); LibreOffice takes rates below -1' ],
	[ 'SYD(1000;100;5;6)', '22023', 'Visual Basic refuses it, as its documentation says; LibreOffice computes beyond the life' ],
	[ 'SYD(1000;-100;5;1)', '22023', 'Visual Basic refuses it, as its documentation says' ],
	[ 'DB(1000;100;5;6;12)', '22023', 'a first year of twelve months leaves no period after the last; LibreOffice gives 0' ],
	[ 'DB(1000000;100;1300;1200)', '1.539029647212691', 'LibreOffice refuses lives beyond 1,200 periods, Microsoft states no limit' ],
	[ 'DDB(1000;2000;5;1)', '0.000000000000000', 'salvage above cost, which Microsoft does not describe: nothing is left to charge; LibreOffice refuses it' ],
	[ 'VDB(1000;2000;5;0;1)', '0.000000000000000', 'the same' ],
	[ 'DB(1000;2000;5;1)', '-149.000000000000000', 'salvage above cost: the formula rises to it; LibreOffice refuses it' ],
	[ 'PMT(-2;3;4)', '4.000000000000000', 'a rate below -1 has powers of whole nper; LibreOffice refuses it' ]);

# What both refuse.
my @refused = (
	'SLN(1000;100;0)', 'DB(-1;1;5;1)', 'DB(1000;-1;5;1)', 'DB(1000;100;0;1)', 'DB(1000;100;5;0)', 'DB(1000;100;5;7;6)', 'DB(1000;100;5;1;13)',
	'DDB(-1;1;5;1)', 'DDB(1000;-1;5;1)', 'DDB(1000;100;0;1)', 'DDB(1000;100;5;0)', 'DDB(1000;100;5;6)', 'DDB(1000;100;5;1;0)',
	'VDB(-1;1;5;0;1)', 'VDB(1000;100;5;-1;1)', 'VDB(1000;100;5;2;1)', 'VDB(1000;100;5;0;6)', 'VDB(1000;100;5;0;1;0)',
	'PMT(0.1;0;100)', 'PMT(-1;3;100;20;1)', 'PMT(-2;2;100)', 'PMT(-2;2.5;4)', 'PMT(1;2000;100)',
	'IPMT(0.1;0.5;4;100)', 'IPMT(0.1;6;4;100)', 'PPMT(0.1;0.5;4;100)', 'PPMT(0.1;4.9;4;100)');

# ---------------------------------------------------------------------------
# Cases: a formula and the size that its rounding is measured by
# ---------------------------------------------------------------------------
my @compared;

sub add_case
{
	my ($size, $name, @arguments) = @_;
	push @compared, { name => $name, formula => "$name(" . join(';', @arguments) . ')', size => $size };
	return;
}

sub up_to { return sprintf '%.*f', $_[1], rand $_[0]; }
sub whole { return 1 + int rand $_[0]; }
sub one_in { return rand() < 1 / $_[0]; }
sub lesser { return $_[0] < $_[1] ? $_[0] : $_[1]; }

sub random_asset
{
	my $cost = 1 + up_to(1_000_000, 2);
	my $salvage = one_in(4) ? 0 : up_to($cost / 2, 2);
	my $life = whole(40) + (one_in(4) ? up_to(1, 2) : 0);
	return ($cost, $salvage, $life);
}

sub random_depreciation
{
	my ($cost, $salvage, $life) = random_asset();
	my $period = lesser($life, one_in(4) ? 1 + up_to($life - 1, 2) : whole($life));
	my $factor = up_to(3, 1) + 0.5;
	add_case($cost, 'SLN', $cost, $salvage, $life);
	add_case($cost, 'SYD', $cost, $salvage, $life, $period);
	add_case($cost, 'DB', $cost, $salvage, $life, $period, one_in(2) ? () : whole(12));
	add_case($cost, 'DDB', $cost, $salvage, $life, $period, one_in(2) ? () : $factor);
	my $no_switch = one_in(2);
	my $start = lesser($life, up_to($life, $no_switch ? 2 : 0));
	my $end = lesser($life, $start + up_to($life - $start, one_in(2) ? 2 : 0));
	$start = int($start / 2) if !$no_switch && $start == $life;
	add_case($cost, 'VDB', $cost, $salvage, $life, $start, $end, $factor, $no_switch ? 'TRUE()' : one_in(2) ? 'FALSE()' : ());
	return;
}

sub random_loan
{
	my $rate = one_in(10) ? 0 : up_to(0.3, 4) - 0.03;
	my $nper = whole($rate > 0.1 ? 30 : 120) + (one_in(4) ? up_to(1, 2) : 0);
	my $per = one_in(4) ? 1 + up_to($nper - 1, 2) : whole($nper);
	my $pv = up_to(2_000_000, 2) - 1_000_000;
	my @rest = one_in(2) ? () : (up_to(200_000, 2) - 100_000, one_in(2) ? () : int rand 2);
	my $size = abs($pv) + 100_000;
	add_case($size, 'PMT', $rate, $nper, $pv, @rest);
	add_case($size, 'IPMT', $rate, lesser($per, $nper), $nper, $pv, @rest);
	add_case($size, 'PPMT', $rate, lesser($per, $nper), $nper, $pv, @rest);
	return;
}

# Every period of a few assets and loans.
sub schedules
{
	foreach my $asset ([ 30000, 3000, 5, 12, 2 ], [ 1000000, 100000, 6, 7, 1.5 ], [ 24999.99, 0, 20, 1, 3 ], [ 40000, 100, 8.5, 9, 2 ])
	{
		my ($cost, $salvage, $life, $month, $factor) = @$asset;
		foreach my $period (1 .. int $life)
		{
			add_case($cost, 'SYD', $cost, $salvage, $life, $period);
			add_case($cost, 'DB', $cost, $salvage, $life, $period, $month);
			add_case($cost, 'DDB', $cost, $salvage, $life, $period, $factor);
			add_case($cost, 'VDB', $cost, $salvage, $life, $period - 1, $period, $factor, $_) foreach ('TRUE()', 'FALSE()');
		}
		add_case($cost, 'VDB', $cost, $salvage, $life, int $life, $life, $factor) if $life > int $life;
		add_case($cost, 'DB', $cost, $salvage, $life, 1 + int $life, $month) if $month < 12;
	}
	foreach my $loan ([ 0.1, 5, 30000, 0, 0 ], [ 0.005, 60, -250000, 50000, 0 ], [ 0.02, 24, 10000, -1000, 1 ])
	{
		my ($rate, $nper, $pv, $fv, $type) = @$loan;
		foreach my $per (1 .. $nper)
		{
			add_case(abs $pv, $_, $rate, $per, $nper, $pv, $fv, $type) foreach ('IPMT', 'PPMT');
		}
	}
	return;
}

# ---------------------------------------------------------------------------
# The two sides
# ---------------------------------------------------------------------------

# What LibreOffice makes of formulas; undef is an error of its.
sub libreoffice
{
	my @formulas = @_;
	my $folder = tempdir(CLEANUP => 1);
	my $namespaces = join ' ', map { qq(xmlns:$_->[0]="urn:oasis:names:tc:opendocument:xmlns:$_->[1]") }
		[ 'office', 'office:1.0' ], [ 'table', 'table:1.0' ], [ 'of', 'of:1.2' ];
	open my $book, '>', "$folder/cases.fods" or die "$folder: $!";
	print $book qq(<?xml version="1.0" encoding="UTF-8"?>\n<office:document $namespaces office:version="1.2" ),
		qq(office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet><table:table table:name="cases">\n),
		(map { qq(<table:table-row><table:table-cell table:formula="of:=$_"/></table:table-row>\n) } @formulas),
		"</table:table></office:spreadsheet></office:body></office:document>\n";
	close $book or die "$folder: $!";
	my $said = `timeout 300 soffice --headless "-env:UserInstallation=file://$folder/profile" --convert-to fods --outdir "$folder/out" "$folder/cases.fods" 2>&1`;
	open my $result, '<', "$folder/out/cases.fods" or die "LibreOffice did not recalculate: $said";
	local $/ = undef;
	my @cells = <$result> =~ /<table:table-cell[^>]* table:formula="of:=[^"]*"([^>]*)>/g;
	die scalar(@cells) . ' cells came back of ' . scalar(@formulas) if @cells != @formulas;
	return map { /calcext:value-type="error"/ ? undef : /office:value="([^"]*)"/ ? $1 : die "what is a cell with $_" } @cells;
}

# A formula as a call, its numbers as they stand or as double precision.
sub as_call
{
	my ($formula, $kind) = @_;
	my ($name, $arguments) = $formula =~ /^(\w+)\((.*)\)$/ or die $formula;
	return lc($name) . '(' . join(', ', map { /^(TRUE|FALSE)/ ? lc $1 : "($_)::$kind" } split /;/, $arguments) . ')';
}

# What the server answers to formulas; a refusal is its SQLSTATE in brackets.
sub chipbook
{
	my ($kind, @formulas) = @_;
	my $pid = open2(my $out, my $in, 'psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-f', '-') or die "psql: $!";
	my $sql = "SET client_min_messages = warning;\nCREATE EXTENSION IF NOT EXISTS chipbook;\nSET search_path = chipbook, public;\nSET extra_float_digits = 1;\n" . <<'SQL';
CREATE FUNCTION pg_temp.answer(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE 'SELECT ' || call INTO result;
    RETURN result;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN '[' || SQLSTATE || ']';
END $$;
SQL
	$sql .= "CREATE TEMPORARY TABLE call (number serial, call text);\nCOPY call (call) FROM STDIN;\n" . join('', map { as_call($_, $kind) . "\n" } @formulas) . "\\.\n";
	$sql .= "SELECT pg_temp.answer(call) FROM call ORDER BY number;\n";
	print $in $sql;
	close $in;
	my @answers = <$out>;
	waitpid $pid, 0;
	die 'psql failed' if $? || @answers != @formulas;
	chomp @answers;
	return @answers;
}

# ---------------------------------------------------------------------------
# The comparison
# ---------------------------------------------------------------------------
foreach (1 .. $cases)
{
	random_depreciation();
	random_loan();
}
my $random = @compared;
schedules();

my @formulas = ((map { $_->{formula} } @compared), @refused, (map { $_->[0] } @known));
note 'comparing with ' . (`soffice --version 2>/dev/null` =~ s/\s+$//r) . ", seed $seed: $random random cases, " . (@compared - $random) . ' of schedules';
my @theirs = libreoffice(@formulas);
foreach my $kind ('numeric', 'double precision')
{
	my @ours = chipbook($kind, @formulas);
	my (%count, %worst, %wrong);
	foreach my $i (0 .. $#compared)
	{
		my ($case, $our, $their) = ($compared[$i], $ours[$i], $theirs[$i]);
		my $far = defined $their && $our !~ /^\[/ ? abs($our - $their) / $case->{size} : 'inf';
		my $name = $case->{name};
		$count{$name}++;
		$worst{$name} = $far if $far > ($worst{$name} // 0);
		push @{ $wrong{$name} }, "$case->{formula}: chipbook $our, LibreOffice " . ($their // 'an error') if $far > $tolerance{$name};
	}
	foreach my $name (sort keys %count)
	{
		ok(!$wrong{$name}, sprintf '%s in %s: %d cases, at most %.1e of the amount apart', $name, $kind, $count{$name}, $worst{$name} // 0)
			or diag join "\n", @{ $wrong{$name} }[ 0 .. lesser($#{ $wrong{$name} }, 20) ];
	}
	foreach my $i (0 .. $#refused)
	{
		my ($our, $their) = ($ours[ @compared + $i ], $theirs[ @compared + $i ]);
		ok(!defined $their && $our =~ /^\[/, "both refuse $refused[$i] in $kind") or diag "chipbook $our, LibreOffice " . ($their // 'an error');
	}
	next if $kind ne 'numeric';
	foreach my $i (0 .. $#known)
	{
		my ($our, $their) = ($ours[ @compared + @refused + $i ], $theirs[ @compared + @refused + $i ]);
		my ($formula, $expected, $why) = @{ $known[$i] };
		is($our =~ s/[][]//gr, $expected, "$formula: not as LibreOffice, " . ($their // 'an error'));
		note $why;
	}
}
done_testing();
