/*
 * report_tables.c
 *		What the report asks, what it is called, and what there is to see in it.
 *
 * Every statement can be run as it stands beside its table on the page, where :period and its kin
 * are literals. All of them read published views, so a reader of the ledger is enough.
 */
#include <string.h>

#include "report.h"

/* Statements and tables keep the lines that they are read by. */
/* clang-format off */

const ReportSection report_sections[] = {
	{"hour", {"What a chip-hour costs", "Was eine Chipstunde kostet"},
	 {"What the chips are worth on the books, what they are charged, and what an hour of them comes to, owned or rented.",
	  "Was die Chips in den Büchern wert sind, was abgeschrieben wird und was eine Stunde kostet, im eigenen Haus oder gemietet."}},
	{"spend", {"Where each dollar went", "Wohin das Geld ging"},
	 {"Every cost is in exactly one of five parts, and the parts add up to it to the last digit.",
	  "Alle Kosten stehen in genau einem von fünf Teilen, und die Teile ergeben sie bis auf die letzte Stelle."}},
	{"commitments", {"What is promised to be bought", "Was zu kaufen zugesagt ist"},
	 {"Commitments as they are used up, what lapses of them, and what contracts oblige to pay in the years to come.",
	  "Wie Zusagen verbraucht werden, was davon verfällt, und was Verträge in den nächsten Jahren zu zahlen verpflichten."}},
	{"exposure", {"Who is exposed to whom", "Wer von wem abhängt"},
	 {"Money between groups under binding agreements, what of it comes back to where it came from, and how concentrated suppliers are.",
	  "Geld zwischen Gruppen aus bindenden Vereinbarungen, was davon zurückfließt, und wie sehr Lieferanten konzentriert sind."}},
	{"capacity", {"Capacity on paper and in use", "Kapazität auf dem Papier und in Betrieb"},
	 {"How far announced capacity has come: contracted, delivered, usable.",
	  "Wie weit angekündigte Kapazität gekommen ist: vertraglich zugesagt, geliefert, nutzbar."}},
	{"quality", {"What the figures rest on", "Worauf die Zahlen beruhen"},
	 {"Whether the books add up, and what is missing or contradictory in them. No figure above is changed by it in silence.",
	  "Ob die Bücher aufgehen und was in ihnen fehlt oder sich widerspricht. Keine Zahl oben wird davon stillschweigend verändert."}},
	{NULL, {NULL, NULL}, {NULL, NULL}}};

const ReportTable report_tables[] = {
	/* The figures that the summary speaks of. */
	{"summary", NULL, {"Summary", "Zusammenfassung"}, {NULL, NULL}, NULL,
	 "utilisation_weighted_spend, circular_total, provider_concentration",
	 "figure",
	 "WITH spend AS (\n"
	 "    SELECT sum(total_cost) AS total_cost, sum(productive_cost) AS productive_cost,\n"
	 "           sum(allocated_idle_cost) AS allocated_idle_cost, sum(unallocated_cost) AS unallocated_cost,\n"
	 "           sum(unavailable_cost) AS unavailable_cost, sum(unmetered_cost) AS unmetered_cost,\n"
	 "           sum(installed_chip_hours) AS installed, sum(used_chip_hours) AS used,\n"
	 "           sum(total_cost) FILTER (WHERE ownership = 'owned') AS owned_cost,\n"
	 "           sum(used_chip_hours) FILTER (WHERE ownership = 'owned') AS owned_used,\n"
	 "           sum(total_cost) FILTER (WHERE ownership = 'rented') AS rented_cost,\n"
	 "           sum(used_chip_hours) FILTER (WHERE ownership = 'rented') AS rented_used\n"
	 "    FROM utilisation_weighted_spend\n"
	 "    WHERE period_month = :period AND currency = :reporting AND pool_id IS NOT NULL),\n"
	 "flow AS (\n"
	 "    SELECT total, circulation_edge_sum FROM circular_total\n"
	 "    WHERE grouping_level = 'group' AND scope = 'binding' AND bound = 'least' AND currency = :reporting),\n"
	 "dependence AS (\n"
	 "    SELECT lab_id, top_provider_id, top_share, total FROM provider_concentration\n"
	 "    WHERE scope = 'compute' AND measure = 'contract_value' AND currency = :reporting AND top_share IS NOT NULL\n"
	 "      AND as_at < :period + interval '1 month'\n"
	 "    ORDER BY as_at DESC, total DESC, lab_id LIMIT 1)\n"
	 "SELECT f.figure, f.kind, round(f.value, 15)::text AS value,\n"
	 "       CASE f.kind WHEN 'money' THEN format_monetary(monetary(f.value::numeric, :reporting), :locale, 0)\n"
	 "                   WHEN 'rate' THEN format_monetary(monetary(f.value::numeric, :reporting), :locale, 4) END AS shown\n"
	 "FROM spend, LATERAL (VALUES\n"
	 "    ('cost_per_installed_chip_hour', 'rate', total_cost / nullif(installed, 0)),\n"
	 "    ('cost_per_used_chip_hour', 'rate', total_cost / nullif(used, 0)),\n"
	 "    ('owned_cost_per_used_chip_hour', 'rate', owned_cost / nullif(owned_used, 0)),\n"
	 "    ('rented_cost_per_used_chip_hour', 'rate', rented_cost / nullif(rented_used, 0)),\n"
	 "    ('total_cost', 'money', total_cost),\n"
	 "    ('productive_share', 'share', productive_cost / nullif(total_cost, 0)),\n"
	 "    ('allocated_idle_share', 'share', allocated_idle_cost / nullif(total_cost, 0)),\n"
	 "    ('unallocated_share', 'share', unallocated_cost / nullif(total_cost, 0)),\n"
	 "    ('unavailable_share', 'share', unavailable_cost / nullif(total_cost, 0)),\n"
	 "    ('unmetered_share', 'share', unmetered_cost / nullif(total_cost, 0))) f (figure, kind, value)\n"
	 "UNION ALL\n"
	 "SELECT f.figure, f.kind, round(f.value, 15)::text,\n"
	 "       CASE f.kind WHEN 'money' THEN format_monetary(monetary(f.value::numeric, :reporting), :locale, 0) END\n"
	 "FROM flow, LATERAL (VALUES\n"
	 "    ('flows', 'money', total),\n"
	 "    ('circulating', 'money', circulation_edge_sum),\n"
	 "    ('circulating_share', 'share', circulation_edge_sum / nullif(total, 0))) f (figure, kind, value)\n"
	 "UNION ALL\n"
	 "SELECT f.figure, f.kind, f.value, NULL\n"
	 "FROM dependence, LATERAL (VALUES\n"
	 "    ('largest_buyer', 'party', lab_id),\n"
	 "    ('top_provider', 'party', top_provider_id),\n"
	 "    ('top_share', 'share', top_share::text)) f (figure, kind, value)"},

	/* What a chip-hour costs */
	{"book_value", "hour", {"Book value and charge by company", "Buchwert und Abschreibung nach Unternehmen"},
	 {"Book value at each month's end, and what the month was charged, in the twelve months to the period.",
	  "Buchwert am Monatsende und Abschreibung des Monats, in den zwölf Monaten bis zum Berichtsmonat."},
	 "book_value", "chip_book_value", "period_month, entity_id, currency",
	 "SELECT period_month, entity_id, currency, sum(book_value) AS book_value, sum(charge) AS charge, count(*) AS assets\n"
	 "FROM chip_book_value\n"
	 "WHERE period_month > :period - interval '12 months' AND period_month <= :period\n"
	 "GROUP BY period_month, entity_id, currency\n"
	 "ORDER BY period_month, currency, entity_id"},

	{"chip_hour", "hour", {"A chip-hour in the period", "Eine Chipstunde im Berichtsmonat"},
	 {"One cost over four counts of hours. What a used hour costs depends on use more than on price.",
	  "Ein und dieselben Kosten, verteilt auf vier Zählungen der Stunden. Was eine genutzte Stunde kostet, hängt mehr von der Nutzung ab als vom Preis."},
	 "chip_hour", "chip_hour_cost", "period_month, entity_id, provider_id, chip_model_id, site_id, ownership, currency",
	 "SELECT provider_id, chip_model_id, ownership, entity_id, site_id, currency, total_cost, used_chip_hours,\n"
	 "       cost_per_installed_chip_hour, cost_per_available_chip_hour, cost_per_allocated_chip_hour, cost_per_used_chip_hour\n"
	 "FROM chip_hour_cost\n"
	 "WHERE period_month = :period\n"
	 "ORDER BY currency, cost_per_used_chip_hour DESC NULLS LAST, provider_id, chip_model_id, entity_id, site_id, ownership"},

	{"owned_rented", "hour", {"A used chip-hour, owned against rented", "Eine genutzte Chipstunde, im Eigentum und gemietet"},
	 {"Cost of an hour that did work, by chip, in the twelve months to the period.",
	  "Kosten einer Stunde, in der gearbeitet wurde, nach Chip, in den zwölf Monaten bis zum Berichtsmonat."},
	 "owned_rented", "provider_comparison", "period_month, chip_model_id, ownership, currency",
	 "SELECT period_month, chip_model_id, ownership, currency, sum(total_cost) AS total_cost, sum(used_chip_hours) AS used_chip_hours,\n"
	 "       round(sum(total_cost) / nullif(sum(used_chip_hours), 0), 15) AS cost_per_used_chip_hour\n"
	 "FROM provider_comparison\n"
	 "WHERE period_month > :period - interval '12 months' AND period_month <= :period AND chip_model_id IS NOT NULL\n"
	 "GROUP BY period_month, chip_model_id, ownership, currency\n"
	 "ORDER BY period_month, currency, chip_model_id, ownership"},

	{"own_or_rent", "hour", {"From which use on owning is cheaper", "Ab welcher Nutzung Eigentum billiger ist"},
	 {"What is owned costs all day: below the use at which both meet, renting on these terms would have been cheaper. What is reserved is paid all day too, and has no such use.",
	  "Was im Eigentum steht, kostet rund um die Uhr: Unterhalb der Nutzung, bei der sich beide treffen, wäre Mieten zu diesem Satz billiger gewesen. Auch Reserviertes wird rund um die Uhr bezahlt und hat keine solche Nutzung."},
	 NULL, "own_or_rent", "period_month, entity_id, chip_model_id, currency, rate_card_id",
	 "SELECT entity_id, chip_model_id, currency, owned_cost_per_chip_hour, rate_card_id, pricing, rate_per_chip_hour,\n"
	 "       break_even_utilisation, utilisation, cheaper, saved_by_owning\n"
	 "FROM own_or_rent\n"
	 "WHERE period_month = :period\n"
	 "ORDER BY currency, chip_model_id, entity_id, rate_per_chip_hour DESC, rate_card_id"},

	/* Where each dollar went */
	{"spend_split", "spend", {"Where the spend of the period went", "Wohin die Kosten des Berichtsmonats gingen"},
	 {"Productive: chips that worked. The rest is idle, in the order in which it could be mended: given to somebody who did not use it, given to nobody, broken or in maintenance, and not metered at all.",
	  "Produktiv: Chips, die gearbeitet haben. Der Rest lag brach, in der Reihenfolge, in der es zu ändern wäre: zugeteilt, aber nicht genutzt, niemandem zugeteilt, defekt oder in Wartung, und gar nicht gemessen."},
	 "spend_split", "utilisation_weighted_spend", "period_month, provider_id, chip_model_id, currency",
	 "SELECT provider_id, chip_model_id, currency, sum(total_cost) AS total_cost, sum(productive_cost) AS productive_cost,\n"
	 "       sum(allocated_idle_cost) AS allocated_idle_cost, sum(unallocated_cost) AS unallocated_cost,\n"
	 "       sum(unavailable_cost) AS unavailable_cost, sum(unmetered_cost) AS unmetered_cost,\n"
	 "       round(sum(used_chip_hours) / nullif(sum(installed_chip_hours), 0), 15) AS utilisation\n"
	 "FROM utilisation_weighted_spend\n"
	 "WHERE period_month = :period\n"
	 "GROUP BY provider_id, chip_model_id, currency\n"
	 "ORDER BY currency, sum(total_cost) DESC, provider_id, chip_model_id"},

	{"spend_month", "spend", {"Where the spend went, month by month", "Wohin die Kosten gingen, Monat für Monat"},
	 {"The same five parts, of all pools and of what is in none, in the twelve months to the period.",
	  "Dieselben fünf Teile für alle Pools und für das, was in keinem ist, in den zwölf Monaten bis zum Berichtsmonat."},
	 "spend_month", "utilisation_weighted_spend", "period_month, currency",
	 "SELECT period_month, currency, sum(total_cost) AS total_cost, sum(productive_cost) AS productive_cost,\n"
	 "       sum(allocated_idle_cost) AS allocated_idle_cost, sum(unallocated_cost) AS unallocated_cost,\n"
	 "       sum(unavailable_cost) AS unavailable_cost, sum(unmetered_cost) AS unmetered_cost\n"
	 "FROM utilisation_weighted_spend\n"
	 "WHERE period_month > :period - interval '12 months' AND period_month <= :period\n"
	 "GROUP BY period_month, currency\n"
	 "ORDER BY period_month, currency"},

	/* What is promised to be bought */
	{"commitments", "commitments", {"Where commitments stand", "Stand der Zusagen"},
	 {"Committed = used + lapsed + remaining. What will be short at the present rate is the projected shortfall.",
	  "Zugesagt = genutzt + verfallen + offen. Was beim jetzigen Tempo am Ende fehlt, ist die erwartete Unterschreitung."},
	 NULL, "commitment_status", "commitment_id",
	 "SELECT commitment_id, provider_id, entity_id, currency, starts_on, ends_on, committed, used, lapsed, remaining,\n"
	 "       projected_shortfall, utilisation, break_even_utilisation\n"
	 "FROM commitment_status\n"
	 "ORDER BY currency, commitment_id"},

	{"commitment_burn_down", "commitments", {"How commitments burn down", "Wie Zusagen verbraucht werden"},
	 {"What was not yet used at the end of each interval, beside an even use to nothing at the end of the term (dashed). A line that stays above is money that will be paid and not used.",
	  "Was am Ende jedes Zeitraums noch nicht genutzt war, neben einer gleichmäßigen Nutzung bis zum Ende der Laufzeit (gestrichelt). Bleibt die Linie darüber, wird gezahlt, was nicht genutzt wird."},
	 "burn_down", "commitment_utilisation", "commitment_id, interval_number",
	 "SELECT u.commitment_id, u.currency, u.interval_number, (u.interval_to AT TIME ZONE 'UTC')::date AS interval_end, u.is_over,\n"
	 "       u.committed_amount, u.used_amount, u.unused_amount, s.committed, s.starts_on, s.ends_on,\n"
	 "       s.committed - sum(u.committed_amount) OVER w AS remaining_if_even,\n"
	 "       CASE WHEN u.is_over THEN s.committed - sum(u.used_amount) OVER w END AS not_yet_used\n"
	 "FROM commitment_utilisation u JOIN commitment_status s ON s.commitment_id = u.commitment_id\n"
	 "WINDOW w AS (PARTITION BY u.commitment_id ORDER BY u.interval_number)\n"
	 "ORDER BY u.currency, u.commitment_id, u.interval_number"},

	{"obligations", "commitments", {"What binding contracts still oblige to pay, by years ahead", "Was bindende Verträge noch zu zahlen verpflichten, nach Jahren"},
	 {"At least this much: an amount that is only known as a bound is counted with its lower one. What suppliers buy to serve their customers (tier supply) is beside, not inside, what customers pay.",
	  "Mindestens so viel: Ein Betrag, der nur als Spanne bekannt ist, zählt mit seinem unteren Ende. Was Lieferanten selbst einkaufen (Stufe Zulieferung), steht neben dem, was Kunden zahlen, nicht darin."},
	 "obligations", "purchase_obligations", "buyer_id, supplier_id, tier, currency, as_at, bucket",
	 "SELECT buyer_id, supplier_id, tier, currency, as_at, bucket_number, bucket, sum(amount_low) AS amount_low,\n"
	 "       CASE WHEN bool_and(amount IS NOT NULL) THEN sum(amount) END AS amount,\n"
	 "       CASE WHEN bool_and(amount_high IS NOT NULL) THEN sum(amount_high) END AS amount_high, sum(unknown_count) AS unknown_count\n"
	 "FROM (SELECT *, max(as_at) OVER () AS latest FROM purchase_obligations WHERE as_at < :period + interval '1 month') o\n"
	 "WHERE as_at = latest\n"
	 "GROUP BY buyer_id, supplier_id, tier, currency, as_at, bucket_number, bucket\n"
	 "ORDER BY currency, buyer_id, supplier_id, tier, bucket_number"},

	/* Who is exposed to whom */
	{"money_flows", "exposure", {"Money between groups, and what of it goes in circles", "Geld zwischen Gruppen, und was davon im Kreis fließt"},
	 {"Who pays on the left, who is paid on the right, under binding agreements and at least. Marked is what can come back to its payer, all circles together.",
	  "Links, wer zahlt, rechts, wer erhält, aus bindenden Vereinbarungen und mindestens. Hervorgehoben ist, was zu seinem Zahler zurückkehren kann, alle Kreise zusammen."},
	 "money_flows", "circular_edge", "grouping_level, scope, bound, currency, payer_id, payee_id",
	 "SELECT payer_id, payee_id, kinds, weakest_legal_status AS legal_status, currency, as_at, amount, circulating, outside\n"
	 "FROM circular_edge\n"
	 "WHERE grouping_level = 'group' AND scope = 'binding' AND bound = 'least' AND amount > 0\n"
	 "ORDER BY currency, amount DESC, payer_id, payee_id"},

	{"circles", "exposure", {"Circles of money", "Geldkreise"},
	 {"Each circle with its smallest payment, which is all that can have gone round. Circles overlap: their amounts do not add up.",
	  "Jeder Kreis mit seiner kleinsten Zahlung: Mehr kann nicht herumgegangen sein. Kreise überschneiden sich, ihre Beträge sind nicht zu addieren."},
	 NULL, "circular_flow", "grouping_level, scope, bound, currency, cycle",
	 "SELECT cycle, parties, length, currency, as_at, amount, largest_flow, weakest_legal_status AS legal_status\n"
	 "FROM circular_flow\n"
	 "WHERE grouping_level = 'group' AND scope = 'binding' AND bound = 'least'\n"
	 "ORDER BY currency, amount DESC, cycle"},

	{"exposure", "exposure", {"Exposure of groups to each other", "Forderungen und Verpflichtungen zwischen Gruppen"},
	 {"What each has at stake with, or must pay to, the other: binding items at the end of the period. The other side's claims are the same again, and left out. Where there is no number, none is known.",
	  "Was jeder beim anderen stehen hat oder ihm zahlen muss: bindende Posten am Ende des Berichtsmonats. Die Ansprüche der Gegenseite sind dasselbe noch einmal und fehlen hier. Wo keine Zahl steht, ist keine bekannt."},
	 NULL, "investment_exposure_group", "investor_id, counterparty_id, exposure_class, direction, measurement, legal_status, tier, side, currency, as_at",
	 "SELECT investor_id, counterparty_id, exposure_class, legal_status, tier, measurement, side, currency, as_at,\n"
	 "       committed_low, committed_high, drawn, undrawn, expected\n"
	 "FROM (SELECT *, max(as_at) OVER () AS latest FROM investment_exposure_group WHERE as_at < :period + interval '1 month') e\n"
	 "WHERE as_at = latest\n"
	 "  AND legal_status IN ('paid', 'closed', 'signed') AND direction IN ('asset', 'obligation')\n"
	 "ORDER BY currency, committed_low DESC NULLS LAST, investor_id, counterparty_id, exposure_class, legal_status, tier, measurement, side"},

	{"concentration", "exposure", {"How concentrated the suppliers of compute are", "Wie konzentriert die Anbieter von Rechenleistung sind"},
	 {"Herfindahl index of binding contracts for compute: 10,000 is a single supplier, 2,500 four of one size. Contracts without an amount are in no share.",
	  "Herfindahl-Index der bindenden Verträge über Rechenleistung: 10.000 ist ein einziger Anbieter, 2.500 sind vier gleich große. Verträge ohne Betrag sind in keinem Anteil."},
	 "concentration", "provider_concentration", "lab_id, scope, measure, currency, as_at",
	 "SELECT as_at, lab_id, currency, providers, total, hhi, effective_number, top_provider_id, top_share, unknown_count\n"
	 "FROM provider_concentration\n"
	 "WHERE scope = 'compute' AND measure = 'contract_value' AND hhi IS NOT NULL\n"
	 "  AND as_at >= :period - interval '11 months' AND as_at < :period + interval '1 month'\n"
	 "ORDER BY as_at, currency, lab_id"},

	/* Capacity on paper and in use */
	{"capacity", "capacity", {"Capacity from paper to use", "Kapazität vom Papier bis zum Betrieb"},
	 {"The most that any source says of a deal or site. A site and the deals it serves count the same chips, so nothing here adds up.",
	  "Das Meiste, was eine Quelle von einem Vertrag oder Standort sagt. Ein Standort und seine Verträge zählen dieselben Chips, darum ist hier nichts zu addieren."},
	 "capacity", "capacity_ladder", "deal_id, site_id, chip_model_id, metric",
	 "SELECT metric, deal_id, site_id, chip_model_id, as_at, paper, contracted, delivered, usable, real_ratio, conflicting\n"
	 "FROM capacity_ladder\n"
	 "ORDER BY metric, paper DESC, deal_id, site_id, chip_model_id"},

	/* What the figures rest on */
	{"checks", "quality", {"Whether the books add up", "Ob die Bücher aufgehen"},
	 {"Each check compares sums to the last of fifteen decimals.", "Jede Prüfung vergleicht Summen bis auf die letzte von fünfzehn Stellen."},
	 NULL, "ledger_check", "check_name, entity_id, basis, period_month, pool_id, asset_id, currency",
	 "SELECT check_name, count(*) AS checked, count(*) FILTER (WHERE NOT ok) AS differing\n"
	 "FROM ledger_check\n"
	 "GROUP BY check_name\n"
	 "ORDER BY check_name"},

	{"findings", "quality", {"What is missing or contradictory", "Was fehlt oder sich widerspricht"},
	 {"Findings in all facts, of whatever period.", "Befunde in allen Fakten, gleich welchen Zeitraums."},
	 NULL, "data_quality", "finding, severity, subject, subject_id, period_month",
	 "SELECT severity, finding, subject, count(*) AS cases, min(subject_id) AS for_example\n"
	 "FROM data_quality\n"
	 "GROUP BY severity, finding, subject\n"
	 "ORDER BY array_position(ARRAY['error', 'warning', 'info'], severity), finding, subject"},

	{NULL, NULL, {NULL, NULL}, {NULL, NULL}, NULL, NULL, NULL, NULL}};

/* {figure} is as summary shows it. A clause that misses one is left out. */
const ReportQuestion report_questions[] = {
	{{"What does a chip-hour cost?", "Was kostet eine Chipstunde?"}, "cost_per_used_chip_hour", COLUMN_RATE,
	 {"for a used chip-hour", "je genutzter Chipstunde"}, "hour",
	 {{{"In {period} an installed chip-hour cost {cost_per_installed_chip_hour}, and a used one {cost_per_used_chip_hour}",
		"Im {period} kostete eine installierte Chipstunde {cost_per_installed_chip_hour}, eine genutzte {cost_per_used_chip_hour}"}},
	  {{": {owned_cost_per_used_chip_hour} owned", ": {owned_cost_per_used_chip_hour} im Eigentum"}},
	  {{", {rented_cost_per_used_chip_hour} rented", ", {rented_cost_per_used_chip_hour} gemietet"}},
	  {{NULL, NULL}}}},
	{{"How much of the spend did useful work?", "Wie viel der Kosten leistete nützliche Arbeit?"}, "productive_share", COLUMN_SHARE,
	 {"of the spend did useful work", "der Kosten leisteten Arbeit"}, "spend",
	 {{{"Of the {total_cost} that pools of chips cost in {period}, {productive_share} did useful work", "Von den {total_cost}, die Chips in Pools im {period} kosteten, leisteten {productive_share} nützliche Arbeit"}},
	  {{"; {allocated_idle_share} was given to somebody and idle, {unallocated_share} given to nobody, {unavailable_share} out of order", "; {allocated_idle_share} waren zugeteilt und lagen brach, {unallocated_share} waren niemandem zugeteilt, {unavailable_share} nicht betriebsbereit"}},
	  {{", {unmetered_share} not metered", ", {unmetered_share} nicht gemessen"}},
	  {{NULL, NULL}}}},
	{{"Who is exposed to whom?", "Wer hängt von wem ab?"}, "circulating", COLUMN_MONEY,
	 {"can go in circles", "können im Kreis fließen"}, "exposure",
	 {{{"Of at least {flows} that groups are bound to pay each other, {circulating} ({circulating_share}) can come back to its payer", "Von mindestens {flows}, die Gruppen einander zu zahlen verpflichtet sind, können {circulating} ({circulating_share}) zum Zahler zurückkehren"}},
	  {{"; the largest buyer of compute, {largest_buyer}, has {top_share} of its contracts with {top_provider}", "; der größte Käufer von Rechenleistung, {largest_buyer}, hat {top_share} seiner Verträge bei {top_provider}"}},
	  {{NULL, NULL}}}},
	{{NULL, NULL}, NULL, COLUMN_TEXT, {NULL, NULL}, NULL, {{{NULL, NULL}}}}};

static const ReportColumn columns[] = {
	{"allocated_idle_cost", COLUMN_MONEY, {"Allocated, idle", "Zugeteilt, ungenutzt"}},
	{"amount", COLUMN_MONEY, {"Amount", "Betrag"}},
	{"amount_high", COLUMN_MONEY, {"At most", "Höchstens"}},
	{"amount_low", COLUMN_MONEY, {"At least", "Mindestens"}},
	{"as_at", COLUMN_DAY, {"As at", "Stand"}},
	{"assets", COLUMN_WHOLE, {"Assets", "Anlagen"}},
	{"book_value", COLUMN_MONEY, {"Book value", "Buchwert"}},
	{"break_even_utilisation", COLUMN_SHARE, {"Break-even use", "Nutzung bei Gleichstand"}},
	{"bucket", COLUMN_WORD, {"Falls due", "Fällig"}},
	{"bucket_number", COLUMN_ORDER, {"No.", "Nr."}},
	{"buyer_id", COLUMN_PARTY, {"Buyer", "Käufer"}},
	{"cases", COLUMN_WHOLE, {"Cases", "Fälle"}},
	{"charge", COLUMN_MONEY, {"Charge of the month", "Abschreibung des Monats"}},
	{"cheaper", COLUMN_WORD, {"Cheaper", "Billiger"}},
	{"check_name", COLUMN_WORD, {"Check", "Prüfung"}},
	{"checked", COLUMN_WHOLE, {"Checked", "Geprüft"}},
	{"chip_model_id", COLUMN_CHIP, {"Chip", "Chip"}},
	{"circulating", COLUMN_MONEY, {"Can go in circles", "Kann im Kreis fließen"}},
	{"commitment_id", COLUMN_CODE, {"Commitment", "Zusage"}},
	{"committed", COLUMN_MONEY, {"Committed", "Zugesagt"}},
	{"committed_amount", COLUMN_MONEY, {"Of the interval", "Des Zeitraums"}},
	{"committed_high", COLUMN_MONEY, {"Committed at most", "Zugesagt höchstens"}},
	{"committed_low", COLUMN_MONEY, {"Committed at least", "Zugesagt mindestens"}},
	{"conflicting", COLUMN_SWITCH, {"Sources differ", "Quellen uneins"}},
	{"contracted", COLUMN_NUMBER, {"Contracted", "Vertraglich zugesagt"}},
	{"cost_per_allocated_chip_hour", COLUMN_RATE, {"Allocated hour", "Zugeteilte Stunde"}},
	{"cost_per_available_chip_hour", COLUMN_RATE, {"Available hour", "Verfügbare Stunde"}},
	{"cost_per_installed_chip_hour", COLUMN_RATE, {"Installed hour", "Installierte Stunde"}},
	{"cost_per_used_chip_hour", COLUMN_RATE, {"Used hour", "Genutzte Stunde"}},
	{"counterparty_id", COLUMN_PARTY, {"Counterparty", "Gegenpartei"}},
	{"currency", COLUMN_CODE, {"Currency", "Währung"}},
	{"cycle", COLUMN_WHOLE, {"No.", "Nr."}},
	{"deal_id", COLUMN_CODE, {"Deal", "Vertrag"}},
	{"delivered", COLUMN_NUMBER, {"Delivered", "Geliefert"}},
	{"differing", COLUMN_WHOLE, {"Differing", "Abweichend"}},
	{"direction", COLUMN_WORD, {"Direction", "Richtung"}},
	{"drawn", COLUMN_MONEY, {"Drawn", "In Anspruch genommen"}},
	{"effective_number", COLUMN_RATE, {"Effective number", "Effektive Anzahl"}},
	{"ends_on", COLUMN_DAY, {"Ends", "Ende"}},
	{"entity_id", COLUMN_COMPANY, {"Company", "Unternehmen"}},
	{"expected", COLUMN_MONEY, {"Expected", "Erwartet"}},
	{"exposure_class", COLUMN_WORD, {"Class", "Klasse"}},
	{"figure", COLUMN_CODE, {"Figure", "Größe"}},
	{"finding", COLUMN_WORD, {"Finding", "Befund"}},
	{"for_example", COLUMN_CODE, {"For example", "Zum Beispiel"}},
	{"hhi", COLUMN_WHOLE, {"Herfindahl index", "Herfindahl-Index"}},
	{"interval_end", COLUMN_DAY, {"Interval to", "Zeitraum bis"}},
	{"interval_number", COLUMN_WHOLE, {"No.", "Nr."}},
	{"investor_id", COLUMN_PARTY, {"Party", "Partei"}},
	{"is_over", COLUMN_SWITCH, {"Over", "Vorbei"}},
	{"kind", COLUMN_WORD, {"Kind", "Art"}},
	{"kinds", COLUMN_WORD, {"For", "Wofür"}},
	{"lab_id", COLUMN_PARTY, {"Lab", "Labor"}},
	{"lapsed", COLUMN_MONEY, {"Lapsed", "Verfallen"}},
	{"largest_flow", COLUMN_MONEY, {"Largest payment", "Größte Zahlung"}},
	{"legal_status", COLUMN_WORD, {"Status", "Status"}},
	{"length", COLUMN_WHOLE, {"Parties", "Parteien"}},
	{"measurement", COLUMN_ORDER, {"Measured at", "Bewertet zu"}},
	{"metric", COLUMN_WORD, {"Measured in", "Gemessen in"}},
	{"not_yet_used", COLUMN_MONEY, {"Not yet used", "Noch nicht genutzt"}},
	{"outside", COLUMN_MONEY, {"Outside circles", "Außerhalb der Kreise"}},
	{"owned_cost_per_chip_hour", COLUMN_RATE, {"Hour owned", "Stunde im Eigentum"}},
	{"ownership", COLUMN_WORD, {"Held", "Besitz"}},
	{"paper", COLUMN_NUMBER, {"On paper", "Auf dem Papier"}},
	{"parties", COLUMN_CIRCLE, {"Circle", "Kreis"}},
	{"payee_id", COLUMN_PARTY, {"Paid", "Empfänger"}},
	{"payer_id", COLUMN_PARTY, {"Pays", "Zahler"}},
	{"period_month", COLUMN_MONTH, {"Month", "Monat"}},
	{"pricing", COLUMN_WORD, {"Terms", "Konditionen"}},
	{"productive_cost", COLUMN_MONEY, {"Productive", "Produktiv"}},
	{"projected_shortfall", COLUMN_MONEY, {"Projected shortfall", "Erwartete Unterschreitung"}},
	{"provider_id", COLUMN_PARTY, {"Provider", "Anbieter"}},
	{"providers", COLUMN_WHOLE, {"Suppliers", "Anzahl Anbieter"}},
	{"rate_card_id", COLUMN_CODE, {"Rate card", "Preisliste"}},
	{"rate_per_chip_hour", COLUMN_RATE, {"Hour rented", "Stunde gemietet"}},
	{"real_ratio", COLUMN_SHARE, {"Usable of paper", "Nutzbar vom Papier"}},
	{"remaining", COLUMN_MONEY, {"Remaining", "Offen"}},
	{"remaining_if_even", COLUMN_MONEY, {"If used evenly", "Bei gleichmäßiger Nutzung"}},
	{"saved_by_owning", COLUMN_MONEY, {"Saved by owning", "Durch Eigentum gespart"}},
	{"severity", COLUMN_WORD, {"Severity", "Schwere"}},
	{"shown", COLUMN_TEXT, {"Shown", "Dargestellt"}},
	{"side", COLUMN_ORDER, {"Side", "Seite"}},
	{"site_id", COLUMN_SITE, {"Site", "Standort"}},
	{"starts_on", COLUMN_DAY, {"Starts", "Beginn"}},
	{"state", COLUMN_WORD, {"State", "Zustand"}},
	{"subject", COLUMN_WORD, {"About", "Worüber"}},
	{"supplier_id", COLUMN_PARTY, {"Supplier", "Lieferant"}},
	{"tier", COLUMN_WORD, {"Tier", "Stufe"}},
	{"top_provider_id", COLUMN_PARTY, {"Largest supplier", "Größter Anbieter"}},
	{"top_share", COLUMN_SHARE, {"Its share", "Dessen Anteil"}},
	{"total", COLUMN_MONEY, {"Contracts", "Verträge"}},
	{"total_cost", COLUMN_MONEY, {"Cost", "Kosten"}},
	{"unallocated_cost", COLUMN_MONEY, {"Unallocated", "Nicht zugeteilt"}},
	{"unavailable_cost", COLUMN_MONEY, {"Unavailable", "Nicht verfügbar"}},
	{"undrawn", COLUMN_MONEY, {"Undrawn", "Nicht in Anspruch genommen"}},
	{"unknown_count", COLUMN_WHOLE, {"Without amount", "Ohne Betrag"}},
	{"unmetered_cost", COLUMN_MONEY, {"Unmetered", "Nicht gemessen"}},
	{"unused_amount", COLUMN_MONEY, {"Unused of it", "Davon ungenutzt"}},
	{"usable", COLUMN_NUMBER, {"Usable", "Nutzbar"}},
	{"used", COLUMN_MONEY, {"Used", "Genutzt"}},
	{"used_amount", COLUMN_MONEY, {"Used of it", "Davon genutzt"}},
	{"used_chip_hours", COLUMN_WHOLE, {"Chip-hours used", "Genutzte Chipstunden"}},
	{"utilisation", COLUMN_SHARE, {"Use", "Nutzung"}},
	{"value", COLUMN_CODE, {"Value", "Wert"}}};

/* clang-format on */

/* A column that nobody named here is shown as it is, under its own name. */
const ReportColumn *
report_column(const char *name)
{
	static ReportColumn unnamed;

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
	{
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	}
	unnamed = (ReportColumn){name, COLUMN_TEXT, {name, name}};
	return &unnamed;
}

/* Words of the ledger in German; in English they are their own, without underscores. */
/* clang-format off */
static const struct
{
	const char *value;
	const char *german;
} words[] = {
	{"<1y", "unter 1 Jahr"}, {"1-3y", "1 bis 3 Jahre"}, {"3-5y", "3 bis 5 Jahre"}, {">5y", "über 5 Jahre"}, {"no_term", "ohne Laufzeit"},
	{"owned", "Eigentum"}, {"rented", "gemietet"}, {"leased", "geleast"}, {"own", "Eigentum"}, {"rent", "Miete"}, {"equal", "gleich"},
	{"on_demand", "auf Abruf"}, {"reserved", "reserviert"},
	{"paid", "gezahlt"}, {"closed", "vollzogen"}, {"signed", "unterzeichnet"}, {"announced", "angekündigt"},
	{"funded_asset", "finanzierter Vermögenswert"}, {"undrawn_commitment", "offene Zusage"}, {"purchase_obligation", "Abnahmeverpflichtung"},
	{"future_revenue", "künftiger Umsatz"}, {"guarantee", "Bürgschaft"}, {"programme", "Programm"},
	{"asset", "Vermögenswert"}, {"obligation", "Verpflichtung"}, {"claim", "Anspruch"},
	{"prime", "Hauptvertrag"}, {"supply", "Zulieferung"},
	{"investment", "Beteiligung"}, {"cloud", "Cloud"}, {"chips", "Chips"}, {"lease", "Leasing"}, {"capacity", "Kapazität"},
	{"chips, investment", "Chips, Beteiligung"}, {"cloud, investment", "Cloud, Beteiligung"}, {"guarantee, investment", "Bürgschaft, Beteiligung"},
	{"gigawatts", "Gigawatt"}, {"buildings", "Gebäude"},
	{"take_or_pay", "Abnahmepflicht"}, {"prepaid_capacity", "vorausbezahlte Kapazität"}, {"running", "läuft"}, {"ended", "beendet"}, {"not_started", "noch nicht begonnen"},
	{"split_adds_up", "Aufteilung geht auf"}, {"book_value_carries_over", "Buchwert wird vorgetragen"}, {"cost_carries_over", "Anschaffungskosten werden vorgetragen"},
	{"charges_in_pools", "Abschreibung in Pools"}, {"chip_charges_in_pools", "Abschreibung der Chips in Pools"},
	{"server_charges_in_pools", "Abschreibung der Server in Pools"}, {"network_charges_in_pools", "Abschreibung des Netzes in Pools"},
	{"building_charges_in_pools", "Abschreibung der Gebäude in Pools"}, {"other_charges_in_pools", "sonstige Abschreibung in Pools"},
	{"charges_of_asset", "Abschreibung der Anlage"}, {"chip_time_in_pools", "Chipzeit in Pools"}, {"energy_in_pools", "Energie in Pools"},
	{"rent_in_pools", "Miete in Pools"}, {"lease_in_pools", "Leasing in Pools"}, {"facility_in_pools", "Gebäudekosten in Pools"},
	{"interconnect_in_pools", "Netzkosten in Pools"}, {"operations_in_pools", "Betriebskosten in Pools"}, {"register_adds_up", "Anlagenspiegel geht auf"},
	{"register_book_value", "Buchwert im Anlagenspiegel"}, {"register_charge", "Abschreibung im Anlagenspiegel"},
	{"register_transfers", "Umbuchungen im Anlagenspiegel"}, {"register_disposal_gain", "Abgangserfolg im Anlagenspiegel"},
	{"register_proceeds", "Erlöse im Anlagenspiegel"}, {"pool", "Pool"}, {"party", "Partei"}, {"site", "Standort"}, {"deal", "Vertrag"}, {"holding", "Beteiligung"},
	{"currency", "Währung"}, {"commitment", "Zusage"}, {"decision", "Entscheidung"}, {"entity", "Unternehmen"}, {"monetary_item", "monetärer Posten"},
	{"plan_line", "Planzeile"}, {"rental", "Mietverhältnis"}, {"retirement_obligation", "Rückbauverpflichtung"}, {"scenario", "Szenario"},
	{"training_run", "Trainingslauf"}, {"ledger", "Buch"}, {"amount_unknown", "Betrag unbekannt"}, {"asset_event_cut", "Anlagenereignis abgeschnitten"},
	{"asset_event_left_out", "Anlagenereignis ausgelassen"}, {"asset_not_computable", "Anlage nicht berechenbar"}, {"asset_rate_missing", "Kurs der Anlage fehlt"},
	{"asset_share_over_one", "Anteile der Anlage über eins"}, {"capacity_contradicted", "Kapazität widersprochen"},
	{"chip_models_mixed_in_pool", "Chipmodelle im Pool gemischt"}, {"chips_in_no_pool", "Chips in keinem Pool"},
	{"commitment_draw_in_other_unit", "Abruf in anderer Einheit"}, {"commitment_draw_left_out", "Abruf ausgelassen"},
	{"commitment_unlike_delivered", "Zusage anders als geliefert"}, {"commitment_without_terms", "Zusage ohne Konditionen"},
	{"contagion_exposure_unknown", "Ansteckung: Forderung unbekannt"}, {"contagion_out_of_range", "Ansteckung außerhalb des Bereichs"},
	{"contagion_unresolved", "Ansteckung ungelöst"}, {"contagion_without_equity", "Ansteckung ohne Eigenkapital"},
	{"cost_centre_rules_tie", "Kostenstellenregeln gleichrangig"}, {"deal_contains_itself", "Vertrag enthält sich selbst"},
	{"decision_states_mixed", "Entscheidungen uneinheitlich"}, {"disclosure_does_not_add_up", "Angabe geht nicht auf"},
	{"draw_exceeds_commitment", "Abruf über der Zusage"}, {"drawn_without_events", "in Anspruch genommen ohne Ereignisse"},
	{"embedded_lease_without_lease", "eingebettetes Leasing ohne Leasing"}, {"energy_unknown", "Energie unbekannt"}, {"energy_without_price", "Energie ohne Preis"},
	{"equity_rate_missing", "Kurs des Eigenkapitals fehlt"}, {"event_without_chips", "Ereignis ohne Chips"},
	{"expectation_in_another_currency", "Erwartung in anderer Währung"}, {"flows_out_of_range", "Flüsse außerhalb des Bereichs"},
	{"functional_amount_missing", "Betrag in Funktionalwährung fehlt"}, {"fx_rate_missing", "Wechselkurs fehlt"}, {"guard_missing", "Schutz fehlt"},
	{"holding_parties_differ", "Parteien der Beteiligung uneins"}, {"item_closing_rate_missing", "Schlusskurs des Postens fehlt"},
	{"item_rate_missing", "Kurs des Postens fehlt"}, {"lease_modified_after_its_end", "Leasing nach seinem Ende geändert"},
	{"lease_modified_in_another_currency", "Leasing in anderer Währung geändert"}, {"lease_not_measured", "Leasing nicht bewertet"},
	{"lease_rate_missing", "Zins des Leasings fehlt"}, {"lease_unlike_deal", "Leasing anders als Vertrag"}, {"leased_and_rented", "geleast und gemietet"},
	{"leased_pool_not_leased", "geleaster Pool ohne Leasing"}, {"legal_status_mixed", "Rechtsstand uneinheitlich"},
	{"minimums_differ_from_value", "Mindestbeträge anders als Wert"}, {"missing_policy", "Abschreibungsregel fehlt"},
	{"no_date_of_service", "Tag der Inbetriebnahme fehlt"}, {"on_demand_not_metered", "Abrufkapazität nicht gemessen"},
	{"owner_can_log_in", "Eigentümer kann sich anmelden"}, {"owners_differ", "Eigentümer uneins"}, {"ownership_above_one", "Beteiligungen über eins"},
	{"ownership_unresolved", "Beteiligungen ungelöst"}, {"plan_of_other_entity", "Plan eines anderen Unternehmens"},
	{"primary_provider_not_largest", "Hauptanbieter nicht der größte"}, {"probability_missing", "Wahrscheinlichkeit fehlt"},
	{"rate_without_power", "Satz ohne Leistung"}, {"reading_in_the_future", "Messung in der Zukunft"}, {"reading_out_of_order", "Messung in falscher Reihenfolge"},
	{"register_rate_missing", "Kurs des Anlagenspiegels fehlt"}, {"relation_loop", "Verbindung im Kreis"}, {"rental_rate_missing", "Kurs der Miete fehlt"},
	{"rental_unlike_rate_card", "Miete anders als Preisliste"}, {"retirement_obligation_overdue", "Rückbauverpflichtung überfällig"},
	{"rights_too_wide", "Rechte zu weit"}, {"rule_on_table", "Regel auf Tabelle"}, {"settled_before_recognised", "beglichen vor Ansatz"},
	{"settlement_left_out", "Begleichung ausgelassen"}, {"settlement_rate_missing", "Kurs der Begleichung fehlt"}, {"several_parents", "mehrere Mütter"},
	{"site_capex_may_contain_chips", "Standortinvestition enthält vielleicht Chips"}, {"spend_plans_overlap", "Pläne überschneiden sich"},
	{"training_run_before_asset", "Trainingslauf vor der Anlage"}, {"training_run_without_cost", "Trainingslauf ohne Kosten"},
	{"translation_rate_missing", "Umrechnungskurs fehlt"}, {"unmetered_time", "ungemessene Zeit"}, {"use_over_capacity", "Nutzung über Kapazität"},
	{"error", "Fehler"}, {"warning", "Warnung"}, {"info", "Hinweis"}};

/* clang-format on */

/* NULL: a value that has no other name in the language of the report. */
const char *
report_word(const char *value)
{
	for (size_t i = 0; report.language == GERMAN && i < sizeof words / sizeof words[0]; i++)
	{
		if (strcmp(words[i].value, value) == 0)
			return words[i].german;
	}
	if (report.language == ENGLISH)
	{
		static const char *const plain[][2] = {{"<1y", "under 1 year"},
											   {"1-3y", "1 to 3 years"},
											   {"3-5y", "3 to 5 years"},
											   {">5y", "over 5 years"},
											   {"no_term", "no term"}};

		for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		{
			if (strcmp(plain[i][0], value) == 0)
				return plain[i][1];
		}
	}
	return NULL;
}
