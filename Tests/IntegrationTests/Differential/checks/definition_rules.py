# SPDX-License-Identifier: Apache-2.0
"""What a task definition for external instances may not be (ecs-control-plane.md §3); scenarios of `definitions`."""

from __future__ import annotations

from typing import Any

from probe import CLIENT, Answer, Probe, scenarios

A: Answer = {"name": "a", "image": "i", "memory": 64}
B: Answer = {"name": "b", "image": "i", "memory": 64}
SECRET = [{"name": "S", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/s"}]
ROLE = "arn:aws:iam::123456789012:role/r"
NO_MEMORY = "Invalid setting for container 'a'. At least one of 'memory' or 'memoryReservation' must be specified."
BAD_CPU = (
    "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS "
    "Developer Guide."
)


def _task(**members: Any) -> Answer:
    return {"containerDefinitions": [A], **members}


def _container(**members: Any) -> Answer:
    return {"containerDefinitions": [A | members]}


def _health(**members: Any) -> Answer:
    return _container(healthCheck={"command": ["CMD", "true"]} | members)


def _linux(**members: Any) -> Answer:
    return _container(linuxParameters=members)


def _ports(*mappings: Answer, mode: str = "bridge") -> Answer:
    return {"containerDefinitions": [A | {"portMappings": list(mappings)}], "networkMode": mode}


def _volume(**members: Any) -> Answer:
    return _task(volumes=[{"name": "v", **members}])


# Each with the text of the error where the document knows one.
TASK_LEVEL: list[tuple[Answer, str | None]] = [
    ({"containerDefinitions": []}, None),
    ({"containerDefinitions": [A | {"name": f"c{n}"} for n in range(11)]}, None),
    ({"containerDefinitions": [A, A]}, None),
    ({"containerDefinitions": [A | {"essential": False}]}, None),
    ({"containerDefinitions": [{"image": "i", "memory": 64}]}, "Container.name should not be null or empty."),
    ({"containerDefinitions": [{"name": "a", "memory": 64}]}, "Container.image should not be null or empty."),
    ({"containerDefinitions": [{"name": "a", "image": "i"}]}, NO_MEMORY),
    ({"containerDefinitions": [A], "family": "f" * 256}, None),
    ({"containerDefinitions": [A], "family": "not a name"}, None),
    (_task(networkMode="awsvpc"), None),
    (_task(networkMode="none", containerDefinitions=[A | {"portMappings": [{"containerPort": 80}]}]), None),
    (_task(cpu="127"), BAD_CPU),
    (_task(cpu="196609"), BAD_CPU),
    (_task(cpu="much"), BAD_CPU),
    (_task(memory="much"), None),
    (_task(memory="32"), None),
    (_task(cpu="128", containerDefinitions=[A | {"cpu": 129}]), None),
    (_task(placementConstraints=[{"type": "distinctInstance"}]), None),
    (_task(placementConstraints=[{"type": "memberOf", "expression": "attribute:"}]), None),
    (_task(placementConstraints=[{"type": "memberOf"}]), None),
    (_task(placementConstraints=[{"type": "memberOf", "expression": "attribute:a exists"}] * 11), None),
    (_task(placementConstraints=[{"type": "memberOf", "expression": "attribute:a == " + "x" * 2000}]), None),
    (_task(requiresCompatibilities=["EXTERNAL", "FARGATE"]), None),
    (_task(requiresCompatibilities=["MOON"]), None),
    (_task(pidMode="container"), None),
    (_task(ipcMode="shareable"), None),
    (_task(proxyConfiguration={"type": "APPMESH", "containerName": "a"}), None),
    (_task(inferenceAccelerators=[{"deviceName": "d", "deviceType": "eia2.medium"}]), None),
    (_task(ephemeralStorage={"sizeInGiB": 30}), None),
    (_task(runtimePlatform={"cpuArchitecture": "RISCV"}), None),
    (_task(runtimePlatform={"operatingSystemFamily": "PLAN9"}), None),
    (_volume(efsVolumeConfiguration={"fileSystemId": "fs-12345678"}), None),
    (_volume(configuredAtLaunch=True), None),
    (_volume(dockerVolumeConfiguration={"scope": "task", "autoprovision": True}), None),
    (_volume(fsxWindowsFileServerVolumeConfiguration={"fileSystemId": "fs-1"}), None),
    (_task(volumes=[{"name": "v"}, {"name": "v"}]), None),
]

CONTAINER_LEVEL: list[tuple[Answer, str | None]] = [
    (_container(cpu=-1), None),
    (_container(memory=3), None),
    (_container(memory=64, memoryReservation=65), None),
    (_container(image="i" * 256), None),
    (_container(image="spaces are none"), None),
    (_container(name="n" * 256), None),
    (_container(links=["nobody"]), None),
    (_container(links=["a"]), None),
    ({"containerDefinitions": [A | {"links": ["b"]}, B], "networkMode": "host"}, None),
    (_container(dependsOn=[{"containerName": "nobody", "condition": "START"}]), None),
    ({"containerDefinitions": [A | {"dependsOn": [{"containerName": "b", "condition": "SUCCESS"}]}, B]}, None),
    ({"containerDefinitions": [A | {"dependsOn": [{"containerName": "b", "condition": "HEALTHY"}]}, B]}, None),
    ({"containerDefinitions": [A | {"dependsOn": [{"containerName": "b", "condition": "READY"}]}, B]}, None),
    (
        {
            "containerDefinitions": [
                A | {"dependsOn": [{"containerName": "b", "condition": "START"}]},
                B | {"dependsOn": [{"containerName": "a", "condition": "START"}]},
            ]
        },
        None,
    ),
    ({"containerDefinitions": [A | {"links": ["b"]}, B | {"volumesFrom": [{"sourceContainer": "a"}]}]}, None),
    (_container(startTimeout=-1), None),
    (_health(command=[]), None),
    (_health(command=["true"]), None),
    (_health(interval=4), None),
    (_health(interval=301), None),
    (_health(timeout=1), None),
    (_health(timeout=61), None),
    (_health(retries=0), None),
    (_health(retries=11), None),
    (_health(startPeriod=-1), None),
    (_health(startPeriod=301), None),
    (_container(restartPolicy={"enabled": True, "restartAttemptPeriod": 59}), None),
    (_container(restartPolicy={"enabled": True, "restartAttemptPeriod": 1801}), None),
    (_container(restartPolicy={"enabled": True, "ignoredExitCodes": list(range(51))}), None),
    (_container(restartPolicy={}), None),
    (_container(versionConsistency="perhaps"), None),
    (_container(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::b/vars.txt"}]), None),
    (_container(secrets=SECRET), None),
    (_container(logConfiguration={"logDriver": "carrier-pigeon"}), None),
    (_container(logConfiguration={"logDriver": "awslogs", "options": {"awslogs-group": "g"}}), None),
    (_container(firelensConfiguration={"type": "logstash"}), None),
    (_container(ulimits=[{"name": "patience", "softLimit": 1, "hardLimit": 1}]), None),
    (_container(ulimits=[{"name": "nofile", "softLimit": 2, "hardLimit": 1}]), None),
    (_linux(capabilities={"add": ["CAP_NET_ADMIN"]}), None),
    (_linux(devices=[{"containerPath": "/dev/n"}]), None),
    (_linux(devices=[{"hostPath": "/dev/null", "permissions": ["own"]}]), None),
    (_linux(tmpfs=[{"containerPath": "/t", "size": 1, "mountOptions": ["fast"]}]), None),
    (_linux(maxSwap=-1), None),
    (_linux(swappiness=101, maxSwap=1), None),
    (_container(systemControls=[{"namespace": "vm.swappiness", "value": "1"}]), None),
    ({**_container(systemControls=[{"namespace": "net.core.somaxconn", "value": "1"}]), "networkMode": "host"}, None),
    ({**_container(systemControls=[{"namespace": "kernel.shmmax", "value": "1"}]), "ipcMode": "host"}, None),
    (_container(resourceRequirements=[{"type": "GPU", "value": "0"}]), None),
    (_container(resourceRequirements=[{"type": "InferenceAccelerator", "value": "d"}]), None),
    (_container(mountPoints=[{"sourceVolume": "nothing", "containerPath": "/n"}]), "Unknown volume 'nothing'."),
    (_container(volumesFrom=[{"sourceContainer": "nobody"}]), None),
    (_container(dnsSearchDomains=["-"]), None),
]

HOST_MISMATCH = "When networkMode=host, the host ports and container ports in port mappings must match."
PORTS: list[tuple[Answer, str | None]] = [
    (_ports({"containerPort": 0}), None),
    (_ports({"containerPort": 65536}), None),
    (_ports({"containerPort": 80, "hostPort": 65536}), None),
    (_ports({"containerPort": 80, "protocol": "sctp"}), None),
    (_ports({"containerPort": 80, "hostPort": 1}, {"containerPort": 81, "hostPort": 1}), None),
    (_ports({"containerPort": 80, "hostPort": 81}, mode="host"), HOST_MISMATCH),
    (_ports({"containerPortRange": "1-2"}, mode="host"), None),
    (_ports({"containerPortRange": "2-1"}), None),
    (_ports({"containerPortRange": "1-65536"}), None),
    (_ports({"containerPortRange": "1-5"}, {"containerPortRange": "5-9"}), None),
    (_ports({"containerPortRange": "1-5", "hostPort": 1}), None),
    (_ports({"containerPort": 80, "name": "-web"}), None),
    (_ports({"containerPort": 80, "name": "n" * 65}), None),
    (_ports({"containerPort": 80, "appProtocol": "gopher"}), None),
]

# At the edge, and accepted.
GOOD: list[Answer] = [
    {"containerDefinitions": [A | {"name": f"c{n}"} for n in range(10)]},
    {"containerDefinitions": [A], "family": "f" * 255},
    _container(name="n" * 255),
    _container(image="i" * 255),
    _container(memory=6),
    _container(memory=64, memoryReservation=63),
    _container(cpu=0),
    _task(cpu="128", containerDefinitions=[A | {"cpu": 128}]),
    _task(memory="64"),
    _task(networkMode="none"),
    _task(placementConstraints=[{"type": "memberOf", "expression": "attribute:a exists"}] * 10),
    _health(interval=5, timeout=2, retries=1, startPeriod=0),
    _health(interval=300, timeout=60, retries=10, startPeriod=300),
    _container(restartPolicy={"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": list(range(50))}),
    _container(restartPolicy={"enabled": True, "restartAttemptPeriod": 1800}),
    {**_container(secrets=SECRET), "executionRoleArn": ROLE},
    _linux(maxSwap=0, swappiness=100),
    _ports({"containerPort": 53, "hostPort": 53}, {"containerPort": 53, "hostPort": 53, "protocol": "udp"}),
    _ports({"containerPortRange": "1-65535"}),
    _ports({"containerPort": 80, "name": "n" * 64}),
    _volume(dockerVolumeConfiguration={"scope": "shared", "autoprovision": True}),
]


def refusals(probe: Probe) -> None:
    """Each rule of §3, broken once."""
    for rules in (TASK_LEVEL, CONTAINER_LEVEL, PORTS):
        for members, text in rules:
            given = {"family": "ruled", "requiresCompatibilities": ["EXTERNAL"]} | members
            probe.ecs.refuse("RegisterTaskDefinition", CLIENT, text, **given)
    probe.ecs.refuse("RegisterTaskDefinition", CLIENT, containerDefinitions=[A])
    probe.ecs.refuse("RegisterTaskDefinition", CLIENT, family="ruled")
    # 64 KiB of definition, counted as a whole.
    environment = [{"name": f"V{n}", "value": "x" * 1000} for n in range(70)]
    probe.ecs.refuse(
        "RegisterTaskDefinition", CLIENT, family="ruled", containerDefinitions=[A | {"environment": environment}]
    )


def edges(probe: Probe) -> None:
    """The last values that are still good."""
    for members in GOOD:
        given = {"family": "edges", "requiresCompatibilities": ["EXTERNAL"]} | members
        probe.ecs.accept("RegisterTaskDefinition", f"accepts {str(members)[:100]}", **given)
    # Without EXTERNAL among the compatibilities, what external instances lack makes it unfit for them, and no more.
    answer = probe.ecs("RegisterTaskDefinition", family="edges-vpc", networkMode="awsvpc", containerDefinitions=[A])
    kinds = answer["taskDefinition"]["compatibilities"]
    probe.true("RegisterTaskDefinition", "awsvpc does not fit external instances", "EXTERNAL" not in kinds, kinds)
    unfit = "Task definition does not support launch_type EXTERNAL."
    for operation, members in (("RunTask", {}), ("CreateService", {"serviceName": "s", "desiredCount": 0})):
        probe.ecs.refuse(
            operation,
            "InvalidParameterException",
            unfit,
            cluster="definitions",
            taskDefinition="edges-vpc",
            launchType="EXTERNAL",
            **members,
        )


SCENARIOS = scenarios(refusals, edges)
