"""From a buyer's project to what a company owes.

Operation → contract → lot → clause, and beside it lot → award → commitment → objective → events.
What is committed on a day is the sum of the dated events up to that day, never a stored total.
"""

from coclause.clauses.models.awards import Award, AwardMember, Execution, Order
from coclause.clauses.models.calibrations import Calibration, CalibrationLine
from coclause.clauses.models.commitments import (
    Clause,
    Commitment,
    CountingChange,
    Globalisation,
    GlobalisedCommitment,
    Objective,
    ObjectiveEvent,
    Split,
    SplitPart,
)
from coclause.clauses.models.meetings import Meeting
from coclause.clauses.models.operations import (
    Contract,
    Convention,
    Lot,
    Operation,
    OperationHost,
)
from coclause.clauses.models.optouts import OptOut
from coclause.clauses.models.penalties import PenaltyTerms

__all__ = [
    "Award",
    "AwardMember",
    "Calibration",
    "CalibrationLine",
    "Clause",
    "Commitment",
    "Contract",
    "Convention",
    "CountingChange",
    "Execution",
    "Globalisation",
    "GlobalisedCommitment",
    "Lot",
    "Meeting",
    "Objective",
    "ObjectiveEvent",
    "Operation",
    "OperationHost",
    "OptOut",
    "Order",
    "PenaltyTerms",
    "Split",
    "SplitPart",
]
