# Made by scripts/unasync.py from src/citycontext/client/_async/client.py; change that file, not this one.
"""``Client``: the whole API of a context broker."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from citycontext.client._sync.batch import Batch
from citycontext.client._sync.entities import Entities
from citycontext.client._sync.session import Connections, Session
from citycontext.client.operations.exchange import Request, Response
from citycontext.client.operations.json_ld import ContextLike
from citycontext.client.operations.model_contexts import ContextForm
from citycontext.client.profiles import GENERIC, BrokerProfile
from citycontext.client.settings import DEFAULT_LIMITS, UNSET, Settings, Unset
from citycontext.web.answers import MAX_ANSWER
from citycontext.web.http import httpx

if TYPE_CHECKING:
    from citycontext.client._sync.contexts import Contexts
    from citycontext.client._sync.discovery import Attributes, Types
    from citycontext.client._sync.entity_maps import EntityMaps
    from citycontext.client._sync.registrations import Registrations
    from citycontext.client._sync.snapshots import Snapshots
    from citycontext.client._sync.subscriptions import RegistrationSubscriptions, Subscriptions
    from citycontext.client._sync.temporal import Temporal
    from citycontext.ngsild.discovery import ContextSourceIdentity

__all__ = ["Client"]


class Client:
    """A client of one context broker; close it, or use it in ``async with``.

    Nothing is sent and nothing read when it is made; the first operation opens a connection, the others reuse it.

    Args:
        base_url: The broker's address, with or without ``/ngsi-ld/v1``.
        tenant: The tenant of all operations; without it the default tenant.
        context: The @context of all operations that are given none: an address, an object, or a list of both; or
            ``"models"``: each entity goes with the @context of its model, and is read by it.
        context_as: How the @context of a model travels: ``address``, by its official address, for a broker that
            reaches the internet or knows it; ``host``, uploaded once to the broker; ``inline``, in each request.
        headers: Further headers of every request.
        auth: Any httpx authentication, such as those in :mod:`citycontext.client.auth`.
        timeout: Seconds that one attempt may take, from connecting to the last byte.
        limits: How many connections.
        retries: How often a request is sent again, where that is safe; see :mod:`citycontext.client.retries`.
        profile: Limits and spellings of the broker.
        transport: Carries the requests in place of the network, such as ``httpx.WSGITransport(app)``.
        verify: False to accept any certificate, a file or folder of those to trust, or a context (mutual TLS).
        max_answer: Bytes that an answer may have, decompressed; a longer one is an ``AnswerTooLarge``.

    Raises:
        ConfigurationError: An argument cannot be used.

    Examples:
        >>> with Client("http://localhost:1026") as client:
        ...     for parking in client.entities.query("OffStreetParking", q="availableSpotNumber>10"):
        ...         print(parking.id)
    """

    def __init__(
        self,
        base_url: str,
        *,
        tenant: str | None = None,
        context: ContextLike | None = None,
        context_as: ContextForm = "address",
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | tuple[str, str] | None = None,
        timeout: float = 10.0,
        limits: httpx.Limits = DEFAULT_LIMITS,
        retries: int = 3,
        profile: BrokerProfile = GENERIC,
        transport: httpx.BaseTransport | None = None,
        verify: ssl.SSLContext | str | bool = True,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        settings = Settings.build(
            base_url,
            tenant=tenant,
            context=context,
            context_as=context_as,
            headers=headers,
            timeout=timeout,
            retries=retries,
            profile=profile,
        )
        auth = Settings.credentials(base_url) if auth is None else auth
        connections = Connections(auth=auth, limits=limits, transport=transport, verify=verify, max_answer=max_answer)
        self._use(Session(settings, connections))

    def _use(self, session: Session) -> None:
        self._session = session
        self.entities: Entities = Entities(session)
        """Entities, and their attributes."""
        self.batch: Batch = Batch(session)
        """Many entities in few requests."""

    # Each of these is imported when it is first used: most programs need few of them, and imports take time.

    @property
    def warnings(self) -> list[str]:
        """What the broker warned of in its answers (``NGSILD-Warning``), the latest last, e.g. that a source is down.

        .. versionadded:: 0.2

        At most a hundred, each once; shared with the clients that share its connections. The log has them too.
        """
        return list(self._session.connections.heard.latest)

    @cached_property
    def temporal(self) -> Temporal:
        """The evolution of entities."""
        from citycontext.client._sync.temporal import Temporal

        return Temporal(self._session)

    @cached_property
    def types(self) -> Types:
        """The entity types that the broker holds."""
        from citycontext.client._sync.discovery import Types

        return Types(self._session)

    @cached_property
    def attributes(self) -> Attributes:
        """The attributes that its entities have."""
        from citycontext.client._sync.discovery import Attributes

        return Attributes(self._session)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Subscriptions to entities."""
        from citycontext.client._sync.subscriptions import Subscriptions

        return Subscriptions(self._session)

    @cached_property
    def registrations(self) -> Registrations:
        """Context source registrations."""
        from citycontext.client._sync.registrations import Registrations

        return Registrations(self._session)

    @cached_property
    def registration_subscriptions(self) -> RegistrationSubscriptions:
        """Subscriptions to registrations."""
        from citycontext.client._sync.subscriptions import RegistrationSubscriptions

        return RegistrationSubscriptions(self._session)

    @cached_property
    def contexts(self) -> Contexts:
        """The @contexts that the broker stores."""
        from citycontext.client._sync.contexts import Contexts

        return Contexts(self._session)

    @cached_property
    def entity_maps(self) -> EntityMaps:
        """Which source holds which entity of a query."""
        from citycontext.client._sync.entity_maps import EntityMaps

        return EntityMaps(self._session)

    @cached_property
    def snapshots(self) -> Snapshots:
        """Frozen copies of what some queries gave."""
        from citycontext.client._sync.snapshots import Snapshots

        return Snapshots(self._session)

    @property
    def profile(self) -> BrokerProfile:
        """Limits and spellings of the broker, as this client takes them to be."""
        return self._session.settings.profile

    @property
    def settings(self) -> Settings:
        """What every request shares: address, tenant, headers, limits; no credentials.

        .. versionadded:: 0.2
        """
        return self._session.settings

    @property
    def has_credentials(self) -> bool:
        """Whether requests carry credentials.

        .. versionadded:: 0.2
        """
        return self._session.connections.has_credentials

    def detect(self) -> BrokerProfile:
        """Ask the broker what it is, by up to three requests outside of the API.

        A broker behind a gateway often does not say, and Stellio only where its operator opened that; ``GENERIC`` then
        keeps to what all known brokers accept. Who knows better names the profile: ``Client(url, profile=STELLIO)``.

        Returns:
            Its profile, for ``with_options(profile=…)``; ``GENERIC`` if it does not say.

        Raises:
            TransportError: No usable answer came.
        """
        from citycontext.client.operations import detection

        for probe in detection.probes():
            profile = self._session.run(probe)
            if profile is not None:
                return profile
        return GENERIC

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Response:
        """Send a request that has no method of its own, with the client's tenant, authentication and time-outs.

        .. versionadded:: 0.2

        Args:
            method: The HTTP method; of GET, HEAD, PUT and DELETE one that failed may be sent again.
            path: Below the root of the API, such as ``entities``; with a leading slash below that of the server.
            params: Query parameters.
            headers: Headers beside those of the client.
            content: The body.

        Returns:
            The answer, whatever its status.

        Raises:
            TransportError: No usable answer came.
        """
        given = list(params.items()) if isinstance(params, Mapping) else list(params)
        idempotent = method.upper() in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")
        request = Request(method.upper(), path, given, dict(headers or {}), content, idempotent)
        return self._session.send(request)

    def source_identity(self) -> ContextSourceIdentity:
        """Ask the broker who it is (CIM 009, 5.15.1).

        Raises:
            ContextBrokerError: The broker refused or does not know this operation.
            TransportError: No usable answer came.
        """
        from citycontext.client.operations import discovery

        return self._session.run(discovery.source_identity())

    def allowed_methods(self, path: str) -> list[str]:
        """Ask which HTTP methods a resource has (OPTIONS, NGSI-LD 2.0).

        .. versionadded:: 0.2

        Args:
            path: Below the root of the API, such as ``entities``.

        Raises:
            ContextBrokerError: The broker refused; 405 where it does not have this, as in 1.9.
            TransportError: No usable answer came.
        """
        from citycontext.client.operations import discovery

        return self._session.run(discovery.allowed_methods(path))

    def with_options(
        self,
        *,
        tenant: str | Unset | None = UNSET,
        context: ContextLike | Unset | None = UNSET,
        context_as: ContextForm | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        retries: int | None = None,
        profile: BrokerProfile | None = None,
    ) -> Self:
        """Return a client with other settings on the same connections; closing either closes both.

        Args:
            tenant: Another tenant, None for the default one.
            context: Another @context, None for none.
            context_as: Another way for the @context of a model to travel.
            headers: Further headers, added to those there are.
            timeout: Another time-out, in seconds.
            retries: Another number of retries.
            profile: Another profile.

        Raises:
            ConfigurationError: An argument cannot be used.
        """
        settings = self._session.settings.changed(
            tenant=tenant,
            context=context,
            context_as=context_as,
            headers=headers,
            timeout=timeout,
            retries=retries,
            profile=profile,
        )
        other = type(self).__new__(type(self))
        other._use(Session(settings, self._session.connections))
        return other

    def __enter__(self) -> Self:
        # What takes time, and may fail for want of a certificate, is done here and not in the first request.
        self._session.connections.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._session.connections.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._session.settings.root!r})"
