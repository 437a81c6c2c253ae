"""Where the house's packages are."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = (
    ROOT / "src",
    ROOT / "libs/common/src",
    ROOT / "clients/python/src",
    *sorted(ROOT.glob("services/*/src")),
)


def modules() -> Iterator[tuple[str, Path]]:
    """Every module by its dotted name, packages by theirs."""
    for source in SOURCES:
        for path in sorted(source.rglob("*.py")):
            parts = path.relative_to(source).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path
