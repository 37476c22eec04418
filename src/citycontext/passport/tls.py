"""How a server is reached over TLS: version, cipher, chain, name, days left."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from citycontext.foreign_text import printable

__all__ = ["Handshake", "shake_hands"]


@dataclass(frozen=True, slots=True)
class Handshake:
    """What came of a TLS handshake.

    Args:
        host: The host.
        port: The port.
        version: ``TLSv1.3`` and the like; empty without a handshake.
        cipher: The cipher suite.
        days_left: Days that the certificate holds; None where it was not trusted.
        problem: Why there is no connection, or why the chain is not trusted.
        reached: Whether something answered.
    """

    host: str
    port: int
    version: str = ""
    cipher: str = ""
    days_left: int | None = None
    problem: str = ""
    reached: bool = True


def shake_hands(host: str, port: int, *, timeout: float = 10.0, authorities: str | None = None) -> Handshake:
    """Connect as a browser would, trusting what the system trusts, and look at the connection.

    Args:
        host: The host, checked against the certificate.
        port: The port.
        timeout: Seconds to wait.
        authorities: A file of authorities to trust instead of the system's.
    """
    context = ssl.create_default_context(cafile=authorities)
    try:
        with (
            socket.create_connection((host, port), timeout) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            cipher = secure.cipher()
            return Handshake(host, port, secure.version() or "", cipher[0] if cipher else "", _days_left(secure))
    except ssl.SSLCertVerificationError as error:
        return Handshake(host, port, problem=printable(error.verify_message or str(error), 200))
    except ssl.SSLError as error:
        return Handshake(host, port, problem=printable(error.reason or str(error), 200))
    except OSError as error:
        return Handshake(host, port, problem=printable(str(error), 200), reached=False)


def _days_left(secure: ssl.SSLSocket) -> int | None:
    certificate = secure.getpeercert()
    end = certificate.get("notAfter") if certificate else None
    if not isinstance(end, str):
        return None
    seconds = ssl.cert_time_to_seconds(end)
    return int((datetime.fromtimestamp(seconds, UTC) - datetime.now(UTC)).days)
