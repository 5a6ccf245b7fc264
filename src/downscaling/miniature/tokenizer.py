"""The miniature's tokenizer: a word a token, with Qwen's chat format and think tokens."""

from __future__ import annotations

import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from ..prompts.miniature import PROMPTS as MINIATURE
from ..prompts.templates import ANSWER, OBSERVE
from . import families, world
from .questions import KINDS, ask

PAD, UNKNOWN, START, END, IMAGE, THINK, CLOSE = (
    "<|endoftext|>",
    "<unk>",
    "<|im_start|>",
    "<|im_end|>",
    "<image>",
    "<think>",
    "</think>",
)
# Qwen3's format: plain mode places an empty think block before the answer, and `enable_thinking`
# left unset (image models, whose training data has no thinking) places none.
CHAT_TEMPLATE = """{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false %}
{{- '<think>\\n\\n</think>\\n\\n' }}
{%- elif enable_thinking is defined %}
{{- '<think>\\n' }}
{%- endif %}
{%- endif %}"""

OTHERS = (
    "which object is new in the second image? which object is gone in the second image? "
    "which edit was made? add remove paint what happens? moves left right up down "
    "what does the sign in the first image say? which image has the ring? first second third "
    "what color is the ring in the second image? what comes last? "
    "which image is more like the first? box the ring. and on background. "
    "list the objects by name. shape color place first: second: third:"
)
"""Questions about several images, about boxes and of pretraining alone, with all of their words."""


def words(text: str) -> list[str]:
    """The words of a text as the tokenizer splits it."""
    return [piece for piece, _ in _splitter().pre_tokenize_str(text)]


def build() -> PreTrainedTokenizerFast:
    """The tokenizer; its vocabulary is every word that the world's templates can produce."""
    vocabulary: set[str] = set(words("user assistant \n , wait hmm but however again"))
    for template in (MINIATURE.caption, MINIATURE.detail, MINIATURE.perceive, MINIATURE.think):
        vocabulary.update(words(template.replace("{", " {")))
    vocabulary.update(words(f"{MINIATURE.plain} {MINIATURE.observe} {ANSWER} {OBSERVE} options:"))
    vocabulary.update(words(f"{MINIATURE.ask_text} {MINIATURE.ask_letter}"))
    vocabulary = {word for word in vocabulary if "{" not in word}
    rng = random.Random(0)
    for _ in range(4000):
        scene = world.spoil(world.scene(rng, anything=True), rng)
        texts = [world.describe(scene), families.caption(scene, rng)]
        for kind in KINDS:
            item = ask(kind, scene, rng)
            if item:
                texts += [item.text, item.novel, item.answer, item.steps, item.focus, *item.options]
                texts.append(item.statement)
        vocabulary.update(words(" ".join(texts)))
    vocabulary.update(words(OTHERS))
    vocabulary.update(str(number) for number in range(19))
    vocabulary.update(f"{color}-{shape}" for color in world.COLORS for shape in world.SHAPES)
    special = [PAD, UNKNOWN, START, END, IMAGE, THINK, CLOSE]
    order = [*special, *sorted(vocabulary - set(special))]
    core = Tokenizer(models.WordLevel({w: i for i, w in enumerate(order)}, unk_token=UNKNOWN))
    core.pre_tokenizer = _splitter()
    core.decoder = decoders.Sequence(
        [
            decoders.WordPiece(prefix="##", cleanup=True),
            decoders.Fuse(),
            decoders.Replace(Regex(" *\n *"), "\n"),
        ]
    )
    core.add_special_tokens(
        [AddedToken(t, special=True, normalized=False) for t in (PAD, UNKNOWN, START, IMAGE)]
        + [AddedToken(END, special=True, normalized=False, rstrip=True)]
    )
    # As in Qwen3 the think tokens are not special, so that they survive decoding.
    core.add_tokens(
        [AddedToken(t, special=False, normalized=False, rstrip=True) for t in (THINK, CLOSE)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token=PAD,
        unk_token=UNKNOWN,
        eos_token=END,
        extra_special_tokens=[START, IMAGE],
        chat_template=CHAT_TEMPLATE,
        padding_side="left",
        model_max_length=1024,
    )


def _splitter() -> pre_tokenizers.PreTokenizer:
    """Words between blanks; a full stop, comma or question mark and a line break stand alone."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split("\n", behavior="isolated"),
            pre_tokenizers.Split(" ", behavior="removed"),
            pre_tokenizers.Split(Regex("[.,?]"), behavior="isolated"),
        ]
    )
