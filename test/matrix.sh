#!/usr/bin/env bash
# matrix.sh SUITE MAJOR: build and test on PostgreSQL MAJOR, inside a Debian of that suite.
#
# The Debian is made once, and made again when the packages below change. The tests run in it as an ordinary user, on
# a copy of the tree. Exit status: 0 and 1 as test/run.sh (whose output this is), 77 when it could not run here, with
# the reason in the last line; anything else is a failure.

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$(dirname "${BASH_SOURCE[0]}")/lib/debian.sh"

need_root "${BASH_SOURCE[0]}" "$@"
suite=$1
major=$2

work_begin
use_debian "$suite" "$suite" gcc libc6-dev make libsuitesparse-dev libicu-dev libpq-dev libssl-dev zlib1g-dev perl "postgresql-$major" "postgresql-server-dev-$major" \
    "postgresql-$major-pgtap" libtap-parser-sourcehandler-pgtap-perl libipc-run-perl

inner=$(mktemp -d "$debian/tmp/chipbook-src.XXXXXX") || cannot "$debian is not writable"
WORK_MORE=$inner
mkdir "$inner/tree"
copy_tree "$inner/tree"
chown -R 65534:65534 "$inner"
once=ONCE_ELSEWHERE=1
[ -z "${EVERYTHING:-}" ] || once=
run_child chroot "$debian" setpriv --reuid=65534 --regid=65534 --clear-groups \
    env -i PATH=/usr/bin:/bin HOME=/nonexistent MATRIX=none FORMAT=skip ${once:+"$once"} ${ONLY:+"ONLY=$ONLY"} \
    bash "${inner#"$debian"}/tree/test/run.sh"
