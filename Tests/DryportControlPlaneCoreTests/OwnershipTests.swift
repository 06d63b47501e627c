// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import Testing

/// Who may do what: a node speaks for itself only, and what needs no signature proves itself otherwise.
@Suite struct OwnershipTests {
    var bench = Bench()

    private mutating func activate(limit: Int = 1) throws -> SSM.CreateActivationResponse {
        var request = SSM.CreateActivationRequest()
        request.iamRole = "ecsAnywhereRole"
        request.registrationLimit = limit
        return try bench.call(request)
    }

    private mutating func register(_ activation: SSM.CreateActivationResponse, code: String? = nil) throws -> String {
        var request = SSM.RegisterManagedInstanceRequest()
        request.activationId = activation.activationId
        request.activationCode = code ?? activation.activationCode
        request.fingerprint = "fingerprint-1"
        request.publicKey = Self.publicKey
        request.publicKeyType = "Rsa"
        return try #require(try bench.call(request, as: .anonymous).instanceId)
    }

    private static let publicKey: String = {
        guard let key = try? ManagedInstanceKey.generate() else { preconditionFailure("RSA is available") }
        return key.publicKey.base64
    }()

    @Test mutating func anActivationRegistersAsManyNodesAsItAllows() throws {
        let activation = try activate()
        let id = try register(activation)
        #expect(id.hasPrefix("mi-") && id.count == 20)
        let error = #expect(throws: APIError.self) { try register(activation) }
        #expect(error?.code == .registrationLimitExceeded)
        #expect(try bench.call(SSM.DescribeActivationsRequest()).activationList?.first?.registrationsCount == 1)
    }

    @Test mutating func aWrongCodeAndAnUnknownActivationLookTheSame() throws {
        let activation = try activate()
        let wrong = #expect(throws: APIError.self) { try register(activation, code: "00000000000000000000") }
        var unknown = activation
        unknown.activationId = "00000000-0000-4000-8000-000000000000"
        let other = #expect(throws: APIError.self) { try register(unknown) }
        #expect(wrong?.code == .invalidActivation)
        #expect(wrong == other)
    }

    @Test mutating func anActivationExpires() throws {
        let activation = try activate()
        bench.pass(.seconds(24 * 3600 + 1))
        let error = #expect(throws: APIError.self) { try register(activation) }
        #expect(error?.code == .activationExpired)
    }

    @Test mutating func theActivationCodeIsStoredNowhere() throws {
        let code = try #require(try activate().activationCode)
        #expect(!bench.stored.values.contains { String(decoding: $0, as: UTF8.self).contains(code) })
    }

    @Test mutating func theFingerprintMustBeTheRegisteredOne() throws {
        let id = try register(try activate())
        var request = SSM.RequestManagedInstanceRoleTokenRequest()
        request.fingerprint = "fingerprint-1"
        let token = try bench.call(request, as: .managedInstanceKey(id: id))
        #expect(token.accessKeyId?.hasPrefix("ASIA") == true)
        #expect(token.updateKeyPair == false)
        request.fingerprint = "fingerprint-2"
        let error = #expect(throws: APIError.self) { try bench.call(request, as: .managedInstanceKey(id: id)) }
        #expect(error?.code == .machineFingerprintDoesNotMatch)
    }

    @Test mutating func aNodeIsItsContainerInstance() throws {
        let id = try register(try activate())
        let arn = try bench.registerInstance(principal: .managedInstance(id: id))
        let again = try bench.registerInstance(principal: .managedInstance(id: id))
        #expect(arn == again)
        let answer = try bench.call(ECS.DescribeContainerInstancesRequest(containerInstances: [arn]))
        #expect(answer.containerInstances?.first?.ec2InstanceId == id)
    }

    @Test mutating func aNodeCannotSpeakForAnother() throws {
        let activation = try activate(limit: 2)
        let mine = Principal.managedInstance(id: try register(activation))
        let other = Principal.managedInstance(id: try register(activation))
        let instance = try bench.registerInstance(principal: mine)
        _ = try bench.registerInstance(principal: other)
        try bench.registerDefinition()
        try bench.connect(instance, principal: mine)
        let task = try #require(try bench.run().tasks?.first?.taskArn)
        func isDenied(_ body: () throws -> Void) {
            let error = #expect(throws: APIError.self) { try body() }
            #expect(error?.code == .accessDenied)
        }
        isDenied { try bench.connect(instance, principal: other) }
        isDenied { try bench.report(task, "STOPPED", as: other) }
        isDenied { try bench.call(ECS.DeregisterContainerInstanceRequest(containerInstance: instance), as: other) }
        isDenied { try bench.call(ECS.DiscoverPollEndpointRequest(containerInstance: instance), as: other) }
        isDenied { try bench.call(ECS.DescribeTasksRequest(tasks: [task]), as: mine) }
        isDenied { try bench.call(ECS.RunTaskRequest(taskDefinition: "web"), as: mine) }
        #expect(try bench.describe(task).lastStatus == "PENDING")
        try bench.report(task, "RUNNING", as: mine)
        #expect(try bench.describe(task).lastStatus == "RUNNING")
    }

    @Test mutating func withoutASignatureOnlyRegistrationIsPossible() throws {
        let error = #expect(throws: APIError.self) { try bench.call(ECS.ListClustersRequest(), as: .anonymous) }
        #expect(error?.code == .accessDenied)
    }
}
