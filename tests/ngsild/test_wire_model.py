"""What all documents have in common: echo, unknown members, times, checks, errors of our own."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from citycontext.errors import InvalidDocument, InvalidName, InvalidTime
from citycontext.ngsild.subscriptions import Endpoint, EntitySelector, NotificationParams, Subscription
from citycontext.ngsild.wire_model import Timestamp, one_of, uri

PAYLOAD = {
    "id": "urn:ngsi-ld:Subscription:1",
    "type": "Subscription",
    "entities": [{"type": "Building", "vendor": [1]}],
    "throttling": 0.5,
    "expiresAt": "2035-01-01T00:00:00.000Z",
    "notification": {"endpoint": {"uri": "http://localhost/notify"}, "timesSent": 3},
    "vendor:extension": {"a": None, "b": [1, 2.0]},
    "@context": ["https://example.org/context.jsonld"],
}


def read(**changes: object) -> Subscription:
    """Read the payload with some members changed."""
    return Subscription.from_dict({**PAYLOAD, **changes})


def test_a_document_goes_out_as_it_came():
    """Unknown members, the text of times, whole and other numbers: all of it is in the answer."""
    document = Subscription.from_json(orjson.dumps(PAYLOAD), strict=True)
    assert document.to_dict() == PAYLOAD
    assert orjson.loads(document.to_json()) == PAYLOAD
    assert type(document.to_dict()["notification"]["timesSent"]) is int


def test_python_names_that_are_no_wire_names_stay_unknown_members():
    """A member is known by its wire name only; the same word in Python's spelling is kept as what it is."""
    odd = {**PAYLOAD, "expires_at": "never"}
    document = Subscription.from_dict(odd)
    assert document.expires_at == datetime(2035, 1, 1, tzinfo=UTC)
    assert document.to_dict() == odd


def test_a_change_is_in_what_goes_out():
    """Setting a member changes the wire, None takes it out, and times may be datetimes or texts."""
    document = read()
    document.throttling = None
    document.expires_at = datetime(2036, 1, 1, 12, tzinfo=UTC)
    document.is_active = False
    wire = document.to_dict()
    assert "throttling" not in wire
    assert wire["expiresAt"] == "2036-01-01T12:00:00Z"
    assert wire["isActive"] is False
    document.expires_at = "2036-01-01T12:00:00.50Z"
    assert document.to_dict()["expiresAt"] == "2036-01-01T12:00:00.50Z"


def test_a_built_document_has_what_was_given():
    """A document that is built names its type, and has no member that was not given."""
    document = Subscription(
        entities=[EntitySelector(type="Building")],
        notification=NotificationParams(endpoint=Endpoint(uri="http://localhost/notify")),
        lang=None,
    )
    assert document.to_dict() == {
        "type": "Subscription",
        "entities": [{"type": "Building"}],
        "notification": {"endpoint": {"uri": "http://localhost/notify"}},
    }


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"entities": "Building"}, "entities"),
        ({"entities": [{"id": 5, "type": "T"}]}, "entities[0].id"),
        ({"entities": [{}]}, "entities[0].type"),
        ({"throttling": True}, "throttling"),
        ({"throttling": "5"}, "throttling"),
        ({"notification": {}}, "notification.endpoint"),
        ({"notification": {"endpoint": {"uri": 5}}}, "notification.endpoint.uri"),
        ({"type": "Subscribtion"}, "type"),
    ],
)
def test_a_member_of_the_wrong_type_is_our_error(changes, path):
    """What pydantic finds is told in our words: what is wrong, and where."""
    with pytest.raises(InvalidDocument) as caught:
        read(**changes)
    assert caught.value.path == path
    assert caught.value.clause


@pytest.mark.parametrize("time", ["tomorrow", 5, "2035-01-01T00:00:00", None])
def test_a_time_that_is_none(time):
    """A time that does not read, or has no zone, is an error with its path; null is kept."""
    if time is None:
        assert read(expiresAt=None).to_dict()["expiresAt"] is None
        return
    with pytest.raises(InvalidTime) as caught:
        read(expiresAt=time)
    assert caught.value.path == "expiresAt"


def test_a_time_in_another_zone_is_read_but_not_strict():
    """An offset is kept and understood; strict reading asks for UTC (CIM 009, 4.6.3)."""
    document = read(expiresAt="2035-01-01T02:00:00+02:00")
    assert document.expires_at == datetime(2035, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidTime, match="UTC"):
        document.check()


def test_an_unknown_name_is_refused_with_the_near_one():
    """A misspelt member is refused when a document is built or changed, with a suggestion."""
    with pytest.raises(InvalidName, match="did you mean 'watched_attributes'"):
        Subscription(watched_atributes=["a"], notification=None)
    with pytest.raises(InvalidName, match="did you mean 'throttling'"):
        read().throtling = 5
    with pytest.raises(InvalidDocument) as caught:
        read().throttling = "soon"
    assert caught.value.path == "throttling"


@pytest.mark.parametrize("payload", [None, [], "text", 5])
def test_what_is_no_object(payload):
    """A document is a JSON object."""
    with pytest.raises(InvalidDocument, match="JSON object"):
        Subscription.from_dict(payload)


def test_text_that_is_no_json():
    """Text that is not JSON is our error."""
    with pytest.raises(InvalidDocument, match="not JSON"):
        Subscription.from_json(b'{"type": "Subscription"')


def test_secrets_are_not_in_errors():
    """An error about a header or an address does not show it."""
    for receiver in ([{"key": "Authorization", "value": ["Bearer s3cret"]}], [{"key": "Authorization", "s3cret": 1}]):
        with pytest.raises(InvalidDocument) as caught:
            Endpoint.from_dict({"uri": "http://localhost", "receiverInfo": receiver})
        assert "s3cret" not in str(caught.value)
    with pytest.raises(InvalidDocument) as caught:
        Endpoint.from_dict({"uri": ["mqtt://user:s3cret@host/topic"]})
    assert "s3cret" not in str(caught.value)


def test_documents_are_copied_and_pickled_whole():
    """A copy keeps unknown members and the text of times."""
    document = read()
    assert copy.deepcopy(document).to_dict() == PAYLOAD
    assert pickle.loads(pickle.dumps(document)).to_dict() == PAYLOAD
    assert copy.deepcopy(document) == document


def test_a_repr_shows_what_is_there():
    """Members that are not there are not in the repr."""
    assert repr(Endpoint(uri="http://localhost/notify")) == "Endpoint(uri='http://localhost/notify')"


def test_a_timestamp_is_a_datetime_with_a_text():
    """A timestamp compares as an instant; a computed one has the standard's spelling."""
    stamp = Timestamp.read("2035-01-01T00:00:00.000Z")
    assert stamp == datetime(2035, 1, 1, tzinfo=UTC)
    assert stamp.text == "2035-01-01T00:00:00.000Z"
    assert Timestamp.read(stamp) is stamp
    assert pickle.loads(pickle.dumps(stamp)).text == stamp.text
    later = stamp + timedelta(hours=1)
    assert isinstance(later, Timestamp)
    assert later.text == "2035-01-01T01:00:00Z"
    assert read(expiresAt="2035-01-01T00:00:00Z").expires_at < later


def test_a_computed_timestamp_goes_out():
    """What is computed from a time that was read can be set, and goes out as the standard writes it."""
    document = read()
    assert document.expires_at is not None
    document.expires_at += timedelta(days=1)
    assert document.to_dict()["expiresAt"] == "2035-01-02T00:00:00Z"


def test_texts_of_a_table():
    """A text that a table does not list, or that is not a URI, is refused; none passes."""
    one_of(None, ["a"], "p", "5.2.1")
    one_of("a", ["a"], "p", "5.2.1")
    with pytest.raises(InvalidDocument, match=r"p: 'b' is not one of a \(CIM 009, 5.2.1\)"):
        one_of("b", ["a"], "p", "5.2.1")
    uri(None, "p", "5.2.1")
    with pytest.raises(InvalidDocument, match="not a URI"):
        uri("b", "p", "5.2.1")
