"""Keep CHANGELOG.md by version, and true.

    python scripts/changelog.py --check              exit 1 where it is not in order, or names what is not there
    python scripts/changelog.py --notes 0.2.0        print what a version, or Unreleased, brings
    python scripts/changelog.py --release 0.2.0 2027-01-31   what is unreleased becomes a version

Entries stand under Added, Changed, Deprecated, Removed, Fixed and Security (https://keepachangelog.com). A Python name
in an entry is a full one, ``citycontext.room.Name``, and is there, unless the entry says what it is called now.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from datetime import date
from pathlib import Path
from typing import Final

from citycontext.errors import MissingExtra

__all__ = ["faults", "main", "notes", "released"]

PATH: Final = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
UNRELEASED: Final = "Unreleased"
KINDS: Final = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")

_VERSION: Final = re.compile(r"^## \[([^\]]+)\](?: - (\S+))?$", re.MULTILINE)
_KIND: Final = re.compile(r"^### (.+)$", re.MULTILINE)
_NAME: Final = re.compile(r"`(citycontext(?:\.\w+)+)(?:\([^`]*\))?`")
_FORMER: Final = re.compile(r"\(was `[^`]+`\)|`citycontext[\w.]+` is `")


def sections(text: str) -> dict[str, str]:
    """Return the text of each version, the newest first."""
    heads = list(_VERSION.finditer(text))
    ends = [*(one.start() for one in heads[1:]), len(text)]
    return {head[1]: text[head.end() : end].strip("\n") for head, end in zip(heads, ends, strict=False)}


def kinds(section: str) -> dict[str, str]:
    """Return the entries of a version by kind, in the order they stand."""
    heads = list(_KIND.finditer(section))
    ends = [*(one.start() for one in heads[1:]), len(section)]
    found: dict[str, str] = {}
    for head, end in zip(heads, ends, strict=False):
        found[head[1]] = "\n".join(filter(None, (found.get(head[1]), section[head.end() : end].strip("\n"))))
    return found


def is_there(name: str) -> bool:
    """Return whether a dotted name can be imported, or its module needs an extra that is not installed."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except MissingExtra:
            return True
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def faults(text: str) -> list[str]:
    """Return what is wrong with a changelog: order of kinds, kinds twice, names that are not there, days that are none.

    Args:
        text: The whole file.
    """
    found = []
    versions = list(_VERSION.finditer(text))
    if not versions or versions[0][1] != UNRELEASED:
        found.append(f"the first section is not [{UNRELEASED}]")
    days = {head[1]: head[2] for head in versions if head[2] is not None}
    found += [f"[{one}]: {day} is not a day" for one, day in days.items() if not re.fullmatch(r"\d{4}-\d\d-\d\d", day)]
    for version, section in sections(text).items():
        heads = [one[1] for one in _KIND.finditer(section)]
        known = [one for one in KINDS if one in heads]
        if heads != known:
            found.append(f"[{version}]: the kinds are {', '.join(heads)}; the order is {', '.join(known)}, each once")
    newest = sections(text).get(UNRELEASED, "")
    # Of older versions names may be gone by now; of this one they are what users look for.
    former = {name for match in _FORMER.finditer(newest) for name in _NAME.findall(match[0] + "`")}
    found += [f"{name} is not there" for name in sorted(set(_NAME.findall(newest)) - former) if not is_there(name)]
    return found


def notes(text: str, version: str) -> str:
    """Return what a version brings, its kinds in order.

    Args:
        text: The whole file.
        version: Its number, or ``Unreleased``.

    Raises:
        KeyError: There is no such version.
    """
    found = kinds(sections(text)[version])
    return "\n\n".join(f"### {kind}\n\n{found[kind]}" for kind in KINDS if found.get(kind)) + "\n"


def released(text: str, version: str, day: date) -> str:
    """Return the changelog with what is unreleased under a version, and an empty section above it.

    Args:
        text: The whole file.
        version: The number of the version.
        day: The day of its release.

    Raises:
        ValueError: The version is there already, or nothing is unreleased.
    """
    if version in sections(text):
        raise ValueError(f"[{version}] is there already")
    brought = notes(text, UNRELEASED)
    if not brought.strip():
        raise ValueError("nothing is unreleased")
    first, *rest = _VERSION.finditer(text)
    end = rest[0].start() if rest else len(text)
    return f"{text[: first.end()]}\n\n## [{version}] - {day.isoformat()}\n\n{brought}\n{text[end:]}"


def main(arguments: list[str]) -> int:
    """Answer the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Keep CHANGELOG.md by version, and true.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="exit 1 where it is not in order")
    what.add_argument("--notes", metavar="VERSION", help="print what a version brings")
    what.add_argument("--release", nargs=2, metavar=("VERSION", "DAY"), help="make a version of what is unreleased")
    given = parser.parse_args(arguments)
    text = PATH.read_text(encoding="utf-8")
    try:
        if given.notes:
            print(notes(text, given.notes), end="")
        elif given.release:
            version, day = given.release
            PATH.write_text(released(text, version, date.fromisoformat(day)), encoding="utf-8")
    except KeyError as unknown:
        parser.error(f"CHANGELOG.md has no section [{unknown.args[0]}]")
    except ValueError as wrong:
        parser.error(str(wrong))
    found = faults(text) if given.check else []
    for one in found:
        print(f"CHANGELOG.md: {one}", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
