"""Checks of what is asked first: the token, the lock, and whether the homes of sources answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import huggingface_hub
import requests

from ..catalogue.sources import TOKEN, Source
from ..data import hub, lock
from ..data.fetching import is_fetched
from ..data.lock import Pin
from ..data.places import is_address
from ..data.web import ADVICE
from ..planning.jobs import Jobs
from ..runtime.http import open_session, reason
from ..study.study import Study
from .finding import Finding
from .waiting import together

TIMEOUT = (5.0, 5.0)
"""Seconds to connect, and seconds without a byte, for a host that is only asked if it is there."""
SECONDS = 20.0
"""After which a host counts as silent: looking its name up has a patience of its own."""


@dataclass(frozen=True)
class Wanted:
    """A source that the study fetches.

    Attributes:
        pin: what the lock says of it; None where it says nothing.
        mirror: a folder or an address in place of its home; empty for none.
        folder: where it is fetched to.
    """

    name: str
    source: Source
    pin: Pin | None
    mirror: str
    folder: Path

    @property
    def is_here(self) -> bool:
        """Whether it is fetched already."""
        return self.pin is not None and is_fetched(self.folder, self.pin)

    @property
    def is_asked_of_hub(self) -> bool:
        """Whether the hub's own interface says what there is of it."""
        return bool(self.source.hub) and not self.mirror

    @property
    def host(self) -> str:
        """Scheme and host of where it is fetched from; empty for a folder."""
        if self.mirror and not is_address(self.mirror):
            return ""
        home = self.mirror or (
            hub.endpoint() or hub.HUB if self.source.hub else self.source.address
        )
        parts = urlsplit(home)
        return f"{parts.scheme}://{parts.netloc}"


def wanted(study: Study, jobs: Jobs) -> list[Wanted]:
    """What the jobs of a study fetch. Raises RecordError for a lock that cannot be read."""
    pins = lock.read(study.folder / study.configuration.sources.lock)
    mirrors, folders = study.configuration.sources.mirrors, study.downloads.all()
    return [
        Wanted(
            name,
            study.downloads.catalogue[name],
            pins.get(name),
            mirrors.get(name, ""),
            Path(folders[name]),
        )
        for name in jobs.values("fetch", "source")
    ]


def locked(study: Study, sources: Sequence[Wanted]) -> Finding:
    """Whether the lock has every source."""
    file = study.configuration.sources.lock
    lacking = [one.name for one in sources if one.pin is None]
    if lacking:
        told = f"{file} lacks {len(lacking)} of {len(sources)} sources"
        return Finding("lock", told, study.downloads.pinning(lacking))
    return Finding("lock", f"{file} has all {len(sources)} sources")


def reached(sources: Sequence[Wanted]) -> dict[str, Finding]:
    """Whether each host that a source lies on answers at all, by the host."""
    by_host: dict[str, list[str]] = {}
    for one in sources:
        if one.host:
            by_host.setdefault(one.host, []).append(one.name)
    answers = together({host: partial(_ask, host) for host in by_host}, SECONDS)
    return {host: _told(host, by_host[host], answer) for host, answer in answers.items()}


def _ask(host: str) -> None:
    with open_session() as session:
        session.head(host, timeout=TIMEOUT, allow_redirects=False)


def _told(host: str, names: list[str], answer: Exception | None) -> Finding:
    is_hub, check = host == (hub.endpoint() or hub.HUB), urlsplit(host).netloc
    if is_hub and huggingface_hub.constants.HF_HUB_OFFLINE:
        told = f"HF_HUB_OFFLINE forbids the network; {_count(names)} not looked at"
        return Finding(check, told, "unset HF_HUB_OFFLINE, or fetch on a machine with a network")
    if answer is None:
        return Finding(check, f"answers; {_count(names)} there")
    known = isinstance(answer, TimeoutError)
    if not known and not isinstance(answer, requests.exceptions.RequestException):
        raise answer
    told = str(answer) if known else reason(answer)
    remedy = f"{ADVICE.replace('--mirror', 'sources.mirrors')}"
    remedy += "; HF_ENDPOINT names another address of the hub" if is_hub else ""
    return Finding(check, f"cannot be reached ({told}); {_count(names)} not looked at", remedy)


def token() -> Finding:
    """Whether the hub takes this user's token. Having none is well until a source is gated. The
    token itself is shown nowhere."""
    if huggingface_hub.get_token() is None:
        return Finding("token", f"none ({TOKEN} is not set); only gated sources need one")
    ask = huggingface_hub.HfApi(hub.endpoint()).whoami
    answer = together({"token": ask}, SECONDS)["token"]
    match answer:
        case dict():
            return Finding("token", "the hub knows it")
        case huggingface_hub.errors.HfHubHTTPError() if answer.response.status_code == 401:
            remedy = f"make a new one at {hub.HUB}/settings/tokens and put it in {TOKEN}"
            return Finding("token", "the hub does not know the token that is set", remedy)
    return Finding("token", f"the hub does not answer about it ({type(answer).__name__})")


def _count(names: list[str]) -> str:
    return f"{len(names)} source{'s' if len(names) > 1 else ''}"
