"""The page for people: what the data are, where they are, and how to use them. It says all of that without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from citycontext.publish.ldes.nodes import ROOT
from citycontext.publish.site.shelf import Shelf, ShelfFile
from citycontext.publish.site.words import LANGUAGES, WORDS, best_of

__all__ = ["document"]

_STEPS: Final = ("B", "kB", "MB", "GB")


def document(shelves: Sequence[Shelf], language: str, address: str, *, features: bool) -> str:
    """Return the page, as HTML.

    Args:
        shelves: The datasets.
        language: ``nl`` or ``en``.
        address: Where the page is, without a slash at the end.
        features: Whether there is a service of features.
    """
    words = WORDS[language]
    other = next(one for one in LANGUAGES if one != language)
    title = (best_of(shelves[0].publication.dataset.title, language)[0] if len(shelves) == 1 else "") or words["title"]
    parts = [_section(one, language, address) for one in shelves]
    if features:
        parts += [_values(words), _service(words, address)]
    return f"""<!doctype html>
<html lang="{language}" data-language="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{escape(title)}</title>
  <link rel="icon" href="page/icon.svg" type="image/svg+xml">
  <link rel="alternate" hreflang="{other}" href="?lang={other}">
  <link rel="service-desc" href="api" type="application/vnd.oai.openapi+json;version=3.1">
  <link rel="stylesheet" href="page/leaflet/leaflet.css">
  <link rel="stylesheet" href="page/style.css">
  <link rel="stylesheet" href="page/site.css">
  <script src="page/leaflet/leaflet.js" defer></script>
  <script src="page/site.js" type="module"></script>
</head>
<body class="site">
  <a class="skip" href="#content">{escape(words["skip"])}</a>
  <header class="bar">
    <h1>{escape(title)}</h1>
    <a class="language" href="?lang={other}" hreflang="{other}" lang="{other}">{escape(words["other"])}</a>
  </header>
  <main id="content">
{"".join(parts) or f"<p>{escape(words['nothing'])}</p>"}
  </main>
</body>
</html>
"""


def _section(shelf: Shelf, language: str, address: str) -> str:
    words, dataset = WORDS[language], shelf.publication.dataset
    title, title_language = best_of(dataset.title, language)
    about, about_language = best_of(dataset.description, language)
    publisher, publisher_language = best_of(dataset.publisher_name, language)
    facts = []
    if publisher or dataset.publisher:
        shown = f'<span lang="{escape(publisher_language)}">{escape(publisher or str(dataset.publisher))}</span>'
        facts.append((words["publisher"], _linked(dataset.publisher, shown)))
    licence = dataset.licence
    facts.append((words["licence"], _linked(licence, escape(licence)) if licence else escape(words["no licence"])))
    if dataset.contact.email:
        mail = escape(dataset.contact.email)
        facts.append((words["contact"], f'<a href="mailto:{mail}">{mail}</a>'))
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in facts)
    heading = f'<h2 lang="{escape(title_language)}">{escape(title)}</h2>' if title else ""
    return f"""<section class="dataset">{heading}
<p lang="{escape(about_language)}">{escape(about)}</p>
<dl>{listed}</dl>
{_files(shelf.files(), words)}{_stream(shelf, words, address)}</section>
"""


def _files(files: Iterable[ShelfFile], words: dict[str, str]) -> str:
    rows = []
    for one in files:
        status = one.path.stat()
        changed = datetime.fromtimestamp(int(status.st_mtime), UTC).strftime("%Y-%m-%d %H:%M UTC")
        link = f'<a href="{escape(one.address.lstrip("/"))}">{escape(words[one.form])}</a>'
        rows.append(f"<tr><th scope='row'>{link}</th><td>{_size(status.st_size)}</td><td>{changed}</td></tr>")
    if not rows:
        return f"<h3>{escape(words['files'])}</h3><p>{escape(words['no files'])}</p>"
    columns = "".join(f"<th scope='col'>{escape(words[name])}</th>" for name in ("file", "size", "changed"))
    head, body = f"<thead><tr>{columns}</tr></thead>", f"<tbody>{''.join(rows)}</tbody>"
    return f"<h3>{escape(words['files'])}</h3><table class='files'>{head}{body}</table>"


def _stream(shelf: Shelf, words: dict[str, str], address: str) -> str:
    settings = shelf.stream_settings
    if settings is None:
        return ""
    root = f"{settings.url}/{ROOT}"
    return f"""<h3>{escape(words["follow"])}</h3>
<p>{escape(words["follow text"])}</p><pre><code>{escape(root)}</code></pre>
<p>{escape(words["follow broker"])}</p>
<pre><code>citycontext subscribe-ldes {escape(root)} --to http://localhost:1026</code></pre>
<p>{escape(words["follow client"])}</p><pre><code>npx ldes-client {escape(root)} --follow</code></pre>
"""


def _values(words: dict[str, str]) -> str:
    return f"""<section class="values"><h2>{escape(words["map"])}</h2>
<noscript><p>{escape(words["noscript"])}</p></noscript>
<div id="map" class="map" aria-label="{escape(words["map"])}"></div>
<h2>{escape(words["newest"])}</h2><div id="table" class="table"></div></section>
"""


def _service(words: dict[str, str], address: str) -> str:
    return f"""<section class="service"><h2>{escape(words["service"])}</h2>
<p>{escape(words["service text"])}</p><pre><code>{escape(address)}/</code></pre>
<p><a href="collections">{escape(words["collections"])}</a> · <a href="api">{escape(words["api"])}</a></p></section>
"""


def _linked(address: str | None, shown: str) -> str:
    is_web = address is not None and address.startswith(("http://", "https://"))
    return f'<a href="{escape(address or "")}">{shown}</a>' if is_web else shown


def _size(length: int) -> str:
    size, step = float(length), 0
    while size >= 1_000 and step < len(_STEPS) - 1:
        size, step = size / 1_000, step + 1
    return f"{size:.0f} {_STEPS[step]}" if step == 0 else f"{size:.1f} {_STEPS[step]}"
