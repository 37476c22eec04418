"""An @context: from names to IRIs and back, as context brokers do it (CIM 009, 4.4 and 5.5.7)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from citycontext.errors import InvalidName
from citycontext.ngsild.context.core_terms import LATEST_CORE, core_terms, core_url, is_core_url
from citycontext.ngsild.context.loading import OFFLINE
from citycontext.ngsild.context.reading import is_keyword_form, reading
from citycontext.ngsild.context.terms import DEFAULT_LIMITS, Limits, Term
from citycontext.ngsild.terms import DEFAULT_CONTEXT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping

    from citycontext.ngsild.context.loading import ContextLoader

__all__ = ["Context"]

_CACHED_NAMES: Final = 2_000
"""Names that are not terms, remembered per direction; asked for by strangers, hence few."""


class Context:
    """An @context ready for use: the user's terms with the core @context above them.

    Build one with `core`, `parse` or, where documents must be awaited, `parse_async`. A context never changes.
    """

    __slots__ = (
        "_attributes", "_expanded", "_includes_core", "_members", "_terms", "_unusable", "_words", "core_version",
        "source",
    )  # fmt: skip

    def __init__(
        self,
        terms: Mapping[str, Term],
        *,
        unusable: Mapping[str, str],
        source: object,
        core_version: str,
        includes_core: bool = False,
    ) -> None:
        self._terms: dict[str, Term] = {**terms, **core_terms(core_version)}
        self._unusable = dict(unusable)
        self._includes_core = includes_core
        self.source: object = source
        """The @context value as it was given; ``None`` for the core alone."""
        self.core_version: str = core_version
        """The version of the core @context that stands above the user's terms."""
        self._expanded = _Expansions(self._terms, self._unusable)
        self._attributes = _Compactions(self._terms, self._expanded, _rank_for_attribute)
        self._words = _Compactions(self._terms, self._expanded, _rank_for_word)
        self._members = _Compactions(self._terms, self._expanded, _rank_for_member)

    @staticmethod
    def core(version: str = LATEST_CORE) -> Context:
        """Return the core @context alone, which names without a user @context are read by.

        Args:
            version: Its version, ``1.3`` to ``1.9``.

        Raises:
            ValueError: The version is not known.
        """
        return _core(version)

    @staticmethod
    def parse(
        value: object,
        loader: ContextLoader = OFFLINE,
        *,
        core: str = LATEST_CORE,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Context:
        """Read an @context value, as it stands in a payload or behind a Link header.

        The core @context, wherever it stands in the value and in whatever version, counts as if it came last.

        Args:
            value: A dict of terms, an address, or a list of them; ``None`` or ``[]`` for the core alone.
            loader: Gives the document behind an address; by default only contexts known offline.
            core: The version of the core @context to put above the user's terms.
            limits: Bounds of size.

        Raises:
            InvalidContext: It is not JSON-LD, or has a scoped context.
            ContextNotAvailable: A document cannot be had from the loader.
            CircularContext: A context includes itself.
            ContextTooLarge: It is over a limit.
        """
        steps = _parsing(value, core, limits)
        try:
            url = next(steps)
            while True:
                url = steps.send(loader.load(url))
        except StopIteration as end:
            context: Context = end.value
            return context

    @staticmethod
    async def parse_async(
        value: object,
        load: Callable[[str], Awaitable[Any]],
        *,
        core: str = LATEST_CORE,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Context:
        """Read an @context value, awaiting each document; otherwise as `parse`.

        Args:
            value: A dict of terms, an address, or a list of them.
            load: Gives the parsed document behind an address.
            core: The version of the core @context to put above the user's terms.
            limits: Bounds of size.
        """
        steps = _parsing(value, core, limits)
        try:
            url = next(steps)
            while True:
                url = steps.send(await load(url))
        except StopIteration as end:
            context: Context = end.value
            return context

    @property
    def terms(self) -> Mapping[str, Term]:
        """All terms, those of the core included. Not to be changed."""
        return self._terms

    @property
    def wire(self) -> str | list[Any]:
        """The ``@context`` member that says the same (CIM 009, 5.2.3): the user's part as given, and a core.

        A core that the user's documents include, or that the user put last, is not said twice; one address stands
        alone.
        """
        parts = self.source if isinstance(self.source, list) else [] if self.source is None else [self.source]
        if not (self._includes_core and parts and not any(map(_is_core, parts[:-1]))):
            parts = [*(part for part in parts if not _is_core(part)), core_url(self.core_version)]
        return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else list(parts)

    def expand(self, name: str) -> str:
        """Turn a name into its IRI: a term, ``prefix:name``, or a name of the default vocabulary.

        Args:
            name: An attribute or type name; an IRI stays as it is.

        Returns:
            The IRI; a keyword for ``id`` and ``type``.

        Raises:
            InvalidName: The @context maps the name to null or to a reverse property.
        """
        return self._expanded[name]

    def compact(self, iri: str) -> str:
        """Turn the IRI of an attribute into the shortest name that means it.

        A term whose values are coerced to a datatype or a list does not name an attribute, since that is an object
        (CIM 009, C.6); one coerced to ``@id`` does.

        Args:
            iri: A full IRI; a short name stays as it is.
        """
        return self._attributes[iri]

    def compact_member(self, iri: str) -> str:
        """Turn the IRI of a member of a compound value into the shortest name that means it.

        Args:
            iri: A full IRI; a short name stays as it is.
        """
        return self._members[iri]

    def expand_vocab(self, word: str) -> str:
        """Turn an entity type or the value of a VocabProperty into its IRI; any text is accepted.

        Args:
            word: The text as a user writes it; one that means no IRI, such as ``type``, stays as it is.
        """
        if word in self._unusable:
            return word
        iri = self._expanded[word]
        return word if iri[:1] == "@" else iri

    def compact_vocab(self, iri: str) -> str:
        """Turn the IRI of an entity type or of a VocabProperty's value into the shortest text that means it.

        Args:
            iri: A full IRI; a short name stays as it is.
        """
        return self._words[iri]

    def __repr__(self) -> str:
        own = len(self._terms) - len(core_terms(self.core_version))
        return f"<Context of {own} terms and core {self.core_version}>"


@cache
def _core(version: str) -> Context:
    return Context({}, unusable={}, source=None, core_version=version)


@lru_cache(maxsize=64)
def _named_core(version: str, url: str) -> Context:
    return Context({}, unusable={}, source=url, core_version=version, includes_core=True)


def _parsing(value: object, core: str, limits: Limits) -> Generator[str, Any, Context]:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    found = yield from reading([] if value is None else value, core_terms(core), limits)
    if not found.terms and not found.unusable:
        return _named_core(core, value) if isinstance(value, str) and found.includes_core else _core(core)
    return Context(
        found.terms,
        unusable=found.unusable,
        source=value,
        core_version=core,
        includes_core=found.includes_core,
    )


def _is_core(part: object) -> bool:
    return isinstance(part, str) and is_core_url(part)


class _Expansions(dict[str, str]):
    """Name → IRI: terms at once, other names when first asked for."""

    __slots__ = ("_full", "_prefixes", "_unusable")

    def __init__(self, terms: Mapping[str, Term], unusable: Mapping[str, str]) -> None:
        super().__init__((name, term.iri) for name, term in terms.items())
        self._full = len(self) + _CACHED_NAMES
        self._prefixes = {name: term.iri for name, term in terms.items() if term.prefix}
        self._unusable = unusable

    def __missing__(self, name: str) -> str:
        reason = self._unusable.get(name)
        if reason is not None:
            raise InvalidName(f"the @context maps {name!r} to {reason}; use another name", clause="5.5.7")
        iri = self._expand(name)
        if len(self) < self._full:
            self[name] = iri
        return iri

    def _expand(self, name: str) -> str:
        prefix, colon, suffix = name.partition(":")
        if colon and prefix:
            known = None if suffix.startswith("//") else self._prefixes.get(prefix)
            return name if known is None else known + suffix
        return name if not name or is_keyword_form(name) else DEFAULT_CONTEXT + name


class _Compactions(dict[str, str]):
    """IRI → name, by JSON-LD's order: the best term, then the vocabulary, then ``prefix:name``, then the IRI.

    The terms are turned around when the first IRI is asked for: many contexts are only ever read by.
    """

    __slots__ = ("_expanded", "_full", "_prefixes", "_rank", "_stems", "_terms")

    def __init__(self, terms: Mapping[str, Term], expanded: _Expansions, rank: Callable[[Term], int | None]) -> None:
        super().__init__()
        self._terms = terms
        self._expanded = expanded
        self._rank = rank
        self._full = 0
        self._prefixes: dict[str, str] = {}
        self._stems: list[int] = []

    def __missing__(self, iri: str) -> str:
        if not self._full:
            self._turn_around()
            if iri in self:
                return self[iri]
        name = self._compact(iri)
        if len(self) < self._full:
            self[iri] = name
        return name

    def _turn_around(self) -> None:
        best: dict[str, tuple[int, int, str]] = {}
        prefixes: dict[str, str] = {}
        for name, term in self._terms.items():
            if term.is_keyword:
                continue
            rank = self._rank(term)
            if rank is not None:
                key = (rank, len(name), name)
                if term.iri not in best or key < best[term.iri]:
                    best[term.iri] = key
            if term.prefix:
                known = prefixes.get(term.iri)
                if known is None or (len(name), name) < (len(known), known):
                    prefixes[term.iri] = name
        self.update((iri, key[2]) for iri, key in best.items())
        self._prefixes = prefixes
        self._stems = sorted({len(iri) for iri in prefixes})
        self._full = len(self) + _CACHED_NAMES

    def _compact(self, iri: str) -> str:
        if iri.startswith(DEFAULT_CONTEXT):
            suffix = iri[len(DEFAULT_CONTEXT) :]
            if suffix and suffix not in self._terms and self._means(suffix, iri):
                return suffix
        return min(self._prefixed(iri), key=lambda name: (len(name), name), default=iri)

    def _prefixed(self, iri: str) -> Iterable[str]:
        for length in self._stems:
            if length >= len(iri):
                break
            prefix = self._prefixes.get(iri[:length])
            if prefix is not None:
                name = f"{prefix}:{iri[length:]}"
                if name not in self._terms and self._means(name, iri):
                    yield name

    def _means(self, name: str, iri: str) -> bool:
        """Whether the name leads back to the IRI: a suffix may look like another name."""
        try:
            return self._expanded[name] == iri
        except InvalidName:
            return False


def _rank_for_attribute(term: Term) -> int | None:
    if term.language or not term.containers <= {"@set"} or term.type not in (None, "@none", "@id"):
        return None
    return (0 if term.containers else 2) + (0 if term.type == "@id" else 1)


def _rank_for_word(term: Term) -> int | None:
    return None if term.language or term.containers or term.type not in (None, "@none") else 0


def _rank_for_member(term: Term) -> int | None:
    return int(term.type is not None) + int(term.language) + int(bool(term.containers))
