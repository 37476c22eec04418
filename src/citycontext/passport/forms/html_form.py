"""A passport as a page for people: one file, printable, with what to do next for each fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from citycontext.passport.evidence import Exchange
from citycontext.passport.forms.json_form import Change
from citycontext.passport.forms.text_form import verdict_words
from citycontext.passport.passport import Line, Passport, suggested_level, tool
from citycontext.passport.verdicts import Verdict
from citycontext.passport.words import Language, Text

__all__ = ["as_html"]

_STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0 auto;
  max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.8rem; margin: .5rem 0; }
h2 { font-size: 1.3rem; margin-top: 2rem; border-bottom: 2px solid #444; }
h3 { font-size: 1rem; margin: 0; }
a { color: #00438a; }
article { border: 1px solid #767676; border-left-width: 8px; padding: .6rem .8rem; margin: .8rem 0;
  break-inside: avoid; }
.pass { border-left-color: #176117; }
.fail { border-left-color: #a4121a; }
.warning { border-left-color: #8a5a00; }
.verdict { font-weight: 700; }
.pass .verdict { color: #145214; }
.fail .verdict { color: #8f0f16; }
.warning .verdict { color: #6b4500; }
.next { background: #f2f2f2; padding: .4rem .6rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #767676; padding: .3rem .5rem; text-align: left; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f2f2f2; padding: .5rem; font-size: .8rem;
  margin: .3rem 0; }
.url { overflow-wrap: anywhere; }
.small { font-size: .85rem; }
@media print { body { max-width: none; font-size: 11pt; }
a { color: inherit; text-decoration: none; }
details > pre { display: none; }
}
"""

_WORDS: Final = {
    "title": Text("Passport of openness", "Paspoort van openheid"),
    "broker": Text("Broker", "Broker"),
    "catalogue": Text("Catalogue", "Catalogus"),
    "when": Text("Asked at", "Gevraagd op"),
    "tool": Text("Asked by", "Gevraagd door"),
    "sample": Text("Sample", "Steekproef"),
    "read": Text("Requirements read on", "Eisen gelezen op"),
    "no": Text(
        "This page is not a certificate. Levels are not defined anywhere, so no official level stands on it.",
        "Deze pagina is geen certificaat. Niveaus zijn nergens gedefinieerd, dus staat er geen officieel niveau op.",
    ),
    "summary": Text("Summary", "Samenvatting"),
    "todo": Text("What to do next", "Wat nu te doen"),
    "nothing": Text("Nothing that was tested fails.", "Niets van wat getest is, faalt."),
    "next": Text("Next: ", "Nu te doen: "),
    "evidence": Text("Evidence", "Bewijs"),
    "exchanges": Text("Requests and answers", "Vragen en antwoorden"),
    "explain": Text(
        "Tokens, and values of properties, are left out; who has the body can check its sha256.",
        "Tokens en waarden van eigenschappen zijn weggelaten; wie de inhoud heeft, kan de sha256 nagaan.",
    ),
    "changes": Text("Changed since the earlier passport", "Gewijzigd sinds het eerdere paspoort"),
    "unchanged": Text("Nothing changed.", "Niets is gewijzigd."),
    "source": Text("Source", "Bron"),
    "suggestion": Text("Suggestion", "Voorstel"),
    "mim": Text("MIM", "MIM"),
    "passes": Text("pass", "geslaagd"),
    "fails": Text("fail", "gefaald"),
    "warnings": Text("warning", "waarschuwing"),
    "untested": Text("not testable", "niet te testen"),
    "silent": Text("no answer", "geen antwoord"),
}


def as_html(
    passport: Passport, language: Language = "en", *, changes: Sequence[Change] | None = None, levels: bool = False
) -> str:
    """Return a passport as a page that needs nothing else.

    Args:
        passport: The passport.
        language: ``nl`` or ``en``.
        changes: What changed since an earlier one.
        levels: Whether a level is suggested for each MIM, with our rule.
    """
    return "\n".join(_Page(passport, language, changes, levels).lines()) + "\n"


class _Page:
    def __init__(self, passport: Passport, language: Language, changes: Sequence[Change] | None, levels: bool) -> None:
        self._passport = passport
        self._language: Language = language
        self._changes = changes
        self._levels = levels

    def lines(self) -> Iterator[str]:
        title = f"{self._word('title')}: {escape(self._passport.edition.name)}"
        yield f'<!doctype html>\n<html lang="{self._language}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>"
        yield from self._head()
        yield from self._summary()
        yield from self._to_do()
        if self._changes is not None:
            yield f"<h2>{self._word('changes')}</h2>"
            listed = "".join(f"<li>{self._text(one.text)}</li>" for one in self._changes)
            yield f"<ul>{listed}</ul>" if listed else f"<p>{self._word('unchanged')}</p>"
        for mim in self._passport.edition.mims:
            yield f'<section aria-labelledby="{mim.number}">'
            yield f'<h2 id="{mim.number}">{mim.number} {self._text(mim.title)}</h2>'
            yield f'<p class="small">{self._word("source")}: {escape(mim.source)}</p>'
            for line in self._passport.of_mim(mim.number):
                yield from self._line(line)
            yield "</section>"
        yield f"<h2>{self._word('exchanges')}</h2>\n<p>{self._word('explain')}</p>\n<ol>"
        for exchange in self._passport.exchanges:
            yield self._exchange(exchange)
        yield "</ol>\n</main>\n</body>\n</html>"

    def _head(self) -> Iterator[str]:
        passport = self._passport
        yield "<dl>"
        for name, value in (
            ("broker", passport.broker),
            ("catalogue", passport.catalogue),
            ("when", passport.at),
            ("tool", tool()),
            ("sample", passport.sampling.in_language(self._language)),
            ("read", passport.edition.read_on),
        ):
            if value:
                yield f'<dt>{self._word(name)}</dt><dd class="url">{escape(value)}</dd>'
        yield f"</dl>\n<p><strong>{self._word('no')}</strong></p>"

    def _summary(self) -> Iterator[str]:
        names = ("mim", "passes", "fails", "warnings", "untested", *(("suggestion",) if self._levels else ()))
        yield f"<h2>{self._word('summary')}</h2>\n<table>\n<thead><tr>"
        yield "".join(f'<th scope="col">{self._word(one)}</th>' for one in names) + "</tr></thead>\n<tbody>"
        rule = None
        for mim in self._passport.edition.mims:
            lines = self._passport.of_mim(mim.number)
            counts = [
                sum(1 for one in lines if one.outcome.verdict is Verdict.PASS),
                sum(1 for one in lines if one.is_error),
                sum(1 for one in lines if one.is_warning),
                sum(1 for one in lines if one.outcome.verdict is Verdict.NOT_TESTABLE),
            ]
            cells = "".join(f"<td>{one}</td>" for one in counts)
            if self._levels:
                level, rule = suggested_level(self._passport, mim.number)
                cells += f"<td>{level}</td>"
            link = f'<a href="#{mim.number}">{mim.number} {self._text(mim.title)}</a>'
            yield f'<tr><th scope="row">{link}</th>{cells}</tr>'
        yield "</tbody>\n</table>"
        if rule is not None:
            yield f"<p>{self._text(rule)}</p>"

    def _to_do(self) -> Iterator[str]:
        failing = [*self._passport.errors, *self._passport.warnings]
        yield f"<h2>{self._word('todo')}</h2>"
        if not failing:
            yield f"<p>{self._word('nothing')}</p>"
            return
        yield "<ul>"
        for line in failing:
            name = line.requirement.name
            yield f'<li><a href="#{_anchor(name)}">{escape(name)}</a>: {self._text(line.requirement.next)}</li>'
        yield "</ul>"

    def _line(self, line: Line) -> Iterator[str]:
        requirement, outcome = line.requirement, line.outcome
        kind = "warning" if line.is_warning else {Verdict.PASS: "pass", Verdict.FAIL: "fail"}.get(outcome.verdict, "")
        also = f" ({', '.join(requirement.aliases)})" if requirement.aliases else ""
        when = f", {self._text(requirement.condition)}" if requirement.condition.en else ""
        yield f'<article id="{_anchor(requirement.name)}" class="{kind}">'
        yield (
            f"<h3>{escape(self._passport.edition.name)} {escape(requirement.name)}{escape(also)}, "
            f'{escape(requirement.keyword)}{when}: <span class="verdict">{self._text(verdict_words(line))}</span></h3>'
        )
        yield f"<p>{self._text(requirement.demand)}</p>"
        yield f'<p class="url">{self._text(outcome.seen)}</p>'
        for note in outcome.notes:
            yield f'<p class="small url">{self._text(note)}</p>'
        if outcome.verdict is Verdict.FAIL:
            yield f'<p class="next"><strong>{self._word("next")}</strong>{self._text(requirement.next)}</p>'
        if line.exchanges:
            links = ", ".join(f'<a href="#x{number}">{number}</a>' for number in line.exchanges[:30])
            yield f'<p class="small">{self._word("evidence")}: {links}</p>'
        yield "</article>"

    def _exchange(self, exchange: Exchange) -> str:
        status = str(exchange.status) if exchange.status is not None else f"{self._word('silent')}: {exchange.problem}"
        told = [
            *(f"> {name}: {value}" for name, value in exchange.request_headers.items()),
            *(f"< {name}: {value}" for name, value in exchange.headers.items()),
            exchange.excerpt,
        ]
        return (
            f'<li id="x{exchange.number}" class="small url">{escape(exchange.at)} {escape(exchange.method)} '
            f"{escape(exchange.url)} → {escape(status)}, {len(exchange.content):,} bytes, sha256 {exchange.sha256}"
            f"<details><summary>{self._word('evidence')} {exchange.number}</summary>"
            f'<pre tabindex="0">{escape(chr(10).join(one for one in told if one))}</pre></details></li>'
        )

    def _word(self, name: str) -> str:
        return self._text(_WORDS[name])

    def _text(self, text: Text) -> str:
        return escape(text.in_language(self._language))


def _anchor(name: str) -> str:
    return name.replace(" ", "-")
