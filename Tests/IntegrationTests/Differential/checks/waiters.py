# SPDX-License-Identifier: Apache-2.0
"""What `aws ecs wait` asks for, through boto3 (ecs-control-plane.md §11.1); one agent in `waiters`."""

from __future__ import annotations

import time

from botocore.exceptions import WaiterError

from probe import Probe, scenarios
from world import (
    broken,
    container,
    create_service,
    definition,
    describe_service,
    instances,
    run,
)

CLUSTER = "waiters"
ABSENT = "0" * 32


def _wait(probe: Probe, waiter: str, tries: int = 100, **members: object) -> str | None:
    """Waits, and returns why it was in vain; nothing if it was not."""
    if not waiter.startswith("daemon"):
        members["cluster"] = CLUSTER
    try:
        probe.ecs.boto3.get_waiter(waiter).wait(WaiterConfig={"Delay": 1, "MaxAttempts": tries}, **members)
    except WaiterError as error:
        return str(error)
    return None


def _succeeds(probe: Probe, waiter: str, **members: object) -> None:
    probe.equal(waiter, f"waits for {members}", None, _wait(probe, waiter, **members))


def _fails(probe: Probe, waiter: str, **members: object) -> None:
    """A waiter fails at once, which is more than not succeeding in time."""
    begin = time.monotonic()
    reason = _wait(probe, waiter, **members)
    passed = reason is not None and "Max attempts" not in reason and time.monotonic() - begin < 20
    probe.true(waiter, f"fails for {members}", passed, reason)


def tasks(probe: Probe) -> None:
    """tasks_running and tasks_stopped."""
    instances(probe, CLUSTER)
    loop = definition(probe, "waited")
    arns = run(probe, CLUSTER, loop, 3)
    _succeeds(probe, "tasks_running", tasks=arns)
    for arn in arns:
        probe.ecs("StopTask", cluster=CLUSTER, task=arn)
    _succeeds(probe, "tasks_stopped", tasks=arns)
    _fails(probe, "tasks_running", tasks=arns)
    _fails(probe, "tasks_running", tasks=[ABSENT])
    _fails(probe, "tasks_running", tasks=run(probe, CLUSTER, definition(probe, "unable", broken())))
    ends = run(probe, CLUSTER, definition(probe, "ending", container("exit 1")))
    _succeeds(probe, "tasks_stopped", tasks=ends)
    # A task that nobody knows is waited for in vain, to the last try.
    reason = _wait(probe, "tasks_stopped", 2, tasks=[ABSENT]) or ""
    probe.true("tasks_stopped", "asks to the end for what is missing", "Max attempts" in reason, reason)


def services(probe: Probe) -> None:
    """services_stable and services_inactive."""
    instances(probe, CLUSTER)
    loop = definition(probe, "served")
    for name in ("one", "two"):
        create_service(probe, CLUSTER, name, loop, 1)
    _succeeds(probe, "services_stable", services=["one", "two"])
    probe.ecs("UpdateService", cluster=CLUSTER, service="one", desiredCount=3)
    _succeeds(probe, "services_stable", services=["one"])
    probe.equal("services_stable", "they run", 3, describe_service(probe, CLUSTER, "one")["runningCount"])
    probe.ecs("UpdateService", cluster=CLUSTER, service="two", taskDefinition=definition(probe, "served"))
    _succeeds(probe, "services_stable", services=["one", "two"])
    renewed = describe_service(probe, CLUSTER, "two")["taskDefinition"]
    probe.true("services_stable", "the old deployment is gone", renewed.endswith("served:2"), renewed)
    _fails(probe, "services_stable", services=["one", "none"])
    _fails(probe, "services_inactive", services=["none"])
    reason = _wait(probe, "services_inactive", 2, services=["one"]) or ""
    probe.true("services_inactive", "asks on while a service is active", "Max attempts" in reason, reason)
    for name in ("one", "two"):
        probe.ecs("DeleteService", cluster=CLUSTER, service=name, force=True)
    _fails(probe, "services_stable", services=["one"])
    _succeeds(probe, "services_inactive", services=["one", "two"])
    _fails(probe, "services_stable", services=["two"])
    idle = create_service(probe, CLUSTER, "idle", loop, 0)
    _succeeds(probe, "services_stable", services=[idle["serviceArn"]])
    probe.ecs("DeleteService", cluster=CLUSTER, service="idle")
    _succeeds(probe, "services_inactive", services=[idle["serviceArn"]])


def daemons(probe: Probe) -> None:
    """The waiters of managed daemons, of which there are none: nobody waits for them in vain."""
    arn = "arn:aws:ecs:us-east-1:123456789012:daemon"
    for waiter, members in (
        ("daemon_active", {"daemonArn": f"{arn}/default/d"}),
        ("daemon_deployment_successful", {"daemonDeploymentArns": [f"{arn}-deployment/default/d/1"]}),
        ("daemon_deployment_stopped", {"daemonDeploymentArns": [f"{arn}-deployment/default/d/1"]}),
        ("daemon_task_definition_active", {"daemonTaskDefinition": "d:1"}),
        ("daemon_task_definition_deleted", {"daemonTaskDefinition": "d:1"}),
    ):
        _fails(probe, waiter, **members)


SCENARIOS = scenarios(tasks, services, daemons)
