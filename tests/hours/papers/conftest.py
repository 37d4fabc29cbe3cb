"""A folder of papers for each test, a world, and who acts in it."""

from pathlib import Path
from typing import Any

import pytest
from tests import builders
from tests.builders import World

from coclause.core.papers_settings import folder


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    place = tmp_path / "pieces"
    settings.STORAGES = {**settings.STORAGES, "papers": folder(place)}
    return place


@pytest.fixture
def world() -> World:
    return builders.world()
