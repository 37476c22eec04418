"""Does a graph keep to its profile? SHACL, with shapes of our own, since the official ones pass anything or nothing."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

from citycontext.errors import MissingExtra
from citycontext.ngsild.findings import Finding, Severity
from citycontext.oslo.graph import Graph
from citycontext.oslo.n_triples import write_n_triples
from citycontext.oslo.profiles import Profile

__all__ = ["check_shapes"]

_THINGS: Final = "voorzieningen"


def check_shapes(graph: Graph, profile: Profile, *, shapes: str = "") -> list[Finding]:
    """Check a graph against the shapes of a profile, and those of things: parking, the public domain, addresses.

    Args:
        graph: The graph.
        profile: The profile that its observations follow.
        shapes: Other shapes, as Turtle: the official ones, or a city's.

    Returns:
        What does not conform; empty where all does.

    Raises:
        MissingExtra: SHACL needs pyshacl.
    """
    try:
        import rdflib
        from pyshacl import validate
    except ModuleNotFoundError as missing:
        raise MissingExtra("shacl", package=missing.name or "pyshacl", purpose="Checking shapes") from None
    folder = files("citycontext.oslo") / "shapes"
    names = (profile.context, _THINGS)
    rules = rdflib.Graph()
    for turtle in [shapes] if shapes else [(folder / f"{name}.ttl").read_text("utf-8") for name in names]:
        rules.parse(data=turtle, format="turtle")
    data = rdflib.Graph().parse(data=write_n_triples(graph), format="nt")
    _, results, _ = validate(data, shacl_graph=rules, advanced=False)
    return sorted(_findings(results, rdflib.Namespace("http://www.w3.org/ns/shacl#")), key=lambda one: one.path)


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
