#!/usr/bin/env bash
# The mutation fuzzer, against the server that PGHOST (a socket folder), PGPORT, PGUSER and PGDATABASE
# lead to, whose extension files are installed. Prints TAP; docs/testing.md says how to read it.
#
#   FUZZ_COUNT=100000   mutations
#   FUZZ_SEED=1         the same seed and count make the same mutations

exec perl "$(dirname "${BASH_SOURCE[0]}")/fuzz.pl"
