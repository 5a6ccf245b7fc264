"""Several sources pinned by one call."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from downscaling.catalogue.sources import load
from downscaling.data import pinning
from downscaling.records.files import RecordError
from loopback import Fault, Hub
from place import Place


def pin_all(place: Place, *names: str) -> bool:
    """Whether all of these are pinned; what is said is `place.said`."""
    return pinning.pin_all(names, place.lock, place.scratch, place.said.append, place.sources)


@pytest.mark.parametrize("forbidden", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_machine_without_a_network_is_told_once(
    place: Place, monkeypatch: pytest.MonkeyPatch, forbidden: bool
) -> None:
    """Catches a line for each of 33 sources of one host, each of which recommends an option that
    `pin` does not have; and minutes of asking a host that does not answer."""
    names = [name for name, source in place.sources.items() if source.hub]
    assert len(names) > 30
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("HF_ENDPOINT", f"http://{host}")
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", forbidden)
        assert not pin_all(place, *names)
    why = "HF_HUB_OFFLINE forbids the network" if forbidden else "cannot be reached (ConnectError)"
    assert place.said == [
        f"downscaling: {host}: {why}; {len(names)} sources not pinned; check the network, or name "
        "another address of the hub in HF_ENDPOINT"
    ]


def test_one_source_that_fails_leaves_the_others(place: Place, hub: Hub) -> None:
    """Catches a call that ends at the first source that is gone, and one that then ends well."""
    hub.add("Lin-Chen/MMStar", {"mmstar.parquet": b"rows"}, "datasets")
    hub.web["nights/nights.zip"] = b""
    hub.fail("nights.zip", Fault(404, times=9))
    assert not pin_all(place, "nights", "none", "mmstar")
    gone, unknown, pinned = place.said[-3:]
    assert gone.endswith("nights.zip: no such file any more (404); check the network")
    assert unknown.startswith("downscaling: none: ")
    assert pinned == f"mmstar: pinned in {place.lock}, 1 files, 4 bytes"
    assert not any("--mirror" in line for line in place.said)


def test_a_file_of_this_machine_needs_no_pin(tmp_path: Path) -> None:
    """Catches a minute of requests for a benchmark that lies beside its entry."""
    entry = Path(__file__).parents[2] / "examples/benchmark-tsv/shapes.toml"
    with pytest.raises(RecordError, match=r"shapes: lies on this machine, .*; nothing to pin"):
        pinning.pin("shapes", tmp_path / "lock", tmp_path, sources=load(own=[entry]))
