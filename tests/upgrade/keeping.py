"""Keeps the stores of a release: `python -m tests.upgrade.keeping REVISION VERSION` has a house of it write lessons.

One task is under way when the house is killed, as in an upgrade that goes wrong.
"""

import os
import socket
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.house.asking import ask, outcome, status
from tests.house.houses import embedded
from tests.servers.choice import start_mongodb
from tests.servers.mongodb_url import of_database
from tests.upgrade.kept import KeptRelease
from tests.upgrade.last_release import STAND_INS
from tests.upgrade.revision import of_revision, sources

ORDERS: Sequence[Mapping[str, Any]] = (
    {"topic": "verbs"},
    {"topic": "verbs", "level": "primary"},
    {"topic": "verbs"},
    {"subject": "science", "topic": "gravity", "language": "hi"},
    {"subject": "chemistry", "topic": "how to make a bomb"},
)


def write(release: KeptRelease, store: str, python_path: str, folder: Path, store_url: str) -> None:
    """Have a house of the release write on a store, kill it, and keep what it answered of each task."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wikipedia_url = f"http://127.0.0.1:{silent.getsockname()[1]}/{{language}}/w/api.php"
        house = embedded(folder, wikipedia_url, PYTHONPATH=python_path, PATHSHALA_STORE_URL=store_url)
        try:
            house.start()
            ended = [outcome(house.url, ask(house.url, include_wikipedia=False, **order)) for order in ORDERS]
            waiting = status(house.url, ask(house.url, "nouns"))
        finally:
            house.stop()
    release.keep_answers(store, {answer["task_id"]: answer for answer in (*ended, waiting)})


def main(revision: str, version: str) -> None:
    """Keep both stores of a revision, as those of a version."""
    release = KeptRelease(version)
    with TemporaryDirectory() as temporary:
        tree, sqlite, mongodb = (Path(temporary) / name for name in ("tree", "sqlite", "mongodb"))
        for folder in (tree, sqlite, mongodb):
            folder.mkdir()
        of_revision(revision, tree)
        python_path = os.pathsep.join(str(path) for path in (*sources(tree), STAND_INS))
        file = sqlite / "pathshala.db"
        write(release, "sqlite", python_path, sqlite, f"sqlite:///{file}")
        _fold_in(file)
        release.keep_sqlite(file)
        _, server = start_mongodb(mongodb)
        try:
            url = of_database(server.url, "pathshala")
            write(release, "mongodb", python_path, mongodb, url)
            release.keep_mongodb(url)
        finally:
            server.stop()


def _fold_in(file: Path) -> None:
    """Have SQLite move into the file what lies beside it since the kill."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


if __name__ == "__main__":
    [_, wanted, named] = sys.argv
    main(wanted, named)
