"""Decoupled evaluation in the manner of Prism: observe, perceive, reason.

What to observe for a question is asked once; a perception module describes the image with that in
mind; a reasoning module answers from the description alone.
"""

from .observe import observe
from .perceive import perceive
from .reason import reason

__all__ = ["observe", "perceive", "reason"]
