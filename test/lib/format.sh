#!/usr/bin/env bash
# make format and make format-check: the C files in the style of .clang-format.
# Releases of clang-format disagree, so one of them, 14, decides.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
files=(src/*.[ch] src/cli/*.[ch])
formatter=clang-format-14
if ! command -v $formatter >/dev/null
then
    if [ "${1:-}" = --check ]
    then
        echo "FORMAT NOT CHECKED: $formatter is not installed, and other releases format differently" >&2
        exit 77
    fi
    echo "chipbook: make format needs $formatter" >&2
    exit 1
fi
if [ "${1:-}" = --check ]
then
    exec $formatter --dry-run --Werror "${files[@]}"
fi
exec $formatter -i "${files[@]}"
