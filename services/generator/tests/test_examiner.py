"""A lesson's proof is the same whoever computes it: a thread, or a process of the pool."""

import pytest

from pathshala_generator import prepared_checks
from pathshala_generator.examiner import Examiner
from pathshala_generator.model_writer import told
from pathshala_generator.processes import Processes
from services.generator.tests.given import PLAN
from services.generator.tests.recorded import NAMES, recorded
from tests.waiting import until


@pytest.mark.parametrize("part", range(2))
async def test_a_process_comes_to_the_same_proofs_as_a_thread(part: int) -> None:
    instructions = told(PLAN)
    pool = Processes(1, prepared_checks.prepare, instructions, expected_min=1)
    here, there = (Examiner(instructions, one) for one in (None, pool))

    try:
        with pool.expecting():
            await until(lambda: pool.up)
            for name in NAMES[part::2]:
                answer = recorded(name)
                one, other = [
                    await each.without_doubtful_quotes(
                        await each.proofread(answer.fields, answer.assignment), answer.assignment
                    )
                    for each in (here, there)
                ]
                assert one == other
    finally:
        await pool.close()
