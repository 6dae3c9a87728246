# Cycles and the largest circulation of funding_graph beside test/oracle/funding_graph.py: small graphs at random, of
# parties that pay themselves, edges of the same ends, edges of no weight, and amounts from 1e-15 up to 1e17.
use strict;
use warnings FATAL => 'all';

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $graphs = $ENV{ORACLE_GRAPHS} // 600;
my $seed = $ENV{ORACLE_SEED} // 1;

plan skip_all => 'python3 is not installed: no oracle for graphs' if system('python3 -c pass 2>/dev/null') != 0;

my $oracle = abs_path(dirname(__FILE__) . '/../oracle/funding_graph.py');
my $script = PostgreSQL::Test::Utils::tempdir . '/graphs.sql';
is(system("python3 '$oracle' $graphs $seed > '$script'"), 0, "the oracle answers for $graphs graphs, and proves that no circulation is larger");

my $node = PostgreSQL::Test::Cluster->new('graphs');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
$node->safe_psql('postgres', q{CREATE DATABASE one TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'});
$node->safe_psql('one', q{
	CREATE EXTENSION chipbook;
	ALTER DATABASE one SET search_path = chipbook, public;
	ALTER DATABASE one SET client_encoding = 'UTF8';
});
$node->safe_psql('one', q{
	CREATE TABLE edge (number integer, payer text, payee text, kind text, weight numeric);
	CREATE TABLE cycle (number integer, parties text[], amount numeric, largest numeric);
	CREATE TABLE circulation (number integer, total numeric);
});
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('one'), '-f', $script ], 'its answers are loaded');
# Once by kind, once of money, once in another order.
$node->safe_psql('one', q{
	CREATE TABLE graph AS
	SELECT number, funding_agg(payer, payee, kind, weight) AS g, funding_agg(payer, payee, monetary(weight, 'JPY')) AS money, funding_agg(payee, payer, weight) AS turned
	FROM edge GROUP BY number;
	CREATE TABLE found AS SELECT r.number, r.g, c.* FROM graph r, cycles(r.g, NULL, NULL) c;
	CREATE TABLE going AS SELECT r.number, m.* FROM graph r, max_circulation(r.g) m;
});

# No row in the answer, and something that could have been in it.
sub none
{
	my ($query, $of, $what) = @_;
	is($node->safe_psql('one', "SELECT * FROM ($query) differing LIMIT 5"), '', $what);
	cmp_ok($node->safe_psql('one', "SELECT count(*) FROM $of"), '>', $graphs / 10, "$what: of many");
	return;
}

none(q{(SELECT number, parties, amount, largest FROM found EXCEPT ALL SELECT number, parties, amount, largest FROM cycle)
	UNION ALL (SELECT number, parties, amount, largest FROM cycle EXCEPT ALL SELECT number, parties, amount, largest FROM found)}, 'cycle', 'every cycle, once, with its least and its largest edge');
none(q{SELECT number, cycle FROM found WHERE NOT complete OR length <> cardinality(parties)}, 'found', 'complete, with its length');
none(q{SELECT number, cycle FROM (SELECT number, cycle, row_number() OVER (PARTITION BY number ORDER BY cycle) AS place FROM found) n WHERE place <> cycle}, 'found', 'numbered');
none(q{SELECT l.number, l.longest FROM (SELECT number, longest FROM graph, generate_series(1, 6) longest) l
	CROSS JOIN LATERAL (SELECT array_agg(c.parties::text ORDER BY c.parties) AS found, bool_and(c.complete) AS complete FROM graph r, cycles(r.g, l.longest, NULL) c WHERE r.number = l.number) f
	CROSS JOIN LATERAL (SELECT array_agg(o.parties::text ORDER BY o.parties) AS known FROM cycle o WHERE o.number = l.number AND cardinality(o.parties) <= l.longest) k
	WHERE f.found IS DISTINCT FROM k.known OR NOT f.complete}, 'cycle WHERE cardinality(parties) > 2', 'up to each length');
none(q{SELECT l.number, l.most FROM (SELECT number, most FROM graph, unnest(ARRAY[1, 2, 5, 20]) most) l
	CROSS JOIN LATERAL (SELECT count(*) AS found, count(DISTINCT c.parties) AS differ, bool_and(c.complete) AS complete,
		count(*) FILTER (WHERE EXISTS (SELECT FROM cycle o WHERE o.number = l.number AND o.parties = c.parties)) AS known FROM graph r, cycles(r.g, NULL, l.most) c WHERE r.number = l.number) f
	CROSS JOIN LATERAL (SELECT count(*) AS cycles FROM cycle o WHERE o.number = l.number) k
	WHERE f.found <> least(k.cycles, l.most) OR f.differ <> f.found OR f.known <> f.found OR f.complete <> (k.cycles <= l.most)}, 'cycle', 'up to each count, and it says when there are more');
none(q{SELECT t.number, circulation_edge_sum(r.g), t.total FROM circulation t LEFT JOIN graph r USING (number)
	WHERE coalesce(circulation_edge_sum(r.g), 0) <> t.total OR coalesce(circulation_edge_sum(r.money), 0) <> t.total OR coalesce(circulation_edge_sum(r.turned), 0) <> t.total},
	'circulation WHERE total > 0', 'the largest circulation, by kind, in money, and the other way round');
none(q{SELECT t.number, sum(m.circulating), t.total FROM circulation t LEFT JOIN going m USING (number) GROUP BY t.number, t.total HAVING coalesce(sum(m.circulating), 0) <> t.total}, 'going', 'which its edges add up to');
none(q{SELECT number, payer, payee FROM going WHERE circulating < 0 OR outside < 0 OR circulating + outside <> weight OR (payer = payee AND outside <> 0)}, 'going', 'within each edge');
none(q{SELECT number, payer, payee FROM going FULL JOIN (SELECT number, payer, payee, sum(weight) AS weight FROM edge GROUP BY 1, 2, 3 HAVING sum(weight) > 0) e USING (number, payer, payee, weight)
	WHERE (circulating >= 0) IS NOT TRUE OR (weight > 0) IS NOT TRUE}, 'going', 'on each edge of weight once');
none(q{SELECT number, party FROM (SELECT number, payer AS party, circulating FROM going UNION ALL SELECT number, payee, -circulating FROM going) f GROUP BY number, party HAVING sum(circulating) <> 0}, 'going', 'as much into a party as out of it');
none(q{SELECT o.number, c.parties FROM (SELECT number, funding_agg(payer, payee, outside) AS left FROM going GROUP BY number) o, cycles(o.left) c}, 'found', 'and no cycle is left outside');

done_testing();
