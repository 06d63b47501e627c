// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import DryportServer
import DryportTransport
import DryportTransportHTTP
import Testing

/// Managed nodes: from the activation to a session with the node's own credentials.
@Suite(.timeLimit(.minutes(10))) struct NodeTests {
    private struct Node {
        var credentials: Credentials
        var instance: String
    }

    private func node(_ server: TestServer, over transport: HTTPTransport) async throws -> Node {
        let administrator = RequestAuthentication.signatureV4(server.plane.administrator)
        var activation = SSM.CreateActivationRequest()
        activation.iamRole = "ecsAnywhereRole"
        let activated = try await transport.perform(activation, authentication: administrator)
        let key = try ManagedInstanceKey.generate()
        var registration = SSM.RegisterManagedInstanceRequest()
        registration.activationId = activated.activationId
        registration.activationCode = activated.activationCode
        registration.fingerprint = "00000000-0000-4000-8000-000000000001"
        registration.publicKey = key.publicKey.base64
        registration.publicKeyType = "Rsa"
        let registered = try await transport.perform(registration, authentication: .anonymous)
        let id = try #require(registered.instanceId)
        let token = try await transport.perform(
            SSM.RequestManagedInstanceRoleTokenRequest(fingerprint: registration.fingerprint),
            authentication: .managedInstanceKey(id: id, key: key))
        let credentials = Credentials(
            accessKeyID: try #require(token.accessKeyId),
            secretAccessKey: Redacted(try #require(token.secretAccessKey)),
            sessionToken: Redacted(try #require(token.sessionToken)))
        var instance = ECS.RegisterContainerInstanceRequest()
        instance.totalResources = [ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: 1024)]
        let described = try await transport.perform(instance, authentication: .signatureV4(credentials))
        return Node(
            credentials: credentials,
            instance: try #require(described.containerInstance?.containerInstanceArn))
    }

    /// Each node reaches its own instance and, with 403, not its neighbour's.
    @Test func nodesOpenTheirOwnSessionsOnly() async throws {
        try await withTestServer { server in
            try await withHTTPTransport(
                configuration: HTTPTransportConfiguration(
                    region: "us-east-1", endpoints: .custom(url: server.address.url)),
                logger: TestPlane.silent
            ) { transport in
                let first = try await node(server, over: transport)
                let second = try await node(server, over: transport)
                let own = SessionRequest(
                    endpoint: server.address.url + "/acs", parameters: ["containerInstanceArn": first.instance],
                    credentials: first.credentials)
                try await transport.withSession(own) { session in
                    let message = try await session.messages.first { _ in true }
                    #expect(message?.contains("TaskManifestMessage") == true)
                }
                let foreign = SessionRequest(
                    endpoint: server.address.url + "/acs", parameters: ["containerInstanceArn": first.instance],
                    credentials: second.credentials)
                await #expect {
                    try await transport.withSession(foreign) { _ in }
                } throws: { error in
                    let response = (error as? TransportError)?.response
                    return response?.status == 403
                        && String(decoding: response?.body ?? [], as: UTF8.self).contains("AccessDeniedException")
                }
                await #expect {
                    try await transport.perform(
                        ECS.DeleteClusterRequest(cluster: "default"), authentication: .signatureV4(first.credentials))
                } throws: { error in
                    guard case .service(let error, status: 400)? = error as? ServiceCallError else { return false }
                    return error.code == .accessDenied
                }
            }
        }
    }
}
