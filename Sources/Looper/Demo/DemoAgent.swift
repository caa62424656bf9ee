/// The scripted agent of the demonstration: agent protocol v1 in shell.
///
/// What it does follows from what it finds, never from a counter: the spec says "properly" until it was asked what
/// that means, and the program forgets the tags until a check's log names them.
enum DemoAgent {
  static let script = """
    #!/bin/sh
    # Speaks agent protocol v1: reads its task from the environment and the context file, edits the worktree,
    # commits, and leaves its result in $LOOPER_RESULT_FILE.
    set -eu
    cd "$LOOPER_WORKTREE"
    progress() { printf '{"type":"progress","message":"%s"}\\n' "$1"; }
    usage() { printf '{"type":"usage","input_tokens":%s,"output_tokens":%s,"cost_usd":%s}\\n' "$1" "$2" "$3"; }
    result() { cat > "$LOOPER_RESULT_FILE"; }
    commit() { git add -A; git commit --quiet -m "$1"; }
    give_up() { echo "$1" >&2; exit 1; }
    # Adds lines to test.sh, before its last one.
    expect() {
      { sed '/^exit /d' test.sh; printf '%s\\n' "$@"; grep '^exit ' test.sh; } > "$LOOPER_SCRATCH_DIR/test.sh"
      cat "$LOOPER_SCRATCH_DIR/test.sh" > test.sh
    }

    \(planner)
    \(reviewer)
    \(fixer)
    \(worker)
    case "$LOOPER_ROLE" in
    planner) plan ;;
    reviewer) review ;;
    fixer) fix ;;
    worker) implement ;;
    *) give_up "no such role: $LOOPER_ROLE" ;;
    esac

    """

  private static let planner = #"""
    plan() {
      spec=$(sed -n 's/^ *"path" *: *"\([^"]*\/spec\.md\)".*/\1/p' "$LOOPER_CONTEXT_FILE" | head -n 1)
      [ -n "$spec" ] || give_up "the context names no spec"
      progress "reading newest.sh: it sorts the versions as text"
      mkdir -p "$(dirname "$spec")"
      cat > "$spec" <<'SPEC'
    # Compare versions by their numbers

    ## Problem
    `newest.sh 1.9.0 1.10.0` prints 1.9.0, because the lines are sorted as text.

    ## Approach
    Sort by the three numbers instead. Files: `newest.sh`, `test.sh`. No new dependency.

    ## Acceptance criteria
    1. AC1: `newest.sh 1.9.0 1.10.0` prints `1.10.0`.
    2. AC2: versions with more digits are compared properly.
    3. AC3: `test.sh` covers AC1.
    SPEC
      commit "Spec: compare versions by their numbers"
      usage 5200 640 0.0214
      result <<RESULT
    {"summary": "Sorts versions by their three numbers instead of as text.", "spec_path": "$spec"}
    RESULT
    }
    """#

  private static let reviewer = #"""
    review() {
      spec=$(ls specs/*/spec.md | head -n 1)
      if [ "$LOOPER_PHASE" = spec-review ]; then
        progress "asking of each criterion: can it be tested?"
        line=$(grep -n 'properly' "$spec" | head -n 1 | cut -d: -f1)
        usage 3100 210 0.0124
        if [ -n "$line" ]; then
          result <<RESULT
    {"verdict": "changes", "summary": "The approach is right; one criterion cannot be tested.",
     "findings": [{"path": "$spec", "line": $line, "severity": "major", "title": "AC2 cannot be tested",
     "body": "\"Properly\" has no expected output: nobody could write a failing test for it.",
     "suggestion": "2. AC2: \`newest.sh 10.0.0 9.9.9\` prints \`10.0.0\`."}]}
    RESULT
        else
          result <<RESULT
    {"verdict": "clean", "summary": "Every criterion names a command and its output.", "findings": []}
    RESULT
        fi
        return
      fi
      progress "running test.sh and check.sh"
      sh test.sh && sh check.sh || give_up "the reviewed head does not pass its own checks"
      usage 6400 380 0.0249
      result <<RESULT
    {"verdict": "clean", "summary": "Numbers are compared as numbers, tags with a leading v keep working.",
     "findings": [], "criteria": [
     {"id": "AC1", "status": "pass", "evidence": "newest.sh 1.9.0 1.10.0 prints 1.10.0"},
     {"id": "AC2", "status": "pass", "evidence": "newest.sh 10.0.0 9.9.9 prints 10.0.0"},
     {"id": "AC3", "status": "pass", "evidence": "test.sh expects 1.10.0"}]}
    RESULT
    }
    """#

  private static let fixer = #"""
    fix() {
      spec=$(ls specs/*/spec.md | head -n 1)
      if [ "$LOOPER_PHASE" = spec-review ]; then
        progress "rewriting AC2 so that it names a command and its output"
        sed 's/versions with more digits are compared properly\./`newest.sh 10.0.0 9.9.9` prints `10.0.0`./' \
          "$spec" > "$LOOPER_SCRATCH_DIR/spec.md"
        cat "$LOOPER_SCRATCH_DIR/spec.md" > "$spec"
        commit "Spec: make AC2 testable"
        id=$(sed -n 's/^ *"id" *: *"\(F[0-9]*\)".*/\1/p' "$LOOPER_CONTEXT_FILE" | head -n 1)
        usage 2600 190 0.0107
        result <<RESULT
    {"summary": "AC2 names a command and its output.", "items": [
     {"id": "$id", "action": "fixed", "explanation": "AC2 now expects 10.0.0 of newest.sh 10.0.0 9.9.9."}]}
    RESULT
        return
      fi
      grep -q 'newest.sh v2.0.0 v1.9.0 printed v1.9.0' "$LOOPER_CONTEXT_FILE" ||
        give_up "the context holds no log that this agent understands"
      progress "the log of check ci says that tags with a leading v are compared wrongly"
      cat > newest.sh <<'PROGRAM'
    #!/bin/sh
    # Prints the newer of two versions; a leading v, as in tags, does not count.
    keyed() { printf '%s %s\n' "${1#v}" "$1"; }
    { keyed "$1"; keyed "$2"; } | sort -t. -k1,1n -k2,2n -k3,3n | tail -n 1 | cut -d ' ' -f 2
    PROGRAM
      expect "expect v2.0.0 v1.9.0 v2.0.0"
      sh check.sh || give_up "check.sh still fails"
      commit "Leave a leading v out of the comparison"
      usage 4300 350 0.0181
      result <<RESULT
    {"summary": "A leading v is left out of the comparison; test.sh covers it.", "items": [
     {"id": "C1", "action": "fixed", "explanation": "newest.sh compares what follows the v."}]}
    RESULT
    }
    """#

  private static let worker = #"""
    implement() {
      progress "sorting by the three numbers"
      cat > newest.sh <<'PROGRAM'
    #!/bin/sh
    # Prints the newer of two versions.
    printf '%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | tail -n 1
    PROGRAM
      commit "Compare versions by their numbers"
      progress "adding the reported case to test.sh"
      expect "expect 1.9.0 1.10.0 1.10.0" "expect 10.0.0 9.9.9 10.0.0"
      sh test.sh || give_up "test.sh fails"
      commit "Test versions with more digits"
      usage 7800 910 0.0361
      result <<RESULT
    {"summary": "newest.sh sorts by the three numbers; test.sh covers the report.", "criteria": [
     {"id": "AC1", "status": "pass", "evidence": "test.sh expects 1.10.0"},
     {"id": "AC2", "status": "pass", "evidence": "test.sh expects 10.0.0"},
     {"id": "AC3", "status": "pass", "evidence": "sh test.sh ends with 0"}]}
    RESULT
    }
    """#
}
