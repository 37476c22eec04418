"""A passport as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from citycontext.passport.forms.json_form import Change
from citycontext.passport.passport import Line, Passport, suggested_level, tool
from citycontext.passport.verdicts import Reason, Verdict
from citycontext.passport.words import Language, Text

__all__ = ["REASONS", "VERDICTS", "as_text", "verdict_words"]

VERDICTS = {
    Verdict.PASS: Text("pass", "geslaagd"),
    Verdict.FAIL: Text("fail", "gefaald"),
    Verdict.NOT_TESTABLE: Text("not testable", "niet te testen"),
}
REASONS = {
    Reason.ORGANISATIONAL: Text("organisational", "organisatorisch"),
    Reason.DECLARED: Text("declared", "verklaard"),
    Reason.NOT_REACHED: Text("not reached", "niet bereikt"),
    Reason.NO_SAMPLE: Text("no sample", "geen steekproef"),
    Reason.NOT_APPLICABLE: Text("not applicable", "niet van toepassing"),
}
_WARNING = Text("warning", "waarschuwing")


def verdict_words(line: Line) -> Text:
    """Return a verdict in words; a fail of a should is a warning."""
    verdict = _WARNING if line.is_warning else VERDICTS[line.outcome.verdict]
    if line.outcome.reason is None:
        return verdict
    reason = REASONS[line.outcome.reason]
    return Text(f"{verdict.en}: {reason.en}", f"{verdict.nl}: {reason.nl}")


def as_text(
    passport: Passport, language: Language = "en", *, changes: Sequence[Change] | None = None, levels: bool = False
) -> str:
    """Return a passport as text.

    Args:
        passport: The passport.
        language: ``nl`` or ``en``.
        changes: What changed since an earlier one.
        levels: Whether a level is suggested for each MIM, with our rule.
    """
    return "\n".join(_text(passport, language, changes, levels)) + "\n"


def _text(passport: Passport, language: Language, changes: Sequence[Change] | None, levels: bool) -> Iterator[str]:
    is_dutch = language == "nl"
    yield f"{passport.edition.name}: {passport.broker}" + (f", {passport.catalogue}" if passport.catalogue else "")
    yield f"{passport.at}, {tool()}; {passport.sampling.in_language(language)}"
    rule = None
    for mim in passport.edition.mims:
        yield ""
        level = ""
        if levels:
            name, rule = suggested_level(passport, mim.number)
            level = f"  [{'voorstel' if is_dutch else 'suggestion'}: {name}]"
        yield f"{passport.edition.name} {mim.number} {mim.title.in_language(language)}{level}"
        for line in passport.of_mim(mim.number):
            requirement = line.requirement
            words = verdict_words(line).in_language(language)
            yield f"  {requirement.name} ({requirement.keyword}): {words}"
            yield f"    {line.outcome.seen.in_language(language)}"
            for note in line.outcome.notes:
                yield f"    · {note.in_language(language)}"
            if line.outcome.verdict is Verdict.FAIL:
                yield f"    → {requirement.next.in_language(language)}"
    yield ""
    if changes is not None:
        yield (
            ("Gewijzigd sinds toen:" if is_dutch else "Changed since then:")
            if changes
            else ("Niets is gewijzigd sinds toen." if is_dutch else "Nothing changed since then.")
        )
        yield from (f"  {one.text.in_language(language)}" for one in changes)
        yield ""
    if rule is not None:
        yield rule.in_language(language)
        yield ""
    counts = (passport.count(Verdict.PASS), len(passport.errors), len(passport.warnings))
    untested = passport.count(Verdict.NOT_TESTABLE)
    if is_dutch:
        yield f"{counts[0]} geslaagd, {counts[1]} gefaald, {counts[2]} waarschuwingen, {untested} niet te testen."
        yield "Dit is geen certificaat, en er staat geen officieel niveau op."
    else:
        yield f"{counts[0]} pass, {counts[1]} fail, {counts[2]} warnings, {untested} not testable."
        yield "This is not a certificate, and no official level stands on it."
