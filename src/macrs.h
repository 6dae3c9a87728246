/*
 * macrs.h
 *		The printed percentage tables of the US tax code's general depreciation
 *		system. macrs.c holds them; the macrs method reads them.
 */
#ifndef CHIPBOOK_MACRS_H
#define CHIPBOOK_MACRS_H

#include "chipbook.h"

/* All of a basis, in the tables' unit of 0.001 %: what each column adds up to. */
#define MACRS_ALL 100000

/* Tax years that property of a class is deducted in, life + 1; 0 without a table for it. */
extern int macrs_tax_years(int life_years);
/*
 * What the tax year (1 is the one placed in service) deducts, in 0.001 % of the
 * unadjusted basis; 0 outside of the table. Quarter 1 to 4 is that of the
 * mid-quarter convention, 0 the half-year convention.
 */
extern int macrs_percentage(int life_years, int quarter, int tax_year);
/* What is left of the basis after a tax year, in 0.001 %; all of it without a table. */
extern int macrs_left(int life_years, int quarter, int tax_year);

#endif /* CHIPBOOK_MACRS_H */
