#!/usr/bin/env bash
# Install what the browser tests drive, once, from Debian's packages: three engines and a virtual screen.
set -eu
need=""
add() { [ -e "$1" ] || need="$need $2"; }
add /usr/bin/chromium chromium
add /usr/bin/firefox-esr firefox-esr
add /usr/bin/WebKitWebDriver webkit2gtk-driver
add /usr/bin/Xvfb xvfb
add /usr/bin/xauth xauth
[ -n "$need" ] || exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
command -v apt-get >/dev/null || { echo "please install:$need" >&2; exit 2; }
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $need fonts-noto-core >/dev/null
