/// Projects, as a list and one by one.
enum ProjectText {
  static func table(_ projects: [ProjectView], _ style: TextStyle) -> String {
    TextTable(
      columns: [.init("PROJECT", .middle(24)), .init("BASE", .end(8)), "LOOPS", .init("PATH", .below)],
      rows: projects.map { project in
        [
          .init(project.name, project.problem == nil ? nil : .red), .init(project.base ?? "-"),
          .init(String(project.liveLoops)),
          .init(project.problem.map { "problem: \($0)" } ?? project.path ?? "-"),
        ]
      }
    ).text(style)
  }

  static func text(_ project: ProjectView, _ style: TextStyle) -> String {
    let rows: [[TextTable.Cell]] = [
      ["project", .init(project.name, .bold)], ["url", .init(project.url)],
      ["base", .init(project.base ?? "unknown")],
      ["path", .init(project.path ?? "none")], ["loops", .init("\(project.liveLoops) live")],
      [
        "added",
        .init(style.ago(project.addedAt) + (project.isConfigured ? ", by the configuration file" : "")),
      ],
      ["problem", .init(project.problem ?? "none", project.problem == nil ? nil : .red)],
    ]
    return TextTable(rows: rows, last: .wraps).text(style)
  }
}
