"""The commands beside a running house: it is told from another program, and left alone."""

import asyncio
from pathlib import Path

import pytest

from tests.house.processes import ServiceProcess
from tests.operators.command import pathshala
from tests.servers.loopback import free_port


async def test_the_doctor_knows_a_running_house(tmp_path: Path) -> None:
    settings = {
        "PATHSHALA_STORE_URL": f"sqlite:///{tmp_path / 'pathshala.db'}",
        "PATHSHALA_WIKIPEDIA_URL": "http://127.0.0.1:1/w/api.php",
        "PATHSHALA_PORT": str(free_port()),
    }
    house = ServiceProcess("pathshala", settings, tmp_path)
    await asyncio.to_thread(house.start)
    try:
        ended = await pathshala("doctor", **settings)
    finally:
        code = await asyncio.to_thread(house.terminate)
    assert ended.code == 0
    assert f"{settings['PATHSHALA_PORT']} is taken by a running house" in ended.out
    assert "owned by a running house" in ended.out
    assert code == 0


@pytest.mark.parametrize("command", [[], ["run"], ["up"]])
async def test_the_house_is_started_by_run_or_by_nothing_and_refuses_a_bad_setting_in_one_line(
    command: list[str],
) -> None:
    ended = await pathshala(*command, PATHSHALA_PORT="eighty")
    assert ended.code == 2
    assert len(ended.text.splitlines()) == 1
    assert "PATHSHALA_PORT" in ended.error
