"""The strip over a case: what is done, what is asked now, what comes if all goes well."""

import pytest
from flask import Flask

from gateway.console.cases.workflow_strip import workflow_strip

DEFINITION = [
    {"key": "a", "name": "Intake", "outcomes": ["done"], "transitions": {"done": "b"}},
    {
        "key": "b",
        "name": "Approve",
        "outcomes": ["approve", "reject"],
        "transitions": {"approve": "c", "reject": "a"},
        "timing": {"due": "PT4H"},
    },
    {"key": "c", "name": "Ship", "transitions": {"done": "end"}, "timing": {"due": "P1D"}},
]
NAMES = {"u1": "Ines", "u2": "Tomás"}


@pytest.fixture(autouse=True)
def _request():
    with Flask("strip").test_request_context():
        yield


def run(*steps, status="running"):
    return {"workflow_name": "Complaint", "status": status, "steps": list(steps)}


def test_steps_to_come_follow_the_good_outcome_to_the_end():
    strip = workflow_strip(run({"key": "a", "name": "Intake", "status": "active"}), DEFINITION, NAMES)
    assert [(step["name"], step["phase"]) for step in strip["steps"]] == [
        ("Intake", "now"),
        ("Approve", "later"),
        ("Ship", "later"),
    ]
    assert [step["lines"] for step in strip["steps"][1:]] == [["4 hours"], ["1 day"]]
    assert strip["position"] == 1


def test_a_step_that_is_done_names_who_decided_and_how():
    done = {
        "key": "b",
        "name": "Approve",
        "status": "done",
        "outcome": "reject",
        "ended_at": "2020-03-02T10:00:00Z",
        "work_items": [{"decided_by": "u1"}],
    }
    strip = workflow_strip(run(done, status="completed"), DEFINITION, NAMES)
    assert strip["steps"][0]["lines"] == ["rejected", "Ines, 2 Mar 2020"]


@pytest.mark.parametrize(
    ("items", "lines"),
    [
        ([{"assignee_id": "u2"}], ["Tomás"]),
        ([{"assignee_id": "gone"}], ["a colleague"]),
        ([{"candidate_ids": ["u1"]}], ["Ines"]),
        ([{"candidate_ids": ["u1", "u2"]}, {"candidate_ids": ["u2"]}], ["any of 2 asked"]),
        ([], []),
    ],
)
def test_the_step_that_is_asked_names_who_has_it(items, lines):
    now = {"key": "a", "name": "Intake", "status": "active", "work_items": items}
    assert workflow_strip(run(now), DEFINITION, NAMES)["steps"][0]["lines"] == lines


def test_a_step_that_is_asked_again_is_counted_and_one_that_was_skipped_says_so():
    again = {"key": "a", "name": "Intake", "status": "active", "iteration": 2}
    skipped = {"key": "b", "name": "Approve", "status": "cancelled"}
    strip = workflow_strip(run(skipped, again), [], NAMES)
    assert [(step["name"], step["phase"], step["lines"]) for step in strip["steps"]] == [
        ("Approve", "skipped", ["not needed"]),
        ("Intake (2)", "now", []),
    ]
