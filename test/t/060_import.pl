# Files as they lie on a disk, through psql's \copy: line ends of both kinds, a byte order mark, quotes, no
# last line end, one line of ten megabytes; imported, published, and imported again, also by two at once;
# dumped and restored.
use strict;
use warnings FATAL => 'all';

use Digest::SHA qw(sha256_hex);
use IPC::Run qw(run start finish);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('import');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\nclient_min_messages = warning\njit = off\ntimezone = 'Asia/Tokyo'\n");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION chipbook;
SET search_path = chipbook, public;
CREATE ROLE loader LOGIN;
SELECT create_ledger('books', 'EUR', 1, 'Europe/Berlin');
SELECT grant_ledger('books', 'loader', 'loader');
GRANT USAGE ON SCHEMA chipbook TO loader;
INSERT INTO books.source VALUES ('test', 'contract', 'made here', NULL, 'high');
SELECT open_load('books', 'a pool', 'test');
INSERT INTO books.pool (pool_id, name) VALUES ('P', 'pool');
INSERT INTO books.rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r', 'P', 16, '2 EUR', '2025-01-01');
SELECT publish_load('books', currval('books.load_load_id_seq'));
SQL

my $folder = PostgreSQL::Test::Utils::tempdir;

sub write_file
{
	my ($name, $text) = @_;
	open(my $file, '>:raw', "$folder/$name") or die "$name: $!";
	print $file $text;
	close $file;
	return "$folder/$name";
}

# What the documentation says takes any line: delimiter, quote and null are characters that no file has.
my $any_line = q{WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ESCAPE E'\x02', NULL E'\x03', ENCODING 'UTF8')};

# Copies a file in as the loader and imports it; the result, or what psql says.
sub import
{
	my ($format, $path, $options) = @_;
	my $script = "SET search_path = chipbook, public;\n"
		. "SELECT open_import('books', '$format', 'file', '$options', 'test') AS file \\gset\n"
		. "\\copy books.import_line (line) FROM '$path' $any_line\n"
		. "SELECT lines, accepted, rejected, skipped, readings, already_imported, load_id FROM run_import('books', :file);\n";
	run [ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres') . " user=loader" ], '<', \$script, '>&', \my $output;
	$output =~ s/^COPY \d+\n//;
	chomp $output;
	return $output;
}

sub value { return $node->safe_psql('postgres', "SET search_path = chipbook, public; $_[0]"); }

my $rows = "P,2025-03-31T20:00:00Z,2025-04-01T04:00:00Z,16,8,sm_active,\"team \"\"a\"\", b\"\n"
	. "P,2025-04-01T04:00:00Z,2025-04-01T05:00:00Z,16,\\N,sm_active,x\n"
	. "P,2025-04-01T05:00:00Z,2025-04-01T06:00:00Z,1.5,1e0,sm_active,back\\slash\ttab\n"
	. "\n"
	. "P,2025-04-01T06:00:00Z,2025-04-01T07:00:00Z,1,1,sm_active,\"two\nlines\"\n"
	. "P,2025-04-01T07:00:00Z,2025-04-01T08:00:00Z,1,1,sm_active,\xc3\xbc\n";
my $header = "pool_id,starts_at,ends_at,installed_chip_hours,used_chip_hours,use_basis,tenant_id\n";
(my $crlf = $header . $rows) =~ s/\n/\r\n/g;
my %file = (
	lf => $header . $rows,
	crlf => $crlf,
	bom => "\xef\xbb\xbf" . $header . $rows,
	bare => substr($header . $rows, 0, -1));

my $expected = '8|4|1|0|5';
is(import('csv', write_file('lf.csv', $file{lf}), '{}'), "$expected|f|3", 'a file with line feeds');
is(value("SELECT string_agg(line_number || ' ' || reason, ';') FROM books_report.import_rejected"), '3 used chip-time is missing', 'its bad row');
is(value("SELECT sha256 FROM books_report.import_status WHERE file_id = 1"), sha256_hex($file{lf}), 'its hash is the one sha256sum gives');
is(value("SELECT count(*), sum(installed_chip_ms), string_agg(DISTINCT tenant_id, '|' ORDER BY tenant_id) FROM books.meter_reading WHERE load_id = 3"),
	"5|70200000|back\\slash\ttab|team \"a\", b|two\nlines|\xc3\xbc", 'its readings, quotes, line ends and letters');
is(import('csv', write_file('crlf.csv', $file{crlf}), '{}'), "$expected|t|3", 'with carriage returns it is the same file');
is(import('csv', write_file('bare.csv', $file{bare}), '{}'), "$expected|t|3", 'and without a last line end');
is(import('csv', write_file('bom.csv', $file{bom}), '{}'), "$expected|f|4", 'a byte order mark makes another file, which is read alike');
is(value("SELECT discard_load('books', 4)"), 5, 'and is discarded');
is(value("SELECT publish_load('books', 3)"), 5, 'the first is published');
is(import('csv', "$folder/lf.csv", '{}'), "$expected|t|3", 'and once published it is not taken again');
is(value("SELECT round(sum(installed_chip_hours), 6) FROM books_report.utilisation_weighted_spend"), '19.500000', 'its chip-hours are in the published views');

# Mixed line ends are what COPY refuses; as one text they are lines all the same.
my $mixed = write_file('mixed.csv', $header . "P,2025-05-01T00:00Z,2025-05-01T01:00Z,1,1,sm_active,a\r\n" . "P,2025-05-01T01:00Z,2025-05-01T02:00Z,1,1,sm_active,a\n");
like(import('csv', $mixed, '{}'), qr/unquoted carriage return|unquoted newline/, 'COPY stops at mixed line ends');
my $script = "SET search_path = chipbook, public;\n\\set content `cat $mixed`\n"
	. "SELECT lines, accepted, rejected FROM import_text('books', 'csv', 'mixed', :'content', source_id => 'test');\n";
run [ 'psql', '-XAtq', '-d', $node->connstr('postgres') . " user=loader" ], '<', \$script, '>&', \my $output;
is($output, "3|2|0\n", 'import_text takes them');

# The other formats, as their programs write them.
my $sacct = join("\n", 'JobID|Account|Partition|State|Start|End|Elapsed|AllocTRES',
	'7|ml|gpu|COMPLETED|2025-06-01T00:00:00|2025-06-01T02:00:00|02:00:00|billing=16,gres/gpu:h100=8,gres/gpu=8',
	'7.batch|ml||COMPLETED|2025-06-01T00:00:00|2025-06-01T02:00:00|02:00:00|gres/gpu=8', '8|ml|gpu|COMPLETED|x|y|z|gres/gpu=1', '');
is(import('slurm', write_file('sacct.txt', $sacct), '{"pool_id": "P"}'), '4|1|1|1|1|f|6', 'sacct -P');
is(value("SELECT add_unallocated_readings('books', 6, 'P', '2025-06-01', '2025-06-02')"), 1, 'with the chips that no job had');
is(value("SELECT publish_load('books', 6)"), 2, 'published');
my $series = '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"DCGM_FI_PROF_SM_ACTIVE","UUID":"GPU-1","Hostname":"n","namespace":"ml","pod":"p"},"values":[[1751328000,"0.5"],[1751328060,"NaN"],[1751328120,"1"]]}]}}';
is(import('dcgm', write_file('dcgm.json', $series), '{"pool_id": "P", "step": 60}'), '1|2|1|0|2|f|7', 'Prometheus');
is(import('opencost', write_file('opencost.json', '{"code":200,"data":[{"a":{"properties":{"namespace":"ml","pod":"p"},"start":"2025-08-01T00:00:00Z","end":"2025-08-02T00:00:00Z","gpuHours":24}}]}' . "\n"), '{"pool_id": "P"}'), '1|1|0|0|1|f|8', 'OpenCost');
is(import('csv', write_file('long.csv', $header . ('x' x 10_000_000) . "\nP,2025-09-01T00:00Z,2025-09-01T01:00Z,1,1,sm_active,a\n"), '{}'), '3|1|1|0|1|f|9', 'a line of ten megabytes');
is(value("SELECT length(line) FROM books_report.import_rejected WHERE file_id = (SELECT max(file_id) FROM books_report.import_status)"), 10_000_000, 'is kept whole');

# Two at once: the second waits for the first, and takes its result.
my $both = write_file('both.csv', $header . "P,2025-10-01T00:00Z,2025-10-01T01:00Z,1,1,sm_active,a\n");
my @sessions = map {
	my $in = "SET search_path = chipbook, public;\nBEGIN;\nSELECT open_import('books', 'csv', 'both', source_id => 'test') AS file \\gset\n"
		. "\\copy books.import_line (line) FROM '$both' $any_line\n"
		. "SELECT accepted, already_imported FROM run_import('books', :file);\nSELECT pg_sleep(0.5) \\g /dev/null\nCOMMIT;\n";
	my $out = '';
	{ out => \$out, handle => start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>&', \$out) };
} 1 .. 2;
finish($_->{handle}) foreach @sessions;
is(join('', sort map { ${ $_->{out} } =~ s/^COPY \d+\n//r } @sessions), "1|f\n1|t\n", 'of two sessions with one file one imports it');

# A dump holds the log, the staged text and the rejections.
my $log = value('SELECT * FROM books_report.import_status ORDER BY file_id') . value('SELECT md5(string_agg(l::text, $$,$$ ORDER BY l.file_id, l.position)) FROM books.import_line l') . value('SELECT count(*) FROM books_report.import_rejected');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$folder/dump", '-d', $node->connstr('postgres') ], 'it is dumped');
$node->safe_psql('postgres', 'CREATE DATABASE again');
$node->command_ok([ 'pg_restore', '-e', '-d', $node->connstr('again'), "$folder/dump" ], 'and restored');
is($node->safe_psql('again', 'SELECT * FROM books_report.import_status ORDER BY file_id') . $node->safe_psql('again', 'SELECT md5(string_agg(l::text, $$,$$ ORDER BY l.file_id, l.position)) FROM books.import_line l')
	. $node->safe_psql('again', 'SELECT count(*) FROM books_report.import_rejected'), $log, 'with the whole log');
is($node->safe_psql('again', "SELECT accepted, already_imported FROM chipbook.import_text('books', 'csv', 'again', E'" . ($file{lf} =~ s/\\/\\\\/gr) . "', source_id => 'test')"), '4|t', 'where the file is known too');

$node->stop;
done_testing();
