"""The program's entry: it answers even where nothing but the core is installed, and ends errors in one line."""

from __future__ import annotations

import sys
from typing import Final

from citycontext.cli.conventions import broken_for, extra
from citycontext.errors import CityContextError, ConfigurationError
from citycontext.foreign_text import printable

__all__ = ["main", "run"]

INTERRUPTED = 130
_LONGEST: Final = 2000


def run() -> None:
    """Run the command line of the process, and exit."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run a command.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit code: 0; 1 where the command's own answer is "no"; 2 for an error, told on stderr, a line for each
        fault; 130 where it was interrupted.
    """
    try:
        with extra("cli", purpose="The command line"):
            from citycontext.cli.commands import app
        app(args=arguments, prog_name="citycontext")
    except CityContextError as error:
        faults = str(error).splitlines() if isinstance(error, ConfigurationError) and error.further else [str(error)]
        for fault in faults:
            line = f"citycontext: {printable(' '.join(fault.split()), _LONGEST)}"
            print(broken_for(sys.stderr, line), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
