# Shell functions that the demo, the tests and the benchmark share: a private copy of a PostgreSQL
# server in one temporary folder, with a throw-away cluster that only this run can reach.
#
# PostgreSQL finds its own files relative to its programs, so a copy of the tree is a server of its
# own: installing chipbook there touches no other server. Everything a run makes is under $WORK and
# goes with it. A script sources this file, calls work_begin, and the rest as needed.

set -u
umask 022
ulimit -c 0

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# The caller's connection settings and make flags belong to other servers and other builds.
for variable in ${!PG@}
do
    [ "$variable" = PG_CONFIG ] || unset "$variable"
done
unset MAKEFLAGS MFLAGS MAKELEVEL CDPATH LANGUAGE PERL5OPT HARNESS_OPTIONS variable
if locale -a 2>/dev/null | grep -qix 'C\.utf-\?8'
then
    export LC_ALL=C.UTF-8 LANG=C.UTF-8
    INITDB_LOCALE=--locale=C.UTF-8
else
    export LC_ALL=C LANG=C
    INITDB_LOCALE=--no-locale
fi
export TZ=UTC PGCLIENTENCODING=UTF8

WORK=
WORK_MORE=
KEEP_WORK=

say() { printf '%s\n' "$*"; }
warn() { printf 'chipbook: %s\n' "$*" >&2; }
die() { warn "$*"; exit 1; }

# start_child COMMAND...: in the background and in a process group of its own, which an interrupt ends.
start_child()
{
    set -m
    "$@" </dev/null &
    set +m
}

# run_child COMMAND...: the same, and wait for it. bash answers an interrupt at once only when no
# command runs in the foreground.
run_child()
{
    start_child "$@"
    wait $!
}

# Every server started under $WORK, also by tests that were interrupted.
stop_servers()
{
    local file pid i
    while IFS= read -r file
    do
        pid=$(head -n 1 "$file" 2>/dev/null)
        case $pid in '' | *[!0-9]*) continue ;; esac
        kill -INT "$pid" 2>/dev/null || continue
        for i in $(seq 100)
        do
            kill -0 "$pid" 2>/dev/null || break
            [ "$i" = 50 ] && kill -QUIT "$pid" 2>/dev/null
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null
    done <<END
$(find "$WORK" -name postmaster.pid 2>/dev/null)
END
}

work_end()
{
    local status=$? child
    trap '' INT TERM HUP PIPE
    for child in $(jobs -p)
    do
        kill -TERM -- "-$child" 2>/dev/null && wait "$child" 2>/dev/null
    done
    if [ -n "$WORK" ] && [ -z "$KEEP_WORK" ]
    then
        stop_servers
        cd /
        # A server that was killed may still be writing its last file.
        rm -rf "$WORK" "$WORK_MORE" 2>/dev/null || { sleep 1; rm -rf "$WORK" "$WORK_MORE"; }
    fi
    exit $status
}

# A folder whose programs may run, with a name short enough for a Unix socket (107 bytes).
work_begin()
{
    local base
    trap work_end EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 141' PIPE
    trap 'exit 143' TERM
    for base in /tmp /var/tmp "${TMPDIR:-/tmp}"
    do
        [ ${#base} -le 40 ] || continue
        WORK=$(mktemp -d "$base/chipbook.XXXXXX" 2>/dev/null) || continue
        cp /bin/true "$WORK/may_run" && "$WORK/may_run" 2>/dev/null && break
        rm -rf "$WORK"
        WORK=
    done
    [ -n "$WORK" ] || die "no folder for temporary files: /tmp and /var/tmp are not writable, or may not run programs"
    rm -f "$WORK/may_run"
    mkdir "$WORK/home" "$WORK/tmp" "$WORK/socket" "$WORK/src" || exit 1
    # Tests that read ../shared/data look for it beside the tree.
    [ ! -d "$TOP/../shared" ] || ln -s "$(cd "$TOP/../shared" && pwd)" "$WORK/shared"
    find_user
    cd "$WORK" || exit 1
}

# PostgreSQL refuses to run as root. Root becomes whoever called sudo, else nobody.
find_user()
{
    AS=(env "HOME=$WORK/home" "TMPDIR=$WORK/tmp")
    RUN_USER=
    [ "$(id -u)" = 0 ] || return 0
    RUN_USER=nobody
    if [ -n "${SUDO_UID:-}" ] && [ "$SUDO_UID" != 0 ] && getent passwd "$SUDO_UID" >/dev/null
    then
        RUN_USER=$(getent passwd "$SUDO_UID" | cut -d: -f1)
    fi
    RUN_GROUP=$(id -g "$RUN_USER") || die "no account to run the server: root may not, and there is no '$RUN_USER'"
    AS=(setpriv "--reuid=$RUN_USER" "--regid=$RUN_GROUP" --clear-groups "${AS[@]}")
    "${AS[@]}" true || die "root may not run a server, and becoming '$RUN_USER' failed: run this as an ordinary user"
}

as_user() { "${AS[@]}" "$@"; }

# give FOLDER...: to the server's user.
give()
{
    [ -z "$RUN_USER" ] || chown -R "$RUN_USER:$RUN_GROUP" "$@"
}

# copy_tree FOLDER: the tracked and the new files of the clone, without what git ignores: builds never touch the
# clone, and the server's user need not be able to read it.
copy_tree()
{
    local folder=$1 list=$WORK/files
    (
        cd "$TOP" || exit 1
        # The clone may belong to another user than root, which git would refuse to read.
        if ! GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' \
            git ls-files -z --cached --others --exclude-standard >"$list" 2>/dev/null
        then
            find . -name .git -prune -o -type f ! -name '*.o' ! -name '*.so' ! -name '*.bc' \
                ! -path './chipbook--*.sql' -print0 >"$list"
        fi
        while IFS= read -r -d '' file
        do
            [ -e "$file" ] && printf '%s\0' "$file"
        done <"$list" | tar --null --no-recursion -T - -cf - | tar -xf - -C "$folder" --no-same-owner
    ) || die "copying the source to $folder failed"
    [ -f "$folder/Makefile" ] || die "copying the source to $folder failed"
    rm -f "$list"
    chmod -R u+rwX,go+rX "$folder"
}

# Sets PG_CONFIG, when the caller did not, to the newest server that is installed whole.
find_server()
{
    local candidate major pgxs
    if [ -z "${PG_CONFIG:-}" ] || [ "$PG_CONFIG" = pg_config ]
    then
        PG_CONFIG=pg_config
        for candidate in $(ls -rvd /usr/lib/postgresql/*/bin/pg_config 2>/dev/null)
        do
            [ -x "${candidate%/pg_config}/postgres" ] || continue
            PG_CONFIG=$candidate
            break
        done
    fi
    PG_CONFIG=$(command -v "$PG_CONFIG") || die "no PostgreSQL found: install postgresql and postgresql-server-dev, or say PG_CONFIG=/path/to/pg_config"
    PG_VERSION=$("$PG_CONFIG" --version) || die "$PG_CONFIG does not answer"
    major=${PG_VERSION#PostgreSQL }
    PG_MAJOR=${major%%[!0-9]*}
    [ "${PG_MAJOR:-0}" -ge 15 ] || die "chipbook needs PostgreSQL 15 or later; $PG_CONFIG belongs to $PG_VERSION"
    [ -x "$("$PG_CONFIG" --bindir)/postgres" ] || die "$PG_CONFIG has no server beside it: install postgresql-$PG_MAJOR"
    pgxs=$("$PG_CONFIG" --pgxs)
    [ -f "$pgxs" ] || die "$PG_CONFIG has no server headers: install postgresql-server-dev-$PG_MAJOR"
}

# A private copy of the server's tree; PG_CONFIG then means the copy.
relocate_server()
{
    local root=$WORK/server dir name
    for name in bindir pkglibdir sharedir
    do
        dir=$("$PG_CONFIG" --$name)
        [ -e "$root$dir" ] && continue
        mkdir -p "$root${dir%/*}"
        cp -a "$dir" "$root$dir" || die "copying $dir failed"
    done
    # Only read, so a link will do.
    for name in libdir includedir includedir-server
    do
        dir=$("$PG_CONFIG" --$name)
        [ -e "$root$dir" ] && continue
        mkdir -p "$root${dir%/*}"
        ln -s "$dir" "$root$dir"
    done
    chmod -R u+rwX,go+rX "$root"
    SYSTEM_PG_CONFIG=$PG_CONFIG
    PG_CONFIG=$root$("$PG_CONFIG" --bindir)/pg_config
    BINDIR=${PG_CONFIG%/*}
    PG_REGRESS=$("$PG_CONFIG" --pgxs)
    PG_REGRESS=${PG_REGRESS%/makefiles/pgxs.mk}/test/regress/pg_regress
    [ "$("$PG_CONFIG" --sharedir)" = "$root$("$SYSTEM_PG_CONFIG" --sharedir)" ] ||
        die "the copy of $PG_VERSION does not find its own files"
    export PG_CONFIG PG_REGRESS PATH="$BINDIR:$PATH"
}

# build FOLDER [make arguments]: quiet unless it fails.
build()
{
    local folder=$1
    shift
    if ! run_child make -s -C "$folder" -j "$(nproc)" -O with_llvm=no PG_CONFIG="$PG_CONFIG" "$@" all >"$WORK/build.log" 2>&1
    then
        head -n 200 "$WORK/build.log"
        return 1
    fi
}

# install_extension FOLDER: into the private copy, never elsewhere.
install_extension()
{
    case $PG_CONFIG in
        "$WORK"/*) ;;
        *) die "refusing to install outside $WORK" ;;
    esac
    make -s -C "$1" with_llvm=no PG_CONFIG="$PG_CONFIG" install >"$WORK/install.log" 2>&1 ||
        { cat "$WORK/install.log" >&2; return 1; }
    chmod -R go+rX "$WORK/server"
}

# Planning queries over hundreds of views touches much memory once: in large pages it takes half the time. Since
# glibc 2.35; others ignore it. Not for the benchmark, whose server is as PostgreSQL has it.
use_large_pages()
{
    export GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=1073741824:glibc.malloc.top_pad=16777216:glibc.malloc.mmap_threshold=33554432
}

# start_server [setting...]: a cluster that listens on one Unix socket, in a folder only its user may enter.
start_server()
{
    local data=$WORK/data
    give "$WORK"
    chmod 700 "$WORK"
    run_child as_user initdb -D "$data" -U postgres -A trust -E UTF8 "$INITDB_LOCALE" -N >"$WORK/initdb.log" 2>&1 ||
        { cat "$WORK/initdb.log" >&2; die "initdb failed"; }
    {
        printf "listen_addresses = ''\n"
        printf "unix_socket_directories = '%s'\n" "$WORK/socket"
        printf "unix_socket_permissions = 0700\n"
        # A ledger takes some 2,800 locks to make, and tests make several in one transaction, to leave none behind.
        printf '%s\n' "fsync = off" "max_wal_size = 4GB" "jit = off" "timezone = 'UTC'" "lc_messages = 'C'" "max_locks_per_transaction = 256" \
            "datestyle = 'ISO, YMD'" "$@"
    } >>"$data/postgresql.conf"
    export PGHOST=$WORK/socket PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
    run_child as_user ${SERVER_PRELOAD:+env "LD_PRELOAD=$SERVER_PRELOAD"} pg_ctl -D "$data" -l "$WORK/server.log" -w -t 60 start >"$WORK/start.log" 2>&1 ||
        { cat "$WORK/start.log" "$WORK/server.log" >&2; die "the private server did not start"; }
}
