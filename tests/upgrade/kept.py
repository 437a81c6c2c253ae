"""The stores that each release has left behind, as they lie here: a SQLite file, a dump of MongoDB, and its answers."""

import gzip
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo import MongoClient

FOLDER = Path(__file__).parent / "kept"


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """What a house of a release left behind on either store, and what it answered of each task before it was killed."""

    version: str

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return FOLDER / self.version

    def answers(self, store: str) -> Mapping[str, Mapping[str, Any]]:
        """The status of each task by its id."""
        found: Mapping[str, Mapping[str, Any]] = json.loads(self._answers(store).read_text(encoding="utf-8"))
        return found

    def keep_answers(self, store: str, answers: Mapping[str, Mapping[str, Any]]) -> None:
        """Write them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(answers, indent=1, ensure_ascii=False)
        self._answers(store).write_text(f"{text}\n", encoding="utf-8")

    def restore_sqlite(self, file: Path) -> None:
        """Unpack its file there."""
        with gzip.open(self._sqlite) as packed, file.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)

    def keep_sqlite(self, file: Path) -> None:
        """Pack a file that nobody has open any more."""
        self._sqlite.write_bytes(gzip.compress(file.read_bytes(), mtime=0))

    def restore_mongodb(self, url: str) -> None:
        """Write what it had into an empty database, its indexes too."""
        with MongoClient[dict[str, Any]](url) as client, gzip.open(self._mongodb, "rt", encoding="utf-8") as packed:
            database = client.get_default_database()
            for line in packed:
                one = json_util.loads(line)
                collection = database[one["collection"]]
                for index in one["indexes"]:
                    collection.create_index(list(index.pop("key").items()), **index)
                if one["documents"]:
                    collection.insert_many(one["documents"])

    def keep_mongodb(self, url: str) -> None:
        """Dump a database: a line of extended JSON for each collection."""
        with MongoClient[dict[str, Any]](url) as client:
            database = client.get_default_database()
            names = sorted(name for name in database.list_collection_names() if not name.startswith("system."))
            lines = [
                json_util.dumps(_dumped(database, name), json_options=json_util.CANONICAL_JSON_OPTIONS)
                for name in names
            ]
        self._mongodb.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))

    @property
    def _sqlite(self) -> Path:
        return self.folder / "pathshala.sqlite.gz"

    @property
    def _mongodb(self) -> Path:
        return self.folder / "mongodb.jsonl.gz"

    def _answers(self, store: str) -> Path:
        return self.folder / f"{store}.answers.json"


def _dumped(database: Any, name: str) -> Mapping[str, Any]:
    kept = ("name", "key", "unique", "sparse", "expireAfterSeconds", "partialFilterExpression")
    indexes = [{field: index[field] for field in kept if field in index} for index in database[name].list_indexes()]
    documents: Sequence[Mapping[str, Any]] = list(database[name].find())
    return {
        "collection": name,
        "indexes": [index for index in indexes if index["name"] != "_id_"],
        "documents": documents,
    }


def kept_releases() -> Sequence[KeptRelease]:
    """Every one that is kept here."""
    return [KeptRelease(path.name) for path in sorted(FOLDER.iterdir())]
