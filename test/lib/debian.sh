# Shell functions for Debians in a folder, made with debootstrap in a cache outside the tree: matrix.sh tests other
# releases of PostgreSQL in them, package.sh builds and installs the packages. Sourced after common.sh.
#
# They get nothing mounted but proc while something is installed, and start no service.

cache=${CHIPBOOK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/chipbook}/matrix

cannot() { say "$*"; exit 77; }

# need_root SCRIPT ARGUMENT...: the script again as root, through sudo; where that is not possible it cannot run here.
need_root()
{
    [ "$(id -u)" != 0 ] || return 0
    sudo -n true 2>/dev/null || cannot "making a Debian in a folder needs root (or sudo without a password)"
    exec sudo -n env "CHIPBOOK_CACHE=${cache%/matrix}" ${ONLY:+"ONLY=$ONLY"} ${EVERYTHING:+"EVERYTHING=$EVERYTHING"} bash "$@"
}

# The machine's own mirror and proxy.
find_mirror()
{
    [ -z "${mirror:-}" ] || return 0
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
        sed -nE 's/^(URIs:|deb( +\[[^]]*\])?) *(https?:\/\/[^ ]*\/debian)\/?( .*)?$/\3/p' | head -n 1)
    mirror=${mirror:-http://deb.debian.org/debian}
    if [ -z "${http_proxy:-}" ]
    then
        eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
        [ -z "${http_proxy:-}" ] || export http_proxy
    fi
}

# mirror_answers SUITE
mirror_answers()
{
    /usr/lib/apt/apt-helper -o Acquire::http::Timeout=30 -o Acquire::Retries=2 \
        download-file "$mirror/dists/$1/Release" "$WORK/Release" >/dev/null 2>&1
}

# inside FOLDER COMMAND...: as root; packages want proc, which goes with the mount namespace.
inside()
{
    run_child unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$1" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+"http_proxy=$http_proxy"} "${@:2}"
}

# bootstrap FOLDER SUITE [PACKAGE...]. A bookworm debootstrap does not know newer suites by name; all go by the script of sid.
bootstrap()
{
    local folder=$1 suite=$2 script=/usr/share/debootstrap/scripts/$2
    shift 2
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    run_child debootstrap --variant=minbase "$suite" "$folder" "$mirror" "$script" || return 1
    printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
    chmod +x "$folder/usr/sbin/policy-rc.d"
    echo force-unsafe-io >"$folder/etc/dpkg/dpkg.cfg.d/unsafe-io"
    chmod 1777 "$folder/dev/shm"
    if [ $# != 0 ]
    then
        inside "$folder" apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends postgresql-common || return 1
        echo 'create_main_cluster = false' >>"$folder/etc/postgresql-common/createcluster.conf"
        inside "$folder" apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends "$@" || return 1
    fi
    inside "$folder" apt-get clean
}

# debootstrap mounts proc and sys while it works, and an interrupt may leave them.
remove_debian()
{
    [ -e "$1" ] || return 0
    umount "$1/proc" "$1/sys" 2>/dev/null
    rm -rf --one-file-system "$1"
}

# make_debian NAME SUITE [PACKAGE...]. The folder gets its name only when it is whole.
make_debian()
{
    local name=$1 suite=$2 new=$cache/$1.new
    shift 2
    find_mirror
    mirror_answers "$suite" || cannot "the mirror $mirror cannot be reached"
    command -v debootstrap >/dev/null || cannot "debootstrap is not installed"
    remove_debian "$new"
    mkdir -p "$new" && mknod "$new/null" c 1 3 2>/dev/null && : >"$new/null" ||
        { rm -rf "$new"; cannot "no device files can be made in $cache"; }
    rm -f "$new/null"
    say "Making a Debian $suite in $cache/$name from $mirror" >&2
    if ! bootstrap "$new" "$suite" "$@" >"$cache/$name.log" 2>&1
    then
        tail -n 30 "$cache/$name.log"
        mirror_answers "$suite" || cannot "the mirror $mirror went away"
        say "making a Debian $suite failed: $cache/$name.log"
        exit 1
    fi
    printf '%s\n' "$*" >"$new/chipbook-packages"
    remove_debian "$cache/$name"
    mv "$new" "$cache/$name"
}

has_packages() { [ -f "$debian/chipbook-packages" ] && [ "$(cat "$debian/chipbook-packages")" = "$1" ]; }

# use_debian NAME SUITE [PACKAGE...]: sets debian to the folder of a Debian with these packages, which is made when it
# is not there. One run at a time makes the folder; any number use it, and none while it is replaced.
use_debian()
{
    local name=$1
    debian=$cache/$name
    mkdir -p "$cache" || cannot "$cache cannot be made"
    exec 9>"$debian.lock"
    flock -s 9
    if ! has_packages "${*:3}"
    then
        flock -x 9
        has_packages "${*:3}" || make_debian "$@"
        flock -s 9
    fi
}
