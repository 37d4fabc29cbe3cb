"""The ladder of local suppliers: from nobody to enough of them to reserve a whole contract."""

from datetime import date
from decimal import Decimal
from typing import Literal

from coclause.law import dated
from coclause.law.cases import Reason
from coclause.law.numbers import decimal_fr, percent

Rung = Literal["unknown", "nobody", "clause", "lot", "contract"]


def rung(suppliers: int | None, dependency: Decimal | None, day: date) -> Rung:
    """Where that many suppliers stand; without the dependency, never the whole contract."""
    if suppliers is None:
        return "unknown"
    if suppliers < 1:
        return "nobody"
    if (
        dependency_matters(suppliers, day)
        and dependency is not None
        and dependency < dated.known("ladder_dependency", day)
    ):
        return "contract"
    return "lot" if suppliers > dated.known("ladder_lot", day) else "clause"


def dependency_matters(suppliers: int | None, day: date) -> bool:
    """Whether there are enough suppliers for the dependency to decide."""
    return suppliers is not None and suppliers > dated.known("ladder_contract", day)


def told(step: Rung, suppliers: int | None, day: date) -> Reason:
    """The sentence for that step, with the mark it was compared with; not for `unknown`."""
    count = f"{suppliers} fournisseur{'s' if suppliers and suppliers > 1 else ''} "
    count += "locaux capables" if suppliers and suppliers > 1 else "local capable"
    source = dated.history("ladder_lot")[0].reference
    sentences = {
        "nobody": "Aucun fournisseur local capable de répondre n’est connu : pas de clause "
        "d’insertion proposée.",
        "clause": f"{count} de répondre : une condition d’exécution est à examiner.",
        "lot": f"{count} de répondre, plus de {decimal_fr(dated.known('ladder_lot', day))} : "
        "réserver un lot est à examiner.",
        "contract": f"{count} de répondre, plus de "
        f"{decimal_fr(dated.known('ladder_contract', day))}, pour une dépendance de moins de "
        f"{percent(dated.known('ladder_dependency', day))} : réserver le contrat est à examiner.",
    }
    return Reason(sentences[step], f"Repère : {source}.", kind="no" if step == "nobody" else "yes")
