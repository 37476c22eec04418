"""Entities of the subject Environment of Smart Data Models (facts from its schemas at f0150e5).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, attribute, optional

__all__ = [
    "AeroAllergenObserved",
    "AirQualityForecast",
    "AirQualityMonitoring",
    "AirQualityObserved",
    "CarbonFootprint",
    "ElectroMagneticObserved",
    "EnvironmentObserved",
    "FloodMonitoring",
    "IndoorEnvironmentObserved",
    "MosquitoDensity",
    "NightSkyQuality",
    "NoiseLevelObserved",
    "NoisePollution",
    "NoisePollutionForecast",
    "PhreaticObserved",
    "RainFallRadarObserved",
    "TrafficEnvironmentImpact",
    "TrafficEnvironmentImpactForecast",
    "WaterObserved",
]


class AeroAllergenObserved(Commons):
    """AeroAllergenObserved 0.0.2.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/AeroAllergenObserved/doc/spec.md
    """

    _origin = Origin("Environment", "AeroAllergenObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    allergen_risk: OptAttr[Literal["high", "low", "moderate", "none", "veryHigh"] | str] = optional()
    ref_device: OptRelAttr = optional()


class AirQualityForecast(LocatedCommons):
    """AirQualityForecast 0.0.2.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/AirQualityForecast/doc/spec.md

    Units: precipitation MMT.
    """

    _origin = Origin("Environment", "AirQualityForecast")
    air_quality_index: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    air_quality_level: OptAttr[str] = optional()
    co2: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    no2: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    o3: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    nox: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    so2: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    pm10: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    pm25: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    temperature: OptAttr[float] = optional()
    relative_humidity: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    wind_speed: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    precipitation: OptAttr[float] = optional(minimum=0, unit="MMT")
    """Property in MMT, from 0."""
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
    validity: OptAttr[str] = optional()


class AirQualityMonitoring(LocatedCommons):
    """AirQualityMonitoring 0.0.3.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/AirQualityMonitoring/doc/spec.md

    Units: solar_radiation kW/m2.
    """

    _origin = Origin("Environment", "AirQualityMonitoring")
    device_info: OptAttr[dict[str, Any]] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    device_status: OptAttr[str] = optional()
    atmospheric_pressure: OptAttr[float] = optional()
    air_quality_index: OptAttr[float] = optional()
    air_quality_level: OptAttr[str] = optional()
    aqi_major_pollutant: OptAttr[
        Literal["arsenic", "bap", "benzene", "co2", "nh3", "no", "no2", "o2", "o3", "pb", "so2"] | str
    ] = optional()
    air_temperature_tsa: OptAttr[dict[str, Any]] = optional("airTemperatureTSA")
    ambient_noise_tsa: OptAttr[dict[str, Any]] = optional("ambientNoiseTSA")
    arsenic_tsa: OptAttr[dict[str, Any]] = optional("arsenicTSA")
    atmospheric_pressure_tsa: OptAttr[dict[str, Any]] = optional("atmosphericPressureTSA")
    bap_tsa: OptAttr[dict[str, Any]] = optional("bapTSA")
    benzene_tsa: OptAttr[dict[str, Any]] = optional("benzeneTSA")
    co_tsa: OptAttr[dict[str, Any]] = optional("coTSA")
    co2_tsa: OptAttr[dict[str, Any]] = optional("co2TSA")
    nh3_tsa: OptAttr[dict[str, Any]] = optional("nh3TSA")
    nickel_tsa: OptAttr[dict[str, Any]] = optional("nickelTSA")
    no_tsa: OptAttr[dict[str, Any]] = optional("noTSA")
    no2_tsa: OptAttr[dict[str, Any]] = optional("no2TSA")
    o2_tsa: OptAttr[dict[str, Any]] = optional("o2TSA")
    o3_tsa: OptAttr[dict[str, Any]] = optional("o3TSA")
    pm10_tsa: OptAttr[dict[str, Any]] = optional("pm10TSA")
    pm25_tsa: OptAttr[dict[str, Any]] = optional("pm25TSA")
    relative_humidity_tsa: OptAttr[dict[str, Any]] = optional("relativeHumidityTSA")
    so2_tsa: OptAttr[dict[str, Any]] = optional("so2TSA")
    pb_tsa: OptAttr[dict[str, Any]] = optional("pbTSA")
    uv_tsa: OptAttr[dict[str, Any]] = optional("uvTSA")
    illuminance: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    solar_radiation: OptAttr[float] = optional()
    """Property in kW/m2."""
    precipitation: OptAttr[float] = optional()
    version_info: OptAttr[dict[str, Any]] = optional()


class AirQualityObserved(Commons):
    """AirQualityObserved 0.1.4.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/AirQualityObserved/doc/spec.md

    Units: precipitation MMT.
    """

    _origin = Origin("Environment", "AirQualityObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    air_quality_index: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    air_quality_level: OptAttr[str] = optional()
    reliability: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    as_: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    c6h6: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    cd: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    co: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    co_level: OptAttr[str] = optional()
    co2: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    ni: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    no: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    no2: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    nox: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    o3: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    pm10: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    pm25: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    pb: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    precipitation: OptAttr[float] = optional(minimum=0, unit="MMT")
    """Property in MMT, from 0."""
    relative_humidity: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""
    sh2: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    so2: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    typeof_location: OptAttr[Literal["indoor", "outdoor"] | str] = optional()
    volatile_organic_compounds_total: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    ref_device: OptRelAttr = optional()
    ref_point_of_interest: OptRelAttr = optional()
    ref_weather_observed: OptRelAttr = optional()
    temperature: OptAttr[float] = optional()
    wind_direction: OptAttr[float] = optional(minimum=-180, maximum=180)
    """Property, from -180 to 180."""
    wind_speed: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    pm1: OptAttr[float] = optional()
    pm4: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    tpc: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    tsp: OptAttr[int] = optional(minimum=0)
    """Property, from 0."""
    pressure: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    charge: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""


class CarbonFootprint(LocatedCommons):
    """CarbonFootprint 0.0.1.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/CarbonFootprint/doc/spec.md
    """

    _origin = Origin("Environment", "CarbonFootprint")
    emission_source: OptAttr[str] = optional()
    co2eq: OptAttr[float] = optional("CO2eq", minimum=0)
    """Property, from 0."""
    emission_date: OptAttr[datetime] = optional()
    related_source: OptRelAttr = optional()
    tags: OptAttr[list[str]] = optional()


class ElectroMagneticObserved(Commons):
    """ElectroMagneticObserved 0.1.0.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/ElectroMagneticObserved/doc/spec.md
    """

    _origin = Origin("Environment", "ElectroMagneticObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    e_mf: Attr[float] = attribute("eMF", minimum=0)
    """Property, from 0."""
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    ref_point_of_interest: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    reliability: OptAttr[float] = optional(minimum=0, maximum=1)
    """Property, from 0 to 1."""


class EnvironmentObserved(LocatedCommons):
    """EnvironmentObserved 0.0.1.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/EnvironmentObserved/doc/spec.md
    """

    _origin = Origin("Environment", "EnvironmentObserved")
    point_of_interest: OptRelAttr = optional()
    weather_observed: OptRelAttr = optional()
    air_quality_observed: OptRelAttr = optional()
    water_quality_observed: OptRelAttr = optional()


class FloodMonitoring(LocatedCommons):
    """FloodMonitoring 0.0.1.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/FloodMonitoring/doc/spec.md
    """

    _origin = Origin("Environment", "FloodMonitoring")
    alert_level: OptAttr[float] = optional()
    current_level: OptAttr[float] = optional()
    danger_level: OptAttr[float] = optional()
    measured_distance: OptAttr[float] = optional()
    reference_level: OptAttr[float] = optional()
    flood_level_status: OptAttr[str] = optional()
    station_id: OptAttr[str] = optional("stationID")
    observation_date_time: OptAttr[datetime] = optional()


class IndoorEnvironmentObserved(Commons):
    """IndoorEnvironmentObserved 0.0.1.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/IndoorEnvironmentObserved/doc/spec.md

    Units: co2 M1.
    """

    _origin = Origin("Environment", "IndoorEnvironmentObserved")
    location: GeoAttr
    date_observed: Attr[str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    ref_point_of_interest: OptRelAttr = optional()
    sensor_placement: OptAttr[
        Literal["ceiling", "center", "eastWall", "floor", "northWall", "roof", "southWall", "westWall"] | str
    ] = optional()
    sensor_height: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    people_count: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    temperature: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    relative_humidity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    atmospheric_pressure: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    illuminance: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    co2: OptAttr[float] = optional()
    """Property in M1."""


class MosquitoDensity(LocatedCommons):
    """MosquitoDensity 0.0.3.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/MosquitoDensity/doc/spec.md
    """

    _origin = Origin("Environment", "MosquitoDensity")
    data_descriptor: OptRelAttr = optional()
    male_total: OptAttr[float] = optional()
    species_total: OptAttr[float] = optional()
    species_name: OptAttr[str] = optional()
    female_total: OptAttr[float] = optional()
    device_id: OptAttr[str] = optional()
    device_sim_number: OptAttr[str] = optional()
    device_info: OptAttr[dict[str, Any]] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    air_temperature: OptAttr[dict[str, Any]] = optional()
    precipitation: OptAttr[float] = optional()
    mosquito_density: OptAttr[dict[str, Any]] = optional()


class NightSkyQuality(Commons):
    """NightSkyQuality 0.0.2.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/NightSkyQuality/doc/spec.md

    Units: ambient_temperature CEL, battery 2Z, sky_temperature CEL.
    """

    _origin = Origin("Environment", "NightSkyQuality")
    location: GeoAttr
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ambient_temperature: OptAttr[float] = optional()
    """Property in CEL."""
    battery: OptAttr[float] = optional()
    """Property in 2Z."""
    battery_level: OptAttr[float] = optional()
    clouds: OptAttr[str] = optional()
    sigma_magnitude: OptAttr[float] = optional()
    sky_magnitude: OptAttr[float] = optional()
    sky_temperature: OptAttr[float] = optional()
    """Property in CEL."""


class NoiseLevelObserved(Commons):
    """NoiseLevelObserved 0.2.1.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/NoiseLevelObserved/doc/spec.md

    Units: height_average MTR, distance_average MTR.
    """

    _origin = Origin("Environment", "NoiseLevelObserved")
    location: GeoAttr
    date_observed_from: Attr[datetime]
    date_observed_to: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    date_observed: OptAttr[str] = optional()
    sonometer_class: OptAttr[Literal["0", "1", "2"] | str] = optional()
    ref_device: OptRelAttr = optional()
    ref_point_of_interest: OptRelAttr = optional()
    ref_weather_observed: OptRelAttr = optional()
    las: OptAttr[float] = optional("LAS")
    l_aeq: OptAttr[float] = optional("LAeq")
    l_aeq_d: OptAttr[float] = optional("LAeq_d")
    l_amax: OptAttr[float] = optional("LAmax")
    obstacles: OptAttr[str] = optional()
    height_average: OptAttr[str] = optional()
    """Property in MTR."""
    distance_average: OptAttr[str] = optional()
    """Property in MTR."""


class NoisePollution(LocatedCommons):
    """NoisePollution 0.0.4.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/NoisePollution/doc/spec.md
    """

    _origin = Origin("Environment", "NoisePollution")
    noise_annoyance_index: OptAttr[float] = optional(minimum=1, maximum=10)
    """Property, from 1 to 10."""
    noise_origin: OptAttr[str] = optional()
    buildings_type: OptAttr[str] = optional()
    ground_type: OptAttr[str] = optional()
    walls_type: OptAttr[str] = optional()
    lamax2: OptAttr[float] = optional("Lamax2")
    laeq2: OptAttr[float] = optional("Laeq2")
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()


class NoisePollutionForecast(LocatedCommons):
    """NoisePollutionForecast 0.0.3.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/NoisePollutionForecast/doc/spec.md
    """

    _origin = Origin("Environment", "NoisePollutionForecast")
    noise_annoyance_index: OptAttr[float] = optional(minimum=1, maximum=10)
    """Property, from 1 to 10."""
    la_night: OptAttr[float] = optional("LANight")
    l_amax2: OptAttr[float] = optional("LAmax2")
    l_aeq2: OptAttr[float] = optional("LAeq2")
    noise_origin: OptAttr[str] = optional()
    l_aeq: OptAttr[float] = optional("LAeq")
    l_aeq_d: OptAttr[float] = optional("LAeq_d")
    l_amax: OptAttr[float] = optional("LAmax")
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
    validity: OptAttr[str] = optional()
    date_issued: OptAttr[datetime] = optional()


class PhreaticObserved(Commons):
    """PhreaticObserved 0.0.2.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/PhreaticObserved/doc/spec.md

    Units: investigation_depth MTR, water_table MTR, pressure BAR.
    """

    _origin = Origin("Environment", "PhreaticObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    measurement_type: Attr[list[Literal["depth", "other", "quality", "volume"] | str]]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    is_mobile: OptAttr[bool] = optional()
    investigation_depth: OptAttr[float] = optional()
    """Property in MTR."""
    water_table: OptAttr[float] = optional()
    """Property in MTR."""
    pressure: OptAttr[float] = optional(minimum=0, unit="BAR")
    """Property in BAR, from 0."""
    depth: OptAttr[float] = optional()
    pollution_rate: OptAttr[float] = optional()
    residue_level: OptAttr[float] = optional()


class RainFallRadarObserved(Commons):
    """RainFallRadarObserved 0.1.0.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/RainFallRadarObserved/doc/spec.md

    Units: atmospheric_pressure A97, illuminance LUX, measured_area MTK.
    """

    _origin = Origin("Environment", "RainFallRadarObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    rain_fall_radar_content: Attr[str]
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
    ref_device: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    number_of_row: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    number_of_col: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    cells_size: OptAttr[float] = optional()
    map_scale: OptAttr[str] = optional()
    measured_area: OptAttr[float] = optional(minimum=0, unit="MTK")
    """Property in MTK, from 0."""


class TrafficEnvironmentImpact(LocatedCommons):
    """TrafficEnvironmentImpact 0.0.2.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/TrafficEnvironmentImpact/doc/spec.md

    Units: co2 M1.
    """

    _origin = Origin("Environment", "TrafficEnvironmentImpact")
    co2: OptAttr[float] = optional()
    """Property in M1."""
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    traffic: OptAttr[list[dict[str, Any]]] = optional()


class TrafficEnvironmentImpactForecast(LocatedCommons):
    """TrafficEnvironmentImpactForecast 0.0.2.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/TrafficEnvironmentImpactForecast/doc/spec.md

    Units: co2 M1.
    """

    _origin = Origin("Environment", "TrafficEnvironmentImpactForecast")
    co2: OptAttr[float] = optional()
    """Property in M1."""
    valid_from: OptAttr[datetime] = optional()
    valid_to: OptAttr[datetime] = optional()
    validity: OptAttr[str] = optional()
    date_issued: OptAttr[datetime] = optional()
    traffic: OptAttr[list[dict[str, Any]]] = optional()


class WaterObserved(Commons):
    """WaterObserved 0.0.4.

    https://github.com/smart-data-models/dataModel.Environment/blob/master/WaterObserved/doc/spec.md

    Units: measured_area MTK, object_height_average MTR, object_height_max MTR, object_volume MTQ, water_level MTR,
    water_discharge MTQ.
    """

    _origin = Origin("Environment", "WaterObserved")
    location: GeoAttr
    date_observed: Attr[datetime]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    date_observed_from: OptAttr[datetime] = optional()
    date_observed_to: OptAttr[datetime] = optional()
    flow: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    height: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    swell_height: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    swell_period: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    swell_direction: OptAttr[float] = optional(minimum=0, maximum=360)
    """Property, from 0 to 360."""
    wave_length: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    measured_area: OptAttr[float] = optional(minimum=0, unit="MTK")
    """Property in MTK, from 0."""
    object_area: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    object_height_average: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    object_height_max: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    object_volume: OptAttr[float] = optional(minimum=0, unit="MTQ")
    """Property in MTQ, from 0."""
    water_level: OptAttr[float] = optional(minimum=0, unit="MTR")
    """Property in MTR, from 0."""
    water_discharge: OptAttr[float] = optional(minimum=0, unit="MTQ")
    """Property in MTQ, from 0."""
