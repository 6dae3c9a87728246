/*
 * verify.c
 *		chipbook verify: what verify_ledger finds, in one state of the ledger.
 */
#include <string.h>

#include "chipbook.h"

static bool all_history;

static const Option options[] = {{"all-history", 0, NULL,
								  "also what was stored before the last refresh", NULL,
								  &all_history, NULL},
								 {NULL, 0, NULL, NULL, NULL, NULL, NULL}};

static int
run(void)
{
	PGresult *found;
	int errors = 0;
	int count;

	if (settings.argument_count > 0)
		fail(STATUS_USAGE, "verify takes no argument: \"%s\"", shown(settings.arguments[0]));
	connect_to_server();
	set_doing("verifying", "nothing was changed; run the same command again");
	the_ledger();
	begin_work(false);
	progress_step("verifying");
	found =
		ask("verify", (Question){"SELECT v.finding, v.severity, v.subject, v.detail, to_json(v) AS "
								 "document FROM chipbook.verify_ledger($1, $2::boolean) v",
								 {the_ledger(), all_history ? "true" : "false"}});
	progress_end();
	count = PQntuples(found);
	answer_open("findings", '[');
	for (int i = 0; i < count; i++)
	{
		const char *detail = cell(found, i, "detail");

		if (strcmp(cell(found, i, "severity"), "error") == 0)
			errors++;
		answer_json(NULL, cell(found, i, "document"));
		say("%s: %s, %s%s%s", cell(found, i, "severity"), cell(found, i, "finding"),
			shown(cell(found, i, "subject")), detail != NULL ? ": " : "",
			detail != NULL ? shown(detail) : "");
	}
	answer_close();
	answer_count("errors", errors);
	answer_count("warnings", count - errors);
	PQclear(found);
	roll_back_work();
	if (count == 0)
		say("ledger \"%s\": nothing found", the_ledger());
	else
		say("ledger \"%s\": errors: %d, warnings: %d", the_ledger(), errors, count - errors);
	disconnect();
	return answer_end(errors > 0 ? STATUS_FINDINGS : STATUS_DONE);
}

const Command verify_command = {
	"verify",
	"",
	"find what in the books is not what was recorded",
	"Checks everything that the functions of a ledger make true: seals, chains, balances,\n"
	"sums, guards. An error (exit code 1) means that the books are not what was recorded;\n"
	"a warning, that they could be changed unnoticed until the next verification. Nothing\n"
	"is written.",
	options,
	run};
