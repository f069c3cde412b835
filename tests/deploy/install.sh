#!/usr/bin/env bash
# Install what the recipes are tested with, once, from Debian's packages: nginx and Caddy. The tests run instances of
# their own; nothing is configured or started here.
set -eu
need=""
add() { [ -e "$1" ] || need="$need $2"; }
add /usr/sbin/nginx nginx-light
add /usr/bin/caddy caddy
[ -n "$need" ] || exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
command -v apt-get >/dev/null || { echo "please install:$need" >&2; exit 2; }
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $need >/dev/null
