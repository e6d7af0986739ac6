"""Settings from the environment."""

from pathlib import Path

import pytest

from servicekit.settings import BadSettings, Settings

ENVIRON = {
    "CRM_DATABASE_URL": "sqlite://",
    "CRM_BUS_URL": "embedded:////x",
    "CRM_IDENTITY_KEYS": "/keys",
    "CRM_CURSOR_SECRET": "x" * 40,
}


def test_settings_come_from_the_environment_or_from_a_file_it_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("y" * 40 + "\n")
    environ = {name: value for name, value in ENVIRON.items() if name != "CRM_CURSOR_SECRET"}
    settings = Settings.from_environ({**environ, "CRM_CURSOR_SECRET_FILE": str(secret)}, service="library")
    assert (settings.cursor_secret, settings.environment) == ("y" * 40, "production")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"CRM_CURSOR_SECRET": "changeme"}, "known default"),
        ({"CRM_CURSOR_SECRET": "short"}, "shorter than 32"),
        ({"CRM_DATABASE_URL": None}, "Set CRM_DATABASE_URL"),
        ({"CRM_CURSOR_SECRET": None, "CRM_CURSOR_SECRET_FILE": "/nowhere"}, "cannot be read"),
    ],
)
def test_a_start_with_a_bad_setting_is_refused_and_the_sentence_names_it(changed: dict, said: str) -> None:
    environ = {name: value for name, value in {**ENVIRON, **changed}.items() if value is not None}
    with pytest.raises(BadSettings, match=said):
        Settings.from_environ(environ, service="library")
