# SPDX-License-Identifier: Apache-2.0
"""Account settings (ecs-control-plane.md §1.1, §2.6) and tags (§1.1, §2.3)."""

from __future__ import annotations

from probe import CLIENT, INVALID, NO_CLUSTER, Probe, scenarios
from world import cluster, create_service, definition, describe_tasks, instances, register, run, wait_for_tasks

ARN = "arn:aws:ecs:us-east-1:123456789012:"
ROOT = "arn:aws:iam::123456789012:root"
USER = "arn:aws:iam::123456789012:user/somebody"
# What holds where nobody has set anything.
DEFAULTS = {
    "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
    "containerInstanceLongArnFormat": "enabled",
    "tagResourceAuthorization": "on",
    "containerInsights": "disabled",
    "defaultLogDriverMode": "non-blocking",
}
VALUES = {
    "awsvpcTrunking": ["enabled", "disabled"],
    "containerInsights": ["enhanced", "enabled", "disabled"],
    "fargateFIPSMode": ["enabled", "disabled"],
    "tagResourceAuthorization": ["on", "off"],
    "fargateTaskRetirementWaitPeriod": ["0", "7", "14"],
    "defaultLogDriverMode": ["blocking", "non-blocking"],
    "serviceLongArnFormat": ["enabled"],
    "taskLongArnFormat": ["enabled"],
    "containerInstanceLongArnFormat": ["enabled"],
}


def account_settings(probe: Probe) -> None:
    """Putting, listing and deleting settings. One scenario, since the account's settings are everybody's."""
    listed = probe.ecs.pages("ListAccountSettings", "settings", 10, effectiveSettings=True)
    effective = {setting["name"]: setting["value"] for setting in listed}
    found = {name: effective.get(name) for name in DEFAULTS}
    probe.equal("ListAccountSettings", "the defaults are AWS's", DEFAULTS, found)
    probe.ecs.limits("ListAccountSettings", "settings", 10, effectiveSettings=True)
    probe.equal("ListAccountSettings", "nothing is set", [], probe.ecs("ListAccountSettings")["settings"])
    for name, values in VALUES.items():
        for value in values:
            setting = probe.ecs.accept("PutAccountSetting", f"sets {name} to {value}", name=name, value=value)
            expected = {"name": name, "value": value, "principalArn": ROOT, "type": "user"}
            probe.has("PutAccountSetting", "the setting is in the answer", expected, setting.get("setting"))
        for operation in ("PutAccountSetting", "PutAccountSettingDefault"):
            probe.ecs.refuse(operation, INVALID, name=name, value="perhaps")
    for name in ("serviceLongArnFormat", "taskLongArnFormat", "containerInstanceLongArnFormat"):
        probe.ecs.refuse("PutAccountSetting", INVALID, name=name, value="disabled")
    probe.ecs.refuse("PutAccountSetting", INVALID, name="guardDutyActivate", value="on")
    guard = [setting for setting in listed if setting["name"] == "guardDutyActivate"]
    probe.equal("ListAccountSettings", "guardDutyActivate is AWS's own", "aws_managed", guard[0]["type"])
    filters: list[tuple[dict[str, str], int]] = [
        ({"name": "containerInsights", "value": "disabled"}, 1),
        ({"name": "containerInsights", "value": "enabled"}, 0),
        ({"name": "awsvpcTrunking"}, 1),
    ]
    for query, count in filters:
        answer = probe.ecs("ListAccountSettings", **query)["settings"]
        probe.equal("ListAccountSettings", f"filters by {query}", count, len(answer))
    probe.ecs.refuse("ListAccountSettings", INVALID, value="enabled")
    for operation, members in (
        ("ListAccountSettings", {}),
        ("PutAccountSetting", {"value": "enabled"}),
        ("PutAccountSettingDefault", {"value": "enabled"}),
        ("DeleteAccountSetting", {}),
    ):
        probe.ecs.refuse(operation, INVALID, name="unheardOf", **members)
    for missing in ({"name": "containerInsights"}, {"value": "enabled"}):
        probe.ecs.refuse("PutAccountSetting", INVALID, **missing)
        probe.ecs.refuse("PutAccountSettingDefault", INVALID, **missing)
    probe.ecs.refuse("DeleteAccountSetting", INVALID)
    for name in VALUES:
        deleted = probe.ecs("DeleteAccountSetting", name=name)["setting"]
        probe.has("DeleteAccountSetting", "names what it deletes", {"name": name, "principalArn": ROOT}, deleted)
    probe.equal("DeleteAccountSetting", "nothing is left", [], probe.ecs("ListAccountSettings")["settings"])
    _precedence(probe)


def _precedence(probe: Probe) -> None:
    """A principal's own setting, then the account's, then the service's."""

    def effective(principal: str) -> str:
        answer = probe.ecs(
            "ListAccountSettings", name="containerInsights", effectiveSettings=True, principalArn=principal
        )
        return answer["settings"][0]["value"]

    name = "containerInsights"
    probe.ecs("PutAccountSettingDefault", name=name, value="enabled")
    probe.ecs("PutAccountSetting", name=name, value="enhanced", principalArn=USER)
    probe.equal("ListAccountSettings", "a principal's own setting holds for it", "enhanced", effective(USER))
    probe.equal("ListAccountSettings", "the account's holds for the others", "enabled", effective(ROOT))
    insights = [{"name": name, "value": "enabled"}]
    created = probe.ecs("CreateCluster", clusterName="by-default")["cluster"]
    probe.has("CreateCluster", "a new cluster has the account's setting", {"settings": insights}, created)
    probe.ecs("DeleteAccountSetting", name=name, principalArn=USER)
    probe.equal("DeleteAccountSetting", "then the account's setting holds", "enabled", effective(USER))
    probe.ecs("DeleteAccountSetting", name=name)
    probe.equal("DeleteAccountSetting", "then the service's own", "disabled", effective(USER))


def tags_everywhere(probe: Probe) -> None:
    """Everything that can have tags."""
    cluster(probe, "tagged", tags=_tags(born="1"))
    first = probe.ecs(
        "RegisterTaskDefinition",
        family="tagged",
        tags=_tags(born="1"),
        containerDefinitions=[{"name": "a", "image": "b", "memory": 8}],
    )["taskDefinition"]["taskDefinitionArn"]
    instance = register(probe, "tagged", tags=_tags(born="1"))["containerInstanceArn"]
    service = create_service(probe, "tagged", "s", "tagged:1", 0, tags=_tags(born="1"))["serviceArn"]
    controller = {"type": "EXTERNAL"}
    probe.ecs("CreateService", cluster="tagged", serviceName="e", deploymentController=controller, desiredCount=0)
    task_set = probe.ecs("CreateTaskSet", cluster="tagged", service="e", taskDefinition="tagged", tags=_tags(born="1"))[
        "taskSet"
    ]["taskSetArn"]
    for arn in (f"{ARN}cluster/tagged", first, instance, service, task_set):
        _tagging(probe, arn)
    for operation, members, key in (
        ("DescribeClusters", {"clusters": ["tagged"]}, "clusters"),
        ("DescribeContainerInstances", {"cluster": "tagged", "containerInstances": [instance]}, "containerInstances"),
        ("DescribeServices", {"cluster": "tagged", "services": ["s"]}, "services"),
        ("DescribeTaskSets", {"cluster": "tagged", "service": "e"}, "taskSets"),
    ):
        without = probe.ecs(operation, **members)[key][0].get("tags", [])
        probe.equal(operation, "tags come only if they are asked for", [], without)
        with_tags = probe.ecs(operation, **members, include=["TAGS"])[key][0].get("tags")
        probe.equal(operation, "tags are included", {"born": "1", "team": "b"}, _pairs(with_tags))
        probe.ecs.refuse(operation, INVALID, **members, include=["TAG"])
    probe.ecs("DeleteService", cluster="tagged", service="s")
    gone = ("ResourceNotFoundException", CLIENT, INVALID)
    probe.ecs.refuse("ListTagsForResource", gone, resourceArn=service)


def _tagging(probe: Probe, arn: str) -> None:
    """Tags of a resource that was created with `born`."""
    probe.equal("ListTagsForResource", f"lists the tags of {arn}", {"born": "1"}, _list(probe, arn))
    probe.ecs("TagResource", resourceArn=arn, tags=_tags(team="a", extra=""))
    probe.equal("TagResource", "adds, and removes nothing", {"born": "1", "team": "a", "extra": ""}, _list(probe, arn))
    probe.ecs("TagResource", resourceArn=arn, tags=_tags(team="b"))
    probe.equal("TagResource", "overwrites", {"born": "1", "team": "b", "extra": ""}, _list(probe, arn))
    probe.ecs("UntagResource", resourceArn=arn, tagKeys=["extra", "absent"])
    probe.equal("UntagResource", "removes; absent keys are ignored", {"born": "1", "team": "b"}, _list(probe, arn))


def rules(probe: Probe) -> None:
    """How many tags there may be, and what they may be made of."""
    arn = f"{ARN}cluster/{cluster(probe, 'ruled')}"
    good = _tags(**{"k" * 128: "v" * 256, "Ünïcode ключ": "värde _.:/=+-@", "Case": "", "case": ""})
    probe.ecs.accept("TagResource", "accepts the longest and the strangest", resourceArn=arn, tags=good)
    bad = [
        _tags(**{"k" * 129: "v"}),
        _tags(k="v" * 257),
        _tags(**{"": "v"}),
        _tags(**{"aws:mine": "v"}),
        _tags(**{"AWS:mine": "v"}),
        _tags(k="aws:mine"),
        _tags(**{"semi;colon": "v"}),
        _tags(k="an*asterisk"),
        _tags(k="1") + _tags(k="2"),
    ]
    for tags in bad:
        probe.ecs.refuse("TagResource", INVALID, resourceArn=arn, tags=tags)
        probe.ecs.refuse("CreateCluster", INVALID, clusterName="wrong", tags=tags)
        probe.ecs.refuse("RegisterTaskDefinition", (INVALID, CLIENT), **_definition(tags))
    fifty = _tags(**{f"key-{n}": "" for n in range(50)})
    too_many = (INVALID, CLIENT, "LimitExceededException")
    cluster(probe, "fifty", tags=fifty)
    probe.ecs.refuse("CreateCluster", too_many, clusterName="fifty-one", tags=fifty + _tags(more=""))
    probe.ecs.refuse("TagResource", "LimitExceededException", resourceArn=f"{ARN}cluster/fifty", tags=_tags(more=""))
    again = _tags(**{"key-0": "changed"})
    probe.ecs.accept("TagResource", "changes one of fifty", resourceArn=f"{ARN}cluster/fifty", tags=again)
    probe.ecs.refuse("UntagResource", INVALID, resourceArn=arn, tagKeys=["aws:ecs:clusterName"])
    probe.ecs.refuse("TagResource", INVALID, tags=_tags(a="b"))
    probe.ecs.refuse("TagResource", INVALID, resourceArn=arn)
    probe.ecs.refuse("UntagResource", INVALID, resourceArn=arn)
    probe.ecs.refuse("ListTagsForResource", INVALID)


def targets(probe: Probe) -> None:
    """ARNs of what is not there, or cannot be tagged."""
    cluster(probe, "hollow")
    thing = "0" * 32
    missing = [
        f"task/hollow/{thing}",
        f"container-instance/hollow/{thing}",
        "service/hollow/none",
        "task-set/hollow/none/ecs-svc/1",
        "task-definition/none:1",
    ]
    for suffix in missing:
        probe.ecs.refuse("TagResource", "ResourceNotFoundException", resourceArn=ARN + suffix, tags=_tags(a="b"))
        probe.ecs.refuse("UntagResource", "ResourceNotFoundException", resourceArn=ARN + suffix, tagKeys=["a"])
        # The operation has no ResourceNotFoundException of its own.
        probe.ecs.refuse("ListTagsForResource", (INVALID, CLIENT), resourceArn=ARN + suffix)
    for suffix in ("cluster/nowhere", f"task/nowhere/{thing}", "service/nowhere/s"):
        for operation, members in (
            ("TagResource", {"tags": _tags(a="b")}),
            ("UntagResource", {"tagKeys": ["a"]}),
            ("ListTagsForResource", {}),
        ):
            probe.ecs.refuse(operation, NO_CLUSTER, resourceArn=ARN + suffix, **members)
    for arn in ("nonsense", f"{ARN}service/short", f"{ARN}unheard-of/x/y", "arn:aws:s3:::bucket"):
        probe.ecs.refuse("ListTagsForResource", INVALID, "The ARN provided is invalid.", resourceArn=arn)
        probe.ecs.refuse("TagResource", INVALID, resourceArn=arn, tags=_tags(a="b"))
        probe.ecs.refuse("UntagResource", INVALID, resourceArn=arn, tagKeys=["a"])


def tasks(probe: Probe) -> None:
    """Tags of tasks: given, inherited, managed, and gone when the task stops."""
    instance = instances(probe, "tags")[0]
    family = definition(probe, "carrier", tags=_tags(team="definition", origin="definition"))
    cases = [
        ({}, {}),
        ({"tags": _tags(team="call")}, {"team": "call"}),
        ({"propagateTags": "TASK_DEFINITION"}, {"team": "definition", "origin": "definition"}),
        (
            {"propagateTags": "TASK_DEFINITION", "tags": _tags(team="call")},
            {"team": "call", "origin": "definition"},
        ),
        ({"enableECSManagedTags": True}, {"aws:ecs:clusterName": "tags"}),
        ({"propagateTags": "NONE", "enableECSManagedTags": False}, {}),
    ]
    arns = []
    for members, expected in cases:
        arns += (arn := run(probe, "tags", family, **members))
        probe.equal("RunTask", f"{members} gives the tags", expected, _list(probe, arn[0]))
        described = describe_tasks(probe, "tags", arn, include=["TAGS"])
        probe.equal("DescribeTasks", "includes the tags", expected, _pairs(described[0]["tags"]))
    whole = {"propagateTags": "TASK_DEFINITION", "tags": _tags(team="call"), "enableECSManagedTags": True}
    call = {"cluster": "tags", "taskDefinition": family, "containerInstances": [instance]}
    arns.append(probe.ecs("StartTask", **call, **whole)["tasks"][0]["taskArn"])
    expected = {"team": "call", "origin": "definition", "aws:ecs:clusterName": "tags"}
    probe.equal("StartTask", "gives all kinds of tags", expected, _list(probe, arns[-1]))
    probe.ecs.refuse("RunTask", INVALID, cluster="tags", taskDefinition=family, propagateTags="SERVICE")
    probe.ecs.refuse("RunTask", INVALID, cluster="tags", taskDefinition=family, tags=_tags(**{"aws:x": ""}))
    probe.ecs.refuse("UntagResource", INVALID, resourceArn=arns[4], tagKeys=["aws:ecs:clusterName"])
    probe.ecs("TagResource", resourceArn=arns[1], tags=_tags(later="yes"))
    probe.equal("TagResource", "tags a running task", {"team": "call", "later": "yes"}, _list(probe, arns[1]))
    for arn in arns:
        probe.ecs("StopTask", cluster="tags", task=arn)
    stopped = wait_for_tasks(probe, "tags", arns, "STOPPED")
    tagged = describe_tasks(probe, "tags", arns, include=["TAGS"])
    probe.equal(
        "StopTask", "a task's tags vanish when it has stopped", [[]] * len(stopped), [t["tags"] for t in tagged]
    )


def _tags(**pairs: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs.items()]


def _pairs(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags or []}


def _list(probe: Probe, arn: str) -> dict[str, str]:
    return _pairs(probe.ecs("ListTagsForResource", resourceArn=arn)["tags"])


def _definition(tags: list[dict[str, str]]) -> dict[str, object]:
    return {"family": "wrong", "containerDefinitions": [{"name": "a", "image": "b", "memory": 8}], "tags": tags}


SCENARIOS = scenarios(account_settings, tags_everywhere, rules, targets, tasks)
