// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import DryportServer
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests that no client should send: each has an answer of AWS's shape, and one that is refused changes nothing.
///
/// Request *n* is a function of *n*. `DRYPORT_BAD_INPUT=first..last` runs that part of the sequence, however long it
/// takes; without it, as many as 20 seconds allow.
@Suite(.serialized, .timeLimit(.minutes(60))) struct BadInputTests {
    @Test func theCorpusHasEveryOperation() {
        let samples = Set(Corpus.samples.map(\.target))
        let served = Set(APIFront.operations.map { $0.target })
        #expect(served.subtracting(samples).sorted() == [], "operations without a request in the corpus")
        #expect(samples.subtracting(served).sorted() == [], "requests of operations that are not served")
    }

    @Test func theNotesOfTheCorpusNamePlaces() {
        for sample in Corpus.samples {
            let places = Set(sample.nodes.map(\.place))
            #expect(sample.notedPlaces.subtracting(places).sorted() == [], "\(sample.operation)")
        }
    }

    @Test func theCorpusIsAnswered() async throws {
        try await withPreparedPlane { plane in
            var judge = Judge(plane)
            for sample in plane.samples {
                let request = try plane.request(sample, body: sample.body.bytes)
                let verdict = try await judge.verdict(on: request, of: sample, .noDifference, isThorough: true)
                #expect(verdict.findings == [], "\(sample.operation)")
            }
            #expect(await plane.look() == plane.picture)
            #expect(plane.isStoreUntouched)
        }
    }

    /// What follows a success is not looked at in vain: payloads are made of what was registered.
    @Test func theAftermathRunsWhatWasRegistered() async throws {
        try await withPreparedPlane { plane in
            let sample = try #require(plane.samples.first { $0.operation == "RegisterTaskDefinition" })
            let answer = await plane.front.respond(to: try plane.request(sample, body: sample.body.bytes))
            #expect(answer.status == 200)
            var aftermath = Aftermath(plane.machineNow, in: plane.world)
            let families = try aftermath.goOn(after: answer).flatMap { message in
                if case .payload(let payload) = message { return payload.tasks?.map(\.family) ?? [] }
                return []
            }
            #expect(families.contains("rich") && families.contains("web"))
        }
    }

    @Test func damagedRequestsAreRefusedOrHarmless() async throws {
        try await withPreparedPlane { plane in
            var run = BadInputRun(plane, range: BadInputRun.chosenRange)
            try await run.damageRequests()
            print(run.summary)
            for finding in run.findings.prefix(4000) { Issue.record("\(finding)") }
        }
    }

    /// Targets, methods, hosts, headers and signatures.
    @Test func damageAroundTheBodyIsRefusedOrHarmless() async throws {
        try await withPreparedPlane { plane in
            var run = BadInputRun(plane, range: nil)
            try await run.damageHeads()
            for finding in run.findings.prefix(40) { Issue.record("\(finding)") }
        }
    }

    #if canImport(Glibc)
    /// What the allocator has given out is the same after many refused requests as after few.
    @Test func refusedRequestsLeaveNothingBehind() async throws {
        try await withPreparedPlane(isThrottled: true) { plane in
            let requests = try await BadInputRun.refusedRequests(of: plane)
            let wanted = ProcessInfo.processInfo.environment["DRYPORT_BAD_INPUT_REPETITIONS"]
            let count = wanted.flatMap { Int($0) } ?? 10_000
            var early = 0
            for number in 0..<count {
                if number == count / 5 { early = try liveBytes() }
                let response = await plane.front.respond(to: requests[number % requests.count])
                try #require(response.status != 200)
            }
            let growth = try liveBytes() - early
            #expect(growth < 128 << 10, "\(growth) bytes")
            #expect(plane.isStoreUntouched)
        }
    }
    #endif
}
