"""Authentication: which credentials are accepted, from which pages, and under which host names."""

import pytest

from servicekit.testing.harness import write_identity


@pytest.mark.parametrize(
    "header", ["Bearer crm_at_wrong", "Bearer ", "Basic YWRhOmFkYQ==", "Bearer crm_live_x_y_z", "nonsense"]
)
def test_wrong_credentials_are_refused_even_where_nobody_needs_any(proxied, header):
    for path in ("/cases", "/me"):
        assert proxied.http.get(f"/api/v1{path}", headers={"Authorization": header}).status_code == 401
    public = proxied.http.post("/api/v1/forms/contact/submissions", json={}, headers={"Authorization": header})
    assert public.status_code == 401


def test_a_cookie_alone_changes_nothing_from_a_foreign_page(proxied, echo):
    proxied.log_in()
    cookie = proxied.open_browser()

    def post(**headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return proxied.browse(cookie, "/api/v1/cases", "POST", sent, json={}).status_code

    assert post() == 403
    assert post(Origin="https://evil.example") == 403
    assert post(Sec_Fetch_Site="cross-site", Origin="http://localhost") == 403
    assert post(Sec_Fetch_Site="same-site") == 403
    assert post(Origin="null") == 403
    assert echo.seen() == 0
    assert post(Sec_Fetch_Site="same-origin") == 200
    assert post(Origin="http://localhost") == 200
    assert proxied.browse(cookie, "/api/v1/cases").status_code == 200


@pytest.mark.parametrize("env", ["development", "production"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/cases", "/login", "/readyz", "/"])
def test_a_host_that_is_not_ours_is_answered_400(start_gateway, env, path):
    gateway = start_gateway(CRM_ENV=env, CRM_PUBLIC_URL="https://CRM.example:8443")
    for host in ("evil.example", "crm.example.evil.example", "x.crm.example", "crm.example@evil.example", "[::1]"):
        answer = gateway.http.get(path, headers={"Host": host})
        assert (answer.status_code, answer.json["code"]) == (400, "malformed")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "host",
    [
        "crm.example:8443",
        "localhost:5000",
        "127.0.0.1",
        "127.0.0.1:8000",
        "gateway:8000",
        "inside.example",
        "a.more.example",
    ],
)
def test_every_name_of_ours_is_accepted_on_any_port(start_gateway, host):
    gateway = start_gateway(CRM_PUBLIC_URL="https://crm.example", CRM_TRUSTED_HOSTS="Inside.example, .more.example,")
    assert gateway.http.get("/livez", headers={"Host": host}).status_code == 200
    assert gateway.http.get("/readyz", headers={"Host": host}).status_code == 200


def test_a_foreign_host_does_not_make_a_foreign_page_ours(proxied, echo):
    proxied.log_in()
    cookie = proxied.open_browser()
    sent = {"Host": "evil.example", "Origin": "http://evil.example"}
    assert proxied.browse(cookie, "/api/v1/cases", "POST", sent, json={}).status_code == 400
    assert echo.seen() == 0


def test_a_key_pair_of_another_installation_opens_nothing(gateway, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write_identity(other)
    assert (
        gateway.with_token((other / "identity-keys.json").read_text()[:40].replace("\n", "")).get("/me").status_code
        == 401
    )
