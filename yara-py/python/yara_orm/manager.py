"""Managers: where the queries of a model begin."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeVar

from .exceptions import ConfigurationError
from .sources import Source

if TYPE_CHECKING:
    from typing_extensions import Self

    from .models import Model
    from .queryset import QuerySet

M = TypeVar("M", bound="Model")


class Manager(Source[M]):
    """Gives the query that queries of a model begin with.

    Override `get_queryset`. An instance in `Meta.manager` is where every query of the model begins,
    and one that is a member of the model is a second way in:

    ```python
    class Published(Manager):
        def get_queryset(self):
            return super().get_queryset().filter(live=True)

    class Book(Model):
        live = fields.BooleanField()
        everything = Manager()

        class Meta:
            manager = Published()

    await Book.all()              # the live ones
    await Book.everything.all()   # all of them
    ```
    """

    def __init__(self, model: type[M] | None = None) -> None:
        self._model = model

    def get_queryset(self) -> QuerySet[M]:
        """All rows; to be overridden."""
        from .queryset import QuerySet

        if self._model is None:
            raise ConfigurationError(
                "a manager of no model has no query: name it in Meta.manager, or make it a member "
                "of a model"
            )
        return QuerySet(self._model)

    def all(self) -> QuerySet[M]:
        return self.get_queryset()

    def get_queryset_for(self, model: type[Any]) -> QuerySet[Any]:
        """The query for a model, which several may share a manager for."""
        return self._of(model).get_queryset()

    def _of(self, model: type[Any]) -> Self:
        own = copy.copy(self)
        own._model = model
        return own

    def __get__(self, instance: Any, owner: type[Any]) -> Self:
        """A manager that is a member of a model is about the class that it is asked of."""
        if instance is not None:
            raise AttributeError("a manager is asked of the model, not of a row")
        return self._of(owner)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.get_queryset(), name)
