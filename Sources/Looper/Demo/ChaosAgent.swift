/// The agent of the chaos run: does the least that is right, in a file of its own per loop, whatever was left before.
/// Its work is wrong at first, its reviewer finds that, and its fixer mends it.
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
    reviewer)
      if grep -q wrong "work-$LOOPER_LOOP_ID.txt" 2>/dev/null; then
        result '{"verdict": "changes", "summary": "One thing.", "findings": [{"path": "work-'"$LOOPER_LOOP_ID"'.txt", "line": 1,
          "severity": "major", "title": "It is wrong", "body": "It must say done."}]}'
      else
        result '{"verdict": "clean", "summary": "Nothing to say.", "findings": []}'
      fi ;;
    worker)
      [ -e "work-$LOOPER_LOOP_ID.txt" ] || echo wrong > "work-$LOOPER_LOOP_ID.txt"
      commit "Work"
      result '{"summary": "Done.", "criteria": [{"id": "AC1", "status": "pass", "evidence": "it is there"}]}' ;;
    fixer)
      echo done > "work-$LOOPER_LOOP_ID.txt"
      commit "Fix"
      items=$(sed -n 's/^ *"id" *: *"\(F[0-9]*\)".*/{"id": "\1", "action": "fixed", "explanation": "It says done."}/p' "$LOOPER_CONTEXT_FILE" | paste -sd, -)
      result "{\"summary\": \"Mended.\", \"items\": [$items]}" ;;
    esac

    """#
}
