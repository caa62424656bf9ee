import ArgumentParser

/// `looper demo`: the main job on sample data, without an account, a network or an agent's subscription.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Watch an issue become a pull request, on a local GitHub with a scripted agent.",
    discussion:
      "Needs git and gh, but no account and no network. Everything lies in a temporary directory that is "
      + "removed at the end; with --keep it runs on until Ctrl-C, so that the other commands can be tried on it."
      + "\n\nExample: looper demo --keep"
  )

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Leave everything running until Ctrl-C.") var keep = false

  func run() async throws {
    let around = CommandEnvironment.current
    let global = global
    let demo = Demo(
      keeps: keep, program: CommandLine.arguments.first ?? "looper", environment: around.variables,
      style: global.style, time: around.time,
      // With --json the story is not the data.
      say: { try around.write(global.json ? .error : .output, $0 + "\n") },
      onResult: { result in try global.show(result) { result.summary($0) } })
    try await demo.run()
  }
}
