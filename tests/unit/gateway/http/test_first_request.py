"""The first request prepares the gateway, and those that must answer before anybody is there do not wait for it."""

import pytest
from flask import Flask

from gateway.http.first_request import install_first_request


class Preparation:
    """Fails as often as a test wants, then succeeds."""

    def __init__(self, failures=0):
        self.failures, self.runs = failures, 0

    def __call__(self):
        self.runs += 1
        if self.runs <= self.failures:
            raise ConnectionError


def client_of(prepare):
    app = Flask(__name__)
    app.testing = True
    install_first_request(app, prepare)
    for name in ("livez", "page"):
        app.add_url_rule(f"/{name}", name, lambda: "ok")
    return app.test_client()


def test_the_first_request_prepares_and_the_others_find_it_done():
    prepare = Preparation()
    client = client_of(prepare)
    assert [client.get("/page").status_code for _ in range(3)] == [200, 200, 200]
    assert prepare.runs == 1


def test_a_preparation_that_failed_is_tried_again_by_the_next_request():
    prepare = Preparation(failures=1)
    client = client_of(prepare)
    with pytest.raises(ConnectionError):
        client.get("/page")
    assert client.get("/page").status_code == 200
    assert prepare.runs == 2


def test_health_answers_before_anything_is_prepared():
    prepare = Preparation(failures=99)
    assert client_of(prepare).get("/livez").status_code == 200
    assert prepare.runs == 0
