# SPDX-License-Identifier: Apache-2.0
"""Every operation with what `--generate-cli-skeleton` makes of it, with nothing, and with nulls.

None of it means anything. What is checked is the form of the answers, by the hook that sees them all, and that there is
one: no operation may be unknown, fall over or hang.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from botocore.utils import ArgumentGenerator

from probe import UNSUPPORTED, Answer, Caller, Probe, scenarios
from world import cluster

# The operations of SSM that hosts and their administrators need (§1.8).
NODES = (
    "AddTagsToResource",
    "CreateActivation",
    "DeleteActivation",
    "DeregisterManagedInstance",
    "DescribeActivations",
    "DescribeInstanceInformation",
    "ListTagsForResource",
    "RemoveTagsFromResource",
    "UpdateManagedInstanceRole",
)
REFUSALS = (
    "InvalidParameterException",
    "ClientException",
    "ValidationException",
    "InvalidActivationId",
    "InvalidInstanceId",
    "InvalidResourceType",
)
# Agents repeat reports that are refused, so that even those that say nothing are acknowledged (§1.6).
UNREFUSED = ("SubmitAttachmentStateChanges",)


def _operations(probe: Probe) -> list[tuple[Caller, str, Any]]:
    """All operations with their models: of ECS whatever there is."""
    ecs = probe.ecs.boto3.meta.service_model
    ssm = probe.ssm.boto3.meta.service_model
    return [(probe.ecs, name, ecs.operation_model(name)) for name in ecs.operation_names] + [
        (probe.ssm, name, ssm.operation_model(name)) for name in NODES
    ]


def _answers(probe: Probe, caller: Caller, operation: str, what: str, body: Any) -> str:
    """Sends a body, and returns the code of the error; nothing if there is none."""
    try:
        caller.send(operation, body)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        probe.true(operation, f"answers {what}", code not in ("UnknownOperationException", ""), code)
        return code
    probe.report(operation, f"answers {what}", True)
    return ""


def skeletons(probe: Probe) -> None:
    """What the AWS CLI generates: empty texts, zeros, and the first of the values that are possible."""
    for caller, operation, model in _operations(probe):
        skeleton = ArgumentGenerator().generate_skeleton(model.input_shape)
        _answers(probe, caller, operation, "a skeleton", skeleton)
        named = ArgumentGenerator(use_member_names=True).generate_skeleton(model.input_shape)
        code = _answers(probe, caller, operation, "a skeleton with texts", _numbers(named, model.input_shape))
        probe.true(operation, "reads every member of its input", code != "SerializationException", code)


def _numbers(value: Any, shape: Any) -> Any:
    """A skeleton with times as they are on the wire; the generator writes them as dates."""
    match shape.type_name:
        case "timestamp":
            return 0
        case "structure":
            return {key: _numbers(item, shape.members[key]) for key, item in value.items()}
        case "list":
            return [_numbers(item, shape.member) for item in value]
    return value


def nothing(probe: Probe) -> None:
    """An empty object is refused where something is required, and nulls are as good as nothing."""
    cluster(probe, "default")
    for caller, operation, model in _operations(probe):
        required: list[str] = model.input_shape.required_members
        empty = _answers(probe, caller, operation, "an empty object", {})
        nulls: Answer = dict.fromkeys(model.input_shape.members)
        code = _answers(probe, caller, operation, "nulls", nulls)
        probe.equal(operation, "nulls are as good as nothing", empty, code)
        if required and operation not in UNREFUSED and empty != UNSUPPORTED:
            probe.true(operation, f"cannot do without {required}", empty in REFUSALS, empty)


SCENARIOS = scenarios(skeletons, nothing)
