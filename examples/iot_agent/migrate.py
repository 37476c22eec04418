"""From the provisioning of a FIWARE IoT Agent to routes of the bridge, with a proof: python migrate.py.

The first step makes bridge.toml of what the agent's /iot/services gave; the second checks it; the third shows what a
message that devices send to the agent today becomes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def citycontext(*arguments: str) -> None:
    """Run the command line, and end with it if it fails."""
    print("$ citycontext", *arguments, flush=True)
    program = [sys.executable, "-c", "from citycontext.cli.main import run; run()", *arguments]
    unset = {"MQTT_URL": "mqtt://localhost:1883", "CONTEXT_BROKER_URL": "http://localhost:1026"}
    done = subprocess.run(program, check=False, env={**unset, **os.environ})
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Import, check and rehearse."""
    with tempfile.TemporaryDirectory() as folder:
        config = f"{folder}/bridge.toml"
        citycontext("bridge", "import-iota", str(HERE / "services.json"), "--to", config)
        citycontext("bridge", "check", config)
        citycontext("bridge", "dry-run", config, "--from", str(HERE / "messages.jsonl"))


if __name__ == "__main__":
    main()
