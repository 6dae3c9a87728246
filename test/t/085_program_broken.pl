# The program `chipbook` where something comes between: interrupted, its server restarted, two at once, little
# memory; and connected by a service file, a password file, a URI and TLS.
use strict;
use warnings FATAL => 'all';

use Fcntl qw(F_SETFD FD_CLOEXEC);
use IPC::Run qw(run start finish pump timeout);
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Program;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('program');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "jit = off\nmax_locks_per_transaction = 256\n");
$node->start;
my $folder = use_server($node, 'books');

sub value { return $node->safe_psql('books', "SET search_path = chipbook, public; SET timezone = 'UTC'; $_[0]"); }

$node->safe_psql('postgres', 'CREATE DATABASE books');
$node->safe_psql('books', <<'SQL');
CREATE ROLE loader LOGIN PASSWORD 'it''s a \secret';
CREATE EXTENSION chipbook;
SET search_path = chipbook, public;
SELECT create_ledger('acme');
SELECT grant_ledger('acme', 'loader', 'loader');
GRANT USAGE ON SCHEMA chipbook TO loader;
INSERT INTO acme.source (source_id, kind, reference, confidence) VALUES ('meters', 'contract', 'made here', 'high'), ('cloud', 'invoice', 'made here', 'high');
SELECT open_load('acme', 'a pool', 'meters');
INSERT INTO acme.pool (pool_id, name) VALUES ('H100', 'pool');
SELECT publish_load('acme', currval('acme.load_load_id_seq'));
SQL

my $load;
my $header = "pool_id,tenant_id,starts_at,ends_at,installed_chip_hours,used_chip_ms,use_basis\n";
my @readings = ('load', 'readings', '--source=meters');
my @bill = ('load', 'bill', '--source=cloud');

# Interrupted in the middle of a file: the server stops at once, and nothing is there.
my $log_before = value('SELECT count(*) FROM acme.import_file') . value('SELECT count(*) FROM acme.load');
my $many = $header . join('', map { sprintf("H100,m%d,2025-11-01T00:00Z,2025-11-01T01:00Z,0.001,1,sm_active\n", $_) } 1 .. 12000);

# Starts the program, feeds it the beginning of a file, and waits until that is on its way.
sub start_loading
{
	my %run = (out => '', err => '');
	pipe(my $reader, $run{writer}) or die "pipe: $!";
	fcntl($run{writer}, F_SETFD, FD_CLOEXEC) or die "fcntl: $!";
	$run{handle} = start [ 'chipbook', @readings, '--name=slow.csv', @_ ], '<', $reader, '>', \$run{out}, '2>', \$run{err}, timeout($patience);
	close $reader;
	syswrite($run{writer}, substr($many, 0, 400_000)) == 400_000 or die "it does not read: $!";
	$node->poll_query_until('books', "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'chipbook load' AND query LIKE 'COPY%' AND state = 'active'") or die 'it does not load';
	return \%run;
}

sub nothing_runs
{
	return $node->poll_query_until('books', "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'chipbook %'");
}

foreach (['INT', 130], ['TERM', 143], ['KILL', undef])
{
	my ($signal, $code) = @$_;
	my $run = start_loading('--json');
	$run->{handle}->signal($signal);
	finish $run->{handle};
	is($? >> 8, $code, "interrupted by SIG$signal: exit code $code") if defined $code;
	is(decode_json($run->{out})->{status}, 'interrupted', '  which its JSON says') if defined $code;
	ok(nothing_runs(), "SIG$signal: nothing runs on the server");
	is(value('SELECT count(*) FROM acme.import_file') . value('SELECT count(*) FROM acme.load'), $log_before, '  and nothing of the file is there');
}

# Interrupted while the server works: here it waits for a lock, and would for ever.
my $holder = $node->background_psql('books');
$holder->query_safe('BEGIN; SELECT FROM acme.ledger FOR UPDATE;');
my $waiting = '';
write_file('waiting.csv', $header . "H100,w,2025-12-01T00:00Z,2025-12-01T01:00Z,1,1,sm_active\n");
my $run = start [ 'chipbook', @readings, 'waiting.csv' ], '>&', \$waiting, timeout($patience);
$node->poll_query_until('books', "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'chipbook load' AND wait_event_type = 'Lock'") or die 'it does not wait';
$run->signal('INT');
finish $run;
is($? >> 8, 130, 'interrupted while it waits for the server');
like($waiting, qr/interrupted while loading waiting\.csv: nothing of waiting\.csv was loaded/, '  it says what became of it');
ok(nothing_runs(), '  and nothing runs there any more');
$holder->query_safe('COMMIT;');

# The server crashed in the middle (under wal_level minimal, where sequences need care): said, nothing half loaded, and the same command again does it.
$run = start_loading();
$node->stop('immediate');
$node->start;
{
	# It may be gone before it has read all.
	local $SIG{PIPE} = 'IGNORE';
	syswrite($run->{writer}, substr($many, 400_000));
	close $run->{writer};
}
finish $run->{handle};
is($? >> 8, 3, 'the server went away in the middle');
like($run->{err}, qr/connection to the server was lost while loading slow\.csv.*run the same command again/s, '  which it says, and what to do');
is(value('SELECT count(*) FROM acme.import_file') . value('SELECT count(*) FROM acme.load'), $log_before, '  nothing of the file is there');
$load = answer(@readings, '--name=slow.csv', \$many);
is_deeply([ @{ $load->{files}[0] }{qw(accepted published)} ], [ 12000, JSON::PP::true ], '  and the same command again loads it');

# Two at once.
$holder->quit;
$holder = $node->background_psql('books');
$holder->query_safe("BEGIN; SET application_name = 'the other run'; SELECT pg_advisory_xact_lock(hashtextextended('chipbook acme', 0));");
my $second = $header . "H100,z,2025-12-02T00:00Z,2025-12-02T01:00Z,1,1,sm_active\n";
is(chipbook(@readings, '--wait=0', \$second), 6, 'another run, and no waiting');
like($err, qr/another run holds ledger "acme": process \d+ of ".*", the other run/, '  says who');
is(chipbook('close', '2025-02', '--wait=1'), 6, 'some waiting');
my ($first_out, $first_err) = ('', '');
write_file('second.csv', $second);
$run = start [ 'chipbook', @readings, 'second.csv' ], '>', \$first_out, '2>', \$first_err, timeout($patience);
pump $run until $first_err =~ /waiting for it/;
$holder->query_safe('COMMIT;');
finish $run;
is($? >> 8, 0, 'waiting until it is done');
$holder->quit;
my @both = map { my $text = ''; { out => \$text, handle => start([ 'chipbook', @readings, '--json' ], '<', \($header . "H100,both,2025-12-03T00:00Z,2025-12-03T01:00Z,1,1,sm_active\n"), '>', \$text, '2>', '/dev/null', timeout($patience)) } } 1 .. 2;
finish $_->{handle} foreach @both;
is(join(' ', sort map { decode_json(${ $_->{out} })->{files}[0]{known} ? 'known' : 'loaded' } @both), 'known loaded', 'of two with the same file one loads it');

# In little memory, however large the file: 300 MB that the ledger then refuses, for it is no bill.
SKIP:
{
	skip 'no limit of memory here', 2 unless run([ 'bash', '-c', 'ulimit -v 1000000' ], '2>', '/dev/null');
	my ($text, $said) = ('', '');
	run [ 'perl', '-e', 'print "a,b\n"; my $r = ("x" x 1000) . ",y\n"; print $r for 1 .. 300_000' ], '|', [ 'bash', '-c', 'ulimit -v 160000; exec chipbook "$@"', 'chipbook', @bill, '--json' ], '>', \$text, '2>', \$said, timeout($patience);
	my $big = eval { decode_json($text) };
	is_deeply([ $big->{exit_code}, $big->{files}[0]{rows_in_file} ], [ 1, 300_000 ], 'a file of 300 MB in 160 MB of address space') or diag($text, $said);
	like($big->{files}[0]{reason}, qr/no dataset that is known/, '  all of which arrived');
}

# Connecting by libpq's own rules.
write_file('service.conf', "[night]\nhost=$ENV{PGHOST}\nport=$ENV{PGPORT}\ndbname=books\nuser=loader\n");
{
	local @ENV{qw(PGSERVICEFILE PGSERVICE)} = ("$folder/service.conf", 'night');
	delete local @ENV{qw(PGHOST PGPORT PGDATABASE)};
	is(answer('verify')->{database}, 'books', 'a service file');
}
{
	delete local @ENV{qw(PGHOST PGPORT PGDATABASE)};
	local $ENV{CHIPBOOK_LEDGER} = 'acme';
	my $host = $node->host =~ s{/}{%2F}gr;
	is(answer('verify', '-d', "postgresql://loader@/books?host=$host&port=" . $node->port)->{database}, 'books', 'a URI');
}
my $hba = slurp_file($node->data_dir . '/pg_hba.conf');
write_file($node->data_dir . '/pg_hba.conf', "local all loader scram-sha-256\n$hba");
$node->reload;
is(chipbook('verify', '-U', 'loader', '-w'), 3, 'a password is asked for, and may not be');
write_file('.pgpass', "*:*:books:loader:it's a \\\\secret\n");
chmod 0600, '.pgpass';
{
	local $ENV{PGPASSFILE} = "$folder/.pgpass";
	is(chipbook('verify', '-U', 'loader', '-w'), 0, 'a password file');
}
SKIP:
{
	skip 'no openssl to make a certificate with', 2
		unless run [ 'openssl', 'req', '-new', '-x509', '-days', '2', '-nodes', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-out', 'server.crt', '-keyout', 'server.key' ], '>', '/dev/null', '2>', '/dev/null';
	my $data = $node->data_dir;
	system_or_bail('cp', 'server.crt', 'server.key', $data);
	chmod 0600, "$data/server.key";
	$node->append_conf('postgresql.conf', "ssl = on\nlisten_addresses = '127.0.0.1'\n");
	write_file("$data/pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n$hba");
	$node->restart;
	my $encrypted = 'host=localhost hostaddr=127.0.0.1 dbname=books user=loader sslmode=verify-full sslrootcert=' . $folder . '/server.crt';
	is(chipbook('verify', '-d', $encrypted), 0, 'TLS, with the server verified');
	is(chipbook('verify', '-d', $encrypted =~ s/server\.crt/service.conf/r), 3, 'and refused where it cannot be');
}

$node->stop;
done_testing();
