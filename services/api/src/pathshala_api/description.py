"""The description of the API: what OpenAPI 3.1 says of it besides what stands at routes and schemas."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from pathshala_api.class_set_schemas import ClassSetOrder
from pathshala_api.examples import EXAMPLES
from pathshala_api.parameter_groups import group_parameters
from pathshala_api.problem_descriptions import DESCRIBED, ProblemBody
from pathshala_api.schemas import FILES, TaskChange
from pathshala_api.webhook_description import WEBHOOKS
from pathshala_common import __version__
from pathshala_common.checks.examination import CHECKS

TRACED = find_spec("opentelemetry.sdk") is not None
"""Whether FastAPI's spans and metrics can go anywhere. Where not, it would look for that anew with each request."""

DESCRIPTION = """Ask for a lesson, poll its task, read it and all its versions.

A lesson has editions: a subject and topic in one language for one level. Each has versions of its own, 1.0, 1.1 and on.

Errors are `application/problem+json` (RFC 9457) with a stable `code`.
"""

TAGS = {
    "lessons": "Order lessons, find what there is, and read any version of it.",
    "versions": "Edit a version by hand, have a part written anew, compare two, go back, approve and rate.",
    "tasks": "What becomes of an order: where it stands, and what happened to it so far.",
    "class sets": "Many lessons by one order: watched, mended and packed as one.",
    "operator": "What an operator looks at and does: dead letters, queues, generators, the pause of writing, webhooks.",
    "sessions": "How a browser comes in by a key: its session, and tokens for what it watches.",
    "keys": "Access keys, which operators give out and revoke.",
    "health": "Whether the process turns, and whether it can accept and answer.",
}
"""The subjects that operations are grouped by."""


SECURITY: dict[str, Any] = {
    "key": {"type": "http", "scheme": "bearer", "description": "An access key, ps_..., that an operator gave out."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "pathshala_session",
        "description": "A browser's session, by POST /session; over HTTPS its name begins with __Host-.",
    },
    "stream_token": {
        "type": "apiKey",
        "in": "query",
        "name": "token",
        "description": "A token for one task's stream, by POST /lessons/status/{task_id}/stream-token.",
    },
}
"""The ways to say who calls, as they are described by a house that asks for keys."""


def operation_id(route: APIRoute) -> str:
    """Name an operation by its function. Clients are generated from these names, so they stay."""
    return route.name


class DescribedApi(FastAPI):
    """FastAPI, with what it cannot say by itself added to its description when that is first asked for."""

    def openapi(self) -> dict[str, Any]:
        """Describe the API. FastAPI would promise `application/json` for a problem, and drop the nulls of examples."""
        if self.openapi_schema is None:
            document = super().openapi()
            schemas = document["components"]["schemas"]
            schemas["TaskChange"] = TaskChange.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schemas["TaskChange"].pop("$defs"))
            # Its body is read by itself, since it may be a table.
            schemas["ClassSetOrder"] = ClassSetOrder.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schemas["ClassSetOrder"].pop("$defs"))
            if self.state.asks_for_keys:
                document["components"]["securitySchemes"] = SECURITY
            schemas["ProblemBody"] = ProblemBody.model_json_schema()
            schemas.update(FILES)
            _name_checks(schemas)
            for name, example in EXAMPLES.items():
                schemas[name]["examples"] = [example]
            document["webhooks"] = WEBHOOKS
            for operation in _operations(document):
                if not self.state.asks_for_keys:
                    operation.pop("security", None)
                operation["summary"] = operation["description"].partition("\n")[0].rstrip(".")
                group_parameters(operation)
        return self.openapi_schema or {}


def described_api() -> FastAPI:
    """Make an application without routes that describes itself.

    FastAPI imports pydantic.v1 to refuse its models, at the first route: 1.5 MiB of what nothing here uses. It takes it
    for not installed from now on, as for all of the process that did not import it before.
    """
    sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]  # to import it fails now
    return DescribedApi(
        telemetry={"tracing": TRACED, "metrics": TRACED, "logs": TRACED},
        title="Pathshala",
        version=__version__,
        description=DESCRIPTION,
        openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        generate_unique_id_function=operation_id,
        responses=DESCRIBED,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )


def _name_checks(schemas: dict[str, Any]) -> None:
    """Say which checks there are wherever one is named; a lesson of another version may have passed others."""
    named = {"anyOf": [{"type": "string", "enum": [*CHECKS]}, {"type": "string", "minLength": 1}]}
    for properties in (schema.get("properties", {}) for schema in schemas.values()):
        said = properties.get("check")
        if said is not None and "enum" not in said:
            properties["check"] = {"title": said["title"], "description": said["description"]} | named
        if "checks_passed" in properties:
            properties["checks_passed"]["items"] = named


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()
