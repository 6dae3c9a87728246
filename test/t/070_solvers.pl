# Systems over a funding graph inside a server: cancelling them, memory that a library cannot get, and none that stays.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# A library before CXSparse: the order of elimination cannot be had while a file says so.
my $folder = PostgreSQL::Test::Utils::tempdir;
append_to_file("$folder/fail.c", <<"END");
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <unistd.h>

int64_t *cs_dl_amd(int64_t order, const void *matrix)
{
	int64_t *(*real)(int64_t, const void *) = (int64_t *(*)(int64_t, const void *)) dlsym(RTLD_NEXT, "cs_dl_amd");

	return access("$folder/no_memory", F_OK) == 0 ? 0 : real(order, matrix);
}
END
my $built = system(($ENV{CC} // 'cc'), '-shared', '-fPIC', '-o', "$folder/fail.so", "$folder/fail.c", '-ldl') == 0;

my $node = PostgreSQL::Test::Cluster->new('solvers');
$node->init;
{
	# The sanitisers must come first where they are used; then nothing is injected.
	$built = 0 if $ENV{LD_PRELOAD};
	local $ENV{LD_PRELOAD} = "$folder/fail.so" if $built;
	$node->start;
}
$node->safe_psql('postgres', q{
	CREATE EXTENSION chipbook;
	ALTER DATABASE postgres SET search_path = chipbook, public;
});
# One loop of 10,000 parties, each owned by five at random: its factors take a long time. And one of 500.
$node->safe_psql('postgres', q{
	SELECT setseed(0.7);
	CREATE TABLE loops AS
	SELECT parties, funding_agg('f' || floor(random() * parties), 'f' || n, 0.18) AS g
	FROM (VALUES (500), (10000)) v(parties), generate_series(0, parties - 1) n, generate_series(1, 5) GROUP BY parties;
});

my $solve = q{SELECT count(*) FROM loops, look_through_value(g, '{f1}', '{1}') WHERE parties = };
my ($status, $out, $err);
my $started = time;
($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nSET statement_timeout = '500ms';\n${solve}10000;");
like($err, qr/57014/, 'a solution under way can be cancelled');
cmp_ok(time - $started, '<', 60, 'soon');

# The most a backend has taken, in kB, after failing or succeeding many times as after a few: in one session.
my $memory = "SET client_min_messages = log;\nSET log_statement_stats = on;\nSELECT 1;\nRESET log_statement_stats;\nRESET client_min_messages;\n";
my $again = sub { my ($times, $statement) = @_; return join '', ("$statement\n") x $times };
my $growth = sub {
	my ($statement) = @_;
	my (undef, undef, $errors) = $node->psql('postgres', $again->(5, $statement) . $memory . $again->(60, $statement) . $memory, on_error_stop => 0);
	my @taken = $errors =~ /(\d+) kB max resident size/g;
	my ($before, $after) = @taken[0, -1];
	return ($after - $before, $errors);
};
my ($grown, $errors) = $growth->("SET statement_timeout = '40ms'; ${solve}10000; RESET statement_timeout;");
is(scalar(() = $errors =~ /canceling statement/g), 65, 'every one is cancelled');
cmp_ok($grown, '<', 20000, 'and leaves no memory behind');
($grown) = $growth->("${solve}500;");
cmp_ok($grown, '<', 20000, 'nor does a solution');

SKIP:
{
	skip 'nothing can be put before the libraries here', 4 if !$built;
	append_to_file("$folder/no_memory", '');
	($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n${solve}500;");
	like($err, qr/53200: +out of memory/, 'memory that the library cannot get is an error');
	($grown, $errors) = $growth->("${solve}500;");
	is(scalar(() = $errors =~ /out of memory/g), 65, 'each time');
	cmp_ok($grown, '<', 20000, 'and leaves none behind');
	unlink "$folder/no_memory";
	is($node->safe_psql('postgres', "${solve}500"), '500', 'then all works as before');
}

$node->stop;
done_testing();
