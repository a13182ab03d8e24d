"""A camera, by GStreamer's RTSP server: rtsp-camera.py <port> <h264|hevc> <tcp|udp> [<user>:<password>]"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay",
    "hevc": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph265pay",
}
TRANSPORTS = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}


def guard(server, factory, user, password):
    """Digest alone (RFC 7616), as cameras have it."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    may = "viewer, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
    factory.add_role_from_structure(Gst.Structure.from_string(may)[0])
    server.set_auth(auth)


def main(port, coding, transport, credentials=None):
    Gst.init(None)
    picture = "videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=25/1"
    sound = "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=1 ! avenc_aac ! rtpmp4gpay name=pay1 pt=97"
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {picture} ! {ENCODERS[coding]} name=pay0 pt=96 config-interval=1 {sound} )")
    factory.set_shared(True)
    factory.set_protocols(TRANSPORTS[transport])
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if credentials:
        guard(server, factory, *credentials.split(":"))
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


main(*sys.argv[1:])
