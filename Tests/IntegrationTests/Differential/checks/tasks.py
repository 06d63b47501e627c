# SPDX-License-Identifier: Apache-2.0
"""Tasks: RunTask, StartTask, StopTask and what describes them (ecs-control-plane.md §1.3, §5).

Two agents each in `tasks` and `placement`, one in `lists`.
"""

from __future__ import annotations

from typing import Any

from checks import task_placement
from probe import CLIENT, INVALID, NO_CLUSTER, NO_SERVICE, Answer, Probe, scenarios
from world import (
    LOOP,
    broken,
    cluster,
    container,
    definition,
    describe_tasks,
    instances,
    register,
    run,
    wait_for_tasks,
)

ARN = "arn:aws:ecs:us-east-1:123456789012:"
ABSENT = "0" * 32


def life(probe: Probe) -> None:
    """A task from RunTask to its exit code, and one that is stopped."""
    instances(probe, "tasks", 2)
    exits = definition(probe, "exits", container("sleep 2; exit 3"))
    answer = probe.ecs("RunTask", cluster="tasks", taskDefinition=exits, startedBy="me/9_-", launchType="EXTERNAL")
    task = answer["tasks"][0]
    expected = {
        "desiredStatus": "RUNNING",
        "lastStatus": "PENDING",
        "group": "family:exits",
        "startedBy": "me/9_-",
        "cpu": "0",
        "memory": "16",
        "version": 1,
        "attachments": [],
        "tags": [],
        "enableExecuteCommand": False,
        "overrides": {"containerOverrides": [{"name": "main"}], "inferenceAcceleratorOverrides": []},
        "connectivity": "CONNECTED",
        "healthStatus": "UNKNOWN",
    }
    probe.has("RunTask", "a task begins PENDING, with its defaults", expected, task)
    for early in ("startedAt", "stoppedAt", "stoppingAt", "stopCode"):
        probe.true("RunTask", f"there is no {early} yet", early not in task, task)
    running = wait_for_tasks(probe, "tasks", [task["taskArn"]], "RUNNING")[0]
    probe.true("DescribeTasks", "the version has grown", running["version"] > 1, running["version"])
    ordered = [running[time] for time in ("createdAt", "pullStartedAt", "pullStoppedAt", "startedAt")]
    probe.equal("DescribeTasks", "its times are in order", sorted(ordered), ordered)
    ended = wait_for_tasks(probe, "tasks", [task["taskArn"]], "STOPPED")[0]
    expected = {
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "desiredStatus": "STOPPED",
        "startedAt": running["startedAt"],
    }
    probe.has("DescribeTasks", "it ends with its essential container", expected, ended)
    expected = {"exitCode": 3, "lastStatus": "STOPPED", "cpu": "0", "memory": "16"}
    probe.has("DescribeTasks", "with the exit code", expected, ended["containers"][0])
    ordered = [ended[time] for time in ("startedAt", "executionStoppedAt", "stoppingAt", "stoppedAt")]
    probe.true("DescribeTasks", "its last times come after its first", ordered[0] <= min(ordered[1:]), ordered)
    loop = definition(probe, "stops")
    for reason, expected_reason in ((None, "Task stopped by user"), ("because of me", "because of me")):
        arn = run(probe, "tasks", loop)[0]
        wait_for_tasks(probe, "tasks", [arn], "RUNNING")
        members = {"reason": reason} if reason else {}
        stopping = probe.ecs("StopTask", cluster="tasks", task=arn.rpartition("/")[2], **members)["task"]
        probe.has("StopTask", "the answer shows the decision", {"desiredStatus": "STOPPED", "taskArn": arn}, stopping)
        stopped = wait_for_tasks(probe, "tasks", [arn], "STOPPED")[0]
        expected = {"stopCode": "UserInitiated", "stoppedReason": expected_reason}
        probe.has("StopTask", "who stopped it and why", expected, stopped)
        probe.equal("StopTask", "the trap has run", 0, stopped["containers"][0].get("exitCode"))
        again = probe.ecs("StopTask", cluster="tasks", task=arn, reason="again")["task"]
        probe.equal("StopTask", "stopping it again changes nothing", stopped, again)
    failing = wait_for_tasks(probe, "tasks", run(probe, "tasks", definition(probe, "fails", broken())), "STOPPED")[0]
    probe.has("DescribeTasks", "a task that cannot start says so", {"stopCode": "TaskFailedToStart"}, failing)
    reason = f"{failing.get('stoppedReason')} {failing['containers'][0].get('reason')}"
    probe.true("DescribeTasks", "with the agent's reason", "CannotStartContainerError" in reason, failing)
    probe.true("DescribeTasks", "it has never started", "startedAt" not in failing, failing)


def run_limits(probe: Probe) -> None:
    """Each member of RunTask at its limit and past it."""
    instances(probe, "tasks", 2)
    quick = definition(probe, "quick", container("exit 0"))

    def refuse(code: Any, text: str | None = None, **members: Any) -> None:
        probe.ecs.refuse("RunTask", code, text, **{"cluster": "tasks", "taskDefinition": quick} | members)

    def accept(what: str, **members: Any) -> Answer:
        answer = probe.ecs.accept("RunTask", what, **{"cluster": "tasks", "taskDefinition": quick} | members)
        probe.equal("RunTask", f"{what}: no failures", [], answer.get("failures"))
        return answer

    for count in (0, -1, 11):
        refuse(INVALID, count=count)
    probe.equal("RunTask", "count 10 gives ten tasks", 10, len(accept("count 10", count=10)["tasks"]))
    probe.equal("RunTask", "count is 1 by default", 1, len(accept("no count")["tasks"]))
    accept("startedBy of 128 characters", startedBy="s" * 128)
    for wrong in ("s" * 129, "with space", "colon:"):
        refuse(INVALID, startedBy=wrong)
    accept("a token of 64 characters", clientToken="!~" * 32)
    for wrong in ("t" * 65, "with space", "ünï"):
        refuse(INVALID, clientToken=wrong)
    group = accept("a group of 255 characters", group="g" * 255)["tasks"][0]
    probe.equal("RunTask", "the group is kept", "g" * 255, group["group"])
    refuse(INVALID, group="g" * 256)
    site = {"type": "memberOf", "expression": "attribute:ecs.capability.external exists"}
    accept("ten constraints", placementConstraints=[site] * 10)
    refuse(INVALID, placementConstraints=[site] * 11)
    spread = {"type": "spread", "field": "instanceId"}
    accept("five strategies", placementStrategy=[spread] * 5)
    refuse(INVALID, placementStrategy=[spread] * 6)
    for launch_type in ("EC2", "FARGATE", "MANAGED_INSTANCES", "MOON"):
        refuse(INVALID, launchType=launch_type)
    provider = [{"capacityProvider": "FARGATE"}]
    refuse(INVALID, capacityProviderStrategy=provider)
    refuse(INVALID, capacityProviderStrategy=provider, launchType="EXTERNAL")
    accept("an empty strategy", capacityProviderStrategy=[], launchType="EXTERNAL")
    refuse(INVALID, networkConfiguration={"awsvpcConfiguration": {"subnets": ["s"]}})
    refuse(INVALID, platformVersion="1.4.0")
    refuse(INVALID, volumeConfigurations=[{"name": "v", "managedEBSVolume": {"roleArn": "arn:aws:iam::1:role/r"}}])
    for tags in ("SERVICE", "ALL"):
        refuse(INVALID, propagateTags=tags)
    refuse(INVALID, enableExecuteCommand=True)
    refuse((INVALID, CLIENT), taskDefinition=None)
    refuse(NO_CLUSTER, "Cluster not found.", cluster="nowhere")


def overrides(probe: Probe) -> None:
    """What of a definition a call can change (§5.6)."""
    arn = instances(probe, "tasks", 2)[0]
    base = container("exit $((A + B))", environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], cpu=2)
    summed = definition(probe, "summed", base, container("exit 0", name="other", essential=False))
    change = {
        "name": "main",
        "environment": [{"name": "B", "value": "40"}],
        "cpu": 64,
        "memory": 48,
    }
    given = {"containerOverrides": [change], "taskRoleArn": "arn:aws:iam::123456789012:role/other"}
    task = run(probe, "tasks", summed, overrides=given)
    ended = wait_for_tasks(probe, "tasks", task, "STOPPED")[0]
    codes = {item["name"]: item.get("exitCode") for item in ended["containers"]}
    probe.equal("RunTask", "environments are merged, and the override wins", 41, codes["main"])
    shown = {item["name"]: item for item in ended["overrides"]["containerOverrides"]}
    probe.equal("RunTask", "the override is described", {"main": change, "other": {"name": "other"}}, shown)
    probe.has("RunTask", "so is the role", {"taskRoleArn": given["taskRoleArn"]}, ended["overrides"])
    main = next(item for item in ended["containers"] if item["name"] == "main")
    probe.has("RunTask", "so are CPU and memory", {"cpu": "64", "memory": "48"}, main)
    probe.has("RunTask", "the task's are the sums", {"cpu": "64", "memory": "64"}, ended)
    sized = run(probe, "tasks", summed, overrides={"cpu": "256", "memory": "128"})
    found = describe_tasks(probe, "tasks", sized)[0]
    probe.has("RunTask", "a task's own CPU and memory are taken", {"cpu": "256", "memory": "128"}, found)
    command = {"containerOverrides": [{"name": "main", "command": ["exit 7"]}]}
    ended = wait_for_tasks(probe, "tasks", run(probe, "tasks", summed, overrides=command), "STOPPED")[0]
    codes = {item["name"]: item.get("exitCode") for item in ended["containers"]}
    probe.equal("RunTask", "the command is replaced", 7, codes["main"])
    long = [{"name": "L", "value": "x" * 8300}]
    unknown = "Override for container named nobody is not a container in the TaskDefinition."
    for operation, members in (("RunTask", {}), ("StartTask", {"containerInstances": [arn]})):
        members |= {"cluster": "tasks", "taskDefinition": summed}
        wrong = {"containerOverrides": [{"name": "nobody"}]}
        probe.ecs.refuse(operation, INVALID, unknown, **members, overrides=wrong)
        huge = {"containerOverrides": [{"name": "main", "environment": long}]}
        probe.ecs.refuse(operation, INVALID, **members, overrides=huge)
        storage = {"ephemeralStorage": {"sizeInGiB": 30}}
        probe.ecs.refuse(operation, (INVALID, CLIENT), **members, overrides=storage)


def tokens(probe: Probe) -> None:
    """RunTask with a client token, repeated (§5.7)."""
    instances(probe, "tasks", 2)
    loop = definition(probe, "token")
    call = {"cluster": "tasks", "taskDefinition": loop, "count": 2, "clientToken": "once"}
    first = [task["taskArn"] for task in probe.ecs("RunTask", **call)["tasks"]]
    again = [task["taskArn"] for task in probe.ecs("RunTask", **call)["tasks"]]
    probe.equal("RunTask", "the same token and parameters give the same tasks", first, again)
    for other in ({"count": 1}, {"startedBy": "me"}, {"group": "g"}):
        error = probe.ecs.refuse("RunTask", "ConflictException", **call | other)
        probe.equal("RunTask", "a conflict names the tasks", sorted(first), sorted(error.get("resourceIds", [])))
    probe.ecs("StopTask", cluster="tasks", task=first[0])
    wait_for_tasks(probe, "tasks", first[:1], "STOPPED")
    again = [task["taskArn"] for task in probe.ecs("RunTask", **call)["tasks"]]
    probe.equal("RunTask", "the tasks of a token stay so when they end", first, again)
    fresh = [task["taskArn"] for task in probe.ecs("RunTask", **call | {"clientToken": "Once"})["tasks"]]
    probe.true("RunTask", "tokens are case-sensitive", not set(fresh) & set(first), fresh)
    for arn in first + fresh:
        probe.ecs("StopTask", cluster="tasks", task=arn)


def start(probe: Probe) -> None:
    """StartTask: one copy on each instance that is named."""
    arns = instances(probe, "tasks", 2)
    loop = definition(probe, "started")
    call = {"cluster": "tasks", "taskDefinition": loop}
    answer = probe.ecs("StartTask", **call, containerInstances=arns, startedBy="s" * 36, group="mine")
    placed = sorted(task["containerInstanceArn"] for task in answer["tasks"])
    probe.equal("StartTask", "each instance has one", sorted(arns), placed)
    probe.equal("StartTask", "the group is kept", {"mine"}, {task["group"] for task in answer["tasks"]})
    wait_for_tasks(probe, "tasks", [task["taskArn"] for task in answer["tasks"]], "RUNNING")
    for task in answer["tasks"]:
        probe.ecs("StopTask", cluster="tasks", task=task["taskArn"])
    cluster(probe, "starting")
    idle = register(probe, "starting")["containerInstanceArn"]
    gone = register(probe, "starting")["containerInstanceArn"]
    probe.ecs("DeregisterContainerInstance", cluster="starting", containerInstance=gone)
    draining = register(probe, "starting")["containerInstanceArn"]
    probe.ecs("UpdateContainerInstancesState", cluster="starting", containerInstances=[draining], status="DRAINING")
    call["cluster"] = "starting"
    failed = probe.ecs("StartTask", **call, containerInstances=[idle, ABSENT, gone, draining])
    expected = [
        (idle, "AGENT"),
        (f"{ARN}container-instance/starting/{ABSENT}", "MISSING"),
        (gone, "INACTIVE"),
        (draining, "INACTIVE"),
    ]
    probe.failed("StartTask", "each instance fails for its own reason", expected, failed)
    probe.ecs.refuse("StartTask", INVALID, **call, containerInstances=[idle], startedBy="s" * 37)
    probe.ecs.refuse("StartTask", INVALID, **call, containerInstances=[])
    probe.ecs.refuse("StartTask", INVALID, **call)
    many = [f"{number:032x}" for number in range(1, 12)]
    probe.equal(
        "StartTask", "takes ten", 10, len(probe.ecs("StartTask", **call, containerInstances=many[:10])["failures"])
    )
    probe.ecs.refuse("StartTask", INVALID, **call, containerInstances=many)
    probe.ecs.refuse("StartTask", INVALID, **call, containerInstances=[idle], propagateTags="SERVICE")
    probe.ecs.refuse("StartTask", (INVALID, CLIENT), cluster="starting", containerInstances=[idle])
    probe.ecs.refuse("StartTask", NO_CLUSTER, **call | {"cluster": "nowhere"}, containerInstances=[idle])


def descriptions(probe: Probe) -> None:
    """DescribeTasks and StopTask: what is missing, how many."""
    cluster(probe, "quiet")
    empty = "Tasks cannot be empty."
    probe.ecs.refuse("DescribeTasks", INVALID, empty, cluster="quiet", tasks=[])
    probe.ecs.refuse("DescribeTasks", INVALID, empty, cluster="quiet")
    many = [f"{number:032x}" for number in range(101)]
    answer = probe.ecs("DescribeTasks", cluster="quiet", tasks=many[:100])
    expected = [(f"{ARN}task/quiet/{name}", "MISSING") for name in many[:100]]
    probe.failed("DescribeTasks", "describes 100, and unknown ones are failures", expected, answer)
    probe.ecs.refuse("DescribeTasks", INVALID, cluster="quiet", tasks=many)
    probe.ecs.refuse("DescribeTasks", INVALID, cluster="quiet", tasks=many[:1], include=["TAG"])
    probe.ecs.refuse("DescribeTasks", NO_CLUSTER, cluster="nowhere", tasks=many[:1])
    unknown = "The referenced task was not found."
    probe.ecs.refuse("StopTask", INVALID, unknown, cluster="quiet", task=ABSENT)
    probe.ecs.refuse("StopTask", INVALID, unknown, cluster="quiet", task=f"{ARN}task/quiet/{ABSENT}")
    probe.ecs.refuse("StopTask", INVALID, cluster="quiet")
    probe.ecs.refuse("StopTask", NO_CLUSTER, cluster="nowhere", task=ABSENT)


def lists(probe: Probe) -> None:
    """ListTasks: filters, pages, and pages while tasks come and go."""
    arns = instances(probe, "lists", 1)
    loop = definition(probe, "listed-a")
    other = definition(probe, "listed-b")
    own = sorted(run(probe, "lists", loop, 6))
    marked = run(probe, "lists", other, 2, startedBy="lister")
    query = {"cluster": "lists"}
    for members, expected in (
        ({"family": "listed-a"}, own),
        ({"startedBy": "lister"}, sorted(marked)),
        ({"containerInstance": arns[0], "family": "listed-b"}, sorted(marked)),
        ({"containerInstance": arns[0].rpartition("/")[2], "family": "listed-a", "launchType": "EXTERNAL"}, own),
        ({"launchType": "EC2"}, []),
        ({"family": "listed"}, []),
        ({"daemonName": "listed-a"}, []),
        ({"desiredStatus": "PENDING"}, []),
        ({"desiredStatus": "STOPPED", "family": "listed-a"}, []),
    ):
        found = probe.ecs("ListTasks", **query, **members)["taskArns"]
        probe.equal("ListTasks", f"filters by {members}", expected, sorted(found))
    for wrong in (
        {"startedBy": "lister", "family": "listed-b"},
        {"startedBy": "lister", "launchType": "EXTERNAL"},
        {"desiredStatus": "GONE"},
        {"launchType": "MOON"},
        {"containerInstance": ABSENT},
    ):
        probe.ecs.refuse("ListTasks", INVALID, **query, **wrong)
    probe.ecs.refuse("ListTasks", NO_SERVICE, **query, serviceName="none")
    probe.ecs.refuse("ListTasks", NO_CLUSTER, cluster="nowhere")
    probe.ecs.limits("ListTasks", "taskArns", 100, **query)
    probe.ecs.limits("ListTasks", "taskArns", 100, **query, family="listed-a")

    def change() -> None:
        probe.ecs("StopTask", **query, task=own[0])
        probe.ecs("StopTask", **query, task=own[1])
        run(probe, "lists", loop)

    seen = probe.ecs.pages_around("ListTasks", "taskArns", own[1], change, **query, family="listed-a")
    seen = [arn for arn in seen if arn in own]
    probe.equal("ListTasks", "what stays is listed once while others go and come", own, seen)
    stopped = probe.ecs("ListTasks", **query, family="listed-a", desiredStatus="STOPPED")["taskArns"]
    probe.equal("ListTasks", "those that are stopping are STOPPED", sorted(own[:2]), sorted(stopped))


def commands(probe: Probe) -> None:
    """ExecuteCommand: what it needs, and who is not there."""
    instances(probe, "tasks", 2)
    role = {"taskRoleArn": "arn:aws:iam::123456789012:role/task"}
    two = definition(probe, "exec", container(), container(LOOP, name="side", essential=False))
    able = run(probe, "tasks", two, enableExecuteCommand=True, overrides=role)[0]
    unable = run(probe, "tasks", definition(probe, "no-exec"))[0]
    wait_for_tasks(probe, "tasks", [able, unable], "RUNNING")
    call = {"cluster": "tasks", "task": able, "container": "main", "command": "/bin/sh", "interactive": True}
    for wrong in (
        {"interactive": False},
        {"interactive": None},
        {"container": None},
        {"container": "nobody"},
        {"command": None},
        {"task": unable},
        {"task": ABSENT},
    ):
        members = {key: value for key, value in (call | wrong).items() if value is not None}
        probe.ecs.refuse("ExecuteCommand", (INVALID, CLIENT), **members)
    probe.ecs.refuse("ExecuteCommand", NO_CLUSTER, **call | {"cluster": "nowhere"})
    # No agent of these tasks carries commands out, and so it says that nobody is connected.
    probe.ecs.refuse("ExecuteCommand", "TargetNotConnectedException", **call)
    probe.equal(
        "DescribeTasks",
        "the task says that it can",
        True,
        describe_tasks(probe, "tasks", [able])[0]["enableExecuteCommand"],
    )
    for arn in (able, unable):
        probe.ecs("StopTask", cluster="tasks", task=arn)


SCENARIOS = scenarios(
    life, run_limits, overrides, tokens, start, descriptions, lists, commands, *task_placement.SCENARIOS
)
