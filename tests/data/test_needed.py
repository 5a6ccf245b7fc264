"""Of archives only what drawn rows need: the same rows for few bytes, or a refusal."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from downscaling.catalogue import datasets
from downscaling.data import images
from downscaling.data.draws import Draw
from downscaling.data.fetching import Part
from downscaling.data.needed import DrawnSet, places
from downscaling.data.places import behind
from downscaling.records.files import RecordError, read
from downscaling.records.rows import Sample
from loopback import Fault, Hub
from place import Place
from prepared import train
from standins import image, row, split, tarred, zipped

AHEAD = Draw(4, 0, is_ahead=True)


def heavy(number: int) -> bytes:
    """An image of 60 KB: a PNG reader passes over what follows the picture."""
    return image(number) + random.Random(number).randbytes(60_000)


def captions(count: int) -> dict[str, bytes]:
    """Of LLaVA-Pretrain, with an image of 60 KB for each row."""
    rows = [row(f"00/{i}.jpg", "Say it.\n<image>", f"thing {i}", id=f"{i}") for i in range(count)]
    return {
        "blip_laion_cc_sbu_558k.json": json.dumps(rows).encode(),
        "images.zip": zipped({f"00/{i}.jpg": heavy(i) for i in range(count)}),
    }


def drawn(place: Place, source: str, name: str, of: str, draw: Draw = AHEAD) -> Part:
    """What drawn rows of a training set of the data set `source` need of the source `of`."""
    chosen = DrawnSet(source, "samples", name, datasets.load()[source].training[name], draw)

    def needed(tree: Path) -> set[str]:
        folder = tree if of == source else place.raw / source
        return places(of, [chosen], {source: folder}, place.sources)

    return Part("key", needed)


def only(*wanted: str) -> Part:
    """These places."""
    return Part("key", lambda tree: set(wanted))


def test_the_same_rows_are_taken_for_a_part_of_the_bytes(
    place: Place, hub: Hub, tmp_path: Path
) -> None:
    """Catches a draw before images are there that takes other rows than one after, rows that were
    not drawn counted as missing, and an archive that comes whole all the same."""
    files = captions(100)
    hub.add("liuhaotian/LLaVA-Pretrain", files, "datasets")
    place.pin("blip558k")
    hub.sent.clear()
    folder = place.fetch("blip558k", part=drawn(place, "blip558k", "blip558k", "blip558k"))
    assert hub.served("images.zip") < len(files["images.zip"]) / 3
    names = [name for name in place.names("blip558k") if name.endswith(".jpg")]
    assert len(names) == 4 + 8
    assert train("blip558k", folder, tmp_path / "part.parquet", AHEAD) == []
    folder = place.fetch("blip558k")
    train("blip558k", folder, tmp_path / "whole.parquet", Draw(4, 0))
    taken = read(tmp_path / "part.parquet", Sample)
    assert len(taken) == 4
    assert taken == read(tmp_path / "whole.parquet", Sample)


def test_a_part_is_no_whole(place: Place, hub: Hub) -> None:
    """Catches a study that takes the few images of its rehearsal for all of them."""
    hub.add("liuhaotian/LLaVA-Pretrain", captions(3), "datasets")
    place.pin("blip558k")
    place.fetch("blip558k", part=only("images/00/1.jpg"))
    assert place.names("blip558k") == [".pin", "blip_laion_cc_sbu_558k.json", "images/00/1.jpg"]
    place.fetch("blip558k", part=only("images/00/1.jpg"))
    assert place.said[-1] == "blip558k: already there"
    place.fetch("blip558k", part=Part("another", lambda tree: {"images/00/2.jpg"}))
    assert "images/00/2.jpg" in place.names("blip558k")
    place.fetch("blip558k")
    assert len(place.names("blip558k")) == 5


def test_images_behind_links_are_found_in_the_source_that_holds_them(
    place: Place, hub: Hub
) -> None:
    """Catches an archive of images of which nothing is taken, as another set names them."""
    rows = [row(f"COCO2014/train2014/{i}.jpg", "<image>\nWhat?", "cup") for i in range(2)]
    told = json.dumps(rows).encode()
    hub.add("Zacks-Chen/CoIN", {"Instructions_Original/VQAv2/train.json": told}, "datasets")
    members = {f"train2014/{i}.jpg": image(i) for i in range(3)}
    hub.web["coco2014/train2014.zip"] = zipped(members)
    hub.web["coco2014/val2014.zip"] = zipped({"val2014/0.jpg": image(0)})
    place.pin("coin")
    place.pin("coco2014")
    place.fetch("coin")
    place.fetch("coco2014", part=drawn(place, "coin", "vqav2", "coco2014"))
    assert place.names("coco2014") == [".pin", "train2014/0.jpg", "train2014/1.jpg"]
    assert behind("coin", "images/OCR-VQA/images/1.jpg", place.sources) == (
        "ocr-vqa",
        "ocr_vqa/images/1.jpg",
    )
    turning = {"a": place.sources["coin"].model_copy(update={"links": {"x": "a/x"}})}
    assert behind("a", "x/1.jpg", turning) == ("a", "x/1.jpg")


@pytest.mark.parametrize("zip64", [False, True])
def test_a_split_archive_is_taken_of(place: Place, hub: Hub, zip64: bool) -> None:
    """Catches parts on a server that are read as archives of their own."""
    members = {f"dreamsim/{name}.png": heavy(ord(name)) for name in "abcdefghijklmnopqrst"}
    files = split(members, "dreamsim_split", (500_000,), zip64)
    hub.add(
        "lmms-lab/M4-Instruct-Data", {"m4_instruct_annotations.json": b"[]"} | files, "datasets"
    )
    place.pin("m4")
    wanted = ("images/dreamsim/a.png", "images/dreamsim/i.png", "images/dreamsim/s.png")
    folder = place.fetch("m4", part=only(*wanted))
    assert [name for name in place.names("m4") if name.endswith(".png")] == list(wanted)
    assert (folder / wanted[1]).read_bytes() == members["dreamsim/i.png"]


def test_a_server_without_ranges_sends_the_whole(place: Place, hub: Hub) -> None:
    """Catches a rehearsal that a plain server stops, and one that does not say what it fetches."""
    files = captions(20)
    hub.add("liuhaotian/LLaVA-Pretrain", files, "datasets")
    place.pin("blip558k")
    hub.whole.append("images.zip")
    place.fetch("blip558k", part=only("images/00/1.jpg"))
    assert len(place.names("blip558k")) == 2 + 20
    assert any("gives no parts of a file, so all of it is fetched" in line for line in place.said)


def test_a_busy_or_cut_range_is_asked_for_again(place: Place, hub: Hub) -> None:
    """Catches a rehearsal of an hour that dies of one busy answer."""
    hub.add("liuhaotian/LLaVA-Pretrain", captions(20), "datasets")
    place.pin("blip558k")
    hub.fail("images.zip", Fault(cut=40), Fault(status=503))
    hub.fail("images.zip", Fault(status=503), method="HEAD")
    place.fetch("blip558k", part=only("images/00/1.jpg"))
    assert "images/00/1.jpg" in place.names("blip558k")


def test_a_tar_in_a_folder_is_taken_of_and_one_on_the_web_comes_whole(
    place: Place, hub: Hub, tmp_path: Path
) -> None:
    """Catches ImageNet's 1.3 million files unpacked for a hundred of them."""
    classes = {
        f"{name}.tar": tarred({f"{name}_{i}.JPEG": image(i) for i in range(2)}) for name in "ab"
    }
    files = {
        "ILSVRC2012_img_train.tar": tarred(classes),
        "ILSVRC2012_img_val.tar": tarred({"1.JPEG": image(1)}),
    }
    hub.web |= {f"imagenet/{name}": content for name, content in files.items()}
    place.pin("imagenet")
    part = only("train/a/a_1.JPEG", "train/b_0.JPEG")
    place.fetch("imagenet", mirror=str(place.scratch), part=part)
    assert place.names("imagenet") == [".pin", "train/a/a_1.JPEG"]
    place.fetch("imagenet", part=Part("web", part.places))
    assert len(place.names("imagenet")) == 1 + 5


def written(members: list[tuple[str, bytes]]) -> bytes:
    """A zip archive whose members are not compressed; two may have one name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def refusal(place: Place, hub: Hub) -> Callable[[bytes], str]:
    """How the images 1.jpg of an archive are refused."""

    def of(archive: bytes) -> str:
        files = {"blip_laion_cc_sbu_558k.json": b"[]", "images.zip": archive}
        hub.add("liuhaotian/LLaVA-Pretrain", files, "datasets")
        place.pin("blip558k")
        return place.refused("blip558k", part=only("images/1.jpg"))

    return of


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_archives_are_refused_by_their_directory(
    refusal: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a part of an archive that is trusted where the whole would be refused."""
    one = ("1.jpg", image(1))
    assert "'../evil.jpg' is refused" in refusal(written([one, ("../evil.jpg", b"x")]))
    assert "two members are named '1.jpg'" in refusal(written([one, one]))
    flipped = written([("0.jpg", b"0" * 100), one]).replace(image(1), image(1)[:-1] + b"\0")
    assert "blip558k: images.zip: damaged (Bad CRC-32" in refusal(flipped)
    assert "damaged (File is not a zip file)" in refusal(b"<html>" * 100)
    huge = written([one]).replace(b"PK\x05\x06", b"PK\x05\x06"[:3] + b"\x07")
    assert "damaged" in refusal(huge)
    monkeypatch.setattr("downscaling.data.archives.MAX_BYTES", 50)
    assert "member '1.jpg' is refused: more than 50 bytes" in refusal(written([one]))
    assert images.MAX_BYTES > 50


def test_another_archive_than_the_pinned_one_is_refused(place: Place, hub: Hub) -> None:
    """Catches images of an archive that somebody exchanged, which no digest of the whole shows."""
    for name in ("train2014", "val2014"):
        hub.web[f"coco2014/{name}.zip"] = zipped({f"{name}/1.jpg": heavy(1)})
    place.pin("coco2014")
    hub.web["coco2014/val2014.zip"] += b"0"
    line = place.refused("coco2014", part=only("train2014/1.jpg"))
    assert "coco2014: val2014.zip: refused: bytes" in line
    assert "downscaling pin coco2014" in line
    hub.add("liuhaotian/LLaVA-Pretrain", captions(3), "datasets")
    place.pin("blip558k")
    pins = json.loads(place.lock.read_text())
    pins["blip558k"]["files"]["images.zip"]["sha256"] = "0" * 64
    place.lock.write_text(json.dumps(pins))
    line = place.refused("blip558k", part=only("images/00/1.jpg"))
    assert "blip558k: images.zip: refused: sha256" in line


def test_too_few_usable_rows_are_refused(place: Place, hub: Hub, tmp_path: Path) -> None:
    """Catches image paths that do not start where the archive's folders do, which the few rows of a
    rehearsal would show as a small share of a large set."""
    files = captions(200) | {"images.zip": zipped({"elsewhere/0.jpg": image(0)})}
    hub.add("liuhaotian/LLaVA-Pretrain", files, "datasets")
    place.pin("blip558k")
    folder = place.fetch("blip558k", part=drawn(place, "blip558k", "blip558k", "blip558k"))
    with pytest.raises(RecordError) as caught:
        train("blip558k", folder, tmp_path / "train.parquet", AHEAD, missing_share=0.1)
    line = str(caught.value)
    assert "of the 12 training rows of blip558k whose images were fetched, 0 can be used" in line
    assert "(sources.archives)" in line
    with pytest.raises(RecordError, match="12 of 200 rows are left out"):
        train("blip558k", folder, tmp_path / "train.parquet", AHEAD)
