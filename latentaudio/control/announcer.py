"""Says on the local network that we are here, by zeroconf, so that apps list us by name. Threads of its own."""

import logging
import socket
import threading
from collections.abc import Mapping

OSC, OSC_QUERY = "_osc._udp.local.", "_oscjson._tcp.local."
PATIENCE_S = 3.0  # zeroconf asks for a second whether the name is free

log = logging.getLogger(__name__)


class Announcer:
    """Announces services while it runs."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        """`ports` by service type."""
        self._ports = ports
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="zeroconf", daemon=True)

    def start(self) -> None:
        """Begin; who looks finds us about a second later."""
        self._thread.start()

    def close(self) -> None:
        """Say that we leave."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        try:
            self._announce()
        except Exception as error:  # noqa: BLE001, a network that takes no announcements is no end of the music
            log.warning("the network hears nothing of us: %s", str(error) or type(error).__name__)

    def _announce(self) -> None:
        from zeroconf import IPVersion, ServiceInfo, Zeroconf

        host = socket.gethostname().partition(".")[0]
        with Zeroconf(ip_version=IPVersion.V4Only) as network:
            for kind, port in self._ports.items():
                info = ServiceInfo(
                    kind, f"LatentAudio on {host}.{kind}", port=port, server=f"{host}-latentaudio.local.",
                    parsed_addresses=addresses(),
                )  # fmt: skip
                network.register_service(info, allow_name_change=True)
            self._ended.wait()
            network.unregister_all_services()


def addresses() -> list[str]:
    """This machine's IPv4 addresses that others may reach; its own where there are none."""
    import ifaddr

    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [each for each in found if not each.startswith("127.")] or found
