// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Who may call what (`ecs-control-plane.md` §9). `NodeIsolationTests` is about what a caller may do it to.
@Suite struct AuthorisationTests {
    /// The kinds of callers, by the letters of the table.
    static let principals: KeyValuePairs<Character, Principal> = [
        "A": .administrator(accessKeyID: "AKIA"),
        "N": .managedInstance(id: "mi-0123456789abcdef0"),
        "K": .managedInstanceKey(id: "mi-0123456789abcdef0"),
        "T": .task(arn: "arn:aws:ecs:us-east-1:123456789012:task/default/00000000000000000000000000000001"),
        "U": .anonymous,
    ]

    /// Every operation, and who may call it: **A**dministrators; managed **N**odes with the credentials of their role,
    /// about themselves and what they run; nodes that sign with their registered **K**ey; **T**asks, about themselves;
    /// callers whose request is **U**nsigned.
    ///
    /// A node's row is an action that AWS's policies for the roles of ECS Anywhere have, and no more: of the policy
    /// for instances, `ecs:Poll` and `ecs:StartTelemetrySession` are sessions and no operations, and `ecs:TagResource`
    /// is for tags given when something is made. Registration is open to anybody who shows the code of an activation.
    static let table: [(action: String, who: String)] = [
        ("dryport:CreateAccessKey", "A"),
        ("dryport:ListAccessKeys", "A"),
        ("dryport:RevokeAccessKey", "A"),
        ("dryport:RotateAccessKey", "A"),
        ("ecs:ContinueServiceDeployment", "A"),
        ("ecs:CreateCapacityProvider", "A"),
        ("ecs:CreateCluster", "AN"),
        ("ecs:CreateDaemon", "A"),
        ("ecs:CreateExpressGatewayService", "A"),
        ("ecs:CreateService", "A"),
        ("ecs:CreateTaskSet", "A"),
        ("ecs:DeleteAccountSetting", "A"),
        ("ecs:DeleteAttributes", "A"),
        ("ecs:DeleteCapacityProvider", "A"),
        ("ecs:DeleteCluster", "A"),
        ("ecs:DeleteDaemon", "A"),
        ("ecs:DeleteDaemonTaskDefinition", "A"),
        ("ecs:DeleteExpressGatewayService", "A"),
        ("ecs:DeleteService", "A"),
        ("ecs:DeleteTaskDefinitions", "A"),
        ("ecs:DeleteTaskSet", "A"),
        ("ecs:DeregisterContainerInstance", "AN"),
        ("ecs:DeregisterTaskDefinition", "A"),
        ("ecs:DescribeCapacityProviders", "A"),
        ("ecs:DescribeClusters", "A"),
        ("ecs:DescribeContainerInstances", "A"),
        ("ecs:DescribeDaemon", "A"),
        ("ecs:DescribeDaemonDeployments", "A"),
        ("ecs:DescribeDaemonRevisions", "A"),
        ("ecs:DescribeDaemonTaskDefinition", "A"),
        ("ecs:DescribeExpressGatewayService", "A"),
        ("ecs:DescribeServiceDeployments", "A"),
        ("ecs:DescribeServiceRevisions", "A"),
        ("ecs:DescribeServices", "A"),
        ("ecs:DescribeTaskDefinition", "A"),
        ("ecs:DescribeTaskSets", "A"),
        ("ecs:DescribeTasks", "A"),
        ("ecs:DiscoverPollEndpoint", "AN"),
        ("ecs:ExecuteCommand", "A"),
        ("ecs:GetTaskProtection", "AT"),
        ("ecs:ListAccountSettings", "A"),
        ("ecs:ListAttributes", "A"),
        ("ecs:ListClusters", "A"),
        ("ecs:ListContainerInstances", "A"),
        ("ecs:ListDaemonDeployments", "A"),
        ("ecs:ListDaemonTaskDefinitions", "A"),
        ("ecs:ListDaemons", "A"),
        ("ecs:ListServiceDeployments", "A"),
        ("ecs:ListServices", "A"),
        ("ecs:ListServicesByNamespace", "A"),
        ("ecs:ListTagsForResource", "AN"),
        ("ecs:ListTaskDefinitionFamilies", "A"),
        ("ecs:ListTaskDefinitions", "A"),
        ("ecs:ListTasks", "A"),
        ("ecs:PutAccountSetting", "A"),
        ("ecs:PutAccountSettingDefault", "A"),
        ("ecs:PutAttributes", "A"),
        ("ecs:PutClusterCapacityProviders", "A"),
        ("ecs:RegisterContainerInstance", "AN"),
        ("ecs:RegisterDaemonTaskDefinition", "A"),
        ("ecs:RegisterTaskDefinition", "A"),
        ("ecs:RunTask", "A"),
        ("ecs:StartTask", "A"),
        ("ecs:StopServiceDeployment", "A"),
        ("ecs:StopTask", "A"),
        ("ecs:SubmitAttachmentStateChanges", "AN"),
        ("ecs:SubmitContainerStateChange", "AN"),
        ("ecs:SubmitTaskStateChange", "AN"),
        ("ecs:TagResource", "A"),
        ("ecs:UntagResource", "A"),
        ("ecs:UpdateCapacityProvider", "A"),
        ("ecs:UpdateCluster", "A"),
        ("ecs:UpdateClusterSettings", "A"),
        ("ecs:UpdateContainerAgent", "A"),
        ("ecs:UpdateContainerInstancesState", "AN"),
        ("ecs:UpdateDaemon", "A"),
        ("ecs:UpdateExpressGatewayService", "A"),
        ("ecs:UpdateService", "A"),
        ("ecs:UpdateServicePrimaryTaskSet", "A"),
        ("ecs:UpdateTaskProtection", "AT"),
        ("ecs:UpdateTaskSet", "A"),
        ("ssm:AddTagsToResource", "A"),
        ("ssm:CreateActivation", "A"),
        ("ssm:DeleteActivation", "A"),
        ("ssm:DeregisterManagedInstance", "A"),
        ("ssm:DescribeActivations", "A"),
        ("ssm:DescribeInstanceInformation", "A"),
        ("ssm:ListInstanceAssociations", "AN"),
        ("ssm:ListTagsForResource", "A"),
        ("ssm:RegisterManagedInstance", "ANKTU"),
        ("ssm:RemoveTagsFromResource", "A"),
        ("ssm:RequestManagedInstanceRoleToken", "K"),
        ("ssm:UpdateInstanceInformation", "N"),
        ("ssm:UpdateManagedInstancePublicKey", "K"),
        ("ssm:UpdateManagedInstanceRole", "A"),
    ]

    /// How an operation that is called without any input answers each kind of caller.
    private func allowed<Request: ControlPlaneRequest>(_: Request.Type) throws -> String {
        let request = try JSONCoding.decode(Request.self, from: Array("{}".utf8))
        return try String(
            Self.principals.filter { principal in
                var bench = Bench()
                do {
                    try bench.call(request, as: principal.value)
                } catch let error as APIError where error.code == .accessDenied {
                    return false
                } catch is APIError {
                    // It was let in, and told what is missing.
                }
                return true
            }.map(\.key))
    }

    @Test func everyOperationAnswersThoseWhoMayCallItAndNobodyElse() throws {
        for operation in ControlPlaneMachine.operations {
            let action = "\(operation.service.signingName):\(operation.operation)"
            let row = try #require(Self.table.first { $0.action == action }, "\(action) has no row in the table")
            #expect(try allowed(operation) == row.who, "\(action)")
        }
        // Each operation is listed once, and the table has no rows of operations that are gone.
        #expect(Set(Self.table.map(\.action)).count == Self.table.count)
        #expect(ControlPlaneMachine.operations.count == Self.table.count)
    }

    /// The two sessions are actions of the policy as well.
    @Test(arguments: principals.map(\.value))
    func sessionsAreForAdministratorsAndNodes(principal: Principal) throws {
        var bench = Bench()
        let instance = try bench.registerInstance(principal: .managedInstance(id: "mi-0123456789abcdef0"))
        let isAllowed =
            switch principal {
            case .administrator, .managedInstance: true
            case .managedInstanceKey, .task, .anonymous: false
            }
        func code(_ body: () throws -> Void) -> APIError.Code? {
            do {
                try body()
                return nil
            } catch {
                return (error as? APIError)?.code
            }
        }
        #expect(code { try bench.connect(instance, principal: principal) } == (isAllowed ? nil : .accessDenied))
        var report = TCS.PublishHealthRequest()
        report.metadata = TCS.HealthMetadata(cluster: "default", containerInstance: instance)
        #expect(
            code { bench.take(try bench.machine.receive(report, as: principal, at: bench.now)) }
                == (isAllowed ? nil : .accessDenied))
        // One that does not exist is no other answer to those who may not ask.
        let missing = instance.dropLast(4) + "0000"
        let answer = code { try bench.connect(String(missing), principal: principal) }
        #expect(answer == (isAllowed ? .invalidParameter : .accessDenied))
    }
}
