"""A passport in the report form of the European Interoperability Test Bed (GITB test reporting): TARs in a TAR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree import ElementTree as Xml

from citycontext.passport.evidence import Exchange
from citycontext.passport.passport import Line, Passport, tool
from citycontext.passport.requirements import Mim
from citycontext.passport.verdicts import Verdict
from citycontext.passport.words import Language

__all__ = ["as_tar"]

_TR: Final = "http://www.gitb.com/tr/v1/"
_CORE: Final = "http://www.gitb.com/core/v1/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_tar(passport: Passport, language: Language = "en") -> str:
    """Return a passport as a report of the test bed: one TAR, with one for each MIM in it.

    A pass is an info, a fail of a should a warning, any other fail an error. The form has no kind for what could not be
    tested: it is an info too, whose type says ``not testable`` and why.

    Args:
        passport: The passport.
        language: ``nl`` or ``en``.
    """
    for prefix, namespace in (("tr", _TR), ("core", _CORE), ("xsi", _XSI)):
        Xml.register_namespace(prefix, namespace)
    root = Xml.Element(f"{{{_TR}}}TestStepReport", {f"{{{_XSI}}}type": "tr:TAR", "id": passport.run, "name": tool()})
    note = (
        "Geen certificaat; geen officieel niveau. Steekproef: "
        if language == "nl"
        else "No certificate; no official level. Sample: "
    )
    _fill(root, passport, passport.lines, passport.edition.name, note + passport.sampling.in_language(language))
    context = _add(root, "context")
    for exchange in passport.exchanges:
        _exchange(context, exchange)
    reports = _add(root, "reports")
    for mim in passport.edition.mims:
        _of_mim(reports, passport, mim, language)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _of_mim(parent: Xml.Element, passport: Passport, mim: Mim, language: Language) -> None:
    title = f"{mim.number} {mim.title.in_language(language)}"
    lines = passport.of_mim(mim.number)
    report = _add(parent, "reports", {"id": mim.number, "name": title})
    _fill(report, passport, lines, f"{passport.edition.name} {mim.number}", mim.source)
    items = _add(report, "reports")
    for line in lines:
        _assertion(items, line, language)


def _fill(parent: Xml.Element, passport: Passport, lines: Sequence[Line], profile: str, note: str) -> None:
    """Write what every TAR begins with, in the order of the schema."""
    _add(parent, "date", passport.at)
    _add(parent, "result", _result(lines))
    overview = _add(parent, "overview")
    for name, text in (
        ("profileID", profile),
        ("customizationID", passport.edition.fingerprint),
        ("transactionID", passport.run),
        ("validationServiceName", "citycontext mims check"),
        ("validationServiceVersion", tool().partition(" ")[2]),
        ("note", note),
    ):
        _add(overview, name, text)
    counters = _add(parent, "counters")
    _add(counters, "nrOfAssertions", str(len(lines)))
    _add(counters, "nrOfErrors", str(sum(1 for one in lines if one.is_error)))
    _add(counters, "nrOfWarnings", str(sum(1 for one in lines if one.is_warning)))


def _result(lines: Iterable[Line]) -> str:
    listed = list(lines)
    if any(one.is_error for one in listed):
        return "FAILURE"
    if any(one.is_warning for one in listed):
        return "WARNING"
    return "SUCCESS" if all(one.outcome.verdict is Verdict.PASS for one in listed) else "UNDEFINED"


def _assertion(parent: Xml.Element, line: Line, language: Language) -> None:
    requirement, outcome = line.requirement, line.outcome
    kind = "error" if line.is_error else "warning" if line.is_warning else "info"
    item = Xml.SubElement(parent, f"{{{_TR}}}{kind}", {f"{{{_XSI}}}type": "tr:BAR"})
    said = [outcome.seen, *outcome.notes, *([requirement.next] if outcome.verdict is Verdict.FAIL else [])]
    _add(item, "assertionID", requirement.name)
    _add(item, "description", " ".join(one.in_language(language) for one in said))
    if line.exchanges:
        _add(item, "location", ", ".join(f"exchange {number}" for number in line.exchanges))
    _add(item, "test", f"({requirement.keyword}) {requirement.demand.in_language(language)}")
    _add(item, "type", str(outcome.verdict) + (f": {outcome.reason}" if outcome.reason is not None else ""))
    _add(item, "value", outcome.seen.in_language(language))


def _exchange(parent: Xml.Element, exchange: Exchange) -> None:
    """Write an exchange as AnyContent, under the name that locations use."""
    item = Xml.SubElement(
        parent, f"{{{_CORE}}}item", {"name": f"exchange {exchange.number}", "embeddingMethod": "STRING"}
    )
    item.set("mimeType", "text/plain")
    status = exchange.status if exchange.status is not None else f"no answer: {exchange.problem}"
    told = [
        f"{exchange.at} {exchange.method} {exchange.url}",
        *(f"> {name}: {value}" for name, value in exchange.request_headers.items()),
        str(status),
        *(f"< {name}: {value}" for name, value in exchange.headers.items()),
        f"{len(exchange.content)} bytes, sha256 {exchange.sha256}",
        exchange.excerpt,
    ]
    Xml.SubElement(item, f"{{{_CORE}}}value").text = _plain("\n".join(one for one in told if one))


def _add(parent: Xml.Element, name: str, content: str | dict[str, str] = "") -> Xml.Element:
    """Add an element with a text or with attributes."""
    element = Xml.SubElement(parent, f"{{{_TR}}}{name}", {} if isinstance(content, str) else content)
    if isinstance(content, str) and content:
        element.text = _plain(content)
    return element


def _plain(text: str) -> str:
    """Return a text without what XML has no place for."""
    return _NOT_XML.sub("\ufffd", text)
