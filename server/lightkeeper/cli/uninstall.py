"""`lightkeeper uninstall`: what a publisher's own server needs so that Lightkeeper can go and leave nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import resources
from ..delivery.saved import WORKER
from ..delivery.scripts import join
from ..errors import SettingsError
from ..settings import load

_STEPS = """\
Wrote {file}, the end of the worker that readers of saved stories have on their devices.

1. Now, with Lightkeeper still in place: set offline = "off" and leave it so for two weeks, if you can. Readers who come
   by in that time lose what they kept and the worker with it.
2. Put the file on your own server, at the address {worker}, and see that it answers with
     Content-Type: text/javascript
     Service-Worker-Allowed: /        (without this header browsers refuse the file)
     Cache-Control: no-cache
   In nginx:
     location = {worker} {{
         alias {path};
         default_type text/javascript;
         add_header Service-Worker-Allowed /;
         add_header Cache-Control no-cache;
     }}
3. Send shared and saved Light addresses to the full pages. In nginx:
     rewrite ^{prefix}/(?!-/)(.*)$ /$1 permanent;
4. Point your name, or the proxy in front, at your own server, and check from outside:
     curl -sI {site}{worker}
5. Stop Lightkeeper and delete its data folder ({data}). Nothing else was changed on your site.
6. Keep step 2 for a year. A device that comes back later, or to a site without step 2, removes everything by itself on
   its third visit on different days.
"""


def uninstall(
    output: Annotated[Path, typer.Option(help="Where to write the script.")] = Path("sw.js"),
    config: Annotated[Path | None, typer.Option(help="Settings file; default: lightkeeper.toml, if there.")] = None,
) -> None:
    """Write the script that ends readers' workers, and say in which order to take Lightkeeper away."""
    settings = load(config)
    try:
        output.write_text(join(resources.client(), "worker/kill.js"), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{output}: cannot be written: {error.strerror}") from error
    typer.echo(
        _STEPS.format(
            file=output,
            path=output.resolve(),
            worker=WORKER,
            prefix=settings.light_prefix,
            site=settings.site or "https://your.site",
            data=settings.data,
        ),
        nl=False,
    )
