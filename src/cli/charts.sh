#!/bin/sh
# The library that draws the report's charts, Apache ECharts: this release and no other, from npm's registry. What
# comes is compared with the hashes below. Where it cannot be had, the report has tables only, and says so.
#
#   CHARTS=no       go without
#   CHARTS=FOLDER   take echarts.min.js, echarts.LICENSE and echarts.NOTICE from there
#
# What came once is kept in CHIPBOOK_CACHE, by default ~/.cache/chipbook.

version=6.1.0
package_sha512=ab4c9a14f8200bd15476c587e1b95abd15859b176b22875b92828d02326e74023a080f6034fc47b55d917193447a9655964e32bc16243a46e4e87215a48c8764
script_sha256=b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0
files='echarts.min.js echarts.LICENSE echarts.NOTICE'
cache=${CHIPBOOK_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/chipbook}/echarts-$version

# good FOLDER: it has what we mean
good()
{
    for file in $files
    do
        [ -s "$1/$file" ] || return 1
    done
    echo "$script_sha256  $1/echarts.min.js" | sha256sum -c --status 2>/dev/null
}

take()
{
    for file in $files
    do
        cp "$1/$file" . || return 1
    done
}

fetch()
{
    command -v npm >/dev/null || { echo "npm is not installed"; return 1; }
    (
        cd "$1" || exit 1
        npm pack "echarts@$version" --silent --fetch-retries=0 --fetch-timeout=60000 >npm.log 2>&1 || { echo "npm could not get echarts $version"; exit 1; }
        echo "$package_sha512  echarts-$version.tgz" | sha512sum -c --status || { echo "echarts $version is not what it was"; exit 1; }
        tar -xzf "echarts-$version.tgz" package/dist/echarts.min.js package/LICENSE package/NOTICE || exit 1
        mv package/dist/echarts.min.js echarts.min.js
        mv package/LICENSE echarts.LICENSE
        mv package/NOTICE echarts.NOTICE
    )
}

without() { rm -f $files; echo "chipbook: the report will have no charts: $*"; exit 0; }

case ${CHARTS:-} in
    no) without "CHARTS=no" ;;
    ?*)
        good "$CHARTS" || { echo "chipbook: $CHARTS has not echarts $version whole ($files)" >&2; exit 1; }
        take "$CHARTS"
        exit ;;
esac
! good . || exit 0
if ! good "$cache"
then
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    reason=$(fetch "$work") || without "$reason"
    good "$work" || without "echarts $version is not what it was"
    take "$work" || exit 1
    # Kept for the next build; whoever cannot write there fetches again.
    { mkdir -p "$cache" && cp $files "$cache"; } 2>/dev/null
    exit 0
fi
take "$cache"
