"""Topic patterns with captures: ``sensors/{city}/{device}/+`` subscribes to ``sensors/+/+/+``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["TopicPattern"]

_CAPTURE: Final = re.compile(r"\{([a-z][a-z0-9_]*)(#?)\}")

_PART: Final = re.compile(r"([^+#{}]*)\{([a-z][a-z0-9_]*)\}([^+#{}]*)")


class TopicPattern:
    """One topic pattern of a route, compiled.

    A level is text, ``+`` (any one level), ``{name}`` (any one level, captured), text with one ``{name}`` in it (a part
    of a level, captured: ``shellyht-{id}``), or, at the end only, ``#`` (any levels) or ``{name#}`` (any levels,
    captured as one text with slashes).

    Args:
        text: The pattern as written in the configuration.

    Raises:
        ValueError: The pattern breaks the rules of MQTT or of captures; says which level.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.captures: tuple[str, ...] = ()
        if not text:
            raise ValueError("a topic cannot be empty")
        levels = text.split("/")
        wanted, matched, names = [], [], []
        for index, level in enumerate(levels):
            last = index == len(levels) - 1
            capture = _CAPTURE.fullmatch(level)
            if capture is not None:
                name, many = capture[1], capture[2] == "#"
                if name in names:
                    raise ValueError(f"topic {text!r} captures {{{name}}} twice; give each capture its own name")
                names.append(name)
                if many and not last:
                    raise ValueError(f"topic {text!r}: {level} takes all levels that follow, so it must be the last")
                wanted.append("#" if many else "+")
                matched.append(f"(?P<{name}>.+)" if many else f"(?P<{name}>[^/]*)")
            elif level == "+":
                wanted.append("+")
                matched.append("[^/]*")
            elif level == "#":
                if not last:
                    raise ValueError(f"topic {text!r}: '#' takes all levels that follow, so it must be the last")
                wanted.append("#")
                matched.append(".*")
            elif (part := _PART.fullmatch(level)) is not None:
                if part[2] in names:
                    raise ValueError(f"topic {text!r} captures {{{part[2]}}} twice; give each capture its own name")
                names.append(part[2])
                wanted.append("+")
                matched.append(f"{re.escape(part[1])}(?P<{part[2]}>[^/]+){re.escape(part[3])}")
            elif any(sign in level for sign in "+#{}"):
                raise ValueError(
                    f"topic {text!r}: level {level!r} mixes text with a wildcard or with more than one capture; "
                    "'+', '#' and {name#} must be a whole level, {name} (lower case, digits, '_') once in a level"
                )
            else:
                wanted.append(level)
                matched.append(re.escape(level))
        self.filter: Final = "/".join(wanted)
        self.captures = tuple(names)
        pattern = "/".join(matched)
        if wanted[-1] == "#" and levels[-1] == "#" and len(levels) > 1:
            pattern = "/".join(matched[:-1]) + "(?:/.*)?"
        self._match: Final = re.compile(pattern, re.DOTALL).fullmatch
        self._hides_system: Final = wanted[0] in ("+", "#")

    def match(self, topic: str) -> dict[str, str] | None:
        """Match a topic.

        Args:
            topic: The topic a message came on.

        Returns:
            The captured levels by name, or ``None`` if the topic is not of this pattern. A pattern that starts
            with a wildcard does not match topics that start with ``$`` (MQTT 3.1.1, 4.7.2).
        """
        found = self._match(topic)
        if found is None or (self._hides_system and topic.startswith("$")):
            return None
        return found.groupdict()

    def overlaps(self, other: TopicPattern) -> bool:
        """Return whether some topic matches both patterns.

        Args:
            other: The pattern to compare with.
        """
        return _overlap(self.filter.split("/"), other.filter.split("/"))

    def __repr__(self) -> str:
        return f"TopicPattern({self.text!r})"


def _overlap(left: Sequence[str], right: Sequence[str]) -> bool:
    for index in range(max(len(left), len(right))):
        if "#" in (*left[index : index + 1], *right[index : index + 1]):
            return True
        if index >= len(left) or index >= len(right):
            return left[index:] == ["#"] or right[index:] == ["#"]
        if left[index] != right[index] and "+" not in (left[index], right[index]):
            return False
    return True
