"""The collector's routes under `/c`, and the few beside them."""
