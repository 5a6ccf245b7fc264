"""Published data sets, as they lie on disk, read into records: one adapter a data set."""

from .adapters import prepare_test, prepare_train
from .annotations import Omission

__all__ = ["Omission", "prepare_test", "prepare_train"]
