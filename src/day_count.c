/*
 * day_count.c
 *		The day count conventions of finance. Each counts days in its own way and
 *		divides by the days of its own year; the rules are those of the 2006 ISDA
 *		Definitions, section 4.16, and for 30U/360 of the SIA (Standard Securities
 *		Calculation Methods).
 */
#include "day_count.h"

#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(day_count_year_fraction);

static const char *const day_count_names[DAY_COUNTS] = {
	"ACT/365F", "ACT/ACT ISDA", "ACT/365.25",   "ACT/364", "ACT/360", "30/360 ISDA",
	"30E/360",  "30E+/360",     "30E/360 ISDA", "30U/360", "NL/365",  "NL/360"};

DayCount
day_count_from_name(const text *name)
{
	const char *data = VARDATA_ANY(name);
	size_t length = VARSIZE_ANY_EXHDR(name);

	for (int i = 0; i < DAY_COUNTS; i++)
		if (strlen(day_count_names[i]) == length && memcmp(data, day_count_names[i], length) == 0)
			return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid day count: \"%s\"", text_to_cstring(name)),
			 errhint("Use ACT/365F, ACT/ACT ISDA, ACT/365.25, ACT/364, ACT/360, 30/360 ISDA, "
					 "30E/360, 30E+/360, 30E/360 ISDA, 30U/360, NL/365 or NL/360.")));
	return DC_ACT_365F;
}

bool
date_is_counted(DateADT date)
{
	return date >= date_from_civil(1, 1, 1) && date <= date_from_civil(9999, 12, 31);
}

char *
date_shown(DateADT date)
{
	struct pg_tm tm = {0};
	char buf[MAXDATELEN + 1];

	if (DATE_NOT_FINITE(date))
		return pstrdup(DATE_IS_NOBEGIN(date) ? "-infinity" : "infinity");
	j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, buf);
	return pstrdup(buf);
}

static bool
is_end_of_february(CivilDate civil)
{
	return civil.month == 2 && civil.day == days_in_month(civil);
}

static bool
is_end_of_month(CivilDate civil)
{
	return civil.day == days_in_month(civil);
}

/* Bond basis: the 31st is a 30th, at the end only where the start is one too. */
static int64
days_30_360_isda(CivilDate from, CivilDate to)
{
	int from_day = Min(from.day, 30);

	return days_360(from, from_day, to, to.day == 31 && from_day == 30 ? 30 : to.day);
}

/* At the end, the 31st is the first of the month after. */
static int64
days_30e_plus_360(CivilDate from, CivilDate to)
{
	return days_360(from, Min(from.day, 30), to, to.day);
}

/* The end of any month is a 30th; no end is the maturity, whose February would be left alone. */
static int64
days_30e_360_isda(CivilDate from, CivilDate to)
{
	return days_360(from, is_end_of_month(from) ? 30 : from.day, to,
					is_end_of_month(to) ? 30 : to.day);
}

/* As the bond basis, and the end of February is a 30th: at the end only where the start is one too. */
static int64
days_30u_360(CivilDate from, CivilDate to)
{
	int to_day = is_end_of_february(from) && is_end_of_february(to) ? 30 : to.day;

	from.day = is_end_of_february(from) ? 30 : Min(from.day, 30);
	return days_360(from, from.day, to, to_day == 31 && from.day == 30 ? 30 : to_day);
}

/* 29 February is no day: it ends as the 28th does. */
static int64
days_no_leap(DateADT from, DateADT to)
{
	return (int64) to - from - (leap_days_before(to + 1) - leap_days_before(from + 1));
}

static double
years_act_act_isda(DateADT from, DateADT to)
{
	CivilDate a = civil_date(from);
	CivilDate b = civil_date(to);
	double a_days = isleap(a.year) ? 366.0 : 365.0;
	double b_days = isleap(b.year) ? 366.0 : 365.0;

	if (a.year == b.year)
		return (to - from) / a_days;
	return (date_from_civil(a.year + 1, 1, 1) - from) / a_days + (b.year - a.year - 1) +
		   (to - date_from_civil(b.year, 1, 1)) / b_days;
}

double
day_count_years(DayCount day_count, DateADT from, DateADT to)
{
	/* 30E+/360 would make a day of the 31st and itself. */
	if (from == to)
		return 0.0;
	switch (day_count)
	{
		case DC_ACT_365F:
			return (to - from) / 365.0;
		case DC_ACT_ACT_ISDA:
			return years_act_act_isda(from, to);
		case DC_ACT_365_25:
			return (to - from) / 365.25;
		case DC_ACT_364:
			return (to - from) / 364.0;
		case DC_ACT_360:
			return (to - from) / 360.0;
		case DC_30_360_ISDA:
			return days_30_360_isda(civil_date(from), civil_date(to)) / 360.0;
		case DC_30E_360:
			return days_30e_360(civil_date(from), civil_date(to)) / 360.0;
		case DC_30E_PLUS_360:
			return days_30e_plus_360(civil_date(from), civil_date(to)) / 360.0;
		case DC_30E_360_ISDA:
			return days_30e_360_isda(civil_date(from), civil_date(to)) / 360.0;
		case DC_30U_360:
			return days_30u_360(civil_date(from), civil_date(to)) / 360.0;
		case DC_NL_365:
			return days_no_leap(from, to) / 365.0;
		case DC_NL_360:
			return days_no_leap(from, to) / 360.0;
	}
	pg_unreachable();
}

/* year_fraction(from_date date, to_date date, day_count text) returns double precision */
Datum
day_count_year_fraction(PG_FUNCTION_ARGS)
{
	DateADT from = PG_GETARG_DATEADT(0);
	DateADT to = PG_GETARG_DATEADT(1);
	DayCount day_count = day_count_from_name(PG_GETARG_TEXT_PP(2));

	for (int i = 0; i < 2; i++)
		if (!date_is_counted(PG_GETARG_DATEADT(i)))
			ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
							errmsg("date of a year fraction must be in the years 1 to 9999, not %s",
								   date_shown(PG_GETARG_DATEADT(i)))));
	PG_RETURN_FLOAT8(from <= to ? day_count_years(day_count, from, to)
								: -day_count_years(day_count, to, from));
}
