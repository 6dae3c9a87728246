/*
 * report_data.c
 *		The tables of the report for programs: CSV as COPY writes it, and one JSON document. Values are
 *		the server's own text, so no digit is lost; numbers are strings in JSON, of which many readers
 *		would make floats.
 *
 * CSV is opened in spreadsheets, and a bill or a file can name things =cmd|'/C calc'!A0. So a text that
 * would be a formula there gets an apostrophe in front, in CSV only.
 */
#include <string.h>

#include "report.h"

/* Whether a spreadsheet would take a text for a formula; a number with a sign is none. */
static bool
looks_like_formula(const char *value)
{
	if (*value == '\0' || strchr("=+-@\t\r", *value) == NULL)
		return false;
	return (*value != '-' && *value != '+') || value[1] == '\0' ||
		   value[1 + strspn(value + 1, "0123456789.")] != '\0';
}

static void
append_csv_value(Text *file, const char *value)
{
	/* Empty is not NULL, and a lone \. would end a COPY. */
	bool quote = *value == '\0' || strpbrk(value, ",\"\r\n") != NULL || strcmp(value, "\\.") == 0;
	bool formula = looks_like_formula(value);

	if (!quote)
	{
		text_add(file, formula ? "'" : "");
		text_add(file, value);
		return;
	}
	text_add(file, formula ? "\"'" : "\"");
	for (; *value != '\0'; value++)
	{
		if (*value == '"')
			text_add_char(file, '"');
		text_add_char(file, *value);
	}
	text_add_char(file, '"');
}

void
append_csv(Text *file, const PGresult *rows)
{
	for (int c = 0; c < PQnfields(rows); c++)
	{
		if (c > 0)
			text_add_char(file, ',');
		append_csv_value(file, PQfname(rows, c));
	}
	text_add_char(file, '\n');
	for (int r = 0; r < PQntuples(rows); r++)
	{
		for (int c = 0; c < PQnfields(rows); c++)
		{
			if (c > 0)
				text_add_char(file, ',');
			if (!PQgetisnull(rows, r, c))
				append_csv_value(file, PQgetvalue(rows, r, c));
		}
		text_add_char(file, '\n');
	}
}

static void
append_field(Text *document, const char *name, const char *value)
{
	append_json_text(document, name);
	text_add(document, ": ");
	if (value == NULL)
		text_add(document, "null");
	else
		append_json_text(document, value);
}

static void
append_table(Text *document, const ReportTable *table, const PGresult *rows, const char *query)
{
	text_add(document, "    {");
	append_field(document, "name", table->name);
	text_add(document, ", ");
	append_field(document, "title", in_language(table->title));
	text_add(document, ",\n     ");
	append_field(document, "about", in_language(table->about));
	text_add(document, ",\n     ");
	append_field(document, "source", table->source);
	text_add(document, ", ");
	append_field(document, "key", table->key);
	text_add(document, ", ");
	append_field(document, "chart", table->chart);
	text_add(document, ",\n     ");
	append_field(document, "query", query);
	text_add(document, ",\n     \"columns\": [");
	for (int c = 0; c < PQnfields(rows); c++)
	{
		const ReportColumn *column = report_column(PQfname(rows, c));

		text_add(document, c > 0 ? ", {" : "{");
		append_field(document, "name", PQfname(rows, c));
		text_add(document, ", ");
		append_field(document, "label", in_language(column->label));
		text_add_char(document, '}');
	}
	text_add(document, "],\n     \"rows\": [");
	for (int r = 0; r < PQntuples(rows); r++)
	{
		text_add(document, r > 0 ? ",\n       [" : "\n       [");
		for (int c = 0; c < PQnfields(rows); c++)
		{
			if (c > 0)
				text_add(document, ", ");
			if (PQgetisnull(rows, r, c))
				text_add(document, "null");
			else if (report_column(PQfname(rows, c))->kind == COLUMN_SWITCH)
				text_add(document, *PQgetvalue(rows, r, c) == 't' ? "true" : "false");
			else
				append_json_text(document, PQgetvalue(rows, r, c));
		}
		text_add_char(document, ']');
	}
	text_add(document, "]}");
}

/* What values are called, for the charts: names of parties, companies, chips and sites, and words in the language. */
static void
append_names(Text *document)
{
	static const ColumnKind kinds[] = {COLUMN_PARTY, COLUMN_COMPANY, COLUMN_CHIP, COLUMN_SITE};
	List said = {NULL, 0};

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
	{
		bool any = false;

		text_addf(document, "  \"%s\": {", names_of(kinds[k]));
		for (int i = 0; i < PQntuples(report.names); i++)
		{
			if (strcmp(PQgetvalue(report.names, i, 0), names_of(kinds[k])) != 0)
				continue;
			if (any)
				text_add(document, ", ");
			append_field(document, PQgetvalue(report.names, i, 1), PQgetvalue(report.names, i, 2));
			any = true;
		}
		text_add(document, "},\n");
	}
	text_add(document, "  \"words\": {");
	for (int t = 0; report_tables[t].name != NULL; t++)
	{
		for (int c = 0; c < PQnfields(report.results[t]); c++)
		{
			if (report_column(PQfname(report.results[t], c))->kind != COLUMN_WORD)
				continue;
			for (int r = 0; r < PQntuples(report.results[t]); r++)
			{
				const char *value = PQgetvalue(report.results[t], r, c);
				bool skip = PQgetisnull(report.results[t], r, c) || report_word(value) == NULL;

				for (int i = 0; i < said.count; i++)
					skip = skip || strcmp(said.items[i], value) == 0;
				if (skip)
					continue;
				if (said.count > 0)
					text_add(document, ", ");
				append_field(document, value, report_word(value));
				add_to_list(&said, value);
			}
		}
	}
	text_add(document, "}");
}

void
append_json_report(Text *document)
{
	text_add(document, "{\n  ");
	append_field(document, "ledger", cell(report.ledger, 0, "ledger_name"));
	text_add(document, ", ");
	append_field(document, "period", format_text("%.7s", report.period));
	text_add(document, ", ");
	append_field(document, "language", SAY_IN("en", "de"));
	text_add(document, ",\n  ");
	append_field(document, "as_of", report.as_of);
	text_add(document, ", ");
	append_field(document, "effective_date", cell(report.ledger, 0, "effective_date"));
	text_add(document, ", ");
	append_field(document, "last_recorded_at", cell(report.ledger, 0, "last_recorded_at"));
	text_add(document, ",\n  ");
	append_field(document, "basis", cell(report.ledger, 0, "primary_basis"));
	text_add(document, ", ");
	append_field(document, "reporting_currency", cell(report.ledger, 0, "reporting_currency"));
	text_add(document, ", ");
	append_field(document, "chipbook", CHIPBOOK_VERSION);
	text_add(document, ",\n");
	append_names(document);
	text_add(document, ",\n  \"tables\": [\n");
	for (int t = 0; report_tables[t].name != NULL; t++)
	{
		if (t > 0)
			text_add(document, ",\n");
		append_table(document, &report_tables[t], report.results[t], report.queries[t]);
	}
	text_add(document, "]\n}\n");
}
