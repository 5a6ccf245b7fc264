"""Fetched folders against `sources.lock`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..data import lock
from ..data.archives import unpacked_into
from ..data.places import place_of
from ..runtime.digests import SealedFile
from ..stages.fetch import means
from ..study.study import Study
from .accounts import Account
from .disk import Disk
from .finding import Finding, Kind


def unlike_the_lock(study: Study, account: Account, disk: Disk) -> Iterator[Finding]:
    """The files that a job fetched, and sealed, with another content than the lock says. Of what
    was unpacked the lock knows the archive alone, which was held to it when it was fetched."""
    if account.job.stage_name != "fetch" or not account.made:
        return
    name, folder = account.job.key["source"], account.job.key["folder"]
    source = study.downloads.catalogue[name]
    file = Path(means(study, name)["lock"])
    pin = lock.read(file).get(name)
    held = disk.manifests.get(folder)
    if pin is None or held is None:
        return
    for pinned_file, pinned in pin.files.items():
        place = place_of(pinned_file, source)
        entry = held.get(place)
        is_pinned = isinstance(entry, SealedFile) and entry.sha256 == pinned.sha256
        if not is_pinned and not unpacked_into(pinned_file, source):
            said = f"is not the file that {file} pins"
            yield account.finding(f"{folder}/{place}", Kind.CHANGED, said, folder)
