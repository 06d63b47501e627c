# SPDX-License-Identifier: Apache-2.0
"""Judges the bytes of answers by botocore's model of the service, and by what AWS is known to send."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from botocore.model import OperationModel, Shape

import presence

# What any operation may answer with, whether or not the model lists it.
COMMON_ERRORS = {
    "ecs": {
        "AccessDeniedException",
        "ClientException",
        "InvalidParameterException",
        "ServerException",
        "ThrottlingException",
    },
    "ssm": {"AccessDeniedException", "InternalServerError", "ThrottlingException", "ValidationException"},
}
# What the front answers with, before it comes to an operation.
FRONT_ERRORS = {
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
}
# Values that AWS documents and its model does not list.
EXTRA_VALUES = {"SettingName": {"dualStackIPv6"}}


def violations(model: OperationModel, status: int, headers: Mapping[str, str], content: bytes) -> Iterator[str]:
    """Where an answer is not one that AWS could give; nothing if all is well."""
    if not headers.get("x-amzn-RequestId"):
        yield "the header x-amzn-RequestId is missing"
    if headers.get("content-type") != "application/x-amz-json-1.1":
        yield f"the content type is {headers.get('content-type')}"
    try:
        body = json.loads(content, parse_float=Decimal, object_pairs_hook=_object)
    except ValueError as error:
        # DELETE-like operations of SSM answer without a body where the model has no output.
        if content or status >= 300 or (model.output_shape and model.output_shape.members):
            yield f"the body is not JSON ({error}): {content[:200]!r}"
        return
    if status >= 300:
        yield from _error(model, status, body)
    elif model.output_shape is not None:
        yield from _value(model.output_shape, body, model.service_model.service_name, model.output_shape.name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError(f"an object has a member twice: {[key for key, _ in pairs]}")
    return result


def _error(model: OperationModel, status: int, body: Any) -> Iterator[str]:
    if not isinstance(body, dict):
        yield f"an error is not an object: {body}"
        return
    code = str(body.get("__type", "")).rpartition("#")[2]
    modelled = {shape.name for shape in model.error_shapes}
    if code not in modelled | COMMON_ERRORS[model.service_model.service_name] | FRONT_ERRORS:
        yield f"the error {code or 'without __type'} is not one of {model.name}: {body}"
    if status != 400:
        # Nothing that is asked here may be more than the service can do, so that 500 is no answer either.
        yield f"the status is {status}: {body}"
    if not (isinstance(body.get("message"), str) and body["message"]):
        yield f"an error has no message: {body}"


def _value(shape: Shape, value: Any, service: str, path: str) -> Iterator[str]:
    """What is wrong with a value; `path` says where in the answer it is."""
    kind = shape.type_name
    if value is None:
        yield f"{path} is null"
    elif kind == "structure":
        yield from _structure(shape, value, service, path)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path} is not a list: {value}"
            return
        for item in value:
            yield from _value(shape.member, item, service, f"{path}[]")
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{path} is not a map: {value}"
            return
        for key, item in value.items():
            yield from _value(shape.key, key, service, f"{path} key")
            yield from _value(shape.value, item, service, f"{path}.{key}")
    else:
        yield from _scalar(shape, value, path)


def _structure(shape: Shape, value: Any, service: str, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is not an object: {value}"
        return
    for name in sorted(value.keys() - shape.members.keys()):
        yield f"{path}.{name} is not a member of {shape.name}"
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name} is required and missing"
    for name, member in shape.members.items():
        if name in value:
            yield from _value(member, value[name], service, f"{path}.{name}")
    for problem in presence.problems(service, shape.name, value):
        yield f"{path}: {problem}"


def _scalar(shape: Shape, value: Any, path: str) -> Iterator[str]:
    match shape.type_name:
        case "string":
            allowed = getattr(shape, "enum", None)
            if not isinstance(value, str):
                yield f"{path} is not a string: {value!r}"
            elif allowed and value not in allowed and value not in EXTRA_VALUES.get(shape.name, ()):
                yield f"{path} is {value!r}, none of {allowed}"
        case "boolean":
            if not isinstance(value, bool):
                yield f"{path} is not a boolean: {value!r}"
        case "integer" | "long":
            if not isinstance(value, int) or isinstance(value, bool):
                yield f"{path} is not an integer: {value!r}"
        case "float" | "double":
            if not isinstance(value, int | Decimal) or isinstance(value, bool):
                yield f"{path} is not a number: {value!r}"
        case "timestamp":
            yield from _timestamp(value, path)
        case kind:
            yield f"{path} has the type {kind}, which nobody expects here"


def _timestamp(value: Any, path: str) -> Iterator[str]:
    """Seconds since 1970, with milliseconds at most."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        yield f"{path} is not a number of seconds: {value!r}"
    elif not 1_000_000_000 < value < 10_000_000_000:
        yield f"{path} is no time of these decades in seconds: {value}"
    elif value * 1000 != int(value * 1000):
        yield f"{path} has more than three decimals: {value}"
