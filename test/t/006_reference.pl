# The pages of docs/reference are what the objects say of themselves.

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use File::Basename;

my $node = PostgreSQL::Test::Cluster->new('reference');
$node->init;
$node->append_conf('postgresql.conf', "max_locks_per_transaction = 256\njit = off");
$node->start;

my $folder = PostgreSQL::Test::Utils::tempdir;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'postgres';
ok(run_log([ 'bash', 'test/lib/reference.sh', $folder ]), 'the reference can be made') or BAIL_OUT('no reference');

my @pages = sort map { basename($_) } glob("docs/reference/*.md");
is_deeply(\@pages, [ sort map { basename($_) } glob("$folder/*.md") ], 'every page is there');
for my $page (@pages)
{
	my ($there, $made) = map { [ split /\n/, slurp_file("$_/$page"), -1 ] } 'docs/reference', $folder;
	my ($line) = grep { ($there->[$_] // '') ne ($made->[$_] // '') } 0 .. ($#$there > $#$made ? $#$there : $#$made);
	ok(!defined $line, "$page is what the comments say (make reference writes it)")
	  or diag("line ", $line + 1, "\n  there: ", $there->[$line] // 'none', "\n  made:  ", $made->[$line] // 'none');
}

# What a reader meets has a comment.
is($node->safe_psql('postgres', q{
	SELECT coalesce(string_agg(format('%s.%s', c.relname, a.attname), ' ' ORDER BY 1), '')
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
	WHERE c.relnamespace = 'books_report'::regnamespace AND a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL}),
	'', 'every column of every published view has a comment');

done_testing();
