/*
 * normal.h
 *		The standard normal distribution: density, both tails and quantile.
 */
#ifndef CHIPBOOK_NORMAL_H
#define CHIPBOOK_NORMAL_H

#include "postgres.h"

extern double normal_density(double z);
/* P(Z <= z), and P(Z > z) as exact when it is small. */
extern double normal_below(double z);
extern double normal_above(double z);
/* The z that p lies below and q above, p + q = 1, both within (0, 1): the smaller one counts. */
extern double normal_quantile(double p, double q);

#endif /* CHIPBOOK_NORMAL_H */
