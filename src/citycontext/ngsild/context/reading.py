"""Read an @context value into terms, without doing any I/O (JSON-LD 1.1 API, 4.1 and 4.2).

`reading` is a generator: it yields the address of each document that it needs and is sent the parsed document.
Whoever drives it decides how documents are fetched, now or awaited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from citycontext.errors import CircularContext, ContextTooLarge, InvalidContext
from citycontext.ngsild.context.core_terms import is_core_url
from citycontext.ngsild.context.terms import Limits, Term
from citycontext.ngsild.terms import DEFAULT_CONTEXT

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

__all__ = ["Found", "is_keyword_form", "reading"]

_KEYWORDS: Final = frozenset(
    {
        "@base",
        "@container",
        "@context",
        "@default",
        "@direction",
        "@embed",
        "@explicit",
        "@graph",
        "@id",
        "@import",
        "@included",
        "@index",
        "@json",
        "@language",
        "@list",
        "@nest",
        "@none",
        "@omitDefault",
        "@prefix",
        "@preserve",
        "@propagate",
        "@protected",
        "@requireAll",
        "@reverse",
        "@set",
        "@type",
        "@value",
        "@version",
        "@vocab",
    }
)
_CONTAINERS: Final = frozenset({"@graph", "@id", "@index", "@language", "@list", "@set", "@type"})
_DEFINITION_MEMBERS: Final = frozenset(
    {
        "@container",
        "@context",
        "@direction",
        "@id",
        "@index",
        "@language",
        "@nest",
        "@prefix",
        "@protected",
        "@reverse",
        "@type",
    }
)
_DELIMITERS: Final = tuple(":/?#[]@")
_CHAIN: Final = 32


def is_keyword_form(text: str) -> bool:
    """Return whether a text looks like a JSON-LD keyword: ``@`` and letters; such names are never expanded."""
    return text.startswith("@") and text[1:].isascii() and text[1:].isalpha()


class Found(NamedTuple):
    """What an @context value says.

    Args:
        terms: The user's terms.
        unusable: The names that cannot be used, with the reason why.
        includes_core: Whether a core @context was met on the way, in the value or in a document it names.
    """

    terms: dict[str, Term]
    unusable: dict[str, str]
    includes_core: bool


def reading(value: object, core: Mapping[str, Term], limits: Limits) -> Generator[str, Any, Found]:
    """Read an @context value.

    Args:
        value: A dict, an address, or a list of them.
        core: The terms of the core @context, which stand above all others (CIM 009, 5.5.7).
        limits: Bounds of size.

    Yields:
        The address of a document that is needed next; send its parsed JSON.

    Raises:
        InvalidContext: It is not JSON-LD, or of a form that NGSI-LD forbids.
        CircularContext: A context includes itself.
        ContextTooLarge: It is over a limit.
    """
    reader = _Reader(core, limits)
    yield from reader.include(value, "", ())
    return Found(reader.terms, reader.unusable, reader.includes_core)


class _Local(NamedTuple):
    """One object of definitions while it is read: JSON-LD's local context."""

    given: dict[str, Any]
    base: str
    defined: set[str]


class _Reader:
    """The state of reading one @context: what JSON-LD calls the active context."""

    def __init__(self, core: Mapping[str, Term], limits: Limits) -> None:
        self.terms: dict[str, Term] = {}
        self.unusable: dict[str, str] = {}
        self.includes_core = False
        self._core = core
        self._limits = limits
        self._vocab = DEFAULT_CONTEXT
        self._protected: set[str] = set()
        self._documents: dict[str, Any] = {}
        self._read_documents = 0
        self._read_terms = 0

    def include(self, value: object, base: str, path: tuple[str, ...]) -> Generator[str, Any, None]:
        """Add what one @context value says; ``base`` is the address it was found at."""
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, str):
                url = self._resolve(part, base)
                if is_core_url(url):
                    self.includes_core = True
                else:
                    document = yield from self._document(url, path)
                    yield from self.include(document, url, (*path, url))
            elif isinstance(part, dict):
                yield from self._definitions(part, base, path)
            elif part is None:
                self._reset(base)
            else:
                raise InvalidContext(f"holds {_kind(part)} where a URL or an object must stand", url=base)

    def _resolve(self, text: str, base: str) -> str:
        try:
            url = urljoin(base, text)
            scheme = urlsplit(url).scheme
        except ValueError as error:
            raise InvalidContext(f"{text[:200]!r} is not a URL: {error}", url=base) from None
        if not scheme:
            raise InvalidContext(f"{text[:200]!r} is not an absolute URL; write it with http:// or https://", url=base)
        return url

    def _document(self, url: str, path: tuple[str, ...]) -> Generator[str, Any, Any]:
        if url in path:
            raise CircularContext(f"includes itself: {' → '.join((*path, url))}", url=path[0])
        if len(path) >= self._limits.depth:
            raise ContextTooLarge(f"contexts include each other more than {self._limits.depth} deep", url=path[0])
        self._read_documents += 1
        if self._read_documents > self._limits.documents:
            raise ContextTooLarge(
                f"brings in more than {self._limits.documents} documents", url=path[0] if path else url
            )
        if url not in self._documents:
            self._documents[url] = yield url
        document = self._documents[url]
        if not isinstance(document, dict) or "@context" not in document:
            raise InvalidContext('the document is not an object with a member "@context"', url=url)
        return document["@context"]

    def _reset(self, base: str) -> None:
        if self._protected:
            raise InvalidContext("null would remove protected terms", url=base)
        self.terms.clear()
        self.unusable.clear()
        self.includes_core = False
        self._vocab = DEFAULT_CONTEXT

    def _definitions(self, given: dict[str, Any], base: str, path: tuple[str, ...]) -> Generator[str, Any, None]:
        if "@import" in given:
            given = yield from self._imported(given, base, path)
        self._read_terms += len(given)
        if self._read_terms > self._limits.terms:
            raise ContextTooLarge(f"defines more than {self._limits.terms} terms", url=base)
        _check_keywords(given, base)
        if "@vocab" in given:
            vocab = given["@vocab"]
            self._vocab = DEFAULT_CONTEXT if vocab is None else self._expand(vocab, _Local({}, base, set()), ())
        local = _Local(given, base, set())
        for term in given:
            self._define(term, local, ())

    def _imported(self, given: dict[str, Any], base: str, path: tuple[str, ...]) -> Generator[str, Any, dict[str, Any]]:
        address = given["@import"]
        if not isinstance(address, str):
            raise InvalidContext("@import must be a URL", url=base)
        imported = yield from self._document(self._resolve(address, base), path)
        if not isinstance(imported, dict) or "@import" in imported:
            raise InvalidContext("@import must lead to one object without @import", url=base)
        return {**imported, **{key: value for key, value in given.items() if key != "@import"}}

    def _define(self, term: str, local: _Local, chain: tuple[str, ...]) -> None:
        """Define one term, and before it those that its IRI leans on."""
        if term in local.defined or is_keyword_form(term):
            return
        if term in chain:
            raise InvalidContext(f"terms define each other: {' → '.join((*chain, term))}", url=local.base)
        if len(chain) >= _CHAIN:
            raise ContextTooLarge(f"terms lean on each other more than {_CHAIN} deep", url=local.base)
        # The core stands above: what a mirror of it or a careless context says of its terms has no effect.
        if term not in self._core:
            self._keep(term, self._read(term, local, (*chain, term)), local)
        local.defined.add(term)

    def _keep(self, term: str, definition: Term | str, local: _Local) -> None:
        if term in self._protected and definition != self.terms.get(term):
            raise InvalidContext(f"term {term!r} is protected and cannot be defined anew", url=local.base)
        self.terms.pop(term, None)
        self.unusable.pop(term, None)
        if isinstance(definition, str):
            self.unusable[term] = definition
            return
        self.terms[term] = definition
        value = local.given[term]
        own = value.get("@protected") if isinstance(value, dict) else None
        if local.given.get("@protected", False) if own is None else own:
            self._protected.add(term)

    def _read(self, term: str, local: _Local, chain: tuple[str, ...]) -> Term | str:
        """Read one definition; give why the term cannot be used where it cannot."""
        value = local.given[term]
        if value is None:
            return "null"
        if isinstance(value, str):
            iri = self._iri_of(term, value, local, chain)
            return Term(iri, prefix=iri.endswith(_DELIMITERS))
        definition = _checked_definition(term, value, local.base)
        if "@reverse" in definition:
            return "a reverse property"
        identifier = definition.get("@id", term)
        if identifier is None:
            return "null"
        coercion = definition.get("@type")
        return Term(
            self._iri_of(term, identifier, local, chain),
            type=None if coercion is None else self._coercion(coercion, local, chain),
            containers=_containers(term, definition, local.base),
            language=definition.get("@language") is not None or definition.get("@direction") is not None,
            prefix=definition.get("@prefix", False),
        )

    def _iri_of(self, term: str, identifier: object, local: _Local, chain: tuple[str, ...]) -> str:
        if identifier != term:
            iri = self._expand(identifier, local, chain)
            if "://" in term and iri != term:
                raise InvalidContext(f"the IRI {term[:200]!r} cannot be made a term for another", url=local.base)
            if iri == "@context":
                raise InvalidContext(f"term {term!r} cannot stand for @context", url=local.base)
            return iri
        prefix, colon, suffix = term.partition(":")
        if prefix and colon and not suffix.startswith("//"):
            known = self._known(prefix, local, chain)
            return self._bounded(known.iri + suffix if known else term, local.base)
        return self._bounded(term if colon else self._vocab + term, local.base)

    def _coercion(self, coercion: object, local: _Local, chain: tuple[str, ...]) -> str:
        expanded = self._expand(coercion, local, chain)
        if expanded.startswith("@") and expanded not in ("@id", "@vocab", "@json", "@none"):
            raise InvalidContext(f"{expanded} is not a type to coerce to", url=local.base)
        return expanded

    def _expand(self, text: object, local: _Local, chain: tuple[str, ...]) -> str:
        if not isinstance(text, str):
            where = chain[-1] if chain else "@vocab"
            raise InvalidContext(f"{where} holds {_kind(text)} where an IRI must stand", url=local.base)
        if text in _KEYWORDS:
            return text
        known = self._known(text, local, chain)
        if known is not None:
            return known.iri
        prefix, colon, suffix = text.partition(":")
        if not colon or not prefix:
            return self._bounded(self._vocab + text, local.base)
        if suffix.startswith("//") or prefix == "_":
            return self._bounded(text, local.base)
        known = self._known(prefix, local, chain)
        return self._bounded(known.iri + suffix if known is not None and known.prefix else text, local.base)

    def _known(self, name: str, local: _Local, chain: tuple[str, ...]) -> Term | None:
        """Look a term up, defining it first where the context at hand does."""
        if name in local.given:
            self._define(name, local, chain)
        return self._core.get(name) or self.terms.get(name)

    def _bounded(self, iri: str, base: str) -> str:
        if len(iri) > self._limits.length:
            raise ContextTooLarge(f"an IRI is longer than {self._limits.length} characters: {iri[:80]}…", url=base)
        return iri


def _check_keywords(given: dict[str, Any], base: str) -> None:
    for key, value in given.items():
        if not key:
            raise InvalidContext("a term must not be empty", url=base)
        if key not in _KEYWORDS:
            continue
        if key == "@version":
            valid = value == 1.1 and not isinstance(value, bool)
        elif key in ("@protected", "@propagate"):
            valid = isinstance(value, bool)
        elif key in ("@vocab", "@base", "@language", "@direction"):
            valid = value is None or isinstance(value, str)
        elif key == "@type":
            valid = isinstance(value, dict) and value.keys() <= {"@container", "@protected"}
        else:
            raise InvalidContext(f"{key} is a keyword and cannot be defined", url=base)
        if not valid:
            raise InvalidContext(f"{key} cannot be {_kind(value)} of this value", url=base)


def _checked_definition(term: str, value: object, base: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidContext(f"term {term!r} is defined by {_kind(value)}; give an IRI or an object", url=base)
    if "@context" in value:
        raise InvalidContext(
            f"term {term!r} has a scoped @context, which NGSI-LD forbids (CIM 009, 5.5.7); define its terms at the top",
            url=base,
        )
    unknown = value.keys() - _DEFINITION_MEMBERS
    if unknown:
        raise InvalidContext(f"term {term!r} is defined with {min(unknown)!r}, which JSON-LD does not know", url=base)
    for flag in ("@prefix", "@protected"):
        if not isinstance(value.get(flag, False), bool):
            raise InvalidContext(f"{flag} of term {term!r} must be true or false", url=base)
    return value


def _containers(term: str, value: dict[str, Any], base: str) -> frozenset[str]:
    given = value.get("@container")
    keywords = given if isinstance(given, list) else [] if given is None else [given]
    for keyword in keywords:
        if not isinstance(keyword, str) or keyword not in _CONTAINERS:
            raise InvalidContext(
                f"@container of term {term!r} must be one of {', '.join(sorted(_CONTAINERS))}", url=base
            )
    return frozenset(keywords)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
