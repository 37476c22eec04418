"""All messages of the demo: the same for the same seed, and of the shape that real network servers send."""

from __future__ import annotations

import base64
import json
import struct
from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest

from citycontext.demo.broken import TOPIC, broken_counter
from citycontext.demo.city import AIR, NOISE, WASTE
from citycontext.demo.feeders import Feeders, publications
from citycontext.demo.sensors import air, noise, waste
from citycontext.errors import TransportError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_same_seed_gives_the_same_messages() -> None:
    """Two runs with one seed and one start publish the same bytes at the same times."""
    assert list(islice(publications(7, NOON), 500)) == list(islice(publications(7, NOON), 500))


def test_another_seed_gives_other_values() -> None:
    """The seed reaches the simulated values."""
    assert list(islice(publications(7, NOON), 500)) != list(islice(publications(8, NOON), 500))


def test_messages_come_in_order_of_time() -> None:
    """The feeders are merged by the time at which their messages are due."""
    due = [message.due for message in islice(publications(1, NOON), 1000)]
    assert due == sorted(due)


def test_twenty_seconds_hold_more_than_200_messages_of_all_kinds() -> None:
    """A short run is enough to see every kind of sensor."""
    messages = [message for message in islice(publications(1, NOON), 1000) if message.due <= 20]
    kinds = {message.topic.split("/")[0] + message.topic.split("/")[1] for message in messages}
    assert len(messages) > 200
    assert len(kinds) == 4


def test_no_device_publishes_two_values_for_one_time() -> None:
    """Each message of a device has a time of its own, or one would overwrite the other."""
    seen = [(message.topic, message.due) for message in islice(publications(1, NOON), 2000)]
    assert len(seen) == len(set(seen))


def test_air_uplink_is_a_the_things_stack_message() -> None:
    """Ids, times, radio and decoded payload stand where The Things Stack v3 puts them; a zero counter is left out."""
    first, second = (json.loads(message.payload) for message in islice(air(AIR[0], 1, NOON), 2))
    assert first["end_device_ids"]["device_id"] == "demo-air-01"
    assert first["end_device_ids"]["application_ids"] == {"application_id": "air-quality"}
    assert "f_cnt" not in first["uplink_message"]
    assert second["uplink_message"]["f_cnt"] == 1
    assert set(first["uplink_message"]["decoded_payload"]) == {"temperature", "humidity", "pm2_5", "pm10", "no2"}
    assert isinstance(first["uplink_message"]["settings"]["frequency"], str)
    assert first["uplink_message"]["locations"]["user"]["longitude"] == AIR[0].longitude


def test_raw_payload_says_the_same_as_the_decoded_one() -> None:
    """The bytes of an air sensor decode to the values beside them."""
    uplink = json.loads(next(air(AIR[0], 1, NOON)).payload)["uplink_message"]
    numbers = struct.unpack(">hHHHH", base64.b64decode(uplink["frm_payload"]))
    assert [number / 10 for number in numbers] == list(uplink["decoded_payload"].values())


def test_noise_uplink_says_over_which_time_it_was_measured() -> None:
    """A sound level is a mean over an interval, so the message names both ends."""
    decoded = json.loads(next(noise(NOISE[0], 1, NOON)).payload)["uplink_message"]["decoded_payload"]
    assert datetime.fromisoformat(decoded["from"]) < datetime.fromisoformat(decoded["to"])
    assert decoded["lamax"] > decoded["laeq"]


def test_waste_uplink_is_a_chirpstack_message() -> None:
    """Device, decoded object and radio stand where ChirpStack v4 puts them; tags are texts."""
    message = next(waste(WASTE[0], 1, NOON))
    said = json.loads(message.payload)
    assert message.topic.endswith(f"/device/{said['deviceInfo']['devEui']}/event/up")
    assert said["deviceInfo"]["deviceName"] == "demo-waste-01"
    assert said["deviceInfo"]["tags"]["latitude"] == str(WASTE[0].latitude)
    assert 0 <= said["object"]["distance"] <= 2000
    assert said["txInfo"]["modulation"]["lora"]["codeRate"] == "CR_4_5"
    assert said["time"].endswith("+00:00")


def test_containers_fill_and_are_emptied() -> None:
    """A container's level rises, and falls only when it was emptied."""
    distances = [json.loads(message.payload)["object"]["distance"] for message in islice(waste(WASTE[0], 1, NOON), 400)]
    falls = [after for before, after in pairwise(distances) if after > before]
    assert 1 <= len(falls) <= 10
    assert all(distance > 1800 for distance in falls)


def test_broken_counter_has_three_faults() -> None:
    """In turn: JSON cut short, a text for a number, a clock in 1970; never a message that is good."""
    cut, text, unset = islice(broken_counter(NOON), 3)
    assert {cut.topic, text.topic, unset.topic} == {TOPIC}
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(cut.payload)
    assert isinstance(json.loads(text.payload)["availablespaces"], str)
    assert json.loads(unset.payload)["lastupdate"].startswith("1970-01-01")


def test_feeders_say_that_no_mqtt_broker_answers() -> None:
    """Without a broker the error names its address."""
    with pytest.raises(TransportError, match=r"127\.0\.0\.1, port 1 does not answer"):
        Feeders(publications(1, NOON), host="127.0.0.1", port=1).start()
