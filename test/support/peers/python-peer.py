"""The peer process over pyzmq: reads one JSON command per line, writes one JSON answer per line, `{ id, value }` or
`{ id, error: { code, message } }`. Started by peer.ts, whose twin is node-peer.mjs. Options arrive under their
zeromq.js names. Commands on different sockets run side by side; on one socket, sends keep their order and so do
receives. Proxies run in threads with a context of their own, which ends them when it is terminated.
"""

import asyncio
import base64
import errno
import hashlib
import json
import os
import sys
import threading

import zmq
import zmq.asyncio

BY_VALUE = 1024
LINE_LIMIT = 1 << 26

OPTIONS = {
    "linger": zmq.LINGER,
    "sendHighWaterMark": zmq.SNDHWM,
    "receiveHighWaterMark": zmq.RCVHWM,
    "sendTimeout": zmq.SNDTIMEO,
    "receiveTimeout": zmq.RCVTIMEO,
    "reconnectInterval": zmq.RECONNECT_IVL,
    "reconnectMaxInterval": zmq.RECONNECT_IVL_MAX,
    "handshakeInterval": zmq.HANDSHAKE_IVL,
    "heartbeatInterval": zmq.HEARTBEAT_IVL,
    "heartbeatTimeToLive": zmq.HEARTBEAT_TTL,
    "heartbeatTimeout": zmq.HEARTBEAT_TIMEOUT,
    "maxMessageSize": zmq.MAXMSGSIZE,
    "immediate": zmq.IMMEDIATE,
    "routingId": zmq.ROUTING_ID,
    "mandatory": zmq.ROUTER_MANDATORY,
    "handover": zmq.ROUTER_HANDOVER,
    "probeRouter": zmq.PROBE_ROUTER,
    "correlate": zmq.REQ_CORRELATE,
    "relaxed": zmq.REQ_RELAXED,
    "conflate": zmq.CONFLATE,
    "noDrop": zmq.XPUB_NODROP,
    "manual": zmq.XPUB_MANUAL,
    "welcomeMessage": zmq.XPUB_WELCOME_MSG,
    "invertMatching": zmq.INVERT_MATCHING,
    "plainServer": zmq.PLAIN_SERVER,
    "plainUsername": zmq.PLAIN_USERNAME,
    "plainPassword": zmq.PLAIN_PASSWORD,
    "curveServer": zmq.CURVE_SERVER,
    "curvePublicKey": zmq.CURVE_PUBLICKEY,
    "curveSecretKey": zmq.CURVE_SECRETKEY,
    "curveServerKey": zmq.CURVE_SERVERKEY,
    "zapDomain": zmq.ZAP_DOMAIN,
}
# ZMQ_METADATA is a draft, and pyzmq has no name for it.
METADATA = 95
OPTIONS["metadata"] = METADATA
VERBOSITY = {"allSubs": zmq.XPUB_VERBOSE, "allSubsUnsubs": zmq.XPUB_VERBOSER}


class Entry:
    """A socket, and the two queues of commands that must not overtake one another on it."""

    def __init__(self, socket):
        self.socket = socket
        self.sending = asyncio.Lock()
        self.receiving = asyncio.Lock()


class Ops:
    def __init__(self):
        self.context = zmq.asyncio.Context()
        self.entries = {}
        self.proxies = {}
        # User ids by `PLAIN name:password` and `CURVE key`, the key in hexadecimal.
        self.allowed = None

    async def hello(self):
        return {"version": zmq.zmq_version(), "pid": os.getpid()}

    async def socket(self, socket, type, options):
        made = self.context.socket(getattr(zmq, type))
        made.linger = 0
        for name, value in options.items():
            set_option(made, name, value)
        self.entries[socket] = Entry(made)

    async def bind(self, socket, endpoint):
        bound = self.entries[socket].socket
        bound.bind(endpoint)
        return last_endpoint(bound)

    async def connect(self, socket, endpoint, routingId=None):
        if routingId is not None:
            self.entries[socket].socket.setsockopt(zmq.CONNECT_RID, routingId.encode())
        self.entries[socket].socket.connect(endpoint)

    async def send(self, socket, messages):
        entry = self.entries[socket]
        async with entry.sending:
            for frames in messages:
                await entry.socket.send_multipart([decode_frame(frame) for frame in frames])

    async def receive(self, socket, count):
        entry = self.entries[socket]
        messages = []
        async with entry.receiving:
            while len(messages) < count:
                frames = await receive_one(entry.socket)
                messages.append([encode_frame(frame) for frame in frames])
        return messages

    async def property(self, socket, name):
        entry = self.entries[socket]
        async with entry.receiving:
            frames = await receive_one(entry.socket, copy=False)
        try:
            return frames[-1].get(name)
        except zmq.ZMQError:
            return None

    async def subscribe(self, socket, topic):
        self.entries[socket].socket.setsockopt(zmq.SUBSCRIBE, decode_frame(topic))

    async def unsubscribe(self, socket, topic):
        self.entries[socket].socket.setsockopt(zmq.UNSUBSCRIBE, decode_frame(topic))

    async def close(self, socket):
        self.entries.pop(socket).socket.close()

    async def zap(self, allow):
        """Answers for ZAP from now on: whom it lets in, by password or key, has the user id that is given for it."""
        if self.allowed is None:
            handler = self.context.socket(zmq.REP)
            handler.linger = 0
            handler.bind("inproc://zeromq.zap.01")
            self.serving = asyncio.ensure_future(self.serve_zap(handler))
        self.allowed = allow

    async def serve_zap(self, handler):
        while True:
            version, call, _, _, _, mechanism, *credentials = await handler.recv_multipart()
            shown = credentials[0].hex() if mechanism == b"CURVE" else b":".join(credentials).decode()
            user_id = self.allowed.get(f"{mechanism.decode()} {shown}")
            answer = [b"400", b"no", b"", b""] if user_id is None else [b"200", b"OK", user_id.encode(), b""]
            await handler.send_multipart([version, call, *answer])

    async def proxy(self, socket, front, back):
        context = zmq.Context()
        sides = []
        for side in (front, back):
            made = context.socket(getattr(zmq, side["type"]))
            made.linger = 0
            made.bind(side["endpoint"])
            sides.append(made)
        endpoints = {"front": last_endpoint(sides[0]), "back": last_endpoint(sides[1])}
        thread = threading.Thread(target=run_proxy, args=sides, daemon=True)
        thread.start()
        self.proxies[socket] = (context, thread)
        return endpoints

    async def endProxy(self, socket):
        context, thread = self.proxies.pop(socket)
        await asyncio.get_running_loop().run_in_executor(None, context.term)
        thread.join()


def run_proxy(front, back):
    try:
        zmq.proxy(front, back)
    except zmq.ContextTerminated:
        pass
    front.close()
    back.close()


def set_option(socket, name, value):
    if name == "verbosity":
        return socket.setsockopt(VERBOSITY[value], 1)
    if isinstance(value, dict):
        value = base64.b64decode(value["base64"])
    elif isinstance(value, str):
        value = value.encode()
    else:
        value = int(value)
    socket.setsockopt(OPTIONS[name], value)


def last_endpoint(socket):
    return socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()


async def receive_one(socket, **how):
    """A reply that a relaxed REQ discards makes pyzmq fail the receive that is waiting for the next one."""
    while True:
        try:
            return await socket.recv_multipart(**how)
        except zmq.Again:
            pass


def decode_frame(wire):
    if isinstance(wire, str):
        return base64.b64decode(wire)
    return hashlib.shake_128(wire["seed"].encode()).digest(wire["size"])


def encode_frame(frame):
    if len(frame) <= BY_VALUE:
        return base64.b64encode(frame).decode()
    return {"size": len(frame), "sha256": hashlib.sha256(frame).hexdigest()}


async def answer(ops, command):
    call_id = command.pop("id")
    try:
        response = {"id": call_id, "value": await getattr(ops, command.pop("op"))(**command)}
    except zmq.ZMQError as error:
        code = errno.errorcode.get(error.errno, str(error.errno))
        response = {"id": call_id, "error": {"code": code, "message": str(error)}}
    except asyncio.CancelledError:
        response = {"id": call_id, "error": {"code": "ECANCELED", "message": "socket closed"}}
    except Exception as error:  # the test is told, whatever it is
        response = {"id": call_id, "error": {"code": None, "message": repr(error)}}
    sys.stdout.write(json.dumps(response) + "\n")
    sys.stdout.flush()


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    ops = Ops()
    tasks = set()
    while line := await reader.readline():
        # A task starts in the order of its command, so commands on one socket queue up in order.
        task = loop.create_task(answer(ops, json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    os._exit(0)


asyncio.run(main())
