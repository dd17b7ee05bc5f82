"""The class: reading a folder of answer files, and a simulated class for those who have none."""

from whosays.classroom.collect import Collected, Fault, collect
from whosays.classroom.simulated import SIMULATED, simulated_class

__all__ = ["SIMULATED", "Collected", "Fault", "collect", "simulated_class"]
