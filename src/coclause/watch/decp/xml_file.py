"""Contracts of an XML file, streamed. Entities and DTDs are refused, not expanded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from coclause.watch.decp.files import UnreadableFile
from coclause.watch.decp.nested import CONCESSION, CONTRACT

DEEPEST = 60
_CONTRACTS = {
    "marche": CONTRACT,
    "contrat-concession": CONCESSION,
    "contratConcession": CONCESSION,
}


def xml_items(path: Path) -> Iterator[tuple[str, str, Any]]:
    """Where, kind and fields of every contract. Raises `UnreadableFile`."""
    try:
        yield from _items(path)
    except DefusedXmlException as error:
        raise UnreadableFile(
            f"{path.name} contient une DTD ou des entités, refusées par sécurité : "
            "demandez à son producteur un fichier sans elles."
        ) from error
    except ParseError as error:
        line = error.position[0]
        raise UnreadableFile(
            f"{path.name} n'est pas un XML complet (erreur à la ligne {line}) : "
            "téléchargez-le à nouveau."
        ) from error
    except (ValueError, LookupError) as error:
        raise UnreadableFile(
            f"{path.name} annonce un encodage inconnu : enregistrez-le en UTF-8."
        ) from error


def _items(path: Path) -> Iterator[tuple[str, str, Any]]:
    open_elements: list[Element] = []
    counts = dict.fromkeys(_CONTRACTS, 0)
    inside = 0
    known = False
    for event, element in iterparse(str(path), events=("start", "end"), forbid_dtd=True):
        name = _local(element)
        if event == "start":
            open_elements.append(element)
            if len(open_elements) > DEEPEST:
                raise UnreadableFile(f"{path.name} est imbriqué sur plus de {DEEPEST} niveaux.")
            known = known or name in _CONTRACTS or (len(open_elements) == 1 and name == "marches")
            if not inside and name in _CONTRACTS:
                inside = len(open_elements)
            continue
        depth = len(open_elements)
        open_elements.pop()
        if depth == inside:
            yield f"{name}[{counts[name]}]", _CONTRACTS[name], _fields(element)
            counts[name] += 1
            inside = 0
        if not inside and open_elements:
            open_elements[-1].remove(element)
    if not known:
        raise UnreadableFile(
            f"{path.name} ne contient aucun marché : on attend « marches », puis « marche » "
            "ou « contrat-concession »."
        )


def _local(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _fields(element: Element) -> Any:
    """An element as JSON would write it: a text, or a map whose repeated names are lists."""
    if not len(element):
        return element.text
    fields: dict[str, Any] = {}
    for child in element:
        name, value = _local(child), _fields(child)
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields
