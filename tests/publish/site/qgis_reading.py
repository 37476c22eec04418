"""Read a service of features as QGIS does: run by a Python that has QGIS, with the address of the service.

Prints, as JSON, what its provider found in a collection: fields, features of a rectangle, and their places.
"""

from __future__ import annotations

import json
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer


def main(address: str, collection: str) -> None:
    """Open a collection with the provider ``OAPIF``.

    Args:
        address: The address of the service.
        collection: The name of the collection.
    """
    application = QgsApplication([], False)
    application.initQgis()
    layer = QgsVectorLayer(f"url='{address}' typename='{collection}'", collection, "OAPIF")
    near = QgsFeatureRequest().setFilterRect(QgsRectangle(3.695, 50.9, 3.725, 51.1))
    found = {
        "valid": layer.isValid(),
        "error": layer.error().message(),
        "crs": layer.crs().authid(),
        "fields": {one.name(): one.typeName() for one in layer.fields()},
        "ids": sorted(str(one["id"]) for one in layer.getFeatures()) if layer.fields().indexOf("id") >= 0 else [],
        "count": sum(1 for _ in layer.getFeatures()),
        "near": [one.geometry().asWkt(2) for one in layer.getFeatures(near)],
    }
    print(json.dumps(found))
    del layer
    application.exitQgis()


main(*sys.argv[1:])
