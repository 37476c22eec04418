"""What a type checker must refuse: one error on each line that ends in ``# refused``, and nowhere else."""

from __future__ import annotations

from citycontext import AsyncClient, Attr, Client, Entity
from citycontext.receiver import Receiver, subscribed


class Parking(Entity):
    available_spot_number: Attr[int]


def wrong(client: Client, other: AsyncClient) -> None:
    subscribed(client, Parking, watched_atributes=["a"])  # refused
    subscribed(client, Parking, representation="normalised")  # refused
    subscribed(client, Parking, notification_trigger=["created"])  # refused
    subscribed(5, Parking)  # refused
    with subscribed(other, Parking):  # refused
        pass
    Receiver(int)  # refused
    word: str = Receiver(Parking).get().entities[0].available_spot_number.value  # refused
    print(word)
