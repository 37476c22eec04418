"""What columns of spreadsheets are called, in Dutch, French and English, and which attributes they are then."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

__all__ = ["attributes_called", "plain_words"]

_PHRASES: Final = """
name: naam, name, nom, titel, title, benaming, label, naam parking, naam locatie, locatienaam, stationsnaam,
  designation, libelle
alternateName: alternatieve naam, bijnaam, alias, autre nom
description: omschrijving, beschrijving, description, toelichting, uitleg
address.streetAddress: adres, address, adresse, straat, straat en nummer, straatnaam, street, street address, rue,
  straat nr, straat + nr
address.postalCode: postcode, postal code, postnummer, zip, zip code, code postal, postnr
address.addressLocality: gemeente, stad, plaats, woonplaats, city, municipality, commune, ville, locality,
  deelgemeente, town
address.addressCountry: land, country, pays
address.addressRegion: provincie, regio, gewest, province, region
address.streetNr: huisnummer, huisnr, house number, numero
totalSpotNumber totalSlotNumber capacity totalPlaces maximumCapacity maximumVehicleCount: capaciteit, capacity,
  capacite, totaal, aantal plaatsen, totaal aantal plaatsen, total capacity, plaatsen, total, total places,
  parkeerplaatsen, aantal parkeerplaatsen, places, nombre de places, spots, total spots, max plaatsen, maximum
  capaciteit
availableSpotNumber freeSlotNumber availableBikeNumber availablePlaces availableCapacity: vrij, vrije plaatsen,
  beschikbaar, beschikbare plaatsen, aantal vrije plaatsen, nog vrij, available, free, available spots, available
  spaces, free places, free spaces, disponible, places libres, libre, libres, available capacity, beschikbare
  capaciteit
occupiedSpotNumber: bezet, bezette plaatsen, occupied, occupied spots, occupe, occupees, aantal bezet
occupancy occupancyRate: bezetting, bezettingsgraad, occupation, occupancy, occupancy rate, taux d occupation
outOfServiceSlotNumber: buiten dienst, defect, out of service, hors service
priceRatePerMinute: prijs per minuut, price per minute
category: categorie, category, soort, type, categorie parking, type parking, genre
status: status, toestand, state, etat, staat
openingHours: openingsuren, openingstijden, opening hours, uren, open, heures d ouverture
owner: eigenaar, owner, proprietaire
operator: uitbater, exploitant, operator, beheerder
dataProvider: leverancier, data provider, gegevensleverancier, aangeleverd door
source: bron, source, herkomst
seeAlso: website, url, link, webpagina, site web, meer info, web
image images: foto, afbeelding, image, photo, picture
contactPoint.telephone: telefoon, telefoonnummer, tel, phone, telephone
contactPoint.email: e-mail, email, mail, courriel, mailadres
areaServed: wijk, zone, gebied, area, district, quartier, buurt
maximumAllowedHeight: maximale hoogte, max hoogte, doorrijhoogte, max height, hauteur max
temperature: temperatuur, temperature, temp, luchttemperatuur
relativeHumidity humidity: vochtigheid, luchtvochtigheid, relatieve vochtigheid, humidity, humidite, rv
atmosphericPressure: luchtdruk, druk, pressure, pression
windSpeed: windsnelheid, wind speed, vitesse du vent
windDirection: windrichting, wind direction, direction du vent
precipitation: neerslag, regen, precipitation, pluie, rain
pm25: pm2.5, pm25, pm2 5, fijn stof 2.5, fijnstof pm2.5
pm10: pm10, fijn stof, fijnstof, fijnstof pm10
no2: no2, stikstofdioxide
no: no, stikstofmonoxide
o3: o3, ozon, ozone
co2: co2, koolstofdioxide
co: co, koolstofmonoxide
so2: so2, zwaveldioxide
LAeq: laeq, geluid, geluidsniveau, noise level, lawaai, niveau sonore, db, dba
LAmax: lamax, piekgeluid
fillingLevel: vulgraad, vulling, vullingsgraad, fill level, filling level, remplissage, niveau de remplissage, vol
batteryLevel: batterij, batterijniveau, battery, battery level, batterie
intensity: intensiteit, aantal voertuigen, voertuigen, vehicles, telling, aantal, count, nombre de vehicules
averageVehicleSpeed: snelheid, gemiddelde snelheid, speed, average speed, vitesse
peopleCount: aantal personen, bezoekers, personen, people, visitors, passanten
waterLevel level: waterpeil, waterstand, peil, water level, niveau d eau
powerState: aan uit, brandt, power state
illuminanceLevel illuminance: verlichtingssterkte, lux, illuminance, lichtsterkte
refRoadSegment: wegsegment, road segment
serialNumber: serienummer, serial number, numero de serie
manufacturer manufacturerName brandName: fabrikant, merk, manufacturer, brand, marque, fabricant
modelName: model, modelnaam, modele
laneId: rijstrook, lane
cargoWeight: gewicht, weight, poids
wasteType storedWasteKind storedWasteCode: afvalsoort, fractie, waste type, type dechets, afvalfractie
dateLastEmptying: laatst geledigd, laatste lediging, last emptied, lediging
installationDate dateInstalled: geplaatst, plaatsingsdatum, installatiedatum, installed, installation date
observedAt: tijdstip, datum, date, tijd, timestamp, time, laatste update, laatst bijgewerkt, last update, last
  updated, meettijd, meetmoment, horodatage, datum en tijd, datetime, datum tijd, observed at, update, moment, date
  et heure, gemeten op, mise a jour, bijgewerkt, bijgewerkt op, lastupdate, opnamedatum, datum meting, dateobserved
timeOfDay: uur, heure, hour, tijd van de dag, tijdstip van de dag
id: id, code, nr, nummer, identificatie, identifier, sleutel, key, referentie, ref, reference, objectid, uuid,
  parkingid, stationid, station id, station code, kenmerk, volgnummer, numero, identifiant
"""


@cache
def _table() -> dict[tuple[str, ...], tuple[str, ...]]:
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in _PHRASES.replace("\n  ", " ").strip().splitlines():
        attributes, _, phrases = line.partition(":")
        for phrase in phrases.split(","):
            words = plain_words(phrase)
            table[words] = (*table.get(words, ()), *attributes.split())
    return table


def plain_words(name: str) -> tuple[str, ...]:
    """Return the words of a column's name: small letters without accents; a unit in brackets is not a word of it.

    Args:
        name: ``Aantal vrije plaatsen``, ``available_spots``, ``pm25 (µg/m³)``.
    """
    bare = re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", " ", name) if not name.strip().startswith(("(", "[")) else name
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)
    plain = unicodedata.normalize("NFKD", parted)
    kept = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return tuple(
        re.findall(r"[a-z]+\d+(?:[.,]\d+)?|[a-z]+|\d+", kept.replace("pm2.5", "pm25").replace("pm2,5", "pm25"))
    )


def attributes_called(name: str) -> list[tuple[str, float]]:
    """Return the attributes that a column's name may mean, the likeliest first, each with how sure it is.

    Args:
        name: The column's name.
    """
    words = plain_words(name)
    found: dict[str, float] = {}
    table = _table()
    for known in (words, ("".join(words),)):
        for attribute in table.get(known, ()):
            found.setdefault(attribute, 1.0)
    for length in range(len(words) - 1, 0, -1):
        for start in range(len(words) - length + 1):
            for attribute in table.get(words[start : start + length], ()):
                # The more of the name is understood, the surer.
                found.setdefault(attribute, 0.8 * length / len(words) + 0.1 * (start == 0))
    return sorted(found.items(), key=lambda one: -one[1])
