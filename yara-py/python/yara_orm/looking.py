"""What a query becomes, and how a database would run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _engine, execution, router
from .exceptions import ParamsError
from .runnable import Call

if TYPE_CHECKING:
    from .queryset import QuerySet


def text_of(query: QuerySet[Any], select: _engine.Select) -> tuple[str, list[Any]]:
    """The SQL text on the database that the query would run on, and the values of parameters."""
    target = router.engine(query._model_meta, query._using)
    return execution.text(target, select)


def explained(
    query: QuerySet[Any], select: _engine.Select, format: str, analyze: bool, verbose: bool
) -> Call[str]:
    """See `QuerySet.explain`."""
    if format not in ("text", "json"):
        raise ParamsError(f"a plan is told as 'text' or 'json', not {format!r}")

    async def run() -> str:
        target = router.for_read(query._model_meta, query._using)
        operation = _engine.explain(target, select, format == "json", analyze, verbose)
        plan: str = await execution.perform(operation)
        return plan

    return Call(run, "explain")
