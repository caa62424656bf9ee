import Foundation
import Testing

@testable import Looper

/// What a command prints with `--json`.
struct CommandShape: Sendable, CustomTestStringConvertible {
  /// How many JSON values it prints.
  enum Form: String, Sendable {
    case value = ""
    /// One object a line, as they come.
    case stream = "a line each: "
    /// No JSON of its own.
    case text = "lines of text"
  }

  let command: String
  /// What people are told it is called; nil for a type of the API, which has its name there.
  var name: String?
  var type: (any (Decodable & Sendable).Type)?
  var form = Form.value

  var testDescription: String { command }

  init(
    _ command: String, _ type: (any (Decodable & Sendable).Type)?, as name: String? = nil,
    _ form: Form = .value
  ) {
    self.command = command
    self.type = type
    self.name = name
    self.form = form
  }

  /// One per command, in the order of the page.
  static let table: [CommandShape] = asking + controlling + local + daemon

  private static let asking: [CommandShape] = [
    .init("status", StatusView.self), .init("loops", PageView<LoopView>.self), .init("why", WhyView.self),
    .init("inspect", InspectView.self), .init("failures", PageView<FailureView>.self),
    .init("usage", UsageView.self), .init("run list", PageView<RunView>.self),
    .init("run logs", LogChunkView.self, .stream), .init("queue list", PageView<QueueItemView>.self),
    .init("project list", PageView<ProjectView>.self), .init("project show", ProjectView.self),
    .init("worktree list", PageView<WorktreeView>.self), .init("events", EventPageView.self),
    .init("events --follow", EventView.self, .stream),
  ]

  private static let controlling: [CommandShape] = [
    .init("run start", LoopView.self), .init("run start --watch", EventView.self, .stream),
    .init("run cancel", RunView.self), .init("run retry", LoopView.self), .init("adopt", LoopView.self),
    .init("pause", LoopView.self), .init("pause --all", BulkView.self), .init("resume", LoopView.self),
    .init("resume --all", BulkView.self), .init("cancel", LoopView.self),
    .init("cancel --all", BulkView.self),
    .init("retry", LoopView.self), .init("retry --all", BulkView.self),
    .init("takeover", LoopView.self), .init("handback", LoopView.self), .init("answer", LoopView.self),
    .init("queue clear", ClearedView.self), .init("queue bump", QueueItemView.self),
    .init("project add", ProjectView.self), .init("project remove", ProjectView.self),
    .init("project sync", PageView<ProjectView>.self), .init("worktree cleanup", WorktreeCleanupView.self),
  ]

  private static let local: [CommandShape] = [
    .init("config get", ConfigGetCommand.Result.self, as: "ConfigValue"),
    .init("config get <section>", [ConfigGetCommand.Result].self, as: "ConfigValue"),
    .init("config set", ConfigSetCommand.Result.self, as: "ConfigChange"),
    .init("config unset", ConfigSetCommand.Result.self, as: "ConfigChange"),
    .init("config view", JSONValue.self),
    .init("config edit", ConfigEditCommand.Result.self, as: "ConfigEdit"),
    .init("config check", ConfigCheckCommand.Result.self, as: "ConfigCheck"),
    .init("config path", ConfigPathCommand.Result.self, as: "ConfigPath"),
    .init("config init", ConfigInitCommand.Result.self, as: "ConfigInit"),
    .init("doctor", DoctorReport.self), .init("upgrade", Upgrade.Report.self, as: "Upgrade"),
    .init("completions", CompletionsCommand.Result.self, as: "Completions"),
    .init("version", VersionCommand.Result.self, as: "ProgramVersion"), .init("demo", DemoResult.self),
    .init("serve", nil, .text),
  ]

  private static let daemon: [CommandShape] =
    ["install", "uninstall", "start", "stop", "restart"].map {
      .init("daemon \($0)", DaemonCommand.Result.self, as: "DaemonChange")
    } + [.init("daemon status", DaemonStateView.self), .init("daemon logs", EventView.self, .stream)]

  /// The schema of one value, and every type it is made of, by the names of the page.
  ///
  /// - Throws: ``WireSchemaUnreadable``.
  func schema() throws -> (value: JSONValue, types: [String: JSONValue]) {
    guard let type else { return ([:], [:]) }
    let reader = WireSchemaReader()
    let value = try reader.reference(to: type)
    guard let name else { return (value, reader.components) }
    let own = WireSchemaReader.name(of: type).replacingOccurrences(of: "Array", with: "")
    var types = reader.components
    types[name] = types.removeValue(forKey: own.isEmpty ? "Result" : own)
    let reference: JSONValue = ["$ref": .string("#/components/schemas/\(name)")]
    return (value["items"] == nil ? reference : ["type": "array", "items": reference], types)
  }

  /// What is wrong with what the command printed.
  func problems(_ output: String) throws -> [String] {
    let (schema, types) = try schema()
    let check = SchemaCheck(document: ["components": ["schemas": .object(types)]])
    let texts = form == .stream ? output.split(separator: "\n").map(String.init) : [output]
    return try texts.flatMap {
      check.problems(try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)), schema)
    }
  }
}

/// `docs/cli-json.md`, made from ``CommandShape/table``.
enum CommandShapePage {
  private static let introduction = """
    # What commands print with `--json`

    Every command takes `--json`. It then prints one JSON value on standard output, or, where this page says "a line each", one JSON object a line
    as things happen. Notes and hints stay text on standard error. An error is the API's envelope on standard error,
    `{"ok": false, "error": {"code", "message", "details"?}}`; its codes and their exit status are in [api.md](api.md#codes).

    This page is **version \(VersionCommand.Result.jsonVersionCurrent)** of these shapes; `looper version --json` tells the program's as `json_version`. Within a version members are
    added, and none is renamed, removed or given another type: ignore what you do not know. Names are snake_case, times ISO 8601 in
    UTC, durations seconds unless the name says otherwise; a member without a value is left out. A test compares this page and what the built program prints.
    """

  static func markdown() throws -> String {
    var lines = [introduction, "", "| command | prints |", "|---|---|"]
    var own: [String: JSONValue] = [:]
    let api = try OpenAPIDocument.document()["components"]?["schemas"]?.objectValue ?? [:]
    for shape in CommandShape.table {
      let (value, types) = try shape.schema()
      let what = shape.type == nil ? "" : text(value, api)
      lines.append("| `looper \(shape.command)` | \(shape.form.rawValue)\(what) |")
      own.merge(types.filter { api[$0.key] == nil }) { first, _ in first }
    }
    for (name, schema) in own.sorted(by: { $0.key < $1.key }) {
      lines += ["", "## \(name)", "", "| member | type | |", "|---|---|---|"]
      let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
      for (member, schema) in (schema["properties"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
        lines.append(
          "| `\(member)` | \(text(schema, api)) | \(required.contains(member) ? "" : "optional") |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ schema: JSONValue, _ api: [String: JSONValue]) -> String {
    if let name = schema["$ref"]?.stringValue?.split(separator: "/").last.map(String.init) {
      return "[\(name)](\(api[name] == nil ? "" : "api.md")#\(name.lowercased()))"
    }
    if let items = schema["items"] { return "list of \(text(items, api))" }
    if let words = schema["enum"]?.arrayValue {
      return words.compactMap(\.stringValue).joined(separator: ", ")
    }
    return schema["format"]?.stringValue ?? schema["type"]?.stringValue ?? "any JSON"
  }
}
