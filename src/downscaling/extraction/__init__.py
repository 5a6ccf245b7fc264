"""Extraction data (paper, section 4.1): from a teacher's statements to conversations."""

from .steps import (
    Material,
    asked,
    converse,
    make_conversations,
    make_descriptions,
    make_statements,
    shard,
)
from .teacher import Depiction, Dropped, Failed, Statements, Teacher

__all__ = [
    "Depiction",
    "Dropped",
    "Failed",
    "Material",
    "Statements",
    "Teacher",
    "asked",
    "converse",
    "make_conversations",
    "make_descriptions",
    "make_statements",
    "shard",
]
