"""Published data sets, as they lie on disk, read into records: one adapter a data set."""

from .adapters import Most, prepare_test, prepare_train
from .annotations import Omission

__all__ = ["Most", "Omission", "prepare_test", "prepare_train"]
