#!/usr/bin/env bash
# Install what the real origins run on, once, from Debian's packages: nginx, PHP, MariaDB's server, WordPress.
# Nothing of it is configured here: the tests run private instances in temporary folders, on ports of their own.
set -eu
need=""
add() { [ -e "$1" ] || need="$need $2"; }
add /usr/sbin/nginx nginx
# The server alone, without the package that sets it up as a service of the machine.
add /usr/sbin/mariadbd mariadb-server-core
# `php-cgi` so that `php` is content without a module for Apache.
add /usr/bin/php "php php-cgi php-cli"
php -m 2>/dev/null | grep -q mysqli || need="$need php-mysql php-mbstring php-xml php-curl php-gd"
add /usr/share/wordpress/wp-settings.php wordpress
for theme in twentytwentyone twentytwentythree; do
  add "/usr/share/wordpress/wp-content/themes/$theme" "wordpress-theme-$theme"
done
[ -n "$need" ] || exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
command -v apt-get >/dev/null || { echo "please install:$need" >&2; exit 2; }
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $need >/dev/null
