// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import Testing

@testable import DryportRuntimeDocker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("What the engine says of a container")
struct EngineContainerTests {
    private func container(state: String, network: String = "{}") throws -> EngineContainer {
        let json =
            #"{"Id":"abc","Created":"2026-01-01T00:00:00Z","State":\#(state),"Config":{},"#
            + #""NetworkSettings":\#(network)}"#
        return try JSONDecoder().decode(EngineContainer.self, from: Data(json.utf8))
    }

    @Test(
        "is running",
        arguments: [
            #"{"Status":"running"}"#, #"{"Status":"paused"}"#, #"{"Status":"restarting","ExitCode":1}"#,
        ])
    func running(state: String) throws {
        #expect(try container(state: state).observedState == .running)
    }

    @Test("is created, also after a start that failed")
    func created() throws {
        let state = #"{"Status":"created","ExitCode":127,"Error":"no such file","FinishedAt":"0001-01-01T00:00:00Z"}"#
        #expect(try container(state: state).observedState == .created)
    }

    @Test("has exited", arguments: ["exited", "dead", "removing"])
    func exited(status: String) throws {
        let state =
            #"{"Status":"\#(status)","ExitCode":137,"OOMKilled":true,"Error":"","FinishedAt":"2026-05-07T21:09:36.5Z"}"#
        let exit = ContainerExit(
            code: 137, finishedAt: Timestamp(millisecondsSinceEpoch: 1_778_188_176_500), isOutOfMemory: true)
        #expect(try container(state: state).observedState == .exited(exit))
    }

    @Test("has an error in words, and a time even if it never ran")
    func failed() throws {
        let state = #"{"Status":"dead","ExitCode":128,"Error":"device gone","FinishedAt":"0001-01-01T00:00:00Z"}"#
        let exit = ContainerExit(
            code: 128, finishedAt: Timestamp(millisecondsSinceEpoch: 1_767_225_600_000), reason: "device gone")
        #expect(try container(state: state).observedState == .exited(exit))
    }

    @Test("has never started later than it ended, whatever the engine noted")
    func startedAt() throws {
        let times = #""StartedAt":"2026-05-07T21:09:36.6Z","FinishedAt":"2026-05-07T21:09:36.5Z""#
        let ended = try container(state: #"{"Status":"exited","ExitCode":0,\#(times)}"#)
        #expect(ended.startedAt == Timestamp(millisecondsSinceEpoch: 1_778_188_176_500))
        // Started again: the end is that of the run before.
        let again = try container(state: #"{"Status":"running",\#(times)}"#)
        #expect(again.startedAt == Timestamp(millisecondsSinceEpoch: 1_778_188_176_600))
        let never = try container(state: #"{"Status":"created","StartedAt":"0001-01-01T00:00:00Z"}"#)
        #expect(never.startedAt == nil)
    }

    @Test(
        "has a health",
        arguments: [
            ("healthy", HealthStatus.healthy), ("unhealthy", .unhealthy), ("starting", .unknown), ("none", .unknown),
        ])
    func health(status: String, health: HealthStatus) throws {
        #expect(try container(state: #"{"Status":"running","Health":{"Status":"\#(status)"}}"#).health == health)
    }

    @Test("binds ports; those for IPv6 are shown where they stand alone")
    func bindings() throws {
        let ports = #"""
            {"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"49153"},{"HostIp":"::","HostPort":"49154"}],
            "53/udp":[{"HostIp":"::","HostPort":"5353"}],"9/sctp":[{"HostIp":"0.0.0.0","HostPort":"9"}],"443/tcp":null}}
            """#
        let bindings = try container(state: #"{"Status":"running"}"#, network: ports).networkBindings
        #expect(
            bindings == [
                .init(bindIP: "::", containerPort: 53, hostPort: 5353, transportProtocol: .udp),
                .init(bindIP: "0.0.0.0", containerPort: 80, hostPort: 49153, transportProtocol: .tcp),
            ])
    }
}
