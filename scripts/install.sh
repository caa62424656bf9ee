#!/bin/sh
# Installs looper for this user, whole or not at all.
#
#   ./install.sh                         in an unpacked package
#   install.sh --from FILE-OR-URL        fetches a package, checks it against FILE-OR-URL.sha256, installs it
#
#   --prefix DIRECTORY                   the default is ~/.local
#
# An older looper is replaced in one step; a daemon that runs goes on with the old one until it is restarted.

set -eu

prefix=$HOME/.local
from=

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --from | --prefix)
      [ $# -ge 2 ] || fail "$1 needs a value"
      if [ "$1" = --from ]; then from=$2; else prefix=$2; fi
      shift 2
      ;;
    *) fail "unknown argument $1; usage: install.sh [--from FILE-OR-URL] [--prefix DIRECTORY]" ;;
  esac
done

work=$(mktemp -d)
new=
trap 'rm -rf "$work" ${new:+"$new"}' EXIT

# fetch SOURCE TARGET
fetch() {
  case $1 in
    https://*) curl -fsSL --proto '=https' -o "$2" "$1" || fail "cannot fetch $1" ;;
    *://*) fail "$1 is not fetched: only https and files are" ;;
    *) cp "$1" "$2" || fail "cannot read $1" ;;
  esac
}

if [ -n "$from" ]; then
  fetch "$from" "$work/package.tar.gz"
  fetch "$from.sha256" "$work/checksum"
  wanted=$(cut -d ' ' -f 1 "$work/checksum")
  if command -v sha256sum > /dev/null; then
    found=$(sha256sum "$work/package.tar.gz" | cut -d ' ' -f 1)
  else
    found=$(shasum -a 256 "$work/package.tar.gz" | cut -d ' ' -f 1)
  fi
  [ -n "$wanted" ] && [ "$wanted" = "$found" ] || fail "the checksum of $from is $found and not $wanted; nothing was installed"
  mkdir "$work/tree"
  tar -xzf "$work/package.tar.gz" -C "$work/tree" --strip-components 1 || fail "$from cannot be unpacked"
  tree=$work/tree
else
  tree=$(cd "$(dirname "$0")" && pwd)
fi
[ -x "$tree/bin/looper" ] || fail "there is no bin/looper in $tree; run this in an unpacked package, or with --from"

mkdir -p "$prefix/bin"
# Beside the old one, so that the last step is a rename.
new=$prefix/bin/.looper.new.$$
cp "$tree/bin/looper" "$new"
chmod 755 "$new"
version=$("$new" version) || fail "the new looper does not run on this machine; nothing was changed"
mv -f "$new" "$prefix/bin/looper"
new=
if [ -d "$tree/share" ]; then
  mkdir -p "$prefix/share"
  # The unit is installed by looper itself, for the PATH it is going to have.
  (cd "$tree/share" && tar -cf - --exclude systemd .) | (cd "$prefix/share" && tar -xf -)
fi

printf '%s is installed in %s/bin\n' "$version" "$prefix"
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) printf 'it is not on PATH yet; add this to your shell: export PATH="%s/bin:$PATH"\n' "$prefix" ;;
esac
