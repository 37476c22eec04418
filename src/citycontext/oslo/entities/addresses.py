"""Addresses (Adres, recognised standard of 2018, and the address register)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptAttr, OptGeoAttr, OptLanguageAttr, OptRelAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = ["Adres", "Adresvoorstelling"]


class Adres(OsloEntity, iri="adr:Adres"):
    """An address."""

    huisnummer: OptAttr[str] = optional()
    busnummer: OptAttr[str] = optional()
    straatnaam: OptLanguageAttr = optional()
    gemeentenaam: OptLanguageAttr = optional()
    volledig_adres: OptLanguageAttr = optional()
    heeft_postinfo: OptRelAttr = optional()
    officieel_toegekend: OptAttr[bool] = optional()
    adresstatus: OptAttr[str] = optional()
    location: OptGeoAttr = optional()
    house_number = english(huisnummer)
    box_number = english(busnummer)
    street_name = english(straatnaam)
    municipality_name = english(gemeentenaam)
    full_address = english(volledig_adres)
    postal_area = english(heeft_postinfo)
    officially_assigned = english(officieel_toegekend)
    address_status = english(adresstatus)
    position = english(location)


class Adresvoorstelling(OsloEntity, iri="locn:Address"):
    """How an address is written."""

    straatnaam: OptAttr[str] = optional()
    huisnummer: OptAttr[str] = optional()
    busnummer: OptAttr[str] = optional()
    postcode: OptAttr[str] = optional()
    gemeentenaam: OptAttr[str] = optional()
    land: OptAttr[str] = optional()
    volledig_adres: OptAttr[str] = optional()
    thoroughfare = english(straatnaam)
    house_number = english(huisnummer)
    box_number = english(busnummer)
    post_code = english(postcode)
    municipality_name = english(gemeentenaam)
    country = english(land)
    full_address = english(volledig_adres)
