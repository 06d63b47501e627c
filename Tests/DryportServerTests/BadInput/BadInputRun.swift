// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportServer

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A run of damaged requests against one prepared plane.
struct BadInputRun {
    let plane: PreparedPlane
    /// The numbers of the requests; nil for as many as there is time for.
    let range: ClosedRange<Int>?
    private var judge: Judge
    private(set) var findings: [String] = []
    private(set) var count = 0
    private(set) var successes = 0
    private var slowest: [(duration: Duration, label: String)] = []
    private var duration = Duration.zero

    init(_ plane: PreparedPlane, range: ClosedRange<Int>?) {
        self.plane = plane
        self.range = range
        judge = Judge(plane)
    }

    /// What the environment asks for.
    static var chosenRange: ClosedRange<Int>? {
        let bounds = ProcessInfo.processInfo.environment["DRYPORT_BAD_INPUT"]?.split(separator: "..").map { Int($0) }
        guard let bounds, bounds.count == 2, let first = bounds[0], let last = bounds[1], first <= last else {
            return nil
        }
        return first...last
    }

    private static let time = Duration.seconds(20)
    /// So often is everything looked at that can be looked at.
    private static let lookInterval = 500

    mutating func damageRequests() async throws {
        let start = ContinuousClock.now
        var number = range?.lowerBound ?? 0
        while range.map({ number <= $0.upperBound }) ?? (ContinuousClock.now - start < Self.time) {
            try await damageRequest(number)
            number += 1
            if number % Self.lookInterval == 0 { await checkPicture(after: number) }
        }
        await checkPicture(after: number)
        duration = ContinuousClock.now - start
    }

    private mutating func damageRequest(_ number: Int) async throws {
        var mutator = Mutator(random: SeededGenerator(seed: UInt64(number)))
        let sample = pick(using: &mutator.random)
        let mutant = mutator.mutant(of: sample)
        trace("\(number) \(mutant.label)")
        let request = try plane.request(sample, body: mutant.body)
        let start = ContinuousClock.now
        let verdict = try await judge.verdict(
            on: request, of: sample, mutant.expectation, isThorough: number % 8 == 0)
        note(ContinuousClock.now - start, mutant.label)
        count += 1
        successes += verdict.isSuccess ? 1 : 0
        findings += verdict.findings.map { "request \(number), \(mutant.label): \($0)" }
    }

    // MARK: Heads

    /// Each damage of a request's head, on a few requests.
    mutating func damageHeads() async throws {
        var random = SeededGenerator(seed: 1)
        let samples = plane.samples.filter { $0.caller == .administrator || $0.caller == .node }
        for damage in RequestDamage.all {
            for _ in 0..<4 {
                let sample = samples.randomElement(using: &random)!
                let request = try damaged(sample, damage, &random)
                let verdict = try await judge.verdict(on: request, of: sample, damage.expectation)
                findings += verdict.findings.map { "\(sample.operation), \(damage.label): \($0)" }
            }
        }
        await checkPicture(after: 0)
    }

    private func damaged(
        _ sample: Sample, _ damage: RequestDamage, _ random: inout SeededGenerator
    ) throws -> APIFront.Request {
        var request = TestRequests.unsigned(target: sample.target, body: sample.body.bytes)
        if !damage.isSigned { damage.apply(&request, &random) }
        try plane.sign(&request, of: sample)
        if damage.isSigned { damage.apply(&request, &random) }
        return request
    }

    /// Requests that are refused, for all kinds of reasons.
    static func refusedRequests(of plane: PreparedPlane) async throws -> [APIFront.Request] {
        var requests: [APIFront.Request] = []
        var random = SeededGenerator(seed: 2)
        var run = BadInputRun(plane, range: nil)
        let samples = plane.samples.filter { $0.caller != .nodeKey }
        while requests.count < 200 {
            var mutator = Mutator(random: SeededGenerator(seed: random.next()))
            let sample = samples.randomElement(using: &random)!
            let mutant = mutator.mutant(of: sample)
            guard mutant.expectation == .refusal, mutant.body.count < 10_000 else { continue }
            let request = try plane.request(sample, body: mutant.body)
            let verdict = try await run.judge.verdict(on: request, of: sample, .anything)
            if !verdict.isSuccess { requests.append(request) }
        }
        for damage in RequestDamage.all where damage.expectation == .refusal {
            requests.append(try run.damaged(plane.samples[0], damage, &random))
        }
        return requests
    }

    // MARK: Parts

    /// Requests with many members are damaged in more places; signatures with a node's key take long.
    private func pick(using random: inout SeededGenerator) -> Sample {
        while true {
            let sample = plane.samples.randomElement(using: &random)!
            let chance =
                sample.caller == .nodeKey ? 1 : min(20, 4 + sample.nodes.count / 4)
            if Int.random(in: 0..<20, using: &random) < chance { return sample }
        }
    }

    private mutating func checkPicture(after number: Int) async {
        guard await plane.look() != plane.picture || !plane.isStoreUntouched else { return }
        findings.append("after request \(number) or one of the \(Self.lookInterval) before, something has changed")
    }

    private mutating func note(_ duration: Duration, _ label: String) {
        guard slowest.count < 5 || duration > slowest[slowest.count - 1].duration else { return }
        slowest = Array((slowest + [(duration, label)]).sorted { $0.duration > $1.duration }.prefix(5))
    }

    var summary: String {
        let slow = slowest.map { "  \($0.duration) \($0.label)\n" }.joined()
        return "\(count) damaged requests in \(duration), \(successes) of them succeeded; the slowest:\n\(slow)"
    }

    /// Tells the file of `DRYPORT_BAD_INPUT_TRACE` which request comes next, so that a trap can be found again.
    private func trace(_ line: String) {
        guard let path = Self.tracePath else { return }
        try? Data(line.utf8).write(to: URL(filePath: path))
    }

    private static let tracePath = ProcessInfo.processInfo.environment["DRYPORT_BAD_INPUT_TRACE"]
}
