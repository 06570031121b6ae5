"""IP addresses as ingest takes them."""

import ipaddress
import re
from typing import Optional

_IPV4_WITH_PORT = re.compile(r"([\d.]+):\d{1,5}", re.ASCII)
_IPV6_IN_BRACKETS = re.compile(r"\[(.*:.*)\](?::\d{1,5})?", re.ASCII)


def normal_ip_address(text: str) -> Optional[str]:
    """The address alone, without port, brackets and zone. None: it is none, and ingest would reject the event."""
    trimmed = text.strip()
    match = _IPV4_WITH_PORT.fullmatch(trimmed) or _IPV6_IN_BRACKETS.fullmatch(trimmed)
    try:
        address = ipaddress.ip_address(match[1] if match else trimmed)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.IPv6Address(int(address)))
