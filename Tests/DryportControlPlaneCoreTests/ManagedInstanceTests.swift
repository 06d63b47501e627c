// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import Testing

/// Managed nodes from the operator's side: tags, roles, listings (`ecs-control-plane.md` §1.8).
@Suite struct ManagedInstanceTests {
    var bench = Bench()
    let node: String

    private static let publicKey: String = {
        guard let key = try? ManagedInstanceKey.generate() else { preconditionFailure("RSA is available") }
        return key.publicKey.base64
    }()

    init() throws { node = try Self.register(in: &bench, role: "edge") }

    private static func register(in bench: inout Bench, role: String) throws -> String {
        let activation = try bench.call(
            SSM.CreateActivationRequest(iamRole: role, tags: [SSM.Tag(key: "site", value: role)]))
        let request = SSM.RegisterManagedInstanceRequest(
            activationCode: activation.activationCode, activationId: activation.activationId, fingerprint: "f",
            publicKey: publicKey, publicKeyType: "Rsa")
        return try #require(try bench.call(request, as: .anonymous).instanceId)
    }

    private mutating func tags() throws -> [SSM.Tag]? {
        try bench.call(
            SSM.ListTagsForResourceRequest(resourceType: "ManagedInstance", resourceId: node)
        ).tagList
    }

    private func add(_ tags: [SSM.Tag]?) -> SSM.AddTagsToResourceRequest {
        SSM.AddTagsToResourceRequest(resourceType: "ManagedInstance", resourceId: node, tags: tags)
    }

    @Test mutating func tagsOfTheActivationAreChangedOnTheNode() throws {
        #expect(try tags() == [SSM.Tag(key: "site", value: "edge")])
        try bench.call(add([SSM.Tag(key: "rack", value: "r1"), SSM.Tag(key: "site", value: "south")]))
        try bench.restart()
        #expect(try tags() == [SSM.Tag(key: "rack", value: "r1"), SSM.Tag(key: "site", value: "south")])
        try bench.call(
            SSM.RemoveTagsFromResourceRequest(
                resourceType: "ManagedInstance", resourceId: node, tagKeys: ["rack", "other"]))
        #expect(try tags() == [SSM.Tag(key: "site", value: "south")])
    }

    @Test mutating func wrongTagsAndResourcesAreRefused() {
        let many = (0..<50).map { SSM.Tag(key: "k\($0)", value: "") }
        #expect(bench.refusal(of: add(many)) == .tooManyTags)
        #expect(bench.refusal(of: add(nil)) == .validation)
        #expect(bench.refusal(of: add([SSM.Tag(key: "", value: "")])) == .validation)
        #expect(bench.refusal(of: add([SSM.Tag(key: "aws:x", value: "")])) == .validation)
        var request = add([SSM.Tag(key: "k", value: "")])
        request.resourceId = "mi-00000000000000000"
        #expect(bench.refusal(of: request) == .invalidResourceID)
        request.resourceType = "Parameter"
        #expect(bench.refusal(of: request) == .invalidResourceType)
        let remove = SSM.RemoveTagsFromResourceRequest(resourceType: "ManagedInstance", resourceId: node)
        #expect(bench.refusal(of: remove) == .validation)
        #expect(bench.refusal(of: SSM.ListTagsForResourceRequest(resourceId: node)) == .invalidResourceType)
    }

    @Test mutating func theRoleIsChanged() throws {
        try bench.call(SSM.UpdateManagedInstanceRoleRequest(instanceId: node, iamRole: "other"))
        try bench.restart()
        let seen = try bench.call(SSM.DescribeInstanceInformationRequest()).instanceInformationList
        #expect(seen?.map(\.iamRole) == ["other"])
        for role in [nil, "", "arn:aws:iam::123456789012:role/x", "AWSServiceRoleForSSM"] {
            #expect(
                bench.refusal(of: SSM.UpdateManagedInstanceRoleRequest(instanceId: node, iamRole: role))
                    == .validation)
        }
        #expect(
            bench.refusal(of: SSM.UpdateManagedInstanceRoleRequest(instanceId: "mi-1", iamRole: "x"))
                == .invalidInstanceID)
    }

    @Test mutating func nodesAreListedByEitherFormOfFilters() throws {
        let other = try Self.register(in: &bench, role: "core")
        func list(_ filters: [(String, [String])]) throws -> [String?]? {
            let filters = filters.map { SSM.InstanceInformationStringFilter(key: $0.0, values: $0.1) }
            return try bench.call(SSM.DescribeInstanceInformationRequest(filters: filters))
                .instanceInformationList?.map(\.instanceId)
        }
        #expect(try list([("IamRole", ["core"])]) == [other])
        #expect(try list([("InstanceIds", [node, other])])?.count == 2)
        #expect(try list([("InstanceIds", [node, other]), ("IamRole", ["edge"])]) == [node])
        #expect(try list([("tag:site", ["core", "x"])]) == [other])
        #expect(try list([("tag-key", ["site"])])?.count == 2)
        #expect(try list([("PingStatus", ["Online"])]) == [])
        #expect(try list([("AssociationStatus", ["Success"])]) == [])
        #expect(try list([("SourceTypes", ["AWS::SSM::ManagedInstance"])])?.count == 2)
        let old = SSM.InstanceInformationFilter(key: "InstanceIds", valueSet: [other])
        let request = SSM.DescribeInstanceInformationRequest(instanceInformationFilterList: [old])
        #expect(try bench.call(request).instanceInformationList?.map(\.instanceId) == [other])
    }

    @Test mutating func wrongListingsAreRefused() {
        let role = SSM.InstanceInformationStringFilter(key: "IamRole", values: ["edge"])
        let tag = SSM.InstanceInformationStringFilter(key: "tag-key", values: ["site"])
        let unknown = SSM.InstanceInformationStringFilter(key: "Mystery", values: [])
        let old = SSM.InstanceInformationFilter(key: "InstanceIds", valueSet: [])
        typealias Request = SSM.DescribeInstanceInformationRequest
        #expect(bench.refusal(of: Request(filters: [role, tag])) == .invalidFilterKey)
        #expect(bench.refusal(of: Request(filters: [unknown])) == .invalidFilterKey)
        let both = Request(instanceInformationFilterList: [old], filters: [role])
        #expect(bench.refusal(of: both) == .validation)
        #expect(bench.refusal(of: Request(maxResults: 4)) == .validation)
        #expect(bench.refusal(of: Request(nextToken: "not a token")) == .invalidNextToken)
        #expect(bench.refusal(of: SSM.DescribeActivationsRequest(maxResults: 51)) == .validation)
        #expect(bench.refusal(of: SSM.DescribeActivationsRequest(nextToken: "not a token")) == .invalidNextToken)
    }

    @Test mutating func wrongActivationsAreRefused() throws {
        let long = String(repeating: "x", count: 257)
        #expect(bench.refusal(of: SSM.CreateActivationRequest(description: long, iamRole: "r")) == .validation)
        #expect(bench.refusal(of: SSM.CreateActivationRequest(defaultInstanceName: long, iamRole: "r")) == .validation)
        #expect(bench.refusal(of: SSM.CreateActivationRequest()) == .validation)
        #expect(
            bench.refusal(of: SSM.CreateActivationRequest(iamRole: "AWSServiceRoleForSSM")) == .invalidParameters)
        // Terraform sends an empty name.
        try bench.call(SSM.CreateActivationRequest(defaultInstanceName: "", iamRole: "r"))
    }
}
