#!/usr/bin/env bash
# make bench: measures what docs/performance.md states, on the server that PGHOST, PGUSER and PGDATABASE
# (an empty database) lead to.
#
#   BENCH_ROWS=10000000   readings
#   BENCH_RUNS=7          timed runs of each query, after one that is not counted
#
# The queries of a file take turns, run after run, so that whatever else the machine does falls alike on all
# that are compared, and none waits so long for its turn that its table has left the memory; the median of each counts. A target is for 10 million readings and a machine that does nothing else.

set -eu
cd "$(dirname "${BASH_SOURCE[0]}")"
rows=${BENCH_ROWS:-10000000}
runs=${BENCH_RUNS:-7}

printf '%s readings of 500 pools, %s runs of each query; %s; %s processors; load %s\n' \
    "$rows" "$runs" "$(postgres --version)" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
for file in data.sql spend.sql measure.sql sum.sql measure.sql book_value.sql measure.sql methods.sql measure.sql \
    schedule.sql measure.sql as_of.sql measure.sql report.sql
do
    psql -X -q -v ON_ERROR_STOP=1 -v rows="$rows" -v runs="$runs" -f "$file"
done
printf 'load %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
