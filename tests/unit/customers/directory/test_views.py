"""The directory, as its callers see it."""

import pytest

from servicekit.auth import Kind, Scope


@pytest.mark.proves("F052")
@pytest.mark.proves("F089")
def test_an_individual_is_added_directly_and_has_a_number(customers):
    answer = customers.staff.post(
        "/customers", {"kind": "individual", "first_name": "Inês", "last_name": "Duarte", "email": "ines@mail.example"}
    )
    assert answer.status_code == 201
    customer = answer.get_json()
    assert customer["name"] == "Inês Duarte"
    assert customer["number"] == "CU-000001"
    assert customer["status"] == "prospect"
    assert answer.headers["Location"] == f"/api/v1/customers/{customer['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert customers.staff.get(f"/customers/{customer['id']}").get_json() == customer


@pytest.mark.proves("F053")
@pytest.mark.proves("F055")
@pytest.mark.proves("F001")
def test_an_organization_is_added_read_edited_and_listed(customers):
    acme = customers.organization(name="Acme")
    edited = customers.staff.patch(f"/customers/{acme['id']}", {"industry": "Technology"})
    assert edited.status_code == 200
    assert edited.get_json()["industry"] == "Technology"
    assert edited.get_json()["version"] == acme["version"] + 1
    assert [one["id"] for one in customers.staff.get("/customers?kind=organization").get_json()["data"]] == [acme["id"]]


@pytest.mark.proves("F090")
def test_a_customer_keeps_every_field_of_the_form(customers):
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
    shown = customers.organization(**fields)
    assert {name: shown[name] for name in fields} == {**fields, "phone": "+351912345678"}


def test_a_customer_without_name_and_address_is_refused_for_both_at_once(customers):
    answer = customers.staff.post("/customers", {"kind": "organization"})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/name", "/email"]
    assert "e-mail or a phone" in answer.get_json()["errors"][1]["detail"]


def test_a_phone_number_alone_is_enough(customers):
    assert customers.individual(email=None, phone="+44 20 8366 1177")["phone"] == "+442083661177"


def test_a_bad_email_and_a_bad_phone_are_refused_with_a_hint_each(customers):
    answer = customers.staff.post("/customers", {"kind": "individual", "name": "A", "email": "a(at)b", "phone": "12x"})
    errors = {error["pointer"]: error["detail"] for error in answer.get_json()["errors"]}
    assert answer.status_code == 422
    assert "name@example.com" in errors["/email"]
    assert "+351 912 345 678" in errors["/phone"]


def test_a_local_phone_number_is_read_in_the_country_of_the_address(customers):
    assert customers.individual(phone="912 345 678", address={"country": "PT"})["phone"] == "+351912345678"


@pytest.mark.proves("F003")
@pytest.mark.proves("F004")
def test_an_archived_organization_is_kept_and_leaves_lists_and_searches(customers):
    acme = customers.organization(name="Acme")
    assert customers.staff.post(f"/customers/{acme['id']}:archive").get_json()["is_archived"] is True
    assert customers.staff.get("/customers").get_json()["data"] == []
    assert customers.staff.get("/customers?q=acme").get_json()["data"] == []
    assert customers.staff.get(f"/customers/{acme['id']}").status_code == 200
    assert [one["id"] for one in customers.staff.get("/customers?is_archived=true").get_json()["data"]] == [acme["id"]]
    assert customers.staff.post(f"/customers/{acme['id']}:restore").get_json()["is_archived"] is False
    assert len(customers.staff.get("/customers").get_json()["data"]) == 1


@pytest.mark.proves("F151")
def test_an_archived_customer_cannot_be_edited_in_any_way(customers):
    acme = customers.organization()
    rui = customers.contact(acme["id"])
    note = customers.staff.post("/notes", {"customer_id": acme["id"], "body": "Hello"}).get_json()
    customers.staff.post(f"/customers/{acme['id']}:archive")
    attempts = [
        customers.staff.patch(f"/customers/{acme['id']}", {"name": "Other"}),
        customers.staff.post(f"/customers/{acme['id']}:block", {"reason": "x"}),
        customers.staff.post(f"/customers/{acme['id']}:activate"),
        customers.staff.post(f"/customers/{acme['id']}:archive"),
        customers.staff.post(f"/customers/{acme['id']}/contacts", {"name": "B", "email": "b@mail.example"}),
        customers.staff.patch(f"/contacts/{rui['id']}", {"job_title": "CEO"}),
        customers.staff.delete(f"/contacts/{rui['id']}"),
        customers.staff.post("/notes", {"customer_id": acme["id"], "body": "Hello"}),
        customers.staff.patch(f"/notes/{note['id']}", {"body": "Changed"}),
        customers.staff.post(f"/notes/{note['id']}:pin"),
        customers.staff.delete(f"/notes/{note['id']}"),
        customers.staff.post("/activities", {"customer_id": acme["id"], "kind": "call", "title": "Hello"}),
    ]
    assert [(one.status_code, one.get_json()["code"]) for one in attempts] == [(409, "customer_is_archived")] * 12


@pytest.mark.proves("F127")
@pytest.mark.proves("F128")
def test_blocking_needs_a_reason_and_unblocking_takes_it_away(customers):
    acme = customers.organization()
    assert customers.staff.post(f"/customers/{acme['id']}:block", {"reason": " "}).status_code == 422
    assert customers.staff.post(f"/customers/{acme['id']}:block").get_json()["errors"][0]["pointer"] == "/reason"
    blocked = customers.staff.post(f"/customers/{acme['id']}:block", {"reason": "Unpaid invoices"}).get_json()
    assert (blocked["is_blocked"], blocked["blocked_reason"]) == (True, "Unpaid invoices")
    assert customers.staff.post(f"/customers/{acme['id']}:block", {"reason": "Again"}).status_code == 409
    unblocked = customers.staff.post(f"/customers/{acme['id']}:unblock").get_json()
    assert (unblocked["is_blocked"], unblocked["blocked_reason"]) == (False, None)
    published = [event["type"] for event in customers.recorded()]
    assert published == ["customer.created.v1", "customer.blocked.v1", "customer.unblocked.v1"]


@pytest.mark.proves("F125")
@pytest.mark.proves("F126")
@pytest.mark.proves("F094")
def test_a_status_is_set_activated_deactivated_and_filtered(customers):
    ids = {
        status: customers.organization(status=status)["id"] for status in ("prospect", "active", "inactive", "churned")
    }
    for status, customer_id in ids.items():
        assert [one["id"] for one in customers.staff.get(f"/customers?status={status}").get_json()["data"]] == [
            customer_id
        ]
    assert customers.staff.post(f"/customers/{ids['prospect']}:activate").get_json()["status"] == "active"
    assert customers.staff.post(f"/customers/{ids['prospect']}:deactivate").get_json()["status"] == "inactive"
    assert len(customers.staff.get("/customers?status[in]=inactive,churned").get_json()["data"]) == 3
    assert customers.staff.get("/customers?status=gone").status_code == 422


@pytest.mark.proves("F096")
@pytest.mark.proves("F097")
def test_the_list_is_filtered_by_industry_and_owner(customers):
    mine = customers.organization(owner_id="usr_me", industry="Technology")
    customers.organization(owner_id="usr_other", industry="Food")
    assert [one["id"] for one in customers.staff.get("/customers?owner_id=usr_me").get_json()["data"]] == [mine["id"]]
    assert [one["id"] for one in customers.staff.get("/customers?industry=Technology").get_json()["data"]] == [
        mine["id"]
    ]


@pytest.mark.proves("F098")
@pytest.mark.proves("F064")
def test_the_list_is_filtered_by_the_time_of_creation(customers):
    old = customers.organization()
    customers.harness.clock.move(days=40)
    new = customers.organization()
    middle = customers.harness.clock.at.isoformat().replace("+00:00", "Z")
    assert [one["id"] for one in customers.staff.get(f"/customers?created_at[gte]={middle}").get_json()["data"]] == [
        new["id"]
    ]
    assert [one["id"] for one in customers.staff.get(f"/customers?created_at[lt]={middle}").get_json()["data"]] == [
        old["id"]
    ]


@pytest.mark.proves("F061")
@pytest.mark.proves("F010")
def test_all_customers_are_listed_page_by_page_in_the_order_asked_for(customers):
    for name in ("Beta", "alpha", "Émile", "Delta"):
        customers.organization(name=name)
    first = customers.staff.get("/customers?sort=name&limit=3&include_total=true").get_json()
    assert [one["name"] for one in first["data"]] == ["alpha", "Beta", "Delta"]
    assert first["total"] == {"value": 4, "relation": "eq"}
    second = customers.staff.get(f"/customers?sort=name&limit=3&cursor={first['next_cursor']}").get_json()
    assert [one["name"] for one in second["data"]] == ["Émile"]
    assert [one["name"] for one in customers.staff.get("/customers?sort=-name").get_json()["data"]] == [
        "Émile",
        "Delta",
        "Beta",
        "alpha",
    ]


@pytest.mark.proves("F146")
def test_a_customer_has_one_dedicated_owner_who_can_be_changed(customers):
    acme = customers.organization(owner_id="usr_a")
    assert customers.staff.patch(f"/customers/{acme['id']}", {"owner_id": "usr_b"}).get_json()["owner_id"] == "usr_b"


def test_record_scope_holds_on_every_read_and_write(customers):
    theirs = customers.organization(owner_id="usr_other", team_id="tem_other")
    rui = customers.contact(theirs["id"])
    note = customers.staff.post("/notes", {"customer_id": theirs["id"], "body": "Secret"}).get_json()
    for scope, teams in ((Scope.OWN, ()), (Scope.TEAM, ("tem_mine",))):
        agent = customers.client("customers:read", "customers:write", scope=scope, id="usr_me", team_ids=teams)
        for path in ("/customers", "/customers?q=acme", "/contacts", "/notes", "/activities"):
            assert agent.get(path).get_json()["data"] == [], path
        for path in ("", "/contacts", "/timeline"):
            assert agent.get(f"/customers/{theirs['id']}{path}").status_code == 404, path
        assert agent.patch(f"/customers/{theirs['id']}", {"name": "x"}).status_code == 404
        assert agent.post(f"/customers/{theirs['id']}:archive").status_code == 404
        assert agent.post("/notes", {"customer_id": theirs["id"], "body": "x"}).status_code == 404
        assert agent.get(f"/notes/{note['id']}").status_code == 404
        assert agent.get(f"/contacts/{rui['id']}").status_code == 404
    team = customers.client("customers:read", scope=Scope.TEAM, id="usr_me", team_ids=("tem_other",))
    assert len(team.get("/customers?kind=organization").get_json()["data"]) == 1


def test_who_sees_only_own_records_owns_what_they_add(customers):
    agent = customers.client("customers:read", "customers:write", scope=Scope.OWN, id="usr_me")
    acme = customers.organization(by=agent)
    assert acme["owner_id"] == "usr_me"
    assert agent.get(f"/customers/{acme['id']}").status_code == 200


def test_without_the_permission_nothing_is_read_or_written(customers):
    acme = customers.organization()
    reader = customers.client("customers:read")
    assert reader.patch(f"/customers/{acme['id']}", {"name": "x"}).status_code == 403
    assert reader.post("/customers", {"kind": "organization", "name": "x", "email": "x@y.example"}).status_code == 403
    assert customers.client("cases:read").get("/customers").status_code == 403
    assert customers.client(kind=Kind.PUBLIC, id="public").get("/customers").status_code == 401


def test_a_stale_version_is_refused_and_a_fresh_one_accepted(customers):
    acme = customers.organization()
    customers.staff.patch(f"/customers/{acme['id']}", {"industry": "Food"})
    stale = customers.staff.patch(f"/customers/{acme['id']}", {"industry": "Steel"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    assert (
        customers.staff.patch(
            f"/customers/{acme['id']}", {"industry": "Steel"}, headers={"If-Match": '"2"'}
        ).status_code
        == 200
    )


def test_a_patch_that_changes_nothing_makes_no_version_and_no_event(customers):
    acme = customers.organization(name="Acme")
    assert customers.staff.patch(f"/customers/{acme['id']}", {"name": "Acme"}).get_json()["version"] == acme["version"]
    assert [event["type"] for event in customers.recorded()] == ["customer.created.v1"]


def test_a_merge_patch_of_the_address_keeps_the_parts_not_named(customers):
    acme = customers.organization(address={"city": "Porto", "country": "PT"})
    patched = customers.staff.patch(f"/customers/{acme['id']}", {"address": {"street": "Rua A 1"}}).get_json()
    assert patched["address"] == {"street": "Rua A 1", "city": "Porto", "postcode": None, "country": "PT"}
    assert customers.staff.patch(f"/customers/{acme['id']}", {"address": None}).get_json()["address"]["city"] is None


def test_the_last_email_or_phone_cannot_be_taken_away(customers):
    acme = customers.organization(phone="+442083661177")
    assert customers.staff.patch(f"/customers/{acme['id']}", {"email": None}).status_code == 200
    assert (
        customers.staff.patch(f"/customers/{acme['id']}", {"phone": ""}).get_json()["errors"][0]["pointer"] == "/email"
    )


def test_the_first_and_last_name_of_a_person_make_the_name(customers):
    ines = customers.individual(name=None, first_name="Ines", last_name="Duarte")
    assert customers.staff.patch(f"/customers/{ines['id']}", {"last_name": "Silva"}).get_json()["name"] == "Ines Silva"


def test_the_same_idempotency_key_adds_one_customer(customers):
    body = {"kind": "organization", "name": "Acme", "email": "info@acme.example"}
    first = customers.staff.post("/customers", body, headers={"Idempotency-Key": "k1"})
    again = customers.staff.post("/customers", body, headers={"Idempotency-Key": "k1"})
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(customers.staff.get("/customers").get_json()["data"]) == 1


def test_unknown_fields_and_parameters_are_refused_by_name(customers):
    body = {"kind": "organization", "name": "A", "email": "a@b.example", "is_archived": True}
    assert customers.staff.post("/customers", body).get_json()["errors"][0]["pointer"] == "/is_archived"
    assert customers.staff.get("/customers?stauts=active").get_json()["errors"][0]["pointer"] == "stauts"


def test_every_change_of_a_customer_is_published_in_full(customers):
    acme = customers.organization(name="Acme", email="info@acme.example")
    customers.staff.patch(f"/customers/{acme['id']}", {"name": "Acme Ltd", "phone": "+442083661177"})
    customers.staff.post(f"/customers/{acme['id']}:archive")
    customers.staff.post(f"/customers/{acme['id']}:restore")
    published = customers.recorded()
    assert [event["type"] for event in published] == [
        "customer.created.v1",
        "customer.updated.v1",
        "customer.archived.v1",
        "customer.restored.v1",
    ]
    assert [event["sequence"] for event in published] == [1, 2, 3, 4]
    assert published[1]["data"] == {
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


def test_changes_of_fields_are_on_the_timeline_with_old_and_new_value(customers):
    acme = customers.organization(name="Acme")
    customers.staff.patch(f"/customers/{acme['id']}", {"name": "Acme Ltd"})
    assert customers.titles(acme["id"])[0] == "Changed name"
    data = customers.staff.get(f"/customers/{acme['id']}/timeline?kind=customer.updated").get_json()["data"][0]["data"]
    assert data == {"changes": [{"field": "name", "before": "Acme", "after": "Acme Ltd"}]}
