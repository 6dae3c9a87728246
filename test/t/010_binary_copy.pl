# The receive functions on a real wire: values of every type go out by COPY BINARY and come
# back the same, and what no send function wrote is refused.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('binary');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION chipbook');

my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = 'SET search_path = chipbook, pg_catalog;';

# ---------------------------------------------------------------------------
# Out and in again, 10,000 rows of each type and an array of it.
# ---------------------------------------------------------------------------
my %values = (
	currency => q{(chr(65 + i % 26) || chr(65 + i / 26 % 26) || chr(65 + i / 676 % 26))::currency},
	monetary => q{monetary(round((random() * 2 - 1)::numeric * 10::numeric ^ floor(random() * 18)::integer + random()::numeric * 1e-6, 15),
		(ARRAY['USD', 'JPY', 'AAA', 'ZZZ'])[1 + i % 4]::currency)},
	monetary_sum_state => q{format('(%s,%s,%s,%s,EUR)', 200000 + i, i % 3 - 1, (random() * 1e18)::bigint - 500000000000000000,
		(random() * 1e18)::bigint)::monetary_sum_state},
	amortisation_policy => q{CASE i % 10
		WHEN 4 THEN amortisation_policy('declining_balance', make_interval(years => 1 + i % 20), factor => 3, rate_cap => 0.3, section_179 => i, convention => 'full_month', charge_disposal_month => true)
		WHEN 5 THEN amortisation_policy('sum_of_years_digits', make_interval(months => 12 + i % 100), bonus => 0.4, convention => (ARRAY['half_year', 'mid_quarter', 'mid_month', 'following_month'])[1 + i % 4])
		WHEN 6 THEN amortisation_policy('fixed_rate', make_interval(months => 1 + i % 100), salvage_amount => i, day_count => 'no_leap_365')
		WHEN 7 THEN amortisation_policy('macrs', make_interval(years => (ARRAY[3, 5, 7, 10, 15, 20])[1 + i % 6]), section_179 => random()::numeric * 1e17, bonus => i / 10000.0)
		WHEN 8 THEN amortisation_policy('annuity', make_interval(months => 1 + i % 600), rate => i / 10000.0)
		WHEN 9 THEN amortisation_policy('units_of_production', total_use => random()::numeric * 1e9 + 0.001, salvage => (i % 100) / 100.0)
		WHEN 0 THEN amortisation_policy('straight_line', make_interval(months => 1 + i % 600), salvage => (i % 100) / 100.0, convention => 'full_month')
		WHEN 1 THEN amortisation_policy('straight_line', make_interval(days => 1 + i), salvage_amount => random()::numeric * 1e17, day_count => 'thirty_360')
		WHEN 2 THEN amortisation_policy('declining_balance', make_interval(months => 1 + i % 600), factor => 0.000000000000001 * i, switch_to_straight_line => i % 20 = 2)
		ELSE amortisation_policy('exponential', CASE WHEN i % 20 = 3 THEN make_interval(days => i) END, rate => i / 100.0) END},
	spend_summary => q{(SELECT spend_agg(monetary(i + k, 'USD'), 1000 + i, 900 + i, 500 + k, 300) FROM generate_series(1, 1 + i % 3) k)},
	time_weighted => q{(SELECT time_weighted_agg(monetary(i - k * 1.5, 'USD'), '2026-01-01'::timestamptz + k * interval '1 day', '2026-01-02'::timestamptz + k * interval '1 day', '2026-01-03', '2026-02-01')
		FROM generate_series(1, 1 + i % 5) k WHERE k = 1 OR k % (1 + i % 7) <> 1)},
	funding_graph => q{(SELECT funding_agg('p' || (k * i) % 7, 'p' || (k + i) % 5, CASE WHEN k % 2 = i % 2 THEN 'kind ' || k % 3 END, CASE WHEN k % 11 <> i % 11 THEN monetary(random()::numeric * 10::numeric ^ (i % 15), 'USD') END)
		FROM generate_series(1, 1 + i % 20) k)},
	cash_flows => q{(SELECT cash_flow_agg(monetary(((random() - 0.4) * 10 ^ (i % 12))::numeric, 'USD'), '2020-01-01'::date + (k * i) % 97) FROM generate_series(1, 1 + i % 50) k)},
	meter_day => q{(SELECT pack_readings('2025-10-01 00:00+00'::timestamptz + k * make_interval(mins => i % 7), '2025-10-03 12:00+00', 60000 * i, 60000 * i - k, 50000 * i, (random() * 50000)::bigint,
		CASE WHEN k % 5 = i % 5 THEN k END, CASE WHEN i % 3 > 0 THEN (random() * 1e9)::bigint END, CASE WHEN random() < 0.1 THEN k END, CASE WHEN i % 4 = 0 THEN k / 10 END, NULL, CASE WHEN k % 9 = i % 9 THEN random()::numeric * 10::numeric ^ (i % 60) END)
		FROM generate_series(1, 1 + i % 300) k)},
	exposure_book => q{(SELECT exposure_agg(repeat(chr(65 + k % 60), 1 + (i + k) % 20), CASE WHEN k % 3 > 0 THEN 'kind "' || k % 5 END, CASE WHEN k % 7 > 0 THEN monetary((k - 10) * (10::numeric ^ (i % 17)) / 7, 'USD') END)
		FROM generate_series(1, 1 + i % 40) k)},
);
foreach my $type (sort keys %values)
{
	$node->safe_psql('postgres', qq{$path
		SELECT setseed(0.5);
		CREATE TABLE public.out_$type AS
			SELECT i, $values{$type} AS v, ARRAY[$values{$type}, NULL] AS several FROM generate_series(1, 10000) i;
		CREATE TABLE public.in_$type (LIKE public.out_$type);
		COPY public.out_$type TO '$dir/$type' (FORMAT binary);
		COPY public.in_$type FROM '$dir/$type' (FORMAT binary)});
	is($node->safe_psql('postgres', qq{$path
			SELECT count(*) FROM public.out_$type o JOIN public.in_$type b USING (i)
			WHERE o.v::text = b.v::text AND o.several::text = b.several::text AND pg_column_size(o.v) = pg_column_size(b.v)}),
		'10000', "$type comes back from COPY BINARY as it went");
}

# ---------------------------------------------------------------------------
# What no send function wrote
# ---------------------------------------------------------------------------
sub copy_in
{
	my ($type, $bytes) = @_;
	my $file = "$dir/hostile";
	open my $fh, '>:raw', $file or die "cannot write $file: $!";
	print $fh "PGCOPY\n\377\r\n\0", pack('NN', 0, 0), pack('n', 1), pack('N', length $bytes), $bytes, pack('n', 0xFFFF);
	close $fh;
	my ($status, $stdout, $stderr) = $node->psql('postgres',
		qq{\\set VERBOSITY sqlstate\n$path CREATE TEMPORARY TABLE hostile (v $type);
		   COPY hostile FROM '$file' (FORMAT binary); SELECT v FROM hostile});
	return $stderr =~ /ERROR:\s+([0-9A-Z]{5})/ ? $1 : $stdout;
}

my $usd = (21 << 10) | (19 << 5) | 4;
my $state = sub { my ($count, $wraps, $high, $low, $currency) = @_; return pack('q>q>q>Q>Q>', @_) };

is(copy_in('currency', pack('n', $usd)), 'USD', 'two bytes are a currency');
is(copy_in('currency', pack('n', $_)), '22P03', sprintf('0x%04X is none', $_))
  foreach (0, 1, 0xFFFF, 0x8000 | $usd, ($usd & ~31) | 27, $usd & ~(31 << 5), 31 << 10 | 33);
is(copy_in('currency', pack('C', 1)), '08P01', 'nor is one byte');
is(copy_in('currency', pack('nC', $usd, 0)), '22P03', 'nor are three');

is(copy_in('monetary', pack('q>Q>', 0, (1500000000000 << 16) | $usd)), '0.0015 USD', 'sixteen bytes are money');
is(copy_in('monetary', pack('q>Q>', -1 << 63, $usd)), '-2596148429267413814.265248164610048 USD', 'down to the lowest amount');
is(copy_in('monetary', pack('q>Q>', 0, $_)), '22P03', sprintf('without a currency (0x%04X) they are not', $_)) foreach (0, 0xFFFF, 27 << 10 | 33);
is(copy_in('monetary', pack('q>N', 0, $usd)), '08P01', 'nor are twelve');
is(copy_in('monetary', pack('q>Q>C', 0, $usd, 0)), '22P03', 'nor are seventeen');

is(copy_in('monetary_sum_state', $state->(2, 0, 0, 5, $usd)), '(2,0,0,5,USD)', 'a state is read');
is(copy_in('monetary_sum_state', $state->(@$_)), '22P03', "a state of (@$_) is refused")
  foreach ([0, 0, 0, 0, $usd], [0, 0, 0, 1, 0], [-1, 0, 0, 0, $usd], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0x10000 | $usd],
	[1, 1, 0, 0, $usd], [65535, -1, 0, 0, $usd], [1, 0, 1 << 47, 0, $usd], [65536, 2, 0, 0, $usd]);
is(copy_in('monetary_sum_state', substr($state->(1, 0, 0, 0, $usd), 0, 39)), '08P01', 'nor is one cut short');

# A policy: version, method, convention, day count, flags; life in months and days; salvage; salvage
# amount in two halves; factor, rate, rate cap, total use; section 179 in two halves; bonus.
my $policy = sub { pack('C5 N2 q>10', @_) };
my @straight = (1, 1, 1, 1, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
my @declining = (1, 2, 1, 1, 1, 60, 0, 0, 0, 0, 2 * 10**15, 0, 0, 0, 0, 0, 0);
my @fixed = (1, 4, 2, 0, 2, 60, 0, 10**14, 0, 0, 0, 0, 0, 0, 0, 0, 0);
my @macrs = (1, 5, 5, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10**18, 4 * 10**14);
my @annuity = (1, 6, 1, 1, 0, 60, 0, 0, 0, 0, 0, 10**14, 0, 0, 0, 0, 0);
my @units = (1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3600000, 0, 0, 0);
my @exponential = (1, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 14 * 10**13, 0, 0, 0, 0, 0);
sub changed { my ($bytes, %change) = @_; my @copy = @$bytes; $copy[$_] = $change{$_} foreach keys %change; return @copy; }
is(copy_in('amortisation_policy', $policy->(@straight)), 'straight_line(life=5 years)', 'a policy is read');
is(copy_in('amortisation_policy', $policy->(@declining)), 'declining_balance(life=5 years, switch_to_straight_line=true)', 'and another');
is(copy_in('amortisation_policy', $policy->(changed(\@declining, 12 => 3 * 10**14))), 'declining_balance(life=5 years, rate_cap=0.3, switch_to_straight_line=true)', 'one with a cap');
is(copy_in('amortisation_policy', $policy->(@fixed)), 'fixed_rate(life=5 years, salvage=0.1, convention=full_month, charge_disposal_month=true)', 'one to a salvage value');
is(copy_in('amortisation_policy', $policy->(@macrs)), 'macrs(life=5 years, section_179=1000, bonus=0.4)', 'one with first-year layers');
is(copy_in('amortisation_policy', $policy->(@annuity)), 'annuity(life=5 years, rate=0.1)', 'one with interest');
is(copy_in('amortisation_policy', $policy->(@units)), 'units_of_production(total_use=1)', 'one by use');
is(copy_in('amortisation_policy', $policy->(@exponential)), 'exponential(rate=0.14)', 'and one without a life');
foreach ([\@straight, 0 => 0], [\@straight, 0 => 2], [\@straight, 1 => 0], [\@straight, 1 => 9], [\@straight, 2 => 0], [\@straight, 2 => 7],
	[\@straight, 3 => 0], [\@straight, 3 => 5], [\@straight, 2 => 2], [\@straight, 4 => 1], [\@straight, 4 => 2], [\@straight, 5 => 0],
	[\@straight, 5 => 2401], [\@straight, 5 => 0xFFFFFFFF], [\@straight, 6 => 0x80000000], [\@straight, 6 => 73051], [\@straight, 7 => 10**15 + 1],
	[\@straight, 7 => -1], [\@straight, 8 => -1], [\@straight, 8 => 1 << 47], [\@straight, 7 => 1, 9 => 1], [\@straight, 10 => 1],
	[\@straight, 11 => 1], [\@straight, 13 => 1], [\@declining, 6 => 1], [\@declining, 10 => 0], [\@declining, 10 => -1],
	[\@declining, 10 => 1_000_000_000_000_000_001], [\@exponential, 2 => 2], [\@exponential, 3 => 1], [\@exponential, 7 => 1], [\@exponential, 11 => 0],
	[\@exponential, 11 => -1], [\@straight, 4 => 4], [\@straight, 1 => 5], [\@straight, 2 => 5], [\@straight, 12 => 1], [\@declining, 12 => -1],
	[\@declining, 12 => 10**15 + 1], [\@fixed, 2 => 3], [\@fixed, 4 => 3], [\@fixed, 4 => 1], [\@fixed, 7 => 0], [\@fixed, 6 => 1], [\@macrs, 2 => 1], [\@macrs, 2 => 2],
	[\@macrs, 3 => 1], [\@macrs, 5 => 48], [\@macrs, 5 => 61], [\@macrs, 7 => 1], [\@macrs, 14 => -1], [\@macrs, 14 => 1 << 47], [\@macrs, 16 => -1],
	[\@macrs, 16 => 10**15 + 1], [\@annuity, 11 => 0], [\@annuity, 11 => 10**15 + 1], [\@annuity, 16 => 1], [\@units, 2 => 1], [\@units, 5 => 60],
	[\@units, 13 => 0], [\@units, 13 => -1], [\@units, 15 => 1])
{
	my ($base, %change) = @$_;
	is(copy_in('amortisation_policy', $policy->(changed($base, %change))), '22P03',
		'a policy of (' . join(' ', changed($base, %change)) . ') is refused');
}
is(copy_in('amortisation_policy', substr($policy->(@straight), 0, 92)), '08P01', 'nor is one cut short');

# One run, [2, 4) of 3, between the bounds 0 and 10, and a 5 that ended at -1.
my $steps = sub { my ($count, @run) = @_; return sub { pack('CCnCCq>q>q>q>Q>N', @_, $count) . pack('(q>q>q>Q>Q>q>Q>)*', @run) } };
my @bounds = (1, 0, 0, 1, 1, 0, 10, -1, 0, 5);
my @run = (2, 4, 0, 0, 6, 0, 3);
my $one_run = $steps->(1, @run);
is(copy_in('time_weighted', $one_run->(@bounds)), 'number bounds=0..10 before=-1/5 2..4=6/3', 'steps over time are read');
is(copy_in('time_weighted', $one_run->(changed(\@bounds, 1 => 4, 2 => $usd))), 'USD gaps=carry bounds=0..10 before=-1/5 2..4=6/3', 'those of money too');
foreach ([0 => 2], [1 => 5], [2 => 1], [3 => 2], [4 => 2], [3 => 0], [4 => 0], [5 => 3], [6 => 3], [6 => 0], [5 => -9223372036854775807 - 1], [6 => 9223372036854775807], [7 => 1], [8 => 1 << 47])
{
	is(copy_in('time_weighted', $one_run->(changed(\@bounds, @$_))), '22P03', "steps over time with field $_->[0] $_->[1] are refused");
}
foreach ([0 => 4], [0 => -1], [1 => 11], [2 => 1], [3 => 1 << 62], [5 => 1 << 47])
{
	is(copy_in('time_weighted', $steps->(1, changed(\@run, @$_))->(@bounds)), '22P03', "so is a run with field $_->[0] $_->[1]");
}
is(copy_in('time_weighted', $steps->(2, @run, 4, 5, 0, 0, 3, 0, 3)->(@bounds)), '22P03', 'and runs that meet');
is(copy_in('time_weighted', $steps->($_, @run)->(@bounds)), '22P03', "and $_ runs where one is") foreach 0, 2, 0xFFFFFFFF;
is(copy_in('time_weighted', substr($one_run->(@bounds), 0, 20)), '08P01', 'nor are they read cut short');

# Cash flows: version, currency; what was paid in and distributed, in two halves each; the number of days and, for each, its date and amount.
my $flows = sub { my ($days, @flow) = @_; return sub { my $head = pack('Cn q>Q>q>Q> N', @_, $days); my @rest = @flow; while (@rest) { $head .= pack('N q>Q>', splice @rest, 0, 3) } return $head } };
my @flow = (8766, -1, -2 * 10**15, 8767, 0, 3 * 10**15);  # 2024-01-01 = -2, 2024-01-02 = 3
my @totals = (1, $usd, 0, 2 * 10**15, 0, 3 * 10**15);
my $two_days = $flows->(2, @flow);
is(copy_in('cash_flows', $two_days->(@totals)), 'USD 2024-01-01=-2 2024-01-02=3', 'cash flows are read');
is(copy_in('cash_flows', $two_days->(changed(\@totals, 3 => 4 * 10**15, 5 => 5 * 10**15))), 'USD paid_in=4 2024-01-01=-2 2024-01-02=3', 'and what was paid in beside the days');
foreach ([0 => 0], [0 => 2], [1 => 0], [1 => 0xFFFF], [2 => -1], [3 => 10**15], [3 => 2 * 10**15 + 1], [4 => 1], [5 => 2 * 10**15])
{
	is(copy_in('cash_flows', $two_days->(changed(\@totals, @$_))), '22P03', "cash flows with field $_->[0] $_->[1] are refused");
}
foreach ([0 => 8767], [0 => 0x7FFFFFFF], [0 => 0x80000000], [1 => 0], [3 => 8766], [5 => 1])
{
	is(copy_in('cash_flows', $flows->(2, changed(\@flow, @$_))->(@totals)), '22P03', "so is a flow with field $_->[0] $_->[1]");
}
is(copy_in('cash_flows', $flows->($_, @flow)->(@totals)), '22P03', "and $_ days where two are") foreach 0, 1, 3, 0xFFFFFFFF;
is(copy_in('cash_flows', $flows->(0)->(1, $usd, 0, 0, 0, 0)), '22P03', 'and none at all');
is(copy_in('cash_flows', substr($two_days->(@totals), 0, 20)), '08P01', 'nor are they read cut short');
is(copy_in('amortisation_policy', $policy->(@straight) . "\0"), '22P03', 'nor one with a byte more');

# A graph: version, currency, unknown weights, numbers of parties, kinds and edges; names and edges.
my $named = sub { return map { pack('N/a*', $_) } @_ };
my $graph = sub { my ($head, $names, @edges) = @_; return pack('Cnq>N3', @$head) . join('', $named->(@$names)) . pack('(N3q>Q>)*', @edges) };
my $none = 0xFFFFFFFF;
my @head = (1, 0, 3, 2, 1, 2);
my @edges = (0, 1, $none, 0, 5 * 10**15, 1, 0, 0, 0, 1);
is(copy_in('funding_graph', $graph->(\@head, ['b', 'a', 'k'], @edges)), 'number unknown=3 "a">"b"/"k"=0.000000000000001 "b">"a"=5', 'a graph is read, its names in any order');
is(copy_in('funding_graph', $graph->([changed(\@head, 1 => $usd)], ['b', 'a', 'k'], @edges)), 'USD unknown=3 "a">"b"/"k"=0.000000000000001 "b">"a"=5', 'one of money too');
foreach ([0 => 2], [1 => 1], [2 => -1], [3 => 1], [3 => 3], [3 => $none], [4 => 0], [4 => 2], [5 => 3], [5 => 1000], [5 => $none])
{
	is(copy_in('funding_graph', $graph->([changed(\@head, @$_)], ['b', 'a', 'k'], @edges)) =~ /^(?:22P03|08P01)$/ ? 'refused' : 'read', 'refused', "a graph with field $_->[0] $_->[1] is refused");
}
foreach ([0 => 2], [0 => $none], [1 => 2], [2 => 1], [2 => $none - 1], [3 => -1], [3 => 1 << 47], [5 => 0, 6 => 1, 7 => $none], [7 => $none])
{
	is(copy_in('funding_graph', $graph->(\@head, ['b', 'a', 'k'], changed(\@edges, @$_))), '22P03', "so is an edge with field $_->[0] $_->[1]");
}
is(copy_in('funding_graph', $graph->(\@head, $_, @edges)), '22P03', "and names @$_") foreach ['a', 'a', 'k'], ['', 'a', 'k'], ['b', 'a', ''];
is(copy_in('funding_graph', $graph->(\@head, ["\xFF", 'a', 'k'], @edges)), '22021', 'and one of bytes that are no text');
is(copy_in('funding_graph', $graph->([changed(\@head, 3 => 3)], ['b', 'a', 'c', 'k'], @edges)), '22P03', 'and a party without an edge');
is(copy_in('funding_graph', $graph->([1, $usd, 0, 0, 0, 0], [])), '22P03', 'and a currency without one');
is(copy_in('funding_graph', $graph->([1, 0, 0, 0, 0, 0], [])), 'number', 'a graph of nothing is read');
# One line: 8 in and 2 out of A's equity in three amounts, and an unknown one.
my @line = ('A', 'equity', 3, 1, 0, 0, 8 * 10**15, 0, 0, 2 * 10**15);
my $line = sub { my ($name, $kind, @numbers) = @_; return pack('N/a* N/a* q>2 Q>6', $name, $kind, @numbers) };
my $book = sub { my ($currency, @lines) = @_; return pack('CnN', 1, $currency, scalar @lines) . join '', @lines };
is(copy_in('exposure_book', $book->($usd, $line->(@line))), 'USD "A":"equity"=8-2/3?1', 'a book of exposures is read');
is(copy_in('exposure_book', $book->($usd, $line->(changed(\@line, 0 => 'B')), $line->(@line))), 'USD "A":"equity"=8-2/3?1 "B":"equity"=8-2/3?1', 'in any order');
is(copy_in('exposure_book', $book->(0)), 'none', 'so is an empty one');
foreach ([0 => ''], [2 => 0], [2 => -1], [3 => -1], [3 => 9223372036854775807], [4 => 1], [5 => 1 << 49], [7 => 1 << 63], [8 => 1 << 49])
{
	is(copy_in('exposure_book', $book->($usd, $line->(changed(\@line, @$_)))), '22P03', "a line with field $_->[0] $_->[1] is refused");
}
is(copy_in('exposure_book', $book->($usd, ($line->(@line)) x 2)), '22P03', 'so is a line twice');
is(copy_in('exposure_book', $book->($_, $line->(@line))), '22P03', "and a currency of $_") foreach 0, 0xFFFF;
is(copy_in('exposure_book', $book->($usd)), '22P03', 'and one without an amount');
is(copy_in('exposure_book', pack('CnN', 1, $usd, $_) . $line->(@line)), '22P03', "and $_ lines where one is") foreach 0, 2, 0xFFFFFFFF;
is(copy_in('exposure_book', pack('CnN', 2, $usd, 1) . $line->(@line)), '22P03', 'and another version');
is(copy_in('exposure_book', $book->($usd, pack('N', 0x7FFFFFFF) . substr($line->(@line), 4))), '22P03', 'and a name longer than the message');
is(copy_in('exposure_book', $book->($usd, $line->(changed(\@line, 0 => "\0")))), '22021', 'and a name that is no text');
is(copy_in('exposure_book', substr($book->($usd, $line->(@line)), 0, 40)), '22P03', 'nor is it read cut short');

# Packed readings: version, which columns there are, count, first start, last end, and blocks, each a byte of kind
# and width, the least value as a zigzag varint of its difference to the block before, and what its kind needs. Before
# a block of energy comes the share of what was used that it follows.
my $day = sub { my ($blocks, %change) = @_; my %head = (version => 2, known => 0, readings => 1, starts_at => 0, ends_at => 60000000, %change);
	return pack('C n N q> q>', @head{qw(version known readings starts_at ends_at)}) . pack('C*', @$blocks) };
my @one = (0, 20, 0, 2, 0, 4, 0, 6, 0, 0x80, 0x9C, 0x9C, 0x39);  # 10 installed, 9 available, 7 allocated, 4 used; a minute
my $one = 'readings=1 starts_at=2000-01-01T00:00:00Z lengths=60000000 installed=10 available=9 allocated=7 used=4';
is(copy_in('meter_day', $day->(\@one)), $one, 'a reading is read');
is(copy_in('meter_day', $day->([@one, 0, 0, 10], known => 1 << 2)), "$one joules=5", 'and one with energy');
is(copy_in('meter_day', $day->([@one, 0, 10], known => 1 << 2, version => 1)), "$one joules=5", 'which followed nothing in version 1');
is(copy_in('meter_day', $day->(\@one, version => 1)), $one, 'where the rest was the same');
is(copy_in('meter_day', $day->([0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], readings => 2, ends_at => 1)),
	'readings=2 starts_at=2000-01-01T00:00:00Z steps=0 lengths=1*2 installed=10*2 available=10*2 allocated=10*2 used=10*2', 'and two');
is(copy_in('meter_day', $day->([@one, 0, 2, 0, 30], known => 1 << 10)), '22P03', 'a form of FLOPs that there is not is refused');
is(copy_in('meter_day', $day->([@one, 0, 1, 0, 0, 0, 30], known => 1 << 10)), "$one model_flops=1.5", 'one decimal is read');
is(copy_in('meter_day', $day->([@one, 1, 0, 6, unpack('C*', '1.5')], known => 1 << 10)), '22P03', 'as text it would have been packed otherwise');
is(copy_in('meter_day', $day->([@one, 0, 19, 0, 0, 0, 30], known => 1 << 10)), '22P03', 'so would more decimals than it takes');
foreach (['version 0', \@one, version => 0], ['version 3', \@one, version => 3], ['version 255', \@one, version => 255], ['energy that follows in version 1', [@one, 0, 0, 10], known => 1 << 2, version => 1], ['no readings', \@one, readings => 0], ['two readings', \@one, readings => 2],
	['ten million readings', \@one, readings => 10000000], ['more than that', \@one, readings => 4294967295], ['energy that is not there', \@one, known => 1 << 2],
	['energy of a fourth kind', [@one, 0, 0, 10], known => 3 << 2], ['some energy, of all', [@one, 0, 2, 0, 0, 10], known => 2 << 2], ['some energy, of none', [@one, 0, 0], known => 2 << 2],
	['a share where there is none', [@one, 2, 0, 10], known => 1 << 2], ['a share of 64 bits', [@one, (0xFF) x 9, 1, 0, 10], known => 1 << 2], ['a share of 65 bits', [@one, (0xFF) x 9, 3, 0, 10], known => 1 << 2],
	['a share without end', [@one, (0x80) x 30], known => 1 << 2], ['a share and nothing more', [@one, 2], known => 1 << 2], ['energy of version 1', [@one, 0, 10], known => 1 << 2],
	['a column that there is not', \@one, known => 1 << 12], ['energy below nothing', [@one, 0, 0, 9], known => 1 << 2],
	['another start', \@one, starts_at => 1], ['another end', \@one, ends_at => 60000001], ['a start before all', \@one, starts_at => -1 << 63, ends_at => (-1 << 63) + 60000000],
	['an infinite end', \@one, ends_at => 9223372036854775807], ['a length of nothing', [@one[0 .. 7], 0, 0], ends_at => 0], ['a length below nothing', [@one[0 .. 7], 0, 1], ends_at => -1],
	['used below nothing', [0, 20, 0, 2, 0, 4, 0, 30, @one[8 .. 12]]], ['a varint longer than it needs be', [0, 0x94, 0, @one[2 .. 12]]], ['a varint without end', [0, (0x80) x 30]],
	['a varint of 65 bits', [0, (0xFF) x 9, 3, @one[2 .. 12]]], ['more bits than it needs', [1, 20, 0, @one[2 .. 12]]], ['58 bits', [58, 20, (0) x 8, @one[2 .. 12]]],
	['64 bits that are cut short', [57, 20, 1, 2]], ['a run where none is needed', [0x80, 20, 1, 1, @one[2 .. 12]]], ['a run of nothing', [0x80, 20, 1, 0, @one[2 .. 12]]],
	['a run too long', [0x80, 20, 1, 2, @one[2 .. 12]]], ['255 runs', [0x80, 20, 255, (1) x 60]], ['a trend where there is none', [0x40, 20, 0, @one[2 .. 12]]], ['few of none', [0xC0, 20, 0, @one[2 .. 12]]],
	['few of 255', [0xC0, 20, 255, @one[2 .. 12]]], ['a byte more', [@one, 0]], ['a byte less', [@one[0 .. 11]]], ['no blocks', []],
	['readings in disorder', [0, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2], readings => 2, ends_at => 1])
{
	my ($what, $blocks, %change) = @$_;
	is(copy_in('meter_day', $day->($blocks, %change)), '22P03', "$what: refused");
}
is(copy_in('meter_day', substr($day->([]), 0, 22)), '08P01', 'nor is a header cut short');
# Sixty readings as version 1 sent them, with energy, idle draw, tokens and FLOPs: what is sent back is of the present version, and shorter.
my $sent = pack('H*', '0108a60000003c0002e30c5181e0000002e310826414000080fca4029300021e1e0000009f24930004140a0a140000009f240000c0270953bea0ac01c3d201415ba187cba961b438d3201be0e3cc75c7643ed90862f4d00f8de49354faa5fdfdb94630ec84143d3c96a21e1a5bfc080080d90a98ad202308cc56f863433582103db44323f724857e89aa4e078bd205559bad4098351d2ec37b714ff23195622ba80802b215f6d8e02288f04b50b6e26818fad868750718416c4195662b0e663d874bf05e350d4317d926ce9c9c0600808c8d9e0200808c8d9e020100b66ddbb66ddbb60d0100999999999910c09b5f0000b11571273239f24aa46064722484e595a5a757bd17cfd7e03608f619a82f68412953e964a9765b8c1b9edcaf9cc15cd30ee96c102d22ed33ae455f5b1f6de07ea09061a212b8d2c993dbf102a318632a243ce44da45f56751687d79897aa57bc09d2c9e3280be81ca92e5a441a56db679b795c8b0da101009fcfe7f3f97c3e0f0ede9e0c0166c208015e74b9591a04d7dc29194708111ea27bef5b249659253150897c912f0000c11db2a676c55178510ab24c4807e925bc189a0d594a531434cf8c0eaa8030991cae791b958894f2302f81000206360216d0feae2268711cb05188c161c2c5abc8c62f08278d179763f504b0120602ba02d6fbe04a521068195a8f072c3162a09f70bd2cb2640c8266e3f5ec580903acf78140cb802546b85e1604cd869600027b9318b4295ca28bec3583d0e0000000563501ab9a20003a605513ae0a0601d0a15587c0aa2606e00a570523abd420003a007380156ac0da2d084c105848856b9f41307b68a123b01d0a010055555555555555050001000040003c');
my $read = copy_in('meter_day', $sent);
like($read, qr/^readings=60 starts_at=2025-10-01T00:00:00Z steps=300000000\*59 .* joules=780000,.* idle_joules=.* tokens=null\*6,.* model_flops=0\.0,null,3\.0,/, 'a value of version 1 is read');
is($node->safe_psql('postgres', qq{$path SELECT concat(get_byte(b, 0), ' ', octet_length(b) < @{[length $sent]}) FROM meter_day_send('$read') b}), '2 t', 'and sent back as version 2');
foreach my $at (grep { $_ < 40 || $_ % 13 == 0 } 0 .. length($sent) - 1)
{
	my $changed = $sent;
	substr($changed, $at, 1) ^= "\x81";
	my $answer = copy_in('meter_day', $changed);
	like($answer, qr/^(22P03|readings=60 )/, "with byte $at changed it is refused, or other readings") or diag($answer);
}
$node->stop;
done_testing();
