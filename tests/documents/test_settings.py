"""docs/settings.md, the README's table of settings, the compose file and .env.example are held to the code."""

import importlib.util
import re
from pathlib import Path

import pytest

from pathshala.settings import HouseSettings
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.errors import SettingsError
from pathshala_common.runtime.settings import Group
from pathshala_generator.settings import GeneratorSettings
from tests.documents.settings_page import PAGE, page, rows, variables

ROOT = Path(__file__).parents[2]
NEWCOMERS_MAX = 10
SETTINGS_MAX = 60


def test_the_page_lists_every_setting_as_the_code_has_it() -> None:
    assert PAGE.read_text() == page(), "run scripts/settings"


def test_every_setting_stands_in_one_group() -> None:
    listed = [line.split("`")[1] for group in Group for line in rows(group)]
    assert set(listed) == set(variables())
    twice = {name for name in listed if listed.count(name) > 1}
    assert twice == {"PATHSHALA_HEALTH_PORT"}, "each service has a default of its own for its port alone"


def test_there_are_not_more_settings_than_a_person_can_read() -> None:
    assert len(HouseSettings.model_fields) <= SETTINGS_MAX


def test_the_readme_lists_what_a_newcomer_meets_as_the_code_has_it() -> None:
    readme = (ROOT / "README.md").read_text()
    table = [line for line in readme.splitlines() if re.match(r"\| `(PATHSHALA|OPENAI)_", line)]
    assert 0 < len(table) <= NEWCOMERS_MAX
    assert set(table) <= {line for group in Group for line in rows(group)}


@pytest.mark.parametrize("name", ["docker-compose.yml", ".env.example"])
def test_every_variable_in_a_deployment_file_is_a_real_setting(name: str) -> None:
    text = (ROOT / name).read_text()
    used = set(re.findall(r"\b((?:PATHSHALA|OPENAI)_[A-Z_]+)\b", text))
    assert used
    assert used <= set(variables()), used - set(variables())


def test_the_compose_file_passes_every_setting_on_but_what_it_must_set_itself() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert text.count('env_file: [{path: "${ENV_FILE:-.env}", required: false}]') == 1
    written = set(re.findall(r"^ +((?:PATHSHALA|OPENAI)_[A-Z_]+):", text, re.MULTILINE))
    places = {f"PATHSHALA_{name}" for name in ("BROKER_URL", "STORE_URL", "HOST", "PORT", "HEALTH_HOST", "HEALTH_PORT")}
    callers = {"PATHSHALA_AUTH", "PATHSHALA_TRUSTED_PROXIES"}
    assert written == places | callers | {"OPENAI_API_KEY", "PATHSHALA_WEBHOOK_SECRETS", "PATHSHALA_LOG_FORMAT"}


def test_every_command_in_the_compose_file_is_a_real_module() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    modules = set(re.findall(r"\bpathshala_[a-z]+\b", text))
    services = ("api", "enricher", "generator", "notifier", "store")
    assert modules == {f"pathshala_{service}" for service in services}
    for module in modules:
        assert importlib.util.find_spec(f"{module}.__main__") is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATHSHALA_PORT", "eighty"),
        ("PATHSHALA_PORT", "70000"),
        ("PATHSHALA_LOG_LEVEL", "loud"),
        ("PATHSHALA_TASK_TTL_SECONDS", "-1"),
        ("PATHSHALA_NAMESPACE", "Not A Name"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name_in_one_line(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        ApiSettings.load()
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_secret_does_not_show_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    settings = GeneratorSettings.load()
    assert settings.chosen_writer == "openai"
    assert "canary" not in repr(settings)
