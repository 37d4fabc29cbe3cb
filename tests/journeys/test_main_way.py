"""From a published contract to the public figures, walked by those who live it."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader
from tests.journeys.acts import (
    BUYER,
    COMPANY,
    COORDINATION,
    DESK,
    FACILITATOR,
    PHONE,
    bar_says,
    enter,
    fill,
    french,
    go,
    main_act,
    open_link,
    press,
    siret_of,
    take_turn,
    todo,
    told,
    words,
)

from coclause import demo
from coclause.core.months import first_day, last_day, shift
from coclause.render.numbers import hours, integer, month_fr

OPERATION = "Halle aux Chimères, du marché aux heures"
NAME = "Inventée-Pour-Voir"


@dataclass(frozen=True)
class Story:
    """The operation followed, and the month that is declared: the last one over."""

    month: date
    operation: str = OPERATION

    @property
    def word(self) -> str:
        return month_fr(self.month)


def test_from_a_published_contract_to_the_public_figures(
    page: Page, database: str, tmp_path: Path
) -> None:
    """Every step of the product's main way leads to the next one, and the figures follow."""
    story = Story(shift(first_day(demo.today()), -1))
    enter(page, COMPANY)
    company = page.get_by_text(re.compile(r" · ")).first.inner_text().split(" · ")[0]
    take_turn(page, COORDINATION)
    before = command_hours(database, story.month.year)
    assert dashboard_hours(page, story.month.year) == hours(before)
    take_turn(page, FACILITATOR)
    follow_a_contract_of(page, "Commune de Montfictif", story)
    write_and_propose(page)
    take_turn(page, BUYER)
    accept(page, story)
    take_turn(page, FACILITATOR)
    siret = siret_of(page, company)
    award(page, story, siret)
    commit(page)
    amend(page, story)
    hire(page, story)
    take_turn(page, COMPANY)
    declare_on_a_phone(page, story)
    take_turn(page, FACILITATOR)
    send_one_line_back(page, story)
    take_turn(page, COMPANY)
    correct_what_was_sent_back(page, story)
    take_turn(page, FACILITATOR)
    validate_the_rest(page, story)
    take_turn(page, COORDINATION)
    after = command_hours(database, story.month.year)
    assert after == before + 82
    assert dashboard_hours(page, story.month.year) == hours(after)
    open_what_it_is_made_of(page, after)
    public_figures_agree(page, story.month.year, after, tmp_path)


def follow_a_contract_of(page: Page, buyer: str, story: Story) -> None:
    """Found among those that nobody follows; its operation comes already filled."""
    go(page, "Marchés publiés")
    fill(page, Acheteur_ou_objet=buyer)
    page.get_by_label("Pas encore suivis").check()
    press(page, "Filtrer")
    row = page.get_by_role("row").filter(has_text=buyer).first
    wanted = row.get_by_role("rowheader").get_by_role("link")
    title = wanted.inner_text()
    wanted.click()
    main_act(page, "Suivre ce marché")
    expect(page.get_by_label(words("Nom de l'opération"))).to_have_value(title)
    expect(page.get_by_label("Acheteur", exact=True)).to_have_value(re.compile(f"^{buyer} "))
    fill(page, **{"Nom de l'opération": story.operation})
    page.get_by_label(words("Enregistrer aussi l'attribution")).uncheck()
    press(page.get_by_role("main"), "Suivre ce marché")
    told(page, "Complétez la clause, puis proposez-la")


def write_and_propose(page: Page) -> None:
    main_act(page, "Compléter la clause")
    page.get_by_label("Instrument").select_option("condition_execution")
    fill(page, Volume_proposé="900", Modalités="Bilan chaque trimestre ; 30 € par heure non faite.")
    page.get_by_label("Stage", exact=True).uncheck()
    publics = page.get_by_role("group", name=re.compile("Publics visés"))
    publics.get_by_role("checkbox").first.check()
    press(page, "Enregistrer la clause")
    told(page, "Proposez-la à l'acheteur")
    expect(page.get_by_text("30 € par heure non faite")).to_be_visible()
    main_act(page, "Proposer à l'acheteur")
    told(page, "L’acheteur la trouvera dans ce qu’il a à faire")


def accept(page: Page, story: Story) -> None:
    """The buyer reads what is asked before accepting it."""
    open_link(todo(page, "Accepter la clause", story.operation), "Lire la clause")
    expect(page.get_by_text("30 € par heure non faite")).to_be_visible()
    expect(page.get_by_text("Travail, Formation")).to_be_visible()
    main_act(page, "Accepter la clause")
    told(page, "Reste à enregistrer l’attribution")


def award(page: Page, story: Story, siret: str) -> None:
    go(page, "À faire")
    open_link(todo(page, "Enregistrer l’attribution", story.operation), "Attribuer")
    main_act(page, "Enregistrer l’attribution")
    fill(page, Entreprise=siret, Notifié_le=french(story.month), Début=french(story.month))
    fill(page, Fin=french(last_day(shift(story.month, 11))))
    press(page, "Enregistrer l’attribution")
    told(page, "attribution est enregistrée")


def commit(page: Page) -> None:
    """Recording the award leads there; the clause then runs."""
    expect(page.get_by_label("Heures engagées")).to_have_value("900")
    press(page, "Enregistrer l’engagement")
    told(page, "Engagement enregistré")
    expect(page.get_by_text("En exécution", exact=True)).to_be_visible()


def amend(page: Page, story: Story) -> None:
    open_link(page, "Enregistrer un avenant")
    fill(page, Heures_ajoutées="120", Prend_effet_le=french(demo.today()), Motif="Un étage de plus")
    press(page, "Enregistrer l’avenant")
    told(page, "Avenant enregistré")
    bar_says(page, hours(1020))


def hire(page: Page, story: Story) -> None:
    main_act(page, "Ajouter une personne")
    fill(page, Nom_de_naissance=NAME, Prénoms="Zélie", Date_de_naissance="17/05/1995")
    page.get_by_label("Sexe").select_option(label="Femme")
    fill(page, Début_du_contrat=french(story.month))
    press(page, "Enregistrer et affecter")
    told(page, "ses heures peuvent être déclarées")
    expect(page.get_by_role("rowheader", name=re.compile(NAME, re.IGNORECASE))).to_be_visible()


def declare_on_a_phone(page: Page, story: Story) -> None:
    """What cannot be is refused at its line; nothing of what was typed is lost."""
    page.set_viewport_size(PHONE)
    open_link(page.get_by_role("main"), re.compile("^Déclarer"))
    leave_the_others_for_later(page, story)
    work, training = hours_fields(page)
    month_line(page).get_by_text("Formation, stage, autres chantiers").click()
    work.fill("800")
    training.fill("14")
    press(page, re.compile("^Envoyer"))
    line = month_line(page)
    expect(line.get_by_text("Un mois compte au plus 744 heures")).to_be_visible()
    expect(work).to_have_value("800")
    expect(training).to_have_value("14")
    work.fill("70")
    press(page, re.compile("^Envoyer"))
    told(page, f"est envoyé : {hours(84)}")
    page.set_viewport_size(DESK)


def leave_the_others_for_later(page: Page, story: Story) -> None:
    """The page holds every award of the company; only this story's is ready."""
    others = page.locator(".month-section").filter(has_not_text=story.operation)
    for section in others.all():
        section.get_by_label("Pas encore prêt").check()


def month_line(page: Page) -> Locator:
    """The only person of the month that is being typed."""
    return page.locator("#mois").get_by_role("listitem").filter(has_text=words(NAME))


def hours_fields(page: Page) -> tuple[Locator, Locator]:
    """Of the only person of the month: work, then training."""
    line = month_line(page)
    return (
        line.get_by_label(re.compile(f"^Zélie {NAME}", re.IGNORECASE)),
        line.get_by_label(re.compile("^Formation")),
    )


def send_one_line_back(page: Page, story: Story) -> None:
    open_link(todo(page, "Vérifier", story.operation), "Vérifier")
    if page.get_by_role("button", name=re.compile("^Tout valider")).count() == 0:
        main_act(page, f"Vérifier {story.word}")
    page.get_by_role("checkbox", name=re.compile("Formation")).check()
    fill(page, Motif_du_renvoi="Sans attestation")
    press(page, "Renvoyer les lignes choisies")
    told(page, "l’entreprise lira le motif à la ligne")


def correct_what_was_sent_back(page: Page, story: Story) -> None:
    open_link(todo(page, "Corriger", story.operation), "Corriger")
    leave_the_others_for_later(page, story)
    line = month_line(page)
    expect(line.get_by_text("Sans attestation")).to_be_visible()
    hours_fields(page)[1].fill("12")
    press(page, re.compile("^Envoyer"))
    told(page, f"est envoyé : {hours(82)}")


def validate_the_rest(page: Page, story: Story) -> None:
    """The bar of the clause moves by what was validated."""
    row = todo(page, "Vérifier", story.operation)
    row.get_by_role("link", name=re.compile("^Vérifier .* : ")).click()
    open_link(page.get_by_role("main"), re.compile(f"^{story.operation}, lot 1"))
    bar_says(page, f"{hours(82)} déclarées")
    main_act(page, f"Vérifier {story.word}")
    press(page, re.compile("^Tout valider"))
    told(page, "validées")
    go(page, "Opérations et clauses")
    open_link(page, story.operation)
    open_link(page.get_by_role("table"), "Condition d'exécution")
    bar_says(page, f"{hours(82)} validées")


def dashboard_hours(page: Page, year: int) -> str:
    """Hours validated in the region, as the dashboard of that year says."""
    go(page, "Tableau de bord")
    page.get_by_role("combobox", name="Année").select_option(str(year))
    press(page, "Afficher")
    return tile(page)


def tile(page: Page) -> str:
    """The figure as it is shown."""
    return hours_figure(page).locator(".figure-value").inner_text()


def hours_figure(page: Page) -> Locator:
    label = page.get_by_text("Heures réalisées", exact=True)
    return page.locator(".figure").filter(has=label)


def open_what_it_is_made_of(page: Page, after: Decimal) -> None:
    """The figure opens its definition, then the rows behind it."""
    figure = hours_figure(page)
    figure.get_by_text("Comment ce chiffre est compté").click()
    open_link(figure, "Voir les lignes qui le composent")
    expect(page.get_by_role("heading", name="Comment ce chiffre est compté")).to_be_visible()
    expect(page.locator(".sum-line")).to_contain_text(hours(after))


def public_figures_agree(page: Page, year: int, after: Decimal, folder: Path) -> None:
    """The public page tells the same hours, and so does its print, to the hour."""
    go(page, "Chiffres clés")
    page.get_by_role("combobox", name="Année").select_option(str(year))
    press(page, "Afficher")
    assert tile(page) == hours(after)
    with page.expect_download() as started:
        open_link(page, "Télécharger la page (PDF)")
    started.value.save_as(folder / "page.pdf")
    printed = PdfReader(folder / "page.pdf").pages[0].extract_text()
    told_there = re.sub(r"\s", "", printed)
    assert any(re.sub(r"\s", "", way(after)) in told_there for way in (hours, integer))


def command_hours(database: str, year: int) -> Decimal:
    """As the command tells them, on the same database."""
    arguments = ["indicators", f"--year={year}", "--code=hours_validated"]
    answer = subprocess.run(
        [sys.executable, "-m", "coclause.cli", *arguments],
        env=os.environ | {"DATABASE_URL": database},
        capture_output=True,
        check=True,
    )
    return Decimal(str(json.loads(answer.stdout)["indicators"][0]["value"]))
