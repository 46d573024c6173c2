"""temporary"""
from typing import Any
def in_transaction(name: str = "default") -> Any:
    return None
