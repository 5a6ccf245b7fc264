"""What a plan needs to know and the configuration does not say: shapes, lengths, sizes.

Two sets of facts, `MINIATURE` for rendered data and `PUBLISHED` for the study's own. Lengths are
means in tokens. Published lengths are derived from typical image sizes and not measured: expect
them to be right to about a third.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..catalogue import benchmarks, sources

_SOURCES = sources.load()


@dataclass(frozen=True)
class LanguageModel:
    """The shape of a decoder with gated feed-forward layers and RMSNorm (Qwen, Llama).

    normed: RMSNorm on each head's queries and keys (Qwen3). biased: q, k and v have biases (Qwen2).
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    feed_forward: int
    vocabulary: int
    tied: bool
    normed: bool = True
    biased: bool = False

    @property
    def body(self) -> int:
        """Parameters without embeddings and head."""
        queries, keys = self.heads * self.head_size, self.kv_heads * self.head_size
        attention = 2 * self.hidden * (queries + keys)
        attention += self.normed * 2 * self.head_size + self.biased * (queries + 2 * keys)
        layer = attention + 3 * self.hidden * self.feed_forward + 2 * self.hidden
        return self.layers * layer + self.hidden

    @property
    def embedding(self) -> int:
        """Parameters of the embeddings; the head has as many, and they are the same where tied."""
        return self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """All of them."""
        return self.body + self.embedding * (1 if self.tied else 2)


@dataclass(frozen=True)
class Tower:
    """The shape of a vision tower: a ViT without class token or head (SigLIP)."""

    layers: int
    hidden: int
    feed_forward: int
    image: int
    patch: int

    @property
    def patches(self) -> int:
        """Of one view."""
        return (self.image // self.patch) ** 2

    @property
    def layer(self) -> int:
        """Parameters of one layer."""
        attention = 4 * (self.hidden + 1) * self.hidden
        mlp = 2 * self.hidden * self.feed_forward + self.hidden + self.feed_forward
        return attention + mlp + 4 * self.hidden

    @property
    def embeddings(self) -> int:
        """Parameters of the patch and position embeddings."""
        return (3 * self.patch**2 + 1 + self.patches) * self.hidden

    @property
    def parameters(self) -> int:
        """All of them, with the closing norm that LLaVA-OneVision carries along unused."""
        return self.embeddings + self.layers * self.layer + 2 * self.hidden


def connector(tower: Tower, model: LanguageModel) -> int:
    """Parameters of the connector's two layers, without the newline vector."""
    return (tower.hidden + 1) * model.hidden + (model.hidden + 1) * model.hidden


@dataclass(frozen=True)
class Conversation:
    """The mean training conversation of a set.

    text: tokens without those of images. tiled, views: tokens of its images and passes of the tower
    where a single image is cut into AnyRes tiles; 0 for a set of several images a conversation,
    each of which takes one view. turns: questions. shown: share of the conversations with an image.
    """

    text: float
    images: float = 1
    tiled: float = 0
    views: float = 0
    turns: float = 1
    shown: float = 1

    def image_tokens(self, scheme: str, tower: Tower) -> float:
        """Tokens of its images under a scheme, "base" or "anyres"."""
        one_view = tower.patches + 1  # a newline ends it
        return self.tiled if scheme == "anyres" and self.tiled else self.images * one_view

    def passes(self, scheme: str) -> float:
        """Passes of the vision tower."""
        return self.views if scheme == "anyres" and self.views else self.images


@dataclass(frozen=True)
class Module:
    """What describes or answers: a language model, and a tower where it sees images.

    scheme: how the study's own architecture cuts an image, "base" or "anyres" (LLaVA-OneVision).
    tokens, views: of one image in another architecture; 0 in that one.
    """

    language: LanguageModel
    tower: Tower | None = None
    scheme: str = "anyres"
    tokens: float = 0
    views: float = 0

    def image_tokens(self, asked: Conversation) -> float:
        """Tokens of the images that a question is about."""
        if self.tower is None:
            return 0
        if self.tokens:
            return asked.images * self.tokens
        return asked.image_tokens(self.scheme, self.tower)

    def passes(self, asked: Conversation) -> float:
        """Passes of its tower over them."""
        return asked.images * self.views if self.tokens else asked.passes(self.scheme)


@dataclass(frozen=True)
class Lengths:
    """Means over evaluation, in tokens: what stands in a prompt beside image and description, and
    what a model writes (a cap in the configuration cuts it)."""

    observe: float
    perceive: float
    reason: float
    evaluate: float
    phrase: float
    description: float
    answer: float
    thinking: float
    reply: float


@dataclass(frozen=True)
class Facts:
    """Everything about one kind of data.

    rendered: nothing is downloaded. rows: questions per category of the benchmarks, where the
    configuration does not set them. downloads: bytes per source, as far as they are known before it
    is pinned; uncounted: what is downloaded beside them, by source.
    """

    sets: Mapping[str, Conversation]
    question: Conversation
    lengths: Lengths
    image_bytes: int
    rendered: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)
    downloads: Mapping[str, int] = field(default_factory=dict)
    uncounted: Mapping[str, str] = field(default_factory=dict)


QWEN3 = {
    "8B": LanguageModel(36, 4096, 32, 8, 128, 12288, 151936, tied=False),
    "4B": LanguageModel(36, 2560, 32, 8, 128, 9728, 151936, tied=True),
    "1.7B": LanguageModel(28, 2048, 16, 8, 128, 6144, 151936, tied=True),
    "0.6B": LanguageModel(28, 1024, 16, 8, 128, 3072, 151936, tied=True),
}
"""The published sizes, from the configurations of Qwen/Qwen3-*."""

SIGLIP = Tower(layers=26, hidden=1152, feed_forward=4304, image=384, patch=14)
"""google/siglip-so400m-patch14-384 as LLaVA-OneVision uses it: without its last layer and head."""

_QWEN2_SMALL = LanguageModel(24, 896, 14, 2, 64, 4864, 151936, True, normed=False, biased=True)
_QWEN2_LARGE = LanguageModel(28, 3584, 28, 4, 128, 18944, 152064, False, normed=False, biased=True)
_INTERNLM_SMALL = LanguageModel(24, 2048, 16, 8, 128, 8192, 92544, tied=False, normed=False)
_INTERNLM_LARGE = LanguageModel(32, 4096, 32, 8, 128, 14336, 92544, tied=False, normed=False)
_SMOLLM2 = LanguageModel(24, 2048, 32, 32, 64, 8192, 49155, tied=False, normed=False)
_GEMMA3_SMALL = LanguageModel(34, 2560, 8, 4, 256, 10240, 262208, tied=True)
_GEMMA3_LARGE = LanguageModel(48, 3840, 16, 8, 256, 15360, 262208, tied=True)
_INTERNVIT = Tower(layers=24, hidden=1024, feed_forward=4096, image=448, patch=14)
_SIGLIP_WHOLE = Tower(layers=27, hidden=1152, feed_forward=4304, image=384, patch=14)
_SIGLIP_896 = Tower(layers=27, hidden=1152, feed_forward=4304, image=896, patch=14)

TILES = 13
"""Views of an image of three to four, as most are, in InternVL 2.5 (at most 12 tiles of 448 pixels)
and SmolVLM (tiles of 384, the longer side four of them): 12 tiles and the whole."""

MODULES = {
    **{f"qwen3-{size.lower()}": Module(model) for size, model in QWEN3.items()},
    "qwen2-0.5b": Module(_QWEN2_SMALL),
    "qwen2-7b": Module(_QWEN2_LARGE),
    "llava-onevision-0.5b": Module(_QWEN2_SMALL, SIGLIP),
    "llava-onevision-7b": Module(_QWEN2_LARGE, SIGLIP),
    "internvl2.5-1b": Module(_QWEN2_SMALL, _INTERNVIT, tokens=TILES * 256, views=TILES),
    "internvl2.5-2b": Module(_INTERNLM_SMALL, _INTERNVIT, tokens=TILES * 256, views=TILES),
    "internvl2.5-8b": Module(_INTERNLM_LARGE, _INTERNVIT, tokens=TILES * 256, views=TILES),
    "smolvlm": Module(_SMOLLM2, _SIGLIP_WHOLE, tokens=TILES * 81, views=TILES),
    "gemma3-4b": Module(_GEMMA3_SMALL, _SIGLIP_896, tokens=256, views=1),
    "gemma3-12b": Module(_GEMMA3_LARGE, _SIGLIP_896, tokens=256, views=1),
}
"""Models of others, by their sources. The shapes of Gemma 3, SmolVLM and the larger InternVL are
from memory; their parameters come out as published."""

TEACHER_PARAMETERS = 8_200_000_000
TEACHER_TOKENS = 1_100
"""Qwen3-VL-8B: parameters of its language model, tokens a step and image."""

MINIATURE_HEAD_SIZE, MINIATURE_VOCABULARY = 16, 254
MINIATURE_QUESTION = 40
"""Tokens that a question of a pretraining document takes, with its share of the description."""

_TILED = {"tiled": 21, "views": 2}  # one 48x48 image: a base view and one tile
MINIATURE = Facts(
    sets={
        "ocrvqa": Conversation(77, **_TILED, turns=3),
        "textvqa": Conversation(49, **_TILED, turns=2),
        "scienceqa": Conversation(41, images=0.7, tiled=15, views=1.4, turns=2, shown=0.7),
        "vqav2": Conversation(86, **_TILED, turns=4),
        "gqa": Conversation(90, **_TILED, turns=4),
        "vizwiz": Conversation(68, **_TILED, turns=3),
        "imagenet": Conversation(20, **_TILED),
        "grounding": Conversation(34, **_TILED, turns=1.8),
        "spot-the-difference": Conversation(24, images=2),
        "image-edit": Conversation(22, images=2),
        "visual-story": Conversation(25, images=3),
        "text-rich-vqa": Conversation(29, images=2),
        "multi-image-vqa": Conversation(23, images=2),
        "puzzle": Conversation(20, images=3),
        "perceptual-similarity": Conversation(21, images=3),
        "blip558k": Conversation(22, **_TILED),
        "allava": Conversation(30, **_TILED),
        "extraction": Conversation(50, **_TILED),
    },
    question=Conversation(0, **_TILED),
    lengths=Lengths(
        observe=20,
        perceive=18,
        reason=28,
        evaluate=22,
        phrase=6,
        description=22,
        answer=3,
        thinking=20,
        reply=3,
    ),
    image_bytes=7_000,
    rendered=True,
)

_COCO = {"tiled": 2929, "views": 5}  # 640x480
_SMALL = {"tiled": 1728, "views": 3}  # 500x375
_SEVERAL = Conversation(210, images=3)
PUBLISHED = Facts(
    sets={
        "ocrvqa": Conversation(200, tiled=1793, views=3, turns=4.8),  # 350x500
        "textvqa": Conversation(200, tiled=4725, views=7),  # 1024x768
        "scienceqa": Conversation(200, images=0.5, tiled=864, views=1.5, shown=0.5),
        "vqav2": Conversation(200, **_COCO, turns=5.4),
        "gqa": Conversation(200, **_SMALL, turns=13),
        "vizwiz": Conversation(200, tiled=6000, views=10),
        "imagenet": Conversation(200, **_SMALL),
        "grounding": Conversation(200, **_COCO),
        "spot-the-difference": _SEVERAL,
        "image-edit": _SEVERAL,
        "visual-story": _SEVERAL,
        "text-rich-vqa": _SEVERAL,
        "multi-image-vqa": _SEVERAL,
        "puzzle": _SEVERAL,
        "perceptual-similarity": _SEVERAL,
        "blip558k": Conversation(40, **_SMALL),
        "allava": Conversation(271, **_COCO),
        "nights": _SEVERAL,
        "pieapp": _SEVERAL,
        "extraction": Conversation(330, tiled=2520, views=4),
    },
    question=Conversation(0, tiled=2900, views=5),
    lengths=Lengths(
        observe=300,
        perceive=100,
        reason=100,
        evaluate=80,
        phrase=20,
        description=400,
        answer=200,
        thinking=2000,
        reply=5,
    ),
    image_bytes=150_000,
    rows={name: n for entry in benchmarks.load().values() for name, n in entry.rows.items()},
    downloads={name: source.bytes for name, source in _SOURCES.items() if source.bytes},
    uncounted={name: source.uncounted for name, source in _SOURCES.items() if source.uncounted},
)
"""Sources of the lengths and sizes: docs/models.md and docs/sources.md."""
