"""Giving a case to somebody."""


def test_a_case_is_given_to_a_colleague_and_taken_away_again(console_page, system):
    system.add_user("Samir Osman", ["support"])
    case = system.add_case("Whose is it?")
    page = console_page(f"/cases/{case['id']}").follow("Assign …")
    options = {one.text: one.get("value") for one in page.all(".//select[@id='f-owner_id']/option")}
    assert next(iter(options)) == "Nobody"
    page = page.press("Assign", owner_id=options["Samir Osman"])
    assert "It belongs to Samir Osman now." in page.text
    page = page.follow("Assign …").press("Assign", owner_id="")
    assert "It belongs to nobody now." in page.text


def test_a_case_that_changed_meanwhile_is_not_given_away(console_page, system):
    case = system.add_case("Changed under my hands")
    page = console_page(f"/cases/{case['id']}/assign")
    system.api.act(f"/cases/{case['id']}", "transition", {"status": "waiting"})
    page = page.press("Assign", owner_id=system.api.get("/me")["id"])
    assert page.status == 412
    assert "Somebody changed this case meanwhile. Nothing was saved yet." in page.text
    assert "It belongs to Administrator now." in page.press("Assign").text
