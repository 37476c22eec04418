"""All inboxes of a bridge as one: where its worker takes messages, and hands them back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from citycontext.bridge.journal.inbox import JournalInbox
from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.journal.newest_times import Delivered
from citycontext.bridge.message import Message
from citycontext.bridge.sources.direct_inbox import DirectInbox

__all__ = ["Inboxes"]

_IN_TURN: Final = 0.02


class Inboxes:
    """The inbox of the journal, that of sources which keep their messages, or both.

    Args:
        journal: The one, where a source needs it.
        direct: The other.
    """

    def __init__(self, journal: JournalInbox | None, direct: DirectInbox | None) -> None:
        self.journal: Final = journal
        self.direct: Final = direct

    @property
    def is_alive(self) -> bool:
        """Whether their threads run."""
        return all(one.is_alive for one in (self.journal, self.direct) if one is not None)

    def start(self) -> None:
        """Start their threads."""
        for one in (self.journal, self.direct):
            if one is not None:
                one.start()

    def close(self) -> None:
        """End their threads; what was settled is written or acknowledged first."""
        for one in (self.direct, self.journal):
            if one is not None:
                one.close()

    def take(self, limit: int, timeout: float) -> list[Message]:
        """Take messages to work on, in the order in which each source brought them.

        Args:
            limit: Most messages.
            timeout: Longest wait for the first, seconds.

        Returns:
            The messages; none when the time is over.
        """
        if self.direct is None:
            return [] if self.journal is None else self.journal.take(limit, timeout)
        if self.journal is None:
            return self.direct.take(limit, timeout)
        deadline = time.monotonic() + timeout
        while True:
            taken = self.journal.take(limit // 2, 0.0)
            taken += self.direct.take(limit - len(taken), 0.0 if taken else _IN_TURN)
            if taken or time.monotonic() >= deadline:
                return taken

    def settle(self, done: Sequence[Message], refused: Sequence[Refusal], newest: Delivered | None = None) -> None:
        """Hand messages back, each to the inbox it came from.

        Args:
            done: Messages that were delivered, or need no delivery.
            refused: Messages that become dead letters.
            newest: The newest times of observation of what was delivered, of messages that the journal has.
        """
        if self.direct is None:
            assert self.journal is not None, "there is one of them"
            self.journal.settle(list(done), list(refused), newest)
            return
        self.direct.settle(
            [one for one in done if one.mark is not None], [one for one in refused if one.message.mark is not None]
        )
        if self.journal is not None:
            self.journal.settle(
                [one for one in done if one.mark is None],
                [one for one in refused if one.message.mark is None],
                newest,
            )

    @property
    def taken(self) -> int:
        """Messages given to be worked on."""
        return sum(one.taken for one in (self.journal, self.direct) if one is not None)

    @property
    def received(self) -> int:
        """Messages taken over since the start."""
        return sum(one.received for one in (self.journal, self.direct) if one is not None)

    @property
    def dead(self) -> int:
        """Messages that became dead letters."""
        return sum(one.dead for one in (self.journal, self.direct) if one is not None)

    @property
    def is_drained(self) -> bool:
        """Whether all that arrived was kept and taken, or was acknowledged."""
        return all(one.is_drained for one in (self.journal, self.direct) if one is not None)

    @property
    def waiting(self) -> int:
        """Messages that are ours and not done: in the journal, or brought and not acknowledged."""
        journal, direct = self.journal, self.direct
        return (0 if journal is None else journal.waiting) + (0 if direct is None else direct.waiting)

    @property
    def journalled(self) -> int:
        """Messages kept on disk since the start."""
        return 0 if self.journal is None else self.journal.journalled

    @property
    def dropped(self) -> int:
        """Messages lost because they were too many or too old, as configured."""
        return 0 if self.journal is None else self.journal.dropped

    @property
    def is_writable(self) -> bool:
        """Whether messages can be taken: the journal can be written, or is not needed."""
        return self.journal is None or (self.journal.trouble is None and self.journal.shortage is None)

    @property
    def troubles(self) -> list[str]:
        """What is wrong right now, in words for a person."""
        journal, direct = self.journal, self.direct
        found = [] if journal is None else [journal.trouble, journal.shortage, journal.loss]
        found += [] if direct is None else [direct.trouble]
        return [one for one in found if one is not None]
