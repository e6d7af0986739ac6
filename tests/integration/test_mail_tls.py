"""Mail to a server that wants encryption and a password."""

import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.mail.message import SmtpMessage
from notifications.mail.rules import Verdict
from notifications.mail.transports import SmtpTransport, transport_for
from servicekit.settings import BadSettings

MESSAGE = SmtpMessage(
    id="eml_1",
    stamp="t",
    sender="crm@company.example",
    recipient="ada@example.com",
    data=b"Subject: Hi\r\n\r\nHello\r\n",
)


class MailBox:
    """Collects what it is given."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append(envelope.content)
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, with its key, that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def mailbox(certificate: Path) -> Iterator[tuple[MailBox, int]]:
    """A server on a free port that takes mail from `crm` with the password `open sesame`, after STARTTLS alone."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box = MailBox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def admit(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (b"crm", b"open sesame"), handled=False)

    controller = Controller(
        box, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=admit,
    )  # fmt: skip
    controller.start()
    yield box, port
    controller.stop()


def transport(port: int, password: str = "open%20sesame") -> SmtpTransport:
    made = transport_for(f"smtp://crm:{password}@localhost:{port}?tls=starttls")
    assert isinstance(made, SmtpTransport)
    return made


def test_mail_goes_encrypted_and_with_a_password(
    mailbox: tuple[MailBox, int], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port = mailbox
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert transport(port).send(MESSAGE).verdict is Verdict.ACCEPTED
    assert box.taken == [MESSAGE.data]


def test_a_server_that_nobody_vouches_for_gets_no_mail(mailbox: tuple[MailBox, int]) -> None:
    box, port = mailbox
    answer = transport(port).send(MESSAGE)
    assert (answer.verdict, answer.is_host_down) == (Verdict.LATER, True)
    assert "certificate" in answer.detail.lower()
    assert box.taken == []


def test_a_wrong_password_fails_no_mail(
    mailbox: tuple[MailBox, int], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, port = mailbox
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    answer = transport(port, "wrong").send(MESSAGE)
    assert (answer.verdict, answer.is_host_down) == (Verdict.LATER, True)
    assert "535" in answer.detail


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://mail.example", "file:///directory"),
        ("smtp://", "file:///directory"),
        ("smtp://mail.example:25?tls=maybe", "none or starttls"),
        ("smtp://crm:secret@mail.example:25", "unencrypted"),
    ],
)
def test_a_mail_address_that_cannot_be_used_stops_the_start(url: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason):
        transport_for(url)
