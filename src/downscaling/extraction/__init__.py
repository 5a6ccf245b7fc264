"""Extraction data (paper, section 4.1): from a teacher's statements to conversations."""

from .steps import (
    Material,
    asked,
    converse,
    make_conversations,
    make_descriptions,
    make_statements,
)
from .teacher import Depiction, Dropped, Statements, Teacher

__all__ = [
    "Depiction",
    "Dropped",
    "Material",
    "Statements",
    "Teacher",
    "asked",
    "converse",
    "make_conversations",
    "make_descriptions",
    "make_statements",
]
