"""The pages of purchase programmes, for the accessibility test."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page
from tests.journeys.visits import BUYER, COORDINATION, STRANGER, Visit, send_empty
from tests.network.programming_worlds import case_file, file_of

from coclause import demo
from coclause.core.actor import acting_as
from coclause.network import links
from coclause.network.models import Programme
from coclause.network.needs import Contact
from coclause.network.programmes.analysis import analyse
from coclause.network.programmes.columns import columns_of
from coclause.network.programmes.receiving import confirm_columns, opened, receive_programme
from coclause.web.door.forms import home_region

NOT_PAGES_PROGRAMMES = {
    "programme-columns": "POST alone",
    "programme-send": "POST alone",
    "programme-progress": "a part of a page, read by a script",
    "programme-xlsx": "a file",
}


def open_every_fold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


VISITS_PROGRAMMES = (
    Visit("programme-new", "/programmation/"),
    Visit("programme-new", "/programmation/", BUYER),
    Visit("programme-new", "/programmation/", note="errors", act=send_empty),
    Visit("programme", "/programmation/{mapping}/", STRANGER, "columns", act=open_every_fold),
    Visit("programme", "/programmation/{running}/", STRANGER, "running"),
    Visit("programme", "/programmation/{result}/", STRANGER, "result", act=open_every_fold),
    Visit("programme", "/programmation/{result}/", COORDINATION, "result"),
    Visit("programme", "/programmation/{result}/?obligation=due&tri=-heures", note="filtered"),
    Visit("programme", "/programmation/{result}/?etat=envoyees", note="nothing found"),
    Visit("programme", "/programmation/{result}/?colonnes=1", note="columns again"),
    Visit("programme", "/programmation/{nothing}/", note="no line"),
    Visit("programme", "/programmation/{ended}/", note="closed link", status=410),
    Visit("programme", "/programmation/inconnu/", note="forged link", status=404),
    Visit("programmes", "/programmations/", BUYER),
    Visit("programmes", "/programmations/", COORDINATION),
)


def places_programmes() -> dict[str, object]:
    """A programme in each of its states, by its link; each file has a name, which titles tell."""
    headers_alone = file_of([("TOTAL", None, 12, None, None, None)])
    return {
        "mapping": links.written(_deposited(case_file(), "colonnes").link_key),
        "running": links.written(_confirmed(case_file(), "encours").link_key),
        "result": links.written(_analysed(case_file(), "achats").link_key),
        "nothing": links.written(_analysed(headers_alone, "titres").link_key),
        "ended": links.written(_deposited(case_file(), "fini", open_for=-1).link_key),
    }


def write_case(folder: Path) -> Path:
    """The file of a real buyer, to be chosen in a browser."""
    path = folder / "achats 2027.xlsx"
    path.write_bytes(case_file())
    return path


def _deposited(content: bytes, name: str, *, open_for: int = 90) -> Programme:
    day = demo.today()
    with acting_as("front-door", day=day):
        made = receive_programme(
            opened(content, f"{name}-2027.xlsx"),
            Contact("Ville de Montfictif", "", "Aliénor Fictive", "alienor@exemple.test"),
            region=home_region(),
            law_buyer="collectivite",
            at=timezone.now(),
        )
        Programme.objects.filter(pk=made.pk).update(link_until=day + timedelta(open_for))
    return made


def _confirmed(content: bytes, name: str) -> Programme:
    made = _deposited(content, name)
    with acting_as("front-door", day=demo.today()):
        return confirm_columns(made, columns_of(made).fields, year=None, at=timezone.now())


def _analysed(content: bytes, name: str) -> Programme:
    made = _confirmed(content, name)
    analyse(made.pk, day=demo.today())
    return made
