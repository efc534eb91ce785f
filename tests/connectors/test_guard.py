"""Thirty ways to spell an inside address; nothing here is ever dialled."""

import asyncio
import socket

import pytest

from connectors.errors import Blocked, Misconfigured
from connectors.guard import Barred, Guard, allowed, check_url
from connectors.resolver import GuardedResolver

INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "192.0.0.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2001:0:7f00:1::80ff:fffe", "2001:db8::1", "2606:4700::5efe:7f00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inside_address_is_refused(address):
    assert allowed(address) is False


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_outside_address_is_allowed(address):
    assert allowed(address) is True


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd12::1", "::ffff:10.0.0.1"])
def test_setting_opens_private_networks(address):
    assert allowed(address, allow_private=True) is True


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "fe80::1", "0.0.0.0", "224.0.0.1", "2002:7f00:1::"],
)
def test_setting_never_opens_metadata(address):
    assert allowed(address, allow_private=True) is False


SPELLED = ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "017700000001", "0"]


class Numeric:
    """Reads numbers as the system's resolver does, and asks nobody."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        address = socket.inet_ntoa(socket.inet_aton(host))
        return [{"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        return None


@pytest.mark.parametrize("host", SPELLED)
def test_numbers_that_mean_an_address_are_refused_where_they_are_read(host):
    resolver = GuardedResolver(Numeric(), Guard())

    with pytest.raises(Barred):
        asyncio.run(resolver.resolve(host))


def test_socket_is_refused_before_it_exists():
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))

    with pytest.raises(Barred):
        Guard().socket(info)


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example", "file:///etc/passwd", "https://", "https://user:pw@a.example", "https://a.example:x", "//a"],
)
def test_shape_that_is_never_right_is_misconfigured(url):
    with pytest.raises(Misconfigured):
        check_url(url, allow_private=True)


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 9200])
def test_port_of_another_service_is_blocked(port):
    with pytest.raises(Blocked):
        check_url(f"https://a.example:{port}")

    check_url(f"https://a.example:{port}", allow_private=True)


@pytest.mark.parametrize("url", ["https://a.example", "http://a.example:80/x", "https://a.example:8443"])
def test_ordinary_address_passes(url):
    check_url(url)
