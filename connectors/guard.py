"""Which addresses a request may go to.

A URL is judged by its shape before anything is looked up, each address of a name when it was resolved, and the address
that is dialled once more at the socket, so neither an odd spelling nor a name that changes its answer gets through.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from connectors.errors import Blocked, Misconfigured


def _networks(*spelled: str) -> tuple[Any, ...]:
    return tuple(ip_network(n) for n in spelled)


PORTS = frozenset({80, 443, *range(8000, 9001)})
LOCAL = _networks(
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7"
)
METADATA = _networks("100.100.100.200/32", "169.254.0.0/16", "fd00:ec2::/32", "fe80::/10")
TUNNELS = _networks("2001::/32", "2002::/16", "64:ff9b:1::/48", "::/96", "2001:db8::/32", "fec0::/10")
NAT64 = ip_network("64:ff9b::/96")


class Barred(OSError):
    """Raised below the transport, which lets only OSErrors pass; the client turns it into Blocked."""


def allowed(address: str, allow_private: bool = False) -> bool:
    """Whether an address, spelled as the resolver gave it, may be dialled."""
    ip = _inner(ip_address(address.split("%")[0]))
    if _within(ip, METADATA) or ip.is_multicast or ip.is_unspecified:
        return False
    if _within(ip, LOCAL):
        return allow_private
    return ip.is_global and not ip.is_reserved and not _within(ip, TUNNELS) and not _isatap(ip)


def check_url(url: str, allow_private: bool = False) -> None:
    """Raises Misconfigured for a shape that is never right, Blocked for a port or address that may not be used."""
    parts, port = _parts(url)
    if parts.scheme not in ("http", "https"):
        raise Misconfigured("The address must begin with https:// (or http:// in a private network).")
    if not parts.hostname:
        raise Misconfigured("The address names no host: write it like https://invoices.example.com.")
    if "@" in parts.netloc:
        raise Misconfigured("The address holds a user name or password: remove everything before the @.")
    if port and port not in PORTS and not allow_private:
        raise Blocked(f"Port {port} may not be used: the service must answer on 80, 443 or 8000 to 9000.")


def _parts(url: str) -> tuple[Any, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise Misconfigured("The address can't be read: write it like https://invoices.example.com.") from None


class Guard:
    """Makes the sockets of the transport; it refuses before the first packet."""

    def __init__(self, allow_private: bool = False) -> None:
        self.allow_private = allow_private

    def check(self, address: str) -> None:
        if not allowed(address, self.allow_private):
            raise Barred("address not allowed")

    def socket(self, info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        self.check(address[0])
        return socket.socket(family, kind, protocol)


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, where packets to it would end up there."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return ip.ipv4_mapped
        if ip in NAT64:
            return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _within(ip: IPv4Address | IPv6Address, networks: tuple[Any, ...]) -> bool:
    return any(ip.version == network.version and ip in network for network in networks)


def _isatap(ip: IPv4Address | IPv6Address) -> bool:
    return isinstance(ip, IPv6Address) and (int(ip) >> 32) & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE)
