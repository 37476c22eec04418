"""``citycontext bridge``: the commands of the bridge, gathered, and the one that runs it."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from citycontext.cli.bridge.check import check_bridge
from citycontext.cli.bridge.dead_letters import dead_letters
from citycontext.cli.bridge.draft import draft_bridge
from citycontext.cli.bridge.files import ConfigurationFile, load_config
from citycontext.cli.bridge.forward import forward
from citycontext.cli.bridge.iot_agent_import import import_iota
from citycontext.cli.bridge.recording import record_messages, replay_messages
from citycontext.cli.bridge.rehearsal import dry_run, rehearse_cases, tap_route
from citycontext.cli.bridge.start import init_bridge
from citycontext.cli.bridge.status import show_status
from citycontext.cli.bridge.top import show_rates
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.schema import schema_command
from citycontext.ngsild.findings import Severity

if TYPE_CHECKING:
    from citycontext.bridge import Bridge, BridgeConfig

__all__ = ["bridge"]

logger: logging.Logger = logging.getLogger(__name__)

bridge: typer.Typer = typer.Typer(help="Sensor messages in, NGSI-LD updates out.", no_args_is_help=True)


@bridge.command("run")
def run_bridge(
    file: ConfigurationFile,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for an MQTT broker that cannot be reached yet, as a service should.")
    ] = False,
    form: OutcomeForm = None,
) -> None:
    """Run a bridge until it is interrupted; what is under way is delivered first.

    The file is read again when it changes and at SIGHUP; a file with a fault is told in the log, and the routes before
    it go on.
    """
    config = load_config(file)
    from citycontext.bridge import Bridge

    running = Bridge(config, folder=file.parent)
    _log(config)
    _tell_findings(config)
    source = logging.getLogger("citycontext.bridge.sources.mqtt")
    quiet = _UntilConnected(running)
    if not wait:
        source.addFilter(quiet)
    try:
        running.run(require_connection=not wait, reload_from=file)
    finally:
        source.removeFilter(quiet)
    if not is_for_people(form):
        tell("", form, ids=[file], file=str(file), **asdict(running.counts))


bridge.command("forward")(forward)
bridge.command("init")(init_bridge)
bridge.command("draft")(draft_bridge)
bridge.command("check")(check_bridge)
bridge.command("test")(rehearse_cases)
bridge.command("dry-run")(dry_run)
bridge.command("tap")(tap_route)
bridge.command("record")(record_messages)
bridge.command("replay")(replay_messages)
bridge.command("status")(show_status)
bridge.command("top")(show_rates)
bridge.command("schema")(schema_command("bridge.schema.json", "bridge.toml"))
bridge.add_typer(dead_letters, name="dead-letters")
bridge.command("import-iota")(import_iota)


def _log(config: BridgeConfig) -> None:
    """Log to stderr in the form of the file; of other packages, warnings, and never a line for each request."""
    from citycontext.bridge.operations.logs import log_handler

    root = logging.getLogger()
    root.addHandler(log_handler(config.log))
    root.setLevel(logging.WARNING)
    logging.getLogger("citycontext").setLevel(config.log.level.upper())
    for chatty in ("httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _tell_findings(config: BridgeConfig) -> None:
    """Log what ``check`` would warn of, for those who never ran it: a name that is misspelt is written all the same."""
    from citycontext.bridge.rehearsal.checks import check

    for finding in check(config):
        if finding.severity is not Severity.NOTE:
            logger.warning("%s", finding)


class _UntilConnected(logging.Filter):
    """Leaves out that a first connection failed: the command ends with one line that says so."""

    def __init__(self, running: Bridge) -> None:
        super().__init__()
        self._running = running
        self._was_connected = False

    def filter(self, record: logging.LogRecord) -> bool:
        self._was_connected = self._was_connected or self._running.wait_connected(0)
        return self._was_connected or record.levelno != logging.WARNING
