# SPDX-License-Identifier: Apache-2.0
"""Runs the checks of one module against a control plane.

    python3 Tests/IntegrationTests/Differential MODULE

AWS_ENDPOINT_URL, AWS_SHARED_CREDENTIALS_FILE and AWS_DEFAULT_REGION say which control plane. Prints one JSON object per
check, and one with `finished` when all of the module's scenarios have come to their end.
"""

from __future__ import annotations

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor

from probe import Probe
from world import clean_up


def main(name: str) -> None:
    """Runs all scenarios of a module at the same time, each in a thread: most of them wait most of the time."""
    scenarios = importlib.import_module(f"checks.{name}").SCENARIOS
    with ThreadPoolExecutor(len(scenarios)) as pool:
        probes = list(pool.map(Probe.run, scenarios))
    probes.append(Probe.run(clean_up))
    Probe.emit(
        {
            "finished": name,
            "scenarios": len(scenarios),
            "checks": sum(probe.checks for probe in probes),
            "answers": sum(probe.answers for probe in probes),
            "failures": sum(probe.failures for probe in probes),
        }
    )


if __name__ == "__main__":
    main(sys.argv[1])
