// SPDX-License-Identifier: Apache-2.0

// Requests about tasks, services and their parts (`ecs-control-plane.md` §1.3, §1.4).
extension Corpus {
    static let tasks: [Sample] = [
        Sample(
            "RunTask",
            #"""
            {"cluster":"default","taskDefinition":"web","count":2,"group":"batch","launchType":"EXTERNAL",
            "startedBy":"tests","clientToken":"token-1","propagateTags":"TASK_DEFINITION","enableECSManagedTags":true,
            "enableExecuteCommand":true,"referenceId":"r","tags":[{"key":"stage","value":"test"}],
            "capacityProviderStrategy":[],"volumeConfigurations":[],
            "placementConstraints":[{"type":"memberOf","expression":"attribute:stack in [blue, green]"},
            {"type":"distinctInstance"}],
            "placementStrategy":[{"type":"spread","field":"attribute:stack"},{"type":"binpack","field":"memory"}],
            "overrides":{"cpu":"512","memory":"1024","taskRoleArn":"web","executionRoleArn":"execution",
            "containerOverrides":[{"name":"main","command":["true"],"environment":[{"name":"A","value":"2"}],
            "environmentFiles":[{"value":"a.env","type":"s3"}],"cpu":128,"memory":256,"memoryReservation":64,
            "resourceRequirements":[]}],"inferenceAcceleratorOverrides":[]}}
            """#, required: "taskDefinition",
            enumerated: """
                launchType propagateTags placementConstraints[].type placementStrategy[].type \
                placementStrategy[].field
                """,
            limits: [
                "count": .number(1...10), "startedBy": .length(128), "clientToken": .length(64),
                "group": .length(255), "tags": .count(50), "placementConstraints": .count(10),
                "placementStrategy": .count(5), "placementConstraints[].expression": .length(2000),
                "overrides.containerOverrides[].command[]": .length(8192),
            ]),
        Sample("RunTask", #"{"taskDefinition":"web:1"}"#, required: "taskDefinition"),
        Sample(
            "StartTask",
            #"""
            {"cluster":"$defaultArn","taskDefinition":"$webArn","containerInstances":["$instanceArn","$secondID",
            "0123456789abcdef0123456789abcdef"],"group":"batch","startedBy":"tests","propagateTags":"NONE",
            "enableECSManagedTags":true,"enableExecuteCommand":true,"referenceId":"r","volumeConfigurations":[],
            "tags":[{"key":"stage","value":"test"}],
            "overrides":{"containerOverrides":[{"name":"helper","memory":64}]}}
            """#, required: "taskDefinition containerInstances", enumerated: "propagateTags",
            limits: [
                "containerInstances": .count(10), "startedBy": .length(36), "group": .length(255), "tags": .count(50),
            ]),
        Sample(
            "StopTask", #"{"cluster":"default","task":"$taskArn","reason":"because"}"#, required: "task"),
        Sample(
            "DescribeTasks",
            #"{"cluster":"default","tasks":["$taskArn","$taskID","nothing"],"include":["TAGS"]}"#,
            required: "tasks", enumerated: "include[]", limits: ["tasks": .count(100)]),
        Sample(
            "ListTasks",
            #"""
            {"cluster":"default","containerInstance":"$instanceArn","family":"web","nextToken":"0","maxResults":10,
            "serviceName":"replica","desiredStatus":"RUNNING","launchType":"EXTERNAL"}
            """#, enumerated: "desiredStatus launchType", limits: ["maxResults": .number(1...100)]),
        Sample("ListTasks", #"{"startedBy":"tests"}"#),
        Sample("ListTasks", #"{"daemonName":"d","desiredStatus":"STOPPED"}"#, enumerated: "desiredStatus"),
        Sample(
            "ExecuteCommand",
            #"{"cluster":"default","task":"$taskArn","container":"main","command":"sh","interactive":true}"#,
            error: "TargetNotConnectedException", required: "command interactive task"),
        Sample(
            "GetTaskProtection", #"{"cluster":"default","tasks":["$serviceTaskArn","$taskID"]}"#,
            required: "cluster", limits: ["tasks": .count(100)]),
        Sample(
            "GetTaskProtection", #"{"cluster":"default","tasks":["$serviceTaskArn"]}"#, by: .task,
            required: "cluster tasks"),
        Sample(
            "UpdateTaskProtection",
            #"""
            {"cluster":"default","tasks":["$serviceTaskArn","$taskID","nothing"],"protectionEnabled":true,
            "expiresInMinutes":60}
            """#, required: "cluster tasks protectionEnabled",
            limits: ["tasks": .count(10), "expiresInMinutes": .number(1...2880)]),
        Sample(
            "UpdateTaskProtection", #"{"cluster":"$defaultArn","tasks":["$serviceTaskID"],"protectionEnabled":true}"#,
            by: .task, required: "cluster tasks protectionEnabled"),
    ]

    static let services: [Sample] = [
        Sample(
            "CreateService",
            #"""
            {"cluster":"default","serviceName":"new","taskDefinition":"web:2","desiredCount":2,"clientToken":"token",
            "launchType":"EXTERNAL","schedulingStrategy":"REPLICA","availabilityZoneRebalancing":"DISABLED",
            "loadBalancers":[],"serviceRegistries":[],"capacityProviderStrategy":[],"volumeConfigurations":[],
            "vpcLatticeConfigurations":[],"serviceConnectConfiguration":{"enabled":false},
            "deploymentConfiguration":{"deploymentCircuitBreaker":{"enable":true,"rollback":true},
            "maximumPercent":200,"minimumHealthyPercent":50,"alarms":{"alarmNames":[],"rollback":false,
            "enable":false},"strategy":"ROLLING","bakeTimeInMinutes":0,"lifecycleHooks":[]},
            "placementConstraints":[{"type":"memberOf","expression":"attribute:stack =~ bl.*"}],
            "placementStrategy":[{"type":"binpack","field":"CPU"},{"type":"random"}],
            "healthCheckGracePeriodSeconds":30,"deploymentController":{"type":"ECS"},
            "tags":[{"key":"dryport:reschedule-after","value":"90s"}],"enableECSManagedTags":true,
            "propagateTags":"SERVICE","enableExecuteCommand":false}
            """#, required: "serviceName taskDefinition desiredCount", enumerated: createdWords,
            limits: [
                "serviceName": .length(255), "clientToken": .length(36), "desiredCount": .number(0...5000),
                "tags": .count(50), "placementConstraints": .count(10), "placementStrategy": .count(5),
                "placementConstraints[].expression": .length(2000),
                "deploymentConfiguration.minimumHealthyPercent": .number(0...100),
                "deploymentConfiguration.maximumPercent": .number(100...2_147_483_647),
                "healthCheckGracePeriodSeconds": .number(0...2_147_483_647),
            ]),
        Sample(
            "CreateService",
            #"""
            {"serviceName":"everywhere","taskDefinition":"$webArn","schedulingStrategy":"DAEMON",
            "deploymentConfiguration":{"maximumPercent":100,"minimumHealthyPercent":0},
            "placementConstraints":[{"type":"memberOf","expression":"runningTasksCount < 100"}]}
            """#, required: "serviceName taskDefinition",
            enumerated: "schedulingStrategy placementConstraints[].type"),
        Sample(
            "CreateService",
            #"""
            {"serviceName":"directed","desiredCount":3,"schedulingStrategy":"REPLICA",
            "deploymentController":{"type":"EXTERNAL"}}
            """#, required: "serviceName", enumerated: "deploymentController.type"),
        Sample(
            "UpdateService",
            #"""
            {"cluster":"default","service":"replica","desiredCount":3,"taskDefinition":"web:2",
            "capacityProviderStrategy":[],"deploymentConfiguration":{"deploymentCircuitBreaker":{"enable":true,
            "rollback":true},"maximumPercent":150,"minimumHealthyPercent":100},"availabilityZoneRebalancing":"ENABLED",
            "placementConstraints":[{"type":"distinctInstance"}],"placementStrategy":[{"type":"spread",
            "field":"instanceId"}],"forceNewDeployment":true,"healthCheckGracePeriodSeconds":10,
            "deploymentController":{"type":"ECS"},"enableExecuteCommand":true,"enableECSManagedTags":false,
            "loadBalancers":[],"propagateTags":"NONE","serviceRegistries":[],
            "serviceConnectConfiguration":{"enabled":false},"volumeConfigurations":[],"vpcLatticeConfigurations":[]}
            """#, required: "service",
            enumerated: """
                availabilityZoneRebalancing placementConstraints[].type placementStrategy[].type \
                placementStrategy[].field deploymentController.type propagateTags
                """,
            limits: [
                "desiredCount": .number(0...5000), "placementConstraints": .count(10), "placementStrategy": .count(5),
                "deploymentConfiguration.minimumHealthyPercent": .number(0...100),
            ]),
        Sample("UpdateService", #"{"service":"$externalArn","desiredCount":2}"#, required: "service"),
        Sample("DeleteService", #"{"cluster":"default","service":"replica","force":true}"#, required: "service"),
        Sample("DeleteService", #"{"service":"$idleArn"}"#, required: "service"),
        Sample(
            "DescribeServices",
            #"{"cluster":"default","services":["replica","$externalArn","daemon","nothing"],"include":["TAGS"]}"#,
            required: "services", enumerated: "include[]", limits: ["services": .count(10)]),
        Sample(
            "ListServices",
            #"""
            {"cluster":"default","nextToken":"a","maxResults":10,"launchType":"EXTERNAL",
            "schedulingStrategy":"REPLICA","resourceManagementType":"CUSTOMER"}
            """#, enumerated: "launchType schedulingStrategy resourceManagementType",
            limits: ["maxResults": .number(1...100)]),
        Sample(
            "ListServicesByNamespace", #"{"namespace":"n","maxResults":10}"#, error: "NamespaceNotFoundException",
            required: "namespace", limits: ["maxResults": .number(1...100)]),
    ]

    private static let createdWords = """
        launchType schedulingStrategy availabilityZoneRebalancing deploymentConfiguration.strategy \
        placementConstraints[].type placementStrategy[].type placementStrategy[].field deploymentController.type \
        propagateTags
        """

    static let deployments: [Sample] = [
        Sample(
            "CreateTaskSet",
            #"""
            {"cluster":"default","service":"external","externalId":"mine","taskDefinition":"web:2",
            "loadBalancers":[],"serviceRegistries":[],"launchType":"EXTERNAL","capacityProviderStrategy":[],
            "scale":{"value":37.5,"unit":"PERCENT"},"clientToken":"token","tags":[{"key":"stage","value":"test"}]}
            """#, required: "service cluster taskDefinition", enumerated: "launchType scale.unit",
            limits: ["clientToken": .length(36), "tags": .count(50), "scale.value": .number(0...100)]),
        Sample(
            "UpdateTaskSet",
            #"""
            {"cluster":"default","service":"external","taskSet":"$taskSet","scale":{"value":12.5,"unit":"PERCENT"}}
            """#, required: "cluster service taskSet scale", enumerated: "scale.unit",
            limits: ["scale.value": .number(0...100)]),
        Sample(
            "UpdateServicePrimaryTaskSet",
            #"{"cluster":"default","service":"external","primaryTaskSet":"$taskSetArn"}"#,
            required: "cluster service primaryTaskSet"),
        Sample(
            "DeleteTaskSet",
            #"{"cluster":"default","service":"external","taskSet":"$taskSet","force":true}"#,
            required: "cluster service taskSet"),
        Sample(
            "DescribeTaskSets",
            #"""
            {"cluster":"default","service":"external","taskSets":["$taskSet","$taskSetArn","nothing"],
            "include":["TAGS"]}
            """#, required: "cluster service", enumerated: "include[]"),
        Sample(
            "ListServiceDeployments",
            #"""
            {"cluster":"default","service":"rolling","status":["IN_PROGRESS","SUCCESSFUL"],
            "createdAt":{"after":1700000000.5,"before":1900000000},"maxResults":10}
            """#, required: "service", enumerated: "status[]", limits: ["maxResults": .number(1...100)]),
        Sample(
            "DescribeServiceDeployments", #"{"serviceDeploymentArns":["$deploymentArn"]}"#,
            required: "serviceDeploymentArns", limits: ["serviceDeploymentArns": .count(20)]),
        Sample(
            "DescribeServiceRevisions", #"{"serviceRevisionArns":["$revisionArn"]}"#,
            required: "serviceRevisionArns", limits: ["serviceRevisionArns": .count(20)]),
        Sample(
            "StopServiceDeployment", #"{"serviceDeploymentArn":"$deploymentArn","stopType":"ROLLBACK"}"#,
            required: "serviceDeploymentArn", enumerated: "stopType"),
        Sample(
            "StopServiceDeployment", #"{"serviceDeploymentArn":"$deploymentArn","stopType":"ABORT"}"#,
            required: "serviceDeploymentArn", enumerated: "stopType"),
        Sample(
            "ContinueServiceDeployment",
            #"{"serviceDeploymentArn":"$deploymentArn","hookId":"h","action":"CONTINUE"}"#,
            error: "InvalidParameterException", required: "serviceDeploymentArn hookId", enumerated: "action"),
    ]
}
