# SPDX-License-Identifier: Apache-2.0
"""What scenarios are made of: clusters, definitions, tasks and services."""

from __future__ import annotations

from typing import Any

from probe import AbandonedError, Answer, Probe

# Runs until it is told to stop, and stops at once then. Containers outlive their agents; this one does not for long.
LOOP = "trap 'kill $!; exit 0' TERM; sleep 240 & wait $!"


def cluster(probe: Probe, name: str, **members: Any) -> str:
    """Creates a cluster, and returns its name."""
    probe.ecs("CreateCluster", clusterName=name, **members)
    return name


def container(script: str = LOOP, **members: Any) -> Answer:
    """A container that runs a shell script as a process."""
    return {
        "name": "main",
        "image": "busybox:latest",
        "memory": 16,
        "entryPoint": ["sh", "-c"],
        "command": [script],
        **members,
    }


def broken() -> Answer:
    """A container that can never start."""
    return container(entryPoint=["/no/such/program"], command=[])


def definition(probe: Probe, family: str, *containers: Answer, **members: Any) -> str:
    """Registers a task definition, by default of one container that loops, and returns `family:revision`."""
    answer = probe.ecs(
        "RegisterTaskDefinition",
        family=family,
        containerDefinitions=list(containers) or [container()],
        requiresCompatibilities=["EXTERNAL"],
        **members,
    )
    return f"{family}:{answer['taskDefinition']['revision']}"


def instances(probe: Probe, cluster: str, count: int = 1) -> list[str]:
    """The ARNs of a cluster's connected instances, as soon as there are as many as wanted."""
    query = {"cluster": cluster, "filter": "agentConnected == true"}

    def connected() -> list[str] | None:
        arns = probe.ecs("ListContainerInstances", **query)["containerInstanceArns"]
        return arns if len(arns) >= count else None

    return probe.wait("ListContainerInstances", f"{count} instances of {cluster} are connected", connected)


def register(probe: Probe, cluster: str, **members: Any) -> Answer:
    """Registers a container instance whose agent never connects."""
    resources = [
        {"name": "CPU", "type": "INTEGER", "integerValue": 4096},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 8192},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "51678"]},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]
    members = {"totalResources": resources, "attributes": [{"name": "ecs.capability.external"}]} | members
    return probe.ecs("RegisterContainerInstance", cluster=cluster, **members)["containerInstance"]


def run(probe: Probe, cluster: str, definition: str, count: int = 1, **members: Any) -> list[str]:
    """Runs tasks, and returns their ARNs."""
    answer = probe.ecs("RunTask", cluster=cluster, taskDefinition=definition, count=count, **members)
    if not probe.equal("RunTask", f"all {count} tasks are placed", [], answer["failures"]):
        raise AbandonedError
    return [task["taskArn"] for task in answer["tasks"]]


def describe_tasks(probe: Probe, cluster: str, tasks: list[str], **members: Any) -> list[Answer]:
    """The tasks as they are now."""
    return probe.ecs("DescribeTasks", cluster=cluster, tasks=tasks, **members)["tasks"] if tasks else []


def wait_for_tasks(probe: Probe, cluster: str, tasks: list[str], status: str) -> list[Answer]:
    """Waits until all of some tasks have a status."""

    def all_have_it() -> list[Answer] | None:
        found = describe_tasks(probe, cluster, tasks)
        return found if all(task["lastStatus"] == status for task in found) else None

    return probe.wait("DescribeTasks", f"{len(tasks)} tasks become {status}", all_have_it)


def create_service(probe: Probe, cluster: str, name: str, definition: str, count: int = 1, **members: Any) -> Answer:
    """Creates a REPLICA service."""
    members = {"launchType": "EXTERNAL", "desiredCount": count} | members
    return probe.ecs("CreateService", cluster=cluster, serviceName=name, taskDefinition=definition, **members)[
        "service"
    ]


def describe_service(probe: Probe, cluster: str, name: str, **members: Any) -> Answer:
    """The service as it is now."""
    return probe.ecs("DescribeServices", cluster=cluster, services=[name], **members)["services"][0]


def service_tasks(probe: Probe, cluster: str, name: str, **members: Any) -> list[Answer]:
    """The tasks of a service that are wanted running."""
    arns = probe.ecs("ListTasks", cluster=cluster, serviceName=name, **members)["taskArns"]
    return describe_tasks(probe, cluster, arns)


def is_stable(service: Answer) -> bool:
    """What the waiter services-stable asks for."""
    return len(service["deployments"]) == 1 and service["runningCount"] == service["desiredCount"]


def is_completed(service: Answer) -> bool:
    """Stable, and the deployment over: its tasks have been healthy for long enough."""
    return is_stable(service) and service["deployments"][0]["rolloutState"] == "COMPLETED"


def wait_for_service(probe: Probe, cluster: str, name: str, what: str, condition: Any, seconds: float = 100) -> Answer:
    """Waits until a condition holds of a service, and returns the service."""

    def found() -> Answer | None:
        service = describe_service(probe, cluster, name)
        return service if condition(service) else None

    return probe.wait("DescribeServices", f"{name}: {what}", found, seconds)


def clean_up(probe: Probe) -> None:
    """Ends whatever runs in all clusters, since nobody else does."""
    clusters = probe.ecs.pages("ListClusters", "clusterArns", 100)
    for arn in clusters:
        for service in probe.ecs.pages("ListServices", "serviceArns", 100, cluster=arn):
            probe.ecs("DeleteService", cluster=arn, service=service, force=True)
        for task in probe.ecs.pages("ListTasks", "taskArns", 100, cluster=arn):
            probe.ecs("StopTask", cluster=arn, task=task)

    def has_ended() -> bool:
        found = probe.ecs("DescribeClusters", clusters=clusters[:100])["clusters"]
        return all(item["runningTasksCount"] + item["pendingTasksCount"] == 0 for item in found)

    probe.wait("DescribeClusters", "in the end nothing runs", has_ended, 30)
