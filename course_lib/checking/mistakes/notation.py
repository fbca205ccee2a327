"""How a way is written: statements on one line, and `for` where one line is many ways."""

import ast
import io
import re
from collections.abc import Iterator
from tokenize import TokenError, TokenInfo, generate_tokens

_MANY = re.compile(r"for\s+(\w+)\s+in\s+(.+)")
_ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.Tuple, ast.List)


def split(text: str, at: str) -> list[str]:
    """Split a line at each separator that stands in no bracket and no string.

    Examples
    --------
    >>> split("f(a, b), 'c, d', [e, f]", ",")
    ['f(a, b)', "'c, d'", '[e, f]']
    """
    if at not in text:
        return [text.strip()]
    pieces, start = [], 0
    for token in _outside_brackets(text):
        if token.string == at:
            pieces.append(text[start : token.start[1]].strip())
            start = token.end[1]
    return [*pieces, text[start:].strip()]


def each(line: str) -> Iterator[str]:
    """Yield every way of a line that ends in `for NAME in THIS, THAT`, else the line.

    Examples
    --------
    >>> list(each("scale = d_head ** power for power in 2, 1 / 3"))
    ['scale = d_head ** 2', 'scale = d_head ** (1 / 3)']
    >>> list(each("scores = queries[:, some] @ keys.T for some in :-1, 1:"))
    ['scores = queries[:, :-1] @ keys.T', 'scores = queries[:, 1:] @ keys.T']
    """
    before, last = "", None
    for token in _outside_brackets(line) if " for " in line else ():
        if token.string == "for" and before not in ("", ";", "->"):  # there it begins a loop
            last = token.start[1]
        before = token.string
    if last is None:
        yield line
        return
    if not (many := _MANY.fullmatch(line[last:].strip())):
        raise ValueError(f"expected `for NAME in THIS, THAT`; got {line[last:]!r}")
    for value in split(many[2], ","):
        yield from each(_with(line[:last].strip(), many[1], value))


def marks(text: str) -> tuple[list[str], str]:
    """Take words with a colon from the front of a way: `alone: scale = 2` is marked *alone*."""
    found = []
    while (mark := re.match(r"(\w+): +", text)) and mark[1] != "lambda":
        found.append(mark[1])
        text = text[mark.end() :]
    return found, text


def statements(text: str) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the statements of a way, each after the start of the line it stands for, if it says so.

    Of a loop or a condition only the first line is written.
    """
    for piece in split(text, ";"):
        *heads, written = split(piece, "->")
        if re.match(r"(for|if|while)\b", written):
            written = f"{written.rstrip(':')}: pass"
        yield heads[0] if heads else "", ast.parse(written).body[0]


def _outside_brackets(text: str) -> Iterator[TokenInfo]:
    depth = 0
    try:
        for token in generate_tokens(io.StringIO(text).readline):
            depth -= token.string in (")", "]", "}")
            if depth == 0:
                yield token
            depth += token.string in ("(", "[", "{")
    except TokenError as error:
        raise SyntaxError(f"{error.args[0]}: {text!r}") from None


def _with(text: str, name: str, value: str) -> str:
    """Put a value in the place of a name, in parentheses where it is more than one word."""
    try:
        is_whole = isinstance(ast.parse(value, mode="eval").body, _ATOMS)
    except SyntaxError:
        is_whole = True  # a slice, or an operator
    value = value if is_whole else f"({value})"
    for token in reversed(list(generate_tokens(io.StringIO(text).readline))):
        if token.string == name:
            text = text[: token.start[1]] + value + text[token.end[1] :]
    return text
