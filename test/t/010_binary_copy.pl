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
	amortisation_policy => q{CASE i % 4
		WHEN 0 THEN amortisation_policy('straight_line', make_interval(months => 1 + i % 600), salvage => (i % 100) / 100.0, convention => 'full_month')
		WHEN 1 THEN amortisation_policy('straight_line', make_interval(days => 1 + i), salvage_amount => random()::numeric * 1e17, day_count => 'thirty_360')
		WHEN 2 THEN amortisation_policy('declining_balance', make_interval(months => 1 + i % 600), factor => 0.000000000000001 * i, switch_to_straight_line => i % 8 = 2)
		ELSE amortisation_policy('exponential', CASE WHEN i % 8 = 3 THEN make_interval(days => i) END, rate => i / 100.0) END},
	spend_summary => q{(SELECT spend_agg(monetary(i + k, 'USD'), 1000 + i, 900 + i, 500 + k, 300) FROM generate_series(1, 1 + i % 3) k)},
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

$node->stop;
done_testing();
