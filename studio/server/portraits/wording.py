"""What free text about a person's looks asks of the portrait style.

The contract has no enums for looks (section 2.4.3): people write "auburn", "short fade with a
beard" or "Afro-Latina". Each function turns such a text into the choices that honor it. An empty
answer means that the text asks for nothing the style can draw, and the seed decides.
"""

from __future__ import annotations

import re

from studio.core.values import dataclass
from studio.server.portraits.palette import HAIR_COLORS, SKIN_TONES

Choice = tuple[str | None, ...]
"""Acceptable variants of one part; ``None`` among them means "without". Empty: no wish."""


@dataclass(frozen=True, slots=True)
class HairWish:
    """What a description of a hair style asks for, per part of the drawing."""

    hair: Choice = ()
    rear_hair: Choice = ()
    beard: Choice = ()


@dataclass(frozen=True, slots=True)
class OriginWish:
    """Skin tones (deep to fair) and natural hair colors that suit a described origin."""

    skin: tuple[str, ...] = ()
    hair_colors: tuple[str, ...] = ()


_HAIR_COLOR_WORDS: tuple[tuple[str, str], ...] = (
    (r"strawberry[ -]blond\w*|ginger[ -]blond\w*", "strawberry"),
    (r"(?:dark|dirty|honey|golden|sandy|caramel)[ -]blond\w*|honey|sandy|golden", "dark blonde"),
    (r"(?:platinum|ash|icy|bleached|light)(?:[ -]blond\w*)?(?!\w|[ -]brown)", "platinum"),
    (r"blond\w*|rubi[oa]s?|blonde?", "blonde"),
    (
        r"(?:dark|deep|chocolate|espresso)[ -]?brown|espresso|dark|brunette|chestnut brown",
        "espresso",
    ),
    (r"(?:light|ash|warm|golden)[ -]brown|caramel|hazel(?:nut)?", "light brown"),
    (r"brown|chestnut|mousy|casta[nñ][oa]|braun|brun|châtain", "brown"),
    (r"auburn|mahogany|russet|caoba", "auburn"),
    (r"red|redhead|ginger|copper|rust|orange|pelirroj[oa]|roux|rousse|rot", "red"),
    (r"salt[ -]and[ -]pepper|gr[ea]y(?:ing|ish)?|pewter|canos[oa]|grau", "gray"),
    (r"silver|steel", "silver"),
    (r"white|snow\w*|weiß", "white"),
    (r"burgundy|wine|plum|oxblood", "burgundy"),
    (r"pink|rose|magenta|rosa", "pink"),
    (r"blue|indigo|navy|azul|blau", "blue"),
    (r"teal|turquoise|mint", "teal"),
    (r"green|emerald|verde|grün", "green"),
    (r"purple|violet|lilac|lavender", "purple"),
    (r"jet(?:[ -]black)?|black|raven|ebony|negr[oa]|moren[oa]|noir|schwarz", "black"),
)
_LONG = r"\blong\b|waist|flowing|mid-?back|past the shoulders"
_CURLED = r"\bwav|\bcurl|\bcoil|\blocs?\b|dread|braid|twists"
_FRONTS: tuple[tuple[str, Choice], ...] = (
    (r"\bbald\b|shaved head|no hair", (None,)),
    (r"\bbuns?\b|updo|top[ -]?knot|chignon|pony ?tail|half[ -]up|pinned up|mo[nñ]o\b", ("bun",)),
    (r"undercut|fade|buzz|crew|crop|taper|pixie|shaved|flat ?top|short sides", ("undercut",)),
    (r"\bbob\b|side|part|swept|comb|slick|fringe|bangs|\blob\b|quiff|pompadour", ("sideComed",)),
    (r"spik|mess|tousl|mohawk|afro|punk|shag|choppy|bed ?head", ("spiky",)),
)
_BEARDS: tuple[tuple[str, Choice], ...] = (
    (r"clean[ -]shaven|no beard|beardless|smooth[ -]shaven", (None,)),
    (r"(?:long|bushy|big) beard", ("longBeard",)),
    (r"goatee|van ?dyke|circle beard", ("chinMoustache",)),
    (r"beard|barba", ("fullBeard",)),
    (r"handlebar|twirl", ("moustacheTwirl",)),
    (r"mo?ustache|bigote", ("moustacheTwirl", "chinMoustache")),
    (r"stubble|soul patch|five o.clock", ("chin",)),
)
_DARK_NATURALS = ("black", "espresso")
_DARK_TO_BROWN = ("black", "espresso", "brown")
_ORIGINS: tuple[tuple[str, tuple[int, int], tuple[str, ...]], ...] = (
    # More particular words stand first: each match is taken out of the text before the next.
    (r"afro[ -]?\w+|african[ -]american|caribbean|jamaican|haitian", (0, 4), _DARK_NATURALS),
    (r"(?:north[ -]african|moroccan|algerian|tunisian|egyptian|berber)", (3, 6), _DARK_TO_BROWN),
    (r"south[ -]?east[ -]asian|filipin\w+|thai|vietnamese|malay\w*|indonesian|cambodian|laotian|"
     r"burmese", (3, 7), _DARK_NATURALS),
    (r"south[ -]asian|indian|pakistani|bangladeshi|sri[ -]lankan|tamil|punjabi|bengali|nepal\w+|"
     r"gujarati|desi", (2, 6), _DARK_NATURALS),
    (r"east[ -]asian|chinese|japanese|korean|taiwanese|mongolian|asian", (6, 8), _DARK_NATURALS),
    (r"black|african|nigerian|kenyan|ghanaian|ethiopian|somali|senegalese|congolese|sudanese|"
     r"ugandan|zimbabwean|cape[ -]verdean|yoruba|igbo", (0, 3), _DARK_NATURALS),
    (r"latin\w*|hispanic|mexican|colombian|peruvian|chilean|brazilian|cuban|puerto[ -]rican|"
     r"dominican|venezuelan|bolivian|argentin\w+", (3, 7), _DARK_TO_BROWN),
    (r"middle[ -]eastern|arab\w*|persian|iranian|lebanese|syrian|turkish|iraqi|palestinian|"
     r"jordanian|saudi|kurdish|israeli|jewish|levantine", (4, 7), _DARK_TO_BROWN),
    (r"native american|first nations|indigenous|m[aā]ori|polynesian|hawaiian|samoan|aboriginal|"
     r"pacific islander", (2, 5), _DARK_NATURALS),
    (r"mediterranean|spanish|italian|greek|portuguese|maltese", (5, 7), _DARK_TO_BROWN),
    (r"white|caucasian|european|nordic|scandinavian|swedish|norwegian|danish|finnish|german|"
     r"dutch|irish|scottish|english|british|polish|russian|ukrainian|french|czech|slavic|welsh",
     (6, 8), ()),
)  # fmt: skip


def hair_color_from(text: str | None) -> str | None:
    """The color a text names: a hex value as it is, else the first color word in it."""
    if not text:
        return None
    lowered = text.casefold()
    if exact := re.search(r"#[0-9a-f]{6}\b", lowered):
        return exact.group()
    found: list[tuple[int, int, str]] = []
    for words, name in _HAIR_COLOR_WORDS:
        if match := re.search(rf"(?<!\w)(?:{words})(?!\w)", lowered):
            found.append((match.start(), -len(match.group()), name))
    return HAIR_COLORS[min(found)[2]] if found else None


def hair_style_from(text: str | None) -> HairWish:
    """What a hair style asks of hair, rear hair and beard, each on its own."""
    if not text:
        return HairWish()
    lowered = text.casefold()
    beard = _first(_BEARDS, lowered)
    # A beard's or a fringe's length says nothing about the hair behind the shoulders.
    lowered = re.sub(r"long(?:er)?(?: on)? top|(?:long|short|bushy|big|full) beard", " ", lowered)
    curled = re.search(_CURLED, lowered) is not None
    rear = _rear_hair(lowered, curled=curled)
    hair = _first(_FRONTS, lowered)
    if not hair and curled:
        hair = ("spiky",) if rear in ((), (None,)) else ("sideComed",)
        rear = rear or (None,)
    if not hair and rear not in ((), (None,)):
        hair = ("sideComed",)
    return HairWish(hair=hair, rear_hair=(None,) if hair == (None,) else rear, beard=beard)


def origin_from(text: str | None) -> OriginWish:
    """A wide span of skin tones for a described origin; several origins span all between them."""
    if not text:
        return OriginWish()
    rest = text.casefold()
    spans: list[tuple[int, int]] = []
    colors: list[tuple[str, ...]] = []
    for words, span, naturals in _ORIGINS:
        taken = re.sub(rf"(?<!\w)(?:{words})(?!\w)", " ", rest)
        if taken != rest:
            spans.append(span)
            colors.append(naturals)
            rest = taken
    if not spans:
        return OriginWish()
    low, high = min(s[0] for s in spans), max(s[1] for s in spans)
    naturals = colors[0] if len(spans) == 1 else ()
    return OriginWish(skin=SKIN_TONES[low : high + 1], hair_colors=naturals)


def years_from(text: str | None) -> int | None:
    """The first age in years a text gives ("25-34" is 25, "60s" is 60); None without one."""
    match = re.search(r"\d{1,3}", text or "")
    return int(match.group()) if match else None


def _first(rules: tuple[tuple[str, Choice], ...], text: str) -> Choice:
    return next((choice for words, choice in rules if re.search(words, text)), ())


def _rear_hair(text: str, *, curled: bool) -> Choice:
    if re.search(r"shoulder|\blob\b|medium|mid-?length", text):
        return ("shoulderHigh",)
    if re.search(r"\bbob\b|chin|jaw|neck|collar|\bnape\b", text):
        return ("neckHigh",)
    if re.search(_LONG, text):
        if curled:
            return ("longWavy",)
        return (
            ("longStraight",)
            if re.search(r"straight|sleek", text)
            else ("longStraight", "longWavy")
        )
    if re.search(r"half[ -]up|loose waves", text):
        return ("longWavy",)
    if re.search(
        r"\bshort|buzz|fade|crop|crew|pixie|undercut|taper|quiff|pompadour|spik|mohawk|afro|"
        r"\bbuns?\b|updo|top[ -]?knot|chignon|bald|shaved",
        text,
    ):
        return (None,)
    return ("longWavy", "shoulderHigh") if re.search(r"\bwav", text) else ()
