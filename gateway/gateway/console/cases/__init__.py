"""Cases: the list, the record with its conversation and workflow, opening, moving and assigning one."""

from pathlib import Path

from gateway.console.cases import assign, move, new, record
from gateway.console.cases import list as list_page
from gateway.console.cases.decision import is_refusal, outcome_verb
from gateway.console.cases.statuses import CASE, PRIORITY, WORK_ITEM
from gateway.console.page.sections import Link, Section

SECTION = Section(
    name="cases",
    blueprints=(list_page.blueprint, new.blueprint, record.blueprint, move.blueprint, assign.blueprint),
    templates=Path(__file__).with_name("templates"),
    group="Service",
    navigation=Link("Cases", "/cases", "lifebuoy", needs="cases:read"),
    new_links=(Link("Case", "/cases/new", "lifebuoy", needs="cases:write"),),
    statuses={"case": CASE, "priority": PRIORITY, "work": WORK_ITEM},
    number_prefix="C",
    search_source=list_page.SEARCH,
    filters={"outcome_verb": outcome_verb},
    tests={"refusal": is_refusal},
)
