"""Named connections: which broker ``gent`` is, and how one gets in, in a file that holds no secret.

A project's ``citycontext.toml``, in the working directory or one above it, goes before the user's own file. A secret is
named by where it is: a variable of the environment, a file, the output of a command, or the keyring.

    [connections.gent]
    url = "https://broker.example/"
    tenant = "mobility"
    context = "models"
    token = { env = "GENT_TOKEN" }
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from citycontext.client._sync.client import Client
from citycontext.client.auth import BearerToken, OAuth2ClientCredentials
from citycontext.client.profiles import ANTARES, CORAINE, GENERIC, ORION_LD, SCORPIO, STELLIO
from citycontext.configuration import read_toml, validate_settings
from citycontext.errors import ConfigurationError
from citycontext.extras import library
from citycontext.foreign_text import shown

__all__ = [
    "Connection",
    "OAuth2",
    "Secret",
    "connection",
    "connections",
    "project_file",
    "user_file",
]

PROJECT_FILE: Final = "citycontext.toml"
_PROFILES: Final = {one.name: one for one in (ANTARES, CORAINE, GENERIC, ORION_LD, SCORPIO, STELLIO)}
_LONGEST_COMMAND: Final = 30.0
_PLAIN: Final = (
    'write where it is: { env = "NAME" }, { file = "path" }, { command = ["pass", "gent"] } or '
    '{ keyring = "service/user" }.'
)


class _Strict(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Secret(_Strict):
    """Where a secret is; one of the four.

    Args:
        env: A variable of the environment.
        file: A file that holds nothing else; relative to the file of connections.
        command: A program and its arguments, which prints it.
        keyring: ``service/user`` in the system's keyring; needs the package keyring.
    """

    env: str | None = None
    file: Path | None = None
    command: tuple[str, ...] | None = None
    keyring: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_plain_secret(cls, given: Any) -> Any:
        if isinstance(given, str):
            raise ValueError(f"a secret does not stand in this file; {_PLAIN}")
        return given

    @model_validator(mode="after")
    def _exactly_one(self) -> Secret:
        named = [one for one in (self.env, self.file, self.command, self.keyring) if one]
        if len(named) != 1:
            raise ValueError(f"names {'no' if not named else 'more than one'} place; {_PLAIN}")
        return self

    def read(self, folder: Path, *, key: str) -> str:
        """Return the secret.

        Args:
            folder: What a relative file is relative to.
            key: The key path of the secret, for errors.

        Raises:
            ConfigurationError: It is not there.
            MissingExtra: The package keyring is not installed.
        """
        if self.env is not None:
            found = os.environ.get(self.env)
            where = f"the environment variable {self.env}"
        elif self.file is not None:
            where = f"the file {self.file}"
            try:
                found = (folder / self.file.expanduser()).read_text().strip()
            except (OSError, UnicodeDecodeError):
                found = None
        elif self.command is not None:
            where = f"the output of {self.command[0]}"
            found = _output(self.command)
        else:
            assert self.keyring is not None
            where = f"the keyring at {self.keyring}"
            found = _from_keyring(self.keyring)
        if not found:
            raise ConfigurationError(f"has no secret in {where}.", key=key, cure="Put it there, or name another place.")
        return found


class OAuth2(_Strict):
    """A token by client credentials (RFC 6749, 4.4).

    Args:
        token_url: Where tokens are had.
        client_id: Who asks.
        client_secret: The secret of who asks.
        scope: Scopes, with spaces between them.
    """

    token_url: str
    client_id: str
    client_secret: Secret
    scope: str = ""


class Connection(_Strict):
    """A context broker, and how one gets in.

    Args:
        url: Its address, with or without ``/ngsi-ld/v1``.
        tenant: The tenant of all operations.
        context: The @context of names: an address, a list of them, or ``models``.
        context_as: How the @context of a model travels: ``address``, ``host`` or ``inline``.
        profile: ``orion-ld``, ``scorpio``, ``stellio``, ``coraine``, ``antares`` or ``generic``.
        token: A bearer token.
        token_header: The header it goes into.
        user: A user name, for basic authentication.
        password: Its password.
        oauth2: A token by client credentials.
        headers: Further headers; no secrets.
        timeout: Seconds that one attempt may take.
        verify: False to accept any certificate, or a file of those to trust.
        description: A line for people.
    """

    url: str
    tenant: str | None = None
    context: str | list[str] | None = None
    context_as: Literal["address", "host", "inline"] = "address"
    profile: str | None = None
    token: Secret | None = None
    token_header: str = "Authorization"  # noqa: S105
    user: str | None = None
    password: Secret | None = None
    oauth2: OAuth2 | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    timeout: float = Field(default=10.0, gt=0, le=3600)
    verify: bool | Path = True
    description: str = ""
    # Where it was read, not what it says.
    name: str = Field(default="", exclude=True)
    file: Path | None = Field(default=None, exclude=True)

    @field_validator("profile")
    @classmethod
    def _known_profile(cls, name: str | None) -> str | None:
        if name is not None and name not in _PROFILES:
            raise ValueError(f"is not known; one of {', '.join(sorted(_PROFILES))}")
        return name

    @field_validator("url")
    @classmethod
    def _without_password(cls, url: str) -> str:
        if "://" in url and "@" in url.partition("://")[2].partition("/")[0]:
            raise ValueError("holds a user or a password; write user = and password = { env = … } beside it")
        return url

    def authentication(self) -> Any:
        """Return how one gets in, as httpx has it; None for nothing.

        Raises:
            ConfigurationError: A secret is not there.
        """
        folder = self.file.parent if self.file is not None else Path.cwd()
        at = f"connections.{self.name}" if self.name else "connection"
        if self.token is not None:
            return BearerToken(self.token.read(folder, key=f"{at}.token"), header=self.token_header)
        if self.oauth2 is not None:
            return OAuth2ClientCredentials(
                self.oauth2.token_url,
                client_id=self.oauth2.client_id,
                client_secret=self.oauth2.client_secret.read(folder, key=f"{at}.oauth2.client_secret"),
                scope=self.oauth2.scope,
            )
        if self.user is not None and self.password is not None:
            return (self.user, self.password.read(folder, key=f"{at}.password"))
        return None

    def client(self, **options: Any) -> Client:
        """Make a client of the broker; nothing is sent yet.

        Args:
            options: Arguments of :class:`~citycontext.client.Client` that go before what the connection says.

        Raises:
            ConfigurationError: A secret is not there, or an argument cannot be used.
        """
        folder = self.file.parent if self.file is not None else Path.cwd()
        auth = self.authentication()
        verify = str(folder / self.verify) if isinstance(self.verify, Path) else self.verify
        settings: dict[str, Any] = {
            "tenant": self.tenant,
            "context": self.context,
            "context_as": self.context_as,
            "headers": self.headers or None,
            "auth": auth,
            "timeout": self.timeout,
            "verify": verify,
        }
        if self.profile is not None:
            settings["profile"] = _PROFILES[self.profile]
        return Client(self.url, **(settings | options))


class _File(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore", hide_input_in_errors=True)
    connections: dict[str, Connection] = Field(default_factory=dict)


def connection(name: str) -> Connection:
    """Return a connection by its name, or one of nothing but an address.

    Args:
        name: A name in a file of connections, or an address with ``http://`` or ``https://``.

    Raises:
        ConfigurationError: There is no such name, or a file cannot be read.
    """
    if "://" in name:
        return Connection(url=name)
    known = connections()
    if name not in known:
        near = get_close_matches(name, known, 1)
        if near:
            cure = f"Did you mean {near[0]}?"
        elif known:
            cure = f"Known are {', '.join(sorted(known))}."
        else:
            cure = f"Add it: citycontext connections add {name} https://…"
        raise ConfigurationError(f"there is no connection {shown(name)}.", key="at", cure=cure)
    return known[name]


def connections(folder: Path | None = None) -> dict[str, Connection]:
    """Return all connections by name; those of the project go before those of the user.

    Args:
        folder: Where the project is looked for; the working directory if not given.

    Raises:
        ConfigurationError: A file cannot be read, or a connection in it is wrong.
    """
    found: dict[str, Connection] = {}
    for path in (user_file(), project_file(folder)):
        if path is not None and path.is_file():
            found |= _read(path)
    return found


def project_file(folder: Path | None = None) -> Path | None:
    """Return the ``citycontext.toml`` in a folder, or in the nearest one above it; None if absent."""
    start = (folder or Path.cwd()).resolve()
    return next((path for one in (start, *start.parents) if (path := one / PROJECT_FILE).is_file()), None)


def user_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the user's own connections are, whether or not the file is there."""
    if sys.platform == "win32":
        base = Path(environment.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "citycontext" / "connections.toml"


def _read(path: Path) -> dict[str, Connection]:
    given, text = read_toml(path)
    read = validate_settings({"connections": given.get("connections", {})}, _File, file=str(path), text=text)
    return {
        name: one.model_copy(update={"name": name, "file": path.resolve()}) for name, one in read.connections.items()
    }


def _output(command: tuple[str, ...]) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - the user's own program, from the user's own file
            command, capture_output=True, text=True, timeout=_LONGEST_COMMAND, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout.strip().partition("\n")[0] if done.returncode == 0 else None


def _from_keyring(entry: str) -> str | None:
    keyring = library("keyring", "keyring", "A secret in the keyring")
    service, _, user = entry.rpartition("/")
    found: str | None = keyring.get_password(service, user)
    return found
