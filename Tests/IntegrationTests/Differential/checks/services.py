# SPDX-License-Identifier: Apache-2.0
"""Services as objects: creating, changing, listing and deleting them (ecs-control-plane.md §1.4, §7.1, §7.2, §7.6)."""

from __future__ import annotations

from checks import service_history
from probe import CLIENT, INVALID, NO_CLUSTER, NO_SERVICE, Answer, Probe, scenarios
from world import (
    cluster,
    container,
    create_service,
    definition,
    describe_service,
    describe_tasks,
    instances,
    service_tasks,
    wait_for_service,
    wait_for_tasks,
)

ARN = "arn:aws:ecs:us-east-1:123456789012:"
NOT_ACTIVE = "ServiceNotActiveException"


def defaults(probe: Probe) -> None:
    """What a service is if nobody says more than has to be said."""
    cluster(probe, "defaults")
    web = definition(probe, "defaults")
    call = {"cluster": "defaults", "serviceName": "web", "taskDefinition": web, "desiredCount": 2}
    service = probe.ecs("CreateService", **call)["service"]
    deployment = service["deployments"][0]
    expected = {
        "serviceArn": f"{ARN}service/defaults/web",
        "serviceName": "web",
        "clusterArn": f"{ARN}cluster/defaults",
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 0,
        "pendingCount": 0,
        "launchType": "EXTERNAL",
        "taskDefinition": f"{ARN}task-definition/defaults:1",
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "alarms": {"alarmNames": [], "enable": False, "rollback": False},
        },
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
        "schedulingStrategy": "REPLICA",
        "enableECSManagedTags": False,
        "propagateTags": "NONE",
        "enableExecuteCommand": False,
        "availabilityZoneRebalancing": "DISABLED",
        "createdBy": "arn:aws:iam::123456789012:root",
    }
    found = dict(service, deploymentConfiguration=_known(service["deploymentConfiguration"]))
    probe.has("CreateService", "a service has AWS's defaults", expected, found)
    for absent in ("roleArn", "networkConfiguration", "platformVersion", "capacityProviderStrategy"):
        probe.true("CreateService", f"there is no {absent}", absent not in service, service)
    expected = {
        "status": "PRIMARY",
        "desiredCount": 2,
        "runningCount": 0,
        "pendingCount": 0,
        "failedTasks": 0,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {deployment['id']} in progress.",
        "taskDefinition": f"{ARN}task-definition/defaults:1",
        "launchType": "EXTERNAL",
    }
    probe.has("CreateService", "its deployment is in progress", expected, deployment)
    described = describe_service(probe, "defaults", "web")
    same = ("serviceArn", "createdAt", "currentServiceDeployment", "deploymentConfiguration")
    probe.has("DescribeServices", "it is described", {name: service[name] for name in same}, described)
    daemon = {"cluster": "defaults", "serviceName": "daemon", "taskDefinition": web, "schedulingStrategy": "DAEMON"}
    answer = probe.ecs("CreateService", **daemon)["service"]
    expected = {"maximumPercent": 100, "minimumHealthyPercent": 0}
    probe.has("CreateService", "a daemon has other percentages", expected, answer["deploymentConfiguration"])
    expected = {"schedulingStrategy": "DAEMON", "desiredCount": 0, "launchType": "EXTERNAL"}
    probe.has("CreateService", "a daemon counts instances, of which there are none", expected, answer)


def _known(configuration: Answer) -> Answer:
    """A deployment configuration without what later versions of the API have added."""
    names = ("deploymentCircuitBreaker", "maximumPercent", "minimumHealthyPercent", "alarms")
    return {name: configuration[name] for name in names if name in configuration}


def everything(probe: Probe) -> None:
    """Every member that a service can have here comes back; two spellings are AWS's own (§6.3)."""
    cluster(probe, "everything")
    role = {"taskRoleArn": "arn:aws:iam::123456789012:role/task"}
    given = {
        "placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}, {"type": "distinctInstance"}],
        "healthCheckGracePeriodSeconds": 2147483647,
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": True,
        "availabilityZoneRebalancing": "DISABLED",
        "tags": [{"key": "team", "value": "a"}],
    }
    strategies = [
        {"type": "spread", "field": "host"},
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "memory"},
        {"type": "binpack", "field": "cpu"},
        {"type": "random"},
    ]
    rollout = {
        "maximumPercent": 150,
        "minimumHealthyPercent": 50,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": [], "enable": False, "rollback": False},
    }
    task = definition(probe, "everything", **role)
    more = {"placementStrategy": strategies, "deploymentConfiguration": rollout, "clientToken": "t" * 36}
    more |= {"serviceConnectConfiguration": {"enabled": False}, "deploymentController": {"type": "ECS"}}
    service = create_service(probe, "everything", "s", task, 0, **given, **more)
    probe.has("CreateService", "what was given comes back", given, service)
    expected = [
        {"type": "spread", "field": "instanceId"},
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "MEMORY"},
        {"type": "binpack", "field": "CPU"},
        {"type": "random"},
    ]
    probe.equal("CreateService", "strategies as AWS writes them", expected, service["placementStrategy"])
    probe.equal("CreateService", "so does the rollout", rollout, _known(service["deploymentConfiguration"]))


def refusals(probe: Probe) -> None:
    """What services on external instances cannot have (§7.1), and what nobody's can."""
    cluster(probe, "refusing")
    web = definition(probe, "refusing")
    call = {"cluster": "refusing", "serviceName": "wrong", "taskDefinition": web, "desiredCount": 1}
    provider = [{"capacityProvider": "FARGATE"}]
    distinct = [{"type": "distinctInstance"}]
    both = "Specify either Launch Type or Capacity Provider Strategy, but not both."
    platform = "The platform version must be null when specifying an EXTERNAL launch type."
    network = "Network Configuration is not valid for the given networkMode of this task definition."
    rules: list[tuple[Answer, str | None]] = [
        ({"serviceName": "n" * 256}, None),
        ({"serviceName": "two words"}, None),
        ({"serviceName": None}, None),
        ({"taskDefinition": None}, None),
        ({"desiredCount": None}, None),
        ({"desiredCount": -1}, None),
        ({"launchType": "EC2"}, None),
        ({"launchType": "FARGATE"}, None),
        ({"launchType": "MANAGED_INSTANCES"}, None),
        ({"launchType": "EXTERNAL", "capacityProviderStrategy": provider}, both),
        ({"capacityProviderStrategy": provider}, None),
        ({"loadBalancers": [{"targetGroupArn": "t", "containerName": "main", "containerPort": 80}]}, None),
        ({"serviceRegistries": [{"registryArn": "r"}]}, None),
        ({"serviceConnectConfiguration": {"enabled": True, "namespace": "n"}}, None),
        ({"vpcLatticeConfigurations": [{"roleArn": "r", "targetGroupArn": "t", "portName": "p"}]}, None),
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}}, network),
        ({"platformVersion": "1.4.0", "launchType": "EXTERNAL"}, platform),
        ({"volumeConfigurations": [{"name": "v", "managedEBSVolume": {"roleArn": "r"}}]}, None),
        ({"role": "ecsServiceRole"}, None),
        ({"healthCheckGracePeriodSeconds": -1}, None),
        ({"healthCheckGracePeriodSeconds": 2147483648}, None),
        ({"schedulingStrategy": "CRON"}, None),
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, None),
        ({"propagateTags": "ALL"}, None),
        ({"availabilityZoneRebalancing": "SOMETIMES"}, None),
        ({"clientToken": "t" * 37}, None),
        ({"clientToken": "with space"}, None),
        ({"placementConstraints": distinct * 11}, None),
        ({"placementConstraints": [{"type": "memberOf"}]}, None),
        ({"placementStrategy": [{"type": "random"}] * 6}, None),
        ({"placementStrategy": [{"type": "spread"}]}, None),
        ({"schedulingStrategy": "DAEMON"}, None),
        ({"schedulingStrategy": "DAEMON", "desiredCount": None, "placementStrategy": [{"type": "random"}]}, None),
        ({"schedulingStrategy": "DAEMON", "desiredCount": None, "deploymentController": {"type": "EXTERNAL"}}, None),
        ({"deploymentController": {"type": "EXTERNAL"}}, None),
    ]
    for strategy in ("BLUE_GREEN", "LINEAR", "CANARY"):
        rules.append(({"deploymentConfiguration": {"strategy": strategy}}, None))
    for rollout in (
        {"alarms": {"alarmNames": ["a"], "enable": True, "rollback": True}},
        {"lifecycleHooks": [{"hookTargetArn": "h", "roleArn": "r", "lifecycleStages": ["PRE_SCALE_UP"]}]},
        {"deploymentCircuitBreaker": {"enable": True}},
        {"maximumPercent": 99},
        {"maximumPercent": -1},
        {"minimumHealthyPercent": -1},
    ):
        rules.append(({"deploymentConfiguration": rollout}, None))
    for members, text in rules:
        given = {key: value for key, value in (call | members).items() if value is not None}
        probe.ecs.refuse("CreateService", INVALID, text, **given)
    probe.ecs.refuse("CreateService", NO_CLUSTER, "Cluster not found.", **call | {"cluster": "nowhere"})
    probe.ecs.refuse("CreateService", CLIENT, "TaskDefinition not found.", **call | {"taskDefinition": "none"})
    accepted = probe.ecs.accept("CreateService", "the longest name", **call | {"serviceName": "n" * 255})
    probe.true("CreateService", "it is made", accepted, accepted)


def idempotence(probe: Probe) -> None:
    """The same call again, another call under the same name, and the name of a service that has gone."""
    cluster(probe, "repeated")
    web = definition(probe, "repeated")
    call = {"cluster": "repeated", "serviceName": "web", "taskDefinition": web, "desiredCount": 1, "clientToken": "one"}
    first = probe.ecs("CreateService", **call)["service"]
    again = probe.ecs("CreateService", **call)["service"]
    same = ("serviceArn", "createdAt", "currentServiceDeployment")
    probe.has("CreateService", "a replay gives the same service", {name: first[name] for name in same}, again)
    other = "Creation of service was not idempotent."
    probe.ecs.refuse("CreateService", INVALID, other, **call | {"desiredCount": 2})
    probe.ecs.refuse("CreateService", INVALID, other, **call | {"clientToken": "two", "desiredCount": 2})
    scaled = "The service cannot be stopped while it is scaled above 0."
    probe.ecs.refuse("DeleteService", INVALID, scaled, cluster="repeated", service="web")
    # Terraform's sequence: only the desired count stands in the way of deletion, not what runs.
    probe.ecs("UpdateService", cluster="repeated", service="web", desiredCount=0)
    gone = probe.ecs("DeleteService", cluster="repeated", service="web", force=False)["service"]
    probe.true("DeleteService", "the service goes", gone["status"] in ("DRAINING", "INACTIVE"), gone)
    inactive = wait_for_service(probe, "repeated", "web", "becomes INACTIVE", lambda s: s["status"] == "INACTIVE")
    expected = {"desiredCount": 0, "runningCount": 0, "pendingCount": 0}
    probe.has("DescribeServices", "an inactive service is described, and is nothing", expected, inactive)
    listed = probe.ecs("ListServices", cluster="repeated")["serviceArns"]
    probe.equal("ListServices", "an inactive service is not listed", [], listed)
    probe.ecs.refuse(
        "UpdateService", NOT_ACTIVE, "Service was not ACTIVE.", cluster="repeated", service="web", desiredCount=1
    )
    fresh = probe.ecs("CreateService", **call | {"desiredCount": 2})["service"]
    probe.true("CreateService", "the name is free again", fresh["createdAt"] > first["createdAt"], fresh)
    forced = probe.ecs("DeleteService", cluster="repeated", service="web", force=True)["service"]
    expected = {"desiredCount": 0}
    probe.has("DeleteService", "with force it goes while it is scaled", expected, forced)
    for operation in ("UpdateService", "DeleteService"):
        probe.ecs.refuse(operation, NO_SERVICE, "Service not found.", cluster="repeated", service="none")
        probe.ecs.refuse(operation, NO_CLUSTER, "Cluster not found.", cluster="nowhere", service="web")
        probe.ecs.refuse(operation, INVALID, cluster="repeated")


def updates(probe: Probe) -> None:
    """What changes a service without a deployment, and what begins one (§7.6)."""
    cluster(probe, "changed")
    web = definition(probe, "changed")
    created = create_service(probe, "changed", "web", web, 0)
    wait_for_service(probe, "changed", "web", "completes", lambda s: s["deployments"][0]["rolloutState"] == "COMPLETED")
    reference = f"{ARN}service/changed/web"
    quiet: list[Answer] = [
        {"desiredCount": 3},
        {"desiredCount": 0},
        {"placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}]},
        {"placementConstraints": []},
        {"placementStrategy": [{"type": "spread", "field": "instanceId"}]},
        {"placementStrategy": []},
        {"healthCheckGracePeriodSeconds": 5},
        {"enableECSManagedTags": True},
        {"propagateTags": "TASK_DEFINITION"},
        {"availabilityZoneRebalancing": "DISABLED"},
        {"enableExecuteCommand": False},
    ]
    for members in quiet:
        service = probe.ecs("UpdateService", cluster="changed", service=reference, **members)["service"]
        probe.has("UpdateService", f"{members} is in the answer", members, service)
        same = created["currentServiceDeployment"], 1
        found = service["currentServiceDeployment"], len(service["deployments"])
        probe.equal("UpdateService", f"{members} begins no deployment", same, found)
    rollout = {"maximumPercent": 150, "deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    service = probe.ecs("UpdateService", cluster="changed", service="web", deploymentConfiguration=rollout)["service"]
    expected = rollout | {"minimumHealthyPercent": 100}
    probe.has("UpdateService", "of a rollout, what is left out stays", expected, service["deploymentConfiguration"])
    current = service["currentServiceDeployment"]
    probe.equal("UpdateService", "a rollout begins none either", created["currentServiceDeployment"], current)
    second = definition(probe, "changed")
    for members in ({"forceNewDeployment": True}, {"taskDefinition": second}):
        service = probe.ecs("UpdateService", cluster="changed", service="web", **members)["service"]
        begun = service["currentServiceDeployment"]
        probe.true("UpdateService", f"{members} begins a deployment", begun != current, service)
        expected = {"status": "PRIMARY", "rolloutState": "IN_PROGRESS"}
        probe.has("UpdateService", f"{members}: it is the primary one", expected, service["deployments"][0])
        current = begun
    probe.has("UpdateService", "of the new definition", {"taskDefinition": f"{ARN}task-definition/{second}"}, service)
    wait_for_service(probe, "changed", "web", "has one deployment again", lambda s: len(s["deployments"]) == 1)
    for members in (
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}},
        {"loadBalancers": [{"targetGroupArn": "t", "containerName": "main", "containerPort": 80}]},
        {"serviceRegistries": [{"registryArn": "r"}]},
        {"serviceConnectConfiguration": {"enabled": True}},
        {"volumeConfigurations": [{"name": "v", "managedEBSVolume": {"roleArn": "r"}}]},
        {"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
        {"platformVersion": "LATEST"},
        {"desiredCount": -1},
        {"propagateTags": "ALL"},
        {"deploymentConfiguration": {"strategy": "BLUE_GREEN"}},
        {"placementConstraints": [{"type": "memberOf"}]},
        {"placementStrategy": [{"type": "near"}]},
        {"healthCheckGracePeriodSeconds": -1},
    ):
        probe.ecs.refuse("UpdateService", INVALID, cluster="changed", service="web", **members)
    probe.ecs.refuse("UpdateService", CLIENT, cluster="changed", service="web", taskDefinition="none")


def propagation(probe: Probe) -> None:
    """Tags of services' tasks (§2.3), and what their tasks are called."""
    instances(probe, "services")
    web = definition(probe, "propagated", container(), tags=[{"key": "team", "value": "definition"}])
    own = [{"key": "team", "value": "service"}]
    cases: dict[str, tuple[Answer, Answer]] = {
        "none": ({}, {}),
        "service": ({"propagateTags": "SERVICE"}, {"team": "service"}),
        "definition": ({"propagateTags": "TASK_DEFINITION"}, {"team": "definition"}),
        "managed": (
            {"enableECSManagedTags": True, "propagateTags": "SERVICE"},
            {"team": "service", "aws:ecs:clusterName": "services", "aws:ecs:serviceName": "managed"},
        ),
    }
    for name, (members, expected) in cases.items():
        service = create_service(probe, "services", name, web, 1, tags=own, **members)
        wait_for_service(probe, "services", name, "runs", lambda s: s["runningCount"] == 1)
        task = service_tasks(probe, "services", name)[0]
        tagged = describe_tasks(probe, "services", [task["taskArn"]], include=["TAGS"])[0]
        found = {tag["key"]: tag["value"] for tag in tagged["tags"]}
        probe.equal("CreateService", f"{members} gives tasks the tags", expected, found)
        shown = {"group": f"service:{name}", "startedBy": service["deployments"][0]["id"]}
        probe.has("CreateService", "tasks name their service and deployment", shown, task)
        deleted = probe.ecs("DeleteService", cluster="services", service=name, force=True)["service"]
        probe.has("DeleteService", "it drains until its agent knows", {"status": "DRAINING"}, deleted)
        # Whether it still drains or is INACTIVE already is up to the agent.
        inactive = "Service was not ACTIVE."
        probe.ecs.refuse("UpdateService", NOT_ACTIVE, inactive, cluster="services", service=name, desiredCount=1)
        listed = probe.ecs("ListServices", cluster="services")["serviceArns"]
        probe.true(
            "ListServices",
            "a service that drains is not listed",
            not any(arn.endswith(f"/{name}") for arn in listed),
            listed,
        )
        stopped = wait_for_tasks(probe, "services", [task["taskArn"]], "STOPPED")[0]
        probe.has("DeleteService", "the scheduler has stopped it", {"stopCode": "ServiceSchedulerInitiated"}, stopped)
        wait_for_service(probe, "services", name, "becomes INACTIVE", lambda s: s["status"] == "INACTIVE")


SCENARIOS = scenarios(defaults, everything, refusals, idempotence, updates, propagation, *service_history.SCENARIOS)
