/// The agent of the chaos run: does the least that is right, in a file of its own per loop, whatever was left before.
enum ChaosAgent {
  static let script = #"""
    #!/bin/sh
    set -eu
    cd "$LOOPER_WORKTREE"
    echo '{"type":"usage","input_tokens":10,"output_tokens":5,"cost_usd":0.01}'
    sleep 0.4
    commit() { git add -A; git diff --cached --quiet || git commit --quiet -m "$1"; }
    result() { printf '%s\n' "$1" > "$LOOPER_RESULT_FILE"; }
    case "$LOOPER_ROLE" in
    planner)
      spec=$(sed -n 's/^ *"path" *: *"\([^"]*\/spec\.md\)".*/\1/p' "$LOOPER_CONTEXT_FILE" | head -n 1)
      mkdir -p "$(dirname "$spec")"
      printf '# A spec\n\n1. AC1: the work says done.\n' > "$spec"
      commit "Spec"
      result '{"summary": "A spec."}' ;;
    reviewer) result '{"verdict": "clean", "summary": "Nothing to say.", "findings": []}' ;;
    worker)
      echo done > "work-$LOOPER_LOOP_ID.txt"
      commit "Work"
      result '{"summary": "Done.", "criteria": [{"id": "AC1", "status": "pass", "evidence": "it is there"}]}' ;;
    *) echo "nothing to fix" >&2; exit 1 ;;
    esac

    """#
}
