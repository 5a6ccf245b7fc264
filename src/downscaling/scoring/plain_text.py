"""Plain text for the robust parser: no markup, one form for each character, number and unit."""

from __future__ import annotations

import functools
import html
import re
import unicodedata

Rules = list[tuple[re.Pattern[str], str]]

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_MINUS = re.compile(r"(?:^|(?<=[A-Za-z:=,(] ))\u2212 ?(?=[\d.])", re.MULTILINE)
_POWER = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_CHARACTERS: dict[int, str | None] = dict.fromkeys(map(ord, "“”„«»‹›「」『』【】"), '"')
_CHARACTERS |= dict.fromkeys(map(ord, "‘’‚´"), "'")
_CHARACTERS |= dict.fromkeys(map(ord, "\u2212\u2012\u2010\u2011"), "-")  # minus sign, hyphens
_CHARACTERS |= dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xAD))
_CHARACTERS |= {
    ord("º"): "°",
    ord("。"): ". ",
    ord("、"): ", ",
    ord("，"): ", ",
    ord("\u2044"): "/",
}

_MARKUP: Rules = [
    (re.compile(r"~~[^~\n]*~~"), " "),  # struck out
    (re.compile(r"^[ \t]*[-*] \[ \].*$", re.MULTILINE), ""),  # a box without a tick
    (re.compile(r"^([ \t]*[-*]) \[[xX]\]", re.MULTILINE), r"\1"),
    (re.compile(r"</?(?:b|strong|i|em|u|p|br|span|code|mark|div)\b[^<>]*>", re.IGNORECASE), " "),
    (re.compile(r"(?<=\d)\*\*(?=-?\d)"), "^"),
    (re.compile(r"```(?:\w+(?=\s))?|\*\*+|__+|`+|\$\$"), ""),
    (re.compile(r"(?<![\w*])\*([^\s*][^*\n]*)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_([^\s_][^_\n]*)_(?!\w)"), r"\1"),
    (re.compile(r"\$(?!\s)([^$\n]*)(?<!\s)\$(?!\d)"), r"\1"),  # mathematics, not two sums of money
    (re.compile(r"\\(?:(?:left|right|displaystyle)\b|[,;!:()\[\] ])"), ""),
    (re.compile(r"\\(?:cdot|times)\b"), "×"),
    (re.compile(r"\^\s?(?:\\circ\b|\{\s?\\circ\s?\})|\\circ\b"), "°"),
    (re.compile(r"\\pi\b"), "π"),
    (re.compile(r"\\([%$&#_])"), r"\1"),
    (re.compile(r"\{,\}"), ","),
]
_LATEX: Rules = [
    (
        re.compile(
            r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mathsf|boldsymbol|bm|emph|mbox"
            r"|rm|bf)\s?\{([^{}]*)\}"
        ),
        r"\1",
    ),
    (re.compile(r"\\[dt]?frac\s?\{([^{}]*)\}\s?\{([^{}]*)\}"), r"\1/\2"),
    (re.compile(r"\\[dt]?frac(\d)(\d)"), r"\1/\2"),
    (re.compile(r"\\sqrt\s?\{([^{}]*)\}"), r"√\1"),
    (re.compile(r"\^\{([^{}]*)\}"), r"^\1"),
]
_DRESSED = re.compile(r"[*_`~$\\<&\[{^]")
_NESTED = 4  # LaTeX that is nested deeper is no answer

_NUMBERS: Rules = [
    (re.compile(r"(\d) (or|and) (\d[\d.]*)\s?(°|degrees|%|percent)"), r"\1\4 \2 \3\4"),
    (re.compile(r"(?:^|(?<=[a-z:=,] )|(?<=[($=:]))[–—](?=\.?\d)"), "-"),
    (re.compile(r"\b(?:minus|negative) (?=\d)", re.IGNORECASE), "-"),
    (re.compile(r"(?<![\w.)])\+(?=\.?\d)"), ""),
    (re.compile(r"(?<![\w.])\.(?=\d)"), "0."),
    (
        re.compile(r"(?<![\w.,])(\d+\.(?!000(?!\d))\d*?)0+(?![\w]|[.,]\d)"),
        r"\1",
    ),  # 1.000 is unclear
    (re.compile(r"(?<=\d)\.(?=\s|$)"), ""),
    (re.compile(r"(?<=\d)[\s-]?(?:degrees?|deg|°)(?!\s?[CF]\b)", re.IGNORECASE), "°"),
    (re.compile(r"(?<=\d)\s?(?:percent\b|per cent\b|%)", re.IGNORECASE), "%"),
    (re.compile(r"(?<![\w.])(\d[\d.]*)\s?(?:dollars?\b|USD\b)", re.IGNORECASE), r"$\1"),
    (re.compile(r"(?<![\w.])(\d[\d.]*)\s?(?:€|euros?\b)", re.IGNORECASE), r"€\1"),
    (re.compile(r"(?<=\d)\s?(centi|milli|kilo)?met(?:er|re)s?\b", re.IGNORECASE), r" \1m"),
    (re.compile(r"(?<=\d)\s?(kilo)?grams?\b", re.IGNORECASE), r" \1g"),
    (re.compile(r"(?<=\d) (?:centi|CENTI)(?=m\b)"), " c"),
    (re.compile(r"(?<=\d) (?:milli|MILLI)(?=m\b)"), " m"),
    (re.compile(r"(?<=\d) (?:kilo|KILO)(?=[mg]\b)"), " k"),
    (re.compile(r"(?<=\d)(?=(?:[cmk]?m|k?g|[slh])\b)"), " "),
]
_SPELLING: Rules = [
    (re.compile(r"\b(could|is|does|do|are)n't\b", re.IGNORECASE), r"\1 not"),
    (re.compile(r"\bcan(?:not|'t)\b", re.IGNORECASE), "can not"),
]
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+|(?:'\d{3})+)(?!,?\d)")
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_COUNT = {word: str(number) for number, word in enumerate(_WORDS)}
_COUNTED = re.compile(
    r"(?<![\w-])(?<!the )(?<!these )(?<!those )"
    rf"(?:({'|'.join(_WORDS[2:])})|(?<=only )(one)|(?<=exactly )(one)|(?<=there is )(one)"
    r"|(?<=see )(one)|(?<=and )(one)"
    r"|^(zero|one)(?=[.!]?$))\b(?!-)"
    r"(?!\s(?:of|options|choices|answers|possib|ways|reasons|steps|things|candidates|others))",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """A text without Markdown, HTML and LaTeX's dress, its characters in their plain forms."""
    text = text.replace("\r", "")
    if not text.isascii():
        text = _MINUS.sub("-", text)
        text = _POWER.sub(lambda power: "^" + power.group().translate(_SUPERSCRIPTS), text)
        text = unicodedata.normalize("NFKC", text.translate(_CHARACTERS)).translate(_CHARACTERS)
    if not _DRESSED.search(text):
        return text
    text = _all(_MARKUP, html.unescape(text))
    for _ in range(_NESTED):
        before, text = text, _all(_LATEX, text)
        if text == before:
            break
    return text


@functools.lru_cache(maxsize=256)
def canonical(text: str) -> str:
    """A plain text with each number and unit in one form: "1,000" and "1000", ".5" and "0.5"."""
    text = _all(_SPELLING, text)
    if not _NUMBER.search(text):
        return text
    text = _THOUSANDS.sub(lambda number: re.sub("[, ']", "", number.group()), text)
    return _all(_NUMBERS, _COUNTED.sub(lambda word: _COUNT[word.group().lower()], text))


def bare(text: str) -> str:
    """A text without case, quotes, surrounding dress and end punctuation."""
    return " ".join(text.casefold().split()).strip("*_\"' ").rstrip(".,;:!? ").strip("*_\"' ")


def _all(rules: Rules, text: str) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
