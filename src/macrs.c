/*
 * macrs.c
 *		MACRS, the US tax code's general depreciation system, by its printed tables:
 *		IRS Publication 946 (public domain), appendix A, tables A-1 (half-year) and
 *		A-2 to A-5 (mid-quarter, first to fourth quarter). The law's formula, rounded,
 *		does not give them: the printed columns are balanced to 100 % (by up to 0.014
 *		points in a year), and a filing needs what is printed.
 */
#include "macrs.h"

PG_FUNCTION_INFO_V1(macrs_percentage_of);

/* The half-year column and those of the four quarters. */
#define MACRS_COLUMNS 5
/* Decimals of a percentage: the 20-year columns print three, the others two. */
#define MACRS_SCALE 3

/*
 * By column, then by tax year, in 0.001 %. Classes of 3 to 10 years decline by
 * 200 %, 15 and 20 years by 150 %, all to the straight line where that is more.
 */
/* clang-format off */
static const uint16 macrs_3_years[MACRS_COLUMNS][3 + 1] = {
	{33330, 44450, 14810, 7410},
	{58330, 27780, 12350, 1540},
	{41670, 38890, 14140, 5300},
	{25000, 50000, 16670, 8330},
	{8330, 61110, 20370, 10190},
};
static const uint16 macrs_5_years[MACRS_COLUMNS][5 + 1] = {
	{20000, 32000, 19200, 11520, 11520, 5760},
	{35000, 26000, 15600, 11010, 11010, 1380},
	{25000, 30000, 18000, 11370, 11370, 4260},
	{15000, 34000, 20400, 12240, 11300, 7060},
	{5000, 38000, 22800, 13680, 10940, 9580},
};
static const uint16 macrs_7_years[MACRS_COLUMNS][7 + 1] = {
	{14290, 24490, 17490, 12490, 8930, 8920, 8930, 4460},
	{25000, 21430, 15310, 10930, 8750, 8740, 8750, 1090},
	{17850, 23470, 16760, 11970, 8870, 8870, 8870, 3340},
	{10710, 25510, 18220, 13020, 9300, 8850, 8860, 5530},
	{3570, 27550, 19680, 14060, 10040, 8730, 8730, 7640},
};
static const uint16 macrs_10_years[MACRS_COLUMNS][10 + 1] = {
	{10000, 18000, 14400, 11520, 9220, 7370, 6550, 6550, 6560, 6550, 3280},
	{17500, 16500, 13200, 10560, 8450, 6760, 6550, 6550, 6560, 6550, 820},
	{12500, 17500, 14000, 11200, 8960, 7170, 6550, 6550, 6560, 6550, 2460},
	{7500, 18500, 14800, 11840, 9470, 7580, 6550, 6550, 6560, 6550, 4100},
	{2500, 19500, 15600, 12480, 9980, 7990, 6550, 6550, 6560, 6550, 5740},
};
static const uint16 macrs_15_years[MACRS_COLUMNS][15 + 1] = {
	{5000, 9500, 8550, 7700, 6930, 6230, 5900, 5900, 5910, 5900, 5910, 5900, 5910, 5900, 5910, 2950},
	{8750, 9130, 8210, 7390, 6650, 5990, 5900, 5910, 5900, 5910, 5900, 5910, 5900, 5910, 5900, 740},
	{6250, 9380, 8440, 7590, 6830, 6150, 5910, 5900, 5910, 5900, 5910, 5900, 5910, 5900, 5910, 2210},
	{3750, 9630, 8660, 7800, 7020, 6310, 5900, 5900, 5910, 5900, 5910, 5900, 5910, 5900, 5910, 3690},
	{1250, 9880, 8890, 8000, 7200, 6480, 5900, 5900, 5900, 5910, 5900, 5910, 5900, 5910, 5900, 5170},
};
static const uint16 macrs_20_years[MACRS_COLUMNS][20 + 1] = {
	{3750, 7219, 6677, 6177, 5713, 5285, 4888, 4522, 4462, 4461, 4462, 4461, 4462, 4461, 4462, 4461, 4462, 4461, 4462, 4461, 2231},
	{6563, 7000, 6482, 5996, 5546, 5130, 4746, 4459, 4459, 4459, 4459, 4460, 4459, 4460, 4459, 4460, 4459, 4460, 4459, 4460, 565},
	{4688, 7148, 6612, 6116, 5658, 5233, 4841, 4478, 4463, 4463, 4463, 4463, 4463, 4463, 4462, 4463, 4462, 4463, 4462, 4463, 1673},
	{2813, 7289, 6742, 6237, 5769, 5336, 4936, 4566, 4460, 4460, 4460, 4460, 4461, 4460, 4461, 4460, 4461, 4460, 4461, 4460, 2788},
	{938, 7430, 6872, 6357, 5880, 5439, 5031, 4654, 4458, 4458, 4458, 4458, 4458, 4458, 4458, 4458, 4458, 4459, 4458, 4459, 3901},
};
/* clang-format on */

/* The column of a class and convention, or NULL. */
static const uint16 *
macrs_column(int life_years, int quarter)
{
	if (quarter < 0 || quarter >= MACRS_COLUMNS)
		return NULL;
	switch (life_years)
	{
		case 3:
			return macrs_3_years[quarter];
		case 5:
			return macrs_5_years[quarter];
		case 7:
			return macrs_7_years[quarter];
		case 10:
			return macrs_10_years[quarter];
		case 15:
			return macrs_15_years[quarter];
		case 20:
			return macrs_20_years[quarter];
		default:
			return NULL;
	}
}

int
macrs_tax_years(int life_years)
{
	return macrs_column(life_years, 0) == NULL ? 0 : life_years + 1;
}

int
macrs_percentage(int life_years, int quarter, int tax_year)
{
	const uint16 *column = macrs_column(life_years, quarter);

	if (column == NULL || tax_year < 1 || tax_year > life_years + 1)
		return 0;
	return column[tax_year - 1];
}

int
macrs_left(int life_years, int quarter, int tax_year)
{
	const uint16 *column = macrs_column(life_years, quarter);
	int left = MACRS_ALL;
	int i;

	if (column == NULL)
		return left;
	for (i = 0; i < Min(tax_year, life_years + 1); i++)
		left -= column[i];
	return left;
}

/* macrs_percentage(life_years integer, tax_year integer, quarter integer) returns numeric */
Datum
macrs_percentage_of(PG_FUNCTION_ARGS)
{
	int life_years;
	int tax_year;
	int quarter = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	life_years = PG_GETARG_INT32(0);
	tax_year = PG_GETARG_INT32(1);
	if (!PG_ARGISNULL(2))
	{
		quarter = PG_GETARG_INT32(2);
		if (quarter < 1 || quarter >= MACRS_COLUMNS)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("quarter must be 1 to 4, not %d", quarter),
							errhint("NULL is the half-year convention.")));
	}
	if (macrs_tax_years(life_years) == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there is no macrs table for a life of %d years", life_years),
						errhint("Classes are 3, 5, 7, 10, 15 and 20 years; computers are 5.")));
	if (tax_year < 1 || tax_year > macrs_tax_years(life_years))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("tax_year must be 1 to %d for a life of %d years, not %d",
							   macrs_tax_years(life_years), life_years, tax_year),
						errdetail("Tax year 1 is the one the property is placed in service in; "
								  "the last deducts what the convention left out of the first.")));
	PG_RETURN_NUMERIC(
		scaled_to_numeric(macrs_percentage(life_years, quarter, tax_year), MACRS_SCALE));
}
