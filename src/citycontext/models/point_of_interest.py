"""Entities of the subject PointOfInterest of Smart Data Models (facts from its schemas at a0bac11).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin, SmartDataModel
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptGeoAttr, OptRelAttr, optional

__all__ = [
    "Beach",
    "Museum",
    "PointOfInterest",
    "Store",
]


class Beach(SmartDataModel):
    """Beach 0.0.2.

    https://github.com/smart-data-models/dataModel.PointOfInterest/blob/master/Beach/doc/spec.md

    Units: width MTR, length MTR.
    """

    _origin = Origin("PointOfInterest", "Beach")
    name: Attr[str]
    location: GeoAttr
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    width: OptAttr[float] = optional()
    """Property in MTR."""
    length: OptAttr[float] = optional()
    """Property in MTR."""
    beach_type: OptAttr[
        list[Literal["Q-Quality", "blackSand", "blueFlag", "calmWaters", "isolated", "strongWaves", "urban",
        "whiteSand", "windy"] | str]
    ] = optional()
    occupation_rate: OptAttr[Literal["high", "low", "medium", "none"] | str] = optional()
    people_occupancy: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    facilities: OptAttr[
        list[Literal["accessforDisabled", "cleaningServices", "lifeGuard", "litterBins", "promenade", "showers",
        "sunLoungerRental", "sunshadeRental", "surfPracticeArea", "telephone", "toilets", "touristOffice",
        "waterCraftRental"] | str]
    ] = optional()
    access_type: OptAttr[list[Literal["boat", "onFoot", "privateVehicle", "publicTransport"] | str]] = optional()
    ref_see_also: OptAttr[list[str]] = optional()


class Museum(SmartDataModel):
    """Museum 0.0.1.

    https://github.com/smart-data-models/dataModel.PointOfInterest/blob/master/Museum/doc/spec.md
    """

    _origin = Origin("PointOfInterest", "Museum")
    name: Attr[str]
    location: GeoAttr
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    museum_type: OptAttr[
        list[Literal["appliedArts", "archaeology", "architecture", "bullfighting", "cathedralMuseum", "ceramics",
        "contemporaryArt", "decorativeArts", "diocesanMuseum", "ethnology", "fineArts", "history", "literature",
        "maritime", "medicineAndPharmacy", "military", "mining", "modernArt", "multiDisciplinar", "museumHouse",
        "music", "naturalScience", "numismatic", "painting", "paleonthology", "popularArtsAndTraditions", "prehistoric",
        "railway", "sacredArt", "scienceAndTechnology", "sculpture", "specials", "sumptuaryArts", "textile", "thematic",
        "transports", "unesco", "universitary", "wax"] | str]
    ] = optional()
    facilities: OptAttr[
        list[Literal["audioguide", "auditory", "cafeteria", "cloakRoom", "conferenceRoom", "elevator", "forBabies",
        "forDisabled", "guidedTour", "ramp", "reservation", "restaurant", "shop"] | str]
    ] = optional()
    historical_period: OptAttr[list[str]] = optional()
    art_period: OptAttr[list[str]] = optional()
    building_type: OptAttr[list[str]] = optional()
    featured_artist: OptAttr[list[str]] = optional()
    contact_point: OptAttr[dict[str, Any]] = optional()
    tourist_area: OptAttr[str] = optional()
    opening_hours_specification: OptAttr[list[dict[str, Any]]] = optional()
    ref_see_also: OptAttr[list[str]] = optional()


class PointOfInterest(SmartDataModel):
    """PointOfInterest 0.3.1.

    https://github.com/smart-data-models/dataModel.PointOfInterest/blob/master/PointOfInterest/doc/spec.md
    """

    _origin = Origin("PointOfInterest", "PointOfInterest")
    name: Attr[str]
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    description: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    category: OptAttr[list[str]] = optional()
    contact_point: OptAttr[dict[str, Any]] = optional()
    ref_see_also: OptAttr[list[str]] = optional()
    ward_id: OptAttr[str] = optional()
    zone_id: OptAttr[str] = optional()
    additional_info_url: OptRelAttr = optional("additionalInfoURL")
    zone_name: OptAttr[str] = optional()
    municipality_info: OptAttr[dict[str, Any]] = optional()
    title: OptAttr[str] = optional()
    relevance: OptAttr[float] = optional()
    image: OptAttr[str] = optional()
    price_range: OptAttr[str] = optional()
    capacity: OptAttr[float] = optional()
    occupancy: OptAttr[float] = optional()


class Store(SmartDataModel):
    """Store 0.0.1.

    https://github.com/smart-data-models/dataModel.PointOfInterest/blob/master/Store/doc/spec.md
    """

    _origin = Origin("PointOfInterest", "Store")
    name: Attr[str]
    description: Attr[str]
    date_created: OptAttr[datetime] = optional()
    date_modified: OptAttr[datetime] = optional()
    source: OptAttr[str] = optional()
    alternate_name: OptAttr[str] = optional()
    data_provider: OptAttr[str] = optional()
    owner: OptAttr[list[str]] = optional()
    see_also: OptAttr[list[str] | str] = optional()
    location: OptGeoAttr = optional()
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    opening_hours_specification: OptAttr[list[dict[str, Any]]] = optional()
    start_date: OptAttr[datetime] = optional()
    end_date: OptAttr[datetime] = optional()
    opening_hours: OptAttr[str] = optional()
    currencies_accepted: OptAttr[list[str]] = optional()
    payment_accepted: OptAttr[list[str]] = optional()
    logo: OptAttr[str] = optional()
    telephone: OptAttr[str] = optional()
    email: OptAttr[str] = optional()
    url: OptAttr[str] = optional()
    category: OptAttr[
        Literal["AutoPartsStore", "BikeStore", "BookStore", "ClothingStore", "ComputerStore", "ConvenienceStore",
        "DepartmentStore", "ElectronicsStore", "Florist", "FurnitureStore", "GardenStore", "GroceryStore",
        "HardwareStore", "HobbyShop", "HomeGoodsStore", "JewelryStore", "LiquorStore", "MensClothingStore",
        "MobilePhoneStore", "MovieRentalStore", "MusicStore", "OfficeEquipmentStore", "OutletStore", "PawnShop",
        "PetStore", "ShoeStore", "SportingGoodsStore", "TireShop", "ToyStore", "WholesaleStore"] | str
    ] = optional()
