/*
 * chipbook.h
 *		What the files of the program `chipbook` share. Each of them is one concept:
 *
 *		main.c			the commands there are, and their help
 *		options.c		reading a command line by a table of options
 *		answer.c		what the program says: text for people, or one JSON document; and how it ends
 *		connection.c	the server: connecting, asking, transactions, the lock, interrupts
 *		copy.c			streaming to the server (COPY), in constant memory
 *		progress.c		how far a long step is
 *		input.c			files, also compressed, and the standard input
 *		report*.c		the report of a month; see report.h
 *		load*.c, close.c, verify.c, doctor.c, export.c, init.c	the commands
 *
 * The program has one connection and one answer, so both are the state of their files. Whatever
 * goes wrong ends in fail(), which says it once and exits: what was open on the server is rolled
 * back there, because every command that writes does so in one transaction.
 */
#ifndef CHIPBOOK_CLI_H
#define CHIPBOOK_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

#define CHIPBOOK_PRINTF(at, first) __attribute__((format(printf, at, first)))

/* Exit codes: part of the program's interface, documented in chipbook.1 and docs/program.md. */
enum
{
	STATUS_DONE = 0,       /* done, and nothing found that is wrong */
	STATUS_FINDINGS = 1,   /* done as far as it goes: errors found, rows or files refused */
	STATUS_USAGE = 2,      /* the command line is wrong; nothing was asked of the server */
	STATUS_CONNECTION = 3, /* no connection, or it was lost */
	STATUS_SERVER = 4,     /* the server refused */
	STATUS_FILE = 5,       /* a file cannot be read or written */
	STATUS_BUSY = 6,       /* another run holds the ledger, and this one may not wait (longer) */
	STATUS_WARNINGS = 7    /* of monitoring alone, where it exits with another code */
};

/* options.c ------------------------------------------------------------ */

typedef struct Option
{
	const char *name;  /* --name */
	char letter;       /* -n, or 0 */
	const char *value; /* what its value is called in the help; NULL: a switch */
	const char *help;  /* one line */
	const char **text; /* where the value goes; of a list, where the first goes */
	bool *given;       /* where a switch is set */
	struct List *list; /* where the values of an option go that may be repeated */
} Option;

typedef struct List
{
	const char **items;
	int count;
} List;

/* What is left of the command line, and the options that every command has. */
typedef struct Settings
{
	const char *command;
	const char *dbname;
	const char *host;
	const char *port;
	const char *username;
	bool never_prompt;
	const char *ledger;
	bool json;
	bool quiet;
	bool monitor;     /* of doctor: exit codes of a plugin */
	const char *wait; /* seconds to wait for another run; NULL: as long as it takes */
	bool help;
	char **arguments;
	int argument_count;
} Settings;

extern Settings settings;

typedef struct Command
{
	const char *name;
	const char *arguments; /* as in the usage line */
	const char *summary;   /* one line */
	const char *about;     /* paragraphs of the help */
	const Option *options; /* of this command; ended by a NULL name */
	int (*run)(void);      /* returns the exit code */
} Command;

extern void read_options(const Command *command, int argc, char **argv);
extern void print_options(const Option *options);
extern const Option common_options[];
extern void add_to_list(List *list, const char *item);
extern long read_count(const char *text, const char *option, long most);

/* answer.c ------------------------------------------------------------- */

extern void say(const char *format, ...) CHIPBOOK_PRINTF(1, 2);
extern void complain(const char *format, ...) CHIPBOOK_PRINTF(1, 2);
extern void note(const char *format, ...) CHIPBOOK_PRINTF(1, 2);
extern _Noreturn void fail(int status, const char *format, ...) CHIPBOOK_PRINTF(2, 3);
extern _Noreturn void
fail_with_hint(int status, const char *hint, const char *format, ...) CHIPBOOK_PRINTF(3, 4);
extern _Noreturn void fail_from_server(int status, const char *doing, const PGresult *result);
extern void *must_have(void *allocated);

/* A text that grows. */
typedef struct Text
{
	char *data; /* NULL: nothing was added yet */
	size_t length;
	size_t size;
} Text;

extern Text *new_text(void);
extern void text_add(Text *text, const char *more);
extern void text_add_char(Text *text, char more);
extern void text_add_bytes(Text *text, const char *bytes, size_t length);
extern void text_addf(Text *text, const char *format, ...) CHIPBOOK_PRINTF(2, 3);
extern char *format_text(const char *format, ...) CHIPBOOK_PRINTF(1, 2);
extern const char *shown(const char *text);
extern const char *beginning(const char *text, int bytes);
extern void say_on_stderr(void);

extern void answer_begin(const char *command);
extern void answer_text(const char *name, const char *value);
extern void answer_number(const char *name, const char *digits);
extern void answer_count(const char *name, int64_t value);
extern void answer_switch(const char *name, bool value);
extern void answer_json(const char *name, const char *document);
extern void answer_open(const char *name, char kind);
extern void answer_close(void);
extern int answer_end(int status);
extern void append_json_text(Text *buffer, const char *text);
extern bool answer_has_notice(const char *text);

/* A file that is being written and goes away when the program fails. */
extern const char *unfinished_file;

/* connection.c --------------------------------------------------------- */

extern void connect_to_server(void);
extern void disconnect(void);
extern PGconn *connection(void);
extern const char *server_version_text(void);
extern const char *extension_version(void);

extern const char *the_ledger(void);
extern int ledger_count(void);
extern const char *ledger_name(int number);
extern bool ledger_exists(const char *name);
extern const char *in_ledger(const char *format_with_one_name);
extern const char *quoted(const char *identifier);

/* A question: SQL with up to six parameters, all text. */
typedef struct Question
{
	const char *sql;
	const char *values[6];
} Question;

extern PGresult *ask(const char *doing, Question question);
extern PGresult *try_to_ask(Question question);
extern void ask_all(const Question *questions, PGresult **results, int count, bool each_alone);
extern void ask_for_rows(Question question);
extern PGresult *next_row(const char *doing);
extern PGresult *next_result(void);
extern void begin_work(bool to_write);
extern void commit_work(const char *meanwhile);
extern void roll_back_work(void);
extern void flush_to_server(void);
extern void stop_if_interrupted(void);
extern bool interrupted_now(void);
extern void must_be_good(const PGresult *result, const char *doing);
extern _Noreturn void fail_as_lost(void);
extern bool connection_is_lost(void);
extern void set_doing(const char *what, const char *if_lost);
extern const char *cell(const PGresult *result, int row, const char *column);

/* copy.c --------------------------------------------------------------- */

extern void copy_begin(const char *doing, const char *sql);
extern void copy_bytes(const char *bytes, size_t length);
extern int64_t copy_end(void);

/* progress.c ----------------------------------------------------------- */

extern void progress_begin(const char *what, int64_t total);
extern void progress_at(int64_t done);
extern void progress_rows(int64_t rows);
extern void progress_step(const char *what);
extern void progress_tick(void);
extern void progress_clear(void);
extern void progress_end(void);

/* input.c -------------------------------------------------------------- */

typedef struct Input Input;

extern Input *input_open(const char *path);
extern size_t input_read(Input *input, char *buffer, size_t size);
extern void input_close(Input *input);
extern int64_t input_size(const Input *input);
extern int64_t input_position(const Input *input);
extern const char *input_name(const Input *input);
extern const char *input_path(const Input *input);
extern char input_first_byte(const Input *input);
extern const char *input_sha256(Input *input);

/* The commands --------------------------------------------------------- */

extern const Command init_command;
extern const Command load_command;
extern const Command close_command;
extern const Command refresh_command;
extern const Command report_command;
extern const Command export_command;
extern const Command verify_command;
extern const Command doctor_command;

#endif
