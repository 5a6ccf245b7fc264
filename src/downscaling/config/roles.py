"""Which models play the parts that the paper's figures, tables and comparisons are about."""

from __future__ import annotations

from pydantic import ConfigDict

from .block import Block, Name, SourceName
from .errors import ConfigError


class Step(Block):
    """Two models of one family, by their names in `external`."""

    large: SourceName
    small: SourceName


class Roles(Block):
    """Each role, and what plays it; null where nothing does. A figure that needs a role which
    nothing plays is left out."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    baseline: Name | None = None
    """the tuning on instructions: end to end, and the decoupled baseline's perception module"""
    caption: Name | None = None
    """the tuning on captions"""
    extraction: Name | None = None
    """visual extraction tuning, after captions"""
    extraction_scratch: Name | None = None
    """visual extraction tuning without instructions and captions before it"""
    released_extraction: Name | None = None
    """the checkpoints of `extraction` that the authors released: a name in `released`"""
    released_extraction_scratch: Name | None = None
    """the same of `extraction-scratch`"""
    llava_onevision: Step | None = None
    """the perception modules of figures A3 and A4"""
    qwen2: Step | None = None
    """the reasoning modules of figure A4"""
    internvl: Step | None = None
    """perception modules of Table A1"""
    gemma: Step | None = None
    """perception modules of Table A1"""

    def bound(self) -> dict[str, str | Step]:
        """The roles that something plays, as the configuration names them, and what plays them."""
        pairs = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name.replace("_", "-"): player for name, player in pairs if player is not None}

    def module(self, role: str, size: str) -> str:
        """The model that plays a role at a size, `<tuning>-<size>`.

        Raises ConfigError where no tuning plays the role.
        """
        tuning = self.bound().get(role)
        if not isinstance(tuning, str):
            raise ConfigError(f"config: roles.{role}: not bound; allowed: the name of a tuning")
        return f"{tuning}-{size}"

    def step(self, role: str) -> Step:
        """The two models that play a role.

        Raises ConfigError where no models play it.
        """
        step = self.bound().get(role)
        if not isinstance(step, Step):
            allowed = "large and small, names in external"
            raise ConfigError(f"config: roles.{role}: not bound; allowed: {allowed}")
        return step

    def role_of(self, module: str) -> tuple[str, str] | None:
        """The role and the size of a model `<tuning>-<size>`; None for one without a role."""
        tuning, _, size = module.rpartition("-")
        roles = [role for role, player in self.bound().items() if player == tuning]
        return (roles[0], size) if roles else None
