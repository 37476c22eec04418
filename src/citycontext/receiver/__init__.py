"""Be notified: receive the notifications of NGSI-LD subscriptions, over HTTP or MQTT.

>>> from citycontext.receiver import subscribed
>>> with subscribed(client, OffStreetParking, watched_attributes=["availableSpotNumber"]) as notifications:
...     for notification in notifications:
...         print(notification.entities)

``Receiver`` is an ASGI application, to mount or with a port of its own, and a stream of notifications; ``MqttReceiver``
listens to a topic. ``subscribed`` makes a subscription for as long as a block lasts.
"""

from __future__ import annotations

from citycontext.receiver.endpoint import SECRET_HEADER, Expected, NotificationEndpoint
from citycontext.receiver.http import Receiver
from citycontext.receiver.mqtt import MqttReceiver
from citycontext.receiver.received import AnyNotification, Received
from citycontext.receiver.stream import Stream
from citycontext.receiver.subscription_options import SubscriptionOptions
from citycontext.receiver.subscriptions import AsyncSubscribed, AsyncSubscriber, Subscribed, Subscriber, subscribed

__all__ = [
    "SECRET_HEADER",
    "AnyNotification",
    "AsyncSubscribed",
    "AsyncSubscriber",
    "Expected",
    "MqttReceiver",
    "NotificationEndpoint",
    "Received",
    "Receiver",
    "Stream",
    "Subscribed",
    "Subscriber",
    "SubscriptionOptions",
    "subscribed",
]
