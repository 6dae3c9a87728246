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
line('A002', $later, q{SELECT string_agg(concat_ws(' ', s.provider_id, coalesce(round(s.share, 2)::text, '?'), coalesce(round(i.drawn / 1e9, 2)::text, '-'), coalesce(round(i.undrawn / 1e9, 2)::text, '-')), ', ' ORDER BY s.provider_id), round(max(c.hhi)), sum(s.unknown_count)
	FROM provider_share s JOIN provider_concentration c USING (lab_id, scope, measure, as_at)
	LEFT JOIN investment_exposure_group i ON i.investor_id = s.provider_id AND i.counterparty_id = s.lab_id AND i.exposure_class = 'funded_asset' AND i.as_at = s.as_at
	WHERE s.lab_id = 'ANTH' AND s.scope = 'cloud' AND s.measure = 'contract_value' AND s.as_at = '2025-11-30'},
	'AMZN ? 6.60 1.40, GOOG ? 3.00 0.75, MSFT 1.00 - -|10000|2', q{Anthropic's providers: the share of each in what is known, what each has drawn and not drawn, HHI, and what is not known});
line('A005 A062', $later, q{SELECT count(*), round(sum(committed) / 1e9, 1) FROM investment_exposure_group WHERE investor_id = 'OAIF' AND counterparty_id = 'AMZN' AND as_at = '2025-11-30' AND exposure_class = 'purchase_obligation'},
	'1|38.0', 'AWS and Amazon are counted once');
line('A062', $later, q{SELECT string_agg(exposure_class || ' ' || coalesce(round(committed / 1e9)::text, '?'), ', ' ORDER BY exposure_class, counterparty_id) FROM investment_exposure_group WHERE investor_id = 'AMZN' AND as_at = '2025-11-30'},
	'funded_asset 8, future_revenue ?, future_revenue 38', 'and 8 invested and 38 receivable are never one sum');
line('A009 A062', $later, q{SELECT string_agg(supplier_id, ',' ORDER BY supplier_id) FROM customer_overlap WHERE customer_id = 'ANTH' AND rival_id = 'OAIF'}, 'AMZN,AWS,MSFT', 'AWS serves Anthropic and its main rival');
line('A010', $now, q{SELECT round(hhi), round(effective_number, 2), (SELECT string_agg(provider_id || ' ' || round(s.amount / 1e9, 1), ', ' ORDER BY s.amount DESC) FROM provider_share s WHERE s.lab_id = c.lab_id AND s.scope = c.scope AND s.measure = c.measure AND s.as_at = c.as_at)
	FROM provider_concentration c WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05'}, '4145|2.41|ORCL 300.0, MSFT 250.0, AMZN 38.0, CRWV 22.4', q{OpenAI's four clouds});
line('A027', $now, q{SELECT round(hhi(b) * 10000), round(effective_number(b), 4), round(exp(entropy(b))::numeric, 6), round(share(b, 'ORCL'), 4), round(amount(gross(b)) / 1e9 - 300, 1)
	FROM (SELECT exposure_agg(provider_id, monetary(amount, 'USD')) AS b FROM provider_share WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-05') x},
	'4145|2.4124|2.742455|0.4915|310.4', 'how diversified: HHI, its inverse, entropy, the largest share, and what is left if that one fails');
line('A021', $later, q{SELECT is_chip_vendor, is_investor, is_guarantor, is_customer, (SELECT string_agg(DISTINCT c.parties, ', ' ORDER BY c.parties) FROM circular_flow c WHERE c.grouping_level = 'party' AND c.scope = 'stated' AND c.bound = 'most' AND c.parties LIKE '%NVDA%')
	FROM party_profile WHERE party_id = 'NVDA'}, 't|t|t|t|ANTH > MSFT > OAI > ORCL > NVDA, NVDA > OAI > ORCL, NVDA > XSPV', 'Nvidia in four roles, and the circles it is part of');
line('A025', $now, q{SELECT founded, age_years_least, age_years_most, origins FROM party_profile WHERE party_id = 'ANTH'}, '2021|3|4|OAI', 'a year stays a year');
line('A026', $later, q{SELECT top_provider_id FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-30'}, 'ORCL', 'the first of the providers');
line('A029', $later, q{SELECT detail FROM data_quality WHERE finding = 'primary_provider_not_largest' AND subject_id = 'ANTH'}, 'AMZN is declared its main provider, but most is contracted with MSFT', 'a declared main provider against what is contracted');
line('A060', $later, q{SELECT string_agg(exposure_class || ' ' || direction, ', ' ORDER BY exposure_class, direction) FROM investment_exposure WHERE investor_id = 'META' AND counterparty_id = 'HYPJV' AND as_at = '2025-11-30'}, 'funded_asset asset, guarantee obligation, purchase_obligation obligation', 'Meta and its joint venture');
line('A063', $later, q{SELECT customers, round(effective_number, 2), unknown_count FROM customer_concentration WHERE supplier_id = 'AWS' AND as_at = '2025-11-30' AND currency = 'USD'}, '2|1.00|1', q{AWS's laboratories, and of how many its known contracts are});
line('A065', $later, q{SELECT string_agg(kind || ' until ' || valid_to, ', ' ORDER BY valid_from) FROM party_link_known WHERE party_id = 'OAI' AND kind IN ('exclusive_provider', 'right_of_first_refusal')}, 'exclusive_provider until 2025-01-21, right_of_first_refusal until 2025-10-28', q{Microsoft's rights, with their time});
line('A066', $later, q{SELECT string_agg(round(committed / 1e9)::text, ',' ORDER BY committed) FROM investment_exposure_group WHERE investor_id = 'MSFT' AND exposure_class = 'future_revenue' AND as_at = '2025-11-30'}, '30,250', q{Azure's 250 and 30 are Microsoft's});
line('A067', $later, q{SELECT string_agg(round(effective_number, 2)::text, ' ' ORDER BY as_at) FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at IN ('2025-03-31', '2025-11-30')}, '1.00 2.41', 'from one provider to 2.41');
line('A069', $later, q{SELECT round(total / 1e9, 1), top_customer_id, round(top_share, 2) FROM customer_concentration WHERE supplier_id = 'CRWV' AND as_at = '2025-11-30'}, '22.4|OAIF|1.00', q{CoreWeave's contracts with OpenAI});

# Sources, statements, status
line('A003 A031', $now, q{SELECT count(*) FILTER (WHERE amount_low = 350e9), count(*) FILTER (WHERE amount_low = 350e9 AND is_confirmed) FROM exposure_evidence WHERE fact_kind = 'valuation'}, '1|0', 'what is talked of is not confirmed');
line('A030 A031', '2025-10-31', q{SELECT round(committed / 1e9, 1), round(drawn / 1e9, 1), round(undrawn / 1e9, 1) FROM investment_exposure WHERE investor_id = 'AMZN' AND counterparty_id = 'ANTH' AND exposure_class = 'funded_asset' AND as_at = '2025-09-30'}, '8.0|6.6|1.4', 'of 8 bn, 6.6 are drawn');
line('A031', $now, q{SELECT string_agg(party_id || ' ' || total, ', ' ORDER BY party_id), (SELECT count(*) FROM exposure_evidence WHERE counterparty_id = 'ANTH' AND legal_status = 'early_talks' AND is_confirmed),
	(SELECT count(*) FROM exposure_evidence WHERE counterparty_id = 'ANTH' AND legal_status = 'early_talks' AND NOT is_confirmed) FROM (
	SELECT e.party_id, round(sum(e.amount) / 1e9, 1) AS total FROM exposure_evidence e JOIN holding_event_known h ON h.event_id = e.subject_id
	WHERE e.party_id = 'AMZN' AND e.counterparty_id = 'ANTH' AND e.is_confirmed AND e.fact_kind = 'holding_event' AND h.kind = 'commit' GROUP BY e.party_id) c}, 'AMZN 8.0|0|1', q{and confirmed; Google's talks are not});
line('A011', $now, q{SELECT expected, committed, unknown_count FROM investment_exposure WHERE investor_id = 'GOOG' AND counterparty_id = 'ANTH' AND legal_status = 'early_talks' AND as_at = '2025-11-05'}, '(null)|(null)|1', 'an unknown amount is unknown, and counted');
line('A012', $now, q{SELECT string_agg(valuation_id || ' ' || round(stated_share_value_low / 1e9, 2) || ' ' || coalesce(round(stated_share_value_high / 1e9, 2)::text, 'open'), ', ' ORDER BY valued_on) FROM stake_value WHERE owner_id = 'GOOG' AND owned_id = 'ANTH' AND valuation_id IN ('anth-series-f', 'anth-talked')},
	'anth-series-f 25.62 25.62, anth-talked 49.00 open', '14 % of more than 350 bn are 49 at least; of 183 bn, 25.62');
line('A013', $now, q{SELECT citations, round(amount_low / 1e9), amount_high FROM stated_fact WHERE subject_id = 'ANTH' AND predicate = 'valuation'}, '2|350|(null)', 'two sentences, one fact');
line('A014', $now, q{SELECT string_agg(status || ' ' || days_least, ', ' ORDER BY happened_from) FROM status_history WHERE subject_id = 'aws-anth' AND aspect = 'delivery_stage'}, 'ordered 765, usable 7', 'statuses with their time');
line('A016', $now, q{SELECT date '2025-11-05' - d.signed_on FROM deal_known d WHERE d.deal_id = 'gcp-anth-tpu'}, '13', 'a few weeks are 13 days');
line('A022 A044 A046 A070', $now, q{SELECT string_agg(speaker || ' ' || is_interested, ', ' ORDER BY speaker), string_agg(words, ' / ' ORDER BY speaker) FROM public_statement WHERE speaker IS NOT NULL}, 'Greg Brockman true, Matt Garman true, Mike Krieger true, Thomas Kurian true|' .
	'mehr Sorgen darüber, dass wir an zu wenig Rechenleistung scheitern / kein zukünftiges Projekt / Diese Deals klingen auf dem Papier alle großartig / das gute Preis-Leistungs-Verhältnis', 'who speaks for himself is marked, and what he said is kept');
line('A045', $now, q{SELECT p.words, s.source_id FROM public_statement p JOIN status_history s ON s.subject = 'site' AND s.subject_id = p.subject_id AND s.status = 'live' WHERE p.statement_id = 'rainier-live'}, 'kein zukünftiges Projekt|aws_rainier', 'live, with its evidence');
line('A055', $now, q{SELECT count(*) FILTER (WHERE is_anonymous) > 0, count(*) FILTER (WHERE NOT is_anonymous) > 0 FROM public_statement}, 't|t', 'who has no name can be left out');
line('A077', $now, q{SELECT words, language FROM public_statement WHERE statement_id = 'defective'}, 'Dies Die potenzielle ...|de', 'word for word, defects too');
line('A076', $now, q{SELECT (parse_amount('könnte 2 Milliarden', 'de')).modality, (SELECT count(*) FROM stated_fact WHERE is_confirmed AND modality <> 'actual')}, 'conditional|0', 'could is never actual');
line('A075', $now, q{SELECT (parse_amount('38 Milliarden', 'de')).amount, (parse_amount('1 Billion', 'de')).amount}, '38000000000|1000000000000', 'a German Billion is a million millions');
line('A037', $now, q{SELECT (parse_amount('derzeit über 500.000', 'de')).amount_low, (SELECT round(amount_low) FROM stated_fact WHERE subject_id = 'rainier' AND predicate = 'chips_in_service' AND qualifier = 'more_than')}, '500000|500000', 'a German thousand is no decimal');
line('A015', $now, q{SELECT sum(p.amount_low) / 1e9, sum(p.amount_high) / 1e9 FROM (VALUES ('mehrere zehn Milliarden'), ('38 Milliarden')) v (w), parse_amount(v.w, 'de') p}, '58.0000000000000000|137.0000000000000000', 'several tens and 38 are between 58 and 137');
line('A015', $later, q{SELECT sum(committed_low) / 1e9 = 58, sum(committed_high) / 1e9 = 137 FROM investment_exposure WHERE (investor_id, counterparty_id) IN (('ANTH', 'GCP'), ('OAI', 'AWS')) AND exposure_class = 'purchase_obligation' AND as_at = '2025-11-30'}, 't|t', 'in the ledger too');
line('A052', $now, q{SELECT round(max(f.amount_low) / 1e9), round(max(f.amount_high) / 1e9), round((max(f.amount_low) + sum(i.committed_low)) / 1e9), round((max(f.amount_high) + sum(i.committed_high)) / 1e9) FROM stated_fact f, investment_exposure i
	WHERE f.subject = 'market' AND f.predicate = 'capital_expenditure' AND (i.investor_id, i.counterparty_id) IN (('ANTH', 'GCP'), ('OAI', 'AWS')) AND i.exposure_class = 'purchase_obligation' AND i.as_at = '2025-11-05'}, '200|999|258|1136', 'several hundred billions, and in a sum with bounds');
line('A058', $now, q{SELECT (parse_amount('2-Gigawatt', 'de')).amount * 1000 = (parse_amount('2000 MW', 'de')).amount, (SELECT round(planned) FROM capacity_pipeline WHERE site_id = 'hyperion' AND metric = 'gigawatts')}, 't|2', 'two gigawatts');

# Capacity, campuses
line('A007 A033 A036', $now, q{SELECT tenant_id, is_single_tenant, phase, round(value_at_risk / 1e9, 1) FROM campus_capex WHERE site_id = 'rainier'}, 'ANTH|t|live|6.6', 'Rainier, its only tenant and what is at risk');
line('A033', $later, q{SELECT string_agg(status || ' ' || happened_from || ' ' || days_least, ', ' ORDER BY happened_from) FROM status_history WHERE subject = 'site' AND subject_id = 'rainier' AND aspect = 'phase'}, 'construction 2024-09-01 394, live 2025-10-29 32', 'its phases, with their time');
line('A036', $now, q{SELECT value_at_risk = announced_capex * (1 - recovery_rate), round(recovery_rate, 1) FROM campus_capex WHERE site_id = 'rainier'}, 't|0.4', 'capex x (1 - recovery) is at risk');
line('A017 A018 A047', $now, q{SELECT round(paper), round(contracted), round(delivered), round(usable), round(real_ratio, 2), (SELECT round(committed_low / 1e9) || '-' || round(committed_high / 1e9) FROM investment_exposure WHERE investor_id = 'ANTH' AND counterparty_id = 'GCP' AND exposure_class = 'purchase_obligation' AND as_at = '2025-11-05')
	FROM capacity_ladder WHERE deal_id = 'gcp-anth-tpu' AND metric = 'chips'}, '1000000|1000000|0|0|0.00|20-99', 'a million on paper, none that is real yet');
line('A018', $now, q{SELECT string_agg(qualifier, ', ' ORDER BY qualifier) FROM stated_fact WHERE subject_id = 'gcp-anth-tpu' AND predicate = 'chips_contracted'}, 'exactly, up_to', 'a million, and up to a million: both kept');
line('A019', '2025-12-31', q{SELECT string_agg(supplier_id || ' ' || low || '-' || high, ', ' ORDER BY supplier_id) FROM (SELECT d.supplier_id, round(sum(d.amount_low) / 1e9) AS low, round(sum(d.amount_high) / 1e9) AS high
	FROM deal_exposure d JOIN deal_known k USING (deal_id) JOIN chip_model_known m ON m.chip_model_id = k.chip_model_id WHERE d.customer_id = 'ANTH' AND m.name ILIKE '%TPU%' AND d.as_at = '2025-12-31' GROUP BY d.supplier_id) s}, 'AVGO 21-21, GCP 20-99', q{Anthropic's exposure to TPUs includes Broadcom's 21});
line('A020', $now, q{SELECT contract_value_per_chip FROM capacity_pipeline WHERE deal_id = 'gcp-anth-tpu' AND metric = 'chips'}, '(null)', 'no price, no ratio');
line('A023', $later, q{SELECT string_agg(as_at || ' ' || deal_count, ', ' ORDER BY as_at) FROM provider_concentration WHERE lab_id = 'ANTH' AND scope = 'compute' AND measure = 'contract_value' AND as_at IN ('2024-12-31', '2025-10-31', '2025-11-30') AND currency = 'USD'}, '2024-12-31 1, 2025-10-31 2, 2025-11-30 3', q{Anthropic's clouds over time});
line('A023', '2025-12-31', q{SELECT string_agg(as_at || ' ' || share, ', ' ORDER BY as_at) FROM (SELECT d.as_at, round(sum(d.amount) FILTER (WHERE k.chip_model_id = 'TPU7X') / sum(d.amount), 4) AS share FROM deal_exposure d JOIN deal_known k USING (deal_id)
	WHERE d.customer_id = 'ANTH' AND d.contained_in IS NULL AND d.as_at IN ('2025-09-30', '2025-11-30', '2025-12-31') GROUP BY d.as_at) s}, '2025-09-30 1.0000, 2025-11-30 0.2500, 2025-12-31 0.4118', 'the share of TPUs in what is known in money, over time');
line('A028', $later, q{SELECT string_agg(concat_ws(' ', p.lab_id, round(p.total / 1e9, 1), round(p.hhi), NOT EXISTS (SELECT FROM provider_concentration o WHERE o.measure = p.measure AND o.scope = p.scope AND o.as_at = p.as_at AND o.lab_id IN ('OAI', 'ANTH')
		AND o.total >= p.total AND o.hhi <= p.hhi AND (o.total > p.total OR o.hhi < p.hhi))), ', ' ORDER BY p.total DESC) FROM provider_concentration p WHERE p.measure = 'contract_value' AND p.scope = 'compute' AND p.as_at = '2025-11-30' AND p.lab_id IN ('OAI', 'ANTH')},
	'OAI 610.4 4145 t, ANTH 30.0 10000 f', 'capacity against concentration: two portfolios, and who is on the frontier');
line('A034', $now, q{SELECT round(capex_per_chip_in_service), round(capex_per_chip_forecast), round(capex_per_watt_planned, 1) FROM campus_capex WHERE site_id = 'rainier'}, '22000|11000|5.0', 'three unit costs');
line('A035 A073', $now, q{SELECT sites, round(announced_capex / 1e9) FROM campus_capex_region WHERE region = 'Indiana'}, '1|11', 'by region');
line('A038', $now, q{SELECT string_agg(qualifier || ' ' || conflicting, ', ' ORDER BY qualifier) FROM stated_fact WHERE subject_id = 'rainier' AND predicate = 'chips_in_service'}, 'more_than true, nearly true', 'both, and the conflict');
line('A039', $later, q{SELECT round(ramp_quantity, 2), round(ramp_per_day, 1) FROM capacity_forecast WHERE capacity_id = 'rainier-chips-end-2025'}, '753968.25|7936.5', 'half way to a million');
line('A040', $now, q{SELECT build_days, round(build_days / 30.4375) FROM campus_capex WHERE site_id = 'rainier'}, '423|14', 'built in fourteen months');
line('A041', $later, q{SELECT string_agg(round(m.contracted) || ' ' || m.chip_model_id, ', ' ORDER BY m.chip_model_id), round(sum(m.contracted * m.contracted) / sum(m.contracted) ^ 2, 4) FROM (
	SELECT l.chip_model_id, sum(l.contracted) AS contracted FROM capacity_ladder l JOIN deal_known d USING (deal_id) WHERE d.customer_id = 'ANTH' AND l.metric = 'chips' AND l.contracted > 0 GROUP BY l.chip_model_id) m}, '1000000 TPU7X, 500000 TRN2|0.5556', 'HHI by type of chip');
line('A043', $now, q{SELECT round(usable / nullif(contracted, 0), 2) FROM capacity_ladder WHERE site_id = 'rainier' AND deal_id = 'aws-anth' AND metric = 'chips'}, '1.00', 'available now of what is contracted');
line('A056', $later, q{SELECT (SELECT round(committed_high / 1e9) FROM investment_exposure WHERE investor_id = 'OAI' AND counterparty_id = 'SG' AND exposure_class = 'programme' AND as_at = '2025-11-30'),
	(SELECT round(sum(committed) / 1e9) FROM investment_exposure WHERE counterparty_id = 'SG' AND measurement = 'cost' AND as_at = '2025-11-30')}, '500|50', 'Stargate: up to 500 announced, 50 of equity committed');
line('A057', $later, q{SELECT (SELECT round(share, 2) FROM ownership_look_through WHERE owner_id = 'META' AND owned_id = 'HYPJV'), (SELECT unknown_count FROM investment_exposure WHERE investor_id = 'META' AND counterparty_id = 'HYPJV' AND exposure_class = 'guarantee' AND as_at = '2025-11-30'),
	(SELECT count(DISTINCT deal_id) FROM leases_not_commenced WHERE lessee_id = 'META' AND as_at = '2025-11-30')}, '0.20|1|1', 'Hyperion: a fifth owned, a guarantee of unknown amount, a lease that has not begun');
line('A059', $later, q{SELECT phase, round(announced_capex / 1e9) FROM campus_capex WHERE site_id = 'west-memphis'}, 'construction|4', 'Arkansas is under construction');

# Commitments
line('A006', $later, q{SELECT round(weighted_remaining_years, 2) FROM provider_backlog WHERE grouping_level = 'group' AND provider_id = 'ORCL' AND as_at = '2025-11-30'}, '6.08', q{the weighted term of Oracle's backlog});
line('A064', '2025-12-31', q{SELECT string_agg(bucket || ' ' || round(amount / 1e9, 6), ', ' ORDER BY bucket_number) FROM purchase_obligations WHERE deal_id = 'aws-oai' AND as_at = '2025-12-31' AND layout = 'years_ahead'},
	'<1y 5.428571, 1-3y 10.857143, 3-5y 10.857143, >5y 9.979648', '38 bn over seven years, by year');
line('A064', '2025-12-31', q{SELECT round(consumed / 1e9, 6), round(remaining / 1e9, 6) FROM contract_remaining WHERE deal_id = 'aws-oai' AND as_at = '2025-12-31'}, '0.877495|37.122505', 'and what is left of it');
line('A064', '2025-12-31', q{SELECT round((o.amount + r.consumed) / 1e9, 6), (SELECT bool_and(p.amount = o.amount) AND count(*) = 4 FROM purchase_obligations o JOIN remaining_performance_obligations p USING (deal_id, as_at, layout, basis, bucket) WHERE o.deal_id = 'aws-oai' AND o.as_at = '2025-12-31' AND o.layout = 'years_ahead' AND o.basis = 'us_gaap')
	FROM purchase_obligations o JOIN contract_remaining r USING (deal_id, as_at) WHERE o.deal_id = 'aws-oai' AND o.as_at = '2025-12-31' AND o.layout = 'years_ahead' AND o.basis = 'us_gaap' AND o.bucket = '>5y'}, '10.857143|t', q{on the first day the last bucket was 10.857143; what OpenAI owes is what AWS has to deliver});
line('A049', $later, q{SELECT string_agg(provider_id || ' ' || round(lock_in_index, 3), ', ' ORDER BY lock_in_index DESC) FROM provider_lock_in WHERE lab_id = 'OAIF' AND lock_in_index IS NOT NULL}, 'ORCL 0.214, MSFT 0.179, AMZN 0.027, CRWV 0.008', 'what is bound of what is planned');
line('A050', $later, q{SELECT round(1 - top_share, 4) FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2025-11-30'}, '0.5085', 'what the second and later sources have');
line('A079', $now, q{SELECT round(committed / 1e9, 2) FROM investment_exposure WHERE investor_id = 'AMZN' AND counterparty_id = 'ANTH' AND exposure_class = 'funded_asset' AND as_at = '2025-10-31'}, '8.00', 'as it was known in November');
line('A079', '2026-05-01', q{SELECT round(hhi, 2), round(effective_number, 4) FROM provider_concentration WHERE lab_id = 'OAI' AND scope = 'cloud' AND measure = 'contract_value' AND as_at = '2026-05-01'}, '4015.26|2.4905', 'another answer since');
for my $known ([ $later, '1' ], [ '2026-05-01', '0' ])
{
	line('A079', $known->[0], q{SELECT count(*) FROM investment_exposure WHERE investor_id = 'GOOG' AND counterparty_id = 'ANTH' AND legal_status = 'early_talks' AND as_at = '2025-11-30'}, $known->[1], "and of one day, as it was known on $known->[0]");
}

# Circles, regret
line('A024', $now, q{SELECT count(*) FROM circular_flow WHERE grouping_level = 'party' AND parties = 'ANTH > MSFT'}, '0', 'no circle while one side is missing');
line('A024', $later, q{SELECT round(max(amount) / 1e9) FROM circular_flow WHERE grouping_level = 'party' AND parties = 'ANTH > MSFT'}, '5', 'a circle as soon as both are there');
line('A024', $later, q{SELECT round(round_trip / 1e9), round(share_of_paid, 4), round(share_of_received, 4) FROM round_trip_flow WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most' AND party_id = 'ANTH' AND counterparty_id = 'MSFT'}, '5|0.1667|1.0000', 'and how much of it comes back');
line('A078', $later, q{SELECT string_agg(round(amount / 1e9)::text, ' ' ORDER BY amount DESC), (SELECT round(circulation_edge_sum / 1e9) - 2 * 2 FROM circular_total WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most' AND currency = 'USD')
	FROM circular_flow WHERE grouping_level = 'party' AND scope = 'stated' AND bound = 'most' AND parties NOT LIKE '%XSPV%'}, '40 13 10 5|156', q{four circles, and 156 that circulate (beside Nvidia's 2 for the vehicle that buys its chips)});
line('A008', $later, q{SELECT count(*) > 0, bool_and(abs(d.hhi_delta - 20000 * d.share * d.other_share) < 1e-9), bool_and(abs(d.hhi_after - d.hhi_delta - c.hhi) < 1e-9), bool_and(abs(d.hhi_after - 10000 * (SELECT sum(m.share * m.share) FROM (
		SELECT sum(s.share) AS share FROM sector_share s WHERE s.currency = d.currency GROUP BY CASE WHEN s.owner_group_id IN (d.owner_id, d.other_id) THEN 'both' ELSE s.owner_group_id END) m)) < 1e-9) FROM owner_concentration_deal d JOIN owner_concentration c USING (currency)}, 't|t|t|t', 'two that merge add twice the product of their shares, as counting them as one does');
line('A032', '2025-10-31', q{SELECT string_agg(concat_ws(' ', as_at, round(drawn / 1e9, 1), coalesce(round(raised / 1e9, 1)::text, '?'), coalesce(round(share, 4)::text, '?'), round(share_high, 4)), ', ' ORDER BY as_at) FROM funding_share WHERE investee_id = 'ANTH' AND investor_id = 'AMZN' AND as_at IN ('2024-12-31', '2025-10-31')},
	'2024-12-31 5.3 7.3 0.7260 0.7260, 2025-10-31 6.6 ? ? 0.2773', q{Amazon's part of all that Anthropic raised, by date: 5.3 of 7.3, then 6.6 of 23.8 at least});
line('A004 A061', '2025-10-31', q{SELECT round(capex / 1e9, 1), round(capex_to_revenue, 4) FROM capex_ratio WHERE party_id = 'AMZN' AND period_to = '2025-09-30'}, '34.2|0.1898', 'capital expenditure over revenue');
line('A053', $now, q{SELECT string_agg(concat_ws(' ', action, rival_action, round(payoff), is_nash, round(price_of_fear)), ', ' ORDER BY payoff DESC) FROM arms_race WHERE decision_id = 'arms-race'}, 'build wait 5 f, wait wait 3 f 0, build build 1 t 2, wait build 0 f', 'T > R > P > S: both build, for fear, and each has two less');
line('A054 A048 A071', $now, q{SELECT round(best_quantity, 4), best_quantity > mean_demand, round(shortage), round(critical_ratio, 2), round(cost_of_best, 4), round(cost_of_mean, 4) FROM overbuild_quantity}, '138.4465|t|20|0.90|52.6495|119.6827', 'too little is feared more than too much');
line('A074', $now, q{SELECT string_agg(action || ' ' || round(max_regret) || CASE WHEN is_minimax_regret THEN ' least' ELSE '' END, ', ' ORDER BY max_regret) FROM overbuild_regret WHERE decision_id = 'campus'}, 'medium 60 least, large 80, small 100', 'what is regretted least');

# Land that becomes a campus is an entry like any other.
$node->safe_psql('one', q{SELECT chipbook.open_load('books', 'accounts of land', 'illustrative') AS load \gset
	INSERT INTO books.account (account_id, name, kind) VALUES ('A042-land', 'Land', 'asset'), ('A042-site', 'Site improvements', 'asset');
	SELECT chipbook.publish_load('books', :load);
	SELECT chipbook.post_entry('books', 'main', 'us_gaap', ARRAY[chipbook.posting_line('A042-site', '5 USD'), chipbook.posting_line('A042-land', '-5 USD')], 'farmland becomes a campus', posting_date => '2026-06-30')});
line('A042', 'now', q{SELECT string_agg(account_id || ' ' || round(amount(amount)), ', ' ORDER BY account_id) FROM books.journal_line WHERE account_id LIKE 'A042%'}, 'A042-land -5, A042-site 5', 'cornfields reclassified');

# What suppliers report of what is left to be delivered: Oracle 455 bn at 2025-08-31, Microsoft 625 bn at
# 2025-12-31, 45 % of it OpenAI's, CoreWeave 55.6 bn at 2025-09-30 (their quarterly reports); and Amazon's
# commitments at 2025-09-30 in USD m, cell by cell (10-Q, note 4).
my @amazon = map { my ($line, @cells) = @$_; map { "('amzn $line $_', 'AMZN', 'commitments', '2025-09-30', '$line', " . ($line eq 'Total' ? 'true' : 'false') . ", '" . ($_ < 5 ? 2025 + $_ : $_ == 5 ? 'Thereafter' : 'Total') . "', " . ($_ == 6 ? 'true' : 'false') .
			", " . ($_ == 6 ? 'NULL' : $_ == 0 ? "'2025-10-01'" : "'" . (2025 + $_) . "-01-01'") . ", " . ($_ > 4 ? 'NULL' : "'" . (2026 + $_) . "-01-01'") . ", 'USD', '$cells[$_]000000 USD')" } 0 .. 6 } (
	[ 'Long-term debt', 1914, 4518, 10548, 3688, 4388, 57813, 82869 ], [ 'Operating leases', 4347, 13414, 12434, 11312, 10207, 51311, 103025 ], [ 'Finance leases', 458, 1665, 1524, 1521, 1187, 7697, 14052 ],
	[ 'Financing obligations', 91, 532, 540, 548, 557, 6556, 8824 ], [ 'Leases not yet commenced', 996, 4856, 5868, 5089, 4995, 53217, 75021 ], [ 'Unconditional purchase obligations', 5897, 14864, 8697, 6288, 5722, 31465, 72933 ],
	[ 'Other', 1259, 2292, 1330, 1079, 1005, 12313, 19278 ], [ 'Total', 14962, 42141, 40941, 29525, 28061, 220372, 376002 ]);
$node->safe_psql('one', q{SELECT chipbook.open_load('books', 'reported obligations', 'general') AS load \gset
	INSERT INTO books.obligation_disclosure (disclosure_id, party_id, kind, as_at, line, counterparty_id, currency, amount, share, known_on) VALUES
		('orcl', 'ORCL', 'remaining_performance_obligation', '2025-08-31', 'RPO', NULL, 'USD', '455000000000 USD', NULL, '2025-09-10'),
		('msft', 'MSFT', 'remaining_performance_obligation', '2025-12-31', 'commercial RPO', NULL, 'USD', '625000000000 USD', NULL, '2026-01-28'),
		('msft-oai', 'MSFT', 'remaining_performance_obligation', '2025-12-31', 'commercial RPO', 'OAI', 'USD', NULL, 0.45, '2026-01-28'),
		('crwv', 'CRWV', 'backlog', '2025-09-30', 'revenue backlog', NULL, 'USD', '55600000000 USD', NULL, '2025-11-10');
	SELECT chipbook.publish_load('books', :load)});
$node->safe_psql('one', q{SELECT chipbook.open_load('books', 'reported commitments', 'general') AS load \gset
	INSERT INTO books.obligation_disclosure (disclosure_id, party_id, kind, as_at, line, is_total_line, bucket, is_total_bucket, bucket_from, bucket_to, currency, amount) VALUES } . join(', ', @amazon) . q{;
	SELECT chipbook.publish_load('books', :load)});
# Assumed figures, to compare with: a second company, a year before, cash from operations; and two more price lists.
$node->safe_psql('one', q{SELECT chipbook.open_load('books', 'assumed', 'illustrative') AS load \gset
	INSERT INTO books.party_figure (figure_id, party_id, measure, period_from, period_to, currency, amount) VALUES
		('A004-1', 'AMZN', 'capital_expenditure', '2024-07-01', '2024-09-30', 'USD', '22800000000 USD'), ('A004-2', 'MSFT', 'capital_expenditure', '2025-07-01', '2025-09-30', 'USD', '17100000000 USD'),
		('A004-3', 'MSFT', 'capital_expenditure', '2024-07-01', '2024-09-30', 'USD', '22800000000 USD'), ('A061', 'AMZN', 'operating_cash_flow', '2025-07-01', '2025-09-30', 'USD', '36000000000 USD');
	INSERT INTO books.rate_card (rate_card_id, provider_id, chip_model_id, pricing, rate, valid_from) VALUES
		('A050-1', 'AWS', 'GB200', 'on_demand', '10 USD', '2025-01-01'), ('A050-2', 'CRWV', 'GB200', 'on_demand', '8 USD', '2025-01-01'), ('A050-3', 'ORCL', 'GB200', 'on_demand', '16 USD', '2025-01-01');
	SELECT chipbook.publish_load('books', :load)});
line('A004', 'now', q{SELECT string_agg(concat_ws(' ', party_id, round(capex / 1e9, 1), round(growth, 2), round(share_of_known, 4), known_rank), ', ' ORDER BY known_rank) FROM capex_ratio WHERE period_to = '2025-09-30' AND modality = 'actual'}, 'AMZN 34.2 0.50 0.6667 1, MSFT 17.1 -0.25 0.3333 2', 'growth, share and rank in a quarter');
line('A061', 'now', q{SELECT round(capex_to_operating_cash_flow, 2) FROM capex_ratio WHERE party_id = 'AMZN' AND period_to = '2025-09-30'}, '0.95', 'capital expenditure over cash from operations');
line('A050', 'now', q{SELECT chip_model_id, count(*), round(max(amount(rate)) - min(amount(rate))), round(max(amount(rate)) / min(amount(rate)), 2), (array_agg(provider_id ORDER BY rate))[1] FROM rate_card_known WHERE rate_card_id LIKE 'A050%' GROUP BY chip_model_id}, 'GB200|3|8|2.00|CRWV', 'the spread of prices between suppliers');
line('A069', 'now', q{SELECT customer_id, round(from_deals_high / 1e9, 1), round(reported_total / 1e9, 1), round(share_high, 4) FROM backlog_by_customer WHERE party_id = 'CRWV' AND kind = 'backlog' AND line = 'revenue backlog' AND customer_id LIKE 'OAI%'}, 'OAIF|22.4|55.6|0.4029', q{of CoreWeave's backlog of 55.6});
line('A072', 'now', q{SELECT count(*), bool_and(ties), (SELECT round(stated / 1e6) || ' ' || round(added_up / 1e6) FROM disclosure_tie_out WHERE party_id = 'AMZN' AND as_at = '2025-09-30' AND axis = 'line' AND subject = 'Total') FROM disclosure_tie_out WHERE party_id = 'AMZN' AND as_at = '2025-09-30'}, '15|t|376002 376002', q{Amazon's table: 8 rows and 7 columns tie});
line('A051', 'now', q{SELECT round(reported_amount / 1e9, 2), round(reported_share, 2) FROM backlog_by_customer WHERE party_id = 'MSFT' AND reported_share IS NOT NULL}, '281.25|0.45', '45 % of 625');
line('A068', 'now', q{SELECT round(share_high, 3), round(reported_total / 1e9) FROM backlog_by_customer WHERE party_id = 'ORCL' AND customer_id LIKE 'OAI%'}, '0.659|455', '300 of 455 at most');

is(join(' ', grep { !$answered{$_} } map { sprintf 'A%03d', $_ } 1 .. 79), '', 'every line is answered');
done_testing();
