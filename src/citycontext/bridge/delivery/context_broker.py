"""The context broker as the bridge sees it: it takes updates and history, tenant by tenant."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from citycontext.bridge.config.commands import CommandConfig
from citycontext.bridge.config.connections import ContextBrokerConfig
from citycontext.client import GENERIC, ORION_LD, SCORPIO, STELLIO, Client
from citycontext.client.auth import BearerToken, OAuth2ClientCredentials
from citycontext.errors import ContextBrokerError, OperationNotSupported, ResourceNotFound
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.query import before
from citycontext.ngsild.subscriptions import (
    Endpoint,
    EntitySelector,
    KeyValuePair,
    NotificationParams,
    Subscription,
)
from citycontext.receiver.subscription_health import why_silent
from citycontext.web.http import httpx
from citycontext.web.media_types import JSON

__all__ = ["ContextBroker", "auth_of", "headers_of"]

_MOST = 4 * 1024 * 1024  # an answer names at most the entities of a request, or holds a page of few
_NO_HISTORY = frozenset({404, 405, 422, 501})
_PROFILES = {"generic": GENERIC, "orion-ld": ORION_LD, "scorpio": SCORPIO, "stellio": STELLIO}


class ContextBroker:
    """Writes updates with the client of this package. Repeating is left to the delivery, which never gives up.

    Args:
        config: Where it is and who we are.
        contexts: The @context of entity types whose model a route names.

    Raises:
        ConfigurationError: The client cannot use the settings.
    """

    def __init__(self, config: ContextBrokerConfig, contexts: Mapping[str, str] | None = None) -> None:
        self._contexts = dict(contexts or {}) if config.by_models else {}
        self._client = Client(
            config.url,
            tenant=config.tenant,
            context="models" if config.by_models else list(config.context) or None,
            context_as=config.context_as,
            headers=headers_of(config),
            auth=auth_of(config),
            verify=True if config.ca_file is None else str(config.ca_file),
            timeout=config.timeout,
            retries=0,
            max_answer=_MOST,
            profile=_PROFILES[config.profile],
        )
        self._correlation_header = config.correlation_header
        self._of_tenant: dict[str | None, Client] = {None: self._client}

    def open(self) -> None:
        """Read certificates and load what HTTP needs now, not when the first messages wait for it.

        Raises:
            ConfigurationError: The certificates cannot be used.
        """
        self._client.__enter__()

    def upsert(
        self, tenant: str | None, entities: list[dict[str, Any]], *, correlation: str | None = None
    ) -> BatchResult:
        """Create entities, or append and overwrite the attributes given (CIM 009, 5.6.8, option ``update``).

        Args:
            tenant: Tenant, if the route names one.
            entities: In normalized form, no two with the same id.
            correlation: Names the messages they come from; sent where the configuration has a header for it.

        Returns:
            What became of each.

        Raises:
            CityContextError: The request as a whole had no success.
        """
        batch = self._of(tenant, correlation).batch
        if not self._contexts:
            return batch.upsert(entities, mode="update")
        groups: dict[str | None, list[dict[str, Any]]] = {}
        for entity in entities:
            groups.setdefault(self._contexts.get(entity["type"]), []).append(entity)
        return BatchResult.joined(
            batch.upsert(group, mode="update", context=context) for context, group in groups.items()
        )

    def append_history(self, tenant: str | None, entity: dict[str, Any], *, correlation: str | None = None) -> None:
        """Create the evolution of an entity, or add instances to the one that is there (CIM 009, 5.6.11).

        Args:
            tenant: Tenant, if the route names one.
            entity: In temporal form: each attribute is a list of instances.
            correlation: Names the messages it comes from; sent where the configuration has a header for it.

        Raises:
            CityContextError: The context broker did not take it.
        """
        self._of(tenant, correlation).temporal.upsert(entity, context=self._contexts.get(entity["type"]))

    def keeps_history(self) -> bool:
        """Ask whether it keeps history.

        Raises:
            CityContextError: It does not say, or cannot be reached.
        """
        when = before("1970-01-01T00:00:00Z")
        try:
            for _ in self._client.temporal.query("Device", as_=dict, when=when, page_size=1):
                break
        except (ResourceNotFound, OperationNotSupported):
            return False
        except ContextBrokerError as error:
            if error.status in _NO_HISTORY:
                return False
            raise
        return True

    def subscribe(self, command: CommandConfig, subscription_id: str, endpoint: str) -> None:
        """Subscribe to changes of a command's attribute, in place of an earlier subscription of the same id.

        One that is there for commands to be replayed is brought up to date, so that none is missed meanwhile.

        Args:
            command: The command.
            subscription_id: Id for the subscription.
            endpoint: MQTT topic to notify on, as an address.

        Raises:
            CityContextError: It did not succeed.
        """
        subscriptions = self._of(command.tenant).subscriptions
        subscription = Subscription(
            id=subscription_id,
            subscription_name=f"citycontext bridge: {command.name}",
            entities=[EntitySelector(type=command.type)],
            watched_attributes=[command.attribute],
            notification=NotificationParams(
                # One attribute only: what else the entity has is no command, and none of our business.
                attributes=[command.attribute],
                sys_attrs=True,
                endpoint=Endpoint(
                    uri=endpoint,
                    accept=JSON,
                    notifier_info=[KeyValuePair(key="MQTT-QoS", value="1")],
                ),
            ),
        )
        with contextlib.suppress(ResourceNotFound):
            if command.replay:
                changes = {name: one for name, one in subscription.to_dict().items() if name not in ("id", "type")}
                subscriptions.update(subscription_id, changes)
                return
            subscriptions.delete(subscription_id)
        subscriptions.create(subscription, context=self._contexts.get(command.type))

    def silence(self, command: CommandConfig, subscription_id: str) -> str | None:
        """Look at a subscription, and return why it notifies no more; ``None`` if it does.

        Args:
            command: The command.
            subscription_id: Its id.

        Raises:
            CityContextError: It cannot be looked at.
        """
        try:
            return why_silent(self._of(command.tenant).subscriptions.retrieve(subscription_id))
        except ResourceNotFound:
            return why_silent(None)

    def unsubscribe(self, command: CommandConfig, subscription_id: str) -> None:
        """Delete a subscription.

        Args:
            command: The command.
            subscription_id: Its id.

        Raises:
            CityContextError: It did not succeed.
        """
        self._of(command.tenant).subscriptions.delete(subscription_id)

    def _of(self, tenant: str | None, correlation: str | None = None) -> Client:
        client = self._of_tenant.get(tenant)
        if client is None:
            client = self._of_tenant.setdefault(tenant, self._client.with_options(tenant=tenant))
        if correlation is None or self._correlation_header is None:
            return client
        return client.with_options(headers={self._correlation_header: correlation})

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def headers_of(config: ContextBrokerConfig) -> dict[str, str]:
    """Return the further headers of every request.

    Args:
        config: The context broker.
    """
    return {name: value.get_secret_value() for name, value in config.headers.items()}


def auth_of(config: ContextBrokerConfig) -> httpx.Auth | None:
    """Return what authenticates requests, if anything does.

    Args:
        config: The context broker.

    Raises:
        ConfigurationError: The address of the token endpoint is not one.
    """
    if config.oauth2 is not None:
        return OAuth2ClientCredentials(
            config.oauth2.token_url,
            client_id=config.oauth2.client_id,
            client_secret=config.oauth2.client_secret.get_secret_value(),
            scope=config.oauth2.scope or "",
        )
    return None if config.token is None else BearerToken(config.token.get_secret_value())
