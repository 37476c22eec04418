"""How many dead letters there are, and why, without looking at them: the file itself keeps count.

Whoever adds or removes a dead letter, the bridge or another process, the triggers count. The rows are bounded: one for
each route, stage and attribute, with the newest reason, for reasons name values and may be as many as the letters.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

__all__ = ["DeadLetterCount", "counts", "drop_oldest", "prepare_counts"]

_SIZE: Final = "length({0}payload) + length({0}topic) + length({0}reason) + 64"
_OWN_SIZE: Final = _SIZE.format("")
_DROPPED_AT_ONCE: Final = 10_000
# The conflict clause of the statement that fires a trigger overrides those within it: hence no ON CONFLICT here.
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS dead_count (
    route TEXT NOT NULL, stage TEXT NOT NULL, attribute TEXT NOT NULL,
    number INTEGER NOT NULL, bytes INTEGER NOT NULL, reason TEXT NOT NULL, failed REAL NOT NULL,
    PRIMARY KEY (route, stage, attribute)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS dead_letter_added AFTER INSERT ON dead_letter BEGIN
    INSERT OR IGNORE INTO dead_count VALUES (new.route, new.stage, new.attribute, 0, 0, '', 0);
    UPDATE dead_count
    SET number = number + 1, bytes = bytes + {_SIZE.format("new.")}, reason = new.reason, failed = new.failed
    WHERE route = new.route AND stage = new.stage AND attribute = new.attribute;
END;
CREATE TRIGGER IF NOT EXISTS dead_letter_removed AFTER DELETE ON dead_letter BEGIN
    UPDATE dead_count SET number = number - 1, bytes = bytes - ({_SIZE.format("old.")})
    WHERE route = old.route AND stage = old.stage AND attribute = old.attribute;
END;
INSERT INTO dead_count
    SELECT route, stage, attribute, count(*), sum({_OWN_SIZE}), reason, max(failed) FROM dead_letter
    WHERE NOT EXISTS (SELECT 1 FROM dead_count) GROUP BY route, stage, attribute;
"""  # noqa: S608 - nothing in it comes from outside


@dataclass(frozen=True, slots=True)
class DeadLetterCount:
    """Dead letters of one kind.

    Args:
        route: The route they were on.
        stage: Who refused them.
        attribute: The attribute at fault, where it is one.
        number: How many there are.
        bytes: Bytes they take, about.
        reason: The newest reason.
        failed: When the newest was put aside, seconds since 1970.
    """

    route: str
    stage: str
    attribute: str
    number: int
    bytes: int
    reason: str
    failed: float


def prepare_counts(connection: sqlite3.Connection) -> None:
    """See to it that the file counts; one of an earlier version is counted through once.

    Args:
        connection: To the journal's file.

    Raises:
        sqlite3.Error: The file cannot be written.
    """
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'dead_letter_removed'").fetchone()
    if found is None:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")


def counts(connection: sqlite3.Connection) -> list[DeadLetterCount]:
    """Return the counts.

    Args:
        connection: To the journal's file.

    Returns:
        Those that are not zero, the most frequent first.
    """
    rows = connection.execute(
        "SELECT route, stage, attribute, number, bytes, reason, failed FROM dead_count WHERE number > 0"
        " ORDER BY number DESC, route"
    )
    return [DeadLetterCount(*row) for row in rows]


def drop_oldest(connection: sqlite3.Connection, *, size: int | None = None, before: float | None = None) -> int:
    """Delete the dead letters that are too many or too old, the oldest first.

    Args:
        connection: To the journal's file.
        size: Bytes that may stay; without it, any number.
        before: Seconds since 1970: those put aside earlier go.

    Returns:
        How many went; some thousands at most, so that nobody waits for long.

    Raises:
        sqlite3.Error: The file cannot be written.
    """
    excess = 0
    if size is not None:
        excess = connection.execute("SELECT coalesce(sum(bytes), 0) FROM dead_count").fetchone()[0] - size
    if excess <= 0 and before is None:
        return 0
    last, count = 0, 0
    query = f"SELECT id, failed, {_OWN_SIZE} FROM dead_letter ORDER BY id LIMIT {_DROPPED_AT_ONCE}"  # noqa: S608
    for number, failed, length in connection.execute(query):
        if excess <= 0 and (before is None or failed >= before):
            break
        last, count, excess = number, count + 1, excess - length
    if count:
        connection.execute("DELETE FROM dead_letter WHERE id <= ?", (last,))
    return count
