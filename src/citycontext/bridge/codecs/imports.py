"""Import what a configuration names as ``module:object``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from citycontext.errors import ConfigurationError

__all__ = ["import_object"]


def import_object(path: str, folder: Path | None = None) -> Any:
    """Import an object.

    Args:
        path: ``module:object``.
        folder: Where modules are looked for too.

    Returns:
        The object.

    Raises:
        ConfigurationError: The module cannot be imported, or has no such object.
    """
    module_name, _, attribute = path.partition(":")
    if folder is not None and str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        return getattr(importlib.import_module(module_name), attribute)
    except (ImportError, ValueError) as error:
        raise ConfigurationError(f'codec "{path}" cannot be imported: {error}.', key="codec") from None
    except AttributeError:
        raise ConfigurationError(f'module {module_name} has no "{attribute}".', key="codec") from None
