"""Each step of the decoupled evaluation reads what it should; nothing else changes its result."""

from __future__ import annotations

import dataclasses
import itertools
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from downscaling.config.generation import Sampling
from downscaling.evaluation.end_to_end import answer
from downscaling.evaluation.perceive import perceive
from downscaling.evaluation.reason import reason
from downscaling.evaluation.vision_language import Tuned
from downscaling.extraction.focus_phrases import _phrase, observe
from downscaling.miniature import picture, questions, world
from downscaling.models.assemble import assemble, load_language_model
from downscaling.models.preprocess import Preprocessor
from downscaling.prompts.miniature import PROMPTS as MINIATURE
from downscaling.prompts.templates import Prompts
from downscaling.records.files import RecordError
from downscaling.records.rows import LETTERS, Description, Focus, Question, Turn
from downscaling.runtime.resume_log import ResumeLog

OBSERVE = (MINIATURE, 8, 3)
"""Templates, cap on tokens, batch size."""
PERCEIVE = OBSERVE
EVALUATE = (MINIATURE, "text", 8, 3)
"""Templates, form of answers, cap on tokens, batch size."""


def _reason(
    batch_size: int, seed: int = 0
) -> tuple[Prompts, str, Sampling, list[str], None, int, int]:
    """Templates, form of answers, sampling, suppressed words, none of the paper's, batch size,
    seed."""
    sampling = Sampling(temperature=1.0, top_p=1.0, top_k=0, max_new_tokens=8, thinking_budget=6)
    return MINIATURE, "text", sampling, ["wait"], None, batch_size, seed


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Question]]:
    """A folder with pictures and seven questions about them."""
    root, rng, held = tmp_path_factory.mktemp("root"), random.Random(3), []
    for number in range(7):
        scene = world.scene(rng)
        picture.render(scene).save(root / f"{number}.png")
        item = questions.ask("color", scene, rng)
        assert item
        letter = LETTERS[item.options.index(item.answer)]
        held.append(
            Question(
                f"q{number}",
                "in-domain",
                "vqav2",
                "",
                (f"{number}.png",),
                item.text,
                item.options,
                letter,
                "choice",
            )
        )
    return root, held


@pytest.fixture(scope="module")
def seeing(language_model: Path, tower: Path) -> Tuned:
    """An untrained vision-language model."""
    model, preprocessor = assemble(language_model, tower, "base", 0)
    return Tuned(model.eval(), preprocessor)


def _described(held: list[Question]) -> list[Description]:
    return [Description(q.id, f"red-ring top-left {q.id[1:]}.", 4, False) for q in held]


@pytest.mark.parametrize("mode", ["plain", "think"])
def test_an_answer_depends_on_its_question_and_seed_alone(
    language_model: Path, asked: tuple[Path, list[Question]], mode: Any
) -> None:
    """Catches sampling that shifts when a question is added, or a batch of another size."""
    model, tokenizer = load_language_model(language_model)
    held = asked[1]
    whole = reason(model, tokenizer, held, _described(held), mode, *_reason(7))
    alone = [
        reason(model, tokenizer, [q], _described(held), mode, *_reason(1))[0]
        for q in reversed(held)
    ]
    assert whole == alone[::-1]
    other = reason(model, tokenizer, held, _described(held), mode, *_reason(7, seed=1))
    assert [a.text for a in other] != [a.text for a in whole]
    if mode == "plain":
        assert all(a.thinking == "" for a in whole)


def test_a_reasoner_reads_the_description(
    language_model: Path, asked: tuple[Path, list[Question]]
) -> None:
    """Catches a prompt without the description: every perception module would score alike."""
    model, tokenizer = load_language_model(language_model)
    held = asked[1]
    changed = [Description(q.id, "no background.", 4, False) for q in held]
    one = reason(model, tokenizer, held, _described(held), "plain", *_reason(7))
    two = reason(model, tokenizer, held, changed, "plain", *_reason(7))
    assert [a.text for a in one] != [a.text for a in two]


def test_a_perception_module_reads_focus_and_image(
    seeing: Tuned, asked: tuple[Path, list[Question]]
) -> None:
    """Catches a description that ignores its question, or a batch that mixes up its images."""
    root, held = asked
    phrases = [Focus(q.id, f"the color of the {q.text.split()[-1][:-1]}") for q in held]
    whole = perceive(seeing, root, held, phrases, *PERCEIVE)
    single = [perceive(seeing, root, [q], phrases, *PERCEIVE)[0] for q in held]
    assert whole == single
    other = perceive(seeing, root, held, [Focus(q.id, "the background") for q in held], *PERCEIVE)
    assert [d.text for d in other] != [d.text for d in whole]


def test_a_blind_model_sees_no_image(
    seeing: Tuned, asked: tuple[Path, list[Question]], tmp_path: Path
) -> None:
    """Catches a blind evaluation that still opens images."""
    root, held = asked
    blind = answer(seeing, tmp_path / "nowhere", held, True, *EVALUATE)
    assert [a.question for a in blind] == [q.id for q in held]
    assert [a.text for a in answer(seeing, root, held, False, *EVALUATE)] != [a.text for a in blind]


def test_images_of_a_question_stand_in_its_text(
    seeing: Tuned, asked: tuple[Path, list[Question]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches places of a question that are lost on the way to the model, an option that spells a
    place and is given an image, and places without an image in a blind evaluation."""
    root, (first, second, *_) = asked
    within = dataclasses.replace(
        first,
        images=first.images + second.images,
        text="is <image> the color of <image> ?",
        options=("red", "<image>"),
        placed=2,
    )
    read: list[str] = []
    encode = Preprocessor.encode

    def encoded(preprocessor: Preprocessor, *given: Any) -> tuple[list[int], list[int]]:
        ids, labels = encode(preprocessor, *given)
        words = itertools.groupby(preprocessor.tokenizer.convert_ids_to_tokens(ids))
        read.append(" ".join(word for word, _ in words))
        return ids, labels

    monkeypatch.setattr(Preprocessor, "encode", encoded)
    for is_blind in (False, True):
        answer(seeing, root, [within], is_blind, *EVALUATE)
    assert "is <image> the color of <image> ? \n options: red , <unk>" in read[0]
    assert "<image>" not in read[1]


def test_images_in_front_are_joined_as_the_prompts_ask(
    seeing: Tuned, asked: tuple[Path, list[Question]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches images of a question that are joined in our way where the official one is asked for,
    and the other way round; images within a text that get a joint; a joint in a blind run."""

    class Joined(Prompts):
        def joint(self, question: Question) -> str:
            return " "

    joined = Joined(**vars(MINIATURE))
    root, (first, second, *_) = asked
    pair = dataclasses.replace(first, images=first.images + second.images)
    within = dataclasses.replace(pair, text="is <image> or <image> red ?", placed=2)
    read: list[Turn] = []
    encode = Preprocessor.encode

    def encoded(held: Preprocessor, turns: list[Turn], *given: Any) -> tuple[list[int], list[int]]:
        read.extend(turns)
        return encode(held, turns, *given)

    monkeypatch.setattr(Preprocessor, "encode", encoded)
    for prompts in (MINIATURE, joined):
        answer(seeing, root, [pair], False, prompts, *EVALUATE[1:])
        perceive(seeing, root, [pair], [Focus(pair.id, "x")], prompts, *PERCEIVE[1:])
    answer(seeing, root, [within], False, joined, *EVALUATE[1:])
    answer(seeing, root, [pair], True, joined, *EVALUATE[1:])
    question, request = joined.end_to_end(pair, "text"), joined.perception("x")
    assert [(turn.prompt, turn.placed) for turn in read] == [
        (question, 0),
        (request, 0),
        (f"<image> <image>\n{question}", 2),
        (f"<image> <image>\n{request}", 2),
        (joined.end_to_end(within, "text"), 2),
        (question, 0),
    ]


def test_the_same_question_has_the_same_phrase(
    language_model: Path, asked: tuple[Path, list[Question]]
) -> None:
    """Catches phrases that depend on which questions stand beside them."""
    model, tokenizer = load_language_model(language_model)
    pairs = [(q.id, q.text) for q in asked[1]]
    whole = {entry.question: entry.phrase for entry in observe(model, tokenizer, pairs, *OBSERVE)}
    for identity, text in pairs:
        (entry,) = observe(model, tokenizer, [(identity, text)], *OBSERVE)
        assert entry.phrase == whole[identity]


def test_phrases_that_were_finished_are_not_written_again(
    language_model: Path, asked: tuple[Path, list[Question]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a job that begins anew after an interruption, and phrases that depend on one."""
    model, tokenizer = load_language_model(language_model)
    pairs = [(q.id, q.text) for q in asked[1]]
    whole = observe(model, tokenizer, pairs, *OBSERVE)
    monkeypatch.setattr(sys.modules[observe.__module__], "BATCHES", 1)

    class Dies(ResumeLog):
        def add(self, finished: Any) -> None:
            super().add(finished)
            raise KeyboardInterrupt

    broken = Dies()
    with pytest.raises(KeyboardInterrupt):
        observe(model, tokenizer, pairs, *OBSERVE, broken)
    assert len(broken.finished) == OBSERVE[-1]
    kept = ResumeLog(finished=dict.fromkeys(broken.finished, "kept"))
    again = observe(model, tokenizer, pairs, *OBSERVE, kept)
    texts = dict(pairs)
    assert [
        entry if texts[entry.question] not in broken.finished else Focus(entry.question, "kept")
        for entry in whole
    ] == again


@pytest.mark.parametrize(
    ("reply", "phrase"),
    [
        ("Contents to observe: the color of the ring.", "the color of the ring"),
        ("Sure!\nContents to observe: the ring\nand more", "the ring"),
        ("the ring and the square", "the ring and the square"),
        ("", ""),
    ],
)
def test_a_phrase_is_read_from_a_reply(reply: str, phrase: str) -> None:
    """Catches the announcement or a second line inside a focus phrase."""
    assert _phrase(reply) == phrase


def test_what_is_missing_is_named(
    language_model: Path,
    seeing: Tuned,
    asked: tuple[Path, list[Question]],
) -> None:
    """Catches descriptions of another data revision being paired by position."""
    root, held = asked
    model, tokenizer = load_language_model(language_model)
    with pytest.raises(RecordError, match=r"no description for question q6 \(1 in all\)"):
        reason(model, tokenizer, held, _described(held)[:-1], "plain", *_reason(7))
    with pytest.raises(RecordError, match=r"no focus phrase for question q0 \(7 in all\)"):
        perceive(seeing, root, held, [], *PERCEIVE)
