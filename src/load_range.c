/*
 * load_range.c
 *		Index access method load_range: between which loads the rows of every
 *		32 pages of a table are. A load's rows lie together, so that this finds
 *		them; and a row that belongs where the one before it did costs a comparison,
 *		which is why it is not BRIN (on PostgreSQL 15 a sixth of the time of COPY).
 *		Nothing is left to be summarised later: what was inserted is found at once.
 *
 *		Block b of the index has the ranges from b * RANGES_PER_BLOCK on. A block that
 *		is not there, or all zeros, has nothing in its ranges. Ranges only grow, until
 *		the index is made anew: rows that are gone cost a look, never a wrong answer.
 */
#include "chipbook.h"

#include "access/amapi.h"
#include "access/generic_xlog.h"
#include "access/genam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/index.h"
#include "catalog/pg_type_d.h"
#include "commands/vacuum.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/tidbitmap.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/index_selfuncs.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"

PG_FUNCTION_INFO_V1(chipbook_load_range_handler);

#define PAGES_PER_RANGE 32

typedef struct LoadRange
{
	int64 least;
	int64 greatest;
} LoadRange;

#define RANGES_PER_BLOCK ((BLCKSZ - MAXALIGN(SizeOfPageHeaderData)) / sizeof(LoadRange))

/* What an INSERT or COPY knows of the range it added to last: ranges only grow. */
typedef struct KnownRange
{
	BlockNumber number;
	LoadRange loads;
} KnownRange;

typedef struct BuildState
{
	KnownRange current;
	double rows;
} BuildState;

static const LoadRange nothing = {PG_INT64_MAX, PG_INT64_MIN};

static inline LoadRange *
ranges_of(Page page)
{
	return (LoadRange *) PageGetContents(page);
}

/* The ranges of a new page: none has anything. */
static void
init_page(Page page)
{
	PageInit(page, BLCKSZ, 0);
	for (size_t i = 0; i < RANGES_PER_BLOCK; i++)
		ranges_of(page)[i] = nothing;
	/* What is logged ends here. */
	((PageHeader) page)->pd_lower =
		(LocationIndex) (PageGetContents(page) + RANGES_PER_BLOCK * sizeof(LoadRange) -
						 (char *) page);
}

/*
 * A block of the index, made if it is not there.
 */
static Buffer
read_or_make_block(Relation index, BlockNumber block)
{
	if (RelationGetNumberOfBlocks(index) <= block)
	{
		LockRelationForExtension(index, ExclusiveLock);
		while (RelationGetNumberOfBlocks(index) <= block)
			ReleaseBuffer(ReadBuffer(index, P_NEW));
		UnlockRelationForExtension(index, ExclusiveLock);
	}
	return ReadBuffer(index, block);
}

/*
 * Widens a range so that it holds other loads too, and returns what it holds then.
 */
static LoadRange
widen_range(Relation index, BlockNumber number, LoadRange loads)
{
	Buffer buffer = read_or_make_block(index, number / RANGES_PER_BLOCK);
	LoadRange widened = nothing;
	Page page = BufferGetPage(buffer);

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (!PageIsNew(page))
		widened = ranges_of(page)[number % RANGES_PER_BLOCK];
	if (loads.least < widened.least || loads.greatest > widened.greatest)
	{
		GenericXLogState *state = GenericXLogStart(index);
		bool is_new = PageIsNew(page);
		Page copy = GenericXLogRegisterBuffer(state, buffer, is_new ? GENERIC_XLOG_FULL_IMAGE : 0);

		if (is_new)
			init_page(copy);
		widened.least = Min(widened.least, loads.least);
		widened.greatest = Max(widened.greatest, loads.greatest);
		ranges_of(copy)[number % RANGES_PER_BLOCK] = widened;
		GenericXLogFinish(state);
	}
	UnlockReleaseBuffer(buffer);
	return widened;
}

static bool
load_range_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid, Relation heap,
				  IndexUniqueCheck unique, bool unchanged, IndexInfo *info)
{
	KnownRange *known = info->ii_AmCache;
	BlockNumber number = ItemPointerGetBlockNumber(tid) / PAGES_PER_RANGE;
	int64 load;

	/* No condition that the index answers finds NULL. */
	if (isnull[0])
		return false;
	load = DatumGetInt64(values[0]);
	if (known != NULL && known->number == number && load >= known->loads.least &&
		load <= known->loads.greatest)
		return false;
	if (known == NULL)
		known = info->ii_AmCache = MemoryContextAlloc(info->ii_Context, sizeof(KnownRange));
	known->loads = widen_range(index, number, (LoadRange){load, load});
	known->number = number;
	return false;
}

static void
add_row(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool alive, void *argument)
{
	BuildState *state = argument;
	BlockNumber number = ItemPointerGetBlockNumber(tid) / PAGES_PER_RANGE;
	int64 load = DatumGetInt64(values[0]);

	state->rows++;
	if (isnull[0])
		return;
	if (number != state->current.number)
	{
		if (state->current.number != InvalidBlockNumber)
			widen_range(index, state->current.number, state->current.loads);
		state->current.number = number;
		state->current.loads = nothing;
	}
	state->current.loads.least = Min(state->current.loads.least, load);
	state->current.loads.greatest = Max(state->current.loads.greatest, load);
}

static IndexBuildResult *
load_range_build(Relation heap, Relation index, IndexInfo *info)
{
	IndexBuildResult *result = palloc0(sizeof(IndexBuildResult));
	BuildState state = {{InvalidBlockNumber, nothing}, 0};

	if (RelationGetNumberOfBlocks(index) != 0)
		elog(ERROR, "index \"%s\" already contains data", RelationGetRelationName(index));
	result->heap_tuples =
		table_index_build_scan(heap, index, info, true, true, add_row, &state, NULL);
	if (state.current.number != InvalidBlockNumber)
		widen_range(index, state.current.number, state.current.loads);
	result->index_tuples = state.rows;
	return result;
}

/* Of an unlogged table after a crash: no block, no row. */
static void
load_range_build_empty(Relation index)
{
}

/* Rows that go leave their range as it is. */
static IndexBulkDeleteResult *
load_range_bulk_delete(IndexVacuumInfo *info, IndexBulkDeleteResult *stats,
					   IndexBulkDeleteCallback callback, void *argument)
{
	return stats != NULL ? stats : palloc0(sizeof(IndexBulkDeleteResult));
}

static IndexBulkDeleteResult *
load_range_vacuum_cleanup(IndexVacuumInfo *info, IndexBulkDeleteResult *stats)
{
	if (info->analyze_only)
		return stats;
	if (stats == NULL)
		stats = palloc0(sizeof(IndexBulkDeleteResult));
	stats->num_pages = RelationGetNumberOfBlocks(info->index);
	stats->num_index_tuples = info->num_heap_tuples;
	stats->estimated_count = info->estimated_count;
	return stats;
}

/* A look at every range; never fewer rows than a range has. */
static void
load_range_cost(PlannerInfo *root, IndexPath *path, double loops, Cost *startup, Cost *total,
				Selectivity *selectivity, double *correlation, double *pages)
{
	IndexOptInfo *index = path->indexinfo;
	List *quals = get_quals_from_indexclauses(path->indexclauses);
	double heap_pages = Max(index->rel->pages, 1);

	*selectivity = clauselist_selectivity(root, quals, (int) index->rel->relid, JOIN_INNER, NULL);
	*selectivity = Min(1.0, Max(*selectivity, PAGES_PER_RANGE / heap_pages));
	*correlation = 1;
	*pages = index->pages;
	*startup = seq_page_cost * index->pages + cpu_operator_cost * heap_pages / PAGES_PER_RANGE;
	*total = *startup + 0.1 * cpu_operator_cost * heap_pages * *selectivity;
}

static bytea *
load_range_options(Datum options, bool validate)
{
	return NULL;
}

static bool
load_range_validate(Oid opclass)
{
	return true;
}

static IndexScanDesc
load_range_begin_scan(Relation index, int keys, int order_bys)
{
	return RelationGetIndexScan(index, keys, order_bys);
}

static void
load_range_rescan(IndexScanDesc scan, ScanKey keys, int key_count, ScanKey order_bys,
				  int order_by_count)
{
	if (keys != NULL && scan->numberOfKeys > 0)
		memmove(scan->keyData, keys, (size_t) scan->numberOfKeys * sizeof(ScanKeyData));
}

static void
load_range_end_scan(IndexScanDesc scan)
{
}

/* The load of a condition: load = this, a bigint or an integer. */
static int64
wanted_load(ScanKey key)
{
	return key->sk_subtype == INT4OID ? DatumGetInt32(key->sk_argument)
									  : DatumGetInt64(key->sk_argument);
}

static int64
load_range_get_bitmap(IndexScanDesc scan, TIDBitmap *bitmap)
{
	Relation index = scan->indexRelation;
	Relation heap;
	LoadRange wanted = {PG_INT64_MIN, PG_INT64_MAX};
	BlockNumber heap_pages;
	BlockNumber blocks = RelationGetNumberOfBlocks(index);
	int64 found = 0;

	for (int i = 0; i < scan->numberOfKeys; i++)
	{
		ScanKey key = &scan->keyData[i];

		if (key->sk_flags & SK_ISNULL)
			return 0;
		wanted.least = Max(wanted.least, wanted_load(key));
		wanted.greatest = Min(wanted.greatest, wanted_load(key));
	}
	if (wanted.least > wanted.greatest)
		return 0;

	heap = table_open(IndexGetRelation(RelationGetRelid(index), false), AccessShareLock);
	heap_pages = RelationGetNumberOfBlocks(heap);
	table_close(heap, AccessShareLock);

	for (BlockNumber block = 0; block < blocks; block++)
	{
		Buffer buffer = ReadBuffer(index, block);
		Page page = BufferGetPage(buffer);

		CHECK_FOR_INTERRUPTS();
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		for (size_t i = 0; i < RANGES_PER_BLOCK && !PageIsNew(page); i++)
		{
			LoadRange *range = &ranges_of(page)[i];
			uint64 first = (block * (uint64) RANGES_PER_BLOCK + i) * PAGES_PER_RANGE;

			if (first >= heap_pages)
				break;
			if (range->least > wanted.greatest || range->greatest < wanted.least)
				continue;
			for (uint64 heap_page = first;
				 heap_page < first + PAGES_PER_RANGE && heap_page < heap_pages;
				 heap_page++, found++)
				tbm_add_page(bitmap, (BlockNumber) heap_page);
		}
		UnlockReleaseBuffer(buffer);
	}
	/* The executor counts rows, and knows that this is a guess. */
	return found * 10;
}

/*
 * load_range_handler(internal) returns index_am_handler
 */
Datum
chipbook_load_range_handler(PG_FUNCTION_ARGS)
{
	IndexAmRoutine *routine = makeNode(IndexAmRoutine);

	routine->amstrategies = 1;
	routine->amsupport = 0;
	routine->amcanmulticol = false;
	routine->amoptionalkey = false;
	routine->amkeytype = InvalidOid;
#if PG_VERSION_NUM >= 160000
	routine->amsummarizing = true;
#endif
	routine->ambuild = load_range_build;
	routine->ambuildempty = load_range_build_empty;
	routine->aminsert = load_range_insert;
	routine->ambulkdelete = load_range_bulk_delete;
	routine->amvacuumcleanup = load_range_vacuum_cleanup;
	routine->amcostestimate = load_range_cost;
	routine->amoptions = load_range_options;
	routine->amvalidate = load_range_validate;
	routine->ambeginscan = load_range_begin_scan;
	routine->amrescan = load_range_rescan;
	routine->amgetbitmap = load_range_get_bitmap;
	routine->amendscan = load_range_end_scan;
	PG_RETURN_POINTER(routine);
}
