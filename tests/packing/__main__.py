"""Makes a dictionary of today's prompts: `python -m tests.packing NAME` writes the file NAME, which must not be there.

Of what stands in several events, the last one has it: zlib needs it once, and near.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import pathshala_common
from tests.packing.fixed_texts import fixed_texts

FOLDER = Path(pathshala_common.__file__).parent / "store/sqlite/dictionaries"
SIZE_MAX_BYTES = 32_768
"""The reach of zlib."""

PIECE = re.compile(rb'.+?(?:\\\\n|[.] |\\", |[{]\\"|", "|$)')
"""A line of a prompt, a sentence of it, or a field."""


def dictionary(events: Iterable[bytes]) -> bytes:
    """Join events, without what comes again behind. Raises ValueError if that is beyond zlib's reach."""
    pieces = [piece for event in events for piece in PIECE.findall(event)]
    joined = b"".join(reversed(dict.fromkeys(reversed(pieces))))
    if len(joined) > SIZE_MAX_BYTES:
        raise ValueError(f"{len(joined)} bytes, at most {SIZE_MAX_BYTES}: leave out what is rarest")
    return joined


def main(name: str) -> None:
    """Write a dictionary, and say what is left to do."""
    made = dictionary(fixed_texts())
    with (FOLDER / name).open("xb") as file:
        file.write(made)
    print(f"{name}: {len(made)} bytes. Name it in packing.py, add a version to schema.py, and a checksum to the tests.")


if __name__ == "__main__":
    [_, wanted] = sys.argv
    main(wanted)
