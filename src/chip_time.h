/*
 * chip_time.h
 *		Chip-time: what is metered, counted in chip-milliseconds.
 */
#ifndef CHIPBOOK_CHIP_TIME_H
#define CHIPBOOK_CHIP_TIME_H

#include "chipbook.h"

#define CHIP_MS_PER_HOUR INT64CONST(3600000)

/* a / b at 15 decimals, rounded half away from zero, without zeros at the end; b not zero. */
extern Numeric chip_ratio_numeric(int128 a, int128 b);

#endif /* CHIPBOOK_CHIP_TIME_H */
