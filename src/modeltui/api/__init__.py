"""Reading a catalogue from a program: what its models are, take, cost and can do. Nothing here writes or sends."""

from modeltui.api.model import Model
from modeltui.api.picks import LeftOut, Pick, Picks
from modeltui.api.reader import CatalogReader, open_catalog
from modeltui.domain.call import Cost, InputProblem
from modeltui.domain.capability import Capability, Reason
from modeltui.domain.cost_report import CostReport, CostStep
from modeltui.domain.rollout import RolloutAnswer
from modeltui.domain.run_stats import RunStats

__all__ = [
    "Capability",
    "CatalogReader",
    "Cost",
    "CostReport",
    "CostStep",
    "InputProblem",
    "LeftOut",
    "Model",
    "Pick",
    "Picks",
    "Reason",
    "RolloutAnswer",
    "RunStats",
    "open_catalog",
]
