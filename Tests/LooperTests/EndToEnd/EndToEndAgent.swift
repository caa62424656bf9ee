/// A scripted agent that does the least that is right, and notes what runs beside it.
enum EndToEndAgent {
  /// - Parameters:
  ///   - notes: a directory in which it leaves `counts` (how many ran at once, a line each) and `violations`.
  ///   - pause: how long every session takes at least, for `sleep`.
  static func script(notes: String, pause: String) -> String {
    """
    #!/bin/sh
    set -eu
    cd "$LOOPER_WORKTREE"
    notes=\(notes)
    finish() { rm -f "$notes/running-$LOOPER_RUN_ID"; rmdir "$notes/loop-$LOOPER_LOOP_ID" 2>/dev/null || true; }
    trap finish EXIT
    trap 'exit 143' TERM
    mkdir "$notes/loop-$LOOPER_LOOP_ID" 2>/dev/null || echo "two runs of $LOOPER_LOOP_ID" >> "$notes/violations"
    : > "$notes/running-$LOOPER_RUN_ID"
    ls "$notes" | grep -c running- >> "$notes/counts"
    echo '{"type":"progress","message":"working"}'
    echo '{"type":"usage","input_tokens":10,"output_tokens":5,"cost_usd":0.01}'
    sleep \(pause)
    # A session before this one may have been cut off between its commit and its report.
    commit() { git add -A; git diff --cached --quiet || git commit --quiet -m "$1"; }
    result() { printf '%s\\n' "$1" > "$LOOPER_RESULT_FILE"; }
    case "$LOOPER_ROLE" in
    planner)
      spec=$(sed -n 's/^ *"path" *: *"\\([^"]*\\/spec\\.md\\)".*/\\1/p' "$LOOPER_CONTEXT_FILE" | head -n 1)
      mkdir -p "$(dirname "$spec")"
      printf '# A spec\\n\\n1. AC1: work.txt says done.\\n' > "$spec"
      commit "Spec"
      result '{"summary": "A spec."}' ;;
    reviewer) result '{"verdict": "clean", "summary": "Nothing to say.", "findings": []}' ;;
    worker)
      echo done > work.txt
      commit "Work"
      result '{"summary": "Done.", "criteria": [{"id": "AC1", "status": "pass", "evidence": "work.txt"}]}' ;;
    *) echo "nothing to fix" >&2; exit 1 ;;
    esac

    """
  }
}
