"""Employments, their months, and what is planned, said, contested, reported and proved of them."""

from coclause.hours.models.employments import (
    Assignment,
    Employment,
    EmploymentFact,
    EmploymentMonth,
)
from coclause.hours.models.papers import SupportingPaper
from coclause.hours.models.plans import PlannedHours, PlanStep
from coclause.hours.models.proofs import Proof
from coclause.hours.models.sheets import ColumnMapping
from coclause.hours.models.statements import Contest, Declaration, Statement, StatementLine
from coclause.hours.models.steering import BuyerDecision, ShortfallReport

__all__ = [
    "Assignment",
    "BuyerDecision",
    "ColumnMapping",
    "Contest",
    "Declaration",
    "Employment",
    "EmploymentFact",
    "EmploymentMonth",
    "PlanStep",
    "PlannedHours",
    "Proof",
    "ShortfallReport",
    "Statement",
    "StatementLine",
    "SupportingPaper",
]
