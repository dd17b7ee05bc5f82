"""Tables by chance to try functions on: the same for a seed, never the key."""

import pandas as pd
import pytest

from whosays import pack as packs
from whosays.exercises.tables import MAKERS, made, make


@pytest.mark.parametrize("name", MAKERS)
def test_a_seed_gives_the_same_table_and_another_one_another(name):
    pd.testing.assert_frame_equal(made(name, 3), made(name, 3))
    assert not made(name, 3).equals(made(name, 4))


@pytest.mark.parametrize("name", MAKERS)
def test_each_call_gives_a_table_of_its_own(name):
    first = made(name, 5)
    first.drop(first.index, inplace=True)
    assert len(made(name, 5))


@pytest.mark.parametrize("seed", range(20))
def test_a_coding_is_by_chance_and_not_the_key(seed):
    key = packs.load().reference["sentences"]["rung"]
    agree = (made("coding", seed)["rung"].to_numpy() == key.to_numpy()).mean()
    assert agree < 0.75


def test_nobody_real_helps_anybody_in_a_table_by_chance():
    names = set(packs.load().actors["name"])
    for seed in range(10):
        ties = made("ties", seed)
        assert not names & ({*ties["giver"]} | {*ties["receiver"]})
        assert (ties["giver"] != ties["receiver"]).all()
        assert not set(packs.load().versions["outlet"]) & {*made("versions", seed)["outlet"]}


def test_exact_words_stand_on_the_top_rung_only():
    coding = made("coding", 1)
    assert (coding["form"].eq("quote") == coding["rung"].eq(5)).all()
    assert coding.loc[coding["form"].isin(["", "paraphrase"]), "words_quoted"].eq(0).all()
    assert coding["speaker"].ne("").eq(coding["rung"].ge(4)).all()


def test_a_recipe_makes_the_input():
    assert make({"value": 3}) == 3
    assert len(make({"made": "coding", "seed": 2, "rows": 7})) == 7
    table = make({"csv": "rung,speaker\n1,\n5,NA\n"})
    assert table["speaker"].tolist() == ["", "NA"]
    with pytest.raises(ValueError, match="is no input"):
        make({"made": "nothing"})
