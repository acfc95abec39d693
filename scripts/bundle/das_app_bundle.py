"""Start of the bundle: the command `das-app`, and `-m MODULE` as Python itself has it.

The application runs parts of itself in processes of their own, by `sys.executable -m MODULE`; in a
bundle that executable is this.
"""

import multiprocessing
import runpy
import sys

from das_app.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2:
        sys.argv = sys.argv[2:]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        main()
