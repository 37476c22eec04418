"""What a reduced schema says about a value: every breach with its path, as JSON Schema 2020-12 judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from citycontext.models.schema.formats import has_format
from citycontext.models.schema.patterns import compiled
from citycontext.models.schema.reduction import Definitions, Schema

__all__ = ["Breach", "breaches", "is_valid"]

Path = tuple[str | int, ...]
_MEMORISED: Final = 3
_MAX_DEPTH: Final = 200  # a schema may refer to itself, a hostile value may nest without end


class Breach(NamedTuple):
    """One place where a value is not what a schema asks for.

    Args:
        path: The way from the value to the place.
        rule: The keyword that is broken, e.g. ``minimum``.
        expected: What the schema asks for.
        found: What is there.
    """

    path: Path
    rule: str
    expected: Any
    found: Any


def is_valid(value: Any, schema: Schema | bool, definitions: Definitions, *, formats: bool = True) -> bool:
    """Return whether a value is what a schema asks for.

    Args:
        value: A JSON value.
        schema: A reduced schema.
        definitions: Resolves its references.
        formats: Whether ``format`` counts.
    """
    return next(breaches(value, schema, definitions, formats=formats), None) is None


def breaches(
    value: Any, schema: Schema | bool, definitions: Definitions, *, formats: bool = True, path: Path = ()
) -> Iterator[Breach]:
    """Yield every breach of a schema.

    Args:
        value: A JSON value.
        schema: A reduced schema.
        definitions: Resolves its references.
        formats: Whether ``format`` counts.
        path: The way to the value, put before every breach's own.
    """
    return _Evaluation(definitions, formats).check(value, schema, path)


class _Evaluation:
    def __init__(self, definitions: Definitions, formats: bool) -> None:
        self.definitions = definitions
        self.formats = formats
        self.depth = 0
        self.alternatives = 0
        self.verdicts: dict[tuple[int, int], bool] = {}

    def check(self, value: Any, schema: Schema | bool, path: Path) -> Iterator[Breach]:
        if schema is True:
            return
        if schema is False:
            yield Breach(path, "not", "no value", value)
            return
        self.depth += 1
        try:
            if self.depth > _MAX_DEPTH:
                yield Breach(path, "depth", f"at most {_MAX_DEPTH} levels", value)
                return
            if "$ref" in schema:
                yield from self.check(value, self.definitions.resolve(schema["$ref"]), path)
            for keyword, argument in schema.items():
                rule = _RULES.get(keyword)
                if rule is not None:
                    yield from rule(self, argument, value, schema, path)
        finally:
            self.depth -= 1

    def valid(self, value: Any, schema: Schema | bool) -> bool:
        """Return whether a value fits; alternatives within alternatives are judged once, or they cost without end."""
        if self.alternatives < _MEMORISED:
            return self._fits(value, schema)
        key = (id(value), id(schema))  # both live as long as the evaluation does
        verdict = self.verdicts.get(key)
        if verdict is None:
            verdict = self.verdicts[key] = self._fits(value, schema)
        return verdict

    def _fits(self, value: Any, schema: Schema | bool) -> bool:
        self.alternatives += 1
        fits = next(self.check(value, schema, ()), None) is None
        self.alternatives -= 1
        return fits


Rule = Callable[[_Evaluation, Any, Any, Schema, Path], Iterator[Breach]]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def _same(left: Any, right: Any) -> bool:
    """Compare as JSON does: ``1`` is ``1.0`` but not ``true``."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _type(run: _Evaluation, names: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    named = names if isinstance(names, list) else [names]
    if not any(_TYPES[name](value) for name in named if name in _TYPES):
        yield Breach(path, "type", " or ".join(map(str, named)), value)


def _enum(run: _Evaluation, choices: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if not any(_same(value, choice) for choice in choices):
        yield Breach(path, "enum", choices, value)


def _const(run: _Evaluation, constant: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if not _same(value, constant):
        yield Breach(path, "const", constant, value)


def _limit(keyword: str, applies: Callable[[Any], bool], holds: Callable[[Any, Any], bool]) -> Rule:
    def rule(run: _Evaluation, limit: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
        if applies(value) and not holds(value, limit):
            yield Breach(path, keyword, limit, value)

    return rule


def _is_multiple(value: Any, step: Any) -> bool:
    quotient = value / step
    return bool(quotient == int(quotient)) if abs(quotient) < 1e300 else False


def _matches(value: str, pattern: str) -> bool:
    # What cannot be told in an affordable time constrains nothing, as a pattern of another dialect.
    return compiled(pattern).matches(value) is not False


def _format(run: _Evaluation, name: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if run.formats and isinstance(value, str) and not has_format(value, name):
        yield Breach(path, "format", name, value)


def _items(run: _Evaluation, item: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, list):
        for index in range(len(schema.get("prefixItems", ())), len(value)):
            yield from run.check(value[index], item, (*path, index))


def _prefix_items(run: _Evaluation, schemas: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, list):
        for index, (one, item) in enumerate(zip(value, schemas, strict=False)):
            yield from run.check(one, item, (*path, index))


def _contains(run: _Evaluation, item: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, list):
        count = sum(run.valid(one, item) for one in value)
        if count < schema.get("minContains", 1) or count > schema.get("maxContains", count):
            yield Breach(path, "contains", item, value)


def _unique_items(run: _Evaluation, wanted: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if wanted and isinstance(value, list):
        try:
            unique = len({(type(one) is bool, one) for one in value}) == len(value)
        except TypeError:
            unique = not any(_same(one, other) for index, one in enumerate(value) for other in value[:index])
        if not unique:
            yield Breach(path, "uniqueItems", "no item twice", value)


def _properties(run: _Evaluation, schemas: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, dict):
        for name, one in schemas.items():
            if name in value:
                yield from run.check(value[name], one, (*path, name))


def _pattern_properties(run: _Evaluation, schemas: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, dict):
        for pattern, one in schemas.items():
            for name in value:
                if _matches(name, pattern):
                    yield from run.check(value[name], one, (*path, name))


def _additional(run: _Evaluation, extra: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, dict):
        patterns = schema.get("patternProperties", {})
        for name in value:
            if name not in schema.get("properties", {}) and not any(_matches(name, one) for one in patterns):
                if extra is False:
                    yield Breach((*path, name), "additionalProperties", "no such member", value[name])
                else:
                    yield from run.check(value[name], extra, (*path, name))


def _property_names(run: _Evaluation, names: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, dict):
        for name in value:
            yield from run.check(name, names, (*path, name))


def _required(run: _Evaluation, names: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, dict):
        for name in names:
            if name not in value:
                yield Breach((*path, name), "required", "to be there", None)


def _dependent_required(run: _Evaluation, needs: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, dict):
        for name, needed in needs.items():
            if name in value:
                yield from _required(run, needed, value, schema, path)


def _dependent_schemas(run: _Evaluation, schemas: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if isinstance(value, dict):
        for name, one in schemas.items():
            if name in value:
                yield from run.check(value, one, path)


def _all_of(run: _Evaluation, schemas: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    for one in schemas:
        yield from run.check(value, one, path)


def _any_of(run: _Evaluation, schemas: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if not any(run.valid(value, one) for one in schemas):
        yield Breach(path, "anyOf", f"one of {len(schemas)} forms", value)


def _one_of(run: _Evaluation, schemas: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    fitting = sum(run.valid(value, one) for one in schemas)
    if fitting != 1:
        yield Breach(path, "oneOf", f"exactly one of {len(schemas)} forms (it has {fitting})", value)


def _not(run: _Evaluation, refused: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    if run.valid(value, refused):
        yield Breach(path, "not", "another value", value)


def _if(run: _Evaluation, condition: Any, value: Any, schema: Schema, path: Path) -> Iterator[Breach]:
    branch = schema.get("then" if run.valid(value, condition) else "else")
    if branch is not None:
        yield from run.check(value, branch, path)


def _has_length(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


_RULES: Final[dict[str, Rule]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _limit("minimum", _is_number, lambda value, limit: value >= limit),
    "maximum": _limit("maximum", _is_number, lambda value, limit: value <= limit),
    "exclusiveMinimum": _limit("exclusiveMinimum", _is_number, lambda value, limit: value > limit),
    "exclusiveMaximum": _limit("exclusiveMaximum", _is_number, lambda value, limit: value < limit),
    "multipleOf": _limit("multipleOf", _is_number, _is_multiple),
    "minLength": _limit("minLength", _has_length, lambda value, limit: len(value) >= limit),
    "maxLength": _limit("maxLength", _has_length, lambda value, limit: len(value) <= limit),
    "pattern": _limit("pattern", _has_length, _matches),
    "format": _format,
    "minItems": _limit("minItems", _is_list, lambda value, limit: len(value) >= limit),
    "maxItems": _limit("maxItems", _is_list, lambda value, limit: len(value) <= limit),
    "uniqueItems": _unique_items,
    "items": _items,
    "prefixItems": _prefix_items,
    "contains": _contains,
    "minProperties": _limit("minProperties", _is_object, lambda value, limit: len(value) >= limit),
    "maxProperties": _limit("maxProperties", _is_object, lambda value, limit: len(value) <= limit),
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "required": _required,
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
