"""The clock and the people of the journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.parcours.calendrier import Calendrier
from tests.parcours.histoire import Histoire


@pytest.fixture
def calendrier() -> Iterator[Calendrier]:
    with Calendrier() as calendrier:
        yield calendrier


@pytest.fixture(params=[True, False], ids=["avec-javascript", "sans-javascript"])
def histoire(request: pytest.FixtureRequest, nouvelle_page: Callable[..., Any], db: None) -> Iterator[Histoire]:
    with Histoire(nouvelle_page, js=request.param) as histoire:
        yield histoire
