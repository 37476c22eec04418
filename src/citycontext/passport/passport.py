"""The passport of a city: a verdict for each requirement of the MIMs, with what shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from citycontext.client import Client
from citycontext.errors import ConfigurationError, DataError
from citycontext.ngsild.context import link_header
from citycontext.passport.checks import CHECKS, DERIVED
from citycontext.passport.city import City, Options, entity_id
from citycontext.passport.evidence import Exchange, shielded, shielded_url
from citycontext.passport.prober import Prober
from citycontext.passport.requirements import DEFAULT_EDITION, Edition, Requirement, load_edition
from citycontext.passport.verdicts import NotReached, NotTestable, Outcome, Reason, Verdict, not_testable
from citycontext.passport.words import Text
from citycontext.publish.disclosing.identifiers import identifier_in

if TYPE_CHECKING:
    from citycontext.web.http import httpx

__all__ = ["Line", "Passport", "check_city", "check_earlier", "suggested_level", "tool"]

_ADDRESS: Final = re.compile(r"https?://[^\s,;|<>\"]*[^\s,;|<>\".:()]")
_KEPT_IDS: Final = 200
_ORGANISATIONAL: Final = not_testable(
    Reason.ORGANISATIONAL,
    "A rule or a process of the organisation: nothing of it can be seen from outside.",
    "Een regel of proces van de organisatie: daarvan is van buitenaf niets te zien.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement and its verdict.

    .. versionadded:: 0.2

    Args:
        requirement: The requirement.
        outcome: What came of it.
        exchanges: The numbers of the exchanges that show it.
    """

    requirement: Requirement
    outcome: Outcome
    exchanges: tuple[int, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether something obligatory fails."""
        return self.outcome.verdict is Verdict.FAIL and self.requirement.obliges

    @property
    def is_warning(self) -> bool:
        """Whether a should fails."""
        return self.outcome.verdict is Verdict.FAIL and not self.requirement.obliges


@dataclass(frozen=True)
class Passport:
    """What a run found.

    .. versionadded:: 0.2

    Args:
        edition: The edition that was asked by.
        broker: The broker's address.
        catalogue: The catalogue's address; empty for none.
        at: When the run began (UTC).
        run: A name of the run.
        sampling: What was looked at.
        lines: A line per requirement.
        exchanges: What was asked and answered.
        ids: Hashes of ids of the sample by type, for a later comparison; no ids themselves.
    """

    edition: Edition
    broker: str
    catalogue: str
    at: str
    run: str
    sampling: Text
    lines: tuple[Line, ...]
    exchanges: tuple[Exchange, ...] = field(repr=False)
    ids: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> list[Line]:
        """The lines in which something obligatory fails."""
        return [one for one in self.lines if one.is_error]

    @property
    def warnings(self) -> list[Line]:
        """The lines in which a should fails."""
        return [one for one in self.lines if one.is_warning]

    def __getitem__(self, name: str) -> Line:
        wanted = self.edition.find(name)
        return next(one for one in self.lines if one.requirement is wanted)

    def of_mim(self, number: str) -> list[Line]:
        """Return the lines of a MIM."""
        return [one for one in self.lines if one.requirement.mim == number]

    def count(self, verdict: Verdict) -> int:
        """Return how many lines have a verdict."""
        return sum(1 for one in self.lines if one.outcome.verdict is verdict)


def check_city(
    broker: Client,
    *,
    catalogue: str = "",
    edition: str = DEFAULT_EDITION,
    context: str = "",
    options: Options | None = None,
    declared: Mapping[str, str] | None = None,
    since: Mapping[str, Any] | None = None,
    anonymous: Client | None = None,
    web: httpx.Client | None = None,
    progress: Callable[[str], None] | None = None,
) -> Passport:
    """Ask a city for everything that the MIMs require.

    .. versionadded:: 0.2

    Args:
        broker: A client of its broker, with tenant and credentials.
        catalogue: The address of the description of its open data (DCAT).
        edition: The edition of the MIMs.
        context: The address of the @context of names; by default that of the client.
        options: Samples, probes.
        declared: Documents by requirement: an address or a file.
        since: An earlier passport as JSON, to compare ids with.
        anonymous: A client of the same broker without credentials; by default made where the broker's has some.
        web: What carries requests to anything but the broker, for tests.
        progress: Called with the name of each requirement before it is checked.

    Raises:
        ConfigurationError: The edition, or a requirement that is declared, is not known.
    """
    chosen = load_edition(edition)
    documents = {chosen.find(name).name: place for name, place in (declared or {}).items()}
    settings = broker.settings
    named = context or (settings.context if isinstance(settings.context, str) and "://" in settings.context else "")
    links = {"Link": link_header(named)} if named else {}
    hosts = [urlsplit(one).hostname or "" for one in (settings.root, catalogue, named) if one]
    closing = ExitStack()
    prober = Prober(broker, web=web, own_hosts=hosts, links=links)
    bare = None
    if anonymous is not None or broker.has_credentials:
        stranger = anonymous or Client(settings.root, tenant=settings.tenant or None, timeout=settings.timeout)
        closing.callback(stranger.close)
        bare = Prober(stranger, web=web, own_hosts=hosts, links=links, beside=prober)
    city = City(prober, named, catalogue, options or Options(), bare)
    begun = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    try:
        lines = _lines(city, chosen, documents, since, progress)
    finally:
        prober.close()
        closing.close()
    return Passport(
        edition=chosen,
        broker=shielded_url(settings.root),
        catalogue=shielded_url(catalogue) if catalogue else "",
        at=begun,
        run=str(uuid4()),
        sampling=_sampling(city),
        lines=tuple(lines),
        exchanges=tuple(prober.exchanges),
        ids=_hashed_ids(city),
    )


def _lines(
    city: City,
    edition: Edition,
    documents: Mapping[str, str],
    since: Mapping[str, Any] | None,
    progress: Callable[[str], None] | None,
) -> list[Line]:
    found: dict[str, Line] = {}
    waiting = [one for one in edition if one.check not in DERIVED]
    for requirement in [*waiting, *(one for one in edition if one.check in DERIVED)]:
        if progress is not None:
            progress(requirement.name)
        begin = len(city.prober.exchanges)
        if requirement.check in DERIVED:
            outcome = _derived([one for one in found.values() if one.requirement.mim in DERIVED[requirement.check]])
        elif requirement.check == "mim1.persistent_identifiers" and since is not None:
            outcome = _persistence(city, since)
        elif requirement.check:
            outcome = _checked(city, requirement)
        else:
            outcome = _ORGANISATIONAL
        if requirement.name in documents and outcome.verdict is Verdict.NOT_TESTABLE:
            outcome = _declared(city, documents[requirement.name], outcome)
        outcome = _without_secrets(outcome)
        new = city.prober.exchanges[begin:]
        numbers = dict.fromkeys(one.number for one in [*outcome.evidence, *new])
        found[requirement.name] = Line(requirement, outcome, tuple(numbers))
    return [found[one.name] for one in edition]


def _without_secrets(outcome: Outcome) -> Outcome:
    """Return an outcome whose sentences show addresses as the evidence does."""
    return replace(outcome, seen=_shown(outcome.seen), notes=tuple(_shown(one) for one in outcome.notes))


def _shown(text: Text) -> Text:
    return Text(*(_ADDRESS.sub(lambda found: shielded_url(found[0]), one) for one in text))


def _checked(city: City, requirement: Requirement) -> Outcome:
    """Check, and never lay silence to the charge of the city."""
    begin = len(city.prober.exchanges)
    try:
        outcome = CHECKS[requirement.check](city)
    except NotTestable as ended:
        return ended.outcome
    if outcome.verdict is Verdict.FAIL:
        for one in [*outcome.evidence, *city.prober.exchanges[begin:]]:
            if one.status is None and one.url.startswith(city.prober.origin):
                return NotReached(one).outcome
    return outcome


def _derived(lines: Iterable[Line]) -> Outcome:
    """Follow from other lines: a fail from a fail, a pass where all that could be tested passes."""
    obliging = [one for one in lines if one.requirement.obliges]
    failing = [one.requirement.name for one in obliging if one.outcome.verdict is Verdict.FAIL]
    passing = [one.requirement.name for one in obliging if one.outcome.verdict is Verdict.PASS]
    silent = [one.requirement.name for one in obliging if one.outcome.reason is Reason.NOT_REACHED]
    if failing:
        return Outcome(
            Verdict.FAIL,
            Text(f"Follows from {', '.join(failing)}, which fail.", f"Volgt uit {', '.join(failing)}, die falen."),
        )
    if silent or not passing:
        reason = Reason.NOT_REACHED if silent else Reason.NO_SAMPLE
        names = ", ".join(silent) or "-"
        return not_testable(
            reason,
            f"Follows from others, which have no verdict: {names}.",
            f"Volgt uit andere, zonder oordeel: {names}.",
        )
    return Outcome(
        Verdict.PASS,
        Text(
            f"Follows from {len(passing)} requirements that pass; {len(obliging) - len(passing)} could not be tested.",
            f"Volgt uit {len(passing)} eisen die slagen; {len(obliging) - len(passing)} waren niet te testen.",
        ),
    )


def _declared(city: City, place: str, before: Outcome) -> Outcome:
    if "://" in place:
        exchange = city.prober.fetch(place)
        digest = exchange.sha256 if exchange.is_success else ""
        evidence = (*before.evidence, exchange)
    else:
        try:
            digest = sha256(Path(place).read_bytes()).hexdigest()
        except OSError as error:
            raise ConfigurationError(f"{place} cannot be read: {error.strerror}.", key="declare") from None
        place, evidence = Path(place).name, before.evidence
    shown = f"{shielded(place)}, sha256 {digest}" if digest else f"{shielded(place)} (which does not answer)"
    getoond = f"{shielded(place)}, sha256 {digest}" if digest else f"{shielded(place)} (dat niet antwoordt)"
    return Outcome(
        Verdict.NOT_TESTABLE,
        Text(f"Declared by {shown}. {before.seen.en}", f"Verklaard door {getoond}. {before.seen.nl}"),
        Reason.DECLARED if digest else before.reason,
        before.notes,
        evidence,
    )


def _persistence(city: City, since: Mapping[str, Any]) -> Outcome:
    """Compare the ids of an earlier run with those of today, one type after the other."""
    earlier = since.get("ids")
    if not isinstance(earlier, Mapping) or not earlier:
        return not_testable(
            Reason.NO_SAMPLE, "The earlier passport holds no ids.", "Het eerdere paspoort bevat geen ids."
        )
    try:
        today = _hashed_ids(city, strict=True)
    except NotTestable as ended:
        return ended.outcome
    gone, kept = 0, 0
    for name, hashes in earlier.items():
        mine = set(today.get(name, ()))
        there = sum(1 for one in hashes if one in mine)
        kept += there
        gone += len(hashes) - there
    when = str(since.get("at", "?"))
    if kept and kept >= gone:
        notes: tuple[Text, ...] = ()
        if gone:
            notes = (
                Text(f"{gone} ids are not in the sample any more.", f"{gone} ids staan niet meer in de steekproef."),
            )
        return Outcome(
            Verdict.PASS,
            Text(f"{kept} ids are as they were at {when}.", f"{kept} ids zijn zoals ze waren op {when}."),
            notes=notes,
        )
    return Outcome(
        Verdict.FAIL,
        Text(
            f"Of {kept + gone} ids of {when}, {gone} are gone from the same sample.",
            f"Van {kept + gone} ids van {when} zijn er {gone} verdwenen uit dezelfde steekproef.",
        ),
        evidence=city.pages,
    )


def _hashed_ids(city: City, *, strict: bool = False) -> dict[str, list[str]]:
    try:
        samples = city.samples
    except NotTestable:
        if strict:
            raise
        return {}
    return {
        sample.type: [
            sha256(entity_id(one).encode()).hexdigest()[:16]
            for one in sample.entities[:_KEPT_IDS]
            if identifier_in(entity_id(one)) is None
        ]
        for sample in samples
        if sample.entities
    }


def _sampling(city: City) -> Text:
    try:
        return Text(*city.sample_words)
    except NotTestable as ended:
        return ended.outcome.seen


def suggested_level(passport: Passport, number: str) -> tuple[str, Text]:
    """Suggest a level for a MIM, with the rule. It is ours: no text defines the three words.

    .. versionadded:: 0.2

    Args:
        passport: What was found.
        number: The MIM, such as ``MIM0``.

    Returns:
        ``Full``, ``Partial`` or ``Initial``, and our rule.
    """
    lines = passport.of_mim(number)
    obliging = [one for one in lines if one.requirement.obliges] or lines
    done = [
        one
        for one in obliging
        if one.outcome.verdict is Verdict.PASS or one.outcome.reason in (Reason.DECLARED, Reason.NOT_APPLICABLE)
    ]
    first = [one for one in lines if one.requirement.id.startswith(("R1.", "RC1.")) and one.is_error]
    rule = Text(
        "Our own rule, no official one: Full where everything obligatory passes or is declared with a document; "
        "Partial where at least one passes and none of capability 1 fails; Initial otherwise.",
        "Onze eigen regel, geen officiële: Full als al het verplichte slaagt of met een document verklaard is; "
        "Partial als er minstens één slaagt en geen van capaciteit 1 faalt; anders Initial.",
    )
    if len(done) == len(obliging) and obliging:
        return "Full", rule
    if any(one.outcome.verdict is Verdict.PASS for one in lines) and not first:
        return "Partial", rule
    return "Initial", rule


def tool() -> str:
    """Return the name and version of what checks."""
    return f"citycontext {version('citycontext')}"


def check_earlier(document: Any) -> Mapping[str, Any]:
    """Return an earlier passport that was read from JSON.

    Raises:
        DataError: It is not valid.
    """
    if not isinstance(document, dict) or document.get("kind") != "citycontext.passport":
        raise DataError("is not a passport; give what 'mims check -o json' wrote", path="since")
    return document
