"""Python runs this at start when the folder is on PYTHONPATH: the process has no network from then on."""

from network_cut import cut

cut()
