# SPDX-License-Identifier: Apache-2.0
"""Deployments that fail, are stopped, or are overtaken (ecs-control-plane.md §7.5, §7.7); scenarios of `rollouts`."""

from __future__ import annotations

from probe import Answer, Probe, scenarios
from world import (
    broken,
    create_service,
    definition,
    describe_service,
    instances,
    is_completed,
    is_stable,
    service_tasks,
    wait_for_service,
)

ARN = "arn:aws:ecs:us-east-1:123456789012:"
CLUSTER = "rollouts"
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
FAILED = "ECS deployment circuit breaker: tasks failed to start."


def _story(probe: Probe, service: Answer) -> Answer:
    arn = service["currentServiceDeployment"]
    return probe.ecs("DescribeServiceDeployments", serviceDeploymentArns=[arn])["serviceDeployments"][0]


def _wait_for_story(probe: Probe, arn: str, *statuses: str) -> Answer:
    def found() -> Answer | None:
        story = probe.ecs("DescribeServiceDeployments", serviceDeploymentArns=[arn])["serviceDeployments"][0]
        return story if story["status"] in statuses else None

    return probe.wait("DescribeServiceDeployments", f"the deployment becomes {' or '.join(statuses)}", found)


def breaker(probe: Probe) -> None:
    """Too many tasks fail to start, and nothing was ever deployed: the deployment stays where it is."""
    instances(probe, CLUSTER, 2)
    bad = definition(probe, "breaker", broken())
    service = create_service(probe, CLUSTER, "breaker", bad, 2, deploymentConfiguration=BREAKER)
    story = _story(probe, service)
    probe.has(
        "DescribeServiceDeployments", "the threshold is three", {"threshold": 3}, story["deploymentCircuitBreaker"]
    )

    def has_failed(service: Answer) -> bool:
        return service["deployments"][0]["rolloutState"] == "FAILED"

    failed = wait_for_service(probe, CLUSTER, "breaker", "fails", has_failed, 60)
    deployment = failed["deployments"][0]
    expected = {"status": "PRIMARY", "rolloutStateReason": FAILED, "runningCount": 0}
    probe.has("DescribeServices", "the deployment says why", expected, deployment)
    count = deployment["failedTasks"]
    probe.true("DescribeServices", "its failures are counted", count >= 3, count)
    text = f"(service breaker) (deployment {deployment['id']}) deployment failed: tasks failed to start."
    messages = [event["message"] for event in failed["events"]]
    probe.true("DescribeServices", f"an event says: {text}", text in messages, messages)
    story = _wait_for_story(probe, failed["currentServiceDeployment"], "STOPPED")
    expected = {"status": "TRIGGERED", "threshold": 3}
    probe.has("DescribeServiceDeployments", "the breaker has tripped", expected, story["deploymentCircuitBreaker"])
    # A good definition sets it right.
    good = definition(probe, "breaker")
    probe.ecs("UpdateService", cluster=CLUSTER, service="breaker", taskDefinition=good)
    wait_for_service(probe, CLUSTER, "breaker", "runs with a good definition", is_stable)


def rollback(probe: Probe) -> None:
    """Too many tasks fail to start, and something was deployed before: the service returns to it."""
    instances(probe, CLUSTER, 2)
    good = definition(probe, "rollback")
    created = create_service(probe, CLUSTER, "rollback", good, 2, deploymentConfiguration=BREAKER)
    watch = _story(probe, created)["deploymentCircuitBreaker"]
    probe.has("DescribeServiceDeployments", "the breaker watches", {"status": "MONITORING"}, watch)
    first = wait_for_service(probe, CLUSTER, "rollback", "completes", is_completed)
    story = _story(probe, first)
    expected = {"status": "MONITORING_COMPLETE", "failureCount": 0}
    probe.has("DescribeServiceDeployments", "the breaker has watched", expected, story["deploymentCircuitBreaker"])
    tasks = {task["taskArn"] for task in service_tasks(probe, CLUSTER, "rollback")}
    bad = definition(probe, "rollback", broken())
    began = probe.ecs("UpdateService", cluster=CLUSTER, service="rollback", taskDefinition=bad)["service"]
    story = _wait_for_story(probe, began["currentServiceDeployment"], "ROLLBACK_SUCCESSFUL")
    probe.has(
        "DescribeServiceDeployments",
        "it went back to the first revision",
        {"serviceRevisionArn": first["currentServiceRevisions"][0]["arn"]},
        story["rollback"],
    )
    text = story["rollback"]["reason"]
    begin = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/"
    probe.true("DescribeServiceDeployments", f"the reason says: {begin}…", text.startswith(begin), text)
    expected = {"status": "TRIGGERED"}
    probe.has("DescribeServiceDeployments", "the breaker has tripped", expected, story["deploymentCircuitBreaker"])
    done = wait_for_service(probe, CLUSTER, "rollback", "is stable", is_completed)
    probe.has("DescribeServices", "with the first definition", {"taskDefinition": _arn(good)}, done)
    messages = [event["message"] for event in done["events"]]
    begin = "(service rollback) rolling back to deployment ecs-svc/"
    probe.true("DescribeServices", f"an event says: {begin}…", any(m.startswith(begin) for m in messages), messages)
    after = {task["taskArn"] for task in service_tasks(probe, CLUSTER, "rollback")}
    probe.equal("DescribeTasks", "the tasks that ran have run on", tasks, after)


def _arn(definition: str) -> str:
    return f"{ARN}task-definition/{definition}"


def throttling(probe: Probe) -> None:
    """Without a breaker, starts that fail are repeated less and less often, and an event says so."""
    instances(probe, CLUSTER, 2)
    create_service(probe, CLUSTER, "failing", definition(probe, "failing", broken()), 1)
    text = (
        "(service failing) is unable to consistently start tasks successfully. For more information, see the "
        "Troubleshooting section of the Amazon ECS Developer Guide."
    )

    def told(service: Answer) -> bool:
        return any(event["message"] == text for event in service["events"])

    service = wait_for_service(probe, CLUSTER, "failing", f"an event says: {text}", told, 60)
    expected = {"rolloutState": "IN_PROGRESS", "status": "PRIMARY"}
    probe.has("DescribeServices", "the deployment goes on", expected, service["deployments"][0])
    # A definition that can start takes effect at once.
    probe.ecs("UpdateService", cluster=CLUSTER, service="failing", taskDefinition=definition(probe, "failing"))
    wait_for_service(probe, CLUSTER, "failing", "runs with a good definition", is_stable, 30)


def stopping(probe: Probe) -> None:
    """StopServiceDeployment: back to what was, and where it is."""
    instances(probe, CLUSTER, 2)
    good = definition(probe, "stopped")
    create_service(probe, CLUSTER, "stopped", good, 2)
    first = wait_for_service(probe, CLUSTER, "stopped", "completes", is_completed)
    second = definition(probe, "stopped")
    began = probe.ecs("UpdateService", cluster=CLUSTER, service="stopped", taskDefinition=second)["service"]
    arn = began["currentServiceDeployment"]
    wait_for_service(probe, CLUSTER, "stopped", "has begun", lambda s: s["deployments"][0]["runningCount"] > 0)
    answer = probe.ecs("StopServiceDeployment", serviceDeploymentArn=arn, stopType="ROLLBACK")
    probe.has("StopServiceDeployment", "the answer names it", {"serviceDeploymentArn": arn}, answer)
    story = _wait_for_story(probe, arn, "ROLLBACK_SUCCESSFUL")
    expected = {"serviceRevisionArn": first["currentServiceRevisions"][0]["arn"]}
    probe.has("DescribeServiceDeployments", "it went back to the first revision", expected, story["rollback"])
    done = wait_for_service(probe, CLUSTER, "stopped", "is as before", is_stable)
    probe.has("DescribeServices", "with the first definition", {"taskDefinition": _arn(good)}, done)
    probe.ecs.refuse("StopServiceDeployment", "ConflictException", serviceDeploymentArn=arn)
    third = probe.ecs("UpdateService", cluster=CLUSTER, service="stopped", taskDefinition=second)["service"]
    arn = third["currentServiceDeployment"]
    probe.ecs("StopServiceDeployment", serviceDeploymentArn=arn, stopType="ABORT")
    story = _wait_for_story(probe, arn, "STOPPED")
    probe.true("DescribeServiceDeployments", "it has no rollback", "rollback" not in story, story)
    probe.ecs.refuse("StopServiceDeployment", "ConflictException", serviceDeploymentArn=arn, stopType="ABORT")


def overtaken(probe: Probe) -> None:
    """A deployment begins before the one before it is over."""
    instances(probe, CLUSTER, 2)
    create_service(probe, CLUSTER, "overtaken", definition(probe, "overtaken"), 1)
    wait_for_service(probe, CLUSTER, "overtaken", "runs", is_stable)
    arns = []
    for _ in range(2):
        newer = definition(probe, "overtaken")
        service = probe.ecs("UpdateService", cluster=CLUSTER, service="overtaken", taskDefinition=newer)["service"]
        arns.append(service["currentServiceDeployment"])
    _wait_for_story(probe, arns[0], "STOPPED")
    done = wait_for_service(probe, CLUSTER, "overtaken", "has one deployment", is_completed)
    probe.has("DescribeServices", "with the last definition", {"taskDefinition": _arn(newer)}, done)
    probe.equal("DescribeServices", "it is the last deployment", arns[1], done["currentServiceDeployment"])
    _wait_for_story(probe, arns[1], "SUCCESSFUL")
    again = describe_service(probe, CLUSTER, "overtaken")
    probe.equal("DescribeServices", "and stays so", done["deployments"][0]["id"], again["deployments"][0]["id"])


SCENARIOS = scenarios(breaker, rollback, throttling, stopping, overtaken)
