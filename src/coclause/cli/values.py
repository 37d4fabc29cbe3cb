"""What comes with this version: dated parameters, eligibility criteria, model clause texts."""

from datetime import date

from coclause.core.actor import acting_as
from coclause.core.parameters import load_parameters
from coclause.network.library.keeping import load_library
from coclause.people.loading import load_criteria


def load(*, day: date, using: str = "owner") -> None:
    """Brings the database's copy up to the files of this version, in one transaction."""
    with acting_as("migrate", day=day, using=using):
        load_parameters(using=using)
        load_criteria(using=using)
        load_library(day=day, using=using)
