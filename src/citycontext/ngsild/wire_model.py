"""What the documents of the API have in common: subscriptions, registrations, notifications and the rest.

A document has the members of its table in CIM 009, 5.2, under Python names; members it does not know stay in it and
go out again. ``from_dict`` takes what a broker sent as long as each member is of its type; building one, or reading
``strict``, also checks what the clauses ask for beyond that. Times keep the text they came with.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

from citycontext.errors import DataError, InvalidDocument, InvalidName, InvalidTime
from citycontext.foreign_text import shown
from citycontext.ngsild.json_text import read_json, write_json
from citycontext.ngsild.names import is_uri, to_camel
from citycontext.ngsild.time import format_datetime, is_datetime, parse_datetime

__all__ = ["Number", "OptText", "OptTime", "Text", "Time", "Timestamp", "WireModel", "one_of", "optional", "uri"]


class Timestamp(datetime):
    """A point in time that keeps the text it was read from.

    Args:
        text: For example ``2024-05-01T10:00:00.500Z``.
    """

    _text: str

    @property
    def text(self) -> str:
        """The text; of an instant that was computed from another, as the standard writes it."""
        return getattr(self, "_text", None) or format_datetime(self)

    @classmethod
    def read(cls, given: Any) -> Timestamp:
        """Make a timestamp of a text or a datetime.

        Args:
            given: The text, or an instant with a zone.

        Raises:
            InvalidTime: It is not valid, or has no zone.
        """
        if isinstance(given, Timestamp):
            return given
        text = format_datetime(given) if isinstance(given, datetime) else given
        instant = parse_datetime(text)
        made = cls.combine(instant.date(), instant.timetz())
        made._text = text
        return made

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return (Timestamp.read, (self.text,))


def _number(given: Any) -> Any:
    """Keep whole numbers and others apart, and refuse what pydantic would take for a number."""
    if type(given) not in (int, float):
        raise InvalidDocument(f"{shown(given)} is not a number")
    return given


def _as_text(given: Any) -> Any:
    """Take a query that was built as the text it stands for."""
    return str(given) if type(given).__module__.startswith("citycontext.ngsild.query") else given


if TYPE_CHECKING:

    class Time:
        """A time: set a datetime or a text, read a datetime."""

        def __get__(self, document: Any, owner: Any) -> datetime: ...
        def __set__(self, document: Any, value: datetime | str) -> None: ...

    class OptTime:
        """A time that may lack."""

        def __get__(self, document: Any, owner: Any) -> datetime | None: ...
        def __set__(self, document: Any, value: datetime | str | None) -> None: ...

    class Text:
        """A query: set a text, or what a query builder made; read the text."""

        def __get__(self, document: Any, owner: Any) -> str: ...
        def __set__(self, document: Any, value: Any) -> None: ...

    class OptText:
        """A query that may lack: set a text, or what a query builder made; read the text."""

        def __get__(self, document: Any, owner: Any) -> str | None: ...
        def __set__(self, document: Any, value: Any) -> None: ...

    Number = int | float
else:
    Number = Annotated[int | float, BeforeValidator(_number)]
    Time = Annotated[
        datetime,
        BeforeValidator(Timestamp.read),
        PlainSerializer(lambda time: time.text),
    ]
    OptTime = Time | None
    Text = Annotated[str, BeforeValidator(_as_text)]
    OptText = Annotated[str | None, BeforeValidator(_as_text)]


def optional(wire_name: str | None = None) -> Any:
    """Declare a member that may lack, where it is not of a plain type.

    Args:
        wire_name: The member's name on the wire, where it is not the camelCase of the Python name.
    """
    return Field(default=None, alias=wire_name)


class WireModel(BaseModel):
    """A document of the API.

    Args:
        members: The members by their Python name; ``None`` leaves one out.

    Raises:
        InvalidDocument: A member is missing or of the wrong type, or breaks a clause.
        InvalidName: There is no such member.
    """

    # Built at first use: a program that only reads entities does not wait for the models of subscriptions.
    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=to_camel, extra="allow", validate_assignment=True, defer_build=True
    )

    clause: ClassVar[str] = ""
    """The clause of CIM 009 that has the document's table."""

    if not TYPE_CHECKING:

        def __init__(self, **members):
            fields = type(self).model_fields
            wire = {}
            for name, value in members.items():
                if name not in fields:
                    raise _unknown(type(self), name)
                if value is not None:
                    wire[fields[name].alias] = value
            if "type" in fields and isinstance(fields["type"].default, str):
                wire.setdefault("type", fields["type"].default)
            try:
                self.__pydantic_validator__.validate_python(wire, self_instance=self)
            except ValidationError as wrong:
                raise _translated(wrong, self.clause) from None
            self.check()

        # Documents inside documents are then read without this constructor, which is for people.
        __init__.__pydantic_base_init__ = True

        def __setattr__(self, name, value):
            if name not in type(self).model_fields:
                raise _unknown(type(self), name)
            try:
                super().__setattr__(name, value)
            except ValidationError as wrong:
                raise _translated(wrong, self.clause) from None
            if value is None:
                self.__pydantic_fields_set__.discard(name)

    @classmethod
    def from_dict(cls, payload: Any, *, strict: bool = False) -> Self:
        """Read a document from its JSON object.

        Args:
            payload: The object.
            strict: Also check what the clauses ask for beyond the type of each member.

        Raises:
            InvalidDocument: A member is missing or of the wrong type; in strict reading, or breaks a clause.
            DataError: In strict reading: a query or a time in it is wrong.
        """
        if not isinstance(payload, dict):
            raise InvalidDocument(f"a {cls.__name__} is a JSON object, not {shown(payload)}", clause=cls.clause)
        try:
            document = cls.model_validate(payload)
        except ValidationError as wrong:
            raise _translated(wrong, cls.clause) from None
        if strict:
            document.check()
        return document

    @classmethod
    def from_json(cls, text: bytes | str, *, strict: bool = False) -> Self:
        """Read a document from JSON text; see ``from_dict``.

        Raises:
            InvalidDocument: The text is not JSON, or as ``from_dict``.
        """
        return cls.from_dict(read_json(text, InvalidDocument), strict=strict)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: what was read or set, unknown members included."""
        return self.model_dump(by_alias=True, exclude_unset=True)

    def to_json(self) -> bytes:
        """Return the document as JSON text in UTF-8."""
        return write_json(self.to_dict(), InvalidDocument)

    def __repr__(self) -> str:
        try:
            return super().__repr__()
        except RecursionError:
            return f"{type(self).__name__}(…)"

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return [(name, value) for name, value in super().__repr_args__() if value is not None]

    def check(self, *, path: str = "") -> None:
        """Check what the clauses ask for beyond the type of each member.

        Args:
            path: Where the document stands in another one.

        Raises:
            InvalidDocument: It breaks a clause; the error names the member and the clause.
            DataError: A query or a time in it is wrong.
        """
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            where = f"{path}.{field.alias}" if path else str(field.alias)
            if isinstance(value, WireModel):
                value.check(path=where)
            elif isinstance(value, Timestamp):
                if not is_datetime(value.text):
                    raise InvalidTime(f"{value.text!r} is not in UTC with Z", path=where, clause="4.6.3")
            elif isinstance(value, list):
                for index, one in enumerate(value):
                    if isinstance(one, WireModel):
                        one.check(path=f"{where}[{index}]")
        self._check(f"{path}." if path else "")

    def _check(self, prefix: str) -> None:
        """Check the document's own clauses; ``prefix`` goes before a member's name in an error's path."""


def one_of(value: str | None, allowed: Iterable[str], path: str, clause: str) -> None:
    """Refuse a text that is not one of those a table lists.

    Args:
        value: The text; ``None`` passes.
        allowed: The list.
        path: Where the text stands.
        clause: The clause with the table.

    Raises:
        InvalidDocument: It is not one of them.
    """
    listed = list(allowed)
    if value is not None and value not in listed:
        raise InvalidDocument(f"{shown(value)} is not one of {', '.join(listed)}", path=path, clause=clause)


def uri(value: str | None, path: str, clause: str) -> None:
    """Refuse a text that is not a URI.

    Args:
        value: The text; ``None`` passes.
        path: Where it stands.
        clause: The clause that asks for a URI.

    Raises:
        InvalidDocument: It is not valid.
    """
    if value is not None and not is_uri(value):
        raise InvalidDocument(f"{shown(value, 120)} is not a URI", path=path, clause=clause)


_SECRET: Final = frozenset({"receiverInfo", "notifierInfo", "contextSourceInfo", "uri", "endpoint"})
_UNION_TAGS: Final = frozenset({"str", "int", "float", "bool", "dict", "list"})


def _translated(wrong: ValidationError, clause: str) -> DataError:
    """Say in our words what pydantic found first."""
    first = wrong.errors(include_url=False)[0]
    where = [part for part in first["loc"] if isinstance(part, int) or not (part in _UNION_TAGS or "[" in part)]
    path = ""
    for part in where:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InvalidTime):
        return InvalidTime(cause.message, path=path, clause=cause.clause)
    if isinstance(cause, DataError):
        return InvalidDocument(cause.message, path=path, clause=cause.clause or clause)
    if first["type"] == "missing":
        return InvalidDocument("it is missing", path=path, clause=clause)
    found = "" if _SECRET.intersection(where) else f", not {shown(first['input'], 60)}"
    return InvalidDocument(f"{first['msg'].replace('Input should', 'this should')}{found}", path=path, clause=clause)


def _unknown(cls: type[WireModel], name: str) -> InvalidName:
    near = get_close_matches(name, list(cls.model_fields), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return InvalidName(f"a {cls.__name__} has no member {name!r}{hint}", clause=cls.clause)
