# shellcheck shell=bash disable=SC2034
# Sourced by the scripts: where the package is, and what has to be installed.

set -euo pipefail

# Where the caller stood; everything here happens at the package root.
caller=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." > /dev/null && pwd)
cd "$root"
# shellcheck source=scripts/flags.sh
. "$root/scripts/flags.sh"

# Everything but a program's own data goes to standard error.
say() { printf '==> %s\n' "$*" >&2; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# have_package PACKAGE: whether what the Debian package brings is there, however it came.
have_package() {
  case $1 in
    bubblewrap) command -v bwrap > /dev/null || [ "$(uname -s)" = Darwin ] ;;
    libsqlite3-dev) [ -e /usr/include/sqlite3.h ] || [ "$(uname -s)" = Darwin ] ;;
    *) command -v "$1" > /dev/null ;;
  esac
}

# need_packages PACKAGE...: installs with apt-get what is missing.
need_packages() {
  local package missing=()
  for package in "$@"; do
    have_package "$package" || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    fail "missing: ${missing[*]}; install them, on Debian: sudo apt-get install ${missing[*]}"
  fi
  say "installing ${missing[*]} with apt-get"
  {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"
  } >&2 || fail "apt-get could not install ${missing[*]}"
}

# need_swift: a Swift 6.3 or newer.
need_swift() {
  local where="install Swift 6.3 or newer from https://www.swift.org/install/ and put it on PATH"
  command -v swift > /dev/null || fail "no swift; $where"
  local version
  version=$(swift --version 2> /dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
  case $version in
    6.[0-2] | [0-5].* | '') fail "swift ${version:-of unknown version} is too old; $where" ;;
  esac
}

# need_everything: what building and running takes.
need_everything() {
  need_packages bubblewrap git gh libsqlite3-dev
  need_swift
}
