"""The layers that import-linter holds cover every file: each package that has files lists all of them."""

import tomllib
from collections.abc import Mapping
from typing import Any

from tests.architecture.sources import ROOT, modules


def contracts() -> list[Mapping[str, Any]]:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(configured["tool"]["importlinter"]["contracts"])


def packages_with_files() -> set[str]:
    return {name.rpartition(".")[0] for name, _ in modules()} - {""}


def test_every_package_lists_all_of_its_files_by_layers() -> None:
    covered = {
        container
        for contract in contracts()
        if contract["type"] == "layers" and contract.get("exhaustive") and not contract.get("exhaustive_ignores")
        for container in contract.get("containers", ())
    }
    assert packages_with_files() <= covered
    assert covered <= packages_with_files()


def test_no_layer_is_optional() -> None:
    """An optional layer, in parentheses, may name a file that is not there."""
    layers = [layer for contract in contracts() for layer in contract.get("layers", ())]
    assert not [layer for layer in layers if "(" in layer]
