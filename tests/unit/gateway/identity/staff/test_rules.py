"""The shipped roles name only permissions that some route needs."""

import json

from gateway.http.routing import openapi
from gateway.identity.access import rules
from gateway.identity.staff.rules import SHIPPED_ROLES


def test_every_route_says_what_it_needs_and_shipped_roles_name_only_what_routes_need():
    needed = set()
    for operations in json.loads(openapi())["paths"].values():
        needed |= {one["x-needs"] for method, one in operations.items() if method != "parameters"}
    assert all(needs in {"public", "signed_in"} or rules._PERMISSION.fullmatch(needs) for needs in needed)
    for key, _, permissions, _ in SHIPPED_ROLES:
        useless = [one for one in permissions if not any(rules.covers(one, needs) for needs in needed)]
        assert useless == [], key
    unheld = {n for n in needed if ":" in n and not any(rules.is_allowed(r[2], n) for r in SHIPPED_ROLES[1:])}
    assert unheld == {"users:admin", "roles:admin", "teams:admin"}
