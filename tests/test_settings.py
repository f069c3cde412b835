"""Settings: their order, and one clear line for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightkeeper.errors import SettingsError
from lightkeeper.settings import load


def test_arguments_win_over_environment_over_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source is read, and the closer one counts."""
    file = tmp_path / "lightkeeper.toml"
    file.write_text('port = 1\nhost = "1.1.1.1"\npublication = "File"\n')
    monkeypatch.setenv("LIGHTKEEPER_PORT", "2")
    monkeypatch.setenv("LIGHTKEEPER_HOST", "2.2.2.2")
    settings = load(file, port="3")
    assert (settings.port, settings.host, settings.publication) == (3, "2.2.2.2", "File")


def test_lists_come_from_environment_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One string with commas or blanks, or a list."""
    file = tmp_path / "x.toml"
    file.write_text('fronts = ["/", "/fa/"]\n')
    monkeypatch.setenv("LIGHTKEEPER_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16")
    settings = load(file)
    assert settings.fronts == ("/", "/fa/")
    assert settings.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("origin", "example.org", "http://host"),
        ("origin", "http://h/path", "only scheme, host and port"),
        ("origin", "http://h:99999", "no address"),
        ("public_url", "ftp://h", "http://host"),
        ("port", "seventy", "port"),
        ("port", "70000", "65535"),
        ("workers", "0", "workers"),
        ("light_prefix", "/a/b", "one path segment"),
        ("light_prefix", "/_lk", "one path segment"),
        ("edition_header", "bad header", "header name"),
        ("offline", "maybe", "ask"),
        ("timezone", "Tehran", "such as Asia/Tehran"),
        ("timezone", "../etc/passwd", "such as Asia/Tehran"),
        ("timezone", "Asia", "such as Asia/Tehran"),
        ("tls_cert", "cert.pem", "go together"),
        ("colour", "red", "no such setting"),
    ],
)
def test_wrong_value_gives_one_line(name: str, value: str, said: str) -> None:
    """The line names the setting and says what is right."""
    with pytest.raises(SettingsError, match=said) as raised:
        load(None, **{name: value})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("text", ["port = ", "port = 1\nport = 2", "\x00"])
def test_broken_file_gives_one_line(tmp_path: Path, text: str) -> None:
    """A file that is no TOML is named."""
    file = tmp_path / "broken.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"broken\.toml"):
        load(file)


def test_missing_file_gives_one_line(tmp_path: Path) -> None:
    """A file that was asked for must be there."""
    with pytest.raises(SettingsError, match=r"none\.toml"):
        load(tmp_path / "none.toml")


def test_site_and_name_follow_the_origin() -> None:
    """Where nothing else is said, readers use the origin's address and its host is the name."""
    settings = load(origin="HTTPS://WWW.Paper.Example/")
    assert (settings.site, settings.name) == ("https://www.paper.example", "paper.example")
