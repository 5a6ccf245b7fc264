"""Draws docs/trainings.svg: `python docs/trainings.py > docs/trainings.svg`.

Its numbers are made up.
"""

SEEDS = (0.46, 0.53, 0.545, 0.56, 0.63)
QUESTIONS, BOTH = 0.035, 0.09
ROWS = (
    ("five trainings, each asked the same questions", 60),
    ("one training, interval of the questions", 120),
    ("five trainings, interval of both", 180),
)


def across(value: float) -> float:
    """Where an accuracy stands."""
    return 300 + (value - 0.4) * 1300


def interval(value: float, arm: float, y: int, width: int, color: str) -> str:
    """A bar with its dot."""
    x, low, high = across(value), across(value - arm), across(value + arm)
    return (
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{color}" '
        f'stroke-width="{width}"/><circle cx="{x:.1f}" cy="{y}" r="5" fill="{color}"/>'
    )


mean = sum(SEEDS) / len(SEEDS)
parts = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 240" font-family="sans-serif" '
    'font-size="13"><rect width="680" height="240" fill="white"/>'
]
parts += [f'<text x="10" y="{y + 4}" fill="#333">{words}</text>' for words, y in ROWS]
parts += [f'<circle cx="{across(s):.1f}" cy="60" r="5" fill="#0072b2"/>' for s in SEEDS]
parts += [
    f'<line x1="{across(mean):.1f}" x2="{across(mean):.1f}" y1="35" y2="205" stroke="#999" '
    'stroke-dasharray="4 3"/>',
    interval(SEEDS[0], QUESTIONS, 120, 3, "#d55e00"),
    interval(mean, BOTH, 180, 3, "#009e73"),
]
parts += [
    f'<text x="{across(tick):.1f}" y="230" text-anchor="middle" fill="#666">'
    f"{100 * tick:.0f} %</text>"
    for tick in (0.45, 0.5, 0.55, 0.6, 0.65)
]
print("\n".join([*parts, "</svg>"]))
