# SPDX-License-Identifier: Apache-2.0
"""DAEMON services, draining, and protection (ecs-control-plane.md §4.7, §5.8, §7.9).

Two agents each in `daemons` and `draining`, one in `protection`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from probe import INVALID, NO_CLUSTER, Answer, Probe, scenarios
from world import (
    create_service,
    definition,
    describe_service,
    describe_tasks,
    instances,
    is_stable,
    run,
    service_tasks,
    wait_for_service,
    wait_for_tasks,
)

ABSENT = "0" * 32
PROTECTION = "(service guarded) was unable to reach steady state because task set ("


def daemons(probe: Probe) -> None:
    """One task on each instance that fits; which ones fit can change."""
    first, second = instances(probe, "daemons", 2)
    call = {"cluster": "daemons", "serviceName": "log", "schedulingStrategy": "DAEMON", "launchType": "EXTERNAL"}
    # Terraform's configuration for daemons.
    call |= {"taskDefinition": definition(probe, "log"), "deploymentConfiguration": {"minimumHealthyPercent": 0}}
    probe.ecs("CreateService", **call)
    service = wait_for_service(probe, "daemons", "log", "runs everywhere", lambda s: s["runningCount"] == 2)
    probe.has(
        "DescribeServices", "it wants one per instance", {"desiredCount": 2, "schedulingStrategy": "DAEMON"}, service
    )
    _placed(probe, "one on each", {first: 1, second: 1})
    probe.ecs.refuse("UpdateService", INVALID, cluster="daemons", service="log", desiredCount=1)
    random = [{"type": "random"}]
    probe.ecs.refuse("UpdateService", INVALID, cluster="daemons", service="log", placementStrategy=random)
    listed = probe.ecs("ListServices", cluster="daemons", schedulingStrategy="DAEMON")["serviceArns"]
    probe.equal("ListServices", "it is listed as a daemon", [service["serviceArn"]], listed)
    rack = {"name": "rack", "value": "a"}
    probe.ecs("PutAttributes", cluster="daemons", attributes=[rack | {"targetId": arn} for arn in (first, second)])
    member = [{"type": "memberOf", "expression": "attribute:rack == a"}]
    probe.ecs("UpdateService", cluster="daemons", service="log", placementConstraints=member)
    _placed(probe, "constraints that all meet change nothing", {first: 1, second: 1})
    probe.ecs("DeleteAttributes", cluster="daemons", attributes=[{"name": "rack", "targetId": first}])
    wait_for_service(probe, "daemons", "log", "leaves an instance that does not fit any more", _has(1))
    _placed(probe, "it is on the other", {second: 1})
    probe.ecs("PutAttributes", cluster="daemons", attributes=[rack | {"targetId": first}])
    wait_for_service(probe, "daemons", "log", "comes back to one that fits again", _has(2))
    drained = {"cluster": "daemons", "containerInstances": [first]}
    probe.ecs("UpdateContainerInstancesState", **drained, status="DRAINING")
    wait_for_service(probe, "daemons", "log", "leaves an instance that drains", _has(1))
    probe.ecs("UpdateContainerInstancesState", **drained, status="ACTIVE")
    wait_for_service(probe, "daemons", "log", "comes back to it", _has(2))
    newer = definition(probe, "log")
    probe.ecs("UpdateService", cluster="daemons", service="log", taskDefinition=newer)
    done = wait_for_service(
        probe, "daemons", "log", "is replaced", lambda s: is_stable(s) and s["runningCount"] == 2, 60
    )
    probe.true("DescribeServices", "by the newer one", done["taskDefinition"].endswith(newer), done["taskDefinition"])
    gone = probe.ecs("DeleteService", cluster="daemons", service="log")["service"]
    probe.true("DeleteService", "a daemon needs no force", gone["status"] in ("DRAINING", "INACTIVE"), gone)
    wait_for_service(probe, "daemons", "log", "becomes INACTIVE", lambda s: s["status"] == "INACTIVE")


def _has(count: int) -> Callable[[Answer], bool]:
    return lambda service: service["runningCount"] == count == service["desiredCount"]


def _placed(probe: Probe, what: str, expected: dict[str, int]) -> None:
    tasks = service_tasks(probe, "daemons", "log")
    probe.equal("ListTasks", what, expected, dict(Counter(task["containerInstanceArn"] for task in tasks)))


def draining(probe: Probe) -> None:
    """A draining instance gives its services' tasks away, as far as their percentages allow, and keeps the others."""
    first, second = instances(probe, "draining", 2)
    loop = definition(probe, "drained")
    started = probe.ecs("StartTask", cluster="draining", taskDefinition=loop, containerInstances=[first])["tasks"]
    standalone = [task["taskArn"] for task in started]
    wait_for_tasks(probe, "draining", standalone, "RUNNING")
    fixed = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    eager = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    rollouts: dict[str, Answer] = {"moves": {}, "stays": fixed, "hurries": eager}
    for name, rollout in rollouts.items():
        create_service(probe, "draining", name, loop, 2, deploymentConfiguration=rollout)
    for name in rollouts:
        wait_for_service(probe, "draining", name, "runs", is_stable)
        found = {task["containerInstanceArn"] for task in service_tasks(probe, "draining", name)}
        probe.equal("CreateService", "tasks are spread over instances", {first, second}, found)
    # What is on the instance counts as healthy by the time that it has to be replaced.
    wait_for_service(
        probe, "draining", "stays", "completes", lambda s: s["deployments"][0]["rolloutState"] == "COMPLETED"
    )
    answer = probe.ecs(
        "UpdateContainerInstancesState", cluster="draining", containerInstances=[first], status="DRAINING"
    )
    instance = answer["containerInstances"][0]
    probe.has("UpdateContainerInstancesState", "the instance drains", {"status": "DRAINING"}, instance)
    seen: list[int] = []

    def has_moved() -> bool:
        seen.append(describe_service(probe, "draining", "moves")["runningCount"])
        tasks = service_tasks(probe, "draining", "moves")
        return len(tasks) == 2 and all(task["containerInstanceArn"] == second for task in tasks)

    def has_hurried() -> bool:
        tasks = service_tasks(probe, "draining", "hurries")
        return len(tasks) == 2 and all(task["containerInstanceArn"] == second for task in tasks)

    what = "a service with 0 and 100 per cent leaves at once"
    probe.wait("UpdateContainerInstancesState", what, has_hurried, 20)
    what = "a service with 100 and 200 per cent leaves when its new task is healthy"
    probe.wait("UpdateContainerInstancesState", what, has_moved)
    probe.true("UpdateContainerInstancesState", "and never has fewer than two running", min(seen) >= 2, seen)
    tasks = {task["containerInstanceArn"] for task in service_tasks(probe, "draining", "stays")}
    what = "a service with 100 and 100 per cent stays"
    probe.equal("UpdateContainerInstancesState", what, {first, second}, tasks)
    still = describe_tasks(probe, "draining", standalone)[0]
    what = "a task of nobody stays"
    probe.has("UpdateContainerInstancesState", what, {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"}, still)
    placed = describe_tasks(probe, "draining", run(probe, "draining", loop, 4))
    found = {task["containerInstanceArn"] for task in placed}
    probe.equal("RunTask", "nothing new is placed on it", {second}, found)
    failed = probe.ecs("StartTask", cluster="draining", taskDefinition=loop, containerInstances=[first])
    probe.failed("StartTask", "nor started", [(first, "INACTIVE")], failed)
    back = probe.ecs("UpdateContainerInstancesState", cluster="draining", containerInstances=[first], status="ACTIVE")
    probe.has("UpdateContainerInstancesState", "it can come back", {"status": "ACTIVE"}, back["containerInstances"][0])


def protection(probe: Probe) -> None:
    """GetTaskProtection and UpdateTaskProtection, and the scheduler that heeds them."""
    instances(probe, "protection")
    create_service(probe, "protection", "guarded", definition(probe, "guarded"), 2)
    wait_for_service(probe, "protection", "guarded", "runs", is_stable)
    mine, other = sorted(task["taskArn"] for task in service_tasks(probe, "protection", "guarded"))
    standalone = run(probe, "protection", "guarded:1")[0]
    absent = mine[: -len(ABSENT)] + ABSENT
    _protection_limits(probe, mine)
    update = {"cluster": "protection", "tasks": [mine, standalone, absent], "protectionEnabled": True}
    answer = probe.ecs("UpdateTaskProtection", **update)
    expected = [(standalone, "TASK_NOT_VALID"), (absent, "MISSING")]
    probe.failed("UpdateTaskProtection", "only tasks of services are protected", expected, answer)
    task = answer["protectedTasks"][0]
    probe.has("UpdateTaskProtection", "the task is", {"taskArn": mine, "protectionEnabled": True}, task)
    got = probe.ecs("GetTaskProtection", cluster="protection", tasks=[mine, other, standalone])
    found = {item["taskArn"]: item["protectionEnabled"] for item in got["protectedTasks"]}
    probe.equal("GetTaskProtection", "says who is protected", {mine: True, other: False}, found)
    probe.failed("GetTaskProtection", "and who cannot be", [(standalone, "TASK_NOT_VALID")], got)
    every = {item["taskArn"] for item in probe.ecs("GetTaskProtection", cluster="protection")["protectedTasks"]}
    probe.equal("GetTaskProtection", "lists those that are", {mine}, every & {mine, other, standalone})
    probe.ecs("UpdateService", cluster="protection", service="guarded", desiredCount=1)
    wait_for_service(probe, "protection", "guarded", "has one", is_stable)
    left = [task["taskArn"] for task in service_tasks(probe, "protection", "guarded")]
    probe.equal("UpdateService", "the protected task stays", [mine], left)
    probe.ecs("UpdateService", cluster="protection", service="guarded", desiredCount=0)

    def told(service: Answer) -> bool:
        return any(event["message"].startswith(PROTECTION) for event in service["events"])

    service = wait_for_service(probe, "protection", "guarded", "says what it waits for", told, 20)
    probe.has("UpdateService", "even at none", {"runningCount": 1, "desiredCount": 0}, service)
    off = {"cluster": "protection", "tasks": [mine], "protectionEnabled": False}
    answer = probe.ecs("UpdateTaskProtection", **off)["protectedTasks"][0]
    probe.has("UpdateTaskProtection", "it can be taken off", {"protectionEnabled": False}, answer)
    wait_for_service(probe, "protection", "guarded", "has none", is_stable)
    probe.ecs("UpdateService", cluster="protection", service="guarded", desiredCount=1)
    wait_for_service(probe, "protection", "guarded", "has one again", is_stable)
    again = service_tasks(probe, "protection", "guarded")[0]["taskArn"]
    probe.ecs("UpdateTaskProtection", cluster="protection", tasks=[again], protectionEnabled=True)
    probe.ecs("StopTask", cluster="protection", task=again)
    stopped = wait_for_tasks(probe, "protection", [again], "STOPPED")[0]
    probe.has("StopTask", "a user stops a protected task, too", {"stopCode": "UserInitiated"}, stopped)


def _protection_limits(probe: Probe, task: str) -> None:
    update = {"cluster": "protection", "tasks": [task], "protectionEnabled": True}
    for minutes in (1, 2880, None):
        members = {"expiresInMinutes": minutes} if minutes else {}
        answer = probe.ecs("UpdateTaskProtection", **update, **members)["protectedTasks"][0]
        created = probe.ecs("GetTaskProtection", cluster="protection", tasks=[task])["protectedTasks"][0]
        probe.equal("GetTaskProtection", "tells the same", answer, created)
    long, short = (
        probe.ecs("UpdateTaskProtection", **update, **members)["protectedTasks"][0]["expirationDate"]
        for members in ({"expiresInMinutes": 120}, {})
    )
    apart = abs((long - short).total_seconds())
    probe.true("UpdateTaskProtection", "120 minutes is the default", apart < 30, apart)
    for minutes in (0, -1, 2881):
        probe.ecs.refuse("UpdateTaskProtection", INVALID, **update, expiresInMinutes=minutes)
    many = [f"{number:032x}" for number in range(1, 102)]
    ten = probe.ecs("UpdateTaskProtection", **update | {"tasks": many[:10]})
    probe.equal("UpdateTaskProtection", "takes ten", 10, len(ten["failures"]))
    probe.ecs.refuse("UpdateTaskProtection", INVALID, **update | {"tasks": many[:11]})
    probe.ecs.refuse("UpdateTaskProtection", INVALID, **update | {"tasks": []})
    for missing in update:
        left = {key: value for key, value in update.items() if key != missing}
        probe.ecs.refuse("UpdateTaskProtection", INVALID, **left)
    probe.ecs.refuse("UpdateTaskProtection", NO_CLUSTER, **update | {"cluster": "nowhere"})
    hundred = probe.ecs("GetTaskProtection", cluster="protection", tasks=many[:100])
    probe.equal("GetTaskProtection", "takes a hundred", 100, len(hundred["failures"]))
    probe.ecs.refuse("GetTaskProtection", INVALID, cluster="protection", tasks=many)
    probe.ecs.refuse("GetTaskProtection", INVALID)
    probe.ecs.refuse("GetTaskProtection", NO_CLUSTER, cluster="nowhere")


def blocked(probe: Probe) -> None:
    """Protected tasks keep a deployment from its end; no more of them can be protected then."""
    instances(probe, "protection")
    loop = definition(probe, "blocked")
    eager = {"minimumHealthyPercent": 0, "maximumPercent": 200}
    create_service(probe, "protection", "blocked", loop, 2, deploymentConfiguration=eager)
    wait_for_service(probe, "protection", "blocked", "runs", is_stable)
    arns = [task["taskArn"] for task in service_tasks(probe, "protection", "blocked")]
    probe.ecs("UpdateTaskProtection", cluster="protection", tasks=arns, protectionEnabled=True)
    newer = definition(probe, "blocked")
    probe.ecs("UpdateService", cluster="protection", service="blocked", taskDefinition=newer)

    def told(service: Answer) -> bool:
        return any("The number of protected tasks are more than" in event["message"] for event in service["events"])

    wait_for_service(probe, "protection", "blocked", "says what it waits for", told, 60)
    tasks = describe_tasks(probe, "protection", arns)
    probe.equal("UpdateService", "the protected tasks run on", {"RUNNING"}, {task["desiredStatus"] for task in tasks})
    fresh = [task["taskArn"] for task in service_tasks(probe, "protection", "blocked") if task["taskArn"] not in arns]
    answer = probe.ecs("UpdateTaskProtection", cluster="protection", tasks=fresh, protectionEnabled=True)
    expected = [(arn, "DEPLOYMENT_BLOCKED") for arn in fresh]
    probe.failed("UpdateTaskProtection", "no more tasks are protected", expected, answer)
    probe.ecs("UpdateTaskProtection", cluster="protection", tasks=arns, protectionEnabled=False)
    wait_for_service(probe, "protection", "blocked", "goes on", lambda s: len(s["deployments"]) == 1, 90)


SCENARIOS = scenarios(daemons, draining, protection, blocked)
