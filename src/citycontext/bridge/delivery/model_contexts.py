"""Under which names entities are written: by the models' @contexts, by those that are configured, or by none."""

from __future__ import annotations

from functools import cache

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.errors import DataError
from citycontext.models import describe
from citycontext.models.meaning import context_of_type, model_context
from citycontext.ngsild.context import Context
from citycontext.ngsild.terms import DEFAULT_CONTEXT

__all__ = ["named_contexts", "written_type"]


def named_contexts(config: BridgeConfig) -> dict[str, str]:
    """Return the addresses of the @contexts of entity types whose model a route names by its subject.

    Args:
        config: The configuration.
    """
    if not config.context_broker.by_models:
        return {}
    found: dict[str, str] = {}
    for route in config.route:
        for entity in route.entity:
            subject, dot, name = (entity.model or "").rpartition(".")
            if dot and ":" not in name:
                context = describe(name, subject).context
                found |= dict.fromkeys(entity.all_types, context) if context else {}
    return found


def written_type(type_name: str, config: BridgeConfig, read: Context | None = None) -> str:
    """Return the IRI that a type is written as, empty where a configured @context decides that is not known here.

    Args:
        type_name: The type of a route.
        config: The configuration.
        read: The configured @context, where somebody fetched it.
    """
    configured = config.context_broker.context
    if read is not None and not config.context_broker.by_models:
        return read.expand_vocab(type_name)
    if config.context_broker.by_models:
        address = named_contexts(config).get(type_name) or _context(type_name)
    elif len(configured) <= 1:
        address = configured[0] if configured else ""
    else:
        return ""
    if not address:
        return type_name if "://" in type_name else DEFAULT_CONTEXT + type_name
    context = model_context(address)
    return "" if context is None else context.expand_vocab(type_name)


@cache
def _context(type_name: str) -> str:
    try:
        return context_of_type(type_name)
    except DataError:
        return ""
