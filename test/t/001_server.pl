# chipbook inside a server: installing, dumping, crashing, replicating. Every type goes through each.

use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";

sub slurp
{
    my ($name) = @_;
    open(my $file, '<', "$top/$name") or die "$name: $!";
    local $/ = undef;
    return scalar <$file>;
}

my $node = PostgreSQL::Test::Cluster->new('primary');
$node->init(allows_streaming => 1);
$node->start;

# One version string everywhere.
my ($version) = slurp('chipbook.control') =~ /^default_version\s*=\s*'([^']+)'/m;
like($version, qr/^\d+\.\d+\.\d+$/, 'the control file names a version');
my ($meta) = slurp('META.json') =~ /^\s{3}"version":\s*"([^"]+)"/m;
is($meta, $version, 'META.json has the same');
my ($provided) = slurp('META.json') =~ /"provides".*?"version":\s*"([^"]+)"/s;
is($provided, $version, 'META.json provides the same');
my ($header) = slurp('src/chipbook.h') =~ /^#define\s+CHIPBOOK_VERSION\s+"([^"]+)"/m;
is($header, $version, 'chipbook.h has the same');
like(slurp('CHANGELOG.md'), qr/^## \Q$version\E\b/m, 'CHANGELOG.md has a section of it');
is( $node->safe_psql('postgres',
        "SELECT default_version FROM pg_available_extensions WHERE name = 'chipbook'"),
    $version, 'the installed control file has the same');
is( $node->safe_psql('postgres',
        "SELECT string_agg(version, ' ') FROM pg_available_extension_versions WHERE name = 'chipbook'"),
    $version, 'the installed script is of that version');

# Installing: the script makes the schema, which nobody may have prepared; a database's owner is enough.
$node->safe_psql('postgres', 'CREATE ROLE analyst LOGIN; CREATE DATABASE books OWNER analyst');
my ($status, $out, $err) = $node->psql(
    'books', 'CREATE SCHEMA chipbook; CREATE EXTENSION chipbook',
    extra_params => [ '-U', 'analyst' ]);
isnt($status, 0, 'a schema chipbook made before is refused');
like($err, qr/schema "chipbook" already exists/, 'with its name');
$node->safe_psql('books', 'DROP SCHEMA chipbook; CREATE EXTENSION chipbook',
    extra_params => [ '-U', 'analyst' ]);
is( $node->safe_psql('books', "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'chipbook'"),
    $node->safe_psql('books', 'SELECT 10::oid::regrole'),
    'the owner of a database, no superuser, installs chipbook, and the superuser owns its schema');
($status, $out, $err) = $node->psql(
    'books', 'CREATE FUNCTION chipbook.planted() RETURNS int RETURN 1',
    extra_params => [ '-U', 'analyst' ]);
like($err, qr/permission denied for schema chipbook/, 'in which the owner can plant nothing');
if ($node->safe_psql('books', "SHOW server_version_num") >= 180000)
{
    is( $node->safe_psql('books',
            "LOAD 'chipbook'; SELECT version FROM pg_get_loaded_modules() WHERE module_name = 'chipbook'"),
        $version, 'the loaded module has the same version');
}

# A row of every type, twice over, with the indexes and constraints that restore in their own way.
my $rows = q{SELECT id, code::text, price::text, prices::text, policy::text, spend::text, steps::text FROM chips ORDER BY id};
$node->safe_psql('books', q{
    SET search_path = public, chipbook;
    CREATE TABLE chips (
        id int PRIMARY KEY,
        code currency NOT NULL,
        price monetary CHECK (price >= '0 USD'),
        prices monetary[],
        policy amortisation_policy,
        spend spend_summary,
        steps time_weighted,
        funding funding_graph,
        twice monetary GENERATED ALWAYS AS (price * 2) STORED
    );
    CREATE INDEX ON chips (price);
    CREATE INDEX ON chips USING hash (code);
    CREATE VIEW totals AS SELECT code, sum(price) AS price FROM chips GROUP BY code;
    INSERT INTO chips
    SELECT id, 'USD', monetary(1234.567890123456789 * id, 'USD'), ARRAY['-0.5 EUR', NULL, '7 JPY']::monetary[],
           amortisation_policy(method => 'straight_line', life => '6 years', salvage => 0.1),
           (SELECT spend_agg(monetary(100 + n, 'USD'), 8000, 7000, 6000, 5000 + n) FROM generate_series(1, id) n),
           (SELECT time_weighted_agg(n, timestamptz '2026-01-01' + n * interval '2 days', timestamptz '2026-01-01' + (2 * n + 1 + id % 2) * interval '1 day') FROM generate_series(1, id) n),
           (SELECT funding_agg('party ' || n, 'party ' || n * id % 7, monetary(n, 'USD')) FROM generate_series(1, id % 20 + 1) n)
    FROM generate_series(1, 500) id;
}, extra_params => [ '-U', 'analyst' ]);
my $before = $node->safe_psql('books', $rows);
is(scalar(split /\n/, $before), 500, 'five hundred rows of every type');

($status, $out, $err) = $node->psql('books', 'DROP EXTENSION chipbook', extra_params => [ '-U', 'analyst' ]);
isnt($status, 0, 'DROP EXTENSION is refused while a table uses its types');
like($err, qr/cannot drop extension chipbook because other objects depend on it/, 'and says why');

# A dump restored into an empty database, in both of pg_dump's forms.
$node->safe_psql('postgres', 'CREATE DATABASE plain OWNER analyst; CREATE DATABASE custom OWNER analyst');
my $dump = $node->basedir . '/books';
$node->command_ok([ 'pg_dump', '-f', "$dump.sql", 'books' ], 'pg_dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dump.sql", 'plain' ],
    'a plain dump restores');
is($node->safe_psql('plain', $rows), $before, 'with identical rows');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dump.dump", 'books' ], 'pg_dump in the custom format');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'custom', "$dump.dump" ], 'a custom dump restores');
is($node->safe_psql('custom', $rows), $before, 'with identical rows');
is( $node->safe_psql('custom', 'SELECT * FROM totals'),
    $node->safe_psql('books', 'SELECT * FROM totals'),
    'and identical answers');

# A physical standby answers the same, and so does the server after a crash.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->safe_psql('books', q{
    SET search_path = public, chipbook;
    UPDATE chips SET price = price + '0.000000000000001 USD', code = 'EUR' WHERE id % 3 = 0});
my $after = $node->safe_psql('books', $rows);
isnt($after, $before, 'the rows changed');
$node->wait_for_catchup($standby);
is($standby->safe_psql('books', $rows), $after, 'a standby answers the same');
my $by_index = q{SET enable_seqscan = off; SET search_path = public, chipbook;
    SELECT count(*), min(id) FROM chips WHERE price > '617000 USD' AND code = 'EUR'};
is($standby->safe_psql('books', $by_index), $node->safe_psql('books', $by_index),
    'by its indexes too');
$node->stop('immediate');
$node->start;
is($node->safe_psql('books', $rows), $after, 'every value survives a crash');

$standby->stop;
$node->stop;
done_testing();
