/*
 * as_of.c
 *		The moment a ledger is asked about. chipbook.as_of is a plain string; it is
 *		read here, strictly as ISO 8601 and without a glance at DateStyle or
 *		TimeZone, so that a saved query means the same in every session. A date
 *		stands for the end of that day in the ledger's time zone; "now" (or nothing)
 *		for what is known, and "published" for the last version that a close published.
 *
 *		Only a ledger can tell what was published, and whether an answer as of a
 *		moment can still change: whoever is recording holds an advisory lock on the
 *		ledger that says since when (see next_recorded_time). A moment that he may
 *		yet record is refused; an answer that was given stays.
 */
#include "chipbook.h"

#include "access/relation.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "as_of.h"

/* More than the clocks of a machine's processors differ by. */
#define CLOCKS_DIFFER (10 * (USECS_PER_SEC / 1000))

char *chipbook_as_of = NULL;

PG_FUNCTION_INFO_V1(chipbook_as_of_time);
PG_FUNCTION_INFO_V1(chipbook_effective_date);
PG_FUNCTION_INFO_V1(chipbook_ledger_moment);
PG_FUNCTION_INFO_V1(chipbook_ledger_date);

/* What the setting says, before a time zone is applied. */
typedef struct AsOfSetting
{
	bool is_set;       /* to a moment: a date, a time or the last publication */
	bool is_now;       /* in so many words: what a reader says who wants no publication */
	bool is_published; /* the last publication */
	bool is_date;      /* the date alone: the end of that day, in the ledger's zone */
	DateADT date;      /* when is_date */
	TimestampTz time;  /* when neither is_date nor is_published */
} AsOfSetting;

pg_noreturn static void
as_of_invalid(const char *text)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_DATETIME_FORMAT),
					errmsg("invalid value for chipbook.as_of: \"%s\"", text),
					errhint("Use an ISO 8601 date such as 2026-03-31, a timestamp with offset such "
							"as 2026-03-31T18:00:00+02:00, now, or published.")));
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
	if (pg_strcasecmp(text, "now") == 0)
	{
		setting.is_now = true;
		return setting;
	}
	setting.is_set = true;
	if (pg_strcasecmp(text, "published") == 0)
	{
		setting.is_published = true;
		return setting;
	}

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

/* The moment of a setting; published_at says when the last publication was. */
static TimestampTz
moment_of(const AsOfSetting *setting, pg_tz *tz, TimestampTz published_at)
{
	if (!setting->is_set)
		return DT_NOEND;
	if (setting->is_published)
		return published_at;
	if (setting->is_date)
		return date_start(setting->date + 1, tz) - 1;
	return setting->time;
}

/* The date that stands for today. */
static DateADT
date_of(const AsOfSetting *setting, pg_tz *tz, TimestampTz published_at)
{
	TimestampTz moment;

	if (setting->is_date)
		return setting->date;
	moment = moment_of(setting, tz, published_at);
	return date_at(TIMESTAMP_NOT_FINITE(moment) ? GetCurrentTransactionStartTimestamp() : moment,
				   tz);
}

/* Outside a ledger nothing is published. */
static AsOfSetting
read_as_of_alone(void)
{
	AsOfSetting setting = read_as_of();

	if (setting.is_published)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("chipbook.as_of is \"%s\", which only a ledger can answer", chipbook_as_of),
				 errhint("Ask the ledger's view data_status for the moment it means.")));
	return setting;
}

/*
 * as_of(time_zone text) returns timestamptz
 *		Infinity while the setting is empty.
 */
Datum
chipbook_as_of_time(PG_FUNCTION_ARGS)
{
	AsOfSetting setting = read_as_of_alone();

	/* Without a setting the zone does not matter. */
	if (!setting.is_set)
		PG_RETURN_TIMESTAMPTZ(DT_NOEND);
	PG_RETURN_TIMESTAMPTZ(moment_of(&setting, zone_from_name(PG_GETARG_TEXT_PP(0)), DT_NOEND));
}

/*
 * effective_date(time_zone text) returns date
 *		The setting's date in the zone, else today's.
 */
Datum
chipbook_effective_date(PG_FUNCTION_ARGS)
{
	AsOfSetting setting = read_as_of_alone();

	PG_RETURN_DATEADT(date_of(&setting, zone_from_name(PG_GETARG_TEXT_PP(0)), DT_NOEND));
}

/*
 * Who may not enter a ledger's own schema reads what it publishes, and unless
 * the session says otherwise, as it was last published.
 */
static AsOfSetting
read_as_of_in(Oid ledger)
{
	AsOfSetting setting = read_as_of();

	if (!setting.is_set && !setting.is_now)
	{
		Oid schema = get_rel_namespace(ledger);
		AclResult access = ACLCHECK_OK;

		if (OidIsValid(schema))
#if PG_VERSION_NUM >= 160000
			access = object_aclcheck(NamespaceRelationId, schema, GetUserId(), ACL_USAGE);
#else
			access = pg_namespace_aclcheck(schema, GetUserId(), ACL_USAGE);
#endif
		if (access != ACLCHECK_OK)
			setting.is_set = setting.is_published = true;
	}
	return setting;
}

/*
 * Whether a moment is one to be settled: of one that is still to come nothing
 * is promised. The clocks of two processors may differ a little, so who asks
 * about this very moment waits until it has passed on all of them.
 */
static bool
has_passed(TimestampTz moment)
{
	if (moment > GetCurrentTimestamp() + CLOCKS_DIFFER)
		return false;
	while (GetCurrentTimestamp() <= moment + CLOCKS_DIFFER)
	{
		CHECK_FOR_INTERRUPTS();
		pg_usleep(1000);
	}
	return true;
}

/*
 * Since which second (PostgreSQL's epoch) a process has been recording, by its
 * advisory lock; 0 when it has none.
 */
static int64
recording_since(const LockData *locks, Oid ledger, int pid)
{
	int64 since = PG_INT64_MAX;

	for (int i = 0; i < locks->nelements; i++)
	{
		const LockInstanceData *held = &locks->locks[i];

		if (held->pid == pid && held->locktag.locktag_type == LOCKTAG_ADVISORY &&
			held->locktag.locktag_field1 == MyDatabaseId &&
			held->locktag.locktag_field2 == ledger && held->locktag.locktag_field4 == 2 &&
			(int32) held->locktag.locktag_field3 >= 0 && held->holdMask != 0)
			since = Min(since, (int64) held->locktag.locktag_field3);
	}
	return since == PG_INT64_MAX ? 0 : since;
}

/*
 * Whether another transaction may have recorded up to a moment and not yet
 * committed. Who records holds the lock of an UPDATE on the ledger's table,
 * which nobody else can take; an advisory lock, which anybody can, only tells
 * since when he does. On a standby nothing is known of either.
 */
static bool
is_being_recorded(Oid ledger, TimestampTz moment)
{
	LockData *locks;
	LOCKTAG table;
	int others;

	if (RecoveryInProgress())
		return true;
	/*
	 * Nearly always nobody; and to look at this table's locks takes no more when there are
	 * thousands of others. A transaction that has ended and not yet let go of its lock is not
	 * counted: last_recorded_by_now(), which is asked after this, sees what it recorded.
	 */
	SET_LOCKTAG_RELATION(table, MyDatabaseId, ledger);
	pfree(GetLockConflicts(&table, ShareLock, &others));
	if (others == 0)
		return false;
	locks = GetLockStatusData();
	for (int i = 0; i < locks->nelements; i++)
	{
		const LockInstanceData *held = &locks->locks[i];

		if (held->locktag.locktag_type == LOCKTAG_RELATION &&
			held->locktag.locktag_field1 == MyDatabaseId &&
			held->locktag.locktag_field2 == ledger &&
			(held->holdMask & LOCKBIT_ON(RowExclusiveLock)) && held->pid != MyProcPid &&
			recording_since(locks, ledger, held->pid) <= moment / USECS_PER_SEC)
			return true;
	}
	return false;
}

/* The last recorded time that is committed by now, later perhaps than the snapshot's. */
static TimestampTz
last_recorded_by_now(Oid ledger)
{
	Relation rel;
	TupleTableSlot *slot;
	TableScanDesc scan;
	Snapshot snapshot;
	AttrNumber column = get_attnum(ledger, "last_recorded_at");
	TimestampTz last = DT_NOBEGIN;

	if (get_rel_relkind(ledger) != RELKIND_RELATION || column <= 0 ||
		get_atttype(ledger, column) != TIMESTAMPTZOID)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("relation %u is not the table \"ledger\" of a ledger", ledger)));
	if (pg_class_aclcheck(ledger, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(ledger));
	rel = relation_open(ledger, AccessShareLock);
	/* As late as GetLatestSnapshot(), which is refused while a plan is parallel. */
	snapshot = RegisterSnapshot(GetCatalogSnapshot(ledger));
	slot = table_slot_create(rel, NULL);
	scan = table_beginscan(rel, snapshot, 0, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool is_null;
		Datum value = slot_getattr(slot, column, &is_null);

		CHECK_FOR_INTERRUPTS();
		if (!is_null && DatumGetTimestampTz(value) > last)
			last = DatumGetTimestampTz(value);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	relation_close(rel, AccessShareLock);
	return last;
}

/*
 * ledger_moment(ledger oid, time_zone text, last_recorded_at timestamptz,
 *				 last_published_at timestamptz) returns timestamptz
 *		The moment a ledger is asked about, from its table "ledger" as the
 *		query sees it. A past moment after all that the query can see is
 *		settled only when nobody is recording, nor has since the query began:
 *		whoever comes later is stamped later.
 */
Datum
chipbook_ledger_moment(PG_FUNCTION_ARGS)
{
	Oid ledger = PG_GETARG_OID(0);
	TimestampTz seen = PG_GETARG_TIMESTAMPTZ(2);
	AsOfSetting setting = read_as_of_in(ledger);
	TimestampTz moment;

	if (!setting.is_set)
		PG_RETURN_TIMESTAMPTZ(DT_NOEND);
	moment = moment_of(&setting, zone_from_name(PG_GETARG_TEXT_PP(1)), PG_GETARG_TIMESTAMPTZ(3));
	if (moment > seen && has_passed(moment) &&
		(is_being_recorded(ledger, moment) || last_recorded_by_now(ledger) > seen))
		ereport(
			ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("what was known at %s is still being recorded", timestamptz_to_str(moment)),
			 errdetail("Another session has recorded facts or entries up to that moment "
					   "and not yet committed, or did so after this query began: the "
					   "answer would not be the last."),
			 errhint("Ask again when it has committed, or as of %s.", timestamptz_to_str(seen))));
	PG_RETURN_TIMESTAMPTZ(moment);
}

/*
 * ledger_date(ledger oid, time_zone text, last_published_at timestamptz) returns date
 *		The date that stands for today in a ledger's views.
 */
Datum
chipbook_ledger_date(PG_FUNCTION_ARGS)
{
	AsOfSetting setting = read_as_of_in(PG_GETARG_OID(0));

	PG_RETURN_DATEADT(
		date_of(&setting, zone_from_name(PG_GETARG_TEXT_PP(1)), PG_GETARG_TIMESTAMPTZ(2)));
}
