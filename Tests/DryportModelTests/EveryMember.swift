// SPDX-License-Identifier: Apache-2.0

/// A task definition as DescribeTaskDefinition answers it in which every member of the API is given, once and with a
/// value that tells where it belongs. It is not one that could be registered.
let everyMember = """
    {
        "taskDefinitionArn": "taskDefinitionArn",
        "containerDefinitions": [
            {
                "name": "name", "image": "image",
                "repositoryCredentials": {"credentialsParameter": "credentialsParameter"}, "cpu": 1, "memory": 2,
                "memoryReservation": 3, "links": ["links"],
                "portMappings": [
                    {
                        "containerPort": 4, "hostPort": 5, "protocol": "udp", "name": "name",
                        "appProtocol": "grpc", "containerPortRange": "containerPortRange"
                    }
                ],
                "essential": true,
                "restartPolicy": {"enabled": true, "ignoredExitCodes": [6], "restartAttemptPeriod": 7},
                "entryPoint": ["entryPoint"], "command": ["command"],
                "environment": [{"name": "name", "value": "value"}],
                "environmentFiles": [{"value": "value", "type": "s3"}],
                "mountPoints": [
                    {
                        "sourceVolume": "sourceVolume", "containerPath": "containerPath", "readOnly": true
                    }
                ],
                "volumesFrom": [{"sourceContainer": "sourceContainer", "readOnly": true}],
                "linuxParameters": {
                    "capabilities": {"add": ["add"], "drop": ["drop"]},
                    "devices": [
                        {
                            "hostPath": "hostPath", "containerPath": "containerPath", "permissions": ["mknod"]
                        }
                    ],
                    "initProcessEnabled": true, "sharedMemorySize": 8,
                    "tmpfs": [
                        {
                            "containerPath": "containerPath", "size": 9, "mountOptions": ["mountOptions"]
                        }
                    ],
                    "maxSwap": 10, "swappiness": 11
                },
                "secrets": [{"name": "name", "valueFrom": "valueFrom"}],
                "dependsOn": [{"containerName": "containerName", "condition": "HEALTHY"}], "startTimeout": 12,
                "stopTimeout": 13, "versionConsistency": "disabled", "hostname": "hostname", "user": "user",
                "workingDirectory": "workingDirectory", "disableNetworking": true, "privileged": true,
                "readonlyRootFilesystem": true, "dnsServers": ["dnsServers"],
                "dnsSearchDomains": ["dnsSearchDomains"],
                "extraHosts": [{"hostname": "hostname", "ipAddress": "ipAddress"}],
                "dockerSecurityOptions": ["dockerSecurityOptions"], "interactive": true, "pseudoTerminal": true,
                "dockerLabels": {"key": "value"},
                "ulimits": [{"name": "stack", "softLimit": 14, "hardLimit": 15}],
                "logConfiguration": {
                    "logDriver": "awsfirelens", "options": {"mode": "non-blocking", "awslogs-group": "g"},
                    "secretOptions": [{"name": "name", "valueFrom": "valueFrom"}]
                },
                "healthCheck": {
                    "command": ["command"], "interval": 16, "timeout": 17, "retries": 18, "startPeriod": 19
                },
                "systemControls": [{"namespace": "namespace", "value": "value"}],
                "resourceRequirements": [{"value": "value", "type": "InferenceAccelerator"}],
                "firelensConfiguration": {
                    "type": "fluentbit", "options": {"config-file-type": "file", "config-file-value": "/f"}
                },
                "credentialSpecs": ["credentialSpecs"]
            }
        ],
        "family": "family", "taskRoleArn": "taskRoleArn", "executionRoleArn": "executionRoleArn",
        "networkMode": "none", "revision": 20,
        "volumes": [
            {
                "name": "name", "host": {"sourcePath": "sourcePath"},
                "dockerVolumeConfiguration": {
                    "scope": "shared", "autoprovision": true, "driver": "driver", "driverOpts": {"key": "value"},
                    "labels": {"key": "value"}
                },
                "efsVolumeConfiguration": {
                    "fileSystemId": "fileSystemId", "rootDirectory": "rootDirectory",
                    "transitEncryption": "DISABLED", "transitEncryptionPort": 21,
                    "authorizationConfig": {"accessPointId": "accessPointId", "iam": "DISABLED"}
                },
                "s3filesVolumeConfiguration": {
                    "fileSystemArn": "fileSystemArn", "rootDirectory": "rootDirectory",
                    "transitEncryptionPort": 22, "accessPointArn": "accessPointArn"
                },
                "fsxWindowsFileServerVolumeConfiguration": {
                    "fileSystemId": "fileSystemId", "rootDirectory": "rootDirectory",
                    "authorizationConfig": {"credentialsParameter": "credentialsParameter", "domain": "domain"}
                },
                "configuredAtLaunch": true
            }
        ],
        "status": "DELETE_IN_PROGRESS",
        "requiresAttributes": [
            {
                "name": "name", "value": "value", "targetType": "container-instance", "targetId": "targetId"
            }
        ],
        "placementConstraints": [{"type": "memberOf", "expression": "expression"}],
        "compatibilities": ["MANAGED_INSTANCES"],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "requiresCompatibilities": ["MANAGED_INSTANCES"], "cpu": "cpu", "memory": "memory",
        "inferenceAccelerators": [{"deviceName": "deviceName", "deviceType": "deviceType"}], "pidMode": "task",
        "ipcMode": "none",
        "proxyConfiguration": {
            "type": "APPMESH", "containerName": "containerName",
            "properties": [{"name": "name", "value": "value"}]
        },
        "registeredAt": 1557207715.195, "deregisteredAt": 1557207715.195, "deleteRequestedAt": 1557207715.195,
        "registeredBy": "registeredBy", "ephemeralStorage": {"sizeInGiB": 23}, "enableFaultInjection": true
    }
    """
