/// The repository of the demonstration: a tiny shell program with a real bug, its test, and what CI runs.
enum DemoSample {
  static let repository = "demo/newest"
  /// Who owns the repository and labels the issue; Looper acts with the same account, as most people have one.
  static let owner = "demo"
  static let token = "demo-token"
  /// Who reports the bug: somebody without write access.
  static let reporter = "ada"
  static let checkName = "ci"

  static let issueTitle = "newest.sh says that 1.9.0 is newer than 1.10.0"
  static let issueBody = """
    Our release script asks `newest.sh` which of two versions to ship, and since 1.10.0 it ships the old one:

        $ sh newest.sh 1.9.0 1.10.0
        1.9.0

    I expected 1.10.0. It looks as if the versions were compared as text.
    """

  static let files = [
    ".looper/looper.toml": """
    [validation]
    commands = ["sh test.sh"]

    """,
    "README.md": """
    # newest

    Prints the newer of two versions: `sh newest.sh 1.2.3 1.3.0` prints `1.3.0`.
    `sh test.sh` tests it, `sh check.sh` is what CI runs.

    """,
    "check.sh": check,
    "newest.sh": """
    #!/bin/sh
    # Prints the newer of two versions.
    printf '%s\\n' "$1" "$2" | sort | tail -n 1

    """,
    "test.sh": """
    #!/bin/sh
    # Prints every wrong answer; ends with 1 when there was one.
    status=0
    expect() {
      answer=$(sh newest.sh "$1" "$2")
      [ "$answer" = "$3" ] && return
      echo "FAIL: newest.sh $1 $2 printed $answer, expected $3"
      status=1
    }
    expect 1.2.3 1.3.0 1.3.0
    expect 2.0.0 1.9.9 2.0.0
    exit $status

    """,
  ]

  /// Knows one thing that the test does not: release tags begin with a v.
  private static let check = """
    #!/bin/sh
    # The CI of this repository: the test, then the tags that were released.
    sh test.sh || exit 1
    set -- v1.8.0 v1.9.0 v2.0.0
    while [ $# -gt 1 ]; do
      answer=$(sh newest.sh "$2" "$1")
      if [ "$answer" != "$2" ]; then
        echo "FAIL: newest.sh $2 $1 printed $answer, expected $2"
        exit 1
      fi
      shift
    done
    echo "all releases are in order"

    """
}
