"""What every request of a client shares: address, headers, @context, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, get_args

from citycontext.client.operations.json_ld import ContextLike
from citycontext.client.operations.model_contexts import ContextForm
from citycontext.client.profiles import GENERIC, BrokerProfile
from citycontext.errors import ConfigurationError
from citycontext.web.http import httpx

__all__ = ["DEFAULT_LIMITS", "UNSET", "Settings", "Unset"]

API_PATH: Final = "/ngsi-ld/v1"
DEFAULT_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30.0)

_HEADER_VALUE: Final = re.compile(r"[\x21-\x7e]+(?:[\x20\t]+[\x21-\x7e]+)*")


class Unset:
    """The type of an argument that was not given, where None has a meaning."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a client, without any connection.

    Args:
        root: Where the API begins, without credentials.
        tenant: Value of the header ``NGSILD-Tenant``, empty for the default tenant.
        context: The @context of every operation that is given none; ``models`` for that of each entity's model.
        context_as: How the @context of a model travels.
        headers: Further headers of every request.
        timeout: Seconds that one attempt may take.
        retries: How often a request is sent again where that is safe.
        profile: Limits and spellings of the broker.
    """

    root: str
    tenant: str = ""
    context: ContextLike | None = None
    context_as: ContextForm = "address"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 10.0
    retries: int = 3
    profile: BrokerProfile = GENERIC

    @classmethod
    def build(
        cls,
        base_url: str,
        *,
        tenant: str | None,
        context: ContextLike | None,
        context_as: ContextForm,
        headers: Mapping[str, str] | None,
        timeout: float,
        retries: int,
        profile: BrokerProfile,
    ) -> Settings:
        """Check what a user gave.

        Args:
            base_url: The broker's address, with or without ``/ngsi-ld/v1``.
            tenant: As in the class.
            context: As in the class.
            context_as: As in the class.
            headers: As in the class.
            timeout: As in the class.
            retries: As in the class.
            profile: As in the class.

        Raises:
            ConfigurationError: One of them cannot be used; the message names it.
        """
        try:
            url = httpx.URL(base_url)
        except (httpx.InvalidURL, TypeError) as error:
            raise ConfigurationError(f"is not an address: {error}", key="base_url") from None
        if url.scheme not in {"http", "https"} or not url.host:
            raise ConfigurationError(
                "must be an http or https address,", key="base_url", cure="such as http://localhost:1026"
            )
        if url.query or url.fragment:
            raise ConfigurationError("must have no query and no fragment", key="base_url")
        root = str(url.copy_with(username=None, password=None)).rstrip("/")
        return cls(root if root.endswith(API_PATH) else root + API_PATH).changed(
            tenant=tenant,
            context=context,
            context_as=context_as,
            headers=headers,
            timeout=timeout,
            retries=retries,
            profile=profile,
        )

    def changed(
        self,
        *,
        tenant: str | Unset | None = UNSET,
        context: ContextLike | Unset | None = UNSET,
        context_as: ContextForm | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        retries: int | None = None,
        profile: BrokerProfile | None = None,
    ) -> Settings:
        """Check what a user changes, and give the changed settings.

        Args:
            tenant: As in the class; None for the default tenant.
            context: As in the class.
            context_as: As in the class.
            headers: Added to those there are.
            timeout: As in the class.
            retries: As in the class.
            profile: As in the class.

        Raises:
            ConfigurationError: One of them cannot be used; the message names it.
        """
        new_tenant = self.tenant if isinstance(tenant, Unset) else tenant or ""
        _check_headers({**(headers or {}), **({"tenant": new_tenant} if new_tenant else {})})
        _check_numbers(timeout, retries)
        _check_profile(profile)
        _check_form(context_as)
        return replace(
            self,
            tenant=new_tenant,
            context=self.context if isinstance(context, Unset) else context,
            context_as=context_as or self.context_as,
            headers={**self.headers, **(headers or {})},
            timeout=self.timeout if timeout is None else float(timeout),
            retries=self.retries if retries is None else retries,
            profile=self.profile if profile is None else profile,
        )

    @staticmethod
    def credentials(base_url: str) -> tuple[str, str] | None:
        """Return the user name and password that stand in an address, None if none do.

        Args:
            base_url: The address as the user gave it.
        """
        url = httpx.URL(base_url)
        return (url.username, url.password) if url.userinfo else None

    def url(self, target: str) -> str:
        """Return the address of a request.

        Args:
            target: Path and query below the API root; with a leading slash, below the server's root.
        """
        return f"{self.root.removesuffix(API_PATH)}{target}" if target.startswith("/") else f"{self.root}/{target}"

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """The headers of every request."""
        own = [("NGSILD-Tenant", self.tenant)] if self.tenant else []
        return [*own, *self.headers.items()]


# Not every caller has a type checker: what has the wrong type is told here, by its name, and not deep inside.


def _check_headers(headers: Mapping[str, Any]) -> None:
    for name, value in headers.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"must be a text, not {value!r:.80}", key=name)
        if _HEADER_VALUE.fullmatch(value) is None:
            raise ConfigurationError("has a character that no HTTP header may carry", key=name)


def _check_numbers(timeout: Any, retries: Any) -> None:
    if timeout is not None and not (isinstance(timeout, int | float) and timeout > 0):
        raise ConfigurationError("must be more than 0 seconds; there is always a time-out", key="timeout")
    if retries is not None and not (isinstance(retries, int) and retries >= 0):
        raise ConfigurationError("must be a whole number, 0 or more", key="retries")


def _check_form(context_as: Any) -> None:
    if context_as not in (None, *get_args(ContextForm)):
        forms = ", ".join(get_args(ContextForm))
        raise ConfigurationError(f"must be one of {forms}, not {context_as!r:.80}", key="context_as")


def _check_profile(profile: Any) -> None:
    if profile is not None and not isinstance(profile, BrokerProfile):
        message = f"must be a BrokerProfile, not {profile!r:.80}"
        raise ConfigurationError(message, key="profile", cure="citycontext.client.ORION_LD is one.")
