// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportPlacement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `dryport placement`
struct Placement: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask what would be placed where, and why not.",
        discussion: """
            A scenario is a JSON file with a cluster, a workload and policies to try; Examples/placement has some. Its \
            cluster is written by hand, taken from the output of aws ecs describe-container-instances, or exported from \
            a live server.
            """,
        subcommands: [Simulate.self, Explain.self, Export.self])

    /// `dryport placement simulate`
    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Place a scenario's workload, and report packing, spread and what was not placed.",
            discussion: """
                A policy is the name of one of the scenario's policies, "own" for each task's own strategies, or \
                strategies such as 'spread(attribute:zone),binpack(memory)'. Without --policy, all policies of the \
                scenario are tried, or "own" if it has none.

                The exit code is 0 if every task was placed under each policy, and 1 if not.
                """)

        @Argument(help: ArgumentHelp("A scenario; - for standard input.", valueName: "FILE"))
        var file: String

        @Option(
            name: .customLong("policy"),
            help: ArgumentHelp("A policy to place under; repeatable.", valueName: "POLICY"))
        var policies: [String] = []

        @Flag(help: "Show the policies side by side; a single one beside each task's own strategies.")
        var compare = false

        @Option(help: ArgumentHelp("What chance is drawn from.", valueName: "N"))
        var seed: UInt64 = 1

        @Option(help: "How to print: text or json.")
        var output: OutputFormat = .text

        @Option(help: ArgumentHelp("Write a picture of the instances by utilisation.", valueName: "FILE"))
        var svg: String?

        func run() throws {
            var scenario = try ScenarioFile(path: file)
            let policies = try scenario.policies(policies, comparing: compare)
            let reports = try scenario.checked { scenario throws(PlacementScenarioError) in
                var reports: [PlacementReport] = []
                for policy in policies {
                    reports.append(try scenario.run(policy: policy, seed: seed, clock: ContinuousClock()))
                }
                return reports
            }
            if let svg { try write(UtilisationPicture(reports).svg(), to: svg) }
            switch output {
            case .text where compare: print(PlacementReport.comparison(reports))
            case .text: print(reports.map { $0.text() }.joined(separator: "\n\n"))
            case .json: try printJSON(["reports": reports])
            }
            if reports.contains(where: { $0.unplacedCount > 0 }) { throw ExitCode(1) }
        }

        private func write(_ text: String, to path: String) throws {
            do {
                try Data(text.utf8).write(to: URL(filePath: path))
            } catch {
                throw UsageError("--svg \(path): the file cannot be written: \(error.fileReason)")
            }
        }
    }

    /// `dryport placement explain`
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explain on how many instances each task of a scenario fits, and what keeps it off the others.",
            discussion: """
                Each entry of the workload is explained twice: on the cluster as it stands, and in its turn, after the \
                entries before it were placed. There it is the first of its tasks that was refused, or one more if none \
                was.
                """)

        @Argument(help: ArgumentHelp("A scenario; - for standard input.", valueName: "FILE"))
        var file: String

        @Option(help: ArgumentHelp("Explain only this entry of the workload.", valueName: "NAME"))
        var task: String?

        @Option(help: ArgumentHelp("Place under this policy (default: own).", valueName: "POLICY"))
        var policy: String = PlacementScenario.ownPolicyName

        @Option(help: ArgumentHelp("What chance is drawn from.", valueName: "N"))
        var seed: UInt64 = 1

        @Option(help: "How to print: text or json.")
        var output: OutputFormat = .text

        func run() throws {
            var scenario = try ScenarioFile(path: file)
            let policy = try scenario.policies([policy], comparing: false)[0]
            let explanations = try scenario.checked { scenario throws(PlacementScenarioError) in
                try scenario.explain(task: task, policy: policy, seed: seed)
            }
            switch output {
            case .text where explanations.isEmpty: print("the workload is empty")
            case .text: print(explanations.map(\.text).joined(separator: "\n\n"))
            case .json: try printJSON(["tasks": explanations])
            }
        }
    }
}

/// Prints a value as one line of JSON.
private func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
