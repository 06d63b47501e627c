# SPDX-License-Identifier: Apache-2.0
"""The wire itself, agents' calls, and what is out of scope (ecs-control-plane.md §0, §1.6, §1.7)."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from probe import CLIENT, INVALID, NO_CLUSTER, NO_SERVICE, UNSUPPORTED, Answer, Probe, scenarios
from world import cluster, definition, instances, register, run, wait_for_tasks

ARN = "arn:aws:ecs:us-east-1:123456789012:"
TARGET = "AmazonEC2ContainerServiceV20141113."
NO_NAMESPACE = "NamespaceNotFoundException"


def bodies(probe: Probe) -> None:
    """Bodies that no SDK writes."""
    cluster(probe, "bodies")
    unknown = {"cluster": "bodies", "maxResults": 5, "zoneHint": "x", "nested": {"deep": [1]}}
    answer = probe.ecs.send("ListTasks", unknown)
    probe.equal("ListTasks", "members that nobody knows are ignored", {"taskArns": []}, answer)
    probe.ecs.send("ListClusters", b"")
    probe.report("ListClusters", "no body is an empty one", True)
    nothing = {"cluster": "bodies", "serviceName": "lists", "desiredCount": 0, "loadBalancers": [], "tags": None}
    lists = ("capacityProviderStrategy", "serviceRegistries", "vpcLatticeConfigurations", "volumeConfigurations")
    nothing |= {name: [] for name in lists} | {"taskDefinition": definition(probe, "lists"), "launchType": "EXTERNAL"}
    answer = probe.ecs.send("CreateService", nothing)["service"]
    probe.has("CreateService", "empty lists are as good as none", {"status": "ACTIVE"}, answer)
    agent = {"cluster": "bodies", "clientToken": "t", "instanceIdentityDocument": "", "totalResources": []}
    first = probe.ecs.send("RegisterContainerInstance", agent)["containerInstance"]["containerInstanceArn"]
    again = probe.ecs.send("RegisterContainerInstance", agent)["containerInstance"]["containerInstanceArn"]
    probe.equal("RegisterContainerInstance", "an agent's token names the call", first, again)
    for wrong in (b"{", b"[]", b"nonsense", b'{"maxResults": "ten"}', b'{"cluster": 7}', b'{"cluster": "a"} {}'):
        try:
            probe.fail("ListTasks", f"refuses {wrong!r}", "SerializationException", probe.ecs.send("ListTasks", wrong))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            probe.equal("ListTasks", f"refuses {wrong!r}", "SerializationException", code)


def signatures(probe: Probe) -> None:
    """Who calls, and what."""
    key = boto3.Session().get_credentials().get_frozen_credentials()
    for what, access_key, secret, code in (
        ("an unknown key", "AKIAAAAAAAAAAAAAAAAA", "secret", "UnrecognizedClientException"),
        ("a wrong secret", key.access_key, "secret", "InvalidSignatureException"),
    ):
        session = boto3.Session(aws_access_key_id=access_key, aws_secret_access_key=secret)
        client = session.client("ecs", config=Config(retries={"total_max_attempts": 1}))
        try:
            probe.fail("ListClusters", f"refuses {what}", code, client.list_clusters())
        except ClientError as error:
            probe.equal("ListClusters", f"refuses {what}", code, error.response["Error"]["Code"])
    for headers, code in (
        ({"X-Amz-Target": f"{TARGET}ListClusters"}, "MissingAuthenticationTokenException"),
        ({"X-Amz-Target": f"{TARGET}Frobnicate"}, "UnknownOperationException"),
        ({"X-Amz-Target": "ListClusters"}, "UnknownOperationException"),
        ({}, "UnknownOperationException"),
    ):
        status, answer = _post(probe, headers)
        found = (status, answer.get("__type", "").rpartition("#")[2], bool(answer.get("message")))
        allowed = {(400, code, True), (400, "MissingAuthenticationTokenException", True)}
        probe.true("ListClusters", f"refuses {headers} without a signature", found in allowed, answer)


def _post(probe: Probe, headers: dict[str, str]) -> tuple[int, Answer]:
    address = urlsplit(probe.ecs.boto3.meta.endpoint_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=20)
    connection.request("POST", "/", "{}", headers | {"Content-Type": "application/x-amz-json-1.1"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def agent_calls(probe: Probe) -> None:
    """What agents call; anything but an acknowledgement for what is over would make them repeat it for ever."""
    cluster(probe, "agents")
    arn = register(probe, "agents")["containerInstanceArn"]
    endpoints = probe.ecs("DiscoverPollEndpoint", cluster="agents", containerInstance=arn)
    base = probe.ecs.boto3.meta.endpoint_url
    for member in ("endpoint", "telemetryEndpoint"):
        where = endpoints.get(member, "")
        probe.true("DiscoverPollEndpoint", f"{member} is this server's", where.startswith(base), endpoints)
    probe.ecs.accept("DiscoverPollEndpoint", "the instance may be left out", cluster="agents")
    probe.ecs.refuse("DiscoverPollEndpoint", (CLIENT, INVALID), cluster="agents", containerInstance="0" * 32)
    probe.ecs.refuse("DiscoverPollEndpoint", (CLIENT, INVALID), cluster="nowhere", containerInstance=arn)
    gone = register(probe, "agents")["containerInstanceArn"]
    probe.ecs("DeregisterContainerInstance", cluster="agents", containerInstance=gone)
    error = probe.ecs.refuse("DiscoverPollEndpoint", CLIENT, cluster="agents", containerInstance=gone)
    text = error.get("Error", {}).get("Message", "")
    probe.true("DiscoverPollEndpoint", "agents can tell that they are gone", "InactiveInstanceException" in text, error)
    absent = f"{ARN}task/agents/{'0' * 32}"
    for operation, members in (
        ("SubmitTaskStateChange", {"task": absent, "status": "RUNNING"}),
        ("SubmitTaskStateChange", {"task": absent, "status": "STOPPED", "reason": "r" * 1024}),
        ("SubmitTaskStateChange", {}),
        ("SubmitContainerStateChange", {"task": absent, "containerName": "main", "status": "STOPPED", "exitCode": 1}),
        ("SubmitContainerStateChange", {}),
        ("SubmitAttachmentStateChanges", {"attachments": [{"attachmentArn": f"{ARN}attachment/x", "status": "a"}]}),
    ):
        answer = probe.ecs.accept(operation, f"acknowledges {members}", cluster="agents", **members)
        probe.true(operation, "with a text", answer.get("acknowledgment"), answer)


def reports(probe: Probe) -> None:
    """Reports about a task that runs: its states never go backwards."""
    instances(probe, "wire")
    task = run(probe, "wire", definition(probe, "reported"))[0]
    wait_for_tasks(probe, "wire", [task], "RUNNING")
    probe.ecs("SubmitContainerStateChange", cluster="wire", task=task, containerName="nobody", status="STOPPED")
    report = {"cluster": "wire", "task": task}
    probe.ecs("SubmitContainerStateChange", **report, containerName="main", status="PENDING")
    running = wait_for_tasks(probe, "wire", [task], "RUNNING")[0]
    probe.equal("SubmitContainerStateChange", "nothing is as before", "RUNNING", running["containers"][0]["lastStatus"])
    containers = [{"containerName": "main", "status": "STOPPED", "exitCode": 5, "reason": "reported"}]
    probe.ecs("SubmitTaskStateChange", **report, status="STOPPED", reason="over", containers=containers)
    stopped = wait_for_tasks(probe, "wire", [task], "STOPPED")[0]
    expected = {"exitCode": 5, "reason": "reported"}
    probe.has("SubmitTaskStateChange", "the container has stopped as reported", expected, stopped["containers"][0])
    probe.ecs("SubmitTaskStateChange", **report, status="RUNNING")
    late = wait_for_tasks(probe, "wire", [task], "STOPPED")[0]
    probe.equal("SubmitTaskStateChange", "a task that has stopped does not run again", stopped, late)


def out_of_scope(probe: Probe) -> None:
    """The twenty operations that external instances have no use for."""
    daemon = f"{ARN}daemon/default/d"
    provider = {"autoScalingGroupProvider": {"autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:1:g"}}
    express = {"executionRoleArn": "r", "infrastructureRoleArn": "r", "primaryContainer": {"image": "i"}}
    container = {"name": "a", "image": "b", "memory": 8}
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("CreateCapacityProvider", UNSUPPORTED, {"name": "p", **provider}),
        ("UpdateCapacityProvider", UNSUPPORTED, {"name": "p"}),
        ("DeleteCapacityProvider", UNSUPPORTED, {"capacityProvider": "p"}),
        (
            "CreateDaemon",
            UNSUPPORTED,
            {"daemonName": "d", "daemonTaskDefinitionArn": "d", "capacityProviderArns": ["p"]},
        ),
        (
            "UpdateDaemon",
            UNSUPPORTED,
            {"daemonArn": daemon, "daemonTaskDefinitionArn": "d", "capacityProviderArns": ["p"]},
        ),
        ("DeleteDaemon", UNSUPPORTED, {"daemonArn": daemon}),
        ("RegisterDaemonTaskDefinition", CLIENT, {"family": "d", "containerDefinitions": [container]}),
        ("DeleteDaemonTaskDefinition", CLIENT, {"daemonTaskDefinition": "d:1"}),
        ("DescribeDaemon", "DaemonNotFoundException", {"daemonArn": daemon}),
        ("DescribeDaemonTaskDefinition", CLIENT, {"daemonTaskDefinition": "d:1"}),
        ("CreateExpressGatewayService", UNSUPPORTED, express),
        ("UpdateExpressGatewayService", UNSUPPORTED, {"serviceArn": f"{ARN}service/default/e"}),
        ("DeleteExpressGatewayService", UNSUPPORTED, {"serviceArn": f"{ARN}service/default/e"}),
        ("DescribeExpressGatewayService", UNSUPPORTED, {"serviceArn": f"{ARN}service/default/e"}),
    ]
    for operation, code, members in refused:
        probe.ecs.refuse(operation, code, **members)
    for operation, member, members in (
        ("ListDaemons", "daemonSummariesList", {}),
        ("ListDaemonDeployments", "daemonDeployments", {"daemonArn": daemon}),
        ("ListDaemonTaskDefinitions", "daemonTaskDefinitions", {}),
        ("DescribeCapacityProviders", "capacityProviders", {}),
    ):
        answer = probe.ecs(operation, **members)
        probe.equal(operation, "finds none", [], answer.get(member))
        probe.true(operation, "has no further page", "nextToken" not in answer, answer)
    for operation, members, arn in (
        ("DescribeDaemonDeployments", {"daemonDeploymentArns": [daemon]}, daemon),
        ("DescribeDaemonRevisions", {"daemonRevisionArns": [daemon]}, daemon),
        ("DescribeCapacityProviders", {"capacityProviders": ["p"]}, f"{ARN}capacity-provider/p"),
    ):
        probe.failed(operation, "what is named is missing", [(arn, "MISSING")], probe.ecs(operation, **members))


def no_namespaces(probe: Probe) -> None:
    """There is no Cloud Map, and there are no lifecycle hooks."""
    probe.ecs.refuse("ListServicesByNamespace", NO_NAMESPACE, namespace="internal")
    probe.ecs.refuse("ListServicesByNamespace", INVALID)
    for size in (0, 101):
        probe.ecs.refuse("ListServicesByNamespace", INVALID, namespace="internal", maxResults=size)
    unknown = f"{ARN}service-deployment/default/none/{'a' * 21}"
    probe.ecs.refuse("ContinueServiceDeployment", INVALID, serviceDeploymentArn=unknown)
    probe.ecs.refuse(
        "ContinueServiceDeployment", "ServiceDeploymentNotFoundException", serviceDeploymentArn=unknown, hookId="h"
    )
    probe.ecs.refuse("ListServices", NO_CLUSTER, cluster="nowhere")
    cluster(probe, "unserved")
    probe.ecs.refuse("UpdateService", NO_SERVICE, "Service not found.", cluster="unserved", service="none")


SCENARIOS = scenarios(bodies, signatures, agent_calls, reports, out_of_scope, no_namespaces)
