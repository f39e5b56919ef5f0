"""Many plain peers in one process. Commands are lines of JSON on stdin, reports are lines of JSON on stdout.

A report: `{"at": seconds (monotonic), "peer", "view": {...}}` whenever a peer's view changes, `{"at", "peer", "did"}`
when it does something, `{"at", "watch", "topic", "payload", "retain"}` for what a watcher hears. A command is `{"do",
"peer", "in_s"?, ...}`; `in_s` says in how many seconds from now.
"""

import base64
import json
import os
import selectors
import sys
import time

from link import Link
from loop import Loop
from peer import Peer


class Main:
    def __init__(self, host, port):
        self.loop, self.broker = Loop(), {"host": host, "port": int(port)}
        self.peers, self.links, self.rest = {}, {}, b""
        os.set_blocking(0, False)
        self.loop.selector.register(0, selectors.EVENT_READ, self.hear)

    def run(self):
        self.loop.run(sys.stdout.flush)

    def report(self, what):
        sys.stdout.write(json.dumps({"at": time.monotonic(), **what}) + "\n")

    def hear(self):
        chunk = os.read(0, 1 << 20)
        if not chunk:
            self.loop.running = False
            return
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in lines:
            command = json.loads(line)
            if "in_s" in command:
                self.loop.after(command["in_s"], lambda command=command: self.obey(command))
            else:
                self.obey(command)

    def obey(self, command):
        do = command["do"]
        if do in ("publish", "watch"):
            getattr(self, do)(command)
        elif do == "all":
            for one in command["commands"]:
                self.obey(one)
        elif do == "note":
            self.report({"note": command["note"]})
        elif do == "new":
            for one in command["peers"]:
                self.peers[one] = Peer(self.loop, self.broker, self.report, one, command)
        else:
            arguments = {key: value for key, value in command.items() if key not in ("do", "peer", "in_s")}
            getattr(self.peers[command["peer"]], do)(**arguments)

    def publish(self, command):
        """Raw: `text`, or `base64`, or `fill` bytes."""
        if "fill" in command:
            payload = b"x" * command["fill"]
        elif "base64" in command:
            payload = base64.b64decode(command["base64"])
        else:
            payload = command["text"]
        name = command.get("as", "raw")
        if name not in self.links:
            self.links[name] = Link(self.loop, self.broker, name, lambda: None, lambda message: None)
        link = self.links[name]
        link.on_paid = lambda: self.report({"peer": name, "did": "published"})
        link.publish(command["topic"], payload, command.get("retain", False))

    def watch(self, command):
        name, filters = command["as"], command["filters"]

        def hear(message):
            payload = message.payload.decode("utf-8", "replace")[:4096]
            self.report({"watch": name, "topic": message.topic, "payload": payload, "retain": message.retain})

        def subscribe():
            for one in filters:
                self.links[name].subscribe(one)
            self.report({"peer": name, "did": "watching"})

        self.links[name] = Link(self.loop, self.broker, name, subscribe, hear)


Main(*sys.argv[1:]).run()
