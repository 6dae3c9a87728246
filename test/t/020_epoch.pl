# The cost of training 30 models as Epoch AI publishes it, recomputed twice from price, dates and
# chip-hours: the hardware with chip_hour_rate, and hardware, interconnect, energy and total through a
# ledger. Every row of the published table, when it is there. A few of its rows are carried in
# test/pgtap/amortisation_worked.sql and test/pgtap/ledger_chip_cost.sql.
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

# Through a ledger: chips as assets with an economic policy, sites with PUE and the tariff of each year,
# the network's share of a cluster's cost (19 %) as a factor of the hardware, and the runs. The energy is
# priced in the year of publication. PaLM (540B), which three models of the table fine-tune, has no row:
# 6,144 chips x 1,200 h + 3,072 x 336 h (Chowdhery et al. 2022, arXiv 2204.02311), published on
# 2022-04-04, begun 60 days and 1,368 hours before, as the table's rule has it; the three agree.
$node->safe_psql('postgres', q{
	SET search_path = chipbook, public;
	CREATE VIEW public.run AS
	SELECT model, hardware, price_usd_per_chip_server::numeric AS price, acquisition_date::date AS acquired,
	       training_start::timestamp::date AS started, publication_date::date AS published, chip_hours::numeric AS chip_hours,
	       nullif(training_flop, '')::numeric AS flops, base_model, pue::numeric AS pue
	FROM epoch
	UNION ALL
	SELECT 'PaLM (540B)', 'Google TPU v4', 8473.88, '2021-05-20', date '2022-04-04' - 60 - 57, '2022-04-04', 6144 * 1200 + 3072 * 336, NULL, NULL, 1.1;
	SELECT create_ledger('epoch_ai', basis => 'economic');
	INSERT INTO epoch_ai.source (source_id, kind, reference, confidence)
	VALUES ('epoch', 'dataset', 'Epoch AI, training-cost-trends (Apache-2.0); Cottier et al. 2024, arXiv 2405.21015', 'high');
	SELECT open_load('epoch_ai', 'the published table', 'epoch');
	INSERT INTO epoch_ai.chip_model (chip_model_id, name, tdp_watts, server_power_factor, average_load)
	SELECT DISTINCT hardware, hardware, chip_tdp_w::numeric, chip_to_server_power::numeric, tdp_fraction::numeric FROM epoch;
	INSERT INTO epoch_ai.site (site_id, name, pue) SELECT DISTINCT 'pue ' || pue, 'Data centre of PUE ' || pue, pue FROM run;
	INSERT INTO epoch_ai.energy_tariff (site_id, price_per_kwh, valid_from, valid_to)
	SELECT s.site_id, monetary(t.price, 'USD'), make_date(t.year, 1, 1), make_date(t.year + 1, 1, 1)
	FROM (SELECT DISTINCT extract(year FROM publication_date::date)::integer AS year, usd_per_kwh::numeric AS price FROM epoch) t, epoch_ai.site s;
	INSERT INTO epoch_ai.asset (asset_id, name, component, chip_model_id, chips, cost, acquired_on, available_for_use_on)
	SELECT model, hardware, 'chip', hardware, 1, monetary(price, 'USD'), acquired, acquired FROM run;
	INSERT INTO epoch_ai.asset_policy (asset_id, basis, policy)
	SELECT model, 'economic', amortisation_policy(method => 'exponential', rate => 0.14) FROM run;
	INSERT INTO epoch_ai.pool (pool_id, name, site_id, chip_model_id)
	SELECT DISTINCT hardware || ' at ' || pue, hardware, 'pue ' || pue, hardware FROM run;
	INSERT INTO epoch_ai.cost_rate (cost_rate_id, pool_id, component, unit, factor, valid_from)
	SELECT pool_id, pool_id, 'interconnect', 'depreciation', 0.19 / 0.81, '2010-01-01' FROM epoch_ai.pool;
	INSERT INTO epoch_ai.training_run (run_id, name, asset_id, pool_id, base_run_id, started_on, priced_on, chip_hours, model_flops)
	SELECT model, model, model, hardware || ' at ' || pue, nullif(base_model, ''), started, published, chip_hours, flops FROM run;
	SELECT publish_load('epoch_ai', max(load_id)) FROM epoch_ai.load;
	CREATE VIEW public.compared AS
	SELECT e.model, c.*, abs(c.hardware_cost / (e.chip_cost::numeric + e.server_cost::numeric) - 1) AS hardware_error,
	       abs(c.interconnect_cost / e.interconnect_cost::numeric - 1) AS interconnect_error,
	       abs(c.energy_cost / e.energy_cost::numeric - 1) AS energy_error, abs(c.energy_kwh / e.energy_kwh::numeric - 1) AS kwh_error,
	       abs(c.total_cost / e.cost::numeric - 1) AS total_error
	FROM epoch e LEFT JOIN epoch_ai_report.training_run_cost c ON c.run_id = e.model});
for my $part (qw(hardware interconnect energy kwh total))
{
	is($node->safe_psql('postgres', "SELECT count(*) FROM compared WHERE ${part}_error < 1e-9"),
		$count, "through the ledger: $part of every model, to a relative error under 1e-9");
	note "largest relative error of $part: " . $node->safe_psql('postgres', "SELECT max(${part}_error) FROM compared");
}
is( $node->safe_psql('postgres', q{SELECT count(*) FROM epoch_ai_report.training_run_cost
		WHERE abs(hardware_cost + interconnect_cost + energy_cost - total_cost) > 1e-12 OR abs(own_cost + base_cost - total_cost) > 1e-12}),
	'0', 'and the parts add up');
is( $node->safe_psql('postgres', q{SELECT count(*) FROM epoch_ai_report.data_quality WHERE subject = 'training_run'}), '0', 'nothing is missing');

$node->stop;
done_testing();
