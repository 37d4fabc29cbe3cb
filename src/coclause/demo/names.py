"""Names that nobody bears: surnames that say they are invented, places that are on no map."""

from coclause.demo.chance import Chance

WOMEN = (
    "Capucine Nadia Léonie Aminata Chloé Fatou Inès Jeanne Katia Lucie Malika Nora Océane Pauline"
    " Rachida Sandrine Thaïs Valérie Yasmina Zoé Agathe Bérénice Clémence Dalila Élodie Farida"
    " Gaëlle Hawa Isabelle Justine Karima Lina Maëlle Noémie Ophélie Perrine Rosalie Samira Tania"
    " Viviane"
).split()
MEN = (
    "Yanis Abel Baptiste Cédric Diego Émile Fabrice Gaspard Hamid Ismaël Joris Kévin Loïc Mehdi"
    " Nathan Oumar Paolo Quentin Rayan Sofiane Théo Ugo Valentin Walid Xavier Youssef Zacharie"
    " Amadou Benoît Corentin Driss Enzo Florian Gaëtan Hugo Ivan Jérôme Karim Lucas Moussa"
).split()
SURNAMES = (
    "Fictive Supposé Inventée Factice Imaginaire Chimère Mirage Hypothèse Illusoire Apocryphe"
    " Légendaire Fabuleux Fantasque Postiche Simulé Putatif Irréel Onirique Prétendu Conjecturé"
    " Utopique Virtuel Fantôme Évanescent Théorique Abstrait Nébuleux Chimérique Romanesque"
    " Spéculatif Mythique Fabulette Présumé Éventuel Improbable Quelconque Anonyme Pseudonyme"
    " Hypothétique Allégorique Métaphore Fictionnel Nullepart Jamaisvu Ailleurs Peutêtre"
    " Ditesvous Untel Unetelle Personne Songeur Rêverie Légende Parabole Fablier Contefait"
    " Semblant Feintise Trompelœil Simulacre"
).split()
_BEGINNINGS = "Mont Val Roche Font Clair Bois Pont Haute Belle Vaux Champ".split()
_ENDINGS = "fictif songe mirage brume chimère fable rêve nuage utopie légende énigme".split()
PLACES = tuple(f"{start}{end}" for end in _ENDINGS for start in _BEGINNINGS)
"""Invented communes: "Montfictif", "Valsonge"…"""


def surname(dice: Chance) -> str:
    """An invented surname; one in six is double."""
    name = dice.choice(SURNAMES)
    if dice.happens(1 / 6):
        return f"{name}-{dice.choice(SURNAMES)}"
    return name


def given_name(dice: Chance, *, woman: bool) -> str:
    return dice.choice(WOMEN if woman else MEN)


def of(place: str) -> str:
    """ "de Montfictif", "d'Utopie"."""
    return f"d'{place}" if place[0] in "AEÉIOUH" and place[:2] != "Ha" else f"de {place}"
