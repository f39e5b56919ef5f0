"""One thread for many MQTT clients: sockets and timers."""

import heapq
import itertools
import selectors
import time


class Loop:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.timers = []
        self.order = itertools.count()
        self.clients = {}
        self.running = True

    def after(self, seconds, call):
        """Answers what stops it: a list whose only item is whether it still is to be called."""
        alive = [True]
        heapq.heappush(self.timers, (time.monotonic() + seconds, next(self.order), alive, call))
        return alive

    def every(self, seconds, call):
        alive = [True]

        def again():
            if alive[0]:
                call()
                self.after(seconds, again)

        self.after(seconds, again)
        return alive

    def adopt(self, client):
        """Call before the client connects."""
        client.on_socket_open = lambda c, _, sock: self._open(c, sock)
        client.on_socket_close = lambda c, _, sock: self.forget(sock)
        client.on_socket_register_write = lambda c, _, sock: self._events(sock, selectors.EVENT_WRITE)
        client.on_socket_unregister_write = lambda c, _, sock: self._events(sock, 0)

    def _open(self, client, sock):
        self.selector.register(sock, selectors.EVENT_READ, client)
        self.clients[client] = sock

    def _events(self, sock, more):
        try:
            self.selector.modify(sock, selectors.EVENT_READ | more, self.selector.get_key(sock).data)
        except (KeyError, ValueError, OSError):
            # It was cut.
            pass

    def forget(self, sock):
        try:
            self.clients.pop(self.selector.unregister(sock).data, None)
        except (KeyError, ValueError):
            pass

    def run(self, between):
        """Until `running` is false. Calls `between` after each round."""
        misc = time.monotonic()
        while self.running:
            now = time.monotonic()
            while self.timers and self.timers[0][0] <= now:
                _, _, alive, call = heapq.heappop(self.timers)
                if alive[0]:
                    call()
            if now - misc >= 1:
                misc = now
                for client in list(self.clients):
                    client.loop_misc()
            between()
            wait = max(0, min(self.timers[0][0] - time.monotonic(), 1)) if self.timers else 1
            for key, mask in self.selector.select(wait):
                if callable(key.data):
                    key.data()
                    continue
                # One before it in this round may have ended it.
                if mask & selectors.EVENT_READ and key.data in self.clients:
                    key.data.loop_read(20)
                if mask & selectors.EVENT_WRITE and key.data in self.clients:
                    key.data.loop_write()
