/*
 * as_of.c
 *		The moment a ledger is asked about. chipbook.as_of is a plain string; it is
 *		read here, strictly as ISO 8601 and without a glance at DateStyle or
 *		TimeZone, so that a saved query means the same in every session. A date
 *		stands for the end of that day in the ledger's time zone.
 */
#include "chipbook.h"

#include "access/xact.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

#include "as_of.h"

char *chipbook_as_of = NULL;

PG_FUNCTION_INFO_V1(chipbook_as_of_time);
PG_FUNCTION_INFO_V1(chipbook_effective_date);

/* What the setting says, before a time zone is applied. */
typedef struct AsOfSetting
{
	bool is_set;
	bool is_date;     /* the date alone: the end of that day, in the ledger's zone */
	DateADT date;     /* when is_date */
	TimestampTz time; /* when not is_date */
} AsOfSetting;

pg_noreturn static void
as_of_invalid(const char *text)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_DATETIME_FORMAT),
			 errmsg("invalid value for chipbook.as_of: \"%s\"", text),
			 errhint("Use an ISO 8601 date such as 2026-03-31, or a timestamp with offset such "
					 "as 2026-03-31T18:00:00+02:00.")));
}

/* Exactly n digits at *p as a number; false when they are not there. */
static bool
read_digits(const char **p, int n, int *value)
{
	*value = 0;
	while (n-- > 0)
	{
		if (**p < '0' || **p > '9')
			return false;
		*value = *value * 10 + (*(*p)++ - '0');
	}
	return true;
}

/* "Z", "+hh", "+hhmm" or "+hh:mm", as seconds east of UTC. */
static bool
read_offset(const char **p, int *seconds)
{
	int hours;
	int minutes = 0;
	bool west;

	if (**p == 'Z' || **p == 'z')
	{
		(*p)++;
		*seconds = 0;
		return true;
	}
	if (**p != '+' && **p != '-')
		return false;
	west = *(*p)++ == '-';
	if (!read_digits(p, 2, &hours))
		return false;
	if (**p == ':')
	{
		(*p)++;
		if (!read_digits(p, 2, &minutes))
			return false;
	}
	else if (**p != '\0' && !read_digits(p, 2, &minutes))
		return false;
	if (hours > 15 || minutes > 59)
		return false;
	*seconds = (hours * 60 + minutes) * 60;
	if (west)
		*seconds = -*seconds;
	return true;
}

/* "hh:mm[:ss[.ffffff]]" as microseconds since midnight. */
static bool
read_time(const char **p, int64 *microseconds)
{
	int hours;
	int minutes;
	int seconds = 0;
	int64 fraction = 0;

	if (!read_digits(p, 2, &hours) || *(*p)++ != ':' || !read_digits(p, 2, &minutes))
		return false;
	if (**p == ':')
	{
		(*p)++;
		if (!read_digits(p, 2, &seconds))
			return false;
		if (**p == '.')
		{
			int64 unit = USECS_PER_SEC / 10;

			(*p)++;
			if (**p < '0' || **p > '9')
				return false;
			for (; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
			{
				if (unit == 0)
					return false; /* finer than a timestamp can hold */
				fraction += (**p - '0') * unit;
			}
		}
	}
	if (hours > 23 || minutes > 59 || seconds > 59)
		return false;
	*microseconds = ((hours * 60 + minutes) * INT64CONST(60) + seconds) * USECS_PER_SEC + fraction;
	return true;
}

static AsOfSetting
read_as_of(void)
{
	AsOfSetting setting = {0};
	const char *text = chipbook_as_of;
	const char *p = text;
	int year;
	int month;
	int day;
	int offset;
	int64 time_of_day;
	int julian;

	if (text == NULL || *text == '\0')
		return setting;
	setting.is_set = true;

	if (!read_digits(&p, 4, &year) || *p++ != '-' || !read_digits(&p, 2, &month) || *p++ != '-' ||
		!read_digits(&p, 2, &day))
		as_of_invalid(text);
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > day_tab[isleap(year)][month - 1])
		as_of_invalid(text);
	julian = date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
	if (*p == '\0')
	{
		setting.is_date = true;
		setting.date = julian;
		return setting;
	}

	if (*p != 'T' && *p != 't' && *p != ' ')
		as_of_invalid(text);
	p++;
	if (!read_time(&p, &time_of_day) || !read_offset(&p, &offset) || *p != '\0')
		as_of_invalid(text);
	setting.time = julian * USECS_PER_DAY + time_of_day - offset * USECS_PER_SEC;
	return setting;
}

static pg_tz *
zone_from_name(text *name)
{
	char *zone = text_to_cstring(name);
	pg_tz *tz = pg_tzset(zone);

	if (tz == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time zone \"%s\" not recognized", zone),
						errhint("Use a name from pg_timezone_names, such as 'Europe/Berlin'.")));
	return tz;
}

/* Midnight at the start of a date in a zone. */
static TimestampTz
date_start(DateADT date, pg_tz *tz)
{
	struct pg_tm tm = {0};

	j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	return date * USECS_PER_DAY + DetermineTimeZoneOffset(&tm, tz) * USECS_PER_SEC;
}

/* The date it is in a zone at a moment. */
static DateADT
date_at(TimestampTz time, pg_tz *tz)
{
	struct pg_tm tm;
	fsec_t fsec;
	int offset;

	if (timestamp2tm(time, &offset, &tm, &fsec, NULL, tz) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

/*
 * as_of(time_zone text) returns timestamptz
 *		Infinity while the setting is empty.
 */
Datum
chipbook_as_of_time(PG_FUNCTION_ARGS)
{
	AsOfSetting setting = read_as_of();

	if (!setting.is_set)
		PG_RETURN_TIMESTAMPTZ(DT_NOEND);
	if (setting.is_date)
		PG_RETURN_TIMESTAMPTZ(date_start(setting.date + 1, zone_from_name(PG_GETARG_TEXT_PP(0))) -
							  1);
	PG_RETURN_TIMESTAMPTZ(setting.time);
}

/*
 * effective_date(time_zone text) returns date
 *		The setting's date in the zone, else today's.
 */
Datum
chipbook_effective_date(PG_FUNCTION_ARGS)
{
	AsOfSetting setting = read_as_of();
	pg_tz *tz = zone_from_name(PG_GETARG_TEXT_PP(0));

	if (setting.is_date)
		PG_RETURN_DATEADT(setting.date);
	PG_RETURN_DATEADT(
		date_at(setting.is_set ? setting.time : GetCurrentTransactionStartTimestamp(), tz));
}
