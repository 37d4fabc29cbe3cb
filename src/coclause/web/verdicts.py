"""The answer of the law in a page's words."""

from coclause.clauses.choices import ContractKind

IN_CONTRACT = {
    ContractKind.MARCHE: "dans ce marché",
    ContractKind.CONCESSION: "dans cette concession",
    ContractKind.PRIVATE: "dans ce contrat privé",
}


def verdict_title(duty: str, kind: str) -> str:
    """The answer in one sentence."""
    where = IN_CONTRACT[ContractKind(kind)]
    return {
        "due": f"Oui, une condition sociale est obligatoire {where}",
        "not_due": f"Non, aucune condition sociale n’est obligatoire {where}",
    }.get(duty, "On ne peut pas encore répondre")
