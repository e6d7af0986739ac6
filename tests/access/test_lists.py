"""What belongs to one team appears in no list, search, filter, total, export or timeline of the other one."""

from typing import Any

import pytest

from ops.waiting import wait_for
from tests.access.callers import ADMINISTRATOR, COLLEAGUE, KEY, OTHER_CHIEF, OTHER_TEAM, OWNER, TEAM
from tests.access.operations import path_of
from tests.access.reading import LISTED, lists, pages, parameters_of, readable
from tests.access.resources import TeamResources, create_resources, wait_for_mail
from tests.access.scenario import Scenario, as_api

THEIRS = {"north": (OWNER, TEAM), "south": (OTHER_TEAM, OTHER_CHIEF)}
OUTSIDERS = {"north": (COLLEAGUE, OTHER_TEAM, OTHER_CHIEF), "south": (COLLEAGUE, OWNER, TEAM)}
# Which id of a team's resources a filter of this name takes.
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
def test_nobody_outside_a_team_finds_anything_of_it(scenario: Scenario, side: str) -> None:
    resources: TeamResources = getattr(scenario, side)
    found = {actor: readable(scenario, actor, resources) for actor in OUTSIDERS[side]}
    assert found == {actor: {} for actor in OUTSIDERS[side]}


@pytest.mark.parametrize("side", ["north", "south"])
def test_whoever_is_in_the_team_finds_all_of_it(scenario: Scenario, side: str) -> None:
    resources: TeamResources = getattr(scenario, side)
    for actor in THEIRS[side]:
        found = readable(scenario, actor, resources)
        assert {kind for kinds in found.values() for kind in kinds} >= LISTED, f"{actor} finds only {found}"


def test_a_filter_for_what_belongs_to_others_finds_nothing(scenario: Scenario) -> None:
    north = scenario.north
    asked = [
        (path_of(one, scenario.shared), name, value)
        for one in lists()
        for name, value in {**{name: north.ids[kind] for name, kind in FILTERS.items()}, **north.ownership}.items()
        if name in parameters_of(one) and "include_total" in parameters_of(one)
    ]
    found = [(path, name) for path, name, value in asked if total(scenario, OTHER_CHIEF, path, {name: value})]
    assert found == []
    hits = [(path, name) for path, name, value in asked if total(scenario, ADMINISTRATOR, path, {name: value})]
    assert len(hits) >= 20, f"the filters find too little to prove anything: {hits}"


def test_a_total_counts_what_is_shown_and_no_more(scenario: Scenario) -> None:
    wrong = []
    for actor in (OWNER, OTHER_TEAM, OTHER_CHIEF, COLLEAGUE):
        for one in lists():
            path = path_of(one, scenario.shared)
            if "include_total" in parameters_of(one) and scenario.caller(actor).ask("GET", path).status_code == 200:
                shown, counted = len(scenario.caller(actor).rows(path)), total(scenario, actor, path, {})
                wrong += [f"{path} as {actor}: {counted} counted, {shown} shown"] if shown != counted else []
    assert wrong == []


def test_a_number_opens_no_more_than_an_id(scenario: Scenario) -> None:
    for path in (
        f"cases/{scenario.north.ids['case_number']}",
        f"service-contracts/{scenario.north.ids['contract_number']}",
    ):
        answers = {actor: scenario.caller(actor).ask("GET", f"/api/v1/{path}") for actor in (TEAM, OTHER_CHIEF)}
        assert {actor: one.status_code for actor, one in answers.items()} == {TEAM: 200, OTHER_CHIEF: 404}


def test_the_search_of_a_key_without_permissions_is_denied_part_by_part(scenario: Scenario) -> None:
    parts = scenario.caller(KEY).ask("GET", "/api/v1/search", params={"q": scenario.north.marker}).json()
    assert [parts[name] for name in ("customers", "cases", "orders")] == [{"status": "denied", "data": None}] * 3


def test_what_is_given_to_the_other_team_changes_sides_everywhere(scenario: Scenario) -> None:
    admin, south = scenario.stack.api, scenario.south
    given = TeamResources(marker="Gammaquartz", owner_id=scenario.north.owner_id, team_id=scenario.north.team_id)
    wait_for_mail(admin, as_api(scenario.caller(OWNER)), create_resources(admin, given))
    assert kinds_for(scenario, TEAM, given) >= LISTED

    for kind in ("customer", "person"):
        customer = admin.get(f"/customers/{given.ids[kind]}")
        admin.patch(f"/customers/{given.ids[kind]}", dict(south.ownership), customer["version"])
    for kind in ("case", "submitted_case"):
        admin.post(f"/cases/{given.ids[kind]}:assign", dict(south.ownership))

    wait_for(lambda: kinds_for(scenario, OTHER_TEAM, given) >= LISTED, "the other team finds all of it")
    wait_for(lambda: not kinds_for(scenario, TEAM, given), "the team finds nothing of it any more")


def kinds_for(scenario: Scenario, actor: str, resources: TeamResources) -> set[str]:
    return {kind for kinds in readable(scenario, actor, resources).values() for kind in kinds}


def total(scenario: Scenario, actor: str, path: str, query: dict[str, str]) -> int:
    answer = scenario.caller(actor).ask("GET", path, params={**query, "include_total": "true", "limit": "1"})
    assert answer.status_code == 200, f"{path} {query}: {answer.text}"
    body: dict[str, Any] = answer.json()
    return int(body["total"]["value"])


def test_the_timeline_of_ones_own_customer_shows_nothing_of_a_case_of_the_other_team(scenario: Scenario) -> None:
    """The team may not see the case nor its mails; so the timeline must not show its title either."""
    customer, word = scenario.north.ids["customer"], "Deltaquartz"
    case = {"subject": f"{word} between South and them", "customer_id": customer, "workflow": None}
    case_id = scenario.stack.api.post("/cases", {**case, **scenario.south.ownership})["id"]
    timeline = f"/api/v1/customers/{customer}/timeline"
    wait_for(
        lambda: word in "".join(pages(scenario.caller(ADMINISTRATOR), timeline, {})), "the case is on the timeline"
    )
    assert scenario.caller(TEAM).ask("GET", f"/api/v1/cases/{case_id}").status_code == 404
    shown = [one["title"] for one in scenario.caller(TEAM).rows(timeline) if word in str(one) or case_id in str(one)]
    assert shown == []


@pytest.mark.parametrize("part", ["overview", "timeline", "contacts", "purchases"])
def test_the_pages_of_ones_own_customer_show_nothing_of_others(scenario: Scenario, part: str) -> None:
    path = f"/api/v1/customers/{scenario.south.ids['customer']}/{part}"
    text = "".join(pages(scenario.caller(OTHER_CHIEF), path, {}))
    assert (scenario.north.found_in(text), bool(scenario.south.found_in(text))) == ([], True)
