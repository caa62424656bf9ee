import Foundation
import Testing

@testable import Looper

@Suite("a project is watched only when it can be worked on")
struct DaemonOperationsProjectTests {
  private func refusal(_ scene: OpsScene, _ request: ProjectRequest) async -> LooperError? {
    await scene.refusal { () throws(LooperError) in _ = try await scene.operations.addProject(request) }
  }

  @Test(
    "its name is taken in every form people paste",
    arguments: [
      "acme/tool", "github.com/Acme/Tool", "https://github.com/acme/tool", "https://github.com/acme/tool.git",
      "git@github.com:acme/tool.git",
    ])
  func names(name: String) async throws {
    try await OpsScene.with(watching: false) { scene in
      scene.forge.set(try OpsScene.facts)
      let view = try await scene.operations.addProject(ProjectRequest(name: name, base: "develop"))
      #expect(view.name == "acme/tool")
      #expect(view.base == "develop")
      #expect(view.url == "https://github.com/acme/tool")
      #expect(view.problem == nil)
      #expect(!view.isConfigured)
      #expect(try await scene.operations.projects(PageRequest()).items == [view])
    }
  }

  @Test("one that was renamed is known by both names, and is not added twice")
  func renamed() async throws {
    try await OpsScene.with(watching: false) { scene in
      scene.forge.set(try OpsScene.facts)
      let first = try await scene.operations.addProject(ProjectRequest(name: "acme/tool"))
      var facts = try OpsScene.facts
      facts.name = try #require(ProjectName("acme/hammer"))
      scene.forge.set(facts)
      _ = try await scene.operations.syncProjects(SyncRequest(project: nil))
      let hammer = try #require(ProjectName("acme/hammer"))
      for name in ["acme/tool", "acme/hammer"] {
        #expect(try await scene.operations.addProject(ProjectRequest(name: name)).name == first.name)
      }
      #expect(try await scene.operations.project(hammer).name == first.name)
      #expect(try await scene.store.projects().count == 1)
    }
  }

  @Test("one that was renamed is configured by either name", arguments: ["acme/tool", "acme/hammer"])
  func configured(name: String) async throws {
    let entry = Configuration.Project(name: try #require(ProjectName(name)))
    try await OpsScene.with(settle: { $0.projects = [entry] }) { scene in
      var facts = try OpsScene.facts
      facts.name = try #require(ProjectName("acme/hammer"))
      scene.forge.set(facts)
      _ = try await scene.operations.syncProjects(SyncRequest(project: nil))
      let tool = try #require(ProjectName(OpsScene.slug))
      #expect(try await scene.operations.project(tool).isConfigured)
      let loop = try await scene.startLoop()
      #expect(try await scene.store.loop(loop)?.projectNames == [tool, facts.name])
    }
  }

  @Test("one that does not exist, is archived or may only be read is refused")
  func refused() async throws {
    try await OpsScene.with(watching: false) { scene in
      let request = ProjectRequest(name: "acme/tool")
      #expect(await refusal(scene, ProjectRequest(name: "nonsense"))?.code == .validation)
      #expect(
        await refusal(scene, request)
          == LooperError(
            .notFound,
            "acme/tool does not exist or the gh login cannot see it; check with: gh repo view acme/tool"))
      var facts = try OpsScene.facts
      facts.viewerPermission = .read
      scene.forge.set(facts)
      #expect(
        await refusal(scene, request)
          == LooperError(.conflict, "the gh login may only read acme/tool; it needs write access"))
      facts.isArchived = true
      scene.forge.set(facts)
      #expect(
        await refusal(scene, request)
          == LooperError(.conflict, "acme/tool is archived; unarchive it on GitHub to work on it"))
      #expect(try await scene.store.projects().isEmpty)
    }
  }

  @Test("one is registered with its problem told while GitHub does not answer")
  func unreachable() async throws {
    try await OpsScene.with(watching: false) { scene in
      scene.forge.fail(Failure(.transient, "down"))
      let view = try await scene.operations.addProject(ProjectRequest(name: "acme/tool"))
      #expect(view.base == nil)
      #expect(view.problem == "github.com has not been asked about it yet; it is when the first run starts")
    }
  }

  @Test("its checkout must be one of that repository")
  func checkout() async throws {
    try await OpsScene.with(watching: false) { scene in
      scene.forge.set(try OpsScene.facts)
      func add(_ path: String) async -> LooperError? {
        await refusal(scene, ProjectRequest(name: "acme/tool", path: path))
      }
      #expect(
        await add("here")
          == LooperError(.validation, "here is not an absolute path; give the checkout's whole path"))
      let path = "\(scene.directory)/clone"
      try FileManager.default.createDirectory(atPath: "\(path)/below", withIntermediateDirectories: true)
      #expect(
        await add(path)
          == LooperError(
            .validation, "\(path) is no git checkout; clone acme/tool there or leave the path out"))
      try await scene.git("init -q . && git remote add origin git@github.com:acme/other.git", in: path)
      #expect(
        await add(path)
          == LooperError(.validation, "\(path) is no checkout of acme/tool: its remote origin is acme/other"))
      try await scene.git("remote set-url origin git@github.com:Acme/Tool.git", in: path)
      let view = try await scene.operations.addProject(
        ProjectRequest(name: "acme/tool", path: "\(path)/below"))
      #expect(view.path == path)
    }
  }

  @Test("one with live loops stays; without them it is forgotten")
  func remove() async throws {
    try await OpsScene.with { scene in
      let name = try OpsScene.facts.name
      let loop = try await scene.startLoop()
      let error = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.removeProject(name)
      }
      #expect(error?.code == .conflict)
      #expect(try await scene.operations.project(name).liveLoops == 1)
      _ = try await scene.operations.control(loop, .cancel)
      _ = try await scene.operations.removeProject(name)
      let gone = await scene.refusal { () throws(LooperError) in _ = try await scene.operations.project(name)
      }
      #expect(gone == LooperError(.notFound, "acme/tool is not watched; run: looper project add acme/tool"))
    }
  }
}

extension OpsScene {
  fileprivate func git(_ arguments: String, in directory: String) async throws {
    let command = Command(
      executable: "sh", arguments: ["-ec", "git \(arguments)"],
      environment: [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": self.directory,
      ],
      workingDirectory: directory)
    let result = try await commands.run(command, deadline: .seconds(60), outputLimit: .mebibytes(1))
    try #require(result.status.isSuccess)
  }
}
