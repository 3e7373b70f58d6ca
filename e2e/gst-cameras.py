#!/usr/bin/python3
"""Real RTSP cameras for tests: GStreamer's RTSP server with live pictures that have the wall clock burnt in.

usage: gst-cameras.py [--port N] [--fps N]
Prints one JSON line when it listens, then one for every connection: {"event":"connected"|"closed","now":N,"all":N}.
Ends with its standard input.
"""
import argparse
import json
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

options = argparse.ArgumentParser()
options.add_argument("--port", default="0")
options.add_argument("--fps", type=int, default=15)
options = options.parse_args()

Gst.init(None)
lock = threading.Lock()


def say(line):
    with lock:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def picture(pattern, width, height):
    return (
        f"videotestsrc is-live=true pattern={pattern} ! video/x-raw,width={width},height={height},framerate={options.fps}/1 "
        '! clockoverlay time-format="%Y-%m-%d %H:%M:%S" font-desc="Sans 28" shaded-background=true '
    )


def h264(pattern="ball", width=640, height=360, extra="tune=zerolatency", gop=2):
    return (
        picture(pattern, width, height)
        + f"! x264enc {extra} speed-preset=ultrafast bitrate=600 key-int-max={options.fps * gop} threads=1 ! video/x-h264,profile=main "
        "! rtph264pay name=pay0 pt=96 config-interval=0 "
    )


alaw = "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8 "
aac = "audiotestsrc is-live=true wave=ticks ! audio/x-raw,rate=16000,channels=1 ! voaacenc ! rtpmp4gpay name=pay1 pt=97 "

mounts = {
    "/main": (h264("smpte", 1280, 720) + alaw, None),
    "/sub": (h264(), None),
    "/aac": (h264() + aac, None),
    # Pictures that are not sent in the order in which they are shown.
    "/reordered": (h264(extra="bframes=2 b-adapt=false"), None),
    "/h265": (
        picture("ball", 640, 360)
        + f"! x265enc tune=zerolatency speed-preset=ultrafast bitrate=500 key-int-max={options.fps * 2} ! rtph265pay name=pay0 pt=96 config-interval=0",
        None,
    ),
    "/udp": (h264(), "udp"),
    "/locked": (h264(), "login"),
}

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(options.port)

auth = GstRtspServer.RTSPAuth()
auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
token = GstRtspServer.RTSPToken()
token.set_string("media.factory.role", "viewer")
auth.add_digest("camera", "Qu1et:harb@ur", token)
nobody = GstRtspServer.RTSPToken()
nobody.set_string("media.factory.role", "anybody")
auth.set_default_token(nobody)
server.set_auth(auth)

for path, (pipeline, special) in mounts.items():
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {pipeline} )")
    factory.set_shared(True)
    if special == "udp":
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    # Who may not construct a medium is asked to log in; who may not even access it would be told that it is not there.
    for role, may in [("viewer", "true"), ("anybody", "false" if special == "login" else "true")]:
        factory.add_role_from_structure(
            Gst.Structure.new_from_string(f"{role}, media.factory.access=(boolean)true, media.factory.construct=(boolean){may}")
        )
    server.get_mount_points().add_factory(path, factory)

counts = {"now": 0, "all": 0}


def closed(_client):
    counts["now"] -= 1
    say({"event": "closed", **counts})


def connected(_server, client):
    counts["now"] += 1
    counts["all"] += 1
    client.connect("closed", closed)
    say({"event": "connected", **counts})


server.connect("client-connected", connected)
if not server.attach(None):
    sys.exit("cannot listen")

loop = GLib.MainLoop()
say({"listening": server.get_bound_port(), "mounts": sorted(mounts)})


def until_told():
    sys.stdin.read()
    loop.quit()


threading.Thread(target=until_told, daemon=True).start()
loop.run()
