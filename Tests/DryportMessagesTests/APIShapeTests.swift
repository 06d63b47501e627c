// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Testing

/// Requests and responses of ECS and SSM against the examples of the protocol documents.
@Suite struct APIShapeTests {
    @Test(arguments: [
        #"{"cluster":"default","task":"arn:t","status":"PENDING","reason":"","pullStartedAt":1795313095.644,"containers":[{"containerName":"init","imageDigest":"sha256:543f","status":"PENDING"},{"containerName":"web","imageDigest":"sha256:543f","status":"PENDING"}]}"#,
        #"{"cluster":"default","task":"arn:t","status":"PENDING","reason":"","pullStartedAt":1795313095.644,"pullStoppedAt":1795313095.677,"containers":[{"containerName":"init","imageDigest":"sha256:543f","runtimeId":"6dc0","status":"RUNNING"},{"containerName":"init","exitCode":0,"imageDigest":"sha256:543f","runtimeId":"6dc0","status":"STOPPED"}]}"#,
        #"{"cluster":"default","task":"arn:t","status":"RUNNING","reason":"","containers":[{"containerName":"web","runtimeId":"3908","status":"RUNNING","networkBindings":[{"bindIP":"0.0.0.0","containerPort":80,"hostPort":32768,"protocol":"tcp"},{"bindIP":"0.0.0.0","containerPortRange":"8000-8009","hostPortRange":"49153-49162","protocol":"tcp"}]}]}"#,
        #"{"cluster":"default","task":"arn:t","status":"RUNNING","reason":"","managedAgents":[{"containerName":"web","managedAgentName":"ExecuteCommandAgent","status":"RUNNING","reason":"ExecuteCommandAgent started"}]}"#,
        #"{"cluster":"default","task":"arn:t","status":"STOPPED","reason":"","pullStartedAt":1795313095.644,"pullStoppedAt":1795313100.831,"executionStoppedAt":1795313140.702,"containers":[{"containerName":"web","exitCode":137,"imageDigest":"sha256:543f","runtimeId":"3908","status":"STOPPED"}]}"#,
        #"{"cluster":"default","attachments":[{"attachmentArn":"arn:a","status":"ATTACHED"}]}"#,
    ])
    func stateChangesSurvive(text: String) throws {
        try expectRoundTrip(text, as: ECS.SubmitTaskStateChangeRequest.self)
    }

    @Test func theRegistrationOfAnInstanceSurvives() throws {
        let request = try expectRoundTrip(
            #"""
            {"cluster":"default","clientToken":"630a5c4e-7f32-4288-9880-6f03971253cb","instanceIdentityDocument":"",
             "instanceIdentityDocumentSignature":"",
             "attributes":[{"name":"ecs.capability.external"},{"name":"ecs.os-type","value":"linux"}],
             "tags":[{"key":"k","value":"v"}],"platformDevices":[{"id":"GPU-1","type":"GPU"}],
             "totalResources":[{"name":"CPU","type":"INTEGER","integerValue":2048},
               {"name":"X","type":"DOUBLE","doubleValue":0.5,"longValue":0},
               {"name":"PORTS","type":"STRINGSET","stringSetValue":["22","2375"]},
               {"name":"PORTS_UDP","type":"STRINGSET","stringSetValue":[]}]}
            """#, as: ECS.RegisterContainerInstanceRequest.self)
        #expect(request.attributes?.last == Attribute(name: "ecs.os-type", value: "linux"))
        #expect(request.totalResources?.last?.stringSetValue == [])
        #expect(request.totalResources?.first?.stringSetValue == nil)
    }

    @Test func aTaskDefinitionSurvivesAndBecomesAModel() throws {
        let request = try expectRoundTrip(
            #"""
            {"family":"web","cpu":"1 vCPU","requiresCompatibilities":["EXTERNAL"],"networkMode":"host",
             "volumes":[{"name":"v","host":{"sourcePath":"/v"}}],"runtimePlatform":{"cpuArchitecture":"ARM64"},
             "containerDefinitions":[{"name":"web","image":"nginx","memory":64,"dockerLabels":{"a":"b"},
               "portMappings":[{"containerPort":80}],"ulimits":[{"name":"nofile","softLimit":1,"hardLimit":2}]}],
             "tags":[{"key":"k","value":"v"}]}
            """#, as: ECS.RegisterTaskDefinitionRequest.self)
        let definition = request.taskDefinition
        #expect(definition.family == "web")
        #expect(definition.revision == 0)
        #expect(definition.networkMode == "host")
        #expect(definition.containerDefinitions == request.containerDefinitions)
        #expect(definition.volumes == request.volumes)
        #expect(definition.runtimePlatform?.cpuArchitecture == "ARM64")
    }

    @Test func aNamelessContainerIsLeftToValidation() throws {
        let text = #"{"family":"web","containerDefinitions":[{"image":"nginx"}]}"#
        let request = try decode(text, as: ECS.RegisterTaskDefinitionRequest.self)
        #expect(request.containerDefinitions?.first?.name == "")
        let definition = try decode("{}", as: TaskDefinition.self)
        #expect(definition == TaskDefinition(family: ""))
    }

    @Test(arguments: [
        #"{"IamRole":"r","Description":"d","DefaultInstanceName":"n","RegistrationLimit":2,"ExpirationDate":1795313086,"Tags":[{"Key":"k","Value":"v"}]}"#
    ])
    func activationsAreSpelledWithCapitals(text: String) throws {
        let request = try expectRoundTrip(text, as: SSM.CreateActivationRequest.self)
        #expect(request.iamRole == "r")
        #expect(request.expirationDate == Timestamp(millisecondsSinceEpoch: 1_795_313_086_000))
        #expect(request.tags == [SSM.Tag(key: "k", value: "v")])
    }

    @Test func theNodesCallsSurvive() throws {
        try expectRoundTrip(
            #"{"ActivationCode":"Fp0aZ3kQ9xWm2LrT7vYc","ActivationId":"0b8a7c6d","Fingerprint":"fdc39aae","PublicKey":"MIIB","PublicKeyType":"Rsa"}"#,
            as: SSM.RegisterManagedInstanceRequest.self)
        try expectRoundTrip(
            #"{"AccessKeyId":"ASIA","SecretAccessKey":"s","SessionToken":"t","TokenExpirationDate":1767225600.5,"UpdateKeyPair":false}"#,
            as: SSM.RequestManagedInstanceRoleTokenResponse.self)
        try expectRoundTrip(
            #"{"AgentName":"amazon-ssm-agent","AgentStatus":"Active","AgentVersion":"3.3.0.0","AvailabilityZone":"","AvailabilityZoneId":"","ComputerName":"node1.example.com","IPAddress":"192.0.2.2","InstanceId":"mi-1","PlatformName":"Ubuntu","PlatformType":"Linux","PlatformVersion":"22.04","SSMConnectionChannel":"ssmmessages"}"#,
            as: SSM.UpdateInstanceInformationRequest.self)
        try expectRoundTrip(
            #"{"InstanceInformationFilterList":[{"key":"InstanceIds","valueSet":["mi-1"]}],"MaxResults":5}"#,
            as: SSM.DescribeInstanceInformationRequest.self)
        try expectRoundTrip(#"{"InstanceId":"mi-1","MaxResults":20}"#, as: SSM.ListInstanceAssociationsRequest.self)
    }

    @Test func servicesSurvive() throws {
        let request = try expectRoundTrip(
            #"""
            {"cluster":"arn:c","serviceName":"web","taskDefinition":"web:1","desiredCount":2,"launchType":"EXTERNAL",
             "clientToken":"terraform-20261126025100000000000001","availabilityZoneRebalancing":"DISABLED",
             "capacityProviderStrategy":[],"vpcLatticeConfigurations":[],"schedulingStrategy":"REPLICA",
             "deploymentController":{"type":"ECS"},"placementStrategy":[{"type":"binpack","field":"memory"}],
             "deploymentConfiguration":{"maximumPercent":200,"minimumHealthyPercent":100,
               "deploymentCircuitBreaker":{"enable":true,"rollback":true}},"tags":[{"key":"k","value":"v"}]}
            """#, as: ECS.CreateServiceRequest.self)
        #expect(request.capacityProviderStrategy == [])
        #expect(request.loadBalancers == nil)
        let answer = try expectRoundTrip(
            #"""
            {"services":[{"serviceArn":"arn:s","status":"ACTIVE","desiredCount":2,"runningCount":1,"pendingCount":1,
              "deployments":[{"id":"ecs-svc/1","status":"PRIMARY","rolloutState":"IN_PROGRESS","failedTasks":0,
                "createdAt":1795313095.644}],
              "events":[{"id":"u","createdAt":1795313095.644,"message":"(service web) has reached a steady state."}],
              "taskSets":[{"id":"ecs-svc/2","scale":{"value":50.5,"unit":"PERCENT"}}]}],
             "failures":[{"arn":"arn:x","reason":"MISSING"}]}
            """#, as: ECS.DescribeServicesResponse.self)
        #expect(answer.services?.first?.taskSets?.first?.scale?.value == 50.5)
        try expectRoundTrip(
            #"""
            {"serviceDeployments":[{"serviceDeploymentArn":"arn:d","status":"ROLLBACK_IN_PROGRESS",
              "sourceServiceRevisions":[],"targetServiceRevision":{"arn":"arn:r","requestedTaskCount":2},
              "rollback":{"reason":"r","startedAt":1795313095.5,"serviceRevisionArn":"arn:r"},
              "deploymentCircuitBreaker":{"status":"TRIGGERED","failureCount":3,"threshold":3}}],"failures":[]}
            """#, as: ECS.DescribeServiceDeploymentsResponse.self)
    }

    @Test func whatIsNotKeptIsIgnored() throws {
        let text = #"{"daemonName":"d","deploymentConfiguration":{"drainPercent":1.5}}"#
        #expect(try decode(text, as: ECS.CreateDaemonRequest.self) == ECS.CreateDaemonRequest())
    }

    @Test func secretsAreNeverShown() {
        let values: [any CustomStringConvertible & CustomDebugStringConvertible] = [
            SSM.CreateActivationResponse(activationId: "id-1", activationCode: "sesame"),
            SSM.RegisterManagedInstanceRequest(activationCode: "sesame", activationId: "id-1"),
            SSM.RequestManagedInstanceRoleTokenResponse(
                accessKeyId: "id-1", secretAccessKey: "sesame", sessionToken: "sesame"),
            ECS.Session(sessionId: "id-1", streamUrl: "wss://host", tokenValue: "sesame"),
        ]
        for value in values {
            var shown = "\(value) \(value.debugDescription) \([value])"
            dump(value, to: &shown)
            #expect(!shown.contains("sesame"))
            #expect(shown.contains("redacted"))
            #expect(shown.contains("id-1"))
        }
    }

    @Test func operationsAreCalledAsOnTheWire() {
        #expect(ECS.RunTaskRequest.target == "AmazonEC2ContainerServiceV20141113.RunTask")
        let responses = [
            String(describing: ECS.RunTaskRequest.Response.self),
            String(describing: ECS.UntagResourceRequest.Response.self),
        ]
        #expect(responses == ["RunTaskResponse", "EmptyResponse"])
        #expect(SSM.RegisterManagedInstanceRequest.target == "AmazonSSM.RegisterManagedInstance")
        let operations: [any APIRequest.Type] = [
            ECS.CreateClusterRequest.self, ECS.DescribeClustersRequest.self, ECS.ListClustersRequest.self,
            ECS.DeleteClusterRequest.self, ECS.RegisterTaskDefinitionRequest.self,
            ECS.DescribeTaskDefinitionRequest.self, ECS.DeregisterTaskDefinitionRequest.self,
            ECS.ListTaskDefinitionsRequest.self, ECS.ListTaskDefinitionFamiliesRequest.self,
            ECS.RegisterContainerInstanceRequest.self, ECS.DeregisterContainerInstanceRequest.self,
            ECS.DescribeContainerInstancesRequest.self, ECS.ListContainerInstancesRequest.self,
            ECS.UpdateContainerInstancesStateRequest.self, ECS.RunTaskRequest.self, ECS.StartTaskRequest.self,
            ECS.StopTaskRequest.self, ECS.DescribeTasksRequest.self, ECS.ListTasksRequest.self,
            ECS.DiscoverPollEndpointRequest.self, ECS.SubmitTaskStateChangeRequest.self,
            ECS.SubmitContainerStateChangeRequest.self, ECS.SubmitAttachmentStateChangesRequest.self,
            ECS.TagResourceRequest.self, ECS.UntagResourceRequest.self, ECS.ListTagsForResourceRequest.self,
            ECS.ContinueServiceDeploymentRequest.self, ECS.CreateCapacityProviderRequest.self,
            ECS.CreateDaemonRequest.self, ECS.CreateExpressGatewayServiceRequest.self, ECS.CreateServiceRequest.self,
            ECS.CreateTaskSetRequest.self, ECS.DeleteAccountSettingRequest.self, ECS.DeleteAttributesRequest.self,
            ECS.DeleteCapacityProviderRequest.self, ECS.DeleteDaemonRequest.self,
            ECS.DeleteDaemonTaskDefinitionRequest.self, ECS.DeleteExpressGatewayServiceRequest.self,
            ECS.DeleteServiceRequest.self, ECS.DeleteTaskDefinitionsRequest.self, ECS.DeleteTaskSetRequest.self,
            ECS.DescribeCapacityProvidersRequest.self, ECS.DescribeDaemonRequest.self,
            ECS.DescribeDaemonDeploymentsRequest.self, ECS.DescribeDaemonRevisionsRequest.self,
            ECS.DescribeDaemonTaskDefinitionRequest.self, ECS.DescribeExpressGatewayServiceRequest.self,
            ECS.DescribeServiceDeploymentsRequest.self, ECS.DescribeServiceRevisionsRequest.self,
            ECS.DescribeServicesRequest.self, ECS.DescribeTaskSetsRequest.self, ECS.ExecuteCommandRequest.self,
            ECS.GetTaskProtectionRequest.self, ECS.ListAccountSettingsRequest.self, ECS.ListAttributesRequest.self,
            ECS.ListDaemonDeploymentsRequest.self, ECS.ListDaemonTaskDefinitionsRequest.self,
            ECS.ListDaemonsRequest.self, ECS.ListServiceDeploymentsRequest.self, ECS.ListServicesRequest.self,
            ECS.ListServicesByNamespaceRequest.self, ECS.PutAccountSettingRequest.self,
            ECS.PutAccountSettingDefaultRequest.self, ECS.PutAttributesRequest.self,
            ECS.PutClusterCapacityProvidersRequest.self, ECS.RegisterDaemonTaskDefinitionRequest.self,
            ECS.StopServiceDeploymentRequest.self, ECS.UpdateCapacityProviderRequest.self,
            ECS.UpdateClusterRequest.self, ECS.UpdateClusterSettingsRequest.self, ECS.UpdateContainerAgentRequest.self,
            ECS.UpdateDaemonRequest.self, ECS.UpdateExpressGatewayServiceRequest.self, ECS.UpdateServiceRequest.self,
            ECS.UpdateServicePrimaryTaskSetRequest.self, ECS.UpdateTaskProtectionRequest.self,
            ECS.UpdateTaskSetRequest.self,
            SSM.CreateActivationRequest.self, SSM.DescribeActivationsRequest.self, SSM.DeleteActivationRequest.self,
            SSM.RegisterManagedInstanceRequest.self, SSM.RequestManagedInstanceRoleTokenRequest.self,
            SSM.UpdateManagedInstancePublicKeyRequest.self, SSM.UpdateInstanceInformationRequest.self,
            SSM.DescribeInstanceInformationRequest.self, SSM.DeregisterManagedInstanceRequest.self,
            SSM.ListInstanceAssociationsRequest.self, SSM.AddTagsToResourceRequest.self,
            SSM.RemoveTagsFromResourceRequest.self, SSM.ListTagsForResourceRequest.self,
            SSM.UpdateManagedInstanceRoleRequest.self,
        ]
        for operation in operations {
            let (type, name) = (String(describing: operation), operation.operation)
            #expect(type == "\(name)Request")
        }
        let targets = operations.map { $0.target }
        #expect(Set(targets).count == 91)
        #expect(targets.filter { $0.hasPrefix("AmazonEC2ContainerServiceV20141113.") }.count == 77)
    }
}
