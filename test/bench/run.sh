#!/usr/bin/env bash
# make bench: measures what docs/performance.md states, on the server that PGHOST, PGUSER and PGDATABASE
# (an empty database) lead to.
#
#   BENCH_ROWS=10000000   readings
#   BENCH_FLEET=500       pools of the fleet whose readings usage.sql makes, one a minute each; 2300 have 100 million in a month
#   BENCH_RUNS=7          timed runs of each query, after one that is not counted
#   BENCH_ASSETS=100000   assets of the ledger whose months are closed; 0 leaves the close out
#   BENCH_POOLS=10000     pools of it
#   BENCH_MONTHS=120      months closed before the last one that is timed, from January 2014 on
#   BENCH_EDGES=1000000   edges of the funding graph, and its parties; ownership that is looked through has ten times
#   BENCH_PARTIES=100000  as many edges as parties
#   BENCH_CHARGES=10000000  charges of the year whose months bills_month.sql adds up, 20 GB in /tmp; 0 leaves them out
#   BENCH_BILL=1000000    charges of the bill that bills_load.sql loads
#   BENCH_ONLY=close|verify|views|packed|sum|usage|exposure|cash_flows|funding|look_through|bills_month|bills_load   the close, the
#                         verification, the published views as they were known, packed readings, sums and exchange, a fleet's
#                         readings from COPY to the month's report, exposure by counterparty, rates of return, funding graphs,
#                         ownership looked through, what services cost by month, or a bill from COPY to publication, alone
#   BENCH_DUCKDB=no       leave DuckDB out, which readings are compared with where npm can install it
#   BENCH_SCIPY=no        leave scipy out, which ownership looked through is compared with where python3 has it
#
# The queries of a file take turns, run after run, so that whatever else the machine does falls alike on all
# that are compared, and none waits so long for its turn that its table has left the memory; the median of each counts. A target is for 10 million readings and a machine that does nothing else.

set -eu
cd "$(dirname "${BASH_SOURCE[0]}")"
rows=${BENCH_ROWS:-10000000}
fleet=${BENCH_FLEET:-500}
runs=${BENCH_RUNS:-7}
assets=${BENCH_ASSETS:-100000}
pools=${BENCH_POOLS:-10000}
months=${BENCH_MONTHS:-120}
edges=${BENCH_EDGES:-1000000}
parties=${BENCH_PARTIES:-100000}
charges=${BENCH_CHARGES:-10000000}
bill=${BENCH_BILL:-1000000}

files='data.sql spend.sql measure.sql sum.sql measure.sql book_value.sql measure.sql methods.sql measure.sql
    schedule.sql measure.sql as_of.sql measure.sql as_of_views.sql measure.sql packed.sql measure.sql packed_duckdb.sql
    usage.sql usage_duckdb.sql exposure.sql measure.sql cash_flows.sql measure.sql funding.sql measure.sql funding_cxsparse.sql
    look_through.sql measure.sql look_through_scipy.sql bills_load.sql report.sql verify.sql'
case ${BENCH_ONLY:-} in
    '') [ "$charges" = 0 ] || files="${files%report.sql verify.sql}bills_month.sql measure.sql report.sql verify.sql"
        [ "$assets" = 0 ] || files="$files close.sql" ;;
    bills_load) files='data.sql bills_load.sql' ;;
    close) files='data.sql close.sql' ;;
    verify) files='data.sql verify.sql' ;;
    views) files='data.sql as_of.sql as_of_views.sql measure.sql report.sql' ;;
    packed) files='data.sql packed.sql measure.sql packed_duckdb.sql report.sql' ;;
    sum) files='data.sql sum.sql measure.sql report.sql' ;;
    bills_month) files='data.sql bills_month.sql measure.sql report.sql' ;;
    usage) files='data.sql usage.sql usage_duckdb.sql report.sql' ;;
    funding) files='data.sql funding.sql measure.sql funding_cxsparse.sql report.sql' ;;
    look_through) files='data.sql look_through.sql measure.sql look_through_scipy.sql report.sql' ;;
    exposure) files='data.sql exposure.sql measure.sql report.sql' ;;
    cash_flows) files='data.sql cash_flows.sql measure.sql report.sql' ;;
    *) printf 'BENCH_ONLY=close, verify, views, packed, sum, usage, exposure, cash_flows, funding, look_through, bills_month or bills_load\n' >&2; exit 2 ;;
esac

printf '%s readings (a fleet of %s pools), %s runs of each query; %s assets and %s pools, %s months closed; %s charges; %s; %s processors; load %s\n' \
    "$rows" "$fleet" "$runs" "$assets" "$pools" "$months" "$charges" "$(postgres --version)" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
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
# run_cxsparse FILE: CXSparse's components of the same graph; the file compares. The bench goes on without it.
cxsparse=
run_cxsparse()
{
    cxsparse=$(mktemp -d)
    if ! ${CC:-cc} -O2 -o "$cxsparse/scc" cxsparse/scc.c -lcxsparse 2>"$cxsparse/cc.log"
    then
        printf 'CXSPARSE NOT COMPARED: libsuitesparse-dev is not installed\n' >&2
        tail -n 3 "$cxsparse/cc.log" >&2
        return 0
    fi
    psql -X -q -v ON_ERROR_STOP=1 -c "\\copy (SELECT payer_id, payee_id FROM funding_row) TO '$cxsparse/edges.csv' (FORMAT csv)"
    found=$("$cxsparse/scc" "$cxsparse/edges.csv" "$runs" "$cxsparse/times.csv")
    chmod 755 "$cxsparse"
    psql -X -q -v ON_ERROR_STOP=1 -v folder="$cxsparse" -v components="$found" -f "$1"
}
# run_scipy FILE: scipy on the ownership that look_through.sql made; the file compares. The bench goes on without it.
scipy=
run_scipy()
{
    [ "${BENCH_SCIPY:-yes}" != no ] || return 0
    # Debian's own Python: another one in the path may have no scipy.
    local python=/usr/bin/python3
    [ -x $python ] || python=python3
    if ! $python -c 'import scipy' 2>/dev/null
    then
        printf 'SCIPY NOT COMPARED: %s has none\n' "$python" >&2
        return 0
    fi
    scipy=$(mktemp -d)
    psql -X -q -v ON_ERROR_STOP=1 -c "\\copy ownership TO '$scipy/edges.csv' (FORMAT csv)"
    $python scipy/spsolve.py "$scipy/edges.csv" "$parties" "$runs" "$scipy/solution.csv" "$scipy/times.csv"
    chmod 755 "$scipy"
    psql -X -q -v ON_ERROR_STOP=1 -v folder="$scipy" -f "$1"
}
trap '[ -z "$duckdb" ] || rm -rf "$duckdb"; [ -z "$cxsparse" ] || rm -rf "$cxsparse"; [ -z "$scipy" ] || rm -rf "$scipy"' EXIT

for file in $files
do
    case $file in
        packed_duckdb.sql) run_duckdb meter "$file"; continue ;;
        usage_duckdb.sql) run_duckdb fleet_meter "$file"; continue ;;
        look_through_scipy.sql) run_scipy "$file"; continue ;;
        funding_cxsparse.sql) run_cxsparse "$file"; continue ;;
    esac
    # The readings of data.sql are for the queries that are compared.
    case ${BENCH_ONLY:-}/$file in close/data.sql | verify/data.sql | views/data.sql | packed/data.sql | usage/data.sql | exposure/data.sql | cash_flows/data.sql | funding/data.sql | look_through/data.sql | bills_month/data.sql | bills_load/data.sql) few=1 ;; *) few= ;; esac
    psql -X -q -v ON_ERROR_STOP=1 -v rows="${few:-$rows}" -v fleet="$fleet" -v runs="$runs" -v assets="$assets" -v pools="$pools" -v months="$months" -v edges="$edges" -v parties="$parties" -v charges="$charges" -v bill="$bill" -f "$file"
done
printf 'load %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
