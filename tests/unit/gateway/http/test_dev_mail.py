"""The mail sink of development."""


def test_the_mail_sink_shows_mail_and_runs_nothing_of_it(start_gateway, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "one.eml").write_bytes(
        b"From: a@example.com\r\nTo: b@example.com\r\nSubject: <b>Hi</b>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nplain <text>\r\n"
        b"--x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><p>html</p>\r\n--x--\r\n"
    )
    gateway = start_gateway(CRM_DEV_MAIL_DIR=str(folder))
    listed = gateway.http.get("/dev/mail").text
    assert "&lt;b&gt;Hi&lt;/b&gt;" in listed
    assert "<b>Hi" not in listed
    shown = gateway.http.get("/dev/mail/one.eml").text
    assert "plain &lt;text&gt;" in shown
    assert "<script>" not in shown
    html = gateway.http.get("/dev/mail/one.eml/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert gateway.http.get("/dev/mail/..%2f..%2fgateway.db").status_code == 404
    assert gateway.http.get("/dev/mail/none.eml").status_code == 404


def test_there_is_no_mail_sink_in_production(start_gateway, tmp_path):
    gateway = start_gateway(CRM_DEV_MAIL_DIR=str(tmp_path), CRM_ENV="production")
    assert gateway.http.get("/dev/mail").status_code == 404
