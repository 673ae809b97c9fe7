"""The oracle's properties once more, on a lake: fewer cases, since each commit there takes longer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.query import test_journeys, test_run
from tests.query.cases import ZONES
from tests.query.conftest import FileStore

FEW = settings(max_examples=max(4, settings().max_examples // 10))
ANY_ZONE = st.sampled_from(sorted(ZONES))

pytestmark = pytest.mark.timeout(3600)  # seconds: enough for HYPOTHESIS_PROFILE=long


@FEW
@given(data=st.data(), zone=ANY_ZONE, k=st.sampled_from([1, 2, 3]), shared=st.booleans())
def test_every_answer_equals_the_oracle(
    lake_store: FileStore, data: st.DataObject, zone: str, k: int, shared: bool
) -> None:
    test_run.compare(lake_store, data, zone, k, shared)


@FEW
@given(data=st.data(), zone=ANY_ZONE, k=st.sampled_from([1, 1, 2, 3]))
def test_every_journey_adds_up_and_is_true(lake_store: FileStore, data: st.DataObject, zone: str, k: int) -> None:
    test_journeys.test_every_journey_adds_up_and_is_true.hypothesis.inner_test(lake_store, data, zone, k)  # type: ignore[attr-defined]


@FEW
@given(data=st.data(), zone=ANY_ZONE, k=st.sampled_from([1, 2, 3]))
def test_every_funnel_equals_the_oracle(lake_store: FileStore, data: st.DataObject, zone: str, k: int) -> None:
    test_journeys.test_every_funnel_equals_the_oracle.hypothesis.inner_test(lake_store, data, zone, k)  # type: ignore[attr-defined]
