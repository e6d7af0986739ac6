"""The entry script: its menu, and what it makes of the settings of this machine's pip."""

import subprocess
import sys
from pathlib import Path

import pytest

import crm


def test_alone_it_prints_the_menu_in_groups() -> None:
    result = subprocess.run([sys.executable, crm.__file__], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("Customer Manager")
    assert all(f"crm.py {name} " in result.stdout for name in crm.COMMANDS)


def test_an_unknown_command_is_answered_with_the_menu() -> None:
    result = subprocess.run([sys.executable, crm.__file__, "ip"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "There is no command 'ip'" in result.stderr


def test_it_needs_the_standard_library_alone() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import crm; print(crm.menu())"
    root = str(Path(crm.__file__).parent)
    subprocess.run([sys.executable, "-I", "-S", "-c", code, root], capture_output=True, check=True)


def pip_that_says(tmp_path: Path, config: str) -> list[str]:
    script = tmp_path / "pip.py"
    script.write_text(f"print({config!r})")
    return [sys.executable, str(script)]


@pytest.fixture
def plain_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "HTTPS_PROXY", "UV_HTTP_TIMEOUT", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("plain_machine")
def test_index_certificate_and_proxy_of_pip_are_handed_on(tmp_path: Path) -> None:
    config = (
        "global.index-url='https://mirror.example/simple'\nglobal.cert='/etc/ca.pem'\nglobal.proxy='http://proxy:3128'"
    )
    environment = crm.uv_environment(pip_that_says(tmp_path, config))
    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert environment["SSL_CERT_FILE"] == "/etc/ca.pem"
    assert environment["HTTPS_PROXY"] == "http://proxy:3128"
    assert "UV_SYSTEM_CERTS" not in environment


@pytest.mark.usefixtures("plain_machine")
def test_places_that_this_machine_lacks_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    config = (
        f"global.find-links='{tmp_path}/wheels {tmp_path}/gone'\nglobal.extra-index-url='file://{tmp_path}/no/simple'"
    )
    environment = crm.uv_environment(pip_that_says(tmp_path, config))
    assert environment["UV_FIND_LINKS"] == f"{tmp_path}/wheels"
    assert "UV_EXTRA_INDEX_URL" not in environment


@pytest.mark.usefixtures("plain_machine")
def test_a_plain_machine_uses_its_own_certificates_and_the_usual_index(tmp_path: Path) -> None:
    environment = crm.uv_environment(pip_that_says(tmp_path, ""))
    assert environment == {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "true"}


def test_what_the_shell_says_wins_over_pips_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/mine.pem")
    assert "SSL_CERT_FILE" not in crm.uv_environment(pip_that_says(tmp_path, "global.cert='/etc/ca.pem'"))


def test_the_environment_variable_wins_over_the_file_as_in_pip(tmp_path: Path) -> None:
    settings = crm.pip_settings(pip_that_says(tmp_path, ":env:.timeout='9'\nglobal.timeout='60'\ninstall.timeout='30'"))
    assert settings["timeout"] == "9"


def test_every_lock_names_hashes_and_no_host() -> None:
    for lock in (Path(crm.__file__).parent / "requirements").glob("*.lock"):
        text = lock.read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") >= text.count("==")


def test_the_run_set_is_part_of_the_dev_set() -> None:
    def pinned(name: str) -> set[str]:
        lines = (Path(crm.__file__).parent / "requirements" / f"{name}.lock").read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith(" ")}

    assert pinned("run") | pinned("uv") <= pinned("dev")


def test_developers_tools_have_an_environment_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = {name for name, command in crm.COMMANDS.items() if command.environment is crm.DEV}
    assert tools == {"test", "features", "openapi", "bench", "setup", "lock"}
    running = crm.Environment("run", tmp_path / ".venv")
    running.python.parent.mkdir(parents=True)
    running.stamp.write_text("what a running system uses")
    made: list[crm.Environment] = []
    monkeypatch.setattr(crm, "make", lambda environment: environment.folder.mkdir() or made.append(environment))
    monkeypatch.setattr(crm, "install", made.append)
    tests = crm.Environment("dev", tmp_path / ".venv-dev")
    crm.prepare(tests)
    assert made == [tests, tests]
    assert running.stamp.read_text() == "what a running system uses"


def test_what_is_installed_already_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[crm.Environment] = []
    monkeypatch.setattr(crm, "make", lambda environment: environment.python.parent.mkdir(parents=True))
    monkeypatch.setattr(crm, "install", lambda environment: environment.python.touch() or made.append(environment))
    for _ in range(2):
        crm.prepare(crm.Environment("run", tmp_path / ".venv"))
    assert len(made) == 1


def test_set_up_is_told_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with crm.step("Making something"):
        pass
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("  Making something … 0.")


def without_ensurepip(monkeypatch: pytest.MonkeyPatch, *, user: int) -> list[list[str]]:
    """A Debian whose Python makes no environments; what would be run is noted instead."""
    ran: list[list[str]] = []
    monkeypatch.setattr(crm.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(crm.os, "geteuid", lambda: user)
    monkeypatch.setattr(crm, "run", lambda argv, _complaint: ran.append(argv))
    return ran


def test_without_ensurepip_root_has_it_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = without_ensurepip(monkeypatch, user=0)
    crm.add_venv_to_debian()
    assert ran[-1][:3] == ["apt-get", "install", "-y"]
    assert ran[-1][-1].endswith("-venv")


def test_without_ensurepip_everybody_else_gets_the_one_command_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = without_ensurepip(monkeypatch, user=1000)
    with pytest.raises(crm.OperatorError, match=r"sudo apt-get install -y python3\.\d+-venv"):
        crm.add_venv_to_debian()
    assert ran == []


def test_an_old_python_is_told_which_one_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crm.sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(crm.OperatorError, match=r"This is Python 3\.9\.2\. Install Python 3\.11"):
        crm.prepare(crm.RUN)


def test_a_full_disk_is_said_before_anything_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crm, "DISK_BYTES", 10**18)
    with pytest.raises(crm.OperatorError, match="it takes 2 GB"):
        crm.check_disk()


def test_a_folder_is_meant_as_seen_from_where_the_person_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(crm, "prepare", lambda _environment: None)
    monkeypatch.setattr(crm, "become", became.append)
    monkeypatch.chdir(tmp_path)
    crm.main(["login-link", "--data", "here", "--email", "ada@example.com"])
    assert became == [
        [
            str(crm.RUN.python),
            "-m",
            "ops.tool",
            "login-link",
            "--data",
            str(tmp_path / "here"),
            "--email",
            "ada@example.com",
        ]
    ]
