"""`downscaling restore` from a real S3 server, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clones import MODEL, PAGE, WEIGHTS, git, push_study, restore

boto3 = pytest.importorskip("boto3", reason="pip install --no-deps -r envs/s3.txt")
server = pytest.importorskip("moto.server", reason="pip install --no-deps -r envs/s3.txt")
pytest.importorskip("dvc_s3", reason="pip install --no-deps -r envs/s3.txt")

BUCKET = "study"
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    """A bucket of a server that speaks S3's protocol."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    address = f"http://{host}:{port}"
    store = boto3.resource("s3", endpoint_url=address, **KEYS).Bucket(BUCKET)
    store.create()
    store.address = address
    yield store
    running.stop()


@pytest.fixture(scope="module")
def study(bucket: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose results were pushed there."""
    folder = tmp_path_factory.mktemp("s3") / "study"
    push_study(
        folder,
        f"s3://{BUCKET}/kept",
        endpointurl=bucket.address,
        access_key_id=KEYS["aws_access_key_id"],
        secret_access_key=KEYS["aws_secret_access_key"],
        region=KEYS["region_name"],
    )
    return folder


@pytest.mark.slow
def test_results_come_from_s3_and_what_it_lost_is_named(
    study: Path, bucket: Any, tmp_path: Path
) -> None:
    """Catches a store that is not read, a flipped bit that DVC passes on from there, and a missing
    object that names no file."""

    def restored(name: str) -> tuple[Path, int, list[str]]:
        git(tmp_path, "clone", "-q", str(study), name)
        return tmp_path / name, *restore(tmp_path / name)

    clone, code, lines = restored("whole")
    assert (clone / MODEL / "weights").read_bytes() == WEIGHTS
    assert (clone / PAGE).read_text() == "page"
    # The two results have no job's record, which `verify` says of them.
    assert (code, lines[-1].partition(",")[0]) == (1, "miniature: not restored")

    (weights,) = [one for one in bucket.objects.all() if one.get()["Body"].read() == WEIGHTS]
    weights.put(Body=b"v" + WEIGHTS[1:])
    clone, code, lines = restored("flipped")
    assert code == 1
    assert lines[0].startswith(f"downscaling: {MODEL}/weights: object ")
    assert "is damaged in the remote store (s3://study/kept)" in lines[0]
    assert not (clone / MODEL).exists()

    weights.delete()
    clone, code, lines = restored("missing")
    assert "is missing from the remote store (s3://study/kept)" in lines[0]
    assert not (clone / MODEL).exists()
