# SPDX-License-Identifier: Apache-2.0
"""The AWS CLI itself (ecs-control-plane.md §11.1); one agent in `cli`."""

from __future__ import annotations

import json
import subprocess

from probe import Probe, scenarios
from world import container, create_service, definition, instances, run

CLUSTER = "cli"
# Version 1 of the CLI ends with 255 for errors of a service, version 2 with 254; both with 255 for waiters that fail.
SERVICE_ERROR, WAITER_ERROR = (254, 255), (255,)


def _aws(probe: Probe, *arguments: str, status: tuple[int, ...] = (0,), contains: str = "") -> str:
    """Runs a command of the AWS CLI, and returns what it has printed."""
    name = " ".join(arguments[:2])
    result = subprocess.run(["aws", *arguments], capture_output=True, text=True, timeout=200, check=False)
    told = contains in result.stderr if contains else not result.stderr
    expected = f"exit code {' or '.join(map(str, status))}, errors with {contains!r}"
    answer = f"exit code {result.returncode}, {result.stderr.strip()}"
    probe.report(name, f"runs {arguments[2:]}", result.returncode in status and told, expected, answer)
    return result.stdout.strip()


def tour(probe: Probe) -> None:
    """A dozen commands as somebody types them."""
    instances(probe, CLUSTER)
    made = _aws(
        probe, "ecs", "create-cluster", "--cluster-name", "made", "--query", "cluster.status", "--output", "text"
    )
    probe.equal("create-cluster", "prints the status", "ACTIVE", made)
    given = {"family": "typed", "requiresCompatibilities": ["EXTERNAL"], "containerDefinitions": [container()]}
    register = ("ecs", "register-task-definition", "--cli-input-json", json.dumps(given))
    revision = _aws(probe, *register, "--query", "taskDefinition.revision")
    probe.equal("register-task-definition", "prints the revision", "1", revision)
    place = ("ecs", "run-task", "--cluster", CLUSTER, "--launch-type", "EXTERNAL", "--task-definition", "typed")
    options = ("--count", "3", "--started-by", "cli", "--tags", "key=a,value=b")
    arns = json.loads(_aws(probe, *place, *options, "--query", "tasks[].taskArn"))
    probe.equal("run-task", "runs three", 3, len(arns))
    _aws(probe, "ecs", "wait", "tasks-running", "--cluster", CLUSTER, "--tasks", *arns)
    described = _aws(
        probe,
        *("ecs", "describe-tasks", "--cluster", CLUSTER, "--tasks", *arns, "--include", "TAGS"),
        *("--query", "tasks[].[lastStatus,containers[0].name,tags[0].value]", "--output", "text"),
    )
    probe.equal("describe-tasks", "prints a table", ["RUNNING\tmain\tb"] * 3, described.splitlines())
    query = ("ecs", "list-tasks", "--cluster", CLUSTER, "--started-by", "cli")
    paged = json.loads(_aws(probe, *query, "--page-size", "1", "--query", "taskArns"))
    probe.equal("list-tasks", "walks through pages of one", sorted(arns), sorted(paged))
    first = json.loads(_aws(probe, *query, "--max-items", "2"))
    rest = json.loads(_aws(probe, *query, "--starting-token", first["NextToken"]))
    probe.equal("list-tasks", "goes on where it ended", sorted(arns), sorted(first["taskArns"] + rest["taskArns"]))
    for arn in arns:
        stop = ("ecs", "stop-task", "--cluster", CLUSTER, "--task", arn, "--reason", "typed")
        stopping = _aws(probe, *stop, "--query", "task.desiredStatus", "--output", "text")
        probe.equal("stop-task", "prints the decision", "STOPPED", stopping)
    _aws(probe, "ecs", "wait", "tasks-stopped", "--cluster", CLUSTER, "--tasks", *arns)


def services(probe: Probe) -> None:
    """A service from its creation to its end, with the CLI's own patience."""
    instances(probe, CLUSTER)
    task = definition(probe, "served")
    given = {
        "cluster": CLUSTER,
        "serviceName": "typed",
        "taskDefinition": task,
        "desiredCount": 1,
        "launchType": "EXTERNAL",
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    }
    create = ("ecs", "create-service", "--cli-input-json", json.dumps(given))
    created = _aws(probe, *create, "--query", "service.schedulingStrategy", "--output", "text")
    probe.equal("create-service", "prints the strategy", "REPLICA", created)
    name = ("--cluster", CLUSTER, "--services", "typed")
    _aws(probe, "ecs", "wait", "services-stable", *name)
    counts = "services[0].[runningCount,length(deployments)]"
    found = json.loads(_aws(probe, "ecs", "describe-services", *name, "--query", counts))
    probe.equal("describe-services", "one task and one deployment", [1, 1], found)
    update = ("ecs", "update-service", "--cluster", CLUSTER, "--service", "typed", "--desired-count", "0")
    scaled = _aws(probe, *update, "--query", "service.desiredCount")
    probe.equal("update-service", "prints the new count", "0", scaled)
    _aws(probe, "ecs", "delete-service", "--cluster", CLUSTER, "--service", "typed")
    _aws(probe, "ecs", "wait", "services-inactive", *name)


def mistakes(probe: Probe) -> None:
    """Errors, and waiters that must fail."""
    instances(probe, CLUSTER)
    lost = ("--cluster", "nowhere", "--tasks", "0" * 32)
    text = "An error occurred (ClusterNotFoundException) when calling the DescribeTasks operation: Cluster not found."
    _aws(probe, "ecs", "describe-tasks", *lost, status=SERVICE_ERROR, contains=text)
    absent = ("--cluster", CLUSTER, "--services", "none")
    reasons = _aws(probe, "ecs", "describe-services", *absent, "--query", "failures[].reason", "--output", "text")
    probe.equal("describe-services", "a missing service is no error", "MISSING", reasons)
    failure = "Waiter encountered a terminal failure state"
    _aws(probe, "ecs", "wait", "services-stable", *absent, status=WAITER_ERROR, contains=failure)
    missing = ("--cluster", CLUSTER, "--tasks", "0" * 32)
    _aws(probe, "ecs", "wait", "tasks-running", *missing, status=WAITER_ERROR, contains=failure)
    _aws(probe, "ecs", "wait", "services-inactive", *absent, status=WAITER_ERROR, contains=failure)
    skeleton = _aws(probe, "ecs", "stop-task", "--generate-cli-skeleton")
    refused = "when calling the StopTask operation"
    _aws(probe, "ecs", "stop-task", "--cli-input-json", skeleton, status=SERVICE_ERROR, contains=refused)


def more(probe: Probe) -> None:
    """Attributes, tags, hosts: shorthand and queries."""
    arn = instances(probe, CLUSTER)[0]
    _aws(probe, "ecs", "put-attributes", "--cluster", CLUSTER, "--attributes", f"name=rack,value=a b,targetId={arn}")
    query = ("ecs", "list-container-instances", "--cluster", CLUSTER, "--filter", "attribute:rack == 'a b'")
    found = json.loads(_aws(probe, *query, "--query", "containerInstanceArns"))
    probe.equal("list-container-instances", "finds by the attribute", [arn], found)
    _aws(probe, "ecs", "tag-resource", "--resource-arn", arn, "--tags", "key=site,value=north")
    tags = _aws(probe, "ecs", "list-tags-for-resource", "--resource-arn", arn, "--query", "tags[0].value")
    probe.equal("list-tags-for-resource", "prints the value", '"north"', tags)
    nodes = ("ssm", "describe-instance-information", "--filters", "Key=PingStatus,Values=Online")
    kinds = json.loads(_aws(probe, *nodes, "--query", "InstanceInformationList[].ResourceType"))
    probe.equal("describe-instance-information", "lists the host", ["ManagedInstance"], kinds)
    create = ("ssm", "create-activation", "--iam-role", "nodes", "--registration-limit", "5")
    answer = json.loads(_aws(probe, *create, "--tags", "Key=a,Value=b"))
    probe.equal("create-activation", "prints both", {"ActivationId", "ActivationCode"}, set(answer))
    create_service(probe, CLUSTER, "quiet", definition(probe, "quiet"), 0)
    listed = _aws(probe, "ecs", "list-services", "--cluster", CLUSTER, "--output", "text")
    probe.true("list-services", "prints a table", "service/cli/quiet" in listed, listed)
    described = _aws(probe, "ecs", "describe-container-instances", "--cluster", CLUSTER, "--container-instances", arn)
    instance = json.loads(described)["containerInstances"][0]
    probe.has("describe-container-instances", "prints the instance", {"status": "ACTIVE"}, instance)
    run(probe, CLUSTER, "quiet")


SCENARIOS = scenarios(tour, services, mistakes, more)
