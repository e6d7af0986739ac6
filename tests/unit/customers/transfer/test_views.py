"""The list of customers as a file."""

import csv
import io

import pytest

from servicekit.auth import Scope


def exported(client, query=None):
    answer = client.get("/customers.csv", query_string=query or {})
    assert answer.status_code == 200, answer.get_json()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


@pytest.mark.proves("F103")
def test_the_filtered_list_is_exported_in_its_own_order(customers):
    customers.organization(name="Beta, Lda", industry="Technology", address={"city": "São Paulo"})
    customers.organization(name='Alpha "A"', industry="Technology")
    customers.organization(name="Other", industry="Food")
    archived = customers.organization(name="Gone", industry="Technology")
    customers.staff.post(f"/customers/{archived['id']}:archive")
    rows = exported(customers.staff, {"industry": "Technology", "sort": "name"})
    assert [(row["name"], row["city"]) for row in rows] == [('Alpha "A"', ""), ("Beta, Lda", "São Paulo")]


def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(customers):
    customers.individual(name='=HYPERLINK("http://evil.example")', phone="+351912345678")
    row = exported(customers.staff)[0]
    assert row["name"].startswith("'=")
    assert row["phone"] == "'+351912345678"


def test_an_export_holds_only_what_the_caller_may_see(customers):
    customers.organization(owner_id="usr_other")
    mine = customers.organization(owner_id="usr_me")
    agent = customers.client("customers:read", scope=Scope.OWN, id="usr_me")
    assert [row["number"] for row in exported(agent)] == [mine["number"]]


def test_a_wrong_filter_is_refused_before_anything_is_exported(customers):
    assert customers.staff.get("/customers.csv?limit=5").status_code == 422
    assert customers.staff.get("/customers.csv?sort=phone").status_code == 422
