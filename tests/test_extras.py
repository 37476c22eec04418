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
