/*
 * close.c
 *		chipbook close and chipbook refresh: what the night does to the books.
 *
 * close takes a fiscal period by its name in the ledger (FY26-P10), or a month (2026-10), which is
 * then the period that is that month in the calendar of each entity. All that is closed by one
 * command is closed in one transaction: all or nothing. With --due it closes what is over, period by
 * period, as chipbook.nightly() does: what stops one entity stops no other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chipbook.h"

static List entities;
static const char *basis;
static bool soft;
static const char *since;
static const char *due;

static const Option close_options[] = {
	{"entity", 'e', "ENTITY", "of this entity only; may be repeated", NULL, NULL, &entities},
	{"basis", 'b', "BASIS", "ifrs, us_gaap, hgb, us_tax, de_tax or economic; default the ledger's",
	 &basis, NULL, NULL},
	{"due", 0, "DAYS",
	 "no PERIOD: every one that is over for DAYS or longer, of books that were begun", &due, NULL,
	 NULL},
	{"soft", 0, NULL, "take adjustments still; closing again closes it", NULL, &soft, NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

static const Option refresh_options[] = {
	{"since", 0, "DAY", "also months touched on that day or later, though stored since", &since,
	 NULL, NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

/*
 * The periods, a row for each entity. $1 the period, $2 the basis or empty, $3 entities as a JSON array, or empty.
 * A fiscal year of two digits is the one nearest to today; what is in no calendar has no fiscal_year.
 */
static const char *const periods_query =
	"WITH wanted AS (SELECT regexp_match($1, '^([0-9]{4})-([0-9]{2})$') AS month, regexp_match($1, "
	"'^FY([0-9]{2}|[0-9]{4})-P([0-9]{1,2})$') AS fiscal), "
	"named AS (SELECT CASE WHEN w.month IS NOT NULL AND w.month[2]::integer BETWEEN 1 AND 12 AND "
	"w.month[1] <> '0000' THEN make_date(w.month[1]::integer, w.month[2]::integer, 1) END AS "
	"first_day, "
	"CASE WHEN length(w.fiscal[1]) = 4 THEN w.fiscal[1]::integer ELSE "
	"(SELECT y FROM generate_series(extract(year FROM now())::integer - 50, extract(year FROM "
	"now())::integer + 49) y WHERE y % 100 = w.fiscal[1]::integer) END AS fiscal_year, "
	"w.fiscal[2]::integer AS period_number FROM wanted w), "
	"chosen AS (SELECT e.entity_id FROM %s.entity_known e WHERE $3 = '' OR e.entity_id IN (SELECT "
	"jsonb_array_elements_text(CASE WHEN $3 = '' THEN '[]' ELSE $3::jsonb END)) "
	"UNION SELECT jsonb_array_elements_text(CASE WHEN $3 = '' THEN '[]' ELSE $3::jsonb END)) "
	"SELECT c.entity_id, coalesce(nullif($2, ''), (SELECT l.basis FROM %s.ledger l)) AS basis, "
	"CASE WHEN n.first_day IS NULL THEN n.fiscal_year ELSE p.fiscal_year END AS fiscal_year, "
	"CASE WHEN n.first_day IS NULL THEN n.period_number ELSE p.period_number END AS period_number, "
	"n.first_day IS NULL AND n.fiscal_year IS NULL AS is_no_period "
	"FROM chosen c CROSS JOIN named n LEFT JOIN %s.entity_known e ON e.entity_id = c.entity_id "
	"LEFT JOIN LATERAL %s.calendar_period_on(coalesce(e.calendar_id, 'ledger'), n.first_day) p "
	"ON p.starts_on = n.first_day AND p.ends_on = (n.first_day + interval '1 month')::date "
	"ORDER BY c.entity_id";

static const char *
entities_as_json(void)
{
	Text *text = new_text();

	for (int i = 0; i < entities.count; i++)
	{
		text_add(text, i == 0 ? "[" : ", ");
		append_json_text(text, entities.items[i]);
	}
	if (entities.count > 0)
		text_add_char(text, ']');
	return text->data;
}

/* The view period_due: what chipbook.nightly() closes. $1 the days, $2 and $3 as above. */
static const char *const due_query =
	"SELECT p.entity_id, p.basis, p.fiscal_year, p.period_number FROM %S.period_due p "
	"WHERE p.days_over >= $1::integer AND ($2 = '' OR p.basis = $2) AND ($3 = '' OR p.entity_id IN "
	"(SELECT jsonb_array_elements_text(CASE WHEN $3 = '' THEN '[]' ELSE $3::jsonb END))) "
	"AND (p.state = 'open' OR NOT $4::boolean) "
	"ORDER BY p.starts_on, p.entity_id, p.basis";

/* Returns whether it was closed; may_fail: that it was not is said, and ends no run. */
static bool
close_one(const PGresult *periods, int row, bool may_fail)
{
	const char *entity = cell(periods, row, "entity_id");
	const char *of_basis = cell(periods, row, "basis");
	const char *year = cell(periods, row, "fiscal_year");
	const char *number = cell(periods, row, "period_number");
	const char *name = format_text("FY%02d-P%02d of \"%s\", %s",
								   (int) (read_count(year, "fiscal year", 9999) % 100),
								   (int) read_count(number, "period", 99), shown(entity), of_basis);
	char *what = format_text("closing %s", name);
	PGresult *closed;
	const char *entries;
	bool done;

	set_doing(what, "nothing was closed; run the same command again");
	progress_step(what);
	closed = try_to_ask(
		(Question){"SELECT chipbook.close_period($1, $2, $3, $4::integer, $5::integer, soft "
				   "=> $6::boolean) AS entries",
				   {the_ledger(), entity, of_basis, year, number, soft ? "true" : "false"}});
	progress_end();
	done = PQresultStatus(closed) == PGRES_TUPLES_OK;
	if (!done && (!may_fail || connection_is_lost() || interrupted_now()))
		must_be_good(closed, what);
	entries = done ? cell(closed, 0, "entries") : NULL;
	answer_open(NULL, '{');
	answer_text("entity_id", entity);
	answer_text("basis", of_basis);
	answer_number("fiscal_year", year);
	answer_number("period_number", number);
	answer_switch("soft", soft);
	answer_number("entries", entries);
	if (!done)
	{
		answer_text("refused", PQresultErrorField(closed, PG_DIAG_MESSAGE_PRIMARY));
		answer_text("detail", PQresultErrorField(closed, PG_DIAG_MESSAGE_DETAIL));
	}
	answer_close();
	if (done)
		say("%s: %s, entries posted: %s", name, soft ? "soft closed" : "closed", entries);
	else
	{
		complain("%s: not closed: %s", name,
				 shown(PQresultErrorField(closed, PG_DIAG_MESSAGE_PRIMARY)));
		if (PQresultErrorField(closed, PG_DIAG_MESSAGE_DETAIL) != NULL)
			complain("  detail: %s", shown(PQresultErrorField(closed, PG_DIAG_MESSAGE_DETAIL)));
		if (PQresultErrorField(closed, PG_DIAG_MESSAGE_HINT) != NULL)
			complain("  what to do: %s", shown(PQresultErrorField(closed, PG_DIAG_MESSAGE_HINT)));
	}
	PQclear(closed);
	return done;
}

/* Whether an earlier period of the same books could not be closed. */
static bool
comes_after_failure(const PGresult *periods, int row, const bool *failed)
{
	for (int i = 0; i < row; i++)
	{
		if (failed[i] &&
			strcmp(cell(periods, i, "entity_id"), cell(periods, row, "entity_id")) == 0 &&
			strcmp(cell(periods, i, "basis"), cell(periods, row, "basis")) == 0)
			return true;
	}
	return false;
}

static int
run_close_due(void)
{
	PGresult *periods;
	bool *failed;
	int status = STATUS_DONE;

	if (settings.argument_count > 0)
		fail(STATUS_USAGE, "close --due takes no period: \"%s\"", shown(settings.arguments[0]));
	read_count(due, "--due", 10000);
	connect_to_server();
	set_doing("closing", "nothing was closed; run the same command again");
	the_ledger();
	periods = ask(NULL, (Question){in_ledger(due_query),
								   {due, basis != NULL ? basis : "", entities_as_json(),
									soft ? "true" : "false"}});
	failed = must_have(calloc(PQntuples(periods) + 1, sizeof *failed));
	answer_open("closed", '[');
	for (int i = 0; i < PQntuples(periods); i++)
	{
		if (comes_after_failure(periods, i, failed))
			continue;
		begin_work(true);
		failed[i] = !close_one(periods, i, true);
		if (failed[i])
		{
			status = STATUS_SERVER;
			roll_back_work();
		}
		else
			commit_work("committing the close");
	}
	answer_close();
	if (PQntuples(periods) == 0)
		say("nothing to close: no period is over for %s days or longer and open", due);
	PQclear(periods);
	free(failed);
	disconnect();
	return answer_end(status);
}

static int
run_close(void)
{
	PGresult *periods;
	const char *period;

	if (due != NULL)
		return run_close_due();
	if (settings.argument_count != 1)
		fail_with_hint(STATUS_USAGE,
					   "for instance: chipbook close 2026-10, or chipbook close FY26-P10",
					   "close takes one period");
	period = settings.arguments[0];
	connect_to_server();
	set_doing("closing", "nothing was closed; run the same command again");
	the_ledger();
	begin_work(true);
	periods = ask(NULL, (Question){in_ledger(periods_query),
								   {period, basis != NULL ? basis : "", entities_as_json()}});
	answer_text("period", period);
	for (int i = 0; i < PQntuples(periods); i++)
	{
		if (strcmp(cell(periods, i, "is_no_period"), "t") == 0)
			fail_with_hint(STATUS_USAGE, "write a month as 2026-10, a fiscal period as FY26-P10",
						   "\"%s\" is no period", shown(period));
		if (cell(periods, i, "fiscal_year") == NULL)
			fail_with_hint(STATUS_SERVER,
						   "name the fiscal period, as in FY26-P10; view period_status and "
						   "chipbook.add_fiscal_year() tell which there are",
						   "the calendar of entity \"%s\" has no period in %s",
						   shown(cell(periods, i, "entity_id")), shown(period));
	}
	answer_open("closed", '[');
	for (int i = 0; i < PQntuples(periods); i++)
		close_one(periods, i, false);
	answer_close();
	PQclear(periods);
	commit_work("committing the close");
	disconnect();
	return answer_end(STATUS_DONE);
}

const Command close_command = {
	"close",
	"[PERIOD]",
	"close a fiscal period, or what is due",
	"PERIOD is a month (2026-10) or a fiscal period by its name (FY26-P10). It is closed\n"
	"for every entity, under the ledger's primary basis, unless options say otherwise:\n"
	"all in one transaction, all or none. A period that is closed already posts nothing.\n\n"
	"With --due, for the night: every period that is over for as many days and not closed, of\n"
	"every entity and basis of which one was ever closed (the view period_due), each in a\n"
	"transaction. One that is refused is said, makes the exit code 4, and stops no other\n"
	"entity.\n\n"
	"Who runs it needs access approver.",
	close_options,
	run_close};

/* ----------------------------------------------------------------------
 * refresh
 * ---------------------------------------------------------------------- */

static int
run_refresh(void)
{
	PGresult *partitions;
	PGresult *usage;
	PGresult *shares;
	const char *from = since != NULL ? since : "";

	if (settings.argument_count > 0)
		fail(STATUS_USAGE, "refresh takes no argument: \"%s\"", shown(settings.arguments[0]));
	connect_to_server();
	set_doing("refreshing", "nothing was changed; run the same command again");
	the_ledger();
	begin_work(true);
	progress_step("making partitions");
	partitions = ask("refresh", (Question){"SELECT chipbook.add_reading_partitions($1) AS made",
										   {the_ledger()}});
	progress_step("costs of days");
	usage = ask("refresh",
				(Question){"SELECT chipbook.refresh_usage($1, nullif($2, '')::date) AS changed",
						   {the_ledger(), from}});
	progress_step("allocated costs");
	shares =
		ask("refresh",
			(Question){"SELECT chipbook.refresh_allocation($1, nullif($2, '')::date) AS changed",
					   {the_ledger(), from}});
	progress_end();
	answer_number("partitions_made", cell(partitions, 0, "made"));
	answer_number("day_rows_changed", cell(usage, 0, "changed"));
	answer_number("allocated_rows_changed", cell(shares, 0, "changed"));
	commit_work("committing the refresh");
	say("partitions made: %s; rows changed: of costs by day %s, of allocated costs %s",
		cell(partitions, 0, "made"), cell(usage, 0, "changed"), cell(shares, 0, "changed"));
	PQclear(partitions);
	PQclear(usage);
	PQclear(shares);
	disconnect();
	return answer_end(STATUS_DONE);
}

const Command refresh_command = {
	"refresh",
	"",
	"store what months cost by day and tenant, and make partitions ahead",
	"Stores what complete months cost by day, and allocated to tenants and jobs, where\n"
	"facts or readings changed since, and makes the partitions of readings of this month\n"
	"and the three to come. Run it nightly, after the loads; a second time at once\n"
	"changes nothing. Who runs it needs access loader or accountant.",
	refresh_options,
	run_refresh};
