# A ledger on a real server: publication under concurrency, a dump that answers as the
# original did, and what a reader's role can and cannot see.
use strict;
use warnings FATAL => 'all';

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $demo = abs_path(dirname(__FILE__) . '/../demo');

my $node = PostgreSQL::Test::Cluster->new('ledger');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");	# of one query over all views, compiling takes minutes
$node->start;

# ---------------------------------------------------------------------------
# Two sessions publish: the second waits for the first, and is recorded later.
# ---------------------------------------------------------------------------
$node->safe_psql('postgres', 'CREATE DATABASE concurrent');
$node->safe_psql('concurrent', q{
	CREATE EXTENSION chipbook;
	SELECT chipbook.create_ledger('books');
	INSERT INTO books.source VALUES ('test', 'contract', 'made here', NULL, 'high')});

sub open_load
{
	my ($party) = @_;
	return $node->safe_psql('concurrent', qq{
		SELECT chipbook.open_load('books', 'party $party', 'test');
		INSERT INTO books.party (party_id, name, kind) VALUES ('$party', 'x', 'company')});
}

my ($first, $second, $third) = map { open_load($_) } qw(A B C);
my $one = $node->background_psql('concurrent');
my $two = $node->background_psql('concurrent', on_error_stop => 0);
my $three = $node->background_psql('concurrent', on_error_stop => 0);

$three->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM books.ledger');
$one->query_safe("BEGIN; SELECT chipbook.publish_load('books', $first)");
$two->query_until(qr/asked/, "\\echo asked\nSELECT chipbook.publish_load('books', $second);\n");
ok($node->poll_query_until('concurrent', q{
		SELECT count(*) = 1 FROM pg_stat_activity
		WHERE wait_event_type = 'Lock' AND query LIKE '%publish_load%'}),
	'the second publication waits for the first');
is($node->safe_psql('concurrent', 'SELECT count(*) FROM books.party_known'), '0',
	'nobody sees what is not committed');
$one->query_safe('COMMIT');
$two->query_safe('SELECT 1');
is($node->safe_psql('concurrent', "SELECT string_agg(party_id, ' ' ORDER BY recorded_at) FROM books.party_known"),
	'A B', 'both are published, in the order of their commits');
is($node->safe_psql('concurrent', q{SELECT (SELECT max(recorded_at) FROM books.load) = last_recorded_at FROM books.ledger}),
	't', 'and the ledger knows the last');

my $refused = $three->query("SELECT chipbook.publish_load('books', $third)");
like($three->{stderr}, qr/could not serialize access/,
	'a repeatable read transaction that began before cannot publish behind the others');
$three->{stderr} = '';

# A row that another session adds between the checks and the stamp is not published unchecked. Readings name
# their load without a foreign key, so nothing but their number tells.
$node->safe_psql('concurrent', "SELECT chipbook.add_reading_partitions('books', '2025-10-01')");
my $fourth = open_load('A');
$one->query_safe(q{BEGIN; SELECT FROM books.party WHERE party_id = 'A' AND recorded_at IS NOT NULL FOR UPDATE});
$two->query_until(qr/asked/, "\\echo asked\nSELECT chipbook.publish_load('books', $fourth);\n");
ok($node->poll_query_until('concurrent', q{
		SELECT count(*) = 1 FROM pg_stat_activity
		WHERE wait_event_type = 'Lock' AND query LIKE '%publish_load%'}),
	'a publication waits between its checks and its last stamp');
$node->safe_psql('concurrent', qq{
	INSERT INTO books.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, use_basis, load_id)
	VALUES ('ghost', '2025-10-01 00:00Z', '2025-10-01 01:00Z', '2025-10-01', 1, 1, 1, 1, 'sm_active', $fourth)});
$one->query_safe('ROLLBACK');
$two->query('SELECT 1');
like($two->{stderr}, qr/changed while it was checked \(rows: 1 before, 2 after\)/,
	'a row that another session adds meanwhile is refused');
$two->{stderr} = '';
is($node->safe_psql('concurrent', 'SELECT count(*) FROM books.meter_reading_known'), '0', 'and not published unchecked');
is($node->safe_psql('concurrent', "SELECT chipbook.discard_load('books', $fourth)"), '2', 'the load is given up');

# Any other row waits until the load is published, and then is one that came too late.
my $fifth = open_load('A');
$three->query_safe('ROLLBACK');
$one->query_safe(q{BEGIN; SELECT FROM books.party WHERE party_id = 'A' AND recorded_at IS NOT NULL FOR UPDATE});
$two->query_until(qr/asked/, "\\echo asked\nSELECT chipbook.publish_load('books', $fifth);\n");
ok($node->poll_query_until('concurrent', q{
		SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%publish_load%'}), 'a publication waits again');
$three->query_until(qr/asked/, qq{\\echo asked
	INSERT INTO books.deal (deal_id, supplier_id, customer_id, kind, currency, legal_status, evidence, load_id)
	VALUES ('D', 'ghost', 'nobody', 'cloud', 'USD', 'signed', 'press', $fifth);\n});
ok($node->poll_query_until('concurrent', q{
		SELECT count(*) = 2 FROM pg_stat_activity WHERE wait_event_type = 'Lock'}), 'and a row for its load waits for it');
$one->query_safe('ROLLBACK');
$_->query_safe('SELECT 1') for $two, $three;
is($node->safe_psql('concurrent', "SELECT fact_count FROM books.load WHERE load_id = $fifth"), '1', 'the load is published as it was checked');
is($node->safe_psql('concurrent', 'SELECT count(*) FROM books.deal_known'), '0', 'the row that came too late is seen by nobody');
is($node->safe_psql('concurrent', q{SELECT string_agg(finding, ' ' ORDER BY finding) FROM chipbook.verify_ledger('books')}), 'owner_can_log_in row_never_published', 'but found');
is($node->safe_psql('concurrent', "SELECT chipbook.discard_load('books', $fifth)"), '1', 'and discarded');
$_->quit for ($one, $two, $three);

# ---------------------------------------------------------------------------
# The sample world, dumped and restored, gives identical answers.
# ---------------------------------------------------------------------------
$node->safe_psql('postgres', 'CREATE DATABASE original');
$node->safe_psql('original', 'CREATE EXTENSION chipbook');
{
	my $here = Cwd::getcwd();
	chdir $demo or die "cannot enter $demo: $!";
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', 'load.sql', 'original' ],
		'the sample world loads');
	chdir $here or die;
}

# Rows in the tables that the sample world leaves empty, so that every table is dumped with some.
$node->safe_psql('original', q{
	SELECT chipbook.open_load('books', 'one of each', 'ledger') AS load \gset
	INSERT INTO books.cash_generating_unit (cash_generating_unit_id, name) VALUES ('it''s "U"; --', 'unit');
	INSERT INTO books.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, cash_generating_unit_id)
	VALUES ('campus', 'Campus', 'building', NULL, '900000 USD', '2025-01-15', NULL, 'it''s "U"; --'),
	       ('rack', 'Rack', 'chip', 100, '3000000 USD', '2025-01-15', '2025-02-01', 'it''s "U"; --');
	INSERT INTO books.asset_policy (asset_id, basis, policy) VALUES
		('campus', 'us_gaap', 'straight_line(life=20 years, convention=mid_month)'),
		('rack', 'us_gaap', 'declining_balance(life=5 years, factor=3, rate_cap=0.3, convention=mid_month)'),
		('rack', 'us_tax', 'macrs(life=5 years, section_179=100000, bonus=0.4)'),
		('rack', 'ifrs', 'units_of_production(total_use=60000, salvage=0.1)'),
		('rack', 'economic', 'exponential(life=5 years, rate=0.3)');
	INSERT INTO books.asset_event (event_id, asset_id, basis, kind, happened_on, amount, share, chips, proceeds, policy, to_site_id) VALUES
		('stage', 'campus', NULL, 'placed_in_service', '2025-06-01', NULL, 0.25, NULL, NULL, NULL, NULL),
		('interest', 'campus', 'us_gaap', 'capitalised_interest', '2025-05-01', '1234.56 USD', NULL, NULL, NULL, NULL, NULL),
		('life', 'rack', 'us_gaap', 'change_of_estimate', '2025-09-01', NULL, NULL, NULL, NULL, 'straight_line(life=4 years, salvage_amount=1000)', NULL),
		('sold', 'rack', NULL, 'disposal', '2025-11-15', NULL, NULL, 10, '100000 USD', NULL, NULL),
		('moved', 'rack', NULL, 'transfer', '2025-10-01', NULL, NULL, NULL, NULL, NULL, 'site-p');
	INSERT INTO books.retirement_obligation (obligation_id, asset_id, basis, recognised_on, liability, rate, settles_on)
	VALUES ('clear', 'campus', 'us_gaap', '2025-06-01', '50000 USD', 0.085, '2045-06-01');
	INSERT INTO books.entity_rate (entity_id, kind, rate, valid_from) VALUES ('main', 'capitalisation', 0.06, '2025-01-01');
	INSERT INTO books.cost_rate (cost_rate_id, pool_id, component, unit, price, factor, valid_from) VALUES
		('colocation', 'P', 'facility', 'kw_month', '120 USD', NULL, '2025-01-01'), ('links', 'P', 'interconnect', 'depreciation', NULL, 0.19/0.81, '2025-01-01');
	INSERT INTO books.training_run (run_id, name, asset_id, pool_id, started_on, chip_hours, model_flops) VALUES ('run', 'Run', 'rack', 'P', '2025-07-01', 1000, 1e21);
	INSERT INTO books.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from)
	SELECT 'it''s "listed"', min(party_id), 'H100', 'on_demand', '6.155 USD', '2025-01-01' FROM books.party_known;
	INSERT INTO books.allocation_rule (rule_id, pool_id, method, idle) VALUES ('first come', 'P', 'waterfall', 'share_evenly');
	INSERT INTO books.tenant_capacity (pool_id, tenant_id, priority, chips) VALUES ('P', 'it''s "T"; --', 1, 100);
	INSERT INTO books.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'average', '2025-10-01', 1.16);
	INSERT INTO books.monetary_item (item_id, kind, amount, recognised_on, recognised_rate) VALUES ('it''s "an invoice"', 'payable', '7 EUR', '2025-09-01', 1.1);
	INSERT INTO books.monetary_settlement (settlement_id, item_id, amount, settled_on, settled_rate) VALUES ('it''s "paid"', 'it''s "an invoice"', '3 EUR', '2025-10-02', 1.3);
	INSERT INTO books.counterparty_limit (limit_id, holder_id, capital) SELECT 'it''s "large"', min(party_id), '100 USD' FROM books.party_known;
	INSERT INTO books.stress_scenario (scenario_id, name, family, probability) VALUES ('s', 'it''s "stress"', 'f', 1);
	INSERT INTO books.stress_shock (scenario_id, party_id, haircut) SELECT 's', max(party_id), 0.25 FROM books.party_known;
	INSERT INTO books.build_payoff (decision_id, action, state, payoff) VALUES ('d', 'build', 'high', '-7 USD');
	INSERT INTO books.demand_estimate (estimate_id, party_id, unit, at_date, mean, standard_deviation, underage, overage) SELECT 'd', min(party_id), 'chips', '2026-12-31', 100, 30, '9 USD', '1 USD' FROM books.party_known;
	INSERT INTO books.statement (statement_id, subject, subject_id, predicate, words, language) VALUES ('it''s "said"', 'market', 'chips', 'scarcity', E'zu wenig;\\n--', 'de');
	INSERT INTO books.status_event (subject, subject_id, aspect, status, happened_from, happened_to) VALUES ('site', 'site-p', 'phase', 'live', '2025-01-01', '2025-01-31');
	INSERT INTO books.status_probability (legal_status, probability) VALUES ('rumour', 0.1);
	INSERT INTO books.site_capex (site_id, stage, at_date, currency, amount) VALUES ('site-p', 'spent', '2025-06-30', 'USD', '7 USD');
	INSERT INTO books.stake (stake_id, owner_id, owned_id, as_at, share, max_share) SELECT 'it''s "owned"', min(party_id), max(party_id), '2025-01-01', 0.14, 0.15 FROM books.party_known;
	INSERT INTO books.stake_event (event_id, owner_id, owned_id, kind, happened_on, share) SELECT 'it''s "sold"', min(party_id), max(party_id), 'sale', '2025-02-01', 0.01 FROM books.party_known;
	INSERT INTO books.holding_accounting (holding_id, basis, method, valid_from, currency, opening_amount) SELECT min(holding_id), 'ifrs', 'fair_value', '2025-01-01', 'USD', '7 USD' FROM books.holding_event_known;
	INSERT INTO books.holding_measurement (measurement_id, holding_id, kind, happened_from, happened_to, currency, price, quantity)
	SELECT 'it''s "marked"', min(holding_id), 'fair_value', '2025-01-01', '2025-03-31', 'USD', '7 USD', 3 FROM books.holding_event_known;
	INSERT INTO books.money_flow (flow_id, payer_id, payee_id, kind, happened_from, happened_to, currency, amount, legal_status, evidence)
	SELECT 'it''s "paid"', min(party_id), max(party_id), 'cloud', '2025-10-01', '2025-10-31', 'USD', '7 USD', 'paid', 'contract' FROM books.party_known;
	INSERT INTO books.charge (billing_period_start, billing_period_end, charge_period_start, charge_period_end, billed_cost, effective_cost, list_cost, billing_currency, charge_category, provider_name, invoice_issuer_name, service_name, tags, x)
	VALUES ('2025-10-01 00:00Z', '2025-11-01 00:00Z', '2025-10-07 00:00Z', '2025-10-08 00:00Z', 1.234567890123456789012345678, -7, 0, 'USD', 'Usage', 'it''s "cloud"', 'it''s "cloud"', 'GPUs', '{"team": "it''s"}', '{"x_Odd": "7"}');
	INSERT INTO books.contract_commitment (contract_commitment_id, billing_currency, contract_commitment_category, contract_commitment_cost, contract_commitment_period_start, contract_commitment_period_end)
	VALUES ('it''s "committed"', 'USD', 'Spend', 8760.5, '2025-01-01 00:00Z', '2026-01-01 00:00Z');
	INSERT INTO books.billing_period (invoice_issuer_name, billing_period_start, billing_period_end, billing_period_status) VALUES ('it''s "cloud"', '2025-10-01 00:00Z', '2025-11-01 00:00Z', 'Open');
	INSERT INTO books.invoice_detail (invoice_issuer_name, invoice_id, invoice_detail_id, billed_cost, billing_currency) VALUES ('it''s "cloud"', 'I-1', '1', 1.23, 'USD');
	INSERT INTO books.charge_origin (origin_id, invoice_issuer_name, component) VALUES ('it''s "power"', 'it''s "utility"', 'energy');
	INSERT INTO books.party_link (party_id, other_id, kind, share) SELECT min(party_id), max(party_id), 'economic_dependence', 0.67 FROM books.party_known;
	INSERT INTO books.party_figure (figure_id, party_id, counterparty_id, measure, period_from, period_to, currency, amount)
	SELECT 'it''s "revenue"', max(party_id), min(party_id), 'revenue', '2025-01-01', '2025-12-31', 'USD', '-7 USD' FROM books.party_known;
	INSERT INTO books.deal_minimum (deal_id, valid_from, valid_to, currency, amount) VALUES ('crwv-oai-1', '2025-03-10', '2030-03-10', 'USD', '11900000000 USD');
	INSERT INTO books.deal_classification (deal_id, basis, classification) VALUES ('orcl-oai', 'ifrs', 'embedded_lease');
	INSERT INTO books.obligation_disclosure (disclosure_id, party_id, kind, as_at, line, currency, amount) VALUES ('it''s "all"', 'ORCL', 'backlog', '2025-08-31', 'it''s "RPO"', 'USD', '455000000000 USD');
	INSERT INTO books.lease (lease_id, deal_id, commences_on, payments, rate) VALUES ('it''s "a hall"', 'orcl-oai', '2025-07-01', '{10 USD,12 USD,14 USD}', 0.06);
	INSERT INTO books.lease_modification (lease_id, effective_on, kind, payments) VALUES ('it''s "a hall"', '2025-08-01', 'modification', '{1 USD,2 USD}');
	INSERT INTO books.commitment (commitment_id, kind, provider_id, currency, starts_on, ends_on, model, payment_model, amount, make_up_intervals)
	SELECT 'it''s "reserved"', 'reserved', min(party_id), 'USD', '2025-01-31', '2026-01-31', 'continuous', 'all_upfront', '100 USD', NULL FROM books.party_known;
	INSERT INTO books.commitment_draw (draw_id, commitment_id, drawn_from, amount) VALUES ('it''s "drawn"', 'it''s "reserved"', '2025-02-28 23:00Z', '70 USD');
	INSERT INTO books.commitment_expectation (commitment_id, expected_on, quantity, alternative_price) VALUES ('it''s "reserved"', '2025-03-15', 70, '0.25 USD');
	INSERT INTO books.commitment_scope (commitment_id, scope_id, provider_name, service_name) VALUES ('it''s "reserved"', '1', 'it''s "cloud"', 'GPUs');
	INSERT INTO books.tax_recovery (tax_recovery_id, invoice_issuer_name, share, valid_from) VALUES ('it''s "VAT"', 'it''s "cloud"', 0.6, '2025-01-01');
	INSERT INTO books.sku_price (sku_price_id, service_provider_name, sku_id, sku_meter, pricing_unit, currency, unit_prices, tier_above, valid_from)
	VALUES ('it''s "priced"', 'it''s "Cloud"', 'gpu', NULL, '100 Hours', 'USD', '{2.5,0.1}', '{0,3}', '2025-01-01'), ('in', 'Lab', 'model', 'input', '1M Tokens', 'USD', '{3}', '{0}', '2025-01-01');
	INSERT INTO books.credit_price (service_provider_name, credit, currency, price, valid_from) VALUES ('it''s "Cloud"', 'it''s "credits"', 'USD', 0.01, '2025-01-01');
	INSERT INTO books.charge (service_provider_name, sku_id, consumed_quantity, consumed_unit, tags, charge_period_start) VALUES
		('it''s "Cloud"', 'gpu', 1234.5, 'Hours', '{"team": "it''s \"T\""}', '2025-10-02 00:00Z'), ('it''s "Cloud"', 'nothing like it', 1, 'Hours', NULL, '2025-10-02 00:00Z');
	INSERT INTO books.token_usage (usage_id, meter, service_provider_name, model_id, tenant_id, starts_at, ends_at, tokens) VALUES ('it''s "1"', 'input', 'Lab', 'model', 'it''s "T"; --', '2025-10-02 00:00Z', '2025-10-02 01:00Z', 7);
	INSERT INTO books.cost_centre_rule (rule_id, tag_key, tag_value, cost_centre_id) SELECT 'it''s "ruled"', 'team', 'it''s "T"', cost_centre_id FROM books.cost_centre LIMIT 1;
	INSERT INTO books.plan_line (line_id, cost_centre_id, period_month, amount) SELECT 'it''s "planned"', cost_centre_id, '2025-10-01', '7 USD' FROM books.cost_centre LIMIT 1;
	INSERT INTO books.account (account_id, name, kind) VALUES ('6100', 'it''s "depreciation"', 'expense'), ('0190', 'accumulated', 'asset');
	INSERT INTO books.posting_rule (rule_id, event, debit_account_id, credit_account_id) VALUES ('d', 'depreciation', '6100', '0190');
	INSERT INTO books.fiscal_calendar (calendar_id, name) VALUES ('weeks', '52 and 53 weeks');
	SELECT chipbook.add_fiscal_year('books', 'weeks', 2026, '2025-01-27', 'weeks_52_53', adjustment_period => true);
	INSERT INTO books.gl_balance (entity_id, basis, fiscal_year, period_number, account_id, currency, balance)
	VALUES ('main', 'us_gaap', 2025, 10, '6100', 'USD', '10.01 USD');
	SELECT chipbook.publish_load('books', :load);
	SELECT chipbook.open_load('books', 'a test of the unit', 'ledger') AS load \gset
	SELECT chipbook.impair_cash_generating_unit('books', 'it''s "U"; --', 'us_gaap', '2025-12-01', '1000000 USD');
	SELECT chipbook.publish_load('books', :load);
	SELECT chipbook.refresh_allocation('books')});
is($node->safe_psql('original', q{
	SELECT string_agg(f.table_name, ' ') FROM chipbook.ledger_fact_tables() f,
		query_to_xml(format('SELECT 1 FROM books.%I WHERE recorded_at IS NOT NULL LIMIT 1', f.table_name), false, false, '') x
	WHERE x::text NOT LIKE '%<row%'}), '', 'with facts in every table');
is($node->safe_psql('original', q{
	SELECT count(*) FROM pg_class c WHERE relnamespace = 'books_report'::regnamespace AND relkind = 'v'
	AND coalesce(obj_description(oid, 'pg_class'), '') !~ '[Kk]ey: \(' AND relname <> 'data_status'}), '0',
	'every published view but data_status states its key');
is($node->safe_psql('original', q{
	SELECT string_agg(format('%s: %s', c.relname, x), ', ') FROM pg_class c,
		query_to_xml(format('SELECT 1 FROM books_report.%I GROUP BY %s HAVING count(*) > 1 LIMIT 1', c.relname,
			coalesce(substring(obj_description(c.oid, 'pg_class') FROM '[Kk]ey: \(([a-z_, ]+)\)'), '()')), false, false, '') x
	WHERE relnamespace = 'books_report'::regnamespace AND relkind = 'v' AND x::text LIKE '%<row%'}), '', 'and it is one');

my $dump = $node->basedir . '/original.sql';
$node->command_ok([ 'pg_dump', '--no-sync', '-f', $dump, 'original' ], 'and is dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, 'restored' ],
	'and restored into an empty database');

my @views = split /\n/, $node->safe_psql('original', q{
	SELECT relname FROM pg_class WHERE relnamespace = 'books_report'::regnamespace AND relkind = 'v' ORDER BY 1});
cmp_ok(scalar @views, '>=', 10, 'there are views to compare');
# Of every view: how many rows, and an ordered text of them all. One session asks all of them: each would read the
# catalogue again.
sub ask_of
{
	return join "\n", map { qq{SELECT '$_', count(*), md5(string_agg(v::text, chr(10) ORDER BY v::text COLLATE "C")) FROM books_report.$_ v;} } @_;
}
for my $as_of ('2025-11-05', '2026-06-30', '')
{
	my %answer;
	for my $database ('original', 'restored')
	{
		my $told = $node->safe_psql($database, "SET chipbook.as_of = '$as_of'; SET timezone = 'UTC'; " . ask_of(@views));
		$answer{$database} = { map { split /\|/, $_, 2 } split /\n/, $told };
	}
	is(scalar keys %{ $answer{original} }, scalar @views, 'every view answers as of ' . ($as_of || 'now'));
	is($answer{restored}{$_}, $answer{original}{$_}, "restored $_ as of " . ($as_of || 'now') . ' answers as the original') for @views;
}
is($node->safe_psql('restored', "SELECT chipbook.upgrade_ledger('books')"), '0.1.0',
	'a restored ledger can be upgraded');

# An answer as of the last recorded time stays, whatever is published or withdrawn later.
# data_status also says when the last fact was recorded, ledger_health and period_due what is now: they alone change.
my $last = $node->safe_psql('restored', q{
	SELECT to_char(last_recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM books.ledger});
my $answers = ask_of(grep { !/^(?:data_status|ledger_health|period_due)$/ } @views);
my $answer_then = $node->safe_psql('restored', "SET chipbook.as_of = '$last'; $answers");
$node->safe_psql('restored', q{
	SELECT chipbook.retract_load('books', load_id, 'a test') FROM books.load
	WHERE load_id % 2 = 0 AND recorded_at > '-infinity';
	SELECT chipbook.open_load('books', 'everything is otherwise', 'ledger') AS load \gset
	INSERT INTO books.entity (entity_id, name, functional_currency) VALUES ('main', 'other', 'EUR');
	INSERT INTO books.pool (pool_id, name) SELECT pool_id, 'other' FROM books.pool_known;
	INSERT INTO books.asset (asset_id, name, component, chips, cost, acquired_on, available_for_use_on, retired_on)
	SELECT asset_id, 'other', component, chips, '1 EUR', '2020-01-01', '2020-01-01', '2025-11-15' FROM books.asset_known;
	INSERT INTO books.meter_reading (pool_id, starts_at, ends_at, month, installed_chip_ms, available_chip_ms,
	                                 allocated_chip_ms, used_chip_ms, use_basis)
	SELECT pool_id, '2025-10-02 00:00Z', '2025-10-20 00:00Z', '2025-10-01', 1, 1, 1, 1, 'goodput' FROM books.pool_known;
	SELECT chipbook.publish_load('books', :load, replace_readings => true)});
is($node->safe_psql('restored', "SET chipbook.as_of = '$last'; $answers"), $answer_then,
	'answers as of an earlier time do not change');
isnt($node->safe_psql('restored', $answers), $answer_then, 'answers as of now do');

my ($rc, $stdout, $stderr) = $node->psql('restored', 'DROP EXTENSION chipbook');
isnt($rc, 0, 'the extension is not dropped while the restored ledger exists');
like($stderr, qr/other objects depend on it/, 'and the error says why');

# ---------------------------------------------------------------------------
# A reader's session: published views only.
# ---------------------------------------------------------------------------
$node->safe_psql('original', q{
	CREATE ROLE analyst LOGIN;
	SELECT chipbook.grant_ledger('books', 'reader', 'analyst')});
my $reader = $node->connstr('original') . ' user=analyst';
is($node->safe_psql('original', join("\n", map { "SELECT '$_', count(*) >= 0 FROM books_report.$_;" } @views), connstr => $reader),
	join("\n", map { "$_|t" } @views), 'a reader reads every view');
($rc, $stdout, $stderr) = $node->psql('original', 'SELECT * FROM books.deal', connstr => $reader);
like($stderr, qr/permission denied for schema books/, 'a reader cannot name a table');
($rc, $stdout, $stderr) = $node->psql('original', "SELECT chipbook.open_load('books', 'x')", connstr => $reader);
like($stderr, qr/permission denied for ledger "books"/, 'nor open a load');

# The setting as a role has it, a session, and a transaction.
my $moment = "SELECT to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM books_report.data_status";
$node->safe_psql('original', q{ALTER ROLE analyst SET chipbook.as_of = '2025-11-05'});
is($node->safe_psql('original', $moment, connstr => $reader), '2025-11-05', 'a role may have a day of its own');
is($node->safe_psql('original', "SET chipbook.as_of = '2025-10-01'; $moment", connstr => $reader), '2025-10-01', 'a session another');
is($node->safe_psql('original', "BEGIN; SET LOCAL chipbook.as_of = '2025-09-01'; $moment; COMMIT; $moment", connstr => $reader), "2025-09-01\n2025-11-05", 'a transaction a third');
$node->safe_psql('original', q{ALTER ROLE analyst RESET chipbook.as_of});
is($node->safe_psql('original', 'SELECT as_of FROM books_report.data_status', connstr => $reader), 'infinity', 'while nothing is published, a reader sees what is known');
$node->safe_psql('original', q{
	SET client_min_messages = warning;
	SELECT chipbook.open_load('books', 'rules', 'ledger') AS load \gset
	INSERT INTO books.account (account_id, name, kind) VALUES ('3000', 'accrued', 'liability');
	INSERT INTO books.fx_rate (from_currency, to_currency, rate_type, rate_date, rate) VALUES ('EUR', 'USD', 'closing', '2025-10-31', 1.2);
	INSERT INTO books.posting_rule (rule_id, event, debit_account_id, credit_account_id)
	SELECT e, e, '6100', '3000' FROM unnest('{energy_accrual,rent_accrual,facility_accrual,interconnect_accrual,operations_accrual,impairment,disposal_cost,disposal_accumulated,disposal_gain,disposal_loss,disposal_proceeds,accretion,prepayment,prepaid_expense,recoverable_tax,onerous_provision,onerous_provision_use,fx_realised_gain,fx_realised_loss,fx_unrealised_gain,fx_unrealised_loss}'::text[]) e;
	SELECT chipbook.publish_load('books', :load);
	SELECT chipbook.close_period('books', 'main', 'us_gaap', 2025, 10)});
is($node->safe_psql('original', 'SELECT s.as_of = v.published_at FROM books_report.data_status s, books_report.report_versions v', connstr => $reader), 't', 'then the last version');
is($node->safe_psql('original', "SET chipbook.as_of = now; SELECT as_of FROM books_report.data_status", connstr => $reader), 'infinity', 'or now, when the session says so');

$node->stop;
done_testing();
