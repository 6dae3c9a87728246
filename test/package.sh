#!/usr/bin/env bash
# package.sh [SUITE]: the Debian packages, built in a Debian of that suite (this machine's own), and installed, tried
# and purged in another that has nothing else; and the release file for PGXN.
#
# Both Debians are made once. Prints a line for each check and "N passed, M failed" last; exit status 0, 1, or 77 when
# it could not run here, with the reason in the last line.

. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
. "$(dirname "${BASH_SOURCE[0]}")/lib/debian.sh"

need_root "${BASH_SOURCE[0]}" "$@"
suite=${1:-$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")}
[ -n "$suite" ] || cannot "this is no Debian with a name, and none was given"

passed=0
failed=0

# check NAME COMMAND...: its output is shown when it fails.
check()
{
    local name=$1 output
    shift
    if output=$("$@" 2>&1)
    then
        say "ok - $name"
        passed=$((passed + 1))
    else
        say "not ok - $name"
        printf '%s\n' "$output" | tail -n 60
        failed=$((failed + 1))
        return 1
    fi
}

finish()
{
    say "$passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}

work_begin
copy_tree "$WORK/src"
version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$WORK/src/chipbook.control")

# One version everywhere a packager looks.
one_version()
{
    grep -q "\"version\": \"$version\",\$" "$WORK/src/META.json" || { echo "META.json is of another version than chipbook.control's $version"; return 1; }
    head -n 1 "$WORK/src/debian/changelog" | grep -qF "($version-" || { echo "debian/changelog is of another version than $version"; return 1; }
    grep -qF "## $version" "$WORK/src/CHANGELOG.md" || { echo "CHANGELOG.md does not know $version"; return 1; }
}
check "one version in chipbook.control, META.json, CHANGELOG.md and debian/changelog" one_version

# The build, by an ordinary user, from a copy of the tree. What the tests of make test run is not run again, and neither
# packages of debugging symbols nor bitcode for inlining are made: each would compile or pack everything once more.
use_debian "$suite-package" "$suite" build-essential debhelper dpkg-dev lintian unzip postgresql-server-dev-all libicu-dev libpq-dev libssl-dev libsuitesparse-dev pkg-config zlib1g-dev
builder=$debian
inner=$(mktemp -d "$builder/tmp/chipbook-package.XXXXXX") || cannot "$builder is not writable"
WORK_MORE=$inner
cp -a "$WORK/src" "$inner/tree"
chown -R 65534:65534 "$inner"
chmod 755 "$inner"
in_builder()
{
    inside "$builder" setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="${inner#"$builder"}" \
        DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" DEB_BUILD_PROFILES=nocheck MAKEFLAGS=with_llvm=no \
        sh -c "cd '${inner#"$builder"}/tree' && $1"
}
check "debian/control is what debian/control.in says for the versions of $suite" in_builder 'pg_buildext checkcontrol' ||
    in_builder 'pg_buildext updatecontrol'
check "the packages are built" in_builder 'dpkg-buildpackage -b -us -uc' || finish
check "lintian finds no error" in_builder 'lintian --fail-on error --suppress-tags initial-upload-closes-no-bugs ../*.changes' || :
majors=$(ls "$inner" | sed -n 's/^postgresql-\([0-9]*\)-chipbook_.*\.deb$/\1/p' | sort -n)
check "there is a package for a server" test -n "$majors" || finish

# Installed where nothing else is.
use_debian "$suite-clean" "$suite"
clean=$(mktemp -d "$cache/clean.XXXXXX") || cannot "$cache is not writable"
WORK_MORE="$inner"
trap 'rm -rf --one-file-system "$clean"; work_end' EXIT
cp -a "$debian/." "$clean" || cannot "a Debian cannot be copied in $cache"
mkdir "$clean/packages"
cp "$inner"/*.deb "$clean/packages/"
rm -f "$clean"/packages/*-dbgsym_*
find_mirror
mirror_answers "$suite" || cannot "the mirror $mirror cannot be reached"
check "apt installs the packages in a clean $suite" inside "$clean" sh -c \
    'apt-get -q -y update && apt-get -q -y install --no-install-recommends /packages/*.deb' || finish
cp "$WORK/src/test/package_smoke.sh" "$clean/packages/smoke.sh"
for major in $majors
do
    check "a ledger is made on PostgreSQL $major from the packages" inside "$clean" \
        su postgres -s /bin/sh -c "sh /packages/smoke.sh $major" || :
done
check "apt purges the packages" inside "$clean" sh -c 'apt-get -q -y purge "*chipbook*"' || :
# No file of them stays, whatever was done with them.
nothing_left() { ! find "$clean" -xdev -path "$clean/packages" -prune -o -path "$clean/chipbook-packages" -prune -o -path "$clean/var/lib/dpkg" -prune -o -path "$clean/var/log" -prune -o -iname '*chipbook*' -print | grep .; }
check "nothing is left of them" nothing_left || :

# The release for PGXN has what is committed, and builds nothing but that.
release()
{
    local zip=$WORK/dist/chipbook-$version.zip
    mkdir "$WORK/dist"
    GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' make -s -C "$TOP" dist DIST="$WORK/dist" || return 1
    mkdir "$inner/dist" && cp "$zip" "$inner/dist/" && chown -R 65534:65534 "$inner/dist" || return 1
    in_builder "cd ../dist && unzip -q *.zip && cd chipbook-$version && test ! -e .ci && perl test/package_meta.pl $version && make -s -j$(nproc) CHARTS=no COPT=-O0 all && src/cli/chipbook --version && test -f chipbook--$version.sql"
}
if [ -d "$TOP/.git" ] || [ -f "$TOP/.git" ]
then
    check "the release file unpacks and builds" release || :
fi
finish
