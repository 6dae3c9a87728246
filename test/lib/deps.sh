#!/usr/bin/env bash
# make deps: what Debian packages are missing for DEPS_FOR=build|demo|test|bench|oracles, installed with apt.
# Nothing missing: no apt, no network, no root.

set -u
umask 022
purpose=${DEPS_FOR:-test}
root=()

die() { printf 'chipbook: %s\n' "$*" >&2; exit 1; }

# apt as root, or through sudo.
become_root()
{
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null ||
        die "these packages are missing, and installing them needs root: apt-get install $*"
    root=(sudo)
}

# apt's pages of progress are shown only when it fails.
apt_get()
{
    local log
    log=$("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null 2>&1) ||
        { printf '%s\n' "$log" | tail -n 30 >&2; return 1; }
}

update_lists()
{
    [ -z "${lists_are_new:-}" ] || return 0
    lists_are_new=yes
    apt_get update || die "apt-get update failed"
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
known() { apt-cache show --no-all-versions "$1" 2>/dev/null | grep -q '^Package:'; }

# The server: the one PG_CONFIG names, else the newest installed, else Debian's own version.
# Prints nothing for a server that is not Debian's: its owner installed it.
server_version()
{
    local candidate
    case ${PG_CONFIG:-pg_config} in
        pg_config) ;;
        /usr/lib/postgresql/*/bin/pg_config)
            candidate=${PG_CONFIG#/usr/lib/postgresql/}
            printf '%s\n' "${candidate%%/*}"
            return ;;
        *) return ;;
    esac
    for candidate in $(ls -rvd /usr/lib/postgresql/*/bin/postgres 2>/dev/null)
    do
        candidate=${candidate#/usr/lib/postgresql/}
        candidate=${candidate%%/*}
        [ "$candidate" -ge 15 ] || continue
        printf '%s\n' "$candidate"
        return
    done
    apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null
then
    echo "chipbook: this is no Debian; see docs/dependencies.md for what to install by hand" >&2
    exit 0
fi

version=$(server_version)
case ${PG_CONFIG:-pg_config} in
    pg_config)
        if [ -z "$version" ]
        then
            become_root "postgresql-server-dev-all"
            update_lists
            version=$(server_version)
            [ -n "$version" ] || die "apt knows no package postgresql"
        fi
        [ "$version" -ge 15 ] || die "chipbook needs PostgreSQL 15 or later; this Debian has $version" ;;
esac

packages=(gcc libc6-dev make libsuitesparse-dev libicu-dev libpq-dev libssl-dev zlib1g-dev)
case $purpose in
    build) [ -z "$version" ] || packages+=("postgresql-server-dev-$version") ;;
    demo | bench | test | oracles)
        [ -z "$version" ] || packages+=("postgresql-$version" "postgresql-server-dev-$version") ;;
    *) die "DEPS_FOR=$purpose: one of build, demo, test, bench, oracles" ;;
esac
if [ "$purpose" = test ]
then
    packages+=(clang libipc-run-perl libtap-parser-sourcehandler-pgtap-perl perl debootstrap
               default-jdk-headless libpostgresql-jdbc-java odbc-postgresql libdbd-odbc-perl unixodbc openssl)
    [ -z "$version" ] || packages+=("postgresql-$version-pgtap")
fi
# The spreadsheet without its windows: for the comparison only, nothing links to it.
[ "$purpose" != oracles ] || packages+=(perl libreoffice-calc-nogui)

missing=()
for package in "${packages[@]}"
do
    installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]
then
    become_root "${missing[@]}"
    echo "Installing ${missing[*]}, and what they need (some minutes) ..."
    for package in "${missing[@]}"
    do
        known "$package" || update_lists
    done
    # Debian starts a cluster with a new server; nobody asked for one. Only where no server is installed
    # yet: on a machine with servers that setting is its owner's.
    if [[ " ${missing[*]} " =~ \ postgresql-[0-9]+\  ]] && ! dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'postgresql-[0-9]*' 2>/dev/null |
        grep -qE '^installed postgresql-[0-9]+$'
    then
        installed postgresql-common || apt_get install --no-install-recommends postgresql-common ||
            { update_lists; apt_get install --no-install-recommends postgresql-common; } ||
            die "installing postgresql-common failed"
        conf=/etc/postgresql-common/createcluster.conf
        "${root[@]}" sed -i '/^[[:space:]]*create_main_cluster[[:space:]]*=/d' "$conf" &&
            echo 'create_main_cluster = false' | "${root[@]}" tee -a "$conf" >/dev/null ||
            die "$conf cannot be written"
        echo "$conf now says create_main_cluster = false: installing PostgreSQL creates no cluster"
    fi
    apt_get install --no-install-recommends "${missing[@]}" ||
        { update_lists; apt_get install --no-install-recommends "${missing[@]}"; } ||
        die "apt-get could not install ${missing[*]}"
fi

# Not every Debian has these; where one is not there, the tests say what they did not check. So nothing
# here is an error, and apt is asked for news only where it has none at all.
optional=()
if [ "$purpose" = test ] && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
then
    for program in clang-format-14 hledger mandoc python3 chromium npm
    do
        ! command -v "$program" >/dev/null || continue
        become_root "$program"
        compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null || apt_get update
        ! known "$program" || optional+=("$program")
    done
fi
if [ "$purpose" = test ] && [ -n "$version" ] && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; } && ! installed "postgresql-$version-cron"
then
    become_root "postgresql-$version-cron"
    ! known "postgresql-$version-cron" || optional+=("postgresql-$version-cron")
fi
# The bench compares with DuckDB's Node package, which it installs itself, in a folder of its own.
if [ "$purpose" = bench ] && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; } && ! command -v npm >/dev/null
then
    ! known npm || optional+=(nodejs npm)
fi
# And with scipy, which its own Python has or has not.
if [ "$purpose" = bench ] && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; } && ! installed python3-scipy
then
    ! known python3-scipy || optional+=(python3-scipy)
fi
if [ ${#optional[@]} -gt 0 ]
then
    become_root "${optional[@]}"
    echo "Installing ${optional[*]} ..."
    apt_get install --no-install-recommends "${optional[@]}" ||
        { apt_get update && apt_get install --no-install-recommends "${optional[@]}"; } ||
        echo "chipbook: apt-get could not install ${optional[*]}; this goes on without" >&2
fi
exit 0
