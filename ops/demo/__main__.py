"""`crm.py demo`: loads the demo data again, or puts it away."""

import argparse
import sys

from ops.api import Api
from ops.demo.loading import load
from ops.demo.manifest import DemoManifest
from ops.demo.removal import remove
from ops.errors import OperatorError
from ops.local.data_directory import data_directory


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py demo", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="put away what was loaded")
    parser.add_argument("--data", help="the data folder, var/ if not said")
    options = parser.parse_args(arguments)
    data = data_directory(options.data)
    api, manifest = Api(data.address(), data.demo_key.read_text()), DemoManifest(data.demo_manifest)
    if manifest.is_removed:
        print("The demo was put away. To have it again, start with new data: python3 crm.py up --fresh")
    elif options.remove:
        remove(api, manifest, progress=print)
        print("The demo data is put away.")
    elif manifest.is_complete:
        print("The demo data is loaded already.")
    else:
        load(api, manifest, system=data.process_id(), progress=print)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OperatorError as error:
        sys.exit(str(error))
