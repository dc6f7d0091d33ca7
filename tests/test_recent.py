"""What was stored last is kept, and no more than so much."""

from hypothesis import given
from hypothesis import strategies as st

from bot.recent import Recent


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 8), st.integers()), max_size=40))
def test_the_last_keys_stored_are_kept_with_their_last_values(
    most: int, stored: list[tuple[int, int]]
) -> None:
    recent: Recent[int, int] = Recent(most)
    for key, value in stored:
        recent.keep(key, value)
    kept = list(dict.fromkeys(key for key, _ in reversed(stored)))[:most]
    values = dict(stored)
    assert [recent.get(key) for key in range(9)] == [values[key] if key in kept else None for key in range(9)]
    if kept:
        recent.drop(kept[0])
        assert recent.get(kept[0]) is None
        recent.drop(kept[0])
