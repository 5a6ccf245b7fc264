"""The validator of RO-Crates, without a network.

It needs the context that gives a crate's terms their meaning and would fetch it. It gets it from
the cache that it keeps of the web, which holds here the part of RO-Crate 1.1's context whose terms
these crates use; a term beyond it has no meaning and fails where a profile asks for it.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rocrate_validator", reason="no validator: pip install .[dev]")
import urllib3
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from rocrate_validator import services
from rocrate_validator.models import Severity

ADDRESS = "https://w3id.org/ro/crate/1.1/context"
CONTEXT = Path(__file__).with_name("ro-crate-1.1-context.json")


class _Shelf(HTTPAdapter):
    """Answers every request with the context."""

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        body = urllib3.HTTPResponse(
            io.BytesIO(CONTEXT.read_bytes()),
            headers={"Content-Type": "application/ld+json"},
            status=200,
            preload_content=False,
            request_url=request.url,
        )
        return self.build_response(request, body)


def findings(crate: Path, cache: Path) -> dict[str, set[str]]:
    """What the validator says against a crate as a Workflow Run Crate, by severity."""
    with CachedSession(cache, backend="sqlite", expire_after=-1) as session:
        session.mount("https://", _Shelf())
        session.get(ADDRESS)
    settings = services.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="workflow-run-crate",
        requirement_severity=Severity.RECOMMENDED,
        cache_path=cache,
        offline=True,
    )
    issues = services.validate(settings).get_issues()
    found: dict[str, set[str]] = {"REQUIRED": set(), "RECOMMENDED": set()}
    for issue in issues:
        found[issue.severity.name].add(issue.message)
    return found


def terms(crate: Path) -> set[str]:
    """The terms of a crate that the context gives no meaning."""
    held = json.loads((crate / "ro-crate-metadata.json").read_text())
    known = json.loads(CONTEXT.read_text())["@context"].keys() | held["@context"][1].keys()
    used = set()
    for entity in held["@graph"]:
        kinds = entity["@type"]
        used |= {kinds} if isinstance(kinds, str) else {*kinds}
        used |= {name for name in entity if not name.startswith("@")}
    return used - known
