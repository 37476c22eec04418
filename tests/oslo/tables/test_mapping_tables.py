"""Tables are data: a city puts its own on top, and a wrong one says where it is wrong."""

from __future__ import annotations

import pytest

from citycontext.errors import ConfigurationError
from citycontext.models import describe
from citycontext.ngsild import Entity, Property
from citycontext.ngsild.units import Unit
from citycontext.oslo import LossKind, from_oslo, standard_tables, to_oslo
from citycontext.oslo.entities import class_for
from citycontext.oslo.entities.oslo_entity import CLASSES
from citycontext.oslo.vocabulary import iri

OWN = """
[WasteContainer.observe]
binLoad = { unit = "KGM" }
[WasteContainer.describe]
wardId = { path = "dct:isPartOf[org:Organization]/skos:notation" }
[Bench]
class = "inf:Zitbank"
[Bench.describe]
seats = { path = "schema:value", value = "integer" }
"""


def test_every_attribute_of_a_table_is_one_of_its_model():
    """No table names an attribute that its model does not have, and every unit code is a unit."""
    loose = {"WaterQualityObserved": {"depth", "batteryLevel", "locationName", "pH", "conductance"}}
    for table in standard_tables():
        if table.oslo:
            continue
        known = set(describe(table.type, table.subject).attributes)
        named = set(table.observe) | set(table.describe)
        assert named - known - loose.get(table.type, set()) == set(), table.type
        for entry in table.observe.values():
            if entry.unit:
                assert Unit.of(entry.unit).qudt


def test_every_attribute_of_an_oslo_class_has_a_home():
    """Each class of OSLO has a table, with its IRI, and a line for each attribute that the class declares."""
    tables = standard_tables()
    assert class_for("Adres") is not None
    assert {table.type for table in tables if table.oslo} == set(CLASSES)
    for name, one in CLASSES.items():
        table = tables[name]
        assert iri(one.iri) in table.classes, name
        assert set(table.describe) | set(table.parts) == {field.wire_name for field in one.fields.values()}, name


def test_tables_of_a_city_go_on_top(tmp_path):
    """Own attributes and own types go there and back, beside those of the library."""
    file = tmp_path / "gent.toml"
    file.write_text(OWN)
    tables = standard_tables().with_tables(file, base="https://data.stad.gent/id/concept/")
    container = Entity(
        id="urn:ngsi-ld:WasteContainer:1",
        type="WasteContainer",
        name="Korenmarkt",
        binLoad=Property(12, unit_code="KGM", observed_at="2024-05-01T10:00:00Z"),
        wardId="W1",
    )
    bench = Entity(id="urn:ngsi-ld:Bench:1", type="Bench", name="Bank", seats=3)
    written = to_oslo([container, bench], tables=tables)
    assert not len(written.report), written.report
    assert "https://data.stad.gent/id/concept/ObserveerbaarKenmerk/binLoad" in written.to_n_triples()
    reading = from_oslo(written.graph, tables=tables)
    assert {one.id: one.wire for one in reading} == {container.id: container.wire, bench.id: bench.wire}


def test_what_no_table_has_is_reported():
    """An unknown type is refused and an unknown attribute is named lost, each with what to do."""
    report = to_oslo(Entity(id="urn:ngsi-ld:Zeppelin:1", type="Zeppelin", height=3)).report
    (loss,) = report
    assert loss.kind is LossKind.REFUSED
    assert "Zeppelin" in loss.reason
    assert "with_tables" in loss.home
    (loss,) = to_oslo(Entity(id="urn:ngsi-ld:Streetlight:1", type="Streetlight", feederPillarNum="7")).report
    assert (loss.kind, loss.path) == (LossKind.LOST, "feederPillarNum")
    assert "with_tables" in loss.home


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"Bench": {"class": "inf:Zitbank", "paths": {}}}, "Bench"),
        ({"Bench": {"describe": {"seats": {"path": "no prefix"}}}}, "Bench.describe.seats"),
        ({"Bench": {"describe": {"seats": {"path": "schema:value", "value": "colour"}}}}, "Bench.describe.seats"),
        ({"Bench": {"describe": {"seats": {"value": "text"}}}}, "Bench.describe.seats"),
        ({"Bench": {"extends": "Zeppelin"}}, "Bench.extends"),
        ({"Bench": {"parts": {"seats": "colour"}}}, "Bench.parts.seats"),
        ({"Bench": {"observe": {"seats": {"units": "C62"}}}}, "Bench.observe.seats"),
        ({"Bench": {"observe": {"seats": {"property": "nowhere:seats"}}}}, "Bench.observe.seats"),
    ],
)
def test_a_wrong_table_names_its_key(table, key):
    """An entry that is not understood raises an error with the key path."""
    with pytest.raises(ConfigurationError) as raised:
        standard_tables().with_tables(table)
    assert raised.value.key == key


@pytest.mark.parametrize("base", ["gent", "https://data.stad.gent/id/concept", "https://data.stad.gent/a b/"])
def test_a_base_must_take_a_name(base):
    """A base that no name can stand behind is refused."""
    with pytest.raises(ConfigurationError, match="base"):
        standard_tables().with_base(base)
