# The sample world: what must come out of it, each expectation with its source, and the
# demonstration, whose output depends on nothing but its facts.
use strict;
use warnings FATAL => 'all';

use Cwd qw(abs_path getcwd);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $demo = abs_path(dirname(__FILE__) . '/../demo');

my $node = PostgreSQL::Test::Cluster->new('world');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;

# What a question answers as of a day, NULL as (null).
sub as_of
{
	my ($day, $question) = @_;
	return $node->safe_psql('one', "SET search_path = books_report, chipbook, public, pg_catalog;
		SET chipbook.as_of = '$day'; $question", extra_params => [ '-P', 'null=(null)' ]);
}

# ---------------------------------------------------------------------------
# The demonstration, twice: in another database, zone and date style it says the same.
# ---------------------------------------------------------------------------
my %printed;
for my $database ('one', 'two')
{
	local $ENV{PGOPTIONS} = '-c timezone=Asia/Kolkata -c datestyle=German,DMY -c intervalstyle=sql_standard'
		if $database eq 'two';
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	my $here = getcwd();
	chdir $demo or die "cannot enter $demo: $!";
	my ($stdout, $stderr);
	my $ok = IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', 'demo.sql', '-d', $node->connstr($database) ],
		'>', \$stdout, '2>', \$stderr);
	chdir $here or die;
	ok($ok, "the demonstration runs in database $database") or diag $stderr;
	is($stderr, '', 'without a word on stderr');
	$printed{$database} = $stdout;
}
# German dates are the one thing that may look different.
(my $german = $printed{two}) =~ s/\b(\d\d)\.(\d\d)\.(20\d\d)\b/$3-$2-$1/g;
is($german, $printed{one}, 'two runs print the same');
like($printed{one}, qr/Question $_:/, "it answers question $_") for 1 .. 3;
is(join("\n", grep { length > 120 } split /\n/, $printed{one}), '', 'and fits a terminal of 120 columns');

# ---------------------------------------------------------------------------
# Pool P's month, by functions alone. 20 m + 10 m over 5 years, 5 m over 6, 6 m over 20, full
# months: 333,333.33 + 166,666.67 + 69,444.44 + 25,000.00 (worked example of docs/ledger.md).
# ---------------------------------------------------------------------------
my $components = q{(VALUES ('20000000 USD'::monetary, interval '5 years'), ('10000000 USD', '5 years'),
	('5000000 USD', '6 years'), ('6000000 USD', '20 years')) c (cost, life)};
my $policy = q{amortisation_policy(method => 'straight_line', life => c.life, convention => 'full_month')};
is(as_of('', qq{SELECT string_agg(round(amortised(c.cost, $policy, '2025-01-01', '2025-10-01', '2025-11-01'))::text, ' + ' ORDER BY c.cost DESC)
		FROM $components}),
	'333333.33 USD + 166666.67 USD + 25000.00 USD + 69444.44 USD', 'amortised: October 2025 by component');
is(as_of('', qq{SELECT sum(s.charge)::text FROM $components
		CROSS JOIN LATERAL amortisation_schedule(c.cost, $policy, '2025-01-01') s WHERE s.period_start = '2025-10-01'}),
	'594444.44 USD', 'amortisation_schedule: what is posted for October 2025');
is(as_of('', q{
	SELECT concat_ws(' ', total_cost(s), round(productive_cost(s), 3), round(allocated_idle_cost(s), 3), round(unallocated_cost(s), 3),
			round(unavailable_cost(s), 3), round(cost_per_installed_hour(s), 5), round(cost_per_used_hour(s), 5))
	FROM (SELECT spend_agg('594444.44 USD', m.installed, m.available, m.allocated, m.used) AS s
		FROM (SELECT sum(installed_chip_ms)::bigint AS installed, sum(available_chip_ms)::bigint AS available,
				sum(allocated_chip_ms)::bigint AS allocated, sum(used_chip_ms)::bigint AS used
			FROM books.meter_reading WHERE pool_id = 'P' AND month = '2025-10-01') m) t}),
	'594444.44 USD 356666.664 USD 118888.888 USD 89166.666 USD 29722.222 USD 0.79898 USD 1.33164 USD',
	'spend_agg: the split of October 2025');

# The same by the ledger's views.
my $october = q{FROM utilisation_weighted_spend WHERE pool_id = 'P' AND period_month = '2025-10-01'};
is(as_of('2025-11-05', qq{
		SELECT concat_ws(' ', trim_scale(depreciation), trim_scale(rent), trim_scale(energy), trim_scale(total_cost)) $october}),
	'594444.44 0 0 594444.44', 'views: pool P cost depreciation only');
is(as_of('2025-11-05', qq{
		SELECT concat_ws(' ', trim_scale(productive_cost), trim_scale(allocated_idle_cost), trim_scale(unallocated_cost),
			trim_scale(unavailable_cost), trim_scale(unmetered_cost)) $october}),
	'356666.664 118888.888 89166.666 29722.222 0', 'views: the split');
is(as_of('2025-11-05', qq{
		SELECT concat_ws(' ', trim_scale(installed_chip_hours), trim_scale(available_chip_hours), trim_scale(allocated_chip_hours),
			trim_scale(used_chip_hours), round(cost_per_installed_chip_hour, 5), round(cost_per_used_chip_hour, 5)) $october}),
	'744000 706800 595200 446400 0.79898 1.33164', 'views: chip-hours, and cost per each');
is(as_of('2025-11-05', q{
		SELECT concat_ws(' ', trim_scale(depreciation), round(cost_per_installed_chip_hour, 5), round(cost_per_used_chip_hour, 5))
		FROM chip_hour_cost WHERE entity_id = 'main' AND period_month = '2025-10-01'}),
	'594444.44 0.79898 1.33164', 'chip_hour_cost says the same');
is(as_of('2025-11-02', "SELECT concat_ws(' ', trim_scale(total_cost), round(unmetered_cost, 2)) $october"),
	'594444.44 19175.63', 'before the readings of 31 October came, their cost was unmetered');
is(as_of('2026-01-31', q{
		SELECT concat_ws(' ', round(sum(depreciation), 2), round(sum(depreciation) / 8760000, 4)), trim_scale(sum(installed_chip_hours))
		FROM chip_hour_cost WHERE entity_id = 'main' AND period_month BETWEEN '2025-01-01' AND '2025-12-01'}),
	'7133333.33 0.8143|8760000', 'the whole year 2025');

# ---------------------------------------------------------------------------
# Who bears what Anthropic rents: 4,096 chips x 744 h x 4.91625 = 14,981,898.24. Teams had 45 %,
# 27.5 % and 22.5 % of the chips, and share 4 % that nobody had; 1 % was unavailable. They used
# 54 %, 29 % and 17 % of what was used.
# ---------------------------------------------------------------------------
is(as_of('', q{
		SELECT string_agg(concat_ws(' ', tenant_id, round(total_cost, 2), round(productive_cost / productive, 6)), ', ' ORDER BY line, tenant_id)
		FROM (SELECT *, sum(productive_cost) OVER () AS productive FROM allocated_spend WHERE pool_id = 'anth-h100' AND period_month = '2025-10-01') a}),
	join(', ', '0.00 0.000000', (map { sprintf('%s %.2f %.6f', $_->[0], 14981898.24 * 0.99 * $_->[1] / 95, $_->[2]) }
		['pretraining', 45, 0.54], ['research', 22.5, 0.17], ['serving', 27.5, 0.29]), '149818.98 0.000000'),
	'teams bear what they had and a part of what nobody had');
is(as_of('', q{
		SELECT sum(a.total_cost) = s.total_cost, sum(a.productive_cost) = s.productive_cost, sum(a.allocated_idle_cost) = s.allocated_idle_cost,
			sum(a.shared_idle_cost) = s.unallocated_cost, sum(a.chip_hours) = s.installed_chip_hours, trim_scale(s.total_cost)
		FROM allocated_spend a JOIN utilisation_weighted_spend s USING (pool_id, period_month, currency)
		WHERE pool_id = 'anth-h100' AND period_month = '2025-10-01'
		GROUP BY s.total_cost, s.productive_cost, s.allocated_idle_cost, s.unallocated_cost, s.installed_chip_hours}),
	't|t|t|t|t|14981898.24', 'and all of it is the cost of the pool');
is(as_of('', q{SELECT count(*) > 50, string_agg(DISTINCT pool_id, ' ') FILTER (WHERE NOT ok) FROM allocation_check WHERE period_month BETWEEN '2025-10-01' AND '2026-04-01'}),
	't|P', 'allocation_check: all pools are, but the one whose invoice came after the allocation');

# ---------------------------------------------------------------------------
# Own or rent: list prices of CoreWeave (49.24 USD for 8 H100, February 2026) and of Lambda (2.99,
# March 2026), and a capacity block of AWS (39.33 for 8, December 2024).
# ---------------------------------------------------------------------------
is(as_of('2026-05-05', q{
		SELECT string_agg(DISTINCT concat_ws(' ', rate_card_id, pricing, trim_scale(rate_per_chip_hour)), ', ')
		FROM own_or_rent WHERE period_month = '2026-04-01'}),
	'AWS capacity blocks reserved 4.91625, CoreWeave on demand on_demand 6.155, Lambda on demand on_demand 2.99', 'the rates of April 2026');
is(as_of('2026-05-05', q{
		SELECT count(*), bool_and(abs(o.break_even_utilisation * o.rate_per_chip_hour - (s.total_cost + s.cost_of_capital) / s.capacity_chip_hours) < 1e-12),
			bool_and(o.cheaper = CASE WHEN s.used_chip_hours / s.installed_chip_hours > o.break_even_utilisation THEN 'own' ELSE 'rent' END)
		FROM own_or_rent o JOIN utilisation_weighted_spend s USING (entity_id, period_month, chip_model_id, currency)
		WHERE o.period_month = '2026-04-01' AND o.pricing = 'on_demand'}),
	'8|t|t', 'four owners against two clouds: where an hour owned and an hour used cost the same');
is(as_of('2026-04-01', q{SELECT string_agg(DISTINCT rate_card_id, ', ') FROM own_or_rent WHERE period_month = '2026-03-01'}),
	'AWS capacity blocks, CoreWeave on demand', 'as of 1 April that of Lambda was not known yet');

# ---------------------------------------------------------------------------
# Amazon in Anthropic: committed 4 + 4, drawn 1.25 + 2.75 + 1.3 + 1.3 (Amazon 10-Q of the third
# quarter of 2025 and datacenter.news of 2025-10-30). In billions.
# ---------------------------------------------------------------------------
sub holding
{
	my ($as_of, $as_at, $figures, $investor, $view) = @_;
	$investor //= 'AMZN';
	$view //= 'investment_exposure_group';
	return as_of($as_of, qq{
		SELECT concat_ws(' ', } . join(', ', map { "coalesce(trim_scale($_ / 1e9)::text, 'unknown')" } split(/ /, $figures)) . qq{)
		FROM $view WHERE investor_id = '$investor' AND counterparty_id = 'ANTH' AND measurement = 'cost'
			AND as_at = '$as_at' AND currency = 'USD'});
}
is(holding('2025-11-05', '2023-12-31', 'committed drawn undrawn'), '4 1.25 2.75', 'Amazon in Anthropic at 2023-12-31');
is(holding('2025-11-05', '2024-06-30', 'committed drawn undrawn'), '4 4 0', 'at 2024-06-30');
is(holding('2025-11-05', '2024-12-31', 'committed drawn undrawn'), '8 5.3 2.7', 'at 2024-12-31');
is(holding('2025-11-05', '2025-09-30', 'committed drawn undrawn expected'), '8 6.6 1.4 7.86',
	'at 2025-09-30, expected with 0.9 of what is undrawn');
is(holding('2025-11-05', '2025-05-31', 'drawn_low drawn drawn_high'), '5.3 unknown 6.6',
	'inside a quarter a draw may have happened or not');
is(holding('2023-12-31', '2023-12-31', 'committed drawn undrawn'), '4 1.25 2.75', 'as it was known at the end of 2023');
is(as_of('2025-11-05', q{
		SELECT counterparty_id, exposure_class, trim_scale(carrying_amount / 1e9), trim_scale(undrawn / 1e9), trim_scale(expected / 1e9)
		FROM investment_exposure_group WHERE investor_id = 'AMZN' AND as_at = '2025-09-30' AND measurement = 'cost'}),
	'ANTH|funded_asset|6.6|1.4|7.86', 'the question as an analyst types it');

# AWS is inside Amazon: nothing twice, and nothing between the two.
is(as_of('2025-11-05', q{
		SELECT count(*) FROM investment_exposure_group
		WHERE investor_id IN ('AWS', 'GCP') OR counterparty_id IN ('AWS', 'GCP')}),
	'0', 'segments have no row of their own in the group view');
is(as_of('2025-11-05', q{
		SELECT (SELECT count(*) > 0 FROM investment_exposure WHERE investor_id = 'AMZN' AND counterparty_id = 'AWS'),
			(SELECT count(*) FROM investment_exposure_group WHERE investor_id = 'AMZN' AND counterparty_id = 'AMZN')}),
	't|0', q{what Amazon buys from AWS is no exposure of the group});
is(as_of('2025-11-05', q{
		SELECT trim_scale(sum(committed) FILTER (WHERE exposure_class = 'funded_asset') / 1e9),
			trim_scale(sum(committed) FILTER (WHERE exposure_class = 'future_revenue') / 1e9),
			count(*) FILTER (WHERE exposure_class = 'future_revenue')
		FROM investment_exposure_group WHERE investor_id = 'AMZN' AND as_at = '2025-11-05'}),
	'8|38|2', 'Amazon with AWS: 8 of equity and 38 of future revenue, two rows and never 46');

# ---------------------------------------------------------------------------
# Google's talks of November 2025: an unknown amount (press report of 2025-11-05); 10 invested
# and up to 30 more in April 2026 (civicnewsindia.com of 2026-04-24).
# ---------------------------------------------------------------------------
my $talks = q{FROM investment_exposure WHERE investor_id = 'GOOG' AND counterparty_id = 'ANTH' AND legal_status = 'early_talks'};
is(as_of('2025-11-05', "SELECT committed, undrawn, expected, unknown_count $talks AND as_at = '2025-11-05'"),
	'(null)|(null)|(null)|1', 'talks: the amount is unknown, not 0, and counted');
is(as_of('2025-11-04', "SELECT count(*) $talks"), '0', 'the day before nobody knew of them');
is(as_of('2026-05-05', "SELECT count(*) $talks"), '0', 'in May 2026 they are over');
is(as_of('2026-05-05', q{
		SELECT trim_scale(drawn / 1e9) FROM investment_exposure
		WHERE investor_id = 'GOOG' AND counterparty_id = 'ANTH' AND legal_status = 'closed' AND as_at = '2026-05-05'}),
	'10', 'and have become 10 bn');
is(as_of('2026-05-01', q{
		SELECT string_agg(concat_ws(' ', legal_status, trim_scale(drawn / 1e9), trim_scale(undrawn_low / 1e9), trim_scale(undrawn_high / 1e9)), ', ' ORDER BY legal_status)
		FROM investment_exposure WHERE investor_id = 'GOOG' AND counterparty_id = 'ANTH' AND legal_status IN ('announced', 'closed', 'early_talks') AND as_at = '2026-05-01'}),
	'announced 0 0 30, closed 10 0 0', 'as known on 2026-05-01: 10 bn, plus up to 30');
is(as_of('2025-11-05', q{
		SELECT concat_ws(' ', trim_scale(committed / 1e9), trim_scale(drawn / 1e9), trim_scale(undrawn / 1e9))
		FROM investment_exposure WHERE investor_id = 'GOOG' AND counterparty_id = 'ANTH' AND legal_status = 'signed' AND as_at = '2025-10-31'}),
	'3.75 3 0.75', q{Google's holding before: 3.75 committed, 3.0 drawn (court filing, New York Times of 2025-03-11)});
is(as_of('2025-11-05', q{
		SELECT investor_id, drawn IS NULL, trim_scale(drawn_low / 1e9), trim_scale(drawn_high / 1e9)
		FROM investment_exposure WHERE (investor_id, counterparty_id, legal_status) IN (('GOOG', 'ANTH', 'signed'), ('MSFT', 'OAI', 'signed'))
			AND as_at = '2024-12-31' ORDER BY 1}),
	"GOOG|t|0.5|3\nMSFT|t|0|11.6", 'what is known in one sum only was drawn on days nobody knows: before, it is a range and not 0');
is(as_of('2025-11-05', q{
		SELECT value_low, coalesce(value_high::text, 'unknown') FROM books.valuation_known WHERE valuation_id = 'anth-talked'}),
	'350000000000.00 USD|unknown', 'more than 350 bn is a range without an upper end');
is(as_of('2026-05-05', q{
		SELECT trim_scale(committed_low / 1e9), trim_scale(committed_high / 1e9), trim_scale(expected_low / 1e9), trim_scale(expected_high / 1e9)
		FROM investment_exposure WHERE investor_id = 'NVDA' AND counterparty_id = 'ANTH' AND as_at = '2026-05-05'}),
	'0|10|0|7.5', 'Nvidia: up to 10, announced, is [0, 7.5] expected');

# ---------------------------------------------------------------------------
# Stakes: Google's 14 % of March 2025 (court filing) through Series F (13 at 183) and G (30 at 380);
# Amazon's gains of 3.3 and 9.5; Microsoft's share of OpenAI's loss read three ways.
# ---------------------------------------------------------------------------
is(as_of('2025-11-05', q{SELECT round(share * 100, 7) FROM ownership_over_time WHERE owner_id = 'GOOG' AND owned_id = 'ANTH' AND until IS NULL}), '13.0054645', 'Google in Anthropic after Series F');
is(as_of('2026-05-05', q{SELECT round(share * 100, 7) FROM ownership_over_time WHERE owner_id = 'GOOG' AND owned_id = 'ANTH' AND until IS NULL}), '11.9787173', 'and after Series G');
is(as_of('2025-11-05', q{
		SELECT trim_scale(stated_share_value_low / 1e9), implied_value_high FROM stake_value WHERE owner_id = 'GOOG' AND valuation_id = 'anth-talked'}),
	'49|(null)', '14 % of more than 350 bn: 49 bn at least, without an upper end');
is(as_of('2025-11-05', q{SELECT string_agg(concat_ws(' ', as_at, trim_scale(profit_or_loss / 1e9)), ', ' ORDER BY as_at) FROM carrying_value WHERE holding_id = 'amzn-anth' AND profit_or_loss > 0}),
	'2025-03-31 3.3, 2025-09-30 9.5', q{Amazon's gains on conversion and on an observable price});
is(as_of('2025-11-05', q{SELECT string_agg(round(implied_result / 1e9, 3)::text, ' ' ORDER BY is_after_tax, share) FROM implied_result WHERE investee_id = 'OAI'}),
	'-15.185 -12.615 -11.481 -9.538', q{readings of OpenAI's loss});

# ---------------------------------------------------------------------------
# OpenAI's clouds: Oracle 300, Microsoft 250, AWS 38, CoreWeave 11.9 + 4.0 + 6.5; Cerebras 10
# since January 2026 (sources in facts/source.csv). HHI = 154,445.76 / 610.4^2.
# ---------------------------------------------------------------------------
my $clouds = q{SELECT providers, round(hhi, 2), round(effective_number, 4), top_provider_id, unknown_count
	FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value'};
is(as_of('2025-11-05', "$clouds AND as_at = '2025-11-05'"), '4|4145.21|2.4124|ORCL|0', 'four clouds as known on 2025-11-05');
is(as_of('2026-05-05', "$clouds AND as_at = '2026-05-05'"), '5|4015.26|2.4905|ORCL|0', 'with Cerebras, as known on 2026-05-05');
is(as_of('2025-03-31', "$clouds AND as_at = '2025-03-31'"), '1|10000.00|1.0000|CRWV|0', 'in March 2025 one contract was public');
is(as_of('2025-11-05', q{
		SELECT trim_scale(sum(amount) / 1e9) FROM provider_share
		WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05' AND provider_id = 'CRWV'}),
	'22.4', 'three contracts with CoreWeave are 22.4');

# Nvidia's 40 of chips for Oracle serve Oracle's 300.
is(as_of('2025-11-05', q{
		SELECT string_agg(concat_ws(' ', investor_id, tier, trim_scale(committed / 1e9)), ', ' ORDER BY investor_id) FROM investment_exposure
		WHERE (investor_id, counterparty_id) IN (('NVDA', 'ORCL'), ('ORCL', 'OAI')) AND exposure_class = 'future_revenue' AND as_at = '2025-11-05'}),
	'NVDA supply 40, ORCL prime 300', 'what serves a deal stands in a tier of its own, never added to it');

# ---------------------------------------------------------------------------
# Project Rainier: 11 bn for 30 buildings, 7 of them live, over half a million chips or nearly
# (AWS by ticker.report of 2025-11-03, datacenter.news, press report of 2025-11-05).
# ---------------------------------------------------------------------------
is(as_of('2025-11-05', q{
		SELECT string_agg(concat_ws(' ', source_id, qualifier, trim_scale(quantity), conflicting), ', ' ORDER BY source_id)
		FROM capacity_statement WHERE site_id = 'rainier' AND metric = 'chips' AND stage = 'in_service'}),
	'aws_rainier nearly 500000 t, press_talks more_than 500000 t', 'both counts of Trainium2, with their sources, contradict each other');
is(as_of('2025-11-04', q{
		SELECT count(*), bool_or(conflicting) FROM capacity_statement
		WHERE site_id = 'rainier' AND metric = 'chips' AND stage = 'in_service'}),
	'1|f', 'the day before there was one, and no contradiction');
is(as_of('2025-11-05', q{
		SELECT trim_scale(announced_site_capex_per_chip), trim_scale(announced_site_capex_per_forecast_chip),
			round(assumed_pro_rata_capex_per_chip), chips_conflicting, chips_booked_in_scope
		FROM site_capex_per_chip WHERE site_id = 'rainier'}),
	'22000|11000|5133|t|t', 'announced capex per chip, and the assumed pro rata beside it');
is(as_of('2025-11-05', q{
		SELECT trim_scale(contracted), contracted_qualifier, delivered, in_service FROM capacity_pipeline
		WHERE deal_id = 'gcp-anth-tpu' AND metric = 'chips'}),
	'1000000|up_to|(null)|(null)', 'up to a million TPUs are contracted, and none is known to be delivered');

# ---------------------------------------------------------------------------
# Published changes of useful life, on illustrative lots of a billion each (Alphabet's 10-Q of
# 2023, Amazon's 10-K for 2023 and 2024, Meta's 10-K for 2022 and 2024): years before and after,
# millions on the books that day, and what the next twelve months are charged more or less.
# ---------------------------------------------------------------------------
my $changes = q{SELECT event_id, trim_scale(life_years_before), trim_scale(life_years_after), round(book_value / 1e6), round(annual_effect / 1e6)
	FROM estimate_change ORDER BY event_id};
is(as_of('2025-11-05', $changes),
	"amzn-life-2024|5|6|699|-45\namzn-subset-life-2024|5|6|699|-45\namzn-subset-life-2025|6|5|544|62\n"
	. "goog-life-2023|4|6|624|-111\nmeta-life-2022-q2|4|4.5|812|-34\nmeta-life-2022-q4|4.5|5|704|-29\nmeta-life-2025|5|5.5|281|-47",
	'estimate_change: Alphabet, Amazon there and back, Meta three times');
is(as_of('2024-03-31', "SELECT count(*), max(happened_on) FROM estimate_change"), '5|2024-01-01', 'in March 2024 those of 2025 were not known');
is(as_of('2025-11-05', q{SELECT count(*), sum(effect) = 0 FROM (SELECT sum(effect) AS effect FROM estimate_change_effect GROUP BY event_id) e}),
	'7|t', 'each change charges the same in the end');
is(as_of('2025-11-05', q{SELECT string_agg(subject_id, ', ') FROM impairment_indicator WHERE indicator = 'life_shortened'}),
	'amzn-subset-2022', 'a life that was shortened is an indication of impairment');

# ---------------------------------------------------------------------------
# It adds up, and what is missing is found.
# ---------------------------------------------------------------------------
for my $day ('2025-11-02', '2025-11-05', '2026-05-05')
{
	is(as_of($day, 'SELECT count(*) > 100, count(*) FILTER (WHERE NOT ok) FROM ledger_check'), 't|0', "ledger_check as of $day");
}
my %findings = (
	'Google has drawn more than its events say' => "finding = 'drawn_without_events' AND subject_id = 'goog-anth'",
	'the amount of the talks is unknown' => "finding = 'amount_unknown' AND subject_id = 'goog-anth-talks'",
	'chips are booked where the announced capex may contain them' => "finding = 'site_capex_may_contain_chips' AND subject_id = 'rainier'",
	'Microsoft used more than was allocated' => "finding = 'reading_out_of_order' AND subject_id = 'msft-h100' AND period_month = '2025-08-01'",
);
is(as_of('2025-11-05', "SELECT count(*) FROM data_quality WHERE $findings{$_}"), '1', "data_quality: $_") for sort keys %findings;
is(as_of('2025-11-05', q{
		SELECT string_agg(pool_id || ' ' || period_month, ', ' ORDER BY pool_id, period_month)
		FROM utilisation_weighted_spend WHERE unmetered_cost <> 0}),
	'meta-h100 2025-09-01', 'the one missing day of readings is the one unmetered cost');
is(as_of('2025-11-05', q{SELECT error_findings, unpublished_loads FROM data_status}), '0|0', 'data_status: no errors');

# Every fact names a source, every source is used, and what is made up says so.
my $named = $node->safe_psql('one', q{
		SELECT string_agg(format('SELECT source_id FROM books.%I', f.table_name), ' UNION ALL ')
		FROM chipbook.ledger_fact_tables() f
		WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = format('books.%I', f.table_name)::regclass AND a.attname = 'source_id')});
is($node->safe_psql('one', qq{
		SELECT coalesce(string_agg(s.source_id, ' ' ORDER BY s.source_id), '') FROM books.source s
		WHERE NOT EXISTS (SELECT FROM ($named) f WHERE f.source_id = s.source_id)}),
	'', 'every source is used');
is($node->safe_psql('one', q{
		SELECT string_agg(DISTINCT s.source_id || ' ' || s.confidence, ', ') FROM books.meter_reading r JOIN books.source s USING (source_id)}),
	'synthetic low', 'readings are labelled synthetic');

$node->stop;
done_testing();
