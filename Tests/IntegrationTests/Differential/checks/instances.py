# SPDX-License-Identifier: Apache-2.0
"""Container instances and their attributes (ecs-control-plane.md §1.5, §4, §6.4); one agent in `instances`."""

from __future__ import annotations

from typing import Any

from probe import CLIENT, INVALID, NO_CLUSTER, Answer, Probe, scenarios
from world import cluster, container, definition, instances, register, run, wait_for_tasks

ARN = "arn:aws:ecs:us-east-1:123456789012:container-instance/"
ABSENT = "0" * 32


def registration(probe: Probe) -> None:
    """What an agent registers comes back, at once and later (§4.1, §4.2)."""
    cluster(probe, "fresh")
    attributes = [
        {"name": "ecs.capability.external"},
        {"name": "ecs.os-type", "value": "linux"},
        {"name": "ecs.cpu-architecture", "value": "arm64"},
        {"name": "site", "value": "north pole"},
        {"name": "empty", "value": ""},
    ]
    version = {"agentVersion": "1.105.1", "agentHash": "abcdef01", "dockerVersion": "DockerVersion: 27.0.1"}
    given = {"attributes": attributes, "versionInfo": version, "tags": [{"key": "rack", "value": "7"}]}
    first = register(probe, "fresh", **given)
    probe.has("RegisterContainerInstance", "everything comes back", given | {"status": "ACTIVE"}, first)
    _resources(probe, first)
    arn = first["containerInstanceArn"]
    newer = version | {"agentVersion": "1.106.0"}
    again = register(probe, "fresh", **given | {"versionInfo": newer}, containerInstanceArn=arn)
    expected = {"containerInstanceArn": arn, "versionInfo": newer, "tags": given["tags"]}
    probe.has("RegisterContainerInstance", "the same instance registers again", expected, again)
    probe.true("RegisterContainerInstance", "its version has grown", again["version"] > first["version"], again)
    fewer = register(probe, "fresh", attributes=attributes[:2], containerInstanceArn=arn)
    custom = [attribute for attribute in fewer["attributes"] if not attribute["name"].startswith("ecs.")]
    probe.equal("RegisterContainerInstance", "custom attributes stay when it registers again", attributes[3:], custom)
    probe.ecs.refuse("RegisterContainerInstance", NO_CLUSTER, cluster="nowhere")
    probe.ecs.refuse(
        "RegisterContainerInstance", (INVALID, CLIENT), cluster="fresh", containerInstanceArn=f"{ARN}fresh/{ABSENT}"
    )
    eleven = [{"name": f"custom-{number}"} for number in range(11)]
    probe.ecs.refuse("RegisterContainerInstance", (INVALID, CLIENT), cluster="fresh", attributes=eleven)
    probe.ecs("DeregisterContainerInstance", cluster="fresh", containerInstance=arn)
    inactive = {"cluster": "fresh", "containerInstanceArn": arn}
    probe.ecs.refuse("RegisterContainerInstance", (INVALID, CLIENT), **inactive)
    fresh = register(probe, "fresh", **given)
    probe.true("RegisterContainerInstance", "anew, it is another one", fresh["containerInstanceArn"] != arn, fresh)


def _resources(probe: Probe, instance: Answer) -> None:
    """Resources carry every member, and ports that remain are those in use (§4.5)."""
    for member in ("registeredResources", "remainingResources"):
        found = {resource["name"]: resource for resource in instance[member]}
        for name, value in (("CPU", 4096), ("MEMORY", 8192)):
            expected = {"type": "INTEGER", "integerValue": value, "longValue": 0, "doubleValue": 0.0}
            probe.has("RegisterContainerInstance", f"{name} in {member}", expected, found.get(name))
        for name, ports in (("PORTS", ["22", "51678"]), ("PORTS_UDP", [])):
            expected = {"type": "STRINGSET", "stringSetValue": ports, "integerValue": 0}
            probe.has("RegisterContainerInstance", f"{name} in {member}", expected, found.get(name))


def descriptions(probe: Probe) -> None:
    """DescribeContainerInstances: includes, failures, limits."""
    operation = "DescribeContainerInstances"
    cluster(probe, "shown")
    known = register(probe, "shown", tags=[{"key": "a", "value": "b"}])["containerInstanceArn"]
    answer = probe.ecs(operation, cluster="shown", containerInstances=[known, ABSENT, f"{ARN}shown/{'1' * 32}"])
    probe.failed(
        operation,
        "unknown ones are failures",
        [(f"{ARN}shown/{ABSENT}", "MISSING"), (f"{ARN}shown/{'1' * 32}", "MISSING")],
        answer,
    )
    plain = answer["containerInstances"][0]
    expected = {"agentConnected": False, "runningTasksCount": 0, "pendingTasksCount": 0, "tags": []}
    probe.has(operation, "an agent that never came is not connected", expected, plain)
    probe.true(operation, "health comes only if it is asked for", "healthStatus" not in plain, plain)
    whole = {"cluster": "shown", "containerInstances": [known], "include": ["TAGS", "CONTAINER_INSTANCE_HEALTH"]}
    found = probe.ecs(operation, **whole)["containerInstances"][0]
    probe.has(operation, "tags are included", {"tags": [{"key": "a", "value": "b"}]}, found)
    health = found.get("healthStatus", {}).get("overallStatus")
    probe.true(operation, "health is included", health in ("INSUFFICIENT_DATA", "INITIALIZING"), found)
    empty = "Container Instances cannot be empty."
    probe.ecs.refuse(operation, CLIENT, empty, cluster="shown", containerInstances=[])
    probe.ecs.refuse(operation, CLIENT, empty, cluster="shown")
    many = [f"{number:032x}" for number in range(1, 102)]
    count = len(probe.ecs(operation, cluster="shown", containerInstances=many[:100])["failures"])
    probe.equal(operation, "describes 100", 100, count)
    probe.ecs.refuse(operation, INVALID, cluster="shown", containerInstances=many)
    probe.ecs.refuse(operation, INVALID, **whole | {"include": ["HEALTH"]})
    probe.ecs.refuse(operation, NO_CLUSTER, **whole | {"cluster": "nowhere"})


def states(probe: Probe) -> None:
    """Draining and deregistering (§4.4, §4.6)."""
    cluster(probe, "moved")
    arns = [register(probe, "moved")["containerInstanceArn"] for _ in range(3)]
    operation = "UpdateContainerInstancesState"
    answer = probe.ecs(operation, cluster="moved", containerInstances=[arns[0], ABSENT], status="DRAINING")
    found = [instance["status"] for instance in answer["containerInstances"]]
    probe.equal(operation, "the instance drains", ["DRAINING"], found)
    probe.failed(operation, "an unknown one is a failure", [(f"{ARN}moved/{ABSENT}", "MISSING")], answer)
    legal = "Container instance status should be one of [ACTIVE, DRAINING]"
    for status in ("INACTIVE", "REGISTERING", "GONE"):
        probe.ecs.refuse(operation, INVALID, legal, cluster="moved", containerInstances=arns, status=status)
    probe.ecs.refuse(operation, INVALID, cluster="moved", containerInstances=arns)
    probe.ecs.refuse(operation, INVALID, cluster="moved", containerInstances=[], status="DRAINING")
    eleven = [f"{number:032x}" for number in range(11)]
    probe.ecs.accept(operation, "takes ten", cluster="moved", containerInstances=eleven[:10], status="DRAINING")
    probe.ecs.refuse(operation, INVALID, cluster="moved", containerInstances=eleven, status="DRAINING")
    probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere", containerInstances=arns, status="DRAINING")

    def listed(status: str | None) -> list[str]:
        query = {"status": status} if status else {}
        return probe.ecs("ListContainerInstances", cluster="moved", **query)["containerInstanceArns"]

    probe.equal("ListContainerInstances", "lists those that drain", [arns[0]], listed("DRAINING"))
    probe.equal("ListContainerInstances", "lists those that do not", sorted(arns[1:]), listed("ACTIVE"))
    probe.equal("ListContainerInstances", "lists all without a status", sorted(arns), listed(None))
    for status in ("REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED"):
        probe.equal("ListContainerInstances", f"none is {status}", [], listed(status))
    probe.ecs.refuse("ListContainerInstances", INVALID, cluster="moved", status="INACTIVE")
    back = probe.ecs(operation, cluster="moved", containerInstances=[arns[0]], status="ACTIVE")["containerInstances"]
    probe.has(operation, "an instance comes back", {"status": "ACTIVE"}, back[0])
    gone = probe.ecs("DeregisterContainerInstance", cluster="moved", containerInstance=arns[0])["containerInstance"]
    expected = {"status": "INACTIVE", "agentConnected": False}
    probe.has("DeregisterContainerInstance", "the instance is inactive", expected, gone)
    probe.equal("ListContainerInstances", "an inactive one is hidden", sorted(arns[1:]), listed(None))
    described = probe.ecs("DescribeContainerInstances", cluster="moved", containerInstances=[arns[0]])
    found = described["containerInstances"][0]
    probe.has("DescribeContainerInstances", "an inactive one is described", {"status": "INACTIVE"}, found)
    answer = probe.ecs(operation, cluster="moved", containerInstances=[arns[0]], status="DRAINING")
    probe.failed(operation, "an inactive one is a failure", [(arns[0], "INACTIVE")], answer)
    for members in ({"containerInstance": arns[0]}, {"containerInstance": ABSENT}, {}):
        probe.ecs.refuse("DeregisterContainerInstance", INVALID, cluster="moved", **members)
    probe.ecs.refuse("DeregisterContainerInstance", NO_CLUSTER, cluster="nowhere", containerInstance=arns[1])
    probe.ecs.refuse("UpdateContainerAgent", INVALID, cluster="moved", containerInstance=arns[1])
    probe.ecs.refuse("UpdateContainerAgent", INVALID, cluster="moved")
    probe.ecs.refuse("UpdateContainerAgent", NO_CLUSTER, cluster="nowhere", containerInstance=arns[1])


def lists(probe: Probe) -> None:
    """Pages of instances, also while they come and go."""
    cluster(probe, "paged")
    arns = sorted(register(probe, "paged")["containerInstanceArn"] for _ in range(7))
    operation, key = "ListContainerInstances", "containerInstanceArns"
    probe.ecs.limits(operation, key, 100, cluster="paged")
    probe.ecs.limits(operation, key, 100, cluster="paged", filter="agentConnected == false", status="ACTIVE")
    probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere")

    def change() -> None:
        for arn in (arns[1], arns[3]):
            probe.ecs("DeregisterContainerInstance", cluster="paged", containerInstance=arn)
        register(probe, "paged")

    seen = [arn for arn in probe.ecs.pages_around(operation, key, arns[2], change, cluster="paged") if arn in arns]
    probe.equal(operation, "what stays is listed once while others go and come", arns, seen)


def queries(probe: Probe) -> None:
    """The cluster query language, as the filter of a list (§6.4)."""
    cluster(probe, "asked")
    arns = {}
    for name, attributes, version in (
        ("a", {"stack": "prod", "size": "4"}, "1.9.0"),
        ("b", {"stack": "test", "size": "10"}, "1.14.5"),
        ("c", {}, "2.0.1"),
    ):
        listed = [{"name": key, "value": value} for key, value in attributes.items()]
        versions = {"agentVersion": version}
        arns[name] = register(probe, "asked", attributes=listed, versionInfo=versions)["containerInstanceArn"]
    names = {arn: name for name, arn in arns.items()}
    for query, expected in (
        ("attribute:stack exists", "ab"),
        ("attribute:stack !exists", "c"),
        ("attribute:stack not_exists", "c"),
        ("attribute:stack == prod", "a"),
        ("attribute:stack equals 'prod'", "a"),
        ("attribute:stack != prod", "b"),
        ("attribute:stack not_equals prod", "b"),
        ("not(attribute:stack == prod)", "bc"),
        ("!(attribute:stack == prod)", "bc"),
        ("attribute:stack in [prod, test]", "ab"),
        ("attribute:stack !in ['prod']", "b"),
        ("attribute:stack not_in [prod]", "b"),
        ("attribute:stack =~ pr.*", "a"),
        ("attribute:stack matches p", ""),
        ("attribute:stack !~ pr.*", "b"),
        ("attribute:size > 5", "b"),
        ("attribute:size <= 4", "a"),
        ("agentVersion < 1.14.5", "a"),
        ("agentVersion >= 1.14.5", "bc"),
        ("agentVersion greater_than 1.9.0", "bc"),
        ("agentConnected == true", ""),
        ("agentConnected == false", "abc"),
        ("runningTasksCount == 0", "abc"),
        ("runningTasksCount > 0", ""),
        ("registeredAt > 2018-06-18", "abc"),
        ("registeredAt < 2018-06-18T22:28:28+00:00", ""),
        ("registeredAt >= 2018-06-18T22:28:28Z", "abc"),
        ("task:group == service:production", ""),
        ("attribute:stack == prod or attribute:stack == test and attribute:size == 4", "a"),
        ("(attribute:stack == prod || attribute:stack == test) && attribute:size == 10", "b"),
        ("not attribute:stack exists or agentVersion == 1.9.0", "ac"),
        ('attribute:stack == "prod"', "a"),
    ):
        answer = probe.ecs.accept("ListContainerInstances", f"reads {query}", cluster="asked", filter=query)
        found = "".join(sorted(names[arn] for arn in answer.get("containerInstanceArns", [])))
        probe.equal("ListContainerInstances", f"finds by {query}", expected, found)
    for wrong in ("attribute:", "stack == prod", "attribute:stack ==", "attribute:stack == a b", "(agentConnected"):
        probe.ecs.refuse("ListContainerInstances", INVALID, cluster="asked", filter=wrong)
    probe.ecs.refuse("ListContainerInstances", INVALID, cluster="asked", filter="attribute:a == " + "x" * 2000)


def attributes(probe: Probe) -> None:
    """PutAttributes, DeleteAttributes and ListAttributes."""
    cluster(probe, "marked")
    arn = register(probe, "marked")["containerInstanceArn"]
    short = arn.rpartition("/")[2]
    target = {"targetType": "container-instance", "targetId": short}
    put = probe.ecs("PutAttributes", cluster="marked", attributes=[{"name": "zone", "value": "a", "targetId": arn}])
    found = [(item["name"], item.get("value")) for item in put["attributes"]]
    probe.equal("PutAttributes", "the attribute is in the answer", [("zone", "a")], found)
    strange = [("n" * 128, "v" * 128), ("a-b_c/d\\e.f", "x y@z/\\:.-_"), ("bare", None)]
    for name, value in strange:
        given = target | {"name": name} | ({"value": value} if value else {})
        probe.ecs.accept("PutAttributes", f"accepts {name[:20]}", cluster="marked", attributes=[given])
    for name, value in (
        ("n" * 129, "v"),
        ("two words", "v"),
        ("", "v"),
        ("ecs.mine", "v"),
        ("k", "v" * 129),
        ("k", " v"),
        ("k", "v "),
        ("k", "v*"),
    ):
        given = [target | {"name": name, "value": value}]
        probe.ecs.refuse("PutAttributes", INVALID, cluster="marked", attributes=given)
    for operation in ("PutAttributes", "DeleteAttributes"):
        probe.ecs.refuse(operation, INVALID, cluster="marked", attributes=[])
        probe.ecs.refuse(operation, INVALID, cluster="marked")
        probe.ecs.refuse(operation, INVALID, cluster="marked", attributes=[{"name": "k", "targetId": short}])
        nobody = [{"name": "k", "targetId": f"{ARN}marked/{ABSENT}"}]
        probe.ecs.refuse(operation, "TargetNotFoundException", cluster="marked", attributes=nobody)
        probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere", attributes=nobody)
        eleven = [target | {"name": f"k{number}"} for number in range(11)]
        probe.ecs.refuse(operation, INVALID, cluster="marked", attributes=eleven)
    probe.ecs("PutAttributes", cluster="marked", attributes=[target | {"name": f"k{n}"} for n in range(6)])
    limit = "AttributeLimitExceededException"
    probe.ecs.refuse("PutAttributes", limit, cluster="marked", attributes=[target | {"name": "eleventh"}])
    upsert = [target | {"name": "zone", "value": "b"}]
    probe.ecs.accept("PutAttributes", "changes one of ten", cluster="marked", attributes=upsert)
    _listed_attributes(probe, arn)
    gone = probe.ecs("DeleteAttributes", cluster="marked", attributes=[target | {"name": "zone"}])["attributes"]
    probe.equal("DeleteAttributes", "names what it deletes", ["zone"], [item["name"] for item in gone])
    absent = [target | {"name": "never-there"}]
    probe.ecs.accept("DeleteAttributes", "ignores what is not there", cluster="marked", attributes=absent)


def _listed_attributes(probe: Probe, arn: str) -> None:
    operation = "ListAttributes"
    query: dict[str, Any] = {"cluster": "marked", "targetType": "container-instance"}
    register(probe, "marked", attributes=[{"name": "zone", "value": "a"}])
    probe.ecs.limits(operation, "attributes", 100, **query)
    every = probe.ecs.pages(operation, "attributes", 100, **query)
    probe.equal(operation, "one row per attribute and instance", 1 + 10 + 1, len(every))
    for members, count in (
        ({"attributeName": "zone"}, 2),
        ({"attributeName": "zone", "attributeValue": "b"}, 1),
        ({"attributeName": "zone", "attributeValue": "c"}, 0),
        ({"attributeName": "nothing"}, 0),
    ):
        rows = probe.ecs(operation, **query, **members)["attributes"]
        probe.equal(operation, f"filters by {members}", count, len(rows))
    zone = probe.ecs(operation, **query, attributeName="zone", attributeValue="b")["attributes"]
    expected = {"name": "zone", "value": "b", "targetId": arn}
    probe.has(operation, "rows name their instance", expected, zone[0])
    probe.ecs.refuse(operation, INVALID, **query, attributeValue="b")
    probe.ecs.refuse(operation, INVALID, **query | {"targetType": "task"})
    probe.ecs.refuse(operation, INVALID, cluster="marked")
    probe.ecs.refuse(operation, NO_CLUSTER, **query | {"cluster": "nowhere"})


def charging(probe: Probe) -> None:
    """A live instance: what a task takes, and gives back (§4.5, §4.6)."""
    arn = instances(probe, "instances")[0]
    ports = [{"containerPort": 8081, "hostPort": 8081}, {"containerPort": 5353, "hostPort": 5353, "protocol": "udp"}]
    small = container(cpu=64, memory=64, portMappings=ports)
    reserved = {"containerOverrides": [{"name": "main", "memoryReservation": 32}]}
    loop = definition(probe, "charged", small)

    def state() -> Answer:
        answer = probe.ecs("DescribeContainerInstances", cluster="instances", containerInstances=[arn])
        return answer["containerInstances"][0]

    def remaining(name: str) -> Any:
        resource = next(resource for resource in state()["remainingResources"] if resource["name"] == name)
        return resource.get("stringSetValue", resource["integerValue"])

    before = {name: remaining(name) for name in ("CPU", "MEMORY", "PORTS", "PORTS_UDP")}
    version = state()["version"]
    task = run(probe, "instances", loop, overrides=reserved)
    after = {
        "CPU": before["CPU"] - 64,
        "MEMORY": before["MEMORY"] - 32,
        # The agent's own first, in its order.
        "PORTS": [*before["PORTS"], "8081"],
        "PORTS_UDP": [*before["PORTS_UDP"], "5353"],
    }
    found = {name: remaining(name) for name in before}
    probe.equal("RunTask", "charges CPU, reserved memory and static ports", after, found)
    wait_for_tasks(probe, "instances", task, "RUNNING")
    now = state()
    expected = {"runningTasksCount": 1, "pendingTasksCount": 0, "agentConnected": True}
    probe.has("DescribeContainerInstances", "the task is counted", expected, now)
    probe.true("DescribeContainerInstances", "the version has grown", now["version"] > version, now["version"])
    described = probe.ecs("DescribeClusters", clusters=["instances"])["clusters"][0]
    expected = {"runningTasksCount": 1, "pendingTasksCount": 0, "registeredContainerInstancesCount": 1}
    probe.has("DescribeClusters", "so does the cluster", expected, described)
    for query in (
        "runningTasksCount == 1 and task:group == family:charged",
        f"ec2InstanceId == {now['ec2InstanceId']}",
        "ec2InstanceId =~ mi-[0-9a-f]*",
        "agentConnected == true and attribute:ecs.capability.external exists",
    ):
        listed = probe.ecs("ListContainerInstances", cluster="instances", filter=query)["containerInstanceArns"]
        probe.equal("ListContainerInstances", f"finds by {query}", [arn], listed)
    busy = "Found running tasks on the instance."
    deregister = {"cluster": "instances", "containerInstance": arn}
    probe.ecs.refuse("DeregisterContainerInstance", INVALID, busy, **deregister)
    probe.ecs("StopTask", cluster="instances", task=task[0])
    found = {name: remaining(name) for name in before}
    probe.equal("StopTask", "releases at the decision, not at the end", before, found)
    wait_for_tasks(probe, "instances", task, "STOPPED")
    # Its host goes on with it.
    orphan = definition(probe, "orphan", container("sleep 15"))
    again = run(probe, "instances", orphan)
    wait_for_tasks(probe, "instances", again, "RUNNING")
    gone = probe.ecs("DeregisterContainerInstance", **deregister, force=True)["containerInstance"]
    probe.has("DeregisterContainerInstance", "with force it goes", {"status": "INACTIVE"}, gone)
    stopped = wait_for_tasks(probe, "instances", again, "STOPPED")[0]
    probe.true("DeregisterContainerInstance", "its task has no stop code", "stopCode" not in stopped, stopped)
    probe.ecs.refuse(
        "RunTask",
        INVALID,
        "No Container Instances were found in your cluster.",
        cluster="instances",
        taskDefinition=loop,
    )


SCENARIOS = scenarios(registration, descriptions, states, lists, queries, attributes, charging)
