# SPDX-License-Identifier: Apache-2.0
"""Task sets: services whose deployments the caller directs (ecs-control-plane.md §1.4, §7.8); one agent in `sets`."""

from __future__ import annotations

from probe import CLIENT, INVALID, NO_CLUSTER, NO_SERVICE, Answer, Probe, scenarios
from world import definition, describe_service, describe_tasks, instances, wait_for_service, wait_for_tasks

ARN = "arn:aws:ecs:us-east-1:123456789012:"
CLUSTER = "sets"
NO_SET = "TaskSetNotFoundException"
NOT_ACTIVE = "ServiceNotActiveException"


def _service(probe: Probe, name: str, count: int, **members: object) -> Answer:
    call = {
        "cluster": CLUSTER,
        "serviceName": name,
        "desiredCount": count,
        "deploymentController": {"type": "EXTERNAL"},
    }
    return probe.ecs("CreateService", **call | members)["service"]


def _sets(probe: Probe, service: str, *names: str) -> list[Answer]:
    members = {"taskSets": list(names)} if names else {}
    return probe.ecs("DescribeTaskSets", cluster=CLUSTER, service=service, **members)["taskSets"]


def _wait_for_sets(probe: Probe, service: str, what: str, **expected: object) -> list[Answer]:
    """Waits until all task sets of a service have some members."""

    def found() -> list[Answer] | None:
        sets = _sets(probe, service)
        return sets if all(item[key] == value for item in sets for key, value in expected.items()) else None

    return probe.wait("DescribeTaskSets", f"{service}: {what}", found)


def life(probe: Probe) -> None:
    """Two task sets, of which first one and then the other is the primary one."""
    instances(probe, CLUSTER)
    service = _service(probe, "web", 4)
    probe.equal("CreateService", "a service of task sets has no deployments", [], service["deployments"])
    expected = {"deploymentController": {"type": "EXTERNAL"}, "taskSets": [], "status": "ACTIVE", "desiredCount": 4}
    probe.has("CreateService", "but task sets", expected, service)
    for absent in ("taskDefinition", "launchType"):
        probe.true("CreateService", f"without a primary one there is no {absent}", absent not in service, service)
    blue = definition(probe, "blue")
    whole = {"scale": {"value": 60, "unit": "PERCENT"}, "externalId": "blue/1", "launchType": "EXTERNAL"}
    call = {"cluster": CLUSTER, "service": "web", "taskDefinition": blue, "clientToken": "t" * 36}
    first = probe.ecs("CreateTaskSet", **call, **whole, tags=[{"key": "a", "value": "b"}])["taskSet"]
    expected = {
        "serviceArn": f"{ARN}service/{CLUSTER}/web",
        "clusterArn": f"{ARN}cluster/{CLUSTER}",
        "taskSetArn": f"{ARN}task-set/{CLUSTER}/web/{first['id']}",
        "startedBy": first["id"],
        "externalId": "blue/1",
        "status": "ACTIVE",
        "taskDefinition": f"{ARN}task-definition/{blue}",
        "computedDesiredCount": 3,
        "scale": {"value": 60.0, "unit": "PERCENT"},
        "stabilityStatus": "STABILIZING",
        "launchType": "EXTERNAL",
        "loadBalancers": [],
        "serviceRegistries": [],
    }
    probe.has("CreateTaskSet", "a task set rounds up, and begins", expected, first)
    again = probe.ecs("CreateTaskSet", **call, **whole, tags=[{"key": "a", "value": "b"}])["taskSet"]
    probe.equal("CreateTaskSet", "a replay gives the same task set", first["id"], again["id"])
    other = whole | {"externalId": "other"}
    probe.ecs.refuse("CreateTaskSet", (INVALID, CLIENT), **call, **other, tags=[{"key": "a", "value": "b"}])
    steady = _wait_for_sets(probe, "web", "is steady", runningCount=3, stabilityStatus="STEADY_STATE")[0]
    probe.true(
        "DescribeTaskSets", "it says since when", steady["stabilityStatusAt"] > first["stabilityStatusAt"], steady
    )
    arns = probe.ecs("ListTasks", cluster=CLUSTER, startedBy=first["id"])["taskArns"]
    probe.equal("ListTasks", "its tasks are started by it", 3, len(arns))
    found = {task["group"] for task in describe_tasks(probe, CLUSTER, arns)}
    probe.equal("DescribeTasks", "their group is the service's", {"service:web"}, found)
    for name in ("UpdateServicePrimaryTaskSet", "again"):
        primary = probe.ecs(
            "UpdateServicePrimaryTaskSet", cluster=CLUSTER, service="web", primaryTaskSet=first["taskSetArn"]
        )["taskSet"]
        probe.has("UpdateServicePrimaryTaskSet", f"it is the primary one ({name})", {"status": "PRIMARY"}, primary)
    expected = {"taskDefinition": f"{ARN}task-definition/{blue}", "launchType": "EXTERNAL", "runningCount": 3}
    probe.has("DescribeServices", "the service mirrors it", expected, describe_service(probe, CLUSTER, "web"))
    _second(probe, first)


def _second(probe: Probe, first: Answer) -> None:
    green = definition(probe, "green")
    second = probe.ecs("CreateTaskSet", cluster=CLUSTER, service="web", taskDefinition=green)["taskSet"]
    expected = {"scale": {"value": 100.0, "unit": "PERCENT"}, "computedDesiredCount": 4, "status": "ACTIVE"}
    probe.has("CreateTaskSet", "the scale is 100 per cent by default", expected, second)
    small = {"value": 25.0, "unit": "PERCENT"}
    scaled = probe.ecs("UpdateTaskSet", cluster=CLUSTER, service="web", taskSet=second["id"], scale=small)["taskSet"]
    probe.has("UpdateTaskSet", "it can be scaled", {"scale": small, "computedDesiredCount": 1}, scaled)
    _wait_for_sets(probe, "web", "is steady", stabilityStatus="STEADY_STATE")
    counts = [item["runningCount"] for item in _sets(probe, "web", first["id"], second["taskSetArn"])]
    probe.equal("DescribeTaskSets", "ids and ARNs are known", [3, 1], counts)
    unknown = f"{ARN}task-set/{CLUSTER}/web/ecs-svc/1"
    answer = probe.ecs("DescribeTaskSets", cluster=CLUSTER, service="web", taskSets=["ecs-svc/1", second["id"]])
    probe.failed("DescribeTaskSets", "an unknown one is a failure", [(unknown, "MISSING")], answer)
    probe.ecs("UpdateServicePrimaryTaskSet", cluster=CLUSTER, service="web", primaryTaskSet=second["id"])
    statuses = [item["status"] for item in _sets(probe, "web", first["id"], second["id"])]
    probe.equal("UpdateServicePrimaryTaskSet", "the one before is ACTIVE", ["ACTIVE", "PRIMARY"], statuses)
    probe.ecs("UpdateService", cluster=CLUSTER, service="web", desiredCount=2)
    counts = [item["computedDesiredCount"] for item in _sets(probe, "web", first["id"], second["id"])]
    probe.equal("UpdateService", "task sets follow the service", [2, 1], counts)
    delete = {"cluster": CLUSTER, "service": "web", "taskSet": first["id"]}
    probe.ecs.refuse("DeleteTaskSet", INVALID, **delete)
    tasks = probe.ecs("ListTasks", cluster=CLUSTER, startedBy=first["id"])["taskArns"]
    gone = probe.ecs("DeleteTaskSet", **delete, force=True)["taskSet"]
    probe.has("DeleteTaskSet", "with force it drains", {"status": "DRAINING"}, gone)
    for task in wait_for_tasks(probe, CLUSTER, tasks, "STOPPED"):
        probe.has("DeleteTaskSet", "its tasks are stopped", {"stopCode": "ServiceSchedulerInitiated"}, task)
    left = probe.wait("DescribeTaskSets", "it goes with its last task", lambda: len(_sets(probe, "web")) == 1)
    probe.true("DeleteTaskSet", "the other stays", left)
    still = "The service cannot be stopped while deployments are active."
    probe.ecs("UpdateService", cluster=CLUSTER, service="web", desiredCount=0)
    probe.ecs.refuse("DeleteService", INVALID, still, cluster=CLUSTER, service="web")
    nothing = {"value": 0.0, "unit": "PERCENT"}
    probe.ecs("UpdateTaskSet", cluster=CLUSTER, service="web", taskSet=second["id"], scale=nothing)
    probe.ecs.accept("DeleteTaskSet", "scaled to nothing it needs no force", **delete | {"taskSet": second["id"]})
    probe.wait("DescribeTaskSets", "none is left", lambda: not _sets(probe, "web"))
    probe.ecs("DeleteService", cluster=CLUSTER, service="web")
    wait_for_service(probe, CLUSTER, "web", "becomes INACTIVE", lambda s: s["status"] == "INACTIVE")
    for operation, members in (
        ("CreateTaskSet", {"taskDefinition": green}),
        ("DescribeTaskSets", {}),
        ("DeleteTaskSet", {"taskSet": second["id"]}),
    ):
        probe.ecs.refuse(operation, NOT_ACTIVE, "Service was not ACTIVE.", cluster=CLUSTER, service="web", **members)


def rules(probe: Probe) -> None:
    """What task sets, and services of them, cannot be."""
    task = definition(probe, "ruled")
    _service(probe, "ruled", 0)
    create_plain = {"cluster": CLUSTER, "serviceName": "plain", "taskDefinition": task, "desiredCount": 0}
    probe.ecs("CreateService", **create_plain)
    call = {"cluster": CLUSTER, "service": "ruled", "taskDefinition": task}
    for members in (
        {"scale": {"value": -1.0, "unit": "PERCENT"}},
        {"scale": {"value": 100.5, "unit": "PERCENT"}},
        {"scale": {"value": 50.0, "unit": "POINTS"}},
        {"clientToken": "t" * 37},
        {"launchType": "FARGATE"},
        {"launchType": "EXTERNAL", "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
        {"loadBalancers": [{"targetGroupArn": "t", "containerName": "main", "containerPort": 80}]},
        {"serviceRegistries": [{"registryArn": "r"}]},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}},
        {"platformVersion": "LATEST"},
        {"tags": [{"key": "aws:x", "value": ""}]},
        {"service": "plain"},
    ):
        probe.ecs.refuse("CreateTaskSet", INVALID, **call | members)
    sets = [probe.ecs("CreateTaskSet", **call, scale={"value": 0.0, "unit": "PERCENT"})["taskSet"]["id"]]
    sets += [probe.ecs("CreateTaskSet", **call)["taskSet"]["id"] for _ in range(4)]
    probe.ecs.refuse("CreateTaskSet", "LimitExceededException", **call)
    probe.equal("DescribeTaskSets", "without names it describes all", 5, len(_sets(probe, "ruled")))
    for operation, members in (
        ("CreateTaskSet", {"taskDefinition": task}),
        ("DescribeTaskSets", {}),
        ("UpdateTaskSet", {"taskSet": sets[0], "scale": {"value": 1.0, "unit": "PERCENT"}}),
        ("UpdateServicePrimaryTaskSet", {"primaryTaskSet": sets[0]}),
        ("DeleteTaskSet", {"taskSet": sets[0]}),
    ):
        probe.ecs.refuse(operation, NO_SERVICE, cluster=CLUSTER, service="none", **members)
        probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere", service="ruled", **members)
        probe.ecs.refuse(operation, INVALID, cluster=CLUSTER, service="plain", **members)
        given = {"cluster": CLUSTER, "service": "ruled"} | members
        for missing in given:
            left = {key: value for key, value in given.items() if key != missing}
            probe.ecs.refuse(operation, (INVALID, CLIENT), **left)
    for operation, members in (
        ("UpdateTaskSet", {"taskSet": "ecs-svc/1", "scale": {"value": 1.0, "unit": "PERCENT"}}),
        ("UpdateServicePrimaryTaskSet", {"primaryTaskSet": "ecs-svc/1"}),
        ("DeleteTaskSet", {"taskSet": "ecs-svc/1"}),
    ):
        probe.ecs.refuse(operation, NO_SET, cluster=CLUSTER, service="ruled", **members)
    for value in (-1.0, 101.0):
        wrong = {"value": value, "unit": "PERCENT"}
        probe.ecs.refuse("UpdateTaskSet", INVALID, cluster=CLUSTER, service="ruled", taskSet=sets[0], scale=wrong)
    # Of such a service, what belongs to its task sets cannot be changed (§7.6).
    for members in (
        {"taskDefinition": task},
        {"forceNewDeployment": True},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}},
    ):
        probe.ecs.refuse("UpdateService", INVALID, cluster=CLUSTER, service="ruled", **members)
    random = [{"type": "random"}]
    changed = probe.ecs("UpdateService", cluster=CLUSTER, service="ruled", placementStrategy=random)["service"]
    probe.has("UpdateService", "its strategy can", {"placementStrategy": random}, changed)
    # Terraform sends a rollout with such services all the same.
    rollout = {"maximumPercent": 200, "minimumHealthyPercent": 100}
    _service(probe, "terraform", 0, deploymentConfiguration=rollout, schedulingStrategy="REPLICA")
    forced = probe.ecs("DeleteService", cluster=CLUSTER, service="ruled", force=True)["service"]
    probe.true("DeleteService", "with force it goes with its task sets", forced["status"] != "ACTIVE", forced)


SCENARIOS = scenarios(life, rules)
