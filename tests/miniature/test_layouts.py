"""The miniature on disk: the published layouts, the truth beside them, and no shared scene."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import prepared
from downscaling.catalogue.datasets import families, question_reader, training_sets
from downscaling.catalogue.readers import Coin
from downscaling.data.load_image import load_image
from downscaling.errors import UserError
from downscaling.miniature import sets, training_layouts, truth
from downscaling.miniature.families import SINGLE
from downscaling.miniature.items import Example
from downscaling.miniature.picture import render
from downscaling.miniature.sets import Rendering
from downscaling.miniature.several import SEVERAL
from downscaling.miniature.world import Scene
from downscaling.prompts.miniature import PROMPTS as MINIATURE
from downscaling.records.files import digest, read
from downscaling.records.rows import Description, Fact, Question, Sample
from rendering import TRUTH, changed, render_to

Prepared = Callable[[str], list[Any]]
FAMILIES = families()
SETS = training_sets(rendered=True)


@pytest.fixture(scope="module")
def trained(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Reads a training set through its adapter, which must leave nothing out."""
    out = tmp_path_factory.mktemp("data")

    def records(name: str) -> list[Any]:
        source = next(source for source, names in SETS.items() if name in names)
        assert prepared.train(name, rendered / "raw" / source, out / name) == []
        return read(out / name, Sample)

    return records


@pytest.fixture(scope="module")
def tested(rendered: Path) -> Prepared:
    """Reads a family's or a benchmark's questions through its adapter, leaving none out."""

    def records(name: str) -> list[Any]:
        known = {names: source for source, names in TRUTH.items()}
        known |= {name: source for source, names in SETS.items() for name in names}
        out = rendered / "data" / name
        source = rendered / "raw" / known[name]
        if name in FAMILIES:
            assert prepared.questions(name, source, out / "test.parquet") == []
        else:
            assert prepared.benchmark(name, source, out) == []
        return read(out / "test.parquet", Question)

    return records


def smaller(settings: Rendering, **change: Any) -> Rendering:
    """The settings with two rows of two sets and one question each, changed."""
    few = {"train": {"gqa": 2, "puzzle": 2}, "test": 1, "in_domain": 1, "out_of_domain": 1}
    return changed(settings, **few | change)


def test_a_seed_gives_the_same_bytes_and_another_gives_others(
    settings: Rendering, tmp_path: Path
) -> None:
    """Catches timestamps, hash order or global random state in any file that is written."""
    digests = []
    for number, seed in enumerate((3, 3, 4)):
        render_to(tmp_path / str(number), smaller(settings, seed=seed))
        files = sorted(p for p in (tmp_path / str(number)).rglob("*") if p.is_file())
        digests.append({p.relative_to(tmp_path / str(number)): digest(p) for p in files})
    assert digests[0] == digests[1]
    assert digests[0].keys() == digests[2].keys()
    pictures = [path for path in digests[0] if path.suffix == ".png"]
    assert all(digests[0][path] != digests[2][path] for path in pictures)


def test_rendering_again_leaves_nothing_of_before(settings: Rendering, tmp_path: Path) -> None:
    """Catches images of an earlier, larger rendering that stay behind."""
    for test in (3, 1):
        render_to(tmp_path, smaller(settings, test=test))
    assert len(list((tmp_path / "raw/coin/images/GQA/test").iterdir())) == 1


def test_another_set_changes_no_set(settings: Rendering) -> None:
    """Catches sets that draw from one generator: all would change when one is added."""
    alone = sets.training("gqa", smaller(settings, train={"gqa": 5}), set())
    assert alone == sets.training("gqa", settings, set())[:5]
    assert alone != sets.training("gqa", changed(settings, **{"seed": 4}), set())[:5]
    tests, fewer = sets.tests(settings), sets.tests(smaller(settings, test=8))
    assert tests.families == fewer.families


def test_train_and_evaluation_share_no_scene(settings: Rendering) -> None:
    """Catches a test scene among the training scenes, in however many sets."""
    many = changed(
        settings, **{"train": dict.fromkeys(settings.data.train, 120), "test": 60, "in_domain": 40}
    )
    taken = sets.tests(many).contents()
    met = 0
    for name in many.data.train:
        rows = sets.training(name, many, taken)
        assert len(rows) == 120
        assert not any(sets.content(world) in taken for row in rows for world in row.scenes)
        free = sets.training(name, many, set())
        met += sum(sets.content(world) in taken for row in free for world in row.scenes)
    assert met > 50  # without the check they do meet


def test_what_is_written_shares_no_scene_either(rendered: Path) -> None:
    """Catches files that hold other scenes than those that were checked."""
    contents: dict[str, set[str]] = {"train": set(), "test": set()}
    for line in (rendered / "truth" / "scenes.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        world = told["scene"]
        for thing in world["things"]:
            del thing["dx"], thing["dy"]
        sign = world["sign"] and (world["sign"]["cell"], world["sign"]["digits"])
        what = [world["things"], sign, world["background"], world["quality"], world["covered"]]
        contents["test" if "/test/" in told["image"] else "train"].add(json.dumps(what))
    assert len(contents["train"]) > 500
    assert len(contents["test"]) > 150
    assert not contents["train"] & contents["test"]


def test_every_image_shows_its_scene(settings: Rendering, rendered: Path, tested: Prepared) -> None:
    """Catches images saved under another's name, in another order, or loaded with other pixels."""

    def shows(image: str, scene: Scene) -> bool:
        return load_image(rendered / image).tobytes() == render(scene).tobytes()

    known = truth.read(rendered / "truth" / "scenes.jsonl")
    raw = {f"raw/{p.relative_to(rendered / 'raw')}" for p in (rendered / "raw").rglob("*.png")}
    assert known.keys() == raw
    assert all(shows(image, held.scene) for image, held in known.items())
    tests = sets.tests(settings)
    drawn: dict[str, list[Example]] = dict(tests.families)
    drawn["in-domain"] = [e for examples in tests.in_domain.values() for e in examples]
    drawn["out-of-domain"] = [e for examples in tests.out_of_domain.values() for e in examples]
    for name, examples in drawn.items():
        for question, example in zip(tested(name), examples, strict=True):
            assert question.text == example.items[0].text
            for image, scene in zip(question.images, example.scenes, strict=True):
                assert shows(image, scene), question


def test_handwriting_of_tests_is_kept_from_training(rendered: Path) -> None:
    """Catches tests that are read in handwriting which training has shown."""
    for line in (rendered / "truth" / "scenes.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        if told["scene"]["sign"]:
            half = "test" if "/test/" in told["image"] else "train"
            assert told["scene"]["sign"]["half"] == half


def test_tests_that_leave_no_scene_are_an_error(
    settings: Rendering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a rendering that never ends."""

    class Everything(set[Any]):
        def __contains__(self, item: object) -> bool:
            return True

    monkeypatch.setattr(sets, "_PATIENCE", 20)
    with pytest.raises(UserError, match="gqa: tests leave no scene to train on"):
        sets.training("gqa", settings, Everything())


def test_rows_have_the_keys_of_the_published_files(rendered: Path) -> None:
    """Catches a layout of our own, which no adapter of a real download would read."""

    def rows(path: str) -> list[dict[str, Any]]:
        return json.loads((rendered / "raw" / path).read_text("utf-8"))  # type: ignore[no-any-return]

    for task in training_layouts.TASKS.values():
        for row in rows(f"coin/{task}/train.json"):
            assert row.keys() in ({"image", "conversations"}, {"conversations"})
    for family in SINGLE:
        reader = question_reader(family, rendered=True)
        assert isinstance(reader, Coin)
        answer = ("answer_bbox", "size") if reader.rule == "box" else ("answer",)
        for row in rows(f"coin/{reader.file}"):
            assert list(row) == ["question_id", "image", "text", *answer]
    text_only = [row for row in rows("coin/ScienceQA/train.json") if "image" not in row]
    assert 3 <= len(text_only) <= 15
    assert not any("<image>" in part["value"] for row in text_only for part in row["conversations"])
    for row in rows("m4/m4_instruct_annotations.json") + rows("m4/m4_instruct_test.json"):
        assert list(row) == ["sample_id", "conversations", "image", "choice_list", "metadata"]
        assert list(row["metadata"]) == [
            *("dataset", "split", "num_sample", "task_instruction", "question_type")
        ]
        places = sum(part["value"].count("<image>") for part in row["conversations"])
        assert places == len(row["image"]) > 1
    datasets = {row["metadata"]["dataset"] for row in rows("m4/m4_instruct_test.json")}
    assert {"NIGHTS", "PieAPP"} < datasets
    assert {tuple(row) for row in rows("blip558k/blip_laion_cc_sbu_558k.json")} == {
        ("id", "image", "conversations")
    }
    for row in rows("allava/ALLaVA-Caption-LAION-4V.json"):
        assert {"id", "image", "conversations"} <= row.keys()


def test_benchmarks_have_the_columns_of_the_published_files(rendered: Path) -> None:
    """Catches images stored another way than the real parquet files store them."""
    bench = pq.read_table(rendered / "raw/vmcbench/data/test-00000-of-00001.parquet")
    assert bench.column_names == [*("index", "question", *"ABCD", "answer", "category", "image")]
    assert {field.name for field in bench.schema.field("image").type} == {"bytes", "path"}
    assert bench["image"][0].as_py()["bytes"].startswith(b"\x89PNG")
    assert set(bench["category"].to_pylist()) == {
        *("OCRVQA", "TextVQA", "ScienceQA", "VQAv2", "GQA", "VizWiz")
    }
    star = pq.read_table(rendered / "raw/mmstar/mmstar.parquet").to_pylist()
    assert list(star[0]) == [
        *("index", "question", "image", "answer", "category", "l2_category", "meta_info")
    ]
    assert re.search(r"\nOptions: A: .+, B: .+, C: .+, D: .+$", star[0]["question"])
    assert len({(row["category"], row["l2_category"]) for row in star}) == 18


def test_every_training_set_passes_its_adapter(
    settings: Rendering, rendered: Path, trained: Prepared
) -> None:
    """Catches a set that the adapters of the real data would shorten or refuse."""
    for name, count in settings.data.train.items():
        samples = trained(name)
        assert len(samples) == count
        for sample in samples:
            assert all((rendered / image).is_file() for image in sample.images)
            assert not any("<image>" in turn.prompt for turn in sample.turns)


def test_turns_are_open_or_with_options_and_some_describe(settings: Rendering) -> None:
    """Catches instruct models that never saw options, open questions or the describing prompt."""
    many = changed(settings, **{"train": dict.fromkeys(settings.data.train, 300)})
    describing = MINIATURE.perceive.split("{focus}")[0]
    for family in (*SINGLE, *SEVERAL):
        turns = [turn for row in sets.training(family, many, set()) for turn in row.turns]
        told = [turn for turn in turns if turn.prompt.startswith(MINIATURE.detail)]
        asked = [turn for turn in turns if turn not in told]
        chosen = [turn for turn in asked if "\noptions: " in turn.prompt]
        for turn in chosen:
            assert turn.reply in turn.prompt.split("\noptions: ")[1].split(", ")
        assert all(turn.reply for turn in turns)
        if family == "grounding":
            assert not chosen
        else:
            assert 0.4 < len(chosen) / len(asked) < 0.6, family
        if family in SEVERAL or family in ("scienceqa", "imagenet"):
            assert not told
        else:
            assert 0.05 < len(told) / len(turns) < 0.15, family
            focused = sum(turn.prompt.startswith(describing) for turn in told)
            assert 0.25 < focused / len(told) < 0.8, family


def test_several_questions_share_an_image_in_training(trained: Prepared) -> None:
    """Catches one question an image, from which tiny models learn far less."""
    for family, (_, questions) in SINGLE.items():
        assert max(len(sample.turns) for sample in trained(family)) == questions


def test_letters_are_trained_where_letters_are_asked_for(settings: Rendering) -> None:
    """Catches a preset that answers by letters after training on texts."""
    lettered = changed(settings, answer_form="letter", train={"gqa": 60})
    turns = [turn for row in sets.training("gqa", lettered, set()) for turn in row.turns]
    chosen = [turn for turn in turns if "\nA. " in turn.prompt]
    assert len(chosen) > 60
    assert {turn.reply for turn in chosen} == set("ABCD")


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_passes_its_adapter(rendered: Path, tested: Prepared, name: str) -> None:
    """Catches tests with several questions an image, without options, or without their image."""
    questions = tested(name)
    assert len({question.id for question in questions}) == len(questions) == 8
    for question in questions:
        assert (question.benchmark, question.category) == ("families", name)
        assert len(question.images) == (1 if name in SINGLE else len(question.images)) > 0
        assert all((rendered / image).is_file() for image in question.images)
        assert "options:" not in question.text
        assert question.kind == ("box" if name == "grounding" else "choice")
    axes = {question.axis for question in questions}
    assert axes == ({"nights", "pieapp"} if name == "perceptual-similarity" else {""})


@pytest.mark.parametrize(("source", "benchmark"), TRUTH.items())
def test_benchmarks_agree_with_their_truth(
    rendered: Path, tested: Prepared, source: str, benchmark: str
) -> None:
    """Catches gold descriptions or facts of another question, and options lost on the way."""
    questions = tested(benchmark)
    gold = {
        entry.question: entry
        for entry in read(rendered / "truth" / benchmark / "gold.parquet", Description)
    }
    assert gold.keys() == {question.id for question in questions}
    assert len(questions) == (6 * 8 if benchmark == "in-domain" else 18 * 3)
    for question in questions:
        assert len(question.options) == 4
        assert all((rendered / image).is_file() for image in question.images)
        assert not gold[question.id].truncated
        assert gold[question.id].tokens >= 6
    facts = read(rendered / "truth" / benchmark / "facts.parquet", Fact)
    assert len({fact.question for fact in facts}) > 30
    for fact in facts:
        assert re.search(fact.states, gold[fact.question].text)
        assert not re.search(fact.misstates, gold[fact.question].text)


def test_a_benchmarks_answers_are_right(rendered: Path, tested: Prepared) -> None:
    """Catches letters that point at another option than the one that was drawn."""
    gold = {
        entry.question: entry.text
        for entry in read(rendered / "truth" / "in-domain" / "gold.parquet", Description)
    }
    checked = 0
    for question in tested("in-domain"):
        text = gold[question.id]
        if question.text == "what does the sign say?":
            assert f"sign says {question.gold} " in text
            checked += 1
        color = re.match(r"what color is the (\w+)\?", question.text)
        if color and question.gold != "unanswerable":
            assert f"{question.gold}-{color.group(1)} " in text
            checked += 1
    assert checked >= 4


def test_the_configurations_names_are_the_layouts() -> None:
    """Catches a family that is rendered under a name which no adapter or study knows."""
    assert (*SINGLE, *SEVERAL) == FAMILIES
    assert set(training_layouts.TASKS) == set(SINGLE)
    assert set(training_layouts.INSTRUCTIONS) == set(SEVERAL)
