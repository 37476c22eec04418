"""Where the log goes: to stderr, quietly."""

from __future__ import annotations

import logging

__all__ = ["log_to_stderr"]


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Send the program's log to stderr.

    Args:
        level: The least that is shown of citycontext's own; of other packages, warnings.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("citycontext").setLevel(level)
