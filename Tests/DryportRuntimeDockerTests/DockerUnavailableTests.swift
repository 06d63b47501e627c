// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import Logging
import Testing

@testable import DryportRuntimeDocker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Engines that are not there, go away, or say nothing")
struct DockerUnavailableTests {
    private static let handle = ContainerHandle(id: "abc")
    private static let identity = ContainerIdentity(
        owner: "o", taskARN: "t", containerName: "web", family: "f", revision: "7", cluster: "c")

    private static func containerJSON(_ state: String = #"{"Status":"running"}"#) throws -> String {
        let labels = try JSONValue.strings(ContainerLabels.labels(for: identity)).encoded()
        return #"{"Id":"abc","State":\#(state),"Config":{"Labels":\#(String(decoding: labels, as: UTF8.self))}}"#
    }

    private func expectUnavailable(_ path: String, saying words: [String]) async {
        do {
            try await DockerRuntime.check(socketPath: path, logger: Logger(label: "test"))
            Issue.record("nothing can answer at \(path)")
        } catch {
            #expect(error.code == .unavailable)
            for word in words { #expect(error.message.contains(word), "\(error.message)") }
        }
    }

    @Test("a socket that does not exist", arguments: ["", "unix://"])
    func missing(scheme: String) async {
        let path = temporarySocketPath()
        await expectUnavailable(scheme + path, saying: ["socket \(path) does not exist", "is Docker running?"])
    }

    @Test("a path that no socket can have")
    func impossible() async {
        await expectUnavailable("/" + String(repeating: "x", count: 300), saying: ["Docker does not answer"])
        await expectUnavailable("", saying: ["Docker does not answer"])
    }

    @Test("a socket that nobody listens on")
    func refused() async throws {
        let path = temporarySocketPath()
        let server = try await FakeServer.listen(socketPath: path) { _ in .silence }
        await server.close()
        // Closing may take the file along; then it is a plain file that refuses just as well.
        if !FileManager.default.fileExists(atPath: path) {
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
        }
        await expectUnavailable(path, saying: ["nothing listens on socket \(path)", "is Docker running?"])
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test("something that is no engine")
    func stranger() async throws {
        let path = temporarySocketPath()
        let server = try await FakeServer.listen(socketPath: path) { _ in .json(200, "[]") }
        await expectUnavailable(path, saying: ["no Docker Engine"])
        await server.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test("an engine whose versions are not ours")
    func versions() async throws {
        try await withFakeEngine(apiVersion: "1.60", minimumAPIVersion: "1.50") { _ in
            .silence
        } _: { runtime, _ in
            let error = await #expect(throws: RuntimeError.self) { try await runtime.capabilities() }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("1.50 to 1.60") == true)
        }
    }

    @Test("a runtime that was closed")
    func closed() async throws {
        try await withFakeEngine { _ in
            .silence
        } _: { runtime, _ in
            await runtime.close()
            await runtime.close()
            let error = await #expect(throws: RuntimeError.self) { try await runtime.inspect(Self.handle) }
            #expect(error?.code == .unavailable)
        }
    }

    @Test("every call on an engine that went away is unavailable, and works again when it is back")
    func everyCall() async throws {
        try await withFakeEngine { _ in
            .stream([], .breaksOff)
        } _: { runtime, _ in
            let spec = ContainerSpec(identity: Self.identity, name: "n", image: "i")
            let calls: [(String, () async throws -> Void)] = [
                ("pull", { _ = try await runtime.pull("i", credentials: nil) { _ in } }),
                ("localImage", { _ = try await runtime.localImage("i") }),
                ("create", { _ = try await runtime.create(spec) }),
                ("start", { try await runtime.start(Self.handle) }),
                ("stop", { try await runtime.stop(Self.handle, signal: nil, gracePeriod: .seconds(1)) }),
                ("kill", { try await runtime.stop(Self.handle, signal: nil, gracePeriod: .zero) }),
                ("remove", { try await runtime.remove(Self.handle, volumes: []) }),
                ("inspect", { _ = try await runtime.inspect(Self.handle) }),
                ("inventory", { _ = try await runtime.inventory(owner: "o") }),
                ("events", { for try await event in runtime.events(owner: "o") { #expect(event == .synchronised) } }),
                ("logs", { for try await _ in runtime.logs(Self.handle, follow: true) {} }),
            ]
            for (name, call) in calls {
                let error = await #expect(throws: RuntimeError.self, "\(name)") { try await call() }
                #expect(error?.code == .unavailable, "\(name): \(String(describing: error))")
                #expect(error?.isRetryable == true)
            }
            // The engine still answers this one: one broken call breaks no other.
            let drivers = try await runtime.capabilities().logDrivers
            #expect(drivers == ["json-file", "none", "syslog"])
        }
    }

    @Test("events end when the engine goes away")
    func eventsEnd() async throws {
        let event = #"{"Type":"container","Action":"start","Actor":{"ID":"abc"}}"# + "\n"
        let json = try Self.containerJSON()
        try await withFakeEngine { request in
            request.path.hasSuffix("/events") ? .stream([event], .staysOpen) : .json(json)
        } _: { runtime, server in
            var events = runtime.events(owner: "o").makeAsyncIterator()
            let first = try await events.next()
            #expect(first == .synchronised)
            let running = ContainerObservation(handle: Self.handle, identity: Self.identity, state: .running)
            let second = try await events.next()
            #expect(second == .changed(running))
            await server.close()
            let error = await #expect(throws: RuntimeError.self) { try await events.next() }
            #expect(error?.code == .unavailable)
            // From a moment before, by the engine's own clock.
            let query = server.requests.first { $0.path.hasSuffix("/events") }?.query
            #expect(query?.contains("since=1778188176.500000000") == true)
            #expect(query?.contains("com.dryport.owner%3Do") == true)
        }
    }

    @Test("an exit is told even if the container is gone when we look")
    func exitOfRemoved() async throws {
        let labels = String(
            decoding: try JSONValue.strings(ContainerLabels.labels(for: Self.identity)).encoded(), as: UTF8.self)
        let attributes = labels.dropLast() + #","exitCode":"3"}"#
        let lines =
            #"{"Action":"die","Actor":{"ID":"abc","Attributes":\#(attributes)},"timeNano":1778188176500999999}"#
            + "\n" + #"{"Action":"exec_start: x","Actor":{"ID":"abc"}}"# + "\nnonsense\n"
            + #"{"Action":"destroy","Actor":{"ID":"abc"}}"# + "\n"
        try await withFakeEngine { request in
            request.path.hasSuffix("/events")
                ? .stream([lines], .ends) : .json(404, #"{"message":"No such container"}"#)
        } _: { runtime, _ in
            var seen: [RuntimeEvent] = []
            let error = await #expect(throws: RuntimeError.self) {
                for try await event in runtime.events(owner: "o") { seen.append(event) }
            }
            #expect(error?.code == .unavailable)
            let exit = ContainerExit(code: 3, finishedAt: Timestamp(millisecondsSinceEpoch: 1_778_188_176_500))
            let gone = ContainerObservation(handle: Self.handle, identity: Self.identity, state: .exited(exit))
            #expect(seen == [.synchronised, .changed(gone), .removed(Self.handle)])
        }
    }

    @Test("a reader that is too slow learns that it missed something")
    func overflow() async throws {
        try await withFakeEngine { _ in
            .silence
        } _: { runtime, _ in
            let (stream, continuation) = AsyncThrowingStream.makeStream(
                of: RuntimeEvent.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(4))
            let feed = EventFeed(runtime: runtime, owner: "o", continuation: continuation)
            for number in 1...4 { feed.emit(.removed(ContainerHandle(id: "\(number)"))) }
            feed.emit(.removed(ContainerHandle(id: "5")))
            continuation.finish()
            var seen: [RuntimeEvent] = []
            for try await event in stream { seen.append(event) }
            let kept = ["3", "4", "5"].map { RuntimeEvent.removed(ContainerHandle(id: $0)) }
            #expect(seen == kept + [.synchronised])
        }
    }

    @Test("an engine that says nothing is waited for, but not for ever")
    func silence() async throws {
        var limits = EngineLimits()
        limits.create = .milliseconds(50)
        limits.inspect = .milliseconds(50)
        try await withFakeEngine(limits: limits) { request in
            request.path.hasSuffix("/containers/json") ? .json("[]") : .silence
        } _: { runtime, _ in
            let spec = ContainerSpec(identity: Self.identity, name: "n", image: "i")
            let first = await #expect(throws: RuntimeError.self) { try await runtime.create(spec) }
            #expect(first?.code == .timeout)
            #expect(first?.message == "Could not transition to created; timed out after waiting 50ms")
            let second = await #expect(throws: RuntimeError.self) { try await runtime.inspect(Self.handle) }
            #expect(second?.code == .timeout)
        }
    }

    @Test("a call that is cancelled ends")
    func cancellation() async throws {
        try await withFakeEngine { _ in
            .silence
        } _: { runtime, _ in
            let call = Task { try await runtime.inspect(Self.handle) }
            call.cancel()
            let error = await #expect(throws: RuntimeError.self) { try await call.value }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("cancelled") == true)
        }
    }

    @Test("output that breaks off inside a frame is no output's end")
    func brokenLogs() async throws {
        let json = try Self.containerJSON()
        try await withFakeEngine { request in
            request.path.hasSuffix("/logs") ? .stream(["\u{1}\0\0\0\0\0\0\u{5}ab"], .ends) : .json(json)
        } _: { runtime, _ in
            var seen: [LogChunk] = []
            let error = await #expect(throws: RuntimeError.self) {
                for try await chunk in runtime.logs(Self.handle, follow: true) { seen.append(chunk) }
            }
            #expect(error?.code == .unavailable)
            #expect(seen == [LogChunk(source: .standardOutput, bytes: Array("ab".utf8))])
        }
    }

    @Test("a signal is a parameter of stop, for engines that know it there", arguments: ["1.41", "1.42"])
    func stopSignal(version: String) async throws {
        try await withFakeEngine(apiVersion: version) { _ in
            .json(#"{"StatusCode":0}"#)
        } _: { runtime, server in
            try await runtime.stop(Self.handle, signal: "SIGINT", gracePeriod: .milliseconds(1500))
            let calls = server.requests.filter { $0.method == "POST" }.map { "\($0.path)?\($0.query)" }
            let prefix = "/v\(version)/containers/abc"
            #expect(
                calls
                    == (version == "1.42"
                        ? ["\(prefix)/stop?t=2&signal=SIGINT"] : ["\(prefix)/kill?signal=SIGINT", "\(prefix)/wait?"]))
        }
    }

    @Test("a container that does not hear the signal is killed")
    func killAfterGrace() async throws {
        try await withFakeEngine { request in
            // Nobody waits for ever: the first wait is cut off by the grace period.
            if request.path.hasSuffix("/wait"), request.query.isEmpty { return .silence }
            return .json("{}")
        } _: { runtime, server in
            let stop = Task { try await runtime.stop(Self.handle, signal: "SIGINT", gracePeriod: .milliseconds(1)) }
            while !server.requests.contains(where: { $0.query == "signal=SIGKILL" }) {
                try await Task.sleep(for: .milliseconds(5))
            }
            stop.cancel()
            _ = await stop.result
            let signals = server.requests.filter { $0.method == "POST" && !$0.query.isEmpty }.map(\.query)
            #expect(signals == ["signal=SIGINT", "signal=SIGKILL"])
        }
    }

    @Test("a start that the engine refuses is told apart from a container that is gone")
    func startRefusals() async throws {
        let json = try Self.containerJSON(#"{"Status":"created"}"#)
        try await withFakeEngine { request in
            request.path.hasSuffix("/start") ? .json(404, #"{"message":"exec: \"x\": not found"}"#) : .json(json)
        } _: { runtime, _ in
            let error = await #expect(throws: RuntimeError.self) { try await runtime.start(Self.handle) }
            #expect(error?.code == .cannotStartContainer)
            #expect(error?.message == "container web: exec: \"x\": not found")
        }
        try await withFakeEngine { _ in
            .json(404, #"{"message":"No such container: abc"}"#)
        } _: { runtime, _ in
            let error = await #expect(throws: RuntimeError.self) { try await runtime.start(Self.handle) }
            #expect(error?.code == .containerVanished)
        }
    }
}
