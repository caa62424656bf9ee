import Foundation

/// `looper doctor`: looks at everything Looper needs, with and without a daemon, and says how to mend what is wrong.
///
/// A check has a stable code, changes nothing and costs nothing. The groups run beside each other.
struct Doctor: Sendable {
  let sources: ConfigurationSources
  let probe: DoctorProbe
  let files: DoctorFiles
  let time: any TimeSource
  /// Asks the daemon at a socket; nil when none answers.
  let daemon: @Sendable (_ socketPath: String) async -> Daemon?

  /// What a running daemon says.
  struct Daemon: Sendable {
    var status: StatusView
    var projects: [ProjectView]
    var health: [HealthView] { status.health }

    /// Whether it gets no answer from a host, and so knows nothing of the repositories there.
    func isCutOff(from host: String) -> Bool {
      health.contains { $0.state == .degraded && $0.name == HealthView.name(ofHost: host) }
    }
  }

  /// What all groups share.
  struct Scene: Sendable {
    var loaded: LoadedConfiguration
    var problems: [ConfigurationProblem]
    var daemon: Daemon?

    var configuration: Configuration { loaded.configuration }
    var paths: ConfigurationPaths { loaded.paths }
  }

  func report() async -> DoctorReport {
    let scene = await scene()
    async let machine = machine(scene)
    async let tools = tools(scene)
    async let github = github(scene)
    async let agents = agents(scene)
    async let data = data(scene)
    async let service = service(scene)
    // What GitHub refuses is told once, and not again for each repository.
    let answers = await github
    async let repositories = repositories(scene, answers)
    let order = [
      await machine, await tools, answers, await agents, configuration(scene), await data,
      daemonFindings(scene, answers), await repositories, await service,
    ]
    let mask = secretMask(scene)
    return DoctorReport(order.flatMap { $0 }.map { $0.masked(by: mask) })
  }

  /// What tools say about themselves can repeat what they were given.
  private func secretMask(_ scene: Scene) -> SecretMask {
    let token = FileManager.default.contents(atPath: scene.paths.tokenPath) ?? Data()
    let secrets = OperatorSecrets(
      environment: sources.environment,
      token: String(decoding: token, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines),
      configuration: { scene.configuration })
    return SecretMask(own: secrets.known())
  }

  /// A broken configuration is looked at as if there were none; but the daemon, which goes on with what was good before, is
  /// where what can be read of it says.
  private func scene() async -> Scene {
    var scene: Scene
    do throws(ConfigurationError) {
      scene = Scene(loaded: try ConfigurationLoader.load(sources), problems: [])
    } catch {
      let defaults = Configuration()
      let loaded = LoadedConfiguration(
        configuration: defaults, origins: [:], warnings: [],
        fileURL: ConfigurationFile(sources).path.map { URL(filePath: $0) },
        paths: ConfigurationLoader.salvage(sources).paths)
      scene = Scene(loaded: loaded, problems: error.problems)
    }
    scene.daemon = await daemon(scene.paths.socketPath)
    return scene
  }
}
