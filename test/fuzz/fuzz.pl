# Mutates text, bytes and arguments until something gives. Three channels, over every type and every C
# function and aggregate that the catalogue lists in schema chipbook, so that a new one cannot be forgotten:
#
#   text     mutated text to the input function of each type, and to the setting chipbook.as_of
#   binary   mutated bytes to its receive function
#   calls    functions, aggregates and moving window frames over hostile arguments: extremes, NULLs, and
#            values that were mutated and still accepted
#
# What must hold: the server lives; a refusal carries one of the SQLSTATEs below, and bad text or bytes
# name the type; an accepted value, and every value that a call returns, reads back from its own text and
# its own bytes as the same value.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Wire;

my $COUNT = $ENV{FUZZ_COUNT} || 100_000;
my $SEED = $ENV{FUZZ_SEED} || 1;
my $SHARE_TEXT = 0.3;      # of the mutations; as much for the binary channel, the rest are calls
my $BATCH_BYTES = 48_000;  # in flight: less than a socket's buffer holds, so that neither side blocks
my $POOL_SIZE = 3_000;     # accepted values kept of each type
my $ENOUGH = 100;          # mutations after which both outcomes should have been seen
my $MOST_SHOWN = 5;        # failures shown of each assertion
my $MOST_CRASHES = 3;

my %REFUSALS = (
	text => [qw(22P02 22003 22023 54000 22021)],
	binary => [qw(22P03 08P01 22003 22021 54000)],
	setting => [qw(22007 22008 22021)],
	calls => [qw(22P02 22P03 08P01 22000 22003 22004 22007 22008 22012 22021 22023 0A000 23P01 42601 42703 42804 42809 54000 55000)]);

my @MONEY = qw(USD USD USD USD EUR JPY BHD);
my %SEEDS = (
	currency => q{SELECT unnest('{USD,EUR,JPY,BHD,CLF,XAU,XXX,AAA,ZZZ}'::chipbook.currency[])},
	monetary => qq{
		SELECT chipbook.monetary(((random() - 0.3) * 10 ^ (random() * 18))::numeric / 7,
		                         ('{@{[join ',', @MONEY]}}'::text[])[1 + n % @{[scalar @MONEY]}]::chipbook.currency)
		FROM generate_series(1, 100) n
		UNION ALL
		SELECT unnest('{0.00 USD,0.01 USD,-0.000000000000001 USD,1e18 USD,2596148429267413814.265248164610047 USD,
		                -2596148429267413814.265248164610048 USD,  +12.5e-3   JPY}'::chipbook.monetary[])},
	monetary_sum_state => q{
		SELECT chipbook.monetary_accum('(0,0,0,0,)', chipbook.monetary(n, 'USD')) FROM generate_series(-5, 5) n
		UNION ALL
		SELECT unnest(ARRAY['(0,0,0,0,)', '(2,0,-1,18446744073709551615,USD)', '(131072,1,-5,7,USD)',
		                    '(9223372036854775807,3,9223372036854775807,18446744073709551615,USD)',
		                    '(65536,0,-9223372036854775808,0,EUR)']::chipbook.monetary_sum_state[])},
	amortisation_policy => q{
		SELECT unnest(ARRAY[
			'straight_line(life=5 years)', 'straight_line(life=6 years, salvage=0.1, convention=full_month)',
			'straight_line(life=90 days, salvage_amount=1000.5, day_count=actual_365_fixed)',
			'straight_line(life=5 years 6 months 3 days, day_count=thirty_360)',
			'straight_line(life=1 month, day_count=no_leap_365)',
			'declining_balance(life=5 years, factor=2)', 'declining_balance(life=10 years, factor=1.5, switch_to_straight_line=false)',
			'declining_balance(life=3 years, salvage=0.05, factor=3, convention=full_month)',
			'declining_balance(life=5 years, factor=3, rate_cap=0.3, convention=mid_month)',
			'sum_of_years_digits(life=5 years 6 months, salvage_amount=10, convention=half_year)',
			'sum_of_years_digits(life=7 years, day_count=thirty_360)',
			'fixed_rate(life=6 years, salvage=0.1, convention=full_month, charge_disposal_month=true)',
			'fixed_rate(life=29 months, salvage_amount=1)',
			'macrs(life=5 years, section_179=100000, bonus=0.4)', 'macrs(life=20 years, convention=mid_quarter)',
			'annuity(life=5 years, rate=0.1)', 'annuity(life=50 months, rate=0.075, convention=following_month)',
			'units_of_production(total_use=60000)', 'units_of_production(total_use=0.5, salvage=0.1)',
			'straight_line(life=4 years, bonus=1, convention=mid_quarter)',
			'exponential(rate=0.14)', 'exponential(life=5 years, rate=0.3)']::chipbook.amortisation_policy[])},
	spend_summary => q{
		SELECT chipbook.spend_agg(chipbook.monetary((random() * 10 ^ (n % 12))::numeric / 3, 'USD'), i, i - i / 20, i - i / 5, i / (1 + n % 5))
		FROM (SELECT n, 1 + floor(random() * 1e9)::bigint AS i FROM generate_series(1, 120) n) s GROUP BY n % 40
		UNION ALL
		SELECT chipbook.spend_rate_agg(chipbook.monetary(1 + random()::numeric, 'USD'), 1000 * n, 900 * n, 800 * n, 1100 * (n % 3))
		FROM generate_series(1, 60) n GROUP BY n % 20
		UNION ALL
		SELECT chipbook.spend_agg(CASE WHEN n % 3 > 0 THEN chipbook.monetary(n - 20, 'EUR') END, n % 2, NULLIF(n % 5, 0), n % 3, n % 4)
		FROM generate_series(1, 40) n GROUP BY n % 20
		UNION ALL
		SELECT chipbook.spend_split(chipbook.monetary(15, 'USD'), unmetered => chipbook.monetary(5, 'USD'))
		UNION ALL
		SELECT chipbook.spend_rate_agg(chipbook.monetary(1e5, 'USD'), 9223372036854775807, 1, 1, 1) FROM generate_series(1, 5)},
	time_weighted => q{
		SELECT chipbook.time_weighted_agg(NULLIF(n % 7, 0) * 1.5, '2026-01-01'::timestamptz + n * n * interval '1 hour', '2026-01-01'::timestamptz + (n * n + n % 3) * interval '1 hour')
		FROM generate_series(1, 120) n GROUP BY n % 40
		UNION ALL
		SELECT chipbook.time_weighted_agg(chipbook.monetary(n, 'USD'), '2026-01-01'::timestamptz + n * interval '1 day', '2026-01-02'::timestamptz + n * interval '1 day', '2026-01-05', '2026-02-01')
		FROM generate_series(1, 40) n GROUP BY n % 10
		UNION ALL
		SELECT chipbook.time_weighted_agg(2596148429267413814.265248164610047, '0001-01-01', '9999-12-31')
		UNION ALL
		SELECT unnest('{number,number seen=0..5,USD gaps=carry bounds=0..10 before=-3/7 2..4=6/3 5..6=-1/-1}'::chipbook.time_weighted[])},
	cash_flows => q{
		SELECT chipbook.cash_flow_agg(chipbook.monetary(((random() - 0.4) * 10 ^ (random() * 9))::numeric / 7, 'USD'), '2020-01-01'::date + (n * n) % (3 + n % 300))
		FROM generate_series(1, 240) n GROUP BY n % 40
		UNION ALL
		SELECT chipbook.cash_flow_agg(chipbook.monetary(1000 - n * 150, 'EUR'), '2024-01-01'::date + n * 30) FROM generate_series(1, 12) n
		UNION ALL
		SELECT unnest(ARRAY['USD 2024-01-01=0', 'USD 2024-01-01=-100 2025-01-01=230 2026-01-01=-132', 'USD paid_in=5 2024-01-01=-2 2024-01-02=7.5',
			'USD 0001-01-01=-0.000000000000001 9999-12-31=2596148429267413814.265248164610047', 'USD 2024-01-01=-0.000001 2024-01-02=1000000'])::chipbook.cash_flows},
	meter_day => q{
		SELECT chipbook.pack_readings(t, t + (1 + n % 3) * interval '1 minute', 480000, 480000 - n % 2, 400000 + (random() * 80000)::bigint, (random() * 420000)::bigint,
			CASE WHEN p % 2 = 0 THEN n END, CASE WHEN n % 5 <> p % 5 THEN (random() * 1e6)::bigint END, CASE WHEN p % 3 = 0 THEN n % 7 END, CASE WHEN p % 4 = 0 THEN 10::bigint ^ (n % 19) END::bigint,
			CASE WHEN n = p THEN 1 END, CASE p % 5 WHEN 0 THEN 1.5 * n WHEN 1 THEN 10::numeric ^ (n * 3 - 20) END)
		FROM generate_series(1, 30) p, generate_series(1, 1 + p % 12) n, LATERAL (SELECT '2025-10-01 00:00+00'::timestamptz + n * interval '1 minute' AS t) x GROUP BY p
		UNION ALL
		SELECT chipbook.pack_readings('2025-10-01 00:00+00'::timestamptz + n * interval '5 minutes', '2025-10-02 00:00+00', 60000, 60000, v, v, v)
		FROM unnest('{1,2,3,4}'::integer[]) kind, generate_series(1, 130) n,
			LATERAL (SELECT (CASE kind WHEN 1 THEN n * 100 WHEN 2 THEN n / 40 * 1000 WHEN 3 THEN n % 3 * 20000 ELSE 7 END)::bigint AS v) x GROUP BY kind
		UNION ALL
		SELECT chipbook.pack_readings('2025-10-01 00:00+00'::timestamptz + n * interval '5 minutes', '2025-10-02 00:00+00', 60000, 60000, 60000, v, NULL, 9000 + v * kind + n % 7, CASE WHEN n % 3 > 0 THEN 60000 - v / 2 END,
			kind * v * 1000000, CASE WHEN n > 60 THEN v / 1000 END, NULL)
		FROM unnest('{1,3,100}'::integer[]) kind, generate_series(1, 130) n, LATERAL (SELECT (n * 7919 % 60000)::bigint AS v) x GROUP BY kind
		UNION ALL
		SELECT unnest(ARRAY['readings=1 starts_at=-4713-11-24T00:00:00Z lengths=9435181550400000000 installed=9223372036854775807 available=0 allocated=9223372036854775807 used=0',
			'readings=3 starts_at=2025-10-01T00:00:00Z steps=0*2 lengths=1*3 installed=1*3 available=2*3 allocated=3*3 used=4*3 model_flops=1,null,1.50']::chipbook.meter_day[])},
	funding_graph => q{
		SELECT chipbook.funding_agg(chr(97 + (random() * (n % 7))::integer), chr(97 + (random() * (n % 7))::integer), (ARRAY['equity', 'cloud', NULL])[1 + i % 3], CASE WHEN i % 9 > 0 THEN random()::numeric * 10::numeric ^ (n % 18) END)
		FROM generate_series(1, 40) n, generate_series(1, 20) i WHERE i <= n GROUP BY n
		UNION ALL
		SELECT chipbook.funding_agg(chr(97 + i % 5), chr(97 + i % 3), chipbook.monetary(i * n, (CASE WHEN n % 4 = 0 THEN 'EUR' ELSE 'USD' END)::chipbook.currency)) FROM generate_series(1, 20) n, generate_series(1, 12) i WHERE i <= n GROUP BY n
		UNION ALL
		SELECT unnest('{number,number unknown=3,"USD unknown=1 \"a\">\"b\"=0.000000000000001 \"b\">\"a\"/\"x\"\"y\"=2","number \"a\">\"a\"=1 \"a\">\"b\"=0.5 \"b\">\"a\"=1"}'::chipbook.funding_graph[])
		UNION ALL
		SELECT chipbook.funding_graph('a', 'b', 2596148429267413814.265248164610047)},
	exposure_book => q{
		SELECT chipbook.exposure_agg('party ' || n % 4, CASE WHEN n % 3 > 0 THEN 'kind ' || n % 2 END, CASE WHEN n % 7 > 0 THEN chipbook.monetary(((random() - 0.3) * 10 ^ (random() * 18))::numeric / 3, 'USD') END)
		FROM generate_series(1, 200) n GROUP BY n / 8
		UNION ALL
		-- What most amounts can be taken out of.
		SELECT chipbook.exposure_agg(p, k, chipbook.monetary((n % 2 * 2 - 1) * 1e18, 'USD'))
		FROM generate_series(1, 12) b, unnest('{OpenAI,Oracle,A,B,party 1}'::text[]) p, unnest('{used_over_allocated,allocated_over_available,available_over_installed,used_over_installed,NULL}'::text[]) k,
			generate_series(1, 10 * b) n GROUP BY b
		UNION ALL
		SELECT unnest(ARRAY['none', 'none "A"=0/0?1', 'EUR "A"=1/1', 'USD "A"=80-20/3 "B":"equity"=0.000000000000001/1?2', 'USD "a \"b\" \\\\":"c=d/e?f:g"=1/2', 'USD "A"=0-2596148429267413814.265248164610048/1',
			'USD "A"=1/9223372036854775806 "B"=0/0?1', 'USD "OpenAI"=300/1 "Oracle":"minimum"=250/3', 'USD "OpenAI"=0/1 "Oracle"=0/1']::chipbook.exposure_book[])});
my @AS_OF = ('2026-03-31', '2025-10-31 12:00:00+00', '2025-10-31T12:00:00.123456-05:30', '0001-01-01', '9999-12-31 23:59:59.999999Z', 'infinity', '');

# Text that means something to a parser somewhere.
my @TOKENS = ('', ' ', "\t", '-', '+', '.', ',', ':', '=', '(', ')', '{', '}', '"', "'", '\\', '%s', 'e', 'E+', 'NaN', 'inf',
	'Infinity', 'null', '0', '00', '-0', '1e400', '1e-400', '9' x 30, '0' x 40 . '1', '1' . '0' x 300, '.' . '9' x 40,
	'127', '128', '32768', '65536', '2147483647', '-2147483648', '4294967296', '9223372036854775807', '9223372036854775808',
	'-9223372036854775808', '18446744073709551615', '18446744073709551616', '170141183460469231731687303715884105727',
	'2596148429267413814.265248164610047', '2596148429267413814.265248164610048', "\xC3\xA9", "\xE2\x82\xAC", "\xFF", "\x80",
	"\xEF\xBC\x91", "\xC2\xA0", 'USD', 'usd', 'EUR', '2025-02-29', 'x' x 2000);
# Arguments that a random value of their type would hardly ever hit.
my %NAMED = (
	counterparty => ['OpenAI', 'Oracle', 'A', 'B', 'party 1'], one => ['OpenAI', 'A', 'party 0'], other => ['Oracle', 'B', 'party 1'], counterparties => [0, 1, 2, 5], ccf => [0, 0.1, 0.4, 1],
	pd => [0.0005, 0.01, 0.2, 1], lgd => [0.45, 1], maturity => [1, 2.5, 5], underage => [9, 2, 1e-300], overage => [1, 5, 1e300], mean => [100, -3], sd => [30, 0.1], low => [50, 0], high => [80, 50],
	median => [50], sigma => [0.2, 3], quantity => [130, 100, 0],
	method => [qw(straight_line declining_balance sum_of_years_digits fixed_rate macrs annuity units_of_production exponential)],
	convention => [qw(actual_days full_month following_month mid_month half_year mid_quarter)],
	day_count => [qw(actual_actual actual_365_fixed no_leap_365 thirty_360), 'ACT/365F', 'ACT/ACT ISDA', 'ACT/360', '30/360 ISDA', '30E/360', '30E+/360', '30E/360 ISDA', '30U/360', 'NL/365'],
	gaps => [qw(ignore zero error carry)],
	kind => [qw(used_over_allocated allocated_over_available available_over_installed used_over_installed)],
	salvage => [0, 0.1, 0.25, 1], salvage_amount => [0, 1000], factor => [1.5, 2, 3], rate => [0.14, 0.3], rate_cap => [0.25], bonus => [0.4, 1], section_179 => [0, 1000], total_use => [1, 60000, 0.25],
	used_chip_ms => [0, 3600000, 1000000000], from_chip_ms => [0, 5], to_chip_ms => [100, 3600000],
	life => ['5 years', '6 years', '90 days', '5 years 6 months'], fiscal_year_start => [1, 7, 10, 12], chips => [1, 8, 1000],
	life_years => [3, 5, 20], tax_year => [1, 4, 6], quarter => [1, 4],
	'asset_event kind' => [qw(opening placed_in_service addition capitalised_interest retirement_obligation change_of_estimate impairment
		impairment_reversal held_for_sale held_for_sale_ended disposal use)],
	'asset_event share' => [0.1, 0.25, 0.5, 0.7, 1, 0.000000000000001],
	# Queries are not for strangers to write, but their rows may be anything.
	lines_query => ["SELECT 1::bigint, 1, '1 USD'::chipbook.monetary AS amount, '2 EUR'::chipbook.monetary AS functional_amount, 'x'::text", 'SELECT 1',
		"SELECT e, l, chipbook.monetary(l, 'USD') AS amount, now() FROM generate_series(9223372036854775800, 9223372036854775807) e, generate_series(2147483640, 2147483647) l",
		"SELECT e::bigint, 1 - l, chipbook.monetary((l % 3) * 1e18, (CASE l % 2 WHEN 0 THEN 'USD' ELSE 'JPY' END)::chipbook.currency) AS amount, repeat('a', 1000 * l) FROM generate_series(1, 3) e, generate_series(1, 20) l",
		"SELECT NULL::bigint, 1, '1 USD'::chipbook.monetary AS amount", "SELECT 1::bigint, 1, NULL::chipbook.monetary AS amount", "SELECT 1::bigint, 1, '1 USD'::chipbook.monetary AS amount, 1.5::float8"],
	utilisation => [0.5, 1, 0.01], period => ['1 month', '3 months', '1 year'], digits => [0, 2, 15], decimals => [0, 2, 15]);
$NAMED{sources_query} = $NAMED{lines_query};
$NAMED{$_} = [0, 1, 5, 100, 3600000, 1000000000] for qw(installed available allocated used kept joules idle_joules tokens billing_ms);
$NAMED{$_} = [qw(a b c d e)] for qw(payer payee);
$NAMED{$_} = [0, 0.3, 0.5, 1] for qw(control_above dependence_from);
$NAMED{weight} = [0, 0.5, 1, 3, 1000.25];
$NAMED{max_length} = [1, 2, 5, 40];
$NAMED{max_count} = [1, 10, 1000];
$NAMED{starts_at} = ['2025-10-01 00:00+00', '2025-10-01 00:05+00', '2025-10-01 00:05:00.000001+00', '4714-11-24 00:00:00+00 BC'];
$NAMED{ends_at} = ['2025-10-01 00:10+00', '2025-10-02 00:00+00', '294276-12-31 23:59:59.999999+00'];
$NAMED{model_flops} = [0, 1.5, '1.50', 1000000, '1e20', '1e60', '0.' . '0' x 30 . '1'];
# The arguments of the spreadsheet functions, whose life and period are numbers.
my %NUMBER = (
	cost => [30000, 1000.5], life => [5, 12.7, 40], per => [1, 2, 4.5], period => [1, 2, 0.3, 4.5], month => [1, 7, 12], start_period => [0, 1, 0.5, 2.7], end_period => [1, 3, 4.2, 5],
	nper => [5, 60, 10.5], pv => [-30000, 1000000], fv => [0, 500.5], payment_type => [0, 1]);
foreach my $called (keys %NUMBER)
{
	$NAMED{"$called $_"} = $NUMBER{$called} for 'smallint', 'integer', 'bigint', 'numeric', 'double precision';
}
my @NAMES = ((map { @{ $NAMED{$_} } } qw(method convention day_count kind)), qw(en de_DE en-IN ja_JP.UTF-8 de-u-nu-latn));

my ($wire, $sentinel, @results, @crashes);
my (%statement, %short);  # their SQL, and a name that the server does not cut off
my (%type, %seed, %orderly, %pool, @words);  # orderly: seeds that agree with each other in currency
my %fields;  # columns of the composite types, [name, type]

# Chance

sub pick { return $_[rand @_] }
sub chance { return rand() < $_[0] }
sub whole { return int rand $_[0] }

# An integer of any size, or one beside a power of two.
sub integer
{
	my ($bits) = @_;
	my $value = chance(0.5) ? whole(100) : 2**whole($bits) + whole(3) - 1;
	$value = -$value if chance(0.3);
	my $most = 2**($bits - 1);
	return sprintf '%.0f', $value if $value < $most && $value >= -$most && abs $value < 2**53;
	return $bits == 64 ? pick('9223372036854775807', '-9223372036854775808', '4611686018427387904') : $value < 0 ? -$most : $most - 1;
}

sub decimal
{
	return pick('NaN', 'Infinity', '-Infinity', '1e-400', '1e400', '-1e18', '0.000000000000001', '9' x 40, '1e130000') if chance(0.2);
	return pick(0, 1, 2, 0.1, 0.5, 0.14, 1.5, 12, 100, -1) if chance(0.5);
	return sprintf '%s%.*f', pick('', '', '-'), whole(18), rand() * 10**whole(20);
}

sub day
{
	return pick('infinity', '-infinity', '4713-01-01 BC', '5874897-12-31', '0001-01-01', '9999-12-31', '2024-02-29') if chance(0.15);
	return sprintf '%04d-%02d-%02d', chance(0.9) ? 2015 + whole(25) : 1 + whole(9999), 1 + whole(12), 1 + whole(28);
}

sub instant
{
	return pick('infinity', '-infinity', '4714-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00') if chance(0.1);
	return sprintf '%s %02d:%02d:%02d.%06d%+03d', pick('2025-01-01', '2025-10-31', '2028-02-29'), whole(24), whole(60), whole(60), whole(1e6), whole(25) - 12;
}

sub range
{
	my ($from, $to) = (instant(), instant());
	($from, $to) = ('2025-03-01 00:00+00', sprintf '2025-%02d-%02d 12:34:56+00', 4 + whole(8), 1 + whole(28)) if chance(0.6);
	return pick('empty', '(,)', "[$from,)", "(,$to]") if chance(0.15);
	return ($from le $to ? "[$from,$to" : "[$to,$from") . pick(')', ']');
}

sub array
{
	my ($element, $orderly) = @_;
	my $ours = $element =~ s/^chipbook\.//r;
	return pick('{}', '{{1,2},{3,4}}', '{NULL}', '[0:1]={1,2}') if chance(0.15) && !$type{$ours} && !$fields{$ours};
	# Thousands now and then, at times more than a function takes; what is orderly has no NULL among them.
	my $count = chance(0.002) ? pick(1000, 4000, 10_001) : pick(0, 1, 2, 3, 5, chance(0.2) ? 40 : 8);
	my @elements = map { text_parameter($element, undef, $orderly || chance(0.5) ? 0 : 0.04, $orderly) } 1 .. $count;
	my $text = join ',', map { defined $_ ? '"' . s/(["\\])/\\$1/gr . '"' : 'NULL' } @elements;
	return "{{$text},{$text}}" if $count && !$orderly && chance(0.02);
	return ($count && chance(0.05) ? "[-1:@{[$count - 2]}]=" : '') . "{$text}";
}

# A row of a composite type. Most of its columns are often NULL.
sub row
{
	my ($name, $orderly) = @_;
	my @columns = map {
		my ($column, $type) = @$_;
		my $called = $NAMED{"$name $column"} ? "$name $column" : $column;
		text_parameter($type, $called, $NAMED{"$name $column"} || $type eq 'date' ? $orderly ? 0 : 0.02 : 0.3, $orderly)
	} @{ $fields{$name} };
	return '(' . join(',', map { defined $_ ? '"' . s/(["\\])/\\$1/gr . '"' : '' } @columns) . ')';
}

# A parameter as text alone, undef for NULL: what stands inside another value.
sub text_parameter
{
	my ($name, $called, $nulls, $orderly) = @_;
	my $ours = $name =~ s/^chipbook\.//r;
	return chance($nulls) ? undef : pick(@{ $orderly ? $orderly{$ours} : chance(0.5) ? $seed{$ours} : $pool{$ours} })->[0] if $type{$ours};
	my $value = parameter($name, $called, $nulls, $orderly);
	return $value && $value->[1];
}

# What the other parameters of a call may be, as text.
my %argument = (
	smallint => sub { integer(16) }, integer => sub { integer(32) }, bigint => sub { integer(64) },
	numeric => \&decimal,
	'double precision' => sub { pick(0, '-0', 'NaN', 'Infinity', '-Infinity', '1e308', '5e-324', '1e18', 0.1, 3, rand(1000)) },
	text => sub { chance(0.6) ? pick(@NAMES) : mutate_text(pick(@NAMES)) },
	boolean => sub { pick('t', 'f') },
	regclass => sub { pick('pg_temp.fuzz_sequence', 'pg_catalog.pg_class') },
	bytea => sub { '\\x' . unpack 'H*', pick('', 'a header', map { chr whole(256) } 1 .. 3) },
	oid => sub { pick(0, 1, 1259, 2147483648, 4294967295, integer(32) & 0xFFFFFFFF) },
	date => \&day, 'timestamp with time zone' => \&instant, tstzrange => \&range,
	interval => sub {
		pick('1 month', '3 months', '1 year', '5 years', '6 years', '14 months 3 days', '1 day', '7 days', '0', '-1 month', '1 microsecond',
			'178000000 years', '-178000000 years', '1 month -30 days', integer(32) . ' months', integer(32) . ' days') });

# A parameter of a type, of a name if it has one: undef for NULL, else [is it binary, bytes]. In an orderly
# call most are as they should be, so that one that is not gets far.
sub parameter
{
	my ($name, $called, $nulls, $orderly) = @_;
	return undef if chance($nulls // 0.04);
	$orderly &&= chance(0.95);
	my $known = $called && ($NAMED{"$called $name"} // $NAMED{$called});
	return [0, pick(@$known)] if $known && ($argument{$name} || $NAMED{"$called $name"}) && chance($orderly || $called =~ /_query$/ ? 1 : 0.6);
	return [0, array($1, $orderly)] if $name =~ /^(.*)\[\]$/;
	return [0, $argument{$name}->()] if $argument{$name};
	my $ours = $name =~ s/^chipbook\.//r;
	return [0, row($ours, $orderly)] if $fields{$ours};
	die "test/fuzz/fuzz.pl makes no values of type $name: add some\n" unless $pool{$ours};
	return [1, pick(@{ $orderly{$ours} })->[1]] if $orderly;
	my $value = pick(@{ chance(0.5) ? $seed{$ours} : $pool{$ours} });
	return chance(0.08) ? [1, mutate_bytes($value->[1])] : [0, $value->[0]] if chance(0.3);
	return [1, $value->[1]];
}

# Mutation

sub mutate_text
{
	my ($text, @others) = @_;
	for (1 .. pick(1, 1, 1, 2, 3, 6))
	{
		my $at = whole(1 + length $text);
		my $length = whole(1 + pick(1, 2, 5, length $text));
		my $way = whole(8);
		if ($way == 0) { substr($text, $at, 1) = chr(1 + whole(chance(0.8) ? 127 : 255)) if $at < length $text }
		elsif ($way == 1) { substr($text, $at, 0) = chr(32 + whole(95)) }
		elsif ($way == 2) { substr($text, $at, $length) = '' }
		elsif ($way == 3) { substr($text, $at, 0) = substr($text, whole(1 + length $text), $length) }
		elsif ($way == 4) { substr($text, $at, 0) = pick(@TOKENS) }
		elsif ($way == 5) {
			my $other = pick(@others, $text);
			substr($text, $at) = substr($other, $at) if $at < length $other;
		}
		elsif ($way == 6)
		{
			# One number for another, one word for another: what gets past the first check.
			my @numbers;
			push @numbers, [$-[0], $+[0] - $-[0]] while $text =~ /\d+/g;
			if (my $number = pick(@numbers)) { substr($text, $number->[0], $number->[1]) = chance(0.7) ? whole(1000) : pick(@TOKENS) }
		}
		else
		{
			my @found;
			push @found, [$-[0], $+[0] - $-[0]] while $text =~ /[a-z_]+/g;
			if (my $word = pick(@found)) { substr($text, $word->[0], $word->[1]) = pick(@words, @NAMES) }
		}
		$text = substr($text, 0, 4000) if length $text > 4000;
	}
	# A zero byte ends a text before any type sees it.
	return $text =~ tr/\0//dr;
}

sub mutate_bytes
{
	my ($bytes, @others) = @_;
	for (1 .. pick(1, 1, 1, 2, 3, 6))
	{
		my $length = length $bytes or return pack 'C*', map { whole(256) } 1 .. whole(64);
		my $at = whole($length);
		my $way = whole(9);
		if ($way == 0) { substr($bytes, $at, 1) ^= chr(1 << whole(8)) }
		elsif ($way == 1) { substr($bytes, $at, 1) = chr whole(256) }
		elsif ($way == 2) { $bytes = substr($bytes, 0, $at) }
		elsif ($way == 3) { $bytes .= pack 'C*', map { chance(0.5) ? 0 : whole(256) } 1 .. pick(1, 4, 8, 16, 400) }
		elsif ($way == 4)
		{
			my $other = pick(@others, $bytes);
			substr($bytes, $at) = substr($other, $at) if $at < length $other;
		}
		elsif ($way == 5) { substr($bytes, $at, 1 + whole(8)) = '' }
		else
		{
			# A field becomes an extreme or a neighbour of what it was.
			my $size = pick(1, 2, 4, 8);
			next if $at + $size > $length;
			$at -= $at % $size if chance(0.5);
			my $high = chr(pick(0, 0x7F, 0x80, 0xFF, whole(256)));
			my $rest = pick("\0", "\xFF", chr whole(256));
			substr($bytes, $at, $size) = $way == 6 ? "\0" x ($size - 1) . chr(whole(4)) : $high . $rest x ($size - 1);
		}
	}
	return $bytes;
}

# The server

sub connect_all
{
	for my $try (1 .. 60)
	{
		$wire = Wire->connect and last;
		sleep 1;
	}
	$wire or bail("no connection to the server at $ENV{PGHOST}");
	# Refusals by the ten thousand are no news for the server's log.
	$wire->query($_) for q{SET log_min_messages = fatal}, q{SET statement_timeout = '20s'}, q{SET plan_cache_mode = force_generic_plan},
	  q{SET search_path = pg_catalog}, q{SET datestyle = 'ISO, YMD'}, q{SET jit = off},
	  # What an argument that names a sequence means.
	  q{CREATE TEMP SEQUENCE fuzz_sequence}, q{SELECT nextval('pg_temp.fuzz_sequence')};
	$wire->prepare($short{$_}, $statement{$_}) for sort keys %statement;
	$sentinel = Wire->connect;
}

sub prepare
{
	my ($name, $sql) = @_;
	$statement{$name} = $sql;
	$short{$name} = 's' . keys %statement;
	$wire->prepare($short{$name}, $sql);
}

sub bail { print "Bail out! $_[0]\n"; exit 1 }

# Runs cases {statement, parameters}; each gets its {answer}. A case that brings the server down is found by
# running its batch again, one by one.
sub run
{
	my @cases = @_;
	while (@cases)
	{
		my (@batch, $bytes);
		$bytes = '';
		while (@cases && length $bytes < $BATCH_BYTES)
		{
			my $case = shift @cases;
			push @batch, $case;
			$bytes .= Wire::execution($short{ $case->{statement} }, $case->{parameters}, [0, 1]);
		}
		next if run_batch($bytes, @batch);
		connect_all();
		for my $case (@batch)
		{
			next if run_batch(Wire::execution($short{ $case->{statement} }, $case->{parameters}, [0, 1]), $case);
			push @crashes, shown($case);
			print "# the server died of: $crashes[-1]\n";
			bail('the server died too often') if @crashes >= $MOST_CRASHES;
			$case->{answer} = { rows => [], error => { C => 'crash', M => 'the server died' } };
			connect_all();
		}
	}
}

sub run_batch
{
	my ($bytes, @batch) = @_;
	$wire->send($bytes) or return 0;
	for my $case (@batch)
	{
		$case->{answer} = $wire->answer or return 0;
	}
	return 1;
}

# A case as someone would repeat it.
sub shown
{
	my ($case) = @_;
	my @values = map { !defined $_ ? 'NULL' : $_->[0] ? 'binary \x' . unpack('H*', $_->[1]) : "'" . $_->[1] =~ s/([^\x20-\x7E])/sprintf '\\x%02x', ord $1/ger . "'" }
	  @{ $case->{parameters} };
	return "$statement{ $case->{statement} } with (" . join(', ', map { length > 400 ? substr($_, 0, 400) . '...' : $_ } @values) . ')';
}

# Assertions

sub ok
{
	my ($good, $name, @why) = @_;
	push @results, $good;
	print $good ? '' : 'not ', 'ok ', scalar @results, " - $name\n";
	print "#   $_\n" for map { split /\n/ } @why[0 .. ($#why < $MOST_SHOWN ? $#why : $MOST_SHOWN - 1)];
	print '#   ... and ', @why - $MOST_SHOWN, " more\n" if @why > $MOST_SHOWN;
	return $good;
}

# What is wrong with a refusal, or nothing. A type is a pattern for the name that a message about bad text
# or bytes must contain.
sub fault
{
	my ($case, $channel, $name) = @_;
	my $error = $case->{answer}{error} or return ();
	my ($state, $message) = ($error->{C}, $error->{M} // '');
	return "SQLSTATE $state ($message): " . shown($case) unless grep { $_ eq $state } @{ $REFUSALS{$channel} };
	return "names no type ($message): " . shown($case) if $state =~ /^22P0[23]$/ && $message !~ /\b(?:$name)\b|incorrect binary data format in bind parameter/;
	return ();
}

# Values of a type, [text, bytes, where from], that do not read back as themselves.
sub round_trip_faults
{
	my ($name, @values) = @_;
	my (@cases, @faults);
	for my $value (@values)
	{
		push @cases, { statement => "type $name", parameters => [[0, $value->[0]]], value => $value },
		  { statement => "type $name", parameters => [[1, $value->[1]]], value => $value };
	}
	run(@cases);
	for my $case (@cases)
	{
		my ($value, $answer) = @$case{qw(value answer)};
		my $row = $answer->{rows}[0];
		my $form = $case->{parameters}[0][0] ? 'binary' : 'text';
		if ($answer->{error}) { push @faults, "$form form refused ($answer->{error}{M}), which came from: " . shown($value->[2]) }
		elsif ($row->[0] ne $value->[0] || $row->[1] ne $value->[1])
		{
			push @faults, "$form form of $value->[0] reads back as $row->[0], from: " . shown($value->[2]);
		}
	}
	return @faults;
}

sub keep
{
	my ($name, @values) = @_;
	for (@values)
	{
		next if length $_->[1] > 2000;
		if (@{ $pool{$name} } < $POOL_SIZE) { push @{ $pool{$name} }, $_ }
		else { $pool{$name}[rand $POOL_SIZE] = $_ }
	}
}

# One channel of one type. Mutates the accepted as well as the seeds: mutations add up.
sub fuzz_type
{
	my ($name, $channel, $count) = @_;
	my (%seen, @faults, @round_trips);
	my ($form, $mutate) = $channel eq 'binary' ? (1, \&mutate_bytes) : (0, \&mutate_text);
	for (my $done = 0; $done < $count; $done += 1000)
	{
		my @cases = map {
			my $from = pick(@{ chance(0.7) ? $seed{$name} : $pool{$name} });
			my @others = map { pick(@{ $seed{$name} })->[$form] } 1 .. 2;
			{ statement => "type $name", parameters => [[$form, $mutate->($from->[$form], @others)]] }
		} 1 .. ($count - $done < 1000 ? $count - $done : 1000);
		run(@cases);
		push @faults, map { fault($_, $channel, $name) } @cases;
		$seen{ $_->{answer}{error} ? $_->{answer}{error}{C} : 'accepted' }++ for @cases;
		my @accepted = map { $_->{answer}{error} ? () : [@{ $_->{answer}{rows}[0] }[0, 1], $_] } @cases;
		push @round_trips, round_trip_faults($name, @accepted);
		keep($name, @accepted);
		push @faults, soft_error_faults($name, @cases) if $statement{"soft $name"} && $channel eq 'text';
	}
	my $counts = counts(%seen);
	ok(!@faults, "$channel $name: refused as it should be ($counts)", @faults);
	ok(!@round_trips, "$channel $name: what is accepted reads back as itself", @round_trips);
	ok($seen{accepted} && keys %seen > 1, "$channel $name: some accepted, some refused ($counts)") if $count >= $ENOUGH;
}

sub counts
{
	my %seen = @_;
	my $accepted = delete $seen{accepted} || 0;
	return join ', ', "$accepted accepted", map { "$seen{$_} $_" } sort keys %seen;
}

# Since PostgreSQL 16 input can be asked whether it would accept: it must agree, and raise nothing.
sub soft_error_faults
{
	my ($name, @cases) = @_;
	my @asked = map { +{ statement => "soft $name", parameters => $_->{parameters}, hard => $_->{answer}{error} } }
	  grep { !$_->{answer}{error} || $_->{answer}{error}{C} ne '22021' } @cases;
	run(@asked);
	return map {
		my $answer = $_->{answer};
		my $valid = $_->{hard} ? 'f' : 't';
		$answer->{error} ? "raised ($answer->{error}{M}): " . shown($_) : $answer->{rows}[0][0] ne $valid ? "says $answer->{rows}[0][0]: " . shown($_) : ()
	} @asked;
}

# chipbook.as_of is text that is read when a view asks for it.
sub fuzz_setting
{
	my ($count) = @_;
	prepare('setting', q{SELECT x, x FROM (SELECT CASE WHEN set_config('chipbook.as_of', $1, true) IS NOT NULL THEN chipbook.as_of() END AS x OFFSET 0) s});
	my @cases = map { { statement => 'setting', parameters => [[0, mutate_text(pick(@AS_OF), @AS_OF)]] } } 1 .. $count;
	run(@cases);
	my %seen;
	$seen{ $_->{answer}{error} ? $_->{answer}{error}{C} : 'accepted' }++ for @cases;
	my @faults = map { fault($_, 'setting', 'chipbook') } @cases;
	ok(!@faults, 'text setting chipbook.as_of: refused as it should be (' . counts(%seen) . ')', @faults);
	ok($seen{accepted} && keys %seen > 1, 'text setting chipbook.as_of: some accepted, some refused') if $count >= $ENOUGH;
}

# A function or aggregate: {name, types and names of its parameters, how often they are NULL, type of its
# result, rows that its statement takes}.
# Steps over time must not overlap, and have one currency, which picked one by one they hardly ever do: a day for each
# row, in bounds that hold them all, and no state that they would have to fit.
sub put_in_steps
{
	my ($parameters, $types, $names) = @_;
	my $day = 1;
	my $gaps = pick('ignore', 'zero', 'carry');
	for my $i (0 .. $#$types)
	{
		my $name = $names->[$i] // '';
		next if chance(0.01);
		$parameters->[$i] = undef if $types->[$i] eq 'chipbook.time_weighted';
		$parameters->[$i] = [0, whole(1000) . ' USD'] if $types->[$i] eq 'chipbook.monetary';
		$parameters->[$i] = [0, whole(1000)] if $types->[$i] eq 'numeric';
		$parameters->[$i] = [0, sprintf '2025-10-%02d 00:00+00', $day] if $name eq 'starts_at';
		$parameters->[$i] = [0, sprintf '2025-10-%02d 12:00+00', $day++] if $name eq 'ends_at';
		$parameters->[$i] = [0, '2025-09-30 00:00+00'] if $name eq 'from_at';
		$parameters->[$i] = [0, '2025-11-01 00:00+00'] if $name eq 'to_at';
		$parameters->[$i] = [0, $gaps] if $name eq 'gaps';
	}
	return;
}

# Systems over a graph want shares that leave some to others, and numbers for each of its parties.
sub put_in_system
{
	my ($parameters, $types, $names) = @_;
	my @parties = ('a' .. pick('c', 'f', 'j'));
	for my $i (0 .. $#$types)
	{
		my $name = $names->[$i] // '';
		next if chance(0.02);
		if ($types->[$i] eq 'chipbook.funding_graph')
		{
			my @edges;
			for my $payee (@parties)
			{
				push @edges, sprintf '"%s">"%s"=%.15f', $_, $payee, pick(0.05, 1 / 3, rand() / @parties, 1e-15) for grep { chance(0.3) } @parties;
			}
			$parameters->[$i] = [0, join ' ', 'number', sort(@edges)];
		}
		$parameters->[$i] = [0, '{' . join(',', @parties) . '}'] if $name eq 'parties';
		$parameters->[$i] = [0, '{' . join(',', map { sprintf '%.3f', pick(0.001, 0, 1, rand(3)) + ($name eq 'equity' ? 0.001 : 0) } @parties) . '}'] if $types->[$i] eq 'numeric[]';
		$parameters->[$i] = [0, pick(@parties)] if $name =~ /^own/;
		$parameters->[$i] = [0, pick(0, 0.5, 1)] if $types->[$i] eq 'double precision';
		$parameters->[$i] = [0, pick('linear', 'single_hit', 'threshold')] if $name eq 'method';
	}
	return;
}

sub fuzz_call
{
	my ($call, $count) = @_;
	my (%seen, @faults, @round_trips);
	my $ours = $call->{result} =~ s/^chipbook\.//r;
	my @types = (@{ $call->{types} }) x $call->{rows};
	my @names = (@{ $call->{names} }) x $call->{rows};
	my @nulls = (@{ $call->{nulls} }) x $call->{rows};
	for (my $done = 0; $done < $count; $done += 500)
	{
		my @cases = map {
			my $orderly = chance(0.6);
			my @parameters = map { parameter($types[$_], $names[$_], $nulls[$_], $orderly) } 0 .. $#types;
			put_in_steps(\@parameters, \@types, \@names) if $orderly && $call->{name} =~ /time_weighted_(add|agg|avg)\b/;
			put_in_system(\@parameters, \@types, \@names) if $orderly && $call->{name} =~ /\b(look_through|look_through_value|final_owners|clearing|debtrank)\b/;
			{ statement => $call->{name}, parameters => \@parameters }
		} 1 .. ($count - $done < 500 ? $count - $done : 500);
		run(@cases);
		push @faults, map { fault($_, 'calls', join '|', 'json', 'stated_amount', keys %type) } @cases;
		$seen{ $_->{answer}{error} ? $_->{answer}{error}{C} : 'accepted' }++ for @cases;
		next unless $type{$ours};
		my @values;
		for my $case (@cases)
		{
			push @values, map { defined $_->[0] ? [@$_[0, 1], $case] : () } @{ $case->{answer}{rows} };
		}
		push @round_trips, round_trip_faults($ours, @values);
		keep($ours, @values);
	}
	my $counts = counts(%seen);
	ok(!@faults, "call $call->{name}: refused as it should be ($counts)", @faults);
	ok(!@round_trips, "call $call->{name}: what it returns reads back as itself", @round_trips) if $type{$ours};
	ok($seen{accepted}, "call $call->{name}: some answered") if $count >= $ENOUGH;
}

# The catalogue

sub find_types
{
	my $rows = $wire->query(q{
		SELECT typname FROM pg_type WHERE typnamespace = 'chipbook'::regnamespace AND typtype <> 'c' AND typcategory <> 'A'
		ORDER BY typname COLLATE "C"});
	my $version = $wire->query('SHOW server_version_num')->[0][0];
	for my $name (map { $_->[0] } @$rows)
	{
		die "test/fuzz/fuzz.pl has no seeds of type $name: add some\n" unless $SEEDS{$name};
		$type{$name} = 1;
		prepare("type $name", "SELECT \$1::chipbook.$name, \$1::chipbook.$name");
		prepare("soft $name", "SELECT pg_input_is_valid(\$1::text, 'chipbook.$name'), true") if $version >= 160000;
		my $values = $wire->query("SELECT v::text, encode(chipbook.${name}_send(v), 'hex') FROM ($SEEDS{$name}) s(v)");
		$seed{$name} = [map { [$_->[0], pack('H*', $_->[1])] } @$values];
		$orderly{$name} = [grep { $_->[0] !~ /[A-Z]{3}/ || $_->[0] =~ /USD/ } @{ $seed{$name} }];
		$pool{$name} = [@{ $seed{$name} }];
		my %word = map { $_ => 1 } map { $_->[0] =~ /[a-z_]{3,}/g } @$values;
		push @words, sort keys %word;
	}
}

sub find_composites
{
	my $rows = $wire->query(q{
		SELECT relname, attname, atttypid::regtype FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE relnamespace = 'chipbook'::regnamespace AND relkind = 'c' AND attnum > 0 AND NOT attisdropped
		ORDER BY relname COLLATE "C", attnum});
	push @{ $fields{ $_->[0] } }, [@$_[1, 2]] for @$rows;
}

# Bills to be read: stages of what may stand in one, and lists that fit them, or do not.
sub make_bills
{
	$wire->query($_) for 'CREATE SCHEMA IF NOT EXISTS fuzz', 'DROP TABLE IF EXISTS fuzz.charge, fuzz.other',
	  q{CREATE TABLE fuzz.charge (fact_id bigint GENERATED ALWAYS AS IDENTITY, recorded_at timestamptz, superseded_at timestamptz NOT NULL, charge_period_start timestamptz, billing_period_start timestamptz,
		load_id bigint NOT NULL, delivery_id bigint, line_no bigint, findings bigint NOT NULL, billed_cost numeric CONSTRAINT bounded CHECK (abs(billed_cost) < 1e20), effective_cost numeric, list_cost numeric,
		contracted_cost numeric, billing_currency text, charge_category text, invoice_issuer_name text, billing_account_id text, dataset text NOT NULL, row_hash bytea, tags jsonb, x jsonb, known_on date)},
	  q{CREATE INDEX ON fuzz.charge (billed_cost, lower(charge_category)) WHERE charge_category <> 'Tax'}, 'CREATE INDEX charge_load_id ON fuzz.charge USING brin (load_id)', 'CREATE TABLE fuzz.other (i integer)';
	my @columns = qw(billed_cost charge_period_start tags charge_category invoice_issuer_name);
	my %number = map { @$_ } @{ $wire->query(q{SELECT attname, attnum FROM pg_attribute WHERE attrelid = 'fuzz.charge'::regclass AND attnum > 0}) };
	my %cells = (
		billed_cost => ['1', '-2.50', '1e-9', '+7.', ' .5 '], charge_period_start => ['2025-03-01T00:00:00Z', '2025-03-01', '3/1/25 1:05:00 PM', '2025-03-01 10:00:00.123456+05:30'],
		tags => ['{"a": [1, {"b": null}]}', '"x"', '{}'], charge_category => ['Usage', 'usage_based', 'TAX'], invoice_issuer_name => ['Cloud', 'x' x 3000]);
	my $cell = sub {
		my ($of, $odd) = @_;
		return chance($odd) ? chance(0.5) ? pick(@TOKENS) : mutate_text(pick(@{ $cells{$of} })) : pick('', @{ $cells{$of} });
	};
	my @stages;
	for my $n (1 .. 12)
	{
		my @of = (@columns, 'invoice_issuer_name', 'tags');
		pop @of if $n == 12;
		$wire->query("DROP TABLE IF EXISTS fuzz.stage_$n");
		$wire->query("CREATE TABLE fuzz.stage_$n (" . join(', ', map { "c$_ text" } 1 .. @of) . ')');
		my @rows = map {
			'(' . join(', ', map { chance(0.03) ? 'NULL' : "convert_from('\\x" . unpack('H*', $_) . "', 'UTF8')" } map { my $text = $cell->($_, ($n - 1) / 20); $text =~ /[\x80-\xFF]/ ? '?' : $text } @of) . ')'
		} 1 .. 30;
		$wire->query("INSERT INTO fuzz.stage_$n VALUES " . join ', ', @rows);
		push @stages, "fuzz.stage_$n";
	}
	my $list = sub { '{' . join(',', map { '"' . s/(["\\])/\\$1/gr . '"' } @_) . '}' };
	my @targets = map { $number{$_} } @columns;
	$NAMED{'stage regclass'} = [@stages, 'fuzz.charge', 'pg_catalog.pg_class', 'fuzz.charge_load_id'];
	$NAMED{'charge regclass'} = [('fuzz.charge') x 12, 'fuzz.other', $stages[0]];
	$NAMED{'targets integer[]'} = [($list->(@targets, 0, 0)) x 8, $list->(@targets[0 .. 3], 0, $targets[4], 0), $list->((0) x 7), $list->(($targets[0]) x 7), $list->(@targets, -1, 0), $list->(@targets, 32767, 0),
		map({ $list->($number{$_}, @targets[1 .. 4], 0, 0) } qw(fact_id recorded_at row_hash x dataset known_on))];
	$NAMED{'names text[]'} = [$list->(@columns, 'x_A', 'x_B'), $list->(('same') x 7), $list->(@columns, '', "\"\\'" . 'y' x 3000)];
	$NAMED{'words text[]'} = [$list->('', '', '', 'Usage,Purchase,Tax,Credit', '', '', ''), $list->((',') x 7), $list->(('x,Usage-Based,,Y') x 7), $list->(('') x 7)];
	$NAMED{'null_words text[]'} = ['{NULL,null,""}', '{}', '{USD,Cloud}'];
	$NAMED{'zone text'} = ['UTC', 'America/New_York', 'Asia/Tokyo', '', 'x' x 300];
	$NAMED{'day_order text'} = ['ymd', 'mdy', 'dmy', ''];
	$NAMED{'skipped bigint[]'} = ['{}', '{2,5,6}', '{9,3,3,-1}'];
	$NAMED{'findings text'} = [('SELECT findings + CASE WHEN billed_cost < 0 THEN 16 ELSE 0 END FROM fuzz.charge') x 5, 'SELECT NULL::bigint FROM fuzz.charge', 'SELECT 1', 'SELECT 1::bigint', 'SELECT count(*) FROM fuzz.charge',
		'SELECT line_no / 0 FROM fuzz.charge', 'SELECT tableoid::bigint FROM fuzz.charge', 'SELECT xmin::text::bigint FROM fuzz.charge', 'SELECT (charge).line_no FROM fuzz.charge', 'SELECT a.line_no FROM fuzz.charge a, fuzz.charge b',
		'SELECT (SELECT 1::bigint) FROM fuzz.charge', 'SELECT grouping(line_no)::bigint FROM fuzz.charge GROUP BY line_no', 'SELECT line_no FROM fuzz.charge UNION SELECT 1', 'DELETE FROM fuzz.charge RETURNING line_no', 'WITH c AS (SELECT 1) SELECT line_no FROM fuzz.charge', ''];
	$NAMED{'numbers bigint[]'} = ['{1,2,4}', '{1,2}', '{9223372036854775807,-1,0}'];
}

sub find_calls
{
	my $rows = $wire->query(q{
		SELECT p.oid::regprocedure, 'chipbook.' || quote_ident(proname), prokind, proretset, prorettype::regtype,
		       array_to_string(proargtypes::regtype[], ';'), array_to_string(proargnames, ';'),
		       CASE WHEN proisstrict THEN 0 ELSE pronargdefaults END
		FROM pg_proc p JOIN pg_language l ON l.oid = prolang
		WHERE pronamespace = 'chipbook'::regnamespace AND (lanname = 'c' OR prokind = 'a')
		  AND NOT proargtypes::oid[] && ARRAY['internal'::regtype::oid, 'cstring'::regtype::oid, 'record'::regtype::oid]
		  AND prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
		ORDER BY p.oid::regprocedure::text COLLATE "C"});
	my @calls;
	for (@$rows)
	{
		my ($name, $function, $kind, $set, $result, $types, $names, $optional) = @$_;
		# Values of any type: some of each kind that is written in a way of its own.
		my @types = map { $_ eq '"any"' ? ('text', 'chipbook.monetary', 'date', 'timestamp with time zone', 'numeric', 'bigint', 'boolean', 'chipbook.amortisation_policy') : $_ } split /;/, $types;
		my @names = map { $_ // '' } (split /;/, $names // '')[0 .. $#types];
		my $row = sub { join ', ', map { '$' . ($_ + 1 + $_[0] * @types) . "::$types[$_]" } 0 .. $#types };
		my $columns = join ', ', map { "a$_" } 1 .. @types;
		my $values = sub { join ', ', map { "($_, " . $row->($_ - 1) . ')' } 1 .. $_[0] };
		my $call = { name => $name, types => \@types, names => \@names, nulls => [map { $_ < @types - $optional ? 0.04 : 0.7 } 0 .. $#types], result => $result, rows => 1 };
		if ($kind eq 'a')
		{
			push @calls, { %$call, rows => 3, sql => "$function($columns) AS x FROM (VALUES @{[$values->(3)]}) v(n, $columns)" };
			push @calls, { %$call, name => "$name over a moving frame", rows => 5,
				sql => "$function($columns) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM (VALUES @{[$values->(5)]}) v(n, $columns)" };
		}
		elsif ($set eq 't') { push @calls, { %$call, result => 'text', sql => "$function(@{[$row->(0)]})::text AS x LIMIT 20" } }
		else { push @calls, { %$call, sql => "$function(@{[$row->(0)]}) AS x" } }
	}
	prepare($_->{name}, "SELECT x, x FROM (SELECT $_->{sql}@{[$_->{sql} =~ /LIMIT/ ? '' : ' OFFSET 0']}) s") for @calls;
	return @calls;
}

$| = 1;
srand($SEED);
connect_all();
$wire->query('SET client_min_messages = warning');
# On a busy machine, with sanitisers, that takes longer than any case may.
$wire->query($_) for 'SET statement_timeout = 0', 'CREATE EXTENSION IF NOT EXISTS chipbook', q{SET statement_timeout = '20s'};
$wire->query('SELECT setseed(0.5)');
my $started = $wire->query(q{SELECT pg_postmaster_start_time(), backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'})->[0];
find_types();
find_composites();
make_bills();
my @types = sort keys %type;
my @calls = find_calls();
print "# $COUNT mutations, FUZZ_SEED=$SEED, ", scalar @types, ' types, ', scalar @calls, " functions and aggregates\n";

my $each = int($COUNT * $SHARE_TEXT / (@types + 0.5));
fuzz_type($_, 'text', $each) for @types;
fuzz_setting(int($each / 2));
fuzz_type($_, 'binary', int($COUNT * $SHARE_TEXT / @types)) for @types;
# A history of events, or a dozen parameters, has more that may be wrong with it than two numbers have.
my %weight = map { $_->{name} => @{ $_->{types} } > 10 || (grep { $fields{ s/^chipbook\.|\[\]$//gr } } @{ $_->{types} }) ? 10 : 1 } @calls;
my $weights = 0;
$weights += $_ for values %weight;
fuzz_call($_, 1 + int($COUNT * (1 - 2 * $SHARE_TEXT) * $weight{ $_->{name} } / $weights)) for @calls;

ok(!@crashes, 'no case brought the server down', @crashes);
my $now = eval { $sentinel->query(q{SELECT pg_postmaster_start_time(), backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'})->[0] };
ok($now && "@$now" eq "@$started", 'the server never restarted');
print '1..', scalar @results, "\n";
exit((grep { !$_ } @results) ? 1 : 0);
