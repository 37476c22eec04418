"""Does a graph keep to its profile? SHACL, with shapes of our own, since the official ones pass anything or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from citycontext.errors import InvalidDocument, MissingExtra
from citycontext.ngsild.findings import Finding, Severity
from citycontext.oslo.graph import Graph, Literal
from citycontext.oslo.n_triples import write_n_triples
from citycontext.oslo.profiles import Profile
from citycontext.oslo.turtle import parse_turtle
from citycontext.oslo.vocabulary import XSD

__all__ = ["check_shapes"]

_THINGS: Final = "voorzieningen"
_LONGEST: Final = 200
_COUNTS: Final = frozenset(
    f"http://www.w3.org/ns/shacl#{name}"
    for name in ("minCount", "maxCount", "qualifiedMinCount", "qualifiedMaxCount", "minLength", "maxLength")
)


def check_shapes(graph: Graph, profile: Profile, *, shapes: str | Sequence[str] = "") -> list[Finding]:
    """Check a graph against the shapes of a profile, and those of things: parking, the public domain, addresses.

    Args:
        graph: The graph.
        profile: The profile that its observations follow.
        shapes: Other shapes, as Turtle, one text or several: the official ones, or a city's.

    Returns:
        What does not conform; empty where all does.

    Raises:
        InvalidDocument: The shapes are not Turtle, or not shapes.
        MissingExtra: SHACL needs pyshacl.
    """
    try:
        import rdflib
        from pyshacl import validate
    except ModuleNotFoundError as missing:
        raise MissingExtra("shacl", package=missing.name or "pyshacl", purpose="Checking shapes") from None
    folder = files("citycontext.oslo") / "shapes"
    names = (profile.context, _THINGS)
    given = [shapes] if isinstance(shapes, str) and shapes else list(shapes)
    rules = rdflib.Graph()
    for turtle in given or [(folder / f"{name}.ttl").read_text("utf-8") for name in names]:
        rules.parse(data=write_n_triples(_whole_counts(parse_turtle(turtle, "text/turtle"))), format="nt")
    data = rdflib.Graph().parse(data=write_n_triples(graph), format="nt")
    try:
        _, results, _ = validate(data, shacl_graph=rules, advanced=False)
    except Exception as wrong:  # pyshacl raises many kinds for shapes that are none
        said = " ".join(str(wrong).split())[:_LONGEST]
        raise InvalidDocument(f"the shapes cannot be used: {said}") from None
    return sorted(_findings(results, rdflib.Namespace("http://www.w3.org/ns/shacl#")), key=lambda one: one.path)


def _whole_counts(shapes: Graph) -> Graph:
    """Return shapes with counts as the processor wants them: published ones count in ``xsd:long``, which it refuses."""
    written = Graph()
    for subject, predicate, value in shapes:
        if isinstance(value, Literal) and predicate in _COUNTS:
            value = value._replace(datatype=XSD + "integer")
        written.add(subject, predicate, value)
    return written


def _findings(results: Any, shacl: Any) -> list[Finding]:
    found = []
    for result in results.subjects(None, shacl.ValidationResult):
        focus, path = results.value(result, shacl.focusNode), results.value(result, shacl.resultPath)
        component = str(results.value(result, shacl.sourceConstraintComponent) or "").rpartition("#")[2]
        message = str(results.value(result, shacl.resultMessage) or component)
        where = f"{focus} {path}" if path is not None else f"{focus}"
        severity = str(results.value(result, shacl.resultSeverity) or "").endswith("Violation")
        found.append(
            Finding(
                where,
                component.removesuffix("ConstraintComponent"),
                message,
                Severity.ERROR if severity else Severity.WARNING,
            )
        )
    return found
