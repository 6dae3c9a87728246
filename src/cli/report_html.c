/*
 * report_html.c
 *		The page: everything in one file, which asks nothing of any network. What a chart shows is in a
 *		table below it, so the page says the same without scripts, on paper and read aloud.
 */
#include <openssl/evp.h>
#include <string.h>

#include "report.h"

/* ----------------------------------------------------------------------
 * Parts of HTML
 * ---------------------------------------------------------------------- */

static void
append_escaped(Text *page, const char *text)
{
	for (; *text != '\0'; text++)
	{
		switch (*text)
		{
			case '&':
				text_add(page, "&amp;");
				break;
			case '<':
				text_add(page, "&lt;");
				break;
			case '>':
				text_add(page, "&gt;");
				break;
			case '"':
				text_add(page, "&quot;");
				break;
			default:
				/* No control character means anything in HTML but these. */
				text_add_char(page, (unsigned char) *text < ' ' && *text != '\n' && *text != '\t'
										? '?'
										: *text);
		}
	}
}

/* What may run: these scripts and no other, not even one that got into the page as data. */
static void
append_script_hash(Text *page, const char *script, size_t length)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	unsigned char encoded[2 * EVP_MAX_MD_SIZE];

	if (EVP_Digest(script, length, digest, &size, EVP_sha256(), NULL) != 1)
		fail(STATUS_FILE, "the SHA-256 of a script cannot be computed");
	EVP_EncodeBlock(encoded, digest, (int) size);
	text_addf(page, " 'sha256-%s'", (const char *) encoded);
}

/* JSON inside HTML: a < could end the element, and is written as JSON writes it otherwise. */
static void
append_data(Text *page)
{
	Text *document = new_text();

	append_json_report(document);
	text_add(page, "<script type=\"application/json\" id=\"report-data\">");
	for (const char *at = document->data; *at != '\0'; at++)
	{
		if (*at == '<')
			text_add(page, "\\u003c");
		else
			text_add_char(page, *at);
	}
	text_add(page, "</script>\n");
}

static void
append_element(Text *page, const char *element, const char *text)
{
	text_addf(page, "<%s>", element);
	append_escaped(page, text);
	text_addf(page, "</%s>", element);
}

/* ----------------------------------------------------------------------
 * The summary
 * ---------------------------------------------------------------------- */

static const PGresult *
summary_rows(void)
{
	for (int t = 0; report_tables[t].name != NULL; t++)
	{
		if (strcmp(report_tables[t].name, "summary") == 0)
			return report.results[t];
	}
	return NULL;
}

/* A figure of the summary as it is said in a sentence; false when it is not known. */
static bool
append_figure(Text *text, const char *figure, size_t length)
{
	const PGresult *rows = summary_rows();

	if (length == strlen("period") && strncmp(figure, "period", length) == 0)
	{
		text_add(text, month_in_words(report.period));
		return true;
	}
	for (int r = 0; r < PQntuples(rows); r++)
	{
		const char *value = cell(rows, r, "value");
		const char *kind = cell(rows, r, "kind");

		if (strlen(cell(rows, r, "figure")) != length ||
			strncmp(cell(rows, r, "figure"), figure, length) != 0)
			continue;
		if (value == NULL)
			return false;
		if (cell(rows, r, "shown") != NULL)
			text_add(text, cell(rows, r, "shown"));
		else
			append_shown(text, value, strcmp(kind, "party") == 0 ? COLUMN_PARTY : COLUMN_SHARE, 1);
		return true;
	}
	return false;
}

static bool
append_clause(Text *sentence, const char *clause)
{
	Text *said = new_text();

	while (*clause != '\0')
	{
		const char *end = *clause == '{' ? strchr(clause, '}') : NULL;

		if (end == NULL)
		{
			text_add_char(said, *clause++);
			continue;
		}
		if (!append_figure(said, clause + 1, (size_t) (end - clause - 1)))
			return false;
		clause = end + 1;
	}
	text_add(sentence, said->data);
	return true;
}

static const char *
summary_figure(const char *figure, const char *column)
{
	const PGresult *rows = summary_rows();

	for (int r = 0; r < PQntuples(rows); r++)
	{
		if (strcmp(cell(rows, r, "figure"), figure) == 0)
			return cell(rows, r, column);
	}
	return NULL;
}

/* The figure in large, and the unit in small beside it. */
static void
append_large(Text *page, const ReportQuestion *question)
{
	const char *value = summary_figure(question->figure, "value");
	Text *shown = new_text();

	if (value == NULL)
	{
		text_add(page, "<p class=\"large\">–</p>");
		return;
	}
	if (question->figure_kind == COLUMN_MONEY)
		append_compact(shown, value);
	else if (question->figure_kind == COLUMN_RATE)
		append_decimal(shown, value, 0, 2);
	else
		append_shown(shown, value, question->figure_kind, 1);
	text_add(page, "<p class=\"large\"><data value=\"");
	append_escaped(page, value);
	text_add(page, "\" title=\"");
	append_escaped(page, value);
	text_add(page, "\">");
	append_escaped(page, shown->data);
	text_add(page, "</data>");
	if (question->figure_kind != COLUMN_SHARE)
	{
		text_add(page, " <small>");
		append_escaped(page, cell(report.ledger, 0, "reporting_currency"));
		text_add(page, "</small>");
	}
	text_add(page, "</p>");
}

static void
append_summary(Text *page)
{
	text_addf(page, "<section id=\"summary\" aria-label=\"%s\">\n",
			  SAY_IN("Summary", "Zusammenfassung"));
	for (const ReportQuestion *question = report_questions; question->figure != NULL; question++)
	{
		Text *sentence = new_text();

		text_add(page, "<article>");
		append_element(page, "h2", in_language(question->question));
		append_large(page, question);
		text_add(page, "<p class=\"unit\">");
		append_escaped(page, in_language(question->figure_label));
		text_add(page, "</p><p>");
		for (int c = 0; question->clauses[c].text[0] != NULL; c++)
			append_clause(sentence, in_language(question->clauses[c].text));
		if (sentence->length == 0)
			text_addf(sentence,
					  SAY_IN("Nothing is known of it in %s", "Im %s ist darüber nichts bekannt"),
					  month_in_words(report.period));
		append_escaped(page, sentence->data);
		text_addf(page, ".</p><p class=\"more\"><a href=\"#%s\">%s</a></p></article>\n",
				  question->section, SAY_IN("In full", "Im Einzelnen"));
	}
	text_add(page, "</section>\n");
}

/* ----------------------------------------------------------------------
 * Tables
 * ---------------------------------------------------------------------- */

/* A table longer than that is no longer read; its rest is in the file beside the page. */
#define MAX_ROWS 400

/* One value in all rows, which is said once above the table instead of in each row. */
static bool
is_said_once(const PGresult *rows, int column)
{
	const char *name = PQfname(rows, column);

	if (strcmp(name, "currency") != 0 && strcmp(name, "as_at") != 0)
		return false;
	for (int r = 0; r < PQntuples(rows); r++)
	{
		if (PQgetisnull(rows, r, column) ||
			strcmp(PQgetvalue(rows, r, column), PQgetvalue(rows, 0, column)) != 0)
			return false;
	}
	return PQntuples(rows) > 0;
}

static bool
is_number(ColumnKind kind)
{
	return kind == COLUMN_MONEY || kind == COLUMN_RATE || kind == COLUMN_WHOLE ||
		   kind == COLUMN_SHARE || kind == COLUMN_NUMBER;
}

static void
append_cell(Text *page, const char *value, ColumnKind kind, int decimals, bool heads_row)
{
	const char *element = heads_row ? "th scope=\"row\"" : "td";
	Text *shown = new_text();

	if (value == NULL)
	{
		text_addf(page, "<%s%s></%s>", element, is_number(kind) ? " class=\"number\"" : "",
				  heads_row ? "th" : "td");
		return;
	}
	append_shown(shown, value, kind, decimals);
	if (is_number(kind))
	{
		text_addf(page, "<%s class=\"number\" title=\"", element);
		append_escaped(page, value);
		text_add(page, "\">");
	}
	else
		text_addf(page, "<%s%s>", element,
				  kind == COLUMN_CODE                               ? " class=\"code\""
				  : kind == COLUMN_DAY || kind == COLUMN_MONTH      ? " class=\"date\""
				  : names_of(kind) != NULL && kind != COLUMN_CIRCLE ? " class=\"party\""
																	: "");
	append_escaped(page, shown->data);
	if (names_of(kind) != NULL && strcmp(shown->data, value) != 0)
	{
		text_add(page, " <span class=\"code\">");
		append_escaped(page, value);
		text_add(page, "</span>");
	}
	text_addf(page, "</%s>", heads_row ? "th" : "td");
}

static void
append_rows(Text *page, const ReportTable *table, const PGresult *rows)
{
	int columns = PQnfields(rows);
	const ReportColumn **shown = must_have(calloc((size_t) columns, sizeof *shown));
	ColumnKind *kinds = must_have(calloc((size_t) columns, sizeof *kinds));
	int *decimals = must_have(calloc((size_t) columns, sizeof *decimals));

	/* Kinds are copied: a column without a name of its own has a passing one. */
	for (int c = 0; c < columns; c++)
	{
		shown[c] = report_column(PQfname(rows, c));
		kinds[c] = is_said_once(rows, c) ? COLUMN_ORDER : shown[c]->kind;
		decimals[c] = column_decimals(rows, c, kinds[c]);
	}
	text_addf(
		page,
		"<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"title-%s\"><table "
		"id=\"table-%s\" aria-labelledby=\"title-%s\"><thead><tr>",
		table->name, table->name, table->name);
	for (int c = 0; c < columns; c++)
	{
		if (kinds[c] == COLUMN_ORDER)
			continue;
		text_addf(page, "<th scope=\"col\"%s>", is_number(kinds[c]) ? " class=\"number\"" : "");
		append_escaped(page, in_language(report_column(PQfname(rows, c))->label));
		text_add(page, "</th>");
	}
	text_add(page, "</tr></thead><tbody>\n");
	for (int r = 0; r < PQntuples(rows) && r < MAX_ROWS; r++)
	{
		bool first = true;

		text_add(page, "<tr>");
		for (int c = 0; c < columns; c++)
		{
			if (kinds[c] == COLUMN_ORDER)
				continue;
			append_cell(page, PQgetisnull(rows, r, c) ? NULL : PQgetvalue(rows, r, c), kinds[c],
						decimals[c], first);
			first = false;
		}
		text_add(page, "</tr>\n");
	}
	text_add(page, "</tbody></table></div>\n");
	if (PQntuples(rows) > MAX_ROWS)
	{
		text_add(page, "<p class=\"once\">");
		text_addf(
			page,
			SAY_IN("These are the first %d of %d rows; all are in <a href=\"%s.csv\">%s.csv</a>.",
				   "Das sind die ersten %d von %d Zeilen; alle stehen in <a "
				   "href=\"%s.csv\">%s.csv</a>."),
			MAX_ROWS, PQntuples(rows), table->name, table->name);
		text_add(page, "</p>\n");
	}
	free(shown);
	free(kinds);
	free(decimals);
}

/* USD, as at 31 October 2026: what holds for all rows. */
static void
append_said_once(Text *page, const PGresult *rows)
{
	bool any = false;

	for (int c = 0; c < PQnfields(rows); c++)
	{
		if (!is_said_once(rows, c))
			continue;
		text_add(page, any ? " · " : "<p class=\"once\">");
		if (strcmp(PQfname(rows, c), "currency") == 0)
			append_escaped(page, format_text(SAY_IN("Amounts in %s", "Beträge in %s"),
											 PQgetvalue(rows, 0, c)));
		else
			text_addf(page, SAY_IN("As at %s", "Stand %s"), day_in_words(PQgetvalue(rows, 0, c)));
		any = true;
	}
	if (any)
		text_add(page, "</p>\n");
}

/* Where each figure comes from: the statement as it was asked, and the key of the rows behind. */
static void
append_source(Text *page, const ReportTable *table, const char *query)
{
	text_addf(page,
			  "<details class=\"source\"><summary>%s <code>%s</code>, <a "
			  "href=\"%s.csv\">CSV</a></summary>\n<p>",
			  SAY_IN("Where this comes from:", "Woher das kommt:"), table->source, table->name);
	text_addf(page,
			  SAY_IN("The rows behind each row are found in <code>%s</code> by <code>%s</code>. "
					 "The statement, as it was asked:",
					 "Die Zeilen hinter jeder Zeile stehen in <code>%s</code> unter "
					 "<code>%s</code>. Die Abfrage, wie sie gestellt wurde:"),
			  table->source, table->key);
	text_add(page, "</p><pre><code>");
	append_escaped(page, query);
	text_add(page, ";</code></pre></details>\n");
}

static void
append_table_article(Text *page, const ReportTable *table, const PGresult *rows, const char *query)
{
	bool has_chart = table->chart != NULL && report.charts_script != NULL && PQntuples(rows) > 0;

	text_addf(page, "<article class=\"table\" id=\"%s\">", table->name);
	text_addf(page, "<h3 id=\"title-%s\">", table->name);
	append_escaped(page, in_language(table->title));
	text_add(page, "</h3>");
	text_add(page, "<p class=\"about\">");
	append_escaped(page, in_language(table->about));
	text_add(page, "</p>");
	text_add(page, "\n");
	if (PQntuples(rows) == 0)
		text_addf(page, "<p class=\"none\">%s</p>\n",
				  SAY_IN("There is nothing of it in this ledger and period.",
						 "Davon gibt es in diesem Buch und Zeitraum nichts."));
	else
	{
		append_said_once(page, rows);
		if (has_chart)
		{
			text_addf(page, "<div class=\"charts\" data-table=\"%s\" data-label=\"", table->name);
			text_addf(page,
					  SAY_IN("Chart: %s. The table below has its figures.",
							 "Diagramm: %s. Die Tabelle darunter enthält seine Zahlen."),
					  in_language(table->title));
			text_add(page, "\"></div>\n");
			text_addf(page, "<details class=\"figures\" open><summary>%s (%d)</summary>\n",
					  SAY_IN("The figures", "Die Zahlen"), PQntuples(rows));
		}
		append_rows(page, table, rows);
		if (has_chart)
			text_add(page, "</details>\n");
	}
	append_source(page, table, query);
	text_add(page, "</article>\n");
}

/* ----------------------------------------------------------------------
 * The page
 * ---------------------------------------------------------------------- */

static void
append_head(Text *page)
{
	text_addf(page, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
			  SAY_IN("en", "de"));
	text_add(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
				   "base-uri 'none'; form-action 'none'; "
				   "style-src 'unsafe-inline'; img-src data:; script-src");
	if (report.charts_script != NULL)
	{
		append_script_hash(page, report.charts_script, report.charts_script_length);
		append_script_hash(page, report_js, strlen(report_js));
	}
	else
		text_add(page, " 'none'");
	text_add(page,
			 "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
			 "name=\"color-scheme\" content=\"light dark\">\n<title>");
	append_escaped(page, format_text("%s, %s", cell(report.ledger, 0, "ledger_name"),
									 month_in_words(report.period)));
	text_addf(page, "</title>\n<style>\n%s</style>\n</head>\n", report_css);
}

static void
append_header(Text *page)
{
	const char *recorded = cell(report.ledger, 0, "last_recorded_on");

	text_addf(page, "<header><p class=\"kicker\">%s <b>",
			  SAY_IN("Report of the ledger", "Bericht aus dem Buch"));
	append_escaped(page, cell(report.ledger, 0, "ledger_name"));
	text_add(page, "</b></p><h1>");
	append_escaped(page, month_in_words(report.period));
	text_add(page, "</h1><p class=\"facts\">");
	append_escaped(page, format_text(SAY_IN("Basis %s · reporting currency %s · %s",
											"Rechnungslegung %s · Berichtswährung %s · %s"),
									 cell(report.ledger, 0, "primary_basis"),
									 cell(report.ledger, 0, "reporting_currency"),
									 report.as_of != NULL
										 ? SAY_IN("as known at ", "Kenntnisstand ")
										 : SAY_IN("all that is known", "alles, was bekannt ist")));
	if (report.as_of != NULL)
		append_escaped(page, report.as_of);
	if (recorded != NULL)
		text_addf(page, SAY_IN(" · last fact recorded on %s", " · letzter Eintrag vom %s"),
				  day_in_words(recorded));
	text_add(page, "</p>");
	text_add(page, "<nav aria-label=\"");
	text_add(page, SAY_IN("Contents", "Inhalt"));
	text_add(page, "\"><ol>");
	for (const ReportSection *section = report_sections; section->name != NULL; section++)
	{
		text_addf(page, "<li><a href=\"#%s\">", section->name);
		append_escaped(page, in_language(section->title));
		text_add(page, "</a></li>");
	}
	text_add(page, "</ol></nav></header>\n");
	if (report.charts_script == NULL)
		text_addf(page, "<p class=\"notice\">%s</p>\n",
				  SAY_IN("This report has no charts: the library that draws them was not there "
						 "when it was made. All figures are in the tables.",
						 "Dieser Bericht hat keine Diagramme: Die Bibliothek, die sie zeichnet, "
						 "fehlte, als er erstellt wurde. Alle Zahlen stehen in den Tabellen."));
	else
		text_addf(page, "<noscript><p class=\"notice\">%s</p></noscript>\n",
				  SAY_IN("Charts need JavaScript. All figures are in the tables.",
						 "Diagramme brauchen JavaScript. Alle Zahlen stehen in den Tabellen."));
}

static void
append_footer(Text *page)
{
	const char *ledger = cell(report.ledger, 0, "ledger_name");

	text_addf(page, "<footer><h2>%s</h2><p>",
			  SAY_IN("How to trace a figure", "Wie man eine Zahl zurückverfolgt"));
	text_add(
		page,
		SAY_IN("All figures are of one state of the ledger. They are rounded for display only: the "
			   "full figure is in each cell's title, in the CSV files beside this page, "
			   "and in <a href=\"report.json\">report.json</a>. Every statement above gives the "
			   "same again in psql, after:",
			   "Alle Zahlen gehören zu einem Stand des Buchs. Gerundet sind sie nur zur Anzeige: "
			   "Die volle Zahl steht im Titel jeder Zelle, in den CSV-Dateien neben dieser Seite "
			   "und in <a href=\"report.json\">report.json</a>. Jede Abfrage oben liefert in psql "
			   "dasselbe, nach:"));
	text_add(page, "</p><pre><code>SET search_path = ");
	append_escaped(page, format_text("%s_report", ledger));
	text_add(page, ", chipbook, public;");
	if (report.as_of != NULL)
	{
		text_add(page, "\nSET chipbook.as_of = '");
		append_escaped(page, report.as_of);
		text_add(page, "';");
	}
	text_addf(page, "</code></pre><p class=\"made\">chipbook %s", CHIPBOOK_VERSION);
	if (report.charts_script != NULL)
		text_add(page, SAY_IN(" · charts by Apache ECharts (Apache License 2.0)",
							  " · Diagramme: Apache ECharts (Apache-Lizenz 2.0)"));
	text_add(page, "</p></footer>\n");
}

void
append_page(Text *page)
{
	append_head(page);
	text_add(page, "<body>\n");
	append_header(page);
	text_add(page, "<main>\n");
	append_summary(page);
	for (const ReportSection *section = report_sections; section->name != NULL; section++)
	{
		text_addf(page, "<section class=\"part\" id=\"%s\">", section->name);
		append_element(page, "h2", in_language(section->title));
		text_add(page, "<p class=\"lead\">");
		append_escaped(page, in_language(section->about));
		text_add(page, "</p>");
		text_add(page, "\n");
		for (int t = 0; report_tables[t].name != NULL; t++)
		{
			if (report_tables[t].section != NULL &&
				strcmp(report_tables[t].section, section->name) == 0)
				append_table_article(page, &report_tables[t], report.results[t], report.queries[t]);
		}
		text_add(page, "</section>\n");
	}
	text_add(page, "</main>\n");
	append_footer(page);
	append_data(page);
	if (report.charts_script != NULL)
	{
		text_add(page, "<script>");
		text_add_bytes(page, report.charts_script, report.charts_script_length);
		text_addf(page, "</script>\n<script>%s</script>\n", report_js);
	}
	text_add(page, "</body>\n</html>\n");
}
