"""The history of the broker's entities as flat rows, for dashboards: a convenience beside the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from citycontext.broker.documents.timestamps import microseconds_of
from citycontext.broker.responses.problems import Problem, bad_request_data
from citycontext.broker.store import Store
from citycontext.errors import DataError
from citycontext.ngsild.flat_rows import FlatRow, RowRequest, TooManyRows, last_part, rows_of, written_rows
from citycontext.web.media_types import CSV, JSON

__all__ = ["ROWS_PATH", "answer_rows"]

ROWS_PATH: Final = "/rows"


def answer_rows(http: HttpRequest, store: Store, tenant: int) -> Response:
    """Answer a request for rows.

    Args:
        http: The request.
        store: Where the history is.
        tenant: Whose it is.

    Raises:
        Problem: A parameter is not valid, or there are too many rows.
    """
    try:
        request = RowRequest.read(http.query_params)
        content = written_rows(_rows(request, store, tenant), as_csv=request.as_csv)
    except TooManyRows as error:
        raise Problem("TooManyResults", str(error), status=403) from None
    except DataError as error:
        raise bad_request_data(str(error)) from None
    return Response(content, media_type=CSV if request.as_csv else JSON)


def _rows(request: RowRequest, store: Store, tenant: int) -> Iterator[FlatRow]:
    table = store.evolution
    start, end = (None if one is None else microseconds_of(one) for one in (request.start, request.end))
    for frame in table.select(tenant, None, list(request.ids) or None):
        if not request.wants_types(frame.types):
            continue
        attributes = table.attributes(frame.number)
        name = next((one for one in attributes if last_part(one) == "name"), None)
        named = (
            table.instances(frame.number, name, time_property="modifiedAt", limit=1, newest_first=True) if name else []
        )
        called = next(
            (str(one["value"]) for one in named if isinstance(one.get("value"), str)), frame.id.rpartition(":")[2]
        )
        for attribute in attributes:
            if not request.wants_attribute(attribute):
                continue
            # What has no time of observation is found by the time at which it was written.
            for by in ("observedAt", "modifiedAt"):
                instances = table.instances(
                    frame.number,
                    attribute,
                    time_property=by,
                    start=start,
                    end=end,
                    limit=request.last,
                    newest_first=True,
                )
                fitting = (one for one in instances if by in one and (by == "observedAt" or "observedAt" not in one))
                yield from rows_of(request, frame.id, called, frame.types[0], attribute, fitting)
