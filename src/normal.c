/*
 * normal.c
 *		The standard normal distribution by the C library's erfc, and its inverse by
 *		halving, so that no table of coefficients has to be believed.
 */
#include "normal.h"

#include <math.h>

/* Beyond it a tail is less than the smallest float. */
#define FAR 39.0

double
normal_density(double z)
{
	return exp(-z * z / 2) / sqrt(2 * M_PI);
}

double
normal_above(double z)
{
	return erfc(z / M_SQRT2) / 2;
}

double
normal_below(double z)
{
	return normal_above(-z);
}

double
normal_quantile(double p, double q)
{
	double tail = fmin(p, q);
	double near = 0;
	double far = FAR;

	for (;;)
	{
		double middle = near + (far - near) / 2;

		if (middle <= near || middle >= far)
			break;
		if (normal_above(middle) > tail)
			near = middle;
		else
			far = middle;
	}
	return p < q ? -near : near;
}
