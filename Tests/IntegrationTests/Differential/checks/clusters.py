# SPDX-License-Identifier: Apache-2.0
"""Clusters (ecs-control-plane.md §0, §1.1)."""

from __future__ import annotations

from probe import INVALID, NO_CLUSTER, Probe, scenarios
from world import cluster, definition, register

ARN = "arn:aws:ecs:us-east-1:123456789012:cluster/"


def names(probe: Probe) -> None:
    """What clusters may be called, and what they are called if nobody says so."""
    answer = probe.ecs("CreateCluster")["cluster"]
    expected = {"clusterName": "default", "clusterArn": f"{ARN}default", "status": "ACTIVE"}
    probe.has("CreateCluster", "a cluster without a name is called default", expected, answer)
    for name in ("a", "x" * 255, "With_under-score-9"):
        answer = probe.ecs.accept("CreateCluster", f"accepts {name[:20]}", clusterName=name)
        probe.has("CreateCluster", "the name is in the answer", {"clusterName": name}, answer.get("cluster"))
    for name in ("x" * 256, "with space", "dot.ted", "ünïcode", "slash/ed"):
        probe.ecs.refuse("CreateCluster", INVALID, clusterName=name)
    probe.has(
        "DescribeClusters",
        "without names it describes default",
        {"clusterName": "default"},
        probe.ecs("DescribeClusters")["clusters"][0],
    )


def settings(probe: Probe) -> None:
    """Settings and configuration, at creation and later."""
    for value in ("enhanced", "enabled", "disabled"):
        setting = [{"name": "containerInsights", "value": value}]
        answer = probe.ecs("CreateCluster", clusterName=f"insights-{value}", settings=setting)["cluster"]
        probe.has("CreateCluster", f"containerInsights {value} is in the answer", {"settings": setting}, answer)
    for wrong in ({"name": "other", "value": "enabled"}, {"name": "containerInsights", "value": "on"}):
        probe.ecs.refuse("CreateCluster", INVALID, clusterName="wrong", settings=[wrong])
        probe.ecs.refuse("UpdateClusterSettings", INVALID, cluster="insights-enabled", settings=[wrong])
        probe.ecs.refuse("UpdateCluster", INVALID, cluster="insights-enabled", settings=[wrong])
    probe.ecs.refuse("UpdateClusterSettings", INVALID, cluster="insights-enabled")
    for operation in ("UpdateClusterSettings", "UpdateCluster"):
        setting = [{"name": "containerInsights", "value": "disabled" if operation == "UpdateCluster" else "enhanced"}]
        answer = probe.ecs(operation, cluster="insights-enabled", settings=setting)["cluster"]
        probe.has(operation, "the new settings are in the answer", {"settings": setting}, answer)
        described = probe.ecs("DescribeClusters", clusters=["insights-enabled"], include=["SETTINGS"])["clusters"]
        probe.has(operation, "the new settings are described", {"settings": setting}, described[0])
        probe.ecs.refuse(operation, NO_CLUSTER, "Cluster not found.", cluster="nowhere", settings=setting)
        probe.ecs.refuse(operation, INVALID, settings=setting)


def configuration(probe: Probe) -> None:
    """How ECS Exec logs, which is all that can be configured off-cloud."""

    def logging(**members: object) -> dict[str, object]:
        return {"executeCommandConfiguration": members}

    place = {"cloudWatchLogGroupName": "exec", "cloudWatchEncryptionEnabled": False}
    good = {
        "none": logging(logging="NONE"),
        "default": logging(logging="DEFAULT"),
        "override": logging(logging="OVERRIDE", logConfiguration=place),
        "left-out": logging(kmsKeyId="key"),
    }
    for name, value in good.items():
        probe.ecs("CreateCluster", clusterName=f"exec-{name}", configuration=value)
        described = probe.ecs("DescribeClusters", clusters=[f"exec-{name}"], include=["CONFIGURATIONS"])["clusters"][0]
        expected = logging(logging="DEFAULT", kmsKeyId="key") if name == "left-out" else value
        probe.has("CreateCluster", f"logging {name} is described", {"configuration": expected}, described)
    for wrong in (logging(logging="OVERRIDE"), logging(logging="SOME")):
        probe.ecs.refuse("CreateCluster", INVALID, clusterName="wrong", configuration=wrong)
        probe.ecs.refuse("UpdateCluster", INVALID, cluster="exec-none", configuration=wrong)
    probe.ecs("UpdateCluster", cluster="exec-none", configuration=good["override"])
    described = probe.ecs("DescribeClusters", clusters=["exec-none"], include=["CONFIGURATIONS"])["clusters"][0]
    probe.has("UpdateCluster", "replaces the configuration", {"configuration": good["override"]}, described)
    connect = {"namespace": "internal"}
    missing = "NamespaceNotFoundException"
    probe.ecs.refuse("CreateCluster", missing, clusterName="connected", serviceConnectDefaults=connect)
    probe.ecs.refuse("UpdateCluster", missing, cluster="exec-none", serviceConnectDefaults=connect)
    without = {"namespace": ""}
    probe.ecs.accept("UpdateCluster", "an empty namespace passes", cluster="exec-none", serviceConnectDefaults=without)


def capacity_providers(probe: Probe) -> None:
    """External instances have none; empty lists say so, too."""
    strategy = [{"capacityProvider": "FARGATE"}]
    probe.ecs.refuse("CreateCluster", INVALID, clusterName="provided", capacityProviders=["FARGATE"])
    probe.ecs.refuse("CreateCluster", INVALID, clusterName="provided", defaultCapacityProviderStrategy=strategy)
    empty = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
    probe.ecs("CreateCluster", clusterName="provided", **empty)
    probe.ecs.accept("PutClusterCapacityProviders", "accepts that there are none", cluster="provided", **empty)
    operation = "PutClusterCapacityProviders"
    probe.ecs.refuse(operation, INVALID, cluster="provided", **empty | {"capacityProviders": ["FARGATE"]})
    probe.ecs.refuse(operation, INVALID, cluster="provided", **empty | {"defaultCapacityProviderStrategy": strategy})
    probe.ecs.refuse(operation, INVALID, cluster="provided", capacityProviders=[])
    probe.ecs.refuse(operation, INVALID, **empty)
    probe.ecs.refuse(operation, NO_CLUSTER, cluster="nowhere", **empty)


def idempotence(probe: Probe) -> None:
    """Creating a cluster again, while it is there and when it has gone."""
    tags = [{"key": "team", "value": "a"}]
    insights = [{"name": "containerInsights", "value": "enabled"}]
    first = probe.ecs("CreateCluster", clusterName="again", settings=insights, tags=tags)["cluster"]
    again = probe.ecs("CreateCluster", clusterName="again", tags=[{"key": "team", "value": "b"}])["cluster"]
    probe.equal("CreateCluster", "an active cluster is returned unchanged", first, again)
    deleted = probe.ecs("DeleteCluster", cluster="again")["cluster"]
    probe.has("DeleteCluster", "the cluster is inactive at once", {"status": "INACTIVE"}, deleted)
    described = probe.ecs("DescribeClusters", clusters=["again"])["clusters"]
    probe.equal("DescribeClusters", "a deleted cluster is described", ["INACTIVE"], [c["status"] for c in described])
    listed = probe.ecs.pages("ListClusters", "clusterArns", 100)
    probe.true("ListClusters", "a deleted cluster is not listed", f"{ARN}again" not in listed, listed)
    inactive = "The referenced cluster was inactive."
    for operation in ("DeleteCluster", "UpdateCluster"):
        probe.ecs.refuse(operation, NO_CLUSTER, inactive, cluster="again")
    probe.ecs.refuse("ListTasks", NO_CLUSTER, inactive, cluster=f"{ARN}again")
    fresh = probe.ecs("CreateCluster", clusterName="again")["cluster"]
    expected = {"status": "ACTIVE", "tags": [], "settings": [{"name": "containerInsights", "value": "disabled"}]}
    probe.has("CreateCluster", "the name of a deleted cluster gives a fresh one", expected, fresh)


def descriptions(probe: Probe) -> None:
    """DescribeClusters: what is included, what is missing, how many."""
    tags = [{"key": "team", "value": "a"}]
    insights = [{"name": "containerInsights", "value": "enabled"}]
    exec_none = {"executeCommandConfiguration": {"logging": "NONE"}}
    cluster(probe, "described", settings=insights, tags=tags, configuration=exec_none)
    register(probe, "described")
    plain = probe.ecs("DescribeClusters", clusters=["described"])["clusters"][0]
    expected = {"settings": [], "tags": [], "statistics": [], "registeredContainerInstancesCount": 1}
    probe.has("DescribeClusters", "nothing is included that was not asked for", expected, plain)
    probe.true("DescribeClusters", "nor is the configuration", "configuration" not in plain, plain)
    for field, member, value in (
        ("SETTINGS", "settings", insights),
        ("TAGS", "tags", tags),
        ("CONFIGURATIONS", "configuration", exec_none),
        ("ATTACHMENTS", "attachments", []),
    ):
        found = probe.ecs("DescribeClusters", clusters=[f"{ARN}described"], include=[field])["clusters"][0]
        probe.equal("DescribeClusters", f"includes {field}", value, found.get(member, []))
    found = probe.ecs("DescribeClusters", clusters=["described"], include=["STATISTICS"])["clusters"][0]["statistics"]
    # The names that the model lists for EC2 and Fargate, and by their pattern those for external instances.
    counts = ("running{}TasksCount", "pending{}TasksCount", "active{}ServiceCount", "draining{}ServiceCount")
    expected_names = {count.format(kind) for count in counts for kind in ("EC2", "Fargate", "External")}
    probe.equal("DescribeClusters", "the statistics", expected_names, {statistic["name"] for statistic in found})
    probe.ecs.refuse("DescribeClusters", INVALID, clusters=["described"], include=["EVERYTHING"])
    answer = probe.ecs("DescribeClusters", clusters=["nowhere", "described", f"{ARN}gone"])
    missing = [(f"{ARN}nowhere", "MISSING"), (f"{ARN}gone", "MISSING")]
    probe.failed("DescribeClusters", "unknown clusters are failures", missing, answer)
    probe.equal("DescribeClusters", "the known one is described", 1, len(answer["clusters"]))
    many = [f"c{n}" for n in range(101)]
    probe.equal(
        "DescribeClusters", "describes 100", 100, len(probe.ecs("DescribeClusters", clusters=many[:100])["failures"])
    )
    probe.ecs.refuse("DescribeClusters", INVALID, clusters=many)


def deletion(probe: Probe) -> None:
    """What stands in the way of deleting a cluster, in its order."""
    cluster(probe, "full")
    instance = register(probe, "full")["containerInstanceArn"]
    probe.ecs(
        "CreateService", cluster="full", serviceName="s", taskDefinition=definition(probe, "full"), desiredCount=0
    )
    has_instances = "The Cluster cannot be deleted while Container Instances are active or draining."
    code = "ClusterContainsContainerInstancesException"
    probe.ecs.refuse("DeleteCluster", code, has_instances, cluster="full")
    probe.ecs("UpdateContainerInstancesState", cluster="full", containerInstances=[instance], status="DRAINING")
    probe.ecs.refuse("DeleteCluster", code, has_instances, cluster=f"{ARN}full")
    probe.ecs("DeregisterContainerInstance", cluster="full", containerInstance=instance)
    has_services = "The Cluster cannot be deleted while Services are active."
    probe.ecs.refuse("DeleteCluster", "ClusterContainsServicesException", has_services, cluster="full")
    probe.ecs("DeleteService", cluster="full", service="s")
    probe.ecs.accept("DeleteCluster", "an empty cluster goes", cluster="full")
    probe.ecs.refuse("DeleteCluster", NO_CLUSTER, "Cluster not found.", cluster="nowhere")
    # None is not the default one here.
    for operation in ("DeleteCluster", "UpdateCluster"):
        probe.ecs.refuse(operation, INVALID)
        probe.ecs.refuse(operation, INVALID, cluster="")


def references(probe: Probe) -> None:
    """How the member `cluster` is read, in calls that are about something in a cluster."""
    cluster(probe, "here")
    cluster(probe, "there")
    instance = register(probe, "here")["containerInstanceArn"]
    short = instance.rpartition("/")[2]
    for reference in ("here", f"{ARN}here"):
        for name in (instance, short):
            answer = probe.ecs("DescribeContainerInstances", cluster=reference, containerInstances=[name])
            probe.equal("DescribeContainerInstances", f"finds {name}", 1, len(answer["containerInstances"]))
    mismatch = "Identifier is for here. Your cluster is there"
    for operation, members in (
        ("DescribeContainerInstances", {"containerInstances": [instance]}),
        ("DeregisterContainerInstance", {"containerInstance": instance}),
        ("UpdateContainerInstancesState", {"containerInstances": [instance], "status": "ACTIVE"}),
        ("DescribeTasks", {"tasks": [instance.replace("container-instance", "task")]}),
        ("StopTask", {"task": instance.replace("container-instance", "task")}),
        ("DescribeServices", {"services": ["arn:aws:ecs:us-east-1:123456789012:service/here/web"]}),
        ("DeleteService", {"service": "arn:aws:ecs:us-east-1:123456789012:service/here/web"}),
    ):
        probe.ecs.refuse(operation, INVALID, mismatch, cluster="there", **members)
        probe.ecs.refuse(operation, NO_CLUSTER, "Cluster not found.", cluster="nowhere", **members)


def lists(probe: Probe) -> None:
    """Pages of ListClusters, also while clusters come and go."""
    for number in range(8):
        cluster(probe, f"page-{number}")
    arns = probe.ecs.pages("ListClusters", "clusterArns", 3)
    own = [arn for arn in arns if "/page-" in arn]
    probe.equal("ListClusters", "each is listed once", [f"{ARN}page-{n}" for n in range(8)], own)

    def change() -> None:
        probe.ecs("DeleteCluster", cluster="page-0")
        probe.ecs("DeleteCluster", cluster="page-2")
        cluster(probe, "page-9")

    arns = probe.ecs.pages_around("ListClusters", "clusterArns", f"{ARN}page-2", change)
    own = [arn for arn in arns if "/page-" in arn]
    probe.equal(
        "ListClusters",
        "what stays is listed once while others go and come",
        [f"{ARN}page-{n}" for n in (0, 1, 2, 3, 4, 5, 6, 7, 9)],
        own,
    )


def list_limits(probe: Probe) -> None:
    """The sizes of pages; what is on them changes all the time, since other scenarios create clusters."""
    for size in (0, 101):
        probe.ecs.refuse("ListClusters", INVALID, maxResults=size)
    for size in (1, 100):
        probe.ecs.accept("ListClusters", f"accepts maxResults {size}", maxResults=size)
    probe.ecs.refuse("ListClusters", INVALID, nextToken="!no token of ours!")


SCENARIOS = scenarios(
    names,
    settings,
    configuration,
    capacity_providers,
    idempotence,
    descriptions,
    deletion,
    references,
    lists,
    list_limits,
)
