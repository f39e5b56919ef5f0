"""A plain peer: keeps a local copy of the state, changes it, and overwrites what stands on the topic."""

import json

import wire
from link import Link


class Peer:
    def __init__(self, loop, broker, report, peer_id, options):
        self.loop, self.broker, self.report, self.id = loop, broker, report, peer_id
        self.form = options.get("form", "prefix")
        # Reads again after each change and repeats it where another version stands there.
        self.verify = options.get("verify", False)
        self.offset_s = options.get("offset_s", 0.0)
        # What it says besides the state when it leaves: "ready" (an empty retained message), "disconnect".
        self.words = options.get("words", [])
        # Stays also where it reads that the session is closed.
        self.stubborn = options.get("stubborn", False)
        # Judges no heartbeat that it could not have heard.
        self.patient = options.get("patient", False)
        # Shows all sessions, not only its own.
        self.lists = options.get("lists", False)
        self.link, self.shown = None, None
        self.reset()

    def reset(self):
        self.session, self.copy, self.seen, self.phase = None, None, [], "out"
        self.timers, self.reading, self.others, self.creator = [], None, {}, False
        self.behind = 0

    # What is asked of it.

    def create(self, session, model, low, high):
        self.look(session)
        at = wire.now(self.offset_s)
        self.phase, self.creator = "in", True
        values = (session, self.id, model, "open", [self.id], low, high, at, at, at, 1)
        self.copy = dict(zip(wire.FIELDS, values))
        self.write()
        self.tell("create", session=session)
        self.discover()
        self.settle()

    def look(self, session):
        if self.session != session:
            self.session, self.creator = session, False
            self.link = Link(self.loop, self.broker, self.id, self.read_all, self.hear)

    def join(self, session):
        self.look(session)
        self.phase = "joining"
        if self.copy:
            self.enter()

    def enter(self):
        if not self.welcome():
            self.quit("refused")
            return
        self.phase = "in"
        self.change(self.add, "join")
        self.settle()

    def welcome(self):
        full = len(self.copy["connected_instances"]) >= self.copy["num_players_max"] > 0
        return self.copy["state"] == "open" and not full

    def leave(self):
        if self.phase == "in" and self.copy:
            self.change(self.remove, "leave", verify=False)
            if "ready" in self.words:
                self.publish(f"{self.session}/session_instance_ready/{self.id}", "", True)
            if "disconnect" in self.words:
                self.say(f"{self.session}/session_player_disconnect/{self.id}", False, assigned_player_name="")
        self.quit("left")

    def crash(self):
        link, self.link = self.link, None
        self.end("crashed")
        if link:
            link.cut()

    def start(self):
        self.change(lambda copy: copy.update(state="started"), "start")
        self.say(f"{self.session}/session_game_start", False)

    def lag(self, back):
        """The next heartbeat is from a copy that is as many messages old."""
        self.behind = back

    def stale(self, back):
        """A heartbeat from such a copy, now."""
        if self.phase == "in" and self.seen:
            old = dict(self.seen[-min(back, len(self.seen))], last_heartbeat=wire.now(self.offset_s))
            self.publish(wire.state_topic(self.form, self.session), json.dumps(old), True)

    # Changing the state.

    def add(self, copy):
        if self.id not in copy["connected_instances"]:
            copy["connected_instances"] = copy["connected_instances"] + [self.id]

    def remove(self, copy):
        copy["connected_instances"] = [one for one in copy["connected_instances"] if one != self.id]
        if self.creator:
            copy["state"] = "closed"

    def change(self, apply, what, verify=True, tries=0):
        apply(self.copy)
        self.copy["version"] += 1
        self.copy["last_updated"] = wire.now(self.offset_s)
        self.write()
        if tries == 0:
            self.tell(what, session=self.session)
        if self.verify and verify:
            wrote = self.copy["version"]
            self.after(wire.VERIFY_S, lambda: self.check(wrote, apply, what, tries))

    def check(self, wrote, apply, what, tries):
        def read(copy):
            if copy["version"] == wrote:
                return
            if what == "join" and self.id not in copy["connected_instances"] and not self.welcome():
                self.quit("refused")
            elif tries == wire.RETRIES:
                self.tell("gave_up", what=what)
            else:
                self.change(apply, what, tries=tries + 1)

        self.reading = read
        self.link.subscribe(wire.state_topic(self.form, self.session))

    def write(self):
        self.publish(wire.state_topic(self.form, self.session), json.dumps(self.copy), True)
        self.show()

    def publish(self, topic, payload, retain):
        self.link.publish(topic, payload, retain)

    def say(self, topic, retain, **more):
        said = {"session_id": self.session, "clientId": self.id, "timestamp": wire.now(self.offset_s), **more}
        self.publish(topic, json.dumps(said), retain)

    # What it does by itself while it is in.

    def settle(self):
        self.say(
            f"{self.session}/session_instance_ready/{self.id}", True, seed_synced=True, game_start_subscribed=True
        )
        self.seed()
        self.every(wire.SEED_SYNC_S, self.seed)
        self.every(wire.POLL_S, self.read_all)
        if self.creator:
            self.every(wire.HEARTBEAT_S, self.heartbeat)
            self.every(wire.HEARTBEAT_S, self.discover)
        else:
            self.every(wire.CHECK_S, self.expire)

    def seed(self):
        self.say(f"{self.session}/session_seed_sync", True, seed=42, is_leader=self.creator)

    def heartbeat(self):
        if self.behind:
            self.stale(self.behind)
            self.behind = 0
            return
        self.copy["last_heartbeat"] = wire.now(self.offset_s)
        self.write()

    def discover(self):
        kept = {key: self.copy[key] for key in ("num_players_min", "num_players_max", "model_name")}
        self.say(f"session_discovery/{self.session}", True, **kept)

    def expire(self):
        if self.copy["state"] != "open" or (self.patient and self.link.up_s() < wire.EXPIRY_S):
            return
        try:
            old = wire.age_s(self.copy["last_heartbeat"], self.offset_s) > wire.EXPIRY_S
        except (TypeError, ValueError) as error:
            self.tell("broken", why=str(error))
            return
        if old:
            self.change(lambda copy: copy.update(state="closed"), "expire", verify=False)

    def read_all(self):
        self.link.subscribe(wire.state_topic(self.form, self.session))
        if self.lists:
            self.link.subscribe(wire.state_topic(self.form, "+"))

    # What it hears.

    def hear(self, message):
        doc = wire.read(message.payload)
        session = wire.session_of(self.form, message.topic)
        if self.lists:
            self.others.pop(session, None)
            if doc:
                self.others[session] = doc
        if session != self.session:
            self.show()
            return
        if not doc:
            # Its session was emptied: it is over.
            if not message.payload and self.phase == "in" and not message.retain:
                self.quit("emptied")
            return
        self.copy = doc
        self.seen = self.seen[-9:] + [doc]
        self.show()
        if self.reading and message.retain:
            read, self.reading = self.reading, None
            read(doc)
        elif self.phase == "joining":
            self.enter()
        if self.phase == "in" and self.copy["state"] == "closed" and not self.stubborn:
            self.quit("closed")

    def quit(self, why):
        link, self.link = self.link, None
        self.end(why)
        if link:
            link.close()

    def end(self, why):
        for timer in self.timers:
            timer[0] = False
        self.reset()
        self.tell(why)
        self.show()

    # Timers that end with its stay, and reports.

    def after(self, seconds, call):
        self.timers.append(self.loop.after(seconds, call))

    def every(self, seconds, call):
        self.timers.append(self.loop.every(seconds, call))

    def tell(self, did, **more):
        self.report({"peer": self.id, "did": did, **more})

    def show(self):
        view = {"session": self.session, "state": None, "members": [], "version": 0, "in": self.phase == "in"}
        if self.copy:
            view.update(state=self.copy["state"], members=sorted(self.copy["connected_instances"]))
            view.update(marked=self.phase == "in" and self.id in view["members"])
        if self.lists:
            view["list"] = self.list()
        if view != self.shown:
            self.shown = dict(view)
            view["version"] = self.copy["version"] if self.copy else 0
            self.report({"peer": self.id, "view": view})

    def list(self):
        """Available sessions: how many are in each, and which has the mark."""
        lines = {}
        for session, doc in sorted(self.others.items()):
            if doc["state"] == "closed" or wire.age_s(doc["last_heartbeat"], self.offset_s) > wire.EXPIRY_S:
                continue
            mine = self.phase == "in" and session == self.session and self.id in doc["connected_instances"]
            lines[session] = {"count": len(doc["connected_instances"]), "marked": mine}
        return lines
