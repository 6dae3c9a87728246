# The night: what pg_cron runs really closes, and a job that fails is seen; two at once; who may; the program's
# close --due and doctor --monitor; the shipped examples, linted and run as they stand.
use strict;
use warnings FATAL => 'all';

use FindBin;
use IPC::Run qw(run timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Program;
use Test::More;

my $examples = "$FindBin::RealBin/../../examples";
my ($share) = split /\n/, `pg_config --sharedir`;
my $has_cron = -f "$share/extension/pg_cron.control";

my $node = PostgreSQL::Test::Cluster->new('schedule');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "jit = off\nmax_locks_per_transaction = 256\ntimezone = 'Asia/Tokyo'\n");
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'books'\ncron.host = '" . $node->host . "'\n") if $has_cron;
$node->start;
my $folder = use_server($node, 'books');

sub value { return $node->safe_psql('books', "SET search_path = chipbook, public; SET timezone = 'UTC'; $_[0]"); }

# What a role is refused: its message, detail and hint.
sub refused
{
	my ($role, $sql) = @_;
	my ($code, $stdout, $stderr) = $node->psql('books', "\\set VERBOSITY verbose\n$sql", extra_params => [ '-U', $role ]);
	return $stderr;
}

# A ledger with two months that are over and not closed yet, after one that is. Without a rule its costs cannot be posted.
$node->safe_psql('postgres', 'CREATE DATABASE books');
$node->safe_psql('books', <<'SQL');
CREATE EXTENSION chipbook;
CREATE ROLE keeper NOLOGIN; CREATE ROLE night LOGIN; CREATE ROLE loads LOGIN; CREATE ROLE approves LOGIN; CREATE ROLE monitor LOGIN; CREATE ROLE stranger LOGIN;
GRANT USAGE ON SCHEMA chipbook TO night, loads, approves, monitor, stranger;
SET search_path = chipbook, public;
CREATE FUNCTION public.month_ago(months integer) RETURNS date STABLE RETURN (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => months))::date;
CREATE PROCEDURE public.make_ledger(ledger text, with_rule boolean) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM chipbook.create_ledger(ledger, owner => 'keeper');
	PERFORM chipbook.grant_ledger(ledger, a, r::name) FROM (VALUES ('loader', 'night'), ('approver', 'night'), ('loader', 'loads'), ('approver', 'approves'), ('reader', 'monitor')) v (a, r);
	PERFORM set_config('search_path', quote_ident(ledger) || ', chipbook, public', true);
	INSERT INTO source (source_id, kind, reference, confidence) VALUES ('m', 'contract', 'made here', 'high');
	PERFORM open_load(ledger, 'set up', 'm');
	INSERT INTO account (account_id, name, kind) VALUES ('6200', 'rent', 'expense'), ('3000', 'accruals', 'liability');
	INSERT INTO posting_rule (rule_id, event, debit_account_id, credit_account_id) SELECT 'r', 'rent_accrual', '6200', '3000' WHERE with_rule;
	INSERT INTO pool (pool_id, name, ownership) VALUES ('H100', 'pool', 'rented');
	INSERT INTO rented_capacity (rental_id, pool_id, chips, rate, valid_from) VALUES ('r', 'H100', 2, '2 USD', month_ago(2));
	PERFORM publish_load(ledger, currval('load_load_id_seq'));
	PERFORM close_period(ledger, 'main', 'ifrs', extract(year FROM month_ago(3))::integer, extract(month FROM month_ago(3))::integer);
END
$$;
SET client_min_messages = warning;
CALL make_ledger('acme', true);
CALL make_ledger('select', false);
SQL
my $due = 'SELECT count(*) FROM acme_report.period_due';
is(value($due), 2, 'two months are due');
my $before = value("SELECT max(days_over) FROM acme_report.period_due");

# Without pg_cron.
like(refused('night', "SELECT chipbook.schedule_nightly('acme')"), qr/55000: extension pg_cron is not in database "books".*HINT:  /s, 'without pg_cron: an error that says so, and what to do');
is(value("SELECT count(*) FROM nightly_jobs('acme')"), 0, '  and no jobs');

SKIP:
{
	skip 'there is no pg_cron for this server (postgresql-N-cron)', 18 unless $has_cron;
	$node->safe_psql('books', 'CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO night, loads');
	like(refused('loads', "SELECT chipbook.schedule_nightly('acme', 'at noon')"), qr/ERROR: .*schedule/i, 'a schedule that is none');
	like(refused('loads', "SELECT chipbook.schedule_nightly('none')"), qr/3F000/, 'a ledger that is none');
	like(refused('loads', "SELECT chipbook.schedule_nightly('acme', close_after => -1)"), qr/22023/, 'days that are none');
	like(refused('stranger', "SELECT chipbook.schedule_nightly('acme')"), qr/42501/, 'who may not use the ledger schedules nothing on it');
	like(refused('approves', "SELECT chipbook.schedule_nightly('acme')"), qr/42501/, 'nor who may not use pg_cron');
	sub as_night { return $node->safe_psql('books', "SET search_path = chipbook; $_[0]", extra_params => [ '-U', 'night' ]); }
	my $job = as_night("SELECT schedule_nightly('acme', '0 4 * * *')");
	is(as_night("SELECT schedule_nightly('acme', '\@reboot', close_after => 40)"), $job, 'scheduled again is scheduled anew');
	as_night(q{SELECT schedule_nightly('select', '@reboot', close_after => 1)});
	is(as_night("SELECT schedule, active, status IS NULL FROM nightly_jobs('acme')"), '@reboot|t|t', 'it is there, and never ran');

	# pg_cron runs @reboot when the server starts: by a connection, and in a worker.
	sub until_run
	{
		my ($setting) = @_;
		my $runs = value('SELECT count(*) FROM cron.job_run_details');
		$node->append_conf('postgresql.conf', $setting);
		$node->restart;
		return $node->poll_query_until('books', "SELECT count(*) = $runs + 2 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')");
	}
	ok(until_run('cron.timezone = \'America/New_York\''), 'the jobs run');
	# pg_cron 1.4 has no setting cron.timezone of its own.
	is(value("SELECT status, message IS NOT NULL, coalesce(time_zone, 'America/New_York') FROM nightly_jobs('acme')"), 'succeeded|t|America/New_York', '  one succeeds');
	is(value($due), 1, '  and has closed the month of more than forty days ago');
	is(value("SELECT string_agg(DISTINCT changed_by, ',') FROM acme_report.period_status WHERE state = 'closed' AND entries > 0"), 'night', '  as its role, with its costs');
	is(value('SELECT count(DISTINCT reading_day) = month_ago(0) - month_ago(2) FROM acme_report.spend_by_day'), 't', '  what every day cost is stored');
	is(value(q{SELECT status FROM nightly_jobs('select')}), 'failed', '  the other fails');
	like(value(q{SELECT message FROM nightly_jobs('select')}), qr/books that could not be closed: 1.*rent_accrual/s, '  which pg_cron has with the reason');
	is(value(q{SELECT count(*) > 0 FROM select_report.spend_by_day}), 't', '  what it did before stays done');
	my $doctor = answer('doctor', '--quick', '--ledger=select');
	is(join(' ', map { $_->{severity} } grep { $_->{check} eq 'nightly jobs' } @{ $doctor->{findings} }), 'error', '  doctor finds the job that failed');
	is(answer('doctor', '--quick', '--ledger=select', '-U', 'monitor')->{findings}[-1]{check} eq 'nightly jobs', '', '  but not for whom pg_cron shows none');
	as_night("SELECT schedule_nightly('acme', '\@reboot', close_after => 1)");
	ok(until_run("cron.use_background_workers = on\nmax_worker_processes = 20"), 'in workers too');
	is(value($due), 0, '  the last month is closed');
	is(as_night("SELECT unschedule_nightly('acme'), unschedule_nightly('acme'), unschedule_nightly('select')"), 't|f|t', 'the jobs are gone');
	is(value('SELECT count(*) FROM cron.job'), 0);
	is(value(q{SELECT h.state FROM select_report.ledger_health h WHERE h.check_name = 'periods_due'}), $before > 31 ? 'error' : 'warning', 'health sees what the job did not close');
}
if (!$has_cron)
{
	$node->safe_psql('books', "CALL chipbook.nightly('acme', 1)", extra_params => [ '-U', 'night' ]);
	is(value($due), 0, 'nightly closes what is due');
}

# A second time nothing is done.
my $last = value('SELECT last_recorded_at FROM acme.ledger');
$node->safe_psql('books', "CALL chipbook.nightly('acme', 0)", extra_params => [ '-U', 'night' ]);
is(value('SELECT count(*) FROM acme.period_event') . value('SELECT count(*) FROM acme.refreshed_month WHERE superseded_at < $$infinity$$'), '30', 'a second time nothing is done');

# Two at once: the second says so, and waits.
my $holder = $node->background_psql('books');
$holder->query_safe("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('chipbook acme', 0));");
my $said = refused('night', "SET lock_timeout = '200ms';\nCALL chipbook.nightly('acme', 5)");
like($said, qr/NOTICE: .*another run holds ledger "acme": waiting for it.*ERROR:  55P03/s, 'two at once: the second says so, and waits as long as it may');
is(chipbook('close', '--due=5', '--wait=0', '--ledger=select'), 4, '  the program waits for none of another ledger');
is(chipbook('refresh', '--wait=0', '--ledger=acme'), 6, '  and for a run of this one');
$holder->query_safe('COMMIT;');
$holder->quit;

# Who may do what.
like(refused('stranger', "CALL chipbook.nightly('acme')"), qr/42501: permission denied for ledger/, 'a stranger may nothing');
like(refused('monitor', "CALL chipbook.nightly('acme')"), qr/42501/, 'nor a reader');
is(refused('loads', "CALL chipbook.nightly('acme')"), '', 'a loader does all but close');
like(refused('loads', q{CALL chipbook.nightly('select', 5)}), qr/42501: ledger "select": books that could not be closed: 1.*permission denied for function period_close/s, '  which he is refused');
like(refused('approves', "CALL chipbook.nightly('acme', 5)"), qr/42501/, 'an approver does not refresh');
is(refused('approves', "CALL chipbook.nightly('acme', 5, refresh => false)"), '', '  but closes');
like(refused('night', "BEGIN;\nCALL chipbook.nightly('acme');"), qr/2D000/, 'not within a transaction');
like(refused('night', "SET chipbook.as_of = '2026-01-01';\nCALL chipbook.nightly('acme');"), qr/55000/, 'nor as of another day');

# close --due.
my $closed = answer('close', '--due=1', '--ledger=select', '-U', 'approves');
is_deeply([ $closed->{exit_code}, map { $_->{detail} =~ /^rent_accrual: / ? 'rule' : $_->{detail} } @{ $closed->{closed} } ], [ 4, 'rule' ], 'close --due says what is refused, once for each book');
is_deeply(answer('close', '--due=1', '--ledger=acme')->{closed}, [], '  and where nothing is due does nothing');
is(chipbook('close', '--due=1', '2026-10', '--ledger=acme'), 2, '  a period beside it');
is(chipbook('close', '--due=soon', '--ledger=acme'), 2, '  days that are none');
value(q{SET search_path = "select", chipbook, public; SELECT open_load('select', 'rule', 'm');
	INSERT INTO posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('r', 'rent_accrual', '6200', '3000');
	SELECT publish_load('select', currval('load_load_id_seq'))});
is(chipbook('close', '--due=1', '--ledger=select', '-U', 'approves'), 0, 'with the rule');
like($out, qr/^FY\d\d-P\d\d of "main", ifrs: closed, entries posted: \d+\nFY\d\d-P\d\d of "main", ifrs: closed/m, '  both months are closed, in their order');

# doctor for each, and as a plugin: what the view says.
my %may = (monitor => 'may read what is published, no more', loads => 'may load', approves => 'may close, approve', night => 'may load, close, approve');
foreach my $role (sort keys %may)
{
	my $doctor = answer('doctor', '--quick', '--ledger=acme', '-U', $role);
	is(join('; ', map { $_->{detail} } grep { $_->{check} eq 'privileges' } @{ $doctor->{findings} }), $may{$role}, "doctor tells $role what he may");
	is(join(' ', map { "$_->{check}=$_->{state}" } @{ $doctor->{checks} }), value("SELECT string_agg(check_name || '=' || state, ' ') FROM acme_report.ledger_health"), '  and the checks of ledger_health');
}
my @monitor = ('doctor', '--monitor', '-U', 'monitor');
is(chipbook(@monitor), 0, 'as a plugin: all is well');
like($out, qr/\ACHIPBOOK OK: ledgers: 2 \|(?: (?:acme|select)\.[a-z_]+=[\d.]+;[\d.]*;[\d.]*){10,}\n\z/, '  on one line, with figures');
value(q{SELECT open_load('acme', 'forgotten')});
$node->safe_psql('books', q{ALTER TABLE acme.load DISABLE TRIGGER USER; UPDATE acme.load SET opened_at = now() - interval '2 days' WHERE recorded_at IS NULL; ALTER TABLE acme.load ENABLE TRIGGER USER});
is(chipbook(@monitor), 1, '1: a warning');
like($out, qr/\ACHIPBOOK WARNING: acme unpublished_loads 1 \(.*: load \d+\) \|/, '  which is said');
is(answer(@monitor)->{status}, 'warnings', '  in JSON too');
is(chipbook(@monitor, '--ledger=select'), 0, '  of this ledger only');
value(q{UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'acme.usage_day_of_pool'::regclass});
is(chipbook(@monitor), 2, '2: an error');
value(q{UPDATE pg_catalog.pg_index SET indisvalid = true WHERE indexrelid = 'acme.usage_day_of_pool'::regclass});
is(chipbook(@monitor, '--ledger=none'), 3, '3: not known, for there is no such ledger');
is(chipbook('doctor', '--monitor', '-U', 'stranger'), 3, '  no right');
like($out, qr/\ACHIPBOOK UNKNOWN: .*permission denied/, '  which is said');
is(chipbook(@monitor, '-p', '1'), 3, '  no server');
is(chipbook(@monitor, '--mend'), 3, '  a wrong command line');
value("SELECT publish_load('acme', max(load_id)) FROM acme.load WHERE recorded_at IS NULL");

# A reader asks for now, though all else is as published.
is($node->safe_psql('books', "SET chipbook.as_of = '2020-01-01'; SELECT string_agg(check_name || state || coalesce(round(value)::text, ''), ' ') FROM acme_report.ledger_health", extra_params => [ '-U', 'monitor' ]),
	value("SELECT string_agg(check_name || state || coalesce(round(value)::text, ''), ' ') FROM acme_report.ledger_health"), 'health is that of now, whatever is asked about');

# The shipped examples.
my %unit = map { $_ => slurp_file("$examples/schedule/$_") } map { s{.*/}{}r } glob "$examples/schedule/chipbook-night*.*";
my $night = "$examples/schedule/chipbook-night";
is_deeply([ sort keys %unit ], [qw(chipbook-night-failed.service chipbook-night.service chipbook-night.timer)], 'units for systemd');
run [ 'sh', '-n', $night ], '>&', \my $output;
is($output, '', 'the script is one');
SKIP:
{
	skip 'there is no systemd-analyze (systemd)', 1 unless run [ 'sh', '-c', 'command -v systemd-analyze' ], '>', '/dev/null';
	# The script is to be where the unit says.
	write_file($_, $unit{$_} =~ s{/usr/local/bin/chipbook-night$}{$night}mr) foreach keys %unit;
	run [ 'systemd-analyze', 'verify', '--man=no', map { "$folder/$_" } sort keys %unit ], '>&', \$output;
	is($output, '', 'systemd finds nothing wrong with its units');
}

# Its commands are run as they stand, in the environment they name, but for where the test has its server and files.
my %here = (PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'books', PGUSER => 'night', PGPASSFILE => "$folder/none", CHIPBOOK_SPOOL => "$folder/spool", CHIPBOOK_CLOSE_AFTER => 1);
(my $environment = slurp_file("$examples/schedule/night.env")) =~ s/^(\w+)=.*$/exists $here{$1} ? "$1=$here{$1}" : $&/mge;
like($environment, qr/\A(?:#.*\n|[A-Z_]+=\S+\n)+\z/, 'the file of the environment is read alike by systemd and by sh');
write_file('night.env', "$environment" . "PGPORT=$here{PGPORT}\n");
system_or_bail('mkdir', '-p', 'spool/in/readings/m');
value('SELECT add_reading_partitions($$acme$$)');
my $start = value('SELECT current_date');
write_file('spool/in/readings/m/a.csv', "pool_id,tenant_id,starts_at,ends_at,installed_chip_hours,used_chip_ms,use_basis\nH100,t,${start}T00:00:00Z,${start}T01:00:00Z,2,3600000,sm_active\n");
my ($exec) = $unit{'chipbook-night.service'} =~ /^ExecStart=(.*)$/m;
is($exec, '/usr/local/bin/chipbook-night', 'the unit starts the script');
{
	delete local @ENV{qw(PGHOST PGPORT PGDATABASE PGUSER)};
	run [ 'sh', '-c', "set -a; . ./night.env; exec $night" ], '>', \$output, '2>', \my $errors, timeout($patience);
	is($? >> 8, 1, 'the night is done, and doctor finds that this server is careless') or diag($output, $errors);
	like($errors, qr/chipbook-night: exit code 1 of: chipbook doctor --quick\n\z/, '  and nothing else');
	ok(-f 'spool/done/readings/m/a.csv' && !-f 'spool/in/readings/m/a.csv', '  files that were loaded are put away');
	is(value("SELECT count(*) FROM acme.meter_reading WHERE recorded_at IS NOT NULL"), 1, '  and are loaded');

	# The crontab: its form, and its command.
	my @lines = grep { !/^(#|$)/ } split /\n/, slurp_file("$examples/schedule/chipbook.cron");
	my @jobs = grep { !/^[A-Z]+=/ } @lines;
	is(scalar(@jobs), 1, 'a crontab with one job');
	my $field = qr/(?:\*|\d+(?:-\d+)?)(?:\/\d+)?(?:,\d+(?:-\d+)?)*/;
	my ($command) = $jobs[0] =~ /^$field $field $field $field $field [a-z_][a-z0-9_-]* ([^%]+)$/;
	ok(defined $command, '  whose line is one of /etc/cron.d') or diag($jobs[0]);
	like(slurp_file("$examples/schedule/chipbook.cron"), qr/\n\z/, '  and ends, without which cron ignores it');
	# Nobody is there to be told: the night ends at once, by the command of the crontab as by that of the unit.
	write_file('night.env', slurp_file('night.env') . "PGPORT=1\n");
	local $ENV{PATH} = "$examples/schedule:$ENV{PATH}";
	foreach ($command =~ s{/etc/chipbook/night\.env}{./night.env}r, "set -a; . ./night.env; exec $night")
	{
		run [ 'sh', '-c', $_ ], '>', \$output, '2>', \$errors, timeout($patience);
		is($? >> 8, 3, '  without a server it ends at once') or diag($output, $errors);
		is(() = $errors =~ /^chipbook-night: /mg, 1, '  at its first step');
	}
}

# What monitoring is shown to ask is right.
my ($query) = slurp_file("$examples/monitoring/postgres_exporter.yml") =~ /query: \|\n((?: {4}.*\n)+)/;
is($node->safe_psql('books', "SELECT count(*), count(DISTINCT (ledger, check_name, unit)), max(state) FROM ($query) q", extra_params => [ '-U', 'monitor' ]), '11|11|0', 'the query for Prometheus');
my ($plugin) = slurp_file("$examples/monitoring/nagios.cfg") =~ /command_line\s+\/usr\/bin\/(.*)/;
write_file('service.conf', "[books]\nhost=$here{PGHOST}\nport=$here{PGPORT}\ndbname=books\nuser=monitor\n");
{
	local $ENV{PGSERVICEFILE} = "$folder/service.conf";
	$plugin =~ s/\$ARG1\$/books/;
	$plugin =~ s/\$ARG2\$/acme/;
	is(chipbook((split / /, $plugin)[ 1 .. 5 ]), 0, 'the command for Nagios');
}

$node->stop;
done_testing();
