# shellcheck shell=bash disable=SC2034
# Sourced by every script that builds: one set of flags, one cache. Other flags would rebuild everything.

# Neither the index store nor debug information is needed to build and test; both cost a third of a cold build.
swift_flags=(--disable-index-store -debug-info-format none)
