/*
 * report.h
 *		What the files of `chipbook report` share:
 *
 *		report.c		the command: asks everything in one snapshot, puts the files where they belong
 *		report_tables.c	what is asked, and what it is called in each language
 *		report_text.c	numbers and dates as people write them
 *		report_html.c	the page
 *		report_data.c	the same as CSV and JSON
 *		report.css, report.js	looks and charts, compiled in
 */
#ifndef CHIPBOOK_REPORT_H
#define CHIPBOOK_REPORT_H

#include "chipbook.h"

typedef enum Language
{
	ENGLISH,
	GERMAN
} Language;

#define LANGUAGES 2

/* How a column is shown; what is stored beside the page is always the server's own text. */
typedef enum ColumnKind
{
	COLUMN_TEXT,    /* as it is */
	COLUMN_CODE,    /* a key: as it is, in letters of one width */
	COLUMN_PARTY,   /* the key of a party: its name, and the key */
	COLUMN_COMPANY, /* the same of a company whose books these are, */
	COLUMN_CHIP,    /* a chip model, */
	COLUMN_SITE,    /* and a site */
	COLUMN_CIRCLE,  /* keys of parties, A > B > C */
	COLUMN_WORD,    /* one of a few values that have names in each language */
	COLUMN_MONTH,   /* the first day of a month */
	COLUMN_DAY,
	COLUMN_MOMENT,
	COLUMN_MONEY,  /* whole units where they are large, else cents */
	COLUMN_RATE,   /* money for one of something: four decimals */
	COLUMN_WHOLE,  /* no decimals */
	COLUMN_SHARE,  /* 0 to 1: per cent */
	COLUMN_NUMBER, /* the decimals it has */
	COLUMN_SWITCH, /* yes or no */
	COLUMN_ORDER   /* only to sort by: not on the page */
} ColumnKind;

typedef struct ReportColumn
{
	const char *name;
	ColumnKind kind;
	const char *label[LANGUAGES];
} ReportColumn;

typedef struct ReportSection
{
	const char *name;
	const char *title[LANGUAGES];
	const char *about[LANGUAGES];
} ReportSection;

typedef struct ReportTable
{
	const char *name;    /* of its files and anchors */
	const char *section; /* NULL: not on the page as a table */
	const char *title[LANGUAGES];
	const char *about[LANGUAGES]; /* what to see in it, one or two sentences */
	const char *chart;            /* how report.js draws it; NULL: a table only */
	const char *source;           /* the view that the rows come from */
	const char *key;              /* the columns by which the rows behind a row are found there */
	const char *sql;              /* :period, :reporting and :locale stand for literals */
} ReportTable;

/* One clause of a summary: said when every figure that it names is known. */
typedef struct ReportClause
{
	const char *text[LANGUAGES];
} ReportClause;

typedef struct ReportQuestion
{
	const char *question[LANGUAGES];
	const char *figure; /* shown large */
	ColumnKind figure_kind;
	const char *figure_label[LANGUAGES];
	const char *section; /* where it is answered at length */
	ReportClause clauses[6];
} ReportQuestion;

extern const ReportSection report_sections[];
extern const ReportTable report_tables[];
extern const ReportQuestion report_questions[];
extern const ReportColumn *report_column(const char *name);
extern const char *report_word(const char *value);

/* What is known of a report while it is made. */
typedef struct Report
{
	Language language;
	const char *locale;        /* for format_monetary */
	const char *period;        /* first day: 2026-10-01 */
	const char *as_of;         /* as it was asked for; NULL: what is known now */
	const PGresult *ledger;    /* one row: what the ledger says of itself */
	const PGresult *names;     /* kind, id, name: of parties, companies, chips and sites */
	const PGresult **results;  /* of report_tables, in their order */
	const char **queries;      /* the same: the SQL as it was asked */
	const char *charts_script; /* ECharts; NULL: without charts */
	size_t charts_script_length;
} Report;

extern Report report;

/* text in the language of the report */
static inline const char *
in_language(const char *const text[LANGUAGES])
{
	return text[report.language];
}

#define SAY_IN(en, de) (report.language == GERMAN ? (de) : (en))

/* report_text.c */
extern int column_decimals(const PGresult *rows, int column, ColumnKind kind);
extern void append_shown(Text *buffer, const char *value, ColumnKind kind, int decimals);
extern void append_decimal(Text *buffer, const char *digits, int shift, int decimals);
extern void append_compact(Text *buffer, const char *digits);
extern const char *month_in_words(const char *date);
extern const char *day_in_words(const char *date);
extern const char *name_of(ColumnKind kind, const char *id);
extern const char *names_of(ColumnKind kind);

/* report_assets.c: files of this folder, compiled in, ended by a zero byte */
extern const char report_css[];
extern const char report_js[];

/* report_html.c, report_data.c */
extern void append_page(Text *page);
extern void append_json_report(Text *document);
extern void append_csv(Text *file, const PGresult *rows);

#endif
