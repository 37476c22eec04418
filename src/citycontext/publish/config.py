"""What a publication is told in ``publish.toml``: the dataset, the list of what may leave, the stream."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from citycontext.configuration import at_line, read_toml, validate_settings
from citycontext.errors import ConfigurationError, DataError
from citycontext.ngsild.time import format_datetime, parse_datetime
from citycontext.oslo.persistent_ids import PersistentIds
from citycontext.publish.contexts import terms_for
from citycontext.publish.linked_data import PREFIXES, entity_contexts
from citycontext.publish.policy import Policy
from citycontext.publish.report import Report

__all__ = [
    "Catalogue",
    "Contact",
    "Dataset",
    "Devices",
    "Output",
    "Publication",
    "Retention",
    "StreamSettings",
    "Temporal",
    "Texts",
]

MODELS: Final = "models"
_A_LICENCE: Final = "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0"
_ACCESS_RIGHTS: Final = "http://publications.europa.eu/resource/authority/access-right/"
_PROV_GENERATED: Final = f"{PREFIXES['prov']}generatedAtTime"
_ISSUED: Final = f"{PREFIXES['dct']}issued"
_PREFIXES: Final = {**PREFIXES, "dcterms": PREFIXES["dct"], "sosa": "http://www.w3.org/ns/sosa/"}


def by_language(given: Any) -> Any:
    return {"nl": given} if isinstance(given, str) else given


def full_iri(given: Any) -> Any:
    if isinstance(given, str):
        prefix, _, local = given.partition(":")
        return f"{_PREFIXES[prefix]}{local}" if prefix in _PREFIXES else given
    return given


def listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def as_date(given: Any) -> Any:
    if isinstance(given, datetime):
        given = given.isoformat()
    elif isinstance(given, date):
        return given.isoformat()
    if not isinstance(given, str) or not given:
        return given
    try:
        if "T" in given:
            return format_datetime(parse_datetime(given, path="date"))
        return date.fromisoformat(given).isoformat()
    except (ValueError, DataError):
        return given  # the description tells; a stream needs no date to be right


Texts = Annotated[dict[str, str], BeforeValidator(by_language)]
"""A text by language; one without a language is Dutch."""
Iri = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"{}|\\^`]+$")]
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s<>\"{}|\\^`?#]+$")]
Iris = Annotated[tuple[Iri, ...], BeforeValidator(listed)]
Date = Annotated[str, BeforeValidator(as_date)]
"""A day or a time with its zone, as ISO 8601 writes them; TOML's own dates are taken too."""
Names = Annotated[tuple[str, ...], BeforeValidator(listed)]


class _Table(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


def as_access_rights(given: Any) -> Any:
    return f"{_ACCESS_RIGHTS}{given}" if given in ("PUBLIC", "NON_PUBLIC", "RESTRICTED") else given


def a_base(given: str) -> str:
    try:
        return PersistentIds(given).base if given else given
    except ConfigurationError:
        raise ValueError("is not an address that ends with /, such as https://data.stad.example/id/") from None


def as_email(given: Any) -> Any:
    return given.removeprefix("mailto:") if isinstance(given, str) else given


class Contact(_Table):
    """Whom to ask.

    Args:
        name: A service, not a person.
        email: Its address.
        page: A page with a form.
    """

    name: Texts = {}
    email: Annotated[str, BeforeValidator(as_email)] = ""
    page: Iri | None = None


class Temporal(_Table):
    """The time that the data are about.

    Args:
        start: Its first day or time, e.g. ``2026-05-01``.
        end: Its last; not given where it goes on.
    """

    start: Date
    end: Date | None = None


class Dataset(_Table):
    """What the data are, as DCAT-AP VL wants to know it; what is missing is a finding, not an error.

    Args:
        id: The dataset's IRI, which is its identifier too.
        title: Its title by language.
        description: What it holds, by language.
        licence: The licence's IRI, e.g. ``https://creativecommons.org/publicdomain/zero/1.0/``.
        version: Its version, e.g. ``1.0``.
        publisher: IRI of the organisation, in Flanders by its OVO code.
        publisher_name: Its name by language.
        contact: Whom to ask.
        spatial: IRIs of the places that the data are about.
        bbox: The rectangle that they are about: west, south, east and north, in degrees.
        temporal: The time that they are about.
        access_rights: Who may have them: ``PUBLIC``, ``NON_PUBLIC``, or an IRI; everybody if not given.
        keywords: By language.
        themes: IRIs of themes.
        hvd_categories: IRIs of the categories of high-value datasets that it is one of, of the EU's list.
        legislation: IRIs of the laws that ask for its publication; with a category the EU's own on these datasets.
        mobility_themes: IRIs of themes of mobilityDCAT-AP.
        landing_page: A page for people.
        conforms_to: IRIs of the standards that the data keep to.
        issued: When it was first published, e.g. ``2026-05-01``.
        modified: When it last changed.
        provenance: Where the data come from, by language.
        source: IRI of what they were derived from.
        accrual_periodicity: IRI of how often it changes.
    """

    id: Iri | None = None
    title: Texts = {}
    description: Texts = {}
    licence: Iri | None = None
    publisher: Iri | None = None
    publisher_name: Texts = {}
    contact: Contact = Contact()
    version: str = ""
    spatial: Iris = ()
    bbox: tuple[float, float, float, float] | None = None
    temporal: Temporal | None = None
    access_rights: Annotated[Iri, BeforeValidator(as_access_rights)] = f"{_ACCESS_RIGHTS}PUBLIC"
    keywords: dict[str, tuple[str, ...]] = {}
    themes: Iris = ()
    hvd_categories: Iris = ()
    legislation: Iris = ()
    mobility_themes: Iris = ()
    landing_page: Iri | None = None
    conforms_to: Iris = ()
    issued: Date = ""
    modified: Date = ""
    provenance: Texts = {}
    source: Iri | None = None
    accrual_periodicity: Iri | None = None

    def check_licence(self, report: Report) -> None:
        """Warn where no licence is named: nobody may use what does not say so."""
        if self.licence is None:
            message = 'no licence is named: nobody knows what is allowed; give one, e.g. licence = "%s"'
            report.note("no-licence", "dataset.licence", message % _A_LICENCE)


class Catalogue(_Table):
    """The catalogue that the dataset stands in, where it is published along.

    Args:
        id: Its IRI.
        title: By language.
        description: By language.
        licence: IRI of the licence of the metadata.
        publisher: IRI of who publishes it; who publishes the dataset if not given.
        publisher_name: Its name by language.
        contact: Whom to ask.
        homepage: Its page for people.
        issued: When it was first published.
        modified: When it last changed.
    """

    id: Iri | None = None
    title: Texts = {}
    description: Texts = {}
    licence: Iri | None = None
    publisher: Iri | None = None
    publisher_name: Texts = {}
    contact: Contact = Contact()
    homepage: Iri | None = None
    issued: Date = ""
    modified: Date = ""


class Retention(_Table):
    """What a stream keeps; all if nothing is said.

    Args:
        max_age: How old a version may get, e.g. ``P30D``; a page goes when all its versions are older.
        latest_versions: How many versions of each entity stay.
    """

    max_age: Annotated[timedelta, Field(gt=timedelta(0))] | None = None
    latest_versions: Annotated[int, Field(ge=1)] | None = None


class StreamSettings(_Table):
    """An event stream.

    Args:
        url: Where its files will be found, without a slash at the end.
        page_size: How many versions a page holds at most.
        timestamp_path: IRI of the property that tells when a version's state was so; ``prov:``, ``dct:`` and ``sosa:``
            are known.
        published_path: IRI of the property that tells when a version was made public, which is the order of the stream
            (``ldes:timestampPath``). Streams that were begun with citycontext 0.1 go by the other one.
        delimiter: What stands in a version's IRI between the entity's and the time.
        time: Where the time of a state is read: ``observedAt`` (the newest of what is published), ``modifiedAt``,
            ``createdAt``,
            or the name of an attribute that holds one; the first that is there counts.
        members: What a version is written as: the entity itself (``ngsi-ld``), or in an OSLO profile, by the mapping
            tables of ``citycontext.oslo``.
        oslo_base: IRI under which concepts are minted that no official list has, in an OSLO profile.
        base: Where ids that are URNs stand as addresses in the stream, e.g. ``https://data.stad.example/id/``;
            ``publish serve`` answers there with the id, and a reader with the same base has the URNs back.
        refresh: How many seconds the newest page may be cached.
        retention: What is kept.
    """

    url: Annotated[HttpUrl, Field(pattern=r"[^/]$")]
    page_size: int = Field(250, ge=1, le=100_000)
    timestamp_path: Annotated[Iri, BeforeValidator(full_iri)] = _PROV_GENERATED
    published_path: Annotated[Iri, BeforeValidator(full_iri)] = _ISSUED
    delimiter: str = Field("/", pattern=r"^[/#:_-]$")
    time: Names = ("observedAt",)
    members: Literal["ngsi-ld", "observaties-en-metingen", "sosa", "energie"] = "ngsi-ld"
    oslo_base: Iri | None = None
    base: Annotated[str, AfterValidator(a_base)] = ""
    refresh: int = Field(60, ge=0)
    retention: Retention = Retention()


class Devices(_Table):
    """The register of sensors for residents (``citycontext publish devices``); nothing else of a device leaves.

    Args:
        types: Types of the entities that are devices.
        organisation: Who answers for them, by language; who publishes the dataset if not given.
        purposes: What is measured, as ``controlledProperty`` names it → what for, by language.
    """

    types: Names = ("Device",)
    organisation: Texts = {}
    purposes: dict[str, Texts] = {}


class Output(_Table):
    """What ``citycontext publish all`` writes, and where; what is not named is not written.

    Args:
        source: A broker or a file of entities.
        url: Where the files will be found: a file's address is this, a slash and its name.
        stream: Folder of the event stream.
        csv: A file; and so are the ones that follow.
        geojson: A file.
        jsonld: A file.
        parquet: A file.
        geoparquet: A file.
        gpkg: A file.
        xlsx: A file.
        devices: The register of sensors, CSV or GeoJSON (``[devices.purposes]`` says what measuring is for).
        description: The DCAT description.
        base: Where ids stand as addresses in your linked data (``oslo convert --base``), e.g.
            ``https://data.stad.example/id/``; ``publish serve`` answers there with the id.
        same_as: Whether files link entities to what the registers of Flanders call the same thing (``owl:sameAs``).
    """

    source: str = ""
    url: Annotated[HttpUrl, Field(pattern=r"[^/]$")] | None = None
    stream: str = ""
    csv: str = ""
    geojson: str = ""
    jsonld: str = ""
    parquet: str = ""
    geoparquet: str = ""
    gpkg: str = ""
    xlsx: str = ""
    devices: str = ""
    description: str = ""
    base: Annotated[str, AfterValidator(a_base)] = ""
    same_as: bool = False

    def files(self) -> dict[str, str]:
        """Return the files of the present state, by form."""
        forms = ("csv", "geojson", "jsonld", "parquet", "geoparquet", "gpkg", "xlsx")
        return {form: path for form in forms if (path := getattr(self, form))}


class Publication(_Table):
    """All of it.

    Args:
        profile: The version of DCAT-AP Vlaanderen that describes it: ``3``, which is also DCAT-AP 3, or ``2``.
        dataset: What the data are.
        allow: Entity type → attributes that may be published; see ``Policy``.
        codes: Entity type → attributes whose values are codes that only look like number plates.
        suppress_below: ``<type>.<attribute>`` → the least count that may be published, zero apart.
        context: The @context of entities that carry none: addresses; or ``models``: the terms of each one's model.
        stream: The event stream, where there is one.
        catalogue: The catalogue, where it is published along.
        devices: The register of sensors, where there is one.
        output: What ``citycontext publish all`` writes.
    """

    profile: Annotated[Literal["2", "3"], BeforeValidator(str)] = "3"
    dataset: Dataset = Dataset()
    allow: dict[str, Names]
    codes: dict[str, Names] = {}
    suppress_below: dict[str, Annotated[int, Field(ge=2)]] = {}
    context: Annotated[tuple[Literal["models"] | Iri, ...], BeforeValidator(listed)] = ()
    stream: StreamSettings | None = None
    catalogue: Catalogue | None = None
    devices: Devices | None = None
    output: Output = Output()

    @classmethod
    def load(cls, path: Path) -> Publication:
        """Read a TOML file.

        Args:
            path: The file.

        Raises:
            ConfigurationError: It cannot be read, or something in it is wrong; all faults with line, key and cure.
        """
        given, text = read_toml(path)
        return cls.parse(given, file=str(path), text=text)

    @classmethod
    def parse(cls, given: dict[str, Any], *, file: str = "", text: str = "") -> Publication:
        """Take a publication from data as TOML gives them.

        Args:
            given: The data.
            file: Name of the file they are from, for the error.
            text: The file's text, for the line in the error.

        Raises:
            ConfigurationError: With all faults.
        """
        publication = validate_settings(given, cls, file=file, text=text)
        try:
            publication.policy()
        except ConfigurationError as error:
            error.file = at_line(file, text, tuple(error.key.replace('"', "").split(".", 1)))
            raise
        return publication

    def policy(self) -> Policy:
        """Make the policy that all exports of this publication go through."""
        addresses = tuple(one for one in self.context if one != MODELS)
        return Policy(self.allow, self.codes, self.suppress_below, by_models=self.by_models, context=addresses)

    @property
    def by_models(self) -> bool:
        """Whether each entity carries the terms of its model's @context."""
        return MODELS in self.context

    @property
    def contexts(self) -> list[Any]:
        """The @context of a file of entities, without the core one."""
        return [] if self.by_models else terms_for(entity_contexts(list(self.context)), self.allow)
