#!/usr/bin/env python3
"""The bytes that TensorBoard's own record writer makes of the events in EventFileTest, or what its reader finds in a folder.

    python event_goldens.py            prints the expected bytes
    python event_goldens.py FOLDER     prints tag, step and value of all scalars in a folder's event files

Needs the package tensorboard.
"""

import io
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


class Buffer(io.BytesIO):
    def close(self):
        pass


def framed(*records):
    buffer = Buffer()
    writer = RecordWriter(buffer)
    for record in records:
        writer.write(record if isinstance(record, bytes) else record.SerializeToString())
    writer.flush()
    return buffer.getvalue().hex()


def event(**fields):
    return Event(wall_time=1_700_000_000.5, **fields)


def scalars(step, **values):
    return event(step=step, summary=Summary(value=[Summary.Value(tag=t.replace("__", "/"), simple_value=v) for t, v in values.items()]))


def main():
    if len(sys.argv) > 1:
        accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0}).Reload()
        for tag in accumulator.Tags()["scalars"]:
            print(tag, [(scalar.step, scalar.value) for scalar in accumulator.Scalars(tag)])
        return
    version = event(file_version="brain.Event:2")
    print("FRAMED", framed(b"graft"))
    print("NEW", framed(version, scalars(300, train__loss=2.5, train__learning_rate=1e-4)))
    start = event(step=7, session_log=SessionLog(status=SessionLog.START))
    print("RESUMED", framed(version, start, scalars(7, eval__loss=0.5)))


main()
