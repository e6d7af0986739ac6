"""Whatever people type is shown as text: in names, subjects, notes and messages, on every page."""

import pytest

from tests.unit.gateway.console.pages import text_of

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "[click](javascript:alert(1))",
    "<a href='https://evil.example' onclick=alert(1)>x</a>",
    "</textarea><script>alert(1)</script>",
    "' autofocus onfocus=alert(1) x='",
    "<style>*{display:none}</style>",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_shown_as_text_everywhere(system, console_page, payload):
    customer = system.add_customer(f"{payload} Ltd", email=f"x{PAYLOADS.index(payload)}@example.com", industry=payload)
    system.api.post("/notes", {"customer_id": customer["id"], "body": payload})
    case = system.add_case(payload, description=payload, customer_id=customer["id"])
    system.api.post(f"/cases/{case['id']}/messages", {"body": payload, "is_internal": True})
    record = f"/customers/{customer['id']}"
    for path in ("/", "/customers", "/cases", record, f"{record}/notes", f"{record}/edit", f"/cases/{case['id']}"):
        page = console_page(path)
        assert page.status == 200
        main = page.one(".//main")
        assert not [one.tag for one in main.iter() if one.tag in {"script", "style", "img"}]
        assert not [name for one in main.iter() for name in one.attrib if name.startswith("on")]
        assert not [one for one in main.iter("a") if one.get("href", "").startswith("javascript")]
    names = [text_of(one) for one in console_page("/customers").all(".//main//td//bdi")]
    assert f"{payload} Ltd" in names
