# SPDX-License-Identifier: Apache-2.0
"""Task definitions: registering, reading back, listing, deleting (ecs-control-plane.md §1.2, §2.5, §3)."""

from __future__ import annotations

from typing import Any

from checks import definition_rules
from probe import CLIENT, INVALID, Answer, Probe, scenarios
from world import definition, instances, run, wait_for_tasks

ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition/"
SMALL = {"name": "a", "image": "b", "memory": 8}
# Everything that can be said of a task on an external Linux host in bridge mode.
WHOLE: Answer = {
    "taskRoleArn": "arn:aws:iam::123456789012:role/task",
    "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
    "networkMode": "bridge",
    "volumes": [
        {"name": "scratch", "host": {}},
        {"name": "data", "host": {"sourcePath": "/srv/data"}},
        {
            "name": "shared",
            "dockerVolumeConfiguration": {
                "scope": "shared",
                "autoprovision": True,
                "driver": "local",
                "driverOpts": {"o": "bind"},
                "labels": {"a": "b"},
            },
        },
    ],
    "placementConstraints": [{"type": "memberOf", "expression": "attribute:site == s1"}],
    "requiresCompatibilities": ["EXTERNAL"],
    "cpu": "512",
    "memory": "1024",
    "pidMode": "task",
    "ipcMode": "task",
    "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    "enableFaultInjection": False,
    "containerDefinitions": [
        {
            "name": "whole",
            "image": "registry.example:5000/team/app@sha256:" + "0" * 64,
            "repositoryCredentials": {"credentialsParameter": "registry"},
            "cpu": 128,
            "memory": 256,
            "memoryReservation": 128,
            "links": ["other:alias"],
            "portMappings": [
                {"containerPort": 80, "hostPort": 8080, "protocol": "tcp", "name": "web", "appProtocol": "http"},
                {"containerPort": 53, "hostPort": 0, "protocol": "udp"},
                {"containerPortRange": "9000-9010", "protocol": "tcp"},
            ],
            "essential": True,
            "restartPolicy": {"enabled": True, "ignoredExitCodes": [0, 3], "restartAttemptPeriod": 60},
            "entryPoint": ["/bin/app"],
            "command": ["--verbose"],
            "environment": [{"name": "A", "value": "1"}],
            "environmentFiles": [{"value": "arn:aws:s3:::bucket/vars.env", "type": "s3"}],
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": True}],
            "volumesFrom": [{"sourceContainer": "other", "readOnly": False}],
            "linuxParameters": {
                "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
                "devices": [{"hostPath": "/dev/null", "containerPath": "/dev/n", "permissions": ["read", "mknod"]}],
                "initProcessEnabled": True,
                "sharedMemorySize": 64,
                "tmpfs": [{"containerPath": "/t", "size": 16, "mountOptions": ["noexec", "nosuid"]}],
                "maxSwap": 512,
                "swappiness": 0,
            },
            "secrets": [
                {"name": "S", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/s"},
                {"name": "T", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:t-AbCdEf:k::"},
            ],
            "dependsOn": [{"containerName": "other", "condition": "HEALTHY"}],
            "startTimeout": 300,
            "stopTimeout": 200,
            "versionConsistency": "disabled",
            "hostname": "host",
            "user": "1000:1000",
            "workingDirectory": "/srv",
            "disableNetworking": False,
            "privileged": False,
            "readonlyRootFilesystem": True,
            "dnsServers": ["192.0.2.1"],
            "dnsSearchDomains": ["example.com"],
            "extraHosts": [{"hostname": "db", "ipAddress": "192.0.2.2"}],
            "dockerSecurityOptions": ["no-new-privileges"],
            "interactive": True,
            "pseudoTerminal": True,
            "dockerLabels": {"team": "a"},
            "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"},
                "secretOptions": [{"name": "x", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/x"}],
            },
            "systemControls": [{"namespace": "net.core.somaxconn", "value": "1024"}],
        },
        {
            "name": "other",
            "image": "busybox",
            "cpu": 0,
            "memory": 64,
            "portMappings": [],
            "essential": False,
            "environment": [],
            "mountPoints": [],
            "volumesFrom": [],
            "systemControls": [],
            "healthCheck": {
                "command": ["CMD-SHELL", "true"],
                "interval": 10,
                "timeout": 3,
                "retries": 2,
                "startPeriod": 5,
            },
            "resourceRequirements": [{"type": "GPU", "value": "1"}],
        },
    ],
}


def whole(probe: Probe) -> None:
    """Nothing that was registered is lost or changed."""
    answer = probe.ecs("RegisterTaskDefinition", family="whole", tags=[{"key": "a", "value": "b"}], **WHOLE)
    registered = answer["taskDefinition"]
    for member, value in WHOLE.items():
        probe.equal("RegisterTaskDefinition", f"{member} comes back as it was given", value, registered.get(member))
    expected = {
        "family": "whole",
        "revision": 1,
        "status": "ACTIVE",
        "taskDefinitionArn": f"{ARN}whole:1",
        "registeredBy": "arn:aws:iam::123456789012:root",
    }
    probe.has("RegisterTaskDefinition", "the rest is filled in", expected, registered)
    probe.equal("RegisterTaskDefinition", "tags come apart", [{"key": "a", "value": "b"}], answer["tags"])
    described = probe.ecs("DescribeTaskDefinition", taskDefinition="whole", include=["TAGS"])
    probe.equal("DescribeTaskDefinition", "describes what was registered", answer, described)
    without = probe.ecs("DescribeTaskDefinition", taskDefinition="whole")
    probe.equal("DescribeTaskDefinition", "tags come only if they are asked for", [], without.get("tags", []))
    attributes = {attribute["name"] for attribute in registered["requiresAttributes"]}
    for name in (
        "com.amazonaws.ecs.capability.logging-driver.awslogs",
        "ecs.capability.execution-role-awslogs",
        "com.amazonaws.ecs.capability.task-iam-role",
        "ecs.capability.secrets.ssm.environment-variables",
        "ecs.capability.secrets.asm.environment-variables",
        "ecs.capability.secrets.ssm.bootstrap.log-driver",
        "ecs.capability.private-registry-authentication.secretsmanager",
        "ecs.capability.container-health-check",
        "ecs.capability.container-ordering",
        "ecs.capability.pid-ipc-namespace-sharing",
        "ecs.capability.task-cpu-mem-limit",
        "ecs.capability.env-files.s3",
        "ecs.capability.docker-plugin.local",
        "ecs.capability.container-restart-policy",
        "ecs.capability.network.container-port-range",
    ):
        probe.true("RegisterTaskDefinition", f"requires {name}", name in attributes, sorted(attributes))
    probe.true(
        "RegisterTaskDefinition",
        "never requires network interfaces of its own",
        "ecs.capability.task-eni" not in attributes,
        sorted(attributes),
    )
    # Scripts register what Describe has answered, with members that only answers have (§11.3).
    again = probe.ecs.send("RegisterTaskDefinition", registered)
    probe.has("RegisterTaskDefinition", "accepts an answer as input", {"revision": 2}, again.get("taskDefinition"))


def normalisation(probe: Probe) -> None:
    """Defaults, and the forms of what can be written in several (§3.1, §3.3, §3.7)."""

    def registered(*, containers: list[Answer] | None = None, **members: Any) -> Answer:
        return probe.ecs(
            "RegisterTaskDefinition", family="normal", containerDefinitions=containers or [dict(SMALL)], **members
        )["taskDefinition"]

    plain = registered()
    expected = {
        "cpu": 0,
        "essential": True,
        "environment": [],
        "mountPoints": [],
        "volumesFrom": [],
        "portMappings": [],
        "systemControls": [],
    }
    probe.has("RegisterTaskDefinition", "containers have defaults", expected, plain["containerDefinitions"][0])
    probe.has("RegisterTaskDefinition", "lists are there", {"volumes": [], "placementConstraints": []}, plain)
    for absent in ("requiresCompatibilities", "networkMode", "taskRoleArn", "deregisteredAt"):
        probe.true("RegisterTaskDefinition", f"without {absent} there is none", absent not in plain, plain)
    probe.equal("RegisterTaskDefinition", "compatibilities", ["EXTERNAL", "EC2"], plain["compatibilities"])
    for cpu, memory, units, size in (
        ("1024", "512", "1024", "512"),
        ("1 vCPU", "1GB", "1024", "1024"),
        ("1 vcpu", "1 GB", "1024", "1024"),
        (".5 vCPU", "0.5 GB", "512", "512"),
        ("128", "6", "128", "6"),
        ("196608", "1024", "196608", "1024"),
    ):
        small = [{"name": "a", "image": "b"}]
        answer = registered(containers=small, cpu=cpu, memory=memory)
        expected = {"cpu": units, "memory": size}
        probe.has("RegisterTaskDefinition", f"{cpu} and {memory} are written anew", expected, answer)
    for mode, given, mapped in (
        ("host", {"containerPort": 80}, {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}),
        ("bridge", {"containerPort": 80}, {"containerPort": 80, "hostPort": 0, "protocol": "tcp"}),
        ("bridge", {"containerPort": 80, "hostPort": 0}, {"containerPort": 80, "hostPort": 0, "protocol": "tcp"}),
    ):
        answer = registered(networkMode=mode, containers=[SMALL | {"portMappings": [given]}])
        found = answer["containerDefinitions"][0]["portMappings"]
        probe.equal("RegisterTaskDefinition", f"in mode {mode}, {given} is filled in", [mapped], found)


def revisions(probe: Probe) -> None:
    """How revisions are counted and found, and how they end."""

    def register() -> Answer:
        return probe.ecs("RegisterTaskDefinition", family="counted", containerDefinitions=[SMALL])["taskDefinition"]

    numbers = [register()["revision"] for _ in range(4)]
    probe.equal("RegisterTaskDefinition", "the same content is a new revision each time", [1, 2, 3, 4], numbers)
    for reference, revision in (("counted", 4), ("counted:2", 2), (f"{ARN}counted:3", 3), (f"{ARN}counted:1", 1)):
        found = probe.ecs("DescribeTaskDefinition", taskDefinition=reference)["taskDefinition"]
        probe.has("DescribeTaskDefinition", f"resolves {reference}", {"revision": revision}, found)
    unknown = "Unable to describe task definition."
    for reference in ("unknown", "counted:9", f"{ARN}counted:9", f"{ARN}unknown:1"):
        probe.ecs.refuse("DescribeTaskDefinition", CLIENT, unknown, taskDefinition=reference)
    probe.ecs.refuse("DescribeTaskDefinition", INVALID, taskDefinition="counted", include=["TAG"])
    probe.ecs.refuse("DescribeTaskDefinition", INVALID)
    deregister = "DeregisterTaskDefinition"
    probe.ecs.refuse(deregister, CLIENT, "Revision is missing.", taskDefinition="counted")
    probe.ecs.refuse(deregister, INVALID, "Invalid revision number. Number: x", taskDefinition="counted:x")
    probe.ecs.refuse(deregister, CLIENT, taskDefinition="counted:9")
    probe.ecs.refuse(deregister, INVALID)
    first = probe.ecs(deregister, taskDefinition="counted:4")["taskDefinition"]
    probe.has(deregister, "the revision is inactive", {"status": "INACTIVE", "revision": 4}, first)
    again = probe.ecs(deregister, taskDefinition=f"{ARN}counted:4")["taskDefinition"]
    probe.equal(deregister, "again changes nothing", first, again)
    found = probe.ecs("DescribeTaskDefinition", taskDefinition="counted:4")["taskDefinition"]
    probe.equal("DescribeTaskDefinition", "an inactive revision is described", first, found)
    found = probe.ecs("DescribeTaskDefinition", taskDefinition="counted")["taskDefinition"]
    probe.has("DescribeTaskDefinition", "a family is its highest active revision", {"revision": 3}, found)
    for number in (1, 2, 3):
        probe.ecs(deregister, taskDefinition=f"counted:{number}")
    probe.ecs.refuse("DescribeTaskDefinition", CLIENT, unknown, taskDefinition="counted")
    for operation, members in (
        ("RunTask", {}),
        ("CreateService", {"serviceName": "s", "desiredCount": 0}),
        ("StartTask", {"containerInstances": ["0" * 32]}),
    ):
        inactive = "TaskDefinition is inactive"
        probe.ecs.refuse(operation, CLIENT, inactive, cluster="definitions", taskDefinition="counted:4", **members)
        missing = "TaskDefinition not found."
        probe.ecs.refuse(operation, CLIENT, missing, cluster="definitions", taskDefinition="unknown", **members)
        probe.ecs.refuse(operation, CLIENT, missing, cluster="definitions", taskDefinition="counted", **members)
    probe.equal("RegisterTaskDefinition", "no number is given twice", 5, register()["revision"])


def deletion(probe: Probe) -> None:
    """DeleteTaskDefinitions: what it takes, what it refuses, and what stays while it is used."""
    operation = "DeleteTaskDefinitions"
    none = "size of TaskDefinition references list must be greater than 0"
    probe.ecs.refuse(operation, INVALID, none, taskDefinitions=[])
    many = "Size of TaskDefinition references list cannot exceed 10"
    probe.ecs.refuse(operation, INVALID, many, taskDefinitions=[f"deleted:{n}" for n in range(1, 12)])
    answer = probe.ecs(operation, taskDefinitions=["deleted"])
    invalid = "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
    probe.failed(operation, "a family alone is a failure", [("deleted", invalid)], answer)
    instances(probe, "definitions")
    for _ in range(10):
        definition(probe, "deleted")
    probe.ecs("DeregisterTaskDefinition", taskDefinition="deleted:1")
    answer = probe.ecs(operation, taskDefinitions=["deleted:1", "deleted:2", f"{ARN}deleted:99"])
    deleted = [(item["revision"], item["status"]) for item in answer["taskDefinitions"]]
    probe.equal(operation, "an inactive revision is deleted", [(1, "DELETE_IN_PROGRESS")], deleted)
    arns = [failure["arn"] for failure in answer["failures"]]
    probe.equal(operation, "the others are failures", ["deleted:2", f"{ARN}deleted:99"], arns)
    task = run(probe, "definitions", "deleted:3")
    for number in range(2, 11):
        probe.ecs("DeregisterTaskDefinition", taskDefinition=f"deleted:{number}")
    ten = probe.ecs(operation, taskDefinitions=[f"deleted:{number}" for number in range(2, 11)])
    probe.equal(operation, "deletes nine", (9, 0), (len(ten["taskDefinitions"]), len(ten["failures"])))
    used = probe.ecs("DescribeTaskDefinition", taskDefinition="deleted:3")["taskDefinition"]
    expected = {"status": "DELETE_IN_PROGRESS", "revision": 3}
    probe.has("DescribeTaskDefinition", "a deleted revision that is in use is described", expected, used)
    listed = probe.ecs.pages("ListTaskDefinitions", "taskDefinitionArns", 100, status="DELETE_IN_PROGRESS")
    probe.true("ListTaskDefinitions", "lists it by its status", f"{ARN}deleted:3" in listed, listed)
    running = wait_for_tasks(probe, "definitions", task, "RUNNING")
    probe.has("DescribeTasks", "its task runs", {"taskDefinitionArn": f"{ARN}deleted:3"}, running[0])
    probe.ecs.refuse("RunTask", CLIENT, cluster="definitions", taskDefinition="deleted:3")
    probe.ecs("StopTask", cluster="definitions", task=task[0])


def lists(probe: Probe) -> None:
    """ListTaskDefinitions and ListTaskDefinitionFamilies."""
    for family in ("list-a", "list-b", "list-b2", "list-c"):
        for _ in range(11 if family == "list-b" else 2):
            probe.ecs("RegisterTaskDefinition", family=family, containerDefinitions=[SMALL])
    for reference in ("list-c:1", "list-c:2", "list-b:11"):
        probe.ecs("DeregisterTaskDefinition", taskDefinition=reference)

    def listed(size: int = 100, **members: Any) -> list[str]:
        arns = probe.ecs.pages("ListTaskDefinitions", "taskDefinitionArns", size, **members)
        return [arn.removeprefix(ARN) for arn in arns if "/list-" in arn]

    numbers = [f"list-b:{number}" for number in range(1, 11)]
    ascending = ["list-a:1", "list-a:2", *numbers, "list-b2:1", "list-b2:2"]
    probe.equal("ListTaskDefinitions", "active ones by family and number", ascending, listed())
    for size in (1, 3):
        pages = listed(size, familyPrefix="list-b")
        probe.equal("ListTaskDefinitions", f"pages of {size} of the family that is named", numbers, pages)
        pages = listed(size, familyPrefix="list-b", sort="DESC")
        probe.equal("ListTaskDefinitions", f"pages of {size} downwards", numbers[::-1], pages)
    probe.equal("ListTaskDefinitions", "DESC is the reverse", ascending[::-1], listed(sort="DESC"))
    probe.equal("ListTaskDefinitions", "familyPrefix is the whole name", [], listed(familyPrefix="list-"))
    inactive = ["list-b:11", "list-c:1", "list-c:2"]
    probe.equal("ListTaskDefinitions", "inactive ones", inactive, listed(status="INACTIVE"))
    for wrong in ({"status": "GONE"}, {"sort": "UP"}):
        probe.ecs.refuse("ListTaskDefinitions", INVALID, **wrong)
    probe.ecs.limits("ListTaskDefinitions", "taskDefinitionArns", 100, familyPrefix="list-b")

    def families(**members: Any) -> list[str]:
        return probe.ecs.pages("ListTaskDefinitionFamilies", "families", 100, familyPrefix="list-", **members)

    whole = ["list-a", "list-b", "list-b2", "list-c"]
    operation = "ListTaskDefinitionFamilies"
    probe.equal(operation, "all families by default", whole, families())
    probe.equal(operation, "all families", whole, families(status="ALL"))
    probe.equal(operation, "those with an active revision", whole[:3], families(status="ACTIVE"))
    probe.equal(operation, "those without", whole[3:], families(status="INACTIVE"))
    probe.ecs.refuse(operation, INVALID, status="GONE")
    probe.ecs.limits(operation, "families", 100, familyPrefix="list-")

    def change() -> None:
        probe.ecs("DeregisterTaskDefinition", taskDefinition="list-b:3")
        probe.ecs("RegisterTaskDefinition", family="list-b", containerDefinitions=[SMALL])

    seen = probe.ecs.pages_around(
        "ListTaskDefinitions", "taskDefinitionArns", f"{ARN}list-b:4", change, familyPrefix="list-b"
    )
    expected = [f"{ARN}{name}" for name in [*numbers, "list-b:12"]]
    probe.equal("ListTaskDefinitions", "what stays is listed once while others go and come", expected, seen)


SCENARIOS = scenarios(whole, normalisation, revisions, deletion, lists, *definition_rules.SCENARIOS)
