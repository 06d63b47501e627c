// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import Logging

/// Decides about the handshakes of sessions, without sockets (`ecs-agent.md` §4.1, §4.2, §7.1).
struct SessionFront: Sendable {
    /// The kinds of session, told apart by their path.
    enum Kind: Sendable {
        case agent
        case telemetry

        init?(path: String) {
            switch path {
            case "/acs/ws": self = .agent
            case "/tcs/ws": self = .telemetry
            default: return nil
            }
        }
    }

    /// What a handshake is answered with.
    enum Decision: Sendable {
        case agent(AgentSession)
        /// With who is at the other end.
        case telemetry(Principal)
        case refusal(APIFront.Response)
    }

    let controlPlane: ControlPlane
    let logger: Logger

    /// Authenticates a handshake and opens the session. Whoever gets an `AgentSession` has to close it.
    func decide(_ request: APIFront.Request, kind: Kind) async -> Decision {
        do throws(APIError) {
            let decision = try await admit(request, kind: kind)
            logger.debug("session admitted", metadata: ["session.kind": "\(kind)"])
            return decision
        } catch {
            logger.debug(
                "session refused", metadata: ["session.kind": "\(kind)", "error": "\(error.code.name)"])
            return .refusal(Self.refusal(error))
        }
    }

    private func admit(_ request: APIFront.Request, kind: Kind) async throws(APIError) -> Decision {
        let signable = request.signable(bodySHA256: SignableRequest.emptyBodySHA256)
        let principal = try controlPlane.authenticate(signable, for: .ecs)
        switch (kind, principal) {
        case (_, .anonymous):
            throw APIError(.missingAuthenticationToken, "Missing Authentication Token")
        case (.agent, _):
            return .agent(try await controlPlane.openSession(try handshake(signable.query), as: principal))
        case (.telemetry, .administrator), (.telemetry, .managedInstance):
            return .telemetry(principal)
        case (.telemetry, _):
            throw APIError(.accessDenied, "\(principal) is not authorized to report telemetry.")
        }
    }

    /// Reads the parameters of §4.1. `protocolVersion` and `seqNum` never differ between agents that exist.
    private func handshake(_ query: [QueryItem]) throws(APIError) -> AgentHandshake {
        func value(_ name: String) -> String? {
            query.first { $0.name == name && !$0.value.isEmpty }?.value
        }
        guard let arn = value("containerInstanceArn") else {
            throw APIError(.invalidParameter, "The parameter containerInstanceArn is missing.")
        }
        return AgentHandshake(
            cluster: value("clusterArn"), containerInstanceArn: arn,
            sendCredentials: value("sendCredentials") == "true", agentVersion: value("agentVersion"),
            agentHash: value("agentHash"), dockerVersion: value("dockerVersion"))
    }

    /// The refusal of a handshake. Agents read 1024 bytes of it and look for the error's name in them (§4.2).
    private static func refusal(_ error: APIError) -> APIFront.Response {
        struct Envelope: Encodable {
            struct Message: Encodable {
                var message: String
            }
            var type: String
            var message: Message
        }
        let envelope = Envelope(type: error.code.name, message: .init(message: String(error.message.prefix(300))))
        let body = (try? JSONCoding.encode(envelope)) ?? []
        return APIFront.Response(
            status: error.code == .accessDenied ? 403 : error.httpStatus,
            headers: [
                HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
                HTTPField(name: "x-amzn-ErrorType", value: error.code.name),
                HTTPField(name: "Content-Length", value: String(body.count)),
            ], body: body)
    }
}
