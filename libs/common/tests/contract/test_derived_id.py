"""Ids that follow from a name are those that RFC 9562 says."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from pathshala_common.contract.derived_id import derived_id


@given(st.uuids(), st.text())
def test_an_id_is_the_uuid_of_version_5_of_its_name(namespace: UUID, name: str) -> None:
    assert derived_id(namespace, name) == str(uuid5(namespace, name))
