/// How further tools say that they failed; written for this project after their documented output.
enum LogShapes {
  typealias Shape = LogExcerptTests.Shape

  static let all: [Shape] = compilers + testRunners + linters + packagers + machines

  private static let compilers: [Shape] = [
    Shape(
      name: "clang",
      failure: [
        "src/cart.cpp:14:12: error: use of undeclared identifier 'totl'; did you mean 'total'?",
        "    return totl;", "           ^~~~", "1 error generated.",
      ],
      root: "src/cart.cpp:14:12: error: use of undeclared identifier 'totl'; did you mean 'total'?"),
    Shape(
      name: "cmake",
      failure: [
        "CMake Error at CMakeLists.txt:7 (find_package):",
        "  Could not find a package configuration file provided by \"Fmt\" with any of",
        "-- Configuring incomplete, errors occurred!",
      ],
      root: "CMake Error at CMakeLists.txt:7 (find_package):"),
    Shape(
      name: "gradle",
      failure: [
        "> Task :app:compileJava FAILED",
        "/w/src/main/java/Cart.java:12: error: cannot find symbol", "    symbol:   variable totl",
        "FAILURE: Build failed with an exception.",
      ],
      root: "/w/src/main/java/Cart.java:12: error: cannot find symbol"),
    Shape(
      name: "maven",
      failure: [
        "[INFO] BUILD FAILURE",
        "[ERROR] /w/src/main/java/Cart.java:[12,9] cannot find symbol",
        "[ERROR] -> [Help 1]",
      ],
      root: "[ERROR] /w/src/main/java/Cart.java:[12,9] cannot find symbol"),
    Shape(
      name: "dotnet",
      failure: [
        "/w/Cart.cs(12,5): error CS0103: The name 'totl' does not exist in the current context [/w/Shop.csproj]",
        "Build FAILED.",
      ],
      root:
        "/w/Cart.cs(12,5): error CS0103: The name 'totl' does not exist in the current context [/w/Shop.csproj]"
    ),
    Shape(
      name: "ghc",
      failure: [
        "src/Cart.hs:9:3: error: [GHC-88464]", "    Variable not in scope: totl :: Int",
      ],
      root: "    Variable not in scope: totl :: Int"),
    Shape(
      name: "bazel",
      failure: [
        "ERROR: /w/shop/BUILD:3:11: Compiling cart.cc failed: (Exit 1): gcc failed",
        "Target //shop:cart failed to build",
      ],
      root: "ERROR: /w/shop/BUILD:3:11: Compiling cart.cc failed: (Exit 1): gcc failed"),
    Shape(
      name: "elixir",
      failure: [
        "** (CompileError) lib/cart.ex:4: undefined function totl/0 (expected Cart to define such a function)"
      ],
      root:
        "** (CompileError) lib/cart.ex:4: undefined function totl/0 (expected Cart to define such a function)"
    ),
  ]

  private static let testRunners: [Shape] = [
    Shape(
      name: "swift testing",
      failure: [
        "✘ Test adds() recorded an issue at CartTests.swift:9:5: Expectation failed: (3 == 4)",
        "✘ Test run with 12 tests failed after 0.2 seconds with 1 issue.",
      ],
      root: "✘ Test adds() recorded an issue at CartTests.swift:9:5: Expectation failed: (3 == 4)"),
    Shape(
      name: "xctest",
      failure: [
        "/w/CartTests.swift:9: error: -[ShopTests.CartTests testAdds] : XCTAssertEqual failed: (\"3\") is not equal to (\"4\")"
      ],
      root:
        "/w/CartTests.swift:9: error: -[ShopTests.CartTests testAdds] : XCTAssertEqual failed: (\"3\") is not equal to (\"4\")"
    ),
    Shape(
      name: "rspec",
      failure: [
        "Failures:", "  1) Cart adds", "     Failure/Error: expect(cart.total).to eq(4)",
        "       expected: 4", "            got: 3", "rspec ./spec/cart_spec.rb:9 # Cart adds",
      ],
      root: "     Failure/Error: expect(cart.total).to eq(4)"),
    Shape(
      name: "phpunit",
      failure: [
        "There was 1 failure:", "1) CartTest::testAdds", "Failed asserting that 3 matches expected 4.",
        "/w/tests/CartTest.php:9", "FAILURES!",
      ],
      root: "Failed asserting that 3 matches expected 4."),
    Shape(
      name: "mocha",
      failure: [
        "  1 failing", "  1) cart", "       adds:", "      AssertionError [ERR_ASSERTION]: 3 == 4",
        "      at Context.<anonymous> (test/cart.js:9:12)",
      ],
      root: "      AssertionError [ERR_ASSERTION]: 3 == 4"),
    Shape(
      name: "exunit",
      failure: [
        "  1) test adds (CartTest)", "     test/cart_test.exs:9", "     Assertion with == failed",
        "     left:  3", "     right: 4",
      ],
      root: "     Assertion with == failed"),
    Shape(
      name: "tap", failure: ["ok 1 - starts", "not ok 2 - adds", "  ---", "  operator: equal"],
      root: "not ok 2 - adds"),
  ]

  private static let linters: [Shape] = [
    Shape(
      name: "eslint",
      failure: [
        "/w/src/cart.js", "  9:7  error  'totl' is not defined  no-undef",
        "✖ 1 problem (1 error, 0 warnings)",
      ],
      root: "  9:7  error  'totl' is not defined  no-undef"),
    Shape(
      name: "ruff", failure: ["src/cart.py:9:5: F821 Undefined name `totl`", "Found 1 error."],
      root: "src/cart.py:9:5: F821 Undefined name `totl`"),
    Shape(
      name: "mypy",
      failure: [
        "src/cart.py:9: error: Incompatible return value type (got \"str\", expected \"int\")  [return-value]",
        "Found 1 error in 1 file (checked 12 source files)",
      ],
      root:
        "src/cart.py:9: error: Incompatible return value type (got \"str\", expected \"int\")  [return-value]"
    ),
    Shape(
      name: "golangci-lint",
      failure: [
        "cart.go:9:2: Error return value of `f.Close` is not checked (errcheck)", "\tf.Close()",
      ],
      root: "cart.go:9:2: Error return value of `f.Close` is not checked (errcheck)"),
    Shape(
      name: "shellcheck",
      failure: [
        "In build.sh line 3:", "rm -rf $dir/", "       ^--^ SC2086 (info): Double quote to prevent globbing.",
      ],
      root: "       ^--^ SC2086 (info): Double quote to prevent globbing."),
    Shape(
      name: "terraform",
      failure: [
        "╷", "│ Error: Unsupported argument", "│   on main.tf line 4, in resource \"x\" \"y\":", "╵",
      ],
      root: "│ Error: Unsupported argument"),
  ]

  private static let packagers: [Shape] = [
    Shape(
      name: "yarn",
      failure: [
        "error Couldn't find package \"left-pad@^9\" required by \"shop@1.0.0\" on the \"npm\" registry."
      ],
      root: "error Couldn't find package \"left-pad@^9\" required by \"shop@1.0.0\" on the \"npm\" registry."),
    Shape(
      name: "npm 10",
      failure: ["npm error code ENOENT", "npm error path /w/package.json", "npm error errno -2"],
      root: "npm error code ENOENT"),
    Shape(
      name: "pip",
      failure: [
        "ERROR: Could not find a version that satisfies the requirement shop==9 (from versions: 1.0)",
        "ERROR: No matching distribution found for shop==9",
      ],
      root: "ERROR: Could not find a version that satisfies the requirement shop==9 (from versions: 1.0)"),
    Shape(
      name: "docker",
      failure: [
        " > [3/5] RUN make:", "------",
        "ERROR: failed to solve: process \"/bin/sh -c make\" did not complete successfully: exit code: 2",
      ],
      root:
        "ERROR: failed to solve: process \"/bin/sh -c make\" did not complete successfully: exit code: 2"),
    Shape(
      name: "apt", failure: ["E: Unable to locate package libfoo-dev"],
      root: "E: Unable to locate package libfoo-dev"),
  ]

  private static let machines: [Shape] = [
    Shape(
      name: "actions wrapper",
      failure: [
        "##[group]Run scripts/test", "##[endgroup]", "##[error]the fixture is stale; run make fixtures",
      ],
      root: "##[error]the fixture is stale; run make fixtures"),
    Shape(
      name: "job timeout",
      failure: [
        "##[error]The job running on runner GitHub Actions 3 has exceeded the maximum execution time of 360 minutes."
      ],
      root:
        "##[error]The job running on runner GitHub Actions 3 has exceeded the maximum execution time of 360 minutes."
    ),
    Shape(
      name: "out of memory",
      failure: ["/home/runner/w/1.sh: line 3:  2345 Killed                  make -j8"],
      root: "/home/runner/w/1.sh: line 3:  2345 Killed                  make -j8"),
    Shape(
      name: "heap",
      failure: [
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "----- Native stack trace -----",
      ],
      root: "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"),
    Shape(
      name: "segfault", failure: ["make: *** [check] Segmentation fault (core dumped)"],
      root: "make: *** [check] Segmentation fault (core dumped)"),
    Shape(
      name: "no space", failure: ["ld: final link failed: No space left on device"],
      root: "ld: final link failed: No space left on device"),
  ]
}
