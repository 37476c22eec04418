"""What all of the command line but its entry needs: imported first, so that one line says what to install."""

from __future__ import annotations

from citycontext.extras import require

__all__: list[str] = []

require("cli", "typer", "rich", "jmespath", "tomlkit", purpose="The command line")
