# The program `chipbook`: every command, its exit codes and its JSON; files plain, compressed and through a
# pipe, hostile names and values; what it may do for whom.
use strict;
use warnings FATAL => 'all';

use Digest::SHA qw(sha256_hex);
use FindBin;
use IPC::Run qw(run);
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Program;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('program');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "jit = off\nmax_locks_per_transaction = 256\ntimezone = 'Asia/Tokyo'\n");
$node->start;
my $folder = use_server($node, 'books');

sub value { return $node->safe_psql('books', "SET search_path = chipbook, public; SET timezone = 'UTC'; $_[0]"); }

# Without a server, and wrongly called.
is(chipbook('--help'), 0, '--help');
like($out, qr/^  (\S+) .*\n/m, '  lists commands');
my $manual = "$FindBin::RealBin/../../src/cli/chipbook.1";
(my $manual_text = slurp_file($manual)) =~ s/ Ns | Oc|\\//g;
foreach my $command ($out =~ /^  ([a-z]+)  +[a-z]/mg)
{
	is(chipbook($command, '--help'), 0, "$command --help");
	like($out, qr/^Usage:\n  chipbook $command /m, '  says how it is called');
	is(join(' ', grep { $manual_text !~ /Fl -$_\b/ } $out =~ /--([a-z-]+)(?==| {2})/g), '', '  and its page for man has every option');
}
SKIP:
{
	skip 'mandoc is not installed', 1 unless -x '/usr/bin/mandoc';
	run [ 'mandoc', '-T', 'lint', '-W', 'warning', $manual ], '>', \my $lint, '2>', '/dev/null';
	is($lint, '', 'mandoc finds nothing wrong with that page');
}
is(chipbook('--version'), 0, '--version');
like($out, qr/^chipbook \d+\.\d+\.\d+ \(libpq \d+/, '  and that of libpq');
is(chipbook(), 2, 'no command');
is(chipbook('mend'), 2, 'no such command');
is(chipbook('verify', '--mend'), 2, 'no such option');
is(answer('verify', '--mend')->{error}{message}, 'there is no option --mend', '  as JSON too');
is(chipbook('verify', 'books'), 2, 'an argument too many');
is(chipbook('load', 'rows'), 2, 'no such kind of file');
is(chipbook('load', 'bill', 'x.csv'), 2, 'a bill without a source');
is(chipbook('close'), 2, 'no period');
is(chipbook('export', 'journal', '--json'), 2, 'JSON and an export on one output');
is(chipbook('verify', '--wait=soon'), 2, 'a number that is none');
is(chipbook('verify', '-h', "$folder/nowhere"), 3, 'no server');
like($err, qr/what to do: .*PGHOST/, '  and what to do about it');
is(chipbook('verify'), 3, 'no such database');

# init.
$node->safe_psql('postgres', 'CREATE DATABASE books');
is(chipbook('verify'), 4, 'a database without the extension');
is(answer('doctor')->{findings}[0]{advice}, 'chipbook init LEDGER makes it', 'doctor says what to do');
$node->safe_psql('postgres', 'CREATE ROLE keeper NOLOGIN');
is(chipbook('init', 'acme', '--owner=' . $node->safe_psql('postgres', 'SELECT current_user')), 4, 'an owner who can log in');
is($node->safe_psql('books', "SELECT count(*) FROM pg_extension WHERE extname = 'chipbook'"), 0, '  makes nothing');
my $made = answer('init', 'acme', '--currency=EUR', '--time-zone=Europe/Berlin', '--owner=keeper');
is_deeply([ @$made{qw(made extension_made ledger exit_code)} ], [ JSON::PP::true, JSON::PP::true, 'acme', 0 ], 'init makes extension and ledger');
is(chipbook('init', 'acme', '--currency=EUR', '--time-zone=Europe/Berlin'), 0, 'and again does nothing');
is(chipbook('init', 'acme'), 1, 'unless what is there differs');
is(chipbook('init', 'Acme!'), 4, 'a name that a ledger cannot have');

# Facts, and the sources they rest on.
write_file('source.csv', "source_id,kind,reference,confidence\nmeters,contract,our own meters,high\ncloud,invoice,billing export,high\n");
write_file('pool.csv', "\xef\xbb\xbfpool_id,name,ownership\r\nH100,\"rented, H100\",rented\r\n\r\n");
write_file('rented_capacity.csv', "rental_id,pool_id,chips,rate,valid_from,valid_to\nlease,H100,16,2 EUR,2025-03-01,2025-07-01\n");
my @facts = ('load', 'facts', 'rented_capacity.csv', 'source.csv', 'pool.csv', '--source=meters');
my $load = answer(@facts);
is_deeply([ @$load{qw(load_id known facts published committed)} ], [ 2, JSON::PP::false, 2, JSON::PP::true, JSON::PP::true ], 'facts of two tables are one load');
$load = answer(@facts);
is_deeply([ @$load{qw(load_id known exit_code)} ], [ 2, JSON::PP::true, 0 ], 'the same files are known again');
is(answer(@facts, '--again')->{load_id}, 3, 'and published again when asked to');
is(value('SELECT count(*) FROM acme.load'), 3, 'three loads were made');
write_file('source2.csv', "source_id,kind,reference,confidence\nmeters,contract,other meters,high\n");
is(chipbook('load', 'facts', '-t', 'source', 'source2.csv'), 4, 'a source that differs from the one of its name');
is(chipbook('load', 'facts', '-t', 'pool', 'pool.csv', 'nothing.csv'), 5, 'one of the files is not there');
is(chipbook('load', 'facts', 'source2.csv'), 2, 'no such table');
is(chipbook('load', 'facts', '-t', 'charge', 'pool.csv'), 2, 'a table that bills fill');
is(chipbook('load', 'facts', '-t', 'pool', \"pool_id,name,load_id\nx,y,1\n"), 5, 'a column that is the ledger\'s own');
$load = answer('load', 'facts', '-s', 'meters', '-t', 'pool', \"pool_id,name,chip_model_id\nB,b,none\n");
is_deeply([ $load->{exit_code}, $load->{committed}, scalar @{ $load->{problems} } ], [ 1, JSON::PP::false, 1 ], 'a name that is not known stands in the way');
is(value("SELECT count(*) FROM acme.pool WHERE pool_id = 'B'"), 0, '  and nothing of it is there');
is(chipbook('load', 'facts', '-s', 'meters', '-t', 'pool', \"pool_id,name,nonsense\nB,b,none\n"), 4, 'a column that there is not');
is(answer('load', 'facts', '-s', 'meters', '-t', 'pool', \"pool_id,name\n\\.\n")->{exit_code}, 4, 'a line \. is no end of data, but a row');
is(answer('load', 'facts', '-s', 'meters', '-t', 'pool', '--encoding=LATIN1', \"pool_id,name\nL,M\xfcnchen\n")->{facts}, 1, 'another encoding');
is(value("SELECT name FROM acme.pool WHERE pool_id = 'L'"), "M\xc3\xbcnchen", '  is read as it is meant');

# Readings: plain, compressed, through a pipe, with bad rows.
my $header = "pool_id,tenant_id,starts_at,ends_at,installed_chip_hours,used_chip_ms,use_basis\n";
my $rows = "H100,vision,2025-03-31T20:00:00Z,2025-04-01T00:00:00Z,32,86400001,sm_active\n"
	. "H100,nlp,2025-03-31T20:00:00Z,2025-04-01T00:00:00Z,\"thirty, or so\",3600000,sm_active\n";
write_file('meters.csv', $header . $rows);
my @readings = ('load', 'readings', '--source=meters');
$load = answer(@readings, 'meters.csv');
is_deeply([ @{ $load->{files}[0] }{qw(lines accepted rejected readings installed_chip_hours facts)} ], [ 3, 1, 1, 2, '32.000000000000000', 2 ], 'a file of readings');
is($load->{exit_code}, 1, '  with a row that cannot be read');
is($load->{files}[0]{rejections}[0]{reason}, 'installed_chip_hours "thirty, or so" is not a number', '  which is shown');
is(value('SELECT sha256 FROM acme_report.import_status WHERE file_id = 1'), sha256_hex($header . $rows), 'the ledger has its hash');
is(value('SELECT count(*) FROM acme.meter_reading WHERE recorded_at IS NOT NULL'), 2, '  and its readings, published');
system_or_bail('gzip', '-k', 'meters.csv');
$load = answer(@readings, 'meters.csv.gz');
ok($load->{files}[0]{known}, 'compressed it is the same');
$load = answer(@readings, '--strict', \($header . "H100,a,2025-05-01T00:00Z,2025-05-01T01:00Z,1,1,sm_active\nH100,a,b,c,1,1,sm_active\n"));
is_deeply([ $load->{exit_code}, $load->{files}[0]{committed} ], [ 1, JSON::PP::false ], '--strict takes a file whole or not');
is(value("SELECT count(*) FROM acme.import_file WHERE status = 'open'"), 0, '  and leaves nothing open');
my $may = $header . "H100,a,2025-05-01T00:00Z,2025-05-01T01:00Z,1,1,sm_active\r\nH100,a,2025-05-01T01:00Z,2025-05-01T02:00Z,1,1,sm_active\n\\.\n";
$load = answer(@readings, '--no-publish', \$may);
is_deeply([ @{ $load->{files}[0] }{qw(lines accepted rejected)} ], [ 4, 2, 1 ], 'line ends of both kinds, and a line \.');
is(value("SELECT count(*) FROM acme.load WHERE recorded_at IS NULL AND load_id = $load->{files}[0]{load_id}"), 1, '--no-publish');
my $published = answer(@readings, \$may);
is_deeply([ $published->{files}[0]{load_id}, $published->{files}[0]{published} ], [ $load->{files}[0]{load_id}, JSON::PP::true ], '  and the same file again is published');
is(chipbook(@readings, \($header . "H100,a,2025-05-01T00:30Z,2025-05-01T01:00Z,1,1,sm_active\n")), 4, 'readings that overlap published ones');
is(chipbook(@readings, '--replace', \($header . "H100,a,2025-05-01T00:30Z,2025-05-01T01:00Z,1,1,sm_active\n")), 0, '  replace them when asked to');
is(answer(@readings, \($header . "none,a,2025-05-02T00:30Z,2025-05-02T01:00Z,1,1,sm_active\n"))->{files}[0]{committed}, JSON::PP::false, 'a pool that is not known');
my $sacct = "JobID|Account|Partition|State|Start|End|Elapsed|AllocTRES\n7|ml|gpu|COMPLETED|2025-06-01T00:00:00|2025-06-01T02:00:00|02:00:00|billing=16,gres/gpu:h100=8,gres/gpu=8\n";
$load = answer('load', 'slurm', '-s', 'meters', '-o', 'pool_id=H100', '--unallocated=H100,2025-06-01,2025-06-02', \$sacct);
is_deeply([ @{ $load->{files}[0] }{qw(readings unallocated_readings facts)} ], [ 1, 1, 2 ], 'sacct, with the chips that no job had');
is(value("SELECT sum(installed_chip_ms) / 3600000 FROM acme.meter_reading WHERE month = '2025-06-01'"), '384.0000000000000000', '  16 chips for 24 hours');
my $series = '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"DCGM_FI_PROF_SM_ACTIVE","UUID":"GPU-1","Hostname":"n","namespace":"ml","pod":"p"},"values":[[1747267200,"0.5"],[1747267320,"1"]]}]}}';
is(answer('load', 'dcgm', '-s', 'meters', '-o', 'pools={"n": "H100"}', '-o', 'step=60', \$series)->{files}[0]{readings}, 2, 'Prometheus');
is(answer('load', 'opencost', '-s', 'meters', '-o', 'pool_id=H100', \'{"code":200,"data":[{"a":{"properties":{"namespace":"ml","pod":"p"},"start":"2025-05-20T00:00:00Z","end":"2025-05-21T00:00:00Z","gpuHours":24}}]}')->{files}[0]{readings}, 1, 'OpenCost');
is(answer('load', 'dcgm', '-o', 'shape=round', \$series)->{error}{sqlstate}, '22023', 'an option that the format does not have');

# A file of any size is read in parts, each with the header.
my $large = $header . join('', map { sprintf("H100,\"part,\n%05d\",2025-05-02T00:00:00Z,2025-05-02T01:00:00Z,0.0005,1,sm_active\n", $_) } 1 .. 20_000);
$load = answer(@readings, '--part-size=1', \$large);
is_deeply([ map { [ @$_{qw(part accepted rejected committed)} ] } @{ $load->{files} } ], [ [ undef, $load->{files}[0]{accepted}, 0, undef ], [ 2, 20_000 - $load->{files}[0]{accepted}, 0, JSON::PP::true ] ], 'a file in two parts');
is(value("SELECT count(DISTINCT tenant_id) FROM acme.meter_reading WHERE starts_at = '2025-05-02T00:00Z' AND recorded_at IS NOT NULL"), 20_000, '  all of it is there');
ok(!(grep { !$_->{known} } @{ answer(@readings, '--part-size=1', \$large)->{files} }), '  and known again');

# Bills.
my $bill = "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,InvoiceIssuerName,ServiceName\n"
	. "61.550000000000000001,61.550000000000000001,USD,2025-03-01T00:00:00Z,2025-04-01T00:00:00Z,2025-03-01T00:00:00Z,2025-03-02T00:00:00Z,Usage,Cloud Inc,\"a \"\"service\"\",\r\nof two lines\"\r\n"
	. "\n-10,-10,USD,2025-03-01T00:00:00Z,2025-04-01T00:00:00Z,2025-03-31T00:00:00Z,2025-04-01T00:00:00Z,Credit,Cloud Inc,GPU";
my @bill = ('load', 'bill', '--source=cloud');
$load = answer(@bill, write_file('bill.csv', $bill));
is_deeply([ @{ $load->{files}[0] }{qw(dataset rows_in_file rows_loaded facts)} ], [ 'cost_and_usage', 2, 2, 2 ], 'a bill with mixed line ends, an empty line and none at its end');
is_deeply([ map { $_->{billed_cost} } @{ $load->{files}[0]{totals} } ], [ '-10.000000000000000', '61.550000000000000' ], '  its control totals, as strings');
is(value("SELECT billed_cost || ' ' || service_name FROM acme.charge WHERE charge_category = 'Usage'"), "61.550000000000000001 a \"service\",\r\nof two lines", '  its values');
ok(answer(@bill, 'bill.csv')->{files}[0]{known}, 'the same bill again');
$load = answer(@bill, '--scope=odd', \"BilledCost,ChargeCategory,ChargePeriodStart,BillingCurrency\n1,Usage,2025-03-01,USD\nNaN,Usage,2025-03-01,USD\n");
is_deeply([ $load->{exit_code}, @{ $load->{files}[0] }{qw(refused reason)} ], [ 1, JSON::PP::true, 'line 3: BilledCost "NaN" is not a number' ], 'a bill that is refused');
is(value("SELECT status FROM acme_report.delivery_status ORDER BY delivery_id DESC LIMIT 1"), 'refused', '  which the log keeps');
my $ragged = "BilledCost,ChargeCategory,ChargePeriodStart,BillingCurrency\n1,Usage,2025-03-01,USD\n1,Usage\n";
$load = answer(@bill, '--scope=ragged', \$ragged);
is_deeply([ $load->{exit_code}, $load->{error}{sqlstate}, $load->{error}{context} =~ /line 3/ ? 1 : 0 ], [ 4, '22P04', 1 ], 'a record of another length');
is(answer(@bill, '--scope=ragged', '--as-text', '-o', 'partial=true', \$ragged)->{files}[0]{rows_loaded}, 1, '  is left out when read as text');
is(answer(@bill, '--scope=json', \"{\"BilledCost\": 1, \"ChargeCategory\": \"Usage\", \"ChargePeriodStart\": \"2025-03-01T00:00:00Z\", \"BillingCurrency\": \"USD\"}\n")->{files}[0]{rows_loaded}, 1, 'a bill as JSON');
is(value("SELECT count(*) FROM pg_class WHERE relname LIKE 'bill\\_stage\\_%'"), 0, 'no stage is left');

# Files that are none.
is(chipbook(@readings, write_file('empty.csv', '')), 0, 'an empty file of readings has none');
is(chipbook(@bill, 'empty.csv'), 5, 'an empty bill');
is(chipbook(@bill, '.'), 5, 'a folder');
is(chipbook(@bill, write_file('book.xlsx', "PK\003\004 etcetera")), 5, 'a spreadsheet');
like($err, qr/save it as CSV/, '  and what to do');
my $gz = slurp_file('meters.csv.gz');
is(chipbook(@readings, write_file('cut.csv.gz', substr($gz, 0, length($gz) - 12))), 5, 'a compressed file that is cut off');
(my $damaged = $gz) =~ s/.{8}\z/XXXXXXXX/s;
is(chipbook(@readings, write_file('damaged.csv.gz', $damaged)), 5, 'and one whose sum is wrong');
is(chipbook(@readings, \"pool_id\0,x\n"), 4, 'a zero byte');
my $hostile = write_file("a'b\";\n\e[31m\xff.csv", $header . "H100,'; DROP SCHEMA acme CASCADE; --,2025-05-25T00:00Z,2025-05-25T01:00Z,1,1,sm_active\n");
$load = answer(@readings, $hostile);
is_deeply([ $load->{exit_code}, $load->{files}[0]{published} ], [ 0, JSON::PP::true ], 'a hostile name and value');
unlike(value('SELECT string_agg(file_name, $$$$) FROM acme_report.import_status'), qr/[\x00-\x1f]/, '  and no control character of it in the log');
is(value("SELECT tenant_id FROM acme.meter_reading WHERE starts_at = '2025-05-25T00:00Z'"), "'; DROP SCHEMA acme CASCADE; --", '  the value as it is');
chipbook(@readings, $hostile);
unlike($out . $err, qr/\e/, '  nor on the terminal');

# Close, refresh, verify, export.
is(chipbook('close', '2025-13'), 2, 'no such month');
is(chipbook('close', 'FY25-P13'), 4, 'no such period');
my $closed = answer('close', '2025-01');
is_deeply($closed->{closed}, [ { entity_id => 'main', basis => 'ifrs', fiscal_year => 2025, period_number => 1, soft => JSON::PP::false, entries => $closed->{closed}[0]{entries} } ], 'a month is closed');
is(value("SELECT state FROM acme_report.period_status WHERE fiscal_period = 'FY25-P01'"), 'closed', '  in the ledger');
is(answer('close', 'FY25-P01')->{closed}[0]{entries}, 0, '  and closing it again posts nothing');
is(chipbook('close', 'FY2025-P03'), 4, 'a period whose predecessor is open');
is(chipbook('close', '2025-02', '--entity=none'), 4, 'no such entity');
is(answer('verify')->{errors}, 0, 'verify finds no error');
is(chipbook('export', 'focus', '-O', 'focus.csv'), 0, 'export of FOCUS');
is(slurp_file('focus.csv'), value("SELECT string_agg(l, E'\\n') FROM export_focus('acme') l") . "\n", '  is what the ledger gives');
is(chipbook('export', 'focus'), 0, 'to the standard output');
is($out, slurp_file('focus.csv'), '  the same');
is(chipbook('export', 'hledger', '-O', 'nowhere/journal'), 5, 'a folder that there is not');
is(chipbook('export', 'hledger'), 0, 'hledger');
like($out, qr/^; ledger acme, basis ifrs/, '  as text');
is_deeply([ glob 'focus.csv.*' ], [], 'no unfinished file is left');
write_file('account.csv', "account_id,name,kind\n6000,rent,expense\n2000,accruals,liability\n");
is(chipbook('load', 'facts', '-s', 'meters', 'account.csv'), 0, 'accounts');
value("SELECT approve_entry('acme', post_entry('acme', 'main', 'ifrs', ARRAY[posting_line('6000', '10 EUR'), posting_line('2000', '-10 EUR')], 'a bill', '2025-02-28', prepared_by => 'another'))");
my $exported = answer('export', 'journal', '-O', 'journal.csv');
is_deeply([ @$exported{qw(batch lines exit_code)} ], [ 1, 3, 0 ], 'a batch of the journal');
is(slurp_file('journal.csv'), value("SELECT string_agg(l, E'\\n') FROM journal_export_csv('acme', 1) l") . "\n", '  is what the ledger gives');
my $before = slurp_file('journal.csv');
is(answer('export', 'journal', '-O', 'journal.csv')->{batch}, undef, 'a second has nothing to export');
is(slurp_file('journal.csv'), $before, '  and leaves the file as it is');
is(chipbook('export', 'journal', '--batch=1'), 0, 'the batch again');
is($out, $before, '  is the same');
SKIP:
{
	skip 'there is no /dev/full', 2 unless -c '/dev/full';
	value("SELECT approve_entry('acme', post_entry('acme', 'main', 'ifrs', ARRAY[posting_line('6000', '1 EUR'), posting_line('2000', '-1 EUR')], 'another', '2025-02-28', prepared_by => 'another'))");
	is(chipbook('export', 'journal', '-O', '/dev/full'), 5, 'a disk that is full');
	is(value('SELECT count(*) FROM acme.journal_batch'), 1, '  makes no batch');
}

# A schema that calls itself a ledger, by a name that would be SQL where it is written into a statement, is none.
$node->safe_psql('books', q{CREATE SCHEMA "o'brien"; CREATE TABLE "o'brien".ledger (reporting_currency chipbook.currency)});
is(chipbook('verify', '--ledger', "o'brien"), 4, 'a schema that no ledger could have is not verified');
is(chipbook('doctor', '--quick', '--ledger', "o'brien"), 1, '  nor looked into');
like($out, qr/there is none of that name/, '  which it says');

# doctor: each finding with what to do.
my $doctor = answer('doctor');
my %found = map { ("$_->{check}: $_->{subject}" => $_) } @{ $doctor->{findings} };
is(join(' ', sort keys %{ { map { $_->{ledger} ? ($_->{ledger} => 1) : () } @{ $doctor->{findings} } } }), 'acme', 'doctor looks at ledgers alone');
is($found{'server: setting fsync'}{severity}, 'error', 'doctor finds that fsync is off');
ok(!exists $found{'owner: ledger acme'}, '  nothing wrong with the owner');
ok((grep { $_->{severity} ne 'info' && !$_->{advice} } @{ $doctor->{findings} }) == 0, '  and says what to do about each');
ok((grep { $_->{detail} =~ /could not be looked at/ } @{ $doctor->{findings} }) == 0, '  each check can be asked');
is($doctor->{exit_code}, 1, '  exit code 1 for errors');
ok($found{'reading_partitions: ledger acme, reading_partitions'}{advice} =~ /^chipbook refresh --ledger=acme/, '  partitions that are missing');

# Who may not: a reader, and nobody in particular.
$node->safe_psql('books', "CREATE ROLE reader LOGIN; CREATE ROLE loader LOGIN PASSWORD 'it''s a \\secret'; CREATE ROLE stranger LOGIN; SET search_path = chipbook; SELECT grant_ledger('acme', 'reader', 'reader'), grant_ledger('acme', 'loader', 'loader'); GRANT USAGE ON SCHEMA chipbook TO reader, loader");
is(chipbook(@readings, '-U', 'stranger', 'meters.csv'), 4, 'a stranger may not load');
is(chipbook('close', '2025-02', '-U', 'loader'), 4, 'a loader may not close');
$doctor = answer('doctor', '--quick', '-U', 'loader');
ok((grep { $_->{check} eq 'privileges' && $_->{detail} eq 'may load' } @{ $doctor->{findings} }) == 1, 'doctor tells a loader what he may');
ok((grep { $_->{detail} =~ /could not be looked at/ } @{ $doctor->{findings} }) == 0, '  and looks at all');
is(chipbook('doctor', '--quick', '-U', 'reader'), 1, 'a reader is told too');
is(chipbook('export', 'focus', '-U', 'loader', '-O', 'focus2.csv'), 0, 'a loader exports FOCUS');
my $of_loader = $header . "H100,l,2025-10-01T00:00Z,2025-10-01T01:00Z,1,1,sm_active\n";
is(chipbook(@readings, '-U', 'loader', \$of_loader), 0, '  and loads');
is(chipbook(@bill, '-U', 'loader', '--scope=loader', 'bill.csv'), 0, '  readings and bills');

# What changes an estimate of closed books waits for another's approval.
my @rate = ('load', 'facts', '-s', 'meters', '-t', 'fx_rate');
my $rate = "from_currency,to_currency,rate_type,rate_date,rate\nUSD,EUR,closing,2025-02-28,%s\n";
is(chipbook(@rate, \sprintf($rate, '0.96')), 0, 'a rate of exchange');
$load = answer(@rate, \sprintf($rate, '0.97'));
is_deeply([ @$load{qw(exit_code waits_for_approval committed)} ], [ 1, JSON::PP::true, JSON::PP::true ], 'another in its place waits for approval');
$node->safe_psql('books', "CREATE ROLE approver LOGIN; SET search_path = chipbook; SELECT grant_ledger('acme', 'approver', 'approver'); GRANT USAGE ON SCHEMA chipbook TO approver");
$node->psql('books', "SELECT chipbook.approve_load('acme', $load->{load_id})", extra_params => [ '-U', 'approver' ]);
is_deeply([ @{ answer(@rate, \sprintf($rate, '0.97')) }{qw(load_id published)} ], [ $load->{load_id}, JSON::PP::true ], '  and with it the same command publishes it');

# Another ledger, whose costs begin last month: refresh goes to the end of it.
is(chipbook('init', 'recent'), 0, 'a second ledger');
is(chipbook('verify'), 2, 'which of them must be said then');
is(chipbook('verify', '--ledger=third'), 4, 'and be there');
my $start = value("SELECT (date_trunc('month', now()) - interval '1 month')::date");
write_file('rented_capacity.csv', "rental_id,pool_id,chips,rate,valid_from\nlease,H100,16,2 USD,$start\n");
is(chipbook('load', 'facts', '--ledger=recent', @facts[ 2 .. $#facts ]), 0, 'loaded as the first');
my $refreshed = answer('refresh', '-l', 'recent');
cmp_ok($refreshed->{day_rows_changed}, '>=', 28, 'refresh stores the days of a month');
is($refreshed->{partitions_made}, 4, '  and makes partitions');
is_deeply([ @{ answer('refresh', '-l', 'recent') }{qw(day_rows_changed allocated_rows_changed partitions_made)} ], [ 0, 0, 0 ], '  and again changes nothing');

$node->stop;
done_testing();
