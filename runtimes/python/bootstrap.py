"""Start of a Python function: `python3 -S -P /var/runtime/bootstrap.py`.

Kept to three lines because a script is compiled anew at every start, while the modules beside it come from their cached bytecode.
"""
import sys

sys.path.insert(0, __file__[: -len("/bootstrap.py")])
from _fogbank_loop import run  # noqa: E402

run()
