# The hardware cost of training 30 models as Epoch AI publishes it, recomputed with
# chip_hour_rate from price, dates and chip-hours: every row of the published table, when it is
# there. A few of its rows are carried in test/pgtap/amortisation_worked.sql.
use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $csv = $ENV{CHIPBOOK_EPOCH_CSV} // "$FindBin::RealBin/../../../shared/data/chipcost/epoch_training_cost.csv";
plan skip_all => 'the Epoch AI table is not there (CHIPBOOK_EPOCH_CSV names it)' if !-r $csv;

my $node = PostgreSQL::Test::Cluster->new('epoch');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION chipbook');

open my $file, '<', $csv or die "$csv: $!";
my $header = <$file>;
$header =~ s/\r?\n//;
my $columns = join ', ', map { qq{"$_" text} } split /,/, $header;
my $rows = join '', map { s/\r?\n?\z/\n/r } <$file>;
close $file;

# The server may not be able to read the file: psql sends it. start = the day training began;
# floor(training_start - acquisition_date) whole days went by.
my $copy = <<"SQL";
CREATE TABLE public.epoch ($columns);
COPY public.epoch FROM STDIN (FORMAT csv);
${rows}\\.
SQL
my ($status, $out, $err) = $node->psql('postgres', $copy);
is($status, 0, 'the table loads') or diag $err;

# A fine-tune's cost has its base model's whole cost in it. A base model that has no row of its own
# must be worth the same in every fine-tune of it: it is taken from the others.
$node->safe_psql('postgres', q{
	SET search_path = chipbook, public;
	CREATE VIEW public.own AS
	SELECT model, base_model, amount(rate) AS rate, rate_usd_per_chip_hour::numeric AS published_rate,
	       amount(rate * chip_hours::numeric) AS hardware, chip_cost::numeric + server_cost::numeric AS published
	FROM (SELECT *, chip_hour_rate(monetary(price_usd_per_chip_server::numeric, 'USD'), amortisation_policy('exponential', rate => 0.14),
	                               acquisition_date::date, training_start::timestamp::date) AS rate
	      FROM epoch) r;
	CREATE VIEW public.recomputed AS
	SELECT model, rate, published_rate, published,
	       hardware + CASE WHEN base_model IS NULL THEN 0
	                       ELSE coalesce((SELECT b.hardware FROM own b WHERE b.model = o.base_model),
	                                     (SELECT avg(f.published - f.hardware) FROM own f WHERE f.base_model = o.base_model AND f.model <> o.model)) END AS hardware
	FROM own o});
my $count = $node->safe_psql('postgres', 'SELECT count(*) FROM recomputed');
cmp_ok($count, '>=', 30, "$count models");
is( $node->safe_psql('postgres', 'SELECT count(*) FROM recomputed WHERE abs(rate / published_rate - 1) < 1e-9'),
	$count, 'the rate a chip-hour of every model, to a relative error under 1e-9');
is( $node->safe_psql('postgres', 'SELECT count(*) FROM recomputed WHERE abs(hardware / published - 1) < 1e-9'),
	$count, 'the hardware cost of every model, to a relative error under 1e-9');
note 'largest relative errors: ' . $node->safe_psql('postgres', 'SELECT max(abs(rate / published_rate - 1)), max(abs(hardware / published - 1)) FROM recomputed');

$node->stop;
done_testing();
