/*
 * options.c
 *		Reading a command line by tables of options, from which the help is printed too.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chipbook.h"

Settings settings;

/* Those of psql where it has them, so that nobody has to learn them. */
const Option common_options[] = {
	{"dbname", 'd', "DBNAME", "database, or a connection string or URI", &settings.dbname, NULL,
	 NULL},
	{"host", 'h', "HOST", "server or folder of its socket", &settings.host, NULL, NULL},
	{"port", 'p', "PORT", "port of the server", &settings.port, NULL, NULL},
	{"username", 'U', "NAME", "user of the database", &settings.username, NULL, NULL},
	{"no-password", 'w', NULL, "never ask for a password", NULL, &settings.never_prompt, NULL},
	{"ledger", 'l', "LEDGER", "the ledger; default CHIPBOOK_LEDGER, or the only one there is",
	 &settings.ledger, NULL, NULL},
	{"wait", 0, "SECONDS",
	 "how long to wait for another run; 0: not at all; default: until it is done", &settings.wait,
	 NULL, NULL},
	{"json", 0, NULL, "print one JSON object", NULL, &settings.json, NULL},
	{"quiet", 'q', NULL, "print errors only", NULL, &settings.quiet, NULL},
	{"help", '?', NULL, "print this and exit", NULL, &settings.help, NULL},
	{NULL, 0, NULL, NULL, NULL, NULL, NULL}};

void
add_to_list(List *list, const char *item)
{
	list->items = must_have(realloc(list->items, (size_t) (list->count + 1) * sizeof *list->items));
	list->items[list->count++] = item;
}

static void
take(const Option *option, const char *value)
{
	if (option->given != NULL)
		*option->given = true;
	else if (option->list != NULL)
		add_to_list(option->list, value);
	else
		*option->text = value;
}

/* --json and --monitor count wherever they stand, also on a line that is wrong otherwise. */
static bool
asks_for(int argc, char **argv, const char *option)
{
	for (int i = 1; i < argc; i++)
	{
		if (strcmp(argv[i], "--") == 0)
			return false;
		if (strcmp(argv[i], option) == 0)
			return true;
	}
	return false;
}

/* Reads what follows the command's name (argv[0] is that name). */
void
read_options(const Command *command, int argc, char **argv)
{
	const Option *tables[] = {command->options, common_options};
	struct option known[64];
	const Option *meant[64];
	char letters[160] = ":";
	int count = 0;
	int found;
	int place = 0;

	settings.json = asks_for(argc, argv, "--json");
	settings.monitor = command == &doctor_command && asks_for(argc, argv, "--monitor");
	for (size_t t = 0; t < 2; t++)
	{
		for (const Option *option = tables[t]; option->name != NULL; option++)
		{
			char letter[3] = {option->letter, option->value != NULL ? ':' : '\0', '\0'};

			known[count] = (struct option){
				option->name, option->value != NULL ? required_argument : no_argument, NULL, 0};
			meant[count++] = option;
			if (option->letter != 0 && option->letter != '?')
				strcat(letters, letter);
		}
	}
	known[count] = (struct option){NULL, 0, NULL, 0};

	opterr = 0;
	optind = 1;
	while ((found = getopt_long(argc, argv, letters, known, &place)) != -1)
	{
		const Option *option = found == 0 ? meant[place] : NULL;

		for (int i = 0; option == NULL && found != '?' && found != ':' && i < count; i++)
		{
			if (meant[i]->letter == found)
				option = meant[i];
		}
		if (option == NULL && found == '?' && strcmp(argv[optind - 1], "-?") == 0)
		{
			settings.help = true;
			continue;
		}
		if (found == ':')
			fail_with_hint(STATUS_USAGE, format_text("chipbook %s --help says more", command->name),
						   "option %s needs a value", shown(argv[optind - 1]));
		if (option == NULL)
			fail_with_hint(STATUS_USAGE,
						   format_text("chipbook %s --help lists them", command->name),
						   "there is no option %s", shown(argv[optind - 1]));
		take(option, optarg);
	}
	settings.arguments = argv + optind;
	settings.argument_count = argc - optind;
	if (settings.wait != NULL)
		read_count(settings.wait, "--wait", 1000000);
}

void
print_options(const Option *options)
{
	for (; options->name != NULL; options++)
	{
		char left[64];

		snprintf(left, sizeof left, "%c%c%s--%s%s%s", options->letter != 0 ? '-' : ' ',
				 options->letter != 0 ? options->letter : ' ', options->letter != 0 ? ", " : "  ",
				 options->name, options->value != NULL ? "=" : "",
				 options->value != NULL ? options->value : "");
		printf("  %-28s %s\n", left, options->help);
	}
}

/* A whole number that is not negative. */
long
read_count(const char *text, const char *option, long most)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || number > most)
		fail(STATUS_USAGE, "%s \"%s\" is not a whole number from 0 to %ld", option, shown(text),
			 most);
	return number;
}
