// SPDX-License-Identifier: Apache-2.0

/// At least one valid request for each operation that the front serves, as rich as its shape allows. `$names` stand
/// for what the prepared world has made.
enum Corpus {
    static let samples =
        definitions + clusters + tags + tasks + services + deployments + instances + agents + managedNodes + accessKeys
        + unsupported

    /// Container instances and attributes (`ecs-control-plane.md` §1.5).
    private static let instances: [Sample] = [
        Sample(
            "RegisterContainerInstance",
            #"""
            {"cluster":"default","instanceIdentityDocument":"","instanceIdentityDocumentSignature":"",
            "totalResources":[{"name":"CPU","type":"INTEGER","doubleValue":0.5,"longValue":0,"integerValue":4096},
            {"name":"MEMORY","type":"INTEGER","integerValue":8192},
            {"name":"PORTS","type":"STRINGSET","stringSetValue":["22","2375"]},
            {"name":"PORTS_UDP","type":"STRINGSET","stringSetValue":[]}],
            "versionInfo":{"agentVersion":"1.105.1","agentHash":"a8b3e7d3","dockerVersion":"DockerVersion: 27.0"},
            "attributes":[{"name":"ecs.capability.external"},{"name":"stack","value":"green"}],
            "platformDevices":[{"id":"GPU-1","type":"GPU"}],"tags":[{"key":"rack","value":"7"}],
            "clientToken":"token","unknownOfTheAgent":1}
            """#, required: "attributes[].name",
            limits: ["tags": .count(50), "attributes[].value": .length(128)]),
        Sample(
            "RegisterContainerInstance",
            #"""
            {"cluster":"$defaultArn","containerInstanceArn":"$instanceArn","totalResources":[{"name":"CPU",
            "type":"INTEGER","integerValue":65536},{"name":"MEMORY","type":"INTEGER","integerValue":65536}],
            "attributes":[{"name":"ecs.capability.external"}]}
            """#, by: .node),
        Sample(
            "DeregisterContainerInstance",
            #"{"cluster":"default","containerInstance":"$secondArn","force":true}"#, required: "containerInstance"),
        Sample(
            "DescribeContainerInstances",
            #"""
            {"cluster":"default","containerInstances":["$instanceArn","$secondID","nothing"],
            "include":["TAGS","CONTAINER_INSTANCE_HEALTH"]}
            """#, required: "containerInstances", enumerated: "include[]",
            limits: ["containerInstances": .count(100)]),
        Sample(
            "ListContainerInstances",
            #"""
            {"cluster":"default","filter":"task:group == service:replica and registeredAt > 2018-06-18",
            "nextToken":"0","maxResults":10,"status":"ACTIVE"}
            """#, enumerated: "status", limits: ["maxResults": .number(1...100), "filter": .length(2000)]),
        Sample(
            "UpdateContainerInstancesState",
            #"{"cluster":"default","containerInstances":["$secondArn","nothing"],"status":"DRAINING"}"#,
            required: "containerInstances status", enumerated: "status", limits: ["containerInstances": .count(10)]),
        Sample(
            "UpdateContainerAgent", #"{"cluster":"default","containerInstance":"$instanceArn"}"#,
            error: "InvalidParameterException", required: "containerInstance"),
        Sample(
            "PutAttributes",
            #"""
            {"cluster":"default","attributes":[{"name":"rack","value":"r 7","targetId":"$instanceArn"},
            {"name":"zone","targetType":"container-instance","targetId":"$secondID"}]}
            """#, required: "attributes attributes[].name attributes[].targetId",
            enumerated: "attributes[].targetType",
            limits: [
                "attributes": .count(10), "attributes[].name": .length(128), "attributes[].value": .length(128),
            ]),
        Sample(
            "DeleteAttributes",
            #"""
            {"cluster":"default","attributes":[{"name":"stack","targetType":"container-instance",
            "targetId":"$instanceID"}]}
            """#, required: "attributes attributes[].name attributes[].targetId attributes[].targetType",
            enumerated: "attributes[].targetType", limits: ["attributes": .count(10)]),
        Sample(
            "ListAttributes",
            #"""
            {"cluster":"default","targetType":"container-instance","attributeName":"stack","attributeValue":"blue",
            "nextToken":"00000000000000000000000000000000/a","maxResults":10}
            """#, required: "targetType", enumerated: "targetType", limits: ["maxResults": .number(1...100)]),
    ]

    /// What agents of container instances call (§1.6).
    private static let agents: [Sample] = [
        Sample(
            "DiscoverPollEndpoint", #"{"cluster":"default","containerInstance":"$instanceArn"}"#, by: .node),
        Sample(
            "SubmitTaskStateChange",
            #"""
            {"cluster":"default","task":"$taskArn","status":"STOPPED","reason":"it ended","containers":[
            {"containerName":"main","imageDigest":"sha256:0","runtimeId":"r","exitCode":1,"reason":"OutOfMemoryError",
            "status":"STOPPED","networkBindings":[{"bindIP":"0.0.0.0","containerPort":80,"hostPort":32768,
            "protocol":"tcp","containerPortRange":"1-2","hostPortRange":"3-4"}]}],
            "attachments":[{"attachmentArn":"a","status":"ATTACHED"}],
            "managedAgents":[{"containerName":"main","managedAgentName":"ExecuteCommandAgent","status":"RUNNING",
            "reason":""}],"pullStartedAt":1800000000,"pullStoppedAt":1800000001.5,"executionStoppedAt":1800000002}
            """#, by: .node),
        Sample(
            "SubmitContainerStateChange",
            #"""
            {"cluster":"default","task":"$taskArn","containerName":"helper","runtimeId":"r","status":"STOPPED",
            "exitCode":0,"reason":"","networkBindings":[{"containerPort":80,"hostPort":32768}]}
            """#, by: .node),
        Sample(
            "SubmitAttachmentStateChanges",
            #"{"cluster":"default","attachments":[{"attachmentArn":"a","status":"ATTACHED"}]}"#, by: .node),
    ]

    /// SSM's part (§1.8).
    private static let managedNodes: [Sample] = [
        Sample(
            "SSM.CreateActivation",
            #"""
            {"Description":"d","DefaultInstanceName":"","IamRole":"ecsAnywhereRole","RegistrationLimit":10,
            "ExpirationDate":1800500000,"Tags":[{"Key":"rack","Value":"7"}],
            "RegistrationMetadata":[{"Key":"k","Value":"v"}]}
            """#, required: "IamRole",
            limits: [
                "Description": .length(256), "DefaultInstanceName": .length(256), "IamRole": .length(64),
                "RegistrationLimit": .number(1...1000), "Tags[].Key": .length(128), "Tags": .count(1000),
            ]),
        Sample(
            "SSM.DescribeActivations",
            #"""
            {"Filters":[{"FilterKey":"ActivationIds","FilterValues":["$activation"]}],"MaxResults":10,"NextToken":"0"}
            """#, enumerated: "Filters[].FilterKey", limits: ["MaxResults": .number(1...50)]),
        Sample("SSM.DeleteActivation", #"{"ActivationId":"$activation"}"#, required: "ActivationId"),
        Sample(
            "SSM.RegisterManagedInstance",
            #"""
            {"ActivationId":"$activation","ActivationCode":"$code","Fingerprint":"f","PublicKey":"$publicKey",
            "PublicKeyType":"Rsa","IamRole":"r","Tags":[{"Key":"a","Value":"b"}]}
            """#, by: .nobody, required: "ActivationId ActivationCode Fingerprint PublicKey",
            enumerated: "PublicKeyType"),
        Sample(
            "SSM.RequestManagedInstanceRoleToken", #"{"Fingerprint":"$fingerprint"}"#, by: .nodeKey,
            required: "Fingerprint"),
        Sample(
            "SSM.UpdateManagedInstancePublicKey", #"{"NewPublicKey":"$publicKey","NewPublicKeyType":"Rsa"}"#,
            by: .nodeKey, required: "NewPublicKey", enumerated: "NewPublicKeyType"),
        Sample(
            "SSM.UpdateInstanceInformation",
            #"""
            {"InstanceId":"$node","AgentName":"amazon-ssm-agent","AgentStatus":"Active","AgentVersion":"3.3.1",
            "AvailabilityZone":"z","AvailabilityZoneId":"i","ComputerName":"host","IPAddress":"10.0.0.7",
            "PlatformName":"Linux","PlatformType":"Linux","PlatformVersion":"6","SSMConnectionChannel":"ssmmessages"}
            """#, by: .node, required: "InstanceId"),
        Sample(
            "SSM.DescribeInstanceInformation",
            #"""
            {"Filters":[{"Key":"InstanceIds","Values":["$node"]},{"Key":"PingStatus","Values":["Online"]}],
            "InstanceInformationFilterList":[],"MaxResults":10,"NextToken":"a"}
            """#, enumerated: "Filters[].Key", limits: ["MaxResults": .number(5...50)]),
        Sample(
            "SSM.DescribeInstanceInformation",
            #"{"InstanceInformationFilterList":[{"key":"PlatformTypes","valueSet":[]}]}"#,
            enumerated: "InstanceInformationFilterList[].key"),
        Sample("SSM.DeregisterManagedInstance", #"{"InstanceId":"$node"}"#, required: "InstanceId"),
        Sample(
            "SSM.UpdateManagedInstanceRole", #"{"InstanceId":"$node","IamRole":"other"}"#,
            required: "InstanceId IamRole", limits: ["IamRole": .length(64)]),
        Sample(
            "SSM.ListInstanceAssociations", #"{"InstanceId":"$node","MaxResults":10,"NextToken":"a"}"#, by: .node),
        Sample(
            "SSM.AddTagsToResource",
            #"{"ResourceType":"ManagedInstance","ResourceId":"$node","Tags":[{"Key":"rack","Value":"8"}]}"#,
            required: "ResourceType ResourceId Tags", enumerated: "ResourceType",
            limits: ["Tags": .count(50), "Tags[].Key": .length(128), "Tags[].Value": .length(256)]),
        Sample(
            "SSM.RemoveTagsFromResource",
            #"{"ResourceType":"ManagedInstance","ResourceId":"$node","TagKeys":["rack"]}"#,
            required: "ResourceType ResourceId TagKeys", enumerated: "ResourceType"),
        Sample(
            "SSM.ListTagsForResource", #"{"ResourceType":"ManagedInstance","ResourceId":"$node"}"#,
            required: "ResourceType ResourceId", enumerated: "ResourceType"),
    ]

    /// Dryport's own operations.
    private static let accessKeys: [Sample] = [
        Sample("Dryport.CreateAccessKey", #"{"name":"ci"}"#, required: "name", limits: ["name": .length(64)]),
        Sample("Dryport.ListAccessKeys", #"{"maxResults":10}"#, limits: ["maxResults": .number(1...100)]),
        Sample(
            "Dryport.RotateAccessKey", #"{"accessKeyId":"$accessKey","gracePeriodSeconds":60}"#,
            required: "accessKeyId", limits: ["gracePeriodSeconds": .number(0...2_592_000)]),
        Sample("Dryport.RevokeAccessKey", #"{"accessKeyId":"$accessKey"}"#, required: "accessKeyId"),
    ]

    /// What external instances do not have (§1.7).
    private static let unsupported: [Sample] =
        [
            "CreateCapacityProvider", "UpdateCapacityProvider", "DeleteCapacityProvider", "CreateDaemon",
            "UpdateDaemon", "DeleteDaemon", "CreateExpressGatewayService", "UpdateExpressGatewayService",
            "DeleteExpressGatewayService", "DescribeExpressGatewayService",
        ].map { Sample($0, #"{"name":"n","count":1}"#, error: "UnsupportedFeatureException") }
        + ["RegisterDaemonTaskDefinition", "DeleteDaemonTaskDefinition"].map {
            Sample($0, #"{"family":"f","tags":[]}"#, error: "ClientException")
        } + [
            Sample(
                "DescribeCapacityProviders",
                #"{"capacityProviders":["FARGATE"],"cluster":"default","maxResults":10,"nextToken":"a"}"#,
                limits: ["maxResults": .number(1...10)]),
            Sample(
                "DescribeDaemon", #"{"daemonArn":"d"}"#, error: "DaemonNotFoundException", required: "daemonArn"),
            Sample(
                "DescribeDaemonDeployments", #"{"daemonDeploymentArns":["d"]}"#, required: "daemonDeploymentArns",
                limits: ["daemonDeploymentArns": .count(20)]),
            Sample(
                "DescribeDaemonRevisions", #"{"daemonRevisionArns":["d"]}"#, required: "daemonRevisionArns",
                limits: ["daemonRevisionArns": .count(20)]),
            Sample(
                "DescribeDaemonTaskDefinition", #"{"daemonTaskDefinition":"d:1"}"#, error: "ClientException",
                required: "daemonTaskDefinition"),
            Sample(
                "ListDaemons", #"{"clusterArn":"$defaultArn","maxResults":10,"nextToken":"a"}"#,
                limits: ["maxResults": .number(1...100)]),
            Sample(
                "ListDaemonDeployments", #"{"daemonArn":"d","maxResults":10,"nextToken":"a"}"#,
                required: "daemonArn", limits: ["maxResults": .number(1...100)]),
            Sample(
                "ListDaemonTaskDefinitions", #"{"maxResults":10,"nextToken":"a"}"#,
                limits: ["maxResults": .number(1...100)]),
        ]
}
