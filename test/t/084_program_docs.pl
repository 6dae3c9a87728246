# Every block of docs/program.md that is fenced as sh is run, top to bottom, in one folder and one database, and
# gives what the page says: the block fenced as text that follows it, if there is one.
use strict;
use warnings FATAL => 'all';

use FindBin;
use IPC::Run qw(run);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @blocks = slurp_file("$FindBin::RealBin/../../docs/program.md") =~ /^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?/gms;

my $node = PostgreSQL::Test::Cluster->new('program_docs');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "jit = off\nmax_locks_per_transaction = 256\n");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE books; CREATE ROLE keeper NOLOGIN');
chdir(PostgreSQL::Test::Utils::tempdir) or die "$!";
delete @ENV{qw(PGUSER PGSERVICE PGSERVICEFILE PGPASSFILE PGPASSWORD PGOPTIONS CHIPBOOK_LEDGER)};
local @ENV{qw(PGHOST PGPORT PGDATABASE)} = ($node->host, $node->port, 'books');

ok(@blocks > 10, 'the page has examples');
while (my ($script, $expected) = splice @blocks, 0, 2)
{
	my ($first) = $script =~ /^(chipbook \S+.*)$/m;
	run [ 'bash', '-c', $script ], '>&', \my $output;
	$output =~ s/[ \t]+$//mg;
	defined $expected ? is($output, $expected, $first // 'an example') : is($?, 0, $first // 'an example');
}

$node->stop;
done_testing();
