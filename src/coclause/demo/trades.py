"""What lots are made of: trades with their CPV and ROME codes, and what operations are called."""

from dataclasses import dataclass

from coclause.clauses.choices import MarketType


@dataclass(frozen=True)
class Trade:
    """A lot's title, its codes, and the word that begins the names of its companies."""

    title: str
    cpv: str
    rome: str
    company: str


WORKS = (
    Trade("Gros œuvre et maçonnerie", "45262522", "F1703", "Maçonnerie"),
    Trade("Charpente et couverture", "45261000", "F1610", "Toitures"),
    Trade("Menuiseries intérieures", "45421000", "F1607", "Menuiserie"),
    Trade("Plâtrerie et isolation", "45410000", "F1604", "Plâtrerie"),
    Trade("Peinture et finitions", "45442100", "F1606", "Peintures"),
    Trade("Électricité", "45311200", "F1602", "Électricité"),
    Trade("Plomberie, chauffage et ventilation", "45330000", "F1603", "Chauffage"),
    Trade("Sols et faïences", "45430000", "F1608", "Revêtements"),
    Trade("Voirie et réseaux divers", "45233140", "F1702", "Voirie"),
    Trade("Terrassement", "45112500", "F1702", "Terrassements"),
    Trade("Démolition", "45111100", "F1704", "Démolition"),
    Trade("Aménagements paysagers", "45112700", "A1203", "Paysages"),
)
SERVICES = (
    Trade("Nettoyage des locaux", "90911200", "K2204", "Nettoyage"),
    Trade("Entretien des espaces verts", "77310000", "A1203", "Jardins"),
    Trade("Collecte des déchets", "90511000", "K2303", "Collecte"),
    Trade("Gardiennage et accueil", "79713000", "K2503", "Gardiennage"),
    Trade("Restauration collective", "55520000", "G1602", "Cuisines"),
    Trade("Blanchisserie", "98310000", "K2206", "Blanchisserie"),
    Trade("Transport de personnes", "60130000", "N4103", "Transports"),
)
SUPPLIES = (
    Trade("Mobilier scolaire", "39100000", "N1103", "Mobilier"),
    Trade("Denrées alimentaires", "15000000", "N1103", "Vivres"),
    Trade("Vêtements de travail", "18100000", "B1803", "Vêtements"),
)
INTELLECTUAL = (
    Trade("Maîtrise d’œuvre", "71200000", "F1104", "Atelier d’architecture"),
    Trade("Études techniques", "71300000", "F1106", "Bureau d’études"),
)
CONCESSION = (
    Trade("Exploitation du stationnement", "63712400", "K2503", "Stationnement"),
    Trade("Distribution d’eau", "65100000", "K2306", "Eaux"),
    Trade("Transport public", "60112000", "N4103", "Mobilités"),
)


@dataclass(frozen=True)
class MarketFact:
    """How the operations of a market type look. Durations in months, hours a month and lot."""

    trades: tuple[Trade, ...]
    subjects: tuple[str, ...]
    operations: float
    lots: tuple[int, int]
    months: tuple[int, int]
    hours_share: float
    women: float
    euros_by_hour: int


MARKETS: dict[MarketType, MarketFact] = {
    MarketType.WORKS: MarketFact(
        WORKS,
        (
            "Réhabilitation de la médiathèque",
            "Construction du groupe scolaire",
            "Extension de la piscine",
            "Rénovation énergétique du collège",
            "Restructuration du lycée",
            "Construction de la résidence des Songes",
            "Requalification du quartier des Nuages",
            "Réhabilitation de l’hôtel de ville",
            "Construction du gymnase",
            "Aménagement de la place des Mirages",
            "Construction de la maison de santé",
            "Réhabilitation de 48 logements",
            "Construction de 62 logements",
            "Extension de l’hôpital de jour",
            "Rénovation de la halle",
            "Création du pôle d’échanges",
            "Reconstruction de la station d’épuration",
            "Mise aux normes de la caserne",
            "Réfection de la rocade",
            "Construction de la crèche",
        ),
        operations=0.56,
        lots=(1, 6),
        months=(8, 26),
        hours_share=0.60,
        women=0.13,
        euros_by_hour=520,
    ),
    MarketType.SERVICES: MarketFact(
        SERVICES,
        (
            "Nettoyage des bâtiments",
            "Entretien des écoles",
            "Espaces verts",
            "Propreté urbaine",
            "Restauration des établissements",
            "Accueil et surveillance des sites",
            "Services aux usagers",
            "Entretien des résidences",
        ),
        operations=0.26,
        lots=(1, 4),
        months=(24, 48),
        hours_share=0.30,
        women=0.42,
        euros_by_hour=110,
    ),
    MarketType.SUPPLIES: MarketFact(
        SUPPLIES,
        ("Équipement des écoles", "Approvisionnement des cuisines", "Habillement des agents"),
        operations=0.06,
        lots=(1, 2),
        months=(24, 40),
        hours_share=0.03,
        women=0.38,
        euros_by_hour=260,
    ),
    MarketType.INTELLECTUAL: MarketFact(
        INTELLECTUAL,
        ("Études du plan d’urbanisme", "Maîtrise d’œuvre du musée", "Schéma des mobilités"),
        operations=0.05,
        lots=(1, 2),
        months=(18, 36),
        hours_share=0.015,
        women=0.48,
        euros_by_hour=700,
    ),
    MarketType.CONCESSION: MarketFact(
        CONCESSION,
        ("Délégation du stationnement", "Délégation de l’eau potable", "Réseau de transport"),
        operations=0.025,
        lots=(1, 1),
        months=(60, 84),
        hours_share=0.03,
        women=0.25,
        euros_by_hour=900,
    ),
    MarketType.PRIVATE: MarketFact(
        WORKS,
        ("Îlot des Utopies", "Résidence de la Chimère", "Pôle commercial des Énigmes"),
        operations=0.045,
        lots=(1, 3),
        months=(10, 24),
        hours_share=0.025,
        women=0.13,
        euros_by_hour=560,
    ),
}
"""By market type; `operations` and `hours_share` are shares of the whole, each summing to 1."""

DEPARTEMENT_SHARE = {
    "21": 0.19,
    "25": 0.2,
    "39": 0.09,
    "58": 0.08,
    "70": 0.08,
    "71": 0.19,
    "89": 0.12,
    "90": 0.05,
}
"""Where operations are, about as the inhabitants."""
