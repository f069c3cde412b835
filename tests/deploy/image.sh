#!/usr/bin/env bash
# Build the container image on a bare Debian, list what is in it, start it as its user on a read-only root and measure
# how long it takes to be ready. Needs root, and buildah and debootstrap from apt. WORK is where things are kept; with
# WRITE=1 the list goes into docs/deploy.md.
set -eu
cd "$(dirname "$0")/../.."
WORK=${WORK:-/tmp/lightkeeper-image}
PORT=${PORT:-18473}
base=localhost/lightkeeper-base
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
build() { buildah --root "$WORK/storage" --runroot "$WORK/run" "$@"; }
mkdir -p "$WORK"

if ! build images -q "$base" 2>/dev/null | grep -q .; then
  [ -e "$WORK/base/usr/bin/python3" ] || debootstrap --variant=minbase \
    --include=python3,python3-venv,ca-certificates bookworm "$WORK/base" >"$WORK/debootstrap.log"
  container=$(build from scratch)
  build add "$container" "$WORK/base" / >/dev/null
  build commit --rm "$container" "$base" >/dev/null
fi

# The machine's own way to the package index goes in by a mount and stays out of the image.
mounts=""
for file in /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
  [ ! -e "$file" ] || mounts="$mounts --volume $file:$file:ro"
done
# shellcheck disable=SC2086
build build $mounts --network host --pull-never --build-arg "BASE=$base" --tag localhost/lightkeeper . >"$WORK/build.log" 2>&1 ||
  { tail -20 "$WORK/build.log"; exit 1; }

container=$(build from --pull-never localhost/lightkeeper)
root=$(build mount "$container")
trap 'set +e; [ -z "${server:-}" ] || kill -9 "$server"; umount "$WORK/rootfs/data" "$WORK/rootfs"; build rm "$container" >/dev/null' EXIT

listing=$(
  echo '```'
  du -xsm "$root" | awk '{printf "%5d MB  in all, unpacked\n", $1}'
  du -xsm "$root/usr/lib/python3"* "$root/usr/lib/x86_64-linux-gnu" "$root/usr/share" "$root/var" "$root/usr/bin" 2>/dev/null |
    sort -rn | sed "s|$root||" | awk '{printf "%5d MB    %s (Debian)\n", $1, $2}'
  du -xsm "$root/opt/lightkeeper" | awk '{printf "%5d MB    /opt/lightkeeper, of which\n", $1}'
  du -xsm "$root"/opt/lightkeeper/lib/python3*/site-packages/* | sort -rn | head -14 | sed "s|$root.*/||" |
    awk '{printf "%5d MB      %s\n", $1, $2}'
  echo '```'
)
echo "$listing"
if [ -n "${WRITE:-}" ]; then
  printf '%s\n' "$listing" >"$WORK/listing"
  sed -i -e "/^<!-- tests.deploy.image.sh -->$/,/^<!-- end -->$/{//!d}" -e "/^<!-- tests.deploy.image.sh -->$/r $WORK/listing" docs/deploy.md
fi
for tool in gcc cc make pip git; do
  ! chroot "$root" sh -c "command -v $tool" >/dev/null || { echo "there is a build tool: $tool"; exit 1; }
done

mkdir -p "$WORK/rootfs" "$WORK/data"
mount --bind "$root" "$WORK/rootfs"
mount -o remount,ro,bind "$WORK/rootfs"
mount -t tmpfs -o uid=10001,mode=0700 tmpfs "$WORK/rootfs/data"
began=$(date +%s%N)
chroot --userspec=10001 "$WORK/rootfs" /usr/bin/env -i PATH=/opt/lightkeeper/bin:/usr/bin:/bin TMPDIR=/data HOME=/data \
  PYTHONDONTWRITEBYTECODE=1 LIGHTKEEPER_DATA=/data/store LIGHTKEEPER_LOG_FORMAT=json LIGHTKEEPER_PORT="$PORT" \
  LIGHTKEEPER_ORIGIN="${ORIGIN:-http://127.0.0.1:9}" lightkeeper serve >"$WORK/serve.log" 2>&1 &
server=$!
until curl -fs -o "$WORK/ready" "http://127.0.0.1:$PORT/_lk/ready"; do
  kill -0 "$server" || { cat "$WORK/serve.log"; exit 1; }
  sleep 0.02
done
echo "Start to ready: $((($(date +%s%N) - began) / 1000000)) ms ($(awk '{print ($14 + $15) * 10}' "/proc/$server/stat") ms of processor time), as user $(ps -o uid= -p "$server" | tr -d ' ') on a read-only root"
! touch "$WORK/rootfs/usr/probe" 2>/dev/null || { echo "the root can be written"; exit 1; }
chroot --userspec=10001 "$WORK/rootfs" /usr/bin/env -i PATH=/opt/lightkeeper/bin:/usr/bin LIGHTKEEPER_PORT="$PORT" python3 -m lightkeeper.health
echo "HEALTHCHECK: well"
kill -TERM "$server"
began=$(date +%s%N)
wait "$server" || true
server=""
echo "SIGTERM to end: $((($(date +%s%N) - began) / 1000000)) ms"
sed 's/^/  log: /' "$WORK/serve.log"
