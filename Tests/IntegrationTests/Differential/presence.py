# SPDX-License-Identifier: Apache-2.0
"""What AWS always returns, beyond what its model requires: members that clients rely on, and the forms of names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Structure = dict[str, Any]

# Members of every object of a shape. An answer that lists things has its list even if that is empty.
ALWAYS: dict[str, dict[str, str]] = {
    "ecs": {
        # ecs-control-plane.md §1.1; counters and lists are always there (§0).
        "Cluster": "clusterArn clusterName status registeredContainerInstancesCount runningTasksCount pendingTasksCount"
        " activeServicesCount statistics tags settings capacityProviders defaultCapacityProviderStrategy",
        "Setting": "name value principalArn type",
        # §3.7
        "TaskDefinition": "taskDefinitionArn containerDefinitions family revision volumes status requiresAttributes"
        " placementConstraints compatibilities registeredAt registeredBy",
        "ContainerDefinition": "name image cpu portMappings essential environment mountPoints volumesFrom"
        " systemControls",
        # §4.4, §4.5
        "ContainerInstance": "containerInstanceArn version versionInfo remainingResources registeredResources status"
        " agentConnected runningTasksCount pendingTasksCount attributes registeredAt attachments tags",
        "Resource": "name type doubleValue longValue integerValue",
        "InstanceHealthCheckResult": "type status",
        # §5.2
        "Task": "attachments attributes clusterArn connectivity connectivityAt containerInstanceArn containers cpu"
        " createdAt desiredStatus enableExecuteCommand group healthStatus inferenceAccelerators lastStatus launchType"
        " memory overrides tags taskArn taskDefinitionArn version",
        "TaskOverride": "containerOverrides inferenceAcceleratorOverrides",
        "ContainerOverride": "name",
        "Container": "containerArn taskArn name image lastStatus networkInterfaces healthStatus cpu",
        "NetworkBinding": "bindIP containerPort hostPort protocol",
        "ProtectedTask": "taskArn protectionEnabled",
        "Failure": "arn reason",
        # §7.2, §7.6
        "Service": "serviceArn serviceName clusterArn loadBalancers serviceRegistries status desiredCount runningCount"
        " pendingCount deploymentConfiguration deployments events createdAt createdBy placementConstraints"
        " placementStrategy schedulingStrategy enableECSManagedTags propagateTags enableExecuteCommand"
        " availabilityZoneRebalancing",
        "DeploymentConfiguration": "deploymentCircuitBreaker maximumPercent minimumHealthyPercent alarms",
        "ServiceEvent": "id createdAt message",
        "Deployment": "id status taskDefinition desiredCount pendingCount runningCount failedTasks createdAt updatedAt"
        " launchType rolloutState rolloutStateReason",
        # §7.7
        "ServiceDeployment": "serviceDeploymentArn serviceArn clusterArn createdAt updatedAt sourceServiceRevisions"
        " targetServiceRevision status deploymentConfiguration deploymentCircuitBreaker alarms",
        "ServiceDeploymentBrief": "serviceDeploymentArn serviceArn clusterArn createdAt targetServiceRevisionArn"
        " status",
        "ServiceRevisionSummary": "arn requestedTaskCount runningTaskCount pendingTaskCount",
        "ServiceCurrentRevisionSummary": "arn requestedTaskCount runningTaskCount pendingTaskCount",
        "ServiceDeploymentCircuitBreaker": "status failureCount threshold",
        "ServiceDeploymentAlarms": "status",
        "Rollback": "reason startedAt serviceRevisionArn",
        "ServiceRevision": "serviceRevisionArn serviceArn clusterArn taskDefinition launchType containerImages"
        " serviceConnectConfiguration guardDutyEnabled createdAt",
        "ContainerImage": "containerName image",
        # §7.8
        "TaskSet": "id taskSetArn serviceArn clusterArn startedBy status taskDefinition computedDesiredCount"
        " pendingCount runningCount createdAt updatedAt launchType loadBalancers serviceRegistries scale"
        " stabilityStatus stabilityStatusAt",
        "Scale": "value unit",
        # Answers
        "DescribeClustersResponse": "clusters failures",
        "DescribeContainerInstancesResponse": "containerInstances failures",
        "DescribeServiceDeploymentsResponse": "serviceDeployments failures",
        "DescribeServiceRevisionsResponse": "serviceRevisions failures",
        "DescribeServicesResponse": "services failures",
        "DescribeTaskSetsResponse": "taskSets failures",
        "DescribeTasksResponse": "tasks failures",
        "DescribeCapacityProvidersResponse": "capacityProviders",
        "DeleteTaskDefinitionsResponse": "taskDefinitions failures",
        "DiscoverPollEndpointResponse": "endpoint telemetryEndpoint",
        "GetTaskProtectionResponse": "protectedTasks failures",
        "ListAccountSettingsResponse": "settings",
        "ListAttributesResponse": "attributes",
        "ListClustersResponse": "clusterArns",
        "ListContainerInstancesResponse": "containerInstanceArns",
        "ListServiceDeploymentsResponse": "serviceDeployments",
        "ListServicesResponse": "serviceArns",
        "ListTagsForResourceResponse": "tags",
        "ListTaskDefinitionFamiliesResponse": "families",
        "ListTaskDefinitionsResponse": "taskDefinitionArns",
        "ListTasksResponse": "taskArns",
        "RegisterTaskDefinitionResponse": "taskDefinition tags",
        "RunTaskResponse": "tasks failures",
        "StartTaskResponse": "tasks failures",
        "SubmitAttachmentStateChangesResponse": "acknowledgment",
        "SubmitContainerStateChangeResponse": "acknowledgment",
        "SubmitTaskStateChangeResponse": "acknowledgment",
        "UpdateContainerInstancesStateResponse": "containerInstances failures",
        "UpdateTaskProtectionResponse": "protectedTasks failures",
    },
    "ssm": {
        # §1.8
        "CreateActivationResult": "ActivationId ActivationCode",
        "Activation": "ActivationId IamRole RegistrationLimit RegistrationsCount ExpirationDate Expired CreatedDate",
        "DescribeActivationsResult": "ActivationList",
        "DescribeInstanceInformationResult": "InstanceInformationList",
        "InstanceInformation": "InstanceId PingStatus LastPingDateTime AgentVersion PlatformType PlatformName"
        " PlatformVersion ActivationId IamRole RegistrationDate ResourceType IPAddress ComputerName",
        "ListTagsForResourceResult": "TagList",
    },
}


def _is(member: str, *values: Any) -> Callable[[Structure], bool]:
    return lambda structure: structure.get(member) in values


def _has_ecs_controller(service: Structure) -> bool:
    return service.get("deploymentController", {}).get("type", "ECS") == "ECS"


# Members that are there if, and only if, something else is so: shape, members, condition.
EXACTLY_WHEN: list[tuple[str, str, Callable[[Structure], bool]]] = [
    ("TaskDefinition", "deregisteredAt", _is("status", "INACTIVE", "DELETE_IN_PROGRESS")),
    ("TaskDefinition", "deleteRequestedAt", _is("status", "DELETE_IN_PROGRESS")),
    ("Resource", "stringSetValue", _is("type", "STRINGSET")),
    ("Task", "stoppingAt", _is("desiredStatus", "STOPPED")),
    ("Task", "stoppedAt", _is("lastStatus", "STOPPED")),
    ("Service", "deploymentController", lambda service: not _has_ecs_controller(service)),
    ("Service", "taskSets", lambda service: not _has_ecs_controller(service)),
    ("ProtectedTask", "expirationDate", _is("protectionEnabled", True)),
    ("ServiceDeployment", "startedAt", lambda deployment: deployment["status"] != "PENDING"),
    ("ServiceDeployment", "stoppedAt", _is("status", "STOPPED")),
    ("ServiceDeployment", "rollback", lambda deployment: deployment["status"].startswith("ROLLBACK")),
    (
        "ServiceDeployment",
        "finishedAt",
        _is("status", "SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"),
    ),
]

# Members that are there if something is so; without it they may be there, too.
AT_LEAST_WHEN: list[tuple[str, str, Callable[[Structure], bool]]] = [
    ("Task", "startedAt", _is("lastStatus", "RUNNING", "STOPPING")),
    ("Task", "stoppedReason", _is("lastStatus", "STOPPED")),
    ("Task", "startedBy", lambda task: task["group"].startswith("service:")),
    ("Container", "runtimeId networkBindings", _is("lastStatus", "RUNNING")),
    ("ContainerInstance", "ec2InstanceId", _is("agentConnected", True)),
    (
        "Service",
        "launchType taskDefinition currentServiceDeployment currentServiceRevisions",
        lambda service: _has_ecs_controller(service) and service["status"] == "ACTIVE",
    ),
    ("PortMapping", "hostPort protocol", lambda mapping: "containerPort" in mapping),
]


def _has_one_primary(service: Structure) -> bool:
    if not _has_ecs_controller(service) or service["status"] != "ACTIVE":
        return True
    return [deployment["status"] == "PRIMARY" for deployment in service["deployments"]] == [True] + [False] * (
        len(service["deployments"]) - 1
    )


def _adds_up(service: Structure) -> bool:
    parts = service["deployments"] + service.get("taskSets", [])
    return service["status"] != "ACTIVE" or all(
        service[count] == sum(part[count] for part in parts) for count in ("runningCount", "pendingCount")
    )


def _has_newest_event_first(service: Structure) -> bool:
    times = [event["createdAt"] for event in service["events"]]
    return times == sorted(times, reverse=True) and len(times) <= 100


def _names_itself_in_events(service: Structure) -> bool:
    return all(event["message"].startswith(f"(service {service['serviceName']}) ") for event in service["events"])


def _has_stubs(task: Structure) -> bool:
    names = [container["name"] for container in task["containers"]]
    return [stub["name"] for stub in task["overrides"]["containerOverrides"]] == names


# What else holds of every object of a shape.
INVARIANTS: list[tuple[str, str, Callable[[Structure], bool]]] = [
    ("Service", "an active service of the scheduler's has one PRIMARY deployment, its first", _has_one_primary),
    ("Service", "running and pending tasks are those of its deployments and task sets together", _adds_up),
    ("Service", "the newest event comes first, and at most 100 are kept", _has_newest_event_first),
    ("Service", "every event names its service", _names_itself_in_events),
    ("Task", "the launch type is EXTERNAL", _is("launchType", "EXTERNAL")),
    ("Task", "the desired status is RUNNING or STOPPED", _is("desiredStatus", "RUNNING", "STOPPED")),
    ("Task", "there is one stub of an override per container", _has_stubs),
]

_ARN = r"arn:aws:ecs:us-east-1:123456789012:"
_NAME = r"[A-Za-z0-9_-]{1,255}"
_ID = r"[0-9a-f]{32}"
# The forms of names (§2.1), by the name of the member, whatever the shape; lists of names have their plural.
FORMS = {
    "clusterArn": rf"{_ARN}cluster/{_NAME}",
    "containerInstanceArn": rf"{_ARN}container-instance/{_NAME}/{_ID}",
    "serviceArn": rf"{_ARN}service/{_NAME}/{_NAME}",
    "taskArn": rf"{_ARN}task/{_NAME}/{_ID}",
    "containerArn": rf"{_ARN}container/{_NAME}/{_ID}/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}",
    "taskDefinitionArn": rf"{_ARN}task-definition/{_NAME}:[1-9][0-9]*",
    "taskSetArn": rf"{_ARN}task-set/{_NAME}/{_NAME}/ecs-svc/[0-9]+",
    "serviceDeploymentArn": rf"{_ARN}service-deployment/{_NAME}/{_NAME}/[A-Za-z0-9_-]{{21}}",
    "serviceRevisionArn": rf"{_ARN}service-revision/{_NAME}/{_NAME}/[0-9]{{10,20}}",
    "ec2InstanceId": r"mi-[0-9a-f]{17}",
    "InstanceId": r"mi-[0-9a-f]{17}",
    "ActivationId": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}


def problems(service: str, shape: str, structure: Structure) -> Iterator[str]:
    """What an object of a shape lacks, has too much, or calls by a wrong name."""
    for member in ALWAYS[service].get(shape, "").split():
        if member not in structure:
            yield f"a {shape} without {member}"
    try:
        yield from _conditions(shape, structure)
    except (KeyError, TypeError, IndexError):
        # A condition needs a member that is missing, which was said above.
        return
    for member, value in structure.items():
        form = FORMS.get(member) or FORMS.get(member.removesuffix("s"))
        for name in value if isinstance(value, list) else [value]:
            if form and isinstance(name, str) and not re.fullmatch(form, name):
                yield f"{member} is {name}, which does not have the form {form}"


def _conditions(shape: str, structure: Structure) -> Iterator[str]:
    for name, members, condition in EXACTLY_WHEN:
        for member in members.split() if name == shape else ():
            if (member in structure) != condition(structure):
                yield f"a {shape} {'with' if member in structure else 'without'} {member}: {structure}"
    for name, members, condition in AT_LEAST_WHEN:
        for member in members.split() if name == shape and condition(structure) else ():
            if member not in structure:
                yield f"a {shape} without {member}: {structure}"
    for name, rule, condition in INVARIANTS:
        if name == shape and not condition(structure):
            yield f"not so: {rule}: {structure}"
