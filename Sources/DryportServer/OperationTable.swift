// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
public import DryportControlPlaneCore
import DryportMessages

extension APIFront {
    /// Every operation that the control plane performs, one line each.
    public static let operations: [any ControlPlaneRequest.Type] = [
        ECS.ContinueServiceDeploymentRequest.self,
        ECS.CreateCapacityProviderRequest.self,
        ECS.CreateClusterRequest.self,
        ECS.CreateDaemonRequest.self,
        ECS.CreateExpressGatewayServiceRequest.self,
        ECS.CreateServiceRequest.self,
        ECS.CreateTaskSetRequest.self,
        ECS.DeleteAccountSettingRequest.self,
        ECS.DeleteAttributesRequest.self,
        ECS.DeleteCapacityProviderRequest.self,
        ECS.DeleteClusterRequest.self,
        ECS.DeleteDaemonRequest.self,
        ECS.DeleteDaemonTaskDefinitionRequest.self,
        ECS.DeleteExpressGatewayServiceRequest.self,
        ECS.DeleteServiceRequest.self,
        ECS.DeleteTaskDefinitionsRequest.self,
        ECS.DeleteTaskSetRequest.self,
        ECS.DeregisterContainerInstanceRequest.self,
        ECS.DeregisterTaskDefinitionRequest.self,
        ECS.DescribeCapacityProvidersRequest.self,
        ECS.DescribeClustersRequest.self,
        ECS.DescribeContainerInstancesRequest.self,
        ECS.DescribeDaemonRequest.self,
        ECS.DescribeDaemonDeploymentsRequest.self,
        ECS.DescribeDaemonRevisionsRequest.self,
        ECS.DescribeDaemonTaskDefinitionRequest.self,
        ECS.DescribeExpressGatewayServiceRequest.self,
        ECS.DescribeServiceDeploymentsRequest.self,
        ECS.DescribeServiceRevisionsRequest.self,
        ECS.DescribeServicesRequest.self,
        ECS.DescribeTaskDefinitionRequest.self,
        ECS.DescribeTaskSetsRequest.self,
        ECS.DescribeTasksRequest.self,
        ECS.DiscoverPollEndpointRequest.self,
        ECS.ExecuteCommandRequest.self,
        ECS.GetTaskProtectionRequest.self,
        ECS.ListAccountSettingsRequest.self,
        ECS.ListAttributesRequest.self,
        ECS.ListClustersRequest.self,
        ECS.ListContainerInstancesRequest.self,
        ECS.ListDaemonDeploymentsRequest.self,
        ECS.ListDaemonTaskDefinitionsRequest.self,
        ECS.ListDaemonsRequest.self,
        ECS.ListServiceDeploymentsRequest.self,
        ECS.ListServicesRequest.self,
        ECS.ListServicesByNamespaceRequest.self,
        ECS.ListTagsForResourceRequest.self,
        ECS.ListTaskDefinitionFamiliesRequest.self,
        ECS.ListTaskDefinitionsRequest.self,
        ECS.ListTasksRequest.self,
        ECS.PutAccountSettingRequest.self,
        ECS.PutAccountSettingDefaultRequest.self,
        ECS.PutAttributesRequest.self,
        ECS.PutClusterCapacityProvidersRequest.self,
        ECS.RegisterContainerInstanceRequest.self,
        ECS.RegisterDaemonTaskDefinitionRequest.self,
        ECS.RegisterTaskDefinitionRequest.self,
        ECS.RunTaskRequest.self,
        ECS.StartTaskRequest.self,
        ECS.StopServiceDeploymentRequest.self,
        ECS.StopTaskRequest.self,
        ECS.SubmitAttachmentStateChangesRequest.self,
        ECS.SubmitContainerStateChangeRequest.self,
        ECS.SubmitTaskStateChangeRequest.self,
        ECS.TagResourceRequest.self,
        ECS.UntagResourceRequest.self,
        ECS.UpdateCapacityProviderRequest.self,
        ECS.UpdateClusterRequest.self,
        ECS.UpdateClusterSettingsRequest.self,
        ECS.UpdateContainerAgentRequest.self,
        ECS.UpdateContainerInstancesStateRequest.self,
        ECS.UpdateDaemonRequest.self,
        ECS.UpdateExpressGatewayServiceRequest.self,
        ECS.UpdateServiceRequest.self,
        ECS.UpdateServicePrimaryTaskSetRequest.self,
        ECS.UpdateTaskProtectionRequest.self,
        ECS.UpdateTaskSetRequest.self,
        SSM.AddTagsToResourceRequest.self,
        SSM.CreateActivationRequest.self,
        SSM.DeleteActivationRequest.self,
        SSM.DeregisterManagedInstanceRequest.self,
        SSM.DescribeActivationsRequest.self,
        SSM.DescribeInstanceInformationRequest.self,
        SSM.ListInstanceAssociationsRequest.self,
        SSM.ListTagsForResourceRequest.self,
        SSM.RegisterManagedInstanceRequest.self,
        SSM.RemoveTagsFromResourceRequest.self,
        SSM.RequestManagedInstanceRoleTokenRequest.self,
        SSM.UpdateInstanceInformationRequest.self,
        SSM.UpdateManagedInstancePublicKeyRequest.self,
        SSM.UpdateManagedInstanceRoleRequest.self,
    ]
}

/// The operations by the value of `X-Amz-Target`.
struct OperationTable: Sendable {
    /// One operation, its types erased.
    struct Operation: Sendable {
        let name: String
        let service: APIService
        let access: OperationAccess
        /// Decodes the body, performs, encodes the answer.
        let perform:
            @Sendable (
                _ body: [UInt8], _ controlPlane: ControlPlane, _ context: CallContext
            ) async throws(APIError) -> [UInt8]

        init<Request: ControlPlaneRequest>(_: Request.Type) {
            name = Request.operation
            service = Request.service
            access = Request.access
            perform = { (body, controlPlane, context) async throws(APIError) -> [UInt8] in
                // Operations without input may come without a body.
                let request = try JSONCoding.decode(Request.self, from: body.isEmpty ? Self.emptyObject : body)
                let response = try await controlPlane.perform(request, in: context)
                do {
                    return try JSONCoding.encode(response)
                } catch {
                    throw APIError(.server, "The answer cannot be written as JSON.")
                }
            }
        }

        private static let emptyObject = Array("{}".utf8)
    }

    private let operations: [String: Operation]

    init(_ requests: [any ControlPlaneRequest.Type]) {
        var operations: [String: Operation] = [:]
        for request in requests {
            let earlier = operations.updateValue(Operation(request), forKey: request.target)
            precondition(earlier == nil, "\(request.target) is given twice")
        }
        self.operations = operations
    }

    subscript(target: String) -> Operation? { operations[target] }
}
