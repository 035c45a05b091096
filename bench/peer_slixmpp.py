#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the floor does, with slixmpp: peer_slixmpp.py HOST PORT DOMAIN USER PASSWORDFILE CAFILE [PINGS [PAUSE]]

PAUSE: seconds between two pings."""
import asyncio
import logging
import os
import sys

logging.disable(logging.CRITICAL)
import slixmpp  # noqa: E402


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, password, ca_file, pings, pause):
        super().__init__(jid, password)
        self.ca_certs = ca_file
        self.pings = pings
        self.pause = pause
        self.register_plugin("xep_0199")
        self.add_event_handler("session_start", self.on_session)
        self.add_event_handler("failed_all_auth", lambda _: os._exit(2))

    async def on_session(self, _):
        for number in range(self.pings):
            if number and self.pause:
                await asyncio.sleep(self.pause)
            rtt = await self["xep_0199"].ping(self.boundjid.host, timeout=10)
            print(f"{rtt * 1e6:.0f}")
        self.send_raw("</stream:stream>")
        sys.stdout.flush()
        os._exit(0)  # a tidy end costs slixmpp more


async def main():
    host, port, domain, user, password_file, ca_file, *rest = sys.argv[1:]
    with open(password_file, encoding="utf-8") as file:
        password = file.readline().rstrip("\n")
    client = Client(f"{user}@{domain}", password, ca_file, int(rest[0]) if rest else 3, float(rest[1]) if rest[1:] else 0)
    address = (host, int(port))
    if slixmpp.__version_info__ < (1, 9):
        client.connect(address)
    else:
        client.connect(*address)
    await asyncio.sleep(20)
    sys.exit(2)


asyncio.run(main())
