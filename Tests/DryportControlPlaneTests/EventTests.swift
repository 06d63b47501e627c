// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportInMemory
import DryportMessages
import DryportModel
import DryportStore
import Logging
import Testing

/// What subscribers of a control plane get.
@Suite(.timeLimit(.minutes(10))) struct EventTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let me = CallContext(principal: .administrator(accessKeyID: "AKIA"), endpoint: "http://localhost")

    private func registration(_ cluster: String = "default") -> ECS.RegisterContainerInstanceRequest {
        ECS.RegisterContainerInstanceRequest(
            cluster: cluster, totalResources: [ECS.Resource(name: "CPU", type: "INTEGER", integerValue: 1024)])
    }

    @Test func eventsFollowTheirCommit() async throws {
        let store = InMemoryStore()
        try await withControlPlane(store: store, logger: logger) { plane in
            let events = plane.events()
            let arn = try await plane.perform(registration(), in: me).containerInstance?.containerInstanceArn
            var iterator = events.makeAsyncIterator()
            guard case .event(let envelope)? = await iterator.next() else {
                Issue.record("the first delivery is no event")
                return
            }
            #expect(envelope.event.resource == arn)
            #expect(envelope.event.detailType == "ECS Container Instance State Change")
        }
    }

    @Test func aFailedCommitTellsNothing() async throws {
        let store = InMemoryStore()
        try await withControlPlane(store: store, logger: logger) { plane in
            let events = plane.events()
            store.schedule(.failBeforeApplying, forCommit: store.commitCount + 1)
            await #expect(throws: APIError.self) { try await plane.perform(registration(), in: me) }
            let arn = try await plane.perform(registration(), in: me).containerInstance?.containerInstanceArn
            var iterator = events.makeAsyncIterator()
            guard case .event(let envelope)? = await iterator.next() else {
                Issue.record("the first delivery is no event")
                return
            }
            #expect(envelope.event.resource == arn)
        }
    }

    @Test func whoIsTooSlowIsToldWhatWasLost() async throws {
        try await withControlPlane(store: InMemoryStore(), logger: logger) { plane in
            let events = plane.events(capacity: 2)
            var arns: [String?] = []
            for _ in 0..<5 {
                arns.append(try await plane.perform(registration(), in: me).containerInstance?.containerInstanceArn)
            }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .lost(3))
            for arn in arns.suffix(2) {
                guard case .event(let envelope)? = await iterator.next() else {
                    Issue.record("a delivery is missing")
                    return
                }
                #expect(envelope.event.resource == arn)
            }
        }
    }

    @Test func theSequenceEndsWithTheControlPlane() async throws {
        let events = try await withControlPlane(store: InMemoryStore(), logger: logger) { plane in plane.events() }
        var count = 0
        for await _ in events { count += 1 }
        #expect(count == 0)
    }

    @Test func somebodyElsesEndLeavesTheOthers() async throws {
        try await withControlPlane(store: InMemoryStore(), logger: logger) { plane in
            let events = plane.events()
            do {
                let others = plane.events()
                _ = try await plane.perform(registration(), in: me)
                var iterator = others.makeAsyncIterator()
                _ = await iterator.next()
            }
            _ = try await plane.perform(registration(), in: me)
            var iterator = events.makeAsyncIterator()
            for _ in 0..<2 {
                guard case .event? = await iterator.next() else {
                    Issue.record("a delivery is missing")
                    return
                }
            }
        }
    }
}
