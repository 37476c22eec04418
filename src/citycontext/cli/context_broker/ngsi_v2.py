"""``citycontext copy --from orion-v2``: from a broker of NGSIv2, or a dump of one, to NGSI-LD."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.cli.context_broker.output import Form, note
from citycontext.cli.context_broker.progress import run_transfer
from citycontext.cli.conventions import counted
from citycontext.cli.outcomes import tell
from citycontext.client import Client
from citycontext.client.connections import connection
from citycontext.errors import CityContextError
from citycontext.foreign_text import printable
from citycontext.ngsild.findings import Finding, Severity
from citycontext.transfer import BrokerPlace, NgsiV2Broker, NgsiV2Dump, NgsiV2Place, NgsiV2Source

__all__ = ["NGSI_V2", "copy_from_ngsi_v2", "open_ngsi_v2"]

NGSI_V2: Final = "orion-v2"
"""What stands for a broker of NGSIv2 in the place of a connection."""
_EXAMPLES: Final = 3
_MOST_LEFT: Final = 20


class _Changes:
    """Counts what was changed on the way, with the first entities of each kind as examples."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], list[str]] = {}

    def __call__(self, identifier: str, findings: Sequence[Finding]) -> None:
        """Take down what was done to an entity."""
        for key in {(str(one.severity), one.message) for one in findings}:
            self.counts[key] += 1
            examples = self.examples.setdefault(key, [])
            if len(examples) < _EXAMPLES:
                examples.append(identifier)

    def tell(self) -> None:
        """Say what was done, warnings first."""
        for (severity, message), number in sorted(self.counts.items(), key=lambda one: (-_WEIGHT[one[0][0]], -one[1])):
            examples = ", ".join(self.examples[severity, message])
            note(printable(f"{severity}: {counted(number, 'entity', 'entities')}: {message} (e.g. {examples})", 400))


_WEIGHT: Final = {"error": 3, "warning": 2, "note": 1}


def open_ngsi_v2(given: str, service: str, service_path: str, zone: str | None) -> NgsiV2Place:
    """Return a broker of NGSIv2, or a dump of one, as a place.

    Args:
        given: An address, a named connection, or a file.
        service: The Fiware-Service.
        service_path: The Fiware-ServicePath.
        zone: What times without zone are in.
    """
    source: NgsiV2Source
    if "://" not in given and Path(given).is_file():
        source = NgsiV2Dump(Path(given), service_path)
    else:
        at = connection(given)
        source = NgsiV2Broker(
            at.url.rstrip("/").removesuffix("/ngsi-ld/v1"),
            service=service or at.tenant or "",
            service_path=service_path,
            headers=at.headers,
            auth=at.authentication(),
            timeout=max(at.timeout, 30.0),
            verify=at.verify if isinstance(at.verify, bool) else str(at.verify),
        )
    changes = _Changes()
    return NgsiV2Place(source, zone=zone, on_findings=changes)


def copy_from_ngsi_v2(
    source: NgsiV2Place,
    target: BrokerPlace,
    writer: Client,
    *,
    subscriptions: bool,
    dry_run: bool,
    resume: bool,
    refused: Path | None,
    form: Form | None = None,
) -> int:
    """Copy entities, and subscriptions as far as they can be expressed; return how many were refused.

    Args:
        source: What is read.
        target: What is written.
        writer: A client of what is written.
        subscriptions: Whether to copy them.
        dry_run: Whether to compare, and write nothing.
        resume: Whether to go on where an interrupted run stopped.
        refused: A file for what was refused, with the reasons.
        form: The form of what is told.
    """
    failed = run_transfer(source, target, dry_run=dry_run, resume=resume, refused=refused, exits=False, form=form)
    if isinstance(source.told, _Changes):
        source.told.tell()
    for entity, reason in source.left[:_MOST_LEFT]:
        note(printable(f"error: {entity.get('id')}: {reason}", 500))
    if source.left:
        note(f"{counted(len(source.left), 'entity', 'entities')} cannot be NGSI-LD as they are")
        if refused is not None and not dry_run:
            with refused.open("ab") as file:
                file.writelines(
                    orjson.dumps({"reason": reason, "entity": entity}) + b"\n" for entity, reason in source.left
                )
    failed += len(source.left)
    if subscriptions:
        failed += _copy_subscriptions(source, writer, dry_run, form)
    return failed


def _copy_subscriptions(source: NgsiV2Place, writer: Client, dry_run: bool, form: Form | None) -> int:
    written = lost = 0
    there = {one.id for one in writer.subscriptions.query()}
    for document, findings in source.subscriptions():
        name = str(document.get("id", "a subscription"))
        for one in findings:
            note(printable(f"{one.severity}: {name}: {one}", 500))
        if any(one.severity is Severity.ERROR for one in findings):
            # What is left of it would notify of something else.
            lost += 1
            continue
        if not dry_run:
            try:
                _put(writer, document, there)
            except CityContextError as error:
                lost += 1
                note(printable(f"error: {name}: {error}", 500))
                continue
        written += 1
    verb = "would be written" if dry_run else "written"
    sentence = f"subscriptions: {written:,} {verb}, {lost:,} cannot be expressed or are refused."
    tell(sentence, form, kind="subscriptions", written=0 if dry_run else written, refused=lost)
    return lost


def _put(writer: Client, document: dict[str, Any], there: Container[str | None]) -> None:
    if document.get("id") in there:
        writer.subscriptions.delete(document["id"])
    writer.subscriptions.create(document)
