"""Parameters that are given together or not at all, as one parameter of the description, which is their group.

OpenAPI has no words for two optional parameters of which each needs the other. An object whose properties stand in the
query by their own names says it: it may be left out, and its properties are required.
"""

from typing import Any

GROUP = "x-group"
"""Marks the schema of a parameter with the name of its group, and is not in the description itself."""


def in_group(name: str) -> dict[str, Any]:
    """Give what a parameter's `json_schema_extra` is, so that it is of this group."""
    return {GROUP: name}


def group_parameters(operation: dict[str, Any]) -> None:
    """Put one parameter for each group into the description of an operation, instead of those that are in it."""
    parameters, groups = operation.get("parameters", []), dict[str, list[dict[str, Any]]]()
    for parameter in parameters:
        if GROUP in parameter["schema"]:
            groups.setdefault(parameter["schema"][GROUP], []).append(parameter)
    kept = [parameter for parameter in parameters if GROUP not in parameter["schema"]]
    if groups:
        operation["parameters"] = kept + [_group(name, members) for name, members in groups.items()]


def _group(name: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    names = [member["name"] for member in members]
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": True,
        "description": f"The parameters {' and '.join(f'`{one}`' for one in names)}, together or not at all.",
        "schema": {
            "type": "object",
            "properties": {member["name"]: _property(member) for member in members},
            "required": names,
        },
    }


def _property(member: dict[str, Any]) -> dict[str, Any]:
    """Describe a parameter that is there: without the null that stands for one that is not."""
    given: dict[str, Any] = member["schema"]["anyOf"][0]
    return {**given, "description": member["description"]}
