"""A whole year of key figures, invented but for the three public ones of 2022."""

from datetime import date
from decimal import Decimal

from coclause.render.key_figures import Breakdown, KeyFiguresDocument, Share, Tile

HOURS = 1_051_292
PEOPLE = 2_394


def sample() -> KeyFiguresDocument:
    """The page of 2022, without its map."""
    return KeyFiguresDocument(
        region="en Bourgogne-Franche-Comté",
        year=2022,
        state="clos",
        known_on=date(2023, 3, 31),
        period="du 01/01/2022 au 31/12/2022, mois travaillés",
        perimeter="opérations exécutées dans les huit départements de la région",
        finding="Un million d’heures de travail pour des personnes éloignées de l’emploi : "
        "six heures sur dix sur des chantiers, et une présence dans chaque département.",
        tiles=(
            Tile("Heures d’insertion réalisées", HOURS, "h", "validées par les facilitateurs"),
            Tile("ETP d’insertion", Decimal("657.06"), "", "1 600 h par ETP"),
            Tile("Personnes bénéficiaires", PEOPLE, "", "au moins une heure validée"),
            Tile("Contrats de travail", 3_118, "", "commencés dans l’année"),
            Tile("Facilitateurs", 22, "", "16,8 ETP au 31/12/2022"),
            Tile("Opérations suivies", 612, "", "en exécution au moins un jour"),
            Tile("Acheteurs", 187, "", "avec une clause en cours"),
            Tile("Sorties à six mois", None, "", "suivi ouvert en 2023"),
        ),
        markets=Breakdown(
            "Les travaux font six heures sur dix",
            f"Heures validées par type de marché ; part des {HOURS:,} h".replace(",", "\u202f"),
            (
                Share("Travaux", 631_826),
                Share("Services", 320_644),
                Share("Concessions", 42_052),
                Share("Prestations intellectuelles", 36_795),
                Share("Fournitures", 19_975),
            ),
            unit="h",
            total=HOURS,
        ),
        departments=Breakdown(
            "Doubs et Côte-d’Or, une heure sur deux",
            "Heures validées par département d’exécution",
            (
                Share("Doubs", 287_400),
                Share("Côte-d’Or", 251_116),
                Share("Saône-et-Loire", 178_210),
                Share("Territoire de Belfort", 98_541),
                Share("Nièvre", 81_320),
                Share("Yonne", 79_905),
                Share("Jura", 74_800),
                Share("Haute-Saône", None),
            ),
            unit="h",
            total=HOURS,
        ),
        people=(
            Breakdown(
                "Une femme sur cinq",
                "Personnes par sexe",
                (Share("Hommes", 1_906), Share("Femmes", 485), Share("Non renseigné", "hidden")),
                total=PEOPLE,
            ),
            Breakdown(
                "Un quart de moins de 26 ans",
                "Personnes par âge à l’embauche",
                (
                    Share("Moins de 26 ans", 598),
                    Share("26 à 49 ans", 1_389),
                    Share("50 ans et plus", 407),
                ),
                total=PEOPLE,
            ),
            Breakdown(
                "Demandeurs d’emploi de longue durée d’abord",
                "Personnes par public",
                (
                    Share("Demandeur d’emploi de longue durée", 1_127),
                    Share("Bénéficiaire du RSA", 734),
                    Share("Jeune sans expérience", 402),
                    Share("Travailleur handicapé", 188),
                ),
                total=PEOPLE,
                several=True,
            ),
        ),
        realised=742_310,
        committed=689_540,
        definitions=(
            ("Heures réalisées", "heures validées, par mois travaillé, travail et formation"),
            ("ETP d’insertion", "heures réalisées divisées par 1 600"),
            ("Personnes", "une personne suivie par deux structures compte une fois"),
            ("Taux de réalisation", "heures réalisées sur heures engagées, clauses closes"),
        ),
        sources="déclarations des entreprises validées par les facilitateurs, données invitées",
        publisher="Coordination régionale des clauses sociales d’insertion",
    )
