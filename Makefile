# chipbook: PGXS builds the library; the rest are doors for people.
#
#   make demo     install what is missing, build, show the three answers
#   make test     install what is missing, build, run every test
#   make          build against PG_CONFIG's server;  make install  as usual

EXTENSION = chipbook
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" chipbook.control)

MODULE_big = chipbook
OBJS = \
	src/chipbook.o \
	src/exact.o \
	src/as_of.o \
	src/currency.o \
	src/monetary.o \
	src/monetary_agg.o \
	src/monetary_split.o \
	src/amortisation_policy.o \
	src/amortisation.o \
	src/spend_summary.o

# The install script is these modules, in this order.
SQL_MODULES = \
	sql/chipbook.sql \
	sql/types/currency.sql \
	sql/types/monetary.sql \
	sql/types/amortisation_policy.sql \
	sql/types/amortisation.sql \
	sql/types/spend_summary.sql \
	sql/ledger/as_of.sql \
	sql/ledger/tables.sql \
	sql/ledger/views_known.sql \
	sql/ledger/views_book_value.sql \
	sql/ledger/views_usage.sql \
	sql/ledger/views_exposure.sql \
	sql/ledger/views_quality.sql \
	sql/ledger/load.sql \
	sql/ledger/ledger.sql

DATA_built = $(EXTENSION)--$(EXTVERSION).sql
DATA = $(wildcard sql/upgrade/$(EXTENSION)--*--*.sql)

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test

# gcc and clang both contract a * b + c on some CPUs; no figure may depend on that.
PG_CFLAGS = -std=gnu17 -ffp-contract=off -Wall -Wextra -Wno-unused-parameter $(if $(WERROR),-Werror)

EXTRA_CLEAN = $(EXTENSION)--*.sql results regression.diffs regression.out tmp_check

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
-include $(PGXS)

$(EXTENSION)--$(EXTVERSION).sql: $(SQL_MODULES) Makefile
	cat $(SQL_MODULES) > $@

$(OBJS): $(wildcard src/*.h)
