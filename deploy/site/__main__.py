"""Builds the site, strictly, into a new folder: `python -m deploy.site FOLDER`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from deploy.site.foreign import foreign_loads
from deploy.site.pages import ROOT, copy_pages, expanded

SETTINGS = Path(__file__).with_name("mkdocs.yml")


def main(site: Path) -> None:
    """Build it. Ends with what is wrong, and leaves the site of before as it was."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy_pages(ROOT, folder / "docs")
        settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
        settings["nav"] = expanded(settings["nav"], ROOT / "docs")
        folder.joinpath("mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        building = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", "mkdocs.yml"]
        if subprocess.run(building, cwd=folder, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False).returncode:  # noqa: S603 - ours
            sys.exit("no site: the reason is above")
        if loads := foreign_loads(folder / "site"):
            sys.exit("no site: pages load from other hosts\n" + "\n".join(loads))
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(folder / "site", site)
    print(f"{site}: {sum(1 for _ in site.rglob('*.html'))} pages")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
