// SPDX-License-Identifier: Apache-2.0

// Requests about task definitions, clusters, settings and tags (`ecs-control-plane.md` §1.1, §1.2).
extension Corpus {
    static let definitions: [Sample] = [
        Sample(
            "RegisterTaskDefinition", richDefinition, required: "family containerDefinitions",
            enumerated: """
                networkMode pidMode ipcMode placementConstraints[].type requiresCompatibilities[] \
                runtimePlatform.cpuArchitecture runtimePlatform.operatingSystemFamily \
                containerDefinitions[].versionConsistency containerDefinitions[].portMappings[].protocol \
                containerDefinitions[].portMappings[].appProtocol containerDefinitions[].environmentFiles[].type \
                containerDefinitions[].dependsOn[].condition containerDefinitions[].ulimits[].name \
                containerDefinitions[].logConfiguration.logDriver containerDefinitions[].resourceRequirements[].type \
                containerDefinitions[].linuxParameters.capabilities.add[] \
                containerDefinitions[].linuxParameters.devices[].permissions[] \
                containerDefinitions[].linuxParameters.tmpfs[].mountOptions[] \
                volumes[].dockerVolumeConfiguration.scope
                """,
            limits: [
                "family": .length(255), "containerDefinitions": .count(10), "placementConstraints": .count(10),
                "placementConstraints[].expression": .length(2000), "tags": .count(50), "tags[].key": .length(128),
                "tags[].value": .length(256), "containerDefinitions[].name": .length(255),
                "containerDefinitions[].image": .length(255),
                "containerDefinitions[].environmentFiles": .count(10),
                "containerDefinitions[].portMappings[].name": .length(64),
                "containerDefinitions[].portMappings[].containerPort": .number(1...65535),
                "containerDefinitions[].portMappings[].hostPort": .number(0...65535),
                "containerDefinitions[].healthCheck.interval": .number(5...300),
                "containerDefinitions[].healthCheck.timeout": .number(2...60),
                "containerDefinitions[].healthCheck.retries": .number(1...10),
                "containerDefinitions[].healthCheck.startPeriod": .number(0...300),
                "containerDefinitions[].restartPolicy.ignoredExitCodes": .count(50),
                "containerDefinitions[].restartPolicy.restartAttemptPeriod": .number(60...1800),
                "containerDefinitions[].linuxParameters.swappiness": .number(0...100),
            ]),
        Sample(
            "RegisterTaskDefinition",
            #"{"family":"small","containerDefinitions":[{"name":"main","image":"busybox","memory":64}]}"#,
            required: "family containerDefinitions"),
        Sample(
            "DescribeTaskDefinition", #"{"taskDefinition":"web:1","include":["TAGS"]}"#, required: "taskDefinition",
            enumerated: "include[]"),
        Sample("DescribeTaskDefinition", #"{"taskDefinition":"$webArn"}"#, required: "taskDefinition"),
        Sample("DeregisterTaskDefinition", #"{"taskDefinition":"$webArn"}"#, required: "taskDefinition"),
        Sample(
            "DeleteTaskDefinitions", #"{"taskDefinitions":["old:1","web:1","nothing:7"]}"#,
            required: "taskDefinitions", limits: ["taskDefinitions": .count(10)]),
        Sample(
            "ListTaskDefinitions",
            #"{"familyPrefix":"web","status":"ACTIVE","sort":"DESC","nextToken":"web:2","maxResults":10}"#,
            enumerated: "status sort", limits: ["maxResults": .number(1...100)]),
        Sample(
            "ListTaskDefinitionFamilies",
            #"{"familyPrefix":"w","status":"ALL","nextToken":"a","maxResults":10}"#,
            enumerated: "status", limits: ["maxResults": .number(1...100)]),
    ]

    /// As much as launch type EXTERNAL allows.
    private static let richDefinition = #"""
        {"family":"rich","taskRoleArn":"arn:aws:iam::123456789012:role/web","executionRoleArn":"execution",
        "networkMode":"bridge","requiresCompatibilities":["EXTERNAL"],"cpu":"1 vCPU","memory":"2 GB","pidMode":"task",
        "ipcMode":"task","enableFaultInjection":false,
        "runtimePlatform":{"cpuArchitecture":"X86_64","operatingSystemFamily":"LINUX"},
        "placementConstraints":[{"type":"memberOf","expression":"attribute:a == b or not(agentConnected==true)"}],
        "tags":[{"key":"team","value":"blue"},{"key":"stage","value":""}],
        "volumes":[{"name":"data","host":{"sourcePath":"/srv"}},{"name":"shared","dockerVolumeConfiguration":
        {"scope":"shared","autoprovision":true,"driver":"local","driverOpts":{"type":"tmpfs"},"labels":{"a":"b"}}}],
        "containerDefinitions":[{"name":"main","image":"registry.example/app:1.2","cpu":256,"memory":512,
        "memoryReservation":128,"links":["helper:db"],"essential":true,"versionConsistency":"enabled",
        "portMappings":[{"containerPort":80,"hostPort":8080,"protocol":"tcp","name":"http","appProtocol":"http"},
        {"containerPortRange":"9000-9010","protocol":"udp"}],
        "restartPolicy":{"enabled":true,"ignoredExitCodes":[0,137],"restartAttemptPeriod":60},
        "entryPoint":["/bin/sh"],"command":["-c","sleep 1"],"environment":[{"name":"A","value":"1"}],
        "environmentFiles":[{"value":"arn:aws:s3:::bucket/a.env","type":"s3"}],
        "mountPoints":[{"sourceVolume":"data","containerPath":"/data","readOnly":true}],
        "volumesFrom":[{"sourceContainer":"helper","readOnly":false}],
        "secrets":[{"name":"S","valueFrom":"arn:aws:ssm:us-east-1:123456789012:parameter/s"}],
        "dependsOn":[{"containerName":"helper","condition":"HEALTHY"}],"startTimeout":30,"stopTimeout":40,
        "hostname":"host","user":"1000:1000","workingDirectory":"/","disableNetworking":false,"privileged":false,
        "readonlyRootFilesystem":true,"dnsServers":["10.0.0.2"],"dnsSearchDomains":["example.com"],
        "extraHosts":[{"hostname":"db","ipAddress":"10.0.0.3"}],"dockerSecurityOptions":["no-new-privileges"],
        "interactive":true,"pseudoTerminal":true,"dockerLabels":{"label":"value","other":"x"},
        "ulimits":[{"name":"nofile","softLimit":1024,"hardLimit":2048}],
        "logConfiguration":{"logDriver":"json-file","options":{"max-size":"1m"},
        "secretOptions":[{"name":"token","valueFrom":"name"}]},
        "systemControls":[{"namespace":"net.core.somaxconn","value":"1024"}],
        "resourceRequirements":[{"type":"GPU","value":"1"}],
        "repositoryCredentials":{"credentialsParameter":"arn:aws:secretsmanager:us-east-1:123456789012:secret:s"},
        "linuxParameters":{"capabilities":{"add":["NET_ADMIN"],"drop":["ALL"]},"devices":[{"hostPath":"/dev/null",
        "containerPath":"/dev/x","permissions":["read","write"]}],"initProcessEnabled":true,"sharedMemorySize":64,
        "tmpfs":[{"containerPath":"/tmp","size":16,"mountOptions":["noexec"]}],"maxSwap":128,"swappiness":60}},
        {"name":"helper","image":"busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "memory":64,"essential":false,"healthCheck":{"command":["CMD-SHELL","true"],"interval":5,"timeout":2,
        "retries":1,"startPeriod":0}}]}
        """#
}

extension Corpus {
    static let clusters: [Sample] = [
        Sample(
            "CreateCluster",
            #"""
            {"clusterName":"new","tags":[{"key":"team","value":"blue"}],
            "settings":[{"name":"containerInsights","value":"enhanced"}],
            "configuration":{"executeCommandConfiguration":{"kmsKeyId":"k","logging":"OVERRIDE","logConfiguration":
            {"cloudWatchLogGroupName":"g","cloudWatchEncryptionEnabled":true,"s3BucketName":"b",
            "s3EncryptionEnabled":false,"s3KeyPrefix":"p"}},"managedStorageConfiguration":{"kmsKeyId":"k",
            "fargateEphemeralStorageKmsKeyId":"f"}},"capacityProviders":[],"defaultCapacityProviderStrategy":[],
            "serviceConnectDefaults":{"namespace":""}}
            """#,
            enumerated: "settings[].name settings[].value configuration.executeCommandConfiguration.logging",
            limits: ["clusterName": .length(255), "tags": .count(50), "tags[].key": .length(128)]),
        Sample(
            "DescribeClusters",
            #"""
            {"clusters":["default","$spareArn","nothing"],
            "include":["ATTACHMENTS","CONFIGURATIONS","SETTINGS","STATISTICS","TAGS"]}
            """#, enumerated: "include[]", limits: ["clusters": .count(100)]),
        Sample(
            "ListClusters", #"{"nextToken":"a","maxResults":10}"#, limits: ["maxResults": .number(1...100)]),
        Sample(
            "UpdateCluster",
            #"""
            {"cluster":"spare","settings":[{"name":"containerInsights","value":"enabled"}],
            "configuration":{"executeCommandConfiguration":{"logging":"NONE"}},
            "serviceConnectDefaults":{"namespace":""}}
            """#, required: "cluster",
            enumerated: "settings[].name settings[].value configuration.executeCommandConfiguration.logging"),
        Sample(
            "UpdateClusterSettings",
            #"{"cluster":"spare","settings":[{"name":"containerInsights","value":"enhanced"}]}"#,
            required: "cluster settings", enumerated: "settings[].name settings[].value"),
        Sample("DeleteCluster", #"{"cluster":"spare"}"#, required: "cluster"),
        Sample(
            "PutClusterCapacityProviders",
            #"{"cluster":"spare","capacityProviders":[],"defaultCapacityProviderStrategy":[]}"#,
            required: "cluster capacityProviders defaultCapacityProviderStrategy"),
        Sample(
            "ListAccountSettings",
            #"""
            {"name":"containerInsights","value":"enabled","principalArn":"arn:aws:iam::123456789012:root",
            "effectiveSettings":true,"nextToken":"awsvpcTrunking","maxResults":10}
            """#, enumerated: "name", limits: ["maxResults": .number(1...10)]),
        Sample(
            "PutAccountSetting",
            #"{"name":"containerInsights","value":"enhanced","principalArn":"arn:aws:iam::123456789012:user/a"}"#,
            required: "name value", enumerated: "name value"),
        Sample(
            "PutAccountSettingDefault", #"{"name":"fargateTaskRetirementWaitPeriod","value":"14"}"#,
            required: "name value", enumerated: "name value"),
        Sample(
            "DeleteAccountSetting", #"{"name":"containerInsights","principalArn":"arn:aws:iam::123456789012:root"}"#,
            required: "name", enumerated: "name"),
    ]

    static let tags: [Sample] =
        ["$spareArn", "$instanceArn", "$taskArn", "$replicaArn", "$taskSetArn", "$webArn"].flatMap { arn in
            [
                Sample(
                    "TagResource",
                    #"{"resourceArn":"\#(arn)","tags":[{"key":"stage","value":"new"},{"key":"other","value":""}]}"#,
                    required: "resourceArn tags",
                    limits: [
                        "tags": .count(50), "tags[].key": .length(128), "tags[].value": .length(256),
                    ]),
                Sample(
                    "UntagResource", #"{"resourceArn":"\#(arn)","tagKeys":["stage","nothing"]}"#,
                    required: "resourceArn tagKeys"),
                Sample("ListTagsForResource", #"{"resourceArn":"\#(arn)"}"#, required: "resourceArn"),
            ]
        }
}
