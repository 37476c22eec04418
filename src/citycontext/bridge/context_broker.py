"""The context broker as the bridge sees it: it takes updates and history, tenant by tenant."""

from __future__ import annotations

from typing import Any

import httpx

from citycontext.bridge.config import ContextBrokerConfig
from citycontext.client import GENERIC, ORION_LD, SCORPIO, STELLIO, Client
from citycontext.client.auth import BearerToken, OAuth2ClientCredentials
from citycontext.ngsild.batch import BatchResult

__all__ = ["ContextBroker", "auth_of", "headers_of"]

_PROFILES = {"generic": GENERIC, "orion-ld": ORION_LD, "scorpio": SCORPIO, "stellio": STELLIO}


class ContextBroker:
    """Writes updates with the client of this package. Repeating is left to the delivery, which never gives up.

    Args:
        config: Where it is and who we are.

    Raises:
        ConfigurationError: The client cannot use the settings.
    """

    def __init__(self, config: ContextBrokerConfig) -> None:
        self._client = Client(
            config.url,
            tenant=config.tenant,
            context=list(config.context) or None,
            headers=headers_of(config),
            auth=auth_of(config),
            verify=True if config.ca_file is None else str(config.ca_file),
            timeout=config.timeout,
            retries=0,
            profile=_PROFILES[config.profile],
        )
        self._of_tenant: dict[str | None, Client] = {None: self._client}

    def upsert(self, tenant: str | None, entities: list[dict[str, Any]]) -> BatchResult:
        """Create entities, or append and overwrite the attributes given (CIM 009, 5.6.8, option ``update``).

        Args:
            tenant: Tenant, if the route names one.
            entities: In normalized form, no two with the same id.

        Returns:
            What became of each.

        Raises:
            CityContextError: The request as a whole had no success.
        """
        return self._of(tenant).batch.upsert(entities, mode="update")

    def append_history(self, tenant: str | None, entity: dict[str, Any]) -> None:
        """Create the evolution of an entity, or add instances to the one that is there (CIM 009, 5.6.11).

        Args:
            tenant: Tenant, if the route names one.
            entity: In temporal form: each attribute is a list of instances.

        Raises:
            CityContextError: The context broker did not take it.
        """
        self._of(tenant).temporal.upsert(entity)

    def _of(self, tenant: str | None) -> Client:
        client = self._of_tenant.get(tenant)
        if client is None:
            client = self._of_tenant.setdefault(tenant, self._client.with_options(tenant=tenant))
        return client

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def headers_of(config: ContextBrokerConfig) -> dict[str, str]:
    """Give the further headers of every request.

    Args:
        config: The context broker.
    """
    return {name: value.get_secret_value() for name, value in config.headers.items()}


def auth_of(config: ContextBrokerConfig) -> httpx.Auth | None:
    """Give what authenticates requests, if anything does.

    Args:
        config: The context broker.

    Raises:
        ConfigurationError: The address of the token endpoint is none.
    """
    if config.oauth2 is not None:
        return OAuth2ClientCredentials(
            config.oauth2.token_url,
            client_id=config.oauth2.client_id,
            client_secret=config.oauth2.client_secret.get_secret_value(),
            scope=config.oauth2.scope or "",
        )
    return None if config.token is None else BearerToken(config.token.get_secret_value())
