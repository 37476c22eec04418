"""Entities of the subject Weather of Smart Data Models (facts from its schemas at adf1dd5).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, RelAttr, optional

__all__ = [
    "SeaConditions",
    "WeatherAlert",
    "WeatherForecast",
    "WeatherObserved",
]


class SeaConditions(LocatedCommons):
    """SeaConditions 0.0.1.

    https://github.com/smart-data-models/dataModel.Weather/blob/master/SeaConditions/doc/spec.md

    Units: wave_level Douglas sea scale, surface_temperature CEL, wave_height MTR, wave_period SEC, salinity NX.
    """

    _origin = Origin("Weather", "SeaConditions")
    wave_level: OptAttr[float] = optional(minimum=0, maximum=9)
    """Property in Douglas sea scale, from 0 to 9."""
    surface_temperature: OptAttr[float] = optional()
    """Property in CEL."""
    wave_height: OptAttr[float] = optional()
    """Property in MTR."""
    wave_period: OptAttr[float] = optional()
    """Property in SEC."""
    p_h: OptAttr[float] = optional(minimum=0, maximum=14)
    """Property, from 0 to 14."""
    salinity: OptAttr[float] = optional(minimum=0, unit="NX")
    """Property in NX, from 0."""
    date_observed: OptAttr[datetime] = optional()


class WeatherAlert(LocatedCommons):
    """WeatherAlert 0.4.1.

    https://github.com/smart-data-models/dataModel.Weather/blob/master/WeatherAlert/doc/spec.md
    """

    _origin = Origin("Weather", "WeatherAlert")
    date_issued: Attr[datetime]
    category: Attr[
        Literal["agriculture", "environment", "health", "naturalDisaster", "security", "traffic", "weather"] | str
    ]
    alert_source: RelAttr
    sub_category: Attr[
        Literal["avalanches", "coastalEvent", "coldWave", "flood", "fog", "forestFire", "heatWave", "highTemperature",
        "hurricane", "ice", "lowTemperature", "rain_flood", "rainfall", "snow", "snow_ice", "thunderstorms", "tornado",
        "tropicalCyclone", "tsunami", "wind"] | str
    ]
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
    severity: OptAttr[Literal["critical", "high", "informational", "low", "medium"] | str] = optional()
    data: OptAttr[dict[str, Any]] = optional()


class WeatherForecast(LocatedCommons):
    """WeatherForecast 0.0.3.

    https://github.com/smart-data-models/dataModel.Weather/blob/master/WeatherForecast/doc/spec.md

    Units: atmospheric_pressure A97, illuminance LUX, precipitation MMT.
    """

    _origin = Origin("Weather", "WeatherForecast")
    date_issued: Attr[datetime]
    weather_type: OptAttr[str] = optional()
    visibility: OptAttr[
        Literal["excellent", "good", "moderate", "poor", "veryGood", "veryPoor"] | str | float
    ] = optional()
    wind_direction: OptAttr[float] = optional(minimum=0, maximum=360)
    """Property, from 0 to 360."""
    wind_speed: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    gust_speed: OptAttr[float] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    atmospheric_pressure: OptAttr[float] = optional(minimum=0, unit="A97")
    """Property in A97, from 0."""
    illuminance: OptAttr[float] = optional(minimum=0, unit="LUX")
    """Property in LUX, from 0."""
    temperature: OptAttr[float] = optional()
    feels_like_temperature: OptAttr[float] = optional()
    relative_humidity: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    date_retrieved: OptAttr[datetime] = optional()
    validity: OptAttr[str] = optional()
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
    day_maximum: OptAttr[dict[str, Any]] = optional()
    day_minimum: OptAttr[dict[str, Any]] = optional()
    u_v_index_max: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    precipitation: OptAttr[float] = optional(minimum=0, unit="MMT")
    """Property in MMT, from 0."""
    precipitation_probability: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""


class WeatherObserved(Commons):
    """WeatherObserved 0.3.4.

    https://github.com/smart-data-models/dataModel.Weather/blob/master/WeatherObserved/doc/spec.md

    Units: atmospheric_pressure A97, illuminance LUX, precipitation MMT, solar_radiation D54, direct_irradiation D54,
    diffuse_irradiation D54, dew_point CEL, stream_gauge CMT, snow_height CMT.
    """

    _origin = Origin("Weather", "WeatherObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    weather_type: OptAttr[str] = optional()
    visibility: OptAttr[
        Literal["excellent", "good", "moderate", "poor", "veryGood", "veryPoor"] | str | float
    ] = optional()
    wind_direction: OptAttr[float] = optional(minimum=0, maximum=360)
    """Property, from 0 to 360."""
    wind_speed: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    gust_speed: OptAttr[float] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    atmospheric_pressure: OptAttr[float] = optional(minimum=0, unit="A97")
    """Property in A97, from 0."""
    illuminance: OptAttr[float] = optional(minimum=0, unit="LUX")
    """Property in LUX, from 0."""
    temperature: OptAttr[float] = optional()
    feels_like_temperature: OptAttr[float] = optional()
    relative_humidity: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    precipitation: OptAttr[float] = optional(minimum=0, unit="MMT")
    """Property in MMT, from 0."""
    solar_radiation: OptAttr[float] = optional(minimum=0, unit="D54")
    """Property in D54, from 0."""
    direct_irradiation: OptAttr[float] = optional(minimum=0, unit="D54")
    """Property in D54, from 0."""
    diffuse_irradiation: OptAttr[float] = optional(minimum=0, unit="D54")
    """Property in D54, from 0."""
    pressure_tendency: OptAttr[Literal["falling", "raising", "steady"] | str | float] = optional()
    dew_point: OptAttr[float] = optional()
    """Property in CEL."""
    ref_device: OptRelAttr = optional()
    stream_gauge: OptAttr[float] = optional(minimum=0, unit="CMT")
    """Property in CMT, from 0."""
    snow_height: OptAttr[float] = optional(minimum=0, unit="CMT")
    """Property in CMT, from 0."""
    u_v_index_max: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    aqi_major_pollutant: OptAttr[str] = optional()
    aqi_major_pollutant_forecast: OptAttr[str] = optional()
    air_temperature_forecast: OptAttr[float] = optional()
    precipitation_forecast: OptAttr[float] = optional()
    air_quality_index: OptAttr[float] = optional()
    relative_humidity_forecast: OptAttr[float] = optional()
    air_quality_index_forecast: OptAttr[float] = optional()
    air_temperature_tsa: OptAttr[dict[str, Any]] = optional("airTemperatureTSA")
