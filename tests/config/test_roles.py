"""Roles: what is bound, and what is said of what is not."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from downscaling.config.errors import ConfigError
from downscaling.config.roles import Roles, Step

ROLES = Roles.model_validate(
    {
        "baseline": "base",
        "extraction-scratch": "seen-alone",
        "qwen2": {"large": "qwen2-7b", "small": "qwen2-0.5b"},
    }
)


def test_a_role_is_called_as_the_configuration_spells_it() -> None:
    """Catches a role with an underscore in its name, which no figure and no user asks for."""
    assert list(ROLES.bound()) == ["baseline", "extraction-scratch", "qwen2"]
    assert ROLES.module("extraction-scratch", "0.6B") == "seen-alone-0.6B"
    assert ROLES.step("qwen2") == Step(large="qwen2-7b", small="qwen2-0.5b")
    assert ROLES.values()["extraction-scratch"] == "seen-alone"


def test_a_model_has_the_role_of_its_tuning() -> None:
    """Catches a name that is cut at its first dash, and another group's model taken for ours."""
    assert ROLES.role_of("seen-alone-0.6B") == ("extraction-scratch", "0.6B")
    assert ROLES.role_of("qwen2-7b") is None
    assert ROLES.role_of("seen-0.6B") is None


@pytest.mark.parametrize("role", ["caption", "qwen2"])
def test_a_role_without_a_tuning_is_named(role: str) -> None:
    """Catches a model called None-8B, and two models taken for one."""
    with pytest.raises(ConfigError, match=rf"^config: roles\.{role}: not bound; allowed: .*tuning"):
        ROLES.module(role, "8B")


def test_a_role_without_two_models_is_named() -> None:
    """Catches a traceback where figure A3 is asked for by name."""
    with pytest.raises(ConfigError, match=r"^config: roles\.llava-onevision: not bound; allowed: "):
        ROLES.step("llava-onevision")


@pytest.mark.parametrize("values", [{"basline": "instruct"}, {"caption": 3}, {"gemma": "gemma3"}])
def test_what_is_no_role_is_refused(values: dict[str, object]) -> None:
    """Catches a misspelt role that leaves its figures out without a word."""
    with pytest.raises(ValidationError):
        Roles.model_validate(values)
