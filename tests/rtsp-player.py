"""Plays an RTSP address with GStreamer's rtspsrc as it is told to, and prints a line of JSON after each wait.

    rtsp-player.py <address> <tcp|udp|udp-mcast> <1-0|2-0> play wait=3 pause wait=10 play seek=20 wait=3

Each line has the packets that were received and lost, the frames that came and the position, in seconds.
"""
import json
import sys

import gi

gi.require_version('Gst', '1.0')
from gi.repository import GLib, Gst  # noqa: E402

DEPAYLOADERS = {'H264': 'rtph264depay', 'H265': 'rtph265depay', 'VP9': 'rtpvp9depay', 'AV1': 'rtpav1depay'}
DEPAYLOADERS |= {'MPEG4-GENERIC': 'rtpmp4gdepay', 'MPA': 'rtpmpadepay', 'OPUS': 'rtpopusdepay', 'MP2T': 'rtpmp2tdepay'}

Gst.init(None)
address, protocol, version, *steps = sys.argv[1:]
pipeline = Gst.Pipeline.new('player')
source = Gst.ElementFactory.make('rtspsrc')
source.set_property('location', address)
source.set_property('latency', 200)
Gst.util_set_object_arg(source, 'protocols', protocol)
Gst.util_set_object_arg(source, 'default-rtsp-version', version)
pipeline.add(source)
loop = GLib.MainLoop()
frames, buffers = {}, []


def on_manager(_, manager):
    manager.connect('new-jitterbuffer', lambda _bin, buffer, _session, _ssrc: buffers.append(buffer))


def on_pad(_, pad):
    caps = pad.get_current_caps().get_structure(0)
    kind = caps.get_string('media')
    elements = [Gst.ElementFactory.make(name) for name in ('queue', DEPAYLOADERS[caps.get_string('encoding-name')], 'fakesink')]
    elements[2].set_property('sync', True)
    elements[2].set_property('signal-handoffs', True)
    elements[2].connect('handoff', lambda *_: frames.update({kind: frames.get(kind, 0) + 1}))
    for element in elements:
        pipeline.add(element)
    elements[0].link(elements[1])
    elements[1].link(elements[2])
    pad.link(elements[0].get_static_pad('sink'))
    for element in elements:
        element.sync_state_with_parent()


def tell(event):
    known, position = pipeline.query_position(Gst.Format.TIME)
    stats = [buffer.get_property('stats') for buffer in buffers]
    packets = {name: sum(one.get_uint64(f'num-{name}')[1] for one in stats) for name in ('pushed', 'lost', 'late')}
    print(json.dumps({'event': event, 'frames': frames, 'position': position / Gst.SECOND if known else None, **packets}), flush=True)


def on_message(_, message):
    if message.type == Gst.MessageType.ERROR:
        print(json.dumps({'event': 'error', 'reason': message.parse_error()[1]}), flush=True)
        loop.quit()
    if message.type == Gst.MessageType.EOS:
        tell('end')
        loop.quit()


def step():
    if not steps:
        loop.quit()
        return False
    name, _, value = steps.pop(0).partition('=')
    if name == 'play':
        pipeline.set_state(Gst.State.PLAYING)
    if name == 'pause':
        pipeline.set_state(Gst.State.PAUSED)
    if name == 'seek':
        pipeline.seek_simple(Gst.Format.TIME, Gst.SeekFlags.FLUSH, int(float(value) * Gst.SECOND))
    if name == 'scale':
        flags = Gst.SeekFlags.FLUSH | Gst.SeekFlags.SKIP
        pipeline.seek(float(value), Gst.Format.TIME, flags, Gst.SeekType.SET, 0, Gst.SeekType.NONE, -1)
    if name == 'wait':
        GLib.timeout_add(int(float(value) * 1000), lambda: tell('waited') or step())
        return False
    GLib.idle_add(step)
    return False


source.connect('new-manager', on_manager)
source.connect('pad-added', on_pad)
bus = pipeline.get_bus()
bus.add_signal_watch()
bus.connect('message', on_message)
GLib.idle_add(step)
loop.run()
pipeline.set_state(Gst.State.NULL)
