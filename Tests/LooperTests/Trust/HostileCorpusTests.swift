import Foundation
import Testing

@testable import Looper

@Suite("hostile words of people, files and agents come to nothing")
struct HostileCorpusTests {
  private static let harmless = "Please have a look."

  @Test("the corpus has at least sixty inputs")
  func size() {
    #expect(HostileCorpus.shown.count + HostileCorpus.published.count + HostileCorpus.refused.count >= 60)
  }

  @Test(
    "in a prompt they stay behind their bars and leave the rest of it as it is",
    arguments: HostileCorpus.shown.indices, HostileCorpus.Shown.Place.allCases)
  func shown(index: Int, place: HostileCorpus.Shown.Place) {
    let hostile = HostileCorpus.shown[index]
    let prompt = Self.prompt(hostile.text, at: place)
    #expect(Self.skeleton(prompt) == Self.skeleton(Self.prompt(Self.harmless, at: place)))
    for gone in hostile.gone { #expect(!prompt.unicodeScalars.contains(gone.unicodeScalars)) }
    #expect(prompt.utf8.count < 200_000)
  }

  @Test(
    "what an agent says on GitHub notifies nobody, closes nothing and is no marker",
    arguments: HostileCorpus.published)
  func published(text: String) {
    let body = WriteMarker(key: "L1/R2/publish").appended(to: PublishedText.neutralised(text))
    #expect(WriteMarker.key(in: body, by: "looper-bot", viewer: "Looper-Bot") == "L1/R2/publish")
    #expect(body.components(separatedBy: "<!--").count == 2)
    #expect(!body.contains(/@[A-Za-z0-9]/))
    #expect(!body.contains(/(?i)(clos|fix|resolv)\w*:?\s+[\w.\/-]*#\d/))
  }

  @Test("a marker that somebody else wrote is nobody's", arguments: HostileCorpus.published)
  func marker(text: String) {
    #expect(WriteMarker.key(in: text, by: "mallory", viewer: "looper-bot") == nil)
    #expect(WriteMarker.key(in: text, by: "", viewer: "") == nil)
  }

  @Test(
    "a result that is not one is refused, and the reason names its place", arguments: HostileCorpus.refused)
  func refused(role: Role, json: String, why: String) throws {
    do throws(ReportRefusal) {
      let report = try ReportDecoder.decode(Data(json.utf8), role: role)
      Issue.record("accepted as \(report)")
    } catch {
      #expect(error.description.hasPrefix(why), "\(error.description)")
    }
  }

  @Test(
    "a file of a pull request that steers agents is known by its name", arguments: HostileCorpus.names.indices
  )
  func names(index: Int) {
    let (path, steers) = HostileCorpus.names[index]
    #expect(SteeringPath.contains(path) == steers, "\(path)")
  }

  @Test(
    "what a process prints in the middle of a line is no result", arguments: HostileCorpus.printed.indices)
  func printed(index: Int) {
    let (output, result) = HostileCorpus.printed[index]
    let found = AgentResultReader.markedLine(endOf: Data(output.utf8), isWhole: true) ?? .missing
    #expect(found == (result.map { .json(Data($0.utf8)) } ?? .missing))
  }

  @Test(
    "usage that cannot be true, or is no line of its own, is not counted",
    arguments: HostileCorpus.usage.indices)
  func usage(index: Int) {
    let (line, counted) = HostileCorpus.usage[index]
    #expect(VendorStreams.facts(VendorStreams.signals(line, CustomStreamParser())).usage == counted)
  }

  private static func prompt(_ text: String, at place: HostileCorpus.Shown.Place) -> String {
    var input = PromptSamples.full(
      place == .log
        ? .fixChecks
        : place == .thread ? .fixThreads : place == .findingPath ? .fixFindings(.codeReview) : .implement)
    switch place {
    case .title: input.observation.issue = PromptSamples.issue(title: text, author: PromptSamples.stranger)
    case .body: input.observation.issue = PromptSamples.issue(body: text, author: PromptSamples.stranger)
    case .comment:
      input.observation.issue = PromptSamples.issue(
        comments: [PromptSamples.comment(text, by: PromptSamples.stranger)])
    case .thread: input.threads[0].thread.comments = [PromptSamples.comment(text, by: PromptSamples.stranger)]
    case .log: input.checks[0].excerpt = text
    case .spec: input.worktree.spec = text
    case .findingPath: input.findings[0].draft.path = text
    }
    return PromptRenderer.render(input)
  }

  /// The lines that are no data.
  private static func skeleton(_ prompt: String) -> [String] {
    prompt.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("|") }
      .map(String.init)
  }
}
