"""Answers that are kept: whole, as they go over the wire, until the release changes or their room is needed."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

_ENTRY = 2_048
"""Bytes that an answer takes besides its body and its question: headers, keys, the places in two tables."""
_SHORTCUTS = 10_000
"""Requests whose answer is found without reading them."""

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with its headers."""

    headers: tuple[Header, ...]
    body: bytes
    etag: bytes
    head: bytes
    """The headers as they go over the wire."""

    def is_held(self, if_none_match: bytes) -> bool:
        """Tell whether a client holds this answer (If-None-Match compares weakly, RFC 9110, 13.1.2)."""
        tags = [tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")]
        return self.etag in tags or b"*" in tags


class Answers:
    """Answers by what was asked of which release, the least used of them forgotten first."""

    def __init__(self, room: int, largest: int) -> None:
        """Keep at most ``room`` bytes of answers, none of them above ``largest``."""
        self._room = room
        self._largest = largest
        self.taken = 0
        """Bytes of answers that are kept."""
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self._shortcuts: OrderedDict[Hashable, Hashable] = OrderedDict()
        self.hits = 0
        """Requests that were answered from here."""

    def find(self, question: Hashable) -> Answer | None:
        """Return the answer to a question, if it is kept."""
        answer = self._answers.get(question)
        if answer is not None:
            self._answers.move_to_end(question)
            self.hits += 1
        return answer

    def find_by_shortcut(self, request: Hashable) -> Answer | None:
        """Return the answer to a request that asked the same in the same words."""
        question = self._shortcuts.get(request)
        return None if question is None else self.find(question)

    def shorten(self, request: Hashable, shorter: Hashable) -> None:
        """Remember what a request asked, which is known by one of its shortcuts, by a shorter one."""
        if (question := self._shortcuts.get(request)) is not None:
            self.remember(shorter, question)

    def keep(self, question: Hashable, answer: Answer, spoken: int = 0) -> None:
        """Keep an answer, if it is not too large; ``spoken`` is the length of its question, which is kept with it."""
        size = len(answer.body) + spoken + _ENTRY
        if size > self._largest or question in self._answers:
            return
        self._answers[question] = answer
        self._sizes[question] = size
        self.taken += size
        while self.taken > self._room:
            dropped, _ = self._answers.popitem(last=False)
            self.taken -= self._sizes.pop(dropped)

    def forget(self) -> None:
        """Keep nothing of what was: another release is served."""
        self._answers.clear()
        self._sizes.clear()
        self._shortcuts.clear()
        self.taken = 0

    def remember(self, request: Hashable, question: Hashable) -> None:
        """Remember which question a request asked."""
        self._shortcuts[request] = question
        if len(self._shortcuts) > _SHORTCUTS:
            self._shortcuts.popitem(last=False)
