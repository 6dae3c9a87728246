# chipbook: PGXS builds the library; the rest are doors for people.
#
#   make demo     install what is missing, build, show the three answers
#   make test     install what is missing, build, run every test
#   make          build against PG_CONFIG's server;  make install  as usual
#   make help     every target

.DEFAULT_GOAL := all

EXTENSION = chipbook
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" chipbook.control)

MODULE_big = chipbook
OBJS = \
	src/chipbook.o \
	src/exact.o \
	src/as_of.o \
	src/current_load.o \
	src/canonical_line.o \
	src/journal_digest.o \
	src/currency.o \
	src/monetary.o \
	src/monetary_agg.o \
	src/monetary_sums.o \
	src/monetary_split.o \
	src/format_monetary.o \
	src/macrs.o \
	src/amortisation_policy.o \
	src/amortisation_policy_io.o \
	src/amortisation_policy_parts.o \
	src/amortisation_clock.o \
	src/amortisation_method.o \
	src/amortisation_years.o \
	src/amortisation_fixed_rate.o \
	src/amortisation_annuity.o \
	src/amortisation_exponential.o \
	src/amortisation.o \
	src/amortisation_schedule.o \
	src/asset_layer.o \
	src/asset_life.o \
	src/asset_posting.o \
	src/asset_event.o \
	src/retirement_obligation.o \
	src/csv.o \
	src/bill_read.o \
	src/bill_values.o \
	src/amount_words.o \
	src/spreadsheet.o \
	src/spreadsheet_depreciation.o \
	src/spreadsheet_payment.o \
	src/int192.o \
	src/chip_time.o \
	src/spend_summary.o \
	src/spend_summary_agg.o \
	src/spend_summary_figures.o \
	src/time_weighted.o \
	src/time_weighted_agg.o \
	src/time_weighted_figures.o \
	src/wide.o \
	src/normal.o \
	src/exposure_book.o \
	src/exposure_book_agg.o \
	src/exposure_book_figures.o \
	src/exposure_concentration.o \
	src/exposure_loss.o \
	src/newsvendor.o \
	src/day_count.o \
	src/cash_flows.o \
	src/cash_flows_agg.o \
	src/cash_flows_figures.o \
	src/cash_flows_rate.o \
	src/bit_block.o \
	src/meter_day.o \
	src/meter_day_rows.o \
	src/meter_day_text.o \
	src/meter_day_agg.o \
	src/funding_graph.o \
	src/funding_graph_build.o \
	src/funding_graph_agg.o \
	src/funding_graph_rows.o \
	src/funding_graph_components.o \
	src/funding_graph_cycles.o \
	src/funding_graph_circulation.o \
	src/sparse_system.o \
	src/funding_parties.o \
	src/look_through.o \
	src/clearing.o \
	src/debtrank.o

# The sparse matrices behind funding_graph's systems, and ICU, which knows how places write amounts.
SHLIB_LINK = -lcxsparse $(or $(shell pkg-config --libs icu-i18n 2>/dev/null),-licui18n -licuuc -licudata)

# The install script is these modules, in this order.
SQL_MODULES = \
	sql/chipbook.sql \
	sql/types/currency.sql \
	sql/types/monetary.sql \
	sql/types/format_monetary.sql \
	sql/types/macrs.sql \
	sql/types/amortisation_policy.sql \
	sql/types/amortisation.sql \
	sql/types/asset_event.sql \
	sql/types/tax_depreciation.sql \
	sql/types/spreadsheet.sql \
	sql/types/stated_amount.sql \
	sql/types/spend_summary.sql \
	sql/types/time_weighted.sql \
	sql/types/day_count.sql \
	sql/types/cash_flows.sql \
	sql/types/meter_day.sql \
	sql/types/funding_graph.sql \
	sql/types/funding_graph_solvers.sql \
	sql/types/exposure_book.sql \
	sql/types/exposure_loss.sql \
	sql/types/newsvendor.sql \
	sql/ledger/as_of.sql \
	sql/ledger/tables.sql \
	sql/ledger/tables_exposure.sql \
	sql/ledger/tables_bills.sql \
	sql/ledger/tables_journal.sql \
	sql/ledger/allocation.sql \
	sql/ledger/views_known.sql \
	sql/ledger/views_capacity.sql \
	sql/ledger/views_book_value.sql \
	sql/ledger/views_usage.sql \
	sql/ledger/views_register.sql \
	sql/ledger/views_interval.sql \
	sql/ledger/views_spend.sql \
	sql/ledger/views_allocation.sql \
	sql/ledger/views_chip_cost.sql \
	sql/ledger/views_rent.sql \
	sql/ledger/views_check.sql \
	sql/ledger/views_exposure.sql \
	sql/ledger/lease.sql \
	sql/ledger/obligations.sql \
	sql/ledger/commitments.sql \
	sql/ledger/commitments_bills.sql \
	sql/ledger/statements.sql \
	sql/ledger/stakes.sql \
	sql/ledger/network.sql \
	sql/ledger/stress.sql \
	sql/ledger/views_forecast.sql \
	sql/ledger/focus_model.sql \
	sql/ledger/views_focus.sql \
	sql/ledger/focus_allocation.sql \
	sql/ledger/focus_to_journal.sql \
	sql/ledger/focus_validate.sql \
	sql/ledger/focus_export.sql \
	sql/ledger/impairment.sql \
	sql/ledger/views_quality.sql \
	sql/ledger/load.sql \
	sql/ledger/guards.sql \
	sql/ledger/partitions.sql \
	sql/ledger/packed.sql \
	sql/ledger/usage_day.sql \
	sql/ledger/charge_month.sql \
	sql/ledger/spend_day.sql \
	sql/ledger/seal.sql \
	sql/ledger/publish.sql \
	sql/ledger/calendar.sql \
	sql/ledger/journal.sql \
	sql/ledger/close.sql \
	sql/ledger/close_commitments.sql \
	sql/ledger/views_journal.sql \
	sql/ledger/currencies.sql \
	sql/ledger/export.sql \
	sql/ledger/verify.sql \
	sql/ledger/views_reported.sql \
	sql/ledger/import.sql \
	sql/ledger/import_csv.sql \
	sql/ledger/import_dcgm.sql \
	sql/ledger/import_slurm.sql \
	sql/ledger/import_opencost.sql \
	sql/ledger/import_unallocated.sql \
	sql/ledger/import_bill.sql \
	sql/ledger/import_bill_formats.sql \
	sql/ledger/import_bill_run.sql \
	sql/ledger/prices.sql \
	sql/ledger/plan.sql \
	sql/ledger/views_dimension.sql \
	sql/ledger/views_health.sql \
	sql/ledger/schedule.sql \
	sql/ledger/column_words.sql \
	sql/ledger/tenants.sql \
	sql/ledger/rights.sql \
	sql/ledger/ledger.sql

DATA_built = $(EXTENSION)--$(EXTVERSION).sql
DATA = $(wildcard sql/upgrade/$(EXTENSION)--*--*.sql)

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test

# Since PostgreSQL 16 expected files are looked for where this says; before, beside the specs.
ISOLATION = $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=$(EXTENSION) $(if $(filter-out 15,$(PG_MAJOR)),--expecteddir=test/isolation)

# gcc and clang both contract a * b + c on some CPUs; no figure may depend on that.
PG_CFLAGS = -std=gnu17 -ffp-contract=off -Wall -Wextra -Wno-unused-parameter $(if $(WERROR),-Werror)

EXTRA_CLEAN = $(EXTENSION)--*.sql results regression.diffs regression.out tmp_check

PG_CONFIG ?= pg_config

# The doors install what they need first, so they must not ask for a server before.
DOORS = demo test test-asan test-oracles bench reference deps format format-check dist help
ifneq ($(filter-out $(DOORS),$(or $(MAKECMDGOALS),all)),)
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
PG_MAJOR := $(shell $(PG_CONFIG) --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
ifneq ($(shell test $(PG_MAJOR) -ge 15 && echo supported),supported)
$(error chipbook needs PostgreSQL 15 or later; $(PG_CONFIG) belongs to $(shell $(PG_CONFIG) --version))
endif
include $(PGXS)

# The program, on libpq. PREFIX: see src/cli/Makefile. WITHOUT_PROGRAM=1 leaves it out, for packages of the extension alone.
ifeq ($(WITHOUT_PROGRAM),)
CLI = $(MAKE) -C src/cli PG_CONFIG='$(PG_CONFIG)'
.PHONY: cli install-cli uninstall-cli clean-cli
all: cli
cli:
	+$(CLI) all
install: install-cli
install-cli: cli
	+$(CLI) install
uninstall: uninstall-cli
uninstall-cli:
	+$(CLI) uninstall
clean: clean-cli
clean-cli:
	+$(CLI) clean
endif
else ifneq ($(filter-out $(DOORS) clean,$(or $(MAKECMDGOALS),all)),)
$(error no server to build for: "$(PG_CONFIG)" does not lead to PostgreSQL's server headers. Run "make deps" or say PG_CONFIG=/path/to/pg_config)
else
clean:
	rm -rf chipbook.so src/cli/chipbook $(wildcard src/cli/*.o) $(OBJS) $(OBJS:.o=.bc) $(EXTRA_CLEAN)
endif
endif

$(EXTENSION)--$(EXTVERSION).sql: $(SQL_MODULES) Makefile
	cat $(SQL_MODULES) > $@

$(OBJS): $(wildcard src/*.h)

# The doors. Each runs on a private server of its own, in a temporary folder.
export PG_CONFIG

.PHONY: $(DOORS)

help:
	@sed -n 's/^## //p' Makefile

## make                build the library, the install script and the program
## make install        into PG_CONFIG's server, as its owner; the program into PREFIX/bin (/usr/local)
## make installcheck   pg_regress and pg_isolation_regress against a running server (PGHOST, PGPORT, PGUSER)
## make clean          remove what the build made
##
## make demo           the three answers, on a private throw-away server; KEEP=1 leaves it running
demo:
	@DEPS_FOR=demo test/lib/deps.sh
	@test/demo/run.sh

## make test           every test; MATRIX=all|17|18|none picks the other PostgreSQL releases (all)
test:
	@DEPS_FOR=test test/lib/deps.sh
	@test/run.sh

## make test-asan      the tests inside the server, with the address and undefined behaviour sanitisers
test-asan:
	@DEPS_FOR=test test/lib/deps.sh
	@SANITIZE=1 MATRIX=none test/run.sh

## make test-oracles   the spreadsheet functions against LibreOffice, which this target alone installs
test-oracles:
	@DEPS_FOR=oracles test/lib/deps.sh
	@test/lib/with_server.sh test/oracle/run.sh

## make bench          the measurements of docs/performance.md
bench:
	@DEPS_FOR=bench test/lib/deps.sh
	@test/lib/with_server.sh test/bench/run.sh

## make reference      docs/reference, from the comments of the objects
reference:
	@DEPS_FOR=demo test/lib/deps.sh
	@folder=$$(mktemp -d) && chmod 777 $$folder && test/lib/with_server.sh test/lib/reference.sh $$folder && cp $$folder/*.md docs/reference/ && rm -rf $$folder

## make deps           the Debian packages that are missing; DEPS_FOR=build|demo|test|bench|oracles (test)
deps:
	@test/lib/deps.sh

## make format         rewrite the C files in the project's style
format:
	@test/lib/format.sh

## make format-check   fail when a C file is not in the project's style
format-check:
	@test/lib/format.sh --check

## make dist           the release for PGXN, dist/chipbook-VERSION.zip, from the last commit; DIST=folder puts it elsewhere
DIST = dist
dist:
	@mkdir -p $(DIST)
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTVERSION)/ -o $(DIST)/$(EXTENSION)-$(EXTVERSION).zip HEAD

## PG_CONFIG=/path/to/pg_config selects the server everywhere.
