"""With the core alone, every package says in one line which extra it needs, and nothing else breaks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from citycontext.errors import ConfigurationError, MissingExtra

OPTIONAL = (
    *("paho", "jmespath", "prometheus_client", "typer", "rich", "starlette", "uvicorn", "shapely", "xstatic"),
    *("pandas", "pyarrow", "geopandas", "matplotlib", "pyld", "pyproj", "pyshacl", "rdflib", "amqtt"),
)


def run(code: str, *missing: str) -> subprocess.CompletedProcess[str]:
    """Run a program in which some packages cannot be imported."""
    hidden = "".join(f"sys.modules[{name!r}] = None\n" for name in missing)
    return subprocess.run(
        [sys.executable, "-c", f"import sys\n{hidden}{code}"], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("module", "extra", "missing"),
    [
        ("citycontext.bridge", "bridge", ("paho",)),
        ("citycontext.bridge", "bridge", ("jmespath",)),
        ("citycontext.bridge.mapping.paths", "bridge", ("prometheus_client",)),
        ("citycontext.broker", "broker", ("starlette",)),
        ("citycontext.broker.store", "broker", ("shapely",)),
        ("citycontext.demo", "demo", ("amqtt",)),
        ("citycontext.demo", "demo", ("amqtt", *OPTIONAL)),
        ("citycontext.testing", "testing", ("pytest",)),
    ],
)
def test_the_door_names_the_extra(module: str, extra: str, missing: tuple[str, ...]) -> None:
    """Importing a package, or a module in it, without its extra ends in one line with both ways to install it."""
    last = run(f"import {module}", *missing).stderr.strip().splitlines()[-1]
    assert last.startswith("citycontext.errors.MissingExtra: ")
    assert f"needs {missing[0]}, which is not installed. Run: pip install 'citycontext[{extra}]'" in last
    assert last.endswith(f"(in the folder of a checkout: pip install '.[{extra}]')")


def test_modules_can_be_walked_with_the_core_alone() -> None:
    """pkgutil walks all packages where no extra is installed, and those that need none can be imported."""
    code = (
        "import pkgutil, citycontext\n"
        "names = {m.name for m in pkgutil.walk_packages(citycontext.__path__, 'citycontext.')}\n"
        "assert {'citycontext.bridge', 'citycontext.broker', 'citycontext.ngsild.entity'} <= names, names\n"
        "import citycontext.client, citycontext.models, citycontext.oslo, citycontext.publish, citycontext.receiver\n"
    )
    done = run(code, *OPTIONAL)
    assert done.returncode == 0, done.stderr


def test_each_module_of_the_command_line_names_its_extra() -> None:
    """Imported by itself with the core alone, each module of ``citycontext.cli`` is there or says what to install."""
    code = (
        "import importlib, pathlib, citycontext.cli\n"
        "from citycontext.errors import MissingExtra\n"
        "root = pathlib.Path(citycontext.cli.__path__[0])\n"
        "names = [one.relative_to(root.parents[1]).with_suffix('') for one in sorted(root.rglob('*.py'))]\n"
        "there = set()\n"
        "for name in ('.'.join(one.parts).removesuffix('.__init__') for one in names):\n"
        "    for other in [one for one in sys.modules if one.startswith('citycontext.cli')]:\n"
        "        del sys.modules[other]\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "        there.add(name)\n"
        "    except MissingExtra as missing:\n"
        "        assert missing.extra == 'cli', (name, missing)\n"
        "assert {'citycontext.cli', 'citycontext.cli.main'} <= there, there\n"
        "assert len(names) > len(there) + 30, there\n"
    )
    done = run(code, *OPTIONAL, "tomlkit")
    assert done.returncode == 0, done.stderr


def test_importorskip_skips() -> None:
    """pytest.importorskip takes a missing extra for what it is, in every version of pytest."""
    code = (
        "import pytest\n"
        "try:\n    pytest.importorskip('citycontext.bridge')\n"
        "except pytest.skip.Exception as skipped:\n    print(skipped)\n"
    )
    done = run(code, "paho")
    assert "citycontext[bridge]" in done.stdout, done.stderr


def test_it_is_an_error_of_both_trees() -> None:
    """Who catches ours catches it, who catches ImportError too; it names the package."""
    missing = MissingExtra("oslo", package="pyld", purpose="Linked data")
    assert isinstance(missing, ConfigurationError)
    assert isinstance(missing, ModuleNotFoundError)
    assert (missing.name, missing.extra, missing.package) == ("pyld", "oslo", "pyld")
    assert str(missing).startswith("Linked data needs pyld, which is not installed.")
