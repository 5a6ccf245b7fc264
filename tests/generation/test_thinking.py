from __future__ import annotations

import pytest
import torch

from downscaling.generation.batching import Prompt
from downscaling.generation.generate import Generated, generate
from downscaling.generation.thinking import PUSH, Budget, Tags, Track

# After </think> it says "yes" and ends its turn. w1 thinks without end; w3 closes by itself.
HABITS = {
    "w1": {"w1": 0.0},
    "w3": {"w4": 0.0},
    "w4": {"</think>": 0.0},
    "</think>": {"yes": 0.0},
    "yes": {"<|im_end|>": 0.0},
    "<think>": {"w1": 0.0},
}


def one(model, tokenizer, prompt, settings, **options) -> Generated:
    return generate(model, tokenizer, [prompt], settings, thinking=True, **options)[0]


@pytest.mark.parametrize(
    ("budget", "thinking"),
    [(0, ""), (1, ""), (2, "\n"), (3, "w1 \n"), (6, "w1 w1 w1 w1 \n")],
)
def test_the_budget_closes_the_thinking(chain, tokenizer, ask, sampled, *, budget, thinking):
    """One token too many or too few; a budget of 0 that is taken for none."""
    answer = one(chain(HABITS), tokenizer, ask("w9", "<think>"), sampled(thinking_budget=budget))
    # Its closing tag is the budget's last token; "yes" and the end of the turn follow.
    assert answer == Generated(thinking, "yes", max(budget, 1) + 2, True, False)


def test_without_a_newline_token_the_tag_alone_is_forced(chain, tokenizer_without_newline, sampled):
    """The unknown token forced in place of a newline that the vocabulary does not hold."""
    tokenizer = tokenizer_without_newline
    model = chain(HABITS, own=tokenizer)
    prompt = Prompt(tuple(tokenizer.convert_tokens_to_ids(["user", "w9", "<think>"])), {}, 0)
    assert one(model, tokenizer, prompt, sampled(thinking_budget=4)) == Generated(
        "w1 w1 w1", "yes", 6, True, False
    )


def test_a_natural_close_is_left_alone(chain, tokenizer, ask, sampled):
    """A second closing tag in the answer of a model that had closed its thinking itself, at the
    step where the budget would have run out."""
    habits = HABITS | {"</think>": {"w1": 0.0}}  # answers w1 w1 w1 ... past that step
    answer = one(chain(habits), tokenizer, ask("w9", "<think> w3"), sampled(thinking_budget=5))
    assert answer == Generated("w4", " ".join(["w1"] * 8), 10, False, True)


def test_thinking_closes_once(chain, tokenizer, ask, sampled):
    """A model that opens a second block in its answer and is closed again, or suppressed there."""
    habits = HABITS | {"</think>": {"<think>": 0.0}}
    answer = one(chain(habits), tokenizer, ask("w9", "<think>"), sampled(thinking_budget=3))
    assert answer == Generated("w1 \n", "<think> w1 w1 w1 w1 w1 w1 w1", 11, True, True)


def test_the_budget_acts_row_by_row(chain, tokenizer, ask, sampled):
    """Steps counted for the batch, or the first row's state taken for all."""
    prompts = [
        ask("w9", "<think> w3"),  # closes after one token
        ask("w9", "<think>"),  # never closes
        ask("w9 w8 w7", "<think> w1 w1 w1"),  # has thought in its prompt; that is not counted
        ask("w9", "<think> w4 </think>"),  # has closed in its prompt
        ask("w9", "yes"),  # ends at once, without thinking
    ]
    model, settings = chain(HABITS), sampled(thinking_budget=6)
    expected = [
        Generated("w4", "yes", 4, False, False),
        Generated("w1 w1 w1 w1 \n", "yes", 8, True, False),
        Generated("w1 w1 w1 w1 \n", "yes", 8, True, False),
        Generated("", "yes", 2, False, False),
        Generated("", "", 1, False, False),
    ]
    assert generate(model, tokenizer, prompts, settings, thinking=True) == expected
    assert [one(model, tokenizer, prompt, settings) for prompt in prompts] == expected


def test_thinking_that_the_model_opens(chain, tokenizer, ask, sampled):
    """The opening tag counted as thinking, or its answer cut short to make up for it."""
    habits = HABITS | {"\n": {"<think>": 0.0}, "</think>": {"w2": 0.0}, "w2": {"w2": 0.0}}
    settings = sampled(thinking_budget=4, max_new_tokens=5)
    answer = one(chain(habits), tokenizer, ask("w9"), settings)
    # 1 opening tag, 4 of the budget, 5 of the answer
    assert answer == Generated("w1 w1 \n", "w2 w2 w2 w2 w2", 10, True, True)


def test_the_paper_s_count_holds_the_opening_tag(chain, tokenizer, ask, sampled):
    """A closing tag one token later than in the paper's code, which counts all that a row wrote."""
    habits = HABITS | {"\n": {"<think>": 0.0}, "</think>": {"w2": 0.0}, "w2": {"w2": 0.0}}
    settings = sampled(thinking_budget=4, max_new_tokens=5)
    answer = one(chain(habits), tokenizer, ask("w9"), settings, official=True)
    # 4 of the budget with the opening tag, 5 of the answer
    assert answer == Generated("w1 \n", "w2 w2 w2 w2 w2", 9, True, True)
    # A row that closes by itself before is not forced.
    opened = ask("w9", "<think> w3")
    early = one(chain(HABITS), tokenizer, opened, settings, official=True)
    assert early == Generated("w4", "yes", 4, False, False)


def test_the_paper_s_list_goes_on_after_the_thinking(chain, tokenizer, ids, ask, sampled):
    """Words of the list in the answer, where the paper's code suppresses them too."""
    habits = HABITS | {"</think>": {"wait": 3.0, "w2": 2.0}, "w2": {"<|im_end|>": 0.0}}
    prompt, settings = ask("w9", "<think> w3"), sampled(thinking_budget=9)
    options = {"suppress": ids("wait")}
    assert one(chain(habits), tokenizer, prompt, settings, **options).text == "wait"
    official = one(chain(habits), tokenizer, prompt, settings, official=True, **options)
    assert official.text == "w2"


def test_an_answer_has_its_own_cap(chain, tokenizer, ask, sampled):
    """Answers that may use up what their thinking left over; padding taken for an end of turn,
    as Qwen's padding token is one."""
    habits = HABITS | {"</think>": {"w2": 0.0}, "w2": {"w2": 0.0}}
    prompts = [ask("w9", "<think> w3"), ask("w9", "<think>"), ask("w9", "w2")]
    settings = sampled(thinking_budget=20, max_new_tokens=3)
    early, late, plain = generate(chain(habits), tokenizer, prompts, settings, thinking=True)
    assert early == Generated("w4", "w2 w2 w2", 5, False, True)
    assert late == Generated(" ".join(["w1"] * 18) + " \n", "w2 w2 w2", 23, True, True)
    assert plain == Generated("", "w2 w2 w2", 3, False, True)
    # In the paper's code thinking and answer share budget and cap.
    shared, *_ = generate(chain(habits), tokenizer, prompts, settings, thinking=True, official=True)
    assert shared == Generated("w4", " ".join(["w2"] * 21), 23, False, True)


def test_a_row_stops_at_its_own_cap(chain, tokenizer, ask, sampled):
    """A model kept running for the budget that an early close left over."""
    habits = HABITS | {"</think>": {"w2": 0.0}, "w2": {"w2": 0.0}}
    model, steps = chain(habits), []
    model.register_forward_hook(lambda *_: steps.append(1))
    one(
        model,
        tokenizer,
        ask("w9", "<think> w3"),
        sampled(thinking_budget=50, max_new_tokens=3),
    )
    assert len(steps) == 5


def test_without_a_budget_the_cap_cuts_the_thinking(chain, tokenizer, ask, sampled):
    """None taken for 0; cut thinking handed on as the answer."""
    prompts = [ask("w9", "<think>"), ask("w9", "<think> w3")]
    settings = sampled(max_new_tokens=6)
    cut, whole = generate(chain(HABITS), tokenizer, prompts, settings, thinking=True)
    assert cut == Generated("w1 w1 w1 w1 w1 w1", "", 6, False, True)
    assert whole == Generated("w4", "yes", 4, False, False)


def test_an_end_of_turn_within_the_thinking(chain, tokenizer, ask, sampled):
    """A row that ended before its close, counted as forced or as answered."""
    answer = one(chain(HABITS), tokenizer, ask("w9", "<think> yes"), sampled(thinking_budget=6))
    assert answer == Generated("", "", 1, False, False)


def test_a_stray_closing_tag(chain, tokenizer, ask, sampled):
    """A tag in the text that a reader would take for the answer's last line."""
    answer = one(chain(HABITS), tokenizer, ask("w9", "w3"), sampled(thinking_budget=6))
    assert answer == Generated("w4", "yes", 4, False, False)


@pytest.mark.parametrize("level", [-30.0, 30.0])
def test_the_push_raises_the_closing_tag_whatever_its_sign(chain, tokenizer, ask, sampled, level):
    """The release's factor, which pushes a negative logit away from closing."""
    habits = HABITS | {"w1": {"w1": level, "</think>": level - 0.5 * PUSH}}
    answer = one(
        chain(habits, rest=-90.0),
        tokenizer,
        ask("w9", "<think>"),
        sampled(thinking_budget=100),
    )
    # Of the twentieth from 96 to 100 the push is past its half at 98.
    assert not answer.forced
    assert answer.thinking == " ".join(["w1"] * 97)
    assert answer.text == "yes"


def test_the_push_touches_nothing_else(tokenizer):
    """Other logits moved, or a push before its time, after the close, or without thinking."""
    tags = Tags.of(tokenizer)
    track = Track(tags, 0, [True, True, True, False])
    thinking, closed = [9] * 97, [9] * 40 + [tags.close] + [9] * 56
    for cut, pushed in ((94, 0.0), (95, 0.2 * PUSH), (97, 0.6 * PUSH)):
        ids = torch.tensor([thinking[:cut], closed[:cut], thinking[:cut], thinking[:cut]])
        scores = torch.linspace(-8, 3, 64).repeat(4, 1)
        change = Budget(track, 100)(ids, scores) - scores
        expected = torch.zeros(4, 64)
        expected[[0, 2], tags.close] = pushed
        torch.testing.assert_close(change, expected, atol=1e-5, rtol=0)


def test_words_are_suppressed_within_the_thinking_only(chain, tokenizer, ids, ask, sampled):
    """The release's mask, which also takes the words out of the answer."""
    model = chain(
        {
            "w1": {"wait": 3.0, "w2": 2.0},
            "w2": {"</think>": 0.0},
            "</think>": {"wait": 3.0, "w2": 2.0},
            "wait": {"<|im_end|>": 0.0},
        }
    )
    settings, suppress = sampled(thinking_budget=9), ids("wait")
    prompts = [ask("w9", "<think> w1"), ask("w9", "w1")]
    thinking, outside = generate(
        model, tokenizer, prompts, settings, thinking=True, suppress=suppress
    )
    assert (thinking.thinking, thinking.text) == ("w2", "wait")
    assert outside.text == "wait"
    plain = generate(model, tokenizer, prompts, settings, suppress=suppress)
    assert [answer.text for answer in plain] == ["wait", "wait"]


def test_special_tokens_are_never_suppressed(chain, tokenizer, ids, ask, sampled):
    """A list of ids that keeps a model from closing its thinking or ending its turn."""
    suppress = ids("</think> <|im_end|> <|endoftext|> \n wait")
    answer = one(
        chain(HABITS),
        tokenizer,
        ask("w9", "<think> w3"),
        sampled(thinking_budget=6),
        suppress=suppress,
    )
    assert answer == Generated("w4", "yes", 4, False, False)
    forced = one(
        chain(HABITS),
        tokenizer,
        ask("w9", "<think>"),
        sampled(thinking_budget=3),
        suppress=suppress,
    )
    assert forced == Generated("w1 \n", "yes", 5, True, False)
