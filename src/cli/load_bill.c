/*
 * load_bill.c
 *		Files of bills: open_bill, COPY into the stage it makes, run_bill. What COPY does not take, JSON and
 *		rows of another length than the header, goes as one text: into a temporary table, and from
 *		there through import_bill, so that the file is never whole in this program's memory.
 */
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define RESULT                                                                                     \
	"r.delivery, r.dataset, r.focus_version, r.status, r.reason, r.rows_in_file, r.rows_loaded, "  \
	"r.rows_rejected, r.findings, r.restated_rows, r.load_id, r.already_loaded"

static PGresult *
run_by_stage(Input *input, const char *what)
{
	Csv *csv = csv_open(input);
	PGresult *opened;
	PGresult *result;
	const char *delivery;

	opened =
		ask(what,
			(Question){
				"SELECT chipbook.open_bill($1, $2, convert_from(decode($3, 'hex'), split_part($6, "
				"' ', 1)), $4, $5::jsonb, substr($6, strpos($6, ' ') + 1)) AS delivery",
				{the_ledger(), what, csv_header_as_hex(csv), load_options.source, options_as_json(),
				 format_text("%s %s", file_encoding(), load_options.scope)}});
	delivery = cell(opened, 0, "delivery");
	csv_stream(
		csv, what,
		format_text("%s.%s", in_ledger("%s"), quoted(format_text("bill_stage_%s", delivery))), "");
	csv_close(csv);
	progress_step("reading");
	result = ask(what, (Question){"SELECT " RESULT " FROM chipbook.run_bill($1, $2::bigint) r",
								  {the_ledger(), delivery}});
	PQclear(opened);
	return result;
}

static PGresult *
run_by_text(Input *input, const char *what)
{
	TextStream *stream;

	PQclear(ask(what, (Question){"CREATE TEMPORARY TABLE chipbook_text (place bigint GENERATED "
								 "ALWAYS AS IDENTITY, part text) ON COMMIT DROP",
								 {NULL}}));
	stream = text_open(input, 0);
	text_stream(stream, what, "pg_temp.chipbook_text", "part");
	text_close(stream);
	progress_step("reading");
	return ask(what,
			   (Question){"SELECT " RESULT
						  " FROM chipbook.import_bill($1, $2, (SELECT string_agg(t.part, '' ORDER "
						  "BY t.place) FROM pg_temp.chipbook_text t), $3, $4::jsonb, $5) r",
						  {the_ledger(), what, load_options.source, options_as_json(),
						   load_options.scope}});
}

/* Control totals, findings, and rows that could not be read. */
static void
say_outcome(const char *delivery)
{
	PGresult *results[3];
	Question questions[3] = {
		{in_ledger("SELECT concat_ws(' ', nullif(t.charge_category, ''), CASE WHEN t.restated THEN "
				   "'(restated)' END, 'rows: ' || t.row_count || ', billed:', "
				   "coalesce(trim_scale(t.billed_cost)::text, 'none') || ', effective:', "
				   "coalesce(trim_scale(t.effective_cost)::text, 'none'), "
				   "nullif(t.billing_currency, '')) AS message, "
				   "json_build_object('billing_currency', t.billing_currency, 'charge_category', "
				   "t.charge_category, 'restated', t.restated, 'rows', t.row_count, 'billed_cost', "
				   "t.billed_cost::text, "
				   "'effective_cost', t.effective_cost::text, 'list_cost', t.list_cost::text, "
				   "'contracted_cost', t.contracted_cost::text) AS document "
				   "FROM %S.delivery_totals t WHERE t.delivery_id = $1::bigint ORDER BY "
				   "t.billing_currency, t.charge_category, t.restated"),
		 {delivery}},
		{in_ledger("SELECT concat_ws(' ', f.severity || ':', f.code || CASE WHEN f.row_count > 0 "
				   "THEN ' (rows: ' || f.row_count || ', the first at line ' || f.first_line || "
				   "')' ELSE '' END || ':', f.example) AS message, "
				   "json_build_object('code', f.code, 'severity', f.severity, 'rows', f.row_count, "
				   "'first_line', f.first_line, 'example', f.example, 'amount', f.amount::text) AS "
				   "document "
				   "FROM %S.delivery_findings f WHERE f.delivery_id = $1::bigint ORDER BY "
				   "f.severity = 'info', f.severity, f.code LIMIT $2::bigint"),
		 {delivery, load_options.show}},
		{in_ledger("SELECT j.line_no, j.reason AS message, json_build_object('line_number', "
				   "j.line_no, 'reason', j.reason, 'line', left(j.line, 1000)) AS document "
				   "FROM %S.delivery_rejections j WHERE j.delivery_id = $1::bigint ORDER BY "
				   "j.line_no LIMIT $2::bigint"),
		 {delivery, load_options.show}}};
	static const char *const names[] = {"totals", "findings", "rejections"};

	ask_all(questions, results, 3, false);
	for (int i = 0; i < 3; i++)
	{
		answer_open(names[i], '[');
		say_rows(results[i], i == 2 ? "line_no" : NULL);
		answer_close();
		PQclear(results[i]);
	}
}

int
load_bill(const Kind *kind, const char *path)
{
	Input *input = input_open(path);
	const char *what = load_name(input);
	char first = input_first_byte(input);
	PGresult *result;
	const char *load_id;
	bool known;
	bool refused;
	bool has_rejected;
	bool to_commit = true;
	int status = STATUS_DONE;

	(void) kind;
	set_doing(format_text("loading %s", what),
			  format_text("nothing of %s was loaded; run the same command again", what));
	answer_open(NULL, '{');
	answer_text("file", what);
	progress_begin(what, input_size(input));
	begin_work(true);
	if (first == '\0')
		fail(STATUS_FILE, "%s is empty", shown(input_path(input)));
	result = load_options.as_text || first == '{' || first == '[' ? run_by_text(input, what)
																  : run_by_stage(input, what);
	input_close(input);
	progress_end();

	load_id = cell(result, 0, "load_id");
	known = strcmp(cell(result, 0, "already_loaded"), "t") == 0;
	refused = strcmp(cell(result, 0, "status"), "refused") == 0;
	has_rejected = cell(result, 0, "rows_rejected") != NULL &&
				   strcmp(cell(result, 0, "rows_rejected"), "0") != 0;
	answer_switch("known", known);
	answer_number("delivery_id", cell(result, 0, "delivery"));
	answer_text("dataset", cell(result, 0, "dataset"));
	answer_text("focus_version", cell(result, 0, "focus_version"));
	answer_switch("refused", refused);
	answer_text("reason", cell(result, 0, "reason"));
	answer_number("rows_in_file", cell(result, 0, "rows_in_file"));
	answer_number("rows_loaded", cell(result, 0, "rows_loaded"));
	answer_number("rows_rejected", cell(result, 0, "rows_rejected"));
	answer_number("restated_rows", cell(result, 0, "restated_rows"));
	if (refused)
		say("%s: refused: %s", what, shown(cell(result, 0, "reason")));
	else
		say("%s: %s%s%s: rows: %s, loaded: %s, rejected: %s%s", what, cell(result, 0, "dataset"),
			cell(result, 0, "focus_version") != NULL ? " " : "",
			cell(result, 0, "focus_version") != NULL ? cell(result, 0, "focus_version") : "",
			cell(result, 0, "rows_in_file"), cell(result, 0, "rows_loaded"),
			cell(result, 0, "rows_rejected"), known ? " (loaded before)" : "");
	say_outcome(cell(result, 0, "delivery"));
	if (refused || has_rejected)
		status = STATUS_FINDINGS;

	if (refused)
	{
		/* Nothing of it is loaded; why stays in the log. */
	}
	else if (known && (load_id == NULL || load_is_published(load_id)))
	{
		answer_number("load_id", load_id);
		say("%s: nothing is done", what);
	}
	else if (load_options.strict && has_rejected)
	{
		to_commit = false;
		say("%s: nothing of it is loaded, because rows of it were rejected", what);
	}
	else
	{
		int of_publication = publish(what, load_id, &to_commit);

		status = of_publication > status ? of_publication : status;
	}
	end_load(what, to_commit);
	answer_close();
	PQclear(result);
	return status;
}
