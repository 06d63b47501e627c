# SPDX-License-Identifier: Apache-2.0
"""Lists of services, and their history: deployments and revisions (ecs-control-plane.md §1.4, §7.7).

Scenarios of `services`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from probe import INVALID, NO_CLUSTER, NO_SERVICE, UNSUPPORTED, Probe, scenarios
from world import cluster, create_service, definition, wait_for_service

ARN = "arn:aws:ecs:us-east-1:123456789012:"
NOT_FOUND = "ServiceDeploymentNotFoundException"


def lists(probe: Probe) -> None:
    """DescribeServices and ListServices."""
    cluster(probe, "listed")
    web = definition(probe, "listed")
    names = [f"web-{number:02}" for number in range(12)]
    for name in names:
        create_service(probe, "listed", name, web, 0)
    call = {"cluster": "listed", "serviceName": "daemon", "taskDefinition": web, "schedulingStrategy": "DAEMON"}
    probe.ecs("CreateService", **call)
    operation, key = "ListServices", "serviceArns"
    first = probe.ecs(operation, cluster="listed")
    probe.equal(operation, "a page has ten by default", 10, len(first[key]))
    rest = probe.ecs(operation, cluster="listed", nextToken=first["nextToken"])
    expected = sorted(f"{ARN}service/listed/{name}" for name in [*names, "daemon"])
    probe.equal(operation, "two pages are all", expected, sorted(first[key] + rest[key]))
    probe.ecs.limits(operation, key, 100, cluster="listed")
    probe.ecs.limits(operation, key, 100, cluster="listed", schedulingStrategy="REPLICA", launchType="EXTERNAL")
    for members, count in (
        ({"schedulingStrategy": "DAEMON"}, 1),
        ({"schedulingStrategy": "REPLICA"}, 12),
        ({"launchType": "EXTERNAL"}, 13),
        ({"launchType": "EC2"}, 0),
        ({"resourceManagementType": "CUSTOMER"}, 13),
        ({"resourceManagementType": "ECS"}, 0),
    ):
        found = probe.ecs.pages(operation, key, 100, cluster="listed", **members)
        probe.equal(operation, f"filters by {members}", count, len(found))
    for wrong in ({"schedulingStrategy": "CRON"}, {"launchType": "MOON"}, {"resourceManagementType": "ME"}):
        probe.ecs.refuse(operation, INVALID, cluster="listed", **wrong)
    probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere")

    def change() -> None:
        for name in ("web-00", "web-01"):
            probe.ecs("DeleteService", cluster="listed", service=name)
        create_service(probe, "listed", "web-99", web, 0)

    seen = probe.ecs.pages_around(operation, key, f"{ARN}service/listed/web-01", change, cluster="listed")
    probe.equal(operation, "what stays is listed once while others go and come", expected, seen[:13])
    operation = "DescribeServices"
    answer = probe.ecs(operation, cluster="listed", services=["none", "web-02", f"{ARN}service/listed/web-03"])
    probe.failed(operation, "an unknown one is a failure", [(f"{ARN}service/none", "MISSING")], answer)
    found = [service["serviceName"] for service in answer["services"]]
    probe.equal(operation, "names and ARNs are described", ["web-02", "web-03"], found)
    probe.equal(
        operation, "ten at once", 10, len(probe.ecs(operation, cluster="listed", services=names[2:])["services"])
    )
    probe.ecs.refuse(operation, INVALID, cluster="listed", services=names[:11])
    empty = "Services cannot be empty."
    probe.ecs.refuse(operation, INVALID, empty, cluster="listed", services=[])
    probe.ecs.refuse(operation, INVALID, empty, cluster="listed")
    probe.ecs.refuse(operation, INVALID, cluster="listed", services=["web-02"], include=["TAG"])
    probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere", services=["web-02"])


def history(probe: Probe) -> None:
    """A service without tasks has been deployed many times."""
    cluster(probe, "history")
    web = definition(probe, "history")
    created = create_service(probe, "history", "web", web, 0)
    deployments = [created["currentServiceDeployment"]]
    for _ in range(22):
        _completed(probe)
        service = probe.ecs("UpdateService", cluster="history", service="web", forceNewDeployment=True)["service"]
        deployments.append(service["currentServiceDeployment"])
    _completed(probe)
    _list(probe, deployments)
    _describe(probe, deployments)
    operation = "StopServiceDeployment"
    conflict = probe.ecs.refuse(operation, "ConflictException", serviceDeploymentArn=deployments[0])
    probe.equal(operation, "a conflict names it", [deployments[0]], conflict.get("resourceIds"))
    unknown = f"{ARN}service-deployment/history/web/{'a' * 21}"
    probe.ecs.refuse(operation, NOT_FOUND, serviceDeploymentArn=unknown)
    probe.ecs.refuse(operation, INVALID, serviceDeploymentArn=deployments[0], stopType="PAUSE")
    probe.ecs.refuse(operation, INVALID, serviceDeploymentArn="nonsense")
    probe.ecs.refuse(operation, INVALID)
    probe.ecs.refuse("ContinueServiceDeployment", INVALID, serviceDeploymentArn=deployments[0], hookId="h")
    wrong = {"serviceDeploymentArn": deployments[0], "hookId": "h", "action": "WAIT"}
    probe.ecs.refuse("ContinueServiceDeployment", INVALID, **wrong)


def thresholds(probe: Probe) -> None:
    """How many failures the circuit breaker waits for: half of the tasks, but 3 at least and 200 at most (§7.5)."""
    cluster(probe, "thresholds")
    web = definition(probe, "thresholds")
    rollout = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    for count, threshold in ((0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (1000, 200)):
        service = create_service(probe, "thresholds", f"of-{count}", web, count, deploymentConfiguration=rollout)
        arn = service["currentServiceDeployment"]
        story = probe.ecs("DescribeServiceDeployments", serviceDeploymentArns=[arn])["serviceDeployments"][0]
        found = story["deploymentCircuitBreaker"]["threshold"]
        probe.equal("DescribeServiceDeployments", f"the threshold of {count} tasks", threshold, found)
    found = probe.ecs("DescribeClusters", clusters=["thresholds"])["clusters"][0]
    probe.has("DescribeClusters", "counts the services", {"activeServicesCount": 7, "pendingTasksCount": 0}, found)


def _completed(probe: Probe) -> None:
    wait_for_service(probe, "history", "web", "completes", lambda s: s["deployments"][0]["rolloutState"] == "COMPLETED")


def _list(probe: Probe, deployments: list[str]) -> None:
    operation, key = "ListServiceDeployments", "serviceDeployments"
    query = {"cluster": "history", "service": "web"}
    first = probe.ecs(operation, **query)
    probe.equal(operation, "a page has twenty by default", 20, len(first[key]))
    newest = [brief["serviceDeploymentArn"] for brief in probe.ecs.pages(operation, key, 100, **query)]
    probe.equal(operation, "the newest comes first", deployments[::-1], newest)
    probe.ecs.limits(operation, key, 100, **query)
    by_arn = {"service": f"{ARN}service/history/web", "cluster": f"{ARN}cluster/history"}
    probe.ecs.accept(operation, "knows ARNs", **by_arn)
    for status, count in (("SUCCESSFUL", 23), ("IN_PROGRESS", 0), ("STOPPED", 0)):
        found = probe.ecs.pages(operation, key, 100, **query, status=[status])
        probe.equal(operation, f"{count} are {status}", count, len(found))
    probe.ecs.refuse(operation, INVALID, **query, status=["DONE"])
    # boto3 sends whole seconds.
    middle = first[key][10]["createdAt"].replace(microsecond=0)
    created = [brief["createdAt"] for brief in probe.ecs.pages(operation, key, 100, **query)]
    later = sum(time > middle for time in created)
    for times, count in (
        ({"after": middle}, later),
        ({"before": middle}, 23 - later),
        ({"after": middle, "before": middle + timedelta(hours=1)}, later),
        ({"before": middle - timedelta(days=1)}, 0),
        ({"after": middle + timedelta(days=1)}, 0),
    ):
        found = probe.ecs.pages(operation, key, 100, **query, createdAt=times)
        probe.equal(operation, f"{count} were created {list(times)}", count, len(found))
    probe.ecs.refuse(operation, NO_SERVICE, cluster="history", service="none")
    probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere", service="web")
    probe.ecs.refuse(operation, INVALID, cluster="history")
    controller = {"type": "EXTERNAL"}
    probe.ecs("CreateService", cluster="history", serviceName="external", deploymentController=controller)
    probe.ecs.refuse(operation, UNSUPPORTED, cluster="history", service="external")


def _describe(probe: Probe, deployments: list[str]) -> None:
    operation = "DescribeServiceDeployments"
    found: list[dict[str, Any]] = probe.ecs(operation, serviceDeploymentArns=deployments[:20])["serviceDeployments"]
    probe.equal(operation, "describes twenty", deployments[:20], [item["serviceDeploymentArn"] for item in found])
    first, second = found[0], found[1]
    expected = {
        "serviceArn": f"{ARN}service/history/web",
        "clusterArn": f"{ARN}cluster/history",
        "status": "SUCCESSFUL",
        "sourceServiceRevisions": [],
        "deploymentCircuitBreaker": {"status": "DISABLED", "failureCount": 0, "threshold": 3},
        "alarms": {"status": "DISABLED"},
    }
    probe.has(operation, "the first had no source", expected, first)
    times = [first[time] for time in ("createdAt", "startedAt", "finishedAt")]
    probe.equal(operation, "its times are in order", sorted(times), times)
    target = first["targetServiceRevision"]
    expected = {"requestedTaskCount": 0, "runningTaskCount": 0, "pendingTaskCount": 0}
    probe.has(operation, "its target has no tasks", expected, target)
    source = [revision["arn"] for revision in second["sourceServiceRevisions"]]
    probe.equal(operation, "the source of the second is the target of the first", [target["arn"]], source)
    unknown = f"{ARN}service-deployment/history/web/{'a' * 21}"
    answer = probe.ecs(operation, serviceDeploymentArns=[unknown, deployments[0]])
    probe.failed(operation, "an unknown one is a failure", [(unknown, "MISSING")], answer)
    probe.ecs.refuse(operation, INVALID, serviceDeploymentArns=deployments[:21])
    probe.ecs.refuse(operation, INVALID, serviceDeploymentArns=[])
    probe.ecs.refuse(operation, INVALID)
    probe.ecs.refuse(operation, INVALID, serviceDeploymentArns=["nonsense"])
    revisions = [item["targetServiceRevision"]["arn"] for item in found]
    operation = "DescribeServiceRevisions"
    described = probe.ecs(operation, serviceRevisionArns=revisions)["serviceRevisions"]
    probe.equal(operation, "describes twenty", revisions, [item["serviceRevisionArn"] for item in described])
    expected = {
        "serviceArn": f"{ARN}service/history/web",
        "clusterArn": f"{ARN}cluster/history",
        "taskDefinition": f"{ARN}task-definition/history:1",
        "launchType": "EXTERNAL",
        "containerImages": [{"containerName": "main", "image": "busybox:latest"}],
        "serviceConnectConfiguration": {"enabled": False},
        "guardDutyEnabled": False,
    }
    probe.has(operation, "a revision is a snapshot", expected, described[0])
    unknown = f"{ARN}service-revision/history/web/{'1' * 19}"
    answer = probe.ecs(operation, serviceRevisionArns=[unknown])
    probe.failed(operation, "an unknown one is a failure", [(unknown, "MISSING")], answer)
    probe.ecs.refuse(operation, INVALID, serviceRevisionArns=revisions + revisions[:1])
    probe.ecs.refuse(operation, INVALID, serviceRevisionArns=[])
    probe.ecs.refuse(operation, INVALID)


SCENARIOS = scenarios(lists, thresholds, history)
