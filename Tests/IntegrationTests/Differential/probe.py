# SPDX-License-Identifier: Apache-2.0
"""Calls a control plane through boto3, and reports each check as one line of JSON."""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import shapes

Answer = dict[str, Any]
Scenario = Callable[["Probe"], None]

INVALID = "InvalidParameterException"
CLIENT = "ClientException"
NO_CLUSTER = "ClusterNotFoundException"
NO_SERVICE = "ServiceNotFoundException"
UNSUPPORTED = "UnsupportedFeatureException"


# Sessions are not made for several threads; the clients that they create are.
_session = boto3.Session()
_creation = threading.Lock()


class AbandonedError(Exception):
    """A check on which the rest of the scenario stands has failed; it has been reported."""


class Caller:
    """The operations of one service, by the names of the API.

    Input goes to the wire as it is, since much of it is what boto3 would not send; `boto3` is a client with every check
    of its own, for waiters and paginators.
    """

    def __init__(self, probe: Probe, service: str) -> None:
        self._probe = probe
        self._bodies = threading.local()
        self._violations: Counter[str] = Counter()
        self._raw = self._client(service, parameter_validation=False)
        self._names = {operation: method for method, operation in self._raw.meta.method_to_api_mapping.items()}
        self.boto3 = self._client(service)

    def _client(self, service: str, **config: Any) -> Any:
        # An answer that does not come is a failure, and so is an error that goes away when the call is repeated.
        settings = Config(
            connect_timeout=10, read_timeout=40, retries={"total_max_attempts": 1}, max_pool_connections=40, **config
        )
        with _creation:
            client = _session.client(service, config=settings)
        client.meta.events.register("before-call", self._replace)
        client.meta.events.register("after-call", self._examine)
        return client

    def _replace(self, params: Answer, **_: Any) -> None:
        """Puts a body in the place of the one that boto3 has made, before it is signed."""
        body = vars(self._bodies).pop("next", None)
        if body is not None:
            params["body"] = body

    def _examine(self, http_response: Any, model: Any, **_: Any) -> None:
        """Judges the bytes of an answer, before anybody has read something into them."""
        self._probe.answers += 1
        for violation in shapes.violations(
            model, http_response.status_code, http_response.headers, http_response.content
        ):
            # One mistake is in many answers.
            self._violations[model.name] += 1
            if self._violations[model.name] <= 5:
                self._probe.fail(model.name, "the answer has the form of AWS's", "no deviation", violation)

    def attempt(self, operation: str, /, **members: Any) -> Answer:
        """Calls an operation.

        Raises:
            ClientError: if it answers with an error.
        """
        answer = getattr(self._raw, self._names[operation])(**members)
        answer.pop("ResponseMetadata")
        return answer

    def send(self, operation: str, body: Any, /) -> Answer:
        """Calls an operation with a body that boto3 would not make: bytes, or what is written as JSON.

        Raises:
            ClientError: if it answers with an error.
        """
        text = body if isinstance(body, bytes) else json.dumps(body, default=_seconds).encode()
        self._bodies.next = text
        return self.attempt(operation)

    def __call__(self, operation: str, /, **members: Any) -> Answer:
        """Calls an operation that has to succeed.

        Raises:
            AbandonedError: if it does not.
        """
        try:
            return self.attempt(operation, **members)
        except ClientError as error:
            self._probe.fail(operation, f"succeeds with {_text(members, 300)}", "success", _error(error))
            raise AbandonedError from error

    def accept(self, operation: str, what: str, /, **members: Any) -> Answer:
        """Reports whether an operation succeeds; goes on with an empty answer if it does not."""
        try:
            answer = self.attempt(operation, **members)
        except ClientError as error:
            self._probe.fail(operation, what, "success", _error(error))
            return {}
        self._probe.report(operation, what, True)
        return answer

    def refuse(self, operation: str, codes: str | Iterable[str], text: str | None = None, /, **members: Any) -> Answer:
        """Reports whether an operation answers with one of some errors, and with a text if the document knows it."""
        allowed = [codes] if isinstance(codes, str) else list(codes)
        expected = " or ".join(allowed) + (f": {text}" if text else "")
        what = f"refuses {_text(members, 300)}"
        try:
            answer = self.attempt(operation, **members)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"].get("Message")
            passed = code in allowed and (text is None or text == message)
            self._probe.report(operation, what, passed, expected, _error(error))
            return error.response
        self._probe.fail(operation, what, expected, answer)
        return {}

    def pages(self, operation: str, key: str, size: int, /, **members: Any) -> list[Any]:
        """Everything that an operation lists, in pages of a size: with boto3's paginator if it has one."""
        method = self._names[operation]
        items: list[Any] = []
        try:
            if self.boto3.can_paginate(method):
                pages = self.boto3.get_paginator(method).paginate(**members, PaginationConfig={"PageSize": size})
            else:
                pages = self._walk(operation, key, size, members)
            for page in pages:
                self._probe.true(operation, f"pages have at most {size} items", len(page[key]) <= size, page)
                items += page[key]
        except ClientError as error:
            self._probe.fail(operation, f"lists in pages of {size}", "success", _error(error))
        return items

    def _walk(self, operation: str, key: str, size: int, members: Answer) -> Iterable[Answer]:
        size_member, token_member = _page_members(key)
        tokens: list[str] = []
        page = self.attempt(operation, **members, **{size_member: size})
        yield page
        while token := page.get(token_member):
            if token in tokens:
                self._probe.fail(operation, "no token comes twice", tokens, token)
                return
            tokens.append(token)
            page = self.attempt(operation, **members, **{size_member: size, token_member: token})
            yield page

    def pages_around(
        self, operation: str, key: str, seen: str, change: Callable[[], Any], /, **members: Any
    ) -> list[str]:
        """Everything that an operation lists in pages of two, when something changes after an item has been seen."""
        items: list[str] = []
        for page in self._walk(operation, key, 2, members):
            has_seen = seen in items
            items += page[key]
            if seen in items and not has_seen:
                change()
        return items

    def limits(self, operation: str, key: str, maximum: int, /, *, minimum: int = 1, **members: Any) -> None:
        """Checks the limits of a list's pages, and that its pages make up the whole."""
        size_member, token_member = _page_members(key)
        bad_size, bad_token = (INVALID, INVALID) if key[0].islower() else ("ValidationException", "InvalidNextToken")
        for size in (minimum - 1, maximum + 1, -1):
            self.refuse(operation, bad_size, **members, **{size_member: size})
        for size in (minimum, maximum):
            self.accept(operation, f"accepts {size_member} {size}", **members, **{size_member: size})
        self.refuse(operation, bad_token, **members, **{token_member: "!no token of ours!"})
        whole = self.pages(operation, key, maximum, **members)
        for size in (minimum, minimum + 2):
            parts = self.pages(operation, key, size, **members)
            self._probe.equal(operation, f"pages of {size} are the same list as pages of {maximum}", whole, parts)


def _page_members(key: str) -> tuple[str, str]:
    """The members for the size of a page and for its token: those of SSM begin with capitals."""
    return ("maxResults", "nextToken") if key[0].islower() else ("MaxResults", "NextToken")


class Probe:
    """One scenario: what it calls, and what it expects.

    A failing check is reported, and the scenario goes on; only one that misses what it needs ends early.
    """

    _output = threading.Lock()

    def __init__(self) -> None:
        self.checks = 0
        self.failures = 0
        self.answers = 0
        self.ecs = Caller(self, "ecs")
        self.ssm = Caller(self, "ssm")

    @classmethod
    def run(cls, scenario: Scenario) -> Probe:
        """Runs a scenario to its end, whatever happens in it."""
        probe = cls()
        name = f"{scenario.__module__}.{scenario.__name__}"
        try:
            scenario(probe)
        except AbandonedError:
            pass
        except Exception:
            probe.fail(name, "comes to its end", "no exception", traceback.format_exc(limit=-4))
        probe.true(name, "has made checks", probe.checks > 0, probe.checks)
        return probe

    # Reports

    @classmethod
    def emit(cls, record: Answer) -> None:
        """Prints one record; scenarios in other threads do the same."""
        with cls._output:
            print(json.dumps(record), file=sys.stdout, flush=True)

    def report(self, operation: str, what: str, passed: bool, expected: Any = None, answer: Any = None) -> bool:
        """Reports a check; what came is of interest only if it is not what was expected."""
        self.checks += 1
        record = {"operation": operation, "check": what, "passed": passed}
        if not passed:
            self.failures += 1
            record |= {"expected": _text(expected), "answer": _text(answer)}
        self.emit(record)
        return passed

    def fail(self, operation: str, what: str, expected: Any, answer: Any) -> None:
        """Reports a check that has failed."""
        self.report(operation, what, False, expected, answer)

    def equal(self, operation: str, what: str, expected: Any, answer: Any) -> bool:
        """Checks that something is what it has to be."""
        return self.report(operation, what, expected == answer, expected, answer)

    def true(self, operation: str, what: str, condition: Any, answer: Any = None) -> bool:
        """Checks that something holds of an answer."""
        return self.report(operation, what, bool(condition), "to hold", answer)

    def has(self, operation: str, what: str, expected: Answer, answer: Answer | None) -> bool:
        """Checks members of an answer; others are not looked at."""
        found = {key: (answer or {}).get(key) for key in expected}
        return self.equal(operation, what, expected, found)

    def failed(self, operation: str, what: str, expected: list[tuple[str, str]], answer: Answer) -> bool:
        """Checks the ARNs and reasons of `failures`."""
        found = [(failure.get("arn"), failure.get("reason")) for failure in answer.get("failures", [])]
        return self.equal(operation, what, expected, found)

    def wait(self, operation: str, what: str, condition: Callable[[], Any], seconds: float = 100) -> Any:
        """Asks until a condition holds, and returns what it holds of.

        Raises:
            AbandonedError: if it does not hold in time; that is reported.
        """
        end = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > end:
                self.fail(operation, what, f"within {seconds} s", found)
                raise AbandonedError
            time.sleep(0.4)
        self.report(operation, what, True)
        return found


def scenarios(*functions: Scenario) -> list[Scenario]:
    """The scenarios of a module, which run at the same time."""
    return list(functions)


def _error(error: ClientError) -> str:
    return f"{error.response['Error']['Code']}: {error.response['Error'].get('Message')}"


def _seconds(time: datetime) -> float:
    return time.timestamp()


def _text(value: Any, length: int = 3000) -> str:
    """A value for people to read."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= length else text[:length] + "…"
