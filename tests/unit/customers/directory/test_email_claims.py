"""An e-mail belongs to one customer of a kind."""

from servicekit.auth import Scope


def test_the_email_of_another_customer_is_refused_and_names_that_customer(customers):
    first = customers.individual(email="ana@mail.example")
    answer = customers.staff.post("/customers", {"kind": "individual", "name": "Ana", "email": "ANA@mail.example"})
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "duplicate_customer"
    assert answer.get_json()["existing"] == {"id": first["id"], "number": first["number"], "name": first["name"]}
    allowed = {"kind": "individual", "name": "Ana", "email": "ANA@mail.example", "allow_duplicate": True}
    assert customers.staff.post("/customers", allowed).status_code == 201


def test_an_organization_may_have_the_email_of_a_person(customers):
    customers.individual(email="shop@mail.example")
    customers.organization(email="shop@mail.example")


def test_a_duplicate_that_the_caller_may_not_see_is_not_named(customers):
    customers.individual(email="ana@mail.example", owner_id="usr_other")
    agent = customers.client("customers:read", "customers:write", scope=Scope.OWN, id="usr_me")
    answer = agent.post("/customers", {"kind": "individual", "name": "Ana", "email": "ana@mail.example"})
    assert answer.status_code == 409
    assert "existing" not in answer.get_json()


def test_an_archived_customer_does_not_own_its_email_and_a_restore_explains_the_conflict(customers):
    first = customers.individual(email="ana@mail.example")
    customers.staff.post(f"/customers/{first['id']}:archive")
    second = customers.individual(email="ana@mail.example")
    answer = customers.staff.post(f"/customers/{first['id']}:restore")
    assert answer.status_code == 409
    assert answer.get_json()["existing"]["id"] == second["id"]


def test_a_changed_email_is_checked_against_the_others(customers):
    customers.individual(email="ana@mail.example")
    rui = customers.individual(email="rui@mail.example")
    assert customers.staff.patch(f"/customers/{rui['id']}", {"email": "Ana@mail.example"}).status_code == 409
    assert customers.staff.patch(f"/customers/{rui['id']}", {"email": "rui2@mail.example"}).status_code == 200
    customers.individual(email="rui@mail.example")
