"""What the network receives and shares: requests, purchase programmes, clause texts."""

from coclause.network.models.library import ClauseText, ClauseTextVersion, Draft
from coclause.network.models.programmes import ColumnMemory, Programme, ProgrammeLine
from coclause.network.models.requests import BuyerRequest, RegionalBuyer, RequestEntry

__all__ = [
    "BuyerRequest",
    "ClauseText",
    "ClauseTextVersion",
    "ColumnMemory",
    "Draft",
    "Programme",
    "ProgrammeLine",
    "RegionalBuyer",
    "RequestEntry",
]
