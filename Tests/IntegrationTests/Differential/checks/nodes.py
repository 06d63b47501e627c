# SPDX-License-Identifier: Apache-2.0
"""The part of SSM that registers hosts (ecs-control-plane.md §1.8); one agent, in `nodes`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from probe import Probe, scenarios
from world import instances

VALIDATION = "ValidationException"
PARAMETERS = ("InvalidParameters", VALIDATION)
ABSENT = "mi-" + "0" * 17


def activations(probe: Probe) -> None:
    """CreateActivation, DescribeActivations, DeleteActivation."""
    now = datetime.now(UTC)
    made = probe.ssm("CreateActivation", IamRole="nodes")
    code = made["ActivationCode"]
    probe.true("CreateActivation", "the code has 20 to 250 characters", 20 <= len(code) <= 250, code)

    def found(key: str, *values: str) -> list[dict[str, object]]:
        filters = [{"FilterKey": key, "FilterValues": list(values)}]
        return probe.ssm("DescribeActivations", Filters=filters)["ActivationList"]

    listed = found("ActivationIds", made["ActivationId"])
    expected = {"IamRole": "nodes", "RegistrationLimit": 1, "RegistrationsCount": 0, "Expired": False}
    probe.has("CreateActivation", "one registration by default", expected, listed[0])
    probe.true("DescribeActivations", "nobody sees the code again", "ActivationCode" not in listed[0], listed[0])
    lifetime = listed[0]["ExpirationDate"] - listed[0]["CreatedDate"]
    probe.equal("CreateActivation", "it expires after 24 hours by default", timedelta(hours=24), lifetime)
    whole = {
        "IamRole": "r" * 64,
        "DefaultInstanceName": "d" * 256,
        "Description": "x" * 256,
        "RegistrationLimit": 1000,
        "ExpirationDate": now + timedelta(days=29, hours=23),
        "Tags": [{"Key": "site", "Value": "north"}],
    }
    everything = probe.ssm("CreateActivation", **whole)["ActivationId"]
    expected = {key: value for key, value in whole.items() if key != "ExpirationDate"}
    probe.has("CreateActivation", "everything is kept", expected, found("ActivationIds", everything)[0])
    for key, value in (("DefaultInstanceName", "d" * 256), ("IamRole", "r" * 64)):
        ids = [item["ActivationId"] for item in found(key, value, "other")]
        probe.equal("DescribeActivations", f"filters by {key}", [everything], ids)
    empty = {"IamRole": "nodes", "DefaultInstanceName": ""}
    probe.ssm.accept("CreateActivation", "an empty instance name passes, as Terraform sends it", **empty)
    for members in (
        {},
        {"IamRole": "r" * 65},
        {"IamRole": "arn:aws:iam::123456789012:role/nodes"},
        {"IamRole": "AWSServiceRoleForAmazonSSM"},
        {"IamRole": "r", "RegistrationLimit": 0},
        {"IamRole": "r", "RegistrationLimit": 1001},
        {"IamRole": "r", "Description": "x" * 257},
        {"IamRole": "r", "DefaultInstanceName": "d" * 257},
        {"IamRole": "r", "ExpirationDate": now + timedelta(days=31)},
        {"IamRole": "r", "ExpirationDate": now - timedelta(days=1)},
    ):
        probe.ssm.refuse("CreateActivation", PARAMETERS, **members)
    for _ in range(5):
        probe.ssm("CreateActivation", IamRole="paged")
    paged = [{"FilterKey": "IamRole", "FilterValues": ["paged"]}]
    probe.ssm.limits("DescribeActivations", "ActivationList", 50, Filters=paged)
    wrong = [{"FilterKey": "Site", "FilterValues": ["north"]}]
    probe.ssm.refuse("DescribeActivations", ("InvalidFilter", VALIDATION), Filters=wrong)
    probe.ssm("DeleteActivation", ActivationId=everything)
    probe.equal("DeleteActivation", "it is not listed any more", [], found("ActivationIds", everything))
    gone = ("InvalidActivationId", "InvalidActivation")
    probe.ssm.refuse("DeleteActivation", gone, ActivationId=everything)
    probe.ssm.refuse("DeleteActivation", (*gone, VALIDATION))


def managed_instances(probe: Probe) -> None:
    """A host that has registered: what is known of it, its tags, its role, and its end."""
    arn = instances(probe, "nodes")[0]
    described = probe.ecs("DescribeContainerInstances", cluster="nodes", containerInstances=[arn])
    node = described["containerInstances"][0]["ec2InstanceId"]
    operation, key = "DescribeInstanceInformation", "InstanceInformationList"

    def found(filter_key: str, *values: str) -> list[str]:
        filters = [{"Key": filter_key, "Values": list(values)}]
        return [item["InstanceId"] for item in probe.ssm(operation, Filters=filters)[key]]

    whole = probe.ssm(operation)[key]
    expected = {
        "InstanceId": node,
        "PingStatus": "Online",
        "ResourceType": "ManagedInstance",
        "PlatformType": "Linux",
    }
    probe.has(operation, "the host is online", expected, whole[0])
    activation, role = whole[0]["ActivationId"], whole[0]["IamRole"]
    listed = probe.ssm("DescribeActivations", Filters=[{"FilterKey": "ActivationIds", "FilterValues": [activation]}])[
        "ActivationList"
    ]
    probe.has(
        "DescribeActivations", "the registration is counted", {"RegistrationsCount": 1, "IamRole": role}, listed[0]
    )
    probe.ssm(
        "AddTagsToResource", ResourceType="ManagedInstance", ResourceId=node, Tags=[{"Key": "site", "Value": "a"}]
    )
    for filter_key, values, count in (
        ("InstanceIds", (node,), 1),
        ("InstanceIds", (ABSENT,), 0),
        ("PingStatus", ("Online", "ConnectionLost"), 1),
        ("PingStatus", ("ConnectionLost",), 0),
        ("ActivationIds", (activation,), 1),
        ("IamRole", (role,), 1),
        ("PlatformType", ("Linux",), 1),
        ("PlatformTypes", ("Windows",), 0),
        ("AgentVersion", ("99",), 0),
        ("ResourceType", ("ManagedInstance",), 1),
        ("ResourceType", ("EC2Instance",), 0),
        ("SourceTypes", ("AWS::SSM::ManagedInstance",), 1),
        ("AssociationStatus", ("Success",), 0),
        ("tag-key", ("site",), 1),
        ("tag:site", ("a", "b"), 1),
        ("tag:site", ("c",), 0),
    ):
        probe.equal(operation, f"filters by {filter_key} {values}", count, len(found(filter_key, *values)))
    legacy = [{"key": "InstanceIds", "valueSet": [node]}]
    probe.equal(
        operation, "knows the old filters", 1, len(probe.ssm(operation, InstanceInformationFilterList=legacy)[key])
    )
    new = [{"Key": "InstanceIds", "Values": [node]}]
    both = {"InstanceInformationFilterList": legacy, "Filters": new}
    wrong = ("InvalidFilterKey", "InvalidInstanceInformationFilterValue", VALIDATION)
    probe.ssm.refuse(operation, wrong, **both)
    probe.ssm.refuse(operation, wrong, Filters=[{"Key": "Weather", "Values": ["fine"]}])
    probe.ssm.refuse(operation, wrong, Filters=[*new, {"Key": "tag:site", "Values": ["a"]}])
    probe.ssm.limits(operation, key, 50, minimum=5)
    _tags(probe, node)
    probe.ssm("UpdateManagedInstanceRole", InstanceId=node, IamRole="other")
    probe.equal(operation, "the role is another", [node], found("IamRole", "other"))
    probe.ssm.refuse("UpdateManagedInstanceRole", "InvalidInstanceId", InstanceId=ABSENT, IamRole="other")
    probe.ssm.refuse("UpdateManagedInstanceRole", (VALIDATION, "InvalidInstanceId"), InstanceId=node)
    probe.ssm("DeregisterManagedInstance", InstanceId=node)
    probe.equal(operation, "a deregistered host is not listed", [], found("InstanceIds", node))
    probe.ssm.refuse("DeregisterManagedInstance", "InvalidInstanceId", InstanceId=node)
    probe.ssm.refuse("DeregisterManagedInstance", ("InvalidInstanceId", VALIDATION))
    still = probe.ecs("DescribeContainerInstances", cluster="nodes", containerInstances=[arn])["containerInstances"]
    probe.has("DeregisterManagedInstance", "its container instance is another matter", {"status": "ACTIVE"}, still[0])


def _tags(probe: Probe, node: str) -> None:
    resource = {"ResourceType": "ManagedInstance", "ResourceId": node}

    def listed() -> dict[str, str]:
        tags = probe.ssm("ListTagsForResource", **resource)["TagList"]
        return {tag["Key"]: tag["Value"] for tag in tags}

    more = [{"Key": "site", "Value": "b"}, {"Key": "rack", "Value": ""}]
    probe.ssm("AddTagsToResource", **resource, Tags=more)
    probe.equal("AddTagsToResource", "adds and overwrites", {"site": "b", "rack": ""}, listed())
    probe.ssm("RemoveTagsFromResource", **resource, TagKeys=["rack", "absent"])
    probe.equal("RemoveTagsFromResource", "removes; absent keys are ignored", {"site": "b"}, listed())
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    probe.ssm.refuse("AddTagsToResource", ("TooManyTagsError", VALIDATION), **resource, Tags=many)
    for operation, members in (
        ("AddTagsToResource", {"Tags": more}),
        ("RemoveTagsFromResource", {"TagKeys": ["a"]}),
        ("ListTagsForResource", {}),
    ):
        kind = {"ResourceType": "Parameter", "ResourceId": node}
        probe.ssm.refuse(operation, "InvalidResourceType", **kind, **members)
        nobody = {"ResourceType": "ManagedInstance", "ResourceId": ABSENT}
        probe.ssm.refuse(operation, "InvalidResourceId", **nobody, **members)


def sessions(probe: Probe) -> None:
    """Sessions exist for ECS Exec only, and nothing carries commands out yet: none can be opened or found."""
    for operation, members in (
        ("StartSession", {"Target": ABSENT}),
        ("ResumeSession", {"SessionId": "session"}),
        ("TerminateSession", {"SessionId": "session"}),
        ("DescribeSessions", {"State": "Active"}),
        ("GetConnectionStatus", {"Target": ABSENT}),
    ):
        probe.ssm.refuse(operation, "UnknownOperationException", **members)


SCENARIOS = scenarios(activations, managed_instances, sessions)
