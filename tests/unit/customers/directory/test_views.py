"""The directory, as its callers see it."""

import pytest

from servicekit.auth import Kind, Scope
from tests.unit.customers.factories import contact, individual, organization, titles


@pytest.mark.proves("F052")
@pytest.mark.proves("F089")
def test_an_individual_is_added_directly_and_has_a_number(staff):
    answer = staff.post(
        "/customers", {"kind": "individual", "first_name": "Inês", "last_name": "Duarte", "email": "ines@mail.example"}
    )
    assert answer.status_code == 201
    customer = answer.get_json()
    assert customer["name"] == "Inês Duarte"
    assert customer["number"] == "CU-000001"
    assert customer["status"] == "prospect"
    assert answer.headers["Location"] == f"/api/v1/customers/{customer['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert staff.get(f"/customers/{customer['id']}").get_json() == customer


@pytest.mark.proves("F053")
@pytest.mark.proves("F055")
@pytest.mark.proves("F001")
def test_an_organization_is_added_read_edited_and_listed(staff):
    acme = organization(staff, name="Acme")
    edited = staff.patch(f"/customers/{acme['id']}", {"industry": "Technology"})
    assert edited.status_code == 200
    assert edited.get_json()["industry"] == "Technology"
    assert edited.get_json()["version"] == acme["version"] + 1
    assert [one["id"] for one in staff.get("/customers?kind=organization").get_json()["data"]] == [acme["id"]]


@pytest.mark.proves("F090")
def test_a_customer_keeps_every_field_of_the_form(staff):
    fields = {
        "name": "Acme",
        "email": "Info@Acme.example",
        "phone": "+351 912 345 678",
        "industry": "Technology",
        "website": "https://acme.example",
        "address": {"street": "Rua A 1", "city": "Porto", "postcode": "4000", "country": "PT"},
        "description": "Makes everything.",
        "language": "pt",
        "external_ids": {"sap": "4711"},
    }
    shown = organization(staff, **fields)
    assert {name: shown[name] for name in fields} == {**fields, "phone": "+351912345678"}


def test_a_customer_without_name_and_address_is_told_both_at_once(staff):
    answer = staff.post("/customers", {"kind": "organization"})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/name", "/email"]
    assert "e-mail or a phone" in answer.get_json()["errors"][1]["detail"]


def test_a_phone_number_alone_is_enough(staff):
    assert individual(staff, email=None, phone="+44 20 8366 1177")["phone"] == "+442083661177"


def test_a_bad_email_and_a_bad_phone_are_refused_with_a_hint_each(staff):
    answer = staff.post("/customers", {"kind": "individual", "name": "A", "email": "a(at)b", "phone": "12x"})
    errors = {error["pointer"]: error["detail"] for error in answer.get_json()["errors"]}
    assert answer.status_code == 422
    assert "name@example.com" in errors["/email"]
    assert "+351 912 345 678" in errors["/phone"]


def test_a_local_phone_number_is_read_in_the_country_of_the_address(staff):
    assert individual(staff, phone="912 345 678", address={"country": "PT"})["phone"] == "+351912345678"


def test_the_email_of_another_customer_is_refused_and_names_that_customer(staff):
    first = individual(staff, email="ana@mail.example")
    answer = staff.post("/customers", {"kind": "individual", "name": "Ana", "email": "ANA@mail.example"})
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "duplicate_customer"
    assert answer.get_json()["existing"] == {"id": first["id"], "number": first["number"], "name": first["name"]}
    allowed = {"kind": "individual", "name": "Ana", "email": "ANA@mail.example", "allow_duplicate": True}
    assert staff.post("/customers", allowed).status_code == 201


def test_an_organization_may_have_the_email_of_a_person(staff):
    individual(staff, email="shop@mail.example")
    organization(staff, email="shop@mail.example")


def test_a_duplicate_that_the_caller_may_not_see_is_not_named(running, staff):
    individual(staff, email="ana@mail.example", owner_id="usr_other")
    agent = running.client("customers:read", "customers:write", scope=Scope.OWN, id="usr_me")
    answer = agent.post("/customers", {"kind": "individual", "name": "Ana", "email": "ana@mail.example"})
    assert answer.status_code == 409
    assert "existing" not in answer.get_json()


@pytest.mark.proves("F003")
@pytest.mark.proves("F004")
def test_an_archived_organization_is_kept_and_leaves_lists_and_searches(staff):
    acme = organization(staff, name="Acme")
    assert staff.post(f"/customers/{acme['id']}:archive").get_json()["is_archived"] is True
    assert staff.get("/customers").get_json()["data"] == []
    assert staff.get("/customers?q=acme").get_json()["data"] == []
    assert staff.get(f"/customers/{acme['id']}").status_code == 200
    assert [one["id"] for one in staff.get("/customers?is_archived=true").get_json()["data"]] == [acme["id"]]
    assert staff.post(f"/customers/{acme['id']}:restore").get_json()["is_archived"] is False
    assert len(staff.get("/customers").get_json()["data"]) == 1


@pytest.mark.proves("F151")
def test_an_archived_customer_cannot_be_edited_in_any_way(staff):
    acme = organization(staff)
    rui = contact(staff, acme["id"])
    note = staff.post("/notes", {"customer_id": acme["id"], "body": "Hello"}).get_json()
    staff.post(f"/customers/{acme['id']}:archive")
    attempts = [
        staff.patch(f"/customers/{acme['id']}", {"name": "Other"}),
        staff.post(f"/customers/{acme['id']}:block", {"reason": "x"}),
        staff.post(f"/customers/{acme['id']}:activate"),
        staff.post(f"/customers/{acme['id']}:archive"),
        staff.post(f"/customers/{acme['id']}/contacts", {"name": "B", "email": "b@mail.example"}),
        staff.patch(f"/contacts/{rui['id']}", {"job_title": "CEO"}),
        staff.delete(f"/contacts/{rui['id']}"),
        staff.post("/notes", {"customer_id": acme["id"], "body": "Hello"}),
        staff.patch(f"/notes/{note['id']}", {"body": "Changed"}),
        staff.post(f"/notes/{note['id']}:pin"),
        staff.delete(f"/notes/{note['id']}"),
        staff.post("/activities", {"customer_id": acme["id"], "kind": "call", "title": "Hello"}),
    ]
    assert [(one.status_code, one.get_json()["code"]) for one in attempts] == [(409, "customer_is_archived")] * 12


def test_an_archived_customer_does_not_own_its_email_and_a_restore_explains_the_conflict(staff):
    first = individual(staff, email="ana@mail.example")
    staff.post(f"/customers/{first['id']}:archive")
    second = individual(staff, email="ana@mail.example")
    answer = staff.post(f"/customers/{first['id']}:restore")
    assert answer.status_code == 409
    assert answer.get_json()["existing"]["id"] == second["id"]


@pytest.mark.proves("F127")
@pytest.mark.proves("F128")
def test_blocking_needs_a_reason_and_unblocking_takes_it_away(staff, running):
    acme = organization(staff)
    assert staff.post(f"/customers/{acme['id']}:block", {"reason": " "}).status_code == 422
    assert staff.post(f"/customers/{acme['id']}:block").get_json()["errors"][0]["pointer"] == "/reason"
    blocked = staff.post(f"/customers/{acme['id']}:block", {"reason": "Unpaid invoices"}).get_json()
    assert (blocked["is_blocked"], blocked["blocked_reason"]) == (True, "Unpaid invoices")
    assert staff.post(f"/customers/{acme['id']}:block", {"reason": "Again"}).status_code == 409
    unblocked = staff.post(f"/customers/{acme['id']}:unblock").get_json()
    assert (unblocked["is_blocked"], unblocked["blocked_reason"]) == (False, None)
    told = [event["type"] for event in running.recorded()]
    assert told == ["customer.created.v1", "customer.blocked.v1", "customer.unblocked.v1"]


@pytest.mark.proves("F125")
@pytest.mark.proves("F126")
@pytest.mark.proves("F094")
def test_a_status_is_set_activated_deactivated_and_filtered(staff):
    ids = {status: organization(staff, status=status)["id"] for status in ("prospect", "active", "inactive", "churned")}
    for status, customer_id in ids.items():
        assert [one["id"] for one in staff.get(f"/customers?status={status}").get_json()["data"]] == [customer_id]
    assert staff.post(f"/customers/{ids['prospect']}:activate").get_json()["status"] == "active"
    assert staff.post(f"/customers/{ids['prospect']}:deactivate").get_json()["status"] == "inactive"
    assert len(staff.get("/customers?status[in]=inactive,churned").get_json()["data"]) == 3
    assert staff.get("/customers?status=gone").status_code == 422


@pytest.mark.proves("F096")
@pytest.mark.proves("F097")
def test_the_list_is_filtered_by_industry_and_owner(staff):
    mine = organization(staff, owner_id="usr_me", industry="Technology")
    organization(staff, owner_id="usr_other", industry="Food")
    assert [one["id"] for one in staff.get("/customers?owner_id=usr_me").get_json()["data"]] == [mine["id"]]
    assert [one["id"] for one in staff.get("/customers?industry=Technology").get_json()["data"]] == [mine["id"]]


@pytest.mark.proves("F098")
@pytest.mark.proves("F064")
def test_the_list_is_filtered_by_the_time_of_creation(bench, staff):
    old = organization(staff)
    bench.clock.move(days=40)
    new = organization(staff)
    middle = bench.clock.at.isoformat().replace("+00:00", "Z")
    assert [one["id"] for one in staff.get(f"/customers?created_at[gte]={middle}").get_json()["data"]] == [new["id"]]
    assert [one["id"] for one in staff.get(f"/customers?created_at[lt]={middle}").get_json()["data"]] == [old["id"]]


@pytest.mark.proves("F061")
@pytest.mark.proves("F010")
def test_all_customers_are_listed_page_by_page_in_the_order_asked_for(staff):
    for name in ("Beta", "alpha", "Émile", "Delta"):
        organization(staff, name=name)
    first = staff.get("/customers?sort=name&limit=3&include_total=true").get_json()
    assert [one["name"] for one in first["data"]] == ["alpha", "Beta", "Delta"]
    assert first["total"] == {"value": 4, "relation": "eq"}
    second = staff.get(f"/customers?sort=name&limit=3&cursor={first['next_cursor']}").get_json()
    assert [one["name"] for one in second["data"]] == ["Émile"]
    assert [one["name"] for one in staff.get("/customers?sort=-name").get_json()["data"]] == [
        "Émile",
        "Delta",
        "Beta",
        "alpha",
    ]


@pytest.mark.proves("F009")
@pytest.mark.proves("F099")
@pytest.mark.proves("F100")
@pytest.mark.proves("F101")
@pytest.mark.proves("F102")
@pytest.mark.parametrize(
    "query",
    ["muller", "MÜLLER", "söhne mull", "info@mueller", "Info@Mueller.example", "+49 30 1234567", "030 123 4567", "(030) 1234567",
     "0049301234567", "CU-000001", "ines", "Inês Duarte", "duarte muller"],
)  # fmt: skip
def test_a_customer_is_found_by_name_email_phone_number_and_contact(staff, query):
    found = organization(staff, name="Müller & Söhne", email="info@mueller.example", phone="+49 30 1234567")
    contact(staff, found["id"], name="Inês Duarte", email="i.duarte@other.example")
    organization(staff, name="Nobody", email="nobody@nowhere.example")
    answer = staff.get("/customers", query_string={"q": query, "kind": "organization"})
    assert [one["id"] for one in answer.get_json()["data"]] == [found["id"]]


def test_an_organization_is_found_by_the_new_name_of_a_renamed_contact(staff):
    acme = organization(staff, name="Acme")
    rui = contact(staff, acme["id"], name="Rui Costa")
    staff.patch(f"/contacts/{rui['id']}", {"name": "Rui Silva"})
    assert [one["name"] for one in staff.get("/customers?q=silva&kind=organization").get_json()["data"]] == ["Acme"]
    assert staff.get("/customers?q=costa").get_json()["data"] == []
    staff.delete(f"/contacts/{rui['id']}")
    assert staff.get("/customers?q=silva&kind=organization").get_json()["data"] == []


def test_percent_and_underscore_in_a_search_are_ordinary_characters(staff):
    organization(staff, name="Acme")
    assert staff.get("/customers", query_string={"q": "%"}).get_json()["data"] == []
    assert staff.get("/customers", query_string={"q": "a_me"}).get_json()["data"] == []


@pytest.mark.proves("F146")
def test_a_customer_has_one_dedicated_owner_who_can_be_changed(staff):
    acme = organization(staff, owner_id="usr_a")
    assert staff.patch(f"/customers/{acme['id']}", {"owner_id": "usr_b"}).get_json()["owner_id"] == "usr_b"


def test_record_scope_holds_on_every_read_and_write(running, staff):
    theirs = organization(staff, owner_id="usr_other", team_id="tem_other")
    rui = contact(staff, theirs["id"])
    note = staff.post("/notes", {"customer_id": theirs["id"], "body": "Secret"}).get_json()
    for scope, teams in ((Scope.OWN, ()), (Scope.TEAM, ("tem_mine",))):
        agent = running.client("customers:read", "customers:write", scope=scope, id="usr_me", team_ids=teams)
        for path in ("/customers", "/customers?q=acme", "/contacts", "/notes", "/activities"):
            assert agent.get(path).get_json()["data"] == [], path
        for path in ("", "/contacts", "/timeline"):
            assert agent.get(f"/customers/{theirs['id']}{path}").status_code == 404, path
        assert agent.patch(f"/customers/{theirs['id']}", {"name": "x"}).status_code == 404
        assert agent.post(f"/customers/{theirs['id']}:archive").status_code == 404
        assert agent.post("/notes", {"customer_id": theirs["id"], "body": "x"}).status_code == 404
        assert agent.get(f"/notes/{note['id']}").status_code == 404
        assert agent.get(f"/contacts/{rui['id']}").status_code == 404
    team = running.client("customers:read", scope=Scope.TEAM, id="usr_me", team_ids=("tem_other",))
    assert len(team.get("/customers?kind=organization").get_json()["data"]) == 1


def test_who_sees_only_own_records_owns_what_they_add(running):
    agent = running.client("customers:read", "customers:write", scope=Scope.OWN, id="usr_me")
    acme = organization(agent)
    assert acme["owner_id"] == "usr_me"
    assert agent.get(f"/customers/{acme['id']}").status_code == 200


def test_without_the_permission_nothing_is_read_or_written(running, staff):
    acme = organization(staff)
    reader = running.client("customers:read")
    assert reader.patch(f"/customers/{acme['id']}", {"name": "x"}).status_code == 403
    assert reader.post("/customers", {"kind": "organization", "name": "x", "email": "x@y.example"}).status_code == 403
    assert running.client("cases:read").get("/customers").status_code == 403
    assert running.client(kind=Kind.PUBLIC, id="public").get("/customers").status_code == 401


def test_a_stale_version_is_refused_and_a_fresh_one_accepted(staff):
    acme = organization(staff)
    staff.patch(f"/customers/{acme['id']}", {"industry": "Food"})
    stale = staff.patch(f"/customers/{acme['id']}", {"industry": "Steel"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    assert (
        staff.patch(f"/customers/{acme['id']}", {"industry": "Steel"}, headers={"If-Match": '"2"'}).status_code == 200
    )


def test_a_patch_that_changes_nothing_makes_no_version_and_no_event(staff, running):
    acme = organization(staff, name="Acme")
    assert staff.patch(f"/customers/{acme['id']}", {"name": "Acme"}).get_json()["version"] == acme["version"]
    assert [event["type"] for event in running.recorded()] == ["customer.created.v1"]


def test_a_merge_patch_of_the_address_keeps_the_parts_not_named(staff):
    acme = organization(staff, address={"city": "Porto", "country": "PT"})
    patched = staff.patch(f"/customers/{acme['id']}", {"address": {"street": "Rua A 1"}}).get_json()
    assert patched["address"] == {"street": "Rua A 1", "city": "Porto", "postcode": None, "country": "PT"}
    assert staff.patch(f"/customers/{acme['id']}", {"address": None}).get_json()["address"]["city"] is None


def test_the_last_email_or_phone_cannot_be_taken_away(staff):
    acme = organization(staff, phone="+442083661177")
    assert staff.patch(f"/customers/{acme['id']}", {"email": None}).status_code == 200
    assert staff.patch(f"/customers/{acme['id']}", {"phone": ""}).get_json()["errors"][0]["pointer"] == "/email"


def test_a_changed_email_is_checked_against_the_others(staff):
    individual(staff, email="ana@mail.example")
    rui = individual(staff, email="rui@mail.example")
    assert staff.patch(f"/customers/{rui['id']}", {"email": "Ana@mail.example"}).status_code == 409
    assert staff.patch(f"/customers/{rui['id']}", {"email": "rui2@mail.example"}).status_code == 200
    individual(staff, email="rui@mail.example")


def test_the_first_and_last_name_of_a_person_make_the_name(staff):
    ines = individual(staff, name=None, first_name="Ines", last_name="Duarte")
    assert staff.patch(f"/customers/{ines['id']}", {"last_name": "Silva"}).get_json()["name"] == "Ines Silva"


def test_an_upsert_by_external_id_adds_once_and_then_edits(staff, running):
    body = {"kind": "organization", "name": "Acme", "email": "info@acme.example"}
    first = staff.put("/customers/by-external-id/sap/4711", body)
    again = staff.put("/customers/by-external-id/sap/4711", {**body, "name": "Acme Ltd"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["id"] == first.get_json()["id"]
    assert again.get_json()["name"] == "Acme Ltd"
    assert again.get_json()["external_ids"] == {"sap": "4711"}
    assert [event["type"] for event in running.recorded()] == ["customer.created.v1", "customer.updated.v1"]


def test_an_external_id_belongs_to_one_customer_and_null_frees_it(staff):
    first = organization(staff, external_ids={"sap": "4711"})
    second = organization(staff)
    taken = staff.patch(f"/customers/{second['id']}", {"external_ids": {"sap": "4711"}})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "external_id_taken")
    assert staff.patch(f"/customers/{first['id']}", {"external_ids": {"sap": None}}).get_json()["external_ids"] == {}
    assert staff.patch(f"/customers/{second['id']}", {"external_ids": {"sap": "4711"}}).status_code == 200


def test_the_same_idempotency_key_adds_one_customer(staff):
    body = {"kind": "organization", "name": "Acme", "email": "info@acme.example"}
    first = staff.post("/customers", body, headers={"Idempotency-Key": "k1"})
    again = staff.post("/customers", body, headers={"Idempotency-Key": "k1"})
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(staff.get("/customers").get_json()["data"]) == 1


def test_unknown_fields_and_parameters_are_refused_by_name(staff):
    body = {"kind": "organization", "name": "A", "email": "a@b.example", "is_archived": True}
    assert staff.post("/customers", body).get_json()["errors"][0]["pointer"] == "/is_archived"
    assert staff.get("/customers?stauts=active").get_json()["errors"][0]["pointer"] == "stauts"


def test_every_change_of_a_customer_is_told_in_full(staff, running):
    acme = organization(staff, name="Acme", email="info@acme.example")
    staff.patch(f"/customers/{acme['id']}", {"name": "Acme Ltd", "phone": "+442083661177"})
    staff.post(f"/customers/{acme['id']}:archive")
    staff.post(f"/customers/{acme['id']}:restore")
    told = running.recorded()
    assert [event["type"] for event in told] == [
        "customer.created.v1",
        "customer.updated.v1",
        "customer.archived.v1",
        "customer.restored.v1",
    ]
    assert [event["sequence"] for event in told] == [1, 2, 3, 4]
    assert told[1]["data"] == {
        "primary_contact_id": None,
        "id": acme["id"],
        "number": acme["number"],
        "kind": "organization",
        "status": "prospect",
        "owner_id": None,
        "team_id": None,
        "is_archived": False,
        "is_blocked": False,
        "changed": ["name", "phone"],
        "personal": {"name": "Acme Ltd", "email": "info@acme.example", "phone": "+442083661177", "language": None},
    }


def test_changes_of_fields_are_on_the_timeline_with_old_and_new_value(staff):
    acme = organization(staff, name="Acme")
    staff.patch(f"/customers/{acme['id']}", {"name": "Acme Ltd"})
    assert titles(staff, acme["id"])[0] == "Changed name"
    data = staff.get(f"/customers/{acme['id']}/timeline?kind=customer.updated").get_json()["data"][0]["data"]
    assert data == {"changes": [{"field": "name", "before": "Acme", "after": "Acme Ltd"}]}
