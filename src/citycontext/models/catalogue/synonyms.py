"""What people call things: words in Dutch, French and English, and the words that names of models have for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import islice, product
from typing import Final

from citycontext.models.catalogue.index import plain_name

__all__ = ["meant_by", "plain_words"]

_MOST: Final = 32
_LONG: Final = 8
_PART: Final = 5
_ELIDED: Final = re.compile(r"\b[dlDL]['\u2019]|[^\w.]+")
_SMALL: Final = " a an au aux de des du een en et het in la le les of op pour the van voor "

_WORDS: Final = """
fietstelling fietstellingen fietsteller fietstellers telpaal comptagevelo: bicycle+trafficflow trafficflow
compteurvelo fietstelpaal: bicycle+trafficflow trafficflow
telpalen bicyclecount bicyclecounts bikecount bikecounter cyclecount bicyclecounter: bicycle+trafficflow trafficflow
bicyclecounting cyclecounter: bicycle+trafficflow trafficflow
bicycle bike cycling fiets fietsen fietser fietsers velo velos cycliste: bicycle bike cycling
count counting counts telling tellingen: count flow
voertuigtelling verkeerstelling verkeerstellingen verkeersteller comptage trafic verkeer circulation: trafficflow
file embouteillage congestie traffic congestion verkeersdrukte: trafficflow
autotelling trafficcount trafficcounts vehiclecount: trafficflow
voetgangerstelling passantentelling peoplecount footfall druktemeting drukte crowd foule pieton voetganger: crowdflow
voetgangers pedestrian pedestrians pietons passant passanten peoplecounting peoplecounter crowding: crowdflow
affluence: crowdflow
parking parkeren parkeerplaats parkeerplaatsen parkeervak carpark stationnement parcmetre: parkingspot parking
placeparking: parkingspot parking
parkeergarage parkeergarages parkeertoren parkeerterrein garage multistorey parkingsouterrain: offstreetparking
parkinggarage parkinglot: offstreetparking
straatparkeren parkeerzone parkeerzones stationnementvoirie stationnementrue: onstreetparking
fietsenstalling fietsenstallingen fietsparking: bicycleparking bicycle+parking bikehire
fietsenrek bikerack bikeparking: bicycleparking bicycle+parking bikehire
deelfiets deelfietsen deelfietsstation bikesharing bikeshare velopartage velolibre librevelo: bikehire gbfs
deelfietsenstation bikestation: bikehire gbfs
deelstep deelsteps deelscooter scooter trottinette trottinettes scootersharing stepsharing escooter: gbfs
luchtkwaliteit luchtmeting luchtmeetnet fijnstof stikstof airpollution smog qualiteair air lucht ozon: airquality
ozone stikstofdioxide particules pollutionair pollution airpollutie: airquality
geluid geluidsmeting geluidsoverlast lawaai geluidsmeter sound bruit noisemeter nuisancesonore: noiselevel noise
decibel sonometre geluidsniveau noiselevel nuisance: noiselevel noise
weer weerstation weerwaarneming meteo meteorologie stationmeteo weatherstation: weatherobserved weather
weersverwachting weerbericht previsionmeteo weatherforecast buienradar: weatherforecast
neerslag regen regenval rain rainfall regenmeter pluie precipitations pluviometre raingauge: rainfall precipitation
temperatuur warmte temperature: weatherobserved+temperature indoorenvironmentobserved+temperature temperature
thermometer: weatherobserved+temperature indoorenvironmentobserved+temperature temperature
wind windsnelheid vent anemometer windmeter vitessevent windrichting: weatherobserved+wind wind
vochtigheid luchtvochtigheid humidite: weatherobserved+humidity relativehumidity humidity
afval vuilnis vuilnisbak vuilbak vuilbakken afvalbak afvalcontainer afvalcontainers: wastecontainer waste
afvalophaling vuilniszak dechet dechets ordures conteneur rubbish: wastecontainer waste
glasbol glasbollen sorteerstraat container garbage trash bin glasbak poubelle poubelles: wastecontainer waste
dechetterie trashcan garbagecan recyclingbin bulle dustbin litterbin recyclage recycling: wastecontainer waste
straatverlichting straatlamp lantaarn lantaarnpaal verlichting lamppost streetlamp eclairage: streetlight
eclairagepublic reverbere lampadaire openbareverlichting streetlighting lamp lightpole straatlantaarn: streetlight
laadpaal laadpalen laadpunt laadpunten laadstation charger chargingpoint chargepoint bornerecharge: evchargingstation
borneelectrique chargingstation elektrischladen laadinfrastructuur evcharger recharge: evchargingstation
bushalte halte haltes busstop stop arretbus arret tramhalte busstation: gtfsstop publictransportstop
publictransportstop arrettram: gtfsstop publictransportstop
dienstregeling timetable: gtfsstoptime gtfs
openbaarvervoer bus tram trein publictransport transportencommun transportcommun autobus metro train: gtfs transport
gebouw gebouwen pand panden batiment batiments kantoor immeuble: building
waterkwaliteit zwemwater qualiteeau zwemplas baignade: waterquality
waterpeil waterstand waterniveau waterlevel overstroming flood niveaueau inondation inondations: waterlevel flood
overstromingen peilmeting hauteureau rivier riviere riverlevel waterhoogte crue: waterlevel flood
riool riolering afvalwater sewer egout egouts eauxusees sewage zuivering waterzuivering: wastewater
watermeter waterverbruik drinkwater compteureau consommationeau slimmewatermeter watermetering: waterconsumption
waterusage: waterconsumption
energieverbruik elektriciteitsmeter stroomverbruik meterstand stroom: acmeasurement smartmeteringobservation energy
elektriciteit electricite stroommeter consommationelectrique: acmeasurement smartmeteringobservation energy
electricity energie verbruik elektriciteitsverbruik: acmeasurement smartmeteringobservation energy
zonnepaneel zonnepanelen solarpanel zonneenergie zonnestroom: photovoltaicdevice solarenergy photovoltaic
panneausolaire panneauxsolaires solarpanel solar solaire zonnedak: photovoltaicdevice solarenergy photovoltaic
batterij batterijen accu batterie: battery
boom bomen tree arbre arbres trees plant planten: flowerbed garden greenspacerecord
park parken plantsoen groen green jardin jardins tuin espacevert parc: park garden greenspace
melding meldingen klacht klachten complaint issue plainte plaintes signalement: servicerequest open311 issue
issuereport reclamation storing defect citizenreport: servicerequest open311 issue
wegenwerken werken wegwerkzaamheden roadworks travaux chantier werf nutswerken roadwork: citywork
hinder omleiding roadclosure: restrictedtrafficarea roadaccident alert
ongeval ongevallen ongeluk accident crash: roadaccident accident
evenement evenementen event festival evenement fete kermis concert: event
museum musea musee musees: museum
strand stranden beach plage plages: beach
hotel logies overnachting: accommodation
bezienswaardigheid bezienswaardigheden toerisme toeristisch sight: pointofinterest touristattraction
toestel toestellen sensor sensoren meter capteur capteurs appareil meetstation iot: device
voertuig voertuigen auto auto's car cars vehicule voiture wagen wagens vrachtwagen truck taxi deelauto: vehicle
deelwagen carsharing sharedcar autopartage vloot fleet: vehicle
weg wegen straat straten street road route rue chaussee voirie: road roadsegment
verkeerslicht verkeerslichten trafficlight stoplight feurouge: trafficflowobserved roadsegment+traffic
feuxsignalisation stoplicht trafficsignal: trafficflowobserved roadsegment+traffic
bewoner inwoner burger citizen: person
bedrijf bedrijven onderneming company: organization
waarschuwing alarm warning avertissement alerte noodmelding: alert
wachtrij wachttijd queue fileattente attente loket guichet: queue
zendmast wifi hotspot: wifi
dier dieren animal vee: animal
akker perceel gewas landbouw crop: agriparcel agricrop
slimmemeter slimmemeters digitalemeter smartmeter gasmeter gas compteurintelligent: smartmeteringobservation
gasverbruik: smartmeteringobservation
grondwater grondwaterpeil eausouterraine groundwater piezometer: phreaticobserved
bodem bodemvocht bodemvochtigheid soil soilmoisture humiditesol: agrisoil greenspacerecord
pollen stuifmeel hooikoorts allergen allergie: aeroallergenobserved
binnenklimaat binnenlucht binnentemperatuur co2 co2meter qualiteairinterieur indoorair: indoorenvironmentobserved
straling elektrosmog rayonnement radiation: electromagneticobserved
muggen muskieten moustiques: mosquitodensity
trilling trillingen vibration vibrations: vibrationsobserved
nummerplaat nummerplaatherkenning anpr plaque licenseplate: anprflowobserved
trafficviolation snelheidsovertreding flitspaal boete radar snelheidscamera: trafficviolation
brug bruggen pont tunnel: roadsegment road
fietspad fietspaden pistecyclable bikepath cyclepath cyclelane fietsstraat: bikelane
lagelezone lez autoluw verkeersvrij voetgangerszone lowemissionzone zonepietonne: restrictedtrafficarea
station gare treinstation busstation: transportstation gtfsstation
camera cameras bewakingscamera videosurveillance cctv: camera
school scholen ecole bibliotheek bibliotheque library zwembad piscine speeltuin speelplein: pointofinterest
playground plainejeux toilet toiletten toilettes apotheek pharmacie ziekenhuis hopital hospital: pointofinterest
drinkfontein drinkwaterfontein fontaine fountain sporthal sportveld brandweer pompiers politie: pointofinterest
police bankautomaat bezienswaardig brandkraan hydrant: pointofinterest
winkel winkels magasin commerce shop supermarkt: store
lift liften ascenseur elevator: elevator
vergaderzaal zaal kamer salle room lokaal: room
windmolen windmolens windturbine eolienne windenergie groenestroom: greenenergygenerator
warmtepomp verwarming chauffage heating heatpump: waterheater building
energiegemeenschap communauteenergie: energycommunity
zee getij golfhoogte mer maree tide: seaconditions
haven port jachthaven: seaportfacilities
lichtvervuiling: nightskyquality
koolstof uitstoot emissies carbon empreinte: carbonfootprint
toeristen touristes bezoekers visiteurs visitors: tourismpresenceobserved
drone drones: unmannedaerialvehicle
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


def plain_words(text: str) -> list[str]:
    """Split what somebody searches into words that compare: without case, accents, and words such as ``de`` and ``of``.

    Args:
        text: What was typed.
    """
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    words = [plain_name(word) for word in _ELIDED.sub(" ", bare).split()]
    return [word for word in words if f" {word} " not in _SMALL] or words


def meant_by(words: Sequence[str], *, compounds: bool = False) -> list[list[str]]:
    """List what may be meant by words, where at least one of them is known to mean something else.

    Args:
        words: The words, plain.
        compounds: Whether a long word that is not known means what a known word at its end or beginning does.

    Returns:
        For each reading its words, the likeliest first.
    """
    joined = [list(one) for one in _meanings("".join(words))] if len(words) > 1 else []  # "bicycle count"
    known = {word: _meanings(word, compounds=compounds and not joined) for word in words}
    if not any(known.values()):
        return joined
    readings = product(*(known[word] or ((word,),) for word in words))
    return [*joined, *([word for part in choice for word in part] for choice in islice(readings, _MOST))]


def _meanings(word: str, *, compounds: bool = False) -> tuple[tuple[str, ...], ...]:
    known = _synonyms()
    for ending in ("", "s", "en", "x"):
        if word.endswith(ending) and (found := known.get(word.removesuffix(ending))):
            return found
    if not compounds or len(word) < _LONG:
        return ()
    parts = [one for one in known if len(one) >= _PART and (word.startswith(one) or word.endswith(one))]
    return known[max(parts, key=lambda one: (len(one), word.endswith(one)))] if parts else ()
