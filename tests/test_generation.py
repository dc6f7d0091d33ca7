"""A generation of several segments gives what its rows were analysed to."""

from contextlib import closing

import numpy as np
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.generation import Generation
from index.stages import Stages
from index.store import Store

TEXTS = st.lists(
    st.sampled_from(
        [
            "The tide rose in the harbour.",
            "Boats were safe and it was late.",
            "Nobody's zubrowka was lost in the tides.",
            "Прилив поднялся в порту, и было поздно.",
        ]
    ),
    min_size=1,
    max_size=3,
).map(" ".join)


@settings(ON_DISK)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.data())
def test_words_of_rows_over_several_segments_are_those_of_their_analysis(
    texts: list[str], data: st.DataObject
) -> None:
    with Folder() as folder:
        for number, text in enumerate(texts):
            folder.write(f"{number}.txt", text)
            folder.update()
        generation = Store(folder.data).open()
        assert generation is not None
        with closing(generation):
            check(generation, data)


def check(generation: Generation, data: st.DataObject) -> None:
    stages, words = Stages(), []
    for segment in generation.segments:
        for number in range(segment.documents):
            words += [row.words for row in stages.analyse(segment.document(number)).rows]
    assert len(words) == generation.bases[-1] == len(generation.lengths)
    asked = data.draw(st.lists(st.integers(0, len(words) - 1), max_size=8))
    places = np.array(asked, dtype=np.int64)
    ends = [data.draw(st.integers(row, last_of_segment(generation.bases, row))) for row in asked]
    found = generation.words_of(places, np.array(ends, dtype=np.int64))
    expected = [
        [word for row in words[start:end] for word in row] for start, end in zip(asked, ends, strict=True)
    ]
    pairs = zip(found.starts[:-1].tolist(), found.starts[1:].tolist(), strict=True)
    assert expected == [found.numbers[start:end].tolist() for start, end in pairs]
    segments, rows = generation.places(places)
    assert [generation.place(row) for row in asked] == list(
        zip(segments.tolist(), rows.tolist(), strict=True)
    )


def last_of_segment(bases: np.ndarray, row: int) -> int:
    return int(bases[np.searchsorted(bases, row, side="right")])
