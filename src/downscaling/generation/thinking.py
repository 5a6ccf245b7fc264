"""Thinking, row by row of a batch: its budget, its suppressed words, the answer's cap.

All of it reads where a row stands off the tokens that the row has written, so that nothing is
remembered between steps and no row knows of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from transformers import LogitsProcessor, PreTrainedTokenizerBase, StoppingCriteria

from ..errors import ModelError
from .ends import token_id
from .words import newline_id

# Over the last twentieth of the budget the logit of the closing tag rises evenly by this much in
# all: by then the odds of closing are e^5, about 150, times what the model gave them. An addition
# raises them whatever the sign of the logit; a factor lowers them where it is negative.
PUSH = 5.0
PUSHED_SHARE = 0.05


@dataclass(frozen=True)
class Tags:
    """Token ids of `<think>`, `</think>`, and of the newline where it is a token of its own."""

    open: int
    close: int
    newline: int | None

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase) -> Tags:
        """The tags of a tokenizer; raises ModelError if it has no token for one of them."""
        ids = [token_id(tokenizer, tag) for tag in ("<think>", "</think>")]
        if ids[0] is None or ids[1] is None:
            raise ModelError(
                f"{tokenizer.name_or_path}: has no <think> and </think> tokens to think with; "
                "reason without thinking, or with another model"
            )
        return cls(ids[0], ids[1], newline_id(tokenizer))

    def opened_by(self, prompt: Sequence[int]) -> bool:
        """Whether a prompt ends within a think block: its last tag is an opening one."""
        tags = [token for token in prompt if token in (self.open, self.close)]
        return tags[-1:] == [self.open]


def longest_thinking(budget: int) -> int:
    """Tokens from the first one after `<think>` to `</think>`, itself included, at most.

    A budget of 0 still needs the closing tag, and so is the same as 1.
    """
    return max(budget, 1)


class Track:
    """Where each row of a batch stands, read off its tokens.

    A row thinks from its first `<think>`, written by itself or by its prompt, to its first
    `</think>`. After that it never thinks again, whatever tags it writes.
    """

    def __init__(
        self, tags: Tags, width: int, opened: Sequence[bool], counts_all: bool = False
    ) -> None:
        """width: the length to which the prompts are padded. opened: prompts that end within a
        think block. counts_all: `next_place` counts from a row's first token on."""
        self.tags = tags
        self.width = width
        self.opened = torch.tensor(opened)
        self.counts_all = counts_all

    def thought(self, ids: torch.Tensor) -> torch.Tensor:
        """Tokens that each row (rows, tokens so far) has thought in the block it is in; -1 for a
        row that is not thinking."""
        start, close, length = self._places(ids)
        thinking = (start < length) & (close == length)
        return torch.where(thinking, length - 1 - start, -1)

    def next_place(self, ids: torch.Tensor) -> torch.Tensor:
        """Which token of the thinking each row chooses next, from 1; 0 for a row that is not
        thinking. The first is that after `<think>`, or with `counts_all` the first of the row."""
        thought = self.thought(ids)
        if self.counts_all:
            return torch.where(thought >= 0, ids.shape[1] - self.width + 1, 0)
        return thought + 1

    def outside(self, ids: torch.Tensor) -> torch.Tensor:
        """Tokens that each row has written after its thinking, or in all if it has not thought;
        0 for a row that is thinking."""
        start, close, length = self._places(ids)
        unthinking = torch.where(start < length, 0, length)
        return torch.where(close < length, length - 1 - close, unthinking)

    def _places(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, int]:
        """The place of each row's opening tag (-1: in the prompt) and of its closing tag among the
        new tokens, both the number of new tokens where there is none, and that number."""
        new = ids[:, self.width :]
        start = torch.where(self.opened.to(ids.device), -1, _first(new == self.tags.open))
        return start, _first(new == self.tags.close), new.shape[1]


def _first(found: torch.Tensor) -> torch.Tensor:
    """The first place in each row (rows, n) that is true; n where none is."""
    return torch.nn.functional.pad(found, (0, 1), value=True).int().argmax(dim=1)


class Budget(LogitsProcessor):
    """Closes the thinking of each row that reaches its budget, once.

    Token number `budget` (`Track.next_place`) is `</think>`, the one before it a newline where the
    tokenizer has one, and over the last twentieth of the budget the closing tag is pushed gently.
    Rows that closed by themselves, or do not think, are left alone.

    The paper's code forces the same two places, counted from the row's first token. There the push
    is a factor, which lowers the odds of closing where the logit is negative, and a row that closed
    by itself is closed again at its budget.
    """

    def __init__(self, track: Track, budget: int) -> None:
        self.track = track
        self.longest = longest_thinking(budget)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        tags, longest = self.track.tags, self.longest
        place = self.track.next_place(input_ids)
        late = (place - longest) / (PUSHED_SHARE * longest) + 1
        scores = scores.clone()
        scores[:, tags.close] += PUSH * late.clamp(min=0)
        scores = _forced(scores, place >= longest, tags.close)
        if tags.newline is not None:
            scores = _forced(scores, (place > 0) & (place == longest - 1), tags.newline)
        return scores


def _forced(scores: torch.Tensor, rows: torch.Tensor, token: int) -> torch.Tensor:
    others = torch.ones(scores.shape[1], dtype=torch.bool, device=scores.device)
    others[token] = False
    return scores.masked_fill(rows[:, None] & others, -torch.inf)


class Suppression(LogitsProcessor):
    """Takes tokens away from the rows that think (NoWait, Wang et al., 2025), and from no other;
    with `everywhere` from each row at each place, as the paper's code does."""

    def __init__(self, track: Track, tokens: Sequence[int], everywhere: bool = False) -> None:
        self.track = track
        self.tokens = torch.tensor(tokens)
        self.everywhere = everywhere

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        mask = torch.zeros_like(scores[0])
        mask[self.tokens.to(scores.device)] = -torch.inf
        if self.everywhere:
            return scores + mask
        thinking = self.track.thought(input_ids) >= 0
        return scores + torch.where(thinking[:, None], mask, 0)


class AnswerCap(StoppingCriteria):
    """Stops each row that has used up its answer, however early its thinking closed."""

    def __init__(self, track: Track, cap: int) -> None:
        self.track = track
        self.cap = cap

    def __call__(
        self, input_ids: torch.Tensor, scores: torch.Tensor, **kwargs: object
    ) -> torch.Tensor:
        return self.track.outside(input_ids) >= self.cap


class Parts(NamedTuple):
    """A row's new tokens, taken apart.

    closed_at: which token of the thinking closed it, from 1; None for thinking without end or
    without beginning. close: which token of the row that was. tokens: all that the row wrote, tags
    and end-of-turn token included. ended: it wrote an end-of-turn token.
    """

    thinking: Sequence[int]
    answer: Sequence[int]
    closed_at: int | None
    close: int | None
    tokens: int
    ended: bool


def split(
    row: Sequence[int], tags: Tags | None, opened: bool, ends: Sequence[int], cap: int
) -> Parts:
    """Take a row of new tokens apart, its padding away.

    tags: None in plain mode, where all of it is answer. opened: the prompt opened the thinking.
    ends: end-of-turn tokens. cap: how many tokens may stand outside the thinking.
    """
    length = _place(row, ends)
    length = len(row) if length is None else length
    start = close = None
    if tags is not None:
        start = -1 if opened else _place(row[:length], [tags.open])
        close = _place(row[:length], [tags.close])
        if start is not None and close is not None and start > close:
            start = None
    # A row stops where its cap does and is padded from there, perhaps with an end token, while
    # the rest of its batch runs on.
    room = len(row)
    if close is not None:
        room = min(room, close + 1 + cap)
    elif start is None:
        room = min(room, cap)
    ended = length < room
    own = row[: min(length, room)]
    if close is None:
        thinking, answer = ([], own) if start is None else (own[start + 1 :], [])
    else:
        thinking, answer = own[0 if start is None else start + 1 : close], own[close + 1 :]
    if close is None or start is None:
        return Parts(thinking, answer, None, None, len(own) + ended, ended)
    return Parts(thinking, answer, close - start, close + 1, len(own) + ended, ended)


def _place(row: Sequence[int], tokens: Sequence[int]) -> int | None:
    return next((place for place, token in enumerate(row) if token in tokens), None)
