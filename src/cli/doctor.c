/*
 * doctor.c
 *		chipbook doctor: what stands in the way of the books, or soon will, and what to do about it.
 *
 * Each check is one query that gives rows (severity, subject, detail, advice): none where all is
 * well. They travel in one pipeline, each alone, so that one that this user may not ask, or that a
 * damaged ledger refuses, is said and stops no other. What figures prove is not asked here: that is
 * chipbook verify.
 */
#include <string.h>

#include "chipbook.h"

static bool quick;
static const char *stale_days = "3";

static const Option options[] = {
	{"quick", 0, NULL, "leave out the findings about facts, which take seconds to minutes", NULL,
	 &quick, NULL},
	{"stale", 0, "DAYS", "after how many days without readings a pool that had some is stale (3)",
	 &stale_days, NULL, NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

typedef struct Check
{
	const char *name;
	const char *sql;
} Check;

/* $1: the version of this program. */
static const Check database_checks[] = {
	{"extension",
	 "SELECT 'error' AS severity, 'extension chipbook' AS subject, "
	 "'it is not in this database' AS detail, 'chipbook init LEDGER makes it' AS advice "
	 "WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'chipbook') "
	 "UNION ALL SELECT 'error', 'extension chipbook', "
	 "format('the database has %s, the files on the server are of %s', e.extversion, "
	 "a.default_version), "
	 "'ALTER EXTENSION chipbook UPDATE;' "
	 "FROM pg_extension e JOIN pg_available_extensions a ON a.name = e.extname "
	 "WHERE e.extname = 'chipbook' AND a.default_version <> e.extversion "
	 "UNION ALL SELECT 'error', 'extension chipbook', 'its files are gone from the server', "
	 "'install the chipbook package of release ' || e.extversion || ' on the server' "
	 "FROM pg_extension e "
	 "WHERE e.extname = 'chipbook' AND NOT EXISTS "
	 "(SELECT FROM pg_available_extensions a WHERE a.name = 'chipbook') "
	 "UNION ALL SELECT 'warning', 'program chipbook', "
	 "format('it is of release %s, the extension of %s', $1::text, e.extversion), "
	 "'install the program of the same release' "
	 "FROM pg_extension e "
	 "WHERE e.extname = 'chipbook' AND e.extversion <> $1"},
	{"server",
	 "SELECT 'warning' AS severity, 'server' AS subject, "
	 "'it is a standby, which takes no writes' AS detail, "
	 "'connect to the primary to load and close (target_session_attrs=read-write)' AS advice "
	 "WHERE pg_is_in_recovery() "
	 "UNION ALL SELECT 'error', 'setting ' || s.name, "
	 "'it is off: a crash may lose or damage what was recorded', "
	 "format('ALTER SYSTEM SET %s = on; SELECT pg_reload_conf();', s.name) "
	 "FROM pg_settings s "
	 "WHERE s.name IN ('fsync', 'full_page_writes') AND s.setting = 'off' "
	 "UNION ALL SELECT 'warning', 'setting max_locks_per_transaction', "
	 "format('there is room for %s locks: making, dumping or dropping a ledger takes some "
	 "3000 at once', n.room), "
	 "'ALTER SYSTEM SET max_locks_per_transaction = 128; and restart the server' "
	 "FROM (SELECT current_setting('max_locks_per_transaction')::bigint * "
	 "(current_setting('max_connections')::bigint + "
	 "current_setting('max_prepared_transactions')::bigint) AS room) n "
	 "WHERE n.room < 4000 "
	 "UNION ALL SELECT 'warning', 'setting data_checksums', "
	 "'they are off: damage by a disk is seen late', "
	 "'pg_checksums --enable, with the server stopped' "
	 "WHERE current_setting('data_checksums') = 'off'"},
	{"connection", "SELECT 'warning' AS severity, 'connection' AS subject, "
				   "'it is not encrypted' AS detail, "
				   "'set sslmode=verify-full, and ssl = on in the server' AS advice "
				   "FROM pg_stat_ssl s "
				   "WHERE s.pid = pg_backend_pid() AND NOT s.ssl "
				   "AND NOT inet_client_addr() << '127.0.0.0/8' AND inet_client_addr() <> '::1'"},
	{"sessions",
	 "SELECT 'warning' AS severity, 'session ' || a.pid AS subject, "
	 "format('user \"%s\" is in a transaction since %s and does nothing: it may hold a "
	 "ledger, and keeps old rows', a.usename, "
	 "to_char(a.xact_start, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) AS detail, "
	 "format('SELECT pg_terminate_backend(%s);', a.pid) AS advice "
	 "FROM pg_stat_activity a "
	 "WHERE a.datname = current_database() AND a.state LIKE 'idle in transaction%' "
	 "AND a.state_change < now() - interval '1 hour' "
	 "UNION ALL SELECT 'warning', 'prepared transaction ' || p.gid, "
	 "'it waits since ' || to_char(p.prepared, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "
	 "format('COMMIT PREPARED or ROLLBACK PREPARED %L;', p.gid) "
	 "FROM pg_prepared_xacts p "
	 "WHERE p.database = current_database() AND p.prepared < now() - interval '1 hour'"},
	{"collation",
	 "SELECT 'warning' AS severity, 'database ' || d.datname AS subject, "
	 "format('its collation was of version %s, the system has %s: indexes of text may be out "
	 "of order', d.datcollversion, pg_database_collation_actual_version(d.oid)) AS detail, "
	 "format('REINDEX DATABASE %I; ALTER DATABASE %I REFRESH COLLATION VERSION;', d.datname, "
	 "d.datname) AS advice "
	 "FROM pg_database d "
	 "WHERE d.datname = current_database() "
	 "AND d.datcollversion <> pg_database_collation_actual_version(d.oid)"},
};

/* $1: the ledger, $2: how many days make data stale. %s is the ledger's schema, %S that of its views. */
static const Check ledger_checks[] = {
	{"schema", "SELECT 'error' AS severity, 'ledger ' || $1 AS subject, "
			   "format('its tables are of version %%, the extension makes %%', l.schema_version, "
			   "chipbook.ledger_schema_version()) AS detail, "
			   "format('SELECT chipbook.upgrade_ledger(%L);', $1) AS advice "
			   "FROM %s.ledger l "
			   "WHERE l.schema_version <> chipbook.ledger_schema_version()"},
	{"owner",
	 "SELECT 'warning' AS severity, 'ledger ' || $1 AS subject, "
	 "format('role \"%%\" owns it, and can log in or is a superuser: it could change what was "
	 "recorded', r.rolname) AS detail, "
	 "'CREATE ROLE keeper NOLOGIN; then give schemas, tables, views and functions to it "
	 "(docs/ledger.md), or make ledgers with chipbook init --owner' AS advice "
	 "FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner "
	 "WHERE n.nspname = $1 AND (r.rolcanlogin OR r.rolsuper)"},
	{"privileges",
	 "SELECT 'info' AS severity, 'user ' || current_user AS subject, format('may %%', CASE "
	 "WHEN count(*) = 0 THEN 'neither load nor close' "
	 "WHEN NOT bool_or(f.signature::text LIKE '%%.period_close(%%') THEN 'load, not close' "
	 "ELSE 'load and close' END) AS detail, CASE "
	 "WHEN count(*) = 0 THEN format('its owner can run SELECT chipbook.grant_ledger(%L, "
	 "''loader'', %L);', $1, current_user) "
	 "WHEN NOT bool_or(f.signature::text LIKE '%%.period_close(%%') THEN format('to close: SELECT "
	 "chipbook.grant_ledger(%L, "
	 "''approver'', %L);', $1, current_user) END AS advice "
	 "FROM chipbook.ledger_functions($1) f "
	 "WHERE has_function_privilege(f.signature, 'EXECUTE') "
	 "UNION ALL SELECT 'error', 'user ' || current_user, 'may not use the published views', "
	 "format('its owner can run SELECT chipbook.grant_ledger(%L, "
	 "''reader'', %L);', $1, current_user) "
	 "WHERE NOT has_schema_privilege($1 || '_report', 'USAGE')"},
	{"partitions",
	 "SELECT 'warning' AS severity, 'partitions' AS subject, "
	 "format('readings of %% have none: what is inserted into meter_reading is refused', "
	 "to_char(m.month, 'YYYY-MM')) AS detail, "
	 "format('chipbook refresh --ledger=%%, or SELECT chipbook.add_reading_partitions(%L);', "
	 "$1, $1) AS advice "
	 "FROM (SELECT g.month::date AS month "
	 "FROM (SELECT date_trunc('month', now() AT TIME ZONE l.time_zone) AS this_month "
	 "FROM %s.ledger l) t, generate_series(t.this_month, t.this_month + interval '1 month', "
	 "interval '1 month') g (month)) m "
	 "WHERE NOT EXISTS "
	 "(SELECT FROM pg_inherits i WHERE i.inhparent = '%s.meter_reading'::regclass "
	 "AND i.inhrelid = to_regclass(format('%I.%I', $1, 'meter_reading_' || to_char(m.month, "
	 "'YYYY_MM')))) AND EXISTS "
	 "(SELECT FROM %s.usage_day u WHERE u.superseded_at = 'infinity')"},
	{"stale data",
	 "SELECT 'warning' AS severity, 'pool ' || u.pool_id AS subject, "
	 "format('its last readings are of %%', max(u.reading_day)) AS detail, "
	 "'look whether its meters, their export and the nightly load run; chipbook load says "
	 "what it did with each file' AS advice "
	 "FROM %s.usage_day u "
	 "WHERE u.superseded_at = 'infinity' "
	 "AND u.month >= (date_trunc('month', now()) - interval '2 months')::date "
	 "GROUP BY u.pool_id "
	 "HAVING max(u.reading_day) < now()::date - $2::integer "
	 "UNION ALL SELECT 'warning', 'ledger ' || $1, "
	 "'the last fact was recorded at ' || to_char(l.last_recorded_at, "
	 "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'look whether the nightly loads run' "
	 "FROM %s.ledger l "
	 "WHERE isfinite(l.last_recorded_at) "
	 "AND l.last_recorded_at < now() - make_interval(days => greatest($2::integer, 1) * 3)"},
	{"unfinished loads",
	 "SELECT 'warning' AS severity, 'load ' || l.load_id AS subject, "
	 "format('\"%%\", opened by \"%%\" at %%, is not published', left(l.description, 200), "
	 "l.opened_by, to_char(l.opened_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) AS detail, "
	 "format('SELECT * FROM chipbook.check_load(%L, %%); then publish_load(), "
	 "or discard_load()', $1, l.load_id) AS advice "
	 "FROM %s.load l "
	 "WHERE l.recorded_at IS NULL AND l.opened_at < now() - interval '1 day' "
	 "AND NOT EXISTS "
	 "(SELECT FROM %s.import_file f WHERE f.load_id = l.load_id AND f.readings = 0) "
	 "UNION ALL SELECT 'warning', 'import file ' || f.file_id, "
	 "format('\"%%\" was opened at %% and never run', left(f.name, 200), "
	 "to_char(f.opened_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')), "
	 "format('SELECT chipbook.clear_import(%L, %%);', $1, f.file_id) "
	 "FROM %s.import_file f "
	 "WHERE f.status = 'open' AND f.opened_at < now() - interval '1 day' "
	 "UNION ALL SELECT 'warning', 'delivery ' || d.delivery_id, "
	 "format('\"%%\" was opened at %% and never run', left(d.name, 200), "
	 "to_char(d.opened_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')), "
	 "format('SELECT chipbook.clear_bill(%L, %%);', $1, d.delivery_id) "
	 "FROM %s.delivery d "
	 "WHERE d.status = 'open' AND d.opened_at < now() - interval '1 day'"},
	{"staged text", "SELECT 'info' AS severity, 'table import_line' AS subject, "
					"format('text of files that were imported takes %%', "
					"pg_size_pretty(pg_total_relation_size('%s.import_line'))) AS detail, "
					"format('SELECT chipbook.clear_import(%L, file_id) FROM %I.import_status "
					"WHERE status <> ''open'' AND opened_at < now() - interval ''90 days'';', "
					"$1, $1 || '_report') AS advice "
					"WHERE pg_total_relation_size('%s.import_line') > 1000000000"},
	{"costs stored",
	 "SELECT 'warning' AS severity, 'costs by day' AS subject, "
	 "format('facts or readings of %% were recorded since they were stored', "
	 "string_agg(DISTINCT to_char(k.month, "
	 "'YYYY-MM'), ', ')) AS detail, format('chipbook refresh --ledger=%%', $1) AS advice "
	 "FROM %s.refreshed_month k JOIN %s.pool_touch p ON p.touched_at > k.recorded_at "
	 "AND p.from_day < (k.month + interval '1 month')::date AND p.to_day > k.month "
	 "WHERE k.superseded_at = 'infinity' "
	 "HAVING count(*) > 0 "
	 "UNION ALL SELECT 'warning', 'costs by day', format('they are stored up to %%', "
	 "to_char(max(k.month), 'YYYY-MM')), format('chipbook refresh --ledger=%%', $1) "
	 "FROM %s.refreshed_month k "
	 "WHERE k.superseded_at = 'infinity' "
	 "HAVING max(k.month) < date_trunc('month', now() - interval '3 days') - interval '1 "
	 "month'"},
	{"periods",
	 "SELECT 'warning' AS severity, "
	 "format('period %% of %%, %%', p.fiscal_period, p.entity_id, p.basis) AS subject, "
	 "format('it ended on %% and is %%', p.last_day, replace(p.state, '_', ' ')) AS detail, "
	 "format('chipbook close %% --entity=%L --basis=%% --ledger=%%', p.fiscal_period, "
	 "p.entity_id, p.basis, $1) AS advice "
	 "FROM %S.period_status p "
	 "WHERE p.state <> 'closed' AND p.kind = 'regular' AND p.last_day < now()::date - 10 "
	 " AND EXISTS "
	 "(SELECT FROM %S.period_status q WHERE q.entity_id = p.entity_id AND q.basis = p.basis AND "
	 "q.state = 'closed') "
	 "UNION ALL SELECT 'warning', "
	 "format('period %% of %%, %%', p.fiscal_period, p.entity_id, p.basis), "
	 "format('entries that wait for approval: %%', p.waiting_entries), "
	 "'another than who prepared them approves or rejects them: chipbook.approve_entry(), "
	 "chipbook.reject_entry()' "
	 "FROM %S.period_status p "
	 "WHERE p.waiting_entries > 0 AND p.last_day < now()::date"},
	{"closes", "SELECT 'warning' AS severity, 'process ' || c.process_id AS subject, "
			   "format('it closes since %%, and is at step %% (%%)', to_char(c.started_at, "
			   "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), c.step_number, c.step) AS detail, "
			   "'wait, or SELECT pg_cancel_backend() of it: nothing is closed then' AS advice "
			   "FROM %S.close_progress c "
			   "WHERE c.started_at < now() - interval '2 hours'"},
	{"indexes", "SELECT 'error' AS severity, 'index ' || x.indexrelid::regclass AS subject, "
				"'it is not valid' AS detail, "
				"format('REINDEX INDEX %%;', x.indexrelid::regclass) AS advice "
				"FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid "
				"JOIN pg_namespace n ON n.oid = c.relnamespace "
				"WHERE n.nspname = $1 AND NOT x.indisvalid"},
	{"facts", "SELECT q.severity, concat_ws(' ', q.subject, min(q.subject_id)) AS subject, "
			  "concat(q.finding, CASE "
			  "WHEN count(*) > 1 THEN format(' and %% more of its kind', count(*) - 1) END, ': ', "
			  "min(q.detail)) AS detail, format('SELECT * "
			  "FROM %I.data_quality "
			  "WHERE finding = %L;', $1 || '_report', q.finding) AS advice "
			  "FROM %S.data_quality q "
			  "WHERE q.severity IN ('error', 'warning') "
			  "GROUP BY q.severity, q.finding, q.subject ORDER BY q.severity, q.finding"},
};

enum
{
	DATABASE_CHECKS = sizeof database_checks / sizeof database_checks[0],
	LEDGER_CHECKS = sizeof ledger_checks / sizeof ledger_checks[0]
};

static int counts[3]; /* errors, warnings, infos */

static void
report_finding(const char *check, const char *of_ledger, const char *severity, const char *subject,
			   const char *detail, const char *advice)
{
	counts[strcmp(severity, "error") == 0 ? 0 : strcmp(severity, "warning") == 0 ? 1 : 2]++;
	answer_open(NULL, '{');
	answer_text("check", check);
	answer_text("ledger", of_ledger);
	answer_text("severity", severity);
	answer_text("subject", subject);
	answer_text("detail", detail);
	answer_text("advice", advice);
	answer_close();
	say("%s: %s: %s", severity, shown(subject), shown(detail));
	if (advice != NULL && *advice != '\0')
		say("    %s", shown(advice));
}

static void
report_results(const Check *checks, PGresult **results, int count, const char *of_ledger)
{
	for (int i = 0; i < count; i++)
	{
		if (PQresultStatus(results[i]) != PGRES_TUPLES_OK)
		{
			const char *sqlstate = PQresultErrorField(results[i], PG_DIAG_SQLSTATE);
			const char *message = PQresultErrorField(results[i], PG_DIAG_MESSAGE_PRIMARY);
			bool forbidden = sqlstate != NULL && strcmp(sqlstate, "42501") == 0;

			report_finding(checks[i].name, of_ledger, forbidden ? "info" : "error", checks[i].name,
						   format_text("this could not be looked at: %s",
									   message != NULL ? message : "no reason is known"),
						   forbidden ? "ask as a user with access loader, accountant or approver"
									 : "the server's log may say more");
		}
		for (int row = 0; row < PQntuples(results[i]); row++)
			report_finding(checks[i].name, of_ledger, cell(results[i], row, "severity"),
						   cell(results[i], row, "subject"), cell(results[i], row, "detail"),
						   cell(results[i], row, "advice"));
		PQclear(results[i]);
	}
}

/* %s and %S are the ledger's schemas; %% is a % of format()'s own, %I and %L too. */
static const char *
sql_for_ledger(const char *sql, const char *tables, const char *views)
{
	Text *text = new_text();

	for (const char *at = sql; *at != '\0'; at++)
	{
		if (at[0] == '%' && (at[1] == 's' || at[1] == 'S'))
			text_add(text, *++at == 's' ? tables : views);
		else if (at[0] == '%' && at[1] == '%')
		{
			text_add(text, "%s");
			at++;
		}
		else
			text_add_char(text, *at);
	}
	return text->data;
}

static void
examine_ledger(const char *ledger)
{
	Question questions[LEDGER_CHECKS];
	PGresult *results[LEDGER_CHECKS];
	const char *tables = quoted(ledger);
	const char *views = quoted(format_text("%s_report", ledger));
	/* The last one is the slow one. */
	int count = quick ? LEDGER_CHECKS - 1 : LEDGER_CHECKS;

	progress_step(format_text("examining ledger %s", ledger));
	for (int i = 0; i < count; i++)
		questions[i] =
			(Question){sql_for_ledger(ledger_checks[i].sql, tables, views), {ledger, stale_days}};
	ask_all(questions, results, count, true);
	report_results(ledger_checks, results, count, ledger);
}

static int
run(void)
{
	Question questions[DATABASE_CHECKS];
	PGresult *results[DATABASE_CHECKS];

	if (settings.argument_count > 0)
		fail(STATUS_USAGE, "doctor takes no argument: \"%s\"", shown(settings.arguments[0]));
	read_count(stale_days, "--stale", 10000);
	connect_to_server();
	set_doing("examining", "nothing was changed; run the same command again");
	answer_text("program_version", CHIPBOOK_VERSION);
	answer_text("extension_version", extension_version());
	answer_text("server_version", server_version_text());
	answer_text("libpq_version",
				format_text("%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000));
	say("program %s, extension %s, PostgreSQL %s, libpq %d.%d", CHIPBOOK_VERSION,
		extension_version() != NULL ? extension_version() : "none", server_version_text(),
		PQlibVersion() / 10000, PQlibVersion() % 10000);
	answer_open("findings", '[');
	for (int i = 0; i < DATABASE_CHECKS; i++)
		questions[i] = (Question){database_checks[i].sql, {CHIPBOOK_VERSION}};
	ask_all(questions, results, DATABASE_CHECKS, true);
	report_results(database_checks, results, DATABASE_CHECKS, NULL);
	if (extension_version() != NULL)
	{
		if (settings.ledger != NULL)
		{
			if (!ledger_exists(settings.ledger))
				report_finding(
					"ledger", settings.ledger, "error", format_text("ledger %s", settings.ledger),
					"there is none of that name in this database", "chipbook init makes ledgers");
			else
				examine_ledger(settings.ledger);
		}
		else
		{
			if (ledger_count() == 0)
				report_finding("ledger", NULL, "warning", "database", "it has no ledger",
							   "chipbook init LEDGER makes one");
			for (int i = 0; i < ledger_count(); i++)
				examine_ledger(ledger_name(i));
		}
	}
	progress_end();
	answer_close();
	answer_count("errors", counts[0]);
	answer_count("warnings", counts[1]);
	answer_count("infos", counts[2]);
	say("errors: %d, warnings: %d", counts[0], counts[1]);
	disconnect();
	return answer_end(counts[0] > 0 ? STATUS_FINDINGS : STATUS_DONE);
}

static const char about[] =
	"Looks at the versions of program, extension, server and ledgers, at settings,\n"
	"sessions, owners and privileges, missing partitions, stale data, loads and periods\n"
	"that are not finished, and at the findings about facts: of the ledger named, or of\n"
	"all. Each finding comes with what to do. Exit code 1: errors were found. Nothing is\n"
	"written. Whether the books are what was recorded, chipbook verify says.";

const Command doctor_command = {
	"doctor", "", "find what stands in the way, and say what to do", about, options, run};
