/*
 * asset_layer.h
 *		What asset_layer.c has for asset_life.c: a life's layers and their segments.
 */
#ifndef CHIPBOOK_ASSET_LAYER_H
#define CHIPBOOK_ASSET_LAYER_H

#include "asset_life.h"

/* amount * n / d, for a share of an amount. */
static inline int128
share_of(int128 amount, int128 n, int128 d)
{
	int128 result;

	if (n == d)
		return amount;
	if (mul_div_s128_overflow(amount, n, d, &result))
		amortisation_out_of_range();
	return result;
}

/* An amount in parts by weight: each takes its share of what is left, the last all of it. */
typedef struct Spread
{
	int128 amount;
	int128 weight;
} Spread;

static inline int128
spread_take(Spread *spread, int128 weight)
{
	int128 part = weight == 0 ? 0 : share_of(spread->amount, weight, spread->weight);

	spread->amount -= part;
	spread->weight -= weight;
	return part;
}

extern int128 layer_amortised(const AssetLife *life, AssetLayer *layer, DateADT date);
extern int128 layer_historical(const AssetLife *life, AssetLayer *layer, DateADT date);
extern int128 layer_carrying(const AssetLayer *layer);
extern int128 layer_reversal_limit(int128 accumulated, int128 impairment, int128 historical);
extern int128 life_total_cost(const AssetLife *life);
extern PolicyAmounts policy_amounts_take(PolicyAmounts *amounts, int128 n, int128 d);
extern void layer_restart(const AssetLife *life, AssetLayer *layer);
extern void life_settle(AssetLife *life, DateADT date);
extern void life_restart(AssetLife *life);
extern AssetLayer *
life_add_layer(AssetLife *life, DateADT in_service, int128 cost, int128 impairment);
extern void life_set_policy(AssetLife *life, const AmortisationPolicy *policy);

#endif
