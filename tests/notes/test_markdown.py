"""Blocks of Markdown files, with the line numbers of the note."""

from __future__ import annotations

from torchkeras_compat.notes.markdown import read_markdown

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
