/*
 * spreadsheet_depreciation.c
 *		SLN, SYD, DB, DDB and VDB as Excel computes them, so that a workbook can be
 *		checked in SQL. They are calculators by period number: what a ledger charges
 *		comes from amortisation_policy. Definitions: Microsoft's help pages of the
 *		functions; what those leave open follows Excel's published results, see
 *		docs/spreadsheet.md.
 */
#include "spreadsheet.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(sln_numeric);
PG_FUNCTION_INFO_V1(sln_float8);
PG_FUNCTION_INFO_V1(syd_numeric);
PG_FUNCTION_INFO_V1(syd_float8);
PG_FUNCTION_INFO_V1(db_numeric);
PG_FUNCTION_INFO_V1(db_float8);
PG_FUNCTION_INFO_V1(ddb_numeric);
PG_FUNCTION_INFO_V1(ddb_float8);
PG_FUNCTION_INFO_V1(vdb_numeric);
PG_FUNCTION_INFO_V1(vdb_float8);

/*
 * Decimals inside a computation: amounts have up to 30 digits before the point,
 * a life 100,000 periods, and 15 decimals of the result must be right.
 */
#define WORK_SCALE 60
/* Decimals of the rate that DB rounds to, and of what it rounds: ties must be seen as ties. */
#define DB_RATE_SCALE 3
#define DB_TIE_SCALE 30

/* ---------------------------------------------------------------------------
 * Checks that both kinds of arguments share
 * ------------------------------------------------------------------------- */

pg_noreturn static void
refuse_zero_life(const char *function)
{
	ereport(ERROR,
			(errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("life of %s cannot be zero", function),
			 errdetail("The spreadsheet's answer is #DIV/0!.")));
}

pg_noreturn static void
refuse_long_life(const char *shown)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("life must be at most %d periods, not %s", SPREADSHEET_MAX_LIFE, shown)));
}

pg_noreturn static void
refuse_nothing_left(const char *shown)
{
	ereport(ERROR,
			(errcode(ERRCODE_DIVISION_BY_ZERO),
			 errmsg("start_period and end_period of vdb are both the end of the life, %s", shown),
			 errdetail("Straight line divides by the periods left, and none is.")));
}

static void
check_positive_numeric(Numeric value, const char *name)
{
	if (sheet_sign(value) <= 0)
		spreadsheet_refuse(name, "more than 0", numeric_shown(value));
}

static void
check_not_negative_numeric(Numeric value, const char *name)
{
	if (sheet_sign(value) < 0)
		spreadsheet_refuse(name, "0 or more", numeric_shown(value));
}

static void
check_at_most_numeric(Numeric value, Numeric limit, const char *name, const char *limit_name)
{
	if (sheet_cmp(value, limit) > 0)
		spreadsheet_refuse(name, psprintf("at most %s, %s", limit_name, numeric_shown(limit)),
						   numeric_shown(value));
}

static void
check_life_numeric(Numeric life)
{
	check_positive_numeric(life, "life");
	if (sheet_cmp(life, sheet_number(SPREADSHEET_MAX_LIFE)) > 0)
		refuse_long_life(numeric_shown(life));
}

static void
check_positive_float8(double value, const char *name)
{
	if (value <= 0)
		spreadsheet_refuse(name, "more than 0", float8_shown(value));
}

static void
check_not_negative_float8(double value, const char *name)
{
	if (value < 0)
		spreadsheet_refuse(name, "0 or more", float8_shown(value));
}

static void
check_at_most_float8(double value, double limit, const char *name, const char *limit_name)
{
	if (value > limit)
		spreadsheet_refuse(name, psprintf("at most %s, %s", limit_name, float8_shown(limit)),
						   float8_shown(value));
}

static void
check_life_float8(double life)
{
	check_positive_float8(life, "life");
	if (life > SPREADSHEET_MAX_LIFE)
		refuse_long_life(float8_shown(life));
}

/* ---------------------------------------------------------------------------
 * SLN: the same every period
 * ------------------------------------------------------------------------- */

Datum
sln_numeric(PG_FUNCTION_ARGS)
{
	Numeric cost = SPREADSHEET_NUMERIC(0, "cost");
	Numeric salvage = SPREADSHEET_NUMERIC(1, "salvage");
	Numeric life = SPREADSHEET_NUMERIC(2, "life");

	if (sheet_sign(life) == 0)
		refuse_zero_life("sln");
	return spreadsheet_numeric_result(sheet_div(sheet_sub(cost, salvage), life, WORK_SCALE));
}

Datum
sln_float8(PG_FUNCTION_ARGS)
{
	double cost = SPREADSHEET_FLOAT8(0, "cost");
	double salvage = SPREADSHEET_FLOAT8(1, "salvage");
	double life = SPREADSHEET_FLOAT8(2, "life");

	if (life == 0)
		refuse_zero_life("sln");
	return spreadsheet_float8_result((cost - salvage) / life, "sln");
}

/* ---------------------------------------------------------------------------
 * SYD: the periods left over the sum of all of them
 * ------------------------------------------------------------------------- */

Datum
syd_numeric(PG_FUNCTION_ARGS)
{
	Numeric cost = SPREADSHEET_NUMERIC(0, "cost");
	Numeric salvage = SPREADSHEET_NUMERIC(1, "salvage");
	Numeric life = SPREADSHEET_NUMERIC(2, "life");
	Numeric per = SPREADSHEET_NUMERIC(3, "per");
	Numeric left;
	Numeric sum;

	check_not_negative_numeric(salvage, "salvage");
	check_positive_numeric(life, "life");
	check_positive_numeric(per, "per");
	check_at_most_numeric(per, life, "per", "life");
	left = sheet_add(sheet_sub(life, per), sheet_number(1));
	sum = sheet_mul(life, sheet_add(life, sheet_number(1)), WORK_SCALE);
	left = sheet_mul(left, sheet_number(2), WORK_SCALE);
	return spreadsheet_numeric_result(
		sheet_div(sheet_mul(sheet_sub(cost, salvage), left, WORK_SCALE), sum, WORK_SCALE));
}

Datum
syd_float8(PG_FUNCTION_ARGS)
{
	double cost = SPREADSHEET_FLOAT8(0, "cost");
	double salvage = SPREADSHEET_FLOAT8(1, "salvage");
	double life = SPREADSHEET_FLOAT8(2, "life");
	double per = SPREADSHEET_FLOAT8(3, "per");

	check_not_negative_float8(salvage, "salvage");
	check_positive_float8(life, "life");
	check_positive_float8(per, "per");
	check_at_most_float8(per, life, "per", "life");
	return spreadsheet_float8_result((cost - salvage) * (life - per + 1) * 2 / (life * (life + 1)),
									 "syd");
}

/* ---------------------------------------------------------------------------
 * DB: a fixed rate, rounded to three decimals; a first year of some months, and
 * the rest of that year after the last. Periods count whole: 1.7 is the first.
 * ------------------------------------------------------------------------- */

/* With a first year of twelve months there is no period after the life. */
static void
check_db_numeric(Numeric cost, Numeric salvage, Numeric life, Numeric period, Numeric month)
{
	check_not_negative_numeric(cost, "cost");
	check_not_negative_numeric(salvage, "salvage");
	check_life_numeric(life);
	check_positive_numeric(period, "period");
	if (sheet_cmp(month, sheet_number(1)) < 0 ||
		sheet_cmp(month, sheet_number(MONTHS_PER_YEAR + 1)) >= 0)
		spreadsheet_refuse("month", "1 to 12", numeric_shown(month));
	if (sheet_cmp(month, sheet_number(MONTHS_PER_YEAR)) >= 0)
		check_at_most_numeric(period, life, "period", "life");
	else
		check_at_most_numeric(period, sheet_add(life, sheet_number(1)), "period", "life + 1");
}

static Numeric
db_rate_numeric(Numeric cost, Numeric salvage, Numeric life)
{
	Numeric kept = sheet_power(sheet_div(salvage, cost, WORK_SCALE),
							   sheet_div(sheet_number(1), life, WORK_SCALE), WORK_SCALE);

	return sheet_round(sheet_sub(sheet_number(1), sheet_round(kept, DB_TIE_SCALE)), DB_RATE_SCALE);
}

Datum
db_numeric(PG_FUNCTION_ARGS)
{
	Numeric cost = SPREADSHEET_NUMERIC(0, "cost");
	Numeric salvage = SPREADSHEET_NUMERIC(1, "salvage");
	Numeric life = SPREADSHEET_NUMERIC(2, "life");
	Numeric period = SPREADSHEET_NUMERIC(3, "period");
	Numeric month = SPREADSHEET_NUMERIC(4, "month");
	Numeric rate;
	Numeric charge;
	Numeric kept;

	check_db_numeric(cost, salvage, life, period, month);
	if (sheet_sign(cost) == 0)
		return spreadsheet_numeric_result(cost);
	month = sheet_floor(month);
	period = sheet_max(sheet_floor(period), sheet_number(1));
	rate = db_rate_numeric(cost, salvage, life);
	charge = sheet_div(sheet_mul(sheet_mul(cost, rate, WORK_SCALE), month, WORK_SCALE),
					   sheet_number(MONTHS_PER_YEAR), WORK_SCALE);
	if (sheet_cmp(period, sheet_number(1)) == 0)
		return spreadsheet_numeric_result(charge);

	kept = sheet_power(sheet_sub(sheet_number(1), rate), sheet_sub(period, sheet_number(2)),
					   WORK_SCALE);
	charge = sheet_mul(sheet_mul(sheet_sub(cost, charge), kept, WORK_SCALE), rate, WORK_SCALE);
	if (sheet_cmp(period, sheet_floor(life)) > 0)
		charge = sheet_div(
			sheet_mul(charge, sheet_sub(sheet_number(MONTHS_PER_YEAR), month), WORK_SCALE),
			sheet_number(MONTHS_PER_YEAR), WORK_SCALE);
	return spreadsheet_numeric_result(charge);
}

static void
check_db_float8(double cost, double salvage, double life, double period, double month)
{
	check_not_negative_float8(cost, "cost");
	check_not_negative_float8(salvage, "salvage");
	check_life_float8(life);
	check_positive_float8(period, "period");
	if (month < 1 || month >= MONTHS_PER_YEAR + 1)
		spreadsheet_refuse("month", "1 to 12", float8_shown(month));
	if (month >= MONTHS_PER_YEAR)
		check_at_most_float8(period, life, "period", "life");
	else
		check_at_most_float8(period, life + 1, "period", "life + 1");
}

/* A spreadsheet rounds the decimals that it shows: what is a tie to 1e-12 is a tie. */
static double
db_rate_float8(double cost, double salvage, double life)
{
	double thousandths = (1 - pow(salvage / cost, 1 / life)) * 1000;

	if (fabs(thousandths) < 1e6)
		thousandths = round(thousandths * 1e9) / 1e9;
	return round(thousandths) / 1000;
}

Datum
db_float8(PG_FUNCTION_ARGS)
{
	double cost = SPREADSHEET_FLOAT8(0, "cost");
	double salvage = SPREADSHEET_FLOAT8(1, "salvage");
	double life = SPREADSHEET_FLOAT8(2, "life");
	double period = SPREADSHEET_FLOAT8(3, "period");
	double month = SPREADSHEET_FLOAT8(4, "month");
	double rate;
	double charge;

	check_db_float8(cost, salvage, life, period, month);
	if (cost == 0)
		PG_RETURN_FLOAT8(0);
	month = floor(month);
	period = Max(floor(period), 1);
	rate = db_rate_float8(cost, salvage, life);
	charge = cost * rate * month / MONTHS_PER_YEAR;
	if (period > 1)
	{
		charge = (cost - charge) * pow(1 - rate, period - 2) * rate;
		if (period > floor(life))
			charge = charge * (MONTHS_PER_YEAR - month) / MONTHS_PER_YEAR;
	}
	return spreadsheet_float8_result(charge, "db");
}

/* ---------------------------------------------------------------------------
 * DDB: a fixed part of what is left, never below salvage. A part of the first
 * period is the whole of it; a fraction later on lies on the curve.
 * ------------------------------------------------------------------------- */

Datum
ddb_numeric(PG_FUNCTION_ARGS)
{
	Numeric cost = SPREADSHEET_NUMERIC(0, "cost");
	Numeric salvage = SPREADSHEET_NUMERIC(1, "salvage");
	Numeric life = SPREADSHEET_NUMERIC(2, "life");
	Numeric period = SPREADSHEET_NUMERIC(3, "period");
	Numeric factor = SPREADSHEET_NUMERIC(4, "factor");
	Numeric kept;
	Numeric before;
	Numeric after;

	check_not_negative_numeric(cost, "cost");
	check_not_negative_numeric(salvage, "salvage");
	check_life_numeric(life);
	check_positive_numeric(period, "period");
	check_at_most_numeric(period, life, "period", "life");
	check_positive_numeric(factor, "factor");

	period = sheet_max(period, sheet_number(1));
	kept =
		sheet_max(sheet_sub(sheet_number(1), sheet_div(factor, life, WORK_SCALE)), sheet_number(0));
	before = sheet_mul(cost, sheet_power(kept, sheet_sub(period, sheet_number(1)), WORK_SCALE),
					   WORK_SCALE);
	after = sheet_max(sheet_mul(before, kept, WORK_SCALE), salvage);
	return spreadsheet_numeric_result(sheet_max(sheet_sub(before, after), sheet_number(0)));
}

Datum
ddb_float8(PG_FUNCTION_ARGS)
{
	double cost = SPREADSHEET_FLOAT8(0, "cost");
	double salvage = SPREADSHEET_FLOAT8(1, "salvage");
	double life = SPREADSHEET_FLOAT8(2, "life");
	double period = SPREADSHEET_FLOAT8(3, "period");
	double factor = SPREADSHEET_FLOAT8(4, "factor");
	double rate;
	double before;

	check_not_negative_float8(cost, "cost");
	check_not_negative_float8(salvage, "salvage");
	check_life_float8(life);
	check_positive_float8(period, "period");
	check_at_most_float8(period, life, "period", "life");
	check_positive_float8(factor, "factor");

	period = Max(period, 1);
	rate = Min(factor / life, 1);
	before = cost * pow(1 - rate, period - 1);
	/* before * rate keeps the digits that a difference of two values would lose. */
	return spreadsheet_float8_result(Max(Min(before * rate, before - salvage), 0), "ddb");
}

/* ---------------------------------------------------------------------------
 * VDB: declining between any two moments, changing to the straight line over
 * the periods left where that charges more.
 *
 * Where start_period has a fraction and the change is allowed, Excel's periods
 * begin with that fraction of a period and are whole after it: so 0.5, 1.5, 2.5
 * give a half-year convention, and the printed MACRS tables. Without the change
 * periods always begin at 0 and a part of one is that part of its charge.
 * ------------------------------------------------------------------------- */

/* Declining alone: the value at a moment, on the straight line through its period. */
static Numeric
declined_numeric(Numeric cost, Numeric salvage, Numeric kept, Numeric moment)
{
	Numeric whole = sheet_floor(moment);
	Numeric before = sheet_mul(cost, sheet_power(kept, whole, WORK_SCALE), WORK_SCALE);
	Numeric after = sheet_max(sheet_mul(before, kept, WORK_SCALE), salvage);

	before = sheet_max(before, salvage);
	return sheet_sub(before,
					 sheet_mul(sheet_sub(before, after), sheet_sub(moment, whole), WORK_SCALE));
}

/*
 * With the change: the charge between two moments. A life may have many periods:
 * each works in the memory that the last but one has done with.
 */
static Numeric
switched_numeric(Numeric cost, Numeric salvage, Numeric life, Numeric start, Numeric end,
				 Numeric rate)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext memory[2];
	Numeric one = sheet_number(1);
	Numeric length = sheet_sub(start, sheet_floor(start));
	Numeric position = sheet_number(0);
	Numeric value = cost;
	Numeric charged = sheet_number(0);

	for (int i = 0; i < 2; i++)
		memory[i] = AllocSetContextCreate(caller, "vdb period", ALLOCSET_SMALL_SIZES);
	if (sheet_sign(length) == 0)
		length = one;
	for (int step = 0; sheet_cmp(position, end) < 0; step++)
	{
		Numeric to_go;
		Numeric left;
		Numeric charge;
		Numeric next;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(memory[step % 2]);
		MemoryContextSwitchTo(memory[step % 2]);
		to_go = sheet_sub(value, salvage);
		left = sheet_sub(life, position);
		charge = sheet_min(sheet_mul(value, rate, WORK_SCALE), to_go);
		next = sheet_add(position, length);
		/* Where the straight line, to_go / left, is more, it stays more to the end. */
		if (sheet_cmp(to_go, sheet_mul(charge, left, WORK_SCALE)) > 0)
		{
			charge = sheet_div(to_go, left, WORK_SCALE);
			next = end;
		}
		if (sheet_cmp(next, start) > 0)
		{
			Numeric part = sheet_sub(sheet_min(next, end), sheet_max(position, start));

			charged = sheet_add(charged, sheet_mul(charge, part, WORK_SCALE));
		}
		else
			charged = sheet_number(0);
		value = sheet_sub(value, sheet_mul(charge, length, WORK_SCALE));
		position = next;
		length = one;
	}
	MemoryContextSwitchTo(caller);
	charged = sheet_round(charged, WORK_SCALE);
	for (int i = 0; i < 2; i++)
		MemoryContextDelete(memory[i]);
	return charged;
}

Datum
vdb_numeric(PG_FUNCTION_ARGS)
{
	Numeric cost = SPREADSHEET_NUMERIC(0, "cost");
	Numeric salvage = SPREADSHEET_NUMERIC(1, "salvage");
	Numeric life = SPREADSHEET_NUMERIC(2, "life");
	Numeric start = SPREADSHEET_NUMERIC(3, "start_period");
	Numeric end = SPREADSHEET_NUMERIC(4, "end_period");
	Numeric factor = SPREADSHEET_NUMERIC(5, "factor");
	bool no_switch = PG_GETARG_BOOL(6);
	Numeric rate;
	Numeric kept;

	check_not_negative_numeric(cost, "cost");
	check_not_negative_numeric(salvage, "salvage");
	check_life_numeric(life);
	check_not_negative_numeric(start, "start_period");
	check_at_most_numeric(start, end, "start_period", "end_period");
	check_at_most_numeric(end, life, "end_period", "life");
	check_positive_numeric(factor, "factor");
	if (!no_switch && sheet_cmp(start, life) == 0)
		refuse_nothing_left(numeric_shown(life));

	if (sheet_cmp(salvage, cost) >= 0)
		return spreadsheet_numeric_result(sheet_number(0));
	rate = sheet_min(sheet_div(factor, life, WORK_SCALE), sheet_number(1));
	if (!no_switch)
		return spreadsheet_numeric_result(switched_numeric(cost, salvage, life, start, end, rate));
	kept = sheet_sub(sheet_number(1), rate);
	return spreadsheet_numeric_result(sheet_sub(declined_numeric(cost, salvage, kept, start),
												declined_numeric(cost, salvage, kept, end)));
}

static double
declined_float8(double cost, double salvage, double rate, double moment)
{
	double whole = floor(moment);
	double before = Max(cost * pow(1 - rate, whole), salvage);

	return before - Min(before * rate, before - salvage) * (moment - whole);
}

static double
switched_float8(double cost, double salvage, double life, double start, double end, double rate)
{
	double fraction = start - floor(start);
	/* Periods end at this and whole numbers more. */
	double offset = fraction > 0 ? fraction - 1 : 0;
	double position = 0;
	double value = cost;
	double charged = 0;

	for (int step = 1; position < end; step++)
	{
		/* Rounding may take the value below salvage: no charge is negative. */
		double to_go = Max(value - salvage, 0);
		double straight = to_go / (life - position);
		double charge = Min(value * rate, to_go);
		double next = offset + step;

		CHECK_FOR_INTERRUPTS();
		/* Where the straight line is more, it stays more to the end. */
		if (straight > charge)
		{
			charge = straight;
			next = end;
		}
		if (next > start)
			charged += charge * (Min(next, end) - Max(position, start));
		value -= charge * (next - position);
		position = next;
	}
	return charged;
}

Datum
vdb_float8(PG_FUNCTION_ARGS)
{
	double cost = SPREADSHEET_FLOAT8(0, "cost");
	double salvage = SPREADSHEET_FLOAT8(1, "salvage");
	double life = SPREADSHEET_FLOAT8(2, "life");
	double start = SPREADSHEET_FLOAT8(3, "start_period");
	double end = SPREADSHEET_FLOAT8(4, "end_period");
	double factor = SPREADSHEET_FLOAT8(5, "factor");
	bool no_switch = PG_GETARG_BOOL(6);
	double rate;

	check_not_negative_float8(cost, "cost");
	check_not_negative_float8(salvage, "salvage");
	check_life_float8(life);
	check_not_negative_float8(start, "start_period");
	check_at_most_float8(start, end, "start_period", "end_period");
	check_at_most_float8(end, life, "end_period", "life");
	check_positive_float8(factor, "factor");
	if (!no_switch && start == life)
		refuse_nothing_left(float8_shown(life));

	if (salvage >= cost)
		PG_RETURN_FLOAT8(0);
	rate = Min(factor / life, 1);
	if (!no_switch)
		return spreadsheet_float8_result(switched_float8(cost, salvage, life, start, end, rate),
										 "vdb");
	return spreadsheet_float8_result(declined_float8(cost, salvage, rate, start) -
										 declined_float8(cost, salvage, rate, end),
									 "vdb");
}
