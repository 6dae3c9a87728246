#!/usr/bin/env bash
# with_server.sh COMMAND: builds chipbook, starts a private server with it and runs COMMAND, a script
# of the tree, there: PGHOST, PGUSER and PGDATABASE (an empty database) lead to the server, PG_CONFIG
# and PATH to its programs, and the extension's files are installed. The server has PostgreSQL's own
# settings; BENCH_SHARED_BUFFERS=6GB, say, gives it another size of buffers.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

find_server
work_begin
copy_tree "$WORK/src"
[ -f "$WORK/src/$1" ] || die "there is no $1"
relocate_server
build "$WORK/src" || die "the build failed"
install_extension "$WORK/src" || die "installing into the private copy failed"
start_server ${BENCH_SHARED_BUFFERS:+"shared_buffers = $BENCH_SHARED_BUFFERS"}
as_user createdb chipbook || die "creating the database failed"
export PGDATABASE=chipbook
cd "$WORK/src" || exit 1
run_child as_user bash "$@"
