/*
 * exposure_concentration.h
 *		What exposure_book_figures.c and exposure_concentration.c share: a line's
 *		exposure after netting, and where a counterparty's lines begin.
 */
#ifndef CHIPBOOK_EXPOSURE_CONCENTRATION_H
#define CHIPBOOK_EXPOSURE_CONCENTRATION_H

#include "exposure_book.h"

/* Net, or nothing when it is negative: what would be lost. */
extern Int192 exposure_current(const ExposureSums *sums);
/* Money in the book's currency; 22003 naming the figure when it does not fit. */
extern Datum exposure_money(const Int192 *units, Currency currency, const char *what);

/* Whether a line is of the same counterparty as the one before it. */
static inline bool
exposure_same_party(const ExposureBook *book, int i)
{
	const ExposureLine *line = &book->line[i];
	const ExposureLine *before = line - 1;

	return i > 0 && line->name_length == before->name_length &&
		   memcmp(EXPOSURE_TEXT(book) + line->text_at, EXPOSURE_TEXT(book) + before->text_at,
				  line->name_length) == 0;
}

#endif /* CHIPBOOK_EXPOSURE_CONCENTRATION_H */
