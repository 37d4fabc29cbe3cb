"""Loading the default eligibility criteria from `data/criteria.toml`."""

import tomllib
from pathlib import Path

from coclause.people.models import Criterion

FILE = Path(__file__).with_name("data") / "criteria.toml"


def load_criteria(*, using: str = "default") -> int:
    """Replace the network's criteria by the file's, in the caller's transaction.

    A region keeps its own. Returns how many.
    """
    rows = tomllib.loads(FILE.read_text())["criterion"]
    table = Criterion.objects.using(using)
    table.filter(region__isnull=True).delete()
    table.bulk_create(
        Criterion(
            code=row["code"],
            label=row["label"],
            evidence=row["evidence"],
            evidence_months=row.get("evidence_months"),
            sensitive=row["sensitive"],
            starts_on=row["from"],
            ends_on=row.get("to"),
            reference=row["reference"],
        )
        for row in rows
    )
    return len(rows)
