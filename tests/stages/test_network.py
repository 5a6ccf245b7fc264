"""Which stages can reach the network."""

from __future__ import annotations

import re

from downscaling.runtime import code_digest
from downscaling.stages.teaching import ENGINES
from running import HOME

NETWORK = re.compile(r"^\s*(?:import|from) (requests|huggingface_hub|urllib\.request|socket)", re.M)
STAGES = sorted(p.stem for p in (HOME / "src/downscaling/stages").glob("*.py"))


def reaching(stage: str, *chosen: str) -> list[str]:
    """The modules of a stage that import what opens connections."""
    files = code_digest.modules(stage, chosen)
    return [p.stem for p in files if p.suffix == ".py" and NETWORK.search(p.read_text("utf-8"))]


def has_run(stage: str) -> bool:
    """Whether a module of `stages` is a stage."""
    try:
        code_digest.modules(stage)
    except LookupError:
        return False
    return True


def test_security_tells_which_jobs_reach_the_network() -> None:
    """Catches a stage that learns to reach the network, and a page that says only `fetch` does
    where a teacher's server, or Weights & Biases, is told too."""
    stages = [stage for stage in STAGES if has_run(stage)]
    assert [stage for stage in stages if reaching(stage)] == ["fetch"]
    page = " ".join((HOME / "SECURITY.md").read_text("utf-8").split())
    (told,) = re.findall(r"- Jobs reach for the network only .*?\. The default", page)
    assert "`fetch` for what `sources.lock` names" in told
    engines = [name for name, module in ENGINES.items() if reaching("statements", module)]
    assert engines == ["openai"]
    assert "the server that `teacher.base_url` names" in told
    assert "tunings for Weights & Biases if `report_to` names `wandb`" in told
