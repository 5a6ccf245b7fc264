"""Tiny stand-ins of the study's sets and weights, as files by name, in their published shapes."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    """A tar archive of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def split(
    members: dict[str, bytes], stem: str, at: tuple[int, ...], zip64: bool = False
) -> dict[str, bytes]:
    """A zip archive in parts as `zip -s` makes them, by file name: cut at these places, the
    directory in the last part, its places counted from the beginning of each part."""
    whole = zipped(members)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        infos, start = archive.infolist(), archive.start_dir
    data = b"PK\x07\x08" + whole[:start]
    cuts = [0, *at, len(data)]
    pieces = [data[cuts[i] : cuts[i + 1]] for i in range(len(cuts) - 1)]
    last = len(pieces) - 1
    entries = b""
    for info in infos:
        place = info.header_offset + 4
        part = max(i for i in range(len(pieces)) if cuts[i] <= place)
        name, fields, extra = info.filename.encode(), [info.compress_size, info.file_size], b""
        if zip64:
            here = place - cuts[part]
            extra = struct.pack("<2H3QL", 1, 28, info.file_size, info.compress_size, here, part)
            fields, place = [0xFFFFFFFF] * 2, 0xFFFFFFFF + cuts[part]
        entries += struct.pack(
            *("<4s6HL2L5H2L", b"PK\x01\x02", 45, 45, 0, 8, 0, 33, info.CRC, *fields),
            *(len(name), len(extra), 3, 0xFFFF if zip64 else part, 0, 0, place - cuts[part]),
        )
        entries += name + extra + b"ok!"
    place, end = len(pieces[last]), b""
    count, size = len(infos), len(entries)
    if zip64:
        fields64 = (44, 45, 45, last, last, count, count, size, place)
        end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", *fields64)
        end += struct.pack("<4sLQL", b"PK\x06\x07", last, place + size, last + 1)
        count, size, place = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    end += struct.pack("<4s4H2LH", b"PK\x05\x06", last, last, count, count, size, place, 0)
    pieces[last] += entries + end
    names = [*(f"{stem}.z{number:02}" for number in range(1, last + 1)), f"{stem}.zip"]
    return dict(zip(names, pieces, strict=True))


def model(folder: Path) -> dict[str, bytes]:
    """The files of a model folder, and beside them what a repository has that can run code."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return files | {"pytorch_model.bin": b"a pickle", "modeling_own.py": b"raise SystemExit"}


def image(red: int) -> bytes:
    """A PNG file of 4x4 pixels."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), (red, 30, 30)).save(buffer, "PNG")
    return buffer.getvalue()


def row(image: str | list[str], prompt: str, reply: str, **more: object) -> dict[str, object]:
    """A row as LLaVA lays them out."""
    turns = [{"from": "human", "value": prompt}, {"from": "gpt", "value": reply}]
    return {"image": image, "conversations": turns} | more


def blip558k() -> dict[str, bytes]:
    """Of liuhaotian/LLaVA-Pretrain: two captions."""
    rows = [row(f"00/{i}.jpg", "Say it.\n<image>", f"thing {i}", id=f"{i}") for i in range(2)]
    return {
        "blip_laion_cc_sbu_558k.json": json.dumps(rows).encode(),
        "images.zip": zipped({f"00/{i}.jpg": image(i) for i in range(2)}),
    }


def allava() -> dict[str, bytes]:
    """Of FreedomIntelligence/ALLaVA-4V: a caption for each of two chunks of images, each of which
    has a folder of its own inside."""
    rows = [row(f"allava_laion/images/{i}.jpeg", "<image>\nSay.", f"thing {i}") for i in range(2)]
    chunks = {
        f"allava_laion/image_chunks/images_{i}.zip": zipped({f"images_{i}/{i}.jpeg": image(i)})
        for i in range(2)
    }
    return {
        "allava_laion/ALLaVA-Caption-LAION-4V.json": json.dumps(rows).encode(),
        "allava_vflan/ALLaVA-Caption-VFLAN-4V.json": b"[]",
        **chunks,
    }


def coin() -> dict[str, bytes]:
    """Of Zacks-Chen/CoIN: a row of VQAv2 in two wordings, its image in COCO 2014."""
    rows = {
        kind: [row("COCO2014/train2014/x.jpg", f"<image>\n{kind}: what is it?", "cup")]
        for kind in ("Original", "Diverse")
    }
    return {
        f"Instructions_{kind}/VQAv2/train.json": json.dumps(told).encode()
        for kind, told in rows.items()
    }


def m4() -> dict[str, bytes]:
    """Of lmms-lab/M4-Instruct-Data: a row of NIGHTS, its images in an archive of two parts."""
    told = row(
        ["dreamsim/a.png", "dreamsim/b.png"],
        "<image><image>\nWhich?",
        "Left image",
        sample_id=0,
        choice_list=["Left image", "Right image"],
        metadata={"dataset": "dreamsim", "question_type": "multi-choice"},
    )
    members = {f"dreamsim/{name}.png": image(ord(name)) for name in "ab"}
    return {
        "m4_instruct_annotations.json": json.dumps([told]).encode(),
        "m4_instruct_video.json": b"[]",
        **split(members, "dreamsim_split", (60,)),
    }


def vmcbench() -> dict[str, bytes]:
    """Of suyc21/VMCBench: a row of dev and one of test."""
    options = dict(zip("ABCD", ("cup", "can", "jar", "tin"), strict=True))
    files = {}
    for index, part in enumerate(("dev", "test")):
        told = {"index": index, "question": "What?", "answer": "B", "category": "VQAv2"}
        held = {"image": {"bytes": image(index), "path": "x.png"}}
        files[f"data/{part}-00000-of-00001.parquet"] = _parquet(told | options | held)
    return files


def mmstar() -> dict[str, bytes]:
    """Of Lin-Chen/MMStar: one row."""
    about = {"category": "math", "l2_category": "geometry", "image": image(1)}
    told = {"index": 3, "question": "Which?\nOptions: A: one, B: two", "answer": "B"}
    return {"mmstar.parquet": _parquet(told | about | {"meta_info": {"source": "own"}})}


BUILDER = """
import elsewhere
raise SystemExit("ran")
reflexive_token_ids = [3, 5]
class Model:
    def build_prism_stage_2_prompt(self, question, description, task):
        role = 'Reason {well}.\\n\\n'
        if not self.enable_thinking:
            if 'mmstar' in task:
                post_prompt = '\\nThe letter.'
            else:
                assert False, 'x'
        else:
            if 'mmstar' in task:
                post_prompt = '\\nStep by step.'
            else:
                assert False, 'x'
        return role + description + question + post_prompt
"""
"""The reasoning modules' prompt and the tokens that thinking may not use, in the official file's
shape and in other words."""

TEACHER = """
import elsewhere
raise SystemExit("ran")
def build_qa_statement_prompt(conversations):
    task_prompt = "Say {it} as sentences."
    for i in range(0, len(conversations), 2):
        task_prompt += f"\\nQ{int(i/2)+1}: {conversations[i]['value']}"
        task_prompt += f"\\nA: {conversations[i+1]['value']}"
    if len(conversations) != 2:
        task_prompt += f"\\nWrite {int(len(conversations) / 2)} of them."
    task_prompt += f"\\nSentences:"
    return task_prompt

def main(batches):
    prompts = [build_qa_statement_prompt(batch) for batch in batches]
    for number, statements in enumerate(elsewhere.replies(prompts)):
        prompt = "Describe {it}."
        prompt += f"\\nHold these.\\n"
        prompt += statements
        prompt += "\\nText:"
"""
"""The teacher's two prompts, in the official file's shape and in other words."""


def official(questions: int) -> dict[str, bytes]:
    """Of the paper's own repository: its prompts in other words, a phrase for each question."""
    phrases = {str(index): f"thing {index}" for index in range(questions)}
    return {
        "LICENSE": b"own",
        "lmms_eval_custom_files/mmstar/question_specific_info_qwen3_8B.json": json.dumps(
            phrases
        ).encode(),
        "lmms_eval_custom_files/mmstar/stage_1_utils.py": b"prompt_prefix = 'Tell all, above all '",
        "lmms_eval_custom_files/mmstar/stage_2_utils.py": b"",
        "lmms_eval_custom_files/qwen3.py": BUILDER.encode(),
        "visual_extraction_tuning_pipeline.py": TEACHER.encode(),
    }


def _parquet(told: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([told]), buffer)
    return buffer.getvalue()
