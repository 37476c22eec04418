"""Entity models: Smart Data Models as typed classes, and everything that is known about them.

Classes of a city's subjects are modules: ``from citycontext.models.parking import OffStreetParking``. All other models
are made when asked for: ``model_for("Aircraft")``. ``validate`` tells what is wrong with an entity; ``clean`` puts
right what it can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citycontext.lazy_names import lazy_names

if TYPE_CHECKING:
    from citycontext.models.catalogue.description import AttributeDescription, ModelDescription
    from citycontext.models.catalogue.families import ModelFamily
    from citycontext.models.catalogue.registry import describe, families, find_models, model_for, models, subjects
    from citycontext.models.cleaning import Cleaned, Links, clean
    from citycontext.models.own_schema import describe_schema, model_from_schema
    from citycontext.models.smart_data_model import SmartDataModel
    from citycontext.models.validation import Practice, Strictness, validate

__all__ = [
    "AttributeDescription",
    "Cleaned",
    "Links",
    "ModelDescription",
    "ModelFamily",
    "Practice",
    "SmartDataModel",
    "Strictness",
    "clean",
    "describe",
    "describe_schema",
    "families",
    "find_models",
    "model_for",
    "model_from_schema",
    "models",
    "subjects",
    "validate",
]

_HOMES = {
    "AttributeDescription": "catalogue.description",
    "ModelDescription": "catalogue.description",
    "ModelFamily": "catalogue.families",
    "Cleaned": "cleaning",
    "Links": "cleaning",
    "clean": "cleaning",
    "Practice": "validation",
    "Strictness": "validation",
    "validate": "validation",
    "model_from_schema": "own_schema",
    "describe_schema": "own_schema",
    "SmartDataModel": "smart_data_model",
    "describe": "catalogue.registry",
    "families": "catalogue.registry",
    "find_models": "catalogue.registry",
    "model_for": "catalogue.registry",
    "models": "catalogue.registry",
    "subjects": "catalogue.registry",
}

if not TYPE_CHECKING:  # so that a checker finds a name that is not there
    __getattr__ = lazy_names(__name__, _HOMES)
