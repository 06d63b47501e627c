# SPDX-License-Identifier: Apache-2.0
"""Services at work: rolling updates, failures, returns (ecs-control-plane.md §7.3–§7.7); two agents in `rollouts`.

A task without a health check counts as healthy 40 seconds after it runs, so that a complete deployment takes that long.
"""

from __future__ import annotations

from collections.abc import Callable

from checks import rollout_failures
from probe import Answer, Probe, scenarios
from world import (
    LOOP,
    container,
    create_service,
    definition,
    describe_service,
    describe_tasks,
    instances,
    is_completed,
    is_stable,
    run,
    service_tasks,
    wait_for_service,
    wait_for_tasks,
)

ARN = "arn:aws:ecs:us-east-1:123456789012:"
CLUSTER = "rollouts"


def _roll(
    probe: Probe, name: str, lower: int, upper: int, until: Callable[[Answer], bool] = is_completed
) -> list[Answer]:
    """Replaces the definition of a service, and watches that its tasks stay within bounds until it is done."""
    second = definition(probe, name)
    began = probe.ecs("UpdateService", cluster=CLUSTER, service=name, taskDefinition=second)["service"]
    probe.has("UpdateService", "the answer shows the new definition", {"taskDefinition": _arn(second)}, began)
    statuses = [deployment["status"] for deployment in began["deployments"]]
    probe.equal("UpdateService", "and both deployments", ["PRIMARY", "ACTIVE"], statuses)
    seen = [began]
    counts: list[tuple[int, int]] = []

    def done(service: Answer) -> bool:
        seen.append(service)
        # A task that has been told to stop counts in the service until it has; what bounds hold for is the others.
        wanted = service_tasks(probe, CLUSTER, name)
        counts.append((sum(task["lastStatus"] == "RUNNING" for task in wanted), len(wanted)))
        return len(service["deployments"]) == 1 and until(service)

    wait_for_service(probe, CLUSTER, name, "is replaced", done, 150)
    fewest, most = min(running for running, _ in counts), max(wanted for _, wanted in counts)
    probe.true("UpdateService", f"{name} never has fewer than {lower} running", fewest >= lower, counts)
    probe.true("UpdateService", f"{name} never has more than {upper}", most <= upper, counts)
    revisions = {task["taskDefinitionArn"] for task in service_tasks(probe, CLUSTER, name)}
    probe.equal("UpdateService", "in the end all tasks are new", {_arn(second)}, revisions)
    return seen


def _arn(definition: str) -> str:
    return f"{ARN}task-definition/{definition}"


def grows_first(probe: Probe) -> None:
    """With 100 and 200 per cent: new tasks start, and old ones stop when they are healthy."""
    instances(probe, CLUSTER, 2)
    service = create_service(probe, CLUSTER, "grows", definition(probe, "grows"), 3)
    first = service["deployments"][0]["id"]
    wait_for_service(probe, CLUSTER, "grows", "runs", lambda s: s["runningCount"] == 3)
    seen = _roll(probe, "grows", 3, 6)
    done = seen[-1]
    second = done["deployments"][0]["id"]
    expected = {"rolloutState": "COMPLETED", "rolloutStateReason": f"ECS deployment {second} completed."}
    probe.has("DescribeServices", "the deployment is complete", expected, done["deployments"][0])
    tasks = service_tasks(probe, CLUSTER, "grows")
    probe.equal("ListTasks", "tasks are started by the deployment", {second}, {task["startedBy"] for task in tasks})
    hosts = {task["containerInstanceArn"] for task in tasks}
    probe.equal("DescribeTasks", "by default they are spread over the instances", 2, len(hosts))
    old = probe.ecs("ListTasks", cluster=CLUSTER, serviceName="grows", desiredStatus="STOPPED")["taskArns"]
    for task in wait_for_tasks(probe, CLUSTER, old, "STOPPED"):
        expected = {"stopCode": "ServiceSchedulerInitiated", "startedBy": first}
        probe.has("DescribeTasks", "the scheduler has stopped the old ones", expected, task)
        reasons = [f"Scaling activity initiated by (deployment {deployment})" for deployment in (first, second)]
        probe.true("DescribeTasks", "and says why", task["stoppedReason"] in reasons, task["stoppedReason"])
    messages = [event["message"] for event in describe_service(probe, CLUSTER, "grows")["events"]]
    for text in (
        "(service grows) has started 3 tasks: (task ",
        "(service grows) has stopped ",
        f"(service grows) (deployment {second}) deployment completed.",
        "(service grows) has reached a steady state.",
    ):
        probe.true("DescribeServices", f"an event says: {text}", any(m.startswith(text) for m in messages), messages)
    _stories(probe, seen)


def _stories(probe: Probe, seen: list[Answer]) -> None:
    """What the history says of a service that was deployed, and then deployed anew before it was steady."""
    briefs = probe.ecs("ListServiceDeployments", cluster=CLUSTER, service="grows")["serviceDeployments"]
    probe.equal("ListServiceDeployments", "both are told", ["SUCCESSFUL", "STOPPED"], [b["status"] for b in briefs])
    arns = [brief["serviceDeploymentArn"] for brief in briefs]
    newest = probe.ecs("DescribeServiceDeployments", serviceDeploymentArns=arns[:1])["serviceDeployments"][0]
    probe.equal("DescribeServices", "the service names the newest", arns[0], seen[-1]["currentServiceDeployment"])
    expected = {"requestedTaskCount": 3, "runningTaskCount": 3, "pendingTaskCount": 0}
    probe.has("DescribeServiceDeployments", "its target has its tasks", expected, newest["targetServiceRevision"])
    revisions = seen[-1]["currentServiceRevisions"]
    expected = {"arn": newest["targetServiceRevision"]["arn"], "requestedTaskCount": 3, "runningTaskCount": 3}
    probe.has("DescribeServices", "the service has one revision", expected, revisions[0])
    probe.equal("DescribeServices", "in the beginning it had two", 2, len(seen[0]["currentServiceRevisions"]))


def shrinks_first(probe: Probe) -> None:
    """With 0 and 100 per cent: old tasks stop first, the way of static ports."""
    instances(probe, CLUSTER, 2)
    rollout = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    create_service(probe, CLUSTER, "shrinks", definition(probe, "shrinks"), 1, deploymentConfiguration=rollout)
    wait_for_service(probe, CLUSTER, "shrinks", "runs", is_stable)
    _roll(probe, "shrinks", 0, 1, is_stable)


def half(probe: Probe) -> None:
    """With 50 and 100 per cent: half of the tasks, then the other half."""
    instances(probe, CLUSTER, 2)
    rollout = {"minimumHealthyPercent": 50, "maximumPercent": 100}
    create_service(probe, CLUSTER, "half", definition(probe, "half"), 2, deploymentConfiguration=rollout)
    wait_for_service(probe, CLUSTER, "half", "completes", is_completed)
    seen = _roll(probe, "half", 1, 2, is_stable)
    mixed = [tuple(deployment["runningCount"] for deployment in service["deployments"]) for service in seen]
    probe.true("UpdateService", "for a while there is one of each", (1, 1) in mixed, mixed)


def stuck(probe: Probe) -> None:
    """Percentages that allow nothing, and a port that is taken: an event says so (§13.13)."""
    instances(probe, CLUSTER, 2)
    rollout = {"minimumHealthyPercent": 100, "maximumPercent": 125}
    create_service(probe, CLUSTER, "stuck", definition(probe, "stuck"), 3, deploymentConfiguration=rollout)
    wait_for_service(probe, CLUSTER, "stuck", "completes", is_completed)
    probe.ecs("UpdateService", cluster=CLUSTER, service="stuck", taskDefinition=definition(probe, "stuck"))
    text = (
        "(service stuck) was unable to stop or start tasks during a deployment because of the service deployment "
        "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
    )
    wait_for_service(probe, CLUSTER, "stuck", f"an event says: {text}", lambda s: text in _messages(s))
    before = describe_service(probe, CLUSTER, "stuck")
    expected = {"runningCount": 3, "pendingCount": 0}
    probe.has("DescribeServices", "the service runs as before", expected, before)
    loosened = {"maximumPercent": 200}
    probe.ecs("UpdateService", cluster=CLUSTER, service="stuck", deploymentConfiguration=loosened)
    wait_for_service(probe, CLUSTER, "stuck", "goes on", lambda s: s["deployments"][0]["runningCount"] > 0)


def ports(probe: Probe) -> None:
    """One instance's port is one task's: the new task has to wait, and an event says for what."""
    mapping = [{"containerPort": 18080, "hostPort": 18080}]
    instances(probe, CLUSTER, 2)
    create_service(probe, CLUSTER, "ports", definition(probe, "ports", container(portMappings=mapping)), 2)
    wait_for_service(probe, CLUSTER, "ports", "runs", lambda s: s["runningCount"] == 2)
    second = definition(probe, "ports", container(portMappings=mapping))
    probe.ecs("UpdateService", cluster=CLUSTER, service="ports", taskDefinition=second)
    begin = "(service ports) was unable to place a task because no container instance met all of its requirements."
    end = "is already using a port required by your task."
    _wait_for_event(probe, CLUSTER, "ports", begin, end)
    after = describe_service(probe, CLUSTER, "ports")
    probe.has("DescribeServices", "the old tasks run on", {"runningCount": 2}, after)


def unplaceable(probe: Probe) -> None:
    """Services that find no place, each with the event for its cause (§7.4)."""
    instances(probe, CLUSTER, 2)
    probe.ecs("CreateCluster", clusterName="empty")
    begin = "was unable to place a task because no container instance met all of its requirements."
    closest = f"{begin} The closest matching (container-instance "
    big = definition(probe, "big-cpu", container(cpu=100_000))
    huge = definition(probe, "big-memory", container(memory=10_000_000))
    gpu = definition(probe, "gpu", container(resourceRequirements=[{"type": "GPU", "value": "1"}]))
    far = [{"type": "memberOf", "expression": "attribute:site == moon"}]
    plain = definition(probe, "plain")
    none = f"{begin} Reason: No Container Instances were found in your cluster."
    for cluster, name, task, members, text, end in (
        ("empty", "nowhere", plain, {}, none, ""),
        (CLUSTER, "cpu", big, {}, closest, "has insufficient CPU units available."),
        (CLUSTER, "memory", huge, {}, closest, "has insufficient memory available."),
        (CLUSTER, "gpu", gpu, {}, closest, ""),
        (CLUSTER, "far", plain, {"placementConstraints": far}, closest, "MemberOf placement constraint unsatisfied."),
    ):
        create_service(probe, cluster, name, task, 1, **members)
        _wait_for_event(probe, cluster, name, f"(service {name}) {text}", end)
        service = describe_service(probe, cluster, name)
        expected = {"status": "ACTIVE", "runningCount": 0, "pendingCount": 0, "desiredCount": 1}
        probe.has("DescribeServices", "the service waits", expected, service)
        # The same cause is not told again.
        told = sum("unable to place" in message for message in _messages(service))
        probe.equal("DescribeServices", "once", 1, told)
    found = service_tasks(probe, CLUSTER, "far")
    probe.equal("ListTasks", "there are no tasks", [], found)
    target = {"targetType": "container-instance", "targetId": instances(probe, CLUSTER, 2)[0].rpartition("/")[2]}
    moon = [target | {"name": "site", "value": "moon"}]
    probe.ecs("PutAttributes", cluster=CLUSTER, attributes=moon)
    wait_for_service(probe, CLUSTER, "far", "is placed when an instance fits", lambda s: s["runningCount"] == 1)


def _messages(service: Answer) -> list[str]:
    return [event["message"] for event in service["events"]]


def _wait_for_event(probe: Probe, cluster: str, name: str, begin: str, end: str) -> None:
    def told(service: Answer) -> bool:
        return any(message.startswith(begin) and end in message for message in _messages(service))

    wait_for_service(probe, cluster, name, f"an event says: {begin} … {end}", told, 30)


def scaling(probe: Probe) -> None:
    """Out, in, and what replaces tasks that go."""
    instances(probe, CLUSTER, 2)
    create_service(probe, CLUSTER, "scaled", definition(probe, "scaled"), 1)
    wait_for_service(probe, CLUSTER, "scaled", "runs", is_stable)
    # A definition that has gone keeps its services: they scale, and their tasks are replaced (§2.5).
    probe.ecs("DeregisterTaskDefinition", taskDefinition="scaled:1")
    probe.ecs("DeleteTaskDefinitions", taskDefinitions=["scaled:1"])
    answer = probe.ecs("UpdateService", cluster=CLUSTER, service="scaled", desiredCount=4)["service"]
    deployment = answer["deployments"][0]
    probe.has("UpdateService", "the deployment wants as many", {"desiredCount": 4}, deployment)
    wait_for_service(probe, CLUSTER, "scaled", "has four", is_stable)
    victim = service_tasks(probe, CLUSTER, "scaled")[0]["taskArn"]
    probe.ecs("StopTask", cluster=CLUSTER, task=victim)
    wait_for_tasks(probe, CLUSTER, [victim], "STOPPED")
    wait_for_service(probe, CLUSTER, "scaled", "has four again", is_stable)
    alive = {task["taskArn"] for task in service_tasks(probe, CLUSTER, "scaled")}
    probe.true("StopTask", "a stopped task is replaced", len(alive) == 4 and victim not in alive, alive)
    probe.ecs("UpdateService", cluster=CLUSTER, service="scaled", desiredCount=1)
    wait_for_service(probe, CLUSTER, "scaled", "has one", is_stable)
    gone = [task for task in describe_tasks(probe, CLUSTER, sorted(alive)) if task["desiredStatus"] == "STOPPED"]
    reasons = {(task["stopCode"], task["stoppedReason"]) for task in gone}
    reason = f"Scaling activity initiated by (deployment {deployment['id']})"
    probe.equal("UpdateService", "scaling in says so", {("ServiceSchedulerInitiated", reason)}, reasons)
    ends = definition(probe, "ends", container("sleep 4; exit 0"))
    create_service(probe, CLUSTER, "ends", ends, 1)
    wait_for_service(probe, CLUSTER, "ends", "runs", is_stable)
    first = service_tasks(probe, CLUSTER, "ends")[0]["taskArn"]

    def others() -> list[str]:
        arns = {task["taskArn"] for task in service_tasks(probe, CLUSTER, "ends")}
        return sorted(arns - {first})

    probe.wait("ListTasks", "a task that ends is replaced", others, 30)
    probe.ecs("DeleteService", cluster=CLUSTER, service="ends", force=True)
    standalone = definition(probe, "standalone", container(LOOP))
    run(probe, CLUSTER, standalone)
    shown = wait_for_service(probe, CLUSTER, "scaled", "is as before", is_stable)
    probe.has("RunTask", "tasks of nobody do not count for a service", {"runningCount": 1}, shown)


SCENARIOS = scenarios(grows_first, shrinks_first, half, stuck, ports, unplaceable, scaling, *rollout_failures.SCENARIOS)
