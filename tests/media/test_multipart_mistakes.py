"""Forms that are used as they are elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.media.forms import FORM, open_form


@pytest.mark.parametrize(
    "use", [list, dict, lambda form: form["a"], lambda form: "a" in form], ids=str
)
async def test_a_form_that_is_used_as_a_whole_is_a_type_error_with_the_remedy(
    use: Callable[[Any], object],
) -> None:
    form = await open_form(FORM)
    with pytest.raises(TypeError, match=r"async for part in form, and then await part\.get_data"):
        use(form)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("data", "await part.get_data()"),
        ("text", "await part.get_text()"),
        ("media", "await part.get_media()"),
        ("file", "part.stream"),
    ],
)
async def test_what_parts_have_elsewhere_is_named_with_what_takes_its_place(
    name: str, remedy: str
) -> None:
    part = await anext(await open_form(FORM))
    with pytest.raises(AttributeError, match=f"BodyPart has no attribute {name!r}: ") as caught:
        getattr(part, name)
    assert remedy in str(caught.value)
