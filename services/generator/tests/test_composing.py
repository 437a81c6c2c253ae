from pathlib import Path

import pytest
from structlog.testing import capture_logs

from pathshala_common.contract.errors import SettingsError
from pathshala_generator.compose import ALONE, lesson_plan, process, service
from pathshala_generator.lesson_plan import shipped_plan
from pathshala_generator.settings import GeneratorSettings
from services.generator.tests.given import KEY
from tests.clock import PassingClock


def settings(monkeypatch: pytest.MonkeyPatch, **given: str) -> GeneratorSettings:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return GeneratorSettings.load()


def test_the_shipped_plan_is_used_if_no_other_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lesson_plan(settings(monkeypatch)) == shipped_plan()


@pytest.mark.parametrize("writer", ["offline", "openai"])
def test_a_plan_that_cannot_be_used_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, writer: str
) -> None:
    (tmp_path / "plan.md").write_text("Version: 2\n\n## Rules\n\nBe kind.")

    with pytest.raises(SettingsError, match='lacks "## Title"'):
        service(settings(monkeypatch, PATHSHALA_PLAN=str(tmp_path), PATHSHALA_WRITER=writer), PassingClock())


@pytest.mark.parametrize(
    ("given", "moderated"),
    [
        ({}, True),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}, False),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1", "PATHSHALA_MODERATION": "on"}, True),
        ({"PATHSHALA_MODERATION": "off"}, False),
    ],
)
def test_only_openai_s_own_server_is_asked_for_its_moderation_unless_set(
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    moderated: bool,  # noqa: FBT001  a parametrised value
) -> None:
    assert settings(monkeypatch, **given).moderated is moderated


@pytest.mark.parametrize(
    "given",
    [{"PATHSHALA_REPAIRS_MAX": "-1"}, {"PATHSHALA_REPAIRS_MAX": "11"}, {"PATHSHALA_PRICE_PROMPT": "-0.1"}],
)
def test_a_bound_or_price_out_of_range_is_refused(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(given))):
        settings(monkeypatch, **given)


@pytest.mark.parametrize("key", [f"{KEY}\nX: y", f"{KEY}\u2026", "क"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY") as refused:
        settings(monkeypatch, OPENAI_API_KEY=key)

    assert key not in str(refused.value)


@pytest.mark.parametrize("url", ["localhost:9000/v1", "ftp://host/v1", "http://", "http://host:99999/v1"])
def test_a_base_url_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL"):
        settings(monkeypatch, OPENAI_BASE_URL=url)


@pytest.mark.parametrize(("store_url", "said"), [("sqlite:///pathshala.db", [ALONE]), ("mongodb://127.0.0.1/test", [])])
def test_a_generator_that_does_not_share_the_store_says_that_it_cannot_be_paused(
    monkeypatch: pytest.MonkeyPatch, store_url: str, said: list[str]
) -> None:
    own = {"PATHSHALA_BROKER_URL": "amqp://127.0.0.1", "PATHSHALA_STORE_URL": store_url, "PATHSHALA_WRITER": "offline"}

    with capture_logs() as lines:
        process(settings(monkeypatch, **own), PassingClock())

    assert [line["event"] for line in lines] == said
