"""What the keys of a cluster file are made of: checked words and numbers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=1)]
Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,62}$")]
"""A name that another program gave: of a partition, an account, a kind of GPU."""
Line = Annotated[str, Field(pattern=r"^[^\n\r\x00]+$")]


class Data(BaseModel):
    """Frozen, checked when made; the text under a key is what an editor shows."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=False, use_attribute_docstrings=True
    )
