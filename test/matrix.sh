#!/usr/bin/env bash
# matrix.sh SUITE MAJOR: build and test on PostgreSQL MAJOR, inside a Debian of that suite.
#
# The Debian is made once with debootstrap, in a cache outside the tree, and made again when the
# packages below change; it gets nothing mounted and starts no service. The tests run in it as an
# ordinary user, on a copy of the tree. Exit status: 0 and 1 as test/run.sh (whose output this is),
# 77 when it could not run here, with the reason in the last line; anything else is a failure.

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

suite=$1
major=$2
cache=${CHIPBOOK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/chipbook}/matrix
debian=$cache/$suite
packages="gcc libc6-dev make libsuitesparse-dev libicu-dev libpq-dev libssl-dev zlib1g-dev perl postgresql-$major postgresql-server-dev-$major postgresql-$major-pgtap libtap-parser-sourcehandler-pgtap-perl libipc-run-perl"

cannot() { say "$*"; exit 77; }

if [ "$(id -u)" != 0 ]
then
    sudo -n true 2>/dev/null || cannot "making a $suite folder needs root (or sudo without a password)"
    exec sudo -n env "CHIPBOOK_CACHE=${cache%/matrix}" bash "${BASH_SOURCE[0]}" "$@"
fi

# The machine's own mirror and proxy.
find_mirror()
{
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -nE 's/^(URIs:|deb( +\[[^]]*\])?) *(https?:\/\/[^ ]*\/debian)\/?( .*)?$/\3/p' | head -n 1)
    mirror=${mirror:-http://deb.debian.org/debian}
    if [ -z "${http_proxy:-}" ]
    then
        eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
        [ -z "${http_proxy:-}" ] || export http_proxy
    fi
}

mirror_answers()
{
    /usr/lib/apt/apt-helper -o Acquire::http::Timeout=30 -o Acquire::Retries=2 \
        download-file "$mirror/dists/$suite/Release" "$WORK/Release" >/dev/null 2>&1
}

# inside FOLDER COMMAND...: as root; packages want proc, which goes with the mount namespace.
inside()
{
    run_child unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$1" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+"http_proxy=$http_proxy"} "${@:2}"
}

# A bookworm debootstrap does not know newer suites by name; all go by the script of sid.
bootstrap()
{
    local script=/usr/share/debootstrap/scripts/$suite
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    run_child debootstrap --variant=minbase "$suite" "$1" "$mirror" "$script" || return 1
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod +x "$1/usr/sbin/policy-rc.d"
    echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/unsafe-io"
    chmod 1777 "$1/dev/shm"
    inside "$1" apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends postgresql-common || return 1
    echo 'create_main_cluster = false' >>"$1/etc/postgresql-common/createcluster.conf"
    inside "$1" apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends $packages || return 1
    inside "$1" apt-get clean
}

# The folder gets its name only when it is whole.
make_debian()
{
    local new=$debian.new
    find_mirror
    mirror_answers || cannot "the mirror $mirror cannot be reached"
    command -v debootstrap >/dev/null || cannot "debootstrap is not installed"
    remove_debian "$new"
    mkdir -p "$new" && mknod "$new/null" c 1 3 2>/dev/null && : >"$new/null" ||
        { rm -rf "$new"; cannot "no device files can be made in $cache"; }
    rm -f "$new/null"
    say "Making a Debian $suite in $debian from $mirror" >&2
    if ! bootstrap "$new" >"$cache/$suite.log" 2>&1
    then
        tail -n 30 "$cache/$suite.log"
        mirror_answers || cannot "the mirror $mirror went away"
        say "making a Debian $suite failed: $cache/$suite.log"
        exit 1
    fi
    printf '%s\n' "$packages" >"$new/chipbook-packages"
    remove_debian "$debian"
    mv "$new" "$debian"
}

# debootstrap mounts proc and sys while it works, and an interrupt may leave them.
remove_debian()
{
    [ -e "$1" ] || return 0
    umount "$1/proc" "$1/sys" 2>/dev/null
    rm -rf --one-file-system "$1"
}

work_begin
mkdir -p "$cache" || cannot "$cache cannot be made"
# One run at a time makes the folder; any number use it, and none while it is replaced.
exec 9>"$cache/$suite.lock"
flock -s 9
if [ "$(cat "$debian/chipbook-packages" 2>/dev/null)" != "$packages" ]
then
    flock -x 9
    [ "$(cat "$debian/chipbook-packages" 2>/dev/null)" = "$packages" ] || make_debian
    flock -s 9
fi

inner=$(mktemp -d "$debian/tmp/chipbook-src.XXXXXX") || cannot "$debian is not writable"
WORK_MORE=$inner
mkdir "$inner/tree"
copy_tree "$inner/tree"
chown -R 65534:65534 "$inner"
run_child chroot "$debian" setpriv --reuid=65534 --regid=65534 --clear-groups \
    env -i PATH=/usr/bin:/bin HOME=/nonexistent MATRIX=none FORMAT=skip ${ONLY:+"ONLY=$ONLY"} \
    bash "${inner#"$debian"}/tree/test/run.sh"
