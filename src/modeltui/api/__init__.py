"""Reading a catalogue from a program: what its models are, take, cost and can do. Nothing here writes or sends."""

from modeltui.api.fault import Fault
from modeltui.api.model import Model
from modeltui.api.picks import LeftOut, Pick, Picks
from modeltui.api.reader import CatalogReader, open_catalog
from modeltui.api.rows import Named
from modeltui.api.workflow import Workflow, WorkflowStep
from modeltui.domain.call import Cost, InputProblem
from modeltui.domain.capability import Capability, Reason
from modeltui.domain.chain.costs import StepCost, WorkflowCost
from modeltui.domain.pick import PickOrder
from modeltui.domain.pricing.report import CostReport, CostStep
from modeltui.domain.rollout import Reason as RolloutReason
from modeltui.domain.rollout import RolloutAnswer
from modeltui.domain.run_stats import RunStats

__all__ = [
    "Capability",
    "CatalogReader",
    "Cost",
    "CostReport",
    "CostStep",
    "Fault",
    "InputProblem",
    "LeftOut",
    "Model",
    "Named",
    "Pick",
    "PickOrder",
    "Picks",
    "Reason",
    "RolloutAnswer",
    "RolloutReason",
    "RunStats",
    "StepCost",
    "Workflow",
    "WorkflowCost",
    "WorkflowStep",
    "open_catalog",
]
