#!/bin/bash
# Proves that the test browser needs nothing of the system but glibc: runs scripts/prove-browser.ts in a root
# made of the libraries that the Node binary links, busy folders of the kernel, and this clone, read-only.
# No libnss3, libnspr4, libexpat, fontconfig or font is in it. Needs root (a mount namespace and chroot).
#
# Usage: scripts/prove-browser.sh [PICTURE.png]
set -euo pipefail

if [[ "${1:-}" != --inside ]]; then
  cd "$(dirname "$0")/.."
  picture="$(realpath "${1:-$PWD/dist/prove-browser.png}")"
  mkdir -p "$(dirname "$picture")"
  exec unshare --mount --pid --fork "$0" --inside "$PWD" "$picture"
fi

clone="$2"
picture="$3"
root=/mnt # Only this namespace sees what is mounted there.
mount -t tmpfs -o size=1g tmpfs "$root"
mkdir -p "$root"/{proc,dev,tmp,etc,clone,lib/x86_64-linux-gnu,lib64}
chmod 1777 "$root/tmp"

node="$(realpath "$clone/node_modules/.bin/node")"
ldd "$node" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
  cp -L "$library" "$root/lib/x86_64-linux-gnu/"
done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$clone" "$root/clone"
mount -o remount,bind,ro "$root/clone"

echo "libraries in the root:" "$root"/lib/x86_64-linux-gnu/* | sed "s#$root/lib/x86_64-linux-gnu/##g"
for absent in libnss3 libnspr4 libexpat libfontconfig; do
  if find "$root" -xdev -name "$absent*" | grep -q .; then echo "$absent is in the root"; exit 1; fi
done
echo "libnss3, libnspr4, libexpat, libfontconfig, fonts: none"

status=0
env -i PATH=/usr/sbin:/usr/bin HOME=/tmp TMPDIR=/tmp chroot "$root" "/clone${node#"$clone"}" /clone/scripts/prove-browser.ts /tmp/picture.png || status=$?
cp "$root/tmp/picture.png" "$picture" 2>/dev/null && echo "copied to $picture"
exit "$status"
