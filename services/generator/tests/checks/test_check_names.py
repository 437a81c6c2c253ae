from pathshala_common.checks.examination import CHECKS
from pathshala_common.contract.lesson import CHECK_NAMES


def test_the_contract_names_the_checks_that_there_are() -> None:
    assert tuple(CHECKS) == CHECK_NAMES
