"""What is wrong with a malformed JSON text, in the words and positions of the standard library."""

from __future__ import annotations

import json
from typing import Final

_REFUSED_BY_US: Final = "Lone surrogate, or number beyond the range of a double"


def diagnosis(text: str | bytes, refusal: Exception) -> json.JSONDecodeError:
    """Return the error for a text, after what msgspec raised at it.

    msgspec says what is wrong in its message only, and not always where. So the standard library
    reads the text again, at its own pace; where it finds no fault or no position, `pos` is 0.
    """
    try:
        document = text if isinstance(text, str) else str(text, "utf-8")
    except UnicodeDecodeError as error:
        return _invalid_utf8(error)
    if isinstance(refusal, RecursionError):
        return json.JSONDecodeError("Nested too deeply", document, 0)
    try:
        json.loads(document, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return error
    except ValueError as error:
        return json.JSONDecodeError(str(error), document, 0)
    else:
        return json.JSONDecodeError(_REFUSED_BY_US, document, 0)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _invalid_utf8(error: UnicodeDecodeError) -> json.JSONDecodeError:
    before = len(str(error.object[: error.start], "utf-8"))
    document = str(error.object, "utf-8", "replace")
    return json.JSONDecodeError("Not UTF-8", document, before)
