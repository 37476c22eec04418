"""What all connections to Kafka have in common."""

from __future__ import annotations

import logging
from typing import Any

from citycontext.bridge.config.sources import KafkaConnection

__all__ = ["common_options", "producer_options"]

_quiet = logging.getLogger("citycontext.bridge.sources.kafka.librdkafka")


def common_options(config: KafkaConnection) -> dict[str, Any]:
    """Return the options of librdkafka for a cluster.

    Args:
        config: The cluster.
    """
    options: dict[str, Any] = {
        "bootstrap.servers": ",".join(config.servers),
        "client.id": "citycontext",
        "reconnect.backoff.max.ms": 5_000,
        # The library's own words go to the log, where they are wanted, not to standard error.
        "logger": _quiet,
    }
    if config.tls is not None:
        options["security.protocol"] = "SSL"
        for key, file in (
            ("ssl.ca.location", config.tls.ca_file),
            ("ssl.certificate.location", config.tls.certificate_file),
            ("ssl.key.location", config.tls.key_file),
        ):
            if file is not None:
                options[key] = str(file)
        if not config.tls.verify:
            options["enable.ssl.certificate.verification"] = False
    if config.username is not None:
        options["security.protocol"] = "SASL_PLAINTEXT" if config.tls is None else "SASL_SSL"
        options["sasl.mechanism"] = config.mechanism
        options["sasl.username"] = config.username
        options["sasl.password"] = "" if config.password is None else config.password.get_secret_value()
    return options | dict(config.options)


def producer_options(config: KafkaConnection) -> dict[str, Any]:
    """Return the options for writing so that nothing is lost, repeated or reordered by the library.

    Args:
        config: The cluster.
    """
    return common_options(config) | {"acks": "all", "enable.idempotence": True, "linger.ms": 5}
