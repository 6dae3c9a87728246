# FOCUS out, as those who have their queries from elsewhere use it: a reader who may only see the published views, a file
# written by COPY, and the queries of the FOCUS library as they are published (focus.finops.org/use-cases). Their text is
# not here: the site does not say under which licence it may be handed on. FOCUS_LIBRARY names a copy of
# it, a file of "key:" and "sql: |-" blocks; else it is looked for beside the data of the other tests.
use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('focus');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\nclient_min_messages = warning\njit = off\ntimezone = 'Asia/Tokyo'\ndatestyle = 'German, DMY'\n");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION chipbook;
SET search_path = chipbook, public;
CREATE ROLE analyst LOGIN;
SELECT create_ledger('books');
SELECT grant_ledger('books', 'reader', 'analyst');
INSERT INTO books.source (source_id, kind, reference, confidence) VALUES ('test', 'bill', 'made here', 'high');
SELECT open_load('books', 'a bill', 'test');
INSERT INTO books.charge (provider_name, invoice_issuer_name, invoice_id, billing_currency, billing_period_start, billing_period_end, charge_period_start, charge_period_end,
	charge_category, service_category, service_name, billed_cost, effective_cost, contracted_cost, list_cost, charge_description, tags)
VALUES ('Cloud', 'Cloud', 'I-1', 'USD', '2026-05-01 00:00Z', '2026-06-01 00:00Z', '2026-05-07 00:00Z', '2026-05-07 12:00Z',
	'Usage', 'Compute', 'VMs', 1234567.000000000000000001, 0.1, -0.5, 0, E'it''s "quoted",\nand more', '{"team": "a"}');
SELECT publish_load('books', currval('books.load_load_id_seq'));
SQL
my $reader = $node->connstr('postgres') . ' user=analyst';

is($node->safe_psql('postgres', q{SELECT providername, serviceprovidername, billedcost, chipbook.tag(tags, 'team'), is_correction FROM books_report.focus_cost_and_usage}, connstr => $reader),
	'Cloud|Cloud|1234567.000000000000000|a|f', 'a reader has the view, at 15 decimals');
is($node->safe_psql('postgres', q{SELECT count(*) FROM chipbook.export_focus('books')}), '2', 'a header and a row');

# A file by COPY: the header in FOCUS's case, times in UTC, decimals plain, whatever the session's settings.
my $file = $node->safe_psql('postgres', q{SELECT format('COPY (%s) TO STDOUT (FORMAT csv, HEADER)', chipbook.focus_export_query('books', with_custom => false)) \gexec});
my ($header, @rest) = split /\n/, $file;
my @columns = split /,/, $header;
is(scalar(@columns), 65, 'as many columns as FOCUS 1.4 has');
is_deeply([ grep { !/^[A-Z][A-Za-z]*$/ } @columns ], [], 'in PascalCase');
my $row = join "\n", @rest;
like($row, qr/,2026-05-07T12:00:00Z,2026-05-07T00:00:00Z,/, 'times in UTC');
like($row, qr/(^|,)1234567,/, 'decimals plain');
like($row, qr/,"it's ""quoted"",\nand more",/, 'texts quoted');

SKIP:
{
	my $folder = $ENV{CHIPBOOK_FOCUS_DATA} // "$FindBin::RealBin/../../../shared/data/focus";
	my ($path) = grep { defined && -e } $ENV{FOCUS_LIBRARY}, "$folder/use_cases.yaml", "$folder/focus_use_cases.yaml";
	if (!defined $path)
	{
		my $why = 'the 53 published queries were NOT run: no copy of the FOCUS library in FOCUS_LIBRARY or ' . $folder
			. ' (its text is not ours to hand on; test/pgtap/ledger_focus_use_cases.sql asks the same, mended)';
		diag $why;
		skip $why, 2;
	}
	open(my $in, '<', $path) or die "$path: $!";
	my (%query, $key, $in_sql);
	while (my $line = <$in>)
	{
		if ($line =~ /^(\w+):\s*$/) { ($key, $in_sql) = ($1, 0); }
		elsif ($line =~ /^  sql: \|-/) { $in_sql = 1; $query{$key} = ''; }
		elsif ($in_sql && $line =~ /^(?:    (.*)|\s*)$/) { $query{$key} .= ($1 // '') . "\n"; }
		else { $in_sql = 0; }
	}
	is(scalar(keys %query), 53, 'the library has 53 use cases');
	# All in one session: what the views are made of is looked up once.
	my $script = "SET search_path = books_report;\n";
	foreach my $name (sort keys %query)
	{
		my $statement = $query{$name} =~ s/>=\s*\?/>= '2025-01-01'/gr =~ s/(<=?)\s*\?/$1 '2027-01-01'/gr =~ s/\?/'Cloud'/gr =~ s/;\s*\z//r;
		$script .= "\\o /dev/null\n$statement;\n\\o\n\\echo $name :ERROR\n";
	}
	my ($status, $said) = $node->psql('postgres', $script, connstr => $reader, on_error_stop => 0);
	my %runs = map { /^(\w+) false$/ ? ($1 => 1) : () } split /\n/, $said;
	is(join(' ', sort keys %runs), join(' ', sort qw(
		understand_the_billing_account_or_sub_account_entity analyze_credit_memos calculate_unit_economics
		calculate_consumption_of_virtual_currency_within_a_billing_period determine_target_of_virtual_currency_usage
		analyze_effective_cost_by_pricing_currency analyze_purchase_of_virtual_currency
		analyze_the_different_metered_costs_for_a_particular_sku report_costs_by_service_category_and_subcategory
		analyze_capacity_reservations_on_compute_costs identify_unused_capacity_reservations corrections_by_subaccount
		recurring_commitment_charges report_spending_across_billing_periods_by_service_category
		analyze_service_costs_by_region resource_component_costs costs_service_category report_corrections
		effective_cost_compute commitment_discount_purchases resource_costs_sku marketplace_vendors_costs
		cost_compute_subaccount costs_by_availability_zone update_budgets report_subaccount_regions forecast_costs
		verify_discounts_applied verify_service_charges verify_invoices service_costs_subaccount compare_billed_budget)),
		'32 of them run as they are published, word for word');
}

done_testing();
