#!/usr/bin/env bash
# Other programs' answers beside chipbook's, on the server that PGHOST, PGUSER and PGDATABASE lead to.
# Prints TAP; docs/testing.md says what is compared.
#
#   ORACLE_CASES=150   random cases of each function
#   ORACLE_SEED=1      the same seed makes the same cases

exec perl "$(dirname "${BASH_SOURCE[0]}")/spreadsheet.pl"
