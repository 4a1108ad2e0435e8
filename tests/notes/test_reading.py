"""Blocks of Markdown files, scripts and notebooks, with the line numbers of the note."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.markdown import read_markdown
from torchkeras_compat.notes.note import read_note
from torchkeras_compat.notes.notebook import read_notebook

MARKDOWN = """\
# Title

```python
a = 1
```

```
output
```

1. in a list

   ~~~py
   if a:
       b = 2
   ~~~

> ```python
> c = 3
> ```

````{python .class}
d = '''
```
'''
````

```bash
ls
```

```pycon
>>> a
1
>>> for i in range(2):
...     print(i)
```
"""


def test_markdown_blocks_are_those_in_python_with_their_line_numbers() -> None:
    blocks = read_markdown(MARKDOWN, "note.md")
    assert [(block.first_line, block.code) for block in blocks[:4]] == [
        (4, "a = 1"),
        (14, "if a:\n    b = 2"),
        (19, "c = 3"),
        (23, "d = '''\n```\n'''"),
    ]


def test_prompts_are_taken_off_and_outputs_left_out() -> None:
    block = read_markdown(MARKDOWN, "note.md")[4]
    assert block.code == "a\n\nfor i in range(2):\n    print(i)"
    assert block.shows_last_value


def test_a_fence_that_is_never_closed_reaches_to_the_end() -> None:
    assert read_markdown("```python\na = 1\nb = 2", "note.md")[0].code == "a = 1\nb = 2"


def test_notebook_cells_are_counted_with_the_text_between() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["a = 1\n", "a"], "outputs": []},
        {"cell_type": "code", "source": "%matplotlib inline\nb = 2"},
    ]
    blocks = read_notebook(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), "n.ipynb")
    assert [(block.source, block.first_line, block.code) for block in blocks] == [
        ("n.ipynb[cell 2]", 1, "a = 1\na"),
        ("n.ipynb[cell 3]", 1, "%matplotlib inline\nb = 2"),
    ]
    assert blocks[1].skipped_lines == ["%matplotlib inline"]
    assert all(block.shows_last_value for block in blocks)


def test_a_notebook_in_another_language_is_refused() -> None:
    text = json.dumps({"cells": [], "metadata": {"kernelspec": {"language": "R"}}})
    with pytest.raises(ValueError, match="notebook in 'R'"):
        read_notebook(text, "n.ipynb")


@pytest.mark.parametrize("text", ["not json", "[]", '{"a": 1}'])
def test_a_file_that_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="n.ipynb is not a Jupyter notebook"):
        read_notebook(text, "n.ipynb")


def test_a_cell_in_another_language_is_not_run() -> None:
    body, last = Block("%%bash\nls -l", 1, "n.ipynb[cell 1]", shows_last_value=True).compile()
    exec(body, {})
    assert last is None


def test_lines_for_ipython_keep_their_place() -> None:
    block = Block("if True:\n    !pip install x\nraise ValueError", 5, "note.md")
    with pytest.raises(ValueError) as raised:
        exec(block.compile()[0], {})
    assert raised.traceback[-1].lineno + 1 == 7


def test_a_remainder_at_the_start_of_a_line_is_python() -> None:
    assert Block("a = (7\n % 4)", 1, "note.md").skipped_lines == []


def test_a_semicolon_hides_the_last_value() -> None:
    assert Block("3;", 1, "n", shows_last_value=True).compile()[1] is None
    assert Block("3", 1, "n", shows_last_value=True).compile()[1] is not None
    assert Block("3", 1, "n").compile()[1] is None


def test_a_script_is_one_block(tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text("a = 1\n")
    note = read_note(tmp_path / "s.py")
    assert (note.kind, len(note.blocks), note.blocks[0].first_line) == ("script", 1, 1)


def test_a_missing_note_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no file .*gone.md"):
        read_note(tmp_path / "gone.md")


def test_another_suffix_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"suffix '\.txt'\. A note is one of \.md"):
        read_note(tmp_path / "note.txt")


def test_a_note_without_code_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# Nothing\n```\nx\n```\n")
    with pytest.raises(ValueError, match="has no Python code"):
        read_note(tmp_path / "note.md")


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="is not UTF-8 text"):
        read_note(tmp_path / "note.md")
