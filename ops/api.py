"""A small client of the public API, for what operators run: it knows keys, retries and problems, and no resource."""

import secrets
import time
from typing import Any

import requests

from ops.errors import OperatorError

Document = dict[str, Any]
CONNECT_AND_READ = (3.05, 30)
ATTEMPTS = 10
TOO_MANY = 429
UNAVAILABLE = 503


class Refused(OperatorError):
    """The API said no; the sentence is the problem's own, with every field it names."""

    def __init__(self, method: str, path: str, answer: requests.Response) -> None:
        self.status = answer.status_code
        problem = _problem_of(answer)
        fields = "; ".join(f"{e.get('pointer', '')} {e.get('detail', '')}".strip() for e in problem.get("errors") or [])
        detail = problem.get("detail") or problem.get("title") or answer.text[:300]
        super().__init__(f"{method} {path} → {answer.status_code}: {detail}{f' ({fields})' if fields else ''}")


class Api:
    """One address and one key. Safe to share between threads that each call a few times a second."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = url
        self._session = requests.Session()
        # The address is this machine's: a proxy from the environment must not see the key.
        self._session.trust_env = False
        self._session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=16))
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: str) -> Document:
        return self._call("GET", path, params=query)

    def post(
        self, path: str, body: Document | None = None, *, once: str | None = None, version: int | None = None
    ) -> Document:
        """Posts with an idempotency key: `once` if the caller means the same thing by a second call."""
        headers = {"Idempotency-Key": once or secrets.token_hex(16)}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._call("POST", path, json=body, headers=headers)

    def put(self, path: str, body: Document) -> Document:
        return self._call("PUT", path, json=body)

    def patch(self, path: str, body: Document, version: int) -> Document:
        return self._call("PATCH", path, json=body, headers={"If-Match": f'"{version}"'})

    def act(self, path: str, action: str, body: Document | None = None) -> Document:
        """An action on the newest version of a resource; read again when somebody else was faster."""
        for attempt in range(ATTEMPTS):
            version = self.get(path)["version"]
            try:
                return self.post(f"{path}:{action}", body, version=version)
            except Refused as refusal:
                if refusal.status != requests.codes.precondition_failed or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError

    def _call(self, method: str, path: str, **sent: Any) -> Document:
        for attempt in range(ATTEMPTS):
            try:
                answer = self._session.request(method, f"{self.url}/api/v1{path}", timeout=CONNECT_AND_READ, **sent)
            except requests.RequestException as error:
                raise OperatorError(f"{method} {path}: no answer from {self.url} ({type(error).__name__})") from error
            if answer.status_code not in {TOO_MANY, UNAVAILABLE} or attempt == ATTEMPTS - 1:
                break
            time.sleep(min(5.0, float(answer.headers.get("Retry-After") or 0.2 * 2**attempt)))
        if not answer.ok:
            raise Refused(method, path, answer)
        return dict(answer.json()) if answer.content else {}


def _problem_of(answer: requests.Response) -> Document:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
