"""The passport: what a city can prove about its openness, requirement by requirement of the MIMs.

with Client("https://broker.example") as broker:
    passport = check_city(broker, catalogue="https://data.example/dcat.jsonld")
"""

from __future__ import annotations

from citycontext.passport.city import Options
from citycontext.passport.passport import Line, Passport, check_city, suggested_level
from citycontext.passport.requirements import Edition, Requirement, editions, load_edition
from citycontext.passport.verdicts import Outcome, Reason, Verdict

__all__ = [
    "Edition",
    "Line",
    "Options",
    "Outcome",
    "Passport",
    "Reason",
    "Requirement",
    "Verdict",
    "check_city",
    "editions",
    "load_edition",
    "suggested_level",
]
