"""The age bands in which persons are counted, by the age at hiring."""

UNKNOWN = "inconnu"
AGES = {
    "moins_26": "Moins de 26 ans",
    "26_49": "De 26 à 49 ans",
    "50_plus": "50 ans et plus",
    UNKNOWN: "Non connu",
}


def age_band(age: int | None) -> str:
    """−26, 26–49, 50+, by the age at hiring."""
    if age is None:
        return UNKNOWN
    if age < 26:
        return "moins_26"
    return "26_49" if age < 50 else "50_plus"
