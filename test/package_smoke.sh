#!/bin/sh
# package_smoke.sh MAJOR: what a user does first with the installed packages, on a server of its own. Prints what failed.
set -eu
bin=/usr/lib/postgresql/$1/bin
data=$(mktemp -d)
cleanup() { "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || :; rm -rf "$data"; }
trap cleanup EXIT
export PGHOST="$data" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres LC_ALL=C.UTF-8
"$bin/initdb" -D "$data" -U postgres -A trust -N >/dev/null
"$bin/pg_ctl" -D "$data" -w -l "$data/log" -o "-c listen_addresses= -c unix_socket_directories=$data -c fsync=off -c max_locks_per_transaction=256" start >/dev/null ||
    { cat "$data/log"; exit 1; }
ask() { PGOPTIONS='-c search_path=chipbook,pg_catalog' "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -c "$1"; }

# The program makes a ledger that is nobody's who logs in.
chipbook --version
ask 'CREATE ROLE keeper NOLOGIN'
chipbook init books --owner=keeper
chipbook doctor --ledger=books --quiet || test $? = 1

# The extension: exact sums, the views, nothing wrong.
test "$(ask "SELECT sum(v) FROM unnest('{0.10 USD,0.20 USD}'::chipbook.monetary[]) v")" = '0.30 USD'
test "$(ask "SELECT count(*) > 100 FROM information_schema.views WHERE table_schema = 'books_report'")" = t
chipbook verify --ledger=books

# A fact goes in, a report comes out: with tables only, for the library of its charts is in no package.
printf 'source_id,kind,reference,confidence\nmeters,contract,made here,high\n' >"$data/source.csv"
chipbook load facts --ledger=books "$data/source.csv"
chipbook report --ledger=books --period=2026-10 --out="$data/report"
grep -q 'October 2026' "$data/report/report.html"
test -f /usr/share/man/man1/chipbook.1.gz
test -x /usr/share/doc/chipbook/examples/schedule/chipbook-night
