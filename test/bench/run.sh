#!/usr/bin/env bash
# make bench: measures what docs/performance.md states, on the server that PGHOST, PGUSER and PGDATABASE
# (an empty database) lead to.
#
#   BENCH_ROWS=10000000   readings
#   BENCH_RUNS=7          timed runs of each query, after one that is not counted
#   BENCH_ASSETS=100000   assets of the ledger whose months are closed; 0 leaves the close out
#   BENCH_POOLS=10000     pools of it
#   BENCH_MONTHS=120      months closed before the last one that is timed, from January 2014 on
<<<<<<< HEAD
#   BENCH_ONLY=close|verify|views|packed|usage|exposure   the close, the verification, the published views as they were known,
#                         packed readings, a fleet's readings from COPY to the month's report, or exposure by
#                         counterparty, alone
=======
#   BENCH_ONLY=close|verify|views|packed|usage|cash_flows   the close, the verification, the published views as they were known,
#                         packed readings, a fleet's readings from COPY to the month's report, or rates of return, alone
>>>>>>> cash
#   BENCH_DUCKDB=no       leave DuckDB out, which readings are compared with where npm can install it
#
# The queries of a file take turns, run after run, so that whatever else the machine does falls alike on all
# that are compared, and none waits so long for its turn that its table has left the memory; the median of each counts. A target is for 10 million readings and a machine that does nothing else.

set -eu
cd "$(dirname "${BASH_SOURCE[0]}")"
rows=${BENCH_ROWS:-10000000}
runs=${BENCH_RUNS:-7}
assets=${BENCH_ASSETS:-100000}
pools=${BENCH_POOLS:-10000}
months=${BENCH_MONTHS:-120}

files='data.sql spend.sql measure.sql sum.sql measure.sql book_value.sql measure.sql methods.sql measure.sql
    schedule.sql measure.sql as_of.sql measure.sql as_of_views.sql measure.sql packed.sql measure.sql packed_duckdb.sql
<<<<<<< HEAD
    usage.sql usage_duckdb.sql exposure.sql measure.sql report.sql verify.sql'
=======
    usage.sql usage_duckdb.sql cash_flows.sql measure.sql report.sql verify.sql'
>>>>>>> cash
case ${BENCH_ONLY:-} in
    '') [ "$assets" = 0 ] || files="$files close.sql" ;;
    close) files='data.sql close.sql' ;;
    verify) files='data.sql verify.sql' ;;
    views) files='data.sql as_of.sql as_of_views.sql measure.sql report.sql' ;;
    packed) files='data.sql packed.sql measure.sql packed_duckdb.sql report.sql' ;;
    usage) files='data.sql usage.sql usage_duckdb.sql report.sql' ;;
<<<<<<< HEAD
    exposure) files='data.sql exposure.sql measure.sql report.sql' ;;
    *) printf 'BENCH_ONLY=close, verify, views, packed, usage or exposure\n' >&2; exit 2 ;;
=======
    cash_flows) files='data.sql cash_flows.sql measure.sql report.sql' ;;
    *) printf 'BENCH_ONLY=close, verify, views, packed, usage or cash_flows\n' >&2; exit 2 ;;
>>>>>>> cash
esac

printf '%s readings of 500 pools, %s runs of each query; %s assets and %s pools, %s months closed; %s; %s processors; load %s\n' \
    "$rows" "$runs" "$assets" "$pools" "$months" "$(postgres --version)" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
# run_duckdb TABLE FILE: DuckDB's Node package, in a folder of its own, on the readings of a table; the file compares. The
# bench goes on without it.
duckdb=
run_duckdb()
{
    [ "${BENCH_DUCKDB:-yes}" != no ] || return 0
    [ -z "$duckdb" ] || rm -rf "$duckdb"
    duckdb=$(mktemp -d)
    cp duckdb/package.json duckdb/scan.js "$duckdb"
    if ! command -v npm >/dev/null || ! (cd "$duckdb" && npm install --silent --no-audit --no-fund --no-package-lock) >"$duckdb/npm.log" 2>&1
    then
        printf 'DUCKDB NOT COMPARED: npm could not install it\n' >&2
        tail -n 3 "$duckdb/npm.log" >&2 2>/dev/null
        return 0
    fi
    psql -X -q -v ON_ERROR_STOP=1 -c "\\copy (SELECT pool_id, installed, available, allocated, used FROM $1) TO '$duckdb/readings.csv' (FORMAT csv)"
    node "$duckdb/scan.js" "$duckdb/readings.csv" "$runs" "$duckdb/figures.csv" "$duckdb/times.csv"
    chmod 755 "$duckdb"
    psql -X -q -v ON_ERROR_STOP=1 -v folder="$duckdb" -f "$2"
}
trap '[ -z "$duckdb" ] || rm -rf "$duckdb"' EXIT

for file in $files
do
    case $file in
        packed_duckdb.sql) run_duckdb meter "$file"; continue ;;
        usage_duckdb.sql) run_duckdb fleet_meter "$file"; continue ;;
    esac
    # The readings of data.sql are for the queries that are compared.
<<<<<<< HEAD
    case ${BENCH_ONLY:-}/$file in close/data.sql | verify/data.sql | views/data.sql | packed/data.sql | usage/data.sql | exposure/data.sql) few=1 ;; *) few= ;; esac
=======
    case ${BENCH_ONLY:-}/$file in close/data.sql | verify/data.sql | views/data.sql | packed/data.sql | usage/data.sql | cash_flows/data.sql) few=1 ;; *) few= ;; esac
>>>>>>> cash
    psql -X -q -v ON_ERROR_STOP=1 -v rows="${few:-$rows}" -v runs="$runs" -v assets="$assets" -v pools="$pools" -v months="$months" -f "$file"
done
printf 'load %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
