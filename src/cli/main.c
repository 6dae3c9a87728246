/*
 * main.c
 *		chipbook: the nightly program. Loads files into a ledger, closes its periods, verifies and
 *		exports it. It does what a person would type in psql, and nothing a person could not.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chipbook.h"

static const Command *const commands[] = {&init_command,    &load_command,   &close_command,
										  &refresh_command, &report_command, &export_command,
										  &verify_command,  &doctor_command};

static const size_t command_count = sizeof commands / sizeof commands[0];

static void
print_usage(void)
{
	printf("chipbook %s keeps the books of AI infrastructure in a PostgreSQL database.\n\n"
		   "Usage:\n  chipbook COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n",
		   CHIPBOOK_VERSION);
	for (size_t i = 0; i < command_count; i++)
		printf("  %-9s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n  chipbook COMMAND --help says more of each.\n\n"
		   "It connects as psql does: PGHOST, PGSERVICE, PGPASSFILE and their like, ~/.pgpass, or "
		   "-d with a URI.\n\n"
		   "Exit codes:\n"
		   "  0  done, nothing found that is wrong\n"
		   "  1  done as far as it goes: errors were found, rows or files refused\n"
		   "  2  the command line is wrong\n"
		   "  3  no connection, or it was lost\n"
		   "  4  the server refused\n"
		   "  5  a file cannot be read or written\n"
		   "  6  another run holds the ledger, and this one may not wait longer\n"
		   "  130, 143  interrupted (SIGINT, SIGTERM); nothing was changed\n");
}

static void
print_help(const Command *command)
{
	printf("chipbook %s: %s\n\nUsage:\n  chipbook %s [OPTION]...%s%s\n\n%s\n", command->name,
		   command->summary, command->name, *command->arguments != '\0' ? " " : "",
		   command->arguments, command->about);
	if (command->options[0].name != NULL)
	{
		printf("\nOptions:\n");
		print_options(command->options);
	}
	printf("\nOptions of every command:\n");
	print_options(common_options);
}

int
main(int argc, char **argv)
{
	const Command *command = NULL;

	/* Not the locale of numbers: what is read and written is the same everywhere. */
	setlocale(LC_CTYPE, "");
	/* A reader that goes away is an error of writing, which is said and leaves nothing behind. */
	signal(SIGPIPE, SIG_IGN);

	if (argc < 2)
	{
		fputs("chipbook: which command? chipbook --help lists them\n", stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0 ||
		strcmp(argv[1], "help") == 0)
	{
		print_usage();
		return answer_end(STATUS_DONE);
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
	{
		printf("chipbook %s (libpq %d.%d)\n", CHIPBOOK_VERSION, PQlibVersion() / 10000,
			   PQlibVersion() % 10000);
		return answer_end(STATUS_DONE);
	}
	for (size_t i = 0; i < command_count; i++)
	{
		if (strcmp(argv[1], commands[i]->name) == 0)
			command = commands[i];
	}
	if (command == NULL)
	{
		fprintf(stderr, "chipbook: there is no command \"%s\"; chipbook --help lists them\n",
				shown(argv[1]));
		return STATUS_USAGE;
	}

	settings.command = command->name;
	settings.ledger = getenv("CHIPBOOK_LEDGER");
	answer_begin(command->name);
	read_options(command, argc - 1, argv + 1);
	if (settings.help)
	{
		print_help(command);
		settings.json = false;
		return answer_end(STATUS_DONE);
	}
	return command->run();
}
