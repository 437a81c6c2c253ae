"""A port is as small as its reader needs: each protocol is asked for, by itself, somewhere outside the ports."""

import ast
from collections.abc import Iterator
from itertools import chain

from tests.architecture.sources import modules

PORTS = "pathshala_common.contract.ports"


def protocols() -> set[str]:
    found = set()
    for name, path in modules():
        if name.startswith(PORTS):
            classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
            found |= {one.name for one in classes if "Protocol" in map(ast.unparse, one.bases)}
    return found


def annotations(tree: ast.AST) -> Iterator[ast.expr]:
    """What parameters, results and fields are said to be; not what a class inherits from."""
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                yield annotation
            case ast.FunctionDef(returns=ast.expr() as returns) | ast.AsyncFunctionDef(returns=ast.expr() as returns):
                yield returns


def test_every_protocol_is_asked_for_by_itself() -> None:
    trees = [ast.parse(path.read_text()) for name, path in modules() if not name.startswith(PORTS)]
    parts = chain.from_iterable(ast.walk(asked) for tree in trees for asked in annotations(tree))
    asked_for = {part.id for part in parts if isinstance(part, ast.Name)}
    assert protocols() > {"Store", "Outbox", "Broker", "Clock"}
    assert protocols() <= asked_for
