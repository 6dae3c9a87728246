/*
 * asset_life.h
 *		An asset through its events: layers with clocks of their own, each a chain of
 *		segments. asset_life.c walks the events once, in order; asset_posting.c rounds
 *		what there is on the way; asset_event.c is the door from SQL.
 */
#ifndef CHIPBOOK_ASSET_LIFE_H
#define CHIPBOOK_ASSET_LIFE_H

#include "chipbook.h"

#include "amortisation.h"

/* In the order in which the events of one day take effect. */
typedef enum AssetEventKind
{
	EVENT_OPENING,
	EVENT_ADDITION,
	EVENT_CAPITALISED_INTEREST,
	EVENT_RETIREMENT_OBLIGATION,
	EVENT_PLACED_IN_SERVICE,
	EVENT_IN_SERVICE, /* never given: the argument in_service, which places the rest */
	EVENT_CHANGE_OF_ESTIMATE,
	EVENT_HELD_FOR_SALE_ENDED,
	EVENT_IMPAIRMENT_REVERSAL,
	EVENT_IMPAIRMENT,
	EVENT_HELD_FOR_SALE,
	EVENT_DISPOSAL,
	EVENT_USE
} AssetEventKind;

/* Amounts are magnitudes in units of 1e-15, below zero when against the cost's sign. */
typedef struct AssetEvent
{
	DateADT happened_on;
	AssetEventKind kind;
	int position; /* as given, from 0 */
	bool has_amount;
	bool has_share;
	int128 amount;
	int128 share; /* in units of 1e-15 */
	int128 proceeds;
	int128 impairment;
	int64 used_chip_ms;
	const AmortisationPolicy *policy;
} AssetEvent;

/* The use there was before the start of a date, since the asset went into service. */
typedef struct AssetUse
{
	DateADT date;
	int64 chip_ms;
} AssetUse;

/* What the questions about one asset have in common. */
typedef struct AssetHistory
{
	Currency currency;
	bool is_credit;
	int128 cost;
	DateADT acquired_on;
	DateADT in_service;               /* DATEVAL_NOEND: under construction */
	const AmortisationPolicy *policy; /* NULL: never depreciated */
	int fiscal_year_start;
	int128 unit;        /* the minor unit in 1e-15 */
	AssetEvent *events; /* sorted */
	int event_count;
	AssetUse *uses; /* sorted, the first one 0; between them use is even in time */
	int use_count;
	DateADT cutover; /* of the opening that holds; DATEVAL_NOBEGIN without one */
} AssetHistory;

/* What a policy says in amounts, not fractions, of the cost that stands beside it. */
typedef struct PolicyAmounts
{
	int128 salvage;
	int128 section_179;
} PolicyAmounts;

/*
 * A part of the asset that went into service on one day. A segment of its chain
 * starts with each event that changes what is left to charge, or over what time:
 * from then on the charge is a share of what its policy charges on that clock.
 */
typedef struct AssetLayer
{
	DateADT in_service;
	int128 cost;
	int128 impairment;
	/* At the start of the segment */
	DateADT start;
	int128 accumulated;
	int128 historical; /* accumulated had there been no impairment */
	/* The segment's charge is left x (X(d) - X(start)) / (B - X(start)) */
	int128 left;
	int128 historical_left;
	int128 amortised; /* X(start) */
	int128 remaining; /* B - X(start) */
	/* Use since in service, as if the whole asset had been at work like this layer. */
	int64 used;
	/*
	 * Where the charge of a disposal later in the same period stops, when that lies
	 * before this segment: the accumulation there.
	 */
	DateADT stop;
	int128 accumulated_at_stop;
	PolicyAmounts amounts;
	int128 prepared_cost;      /* for which asset was prepared, < 0: for none */
	AmortisationPolicy scaled; /* with the layer's amounts, and the use of what is left */
	Asset asset;
} AssetLayer;

/* Movements since the asset entered the books, exact and never falling but where said. */
typedef struct AssetFlows
{
	int128 construction_brought_forward;
	int128 construction_additions; /* may fall: a retirement obligation reduced */
	int128 construction_interest;
	int128 placed_in_service;
	int128 construction_disposals;
	int128 cost_brought_forward;
	int128 additions;
	int128 interest;
	int128 retirement_obligation; /* may fall */
	int128 disposals;
	int128 accumulated_brought_forward;
	int128 accumulated_disposals;
	int128 impairment_brought_forward;
	int128 impairment;
	int128 reversal;
	int128 impairment_disposals;
	int128 proceeds; /* may fall */
} AssetFlows;

typedef enum AssetState
{
	ASSET_NOT_HELD,
	ASSET_UNDER_CONSTRUCTION,
	ASSET_IN_SERVICE,
	ASSET_HELD_FOR_SALE,
	ASSET_DISPOSED
} AssetState;

/* What is wrong with an event, and how much of it counted for nothing (0: it has no amount). */
typedef void (*AssetProblemReport)(void *arg, DateADT happened_on, AssetEventKind kind,
								   const char *problem, int128 amount);

typedef struct AssetLife
{
	const AssetHistory *history;
	int next_event;
	bool acquired;
	bool service_pending; /* in_service is still to come */
	bool held_for_sale;
	bool disposed;
	DateADT disposed_on;
	int128 construction;
	int128 construction_impairment;
	const AmortisationPolicy *policy;
	PolicyAmounts construction_amounts;
	int64 total_use; /* units of production: of what is left of the asset */
	/* Use of the asset is that of what is in service. */
	int128 use_total_cost;
	int128 use_service_cost;
	AssetLayer **layers;
	int layer_count;
	int layer_room;
	AssetLayer *first_layer[1];
	AssetLayer layer; /* most assets have one */
	AssetFlows flows;
	DateADT skip_interest_from; /* interest capitalised from here on counts for nothing */
	AssetProblemReport report;  /* may be NULL */
	void *report_arg;
} AssetLife;

/* Balances and movements rounded as they are posted. */
typedef struct AssetPosting
{
	AssetState state;
	int128 construction;
	int128 cost; /* in service */
	int128 accumulated;
	int128 charge;
	int128 impairment_held;
	int128 book_value;
	int128 disposal_gain;
	AssetFlows flows;
} AssetPosting;

extern void asset_life_begin(AssetLife *life, const AssetHistory *history);
/* Takes in all events before the start of a date. Dates must not go back. */
extern void asset_life_advance(AssetLife *life, DateADT date);
/* When the next event happens; DATEVAL_NOEND when none is left. */
extern DateADT asset_life_next_change(const AssetLife *life);
/* At the start of a date to which the life has been advanced, exactly. */
extern int128 asset_layer_accumulated(const AssetLife *life, AssetLayer *layer, DateADT date);
extern int128 asset_life_service_cost(const AssetLife *life);
extern int128 asset_life_reversal_limit(AssetLife *life, DateADT date);
/* The first day without a charge; DATEVAL_NOEND when there is none, or it is not known. */
extern DateADT asset_life_end(const AssetLife *life);

/* asset_posting.c: the same as it is posted. */
extern const char *asset_state_name(AssetState state);
extern void asset_life_post(AssetLife *life, DateADT date, AssetPosting *posting);

#endif /* CHIPBOOK_ASSET_LIFE_H */
