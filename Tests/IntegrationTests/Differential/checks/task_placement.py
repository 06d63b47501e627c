# SPDX-License-Identifier: Apache-2.0
"""Where RunTask places, and why it does not (ecs-control-plane.md §5.4, §6); scenarios of `tasks`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from botocore.exceptions import ClientError

from probe import INVALID, Probe, scenarios
from world import cluster, container, definition, describe_tasks, instances, register, run


def failures(probe: Probe) -> None:
    """One failure for each instance that was looked at, with its reason."""
    first, second = instances(probe, "placement", 2)
    probe.ecs("PutAttributes", cluster="placement", attributes=[{"name": "rack", "value": "1", "targetId": first}])
    plain = definition(probe, "plain")

    def reasons(what: str, reason: str, definition: str = plain, **members: Any) -> None:
        answer = probe.ecs("RunTask", cluster="placement", taskDefinition=definition, **members)
        found = sorted((failure["arn"], failure["reason"]) for failure in answer["failures"])
        expected = sorted((arn, reason) for arn in (first, second))
        probe.equal("RunTask", what, (0, expected), (len(answer["tasks"]), found))

    reasons("too much CPU", "RESOURCE:CPU", definition(probe, "cpu", container(cpu=100_000)))
    reasons("too much memory", "RESOURCE:MEMORY", definition(probe, "memory", container(memory=10_000_000)))
    port = [{"containerPort": 22, "hostPort": 22}]
    reasons("a reserved port", "RESOURCE:PORTS", definition(probe, "port", container(portMappings=port)))
    gpu = [{"type": "GPU", "value": "1"}]
    reasons("no GPU", "RESOURCE:GPU", definition(probe, "gpu", container(resourceRequirements=gpu)))
    splunk = {"logDriver": "splunk", "options": {"splunk-url": "u", "splunk-token": "t"}}
    reasons("no such log driver", "ATTRIBUTE", definition(probe, "splunk", container(logConfiguration=splunk)))
    nowhere = [{"type": "memberOf", "expression": "attribute:rack == 9"}]
    unsatisfied = "MemberOf placement constraint unsatisfied."
    reasons("no member", unsatisfied, placementConstraints=nowhere)
    bound = definition(probe, "bound", placementConstraints=nowhere)
    reasons("no member by the definition", unsatisfied, bound)
    distinct = [{"type": "distinctInstance"}]
    tasks = run(probe, "placement", plain, 2, placementConstraints=distinct, group="apart")
    hosts = [task["containerInstanceArn"] for task in describe_tasks(probe, "placement", tasks)]
    probe.equal("RunTask", "distinctInstance is one task of a group per instance", 2, len(set(hosts)))
    reasons(
        "no further instance",
        "distinctInstance placement constraint unsatisfied.",
        placementConstraints=distinct,
        group="apart",
    )
    partial = probe.ecs(
        "RunTask", cluster="placement", taskDefinition=plain, count=3, placementConstraints=distinct, group="more"
    )
    probe.equal("RunTask", "what can be placed is", 2, len(partial["tasks"]))
    probe.true("RunTask", "and the rest is a failure", partial["failures"], partial)
    for arn in tasks + [task["taskArn"] for task in partial["tasks"]]:
        probe.ecs("StopTask", cluster="placement", task=arn)


def unreachable(probe: Probe) -> None:
    """Instances that are not there: none at all, never connected, draining."""
    loop = definition(probe, "unreachable")
    cluster(probe, "desert")
    none = "No Container Instances were found in your cluster."
    probe.ecs.refuse("RunTask", INVALID, none, cluster="desert", taskDefinition=loop)
    arn = register(probe, "desert")["containerInstanceArn"]
    answer = probe.ecs("RunTask", cluster="desert", taskDefinition=loop, count=2)
    probe.equal("RunTask", "no task without an agent", [], answer["tasks"])
    found = {(failure["arn"], failure["reason"]) for failure in answer["failures"]}
    probe.equal("RunTask", "the agent is what fails", {(arn, "AGENT")}, found)
    probe.ecs("UpdateContainerInstancesState", cluster="desert", containerInstances=[arn], status="DRAINING")
    try:
        answer = probe.ecs.attempt("RunTask", cluster="desert", taskDefinition=loop)
        probe.equal("RunTask", "nothing is placed on an instance that drains", [], answer["tasks"])
    except ClientError as error:
        probe.equal("RunTask", "an instance that drains is none", none, error.response["Error"]["Message"])


def strategies(probe: Probe) -> None:
    """Strategies rank; constraints bind."""
    first, second = instances(probe, "placement", 2)
    probe.ecs(
        "PutAttributes",
        cluster="placement",
        attributes=[
            {"name": "row", "value": "x", "targetId": first},
            {"name": "row", "value": "y", "targetId": second},
        ],
    )
    loop = definition(probe, "ranked", container(cpu=1))
    placed: list[str] = []

    def place(group: str, count: int, **members: Any) -> Counter[str]:
        arns = run(probe, "placement", loop, count, group=group, **members)
        placed.extend(arns)
        return Counter(task["containerInstanceArn"] for task in describe_tasks(probe, "placement", arns))

    for field in ("instanceId", "host", "attribute:row"):
        spread = [{"type": "spread", "field": field}]
        found = place(f"spread-{field[:4]}", 4, placementStrategy=spread)
        probe.equal("RunTask", f"spread over {field} is even", {first: 2, second: 2}, dict(found))
    for field in ("cpu", "memory"):
        # The fuller instance takes everything once there is one.
        pinned = [{"type": "memberOf", "expression": f"attribute:row == {'x' if field == 'cpu' else 'y'}"}]
        expected = first if field == "cpu" else second
        big = definition(probe, f"big-{field}", container(**{field: 512}))
        placed.extend(run(probe, "placement", big, placementConstraints=pinned))
        found = place(f"pack-{field}", 3, placementStrategy=[{"type": "binpack", "field": field}])
        probe.equal("RunTask", f"binpack by {field} fills one instance", {expected: 3}, dict(found))
        probe.ecs("StopTask", cluster="placement", task=placed[-4])
    both = [{"type": "spread", "field": "attribute:row"}, {"type": "random"}]
    found = place("both", 2, placementStrategy=both)
    probe.equal("RunTask", "strategies apply in their order", {first: 1, second: 1}, dict(found))
    row = [{"type": "memberOf", "expression": "attribute:row == y"}]
    found = place("bound", 3, placementConstraints=row, placementStrategy=[{"type": "spread", "field": "instanceId"}])
    probe.equal("RunTask", "constraints come before strategies", {second: 3}, dict(found))
    near = [{"type": "memberOf", "expression": "task:group == bound"}]
    found = place("near", 2, placementConstraints=near)
    probe.equal("RunTask", "task:group draws to a group", {second: 2}, dict(found))
    for arn in placed:
        probe.ecs("StopTask", cluster="placement", task=arn)


def wrong(probe: Probe) -> None:
    """Constraints and strategies that nobody understands."""
    loop = definition(probe, "misplaced")
    for constraint in (
        {"type": "distinctInstance", "expression": "attribute:a exists"},
        {"type": "memberOf"},
        {"type": "memberOf", "expression": "nonsense"},
        {"type": "memberOf", "expression": "attribute:a == " + "x" * 2000},
        {"type": "near"},
        {},
    ):
        call = {"cluster": "placement", "taskDefinition": loop, "placementConstraints": [constraint]}
        probe.ecs.refuse("RunTask", INVALID, **call)
    for strategy in (
        {"type": "random", "field": "cpu"},
        {"type": "spread"},
        {"type": "spread", "field": "rack"},
        {"type": "binpack"},
        {"type": "binpack", "field": "disk"},
        {"type": "near", "field": "cpu"},
    ):
        call = {"cluster": "placement", "taskDefinition": loop, "placementStrategy": [strategy]}
        probe.ecs.refuse("RunTask", INVALID, **call)


SCENARIOS = scenarios(failures, unreachable, strategies, wrong)
