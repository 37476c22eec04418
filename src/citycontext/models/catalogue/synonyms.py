"""What people call things: words in Dutch and English, and the words that names of models have for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, product
from typing import Final

from citycontext.models.catalogue.index import plain_name

__all__ = ["meant_by"]

_MOST: Final = 32

_WORDS: Final = """
fietstelling fietstellingen fietsteller fietstellers telpaal: bicycle+trafficflow trafficflow
telpalen bicyclecount bicyclecounts bikecount bikecounter cyclecount: bicycle+trafficflow trafficflow
bicycle bike cycling fiets fietsen fietser fietsers: bicycle bike cycling
count counting counts telling tellingen: count flow
voertuigtelling verkeerstelling verkeerstellingen verkeersteller: trafficflow
autotelling trafficcount trafficcounts vehiclecount: trafficflow
voetgangerstelling passantentelling peoplecount footfall druktemeting drukte crowd: crowdflow
parking parkeren parkeerplaats parkeerplaatsen parkeervak carpark: parkingspot parking
parkeergarage parkeergarages parkeertoren parkeerterrein garage multistorey: offstreetparking
straatparkeren parkeerzone parkeerzones: onstreetparking
fietsenstalling fietsenstallingen fietsparking: bicycleparking bicycle+parking bikehire
fietsenrek bikerack bikeparking: bicycleparking bicycle+parking bikehire
deelfiets deelfietsen deelfietsstation bikesharing bikeshare: bikehire gbfs
deelstep deelsteps deelscooter scooter: gbfs
luchtkwaliteit luchtmeting luchtmeetnet fijnstof stikstof airpollution smog: airquality
geluid geluidsmeting geluidsoverlast lawaai geluidsmeter sound: noiselevel noise
weer weerstation weerwaarneming meteo: weatherobserved weather
weersverwachting weerbericht: weatherforecast
neerslag regen regenval rain rainfall regenmeter: rainfall precipitation
temperatuur warmte: temperature
wind windsnelheid: windspeed wind
vochtigheid luchtvochtigheid: relativehumidity humidity
afval vuilnis vuilnisbak vuilbak vuilbakken afvalbak: wastecontainer waste
glasbol glasbollen sorteerstraat container garbage trash bin: wastecontainer waste
straatverlichting straatlamp lantaarn lantaarnpaal verlichting lamppost streetlamp: streetlight
laadpaal laadpalen laadpunt laadpunten laadstation charger chargingpoint chargepoint: evchargingstation
bushalte halte haltes busstop stop: gtfsstop publictransportstop
dienstregeling timetable: gtfsstoptime gtfs
openbaarvervoer bus tram trein publictransport: gtfs transport
gebouw gebouwen pand panden: building
waterkwaliteit zwemwater: waterquality
waterpeil waterstand waterniveau waterlevel overstroming flood: waterlevel flood
riool riolering afvalwater sewer: wastewater
watermeter waterverbruik drinkwater: waterconsumption
energieverbruik elektriciteitsmeter stroomverbruik meterstand: energyconsumption energy
zonnepaneel zonnepanelen solarpanel: solarenergy photovoltaic
batterij batterijen accu: battery
boom bomen tree: tree flowerbed garden
park parken plantsoen groen green: park garden greenspace
melding meldingen klacht klachten complaint issue: servicerequest open311 issue
wegenwerken werken wegwerkzaamheden roadworks: roadworks citywork
hinder omleiding roadclosure: restrictedtrafficarea roadaccident alert
ongeval ongevallen ongeluk accident crash: roadaccident accident
evenement evenementen event festival: event
museum musea: museum
strand stranden beach: beach
hotel logies overnachting: accommodation
bezienswaardigheid bezienswaardigheden toerisme toeristisch sight: pointofinterest touristattraction
toestel toestellen sensor sensoren meter: device
voertuig voertuigen auto auto's car cars: vehicle
weg wegen straat straten street road: road roadsegment
verkeerslicht verkeerslichten trafficlight stoplight: trafficlight signal
bewoner inwoner burger citizen: person
bedrijf bedrijven onderneming company: organization
waarschuwing alarm warning: alert
wachtrij wachttijd queue: queue
zendmast wifi hotspot: wifi
dier dieren animal vee: animal
akker perceel gewas landbouw crop: agriparcel agricrop
"""


@cache
def _synonyms() -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for line in _WORDS.strip().splitlines():
        said, _, meant = line.partition(":")
        choices = tuple(tuple(one.split("+")) for one in meant.split())
        for word in said.split():
            found[plain_name(word)] = choices
    return found


def meant_by(words: Sequence[str]) -> list[list[str]]:
    """List what may be meant by words, where at least one of them is known to mean something else.

    Args:
        words: The words, plain.

    Returns:
        For each reading its words, the likeliest first.
    """
    known = _synonyms()
    joined = [list(one) for one in known.get("".join(words), ())] if len(words) > 1 else []  # "bicycle count"
    if not any(word in known for word in words):
        return joined
    return [*joined, *islice(_readings(words), _MOST)]


def _readings(words: Sequence[str]) -> Iterator[list[str]]:
    known = _synonyms()
    for choice in product(*(known.get(word, ((word,),)) for word in words)):
        yield [word for part in choice for word in part]
