# The report of a month, of the sample world and two commitments: its figures are the database's to the digit,
# in the page, in CSV and in JSON, in English and German; a browser draws the charts without an error and
# without a network; the same facts give the same bytes; nothing but a report is ever replaced.
use strict;
use warnings FATAL => 'all';
use utf8;

use Compress::Zlib qw(uncompress);
use FindBin;
use IPC::Run qw(run timeout);
use JSON::PP;
use Math::BigFloat;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";
my $node = PostgreSQL::Test::Cluster->new('report');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nmax_locks_per_transaction = 256\ntimezone = 'Asia/Tokyo'\ndatestyle = 'SQL, DMY'\n");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE books');
$node->safe_psql('books', 'CREATE EXTENSION chipbook');
chdir "$top/test/demo" or die "test/demo: $!";
{
	local $ENV{PGOPTIONS} = '-c datestyle=ISO -c timezone=UTC';
	my $loading;
	run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('books'), '-f', 'load.sql' ], '>&', \$loading)
		or die "the sample world does not load: $loading";
}

# Commitments and another currency, of which the sample world has none; and a party whose name is no name, but must stay one.
$node->safe_psql('books', q{
	SET search_path = books, chipbook, public;
	SET datestyle = 'ISO, YMD';
	SELECT open_load('books', 'contracts of the example', 'ledger') AS load \gset
	INSERT INTO commitment (commitment_id, kind, provider_id, entity_id, currency, starts_on, ends_on, model, unit, quantity, price, on_demand_price, make_up_intervals, source_id) VALUES
		('aws-h100', 'take_or_pay', 'AWS', 'ANTH', 'USD', '2025-07-01', '2027-01-01', 'continuous', 'Chip-Hours', 3000000, '4.9 USD', '6.1 USD', 2, 'illustrative'),
		('=gcp,"tpu"</script>', 'take_or_pay', 'GCP', 'ANTH', 'USD', '2025-10-01', '2026-10-01', 'continuous', 'Chip-Hours', 2000000, '2.7 USD', '3.2 USD', 0, 'illustrative');
	INSERT INTO commitment_draw (draw_id, commitment_id, drawn_from, quantity, source_id)
	SELECT 'aws-' || n, 'aws-h100', (date '2025-07-15' + make_interval(months => n))::timestamp AT TIME ZONE 'UTC', 2600000 + 57000 * n, 'illustrative' FROM generate_series(0, 9) n
	UNION ALL
	SELECT 'gcp-' || n, '=gcp,"tpu"</script>', (date '2025-10-15' + make_interval(months => n))::timestamp AT TIME ZONE 'UTC', 1900000 - 120000 * n, 'illustrative' FROM generate_series(0, 6) n;
	INSERT INTO asset (asset_id, entity_id, name, component, cost, acquired_on, available_for_use_on, source_id)
	VALUES ('rack-eur', 'main', 'A rack bought in euros', 'server', '1000000.01 EUR', '2025-06-01', '2025-06-01', 'illustrative');
	INSERT INTO asset_policy (asset_id, basis, policy, source_id)
	VALUES ('rack-eur', 'us_gaap', amortisation_policy(method => 'straight_line', life => '3 years', convention => 'full_month'), 'illustrative');
	INSERT INTO party (party_id, name, kind, country, founded_from, founded_to, note, source_id)
	SELECT party_id, 'Oracle <script>alert(1)</script> & "Söhne"', kind, country, founded_from, founded_to, note, source_id FROM party_known WHERE party_id = 'ORCL';
	SELECT publish_load('books', :load, recorded_at => '2026-05-03 18:00Z') \g /dev/null
	CREATE ROLE analyst LOGIN;
	SELECT grant_ledger('books', 'reader', 'analyst')});

my $folder = PostgreSQL::Test::Utils::tempdir;
chdir $folder or die "$folder: $!";
local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;
local $ENV{PGDATABASE} = 'books';
delete @ENV{qw(PGUSER PGSERVICE PGSERVICEFILE PGPASSFILE PGPASSWORD PGOPTIONS CHIPBOOK_LEDGER)};
$ENV{HOME} = $folder;

my ($out, $err);

sub chipbook
{
	($out, $err) = ('', '');
	run [ 'chipbook', @_ ], '<', \undef, '>', \$out, '2>', \$err, timeout(600);
	return $? >> 8;
}

sub contents
{
	my ($name) = @_;
	open(my $file, '<:raw', $name) or die "$name: $!";
	local $/;
	return scalar <$file>;
}

sub all_contents { return { map { s{.*/}{}r => contents($_) } glob("$_[0]/*") }; }

sub text { my $text = shift; utf8::decode($text); return $text; }

# What psql gives for a statement that the report shows, as COPY writes it; the clock and the language are the report's.
sub ask
{
	my ($query) = @_;
	my ($copied, $problem) = ('', '');
	run [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', q{SET search_path = books_report, chipbook; SET chipbook.as_of = '2026-05-05'; SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'},
		'-c', "COPY (\n$query\n) TO STDOUT (FORMAT csv, HEADER)" ], '>', \$copied, '2>', \$problem;
	# What would be a formula in a spreadsheet is none.
	$copied =~ s/(?<![^,\n])"=gcp/"'=gcp/g;
	return $copied || $problem;
}

my @asked = ('report', '--period', '2026-04', '--as-of', '2026-05-05');

# The command line. Nothing is asked of the server, or written, when it is wrong.
is(chipbook('report'), 2, 'a folder is needed');
like($err, qr/needs a folder/, '  and it says so');
is(chipbook('report', '--out', 'x', '--period', $_), 2, "no month: $_") for '2026-13', '2026-1', '2026', '2026-04-01', "2026-04'", '20260-4';
is(chipbook('report', '--out', 'x', '--language', 'fr'), 2, 'no language that it has');
is(chipbook('report', '--out', 'x', 'y'), 2, 'no argument');
is(chipbook('report', '--out', 'x', '--as-of', 'whenever'), 4, 'no time');
is_deeply([ glob 'x*' ], [], 'nothing was written');

# The report, as somebody who may only read.
is(chipbook(@asked, '--out', 'out', '-U', 'analyst', '--json'), 0, 'a reader can make it') or diag($err);
my $answer = decode_json($out);
my $has_charts = $answer->{charts};
my $files = all_contents('out');
my $report = decode_json($files->{'report.json'});
my $page = text($files->{'report.html'});
my @tables = @{ $report->{tables} };
is_deeply([ sort keys %$files ], [ sort 'report.html', 'report.json', map { "$_->{name}.csv" } @tables ], 'a page, a document and a file of each table');
is($answer->{tables}, scalar @tables, 'as it says');
is_deeply([ map { $report->{$_} } qw(ledger period language as_of reporting_currency) ], [qw(books 2026-04 en 2026-05-05 USD)], 'what it is of');
is(() = $out =~ /"ledger":/g, 1, 'no key twice');
cmp_ok(scalar(grep { @{ $_->{rows} } } @tables), '==', scalar @tables, 'no table is empty, so that all are tested');

chmod 0750, 'out';
symlink 'out', 'latest' or die $!;
is(chipbook(@asked, '--out', 'latest/', '-q'), 0, 'again, over the first, by another name');
is_deeply(all_contents('out'), $files, 'the same facts give the same bytes');
is((stat 'out')[2] & 07777, 0750, 'to the same readers');
is_deeply([ sort glob '*' ], [qw(latest out)], 'and nothing else is left');

# Every table against the database, by the statement that stands beside it.
foreach my $table (@tables)
{
	my $csv = $files->{"$table->{name}.csv"};
	is(text($csv), text(ask($table->{query})), "$table->{name}: the file is what the query gives");
	like($table->{query}, qr/\b$_\b/, "  from $_") for split /, /, $table->{source};
	my $columns = $node->safe_psql('books', "SELECT count(*) FROM pg_attribute WHERE attnum > 0 AND attname = ANY ('{" . join(',', split /, /, $table->{key}) . "}') AND attrelid = 'books_report."
		  . (split /, /, $table->{source})[0] . "'::regclass");
	is($columns, scalar(split /, /, $table->{key}), '  and its key is there') if $table->{name} ne 'summary';
}

# A field of CSV.
sub csv_rows
{
	my ($csv) = @_;
	my @rows = ([]);
	while ($csv =~ /\G(?:"((?:[^"]|"")*)"|([^,"\n]*))(,|\n)/gc)
	{
		my ($quoted, $plain, $end) = ($1, $2, $3);
		push @{ $rows[-1] }, defined $quoted ? $quoted =~ s/""/"/gr : $plain eq '' ? undef : $plain;
		push @rows, [] if $end eq "\n";
	}
	pop @rows;
	return \@rows;
}

foreach my $table (@tables)
{
	my $rows = csv_rows(text($files->{"$table->{name}.csv"}));
	is_deeply(shift @$rows, [ map { $_->{name} } @{ $table->{columns} } ], "$table->{name}: JSON has the columns of the file");
	is_deeply([ map { [ map { JSON::PP::is_bool($_) ? ($_ ? 't' : 'f') : defined $_ && /^=/ ? "'$_" : $_ } @$_ ] } @{ $table->{rows} } ], $rows, '  and its values');
}

# The page: each cell against the document, and each number as it is shown against the number.
sub unescaped { my $text = shift; $text =~ s/&lt;/</g; $text =~ s/&gt;/>/g; $text =~ s/&quot;/"/g; $text =~ s/&amp;/&/g; return $text; }

sub as_number
{
	my ($shown, $german) = @_;
	my ($point, $comma) = $german ? (',', '\.') : ('\.', ',');
	$shown =~ s/[\x{a0} ]//g;
	$shown =~ s/\x{2212}/-/;
	my $percent = $shown =~ s/%$//;
	return undef unless $shown =~ /^-?\d{1,3}(?:$comma\d{3})*(?:$point(\d+))?$/;
	my $decimals = length($1 // '');
	$shown =~ s/$comma//g;
	$shown =~ s/$point/./;
	return (Math::BigFloat->new($shown), $decimals, $percent);
}

# Half away from zero, in decimal digits.
sub rounded
{
	my ($digits, $decimals, $percent) = @_;
	my $unit = Math::BigFloat->new(10)->bpow($decimals);
	my $number = Math::BigFloat->new($digits) * $unit * ($percent ? 100 : 1);
	my $magnitude = ($number->copy->babs + Math::BigFloat->new('0.5'))->bfloor;
	return ($number->is_neg ? $magnitude->bneg : $magnitude) / $unit;
}

sub check_page
{
	my ($page, $report, $german) = @_;
	my ($numbers, $texts) = (0, 0);
	foreach my $table (grep { $_->{name} ne 'summary' } @{ $report->{tables} })
	{
		my @wrong;
		my ($html) = $page =~ m{<table id="table-\Q$table->{name}\E"[^>]*>(.*?)</table>}s or do { fail("$table->{name} is on the page"); next };
		my @labels = map { unescaped($_) } $html =~ m{<th scope="col"[^>]*>(.*?)</th>}g;
		my %column;
		$column{ $table->{columns}[$_]{label} } = $_ foreach 0 .. $#{ $table->{columns} };
		is(scalar keys %column, scalar @{ $table->{columns} }, "$table->{name}: no two columns are called alike");
		my @rows = ($html =~ m{<tbody>(.*)</tbody>}s)[0] =~ m{<tr>(.*?)</tr>}gs;
		is(scalar @rows, scalar @{ $table->{rows} }, "  all its rows are on the page");
		foreach my $r (0 .. $#rows)
		{
			my @cells = $rows[$r] =~ m{<(t[hd][^>]*)>(.*?)</t[hd]>}gs;
			push @wrong, "row $r has other cells" if @cells != 2 * @labels;
			foreach my $c (0 .. $#labels)
			{
				my ($tag, $shown) = @cells[ 2 * $c, 2 * $c + 1 ];
				my $value = $table->{rows}[$r][ $column{ $labels[$c] } ];
				if ($tag =~ /title="([^"]*)"/)
				{
					$numbers++;
					my ($number, $decimals, $percent) = as_number(unescaped($shown), $german);
					push @wrong, "$labels[$c]: $1 for $value" if $1 ne $value;
					push @wrong, "$labels[$c]: $shown for $value" if !defined $number || $number != rounded($value, $decimals, $percent);
				}
				elsif (!defined $value)
				{
					push @wrong, "$labels[$c]: $shown for nothing" if $shown ne '';
				}
				else
				{
					$texts++;
					push @wrong, "$labels[$c]: nothing for $value" if $shown eq '';
				}
			}
		}
		is(join("\n", @wrong), '', '  and its cells are its values');
	}
	cmp_ok($numbers, '>', 1000, "$numbers numbers were compared");
	cmp_ok($texts, '>', 300, "and $texts texts were there");
	return;
}

check_page($page, $report, 0);

# Keys have names: on the page, in the document for the charts.
foreach my $kind ([ 'parties', 'party', 'party' ], [ 'companies', 'entity', 'entity' ], [ 'chips', 'chip_model', 'chip_model' ], [ 'sites', 'site', 'site' ])
{
	my ($called, $dimension, $key) = @$kind;
	my %names = split /[\t\n]/, $node->safe_psql('books', "SET chipbook.as_of = '2026-05-05'; SELECT ${key}_id || E'\t' || ${key}_name FROM books_report.dim_$dimension");
	is_deeply($report->{$called}, { map { text($_) } %names }, "names of $called");
}
like($page, qr{>Example Compute <span class="code">main</span>}, 'a company by its name');
like($page, qr{>Nvidia H100 SXM <span class="code">H100</span>}, 'a chip by its name');

# What the summary says is the database's, formatted by it.
sub one { return $node->safe_psql('books', "SET search_path = books_report, chipbook; SET chipbook.as_of = '2026-05-05'; $_[0]"); }

my ($summary) = $page =~ m{<section id="summary"[^>]*>(.*?)</section>}s;
$summary = unescaped($summary);
my $spend = q{FROM utilisation_weighted_spend WHERE period_month = '2026-04-01' AND currency = 'USD' AND pool_id IS NOT NULL};
foreach my $sql ("SELECT format_monetary(monetary(sum(total_cost), 'USD'), 'en', 0) $spend",
	"SELECT format_monetary(monetary(sum(total_cost) / sum(used_chip_hours), 'USD'), 'en', 4) $spend",
	"SELECT format_monetary(monetary(sum(total_cost) / sum(used_chip_hours), 'USD'), 'en', 4) $spend AND ownership = 'rented'",
	"SELECT round(100 * sum(productive_cost) / sum(total_cost), 1) || '%' $spend",
	"SELECT format_monetary(monetary(circulation_edge_sum, 'USD'), 'en', 0) FROM circular_total WHERE grouping_level = 'group' AND scope = 'binding' AND bound = 'least'")
{
	my $figure = text(one($sql));
	like($summary, qr/\Q$figure\E/, "the summary says $figure");
}
like($files->{'commitments.csv'}, qr/^"'=gcp,""tpu""<\/script>"/m, 'a name that looks like a formula is text in CSV');
like($summary, qr/Oracle <script>alert\(1\)<\/script> & "Söhne"/, 'and names parties as they are called');

# Nothing on the page comes from anywhere else, and what came in as data stays data.
like($page, qr{<meta http-equiv="Content-Security-Policy" content="default-src 'none'}, 'the page may ask nothing of any network');
my $outside = ($page =~ s{<script>.*?</script>}{}gsr);
unlike($outside, qr{(?:src|href)\s*=\s*"?(?:[a-z]+:)?//}i, 'and names no other place');
is(() = $outside =~ /<script/g, 1, 'no script but the data, which is none, and the two that are ours');
like($outside, qr/<html lang="en">/, 'its language is stated');
my ($embedded) = $page =~ m{<script type="application/json" id="report-data">(.*?)</script>}s;
is($embedded =~ s/\\u003c/</gr, text($files->{'report.json'}), 'the document is in the page too');

# In German, without charts.
is(chipbook(@asked, '--out', 'de', '--language', 'de', '--no-charts'), 0, 'in German, without charts');
my $german = text(contents('de/report.html'));
like($german, qr/<html lang="de">.*Dieser Bericht hat keine Diagramme/s, 'which it says');
unlike($german, qr/<script>|class="charts"|<details class="figures"/, 'there are none, and no table is folded');
like($german, qr/<h1>April 2026.*Was kostet eine Chipstunde\?/s, 'it speaks German');
my $total = text(one("SELECT format_monetary(monetary(sum(total_cost), 'USD'), 'de_DE', 0) $spend"));
like($german, qr/\Q$total\E/, "and says $total");
check_page($german, decode_json(contents('de/report.json')), 1);
{
	my ($of_german) = map { decode_json(contents($_)) } 'de/report.json';
	my %said = map { $_->{name} => $_ } @tables;
	my @words = map { my ($table, $column) = @$_; map { $_->[$column] } @{ $said{$table}{rows} } } [ 'checks', 0 ], [ 'findings', 0 ], [ 'findings', 1 ], [ 'findings', 2 ];
	is_deeply([ grep { !exists $of_german->{words}{$_} } @words ], [], 'what was checked and found has German words');
}
is(contents("de/$_.csv"), $files->{"$_.csv"}, "$_.csv is the same in every language") for map { $_->{name} } grep { $_->{name} ne 'summary' } @tables;

# A folder with anything else is left alone.
open(my $file, '>', 'de/mine.txt') or die $!;
close $file;
is(chipbook(@asked, '--out', 'de', '-q'), 5, 'a folder with another file is not replaced');
like($err, qr/mine\.txt/, '  and it says why');
is(text(contents('de/report.html')), $german, '  and nothing in it was changed');
is(chipbook(@asked, '--out', 'no/where', '-q'), 5, 'a folder that cannot be made');
is(chipbook(@asked, '--out', 'de/mine.txt', '-q'), 5, 'a file in its place');
symlink 'nowhere', 'lost' or die $!;
is(chipbook(@asked, '--out', 'lost', '-q'), 5, 'a link that leads nowhere');
is_deeply([ sort glob '*' ], [qw(de latest lost out)], 'nothing else is left');

# A month of which nothing is known.
is(chipbook('report', '--period', '2031-01', '--out', 'later'), 0, 'a month of which nothing is known');
my $later = text(contents('later/report.html'));
like($later, qr/Nothing is known of it in January 2031/, 'says so');
like($later, qr/class="none"/, 'and has no empty tables');

# The charts, in a browser. Whatever it complains of, it says on its console; a page that does is tried first.
SKIP:
{
	my ($chromium) = grep { -x } map { my $name = $_; map { "$_/$name" } split /:/, $ENV{PATH} } qw(chromium chromium-browser);
	skip 'CHARTS NOT LOOKED AT: the library that draws them could not be had when the program was built', 1 unless $has_charts;
	skip 'CHARTS NOT LOOKED AT: chromium is not installed', 1 unless $chromium;

	my $browse = sub {
		my ($path, @how) = @_;
		my ($dom, $log) = ('', '');
		# No sandbox, for that needs rights that a container has not; the pages are our own.
		my $ran = run [ $chromium, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--enable-logging=stderr',
			"--user-data-dir=$folder/browser", '--window-size=1200,900', '--virtual-time-budget=10000', @how, "file://$folder/$path" ],
			'<', \undef, '>', \$dom, '2>', \$log, timeout(400);
		return ($ran, text($dom), join("\n", $log =~ /^.*CONSOLE.*$/mg));
	};

	open(my $bad, '>', 'bad.html') or die $!;
	print $bad q{<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'"><img src="http://127.0.0.1:9/x.png"><script>document.body.dataset.ran = 'yes'; nothing.there();</script>};
	close $bad;
	my ($ran, $dom, $console) = $browse->('bad.html', '--dump-dom');
	skip 'CHARTS NOT LOOKED AT: chromium does not run here', 1 unless $ran && $dom =~ /data-ran="yes"/;
	like($console, qr/not defined/, 'a browser that says what goes wrong');
	like($console, qr/Content Security Policy/, '  and what it was not allowed to fetch');

	my @charts = map { $_->{name} } grep { $_->{chart} } @tables;
	cmp_ok(scalar @charts, '>=', 9, 'there are charts to look at');
	foreach my $scheme ('light', 'dark')
	{
		($ran, $dom, $console) = $browse->('out/report.html', '--dump-dom', $scheme eq 'dark' ? '--blink-settings=preferredColorScheme=0' : ());
		is($console, '', "$scheme: the browser has nothing to say");
		my ($drawn) = $dom =~ /<html[^>]* data-charts="(\d+)"/;
		is($drawn, scalar(() = $dom =~ /<svg/g), '  every chart is drawn');
		foreach my $name (@charts)
		{
			my ($container) = $dom =~ m{(<div class="charts" data-table="\Q$name\E".*?<details class="figures">)}s;
			ok($container && $container =~ m{role="img" aria-label="Chart: [^"]+".*<svg.*<path}s, "  $name, with words for who cannot see it") or diag($dom =~ m{(data-table="$name".{0,300})}s);
		}
	}
	# Names with markup are text in the charts too.
	like($dom, qr/Oracle &lt;script&gt;/, 'a name that looks like markup is text');
	# What the drawings say in words is what the tables say: figures beside marks, shares inside bars.
	my %drawing = $dom =~ m{<div class="charts" data-table="(\w+)"(.*?)<details class="figures">}gs;
	my $rows = sub { my ($table) = grep { $_->{name} eq $_[0] } @tables; my @names = map { $_->{name} } @{ $table->{columns} };
		return map { my %row; @row{@names} = @$_; \%row } @{ $table->{rows} } };
	my @hours = map { sprintf '%.2f', rounded($_->{cost_per_used_chip_hour}, 2) } $rows->('chip_hour');
	foreach my $hour (@hours) { like($drawing{chip_hour}, qr{>\Q$hour\E</text>}, "a used chip-hour at $hour") }
	foreach my $row (grep { $_->{total_cost} > 0 } $rows->('spend_split'))
	{
		my $share = rounded($row->{productive_cost} / $row->{total_cost}, 0, 1);
		like($drawing{spend_split}, qr{>\Q$share\E%</text>}, "$share% of " . ($row->{provider_id} // 'no pool') . ' productive') if $share >= 6;
	}
	like($drawing{$_->[0]}, qr{>[^<]*\Q$_->[1]\E[^<]*</text>}, "$_->[0] says $_->[1]") foreach [ 'book_value', 'Example Compute' ], [ 'chip_hour', 'Nvidia H100 SXM' ], [ 'owned_rented', 'Chip of pool P' ], [ 'capacity', 'Colossus 2' ];
	is(scalar(() = $drawing{book_value} =~ /<svg/g), 2, 'a chart for each currency');
	like($drawing{book_value}, qr{<figcaption>USD</figcaption>.*<figcaption>EUR</figcaption>}s, '  the reporting currency first');
	like($drawing{money_flows}, qr{>Oracle &lt;script&gt;[^<]*300&nbsp;bn</text>}, 'who is paid how much stands beside the flows');
	is(scalar(() = $dom =~ /id="table-/g), @tables - 1, 'all tables are behind them');

	($ran) = $browse->('out/report.html', '--no-pdf-header-footer', "--print-to-pdf=$folder/report.pdf");
	my $pdf = -s 'report.pdf' ? contents('report.pdf') : '';
	my ($sheets, $ink) = (scalar(() = $pdf =~ m{/Type\s*/Page\b}g), '');
	while ($pdf =~ /\bstream\r?\n(.*?)\r?\nendstream/gs) { my $packed = $1; $ink .= uncompress($packed) // '' }
	cmp_ok($sheets, '>', 5, "it prints, on $sheets pages");
	# The green of what was productive, and the orange of what goes in circles.
	cmp_ok(scalar(() = $ink =~ /\b0 \.619\d* \.45\d* rg/g), '>', 10, '  with its charts');
	cmp_ok(scalar(() = $ink =~ / ?\.835\d* \.368\d* 0 rg/g), '>', 4, '  in the colours of paper');
}

done_testing();
