"""Load a lesson pack, or say everything that is wrong with it."""

from whosays.pack.faults import Fault, PackError
from whosays.pack.load import Pack, check, default_folder, kit_folder, load, records

__all__ = ["Fault", "Pack", "PackError", "check", "default_folder", "kit_folder", "load", "records"]
