"""A postal address as the models have it (schema.org PostalAddress, with house number and district)."""

from __future__ import annotations

from typing import Final, TypedDict

__all__ = ["POSTAL_ADDRESS_MEMBERS", "PostalAddress"]


class PostalAddress(TypedDict, total=False):
    """The value of ``address``: all members are texts and may lack; further members are kept."""

    type: str
    streetAddress: str
    streetNr: str
    postOfficeBoxNumber: str
    postalCode: str
    district: str
    addressLocality: str
    addressRegion: str
    addressCountry: str


POSTAL_ADDRESS_MEMBERS: Final = PostalAddress.__annotations__.keys()
"""The names that make an object an address."""
