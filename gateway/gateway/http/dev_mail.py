"""The mail sink of development: shows the .eml files that the notifications service wrote instead of sending."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, abort, current_app, render_template_string

from gateway.http.security_headers import PAGE_POLICY
from gateway.settings import Settings

dev_mail = Blueprint("dev_mail", __name__)

MOST_SHOWN: Final = 200
_NAME: Final = re.compile(r"[A-Za-z0-9_.@+-]{1,200}\.eml\Z")
# A mail is foreign content: no script, no form, nothing loaded from anywhere, an origin of its own.
_MAIL_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_HEAD: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
"""
_LIST: Final = (
    _HEAD
    + """<h1>Mail sink</h1>
{% if mails %}<table><thead><tr><th>Sent</th><th>To</th><th>Subject</th></tr></thead><tbody>
{% for mail in mails %}<tr><td>{{ mail.date }}</td><td>{{ mail.to }}</td>
<td><a href="/dev/mail/{{ mail.name }}">{{ mail.subject }}</a></td></tr>
{% endfor %}</tbody></table>{% else %}<p>No mail has been sent yet.</p>{% endif %}
</body></html>"""
)
_ONE: Final = (
    _HEAD
    + """<p><a href="/dev/mail">All mail</a></p><h1>{{ title }}</h1>
<dl>{% for name, value in headers %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
<pre>{{ text }}</pre>
{% if has_html %}<h2>As HTML</h2>
<iframe title="The mail as HTML" sandbox src="/dev/mail/{{ name }}/html" width="100%" height="600"></iframe>{% endif %}
</body></html>"""
)


def install_dev_mail(app: Flask, settings: Settings) -> None:
    """Only in development, and only where a folder is named."""
    if settings.dev_mail_dir and settings.environment == "development":
        app.config["DEV_MAIL_DIR"] = Path(settings.dev_mail_dir)
        app.register_blueprint(dev_mail)


@dev_mail.get("/dev/mail")
def list_mails() -> Response:
    """The newest first."""
    files = sorted(_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)[:MOST_SHOWN]
    mails = [{"name": path.name, **_summary(_read(path))} for path in files]
    return _page(render_template_string(_LIST, title="Mail sink", mails=mails))


@dev_mail.get("/dev/mail/<name>")
def show_mail(name: str) -> Response:
    """One mail: headers, text, and the HTML in a frame that can do nothing."""
    message = _read(_file(name))
    text = message.get_body(("plain",))
    return _page(
        render_template_string(
            _ONE,
            title=str(message["Subject"] or "(no subject)"),
            name=name,
            headers=[(header, str(value)) for header, value in message.items()],
            text=text.get_content() if text is not None else "",
            has_html=message.get_body(("html",)) is not None,
        )
    )


@dev_mail.get("/dev/mail/<name>/html")
def show_html(name: str) -> Response:
    """The HTML part alone."""
    html = _read(_file(name)).get_body(("html",))
    if html is None:
        abort(404)
    headers = {"Content-Security-Policy": _MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return Response(html.get_content(), content_type="text/html; charset=utf-8", headers=headers)


def _page(html: str) -> Response:
    headers = {"Content-Security-Policy": PAGE_POLICY}
    return Response(html, content_type="text/html; charset=utf-8", headers=headers)


def _folder() -> Path:
    folder: Path = current_app.config["DEV_MAIL_DIR"]
    return folder


def _file(name: str) -> Path:
    path = _folder() / name
    if not _NAME.match(name) or not path.is_file():
        abort(404)
    return path


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes no other
    return message


def _summary(message: EmailMessage) -> dict[str, str]:
    return {
        "subject": str(message["Subject"] or "(no subject)"),
        "to": str(message["To"] or ""),
        "date": str(message["Date"] or ""),
    }
