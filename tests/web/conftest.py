"""Pages are tried without collecting static files first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings


@pytest.fixture(scope="session")
def empty_static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def _uncollected_static_files(empty_static_root: Path) -> Iterator[None]:
    """Static files under their own names: their manifest exists only once they are collected."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": storage}
    with override_settings(STORAGES=storages, STATIC_ROOT=empty_static_root):
        yield
