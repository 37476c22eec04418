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
    wave_level: OptAttr[float] = optional()
    surface_temperature: OptAttr[float] = optional()
    wave_height: OptAttr[float] = optional()
    wave_period: OptAttr[float] = optional()
    p_h: OptAttr[float] = optional()
    salinity: OptAttr[float] = optional()
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
    wind_direction: OptAttr[float] = optional()
    wind_speed: OptAttr[float] = optional()
    gust_speed: OptAttr[float] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    atmospheric_pressure: OptAttr[float] = optional()
    illuminance: OptAttr[float] = optional()
    temperature: OptAttr[float] = optional()
    feels_like_temperature: OptAttr[float] = optional()
    relative_humidity: OptAttr[float] = optional()
    date_retrieved: OptAttr[datetime] = optional()
    validity: OptAttr[str] = optional()
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
    day_maximum: OptAttr[dict[str, Any]] = optional()
    day_minimum: OptAttr[dict[str, Any]] = optional()
    u_v_index_max: OptAttr[float] = optional()
    precipitation: OptAttr[float] = optional()
    precipitation_probability: OptAttr[float] = optional()


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
    wind_direction: OptAttr[float] = optional()
    wind_speed: OptAttr[float] = optional()
    gust_speed: OptAttr[float] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    atmospheric_pressure: OptAttr[float] = optional()
    illuminance: OptAttr[float] = optional()
    temperature: OptAttr[float] = optional()
    feels_like_temperature: OptAttr[float] = optional()
    relative_humidity: OptAttr[float] = optional()
    precipitation: OptAttr[float] = optional()
    solar_radiation: OptAttr[float] = optional()
    direct_irradiation: OptAttr[float] = optional()
    diffuse_irradiation: OptAttr[float] = optional()
    pressure_tendency: OptAttr[Literal["falling", "raising", "steady"] | str | float] = optional()
    dew_point: OptAttr[float] = optional()
    ref_device: OptRelAttr = optional()
    stream_gauge: OptAttr[float] = optional()
    snow_height: OptAttr[float] = optional()
    u_v_index_max: OptAttr[float] = optional()
    aqi_major_pollutant: OptAttr[str] = optional()
    aqi_major_pollutant_forecast: OptAttr[str] = optional()
    air_temperature_forecast: OptAttr[float] = optional()
    precipitation_forecast: OptAttr[float] = optional()
    air_quality_index: OptAttr[float] = optional()
    relative_humidity_forecast: OptAttr[float] = optional()
    air_quality_index_forecast: OptAttr[float] = optional()
    air_temperature_tsa: OptAttr[dict[str, Any]] = optional("airTemperatureTSA")
