"""Folders of others: what they may hold is loaded, everything else is one line and runs nothing."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from downscaling.errors import ModelError
from downscaling.models import bounded
from downscaling.models.assemble import (
    assemble,
    load_language_model,
    load_tokenizer,
    load_tower,
    load_vision_language_model,
    save,
)
from downscaling.models.dialogue import fit_template, request
from downscaling.models.folder import INDEX, SINGLE, check_texts
from downscaling.planning.architectures import folder_config

HOME = Path(__file__).parents[2]
Spoil = Callable[[Path], Any]


def values(**changed: Any) -> Spoil:
    """Change keys of config.json; a value of None in a dotted name's place is kept as null."""

    def spoil(folder: Path) -> None:
        rewrite(folder / "config.json", **changed)

    return spoil


def rewrite(file: Path, **changed: Any) -> None:
    """Change keys of a JSON file."""
    held = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(held | changed))


def in_file(name: str, **changed: Any) -> Spoil:
    """Change keys of another JSON file."""
    return lambda folder: rewrite(folder / name, **changed)


def content(name: str, data: bytes) -> Spoil:
    """Write a file."""
    return lambda folder: (folder / name).write_bytes(data)


def tensors(change: Callable[[dict[str, torch.Tensor]], Any]) -> Spoil:
    """Change the weights."""

    def spoil(folder: Path) -> None:
        held = load_file(folder / SINGLE)
        change(held)
        save_file(held, folder / SINGLE, metadata={"format": "pt"})

    return spoil


def header(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Change what the header of the weights says, and nothing else."""

    def spoil(folder: Path) -> None:
        data = (folder / SINGLE).read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        about = json.loads(data[8 : 8 + length])
        change(about)
        written = json.dumps(about).encode()
        (folder / SINGLE).write_bytes(
            struct.pack("<Q", len(written)) + written + data[8 + length :]
        )

    return spoil


def shard(folder: Path) -> dict[str, str]:
    """Cut the weights in two shards with an index; what it lists."""
    held = load_file(folder / SINGLE)
    (folder / SINGLE).unlink()
    names = sorted(held)
    listed = {}
    for number, part in enumerate((names[::2], names[1::2]), 1):
        file = f"model-0000{number}-of-00002.safetensors"
        save_file({name: held[name] for name in part}, folder / file, metadata={"format": "pt"})
        listed |= dict.fromkeys(part, file)
    write_index(folder, listed)
    return listed


def write_index(folder: Path, listed: Any) -> None:
    """Write the index of shards."""
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": listed}))


def listed_as(name: str) -> Spoil:
    """Shards of which the index names one otherwise; the file is there, under that name too."""

    def spoil(folder: Path) -> None:
        listed = shard(folder)
        first = sorted(listed)[0]
        outside = folder.parent / "outside.safetensors"
        save_file({first: torch.ones(1)}, outside)
        write_index(folder, listed | {first: str(outside) if name == "absolute" else name})

    return spoil


def swapped(folder: Path) -> None:
    """Give each shard the other's name."""
    shard(folder)
    one, two = sorted(folder.glob("model-*.safetensors"))
    aside = one.rename(folder / "aside")
    two.rename(one)
    aside.rename(two)


def truncated(folder: Path) -> None:
    """Cut the second shard."""
    shard(folder)
    two = sorted(folder.glob("model-*.safetensors"))[1]
    two.write_bytes(two.read_bytes()[:-7])


def without_one(folder: Path) -> None:
    """Remove the second shard."""
    shard(folder)
    sorted(folder.glob("model-*.safetensors"))[1].unlink()


def twice(folder: Path) -> None:
    """Put a weight into both shards."""
    listed = shard(folder)
    one, two = sorted(folder.glob("model-*.safetensors"))
    both = load_file(one) | load_file(two)
    save_file(both, two)
    write_index(folder, dict.fromkeys(listed, two.name) | {min(listed): one.name})


def lacking(folder: Path) -> None:
    """List a weight that no shard has."""
    write_index(folder, shard(folder) | {"model.more.weight": "model-00001-of-00002.safetensors"})


def linked_out(folder: Path) -> None:
    """Have the weights elsewhere."""
    outside = folder.parent / "outside.safetensors"
    shutil.move(folder / SINGLE, outside)
    (folder / SINGLE).symlink_to(outside)


def as_folder(name: str) -> Spoil:
    """A folder in a file's place."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return spoil


def as_pipe(folder: Path) -> None:
    """A pipe that nobody writes to."""
    (folder / "tokenizer.json").unlink()
    os.mkfifo(folder / "tokenizer.json")


def pickled(folder: Path) -> None:
    """Weights in a pickle alone."""
    torch.save(load_file(folder / SINGLE), folder / "pytorch_model.bin")
    (folder / SINGLE).unlink()


def gguf(folder: Path) -> None:
    """Weights as GGUF alone."""
    (folder / SINGLE).rename(folder / "model.gguf")


def more_tokens(folder: Path) -> None:
    """A tokenizer of a larger vocabulary than the embeddings."""
    tokenizer = load_tokenizer(folder)
    tokenizer.add_tokens([f"<more-{number}>" for number in range(20)])
    tokenizer.save_pretrained(folder)


def shorter(held: dict[str, torch.Tensor]) -> None:
    """Cut a row of the embeddings off."""
    held["model.embed_tokens.weight"] = held["model.embed_tokens.weight"][:-1].clone()


def whole_numbers(kind: torch.dtype) -> Spoil:
    """Weights as whole numbers, as a quantised model has them."""
    return tensors(lambda held: held.update({k: v.to(kind) for k, v in held.items()}))


OWN = {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"}
SHARD = "model-0000"
CASES: dict[str, tuple[Spoil, str]] = {
    "index-above": (listed_as("../outside.safetensors"), r"'\.\./outside.safetensors', which is"),
    "index-absolute": (listed_as("absolute"), "is said to lie in '/"),
    "index-pickle": (listed_as("pytorch_model.bin"), "'pytorch_model.bin', which is refused"),
    "index-number": (listed_as(7), "in 7, which is refused"),  # type: ignore[arg-type]
    "index-nul": (listed_as("a\0.safetensors"), "which is refused"),
    "index-list": (lambda f: (shard(f), write_index(f, [1])), "weight_map lists no weights"),
    "index-empty": (lambda f: (shard(f), write_index(f, {})), "weight_map lists no weights"),
    "index-torn": (lambda f: (shard(f), content(INDEX, b'{"we')(f)), f"{INDEX}: damaged"),
    "index-and-single": (content(INDEX, b"{}"), "remove the one that is outdated"),
    "shard-missing": (without_one, f"{SHARD}2-of-00002.safetensors: no such file"),
    "shard-truncated": (truncated, f"{SHARD}2-of-00002.safetensors: damaged"),
    "shards-swapped": (swapped, "is said to lie in model-0000.*, which lacks it"),
    "weight-twice": (twice, "safetensors: holds .*, as model-00001"),
    "weight-lacking": (lacking, "model.more.weight is said to lie in"),
    "linked-out": (linked_out, f"{SINGLE}: a link out of its folder, to "),
    "pickle": (pickled, "holds pytorch_model.bin and no model.safetensors; only safetensors"),
    "gguf": (gguf, "holds model.gguf and no model.safetensors"),
    "no-weights": (lambda f: (f / SINGLE).unlink(), "no weights here"),
    "weights-empty": (content(SINGLE, b""), f"{SINGLE}: damaged"),
    "weights-folder": (as_folder(SINGLE), f"{SINGLE}: no file"),
    "header-huge": (content(SINGLE, struct.pack("<Q", 100 << 30) + b"{}"), f"{SINGLE}: damaged"),
    "header-overlap": (
        header(lambda h: h["model.norm.weight"].update(data_offsets=[0, 96])),
        f"{SINGLE}: damaged",
    ),
    "header-beyond": (
        header(lambda h: h["model.norm.weight"].update(shape=[1 << 60])),
        f"{SINGLE}: damaged",
    ),
    "header-text": (
        header(lambda h: h["model.norm.weight"].update(dtype="PICKLE")),
        f"{SINGLE}: damaged",
    ),
    "int8": (whole_numbers(torch.int8), "is I8, quantised or no weight at all"),
    "fp8": (whole_numbers(torch.float8_e4m3fn), "is F8_E4M3, quantised or no weight"),
    "wrong-shape": (tensors(shorter), "cannot be loaded|weights mismatched"),
    "renamed": (tensors(lambda h: h.update({"x.weight": h.pop("model.norm.weight")})), "weights"),
    "quantised": (values(quantization_config={"quant_method": "gptq"}), "quantised weights are"),
    "adapter": (
        content("adapter_config.json", b'{"base_model_name_or_path": "/elsewhere"}'),
        "an adapter, whose base lies elsewhere; merge it",
    ),
    "hidden-1e12": (values(hidden_size=10**12), "hidden_size: given 1000000000000; allowed"),
    "hidden-large": (values(hidden_size=1 << 22), "config.json: describes .* weights, and the"),
    "vocabulary-large": (values(vocab_size=1 << 30), "config.json: describes "),
    "layers-1e9": (values(num_hidden_layers=10**9), "num_hidden_layers: given 1000000000; all"),
    "hidden-text": (values(hidden_size="wide"), "cannot be loaded"),
    "hidden-negative": (values(hidden_size=-24), "cannot be loaded"),
    "hidden-zero": (values(num_attention_heads=0), "cannot be loaded"),
    "config-list": (content("config.json", b"[]"), "config.json: holds no keys with values"),
    "config-empty": (content("config.json", b""), "config.json: damaged"),
    "config-latin": (content("config.json", b'{"a": "\xe9"}'), "config.json: damaged"),
    "config-deep": (content("config.json", b'{"a":' + b"[" * 99_999), "config.json: damaged"),
    "config-folder": (as_folder("config.json"), "config.json: no file"),
    "type-unknown": (values(model_type="own"), "config.json: model_type is 'own', which this"),
    "type-none": (values(model_type=None), "config.json: model_type is None, which this"),
    "type-other": (values(model_type="siglip_vision_model"), "cannot be loaded|weights"),
    "own-code": (
        values(model_type="own", auto_map=OWN),
        "contains custom code, which is never run",
    ),
    "own-tokenizer": (
        in_file(
            "tokenizer_config.json",
            tokenizer_class="Own",
            auto_map={"AutoTokenizer": ["own.Own", None]},
        ),
        "tokenizer_class is 'Own'; the folder contains custom code",
    ),
    "kernel": (values(attn_implementation="own/kernel"), "code from elsewhere, which is never"),
    "other-weights": (values(transformers_weights="../outside.safetensors"), "chosen by name"),
    "other-vocabulary": (
        in_file("tokenizer_config.json", tokenizer_file="/elsewhere/tokenizer.json"),
        "tokenizer_file is '/elsewhere/tokenizer.json'; allowed: a file beside it",
    ),
    "other-version": (
        in_file("tokenizer_config.json", fast_tokenizer_files=["../../tokenizer.4.0.json"]),
        "fast_tokenizer_files is '../../tokenizer.4.0.json'",
    ),
    "tokenizer-empty": (content("tokenizer.json", b""), "tokenizer.json: damaged"),
    "tokenizer-pipe": (as_pipe, "tokenizer.json: no file"),
    "tokenizer-larger": (more_tokens, "the tokenizer has a token .*, and the embeddings have"),
    "generation-torn": (content("generation_config.json", b"{"), "generation_config.json: damaged"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_checkpoint_is_one_line(
    language_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Catches code that a model brings along, which transformers offers to run and `yes |` accepts;
    files elsewhere that an index or a configuration has opened; other weights than the index says;
    memory that is taken for what a configuration claims; and a traceback."""
    spoil, problem = CASES[case]
    folder = shutil.copytree(language_model, tmp_path / "model")
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    spoil(folder)
    monkeypatch.setattr("builtins.input", lambda *_: "yes")
    with pytest.raises(ModelError, match=problem) as caught:
        load_language_model(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)
    assert len(str(caught.value)) < 500
    assert not (tmp_path / "ran").exists()


def test_what_is_sound_is_loaded(language_model: Path, tmp_path: Path) -> None:
    """Catches a refusal of shards, of half precision, of the hub's own cache of links, of a known
    model that also carries code, which nobody runs, and a random state that looking leaves
    behind."""
    weights = load_language_model(language_model)[0].state_dict()
    shards = shutil.copytree(language_model, tmp_path / "shards")
    shard(shards)
    values(auto_map=OWN)(shards)
    (shards / "own.py").write_text("raise SystemExit('ran')")
    (shards / "extra.bin").write_bytes(b"a pickle that nobody opens")
    cache = tmp_path / "models--a--b"
    (cache / "snapshots").mkdir(parents=True)
    shutil.copytree(language_model, cache / "blobs")
    snapshot = cache / "snapshots" / "0123"
    snapshot.mkdir()
    for file in (cache / "blobs").iterdir():
        (snapshot / file.name).symlink_to(f"../../blobs/{file.name}")
    for folder in (shards, snapshot):
        torch.manual_seed(1)
        before = torch.get_rng_state()
        loaded = load_language_model(folder)[0].state_dict()
        assert torch.equal(torch.get_rng_state(), before)
        assert loaded.keys() == weights.keys()
        assert all(torch.equal(loaded[name], weights[name]) for name in weights)


@pytest.mark.parametrize(
    "case", ["own-code", "adapter", "linked-out", "hidden-1e12", "index-above"]
)
def test_a_hostile_tower_is_one_line(tower: Path, tmp_path: Path, case: str) -> None:
    """Catches a door that another loader leaves open."""
    folder = shutil.copytree(tower, tmp_path / "tower")
    CASES[case][0](folder)
    with pytest.raises(ModelError, match=CASES[case][1]):
        load_tower(folder)
    if case in ("own-code", "adapter", "hidden-1e12"):
        with pytest.raises(ModelError, match=CASES[case][1]):
            folder_config(folder)


def test_a_study_s_own_model_is_whole(language_model: Path, tower: Path, tmp_path: Path) -> None:
    """Catches a model whose images stand under another token than its tokenizer writes, one of
    another kind, and settings of another form."""
    save(*assemble(language_model, tower, "base", seed=0), tmp_path / "model")
    for name, changed, problem in (
        ("config.json", {"image_token_id": 5, "image_token_index": 5}, "has image_token_id 5"),
        ("config.json", {"model_type": "qwen3"}, "cannot be loaded|weights"),
        ("preprocessing.json", {}, "cannot be loaded"),
    ):
        folder = shutil.copytree(tmp_path / "model", tmp_path / f"spoilt-{name}-{len(changed)}")
        if changed:
            rewrite(folder / name, **changed)
        else:
            (folder / name).write_text("[]")
        with pytest.raises(ModelError, match=problem) as caught:
            load_vision_language_model(folder)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "template",
    [
        "{% for",
        "{{ messages.__class__.__mro__ }}{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ messages[0].role.nothing.more }}",
        "{{ messages[0].content + 1 }}",
        "{{ raise_exception('no') }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{{ cycler.__init__.__globals__.os.popen('touch ran') }}",
    ],
)
def test_a_hostile_template_is_one_line(
    language_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    """Catches a template that reaches Python, and a traceback of jinja2."""
    folder = shutil.copytree(language_model, tmp_path / "model")
    (folder / "chat_template.jinja").write_text(template)
    monkeypatch.chdir(tmp_path)
    tokenizer = load_tokenizer(folder)
    for ask in (lambda: request(tokenizer, "why?", False), lambda: fit_template(tokenizer)):
        with pytest.raises(ModelError, match="the chat template ") as caught:
            ask()
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}"
ENDS = "{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    "template",
    [
        f"{LOOP}{ENDS}",
        f"{LOOP}text{ENDS}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) ~ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}",
        "{{ 7 ** (7 ** (7 ** 7)) }}",
        "{{ 'text' * 10 ** 9 }}",
        "{{ 'text' | center(10 ** 9) }}",
        "{{ 'text' * 5000000 }}",
        f"{{% if messages | length == 3 %}}{LOOP}{ENDS}{{% endif %}}text",
    ],
)
def test_a_template_without_an_end_is_one_line(
    language_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    """Catches a job that hangs, or takes all memory, in a template of a fetched model."""
    monkeypatch.setattr(bounded, "SECONDS", 1)
    folder = shutil.copytree(language_model, tmp_path / "model")
    (folder / "chat_template.jinja").write_text(template)
    with pytest.raises(ModelError) as caught:
        fit_template(load_tokenizer(folder))
    assert re.fullmatch(
        rf"{folder}: the chat template takes more than 10 s, 1 GB or 10,000,000 characters for "
        r"[35] messages; give another",
        str(caught.value),
    )


def test_no_loader_leaves_remote_code_to_a_question() -> None:
    """Catches a call that lets transformers ask, in any module, and a pickle that is loaded."""
    calls = []
    for file in sorted((HOME / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                calls.append((f"{file.name}:{node.lineno}", ast.unparse(node.func), node))
    loads = [
        (place, name, node)
        for place, name, node in calls
        if name.endswith((".from_pretrained", ".from_config"))
        and name != "Preprocessor.from_pretrained"
    ]
    assert len(loads) >= 10
    for place, name, node in loads:
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        assert given.get("trust_remote_code") == "False", f"{place}: {name}"
    unsafe = {"torch.load", "pickle.load", "pickle.loads", "datasets.load_dataset"}
    assert [(place, name) for place, name, _ in calls if name in unsafe] == []


def test_a_folder_of_texts_alone_is_looked_at(tmp_path: Path) -> None:
    """Catches a folder that is not there, which is told later by who needs it."""
    check_texts(tmp_path / "nothing")
