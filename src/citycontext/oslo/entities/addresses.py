"""Addresses (Adres, recognised standard of 2018, and the address register)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptAttr, OptGeoAttr, OptLanguageAttr, OptRelAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = ["Adres", "Adresvoorstelling"]


class Adres(OsloEntity, iri="adr:Adres"):
    """An address."""

    identificator: OptAttr[dict[str, str]] = optional()
    huisnummer: OptAttr[str] = optional()
    busnummer: OptAttr[str] = optional()
    heeft_straatnaam: OptRelAttr = optional()
    straatnaam: OptLanguageAttr = optional()
    homoniem_toevoeging: OptLanguageAttr = optional()
    gemeente: OptRelAttr = optional()
    gemeentenaam: OptLanguageAttr = optional()
    heeft_postinfo: OptRelAttr = optional()
    postcode: OptAttr[str] = optional()
    volledig_adres: OptLanguageAttr = optional()
    officieel_toegekend: OptAttr[bool] = optional()
    is_toegekend_door: OptRelAttr = optional()
    adresstatus: OptAttr[str] = optional()
    location: OptGeoAttr = optional()
    positiemethode: OptAttr[str] = optional()
    positiespecificatie: OptAttr[str] = optional()
    identifier = english(identificator)
    house_number = english(huisnummer)
    box_number = english(busnummer)
    street = english(heeft_straatnaam)
    street_name = english(straatnaam)
    homonym_addition = english(homoniem_toevoeging)
    municipality = english(gemeente)
    municipality_name = english(gemeentenaam)
    postal_area = english(heeft_postinfo)
    post_code = english(postcode)
    full_address = english(volledig_adres)
    officially_assigned = english(officieel_toegekend)
    assigned_by = english(is_toegekend_door)
    address_status = english(adresstatus)
    position = english(location)
    position_method = english(positiemethode)
    position_specification = english(positiespecificatie)


class Adresvoorstelling(OsloEntity, iri="locn:Address"):
    """How an address is written."""

    straatnaam: OptAttr[str] = optional()
    huisnummer: OptAttr[str] = optional()
    busnummer: OptAttr[str] = optional()
    postcode: OptAttr[str] = optional()
    gemeentenaam: OptAttr[str] = optional()
    land: OptAttr[str] = optional()
    volledig_adres: OptAttr[str] = optional()
    verwijst_naar: OptRelAttr = optional()
    thoroughfare = english(straatnaam)
    house_number = english(huisnummer)
    box_number = english(busnummer)
    post_code = english(postcode)
    municipality_name = english(gemeentenaam)
    country = english(land)
    full_address = english(volledig_adres)
    refers_to = english(verwijst_naar)
