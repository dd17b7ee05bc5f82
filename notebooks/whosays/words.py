"""The codes that stand for students: two words and a two-digit number, such as amber-otter-17."""

from __future__ import annotations

import random
import re

CODE = re.compile(r"[a-z]{3,10}-[a-z]{3,10}-[0-9]{2}")

# Short, common, friendly words: easy to read aloud and to write down. A code is read out in front of a class,
# so no word stands here that teases anybody in some pairing: nothing about bodies, skin, moods, cleverness or
# love, no common first name (but amber), no colour of a party, no animal that people call each other.
_FIRST = (
    "amber apple autumn birch brisk cedar clear cloud cobalt copper coral crisp ember fern forest "
    "frost garden golden granite indigo island lemon lilac linen lunar maple marble meadow mint misty "
    "moss ocean opal pebble pepper pine plum polar quartz rapid river sandy silver sky snowy solar "
    "spring sunny swift topaz valley willow winter "
)
_SECOND = (
    "badger bison condor crane curlew deer dolphin eagle egret falcon finch gecko hare hedgehog ibex "
    "iguana kestrel koala lark lemur lion llama lynx magpie mallard marmot newt okapi oriole osprey "
    "otter owl pelican penguin petrel pony puffin puma quail raven salmon seal sparrow starling swan "
    "tapir tern tiger toucan turtle wombat wren zebra "
)
FIRST, SECOND = _FIRST.split(), _SECOND.split()


def is_code(word: str) -> bool:
    """Whether ``word`` is a code as it is written."""
    return CODE.fullmatch(word) is not None


def propose() -> str:
    """A code by chance."""
    chance = random.SystemRandom()
    return f"{chance.choice(FIRST)}-{chance.choice(SECOND)}-{chance.randrange(10, 100)}"
