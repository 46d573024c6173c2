"""Managers: where the queries of a model begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Model
    from .queryset import QuerySet


class Manager:
    """Gives the query that every query of a model begins with.

    Override `get_queryset`, and name an instance in `Meta.manager`.
    """

    def __init__(self, model: type[Model] | None = None) -> None:
        self._model = model

    def get_queryset(self) -> QuerySet[Any]:
        """All rows; to be overridden."""
        from .queryset import QuerySet

        if self._model is None:
            raise TypeError("a manager of no model has no query")
        return QuerySet(self._model)

    def get_queryset_for(self, model: type[Model]) -> QuerySet[Any]:
        """The query for a model, which several may share a manager for."""
        own = type(self).__new__(type(self))
        own.__dict__.update(self.__dict__)
        own._model = model
        return own.get_queryset()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.get_queryset(), name)
