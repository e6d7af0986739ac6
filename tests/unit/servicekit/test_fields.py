"""Fields that users define."""

import pytest

from servicekit.errors import Invalid
from servicekit.fields import FieldSpec, FieldType, check_answers


def spec(kind: FieldType, **more) -> FieldSpec:
    return FieldSpec(key="x", label="Answer", type=kind, **more)


@pytest.mark.parametrize(
    ("field", "answer", "stored"),
    [
        (spec(FieldType.TEXT), "  hello ", "hello"),
        (spec(FieldType.EMAIL), "a@b.example", "a@b.example"),
        (spec(FieldType.PHONE), "+49 40 555-0134", "+49 40 555-0134"),
        (spec(FieldType.NUMBER), "12.50", "12.50"),
        (spec(FieldType.INTEGER), "42", 42),
        (spec(FieldType.DATE), "2026-02-28", "2026-02-28"),
        (spec(FieldType.CHECKBOX), "on", True),
        (spec(FieldType.CHOICE, options=("a", "b")), "b", "b"),
        (spec(FieldType.MULTICHOICE, options=("a", "b", "c")), ["c", "a"], ["a", "c"]),
    ],
)
def test_an_answer_is_stored_by_the_type_of_its_field(field: FieldSpec, answer, stored) -> None:
    assert check_answers([field], {"x": answer}) == {"x": stored}


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        (spec(FieldType.TEXT), 5),
        (spec(FieldType.TEXT), "x" * 501),
        (spec(FieldType.EMAIL), "nobody"),
        (spec(FieldType.PHONE), "call me"),
        (spec(FieldType.NUMBER), "NaN"),
        (spec(FieldType.NUMBER), True),
        (spec(FieldType.NUMBER), "1e20000000"),
        (spec(FieldType.NUMBER), "1" * 31),
        (spec(FieldType.INTEGER), "1.5"),
        (spec(FieldType.DATE), "2026-02-30"),
        (spec(FieldType.CHECKBOX), "maybe"),
        (spec(FieldType.CHOICE, options=("a",)), "z"),
        (spec(FieldType.MULTICHOICE, options=("a",)), ["a", "z"]),
        (spec(FieldType.TEXT, is_required=True), ""),
        (spec(FieldType.CHECKBOX, is_required=True), "off"),
    ],
)
def test_a_wrong_answer_is_named_under_its_place(field: FieldSpec, answer) -> None:
    with pytest.raises(Invalid) as refused:
        check_answers([field], {"x": answer}, where="/answers")
    assert refused.value.fields[0].pointer == "/answers/x"
    assert "Answer" in refused.value.fields[0].detail
