"""Entities from one place to another: broker or file to broker or file, resumable, with a report of each refusal."""

from citycontext.transfer.checkpoint import Checkpoint
from citycontext.transfer.comparison import Difference, difference, same_entity
from citycontext.transfer.ngsi_v2_place import NgsiV2Broker, NgsiV2Dump, NgsiV2Place, NgsiV2Source
from citycontext.transfer.places import BrokerPlace, FilePlace, Place
from citycontext.transfer.table_place import TablePlace
from citycontext.transfer.transfer import TransferReport, transfer

__all__ = [
    "BrokerPlace",
    "Checkpoint",
    "Difference",
    "FilePlace",
    "NgsiV2Broker",
    "NgsiV2Dump",
    "NgsiV2Place",
    "NgsiV2Source",
    "Place",
    "TablePlace",
    "TransferReport",
    "difference",
    "same_entity",
    "transfer",
]
