"""A client of Pathshala: orders lessons, follows them being made, and reads, edits and packs them.

    from pathshala_client import Client

    with Client("https://house.example", key="ps_...") as house:
        ordered = house.create(subject="english", topic="verbs", user_id="asha")
        lesson = house.wait(ordered["task_id"])
        print(lesson["title"])

`AsyncClient` has the same methods, to be awaited.
"""

from pathshala_client.awaiting import AsyncClient
from pathshala_client.blocking import Client
from pathshala_client.calls.lessons import LessonFile
from pathshala_client.faults import PathshalaError, Problem, StillRunning, TaskFailed, Unreachable
from pathshala_client.webhooks import Webhook, WebhookRefused

__all__ = [
    "AsyncClient",
    "Client",
    "LessonFile",
    "PathshalaError",
    "Problem",
    "StillRunning",
    "TaskFailed",
    "Unreachable",
    "Webhook",
    "WebhookRefused",
]
