"""The operator's commands."""


def test_the_command_line_prints_a_login_path_and_a_key(gateway):
    run = gateway.app.test_cli_runner()
    link = run.invoke(args=["login-link"]).output.strip().splitlines()[-1]
    assert link.startswith("/login/once/")
    secret = run.invoke(args=["api-key", "--name", "demo", "--permissions", "cases:read,orders:read"]).output.strip()
    assert gateway.with_token(secret.splitlines()[-1]).get("/me").json["permissions"] == ["cases:read", "orders:read"]
    assert run.invoke(args=["login-link", "--email", "nobody@example.com"]).exit_code == 1
