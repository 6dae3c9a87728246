#!/bin/sh
# package_smoke.sh MAJOR: what a user does first with the installed packages, on a server of its own. Prints what failed.
set -eu
bin=/usr/lib/postgresql/$1/bin
data=$(mktemp -d)
cleanup() { "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || :; rm -rf "$data"; }
trap cleanup EXIT
export PGHOST="$data" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres LC_ALL=C.UTF-8
"$bin/initdb" -D "$data" -U postgres -A trust -N >/dev/null
"$bin/pg_ctl" -D "$data" -w -l "$data/log" -o "-c listen_addresses= -c unix_socket_directories=$data -c max_locks_per_transaction=256" start >/dev/null ||
    { cat "$data/log"; exit 1; }
answer=$("$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 <<'SQL'
CREATE EXTENSION chipbook;
SET search_path = chipbook;
SELECT chipbook.create_ledger('books');
SELECT 'sum ' || sum(v) FROM unnest('{0.10 USD,0.20 USD}'::chipbook.monetary[]) v;
SELECT 'views ' || (count(*) > 100)::text FROM information_schema.views WHERE table_schema = 'books_report';
SELECT 'findings ' || count(*) FROM chipbook.verify_ledger('books');
SQL
)
printf '%s\n' "$answer"
printf '%s\n' "$answer" | grep -qx 'sum 0.30 USD'
printf '%s\n' "$answer" | grep -qx 'views true'
printf '%s\n' "$answer" | grep -qx 'findings 0'

# The program, against that server.
chipbook --version
chipbook verify --ledger=books
test -f /usr/share/man/man1/chipbook.1.gz
test -x /usr/share/doc/chipbook/examples/schedule/chipbook-night
