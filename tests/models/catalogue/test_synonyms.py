"""Words that people search by, in Dutch, French and English."""

from __future__ import annotations

import pytest

from citycontext.models import find_models, models
from citycontext.models.catalogue.index import plain_name
from citycontext.models.catalogue.synonyms import _synonyms


@pytest.mark.parametrize(
    ("words", "type_name"),
    [
        ("fietstelling", "TrafficFlowObserved"),
        ("bicycle count", "TrafficFlowObserved"),
        ("luchtkwaliteit", "AirQualityObserved"),
        ("laadpaal", "EVChargingStation"),
        ("vuilbak", "WasteContainer"),
        ("parkeergarage", "OffStreetParking"),
        ("geluid", "NoiseLevelObserved"),
        ("straatlamp", "Streetlight"),
        ("bus stop", "GtfsStop"),
        ("Luchtkwaliteit", "AirQualityObserved"),
        ("qualité de l'air", "AirQualityObserved"),
        ("geluidsmeter", "NoiseLevelObserved"),
        ("zonnepaneel", "PhotovoltaicDevice"),
        ("panneau solaire", "PhotovoltaicDevice"),
        ("afvalcontainer", "WasteContainer"),
        ("straatverlichting", "Streetlight"),
        ("éclairage public", "Streetlight"),
        ("bushalte", "GtfsStop"),
        ("arrêt de bus", "PublicTransportStop"),
        ("borne de recharge", "EVChargingStation"),
        ("comptage vélo", "TrafficFlowObserved"),
        ("bruit", "NoiseLevelObserved"),
        ("déchets", "WasteContainer"),
        ("niveau d'eau", "FloodMonitoring"),
        ("grondwater", "PhreaticObserved"),
        ("slimme meter", "SmartMeteringObservation"),
        ("bomen", "FlowerBed"),
        ("temperatuur", "WeatherObserved"),
        ("windsnelheid", "WeatherObserved"),
        ("verkeersdrempel", "TrafficFlowObserved"),
        ("afvalcontainers", "WasteContainer"),
        ("speeltuin", "PointOfInterest"),
        ("deelauto", "Vehicle"),
        ("wegenwerken", "CityWork"),
        ("pollen", "AeroAllergenObserved"),
        ("fietspad", "BikeLane"),
    ],
)
def test_models_are_found_by_what_people_call_them(words: str, type_name: str) -> None:
    """The model that is meant is among the first three, whatever the language, accents and small words."""
    assert type_name in [model.type for model in find_models(words)[:3]]


def test_a_word_counts_where_a_word_of_a_name_begins() -> None:
    """``tree`` is not in street, nor ``velo`` in level: what only holds the letters comes last."""
    assert not any("Street" in model.type for model in find_models("tree")[:3])
    assert not any("Level" in model.type for model in find_models("velo")[:3])


def test_names_of_models_go_before_what_words_may_mean() -> None:
    """Who searches for a name gets it first, and a word that nobody knows finds nothing."""
    assert find_models("WasteContainer")[0].type == "WasteContainer"
    assert find_models("zxcvb") == []


def test_every_word_leads_somewhere() -> None:
    """No entry of the word list is dead: each finds a model that has what it means."""
    names = " ".join(plain_name(f"{model.subject} {model.type} {' '.join(model.attributes)}") for model in models())
    dead = [word for word, meant in _synonyms().items() if not any(all(one in names for one in way) for way in meant)]
    assert dead == []
