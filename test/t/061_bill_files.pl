# Real and published bills, when their folder is there: each file loads with the rows, totals and findings
# that it has, or is refused for the one right reason. Totals were added up apart, in decimal arithmetic.
# Sources: FinOps Foundation (sample, CC-BY-4.0), the FOCUS specification (spec_examples, CC-BY-4.0), OpenCost
# (Apache-2.0), native reports and generated sets (MIT).
use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = $ENV{CHIPBOOK_FOCUS_DATA} // "$FindBin::RealBin/../../../shared/data/focus";
plan skip_all => 'the bills are not there (CHIPBOOK_FOCUS_DATA names their folder)' if !-r "$folder/focus_1.0_sample.csv";

my $declared = q({"day_order": "mdy", "number_marks": "$,"});
my $american = q({"day_order": "mdy"});
my $sample_findings = 'ChargeOutsideBillingPeriod 1, ContractedCostIsNotPriceTimesQuantity 14, ListCostLessThanContractedCost 7, MissingContractedCost 7, NegativeUnitPrice 1, UnknownColumns 0, WordNormalised 7, ZoneAssumed 1000';
my $example = 'MissingBillingCurrency %d, MissingColumn 0';
my $undeclared = 'refused: line 2: BillingPeriodEnd "%s" is not a time that ISO 8601 writes';

# file, options, what becomes of it: dataset, version, rows, billed, effective; findings where they are told.
my @files = (
	['focus_1.0_sample.csv', '{}', 'cost_and_usage 1.0 loaded 1000 20.52022672899 14.97651418586', $sample_findings],
	['native/aws_cur_legacy_sample.csv', '{}', 'aws_cur loaded 399 0.3127928496 0.3127928496', ''],
	['native/azure_ea_actual_small.csv', '{}', 'azure_actual refused: line 2: BillingPeriodStartDate "09/01/2023" is not a time that ISO 8601 writes'],
	['native/azure_ea_actual_small.csv', $american, 'azure_actual loaded 11 8.5450077867419368', 'TagsWithoutBraces 9, ZoneAssumed 11'],
	['native/azure_ea_amortized_small.csv', '{}', 'azure_amortised refused: line 2: BillingPeriodStartDate "09/01/2023" is not a time that ISO 8601 writes'],
	['native/azure_ea_amortized_small.csv', $american, 'azure_amortised loaded 28 16.296932136636644627485419'],
	['native/oci_cost_report_sample.csv', '{}', 'oracle_cost loaded 506 2.523589325400648027 2.523589325400648027', ''],
	['opencost_edge/BOM.csv', '{}', 'azure_actual loaded 1', 'DatasetAssumed 0, MissingBilledCost 1, MissingContractedCost 1, ZoneAssumed 1'],
	['opencost_edge/Enterprise.csv', '{}', 'azure_actual refused: line 2: Date "02/02/2021" is not a time that ISO 8601 writes'],
	['opencost_edge/Enterprise.csv', $american, 'azure_actual loaded 1 0'],
	['opencost_edge/EnterpriseCamel.csv', $american, 'azure_actual loaded 1 0.012'],
	['opencost_edge/German.csv', '{}', 'azure_actual loaded 1 0.075', 'DatasetAssumed 0, LocalisedHeader 0, ZoneAssumed 1'],
	['opencost_edge/MissingBrackets.csv', '{}', 'azure_actual loaded 1 4', 'DatasetAssumed 0, MissingBillingCurrency 1, MissingContractedCost 1, TagsWithoutBraces 1, ZoneAssumed 1'],
	['opencost_edge/PayAsYouGo.csv', '{}', 'azure_actual loaded 1 0.075', 'DatasetAssumed 0, ZoneAssumed 1'],
	['opencost_edge/Template.csv', '{}', 'azure_actual refused: line 2: it has 10 fields, the header 11'],
	['opencost_edge/VirtualMachine.csv', '{}', 'azure_actual loaded 1 4', 'DatasetAssumed 0, MissingBillingCurrency 1, MissingContractedCost 1, ZoneAssumed 1'],
	['opencost_edge/YA.csv', $american, 'azure_actual loaded 1 0.075', 'DatasetAssumed 0, LocalisedHeader 0, ZoneAssumed 1'],
	# The specification's own mistake.
	['spec_examples/commitment_discount_purchase_scenario_2.csv', '{}', 'cost_and_usage 1.1 refused: line 4: ChargePeriodEnd "2023-02-01T30:00:00Z" is not a time that ISO 8601 writes'],
	['spec_examples/commitment_discount_purchase_scenario_3.csv', '{}', 'cost_and_usage 1.1 refused: line 5: ChargePeriodEnd "2023-02-01T30:00:00Z" is not a time that ISO 8601 writes'],
	['spec_examples/zero_percent_utilization_without_commitment_discount_flexibility.csv', '{}', 'cost_and_usage 1.1 loaded 3 3.5 3.5', 'ConsumedQuantityOnUnused 1, MissingBillingCurrency 3, MissingColumn 0, UnknownColumns 0'],
	['spec_examples/saas_spend_agreements_a1.csv', '{}', 'cost_and_usage 1.1 ' . sprintf($undeclared, '5/1/25')],
	['spec_examples/simple_saas_agreements_a1.csv', $american, 'cost_and_usage 1.1 refused: line 2: BilledCost "$10,000.00 " is not a number'],
	['synthetic_1_3/cost_and_usage_aws.csv', '{}', 'cost_and_usage 1.3 loaded 599 14221.38454425020325 2875.20226604860325', ''],
	['synthetic_1_3/cost_and_usage_gcp.csv', '{}', 'cost_and_usage 1.3 loaded 599 12403.97971210524161 4328.22872410524161', ''],
	['synthetic_1_3/contract_commitment_aws.csv', '{}', 'contract_commitment 1.3 loaded 73', ''],
	['synthetic_1_3/contract_commitment_gcp.csv', '{}', 'contract_commitment 1.3 loaded 64', '']);
push @files, map { ["spec_examples/$_->[0].csv", '{}', "cost_and_usage 1.1 loaded $_->[1]"] }
	['commitment_discount_purchase_scenario_1', '1 8760 0'], ['commitment_discount_usage_scenario_1', '1 0 1'], ['commitment_discount_usage_scenario_2', '1 0 1'], ['commitment_discount_usage_scenario_3', '2 0 1'],
	['commitment_discount_usage_scenario_4', '2 0.5 1.5'], ['one_hundred_percent_utilization_with_commitment_discount_flexibility_with_1_resource', '3 2.75 2.75'],
	['one_hundred_percent_utilization_with_commitment_discount_flexibility_with_2_resources', '3 2 2'], ['one_hundred_percent_utilization_without_commitment_discount_flexibility', '2 1.5 1.5'];
push @files, map { ["spec_examples/$_->[0].csv", $declared, "cost_and_usage $_->[1]"] }
	['saas_spend_agreements_a1', '1.1 loaded 4 1200 1200'], ['saas_spend_agreements_a2', '1.1 loaded 13 1200 1200'], ['saas_spend_agreements_b1', '1.1 loaded 5 1200 1200'], ['saas_spend_agreements_b2', '1.1 loaded 14 1200 1200'],
	['simple_saas_agreements_a1', '1.1 loaded 1 10000 10000'], ['simple_saas_agreements_a2', '1.1 loaded 1 50000 50000'], ['simple_saas_agreements_a3', '1.1 loaded 1 1000 1000'], ['simple_saas_agreements_b', '1.1 loaded 1 50000 50000'],
	['simple_saas_agreements_c', '1.1 loaded 3 35800 35800'], ['virtual_currency_pricing_model_a1', '1.2 loaded 1 200000 0'], ['virtual_currency_pricing_model_a2', '1.2 loaded 3 0 1230'], ['virtual_currency_pricing_model_b1', '1.2 loaded 1 100000 0'],
	['virtual_currency_pricing_model_b2', '1.2 loaded 3 0 615'], ['virtual_currency_pricing_model_b3', '1.2 loaded 3 0 495'], ['virtual_currency_pricing_model_c', '1.2 loaded 2 53000 0'];
for (['aws', 73, '21217.50947887652068 4687.11735287652068'], ['azure', 72, '27676.8498917913571 13752.0121137913571'], ['gcp', 64, '20452.04604978348514 8248.46525578348514'])
{
	my $of = "synthetic_1_4/$_->[0]/synthetic_focus_1_4";
	push @files, ["${of}_cost_and_usage.csv", '{}', "cost_and_usage 1.4 loaded 1000 $_->[2]", ''], ["${of}_contract_commitment.csv", '{}', "contract_commitment 1.4 loaded $_->[1]", ''],
		["${of}_invoice_detail.csv", '{}', 'invoice_detail 1.4 loaded 6', ''], ["${of}_billing_period.csv", '{}', 'billing_period 1.4 loaded 1', ''];
}

my $node = PostgreSQL::Test::Cluster->new('bills');
$node->init;
$node->start;
$node->safe_psql('postgres', q{CREATE EXTENSION chipbook; SELECT chipbook.create_ledger('books');
	INSERT INTO books.source (source_id, kind, reference, confidence) VALUES ('bills', 'invoice', 'published examples', 'low')});

my %seen;
for (@files)
{
	my ($name, $options, $becomes, $findings) = @$_;
	my $content = slurp_file("$folder/$name");
	$seen{$name} = 1;
	die "$name: dollar quotes" if $content =~ /\$bill\$/;
	my $has = $node->safe_psql('postgres', qq{
		SET client_min_messages = warning;
		CREATE TEMPORARY TABLE became AS SELECT * FROM chipbook.import_bill('books', '$name', \$bill\$$content\$bill\$, 'bills', \$o\$$options\$o\$, '$name');
		SELECT concat_ws(' ', i.dataset, i.focus_version, i.status || ': ' || i.reason, CASE WHEN i.reason IS NULL THEN concat_ws(' ', i.status, i.rows_loaded,
			(SELECT concat_ws(' ', trim_scale(sum(t.billed_cost)), trim_scale(sum(t.effective_cost))) FROM books.delivery_total t WHERE t.delivery_id = i.delivery HAVING count(t.billed_cost) + count(t.effective_cost) > 0)) END)
		FROM became i;
		SELECT coalesce(string_agg(f.code || ' ' || f.row_count, ', ' ORDER BY f.code COLLATE "C"), '') FROM books_report.delivery_findings f
		WHERE f.delivery_id = (SELECT max(delivery_id) FROM books.delivery)});
	my ($result, $found) = split /\n/, $has, 2;
	is($result, $becomes, "$name $options");
	is($found // '', $findings, "$name: findings") if defined $findings;
}

# Nothing in the folder is left out.
my @all = split /\n/, `cd "$folder" && find . -name '*.csv' ! -name focus_columns.csv | sed 's,^./,,' | sort`;
is(join(' ', grep { !$seen{$_} } @all), '', 'every file of the folder');

# Published together they verify, and their invoices add up to what is on their lines.
$node->safe_psql('postgres', q{SELECT chipbook.publish_load('books', load_id) FROM books.delivery WHERE status = 'loaded' AND (name LIKE 'synthetic_1_4%' OR name LIKE 'focus_1.0%') ORDER BY delivery_id});
is($node->safe_psql('postgres', q{SELECT string_agg(finding, ' ') FROM chipbook.verify_ledger('books') WHERE severity = 'error'}), '', 'and the ledger verifies');
is($node->safe_psql('postgres', q{SELECT count(*), count(*) FILTER (WHERE round(c.billed, 6) = d.billed_cost) FROM books.invoice_detail_known d
	JOIN (SELECT invoice_issuer_name, invoice_detail_id, sum(billed_cost) AS billed FROM books.charge_known GROUP BY 1, 2) c USING (invoice_issuer_name, invoice_detail_id)}), '18|18', 'billed cost by line of invoice, of which these have six places');

$node->stop;
done_testing();
