#!/usr/bin/env bash
# make demo: build chipbook, show its answers on a private throw-away server, and leave nothing behind.
#
#   KEEP=1    leaves the server running and says how to connect, stop and remove it

. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

use_large_pages
find_server
work_begin
copy_tree "$WORK/src"
say "Building chipbook for $PG_VERSION ..."
relocate_server
build "$WORK/src" || die "the build failed"
install_extension "$WORK/src" || die "installing into the private copy failed"
say "Starting a private server in $WORK (one Unix socket, no TCP) ..."
start_server
as_user createdb chipbook || die "creating the demo database failed"
export PGDATABASE=chipbook
cd "$WORK/src/test/demo" || exit 1
run_child as_user env PSQL_PAGER= PAGER= psql -X -q -v ON_ERROR_STOP=1 -f demo.sql ||
    die "the demo stopped with an error"

if [ -n "${KEEP:-}" ] && [ "$KEEP" != 0 ]
then
    KEEP_WORK=yes
    sudo=
    [ -z "$RUN_USER" ] || sudo="setpriv --reuid=$RUN_USER --regid=$RUN_GROUP --clear-groups "
    cat <<END

The server is still running. To go on:
  $BINDIR/psql -h $WORK/socket -U postgres chipbook
To stop and remove it:
  $sudo$BINDIR/pg_ctl -D $WORK/data -m fast stop && rm -rf $WORK
END
else
    cat <<END

That server is gone now. To keep it and ask it your own questions:
  make demo KEEP=1
To install chipbook into a server of your own: make && make install (docs/install.md), then in psql:
  CREATE EXTENSION chipbook;
END
fi
