// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportModel
import DryportServer
import DryportStore
import Logging
import Synchronization
import Testing

/// Administrators' access keys and throttling as callers on the wire meet them.
@Suite(.timeLimit(.minutes(10))) struct AccessKeyTests {
    private let bootstrap = AccessKey(
        id: "AKIAIOSFODNN7EXAMPLE", secret: Redacted("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))

    /// The front of a control plane that goes by a clock of its own, and what it logs.
    private struct Plane {
        let front: APIFront
        let controlPlane: ControlPlane
        let store: InMemoryStore
        let log: RecordingLog
        let clock: Clock

        func call<Request: APIRequest>(_ request: Request, by credentials: Credentials) async throws -> Request.Response
        {
            let response = await respond(to: request, by: credentials)
            if let error = response.error, response.status != 200 { throw error }
            return try response.decoded()
        }

        func respond<Request: APIRequest>(to request: Request, by credentials: Credentials) async -> APIFront.Response {
            await front.respond(
                to: TestRequests.signed(
                    Request.operation, (try? json(request)) ?? "", by: credentials, service: Request.service,
                    at: clock.now().wall))
        }

        /// Makes a key and returns it as credentials.
        func create(by credentials: Credentials) async throws -> Credentials {
            let answer = try await call(DryportAPI.CreateAccessKeyRequest(name: "anna"), by: credentials)
            return Credentials(
                accessKeyID: try #require(answer.accessKey?.accessKeyId),
                secretAccessKey: Redacted(try #require(answer.secretAccessKey)))
        }

        /// The code of the error that ListClusters is answered with; nil if there is none.
        func refusal(of credentials: Credentials) async -> APIError.Code? {
            let response = await respond(to: ECS.ListClustersRequest(), by: credentials)
            return response.status == 200 ? nil : response.error?.code
        }
    }

    private final class Clock: Sendable {
        private let time = Mutex(Instant(monotonic: .zero, wall: Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)))

        func now() -> Instant { time.withLock { $0 } }

        func pass(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
    }

    private func with(
        store: InMemoryStore = InMemoryStore(),
        throttling: (inout ThrottlingConfiguration) -> Void = { _ in }, _ body: (Plane) async throws -> Void
    ) async throws {
        let clock = Clock()
        let log = RecordingLog()
        var configuration = ControlPlaneConfiguration()
        throttling(&configuration.throttling)
        let controlPlane = try await ControlPlane.open(
            configuration: configuration, administrators: [bootstrap], store: store, logger: log.logger,
            now: clock.now)
        let front = try APIFront(controlPlane: controlPlane, logger: log.logger, now: clock.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controlPlane.run() }
            try await body(Plane(front: front, controlPlane: controlPlane, store: store, log: log, clock: clock))
            group.cancelAll()
        }
    }

    @Test func aKeyOpensUntilItIsRevoked() async throws {
        try await with { plane in
            let anna = try await plane.create(by: bootstrap.credentials)
            #expect(await plane.refusal(of: anna) == nil)
            var forged = anna
            forged.secretAccessKey = bootstrap.secret
            #expect(await plane.refusal(of: forged) == .invalidSignature)
            // Every administrator is equal, and may end its own key.
            let bert = try await plane.create(by: anna)
            _ = try await plane.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: bert.accessKeyID), by: bert)
            #expect(await plane.refusal(of: bert) == .unrecognizedClient)
            _ = try await plane.call(DryportAPI.RevokeAccessKeyRequest(accessKeyId: anna.accessKeyID), by: anna)
            #expect(await plane.refusal(of: anna) == .unrecognizedClient)
            let listed = try await plane.call(DryportAPI.ListAccessKeysRequest(), by: bootstrap.credentials)
            #expect(listed.accessKeys?.map(\.status) == ["ACTIVE", "INACTIVE", "INACTIVE"])
            #expect(listed.accessKeys?.map(\.isBootstrap) == [true, false, false])
        }
    }

    @Test func aRotatedKeyOpensForTheGracePeriod() async throws {
        try await with { plane in
            let anna = try await plane.create(by: bootstrap.credentials)
            let answer = try await plane.call(
                DryportAPI.RotateAccessKeyRequest(accessKeyId: anna.accessKeyID, gracePeriodSeconds: 60), by: anna)
            let new = Credentials(
                accessKeyID: try #require(answer.accessKey?.accessKeyId),
                secretAccessKey: Redacted(try #require(answer.secretAccessKey)))
            #expect(await plane.refusal(of: anna) == nil)
            #expect(await plane.refusal(of: new) == nil)
            plane.clock.pass(.seconds(60))
            #expect(await plane.refusal(of: anna) == .expiredToken)
            #expect(await plane.refusal(of: new) == nil)
        }
    }

    @Test func keysOpenAfterARestartAndNotWithoutTheirRecord() async throws {
        let store = InMemoryStore()
        var anna = bootstrap.credentials
        try await with(store: store) { plane in anna = try await plane.create(by: bootstrap.credentials) }
        try await with(store: InMemoryStore(restoring: store.crash())) { plane in
            #expect(await plane.refusal(of: anna) == nil)
        }
        try await with { plane in
            #expect(await plane.refusal(of: anna) == .unrecognizedClient)
        }
    }

    /// Neither the log, at its most talkative, nor the store, nor an error has a secret.
    @Test func secretsAreSaidOnce() async throws {
        try await with { plane in
            let anna = try await plane.create(by: bootstrap.credentials)
            let rotated = try await plane.call(
                DryportAPI.RotateAccessKeyRequest(accessKeyId: anna.accessKeyID), by: anna)
            let secrets = [
                anna.secretAccessKey.exposed, try #require(rotated.secretAccessKey), bootstrap.secret.exposed,
            ]
            var said = plane.log.entries
            for entry in plane.store.snapshot().entries {
                said.append(String(decoding: entry.value.bytes, as: UTF8.self))
            }
            // A secret in the place of an id.
            for request in [secrets[0], secrets[1]].map({ DryportAPI.RevokeAccessKeyRequest(accessKeyId: $0) }) {
                let response = await plane.respond(to: request, by: bootstrap.credentials)
                #expect(response.error?.code == .resourceNotFound)
                said.append(String(decoding: response.body, as: UTF8.self))
            }
            said.append(
                "\(await plane.respond(to: DryportAPI.ListAccessKeysRequest(), by: bootstrap.credentials).body)")
            said += plane.log.entries
            for secret in secrets { #expect(!said.contains { $0.contains(secret) }) }
            let log = plane.log.entries.joined(separator: "\n")
            #expect(log.contains("notice access key changed access-key.id=\(anna.accessKeyID) change=created"))
        }
    }

    /// A key for Dryport's operations is one for ECS and SSM, but a signature is for one of them.
    @Test func aSignatureIsForOneService() async throws {
        try await with { plane in
            var request = TestRequests.unsigned(
                target: DryportAPI.ListAccessKeysRequest.target, body: Array("{}".utf8))
            TestRequests.sign(
                &request, by: bootstrap.credentials, service: "ecs", at: plane.clock.now().wall)
            let response = await plane.front.respond(to: request)
            #expect(response.error?.code == .invalidSignature)
            #expect(response.error?.message.contains("'dryport'") == true)
            let unsigned = TestRequests.unsigned(target: "Dryport_20261126.ListAccessKeys", body: [])
            #expect(await plane.front.respond(to: unsigned).error?.code == .missingAuthenticationToken)
        }
    }

    /// A token that says it is an administrator's is one that no control plane has issued.
    @Test func thereAreNoTemporaryAdministrators() async throws {
        try await with { plane in
            let key = try #require(
                plane.store.snapshot().entries.first { $0.key.text == "control-plane-secrets/session-key" })
            let issuer = SessionCredentialIssuer(masterKey: Redacted(key.value.bytes))
            var random = SystemRandomNumberGenerator()
            for principal in [Principal.administrator(accessKeyID: bootstrap.id), .anonymous] {
                let forged = issuer.issue(
                    to: principal, lifetime: .seconds(60), at: plane.clock.now().wall, using: &random)
                #expect(await plane.refusal(of: forged) == .unrecognizedClient)
            }
        }
    }

    @Test func whoCallsTooOftenIsTold() async throws {
        try await with(throttling: { $0.administrators = .init(burst: 3, rate: 1) }) { plane in
            for _ in 0..<3 { #expect(await plane.refusal(of: bootstrap.credentials) == nil) }
            let response = await plane.respond(to: ECS.ListClustersRequest(), by: bootstrap.credentials)
            #expect(response.status == 400)
            #expect(response.error == APIError(.throttling, "Rate exceeded"))
            #expect(response.header("x-amzn-ErrorType") == "ThrottlingException")
            plane.clock.pass(.seconds(1))
            #expect(await plane.refusal(of: bootstrap.credentials) == nil)
        }
    }
}
