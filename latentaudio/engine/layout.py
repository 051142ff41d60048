"""The engine's memory, shared by the audio thread and everyone who talks to it: the one place that knows its layout.

All of it is one record, `STATE`, allocated before the stream starts. Every field has one writer, named in the
comments. Counters are plain aligned words: a reader may see them one block old, never torn.
"""

import numpy as np

PORTS = 8  # threads that may push commands
RING = 256  # commands that wait in one ring; a power of two
RESULTS = 4096  # answers that wait for the control thread: two for each of 2,048 hits, one for each sound followed
SCHEDULE = 512  # commands taken off the rings and not yet due
FUTURE = 256  # of those, how many may lie beyond this block: the rest is kept free for what sounds now
VOICES = 192  # sounding and fading voices
MAX_POLYPHONY = 128  # the others of VOICES are for stolen and choked voices while they fade
CHANNELS = 64
CHUNK = 256  # frames mixed at once: larger blocks are cut
CELL = ("i8", 8)  # one cache line; the value is element 0

# Kinds of command
PLAY, CHOKE_GROUP, CHOKE_PAD, SILENCE, MASTER, FOLLOW, RELEASE = range(7)
# Kinds of result: the first frame of a hit was mixed; the sound of a hit, or one that was followed, is no longer read
STARTED, FINISHED = range(2)
# What a voice does
FREE, PLAYING, FADING = range(3)

COMMAND = np.dtype(
    [
        ("kind", "i8"),
        ("serial", "i8"),  # names what was sent in its results
        ("arrival_ns", "i8"),  # when the performer did it
        ("at_ns", "i8"),  # when it shall sound; 0: at the start of the next block
        ("address", "i8"),  # of the first sample, float32
        ("frames", "i8"),
        ("step", "f8"),  # frames of the sound per frame of output
        ("pitch", "f8"),  # what of the step is the note's; 1: none. A release ends the notes of its own pitch
        ("decay", "f8"),  # seconds to -60 dB; 0: as recorded
        ("left", "f4"),  # gain; of MASTER: the new gain
        ("right", "f4"),
        ("group", "i8"),  # choke group 1..16; 0: none
        ("pair", "i8"),  # output pair
        ("pad", "i8"),
    ],
    align=True,
)

RESULT = np.dtype(
    [
        ("kind", "i8"),
        ("serial", "i8"),
        ("pad", "i8"),
        ("arrival_ns", "i8"),
        ("sounded_ns", "i8"),
        ("late", "i8"),
    ],
    align=True,
)

BATCH = np.dtype([("results", RESULT, 64)])  # results on their way to Python

VOICE = np.dtype(
    [
        ("phase", "i8"),  # FREE, PLAYING, FADING
        ("serial", "i8"),  # of the hit; voices that followed to one sound share one
        ("pad", "i8"),
        ("group", "i8"),
        ("pair", "i8"),
        ("started", "i8"),  # engine frame
        ("address", "i8"),
        ("frames", "i8"),
        ("position", "f8"),  # in frames of the sound
        ("step", "f8"),
        ("pitch", "f8"),
        ("envelope", "f8"),  # the decay so far, 1..0
        ("ratio", "f8"),  # of the decay per frame; 1: none
        ("fade", "f8"),  # what a choke has left, 1..0; of a sound that comes in, 0..1
        ("fade_step", "f8"),  # taken from it per frame, below 0 where it comes in; 0: not fading
        ("left", "f4"),
        ("right", "f4"),
        ("level", "f4"),  # how loud it will be in the next moment; computed when a voice must be stolen
    ],
    align=True,
)

COMMAND_RING = np.dtype([("tail", *CELL), ("head", *CELL), ("slots", COMMAND, RING)], align=True)
RESULT_RING = np.dtype([("tail", *CELL), ("head", *CELL), ("slots", RESULT, RESULTS)], align=True)
# The recorder's ring lies in a buffer of its own: `address` is 0 until a recorder has asked for one.
TAP = np.dtype(
    [("tail", *CELL), ("head", *CELL), ("on", *CELL), ("address", "i8"), ("frames", "i8"), ("lost", "i8")],
    align=True,
)

# Where blocks go: a stream's, or offline rendering's. An engine has one open at a time; a stream that was given up may
# still ask for blocks.
OUTPUT = np.dtype(
    [
        ("open", *CELL),
        ("engine", "i8"),  # address of the STATE
        ("offline", "i8"),  # 1: time is the count of frames
        ("width", "i8"),  # channels that the device has open
        ("channels", "i8", CHANNELS),  # the device channel, from 0, of each mixed one
    ],
    align=True,
)

STATE = np.dtype(
    [
        # Set before the stream starts
        ("sample_rate", "f8"),
        ("channels", "i8"),  # that are mixed
        ("polyphony", "i8"),
        # Everything below is the audio thread's
        ("timespec", "i8", 2),  # where the operating system puts the time
        ("frame", "i8"),  # mixed so far
        ("block_frames", "i8"),  # of the latest block
        ("called_ns", "i8"),  # when the latest block was asked for
        ("block_ns", "f8"),  # the same, jitter filtered
        ("next_ns", "f8"),  # when the next is expected
        ("frame_ns", "f8"),  # length of a frame on the system's clock
        ("loop_age_ns", "f8"),
        ("strayed", "i8"),  # blocks in a row that came more than a block off
        ("master", "f8"),
        ("master_target", "f8"),
        ("limiter", "f8", CHANNELS // 2),  # gain of each pair; in float32 a slow release would stall short of 1
        ("reserved", "i8"),  # results that accepted hits will still need
        ("first", "i8"),  # schedule: next due, -1 none
        ("vacant", "i8"),  # schedule: first free entry, -1 none
        ("scheduled", "i8"),
        ("links", "i8", SCHEDULE),
        # Counters
        ("blocks", "i8"),
        ("xruns", "i8"),
        ("gaps", "i8"),
        ("late", "i8"),
        ("stolen", "i8"),
        ("dropped", "i8"),
        ("limited", "i8"),
        ("nonfinite", "i8"),
        ("voices_in_use", "i8"),
        ("load", "f8"),
        ("load_max", "f8"),
        # Memory
        ("schedule", COMMAND, SCHEDULE),
        ("voices", VOICE, VOICES),
        ("bus", "f4", (CHANNELS, CHUNK)),
        ("commands", COMMAND_RING, PORTS),
        ("results", RESULT_RING),
        ("tap", TAP),
    ],
    align=True,
)
