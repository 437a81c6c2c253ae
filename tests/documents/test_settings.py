"""The README's table of settings, the compose file and the example environment are held to the code."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from pathshala_api.settings import ApiSettings
from pathshala_common.contract.errors import SettingsError
from pathshala_common.runtime.settings import HealthSettings, Settings, variable
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings
from pathshala_store.settings import StoreSettings

ROOT = Path(__file__).parents[2]
ALL: tuple[tuple[str, type[Settings], type[Settings] | None], ...] = (
    ("all", Settings, None),
    ("API", ApiSettings, Settings),
    ("all but the API", HealthSettings, Settings),
    ("enricher", EnricherSettings, HealthSettings),
    ("generator", GeneratorSettings, HealthSettings),
    ("store", StoreSettings, HealthSettings),
)


def rows() -> list[str]:
    """The lines of the table, as they follow from the code; a setting that two services share is one line."""
    services: dict[str, list[str]] = {}
    for service, settings, parent in ALL:
        for name, field in settings.model_fields.items():
            if parent is None or name not in parent.model_fields:
                line = f"| `{variable(settings, (name,))}` | {_default(field.default)} | @ | {field.description} |"
                services.setdefault(line, []).append(service)
    return [line.replace("| @ |", f"| {', '.join(who)} |") for line, who in services.items()]


def _default(value: Any) -> str:
    if value is None or value is PydanticUndefined or isinstance(value, SecretStr) or value == "":
        return ""
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def known_variables() -> set[str]:
    return {variable(settings, (name,)) for _, settings, _ in ALL for name in settings.model_fields}


def test_the_readme_lists_every_setting_as_the_code_has_it() -> None:
    readme = (ROOT / "README.md").read_text()
    table = [line for line in readme.splitlines() if re.match(r"\| `(PATHSHALA|OPENAI)_", line)]
    assert table == rows(), "the table should be:\n" + "\n".join(rows())


@pytest.mark.parametrize("name", ["docker-compose.yml", ".env.example"])
def test_every_variable_in_a_deployment_file_is_a_real_setting(name: str) -> None:
    text = (ROOT / name).read_text()
    used = set(re.findall(r"\b((?:PATHSHALA|OPENAI)_[A-Z_]+)\b", text))
    assert used
    assert used <= known_variables(), used - known_variables()


def test_every_command_in_the_compose_file_is_a_real_module() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    modules = set(re.findall(r"\bpathshala_[a-z]+\b", text))
    assert modules == {"pathshala_api", "pathshala_enricher", "pathshala_generator", "pathshala_store"}
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
