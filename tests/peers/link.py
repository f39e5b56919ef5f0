"""A client's connection: connects again after a second, for as long as it is wanted."""

import time

import paho.mqtt.client as mqtt


class Link:
    def __init__(self, loop, broker, client_id, on_up, on_message):
        self.loop, self.broker, self.wanted, self.up = loop, broker, True, False
        # Of no interest any more but for what it still owes the broker.
        self.deaf = False
        self.on_up, self.since, self.owed, self.on_paid = on_up, 0.0, set(), None
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id)
        if broker.get("user"):
            self.client.username_pw_set(broker["user"], broker["password"])
        self.client.on_connect = self._connected
        self.client.on_disconnect = self._lost
        self.client.on_publish = lambda c, u, mid, code, properties: self._paid(mid)
        self.client.on_message = lambda c, u, message: self.wanted and not self.deaf and on_message(message)
        loop.adopt(self.client)
        self._connect(self.client.connect, broker["host"], broker["port"], 30)

    def _connect(self, call, *address):
        if not self.wanted:
            return
        try:
            call(*address)
        except OSError:
            self.loop.after(1, lambda: self._connect(call, *address))

    def _connected(self, client, data, flags, code, properties):
        if not code.is_failure and self.wanted:
            self.up, self.since = True, time.monotonic()
            if not self.deaf:
                self.on_up()

    def _lost(self, client, data, flags, code, properties):
        self.up = False
        if self.wanted:
            self.loop.after(1, lambda: self._connect(self.client.reconnect))

    def up_s(self):
        return time.monotonic() - self.since if self.up else 0.0

    def subscribe(self, topic):
        if self.up:
            self.client.subscribe(topic, qos=1)

    def publish(self, topic, payload, retain):
        """While the link is down paho keeps it, and sends it when the link is back."""
        self.owed.add(self.client.publish(topic, payload, qos=1, retain=retain).mid)

    def _paid(self, mid):
        self.owed.discard(mid)
        if not self.owed and self.on_paid:
            self.on_paid()

    def close(self):
        """Once the broker has confirmed all that was published, or after ten seconds."""
        self.deaf = True
        if not self.owed:
            self._end()
        else:
            self.on_paid = self._end
            self.loop.after(10, self._end)

    def _end(self):
        if self.wanted:
            self.wanted = self.up = False
            self.client.disconnect()

    def cut(self):
        """The socket ends without a word."""
        self.wanted = self.up = False
        sock = self.client.socket()
        if sock is not None:
            self.loop.forget(sock)
            sock.close()
