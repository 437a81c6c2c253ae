"""The receiver of docs/webhooks.md verifies what a notifier sends, drops repeats, and refuses what is forged."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from pathshala_notifier.signing import Signer

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
SECRET, FOREIGN = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))
BODY = b'{"task_id": "task", "status": "completed", "change": 5}'


@pytest.fixture
def receiver() -> Iterator["subprocess.Popen[str]"]:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    environment = os.environ | {"PATHSHALA_WEBHOOK_SECRET": SECRET, "PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        process.kill()


def test_the_receiver_of_the_page_verifies_and_drops_repeats(receiver: "subprocess.Popen[str]") -> None:
    assert receiver.stdout is not None
    url = f"http://127.0.0.1:{receiver.stdout.readline().strip()}/"
    statuses = [
        requests.post(
            url, data=BODY, headers=dict(Signer([secret]).headers(identity, BODY, datetime.now(UTC)))
        ).status_code
        for secret, identity in ((FOREIGN, "task-4"), (SECRET, "task-5"), (SECRET, "task-5"), (SECRET, "task-6"))
    ]
    assert statuses == [401, 204, 204, 204]
    receiver.kill()
    assert receiver.stdout.read().splitlines() == ["task completed 5"] * 2
