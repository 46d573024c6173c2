"""What cannot leave its process, and says what can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class Unpicklable:
    """Refuses to be pickled. A copy of it is itself, because it never changes."""

    __slots__ = ()

    #: What may be pickled in its place.
    _instead = "what it is made of, such as Q(views__gt=10) and F('views')"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> Any:
        raise TypeError(f"{self!r} cannot be pickled: pickle {self._instead}")
