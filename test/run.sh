#!/usr/bin/env bash
# make test: every test, each on a private server. The last line is "N passed, M failed".
#
#   MATRIX=all|17|18|none   the other PostgreSQL releases to build and test on (all)
#   ONLY="regress pgtap"    only these of: format build regress isolation pgtap tap fuzz matrix package
#   SANITIZE=1              the server runs chipbook with the address and undefined behaviour sanitisers
#   EVERYTHING=1            on the other releases too what is otherwise run on this machine's alone (test/once)
#
# A failure shows its diff or output where it happens; a test that passes is only counted.

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

PASSED=0
FAILED=0
SKIPPED=0
NOTES=()
BESIDE=()

wanted() { [[ -z "${ONLY:-}" || " $ONLY " == *" $1 "* ]]; }

# count NAME PASSED FAILED [SKIPPED]
count()
{
    PASSED=$((PASSED + $2))
    FAILED=$((FAILED + $3))
    SKIPPED=$((SKIPPED + ${4:-0}))
    printf '%-28s %6d passed, %d failed%s  (%d s)\n' "$1" "$2" "$3" "${4:+, $4 skipped}" $((SECONDS - STARTED))
    STARTED=$SECONDS
}

note() { NOTES+=("$*"); say "$*"; }

# count_tap NAME STATUS LOG: assertions in TAP; a program that died without a failed one counts as one.
# An unmet TODO is no failure, a skipped assertion no pass.
count_tap()
{
    local passed failed skipped
    passed=$(grep -cE '^(ok [0-9]+|not ok [0-9]+.*# TODO)' "$3")
    skipped=$(grep -ciE '^ok [0-9]+.* # skip' "$3")
    failed=$(grep -E '^not ok [0-9]+' "$3" | grep -cv '# TODO')
    if [ "$2" != 0 ] && [ "$failed" = 0 ]
    then
        failed=1
    fi
    if [ "$failed" != 0 ]
    then
        say "---- $1: what failed"
        grep -vE '^ok [0-9]+|^1\.\.[0-9]+$' "$3" | head -n 2000
        say "----"
    fi
    count "$1" $((passed - skipped)) "$failed" "$skipped"
}

test_format()
{
    run_child "$WORK/src/test/lib/format.sh" --check >"$WORK/format.log" 2>&1
    case $? in
        0) count format 1 0 ;;
        77) note "$(cat "$WORK/format.log")" ;;
        *) cat "$WORK/format.log"; count format 0 1 ;;
    esac
}

# Warnings are errors, under both compilers. clang complains of flags that PostgreSQL was built with.
test_build()
{
    local clang
    clang=$(command -v clang || ls -vd /usr/bin/clang-[0-9]* 2>/dev/null | tail -n 1)
    if [ -n "$clang" ]
    then
        cp -a "$WORK/src" "$WORK/clang"
        if build "$WORK/clang" WERROR=1 CC="$clang" COPT="-Wno-ignored-attributes -Wno-ignored-optimization-argument -Wno-unknown-warning-option"
        then
            count "build with clang" 1 0
        else
            count "build with clang" 0 1
        fi
        rm -rf "$WORK/clang"
    else
        note "NOT BUILT WITH CLANG: there is none"
    fi
    if build "$WORK/src" WERROR=1 CC=gcc
    then
        count "build with gcc" 1 0
    else
        count "build with gcc" 0 1
    fi
}

# test_installcheck NAME FOLDER MAKE_ARGUMENT: pg_regress or pg_isolation_regress, whose output is in FOLDER.
test_installcheck()
{
    local log=$WORK/$1.log passed failed
    cd "$WORK/src" || exit 1
    run_child as_user make -s installcheck PG_CONFIG="$PG_CONFIG" "$3" >"$log" 2>&1
    local status=$?
    # Both print "test name ... ok" up to PostgreSQL 15, TAP since.
    passed=$(grep -cE '^(test .* \.\.\. ok|ok [0-9]+)' "$log")
    failed=$(grep -cE '^(test .* \.\.\. FAILED|not ok [0-9]+)' "$log")
    if [ "$status" != 0 ]
    then
        [ "$failed" != 0 ] || failed=1
        say "---- $1: what failed"
        grep -vE '^(test .* \.\.\. ok|ok [0-9]+)' "$log"
        [ ! -f "$2/regression.diffs" ] || head -n 2000 "$2/regression.diffs"
        say "----"
    fi
    count "$1" "$passed" "$failed"
}

test_regress() { test_installcheck pg_regress . ISOLATION=; }
test_isolation() { test_installcheck pg_isolation_regress output_iso REGRESS=; }

test_pgtap()
{
    local log=$WORK/pgtap.log
    if [ ! -f "$("$PG_CONFIG" --sharedir)/extension/pgtap.control" ]
    then
        say "pgTAP is not installed for $PG_VERSION"
        count pgTAP 0 1
        return
    fi
    as_user createdb pgtap || die "creating a database failed"
    cd "$WORK/src" || exit 1
    run_child as_user pg_prove --verbose --dbname pgtap test/pgtap/*.sql >"$log" 2>&1
    count_tap pgTAP $? "$log"
}

# PostgreSQL's own test framework makes its clusters under TESTDATADIR (TESTDIR up to 15), with the settings of
# TEMP_CONFIG. They run beside the tests of the server above, which they do not meet.
start_tap()
{
    cd "$WORK/src" || exit 1
    as_user mkdir "$WORK/tap"
    # Of one query over all views, compiling takes minutes.
    printf '%s\n' "jit = off" "fsync = off" "max_wal_size = 4GB" >"$WORK/tap.conf"
    start_child as_user env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE PG_TEST_TIMEOUT_DEFAULT=600 TEMP_CONFIG="$WORK/tap.conf" \
        TESTDIR="$WORK/tap" TESTDATADIR="$WORK/tap/data" TESTLOGDIR="$WORK/tap/log" \
        prove --verbose -I "${PG_REGRESS%/regress/pg_regress}/perl" -I test/t test/t/*.pl >"$WORK/tap.log" 2>&1
    TAP_PROVE=$!
}

wait_tap()
{
    local log=$WORK/tap.log status name
    wait "$TAP_PROVE"
    status=$?
    # The framework keeps what programs printed in a file for each test.
    for name in $(sed -n 's/^test\/t\/\(.*\)\.pl  *(Wstat.*/\1/p' "$log")
    do
        find "$WORK/tap" -name "regress_log_$name" -exec tail -n 60 {} + >>"$log"
    done
    # What was left out in the middle of a test, and why.
    while IFS= read -r name
    do
        [ -z "$name" ] || note "NOT CHECKED: $name"
    done <<END
$(sed -n 's/^ok [0-9]* # skip //p' "$log" | sort -u)
END
    count_tap "Perl TAP" $status "$log"
}

test_fuzz()
{
    local log=$WORK/fuzz.log status
    [ -f "$WORK/src/test/fuzz/run.sh" ] || return
    as_user createdb fuzz || die "creating a database failed"
    cd "$WORK/src" || exit 1
    run_child as_user env PGDATABASE=fuzz bash test/fuzz/run.sh >"$log" 2>&1
    status=$?
    if ! as_user psql -X -q -d postgres -c 'SELECT 1' >/dev/null 2>&1
    then
        say "the server did not survive:"
        tail -n 100 "$WORK/server.log"
        [ "$status" != 0 ] || status=1
    fi
    count_tap fuzz $status "$log"
}

# No test may bring a server process down unnoticed: the server log says so even where the client retried.
test_server_log()
{
    local pattern='terminated by signal|TRAP: |AddressSanitizer|runtime error:'
    if grep -qE "$pattern" "$WORK/server.log"
    then
        say "---- the server's log"
        grep -E -A 30 "$pattern" "$WORK/server.log" | head -n 300
        say "----"
        count "server log" 0 1
    else
        count "server log" 1 0
    fi
}

# What runs beside this one, in Debians of their own and one after the other, its output in files until its turn
# comes: beside NAME SCRIPT [ARGUMENT...]
beside() { BESIDE+=("$1:${*:2}"); }

run_beside()
{
    local number words
    # The scripts hear it too, and clear up before this ends.
    trap 'exit 143' TERM
    for number in "${!BESIDE[@]}"
    do
        read -ra words <<<"${BESIDE[number]#*:}"
        bash "$TOP/test/${words[0]}" "${words[@]:1}" >"$WORK/beside.$number" 2>&1
        echo $? >"$WORK/beside.$number.status"
    done
}

# wait_beside NUMBER NAME
wait_beside()
{
    local log=$WORK/beside.$1 status
    status=$(cat "$log.status" 2>/dev/null) || status=2
    if [ "$status" = 77 ]
    then
        note "DID NOT RUN: $2: $(tail -n 1 "$log")"
        return
    fi
    say "---- $2"
    cat "$log"
    say "----"
    set -- "$@" $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
    # Without its last line, a run died: that is a failure, whatever it said.
    case $status in
        0 | 1) count "$2" "${3:-0}" "${4:-1}" ;;
        *) count "$2" 0 1 ;;
    esac
}

choose_matrix()
{
    local entry
    for entry in trixie:17 forky:18
    do
        case ${MATRIX:-all} in
            all | "${entry#*:}")
                beside "PostgreSQL ${entry#*:} (${entry%:*})" matrix.sh "${entry%:*}" "${entry#*:}" ;;
            17 | 18 | none) ;;
            *) die "MATRIX=$MATRIX: one of all, 17, 18, none" ;;
        esac
    done
}

STARTED=$SECONDS
[ -n "${SANITIZE:-}" ] || use_large_pages
find_server
work_begin
copy_tree "$WORK/src"
# What another release is asked already.
[ -z "${ONCE_ELSEWHERE:-}" ] || (cd "$WORK/src/test" && sed -n 's/^\([a-z][^ ]*\) .*/\1/p' once | xargs rm)
say "Testing on $PG_VERSION in $WORK${RUN_USER:+, as $RUN_USER}"
! wanted matrix || choose_matrix
# The packages are of this tree, not of a server: once is enough.
if wanted package && [ "${MATRIX:-all}" != none ]
then
    beside "Debian packages" package.sh
fi
BESIDE_PID=
if [ ${#BESIDE[@]} != 0 ]
then
    start_child run_beside
    BESIDE_PID=$!
fi

if wanted format && [ "${FORMAT:-}" != skip ]
then
    test_format
fi
relocate_server
if [ -n "${SANITIZE:-}" ]
then
    sanitizer=(COPT="-g -O1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined")
    build "$WORK/src" CC=gcc "${sanitizer[@]}" || die "the build failed"
    # Debian 12's sanitiser and its C library lock each other up when a program asks for its translations.
    printf '%s\n' 'char *bindtextdomain(const char *d, const char *n) { return (char *) n; }' 'char *textdomain(const char *d) { return (char *) d; }' |
        gcc -shared -fPIC -x c - -o "$WORK/untranslated.so" || die "compiling for the sanitiser failed"
    SERVER_PRELOAD=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so):$WORK/untranslated.so
    # Memory that PostgreSQL keeps to the end is no leak.
    export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:disable_coredump=1 UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1
elif wanted build
then
    test_build
else
    build "$WORK/src" || die "the build failed"
fi

TAP_PROVE=
if install_extension "$WORK/src"
then
    start_server
    if wanted tap && [ -z "${SANITIZE:-}" ]
    then
        start_tap
    fi
    ! wanted regress || test_regress
    ! wanted isolation || test_isolation
    ! wanted pgtap || test_pgtap
    ! wanted fuzz || test_fuzz
    test_server_log
    as_user pg_ctl -D "$WORK/data" -m fast stop >/dev/null 2>&1
    [ -z "$TAP_PROVE" ] || wait_tap
else
    count install 0 1
fi

[ -z "$BESIDE_PID" ] || wait "$BESIDE_PID"
for number in ${BESIDE[@]+"${!BESIDE[@]}"}
do
    wait_beside "$number" "${BESIDE[number]%%:*}"
done

say
for text in ${NOTES[@]+"${NOTES[@]}"}
do
    say "$text"
done
[ "$SKIPPED" = 0 ] || say "$SKIPPED skipped"
say "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
