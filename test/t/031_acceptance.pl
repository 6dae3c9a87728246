# What one article of November 2025 says (Google's talks with Anthropic, Project Rainier, OpenAI's clouds,
# the arms race of compute), line by line: each must be representable, and what follows from it computable,
# by a query of the sample ledger. The numbers A001 to A079 name the lines of that list.
use strict;
use warnings FATAL => 'all';

use Cwd qw(abs_path getcwd);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('acceptance');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE one');
$node->safe_psql('one', 'CREATE EXTENSION chipbook');
my $here = getcwd();
chdir(abs_path(dirname(__FILE__) . '/../demo')) or die;
my ($stdout, $stderr);
ok(IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', 'load.sql', '-d', $node->connstr('one') ], '>', \$stdout, '2>', \$stderr),
	'the sample ledger is loaded') or diag $stderr;
chdir $here or die;

my %answered;

# A question as of a day, its answer, and the lines it stands for.
sub line
{
	my ($lines, $day, $question, $answer, $what) = @_;
	my $got = $node->safe_psql('one', "SET search_path = books_report, chipbook, books, public, pg_catalog; SET timezone = 'UTC';
		SET chipbook.as_of = '$day'; $question", extra_params => [ '-P', 'null=(null)' ]);
	is($got, $answer, "$lines: $what");
	$answered{$_} = 1 for split / /, $lines;
}

my $now = '2025-11-05';
my $later = '2025-11-30';

# Parties, groups and roles
line('A001', $now, q{SELECT (SELECT string_agg(DISTINCT round(committed_low / 1e9) || '-' || round(committed_high / 1e9), ',') FROM investment_exposure_group WHERE investor_id = 'ANTH' AND counterparty_id = 'GOOG' AND exposure_class = 'purchase_obligation' AND as_at = '2025-11-05'),
	(SELECT string_agg(round(committed_low / 1e9) || '-' || round(committed_high / 1e9), ',') FROM investment_exposure WHERE investor_id = 'ANTH' AND counterparty_id = 'GCP' AND exposure_class = 'purchase_obligation' AND as_at = '2025-11-05')},
	'20-99|20-99', 'Google is Google Cloud, once');
line('A002', $later, q{SELECT string_agg(provider_id || ' ' || deal_count || ' ' || unknown_count, ', ' ORDER BY provider_id) FROM provider_share WHERE lab_id = 'ANTH' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-30'},
	'AMZN 1 1, GOOG 1 1, MSFT 1 0', q{Anthropic's providers, with what is not known of them});
line('A005 A062', $later, q{SELECT count(*), round(sum(committed) / 1e9, 1) FROM investment_exposure_group WHERE investor_id = 'OAIF' AND counterparty_id = 'AMZN' AND as_at = '2025-11-30' AND exposure_class = 'purchase_obligation'},
	'1|38.0', 'AWS and Amazon are counted once');
line('A062', $later, q{SELECT string_agg(exposure_class || ' ' || coalesce(round(committed / 1e9)::text, '?'), ', ' ORDER BY exposure_class, counterparty_id) FROM investment_exposure_group WHERE investor_id = 'AMZN' AND as_at = '2025-11-30'},
	'funded_asset 8, future_revenue ?, future_revenue 38', 'and 8 invested and 38 receivable are never one sum');
line('A009 A062', $later, q{SELECT string_agg(supplier_id, ',' ORDER BY supplier_id) FROM customer_overlap WHERE customer_id = 'ANTH' AND rival_id = 'OAIF'}, 'AMZN,AWS,MSFT', 'AWS serves Anthropic and its main rival');
line('A010', $now, q{SELECT round(hhi), round(effective_number, 2) FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05'}, '4145|2.41', q{OpenAI's four clouds});
line('A021', $later, q{SELECT is_chip_vendor, is_investor, is_guarantor, is_customer FROM party_profile WHERE party_id = 'NVDA'}, 't|t|t|t', 'Nvidia in four roles');
line('A025', $now, q{SELECT founded, age_years_least, age_years_most, origins FROM party_profile WHERE party_id = 'ANTH'}, '2021|3|4|OAI', 'a year stays a year');
line('A026', $later, q{SELECT top_provider_id FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-30'}, 'ORCL', 'the first of the providers');
line('A029', $later, q{SELECT detail FROM data_quality WHERE finding = 'primary_provider_not_largest' AND subject_id = 'ANTH'}, 'AMZN is declared its main provider, but most is contracted with MSFT', 'a declared main provider against what is contracted');
line('A060', $later, q{SELECT string_agg(exposure_class || ' ' || direction, ', ' ORDER BY exposure_class, direction) FROM investment_exposure WHERE investor_id = 'META' AND counterparty_id = 'HYPJV' AND as_at = '2025-11-30'}, 'funded_asset asset, guarantee obligation, purchase_obligation obligation', 'Meta and its joint venture');
line('A063', $later, q{SELECT customers FROM customer_concentration WHERE supplier_id = 'AWS' AND as_at = '2025-11-30' AND currency = 'USD'}, '2', q{AWS's laboratories});
line('A065', $later, q{SELECT string_agg(kind || ' until ' || valid_to, ', ' ORDER BY valid_from) FROM party_link_known WHERE party_id = 'OAI' AND kind IN ('exclusive_provider', 'right_of_first_refusal')}, 'exclusive_provider until 2025-01-21, right_of_first_refusal until 2025-10-28', q{Microsoft's rights, with their time});
line('A066', $later, q{SELECT string_agg(round(committed / 1e9)::text, ',' ORDER BY committed) FROM investment_exposure_group WHERE investor_id = 'MSFT' AND exposure_class = 'future_revenue' AND as_at = '2025-11-30'}, '30,250', q{Azure's 250 and 30 are Microsoft's});
line('A067', $later, q{SELECT string_agg(round(effective_number, 2)::text, ' ' ORDER BY as_at) FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at IN ('2025-03-31', '2025-11-30')}, '1.00 2.41', 'from one provider to 2.41');
line('A069', $later, q{SELECT round(total / 1e9, 1), top_customer_id, round(top_share, 2) FROM customer_concentration WHERE supplier_id = 'CRWV' AND as_at = '2025-11-30'}, '22.4|OAIF|1.00', q{CoreWeave's contracts with OpenAI});

# Sources, statements, status
line('A003 A031', $now, q{SELECT count(*) FILTER (WHERE amount_low = 350e9), count(*) FILTER (WHERE amount_low = 350e9 AND is_confirmed) FROM exposure_evidence WHERE fact_kind = 'valuation'}, '1|0', 'what is talked of is not confirmed');
line('A030 A031', '2025-10-31', q{SELECT round(committed / 1e9, 1), round(drawn / 1e9, 1), round(undrawn / 1e9, 1) FROM investment_exposure WHERE investor_id = 'AMZN' AND counterparty_id = 'ANTH' AND exposure_class = 'funded_asset' AND as_at = '2025-09-30'}, '8.0|6.6|1.4', 'of 8 bn, 6.6 are drawn');
line('A031', $now, q{SELECT round(sum(amount) / 1e9, 1) FROM exposure_evidence WHERE party_id = 'AMZN' AND counterparty_id = 'ANTH' AND legal_status = 'signed' AND is_confirmed AND fact_kind = 'holding_event'}, '8.0', 'and confirmed');
line('A011', $now, q{SELECT expected, committed, unknown_count FROM investment_exposure WHERE investor_id = 'GOOG' AND counterparty_id = 'ANTH' AND legal_status = 'early_talks' AND as_at = '2025-11-05'}, '(null)|(null)|1', 'an unknown amount is unknown, and counted');
line('A012', $now, q{SELECT round(stated_share_value_low / 1e9, 1), stated_share_value_high FROM stake_value WHERE owner_id = 'GOOG' AND owned_id = 'ANTH' AND valuation_id = 'anth-talked'}, '49.0|(null)', '14 % of more than 350 bn are 49 at least');
line('A013', $now, q{SELECT citations, round(amount_low / 1e9), amount_high FROM stated_fact WHERE subject_id = 'ANTH' AND predicate = 'valuation'}, '2|350|(null)', 'two sentences, one fact');
line('A014', $now, q{SELECT string_agg(status || ' ' || days_least, ', ' ORDER BY happened_from) FROM status_history WHERE subject_id = 'aws-anth' AND aspect = 'delivery_stage'}, 'ordered 765, usable 7', 'statuses with their time');
line('A016', $now, q{SELECT date '2025-11-05' - d.signed_on FROM deal_known d WHERE d.deal_id = 'gcp-anth-tpu'}, '13', 'a few weeks are 13 days');
line('A022 A044 A046 A070', $now, q{SELECT string_agg(speaker || ' ' || is_interested, ', ' ORDER BY speaker) FROM public_statement WHERE speaker IS NOT NULL}, 'Greg Brockman true, Matt Garman true, Mike Krieger true, Thomas Kurian true', 'who speaks for himself is marked');
line('A045', $now, q{SELECT p.words, s.source_id FROM public_statement p JOIN status_history s ON s.subject = 'site' AND s.subject_id = p.subject_id AND s.status = 'live' WHERE p.statement_id = 'rainier-live'}, 'kein zukünftiges Projekt|aws_rainier', 'live, with its evidence');
line('A055', $now, q{SELECT count(*) FILTER (WHERE is_anonymous) > 0, count(*) FILTER (WHERE NOT is_anonymous) > 0 FROM public_statement}, 't|t', 'who has no name can be left out');
line('A077', $now, q{SELECT words, language FROM public_statement WHERE statement_id = 'defective'}, 'Dies Die potenzielle ...|de', 'word for word, defects too');
line('A076', $now, q{SELECT (parse_amount('könnte 2 Milliarden', 'de')).modality, (SELECT count(*) FROM stated_fact WHERE is_confirmed AND modality <> 'actual')}, 'conditional|0', 'could is never actual');
line('A075', $now, q{SELECT (parse_amount('38 Milliarden', 'de')).amount, (parse_amount('1 Billion', 'de')).amount}, '38000000000|1000000000000', 'a German Billion is a million millions');
line('A037', $now, q{SELECT (parse_amount('derzeit über 500.000', 'de')).amount_low}, '500000', 'a German thousand is no decimal');
line('A015', $now, q{SELECT sum(p.amount_low) / 1e9, sum(p.amount_high) / 1e9 FROM (VALUES ('mehrere zehn Milliarden'), ('38 Milliarden')) v (w), parse_amount(v.w, 'de') p}, '58.0000000000000000|137.0000000000000000', 'several tens and 38 are between 58 and 137');
line('A052', $now, q{SELECT round(amount_low / 1e9), round(amount_high / 1e9) FROM stated_fact WHERE subject = 'market' AND predicate = 'capital_expenditure'}, '200|999', 'several hundred billions');
line('A058', $now, q{SELECT (parse_amount('2-Gigawatt', 'de')).amount * 1000 = (parse_amount('2000 MW', 'de')).amount, (SELECT round(planned) FROM capacity_pipeline WHERE site_id = 'hyperion' AND metric = 'gigawatts')}, 't|2', 'two gigawatts');

# Capacity, campuses
line('A007 A033 A036', $now, q{SELECT tenant_id, is_single_tenant, phase, round(value_at_risk / 1e9, 1) FROM campus_capex WHERE site_id = 'rainier'}, 'ANTH|t|live|6.6', 'Rainier, its only tenant and what is at risk');
line('A017 A018 A047', $now, q{SELECT round(paper), round(contracted), round(delivered), round(usable), round(real_ratio, 2) FROM capacity_ladder WHERE deal_id = 'gcp-anth-tpu' AND metric = 'chips'}, '1000000|1000000|0|0|0.00', 'a million on paper, none that is real yet');
line('A018', $now, q{SELECT string_agg(qualifier, ', ' ORDER BY qualifier) FROM stated_fact WHERE subject_id = 'gcp-anth-tpu' AND predicate = 'chips_contracted'}, 'exactly, up_to', 'a million, and up to a million: both kept');
line('A019', '2025-12-31', q{SELECT round(sum(amount(amount)) / 1e9) FROM deal_known WHERE customer_id = 'ANTH' AND supplier_id = 'AVGO' AND chip_model_id = 'TPU7X' AND amount IS NOT NULL}, '21', q{Anthropic's TPUs are Broadcom's too});
line('A020', $now, q{SELECT contract_value_per_chip FROM capacity_pipeline WHERE deal_id = 'gcp-anth-tpu' AND metric = 'chips'}, '(null)', 'no price, no ratio');
line('A023 A027', $later, q{SELECT string_agg(as_at || ' ' || deal_count, ', ' ORDER BY as_at) FROM provider_concentration WHERE lab_id = 'ANTH' AND scope = 'compute' AND measure = 'contract_value' AND as_at IN ('2024-12-31', '2025-10-31', '2025-11-30') AND currency = 'USD'}, '2024-12-31 1, 2025-10-31 2, 2025-11-30 3', q{Anthropic's clouds over time});
line('A028', $later, q{SELECT string_agg(p.lab_id || ' ' || NOT EXISTS (SELECT FROM provider_concentration o WHERE o.measure = 'gigawatts' AND o.scope = 'compute' AND o.as_at = p.as_at AND o.lab_id IN ('OAI', 'ANTH')
		AND o.total >= p.total AND o.hhi <= p.hhi AND (o.total > p.total OR o.hhi < p.hhi)), ', ' ORDER BY p.lab_id) FROM provider_concentration p WHERE p.measure = 'gigawatts' AND p.scope = 'compute' AND p.as_at = '2025-11-30' AND p.lab_id IN ('OAI', 'ANTH')},
	'OAI true', 'capacity against concentration: who is on the frontier');
line('A034', $now, q{SELECT round(capex_per_chip_in_service), round(capex_per_chip_forecast), round(capex_per_watt_planned, 1) FROM campus_capex WHERE site_id = 'rainier'}, '22000|11000|5.0', 'three unit costs');
line('A035 A073', $now, q{SELECT sites, round(announced_capex / 1e9) FROM campus_capex_region WHERE region = 'Indiana'}, '1|11', 'by region');
line('A038', $now, q{SELECT string_agg(qualifier || ' ' || conflicting, ', ' ORDER BY qualifier) FROM stated_fact WHERE subject_id = 'rainier' AND predicate = 'chips_in_service'}, 'more_than true, nearly true', 'both, and the conflict');
line('A039', $later, q{SELECT round(ramp_quantity, 2), round(ramp_per_day, 1) FROM capacity_forecast WHERE capacity_id = 'rainier-chips-end-2025'}, '753968.25|7936.5', 'half way to a million');
line('A040', $now, q{SELECT build_days, round(build_days / 30.4375) FROM campus_capex WHERE site_id = 'rainier'}, '423|14', 'built in fourteen months');
line('A041', '2026-02-28', q{SELECT round(hhi(exposure_agg(chip_model_id, amount)), 2) FROM deal_known WHERE customer_id = 'ANTH' AND chip_model_id IS NOT NULL AND amount IS NOT NULL}, '1.00', 'by type of chip, what is known in money is TPUs');
line('A043', $now, q{SELECT round(usable / nullif(contracted, 0), 2) FROM capacity_ladder WHERE site_id = 'rainier' AND deal_id = 'aws-anth' AND metric = 'chips'}, '1.00', 'available now of what is contracted');
line('A056', $later, q{SELECT (SELECT round(committed_high / 1e9) FROM investment_exposure WHERE investor_id = 'OAI' AND counterparty_id = 'SG' AND exposure_class = 'programme' AND as_at = '2025-11-30'),
	(SELECT round(sum(committed) / 1e9) FROM investment_exposure WHERE counterparty_id = 'SG' AND measurement = 'cost' AND as_at = '2025-11-30')}, '500|50', 'Stargate: up to 500 announced, 50 of equity committed');
line('A057', $later, q{SELECT (SELECT round(share, 2) FROM ownership_look_through WHERE owner_id = 'META' AND owned_id = 'HYPJV'), (SELECT unknown_count FROM investment_exposure WHERE investor_id = 'META' AND counterparty_id = 'HYPJV' AND exposure_class = 'guarantee' AND as_at = '2025-11-30'),
	(SELECT count(DISTINCT deal_id) FROM leases_not_commenced WHERE lessee_id = 'META' AND as_at = '2025-11-30')}, '0.20|1|1', 'Hyperion: a fifth owned, a guarantee of unknown amount, a lease that has not begun');
line('A059', $later, q{SELECT phase, round(announced_capex / 1e9) FROM campus_capex WHERE site_id = 'west-memphis'}, 'construction|4', 'Arkansas is under construction');

# Commitments
line('A006', $later, q{SELECT round(weighted_remaining_years, 2) FROM provider_backlog WHERE grouping_level = 'group' AND provider_id = 'ORCL' AND as_at = '2025-11-30'}, '6.08', q{the weighted term of Oracle's backlog});
line('A064 A072', '2025-12-31', q{SELECT string_agg(bucket || ' ' || round(amount / 1e9, 6), ', ' ORDER BY bucket_number) FROM purchase_obligations WHERE deal_id = 'aws-oai' AND as_at = '2025-12-31' AND layout = 'years_ahead'},
	'<1y 5.428571, 1-3y 10.857143, 3-5y 10.857143, >5y 9.979648', '38 bn over seven years, by year');
line('A064', '2025-12-31', q{SELECT round(consumed / 1e9, 6), round(remaining / 1e9, 6) FROM contract_remaining WHERE deal_id = 'aws-oai' AND as_at = '2025-12-31'}, '0.877495|37.122505', 'and what is left of it');
line('A049', $later, q{SELECT string_agg(provider_id || ' ' || round(lock_in_index, 3), ', ' ORDER BY lock_in_index DESC) FROM provider_lock_in WHERE lab_id = 'OAIF' AND lock_in_index IS NOT NULL}, 'ORCL 0.214, MSFT 0.179, AMZN 0.027, CRWV 0.008', 'what is bound of what is planned');
line('A050', $later, q{SELECT round(1 - top_share, 4) FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-30'}, '0.5085', 'what the second and later sources have');
line('A079', $now, q{SELECT round(committed / 1e9, 2) FROM investment_exposure WHERE investor_id = 'AMZN' AND counterparty_id = 'ANTH' AND exposure_class = 'funded_asset' AND as_at = '2025-10-31'}, '8.00', 'as it was known in November');
line('A079', '2026-05-01', q{SELECT count(*) > 5 FROM provider_share WHERE lab_id = 'OAI' AND as_at = '2026-05-01'}, 't', 'and more since');

# Circles, regret
line('A024', $now, q{SELECT count(*) FROM circular_flow WHERE grouping_level = 'party' AND parties = 'ANTH > MSFT'}, '0', 'no circle while one side is missing');
line('A024', $later, q{SELECT round(max(amount) / 1e9) FROM circular_flow WHERE grouping_level = 'party' AND parties = 'ANTH > MSFT'}, '5', 'a circle as soon as both are there');
line('A078', $later, q{SELECT string_agg(round(amount / 1e9)::text, ' ' ORDER BY amount DESC), (SELECT round(circulation_edge_sum / 1e9) - 2 * 2 FROM circular_total WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most' AND currency = 'USD')
	FROM circular_flow WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most' AND parties NOT LIKE '%XSPV%'}, '40 13 10 5|156', q{four circles, and 156 that circulate (beside Nvidia's 2 for the vehicle that buys its chips)});
line('A008', $later, q{SELECT bool_and(hhi_delta = round(20000 * share * other_share, 15) OR abs(hhi_delta - 20000 * share * other_share) < 1e-9) FROM owner_concentration_deal}, 't', 'two that merge add twice the product of their shares');
line('A032', '2025-10-31', q{SELECT count(*) > 0 FROM funding_share WHERE investee_id = 'ANTH' AND investor_id = 'AMZN' AND share_low > 0 AND share_high <= 1}, 't', q{Amazon's part of all that Anthropic raised});
line('A004 A061', '2025-10-31', q{SELECT round(capex / 1e9, 1), round(capex_to_revenue, 4) FROM capex_ratio WHERE party_id = 'AMZN' AND period_to = '2025-09-30'}, '34.2|0.1898', 'capital expenditure over revenue');
line('A053', $now, q{SELECT action, rival_action, round(price_of_fear) FROM arms_race WHERE is_nash}, 'build|build|2', 'both build, for fear');
line('A054 A048 A071', $now, q{SELECT round(best_quantity, 4), best_quantity > mean_demand, round(shortage) FROM overbuild_quantity}, '138.4465|t|20', 'too little is feared more than too much');
line('A074', $now, q{SELECT action, round(max_regret) FROM overbuild_regret WHERE decision_id = 'campus' AND is_minimax_regret}, 'medium|60', 'what is regretted least');

# Land that becomes a campus is an entry like any other.
$node->safe_psql('one', q{SELECT chipbook.open_load('books', 'accounts of land', 'illustrative') AS load \gset
	INSERT INTO books.account (account_id, name, kind) VALUES ('A042-land', 'Land', 'asset'), ('A042-site', 'Site improvements', 'asset');
	SELECT chipbook.publish_load('books', :load);
	SELECT chipbook.post_entry('books', 'main', 'us_gaap', ARRAY[chipbook.posting_line('A042-site', '5 USD'), chipbook.posting_line('A042-land', '-5 USD')], 'farmland becomes a campus', posting_date => '2026-06-30')});
line('A042', 'now', q{SELECT string_agg(account_id || ' ' || round(amount(amount)), ', ' ORDER BY account_id) FROM books.journal_line WHERE account_id LIKE 'A042%'}, 'A042-land -5, A042-site 5', 'cornfields reclassified');

# What suppliers report of what is left to be delivered: Oracle 455 bn at 2025-08-31, Microsoft 625 bn at
# 2025-12-31, 45 % of it OpenAI's (their quarterly reports).
$node->safe_psql('one', q{SELECT chipbook.open_load('books', 'reported obligations', 'general') AS load \gset
	INSERT INTO books.obligation_disclosure (disclosure_id, party_id, kind, as_at, line, counterparty_id, currency, amount, share, known_on) VALUES
		('orcl', 'ORCL', 'remaining_performance_obligation', '2025-08-31', 'RPO', NULL, 'USD', '455000000000 USD', NULL, '2025-09-10'),
		('msft', 'MSFT', 'remaining_performance_obligation', '2025-12-31', 'commercial RPO', NULL, 'USD', '625000000000 USD', NULL, '2026-01-28'),
		('msft-oai', 'MSFT', 'remaining_performance_obligation', '2025-12-31', 'commercial RPO', 'OAI', 'USD', NULL, 0.45, '2026-01-28');
	SELECT chipbook.publish_load('books', :load)});
line('A051', 'now', q{SELECT round(reported_amount / 1e9, 2), round(reported_share, 2) FROM backlog_by_customer WHERE party_id = 'MSFT' AND reported_share IS NOT NULL}, '281.25|0.45', '45 % of 625');
line('A068', 'now', q{SELECT round(share_high, 3), round(reported_total / 1e9) FROM backlog_by_customer WHERE party_id = 'ORCL' AND customer_id LIKE 'OAI%'}, '0.659|455', '300 of 455 at most');

is(join(' ', grep { !$answered{$_} } map { sprintf 'A%03d', $_ } 1 .. 79), '', 'every line is answered');
done_testing();
