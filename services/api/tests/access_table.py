"""The table of docs/security.md: each route, asked by each kind of caller about a task of Asha's."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from pathshala_common.contract.access_key import Role
from services.api.tests.documents import operations
from services.api.tests.given import PROBLEM_TYPE, Api, an_order
from services.api.tests.keyed import a_key, a_keyed_api, bearer

PAGE = Path(__file__).parents[3] / "docs/security.md"
BEGIN, END = "<!-- the table of routes, by scripts/access -->\n", "<!-- its end -->\n"

CALLERS = {
    "no key": None,
    "its user": ("asha", Role.USER),
    "another user": ("ravi", Role.USER),
    "another teacher": ("mira", Role.TEACHER),
    "an operator": ("root", Role.OPERATOR),
}
HEAD = f"| route | {' | '.join(CALLERS)} |\n|---|{'---|' * len(CALLERS)}\n"
UNDESCRIBED = [
    *(("get", path) for path in ("/", "/docs", "/openapi.json", "/lessons/tasks/nothing")),
    *(("get", path) for path in ("/library", "/console/{release}/main.js", "/console/{release}/house/screens.js")),
]
FILLED = {"subject": "english", "topic": "verbs", "key_id": "none", "identity": "none"}
QUERIES = {"/lessons/stream": "?user_id=asha", "/lessons/versions": "?subject=english&topic=verbs"}
A_SET: Mapping[str, Any] = {"user_id": "asha", "lessons": [{"subject": "english", "topic": "verbs"}]}
BODIES: Mapping[tuple[str, str], Any] = {
    ("post", "/lessons"): an_order(user_id="asha"),
    ("post", "/class-sets"): A_SET,
}


async def table() -> str:
    """Ask, and write down who was let in, and what the others were told."""
    with TemporaryDirectory() as folder:
        async with a_keyed_api(Path(folder), key_requests_per_minute=100_000) as api:
            document = (await api.client.get("/openapi.json")).json()
            headers = {name: bearer(await a_key(api.store, api, *who)) if who else {} for name, who in CALLERS.items()}
            made = await api.client.post("/class-sets", json=A_SET, headers=headers["an operator"])
            known = {**FILLED, "set_id": made.json()["set_id"], "row": "1"}
            rows = [await _row(api, method, path, headers, known) for method, path in _routes(document)]
    return HEAD + "".join(rows)


def _routes(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from UNDESCRIBED
    yield from ((method, path) for method, path, _ in operations(document))


async def _row(
    api: Api, method: str, path: str, headers: Mapping[str, Mapping[str, str]], known: Mapping[str, str]
) -> str:
    """Ask one route by every caller, each about a new task of Asha's."""
    told = []
    for said in headers.values():
        task = await api.client.post("/lessons", json=an_order(user_id="asha"), headers=headers["its user"])
        named = {**known, "task_id": task.json()["task_id"]}
        url = path + QUERIES.get(path, "")
        for name in [piece.partition("}")[0] for piece in path.split("{")[1:]]:
            url = url.replace(f"{{{name}}}", named.get(name, "none"))
        told.append(await _asked(api, method, url, BODIES.get((method, path), {}), said))
    return f"| `{method.upper()} {path}` | {' | '.join(told)} |\n"


async def _asked(api: Api, method: str, url: str, body: Any, headers: Mapping[str, str]) -> str:
    content = {"json": body} if method in {"post", "put"} else {}
    async with api.client.stream(method.upper(), url, headers=headers, **content) as answer:
        return await _verdict(answer)


async def _verdict(answer: httpx2.Response) -> str:
    code = ""
    if answer.headers.get("content-type") == PROBLEM_TYPE:
        await answer.aread()
        code = answer.json()["code"]
    named = (("task_not_found", "/lessons/"), ("class_set_not_found", "/class-sets/"))
    unknown = any(code == said and answer.request.url.path.startswith(path) for said, path in named)
    if answer.status_code in {401, 403} or unknown:
        return str(answer.status_code)
    return "yes"


def kept() -> str:
    """Give the table that the page has."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return rest.partition(END)[0]


def main() -> int:
    """Write the table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text.replace(BEGIN + kept(), BEGIN + asyncio.run(table())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
