"""What belongs to one team appears in no list, search, filter, total, export or timeline of the other one."""

from typing import Any

import pytest

from tests.access.callers import ADMINISTRATOR, COLLEAGUE, KEY, OTHER_CHIEF, OTHER_TEAM, OWNER, TEAM
from tests.access.operations import path_of
from tests.access.reading import LISTED, lists, pages, parameters_of, readable
from tests.access.resources import Holdings, furnish, must, wait_for_mail
from tests.access.scenario import World, as_api

THEIRS = {"north": (OWNER, TEAM), "south": (OTHER_TEAM, OTHER_CHIEF)}
OUTSIDERS = {"north": (COLLEAGUE, OTHER_TEAM, OTHER_CHIEF), "south": (COLLEAGUE, OWNER, TEAM)}
# Which id of somebody's holdings a filter of this name takes.
FILTERS = {
    "case_id": "case",
    "contact_id": "person",
    "customer_id": "customer",
    "external_id": "external_id",
    "invoice_id": "invoice",
    "number": "order_number",
    "order_id": "order",
    "organization_id": "customer",
    "person_id": "person",
    "run_id": "run",
}


@pytest.mark.parametrize("side", ["north", "south"])
def test_nobody_outside_a_team_finds_anything_of_it(world: World, side: str) -> None:
    holdings: Holdings = getattr(world, side)
    found = {actor: readable(world, actor, holdings) for actor in OUTSIDERS[side]}
    assert found == {actor: {} for actor in OUTSIDERS[side]}


@pytest.mark.parametrize("side", ["north", "south"])
def test_whoever_is_in_the_team_finds_all_of_it(world: World, side: str) -> None:
    holdings: Holdings = getattr(world, side)
    for actor in THEIRS[side]:
        found = readable(world, actor, holdings)
        assert {kind for kinds in found.values() for kind in kinds} >= LISTED, f"{actor} finds only {found}"


def test_a_filter_for_what_belongs_to_others_finds_nothing(world: World) -> None:
    north = world.north
    asked = [
        (path_of(one, world.shared), name, value)
        for one in lists()
        for name, value in {**{name: north.ids[kind] for name, kind in FILTERS.items()}, **north.belongs}.items()
        if name in parameters_of(one) and "include_total" in parameters_of(one)
    ]
    found = [(path, name) for path, name, value in asked if total(world, OTHER_CHIEF, path, {name: value})]
    assert found == []
    hits = [(path, name) for path, name, value in asked if total(world, ADMINISTRATOR, path, {name: value})]
    assert len(hits) >= 20, f"the filters find too little to prove anything: {hits}"


def test_a_total_counts_what_is_shown_and_no_more(world: World) -> None:
    wrong = []
    for actor in (OWNER, OTHER_TEAM, OTHER_CHIEF, COLLEAGUE):
        for one in lists():
            path = path_of(one, world.shared)
            if "include_total" in parameters_of(one) and world.caller(actor).ask("GET", path).status_code == 200:
                shown, counted = len(world.caller(actor).rows(path)), total(world, actor, path, {})
                wrong += [f"{path} as {actor}: {counted} counted, {shown} shown"] if shown != counted else []
    assert wrong == []


def test_a_number_opens_no_more_than_an_id(world: World) -> None:
    for path in (f"cases/{world.north.ids['case_number']}", f"service-contracts/{world.north.ids['contract_number']}"):
        answers = {actor: world.caller(actor).ask("GET", f"/api/v1/{path}") for actor in (TEAM, OTHER_CHIEF)}
        assert {actor: one.status_code for actor, one in answers.items()} == {TEAM: 200, OTHER_CHIEF: 404}


def test_the_search_of_a_key_without_permissions_is_denied_part_by_part(world: World) -> None:
    parts = world.caller(KEY).ask("GET", "/api/v1/search", params={"q": world.north.word}).json()
    assert [parts[name] for name in ("customers", "cases", "orders")] == [{"status": "denied", "data": None}] * 3


def test_what_is_given_to_the_other_team_changes_sides_everywhere(world: World) -> None:
    admin, south = world.stack.api, world.south
    given = Holdings(word="Gammaquartz", owner_id=world.north.owner_id, team_id=world.north.team_id)
    wait_for_mail(admin, as_api(world.caller(OWNER)), furnish(admin, given))
    assert kinds_for(world, TEAM, given) >= LISTED

    for kind in ("customer", "person"):
        customer = admin.get(f"/customers/{given.ids[kind]}")
        admin.patch(f"/customers/{given.ids[kind]}", dict(south.belongs), customer["version"])
    for kind in ("case", "submitted_case"):
        admin.post(f"/cases/{given.ids[kind]}:assign", dict(south.belongs))

    must(lambda: kinds_for(world, OTHER_TEAM, given) >= LISTED, "the other team finds all of it")
    must(lambda: not kinds_for(world, TEAM, given), "the team finds nothing of it any more")


def kinds_for(world: World, actor: str, holdings: Holdings) -> set[str]:
    return {kind for kinds in readable(world, actor, holdings).values() for kind in kinds}


def total(world: World, actor: str, path: str, query: dict[str, str]) -> int:
    answer = world.caller(actor).ask("GET", path, params={**query, "include_total": "true", "limit": "1"})
    assert answer.status_code == 200, f"{path} {query}: {answer.text}"
    body: dict[str, Any] = answer.json()
    return int(body["total"]["value"])


def test_the_timeline_of_ones_own_customer_tells_nothing_of_a_case_of_the_other_team(world: World) -> None:
    """The team may not see the case, and its mails are kept from them; then its story is, too."""
    customer, word = world.north.ids["customer"], "Deltaquartz"
    case = {"subject": f"{word} between South and them", "customer_id": customer, "workflow": None}
    case_id = world.stack.api.post("/cases", {**case, **world.south.belongs})["id"]
    timeline = f"/api/v1/customers/{customer}/timeline"
    must(lambda: word in "".join(pages(world.caller(ADMINISTRATOR), timeline, {})), "the case is on the timeline")
    assert world.caller(TEAM).ask("GET", f"/api/v1/cases/{case_id}").status_code == 404
    shown = [one["title"] for one in world.caller(TEAM).rows(timeline) if word in str(one) or case_id in str(one)]
    assert shown == []


@pytest.mark.parametrize("part", ["overview", "timeline", "contacts", "purchases"])
def test_the_pages_of_ones_own_customer_show_nothing_of_others(world: World, part: str) -> None:
    path = f"/api/v1/customers/{world.south.ids['customer']}/{part}"
    text = "".join(pages(world.caller(OTHER_CHIEF), path, {}))
    assert (world.north.found_in(text), bool(world.south.found_in(text))) == ([], True)
