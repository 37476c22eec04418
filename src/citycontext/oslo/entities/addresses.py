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
    identifier: OptAttr[dict[str, str]] = english(identificator)
    house_number: OptAttr[str] = english(huisnummer)
    box_number: OptAttr[str] = english(busnummer)
    street: OptRelAttr = english(heeft_straatnaam)
    street_name: OptLanguageAttr = english(straatnaam)
    homonym_addition: OptLanguageAttr = english(homoniem_toevoeging)
    municipality: OptRelAttr = english(gemeente)
    municipality_name: OptLanguageAttr = english(gemeentenaam)
    postal_area: OptRelAttr = english(heeft_postinfo)
    post_code: OptAttr[str] = english(postcode)
    full_address: OptLanguageAttr = english(volledig_adres)
    officially_assigned: OptAttr[bool] = english(officieel_toegekend)
    assigned_by: OptRelAttr = english(is_toegekend_door)
    address_status: OptAttr[str] = english(adresstatus)
    position: OptGeoAttr = english(location)
    position_method: OptAttr[str] = english(positiemethode)
    position_specification: OptAttr[str] = english(positiespecificatie)


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
    thoroughfare: OptAttr[str] = english(straatnaam)
    house_number: OptAttr[str] = english(huisnummer)
    box_number: OptAttr[str] = english(busnummer)
    post_code: OptAttr[str] = english(postcode)
    municipality_name: OptAttr[str] = english(gemeentenaam)
    country: OptAttr[str] = english(land)
    full_address: OptAttr[str] = english(volledig_adres)
    refers_to: OptRelAttr = english(verwijst_naar)
