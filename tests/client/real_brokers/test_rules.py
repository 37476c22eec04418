"""Every rule that the recordings of real brokers imply, and every row of the page about them, has its proof."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).resolve().parents[3]
NO_TEST = "no test: "

RULES: Final = {
    # errors and headers
    "Error members": "test_spellings_and_absences",
    "Error without `type`": "test_spellings_and_absences",
    "Unreachable or 404 context, on write": "test_a_busy_broker_is_asked_again",
    "Context that is not JSON, lacks `@context`, or is no URL": "test_a_verdict_is_not_repeated_whatever_its_status",
    "Unreachable context on GET": NO_TEST + "the names go on as they came; only the user knows which were meant",
    "Unknown parameter, bad `options`, 406": "test_a_query_that_cannot_be_asked",
    "405": "test_every_answer_is_read_by_itself",
    "415": "test_every_answer_is_read_by_itself",
    "413": "test_every_answer_is_read_by_itself",
    "Missing length / chunked body": "test_a_body_has_a_length_and_a_media_type",
    "No Content-Type": "test_a_body_has_a_length_and_a_media_type",
    "HEAD": NO_TEST + "no method uses it",
    "OPTIONS": NO_TEST + "no method uses it",
    "Malformed `Link` in the request": "test_a_header_is_never_made_from_what_is_no_address",
    "Two context `Link` headers in the request": "test_the_context_is_in_one_place_only",
    "Path not known / wrong method on …/attrs": "test_an_error_of_the_whole_request_is_raised",
    "Unknown tenant": "test_spellings_and_absences",
    "Tenant echo": NO_TEST + "no method reads it",
    "`Prefer: ngsi-ld=1.6`": NO_TEST + "no method asks for another version; what comes is read by its members",
    # entities
    "`observedAt`": "test_every_entity_is_read",
    "`createdAt` / `modifiedAt`": "test_every_entity_is_read",
    "`scope`": NO_TEST + "what a broker drops, only reading back can show",
    'Concise compound value (`"address":{"street":…}`) in concise create': "test_entities_go_normalized",
    "VocabProperty, ListProperty, ListRelationship, several types": "test_every_exchange_is_built_and_read",
    "ListRelationship `objectList`": "test_links_read_as_lists",
    "`objectType`, `valueType`, `expiresAt`": "test_members_that_came_back_as_properties",
    "Sub-attributes deeper than one level": NO_TEST + "what a broker drops, only reading back can show",
    "Several instances, keyValues": "test_several_instances_in_a_simplified_entity",
    "Several instances, concise": "test_every_entity_is_read",
    "Append of a Property without `value`": "test_a_value_a_broker_left_out_is_none",
    "Two instances without datasetId": "test_what_is_wrong_is_found_or_refused",
    "Characters `< > \" ' = ; ( )` in strings": "test_odd_characters_go_as_they_are",
    "Empty array value": "test_every_exchange_is_built_and_read",
    "Unknown attribute type, bad member in append": "test_spellings_met_in_the_wild_are_recognised",
    "Core context": NO_TEST + "only the user knows which name was meant",
    "`ld+json` answers": "test_every_exchange_is_built_and_read",
    "Empty `ld+json` result": "test_every_exchange_is_built_and_read",
    "Empty result": "test_every_exchange_is_built_and_read",
    "geo+json collection": "test_one_context_serves_a_whole_collection",
    "`geometryProperty` without geo+json": "test_a_geometry_is_chosen_for_geojson_only",
    "sysAttrs with keyValues": NO_TEST + "a broker's refusal is its error; others answer",
    "`pick` with `omit`, `datasetId`, `join`, `scopeQ`, `orderFrom`": "test_every_exchange_is_built_and_read",
    "`type` that does not match, on retrieve and delete": NO_TEST + "the parameter goes as given, never by itself",
    "Id with `/ ? #`, percent-encoded": "test_an_id_stays_one_path_segment",
    "PUT entity without `id`, or with another type": "test_an_entity_needs_an_id",
    "Merge: keyValues with `languageMap` wrapper": "test_entities_go_normalized",
    "Merge: `observedAt` parameter, adding a type": NO_TEST + "what a broker ignores, only reading back can show",
    "PATCH attrs with unknown attribute": "test_attributes_not_written_are_told",
    "207 of attrs": "test_errors_that_list_attributes",
    "noOverwrite, all exist": "test_attributes_not_written_are_told",
    # batch
    "All failed, create / update, delete": "test_all_failed_with_an_error_document",
    "All failed, upsert; delete with bad ids": "test_an_error_with_a_result_in_it",
    "Null item, one entity without @context": "test_what_is_no_entity_is_found_before_anything_is_sent",
    "`entityId` of an unidentifiable item": "test_an_entity_without_id_fails_without_one",
    "Update noOverwrite, some exist": "test_an_id_may_stand_in_both_lists",
    "Duplicated ids in delete": "test_ids_to_delete_are_sent_once",
    "Merge": "test_an_error_of_the_whole_request_is_raised",
    "Order of members and ids": "test_a_mixed_answer_says_the_same_in_every_dialect",
    # query and paging
    '`rel="next"` / `prev`': "test_the_own_query_is_kept_whatever_a_link_says",
    "Offset past the end": "test_every_item_comes_once",
    "Limit": "test_a_page_is_as_long_as_the_broker_allows",
    "`options=count`": "test_count_asks_for_none",
    "`id` or `idPattern` alone": "test_query_by_class_asks_for_its_type",
    "`q` pattern": "test_a_bare_pattern_ends_where_the_condition_ends",
    "`q` list `12.5,30`": NO_TEST + "items go as they were given; a list of mixed numbers is the user's to write alike",
    "`q` URI unquoted": "test_writes_what_was_meant",
    "`q` empty, `a>>`": "test_errors_point_at_the_column",
    "`q` name as full IRI": NO_TEST + "names go as they were given; a client has a context for them",
    "`type=A|B`, `(A;B)`, `*`": "test_query_spells_every_parameter",
    "georel equals": "test_every_exchange_is_built_and_read",
    "geoQ `coordinates` as string (POST query)": "test_a_long_query_goes_as_a_document",
    "POST query: `pick`, `scopeQ`": "test_every_exchange_is_built_and_read",
    "`near`": "test_a_distance_is_no_attribute",
    # discovery, subscriptions, registrations, contexts
    "Type and attribute lists": "test_discovery_of_the_odd",
    "Attribute list with details": "test_discovery_of_the_odd",
    "Subscription as returned": "test_what_was_read_can_be_sent_back",
    "notificationTrigger, scopeQ, csf, geoQ Polygon": "test_every_exchange_is_built_and_read",
    "jsonldContext, datasetId, localOnly, pick, omit, join, timeout, cooldown": (
        "test_what_a_broker_only_reports_is_not_sent_back"
    ),
    "Unknown member": "test_every_member_of_the_table_is_known",
    "Null in PATCH": NO_TEST + "the method's documentation says to create the document anew",
    "Generated subscription id": "test_the_id_a_broker_gives",
    "Registration as returned": "test_what_was_read_can_be_sent_back",
    "Query registrations without filter": NO_TEST + "a broker's refusal is its error; others answer",
    "csourceSubscriptions": "test_registrations_are_notified_of",
    "Redirect to a dead source, on create": "test_a_create_is_repeated_only_if_it_was_not_done",
    "Hosted context `Location`": "test_a_hosted_context_has_an_address_that_can_be_used",
    "Cached context content": "test_every_exchange_is_built_and_read",
    "`localId` of a downloaded context": "test_every_exchange_is_built_and_read",
    "Temporal API": "test_a_broker_without_history_says_so",
    # notifications
    "Entity deleted, default triggers": "test_what_was_deleted",
    "Entity deleted, entityDeleted": "test_what_was_deleted",
    "Attribute deleted": "test_what_was_deleted",
    "`Ngsild-Attribute-Format` header": "test_simplified_entities",
    "LanguageProperty, simplified": "test_a_declared_language_property_is_read_from_a_bare_map",
    "Several instances, simplified; concise": "test_several_instances_in_a_simplified_entity",
    "ld+json": "test_where_the_context_stands",
    "geo+json": "test_features_become_entities",
    "Order of arrival": NO_TEST + "nothing relies on it; the page on notifications says what users can compare",
    "Headers": "test_every_notification_is_taken",
    "MQTT metadata": "test_both_spellings_of_link",
    "MQTT QoS": NO_TEST + "a receiver takes any quality",
    "MQTT URI without topic": "test_an_address_that_is_none",
}
"""Topic of a rule → the test that proves it, or why none can."""


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """Name all tests there are."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    return {name for source in sources for name in re.findall(r"def (test_\w+)", source)}


def test_every_proof_exists(tests: set[str]) -> None:
    """Each difference on the page has a test by that name, or says that nothing is done."""
    page = (ROOT / "docs" / "real-brokers.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| brokers differ in .*\n\| ---.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    assert len(rows) > 50
    for row in rows:
        proof = row.rsplit("|", 2)[1].strip()
        assert proof.startswith("no test") or proof.strip("`") in tests, row


def test_every_rule_has_a_proof(shared_dir: Path, tests: set[str]) -> None:
    """Each rule in the tables beside the recordings is here, with a test by that name or a reason; and none is not."""
    text = (shared_dir / "real-brokers" / "README.md").read_text(encoding="utf-8")
    lines = text[text.index("## Differences") :].replace("\\|", "¦").splitlines()
    topics = [line.split("|")[1].strip().replace("¦", "|") for line in lines if line.startswith("| ")]
    assert set(topics) - {"topic", "---"} == RULES.keys()
    missing = {topic: proof for topic, proof in RULES.items() if not proof.startswith(NO_TEST) and proof not in tests}
    assert not missing
