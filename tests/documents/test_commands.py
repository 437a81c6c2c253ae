"""docs/commands.md is held to the command line: every command, its options, its exit codes and what it prints."""

import re
from pathlib import Path
from typing import get_args

from pathshala.exits import EXIT_CODES
from pathshala.options import LevelName
from pathshala_common.contract.lesson import Level
from tests.documents.commands_page import OUTPUTS, OWN, PAGE, commands, page

FOR_NO_PROGRAM = {"up", "completion"}
"""The one runs until it is stopped, the other prints a script."""


def test_the_page_has_every_command_as_the_code_has_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run scripts/commands"


def test_every_command_has_an_example_and_prints_for_a_program() -> None:
    for words, command in commands():
        assert f"pathshala {words}" in str(command.help).partition("Example:")[2], words
        printing = any("--json" in parameter.opts for parameter in command.params)
        assert printing is (words not in FOR_NO_PROGRAM), words
    assert set(OUTPUTS) == {words for words, _ in commands()} - FOR_NO_PROGRAM


def test_every_exit_code_that_a_command_tells_of_has_one_meaning() -> None:
    told = re.findall(r"^Exit codes: (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert told
    assert {int(code) for line in told for code in re.findall(r"(?:^|, )(\d+) ", line)} <= EXIT_CODES.keys()


def test_every_form_is_printed_by_a_command_or_stands_in_one_that_is() -> None:
    printed = {output.form for outputs in OUTPUTS.values() for output in outputs}
    assert {form.__name__ for form in OWN if form not in printed} == {"StaleLesson"}


def test_a_command_offers_the_levels_that_there_are() -> None:
    assert list(get_args(LevelName)) == [level.value for level in Level]
    assert Path(PAGE).read_text(encoding="utf-8").count("primary\\|middle\\|secondary\\|adult")
