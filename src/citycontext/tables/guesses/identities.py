"""The columns that name a thing: its id, and what people call it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from citycontext.tables.guesses.columns import Column
from citycontext.tables.guesses.words import joined, words_of

__all__ = ["NamingGuess", "guess_id", "guess_name", "identifier_form"]

_IDS: Final[dict[str, float]] = {
    "id": 0.9, "deviceid": 0.97, "deveui": 1.0, "deviceeui": 1.0, "sensorid": 0.97, "uuid": 0.9, "guid": 0.85,
    "devid": 0.95, "stationid": 0.96, "serial": 0.85, "serialnumber": 0.9, "serialno": 0.9, "sn": 0.85, "imei": 0.9,
    "mac": 0.85, "macaddress": 0.85, "entityid": 0.95, "thingid": 0.9, "assetid": 0.92, "device": 0.75, "sensor": 0.7,
    "station": 0.7, "node": 0.7, "nodeid": 0.92, "meterid": 0.94, "meter": 0.6, "spotid": 0.94, "parkingid": 0.94,
    "identifier": 0.9, "identifiant": 0.92, "identificatie": 0.9, "code": 0.6, "nummer": 0.55, "numero": 0.55,
    "number": 0.5, "nr": 0.5, "ref": 0.55, "reference": 0.6, "referentie": 0.6, "objectid": 0.7, "fid": 0.5,
    "gid": 0.6, "key": 0.5, "esp8266id": 0.97, "boxid": 0.9, "lampid": 0.95, "containerid": 0.96, "binid": 0.96,
    "chargepointid": 0.97, "chargerid": 0.96, "evseid": 0.8, "stopid": 0.95, "vehicleid": 0.93, "trackerid": 0.93,
    "locationid": 0.7, "siteid": 0.75, "toestel": 0.7, "deviceserial": 0.93, "deviceserialnumber": 0.93,
    "gatewayid": 0.3, "appeui": 0.1, "joineui": 0.1, "applicationid": 0.2, "devaddr": 0.3, "idx": 0.7,
    "uniqueid": 0.93, "tid": 0.5, "poleid": 0.9, "unitid": 0.9, "counterid": 0.93, "zoneid": 0.85, "cameraid": 0.92,
    "hardwareserial": 0.95, "idstation": 0.95, "idmeter": 0.92, "inventarisnummer": 0.9, "volgnummer": 0.6,
    "eui": 0.95, "passkey": 0.85, "stationtype": 0.05, "equipmentid": 0.92, "uid": 0.85, "urn": 0.9, "slug": 0.6,
    "pointid": 0.9, "idpdcitinerance": 0.96, "idpdclocal": 0.8, "idstationitinerance": 0.8, "from": 0.4,
    "idpdc": 0.9, "codestation": 0.93, "fixtureid": 0.95,
}  # fmt: skip
_NAMES: Final[dict[str, float]] = {
    "name": 1.0, "naam": 1.0, "nom": 1.0, "label": 0.85, "title": 0.8, "titel": 0.8, "titre": 0.8, "libelle": 0.85,
    "devicename": 0.9, "stationname": 0.92, "benaming": 0.9, "omschrijving": 0.5, "displayname": 0.95,
    "friendlyname": 0.95, "intitule": 0.8, "locationname": 0.8, "sitename": 0.8, "parkingname": 0.92,
    "nomstation": 0.92,
    "denomination": 0.85, "alias": 0.6, "lname": 0.5, "nomdudispositif": 0.9, "straatnaam": 0.3, "description": 0.35,
}  # fmt: skip
_FORMS: Final = (
    ("EUI-64", re.compile(r"(?:[0-9A-Fa-f]{16}|(?:[0-9A-Fa-f]{2}[-:]){7}[0-9A-Fa-f]{2})")),
    ("UUID", re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")),
    ("MAC", re.compile(r"(?:[0-9A-Fa-f]{2}[-:]){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{12}")),
    ("URN", re.compile(r"urn:[A-Za-z0-9][^\s]+")),
    ("IMEI", re.compile(r"\d{15}")),
)


@dataclass(frozen=True)
class NamingGuess:
    """A column that names things.

    Args:
        column: The column.
        score: How sure it is, from 0 to 1.
        reason: Why, in words.
    """

    column: Column
    score: float
    reason: str


def identifier_form(text: str) -> str | None:
    """Return what form of identifier a text has: ``EUI-64``, ``UUID``, ``MAC``, ``URN``, ``IMEI``, or ``None``.

    Args:
        text: The text.
    """
    return next((name for name, form in _FORMS if form.fullmatch(text.strip())), None)


def guess_id(columns: Sequence[Column], *, unique: bool = False) -> NamingGuess | None:
    """Find the column that tells things apart.

    Args:
        columns: All columns.
        unique: Whether each row is another thing, as in a list of devices; else several rows may be of one.

    Returns:
        The likeliest, or ``None``.
    """
    found = []
    for place, column in enumerate(columns):
        values = [str(value).strip() for value in column.present if isinstance(value, str | int)]
        if not values or len(values) < len(column.present) or any(isinstance(one, bool) for one in column.present):
            continue
        if unique and (len(set(values)) < len(values) or len(values) < len(column.values)):
            continue
        whole, words = joined(column.path[-1]), words_of(column.path[-1])
        score = _IDS.get(whole, 0.0)
        reason = f"named {column.path[-1]!r}"
        if not score and (words[-1:] == ("id",) or words[:1] == ("id",)) and whole not in ("appid", "messageid"):
            score = 0.8
        form = identifier_form(values[0])
        if form is not None and all(identifier_form(value) == form for value in values) and score != 0.1:
            score = max(score, 0.6) + 0.05
            reason = f"its values are {form}"
        if any(len(value) > 120 or "\n" in value for value in values) or not score:
            continue
        if unique and score:
            score += 0.05
        score -= 0.03 * (len(column.path) - 1) + 0.001 * place
        found.append(NamingGuess(column, round(min(score, 1.0), 3), reason))
    return max(found, key=lambda one: one.score, default=None)


def guess_name(columns: Sequence[Column]) -> NamingGuess | None:
    """Find the column that holds what people call a thing.

    Args:
        columns: All columns.
    """
    found = []
    valued = {one.path[:-1] for one in columns if len(one.path) > 1 and one.path[-1].lower() == "value"}
    for place, column in enumerate(columns):
        texts = column.texts
        if column.path[:-1] in valued:
            continue  # what a value is called, and not a thing
        if not texts or len(texts) < len(column.present) or not all(any(c.isalpha() for c in one) for one in texts):
            continue
        whole, words = joined(column.path[-1]), words_of(column.path[-1])
        score = _NAMES.get(whole, 0.0)
        if not score and words and (words[0] in ("naam", "nom", "name") or words[-1] in ("naam", "name")):
            score = 0.7
            if {"app", "application", "tenant", "profile", "gateway", "file", "host", "user", "model"} & set(words):
                score = 0.1
        if score:
            score -= 0.03 * (len(column.path) - 1) + 0.001 * place
            found.append(NamingGuess(column, round(score, 3), f"named {column.path[-1]!r}"))
    best = max(found, key=lambda one: one.score, default=None)
    return best if best is not None and best.score > 0.3 else None
