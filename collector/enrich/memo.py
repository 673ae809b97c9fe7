"""A bounded memory of answers about what itself may not be kept."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Asked = TypeVar("Asked", bound=Hashable)
Answer = TypeVar("Answer")


class Memo(Generic[Asked, Answer]):
    """Remembers what `answer` said of the last texts, under their 64-bit hash: the texts are not held.

    Python keys that hash anew in each process (SipHash), so that no visitor can choose texts that collide; two of
    10 000 honest ones do so once in 400 thousand million processes. When full, it forgets everything and begins anew.
    """

    def __init__(self, answer: Callable[[Asked], Answer], size: int) -> None:
        self._answer = answer
        self._size = size
        self._known: dict[int, Answer] = {}

    def __call__(self, asked: Asked) -> Answer:
        key = hash(asked)
        try:
            return self._known[key]
        except KeyError:
            pass
        answer = self._answer(asked)
        if len(self._known) >= self._size:
            self._known.clear()
        self._known[key] = answer
        return answer

    def __len__(self) -> int:
        return len(self._known)

    def forget(self) -> None:
        """Drop every answer: what they were taken from has changed."""
        self._known.clear()
