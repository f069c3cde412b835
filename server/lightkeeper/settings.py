"""One frozen Settings: every setting has a name, a default and a help line. Read from arguments, environment, file.

Order: explicit arguments, then `LIGHTKEEPER_*`, then `lightkeeper.toml`, then the defaults below.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .errors import SettingsError

Words = Annotated[tuple[str, ...], NoDecode]

SESSION_COOKIES = (
    "wordpress_logged_in_*",
    "wordpress_sec_*",
    "wp-postpass_*",
    "comment_author_*",
    "SESS*",
    "SSESS*",
    "ghost-admin-api-session",
    "joomla_user_state",
    "sessionid",
    "PHPSESSID",
    "laravel_session",
    "connect.sid",
    "_session_id",
    "craft*_identity",
    "be_typo_user",
    "fe_typo_user",
)

# Where common systems log people in and keep house: WordPress, Drupal, Joomla, Ghost, Django, TYPO3.
UNTOUCHED = (
    "/wp-login.php",
    "/wp-admin/*",
    "/user/login",
    "/user/password",
    "/user/register",
    "/administrator/*",
    "/ghost/*",
    "/admin/*",
    "/typo3/*",
)


class Settings(BaseSettings):
    """What an operator may set. Raises `SettingsError` through `load` with one line that says what to do."""

    model_config = SettingsConfigDict(env_prefix="LIGHTKEEPER_", frozen=True, extra="forbid")

    origin: str = Field("", description="Where to connect: the publisher's own site, as http(s)://host[:port].")
    public_url: str = Field(
        "",
        description="The address that readers use; also the Host that the origin sees. Default: the origin's.",
    )
    publication: str = Field(
        "", description="The publication's name as readers know it. Default: the public host name."
    )
    timezone: str = Field(
        "",
        description="The zone of the publication's dates and days, such as Asia/Tehran. Default: as each story states.",
    )
    mode: Literal["on", "observe", "off"] = Field(
        "on", description="Serve editions; only decide and count, and change nothing; or only pass everything on."
    )
    untouched: Words = Field(
        (),
        description="Paths that are never touched, besides common systems' log-in and administration: "
        "patterns such as /checkout/*, where * is any characters.",
    )
    light_paths: Words = Field(
        ("/*",), description="Paths that may have a Light edition: patterns as above; all others are not touched."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    data: Path = Field(Path("lightkeeper-data"), description="Folder for what Lightkeeper stores.")
    workers: int = Field(1, ge=1, le=64, description="Number of server processes.")
    tls_cert: Path | None = Field(None, description="PEM file with the certificate chain, to serve HTTPS directly.")
    tls_key: Path | None = Field(None, description="PEM file with the private key.")
    trusted_proxies: Words = Field((), description="Addresses or networks whose Forwarded headers are believed.")
    rtt_header: str = Field(
        "",
        description="Header in which a trusted proxy tells the reader's round trip: its name, then us or ms.",
    )
    critical_hints: bool = Field(
        False,
        description="Have browsers say what they know of the link at the first page already (Critical-CH): asked "
        "again for it, they lose a round trip.",
    )
    light_prefix: str = Field("/light", description="Where Light editions have addresses of their own.")
    edition_header: str = Field(
        "Lightkeeper-Edition", description="Response header that says what was decided and why; empty: none."
    )
    fronts: Words = Field(("/",), description="Paths of the lists of stories that are read in advance.")
    feeds: Words = Field(
        (), description="Paths of feeds (RSS, Atom, JSON Feed) and sitemaps that name stories; WordPress is found."
    )
    poll: float = Field(120.0, ge=1, description="Seconds between two readings of fronts, feeds and latest stories.")
    pace: float = Field(
        10.0, gt=0, le=1000, description="Requests a second, at most, when stories are read in advance."
    )
    offline: Literal["ask", "auto", "off"] = Field(
        "ask", description="Saved reading: only after the reader's yes, offered at once, or never."
    )
    offline_stories: int = Field(
        20, ge=1, le=200, description="Latest stories a reader keeps who does not choose: 20, 50 or 200, rounded up."
    )
    bundle_days: int = Field(
        14, ge=1, le=365, description="Days after which a reader is told that saved stories may be out of date."
    )
    bundle_mirrors: Words = Field(
        (), description="Other addresses that serve the same bundles; told to readers under the site's signature."
    )
    session_cookies: Words = Field(
        SESSION_COOKIES, description="Cookies (name patterns) whose bearers get the untouched full page."
    )
    operator_note: str = Field("", description="HTML shown at the foot of Light pages: donate, newsletter, channels.")
    sensing: Literal["on", "off"] = Field(
        "on", description="Notice whether full pages arrive, by two cookies of a day at most; or do not."
    )
    unknown: Literal["full", "light"] = Field(
        "full",
        description="What a first-time reader gets: the full page; or the text at once, and the full page where the "
        "text has shown that the link is good for it (needs JavaScript and cookies; without, a link). Needs `sensing`.",
    )
    switch: Literal["ask", "auto"] = Field(
        "ask", description="Where a full page fails before the reader's eyes: offer the Light edition, or go there."
    )
    text_limit: float = Field(5.0, gt=0, description="Seconds to readable text above which Light is served.")
    connect_timeout: float = Field(5.0, gt=0, description="Seconds to wait for a connection to the origin.")
    answer_timeout: float = Field(60.0, gt=0, description="Seconds to wait for the first byte of the origin's answer.")
    stall_timeout: float = Field(
        60.0, gt=0, description="Seconds of silence in the middle of a document after which the origin has failed."
    )
    asset_timeout: float = Field(
        8.0, gt=0, description="Seconds of silence after which a style sheet or script of the origin is given up (504)."
    )
    stored_after: float = Field(
        10.0, gt=0, description="Seconds to wait for the origin's page before the stored Light edition answers instead."
    )
    whole_within: float = Field(
        0.1,
        ge=0,
        description="Seconds that a page is held back to go out whole: then a proxy in front never has half of it.",
    )
    breaker_failures: int = Field(
        5, ge=1, description="Documents failing in a row, after which the origin counts as down and is only probed."
    )
    breaker_pause: float = Field(
        5.0, gt=0, description="Seconds from then to the first probe; doubled by each that fails, up to two minutes."
    )
    fresh: float = Field(
        10.0, ge=0, description="Seconds during which a stored story is served without asking the origin."
    )
    revalidate_wait: float = Field(
        0.7, ge=0, description="Seconds to wait for the origin before an older stored story is shown."
    )
    extract_processes: int = Field(2, ge=1, le=32, description="Processes that turn pages into articles.")
    extract_timeout: float = Field(10.0, gt=0, description="Seconds after which such a process is killed.")
    page_limit: int = Field(
        2_000_000,
        ge=10_000,
        description="Bytes of HTML, scripts and styles not counted, above which a page has no Light edition.",
    )
    verify_origin: bool = Field(True, description="Check the origin's TLS certificate.")
    log_format: Literal["text", "json"] = Field("text", description="How the log's lines are written.")
    operators: Words = Field(
        (), description="Addresses or networks, besides this machine, that may see health, readiness and metrics."
    )
    operator_token: str = Field("", description="Whoever sends this as a bearer token may see them, too.", repr=False)

    @field_validator(
        *(
            "bundle_mirrors",
            "trusted_proxies",
            "operators",
            "fronts",
            "feeds",
            "session_cookies",
            "untouched",
            "light_paths",
        ),
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        """The environment gives one string, separated by commas or blanks; files give a list."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("origin", "public_url")
    @classmethod
    def _is_site(cls, value: str) -> str:
        if not value:
            return value
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018  (raises ValueError where it is no number)
        except ValueError as error:
            raise ValueError(f"{value!r} is no address: {error}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"write it as http://host or https://host, not {value!r}")
        if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
            raise ValueError(f"only scheme, host and port, not {value!r}")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key if value else ""
        except (KeyError, ValueError, OSError) as error:  # not there, or no name that a zone may have
            raise ValueError(f"a zone's name such as Asia/Tehran, not {value!r}") from error

    @field_validator("untouched", "light_paths")
    @classmethod
    def _are_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not re.fullmatch(r"[/*][^\s?#\\]*", pattern):
                raise ValueError(f"a path pattern such as /checkout/* (no query), not {pattern!r}")
        return patterns

    @field_validator("light_prefix")
    @classmethod
    def _is_prefix(cls, value: str) -> str:
        name = value.strip("/")
        if not name or not name.replace("-", "").replace("_", "").isalnum() or not name.isascii() or name == "_lk":
            raise ValueError(f"one path segment of letters and digits such as /light, not {value!r}")
        return f"/{name}"

    @field_validator("edition_header")
    @classmethod
    def _is_header(cls, value: str) -> str:
        if value and not value.replace("-", "").isalnum():
            raise ValueError(f"a header name such as Lightkeeper-Edition, or empty, not {value!r}")
        return value

    @field_validator("rtt_header")
    @classmethod
    def _is_measured_header(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9-]+ (us|ms)", value):
            raise ValueError(f"a header's name and its unit, such as X-Client-RTT us, not {value!r}")
        return value

    @model_validator(mode="after")
    def _tls_pair(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together")
        return self

    @property
    def site(self) -> str:
        """The public address, without a trailing slash."""
        return self.public_url or self.origin

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of the publication's dates; None where each story's own counts."""
        return ZoneInfo(self.timezone) if self.timezone else None

    @property
    def name(self) -> str:
        return self.publication or (urlsplit(self.site).hostname or "").removeprefix("www.")

    @property
    def keeps(self) -> bool:
        """Whether readers are offered to keep stories. Only what is signed is kept: without keys there is nothing."""
        return self.offline != "off" and (self.data / "keys" / "public.keys").is_file()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the file's values, which `load` hands over as `_file`, below the environment."""
        arguments: dict[str, Any] = dict(init_settings())
        file = arguments.pop("_file", {})
        return (
            InitSettingsSource(settings_cls, arguments),
            env_settings,
            InitSettingsSource(settings_cls, file),
        )


def load(config: Path | None = None, **arguments: Any) -> Settings:
    """Read the settings; `arguments` that are None count as not given. Raises `SettingsError` in one line."""
    path = config or Path("lightkeeper.toml")
    file: dict[str, object] = {}
    if config is not None or path.is_file():
        try:
            file = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read: {error}") from error
    given: dict[str, Any] = {name: value for name, value in arguments.items() if value is not None}
    given["_file"] = file
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from error


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{name}: there is no such setting"
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if name else message
