"""Blocks of Markdown files, with the line numbers of the note."""

from __future__ import annotations

import pytest

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


def code_of(text: str) -> list[tuple[int, str]]:
    return [(block.first_line, block.code) for block in read_markdown(text, "note.md")]


def test_markdown_blocks_are_those_in_python_with_their_line_numbers() -> None:
    assert code_of(MARKDOWN)[:4] == [
        (4, "a = 1"),
        (14, "if a:\n    b = 2"),
        (19, "c = 3"),
        (23, "d = '''\n```\n'''"),
    ]


def test_blocks_with_prompts_show_their_last_value() -> None:
    assert read_markdown(MARKDOWN, "note.md")[4].shows_last_value
    assert not read_markdown(MARKDOWN, "note.md")[0].shows_last_value


def test_a_fence_that_is_never_closed_reaches_to_the_end() -> None:
    assert code_of("```python\na = 1\nb = 2") == [(2, "a = 1\nb = 2")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% highlight python linenos %}\na = 1\n{% endhighlight %}\n", [(2, "a = 1")]),
        ('{{< highlight python "hl_lines=1" >}}\na = 1\n{{< /highlight >}}\n', [(2, "a = 1")]),
        ("{% highlight bash %}\nls\n{% endhighlight %}\n", []),
        (
            '<pre><code class="language-python">if a &lt; 1:\n    b = &quot;x&quot;\n</code></pre>',
            [(1, 'if a < 1:\n    b = "x"\n')],
        ),
        ('<div class="highlight-source-python"><pre><span class="n">a</span> = 1\n</pre></div>', [(1, "a = 1\n")]),
        ("```{code-cell} ipython3\n:tags: [hide]\n\na = 1\n```", [(2, "\n\na = 1")]),
        ("```{code-block} python\n---\nlineno-start: 1\n---\na = 1\n```", [(2, "\n\n\na = 1")]),
        ("```{note}\nmodel.fit(x)\n```", []),
        ("<!--\n```python\na = 1\n```\n-->\n", []),
        ("- ```python\n  a = 1\n  ```\n", [(2, "a = 1")]),
    ],
)
def test_code_stands_in_many_kinds_of_blocks(text: str, expected: list[tuple[int, str]]) -> None:
    assert code_of(text) == expected


BARE = "```\npip install keras\n```\n\n```\nfrom keras.layers import Dense\n```\n\n```\n[0.5, 0.9]\n```\n"


def test_blocks_without_a_language_are_run_where_none_is_python_and_this_is_said() -> None:
    said: list[str] = []
    blocks = read_markdown(BARE, "note.md", said.append)
    assert [block.code for block in blocks] == ["from keras.layers import Dense"]
    assert said == ["note.md: no block names its language; 1 of 3 are run as Python"]


def test_blocks_without_a_language_are_outputs_where_another_is_python() -> None:
    assert code_of(BARE + "```python\na = 1\n```\n") == [(13, "a = 1")]


def test_blocks_without_a_language_are_left_alone_where_nothing_is_of_keras() -> None:
    assert code_of("```\nimport os\n```\n") == []


def test_indented_code_is_code_where_nothing_names_a_language() -> None:
    text = "Text:\n\n    from keras.layers import Dense\n\n    layer = Dense(3)\n\nmore text\n\n    Epoch 1/2\n"
    assert code_of(text) == [(3, "from keras.layers import Dense\n\nlayer = Dense(3)\n")]
