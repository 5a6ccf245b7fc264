"""The whole study in stand-ins under its real ids: every source that `presets/paper.yaml` fetches,
in its published shape, a row or two of each kind."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

import families
import tiny
from downscaling.catalogue.datasets import load as datasets
from downscaling.catalogue.readers import M4, Coin, Llava
from downscaling.catalogue.sources import load
from loopback import Hub
from standins import model, official, row, split, tarred, zipped

SIZES = {"qwen3-1.7b": 24, "qwen3-0.6b": 16}
"""The width of each language model."""
PUBLISHED = {
    "llava-onevision-0.5b": "llava-onevision",
    "smolvlm": "idefics3",
    "gemma3-4b": "gemma3",
}
"""The family of each model of others that is published in transformers' form."""
INTERNVL = {"1b": "qwen2", "2b": "llama"}
"""The language model of each InternVL 2.5, in transformers' words."""
PLACES = {
    "ocrvqa": ("OCR-VQA", "ocr_vqa/images"),
    "textvqa": ("TextVQA", "train_images"),
    "scienceqa": ("ScienceQA", "images/train"),
    "vqav2": ("COCO2014", "train2014"),
    "gqa": ("GQA", "images"),
    "vizwiz": ("VizWiz", "train"),
    "imagenet": ("ImageNet_withlabel", "train/n01440764"),
    "grounding": ("COCO2014", "train2014"),
}
"""Of each of CoIN's families, where its images lie: a link, and the folder behind it."""

SPLITS = ("train", "test")
SPARE = random.Random(0).randbytes(400_000)
"""What no row needs of an archive: some hundred times as much as two images take."""


def image(number: int) -> bytes:
    """A PNG file whose sides are not equal."""
    buffer = io.BytesIO()
    Image.new("RGB", (40 + 9 * number, 30), (60 * number, 99, 30)).save(buffer, "PNG")
    return buffer.getvalue()


def serve(hub: Hub, folder: Path) -> None:
    """Put all of it on a hub; what lies on the web, under /web/<source>/. folder: for models."""
    sources = load()
    serve_sets(hub)
    made = {name: tiny.qwen3(folder / name, width) for name, width in SIZES.items()}
    made["siglip-so400m"] = tower = tiny.siglip(folder / "tower")
    made["qwen3-vl-8b"] = tiny.qwen3_vl(folder / "teacher", says="ab.")
    for seed, kind in enumerate(("extract", "extract-from-scratch")):
        for size in ("1.7b", "0.6b"):
            place = folder / f"{kind}-{size}"
            made[place.name] = tiny.llava_next(place, made[f"qwen3-{size}"], tower, seed)
    for name, family in PUBLISHED.items():
        made[name] = families.publish(folder / name, family)
    for size, text in INTERNVL.items():
        name = f"internvl2.5-{size}"
        made |= {part: folder / part for part in (name, f"{name}-form")}
        families.published_internvl(made[name], made[f"{name}-form"], text)
    for name, place in made.items():
        hub.add(sources[name].hub, model(place))


def serve_sets(hub: Hub) -> None:
    """Put the sets on a hub, without any model."""
    sources = load()
    for name, files in _hub_sets().items():
        hub.add(sources[name].hub, files, "datasets")
    for name, files in _web_sets().items():
        hub.web |= {f"{name}/{file}": content for file, content in files.items()}


def _hub_sets() -> dict[str, dict[str, bytes]]:
    captions = [row(f"00/{i}.jpg", "Say it.\n<image>", f"thing {i}") for i in range(2)]
    return {
        "blip558k": {
            "blip_laion_cc_sbu_558k.json": _json(captions),
            "images.zip": _zip("00/{}.jpg"),
        },
        "allava": {
            "allava_laion/ALLaVA-Caption-LAION-4V.json": _json(
                [row("allava_laion/images/0.jpg", "<image>\nDescribe it.", "A long caption.")]
            ),
            "allava_laion/image_chunks/images_0.zip": _zip("images/{}.jpg"),
            "allava_vflan/ALLaVA-Caption-VFLAN-4V.json": _json(
                [row("allava_vflan/images/images/1.jpg", "Describe it.\n<image>", "Another one.")]
            ),
        },
        "vision-flan": {"image_191-task_1k.zip": _zip("images/{}.jpg")},
        "coin": {f"Instructions_Original/{file}": _json(rows) for file, rows in _coin_files()},
        "ocr-vqa": {"ocr_vqa.tar": tarred({f"ocr_vqa/images/{i}.jpg": image(i) for i in range(2)})},
        "m4": {
            "m4_instruct_annotations.json": _json(_several()),
            "m4_instruct_video.json": b"[]",
            **split(
                {"own/spare": SPARE} | {f"own/{i}.png": image(i) for i in range(2)},
                *("dreamsim_split", (60,)),
            ),
        },
        "interleave-bench": {
            "multi_image_in_domain.json": _json(_several()),
            "eval_images.zip": _zip("own/{}.png"),
        },
        "vmcbench": {
            f"data/{part}-00000-of-00001.parquet": _vmcbench(start)
            for start, part in enumerate(("dev", "test"))
        },
        "mmstar": {"mmstar.parquet": _mmstar()},
    }


def _web_sets() -> dict[str, dict[str, bytes]]:
    votes = "image_A,image_B,ref,prob,processed\n"
    pairs = "".join(f"ref_1.png,a.png,b.png,0.{share},0.{share}\n" for share in (9, 1))
    pieapp = {f"labels/{part}/ref_1_pairwise_labels.csv": votes + pairs for part in SPLITS}
    shown = [f"reference_images/{part}/ref_1.png" for part in SPLITS]
    shown += [f"distorted_images/{part}/ref_1/{name}.png" for part in SPLITS for name in "ab"]
    classes = tarred({f"n01440764_{i}.JPEG": image(i) for i in range(2)})
    one = [f"{i}.jpg" for i in range(2)]
    return {
        "coco2014": {"train2014.zip": _zip("train2014/{}.jpg"), "val2014.zip": _zip("val2014/{}")},
        "gqa": {"images.zip": _zip("images/{}.jpg")},
        "textvqa": {
            "images/train_val_images.zip": _zip("train_images/{}.jpg"),
            "data/TextVQA_0.5.1_val.json": _json(
                {"data": [{"question_id": i, "answers": ["cup", "mug"] * 5} for i in range(2)]}
            ),
        },
        "vizwiz": {"train.zip": _zip("train/{}.jpg"), "val.zip": _zip("val/{}.jpg")},
        "scienceqa": {f"{part}.zip": _zip(f"{part}/{{}}.jpg") for part in ("train", "val", "test")},
        "imagenet": {
            "ILSVRC2012_img_train.tar": tarred({"n01440764.tar": classes}),
            "ILSVRC2012_img_val.tar": tarred({name: image(0) for name in one}),
        },
        "official": official(questions=6),
        "pieapp": {
            "all_data_PieAPP_dataset_CVPR_2018.zip": zipped(
                {name: told.encode() for name, told in pieapp.items()}
                | {name: image(number % 3) for number, name in enumerate(shown)}
            )
        },
    }


def _coin_files() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """The training and the test file of each family of CoIN, with their rows."""
    coin = datasets()["coin"]
    for family, training in coin.training.items():
        tested = coin.questions[family]
        assert isinstance(training, Llava)
        assert isinstance(tested, Coin)
        asked = {"scienceqa": "Which?\nA. cup\nB. can"}.get(family, "What is it?")
        answer = {"grounding": "[0.1, 0.2, 0.5, 0.6]", "scienceqa": "A"}.get(family, "cup")
        link, folder = PLACES[family]
        name = "n01440764_{}.JPEG" if family == "imagenet" else "{}.jpg"
        images = [f"{link}/{folder}/{name.format(i)}" for i in range(2)]
        key = "answer_bbox" if tested.rule == "box" else "answer"
        conversations = [row(image, f"<image>\n{asked}", answer) for image in images]
        questions: list[dict[str, object]] = [
            {"question_id": str(i), "image": image, "text": asked, key: answer}
            for i, image in enumerate(images)
        ]
        if family == "scienceqa":  # text alone
            conversations.append(row([], asked, "B"))
            questions.append({"question_id": "2", "text": asked, "answer": "B"})
        yield training.files[0], conversations
        yield tested.file, questions


def _several() -> list[dict[str, object]]:
    """A row of each of M4-Instruct's families, every other one with options."""
    rows = []
    for number, reader in enumerate(datasets()["interleave-bench"].questions.values()):
        assert isinstance(reader, M4)
        choices = ["Left image", "Right image"] if number % 2 == 0 else []
        images = [f"own/{i}.png" for i in range(2)]
        about = {
            "dataset": reader.datasets[0],
            "question_type": "multi-choice" if choices else "open-ended",
        }
        rows.append(
            row(images, "<image><image>\nWhich?", "Left image", choice_list=choices, metadata=about)
        )
    return rows


def _vmcbench(start: int) -> bytes:
    options = dict(zip("ABCD", ("cup", "can", "jar", "tin"), strict=True))
    categories = ("OCRVQA", "TextVQA", "ScienceQA", "VQAv2", "GQA", "VizWiz")
    return _parquet(
        [
            {"index": 10 * start + i, "question": f"What {i}?", "answer": "B", "category": name}
            | options
            | {"image": {"bytes": image(i % 3), "path": "x.png"}}
            for i, name in enumerate(categories)
        ]
    )


def _mmstar() -> bytes:
    categories = (
        *("coarse perception", "fine-grained perception", "instance reasoning"),
        *("logical reasoning", "science & technology", "math"),
    )
    return _parquet(
        [
            {
                "index": i,
                "question": f"Which {i}?\nOptions: A: one, B: two",
                "answer": "AB"[i % 2],
                "category": name,
                "l2_category": f"axis of {name}",
                "image": image(i % 3),
                "meta_info": {"source": "own"},
            }
            for i, name in enumerate(categories)
        ]
    )


def _json(rows: object) -> bytes:
    return json.dumps(rows).encode()


def _zip(name: str) -> bytes:
    """An archive of two images of this name, and of much that no row needs."""
    images = {name.format(number): image(number) for number in range(2)}
    return zipped({name.format("spare"): SPARE} | images)


def _parquet(rows: list[dict[str, object]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()
