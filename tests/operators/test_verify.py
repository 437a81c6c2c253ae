"""`pathshala verify`: files as a house gave them, by the log beside it and by the house itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from services.api.tests.given import Api, an_api
from services.api.tests.paper.given import CONTENT
from tests.operators.command import Ended, pathshala


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with an_api(tmp_path) as running:
        await running.a_lesson("English", "verbs & more", CONTENT)
        yield running


async def _saved(api: Api, folder: Path, name: str) -> Path:
    answer: httpx2.Response = await api.client.get("/lessons/english/verbs%20&%20more", params={"format": name})
    file = folder / f"lesson.{name}"
    file.write_bytes(answer.content)
    return file


async def test_a_file_is_what_the_log_holds_until_a_letter_is_changed(api: Api, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'pathshala.db'}"

    async def verify(*arguments: str) -> Ended:
        return await pathshala("verify", *arguments, PATHSHALA_STORE_URL=store)

    html = await _saved(api, tmp_path, "html")
    well = await verify(str(html), "--json")
    html.write_text(html.read_text().replace("five verbs", "four verbs"))
    changed = await verify(str(html))

    assert (well.code, well.json["verified"]) == (0, True)
    assert changed.code == 1
    assert "field   activity" in changed.out
    assert "Find four verbs." in changed.out


async def test_a_running_house_is_asked_by_its_address(api: Api, tmp_path: Path) -> None:
    url = str(api.client.base_url)
    file = await _saved(api, tmp_path, "md")

    well = await pathshala("verify", str(file), "--url", url)
    file.write_text(file.read_text().replace("humility", "humidity"))
    changed = await pathshala("verify", str(file), "--url", url, "--json")

    assert (well.code, well.error) == (0, "")
    assert changed.code == 1
    assert changed.json["difference"]["field"] == "translation"
