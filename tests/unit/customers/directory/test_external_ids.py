"""The ids that other systems know customers by."""


def test_an_upsert_by_external_id_adds_once_and_then_edits(customers):
    body = {"kind": "organization", "name": "Acme", "email": "info@acme.example"}
    first = customers.staff.put("/customers/by-external-id/sap/4711", body)
    again = customers.staff.put("/customers/by-external-id/sap/4711", {**body, "name": "Acme Ltd"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["id"] == first.get_json()["id"]
    assert again.get_json()["name"] == "Acme Ltd"
    assert again.get_json()["external_ids"] == {"sap": "4711"}
    assert [event["type"] for event in customers.recorded()] == ["customer.created.v1", "customer.updated.v1"]


def test_an_external_id_belongs_to_one_customer_and_null_frees_it(customers):
    first = customers.organization(external_ids={"sap": "4711"})
    second = customers.organization()
    taken = customers.staff.patch(f"/customers/{second['id']}", {"external_ids": {"sap": "4711"}})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "external_id_taken")
    assert (
        customers.staff.patch(f"/customers/{first['id']}", {"external_ids": {"sap": None}}).get_json()["external_ids"]
        == {}
    )
    assert customers.staff.patch(f"/customers/{second['id']}", {"external_ids": {"sap": "4711"}}).status_code == 200
