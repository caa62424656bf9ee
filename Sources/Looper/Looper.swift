/// The process's entry: the shim first, before anything heavy is initialised, then the command line.
@main
enum Looper {
  static func main() async {
    ExecShim.runIfRequested(CommandLine.arguments)
    await LooperCommand.main()
  }
}
