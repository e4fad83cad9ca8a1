"""Answers that are kept take no more room than they may, however small each is and however long its question."""

import tracemalloc

from endpoint.query.answers import Answer, Answers

ROOM = 4 * 2**20


def test_many_small_answers_take_no_more_than_their_room() -> None:
    answers = Answers(ROOM, ROOM)
    tracemalloc.start()
    for number in range(20_000):
        question = f"ASK {{}} # {number:0>200}"
        headers = tuple((f"name-{n}".encode(), f"{number}-{n}".encode()) for n in range(8))
        answers.keep(question, Answer(headers, b"{}", b"tag", b""), len(question))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 1.5 * ROOM
    assert answers.taken <= ROOM
    assert answers.find(question) is not None


def test_long_questions_count() -> None:
    answers = Answers(ROOM, ROOM)
    for number in range(100):
        answers.keep((number, "x" * 100_000), Answer((), b"", b"tag", b""), 100_000)
    assert sum(answers.find((number, "x" * 100_000)) is not None for number in range(100)) < 42


def test_another_release_empties_it() -> None:
    answers = Answers(ROOM, ROOM)
    answers.keep("a", Answer((), b"1", b"tag", b""), 1)
    answers.remember((b"request",), "a")
    answers.forget()
    assert answers.find_by_shortcut((b"request",)) is None
    assert answers.taken == 0
