"""Why an MQTT broker ends a connection without a word: what TLS says of it, found out by a connection of our own."""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path
from typing import Final

from citycontext.bridge.config.connections import MqttConfig, TlsConfig
from citycontext.errors import ConfigurationError

__all__ = ["silent_reason", "tls_context", "tls_reason"]

_PATIENCE: Final = 2.0
_NO_CERTIFICATE: Final = (
    "it asks for a client certificate, and has none of us: set tls.certificate_file and tls.key_file"
)
_OUR_CERTIFICATE: Final = (
    "it does not accept our client certificate: let it be issued by the authority that the broker trusts, and look "
    "whether it has expired"
)
_PLAIN: Final = (
    "it ends the connection where TLS begins; mostly it does not speak TLS on this port: write mqtt:// or the port of "
    "TLS, mostly 8883"
)
# What OpenSSL calls the fault → what it means here.
_REASONS: Final = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": _NO_CERTIFICATE,
    "TLSV1_ALERT_UNKNOWN_CA": _OUR_CERTIFICATE,
    "TLSV1_ALERT_DECRYPT_ERROR": _OUR_CERTIFICATE,
    "SSLV3_ALERT_BAD_CERTIFICATE": _OUR_CERTIFICATE,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _OUR_CERTIFICATE,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _OUR_CERTIFICATE,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": _OUR_CERTIFICATE,
    "TLSV1_ALERT_ACCESS_DENIED": _OUR_CERTIFICATE,
    "WRONG_VERSION_NUMBER": _PLAIN,
    "HTTP_REQUEST": _PLAIN,
    "UNEXPECTED_EOF_WHILE_READING": _PLAIN,
    "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks another version of TLS; it should offer TLS 1.2 or later",
    "UNSUPPORTED_PROTOCOL": "it speaks another version of TLS; it should offer TLS 1.2 or later",
}


def tls_reason(error: ssl.SSLError | ConnectionResetError, tls: TlsConfig | None = None) -> str:
    """Say what a fault of TLS means, and what mends it.

    Args:
        error: The fault.
        tls: What the configuration says.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        said = f"its certificate is not trusted ({error.verify_message})"
        if "hostname" in error.verify_message.lower() or "ip address" in error.verify_message.lower():
            return f"{said}: write the name in url that the certificate is for"
        if tls is not None and tls.ca_file is not None:
            return f"{said}: tls.ca_file names other authorities than the one that issued it"
        return f"{said}: name its authority with tls.ca_file"
    if isinstance(error, ConnectionResetError):
        return _PLAIN
    reason = getattr(error, "reason", "") or ""
    if reason == "SSLV3_ALERT_HANDSHAKE_FAILURE":
        return _OUR_CERTIFICATE if tls is not None and tls.certificate_file is not None else _NO_CERTIFICATE
    return _REASONS.get(reason, f"TLS failed: {reason.replace('_', ' ').lower() or error}")


def silent_reason(config: MqttConfig) -> str | None:
    """Find out why a broker ends a connection before it answers.

    Args:
        config: The broker.

    Returns:
        What is wrong, with its cure; ``None`` where nothing speaks for a fault of TLS.
    """
    try:
        with socket.create_connection((config.host, config.port), timeout=_PATIENCE) as plain:
            if not config.is_encrypted:
                return _speaks_tls(plain)
            with tls_context(config.tls).wrap_socket(plain, server_hostname=config.host) as secure:
                # With TLS 1.3, the server's verdict on our certificate comes after the handshake.
                secure.settimeout(_PATIENCE)
                secure.recv(1)
    except ssl.SSLError as error:
        return None if not config.is_encrypted else tls_reason(error, config.tls)
    except (OSError, ValueError, ConfigurationError):
        return None
    return None


def _speaks_tls(plain: socket.socket) -> str | None:
    context = ssl.create_default_context()
    # Only to see whether TLS is spoken; nothing is sent.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with context.wrap_socket(plain):
            pass
    except ssl.SSLError as error:
        reason = getattr(error, "reason", "") or ""
        if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST") or "EOF" in reason:
            return None
    except OSError:
        return None
    return "it speaks TLS on this port: write mqtts:// in url"


_BEGIN: Final = re.compile("-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----")


def tls_context(tls: TlsConfig) -> ssl.SSLContext:
    """Make what a client encrypts with.

    Args:
        tls: What the configuration says.

    Raises:
        ConfigurationError: A file cannot be used; says which, and why.
    """
    for key, path in (("ca_file", tls.ca_file), ("certificate_file", tls.certificate_file), ("key_file", tls.key_file)):
        if path is not None:
            _readable(key, path)
    if tls.key_file is not None and tls.certificate_file is None:
        raise _fault("there is a key without its certificate", "key_file", "Name it with tls.certificate_file.")
    try:
        context = ssl.create_default_context(cafile=None if tls.ca_file is None else str(tls.ca_file))
    except (OSError, ssl.SSLError):
        raise _fault(f"{tls.ca_file} holds no certificate in PEM", "ca_file", "It begins with -----BEGIN.") from None
    if tls.certificate_file is not None:
        _load(context, tls, tls.certificate_file)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _load(context: ssl.SSLContext, tls: TlsConfig, certificate: Path) -> None:
    try:
        # A key with a pass phrase would ask the terminal, which a service has not.
        context.load_cert_chain(certificate, tls.key_file, password=lambda: "")
    except ssl.SSLError as error:
        reason = getattr(error, "reason", "") or ""
        key = tls.key_file or certificate
        if reason == "KEY_VALUES_MISMATCH":
            raise _fault(f"{key} is the key of another certificate than {certificate}", "key_file", "") from None
        if _BEGIN.search(certificate.read_text(errors="replace")) is None:
            message = f"{certificate} holds no certificate in PEM"
            raise _fault(message, "certificate_file", "It begins with -----BEGIN CERTIFICATE-----.") from None
        if tls.key_file is None:
            message = f"{certificate} holds no private key"
            raise _fault(message, "certificate_file", "Name the key with tls.key_file.") from None
        message = f"{key} is not a private key in PEM, or one with a pass phrase"
        raise _fault(message, "key_file", "Write the key without pass phrase, readable for the bridge only.") from None
    except OSError as error:
        raise _fault(f"{certificate} cannot be used: {error.strerror}", "certificate_file", "") from None


def _readable(key: str, path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise _fault(f"{path}: No such file", key, "Check the path; it is relative to where the bridge runs.") from None
    except OSError as error:
        raise _fault(f"{path} cannot be read: {error.strerror}", key, "") from None


def _fault(message: str, key: str, cure: str) -> ConfigurationError:
    return ConfigurationError(f"the certificates cannot be used: {key}: {message}.", key="mqtt.tls", cure=cure)
